# Callables that pass a call on to another, and iterators that take from another.
import functools


def error_of(work):
    try:
        work()
    except RecursionError as error:
        return str(error)


chain = print
for _ in range(100_000):
    chain = staticmethod(chain)
print(error_of(lambda: chain(1)))


class Calls:
    pass


Calls.__call__ = Calls()
print(error_of(Calls()))

method = len
for _ in range(100_000):
    method = method.__call__
print(error_of(lambda: method([])) in ("maximum recursion depth exceeded", None))

items = iter([1])
for _ in range(100_000):
    items = map(int, items)
print(error_of(lambda: list(items)))

items = iter([1])
for _ in range(100_000):
    items = enumerate(items)
print(error_of(lambda: list(items)))

items = iter([1])
for _ in range(100_000):
    items = zip(items)
print(error_of(lambda: next(items)))
print("done")
