"""Protocols, typed dicts and named tuples. Published by typing, which imports this when it is nearly done."""

import collections
import sys
import typing
from abc import ABCMeta
from _typing import Generic, TypeVar
from annotationlib import Format, call_annotate_function, get_annotate_from_class_namespace, get_annotations

__name__ = "typing"


def _caller(depth=1, default="__main__"):
    try:
        return sys._getframe(depth + 1).f_globals.get("__name__", default)
    except (AttributeError, ValueError):
        return default


# --- protocols

# Attributes that belong to the machinery, not to a protocol.
_EXCLUDED = frozenset((
    "__abstractmethods__", "__annotations__", "__dict__", "__doc__", "__init__", "__module__", "__new__", "__slots__",
    "__subclasshook__", "__weakref__", "__class_getitem__", "__match_args__", "__static_attributes__",
    "__firstlineno__", "__annotate__", "__annotate_func__", "__annotations_cache__", "__parameters__",
    "__orig_bases__", "__orig_class__", "_is_protocol", "_is_runtime_protocol", "__protocol_attrs__",
    "__non_callable_proto_members__", "__type_params__", "_MutableMapping__marker",
))


def _protocol_attrs(cls):
    attrs = set()
    for base in cls.__mro__[:-1]:
        if base.__name__ in ("Protocol", "Generic"):
            continue
        try:
            annotations = base.__annotations__
        except Exception:
            annotations = get_annotations(base, format=Format.FORWARDREF)
        for attr in (*base.__dict__, *annotations):
            if not attr.startswith("_abc_") and attr not in _EXCLUDED:
                attrs.add(attr)
    return attrs


def _no_init_or_replace_init(self, *args, **kwargs):
    cls = type(self)
    if cls._is_protocol:
        raise TypeError("Protocols cannot be instantiated")
    if cls.__init__ is not _no_init_or_replace_init:
        return
    # A class that merely implements protocols gets the next real __init__ of its bases.
    for base in cls.__mro__:
        init = base.__dict__.get("__init__", _no_init_or_replace_init)
        if init is not _no_init_or_replace_init:
            cls.__init__ = init
            break
    else:
        cls.__init__ = object.__init__
    cls.__init__(self, *args, **kwargs)


def _called_from_machinery():
    # abc and functools check every class against every other; they are not to be told off.
    try:
        return sys._getframe(2).f_globals.get("__name__") in ("abc", "_py_abc", "functools", None)
    except ValueError:
        return False


class _ProtocolMeta(ABCMeta):
    def __new__(mcls, name, bases, namespace, /, **kwargs):
        if name == "Protocol" and bases == (Generic,):
            pass
        elif {Protocol, Generic} & set(bases):
            for base in bases:
                if not (base in (object, Generic) or base.__name__ in _ALLOWED.get(base.__module__, ())
                        or issubclass(base, Generic) and getattr(base, "_is_protocol", False)):
                    raise TypeError(f"Protocols can only inherit from other protocols, got {base!r}")
        return super().__new__(mcls, name, bases, namespace, **kwargs)

    def __init__(cls, *args, **kwargs):
        if getattr(cls, "_is_protocol", False):
            cls.__protocol_attrs__ = _protocol_attrs(cls)

    def __subclasscheck__(cls, other):
        if cls is Protocol:
            return type.__subclasscheck__(cls, other)
        if getattr(cls, "_is_protocol", False) and not _called_from_machinery():
            if not getattr(cls, "_is_runtime_protocol", False):
                if not isinstance(other, type):
                    raise TypeError("issubclass() arg 1 must be a class")
                raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
            if cls.__non_callable_proto_members__ and cls.__dict__.get("__subclasshook__") is _proto_hook:
                members = str(sorted(cls.__non_callable_proto_members__))[1:-1]
                raise TypeError("Protocols with non-method members don't support issubclass(). "
                                f"Non-method members: {members}.")
        return ABCMeta.__subclasscheck__(cls, other)

    def __instancecheck__(cls, instance):
        if cls is Protocol:
            return type.__instancecheck__(cls, instance)
        if not getattr(cls, "_is_protocol", False):
            return ABCMeta.__instancecheck__(cls, instance)
        if not getattr(cls, "_is_runtime_protocol", False) and not _called_from_machinery():
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        if ABCMeta.__instancecheck__(cls, instance):
            return True
        missing = object()
        for attr in cls.__protocol_attrs__:
            value = _getattr_static(instance, attr, missing)
            if value is missing:
                return False
            if value is None and attr not in cls.__non_callable_proto_members__:
                return False
        return True


