"""Ending a run of tests with Ctrl-C: the first stops after the test that runs."""

from functools import wraps

__unittest = True

_results = {}
_interrupt_handler = None


def _signal():
    import signal
    return signal


class _InterruptHandler:
    def __init__(self, default_handler):
        self.called = False
        self.original_handler = default_handler
        signal = _signal()
        if isinstance(default_handler, int):
            if default_handler == signal.SIG_DFL:
                default_handler = signal.default_int_handler
            elif default_handler == signal.SIG_IGN:
                def default_handler(unused_signum, unused_frame):
                    pass
            else:
                raise TypeError("expected SIGINT signal handler to be "
                                "signal.SIG_IGN, signal.SIG_DFL, or a "
                                "callable object")
        self.default_handler = default_handler

    def __call__(self, signum, frame):
        signal = _signal()
        if signal.getsignal(signal.SIGINT) is not self or self.called:
            # Somebody has installed another, or it is the second Ctrl-C.
            self.default_handler(signum, frame)
        self.called = True
        for result in list(_results.values()):
            result.stop()


def registerResult(result):
    _results[id(result)] = result


def removeResult(result):
    return bool(_results.pop(id(result), None))


def installHandler():
    global _interrupt_handler
    if _interrupt_handler is None:
        signal = _signal()
        default_handler = signal.getsignal(signal.SIGINT)
        _interrupt_handler = _InterruptHandler(default_handler)
        signal.signal(signal.SIGINT, _interrupt_handler)


def removeHandler(method=None):
    if method is not None:
        @wraps(method)
        def inner(*args, **kwargs):
            signal = _signal()
            initial = signal.getsignal(signal.SIGINT)
            removeHandler()
            try:
                return method(*args, **kwargs)
            finally:
                signal.signal(signal.SIGINT, initial)
        return inner
    global _interrupt_handler
    if _interrupt_handler is not None:
        signal = _signal()
        signal.signal(signal.SIGINT, _interrupt_handler.original_handler)
        _interrupt_handler = None
