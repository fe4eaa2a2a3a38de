"""Signatures of callables. Published by inspect."""

import enum
import functools
import sys
from _types import BuiltinFunctionType, FunctionType, MappingProxyType, MethodType
from collections import OrderedDict
from keyword import iskeyword

__name__ = "inspect"

_BUILTIN_TYPES = (BuiltinFunctionType, type(object.__init__), type("".__len__), type(str.join),
                  type(dict.__dict__["fromkeys"]))


class _void:
    """Says that replace() leaves something as it is."""


class _empty:
    """Says that there is no default, or no annotation."""


class _ParameterKind(enum.IntEnum):
    POSITIONAL_ONLY = "positional-only"
    POSITIONAL_OR_KEYWORD = "positional or keyword"
    VAR_POSITIONAL = "variadic positional"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "variadic keyword"

    def __new__(cls, description):
        value = len(cls.__members__)
        member = int.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    def __str__(self):
        return self.name


_POSITIONAL_ONLY = _ParameterKind.POSITIONAL_ONLY
_POSITIONAL_OR_KEYWORD = _ParameterKind.POSITIONAL_OR_KEYWORD
_VAR_POSITIONAL = _ParameterKind.VAR_POSITIONAL
_KEYWORD_ONLY = _ParameterKind.KEYWORD_ONLY
_VAR_KEYWORD = _ParameterKind.VAR_KEYWORD


def formatannotation(annotation, base_module=None, *, quote_annotation_strings=True):
    """An annotation as text."""
    if not quote_annotation_strings and isinstance(annotation, str):
        return annotation
    if getattr(annotation, "__module__", None) == "typing":
        return repr(annotation).replace("typing.", "")
    if type(annotation).__name__ == "GenericAlias":
        return str(annotation)
    if isinstance(annotation, type):
        if annotation.__module__ in ("builtins", base_module):
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    if type(annotation).__name__ == "ForwardRef":
        return annotation.__forward_arg__
    return repr(annotation)


class Parameter:
    """One parameter: its name, kind, default and annotation."""

    __slots__ = ("_name", "_kind", "_default", "_annotation")

    POSITIONAL_ONLY = _POSITIONAL_ONLY
    POSITIONAL_OR_KEYWORD = _POSITIONAL_OR_KEYWORD
    VAR_POSITIONAL = _VAR_POSITIONAL
    KEYWORD_ONLY = _KEYWORD_ONLY
    VAR_KEYWORD = _VAR_KEYWORD

    empty = _empty

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        try:
            self._kind = _ParameterKind(kind)
        except ValueError:
            raise ValueError(f"value {kind!r} is not a valid Parameter.kind")
        if default is not _empty and self._kind in (_VAR_POSITIONAL, _VAR_KEYWORD):
            raise ValueError(f"{self._kind.description} parameters cannot have default values")
        self._default = default
        self._annotation = annotation
        if name is _empty:
            raise ValueError("name is a required attribute for Parameter")
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, not a {type(name).__name__}")
        if name[0] == "." and name[1:].isdigit():
            # The iterator that a comprehension takes; shown under a name that can be written.
            if self._kind != _POSITIONAL_OR_KEYWORD:
                raise ValueError("implicit arguments must be passed as positional or keyword arguments, "
                                 f"not {self._kind.description}")
            self._kind = _POSITIONAL_ONLY
            name = f"implicit{name[1:]}"
        if iskeyword(name) and self._kind is not _POSITIONAL_ONLY or not name.isidentifier():
            raise ValueError(f"{name!r} is not a valid parameter name")
        self._name = name

    def __reduce__(self):
        return (type(self), (self._name, self._kind),
                {"_default": self._default, "_annotation": self._annotation})

    def __setstate__(self, state):
        self._default = state["_default"]
        self._annotation = state["_annotation"]

    @property
    def name(self):
        return self._name

    @property
    def default(self):
        return self._default

    @property
    def annotation(self):
        return self._annotation

    @property
    def kind(self):
        return self._kind

    def replace(self, *, name=_void, kind=_void, annotation=_void, default=_void):
        """A parameter with some parts changed."""
        return type(self)(self._name if name is _void else name, self._kind if kind is _void else kind,
                          default=self._default if default is _void else default,
                          annotation=self._annotation if annotation is _void else annotation)

    __replace__ = replace

    def __str__(self):
        return self._format()

    def _format(self, *, quote_annotation_strings=True):
        text = self._name
        if self._annotation is not _empty:
            shown = formatannotation(self._annotation, quote_annotation_strings=quote_annotation_strings)
            text += f": {shown}"
        if self._default is not _empty:
            text += f" = {self._default!r}" if self._annotation is not _empty else f"={self._default!r}"
        if self._kind == _VAR_POSITIONAL:
            return "*" + text
        if self._kind == _VAR_KEYWORD:
            return "**" + text
        return text

    def __repr__(self):
        return f'<{self.__class__.__name__} "{self}">'

    def __hash__(self):
        return hash((self._name, self._kind, self._annotation, self._default))

    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, Parameter):
            return NotImplemented
        return (self._name == other._name and self._kind == other._kind and self._default == other._default
                and self._annotation == other._annotation)


