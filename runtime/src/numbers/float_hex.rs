//! Floats in hexadecimal: `float.hex` and `float.fromhex`.

use super::int_float::{compose, decompose};
use super::int_text::trim;
use super::{NumberError, Result};

/// `x.hex()`.
pub fn hex(x: f64) -> String {
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return format!("{sign}inf");
    }
    if x == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (mantissa, exponent) = decompose(x);
    let (whole, fraction) = (mantissa >> 52, mantissa & ((1 << 52) - 1));
    format!("{sign}0x{whole}.{fraction:013x}p{:+}", exponent + 52)
}

/// `float.fromhex(text)`: rounded once, half to even.
///
/// # Errors
/// ValueError for other text, OverflowError for too large a value.
pub fn from_hex(text: &[u8]) -> Result<f64> {
    let (negative, rest) = match trim(text) {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let signed = |x: f64| if negative { -x } else { x };
    if rest.eq_ignore_ascii_case(b"inf") || rest.eq_ignore_ascii_case(b"infinity") {
        return Ok(signed(f64::INFINITY));
    }
    if rest.eq_ignore_ascii_case(b"nan") {
        return Ok(signed(f64::NAN));
    }
    let number = HexNumber::read(rest)
        .ok_or_else(|| NumberError::value("invalid hexadecimal floating-point string"))?;
    let value = compose(negative, number.mantissa, number.exponent, number.sticky);
    if value.is_infinite() {
        return Err(NumberError::overflow(
            "hexadecimal value too large to represent as a float",
        ));
    }
    Ok(value)
}

/// The leading bits of a hexadecimal number and what became of the others.
struct HexNumber {
    mantissa: u128,
    exponent: i64,
    sticky: bool,
}

impl HexNumber {
    fn read(text: &[u8]) -> Option<HexNumber> {
        let text = match text {
            [b'0', b'x' | b'X', rest @ ..] => rest,
            rest => rest,
        };
        let mut number = HexNumber {
            mantissa: 0,
            exponent: 0,
            sticky: false,
        };
        let mut any = false;
        let mut point = false;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if let Some(digit) = char::from(byte).to_digit(16) {
                any = true;
                // Digits past 120 bits only tell whether the rest is zero.
                if number.mantissa >> 120 == 0 {
                    number.mantissa = number.mantissa << 4 | u128::from(digit);
                    number.exponent -= if point { 4 } else { 0 };
                } else {
                    number.sticky |= digit != 0;
                    number.exponent += if point { 0 } else { 4 };
                }
            } else if byte == b'.' && !point {
                point = true;
            } else {
                break;
            }
            at += 1;
        }
        let exponent = match text.get(at..)? {
            [] => 0,
            [b'p' | b'P', digits @ ..] => read_exponent(digits)?,
            _ => return None,
        };
        number.exponent = number.exponent.saturating_add(exponent);
        any.then_some(number)
    }
}

/// A decimal exponent, held at a bound beyond which no text's digits reach back.
fn read_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i64, |value, digit| {
        (value * 10 + i64::from(digit - b'0')).min(1 << 58)
    });
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_hex() {
        for (x, want) in [
            (1.5, "0x1.8000000000000p+0"),
            (0.1, "0x1.999999999999ap-4"),
            (5e-324, "0x0.0000000000001p-1022"),
            (-0.0, "-0x0.0p+0"),
            (f64::MAX, "0x1.fffffffffffffp+1023"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(hex(x), want);
            assert_eq!(from_hex(want.as_bytes()), Ok(x));
        }
    }

    #[test]
    fn reads_hex() {
        let large = "hexadecimal value too large to represent as a float";
        let invalid = "invalid hexadecimal floating-point string";
        for (text, want) in [
            ("0x1p5", Ok(32.0)),
            ("a.bcP-3", Ok(1.341796875)),
            ("0x.8", Ok(0.5)),
            ("1.", Ok(1.0)),
            (" -Infinity ", Ok(f64::NEG_INFINITY)),
            ("0x1p-1075", Ok(0.0)),
            ("0x1.1p-1075", Ok(5e-324)),
            ("0x3p-1075", Ok(1e-323)),
            ("0x1.fffffffffffff7p1023", Ok(f64::MAX)),
            ("0x1.fffffffffffff8p1023", Err(large)),
            ("0x1p1024", Err(large)),
            ("0x1p99999999999999999999999", Err(large)),
            ("0x0p99999999999999999999999", Ok(0.0)),
            ("0x1p-99999999999999999999999", Ok(0.0)),
            (
                // The 1 at the end is far past the bits kept, and still decides a half.
                "0x100000000000008000000000000000000000000000000000001p-200",
                Ok(1.0000000000000002),
            ),
            ("", Err(invalid)),
            ("0x", Err(invalid)),
            ("0x.", Err(invalid)),
            ("0x1.8p", Err(invalid)),
            ("0x1 p5", Err(invalid)),
            ("1..2", Err(invalid)),
        ] {
            let got = from_hex(text.as_bytes()).map_err(|e| e.message.into_owned());
            assert_eq!(got, want.map_err(str::to_owned), "{text}");
        }
    }
}
