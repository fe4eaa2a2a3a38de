"""Objects that stand for others in tests and remember how they were used.

    from unittest.mock import Mock, patch

    fetch = Mock(return_value=3)
    fetch('here')
    fetch.assert_called_once_with('here')

    with patch('module.name', fetch):
        ...
"""

__all__ = ('Mock', 'MagicMock', 'patch', 'sentinel', 'DEFAULT', 'ANY', 'call', 'create_autospec', 'AsyncMock',
           'FILTER_DIR', 'NonCallableMock', 'NonCallableMagicMock', 'mock_open', 'PropertyMock', 'seal')

import inspect
from types import FunctionType, MethodType

from . import _mock_magic
from ._mock_calls import ANY, DEFAULT, CallList as _CallList, _Call, call, missing as _missing, sentinel
from ._mock_core import InvalidSpecError, NonCallableMock, SpecState as _SpecState, adopt, function_signature, is_mock
from ._mock_kinds import AsyncMock, CallableMixin, MagicMixin, MagicMock, Mock, NonCallableMagicMock, PropertyMock
from ._mock_patch import _find, _patch, _patch_dict, _split as _get_target, patch  # noqa: F401

_SentinelObject, _Sentinel = type(DEFAULT), type(sentinel)
_is_instance_mock = is_mock
_magics = _mock_magic.MAGICS
# Whether dir() of a mock leaves out what is no business of tests.
FILTER_DIR = True


def _callable(obj):
    if isinstance(obj, type):
        return True
    if isinstance(obj, (staticmethod, classmethod, MethodType)):
        return _callable(obj.__func__)
    return getattr(obj, '__call__', None) is not None


def _instance_callable(obj):
    # Whether instances of a class, or an instance, can be called.
    if not isinstance(obj, type):
        return getattr(obj, '__call__', None) is not None
    return any('__call__' in vars(base) and vars(base)['__call__'] is not None for base in obj.__mro__)


def _check_signature(mock, signature):
    def check(self, /, *args, **kwargs):
        signature.bind(*args, **kwargs)
    own = type(mock)
    own._mock_check_sig = check
    own.__signature__ = signature


def _as_function(mock, spec):
    """A function that calls the mock, with the spec's name and signature and the mock's methods as attributes."""
    found = function_signature(spec)
    if found is None:
        return mock
    target, signature = found

    def function(*args, **kwargs):
        signature.bind(*args, **kwargs)
        return mock(*args, **kwargs)

    for name in ('__name__', '__qualname__', '__doc__', '__module__', '__defaults__', '__kwdefaults__'):
        value = getattr(target, name, None)
        if name not in ('__defaults__', '__kwdefaults__') and value is not None:
            setattr(function, name, value)
    if not function.__name__.isidentifier():
        function.__name__ = 'funcopy'
    function.__text_signature__ = getattr(target, '__text_signature__', None)
    function.__signature__ = signature
    function.__wrapped__ = getattr(target, '__wrapped__', None)
    if function.__wrapped__ is None:
        del function.__wrapped__
    function.mock = mock
    for name in ('assert_called_with', 'assert_not_called', 'assert_called_once_with', 'assert_called_once',
                 'assert_has_calls', 'assert_any_call', 'assert_called'):
        setattr(function, name, getattr(mock, name))
    function.called = False
    function.call_count = 0
    function.call_args = None
    function.call_args_list = _CallList()
    function.method_calls = _CallList()
    function.mock_calls = _CallList()
    function.return_value = mock.return_value
    function.side_effect = mock.side_effect
    function._mock_children = mock._mock_children

    def reset_mock():
        function.method_calls = _CallList()
        function.mock_calls = _CallList()
        mock.reset_mock()
        result = function.return_value
        if is_mock(result) and result is not mock:
            result.reset_mock()
    function.reset_mock = reset_mock
    mock._mock_delegate = function
    return function


