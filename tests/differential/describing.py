"""A text that tells what a graph is: the values, the classes and what is shared with what."""

import types

ATOMS = (type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented), range)
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)


def is_named(value):
    """Whether it is a class or a function: what a pickle refers to by name."""
    owner = getattr(value, '__self__', None)
    function = type(value) in FUNCTIONS and (owner is None or type(owner) is types.ModuleType)
    return function or isinstance(value, type)


class Describer:
    """`unordered` tells whether a set of more than one element was met."""

    def __init__(self):
        self.numbers = {}
        # What is numbered by its id has to stay alive.
        self.kept = []
        self.unordered = False

    def describe(self, value):
        cls = type(value)
        if cls in ATOMS:
            return ascii(value)
        if is_named(value):
            return f'<{value.__module__}.{value.__qualname__}>'
        if (cls is tuple or cls is frozenset) and not value:
            return ascii(value)
        number = self.numbers.get(id(value))
        if number is not None:
            return f'@{number}'
        number = self.numbers[id(value)] = len(self.numbers)
        self.kept.append(value)
        return f'{number}:{self.parts(cls, value)}'

    def parts(self, cls, value):
        if cls is list:
            return self.row('[', value, ']')
        if cls is tuple:
            return self.row('(', value, ')')
        if cls is dict:
            return self.row('{', self.entries(value.items()), '}')
        if cls is set or cls is frozenset:
            return self.elements(cls.__name__, value)
        if cls is bytearray:
            return ascii(value)
        if cls is slice:
            return f'slice({value.start!r}, {value.stop!r}, {value.step!r})'
        return self.reduced(value)

    def entries(self, items):
        for key, value in items:
            yield key
            yield value

    def row(self, left, items, right):
        return left + ', '.join(map(self.describe, items)) + right

    def elements(self, name, value):
        if len(value) > 1:
            self.unordered = True
            # The elements of larger sets are atoms, or tuples of them.
            return name + '{' + ', '.join(sorted(map(ascii, value))) + '}'
        return self.row(name + '{', value, '}')

    def reduced(self, value):
        reduced = value.__reduce_ex__(4)
        self.kept.append(reduced)
        if isinstance(reduced, str):
            return f'<{reduced}>'
        shown = [type(value).__qualname__]
        for index, part in enumerate(reduced):
            if index in (3, 4) and part is not None:
                part = list(part)
                self.kept.append(part)
                part = part if index == 3 else [item for pair in part for item in pair]
                shown.append(self.row('[', part, ']'))
            elif index == 1 and isinstance(part, tuple):
                # The arguments are a new tuple each time; their items are not.
                shown.append(self.row('(', part, ')'))
            elif index == 2 and type(part) in (tuple, list, dict):
                shown.append(self.parts(type(part), part))
            else:
                shown.append(self.describe(part))
        return ' '.join(shown)
