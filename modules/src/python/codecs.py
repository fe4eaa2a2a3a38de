"""Codecs: encodings by name, incremental and stream variants of them, error handlers."""

import builtins
import sys

import _codecs
from _codecs import (
    ascii_decode, ascii_encode, charmap_build, charmap_decode, charmap_encode, decode, encode,
    escape_decode, escape_encode, latin_1_decode, latin_1_encode, lookup, lookup_error,
    raw_unicode_escape_decode, raw_unicode_escape_encode, readbuffer_encode, register,
    register_error, unicode_escape_decode, unicode_escape_encode, unregister,
    utf_7_decode, utf_7_encode, utf_8_decode, utf_8_encode,
    utf_16_be_decode, utf_16_be_encode, utf_16_decode, utf_16_encode, utf_16_ex_decode,
    utf_16_le_decode, utf_16_le_encode, utf_32_be_decode, utf_32_be_encode, utf_32_decode,
    utf_32_encode, utf_32_ex_decode, utf_32_le_decode, utf_32_le_encode,
)

__all__ = [
    "register", "lookup", "open", "EncodedFile", "BOM", "BOM_BE", "BOM_LE", "BOM32_BE",
    "BOM32_LE", "BOM64_BE", "BOM64_LE", "BOM_UTF8", "BOM_UTF16", "BOM_UTF16_LE", "BOM_UTF16_BE",
    "BOM_UTF32", "BOM_UTF32_LE", "BOM_UTF32_BE", "CodecInfo", "Codec", "IncrementalEncoder",
    "IncrementalDecoder", "StreamReader", "StreamWriter", "StreamReaderWriter", "StreamRecoder",
    "getencoder", "getdecoder", "getincrementalencoder", "getincrementaldecoder", "getreader",
    "getwriter", "encode", "decode", "iterencode", "iterdecode", "strict_errors",
    "ignore_errors", "replace_errors", "xmlcharrefreplace_errors", "backslashreplace_errors",
    "namereplace_errors", "register_error", "lookup_error",
]

BOM_UTF8 = b"\xef\xbb\xbf"
BOM_LE = BOM_UTF16_LE = b"\xff\xfe"
BOM_BE = BOM_UTF16_BE = b"\xfe\xff"
BOM_UTF32_LE = b"\xff\xfe\x00\x00"
BOM_UTF32_BE = b"\x00\x00\xfe\xff"
if sys.byteorder == "little":
    BOM = BOM_UTF16 = BOM_UTF16_LE
    BOM_UTF32 = BOM_UTF32_LE
else:
    BOM = BOM_UTF16 = BOM_UTF16_BE
    BOM_UTF32 = BOM_UTF32_BE
BOM32_LE = BOM_UTF16_LE
BOM32_BE = BOM_UTF16_BE
BOM64_LE = BOM_UTF32_LE
BOM64_BE = BOM_UTF32_BE

strict_errors = lookup_error("strict")
ignore_errors = lookup_error("ignore")
replace_errors = lookup_error("replace")
xmlcharrefreplace_errors = lookup_error("xmlcharrefreplace")
backslashreplace_errors = lookup_error("backslashreplace")
namereplace_errors = lookup_error("namereplace")


class CodecInfo(tuple):
    """What lookup answers: a tuple of four functions, with the rest as attributes."""

    _is_text_encoding = True

    def __new__(cls, encode, decode, streamreader=None, streamwriter=None,
                incrementalencoder=None, incrementaldecoder=None, name=None, *,
                _is_text_encoding=None):
        self = tuple.__new__(cls, (encode, decode, streamreader, streamwriter))
        self.name = name
        self.encode = encode
        self.decode = decode
        self.incrementalencoder = incrementalencoder
        self.incrementaldecoder = incrementaldecoder
        self.streamwriter = streamwriter
        self.streamreader = streamreader
        if _is_text_encoding is not None:
            self._is_text_encoding = _is_text_encoding
        return self

    def __repr__(self):
        cls = self.__class__
        return (f"<{cls.__module__}.{cls.__qualname__} object "
                f"for encoding {self.name} at {id(self):#x}>")

    def __getnewargs__(self):
        return tuple(self)


