"""The operators as functions. `operator` is the public face."""


def lt(a, b, /): return a < b
def le(a, b, /): return a <= b
def eq(a, b, /): return a == b
def ne(a, b, /): return a != b
def ge(a, b, /): return a >= b
def gt(a, b, /): return a > b
def not_(a, /): return not a
def truth(a, /): return True if a else False
def is_(a, b, /): return a is b
def is_not(a, b, /): return a is not b
def is_none(a, /): return a is None
def is_not_none(a, /): return a is not None
def add(a, b, /): return a + b
def and_(a, b, /): return a & b
def floordiv(a, b, /): return a // b
def inv(a, /): return ~a
def invert(a, /): return ~a
def lshift(a, b, /): return a << b
def mod(a, b, /): return a % b
def mul(a, b, /): return a * b
def matmul(a, b, /): return a @ b
def neg(a, /): return -a
def or_(a, b, /): return a | b
def pos(a, /): return +a
def pow(a, b, /): return a ** b
def rshift(a, b, /): return a >> b
def sub(a, b, /): return a - b
def truediv(a, b, /): return a / b
def xor(a, b, /): return a ^ b
def contains(a, b, /): return b in a
def getitem(a, b, /): return a[b]
def iadd(a, b, /): a += b; return a
def iand(a, b, /): a &= b; return a
def ifloordiv(a, b, /): a //= b; return a
def ilshift(a, b, /): a <<= b; return a
def imod(a, b, /): a %= b; return a
def imul(a, b, /): a *= b; return a
def imatmul(a, b, /): a @= b; return a
def ior(a, b, /): a |= b; return a
def ipow(a, b, /): a **= b; return a
def irshift(a, b, /): a >>= b; return a
def isub(a, b, /): a -= b; return a
def itruediv(a, b, /): a /= b; return a
def ixor(a, b, /): a ^= b; return a


_builtin_abs = abs


def abs(a, /):
    return _builtin_abs(a)


def index(a, /):
    # A range asks for the index of its bound, and checks and reports as the language does.
    return range(a).stop


def concat(a, b, /):
    if not _is_sequence(a) or not _is_sequence(b):
        culprit = b if _is_sequence(a) and not hasattr(type(a), "__add__") else a
        if not _is_sequence(a) or not hasattr(type(a), "__add__"):
            raise TypeError(f"{type(culprit).__name__!r} object can't be concatenated")
    return a + b


def iconcat(a, b, /):
    if not _is_sequence(a):
        raise TypeError(f"{type(a).__name__!r} object can't be concatenated")
    a += b
    return a


def _is_sequence(a):
    return hasattr(type(a), "__getitem__") and not isinstance(a, dict)


def setitem(a, b, c, /):
    a[b] = c


def delitem(a, b, /):
    del a[b]


def countOf(a, b, /):
    "How many items of `a` are `b` or equal to it."
    count = 0
    for item in _iterate(a):
        if item is b or item == b:
            count += 1
    return count


def indexOf(a, b, /):
    "Position of the first item of `a` that is `b` or equal to it."
    for position, item in enumerate(_iterate(a)):
        if item is b or item == b:
            return position
    raise ValueError("sequence.index(x): x not in sequence")


def _iterate(a):
    try:
        return iter(a)
    except TypeError:
        raise TypeError(f"argument of type {type(a).__name__!r} is not iterable") from None


def length_hint(obj, default=0, /):
    "How long `obj` may be, by __len__ or __length_hint__."
    if not isinstance(default, int):
        raise TypeError(f"{type(default).__name__!r} object cannot be interpreted as an integer")
    try:
        return len(obj)
    except TypeError:
        if hasattr(type(obj), "__len__"):
            raise
    method = getattr(type(obj), "__length_hint__", None)
    if method is None:
        return default
    try:
        value = method(obj)
    except TypeError:
        return default
    if value is NotImplemented:
        return default
    if not isinstance(value, int):
        raise TypeError(f"__length_hint__ must be an integer, not {type(value).__name__}")
    if value < 0:
        raise ValueError("__length_hint__() should return >= 0")
    return int(value)


