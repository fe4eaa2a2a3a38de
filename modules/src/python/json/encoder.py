"""Writing JSON."""

import re

from _json_machines import INFINITY, Writing as _Writing, float_text as _float_text

try:
    from _json import encode_basestring_ascii as c_encode_basestring_ascii
except ImportError:
    c_encode_basestring_ascii = None
try:
    from _json import encode_basestring as c_encode_basestring
except ImportError:
    c_encode_basestring = None
try:
    from _json import make_encoder as c_make_encoder
except ImportError:
    c_make_encoder = None

ESCAPE = re.compile(r'[\x00-\x1f\\"]')
ESCAPE_ASCII = re.compile(r'[\\"]|[^\ -~]')
ESCAPE_DCT = {'\\': '\\\\', '"': '\\"', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t'}


def _escaped(match):
    character = match.group()
    if character in ESCAPE_DCT:
        return ESCAPE_DCT[character]
    number = ord(character)
    if number < 0x10000:
        return f'\\u{number:04x}'
    number -= 0x10000
    return f'\\u{0xd800 + (number >> 10):04x}\\u{0xdc00 + (number & 0x3ff):04x}'


def py_encode_basestring(s):
    """The JSON of a str."""
    return '"' + ESCAPE.sub(_escaped, s) + '"'


def py_encode_basestring_ascii(s):
    """The JSON of a str, in ASCII."""
    return '"' + ESCAPE_ASCII.sub(_escaped, s) + '"'


encode_basestring = c_encode_basestring or py_encode_basestring
encode_basestring_ascii = c_encode_basestring_ascii or py_encode_basestring_ascii


class JSONEncoder:
    """Makes JSON of dicts, lists, tuples, strs, ints, floats, True, False and None, and of
    what the method `default` makes of other objects."""

    item_separator = ', '
    key_separator = ': '

    def __init__(self, *, skipkeys=False, ensure_ascii=True,
                 check_circular=True, allow_nan=True, sort_keys=False,
                 indent=None, separators=None, default=None):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.check_circular = check_circular
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = indent
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ','
        if default is not None:
            self.default = default

    def default(self, o):
        """What stands for an object that has no form in JSON. To be overridden."""
        raise TypeError(f'Object of type {o.__class__.__name__} '
                        'is not JSON serializable')

    def encode(self, o):
        """The JSON of an object."""
        if isinstance(o, str):
            encode = encode_basestring_ascii if self.ensure_ascii else encode_basestring
            return encode(o)
        return ''.join(self.iterencode(o, _one_shot=True))

    def iterencode(self, o, _one_shot=False):
        """The JSON of an object, in pieces."""
        markers = {} if self.check_circular else None
        encode = encode_basestring_ascii if self.ensure_ascii else encode_basestring
        indent = self.indent
        if indent is not None and not isinstance(indent, str):
            indent = ' ' * indent
        if _one_shot and c_make_encoder is not None:
            writing = c_make_encoder(
                markers, self.default, encode, indent, self.key_separator,
                self.item_separator, self.sort_keys, self.skipkeys, self.allow_nan)
        else:
            writing = _make_iterencode(
                markers, self.default, encode, indent,
                lambda number: _float_text(number, self.allow_nan), self.key_separator,
                self.item_separator, self.sort_keys, self.skipkeys, _one_shot)
        return writing(o, 0)


def _make_iterencode(markers, _default, _encoder, _indent, _floatstr, _key_separator,
                     _item_separator, _sort_keys, _skipkeys, _one_shot):
    """What gives the pieces of an object's JSON, called with it and its level."""
    return _Writing(markers, _default, _encoder, _indent, _floatstr, _key_separator,
                    _item_separator, _sort_keys, _skipkeys).value
