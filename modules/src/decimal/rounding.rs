//! Contexts of the specification: precision, rounding, the range of exponents;
//! the conditions that operations raise; and how a result is fitted in.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{One, Zero};

use super::number::{Kind, Number, count_digits, ten_to};

/// The names of the rounding modes, in the order of [`Rounding`].
pub const ROUNDINGS: [&str; 8] = [
    "ROUND_UP",
    "ROUND_DOWN",
    "ROUND_CEILING",
    "ROUND_FLOOR",
    "ROUND_HALF_UP",
    "ROUND_HALF_DOWN",
    "ROUND_HALF_EVEN",
    "ROUND_05UP",
];

/// A rounding mode.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Rounding {
    /// All of them.
    pub const ALL: [Rounding; 8] = [
        Rounding::Up,
        Rounding::Down,
        Rounding::Ceiling,
        Rounding::Floor,
        Rounding::HalfUp,
        Rounding::HalfDown,
        Rounding::HalfEven,
        Rounding::ZeroFiveUp,
    ];
}

/// Conditions, as bits.
pub mod condition {
    /// The result is exact but its exponent was changed to fit.
    pub const CLAMPED: u32 = 1;
    /// An operation that makes no sense.
    pub const INVALID_OPERATION: u32 = 2;
    /// A finite number divided by zero.
    pub const DIVISION_BY_ZERO: u32 = 4;
    /// Digits other than zero were lost.
    pub const INEXACT: u32 = 8;
    /// Digits were lost.
    pub const ROUNDED: u32 = 16;
    /// The result is below the normal range.
    pub const SUBNORMAL: u32 = 32;
    /// The result is beyond the range.
    pub const OVERFLOW: u32 = 64;
    /// Inexact and subnormal.
    pub const UNDERFLOW: u32 = 128;
    /// Floats and decimals were mixed.
    pub const FLOAT_OPERATION: u32 = 256;
    /// A text that is no number.
    pub const CONVERSION_SYNTAX: u32 = 512;
    /// An integer quotient with more digits than the precision.
    pub const DIVISION_IMPOSSIBLE: u32 = 1024;
    /// 0 / 0.
    pub const DIVISION_UNDEFINED: u32 = 2048;
    /// A context that does not allow the operation.
    pub const INVALID_CONTEXT: u32 = 4096;
    /// All that the signal InvalidOperation covers.
    pub const ANY_INVALID: u32 = INVALID_OPERATION
        | CONVERSION_SYNTAX
        | DIVISION_IMPOSSIBLE
        | DIVISION_UNDEFINED
        | INVALID_CONTEXT;
}
use condition::*;

/// The greatest precision and exponent.
pub const MOST: i64 = 999_999_999_999_999_999;

/// What operations need of a context, and the conditions they have raised.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many digits results have at most.
    pub precision: u64,
    /// How they are rounded.
    pub rounding: Rounding,
    /// The least exponent of a normal number's first digit.
    pub emin: i64,
    /// The greatest.
    pub emax: i64,
    /// Whether exponents are limited to `etop`.
    pub clamp: bool,
    /// The conditions raised.
    pub status: u32,
}

impl Settings {
    /// A context for exact work: nothing is ever rounded away.
    pub fn wide() -> Settings {
        Settings {
            precision: MOST as u64,
            rounding: Rounding::HalfEven,
            emin: -MOST,
            emax: MOST,
            clamp: false,
            status: 0,
        }
    }

    /// The least exponent.
    pub fn etiny(&self) -> i64 {
        self.emin - self.precision as i64 + 1
    }

    /// The greatest exponent of a number with all digits.
    pub fn etop(&self) -> i64 {
        self.emax - self.precision as i64 + 1
    }

    /// Raises conditions.
    pub fn raise(&mut self, conditions: u32) {
        self.status |= conditions;
    }

    /// Raises an invalid operation, whose result is NaN.
    pub fn invalid(&mut self, conditions: u32) -> Number {
        self.raise(conditions);
        Number::nan()
    }

    /// What an operation on NaNs gives: the first signaling one, else the first.
    /// None where no operand is a NaN.
    pub fn nan_of(&mut self, operands: &[&Number]) -> Option<Number> {
        let signaling = operands.iter().find(|n| n.kind == Kind::Signaling);
        let found = match signaling {
            Some(found) => {
                self.raise(INVALID_OPERATION);
                found
            }
            None => operands.iter().find(|n| n.is_nan())?,
        };
        let quiet = Number {
            kind: Kind::Quiet,
            ..(**found).clone()
        };
        Some(self.fix_nan(quiet))
    }

