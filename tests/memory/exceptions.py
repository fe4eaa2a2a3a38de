for i in range(3_000_000):
    try:
        raise ValueError(i)
    except ValueError as error:
        kept = error
print("done")
