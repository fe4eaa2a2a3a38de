# Subclasses of list and dict are asked for their items, notes tell the path with classes' full names.
import collections
import json


class Pairs(dict):
    given = [('b', 3), ('a', 2)]

    def items(self):
        return self.given


class Sevens(list):
    def __iter__(self):
        return iter([7, 8])


class Outer:
    class Inner:
        pass


def show(*args, **options):
    try:
        print(json.dumps(*args, **options))
    except Exception as error:
        print(type(error).__name__, error, getattr(error, '__notes__', None))


for indent in None, '\t':
    show([Sevens(), Sevens([1]), Pairs(), Pairs(x=1)], indent=indent)
    show(Pairs(x=1), indent=indent, sort_keys=True)
    for Pairs.given in [1], [(1, 2, 3)], [[1, 2]], 5, iter([('k', 'v')]):
        show(Pairs(x=1), indent=indent)
    Pairs.given = [('b', 3), ('a', 2)]
    show(collections.OrderedDict(a=[Outer.Inner()]), indent=indent)
    show([Outer.Inner()], default=lambda o: {(1,): 1}, indent=indent)
    show({'k': [1, float('inf')]}, allow_nan=False, indent=indent)
    show({'k': {float('inf'): 1}}, allow_nan=False, indent=indent)
    show({(1,): 1, 'é': 5, b'': 2, 3.5: None, True: 4}, skipkeys=True, indent=indent)
    show({(1,): 1}, skipkeys=True, indent=indent)
    show({2: 1, 'a': 2}, sort_keys=True, indent=indent)
    show({'b': 1, 'é': 2, 'a': 3, '\U0001f600': 4}, sort_keys=True, indent=indent)
    growing = {1: Outer()}

    def grow(o):
        growing[2] = 5
        return len(growing)

    show(growing, default=grow, indent=indent)
    show([[], {}, [[]], [{}]], indent=indent, separators=('é', '\ud800'))

document = json.loads('[{"ab": 1}, {"ab": 2}, {"\\u0061b": [3, {"ab": 4}]}]')
names = [name for entry in document for name in entry] + list(document[2]['ab'][1])
print(names, len({id(name) for name in names}))
