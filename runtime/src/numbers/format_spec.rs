//! The format mini-language: what stands after the colon of a replacement field.
//!
//! `[[fill]align][sign][z][#][0][width][grouping][.[precision][grouping]][type]`

use super::{NumberError, Result};
use crate::text::{unicode, wtf8};

/// Where the text goes in a field that is wider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: the padding goes between the sign and the digits.
    AfterSign,
}

/// The separator of groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// `,`
    Comma,
    /// `_`
    Underscore,
}

impl Grouping {
    /// The character itself.
    pub fn separator(self) -> char {
        match self {
            Grouping::Comma => ',',
            Grouping::Underscore => '_',
        }
    }
}

/// When a sign is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `-`, or nothing given: only for negative numbers.
    Minus,
    /// `+`: always.
    Plus,
    /// A space: a space before positive numbers.
    Space,
}

/// A parsed format specifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    /// The code point that pads.
    pub fill: u32,
    /// The alignment, given or default.
    pub align: Align,
    /// The sign option, if given.
    pub sign: Option<Sign>,
    /// `z`: a negative zero loses its sign.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    /// The least width, in code points.
    pub width: usize,
    /// The separator before the point.
    pub grouping: Option<Grouping>,
    /// The precision, if given.
    pub precision: Option<usize>,
    /// The separator after the point.
    pub fraction_grouping: Option<Grouping>,
    /// The presentation type, given or default.
    pub kind: Option<u32>,
}

impl FormatSpec {
    /// Parses a specifier for a value of a type named `type_name`.
    ///
    /// `kind` and `align` are that type's defaults.
    ///
    /// # Errors
    /// ValueError, with the texts of CPython's `formatter_unicode.c`.
    pub fn parse(spec: &[u8], type_name: &str, kind: Option<u32>, align: Align) -> Result<Self> {
        let mut reader = Reader { spec, at: 0 };
        let mut parsed = FormatSpec {
            fill: u32::from(' '),
            align,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: 0,
            grouping: None,
            precision: None,
            fraction_grouping: None,
            kind,
        };
        let mut fill_given = false;
        let mut align_given = true;
        let (first, second) = reader.peek_two();
        if let Some(align) = second.and_then(alignment) {
            parsed.fill = first.unwrap_or(parsed.fill);
            parsed.align = align;
            fill_given = true;
            reader.skip();
            reader.skip();
        } else if let Some(align) = first.and_then(alignment) {
            parsed.align = align;
            reader.skip();
        } else {
            align_given = false;
        }
        parsed.sign = match reader.peek() {
            Some(0x2B) => Some(Sign::Plus),
            Some(0x2D) => Some(Sign::Minus),
            Some(0x20) => Some(Sign::Space),
            _ => None,
        };
        if parsed.sign.is_some() {
            reader.skip();
        }
        parsed.no_negative_zero = reader.take('z');
        parsed.alternate = reader.take('#');
        if !fill_given && reader.take('0') {
            parsed.fill = u32::from('0');
            if !align_given && align == Align::Right {
                parsed.align = Align::AfterSign;
            }
        }
        parsed.width = reader.number()?.unwrap_or(0);
        parsed.grouping = reader.grouping()?;
        if reader.take('.') {
            parsed.precision = reader.number()?;
            parsed.fraction_grouping = reader.grouping()?;
            if parsed.precision.is_none() && parsed.fraction_grouping.is_none() {
                return Err(NumberError::value("Format specifier missing precision"));
            }
        }
        if let Some(point) = reader.peek() {
            reader.skip();
            if reader.peek().is_some() {
                return Err(NumberError::value(format!(
                    "Invalid format specifier '{}' for object of type '{type_name}'",
                    wtf8::Text::new(spec).to_string_lossy()
                )));
            }
            parsed.kind = Some(point);
        }
        parsed.check_grouping()?;
        Ok(parsed)
    }

