"""Decimal fixed-point and floating-point arithmetic."""

import numbers as _numbers
from collections import namedtuple as _namedtuple
from collections.abc import MutableMapping as _MutableMapping

from _decimal import Context, Decimal, _set_context, getcontext

ROUND_UP = "ROUND_UP"
ROUND_DOWN = "ROUND_DOWN"
ROUND_CEILING = "ROUND_CEILING"
ROUND_FLOOR = "ROUND_FLOOR"
ROUND_HALF_UP = "ROUND_HALF_UP"
ROUND_HALF_DOWN = "ROUND_HALF_DOWN"
ROUND_HALF_EVEN = "ROUND_HALF_EVEN"
ROUND_05UP = "ROUND_05UP"

HAVE_THREADS = True
HAVE_CONTEXTVAR = True
MAX_PREC = 999999999999999999
MAX_EMAX = 999999999999999999
MIN_EMIN = -999999999999999999
MIN_ETINY = MIN_EMIN - (MAX_PREC - 1)
IEEE_CONTEXT_MAX_BITS = 512
SPEC_VERSION = "1.70"
__libmpdec_version__ = "2.5.1"

DecimalTuple = _namedtuple("DecimalTuple", "sign digits exponent", module="decimal")


class DecimalException(ArithmeticError):
    """What all conditions derive from."""


class Clamped(DecimalException):
    """The exponent was changed to fit."""


class InvalidOperation(DecimalException):
    """An operation that makes no sense."""


class ConversionSyntax(InvalidOperation):
    """A text that is no number."""


class DivisionByZero(DecimalException, ZeroDivisionError):
    """A finite number divided by zero."""


class DivisionImpossible(InvalidOperation):
    """An integer quotient with more digits than the precision."""


class DivisionUndefined(InvalidOperation, ZeroDivisionError):
    """Zero divided by zero."""


class Inexact(DecimalException):
    """Digits other than zero were lost."""


class InvalidContext(InvalidOperation):
    """A context that does not allow the operation."""


class Rounded(DecimalException):
    """Digits were lost."""


class Subnormal(DecimalException):
    """The result is below the normal range."""


class Overflow(Inexact, Rounded):
    """The result is beyond the range."""


class Underflow(Inexact, Rounded, Subnormal):
    """The result is inexact and below the normal range."""


class FloatOperation(DecimalException, TypeError):
    """Floats and decimals were mixed."""


# Each has a name of the module of its own, as classes made in C do: pickles tell them apart.
for _class in (DecimalException, InvalidOperation, ConversionSyntax, DivisionImpossible, DivisionUndefined,
               InvalidContext, DivisionByZero, Clamped, Inexact, Rounded, Subnormal, Overflow, Underflow,
               FloatOperation):
    _class.__module__ = b"decimal".decode()
del _class

# Bits as the native half has them. A signal may cover several conditions.
_SIGNALS = {InvalidOperation: 2 | 512 | 1024 | 2048 | 4096, FloatOperation: 256, DivisionByZero: 4, Overflow: 64,
            Underflow: 128, Subnormal: 32, Inexact: 8, Rounded: 16, Clamped: 1}
_CONDITIONS = {InvalidOperation: 2, ConversionSyntax: 512, DivisionImpossible: 1024, DivisionUndefined: 2048,
               InvalidContext: 4096}
_SHOWN_ORDER = (Clamped, InvalidOperation, DivisionByZero, Inexact, FloatOperation, Overflow, Rounded, Subnormal,
                Underflow)
_VALID_SIGNALS = ("valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n"
                  "   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]")


def _exception(trapped):
    for signal, bits in _SIGNALS.items():
        if trapped & bits:
            break
    conditions = [kind for kind, bit in _CONDITIONS.items() if trapped & bit]
    conditions += [kind for kind, bits in _SIGNALS.items() if kind is not InvalidOperation and trapped & bits]
    return signal(conditions)


class SignalDict(_MutableMapping):
    """The flags or traps of a context, by signal."""

    __slots__ = ("_context", "_name")

    def __reduce__(self):
        raise TypeError("cannot pickle 'SignalDict' object")

    def __init__(self, context, name):
        self._context = context
        self._name = "_" + name

    def _bits(self, signal):
        try:
            return _SIGNALS[signal]
        except (KeyError, TypeError):
            raise KeyError(_VALID_SIGNALS) from None

    def __getitem__(self, signal):
        return bool(getattr(self._context, self._name) & self._bits(signal))

    def __setitem__(self, signal, value):
        bits = self._bits(signal)
        present = getattr(self._context, self._name)
        setattr(self._context, self._name, present | bits if value else present & ~bits)

    def __delitem__(self, signal):
        raise ValueError("signal keys cannot be deleted")

    def __iter__(self):
        return iter(_SIGNALS)

    def __len__(self):
        return len(_SIGNALS)

    def __repr__(self):
        return "{" + ", ".join([f"{signal!r}:{value!r}" for signal, value in self.items()]) + "}"

    def __eq__(self, other):
        if isinstance(other, SignalDict):
            return dict(self) == dict(other)
        if isinstance(other, dict):
            if set(other) != set(_SIGNALS):
                raise ValueError("invalid signal dict")
            return all(self[signal] == bool(value) for signal, value in other.items())
        return NotImplemented

    __hash__ = None

    def copy(self):
        """A plain dict."""
        return dict(self)