    fn fix_nan(&self, mut nan: Number) -> Number {
        let most = self.precision - u64::from(self.clamp);
        if nan.length() > most {
            nan.digits %= ten_to(most);
        }
        nan
    }

    /// Fits a number into precision and range, and raises what that means.
    pub fn fix(&mut self, number: Number) -> Number {
        match number.kind {
            Kind::Finite => {}
            Kind::Infinity => return number,
            _ => return self.fix_nan(number),
        }
        let (etiny, etop) = (self.etiny(), self.etop());
        if number.is_zero() {
            let most = if self.clamp { etop } else { self.emax };
            let exponent = number.exponent.clamp(etiny, most);
            if exponent != number.exponent {
                self.raise(CLAMPED);
            }
            return Number { exponent, ..number };
        }
        let length = number.length() as i64;
        let mut least = number.exponent + length - self.precision as i64;
        if least > etop {
            return self.overflow(number.negative);
        }
        let subnormal = least < etiny;
        least = least.max(etiny);
        if number.exponent < least {
            return self.cut(number, length, least, subnormal);
        }
        if subnormal {
            self.raise(SUBNORMAL);
        }
        if self.clamp && number.exponent > etop {
            self.raise(CLAMPED);
            let digits = number.digits * ten_to((number.exponent - etop) as u64);
            return Number::finite(number.negative, digits, etop);
        }
        number
    }

    /// Rounds a number so that its exponent is `least`.
    fn cut(&mut self, number: Number, length: i64, least: i64, subnormal: bool) -> Number {
        let drop = least - number.exponent;
        let (mut digits, exact) = if drop > length {
            // Less than a tenth of the last place: any such number rounds alike.
            self.shorten(number.negative, &BigUint::one(), 2)
        } else {
            self.shorten(number.negative, &number.digits, drop as u64)
        };
        let mut exponent = least;
        if count_digits(&digits) > self.precision {
            digits /= 10u32;
            exponent += 1;
        }
        if exponent > self.etop() {
            return self.overflow(number.negative);
        }
        if !exact && subnormal {
            self.raise(UNDERFLOW);
        }
        if subnormal {
            self.raise(SUBNORMAL);
        }
        if !exact {
            self.raise(INEXACT);
        }
        self.raise(ROUNDED);
        if digits.is_zero() {
            self.raise(CLAMPED);
        }
        Number::finite(number.negative, digits, exponent)
    }

    /// Divides a coefficient by ten to the power of `drop` and rounds; whether
    /// that was exact.
    pub fn shorten(&self, negative: bool, digits: &BigUint, drop: u64) -> (BigUint, bool) {
        if drop == 0 {
            return (digits.clone(), true);
        }
        let unit = ten_to(drop);
        let (quotient, rest) = digits.div_rem(&unit);
        if rest.is_zero() {
            return (quotient, true);
        }
        let half = (rest * 2u32).cmp(&unit);
        let up = self.rounds_up(negative, &quotient, half);
        (if up { quotient + 1u32 } else { quotient }, false)
    }

    /// Whether an inexact coefficient is rounded away from zero; `half` compares
    /// what is lost with half a unit.
    pub fn rounds_up(&self, negative: bool, digits: &BigUint, half: std::cmp::Ordering) -> bool {
        match self.rounding {
            Rounding::Up => true,
            Rounding::Down => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            Rounding::HalfUp => half.is_ge(),
            Rounding::HalfDown => half.is_gt(),
            Rounding::HalfEven => half.is_gt() || (half.is_eq() && digits.is_odd()),
            Rounding::ZeroFiveUp => (digits % 5u32).is_zero(),
        }
    }

    /// The largest finite number.
    pub fn largest(&self, negative: bool) -> Number {
        Number::finite(negative, ten_to(self.precision) - 1u32, self.etop())
    }

    fn overflow(&mut self, negative: bool) -> Number {
        self.raise(OVERFLOW | INEXACT | ROUNDED);
        let to_infinity = match self.rounding {
            Rounding::Down | Rounding::ZeroFiveUp => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            _ => true,
        };
        match to_infinity {
            true => Number::infinity(negative),
            false => self.largest(negative),
        }
    }
}
