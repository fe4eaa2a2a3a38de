"""Warnings in tests."""

import contextlib
import functools
import re
import warnings


@contextlib.contextmanager
def save_restore_warnings_filters():
    """Keeps what imports in the body do to the filters from lasting."""
    saved = warnings.filters[:]
    try:
        yield
    finally:
        warnings.filters[:] = saved


def ignore_warnings(*, category):
    """A decorator: warnings of the category are not seen in the test."""
    def decorator(test):
        @functools.wraps(test)
        def wrapper(self, *args, **kwargs):
            with warnings.catch_warnings():
                warnings.simplefilter('ignore', category=category)
                return test(self, *args, **kwargs)
        return wrapper
    return decorator


class WarningsRecorder:
    """The warnings of a `with` body: the last one's attributes, or all in `warnings`."""

    def __init__(self, warnings_list):
        self._warnings = warnings_list
        self._last = 0

    def __getattr__(self, attr):
        if len(self._warnings) > self._last:
            return getattr(self._warnings[-1], attr)
        if attr in warnings.WarningMessage._WARNING_DETAILS:
            return None
        raise AttributeError("%r has no attribute %r" % (self, attr))

    @property
    def warnings(self):
        return self._warnings[self._last:]

    def reset(self):
        self._last = len(self._warnings)


@contextlib.contextmanager
def check_warnings(*filters, quiet=True):
    """Fails unless the body gives the warnings named by (text, category) pairs,
    and, where not `quiet`, no others."""
    if not filters:
        filters = (("", Warning),)
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        yield WarningsRecorder(recorded)
    left = [warning.message for warning in recorded]
    for text, category in filters:
        fitting = [w for w in left
                   if re.match(text, str(w), re.I) and issubclass(w.__class__, category)]
        if not fitting and not quiet:
            raise AssertionError("filter (%r, %s) did not catch any warning" % (
                text, category.__name__))
        left = [w for w in left if w not in fitting]
    if left and not quiet:
        raise AssertionError("unhandled warning %s" % left[0])


def check_no_warnings(testcase, message='', category=Warning, force_gc=False):
    return _no_warnings(testcase, message, category)


@contextlib.contextmanager
def _no_warnings(testcase, message, category):
    with warnings.catch_warnings(record=True) as recorded:
        warnings.filterwarnings('always', message=message, category=category)
        yield
    testcase.assertEqual(recorded, [])


@contextlib.contextmanager
def check_no_resource_warning(testcase):
    """The body, and the collection after it, may not give a ResourceWarning."""
    import gc
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", category=ResourceWarning)
        yield
        gc.collect()
    testcase.assertEqual([w for w in caught if issubclass(w.category, ResourceWarning)], [])