class Codec:
    """The interface of codecs without state."""

    def encode(self, input, errors="strict"):
        raise NotImplementedError

    def decode(self, input, errors="strict"):
        raise NotImplementedError


class IncrementalEncoder:
    """Encodes a text that comes in pieces."""

    def __init__(self, errors="strict"):
        self.errors = errors
        self.buffer = ""

    def encode(self, input, final=False):
        raise NotImplementedError

    def reset(self):
        pass

    def getstate(self):
        return 0

    def setstate(self, state):
        pass


class BufferedIncrementalEncoder(IncrementalEncoder):
    """An incremental encoder that keeps back what it can't encode yet."""

    def __init__(self, errors="strict"):
        IncrementalEncoder.__init__(self, errors)
        self.buffer = ""

    def _buffer_encode(self, input, errors, final):
        raise NotImplementedError

    def encode(self, input, final=False):
        text = self.buffer + input
        made, used = self._buffer_encode(text, self.errors, final)
        self.buffer = text[used:]
        return made

    def reset(self):
        IncrementalEncoder.reset(self)
        self.buffer = ""

    def getstate(self):
        return self.buffer or 0

    def setstate(self, state):
        self.buffer = state or ""


class IncrementalDecoder:
    """Decodes bytes that come in pieces."""

    def __init__(self, errors="strict"):
        self.errors = errors

    def decode(self, input, final=False):
        raise NotImplementedError

    def reset(self):
        pass

    def getstate(self):
        return (b"", 0)

    def setstate(self, state):
        pass


class BufferedIncrementalDecoder(IncrementalDecoder):
    """An incremental decoder that keeps back a sequence cut off by a piece's end."""

    def __init__(self, errors="strict"):
        IncrementalDecoder.__init__(self, errors)
        self.buffer = b""

    def _buffer_decode(self, input, errors, final):
        raise NotImplementedError

    def decode(self, input, final=False):
        data = self.buffer + input
        made, used = self._buffer_decode(data, self.errors, final)
        self.buffer = data[used:]
        return made

    def reset(self):
        IncrementalDecoder.reset(self)
        self.buffer = b""

    def getstate(self):
        return (self.buffer, 0)

    def setstate(self, state):
        self.buffer = state[0]


class StreamWriter(Codec):
    """Writes text to a stream of bytes."""

    def __init__(self, stream, errors="strict"):
        self.stream = stream
        self.errors = errors

    def write(self, object):
        data, _ = self.encode(object, self.errors)
        self.stream.write(data)

    def writelines(self, list):
        self.write("".join(list))

    def reset(self):
        pass

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        if whence == 0 and offset == 0:
            self.reset()

    def __getattr__(self, name, getattr=getattr):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, type, value, tb):
        self.stream.close()

    def __reduce_ex__(self, proto):
        raise TypeError("can't serialize %s" % self.__class__.__name__)


