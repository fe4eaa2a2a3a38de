"""Functions that are called when the program ends, the last one registered first."""

import sys as _sys

_callbacks = []


def register(*args, **kwargs):
    """Have a function called at the end, with these arguments; gives the function."""
    if not args:
        raise TypeError("register() takes at least 1 argument (0 given)")
    func, *args = args
    if not callable(func):
        raise TypeError("the first argument must be callable")
    _callbacks.append((func, args, kwargs))
    return func


def unregister(func, /):
    """Call it off, as often as it was registered."""
    for entry in _callbacks[:]:
        if entry[0] == func and entry in _callbacks:
            _callbacks.remove(entry)


def _clear():
    _callbacks.clear()


def _ncallbacks():
    return len(_callbacks)


def _run_exitfuncs():
    # What is registered or called off from here on comes too late.
    due = _callbacks[::-1]
    for func, args, kwargs in due:
        try:
            func(*args, **kwargs)
        except BaseException as error:
            # Not with this frame, which the reader has no part in.
            traceback = error.__traceback__ and error.__traceback__.tb_next
            message = f"Exception ignored in atexit callback {func!r}"
            _sys.unraisablehook(_sys.UnraisableHookArgs((type(error), error, traceback, message, None)))
    _callbacks.clear()
