"""The base of the classes of `unittest.mock`: what a mock remembers, its attributes, its assertions."""

import inspect
from types import FunctionType, MethodType

from . import _mock_magic
from ._mock_calls import DEFAULT, CallList, _AnyComparer, _Call, calls_text, deleted, format_call, missing

_ASSERTION_STARTS = ('assert', 'assret', 'asert', 'aseert', 'assrt')
_ASSERTION_NAMES = {
    name.removeprefix('assert_') for name in
    'assert_called assert_called_once assert_called_with assert_called_once_with assert_any_call'
    ' assert_has_calls assert_not_called'.split()
} | {'called_once_with'}
_ASSERTION_NAMES -= {'called'}


class InvalidSpecError(Exception):
    """A mock was given as the spec of a mock."""


InvalidSpecError.__module__ = 'unittest.mock'


class SpecState:
    """A child of an autospec that is not made yet."""

    def __init__(self, spec, spec_set=False, parent=None, name=None, ids=None, instance=False):
        self.spec, self.spec_set, self.parent = spec, spec_set, parent
        self.name, self.ids, self.instance = name, ids, instance


def is_mock(obj):
    # Asks the type: `__class__` of a mock may be something else.
    return issubclass(type(obj), NonCallableMock)


def is_exception(obj):
    return isinstance(obj, BaseException) or isinstance(obj, type) and issubclass(obj, BaseException)


def function_signature(spec, as_instance=False, eat_self=False):
    """The function whose signature calls of a mock of `spec` follow, and that signature; None where there is none."""
    if isinstance(spec, type) and not as_instance:
        spec = spec.__init__
        eat_self = True
    elif isinstance(spec, (classmethod, staticmethod)):
        eat_self = eat_self or isinstance(spec, classmethod)
        spec = spec.__func__
    elif not isinstance(spec, (FunctionType, MethodType)):
        try:
            spec = spec.__call__
        except AttributeError:
            return None
    try:
        signature = inspect.signature(spec)
    except (ValueError, TypeError):
        return None
    if eat_self:
        parameters = list(signature.parameters.values())
        if parameters and parameters[0].kind in (inspect.Parameter.POSITIONAL_ONLY,
                                                 inspect.Parameter.POSITIONAL_OR_KEYWORD):
            signature = signature.replace(parameters=parameters[1:])
    return spec, signature


def _delegating(name):
    # An attribute of the calls, which is that of the mock behind an autospecced function.
    stored = '_mock_' + name

    def get(self):
        delegate = self._mock_delegate
        return self.__dict__[stored] if delegate is None else getattr(delegate, name)

    def set(self, value):
        delegate = self._mock_delegate
        if delegate is None:
            self.__dict__[stored] = value
        else:
            setattr(delegate, name, value)
    return property(get, set)


class Base:
    _mock_return_value = DEFAULT
    _mock_side_effect = None

    def __init__(self, /, *args, **kwargs):
        pass


