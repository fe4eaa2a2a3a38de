"""Codecs that are not encodings of text: bytes to bytes, and text to text."""

import binascii
import codecs


def _hex_encode(data, errors="strict"):
    return binascii.b2a_hex(data), len(data)


def _hex_decode(data, errors="strict"):
    return binascii.a2b_hex(data), len(data)


def _base64_encode(data, errors="strict"):
    import base64
    return base64.encodebytes(data), len(data)


def _base64_decode(data, errors="strict"):
    import base64
    return base64.decodebytes(data), len(data)


def _quopri_encode(data, errors="strict"):
    lines = binascii.b2a_qp(data, quotetabs=True)
    return lines, len(data)


def _quopri_decode(data, errors="strict"):
    return binascii.a2b_qp(data), len(data)


def _uu_encode(data, errors="strict", filename="<data>", mode=0o666):
    filename = filename.replace("\n", "\\n").replace("\r", "\\r")
    data = bytes(data)
    lines = [f"begin {mode & 0o777:o} {filename}\n".encode("ascii")]
    for start in range(0, len(data), 45):
        lines.append(binascii.b2a_uu(data[start:start + 45]))
    lines.append(b" \nend\n")
    return b"".join(lines), len(data)


def _uu_decode(data, errors="strict"):
    lines = iter(bytes(data).splitlines(keepends=True))
    for line in lines:
        if line.startswith(b"begin"):
            break
    else:
        raise ValueError('Missing "begin" line in input data')
    made = []
    for line in lines:
        if line.rstrip(b"\r\n") == b"end":
            break
        try:
            made.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders pad the last group: only as many bytes count as the line says.
            length = ((line[0] - 32 & 63) * 4 + 5) // 3
            made.append(binascii.a2b_uu(line[:length]))
    else:
        raise ValueError("Truncated input data")
    return b"".join(made), len(data)


def _zlib_encode(data, errors="strict"):
    import zlib
    return zlib.compress(data), len(data)


def _zlib_decode(data, errors="strict"):
    import zlib
    return zlib.decompress(data), len(data)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TURNED = _LETTERS[13:] + _LETTERS[:13]
_ROTATION = str.maketrans(_LETTERS + _LETTERS.upper(), _TURNED + _TURNED.upper())


def _rot13(text, errors="strict"):
    return str.translate(text, _ROTATION), len(text)


def _undefined(data, errors="strict"):
    raise UnicodeError("undefined encoding")


def _zlib_pieces():
    import zlib

    class IncrementalEncoder(codecs.IncrementalEncoder):
        def __init__(self, errors="strict"):
            super().__init__(errors)
            self.compressobj = zlib.compressobj()

        def encode(self, input, final=False):
            made = self.compressobj.compress(input)
            return made + self.compressobj.flush() if final else made

        def reset(self):
            self.compressobj = zlib.compressobj()

    class IncrementalDecoder(codecs.IncrementalDecoder):
        def __init__(self, errors="strict"):
            super().__init__(errors)
            self.decompressobj = zlib.decompressobj()

        def decode(self, input, final=False):
            made = self.decompressobj.decompress(input)
            return made + self.decompressobj.flush() if final else made

        def reset(self):
            self.decompressobj = zlib.decompressobj()

    return IncrementalEncoder, IncrementalDecoder


# By module: the codec's name, its functions, whether it encodes text.
_KNOWN = {
    "hex_codec": ("hex", _hex_encode, _hex_decode, False),
    "base64_codec": ("base64", _base64_encode, _base64_decode, False),
    "quopri_codec": ("quopri", _quopri_encode, _quopri_decode, False),
    "uu_codec": ("uu", _uu_encode, _uu_decode, False),
    "zlib_codec": ("zlib", _zlib_encode, _zlib_decode, False),
    "rot_13": ("rot-13", _rot13, _rot13, False),
    "undefined": ("undefined", _undefined, _undefined, True),
    "charmap": ("charmap", codecs.charmap_encode, codecs.charmap_decode, True),
}


def find(module):
    """The codec of that module's name, or None."""
    if module not in _KNOWN:
        return None
    name, encode, decode, is_text = _KNOWN[module]

    class IncrementalEncoder(codecs.IncrementalEncoder):
        def encode(self, input, final=False):
            return encode(input, self.errors)[0]

    class IncrementalDecoder(codecs.IncrementalDecoder):
        def decode(self, input, final=False):
            return decode(input, self.errors)[0]

    if module == "zlib_codec":
        try:
            IncrementalEncoder, IncrementalDecoder = _zlib_pieces()
        except (ImportError, AttributeError):
            return None

    class StreamWriter(codecs.StreamWriter):
        charbuffertype = str if is_text or module == "rot_13" else bytes

    class StreamReader(codecs.StreamReader):
        charbuffertype = str if is_text or module == "rot_13" else bytes

    for made in (StreamWriter, StreamReader):
        made.encode = staticmethod(encode)
        made.decode = staticmethod(decode)
    for made in (IncrementalEncoder, IncrementalDecoder, StreamWriter, StreamReader):
        made.__module__ = "encodings." + module
        made.__qualname__ = made.__name__
    return codecs.CodecInfo(encode, decode, StreamReader, StreamWriter, IncrementalEncoder, IncrementalDecoder, name,
                            _is_text_encoding=is_text)
