"""Looking at live objects: their kind, members, source, signature and frames."""

import functools
import sys
from _inspect_signature import (BoundArguments, Parameter, Signature, _ParameterKind, _empty, _void,
                                formatannotation, signature, unwrap)
from _types import (AsyncGeneratorType, BuiltinFunctionType, ClassMethodDescriptorType, CodeType, CoroutineType,
                    FrameType, FunctionType, GeneratorType, GetSetDescriptorType, MemberDescriptorType,
                    MethodDescriptorType, MethodType, MethodWrapperType, ModuleType, TracebackType,
                    WrapperDescriptorType)
from annotationlib import get_annotations
from collections import namedtuple

__all__ = [
    "AGEN_CLOSED", "AGEN_CREATED", "AGEN_RUNNING", "AGEN_SUSPENDED", "ArgInfo", "Arguments", "Attribute",
    "BoundArguments", "CORO_CLOSED", "CORO_CREATED", "CORO_RUNNING", "CORO_SUSPENDED", "CO_ASYNC_GENERATOR",
    "CO_COROUTINE", "CO_GENERATOR", "CO_ITERABLE_COROUTINE", "CO_NESTED", "CO_NEWLOCALS", "CO_NOFREE",
    "CO_OPTIMIZED", "CO_VARARGS", "CO_VARKEYWORDS", "CO_HAS_DOCSTRING", "CO_METHOD", "ClosureVars", "FrameInfo",
    "FullArgSpec", "GEN_CLOSED", "GEN_CREATED", "GEN_RUNNING", "GEN_SUSPENDED", "Parameter", "Signature",
    "TPFLAGS_IS_ABSTRACT", "Traceback", "classify_class_attrs", "cleandoc", "currentframe", "findsource",
    "formatannotation", "formatannotationrelativeto", "formatargvalues", "get_annotations", "getabsfile", "getargs",
    "getargvalues", "getasyncgenlocals", "getasyncgenstate", "getattr_static", "getblock", "getcallargs",
    "getclasstree", "getclosurevars", "getcomments", "getcoroutinelocals", "getcoroutinestate", "getdoc", "getfile",
    "getframeinfo", "getfullargspec", "getgeneratorlocals", "getgeneratorstate", "getinnerframes", "getlineno",
    "getmembers", "getmembers_static", "getmodule", "getmodulename", "getmro", "getouterframes", "getsource",
    "getsourcefile", "getsourcelines", "indentsize", "isabstract", "isasyncgen", "isasyncgenfunction", "isawaitable",
    "isbuiltin", "isclass", "iscode", "iscoroutine", "iscoroutinefunction", "isdatadescriptor", "isframe",
    "isfunction", "isgenerator", "isgeneratorfunction", "isgetsetdescriptor", "ismemberdescriptor", "ismethod",
    "ismethoddescriptor", "ismethodwrapper", "ismodule", "ispackage", "isroutine", "istraceback",
    "markcoroutinefunction", "signature", "stack", "trace", "unwrap", "walktree",
]

CO_OPTIMIZED = 1
CO_NEWLOCALS = 2
CO_VARARGS = 4
CO_VARKEYWORDS = 8
CO_NESTED = 16
CO_GENERATOR = 32
CO_NOFREE = 64
CO_COROUTINE = 128
CO_ITERABLE_COROUTINE = 256
CO_ASYNC_GENERATOR = 512
CO_HAS_DOCSTRING = 0x4000000
CO_METHOD = 0x8000000

TPFLAGS_IS_ABSTRACT = 1 << 20


# --- kinds

def ismodule(object):
    return isinstance(object, ModuleType)


def ispackage(object):
    return ismodule(object) and hasattr(object, "__path__")


def isclass(object):
    return isinstance(object, type)


def ismethod(object):
    return isinstance(object, MethodType)


def isfunction(object):
    return isinstance(object, FunctionType)


def ismethoddescriptor(object):
    """Has __get__ but not __set__, and is no function, method or class."""
    if isclass(object) or ismethod(object) or isfunction(object):
        return False
    cls = type(object)
    return hasattr(cls, "__get__") and not hasattr(cls, "__set__") and not hasattr(cls, "__delete__")


def isdatadescriptor(object):
    """Has __set__ or __delete__."""
    if isclass(object) or ismethod(object) or isfunction(object):
        return False
    cls = type(object)
    return hasattr(cls, "__set__") or hasattr(cls, "__delete__")


