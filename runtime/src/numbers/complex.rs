//! Complex numbers: arithmetic with C99's care for infinities, powers, repr and parsing.
//!
//! Operations of a complex and a real have functions of their own: the real number is not given an
//! imaginary zero first, so signs of zeros and infinities stay as they are.

use super::float::without_underscores;
use super::float_text::repr as float_repr;
use super::int_text::trim;
use super::{ErrorKind, NumberError, Result};

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    /// The real part.
    pub real: f64,
    /// The imaginary part.
    pub imag: f64,
}

impl From<f64> for Complex {
    fn from(real: f64) -> Self {
        Complex { real, imag: 0.0 }
    }
}

/// `real + imag * 1j`.
pub fn new(real: f64, imag: f64) -> Complex {
    Complex { real, imag }
}

/// `a + b`.
pub fn add(a: Complex, b: Complex) -> Complex {
    new(a.real + b.real, a.imag + b.imag)
}

/// `a + x`, and `x + a`.
pub fn add_real(a: Complex, x: f64) -> Complex {
    new(a.real + x, a.imag)
}

/// `a - b`.
pub fn sub(a: Complex, b: Complex) -> Complex {
    new(a.real - b.real, a.imag - b.imag)
}

/// `a - x`.
pub fn sub_real(a: Complex, x: f64) -> Complex {
    new(a.real - x, a.imag)
}

/// `x - a`.
pub fn real_sub(x: f64, a: Complex) -> Complex {
    new(x - a.real, -a.imag)
}

/// `-a`.
pub fn neg(a: Complex) -> Complex {
    new(-a.real, -a.imag)
}

/// `a * x`, and `x * a`.
pub fn mul_real(a: Complex, x: f64) -> Complex {
    new(a.real * x, a.imag * x)
}

/// `a * b`.
pub fn mul(a: Complex, b: Complex) -> Complex {
    let (ac, bd) = (a.real * b.real, a.imag * b.imag);
    let (ad, bc) = (a.real * b.imag, a.imag * b.real);
    let product = new(ac - bd, ad + bc);
    if !(product.real.is_nan() && product.imag.is_nan()) {
        return product;
    }
    // An infinite factor makes an infinite product, whatever NaNs came of its zeros.
    let infinite = |z: Complex| z.real.is_infinite() || z.imag.is_infinite();
    let (mut x, mut y) = (a, b);
    if infinite(a) {
        (x, y) = (boxed(x), without_nans(y));
    }
    if infinite(b) {
        (x, y) = (without_nans(x), boxed(y));
    }
    if !infinite(a) && !infinite(b) {
        if ![ac, bd, ad, bc].iter().any(|part| part.is_infinite()) {
            return product;
        }
        (x, y) = (without_nans(x), without_nans(y));
    }
    new(
        f64::INFINITY * (x.real * y.real - x.imag * y.imag),
        f64::INFINITY * (x.real * y.imag + x.imag * y.real),
    )
}

/// Infinite parts become 1, finite ones 0, with their signs.
fn boxed(z: Complex) -> Complex {
    let unit = |x: f64| f64::from(u8::from(x.is_infinite())).copysign(x);
    new(unit(z.real), unit(z.imag))
}

/// NaN parts become 0, with their signs.
fn without_nans(z: Complex) -> Complex {
    let clear = |x: f64| if x.is_nan() { 0.0f64.copysign(x) } else { x };
    new(clear(z.real), clear(z.imag))
}

/// `a / x`.
///
/// # Errors
/// ZeroDivisionError.
pub fn div_real(a: Complex, x: f64) -> Result<Complex> {
    if x == 0.0 {
        return Err(NumberError::division_by_zero());
    }
    Ok(new(a.real / x, a.imag / x))
}

