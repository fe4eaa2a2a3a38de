"""Threads as far as one thread goes: locks, conditions and thread-local data. Starting a thread is refused."""

import _thread
import sys as _sys
from _thread import _local as local, get_ident, get_native_id, LockType as Lock, RLock, stack_size, TIMEOUT_MAX
from _weakrefset import WeakSet
from collections import deque as _deque
from time import monotonic as _time

__all__ = [
    "get_ident", "active_count", "Condition", "current_thread", "enumerate", "main_thread", "TIMEOUT_MAX",
    "Event", "Lock", "RLock", "Semaphore", "BoundedSemaphore", "Thread", "Barrier", "BrokenBarrierError",
    "Timer", "ThreadError", "setprofile", "settrace", "local", "stack_size", "excepthook", "ExceptHookArgs",
    "gettrace", "getprofile", "setprofile_all_threads", "settrace_all_threads", "get_native_id",
]

ThreadError = _thread.error
_trace_hook = None
_profile_hook = None


def settrace(func):
    """Set the trace function of threads yet to be started."""
    global _trace_hook
    _trace_hook = func


def gettrace():
    """The trace function set by settrace()."""
    return _trace_hook


def setprofile(func):
    """Set the profile function of threads yet to be started."""
    global _profile_hook
    _profile_hook = func


def getprofile():
    """The profile function set by setprofile()."""
    return _profile_hook


settrace_all_threads = settrace
setprofile_all_threads = setprofile


class Condition:
    """A condition variable: wait() until another calls notify(), while the lock is released."""

    def __init__(self, lock=None):
        self._lock = RLock() if lock is None else lock
        self.acquire = self._lock.acquire
        self.release = self._lock.release
        for name in ("_release_save", "_acquire_restore", "_is_owned"):
            if hasattr(self._lock, name):
                setattr(self, name, getattr(self._lock, name))
        self._waiters = _deque()

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *args):
        return self._lock.__exit__(*args)

    def __repr__(self):
        return f"<Condition({self._lock}, {len(self._waiters)})>"

    def _release_save(self):
        self._lock.release()

    def _acquire_restore(self, saved):
        self._lock.acquire()

    def _is_owned(self):
        if self._lock.acquire(False):
            self._lock.release()
            return False
        return True

    def wait(self, timeout=None):
        """Wait until notified, or for so many seconds: whether it was notified."""
        if not self._is_owned():
            raise RuntimeError("cannot wait on un-acquired lock")
        waiter = Lock()
        waiter.acquire()
        self._waiters.append(waiter)
        saved = self._release_save()
        notified = False
        try:
            if timeout is None:
                notified = waiter.acquire()
            elif timeout > 0:
                notified = waiter.acquire(True, timeout)
            else:
                notified = waiter.acquire(False)
            return notified
        finally:
            self._acquire_restore(saved)
            if not notified and waiter in self._waiters:
                self._waiters.remove(waiter)

    def wait_for(self, predicate, timeout=None):
        """Wait until the predicate is true, or for so many seconds: the predicate's last result."""
        end = None if timeout is None else _time() + timeout
        while not (result := predicate()):
            rest = None if end is None else end - _time()
            if rest is not None and rest <= 0:
                break
            self.wait(rest)
        return result

    def notify(self, n=1):
        """Wake at most n of those that wait."""
        if not self._is_owned():
            raise RuntimeError("cannot notify on un-acquired lock")
        while n > 0 and self._waiters:
            self._waiters.popleft().release()
            n -= 1

    def notify_all(self):
        """Wake all that wait."""
        self.notify(len(self._waiters))

    notifyAll = notify_all


class Semaphore:
    """Counts releases minus acquisitions, from an initial value on; acquire() waits while it is zero."""

    def __init__(self, value=1):
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._cond = Condition(Lock())
        self._value = value

    def __repr__(self):
        cls = self.__class__
        return f"<{cls.__module__}.{cls.__qualname__} at {id(self):#x}: value={self._value}>"

    def acquire(self, blocking=True, timeout=None):
        """Take one, waiting if there is none: whether it was taken."""
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        with self._cond:
            end = None if timeout is None else _time() + timeout
            while self._value == 0:
                if not blocking:
                    return False
                rest = None if end is None else end - _time()
                if rest is not None and rest <= 0:
                    return False
                self._cond.wait(rest)
            self._value -= 1
            return True

    __enter__ = acquire

    def release(self, n=1):
        """Give n back."""
        if n < 1:
            raise ValueError("n must be one or more")
        with self._cond:
            self._value += n
            self._cond.notify(n)

    def __exit__(self, *args):
        self.release()


