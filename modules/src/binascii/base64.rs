//! Base64.

use capers_runtime::context::Context;
use capers_runtime::protocol::buffer;
use capers_runtime::value::Value;

use super::{Answer, ERROR, bytes_of, flag, spelled};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `b2a_base64`
pub fn encode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let newline = flag(ctx, args[1], true)?;
    let data = buffer::required(ctx, args[0])?;
    let mut out = Vec::with_capacity(data.len() / 3 * 4 + 5);
    for group in data.chunks(3) {
        let byte = |at: usize| group.get(at).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            out.push(match place <= group.len() {
                true => ALPHABET[(bits >> (18 - 6 * place) & 63) as usize],
                false => b'=',
            });
        }
    }
    if newline {
        out.push(b'\n');
    }
    drop(data);
    bytes_of(ctx, out)
}

fn value_of(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// `a2b_base64`
pub fn decode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let strict = flag(ctx, args[1], false)?;
    let text = spelled(ctx, args[0])?;
    let fail = |message: &str| Err(ERROR.error(ctx, message));
    if strict && text.first() == Some(&b'=') {
        return fail("Leading padding not allowed");
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut group, mut left, mut pads) = (0usize, 0u8, 0usize);
    let mut padding = false;
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'=' {
            padding = true;
            if strict && group == 0 {
                return fail("Excess padding not allowed");
            }
            pads += 1;
            if group >= 2 && group + pads >= 4 {
                // A group that is filled up ends the data.
                if strict && at + 1 < text.len() {
                    return fail("Excess data after padding");
                }
                return bytes_of(ctx, out);
            }
            continue;
        }
        let Some(value) = value_of(*byte) else {
            if strict {
                return fail("Only base64 data is allowed");
            }
            continue;
        };
        if strict && padding {
            return fail("Discontinuous padding not allowed");
        }
        pads = 0;
        match group {
            0 => left = value,
            1 => {
                out.push(left << 2 | value >> 4);
                left = value & 15;
            }
            2 => {
                out.push(left << 4 | value >> 2);
                left = value & 3;
            }
            _ => out.push(left << 6 | value),
        }
        group = (group + 1) % 4;
    }
    match group {
        0 => bytes_of(ctx, out),
        1 => {
            let count = out.len() / 3 * 4 + 1;
            fail(&format!(
                "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 \
                 more than a multiple of 4"
            ))
        }
        _ => fail("Incorrect padding"),
    }
}
