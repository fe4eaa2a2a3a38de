//! Literals: numbers of any size, strings with lone surrogates.

use num_bigint::BigInt;
use ruff_python_ast::{self as ast, Number};
use ruff_text_size::{Ranged, TextRange};

use super::{Compiled, Compiler, fold};
use crate::bytecode::Constant;

/// Decimal literals longer than this are refused, unless `sys.set_int_max_str_digits` set another limit.
pub(super) const MAX_DIGITS: usize = 4300;

impl Compiler<'_> {
    /// The constant of a number literal.
    pub(super) fn number(&self, literal: &ast::ExprNumberLiteral) -> Compiled<Constant> {
        Ok(match &literal.value {
            Number::Int(value) => match value.as_i64() {
                Some(small) => Constant::Int(small),
                None => fold::int(self.big_int(literal.range)?),
            },
            Number::Float(value) => Constant::Float(*value),
            Number::Complex { real, imag } => Constant::Complex(*real, *imag),
        })
    }

    fn big_int(&self, range: TextRange) -> Compiled<BigInt> {
        let text: String = self
            .source
            .slice(range)
            .chars()
            .filter(|c| *c != '_')
            .collect();
        let (digits, radix) = match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("0x") => (&text[2..], 16),
            Some("0o") => (&text[2..], 8),
            Some("0b") => (&text[2..], 2),
            _ => (&text[..], 10),
        };
        let most = self.max_str_digits;
        if radix == 10 && most != 0 && digits.len() > most {
            let message = format!(
                "Exceeds the limit ({most} digits) for integer string conversion: value has {} \
                 digits; use sys.set_int_max_str_digits() to increase the limit - Consider \
                 hexadecimal for huge integer literals to avoid decimal conversion limits.",
                digits.len()
            );
            return self.error(message, range);
        }
        match BigInt::parse_bytes(digits.as_bytes(), radix) {
            Some(value) => Ok(value),
            None => self.error("invalid syntax", range),
        }
    }

    /// The text of a string literal, its adjacent parts joined, as WTF-8.
    pub(super) fn string_literal(&self, literal: &ast::ExprStringLiteral) -> Compiled<Vec<u8>> {
        let mut text = Vec::new();
        for part in literal.value.as_slice() {
            text.extend(self.string_part(part)?);
        }
        Ok(text)
    }

    /// The text of one part of a string literal.
    pub(super) fn string_part(&self, part: &ast::StringLiteral) -> Compiled<Vec<u8>> {
        if !part.value.contains(char::REPLACEMENT_CHARACTER) || part.flags.prefix().is_raw() {
            return Ok(part.value.as_bytes().to_vec());
        }
        let opener = ruff_text_size::TextLen::text_len(self.source.slice(part.range));
        let quotes = if ast::StringFlags::is_triple_quoted(part.flags) {
            3
        } else {
            1
        };
        let text = self.source.slice(part.range);
        let prefix = text.find(['"', '\'']).unwrap_or(0) + quotes;
        let end = opener.to_usize().saturating_sub(quotes);
        Ok(decode(text.get(prefix..end).unwrap_or(""), false))
    }

    /// The text of a literal piece of an f-string or t-string.
    pub(super) fn middle(
        &self,
        element: &ast::InterpolatedStringLiteralElement,
        raw: bool,
    ) -> Vec<u8> {
        if raw || !element.value.contains(char::REPLACEMENT_CHARACTER) {
            return element.value.as_bytes().to_vec();
        }
        decode(self.source.slice(element.range()), true)
    }
}

/// Decodes the escapes of a valid string literal's content. ruff puts U+FFFD for each surrogate
/// escape; this keeps them.
fn decode(text: &str, interpolated: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => rest = escape(rest, &mut out),
            '{' | '}' if interpolated && rest.starts_with(c) => {
                rest = &rest[1..];
                push_char(&mut out, u32::from(c));
            }
            c => push_char(&mut out, u32::from(c)),
        }
    }
    out
}

/// Decodes what follows a backslash, and returns what follows that.
fn escape<'a>(rest: &'a str, out: &mut Vec<u8>) -> &'a str {
    let Some(c) = rest.chars().next() else {
        out.push(b'\\');
        return rest;
    };
    let after = &rest[c.len_utf8()..];
    let simple = match c {
        '\n' => return after,
        '\\' | '\'' | '"' => c,
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' => return hexadecimal(after, 2, out),
        'u' => return hexadecimal(after, 4, out),
        'U' => return hexadecimal(after, 8, out),
        'N' => return named(after, out),
        '0'..='7' => {
            let len = rest
                .bytes()
                .take(3)
                .take_while(|byte| (b'0'..=b'7').contains(byte))
                .count();
            push_char(out, u32::from_str_radix(&rest[..len], 8).unwrap_or(0));
            return &rest[len..];
        }
        _ => {
            out.push(b'\\');
            return rest;
        }
    };
    push_char(out, u32::from(simple));
    after
}

fn hexadecimal<'a>(rest: &'a str, len: usize, out: &mut Vec<u8>) -> &'a str {
    let digits = rest.get(..len).unwrap_or("");
    push_char(out, u32::from_str_radix(digits, 16).unwrap_or(0xfffd));
    rest.get(len..).unwrap_or("")
}

/// `\N{...}`: the parser knows the names.
fn named<'a>(rest: &'a str, out: &mut Vec<u8>) -> &'a str {
    let Some(end) = rest.find('}') else {
        return rest;
    };
    let literal = format!("'\\N{}'", &rest[..=end]);
    if let Ok(parsed) = ruff_python_parser::parse_expression(&literal)
        && let ast::Expr::StringLiteral(string) = parsed.expr()
    {
        out.extend(string.value.to_str().as_bytes());
    }
    &rest[end + 1..]
}

/// Appends a code point, which may be a surrogate.
fn push_char(out: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(c) => out.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => {
            let [_, _, high, low] = code.to_be_bytes();
            out.push(0xe0 | (high >> 4));
            out.push(0x80 | ((high & 0x0f) << 2) | (low >> 6));
            out.push(0x80 | (low & 0x3f));
        }
    }
}
