"""Reading JSON."""

import re

from json import scanner

try:
    from _json import scanstring as c_scanstring
except ImportError:
    c_scanstring = None

__all__ = ['JSONDecoder', 'JSONDecodeError']

FLAGS = re.VERBOSE | re.MULTILINE | re.DOTALL
NaN = float('nan')
PosInf = float('inf')
NegInf = float('-inf')
_CONSTANTS = {'-Infinity': NegInf, 'Infinity': PosInf, 'NaN': NaN}
WHITESPACE = re.compile(r'[ \t\n\r]*', FLAGS)
WHITESPACE_STR = ' \t\n\r'


class JSONDecodeError(ValueError):
    """What is wrong with a document: `msg`, `doc`, and where: `pos`, `lineno`, `colno`."""

    def __init__(self, msg, doc, pos):
        lineno = doc.count('\n', 0, pos) + 1
        colno = pos - doc.rfind('\n', 0, pos)
        super().__init__(f'{msg}: line {lineno} column {colno} (char {pos})')
        self.msg = msg
        self.doc = doc
        self.pos = pos
        self.lineno = lineno
        self.colno = colno

    def __reduce__(self):
        return self.__class__, (self.msg, self.doc, self.pos)


_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_UNIT = re.compile(r'[0-9A-Fa-f]{4}')
_ESCAPES = {'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}


def _unit(text, at):
    """The UTF-16 unit whose four digits are at `at`."""
    digits = _UNIT.match(text, at)
    if digits is None:
        raise JSONDecodeError('Invalid \\uXXXX escape', text, at - 1)
    return int(digits.group(), 16)


def py_scanstring(s, end, strict=True):
    """The text of the JSON string whose quote is before `end`, and the place after its end."""
    begin = end - 1
    parts = []
    while True:
        plain = _PLAIN.match(s, end)
        if plain is not None:
            parts.append(plain.group())
            end = plain.end()
        character = s[end:end + 1]
        if not character:
            raise JSONDecodeError('Unterminated string starting at', s, begin)
        if character == '"':
            return ''.join(parts), end + 1
        if character != '\\':
            if strict:
                raise JSONDecodeError(f'Invalid control character {character!r} at', s, end)
            parts.append(character)
            end += 1
            continue
        escape = s[end + 1:end + 2]
        if not escape:
            raise JSONDecodeError('Unterminated string starting at', s, begin)
        if escape != 'u':
            if escape not in _ESCAPES:
                raise JSONDecodeError(f'Invalid \\escape: {escape!r}', s, end)
            parts.append(_ESCAPES[escape])
            end += 2
            continue
        unit = _unit(s, end + 2)
        end += 6
        if 0xd800 <= unit <= 0xdbff and s.startswith('\\u', end):
            second = _unit(s, end + 2)
            if 0xdc00 <= second <= 0xdfff:
                unit = 0x10000 + ((unit - 0xd800) << 10 | second - 0xdc00)
                end += 6
        parts.append(chr(unit))


scanstring = c_scanstring or py_scanstring


def _skip(text, index):
    """The place of the next character that is no white space, and that character."""
    index = WHITESPACE.match(text, index).end()
    return index, text[index:index + 1]


def JSONObject(s_and_end, strict, scan_once, object_hook, object_pairs_hook,
               memo=None, _w=None, _ws=None):
    """Read an object whose brace is before `end`."""
    text, end = s_and_end
    pairs = []
    memo = {} if memo is None else memo
    end, character = _skip(text, end)
    if character == '}':
        end += 1
    else:
        while True:
            if character != '"':
                raise JSONDecodeError(
                    'Expecting property name enclosed in double quotes', text, end)
            key, end = scanstring(text, end + 1, strict)
            # Equal keys of a document are one object.
            key = memo.setdefault(key, key)
            end, character = _skip(text, end)
            if character != ':':
                raise JSONDecodeError("Expecting ':' delimiter", text, end)
            end, _ = _skip(text, end + 1)
            value, end = scan_once(text, end)
            pairs.append((key, value))
            end, character = _skip(text, end)
            if character == '}':
                end += 1
                break
            if character != ',':
                raise JSONDecodeError("Expecting ',' delimiter", text, end)
            comma = end
            end, character = _skip(text, end + 1)
            if character == '}':
                raise JSONDecodeError(
                    'Illegal trailing comma before end of object', text, comma)
    if object_pairs_hook is not None:
        return object_pairs_hook(pairs), end
    made = dict(pairs)
    return (made if object_hook is None else object_hook(made)), end


def JSONArray(s_and_end, scan_once, _w=None, _ws=None):
    """Read an array whose bracket is before `end`."""
    text, end = s_and_end
    values = []
    end, character = _skip(text, end)
    if character == ']':
        return values, end + 1
    while True:
        value, end = scan_once(text, end)
        values.append(value)
        end, character = _skip(text, end)
        if character == ']':
            return values, end + 1
        if character != ',':
            raise JSONDecodeError("Expecting ',' delimiter", text, end)
        comma = end
        end, character = _skip(text, end + 1)
        if character == ']':
            raise JSONDecodeError(
                'Illegal trailing comma before end of array', text, comma)


class JSONDecoder:
    """Makes objects of JSON: dicts, lists, strs, ints, floats, True, False and None."""

    def __init__(self, *, object_hook=None, parse_float=None,
                 parse_int=None, parse_constant=None, strict=True,
                 object_pairs_hook=None):
        self.object_hook = object_hook
        self.parse_float = parse_float or float
        self.parse_int = parse_int or int
        self.parse_constant = parse_constant or _CONSTANTS.__getitem__
        self.strict = strict
        self.object_pairs_hook = object_pairs_hook
        self.parse_object = JSONObject
        self.parse_array = JSONArray
        self.parse_string = scanstring
        self.memo = {}
        self.scan_once = scanner.make_scanner(self)

    def decode(self, s, _w=WHITESPACE.match):
        """The object that a document is, which may have white space around it."""
        value, end = self.raw_decode(s, idx=_w(s, 0).end())
        end = _w(s, end).end()
        if end != len(s):
            raise JSONDecodeError('Extra data', s, end)
        return value

    def raw_decode(self, s, idx=0):
        """The object that begins at `idx`, and where it ends."""
        try:
            return self.scan_once(s, idx)
        except StopIteration as stop:
            raise JSONDecodeError('Expecting value', s, stop.value) from None
