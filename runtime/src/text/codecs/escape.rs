//! `unicode_escape` and `raw_unicode_escape`: backslash escapes in Latin-1.

use super::Stop;
use super::single::push_latin1;
use crate::text::{quote, wtf8};

const TRUNCATED_X: &str = "truncated \\xXX escape";
const TRUNCATED_U: &str = "truncated \\uXXXX escape";
const TRUNCATED_LONG: &str = "truncated \\UXXXXXXXX escape";

/// Appends `input` from `at` on with its escapes resolved; notes in `dubious` the first backslash
/// that begins no escape, or an octal number too great for a byte.
pub(super) fn decode(
    input: &[u8],
    at: &mut usize,
    out: &mut Vec<u8>,
    last: bool,
    dubious: &mut Option<usize>,
) -> Result<(), Stop> {
    while let Some((start, letter)) = to_backslash(input, at, out) {
        let Some(letter) = letter else {
            return if last {
                Err((start, input.len(), "\\ at end of string"))
            } else {
                Ok(())
            };
        };
        let mut next = start + 2;
        match letter {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(letter),
            b'a' => out.push(0x07),
            b'b' => out.push(0x08),
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'v' => out.push(0x0B),
            b'f' => out.push(0x0C),
            b'r' => out.push(b'\r'),
            b'0'..=b'7' => {
                let mut value = u32::from(letter - b'0');
                while let Some(&octal @ b'0'..=b'7') = input.get(next).filter(|_| next < start + 4)
                {
                    value = value << 3 | u32::from(octal - b'0');
                    next += 1;
                }
                if value > 0o377 {
                    dubious.get_or_insert(start);
                }
                wtf8::push(out, value);
            }
            b'x' | b'u' | b'U' => {
                let (digits, reason) = match letter {
                    b'x' => (2, TRUNCATED_X),
                    b'u' => (4, TRUNCATED_U),
                    _ => (8, TRUNCATED_LONG),
                };
                let Some(value) = hex_escape(input, &mut next, digits) else {
                    return cut(input, start, next, last, reason);
                };
                if value > 0x10_FFFF {
                    return Err((start, next, "illegal Unicode character"));
                }
                wtf8::push(out, value);
            }
            b'N' => match named(input, &mut next) {
                Named::Found(c) => wtf8::push(out, c.into()),
                Named::Unknown => return Err((start, next, "unknown Unicode character name")),
                Named::Malformed => {
                    return cut(input, start, next, last, "malformed \\N character escape");
                }
            },
            other => {
                dubious.get_or_insert(start);
                push_latin1(out, &[b'\\', other]);
            }
        }
        *at = next;
    }
    Ok(())
}

/// Appends `input` from `at` on, with `\uXXXX` and `\UXXXXXXXX` resolved and every other backslash kept.
pub(super) fn decode_raw(
    input: &[u8],
    at: &mut usize,
    out: &mut Vec<u8>,
    last: bool,
) -> Result<(), Stop> {
    while let Some((start, letter)) = to_backslash(input, at, out) {
        let (digits, reason) = match letter {
            Some(b'u') => (4, TRUNCATED_U),
            Some(b'U') => (8, TRUNCATED_LONG),
            Some(other) => {
                push_latin1(out, &[b'\\', other]);
                *at = start + 2;
                continue;
            }
            None if !last => return Ok(()),
            None => {
                out.push(b'\\');
                *at = start + 1;
                continue;
            }
        };
        let mut next = start + 2;
        let Some(value) = hex_escape(input, &mut next, digits) else {
            return cut(input, start, next, last, reason);
        };
        if value > 0x10_FFFF {
            return Err((start, next, "\\Uxxxxxxxx out of range"));
        }
        wtf8::push(out, value);
        *at = next;
    }
    Ok(())
}

