"""Class decorators that write __init__, __repr__, __eq__ and more from annotated attributes."""

import sys
from _types import FunctionType, GenericAlias, MappingProxyType
from keyword import iskeyword
from reprlib import recursive_repr

__all__ = ["dataclass", "field", "Field", "FrozenInstanceError", "InitVar", "KW_ONLY", "MISSING", "fields", "asdict",
           "astuple", "make_dataclass", "replace", "is_dataclass"]


class FrozenInstanceError(AttributeError):
    """Raised at an assignment to, or a deletion of, an attribute of a frozen dataclass."""


class _HAS_DEFAULT_FACTORY_CLASS:
    def __repr__(self):
        return "<factory>"


# Stands as the default of a parameter whose real default is made by a factory at each call.
_HAS_DEFAULT_FACTORY = _HAS_DEFAULT_FACTORY_CLASS()


class _MISSING_TYPE:
    pass


MISSING = _MISSING_TYPE()


class _KW_ONLY_TYPE:
    pass


KW_ONLY = _KW_ONLY_TYPE()

_EMPTY_METADATA = MappingProxyType({})


class _FIELD_BASE:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


_FIELD = _FIELD_BASE("_FIELD")
_FIELD_CLASSVAR = _FIELD_BASE("_FIELD_CLASSVAR")
_FIELD_INITVAR = _FIELD_BASE("_FIELD_INITVAR")

_FIELDS = "__dataclass_fields__"
_PARAMS = "__dataclass_params__"

# Instances of these are their own deep copies.
_ATOMIC_TYPES = frozenset({
    type(None), bool, int, float, str, complex, bytes, type(...), type(NotImplemented), FunctionType, type(len), type,
    range, property,
})


class InitVar:
    """Annotates a parameter of __init__ that is passed on to __post_init__ and not kept."""

    __slots__ = ("type",)

    def __init__(self, type):
        self.type = type

    def __repr__(self):
        if isinstance(self.type, type):
            name = self.type.__name__
        else:
            name = repr(self.type)
        return f"dataclasses.InitVar[{name}]"

    def __class_getitem__(cls, type):
        return InitVar(type)


class Field:
    """What is known of one field. Made by field() and by dataclass, never directly."""

    __slots__ = ("name", "type", "default", "default_factory", "repr", "hash", "init", "compare", "metadata",
                 "kw_only", "doc", "_field_type")

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only, doc):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = _EMPTY_METADATA if metadata is None else MappingProxyType(metadata)
        self.kw_only = kw_only
        self.doc = doc
        self._field_type = None

    @recursive_repr()
    def __repr__(self):
        shown = ("name", "type", "default", "default_factory", "init", "repr", "hash", "compare", "metadata",
                 "kw_only", "doc")
        parts = [f"{name}={getattr(self, name)!r}" for name in shown]
        return f"Field({','.join(parts)},_field_type={self._field_type})"

    def __set_name__(self, owner, name):
        # The default is about to take this object's place in the class, so it learns its name too.
        func = getattr(type(self.default), "__set_name__", None)
        if func:
            func(self.default, owner, name)

    __class_getitem__ = classmethod(GenericAlias)


class _DataclassParams:
    __slots__ = ("init", "repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only", "slots",
                 "weakref_slot")

    def __init__(self, *values):
        for name, value in zip(self.__slots__, values):
            setattr(self, name, value)

    def __repr__(self):
        return f"_DataclassParams({','.join([f'{name}={getattr(self, name)!r}' for name in self.__slots__])})"


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True, metadata=None,
          kw_only=MISSING, doc=None):
    """Describe a field beyond its type."""
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only, doc)


# --- reading the annotations

def _own_annotations(cls):
    try:
        return dict(cls.__annotations__)
    except NameError:
        import annotationlib
        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)


def _names_of(text):
    # ("typing", "ClassVar") of "typing.ClassVar[int]", (None, "ClassVar") of "ClassVar[int]", or None.
    parts = []
    rest = text.lstrip()
    while True:
        end = 0
        while end < len(rest) and (rest[end].isalnum() or rest[end] == "_"):
            end += 1
        if not end:
            return None
        parts.append(rest[:end])
        rest = rest[end:].lstrip()
        if len(parts) == 2:
            return tuple(parts)
        if not rest.startswith("."):
            return None, parts[0]
        rest = rest[1:].lstrip()
        if not rest or not (rest[0].isalnum() or rest[0] == "_"):
            return None, parts[0]