def ismemberdescriptor(object):
    return isinstance(object, MemberDescriptorType)


def isgetsetdescriptor(object):
    return isinstance(object, GetSetDescriptorType)


def _plain_function(f):
    while True:
        if ismethod(f):
            f = f.__func__
        elif isinstance(f, functools.partial):
            f = f.func
        elif isinstance(getattr(f, "__partialmethod__", None), functools.partialmethod):
            f = f.__partialmethod__.func
        else:
            return f


def _has_flag(f, flag):
    f = _plain_function(f)
    return isinstance(getattr(f, "__code__", None), CodeType) and bool(f.__code__.co_flags & flag)


def isgeneratorfunction(obj):
    return _has_flag(obj, CO_GENERATOR)


_coroutine_mark = object()


def markcoroutinefunction(func):
    """Make iscoroutinefunction answer True for a function."""
    if hasattr(func, "__func__"):
        func = func.__func__
    func._is_coroutine_mark = _coroutine_mark
    return func


def iscoroutinefunction(obj):
    return _has_flag(obj, CO_COROUTINE) or (
        getattr(_plain_function(obj), "_is_coroutine_mark", None) is _coroutine_mark)


def isasyncgenfunction(obj):
    return _has_flag(obj, CO_ASYNC_GENERATOR)


def isasyncgen(object):
    return isinstance(object, AsyncGeneratorType)


def isgenerator(object):
    return isinstance(object, GeneratorType)


def iscoroutine(object):
    return isinstance(object, CoroutineType)


def isawaitable(object):
    import collections.abc
    return (isinstance(object, CoroutineType)
            or isinstance(object, GeneratorType) and bool(object.gi_code.co_flags & CO_ITERABLE_COROUTINE)
            or isinstance(object, collections.abc.Awaitable))


def istraceback(object):
    return isinstance(object, TracebackType)


def isframe(object):
    return isinstance(object, FrameType)


def iscode(object):
    return isinstance(object, CodeType)


def isbuiltin(object):
    return isinstance(object, BuiltinFunctionType)


def ismethodwrapper(object):
    return isinstance(object, MethodWrapperType)


def isroutine(object):
    """Any kind of function or method."""
    return (isbuiltin(object) or isfunction(object) or ismethod(object) or ismethoddescriptor(object)
            or ismethodwrapper(object))


def isabstract(object):
    """Whether it is a class with abstract methods."""
    if not isclass(object):
        return False
    if object.__flags__ & TPFLAGS_IS_ABSTRACT or object.__dict__.get("__abstractmethods__"):
        return True
    from abc import ABCMeta
    if not issubclass(type(object), ABCMeta) or hasattr(object, "__abstractmethods__"):
        return False
    # While __init_subclass__ runs nobody has collected them yet.
    for value in object.__dict__.values():
        if getattr(value, "__isabstractmethod__", False):
            return True
    for base in object.__bases__:
        for name in getattr(base, "__abstractmethods__", ()):
            if getattr(getattr(object, name, None), "__isabstractmethod__", False):
                return True
    return False


# --- members

def _members(object, predicate, getter):
    results = []
    processed = set()
    names = dir(object)
    if isclass(object):
        mro = (object, *object.__mro__)
        # dir() leaves out what the metaclass hides behind DynamicClassAttribute.
        from types import DynamicClassAttribute
        for base in object.__bases__:
            for name, value in base.__dict__.items():
                if isinstance(value, DynamicClassAttribute):
                    names.append(name)
    else:
        mro = ()
    for key in names:
        try:
            value = getter(object, key)
            if key in processed:
                raise AttributeError
        except AttributeError:
            for base in mro:
                if key in base.__dict__:
                    value = base.__dict__[key]
                    break
            else:
                continue
        if not predicate or predicate(value):
            results.append((key, value))
        processed.add(key)
    results.sort(key=lambda pair: pair[0])
    return results


def getmembers(object, predicate=None):
    """(name, value) pairs, sorted by name."""
    return _members(object, predicate, getattr)


def getmembers_static(object, predicate=None):
    """getmembers without running descriptors."""
    return _members(object, predicate, getattr_static)


Attribute = namedtuple("Attribute", "name kind defining_class object")


