"""Looking at annotations, evaluated or not (PEP 649, PEP 749)."""

import enum
import sys
from _types import CellType, FunctionType, GenericAlias, ModuleType

__all__ = ["Format", "ForwardRef", "call_annotate_function", "call_evaluate_function",
           "get_annotate_from_class_namespace", "get_annotations", "annotations_to_string", "type_repr"]


class Format(enum.IntEnum):
    """In what form annotations are wanted."""

    VALUE = 1
    VALUE_WITH_FAKE_GLOBALS = 2
    FORWARDREF = 3
    STRING = 4


class ForwardRef:
    """An annotation that could not be evaluated yet, as its source text."""

    # In the order in which pickles have them.
    __slots__ = ("__forward_is_argument__", "__forward_is_class__", "__forward_module__", "__weakref__", "__arg__",
                 "__globals__", "__extra_names__", "__code__", "__ast_node__", "__cell__", "__owner__",
                 "__stringifier_dict__")

    def __init__(self, arg, *, module=None, owner=None, is_argument=True, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        self.__arg__ = arg
        self.__forward_module__ = module
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class
        self.__owner__ = owner
        self.__globals__ = None
        self.__extra_names__ = None
        self.__code__ = None
        self.__ast_node__ = None
        self.__cell__ = None

    @property
    def __forward_arg__(self):
        return self.__arg__

    @property
    def __forward_code__(self):
        if self.__code__ is None:
            arg = self.__arg__
            try:
                self.__code__ = compile(f"({arg})" if not arg.startswith("*") else f"({arg},)[0]", "<string>", "eval")
            except SyntaxError:
                raise SyntaxError(f"Forward reference must be an expression -- got {arg!r}") from None
        return self.__code__

    def __init_subclass__(cls, /, *args, **kwds):
        if cls.__module__ != __name__:
            raise TypeError("Cannot subclass ForwardRef")

    def evaluate(self, *, globals=None, locals=None, type_params=None, owner=None, format=Format.VALUE):
        """The object that the text stands for; NameError if a name in it is unknown."""
        if format == Format.STRING:
            return self.__forward_arg__
        if format not in (Format.VALUE, Format.FORWARDREF):
            raise NotImplementedError(format)
        lenient = format == Format.FORWARDREF
        owner = self.__owner__ if owner is None else owner
        if self.__cell__ is not None and not isinstance(self.__cell__, dict):
            try:
                return self.__cell__.cell_contents
            except ValueError:
                pass
        if globals is None:
            globals = self.__globals__
        if globals is None and self.__forward_module__ is not None:
            module = self.__forward_module__
            if isinstance(module, str):
                module = sys.modules.get(module)
            globals = getattr(module, "__dict__", None)
        if globals is None:
            if isinstance(owner, type):
                globals = getattr(sys.modules.get(owner.__module__), "__dict__", {})
            elif isinstance(owner, ModuleType):
                globals = owner.__dict__
            else:
                globals = getattr(owner, "__globals__", {})
        names = dict(globals)
        if locals is None and isinstance(owner, type):
            locals = vars(owner)
        if locals is not None:
            locals = dict(locals)
        if type_params is None:
            type_params = getattr(owner, "__type_params__", ()) if owner is not None else ()
        # They hide the names of the module, and names of the class hide them.
        for param in type_params:
            name = param.__name__
            if not self.__forward_is_class__ or name not in names:
                names[name] = param
                if locals is not None:
                    locals.pop(name, None)
        if isinstance(self.__cell__, dict):
            for name, cell in self.__cell__.items():
                try:
                    names[name] = cell.cell_contents
                except ValueError:
                    pass
        if locals is not None:
            names.update(locals)
        arg = self.__forward_arg__
        if arg.isidentifier():
            import builtins
            if arg in names:
                return names[arg]
            if hasattr(builtins, arg):
                return getattr(builtins, arg)
            if lenient:
                return self
            raise NameError(f"name {arg!r} is not defined", name=arg)
        try:
            return eval(arg, names)
        except Exception:
            if lenient:
                return self
            raise

    def __eq__(self, other):
        if not isinstance(other, ForwardRef):
            return NotImplemented
        return (self.__forward_arg__ == other.__forward_arg__
                and self.__forward_module__ == other.__forward_module__
                and self.__globals__ is other.__globals__
                and self.__forward_is_class__ == other.__forward_is_class__
                and self.__owner__ == other.__owner__)

    def __hash__(self):
        return hash((self.__forward_arg__, self.__forward_module__, id(self.__globals__),
                     self.__forward_is_class__, self.__owner__))

    def __or__(self, other):
        from typing import Union
        return Union[self, other]

    def __ror__(self, other):
        from typing import Union
        return Union[other, self]

    def __repr__(self):
        extra = []
        if self.__forward_module__ is not None:
            extra.append(f", module={self.__forward_module__!r}")
        if self.__forward_is_class__:
            extra.append(", is_class=True")
        if self.__owner__ is not None:
            extra.append(f", owner={self.__owner__!r}")
        return f"ForwardRef({self.__forward_arg__!r}{''.join(extra)})"


def _text(value):
    if isinstance(value, _Stringifier):
        return value.__forward_arg__
    if isinstance(value, str):
        return repr(value)
    if value is ...:
        return "..."
    if isinstance(value, tuple):
        if len(value) == 1:
            return f"({_text(value[0])},)"
        return f"({', '.join(map(_text, value))})"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, set):
        return "{" + ", ".join(map(_text, value)) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join([f"{_text(key)}: {_text(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, slice):
        parts = ["" if part is None else _text(part) for part in (value.start, value.stop)]
        if value.step is not None:
            parts.append(_text(value.step))
        return ":".join(parts)
    return type_repr(value)


class _Stringifier(ForwardRef):
    # Stands for a name while an annotation is evaluated for its text: every operation makes a longer text. Turned
    # into a plain ForwardRef afterwards.

    __slots__ = ()

    def _make(self, text):
        result = _Stringifier(text, owner=self.__owner__)
        result.__globals__ = self.__globals__
        made = self.__cell__
        result.__cell__ = made
        made.append(result)
        return result

    def _operand(self):
        text = self.__forward_arg__
        return f"({text})" if " " in text and not _is_bracketed(text) else text

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._make(f"{self._operand()}.{name}")

    def __getitem__(self, item):
        if isinstance(item, tuple) and item:
            text = ", ".join(map(_text, item)) + ("," if len(item) == 1 else "")
        else:
            text = _text(item)
        return self._make(f"{self._operand()}[{text}]")

    def __call__(self, *args, **kwargs):
        parts = [_text(arg) for arg in args] + [f"{key}={_text(value)}" for key, value in kwargs.items()]
        return self._make(f"{self._operand()}({', '.join(parts)})")

    def __iter__(self):
        # `*Ts` in a subscript.
        yield self._make(f"*{self.__forward_arg__}")

    def __neg__(self):
        return self._make(f"-{self._operand()}")

    def __pos__(self):
        return self._make(f"+{self._operand()}")

    def __invert__(self):
        return self._make(f"~{self._operand()}")

    # As in ForwardRef, where defining __eq__ would otherwise drop it.
    __hash__ = ForwardRef.__hash__


def _is_bracketed(text):
    # Whether the blanks of `text` are all inside brackets.
    depth = 0
    for char in text:
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == " " and not depth:
            return False
    return True


def _add_operators():
    def make(sign):
        # A union of unions needs no parentheses; anything else of two operators gets them.
        def side(value):
            text = _text(value)
            if isinstance(value, _Stringifier) and not _is_bracketed(text) and not (
                    sign == "|" and all(part == "|" for part in _top_level_signs(text))):
                return f"({text})"
            return text

        def forward(self, other):
            return self._make(f"{side(self)} {sign} {side(other)}")

        def reverse(self, other):
            return self._make(f"{side(other)} {sign} {side(self)}")
        return forward, reverse

    for name, sign in (("or", "|"), ("and", "&"), ("xor", "^"), ("add", "+"), ("sub", "-"), ("mul", "*"),
                       ("matmul", "@"), ("truediv", "/"), ("floordiv", "//"), ("mod", "%"), ("pow", "**"),
                       ("lshift", "<<"), ("rshift", ">>")):
        forward, reverse = make(sign)
        setattr(_Stringifier, f"__{name}__", forward)
        setattr(_Stringifier, f"__r{name}__", reverse)


def _top_level_signs(text):
    depth = 0
    word = ""
    for char in text + " ":
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        if char == " " and not depth:
            if word and not (word[0].isalnum() or word[0] in "_([{'\"-~+*.") or word in ("*", "**", "+", "-"):
                yield word
            word = ""
        else:
            word += char


_add_operators()


def _fake_call(annotate, format, owner, evaluate):
    # Calls an annotate function in an environment where names, all or only the unknown ones, are stringifiers.
    code = annotate.__code__
    real = annotate.__globals__
    builtins = real.get("__builtins__", {})
    builtins = getattr(builtins, "__dict__", builtins)
    made = []
    everything = format == Format.STRING

    def stand_in(name):
        result = _Stringifier(name, owner=owner)
        result.__globals__ = None if everything else real
        result.__cell__ = made
        made.append(result)
        return result

    names = {} if everything else dict(real)
    names["__builtins__"] = builtins
    for name in code.co_names:
        if everything or name not in real and name not in builtins:
            names[name] = stand_in(name)
    closure = annotate.__closure__
    cells = {}
    if closure:
        replaced = []
        for name, cell in zip(code.co_freevars, closure):
            cells[name] = cell
            if name == "__classdict__":
                cell = CellType({}) if everything else cell
            elif name == "__conditional_annotations__":
                pass
            elif everything:
                cell = CellType(stand_in(name))
            else:
                try:
                    cell.cell_contents
                except ValueError:
                    cell = CellType(stand_in(name))
            replaced.append(cell)
        closure = tuple(replaced)
    function = FunctionType(code, names, closure=closure, argdefs=annotate.__defaults__,
                            kwdefaults=annotate.__kwdefaults__)
    result = function(Format.VALUE_WITH_FAKE_GLOBALS)
    if everything:
        if evaluate:
            return _string_of(result)
        return {key: _string_of(value) for key, value in result.items()}
    for item in made:
        item.__class__ = ForwardRef
        item.__cell__ = cells or None
        item.__forward_is_class__ = isinstance(owner, type)
        item.__globals__ = real
    return result


def _string_of(value):
    return value if isinstance(value, str) else _text(value)


def call_annotate_function(annotate, format, *, owner=None, _is_evaluate=False):
    """Call an annotate function for a format, also one that it does not provide itself."""
    if format == Format.VALUE_WITH_FAKE_GLOBALS:
        raise ValueError("The VALUE_WITH_FAKE_GLOBALS format is for internal use only")
    try:
        return annotate(format)
    except NotImplementedError:
        pass
    if format == Format.VALUE:
        raise RuntimeError("annotate function does not support VALUE format")
    if format not in (Format.FORWARDREF, Format.STRING):
        raise ValueError(f"Invalid format: {format!r}")
    return _fake_call(annotate, format, owner, _is_evaluate)


def call_evaluate_function(evaluate, format, *, owner=None):
    """call_annotate_function for the functions that evaluate bounds, defaults and alias values."""
    return call_annotate_function(evaluate, format, owner=owner, _is_evaluate=True)


def get_annotate_from_class_namespace(obj):
    """The annotate function in a namespace that is to become a class's, or None."""
    try:
        return obj["__annotate__"]
    except KeyError:
        return obj.get("__annotate_func__", None)


def get_annotations(obj, *, globals=None, locals=None, eval_str=False, format=Format.VALUE):
    """The annotations of a class, function or module, as a new dict."""
    if eval_str and format != Format.VALUE:
        raise ValueError("eval_str=True is only supported with format=Format.VALUE")
    if format == Format.VALUE:
        annotations = _evaluated(obj)
        if annotations is None:
            annotations = _annotated(obj, format)
    elif format == Format.FORWARDREF:
        try:
            annotations = _evaluated(obj)
        except Exception:
            annotations = None
        if annotations is None:
            annotations = _annotated(obj, format)
        if annotations is None:
            annotations = _evaluated(obj)
    elif format == Format.STRING:
        annotations = _annotated(obj, format)
        if annotations is None:
            annotations = _evaluated(obj)
            if annotations is not None:
                annotations = annotations_to_string(annotations)
    elif format == Format.VALUE_WITH_FAKE_GLOBALS:
        raise ValueError("The VALUE_WITH_FAKE_GLOBALS format is for internal use only")
    else:
        raise ValueError(f"Unsupported format {format!r}")
    if annotations is None:
        if isinstance(obj, type) or callable(obj):
            return {}
        raise TypeError(f"{obj!r} does not have annotations")
    if not annotations:
        return {}
    if not eval_str:
        return dict(annotations)
    return _evaluate_strings(obj, annotations, globals, locals)


def _evaluated(obj):
    annotations = getattr(obj, "__annotations__", None)
    if annotations is not None and not isinstance(annotations, dict):
        raise ValueError(f"{obj!r}.__annotations__ is neither a dict nor None")
    return annotations


def _annotated(obj, format):
    annotate = getattr(obj, "__annotate__", None)
    if annotate is None:
        return None
    annotations = call_annotate_function(annotate, format, owner=obj)
    if not isinstance(annotations, dict):
        raise ValueError(f"{obj!r}.__annotate__ returned a non-dict")
    return dict(annotations)


def _evaluate_strings(obj, annotations, globals, locals):
    unwrap = None
    if isinstance(obj, type):
        own_globals = getattr(sys.modules.get(obj.__module__), "__dict__", None)
        own_locals = dict(vars(obj))
        unwrap = obj
    elif isinstance(obj, ModuleType):
        own_globals, own_locals = obj.__dict__, None
    else:
        own_globals, own_locals = getattr(obj, "__globals__", None), None
        unwrap = obj
    if unwrap is not None:
        while True:
            if hasattr(unwrap, "__wrapped__"):
                unwrap = unwrap.__wrapped__
            elif type(unwrap).__name__ == "partial" and hasattr(unwrap, "func"):
                unwrap = unwrap.func
            else:
                break
        own_globals = getattr(unwrap, "__globals__", own_globals)
    globals = own_globals if globals is None else globals
    locals = own_locals if locals is None else locals
    type_params = getattr(obj, "__type_params__", ())
    if type_params:
        locals = {param.__name__: param for param in type_params} | (locals or {})
    return {key: value if not isinstance(value, str) else eval(value, globals, locals)
            for key, value in annotations.items()}


def type_repr(value):
    """A short text for a value in an annotation."""
    if isinstance(value, (type, FunctionType, type(len))) and not isinstance(value, GenericAlias):
        if value.__module__ == "builtins":
            return value.__qualname__
        return f"{value.__module__}.{value.__qualname__}"
    if value is ...:
        return "..."
    return repr(value)


def annotations_to_string(annotations):
    """Annotations with every value made a string."""
    return {name: value if isinstance(value, str) else type_repr(value) for name, value in annotations.items()}
