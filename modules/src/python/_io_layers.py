"""The machines behind buffers over raw streams that are written in Python.

A `BufferedReader` and its kin keep one of them where native code can't work on the raw stream directly; `stream`
is that object. The machine behind a `TextIOWrapper` is in `_io_text`.
"""

import io

from _io_text import _Newlines, _Text


def _number(value, what):
    # What a raw stream answers, as CPython checks it.
    try:
        return value.__index__()
    except AttributeError:
        raise OSError(f"raw {what}() failed") from TypeError(
            f"'{type(value).__name__}' object cannot be interpreted as an integer")


class _Buffered:
    """What the buffers have in common."""

    reads = writes = False
    _ahead = b""
    _used = 0

    def __init__(self, stream, raw, buffer_size):
        self._check_raw(raw)
        if buffer_size <= 0:
            raise ValueError("buffer size must be strictly positive")
        self._stream = stream
        self._raw = raw
        self._size = buffer_size
        self._gathered = bytearray()

    def _check_raw(self, raw):
        if self.reads and self.writes and not raw.seekable():
            raise io.UnsupportedOperation("File or stream is not seekable.")
        if self.reads and not raw.readable():
            raise io.UnsupportedOperation("File or stream is not readable.")
        if self.writes and not raw.writable():
            raise io.UnsupportedOperation("File or stream is not writable.")

    @property
    def raw(self):
        if self._raw is None:
            raise ValueError("raw stream has been detached")
        return self._raw

    @property
    def closed(self):
        return self.raw.closed

    def _check(self, message):
        if self.closed:
            raise ValueError(message)

    def detach(self):
        raw = self.raw
        self._stream.flush()
        self._raw = None
        return raw

    def close(self):
        if self.closed:
            return
        try:
            self._stream.flush()
        finally:
            self.raw.close()
            self._ahead, self._used = b"", 0

    def _dealloc_warn(self, source):
        pass

    def seekable(self):
        return self.raw.seekable()

    def readable(self):
        return self.raw.readable()

    def writable(self):
        return self.raw.writable()

    def fileno(self):
        return self.raw.fileno()

    def isatty(self):
        return self.raw.isatty()

    def _raw_tell(self):
        position = self.raw.tell().__index__()
        if position < 0:
            raise OSError(f"Raw stream returned invalid position {position}")
        return position

    def _raw_seek(self, target, whence=0):
        position = self.raw.seek(target, whence).__index__()
        if position < 0:
            raise OSError(f"Raw stream returned invalid position {position}")
        return position

    def _left(self):
        return len(self._ahead) - self._used

    def _synchronize(self):
        # Puts the raw stream where the program thinks it is.
        self._write_out()
        if left := self._left():
            self._raw_seek(-left, 1)
        self._ahead, self._used = b"", 0

    def tell(self):
        position = self._raw_tell() - self._left() + len(self._gathered)
        return max(position, 0)

    def seek(self, target, whence=0, /):
        if whence not in (0, 1, 2):
            raise ValueError(f"whence value {whence} unsupported")
        self._check("seek of closed file")
        if not self.raw.seekable():
            raise io.UnsupportedOperation("File or stream is not seekable.")
        if not hasattr(target, "__index__"):
            raise TypeError(f"'{type(target).__name__}' object cannot be interpreted as an integer")
        target = target.__index__()
        if whence != 2 and self.reads and self._left():
            # Within what was read ahead nothing has to be asked of the raw stream.
            here = self._raw_tell()
            wanted = target if whence == 0 else here - self._left() + target
            used = len(self._ahead) - (here - wanted)
            if 0 <= used <= len(self._ahead):
                self._used = used
                return max(wanted, 0)
        self._write_out()
        if whence == 1:
            target -= self._left()
        position = self._raw_seek(target, whence)
        self._ahead, self._used = b"", 0
        return position

    def truncate(self, pos=None, /):
        self._check("truncate of closed file")
        if not self.writes:
            raise io.UnsupportedOperation("truncate")
        if pos is None:
            pos = self.tell()
        self._synchronize()
        return self.raw.truncate(pos)

    # Reading.

    def _take(self, size):
        data = self._ahead[self._used:self._used + size]
        self._used += len(data)
        return data

    def _raw_read(self, size):
        # One read of the raw stream; None where it would block.
        target = bytearray(size)
        with memoryview(target) as view:
            count = self.raw.readinto(view)
        if count is None:
            return None
        count = _number(count, "readinto")
        if not 0 <= count <= size:
            raise OSError(f"raw readinto() returned invalid length {count} (should have been between 0 and {size})")
        return bytes(target[:count])

    def _fill(self):
        # Reads ahead, once nothing is left; whether that gave anything, or None.
        data = self._raw_read(self._size)
        self._ahead, self._used = data or b"", 0
        return None if data is None else bool(data)

    def _before_read(self):
        if self.writes:
            self._write_out()

    def _check_reading(self, name):
        if not self._left():
            self._check(f"{name} of closed file")

    def read(self, size=-1, /):
        size = -1 if size is None else size.__index__()
        if size < -1:
            raise ValueError("read length must be non-negative or -1")
        self._check_reading("read")
        if size == -1:
            return self._read_all()
        if size <= self._left():
            return self._take(size)
        parts = [self._take(self._left())]
        wanted = size - len(parts[0])
        self._before_read()
        self._ahead, self._used = b"", 0
        while wanted:
            if whole := wanted - wanted % self._size:
                data = self._raw_read(whole)
            else:
                got = self._fill()
                data = self._take(wanted) if got else (None if got is None else b"")
            if not data:
                if data is None and not any(parts):
                    return None
                break
            parts.append(data)
            wanted -= len(data)
        return b"".join(parts)

    def _read_all(self):
        first = self._take(self._left())
        self._before_read()
        self._ahead, self._used = b"", 0
        readall = getattr(self.raw, "readall", None)
        if readall is not None:
            rest = readall()
            if rest is not None and not isinstance(rest, bytes):
                raise TypeError("readall() should return bytes")
            if not first:
                return rest
            return first if rest is None else first + rest
        parts = [first]
        while True:
            data = self.raw.read()
            if data is not None and not isinstance(data, bytes):
                raise TypeError("read() should return bytes")
            if not data:
                return b"".join(parts) if any(parts) else data
            parts.append(data)

    def read1(self, size=-1, /):
        size = size.__index__()
        self._check_reading("read")
        if size < 0:
            size = self._size
        if size == 0:
            return b""
        if self._left():
            return self._take(size)
        self._before_read()
        return self._raw_read(size) or b""

    def peek(self, size=0, /):
        self._check_reading("peek")
        self._before_read()
        if not self._left():
            self._fill()
        return self._ahead[self._used:]

    def readinto(self, buffer, /):
        return self._read_into(buffer, False)

    def readinto1(self, buffer, /):
        return self._read_into(buffer, True)

    def _read_into(self, buffer, once):
        name = "readinto1" if once else "readinto"
        try:
            view = memoryview(buffer)
        except TypeError:
            view = None
        if view is None or view.readonly:
            raise TypeError(f"{name}() argument must be read-write bytes-like object, not {type(buffer).__name__}")
        with view, view.cast("B") as target:
            self._check_reading("readinto")
            done = 0
            size = len(target)
            if first := self._take(size):
                target[:len(first)] = first
                done = len(first)
            if done < size:
                self._before_read()
            while done < size:
                if size - done > self._size:
                    data = self._raw_read(size - done)
                elif once and done:
                    break
                else:
                    got = self._fill()
                    data = self._take(size - done) if got else (None if got is None else b"")
                if not data:
                    if data is None and not done:
                        return None
                    break
                target[done:done + len(data)] = data
                done += len(data)
                if once:
                    break
            return done

    def readline(self, size=-1, /):
        size = -1 if size is None else size.__index__()
        self._check_reading("readline")
        parts = []
        while True:
            limit = self._left() if size < 0 else min(self._left(), size)
            end = self._ahead.find(b"\n", self._used, self._used + limit)
            part = self._take(limit if end < 0 else end + 1 - self._used)
            parts.append(part)
            size -= len(part) if size >= 0 else 0
            if end >= 0 or size == 0:
                break
            self._before_read()
            if not self._fill():
                break
        return b"".join(parts)

    # Writing.

    def write(self, data, /):
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        with memoryview(data) as view:
            data = view.tobytes()
        self._check("write to closed file")
        if left := self._left():
            self._raw_seek(-left, 1)
        self._ahead, self._used = b"", 0
        room = self._size - len(self._gathered)
        if len(data) <= room:
            self._gathered += data
            return len(data)
        try:
            self._write_out()
        except BlockingIOError as error:
            room = self._size - len(self._gathered)
            self._gathered += data[:room]
            if len(data) <= room:
                return len(data)
            raise BlockingIOError(error.errno, error.strerror, room) from None
        done = 0
        while len(data) - done > self._size:
            count = self._raw_write(data[done:])
            if count is None:
                if len(data) - done > self._size:
                    self._gathered += data[done:done + self._size]
                    raise BlockingIOError(11, "write could not complete without blocking", done + self._size)
                break
            done += count
        self._gathered += data[done:]
        return len(data)

    def _raw_write(self, data):
        count = self.raw.write(data)
        if count is None:
            return None
        count = _number(count, "write")
        if not 0 <= count <= len(data):
            raise OSError(f"raw write() returned invalid length {count} (should have been between 0 and {len(data)})")
        return count

    def _write_out(self):
        while self._gathered:
            count = self._raw_write(bytes(self._gathered))
            if count is None:
                raise BlockingIOError(11, "write could not complete without blocking", 0)
            del self._gathered[:count]

    def flush(self):
        self._check("flush of closed file")
        if self.reads:
            self._synchronize()
        else:
            self._write_out()


class _Reader(_Buffered):
    """Behind a `BufferedReader`."""

    reads = True

    def flush(self):
        return self.raw.flush()


class _Writer(_Buffered):
    """Behind a `BufferedWriter`."""

    writes = True


class _Random(_Buffered):
    """Behind a `BufferedRandom`."""

    reads = writes = True


class _Pair:
    """Behind a `BufferedRWPair`."""

    def __init__(self, stream, reader, writer, buffer_size):
        if not reader.readable():
            raise io.UnsupportedOperation("File or stream is not readable.")
        if not writer.writable():
            raise io.UnsupportedOperation("File or stream is not writable.")
        self._reader = io.BufferedReader(reader, buffer_size)
        self._writer = io.BufferedWriter(writer, buffer_size)
        for name in ("read", "read1", "peek", "readinto", "readinto1"):
            setattr(self, name, getattr(self._reader, name))
        self.readable = self._reader.readable
        self.writable = self._writer.writable
        self.write = self._writer.write
        self.flush = self._writer.flush

    def close(self):
        try:
            self._writer.close()
        finally:
            self._reader.close()

    def isatty(self):
        return self._writer.isatty() or self._reader.isatty()

    @property
    def closed(self):
        return self._writer.closed