def _annotation_means(annotation, cls, module, wanted):
    # Whether a string annotation names something of `module` that `wanted` accepts, without evaluating it.
    names = _names_of(annotation)
    if names is None:
        return False
    prefix, name = names
    namespace = getattr(sys.modules.get(cls.__module__), "__dict__", {})
    if prefix is not None:
        if namespace.get(prefix) is not module:
            return False
        namespace = module.__dict__
    return wanted(namespace.get(name))


def _is_classvar(annotation, cls):
    typing = sys.modules.get("typing")
    if typing is None:
        return False

    def wanted(obj):
        return obj is typing.ClassVar or (typing.get_origin(obj) is typing.ClassVar)
    if isinstance(annotation, str):
        return _annotation_means(annotation, cls, typing, wanted)
    return wanted(annotation)


def _is_initvar(annotation, cls):
    def wanted(obj):
        return obj is InitVar or type(obj) is InitVar
    if isinstance(annotation, str):
        return _annotation_means(annotation, cls, sys.modules[__name__], wanted)
    return wanted(annotation)


def _is_kw_only(annotation, cls):
    def wanted(obj):
        return obj is KW_ONLY
    if isinstance(annotation, str):
        return _annotation_means(annotation, cls, sys.modules[__name__], wanted)
    return wanted(annotation)


def _get_field(cls, name, annotation, kw_only):
    default = getattr(cls, name, MISSING)
    if isinstance(default, Field):
        result = default
    else:
        # The descriptor of a slot is no default: the slot comes from a base.
        if type(default).__name__ == "member_descriptor":
            default = MISSING
        result = field(default=default)
    result.name = name
    result.type = annotation
    result._field_type = _FIELD
    if _is_classvar(annotation, cls):
        result._field_type = _FIELD_CLASSVAR
    elif _is_initvar(annotation, cls):
        result._field_type = _FIELD_INITVAR

    if result._field_type is not _FIELD and result.default_factory is not MISSING:
        raise TypeError(f"field {name} cannot have a default factory")
    if result._field_type in (_FIELD, _FIELD_INITVAR):
        if result.kw_only is MISSING:
            result.kw_only = kw_only
    elif result.kw_only is not MISSING:
        raise TypeError(f"field {name} is a ClassVar but specifies kw_only")
    if result._field_type is _FIELD and result.default.__class__.__hash__ is None:
        raise ValueError(f"mutable default {type(result.default)} for field {name} is not allowed: "
                         "use default_factory")
    return result


def _collect_fields(cls, annotations, kw_only):
    # The class's own fields, in order.
    own = []
    seen_kw_only = False
    for name, annotation in annotations.items():
        if _is_kw_only(annotation, cls):
            if seen_kw_only:
                raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
            seen_kw_only = kw_only = True
        else:
            own.append(_get_field(cls, name, annotation, kw_only))
    return own


# --- writing the methods

