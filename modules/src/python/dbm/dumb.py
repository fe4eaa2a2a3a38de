"""A database in two files: values one after the other in FILE.dat, and in FILE.dir a
line of text for each key with the place and length of its value. Values are never
moved; a longer one is put at the end."""

import collections.abc
import io as _io
import os as _os

__all__ = ["error", "open"]

_BLOCKSIZE = 512

error = OSError


class _Database(collections.abc.MutableMapping):
    _os = _os
    _io = _io

    def __init__(self, filebasename, mode, flag='c'):
        filebasename = _os.fsencode(filebasename)
        self._mode = mode
        self._readonly = flag == 'r'
        self._dirfile = filebasename + b'.dir'
        self._datfile = filebasename + b'.dat'
        self._bakfile = filebasename + b'.bak'
        # From a key to (place, length); None once closed.
        self._index = None
        self._modified = False
        self._create(flag)
        self._update(flag)

    def _create(self, flag):
        if flag == 'n':
            for filename in (self._datfile, self._bakfile, self._dirfile):
                try:
                    _os.remove(filename)
                except OSError:
                    pass
        try:
            file = _io.open(self._datfile, 'r', encoding="Latin-1")
        except OSError:
            if flag not in ('c', 'n'):
                raise
            with _io.open(self._datfile, 'w', encoding="Latin-1"):
                self._chmod(self._datfile)
        else:
            file.close()

    def _update(self, flag):
        self._modified = False
        self._index = {}
        try:
            file = _io.open(self._dirfile, 'r', encoding="Latin-1")
        except OSError:
            if flag not in ('c', 'n'):
                raise
            with _io.open(self._dirfile, 'w', encoding="Latin-1"):
                self._chmod(self._dirfile)
            return
        with file:
            for line in file:
                key, place = _parse(line.rstrip())
                self._index[key.encode('Latin-1')] = place

    def _commit(self):
        """Writes the index, keeping the last one as a backup."""
        if self._index is None or not self._modified:
            return
        for step, args in ((self._os.unlink, (self._bakfile,)),
                           (self._os.rename, (self._dirfile, self._bakfile))):
            try:
                step(*args)
            except OSError:
                pass
        with self._io.open(self._dirfile, 'w', encoding="Latin-1") as f:
            self._chmod(self._dirfile)
            for key, place in self._index.items():
                f.write("%r, %r\n" % (key.decode("Latin-1"), place))

    sync = _commit

    def _verify_open(self):
        if self._index is None:
            raise error('DBM object has already been closed')

    def _writable(self):
        if self._readonly:
            raise error('The database is opened for reading only')

    def __getitem__(self, key):
        key = _bytes(key)
        self._verify_open()
        place, size = self._index[key]
        with _io.open(self._datfile, 'rb') as f:
            f.seek(place)
            return f.read(size)

    def _addval(self, val):
        """Puts a value at the end, where a block begins."""
        with _io.open(self._datfile, 'rb+') as f:
            f.seek(0, 2)
            end = int(f.tell())
            place = ((end + _BLOCKSIZE - 1) // _BLOCKSIZE) * _BLOCKSIZE
            f.write(b'\0' * (place - end))
            place = f.tell()
            f.write(val)
        return place, len(val)

    def _setval(self, place, val):
        with _io.open(self._datfile, 'rb+') as f:
            f.seek(place)
            f.write(val)
        return place, len(val)

    def __setitem__(self, key, val):
        self._writable()
        key = _bytes(key)
        if not isinstance(key, (bytes, bytearray)):
            raise TypeError("keys must be bytes or strings")
        if isinstance(val, str):
            val = val.encode('utf-8')
        elif not isinstance(val, (bytes, bytearray)):
            raise TypeError("values must be bytes or strings")
        self._verify_open()
        self._modified = True
        if key not in self._index:
            self._index[key] = place = self._addval(val)
            with _io.open(self._dirfile, 'a', encoding="Latin-1") as f:
                self._chmod(self._dirfile)
                f.write("%r, %r\n" % (key.decode("Latin-1"), place))
            return
        place, size = self._index[key]
        # It stays where it is if it still fits the blocks it has.
        if (len(val) + _BLOCKSIZE - 1) // _BLOCKSIZE <= (size + _BLOCKSIZE - 1) // _BLOCKSIZE:
            self._index[key] = self._setval(place, val)
        else:
            self._index[key] = self._addval(val)

    def __delitem__(self, key):
        self._writable()
        key = _bytes(key)
        self._verify_open()
        self._modified = True
        # The value's blocks are lost.
        del self._index[key]
        self._commit()

    def keys(self):
        self._verify_open()
        return list(self._index)

    def items(self):
        self._verify_open()
        return [(key, self[key]) for key in self._index.keys()]

    def __contains__(self, key):
        self._verify_open()
        return _bytes(key) in self._index

    def iterkeys(self):
        self._verify_open()
        return iter(self._index)

    __iter__ = iterkeys

    def __len__(self):
        self._verify_open()
        return len(self._index)

    def close(self):
        try:
            self._commit()
        finally:
            self._index = self._datfile = self._dirfile = self._bakfile = None

    __del__ = close

    def _chmod(self, file):
        self._os.chmod(file, self._mode)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


def _bytes(key):
    return key.encode('utf-8') if isinstance(key, str) else key


def _parse(line):
    """A line of the index: the key as a string literal, a comma, a pair of ints."""
    text, _, rest = line.rpartition(', (')
    place, size = rest.rstrip(')').split(',')
    # The literal's quotes off; all that is not Latin-1 text in it is escaped.
    text = text[1:-1].encode('Latin-1').decode('unicode_escape')
    return text, (int(place), int(size))


def open(file, flag='c', mode=0o666):
    """Opens the database of that name, or makes it; see `dbm.open`."""
    umask = 0
    if hasattr(_os, 'umask'):
        umask = _os.umask(0)
        _os.umask(umask)
    if flag not in ('r', 'w', 'c', 'n'):
        raise ValueError("Flag must be one of 'r', 'w', 'c', or 'n'")
    return _Database(file, mode & ~umask, flag=flag)
