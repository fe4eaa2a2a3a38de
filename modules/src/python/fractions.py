"""Rational numbers of any size."""

import math
import numbers
import operator
import sys

__all__ = ["Fraction"]

_MODULUS = sys.hash_info.modulus
_INF = sys.hash_info.inf


def _digits_end(text, start):
    # The end of a run of digits with single underscores between them.
    end = start
    while end < len(text) and (text[end].isdecimal() or text[end] == "_" and end > start
                               and text[end - 1].isdecimal() and text[end + 1:end + 2].isdecimal()):
        end += 1
    return end


def _parse(text):
    # (numerator, denominator) of "3/4", "1.25", "-2e3"; None if it is none of these.
    source = text.strip()
    sign = 1
    if source[:1] in ("+", "-"):
        sign = -1 if source[0] == "-" else 1
        source = source[1:]
    end = _digits_end(source, 0)
    whole, rest = source[:end], source[end:]
    slash = rest.lstrip()
    if whole and slash.startswith("/"):
        below = slash[1:].lstrip()
        if not below or _digits_end(below, 0) != len(below):
            return None
        return sign * int(whole), int(below)
    decimals = ""
    if rest.startswith("."):
        end = _digits_end(rest, 1)
        decimals, rest = rest[1:end], rest[end:]
    if not whole and not decimals:
        return None
    exponent = 0
    if rest[:1] in ("e", "E"):
        start = 2 if rest[1:2] in ("+", "-") else 1
        if start >= len(rest) or _digits_end(rest, start) != len(rest):
            return None
        exponent = int(rest[1:])
        rest = ""
    if rest:
        return None
    decimals = decimals.replace("_", "")
    numerator = int(whole or "0")
    denominator = 1
    if decimals:
        denominator = 10 ** len(decimals)
        numerator = numerator * denominator + int(decimals)
    if exponent >= 0:
        numerator *= 10 ** exponent
    else:
        denominator *= 10 ** -exponent
    return sign * numerator, denominator


def _round_to_exponent(n, d, exponent, no_neg_zero=False):
    # Rounds n/d to a multiple of 10**exponent, half to even: (negative, multiplier).
    if exponent >= 0:
        d *= 10 ** exponent
    else:
        n *= 10 ** -exponent
    q, r = divmod(n + (d >> 1), d)
    if r == 0 and d & 1 == 0:
        q &= -2
    negative = q < 0 if no_neg_zero else n < 0
    return negative, abs(q)


def _round_to_figures(n, d, figures):
    # Rounds n/d to that many significant digits: (negative, significand, exponent).
    if n == 0:
        return False, 0, 1 - figures
    str_n, str_d = str(abs(n)), str(d)
    m = len(str_n) - len(str_d) + (str_d <= str_n)
    exponent = m - figures
    negative, significand = _round_to_exponent(n, d, exponent)
    if len(str(significand)) == figures + 1:
        significand //= 10
        exponent += 1
    return negative, significand, exponent


class _Spec:
    """A format specifier, taken apart; `kind` is the presentation type or "", `valid` whether it could be."""

    def __init__(self, text):
        self.valid = False
        position = 0
        self.fill, self.align = " ", ""
        if text[1:2] in ("<", ">", "=", "^"):
            self.fill, self.align = text[0], text[1]
            position = 2
        elif text[:1] in ("<", ">", "=", "^"):
            self.align = text[0]
            position = 1
        given_align = self.align

        def take(chars):
            nonlocal position
            if text[position:position + 1] and text[position] in chars:
                position += 1
                return text[position - 1]
            return ""

        def take_digits():
            nonlocal position
            start = position
            while position < len(text) and "0" <= text[position] <= "9":
                position += 1
            return text[start:position]

        self.sign = take("+- ") or "-"
        self.no_neg_zero = bool(take("z"))
        self.alternate = bool(take("#"))
        self.zero_pad = False
        if text[position:position + 1] == "0" and text[position + 1:position + 2].isdigit():
            self.zero_pad = True
            position += 1
        elif text[position:position + 1] == "0":
            # A width of zero.
            pass
        self.width = int(take_digits() or "0")
        self.separator = take(",_")
        self.precision = None
        self.frac_separator = ""
        if take("."):
            digits = take_digits()
            self.frac_separator = take(",_")
            if not digits and not self.frac_separator:
                return
            if digits:
                self.precision = int(digits)
        self.kind = take("eEfFgG%")
        if position != len(text):
            return
        if not self.kind:
            if self.no_neg_zero or self.precision is not None or self.frac_separator or self.zero_pad:
                return
        if self.zero_pad and given_align:
            return
        if self.zero_pad:
            self.fill, self.align = "0", "="
        self.valid = True