class BoundArguments:
    """Arguments, by the names of the parameters they go to."""

    __slots__ = ("arguments", "_signature", "__weakref__")

    def __init__(self, signature, arguments):
        self.arguments = arguments
        self._signature = signature

    @property
    def signature(self):
        return self._signature

    @property
    def args(self):
        """The positional arguments, as a tuple."""
        result = []
        for name, param in self._signature.parameters.items():
            if param.kind in (_VAR_KEYWORD, _KEYWORD_ONLY) or name not in self.arguments:
                break
            if param.kind == _VAR_POSITIONAL:
                result.extend(self.arguments[name])
            else:
                result.append(self.arguments[name])
        return tuple(result)

    @property
    def kwargs(self):
        """The keyword arguments, as a dict."""
        result = {}
        started = False
        for name, param in self._signature.parameters.items():
            if not started:
                # Behind a gap, what could be positional has to be given by name.
                if param.kind in (_VAR_KEYWORD, _KEYWORD_ONLY) or name not in self.arguments:
                    started = True
            if not started or name not in self.arguments:
                continue
            if param.kind == _VAR_KEYWORD:
                result.update(self.arguments[name])
            else:
                result[name] = self.arguments[name]
        return result

    def apply_defaults(self):
        """Add the defaults of the parameters without arguments."""
        arguments = {}
        for name, param in self._signature.parameters.items():
            if name in self.arguments:
                arguments[name] = self.arguments[name]
            elif param.default is not _empty:
                arguments[name] = param.default
            elif param.kind is _VAR_POSITIONAL:
                arguments[name] = ()
            elif param.kind is _VAR_KEYWORD:
                arguments[name] = {}
        self.arguments = arguments

    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, BoundArguments):
            return NotImplemented
        return self.signature == other.signature and self.arguments == other.arguments

    def __setstate__(self, state):
        self._signature = state["_signature"]
        self.arguments = state["arguments"]

    def __getstate__(self):
        return {"_signature": self._signature, "arguments": self.arguments}

    def __repr__(self):
        shown = ", ".join([f"{name}={value!r}" for name, value in self.arguments.items()])
        return f"<{self.__class__.__name__} ({shown})>"


def _checked_parameters(parameters):
    result = OrderedDict()
    top_kind = _POSITIONAL_ONLY
    seen_default = False
    for param in parameters:
        if param.kind < top_kind:
            raise ValueError(f"wrong parameter order: {top_kind.description} parameter before "
                             f"{param.kind.description} parameter")
        top_kind = param.kind
        if param.kind in (_POSITIONAL_ONLY, _POSITIONAL_OR_KEYWORD):
            if param.default is not _empty:
                seen_default = True
            elif seen_default:
                raise ValueError("non-default argument follows default argument")
        if param.name in result:
            raise ValueError(f"duplicate parameter name: {param.name!r}")
        result[param.name] = param
    return result


