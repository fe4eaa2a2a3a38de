//! The arithmetic of the specification: sums, products, quotients, and what
//! changes exponents.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::Zero;

use super::number::{Number, ten_to};
use super::rounding::condition::*;
use super::rounding::{Rounding, Settings};

/// `a + b`
pub fn add(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) if a.negative != b.negative => return s.invalid(INVALID_OPERATION),
        (true, _) => return a.clone(),
        (_, true) => return b.clone(),
        _ => {}
    }
    let sum = exact_sum(s, a, b);
    s.fix(sum)
}

/// The sum before it is rounded. A number too small to be seen is replaced by a
/// nearer one that rounds alike.
fn exact_sum(s: &Settings, a: &Number, b: &Number) -> Number {
    let exponent = a.exponent.min(b.exponent);
    let negative_zero = s.rounding == Rounding::Floor;
    if a.is_zero() && b.is_zero() {
        let negative = match a.negative == b.negative {
            true => a.negative,
            false => negative_zero,
        };
        return Number::finite(negative, BigUint::ZERO, exponent);
    }
    for (x, y) in [(a, b), (b, a)] {
        if x.is_zero() {
            let exponent = exponent.max(y.exponent - s.precision.min(1 << 40) as i64 - 1);
            return match exponent < y.exponent {
                true => {
                    let digits = &y.digits * ten_to((y.exponent - exponent) as u64);
                    Number::finite(y.negative, digits, exponent)
                }
                false => y.clone(),
            };
        }
    }
    let (big, small) = if a.exponent >= b.exponent {
        (a, b)
    } else {
        (b, a)
    };
    let precision = s.precision.min(1 << 40) as i64;
    let floor = big.exponent.min(big.adjusted() - precision - 2);
    let replaced;
    let small = match small.adjusted() < floor.saturating_sub(1) {
        true => {
            replaced = Number::finite(small.negative, 1u32.into(), floor.saturating_sub(2));
            &replaced
        }
        false => small,
    };
    let exponent = big.exponent.min(small.exponent);
    let aligned = |n: &Number| {
        let digits = &n.digits * ten_to((n.exponent - exponent) as u64);
        let sign = if n.negative { Sign::Minus } else { Sign::Plus };
        BigInt::from_biguint(sign, digits)
    };
    let sum = aligned(big) + aligned(small);
    let negative = match sum.sign() {
        Sign::NoSign => negative_zero,
        sign => sign == Sign::Minus,
    };
    Number::finite(negative, sum.into_parts().1, exponent)
}

/// `a - b`
pub fn subtract(s: &mut Settings, a: &Number, b: &Number) -> Number {
    match s.nan_of(&[a, b]) {
        Some(nan) => nan,
        None => add(s, a, &b.negated()),
    }
}

fn product(s: &mut Settings, a: &Number, b: &Number) -> Number {
    let negative = a.negative != b.negative;
    if a.is_infinite() || b.is_infinite() {
        if a.is_zero() || b.is_zero() {
            return s.invalid(INVALID_OPERATION);
        }
        return Number::infinity(negative);
    }
    Number::finite(
        negative,
        &a.digits * &b.digits,
        a.exponent.saturating_add(b.exponent),
    )
}

/// `a * b`
pub fn multiply(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    let product = product(s, a, b);
    s.fix(product)
}

/// `a * b + c` rounded once
pub fn fma(s: &mut Settings, a: &Number, b: &Number, c: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    let product = product(s, a, b);
    match product.is_nan() {
        true => product,
        false => add(s, &product, c),
    }
}

/// `a / b`
pub fn divide(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        return match b.is_infinite() {
            true => s.invalid(INVALID_OPERATION),
            false => Number::infinity(negative),
        };
    }
    if b.is_infinite() {
        s.raise(CLAMPED);
        return Number::finite(negative, BigUint::ZERO, s.etiny());
    }
    if b.is_zero() {
        if a.is_zero() {
            return s.invalid(DIVISION_UNDEFINED);
        }
        s.raise(DIVISION_BY_ZERO);
        return Number::infinity(negative);
    }
    let ideal = a.exponent.saturating_sub(b.exponent);
    if a.is_zero() {
        return s.fix(Number::finite(negative, BigUint::ZERO, ideal));
    }
    let shift = b.length() as i64 - a.length() as i64 + s.precision as i64 + 1;
    let mut exponent = ideal - shift;
    let (top, bottom) = match shift >= 0 {
        true => (&a.digits * ten_to(shift as u64), b.digits.clone()),
        false => (a.digits.clone(), &b.digits * ten_to(shift.unsigned_abs())),
    };
    let (mut quotient, rest) = top.div_rem(&bottom);
    if !rest.is_zero() {
        // A last digit that tells that something follows.
        if (&quotient % 5u32).is_zero() {
            quotient += 1u32;
        }
    } else {
        (quotient, exponent) = strip(quotient, exponent, ideal);
    }
    s.fix(Number::finite(negative, quotient, exponent))
}

