//! `repr` and `ascii`: how strings and bytes are written in source text.

use super::unicode;
use super::wtf8::{self, Text};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `repr(text)` to `out`.
pub fn repr(text: Text<'_>, out: &mut Vec<u8>) {
    quoted(text, out, unicode::is_printable);
}

/// Appends `ascii(text)` to `out`: as `repr`, with everything past ASCII escaped.
pub fn ascii(text: Text<'_>, out: &mut Vec<u8>) {
    quoted(text, out, |_| false);
}

/// Appends the repr of bytes, `b'...'`; around it, a bytearray's puts its class and parentheses.
pub fn bytes(body: &[u8], out: &mut Vec<u8>) {
    let quote = quote_for(body);
    out.reserve(body.len() + 3);
    out.extend_from_slice(&[b'b', quote]);
    for &byte in body {
        if !escape_common(byte, quote, out) {
            if (0x20..0x7F).contains(&byte) {
                out.push(byte)
            } else {
                escape(u32::from(byte), out)
            }
        }
    }
    out.push(quote);
}

/// Appends the escape of a code point: `\xhh`, `\uhhhh` or `\Uhhhhhhhh`, the shortest that holds it.
pub fn escape(point: u32, out: &mut Vec<u8>) {
    let (letter, digits) = match point {
        0..0x100 => (b'x', 2),
        0x100..0x1_0000 => (b'u', 4),
        _ => (b'U', 8),
    };
    out.extend_from_slice(&[b'\\', letter]);
    for place in (0..digits).rev() {
        out.push(HEX[(point >> (place * 4) & 0xF) as usize]);
    }
}

fn quoted(text: Text<'_>, out: &mut Vec<u8>, shown: impl Fn(u32) -> bool) {
    let quote = quote_for(text.bytes);
    out.reserve(text.bytes.len() + 2);
    out.push(quote);
    let mut rest = text.bytes;
    while !rest.is_empty() {
        // Most of most strings needs nothing: it is copied by the run.
        let plain = |byte: &u8| (0x20..0x7F).contains(byte) && *byte != b'\\' && *byte != quote;
        let run = rest
            .iter()
            .position(|byte| !plain(byte))
            .unwrap_or(rest.len());
        let (head, tail) = rest.split_at(run);
        out.extend_from_slice(head);
        let Some((point, length)) = wtf8::decode(tail, 0) else {
            break;
        };
        let (this, after) = tail.split_at(length);
        match this {
            &[byte] if escape_common(byte, quote, out) => {}
            _ if point >= 0x80 && shown(point) => out.extend_from_slice(this),
            _ => escape(point, out),
        }
        rest = after;
    }
    out.push(quote);
}

/// Single quotes, unless that alone would need a backslash.
fn quote_for(body: &[u8]) -> u8 {
    let has = |quote| memchr::memchr(quote, body).is_some();
    if has(b'\'') && !has(b'"') {
        b'"'
    } else {
        b'\''
    }
}

/// Writes the two-character escape of `byte`, if it has one.
fn escape_common(byte: u8, quote: u8, out: &mut Vec<u8>) -> bool {
    let letter = match byte {
        b'\t' => b't',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\\' => b'\\',
        _ if byte == quote => quote,
        _ => return false,
    };
    out.extend_from_slice(&[b'\\', letter]);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs() {
        let show = |write: fn(Text<'_>, &mut Vec<u8>), body: &[u8]| {
            let mut out = Vec::new();
            write(Text::new(body), &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        for (body, plain, escaped) in [
            ("it's".as_bytes(), r#""it's""#, r#""it's""#),
            (b"'\"", r#"'\'"'"#, r#"'\'"'"#),
            (
                b"\"\t\n\r\\\0\x7f",
                r#"'"\t\n\r\\\x00\x7f'"#,
                r#"'"\t\n\r\\\x00\x7f'"#,
            ),
            (
                "é\u{a0}\u{2028}\u{10ffff}😀".as_bytes(),
                r"'é\xa0\u2028\U0010ffff😀'",
                r"'\xe9\xa0\u2028\U0010ffff\U0001f600'",
            ),
            (
                b"\xed\xa0\xbd\xed\xb8\x80",
                r"'\ud83d\ude00'",
                r"'\ud83d\ude00'",
            ),
        ] {
            assert_eq!(show(repr, body), plain);
            assert_eq!(show(ascii, body), escaped);
        }
        let mut out = Vec::new();
        bytes(b"a'\x80\n\\", &mut out);
        assert_eq!(out, br#"b"a'\x80\n\\""#);
    }
}
