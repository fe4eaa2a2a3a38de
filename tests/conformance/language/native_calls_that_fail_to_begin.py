# errors of calls that natives begin leave the caller's operands where they were
import types
m = types.ModuleType("m")
m.__getattr__ = len
for n in ["a", "b"]:
    try: print(n, getattr(m, n, 5), "end")
    except TypeError as e: print(e)
m.__getattr__ = int
for n in ["a", "b"]:
    try: print(n, hasattr(m, n))
    except ValueError as e: print(e)
class It:
    __next__ = int
    def __iter__(self): return self
for k in range(2):
    print([x for x in [1, 2] if k in (0, 1)], next(iter(It())), end=" ")
    try: print(list(zip([1, 2], map(int, ["x"]))))
    except ValueError as e: print(e)
class Stop:
    __next__ = staticmethod(iter([]).__next__)
    def __iter__(self): return self
print([(a, list(Stop())) for a in "ab"], [y for x in "ab" for y in (x, *Stop())])