class Signature:
    """The parameters of a callable, in order, and its return annotation."""

    __slots__ = ("_return_annotation", "_parameters")

    _parameter_cls = Parameter
    _bound_arguments_cls = BoundArguments

    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty, __validate_parameters__=True):
        if parameters is None:
            params = OrderedDict()
        elif __validate_parameters__:
            params = _checked_parameters(parameters)
        else:
            params = OrderedDict([(param.name, param) for param in parameters])
        self._parameters = MappingProxyType(params)
        self._return_annotation = return_annotation

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False,
                      annotation_format=1):
        """The signature of a callable."""
        options = {"globals": globals, "locals": locals, "eval_str": eval_str, "format": annotation_format}
        return _from_callable(obj, cls, follow_wrapped, options)

    @property
    def parameters(self):
        """Names to Parameter objects, in order."""
        return self._parameters

    @property
    def return_annotation(self):
        return self._return_annotation

    def replace(self, *, parameters=_void, return_annotation=_void):
        """A signature with some parts changed."""
        return type(self)(self.parameters.values() if parameters is _void else parameters,
                          return_annotation=self._return_annotation if return_annotation is _void
                          else return_annotation)

    __replace__ = replace

    def _basis(self):
        # The order of keyword-only parameters does not count.
        positional = tuple([param for param in self.parameters.values() if param.kind != _KEYWORD_ONLY])
        keyword = {param.name: param for param in self.parameters.values() if param.kind == _KEYWORD_ONLY}
        return positional, keyword, self.return_annotation

    def __hash__(self):
        positional, keyword, annotation = self._basis()
        return hash((positional, frozenset(keyword.values()), annotation))

    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, Signature):
            return NotImplemented
        return self._basis() == other._basis()

    def _bind(self, args, kwargs, *, partial=False):
        arguments = {}
        params = list(self.parameters.values())
        position = 0
        for at, value in enumerate(args):
            if position >= len(params) or params[position].kind in (_VAR_KEYWORD, _KEYWORD_ONLY):
                raise TypeError("too many positional arguments") from None
            param = params[position]
            if param.kind == _VAR_POSITIONAL:
                arguments[param.name] = tuple(args[at:])
                position += 1
                break
            if param.name in kwargs and param.kind != _POSITIONAL_ONLY:
                raise TypeError(f"multiple values for argument {param.name!r}") from None
            arguments[param.name] = value
            position += 1
        var_keyword = None
        positional_by_name = []
        for param in params[position:]:
            if param.kind == _VAR_KEYWORD:
                var_keyword = param
                continue
            if param.kind == _VAR_POSITIONAL:
                continue
            name = param.name
            if param.kind == _POSITIONAL_ONLY:
                if name in kwargs and param.default is not _empty:
                    positional_by_name.append(name)
                if param.default is _empty and not partial:
                    kind = "positional-only argument" if name in kwargs else "argument"
                    raise TypeError(f"missing a required {kind}: {name!r}")
                continue
            if name in kwargs:
                arguments[name] = kwargs.pop(name)
            elif not partial and param.default is _empty:
                kind = "keyword-only argument" if param.kind == _KEYWORD_ONLY else "argument"
                raise TypeError(f"missing a required {kind}: {name!r}") from None
        if kwargs:
            if var_keyword is not None:
                arguments[var_keyword.name] = kwargs
            elif positional_by_name:
                raise TypeError("got some positional-only arguments passed as keyword arguments: "
                                f"{', '.join(positional_by_name)!r}")
            else:
                raise TypeError(f"got an unexpected keyword argument {next(iter(kwargs))!r}")
        return self._bound_arguments_cls(self, arguments)

    def bind(self, /, *args, **kwargs):
        """Match arguments to parameters; TypeError if a call would fail."""
        return self._bind(args, kwargs)

    def bind_partial(self, /, *args, **kwargs):
        """Match arguments to parameters; required ones may be missing."""
        return self._bind(args, kwargs, partial=True)

    def __reduce__(self):
        return (type(self), (tuple(self._parameters.values()),),
                {"_return_annotation": self._return_annotation})

    def __setstate__(self, state):
        self._return_annotation = state["_return_annotation"]

    def __repr__(self):
        return f"<{self.__class__.__name__} {self}>"

    def __str__(self):
        return self.format()

    def format(self, *, max_width=None, quote_annotation_strings=True):
        """The signature as text; over several lines if it is wider than `max_width`."""
        result = []
        pending_slash = False
        need_star = True
        for param in self.parameters.values():
            if param.kind == _POSITIONAL_ONLY:
                pending_slash = True
            elif pending_slash:
                result.append("/")
                pending_slash = False
            if param.kind == _VAR_POSITIONAL:
                need_star = False
            elif param.kind == _KEYWORD_ONLY and need_star:
                result.append("*")
                need_star = False
            result.append(param._format(quote_annotation_strings=quote_annotation_strings))
        if pending_slash:
            result.append("/")
        text = f"({', '.join(result)})"
        if max_width is not None and len(text) > max_width:
            text = "(\n    " + ",\n    ".join(result) + "\n)"
        if self.return_annotation is not _empty:
            shown = formatannotation(self.return_annotation, quote_annotation_strings=quote_annotation_strings)
            text += f" -> {shown}"
        return text


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False, annotation_format=1):
    """The signature of a callable."""
    return Signature.from_callable(obj, follow_wrapped=follow_wrapped, globals=globals, locals=locals,
                                   eval_str=eval_str, annotation_format=annotation_format)


