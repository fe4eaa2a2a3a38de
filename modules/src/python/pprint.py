"""Printing data over several lines."""

import collections
import sys
import types

__all__ = ["pprint", "pformat", "isreadable", "isrecursive", "saferepr", "PrettyPrinter", "pp"]


def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
           underscore_numbers=False):
    """Print an object to a stream, by default sys.stdout."""
    PrettyPrinter(stream=stream, indent=indent, width=width, depth=depth, compact=compact, sort_dicts=sort_dicts,
                  underscore_numbers=underscore_numbers).pprint(object)


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    """What pprint prints, as a string."""
    return PrettyPrinter(indent=indent, width=width, depth=depth, compact=compact, sort_dicts=sort_dicts,
                         underscore_numbers=underscore_numbers).pformat(object)


def pp(object, *args, sort_dicts=False, **kwargs):
    """pprint with dicts in their own order."""
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


def saferepr(object):
    """A repr that recursion does not break."""
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[0]


def isreadable(object):
    """Whether saferepr gives text that could be evaluated."""
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[1]


def isrecursive(object):
    """Whether an object contains itself."""
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[2]


class _safe_key:
    """Orders what cannot be compared by type and identity."""

    __slots__ = ("obj",)

    def __init__(self, obj):
        self.obj = obj

    def __lt__(self, other):
        try:
            return self.obj < other.obj
        except TypeError:
            return (str(type(self.obj)), id(self.obj)) < (str(type(other.obj)), id(other.obj))


def _safe_tuple(pair):
    return _safe_key(pair[0]), _safe_key(pair[1])


def _recursion(object):
    return f"<Recursion on {type(object).__name__} with id={id(object)}>"


_builtin_scalars = frozenset({str, bytes, bytearray, float, complex, bool, type(None)})