def _padded(sign, body, spec):
    padding = spec.fill * (spec.width - len(sign) - len(body))
    if spec.align in ("", ">"):
        return padding + sign + body
    if spec.align == "<":
        return sign + body + padding
    if spec.align == "^":
        half = len(padding) // 2
        return padding[:half] + sign + body + padding[half:]
    return sign + padding + body


def _grouped(digits, separator):
    first = 1 + (len(digits) - 1) % 3
    return digits[:first] + "".join([separator + digits[at:at + 3] for at in range(first, len(digits), 3)])


class Fraction(numbers.Rational):
    """A rational number, made from integers, a string, a float, a Decimal or another rational."""

    __slots__ = ("_numerator", "_denominator")

    def __new__(cls, numerator=0, denominator=None):
        self = super().__new__(cls)
        if denominator is None:
            if type(numerator) is int:
                self._numerator = numerator
                self._denominator = 1
                return self
            if isinstance(numerator, numbers.Rational):
                self._numerator = numerator.numerator
                self._denominator = numerator.denominator
                return self
            if isinstance(numerator, float) or (hasattr(numerator, "as_integer_ratio")
                                                and not isinstance(numerator, type)):
                self._numerator, self._denominator = numerator.as_integer_ratio()
                return self
            if not isinstance(numerator, str):
                raise TypeError("argument should be a string or a Rational instance or "
                                "have the as_integer_ratio() method")
            parsed = _parse(numerator)
            if parsed is None:
                raise ValueError(f"Invalid literal for Fraction: {numerator!r}")
            numerator, denominator = parsed
        elif type(numerator) is int is type(denominator):
            pass
        elif isinstance(numerator, numbers.Rational) and isinstance(denominator, numbers.Rational):
            numerator, denominator = (numerator.numerator * denominator.denominator,
                                      denominator.numerator * numerator.denominator)
        else:
            raise TypeError("both arguments should be Rational instances")
        if denominator == 0:
            raise ZeroDivisionError(f"Fraction({numerator}, 0)")
        common = math.gcd(numerator, denominator)
        if denominator < 0:
            common = -common
        self._numerator = numerator // common
        self._denominator = denominator // common
        return self

    @classmethod
    def from_number(cls, number):
        """From a rational or from a number with as_integer_ratio()."""
        if type(number) is int:
            return cls._from_coprime_ints(number, 1)
        if isinstance(number, numbers.Rational):
            return cls._from_coprime_ints(number.numerator, number.denominator)
        if isinstance(number, float) or (hasattr(number, "as_integer_ratio") and not isinstance(number, type)):
            return cls._from_coprime_ints(*number.as_integer_ratio())
        raise TypeError("argument should be a Rational instance or have the as_integer_ratio() method")

    @classmethod
    def from_float(cls, f):
        """The exact value of a float."""
        if isinstance(f, numbers.Integral):
            return cls(f)
        if not isinstance(f, float):
            raise TypeError(f"{cls.__name__}.from_float() only takes floats, not {f!r} ({type(f).__name__})")
        return cls._from_coprime_ints(*f.as_integer_ratio())

    @classmethod
    def from_decimal(cls, dec):
        """The exact value of a Decimal."""
        from decimal import Decimal
        if isinstance(dec, numbers.Integral):
            dec = Decimal(int(dec))
        elif not isinstance(dec, Decimal):
            raise TypeError(f"{cls.__name__}.from_decimal() only takes Decimals, not {dec!r} ({type(dec).__name__})")
        return cls._from_coprime_ints(*dec.as_integer_ratio())

    @classmethod
    def _from_coprime_ints(cls, numerator, denominator, /):
        self = super(Fraction, cls).__new__(cls)
        self._numerator = numerator
        self._denominator = denominator
        return self

    def is_integer(self):
        """Whether the denominator is 1."""
        return self._denominator == 1

    def as_integer_ratio(self):
        """(numerator, denominator)."""
        return self._numerator, self._denominator

    def limit_denominator(self, max_denominator=1_000_000):
        """The nearest fraction whose denominator is no greater."""
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._denominator <= max_denominator:
            return Fraction(self)
        # The convergents of the continued fraction, and the last semiconvergent, bound it on both sides.
        p0, q0, p1, q1 = 0, 1, 1, 0
        n, d = self._numerator, self._denominator
        while True:
            a = n // d
            q2 = q0 + a * q1
            if q2 > max_denominator:
                break
            p0, q0, p1, q1 = p1, q1, p0 + a * p1, q2
            n, d = d, n - a * d
        k = (max_denominator - q0) // q1
        if 2 * d * (q0 + k * q1) <= self._denominator:
            return Fraction._from_coprime_ints(p1, q1)
        return Fraction._from_coprime_ints(p0 + k * p1, q0 + k * q1)

    @property
    def numerator(self):
        """The integer above the line."""
        return self._numerator

    @property
    def denominator(self):
        """The integer below the line, positive."""
        return self._denominator

    def __repr__(self):
        return f"{self.__class__.__name__}({self._numerator}, {self._denominator})"

    def __str__(self):
        if self._denominator == 1:
            return str(self._numerator)
        return f"{self._numerator}/{self._denominator}"

    def __format__(self, format_spec, /):
        spec = _Spec(format_spec)
        if not spec.valid:
            raise ValueError(f"Invalid format specifier {format_spec!r} "
                             f"for object of type {type(self).__name__!r}")
        if spec.kind:
            return self._format_like_float(spec)
        body = f"{abs(self._numerator):{spec.separator}}"
        if self._denominator > 1 or spec.alternate:
            body += f"/{self._denominator:{spec.separator}}"
        sign = "-" if self._numerator < 0 else "" if spec.sign == "-" else spec.sign
        return _padded(sign, body, spec)

    def _format_like_float(self, spec):
        kind = spec.kind
        precision = 6 if spec.precision is None else spec.precision
        exponent_mark = "E" if kind in "EFG" else "e"
        if kind in "fF%":
            exponent = -precision
            if kind == "%":
                exponent -= 2
            negative, significand = _round_to_exponent(self._numerator, self._denominator, exponent,
                                                       spec.no_neg_zero)
            scientific = False
            point = precision
        else:
            figures = max(precision, 1) if kind in "gG" else precision + 1
            negative, significand, exponent = _round_to_figures(self._numerator, self._denominator, figures)
            scientific = kind in "eE" or exponent > 0 or exponent + figures <= -4
            point = figures - 1 if scientific else -exponent
        suffix = ""
        if kind == "%":
            suffix = "%"
        elif scientific:
            suffix = f"{exponent_mark}{exponent + point:+03d}"
        digits = f"{significand:0{point + 1}d}"
        sign = "-" if negative else "" if spec.sign == "-" else spec.sign
        leading = digits[:len(digits) - point]
        frac = digits[len(digits) - point:]
        if kind in "gG" and not spec.alternate:
            frac = frac.rstrip("0")
        if spec.frac_separator:
            frac = spec.frac_separator.join([frac[at:at + 3] for at in range(0, len(frac), 3)])
        trailing = ("." if frac or spec.alternate else "") + frac + suffix
        if spec.zero_pad:
            # The zeros are digits too, so they come before the separators.
            minimum = spec.width - len(sign) - len(trailing)
            if spec.separator:
                minimum = 3 * minimum // 4 + 1
            leading = leading.zfill(minimum)
        if spec.separator:
            leading = _grouped(leading, spec.separator)
        return _padded(sign, leading + trailing, spec)

    def _operator_fallbacks(monomorphic_operator, fallback_operator, handle_complex=True):
        # The method and its reflection for an operator: exact between rationals, else on floats.
        def forward(a, b):
            if type(b) is Fraction:
                return monomorphic_operator(a, b)
            if type(b) is int:
                return monomorphic_operator(a, Fraction(b))
            if isinstance(b, Fraction):
                return monomorphic_operator(a, b)
            if isinstance(b, int):
                return monomorphic_operator(a, Fraction(b))
            if isinstance(b, float):
                return fallback_operator(float(a), b)
            if handle_complex and isinstance(b, complex):
                return fallback_operator(float(a), b)
            return NotImplemented
        forward.__name__ = f"__{fallback_operator.__name__}__"
        forward.__doc__ = monomorphic_operator.__doc__

        def reverse(b, a):
            if isinstance(a, numbers.Rational):
                return monomorphic_operator(Fraction(a), b)
            if isinstance(a, numbers.Real):
                return fallback_operator(float(a), float(b))
            if handle_complex and isinstance(a, numbers.Complex):
                return fallback_operator(complex(a), float(b))
            return NotImplemented
        reverse.__name__ = f"__r{fallback_operator.__name__}__"
        reverse.__doc__ = monomorphic_operator.__doc__
        return forward, reverse

    # Sums and products divide by common factors before they multiply (Knuth, volume 2, 4.5.1).

    def _add(a, b):
        """a + b"""
        return Fraction._sum(a._numerator, a._denominator, b._numerator, b._denominator)

    def _sub(a, b):
        """a - b"""
        return Fraction._sum(a._numerator, a._denominator, -b._numerator, b._denominator)

    @staticmethod
    def _sum(na, da, nb, db):
        common = math.gcd(da, db)
        if common == 1:
            return Fraction._from_coprime_ints(na * db + da * nb, da * db)
        rest = da // common
        total = na * (db // common) + nb * rest
        second = math.gcd(total, common)
        return Fraction._from_coprime_ints(total // second, rest * (db // second))

    def _mul(a, b):
        """a * b"""
        na, da = a._numerator, a._denominator
        nb, db = b._numerator, b._denominator
        first = math.gcd(na, db)
        second = math.gcd(nb, da)
        return Fraction._from_coprime_ints((na // first) * (nb // second), (da // second) * (db // first))

    def _div(a, b):
        """a / b"""
        nb, db = b._numerator, b._denominator
        if nb == 0:
            raise ZeroDivisionError(f"Fraction({db}, 0)")
        na, da = a._numerator, a._denominator
        first = math.gcd(na, nb)
        second = math.gcd(da, db)
        n = (na // first) * (db // second)
        d = (nb // first) * (da // second)
        if d < 0:
            n, d = -n, -d
        return Fraction._from_coprime_ints(n, d)

    def _floordiv(a, b):
        """a // b"""
        return (a.numerator * b.denominator) // (a.denominator * b.numerator)

    def _divmod(a, b):
        """(a // b, a % b)"""
        da, db = a.denominator, b.denominator
        div, rest = divmod(a.numerator * db, da * b.numerator)
        return div, Fraction(rest, da * db)

    def _mod(a, b):
        """a % b"""
        da, db = a.denominator, b.denominator
        return Fraction((a.numerator * db) % (b.numerator * da), da * db)

    __add__, __radd__ = _operator_fallbacks(_add, operator.add)
    __sub__, __rsub__ = _operator_fallbacks(_sub, operator.sub)
    __mul__, __rmul__ = _operator_fallbacks(_mul, operator.mul)
    __truediv__, __rtruediv__ = _operator_fallbacks(_div, operator.truediv)
    __floordiv__, __rfloordiv__ = _operator_fallbacks(_floordiv, operator.floordiv, False)
    __divmod__, __rdivmod__ = _operator_fallbacks(_divmod, divmod, False)
    __mod__, __rmod__ = _operator_fallbacks(_mod, operator.mod, False)

    def __pow__(a, b, modulo=None):
        if modulo is not None:
            return NotImplemented
        if isinstance(b, numbers.Rational):
            if b.denominator != 1:
                return float(a) ** float(b)
            power = b.numerator
            n, d = a._numerator, a._denominator
            if power >= 0:
                return Fraction._from_coprime_ints(n ** power, d ** power)
            if n > 0:
                return Fraction._from_coprime_ints(d ** -power, n ** -power)
            if n == 0:
                raise ZeroDivisionError(f"Fraction({d ** -power}, 0)")
            return Fraction._from_coprime_ints((-d) ** -power, (-n) ** -power)
        if isinstance(b, (float, complex)):
            return float(a) ** b
        return NotImplemented

    def __rpow__(b, a, modulo=None):
        if modulo is not None:
            return NotImplemented
        if b._denominator == 1 and b._numerator >= 0:
            return a ** b._numerator
        if isinstance(a, numbers.Rational):
            return Fraction(a.numerator, a.denominator) ** b
        if b._denominator == 1:
            return a ** b._numerator
        return a ** float(b)

    def __pos__(a):
        return Fraction._from_coprime_ints(a._numerator, a._denominator)

    def __neg__(a):
        return Fraction._from_coprime_ints(-a._numerator, a._denominator)

    def __abs__(a):
        return Fraction._from_coprime_ints(abs(a._numerator), a._denominator)

    def __int__(a, _index=operator.index):
        if a._numerator < 0:
            return _index(-(-a._numerator // a._denominator))
        return _index(a._numerator // a._denominator)

    def __trunc__(a):
        if a._numerator < 0:
            return -(-a._numerator // a._denominator)
        return a._numerator // a._denominator

    def __floor__(a):
        return a._numerator // a._denominator

    def __ceil__(a):
        return -(-a._numerator // a._denominator)

    def __round__(self, ndigits=None):
        if ndigits is None:
            floor, rest = divmod(self.numerator, self.denominator)
            if rest * 2 < self.denominator:
                return floor
            if rest * 2 > self.denominator:
                return floor + 1
            return floor if floor % 2 == 0 else floor + 1
        shift = 10 ** abs(ndigits)
        if ndigits > 0:
            return Fraction(round(self * shift), shift)
        return Fraction(round(self / shift) * shift)

    def __hash__(self):
        # As for every number: the value modulo a prime.
        try:
            inverse = pow(self._denominator, -1, _MODULUS)
        except ValueError:
            result = _INF
        else:
            result = hash(hash(abs(self._numerator)) * inverse)
        if self._numerator < 0:
            result = -result
        return -2 if result == -1 else result

    def __eq__(a, b):
        if type(b) is int:
            return a._numerator == b and a._denominator == 1
        if isinstance(b, numbers.Rational):
            return a._numerator == b.numerator and a._denominator == b.denominator
        if isinstance(b, numbers.Complex) and b.imag == 0:
            b = b.real
        if isinstance(b, float):
            if math.isnan(b) or math.isinf(b):
                return 0.0 == b
            return a == a.from_float(b)
        return NotImplemented

    def _compare(self, other, op):
        if isinstance(other, numbers.Rational):
            return op(self._numerator * other.denominator, self._denominator * other.numerator)
        if isinstance(other, float):
            if math.isnan(other) or math.isinf(other):
                return op(0.0, other)
            return op(self, self.from_float(other))
        return NotImplemented

    def __lt__(a, b):
        return a._compare(b, operator.lt)

    def __gt__(a, b):
        return a._compare(b, operator.gt)

    def __le__(a, b):
        return a._compare(b, operator.le)

    def __ge__(a, b):
        return a._compare(b, operator.ge)

    def __bool__(a):
        return bool(a._numerator)

    def __reduce__(self):
        return self.__class__, (self._numerator, self._denominator)

    def __copy__(self):
        return self if type(self) is Fraction else self.__class__(self._numerator, self._denominator)

    def __deepcopy__(self, memo):
        return self if type(self) is Fraction else self.__class__(self._numerator, self._denominator)