def classify_class_attrs(cls):
    """An Attribute (name, kind, defining class, object) for each name in dir(cls)."""
    from types import DynamicClassAttribute
    mro = cls.__mro__
    metamro = tuple([meta for meta in type(cls).__mro__ if meta not in (type, object)])
    class_bases = (cls, *mro)
    all_bases = class_bases + metamro
    names = dir(cls)
    for base in mro:
        for key, value in base.__dict__.items():
            if isinstance(value, DynamicClassAttribute) and value.fget is not None:
                names.append(key)
    result = []
    processed = set()
    for name in names:
        if name in processed:
            continue
        processed.add(name)
        home = got = found = None
        if name != "__dict__":
            try:
                got = getattr(cls, name)
                home = getattr(got, "__objclass__", None)
                if home not in class_bases:
                    home = None
                    for base in all_bases:
                        if name in base.__dict__:
                            home = base
                            break
            except Exception:
                pass
        for base in all_bases:
            if name in base.__dict__:
                found = base.__dict__[name]
                if home not in metamro:
                    home = base
                break
        if home is None and got is not None:
            # The metaclass computes it.
            for meta in metamro:
                try:
                    virtual = meta.__getattr__(cls, name)
                except AttributeError:
                    continue
                if virtual == got:
                    home = meta
        if home is None:
            continue
        obj = found if found is not None else got
        if isinstance(found, (staticmethod, BuiltinFunctionType)):
            kind, obj = "static method", found
        elif isinstance(found, (classmethod, ClassMethodDescriptorType)):
            kind, obj = "class method", found
        elif isinstance(found, property):
            kind, obj = "property", found
        elif isroutine(obj):
            kind = "method"
        else:
            kind = "data"
        result.append(Attribute(name, kind, home, obj))
    return result


def getmro(cls):
    return cls.__mro__


_sentinel = object()


def _mro_of(cls):
    return type.__dict__["__mro__"].__get__(cls)


def _own_dict(cls):
    return type.__dict__["__dict__"].__get__(cls)


def _shadowed_dict(cls):
    # What a class has under the name __dict__ in place of the usual descriptor.
    from types import GetSetDescriptorType
    for base in _mro_of(cls):
        found = _own_dict(base).get("__dict__", _sentinel)
        if found is not _sentinel and not (type(found) is GetSetDescriptorType and found.__name__ == "__dict__"
                                           and found.__objclass__ is base):
            return found
    return _sentinel


def _static_class_attribute(cls, attr):
    for base in _mro_of(cls):
        if _shadowed_dict(type(base)) is _sentinel and attr in _own_dict(base):
            return _own_dict(base)[attr]
    return _sentinel


def getattr_static(obj, attr, default=_sentinel):
    """An attribute as it is stored: no descriptor, __getattr__ or __getattribute__ runs."""
    from types import MemberDescriptorType
    instance_result = _sentinel
    cls = type(obj)
    if type in _mro_of(cls):
        cls = obj
    else:
        shadow = _shadowed_dict(cls)
        if shadow is _sentinel or type(shadow) is MemberDescriptorType:
            try:
                namespace = object.__getattribute__(obj, "__dict__")
            except AttributeError:
                namespace = {}
            instance_result = dict.get(namespace, attr, _sentinel)
    class_result = _static_class_attribute(cls, attr)
    if instance_result is not _sentinel and class_result is not _sentinel:
        kind = type(class_result)
        if _static_class_attribute(kind, "__get__") is not _sentinel and (
                _static_class_attribute(kind, "__set__") is not _sentinel
                or _static_class_attribute(kind, "__delete__") is not _sentinel):
            return class_result
    if instance_result is not _sentinel:
        return instance_result
    if class_result is not _sentinel:
        return class_result
    if obj is cls:
        for base in _mro_of(type(cls)):
            if _shadowed_dict(type(base)) is _sentinel and attr in base.__dict__:
                return base.__dict__[attr]
    if default is not _sentinel:
        return default
    raise AttributeError(attr)


def getclasstree(classes, unique=False):
    """Nested lists of (class, bases) that show how classes derive from each other."""
    children = {}
    roots = []
    for cls in classes:
        if cls.__bases__:
            for parent in cls.__bases__:
                kids = children.setdefault(parent, [])
                if cls not in kids:
                    kids.append(cls)
                if unique and parent in classes:
                    break
        elif cls not in roots:
            roots.append(cls)
    for parent in children:
        if parent not in classes:
            roots.append(parent)
    return walktree(roots, children, None)


