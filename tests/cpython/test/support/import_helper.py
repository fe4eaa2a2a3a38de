"""Importing modules for tests: again, afresh, or not at all."""

import contextlib
import importlib
import os
import sys
import unittest

from .os_helper import unlink


def import_module(name, deprecated=False, *, required_on=()):
    """The module; the test is skipped where there is none."""
    try:
        return importlib.import_module(name)
    except ImportError as msg:
        if sys.platform.startswith(tuple(required_on)) and required_on:
            raise
        raise unittest.SkipTest(str(msg))


def forget(modname):
    """Makes the next import read the module's source again."""
    sys.modules.pop(modname, None)
    for folder in sys.path:
        source = os.path.join(folder, modname + '.py')
        unlink(source + 'c')


@contextlib.contextmanager
def _modules_kept(names):
    """Puts back what `sys.modules` had under these names, submodules included."""
    def concerned(name):
        return any(name == n or name.startswith(n + '.') for n in names)
    saved = {name: module for name, module in sys.modules.items() if concerned(name)}
    for name in saved:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in [name for name in sys.modules if concerned(name)]:
            del sys.modules[name]
        sys.modules.update(saved)


def import_fresh_module(name, fresh=(), blocked=(), *, deprecated=False):
    """A module imported anew, as are those in `fresh`, with those in `blocked`
    missing. None where it can't be imported so."""
    with _modules_kept([name, *fresh, *blocked]):
        for other in blocked:
            sys.modules[other] = None
        try:
            for other in fresh:
                __import__(other)
            return importlib.import_module(name)
        except ImportError:
            return None


class CleanImport:
    """Imports in the body of a `with` do not find what was imported before."""

    def __init__(self, *module_names, usefrozen=False):
        self.original_modules = sys.modules.copy()
        for name in module_names:
            sys.modules.pop(name, None)

    def __enter__(self):
        return self

    def __exit__(self, *ignore_exc):
        sys.modules.update(self.original_modules)


class DirsOnSysPath:
    """Folders on `sys.path` for the body of a `with`."""

    def __init__(self, *paths):
        self.original_value = sys.path[:]
        sys.path.extend(paths)

    def __enter__(self):
        return self

    def __exit__(self, *ignore_exc):
        sys.path[:] = self.original_value


def ensure_lazy_imports(imported_module, modules_to_block):
    """Skip: this asks a process of its own."""
    raise unittest.SkipTest("requires subprocess support")


@contextlib.contextmanager
def isolated_modules():
    """What the body of a `with` imports is forgotten after it."""
    saved = sys.modules.copy()
    try:
        yield
    finally:
        sys.modules.clear()
        sys.modules.update(saved)


@contextlib.contextmanager
def ready_to_import(name=None, source=""):
    """A module of that source, ready to be imported in the body of a `with`."""
    import tempfile
    name = name or "spam"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name + ".py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        saved = sys.modules.pop(name, None)
        sys.path.insert(0, folder)
        try:
            yield name, path
        finally:
            sys.path.remove(folder)
            sys.modules.pop(name, None)
            if saved is not None:
                sys.modules[name] = saved
