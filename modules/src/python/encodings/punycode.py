"""Punycode (RFC 3492): any text in the letters, digits and hyphens of ASCII."""

import codecs

# The parameters of the RFC's section 5.
_BASE, _LEAST, _MOST, _SKEW, _DAMP, _BIAS, _FIRST = 36, 1, 26, 38, 700, 72, 128
_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


def _adapt(delta, count, first):
    delta = delta // (_DAMP if first else 2)
    delta += delta // count
    steps = 0
    while delta > (_BASE - _LEAST) * _MOST // 2:
        delta //= _BASE - _LEAST
        steps += _BASE
    return steps + (_BASE - _LEAST + 1) * delta // (delta + _SKEW)


def _threshold(step, bias):
    return min(max(step - bias, _LEAST), _MOST)


def punycode_encode(text):
    """The text as bytes."""
    basic = "".join(character for character in text if ord(character) < _FIRST)
    out = []
    points = sorted({ord(character) for character in text if ord(character) >= _FIRST})
    bias, delta, current, handled = _BIAS, 0, _FIRST, len(basic)
    for point in points:
        delta += (point - current) * (handled + 1)
        current = point
        for character in text:
            if ord(character) < current:
                delta += 1
            elif ord(character) == current:
                rest, step = delta, _BASE
                while rest >= (least := _threshold(step, bias)):
                    digit = least + (rest - least) % (_BASE - least)
                    out.append(_DIGITS[digit])
                    rest = (rest - least) // (_BASE - least)
                    step += _BASE
                out.append(_DIGITS[rest])
                bias = _adapt(delta, handled + 1, handled == len(basic))
                delta = 0
                handled += 1
        delta += 1
        current += 1
    made = "".join(out).encode("ascii")
    return basic.encode("ascii") + b"-" + made if basic else made


def _ascii(data, start, part, errors):
    try:
        return str(part, "ascii", errors)
    except UnicodeDecodeError as error:
        raise UnicodeDecodeError("ascii", data, start + error.start, start + error.end, error.reason) from None


def punycode_decode(data, errors="strict"):
    """The text of the bytes."""
    if isinstance(data, str):
        data = data.encode("ascii")
    data = bytes(data)
    base, hyphen, extended = data.rpartition(b"-")
    start = len(base) + len(hyphen)
    characters = list(_ascii(data, 0, base, errors))
    digits = _ascii(data, start, extended, errors).lower()
    bias, current, place, at = _BIAS, _FIRST, 0, 0
    first = True
    while at < len(digits):
        value, weight, step = 0, 1, _BASE
        while True:
            if at == len(digits):
                if errors == "strict":
                    raise UnicodeDecodeError("punycode", data, start + at, start + at + 1, "incomplete punycode string")
                return "".join(characters)
            digit = _DIGITS.find(digits[at])
            if digit < 0:
                if errors != "strict":
                    return "".join(characters)
                raise UnicodeDecodeError("punycode", data, start + at, start + at + 1,
                                         f"Invalid extended code point '{extended[at:at + 1].decode('latin-1')}'")
            at += 1
            value += digit * weight
            if digit < (least := _threshold(step, bias)):
                break
            weight *= _BASE - least
            step += _BASE
        place += value
        current += place // (len(characters) + 1)
        place %= len(characters) + 1
        if current > 0x10FFFF:
            if errors == "strict":
                raise UnicodeDecodeError("punycode", data, start + at - 1, start + at,
                                         f"Invalid character U+{current:x}")
            current = ord("?")
        characters.insert(place, chr(current))
        place += 1
        bias = _adapt(value, len(characters), first)
        first = False
    return "".join(characters)


class Codec(codecs.Codec):
    def encode(self, input, errors="strict"):
        return punycode_encode(input), len(input)

    def decode(self, input, errors="strict"):
        if errors not in ("strict", "replace", "ignore"):
            raise UnicodeError(f"Unsupported error handling: {errors}")
        return punycode_decode(input, errors), len(input)


class IncrementalEncoder(codecs.IncrementalEncoder):
    def encode(self, input, final=False):
        return punycode_encode(input)


class IncrementalDecoder(codecs.IncrementalDecoder):
    def decode(self, input, final=False):
        if self.errors not in ("strict", "replace", "ignore"):
            raise UnicodeError(f"Unsupported error handling: {self.errors}")
        return punycode_decode(input, self.errors)


class StreamWriter(Codec, codecs.StreamWriter):
    pass


class StreamReader(Codec, codecs.StreamReader):
    pass


def getregentry():
    """What `codecs.lookup` answers with."""
    return codecs.CodecInfo(Codec().encode, Codec().decode, StreamReader, StreamWriter, IncrementalEncoder,
                            IncrementalDecoder, "punycode")
