//! Code points in generalised UTF-8: reading, writing, counting, indexing, slicing.

use std::borrow::Cow;
use std::ops::Range;

/// A borrowed str: its bytes in generalised UTF-8, and whether all are ASCII.
///
/// Everything counted in code points is O(1) when `ascii` is set. The flag may be
/// false for an ASCII str (that is only slower), never true for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// The contents.
    pub bytes: &'a [u8],
    /// No byte is 0x80 or above.
    pub ascii: bool,
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text::new(text.as_bytes())
    }
}

impl<'a> Text<'a> {
    /// A view of valid generalised UTF-8; finds out whether it is ASCII.
    pub fn new(bytes: &'a [u8]) -> Self {
        Text {
            bytes,
            ascii: bytes.is_ascii(),
        }
    }

    /// The number of code points.
    pub fn len(self) -> usize {
        if self.ascii {
            self.bytes.len()
        } else {
            count(self.bytes)
        }
    }

    /// Whether there is no code point.
    pub fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// The byte offset of the code point numbered `index`; the length in bytes when there are fewer.
    pub fn offset(self, index: usize) -> usize {
        if self.ascii {
            index.min(self.bytes.len())
        } else {
            offset(self.bytes, index)
        }
    }

    /// The number of code points before the byte `offset`.
    pub fn index(self, offset: usize) -> usize {
        if self.ascii {
            offset.min(self.bytes.len())
        } else {
            count(self.bytes.get(..offset).unwrap_or(self.bytes))
        }
    }

    /// The code point numbered `index`.
    pub fn get(self, index: usize) -> Option<u32> {
        if self.ascii {
            self.bytes.get(index).map(|&byte| u32::from(byte))
        } else {
            decode(self.bytes, offset(self.bytes, index)).map(|(point, _)| point)
        }
    }

    /// The bytes of the code points in `range`, clamped to the text.
    pub fn slice(self, range: Range<usize>) -> &'a [u8] {
        let start = self.offset(range.start);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = range.end.saturating_sub(range.start);
        rest.get(
            ..Text {
                bytes: rest,
                ascii: self.ascii,
            }
            .offset(length),
        )
        .unwrap_or_default()
    }

    /// `count` code points from `start` on, each `step` from the one before; stops at the text's edge.
    ///
    /// Arguments as `slice.indices` and the slice's length give them; for a step of 1,
    /// [`Text::slice`] copies nothing.
    pub fn slice_step(self, start: usize, step: isize, count: usize) -> Vec<u8> {
        if count == 0 {
            return Vec::new();
        }
        if self.ascii {
            return step_bytes(self.bytes, start, step, count);
        }
        let stride = step.unsigned_abs().max(1);
        let mut out = Vec::new();
        let here = self.offset(start);
        if step > 0 {
            let rest = self.bytes.get(here..).unwrap_or_default();
            code_points(rest)
                .step_by(stride)
                .take(count)
                .for_each(|point| push(&mut out, point));
        } else {
            let rest = self.bytes.get(..next(self.bytes, here)).unwrap_or_default();
            code_points(rest)
                .rev()
                .step_by(stride)
                .take(count)
                .for_each(|point| push(&mut out, point));
        }
        out
    }

    /// The code points, from either end.
    pub fn code_points(self) -> IterCodePoints<'a> {
        code_points(self.bytes)
    }

    /// As Rust's str; `None` when there is a surrogate.
    pub fn as_str(self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes).ok()
    }

    /// As Rust's str with U+FFFD for each surrogate.
    pub fn to_string_lossy(self) -> Cow<'a, str> {
        match self.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(
                self.code_points()
                    .map(|point| char::from_u32(point).unwrap_or('\u{FFFD}'))
                    .collect(),
            ),
        }
    }
}

/// `count` bytes from `start` on, each `step` from the one before: the slice of bytes.
pub fn step_bytes(bytes: &[u8], start: usize, step: isize, count: usize) -> Vec<u8> {
    let stride = step.unsigned_abs().max(1);
    let mut out = Vec::with_capacity(count.min(bytes.len()));
    if step > 0 {
        let rest = bytes.get(start..).unwrap_or_default();
        out.extend(rest.iter().step_by(stride).take(count));
    } else {
        let rest = bytes.get(..=start).unwrap_or(bytes);
        out.extend(rest.iter().rev().step_by(stride).take(count));
    }
    out
}

