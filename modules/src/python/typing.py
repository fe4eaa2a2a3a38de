"""What annotations are made of."""

import collections
import collections.abc
import functools
import sys
from _types import FunctionType, GenericAlias, UnionType
from _typing import (Generic, NoDefault, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar,
                     TypeVarTuple, _idfunc)
from annotationlib import Format, ForwardRef, get_annotate_from_class_namespace, get_annotations, type_repr

Union = UnionType

# Defined in _typing_classes, below; named in checks before that.
Protocol = _TypedDictMeta = None

__all__ = [
    "Annotated", "Any", "Callable", "ClassVar", "Concatenate", "Final", "ForwardRef", "Generic", "Literal", "Optional",
    "ParamSpec", "Protocol", "Tuple", "Type", "TypeVar", "TypeVarTuple", "Union", "AbstractSet", "ByteString",
    "Container", "ContextManager", "Hashable", "ItemsView", "Iterable", "Iterator", "KeysView", "Mapping",
    "MappingView", "MutableMapping", "MutableSequence", "MutableSet", "Sequence", "Sized", "ValuesView", "Awaitable",
    "AsyncIterator", "AsyncIterable", "Coroutine", "Collection", "AsyncGenerator", "AsyncContextManager",
    "Reversible", "SupportsAbs", "SupportsBytes", "SupportsComplex", "SupportsFloat", "SupportsIndex", "SupportsInt",
    "SupportsRound", "ChainMap", "Counter", "Deque", "Dict", "DefaultDict", "List", "OrderedDict", "Set", "FrozenSet",
    "NamedTuple", "TypedDict", "Generator", "BinaryIO", "IO", "Match", "Pattern", "TextIO", "AnyStr", "assert_type",
    "assert_never", "cast", "clear_overloads", "dataclass_transform", "evaluate_forward_ref", "final", "get_args",
    "get_origin", "get_overloads", "get_protocol_members", "get_type_hints", "is_protocol", "is_typeddict",
    "LiteralString", "Never", "NewType", "no_type_check", "no_type_check_decorator", "NoDefault", "NoReturn",
    "NotRequired", "overload", "override", "ParamSpecArgs", "ParamSpecKwargs", "ReadOnly", "Required", "reveal_type",
    "runtime_checkable", "Self", "Text", "TYPE_CHECKING", "TypeAlias", "TypeGuard", "TypeIs", "TypeAliasType",
    "Unpack",
]

TYPE_CHECKING = False
Text = str


# --- checks and conversions of what is written in brackets

def _type_convert(arg, module=None, *, allow_special_forms=False, owner=None):
    if arg is None:
        return type(None)
    if isinstance(arg, str):
        return ForwardRef(arg, module=module, is_class=allow_special_forms, owner=owner)
    return arg


def _type_check(arg, msg, is_argument=True, module=None, *, allow_special_forms=False, owner=None):
    # What may stand for a type: nearly anything but the forms that only make sense elsewhere.
    arg = _type_convert(arg, module, allow_special_forms=allow_special_forms, owner=owner)
    if type(arg) is tuple:
        raise TypeError(f"{msg} Got {arg!r:.100}.")
    if isinstance(arg, _GenericAlias):
        invalid = [Generic, Protocol]
        if not allow_special_forms:
            invalid += [ClassVar, Final] if is_argument else [ClassVar]
        if arg.__origin__ in invalid:
            raise TypeError(f"{arg} is not valid as type argument")
    elif arg in (Any, LiteralString, NoReturn, Never, Self, TypeAlias):
        return arg
    elif allow_special_forms and arg in (ClassVar, Final):
        return arg
    elif isinstance(arg, _SpecialForm) or arg is Generic or arg is Protocol:
        raise TypeError(f"Plain {arg} is not valid as type argument")
    return arg


def _type_repr(obj):
    if isinstance(obj, tuple):
        return "[" + ", ".join([_type_repr(item) for item in obj]) + "]"
    return type_repr(obj)


def _is_param_expr(arg):
    return arg is ... or isinstance(arg, (tuple, list)) or (
        isinstance(arg, (ParamSpec, _ConcatenateGenericAlias)))


def _is_unpacked_typevartuple(arg):
    return not isinstance(arg, type) and bool(getattr(arg, "__typing_is_unpacked_typevartuple__", False))