/// `a / b`, by Smith's method: scaled by the larger part of the divisor.
///
/// # Errors
/// ZeroDivisionError.
pub fn div(a: Complex, b: Complex) -> Result<Complex> {
    let quotient = if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 {
            return Err(NumberError::division_by_zero());
        }
        let ratio = b.imag / b.real;
        let scale = b.real + b.imag * ratio;
        new(
            (a.real + a.imag * ratio) / scale,
            (a.imag - a.real * ratio) / scale,
        )
    } else if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let scale = b.real * ratio + b.imag;
        new(
            (a.real * ratio + a.imag) / scale,
            (a.imag * ratio - a.real) / scale,
        )
    } else {
        new(f64::NAN, f64::NAN)
    };
    if !(quotient.real.is_nan() && quotient.imag.is_nan()) {
        return Ok(quotient);
    }
    let infinite = |z: Complex| z.real.is_infinite() || z.imag.is_infinite();
    let finite = |z: Complex| z.real.is_finite() && z.imag.is_finite();
    let scaled = |scale: f64, x: Complex, y: Complex| {
        new(
            scale * (x.real * y.real + x.imag * y.imag),
            scale * (x.imag * y.real - x.real * y.imag),
        )
    };
    Ok(if infinite(a) && finite(b) {
        scaled(f64::INFINITY, boxed(a), b)
    } else if infinite(b) && finite(a) {
        scaled(0.0, a, boxed(b))
    } else {
        quotient
    })
}

/// `x / b`.
///
/// # Errors
/// ZeroDivisionError.
pub fn real_div(x: f64, b: Complex) -> Result<Complex> {
    let quotient = if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 {
            return Err(NumberError::division_by_zero());
        }
        let ratio = b.imag / b.real;
        let scale = b.real + b.imag * ratio;
        new(x / scale, (-x * ratio) / scale)
    } else if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let scale = b.real * ratio + b.imag;
        new((x * ratio) / scale, -x / scale)
    } else {
        new(f64::NAN, f64::NAN)
    };
    let lost = quotient.real.is_nan() && quotient.imag.is_nan() && x.is_finite();
    if lost && (b.real.is_infinite() || b.imag.is_infinite()) {
        let unit = boxed(b);
        return Ok(new(0.0 * (x * unit.real), 0.0 * (-x * unit.imag)));
    }
    Ok(quotient)
}

/// `a ** b`.
///
/// # Errors
/// ZeroDivisionError for a negative or complex power of 0; OverflowError for an infinite result.
pub fn pow(a: Complex, b: Complex) -> Result<Complex> {
    let zero_power = || {
        NumberError::new(
            ErrorKind::ZeroDivision,
            "zero to a negative or complex power",
        )
    };
    let small_integer = b.imag == 0.0 && b.real == b.real.floor() && b.real.abs() <= 100.0;
    let power = if small_integer {
        let power = pow_unsigned(a, b.real.abs() as u32);
        if b.real > 0.0 {
            power
        } else {
            div(1.0.into(), power).map_err(|_| zero_power())?
        }
    } else if a.real == 0.0 && a.imag == 0.0 {
        if b.imag != 0.0 || b.real < 0.0 {
            return Err(zero_power());
        }
        0.0.into()
    } else {
        let size = a.real.hypot(a.imag);
        let angle = a.imag.atan2(a.real);
        let mut length = size.powf(b.real);
        let mut phase = angle * b.real;
        if b.imag != 0.0 {
            length /= (angle * b.imag).exp();
            phase += b.imag * size.ln();
        }
        new(length * phase.cos(), length * phase.sin())
    };
    if power.real.is_infinite() || power.imag.is_infinite() {
        return Err(NumberError::overflow("complex exponentiation"));
    }
    Ok(power)
}

/// A power by squaring, in the order of steps that CPython takes: the roundings are seen.
fn pow_unsigned(a: Complex, exponent: u32) -> Complex {
    let mut power = Complex::from(1.0);
    let mut square = a;
    let mut mask = 1;
    while exponent >= mask {
        if exponent & mask != 0 {
            power = mul(power, square);
        }
        mask <<= 1;
        square = mul(square, square);
    }
    power
}

/// `abs(a)`.
///
/// # Errors
/// OverflowError when finite parts have an infinite hypotenuse.
pub fn abs(a: Complex) -> Result<f64> {
    let size = a.real.hypot(a.imag);
    if size.is_infinite() && a.real.is_finite() && a.imag.is_finite() {
        return Err(NumberError::overflow("absolute value too large"));
    }
    Ok(size)
}

