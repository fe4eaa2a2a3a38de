//! Comparisons of the specification, and what looks at single digits.

use std::cmp::Ordering;

use num_bigint::BigUint;
use num_traits::Zero;

use super::arithmetic;
use super::number::{Kind, Number, ten_to};
use super::rounding::condition::*;
use super::rounding::{Rounding, Settings};

/// The order of two numbers that are no NaNs.
pub fn order(a: &Number, b: &Number) -> Ordering {
    let sign = |n: &Number| match (n.is_zero(), n.negative) {
        (true, _) => 0,
        (false, true) => -1,
        (false, false) => 1,
    };
    let (x, y) = (sign(a), sign(b));
    if x != y || x == 0 {
        return x.cmp(&y);
    }
    let sizes = match (a.is_infinite(), b.is_infinite()) {
        (false, false) => size_order(a, b),
        (p, q) => p.cmp(&q),
    };
    if x < 0 { sizes.reverse() } else { sizes }
}

/// The order of two finite numbers other than zero, signs aside.
fn size_order(a: &Number, b: &Number) -> Ordering {
    a.adjusted().cmp(&b.adjusted()).then_with(|| {
        let exponent = a.exponent.min(b.exponent);
        let aligned = |n: &Number| &n.digits * ten_to((n.exponent - exponent) as u64);
        aligned(a).cmp(&aligned(b))
    })
}

fn number_of(order: Ordering) -> Number {
    Number::small(order as i64)
}

/// `compare(a, b)`
pub fn compare(s: &mut Settings, a: &Number, b: &Number) -> Number {
    match s.nan_of(&[a, b]) {
        Some(nan) => nan,
        None => number_of(order(a, b)),
    }
}

/// As `compare`, with all NaNs signaling
pub fn compare_signal(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if a.is_nan() || b.is_nan() {
        s.raise(INVALID_OPERATION);
    }
    compare(s, a, b)
}

/// The total order, in which representations differ too.
pub fn total_order(a: &Number, b: &Number) -> Ordering {
    if a.negative != b.negative {
        return b.negative.cmp(&a.negative);
    }
    let rank = |n: &Number| match n.kind {
        Kind::Finite | Kind::Infinity => 0,
        Kind::Signaling => 1,
        Kind::Quiet => 2,
    };
    let order = rank(a).cmp(&rank(b)).then_with(|| match rank(a) {
        0 => order(&a.with_sign(false), &b.with_sign(false))
            .then_with(|| a.exponent.cmp(&b.exponent)),
        _ => a.digits.cmp(&b.digits),
    });
    if a.negative { order.reverse() } else { order }
}

/// `compare_total(a, b)`
pub fn compare_total(_: &mut Settings, a: &Number, b: &Number) -> Number {
    number_of(total_order(a, b))
}

/// `compare_total_mag(a, b)`
pub fn compare_total_mag(_: &mut Settings, a: &Number, b: &Number) -> Number {
    number_of(total_order(&a.with_sign(false), &b.with_sign(false)))
}

/// The greater or lesser, by `key`; a quiet NaN counts as missing.
fn choose(s: &mut Settings, a: &Number, b: &Number, greater: bool, by_size: bool) -> Number {
    let signaling = a.kind == Kind::Signaling || b.kind == Kind::Signaling;
    if a.is_nan() || b.is_nan() {
        let both = a.is_nan() && b.is_nan();
        if both || signaling {
            return s.nan_of(&[a, b]).unwrap_or_else(Number::nan);
        }
        let number = if a.is_nan() { b } else { a };
        return s.fix(number.clone());
    }
    let order = match by_size {
        true => order(&a.with_sign(false), &b.with_sign(false)),
        false => order(a, b),
    };
    let order = order.then_with(|| total_order(a, b));
    let first = if greater {
        order.is_ge()
    } else {
        order.is_lt()
    };
    s.fix(if first { a.clone() } else { b.clone() })
}

