"""The parts of functools that carry calls: partial, reduce, cmp_to_key, the core of lru_cache."""

from _types import GenericAlias, MethodType
from reprlib import recursive_repr

_absent = object()


class _PlaceholderType:
    """The type of the Placeholder singleton."""

    __module__ = "functools"
    __slots__ = ()
    _instance = None

    def __new__(cls, /, *args, **kwargs):
        if args or kwargs:
            raise TypeError("PlaceholderType takes no arguments")
        if cls._instance is None:
            _PlaceholderType._instance = object.__new__(cls)
        return cls._instance

    def __init_subclass__(cls, *args, **kwargs):
        raise TypeError("type 'functools._PlaceholderType' is not an acceptable base type")

    def __repr__(self):
        return "Placeholder"

    def __reduce__(self):
        return "Placeholder"


Placeholder = _PlaceholderType()


class _Member:
    """A slot that programs read but do not assign."""

    def __init__(self, slot, name, doc):
        self.slot = slot
        self.__name__ = name
        self.__doc__ = doc

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return self.slot.__get__(instance, owner)

    def __set__(self, instance, value):
        raise AttributeError("readonly attribute")

    def __delete__(self, instance):
        raise AttributeError("readonly attribute")


class partial:
    """Create a new function out of one whose first arguments are known already."""

    __module__ = "functools"
    __slots__ = ("_func", "_args", "_keywords", "_gaps", "__dict__", "__weakref__")

    def __new__(cls, /, *args, **keywords):
        if not args:
            raise TypeError("type 'partial' takes at least one argument")
        func, *rest = args
        if not callable(func):
            raise TypeError("the first argument must be callable")
        if rest and rest[-1] is Placeholder:
            raise TypeError("trailing Placeholders are not allowed")
        for value in keywords.values():
            if value is Placeholder:
                raise TypeError("Placeholder cannot be passed as a keyword argument")
        self = super().__new__(cls)
        rest = tuple(rest)
        if isinstance(func, partial) and type(func).__call__ is partial.__call__ and not func.__dict__:
            rest = _fill(func._args, func._gaps, rest)
            if func._keywords:
                keywords = {**func._keywords, **keywords}
            func = func._func
        self._func = func
        self._args = rest
        self._keywords = keywords
        self._gaps = _count_gaps(rest)
        return self

    def __call__(self, /, *args, **keywords):
        if self._gaps:
            if len(args) < self._gaps:
                raise TypeError("missing positional arguments in 'partial' call; expected at least "
                                f"{self._gaps}, got {len(args)}")
            args = _fill(self._args, self._gaps, args)
        elif self._args:
            args = self._args + args
        if self._keywords:
            keywords = {**self._keywords, **keywords}
        return self._func(*args, **keywords)

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return MethodType(self, instance)

    @recursive_repr()
    def __repr__(self):
        cls = type(self)
        parts = [repr(self._func)]
        parts += [repr(value) for value in self._args]
        parts += [f"{key}={value!r}" for key, value in self._keywords.items()]
        return f"{cls.__module__}.{cls.__qualname__}({', '.join(parts)})"

    def __reduce__(self):
        return type(self), (self._func,), (self._func, self._args, self._keywords, self.__dict__ or None)

    def __setstate__(self, state):
        if not isinstance(state, tuple) or len(state) != 4:
            raise TypeError("invalid partial state")
        func, args, keywords, namespace = state
        if not callable(func) or not isinstance(args, tuple) or not (
                keywords is None or isinstance(keywords, dict)) or not (
                namespace is None or isinstance(namespace, dict)):
            raise TypeError("invalid partial state")
        if args and args[-1] is Placeholder:
            raise TypeError("trailing Placeholders are not allowed")
        self._func = func
        self._args = tuple(args)
        self._keywords = {} if keywords is None else keywords if type(keywords) is dict else dict(keywords)
        self._gaps = _count_gaps(self._args)
        self.__dict__ = {} if namespace is None else namespace

    __class_getitem__ = classmethod(GenericAlias)


partial.func = _Member(partial._func, "func", "what is called")
partial.args = _Member(partial._args, "args", "the positional arguments given in advance")
partial.keywords = _Member(partial._keywords, "keywords", "the keyword arguments given in advance")


