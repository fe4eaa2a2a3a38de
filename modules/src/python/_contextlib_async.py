"""The asynchronous half of contextlib, which publishes these names."""

import abc
import sys
from _collections_abc import _check_methods
from _types import GenericAlias, MethodType
from contextlib import _BaseExitStack, _GeneratorContextManagerBase, _chain_context
from functools import wraps


class AbstractAsyncContextManager(abc.ABC):
    """Has __aenter__ and __aexit__."""

    __module__ = "contextlib"
    __slots__ = ()

    __class_getitem__ = classmethod(GenericAlias)

    async def __aenter__(self):
        return self

    @abc.abstractmethod
    async def __aexit__(self, exc_type, exc_value, traceback):
        return None

    @classmethod
    def __subclasshook__(cls, C):
        if cls is AbstractAsyncContextManager:
            return _check_methods(C, "__aenter__", "__aexit__")
        return NotImplemented


class AsyncContextDecorator:
    """Lets an asynchronous context manager decorate coroutine functions."""

    __module__ = "contextlib"

    def _recreate_cm(self):
        return self

    def __call__(self, func):
        @wraps(func)
        async def inner(*args, **kwds):
            # What `async with` does, written out.
            manager = self._recreate_cm()
            cls = type(manager)
            leave = cls.__aexit__
            await cls.__aenter__(manager)
            try:
                result = await func(*args, **kwds)
            except BaseException as error:
                if not await leave(manager, type(error), error, error.__traceback__):
                    raise
            else:
                await leave(manager, None, None, None)
                return result
        return inner


class _AsyncGeneratorContextManager(_GeneratorContextManagerBase, AbstractAsyncContextManager,
                                    AsyncContextDecorator):
    """The context manager that asynccontextmanager makes."""

    __module__ = "contextlib"

    async def __aenter__(self):
        del self.args, self.kwds, self.func
        try:
            return await anext(self.gen)
        except StopAsyncIteration:
            raise RuntimeError("generator didn't yield") from None

    async def __aexit__(self, typ, value, traceback):
        if typ is None:
            try:
                await anext(self.gen)
            except StopAsyncIteration:
                return False
            try:
                raise RuntimeError("generator didn't stop")
            finally:
                await self.gen.aclose()
        if value is None:
            value = typ()
        try:
            await self.gen.athrow(value)
        except StopAsyncIteration as stop:
            return stop is not value
        except RuntimeError as error:
            wrapped = isinstance(value, (StopIteration, StopAsyncIteration)) and error.__cause__ is value
            if error is not value and not wrapped:
                raise
            value.__traceback__ = traceback
            return False
        except BaseException as error:
            if error is not value:
                raise
            value.__traceback__ = traceback
            return False
        try:
            raise RuntimeError("generator didn't stop after athrow()")
        finally:
            await self.gen.aclose()


def asynccontextmanager(func):
    """contextmanager for asynchronous generator functions."""
    @wraps(func)
    def helper(*args, **kwds):
        return _AsyncGeneratorContextManager(func, args, kwds)
    return helper


class aclosing(AbstractAsyncContextManager):
    """Awaits an object's aclose() at the end of the block."""

    __module__ = "contextlib"

    def __init__(self, thing):
        self.thing = thing

    async def __aenter__(self):
        return self.thing

    async def __aexit__(self, *exc_info):
        await self.thing.aclose()


class AsyncExitStack(_BaseExitStack, AbstractAsyncContextManager):
    """ExitStack for a mixture of synchronous and asynchronous managers."""

    __module__ = "contextlib"

    async def enter_async_context(self, cm):
        """Enter an asynchronous context manager now and leave it when the stack is closed."""
        cls = type(cm)
        try:
            enter = cls.__aenter__
            exit = cls.__aexit__
        except AttributeError:
            raise TypeError(f"'{cls.__module__}.{cls.__qualname__}' object does "
                            "not support the asynchronous context manager protocol") from None
        result = await enter(cm)
        self._push_exit_callback(MethodType(exit, cm), False)
        return result

    def push_async_exit(self, exit):
        """Add an object's __aexit__, or a coroutine function of that signature."""
        try:
            method = type(exit).__aexit__
        except AttributeError:
            self._push_exit_callback(exit, False)
        else:
            self._push_exit_callback(MethodType(method, exit), False)
        return exit

    def push_async_callback(self, callback, /, *args, **kwds):
        """Await a call of a coroutine function when the stack is closed."""
        async def exit(exc_type, exc, tb):
            await callback(*args, **kwds)
        exit.__wrapped__ = callback
        self._push_exit_callback(exit, False)
        return callback

    async def aclose(self):
        """Leave everything now."""
        await self.__aexit__(None, None, None)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc_details):
        pending = exc_details[1]
        received = pending is not None
        outer = sys.exception()
        suppressed = False
        raised = False
        while self._exit_callbacks:
            is_sync, callback = self._exit_callbacks.pop()
            try:
                if pending is None:
                    details = None, None, None
                else:
                    details = type(pending), pending, pending.__traceback__
                verdict = callback(*details)
                if not is_sync:
                    verdict = await verdict
                if verdict:
                    suppressed = True
                    raised = False
                    pending = None
            except BaseException as error:
                _chain_context(error, pending, outer)
                raised = True
                pending = error
        if raised:
            context = pending.__context__
            try:
                raise pending
            except BaseException:
                pending.__context__ = context
                raise
        return received and suppressed