/// Whether `point` is a surrogate, high or low.
pub fn is_surrogate(point: u32) -> bool {
    (0xD800..0xE000).contains(&point)
}

/// Whether `byte` continues a code point begun before it.
#[inline]
pub fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// The length of the sequence that the lead byte `lead` begins.
#[inline]
pub fn width(lead: u8) -> usize {
    match lead {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// The code point whose sequence starts at byte `at`, and the sequence's length; `None` at the end.
#[inline]
pub fn decode(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let low = |byte: u8| u32::from(byte & 0x3F);
    match *bytes.get(at..)? {
        [a, ..] if a < 0x80 => Some((u32::from(a), 1)),
        [a, b, ..] if a < 0xE0 => Some((u32::from(a & 0x1F) << 6 | low(b), 2)),
        [a, b, c, ..] if a < 0xF0 => Some((u32::from(a & 0x0F) << 12 | low(b) << 6 | low(c), 3)),
        [a, b, c, d, ..] => Some((
            u32::from(a & 0x07) << 18 | low(b) << 12 | low(c) << 6 | low(d),
            4,
        )),
        _ => None,
    }
}

/// The code point whose sequence ends just before byte `end`, and the sequence's length; `None` at the start.
#[inline]
pub fn decode_before(bytes: &[u8], end: usize) -> Option<(u32, usize)> {
    let at = previous(bytes, end);
    if at == end {
        None
    } else {
        decode(bytes.get(..end)?, at)
    }
}

/// The offset of the sequence after the one at `at`, at most the length of `bytes`.
#[inline]
pub fn next(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(&lead) => (at + width(lead)).min(bytes.len()),
        None => bytes.len(),
    }
}

/// The offset of the sequence before `at`; 0 at the start.
#[inline]
pub fn previous(bytes: &[u8], at: usize) -> usize {
    let head = bytes.get(..at).unwrap_or(bytes);
    head.iter()
        .rposition(|&byte| !is_continuation(byte))
        .unwrap_or(0)
}

/// Appends one code point, surrogates included; a number past U+10FFFF is written as U+FFFD.
#[inline]
pub fn push(out: &mut Vec<u8>, point: u32) {
    let low = |shift: u32| (point >> shift & 0x3F) as u8 | 0x80;
    match point {
        0..0x80 => out.push(point as u8),
        0x80..0x800 => out.extend_from_slice(&[(point >> 6) as u8 | 0xC0, low(0)]),
        0x800..0x1_0000 => out.extend_from_slice(&[(point >> 12) as u8 | 0xE0, low(6), low(0)]),
        0x1_0000..0x11_0000 => {
            out.extend_from_slice(&[(point >> 18) as u8 | 0xF0, low(12), low(6), low(0)])
        }
        _ => out.extend_from_slice("\u{FFFD}".as_bytes()),
    }
}

/// One code point as a str of its own.
pub fn from_code_point(point: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(4);
    push(&mut out, point);
    out
}

/// The number of code points in `bytes`.
pub fn count(bytes: &[u8]) -> usize {
    // In chunks short enough for a byte-wide counter, which the compiler makes vector code of.
    bytes
        .chunks(192)
        .map(|chunk| {
            usize::from(
                chunk
                    .iter()
                    .map(|&byte| u8::from(!is_continuation(byte)))
                    .sum::<u8>(),
            )
        })
        .sum()
}

/// The byte offset of the code point numbered `index`; the length when there are fewer.
pub fn offset(bytes: &[u8], index: usize) -> usize {
    let mut left = index;
    let mut at = 0;
    for chunk in bytes.chunks(64) {
        let here = count(chunk);
        if here > left {
            // The code point begins in this chunk: it is the lead byte numbered `left`.
            let lead = chunk
                .iter()
                .enumerate()
                .filter(|&(_, &byte)| !is_continuation(byte))
                .nth(left);
            return at + lead.map_or(0, |(within, _)| within);
        }
        left -= here;
        at += chunk.len();
    }
    bytes.len()
}

/// Whether `bytes` is generalised UTF-8: UTF-8 where surrogates are allowed.
pub fn is_valid(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        let Err(error) = std::str::from_utf8(rest) else {
            return true;
        };
        match rest.get(error.valid_up_to()..) {
            Some([0xED, 0xA0..=0xBF, 0x80..=0xBF, tail @ ..]) => rest = tail,
            _ => return false,
        }
    }
}

