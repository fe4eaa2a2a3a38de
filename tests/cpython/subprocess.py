"""In place of `subprocess`: a test that starts a process is skipped."""

import unittest

PIPE, STDOUT, DEVNULL = -1, -2, -3


class SubprocessError(Exception):
    """The base of the errors of processes."""


class CalledProcessError(SubprocessError):
    """A process that has failed."""


class TimeoutExpired(SubprocessError):
    """A process that takes too long."""


def Popen(*args, **kwargs):
    """Starts no process."""
    raise unittest.SkipTest('requires subprocess support')


run = call = check_call = check_output = Popen
