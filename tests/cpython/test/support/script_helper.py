"""Running the interpreter from tests: they are skipped, there being no processes."""

import unittest


def assert_python_ok(*args, **env_vars):
    raise unittest.SkipTest("requires subprocess support")


assert_python_failure = spawn_python = kill_python = run_python_until_end = assert_python_ok


def interpreter_requires_environment():
    return False
