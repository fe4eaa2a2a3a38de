"""Tools for the with statement."""

__all__ = ["asynccontextmanager", "contextmanager", "closing", "nullcontext", "AbstractContextManager",
           "AbstractAsyncContextManager", "AsyncExitStack", "ContextDecorator", "ExitStack", "redirect_stdout",
           "redirect_stderr", "suppress", "aclosing", "chdir"]

import abc
import sys
from _collections_abc import _check_methods
from _types import GenericAlias, MethodType
from collections import deque
from functools import wraps


class AbstractContextManager(abc.ABC):
    """Has __enter__ and __exit__."""

    __slots__ = ()

    __class_getitem__ = classmethod(GenericAlias)

    def __enter__(self):
        return self

    @abc.abstractmethod
    def __exit__(self, exc_type, exc_value, traceback):
        return None

    @classmethod
    def __subclasshook__(cls, C):
        if cls is AbstractContextManager:
            return _check_methods(C, "__enter__", "__exit__")
        return NotImplemented


class ContextDecorator:
    """Lets a context manager decorate functions: each call runs inside it."""

    def _recreate_cm(self):
        # One-shot managers override this, so that every call has a fresh one.
        return self

    def __call__(self, func):
        @wraps(func)
        def inner(*args, **kwds):
            with self._recreate_cm():
                return func(*args, **kwds)
        return inner


class _GeneratorContextManagerBase:
    """What the managers of contextmanager and asynccontextmanager share."""

    def __init__(self, func, args, kwds):
        self.gen = func(*args, **kwds)
        self.func, self.args, self.kwds = func, args, kwds
        # The function's docstring stands in for the class's.
        doc = getattr(func, "__doc__", None)
        if doc is None:
            doc = type(self).__doc__
        self.__doc__ = doc

    def _recreate_cm(self):
        return self.__class__(self.func, self.args, self.kwds)


class _GeneratorContextManager(_GeneratorContextManagerBase, AbstractContextManager, ContextDecorator):
    """The context manager that contextmanager makes."""

    def __enter__(self):
        # The arguments are only for recreation, which is over now; what they hold may be freed.
        del self.args, self.kwds, self.func
        try:
            return next(self.gen)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(self, typ, value, traceback):
        if typ is None:
            try:
                next(self.gen)
            except StopIteration:
                return False
            try:
                raise RuntimeError("generator didn't stop")
            finally:
                self.gen.close()
        if value is None:
            value = typ()
        try:
            self.gen.throw(value)
        except StopIteration as stop:
            # Suppressed, unless this is the very exception that was thrown in.
            return stop is not value
        except RuntimeError as error:
            if error is value:
                value.__traceback__ = traceback
                return False
            # A StopIteration thrown in comes back wrapped (PEP 479).
            if isinstance(value, StopIteration) and error.__cause__ is value:
                value.__traceback__ = traceback
                return False
            raise
        except BaseException as error:
            if error is not value:
                raise
            value.__traceback__ = traceback
            return False
        try:
            raise RuntimeError("generator didn't stop after throw()")
        finally:
            self.gen.close()


def contextmanager(func):
    """Decorator: a generator function that yields once becomes a function returning a context manager."""
    @wraps(func)
    def helper(*args, **kwds):
        return _GeneratorContextManager(func, args, kwds)
    return helper


class closing(AbstractContextManager):
    """Closes an object at the end of the block."""

    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, *exc_info):
        self.thing.close()


class _RedirectStream(AbstractContextManager):
    _stream = None

    def __init__(self, new_target):
        self._new_target = new_target
        # A stack, as one manager may be entered again inside itself.
        self._old_targets = []

    def __enter__(self):
        self._old_targets.append(getattr(sys, self._stream))
        setattr(sys, self._stream, self._new_target)
        return self._new_target

    def __exit__(self, exctype, excinst, exctb):
        setattr(sys, self._stream, self._old_targets.pop())


class redirect_stdout(_RedirectStream):
    """Makes sys.stdout another file for the block."""

    _stream = "stdout"


class redirect_stderr(_RedirectStream):
    """Makes sys.stderr another file for the block."""

    _stream = "stderr"


