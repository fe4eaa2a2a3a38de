# Containers that change while they are used, sizes that do not fit, and what
# subclasses of built-in types are given.
import sys


def show(what, *args, **kwargs):
    try:
        result = what(*args, **kwargs)
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print(type(result).__name__, ascii(result))


def reinsert(walk):
    table = {0: 'a'}
    for key in walk(table):
        del table[0]
        table[0] = 'b'


for walk in (dict.keys, dict.values, dict.items):
    show(reinsert, walk)


class Emptier:
    def __eq__(self, other):
        items.clear()
        return NotImplemented


items = [Emptier()]
print(items == [1], items)

show(lambda: '' * sys.maxsize)
show(lambda: [] * sys.maxsize)
show(list, range(1 << 70))
low = -(1 << 63)
show(lambda: low << 3)
top = iter(range((1 << 63) - 2, (1 << 63) - 1, 5))
print(next(top), top.__reduce__()[1])

# A call that exhausts the iterator it is called by.
calls = 0


def nested():
    global calls
    calls += 1
    if calls == 1:
        print(list(again))
    return calls


again = iter(nested, 4)
show(next, again)

print(type({1: 2}.keys() & frozenset({1})), type(frozenset({1}) & {1: 2}.keys()))
show(bytearray(b'x').extend, 1.5)
show(lambda: b'x'.translate(b'1', 1))
exported = bytearray(b'abc')
view = memoryview(exported)
show(exported.__imul__, 1)
show(exported.resize, 3)
show(exported.__imul__, 2)


class WithInit(float):
    def __init__(self, value=0, *, unit=None):
        self.unit = unit


print(WithInit(1.5, unit='m').unit, WithInit(unit='s'))


class WithNew(set):
    def __new__(cls, items, unit=None):
        return super().__new__(cls)


show(WithNew, [1], unit=2)


class Enumerate(enumerate):
    pass


show(Enumerate, unit=1)
show(enumerate, unit=1)


class Text(str):
    pass


class Shown:
    def __repr__(self):
        return Text('shown')


print(type(ascii(Shown())), type(Text('plain').format()))


class Power(int):
    def __rpow__(self, *others):
        return others


print(pow(2, Power(3), 5), 2 ** Power(3))
show(lambda: bytes(type('NoIndex', (), {'__index__': lambda self: 1.5})()))
show(type, 'A', (), {'__doc__': 'lone \udcdc'})


class Described(property):
    """Of the class."""


def getter(self):
    """Of the getter."""


print(Described(getter).__doc__, Described(None).__doc__, Described(getter, doc='Given.').__doc__)

from collections.abc import Callable
print(Callable[[int, str], float], Callable[..., int], Callable[[int], str].__args__)
