//! UTF-7: ASCII, with UTF-16 in base 64 between `+` and `-`.

use super::Stop;
use crate::text::wtf8;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

/// Appends the UTF-7 of `input` from `at` on; always begins outside of base 64.
pub(super) fn decode(
    input: &[u8],
    at: &mut usize,
    out: &mut Vec<u8>,
    last: bool,
) -> Result<(), Stop> {
    while let Some(&byte) = input.get(*at) {
        let start = *at;
        match byte {
            b'+' => match input.get(start + 1) {
                Some(b'-') => {
                    out.push(b'+');
                    *at += 2;
                }
                Some(&next) if digit(next).is_none() => {
                    return Err((start, start + 2, "ill-formed sequence"));
                }
                _ => {
                    let written = out.len();
                    match decode_shifted(input, start, out, last)? {
                        Some(end) => *at = end,
                        None => {
                            // Cut off: the whole section is read again when there is more.
                            out.truncate(written);
                            return Ok(());
                        }
                    }
                }
            },
            0..0x80 => {
                out.push(byte);
                *at += 1;
            }
            _ => return Err((start, start + 1, "unexpected special character")),
        }
    }
    Ok(())
}

/// Reads the section of base 64 whose `+` is at `start`: its end, or `None` if more input must come first.
fn decode_shifted(
    input: &[u8],
    start: usize,
    out: &mut Vec<u8>,
    last: bool,
) -> Result<Option<usize>, Stop> {
    let mut at = start + 1;
    let mut high = None;
    let (mut buffer, mut bits) = (0_u32, 0);
    while let Some(&byte) = input.get(at) {
        let Some(value) = digit(byte) else {
            let left = buffer & ((1 << bits) - 1);
            if bits >= 6 {
                return Err((start, at + 1, "partial character in shift sequence"));
            }
            if left != 0 {
                return Err((start, at + 1, "non-zero padding bits in shift sequence"));
            }
            if let Some(high) = high.filter(|_| byte < 0x80) {
                wtf8::push(out, high);
            }
            return Ok(Some(if byte == b'-' { at + 1 } else { at }));
        };
        at += 1;
        buffer = buffer << 6 | value;
        bits += 6;
        if bits >= 16 {
            bits -= 16;
            let unit = buffer >> bits;
            buffer &= (1 << bits) - 1;
            match (high.take(), unit) {
                (Some(high), 0xDC00..0xE000) => {
                    wtf8::push(out, 0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
                    continue;
                }
                (Some(high), _) => wtf8::push(out, high),
                (None, _) => {}
            }
            if (0xD800..0xDC00).contains(&unit) {
                high = Some(unit);
            } else {
                wtf8::push(out, unit);
            }
        }
    }
    if !last {
        return Ok(None);
    }
    if high.is_some() || bits >= 6 || buffer != 0 {
        return Err((start, input.len(), "unterminated shift sequence"));
    }
    Ok(Some(at))
}

/// Whether a code point stands for itself outside of base 64.
fn is_direct(point: u32) -> bool {
    match u8::try_from(point) {
        Ok(b'\t' | b'\n' | b'\r') => true,
        Ok(byte) => (0x20..0x7E).contains(&byte) && byte != b'+' && byte != b'\\',
        Err(_) => false,
    }
}

/// Appends all of `rest`: every code point has a form here.
pub(super) fn encode(rest: &[u8], out: &mut Vec<u8>) -> (usize, Option<(usize, &'static str)>) {
    let mut shifted = false;
    let (mut buffer, mut bits) = (0_u32, 0);
    for point in wtf8::code_points(rest) {
        if is_direct(point) {
            if shifted {
                flush(out, &mut buffer, &mut bits);
                shifted = false;
                // Only where it could be taken for more of the section must that be closed.
                if point == u32::from(b'-')
                    || u8::try_from(point).is_ok_and(|byte| digit(byte).is_some())
                {
                    out.push(b'-');
                }
            }
            out.push(point as u8);
            continue;
        }
        if !shifted {
            if point == u32::from(b'+') {
                out.extend_from_slice(b"+-");
                continue;
            }
            out.push(b'+');
            shifted = true;
        }
        match point.checked_sub(0x1_0000) {
            Some(rest) => {
                push_unit(out, 0xD800 | rest >> 10, &mut buffer, &mut bits);
                push_unit(out, 0xDC00 | rest & 0x3FF, &mut buffer, &mut bits);
            }
            None => push_unit(out, point, &mut buffer, &mut bits),
        }
    }
    if shifted {
        flush(out, &mut buffer, &mut bits);
        out.push(b'-');
    }
    (rest.len(), None)
}

fn push_unit(out: &mut Vec<u8>, unit: u32, buffer: &mut u32, bits: &mut u32) {
    *buffer = *buffer << 16 | unit;
    *bits += 16;
    while *bits >= 6 {
        *bits -= 6;
        out.push(ALPHABET[(*buffer >> *bits & 0x3F) as usize]);
    }
}

fn flush(out: &mut Vec<u8>, buffer: &mut u32, bits: &mut u32) {
    if *bits > 0 {
        out.push(ALPHABET[(*buffer << (6 - *bits) & 0x3F) as usize]);
    }
    (*buffer, *bits) = (0, 0);
}