def _collect_type_parameters(args, *, enforce_default_ordering=True):
    # The type parameters in order of first appearance.
    found = []
    default_seen = False
    pending = list(reversed(args))
    while pending:
        arg = pending.pop()
        if isinstance(arg, type):
            continue
        if isinstance(arg, (tuple, list)):
            pending.extend(reversed(arg))
        elif hasattr(arg, "__typing_subst__"):
            if arg not in found:
                if enforce_default_ordering:
                    if arg.has_default():
                        default_seen = True
                    elif default_seen:
                        raise TypeError(f"Type parameter {arg!r} without a default follows "
                                        "type parameter with a default")
                found.append(arg)
        else:
            for param in getattr(arg, "__parameters__", ()):
                if param not in found:
                    found.append(param)
    return tuple(found)


def _check_generic_count(alias, args, expected=None):
    expected = len(alias.__parameters__) if expected is None else expected
    if len(args) != expected:
        raise TypeError(f"Too {'many' if len(args) > expected else 'few'} arguments for {alias}; "
                        f"actual {len(args)}, expected {'' if len(args) > expected else 'at least '}{expected}")


def _unpack_args(*args):
    # Writes out *tuple[int, str].
    result = []
    for arg in args:
        inner = getattr(arg, "__typing_unpacked_tuple_args__", None)
        if inner is not None and not (inner and inner[-1] is ...):
            result.extend(inner)
        else:
            result.append(arg)
    return result


def _unpack_typevartuples(params):
    return tuple([Unpack[param] if isinstance(param, TypeVarTuple) else param for param in params])


def _literal_key(value):
    return value, type(value)


def _flatten_literal_params(parameters):
    result = []
    for param in parameters:
        if isinstance(param, _LiteralGenericAlias):
            result.extend(param.__args__)
        else:
            result.append(param)
    return result


# --- substitution, also called by the native type parameters

def _typevar_subst(self, arg):
    arg = _type_check(arg, "Parameters to generic types must be types.", is_argument=True)
    if (isinstance(arg, _GenericAlias) and arg.__origin__ is Unpack
            or isinstance(arg, GenericAlias) and getattr(arg, "__unpacked__", False)):
        raise TypeError(f"{arg} is not valid as type argument")
    return arg


def _paramspec_subst(self, arg):
    if isinstance(arg, (list, tuple)):
        return tuple([_type_check(item, "Expected a type.") for item in arg])
    if not _is_param_expr(arg):
        raise TypeError(f"Expected a list of types, an ellipsis, ParamSpec, or Concatenate. Got {arg}")
    return arg


def _paramspec_prepare_subst(self, alias, args):
    params = alias.__parameters__
    position = params.index(self)
    if position >= len(args) and self.has_default():
        args = (*args, self.__default__)
    if position >= len(args):
        raise TypeError(f"Too few arguments for {alias}")
    # A single ParamSpec may be given its list without brackets around it.
    if len(params) == 1 and not _is_param_expr(args[0]):
        return (args,)
    if isinstance(args[position], list):
        return (*args[:position], tuple(args[position]), *args[position + 1:])
    return args


def _typevartuple_prepare_subst(self, alias, args):
    params = alias.__parameters__
    position = params.index(self)
    for param in params[position + 1:]:
        if isinstance(param, TypeVarTuple):
            raise TypeError(f"More than one TypeVarTuple parameter in {alias}")
    # How many arguments stand before it and behind it.
    left, right = position, len(params) - position - 1
    unbounded = [at for at, arg in enumerate(args) if not isinstance(arg, type)
                 and (getattr(arg, "__typing_unpacked_tuple_args__", None) or ())[1:] == (...,)]
    fill = None
    if unbounded:
        # *tuple[int, ...] fills as many places as needed.
        if len(unbounded) > 1:
            raise TypeError("More than one unpacked arbitrary-length tuple argument")
        at = unbounded[0]
        fill = args[at].__typing_unpacked_tuple_args__[0]
        left, right = min(left, at), min(right, len(args) - at - 1)
    elif left + right > len(args):
        raise TypeError(f"Too few arguments for {alias}; actual {len(args)}, expected at least {len(params) - 1}")
    end = len(args) - right
    if left == end and self.has_default():
        middle = tuple(_unpack_args(self.__default__))
    else:
        middle = tuple(args[left:end])
    missing = len(params) - right - left - position - 1
    return (*args[:left], *[fill] * (position - left), middle, *[fill] * missing, *args[end:])