def unwrap(func, *, stop=None):
    """What is at the end of a chain of __wrapped__."""
    first = func
    seen = {id(first): first}
    limit = sys.getrecursionlimit()
    while not isinstance(func, type) and hasattr(func, "__wrapped__"):
        if stop is not None and stop(func):
            break
        func = func.__wrapped__
        if id(func) in seen or len(seen) >= limit:
            raise ValueError(f"wrapper loop when unwrapping {first!r}")
        seen[id(func)] = func
    return func


# --- where a signature comes from

def _from_callable(obj, sigcls, follow, options, skip_bound=True):
    def recurse(inner):
        return _from_callable(inner, sigcls, follow, options, skip_bound)

    if not callable(obj):
        raise TypeError(f"{obj!r} is not a callable object")
    if isinstance(obj, MethodType):
        return _bound(recurse(obj.__func__)) if skip_bound else recurse(obj.__func__)
    if follow:
        obj = unwrap(obj, stop=lambda inner: hasattr(inner, "__signature__") or isinstance(inner, MethodType))
        if isinstance(obj, MethodType):
            return recurse(obj)
    try:
        declared = obj.__signature__
    except AttributeError:
        declared = None
    if declared is not None:
        # A class may compute it.
        if not isinstance(declared, (Signature, str)) and callable(declared):
            declared = declared()
        if isinstance(declared, str):
            return _from_text(sigcls, obj, declared)
        if not isinstance(declared, Signature):
            raise TypeError(f"unexpected object {declared!r} in __signature__ attribute")
        return declared
    method = getattr(obj, "__partialmethod__", None)
    if isinstance(method, functools.partialmethod):
        wrapped = recurse(method.func)
        result = _without_given(wrapped, method, (None,))
        first = next(iter(wrapped.parameters.values()))
        if first.kind is _VAR_POSITIONAL:
            return result
        return result.replace(parameters=(first, *result.parameters.values()))
    if isinstance(obj, functools.partial):
        return _without_given(recurse(obj.func), obj)
    if isinstance(obj, FunctionType) or _looks_like_function(obj):
        text = getattr(obj, "__text_signature__", None)
        if text:
            return _from_text(sigcls, obj, text, skip_bound)
        return _from_function(sigcls, obj, options)
    if isinstance(obj, _BUILTIN_TYPES):
        text = getattr(obj, "__text_signature__", None)
        if not text:
            raise ValueError(f"no signature found for builtin {obj!r}")
        return _from_text(sigcls, obj, text, skip_bound)
    if isinstance(obj, type):
        return _from_class(obj, sigcls, recurse)
    from inspect import getattr_static
    call = getattr_static(type(obj), "__call__", None)
    if call is not None:
        text = getattr(obj, "__text_signature__", None)
        if text:
            return _from_text(sigcls, obj, text)
        return recurse(_bound_to(call, obj))
    raise ValueError(f"callable {obj!r} is not supported by signature")


