for i in range(80):
    values = sorted(range(100_000), key=lambda v: [v % 1000])
print("done")
