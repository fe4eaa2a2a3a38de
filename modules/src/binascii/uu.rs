//! uuencode: one line of it.

use capers_runtime::context::Context;
use capers_runtime::protocol::buffer;
use capers_runtime::value::Value;

use super::{Answer, ERROR, bytes_of, flag, spelled};

/// `b2a_uu`
pub fn encode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let backtick = flag(ctx, args[1], false)?;
    let data = buffer::required(ctx, args[0])?;
    if data.len() > 45 {
        return Err(ERROR.error(ctx, "At most 45 bytes at once"));
    }
    let letter = |bits: u32| match (bits & 63, backtick) {
        (0, true) => b'`',
        (bits, _) => bits as u8 + b' ',
    };
    let mut out = vec![letter(data.len() as u32)];
    for group in data.chunks(3) {
        let byte = |at: usize| group.get(at).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.extend([18, 12, 6, 0].map(|shift| letter(bits >> shift)));
    }
    out.push(b'\n');
    drop(data);
    bytes_of(ctx, out)
}

/// `a2b_uu`. A line that ends too early is read as if spaces followed.
pub fn decode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let text = spelled(ctx, args[0])?;
    let mut rest = text.iter().copied();
    // An empty line stands for 32 zeros, as CPython reads past the end.
    let count = rest
        .next()
        .map_or(32, |b| usize::from(b.wrapping_sub(b' ') & 63));
    let mut out = Vec::with_capacity(count + 3);
    let (mut bits, mut have) = (0u32, 0);
    while out.len() < count {
        let value = match rest.next() {
            None | Some(b'\n' | b'\r') => 0,
            Some(byte @ b' '..=b'`') => u32::from(byte - b' ') & 63,
            Some(_) => return Err(ERROR.error(ctx, "Illegal char")),
        };
        bits = bits << 6 | value;
        have += 6;
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
            bits &= (1 << have) - 1;
        }
    }
    if rest.any(|byte| !matches!(byte, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(ERROR.error(ctx, "Trailing garbage"));
    }
    bytes_of(ctx, out)
}
