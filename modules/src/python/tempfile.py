"""Temporary files and directories."""

import io
import os
import sys

__all__ = ["NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "TemporaryDirectory", "mkstemp", "mkdtemp",
           "mktemp", "TMP_MAX", "gettempprefix", "tempdir", "gettempdir", "gettempprefixb", "gettempdirb"]

TMP_MAX = 10000
template = "tmp"
tempdir = None

_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"


def _random_name():
    return "".join([_CHARACTERS[byte % len(_CHARACTERS)] for byte in os.urandom(8)])


def gettempprefix():
    """How the names begin."""
    return template


def gettempprefixb():
    """How the names begin, as bytes."""
    return os.fsencode(template)


def gettempdir():
    """The directory for temporary files."""
    global tempdir
    if tempdir is None:
        tempdir = _default_directory()
    return os.fsdecode(tempdir) if isinstance(tempdir, bytes) else tempdir


def gettempdirb():
    """The directory for temporary files, as bytes."""
    return os.fsencode(gettempdir())


def _default_directory():
    candidates = [os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")]
    candidates = [os.path.abspath(name) for name in candidates if name]
    candidates += ["/tmp", "/var/tmp", "/usr/tmp"]
    try:
        candidates.append(os.getcwd())
    except OSError:
        candidates.append(os.curdir)
    for directory in candidates:
        if os.path.isdir(directory) and os.access(directory, 3):
            return directory
    raise FileNotFoundError(2, f"No usable temporary directory found in {candidates}")


def _settings(prefix, suffix, dir):
    # The three with their defaults; bytes if any of them is.
    given = [part for part in (prefix, suffix, dir) if part is not None]
    kinds = {bytes if isinstance(part, bytes) else str for part in given}
    if len(kinds) > 1:
        raise TypeError("Can't mix bytes and non-bytes in path components.")
    as_bytes = kinds == {bytes}
    if suffix is None:
        suffix = b"" if as_bytes else ""
    if prefix is None:
        prefix = gettempprefixb() if as_bytes else template
    if dir is None:
        dir = gettempdirb() if as_bytes else gettempdir()
    return prefix, suffix, os.fspath(dir)


def _candidates(prefix, suffix, dir):
    for _ in range(TMP_MAX):
        name = _random_name()
        if isinstance(prefix, bytes):
            name = name.encode("ascii")
        yield os.path.abspath(os.path.join(dir, prefix + name + suffix))


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    """Make a file only its owner may use: (descriptor, path)."""
    prefix, suffix, dir = _settings(prefix, suffix, dir)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    for path in _candidates(prefix, suffix, dir):
        try:
            return os.open(path, flags, 0o600), path
        except FileExistsError:
            continue
    raise FileExistsError(17, "No usable temporary file name found")


def mkdtemp(suffix=None, prefix=None, dir=None):
    """Make a directory only its owner may use; its path."""
    prefix, suffix, dir = _settings(prefix, suffix, dir)
    for path in _candidates(prefix, suffix, dir):
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, "No usable temporary directory name found")


def mktemp(suffix="", prefix=template, dir=None):
    """A path that does not exist yet. Unsafe: another program may make it first."""
    for path in _candidates(prefix, suffix, gettempdir() if dir is None else dir):
        if not os.path.lexists(path):
            return path
    raise FileExistsError(17, "No usable temporary filename found")


class _TemporaryFileWrapper:
    """A file that is deleted when it is closed."""

    def __init__(self, file, name, delete=True, delete_on_close=True):
        self.file = file
        self.name = name
        self.delete = delete
        self._delete_on_close = delete_on_close
        self._closed = False

    def __getattr__(self, name):
        # __dict__, as a copy of this object made without __init__ has no file.
        value = getattr(self.__dict__["file"], name)
        if not isinstance(value, int):
            setattr(self, name, value)
        return value

    def __enter__(self):
        self.file.__enter__()
        return self

    def __exit__(self, exc, value, tb):
        result = self.file.__exit__(exc, value, tb)
        self._remove(self.delete)
        return result

    def __iter__(self):
        for line in self.file:
            yield line

    def close(self):
        """Close the file, and delete it unless it is to stay."""
        self.file.close()
        self._remove(self.delete and self._delete_on_close)

    def _remove(self, wanted):
        if wanted and not self._closed:
            self._closed = True
            try:
                os.unlink(self.name)
            except FileNotFoundError:
                pass

    def __del__(self):
        try:
            self.file.close()
            self._remove(self.delete)
        except (AttributeError, TypeError):
            # Half made, or at the interpreter's end.
            pass

    def __repr__(self):
        return f"<{self.__class__.__name__} {self.file=}>"