def create_autospec(spec, spec_set=False, instance=False, _parent=None, _name=None, *, unsafe=False, **kwargs):
    """A mock with the attributes and signatures of another object, down to the attributes' attributes.

    spec_set: other attributes can't be set either. instance: of a class, what its instances are like.
    """
    if type(spec) in (list, tuple):
        # A list of names says nothing of what they are.
        spec = type(spec)
    is_class = isinstance(spec, type)
    if is_mock(spec):
        raise InvalidSpecError(
            f'Cannot autospec a Mock object. [object={spec!r}]')
    options = {'spec_set' if spec_set else 'spec': spec}
    if spec is None:
        options = {}
    if options and instance:
        options['_spec_as_instance'] = True
    if not unsafe:
        for name in kwargs:
            if name in ('autospect', 'auto_spec', 'set_spec'):
                raise RuntimeError(f'{name!r} might be a typo; use unsafe=True if this is intended')
    # What is set below a child waits for the child.
    later = {path: kwargs.pop(path) for path in list(kwargs) if '.' in path}
    options.update(kwargs)
    klass = MagicMock
    if inspect.isdatadescriptor(spec):
        options = {}
    elif isinstance(spec, FunctionType) and inspect.iscoroutinefunction(spec):
        klass = AsyncMock
    elif not _callable(spec):
        klass = NonCallableMagicMock
    elif is_class and instance and not _instance_callable(spec):
        klass = NonCallableMagicMock
    name = options.pop('name', _name)
    new_name = '' if _parent is None else name
    mock = klass(parent=_parent, _new_parent=_parent, _new_name=new_name, name=name, **options)
    if isinstance(spec, (FunctionType, MethodType)):
        mock = _as_function(mock, spec)
    else:
        found = function_signature(spec, instance, is_class)
        if found is not None and klass is not NonCallableMagicMock:
            _check_signature(mock, found[1])
    inner = mock.mock if isinstance(mock, FunctionType) else mock
    if _parent is not None and not instance:
        _parent._mock_children[name] = mock
    wrapped = kwargs.get('wraps')
    if is_class and not instance and 'return_value' not in kwargs:
        options = {} if wrapped is None else {'wraps': wrapped}
        mock.return_value = create_autospec(spec, spec_set, instance=True, _name='()', _parent=inner, **options)
    names = dir(spec)
    fields = getattr(spec, '__dataclass_fields__', {}) if instance or not is_class else {}
    for entry in [*names, *(field for field in fields if field not in names)]:
        if _mock_magic.is_magic(entry):
            continue
        try:
            original = getattr(spec, entry)
        except AttributeError:
            if entry not in fields:
                continue
            original = fields[entry].type
        child_options = {'spec_set' if spec_set else 'spec': original}
        if not isinstance(original, (FunctionType, MethodType)):
            child = _SpecState(original, spec_set, inner, entry, instance=False)
            inner._mock_children[entry] = child
            continue
        parent = inner
        eat_self = _takes_self(spec, entry)
        child_class = AsyncMock if inspect.iscoroutinefunction(original) else MagicMock
        child = child_class(parent=parent, name=entry, _new_name=entry, _new_parent=parent, **child_options,
                            _eat_self=eat_self, **({'wraps': getattr(wrapped, entry)} if wrapped is not None else {}))
        inner._mock_children[entry] = child
        found = function_signature(original, eat_self=eat_self)
        if found is not None:
            _check_signature(child, found[1])
        if isinstance(mock, FunctionType):
            setattr(mock, entry, child)
    if later:
        inner.configure_mock(**later)
    return mock


def _takes_self(spec, entry):
    # Whether calls of the method on the mock leave out its first parameter.
    is_class = isinstance(spec, type)
    if not is_class:
        if entry in getattr(spec, '__dict__', {}):
            return False
        spec = type(spec)
    for base in spec.__mro__:
        found = base.__dict__.get(entry, DEFAULT)
        if found is not DEFAULT:
            # On an instance the method has bound it already.
            return is_class and isinstance(found, (FunctionType, MethodType))
    return is_class


_handle_spec = None


def mock_open(mock=None, read_data=''):
    """A mock of `open`, whose files have this text to read."""
    global _handle_spec
    import io
    if _handle_spec is None:
        _handle_spec = list({*dir(io.TextIOWrapper), *dir(io.BytesIO)})
    state = [None]

    def rewind():
        data = (io.BytesIO if isinstance(read_data, bytes) else io.StringIO)(read_data)
        state[0] = data
        return data

    def ask(name):
        # What a method returns unless the test has said what.
        def method(*args, **kwargs):
            set_value = getattr(handle, name).return_value
            if set_value is not None:
                return set_value
            return getattr(state[0], name)(*args, **kwargs)
        return method

    def read_lines():
        if handle.readline.return_value is not None:
            while True:
                yield handle.readline.return_value
        yield from state[0]

    def next_line():
        if handle.readline.return_value is not None:
            return handle.readline.return_value
        return next(state[0])

    def leave(exc_type, exc_val, exc_tb):
        handle.close()

    if mock is None:
        mock = MagicMock(name='open', spec=list(dir(io.open)))
    handle = MagicMock(spec=_handle_spec)
    handle.__enter__.return_value = handle
    handle.__exit__.side_effect = leave
    for name in ('write', 'read', 'readline', 'readlines'):
        getattr(handle, name).return_value = None
    for name in ('read', 'readline', 'readlines'):
        getattr(handle, name).side_effect = ask(name)
    rewind()
    handle.__iter__.side_effect = read_lines
    handle.__next__.side_effect = next_line

    def reset(*args, **kwargs):
        rewind()
        return DEFAULT

    mock.side_effect = reset
    mock.return_value = handle
    return mock


def seal(mock):
    """Lets no more attributes of a mock, and of those below it, be made by asking for them."""
    mock._mock_sealed = True
    for name in dir(mock):
        if isinstance(mock._mock_children.get(name), _SpecState):
            continue
        try:
            child = getattr(mock, name)
        except AttributeError:
            continue
        if not isinstance(child, NonCallableMock) or not is_mock(child):
            continue
        if child._mock_new_parent is mock:
            seal(child)
