"""Copying, moving and removing files and trees."""

import fnmatch
import os
import stat
import sys

__all__ = ["copyfileobj", "copyfile", "copymode", "copystat", "copy", "copy2", "copytree", "move", "rmtree", "Error",
           "SpecialFileError", "chown", "which", "get_terminal_size", "SameFileError", "disk_usage",
           "ignore_patterns"]

COPY_BUFSIZE = 256 * 1024


class Error(OSError):
    """Several errors of copytree; or a move into itself."""


class SameFileError(Error):
    """Source and target are one file."""


class SpecialFileError(OSError):
    """A named pipe where a regular file was wanted."""


def copyfileobj(fsrc, fdst, length=0):
    """Copy what is left of one open file to another."""
    length = length or COPY_BUFSIZE
    while buffer := fsrc.read(length):
        fdst.write(buffer)


def _samefile(src, dst):
    try:
        return os.path.samefile(src, dst)
    except OSError:
        return False


def copyfile(src, dst, *, follow_symlinks=True):
    """Copy a file's content; returns the target."""
    if _samefile(src, dst):
        raise SameFileError(f"{src!r} and {dst!r} are the same file")
    for path in (src, dst):
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue
        if stat.S_ISFIFO(mode):
            raise SpecialFileError(f"`{os.fspath(path)}` is a named pipe")
    if not follow_symlinks and os.path.islink(src):
        os.symlink(os.readlink(src), dst)
        return dst
    with open(src, "rb") as fsrc:
        try:
            with open(dst, "wb") as fdst:
                copyfileobj(fsrc, fdst)
        except IsADirectoryError as error:
            if not os.path.exists(dst):
                raise FileNotFoundError(f"Directory does not exist: {dst}") from error
            raise
    return dst


def copymode(src, dst, *, follow_symlinks=True):
    """Copy the permission bits."""
    if not follow_symlinks and os.path.islink(src) and os.path.islink(dst):
        return
    os.chmod(dst, stat.S_IMODE(os.stat(src).st_mode))


def copystat(src, dst, *, follow_symlinks=True):
    """Copy the permission bits and the times."""
    if not follow_symlinks and os.path.islink(src) and os.path.islink(dst):
        return
    info = os.stat(src)
    if hasattr(os, "utime"):
        os.utime(dst, ns=(info.st_atime_ns, info.st_mtime_ns))
    os.chmod(dst, stat.S_IMODE(info.st_mode))


def _target(src, dst):
    return os.path.join(dst, os.path.basename(src)) if os.path.isdir(dst) else dst


def copy(src, dst, *, follow_symlinks=True):
    """Copy content and permissions, to a file or into a directory; returns the new file."""
    dst = _target(src, dst)
    copyfile(src, dst, follow_symlinks=follow_symlinks)
    copymode(src, dst, follow_symlinks=follow_symlinks)
    return dst


def copy2(src, dst, *, follow_symlinks=True):
    """Copy content, permissions and times, to a file or into a directory; returns the new file."""
    dst = _target(src, dst)
    copyfile(src, dst, follow_symlinks=follow_symlinks)
    copystat(src, dst, follow_symlinks=follow_symlinks)
    return dst


def ignore_patterns(*patterns):
    """A function for copytree's `ignore`: leaves out names that match."""
    def _ignore_patterns(path, names):
        return {name for pattern in patterns for name in fnmatch.filter(names, pattern)}
    return _ignore_patterns


def copytree(src, dst, symlinks=False, ignore=None, copy_function=copy2, ignore_dangling_symlinks=False,
             dirs_exist_ok=False):
    """Copy a directory with all below; returns the target."""
    names = os.listdir(src)
    ignored = ignore(os.fspath(src), names) if ignore is not None else ()
    os.makedirs(dst, exist_ok=dirs_exist_ok)
    errors = []
    for name in names:
        if name in ignored:
            continue
        srcname = os.path.join(src, name)
        dstname = os.path.join(dst, name)
        try:
            if os.path.islink(srcname):
                target = os.readlink(srcname)
                if symlinks:
                    os.symlink(target, dstname)
                    continue
                if not os.path.exists(srcname) and ignore_dangling_symlinks:
                    continue
            if os.path.isdir(srcname):
                copytree(srcname, dstname, symlinks, ignore, copy_function, ignore_dangling_symlinks, dirs_exist_ok)
            else:
                copy_function(srcname, dstname)
        except Error as error:
            errors.extend(error.args[0])
        except OSError as error:
            errors.append((srcname, dstname, str(error)))
    try:
        copystat(src, dst)
    except OSError as error:
        errors.append((src, dst, str(error)))
    if errors:
        raise Error(errors)
    return dst


