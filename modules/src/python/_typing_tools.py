"""Functions about types. Published by typing, which imports this when it is nearly done."""

import collections.abc
import sys
import typing
from _types import FunctionType, GenericAlias, MethodType, ModuleType, UnionType
from _typing import Generic, ParamSpecArgs, ParamSpecKwargs
from annotationlib import Format, ForwardRef, get_annotations

__name__ = "typing"


def cast(typ, val):
    """The value, unchanged."""
    return val


def assert_type(val, typ, /):
    """The value, unchanged; type checkers check its type."""
    return val


def assert_never(arg, /):
    """For code that type checkers should find unreachable."""
    text = repr(arg)
    if len(text) > 100:
        text = text[:100] + "..."
    raise AssertionError(f"Expected code to be unreachable, but got: {text}")


def reveal_type(obj, /):
    """Print the type, and return the object."""
    print(f"Runtime type is {type(obj).__name__!r}", file=sys.stderr)
    return obj


def _mark(obj, attr, value=True):
    try:
        setattr(obj, attr, value)
    except (AttributeError, TypeError):
        # Not every object takes attributes.
        pass
    return obj


def final(f):
    """Decorator: not to be overridden or subclassed."""
    return _mark(f, "__final__")


def override(method, /):
    """Decorator: overrides a method of a base class."""
    return _mark(method, "__override__")


def dataclass_transform(*, eq_default=True, order_default=False, kw_only_default=False, frozen_default=False,
                        field_specifiers=(), **kwargs):
    """Decorator: what it decorates makes classes as dataclass does."""
    def decorator(cls_or_fn):
        cls_or_fn.__dataclass_transform__ = {
            "eq_default": eq_default, "order_default": order_default, "kw_only_default": kw_only_default,
            "frozen_default": frozen_default, "field_specifiers": field_specifiers, "kwargs": kwargs,
        }
        return cls_or_fn
    return decorator


def no_type_check(arg):
    """Decorator: the annotations are not types."""
    if isinstance(arg, type):
        for key in dir(arg):
            obj = getattr(arg, key)
            if (not hasattr(obj, "__qualname__") or obj.__qualname__ != f"{arg.__qualname__}.{obj.__name__}"
                    or getattr(obj, "__module__", None) != arg.__module__):
                continue
            if isinstance(obj, FunctionType):
                obj.__no_type_check__ = True
            elif isinstance(obj, MethodType):
                obj.__func__.__no_type_check__ = True
            elif isinstance(obj, type):
                no_type_check(obj)
    return _mark(arg, "__no_type_check__")


def no_type_check_decorator(decorator):
    """Makes a decorator that also applies no_type_check. Deprecated."""
    import functools
    import warnings
    warnings._deprecated("typing.no_type_check_decorator", remove=(3, 15))

    @functools.wraps(decorator)
    def wrapped_decorator(*args, **kwds):
        return no_type_check(decorator(*args, **kwds))
    return wrapped_decorator


# module -> qualified name -> first line -> function
_overload_registry = {}


def _overload_dummy(*args, **kwds):
    raise NotImplementedError("You should not call an overloaded function. A series of @overload-decorated functions "
                              "outside a stub module should always be followed by an implementation that is not "
                              "@overload-ed.")


def overload(func):
    """Decorator: one of several signatures, without an implementation."""
    plain = getattr(func, "__func__", func)
    try:
        by_line = _overload_registry.setdefault(plain.__module__, {}).setdefault(plain.__qualname__, {})
        by_line[plain.__code__.co_firstlineno] = func
    except AttributeError:
        pass
    return _overload_dummy


def get_overloads(func):
    """The overloads of a function, in order."""
    plain = getattr(func, "__func__", func)
    return list(_overload_registry.get(plain.__module__, {}).get(plain.__qualname__, {}).values())


def clear_overloads():
    """Forget all overloads."""
    _overload_registry.clear()


def get_origin(tp):
    """The class or form without its arguments: list for list[int]; None if there is none."""
    if isinstance(tp, typing._AnnotatedAlias):
        return typing.Annotated
    if isinstance(tp, (typing._BaseGenericAlias, GenericAlias, ParamSpecArgs, ParamSpecKwargs)):
        return tp.__origin__
    if tp is Generic:
        return Generic
    if isinstance(tp, UnionType):
        return UnionType
    return None


def get_args(tp):
    """The arguments as they were written."""
    if isinstance(tp, typing._AnnotatedAlias):
        return tp.__origin__, *tp.__metadata__
    if isinstance(tp, (typing._GenericAlias, GenericAlias)):
        args = tp.__args__
        if tp.__origin__ is collections.abc.Callable and not (len(args) == 2 and typing._is_param_expr(args[0])):
            args = list(args[:-1]), args[-1]
        return args
    if isinstance(tp, UnionType):
        return tp.__args__
    return ()