    /// Refuses separators where the presentation type has no groups of digits.
    fn check_grouping(&self) -> Result<()> {
        let kind = self.kind.and_then(char::from_u32);
        let refuse = |grouping: Grouping| {
            let kind = display(self.kind.unwrap_or(0));
            let separator = grouping.separator();
            Err(NumberError::value(format!(
                "Cannot specify '{separator}' with '{kind}'."
            )))
        };
        if let Some(grouping) = self.grouping {
            match (kind, self.kind) {
                (Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F'), _) | (None, None) => {}
                (Some('b' | 'o' | 'x' | 'X'), _) if grouping == Grouping::Underscore => {}
                _ => return refuse(grouping),
            }
        }
        match (kind, self.fraction_grouping) {
            (Some('n'), Some(grouping)) => refuse(grouping),
            _ => Ok(()),
        }
    }

    /// The error for a presentation type that the value's type has not.
    pub fn unknown_code(&self, type_name: &str) -> NumberError {
        NumberError::value(format!(
            "Unknown format code '{}' for object of type '{type_name}'",
            display(self.kind.unwrap_or(0))
        ))
    }
}

/// A presentation type as messages show it.
fn display(point: u32) -> String {
    match char::from_u32(point) {
        Some(c) if point > 32 && point < 128 => c.to_string(),
        _ => format!("\\x{point:x}"),
    }
}

fn alignment(point: u32) -> Option<Align> {
    match char::from_u32(point)? {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

/// Reads decimal digits of any script from `at` on; gives the number and the offset after it.
///
/// # Errors
/// ValueError past the largest index.
pub(super) fn read_number(text: &[u8], mut at: usize) -> Result<(Option<usize>, usize)> {
    let mut value = None;
    while let Some((point, width)) = wtf8::decode(text, at) {
        let Some(digit) = unicode::decimal_value(point) else {
            break;
        };
        let next = value
            .unwrap_or(0i64)
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(i64::from(digit)))
            .ok_or_else(|| NumberError::value("Too many decimal digits in format string"))?;
        value = Some(next);
        at += width;
    }
    Ok((value.map(|value| value as usize), at))
}

/// A place in the specifier.
struct Reader<'a> {
    spec: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u32> {
        Some(wtf8::decode(self.spec, self.at)?.0)
    }

    fn peek_two(&self) -> (Option<u32>, Option<u32>) {
        let second = wtf8::decode(self.spec, wtf8::next(self.spec, self.at));
        (self.peek(), second.map(|(point, _)| point))
    }

    fn skip(&mut self) {
        self.at = wtf8::next(self.spec, self.at);
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted.into());
        if found {
            self.skip();
        }
        found
    }

    fn number(&mut self) -> Result<Option<usize>> {
        let (value, at) = read_number(self.spec, self.at)?;
        self.at = at;
        Ok(value)
    }

    fn grouping(&mut self) -> Result<Option<Grouping>> {
        let both = || NumberError::value("Cannot specify both ',' and '_'.");
        let comma = self.take(',');
        if self.take('_') {
            if comma || self.peek() == Some(u32::from(',')) {
                return Err(both());
            }
            return Ok(Some(Grouping::Underscore));
        }
        Ok(comma.then_some(Grouping::Comma))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_errors_like_cpython() {
        for (spec, want) in [
            (",_", "Cannot specify both ',' and '_'."),
            ("_,", "Cannot specify both ',' and '_'."),
            (",,", "Cannot specify ',' with ','."),
            (".7_,f", "Cannot specify both ',' and '_'."),
            (
                ".7__f",
                "Invalid format specifier '.7__f' for object of type 'int'",
            ),
            (",x", "Cannot specify ',' with 'x'."),
            ("_n", "Cannot specify '_' with 'n'."),
            (".7,n", "Cannot specify ',' with 'n'."),
            ("_\u{e9}", "Cannot specify '_' with '\\xe9'."),
            (",\x01", "Cannot specify ',' with '\\x1'."),
            (".", "Format specifier missing precision"),
            (".-1", "Format specifier missing precision"),
            (
                "1.2.3",
                "Invalid format specifier '1.2.3' for object of type 'int'",
            ),
            (
                "5 5",
                "Invalid format specifier '5 5' for object of type 'int'",
            ),
            (
                "9223372036854775808",
                "Too many decimal digits in format string",
            ),
        ] {
            let error = FormatSpec::parse(spec.as_bytes(), "int", None, Align::Right).unwrap_err();
            assert_eq!(error.message, want, "{spec}");
        }
    }

    #[test]
    fn parses_every_part() {
        let parse = |spec: &str| FormatSpec::parse(spec.as_bytes(), "int", None, Align::Right);
        let all = parse("\u{e9}<+z#\u{665}2,.7_f").unwrap();
        let want = FormatSpec {
            fill: 0xE9,
            align: Align::Left,
            sign: Some(Sign::Plus),
            no_negative_zero: true,
            alternate: true,
            width: 52,
            grouping: Some(Grouping::Comma),
            precision: Some(7),
            fraction_grouping: Some(Grouping::Underscore),
            kind: Some(u32::from('f')),
        };
        assert_eq!(all, want);
        assert_eq!(parse("05").unwrap().align, Align::AfterSign);
        assert_eq!(parse("<05").unwrap().align, Align::Left);
        assert_eq!(parse("<05").unwrap().fill, u32::from('0'));
    }
}
