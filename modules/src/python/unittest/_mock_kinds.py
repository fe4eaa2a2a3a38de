"""The callable mocks of `unittest.mock`, and those with special methods."""

from . import _mock_magic
from ._mock_calls import DEFAULT, CallList, _Call, missing
from ._mock_core import Base, NonCallableMock, is_exception, is_mock


class CallableMixin(Base):
    def __init__(self, spec=None, side_effect=None, return_value=DEFAULT, wraps=None, name=None, spec_set=None,
                 parent=None, _spec_state=None, _new_name='', _new_parent=None, **kwargs):
        self.__dict__['_mock_return_value'] = return_value
        super().__init__(spec, wraps, name, spec_set, parent, _spec_state, _new_name, _new_parent, **kwargs)
        self.side_effect = side_effect

    def _mock_check_sig(self, /, *args, **kwargs):
        pass

    def __call__(self, /, *args, **kwargs):
        self._mock_check_sig(*args, **kwargs)
        self._increment_mock_call(*args, **kwargs)
        return self._mock_call(*args, **kwargs)

    def _mock_call(self, /, *args, **kwargs):
        return self._execute_mock_call(*args, **kwargs)

    def _increment_mock_call(self, /, *args, **kwargs):
        # Records the call here and in all mocks above.
        self.called = True
        self.call_count += 1
        one = _Call((args, kwargs), two=True)
        self.call_args = one
        self.call_args_list.append(one)
        # Two names: that of `method_calls`, which ends at a call, and that of `mock_calls`, which does not.
        counts_as_method = self._mock_parent is not None
        method_name = self._mock_name
        self.mock_calls.append(_Call(('', args, kwargs)))
        name = self._mock_new_name
        is_call = name == '()'
        mock = self._mock_new_parent
        while mock is not None:
            if counts_as_method:
                mock.method_calls.append(_Call((method_name, args, kwargs)))
                counts_as_method = mock._mock_parent is not None
                if counts_as_method:
                    method_name = f'{mock._mock_name}.{method_name}'
            mock.mock_calls.append(_Call((name, args, kwargs)))
            if mock._mock_new_name:
                dot = '' if is_call else '.'
                is_call = mock._mock_new_name == '()'
                name = mock._mock_new_name + dot + name
            mock = mock._mock_new_parent

    def _execute_mock_call(self, /, *args, **kwargs):
        effect = self.side_effect
        if effect is not None:
            if is_exception(effect):
                raise effect
            if not callable(effect):
                result = next(effect)
                if is_exception(result):
                    raise result
            else:
                result = effect(*args, **kwargs)
            if result is not DEFAULT:
                return result
        if self._mock_return_value is not DEFAULT:
            return self.return_value
        if self._mock_delegate is not None and self._mock_delegate.return_value is not DEFAULT:
            return self._mock_delegate.return_value
        if self._mock_wraps is not None:
            return self._mock_wraps(*args, **kwargs)
        return self.return_value


class Mock(CallableMixin, NonCallableMock):
    """An object whose attributes and calls are mocks, and which remembers how it was used.

    spec: an object, or a list of names, whose attributes it has and no others; `spec_set`: nor can others be set.
    side_effect: what a call does: a function to call, an exception to raise, an iterable of results.
    return_value: what a call returns. wraps: an object that calls are passed on to. name: for its repr.
    unsafe: allows attributes that look like assertions. Other arguments are set as attributes.
    """



class MagicProxy:
    """A special method of a MagicMock that nobody has asked for yet."""

    def __init__(self, name, parent):
        self.name, self.parent = name, parent

    def create_mock(self):
        method = self.parent._get_child_mock(name=self.name, _new_name=self.name, _new_parent=self.parent)
        setattr(self.parent, self.name, method)
        _mock_magic.set_default(self.parent, method, self.name)
        return method

    def __get__(self, obj, _type=None):
        return self.create_mock()


class MagicMixin(Base):
    def __init__(self, /, *args, **kwargs):
        self._mock_set_magics()
        super().__init__(*args, **kwargs)
        self._mock_set_magics()

    def _mock_set_magics(self):
        # Called before all else, when there is no spec, and after.
        wanted = _mock_magic.MAGICS | _mock_magic.ASYNC_METHODS
        own = type(self)
        methods = self.__dict__.get('_mock_methods')
        if methods is not None:
            for name in wanted - set(methods):
                if name in own.__dict__:
                    delattr(own, name)
            wanted = wanted & set(methods)
        for name in wanted - set(own.__dict__):
            setattr(own, name, MagicProxy(name, self))


