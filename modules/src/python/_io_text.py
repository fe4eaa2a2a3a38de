"""The machine behind a `TextIOWrapper` that native code can't work for, and `IncrementalNewlineDecoder`'s."""

import codecs
import io


class _Newlines:
    """Decodes in pieces and, with `translate`, makes every line end a line feed."""

    def __init__(self, stream, decoder, translate, errors):
        self.errors = errors
        self._decoder = decoder
        self._translate = translate
        self._pending = False
        self._seen = 0

    def decode(self, input, final=False):
        text = input if self._decoder is None else self._decoder.decode(input, final)
        if not isinstance(text, str):
            raise TypeError(f"decoder should return a string result, not '{type(text).__name__}'")
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
        if not isinstance(state, tuple):
            raise TypeError("state argument must be a tuple")
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


class _Text:
    """Behind a `TextIOWrapper`."""

    _CHUNK_SIZE = 8192

    def __init__(self, stream, buffer, encoding, errors, newline, line_buffering, write_through):
        if encoding is None or encoding == "locale":
            encoding = "UTF-8"
        elif not isinstance(encoding, str):
            raise TypeError(f"TextIOWrapper() argument 'encoding' must be str or None, not {type(encoding).__name__}")
        elif "\0" in encoding:
            raise ValueError("embedded null character")
        else:
            encoding.encode()
        if errors is None:
            errors = "strict"
        elif not isinstance(errors, str):
            raise TypeError(f"TextIOWrapper() argument 'errors' must be str or None, not {type(errors).__name__}")
        elif "\0" in errors:
            raise ValueError("embedded null character")
        else:
            errors.encode()
        _check_newline(newline)
        _text_codec(encoding)
        self._stream = stream
        self._buffer = buffer
        self.line_buffering = line_buffering
        self.write_through = write_through
        self._seekable = self._telling = None
        self._gathered = []
        self._count = 0
        self._set_codec(encoding, errors, newline)
        self._seekable = self._telling = buffer.seekable()
        self._read1 = hasattr(buffer, "read1")
        self._at_start_of_stream()

    def _set_codec(self, encoding, errors, newline):
        info = _text_codec(encoding)
        self.encoding = encoding
        self.errors = errors
        self._newline = newline
        self._decoder = self._encoder = None
        if self._buffer.readable():
            self._decoder = codecs.getincrementaldecoder(encoding)(errors)
            if newline in (None, ""):
                self._decoder = io.IncrementalNewlineDecoder(self._decoder, newline is None)
        if self._buffer.writable():
            self._encoder = codecs.getincrementalencoder(encoding)(errors)
        self._forget()

    def _at_start_of_stream(self):
        # Only the beginning of the stream has a byte order mark.
        if self._encoder is None:
            return
        if self._seekable:
            if self._buffer.tell() != 0:
                self._encoder.setstate(0)
        elif codecs.lookup(self.encoding).name in ("utf-16", "utf-32"):
            # As in CPython, a stream without a position gets no mark from these two.
            self._encoder.setstate(0)

    def _forget(self):
        # What was decoded and not yet read; None where nothing was since the last write or seek.
        self._text = None
        self._at = 0
        # The decoder's state before the piece that `_text` came from, and the piece.
        self._snapshot = None

    @property
    def buffer(self):
        if self._buffer is None:
            raise ValueError("underlying buffer has been detached")
        return self._buffer

    @property
    def newlines(self):
        return getattr(self._decoder, "newlines", None)

    def _check(self):
        if self.buffer.closed:
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
        self._telling = self._seekable
        self._write_out()
        return self.buffer.flush()

    def close(self):
        if not self.buffer.closed:
            try:
                self._stream.flush()
            finally:
                self.buffer.close()

    def detach(self):
        buffer = self.buffer
        self._stream.flush()
        self._buffer = None
        return buffer

    def reconfigure(self, encoding, errors, newline, line_buffering, write_through):
        changes = encoding is not None or errors is not None or newline is not ...
        if changes and self._text is not None:
            raise io.UnsupportedOperation("It is not possible to set the encoding or newline of stream after the first "
                                          "read")
        if newline is ...:
            newline = self._newline
        else:
            _check_newline(newline)
        if encoding is not None and not isinstance(encoding, str):
            raise TypeError(f"reconfigure() argument 'encoding' must be str or None, not {type(encoding).__name__}")
        if line_buffering is not None:
            line_buffering = bool(line_buffering)
        if write_through is not None:
            write_through = bool(write_through)
        self._stream.flush()
        if changes:
            if errors is None:
                errors = self.errors if encoding is None else "strict"
            if encoding == "locale":
                encoding = "UTF-8"
            self._set_codec(encoding or self.encoding, errors, newline)
            self._at_start_of_stream()
        if line_buffering is not None:
            self.line_buffering = line_buffering
        if write_through is not None:
            self.write_through = write_through

    def write(self, text, /):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._check()
        if self._encoder is None:
            raise io.UnsupportedOperation("not writable")
        length = len(text)
        ends_line = "\n" in text
        if ends_line and self._newline in ("\r", "\r\n"):
            text = text.replace("\n", self._newline)
        data = self._encoder.encode(text)
        if not isinstance(data, bytes):
            raise TypeError(f"encoder should return a bytes object, not '{type(data).__name__}'")
        if self._count + len(data) > self._CHUNK_SIZE:
            self._write_out()
        self._gathered.append(data)
        self._count += len(data)
        flushes = self.line_buffering and (ends_line or "\r" in text)
        if self._count >= self._CHUNK_SIZE or self.write_through or flushes:
            self._write_out()
        if flushes:
            self.buffer.flush()
        if self._snapshot is not None:
            self._forget()
        if self._decoder is not None:
            self._decoder.reset()
        return length

    def _write_out(self):
        if self._gathered:
            data = b"".join(self._gathered)
            self._gathered = []
            self._count = 0
            self.buffer.write(data)

    def _load(self, hint=0):
        # Decodes one more piece; whether there was one.
        if self._decoder is None:
            raise io.UnsupportedOperation("not readable")
        state = None
        if self._telling:
            state = self._decoder.getstate()
            if not isinstance(state, tuple) or len(state) != 2:
                raise TypeError("illegal decoder state")
            if not isinstance(state[0], bytes):
                raise TypeError("illegal decoder state: the first item should be a bytes object, not "
                                f"'{type(state[0]).__name__}'")
        read = self.buffer.read1 if self._read1 else self.buffer.read
        data = read(max(self._CHUNK_SIZE, hint))
        if not hasattr(data, "__buffer__"):
            raise TypeError(f"underlying {'read1' if self._read1 else 'read'}() should have returned a "
                            f"bytes-like object, not '{type(data).__name__}'")
        data = bytes(data)
        text = self._decode(data, not data)
        self._text, self._at = text, 0
        if state is not None:
            self._snapshot = state[1], state[0] + data
        return bool(data) or bool(text)

    def _decode(self, data, final):
        text = self._decoder.decode(data, final)
        if not isinstance(text, str):
            raise TypeError(f"decoder should return a string result, not '{type(text).__name__}'")
        return text

    def _take(self, count=None):
        if self._text is None:
            return ""
        end = len(self._text) if count is None else self._at + count
        text = self._text[self._at:end]
        self._at += len(text)
        return text

    def read(self, size=-1, /):
        if size is not None and not hasattr(size, "__index__"):
            raise TypeError(f"argument should be integer or None, not {type(size).__name__!r}")
        size = -1 if size is None else size.__index__()
        self._check()
        if self._decoder is None:
            raise io.UnsupportedOperation("not readable")
        self._write_out()
        if size < 0:
            data = self.buffer.read()
            if data is None:
                raise BlockingIOError("Read returned None.")
            text = self._take() + self._decode(data, True)
            if self._text is not None:
                self._text, self._at = "", 0
            self._snapshot = None
            return text
        parts = [self._take(size)]
        wanted = size - len(parts[0])
        while wanted > 0 and self._load(wanted):
            parts.append(self._take(wanted))
            wanted -= len(parts[-1])
        return "".join(parts)

    def readline(self, size=-1, /):
        size = -1 if size is None else size.__index__()
        self._check()
        self._write_out()
        line = ""
        while True:
            if self._text is None or self._at >= len(self._text):
                if not self._load():
                    self._text, self._at, self._snapshot = "", 0, None
                    break
            before = len(line)
            # A line end of two characters may lie across two pieces.
            line += self._text[self._at:]
            end = self._line_end(line, max(before - 1, 0))
            if 0 <= size and (size <= len(line) if end is None else size <= end):
                end = size
            if end is not None:
                self._at += end - before
                return line[:end]
            self._at = len(self._text)
        return line

    def _line_end(self, text, start):
        if self._newline == "":
            # The decoder has kept both characters of a line end together.
            returned = text.find("\r", start)
            fed = text.find("\n", start)
            if returned < 0 or 0 <= fed < returned:
                return None if fed < 0 else fed + 1
            return returned + (2 if fed == returned + 1 else 1)
        ends = self._newline or "\n"
        place = text.find(ends, start)
        return None if place < 0 else place + len(ends)

    def __next__(self):
        self._telling = False
        line = self._stream.readline()
        if not isinstance(line, str):
            raise OSError(f"readline() should have returned a str object, not '{type(line).__name__}'")
        if not line:
            self._snapshot = None
            self._telling = self._seekable
            raise StopIteration
        return line

    def tell(self):
        self._check()
        if not self._seekable:
            raise io.UnsupportedOperation("underlying stream is not seekable")
        if not self._telling:
            raise OSError("telling position disabled by next() call")
        self._write_out()
        self._stream.flush()
        position = self.buffer.tell()
        if self._decoder is None or self._snapshot is None:
            return position
        flags, data = self._snapshot
        position -= len(data)
        if not self._at:
            return position | flags << 64
        # Decodes anew, byte for byte, what was read of the last piece; `safe` is the last place at which the
        # decoder kept nothing back.
        after = self._decoder.getstate()
        try:
            self._decoder.setstate((b"", flags))
            safe_flags, safe_used, safe_count = flags, 0, 0
            count = used = 0
            final = False
            while count < self._at and used < len(data):
                count += len(self._decoder.decode(data[used:used + 1]))
                used += 1
                kept, flags = self._decoder.getstate()
                if not kept and count <= self._at:
                    safe_flags, safe_used, safe_count = flags, used, count
            if count < self._at:
                count += len(self._decoder.decode(b"", True))
                final = True
                if count < self._at:
                    raise OSError("can't reconstruct logical file position")
        finally:
            self._decoder.setstate(after)
        skip = self._at - safe_count
        feed = used - safe_used if skip else 0
        return position + safe_used | safe_flags << 64 | feed << 128 | skip << 192 | final << 256

    def seek(self, cookie, whence=0, /):
        self._check()
        if not self._seekable:
            raise io.UnsupportedOperation("underlying stream is not seekable")
        if whence == 1:
            if cookie != 0:
                raise io.UnsupportedOperation("can't do nonzero cur-relative seeks")
            cookie = self._stream.tell()
        elif whence == 2:
            if cookie != 0:
                raise io.UnsupportedOperation("can't do nonzero end-relative seeks")
            self._stream.flush()
            self._forget()
            if self._decoder is not None:
                self._decoder.reset()
            position = self.buffer.seek(0, 2)
            self._reset_encoder(position == 0)
            return position
        elif whence != 0:
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if cookie < 0:
            raise ValueError(f"negative seek position {cookie!r}")
        self._stream.flush()
        low = (1 << 64) - 1
        position, flags, feed, skip = (cookie >> shift & low for shift in (0, 64, 128, 192))
        self.buffer.seek(position)
        self._forget()
        if self._decoder is not None:
            if cookie == 0:
                self._decoder.reset()
            else:
                self._decoder.setstate((b"", flags))
        if skip:
            data = self.buffer.read(feed)
            if not isinstance(data, bytes):
                raise TypeError("underlying read() should have returned a bytes object, not "
                                f"'{type(data).__name__}'")
            self._text = self._decode(data, bool(cookie >> 256))
            if len(self._text) < skip:
                raise OSError("can't restore logical file position")
            self._at = skip
            self._snapshot = flags, data
        elif cookie:
            self._snapshot = flags, b""
        self._reset_encoder(cookie == 0)
        return cookie

    def _reset_encoder(self, start):
        if self._encoder is not None:
            if start:
                self._encoder.reset()
            else:
                self._encoder.setstate(0)

    def truncate(self, pos=None, /):
        self.buffer
        self._stream.flush()
        return self.buffer.truncate(pos)


def _text_codec(encoding):
    encoding.encode()
    info = codecs.lookup(encoding)
    if not getattr(info, "_is_text_encoding", True):
        raise LookupError(f"{encoding!r} is not a text encoding")
    return info


def _check_newline(newline):
    if newline is not None and not isinstance(newline, str):
        raise TypeError(f"TextIOWrapper() argument 'newline' must be str or None, not {type(newline).__name__}")
    if newline not in (None, "", "\n", "\r", "\r\n"):
        raise ValueError(f"illegal newline value: {newline}")