class PrettyPrinter:
    """Prints with given width, indentation and depth. Subclasses may override format()."""

    def __init__(self, indent=1, width=80, depth=None, stream=None, *, compact=False, sort_dicts=True,
                 underscore_numbers=False):
        indent = int(indent)
        width = int(width)
        if indent < 0:
            raise ValueError("indent must be >= 0")
        if depth is not None and depth <= 0:
            raise ValueError("depth must be > 0")
        if not width:
            raise ValueError("width must be != 0")
        self._depth = depth
        self._indent_per_level = indent
        self._width = width
        self._stream = sys.stdout if stream is None else stream
        self._compact = bool(compact)
        self._sort_dicts = sort_dicts
        self._underscore_numbers = underscore_numbers

    def pprint(self, object):
        """Print an object and a newline."""
        if self._stream is not None:
            self._format(object, self._stream, 0, 0, {}, 0)
            self._stream.write("\n")

    def pformat(self, object):
        """What pprint prints, without the newline."""
        stream = _Collector()
        self._format(object, stream, 0, 0, {}, 0)
        return "".join(stream)

    def isrecursive(self, object):
        """Whether an object contains itself."""
        return self.format(object, {}, 0, 0)[2]

    def isreadable(self, object):
        """Whether the text could be evaluated."""
        _, readable, recursive = self.format(object, {}, 0, 0)
        return readable and not recursive

    def format(self, object, context, maxlevels, level):
        """(text on one line, whether it could be evaluated, whether the object contains itself)."""
        return self._safe_repr(object, context, maxlevels, level)

    def _repr(self, object, context, level):
        text, readable, recursive = self.format(object, context.copy(), self._depth, level)
        if not readable:
            self._readable = False
        if recursive:
            self._recursive = True
        return text

    def _format(self, object, stream, indent, allowance, context, level):
        # `allowance`: how much will follow on the same line.
        if id(object) in context:
            stream.write(_recursion(object))
            self._recursive = True
            self._readable = False
            return
        text = self._repr(object, context, level)
        if len(text) > self._width - indent - allowance:
            cls = type(object)
            printer = self._dispatch.get(cls.__repr__)
            if printer is None and _is_plain_dataclass(cls):
                printer = PrettyPrinter._pprint_dataclass
            if printer is not None:
                context[id(object)] = 1
                printer(self, object, stream, indent, allowance, context, level + 1)
                del context[id(object)]
                return
        stream.write(text)

    _dispatch = {}

    def _lead(self, stream):
        if self._indent_per_level > 1:
            stream.write((self._indent_per_level - 1) * " ")

    def _pprint_dataclass(self, object, stream, indent, allowance, context, level):
        name = type(object).__name__
        items = [(f.name, getattr(object, f.name)) for f in object.__dataclass_fields__.values()
                 if f.repr and str(f._field_type) == "_FIELD"]
        stream.write(name + "(")
        self._format_attributes(items, stream, indent + len(name) + 1, allowance, context, level)
        stream.write(")")

    def _pprint_dict(self, object, stream, indent, allowance, context, level):
        stream.write("{")
        self._lead(stream)
        if len(object):
            items = sorted(object.items(), key=_safe_tuple) if self._sort_dicts else object.items()
            self._format_pairs(items, stream, indent, allowance + 1, context, level)
        stream.write("}")

    _dispatch[dict.__repr__] = _pprint_dict

    def _wrapped(self, object, inner, stream, indent, allowance, context, level):
        # Class(inner)
        name = type(object).__name__
        stream.write(name + "(")
        self._format(inner, stream, indent + len(name) + 1, allowance + 1, context, level)
        stream.write(")")

    def _pprint_ordered_dict(self, object, stream, indent, allowance, context, level):
        if not len(object):
            stream.write(repr(object))
            return
        self._wrapped(object, list(object.items()), stream, indent, allowance, context, level)

    _dispatch[collections.OrderedDict.__repr__] = _pprint_ordered_dict

    def _pprint_list(self, object, stream, indent, allowance, context, level):
        stream.write("[")
        self._format_items(object, stream, indent, allowance + 1, context, level)
        stream.write("]")

    _dispatch[list.__repr__] = _pprint_list

    def _pprint_tuple(self, object, stream, indent, allowance, context, level):
        stream.write("(")
        end = ",)" if len(object) == 1 else ")"
        self._format_items(object, stream, indent, allowance + len(end), context, level)
        stream.write(end)

    _dispatch[tuple.__repr__] = _pprint_tuple

    def _pprint_set(self, object, stream, indent, allowance, context, level):
        if not len(object):
            stream.write(repr(object))
            return
        cls = type(object)
        if cls is set:
            stream.write("{")
            end = "}"
        else:
            stream.write(cls.__name__ + "({")
            end = "})"
            indent += len(cls.__name__) + 1
        self._format_items(sorted(object, key=_safe_key), stream, indent, allowance + len(end), context, level)
        stream.write(end)

    _dispatch[set.__repr__] = _pprint_set
    _dispatch[frozenset.__repr__] = _pprint_set

    def _pprint_str(self, object, stream, indent, allowance, context, level):
        write = stream.write
        if not len(object):
            write(repr(object))
            return
        chunks = []
        lines = object.splitlines(True)
        if level == 1:
            indent += 1
            allowance += 1
        limit = self._width - indent
        text = ""
        for at, line in enumerate(lines):
            text = repr(line)
            last_line = at == len(lines) - 1
            if len(text) <= (limit - allowance if last_line else limit):
                chunks.append(text)
                continue
            parts = _words(line)
            current = ""
            for position, part in enumerate(parts):
                candidate = current + part
                last_part = last_line and position == len(parts) - 1
                if len(repr(candidate)) > (limit - allowance if last_part else limit):
                    if current:
                        chunks.append(repr(current))
                    current = part
                else:
                    current = candidate
            if current:
                chunks.append(repr(current))
        if len(chunks) == 1:
            write(text)
            return
        if level == 1:
            write("(")
        write(("\n" + " " * indent).join(chunks))
        if level == 1:
            write(")")

    _dispatch[str.__repr__] = _pprint_str

    def _pprint_bytes(self, object, stream, indent, allowance, context, level):
        write = stream.write
        if len(object) <= 4:
            write(repr(object))
            return
        parens = level == 1
        if parens:
            indent += 1
            allowance += 1
            write("(")
        write(("\n" + " " * indent).join(_wrap_bytes_repr(object, self._width - indent, allowance)))
        if parens:
            write(")")

    _dispatch[bytes.__repr__] = _pprint_bytes

    def _pprint_bytearray(self, object, stream, indent, allowance, context, level):
        stream.write("bytearray(")
        self._pprint_bytes(bytes(object), stream, indent + 10, allowance + 1, context, level + 1)
        stream.write(")")

    _dispatch[bytearray.__repr__] = _pprint_bytearray

    def _pprint_mappingproxy(self, object, stream, indent, allowance, context, level):
        stream.write("mappingproxy(")
        self._format(object.copy(), stream, indent + 13, allowance + 1, context, level)
        stream.write(")")

    _dispatch[types.MappingProxyType.__repr__] = _pprint_mappingproxy

    def _pprint_simplenamespace(self, object, stream, indent, allowance, context, level):
        cls = type(object)
        name = "namespace" if cls is types.SimpleNamespace else cls.__name__
        stream.write(name + "(")
        self._format_attributes(object.__dict__.items(), stream, indent + len(name) + 1, allowance, context, level)
        stream.write(")")

    _dispatch[types.SimpleNamespace.__repr__] = _pprint_simplenamespace

    def _pprint_default_dict(self, object, stream, indent, allowance, context, level):
        if not len(object):
            stream.write(repr(object))
            return
        factory = self._repr(object.default_factory, context, level)
        name = type(object).__name__
        indent += len(name) + 1
        stream.write(f"{name}({factory},\n{' ' * indent}")
        self._pprint_dict(object, stream, indent, allowance + 1, context, level)
        stream.write(")")

    _dispatch[collections.defaultdict.__repr__] = _pprint_default_dict

    def _pprint_counter(self, object, stream, indent, allowance, context, level):
        if not len(object):
            stream.write(repr(object))
            return
        name = type(object).__name__
        stream.write(name + "({")
        self._lead(stream)
        self._format_pairs(object.most_common(), stream, indent + len(name) + 1, allowance + 2, context, level)
        stream.write("})")

    _dispatch[collections.Counter.__repr__] = _pprint_counter

    def _pprint_chain_map(self, object, stream, indent, allowance, context, level):
        if not len(object.maps):
            stream.write(repr(object))
            return
        name = type(object).__name__
        stream.write(name + "(")
        indent += len(name) + 1
        last = len(object.maps) - 1
        for position, mapping in enumerate(object.maps):
            self._format(mapping, stream, indent, allowance + 1 if position == last else 1, context, level)
            stream.write(")" if position == last else ",\n" + " " * indent)

    _dispatch[collections.ChainMap.__repr__] = _pprint_chain_map

    def _pprint_deque(self, object, stream, indent, allowance, context, level):
        if not len(object):
            stream.write(repr(object))
            return
        name = type(object).__name__
        stream.write(name + "(")
        indent += len(name) + 1
        stream.write("[")
        if object.maxlen is None:
            self._format_items(object, stream, indent, allowance + 2, context, level)
            stream.write("])")
        else:
            self._format_items(object, stream, indent, 2, context, level)
            maxlen = self._repr(object.maxlen, context, level)
            stream.write(f"],\n{' ' * indent}maxlen={maxlen})")

    _dispatch[collections.deque.__repr__] = _pprint_deque

    def _pprint_user_container(self, object, stream, indent, allowance, context, level):
        self._format(object.data, stream, indent, allowance, context, level - 1)

    _dispatch[collections.UserDict.__repr__] = _pprint_user_container
    _dispatch[collections.UserList.__repr__] = _pprint_user_container
    _dispatch[collections.UserString.__repr__] = _pprint_user_container

    def _format_pairs(self, items, stream, indent, allowance, context, level):
        write = stream.write
        indent += self._indent_per_level
        last = len(items) - 1
        for position, (key, value) in enumerate(items):
            text = self._repr(key, context, level)
            write(text + ": ")
            self._format(value, stream, indent + len(text) + 2, allowance if position == last else 1, context, level)
            if position != last:
                write(",\n" + " " * indent)

    def _format_attributes(self, items, stream, indent, allowance, context, level):
        write = stream.write
        last = len(items) - 1
        for position, (key, value) in enumerate(items):
            write(key + "=")
            if id(value) in context:
                write("...")
            else:
                self._format(value, stream, indent + len(key) + 1, allowance if position == last else 1, context,
                             level)
            if position != last:
                write(",\n" + " " * indent)

    def _format_items(self, items, stream, indent, allowance, context, level):
        write = stream.write
        indent += self._indent_per_level
        self._lead(stream)
        newline = ",\n" + " " * indent
        delimiter = ""
        room = limit = self._width - indent + 1
        last = len(items) - 1
        for position, item in enumerate(items):
            if position == last:
                limit -= allowance
                room -= allowance
            if self._compact:
                text = self._repr(item, context, level)
                needed = len(text) + 2
                if room < needed:
                    room = limit
                    if delimiter:
                        delimiter = newline
                if room >= needed:
                    room -= needed
                    write(delimiter)
                    delimiter = ", "
                    write(text)
                    continue
            write(delimiter)
            delimiter = newline
            self._format(item, stream, indent, allowance if position == last else 1, context, level)

    def _safe_repr(self, object, context, maxlevels, level):
        cls = type(object)
        if cls in _builtin_scalars:
            return repr(object), True, False
        method = getattr(cls, "__repr__", None)
        if issubclass(cls, int) and method is int.__repr__:
            return (f"{object:_d}" if self._underscore_numbers else repr(object)), True, False
        is_dict = issubclass(cls, dict) and method is dict.__repr__
        if not is_dict and not (issubclass(cls, list) and method is list.__repr__
                                or issubclass(cls, tuple) and method is tuple.__repr__):
            text = repr(object)
            return text, bool(text) and not text.startswith("<"), False
        if is_dict:
            form = "{%s}"
        elif issubclass(cls, list):
            form = "[%s]"
        elif len(object) == 1:
            form = "(%s,)"
        else:
            form = "(%s)"
        if not object:
            return form % "", True, False
        if maxlevels and level >= maxlevels:
            return form % "...", False, id(object) in context
        if id(object) in context:
            return _recursion(object), False, True
        context[id(object)] = 1
        readable = True
        recursive = False
        parts = []
        level += 1
        if is_dict:
            for key, value in sorted(object.items(), key=_safe_tuple) if self._sort_dicts else object.items():
                key_text, key_readable, key_recursive = self.format(key, context, maxlevels, level)
                text, value_readable, value_recursive = self.format(value, context, maxlevels, level)
                parts.append(f"{key_text}: {text}")
                readable = readable and key_readable and value_readable
                recursive = recursive or key_recursive or value_recursive
        else:
            for item in object:
                text, item_readable, item_recursive = self.format(item, context, maxlevels, level)
                parts.append(text)
                readable = readable and item_readable
                recursive = recursive or item_recursive
        del context[id(object)]
        return form % ", ".join(parts), readable, recursive


class _Collector(list):
    write = list.append


def _is_plain_dataclass(cls):
    # Whether the repr is the one that dataclass wrote.
    if not hasattr(cls, "__dataclass_fields__") or not cls.__dataclass_params__.repr:
        return False
    code = getattr(getattr(cls.__repr__, "__wrapped__", None), "__code__", None)
    return getattr(code, "co_filename", None) == "<string>"


def _words(line):
    # Runs of non-blanks, each with the blanks behind it.
    parts = []
    start = 0
    at = 0
    while at < len(line):
        while at < len(line) and not line[at].isspace():
            at += 1
        while at < len(line) and line[at].isspace():
            at += 1
        parts.append(line[start:at])
        start = at
    return parts


def _wrap_bytes_repr(object, width, allowance):
    current = b""
    last = len(object) // 4 * 4
    for at in range(0, len(object), 4):
        part = object[at:at + 4]
        candidate = current + part
        if at == last:
            width -= allowance
        if len(repr(candidate)) > width:
            if current:
                yield repr(current)
            current = part
        else:
            current = candidate
    if current:
        yield repr(current)
