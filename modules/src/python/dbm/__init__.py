"""Files that map bytes to bytes: `dbm.open(file, flag)` opens one of whatever kind
it is, or makes one of the best kind there is. Here that is `dbm.dumb`."""

__all__ = ['open', 'whichdb', 'error']

import io
import os
import struct
import sys


class error(Exception):
    pass


_names = ['dbm.sqlite3', 'dbm.gnu', 'dbm.ndbm', 'dbm.dumb']
_defaultmod = None
_modules = {}

error = (error, OSError)


def _load(name):
    mod = _modules.get(name)
    if mod is None:
        mod = _modules[name] = __import__(name, fromlist=['open'])
    return mod


def open(file, flag='r', mode=0o666):
    """Opens a database: 'r' to read, 'w' to write to it too, 'c' makes it if it
    does not exist, 'n' makes an empty one always."""
    global _defaultmod
    if _defaultmod is None:
        for name in _names:
            try:
                _defaultmod = _load(name)
                break
            except ImportError:
                continue
        else:
            raise ImportError("no dbm clone found; tried %s" % _names)
    kind = whichdb(file) if 'n' not in flag else None
    if kind is None:
        if 'c' not in flag and 'n' not in flag:
            raise error[0]("db file doesn't exist; use 'c' or 'n' flag to create a new db")
        mod = _defaultmod
    elif kind == "":
        raise error[0]("db type could not be determined")
    else:
        try:
            mod = _load(kind)
        except ImportError:
            raise error[0]("db type is {0}, but the module is not available".format(kind)) from None
    return mod.open(file, flag, mode)


def whichdb(filename):
    """The name of the module for a database file; "" if that can't be told, None
    if the file does not exist or can't be read."""
    filename = os.fsencode(filename)
    for ends in ((b'.pag', b'.dir'), (b'.db',)):
        if all(os.path.isfile(filename + end) for end in ends):
            return "dbm.ndbm"
    try:
        os.stat(filename + b".dat")
        size = os.stat(filename + b".dir").st_size
        if size == 0:
            return "dbm.dumb"
        with io.open(filename + b".dir", "rb") as f:
            if f.read(1) in (b"'", b'"'):
                return "dbm.dumb"
    except OSError:
        pass
    try:
        with io.open(filename, "rb") as f:
            head = f.read(16)
    except OSError:
        return None
    if len(head) < 4:
        return ""
    if head == b"SQLite format 3\x00":
        return "dbm.sqlite3"
    if struct.unpack("=l", head[:4])[0] in (0x13579ace, 0x13579acd, 0x13579acf):
        return "dbm.gnu"
    return ""


if __name__ == "__main__":
    for filename in sys.argv[1:]:
        print(whichdb(filename) or "UNKNOWN", filename)