def evaluate_forward_ref(forward_ref, *, owner=None, globals=None, locals=None, type_params=None, format=None,
                         _recursive_guard=frozenset()):
    """What a forward reference stands for, with the references inside it evaluated too."""
    if format == Format.STRING:
        return forward_ref.__forward_arg__
    if forward_ref.__forward_arg__ in _recursive_guard:
        return forward_ref
    format = Format.VALUE if format is None else format
    value = forward_ref.evaluate(globals=globals, locals=locals, type_params=type_params, owner=owner, format=format)
    if isinstance(value, str):
        value = ForwardRef(value, module=forward_ref.__forward_module__, owner=owner)
    if value is None:
        return type(None)
    return _eval_type(value, globals, locals, type_params, owner=owner, format=format,
                      guard=_recursive_guard | {forward_ref.__forward_arg__})


def _eval_type(t, globalns, localns, type_params=(), *, owner=None, format=None, guard=frozenset()):
    # Evaluates the forward references in a type.
    if isinstance(t, ForwardRef):
        return evaluate_forward_ref(t, owner=owner, globals=globalns, locals=localns, type_params=type_params,
                                    format=format, _recursive_guard=guard)
    if not isinstance(t, (typing._GenericAlias, GenericAlias, UnionType)):
        return t
    args = t.__args__
    if isinstance(t, GenericAlias):
        args = tuple([ForwardRef(arg) if isinstance(arg, str) else arg for arg in args])
    new = tuple([_eval_type(arg, globalns, localns, type_params, owner=owner, format=format, guard=guard)
                 for arg in args])
    if all(old is fresh for old, fresh in zip(t.__args__, new)):
        return t
    if isinstance(t, UnionType):
        return typing.Union[new]
    if isinstance(t, GenericAlias):
        result = type(t)(t.__origin__, new) if type(t) is GenericAlias else t.__origin__[list(new[:-1]), new[-1]]
        return next(iter(result)) if getattr(t, "__unpacked__", False) else result
    return t.copy_with(new)


def _strip_annotations(t):
    # Without Annotated, Required, NotRequired and ReadOnly.
    if isinstance(t, typing._AnnotatedAlias):
        return _strip_annotations(t.__origin__)
    if isinstance(t, (typing._GenericAlias, GenericAlias, UnionType)):
        if getattr(t, "__origin__", None) in (typing.Required, typing.NotRequired, typing.ReadOnly):
            return _strip_annotations(t.__args__[0])
        new = tuple([_strip_annotations(arg) for arg in t.__args__])
        if all(old is fresh for old, fresh in zip(t.__args__, new)):
            return t
        if isinstance(t, UnionType):
            return typing.Union[new]
        if isinstance(t, GenericAlias):
            return GenericAlias(t.__origin__, new)
        return t.copy_with(new)
    return t


def get_type_hints(obj, globalns=None, localns=None, include_extras=False, *, format=None):
    """The annotations with strings evaluated; for a class those of its bases too."""
    if getattr(obj, "__no_type_check__", None):
        return {}
    format = Format.VALUE if format is None else format
    hints = {}
    if isinstance(obj, type):
        for base in reversed(obj.__mro__):
            annotations = get_annotations(base, format=format)
            if format == Format.STRING:
                hints.update(annotations)
                continue
            base_globals = globalns
            if base_globals is None:
                base_globals = getattr(sys.modules.get(base.__module__), "__dict__", {})
            base_locals = dict(vars(base)) if localns is None else localns
            if localns is None and globalns is None:
                # A name of the class body must not hide the module's in `x: "int"`.
                base_globals, base_locals = base_locals, base_globals
            for name, value in annotations.items():
                value = typing._type_convert(value, allow_special_forms=True)
                hints[name] = _eval_type(value, base_globals, base_locals, base.__type_params__, owner=base,
                                         format=format)
    else:
        annotations = get_annotations(obj, format=format)
        if (not annotations and not isinstance(obj, (FunctionType, ModuleType, MethodType)) and not callable(obj)
                and not hasattr(obj, "__annotations__")):
            raise TypeError(f"{obj!r} is not a module, class, method, or function.")
        if format == Format.STRING:
            return dict(annotations)
        if globalns is None:
            if isinstance(obj, ModuleType):
                globalns = obj.__dict__
            else:
                plain = obj
                while hasattr(plain, "__wrapped__"):
                    plain = plain.__wrapped__
                globalns = getattr(plain, "__globals__", {})
            if localns is None:
                localns = globalns
        elif localns is None:
            localns = globalns
        type_params = getattr(obj, "__type_params__", ())
        for name, value in annotations.items():
            value = typing._type_convert(value, allow_special_forms=isinstance(obj, ModuleType))
            hints[name] = _eval_type(value, globalns, localns, type_params, owner=obj, format=format)
    if include_extras:
        return hints
    return {name: _strip_annotations(value) for name, value in hints.items()}


__name__ = "_typing_tools"
