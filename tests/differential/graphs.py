"""Random graphs of objects, the same from the same seed whoever runs this."""

import functools
import operator
import types
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque

import reducers

MASK = (1 << 64) - 1


class Random:
    """xorshift64*: the library's generators need not agree."""

    def __init__(self, seed):
        self.state = (seed * 0x9E3779B97F4A7C15 + 0x1234567) & MASK or 1

    def below(self, limit):
        state = self.state
        state ^= state >> 12
        state = (state ^ (state << 25)) & MASK
        state ^= state >> 27
        self.state = state
        return ((state * 0x2545F4914F6CDD1D & MASK) >> 33) % limit

    def pick(self, choices):
        return choices[self.below(len(choices))]


INTS = [0, 1, -1, 127, 128, 255, 256, 257, -128, -129, 32767, 65535, 65536, -32768, 2**31 - 1, 2**31,
        -2**31, -2**31 - 1, 2**32, 2**63 - 1, 2**63, -2**63, 2**64, 255 << 56, -(1 << 127), 1 << 2039, 1 << 2040,
        -(1 << 2047)]
FLOATS = [0.0, -0.0, 1.5, -1e300, 5e-324, float('inf'), float('-inf'), 0.1, 1e16]
LETTERS = 'ab Z09_\n\r\0\x1a\\\'"\x7f\x85é\xff\u0100\u20ac\ud800\udcff\U0001f600'
LENGTHS = [0, 1, 1, 2, 3, 5, 9, 40, 254, 255, 256, 257]


class Builder:
    """Makes one graph of at most `budget` parts. `pool` has all that may be shared."""

    def __init__(self, seed, budget):
        self.random = Random(seed)
        self.left = budget
        self.pool = []

    def graph(self):
        root = self.part(0)
        self.close_cycles()
        return root

    def part(self, depth):
        random = self.random
        self.left -= 1
        if self.pool and random.below(6) == 0:
            return random.pick(self.pool)
        if self.left <= 0 or depth > 7 or random.below(3) == 0:
            return self.atom()
        made = random.pick(self.COMPOUNDS)(self, depth + 1)
        self.pool.append(made)
        return made

    def parts(self, depth):
        return [self.part(depth) for _ in range(self.random.below(5))]

    def close_cycles(self):
        for made in self.pool:
            if self.random.below(4):
                continue
            other = self.random.pick(self.pool)
            kind = type(made)
            if kind in (list, deque):
                made.append(other)
            elif kind in (dict, OrderedDict, defaultdict):
                made['cycle'] = other
            elif kind in (reducers.Plain, reducers.Slots, reducers.State, reducers.Data):
                setattr(made, 'kept' if kind is reducers.State else 'child', other)

    # Atoms: what is written without parts.

    def atom(self):
        made = self.random.pick(self.ATOMS)(self)
        if self.random.below(3) == 0:
            self.pool.append(made)
        return made

    def text(self):
        length = self.random.pick(LENGTHS)
        letters = [self.random.pick(LETTERS) for _ in range(min(length, 12))]
        return ''.join(letters) + 'x' * (length - len(letters))

    def data(self):
        length = self.random.pick(LENGTHS)
        some = bytes(self.random.below(256) for _ in range(min(length, 12)))
        return some + b'y' * (length - len(some))

    def integer(self):
        if self.random.below(2):
            return self.random.pick(INTS)
        return self.random.below(100_000) - 50_000

    def key(self):
        kind = self.random.below(6)
        if kind == 0:
            return self.integer()
        if kind == 1:
            return self.random.pick(FLOATS)
        if kind == 2:
            return (self.integer(), self.text())
        if kind == 3:
            return self.data()
        return self.text()

    def numbers(self):
        code = self.random.pick('bBhHiIlLqQfd')
        return array(code, [self.random.below(100) for _ in range(self.random.below(4))])

    ATOMS = [
        lambda self: None, lambda self: True, lambda self: False, lambda self: ...,
        lambda self: NotImplemented, integer, integer, text, text, text, data,
        lambda self: self.random.pick(FLOATS), lambda self: complex(self.random.below(9), -1.5),
        lambda self: bytearray(self.data()), lambda self: range(self.integer() % 99),
        lambda self: slice(None, self.integer()), lambda self: self.random.pick(reducers.GLOBALS), numbers,
        lambda self: list[int], lambda self: operator.itemgetter(1, 'a'),
        lambda self: operator.attrgetter('a.b'), lambda self: [].append,
    ]

    # Compounds: what has parts.

    def a_list(self, depth):
        return self.parts(depth)

    def a_tuple(self, depth):
        return tuple(self.parts(depth))

    def pairs(self, depth):
        return [(self.key(), self.part(depth)) for _ in range(self.random.below(5))]

    def long_list(self, depth):
        length = self.random.pick([999, 1000, 1001])
        return list(range(length)) + [self.part(depth)]

    def long_dict(self, depth):
        made = dict.fromkeys(range(self.random.pick([999, 1000, 1001])))
        made['last'] = self.part(depth)
        return made

    def bag(self, depth):
        return {self.key() for _ in range(self.random.below(4))}

    def ordered(self, depth):
        return OrderedDict(self.pairs(depth))

    def with_default(self, depth):
        return defaultdict(self.random.pick([None, list, int]), self.pairs(depth))

    def counted(self, depth):
        return Counter([self.text() for _ in range(3)])

    def queue(self, depth):
        return deque(self.parts(depth), self.random.pick([None, None, 3]))

    def instance(self, depth):
        return self.random.pick(reducers.MAKERS)(self.part(depth))

    def bound(self, depth):
        return reducers.Plain(self.part(depth)).method

    def partly(self, depth):
        return functools.partial(reducers.function, self.part(depth), key=self.part(depth))

    def iterator(self, depth):
        items = self.parts(depth)
        return self.random.pick([
            lambda: iter(items), lambda: reversed(items), lambda: iter(tuple(items)),
            lambda: iter(range(len(items))), lambda: enumerate(items), lambda: zip(items, items),
            lambda: map(reducers.function, items), lambda: filter(None, items),
            lambda: iter({index: item for index, item in enumerate(items)}.values()),
        ])()

    def alone(self, depth):
        """A set of one instance, which may lead back to the set."""
        member = reducers.Plain(None)
        made = self.random.pick([set, frozenset])([member])
        member.child = [made, self.part(depth)]
        return made

    def tuple_in_itself(self, depth):
        inner = self.parts(depth)
        made = (inner,) * (1 + self.random.below(5))
        inner.append(made)
        return made

    COMPOUNDS = [
        a_list, a_list, a_list, a_tuple, a_tuple, a_tuple,
        lambda self, depth: dict(self.pairs(depth)), lambda self, depth: dict(self.pairs(depth)),
        bag, lambda self, depth: frozenset(self.bag(depth)), ordered, with_default, counted, queue,
        instance, instance, instance, instance, instance, instance, instance, bound, partly, iterator,
        alone, tuple_in_itself, long_list, long_dict,
        lambda self, depth: types.SimpleNamespace(child=self.part(depth)),
        lambda self, depth: ChainMap(dict(self.pairs(depth))),
        lambda self, depth: UserDict(self.pairs(depth)),
    ]
