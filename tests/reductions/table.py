"""Objects of every built-in type and of every way to be taken apart: what `__reduce_ex__` gives and
what the pickle is, at each protocol. The runner compares each section with its snapshot.
"""

import copy
import io
import operator
import os
import pickle
import pickletools
import sys
import types

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'differential'))
import reducers


def function():
    pass


def generator():
    yield


class Holder:
    def __init__(self):
        self.value = 1

    def method(self):
        pass


HOLDER = Holder()
FLOATS = [1.5, -0.0, float('inf')]
TEXTS = ['', 'a', 'text\n\\', '\u20ac', 'x' * 256]
BYTES = [b'', b'a', b'\xff' * 3, b'x' * 256]
INTS = [0, 255, 256, 65536, -1, 2**31, -2**63, 2**64]


def recursive_list():
    made = []
    made.append(made)
    return made


def recursive_tuple():
    inner = []
    made = inner,
    inner.append(made)
    return made


BUILTINS = {
    'none': None, 'bool': [True, False], 'ellipsis': ..., 'not_implemented': NotImplemented,
    'int': INTS, 'float': FLOATS, 'complex': 1 - 2j, 'str': TEXTS, 'bytes': BYTES,
    'bytearray': bytearray(b'ab'), 'tuple': [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    'list': [[], [1], [1, 2]], 'dict': [{}, {'a': 1}, {'a': 1, 'b': 2}], 'set': [set(), {1, 2}],
    'frozenset': [frozenset(), frozenset([1])], 'range': range(1, 9, 2), 'slice': slice(1, None, 2),
    'recursive_list': recursive_list(), 'recursive_tuple': recursive_tuple(),
    'type': [int, type, Holder, type(None), type(...), type(NotImplemented), reducers.Outer.Inner],
    'builtin_function': [len, operator.add], 'function': function, 'bound_method': HOLDER.method,
    'builtin_method': [[].append, 'a'.upper], 'method_descriptor': str.upper,
    'wrapper_descriptor': int.__add__, 'method_wrapper': (1).__add__,
    'classmethod_of_builtin': dict.fromkeys, 'property': property(function),
    'classmethod': classmethod(function), 'staticmethod': staticmethod(function),
    'module': operator, 'generator': generator(), 'code': function.__code__,
    'memoryview': memoryview(b'ab'), 'mappingproxy': types.MappingProxyType({'a': 1}),
    'simple_namespace': types.SimpleNamespace(a=1), 'generic_alias': list[int], 'union': int | str,
    'super': super(Holder, HOLDER), 'cell': types.CellType(1),
    'list_iterator': iter([1, 2]), 'list_reverseiterator': reversed([1, 2]),
    'tuple_iterator': iter((1, 2)), 'range_iterator': iter(range(3)), 'str_iterator': iter('ab'),
    'bytes_iterator': iter(b'ab'), 'bytearray_iterator': iter(bytearray(b'ab')),
    'set_iterator': iter({1}), 'dict_keyiterator': iter({'a': 1}),
    'dict_valueiterator': iter({'a': 1}.values()), 'dict_itemiterator': iter({'a': 1}.items()),
    'dict_keys': {'a': 1}.keys(), 'dict_values': {'a': 1}.values(), 'dict_items': {'a': 1}.items(),
    'enumerate': enumerate(['a']), 'zip': zip([1], [2]), 'map': map(len, ['a']),
    'filter': filter(None, [1]), 'reversed': reversed(reducers.ListOfOwn(1)),
    'callable_iterator': iter(function, None), 'exception': ValueError('text', 1),
    'os_error': FileNotFoundError(2, 'No such file', 'name'), 'object': object(),
    'traceback': None, 'bytes_io': io.BytesIO(b'ab'), 'string_io': io.StringIO('ab'),
}
try:
    1 / 0
except ZeroDivisionError as error:
    BUILTINS['traceback'] = error.__traceback__

STYLES = {maker.__name__: maker for maker in reducers.MAKERS}


def shown(value):
    """A text for a part of a reduction, without addresses."""
    if isinstance(value, tuple) and type(value) is tuple:
        inner = ', '.join(map(shown, value))
        return f'({inner},)' if len(value) == 1 else f'({inner})'
    if hasattr(type(value), '__next__'):
        try:
            return f'<{type(value).__name__} of {list(copy.copy(value))!r}>'
        except TypeError:
            return f'<{type(value).__name__}>'
    if isinstance(value, types.UnionType):
        return repr(value)
    if isinstance(value, types.ModuleType):
        return f'<module {value.__name__}>'
    if isinstance(value, type):
        return f'{value.__module__}.{value.__qualname__}'
    name = getattr(value, '__qualname__', None)
    if name is not None:
        return f'{getattr(value, "__module__", None) or type(value).__name__}.{name}'
    if type(value).__repr__ is object.__repr__:
        return f'<{type(value).__qualname__} object>'
    return without_address(repr(value))


def without_address(text):
    return '\n'.join(line.split(' at 0x')[0] for line in text.split('\n'))


def failed(error):
    lines = [f'{type(error).__name__}: {error}', *getattr(error, '__notes__', ())]
    return without_address('\n'.join(lines))


def reduction(value, protocol):
    try:
        return shown(value.__reduce_ex__(protocol))
    except Exception as error:
        return failed(error)


def disassembly(value, protocol):
    try:
        data = pickle.dumps(value, protocol)
    except Exception as error:
        return failed(error)
    out = io.StringIO()
    pickletools.dis(data, out)
    # The last line says what the opcodes say.
    return out.getvalue().rstrip().rpartition('\n')[0]


def without_protocol(text):
    """A disassembly as it would be if it did not say the protocol."""
    if text is None:
        return None
    return [line for line in text.split('\n') if ' PROTO ' not in line]


def by_protocol(title, tell):
    """What `tell` says at each protocol, said once for neighbours that say the same."""
    first, said = 0, tell(0)
    for protocol in range(1, 7):
        now = tell(protocol) if protocol < 6 else None
        if without_protocol(now) == without_protocol(said):
            continue
        last = protocol - 1
        which = f'protocol {first}' if first == last else f'protocols {first} to {last}'
        print(f'-- {title}, {which}')
        print(said)
        first, said = protocol, now


def section(name, objects):
    print(f'==== {name}')
    for value in objects:
        print(f'object: {shown(value)}')
        by_protocol('reduce', lambda protocol: reduction(value, protocol))
        by_protocol('pickle', lambda protocol: disassembly(value, protocol))


for name, value in BUILTINS.items():
    several = type(value) is list and name != 'recursive_list'
    section(f'builtin_{name}', value if several else [value])
for name, maker in STYLES.items():
    section(f'style_{name}', [maker([1])])
