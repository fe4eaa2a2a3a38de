"""Internationalized domain names (RFC 3490): each label as ASCII.

DIFFERENCE: labels are only folded in case; CPython prepares them as RFC 3491 says, with normal form KC.
"""

import codecs

from .punycode import punycode_decode, punycode_encode

ace_prefix = b"xn--"
sace_prefix = "xn--"
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def nameprep(label):
    """The label as it is compared."""
    return label.casefold()


def _checked(label, made):
    if not made:
        raise UnicodeEncodeError("idna", label, 0, 1, "label empty")
    if len(made) >= 64:
        raise UnicodeEncodeError("idna", label, 0, len(label), "label too long")
    return made


def ToASCII(label):
    """A label as bytes."""
    if label.isascii():
        return _checked(label, label.encode("ascii"))
    prepared = nameprep(label)
    if prepared.isascii():
        return _checked(label, prepared.encode("ascii"))
    if prepared.startswith(sace_prefix):
        raise UnicodeEncodeError("idna", label, 0, len(sace_prefix), "Label starts with ACE prefix")
    return _checked(label, ace_prefix + punycode_encode(prepared))


def ToUnicode(label):
    """A label as text."""
    if isinstance(label, bytes):
        data = label
    else:
        if not label.isascii():
            label = nameprep(label)
        if not label.isascii():
            return label
        data = label.encode("ascii")
    if len(data) > 1024:
        # Decoding takes time with the square of the length.
        raise UnicodeDecodeError("idna", data, 0, len(data), "label way too long")
    if not data.lower().startswith(ace_prefix):
        return str(data, "ascii")
    made = punycode_decode(data[len(ace_prefix):])
    if str(ToASCII(made), "ascii").lower() != str(data, "ascii").lower():
        raise UnicodeDecodeError("idna", data, 0, len(data), f"IDNA does not round-trip, '{str(data, 'ascii')}'")
    return made


def _labels(text):
    return text.translate(_DOTS).split(".")


class Codec(codecs.Codec):
    def encode(self, input, errors="strict"):
        if errors != "strict":
            raise UnicodeError(f"Unsupported error handling: {errors}")
        if not input:
            return b"", 0
        *labels, last = _labels(input)
        made = [ToASCII(label) for label in labels]
        made.append(ToASCII(last) if last else b"")
        return b".".join(made), len(input)

    def decode(self, input, errors="strict"):
        if errors != "strict":
            raise UnicodeError(f"Unsupported error handling: {errors}")
        data = bytes(input)
        if not data:
            return "", 0
        *labels, last = data.split(b".")
        made = [ToUnicode(label) for label in labels]
        made.append(ToUnicode(last) if last else "")
        return ".".join(made), len(data)


class IncrementalEncoder(codecs.BufferedIncrementalEncoder):
    def _buffer_encode(self, input, errors, final):
        if errors != "strict":
            raise UnicodeError(f"Unsupported error handling: {errors}")
        if not input:
            return b"", 0
        *labels, last = _labels(input)
        used = len(input) - len(last)
        made = [ToASCII(label) for label in labels]
        if final and last:
            return b".".join([*made, ToASCII(last)]), len(input)
        return b"".join(label + b"." for label in made), used


class IncrementalDecoder(codecs.BufferedIncrementalDecoder):
    def _buffer_decode(self, input, errors, final):
        if errors != "strict":
            raise UnicodeError(f"Unsupported error handling: {errors}")
        data = bytes(input)
        if not data:
            return "", 0
        *labels, last = data.split(b".")
        made = [ToUnicode(label) for label in labels]
        if final and last:
            return ".".join([*made, ToUnicode(last)]), len(data)
        return "".join(label + "." for label in made), len(data) - len(last)


class StreamWriter(Codec, codecs.StreamWriter):
    pass


class StreamReader(Codec, codecs.StreamReader):
    pass


def getregentry():
    """What `codecs.lookup` answers with."""
    return codecs.CodecInfo(Codec().encode, Codec().decode, StreamReader, StreamWriter, IncrementalEncoder,
                            IncrementalDecoder, "idna")