class suppress(AbstractContextManager):
    """Ends the block quietly at the given exceptions."""

    def __init__(self, *exceptions):
        self._exceptions = exceptions

    def __enter__(self):
        pass

    def __exit__(self, exctype, excinst, exctb):
        if exctype is None:
            return None
        if issubclass(exctype, self._exceptions):
            return True
        if issubclass(exctype, BaseExceptionGroup):
            _, rest = excinst.split(self._exceptions)
            if rest is None:
                return True
            raise rest
        return False


class _BaseExitStack:
    """What ExitStack and AsyncExitStack share: the list of pending exits."""

    def __init__(self):
        # (is synchronous, callable taking the three exception arguments), last entered last.
        self._exit_callbacks = deque()

    def pop_all(self):
        """Move the pending exits to a new stack."""
        result = type(self)()
        result._exit_callbacks = self._exit_callbacks
        self._exit_callbacks = deque()
        return result

    def push(self, exit):
        """Add an object's __exit__, or a callable of that signature."""
        cls = type(exit)
        try:
            method = cls.__exit__
        except AttributeError:
            self._push_exit_callback(exit)
        else:
            self._push_exit_callback(MethodType(method, exit))
        return exit

    def enter_context(self, cm):
        """Enter a context manager now and leave it when the stack is closed."""
        cls = type(cm)
        try:
            enter = cls.__enter__
            exit = cls.__exit__
        except AttributeError:
            raise TypeError(f"'{cls.__module__}.{cls.__qualname__}' object does "
                            "not support the context manager protocol") from None
        result = enter(cm)
        self._push_exit_callback(MethodType(exit, cm))
        return result

    def callback(self, callback, /, *args, **kwds):
        """Call a function with these arguments when the stack is closed; it cannot suppress exceptions."""
        def exit(exc_type, exc, tb):
            callback(*args, **kwds)
        exit.__wrapped__ = callback
        self._push_exit_callback(exit)
        return callback

    def _push_exit_callback(self, callback, is_sync=True):
        self._exit_callbacks.append((is_sync, callback))


def _chain_context(new, old, outer):
    # Makes `new`, raised by a callback, point at `old` as its context, as nested with statements would: the end of
    # new's chain is where the exception around the stack (`outer`) shows, or nothing.
    while True:
        context = new.__context__
        if context is None or context is old:
            return
        if context is outer:
            break
        new = context
    new.__context__ = old


class ExitStack(_BaseExitStack, AbstractContextManager):
    """A stack of context managers and callbacks, left in reverse order."""

    def __enter__(self):
        return self

    def __exit__(self, *exc_details):
        pending = exc_details[1]
        received = pending is not None
        outer = sys.exception()
        suppressed = False
        raised = False
        while self._exit_callbacks:
            _, callback = self._exit_callbacks.pop()
            try:
                if pending is None:
                    details = None, None, None
                else:
                    details = type(pending), pending, pending.__traceback__
                if callback(*details):
                    suppressed = True
                    raised = False
                    pending = None
            except BaseException as error:
                _chain_context(error, pending, outer)
                raised = True
                pending = error
        if raised:
            # Raising sets the context anew; what was worked out above is the right one.
            context = pending.__context__
            try:
                raise pending
            except BaseException:
                pending.__context__ = context
                raise
        return received and suppressed

    def close(self):
        """Leave everything now."""
        self.__exit__(None, None, None)


class nullcontext(AbstractContextManager):
    """A context manager that does nothing but give `enter_result`."""

    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result

    def __exit__(self, *excinfo):
        pass

    async def __aenter__(self):
        return self.enter_result

    async def __aexit__(self, *excinfo):
        pass


class chdir(AbstractContextManager):
    """Works in another directory for the block."""

    def __init__(self, path):
        self.path = path
        self._old_cwd = []

    def __enter__(self):
        import os
        self._old_cwd.append(os.getcwd())
        os.chdir(self.path)

    def __exit__(self, *excinfo):
        import os
        os.chdir(self._old_cwd.pop())


_ASYNC_NAMES = ("asynccontextmanager", "AbstractAsyncContextManager", "AsyncExitStack", "AsyncContextDecorator",
                "aclosing")


def __dir__():
    return sorted({*globals(), *_ASYNC_NAMES})


def __getattr__(name):
    # The asynchronous half lives apart: few programs need it.
    if name in _ASYNC_NAMES:
        import _contextlib_async
        return getattr(_contextlib_async, name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
