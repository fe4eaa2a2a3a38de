"""Writing JSON."""

from _json import encode_basestring, encode_basestring_ascii

py_encode_basestring = encode_basestring
py_encode_basestring_ascii = encode_basestring_ascii
INFINITY = float('inf')


def _float_text(number, allow_nan):
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
        writing = _Writing(self)
        if _one_shot:
            writing.check_separators()
        return writing.value(o, 0)


class _Writing:
    """One document being written."""

    def __init__(self, encoder):
        self.encoder = encoder
        self.text = encode_basestring_ascii if encoder.ensure_ascii else encode_basestring
        # The ids of what is being written, and the objects.
        self.markers = {} if encoder.check_circular else None
        indent = encoder.indent
        plain = indent is None or isinstance(indent, str)
        self.indent = indent if plain else ' ' * indent

    def check_separators(self):
        # CPython's words, which are those of a function in C.
        encoder = self.encoder
        for place, text in (5, encoder.key_separator), (6, encoder.item_separator):
            if not isinstance(text, str):
                raise TypeError(f'make_encoder() argument {place} must be str, '
                                f'not {type(text).__name__}')

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
            return _float_text(o, self.encoder.allow_nan)
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
            replaced = self.encoder.default(o)
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
        separator = self.encoder.item_separator + self.break_line(level + 1)
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
        if isinstance(key, float):
            return _float_text(key, self.encoder.allow_nan)
        if key is True:
            return 'true'
        if key is False:
            return 'false'
        if key is None:
            return 'null'
        if isinstance(key, int):
            return int.__repr__(key)
        if self.encoder.skipkeys:
            return None
        raise TypeError('keys must be str, int, float, bool or None, '
                        f'not {key.__class__.__name__}')

    def object(self, entries, level):
        if not entries:
            yield '{}'
            return
        self.enter(entries)
        yield '{'
        before = self.break_line(level + 1)
        separator = self.encoder.item_separator + before
        is_first = True
        items = entries.items()
        for key, value in sorted(items) if self.encoder.sort_keys else items:
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
            yield self.encoder.key_separator
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
