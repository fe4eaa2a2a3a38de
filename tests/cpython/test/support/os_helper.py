"""Files for tests, and paths."""

import contextlib
import os
import shutil
import tempfile

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
