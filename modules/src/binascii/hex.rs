//! Hexadecimal digits.

use capers_runtime::context::Context;
use capers_runtime::protocol::{buffer, slicing};
use capers_runtime::value::Value;

use super::{Answer, ERROR, bytes_of, spelled};

/// `hexlify`
pub fn encode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let separator = match args[1] {
        Value::Absent => None,
        value => {
            let bytes = match (value.as_str(), value.as_bytes()) {
                (Some(text), _) => text.bytes().to_vec(),
                (_, Some(bytes)) => bytes.bytes().to_vec(),
                _ => {
                    ctx.length(value)?;
                    return Err(ctx.type_error("sep must be str or bytes."));
                }
            };
            match bytes[..] {
                [byte] if byte.is_ascii() => Some(byte),
                [_] => return Err(ctx.value_error("sep must be ASCII.")),
                _ => return Err(ctx.value_error("sep must be length 1.")),
            }
        }
    };
    let group = match args[2] {
        Value::Absent => 1,
        value => slicing::size_argument(ctx, value)?,
    };
    let data = buffer::required(ctx, args[0])?;
    let size = group.unsigned_abs() as usize;
    let mut out = Vec::with_capacity(data.len() * 2);
    for (place, byte) in data.iter().enumerate() {
        if let Some(separator) = separator
            && size > 0
            && place > 0
        {
            // Groups are counted from the right, or from the left where negative.
            let from = if group > 0 { data.len() - place } else { place };
            if from.is_multiple_of(size) {
                out.push(separator);
            }
        }
        for nibble in [byte >> 4, byte & 15] {
            out.push(b"0123456789abcdef"[usize::from(nibble)]);
        }
    }
    drop(data);
    bytes_of(ctx, out)
}

/// `unhexlify`
pub fn decode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let text = spelled(ctx, args[0])?;
    if text.len() % 2 != 0 {
        return Err(ERROR.error(ctx, "Odd-length string"));
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|d| d as u8);
    let bytes: Option<Vec<u8>> = text
        .chunks_exact(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect();
    match bytes {
        Some(bytes) => bytes_of(ctx, bytes),
        None => Err(ERROR.error(ctx, "Non-hexadecimal digit found")),
    }
}
