//! Between integers and floats: conversion with a single rounding, true division, exact comparison.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

use super::int::{self, IntRef, IntValue};
use super::{NumberError, Result};
use IntRef::{Big, Small};

/// The exponent of a float's last bit when the float is as small as can be.
const MIN_EXPONENT: i64 = -1074;

/// `±mantissa * 2**exponent` rounded once, half to even; `sticky` says that a little more was cut off.
///
/// Infinite when too large.
pub(super) fn compose(negative: bool, mantissa: u128, exponent: i64, sticky: bool) -> f64 {
    let bits = i64::from(128 - mantissa.leading_zeros());
    let last = exponent.saturating_add(bits - 53).max(MIN_EXPONENT);
    let cut = last.saturating_sub(exponent);
    let kept = if mantissa == 0 || cut > 128 {
        0
    } else if cut <= 0 {
        // At most 53 bits, so the shift stays within them.
        (mantissa << -cut) as u64
    } else {
        let whole = if cut == 128 { 0 } else { mantissa >> cut };
        let half = 1u128 << (cut - 1);
        let rest = if cut == 128 {
            mantissa
        } else {
            mantissa & ((1 << cut) - 1)
        };
        let up = rest > half || rest == half && (sticky || whole & 1 == 1);
        whole as u64 + u64::from(up)
    };
    if kept == 0 {
        return if negative { -0.0 } else { 0.0 };
    }
    // Adding lets the mantissa's top bit, and a carry out of rounding, step the exponent.
    let magnitude = match u64::try_from(last - MIN_EXPONENT) {
        Ok(step) if step < 2046 => f64::from_bits((step << 52) + kept),
        _ => f64::INFINITY,
    };
    if negative { -magnitude } else { magnitude }
}

/// The top 64 bits of a magnitude, the exponent that was taken out, and whether ones were cut off.
fn leading_bits(n: &BigInt) -> (u64, u64, bool) {
    let magnitude = n.magnitude();
    let cut = magnitude.bits().saturating_sub(64);
    let top = (magnitude >> cut).to_u64().unwrap_or(u64::MAX);
    let sticky = magnitude.trailing_zeros().is_some_and(|zeros| zeros < cut);
    (top, cut, sticky)
}

/// The nearest float, halves to even.
///
/// # Errors
/// OverflowError past the largest float.
#[inline]
pub fn to_float(a: IntRef<'_>) -> Result<f64> {
    let too_large = || NumberError::overflow("int too large to convert to float");
    match a {
        Small(n) => Ok(n as f64),
        Big(n) => {
            let (top, cut, sticky) = leading_bits(n);
            let exponent = i64::try_from(cut).map_err(|_| too_large())?;
            let value = compose(a.is_negative(), top.into(), exponent, sticky);
            if value.is_finite() {
                Ok(value)
            } else {
                Err(too_large())
            }
        }
    }
}

/// `(m, e)` with `a == m * 2**e` nearly, 0.5 <= |m| < 1: for logarithms of integers past any float.
pub fn frexp(a: IntRef<'_>) -> (f64, u64) {
    if a.is_zero() {
        return (0.0, 0);
    }
    let big = a.to_big();
    let (top, cut, sticky) = leading_bits(&big);
    let bits = i64::from(64 - top.leading_zeros());
    let mantissa = compose(a.is_negative(), top.into(), -bits, sticky);
    let exponent = cut + bits as u64;
    if mantissa.abs() == 1.0 {
        (mantissa / 2.0, exponent + 1)
    } else {
        (mantissa, exponent)
    }
}

/// `int(x)`: towards zero, exact.
///
/// # Errors
/// OverflowError for an infinity, ValueError for a NaN.
#[inline]
pub fn from_float(x: f64) -> Result<IntValue> {
    if x.is_nan() {
        return Err(NumberError::value("cannot convert float NaN to integer"));
    }
    if x.is_infinite() {
        return Err(NumberError::overflow(
            "cannot convert float infinity to integer",
        ));
    }
    // Both bounds are floats; the upper one is the first that does not fit.
    if (-9223372036854775808.0..9223372036854775808.0).contains(&x) {
        return Ok(IntValue::Small(x as i64));
    }
    let (mantissa, exponent) = decompose(x);
    let magnitude = BigInt::from(mantissa) << exponent.max(0);
    Ok(if x < 0.0 { -magnitude } else { magnitude }.into())
}

/// The mantissa and exponent of a finite float: `|x| == mantissa * 2**exponent` exactly.
pub fn decompose(x: f64) -> (u64, i64) {
    let bits = x.to_bits();
    let field = (bits >> 52 & 0x7FF) as i64;
    let fraction = bits & ((1 << 52) - 1);
    if field == 0 {
        (fraction, MIN_EXPONENT)
    } else {
        (fraction | 1 << 52, field - 1 + MIN_EXPONENT)
    }
}

/// Orders an integer and a float by their exact values; `None` for a NaN.
pub fn compare(a: IntRef<'_>, x: f64) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    let whole = x.trunc();
    let integer = from_float(whole).ok()?;
    // With equal whole parts the fraction decides.
    Some(
        int::compare(a, integer.as_ref())
            .then_with(|| 0.0f64.partial_cmp(&(x - whole)).unwrap_or(Ordering::Equal)),
    )
}

