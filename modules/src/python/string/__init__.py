"""Character classes, templates and formatters."""

__all__ = ["ascii_letters", "ascii_lowercase", "ascii_uppercase", "capwords", "digits", "hexdigits", "octdigits",
           "printable", "punctuation", "whitespace", "Formatter", "Template"]

whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    """Capitalize each word; without `sep`, runs of blanks become single spaces."""
    return (sep or " ").join([word.capitalize() for word in s.split(sep)])


_absent = {}

_ASCII_START = frozenset(ascii_letters + "_")
_ASCII_WORD = _ASCII_START | frozenset(digits)


class Template:
    """A string with $name and ${name} to be replaced.

    A subclass may set `delimiter`; or `idpattern`, `braceidpattern`, `flags` or `pattern`, and is then matched with
    regular expressions.
    """

    delimiter = "$"
    idpattern = r"(?a:[_a-z][_a-z0-9]*)"
    braceidpattern = None
    flags = None
    _regex = None

    def __init_subclass__(cls):
        super().__init_subclass__()
        if (cls.idpattern is Template.idpattern and cls.braceidpattern is None and cls.flags is None
                and "pattern" not in cls.__dict__):
            cls._regex = None
            return
        import re
        if "pattern" in cls.__dict__:
            pattern = cls.pattern
        else:
            delim = re.escape(cls.delimiter)
            plain = cls.idpattern
            braced = cls.braceidpattern or cls.idpattern
            pattern = (rf"{delim}(?:(?P<escaped>{delim})|(?P<named>{plain})|"
                       rf"{{(?P<braced>{braced})}}|(?P<invalid>))")
        flags = re.IGNORECASE if cls.flags is None else cls.flags
        cls._regex = cls.pattern = re.compile(pattern, flags | re.VERBOSE)

    def __init__(self, template):
        self.template = template

    def _parts(self):
        # Yields (position, kind, text): the literal text, the delimiter for an escape, a name, or what is invalid.
        template = self.template
        if self._regex is not None:
            yield from self._regex_parts(template)
            return
        delimiter = self.delimiter
        width = len(delimiter)
        start = 0
        while (found := template.find(delimiter, start)) >= 0:
            if found > start:
                yield start, "literal", template[start:found]
            after = found + width
            if template.startswith(delimiter, after):
                yield found, "escaped", template[found:after + width]
                start = after + width
                continue
            braced = template.startswith("{", after)
            begin = after + 1 if braced else after
            end = _identifier_end(template, begin)
            if end == begin or braced and not template.startswith("}", end):
                yield found, "invalid", template[found:after]
                start = after
                continue
            stop = end + 1 if braced else end
            yield found, template[begin:end], template[found:stop]
            start = stop
        if start < len(template):
            yield start, "literal", template[start:]

    def _regex_parts(self, template):
        start = 0
        for match in self._regex.finditer(template):
            if match.start() > start:
                yield start, "literal", template[start:match.start()]
            name = match.group("named") or match.group("braced")
            if name is not None:
                kind = name
            elif match.group("escaped") is not None:
                kind = "escaped"
            elif match.group("invalid") is not None:
                kind = "invalid"
            else:
                raise ValueError("Unrecognized named group in pattern", self._regex)
            # A name that reads like a kind is told apart by its text.
            yield match.start(), kind if name is None else _Name(kind), match.group()
            start = match.end()
        if start < len(template):
            yield start, "literal", template[start:]

    def _invalid(self, position):
        lines = self.template[:position].splitlines(keepends=True)
        if not lines:
            column, line = 1, 1
        else:
            column = position - len("".join(lines[:-1]))
            line = len(lines)
        raise ValueError(f"Invalid placeholder in string: line {line}, col {column}")

    def _names(self):
        for position, kind, text in self._parts():
            if not _is_kind(kind, text, self.delimiter):
                yield kind

    def substitute(self, mapping=_absent, /, **kws):
        """Replace every placeholder; KeyError for a missing name, ValueError for a stray delimiter."""
        mapping = _merged(mapping, kws)
        result = []
        for position, kind, text in self._parts():
            if not _is_kind(kind, text, self.delimiter):
                text = str(mapping[kind])
            elif kind == "escaped":
                text = self.delimiter
            elif kind == "invalid":
                self._invalid(position + len(self.delimiter) if self._regex is None else position + len(text))
            result.append(text)
        return "".join(result)

    def safe_substitute(self, mapping=_absent, /, **kws):
        """Replace what can be replaced and leave the rest as it is."""
        mapping = _merged(mapping, kws)
        result = []
        for position, kind, text in self._parts():
            if not _is_kind(kind, text, self.delimiter):
                try:
                    text = str(mapping[kind])
                except KeyError:
                    pass
            elif kind == "escaped":
                text = self.delimiter
            result.append(text)
        return "".join(result)

    def is_valid(self):
        """Whether substitute would find no stray delimiter."""
        return all(kind != "invalid" or not _is_kind(kind, text, self.delimiter)
                   for _, kind, text in self._parts())

    def get_identifiers(self):
        """The names in order of first appearance."""
        return list(dict.fromkeys(map(str, self._names())))


