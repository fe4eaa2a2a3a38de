"""File names by shell patterns."""

import fnmatch
import os

__all__ = ["glob", "iglob", "escape", "translate"]


def glob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    """The paths that match, in no particular order; with recursive=True, ** stands for any directories."""
    return list(iglob(pathname, root_dir=root_dir, dir_fd=dir_fd, recursive=recursive,
                      include_hidden=include_hidden))


def iglob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    """glob as an iterator."""
    if root_dir is None:
        root_dir = pathname[:0]
    found = _glob(pathname, os.fspath(root_dir), recursive, False, include_hidden)
    if not pathname or recursive and _is_recursive(pathname[:2]):
        # The empty path that ** gives for the root itself is no match.
        found = iter(found)
        first = next(found, None)
        if first:
            found = _chain(first, found)
    return found


def _chain(first, rest):
    yield first
    yield from rest


def _glob(pathname, root_dir, recursive, only_dirs, include_hidden):
    dirname, basename = os.path.split(pathname)
    if not has_magic(pathname):
        if basename:
            if os.path.lexists(_join(root_dir, pathname)):
                yield pathname
        elif os.path.isdir(_join(root_dir, dirname)):
            yield pathname
        return
    if not dirname:
        if recursive and _is_recursive(basename):
            yield from _everything(root_dir, dirname, only_dirs, include_hidden, True)
        else:
            yield from _matching(root_dir, basename, only_dirs, include_hidden)
        return
    if dirname != pathname and has_magic(dirname):
        parents = _glob(dirname, root_dir, recursive, True, include_hidden)
    else:
        parents = [dirname]
    for parent in parents:
        if not has_magic(basename):
            if basename:
                names = [basename] if os.path.lexists(_join(_join(root_dir, parent), basename)) else []
            else:
                names = [basename] if os.path.isdir(_join(root_dir, parent)) else []
        elif recursive and _is_recursive(basename):
            names = _everything(_join(root_dir, parent), basename[:0], only_dirs, include_hidden, True)
        else:
            names = _matching(_join(root_dir, parent), basename, only_dirs, include_hidden)
        for name in names:
            yield os.path.join(parent, name)


def _list(dirname, only_dirs):
    if not dirname:
        dirname = os.curdir.encode("ascii") if isinstance(dirname, bytes) else os.curdir
    try:
        names = os.listdir(dirname)
    except OSError:
        return []
    if only_dirs:
        names = [name for name in names if os.path.isdir(os.path.join(dirname, name))]
    return names


def _matching(dirname, pattern, only_dirs, include_hidden):
    names = _list(dirname, only_dirs)
    if not (include_hidden or _is_hidden(pattern)):
        names = [name for name in names if not _is_hidden(name)]
    return fnmatch.filter(names, pattern)


def _everything(dirname, prefix, only_dirs, include_hidden, itself):
    # The directory and all below, as paths relative to it. A stack, as trees may be deep.
    if itself and (not dirname or os.path.isdir(dirname)):
        yield prefix
    pending = [(dirname, prefix)]
    while pending:
        directory, prefix = pending.pop()
        below = []
        for name in _list(directory, only_dirs):
            if include_hidden or not _is_hidden(name):
                path = _join(prefix, name)
                yield path
                below.append((_join(directory, name), path))
        pending.extend(reversed(below))


def _join(dirname, basename):
    if not dirname or not basename:
        return dirname or basename
    return os.path.join(dirname, basename)


def has_magic(s):
    """Whether a pattern is more than a plain name."""
    magic = b"*?[" if isinstance(s, bytes) else "*?["
    return any(char in s for char in (magic[at:at + 1] for at in range(3)))


def _is_hidden(path):
    return path[:1] in (".", b".")


def _is_recursive(pattern):
    return pattern in ("**", b"**")


def escape(pathname):
    """A pattern that matches just this name."""
    if isinstance(pathname, bytes):
        return escape(pathname.decode("latin-1")).encode("latin-1")
    return "".join([f"[{char}]" if char in "*?[" else char for char in pathname])


def translate(pat, *, recursive=False, include_hidden=False, seps=None):
    """A regular expression for a pattern of several segments."""
    seps = seps or "/"
    escaped = "".join(map(fnmatch._escape, seps))
    any_sep = f"[{escaped}]" if len(seps) > 1 else escaped
    not_sep = f"[^{escaped}]"
    one = f"{not_sep}+" if include_hidden else f"[^{escaped}.]{not_sep}*"
    some = f".+{any_sep}" if include_hidden else f"{one}{any_sep}"
    segments = [""]
    for char in pat:
        if char in seps:
            segments.append("")
        else:
            segments[-1] += char
    result = []
    last = len(segments) - 1
    for position, segment in enumerate(segments):
        if segment == "*":
            result.append(one)
        elif recursive and segment == "**":
            if position < last:
                if segments[position + 1] != "**":
                    result.append(f"(?:{some})?" if include_hidden else f"(?:{some})*")
            else:
                result.append(".*" if include_hidden else f"(?:{some})*(?:{one})?")
            continue
        elif segment:
            if not include_hidden and segment[0] in "*?":
                result.append("(?!\\.)")
            result.append(fnmatch._body(segment, f"{not_sep}*", not_sep, False))
        if position < last:
            result.append(any_sep)
    return f"(?s:{''.join(result)})\\z"
