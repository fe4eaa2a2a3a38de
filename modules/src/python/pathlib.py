"""File system paths as objects."""

import fnmatch
import os
import posixpath
import stat

__all__ = ["UnsupportedOperation", "PurePath", "PurePosixPath", "Path", "PosixPath"]


class UnsupportedOperation(NotImplementedError):
    """The system cannot do this."""


class _PathParents:
    """The ancestors of a path, made when asked for."""

    __slots__ = ("_path", "_drv", "_root", "_tail")

    def __init__(self, path):
        self._path = path
        self._drv = path.drive
        self._root = path._root
        self._tail = path._tail

    def __len__(self):
        return len(self._tail)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return tuple([self[position] for position in range(*index.indices(len(self)))])
        if index >= len(self) or index < -len(self):
            raise IndexError(index)
        if index < 0:
            index += len(self)
        return self._path._from_parts(self._root, self._tail[:-index - 1])

    def __iter__(self):
        for position in range(len(self)):
            yield self[position]

    def __reversed__(self):
        for position in reversed(range(len(self))):
            yield self[position]

    def __contains__(self, value):
        return any(parent == value for parent in self)

    def index(self, value):
        for position, parent in enumerate(self):
            if parent == value:
                return position
        raise ValueError

    def count(self, value):
        return sum(1 for parent in self if parent == value)

    def __repr__(self):
        return f"<{type(self._path).__name__}.parents>"