/// `hash(a)` from the hashes of its two parts, as floats.
pub fn hash(real: i64, imag: i64) -> i64 {
    match real.wrapping_add(imag.wrapping_mul(1_000_003)) {
        -1 => -2,
        hash => hash,
    }
}

/// `repr(a)`.
pub fn repr(a: Complex) -> String {
    let part = |x: f64| {
        let text = float_repr(x);
        match text.strip_suffix(".0") {
            Some(whole) => whole.to_owned(),
            None => text,
        }
    };
    let imag = part(a.imag);
    if a.real == 0.0 && a.real.is_sign_positive() {
        return format!("{imag}j");
    }
    let plus = if imag.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imag}j)", part(a.real))
}

/// Why a text is no complex number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComplexParseError {
    /// The caller words it, since the message quotes the original object:
    /// `could not convert string to complex: '1__0j'`.
    Underscores,
    /// `complex() arg is a malformed string`.
    Malformed(NumberError),
}

/// `complex(text)`.
///
/// Decimal digits and white space of other scripts have been mapped to ASCII by the caller.
pub fn parse(text: &[u8]) -> Result<Complex, ComplexParseError> {
    let text = without_underscores(text).ok_or(ComplexParseError::Underscores)?;
    let inner = trim(&text);
    let inner = match inner {
        [b'(', rest @ .., b')'] => Some(trim(rest)),
        [b'(', ..] => None,
        _ => Some(inner),
    };
    inner.and_then(parse_parts).ok_or_else(|| {
        ComplexParseError::Malformed(NumberError::value("complex() arg is a malformed string"))
    })
}

/// Reads `<float>`, `<float>j`, `<float><signed float>j`, where a float before `j` may be a sign alone or nothing.
fn parse_parts(text: &[u8]) -> Option<Complex> {
    let is_end = |rest: &[u8]| matches!(rest, [b'j' | b'J']);
    let sign = |rest: &[u8]| match rest {
        [b'-', ..] => Some(-1.0),
        [b'+', ..] => Some(1.0),
        _ => None,
    };
    let Some((first, rest)) = float_prefix(text) else {
        let unit = sign(text);
        let rest = if unit.is_some() { text.get(1..)? } else { text };
        return is_end(rest).then_some(new(0.0, unit.unwrap_or(1.0)));
    };
    if rest.is_empty() {
        return Some(first.into());
    }
    if is_end(rest) {
        return Some(new(0.0, first));
    }
    let unit = sign(rest)?;
    let (imag, rest) = match float_prefix(rest) {
        Some(found) => found,
        None => (unit, rest.get(1..)?),
    };
    is_end(rest).then_some(new(first, imag))
}

