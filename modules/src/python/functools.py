"""Tools for functions that take or return functions."""

__all__ = [
    "update_wrapper", "wraps", "WRAPPER_ASSIGNMENTS", "WRAPPER_UPDATES", "total_ordering", "cache", "cmp_to_key",
    "lru_cache", "reduce", "partial", "partialmethod", "singledispatch", "singledispatchmethod", "cached_property",
    "Placeholder",
]

from _operator import itemgetter
from _functools import (Placeholder, _PlaceholderType, _lru_cache_wrapper, cmp_to_key, partial, reduce)
from _thread import RLock
from abc import get_cache_token
from _types import GenericAlias, MethodType, UnionType
from reprlib import recursive_repr

WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__", "__annotate__", "__type_params__")
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Make `wrapper` look like `wrapped`: copy the named attributes, merge the named dicts."""
    for attr in assigned:
        try:
            value = getattr(wrapped, attr)
        except AttributeError:
            continue
        setattr(wrapper, attr, value)
    for attr in updated:
        getattr(wrapper, attr).update(getattr(wrapped, attr, {}))
    # After the dicts, which may bring a __wrapped__ of their own.
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """update_wrapper as a decorator."""
    return partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


# Each derived comparison is made of a defined one (the root): take the root's answer, perhaps negate it, perhaps
# combine it with equality. The root is asked through the type, so that NotImplemented passes through.

def _gt_from_lt(self, other):
    answer = type(self).__lt__(self, other)
    return answer if answer is NotImplemented else not answer and self != other


def _le_from_lt(self, other):
    answer = type(self).__lt__(self, other)
    return answer if answer is NotImplemented else answer or self == other


def _ge_from_lt(self, other):
    answer = type(self).__lt__(self, other)
    return answer if answer is NotImplemented else not answer


def _ge_from_le(self, other):
    answer = type(self).__le__(self, other)
    return answer if answer is NotImplemented else not answer or self == other


def _lt_from_le(self, other):
    answer = type(self).__le__(self, other)
    return answer if answer is NotImplemented else answer and self != other


def _gt_from_le(self, other):
    answer = type(self).__le__(self, other)
    return answer if answer is NotImplemented else not answer


def _lt_from_gt(self, other):
    answer = type(self).__gt__(self, other)
    return answer if answer is NotImplemented else not answer and self != other


def _ge_from_gt(self, other):
    answer = type(self).__gt__(self, other)
    return answer if answer is NotImplemented else answer or self == other


def _le_from_gt(self, other):
    answer = type(self).__gt__(self, other)
    return answer if answer is NotImplemented else not answer


def _le_from_ge(self, other):
    answer = type(self).__ge__(self, other)
    return answer if answer is NotImplemented else not answer or self == other


def _gt_from_ge(self, other):
    answer = type(self).__ge__(self, other)
    return answer if answer is NotImplemented else answer and self != other


def _lt_from_ge(self, other):
    answer = type(self).__ge__(self, other)
    return answer if answer is NotImplemented else not answer


# In order of preference as a root.
_derived_comparisons = (
    ("__lt__", (("__gt__", _gt_from_lt), ("__le__", _le_from_lt), ("__ge__", _ge_from_lt))),
    ("__le__", (("__ge__", _ge_from_le), ("__lt__", _lt_from_le), ("__gt__", _gt_from_le))),
    ("__gt__", (("__lt__", _lt_from_gt), ("__ge__", _ge_from_gt), ("__le__", _le_from_gt))),
    ("__ge__", (("__le__", _le_from_ge), ("__gt__", _gt_from_ge), ("__lt__", _lt_from_ge))),
)


_derivations = {
    "_gt_from_lt": "not (a < b) and (a != b)", "_le_from_lt": "(a < b) or (a == b)", "_ge_from_lt": "not (a < b)",
    "_ge_from_le": "not (a <= b) or (a == b)", "_lt_from_le": "(a <= b) and (a != b)", "_gt_from_le": "not (a <= b)",
    "_lt_from_gt": "not (a > b) and (a != b)", "_ge_from_gt": "(a > b) or (a == b)", "_le_from_gt": "not (a > b)",
    "_le_from_ge": "not (a >= b) or (a == b)", "_gt_from_ge": "(a >= b) and (a != b)", "_lt_from_ge": "not (a >= b)",
}


def total_ordering(cls):
    """Class decorator that adds the ordering comparisons that are missing."""
    defined = {root for root, _ in _derived_comparisons
               if getattr(cls, root, None) is not getattr(object, root, None)}
    if not defined:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    for root, derived in (("__lt__", 0), ("__le__", 1), ("__gt__", 2), ("__ge__", 3)):
        if root in defined:
            break
    for name, function in _derived_comparisons[derived][1]:
        if name not in defined:
            # The functions are shared by all classes.
            if function.__name__ != name:
                sign = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}[name]
                function.__doc__ = (f"Return a {sign} b.  Computed by @total_ordering from "
                                    f"{_derivations[function.__name__]}.")
                function.__name__ = name
            setattr(cls, name, function)
    return cls


def _placeholders(args):
    # How many of the arguments are placeholders, and what puts the arguments of a call in their places.
    places, later = [], len(args)
    for place, value in enumerate(args):
        if value is Placeholder:
            place, later = later, later + 1
        places.append(place)
    count = later - len(args)
    return count, itemgetter(*places) if count else None


class partialmethod:
    """A method that calls another descriptor or function with some arguments already given."""

    def _partial_new(cls, func, /, *args, **keywords):
        if not hasattr(func, "__get__"):
            # Checks the arguments, and calls that partial makes are then plain calls.
            func = partial(func, *args, **keywords)
            args, keywords = func.args, func.keywords
            func = func.func
        else:
            if args and args[-1] is Placeholder:
                raise TypeError("trailing Placeholders are not allowed")
            for value in keywords.values():
                if value is Placeholder:
                    raise TypeError("Placeholder cannot be passed as a keyword argument")
            if isinstance(func, partialmethod):
                merged = partial(func.func, *func.args, **func.keywords)
                merged = partial(merged, *args, **keywords)
                func, args, keywords = func.func, merged.args, merged.keywords
        self = object.__new__(cls)
        self.func = func
        self.args = args
        self.keywords = keywords
        self._phcount, self._merger = _placeholders(args)
        return self

    _partial_new.__qualname__ = "_partial_new"
    __new__ = _partial_new
    del _partial_new

    @recursive_repr()
    def __repr__(self):
        cls = type(self)
        parts = [repr(self.func)]
        parts += map(repr, self.args)
        parts += [f"{key}={value!r}" for key, value in self.keywords.items()]
        return f"{cls.__module__}.{cls.__qualname__}({', '.join(parts)})"

    def _make_unbound_method(self):
        def _method(cls_or_self, /, *args, **keywords):
            bound = partial(self.func, cls_or_self, *self.args, **self.keywords)
            return bound(*args, **keywords)
        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method.__partialmethod__ = self
        return _method

    def __get__(self, obj, cls=None):
        get = getattr(self.func, "__get__", None)
        if get is not None:
            bound = get(obj, cls)
            if bound is not self.func:
                result = partial(bound, *self.args, **self.keywords)
                try:
                    result.__self__ = bound.__self__
                except AttributeError:
                    pass
                return result
        return self._make_unbound_method().__get__(obj, cls)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)

    __class_getitem__ = classmethod(GenericAlias)


_cache_info_type = None


def _CacheInfo(hits, misses, maxsize, currsize):
    # Made at the first question, so that importing this module does not import collections.
    global _cache_info_type
    if _cache_info_type is None:
        from collections import namedtuple
        _cache_info_type = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"], module="functools")
    return _cache_info_type(hits, misses, maxsize, currsize)


def lru_cache(maxsize=128, typed=False):
    """Decorator: remember up to `maxsize` results, dropping the least recently used; None for no bound."""
    if isinstance(maxsize, int):
        maxsize = max(maxsize, 0)
    elif callable(maxsize) and isinstance(typed, bool):
        return _remembering(maxsize, 128, typed)
    elif maxsize is not None:
        raise TypeError("Expected first argument to be an integer, a callable, or None")
    return lambda user_function: _remembering(user_function, maxsize, typed)


def _remembering(user_function, maxsize, typed):
    wrapper = _lru_cache_wrapper(user_function, maxsize, typed, _CacheInfo)
    wrapper.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
    return update_wrapper(wrapper, user_function)


def cache(user_function, /):
    """lru_cache(maxsize=None)."""
    return lru_cache(maxsize=None)(user_function)


def _c3_merge(sequences):
    # Takes, again and again, the first head that is in no tail.
    result = []
    while sequences := [seq for seq in sequences if seq]:
        for seq in sequences:
            candidate = seq[0]
            if not any(candidate in other[1:] for other in sequences):
                break
        else:
            raise RuntimeError("Inconsistent hierarchy")
        result.append(candidate)
        sequences = [seq[1:] if seq[0] is candidate else seq for seq in sequences]
    return result


def _c3_mro(cls, abcs):
    # The MRO with each of `abcs` put where it would be if the class had named it as a base: after the last base
    # that is itself abstract.
    bases = list(cls.__bases__)
    boundary = len(bases)
    while boundary and not hasattr(bases[boundary - 1], "__abstractmethods__"):
        boundary -= 1
    adopted = [abc for abc in abcs
               if issubclass(cls, abc) and not any(issubclass(base, abc) for base in bases)]
    rest = [abc for abc in abcs if abc not in adopted]
    groups = (bases[:boundary], adopted, bases[boundary:])
    sequences = [[cls]]
    for group in groups:
        sequences += [_c3_mro(base, rest) for base in group]
    sequences += [list(group) for group in groups]
    return _c3_merge(sequences)


def _compose_mro(cls, types):
    mro = set(cls.__mro__)
    related = [typ for typ in types
               if typ not in mro and hasattr(typ, "__mro__") and not isinstance(typ, GenericAlias)
               and issubclass(cls, typ)]
    # A type that is a base of another related one comes in with it.
    related = [typ for typ in related
               if not any(typ != other and typ in other.__mro__ for other in related)]
    wanted = set(related)
    ordered = []
    for typ in related:
        chains = []
        for sub in typ.__subclasses__():
            if sub not in mro and issubclass(cls, sub):
                chains.append([part for part in sub.__mro__ if part in wanted])
        chains.sort(key=len, reverse=True)
        for chain in chains or [[typ]]:
            for part in chain:
                if part not in ordered:
                    ordered.append(part)
    return _c3_mro(cls, ordered)


def _find_impl(cls, registry):
    match = None
    for typ in _compose_mro(cls, registry.keys()):
        if match is not None:
            if (typ in registry and typ not in cls.__mro__ and match not in cls.__mro__
                    and not issubclass(match, typ)):
                raise RuntimeError(f"Ambiguous dispatch: {match} or {typ}")
            break
        if typ in registry:
            match = typ
    return registry.get(match)


def _is_valid_dispatch_type(cls):
    if isinstance(cls, type):
        return True
    return isinstance(cls, UnionType) and all(isinstance(arg, type) for arg in cls.__args__)


def _first_annotation(func):
    # The first annotated name and its type; strings and None mean what they mean to typing.get_type_hints.
    try:
        annotations = func.__annotations__
        simple = not any(isinstance(value, str) or value is None for value in annotations.values())
    except NameError:
        simple = False
    if not simple:
        from typing import get_type_hints
        from annotationlib import Format
        annotations = get_type_hints(func, format=Format.FORWARDREF)
    return next(iter(annotations.items()), None)


def singledispatch(func):
    """Make a function generic in the type of its first argument; `register` adds implementations."""
    import weakref

    registry = {}
    dispatch_cache = weakref.WeakKeyDictionary()
    cache_token = None

    def dispatch(cls):
        """The implementation that a first argument of class `cls` gets."""
        nonlocal cache_token
        if cache_token is not None:
            token = get_cache_token()
            if cache_token != token:
                dispatch_cache.clear()
                cache_token = token
        try:
            return dispatch_cache[cls]
        except KeyError:
            pass
        try:
            impl = registry[cls]
        except KeyError:
            impl = _find_impl(cls, registry)
        dispatch_cache[cls] = impl
        return impl

    def register(cls, func=None):
        """Add an implementation for `cls`, or for the class that the function's first annotation names."""
        nonlocal cache_token
        if _is_valid_dispatch_type(cls):
            if func is None:
                return lambda f: register(cls, f)
        else:
            if func is not None:
                raise TypeError("Invalid first argument to `register()`. "
                                f"{cls!r} is not a class or union type.")
            func = cls
            first = _first_annotation(func) if hasattr(func, "__annotations__") else None
            if first is None:
                raise TypeError(f"Invalid first argument to `register()`: {func!r}. "
                                "Use either `@register(some_class)` or plain `@register` on an annotated function.")
            argname, cls = first
            if not _is_valid_dispatch_type(cls):
                if isinstance(cls, UnionType):
                    reason = "not all arguments are classes."
                elif type(cls).__name__ == "ForwardRef":
                    reason = "is an unresolved forward reference."
                else:
                    reason = "is not a class."
                raise TypeError(f"Invalid annotation for {argname!r}. {cls!r} {reason}")
        for target in cls.__args__ if isinstance(cls, UnionType) else (cls,):
            registry[target] = func
            if cache_token is None and hasattr(target, "__abstractmethods__"):
                cache_token = get_cache_token()
        dispatch_cache.clear()
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f"{funcname} requires at least 1 positional argument")
        return dispatch(args[0].__class__)(*args, **kw)

    from _types import MappingProxyType
    funcname = getattr(func, "__name__", "singledispatch function")
    registry[object] = func
    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = MappingProxyType(registry)
    wrapper._clear_cache = dispatch_cache.clear
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    """A generic method: singledispatch on the first argument after self or cls."""

    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        """Add an implementation for `cls`."""
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        return _singledispatchmethod_get(self, obj, cls)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)

    def __repr__(self):
        return f"<single dispatch method descriptor {_method_name(self.func)}>"