def walktree(classes, children, parent):
    """The recursive half of getclasstree."""
    results = []
    for cls in sorted(classes, key=lambda cls: (cls.__module__, cls.__name__)):
        results.append((cls, cls.__bases__))
        if cls in children:
            results.append(walktree(children[cls], children, cls))
    return results


# --- documentation

def indentsize(line):
    """How wide the indentation of a line is, with tabs expanded."""
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def cleandoc(doc):
    """A docstring without the indentation that its lines share, and without blank lines around it."""
    lines = doc.expandtabs().split("\n")
    indents = [len(line) - len(line.lstrip(" ")) for line in lines[1:] if line.lstrip(" ")]
    margin = min(indents, default=0)
    lines = [lines[0].lstrip(" "), *[line[margin:] for line in lines[1:]]]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def getdoc(object):
    """The docstring, cleaned; inherited by methods and the like from the class that they override."""
    try:
        doc = object.__doc__
    except AttributeError:
        return None
    if doc is None:
        try:
            doc = _inherited_doc(object)
        except (AttributeError, TypeError):
            return None
    return cleandoc(doc) if isinstance(doc, str) else None


def _class_of(func):
    cls = getattr(sys.modules.get(func.__module__), func.__qualname__.split(".")[0], None)
    for name in func.__qualname__.split(".")[1:-1]:
        cls = getattr(cls, name)
    return cls if isclass(cls) else None


def _inherited_doc(obj):
    if isclass(obj):
        for base in obj.__mro__:
            if base is not object and base.__doc__ is not None:
                return base.__doc__
        return None
    if ismethod(obj):
        name = obj.__func__.__name__
        owner = obj.__self__
        cls = owner if isclass(owner) and getattr(getattr(owner, name, None), "__func__", None) is obj.__func__ \
            else owner.__class__
    elif isfunction(obj):
        name = obj.__name__
        cls = _class_of(obj)
        if cls is None or getattr(cls, name) is not obj:
            return None
    elif isbuiltin(obj):
        name = obj.__name__
        owner = obj.__self__
        cls = owner if isclass(owner) and owner.__qualname__ + "." + name == obj.__qualname__ else owner.__class__
    elif isinstance(obj, property):
        name = obj.__name__
        cls = _class_of(obj.fget)
        if cls is None or getattr(cls, name) is not obj:
            return None
    elif ismethoddescriptor(obj) or isdatadescriptor(obj):
        name = obj.__name__
        cls = obj.__objclass__
        if getattr(cls, name) is not obj:
            return None
        slots = getattr(cls, "__slots__", None)
        if ismemberdescriptor(obj) and isinstance(slots, dict) and name in slots:
            return slots[name]
    else:
        return None
    for base in cls.__mro__:
        try:
            doc = getattr(base, name).__doc__
        except AttributeError:
            continue
        if doc is not None:
            return doc
    return None


# --- arguments

FullArgSpec = namedtuple("FullArgSpec", "args, varargs, varkw, defaults, kwonlyargs, kwonlydefaults, annotations")
Arguments = namedtuple("Arguments", "args, varargs, varkw")
ArgInfo = namedtuple("ArgInfo", "args varargs keywords locals")


def getargs(co):
    """The parameters of a code object."""
    if not iscode(co):
        raise TypeError(f"{co!r} is not a code object")
    names = co.co_varnames
    count = co.co_argcount
    end = count + co.co_kwonlyargcount
    varargs = varkw = None
    if co.co_flags & CO_VARARGS:
        varargs = names[end]
        end += 1
    if co.co_flags & CO_VARKEYWORDS:
        varkw = names[end]
    return Arguments(list(names[:count + co.co_kwonlyargcount]), varargs, varkw)


