"""Base16, Base32, Base64 (RFC 3548), Base85 and Ascii85 data encodings"""

import binascii
import struct

__all__ = ["encode", "decode", "encodebytes", "decodebytes", "b64encode", "b64decode", "b32encode", "b32decode",
           "b32hexencode", "b32hexdecode", "b16encode", "b16decode", "b85encode", "b85decode", "a85encode",
           "a85decode", "z85encode", "z85decode", "standard_b64encode", "standard_b64decode", "urlsafe_b64encode",
           "urlsafe_b64decode"]


def _bytes_from_decode_data(s):
    if isinstance(s, str):
        try:
            return s.encode("ascii")
        except UnicodeEncodeError:
            raise ValueError("string argument should contain only ASCII characters") from None
    if isinstance(s, (bytes, bytearray)):
        return s
    try:
        return memoryview(s).tobytes()
    except TypeError:
        raise TypeError("argument should be a bytes-like object or ASCII string, not "
                        f"{s.__class__.__name__!r}") from None


def b64encode(s, altchars=None):
    """Base64, with other characters for '+' and '/' where given."""
    encoded = binascii.b2a_base64(s, newline=False)
    if altchars is not None:
        assert len(altchars) == 2, repr(altchars)
        return encoded.translate(bytes.maketrans(b"+/", altchars))
    return encoded


def b64decode(s, altchars=None, validate=False):
    """Undo b64encode(); what is no data is skipped, unless `validate`."""
    s = _bytes_from_decode_data(s)
    if altchars is not None:
        altchars = _bytes_from_decode_data(altchars)
        assert len(altchars) == 2, repr(altchars)
        s = s.translate(bytes.maketrans(altchars, b"+/"))
    return binascii.a2b_base64(s, strict_mode=validate)


def standard_b64encode(s):
    """Base64 in the standard alphabet."""
    return b64encode(s)


def standard_b64decode(s):
    """Undo standard_b64encode()."""
    return b64decode(s)


_to_urlsafe = bytes.maketrans(b"+/", b"-_")
_from_urlsafe = bytes.maketrans(b"-_", b"+/")


def urlsafe_b64encode(s):
    """Base64 with '-' and '_'."""
    return b64encode(s).translate(_to_urlsafe)


def urlsafe_b64decode(s):
    """Undo urlsafe_b64encode()."""
    return b64decode(_bytes_from_decode_data(s).translate(_from_urlsafe))


_b32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_b32hex = b"0123456789ABCDEFGHIJKLMNOPQRSTUV"


def _b32encode(alphabet, s):
    s = s if isinstance(s, (bytes, bytearray)) else memoryview(s).tobytes()
    spare = -len(s) % 5
    encoded = bytearray()
    padded = bytes(s) + bytes(spare)
    for start in range(0, len(padded), 5):
        bits = int.from_bytes(padded[start:start + 5])
        encoded += bytes([alphabet[bits >> shift & 31] for shift in range(35, -1, -5)])
    if spare:
        count = (0, 1, 3, 4, 6)[spare]
        encoded[-count:] = b"=" * count
    return bytes(encoded)


def _b32decode(alphabet, s, casefold=False, map01=None):
    s = _bytes_from_decode_data(s)
    if len(s) % 8:
        raise binascii.Error("Incorrect padding")
    if map01 is not None:
        map01 = _bytes_from_decode_data(map01)
        assert len(map01) == 1, repr(map01)
        s = s.translate(bytes.maketrans(b"01", b"O" + map01))
    if casefold:
        s = s.upper()
    length = len(s)
    s = s.rstrip(b"=")
    pads = length - len(s)
    values = {letter: value for value, letter in enumerate(alphabet)}
    decoded = bytearray()
    for start in range(0, len(s), 8):
        bits = 0
        group = s[start:start + 8]
        try:
            for letter in group:
                bits = bits << 5 | values[letter]
        except KeyError:
            raise binascii.Error("Non-base32 digit found") from None
        decoded += (bits << 5 * (8 - len(group))).to_bytes(5)
    if length % 8 or pads not in (0, 1, 3, 4, 6):
        raise binascii.Error("Incorrect padding")
    if pads and decoded:
        del decoded[{1: -1, 3: -2, 4: -3, 6: -4}[pads]:]
    return bytes(decoded)


def b32encode(s):
    """Base32."""
    return _b32encode(_b32, s)


def b32decode(s, casefold=False, map01=None):
    """Undo b32encode()."""
    return _b32decode(_b32, s, casefold, map01)


def b32hexencode(s):
    """Base32 in the extended hexadecimal alphabet."""
    return _b32encode(_b32hex, s)


def b32hexdecode(s, casefold=False):
    """Undo b32hexencode()."""
    return _b32decode(_b32hex, s, casefold)


def b16encode(s):
    """Base16."""
    return binascii.hexlify(s).upper()


def b16decode(s, casefold=False):
    """Undo b16encode()."""
    s = _bytes_from_decode_data(s)
    if casefold:
        s = s.upper()
    if s.translate(None, delete=b"0123456789ABCDEF"):
        raise binascii.Error("Non-base16 digit found")
    return binascii.unhexlify(s)


