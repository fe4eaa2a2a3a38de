"""`unittest.mock.patch`: puts something else in a name's place for the time of a test."""

import contextlib
import functools
import importlib
import inspect

from ._mock_calls import DEFAULT
from ._mock_core import InvalidSpecError, NonCallableMock, is_mock
from ._mock_kinds import AsyncMock, MagicMock, NonCallableMagicMock

_TYPOS = {'autospect', 'auto_spec', 'set_spec'}


def _find(path):
    # The object of a dotted name, whose modules are imported as far as need be.
    first, *names = path.split('.')
    found = importlib.import_module(first)
    for name in names:
        first += f'.{name}'
        try:
            found = getattr(found, name)
        except AttributeError:
            importlib.import_module(first)
            found = getattr(found, name)
    return found


def _split(target):
    try:
        path, attribute = target.rsplit('.', 1)
    except (TypeError, ValueError, AttributeError):
        raise TypeError(f'Need a valid target to patch. You supplied: {target!r}') from None
    return functools.partial(_find, path), attribute


class _patch:
    """A replacement of one attribute: a context manager, a decorator, or to be started and stopped."""

    attribute_name = None
    _active_patches = []

    def __init__(self, getter, attribute, new, spec, create, spec_set, autospec, new_callable, kwargs, *,
                 unsafe=False):
        if new_callable is not None:
            if new is not DEFAULT:
                raise ValueError("Cannot use 'new' and 'new_callable' together")
            if autospec is not None:
                raise ValueError("Cannot use 'autospec' and 'new_callable' together")
        if not unsafe:
            for name in kwargs:
                if name in _TYPOS:
                    raise RuntimeError(f'{name!r} might be a typo; use unsafe=True if this is intended')
        if is_mock(spec):
            raise InvalidSpecError(f'Cannot spec attr {attribute!r} as the spec has already been mocked out.'
                                   f' [spec={spec!r}]')
        if is_mock(spec_set):
            raise InvalidSpecError(f'Cannot spec attr {attribute!r} as the spec_set target has already been mocked'
                                   f' out. [spec_set={spec_set!r}]')
        self.getter = getter
        self.attribute = attribute
        self.new = new
        self.new_callable = new_callable
        self.spec = spec
        self.create = create
        self.has_local = False
        self.spec_set = spec_set
        self.autospec = autospec
        self.kwargs = kwargs
        self.additional_patchers = []
        self.is_started = False

    def copy(self):
        copy = _patch(self.getter, self.attribute, self.new, self.spec, self.create, self.spec_set, self.autospec,
                      self.new_callable, self.kwargs)
        copy.attribute_name = self.attribute_name
        copy.additional_patchers = [patcher.copy() for patcher in self.additional_patchers]
        return copy

    def __call__(self, func):
        if isinstance(func, type):
            return self.decorate_class(func)
        return self.decorate_callable(func)

    def decorate_class(self, klass):
        for name in dir(klass):
            if name.startswith(patch.TEST_PREFIX):
                method = getattr(klass, name)
                if hasattr(method, '__call__'):
                    setattr(klass, name, self.copy()(method))
        return klass

    def decorate_callable(self, func):
        if hasattr(func, 'patchings'):
            func.patchings.append(self)
            return func
        if inspect.iscoroutinefunction(func):
            @functools.wraps(func)
            async def patched(*args, **keywargs):
                with self._all_of(patched, args, keywargs) as (args, keywargs):
                    return await func(*args, **keywargs)
        else:
            @functools.wraps(func)
            def patched(*args, **keywargs):
                with self._all_of(patched, args, keywargs) as (args, keywargs):
                    return func(*args, **keywargs)
        patched.patchings = [self]
        return patched

    @contextlib.contextmanager
    def _all_of(self, patched, args, keywargs):
        # All patches of a function, in the order of the decorators; what they made are further arguments.
        extra = []
        with contextlib.ExitStack() as stack:
            for patching in patched.patchings:
                made = stack.enter_context(patching)
                if patching.attribute_name is not None:
                    keywargs.update(made)
                elif patching.new is DEFAULT:
                    extra.append(made)
            yield (*args, *extra), keywargs

    def get_original(self):
        target = self.getter()
        name = self.attribute
        try:
            original, local = target.__dict__[name], True
        except (AttributeError, KeyError):
            original, local = getattr(target, name, DEFAULT), False
        if name in _builtins and hasattr(target, '__builtins__') and original is DEFAULT:
            self.create = True
        if not self.create and original is DEFAULT:
            raise AttributeError(f'{target} does not have the attribute {name!r}')
        return original, local

    def _make(self, original):
        # The mock, where none was given.
        spec, spec_set, autospec, kwargs = self.spec, self.spec_set, self.autospec, {}
        if self.new is not DEFAULT:
            if self.kwargs:
                raise TypeError("Can't pass kwargs to a mock we aren't creating")
            if autospec is not None:
                from .mock import create_autospec
                if self.new is not DEFAULT:
                    raise TypeError("autospec creates the mock for you. Can't specify autospec and new.")
                return create_autospec(original)
            return self.new
        if autospec is not None:
            from .mock import create_autospec
            if original is DEFAULT:
                raise TypeError("Can't use 'autospec' with create=True")
            if autospec is True:
                autospec = original
            if is_mock(self.target):
                raise InvalidSpecError(
                    f'Cannot autospec attr {self.attribute!r} as the patch target has already been mocked out.'
                    f' [target={self.target!r}, attr={autospec!r}]')
            if is_mock(autospec):
                name = getattr(self.target, '__name__', self.target)
                raise InvalidSpecError(
                    f'Cannot autospec attr {self.attribute!r} from target {name!r} as it has already been mocked'
                    f' out. [target={self.target!r}, attr={autospec!r}]')
            return create_autospec(autospec, spec_set=bool(spec_set), _name=self.attribute, **self.kwargs)
        inherit = False
        if spec is True:
            spec = original
            if spec_set is True:
                spec_set, spec = original, None
        elif spec is not None:
            if spec_set is True:
                spec_set, spec = spec, None
        elif spec_set is True:
            spec_set = original
        if spec is not None or spec_set is not None:
            if original is DEFAULT:
                raise TypeError("Can't use 'spec' with create=True")
            inherit = isinstance(original, type)
        klass = MagicMock
        if self.new_callable is not None:
            klass = self.new_callable
        elif spec is None and inspect.iscoroutinefunction(original):
            klass = AsyncMock
        elif spec is not None or spec_set is not None:
            this = spec if spec is not None else spec_set
            if isinstance(this, (list, tuple)):
                can_call = '__call__' in this
            else:
                can_call = callable(this)
            if inspect.iscoroutinefunction(this):
                klass = AsyncMock
            elif not can_call:
                klass = NonCallableMagicMock
        if spec is not None:
            kwargs['spec'] = spec
        if spec_set is not None:
            kwargs['spec_set'] = spec_set
        if isinstance(klass, type) and issubclass(klass, NonCallableMock) and self.attribute:
            kwargs['name'] = self.attribute
        kwargs.update(self.kwargs)
        made = klass(**kwargs)
        if inherit and is_mock(made):
            # Instances of a class have the spec of the class.
            this = spec_set if spec_set is not None else spec
            if not (isinstance(this, (list, tuple)) and '__call__' not in this) and not _instances_callable(this):
                klass = NonCallableMagicMock
            kwargs.pop('name', None)
            made.return_value = klass(_new_parent=made, _new_name='()', **kwargs)
        return made

    def __enter__(self):
        """Puts the replacement there; gives it."""
        if self.is_started:
            raise RuntimeError('Patch is already started')
        if self.new is not DEFAULT and self.autospec is not None:
            raise TypeError("autospec creates the mock for you. Can't specify autospec and new.")
        if self.spec is not None and self.autospec is not None:
            raise TypeError("Can't specify spec and autospec")
        if self.spec_set not in (True, None) and self.autospec is not None:
            raise TypeError("Can't provide explicit spec_set *and* spec or autospec")
        if self.spec is False:
            self.spec = None
        if self.spec_set is False:
            self.spec_set = None
        if self.autospec is False:
            self.autospec = None
        self.target = self.getter()
        self._stack = contextlib.ExitStack()
        original, local = self.get_original()
        new = self._make(original)
        self.temp_original = original
        self.is_local = local
        self.is_started = True
        try:
            setattr(self.target, self.attribute, new)
            if self.attribute_name is None:
                return new
            extra = {}
            if self.new is DEFAULT:
                extra[self.attribute_name] = new
            for patching in self.additional_patchers:
                made = self._stack.enter_context(patching)
                if patching.new is DEFAULT:
                    extra.update(made)
            return extra
        except BaseException as error:
            if not self.__exit__(type(error), error, error.__traceback__):
                raise

    def __exit__(self, *exc_info):
        """Puts back what was there."""
        if not self.is_started:
            return None
        if self.is_local and self.temp_original is not DEFAULT:
            setattr(self.target, self.attribute, self.temp_original)
        else:
            delattr(self.target, self.attribute)
            if not self.create and (not hasattr(self.target, self.attribute) or self.attribute in (
                    '__doc__', '__module__', '__defaults__', '__annotations__', '__kwdefaults__')):
                # What is computed, by a proxy or a descriptor, does not come back by itself.
                setattr(self.target, self.attribute, self.temp_original)
        del self.temp_original, self.is_local, self.target
        stack = self._stack
        del self._stack
        self.is_started = False
        return stack.__exit__(*exc_info)

    def start(self):
        """Puts the replacement there until `stop`."""
        result = self.__enter__()
        self._active_patches.append(self)
        return result

    def stop(self):
        """Puts back what was there."""
        try:
            self._active_patches.remove(self)
        except ValueError:
            return None
        return self.__exit__(None, None, None)