def getfullargspec(func):
    """The parameters of a function in the form of older versions; signature() says more."""
    from _inspect_signature import _from_callable
    options = {"globals": None, "locals": None, "eval_str": False, "format": 1}
    try:
        sig = _from_callable(func, Signature, False, options, False)
    except Exception as error:
        raise TypeError("unsupported callable") from error
    # A class shows its __init__'s self too.
    args, kwonlyargs, defaults = [], [], []
    posonly = []
    varargs = varkw = None
    annotations = {}
    kwdefaults = {}
    if sig.return_annotation is not sig.empty:
        annotations["return"] = sig.return_annotation
    if isclass(func):
        first = "self" if "__init__" in {name for base in func.__mro__[:-1] for name in base.__dict__} else "cls"
        if first not in sig.parameters:
            posonly.append(first)
    for param in sig.parameters.values():
        if param.kind is Parameter.POSITIONAL_ONLY:
            posonly.append(param.name)
            if param.default is not param.empty:
                defaults.append(param.default)
        elif param.kind is Parameter.POSITIONAL_OR_KEYWORD:
            args.append(param.name)
            if param.default is not param.empty:
                defaults.append(param.default)
        elif param.kind is Parameter.VAR_POSITIONAL:
            varargs = param.name
        elif param.kind is Parameter.KEYWORD_ONLY:
            kwonlyargs.append(param.name)
            if param.default is not param.empty:
                kwdefaults[param.name] = param.default
        else:
            varkw = param.name
        if param.annotation is not param.empty:
            annotations[param.name] = param.annotation
    return FullArgSpec(posonly + args, varargs, varkw, tuple(defaults) or None, kwonlyargs, kwdefaults or None,
                       annotations)


def getargvalues(frame):
    """The arguments that a frame was called with."""
    args, varargs, varkw = getargs(frame.f_code)
    return ArgInfo(args, varargs, varkw, frame.f_locals)


def formatannotationrelativeto(object):
    """formatannotation that leaves out the module of an object."""
    module = getattr(object, "__module__", None)

    def _formatannotation(annotation):
        return formatannotation(annotation, module)
    return _formatannotation


def formatargvalues(args, varargs, varkw, locals, formatarg=str, formatvarargs=lambda name: "*" + name,
                    formatvarkw=lambda name: "**" + name, formatvalue=lambda value: "=" + repr(value)):
    """The result of getargvalues as text."""
    specs = [formatarg(name) + formatvalue(locals[name]) for name in args]
    if varargs:
        specs.append(formatvarargs(varargs) + formatvalue(locals[varargs]))
    if varkw:
        specs.append(formatvarkw(varkw) + formatvalue(locals[varkw]))
    return f"({', '.join(specs)})"


