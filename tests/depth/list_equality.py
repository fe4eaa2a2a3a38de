one, other = [], []
for _ in range(1_000_000):
    one, other = [one], [other]
for compare in (lambda: one == other, lambda: one != other, lambda: one < other):
    try:
        print(compare())
    except RecursionError:
        print("RecursionError")
print("done")
