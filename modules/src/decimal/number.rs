//! Decimal numbers of the General Decimal Arithmetic specification: the value,
//! its digits, reading and showing. Knows no context and no Python.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};

/// What kind of number it is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An ordinary number.
    Finite,
    /// An infinity.
    Infinity,
    /// A NaN; the digits are its payload.
    Quiet,
    /// A signaling NaN.
    Signaling,
}

/// A number: `digits` times ten to the `exponent`.
#[derive(Clone, Debug)]
pub struct Number {
    /// Whether it has a minus sign.
    pub negative: bool,
    /// Its kind.
    pub kind: Kind,
    /// The coefficient.
    pub digits: BigUint,
    /// The exponent.
    pub exponent: i64,
}

/// No operation makes more digits than this: it would neither end nor let itself be interrupted.
pub const MOST_WORK: u64 = 1 << 20;

/// Ten to the power of `n`.
pub fn ten_to(n: u64) -> BigUint {
    BigUint::from(10u32).pow(n.min(u64::from(u32::MAX)) as u32)
}

/// How many decimal digits a coefficient has; 1 for 0.
pub fn count_digits(digits: &BigUint) -> u64 {
    if let Some(small) = digits.to_u64() {
        return u64::from(small.checked_ilog10().unwrap_or(0)) + 1;
    }
    // The bits give the count or one more.
    let guess = (digits.bits() - 1) as f64 * std::f64::consts::LOG10_2;
    let guess = guess.floor() as u64;
    if *digits >= ten_to(guess + 1) {
        guess + 2
    } else if *digits >= ten_to(guess) {
        guess + 1
    } else {
        guess
    }
}

impl Number {
    /// A finite number.
    pub fn finite(negative: bool, digits: BigUint, exponent: i64) -> Number {
        Number {
            negative,
            kind: Kind::Finite,
            digits,
            exponent,
        }
    }

    /// A small integer.
    pub fn small(n: i64) -> Number {
        Number::finite(n < 0, n.unsigned_abs().into(), 0)
    }

    /// An infinity.
    pub fn infinity(negative: bool) -> Number {
        Number {
            kind: Kind::Infinity,
            ..Number::finite(negative, BigUint::ZERO, 0)
        }
    }

    /// The NaN without a payload.
    pub fn nan() -> Number {
        Number {
            kind: Kind::Quiet,
            ..Number::finite(false, BigUint::ZERO, 0)
        }
    }

