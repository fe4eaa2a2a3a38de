//! `str.format` templates: literal text and replacement fields, field names with their paths, numbering.
//!
//! The caller iterates over [`Markup`], splits each name with [`FieldName::parse`], numbers it with
//! [`Numbering`], walks the path, converts, and expands a specifier that has fields of its own by
//! iterating over it in turn, one level deep ([`recursion_exceeded`] beyond).

use super::format_spec::read_number;
use super::{ErrorKind, NumberError, Result};
use crate::text::wtf8;

/// A piece of a template: text, and perhaps a field after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text, with doubled braces already single.
    pub literal: &'a [u8],
    /// The field.
    pub field: Option<Field<'a>>,
}

/// `{name!conversion:spec}`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// What stands before the conversion.
    pub name: &'a [u8],
    /// The character after `!`; see [`Convert::from_code_point`].
    pub conversion: Option<u32>,
    /// What stands after the colon.
    pub spec: &'a [u8],
    /// Whether the specifier has braces in it.
    pub spec_has_fields: bool,
}

/// A template being read.
#[derive(Clone, Debug)]
pub struct Markup<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Markup<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a [u8]) -> Self {
        Markup { text, at: 0 }
    }

    fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.text.get(start..end).unwrap_or(&[])
    }

    /// The next byte; all that matters to the syntax is ASCII.
    fn bump(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn piece(&mut self) -> Result<Piece<'a>> {
        let start = self.at;
        let rest = self.slice(start, self.text.len());
        let Some(length) = memchr::memchr2(b'{', b'}', rest) else {
            self.at = self.text.len();
            return Ok(Piece {
                literal: rest,
                field: None,
            });
        };
        let brace = self.text.get(start + length).copied();
        self.at = start + length + 1;
        if self.text.get(self.at).copied() == brace {
            // A doubled brace is one, and ends the piece.
            let literal = self.slice(start, self.at);
            self.at += 1;
            return Ok(Piece {
                literal,
                field: None,
            });
        }
        if brace == Some(b'}') {
            return Err(NumberError::value(
                "Single '}' encountered in format string",
            ));
        }
        if self.at == self.text.len() {
            return Err(NumberError::value(
                "Single '{' encountered in format string",
            ));
        }
        let literal = self.slice(start, self.at - 1);
        let field = Some(self.field()?);
        Ok(Piece { literal, field })
    }

    /// Reads a field after its opening brace.
    fn field(&mut self) -> Result<Field<'a>> {
        let start = self.at;
        let end = loop {
            match self.bump() {
                Some(b'{') => {
                    return Err(NumberError::value("unexpected '{' in field name"));
                }
                // An index may have any character but its closing bracket.
                Some(b'[') => {
                    let rest = self.slice(self.at, self.text.len());
                    self.at += memchr::memchr(b']', rest).unwrap_or(rest.len());
                }
                Some(end @ (b'}' | b':' | b'!')) => break end,
                Some(_) => {}
                None => {
                    return Err(NumberError::value("expected '}' before end of string"));
                }
            }
        };
        let mut field = Field {
            name: self.slice(start, self.at - 1),
            conversion: None,
            spec: &[],
            spec_has_fields: false,
        };
        match end {
            b'}' => return Ok(field),
            b'!' => {
                let (point, width) = wtf8::decode(self.text, self.at).ok_or_else(|| {
                    NumberError::value("end of string while looking for conversion specifier")
                })?;
                self.at += width;
                field.conversion = Some(point);
                match self.bump() {
                    Some(b'}') => return Ok(field),
                    Some(b':') | None => {}
                    Some(_) => {
                        return Err(NumberError::value(
                            "expected ':' after conversion specifier",
                        ));
                    }
                }
            }
            _ => {}
        }
        self.spec(&mut field)?;
        Ok(field)
    }

    /// Reads a specifier up to the brace that closes its field.
    fn spec(&mut self, field: &mut Field<'a>) -> Result<()> {
        let start = self.at;
        let mut depth = 1;
        while let Some(byte) = self.bump() {
            match byte {
                b'{' => {
                    field.spec_has_fields = true;
                    depth += 1;
                }
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = self.slice(start, self.at - 1);
                return Ok(());
            }
        }
        Err(NumberError::value("unmatched '{' in format spec"))
    }
}

impl<'a> Iterator for Markup<'a> {
    type Item = Result<Piece<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.at < self.text.len()).then(|| {
            self.piece().inspect_err(|_| {
                self.at = self.text.len();
            })
        })
    }
}

/// A name or a number: what a field begins with, or an index in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// Decimal digits only.
    Index(usize),
    /// Anything else; empty for a field that is numbered automatically.
    Name(&'a [u8]),
}

impl<'a> Key<'a> {
    fn parse(text: &'a [u8]) -> Result<Self> {
        Ok(match read_number(text, 0)? {
            (Some(index), end) if end == text.len() => Key::Index(index),
            _ => Key::Name(text),
        })
    }
}