/// `max(a, b)`
pub fn max(s: &mut Settings, a: &Number, b: &Number) -> Number {
    choose(s, a, b, true, false)
}
/// `min(a, b)`
pub fn min(s: &mut Settings, a: &Number, b: &Number) -> Number {
    choose(s, a, b, false, false)
}
/// `max_mag(a, b)`
pub fn max_mag(s: &mut Settings, a: &Number, b: &Number) -> Number {
    choose(s, a, b, true, true)
}
/// `min_mag(a, b)`
pub fn min_mag(s: &mut Settings, a: &Number, b: &Number) -> Number {
    choose(s, a, b, false, true)
}

/// The next number above
pub fn next_plus(s: &mut Settings, a: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a]) {
        return nan;
    }
    step(s, a, false)
}

/// The next number below
pub fn next_minus(s: &mut Settings, a: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a]) {
        return nan;
    }
    step(s, a, true)
}

fn step(s: &Settings, a: &Number, down: bool) -> Number {
    if a.is_infinite() {
        return match a.negative == down {
            true => a.clone(),
            false => s.largest(a.negative),
        };
    }
    let mut quiet = s.clone();
    quiet.rounding = if down {
        Rounding::Floor
    } else {
        Rounding::Ceiling
    };
    let fixed = quiet.fix(a.clone());
    if order(&fixed, a) != Ordering::Equal {
        return fixed;
    }
    let tiny = Number::finite(down, 1u32.into(), s.etiny() - 1);
    arithmetic::add(&mut quiet, &fixed, &tiny)
}

/// The next number from `a` in the direction of `b`
pub fn next_toward(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    let down = match order(a, b) {
        Ordering::Equal => return a.with_sign(b.negative),
        order => order == Ordering::Greater,
    };
    let result = step(s, a, down);
    if result.is_infinite() {
        s.raise(OVERFLOW | INEXACT | ROUNDED);
    } else if result.adjusted() < s.emin {
        s.raise(UNDERFLOW | SUBNORMAL | INEXACT | ROUNDED);
        if result.is_zero() {
            s.raise(CLAMPED);
        }
    }
    result
}

/// `logb(a)`
pub fn logb(s: &mut Settings, a: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a]) {
        return nan;
    }
    if a.is_infinite() {
        return Number::infinity(false);
    }
    if a.is_zero() {
        s.raise(DIVISION_BY_ZERO);
        return Number::infinity(true);
    }
    s.fix(Number::small(a.adjusted()))
}

/// An operand that says by how much, within `most`.
fn amount(b: &Number, most: u64) -> Option<i64> {
    if !b.is_finite() || b.exponent != 0 || b.digits > BigUint::from(most) {
        return None;
    }
    let size = i64::try_from(&b.digits).ok()?;
    Some(if b.negative { -size } else { size })
}

/// `a * 10**b`
pub fn scaleb(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    let most = (2 * (s.emax as u64)).saturating_add(2 * s.precision);
    match amount(b, most) {
        None => s.invalid(INVALID_OPERATION),
        Some(_) if a.is_infinite() => a.clone(),
        Some(by) => {
            let exponent = a.exponent.saturating_add(by);
            s.fix(Number {
                exponent,
                ..a.clone()
            })
        }
    }
}

/// The digits moved by `b` places, within the precision
pub fn shift(s: &mut Settings, a: &Number, b: &Number) -> Number {
    move_digits(s, a, b, false)
}

/// The digits rotated by `b` places, within the precision
pub fn rotate(s: &mut Settings, a: &Number, b: &Number) -> Number {
    move_digits(s, a, b, true)
}

fn move_digits(s: &mut Settings, a: &Number, b: &Number, around: bool) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    let Some(by) = amount(b, s.precision) else {
        return s.invalid(INVALID_OPERATION);
    };
    if a.is_infinite() {
        return a.clone();
    }
    let digits = &a.digits % ten_to(s.precision);
    let digits = match (around, by >= 0) {
        (false, true) => digits * ten_to(by as u64) % ten_to(s.precision),
        (false, false) => digits / ten_to(by.unsigned_abs()),
        (true, _) => {
            let left = by.rem_euclid(s.precision as i64) as u64;
            let unit = ten_to(s.precision - left);
            (&digits % &unit) * ten_to(left) + &digits / unit
        }
    };
    Number {
        digits,
        ..a.clone()
    }
}