class NonCallableMagicMock(MagicMixin, NonCallableMock):
    """A MagicMock that can't be called."""

    def mock_add_spec(self, spec, spec_set=False):
        """Restricts the attributes, special methods included."""
        self._mock_add_spec(spec, spec_set)
        self._mock_set_magics()


class MagicMock(MagicMixin, Mock):
    """A Mock that has special methods, with sensible results at first."""

    def mock_add_spec(self, spec, spec_set=False):
        """Restricts the attributes, special methods included."""
        self._mock_add_spec(spec, spec_set)
        self._mock_set_magics()

    def reset_mock(self, /, *args, return_value=False, **kwargs):
        super().reset_mock(*args, return_value=return_value, **kwargs)
        if return_value:
            for name in _mock_magic.MAGICS:
                child = self._mock_children.get(name, missing)
                if child is not missing and is_mock(child):
                    child.return_value = DEFAULT
                    _mock_magic.set_default(self, child, name)


class PropertyMock(Mock):
    """A mock for the class of an object: getting the attribute calls it, setting it calls it with the value."""

    def _get_child_mock(self, /, **kwargs):
        return MagicMock(**kwargs)

    def __get__(self, obj, obj_type=None):
        return self()

    def __set__(self, obj, val):
        self(val)


class AsyncMock(MagicMock):
    """A mock whose calls give coroutines; it remembers which were awaited."""

    def __init__(self, /, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._forget_awaits()

    def _forget_awaits(self):
        self.__dict__.update(await_count=0, await_args=None, await_args_list=CallList())

    def reset_mock(self, /, *args, **kwargs):
        super().reset_mock(*args, **kwargs)
        self._forget_awaits()

    async def _execute_mock_call(self, /, *args, **kwargs):
        one = _Call((args, kwargs), two=True)
        state = self.__dict__
        state['await_count'] += 1
        state['await_args'] = one
        state['await_args_list'].append(one)
        effect = self.side_effect
        if effect is not None:
            if is_exception(effect):
                raise effect
            if not callable(effect):
                try:
                    result = next(effect)
                except StopIteration:
                    raise StopAsyncIteration from None
                if is_exception(result):
                    raise result
            else:
                result = effect(*args, **kwargs)
                if hasattr(type(result), '__await__') and not is_mock(result):
                    result = await result
            if result is not DEFAULT:
                return result
        if self._mock_return_value is not DEFAULT:
            return self.return_value
        if self._mock_wraps is not None:
            result = self._mock_wraps(*args, **kwargs)
            return await result if hasattr(type(result), '__await__') else result
        return self.return_value

    def assert_awaited(self):
        """Fails unless some call was awaited."""
        if not self.await_count:
            raise AssertionError(f"Expected {self._mock_name or 'mock'} to have been awaited.")

    def assert_awaited_once(self):
        """Fails unless exactly one call was awaited."""
        if self.await_count != 1:
            raise AssertionError(
                f"Expected {self._mock_name or 'mock'} to have been awaited once. Awaited {self.await_count} times.")

    def assert_awaited_with(self, /, *args, **kwargs):
        """Fails unless the last awaited call had these arguments."""
        wanted = self._format_mock_call_signature(args, kwargs)
        if self.await_args is None:
            raise AssertionError(f'Expected await: {wanted}\nNot awaited')
        if self._call_matcher(self.await_args) != self._call_matcher(_Call((args, kwargs), two=True)):
            got = self._format_mock_call_signature(*self.await_args)
            raise AssertionError(f'expected await not found.\nExpected: {wanted}\n  Actual: {got}')

    def assert_awaited_once_with(self, /, *args, **kwargs):
        """Fails unless exactly one call was awaited, with these arguments."""
        self.assert_awaited_once()
        return self.assert_awaited_with(*args, **kwargs)

    def assert_any_await(self, /, *args, **kwargs):
        """Fails unless some awaited call had these arguments."""
        if _Call((args, kwargs), two=True) not in self.await_args_list:
            raise AssertionError(f'{self._format_mock_call_signature(args, kwargs)} await not found')

    def assert_not_awaited(self):
        """Fails if a call was awaited."""
        if self.await_count:
            raise AssertionError(
                f"Expected {self._mock_name or 'mock'} to not have been awaited. Awaited {self.await_count} times.")


for _class in (Base, NonCallableMock, CallableMixin, Mock, MagicProxy, MagicMixin, NonCallableMagicMock,
               MagicMock, PropertyMock, AsyncMock):
    _class.__module__ = 'unittest.mock'
