//! `%` formatting of str and bytes: each conversion of a value already fetched, and the errors' texts.
//!
//! The caller iterates over a [`Template`]. For a [`Spec`] it asks for a mapping, looks up the key, fetches the arguments
//! of `*`, raises the error in `conversion` if there is one, fetches the argument, and calls the
//! function here for the conversion: the order in which CPython meets errors.

use super::float_text::{self, FloatStyle, Layout};
use super::int::IntRef;
use super::int_text;
pub use super::percent_template::{Conversion, Flags, Flavour, Piece, Size, Spec, Template};
use super::{Limits, NumberError, Result};
use crate::text::wtf8;

/// A specifier with its sizes known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field {
    /// The flags; a negative `*` width sets `left`.
    pub flags: Flags,
    /// The least width.
    pub width: usize,
    /// The precision, if given.
    pub precision: Option<usize>,
}

impl Spec<'_> {
    /// Puts the arguments of `*` in; see [`star_width`] and [`star_precision`].
    pub fn field(&self, star_width: i64, star_precision: i64) -> Field {
        let mut flags = self.flags;
        let width = match self.width {
            Size::None => 0,
            Size::Fixed(width) => width,
            Size::Star => {
                flags.left |= star_width < 0;
                star_width.unsigned_abs() as usize
            }
        };
        let precision = match self.precision {
            Size::None => None,
            Size::Fixed(precision) => Some(precision),
            Size::Star => Some(star_precision.max(0) as usize),
        };
        Field {
            flags,
            width,
            precision,
        }
    }
}

/// The int given for a `*` width.
pub fn star_width(value: IntRef<'_>) -> Result<i64> {
    value
        .to_i64()
        .ok_or_else(|| NumberError::overflow("Python int too large to convert to C ssize_t"))
}

/// The int given for a `*` precision.
pub fn star_precision(value: IntRef<'_>) -> Result<i64> {
    value
        .to_i64()
        .filter(|&value| i32::try_from(value).is_ok())
        .ok_or_else(|| NumberError::overflow("Python int too large to convert to C int"))
}

/// Writes `%d`, `%i`, `%u`.
///
/// # Errors
/// What [`int_text::decimal`] refuses; MemoryError for too large a field.
pub fn write_decimal(
    out: &mut Vec<u8>,
    field: Field,
    value: IntRef<'_>,
    limits: &Limits,
) -> Result<()> {
    let text = int_text::decimal(value, limits)?;
    write_digits(out, field, &text, "", limits)
}

/// Writes `%o`, `%x`, `%X`.
///
/// # Errors
/// MemoryError for too large a field.
pub fn write_radix(
    out: &mut Vec<u8>,
    field: Field,
    letter: u8,
    value: IntRef<'_>,
    limits: &Limits,
) -> Result<()> {
    let (radix, prefix) = match letter {
        b'o' => (8, "0o"),
        b'X' => (16, "0X"),
        _ => (16, "0x"),
    };
    let mut text = int_text::to_radix(value, radix);
    if letter == b'X' {
        text.make_ascii_uppercase();
    }
    let prefix = if field.flags.alternate { prefix } else { "" };
    write_digits(out, field, &text, prefix, limits)
}

/// Writes digits, perhaps after a minus, with zeros up to the precision.
fn write_digits(
    out: &mut Vec<u8>,
    field: Field,
    text: &str,
    prefix: &str,
    limits: &Limits,
) -> Result<()> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let zeros = field.precision.unwrap_or(0).saturating_sub(digits.len());
    limits.check_bytes(zeros)?;
    let body = format!("{}{digits}", "0".repeat(zeros));
    write_number(out, field, text.starts_with('-'), prefix, &body, limits)
}