/// The digits of an operand of a logical operation: zeros and ones only.
fn bits(s: &Settings, a: &Number) -> Option<Vec<u8>> {
    if !a.is_finite() || a.negative || a.exponent != 0 {
        return None;
    }
    let mut text = a.digits.to_string().into_bytes();
    text.reverse();
    text.truncate(s.precision as usize);
    let digits: Vec<u8> = text.into_iter().map(|b| b - b'0').collect();
    digits.iter().all(|d| *d < 2).then_some(digits)
}

fn of_bits(digits: impl IntoIterator<Item = u8>) -> Number {
    let digits: Vec<u8> = digits.into_iter().collect();
    let digits = BigUint::from_radix_le(&digits, 10).unwrap_or_default();
    Number::finite(false, digits, 0)
}

fn logical(s: &mut Settings, a: &Number, b: &Number, op: fn(u8, u8) -> u8) -> Number {
    let (Some(x), Some(y)) = (bits(s, a), bits(s, b)) else {
        return s.invalid(INVALID_OPERATION);
    };
    let digit = |digits: &[u8], at: usize| digits.get(at).copied().unwrap_or(0);
    of_bits((0..x.len().max(y.len())).map(|at| op(digit(&x, at), digit(&y, at))))
}

/// `logical_and(a, b)`
pub fn logical_and(s: &mut Settings, a: &Number, b: &Number) -> Number {
    logical(s, a, b, |x, y| x & y)
}
/// `logical_or(a, b)`
pub fn logical_or(s: &mut Settings, a: &Number, b: &Number) -> Number {
    logical(s, a, b, |x, y| x | y)
}
/// `logical_xor(a, b)`
pub fn logical_xor(s: &mut Settings, a: &Number, b: &Number) -> Number {
    logical(s, a, b, |x, y| x ^ y)
}
/// `logical_invert(a)`
pub fn logical_invert(s: &mut Settings, a: &Number) -> Number {
    let Some(x) = bits(s, a) else {
        return s.invalid(INVALID_OPERATION);
    };
    let count = s.precision.min(1 << 24) as usize;
    of_bits((0..count).map(|at| 1 - x.get(at).copied().unwrap_or(0)))
}

/// Whether the number is normal in the context.
pub fn is_normal(s: &Settings, a: &Number) -> bool {
    a.is_finite() && !a.is_zero() && a.adjusted() >= s.emin
}

/// Whether the number is below the normal range.
pub fn is_subnormal(s: &Settings, a: &Number) -> bool {
    a.is_finite() && !a.is_zero() && a.adjusted() < s.emin
}

/// The name of the number's class.
pub fn class_of(s: &Settings, a: &Number) -> &'static str {
    match (a.kind, a.negative) {
        (Kind::Signaling, _) => "sNaN",
        (Kind::Quiet, _) => "NaN",
        (Kind::Infinity, false) => "+Infinity",
        (Kind::Infinity, true) => "-Infinity",
        (Kind::Finite, false) if a.digits.is_zero() => "+Zero",
        (Kind::Finite, true) if a.digits.is_zero() => "-Zero",
        (Kind::Finite, false) if is_subnormal(s, a) => "+Subnormal",
        (Kind::Finite, true) if is_subnormal(s, a) => "-Subnormal",
        (Kind::Finite, false) => "+Normal",
        (Kind::Finite, true) => "-Normal",
    }
}

/// Whether two numbers have the same exponent, or are of the same special kind.
pub fn same_quantum(a: &Number, b: &Number) -> bool {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => a.exponent == b.exponent,
        (false, false) => a.is_nan() == b.is_nan(),
        _ => false,
    }
}
