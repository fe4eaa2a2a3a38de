"""The parts of `unittest.mock` that know no mock: `call`, `sentinel`, `ANY`, and how calls are shown and compared."""

from unittest.util import safe_repr


class _Sentinel:
    """A unique object with a name; pickles and copies as itself."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f'sentinel.{self.name}'

    def __reduce__(self):
        return f'sentinel.{self.name}'


class _Sentinels:
    """`sentinel.NAME`: an object made when the name is first used."""

    def __init__(self):
        self._sentinels = {}

    def __getattr__(self, name):
        if name == '__bases__':
            # What asks for the bases takes this for a class.
            raise AttributeError
        return self._sentinels.setdefault(name, _Sentinel(name))

    def __reduce__(self):
        return 'sentinel'


for _class, _name in (_Sentinel, '_SentinelObject'), (_Sentinels, '_Sentinel'):
    _class.__module__ = 'unittest.mock'
    _class.__name__ = _class.__qualname__ = _name
sentinel = _Sentinels()
DEFAULT = sentinel.DEFAULT
missing = sentinel.MISSING
deleted = sentinel.DELETED


class _ANY:
    """Equal to everything."""

    __module__ = 'unittest.mock'

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __repr__(self):
        return '<ANY>'


ANY = _ANY()


def format_call(name, args, kwargs):
    parts = [repr(value) for value in args]
    parts += [f'{key}={value!r}' for key, value in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def is_call_value(value):
    # What a call may be compared with: a name, a tuple of arguments, a dict of keywords.
    return isinstance(value, (str, tuple, dict))


class _Call(tuple):
    """A call: its name (empty for the mock itself), its arguments, its keyword arguments. Equal to tuples that leave
    out what is empty. Attributes and calls of a call make longer ones, as they do of a mock."""

    __module__ = 'unittest.mock'

    def __new__(cls, value=(), name='', parent=None, two=False, from_kall=True):
        name, args, kwargs = _parts(value, name)
        return tuple.__new__(cls, (args, kwargs) if two else (name, args, kwargs))

    def __init__(self, value=(), name=None, parent=None, two=False, from_kall=True):
        self._mock_name = name
        self._mock_parent = parent
        self._mock_from_kall = from_kall

    def __eq__(self, other):
        try:
            length = len(other)
        except TypeError:
            return NotImplemented
        own_name = '' if len(self) == 2 else self[0]
        own_args, own_kwargs = self[-2:]
        if getattr(self, '_mock_parent', None) and getattr(other, '_mock_parent', None) \
                and self._mock_parent != other._mock_parent:
            return False
        if length == 0:
            name, args, kwargs = '', (), {}
        elif length == 3:
            name, args, kwargs = other
        elif length == 1:
            [value] = other
            if not is_call_value(value):
                return False
            name, args, kwargs = _parts(other)
        elif length == 2:
            first, second = other
            if isinstance(first, str):
                name = first
                if not isinstance(second, (tuple, dict)):
                    return False
                args, kwargs = (second, {}) if isinstance(second, tuple) else ((), second)
            else:
                name, args, kwargs = '', first, second
        else:
            return False
        if own_name and name != own_name:
            return False
        # What is expected comes first: it may be ANY, or compare in its own way.
        return (args, kwargs) == (own_args, own_kwargs)

    __ne__ = object.__ne__

    def __call__(self, /, *args, **kwargs):
        if self._mock_name is None:
            return _Call(('', args, kwargs), name='()')
        name = self._mock_name + '()'
        return _Call((self._mock_name, args, kwargs), name=name, parent=self)

    def __getattr__(self, attribute):
        if self._mock_name is None:
            return _Call(name=attribute, from_kall=False)
        return _Call(name=f'{self._mock_name}.{attribute}', parent=self, from_kall=False)

    def __getattribute__(self, attribute):
        if attribute in tuple.__dict__:
            # What a tuple has is a name like any other here.
            raise AttributeError
        return tuple.__getattribute__(self, attribute)

    @property
    def args(self):
        return self[-2]

    @property
    def kwargs(self):
        return self[-1]

    def __repr__(self):
        if not self._mock_from_kall:
            name = self._mock_name or 'call'
            return name if name.startswith('call') else f'call.{name}'
        name = '' if len(self) == 2 else self[0]
        if not name:
            name = 'call'
        elif name.startswith('()'):
            name = f'call{name}'
        else:
            name = f'call.{name}'
        return format_call(name, *self[-2:])

    def call_list(self):
        """The calls that lead to this one, and it, as `mock_calls` has them."""
        calls, one = [], self
        while one is not None:
            if one._mock_from_kall:
                calls.append(one)
            one = one._mock_parent
        return CallList(reversed(calls))


def _parts(value, name=''):
    # The three parts of what stands for a call, missing ones being empty.
    args, kwargs = (), {}
    if len(value) == 3:
        return value
    for index, part in enumerate(value):
        if isinstance(part, str) and index == 0:
            name = part
        elif isinstance(part, tuple) and index < 2:
            args = part
        elif len(value) == 2 and index == 0:
            args = part
        else:
            kwargs = part
    return name, args, kwargs


call = _Call(from_kall=False)


class CallList(list):
    """Calls, one to a line where they are shown; `in` looks for a run of calls."""

    def __contains__(self, value):
        if not isinstance(value, list):
            return list.__contains__(self, value)
        return any(self[start:start + len(value)] == value
                   for start in range(len(self) - len(value) + 1))

    def __repr__(self):
        text = list.__repr__(self)
        if len(text) < 80:
            return text
        import pprint
        return pprint.pformat(list(self))


CallList.__module__ = 'unittest.mock'
CallList.__name__ = CallList.__qualname__ = '_CallList'


def calls_text(calls, prefix='Calls'):
    return f'\n{prefix}: {safe_repr(calls)}.' if calls else ''


class _AnyComparer(list):
    """A list of calls to look in, where the elements of the calls say what they are equal to."""

    def __contains__(self, item):
        for call in self:
            if len(item) != len(call):
                continue
            if all(expected == actual for expected, actual in zip(item, call)):
                return True
        return False