/// Writes `%e`, `%f`, `%g` and their upper-case forms.
///
/// # Errors
/// MemoryError for too large a field.
pub fn write_float(
    out: &mut Vec<u8>,
    field: Field,
    letter: u8,
    x: f64,
    limits: &Limits,
) -> Result<()> {
    let precision = field.precision.unwrap_or(6);
    limits.check_bytes(precision)?;
    let layout = match letter.to_ascii_lowercase() {
        b'e' => Layout::Exponent(precision),
        b'f' => Layout::Fixed(precision),
        _ => Layout::General(precision),
    };
    let style = FloatStyle {
        layout,
        alternate: field.flags.alternate,
        dot_zero: false,
        upper: letter.is_ascii_uppercase(),
    };
    let negative = x.is_sign_negative() && !x.is_nan();
    write_number(
        out,
        field,
        negative,
        "",
        &float_text::magnitude(x, style),
        limits,
    )
}

/// Writes sign, prefix and body in their field; zeros go behind sign and prefix, spaces before.
fn write_number(
    out: &mut Vec<u8>,
    field: Field,
    negative: bool,
    prefix: &str,
    body: &str,
    limits: &Limits,
) -> Result<()> {
    let flags = field.flags;
    let sign = match () {
        () if negative => "-",
        () if flags.plus => "+",
        () if flags.space => " ",
        () => "",
    };
    let padding = field
        .width
        .saturating_sub(sign.len() + prefix.len() + body.len());
    limits.check_bytes(padding)?;
    let (before, zeros, after) = match () {
        () if flags.left => (0, 0, padding),
        () if flags.zero => (0, padding, 0),
        () => (padding, 0, 0),
    };
    out.resize(out.len() + before, b' ');
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(prefix.as_bytes());
    out.resize(out.len() + zeros, b'0');
    out.extend_from_slice(body.as_bytes());
    out.resize(out.len() + after, b' ');
    Ok(())
}

/// Writes `%s`, `%r`, `%a`, `%b`: at most the precision's number of characters, padded with spaces.
///
/// # Errors
/// MemoryError for too large a field.
pub fn write_text(
    out: &mut Vec<u8>,
    field: Field,
    text: &[u8],
    flavour: Flavour,
    limits: &Limits,
) -> Result<()> {
    let text = match (field.precision, flavour) {
        (Some(precision), Flavour::Str) if precision < text.len() => {
            text.get(..wtf8::offset(text, precision))
        }
        (Some(precision), Flavour::Bytes) => text.get(..precision),
        _ => None,
    }
    .unwrap_or(text);
    pad(out, field, text, flavour, limits)
}

/// Writes `%c`: one character, which no precision cuts.
///
/// # Errors
/// MemoryError for too large a field.
pub fn write_char(
    out: &mut Vec<u8>,
    field: Field,
    text: &[u8],
    flavour: Flavour,
    limits: &Limits,
) -> Result<()> {
    pad(out, field, text, flavour, limits)
}

fn pad(
    out: &mut Vec<u8>,
    field: Field,
    text: &[u8],
    flavour: Flavour,
    limits: &Limits,
) -> Result<()> {
    let length = match flavour {
        Flavour::Str => wtf8::count(text),
        Flavour::Bytes => text.len(),
    };
    let padding = field.width.saturating_sub(length);
    limits.check_bytes(padding)?;
    if !field.flags.left {
        out.resize(out.len() + padding, b' ');
    }
    out.extend_from_slice(text);
    if field.flags.left {
        out.resize(out.len() + padding, b' ');
    }
    Ok(())
}

/// The character that `%c` writes for an int.
///
/// # Errors
/// OverflowError out of range.
pub fn char_from_int(value: IntRef<'_>, flavour: Flavour) -> Result<Vec<u8>> {
    let limit = match flavour {
        Flavour::Str => 0x11_0000,
        Flavour::Bytes => 0x100,
    };
    let point = value
        .to_i64()
        .and_then(|value| u32::try_from(value).ok())
        .filter(|&point| point < limit);
    match (point, flavour) {
        (Some(point), Flavour::Str) => Ok(wtf8::from_code_point(point)),
        (Some(point), Flavour::Bytes) => Ok(vec![point as u8]),
        (None, Flavour::Str) => Err(NumberError::overflow("%c arg not in range(0x110000)")),
        (None, Flavour::Bytes) => Err(NumberError::overflow("%c arg not in range(256)")),
    }
}

