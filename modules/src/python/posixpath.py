"""os.path for systems with slashes."""

import os
import genericpath
import stat
from genericpath import *

__all__ = ["normcase", "isabs", "join", "splitdrive", "splitroot", "split", "splitext", "basename", "dirname",
           "commonprefix", "getsize", "getmtime", "getatime", "getctime", "islink", "exists", "lexists", "isdir",
           "isfile", "ismount", "expanduser", "expandvars", "normpath", "abspath", "samefile", "sameopenfile",
           "samestat", "curdir", "pardir", "sep", "pathsep", "defpath", "altsep", "extsep", "devnull", "realpath",
           "supports_unicode_filenames", "relpath", "commonpath", "isjunction", "isdevdrive", "ALLOW_MISSING"]

curdir = "."
pardir = ".."
extsep = "."
sep = "/"
pathsep = ":"
defpath = "/bin:/usr/bin"
altsep = None
devnull = "/dev/null"
supports_unicode_filenames = False


def _like(path, text):
    # `text` as str or bytes, whichever `path` is.
    return text.encode("ascii") if isinstance(path, bytes) else text


def normcase(s):
    """The path as it is: case matters here."""
    return os.fspath(s)


def isabs(s):
    """Whether the path begins at the root."""
    s = os.fspath(s)
    return s.startswith(_like(s, "/"))


def join(a, *p):
    """The components joined with slashes; an absolute one discards what came before it."""
    path = a = os.fspath(a)
    slash = _like(a, "/")
    try:
        for part in map(os.fspath, p):
            if part.startswith(slash) or not path:
                path = part
            elif path.endswith(slash):
                path += part
            else:
                path += slash + part
    except (TypeError, AttributeError, BytesWarning):
        genericpath._check_arg_types("join", a, *p)
        raise
    return path


def split(p):
    """(everything before the last slash, the rest)."""
    p = os.fspath(p)
    slash = _like(p, "/")
    cut = p.rfind(slash) + 1
    head, tail = p[:cut], p[cut:]
    return _without_slashes(head, slash), tail


def _without_slashes(head, slash):
    # Without the slashes at its end, unless it has nothing else.
    return head.rstrip(slash) or head


def splitext(p):
    """(root, extension with its dot)."""
    p = os.fspath(p)
    return genericpath._splitext(p, _like(p, "/"), None, _like(p, "."))


def splitdrive(p):
    """("", the path): there are no drives."""
    p = os.fspath(p)
    return p[:0], p


def splitroot(p):
    """(drive, root, the rest); exactly two slashes at the start are a root of their own."""
    p = os.fspath(p)
    slash = _like(p, "/")
    empty = p[:0]
    if p[:1] != slash:
        return empty, empty, p
    if p[1:2] != slash or p[2:3] == slash:
        return empty, slash, p[1:]
    return empty, p[:2], p[2:]


def basename(p):
    """The part after the last slash."""
    p = os.fspath(p)
    return p[p.rfind(_like(p, "/")) + 1:]


def dirname(p):
    """The part before the last slash."""
    p = os.fspath(p)
    slash = _like(p, "/")
    return _without_slashes(p[:p.rfind(slash) + 1], slash)


def ismount(path):
    """Whether a file system is mounted there."""
    try:
        here = os.lstat(path)
    except (OSError, ValueError):
        return False
    if stat.S_ISLNK(here.st_mode):
        return False
    parent = realpath(join(os.fspath(path), _like(os.fspath(path), "..")))
    try:
        above = os.lstat(parent)
    except OSError:
        return False
    return here.st_dev != above.st_dev or here.st_ino == above.st_ino


def expanduser(path):
    """Replace ~ or ~user at the start by that user's home; unchanged if it is not known."""
    path = os.fspath(path)
    tilde, slash = _like(path, "~"), _like(path, "/")
    if not path.startswith(tilde):
        return path
    end = path.find(slash, 1)
    if end < 0:
        end = len(path)
    if end == 1:
        home = os.environ.get("HOME")
        if home is None:
            try:
                import pwd
                home = pwd.getpwuid(os.getuid()).pw_dir
            except (ImportError, KeyError):
                return path
    else:
        name = path[1:end]
        if isinstance(name, bytes):
            name = os.fsdecode(name)
        try:
            import pwd
            home = pwd.getpwnam(name).pw_dir
        except (ImportError, KeyError):
            return path
    if isinstance(path, bytes):
        home = os.fsencode(home)
    return home.rstrip(slash) + path[end:] or slash