def rmtree(path, ignore_errors=False, onerror=None, *, onexc=None, dir_fd=None):
    """Remove a directory with all below. `onexc(function, path, exception)` is told of errors."""
    def report(function, where, error):
        if ignore_errors:
            return
        if onexc is not None:
            onexc(function, where, error)
        elif onerror is not None:
            onerror(function, where, (type(error), error, error.__traceback__))
        else:
            raise error

    if os.path.islink(path):
        error = OSError("Cannot call rmtree on a symbolic link")
        error.filename = path
        report(os.path.islink, path, error)
        return
    # (path, whether its content is gone): a stack, as trees may be deep.
    pending = [(path, False)]
    while pending:
        where, emptied = pending.pop()
        if emptied:
            try:
                os.rmdir(where)
            except FileNotFoundError as error:
                if where == path:
                    report(os.rmdir, where, error)
            except OSError as error:
                report(os.rmdir, where, error)
            continue
        try:
            names = os.listdir(where)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                report(os.lstat, where, error)
                continue
            report(os.scandir, where, error)
            names = []
        pending.append((where, True))
        for name in names:
            full = os.path.join(where, name)
            if os.path.isdir(full) and not os.path.islink(full):
                pending.append((full, False))
                continue
            try:
                os.unlink(full)
            except FileNotFoundError:
                continue
            except OSError as error:
                report(os.unlink, full, error)


rmtree.avoids_symlink_attacks = False


def move(src, dst, copy_function=copy2):
    """Move a file or directory to a path or into a directory; returns the new place."""
    real_dst = dst
    if os.path.isdir(dst):
        if _samefile(src, dst) and not os.path.islink(src):
            os.rename(src, dst)
            return None
        name = os.path.basename(os.fspath(src).rstrip("/"))
        real_dst = os.path.join(dst, name)
        if os.path.exists(real_dst):
            raise Error(f"Destination path '{real_dst}' already exists")
    try:
        os.rename(src, real_dst)
    except OSError:
        if os.path.islink(src):
            os.symlink(os.readlink(src), real_dst)
            os.unlink(src)
        elif os.path.isdir(src):
            inside = os.path.join(os.path.abspath(src), "")
            if os.path.join(os.path.abspath(dst), "").startswith(inside):
                raise Error(f"Cannot move a directory '{src}' into itself '{dst}'.")
            copytree(src, real_dst, copy_function=copy_function, symlinks=True)
            rmtree(src)
        else:
            copy_function(src, real_dst)
            os.unlink(src)
    return real_dst


def disk_usage(path):
    """(total, used, free) bytes of the file system."""
    from collections import namedtuple
    usage = namedtuple("usage", "total used free", module="shutil")
    info = os.statvfs(path)
    return usage(info.f_blocks * info.f_frsize, (info.f_blocks - info.f_bfree) * info.f_frsize,
                 info.f_bavail * info.f_frsize)


def chown(path, user=None, group=None, *, dir_fd=None, follow_symlinks=True):
    """Change owner and group, given by name or number."""
    if user is None and group is None:
        raise ValueError("user and/or group must be set")
    uid = gid = -1
    if isinstance(user, str):
        import pwd
        try:
            uid = pwd.getpwnam(user).pw_uid
        except KeyError:
            raise LookupError(f"no such user: {user!r}") from None
    elif user is not None:
        uid = user
    if isinstance(group, str):
        import grp
        try:
            gid = grp.getgrnam(group).gr_gid
        except KeyError:
            raise LookupError(f"no such group: {group!r}") from None
    elif group is not None:
        gid = group
    os.chown(path, uid, gid)


def get_terminal_size(fallback=(80, 24)):
    """Columns and lines of the terminal, from the environment or the system."""
    def from_environment(name):
        try:
            return int(os.environ[name])
        except (KeyError, ValueError):
            return 0
    columns, lines = from_environment("COLUMNS"), from_environment("LINES")
    if columns <= 0 or lines <= 0:
        try:
            size = os.get_terminal_size(sys.__stdout__.fileno())
        except (AttributeError, ValueError, OSError):
            size = fallback
        columns = columns if columns > 0 else size[0] or fallback[0]
        lines = lines if lines > 0 else size[1] or fallback[1]
    if hasattr(os, "terminal_size"):
        return os.terminal_size((columns, lines))
    return columns, lines


def which(cmd, mode=1, path=None):
    """The path of an executable, looked for as a shell does; None if there is none."""
    def usable(name):
        return os.path.exists(name) and os.access(name, mode) and not os.path.isdir(name)
    if os.path.dirname(cmd):
        return cmd if usable(cmd) else None
    if path is None:
        path = os.environ.get("PATH", os.defpath if hasattr(os, "defpath") else "/bin:/usr/bin")
    for directory in dict.fromkeys(path.split(os.pathsep) if path else ()):
        name = os.path.join(directory, cmd)
        if usable(name):
            return name
    return None
