"""Files for tests, and paths."""

import collections.abc
import contextlib
import os
import shutil
import tempfile
import unittest

TESTFN_ASCII = f'@test_{os.getpid()}_tmp'
TESTFN = TESTFN_ASCII + '-\xe0\xf2\u0258\u0141\u011f'
TESTFN_UNICODE = TESTFN
TESTFN_NONASCII = '\xe9'
TESTFN_UNENCODABLE = None
TESTFN_UNDECODABLE = None
SAVEDCWD = os.getcwd()


class FakePath:
    """An object with `__fspath__`, which gives the path or raises it."""

    def __init__(self, path):
        self.path = path

    def __repr__(self):
        return f'<FakePath {self.path!r}>'

    def __fspath__(self):
        path = self.path
        if isinstance(path, BaseException) or (
                isinstance(path, type) and issubclass(path, BaseException)):
            raise path
        return path


def can_symlink():
    return True


can_hardlink = can_chmod = can_symlink


def skip_unless_symlink(test):
    """There are symbolic links."""
    return test


skip_unless_hardlink = skip_unless_working_chmod = skip_unless_symlink


def skip_unless_xattr(test):
    return unittest.skip('no extended attributes')(test)


def _is_root():
    return os.getuid() == 0


def skip_if_dac_override(test):
    """For tests of permissions, which root does not need."""
    return unittest.skipIf(_is_root(), 'incompatible with CAP_DAC_OVERRIDE')(test)


def skip_unless_dac_override(test):
    return unittest.skipIf(not _is_root(), 'requires CAP_DAC_OVERRIDE')(test)


@contextlib.contextmanager
def save_mode(path, *, quiet=False):
    """Puts back the permissions of a file after the body of a `with`."""
    saved = os.stat(path).st_mode
    try:
        yield
    finally:
        os.chmod(path, saved)


def fd_count():
    return len(os.listdir('/proc/self/fd')) - 1


class EnvironmentVarGuard(collections.abc.MutableMapping):
    """The environment; what the body of a `with` changes in it is undone."""

    def __init__(self):
        self._environ = os.environ
        self._saved = None

    def _keep(self):
        if self._saved is None:
            self._saved = dict(self._environ)

    def __getitem__(self, name):
        return self._environ[name]

    def __setitem__(self, name, value):
        self._keep()
        self._environ[name] = value

    def __delitem__(self, name):
        self._keep()
        self._environ.pop(name, None)

    def __iter__(self):
        return iter(self._environ)

    def __len__(self):
        return len(self._environ)

    def set(self, name, value):
        self[name] = value

    def unset(self, *names):
        for name in names:
            del self[name]

    def copy(self):
        return dict(self)

    def __enter__(self):
        self._keep()
        return self

    def __exit__(self, *ignore_exc):
        for name in list(self._environ):
            if name not in self._saved:
                del self._environ[name]
        self._environ.update(self._saved)


def unlink(filename):
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        os.unlink(filename)


def rmdir(dirname):
    with contextlib.suppress(FileNotFoundError):
        os.rmdir(dirname)


def rmtree(path):
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)


def make_bad_fd():
    """A file descriptor that is closed already."""
    with open(TESTFN, 'wb') as file:
        fd = file.fileno()
    unlink(TESTFN)
    return fd


def create_empty_file(filename):
    with open(filename, 'wb'):
        pass


@contextlib.contextmanager
def temp_dir(path=None, quiet=False):
    """A folder for the body of a `with`; gives its path."""
    if path is None:
        path = os.path.realpath(tempfile.mkdtemp())
    else:
        os.mkdir(path)
    try:
        yield path
    finally:
        rmtree(path)


@contextlib.contextmanager
def change_cwd(path, quiet=False):
    saved = os.getcwd()
    os.chdir(os.path.realpath(path))
    try:
        yield os.getcwd()
    finally:
        os.chdir(saved)


@contextlib.contextmanager
def temp_cwd(name='tempcwd', quiet=False):
    with temp_dir(path=name, quiet=quiet) as path:
        with change_cwd(path, quiet=quiet) as cwd:
            yield cwd