def _85encode(b, alphabet, pad, zeros=None, spaces=None):
    # Five digits for each four bytes; `zeros` and `spaces` stand for whole groups.
    b = b if isinstance(b, (bytes, bytearray)) else memoryview(b).tobytes()
    spare = -len(b) % 4
    padded = bytes(b) + bytes(spare)
    groups = []
    for (word,) in struct.iter_unpack("!I", padded):
        if zeros and not word:
            groups.append(zeros)
        elif spaces and word == 0x20202020:
            groups.append(spaces)
        else:
            digits = []
            for _ in range(5):
                word, digit = divmod(word, 85)
                digits.append(alphabet[digit])
            groups.append(bytes(reversed(digits)))
    if spare and not pad:
        if groups[-1] == zeros:
            groups[-1] = alphabet[:1] * 5
        groups[-1] = groups[-1][:-spare]
    return b"".join(groups)


_a85 = bytes(range(33, 118))
_b85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def a85encode(b, *, foldspaces=False, wrapcol=0, pad=False, adobe=False):
    """Ascii85."""
    result = _85encode(b, _a85, pad, b"z", b"y" if foldspaces else None)
    if adobe:
        result = b"<~" + result
    if wrapcol:
        wrapcol = max(2 if adobe else 1, wrapcol)
        lines = [result[start:start + wrapcol] for start in range(0, len(result), wrapcol)]
        if adobe and len(lines[-1]) + 2 > wrapcol:
            lines.append(b"")
        result = b"\n".join(lines)
    return result + b"~>" if adobe else result


def a85decode(b, *, foldspaces=False, adobe=False, ignorechars=b" \t\n\r\v"):
    """Undo a85encode()."""
    b = _bytes_from_decode_data(b)
    if adobe:
        if not b.endswith(b"~>"):
            raise ValueError("Ascii85 encoded byte sequences must end with b'~>'")
        b = b[2:-2] if b.startswith(b"<~") else b[:-2]
    decoded = []
    digits = []
    for byte in b + b"u" * 4:
        if 33 <= byte <= 117:
            digits.append(byte)
            if len(digits) == 5:
                word = 0
                for digit in digits:
                    word = 85 * word + digit - 33
                try:
                    decoded.append(struct.pack("!I", word))
                except struct.error:
                    raise ValueError("Ascii85 overflow") from None
                digits.clear()
        elif byte == 122:
            if digits:
                raise ValueError("z inside Ascii85 5-tuple")
            decoded.append(b"\0\0\0\0")
        elif foldspaces and byte == 121:
            if digits:
                raise ValueError("y inside Ascii85 5-tuple")
            decoded.append(b"    ")
        elif byte not in ignorechars:
            raise ValueError(f"Non-Ascii85 digit found: {byte:c}")
    result = b"".join(decoded)
    padding = 4 - len(digits)
    return result[:-padding] if padding else result


def b85encode(b, pad=False):
    """Base85 as git has it."""
    return _85encode(b, _b85, pad)


def _85decode(b, alphabet, name):
    b = _bytes_from_decode_data(b)
    padding = -len(b) % 5
    values = {letter: value for value, letter in enumerate(alphabet)}
    padded = b + alphabet[84:] * padding
    decoded = []
    for start in range(0, len(padded), 5):
        word = 0
        for place, letter in enumerate(padded[start:start + 5]):
            if letter not in values:
                raise ValueError(f"bad {name} character at position {start + place}")
            word = word * 85 + values[letter]
        try:
            decoded.append(struct.pack("!I", word))
        except struct.error:
            raise ValueError(f"{name} overflow in hunk starting at byte {start}") from None
    result = b"".join(decoded)
    return result[:-padding] if padding else result


def b85decode(b):
    """Undo b85encode()."""
    return _85decode(b, _b85, "base85")


def z85encode(s):
    """Base85 as ZeroMQ has it."""
    return _85encode(s, _z85, False)


def z85decode(s):
    """Undo z85encode()."""
    return _85decode(s, _z85, "z85")


MAXLINESIZE = 76
MAXBINSIZE = MAXLINESIZE // 4 * 3


def encode(input, output):
    """Base64 from one binary file to another, in lines."""
    while s := input.read(MAXBINSIZE):
        while len(s) < MAXBINSIZE and (more := input.read(MAXBINSIZE - len(s))):
            s += more
        output.write(binascii.b2a_base64(s))


def decode(input, output):
    """Undo encode()."""
    while line := input.readline():
        output.write(binascii.a2b_base64(line))


def _input_type_check(s):
    try:
        view = memoryview(s)
    except TypeError:
        raise TypeError(f"expected bytes-like object, not {s.__class__.__name__}") from None
    if view.format not in ("c", "b", "B"):
        raise TypeError(f"expected single byte elements, not {view.format!r} from {s.__class__.__name__}")
    if view.ndim != 1:
        raise TypeError(f"expected 1-D data, not {view.ndim}-D data from {s.__class__.__name__}")


def encodebytes(s):
    """Base64 in lines."""
    _input_type_check(s)
    return b"".join([binascii.b2a_base64(s[start:start + MAXBINSIZE]) for start in range(0, len(s), MAXBINSIZE)])


def decodebytes(s):
    """Undo encodebytes()."""
    _input_type_check(s)
    return binascii.a2b_base64(s)
