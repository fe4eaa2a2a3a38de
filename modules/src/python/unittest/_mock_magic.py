"""Which special methods mocks have, and what they do at first."""

from ._mock_calls import DEFAULT


def _dunder(names):
    return {f'__{name}__' for name in names.split()}


_numerics = 'add sub mul matmul truediv floordiv mod lshift rshift and xor or pow'
_operators = _dunder(' '.join(prefix + name for prefix in ('', 'i', 'r') for name in _numerics.split()))

# What a MagicMock has from the start.
MAGICS = _operators | _dunder(
    'hash str sizeof lt gt le ge eq ne getitem setitem delitem len contains enter exit divmod rdivmod'
    ' neg pos abs invert complex int float index round trunc floor ceil bool next fspath iter aiter')
ASYNC_METHODS = _dunder('aenter aexit anext')
ASYNC_MAGICS = ASYNC_METHODS | {'__aiter__'}
# What can be set on a mock and is not there before.
NOT_AT_FIRST = _dunder(
    'get set delete reversed missing reduce reduce_ex getinitargs getnewargs getstate setstate getformat'
    ' repr dir subclasses format getnewargs_ex')
ALL_MAGICS = MAGICS | ASYNC_MAGICS | NOT_AT_FIRST
UNSUPPORTED = _dunder('getattr setattr init new prepare instancecheck subclasscheck del')

RETURN_VALUES = {
    '__lt__': NotImplemented, '__gt__': NotImplemented, '__le__': NotImplemented, '__ge__': NotImplemented,
    '__int__': 1, '__contains__': False, '__len__': 0, '__exit__': False, '__complex__': 1j,
    '__float__': 1.0, '__bool__': True, '__index__': 1, '__aexit__': False,
}

CALCULATED = {
    '__hash__': lambda mock: object.__hash__(mock),
    '__str__': lambda mock: object.__str__(mock),
    '__sizeof__': lambda mock: object.__sizeof__(mock),
    '__fspath__': lambda mock: f'{type(mock).__name__}/{mock._extract_mock_name()}/{id(mock)}',
}


def _eq(mock):
    def __eq__(other):
        value = mock.__eq__._mock_return_value
        if value is not DEFAULT:
            return value
        return True if mock is other else NotImplemented
    return __eq__


def _ne(mock):
    def __ne__(other):
        if mock.__ne__._mock_return_value is not DEFAULT:
            return DEFAULT
        return False if mock is other else NotImplemented
    return __ne__


def _iter(mock):
    def __iter__():
        value = mock.__iter__._mock_return_value
        # An iterator that was set is that iterator each time.
        return iter([]) if value is DEFAULT else iter(value)
    return __iter__


def _aiter(mock):
    def __aiter__():
        value = mock.__aiter__._mock_return_value
        return AsyncIterator(iter([] if value is DEFAULT else value))
    return __aiter__


SIDE_EFFECTS = {'__eq__': _eq, '__ne__': _ne, '__iter__': _iter, '__aiter__': _aiter}


class AsyncIterator:
    """An asynchronous iterator over the values of a plain one."""

    def __init__(self, iterator):
        self.iterator = iterator

    def __aiter__(self):
        return self

    async def __anext__(self):
        for value in self.iterator:
            return value
        raise StopAsyncIteration


def set_default(mock, method, name):
    """Makes the mock of a special method return what it has to at first."""
    if name in RETURN_VALUES:
        method.return_value = RETURN_VALUES[name]
    elif name in CALCULATED:
        method.return_value = CALCULATED[name](mock)
    elif name in SIDE_EFFECTS:
        method.side_effect = SIDE_EFFECTS[name](mock)


def is_magic(name):
    return f'__{name[2:-2]}__' == name