/// Takes zeros off the end until the exponent is `most`.
pub fn strip(mut digits: BigUint, mut exponent: i64, most: i64) -> (BigUint, i64) {
    while exponent < most {
        let (quotient, rest) = digits.div_rem(&BigUint::from(10u32));
        if !rest.is_zero() {
            break;
        }
        digits = quotient;
        exponent += 1;
    }
    (digits, exponent)
}

/// The integer quotient and the remainder, where the first fits the precision.
fn divide_whole(s: &mut Settings, a: &Number, b: &Number) -> Option<(Number, Number)> {
    let negative = a.negative != b.negative;
    let exponent = match b.is_infinite() {
        true => a.exponent,
        false => a.exponent.min(b.exponent),
    };
    if a.is_zero() || b.is_infinite() || a.adjusted() - b.adjusted() <= -2 {
        let rest = rescale(s, a, exponent);
        return Some((Number::finite(negative, BigUint::ZERO, 0), rest));
    }
    if a.adjusted() - b.adjusted() <= s.precision.min(1 << 40) as i64 {
        let top = &a.digits * ten_to((a.exponent - exponent) as u64);
        let bottom = &b.digits * ten_to((b.exponent - exponent) as u64);
        let (quotient, rest) = top.div_rem(&bottom);
        if quotient < ten_to(s.precision) {
            return Some((
                Number::finite(negative, quotient, 0),
                Number::finite(a.negative, rest, exponent),
            ));
        }
    }
    s.raise(DIVISION_IMPOSSIBLE);
    None
}

fn rescale(s: &Settings, n: &Number, exponent: i64) -> Number {
    match n.is_zero() || n.exponent < exponent {
        true if n.is_zero() => Number::finite(n.negative, BigUint::ZERO, exponent),
        true => {
            let drop = (exponent - n.exponent) as u64;
            let (digits, _) = s.shorten(n.negative, &n.digits, drop);
            Number::finite(n.negative, digits, exponent)
        }
        false => {
            let digits = &n.digits * ten_to((n.exponent - exponent) as u64);
            Number::finite(n.negative, digits, exponent)
        }
    }
}

/// `a // b`, toward zero
pub fn divide_int(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        return match b.is_infinite() {
            true => s.invalid(INVALID_OPERATION),
            false => Number::infinity(negative),
        };
    }
    if b.is_zero() {
        if a.is_zero() {
            return s.invalid(DIVISION_UNDEFINED);
        }
        s.raise(DIVISION_BY_ZERO);
        return Number::infinity(negative);
    }
    match divide_whole(s, a, b) {
        Some((quotient, _)) => s.fix(quotient),
        None => Number::nan(),
    }
}

/// `a % b`, of the sign of `a`
pub fn remainder(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    if a.is_infinite() {
        return s.invalid(INVALID_OPERATION);
    }
    if b.is_zero() {
        return s.invalid(match a.is_zero() {
            true => DIVISION_UNDEFINED,
            false => INVALID_OPERATION,
        });
    }
    match divide_whole(s, a, b) {
        Some((_, rest)) => s.fix(rest),
        None => Number::nan(),
    }
}

/// Both, for `divmod`.
pub fn divide_both(s: &mut Settings, a: &Number, b: &Number) -> (Number, Number) {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return (nan.clone(), nan);
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        let rest = s.invalid(INVALID_OPERATION);
        return match b.is_infinite() {
            true => (Number::nan(), rest),
            false => (Number::infinity(negative), rest),
        };
    }
    if b.is_zero() {
        if a.is_zero() {
            let nan = s.invalid(DIVISION_UNDEFINED);
            return (nan.clone(), nan);
        }
        s.raise(DIVISION_BY_ZERO | INVALID_OPERATION);
        return (Number::infinity(negative), Number::nan());
    }
    match divide_whole(s, a, b) {
        Some((quotient, rest)) => (s.fix(quotient), s.fix(rest)),
        None => (Number::nan(), Number::nan()),
    }
}