/// A step of a field's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// `.name`
    Attribute(&'a [u8]),
    /// `[key]`
    Item(Key<'a>),
}

/// A field's name, split: `0.name[key]`.
#[derive(Clone, Debug)]
pub struct FieldName<'a> {
    /// What the path starts from.
    pub first: Key<'a>,
    /// The steps, read as they are taken, so that errors come in CPython's order.
    pub path: Path<'a>,
}

impl<'a> FieldName<'a> {
    /// Splits a field's name (`_string.formatter_field_name_split`).
    ///
    /// # Errors
    /// ValueError for an index that is too large.
    pub fn parse(name: &'a [u8]) -> Result<Self> {
        let end = memchr::memchr2(b'.', b'[', name).unwrap_or(name.len());
        let (first, path) = name.split_at_checked(end).unwrap_or((name, &[]));
        Ok(FieldName {
            first: Key::parse(first)?,
            path: Path { rest: path },
        })
    }
}

/// The rest of a field's path.
#[derive(Clone, Debug)]
pub struct Path<'a> {
    rest: &'a [u8],
}

impl<'a> Path<'a> {
    fn step(&mut self) -> Result<Step<'a>> {
        let attribute = match self.rest {
            [b'.', rest @ ..] => {
                self.rest = rest;
                true
            }
            [b'[', rest @ ..] => {
                self.rest = rest;
                false
            }
            _ => {
                return Err(NumberError::value(
                    "Only '.' or '[' may follow ']' in format field specifier",
                ));
            }
        };
        let end = if attribute {
            memchr::memchr2(b'.', b'[', self.rest).unwrap_or(self.rest.len())
        } else {
            memchr::memchr(b']', self.rest)
                .ok_or_else(|| NumberError::value("Missing ']' in format string"))?
        };
        let (name, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        self.rest = if attribute {
            rest
        } else {
            rest.get(1..).unwrap_or(&[])
        };
        if name.is_empty() {
            return Err(NumberError::value("Empty attribute in format string"));
        }
        Ok(if attribute {
            Step::Attribute(name)
        } else {
            Step::Item(Key::parse(name)?)
        })
    }
}

impl<'a> Iterator for Path<'a> {
    type Item = Result<Step<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.rest.is_empty()).then(|| self.step().inspect_err(|_| self.rest = &[]))
    }
}

/// Who numbers the fields of a template, its specifiers' included: the writer, or `format`.
#[derive(Clone, Copy, Debug, Default)]
pub enum Numbering {
    /// No field has told yet.
    #[default]
    Undecided,
    /// `{}`: the number of the next field.
    Automatic(usize),
    /// `{0}`
    Manual,
}

impl Numbering {
    /// Gives an empty name its number.
    ///
    /// # Errors
    /// ValueError where the two ways are mixed.
    pub fn resolve<'a>(&mut self, first: Key<'a>) -> Result<Key<'a>> {
        match (first, &mut *self) {
            (Key::Name(b""), Numbering::Manual) => Err(NumberError::value(
                "cannot switch from manual field specification to automatic field numbering",
            )),
            (Key::Name(b""), Numbering::Automatic(next)) => {
                let index = *next;
                *next += 1;
                Ok(Key::Index(index))
            }
            (Key::Name(b""), Numbering::Undecided) => {
                *self = Numbering::Automatic(1);
                Ok(Key::Index(0))
            }
            (Key::Index(_), Numbering::Automatic(_)) => Err(NumberError::value(
                "cannot switch from automatic field numbering to manual field specification",
            )),
            (Key::Index(_), _) => {
                *self = Numbering::Manual;
                Ok(first)
            }
            (Key::Name(_), _) => Ok(first),
        }
    }
}

/// The conversions of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convert {
    /// `!s`
    Str,
    /// `!r`
    Repr,
    /// `!a`
    Ascii,
}

impl Convert {
    /// The conversion of a field, applied to the object once it has been found.
    ///
    /// # Errors
    /// ValueError for another character.
    pub fn from_code_point(point: u32) -> Result<Self> {
        match char::from_u32(point) {
            Some('s') => Ok(Convert::Str),
            Some('r') => Ok(Convert::Repr),
            Some('a') => Ok(Convert::Ascii),
            other => {
                let shown = match other {
                    Some(c) if point > 32 && point < 127 => c.to_string(),
                    _ => format!("\\x{point:x}"),
                };
                Err(NumberError::value(format!(
                    "Unknown conversion specifier {shown}"
                )))
            }
        }
    }
}

/// The error for a specifier's specifier that has fields.
pub fn recursion_exceeded() -> NumberError {
    NumberError::value("Max string recursion exceeded")
}

