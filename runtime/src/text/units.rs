//! The difference between str and bytes, for functions written once over byte slices.

use super::{unicode, wtf8};

/// What one position of a sequence is. All offsets are in bytes and at a boundary.
pub trait Units {
    /// The offset after the unit at `at`, at most the length.
    fn next(bytes: &[u8], at: usize) -> usize;
    /// The offset of the unit before `at`; 0 at the start.
    fn previous(bytes: &[u8], at: usize) -> usize;
    /// How many units there are.
    fn count(bytes: &[u8]) -> usize;
    /// Whether the unit at `at` is white space.
    fn is_space(bytes: &[u8], at: usize) -> bool;
    /// Whether a line boundary can begin with `byte`.
    fn may_break(byte: u8) -> bool;
    /// The length of the line boundary at `at` (`\r\n` is one), or 0.
    fn line_break(bytes: &[u8], at: usize) -> usize;
}

/// The units of str.
pub struct CodePoints;

/// The units of bytes and bytearray.
pub struct Octets;

impl Units for CodePoints {
    #[inline]
    fn next(bytes: &[u8], at: usize) -> usize {
        wtf8::next(bytes, at)
    }

    #[inline]
    fn previous(bytes: &[u8], at: usize) -> usize {
        wtf8::previous(bytes, at)
    }

    fn count(bytes: &[u8]) -> usize {
        wtf8::count(bytes)
    }

    #[inline]
    fn is_space(bytes: &[u8], at: usize) -> bool {
        match bytes.get(at) {
            Some(&byte) if byte < 0x80 => unicode::is_space(u32::from(byte)),
            _ => wtf8::decode(bytes, at).is_some_and(|(point, _)| unicode::is_space(point)),
        }
    }

    #[inline]
    fn may_break(byte: u8) -> bool {
        matches!(byte, b'\n'..=b'\r' | 0x1C..=0x1E | 0xC2 | 0xE2)
    }

    #[inline]
    fn line_break(bytes: &[u8], at: usize) -> usize {
        match bytes.get(at..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | 0x0B | 0x0C | b'\r' | 0x1C..=0x1E, ..] => 1,
            // U+0085
            [0xC2, 0x85, ..] => 2,
            // U+2028, U+2029
            [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
            _ => 0,
        }
    }
}

impl Units for Octets {
    #[inline]
    fn next(bytes: &[u8], at: usize) -> usize {
        (at + 1).min(bytes.len())
    }

    #[inline]
    fn previous(_bytes: &[u8], at: usize) -> usize {
        at.saturating_sub(1)
    }

    fn count(bytes: &[u8]) -> usize {
        bytes.len()
    }

    #[inline]
    fn is_space(bytes: &[u8], at: usize) -> bool {
        matches!(bytes.get(at), Some(b'\t'..=b'\r' | b' '))
    }

    #[inline]
    fn may_break(byte: u8) -> bool {
        matches!(byte, b'\n' | b'\r')
    }

    #[inline]
    fn line_break(bytes: &[u8], at: usize) -> usize {
        match bytes.get(at..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => 0,
        }
    }
}
