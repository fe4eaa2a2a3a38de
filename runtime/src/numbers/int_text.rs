//! Integers as text: what `int()` reads and `str()`, `bin()`, `oct()`, `hex()` write.

use num_bigint::{BigInt, BigUint};
use num_traits::Zero;

use super::int::{IntRef, IntValue};
use super::{Limits, NumberError, Result};
use IntRef::{Big, Small};

/// Why a text is no integer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntParseError {
    /// The caller words it, since the message quotes the original object:
    /// `invalid literal for int() with base 10: 'x'`.
    Literal,
    /// Anything else.
    Other(NumberError),
}

/// Texts longer than this are converted by halves.
const CHUNK: usize = 512;

/// The white space that `int`, `float` and `complex` skip at both ends, once other scripts' is mapped to it.
pub fn trim(text: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let start = text.iter().position(|b| !is_space(b)).unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|b| !is_space(b))
        .map_or(start, |at| at + 1);
    text.get(start..end).unwrap_or(&[])
}

/// `int(text, base)`: base 0 reads Python's prefixes, 2 to 36 a number, perhaps with its own prefix.
///
/// Decimal digits and white space of other scripts have been mapped to ASCII by the caller.
///
/// # Errors
/// [`IntParseError`]; a base out of range and too many digits are ValueErrors.
pub fn parse(text: &[u8], base: i64, limits: &Limits) -> Result<IntValue, IntParseError> {
    let mut radix = match u32::try_from(base) {
        Ok(base @ (0 | 2..=36)) => base,
        _ => {
            return Err(IntParseError::Other(NumberError::value(
                "int() base must be >= 2 and <= 36, or 0",
            )));
        }
    };
    let mut rest = trim(text);
    let negative = match rest {
        [sign @ (b'+' | b'-'), tail @ ..] => {
            rest = tail;
            *sign == b'-'
        }
        _ => false,
    };
    let prefixed = match rest {
        [b'0', letter, ..] => match letter.to_ascii_lowercase() {
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => 0,
        },
        _ => 0,
    };
    let mut zero_only = false;
    if prefixed != 0 && (radix == 0 || radix == prefixed) {
        radix = prefixed;
        rest = rest.get(2..).unwrap_or(&[]);
        // One underscore may stand between the prefix and the digits.
        rest = rest.strip_prefix(b"_").unwrap_or(rest);
    } else if radix == 0 {
        // `010` was octal once: a number that begins with 0 must be 0.
        zero_only = rest.first() == Some(&b'0');
        radix = 10;
    }
    let digits = digits(rest, radix).ok_or(IntParseError::Literal)?;
    let value = from_digits(&digits, radix, limits).map_err(IntParseError::Other)?;
    if zero_only && !value.is_zero() {
        return Err(IntParseError::Literal);
    }
    let value = BigInt::from(value);
    Ok(if negative { -value } else { value }.into())
}

/// The digits without their underscores, each of which must stand between two digits.
fn digits(text: &[u8], radix: u32) -> Option<std::borrow::Cow<'_, [u8]>> {
    let is_digit = |byte: u8| char::from(byte).is_digit(radix);
    if text.iter().all(|&byte| is_digit(byte)) {
        return (!text.is_empty()).then_some(text.into());
    }
    let mut digits = Vec::with_capacity(text.len());
    let mut after_digit = false;
    for &byte in text {
        if byte == b'_' && after_digit {
            after_digit = false;
        } else if is_digit(byte) {
            digits.push(byte);
            after_digit = true;
        } else {
            return None;
        }
    }
    after_digit.then_some(digits.into())
}

/// The value of digits already checked.
fn from_digits(digits: &[u8], radix: u32, limits: &Limits) -> Result<BigUint> {
    let limit = limits.max_str_digits;
    if limit != 0 && digits.len() > limit && !radix.is_power_of_two() {
        return Err(NumberError::value(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        )));
    }
    if radix.is_power_of_two() || digits.len() <= CHUNK {
        return Ok(parse_chunk(digits, radix));
    }
    // radix ** (CHUNK * 2 ** i), enough of them for the first split.
    let mut powers = vec![num_traits::pow(BigUint::from(radix), CHUNK)];
    let mut size = CHUNK;
    while size * 2 < digits.len() {
        powers.extend(powers.last().map(|power| power * power));
        size *= 2;
    }
    Ok(join_halves(digits, radix, size, &powers))
}

/// Converts the high and the low part, the low one of `size` digits, and joins them by the last of `powers`.
fn join_halves(digits: &[u8], radix: u32, size: usize, powers: &[BigUint]) -> BigUint {
    let (Some((power, smaller)), true) = (powers.split_last(), digits.len() > CHUNK) else {
        return parse_chunk(digits, radix);
    };
    if digits.len() <= size {
        return join_halves(digits, radix, size / 2, smaller);
    }
    let (high, low) = digits.split_at(digits.len() - size);
    join_halves(high, radix, size / 2, smaller) * power + join_halves(low, radix, size / 2, smaller)
}

fn parse_chunk(digits: &[u8], radix: u32) -> BigUint {
    BigUint::parse_bytes(digits, radix).unwrap_or_default()
}

