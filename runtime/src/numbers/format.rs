//! `format()` of int, float, complex and str: a format specifier applied to a value.
//!
//! Results are bytes, since a fill character may be a lone surrogate.

use super::float_text::{self, FloatStyle, Layout};
use super::format_spec::{Align, FormatSpec, Grouping, Sign};
use super::int::IntRef;
use super::int_text;
use super::{Complex, Limits, NumberError, Result, int_float};
use crate::text::wtf8;

/// `format(value, spec)` of an int; `type_name` is for errors.
///
/// # Errors
/// ValueError for a specifier that ints do not take; OverflowError; what [`int_text::decimal`] refuses.
pub fn format_int(
    value: IntRef<'_>,
    spec: &[u8],
    type_name: &str,
    limits: &Limits,
) -> Result<Vec<u8>> {
    if spec.is_empty() {
        return Ok(int_text::decimal(value, limits)?.into_bytes());
    }
    let spec = FormatSpec::parse(spec, type_name, None, Align::Right)?;
    let kind = match spec.kind {
        None => 'd',
        Some(point) => char::from_u32(point).unwrap_or('\0'),
    };
    match kind {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => format_whole(value, kind, &spec, limits),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            let mut out = Vec::new();
            let x = int_float::to_float(value)?;
            write_float(&mut out, x, kind, &spec, limits)?;
            Ok(out)
        }
        _ => Err(spec.unknown_code(type_name)),
    }
}