def NamedTemporaryFile(mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None,
                       delete=True, *, errors=None, delete_on_close=True):
    """Make and open a file that has a name and is deleted when closed."""
    fd, path = mkstemp(suffix, prefix, dir)
    try:
        file = open(fd, mode, buffering=buffering, encoding=encoding, newline=newline, errors=errors)
    except BaseException:
        os.unlink(path)
        os.close(fd)
        raise
    return _TemporaryFileWrapper(file, path, delete, delete_on_close)


def TemporaryFile(mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None, *,
                  errors=None):
    """Make and open a file without a name."""
    fd, path = mkstemp(suffix, prefix, dir)
    try:
        # An open file outlives its name.
        os.unlink(path)
        return open(fd, mode, buffering=buffering, encoding=encoding, newline=newline, errors=errors)
    except BaseException:
        os.close(fd)
        raise


class SpooledTemporaryFile(io.IOBase):
    """A file in memory that moves to disk when it grows past `max_size` or fileno() is asked for."""

    _rolled = False

    def __init__(self, max_size=0, mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None, prefix=None,
                 dir=None, *, errors=None):
        if "b" in mode:
            self._file = io.BytesIO()
        else:
            self._file = io.TextIOWrapper(io.BytesIO(), encoding=encoding or "utf-8", errors=errors, newline=newline)
        self._max_size = max_size
        self._arguments = {"mode": mode, "buffering": buffering, "suffix": suffix, "prefix": prefix,
                           "encoding": encoding, "newline": newline, "dir": dir, "errors": errors}

    def rollover(self):
        """Move to disk now."""
        if self._rolled:
            return
        old = self._file
        position = old.tell()
        new = TemporaryFile(**self._arguments)
        old.seek(0)
        new.write(old.read())
        new.seek(position)
        self._file = new
        self._rolled = True

    def _check(self):
        if not self._rolled and self._max_size and self._file.tell() > self._max_size:
            self.rollover()

    def __enter__(self):
        if self._file.closed:
            raise ValueError("Cannot enter context with closed file")
        return self

    def __exit__(self, exc, value, tb):
        self._file.close()

    def __iter__(self):
        return self._file.__iter__()

    def close(self):
        self._file.close()

    @property
    def closed(self):
        return self._file.closed

    @property
    def encoding(self):
        return self._file.encoding

    @property
    def mode(self):
        return self._arguments["mode"]

    @property
    def name(self):
        return getattr(self._file, "name", None)

    def fileno(self):
        self.rollover()
        return self._file.fileno()

    def flush(self):
        self._file.flush()

    def isatty(self):
        return self._file.isatty()

    def readable(self):
        return self._file.readable()

    def seekable(self):
        return self._file.seekable()

    def writable(self):
        return self._file.writable()

    def read(self, *args):
        return self._file.read(*args)

    def readline(self, *args):
        return self._file.readline(*args)

    def readlines(self, *args):
        return self._file.readlines(*args)

    def seek(self, *args):
        return self._file.seek(*args)

    def tell(self):
        return self._file.tell()

    def truncate(self, size=None):
        if size is None:
            return self._file.truncate()
        if size > self._max_size:
            self.rollover()
        return self._file.truncate(size)

    def write(self, data):
        result = self._file.write(data)
        self._check()
        return result

    def writelines(self, lines):
        for line in lines:
            self._file.write(line)
        self._check()


class TemporaryDirectory:
    """A directory that is removed with all in it at the end of a with block, or by cleanup()."""

    def __init__(self, suffix=None, prefix=None, dir=None, ignore_cleanup_errors=False, *, delete=True):
        self.name = mkdtemp(suffix, prefix, dir)
        self._ignore_cleanup_errors = ignore_cleanup_errors
        self._delete = delete
        self._gone = False

    def __repr__(self):
        return f"<{self.__class__.__name__} {self.name!r}>"

    def __enter__(self):
        return self.name

    def __exit__(self, exc, value, tb):
        if self._delete:
            self.cleanup()

    def __del__(self):
        if getattr(self, "_delete", False) and not self._gone:
            try:
                self.cleanup()
            except Exception:
                # At the interpreter's end there may be nothing left to do it with.
                pass

    def cleanup(self):
        """Remove the directory now."""
        if not self._gone or os.path.exists(self.name):
            self._gone = True
            import shutil
            shutil.rmtree(self.name, ignore_errors=self._ignore_cleanup_errors)
