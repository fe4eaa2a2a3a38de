deep = ()
for _ in range(1_000_000):
    deep = (deep,)
try:
    print(type(hash(deep)).__name__)
except RecursionError:
    print("RecursionError")
print("done")