def _getattr_static(obj, attr, default):
    # The attribute without running descriptors or __getattr__.
    try:
        own = object.__getattribute__(obj, "__dict__")
    except (AttributeError, TypeError):
        own = {}
    for base in type(obj).__mro__:
        if attr in base.__dict__:
            return own.get(attr, base.__dict__[attr])
    if isinstance(obj, type):
        for base in obj.__mro__:
            if attr in base.__dict__:
                return base.__dict__[attr]
    return own.get(attr, default)


@classmethod
def _proto_hook(cls, other):
    if not cls.__dict__.get("_is_protocol", False):
        return NotImplemented
    for attr in cls.__protocol_attrs__:
        for base in other.__mro__:
            if attr in base.__dict__:
                if base.__dict__[attr] is None:
                    return NotImplemented
                break
            annotations = getattr(base, "__annotations__", {})
            if attr in annotations and issubclass(other, Generic) and getattr(other, "_is_protocol", False):
                break
        else:
            return NotImplemented
    return True


_ALLOWED = {
    "collections.abc": frozenset(("Callable", "Awaitable", "Iterable", "Iterator", "AsyncIterable", "AsyncIterator",
                                  "Hashable", "Sized", "Container", "Collection", "Reversible", "Buffer")),
    "contextlib": frozenset(("AbstractContextManager", "AbstractAsyncContextManager")),
    "io": frozenset(("Reader", "Writer")),
    "os": frozenset(("PathLike",)),
}


class Protocol(Generic, metaclass=_ProtocolMeta):
    """The base of protocols: classes whose subclasses are all that have their attributes."""

    __slots__ = ()
    _is_protocol = True
    _is_runtime_protocol = False

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        if not cls.__dict__.get("_is_protocol", False):
            cls._is_protocol = any(base is Protocol for base in cls.__bases__)
        if "__subclasshook__" not in cls.__dict__:
            cls.__subclasshook__ = _proto_hook
        if cls._is_protocol and cls.__init__ is Protocol.__init__:
            cls.__init__ = _no_init_or_replace_init


# typing's checks ask for it from here on.
typing.Protocol = Protocol


def runtime_checkable(cls):
    """Class decorator: let isinstance() and issubclass() check for a protocol's attributes."""
    if not (isinstance(cls, type) and issubclass(cls, Generic)) or not getattr(cls, "_is_protocol", False):
        raise TypeError(f"@runtime_checkable can be only applied to protocol classes, got {cls!r}")
    cls._is_runtime_protocol = True
    cls.__non_callable_proto_members__ = set()
    for attr in cls.__protocol_attrs__:
        try:
            is_callable = callable(getattr(cls, attr, None))
        except Exception as error:
            raise TypeError(f"Failed to determine whether protocol member {attr!r} is a method member") from error
        if not is_callable:
            cls.__non_callable_proto_members__.add(attr)
    return cls


def is_protocol(tp, /):
    """Whether it is a protocol."""
    return isinstance(tp, type) and getattr(tp, "_is_protocol", False) and tp is not Protocol


def get_protocol_members(tp, /):
    """The names of a protocol's attributes."""
    if not is_protocol(tp):
        raise TypeError(f"{tp!r} is not a Protocol")
    return frozenset(tp.__protocol_attrs__)


_T_co = TypeVar("T_co", covariant=True)


@runtime_checkable
class SupportsInt(Protocol):
    """Has __int__."""

    __slots__ = ()

    def __int__(self) -> int:
        pass


@runtime_checkable
class SupportsFloat(Protocol):
    """Has __float__."""

    __slots__ = ()

    def __float__(self) -> float:
        pass


@runtime_checkable
class SupportsComplex(Protocol):
    """Has __complex__."""

    __slots__ = ()

    def __complex__(self) -> complex:
        pass


@runtime_checkable
class SupportsBytes(Protocol):
    """Has __bytes__."""

    __slots__ = ()

    def __bytes__(self) -> bytes:
        pass


@runtime_checkable
class SupportsIndex(Protocol):
    """Has __index__."""

    __slots__ = ()

    def __index__(self) -> int:
        pass


@runtime_checkable
class SupportsAbs(Protocol[_T_co]):
    """Has __abs__."""

    __slots__ = ()

    def __abs__(self) -> _T_co:
        pass


@runtime_checkable
class SupportsRound(Protocol[_T_co]):
    """Has __round__."""

    __slots__ = ()

    def __round__(self, ndigits: int = 0) -> _T_co:
        pass


