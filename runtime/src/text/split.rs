//! Cutting a sequence into pieces: `split`, `rsplit`, `splitlines`, `partition`; and `join`.
//!
//! Pieces borrow from the sequence. A limit of `usize::MAX` stands for a negative maxsplit.

use super::Units;
use super::search;

/// `split(None, limit)`: the pieces between runs of white space.
pub fn split_space<U: Units>(hay: &[u8], limit: usize) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    let mut left = limit;
    std::iter::from_fn(move || {
        at = skip_space::<U>(hay, at);
        if at == hay.len() {
            return None;
        }
        let start = at;
        if left == 0 {
            // The rest is one piece, with the white space at its end.
            at = hay.len();
            return hay.get(start..);
        }
        left -= 1;
        while at < hay.len() && !U::is_space(hay, at) {
            at = U::next(hay, at);
        }
        hay.get(start..at)
    })
}

/// `rsplit(None, limit)`: as [`split_space`], cut from the right; the pieces in the order of the text.
pub fn rsplit_space<U: Units>(hay: &[u8], limit: usize) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = hay;
    let mut left = limit;
    loop {
        let end = trailing_space::<U>(rest);
        if end == 0 {
            break;
        }
        if left == 0 {
            // The rest is one piece, with the white space at its start.
            pieces.extend(rest.get(..end));
            break;
        }
        left -= 1;
        let mut start = end;
        while start > 0 {
            let before = U::previous(rest, start);
            if U::is_space(rest, before) {
                break;
            }
            start = before;
        }
        pieces.extend(rest.get(start..end));
        rest = rest.get(..start).unwrap_or_default();
    }
    pieces.reverse();
    pieces
}

/// The first offset from `at` on that is not white space.
pub(super) fn skip_space<U: Units>(hay: &[u8], mut at: usize) -> usize {
    while at < hay.len() && U::is_space(hay, at) {
        at = U::next(hay, at);
    }
    at
}

/// The offset where the white space at the end begins.
pub(super) fn trailing_space<U: Units>(hay: &[u8]) -> usize {
    let mut end = hay.len();
    while end > 0 {
        let before = U::previous(hay, end);
        if !U::is_space(hay, before) {
            break;
        }
        end = before;
    }
    end
}

/// `split(separator, limit)` for a separator that is not empty.
pub fn split<'a>(
    hay: &'a [u8],
    separator: &'a [u8],
    limit: usize,
) -> impl Iterator<Item = &'a [u8]> {
    let mut cuts = search::occurrences(hay, separator).take(limit);
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        match cuts.next() {
            Some(at) => {
                start = Some(at + separator.len());
                hay.get(from..at)
            }
            None => {
                start = None;
                hay.get(from..)
            }
        }
    })
}

/// `rsplit(separator, limit)` for a separator that is not empty; the pieces in the order of the text.
pub fn rsplit<'a>(hay: &'a [u8], separator: &[u8], limit: usize) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = hay;
    let finder = memchr::memmem::FinderRev::new(separator);
    while pieces.len() < limit {
        let Some(at) = finder.rfind(rest) else { break };
        pieces.extend(rest.get(at + separator.len()..));
        rest = rest.get(..at).unwrap_or_default();
    }
    pieces.push(rest);
    pieces.reverse();
    pieces
}

/// `splitlines(keep_ends)`.
pub fn lines<U: Units>(hay: &[u8], keep_ends: bool) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= hay.len() {
            return None;
        }
        let mut at = start;
        let mut ending = 0;
        while let Some(found) = hay.get(at..)?.iter().position(|&byte| U::may_break(byte)) {
            ending = U::line_break(hay, at + found);
            at += found;
            if ending > 0 {
                break;
            }
            at += 1;
        }
        if ending == 0 {
            at = hay.len();
        }
        let line = hay.get(start..if keep_ends { at + ending } else { at });
        start = at + ending;
        line
    })
}

/// `partition(separator)`: what stands before and after the first occurrence.
pub fn partition<'a>(hay: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = search::find(hay, separator)?;
    Some((hay.get(..at)?, hay.get(at + separator.len()..)?))
}

/// `rpartition(separator)`: what stands before and after the last occurrence.
pub fn rpartition<'a>(hay: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = search::rfind(hay, separator)?;
    Some((hay.get(..at)?, hay.get(at + separator.len()..)?))
}

/// `separator.join(parts)`, in one allocation.
pub fn join<'a>(separator: &[u8], parts: impl Iterator<Item = &'a [u8]> + Clone) -> Vec<u8> {
    let size = parts.clone().map(|part| part.len() + separator.len()).sum();
    let mut out = Vec::with_capacity(size);
    for (number, part) in parts.enumerate() {
        if number > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{CodePoints, Octets};
    use super::*;

    fn strs<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<&'a str> {
        pieces
            .into_iter()
            .map(|piece| std::str::from_utf8(piece).unwrap_or("?"))
            .collect()
    }

    #[test]
    fn white_space() {
        let text = " a\u{3000}b  c\u{85}".as_bytes();
        for (limit, left, right) in [
            (usize::MAX, &["a", "b", "c"][..], &["a", "b", "c"][..]),
            (1, &["a", "b  c\u{85}"], &[" a\u{3000}b", "c"]),
            (0, &["a\u{3000}b  c\u{85}"], &[" a\u{3000}b  c"]),
        ] {
            assert_eq!(strs(split_space::<CodePoints>(text, limit)), left);
            assert_eq!(strs(rsplit_space::<CodePoints>(text, limit)), right);
        }
        assert_eq!(split_space::<Octets>(b" \x1c ", 9).count(), 1);
        assert_eq!(split_space::<CodePoints>(b" \x1c ", 9).count(), 0);
    }

    #[test]
    fn separators() {
        assert_eq!(
            strs(split(b"a,b,,c", b",", usize::MAX)),
            ["a", "b", "", "c"]
        );
        assert_eq!(strs(split(b"a--b--c", b"--", 1)), ["a", "b--c"]);
        assert_eq!(strs(rsplit(b"a--b--c", b"--", 1)), ["a--b", "c"]);
        assert_eq!(strs(rsplit(b"aaa", b"aa", 9)), ["a", ""]);
        assert_eq!(strs(split(b"", b",", 9)), [""]);
        assert_eq!(strs(rsplit(b"a,b", b",", 0)), ["a,b"]);
        assert_eq!(partition(b"a=b=c", b"="), Some((&b"a"[..], &b"b=c"[..])));
        assert_eq!(rpartition(b"a=b=c", b"="), Some((&b"a=b"[..], &b"c"[..])));
        assert_eq!(join(b", ", [&b"a"[..], b"", b"c"].into_iter()), b"a, , c");
    }

    #[test]
    fn line_boundaries() {
        let text = "a\r\nb\u{2028}c\x1c\r\rd\u{85}".as_bytes();
        assert_eq!(
            strs(lines::<CodePoints>(text, false)),
            ["a", "b", "c", "", "", "d"]
        );
        assert_eq!(
            strs(lines::<CodePoints>(text, true)),
            ["a\r\n", "b\u{2028}", "c\x1c", "\r", "\r", "d\u{85}"]
        );
        assert_eq!(lines::<Octets>(b"a\x1cb\nc\r\n", false).count(), 2);
    }
}