class _Methods:
    """Collects the sources of a class's methods, to compile them in one go."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.sources = []
        self.names = []
        self.free = {}

    def add(self, name, parameters, body):
        lines = "".join([f"  {line}\n" for line in body])
        self.sources.append(f" def {name}({', '.join(parameters)}):\n{lines}")
        self.names.append(name)

    def build(self):
        """The functions by name."""
        if not self.names:
            return {}
        free = {"__dataclass_builtins_object__": object, "__dataclass_HAS_DEFAULT_FACTORY__": _HAS_DEFAULT_FACTORY,
                "FrozenInstanceError": FrozenInstanceError, **self.free}
        text = (f"def __create_fn__({', '.join(free)}):\n" + "".join(self.sources)
                + f" return {', '.join(self.names)},\n")
        result = {}
        exec(text, self.namespace, result)
        functions = result["__create_fn__"](**free)
        return dict(zip(self.names, functions))


def _init_value(f, methods, slots):
    # The expression that gives the field its value in __init__, or None if __init__ does not set it.
    default = f"__dataclass_dflt_{f.name}__"
    if f.default_factory is not MISSING:
        methods.free[default] = f.default_factory
        if not f.init:
            return f"{default}()"
        return f"{default}() if {f.name} is __dataclass_HAS_DEFAULT_FACTORY__ else {f.name}"
    if f.init:
        if f.default is not MISSING:
            methods.free[default] = f.default
        return f.name
    if slots and f.default is not MISSING:
        # A slot hides the class attribute that would have served as the default.
        methods.free[default] = f.default
        return default
    return None


def _init_parameter(f):
    if f.default is MISSING and f.default_factory is MISSING:
        return f.name
    if f.default is not MISSING:
        return f"{f.name}=__dataclass_dflt_{f.name}__"
    return f"{f.name}=__dataclass_HAS_DEFAULT_FACTORY__"


def _add_init(methods, positional, keyword, frozen, has_post_init, slots):
    first_default = None
    for f in positional:
        if not f.init:
            continue
        if f.default is not MISSING or f.default_factory is not MISSING:
            first_default = f
        elif first_default is not None:
            raise TypeError(f"non-default argument {f.name!r} follows default argument {first_default.name!r}")
    everything = positional + keyword
    self_name = "__dataclass_self__" if any(f.name == "self" for f in everything) else "self"
    body = []
    for f in everything:
        if f._field_type is _FIELD_INITVAR:
            if f.default is not MISSING:
                methods.free[f"__dataclass_dflt_{f.name}__"] = f.default
            continue
        value = _init_value(f, methods, slots)
        if value is None:
            continue
        if frozen:
            body.append(f"__dataclass_builtins_object__.__setattr__({self_name},{f.name!r},{value})")
        else:
            body.append(f"{self_name}.{f.name}={value}")
    if has_post_init:
        passed = ",".join([f.name for f in everything if f._field_type is _FIELD_INITVAR])
        body.append(f"{self_name}.__post_init__({passed})")
    parameters = [self_name]
    parameters += [_init_parameter(f) for f in positional if f.init]
    if any(f.init for f in keyword):
        parameters.append("*")
        parameters += [_init_parameter(f) for f in keyword if f.init]
    methods.add("__init__", parameters, body or ["pass"])


def _tuple_text(name, flds):
    if not flds:
        return "()"
    return f"({','.join([f'{name}.{f.name}' for f in flds])},)"


def _add_frozen(methods, cls, flds):
    condition = "type(self) is cls"
    if flds:
        condition += f" or name in {{{', '.join([repr(f.name) for f in flds])}}}"
    methods.free["cls"] = cls
    methods.add("__setattr__", ["self", "name", "value"],
                [f"if {condition}:", ' raise FrozenInstanceError(f"cannot assign to field {name!r}")',
                 "super(cls, self).__setattr__(name, value)"])
    methods.add("__delattr__", ["self", "name"],
                [f"if {condition}:", ' raise FrozenInstanceError(f"cannot delete field {name!r}")',
                 "super(cls, self).__delattr__(name)"])


def _process_class(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot):
    inherited = {}
    any_frozen_base = False
    all_frozen_bases = None
    has_bases = False
    for base in cls.__mro__[-1:0:-1]:
        base_fields = getattr(base, _FIELDS, None)
        if base_fields is not None:
            has_bases = True
            if all_frozen_bases is None:
                all_frozen_bases = True
            inherited.update(base_fields)
            base_frozen = getattr(base, _PARAMS).frozen
            all_frozen_bases = all_frozen_bases and base_frozen
            any_frozen_base = any_frozen_base or base_frozen
    setattr(cls, _PARAMS, _DataclassParams(init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots,
                                           weakref_slot))

    annotations = _own_annotations(cls)
    all_fields = dict(inherited)
    for f in _collect_fields(cls, annotations, kw_only):
        all_fields[f.name] = f
        # The class keeps only the default itself.
        if isinstance(getattr(cls, f.name, None), Field):
            if f.default is MISSING:
                delattr(cls, f.name)
            else:
                setattr(cls, f.name, f.default)
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")
    if has_bases:
        if any_frozen_base and not frozen:
            raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
        if all_frozen_bases is False and frozen:
            raise TypeError("cannot inherit frozen dataclass from a non-frozen one")
    setattr(cls, _FIELDS, all_fields)

    # A class that defines __eq__ has __hash__ = None without having asked for it.
    class_hash = cls.__dict__.get("__hash__", MISSING)
    has_explicit_hash = not (class_hash is MISSING or (class_hash is None and "__eq__" in cls.__dict__))
    if order and not eq:
        raise ValueError("eq must be true if order is true")

    if cls.__module__ in sys.modules:
        namespace = sys.modules[cls.__module__].__dict__
    else:
        namespace = {}
    methods = _Methods(namespace)
    init_fields = [f for f in all_fields.values() if f._field_type in (_FIELD, _FIELD_INITVAR)]
    positional = [f for f in init_fields if f.init and not f.kw_only]
    real_fields = [f for f in all_fields.values() if f._field_type is _FIELD]
    _set_new_attribute(cls, "__replace__", _replace)
    hash_action = _hash_action(bool(unsafe_hash), bool(eq), bool(frozen), has_explicit_hash)
    if hash_action == "add":
        hashed = [f for f in real_fields if (f.compare if f.hash is None else f.hash)]
        methods.add("__hash__", ["self"], [f"return hash({_tuple_text('self', hashed)})"])
    elif hash_action == "raise":
        raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
    elif hash_action == "none":
        cls.__hash__ = None
    if init:
        _add_init(methods, [f for f in init_fields if not (f.init and f.kw_only)],
                  [f for f in init_fields if f.init and f.kw_only],
                  frozen, hasattr(cls, "__post_init__"), slots)
    if repr:
        shown = ", ".join([f"{f.name}={{self.{f.name}!r}}" for f in real_fields if f.repr])
        methods.add("__repr__", ["self"], [f'return f"{{self.__class__.__qualname__}}({shown})"'])
    compared = [f for f in real_fields if f.compare]
    if eq:
        terms = [f"self.{f.name}==other.{f.name}" for f in compared]
        methods.add("__eq__", ["self", "other"],
                    ["if self is other:", " return True", "if other.__class__ is self.__class__:",
                     f" return {' and '.join(terms) or 'True'}", "return NotImplemented"])
    if order:
        mine, theirs = _tuple_text("self", compared), _tuple_text("other", compared)
        for name, sign in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            methods.add(name, ["self", "other"],
                        ["if other.__class__ is self.__class__:", f" return {mine}{sign}{theirs}",
                         "return NotImplemented"])
    if frozen:
        _add_frozen(methods, cls, real_fields)
    generated_init = _install(cls, methods, init_fields)
    if match_args:
        _set_new_attribute(cls, "__match_args__", tuple([f.name for f in positional]))
    if weakref_slot and not slots:
        raise TypeError("weakref_slot is True but slots is False")
    if slots:
        cls = _add_slots(cls, frozen, weakref_slot)
    if not getattr(cls, "__doc__"):
        cls.__doc__ = cls.__name__ + _signature_text(cls, generated_init, init_fields)
    # An abstract method may have been implemented just now.
    if hasattr(cls, "__abstractmethods__"):
        import abc
        abc.update_abstractmethods(cls)
    return cls


def _hash_action(unsafe_hash, eq, frozen, explicit):
    if unsafe_hash:
        return "raise" if explicit else "add"
    if not eq or explicit:
        return ""
    return "add" if frozen else "none"


def _install(cls, methods, init_fields):
    # Puts the generated methods into the class; the class's own ones win or are an error. Whether __init__ is ours.
    generated_init = False
    for name, function in methods.build().items():
        function.__qualname__ = f"{cls.__qualname__}.{name}"
        if name == "__init__":
            types = {f.name: f.type for f in init_fields if f.init and not f.kw_only}
            types.update((f.name, f.type) for f in init_fields if f.init and f.kw_only)
            function.__annotations__ = {**types, "return": None}
        elif name == "__repr__":
            function = recursive_repr()(function)
        if name == "__hash__":
            cls.__hash__ = function
        elif _set_new_attribute(cls, name, function):
            if name in ("__lt__", "__le__", "__gt__", "__ge__"):
                raise TypeError(f"Cannot overwrite attribute {name} in class {cls.__name__} "
                                "Consider using functools.total_ordering")
            if name in ("__setattr__", "__delattr__"):
                raise TypeError(f"Cannot overwrite attribute {name} in class {cls.__name__}")
        elif name == "__init__":
            generated_init = True
    return generated_init


def _set_new_attribute(cls, name, value):
    if name in cls.__dict__:
        return True
    setattr(cls, name, value)
    return False


def _signature_text(cls, generated_init, init_fields):
    # The signature for the docstring; worked out here in the common case, as inspect is large.
    if not generated_init or type(cls).__call__ is not type.__call__ or cls.__new__ is not object.__new__:
        if type(cls) is type and cls.__init__ is object.__init__ and cls.__new__ is object.__new__:
            return "()"
        import inspect
        try:
            return str(inspect.signature(cls)).replace(" -> None", "")
        except (TypeError, ValueError):
            return ""
    parts = []
    starred = False
    ordered = [f for f in init_fields if f.init and not f.kw_only] + [f for f in init_fields if f.init and f.kw_only]
    for f in ordered:
        if f.kw_only and not starred:
            starred = True
            parts.append("*")
        text = f"{f.name}: {_annotation_text(f.type)}"
        if f.default is not MISSING:
            text += f" = {f.default!r}"
        elif f.default_factory is not MISSING:
            text += " = <factory>"
        parts.append(text)
    return f"({', '.join(parts)})"


def _annotation_text(annotation):
    if getattr(annotation, "__module__", None) == "typing":
        return repr(annotation).replace("typing.", "")
    if isinstance(annotation, type) and not isinstance(annotation, GenericAlias):
        if annotation.__module__ == "builtins":
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    return repr(annotation)


# --- __slots__

def _slots_of(cls):
    slots = cls.__dict__.get("__slots__")
    if slots is None:
        return () if "__dict__" not in cls.__dict__ and cls.__flags__ & 0x200 == 0 else ("__dict__", "__weakref__")
    if isinstance(slots, str):
        return (slots,)
    if not hasattr(slots, "__next__"):
        return tuple(slots)
    raise TypeError(f"Slots of '{cls.__name__}' cannot be determined")


def _dataclass_getstate(self):
    return [getattr(self, f.name) for f in fields(self)]


def _dataclass_setstate(self, state):
    # Through object, as the class is frozen.
    for f, value in zip(fields(self), state):
        object.__setattr__(self, f.name, value)


def _add_slots(cls, is_frozen, weakref_slot):
    # A class cannot gain slots, so another one is made.
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    namespace = dict(cls.__dict__)
    own_fields = fields(cls)
    inherited = set()
    for base in cls.__mro__[1:-1]:
        inherited.update(_slots_of(base))
    docs = {f.name: f.doc for f in own_fields}
    names = [f.name for f in own_fields]
    if weakref_slot:
        names.append("__weakref__")
    names = [name for name in names if name not in inherited]
    if any(docs.get(name) is not None for name in names):
        namespace["__slots__"] = {name: docs.get(name) for name in names}
    else:
        namespace["__slots__"] = tuple(names)
    for f in own_fields:
        namespace.pop(f.name, None)
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    qualname = getattr(cls, "__qualname__", None)
    newcls = type(cls)(cls.__name__, cls.__bases__, namespace)
    if qualname is not None:
        newcls.__qualname__ = qualname
    if is_frozen:
        if "__getstate__" not in namespace:
            newcls.__getstate__ = _dataclass_getstate
        if "__setstate__" not in namespace:
            newcls.__setstate__ = _dataclass_setstate
    _redirect_class_cell(cls, newcls)
    return newcls


def _redirect_class_cell(cls, newcls):
    # Methods that use super() or __class__ share a cell that holds the old class.
    for value in newcls.__dict__.values():
        while hasattr(value, "__wrapped__"):
            value = value.__wrapped__
        candidates = (value.fget, value.fset, value.fdel) if isinstance(value, property) else (value,)
        for function in candidates:
            function = getattr(function, "__func__", function)
            if not isinstance(function, FunctionType) or "__class__" not in function.__code__.co_freevars:
                continue
            cell = function.__closure__[function.__code__.co_freevars.index("__class__")]
            if cell.cell_contents is cls:
                cell.cell_contents = newcls
                return


# --- the public functions

def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
              match_args=True, kw_only=False, slots=False, weakref_slot=False):
    """Class decorator: add methods made from the annotated attributes."""
    def wrap(cls):
        return _process_class(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots,
                              weakref_slot)
    return wrap if cls is None else wrap(cls)


def fields(class_or_instance):
    """The fields of a dataclass or of an instance of one, as a tuple of Field objects."""
    try:
        known = getattr(class_or_instance, _FIELDS)
    except AttributeError:
        raise TypeError("must be called with a dataclass type or instance") from None
    return tuple([f for f in known.values() if f._field_type is _FIELD])


def _is_dataclass_instance(obj):
    return hasattr(type(obj), _FIELDS)


def is_dataclass(obj):
    """Whether `obj` is a dataclass or an instance of one."""
    cls = obj if isinstance(obj, type) else type(obj)
    return hasattr(cls, _FIELDS)


def asdict(obj, *, dict_factory=dict):
    """An instance's fields as a dict; dataclasses inside lists, tuples and dicts are converted too."""
    if not _is_dataclass_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")

    def make(obj):
        return dict_factory([(f.name, _convert(getattr(obj, f.name), make)) for f in fields(obj)])
    return make(obj)