def call(obj, /, *args, **kwargs):
    return obj(*args, **kwargs)


def _compare_digest(a, b, /):
    if isinstance(a, str) and isinstance(b, str):
        if not (a.isascii() and b.isascii()):
            raise TypeError("comparing strings with non-ASCII characters is not supported")
        return a == b
    if isinstance(a, str) or isinstance(b, str):
        raise TypeError("unsupported operand types(s) or combination of types: "
                        f"{type(a).__name__!r} and {type(b).__name__!r}")
    return bytes(a) == bytes(b)


class attrgetter:
    """A callable that fetches the named attribute, or a tuple of several; names may be dotted."""

    __module__ = "operator"
    __slots__ = ("_names", "_paths")

    def __new__(cls, /, *attrs, **kwargs):
        if kwargs:
            raise TypeError("attrgetter() takes no keyword arguments")
        if not attrs:
            raise TypeError("attrgetter expected 1 argument, got 0")
        for attr in attrs:
            if not isinstance(attr, str):
                raise TypeError("attribute name must be a string")
        self = super().__new__(cls)
        self._names = attrs
        self._paths = tuple([attr.split(".") for attr in attrs])
        return self

    def __call__(self, /, *args, **kwargs):
        if kwargs:
            raise TypeError("attrgetter() takes no keyword arguments")
        if len(args) != 1:
            raise TypeError(f"attrgetter expected 1 argument, got {len(args)}")
        obj, = args
        if len(self._paths) == 1:
            return _follow(obj, self._paths[0])
        return tuple([_follow(obj, path) for path in self._paths])

    def __repr__(self):
        return f"operator.{type(self).__qualname__}({', '.join(map(repr, self._names))})"

    def __reduce__(self):
        return type(self), self._names


def _follow(obj, path):
    for name in path:
        obj = getattr(obj, name)
    return obj


class itemgetter:
    """A callable that fetches the given item, or a tuple of several."""

    __module__ = "operator"
    __slots__ = ("_items",)

    def __new__(cls, /, *items, **kwargs):
        if kwargs:
            raise TypeError("itemgetter() takes no keyword arguments")
        if not items:
            raise TypeError("itemgetter expected 1 argument, got 0")
        self = super().__new__(cls)
        self._items = items
        return self

    def __call__(self, /, *args, **kwargs):
        if kwargs:
            raise TypeError("itemgetter() takes no keyword arguments")
        if len(args) != 1:
            raise TypeError(f"itemgetter expected 1 argument, got {len(args)}")
        obj, = args
        if len(self._items) == 1:
            return obj[self._items[0]]
        return tuple([obj[item] for item in self._items])

    def __repr__(self):
        return f"operator.{type(self).__qualname__}({', '.join(map(repr, self._items))})"

    def __reduce__(self):
        return type(self), self._items


class methodcaller:
    """A callable that calls the named method with the given arguments."""

    __module__ = "operator"
    __slots__ = ("_name", "_args", "_kwargs")

    def __new__(cls, /, *args, **kwargs):
        if not args:
            raise TypeError("methodcaller needs at least one argument, the method name")
        if not isinstance(args[0], str):
            raise TypeError("method name must be a string")
        self = super().__new__(cls)
        self._name, *rest = args
        self._args = tuple(rest)
        self._kwargs = kwargs
        return self

    def __call__(self, /, *args, **kwargs):
        if kwargs:
            raise TypeError("methodcaller() takes no keyword arguments")
        if len(args) != 1:
            raise TypeError(f"methodcaller expected 1 argument, got {len(args)}")
        return getattr(args[0], self._name)(*self._args, **self._kwargs)

    def __repr__(self):
        parts = [repr(self._name)]
        parts += map(repr, self._args)
        parts += [f"{key}={value!r}" for key, value in self._kwargs.items()]
        return f"operator.{type(self).__qualname__}({', '.join(parts)})"

    def __reduce__(self):
        if not self._kwargs:
            return type(self), (self._name, *self._args)
        from functools import partial
        return partial(type(self), self._name, **self._kwargs), self._args
