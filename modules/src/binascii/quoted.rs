//! Quoted-printable.

use capers_runtime::context::Context;
use capers_runtime::protocol::buffer;
use capers_runtime::value::Value;

use super::{Answer, bytes_of, flag, spelled};

/// The greatest length of a line.
const LINE: usize = 76;

fn digit(byte: Option<&u8>) -> Option<u8> {
    char::from(*byte?).to_digit(16).map(|d| d as u8)
}

/// `a2b_qp`
pub fn decode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let header = flag(ctx, args[1], false)?;
    let text = spelled(ctx, args[0])?;
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'_' if header => out.push(b' '),
            b'=' => match text.get(at) {
                None => break,
                Some(b'\n' | b'\r') => {
                    // A soft break: everything up to and with the line's end goes.
                    let end = text[at..].iter().position(|b| *b == b'\n');
                    at = end.map_or(text.len(), |end| at + end + 1);
                }
                Some(b'=') => {
                    out.push(b'=');
                    at += 1;
                }
                next => match (digit(next), digit(text.get(at + 1))) {
                    (Some(high), Some(low)) => {
                        out.push(high << 4 | low);
                        at += 2;
                    }
                    _ => out.push(b'='),
                },
            },
            byte => out.push(byte),
        }
    }
    bytes_of(ctx, out)
}

/// `b2a_qp`
pub fn encode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let quote_tabs = flag(ctx, args[1], false)?;
    let is_text = flag(ctx, args[2], true)?;
    let header = flag(ctx, args[3], false)?;
    let data = buffer::required(ctx, args[0])?.to_vec();
    // Lines end as the first one does.
    let first = data.iter().position(|b| *b == b'\n');
    let crlf = first.is_some_and(|at| at > 0 && data.get(at - 1) == Some(&b'\r'));
    let mut out = Vec::with_capacity(data.len() * 2);
    let mut length = 0;
    let mut at = 0;
    let break_line = |out: &mut Vec<u8>| {
        out.extend_from_slice(if crlf { b"=\r\n" } else { b"=\n" });
    };
    while let Some(&byte) = data.get(at) {
        let next = data.get(at + 1);
        let ends = byte == b'\n' || (byte == b'\r' && next == Some(&b'\n'));
        let quoted = byte > 126
            || byte == b'='
            || (header && byte == b'_')
            || (byte == b'.' && length == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)))
            || (!is_text && matches!(byte, b'\r' | b'\n'))
            || (matches!(byte, b'\t' | b' ') && next.is_none())
            || (byte < 33 && !matches!(byte, b'\r' | b'\n' | b'\t' | b' '))
            || (byte < 33 && !matches!(byte, b'\r' | b'\n') && quote_tabs);
        if quoted {
            if length + 3 >= LINE {
                break_line(&mut out);
                length = 0;
            }
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
            length += 3;
            at += 1;
        } else if is_text && ends {
            // White space before a line's end is quoted.
            if let Some(last @ (b' ' | b'\t')) = out.last().copied() {
                out.pop();
                out.extend_from_slice(format!("={last:02X}").as_bytes());
            }
            out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
            length = 0;
            at += if byte == b'\r' { 2 } else { 1 };
        } else {
            let line_ends = matches!(next, None | Some(b'\n'));
            if !line_ends && length + 1 >= LINE {
                break_line(&mut out);
                length = 0;
            }
            length += 1;
            out.push(if header && byte == b' ' { b'_' } else { byte });
            at += 1;
        }
    }
    bytes_of(ctx, out)
}