def _bound(sig):
    # The signature without its first positional parameter.
    params = list(sig.parameters.values())
    if not params or params[0].kind in (_VAR_KEYWORD, _KEYWORD_ONLY):
        raise ValueError("invalid method signature")
    if params[0].kind is not _VAR_POSITIONAL:
        del params[0]
    return sig.replace(parameters=params)


def _looks_like_function(obj):
    # Compiled functions of other tools have the same attributes.
    if not callable(obj) or isinstance(obj, type):
        return False
    code = getattr(obj, "__code__", None)
    defaults = getattr(obj, "__defaults__", _void)
    kwdefaults = getattr(obj, "__kwdefaults__", _void)
    return (type(code).__name__ == "code" and isinstance(getattr(obj, "__name__", None), str)
            and (defaults is None or isinstance(defaults, tuple))
            and (kwdefaults is None or isinstance(kwdefaults, dict)))


def _bound_to(descriptor, obj):
    # What an attribute found on the class is on the object.
    get = None if isinstance(descriptor, type) else getattr(type(descriptor), "__get__", None)
    return descriptor if get is None else get(descriptor, obj, type(obj))


def _user_method(cls, name):
    # The method of that name, if it is not native.
    from inspect import getattr_static
    found = getattr(cls, name, None) if name == "__new__" else getattr_static(cls, name, None)
    if found is None or isinstance(found, _BUILTIN_TYPES):
        return None
    return found if name == "__new__" else _bound_to(found, cls)


def _from_class(obj, sigcls, recurse):
    from inspect import getattr_static
    call = getattr_static(type(obj), "__call__", None)
    if call is not None and not isinstance(call, _BUILTIN_TYPES):
        return recurse(_bound_to(call, obj))
    new, init = _user_method(obj, "__new__"), _user_method(obj, "__init__")
    for base in obj.__mro__:
        namespace = base.__dict__
        if new is not None and "__new__" in namespace:
            return _bound(recurse(new))
        if init is not None and "__init__" in namespace:
            return recurse(init)
    for base in obj.__mro__[:-1]:
        text = getattr(base, "__text_signature__", None)
        if text:
            return _from_text(sigcls, obj, text)
    if type not in obj.__mro__:
        if obj.__init__ is object.__init__ and obj.__new__ is object.__new__:
            return sigcls()
        raise ValueError(f"no signature found for builtin type {obj!r}")
    raise ValueError(f"no signature found for builtin {obj!r}")


def _from_function(sigcls, func, options):
    from annotationlib import get_annotations
    code = func.__code__
    annotations = get_annotations(func, **options)
    defaults = func.__defaults__ or ()
    kwdefaults = func.__kwdefaults__ or {}
    names = code.co_varnames
    count = code.co_argcount
    make = sigcls._parameter_cls
    params = []
    for position, name in enumerate(names[:count]):
        kind = _POSITIONAL_ONLY if position < code.co_posonlyargcount else _POSITIONAL_OR_KEYWORD
        at = position - (count - len(defaults))
        params.append(make(name, kind, default=defaults[at] if at >= 0 else _empty,
                           annotation=annotations.get(name, _empty)))
    rest = count + code.co_kwonlyargcount
    if code.co_flags & 4:
        params.append(make(names[rest], _VAR_POSITIONAL, annotation=annotations.get(names[rest], _empty)))
        rest += 1
    for name in names[count:count + code.co_kwonlyargcount]:
        params.append(make(name, _KEYWORD_ONLY, default=kwdefaults.get(name, _empty),
                           annotation=annotations.get(name, _empty)))
    if code.co_flags & 8:
        params.append(make(names[rest], _VAR_KEYWORD, annotation=annotations.get(names[rest], _empty)))
    return sigcls(params, return_annotation=annotations.get("return", _empty), __validate_parameters__=False)


