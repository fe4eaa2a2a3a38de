"""Threads in tests. There is one thread."""

import contextlib
import unittest

can_start_thread = False


def requires_working_threading(*, module=False):
    """For tests that start threads."""
    if module:
        raise unittest.SkipTest("requires threading support")
    return unittest.skip("requires threading support")


def reap_threads(test):
    return test


def threading_setup():
    return ()


def threading_cleanup(*original_values):
    pass


@contextlib.contextmanager
def wait_threads_exit(timeout=None):
    yield