def _generic_class_getitem(cls, args):
    if not isinstance(args, tuple):
        args = (args,)
    args = tuple([_type_convert(arg) for arg in args])
    if cls in (Generic, Protocol):
        if not args:
            raise TypeError(f"Parameter list to {cls.__qualname__}[...] cannot be empty")
        if not all(isinstance(arg, (TypeVar, ParamSpec)) or _is_unpacked_typevartuple(arg)
                   or isinstance(arg, TypeVarTuple) for arg in args):
            raise TypeError(f"Parameters to {cls.__name__}[...] must all be type variables "
                            "or parameter specification variables.")
        if len(set(args)) != len(args):
            raise TypeError(f"Parameters to {cls.__name__}[...] must all be unique")
        return _GenericAlias(cls, args)
    params = cls.__parameters__
    if not params:
        raise TypeError(f"{cls} is not a generic class")
    for param in params:
        prepare = getattr(param, "__typing_prepare_subst__", None)
        if prepare is not None:
            args = prepare(cls, args)
    _check_generic_count(cls, args)
    new_args = []
    for param, arg in zip(params, args):
        if isinstance(param, TypeVarTuple):
            new_args.extend(arg)
        else:
            new_args.append(arg)
    return _GenericAlias(cls, tuple(new_args))


def _generic_init_subclass(cls, *args, **kwargs):
    super(Generic, cls).__init_subclass__(*args, **kwargs)
    bases = cls.__dict__.get("__orig_bases__")
    if bases is not None:
        plain = Generic in bases
    else:
        plain = Generic in cls.__bases__ and cls.__name__ != "Protocol" and type(cls) is not _TypedDictMeta
    if plain:
        raise TypeError("Cannot inherit from plain Generic")
    params = ()
    if bases is not None:
        params = _collect_type_parameters(bases)
        declared = None
        for base in bases:
            if isinstance(base, _GenericAlias) and base.__origin__ in (Generic, Protocol):
                if base.__origin__ is Generic or declared is None:
                    if declared is not None and base.__origin__ is Generic:
                        raise TypeError("Cannot inherit from Generic[...] multiple times.")
                    declared = _collect_type_parameters(base.__args__)
        if declared is not None:
            missing = [str(param) for param in params if param not in declared]
            if missing:
                listed = ", ".join(map(str, declared))
                raise TypeError(f"Some type variables ({', '.join(missing)}) are not listed in Generic[{listed}]")
            params = declared
    cls.__parameters__ = params


def _cached(subscript):
    # A subscription gives the same object again, where its parameters can be told apart.
    @functools.lru_cache(typed=True)
    def known(self, shape, *parameters):
        if shape == 1:
            return subscript(self, *parameters)
        if shape == 2:
            parameters = list(parameters[:-1]), parameters[-1]
        return subscript(self, parameters)

    @functools.wraps(subscript)
    def __getitem__(self, parameters):
        try:
            if not isinstance(parameters, tuple):
                return known(self, 1, parameters)
            if len(parameters) == 2 and type(parameters[0]) is list:
                return known(self, 2, *parameters[0], parameters[1])
            return known(self, 3, *parameters)
        except TypeError:
            # Not hashable, or not right: which, the subscription itself says.
            pass
        return subscript(self, parameters)
    return __getitem__


# --- special forms

_generic_class_getitem = _cached(_generic_class_getitem)


class _SpecialForm:
    # Any of the names that mean something to type checkers only.

    __slots__ = ("_name", "_getitem", "__weakref__")

    def __init__(self, getitem):
        self._getitem = getitem
        self._name = getitem.__name__

    def __init_subclass__(cls, /, *args, **kwds):
        if cls.__module__ != __name__:
            raise TypeError("Cannot subclass special typing classes")

    def __getattr__(self, item):
        if item in ("__name__", "__qualname__"):
            return self._name
        raise AttributeError(item)

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")

    def __repr__(self):
        return f"typing.{self._name}"

    def __reduce__(self):
        return self._name

    def __call__(self, *args, **kwds):
        raise TypeError(f"Cannot instantiate {self!r}")

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __instancecheck__(self, obj):
        raise TypeError(f"{self} cannot be used with isinstance()")

    def __subclasscheck__(self, cls):
        raise TypeError(f"{self} cannot be used with issubclass()")

    @_cached
    def __getitem__(self, parameters):
        return self._getitem(self, parameters)


