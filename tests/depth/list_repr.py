deep = []
for _ in range(1_000_000):
    deep = [deep]
try:
    print(len(repr(deep)) == 2_000_002)
except RecursionError:
    print("RecursionError")
print("done")