/// The TypeErrors that only the object layer can find, with CPython's texts.
pub mod errors {
    use super::{Flavour, NumberError};

    /// Too few arguments.
    pub fn not_enough_arguments() -> NumberError {
        NumberError::type_error("not enough arguments for format string")
    }

    /// Arguments left over.
    pub fn not_all_converted(flavour: Flavour) -> NumberError {
        let kind = match flavour {
            Flavour::Str => "string",
            Flavour::Bytes => "bytes",
        };
        NumberError::type_error(format!(
            "not all arguments converted during {kind} formatting"
        ))
    }

    /// A key without a mapping: raised before the rest of the specifier is looked at.
    pub fn requires_mapping() -> NumberError {
        NumberError::type_error("format requires a mapping")
    }

    /// A `*` whose argument is no int.
    pub fn star_wants_int() -> NumberError {
        NumberError::type_error("* wants int")
    }

    /// `%d` of what has no number.
    pub fn real_number_required(letter: u8, type_name: &str) -> NumberError {
        let letter = char::from(letter);
        NumberError::type_error(format!(
            "%{letter} format: a real number is required, not {type_name}"
        ))
    }

    /// `%x` of what is no integer.
    pub fn integer_required(letter: u8, type_name: &str) -> NumberError {
        let letter = char::from(letter);
        NumberError::type_error(format!(
            "%{letter} format: an integer is required, not {type_name}"
        ))
    }

    /// `%f` of what is no number.
    pub fn float_required(flavour: Flavour, type_name: &str) -> NumberError {
        NumberError::type_error(match flavour {
            Flavour::Str => format!("must be real number, not {type_name}"),
            Flavour::Bytes => format!("float argument required, not {type_name}"),
        })
    }

    /// `%c` of another type.
    pub fn char_required(flavour: Flavour, type_name: &str) -> NumberError {
        NumberError::type_error(match flavour {
            Flavour::Str => {
                format!("%c requires an int or a unicode character, not {type_name}")
            }
            Flavour::Bytes => {
                format!("%c requires an integer in range(256) or a single byte, not {type_name}")
            }
        })
    }

    /// `%c` of a str, bytes or bytearray (`type_name`) of another length than 1.
    pub fn char_length(flavour: Flavour, type_name: &str, length: usize) -> NumberError {
        NumberError::type_error(match flavour {
            Flavour::Str => format!(
                "%c requires an int or a unicode character, not a string of length {length}"
            ),
            Flavour::Bytes => format!(
                "%c requires an integer in range(256) or a single byte, \
                 not a {type_name} object of length {length}"
            ),
        })
    }