class _TypedCacheSpecialForm(_SpecialForm):
    __slots__ = ()

    @_cached
    def __getitem__(self, parameters):
        if not isinstance(parameters, tuple):
            parameters = (parameters,)
        return self._getitem(self, *parameters)


def _bare(name, doc):
    # A form that takes nothing in brackets.
    def getitem(self, parameters):
        raise TypeError(f"{self} is not subscriptable")
    getitem.__name__ = name
    getitem.__doc__ = doc
    return _SpecialForm(getitem)


def _of_one_type(name, doc, check="accepts only single type."):
    def getitem(self, parameters):
        item = _type_check(parameters, f"{name if check.startswith('accepts only a') else self} {check}", allow_special_forms=name in ("ClassVar", "Final"))
        return _GenericAlias(self, (item,))
    getitem.__name__ = name
    getitem.__doc__ = doc
    return _SpecialForm(getitem)


class _AnyMeta(type):
    def __instancecheck__(self, obj):
        if self is Any:
            raise TypeError("typing.Any cannot be used with isinstance()")
        return super().__instancecheck__(obj)

    def __repr__(self):
        if self is Any:
            return "typing.Any"
        return super().__repr__()


class Any(metaclass=_AnyMeta):
    """Compatible with every type."""

    def __new__(cls, *args, **kwargs):
        if cls is Any:
            raise TypeError("Any cannot be instantiated")
        return super().__new__(cls)


NoReturn = _bare("NoReturn", "The type of functions that never return.")
Never = _bare("Never", "The type without values.")
Self = _bare("Self", "The class that encloses the annotation.")
LiteralString = _bare("LiteralString", "Strings made of literals.")
TypeAlias = _bare("TypeAlias", "Marks an assignment that defines an alias.")
ClassVar = _of_one_type("ClassVar", "A variable of the class, not of instances.")
Final = _of_one_type("Final", "A name that is not assigned again.")
TypeGuard = _of_one_type("TypeGuard", "A predicate that narrows a type where it is true.")
TypeIs = _of_one_type("TypeIs", "A predicate that narrows a type either way.")
Required = _of_one_type("Required", "A key that a TypedDict must have.", "accepts only a single type.")
NotRequired = _of_one_type("NotRequired", "A key that a TypedDict may lack.", "accepts only a single type.")
ReadOnly = _of_one_type("ReadOnly", "A key of a TypedDict that is not assigned.", "accepts only a single type.")


@_SpecialForm
def Optional(self, parameters):
    """Optional[X] is X | None."""
    arg = _type_check(parameters, f"{self} requires a single type.")
    return Union[arg, type(None)]


@_TypedCacheSpecialForm
def Literal(self, *parameters):
    """One of the given values."""
    parameters = _flatten_literal_params(parameters)
    try:
        parameters = tuple([pair[0] for pair in dict.fromkeys(map(_literal_key, parameters))])
    except TypeError:
        parameters = tuple(parameters)
    return _LiteralGenericAlias(self, parameters)


@_SpecialForm
def Concatenate(self, parameters):
    """Positional parameters in front of a ParamSpec."""
    if parameters == ():
        raise TypeError("Cannot take a Concatenate of no types.")
    if not isinstance(parameters, tuple):
        parameters = (parameters,)
    if not (parameters[-1] is ... or isinstance(parameters[-1], ParamSpec)):
        raise TypeError("The last parameter to Concatenate should be a ParamSpec variable or ellipsis.")
    msg = "Concatenate[arg, ...]: each arg must be a type."
    return _ConcatenateGenericAlias(self, (*[_type_check(param, msg) for param in parameters[:-1]], parameters[-1]))


@_SpecialForm
def Unpack(self, parameters):
    """Unpack[Ts] is *Ts."""
    return _UnpackGenericAlias(self, (_type_check(parameters, f"{self} accepts only single type."),))


@_TypedCacheSpecialForm
def Annotated(self, *params):
    """A type with data that type checkers ignore."""
    if len(params) < 2:
        raise TypeError("Annotated[...] should be used with at least two arguments (a type and an annotation).")
    if _is_unpacked_typevartuple(params[0]):
        raise TypeError("Annotated[...] should not be used with an unpacked TypeVarTuple")
    origin = _type_check(params[0], "Annotated[t, ...]: t must be a type.", allow_special_forms=True)
    return _AnnotatedAlias(origin, tuple(params[1:]))