_builtins = set(dir(__import__('builtins')))


def _instances_callable(spec):
    if isinstance(spec, (list, tuple)):
        return '__call__' in spec
    return any('__call__' in vars(base) for base in getattr(spec, '__mro__', ()))


def _patch_object(target, attribute, new=DEFAULT, spec=None, create=False, spec_set=None, autospec=None,
                  new_callable=None, *, unsafe=False, **kwargs):
    """Replaces the attribute of an object."""
    if type(target) is str:
        raise TypeError(f'{target!r} must be the actual object to be patched, not a str')
    return _patch(lambda: target, attribute, new, spec, create, spec_set, autospec, new_callable, kwargs,
                  unsafe=unsafe)


def _patch_multiple(target, spec=None, create=False, spec_set=None, autospec=None, new_callable=None, **kwargs):
    """Replaces several attributes of an object; those given as DEFAULT by mocks, which come in a dict."""
    if type(target) is str:
        getter = functools.partial(_find, target)
    else:
        getter = lambda: target  # noqa: E731
    if not kwargs:
        raise ValueError('Must supply at least one keyword argument with patch.multiple')
    patchers = []
    for attribute, new in kwargs.items():
        patcher = _patch(getter, attribute, new, spec, create, spec_set, autospec, new_callable, {})
        patcher.attribute_name = attribute
        patchers.append(patcher)
    first, *others = patchers
    first.additional_patchers.extend(others)
    return first