def astuple(obj, *, tuple_factory=tuple):
    """An instance's fields as a tuple; dataclasses inside lists, tuples and dicts are converted too."""
    if not _is_dataclass_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")

    def make(obj):
        return tuple_factory([_convert(getattr(obj, f.name), make) for f in fields(obj)])
    return make(obj)


def _convert(obj, make):
    cls = type(obj)
    if cls in _ATOMIC_TYPES:
        return obj
    if hasattr(cls, _FIELDS):
        return make(obj)
    if issubclass(cls, (list, tuple)):
        parts = [_convert(item, make) for item in obj]
        # A named tuple takes its fields one by one.
        return cls(*parts) if hasattr(cls, "_fields") and issubclass(cls, tuple) else cls(parts)
    if issubclass(cls, dict):
        pairs = [(_convert(key, make), _convert(value, make)) for key, value in obj.items()]
        if hasattr(cls, "default_factory"):
            result = cls(obj.default_factory)
            for key, value in pairs:
                result[key] = value
            return result
        return cls(pairs)
    from copy import deepcopy
    return deepcopy(obj)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, init=True, repr=True, eq=True, order=False,
                   unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False,
                   module=None, decorator=dataclass):
    """Make a dataclass from names, (name, type) pairs or (name, type, field) triples."""
    if namespace is None:
        namespace = {}
    annotations = {}
    defaults = {}
    for item in fields:
        if isinstance(item, str):
            from typing import Any
            name, annotation = item, Any
        elif len(item) == 2:
            name, annotation = item
        elif len(item) == 3:
            name, annotation, defaults[item[0]] = item
        else:
            raise TypeError(f"Invalid field: {item!r}")
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if iskeyword(name):
            raise TypeError(f"Field names must not be keywords: {name!r}")
        if name in annotations:
            raise TypeError(f"Field name duplicated: {name!r}")
        annotations[name] = annotation

    def fill(ns):
        ns.update(namespace)
        ns.update(defaults)
        ns["__annotations__"] = annotations

    import types
    cls = types.new_class(cls_name, bases, {}, fill)
    if module is None:
        try:
            module = sys._getframemodulename(1) or "__main__"
        except AttributeError:
            try:
                module = sys._getframe(1).f_globals.get("__name__", "__main__")
            except (AttributeError, ValueError):
                pass
    if module is not None:
        cls.__module__ = module
    return decorator(cls, init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen,
                     match_args=match_args, kw_only=kw_only, slots=slots, weakref_slot=weakref_slot)


def replace(obj, /, **changes):
    """A new instance of the same class with some fields changed."""
    if not _is_dataclass_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    return _replace(obj, **changes)


def _replace(self, /, **changes):
    for f in getattr(self, _FIELDS).values():
        if f._field_type is _FIELD_CLASSVAR:
            continue
        if not f.init:
            if f.name in changes:
                raise TypeError(f"field {f.name} is declared with init=False, it cannot be specified with replace()")
            continue
        if f.name not in changes:
            if f._field_type is _FIELD_INITVAR and f.default is MISSING:
                raise TypeError(f"InitVar {f.name!r} must be specified with replace()")
            changes[f.name] = getattr(self, f.name)
    return self.__class__(**changes)