class NonCallableMock(Base):
    """A mock that can't be called."""

    def __new__(cls, spec=None, wraps=None, name=None, spec_set=None, parent=None, _spec_state=None,
                _new_name='', _new_parent=None, _spec_as_instance=False, _eat_self=None, unsafe=False, **kwargs):
        # Each has a class of its own: special methods are set there.
        own = type(cls.__name__, (cls,), {'__doc__': cls.__doc__, '__module__': cls.__module__})
        own.__qualname__ = cls.__qualname__
        return object.__new__(own)

    def __init__(self, spec=None, wraps=None, name=None, spec_set=None, parent=None, _spec_state=None,
                 _new_name='', _new_parent=None, _spec_as_instance=False, _eat_self=None, unsafe=False, **kwargs):
        state = self.__dict__
        state['_mock_parent'] = parent
        state['_mock_name'] = name
        state['_mock_new_name'] = _new_name
        state['_mock_new_parent'] = parent if _new_parent is None else _new_parent
        state['_mock_sealed'] = False
        if spec_set is not None:
            spec, spec_set = spec_set, True
        self._mock_add_spec(spec, spec_set, _spec_as_instance,
                            parent is not None if _eat_self is None else _eat_self)
        state['_mock_children'] = {}
        state['_mock_wraps'] = wraps
        state['_mock_delegate'] = None
        state['_mock_called'] = False
        state['_mock_call_args'] = None
        state['_mock_call_count'] = 0
        state['_mock_call_args_list'] = CallList()
        state['_mock_mock_calls'] = CallList()
        state['method_calls'] = CallList()
        state['_mock_unsafe'] = unsafe
        if kwargs:
            self.configure_mock(**kwargs)
        super().__init__(spec, wraps, name, spec_set, parent, _spec_state)

    called = _delegating('called')
    call_count = _delegating('call_count')
    call_args = _delegating('call_args')
    call_args_list = _delegating('call_args_list')
    mock_calls = _delegating('mock_calls')

    def attach_mock(self, mock, attribute):
        """Makes a mock an attribute of this one, so that its calls are recorded here too."""
        inner = _mock_of(mock)
        inner._mock_parent = inner._mock_new_parent = None
        inner._mock_name = ''
        inner._mock_new_name = None
        setattr(self, attribute, mock)

    def mock_add_spec(self, spec, spec_set=False):
        """Restricts the attributes to those of an object or to the names in a list; `spec_set` those set, too."""
        self._mock_add_spec(spec, spec_set)

    def _mock_add_spec(self, spec, spec_set, as_instance=False, eat_self=False):
        if is_mock(spec):
            raise InvalidSpecError(f'Cannot spec a Mock object. [object={spec!r}]')
        spec_class = signature = None
        methods = spec
        asyncs = ()
        if spec is not None and type(spec) not in (list, tuple):
            asyncs = _async_names(spec)
            spec_class = spec if isinstance(spec, type) else type(spec)
            found = function_signature(spec, as_instance, eat_self)
            signature = found and found[1]
            methods = dir(spec)
            annotated = getattr(spec_class, '__dataclass_fields__', None)
            if annotated and (as_instance or not isinstance(spec, type)):
                methods = methods + list(annotated)
        state = self.__dict__
        state['_spec_class'] = spec_class
        state['_spec_set'] = spec_set
        state['_spec_asyncs'] = asyncs
        state['_spec_signature'] = signature
        state['_mock_methods'] = methods

    @property
    def return_value(self):
        """What a call returns: a mock, where nothing else is set."""
        value = self._mock_return_value
        if self._mock_delegate is not None:
            value = self._mock_delegate.return_value
        if value is DEFAULT and self._mock_wraps is None:
            value = self._get_child_mock(_new_parent=self, _new_name='()')
            self.return_value = value
        return value

    @return_value.setter
    def return_value(self, value):
        if self._mock_delegate is not None:
            self._mock_delegate.return_value = value
        else:
            self._mock_return_value = value
            adopt(self, value, None, '()')

    @property
    def __class__(self):
        return type(self) if self._spec_class is None else self._spec_class

    @property
    def side_effect(self):
        """What a call does: raises it, calls it, or takes its next value."""
        delegate = self._mock_delegate
        if delegate is None:
            return self._mock_side_effect
        effect = delegate.side_effect
        if effect is not None and not callable(effect) and not hasattr(effect, '__next__'):
            effect = _iterator(effect)
            delegate.side_effect = effect
        return effect

    @side_effect.setter
    def side_effect(self, value):
        value = _iterator(value)
        if self._mock_delegate is None:
            self._mock_side_effect = value
        else:
            self._mock_delegate.side_effect = value

    def reset_mock(self, visited=None, *, return_value=False, side_effect=False):
        """Forgets the calls of this mock and of its children."""
        visited = [] if visited is None else visited
        if id(self) in visited:
            return
        visited.append(id(self))
        self.called = False
        self.call_args = None
        self.call_count = 0
        self.mock_calls = CallList()
        self.call_args_list = CallList()
        self.method_calls = CallList()
        if return_value:
            self._mock_return_value = DEFAULT
        if side_effect:
            self._mock_side_effect = None
        for child in self._mock_children.values():
            if isinstance(child, SpecState) or child is deleted:
                continue
            child.reset_mock(visited, return_value=return_value, side_effect=side_effect)
        value = self._mock_return_value
        if is_mock(value) and value is not self:
            value.reset_mock(visited)

    def configure_mock(self, /, **kwargs):
        """Sets attributes, also of children: `**{'method.return_value': 3}`."""
        # Short names first: a child has to be there before its attributes are set.
        for path, value in sorted(kwargs.items(), key=lambda item: item[0].count('.')):
            *path, last = path.split('.')
            target = self
            for name in path:
                target = getattr(target, name)
            setattr(target, last, value)

    def __getattr__(self, name):
        if name in {'_mock_methods', '_mock_unsafe'}:
            raise AttributeError(name)
        methods = self._mock_methods
        if methods is not None:
            if name not in methods or name in _mock_magic.ALL_MAGICS:
                raise AttributeError(f'Mock object has no attribute {name!r}')
        elif _mock_magic.is_magic(name):
            raise AttributeError(name)
        if not self._mock_unsafe and (not methods or name not in methods):
            if name.startswith(_ASSERTION_STARTS) or name in _ASSERTION_NAMES:
                raise AttributeError(
                    f'{name!r} is not a valid assertion. Use a spec for the mock if {name!r} is meant to be'
                    f' an attribute.')
        child = self._mock_children.get(name)
        if child is deleted:
            raise AttributeError(name)
        if child is None:
            wraps = None if self._mock_wraps is None else getattr(self._mock_wraps, name)
            child = self._get_child_mock(parent=self, name=name, wraps=wraps, _new_name=name, _new_parent=self)
            self._mock_children[name] = child
        elif isinstance(child, SpecState):
            from .mock import create_autospec
            try:
                child = create_autospec(child.spec, child.spec_set, child.instance, child.parent, child.name)
            except InvalidSpecError:
                target = self.__dict__['_mock_name'] or self
                raise InvalidSpecError(
                    f'Cannot autospec attr {name!r} from target {target!r} as it has already been mocked out.'
                    f' [target={self!r}, attr={child.spec!r}]') from None
            self._mock_children[name] = child
        return child

    def _extract_mock_name(self):
        # The way from the root: names of attributes, and `()` for calls.
        names, mock = [], self
        while mock._mock_new_parent is not None:
            names.append(mock._mock_new_name)
            mock = mock._mock_new_parent
        text = mock._mock_name or 'mock'
        for name in reversed(names):
            text += name if name == '()' else f'.{name}'
        return text

    def __repr__(self):
        name = self._extract_mock_name()
        shown = '' if name in ('mock', 'mock.') else f' name={name!r}'
        spec = ''
        if self._spec_class is not None:
            spec = f" {'spec_set' if self._spec_set else 'spec'}={self._spec_class.__name__!r}"
        return f"<{type(self).__name__}{shown}{spec} id='{id(self)}'>"

    def __dir__(self):
        from .mock import FILTER_DIR
        if not FILTER_DIR:
            return object.__dir__(self)
        names = [name for name in dir(type(self)) if not name.startswith('_') or _mock_magic.is_magic(name)]
        own = [name for name in self.__dict__ if not name.startswith('_') or _mock_magic.is_magic(name)]
        children = [name for name, child in self._mock_children.items() if child is not deleted]
        return sorted({*(self._mock_methods or ()), *names, *own, *children})

    def __setattr__(self, name, value):
        if name in _OWN:
            return object.__setattr__(self, name, value)
        methods = self._mock_methods
        if self._spec_set and methods is not None and name not in methods and name not in self.__dict__:
            if not (name.startswith('_mock_') or name == 'method_calls'):
                raise AttributeError(f"Mock object has no attribute '{name}'")
        if name in _mock_magic.UNSUPPORTED:
            raise AttributeError(f'Attempting to set unsupported magic method {name!r}.')
        if name in _mock_magic.ALL_MAGICS:
            if methods is not None and name not in methods:
                raise AttributeError(f"Mock object has no attribute '{name}'")
            if not is_mock(value):
                setattr(type(self), name, _special_method(name, value))
                function = value
                value = lambda *args, **kwargs: function(self, *args, **kwargs)  # noqa: E731
            else:
                adopt(self, value, None, name)
                setattr(type(self), name, value)
                self._mock_children[name] = value
        elif name == '__class__':
            self._spec_class = value
            return None
        elif name not in _STATE and adopt(self, value, name, name):
            self._mock_children[name] = value
        if self._mock_sealed and name not in _STATE and not hasattr(self, name):
            raise AttributeError(f'Cannot set {self._extract_mock_name()}.{name}')
        if isinstance(value, PropertyMock):
            self.__dict__[name] = value
            return None
        return object.__setattr__(self, name, value)

    def __delattr__(self, name):
        if name in _mock_magic.ALL_MAGICS and name in type(self).__dict__:
            delattr(type(self), name)
            if name not in self.__dict__:
                return
        child = self._mock_children.get(name, missing)
        if name in self.__dict__:
            object.__delattr__(self, name)
        elif child is deleted:
            raise AttributeError(name)
        if child is not missing:
            del self._mock_children[name]
        self._mock_children[name] = deleted

    def _format_mock_call_signature(self, args, kwargs):
        return format_call(self._mock_name or 'mock', args, kwargs)

    def _calls_repr(self):
        return calls_text(self.mock_calls)

    def _call_matcher(self, call):
        # The call with its arguments bound to the parameters, so that foo(1) and foo(a=1) are one; or what is wrong.
        if isinstance(call, tuple) and len(call) > 2:
            signature = self._signature_of(call[0])
        else:
            signature = self._spec_signature
        if signature is None:
            return call
        if len(call) == 2:
            name = ''
            args, kwargs = call
        else:
            name, args, kwargs = call
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            return error.with_traceback(None)
        return _call((name, bound.args, bound.kwargs))

    def _signature_of(self, name):
        # The signature of the child of that dotted name.
        if not name:
            return self._spec_signature
        signature, children = None, self._mock_children
        for part in name.replace('()', '').split('.'):
            child = children.get(part)
            if child is None or isinstance(child, SpecState):
                break
            child = _mock_of(child)
            children, signature = child._mock_children, child._spec_signature
        return signature

    def assert_not_called(self):
        """Fails if the mock was called."""
        if self.call_count:
            raise AssertionError(
                f"Expected '{self._mock_name or 'mock'}' to not have been called. Called {self.call_count} times."
                f"{self._calls_repr()}")

    def assert_called(self):
        """Fails unless the mock was called."""
        if not self.call_count:
            raise AssertionError(f"Expected '{self._mock_name or 'mock'}' to have been called.")

    def assert_called_once(self):
        """Fails unless the mock was called exactly once."""
        if self.call_count != 1:
            raise AssertionError(
                f"Expected '{self._mock_name or 'mock'}' to have been called once. Called {self.call_count} times."
                f"{self._calls_repr()}")

    def assert_called_with(self, /, *args, **kwargs):
        """Fails unless the last call had these arguments."""
        wanted = self._format_mock_call_signature(args, kwargs)
        if self.call_args is None:
            raise AssertionError(f'expected call not found.\nExpected: {wanted}\n  Actual: not called.')
        expected = self._call_matcher(_call((args, kwargs), two=True))
        actual = self._call_matcher(self.call_args)
        if actual != expected:
            cause = expected if isinstance(expected, Exception) else None
            got = self._format_mock_call_signature(*self.call_args[-2:])
            raise AssertionError(f'expected call not found.\nExpected: {wanted}\n  Actual: {got}') from cause

    def assert_called_once_with(self, /, *args, **kwargs):
        """Fails unless there was exactly one call, with these arguments."""
        if self.call_count != 1:
            raise AssertionError(
                f"Expected '{self._mock_name or 'mock'}' to be called once. Called {self.call_count} times."
                f"{self._calls_repr()}")
        return self.assert_called_with(*args, **kwargs)

    def assert_has_calls(self, calls, any_order=False):
        """Fails unless `mock_calls` has these calls: in a run, or anywhere."""
        expected = [self._call_matcher(call) for call in calls]
        cause = next((one for one in expected if isinstance(one, Exception)), None)
        actual = CallList(self._call_matcher(call) for call in self.mock_calls)
        if not any_order:
            if expected not in actual:
                if cause is None:
                    problem = 'Calls not found.'
                else:
                    errors = [one if isinstance(one, Exception) else None for one in expected]
                    problem = f'Error processing expected calls.\nErrors: {errors}'
                raise AssertionError(
                    f'{problem}\nExpected: {CallList(calls)}'
                    f"{calls_text(self.mock_calls, prefix='  Actual').rstrip('.')}") from cause
            return
        left, not_found = list(actual), []
        for one in expected:
            try:
                left.remove(one)
            except ValueError:
                not_found.append(one)
        if not_found:
            raise AssertionError(
                f"{self._mock_name or 'mock'!r} does not contain all of {tuple(not_found)!r} in its call list,"
                f' found {actual!r} instead') from cause

    def assert_any_call(self, /, *args, **kwargs):
        """Fails unless some call had these arguments."""
        expected = self._call_matcher(_call((args, kwargs), two=True))
        cause = expected if isinstance(expected, Exception) else None
        actual = [self._call_matcher(call) for call in self.call_args_list]
        if cause or expected not in _AnyComparer(actual):
            raise AssertionError(f'{self._format_mock_call_signature(args, kwargs)} call not found') from cause

    def _get_child_mock(self, /, **kwargs):
        """Makes what attributes and calls give: of this mock's class, and callable."""
        if self._mock_sealed:
            attribute = f".{kwargs['name']}" if 'name' in kwargs else '()'
            raise AttributeError(self._extract_mock_name() + attribute)
        new_name = kwargs.get('_new_name')
        if new_name in self.__dict__.get('_spec_asyncs', ()):
            return AsyncMock(**kwargs)
        own = type(self).__mro__[1]
        if issubclass(own, AsyncMock) and new_name in _mock_magic.ASYNC_MAGICS:
            return AsyncMock(**kwargs)
        if issubclass(own, (CallableMixin, AsyncMock)):
            return own(**kwargs)
        return (MagicMock if issubclass(own, MagicMixin) else Mock)(**kwargs)


