"""Type parameters, generic classes and type aliases. The compiler's [T] syntax and `type` statement make these."""

from _types import TypeAliasType

# What programs see lives in typing.
__name__ = "typing"


class NoDefaultType:
    """The type of NoDefault."""

    __slots__ = ()
    # Where pickles find NoDefault.
    __module__ = "_typing"
    _instance = None

    def __new__(cls, /, *args, **kwargs):
        if args or kwargs:
            raise TypeError("NoDefaultType takes no arguments")
        if cls._instance is None:
            NoDefaultType._instance = object.__new__(cls)
        return cls._instance

    def __repr__(self):
        return "typing.NoDefault"

    def __reduce__(self):
        return "NoDefault"


NoDefault = NoDefaultType()


def _idfunc(x):
    return x


def _caller():
    # The module of whoever makes a type parameter.
    import sys
    try:
        return sys._getframe(2).f_globals.get("__name__")
    except ValueError:
        return None


def _evaluator(value):
    # An evaluate function for a value that is known already.
    def evaluate(format, /):
        if format in (1, 2, 3):
            return value
        if format == 4:
            from annotationlib import type_repr
            return type_repr(value)
        raise NotImplementedError(format)
    return evaluate


class _Parameter:
    # What TypeVar, ParamSpec and TypeVarTuple share: a name, a default, unions.

    def __init_subclass__(cls, /, *args, **kwds):
        if cls.__module__ != "typing":
            base = cls.__bases__[0].__name__
            raise TypeError(f"type 'typing.{base}' is not an acceptable base type")

    # What programs can read only, in whose words.
    _members = ("__name__",)
    _computed = ("__default__",)

    def __setattr__(self, name, value):
        self._check_writable(name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        self._check_writable(name)
        object.__delattr__(self, name)

    def _check_writable(self, name):
        if name in self._members:
            raise AttributeError("readonly attribute")
        if name in self._computed:
            raise AttributeError(f"attribute {name!r} of 'typing.{type(self).__name__}' objects is not writable")

    def _set_name(self, name):
        if not isinstance(name, str):
            raise TypeError(f"{type(self).__name__.lower()}() argument 'name' must be str, not {type(name).__name__}")
        object.__setattr__(self, "__name__", name)

    def _set_default(self, default):
        self._default = default
        self._evaluate_default = None

    @property
    def __default__(self):
        if self._default is NoDefault and self._evaluate_default is not None:
            self._default = self._evaluate_default(1)
        return self._default

    @property
    def evaluate_default(self):
        if self._evaluate_default is not None:
            return self._evaluate_default
        return None if self._default is NoDefault else _evaluator(self._default)

    def has_default(self):
        """Whether there is a default."""
        return self._evaluate_default is not None or self._default is not NoDefault

    def __reduce__(self):
        return self.__name__

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")


class _Variant(_Parameter):
    _members = ("__name__", "__covariant__", "__contravariant__", "__infer_variance__")

    def _set_variance(self, covariant, contravariant, infer_variance):
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        if infer_variance and (covariant or contravariant):
            raise ValueError("Variance cannot be specified with infer_variance.")
        object.__setattr__(self, "__covariant__", bool(covariant))
        object.__setattr__(self, "__contravariant__", bool(contravariant))
        object.__setattr__(self, "__infer_variance__", bool(infer_variance))

    def __repr__(self):
        if self.__infer_variance__:
            return self.__name__
        return ("+" if self.__covariant__ else "-" if self.__contravariant__ else "~") + self.__name__

    def __or__(self, other):
        from typing import Union
        return Union[self, other]

    def __ror__(self, other):
        from typing import Union
        return Union[other, self]


class TypeVar(_Variant):
    """A type parameter that stands for one type."""

    _computed = ("__bound__", "__constraints__", "__default__")

    def __init__(self, name, *constraints, bound=None, default=NoDefault, covariant=False, contravariant=False,
                 infer_variance=False):
        self._set_name(name)
        self._set_variance(covariant, contravariant, infer_variance)
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if constraints or bound is not None:
            from typing import _type_check
            if bound is not None:
                bound = _type_check(bound, "Bound must be a type.")
            constraints = tuple([_type_check(item, "TypeVar(name, constraint, ...): constraints must be types.")
                                 for item in constraints])
        self._bound = bound
        self._constraints = constraints
        self._evaluate_bound = self._evaluate_constraints = None
        self._set_default(default)
        self.__module__ = _caller()

    @property
    def __bound__(self):
        if self._bound is None and self._evaluate_bound is not None:
            self._bound = self._evaluate_bound(1)
        return self._bound

    @property
    def __constraints__(self):
        if not self._constraints and self._evaluate_constraints is not None:
            self._constraints = self._evaluate_constraints(1)
        return self._constraints

    @property
    def evaluate_bound(self):
        if self._evaluate_bound is not None:
            return self._evaluate_bound
        return None if self._bound is None else _evaluator(self._bound)

    @property
    def evaluate_constraints(self):
        if self._evaluate_constraints is not None:
            return self._evaluate_constraints
        return _evaluator(self._constraints) if self._constraints else None

    def __typing_subst__(self, arg):
        from typing import _typevar_subst
        return _typevar_subst(self, arg)

    def __typing_prepare_subst__(self, alias, args):
        position = alias.__parameters__.index(self)
        if position < len(args):
            return args
        if position == len(args) and self.has_default():
            return (*args, self.__default__)
        raise TypeError(f"Too few arguments for {alias}; actual {len(args)}, expected at least {position + 1}")


class ParamSpec(_Variant):
    """A type parameter that stands for the parameters of a callable."""

    _members = (*_Variant._members, "__bound__")

    def __init__(self, name, *, bound=None, default=NoDefault, covariant=False, contravariant=False,
                 infer_variance=False):
        self._set_name(name)
        self._set_variance(covariant, contravariant, infer_variance)
        from typing import _type_check
        object.__setattr__(self, "__bound__", _type_check(bound, "Bound must be a type."))
        self._set_default(default)
        self.__module__ = _caller()

    @property
    def args(self):
        """The positional parameters."""
        return ParamSpecArgs(self)

    @property
    def kwargs(self):
        """The keyword parameters."""
        return ParamSpecKwargs(self)

    def __typing_subst__(self, arg):
        from typing import _paramspec_subst
        return _paramspec_subst(self, arg)

    def __typing_prepare_subst__(self, alias, args):
        from typing import _paramspec_prepare_subst
        return _paramspec_prepare_subst(self, alias, args)


class _ParamSpecPart:
    __slots__ = ("_origin", "__weakref__")

    def __init__(self, origin):
        self._origin = origin

    @property
    def __origin__(self):
        return self._origin

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return self.__origin__ == other.__origin__

    __hash__ = None

    def __reduce__(self):
        raise TypeError(f"cannot pickle 'typing.{type(self).__name__}' object")

    def __init_subclass__(cls, /, *args, **kwds):
        if cls.__module__ != "typing":
            raise TypeError(f"type 'typing.{cls.__bases__[0].__name__}' is not an acceptable base type")

    def __reduce__(self):
        return type(self), (self.__origin__,)

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")


class ParamSpecArgs(_ParamSpecPart):
    """P.args"""

    __slots__ = ()

    def __repr__(self):
        return f"{getattr(self._origin, '__name__', repr(self._origin))}.args"


class ParamSpecKwargs(_ParamSpecPart):
    """P.kwargs"""

    __slots__ = ()

    def __repr__(self):
        return f"{getattr(self._origin, '__name__', repr(self._origin))}.kwargs"


class TypeVarTuple(_Parameter):
    """A type parameter that stands for any number of types."""

    def __init__(self, name, *, default=NoDefault):
        self._set_name(name)
        self._set_default(default)
        self.__module__ = _caller()

    def __iter__(self):
        from typing import Unpack
        yield Unpack[self]

    def __repr__(self):
        return self.__name__

    def __typing_subst__(self, arg):
        raise TypeError("Substitution of bare TypeVarTuple is not supported")

    def __typing_prepare_subst__(self, alias, args):
        from typing import _typevartuple_prepare_subst
        return _typevartuple_prepare_subst(self, alias, args)


class Generic:
    """The base of generic classes."""

    __slots__ = ()
    _is_protocol = False

    @classmethod
    def __class_getitem__(cls, args):
        from typing import _generic_class_getitem
        return _generic_class_getitem(cls, args)

    @classmethod
    def __init_subclass__(cls, *args, **kwargs):
        from typing import _generic_init_subclass
        return _generic_init_subclass(cls, *args, **kwargs)


# What the compiler calls for PEP 695 syntax. The `evaluate` functions take a format and are called on demand.

def _make_typevar(name, evaluate_bound=None, evaluate_constraints=None, evaluate_default=None, module=None):
    result = TypeVar(name, infer_variance=True)
    result._evaluate_bound = evaluate_bound
    result._evaluate_constraints = evaluate_constraints
    result._evaluate_default = evaluate_default
    result.__module__ = "typing"
    return result


def _make_paramspec(name, evaluate_default=None, module=None):
    result = ParamSpec(name, infer_variance=True)
    object.__setattr__(result, "__bound__", None)
    result._evaluate_default = evaluate_default
    result.__module__ = "typing"
    return result


def _make_typevartuple(name, evaluate_default=None, module=None):
    result = TypeVarTuple(name)
    result._evaluate_default = evaluate_default
    result.__module__ = "typing"
    return result


def _subscript_generic(type_params):
    """The base that `class C[T]` has implicitly: Generic[T]."""
    from typing import Unpack
    return Generic[tuple([Unpack[param] if isinstance(param, TypeVarTuple) else param for param in type_params])]


__name__ = "_typing"