class StreamReader(Codec):
    """Reads text from a stream of bytes."""

    charbuffertype = str

    def __init__(self, stream, errors="strict"):
        self.stream = stream
        self.errors = errors
        self.bytebuffer = b""
        self._empty_charbuffer = self.charbuffertype()
        self.charbuffer = self._empty_charbuffer
        self.linebuffer = None

    def decode(self, input, errors="strict"):
        raise NotImplementedError

    def read(self, size=-1, chars=-1, firstline=False):
        if self.linebuffer:
            self.charbuffer = self._empty_charbuffer.join(self.linebuffer)
            self.linebuffer = None
        if chars < 0:
            chars = size
        while not 0 <= chars <= len(self.charbuffer):
            fresh = self.stream.read() if size < 0 else self.stream.read(size)
            data = self.bytebuffer + fresh
            if not data:
                break
            try:
                made, used = self.decode(data, self.errors)
            except UnicodeDecodeError as error:
                if not firstline:
                    raise
                made, used = self.decode(data[:error.start], self.errors)
                if len(made.splitlines(keepends=True)) <= 1:
                    raise
            self.bytebuffer = data[used:]
            self.charbuffer += made
            if not fresh or size < 0:
                break
        if chars < 0:
            result, self.charbuffer = self.charbuffer, self._empty_charbuffer
        else:
            result, self.charbuffer = self.charbuffer[:chars], self.charbuffer[chars:]
        return result

    def readline(self, size=None, keepends=True):
        if self.linebuffer:
            line = self.linebuffer.pop(0)
            if len(self.linebuffer) == 1:
                self.charbuffer = self.linebuffer[0]
                self.linebuffer = None
            return line if keepends else line.splitlines(keepends=False)[0]
        step = size or 72
        line = self._empty_charbuffer
        while True:
            piece = self.read(step, firstline=True)
            if piece and isinstance(piece, (str, bytes)) and piece[-1:] in ("\r", b"\r"):
                # A line feed may follow.
                piece += self.read(size=1, chars=1)
            line += piece
            lines = line.splitlines(keepends=True)
            if len(lines) > 1:
                line, *rest = lines
                rest[-1] += self.charbuffer
                if len(rest) > 1:
                    self.linebuffer, self.charbuffer = rest, None
                else:
                    self.charbuffer = rest[0]
                return line if keepends else line.splitlines(keepends=False)[0]
            if lines:
                with_end, without = lines[0], line.splitlines(keepends=False)[0]
                if with_end != without:
                    return line if keepends else without
            if not piece or size is not None:
                if line and not keepends:
                    line = line.splitlines(keepends=False)[0]
                return line
            if step < 8000:
                step *= 2

    def readlines(self, sizehint=None, keepends=True):
        return self.read().splitlines(keepends)

    def reset(self):
        self.bytebuffer = b""
        self.charbuffer = self._empty_charbuffer
        self.linebuffer = None

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        self.reset()

    def __next__(self):
        line = self.readline()
        if line:
            return line
        raise StopIteration

    def __iter__(self):
        return self

    def __getattr__(self, name, getattr=getattr):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, type, value, tb):
        self.stream.close()

    def __reduce_ex__(self, proto):
        raise TypeError("can't serialize %s" % self.__class__.__name__)


class StreamReaderWriter:
    """A stream of text on a stream of bytes, for both directions."""

    encoding = "unknown"

    def __init__(self, stream, Reader, Writer, errors="strict"):
        self.stream = stream
        self.reader = Reader(stream, errors)
        self.writer = Writer(stream, errors)
        self.errors = errors

    def read(self, size=-1):
        return self.reader.read(size)

    def readline(self, size=None, keepends=True):
        return self.reader.readline(size, keepends)

    def readlines(self, sizehint=None):
        return self.reader.readlines(sizehint)

    def __next__(self):
        return next(self.reader)

    def __iter__(self):
        return self

    def write(self, data):
        return self.writer.write(data)

    def writelines(self, list):
        return self.writer.writelines(list)

    def reset(self):
        self.reader.reset()
        self.writer.reset()

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        self.reader.reset()
        if whence == 0 and offset == 0:
            self.writer.reset()

    def __getattr__(self, name, getattr=getattr):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, type, value, tb):
        self.stream.close()

    def __reduce_ex__(self, proto):
        raise TypeError("can't serialize %s" % self.__class__.__name__)


class StreamRecoder:
    """A stream of bytes in one encoding on a stream of bytes in another."""

    data_encoding = "unknown"
    file_encoding = "unknown"

    def __init__(self, stream, encode, decode, Reader, Writer, errors="strict"):
        self.stream = stream
        self.encode = encode
        self.decode = decode
        self.reader = Reader(stream, errors)
        self.writer = Writer(stream, errors)
        self.errors = errors

    def read(self, size=-1):
        return self.encode(self.reader.read(size), self.errors)[0]

    def readline(self, size=None):
        text = self.reader.readline() if size is None else self.reader.readline(size)
        return self.encode(text, self.errors)[0]

    def readlines(self, sizehint=None):
        return self.encode(self.reader.read(), self.errors)[0].splitlines(keepends=True)

    def __next__(self):
        return self.encode(next(self.reader), self.errors)[0]

    def __iter__(self):
        return self

    def write(self, data):
        return self.writer.write(self.decode(data, self.errors)[0])

    def writelines(self, list):
        return self.write(b"".join(list))

    def reset(self):
        self.reader.reset()
        self.writer.reset()

    def seek(self, offset, whence=0):
        self.reader.seek(offset, whence)
        self.writer.seek(offset, whence)

    def __getattr__(self, name, getattr=getattr):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, type, value, tb):
        self.stream.close()

    def __reduce_ex__(self, proto):
        raise TypeError("can't serialize %s" % self.__class__.__name__)