class _Name(str):
    __slots__ = ()


def _is_kind(kind, text, delimiter):
    # Whether a part is something else than a placeholder with a name.
    if isinstance(kind, _Name):
        return False
    if kind == "literal":
        return text not in (f"{delimiter}literal", f"{delimiter}{{literal}}")
    if kind == "escaped":
        return text == delimiter * 2
    if kind == "invalid":
        return text == delimiter
    return False


def _merged(mapping, kws):
    if mapping is _absent:
        return kws
    if kws:
        from collections import ChainMap
        return ChainMap(kws, mapping)
    return mapping


def _identifier_end(text, start):
    if start >= len(text) or text[start] not in _ASCII_START:
        return start
    end = start + 1
    while end < len(text) and text[end] in _ASCII_WORD:
        end += 1
    return end


class Formatter:
    """str.format with hooks: a subclass may change how fields are found, converted and formatted."""

    def format(self, format_string, /, *args, **kwargs):
        """Format with these arguments."""
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        """Format with a sequence and a mapping."""
        used_args = set()
        result, _ = self._vformat(format_string, args, kwargs, used_args, 2)
        self.check_unused_args(used_args, args, kwargs)
        return result

    def _vformat(self, format_string, args, kwargs, used_args, recursion_depth, auto_arg_index=0):
        if recursion_depth < 0:
            raise ValueError("Max string recursion exceeded")
        result = []
        for literal_text, field_name, format_spec, conversion in self.parse(format_string):
            if literal_text:
                result.append(literal_text)
            if field_name is None:
                continue
            import _string
            field_first, _ = _string.formatter_field_name_split(field_name)
            if field_first == "":
                if auto_arg_index is False:
                    raise ValueError("cannot switch from manual field specification to automatic field numbering")
                field_name = str(auto_arg_index) + field_name
                auto_arg_index += 1
            elif isinstance(field_first, int):
                if auto_arg_index:
                    raise ValueError("cannot switch from automatic field numbering to manual field specification")
                auto_arg_index = False
            obj, arg_used = self.get_field(field_name, args, kwargs)
            used_args.add(arg_used)
            obj = self.convert_field(obj, conversion)
            format_spec, auto_arg_index = self._vformat(format_spec, args, kwargs, used_args, recursion_depth - 1,
                                                        auto_arg_index)
            result.append(self.format_field(obj, format_spec))
        return "".join(result), auto_arg_index

    def get_value(self, key, args, kwargs):
        """The argument for a number or a name."""
        return args[key] if isinstance(key, int) else kwargs[key]

    def check_unused_args(self, used_args, args, kwargs):
        """Called at the end with the numbers and names that were used."""

    def format_field(self, value, format_spec):
        """Format one value."""
        return format(value, format_spec)

    def convert_field(self, value, conversion):
        """Apply !s, !r or !a."""
        if conversion is None:
            return value
        if conversion == "s":
            return str(value)
        if conversion == "r":
            return repr(value)
        if conversion == "a":
            return ascii(value)
        raise ValueError(f"Unknown conversion specifier {conversion!s}")

    def parse(self, format_string):
        """An iterator over (literal text, field name, format spec, conversion)."""
        import _string
        return _string.formatter_parser(format_string)

    def get_field(self, field_name, args, kwargs):
        """The object that a field name stands for, and the number or name it begins with."""
        import _string
        first, rest = _string.formatter_field_name_split(field_name)
        obj = self.get_value(first, args, kwargs)
        for is_attr, key in rest:
            obj = getattr(obj, key) if is_attr else obj[key]
        return obj, first