/// Whether a surrogate occurs in valid generalised UTF-8.
pub fn has_surrogate(bytes: &[u8]) -> bool {
    memchr::memchr_iter(0xED, bytes).any(|at| bytes.get(at + 1).is_some_and(|&byte| byte >= 0xA0))
}

/// The code points of `bytes`, from either end.
pub fn code_points(bytes: &[u8]) -> IterCodePoints<'_> {
    IterCodePoints { rest: bytes }
}

/// The iterator of [`code_points`].
#[derive(Clone, Debug)]
pub struct IterCodePoints<'a> {
    rest: &'a [u8],
}

impl<'a> IterCodePoints<'a> {
    /// What has not been given yet.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.rest
    }
}

impl Iterator for IterCodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (point, length) = decode(self.rest, 0)?;
        self.rest = self.rest.get(length..)?;
        Some(point)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest.len().div_ceil(4), Some(self.rest.len()))
    }
}

impl DoubleEndedIterator for IterCodePoints<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        let (point, length) = decode_before(self.rest, self.rest.len())?;
        self.rest = self.rest.get(..self.rest.len() - length)?;
        Some(point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Python's `"a\xe9\u20ac\ud83d\ude00\U0001f600z"`: every width, and a pair of surrogates that stays two.
    fn sample() -> (Vec<u32>, Vec<u8>) {
        let points = vec![0x61, 0xE9, 0x20AC, 0xD83D, 0xDE00, 0x1F600, 0x7A];
        let mut bytes = Vec::new();
        points.iter().for_each(|&point| push(&mut bytes, point));
        (points, bytes)
    }

    #[test]
    fn code_points_round_trip() {
        let (points, bytes) = sample();
        assert!(is_valid(&bytes) && has_surrogate(&bytes));
        assert_eq!(code_points(&bytes).collect::<Vec<_>>(), points);
        let mut backwards = code_points(&bytes).rev().collect::<Vec<_>>();
        backwards.reverse();
        assert_eq!(backwards, points);
        for bad in [
            &b"\xed\xa0"[..],
            b"\x80",
            b"\xc0\x80",
            b"\xf4\x90\x80\x80",
            b"\xe2\x82",
        ] {
            assert!(!is_valid(bad), "{bad:?}");
        }
    }

    #[test]
    fn indexes_and_offsets() {
        let (points, bytes) = sample();
        let text = Text::new(&bytes);
        assert_eq!(text.len(), 7);
        for (index, &point) in points.iter().enumerate() {
            assert_eq!(text.get(index), Some(point));
            assert_eq!(text.index(text.offset(index)), index);
        }
        assert_eq!((text.get(7), text.offset(9)), (None, bytes.len()));
        let long: Vec<u8> = bytes.repeat(60);
        let text = Text::new(&long);
        for index in 0..420 {
            assert_eq!(text.get(index), points.get(index % 7).copied());
        }
    }

    #[test]
    fn slices() {
        let text = Text::from("aé€😀z");
        assert_eq!(text.slice(1..3), "é€".as_bytes());
        assert_eq!(text.slice(3..99), "😀z".as_bytes());
        assert_eq!(text.slice_step(4, -2, 3), "z€a".as_bytes());
        assert_eq!(text.slice_step(0, 3, 2), "a😀".as_bytes());
        assert_eq!(Text::from("abcdef").slice_step(5, -1, 6), b"fedcba");
        assert_eq!(Text::from("abcdef").slice_step(1, 2, 3), b"bdf");
    }

    #[test]
    fn lossy() {
        let (_, bytes) = sample();
        assert_eq!(Text::new(&bytes).as_str(), None);
        assert_eq!(
            Text::new(&bytes).to_string_lossy(),
            "aé€\u{FFFD}\u{FFFD}😀z"
        );
    }
}