def open(filename, mode="r", encoding=None, errors="strict", buffering=-1):
    """Opens a file through a codec."""
    import warnings
    warnings.warn("codecs.open() is deprecated. Use open() instead.", DeprecationWarning, stacklevel=2)
    if encoding is not None and "b" not in mode:
        mode += "b"
    file = builtins.open(filename, mode, buffering)
    if encoding is None:
        return file
    try:
        info = lookup(encoding)
        stream = StreamReaderWriter(file, info.streamreader, info.streamwriter, errors)
    except BaseException:
        file.close()
        raise
    stream.encoding = encoding
    return stream


def EncodedFile(file, data_encoding, file_encoding=None, errors="strict"):
    """A file of bytes in data_encoding on one in file_encoding."""
    if file_encoding is None:
        file_encoding = data_encoding
    data, inner = lookup(data_encoding), lookup(file_encoding)
    stream = StreamRecoder(file, data.encode, data.decode, inner.streamreader,
                           inner.streamwriter, errors)
    stream.data_encoding = data_encoding
    stream.file_encoding = file_encoding
    return stream


def getencoder(encoding):
    return lookup(encoding).encode


def getdecoder(encoding):
    return lookup(encoding).decode


def getincrementalencoder(encoding):
    encoder = lookup(encoding).incrementalencoder
    if encoder is None:
        raise LookupError(encoding)
    return encoder


def getincrementaldecoder(encoding):
    decoder = lookup(encoding).incrementaldecoder
    if decoder is None:
        raise LookupError(encoding)
    return decoder


def getreader(encoding):
    return lookup(encoding).streamreader


def getwriter(encoding):
    return lookup(encoding).streamwriter


def iterencode(iterator, encoding, errors="strict", **kwargs):
    """Encodes the pieces that an iterator gives."""
    encoder = getincrementalencoder(encoding)(errors, **kwargs)
    for piece in iterator:
        if made := encoder.encode(piece):
            yield made
    if made := encoder.encode("", True):
        yield made


def iterdecode(iterator, encoding, errors="strict", **kwargs):
    """Decodes the pieces that an iterator gives."""
    decoder = getincrementaldecoder(encoding)(errors, **kwargs)
    for piece in iterator:
        if made := decoder.decode(piece):
            yield made
    if made := decoder.decode(b"", True):
        yield made


def make_identity_dict(rng):
    return {number: number for number in rng}


def make_encoding_map(decoding_map):
    encoding_map = {}
    for byte, character in decoding_map.items():
        encoding_map[character] = None if character in encoding_map else byte
    return encoding_map


# The built-in codecs, as lookup shows them.

class _MarkedEncoder(IncrementalEncoder):
    """Writes a byte order mark before the first piece."""

    def __init__(self, errors="strict"):
        IncrementalEncoder.__init__(self, errors)
        self._begun = False

    def encode(self, input, final=False):
        encode = self._plain if self._begun else self._marked
        self._begun = True
        return encode(input, self.errors)[0]

    def reset(self):
        self._begun = False

    def getstate(self):
        return 0 if self._begun else 2

    def setstate(self, state):
        self._begun = not state


class _MarkedDecoder(BufferedIncrementalDecoder):
    """Reads the byte order off a mark at the start."""

    def __init__(self, errors="strict"):
        BufferedIncrementalDecoder.__init__(self, errors)
        self._order = 0

    def _buffer_decode(self, input, errors, final):
        made, used, order = self._ex_decode(input, errors, self._order, final)
        if order == 0 and used:
            if self._unit == 2:
                raise UnicodeDecodeError("utf-16", input, 0, 2, "Stream does not start with BOM")
            order = -1 if sys.byteorder == "little" else 1
        self._order = order
        return made, used

    def reset(self):
        BufferedIncrementalDecoder.reset(self)
        self._order = 0

    def getstate(self):
        if not self._order:
            return (self.buffer, 2)
        native = -1 if sys.byteorder == "little" else 1
        return (self.buffer, int(self._order != native))

    def setstate(self, state):
        self.buffer = state[0]
        native = -1 if sys.byteorder == "little" else 1
        self._order = {0: native, 1: -native}.get(state[1], 0)