def patch(target, new=DEFAULT, spec=None, create=False, spec_set=None, autospec=None, new_callable=None, *,
          unsafe=False, **kwargs):
    """Replaces what a dotted name means: for the body of a `with`, for a function or the tests of a class that it
    decorates, or from `start` to `stop`. Where `new` is left out, by a MagicMock, which is given."""
    getter, attribute = _split(target)
    return _patch(getter, attribute, new, spec, create, spec_set, autospec, new_callable, kwargs, unsafe=unsafe)


class _patch_dict:
    """Changes a dict, or a mapping, and puts it back."""

    def __init__(self, in_dict, values=(), clear=False, **kwargs):
        self.in_dict = in_dict
        self.values = dict(values)
        self.values.update(kwargs)
        self.clear = clear
        self._original = None

    def __call__(self, func):
        if isinstance(func, type):
            return self.decorate_class(func)
        if inspect.iscoroutinefunction(func):
            @functools.wraps(func)
            async def inner(*args, **kwargs):
                with self:
                    return await func(*args, **kwargs)
        else:
            @functools.wraps(func)
            def inner(*args, **kwargs):
                with self:
                    return func(*args, **kwargs)
        return inner

    def decorate_class(self, klass):
        for name in dir(klass):
            method = getattr(klass, name)
            if name.startswith(patch.TEST_PREFIX) and hasattr(method, '__call__'):
                setattr(klass, name, _patch_dict(self.in_dict, self.values, self.clear)(method))
        return klass

    def __enter__(self):
        if isinstance(self.in_dict, str):
            self.in_dict = _find(self.in_dict)
        target = self.in_dict
        try:
            self._original = target.copy()
        except AttributeError:
            self._original = {key: target[key] for key in target}
        if self.clear:
            _empty(target)
        try:
            target.update(self.values)
        except AttributeError:
            for key in self.values:
                target[key] = self.values[key]
        return target

    def _restore(self):
        target, original = self.in_dict, self._original
        _empty(target)
        try:
            target.update(original)
        except AttributeError:
            for key in original:
                target[key] = original[key]

    def __exit__(self, *args):
        if self._original is not None:
            self._restore()
            self._original = None
        return False

    def start(self):
        """Changes the dict until `stop`."""
        result = self.__enter__()
        _patch._active_patches.append(self)
        return result

    def stop(self):
        """Puts the dict back."""
        try:
            _patch._active_patches.remove(self)
        except ValueError:
            return None
        return self.__exit__(None, None, None)


def _empty(mapping):
    try:
        mapping.clear()
    except AttributeError:
        for key in list(mapping):
            del mapping[key]


def _stop_all():
    """Stops the patches that were started, the last first."""
    for patcher in reversed(list(_patch._active_patches)):
        patcher.stop()


patch.object = _patch_object
patch.dict = _patch_dict
patch.multiple = _patch_multiple
patch.stopall = _stop_all
patch.TEST_PREFIX = 'test'

for _thing in (_patch, _patch_object, _patch_multiple, patch, _patch_dict):
    _thing.__module__ = 'unittest.mock'