def _method_name(func):
    return getattr(func, "__qualname__", None) or getattr(func, "__name__", "?")


class _singledispatchmethod_get:
    def __init__(self, unbound, obj, cls):
        self._unbound = unbound
        self._dispatch = unbound.dispatcher.dispatch
        self._obj = obj
        self._cls = cls
        # Kept as instance attributes where the function has them, so that they are missing where it has none.
        func = unbound.func
        for name in ("__module__", "__doc__"):
            try:
                setattr(self, name, getattr(func, name))
            except AttributeError:
                pass

    def __repr__(self):
        name = _method_name(self._unbound.func)
        if self._obj is not None:
            return f"<bound single dispatch method {name} of {self._obj!r}>"
        return f"<single dispatch method {name}>"

    def __call__(self, /, *args, **kwargs):
        if not args:
            funcname = getattr(self._unbound.func, "__name__", "singledispatchmethod method")
            raise TypeError(f"{funcname} requires at least 1 positional argument")
        method = self._dispatch(args[0].__class__)
        if hasattr(method, "__get__"):
            method = method.__get__(self._obj, self._cls)
        return method(*args, **kwargs)

    def __getattr__(self, name):
        if name not in ("__name__", "__qualname__", "__isabstractmethod__", "__annotations__", "__type_params__"):
            raise AttributeError
        return getattr(self._unbound.func, name)

    @property
    def __wrapped__(self):
        return self._unbound.func

    @property
    def register(self):
        return self._unbound.register


_NOT_FOUND = object()


class cached_property:
    """A property computed once: its value then lies in the instance's __dict__ under the same name."""

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__
        self.__module__ = func.__module__

    def __set_name__(self, owner, name):
        if self.attrname is None:
            self.attrname = name
        elif name != self.attrname:
            raise TypeError("Cannot assign the same cached_property to two different names "
                            f"({self.attrname!r} and {name!r}).")

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        name = self.attrname
        if name is None:
            raise TypeError("Cannot use cached_property instance without calling __set_name__ on it.")
        try:
            cache = instance.__dict__
        except AttributeError:
            raise TypeError(f"No '__dict__' attribute on {type(instance).__name__!r} "
                            f"instance to cache {name!r} property.") from None
        value = cache.get(name, _NOT_FOUND)
        if value is _NOT_FOUND:
            value = self.func(instance)
            try:
                cache[name] = value
            except TypeError:
                raise TypeError(f"The '__dict__' attribute on {type(instance).__name__!r} instance "
                                f"does not support item assignment for caching {name!r} property.") from None
        return value

    __class_getitem__ = classmethod(GenericAlias)