def _listed(names):
    quoted = [repr(name) for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _missing(function, names, kind):
    plural = "" if len(names) == 1 else "s"
    raise TypeError(f"{function}() missing {len(names)} required {kind} argument{plural}: {_listed(names)}")


def _too_many(function, args, required, kwonly, varargs, given, values):
    known = [name for name in kwonly if name in values]
    least = len(required)
    if least != len(args):
        takes, plural = f"from {least} to {len(args)}", True
    else:
        takes, plural = str(len(args)), len(args) != 1
    shown = str(given)
    if known:
        shown += (f" positional argument{'s' if given != 1 else ''} (and {len(known)} keyword-only "
                  f"argument{'s' if len(known) != 1 else ''})")
    verb = "was" if given == 1 and not known else "were"
    raise TypeError(f"{function}() takes {takes} positional argument{'s' if plural else ''} but {shown} {verb} given")


def getcallargs(func, /, *positional, **named):
    """Parameter names to the values that a call would give them. signature().bind() is newer."""
    spec = getfullargspec(func)
    args, name = spec.args, func.__name__
    if ismethod(func) and func.__self__ is not None:
        positional = (func.__self__, *positional)
    values = dict(zip(args, positional))
    if spec.varargs:
        values[spec.varargs] = tuple(positional[len(args):])
    if spec.varkw:
        values[spec.varkw] = {}
    possible = set(args + spec.kwonlyargs)
    for key, value in named.items():
        if key not in possible:
            if not spec.varkw:
                raise TypeError(f"{name}() got an unexpected keyword argument {key!r}")
            values[spec.varkw][key] = value
        elif key in values:
            raise TypeError(f"{name}() got multiple values for argument {key!r}")
        else:
            values[key] = value
    defaults = spec.defaults or ()
    required = args[:len(args) - len(defaults)]
    if len(positional) > len(args) and not spec.varargs:
        _too_many(name, args, required, spec.kwonlyargs, spec.varargs, len(positional), values)
    if len(positional) < len(args):
        missing = [arg for arg in required if arg not in values]
        if missing:
            _missing(name, missing, "positional")
        for arg, value in zip(args[len(required):], defaults):
            values.setdefault(arg, value)
    kwdefaults = spec.kwonlydefaults or {}
    missing = [arg for arg in spec.kwonlyargs if arg not in values and arg not in kwdefaults]
    if missing:
        _missing(name, missing, "keyword-only")
    for arg in spec.kwonlyargs:
        if arg not in values:
            values[arg] = kwdefaults[arg]
    return values


ClosureVars = namedtuple("ClosureVars", "nonlocals globals builtins unbound")


def getclosurevars(func):
    """The outer names that a function uses, by where they are found."""
    if ismethod(func):
        func = func.__func__
    if not isfunction(func):
        raise TypeError(f"{func!r} is not a Python function")
    code = func.__code__
    nonlocals = {}
    for name, cell in zip(code.co_freevars, func.__closure__ or ()):
        try:
            nonlocals[name] = cell.cell_contents
        except ValueError:
            pass
    namespace = func.__globals__
    builtins = namespace.get("__builtins__", __builtins__)
    if ismodule(builtins):
        builtins = builtins.__dict__
    global_vars, builtin_vars, unbound = {}, {}, set()
    for name in code.co_names:
        if name in ("None", "True", "False"):
            continue
        if name in namespace:
            global_vars[name] = namespace[name]
        elif name in builtins:
            builtin_vars[name] = builtins[name]
        else:
            unbound.add(name)
    return ClosureVars(nonlocals, global_vars, builtin_vars, unbound)


# --- generators

GEN_CREATED = "GEN_CREATED"
GEN_RUNNING = "GEN_RUNNING"
GEN_SUSPENDED = "GEN_SUSPENDED"
GEN_CLOSED = "GEN_CLOSED"
CORO_CREATED = "CORO_CREATED"
CORO_RUNNING = "CORO_RUNNING"
CORO_SUSPENDED = "CORO_SUSPENDED"
CORO_CLOSED = "CORO_CLOSED"
AGEN_CREATED = "AGEN_CREATED"
AGEN_RUNNING = "AGEN_RUNNING"
AGEN_SUSPENDED = "AGEN_SUSPENDED"
AGEN_CLOSED = "AGEN_CLOSED"


def _state(obj, prefix, name):
    if getattr(obj, prefix + "_running"):
        return name + "_RUNNING"
    if getattr(obj, prefix + "_suspended"):
        return name + "_SUSPENDED"
    if getattr(obj, prefix + "_frame") is None:
        return name + "_CLOSED"
    return name + "_CREATED"


def getgeneratorstate(generator):
    """Where a generator is: created, running, suspended or closed."""
    return _state(generator, "gi", "GEN")


def getcoroutinestate(coroutine):
    """Where a coroutine is: created, running, suspended or closed."""
    return _state(coroutine, "cr", "CORO")


def getasyncgenstate(agen):
    """Where an asynchronous generator is: created, running, suspended or closed."""
    return _state(agen, "ag", "AGEN")


def getgeneratorlocals(generator):
    """The local variables of a generator."""
    if not isgenerator(generator):
        raise TypeError(f"{generator!r} is not a Python generator")
    frame = generator.gi_frame
    return frame.f_locals if frame is not None else {}


def getcoroutinelocals(coroutine):
    """The local variables of a coroutine."""
    frame = coroutine.cr_frame
    return frame.f_locals if frame is not None else {}


def getasyncgenlocals(agen):
    """The local variables of an asynchronous generator."""
    if not isasyncgen(agen):
        raise TypeError(f"{agen!r} is not a Python async generator")
    frame = agen.ag_frame
    return frame.f_locals if frame is not None else {}


# --- frames

def currentframe():
    """The caller's frame."""
    return sys._getframe(1)


def __dir__():
    return sorted({*globals(), *_SOURCE_NAMES})


def __getattr__(name):
    # Sources and stacks live apart: few programs that want a signature want them.
    if name in _SOURCE_NAMES:
        import _inspect_source
        for each in _SOURCE_NAMES:
            globals()[each] = getattr(_inspect_source, each)
        return globals()[name]
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


_SOURCE_NAMES = frozenset((
    "FrameInfo", "Traceback", "findsource", "getabsfile", "getblock", "getcomments", "getfile", "getframeinfo",
    "getinnerframes", "getlineno", "getmodule", "getmodulename", "getouterframes", "getsource", "getsourcefile",
    "getsourcelines", "stack", "trace", "ClassFoundException", "EndOfBlock",
))