class PurePath:
    """A path without access to files: its parts and what can be computed from them."""

    __slots__ = ("_root", "_tail", "_str", "_hash", "__weakref__")

    parser = posixpath

    def __new__(cls, *args, **kwargs):
        if cls is PurePath:
            cls = PurePosixPath
        return object.__new__(cls)

    def __init__(self, *args):
        paths = []
        for arg in args:
            if isinstance(arg, PurePath):
                paths.append(str(arg) if arg._tail or arg._root else "")
                continue
            try:
                path = os.fspath(arg)
            except TypeError:
                path = arg
            if not isinstance(path, str):
                raise TypeError("argument should be a str or an os.PathLike object where __fspath__ returns a str, "
                                f"not {type(path).__name__!r}")
            paths.append(path)
        text = posixpath.join(*paths) if paths else ""
        _, self._root, rest = posixpath.splitroot(text)
        self._tail = [part for part in rest.split("/") if part and part != "."]

    def _from_parts(self, root, tail):
        result = self.with_segments(root + "/".join(tail))
        return result

    def with_segments(self, *pathsegments):
        """A path of the same kind; every derived path is made through this."""
        return type(self)(*pathsegments)

    def __reduce__(self):
        return self.__class__, (str(self),) if self._root or self._tail else ()

    def __str__(self):
        try:
            return self._str
        except AttributeError:
            self._str = self._root + "/".join(self._tail) or "."
            return self._str

    def __fspath__(self):
        return str(self)

    def __bytes__(self):
        return os.fsencode(self)

    def as_posix(self):
        """The path with slashes."""
        return str(self)

    def __repr__(self):
        return f"{self.__class__.__name__}({self.as_posix()!r})"

    def as_uri(self):
        """The path as a file: URI."""
        if not self.is_absolute():
            raise ValueError("relative paths can't be expressed as file URIs")
        quoted = "".join([chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "_.-~/")
                          else f"%{byte:02X}" for byte in bytes(self)])
        return "file://" + quoted

    def _key(self):
        return str(self).split("/")

    def __eq__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return str(self) == str(other)

    def __hash__(self):
        try:
            return self._hash
        except AttributeError:
            self._hash = hash(str(self))
            return self._hash

    def __lt__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._key() < other._key()

    def __le__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._key() <= other._key()

    def __gt__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._key() > other._key()

    def __ge__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._key() >= other._key()

    def __truediv__(self, key):
        try:
            return self.with_segments(self, key)
        except TypeError:
            return NotImplemented

    def __rtruediv__(self, key):
        try:
            return self.with_segments(key, self)
        except TypeError:
            return NotImplemented

    def joinpath(self, *pathsegments):
        """This path with others appended; an absolute one replaces it."""
        return self.with_segments(self, *pathsegments)

    @property
    def drive(self):
        """Nothing: there are no drives."""
        return ""

    @property
    def root(self):
        """The slash, or slashes, that the path begins with."""
        return self._root

    @property
    def anchor(self):
        """Drive and root."""
        return self._root

    @property
    def parts(self):
        """The components as a tuple."""
        return (self._root, *self._tail) if self._root else tuple(self._tail)

    @property
    def parent(self):
        """The path without its last component."""
        return self._from_parts(self._root, self._tail[:-1]) if self._tail else self

    @property
    def parents(self):
        """The ancestors, nearest first."""
        return _PathParents(self)

    @property
    def name(self):
        """The last component."""
        return self._tail[-1] if self._tail else ""

    @property
    def suffix(self):
        """The last dot of the name and what follows it."""
        return posixpath.splitext(self.name)[1]

    @property
    def suffixes(self):
        """All suffixes of the name."""
        return ["." + part for part in self.name.lstrip(".").split(".")[1:]]

    @property
    def stem(self):
        """The name without its suffix."""
        return posixpath.splitext(self.name)[0]

    def with_name(self, name):
        """The path with another name."""
        if not name or "/" in name or name == ".":
            raise ValueError(f"Invalid name {name!r}")
        if not self._tail:
            raise ValueError(f"{self!r} has an empty name")
        return self._from_parts(self._root, [*self._tail[:-1], name])

    def with_stem(self, stem):
        """The path with another stem."""
        suffix = self.suffix
        if not suffix:
            return self.with_name(stem)
        if not stem:
            raise ValueError(f"{self!r} has a non-empty suffix")
        return self.with_name(stem + suffix)

    def with_suffix(self, suffix):
        """The path with another suffix, or without one."""
        stem = self.stem
        if not stem:
            raise ValueError(f"{self!r} has an empty name")
        if suffix and not suffix.startswith("."):
            raise ValueError(f"Invalid suffix {suffix!r}")
        return self.with_name(stem + suffix)

    def relative_to(self, other, *, walk_up=False):
        """The path as seen from another."""
        if not isinstance(other, PurePath):
            other = self.with_segments(other)
        steps = 0
        here = other
        while True:
            if self == here or here in self.parents:
                break
            if not walk_up or not here._tail:
                if not walk_up:
                    raise ValueError(f"{str(self)!r} is not in the subpath of {str(other)!r}")
                raise ValueError(f"{str(self)!r} and {str(other)!r} have different anchors")
            if here.name == "..":
                raise ValueError(f"'..' segment in {str(other)!r} cannot be walked")
            here = here.parent
            steps += 1
        return self._from_parts("", [".."] * steps + self._tail[len(here._tail):])

    def is_relative_to(self, other):
        """Whether relative_to would succeed without walk_up."""
        if not isinstance(other, PurePath):
            other = self.with_segments(other)
        return self == other or other in self.parents

    def is_absolute(self):
        """Whether the path begins at the root."""
        return bool(self._root)

    def match(self, path_pattern, *, case_sensitive=None):
        """Whether the end of the path (all of it for an absolute pattern) matches."""
        pattern = path_pattern if isinstance(path_pattern, PurePath) else self.with_segments(path_pattern)
        wanted, parts = pattern.parts, self.parts
        if not wanted:
            raise ValueError("empty pattern")
        if len(wanted) > len(parts) or pattern._root and len(wanted) != len(parts):
            return False
        return all(_matches(part, want, case_sensitive)
                   for part, want in zip(reversed(parts), reversed(wanted)))

    def full_match(self, pattern, *, case_sensitive=None):
        """Whether the whole path matches; ** stands for any components."""
        if not isinstance(pattern, PurePath):
            pattern = self.with_segments(pattern)
        return _full_match(self.parts, pattern.parts, case_sensitive)


def _each(paths, step, *args):
    for path in paths:
        yield from step(path, *args)


def _matches(name, pattern, case_sensitive=None):
    if "/" in name:
        return name == pattern  # the root
    if case_sensitive is False:
        return fnmatch.fnmatchcase(name.lower(), pattern.lower())
    return fnmatch.fnmatchcase(name, pattern)


