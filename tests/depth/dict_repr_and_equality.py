one, other = {}, {}
for _ in range(1_000_000):
    one, other = {1: one}, {1: other}
for use in (lambda: len(repr(one)), lambda: one == other, lambda: str(one)[:3]):
    try:
        print(use())
    except RecursionError:
        print("RecursionError")
print("done")
