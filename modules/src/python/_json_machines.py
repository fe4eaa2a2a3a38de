"""What reads and writes JSON in Python: one value out of a text, and the text of one document
in pieces."""

import operator
import re

NUMBER_RE = re.compile(r'(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?')

_NAMES = {'n': ('null', None), 't': ('true', True), 'f': ('false', False)}
_CONSTANTS = {'N': 'NaN', 'I': 'Infinity', '-': '-Infinity'}


class Scanning:
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


INFINITY = float('inf')


def float_text(number, allow_nan):
    """The JSON of a float."""
    if number != number:
        text = 'NaN'
    elif number == INFINITY:
        text = 'Infinity'
    elif number == -INFINITY:
        text = '-Infinity'
    else:
        return float.__repr__(number)
    if not allow_nan:
        raise ValueError('Out of range float values are not JSON compliant: '
                         + repr(number))
    return text


class Writing:
    """One document being written."""

    def __init__(self, markers, default, encoder, indent, floatstr, key_separator,
                 item_separator, sort_keys, skipkeys):
        # The ids of what is being written, and the objects; None where nobody asks.
        self.markers = markers
        self.default = default
        self.text = encoder
        self.indent = indent
        self.float = floatstr
        self.key_separator = key_separator
        self.item_separator = item_separator
        self.sort_keys = sort_keys
        self.skipkeys = skipkeys

    def enter(self, o):
        if self.markers is not None:
            if id(o) in self.markers:
                raise ValueError('Circular reference detected')
            self.markers[id(o)] = o

    def leave(self, o):
        if self.markers is not None:
            del self.markers[id(o)]

    def atom(self, o):
        """The text of what has no parts; None for what has."""
        if isinstance(o, str):
            return self.text(o)
        if o is None:
            return 'null'
        if o is True:
            return 'true'
        if o is False:
            return 'false'
        if isinstance(o, int):
            # A subclass may show itself in its own way.
            return int.__repr__(o)
        if isinstance(o, float):
            return self.float(o)
        return None

    def value(self, o, level):
        atom = self.atom(o)
        if atom is not None:
            yield atom
        elif isinstance(o, (list, tuple)):
            yield from self.array(o, level)
        elif isinstance(o, dict):
            yield from self.object(o, level)
        else:
            self.enter(o)
            replaced = self.default(o)
            try:
                yield from self.value(replaced, level)
            except GeneratorExit:
                raise
            except BaseException as exc:
                exc.add_note(f'when serializing {type(o).__name__} object')
                raise
            self.leave(o)

    def break_line(self, level):
        return '' if self.indent is None else '\n' + self.indent * level

    def array(self, items, level):
        if not items:
            yield '[]'
            return
        self.enter(items)
        before = '[' + self.break_line(level + 1)
        separator = self.item_separator + self.break_line(level + 1)
        for index, item in enumerate(items):
            try:
                atom = self.atom(item)
                if atom is not None:
                    yield before + atom
                else:
                    yield before
                    yield from self.value(item, level + 1)
            except GeneratorExit:
                raise
            except BaseException as exc:
                exc.add_note(f'when serializing {type(items).__name__} item {index}')
                raise
            before = separator
        if self.indent is not None:
            yield self.break_line(level)
        yield ']'
        self.leave(items)

    def key(self, key):
        """The text of a key; None for one that is left out."""
        if isinstance(key, str):
            return key
        text = self.atom(key)
        if text is not None or self.skipkeys:
            return text
        raise TypeError('keys must be str, int, float, bool or None, '
                        f'not {key.__class__.__name__}')

    def object(self, entries, level):
        if not entries:
            yield '{}'
            return
        self.enter(entries)
        yield '{'
        before = self.break_line(level + 1)
        separator = self.item_separator + before
        is_first = True
        items = entries.items()
        for key, value in sorted(items) if self.sort_keys else items:
            name = self.key(key)
            if name is None:
                continue
            if is_first:
                is_first = False
                if before:
                    yield before
            else:
                yield separator
            yield self.text(name)
            yield self.key_separator
            try:
                atom = self.atom(value)
                if atom is not None:
                    yield atom
                else:
                    yield from self.value(value, level + 1)
            except GeneratorExit:
                raise
            except BaseException as exc:
                exc.add_note(f'when serializing {type(entries).__name__} item {key!r}')
                raise
        if not is_first and self.indent is not None:
            yield self.break_line(level)
        yield '}'
        self.leave(entries)