def _full_match(parts, wanted, case_sensitive):
    # reachable[i]: whether the patterns so far can match the first i parts.
    reachable = [True] + [False] * len(parts)
    for want in wanted:
        if want == "**":
            for at in range(len(parts)):
                reachable[at + 1] = reachable[at + 1] or reachable[at]
        else:
            reachable = [False] + [reachable[at] and _matches(part, want, case_sensitive)
                                   for at, part in enumerate(parts)]
    return reachable[-1]


os_PathLike = getattr(os, "PathLike", None)
if os_PathLike is not None and hasattr(os_PathLike, "register"):
    os_PathLike.register(PurePath)
del os_PathLike


class PurePosixPath(PurePath):
    """A PurePath with slashes."""

    __slots__ = ()


class Path(PurePath):
    """A path with access to files."""

    __slots__ = ()

    def __new__(cls, *args, **kwargs):
        if cls is Path:
            cls = PosixPath
        return object.__new__(cls)

    @classmethod
    def cwd(cls):
        """The current directory."""
        return cls(os.getcwd())

    @classmethod
    def home(cls):
        """The user's home directory."""
        home = os.path.expanduser("~")
        if home == "~":
            raise RuntimeError("Could not determine home directory.")
        return cls(home)

    @classmethod
    def from_uri(cls, uri):
        """The path of a file: URI."""
        if not uri.startswith("file:"):
            raise ValueError(f"URI does not start with 'file:': {uri!r}")
        path = uri[5:]
        if path.startswith("///"):
            path = path[2:]
        elif path.startswith("//localhost/"):
            path = path[11:]
        data = bytearray()
        position = 0
        raw = path.encode("utf-8")
        while position < len(raw):
            if raw[position] == 0x25 and position + 2 < len(raw):
                try:
                    data.append(int(raw[position + 1:position + 3], 16))
                    position += 3
                    continue
                except ValueError:
                    pass
            data.append(raw[position])
            position += 1
        result = cls(os.fsdecode(bytes(data)))
        if not result.is_absolute():
            raise ValueError(f"URI is not absolute: {uri!r}")
        return result

    def stat(self, *, follow_symlinks=True):
        """os.stat of the path."""
        return os.stat(self) if follow_symlinks else os.lstat(self)

    def lstat(self):
        """os.lstat of the path."""
        return os.lstat(self)

    def exists(self, *, follow_symlinks=True):
        """Whether there is something."""
        return os.path.exists(self) if follow_symlinks else os.path.lexists(self)

    def is_file(self, *, follow_symlinks=True):
        """Whether it is a regular file."""
        return self._has_mode(stat.S_ISREG, follow_symlinks)

    def is_dir(self, *, follow_symlinks=True):
        """Whether it is a directory."""
        return self._has_mode(stat.S_ISDIR, follow_symlinks)

    def is_symlink(self):
        """Whether it is a symbolic link."""
        return os.path.islink(self)

    def is_junction(self):
        """Whether it is a junction, which only Windows has."""
        return False

    def is_mount(self):
        """Whether a file system is mounted there."""
        return os.path.ismount(self)

    def is_block_device(self):
        """Whether it is a block device."""
        return self._has_mode(stat.S_ISBLK)

    def is_char_device(self):
        """Whether it is a character device."""
        return self._has_mode(stat.S_ISCHR)

    def is_fifo(self):
        """Whether it is a named pipe."""
        return self._has_mode(stat.S_ISFIFO)

    def is_socket(self):
        """Whether it is a socket."""
        return self._has_mode(stat.S_ISSOCK)

    def _has_mode(self, test, follow_symlinks=True):
        try:
            return test(self.stat(follow_symlinks=follow_symlinks).st_mode)
        except (OSError, ValueError):
            return False

    def samefile(self, other_path):
        """Whether two paths lead to one file."""
        return os.path.samefile(self, other_path)

    def open(self, mode="r", buffering=-1, encoding=None, errors=None, newline=None):
        """Open the file, as the built-in open does."""
        return open(self, mode, buffering, encoding, errors, newline)

    def read_bytes(self):
        """The content as bytes."""
        with open(self, "rb") as file:
            return file.read()

    def read_text(self, encoding=None, errors=None, newline=None):
        """The content as text."""
        with open(self, "r", -1, encoding, errors, newline) as file:
            return file.read()

    def write_bytes(self, data):
        """Make the file consist of these bytes; how many were written."""
        view = memoryview(data)
        with open(self, "wb") as file:
            return file.write(view)

    def write_text(self, data, encoding=None, errors=None, newline=None):
        """Make the file consist of this text; how many characters were written."""
        if not isinstance(data, str):
            raise TypeError(f"data must be str, not {data.__class__.__name__}")
        with open(self, "w", -1, encoding, errors, newline) as file:
            return file.write(data)

    def iterdir(self):
        """The paths in the directory."""
        prefix = self._root + "".join([part + "/" for part in self._tail])
        return (self.with_segments(prefix + name) for name in os.listdir(self))

    def glob(self, pattern, *, case_sensitive=None, recurse_symlinks=False):
        """The paths below that match."""
        text = os.fspath(pattern) if not isinstance(pattern, str) else pattern
        parsed = PurePosixPath(text)
        if parsed._root:
            raise NotImplementedError("Non-relative patterns are unsupported")
        parts = parsed._tail
        if not parts:
            raise ValueError(f"Unacceptable pattern: {text!r}")
        only_dirs = text.endswith("/")
        found = self._select(parts, case_sensitive, recurse_symlinks)
        if only_dirs:
            found = (path for path in found if path.is_dir())
        return found

    def rglob(self, pattern, *, case_sensitive=None, recurse_symlinks=False):
        """glob with **/ before the pattern."""
        text = os.fspath(pattern) if not isinstance(pattern, str) else pattern
        if PurePosixPath(text)._root:
            raise NotImplementedError("Non-relative patterns are unsupported")
        return self.glob("**/" + text if text else "**/", case_sensitive=case_sensitive,
                         recurse_symlinks=recurse_symlinks)

    def _select(self, parts, case_sensitive, recurse_symlinks):
        level = [self]
        seen_recursive = False
        for position, part in enumerate(parts):
            last = position == len(parts) - 1
            if part == "**":
                if position and parts[position - 1] == "**":
                    continue
                seen_recursive = True
                level = _each(level, Path._descend, last, recurse_symlinks)
            elif any(char in part for char in "*?[") or case_sensitive is False:
                level = _each(level, Path._children, part, case_sensitive, not last)
            else:
                level = _each(level, Path._child, part, not last)
        if not seen_recursive:
            yield from level
            return
        # Two ways through ** may lead to one path.
        seen = set()
        for path in level:
            if path not in seen:
                seen.add(path)
                yield path

    def _descend(self, files, follow):
        if not self.is_dir():
            return
        pending = [self]
        while pending:
            path = pending.pop()
            yield path
            try:
                children = list(path.iterdir())
            except OSError:
                continue
            below = []
            for child in children:
                if child.is_dir(follow_symlinks=follow):
                    below.append(child)
                elif files:
                    yield child
            pending.extend(reversed(below))

    def _children(self, pattern, case_sensitive, only_dirs):
        try:
            children = list(self.iterdir())
        except OSError:
            return
        for child in children:
            if _matches(child.name, pattern, case_sensitive) and not (only_dirs and not child.is_dir()):
                yield child

    def _child(self, name, only_dirs):
        child = self / name
        if name == ".." or (child.is_dir() if only_dirs else child.exists(follow_symlinks=False)):
            yield child

    def walk(self, top_down=True, on_error=None, follow_symlinks=False):
        """(directory, names of directories, names of files) for this directory and all below."""
        pending = [self]
        while pending:
            path = pending.pop()
            if isinstance(path, tuple):
                yield path
                continue
            try:
                names = os.listdir(path)
            except OSError as error:
                if on_error is not None:
                    on_error(error)
                continue
            dirnames, filenames = [], []
            for name in names:
                if (path / name).is_dir(follow_symlinks=follow_symlinks):
                    dirnames.append(name)
                else:
                    filenames.append(name)
            if top_down:
                yield path, dirnames, filenames
            else:
                pending.append((path, dirnames, filenames))
            pending += [path / name for name in reversed(dirnames)]

    def absolute(self):
        """The path from the root, otherwise as it is."""
        if self.is_absolute():
            return self
        return self.with_segments(os.getcwd(), self)

    def resolve(self, strict=False):
        """The path from the root with symbolic links and .. resolved."""
        return self.with_segments(os.path.realpath(self, strict=strict))

    def expanduser(self):
        """The path with ~ at its start replaced."""
        if self._root or not self._tail or self._tail[0][:1] != "~":
            return self
        home = os.path.expanduser(self._tail[0])
        if home[:1] == "~":
            raise RuntimeError("Could not determine home directory.")
        return self.with_segments(home, *self._tail[1:])

    def readlink(self):
        """The target of a symbolic link."""
        return self.with_segments(os.readlink(self))

    def touch(self, mode=0o666, exist_ok=True):
        """Make an empty file, or set the time of an existing one."""
        if exist_ok and hasattr(os, "utime"):
            try:
                os.utime(self, None)
            except OSError:
                pass
            else:
                return
        flags = os.O_CREAT | os.O_WRONLY
        if not exist_ok:
            flags |= os.O_EXCL
        os.close(os.open(self, flags, mode))

    def mkdir(self, mode=0o777, parents=False, exist_ok=False):
        """Make a directory; with parents=True the missing ones above it too."""
        try:
            os.mkdir(self, mode)
        except FileNotFoundError:
            if not parents or self.parent == self:
                raise
            self.parent.mkdir(parents=True, exist_ok=True)
            self.mkdir(mode, parents=False, exist_ok=exist_ok)
        except OSError:
            # What is there decides, as the error differs between systems.
            if not exist_ok or not self.is_dir():
                raise

    def chmod(self, mode, *, follow_symlinks=True):
        """Change the permissions."""
        os.chmod(self, mode, follow_symlinks=follow_symlinks)

    def unlink(self, missing_ok=False):
        """Remove a file or a link."""
        try:
            os.unlink(self)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rmdir(self):
        """Remove an empty directory."""
        os.rmdir(self)

    def rename(self, target):
        """Rename, and return the new path."""
        os.rename(self, target)
        return target if isinstance(target, PurePath) else self.with_segments(target)

    def replace(self, target):
        """Rename over what may be there, and return the new path."""
        os.replace(self, target)
        return target if isinstance(target, PurePath) else self.with_segments(target)

    def symlink_to(self, target, target_is_directory=False):
        """Make this a symbolic link to a target."""
        os.symlink(target, self)

    def hardlink_to(self, target):
        """Make this another name of a file."""
        os.link(target, self)

    def copy(self, target, *, follow_symlinks=True, preserve_metadata=False):
        """Copy a file or a tree to a path; returns the new path."""
        import shutil
        target = target if isinstance(target, PurePath) else self.with_segments(target)
        if self.is_dir():
            shutil.copytree(self, target, symlinks=not follow_symlinks)
        elif preserve_metadata:
            shutil.copy2(self, target, follow_symlinks=follow_symlinks)
        else:
            shutil.copyfile(self, target, follow_symlinks=follow_symlinks)
        return target

    def copy_into(self, target_dir, **kwargs):
        """Copy a file or a tree into a directory; returns the new path."""
        return self.copy(self.with_segments(target_dir, self.name), **kwargs)

    def move(self, target):
        """Move to a path; returns the new path."""
        import shutil
        target = target if isinstance(target, PurePath) else self.with_segments(target)
        try:
            os.rename(self, target)
        except OSError:
            shutil.move(self, target)
        return target

    def move_into(self, target_dir):
        """Move into a directory; returns the new path."""
        return self.move(self.with_segments(target_dir, self.name))

    def owner(self, *, follow_symlinks=True):
        """The name of the owner."""
        import pwd
        return pwd.getpwuid(self.stat(follow_symlinks=follow_symlinks).st_uid).pw_name

    def group(self, *, follow_symlinks=True):
        """The name of the group."""
        import grp
        return grp.getgrgid(self.stat(follow_symlinks=follow_symlinks).st_gid).gr_name


class PosixPath(Path, PurePosixPath):
    """A Path with slashes."""

    __slots__ = ()