def _count_gaps(args):
    gaps = 0
    for value in args:
        if value is Placeholder:
            gaps += 1
    return gaps


def _fill(args, gaps, more):
    # Puts the first of `more` where `args` has placeholders, the rest behind.
    if not gaps:
        return args + more
    merged = []
    used = 0
    for value in args:
        if value is Placeholder and used < len(more):
            value = more[used]
            used += 1
        merged.append(value)
    return (*merged, *more[used:])


def reduce(function, iterable, /, initial=_absent):
    """Fold an iterable from the left with a function of two arguments."""
    try:
        it = iter(iterable)
    except TypeError:
        raise TypeError("reduce() arg 2 must support iteration") from None
    if initial is _absent:
        try:
            initial = next(it)
        except StopIteration:
            raise TypeError("reduce() of empty iterable with no initial value") from None
    for item in it:
        initial = function(initial, item)
    return initial


class KeyWrapper:
    """An object ordered by a comparison function."""

    __module__ = "functools"
    __slots__ = ("cmp", "obj")
    __hash__ = None

    def __init__(self, cmp):
        self.cmp = cmp

    def __call__(self, /, obj):
        wrapped = KeyWrapper(self.cmp)
        wrapped.obj = obj
        return wrapped

    def _compare(self, other):
        if not isinstance(other, KeyWrapper):
            raise TypeError("other argument must be K instance")
        return self.cmp(self.obj, other.obj)

    def __lt__(self, other):
        return self._compare(other) < 0

    def __gt__(self, other):
        return self._compare(other) > 0

    def __eq__(self, other):
        return self._compare(other) == 0

    def __ne__(self, other):
        return self._compare(other) != 0

    def __le__(self, other):
        return self._compare(other) <= 0

    def __ge__(self, other):
        return self._compare(other) >= 0


def cmp_to_key(mycmp):
    """Turn a comparison function into a key function."""
    return KeyWrapper(mycmp)


_keyword_mark = object()


def _make_key(args, keywords, typed):
    # A single int or str is its own key, as nothing else can equal it in the tuple form.
    if keywords:
        key = (*args, _keyword_mark, *[part for item in keywords.items() for part in item])
        if typed:
            key = (*key, *map(type, args), *map(type, keywords.values()))
        return key
    if typed:
        return (*args, *map(type, args))
    if len(args) == 1 and type(args[0]) in (int, str):
        return args[0]
    return args


class _lru_cache_wrapper:
    """A function that remembers its most recent results."""

    __module__ = "functools"

    def __init__(self, user_function, maxsize, typed, cache_info_type):
        if maxsize is not None and not isinstance(maxsize, int):
            raise TypeError("maxsize should be integer or None")
        if not callable(user_function):
            raise TypeError("the first argument must be callable")
        state = self.__dict__
        state["__wrapped__"] = user_function
        self._state = [user_function, maxsize, typed, {}, 0, 0, cache_info_type]

    def __call__(self, /, *args, **keywords):
        state = self._state
        function, maxsize, typed, cache = state[:4]
        if maxsize == 0:
            state[5] += 1
            return function(*args, **keywords)
        key = _make_key(args, keywords, typed)
        if maxsize is None:
            result = cache.get(key, _absent)
        else:
            # The dict's order is the order of use: a hit goes to the end.
            if not cache:
                hash(key)  # pop() of an empty dict does not ask for it
            result = cache.pop(key, _absent)
            if result is not _absent:
                cache[key] = result
        if result is not _absent:
            state[4] += 1
            return result
        state[5] += 1
        result = function(*args, **keywords)
        if maxsize is None:
            cache[key] = result
        elif key not in cache:
            if len(cache) >= maxsize:
                del cache[next(iter(cache))]
            cache[key] = result
        return result

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return MethodType(self, instance)

    def cache_info(self):
        """The counts of hits and misses, the bound and the present size."""
        _, maxsize, _, cache, hits, misses, info = self._state
        return info(hits, misses, maxsize, len(cache))

    def cache_clear(self):
        """Forget the results and the counts."""
        state = self._state
        state[3].clear()
        state[4] = state[5] = 0

    def __reduce__(self):
        return self.__qualname__

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


for _function in (reduce, cmp_to_key):
    _function.__module__ = "_functools"
del _function
