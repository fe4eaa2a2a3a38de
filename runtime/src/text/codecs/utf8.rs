//! UTF-8, both ways.

use super::Stop;
use crate::text::wtf8;

/// Appends what `input` has from `at` on, and moves `at` past it.
pub(super) fn decode(
    input: &[u8],
    at: &mut usize,
    out: &mut Vec<u8>,
    last: bool,
) -> Result<(), Stop> {
    let rest = input.get(*at..).unwrap_or_default();
    let Err(error) = std::str::from_utf8(rest) else {
        out.extend_from_slice(rest);
        *at = input.len().max(*at);
        return Ok(());
    };
    let (good, bad) = rest.split_at(error.valid_up_to());
    out.extend_from_slice(good);
    *at += good.len();
    let start = *at;
    match error.error_len() {
        // The end cuts a sequence off.
        None if !last => Ok(()),
        None => Err((start, input.len(), "unexpected end of data")),
        // So it does with a surrogate, which the error handler may let pass.
        Some(_) if !last && matches!(bad, [0xED, 0xA0..=0xBF]) => Ok(()),
        Some(length) => {
            let reason = match bad {
                [0x80..=0xC1 | 0xF5..=0xFF, ..] => "invalid start byte",
                _ => "invalid continuation byte",
            };
            Err((start, start + length, reason))
        }
    }
}

/// Appends `rest`, up to a run of surrogates: its offset, its length, the reason.
pub(super) fn encode(rest: &[u8], out: &mut Vec<u8>) -> (usize, Option<(usize, &'static str)>) {
    let good = match std::str::from_utf8(rest) {
        Ok(_) => rest.len(),
        Err(error) => error.valid_up_to(),
    };
    let (head, tail) = rest.split_at(good);
    out.extend_from_slice(head);
    let bad = wtf8::code_points(tail)
        .take_while(|&point| wtf8::is_surrogate(point))
        .count();
    (good, (bad > 0).then_some((bad, "surrogates not allowed")))
}