# --- named tuples

_PROHIBITED = frozenset(("__new__", "__init__", "__slots__", "__getnewargs__", "_fields", "_field_defaults",
                         "_field_types", "_make", "_replace", "_asdict", "_source"))
_SPECIAL = frozenset(("__module__", "__name__", "__annotations__", "__annotate__", "__annotate_func__",
                      "__annotations_cache__"))


def _checked_types(annotations):
    return {name: typing._type_check(value, f"field {name} annotation must be a type")
            for name, value in annotations.items()}


def _class_annotations(namespace):
    # The annotations of a class body, with what cannot be evaluated yet as forward references.
    if "__annotations__" in namespace:
        return namespace["__annotations__"]
    annotate = get_annotate_from_class_namespace(namespace)
    if annotate is None:
        return {}
    return call_annotate_function(annotate, Format.FORWARDREF)


def _make_nmtuple(name, types, module, defaults=()):
    result = collections.namedtuple(name, types, defaults=defaults, module=module)
    result.__annotations__ = result.__new__.__annotations__ = types
    return result


class NamedTupleMeta(type):
    def __new__(cls, typename, bases, ns):
        for base in bases:
            if base is not _NamedTuple and base is not Generic:
                raise TypeError("can only inherit from a NamedTuple type and Generic")
        bases = tuple([tuple if base is _NamedTuple else base for base in bases])
        types = _checked_types(_class_annotations(ns))
        default_names = []
        for field_name in types:
            if field_name in ns:
                default_names.append(field_name)
            elif default_names:
                raise TypeError(f"Non-default namedtuple field {field_name} cannot follow default "
                                f"field{'s' if len(default_names) > 1 else ''} {', '.join(default_names)}")
        result = _make_nmtuple(typename, types, ns["__module__"], [ns[name] for name in default_names])
        result.__bases__ = bases
        if Generic in bases:
            result.__class_getitem__ = classmethod(typing._generic_class_getitem)
        for key, value in ns.items():
            if key in _PROHIBITED:
                raise AttributeError("Cannot overwrite NamedTuple attribute " + key)
            if key not in _SPECIAL:
                if key not in result._fields:
                    setattr(result, key, value)
                set_name = getattr(type(value), "__set_name__", None)
                if set_name is not None:
                    try:
                        set_name(value, result, key)
                    except BaseException as error:
                        error.add_note(f"Error calling __set_name__ on {type(value).__name__!r} instance {key!r} "
                                       f"in {name!r}")
                        raise
        if Generic in bases:
            result.__init_subclass__()
        return result


_sentinel = type("_Sentinel", (), {"__repr__": lambda self: "<sentinel>"})()


def _deprecated_call(kind, what, example, empty):
    import warnings
    if what == "keywords":
        message = ("Creating NamedTuple classes using keyword arguments is deprecated and will be disallowed in Python "
                   "{remove}. Use the class-based or functional syntax instead.")
    else:
        message = (f"{what} is deprecated and will be disallowed in Python {{remove}}. To create a {kind} class with "
                   f"0 fields using the functional syntax, pass an empty {empty}, e.g. {example}.")
    name = "Creating NamedTuple classes using keyword arguments" if what == "keywords" else what
    warnings._deprecated(name, message=message, remove=(3, 15))


def _without_fields(kind, typename, fields, empty, example):
    what = ("Failing to pass a value for the 'fields' parameter" if fields is _sentinel else
            "Passing `None` as the 'fields' parameter")
    _deprecated_call(kind, what, f"`{typename} = {kind}({typename!r}, {example})`", empty)


def NamedTuple(typename, fields=_sentinel, /, **kwargs):
    """A named tuple with types for its fields; most often used as a base class."""
    if fields is _sentinel or fields is None:
        if kwargs and fields is None:
            raise TypeError("Cannot pass `None` as the 'fields' parameter and also specify fields using keyword "
                            "arguments")
        if kwargs:
            _deprecated_call("NamedTuple", "keywords", "", "")
        else:
            _without_fields("NamedTuple", typename, fields, "list", "[]")
        fields = kwargs.items()
    elif kwargs:
        raise TypeError("Either list of fields or keywords can be provided to NamedTuple, not both")
    types = {name: typing._type_check(value, f"field {name} annotation must be a type") for name, value in fields}
    result = _make_nmtuple(typename, types, _caller())
    result.__orig_bases__ = (NamedTuple,)
    return result


_NamedTuple = type.__new__(NamedTupleMeta, "NamedTuple", (), {})
NamedTuple.__mro_entries__ = lambda bases: (_NamedTuple,)