/// The longest float that `text` begins with, and what follows it.
fn float_prefix(text: &[u8]) -> Option<(f64, &[u8])> {
    let skip = |at: usize, wanted: fn(&u8) -> bool| {
        let rest = text.get(at..).unwrap_or(&[]);
        at + rest.iter().take_while(|byte| wanted(byte)).count()
    };
    let is_sign = |at: usize| matches!(text.get(at), Some(b'+' | b'-'));
    let start = usize::from(is_sign(0));
    let word = skip(start, u8::is_ascii_alphabetic) - start;
    let mut end = start;
    for name in ["infinity", "inf", "nan"] {
        let here = text.get(start..start + name.len().min(word));
        if here.is_some_and(|here| here.eq_ignore_ascii_case(name.as_bytes())) {
            end = start + name.len();
            break;
        }
    }
    if end == start {
        let whole = skip(start, u8::is_ascii_digit);
        let mut digits = whole - start;
        end = whole;
        if text.get(whole) == Some(&b'.') {
            end = skip(whole + 1, u8::is_ascii_digit);
            digits += end - whole - 1;
        }
        if digits == 0 {
            return None;
        }
        if matches!(text.get(end), Some(b'e' | b'E')) {
            let from = end + 1 + usize::from(is_sign(end + 1));
            let to = skip(from, u8::is_ascii_digit);
            end = if to > from { to } else { end };
        }
    }
    let (number, rest) = text.split_at_checked(end)?;
    Some((std::str::from_utf8(number).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    #[test]
    fn computes_like_python() {
        let (c, text) = (new, |z: Result<Complex>| z.map(repr).map_err(|e| e.message));
        for (got, want) in [
            (Ok(add_real(c(1.0, -0.0), -0.0)), "(1-0j)"),
            (Ok(real_sub(1.0, c(1.0, 0.0))), "-0j"),
            (Ok(mul_real(c(INF, 1.0), 2.0)), "(inf+2j)"),
            (Ok(mul(c(INF, 0.0), c(0.0, 1.0))), "(nan+infj)"),
            (Ok(mul(c(INF, NAN), c(1.0, 1.0))), "(inf+infj)"),
            (Ok(mul(c(NAN, INF), c(NAN, NAN))), "(nan+nanj)"),
            (Ok(mul(c(1e308, 1e308), c(NAN, 1e308))), "(-inf+infj)"),
            (div(c(INF, INF), c(1.0, 1.0)), "(inf+nanj)"),
            (div(c(1.0, 1.0), c(INF, INF)), "0j"),
            (div(c(INF, 0.0), c(0.0, 1.0)), "(nan-infj)"),
            (div(c(1.0, 2.0), c(3.0, -1.0)), "(0.1+0.7000000000000001j)"),
            (real_div(1.0, c(INF, 0.0)), "-0j"),
            (real_div(-1.0, c(INF, 0.0)), "(-0+0j)"),
            (real_div(1.0, c(3.0, 4.0)), "(0.12-0.16j)"),
            (pow(c(1.0, 2.0), 2.0.into()), "(-3+4j)"),
            (pow(c(1.0, 2.0), (-2.0).into()), "(-0.12-0.16j)"),
            (pow(c(1e200, 1e200), (-2.0).into()), "-0j"),
            (pow(c(0.0, 0.0), 0.0.into()), "(1+0j)"),
            (pow(c(0.0, 1.0), c(0.0, 1.0)), "(0.20787957635076193+0j)"),
        ] {
            assert_eq!(text(got), Ok(want.to_owned()));
        }
        for (got, want) in [
            (div(c(1.0, 2.0), c(0.0, 0.0)), "division by zero"),
            (pow(c(1e200, 1e200), 2.0.into()), "complex exponentiation"),
            (
                pow(c(0.0, 0.0), (-1.0).into()),
                "zero to a negative or complex power",
            ),
            (
                pow(c(0.0, 0.0), c(0.0, 1.0)),
                "zero to a negative or complex power",
            ),
        ] {
            assert_eq!(text(got), Err(want.into()));
        }
        assert_eq!(abs(c(INF, NAN)), Ok(INF));
        assert!(abs(c(1.7e308, 1.7e308)).is_err());
        assert_eq!(hash(-2, -2), -2000008);
    }

    #[test]
    fn reads_what_complex_reads() {
        for (text, want) in [
            ("1+2j", "(1+2j)"),
            ("j", "1j"),
            ("-j", "-1j"),
            ("1e3J", "1000j"),
            (" ( 1+2j ) ", "(1+2j)"),
            ("( 3 )", "(3+0j)"),
            ("inf+nanj", "(inf+nanj)"),
            ("1+infinityj", "(1+infj)"),
            ("1_000+j", "(1000+1j)"),
            ("-0j", "-0j"),
            (".5-.5j", "(0.5-0.5j)"),
            ("1e5+1e-5j", "(100000+1e-05j)"),
        ] {
            assert_eq!(parse(text.as_bytes()).map(repr), Ok(want.to_owned()));
        }
        for text in [
            "", "()", "1+2", "1 + 2j", "1+j2", "1j+2", "j1", "1+2i", "(1+2j", "1+2j)", "1+-2j",
            "((1))", "in", "1e", ".", "+.j", "1.2.3", "1jj", "+", "1\0",
        ] {
            let got = parse(text.as_bytes());
            assert!(
                matches!(got, Err(ComplexParseError::Malformed(_))),
                "{text}"
            );
        }
        for text in ["1__0j", "1_j", "_j", "1e_5"] {
            assert_eq!(parse(text.as_bytes()), Err(ComplexParseError::Underscores));
        }
    }
}
