"""Buffered and text streams over streams that are written in Python.

`io.BufferedReader(raw)` and its kin answer with the classes of this module wherever `raw` is not one of the
runtime's own streams, and `io.TextIOWrapper(buffer)` always does. The files that `open` makes are native.
"""

import codecs
import io

_DEFAULT_SIZE = 8192


class _Buffered:
    """What the buffered streams have in common. `_in_python` makes native constructors leave them alone."""

    _in_python = True
    _raw = None

    def _set_raw(self, raw, buffer_size):
        if buffer_size <= 0:
            raise ValueError("buffer size must be strictly positive")
        self._raw = raw
        self._size = buffer_size

    @property
    def raw(self):
        if self._raw is None:
            raise ValueError("raw stream has been detached")
        return self._raw

    @property
    def closed(self):
        return self.raw.closed

    @property
    def name(self):
        return self.raw.name

    @property
    def mode(self):
        return self.raw.mode

    def _check(self, message):
        if self.closed:
            raise ValueError(message)

    def detach(self):
        raw = self.raw
        self.flush()
        self._raw = None
        return raw

    def close(self):
        if self._raw is not None and not self.closed:
            try:
                self.flush()
            finally:
                self._raw.close()

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

    def __repr__(self):
        kind = f"_io.{type(self).__name__}"
        try:
            return f"<{kind} name={self.name!r}>"
        except (AttributeError, ValueError):
            return f"<{kind}>"

    def __reduce_ex__(self, *protocol):
        raise TypeError(f"cannot pickle '{type(self).__name__}' instances")

    __reduce__ = __getstate__ = __reduce_ex__


class _Reading(_Buffered):
    """Reads ahead."""

    def _start_reading(self):
        self._ahead = b""
        self._used = 0

    def _forget_ahead(self):
        # Puts the raw stream where the program thinks it is.
        left = len(self._ahead) - self._used
        self._start_reading()
        return left

    def _take(self, size):
        data = self._ahead[self._used:self._used + size]
        self._used += len(data)
        return data

    def _fill(self, size=None):
        # One read of the raw stream; whether it gave anything. None where it would block.
        data = self.raw.read(self._size if size is None else max(size, self._size))
        if data is None:
            return None
        self._ahead = self._ahead[self._used:] + data
        self._used = 0
        return bool(data)

    def _before_read(self):
        pass

    def read(self, size=-1, /):
        if size is not None and size < -1:
            raise ValueError("read length must be non-negative or -1")
        self._check("read of closed file")
        self._before_read()
        if size is None or size == -1:
            parts = [self._take(len(self._ahead))]
            readall = getattr(self.raw, "readall", None)
            if readall is not None:
                rest = readall()
                if rest is None:
                    return parts[0] or None
                return parts[0] + rest
            while part := self.raw.read():
                parts.append(part)
            return b"".join(parts)
        while len(self._ahead) - self._used < size:
            wanted = size - (len(self._ahead) - self._used)
            more = self._fill(wanted)
            if not more:
                if more is None and len(self._ahead) == self._used:
                    return None
                break
        return self._take(size)

    def read1(self, size=-1, /):
        self._check("read of closed file")
        self._before_read()
        if size < 0:
            size = self._size
        if size == 0:
            return b""
        if len(self._ahead) == self._used:
            self._fill()
        return self._take(size)

    def peek(self, size=0, /):
        self._check("peek of closed file")
        self._before_read()
        if len(self._ahead) == self._used:
            self._fill()
        return self._ahead[self._used:]

    def readinto(self, buffer, /):
        return self._readinto(buffer, self.read)

    def readinto1(self, buffer, /):
        return self._readinto(buffer, self.read1)

    def _readinto(self, buffer, read):
        with memoryview(buffer) as view, view.cast("B") as target:
            data = read(len(target))
            if data is None:
                return None
            target[:len(data)] = data
            return len(data)

    def readline(self, size=-1, /):
        self._check("readline of closed file")
        self._before_read()
        limit = float("inf") if size is None or size < 0 else size
        line = b""
        while len(line) < limit:
            end = self._ahead.find(b"\n", self._used)
            if end >= 0:
                return line + self._take(min(end + 1 - self._used, limit - len(line)))
            line += self._take(min(len(self._ahead) - self._used, limit - len(line)))
            if len(line) < limit and not self._fill():
                break
        return line