fn format_whole(
    value: IntRef<'_>,
    kind: char,
    spec: &FormatSpec,
    limits: &Limits,
) -> Result<Vec<u8>> {
    if spec.precision.is_some() {
        return Err(NumberError::value(
            "Precision not allowed in integer format specifier",
        ));
    }
    if spec.no_negative_zero {
        return Err(NumberError::value(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    let mut out = Vec::new();
    if kind == 'c' {
        if spec.sign.is_some() {
            return Err(NumberError::value(
                "Sign not allowed with integer format specifier 'c'",
            ));
        }
        if spec.alternate {
            return Err(NumberError::value(
                "Alternate form (#) not allowed with integer format specifier 'c'",
            ));
        }
        let point = value
            .to_i64()
            .ok_or_else(|| NumberError::overflow("Python int too large to convert to C long"))?;
        let point = u32::try_from(point)
            .ok()
            .filter(|&point| point < 0x11_0000)
            .ok_or_else(|| NumberError::overflow("%c arg not in range(0x110000)"))?;
        let number = Number {
            rest: &wtf8::from_code_point(point),
            ..Number::default()
        };
        number.write(&mut out, spec, limits)?;
        return Ok(out);
    }
    let (radix, prefix) = match kind {
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut text = if radix == 10 {
        int_text::decimal(value, limits)?
    } else {
        int_text::to_radix(value, radix)
    };
    if kind == 'X' {
        text.make_ascii_uppercase();
    }
    let number = Number {
        negative: value.is_negative(),
        prefix: if spec.alternate { prefix } else { "" },
        digits: text.strip_prefix('-').unwrap_or(&text).as_bytes(),
        group_size: if radix == 10 { 3 } else { 4 },
        ..Number::default()
    };
    number.write(&mut out, spec, limits)?;
    Ok(out)
}

/// `format(x, spec)` of a float; `type_name` is for errors.
///
/// # Errors
/// ValueError for a specifier that floats do not take.
pub fn format_float(x: f64, spec: &[u8], type_name: &str, limits: &Limits) -> Result<Vec<u8>> {
    if spec.is_empty() {
        return Ok(float_text::repr(x).into_bytes());
    }
    let spec = FormatSpec::parse(spec, type_name, None, Align::Right)?;
    let kind = match spec.kind {
        None => 'r',
        Some(point) => match char::from_u32(point) {
            Some(kind @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) => kind,
            _ => return Err(spec.unknown_code(type_name)),
        },
    };
    let mut out = Vec::new();
    write_float(&mut out, x, kind, &spec, limits)?;
    Ok(out)
}

/// Writes a float with the presentation type `kind`; `r` stands for none.
fn write_float(
    out: &mut Vec<u8>,
    x: f64,
    kind: char,
    spec: &FormatSpec,
    limits: &Limits,
) -> Result<()> {
    let precision = precision(spec, limits)?;
    let x = if kind == '%' { x * 100.0 } else { x };
    let style = FloatStyle {
        layout: layout(kind, precision),
        alternate: spec.alternate,
        dot_zero: kind == 'r',
        upper: kind.is_ascii_uppercase(),
    };
    let mut body = float_text::magnitude(x, style);
    let negative = is_negative(x, &body, spec.no_negative_zero);
    if kind == '%' {
        body.push('%');
    }
    Number::split(&body, negative).write(out, spec, limits)
}

/// The layout of a presentation type; `r` stands for none.
fn layout(kind: char, precision: Option<usize>) -> Layout {
    match (kind.to_ascii_lowercase(), precision) {
        ('r', None) => Layout::Shortest,
        ('e', precision) => Layout::Exponent(precision.unwrap_or(6)),
        ('f' | '%', precision) => Layout::Fixed(precision.unwrap_or(6)),
        (_, precision) => Layout::General(precision.unwrap_or(6)),
    }
}

fn precision(spec: &FormatSpec, limits: &Limits) -> Result<Option<usize>> {
    let Some(precision) = spec.precision else {
        return Ok(None);
    };
    if i32::try_from(precision).is_err() {
        return Err(NumberError::value("precision too big"));
    }
    limits.check_bytes(precision)?;
    Ok(Some(precision))
}

/// Whether a minus is written: not for NaNs, and with `z` not for what rounds to zero.
fn is_negative(x: f64, body: &str, no_negative_zero: bool) -> bool {
    let rounds_to_zero = || {
        let mantissa = body.split(['e', 'E']).next().unwrap_or(body);
        x.is_finite() && !mantissa.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
    };
    x.is_sign_negative() && !x.is_nan() && !(no_negative_zero && rounds_to_zero())
}

/// `format(z, spec)` of a complex number; `type_name` is for errors.
///
/// # Errors
/// ValueError for a specifier that complex numbers do not take.
pub fn format_complex(
    z: Complex,
    spec: &[u8],
    type_name: &str,
    limits: &Limits,
) -> Result<Vec<u8>> {
    if spec.is_empty() {
        return Ok(super::complex::repr(z).into_bytes());
    }
    let spec = FormatSpec::parse(spec, type_name, None, Align::Right)?;
    let kind = match spec.kind {
        None => 'r',
        Some(point) => match char::from_u32(point) {
            Some(kind @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) => kind,
            _ => return Err(spec.unknown_code(type_name)),
        },
    };
    let precision = precision(&spec, limits)?;
    if spec.fill == u32::from('0') {
        return Err(NumberError::value(
            "Zero padding is not allowed in complex format specifier",
        ));
    }
    if spec.align == Align::AfterSign {
        return Err(NumberError::value(
            "'=' alignment flag is not allowed in complex format specifier",
        ));
    }
    let style = FloatStyle {
        layout: layout(kind, precision),
        alternate: spec.alternate,
        dot_zero: false,
        upper: kind.is_ascii_uppercase(),
    };
    let imaginary_only = kind == 'r' && z.real == 0.0 && z.real.is_sign_positive();
    let mut part = FormatSpec {
        width: 0,
        align: Align::Left,
        ..spec.clone()
    };
    let mut body = Vec::new();
    let parentheses = kind == 'r' && !imaginary_only;
    if parentheses {
        body.push(b'(');
    }
    let mut write = |x: f64, part: &FormatSpec| {
        let text = float_text::magnitude(x, style);
        let negative = is_negative(x, &text, spec.no_negative_zero);
        Number::split(&text, negative).write(&mut body, part, limits)
    };
    if !imaginary_only {
        write(z.real, &part)?;
        part.sign = Some(Sign::Plus);
    }
    write(z.imag, &part)?;
    body.push(b'j');
    if parentheses {
        body.push(b')');
    }
    let mut out = Vec::new();
    pad(&mut out, &body, body.len(), &spec, limits)?;
    Ok(out)
}

/// `format(text, spec)` of a str; `type_name` is for errors.
///
/// # Errors
/// ValueError for a specifier that str does not take.
pub fn format_str(text: &[u8], spec: &[u8], type_name: &str, limits: &Limits) -> Result<Vec<u8>> {
    if spec.is_empty() {
        return Ok(text.to_vec());
    }
    let spec = FormatSpec::parse(spec, type_name, Some(u32::from('s')), Align::Left)?;
    if spec.kind != Some(u32::from('s')) {
        return Err(spec.unknown_code(type_name));
    }
    let refused = match spec.sign {
        Some(Sign::Space) => Some("Space"),
        Some(_) => Some("Sign"),
        None if spec.no_negative_zero => Some("Negative zero coercion (z)"),
        None if spec.alternate => Some("Alternate form (#)"),
        None if spec.align == Align::AfterSign => Some("'=' alignment"),
        None => None,
    };
    if let Some(refused) = refused {
        return Err(NumberError::value(format!(
            "{refused} not allowed in string format specifier"
        )));
    }
    let text = match spec.precision {
        Some(precision) if precision < text.len() => {
            text.get(..wtf8::offset(text, precision)).unwrap_or(text)
        }
        _ => text,
    };
    let mut out = Vec::new();
    pad(&mut out, text, wtf8::count(text), &spec, limits)?;
    Ok(out)
}

/// Writes `body`, which has `length` code points, padded to the specifier's width.
fn pad(
    out: &mut Vec<u8>,
    body: &[u8],
    length: usize,
    spec: &FormatSpec,
    limits: &Limits,
) -> Result<()> {
    let padding = spec.width.saturating_sub(length);
    limits.check_bytes(padding.saturating_mul(4))?;
    let before = match spec.align {
        Align::Left | Align::AfterSign => 0,
        Align::Right => padding,
        Align::Center => padding / 2,
    };
    fill(out, spec.fill, before);
    out.extend_from_slice(body);
    fill(out, spec.fill, padding - before);
    Ok(())
}

fn fill(out: &mut Vec<u8>, point: u32, count: usize) {
    match u8::try_from(point) {
        Ok(byte) if byte < 0x80 => out.resize(out.len() + count, byte),
        _ => (0..count).for_each(|_| wtf8::push(out, point)),
    }
}

/// The parts of a number's text, in their order; padding and separators go between them.
#[derive(Default)]
struct Number<'a> {
    negative: bool,
    prefix: &'a str,
    digits: &'a [u8],
    group_size: usize,
    point: bool,
    fraction: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Number<'a> {
    /// The parts of a float's text: `inf` and `nan` have neither digits nor fraction.
    fn split(body: &'a str, negative: bool) -> Self {
        let body = body.as_bytes();
        let digits = |from: &'a [u8]| {
            let count = from.iter().take_while(|byte| byte.is_ascii_digit()).count();
            from.split_at_checked(count).unwrap_or((from, &[]))
        };
        let (whole, rest) = digits(body);
        let (point, rest) = match rest {
            [b'.', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (fraction, rest) = if point { digits(rest) } else { (&[][..], rest) };
        Number {
            negative,
            prefix: "",
            digits: whole,
            group_size: 3,
            point,
            fraction,
            rest,
        }
    }

    /// Writes the number in its field: `<padding> sign prefix <padding> digits . fraction rest <padding>`.
    fn write(&self, out: &mut Vec<u8>, spec: &FormatSpec, limits: &Limits) -> Result<()> {
        let sign = match (self.negative, spec.sign) {
            (true, _) => "-",
            (false, Some(Sign::Plus)) => "+",
            (false, Some(Sign::Space)) => " ",
            (false, _) => "",
        };
        let mut tail = Vec::new();
        if self.point {
            tail.push(b'.');
        }
        match spec.fraction_grouping {
            None => tail.extend_from_slice(self.fraction),
            // After the point groups begin at the point.
            Some(grouping) => {
                for (index, group) in self.fraction.chunks(3).enumerate() {
                    if index > 0 {
                        tail.push(grouping.separator() as u8);
                    }
                    tail.extend_from_slice(group);
                }
            }
        }
        tail.extend_from_slice(self.rest);
        limits.check_bytes(spec.width.saturating_mul(4))?;
        let fixed = sign.len() + self.prefix.len() + wtf8::count(&tail);
        // Zeros that fill the field are grouped too.
        let zero_fill = spec.fill == u32::from('0') && spec.align == Align::AfterSign;
        let least = if zero_fill {
            spec.width.saturating_sub(fixed)
        } else {
            0
        };
        let digits = match spec.grouping {
            _ if self.digits.is_empty() => Vec::new(),
            Some(grouping) => group_digits(self.digits, grouping, self.group_size, least),
            None => {
                let zeros = least.saturating_sub(self.digits.len());
                let mut digits = vec![b'0'; zeros];
                digits.extend_from_slice(self.digits);
                digits
            }
        };
        let padding = spec.width.saturating_sub(fixed + digits.len());
        let (before, inside) = match spec.align {
            Align::Left => (0, 0),
            Align::Right => (padding, 0),
            Align::Center => (padding / 2, 0),
            Align::AfterSign => (0, padding),
        };
        fill(out, spec.fill, before);
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(self.prefix.as_bytes());
        fill(out, spec.fill, inside);
        out.extend_from_slice(&digits);
        out.extend_from_slice(&tail);
        fill(out, spec.fill, padding - before - inside);
        Ok(())
    }
}

/// Digits with separators, from the right, with zeros up to the width `least`; never a separator first.
fn group_digits(digits: &[u8], grouping: Grouping, size: usize, least: usize) -> Vec<u8> {
    let mut reversed = Vec::with_capacity(least.max(digits.len() + digits.len() / 3));
    let mut digits = digits.iter().rev().copied().peekable();
    let mut in_group = 0;
    while digits.peek().is_some() || reversed.len() < least {
        if in_group == size {
            reversed.push(grouping.separator() as u8);
            in_group = 0;
        }
        reversed.push(digits.next().unwrap_or(b'0'));
        in_group += 1;
    }
    reversed.reverse();
    reversed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(result: Result<Vec<u8>>) -> String {
        match result {
            Ok(bytes) => String::from_utf8(bytes).unwrap(),
            Err(error) => format!("{:?} {}", error.kind, error.message),
        }
    }

    #[test]
    fn formats_ints() {
        for (n, spec, want) in [
            (-5, "=5", "-   5"),
            (-5, "<05", "-5000"),
            (-5, "x=05", "-xxx5"),
            (-5, "#010_x", "-0x00_0005"),
            (-5, " #b", "-0b101"),
            (255, "#X", "0XFF"),
            (255, "010_x", "0_0000_00ff"),
            (1234567, "011,", "001,234,567"),
            (1234567, "012,", "0,001,234,567"),
            (123, "05,", "0,123"),
            (1234, "x=7,", "xx1,234"),
            (65, "05c", "0000A"),
            (128512, ">3c", "  \u{1F600}"),
            (1, "\u{e9}^5", "\u{e9}\u{e9}1\u{e9}\u{e9}"),
            (1, ".,x", "1"),
            (1, "zf", "1.000000"),
            (1234, ".7,f", "1234.000,000,0"),
            (
                1,
                ".3d",
                "Value Precision not allowed in integer format specifier",
            ),
            (
                1,
                "z",
                "Value Negative zero coercion (z) not allowed in integer format specifier",
            ),
            (
                1,
                "+c",
                "Value Sign not allowed with integer format specifier 'c'",
            ),
            (
                1,
                "#c",
                "Value Alternate form (#) not allowed with integer format specifier 'c'",
            ),
            (-1, "c", "Overflow %c arg not in range(0x110000)"),
            (
                1,
                "\0",
                "Value Unknown format code '\\x0' for object of type 'int'",
            ),
            (
                1,
                "s",
                "Value Unknown format code 's' for object of type 'int'",
            ),
        ] {
            let got = format_int(IntRef::Small(n), spec.as_bytes(), "int", &Limits::default());
            assert_eq!(text(got), want, "{n} {spec}");
        }
    }

    #[test]
    fn formats_floats() {
        for (x, spec, want) in [
            (1234.56789, "020,.7_f", "00,001,234.567_890_0"),
            (1234.56789, ".,", "1234.567,89"),
            (12345.6789, ".8_e", "1.234_567_89e+04"),
            (1e16, "#", "1.e+16"),
            (100.0, "#.3", "1.00e+02"),
            (100000.0, ".6", "1e+05"),
            (30.0, ".2", "3e+01"),
            (0.0, ".0", "0e+00"),
            (0.0, "#g", "0.00000"),
            (123456789.123, "020_.2", "00_000_000_001.2e+08"),
            (-0.04, "z.1f", "0.0"),
            (-0.04, ".1f", "-0.0"),
            (-0.04, "z.1e", "-4.0e-02"),
            (-0.0, "z", "0.0"),
            (f64::INFINITY, "010,", "0000000inf"),
            (f64::NEG_INFINITY, "020g", "-0000000000000000inf"),
            (-f64::NAN, "+F", "+NAN"),
            (1.5, "020%", "000000000150.000000%"),
            (1.5, "#.0%", "150.%"),
            (1e308, "%", "inf%"),
            (2.5, ".0f", "2"),
            (0.1, ".20", "0.10000000000000000555"),
            (1.0, ".2147483648f", "Value precision too big"),
            (
                1.0,
                ".2,,",
                "Value Unknown format code ',' for object of type 'float'",
            ),
            (
                1.0,
                "d",
                "Value Unknown format code 'd' for object of type 'float'",
            ),
            (1.0, ".1147483647f", "Memory "),
        ] {
            let got = format_float(x, spec.as_bytes(), "float", &Limits::default());
            assert_eq!(text(got), want, "{x} {spec}");
        }
        let long = format_float(0.5, b".2000f", "float", &Limits::default()).unwrap();
        assert_eq!(long.len(), 2002);
    }

    #[test]
    fn formats_complex_numbers() {
        let c = super::super::complex::new;
        for (z, spec, want) in [
            (c(1.0, 2.0), ">20", "              (1+2j)"),
            (c(1.0, 2.0), "+.3e", "+1.000e+00+2.000e+00j"),
            (c(1.0, 2.0), ".3", "(1+2j)"),
            (c(1.0, 2.0), "#g", "1.00000+2.00000j"),
            (c(0.0, f64::NAN), "+", "+nanj"),
            (c(0.0, f64::NAN), "f", "0.000000+nanj"),
            (c(-0.0, -0.0), "z", "(0+0j)"),
            (c(12345.0, 1.234567890), ",._f", "12,345.000_000+1.234_568j"),
            (
                c(1.0, 1.0),
                "0<10",
                "Value Zero padding is not allowed in complex format specifier",
            ),
            (
                c(1.0, 1.0),
                "x=10",
                "Value '=' alignment flag is not allowed in complex format specifier",
            ),
            (
                c(1.0, 1.0),
                "010d",
                "Value Unknown format code 'd' for object of type 'complex'",
            ),
        ] {
            let got = format_complex(z, spec.as_bytes(), "complex", &Limits::default());
            assert_eq!(text(got), want, "{z:?} {spec}");
        }
    }

    #[test]
    fn formats_strings() {
        for (value, spec, want) in [
            ("\u{e9}\u{1F600}", "4", "\u{e9}\u{1F600}  "),
            ("\u{e9}\u{1F600}", ".1", "\u{e9}"),
            ("text", ">10.3s", "       tex"),
            ("text", "010", "text000000"),
            ("text", "\u{e9}^7", "\u{e9}text\u{e9}\u{e9}"),
            ("text", ".2,", "te"),
            (
                "a",
                " ",
                "Value Space not allowed in string format specifier",
            ),
            (
                "a",
                "+z#",
                "Value Sign not allowed in string format specifier",
            ),
            (
                "a",
                "=z",
                "Value Negative zero coercion (z) not allowed in string format specifier",
            ),
            (
                "a",
                "#",
                "Value Alternate form (#) not allowed in string format specifier",
            ),
            (
                "a",
                "x=05",
                "Value '=' alignment not allowed in string format specifier",
            ),
            ("a", "_s", "Value Cannot specify '_' with 's'."),
            (
                "a",
                "+d",
                "Value Unknown format code 'd' for object of type 'str'",
            ),
            ("a", "9000000000000000000", "Memory "),
        ] {
            let got = format_str(value.as_bytes(), spec.as_bytes(), "str", &Limits::default());
            assert_eq!(text(got), want, "{value} {spec}");
        }
        let surrogate = format_str(b"a", b"\xED\xA0\x80<3", "str", &Limits::default()).unwrap();
        assert_eq!(surrogate, b"a\xED\xA0\x80\xED\xA0\x80");
    }
}
