//! UTF-16 and UTF-32, in either byte order.

use super::Stop;
use crate::text::wtf8;

type Encoded = (usize, Option<(usize, &'static str)>);

const SURROGATES: &str = "surrogates not allowed";

/// Appends the UTF-16 of `input` from `at` on.
pub(super) fn decode16(
    input: &[u8],
    at: &mut usize,
    out: &mut Vec<u8>,
    big: bool,
    last: bool,
) -> Result<(), Stop> {
    let unit = |at: usize| match *input.get(at..)? {
        [a, b, ..] => Some(u32::from(if big {
            u16::from_be_bytes([a, b])
        } else {
            u16::from_le_bytes([a, b])
        })),
        _ => None,
    };
    out.reserve(input.len().saturating_sub(*at) / 2);
    while let Some(first) = unit(*at) {
        let start = *at;
        match first {
            0xD800..0xDC00 => match unit(start + 2) {
                Some(second @ 0xDC00..0xE000) => {
                    wtf8::push(out, 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
                    *at += 4;
                }
                Some(_) => return Err((start, start + 2, "illegal UTF-16 surrogate")),
                None if !last => return Ok(()),
                None => return Err((start, input.len(), "unexpected end of data")),
            },
            0xDC00..0xE000 => return Err((start, start + 2, "illegal encoding")),
            _ => {
                wtf8::push(out, first);
                *at += 2;
            }
        }
    }
    truncated(input, *at, last)
}

/// Appends the UTF-32 of `input` from `at` on.
pub(super) fn decode32(
    input: &[u8],
    at: &mut usize,
    out: &mut Vec<u8>,
    big: bool,
    last: bool,
) -> Result<(), Stop> {
    out.reserve(input.len().saturating_sub(*at) / 4);
    while let Some(&[a, b, c, d, ..]) = input.get(*at..) {
        let bytes = [a, b, c, d];
        let point = if big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        };
        if wtf8::is_surrogate(point) {
            return Err((
                *at,
                *at + 4,
                "code point in surrogate code point range(0xd800, 0xe000)",
            ));
        }
        if point > 0x10_FFFF {
            return Err((*at, *at + 4, "code point not in range(0x110000)"));
        }
        wtf8::push(out, point);
        *at += 4;
    }
    truncated(input, *at, last)
}

/// The end of the input: an error if part of a unit is left over and no more will come.
fn truncated(input: &[u8], at: usize, last: bool) -> Result<(), Stop> {
    if last && at < input.len() {
        Err((at, input.len(), "truncated data"))
    } else {
        Ok(())
    }
}

/// Appends `rest` up to a surrogate: its offset, 1, the reason.
pub(super) fn encode16(rest: &[u8], out: &mut Vec<u8>, big: bool) -> Encoded {
    out.reserve(rest.len());
    let mut unit = |value: u32| {
        let value = value as u16;
        out.extend_from_slice(&if big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        });
    };
    let mut at = 0;
    while let Some((point, length)) = wtf8::decode(rest, at) {
        if wtf8::is_surrogate(point) {
            return (at, Some((1, SURROGATES)));
        }
        if let Some(high) = point.checked_sub(0x1_0000) {
            unit(0xD800 | high >> 10);
            unit(0xDC00 | high & 0x3FF);
        } else {
            unit(point);
        }
        at += length;
    }
    (at, None)
}

/// Appends `rest` up to a surrogate: its offset, 1, the reason.
pub(super) fn encode32(rest: &[u8], out: &mut Vec<u8>, big: bool) -> Encoded {
    let mut at = 0;
    while let Some((point, length)) = wtf8::decode(rest, at) {
        if wtf8::is_surrogate(point) {
            return (at, Some((1, SURROGATES)));
        }
        out.extend_from_slice(&if big {
            point.to_be_bytes()
        } else {
            point.to_le_bytes()
        });
        at += length;
    }
    (at, None)
}