class _Writing(_Buffered):
    """Gathers what is written."""

    def _start_writing(self):
        self._gathered = bytearray()

    def write(self, b, /):
        if isinstance(b, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        self._check("write to closed file")
        with memoryview(b) as view:
            data = view.tobytes()
        self._before_write()
        if len(self._gathered) + len(data) > self._size:
            self._flush_gathered()
        self._gathered += data
        if len(self._gathered) > self._size:
            self._flush_gathered()
        return len(data)

    def _before_write(self):
        pass

    def flush(self):
        self._check("flush of closed file")
        self._flush_gathered()
        flush = getattr(self.raw, "flush", None)
        if flush is not None:
            flush()

    def _flush_gathered(self):
        while self._gathered:
            written = self.raw.write(bytes(self._gathered))
            if written is None:
                raise BlockingIOError(11, "write could not complete without blocking", 0)
            if not 0 <= written <= len(self._gathered):
                raise OSError(f"raw write() returned invalid length {written} "
                              f"(should have been between 0 and {len(self._gathered)})")
            del self._gathered[:written]


class BufferedReader(_Reading, io.BufferedReader):
    """A reader over a raw stream."""

    __module__ = "_io"

    def __init__(self, raw, buffer_size=_DEFAULT_SIZE):
        if not raw.readable():
            raise io.UnsupportedOperation("File or stream is not readable.")
        self._set_raw(raw, buffer_size)
        self._start_reading()

    def flush(self):
        self._check("flush of closed file")
        self.raw.flush()

    def tell(self):
        return self.raw.tell() - (len(self._ahead) - self._used)

    def seek(self, target, whence=0, /):
        if whence not in (0, 1, 2):
            raise ValueError(f"whence value {whence} unsupported")
        self._check("seek of closed file")
        left = self._forget_ahead()
        if whence == 1:
            target -= left
        return self.raw.seek(target, whence)

    def writable(self):
        return False

    def truncate(self, pos=None, /):
        raise io.UnsupportedOperation("truncate")

    def write(self, b, /):
        raise io.UnsupportedOperation("write")


class BufferedWriter(_Writing, io.BufferedWriter):
    """A writer over a raw stream."""

    __module__ = "_io"

    def __init__(self, raw, buffer_size=_DEFAULT_SIZE):
        if not raw.writable():
            raise io.UnsupportedOperation("File or stream is not writable.")
        self._set_raw(raw, buffer_size)
        self._start_writing()

    def tell(self):
        return self.raw.tell() + len(self._gathered)

    def seek(self, target, whence=0, /):
        self._check("seek of closed file")
        self._flush_gathered()
        return self.raw.seek(target, whence)

    def truncate(self, pos=None, /):
        self._check("truncate of closed file")
        self._flush_gathered()
        return self.raw.truncate(self.tell() if pos is None else pos)

    def readable(self):
        return False

    def read(self, size=-1, /):
        raise io.UnsupportedOperation("read")


class BufferedRandom(_Reading, _Writing, io.BufferedRandom):
    """A reader and writer over a raw stream with a position."""

    __module__ = "_io"

    def __init__(self, raw, buffer_size=_DEFAULT_SIZE):
        if not raw.seekable():
            raise io.UnsupportedOperation("File or stream is not seekable.")
        if not raw.readable():
            raise io.UnsupportedOperation("File or stream is not readable.")
        if not raw.writable():
            raise io.UnsupportedOperation("File or stream is not writable.")
        self._set_raw(raw, buffer_size)
        self._start_reading()
        self._start_writing()

    def _before_read(self):
        self._flush_gathered()

    def _before_write(self):
        if left := self._forget_ahead():
            self.raw.seek(-left, 1)

    def tell(self):
        return self.raw.tell() - (len(self._ahead) - self._used) + len(self._gathered)

    def seek(self, target, whence=0, /):
        if whence not in (0, 1, 2):
            raise ValueError(f"whence value {whence} unsupported")
        self._check("seek of closed file")
        self._flush_gathered()
        left = self._forget_ahead()
        if whence == 1:
            target -= left
        return self.raw.seek(target, whence)

    def truncate(self, pos=None, /):
        self._check("truncate of closed file")
        pos = self.tell() if pos is None else pos
        self._flush_gathered()
        return self.raw.truncate(pos)


class BufferedRWPair(io.BufferedIOBase):
    """A reader and a writer of one connection."""

    __module__ = "_io"

    def __init__(self, reader, writer, buffer_size=_DEFAULT_SIZE, /):
        if not reader.readable():
            raise io.UnsupportedOperation("File or stream is not readable.")
        if not writer.writable():
            raise io.UnsupportedOperation("File or stream is not writable.")
        self._reader = io.BufferedReader(reader, buffer_size)
        self._writer = io.BufferedWriter(writer, buffer_size)

    def read(self, size=-1, /):
        return self._reader.read(size)

    def read1(self, size=-1, /):
        return self._reader.read1(size)

    def peek(self, size=0, /):
        return self._reader.peek(size)

    def readinto(self, buffer, /):
        return self._reader.readinto(buffer)

    def readinto1(self, buffer, /):
        return self._reader.readinto1(buffer)

    def readline(self, size=-1, /):
        return self._reader.readline(size)

    def write(self, b, /):
        return self._writer.write(b)

    def flush(self):
        return self._writer.flush()

    def readable(self):
        return self._reader.readable()

    def writable(self):
        return self._writer.writable()

    def close(self):
        try:
            self._writer.close()
        finally:
            self._reader.close()

    def isatty(self):
        return self._reader.isatty() or self._writer.isatty()

    @property
    def closed(self):
        return self._writer.closed


class IncrementalNewlineDecoder:
    """Decodes in pieces and, with `translate`, makes every line end a line feed."""

    def __init__(self, decoder, translate, errors="strict"):
        self.errors = errors
        self._decoder = decoder
        self._translate = translate
        self._pending = False
        self._seen = 0

    def decode(self, input, final=False):
        text = input if self._decoder is None else self._decoder.decode(input, final=final)
        if self._pending and (text or final):
            text = "\r" + text
            self._pending = False
        if text.endswith("\r") and not final:
            # Its line feed may come with the next piece.
            text = text[:-1]
            self._pending = True
        both = text.count("\r\n")
        returns = text.count("\r") - both
        feeds = text.count("\n") - both
        self._seen |= (feeds and 1) | (returns and 2) | (both and 4)
        if self._translate:
            if both:
                text = text.replace("\r\n", "\n")
            if returns:
                text = text.replace("\r", "\n")
        return text

    def getstate(self):
        data, flags = (b"", 0) if self._decoder is None else self._decoder.getstate()
        return data, flags << 1 | self._pending

    def setstate(self, state, /):
        data, flags = state
        self._pending = bool(flags & 1)
        if self._decoder is not None:
            self._decoder.setstate((data, flags >> 1))

    def reset(self):
        self._seen = 0
        self._pending = False
        if self._decoder is not None:
            self._decoder.reset()

    @property
    def newlines(self):
        return (None, "\n", "\r", ("\r", "\n"), "\r\n", ("\n", "\r\n"), ("\r", "\r\n"), ("\r", "\n", "\r\n"))[self._seen]


class Reader:
    """What has `read`, for annotations."""

    __slots__ = ()

    def read(self, size=..., /):
        raise NotImplementedError


class Writer:
    """What has `write`, for annotations."""

    __slots__ = ()

    def write(self, data, /):
        raise NotImplementedError


class TextIOWrapper(io.TextIOWrapper):
    """Text over a stream of bytes."""

    __module__ = "_io"
    _in_python = True
    _buffer = None
    _CHUNK_SIZE = 8192

    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False):
        _check_newline(newline)
        if encoding is None or encoding == "locale":
            encoding = "UTF-8"
        elif not isinstance(encoding, str):
            raise TypeError(f"TextIOWrapper() argument 'encoding' must be str or None, not {type(encoding).__name__}")
        info = codecs.lookup(encoding)
        if not getattr(info, "_is_text_encoding", True):
            raise LookupError(f"{encoding!r} is not a text encoding; use codecs.open() to handle arbitrary codecs")
        if errors is None:
            errors = "strict"
        elif not isinstance(errors, str):
            raise TypeError(f"TextIOWrapper() argument 'errors' must be str or None, not {type(errors).__name__}")
        codecs.lookup_error(errors)
        self._buffer = buffer
        self._line_buffering = bool(line_buffering)
        self._write_through = bool(write_through)
        buffer.readable()
        buffer.writable()
        self._seekable = buffer.seekable()
        self._telling = self._seekable
        self._set_codec(encoding, errors, newline)

    def _set_codec(self, encoding, errors, newline):
        self._encoding = encoding
        self._errors = errors
        self._newline = newline
        self._decoder = None
        self._encoder = None
        self._text = ""
        self._at = 0
        self._gathered = []
        # Where the bytes of `_text` start in the stream, those bytes, and the decoder's state before them.
        self._start = None

    @property
    def buffer(self):
        if self._buffer is None:
            raise ValueError("underlying buffer has been detached")
        return self._buffer

    @property
    def encoding(self):
        return self._encoding

    @property
    def errors(self):
        return self._errors

    @property
    def line_buffering(self):
        return self._line_buffering

    @property
    def write_through(self):
        return self._write_through

    @property
    def newlines(self):
        return getattr(self._decoder, "newlines", None)

    @property
    def closed(self):
        return self.buffer.closed

    @property
    def name(self):
        return self.buffer.name

    def __repr__(self):
        text = f"<_io.{type(self).__name__}"
        for attribute in ("name", "mode"):
            try:
                text += f" {attribute}={getattr(self, attribute)!r}"
            except (AttributeError, ValueError):
                pass
        return f"{text} encoding={self._encoding!r}>"

    def __reduce_ex__(self, *protocol):
        raise TypeError(f"cannot pickle '{type(self).__name__}' instances")

    __reduce__ = __getstate__ = __reduce_ex__

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    def readable(self):
        return self.buffer.readable()

    def writable(self):
        return self.buffer.writable()

    def seekable(self):
        return self.buffer.seekable()

    def fileno(self):
        return self.buffer.fileno()

    def isatty(self):
        return self.buffer.isatty()

    def flush(self):
        self._check()
        self._write_out()
        self.buffer.flush()

    def close(self):
        if self._buffer is not None and not self.closed:
            try:
                self.flush()
            finally:
                self.buffer.close()

    def detach(self):
        buffer = self.buffer
        self.flush()
        self._buffer = None
        return buffer

    def reconfigure(self, *, encoding=None, errors=None, newline=Ellipsis, line_buffering=None, write_through=None):
        if self._decoder is not None and (encoding is not None or errors is not None or newline is not Ellipsis):
            raise io.UnsupportedOperation("It is not possible to set the encoding or newline of stream after the first "
                                          "read")
        if newline is Ellipsis:
            newline = self._newline
        else:
            _check_newline(newline)
        if encoding is not None or errors is not None or newline is not self._newline:
            if errors is None:
                errors = self._errors if encoding is None else "strict"
            codecs.lookup(encoding or self._encoding)
            self.flush()
            self._set_codec(encoding or self._encoding, errors, newline)
        else:
            self.flush()
        if line_buffering is not None:
            self._line_buffering = bool(line_buffering)
        if write_through is not None:
            self._write_through = bool(write_through)

    def write(self, text, /):
        self._check()
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not self.writable():
            raise io.UnsupportedOperation("not writable")
        length = len(text)
        ends_line = "\n" in text
        ends = self._newline
        if ends_line and ends not in ("", "\n", None):
            text = text.replace("\n", ends)
        if self._encoder is None:
            self._encoder = codecs.getincrementalencoder(self._encoding)(self._errors)
            if self._seekable and self.buffer.tell() != 0:
                # Only the beginning of the stream has a byte order mark.
                try:
                    self._encoder.setstate(0)
                except LookupError:
                    pass
        self._forget_text()
        self._gathered.append(self._encoder.encode(text))
        gathered = sum(map(len, self._gathered))
        if self._write_through or gathered > self._CHUNK_SIZE:
            self._write_out()
        if self._line_buffering and (ends_line or "\r" in text):
            self.flush()
        return length

    def _write_out(self):
        if self._gathered:
            data = b"".join(self._gathered)
            self._gathered = []
            self.buffer.write(data)

    def _forget_text(self):
        # What was read ahead is read again after a write.
        if self._at < len(self._text) or self._start is not None:
            self._text = ""
            self._at = 0
            self._start = None

    def _prepare_reading(self):
        self._check()
        if not self.readable():
            raise io.UnsupportedOperation("not readable")
        self._write_out()
        if self._decoder is None:
            decoder = codecs.getincrementaldecoder(self._encoding)(self._errors)
            if self._newline in (None, ""):
                decoder = IncrementalNewlineDecoder(decoder, self._newline is None)
            self._decoder = decoder

    def _load(self):
        # Decodes one more piece; whether there was one.
        state = self._decoder.getstate() if self._telling else None
        read1 = getattr(self.buffer, "read1", None)
        data = read1(self._CHUNK_SIZE) if read1 is not None else self.buffer.read(self._CHUNK_SIZE)
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"underlying {'read1' if read1 is not None else 'read'}() should have returned a "
                            f"bytes-like object, not '{type(data).__name__}'")
        end = not data
        text = self._decoder.decode(data, end)
        if self._at >= len(self._text):
            self._text, self._at = text, 0
            self._start = (state, bytes(data)) if self._telling else None
        else:
            self._text += text
            if self._start is not None:
                self._start = self._start[0], self._start[1] + bytes(data)
        return not end or bool(text)

    def _take(self, count):
        text = self._text[self._at:self._at + count]
        self._at += len(text)
        return text

    def read(self, size=-1, /):
        if size is not None and not hasattr(size, "__index__"):
            raise TypeError(f"argument should be integer or None, not {type(size).__name__!r}")
        self._prepare_reading()
        if size is None or size < 0:
            text = self._take(len(self._text)) + self._decoder.decode(self.buffer.read(), final=True)
            self._text, self._at, self._start = "", 0, None
            return text
        while len(self._text) - self._at < size and self._load():
            pass
        return self._take(size)

    def readline(self, size=-1, /):
        self._prepare_reading()
        limit = None if size is None or size < 0 else size
        searched = 0
        while True:
            end = self._line_end(self._at + searched)
            if end is not None:
                break
            searched = max(len(self._text) - self._at - 1, 0)
            if limit is not None and len(self._text) - self._at >= limit or not self._load():
                end = len(self._text)
                break
        length = end - self._at
        return self._take(length if limit is None else min(length, limit))

    def _line_end(self, start):
        text = self._text
        if self._newline == "":
            for place in range(start, len(text)):
                if text[place] == "\n":
                    return place + 1
                if text[place] == "\r":
                    if place + 1 < len(text):
                        return place + (2 if text[place + 1] == "\n" else 1)
                    return place + 1
            return None
        ends = self._newline or "\n"
        place = text.find(ends, max(start - len(ends) + 1, self._at))
        return None if place < 0 else place + len(ends)

    def __next__(self):
        self._telling = False
        line = self.readline()
        if not line:
            self._telling = self._seekable
            raise StopIteration
        return line

    def tell(self):
        self._check()
        if not self._seekable:
            raise io.UnsupportedOperation("underlying stream is not seekable")
        if not self._telling:
            raise OSError("telling position disabled by next() call")
        self.flush()
        position = self.buffer.tell()
        if self._decoder is None or self._start is None or self._at >= len(self._text):
            return position
        # Decodes anew, byte for byte, what was read of the last piece.
        state, data = self._start
        position -= len(data)
        after = self._decoder.getstate()
        try:
            self._decoder.setstate(state)
            count = used = 0
            while count < self._at and used < len(data):
                count += len(self._decoder.decode(data[used:used + 1]))
                used += 1
        finally:
            self._decoder.setstate(after)
        return position + used

    def seek(self, cookie, whence=0, /):
        self._check()
        if not self._seekable:
            raise io.UnsupportedOperation("underlying stream is not seekable")
        if whence == 1:
            if cookie != 0:
                raise io.UnsupportedOperation("can't do nonzero cur-relative seeks")
            cookie = self.tell()
        elif whence == 2:
            if cookie != 0:
                raise io.UnsupportedOperation("can't do nonzero end-relative seeks")
        elif whence != 0:
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        elif cookie < 0:
            raise ValueError(f"negative seek position {cookie}")
        self.flush()
        self._text, self._at, self._start = "", 0, None
        self._telling = True
        if self._decoder is not None:
            self._decoder.reset()
        position = self.buffer.seek(0, 2) if whence == 2 else self.buffer.seek(cookie)
        if self._encoder is not None:
            if position == 0:
                self._encoder.reset()
            else:
                try:
                    self._encoder.setstate(0)
                except LookupError:
                    pass
        return position if position is not None else cookie

    def truncate(self, pos=None, /):
        self.flush()
        return self.buffer.truncate(self.tell() if pos is None else pos)


def _check_newline(newline):
    if newline is not None and not isinstance(newline, str):
        raise TypeError(f"illegal newline type: {type(newline).__name__}")
    if newline not in (None, "", "\n", "\r", "\r\n"):
        raise ValueError(f"illegal newline value: {newline}")
