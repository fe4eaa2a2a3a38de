cls = object
for i in range(3000):
    cls = type(f"C{i}", (cls,), {})
print(len(cls.__mro__))
print(isinstance(cls(), object), hasattr(cls, "missing"))
union = int
for i in range(100_000):
    union = list[union]
try:
    repr(union)
    hash(union)
    print(union == union)
except RecursionError:
    print("RecursionError")
print("done")
