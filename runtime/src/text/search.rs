//! Finding, counting and replacing: byte slices in byte slices.
//!
//! A sequence of generalised UTF-8 never begins inside another one, so a search for
//! bytes finds code points too; only the empty needle needs to know the units.

use std::ops::Range;

use super::{Text, Units};

/// The part of a sequence of `length` units that the arguments `start` and `end` of `find`,
/// `count`, `startswith`... select: negative ones count from the end, both are clamped.
///
/// `None` when start lies past end: there not even the empty string is found.
pub fn range(start: i64, end: i64, length: usize) -> Option<Range<usize>> {
    let size = i64::try_from(length).unwrap_or(i64::MAX);
    let absolute = |index: i64| {
        if index < 0 {
            index.saturating_add(size).max(0)
        } else {
            index
        }
    };
    let (start, end) = (absolute(start), absolute(end).min(size));
    if start > end {
        return None;
    }
    Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// The offset of the first occurrence of `needle`.
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        &[byte] => memchr::memchr(byte, hay),
        _ => memchr::memmem::find(hay, needle),
    }
}

/// The offset of the last occurrence of `needle`.
pub fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        &[byte] => memchr::memrchr(byte, hay),
        _ => memchr::memmem::rfind(hay, needle),
    }
}

/// Whether `needle` occurs in `hay`.
pub fn contains(hay: &[u8], needle: &[u8]) -> bool {
    needle.len() <= hay.len() && find(hay, needle).is_some()
}

/// The offsets of the occurrences of a needle that is not empty, from the left, not overlapping.
pub fn occurrences<'a>(hay: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let single = match needle {
        &[byte] => Some(memchr::memchr_iter(byte, hay)),
        _ => None,
    };
    // Preparing a search costs an allocation, so one byte goes the short way.
    let several = (needle.len() > 1).then(|| memchr::memmem::find_iter(hay, needle));
    single
        .into_iter()
        .flatten()
        .chain(several.into_iter().flatten())
}

/// How often `needle` occurs without overlapping; the empty one occurs around every unit.
pub fn count<U: Units>(hay: &[u8], needle: &[u8]) -> usize {
    match needle {
        [] => U::count(hay) + 1,
        &[byte] => memchr::memchr_iter(byte, hay).count(),
        _ => occurrences(hay, needle).count(),
    }
}

/// `hay` with the first `limit` occurrences of `old` replaced by `new`; `None` when nothing is replaced.
///
/// The result's size is checked by `allowed`, called with it before memory is taken:
/// when it answers false, or the size is out of all bounds, the result is `Some(Err(size))`.
pub fn replace<U: Units>(
    hay: &[u8],
    old: &[u8],
    new: &[u8],
    limit: usize,
    allowed: impl FnOnce(usize) -> bool,
) -> Option<Result<Vec<u8>, usize>> {
    if limit == 0 || old == new || old.len() > hay.len() {
        return None;
    }
    // Counting first means one allocation of the right size.
    let count = count::<U>(hay, old).min(limit);
    if count == 0 {
        return None;
    }
    let size = (hay.len() - if old.is_empty() { 0 } else { count * old.len() })
        .saturating_add(count.saturating_mul(new.len()));
    if size > isize::MAX as usize || !allowed(size) {
        return Some(Err(size));
    }
    let mut out = Vec::with_capacity(size);
    let mut done = 0;
    if old.is_empty() {
        for turn in 0..count {
            out.extend_from_slice(new);
            if turn < count - 1 || done < hay.len() {
                let next = U::next(hay, done);
                out.extend_from_slice(hay.get(done..next).unwrap_or_default());
                done = next;
            }
        }
    } else {
        for at in occurrences(hay, old).take(count) {
            out.extend_from_slice(hay.get(done..at).unwrap_or_default());
            out.extend_from_slice(new);
            done = at + old.len();
        }
    }
    out.extend_from_slice(hay.get(done..).unwrap_or_default());
    Some(Ok(out))
}

impl<'a> Text<'a> {
    /// The index of the first occurrence of `needle` within the code points of `range`.
    pub fn find(self, needle: &[u8], range: Range<usize>) -> Option<usize> {
        let first = self.offset(range.start);
        let part = self.slice(range);
        Some(self.index(first + find(part, needle)?))
    }

    /// The index of the last occurrence of `needle` within the code points of `range`.
    pub fn rfind(self, needle: &[u8], range: Range<usize>) -> Option<usize> {
        let first = self.offset(range.start);
        let part = self.slice(range);
        Some(self.index(first + rfind(part, needle)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CodePoints, Octets};
    use super::*;

    #[test]
    fn ranges() {
        for (start, end, length, expected) in [
            (0, i64::MAX, 3, Some(0..3)),
            (-2, i64::MAX, 3, Some(1..3)),
            (-9, -1, 3, Some(0..2)),
            (3, 9, 3, Some(3..3)),
            (4, 9, 3, None),
            (2, 1, 3, None),
            (i64::MIN, i64::MIN, 3, Some(0..0)),
        ] {
            assert_eq!(range(start, end, length), expected);
        }
    }

    #[test]
    fn finding() {
        let text = Text::from("aéaéa");
        assert_eq!(text.find("éa".as_bytes(), 0..5), Some(1));
        assert_eq!(text.rfind("éa".as_bytes(), 0..5), Some(3));
        assert_eq!(text.rfind("éa".as_bytes(), 0..4), Some(1));
        assert_eq!(text.find(b"a", 1..5), Some(2));
        assert_eq!(text.rfind(b"", 1..4), Some(4));
        assert_eq!(text.find(b"x", 0..5), None);
        assert_eq!(count::<CodePoints>(text.bytes, b""), 6);
        assert_eq!(count::<Octets>(text.bytes, b""), 8);
        assert_eq!(count::<Octets>(b"aaaaa", b"aa"), 2);
    }

    #[test]
    fn replacing() {
        let all = usize::MAX;
        for (hay, old, new, limit, expected) in [
            ("abcabc", "b", "XX", all, Some("aXXcaXXc")),
            ("abcabc", "bc", "", 1, Some("aabc")),
            ("aé", "", "-", all, Some("-a-é-")),
            ("aé", "", "-", 2, Some("-a-é")),
            ("aé", "", "-", 1, Some("-aé")),
            ("", "", "-", all, Some("-")),
            ("", "", "-", 0, None),
            ("abc", "x", "y", all, None),
        ] {
            let got = replace::<CodePoints>(
                hay.as_bytes(),
                old.as_bytes(),
                new.as_bytes(),
                limit,
                |_| true,
            );
            let expected = expected.map(|text| Ok(text.as_bytes().to_vec()));
            assert_eq!(got, expected, "{hay:?}.replace({old:?}, {new:?}, {limit})");
        }
        assert_eq!(
            replace::<Octets>(b"aaa", b"a", b"bb", all, |size| size < 6),
            Some(Err(6))
        );
    }
}
