"""Classes of every way to be taken apart, and the global objects that graphs refer to by name.

Each class of `MAKERS` is made by calling it with one child, a part of the graph; it keeps the child
where its way of reduction finds it again.
"""

import copyreg
import dataclasses
import enum
from collections import namedtuple


class Plain:
    def __init__(self, child):
        self.child = child
        self.name = 'plain'

    def method(self):
        return self.child


class Empty:
    def __init__(self, child):
        pass


class Slots:
    __slots__ = 'child', 'unset', '__private'

    def __init__(self, child):
        self.child = child
        self.__private = 1


class SlotsAndDict(Slots):
    def __init__(self, child):
        super().__init__(child)
        self.more = child


class State:
    def __init__(self, child):
        self.kept = child

    def __getstate__(self):
        return [self.kept, 'state']

    def __setstate__(self, state):
        self.kept = state[0]


class NoState(Plain):
    def __getstate__(self):
        return None


class FalseState(Plain):
    def __getstate__(self):
        return {}

    def __setstate__(self, state):
        self.was_set = True


class SlotsState:
    __slots__ = ('child',)

    def __init__(self, child):
        self.child = child

    def __getstate__(self):
        return None, {'child': self.child}


class Reduce2:
    def __init__(self, label, child=None):
        self.label = label
        self.child = child

    def __reduce__(self):
        return Reduce2, ('label',)


class Reduce3(Plain):
    def __reduce__(self):
        return Reduce3, (None,), {'child': self.child}


class Reduce4(list):
    def __init__(self, child=()):
        super().__init__([child, 'item'])

    def __reduce__(self):
        return make_empty, (Reduce4,), None, iter(list(self))


class Reduce5(dict):
    def __init__(self, child=()):
        super().__init__(key=child, other='value')

    def __reduce__(self):
        return make_empty, (Reduce5,), None, None, iter(list(self.items()))


class Reduce6(Plain):
    def __reduce__(self):
        return make_empty, (Reduce6,), self.child, None, None, set_child


class ReduceEx(Plain):
    def __reduce_ex__(self, protocol):
        return make_empty, (ReduceEx,), {'child': self.child}


class NewArguments:
    def __new__(cls, label):
        made = super().__new__(cls)
        made.label = label
        return made

    def __init__(self, child):
        self.child = child

    def __getnewargs__(self):
        return ('new',)


class NewKeywords:
    def __new__(cls, *, label=None):
        made = super().__new__(cls)
        made.label = label
        return made

    def __getnewargs_ex__(self):
        return (), {'label': self.label}


class NewObject(Plain):
    def __reduce__(self):
        return copyreg.__newobj__, (NewObject,), {'child': self.child}


class Dispatched(Plain):
    pass


class Extended(Plain):
    pass


class Outer:
    class Inner(Plain):
        class Innermost(Plain):
            pass


class Meta(type):
    pass


class OfMeta(Plain, metaclass=Meta):
    pass


class ListOfOwn(list):
    def __init__(self, child):
        super().__init__([child])
        self.attribute = child


class AppendsItself(list):
    def __init__(self, child=()):
        super().__init__()
        self.append(child)

    def extend(self, items):
        for item in items:
            self.append(item)


class DictOfOwn(dict):
    def __init__(self, child):
        super().__init__(own=child)
        self.attribute = child


class TupleOfOwn(tuple):
    def __new__(cls, child):
        return super().__new__(cls, (child, 'own'))


class IntOfOwn(int):
    def __new__(cls, child):
        made = super().__new__(cls, 77)
        made.attribute = child
        return made


class FloatOfOwn(float):
    def __new__(cls, child):
        return super().__new__(cls, 7.5)


class StrOfOwn(str):
    def __new__(cls, child):
        made = super().__new__(cls, 'own text')
        made.attribute = child
        return made


class BytesOfOwn(bytes):
    def __new__(cls, child):
        return super().__new__(cls, b'own bytes')


class ByteArrayOfOwn(bytearray):
    def __init__(self, child):
        super().__init__(b'own')
        self.attribute = child


class SetOfOwn(set):
    def __init__(self, child=()):
        super().__init__(['own'])
        if not isinstance(child, (tuple, list)):
            self.attribute = child


class FrozenOfOwn(frozenset):
    def __new__(cls, child=()):
        return super().__new__(cls, ['own'])


class Error(Exception):
    def __init__(self, child):
        super().__init__('message', child)
        self.child = child

    def __reduce__(self):
        return Exception.__reduce__(self)[0], (self.child,), {'more': 1}


def error_with_attribute(child):
    error = ValueError('text', 1)
    error.attribute = child
    return error


def system_error(child):
    return FileNotFoundError(2, 'No such file', 'name')


Point = namedtuple('Point', 'x y', defaults=['why'])


@dataclasses.dataclass
class Data:
    child: object
    number: int = 3


@dataclasses.dataclass(frozen=True)
class FrozenData:
    child: object


@dataclasses.dataclass(slots=True)
class SlotsData:
    child: object


class Color(enum.Enum):
    RED = 1
    GREEN = 'green'


class Number(enum.IntEnum):
    ONE = 1


class Singleton:
    def __reduce__(self):
        return 'SINGLETON'


SINGLETON = Singleton()


def function(value=None):
    return value


def make_empty(cls):
    return cls.__new__(cls)


def set_child(made, child):
    made.child = child


def reduce_2(child):
    return Reduce2('label', child)


def new_keywords(child):
    made = NewKeywords(label='label')
    made.child = child
    return made


def reduce_dispatched(made):
    return Dispatched, (None,), {'child': made.child}


copyreg.pickle(Dispatched, reduce_dispatched)
copyreg.add_extension(__name__, 'Extended', 240)
copyreg.add_extension(__name__, 'function', 70_000)

MAKERS = [
    Plain, Empty, Slots, SlotsAndDict, State, NoState, FalseState, SlotsState,
    reduce_2, Reduce3, Reduce4, Reduce5, Reduce6, ReduceEx,
    NewArguments, new_keywords, NewObject, Dispatched, Extended, Outer.Inner,
    Outer.Inner.Innermost, OfMeta, ListOfOwn, AppendsItself, DictOfOwn, TupleOfOwn, IntOfOwn,
    FloatOfOwn, StrOfOwn, BytesOfOwn, ByteArrayOfOwn, SetOfOwn, FrozenOfOwn, Error,
    error_with_attribute, system_error, Point, Data, FrozenData, SlotsData,
]

GLOBALS = [
    int, list, type, type(None), type(...), type(NotImplemented), object, ValueError, len, print,
    function, Plain, Extended, Outer.Inner, OfMeta, Color, Color.RED, Color.GREEN, Number.ONE,
    SINGLETON, copyreg.__newobj__, namedtuple, str.upper, int.from_bytes, Plain.method,
]