/// The error for a number past the positional arguments.
pub fn index_out_of_range(index: usize) -> NumberError {
    NumberError::new(
        ErrorKind::Index,
        format!("Replacement index {index} out of range for positional args tuple"),
    )
}

/// The error for a number in `format_map`.
pub fn positional_in_map() -> NumberError {
    NumberError::value("Format string contains positional fields")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_templates() {
        let parse = |text: &'static str| -> Vec<_> {
            Markup::new(text.as_bytes())
                .map(|piece| {
                    let piece = piece.unwrap();
                    let field = piece.field.map(|field| {
                        (
                            std::str::from_utf8(field.name).unwrap(),
                            field.conversion.and_then(char::from_u32),
                            std::str::from_utf8(field.spec).unwrap(),
                            field.spec_has_fields,
                        )
                    });
                    (std::str::from_utf8(piece.literal).unwrap(), field)
                })
                .collect()
        };
        assert_eq!(
            parse("a{b!r:c{d}}e{{f}}g{}"),
            [
                ("a", Some(("b", Some('r'), "c{d}", true))),
                ("e{", None),
                ("f}", None),
                ("g", Some(("", None, "", false))),
            ]
        );
        assert_eq!(
            parse("{a[}:!]}|{0!r}"),
            [
                ("", Some(("a[}:!]", None, "", false))),
                ("|", Some(("0", Some('r'), "", false))),
            ]
        );
        assert_eq!(parse(""), []);
    }

    #[test]
    fn words_template_errors_like_cpython() {
        for (text, want) in [
            ("{", "Single '{' encountered in format string"),
            ("a}", "Single '}' encountered in format string"),
            ("{}}", "Single '}' encountered in format string"),
            ("{0:}}", "Single '}' encountered in format string"),
            ("{a", "expected '}' before end of string"),
            ("{a[", "expected '}' before end of string"),
            ("{a[}", "expected '}' before end of string"),
            ("{a{b}}", "unexpected '{' in field name"),
            (
                "{0!",
                "end of string while looking for conversion specifier",
            ),
            ("{!}", "unmatched '{' in format spec"),
            ("{0!r", "unmatched '{' in format spec"),
            ("{0:{}", "unmatched '{' in format spec"),
            ("{0!rx}", "expected ':' after conversion specifier"),
        ] {
            let error = Markup::new(text.as_bytes()).find_map(Result::err).unwrap();
            assert_eq!(error.message, want, "{text}");
        }
    }

    #[test]
    fn splits_field_names() {
        let split = |text: &'static str| {
            let name = FieldName::parse(text.as_bytes())?;
            let steps = name.path.collect::<Result<Vec<_>>>()?;
            Ok::<_, NumberError>((name.first, steps))
        };
        assert_eq!(
            split("a.b[0][c].d"),
            Ok((
                Key::Name(b"a"),
                vec![
                    Step::Attribute(b"b"),
                    Step::Item(Key::Index(0)),
                    Step::Item(Key::Name(b"c")),
                    Step::Attribute(b"d"),
                ]
            ))
        );
        assert_eq!(
            split("[-1]"),
            Ok((Key::Name(b""), vec![Step::Item(Key::Name(b"-1"))]))
        );
        assert_eq!(split("\u{661}2"), Ok((Key::Index(12), vec![])));
        assert_eq!(split("0 "), Ok((Key::Name(b"0 "), vec![])));
        for (text, want) in [
            ("a.", "Empty attribute in format string"),
            ("a[]", "Empty attribute in format string"),
            ("a[0", "Missing ']' in format string"),
            (
                "a[0]x",
                "Only '.' or '[' may follow ']' in format field specifier",
            ),
            (
                "99999999999999999999",
                "Too many decimal digits in format string",
            ),
        ] {
            assert_eq!(split(text).unwrap_err().message, want, "{text}");
        }
    }

    #[test]
    fn numbers_fields() {
        let (auto, one) = (Key::Name(b""), Key::Index(1));
        let mut numbering = Numbering::default();
        assert_eq!(numbering.resolve(Key::Name(b"x")), Ok(Key::Name(b"x")));
        assert_eq!(numbering.resolve(auto), Ok(Key::Index(0)));
        assert_eq!(numbering.resolve(auto), Ok(one));
        assert_eq!(
            numbering.resolve(one).unwrap_err().message,
            "cannot switch from automatic field numbering to manual field specification"
        );
        let mut numbering = Numbering::default();
        assert_eq!(numbering.resolve(one), Ok(one));
        assert_eq!(
            numbering.resolve(auto).unwrap_err().message,
            "cannot switch from manual field specification to automatic field numbering"
        );
        for (point, want) in [(0xE9, "\\xe9"), (1, "\\x1"), (u32::from('x'), "x")] {
            let error = Convert::from_code_point(point).unwrap_err();
            assert_eq!(
                error.message,
                format!("Unknown conversion specifier {want}")
            );
        }
    }
}