class BoundedSemaphore(Semaphore):
    """A semaphore that refuses to be released more often than acquired."""

    def __init__(self, value=1):
        super().__init__(value)
        self._initial_value = value

    def __repr__(self):
        return super().__repr__()[:-1] + f"/{self._initial_value}>"

    def release(self, n=1):
        """Give n back."""
        if n < 1:
            raise ValueError("n must be one or more")
        with self._cond:
            if self._value + n > self._initial_value:
                raise ValueError("Semaphore released too many times")
            self._value += n
            self._cond.notify(n)


class Event:
    """A flag to wait for."""

    def __init__(self):
        self._cond = Condition(Lock())
        self._flag = False

    def __repr__(self):
        cls = self.__class__
        status = "set" if self._flag else "unset"
        return f"<{cls.__module__}.{cls.__qualname__} at {id(self):#x}: {status}>"

    def is_set(self):
        """Whether the flag is set."""
        return self._flag

    isSet = is_set

    def set(self):
        """Set the flag and wake all that wait for it."""
        with self._cond:
            self._flag = True
            self._cond.notify_all()

    def clear(self):
        """Take the flag back."""
        with self._cond:
            self._flag = False

    def wait(self, timeout=None):
        """Wait for the flag, or for so many seconds: whether it is set."""
        with self._cond:
            return self._flag or self._cond.wait(timeout) or self._flag


class BrokenBarrierError(RuntimeError):
    """Raised by a barrier that was broken."""


class Barrier:
    """Lets threads through when so many are there."""

    def __init__(self, parties, action=None, timeout=None):
        if parties < 1:
            raise ValueError("parties must be >= 1")
        self._cond = Condition(Lock())
        self._action = action
        self._timeout = timeout
        self._parties = parties
        self._count = 0
        self._round = 0
        self._broken = False

    def __repr__(self):
        cls = self.__class__
        state = "broken" if self._broken else f"waiters={self.n_waiting}/{self.parties}"
        return f"<{cls.__module__}.{cls.__qualname__} at {id(self):#x}: {state}>"

    @property
    def parties(self):
        """How many it waits for."""
        return self._parties

    @property
    def n_waiting(self):
        """How many wait now."""
        return self._count

    @property
    def broken(self):
        """Whether it was broken."""
        return self._broken

    def wait(self, timeout=None):
        """Wait for the others: the number of the one that waits, from parties - 1 down to 0."""
        if timeout is None:
            timeout = self._timeout
        with self._cond:
            if self._broken:
                raise BrokenBarrierError
            index = self._count
            self._count += 1
            try:
                if index + 1 == self._parties:
                    self._let_through()
                else:
                    this = self._round
                    passed = self._cond.wait_for(lambda: self._round != this or self._broken, timeout)
                    if not passed:
                        self._break()
                    if self._broken:
                        raise BrokenBarrierError
            finally:
                self._count -= 1
            return index

    def _let_through(self):
        try:
            if self._action:
                self._action()
        except:
            self._break()
            raise
        self._round += 1
        self._cond.notify_all()

    def _break(self):
        self._broken = True
        self._cond.notify_all()

    def reset(self):
        """Make it as new; those that wait get a BrokenBarrierError."""
        with self._cond:
            if self._count:
                self._break()
            self._broken = False

    def abort(self):
        """Break it."""
        with self._cond:
            self._break()


_counter = 0


def _newname(name_template):
    global _counter
    _counter += 1
    return name_template % _counter


