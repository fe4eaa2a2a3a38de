"""Miscellaneous operating system interfaces."""

import abc
import sys
from posix import *
from posix import _exit, _stat
import posix as _posix
from _types import GenericAlias

name = "posix"
linesep = "\n"
curdir = "."
pardir = ".."
sep = "/"
pathsep = ":"
defpath = "/bin:/usr/bin"
extsep = "."
altsep = None
devnull = "/dev/null"
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
error = OSError
supports_dir_fd = set()
supports_fd = set()
supports_follow_symlinks = set()
supports_effective_ids = set()
supports_bytes_environ = True


def stat(path, *, dir_fd=None, follow_symlinks=True):
    """Perform a stat system call on the given path."""
    return _stat(path, follow_symlinks)


def lstat(path, *, dir_fd=None):
    """Perform a stat system call on the given path, without following symbolic links."""
    return _stat(path, False)


def fstat(fd):
    """Perform a stat system call on the given file descriptor."""
    return _stat(fd, True)


def fsencode(filename):
    """The bytes of a file name."""
    filename = fspath(filename)
    return filename.encode("utf-8", "surrogateescape") if isinstance(filename, str) else filename


def fsdecode(filename):
    """The str of a file name."""
    filename = fspath(filename)
    return filename.decode("utf-8", "surrogateescape") if isinstance(filename, bytes) else filename


class PathLike(abc.ABC):
    """Abstract base class for implementing the file system path protocol."""

    __slots__ = ()

    @abc.abstractmethod
    def __fspath__(self):
        """Return the file system path representation of the object."""
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass):
        if cls is PathLike:
            return any("__fspath__" in base.__dict__ for base in subclass.__mro__) or NotImplemented
        return NotImplemented

    @classmethod
    def __class_getitem__(cls, item):
        import types
        return types.GenericAlias(cls, item)


class _Environ(dict):
    # DIFFERENCE: a change is seen by this program alone.

    def _check(self, text):
        if not isinstance(text, str):
            raise TypeError(f"str expected, not {type(text).__name__}")
        return text

    def __setitem__(self, key, value):
        dict.__setitem__(self, self._check(key), self._check(value))

    def setdefault(self, key, value):
        if key not in self:
            self[key] = value
        return self[key]

    def copy(self):
        return dict(self)

    def __repr__(self):
        return "environ(" + dict.__repr__(self) + ")"


environ = _Environ((fsdecode(key), fsdecode(value)) for key, value in _posix.environ.items())


def getenv(key, default=None):
    """Get an environment variable, return the default if it doesn't exist."""
    return environ.get(key, default)


def putenv(name, value, /):
    """Change or add an environment variable."""
    environ[fsdecode(name)] = fsdecode(value)


def unsetenv(name, /):
    """Delete an environment variable."""
    environ.pop(fsdecode(name), None)


# posixpath imports this module: all that it uses is above.
sys.modules["os"] = sys.modules[__name__]
import posixpath as path

sys.modules["os.path"] = path


def makedirs(name, mode=0o777, exist_ok=False):
    """Make a folder and those above it that are missing."""
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    if head and tail and not path.exists(head):
        try:
            makedirs(head, exist_ok=exist_ok)
        except FileExistsError:
            pass
        if tail == (b"." if isinstance(tail, bytes) else "."):
            return
    try:
        mkdir(name, mode)
    except OSError:
        if not exist_ok or not path.isdir(name):
            raise


def removedirs(name):
    """Remove a folder, then those above it that are empty by that."""
    rmdir(name)
    head, tail = path.split(name.rstrip("/"))
    while head and tail:
        try:
            rmdir(head)
        except OSError:
            break
        head, tail = path.split(head)


class DirEntry:
    """What scandir() yields."""

    __module__ = "posix"
    __slots__ = "name", "path"

    def __new__(cls, *args, **kwargs):
        raise TypeError("cannot create 'posix.DirEntry' instances")

    @classmethod
    def _of(cls, folder, name):
        self = object.__new__(cls)
        self.name = name
        self.path = path.join(folder, name)
        return self

    def __reduce_ex__(self, protocol):
        raise TypeError("cannot pickle 'posix.DirEntry' object")

    __class_getitem__ = classmethod(GenericAlias)

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f"<DirEntry {self.name!r}>"

    def stat(self, *, follow_symlinks=True):
        return stat(self.path, follow_symlinks=follow_symlinks)

    def inode(self):
        return lstat(self.path).st_ino

    def _is(self, kind, follow):
        try:
            return self.stat(follow_symlinks=follow).st_mode & 0o170000 == kind
        except FileNotFoundError:
            return False

    def is_dir(self, *, follow_symlinks=True):
        return self._is(0o040000, follow_symlinks)

    def is_file(self, *, follow_symlinks=True):
        return self._is(0o100000, follow_symlinks)

    def is_symlink(self):
        return self._is(0o120000, False)

    def is_junction(self):
        return False


class ScandirIterator:
    __module__ = "posix"

    def __init__(self, folder, names):
        self._entries = iter([DirEntry._of(folder, name) for name in names])

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __reduce_ex__(self, protocol):
        raise TypeError("cannot pickle 'posix.ScandirIterator' object")

    def close(self):
        self._entries = iter(())


def scandir(path=None):
    """Return an iterator of DirEntry objects for given path."""
    folder = fspath(path if path is not None else ".")
    return ScandirIterator(folder, listdir(folder))


def walk(top, topdown=True, onerror=None, followlinks=False):
    """Generate (folder, names of folders, names of files) for a folder and all below it."""
    sys.audit("os.walk", top) if hasattr(sys, "audit") else None
    top = fspath(top)
    try:
        entries = list(scandir(top))
    except OSError as failure:
        if onerror is not None:
            onerror(failure)
        return
    folders = [entry.name for entry in entries if entry.is_dir()]
    files = [entry.name for entry in entries if not entry.is_dir()]
    if topdown:
        yield top, folders, files
    for folder in folders:
        below = path.join(top, folder)
        if followlinks or not path.islink(below):
            yield from walk(below, topdown, onerror, followlinks)
    if not topdown:
        yield top, folders, files


def fdopen(fd, mode="r", buffering=-1, encoding=None, *args, **kwargs):
    """A file object over a descriptor."""
    if not isinstance(fd, int):
        raise TypeError(f"invalid fd type ({type(fd)}, expected integer)")
    import io
    return io.open(fd, mode, buffering, encoding, *args, **kwargs)


def getcwdb():
    """The current working directory as bytes."""
    return fsencode(getcwd())


def get_exec_path(env=None):
    """The folders that are searched for a program."""
    return (environ if env is None else env).get("PATH", defpath).split(pathsep)


def get_terminal_size(fd=1, /):
    """The size of the terminal window."""
    raise OSError(25, strerror(25))


process_cpu_count = cpu_count
__all__ = [name for name in list(globals()) if not name.startswith("_") and name not in ("abc", "sys")] + ["_exit"]
