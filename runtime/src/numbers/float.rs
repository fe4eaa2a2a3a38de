//! What float computes: floor division, powers, rounding, hash; and the text that `float()` reads.

use num_bigint::BigInt;

use super::int::{self, HASH_MODULUS, IntRef, IntValue};
use super::int_text::trim;
use super::{Complex, NumberError, Result, complex, int_float};

/// `x // y` and `x % y`.
///
/// # Errors
/// ZeroDivisionError.
pub fn div_mod(x: f64, y: f64) -> Result<(f64, f64)> {
    if y == 0.0 {
        return Err(NumberError::division_by_zero());
    }
    let mut remainder = x % y;
    // Nearly whole: x minus its exact remainder is a multiple of y.
    let mut quotient = (x - remainder) / y;
    if remainder == 0.0 {
        remainder = 0.0f64.copysign(y);
    } else if (y < 0.0) != (remainder < 0.0) {
        remainder += y;
        quotient -= 1.0;
    }
    let floored = if quotient == 0.0 {
        0.0f64.copysign(x / y)
    } else {
        let floor = quotient.floor();
        if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    };
    Ok((floored, remainder))
}

/// `x // y`.
pub fn floor_div(x: f64, y: f64) -> Result<f64> {
    Ok(div_mod(x, y)?.0)
}

/// `x % y`: has the sign of `y`.
pub fn modulo(x: f64, y: f64) -> Result<f64> {
    Ok(div_mod(x, y)?.1)
}

/// `x / y`.
#[inline]
pub fn true_div(x: f64, y: f64) -> Result<f64> {
    if y == 0.0 {
        return Err(NumberError::division_by_zero());
    }
    Ok(x / y)
}

/// `x ** y`: a negative base with a fractional exponent leaves the reals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FloatPower {
    /// A float.
    Real(f64),
    /// A complex number.
    Complex(Complex),
}

/// `x ** y`.
///
/// # Errors
/// ZeroDivisionError for a negative power of 0; OverflowError for a finite result that is too large.
pub fn pow(x: f64, y: f64) -> Result<FloatPower> {
    if x.is_finite() && y.is_finite() {
        if x == 0.0 && y < 0.0 {
            return Err(NumberError::new(
                super::ErrorKind::ZeroDivision,
                "zero to a negative power",
            ));
        }
        if x < 0.0 && y != y.floor() {
            return complex::pow(x.into(), y.into()).map(FloatPower::Complex);
        }
    }
    // IEEE 754 has the same results as Python for the special values.
    let power = x.powf(y);
    if power.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(NumberError::range());
    }
    Ok(FloatPower::Real(power))
}

/// The hash of every NaN. CPython hashes a NaN by its address; the address of one
/// that is gone goes to the next, so two NaNs made in turn hash alike there too.
pub const NAN_HASH: i64 = 0;

/// `hash(x)`.
pub fn hash(x: f64) -> i64 {
    if x.is_nan() {
        return NAN_HASH;
    }
    if x.is_infinite() {
        return if x > 0.0 { 314159 } else { -314159 };
    }
    let (mantissa, exponent) = int_float::decompose(x);
    // Modulo 2**61 - 1 a power of two is a rotation of 61 bits.
    let turn = exponent.rem_euclid(61);
    let wide = u128::from(mantissa) << turn;
    let magnitude = (wide % u128::from(HASH_MODULUS)) as u64;
    int::finish_hash(magnitude, x < 0.0)
}

/// `round(x)`: to the nearest integer, halves to even.
///
/// # Errors
/// For infinities and NaNs, as `int(x)`.
pub fn round(x: f64) -> Result<IntValue> {
    int_float::from_float(x.round_ties_even())
}

/// `round(x, digits)`: the float nearest to `x` rounded in exact decimal, halves to even.
///
/// # Errors
/// OverflowError when rounding up leaves the range.
pub fn round_digits(x: f64, digits: i64) -> Result<f64> {
    if !x.is_finite() || x == 0.0 || digits > 323 {
        return Ok(x);
    }
    if digits < -308 {
        return Ok(0.0 * x);
    }
    let rounded = if digits >= 0 {
        format!("{x:.*}", digits as usize).parse()
    } else {
        // Written with an exponent, `kept` digits stay before the place that is rounded at.
        let exponent = super::float_text::decimal_exponent(x);
        let kept = exponent + 1 + digits;
        match usize::try_from(kept - 1) {
            Ok(places) => format!("{x:.places$e}").parse(),
            // Nothing is kept: the result is one unit or none, and exactly half is none.
            Err(_) if kept == 0 && exceeds_half(x.abs(), digits.unsigned_abs()) => {
                format!("1e{}", -digits)
                    .parse()
                    .map(|unit: f64| unit.copysign(x))
            }
            Err(_) => Ok(0.0f64.copysign(x)),
        }
    };
    match rounded {
        Ok(value) if f64::is_finite(value) => Ok(value),
        _ => Err(NumberError::overflow(
            "rounded value too large to represent",
        )),
    }
}

/// Whether `x` is above half of 10 to the power `places`, exactly: half a unit need not be a float.
fn exceeds_half(x: f64, places: u64) -> bool {
    let half = num_traits::pow(BigInt::from(10), places as usize) / 2;
    int_float::compare(IntRef::Big(&half), x).is_some_and(|order| order.is_lt())
}