class _SignedDecoder(BufferedIncrementalDecoder):
    """UTF-8 after a signature, which may be missing."""

    def __init__(self, errors="strict"):
        BufferedIncrementalDecoder.__init__(self, errors)
        self._first = True

    def _buffer_decode(self, input, errors, final):
        skipped = 0
        if self._first:
            if len(input) < 3 and BOM_UTF8.startswith(input) and not final:
                return "", 0
            self._first = False
            if input[:3] == BOM_UTF8:
                skipped = 3
        made, used = utf_8_decode(input[skipped:], errors, final)
        return made, used + skipped

    def reset(self):
        BufferedIncrementalDecoder.reset(self)
        self._first = True

    def getstate(self):
        return (self.buffer, int(self._first))

    def setstate(self, state):
        self.buffer, self._first = state[0], bool(state[1])


def _text_codec(name, module):
    def encode(input, errors="strict"):
        return _codecs._run_encoder(name, input, errors)

    def decode(input, errors="strict"):
        return _codecs._run_decoder(name, input, errors, True)

    def partial(input, errors, final):
        return _codecs._run_decoder(name, input, errors, final)

    encode = getattr(_codecs, module + "_encode", encode)

    class Encoder(IncrementalEncoder):
        def encode(self, input, final=False):
            return encode(input, self.errors)[0]

    class Decoder(BufferedIncrementalDecoder):
        def _buffer_decode(self, input, errors, final):
            return partial(input, errors, final)

    if module in ("utf_16", "utf_32", "utf_8_sig"):
        plain = "utf_8" if module == "utf_8_sig" else module + "_le"
        plain = getattr(_codecs, plain + "_encode")

        class Encoder(_MarkedEncoder):
            _marked = staticmethod(encode)
            _plain = staticmethod(plain)

        if module == "utf_8_sig":
            Decoder = _SignedDecoder
        else:
            class Decoder(_MarkedDecoder):
                _ex_decode = staticmethod(getattr(_codecs, module + "_ex_decode"))
                _unit = 2 if module == "utf_16" else 4

    class Writer(StreamWriter):
        def __init__(self, stream, errors="strict"):
            StreamWriter.__init__(self, stream, errors)
            self._encoder = Encoder(errors)

        def encode(self, input, errors="strict"):
            self._encoder.errors = errors
            return self._encoder.encode(input), len(input)

        def reset(self):
            self._encoder.reset()

    class Reader(StreamReader):
        def __init__(self, stream, errors="strict"):
            StreamReader.__init__(self, stream, errors)
            self._decoder = Decoder(errors)

        def decode(self, input, errors="strict"):
            # What is cut off stays with the decoder.
            self._decoder.errors = errors
            return self._decoder.decode(input), len(input)

        def reset(self):
            StreamReader.reset(self)
            self._decoder.reset()

    for made, shown in ((encode, "encode"), (decode, "decode")):
        if made.__module__ == "codecs":
            made.__name__ = made.__qualname__ = shown
            made.__module__ = "encodings." + module

    for made, shown in ((Encoder, "IncrementalEncoder"), (Decoder, "IncrementalDecoder"),
                        (Writer, "StreamWriter"), (Reader, "StreamReader")):
        if made is not _SignedDecoder:
            made.__name__ = made.__qualname__ = shown
            made.__module__ = "encodings." + module
    return CodecInfo(encode, decode, Reader, Writer, Encoder, Decoder, name)


def _built_in(module):
    # The codec of the text kernel whose module in `encodings` has that name.
    known = _codecs._builtin(module)
    if known is None or known[1] != module:
        return None
    if module not in _made:
        _made[module] = _text_codec(*known)
    return _made[module]


_made = {}


def _search(encoding):
    if known := _codecs._builtin(encoding):
        return _built_in(known[1])
    from encodings import search_function
    return search_function(encoding)


register(_search)