# --- typed dicts

def _key_kind(annotation):
    # (required: True, False or None if not said; read only) from the qualifiers around a type.
    required, readonly = None, False
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = annotation.__origin__
            continue
        if origin is typing.Required:
            required = True
        elif origin is typing.NotRequired:
            required = False
        elif origin is typing.ReadOnly:
            readonly = True
        else:
            return required, readonly
        annotation, = annotation.__args__


class _TypedDictMeta(type):
    def __new__(cls, name, bases, ns, total=True):
        for base in bases:
            if type(base) is not _TypedDictMeta and base is not Generic:
                raise TypeError("cannot inherit from both a TypedDict type and a non-TypedDict base class")
        generic = (Generic,) if any(issubclass(base, Generic) for base in bases) else ()
        own = {key: typing._type_check(value, "TypedDict('Name', {f0: t0, f1: t1, ...}); each t must be a type",
                                       allow_special_forms=True)
               for key, value in _class_annotations(ns).items()}
        namespace = {key: value for key, value in ns.items()
                     if key not in ("__annotations__", "__annotate__", "__annotate_func__")}
        result = type.__new__(_TypedDictMeta, name, (*generic, dict), namespace)
        if not hasattr(result, "__orig_bases__"):
            result.__orig_bases__ = bases
        annotations = {}
        required, optional, readonly, mutable = set(), set(), set(), set()
        for base in bases:
            annotations.update(base.__dict__.get("__annotations__", {}) or getattr(base, "__annotations__", {}))
            base_required = base.__dict__.get("__required_keys__", set())
            base_optional = base.__dict__.get("__optional_keys__", set())
            required |= base_required
            optional -= base_required
            required -= base_optional
            optional |= base_optional
            readonly |= base.__dict__.get("__readonly_keys__", set())
            mutable |= base.__dict__.get("__mutable_keys__", set())
        annotations.update(own)
        for key, annotation in own.items():
            said, is_readonly = _key_kind(annotation)
            if said if said is not None else total:
                required.add(key)
                optional.discard(key)
            else:
                optional.add(key)
                required.discard(key)
            if is_readonly:
                if key in mutable:
                    raise TypeError(f"Cannot override mutable key {key!r} with read-only key")
                readonly.add(key)
            else:
                mutable.add(key)
                readonly.discard(key)
        result.__annotations__ = annotations
        result.__required_keys__ = frozenset(required)
        result.__optional_keys__ = frozenset(optional)
        result.__readonly_keys__ = frozenset(readonly)
        result.__mutable_keys__ = frozenset(mutable)
        result.__total__ = total
        return result

    __call__ = dict

    def __subclasscheck__(cls, other):
        raise TypeError("TypedDict does not support instance and class checks")

    __instancecheck__ = __subclasscheck__


def TypedDict(typename, fields=_sentinel, /, *, total=True):
    """A dict with known keys and types for their values; most often used as a base class."""
    if fields is _sentinel or fields is None:
        _without_fields("TypedDict", typename, fields, "dictionary", "{{}}")
        fields = {}
    result = _TypedDictMeta(typename, (), {"__annotations__": dict(fields), "__module__": _caller()}, total=total)
    result.__orig_bases__ = (TypedDict,)
    return result


_TypedDict = type.__new__(_TypedDictMeta, "TypedDict", (), {})
TypedDict.__mro_entries__ = lambda bases: (_TypedDict,)


def is_typeddict(tp):
    """Whether it is a TypedDict class."""
    return isinstance(tp, _TypedDictMeta)


# --- files

_AnyStr = typing.AnyStr


class IO(Generic[_AnyStr]):
    """What open() returns."""

    __slots__ = ()


class BinaryIO(IO[bytes]):
    """A file of bytes."""

    __slots__ = ()


class TextIO(IO[str]):
    """A file of text."""

    __slots__ = ()


def _add_io_methods():
    def make(name, is_property=False):
        def method(self, *args, **kwargs):
            pass
        method.__name__ = name
        method.__qualname__ = f"IO.{name}"
        return property(method) if is_property else method
    for name in ("close", "fileno", "flush", "isatty", "read", "readable", "readline", "readlines", "seek",
                 "seekable", "tell", "truncate", "writable", "write", "writelines", "__enter__", "__exit__"):
        setattr(IO, name, make(name))
    for name in ("mode", "name", "closed"):
        setattr(IO, name, make(name, True))


_add_io_methods()
__name__ = "_typing_classes"