def _signals(context, name):
    return SignalDict(context, name)


def _bits_of(signals):
    bits = 0
    for signal in signals:
        try:
            bits |= _SIGNALS[signal]
        except (KeyError, TypeError):
            raise KeyError(_VALID_SIGNALS) from None
    return bits


def _set_signals(context, name, value):
    if isinstance(value, list):
        bits = _bits_of(value)
    elif isinstance(value, (dict, SignalDict)):
        if set(value) != set(_SIGNALS):
            raise ValueError("invalid signal dict")
        bits = _bits_of([signal for signal in value if value[signal]])
    else:
        raise TypeError("argument must be a signal dict")
    setattr(context, "_" + name, bits)


_CONTEXT_FIELDS = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps")


def _init_context(context, args, keywords):
    if len(args) + len(keywords) > 8:
        raise TypeError(f"function takes at most 8 arguments ({len(args) + len(keywords)} given)")
    given = dict(zip(_CONTEXT_FIELDS, args))
    for name, value in keywords.items():
        if name not in _CONTEXT_FIELDS:
            raise TypeError(f"this function got an unexpected keyword argument {name!r}")
        if name in given:
            position = _CONTEXT_FIELDS.index(name) + 1
            raise TypeError(f"argument for function given by name ({name!r}) and position ({position})")
        given[name] = value
    for name, value in given.items():
        if value is not None:
            setattr(context, name, value)


def _named(context, name):
    bits = getattr(context, "_" + name)
    order = (InvalidOperation, FloatOperation, DivisionByZero, Overflow, Underflow, Subnormal, Inexact, Rounded,
             Clamped)
    return [signal for signal in order if bits & _SIGNALS[signal]]


def _show_context(context):
    # In the order of the bits.
    shown = []
    for name in ("flags", "traps"):
        signals = sorted(_named(context, name), key=lambda signal: _SIGNALS[signal] & -_SIGNALS[signal])
        shown.append(f"{name}=[{', '.join([signal.__name__ for signal in signals])}]")
    return (f"Context(prec={context.prec}, rounding={context.rounding}, Emin={context.Emin}, Emax={context.Emax}, "
            f"capitals={context.capitals}, clamp={context.clamp}, {', '.join(shown)})")


def _reduce_context(context):
    return type(context), (context.prec, context.rounding, context.Emin, context.Emax, context.capitals,
                           context.clamp, _named(context, "flags"), _named(context, "traps"))


DefaultContext = Context()
BasicContext = Context(prec=9, rounding=ROUND_HALF_UP,
                       traps=[InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped])
ExtendedContext = Context(prec=9, traps=[])


def _first_context():
    context = DefaultContext.copy()
    context.clear_flags()
    return context


def setcontext(context, /):
    """Make a context the current one; a copy of it, where it is one of the module's own."""
    if not isinstance(context, Context):
        raise TypeError("argument must be a context")
    if context in (DefaultContext, BasicContext, ExtendedContext):
        context = context.copy()
        context.clear_flags()
    _set_context(context)


class ContextManager:
    """Sets a context on entry and the one before on exit."""

    __slots__ = ("_local", "_global")

    def __reduce__(self):
        raise TypeError("cannot pickle 'decimal.ContextManager' object")

    def __init__(self, local):
        self._local = local
        self._global = getcontext()

    def __enter__(self):
        setcontext(self._local)
        return self._local

    def __exit__(self, *args):
        setcontext(self._global)
        return False


_LOCAL_FIELDS = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps")


def localcontext(ctx=None, **kwargs):
    """A context manager whose context is a copy of `ctx`, or of the current one, with some attributes changed."""
    for name in kwargs:
        if name not in _LOCAL_FIELDS:
            raise TypeError(f"this function got an unexpected keyword argument {name!r}")
    if ctx is None:
        ctx = getcontext()
    elif not isinstance(ctx, Context):
        raise TypeError("optional argument must be a context")
    local = ctx.copy()
    for name, value in kwargs.items():
        setattr(local, name, value)
    return ContextManager(local)


def IEEEContext(bits, /):
    """The context of an IEEE format of so many bits."""
    if bits <= 0 or bits % 32 or bits > IEEE_CONTEXT_MAX_BITS:
        raise ValueError(f"argument must be a multiple of 32, with a maximum of {IEEE_CONTEXT_MAX_BITS}")
    greatest = 3 * 2 ** (bits // 16 + 3)
    return Context(prec=9 * (bits // 32) - 2, Emax=greatest, Emin=1 - greatest, rounding=ROUND_HALF_EVEN, clamp=1,
                   traps=[])


def _is_rational(value):
    return isinstance(value, _numbers.Rational)


_numbers.Number.register(Decimal)
__version__ = "1.70"