    /// `%b` and `%s` of a bytes template with another type.
    pub fn bytes_required(type_name: &str) -> NumberError {
        NumberError::type_error(format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, \
             not '{type_name}'"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formats a template of one number, as often as it is asked for.
    fn run(template: &str, flavour: Flavour, int: i64, float: f64) -> String {
        let limits = Limits::default();
        let mut out = Vec::new();
        for piece in Template::new(template.as_bytes(), flavour) {
            let spec = match piece {
                Piece::Literal(text) => {
                    out.extend_from_slice(text);
                    continue;
                }
                Piece::Spec(spec) => spec,
            };
            let field = spec.field(int, int);
            let value = IntRef::Small(int);
            let done = match spec.conversion {
                Err(error) | Ok(Conversion::Unsupported(error)) => Err(error),
                Ok(Conversion::Decimal(_)) => write_decimal(&mut out, field, value, &limits),
                Ok(Conversion::Radix(c)) => write_radix(&mut out, field, c, value, &limits),
                Ok(Conversion::Float(c)) => write_float(&mut out, field, c, float, &limits),
                Ok(Conversion::Text(_)) => {
                    write_text(&mut out, field, "\u{e9}abc".as_bytes(), flavour, &limits)
                }
                Ok(Conversion::Char) => char_from_int(value, flavour)
                    .and_then(|text| write_char(&mut out, field, &text, flavour, &limits)),
            };
            if let Err(error) = done {
                return format!("{:?} {}", error.kind, error.message);
            }
        }
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn formats_like_cpython() {
        for (template, int, float, want) in [
            (
                "%d|%5d|%-5d|%05d|%+d|% d",
                3,
                0.0,
                "3|    3|3    |00003|+3| 3",
            ),
            (
                "%.3d|%8.3d|%-8.3d|%+.3d",
                5,
                0.0,
                "005|     005|005     |+005",
            ),
            (
                "%#.4x|%#10x|%#010x|%-#10x|%#X",
                255,
                0.0,
                "0x00ff|      0xff|0x000000ff|0xff      |0XFF",
            ),
            ("%0#10x|%010.5d|%#o", -3, 0.0, "-0x0000003|-000000003|-0o3"),
            ("%+ x|% x|%#.0x", 0, 0.0, "+0| 0|0x0"),
            (
                "%f %.2f|%10.3f|%-10.1f|%+.0f %#.0f",
                0,
                2.5,
                "2.500000 2.50|     2.500|2.5       |+2 2.",
            ),
            (
                "%e %.2E %g %G %.3g %#g",
                0,
                1e20,
                "1.000000e+20 1.00E+20 1e+20 1E+20 1e+20 1.00000e+20",
            ),
            (
                "%010f|%F|%5.1f",
                0,
                f64::NEG_INFINITY,
                "-000000inf|-INF| -inf",
            ),
            (
                "%8s|%-8s|%.2s|%8.2s|%.0s|%08s",
                0,
                0.0,
                "    \u{e9}abc|\u{e9}abc    |\u{e9}a|      \u{e9}a||    \u{e9}abc",
            ),
            ("%c|%5c|%-5c|%.0c", 66, 0.0, "B|    B|B    |B"),
            ("%%|%ld|%hd|%Ld", 1, 0.0, "%|1|1|1"),
            ("%*d|%.*d", -5, 0.0, "-5   |-5"),
            ("%.f", 0, 2.5, "2"),
            (
                "%y",
                0,
                0.0,
                "Value unsupported format character 'y' (0x79) at index 1",
            ),
            (
                "\u{e9}%\u{e9}",
                0,
                0.0,
                "Value unsupported format character '?' (0xe9) at index 2",
            ),
            (
                "%lld",
                0,
                0.0,
                "Value unsupported format character 'l' (0x6c) at index 2",
            ),
            (
                "%5%",
                0,
                0.0,
                "Value unsupported format character '%' (0x25) at index 2",
            ),
            ("ok %", 0, 0.0, "Value incomplete format"),
            ("%(a", 0, 0.0, "Value incomplete format key"),
            ("%(a(b)c)s", 0, 0.0, "\u{e9}abc"),
            ("%99999999999999999999d", 0, 0.0, "Value width too big"),
            ("%.2147483648d", 0, 0.0, "Value precision too big"),
            (
                "%c",
                0x110000,
                0.0,
                "Overflow %c arg not in range(0x110000)",
            ),
        ] {
            assert_eq!(run(template, Flavour::Str, int, float), want, "{template}");
        }
        for (template, want) in [
            ("%.1s|%d", "\u{FFFD}|256"),
            ("%c", "Overflow %c arg not in range(256)"),
            ("%.2147483648d", "Value prec too big"),
            (
                "%\u{e9}",
                "Overflow character argument not in range(0x110000)",
            ),
            (
                "%\x01",
                "Value unsupported format character '\x01' (0x1) at index 1",
            ),
        ] {
            assert_eq!(run(template, Flavour::Bytes, 256, 0.0), want, "{template}");
        }
    }
}