class Thread:
    """A thread to be run. start() raises: there is only the main thread."""

    _initialized = False

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None, context=None):
        assert group is None, "group argument must be None for now"
        if name is None:
            name = _newname("Thread-%d")
            if target is not None and hasattr(target, "__name__"):
                name += f" ({target.__name__})"
        self._target = target
        self._name = str(name)
        self._args = args
        self._kwargs = {} if kwargs is None else kwargs
        self._daemonic = bool(daemon)
        self._ident = None
        self._started = False
        self._initialized = True

    def __repr__(self):
        assert self._initialized, "Thread.__init__() was not called"
        status = "started" if self._started else "initial"
        if self._daemonic:
            status += " daemon"
        if self._ident is not None:
            status += f" {self._ident}"
        return f"<{self.__class__.__name__}({self._name}, {status})>"

    def start(self):
        """Refused: a runtime has one thread."""
        if not self._initialized:
            raise RuntimeError("thread.__init__() not called")
        if self._started:
            raise RuntimeError("threads can only be started once")
        _thread.start_new_thread(self.run, ())

    def run(self):
        """What the thread does: call the target."""
        try:
            if self._target is not None:
                self._target(*self._args, **self._kwargs)
        finally:
            del self._target, self._args, self._kwargs

    def join(self, timeout=None):
        """Wait for the thread's end."""
        if not self._initialized:
            raise RuntimeError("Thread.__init__() not called")
        if not self._started:
            raise RuntimeError("cannot join thread before it is started")
        if self is current_thread():
            raise RuntimeError("cannot join current thread")

    @property
    def name(self):
        """A name for people."""
        return self._name

    @name.setter
    def name(self, name):
        self._name = str(name)

    @property
    def ident(self):
        """The thread's number, None before it is started."""
        return self._ident

    @property
    def native_id(self):
        """The number that the operating system gave it."""
        return get_native_id() if self._started else None

    def is_alive(self):
        """Whether it runs."""
        return self._started

    @property
    def daemon(self):
        """Whether the program may end without it."""
        return self._daemonic

    @daemon.setter
    def daemon(self, daemonic):
        if self._started:
            raise RuntimeError("cannot set daemon status of active thread")
        self._daemonic = daemonic

    def isDaemon(self):
        return self.daemon

    def setDaemon(self, daemonic):
        self.daemon = daemonic

    def getName(self):
        return self.name

    def setName(self, name):
        self.name = name


class Timer(Thread):
    """A thread that calls a function after so many seconds."""

    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__()
        self.interval = interval
        self.function = function
        self.args = [] if args is None else args
        self.kwargs = {} if kwargs is None else kwargs
        self.finished = Event()

    def cancel(self):
        """Don't call the function any more."""
        self.finished.set()

    def run(self):
        """Wait, then call the function."""
        self.finished.wait(self.interval)
        if not self.finished.is_set():
            self.function(*self.args, **self.kwargs)
        self.finished.set()


class _MainThread(Thread):
    def __init__(self):
        super().__init__(name="MainThread", daemon=False)
        self._started = True
        self._ident = get_ident()


_main_thread = _MainThread()
_dangling = WeakSet([_main_thread])
_active = {_main_thread.ident: _main_thread}
_exit_functions = []


def current_thread():
    """The thread that asks: the main thread."""
    return _main_thread


currentThread = current_thread


def main_thread():
    """The main thread."""
    return _main_thread


def active_count():
    """How many threads run: one."""
    return 1


activeCount = active_count


def enumerate():
    """A list of the threads that run."""
    return [_main_thread]


def _register_atexit(func, *arg, **kwargs):
    _exit_functions.append((func, arg, kwargs))


def _shutdown():
    """What the runtime calls when the program ends, before atexit's functions."""
    while _exit_functions:
        func, arg, kwargs = _exit_functions.pop()
        func(*arg, **kwargs)


class ExceptHookArgs(tuple):
    """What excepthook() is told: exc_type, exc_value, exc_traceback and thread."""

    exc_type = property(lambda self: self[0])
    exc_value = property(lambda self: self[1])
    exc_traceback = property(lambda self: self[2])
    thread = property(lambda self: self[3])


def excepthook(args, /):
    """Show the exception that ended a thread."""
    if args.exc_type == SystemExit:
        return
    import traceback
    name = args.thread.name if args.thread is not None else get_ident()
    print(f"Exception in thread {name}:", file=_sys.stderr, flush=True)
    traceback.print_exception(args.exc_type, args.exc_value, args.exc_traceback, file=_sys.stderr)


__excepthook__ = excepthook