/// `float(text)`; `None` when it is none, and the caller words the error, which quotes the object:
/// `could not convert string to float: 'x'`.
///
/// Decimal digits and white space of other scripts have been mapped to ASCII by the caller.
pub fn parse(text: &[u8]) -> Option<f64> {
    let text = without_underscores(trim(text))?;
    // Rust reads what Python does, the words for infinities and NaNs in any case included.
    std::str::from_utf8(&text).ok()?.parse().ok()
}

/// Drops underscores, each of which must stand between two digits.
pub(super) fn without_underscores(text: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    if !text.contains(&b'_') {
        return Some(text.into());
    }
    let digit = |at: Option<usize>| {
        at.and_then(|at| text.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let fine = (0..text.len())
        .filter(|&at| text.get(at) == Some(&b'_'))
        .all(|at| digit(at.checked_sub(1)) && digit(Some(at + 1)));
    fine.then(|| text.iter().copied().filter(|&byte| byte != b'_').collect())
}

/// `float.is_integer`.
pub fn is_integer(x: f64) -> bool {
    x.is_finite() && x == x.trunc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_like_python() {
        let nan = f64::NAN.to_bits();
        for (x, y, quotient, remainder) in [
            (-7.5, 2.0, -4.0, 0.5),
            (5.0, -3.0, -2.0, -1.0),
            (-0.0, 3.0, -0.0, 0.0),
            (0.0, -3.0, -0.0, -0.0),
            (5.0, f64::INFINITY, 0.0, 5.0),
            (-5.0, f64::INFINITY, -1.0, f64::INFINITY),
            (1.0, 0.1, 9.0, 0.09999999999999995),
            (0.9, 0.3, 3.0, 5.551115123125783e-17),
            (f64::INFINITY, 2.0, f64::NAN, f64::NAN),
        ] {
            let got = div_mod(x, y).unwrap();
            for (got, want) in [(got.0, quotient), (got.1, remainder)] {
                let bits = |x: f64| if x.is_nan() { nan } else { x.to_bits() };
                assert_eq!(bits(got), bits(want), "{x} {y}: {got} {want}");
            }
        }
        assert_eq!(div_mod(1.0, 0.0).unwrap_err().message, "division by zero");
    }

    #[test]
    fn raises_like_python() {
        let inf = f64::INFINITY;
        for (x, y, want) in [
            (-2.0, inf, inf),
            (-1.0, inf, 1.0),
            (1.0, f64::NAN, 1.0),
            (f64::NAN, 0.0, 1.0),
            (0.0, -inf, inf),
            (inf, -1.0, 0.0),
            (-inf, 3.0, -inf),
            (-inf, -3.0, -0.0),
            (-inf, 0.5, inf),
            (-2.0, -1081.0, -0.0),
            (5e-324, 0.5, 2.2227587494850775e-162),
        ] {
            assert_eq!(pow(x, y), Ok(FloatPower::Real(want)), "{x} {y}");
        }
        assert_eq!(pow(10.0, 400.0), Err(NumberError::range()));
        assert_eq!(
            pow(-0.0, -1.5).unwrap_err().message,
            "zero to a negative power"
        );
        assert!(matches!(pow(-8.0, 0.5), Ok(FloatPower::Complex(_))));
    }

    #[test]
    fn rounds_in_decimal() {
        for (x, digits, want) in [
            (2.675, 2, 2.67),
            (1.005, 2, 1.0),
            (0.25, 1, 0.2),
            (0.05, 1, 0.1),
            (5e-324, 400, 5e-324),
            (5.5, -400, 0.0),
            (123456.789, -1, 123460.0),
            (1e22, -21, 1e22),
            (5.0, -1, 0.0),
            (15.0, -1, 20.0),
            (6.0, -1, 10.0),
            (-4.0, -1, -0.0),
            (1e308, -308, 1e308),
            (40.0, -3, 0.0),
            (-51.0, -2, -100.0),
            (5e22, -23, 0.0),
            // The float is a little above.
            (5e299, -300, 1e300),
        ] {
            assert_eq!(round_digits(x, digits), Ok(want), "{x} {digits}");
        }
        assert_eq!(
            round_digits(1.7e308, -308).unwrap_err().message,
            "rounded value too large to represent"
        );
        assert_eq!(round(2.5), Ok(2.into()));
        assert_eq!(round(-0.4), Ok(0.into()));
    }

    #[test]
    fn hashes_like_python() {
        for (x, want) in [
            (1.5, 1152921504606846977),
            (0.1, 230584300921369408),
            (-1.0, -2),
            (1e300, 1224995262755759164),
            (5e-324, 16777216),
            (-2.5, -1152921504606846978),
        ] {
            assert_eq!(hash(x), want, "{x}");
        }
    }

    #[test]
    fn reads_what_float_reads() {
        for (text, want) in [
            (" 1.5 ", Some(1.5)),
            ("-1E-3", Some(-0.001)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1_000.5", Some(1000.5)),
            ("1e1_0", Some(1e10)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("+inf", Some(f64::INFINITY)),
            ("1e400", Some(f64::INFINITY)),
            ("1e-99999999999999999999", Some(0.0)),
            ("", None),
            (".", None),
            ("e5", None),
            ("1e", None),
            ("0x10", None),
            ("1__0", None),
            ("1_", None),
            ("1_.5", None),
            ("1e_1", None),
            ("1 2", None),
            ("infi", None),
            ("--1", None),
            ("1\0", None),
        ] {
            assert_eq!(parse(text.as_bytes()), want, "{text:?}");
        }
        assert!(parse(b"-NaN").is_some_and(f64::is_nan));
    }
}
