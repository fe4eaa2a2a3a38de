//! ASCII and Latin-1; and the loop of every encoding with one byte a character.

use super::Stop;
use crate::text::wtf8;

/// Appends the ASCII of `input` from `at` on.
pub(super) fn decode_ascii(input: &[u8], at: &mut usize, out: &mut Vec<u8>) -> Result<(), Stop> {
    let rest = input.get(*at..).unwrap_or_default();
    let good = if rest.is_ascii() {
        rest.len()
    } else {
        rest.iter()
            .position(|byte| !byte.is_ascii())
            .unwrap_or(rest.len())
    };
    out.extend_from_slice(rest.get(..good).unwrap_or_default());
    *at += good;
    if good == rest.len() {
        Ok(())
    } else {
        Err((*at, *at + 1, "ordinal not in range(128)"))
    }
}

/// Appends `input` from `at` on, each byte one code point.
pub(super) fn decode_latin1(input: &[u8], at: &mut usize, out: &mut Vec<u8>) -> Result<(), Stop> {
    push_latin1(out, input.get(*at..).unwrap_or_default());
    *at = input.len().max(*at);
    Ok(())
}

/// Appends bytes, each as one code point.
pub(super) fn push_latin1(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.is_ascii() {
        out.extend_from_slice(bytes);
    } else {
        out.reserve(bytes.len());
        bytes.iter().for_each(|&byte| wtf8::push(out, byte.into()));
    }
}

/// Appends what `byte` gives for each code point, up to a run of those it has none for:
/// its offset, its length in code points, the reason.
pub(super) fn encode(
    rest: &[u8],
    out: &mut Vec<u8>,
    reason: &'static str,
    byte: impl Fn(u32) -> Option<u8>,
) -> (usize, Option<(usize, &'static str)>) {
    let mut at = 0;
    while let Some((point, length)) = wtf8::decode(rest, at) {
        let Some(byte_of_point) = byte(point) else {
            let bad = wtf8::code_points(rest.get(at..).unwrap_or_default());
            return (
                at,
                Some((
                    bad.take_while(|&point| byte(point).is_none()).count(),
                    reason,
                )),
            );
        };
        out.push(byte_of_point);
        at += length;
    }
    (at, None)
}