/// The remainder nearest to zero
pub fn remainder_near(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    if a.is_infinite() {
        return s.invalid(INVALID_OPERATION);
    }
    if b.is_zero() {
        return s.invalid(match a.is_zero() {
            true => DIVISION_UNDEFINED,
            false => INVALID_OPERATION,
        });
    }
    if b.is_infinite() {
        return s.fix(a.clone());
    }
    let exponent = a.exponent.min(b.exponent);
    if a.is_zero() {
        return s.fix(Number::finite(a.negative, BigUint::ZERO, exponent));
    }
    let distance = a.adjusted() - b.adjusted();
    if distance > s.precision.min(1 << 40) as i64 {
        return s.invalid(DIVISION_IMPOSSIBLE);
    }
    if distance <= -2 {
        let rest = rescale(s, a, exponent);
        return s.fix(rest);
    }
    let top = &a.digits * ten_to((a.exponent - exponent) as u64);
    let bottom = &b.digits * ten_to((b.exponent - exponent) as u64);
    let (mut quotient, mut rest) = top.div_rem(&bottom);
    let mut negative = a.negative;
    let twice: BigUint = &rest * 2u32 + u32::from(quotient.is_odd());
    if twice > bottom {
        rest = bottom - rest;
        negative = !negative;
        quotient += 1u32;
    }
    if quotient >= ten_to(s.precision) {
        return s.invalid(DIVISION_IMPOSSIBLE);
    }
    s.fix(Number::finite(negative, rest, exponent))
}

/// `+a`
pub fn plus(s: &mut Settings, a: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a]) {
        return nan;
    }
    let positive = a.is_zero() && s.rounding != Rounding::Floor;
    s.fix(a.with_sign(a.negative && !positive))
}

/// `-a`
pub fn minus(s: &mut Settings, a: &Number) -> Number {
    match s.nan_of(&[a]) {
        Some(nan) => nan,
        None => plus(s, &a.negated()),
    }
}

/// `abs(a)`
pub fn abs(s: &mut Settings, a: &Number) -> Number {
    match s.nan_of(&[a]) {
        Some(nan) => nan,
        None => s.fix(a.with_sign(false)),
    }
}

/// Without zeros at the end
pub fn normalize(s: &mut Settings, a: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a]) {
        return nan;
    }
    let fixed = s.fix(a.clone());
    if !fixed.is_finite() {
        return fixed;
    }
    if fixed.is_zero() {
        return Number::finite(fixed.negative, BigUint::ZERO, 0);
    }
    let most = if s.clamp { s.etop() } else { s.emax };
    let (digits, exponent) = strip(fixed.digits, fixed.exponent, most);
    Number::finite(fixed.negative, digits, exponent)
}

/// `a` with the exponent of `b`
pub fn quantize(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return a.clone(),
        (false, false) => {}
        _ => return s.invalid(INVALID_OPERATION),
    }
    let exponent = b.exponent;
    if exponent < s.etiny() || exponent > s.emax {
        return s.invalid(INVALID_OPERATION);
    }
    if a.is_zero() {
        return s.fix(Number::finite(a.negative, BigUint::ZERO, exponent));
    }
    let adjusted = a.adjusted();
    if adjusted > s.emax || adjusted - exponent >= s.precision as i64 {
        return s.invalid(INVALID_OPERATION);
    }
    let drop = exponent.saturating_sub(a.exponent);
    let exact;
    let result = if drop <= 0 {
        exact = true;
        rescale(s, a, exponent)
    } else {
        let (digits, drop) = match drop as u64 > a.length() {
            true => (BigUint::from(1u32), 2),
            false => (a.digits.clone(), drop as u64),
        };
        let (digits, was_exact) = s.shorten(a.negative, &digits, drop);
        exact = was_exact;
        Number::finite(a.negative, digits, exponent)
    };
    if result.adjusted() > s.emax || result.length() > s.precision {
        return s.invalid(INVALID_OPERATION);
    }
    if !result.is_zero() && result.adjusted() < s.emin {
        s.raise(SUBNORMAL);
    }
    if drop > 0 {
        s.raise(ROUNDED);
        if !exact {
            s.raise(INEXACT);
        }
    }
    s.fix(result)
}

/// The nearest integer; the conditions only where `exactly`
pub fn to_integral(s: &mut Settings, a: &Number, exactly: bool) -> Number {
    if let Some(nan) = s.nan_of(&[a]) {
        return nan;
    }
    if a.is_infinite() || a.exponent >= 0 {
        return a.clone();
    }
    if a.is_zero() {
        return Number::finite(a.negative, BigUint::ZERO, 0);
    }
    let (digits, drop) = match a.exponent.unsigned_abs() > a.length() {
        true => (BigUint::from(1u32), 2),
        false => (a.digits.clone(), a.exponent.unsigned_abs()),
    };
    let (digits, exact) = s.shorten(a.negative, &digits, drop);
    if exactly {
        s.raise(ROUNDED);
        if !exact {
            s.raise(INEXACT);
        }
    }
    Number::finite(a.negative, digits, 0)
}