    /// Whether it is an ordinary number.
    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }
    /// Whether it is an infinity.
    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinity
    }
    /// Whether it is a NaN of either kind.
    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }
    /// Whether it is a zero.
    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.digits.is_zero()
    }
    /// How many digits the coefficient has.
    pub fn length(&self) -> u64 {
        count_digits(&self.digits)
    }
    /// The exponent that the first digit stands for.
    pub fn adjusted(&self) -> i64 {
        self.exponent.saturating_add(self.length() as i64 - 1)
    }
    /// The number with the other sign.
    pub fn negated(&self) -> Number {
        self.with_sign(!self.negative)
    }
    /// The number with a sign.
    pub fn with_sign(&self, negative: bool) -> Number {
        Number {
            negative,
            ..self.clone()
        }
    }
    /// Whether it is finite and an integer.
    pub fn is_integer(&self) -> bool {
        if !self.is_finite() {
            return false;
        }
        if self.exponent >= 0 || self.is_zero() {
            return true;
        }
        let places = self.exponent.unsigned_abs();
        places < self.length() && (&self.digits % ten_to(places)).is_zero()
    }
    /// Whether it is an odd integer; asked of integers only.
    pub fn is_odd(&self) -> bool {
        match self.exponent {
            0 => self.digits.is_odd(),
            n if n > 0 => false,
            n => (&self.digits / ten_to(n.unsigned_abs())).is_odd(),
        }
    }
    /// The integer part, if it has no more than `most` digits.
    pub fn truncated(&self, most: u64) -> Option<BigUint> {
        if self.is_zero() {
            return Some(BigUint::ZERO);
        }
        if self.adjusted() < 0 {
            return Some(BigUint::ZERO);
        }
        if self.adjusted() as u64 >= most {
            return None;
        }
        Some(match self.exponent {
            n if n >= 0 => &self.digits * ten_to(n as u64),
            n => &self.digits / ten_to(n.unsigned_abs()),
        })
    }

    /// Reads a number; none where the text is not one. Takes the digits of any
    /// script, and underscores among them.
    pub fn read(text: &str) -> Option<Number> {
        let text: String = text
            .trim_matches(char::is_whitespace)
            .chars()
            .filter(|c| *c != '_')
            .map(ascii_digit)
            .collect();
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, &text[..]),
        };
        let lower = rest.to_ascii_lowercase();
        if lower == "inf" || lower == "infinity" {
            return Some(Number::infinity(negative));
        }
        for (name, kind) in [("nan", Kind::Quiet), ("snan", Kind::Signaling)] {
            if let Some(payload) = lower.strip_prefix(name)
                && payload.bytes().all(|b| b.is_ascii_digit())
            {
                let digits = BigUint::parse_bytes(payload.as_bytes(), 10).unwrap_or_default();
                return Some(Number {
                    negative,
                    kind,
                    digits,
                    exponent: 0,
                });
            }
        }
        let (mantissa, exponent) = match lower.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (&lower[..], 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let all = [whole, fraction].concat();
        if !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = BigUint::parse_bytes(all.as_bytes(), 10)?;
        let exponent = exponent.saturating_sub(fraction.len() as i64);
        Some(Number::finite(negative, digits, exponent))
    }

    /// The number as text: `capital` for E, `engineering` for exponents that are
    /// multiples of three.
    pub fn show(&self, capital: bool, engineering: bool) -> String {
        let sign = if self.negative { "-" } else { "" };
        let payload = || match self.digits.is_zero() {
            true => String::new(),
            false => self.digits.to_string(),
        };
        match self.kind {
            Kind::Infinity => return format!("{sign}Infinity"),
            Kind::Quiet => return format!("{sign}NaN{}", payload()),
            Kind::Signaling => return format!("{sign}sNaN{}", payload()),
            Kind::Finite => {}
        }
        let digits = self.digits.to_string();
        let count = digits.len() as i64;
        let left = self.exponent + count;
        let dot = if self.exponent <= 0 && left > -6 {
            left
        } else if !engineering {
            1
        } else if self.is_zero() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        let text = if dot <= 0 {
            format!("0.{}{digits}", "0".repeat(dot.unsigned_abs() as usize))
        } else if dot >= count {
            format!("{digits}{}", "0".repeat((dot - count) as usize))
        } else {
            let (whole, fraction) = digits.split_at(dot as usize);
            format!("{whole}.{fraction}")
        };
        let letter = if capital { 'E' } else { 'e' };
        match left - dot {
            0 => format!("{sign}{text}"),
            exponent => format!("{sign}{text}{letter}{exponent:+}"),
        }
    }

    /// The number as an integer ratio in lowest terms, sign aside.
    pub fn ratio(&self) -> (BigUint, BigUint) {
        match self.exponent {
            n if n >= 0 => (&self.digits * ten_to(n as u64), BigUint::one()),
            n => {
                let bottom = ten_to(n.unsigned_abs());
                let common = self.digits.gcd(&bottom);
                (&self.digits / &common, bottom / common)
            }
        }
    }
}

/// A decimal digit of any script as the ASCII one.
fn ascii_digit(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let digit = capers_runtime::text::unicode::decimal_value(c as u32);
    digit.and_then(|d| char::from_digit(d, 10)).unwrap_or(c)
}

/// An exponent; one out of range is the nearest in range.
fn read_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    Some(if text.starts_with('-') { -size } else { size })
}