# --- aliases

def _is_dunder(attr):
    return attr.startswith("__") and attr.endswith("__")


class _BaseGenericAlias:
    """What List and List[int] share: they stand for a class."""

    def __init__(self, origin, *, inst=True, name=None):
        self._inst = inst
        self._name = name
        self.__origin__ = origin
        self.__slots__ = None

    def __init_subclass__(cls, /, *args, **kwds):
        if cls.__module__ != __name__:
            raise TypeError("Cannot subclass special typing classes")

    def __call__(self, *args, **kwargs):
        if not self._inst:
            raise TypeError(f"Type {self._name} cannot be instantiated; use {self.__origin__.__name__}() instead")
        result = self.__origin__(*args, **kwargs)
        try:
            result.__orig_class__ = self
        except Exception:
            # Not every object takes attributes.
            pass
        return result

    def __mro_entries__(self, bases):
        result = [] if self.__origin__ in bases else [self.__origin__]
        # Generic comes last, and only if nothing behind brings it in.
        position = bases.index(self)
        for base in bases[position + 1:]:
            if isinstance(base, _BaseGenericAlias) or isinstance(base, type) and issubclass(base, Generic):
                break
        else:
            result.append(Generic)
        return tuple(result)

    def __getattr__(self, attr):
        if attr in ("__origin__", "__args__"):
            raise AttributeError(attr)
        if attr in ("__name__", "__qualname__"):
            return self._name or self.__origin__.__name__
        if "__origin__" in self.__dict__ and not _is_dunder(attr):
            return getattr(self.__origin__, attr)
        raise AttributeError(attr)

    def __setattr__(self, attr, val):
        if _is_dunder(attr) or attr in ("_name", "_inst", "_nparams", "_defaults"):
            super().__setattr__(attr, val)
        else:
            setattr(self.__origin__, attr, val)

    def __instancecheck__(self, obj):
        return self.__subclasscheck__(type(obj))

    def __subclasscheck__(self, cls):
        raise TypeError("Subscripted generics cannot be used with class and instance checks")

    def __dir__(self):
        return list(set(super().__dir__() + [attr for attr in dir(self.__origin__) if not _is_dunder(attr)]))

    def __or__(self, right):
        return Union[self, right]

    def __ror__(self, left):
        return Union[left, self]


