"""Tracing system calls: there is nothing to do so."""

import unittest


def requires_strace():
    return unittest.skip("Requires strace")
