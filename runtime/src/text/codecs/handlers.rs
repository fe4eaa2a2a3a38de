//! The built-in error handlers.

use crate::text::quote;
use crate::text::wtf8;

/// A built-in error handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// Raise.
    Strict,
    /// Leave it out.
    Ignore,
    /// `?`, or U+FFFD when decoding.
    Replace,
    /// `\xhh`, `\uhhhh`, `\Uhhhhhhhh`.
    Backslashreplace,
    /// `&#n;`; encoding only.
    Xmlcharrefreplace,
    /// `\N{...}`; encoding only.
    Namereplace,
    /// Undecodable bytes as U+DC80 to U+DCFF, and back.
    Surrogateescape,
    /// Surrogates as if they were characters, in UTF-8, UTF-16 and UTF-32.
    Surrogatepass,
}

impl Errors {
    /// Every handler.
    pub const ALL: [Errors; 8] = [
        Errors::Strict,
        Errors::Ignore,
        Errors::Replace,
        Errors::Backslashreplace,
        Errors::Xmlcharrefreplace,
        Errors::Namereplace,
        Errors::Surrogateescape,
        Errors::Surrogatepass,
    ];

    /// The name it is registered under.
    pub fn name(self) -> &'static str {
        match self {
            Errors::Strict => "strict",
            Errors::Ignore => "ignore",
            Errors::Replace => "replace",
            Errors::Backslashreplace => "backslashreplace",
            Errors::Xmlcharrefreplace => "xmlcharrefreplace",
            Errors::Namereplace => "namereplace",
            Errors::Surrogateescape => "surrogateescape",
            Errors::Surrogatepass => "surrogatepass",
        }
    }

    /// The handler of that name.
    pub fn from_name(name: &str) -> Option<Errors> {
        Errors::ALL.into_iter().find(|errors| errors.name() == name)
    }

    /// Whether it can handle a UnicodeDecodeError at all; otherwise it answers with a TypeError.
    pub fn decodes(self) -> bool {
        !matches!(self, Errors::Xmlcharrefreplace | Errors::Namereplace)
    }
}

/// What an error handler puts in the place of code points that cannot be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// A str, to be encoded in its turn.
    Text(Vec<u8>),
    /// Bytes, to be taken as they are.
    Bytes(Vec<u8>),
}

/// The str in place of the bytes `start..end` that `encoding` cannot decode, and the byte to go on
/// at; `None` to raise the error.
pub fn decoding(
    errors: Errors,
    encoding: &str,
    input: &[u8],
    start: usize,
    end: usize,
) -> Option<(Vec<u8>, usize)> {
    let bad = input.get(start..end.min(input.len())).unwrap_or_default();
    let mut out = Vec::new();
    match errors {
        Errors::Strict | Errors::Xmlcharrefreplace | Errors::Namereplace => return None,
        Errors::Ignore => {}
        Errors::Replace => wtf8::push(&mut out, 0xFFFD),
        Errors::Backslashreplace => bad
            .iter()
            .for_each(|&byte| quote::escape(byte.into(), &mut out)),
        Errors::Surrogateescape => {
            // ASCII is never smuggled: it could pass for something else later.
            let escaped = bad.iter().take(4).take_while(|byte| !byte.is_ascii());
            let count = escaped
                .map(|&byte| wtf8::push(&mut out, 0xDC00 + u32::from(byte)))
                .count();
            return (count > 0).then_some((out, start + count));
        }
        Errors::Surrogatepass => {
            let rest = input.get(start..)?;
            let (unit, point) = match (surrogate_form(encoding)?, rest) {
                (Form::Utf8, &[a, b, c, ..]) => {
                    let point = wtf8::decode(&[a, b, c], 0).map(|(point, _)| point);
                    (
                        3,
                        point.filter(|_| a == 0xED && b & 0xC0 == 0x80 && c & 0xC0 == 0x80)?,
                    )
                }
                (Form::Little16, &[a, b, ..]) => (2, u16::from_le_bytes([a, b]).into()),
                (Form::Big16, &[a, b, ..]) => (2, u16::from_be_bytes([a, b]).into()),
                (Form::Little32, &[a, b, c, d, ..]) => (4, u32::from_le_bytes([a, b, c, d])),
                (Form::Big32, &[a, b, c, d, ..]) => (4, u32::from_be_bytes([a, b, c, d])),
                _ => return None,
            };
            if !wtf8::is_surrogate(point) {
                return None;
            }
            wtf8::push(&mut out, point);
            return Some((out, start + unit));
        }
    }
    Some((out, end))
}

/// What stands in place of the code points `bad`, which `encoding` cannot encode; encoding goes on
/// after them. `None` to raise the error.
pub fn encoding(errors: Errors, encoding: &str, bad: &[u8]) -> Option<Replacement> {
    let bad = wtf8::code_points(bad);
    let mut out = Vec::new();
    match errors {
        Errors::Strict => return None,
        Errors::Ignore => {}
        Errors::Replace => out.extend(bad.map(|_| b'?')),
        Errors::Backslashreplace => bad.for_each(|point| quote::escape(point, &mut out)),
        Errors::Xmlcharrefreplace => {
            bad.for_each(|point| out.extend_from_slice(format!("&#{point};").as_bytes()));
        }
        Errors::Namereplace => {
            bad.for_each(
                |point| match char::from_u32(point).and_then(unicode_names2::name) {
                    Some(name) => out.extend_from_slice(format!("\\N{{{name}}}").as_bytes()),
                    None => quote::escape(point, &mut out),
                },
            )
        }
        Errors::Surrogateescape => {
            for point in bad {
                if !(0xDC80..=0xDCFF).contains(&point) {
                    return None;
                }
                out.push(point as u8);
            }
            return Some(Replacement::Bytes(out));
        }
        Errors::Surrogatepass => {
            let form = surrogate_form(encoding)?;
            for point in bad {
                if !wtf8::is_surrogate(point) {
                    return None;
                }
                match form {
                    Form::Utf8 => wtf8::push(&mut out, point),
                    Form::Little16 => out.extend_from_slice(&(point as u16).to_le_bytes()),
                    Form::Big16 => out.extend_from_slice(&(point as u16).to_be_bytes()),
                    Form::Little32 => out.extend_from_slice(&point.to_le_bytes()),
                    Form::Big32 => out.extend_from_slice(&point.to_be_bytes()),
                }
            }
            return Some(Replacement::Bytes(out));
        }
    }
    Some(Replacement::Text(out))
}

/// How `surrogatepass` writes a surrogate.
#[derive(Clone, Copy)]
enum Form {
    Utf8,
    Little16,
    Big16,
    Little32,
    Big32,
}

/// The form that belongs to an encoding's name, in any of its usual spellings.
fn surrogate_form(encoding: &str) -> Option<Form> {
    let name: String = encoding
        .to_ascii_lowercase()
        .chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .collect();
    Some(match name.as_str() {
        "utf8" | "cp65001" => Form::Utf8,
        "utf16" | "utf16le" => Form::Little16,
        "utf16be" => Form::Big16,
        "utf32" | "utf32le" => Form::Little32,
        "utf32be" => Form::Big32,
        _ => return None,
    })
}