class _GenericAlias(_BaseGenericAlias):
    """A generic class, or a special form, with its arguments."""

    def __init__(self, origin, args, *, inst=True, name=None):
        super().__init__(origin, inst=inst, name=name)
        if not isinstance(args, tuple):
            args = (args,)
        self.__args__ = args
        self.__parameters__ = _collect_type_parameters(args, enforce_default_ordering=origin in (Generic, Protocol))
        if not name:
            self.__module__ = origin.__module__ if isinstance(origin, type) else "typing"

    def __eq__(self, other):
        if not isinstance(other, _GenericAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash((self.__origin__, self.__args__))

    @_cached
    def __getitem__(self, args):
        if self.__origin__ in (Generic, Protocol):
            raise TypeError(f"Cannot subscript already-subscripted {self}")
        if not self.__parameters__:
            raise TypeError(f"{self} is not a generic class")
        if not isinstance(args, tuple):
            args = (args,)
        args = tuple(_unpack_args(*[_type_convert(arg) for arg in args]))
        return self.copy_with(self._substituted(args))

    def _substituted(self, args):
        params = self.__parameters__
        for param in params:
            prepare = getattr(param, "__typing_prepare_subst__", None)
            if prepare is not None:
                args = prepare(self, args)
        _check_generic_count(self, args)
        return tuple(_replace_parameters(self, self.__args__, dict(zip(params, args))))

    def copy_with(self, args):
        """The same with other arguments."""
        return self.__class__(self.__origin__, args, name=self._name, inst=self._inst)

    def __repr__(self):
        name = f"typing.{self._name}" if self._name else _type_repr(self.__origin__)
        args = ", ".join([_type_repr(arg) for arg in self.__args__]) if self.__args__ else "()"
        return f"{name}[{args}]"

    def __reduce__(self):
        import operator
        origin = globals()[self._name] if self._name else self.__origin__
        args = tuple(self.__args__)
        if len(args) == 1 and not isinstance(args[0], tuple):
            args, = args
        return operator.getitem, (origin, args)

    def __mro_entries__(self, bases):
        if isinstance(self.__origin__, _SpecialForm):
            raise TypeError(f"Cannot subclass {self!r}")
        if self._name:
            return super().__mro_entries__(bases)
        if self.__origin__ is Generic:
            if Protocol in bases:
                return ()
            # Another generic base further on brings Generic in at its place.
            position = bases.index(self)
            for base in bases[position + 1:]:
                if isinstance(base, _BaseGenericAlias) and base is not self:
                    return ()
        return (self.__origin__,)

    def __iter__(self):
        yield Unpack[self]


def _replace_parameters(alias, args, mapping):
    result = []
    for old in args:
        if isinstance(old, type):
            result.append(old)
            continue
        if hasattr(old, "__typing_subst__") and old in mapping:
            subst = getattr(old, "__typing_subst__")
            new = mapping[old] if isinstance(old, TypeVarTuple) else subst(mapping[old])
        elif isinstance(old, (tuple, list)):
            new = tuple(_replace_parameters(alias, old, mapping))
        else:
            params = getattr(old, "__parameters__", ())
            if not params:
                new = old
            else:
                inner = []
                for param in params:
                    if isinstance(param, TypeVarTuple):
                        inner.extend(mapping[param])
                    else:
                        inner.append(mapping[param])
                new = old[tuple(inner)]
        if alias.__origin__ is collections.abc.Callable and isinstance(new, tuple):
            result.extend(new)
        elif _is_unpacked_typevartuple(old):
            result.extend(getattr(new, "__args__", new) if not isinstance(new, tuple) else new)
        elif isinstance(old, TypeVarTuple):
            result.extend(new)
        else:
            result.append(new)
    return result


class _NotIterable:
    __slots__ = ()
    __iter__ = None


class _SpecialGenericAlias(_NotIterable, _BaseGenericAlias):
    """A name like List that stands for a class and takes so many arguments."""

    def __init__(self, origin, nparams, *, inst=True, name=None, defaults=()):
        if name is None:
            name = origin.__name__
        super().__init__(origin, inst=inst, name=name)
        self._nparams = nparams
        self._defaults = defaults
        self.__module__ = "typing"
        home = "" if origin.__module__ == "builtins" else f"{origin.__module__}."
        self.__doc__ = f"A generic version of {home}{origin.__qualname__}."

    @_cached
    def __getitem__(self, params):
        if not isinstance(params, tuple):
            params = (params,)
        msg = "Parameters to generic types must be types."
        params = tuple([_type_check(param, msg) for param in params])
        if self._defaults and len(params) < self._nparams and len(params) + len(self._defaults) >= self._nparams:
            params = (*params, *self._defaults[len(params) - self._nparams:])
        if len(params) != self._nparams:
            if self._defaults:
                low = self._nparams - len(self._defaults)
                expected = f"at least {low}"
            else:
                expected = str(self._nparams)
            if not self._nparams:
                raise TypeError(f"{self} is not a generic class")
            raise TypeError(f"Too {'many' if len(params) > self._nparams else 'few'} arguments for {self}; "
                            f"actual {len(params)}, expected {expected}")
        return self.copy_with(params)

    def copy_with(self, params):
        """This class with arguments."""
        return _GenericAlias(self.__origin__, params, name=self._name, inst=self._inst)

    def __repr__(self):
        return f"typing.{self._name}"

    def __subclasscheck__(self, cls):
        if isinstance(cls, _SpecialGenericAlias):
            return issubclass(cls.__origin__, self.__origin__)
        if not isinstance(cls, _GenericAlias):
            return issubclass(cls, self.__origin__)
        return super().__subclasscheck__(cls)

    def __reduce__(self):
        return self._name


class _TupleType(_SpecialGenericAlias):
    @_cached
    def __getitem__(self, params):
        if not isinstance(params, tuple):
            params = (params,)
        if len(params) >= 2 and params[-1] is ...:
            msg = "Tuple[t, ...]: t must be a type."
            return self.copy_with((*[_type_check(param, msg) for param in params[:-1]], ...))
        msg = "Tuple[t0, t1, ...]: each t must be a type."
        return self.copy_with(tuple([_type_check(param, msg) for param in params]))


class _CallableGenericAlias(_NotIterable, _GenericAlias):
    def __repr__(self):
        args = self.__args__
        if len(args) == 2 and _is_param_expr(args[0]):
            return super().__repr__()
        parameters = ", ".join([_type_repr(arg) for arg in args[:-1]])
        return f"typing.Callable[[{parameters}], {_type_repr(args[-1])}]"

    def __reduce__(self):
        import operator
        args = self.__args__
        if not (len(args) == 2 and _is_param_expr(args[0])):
            args = list(args[:-1]), args[-1]
        return operator.getitem, (Callable, args)


class _CallableType(_SpecialGenericAlias):
    def copy_with(self, params):
        return _CallableGenericAlias(self.__origin__, params, name=self._name, inst=self._inst)

    @_cached
    def __getitem__(self, params):
        if not isinstance(params, tuple) or len(params) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        parameters, result = params
        result = _type_check(result, "Callable[args, result]: result must be a type.")
        if parameters is ...:
            return self.copy_with((..., result))
        if _is_param_expr(parameters) and not isinstance(parameters, (list, tuple)):
            return self.copy_with((parameters, result))
        if not isinstance(parameters, (list, tuple)):
            parameters = (parameters,)
        msg = "Callable[[arg, ...], result]: each arg must be a type."
        return self.copy_with((*[_type_check(item, msg) for item in parameters], result))


class _LiteralGenericAlias(_GenericAlias):
    def __eq__(self, other):
        if not isinstance(other, _LiteralGenericAlias):
            return NotImplemented
        return set(map(_literal_key, self.__args__)) == set(map(_literal_key, other.__args__))

    def __hash__(self):
        return hash(frozenset(map(_literal_key, self.__args__)))

    def __repr__(self):
        return f"typing.Literal[{', '.join(map(_type_repr, self.__args__)) or '()'}]"


class _ConcatenateGenericAlias(_GenericAlias):
    def copy_with(self, params):
        if isinstance(params[-1], (list, tuple)):
            return (*params[:-1], *params[-1])
        if isinstance(params[-1], _ConcatenateGenericAlias):
            params = (*params[:-1], *params[-1].__args__)
        return super().copy_with(params)


class _UnpackGenericAlias(_GenericAlias):
    def __repr__(self):
        return f"typing.Unpack[{_type_repr(self.__args__[0])}]"

    def __getitem__(self, args):
        if self.__typing_is_unpacked_typevartuple__:
            return args
        return super().__getitem__(args)

    @property
    def __typing_unpacked_tuple_args__(self):
        arg, = self.__args__
        if isinstance(arg, (_GenericAlias, GenericAlias)):
            if arg.__origin__ is not tuple:
                raise TypeError("Unpack[...] must be used with a tuple type")
            return arg.__args__
        return None

    @property
    def __typing_is_unpacked_typevartuple__(self):
        return isinstance(self.__args__[0], TypeVarTuple)


class _AnnotatedAlias(_NotIterable, _GenericAlias):
    def __init__(self, origin, metadata):
        if isinstance(origin, _AnnotatedAlias):
            metadata = origin.__metadata__ + metadata
            origin = origin.__origin__
        super().__init__(origin, (origin,), name="Annotated")
        self.__metadata__ = metadata

    def copy_with(self, params):
        return self.__class__(params[0], self.__metadata__)

    def __repr__(self):
        data = ", ".join(map(repr, self.__metadata__))
        return f"typing.Annotated[{_type_repr(self.__origin__)}, {data}]"

    def __reduce__(self):
        import operator
        return operator.getitem, (Annotated, (self.__origin__, *self.__metadata__))

    def __eq__(self, other):
        if not isinstance(other, _AnnotatedAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__metadata__ == other.__metadata__

    def __hash__(self):
        return hash((self.__origin__, self.__metadata__))

    def __getattr__(self, attr):
        if attr in ("__name__", "__qualname__"):
            return "Annotated"
        return super().__getattr__(attr)

    def __mro_entries__(self, bases):
        return (self.__origin__,)


_alias = _SpecialGenericAlias
_abc = collections.abc

Hashable = _alias(_abc.Hashable, 0)
Awaitable = _alias(_abc.Awaitable, 1)
Coroutine = _alias(_abc.Coroutine, 3)
AsyncIterable = _alias(_abc.AsyncIterable, 1)
AsyncIterator = _alias(_abc.AsyncIterator, 1)
Iterable = _alias(_abc.Iterable, 1)
Iterator = _alias(_abc.Iterator, 1)
Reversible = _alias(_abc.Reversible, 1)
Sized = _alias(_abc.Sized, 0)
Container = _alias(_abc.Container, 1)
Collection = _alias(_abc.Collection, 1)
Callable = _CallableType(_abc.Callable, 2)
AbstractSet = _alias(_abc.Set, 1, name="AbstractSet")
MutableSet = _alias(_abc.MutableSet, 1)
Mapping = _alias(_abc.Mapping, 2)
MutableMapping = _alias(_abc.MutableMapping, 2)
Sequence = _alias(_abc.Sequence, 1)
MutableSequence = _alias(_abc.MutableSequence, 1)
ByteString = _alias(_abc.ByteString, 0)
Tuple = _TupleType(tuple, -1, inst=False, name="Tuple")
List = _alias(list, 1, inst=False, name="List")
Deque = _alias(collections.deque, 1, name="Deque")
Set = _alias(set, 1, inst=False, name="Set")
FrozenSet = _alias(frozenset, 1, inst=False, name="FrozenSet")
MappingView = _alias(_abc.MappingView, 1)
KeysView = _alias(_abc.KeysView, 1)
ItemsView = _alias(_abc.ItemsView, 2)
ValuesView = _alias(_abc.ValuesView, 1)
Dict = _alias(dict, 2, inst=False, name="Dict")
DefaultDict = _alias(collections.defaultdict, 2, name="DefaultDict")
OrderedDict = _alias(collections.OrderedDict, 2)
Counter = _alias(collections.Counter, 1)
ChainMap = _alias(collections.ChainMap, 2)
Generator = _alias(_abc.Generator, 3, defaults=(type(None), type(None)))
AsyncGenerator = _alias(_abc.AsyncGenerator, 2, defaults=(type(None),))
Type = _alias(type, 1, inst=False, name="Type")


def __dir__():
    return sorted({*globals(), *__all__})


def __getattr__(name):
    # Names whose modules most programs do not need.
    if name in ("Pattern", "Match"):
        import re
        result = _alias(getattr(re, name), 1)
    elif name == "ContextManager":
        import contextlib
        result = _alias(contextlib.AbstractContextManager, 2, name="ContextManager", defaults=(bool | None,))
    elif name == "AsyncContextManager":
        import contextlib
        result = _alias(contextlib.AbstractAsyncContextManager, 2, name="AsyncContextManager",
                        defaults=(bool | None,))
    elif name in ("IO", "TextIO", "BinaryIO"):
        import _typing_classes
        result = getattr(_typing_classes, name)
    else:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    globals()[name] = result
    return result


class NewType:
    """A name for a type that checkers keep apart from it; at run time its calls return their argument."""

    __call__ = _idfunc

    def __init__(self, name, tp):
        self.__qualname__ = name
        self.__name__ = name.rpartition(".")[2]
        self.__supertype__ = tp
        module = _caller()
        if module != "typing":
            self.__module__ = module

    def __call__(self, value, /):
        return value

    def __mro_entries__(self, bases):
        name = self.__name__

        class Dummy:
            def __init_subclass__(cls):
                raise TypeError("Cannot subclass an instance of NewType. Perhaps you were looking for: "
                                f"`{cls.__name__} = NewType({cls.__name__!r}, {name})`")
        return (Dummy,)

    def __repr__(self):
        return f"{self.__module__}.{self.__qualname__}"

    def __reduce__(self):
        return self.__qualname__

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


def _caller(depth=1, default="__main__"):
    try:
        return sys._getframe(depth + 1).f_globals.get("__name__", default)
    except (AttributeError, ValueError):
        return default


AnyStr = TypeVar("AnyStr", bytes, str)

from _typing_classes import (NamedTuple, Protocol, SupportsAbs, SupportsBytes, SupportsComplex, SupportsFloat,
                             SupportsIndex, SupportsInt, SupportsRound, TypedDict, _ProtocolMeta, _TypedDictMeta,
                             get_protocol_members, is_protocol, is_typeddict, runtime_checkable)
from _typing_tools import (assert_never, assert_type, cast, clear_overloads, dataclass_transform,
                           evaluate_forward_ref, final, get_args, get_origin, get_overloads, get_type_hints,
                           no_type_check, no_type_check_decorator, overload, override, reveal_type)