/// `str(a)`.
///
/// # Errors
/// ValueError past the limit of digits.
pub fn decimal(a: IntRef<'_>, limits: &Limits) -> Result<String> {
    let Big(n) = a else {
        return Ok(to_radix(a, 10));
    };
    let limit = limits.max_str_digits;
    let too_long = || {
        NumberError::value(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion; \
             use sys.set_int_max_str_digits() to increase the limit"
        ))
    };
    // A digit is more than 3.32 bits: this many are too many without looking, and cheap to refuse.
    if limit != 0 && n.bits() / 10 * 3 > limit as u64 + 10 {
        return Err(too_long());
    }
    let text = to_radix(a, 10);
    if limit != 0 && text.len() - usize::from(a.is_negative()) > limit {
        return Err(too_long());
    }
    Ok(text)
}

/// The text in base 2 to 36, lower case, without a prefix and without a limit.
pub fn to_radix(a: IntRef<'_>, radix: u32) -> String {
    match a {
        Small(n) if radix == 10 => n.to_string(),
        Small(n) => {
            let sign = if n < 0 { "-" } else { "" };
            let n = n.unsigned_abs();
            match radix {
                2 => format!("{sign}{n:b}"),
                8 => format!("{sign}{n:o}"),
                16 => format!("{sign}{n:x}"),
                _ => BigInt::from(a.to_i64().unwrap_or(0)).to_str_radix(radix),
            }
        }
        Big(n) => n.to_str_radix(radix),
    }
}

/// `bin()`, `oct()`, `hex()`: the text with its prefix, base 2, 8 or 16.
pub fn prefixed(a: IntRef<'_>, radix: u32) -> String {
    let prefix = match radix {
        2 => "0b",
        8 => "0o",
        _ => "0x",
    };
    let text = to_radix(a, radix);
    match text.strip_prefix('-') {
        Some(digits) => format!("-{prefix}{digits}"),
        None => format!("{prefix}{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_int_reads() {
        for (text, base, want) in [
            ("12", 10, Some(12)),
            (" \t-12\n", 10, Some(-12)),
            ("1_000", 10, Some(1000)),
            ("0x1F", 0, Some(31)),
            ("0X1f", 16, Some(31)),
            ("-0o7", 0, Some(-7)),
            ("0x_1", 16, Some(1)),
            ("00", 0, Some(0)),
            ("0_0", 0, Some(0)),
            ("0b1", 16, Some(177)),
            ("zZ", 36, Some(1295)),
            ("", 10, None),
            ("-", 10, None),
            ("+-1", 10, None),
            ("- 1", 10, None),
            ("1__0", 10, None),
            ("_1", 10, None),
            ("1_", 10, None),
            ("0x", 16, None),
            ("0x__1", 16, None),
            ("0b", 0, None),
            ("010", 0, None),
            ("0x10", 10, None),
            ("0b12", 2, None),
            ("1\0", 10, None),
            ("5\x1c", 10, None),
        ] {
            let got = parse(text.as_bytes(), base, &Limits::default());
            let want = want.map(IntValue::Small).ok_or(IntParseError::Literal);
            assert_eq!(got, want, "{text:?} {base}");
        }
        let base = parse(b"1", 37, &Limits::default()).unwrap_err();
        assert_eq!(
            base,
            IntParseError::Other(NumberError::value(
                "int() base must be >= 2 and <= 36, or 0"
            ))
        );
    }

    #[test]
    fn limits_digits() {
        let limits = Limits::default();
        let long = "9".repeat(4301);
        let IntParseError::Other(error) = parse(long.as_bytes(), 10, &limits).unwrap_err() else {
            panic!("not a literal error");
        };
        assert_eq!(
            error.message,
            "Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; \
             use sys.set_int_max_str_digits() to increase the limit"
        );
        assert!(parse(long.as_bytes(), 16, &limits).is_ok());
        assert_eq!(
            parse(format!("{long}x").as_bytes(), 10, &limits),
            Err(IntParseError::Literal)
        );
        let edge = BigInt::from(10).pow(4300);
        let below: BigInt = 1 - &edge;
        assert_eq!(
            decimal(Big(&edge), &limits).unwrap_err().message,
            "Exceeds the limit (4300 digits) for integer string conversion; \
             use sys.set_int_max_str_digits() to increase the limit"
        );
        assert_eq!(decimal(Big(&below), &limits).unwrap().len(), 4301);
        assert!(decimal(Big(&(BigInt::from(1) << 1_000_000)), &limits).is_err());
    }

    #[test]
    fn long_texts_survive_the_round_trip() {
        let limits = Limits::default().unlimited_digits();
        for length in [511, 512, 513, 1024, 1025, 3000, 4096, 10_001] {
            let text: String = (0..length)
                .map(|i| char::from(b'1' + (i * i % 9) as u8))
                .collect();
            for radix in [10, 7, 36] {
                let digits = if radix == 7 {
                    text.replace(['7', '8', '9'], "5")
                } else {
                    text.clone()
                };
                let value = parse(digits.as_bytes(), radix, &limits).unwrap();
                assert_eq!(to_radix(value.as_ref(), radix as u32), digits);
            }
        }
    }

    #[test]
    fn writes_bases() {
        for (n, radix, want) in [
            (10, 2, "0b1010"),
            (-8, 8, "-0o10"),
            (0, 16, "0x0"),
            (i64::MIN, 16, "-0x8000000000000000"),
        ] {
            assert_eq!(prefixed(Small(n), radix), want);
        }
        assert_eq!(to_radix(Small(-35), 36), "-z");
    }
}