def _split_text(text):
    # The parameters in "(a, b=(1, 2))".
    parts = []
    depth = 0
    quote = None
    start = 0
    for at, char in enumerate(text):
        if quote is not None:
            if char == quote and text[at - 1] != "\\":
                quote = None
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and not depth:
            parts.append(text[start:at].strip())
            start = at + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _from_text(sigcls, obj, text, skip_bound=True):
    # Reads a __text_signature__, in which $ marks the parameter that binding fills.
    body, _, annotation = text.strip().partition(" -> ")
    parts = _split_text(body.strip()[1:-1])
    make = sigcls._parameter_cls
    params = []
    kind = _POSITIONAL_OR_KEYWORD
    module = sys.modules.get(getattr(obj, "__module__", None))
    names = dict(getattr(module, "__dict__", {}))
    has_self = False
    for part in parts:
        if part == "/":
            params = [param.replace(kind=_POSITIONAL_ONLY) for param in params]
            continue
        if part == "*":
            kind = _KEYWORD_ONLY
            continue
        if part.startswith("$"):
            part = part[1:]
            has_self = True
        name, separator, default = part.partition("=")
        name = name.partition(":")[0].strip()
        if name.startswith("**"):
            params.append(make(name[2:], _VAR_KEYWORD))
        elif name.startswith("*"):
            params.append(make(name[1:], _VAR_POSITIONAL))
            kind = _KEYWORD_ONLY
        elif separator:
            default = default.strip()
            if default == "<unrepresentable>":
                value = _empty
            else:
                try:
                    value = eval(default, names)
                except Exception:
                    raise ValueError(f"{obj!r} builtin has invalid signature") from None
            params.append(make(name, kind, default=value))
        else:
            params.append(make(name, kind))
    if has_self:
        owner = getattr(obj, "__self__", None)
        if owner is not None and type(owner).__name__ != "module" and skip_bound or isinstance(obj, type):
            params = params[1:]
        elif owner is not None and type(owner).__name__ == "module":
            params = params[1:]
        else:
            params[0] = params[0].replace(kind=_POSITIONAL_ONLY)
    return sigcls(params, return_annotation=_empty, __validate_parameters__=False)


def _without_given(wrapped, partial, extra_args=()):
    # The signature of a partial: what is given in advance is gone, or has become a default.
    Placeholder = functools.Placeholder
    params = OrderedDict(wrapped.parameters.items())
    args = partial.args or ()
    keywords = partial.keywords or {}
    if extra_args:
        args = (*extra_args, *args)
    try:
        bound = wrapped.bind_partial(*args, **keywords)
    except TypeError as error:
        raise ValueError(f"partial object {partial!r} has incorrect arguments") from error
    keyword_from_here = False
    for name, param in wrapped.parameters.items():
        if name in bound.arguments:
            value = bound.arguments[name]
            if param.kind is _POSITIONAL_ONLY:
                if value is Placeholder:
                    params[name] = param.replace(default=_empty)
                else:
                    params.pop(name)
                    continue
            elif param.kind is _POSITIONAL_OR_KEYWORD:
                if name in keywords:
                    # Everything behind can only be given by name now.
                    keyword_from_here = True
                    params[name] = param.replace(default=value)
                elif value is Placeholder:
                    params[name] = param.replace(kind=_POSITIONAL_ONLY, default=_empty)
                    for earlier, other in list(params.items()):
                        if earlier == name:
                            break
                        params[earlier] = other.replace(kind=_POSITIONAL_ONLY)
                else:
                    params.pop(name)
                    continue
            elif param.kind is _KEYWORD_ONLY:
                params[name] = param.replace(default=value)
        if keyword_from_here:
            if param.kind is _POSITIONAL_OR_KEYWORD:
                params[name] = params[name].replace(kind=_KEYWORD_ONLY)
                params.move_to_end(name)
            elif param.kind in (_KEYWORD_ONLY, _VAR_KEYWORD):
                params.move_to_end(name)
            elif param.kind is _VAR_POSITIONAL:
                params.pop(name)
    return wrapped.replace(parameters=params.values())


__name__ = "_inspect_signature"