/// Copies up to the next backslash, moves `at` to it, and gives its offset and the byte after it.
fn to_backslash(input: &[u8], at: &mut usize, out: &mut Vec<u8>) -> Option<(usize, Option<u8>)> {
    let rest = input.get(*at..)?;
    let run = memchr::memchr(b'\\', rest);
    push_latin1(out, rest.get(..run.unwrap_or(rest.len()))?);
    *at += run.unwrap_or(rest.len());
    run.map(|_| (*at, input.get(*at + 1).copied()))
}

/// An escape that ends too early: no error yet if that is because more input has to come.
fn cut(
    input: &[u8],
    start: usize,
    end: usize,
    last: bool,
    reason: &'static str,
) -> Result<(), Stop> {
    if !last && end >= input.len() {
        Ok(())
    } else {
        Err((start, end, reason))
    }
}

/// Reads exactly `digits` hexadecimal digits at `at`; `None` if there are fewer, with `at` after those there are.
pub fn hex_escape(input: &[u8], at: &mut usize, digits: usize) -> Option<u32> {
    let mut value = 0_u32;
    for _ in 0..digits {
        let digit = input
            .get(*at)
            .and_then(|&byte| char::from(byte).to_digit(16))?;
        value = value << 4 | digit;
        *at += 1;
    }
    Some(value)
}

enum Named {
    Found(char),
    Unknown,
    Malformed,
}

/// Reads the `{NAME}` of `\N{NAME}` at `at`.
fn named(input: &[u8], at: &mut usize) -> Named {
    if input.get(*at) != Some(&b'{') {
        return Named::Malformed;
    }
    *at += 1;
    let rest = input.get(*at..).unwrap_or_default();
    let Some(length) = memchr::memchr(b'}', rest) else {
        *at = input.len();
        return Named::Malformed;
    };
    *at += length;
    if length == 0 {
        return Named::Malformed;
    }
    *at += 1;
    let name = rest
        .get(..length)
        .and_then(|name| std::str::from_utf8(name).ok());
    name.and_then(named_character)
        .map_or(Named::Unknown, Named::Found)
}

/// The character of that name or alias, as `\N{...}` and `unicodedata.lookup` find it: in any case, but
/// the names that are computed in capitals only.
pub fn named_character(name: &str) -> Option<char> {
    let computed = |c: char| {
        matches!(c, '\u{AC00}'..='\u{D7A3}')
            || unicode_names2::name(c)
                .is_some_and(|name| name.to_string().starts_with("CJK UNIFIED IDEOGRAPH-"))
    };
    let small = name.bytes().any(|byte| byte.is_ascii_lowercase());
    unicode_names2::character(name).filter(|&c| !small || !computed(c))
}

/// Appends all of `rest`, escaped so that it is printable ASCII.
pub(super) fn encode(rest: &[u8], out: &mut Vec<u8>) -> (usize, Option<(usize, &'static str)>) {
    out.reserve(rest.len());
    for point in wtf8::code_points(rest) {
        match u8::try_from(point) {
            Ok(b'\\') => out.extend_from_slice(b"\\\\"),
            Ok(b'\t') => out.extend_from_slice(b"\\t"),
            Ok(b'\n') => out.extend_from_slice(b"\\n"),
            Ok(b'\r') => out.extend_from_slice(b"\\r"),
            Ok(byte @ 0x20..0x7F) => out.push(byte),
            _ => quote::escape(point, out),
        }
    }
    (rest.len(), None)
}

/// Appends `text` as Latin-1, with `\uXXXX` or `\UXXXXXXXX` for every code point past it and for
/// the ASCII bytes in `also`.
pub fn raw_escape(text: &[u8], also: &[u8], out: &mut Vec<u8>) {
    out.reserve(text.len());
    for point in wtf8::code_points(text) {
        match u8::try_from(point) {
            Ok(byte) if !also.contains(&byte) => out.push(byte),
            Ok(byte) => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            Err(_) => quote::escape(point, out),
        }
    }
}