def expandvars(path):
    """Replace $name and ${name} by environment variables; unknown ones stay."""
    path = os.fspath(path)
    if isinstance(path, bytes):
        return os.fsencode(expandvars(os.fsdecode(path)))
    result = []
    start = 0
    while (dollar := path.find("$", start)) >= 0:
        result.append(path[start:dollar])
        if path.startswith("{", dollar + 1):
            end = path.find("}", dollar + 2)
            if end < 0:
                start = dollar
                break
            name = path[dollar + 2:end]
            end += 1
        else:
            end = dollar + 1
            while end < len(path) and path[end].isascii() and (path[end].isalnum() or path[end] == "_"):
                end += 1
            name = path[dollar + 1:end]
        result.append(os.environ.get(name, path[dollar:end]) if name else path[dollar:end])
        start = end
    result.append(path[start:])
    return "".join(result)


def normpath(path):
    """The path without double slashes, "." and, where a name goes before it, ".."."""
    path = os.fspath(path)
    slash, dot, dotdot = _like(path, "/"), _like(path, "."), _like(path, "..")
    if not path:
        return dot
    _, root, rest = splitroot(path)
    parts = []
    for part in rest.split(slash):
        if not part or part == dot:
            continue
        if part != dotdot or not root and not parts or parts and parts[-1] == dotdot:
            parts.append(part)
        elif parts:
            parts.pop()
    return root + slash.join(parts) or dot


def abspath(path):
    """The path from the root."""
    path = os.fspath(path)
    if not isabs(path):
        path = join(os.getcwdb() if isinstance(path, bytes) else os.getcwd(), path)
    return normpath(path)


def realpath(filename, *, strict=False):
    """The path from the root with symbolic links resolved."""
    filename = os.fspath(filename)
    slash, dot, dotdot = _like(filename, "/"), _like(filename, "."), _like(filename, "..")
    if strict is ALLOW_MISSING:
        ignored = FileNotFoundError
    elif strict:
        ignored = ()
    else:
        ignored = OSError
    path = slash if filename.startswith(slash) else os.getcwdb() if isinstance(filename, bytes) else os.getcwd()
    # What has still to be appended, last first; None marks the end of a link whose target is then known.
    rest = filename.split(slash)[::-1]
    resolved = {}
    links = []
    while rest:
        name = rest.pop()
        if name is None:
            resolved[links.pop()] = path
            continue
        if not name or name == dot:
            continue
        if name == dotdot:
            path = path[:path.rindex(slash)] or slash
            continue
        new = path + name if path == slash else path + slash + name
        try:
            mode = os.lstat(new).st_mode
            if not stat.S_ISLNK(mode):
                if strict and rest and not stat.S_ISDIR(mode) and any(part is not None for part in rest):
                    os.stat(new + slash)
                path = new
                continue
            if new in resolved:
                known = resolved[new]
                if known is not None:
                    path = known
                    continue
                # The link leads to itself: let the system say so, or leave it.
                if strict:
                    os.stat(new)
                path = new
                continue
            target = os.readlink(new)
        except ignored:
            path = new
            continue
        if target.startswith(slash):
            path = slash
        resolved[new] = None
        links.append(new)
        rest.append(None)
        rest.extend(target.split(slash)[::-1])
    return path


def relpath(path, start=None):
    """The path as seen from the directory `start`."""
    path = os.fspath(path)
    if not path:
        raise ValueError("no path specified")
    slash, dotdot = _like(path, "/"), _like(path, "..")
    start = _like(path, ".") if start is None else os.fspath(start)
    try:
        start_parts = [part for part in abspath(start).split(slash) if part]
        path_parts = [part for part in abspath(path).split(slash) if part]
        common = len(commonprefix([start_parts, path_parts]))
        parts = [dotdot] * (len(start_parts) - common) + path_parts[common:]
    except (TypeError, AttributeError, BytesWarning, DeprecationWarning):
        genericpath._check_arg_types("relpath", path, start)
        raise
    return slash.join(parts) or _like(path, ".")


def commonpath(paths):
    """The longest path that all lie under."""
    paths = tuple(map(os.fspath, paths))
    if not paths:
        raise ValueError("commonpath() arg is an empty sequence")
    slash, dot = _like(paths[0], "/"), _like(paths[0], ".")
    try:
        absolute = {path.startswith(slash) for path in paths}
        if len(absolute) > 1:
            raise ValueError("Can't mix absolute and relative paths") from None
        split_paths = [[part for part in path.split(slash) if part and part != dot] for path in paths]
        low, high = min(split_paths), max(split_paths)
        common = low
        for position, part in enumerate(low):
            if part != high[position]:
                common = low[:position]
                break
        return (slash if absolute.pop() else slash[:0]) + slash.join(common)
    except (TypeError, AttributeError):
        genericpath._check_arg_types("commonpath", *paths)
        raise
