"""One JSON value out of a text."""

import operator
import re

__all__ = ['make_scanner']

NUMBER_RE = re.compile(r'(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?')

_NAMES = {'n': ('null', None), 't': ('true', True), 'f': ('false', False)}
_CONSTANTS = {'N': 'NaN', 'I': 'Infinity', '-': '-Infinity'}


class Scanner:
    """Called with a text and a place in it, gives the value there and where it ends.
    Raises StopIteration with the place where no value begins."""

    def __init__(self, context):
        self.strict = context.strict
        self.object_hook = context.object_hook
        self.object_pairs_hook = context.object_pairs_hook
        self.parse_float = context.parse_float
        self.parse_int = context.parse_int
        self.parse_constant = context.parse_constant
        self.parse_object = context.parse_object
        self.parse_array = context.parse_array
        self.parse_string = context.parse_string
        self.memo = {}

    def __call__(self, string, idx):
        if not isinstance(string, str):
            raise TypeError('first argument must be a string, '
                            f'not {type(string).__name__}')
        idx = operator.index(idx)
        try:
            return self.scan(string, idx)
        finally:
            self.memo.clear()

    def scan(self, text, index):
        if index < 0:
            raise ValueError('idx cannot be negative')
        first = text[index:index + 1]
        if first == '"':
            return self.parse_string(text, index + 1, self.strict)
        if first == '{':
            return self.parse_object((text, index + 1), self.strict, self.scan,
                                     self.object_hook, self.object_pairs_hook, self.memo)
        if first == '[':
            return self.parse_array((text, index + 1), self.scan)
        if first in _NAMES and first:
            name, value = _NAMES[first]
            if text.startswith(name, index):
                return value, index + len(name)
        number = NUMBER_RE.match(text, index)
        if number is not None:
            integer, fraction, exponent = number.groups()
            if fraction is None and exponent is None:
                return self.parse_int(integer), number.end()
            return self.parse_float(number.group()), number.end()
        if first in _CONSTANTS and first:
            name = _CONSTANTS[first]
            if text.startswith(name, index):
                return self.parse_constant(name), index + len(name)
        raise StopIteration(index)


make_scanner = py_make_scanner = Scanner