def _call(value, two=False):
    return _Call(value, two=two)


def _iterator(effect):
    # A side effect, which is an iterator where it is a series of results.
    if effect is None or is_exception(effect) or callable(effect):
        return effect
    try:
        return iter(effect)
    except TypeError:
        return effect


def _async_names(spec):
    # The names of an object's coroutine functions.
    names, classes = [], (spec if isinstance(spec, type) else type(spec)).__mro__
    for name in dir(spec):
        found = next((vars(base)[name] for base in classes if name in vars(base)), None)
        if isinstance(found, (classmethod, staticmethod)):
            found = found.__func__
        if isinstance(found, FunctionType) and inspect.iscoroutinefunction(inspect.unwrap(found)):
            names.append(name)
    return names


def _mock_of(obj):
    # The mock behind an autospecced function.
    if isinstance(obj, (FunctionType, MethodType)) and not is_mock(obj):
        return getattr(obj, 'mock', obj)
    return obj


def adopt(parent, value, name, new_name):
    """Makes a mock that has no name and no parent yet a child; whether it did."""
    value = _mock_of(value)
    if not is_mock(value):
        return False
    if value._mock_name or value._mock_new_name or value._mock_parent is not None \
            or value._mock_new_parent is not None:
        return False
    above = parent
    while above is not None:
        # What the parent is below of can't be below the parent.
        if above is value:
            return False
        above = above._mock_new_parent
    if new_name:
        value._mock_new_parent = parent
        value._mock_new_name = new_name
    if name:
        value._mock_parent = parent
        value._mock_name = name
    return True


def _special_method(name, function):
    def method(self, /, *args, **kwargs):
        return function(self, *args, **kwargs)
    method.__name__ = name
    return method


# What a mock sets on itself.
_STATE = frozenset(
    '_mock_parent _mock_name _mock_new_name _mock_new_parent _mock_sealed _mock_children _mock_wraps'
    ' _mock_delegate _mock_called _mock_call_args _mock_call_count _mock_call_args_list _mock_mock_calls'
    ' method_calls _mock_unsafe _mock_methods _spec_class _spec_set _spec_signature _spec_asyncs'
    ' _mock_return_value _mock_side_effect'.split())
_OWN = frozenset('return_value side_effect called call_count call_args call_args_list mock_calls'.split()) | {
    '_mock_return_value', '_mock_side_effect'}


from ._mock_kinds import AsyncMock, CallableMixin, MagicMixin, MagicMock, Mock, PropertyMock  # noqa: E402