/// `a / b`: the quotient rounded once, whatever the sizes.
///
/// # Errors
/// ZeroDivisionError; OverflowError past the largest float.
pub fn true_div(a: IntRef<'_>, b: IntRef<'_>) -> Result<f64> {
    const EXACT: i64 = 1 << 53;
    if b.is_zero() {
        return Err(NumberError::division_by_zero());
    }
    if let (Small(x), Small(y)) = (a, b)
        && (-EXACT..=EXACT).contains(&x)
        && (-EXACT..=EXACT).contains(&y)
    {
        return Ok(x as f64 / y as f64);
    }
    let too_large = || NumberError::overflow("integer division result too large for a float");
    let negative = a.is_negative() != b.is_negative();
    let zero = if negative { -0.0 } else { 0.0 };
    if a.is_zero() {
        return Ok(zero);
    }
    let difference = i128::from(a.bit_length()) - i128::from(b.bit_length());
    if difference > 1024 {
        return Err(too_large());
    }
    if difference < -1080 {
        return Ok(zero);
    }
    // Scaled so that the whole quotient has 66 or 67 bits: more than are kept, and they fit.
    let shift = 66 - difference as i64;
    let (a, b) = (a.to_big(), b.to_big());
    let (dividend, divisor) = if shift >= 0 {
        (a.magnitude() << shift, b.magnitude().clone())
    } else {
        (a.magnitude().clone(), b.magnitude() << -shift)
    };
    let (quotient, remainder) = dividend.div_rem(&divisor);
    let quotient = quotient.to_u128().unwrap_or(u128::MAX);
    let value = compose(negative, quotient, -shift, !remainder.is_zero());
    if value.is_finite() {
        Ok(value)
    } else {
        Err(too_large())
    }
}

/// The exact ratio of a float, in lowest terms and with a positive denominator.
///
/// # Errors
/// OverflowError for an infinity, ValueError for a NaN.
pub fn as_integer_ratio(x: f64) -> Result<(IntValue, IntValue)> {
    if x.is_nan() {
        return Err(NumberError::value("cannot convert NaN to integer ratio"));
    }
    if x.is_infinite() {
        return Err(NumberError::overflow(
            "cannot convert Infinity to integer ratio",
        ));
    }
    let (mantissa, exponent) = decompose(x);
    if mantissa == 0 {
        return Ok((0.into(), 1.into()));
    }
    let zeros = i64::from(mantissa.trailing_zeros());
    let exponent = exponent + zeros;
    let sign = if x < 0.0 { Sign::Minus } else { Sign::Plus };
    let odd = BigInt::from_biguint(sign, (mantissa >> zeros).into());
    Ok(if exponent >= 0 {
        ((odd << exponent).into(), 1.into())
    } else {
        (
            odd.into(),
            super::bits::power_of_two(exponent.unsigned_abs()).into(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(base: i64, exponent: u32) -> BigInt {
        BigInt::from(base).pow(exponent)
    }

    #[test]
    fn converts_with_one_rounding() {
        let two_53 = power(2, 53);
        for (n, want) in [
            (&two_53 * 2048 + 1024, 18446744073709551616.0),
            (&two_53 * 2048 + 1025, 18446744073709551616.0),
            (&two_53 * 2048 + 2048, 18446744073709551616.0),
            (&two_53 * 2048 + 2049, 18446744073709555712.0),
            (&two_53 * 2048 + 6144, 18446744073709559808.0),
            (power(10, 30), 1e30),
            (-power(10, 300), -1e300),
        ] {
            assert_eq!(to_float(Big(&n)).unwrap(), want, "{n}");
        }
        let edge: BigInt = power(2, 1024) - power(2, 970);
        assert!(to_float(Big(&edge)).is_err());
        assert_eq!(to_float(Big(&(edge - 1))).unwrap(), f64::MAX);
    }

    #[test]
    fn divides_with_one_rounding() {
        let div = |a: &BigInt, b: &BigInt| true_div(Big(a), Big(b));
        assert_eq!(div(&power(10, 400), &power(10, 399)), Ok(10.0));
        assert_eq!(div(&power(10, 1), &power(-10, 401)), Ok(-0.0));
        assert_eq!(div(&1.into(), &power(2, 1074)), Ok(5e-324));
        assert_eq!(div(&1.into(), &power(2, 1075)), Ok(0.0));
        assert_eq!(div(&3.into(), &power(2, 1075)), Ok(1e-323));
        assert!(div(&power(10, 400), &1.into()).is_err());
        assert_eq!(
            true_div(Small(i64::MAX), Small(3)),
            Ok(3074457345618258602.3)
        );
    }

    #[test]
    fn compares_exactly() {
        for (n, x, want) in [
            (9007199254740993, 9007199254740992.0, Ordering::Greater),
            (1, 1.5, Ordering::Less),
            (-1, -1.5, Ordering::Greater),
            (0, -0.0, Ordering::Equal),
            (i64::MAX, 9223372036854775808.0, Ordering::Less),
            (0, f64::NEG_INFINITY, Ordering::Greater),
        ] {
            assert_eq!(compare(Small(n), x), Some(want), "{n} {x}");
        }
        assert_eq!(compare(Small(0), f64::NAN), None);
    }

    #[test]
    fn gives_ratios() {
        let ratio = |x| as_integer_ratio(x).unwrap();
        assert_eq!(
            ratio(0.1),
            (3602879701896397i64.into(), 36028797018963968i64.into())
        );
        assert_eq!(ratio(-2.5), ((-5).into(), 2.into()));
        assert_eq!(ratio(5e-324).1, power(2, 1074).into());
    }
}
