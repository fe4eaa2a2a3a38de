//! Line ends, as the parameter `newline` of text streams chooses them.

use capers_runtime::context::Context;
use capers_runtime::text::wtf8;
use capers_runtime::value::Value;

/// What ends a line.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Newline {
    /// `None`: any line end, which reads as `\n`.
    Universal,
    /// `''`: any line end, as it is.
    Any,
    /// `'\n'`
    Lf,
    /// `'\r'`
    Cr,
    /// `'\r\n'`
    CrLf,
}

impl Newline {
    /// The mode of that parameter; none if there is no such.
    pub fn from_text(text: &[u8]) -> Option<Newline> {
        Some(match text {
            b"" => Newline::Any,
            b"\n" => Newline::Lf,
            b"\r" => Newline::Cr,
            b"\r\n" => Newline::CrLf,
            _ => return None,
        })
    }

    /// The parameter that chooses it.
    pub fn text<'gc>(self, ctx: Context<'gc>) -> Value<'gc> {
        match self {
            Newline::Universal => Value::None,
            Newline::Any => ctx.str_value(""),
            Newline::Lf => ctx.str_value("\n"),
            Newline::Cr => ctx.str_value("\r"),
            Newline::CrLf => ctx.str_value("\r\n"),
        }
    }

    /// Whether a line ends with the text.
    pub fn ends_line(self, text: &[u8]) -> bool {
        match self {
            Newline::Lf => text.ends_with(b"\n"),
            Newline::Cr => text.ends_with(b"\r"),
            Newline::CrLf => text.ends_with(b"\r\n"),
            Newline::Universal | Newline::Any => text.ends_with(b"\n") || text.ends_with(b"\r"),
        }
    }

    /// The length in bytes of the first line of `text`, or of its first `limit`
    /// characters if the line is longer.
    pub fn line(self, text: &[u8], limit: Option<usize>) -> usize {
        let end = match self {
            Newline::Lf => text.iter().position(|&b| b == b'\n').map(|at| at + 1),
            Newline::Cr => text.iter().position(|&b| b == b'\r').map(|at| at + 1),
            Newline::CrLf => text.windows(2).position(|w| w == b"\r\n").map(|at| at + 2),
            Newline::Universal | Newline::Any => text
                .iter()
                .position(|&b| b == b'\n' || b == b'\r')
                .map(|at| {
                    at + if text[at..].starts_with(b"\r\n") {
                        2
                    } else {
                        1
                    }
                }),
        };
        let line = &text[..end.unwrap_or(text.len())];
        match limit {
            Some(limit) => self.prefix(line, limit),
            None => line.len(),
        }
    }

    /// The length in bytes of the first `count` characters, as they will read.
    pub fn prefix(self, text: &[u8], count: usize) -> usize {
        if self != Newline::Universal {
            return wtf8::offset(text, count);
        }
        let mut at = 0;
        for _ in 0..count {
            if at >= text.len() {
                break;
            }
            at = if text[at..].starts_with(b"\r\n") {
                at + 2
            } else {
                wtf8::next(text, at)
            };
        }
        at
    }

    /// Text as a program reads it.
    pub fn reading(self, text: &[u8]) -> Vec<u8> {
        if self != Newline::Universal || !text.contains(&b'\r') {
            return text.to_vec();
        }
        let mut out = Vec::with_capacity(text.len());
        let mut bytes = text.iter().peekable();
        while let Some(&byte) = bytes.next() {
            if byte == b'\r' {
                bytes.next_if_eq(&&b'\n');
                out.push(b'\n');
            } else {
                out.push(byte);
            }
        }
        out
    }

    /// Text as it is stored when a program writes it.
    pub fn writing(self, text: &[u8]) -> Vec<u8> {
        let end: &[u8] = match self {
            Newline::Cr => b"\r",
            Newline::CrLf => b"\r\n",
            _ => return text.to_vec(),
        };
        let mut out = Vec::with_capacity(text.len());
        for &byte in text {
            match byte {
                b'\n' => out.extend_from_slice(end),
                byte => out.push(byte),
            }
        }
        out
    }
}
