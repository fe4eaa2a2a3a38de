//! Widths: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`; and `bytes.translate`.
//!
//! A result may be far longer than its input, so the sizes are computed apart from the
//! writing: the caller asks its memory limit in between.

use super::Units;

/// Where the contents stand within the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `ljust`
    Left,
    /// `rjust`
    Right,
    /// `center`
    Center,
}

/// How many fill units go before and after `length` units to make `width`; `None` when it is no wider.
pub fn padding(align: Align, length: usize, width: i64) -> Option<(usize, usize)> {
    let width = usize::try_from(width).ok()?;
    let missing = width.checked_sub(length).filter(|&missing| missing > 0)?;
    Some(match align {
        Align::Left => (0, missing),
        Align::Right => (missing, 0),
        Align::Center => {
            // The odd one out goes to the left only when both counts are odd.
            let left = missing / 2 + (missing & width & 1);
            (left, missing - left)
        }
    })
}

/// The size in bytes of what [`pad`] and [`zero_fill`] make; `None` when it does not fit.
pub fn padded_size(body: &[u8], before: usize, after: usize, fill: &[u8]) -> Option<usize> {
    let size = before
        .checked_add(after)?
        .checked_mul(fill.len())?
        .checked_add(body.len())?;
    (size < isize::MAX as usize).then_some(size)
}

/// `body` between `before` and `after` copies of `fill`, one unit.
pub fn pad(body: &[u8], before: usize, after: usize, fill: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(padded_size(body, before, after, fill).unwrap_or_default());
    (0..before).for_each(|_| out.extend_from_slice(fill));
    out.extend_from_slice(body);
    (0..after).for_each(|_| out.extend_from_slice(fill));
    out
}

/// `zfill`: `zeros` zeros (as [`padding`] for [`Align::Right`] says) after the sign, if there is one.
pub fn zero_fill(body: &[u8], zeros: usize) -> Vec<u8> {
    let (sign, digits) = body.split_at(usize::from(matches!(body, [b'+' | b'-', ..])));
    let mut out = Vec::with_capacity(body.len().saturating_add(zeros));
    out.extend_from_slice(sign);
    out.resize(sign.len() + zeros, b'0');
    out.extend_from_slice(digits);
    out
}

/// The size in bytes of [`expand_tabs`]' result; `None` when it does not fit.
pub fn expanded_size<U: Units>(body: &[u8], tab: usize) -> Option<usize> {
    let mut size = 0_usize;
    pieces::<U>(body, tab, |piece, spaces| {
        size = size.saturating_add(piece.len()).saturating_add(spaces);
    });
    (size < isize::MAX as usize).then_some(size)
}

/// `expandtabs(tab)`: spaces up to the next multiple of `tab` for each tab; none when `tab` is 0.
pub fn expand_tabs<U: Units>(body: &[u8], tab: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    pieces::<U>(body, tab, |piece, spaces| {
        out.extend_from_slice(piece);
        out.resize(out.len() + spaces, b' ');
    });
    out
}

/// Calls `visit` with each piece between tabs and the number of spaces for the tab after it.
fn pieces<U: Units>(body: &[u8], tab: usize, mut visit: impl FnMut(&[u8], usize)) {
    let mut column = 0;
    let mut rest = body;
    while let Some(at) = memchr::memchr3(b'\t', b'\n', b'\r', rest) {
        let (piece, tail) = rest.split_at(at);
        column += U::count(piece);
        if tail.first() == Some(&b'\t') {
            let spaces = if tab == 0 { 0 } else { tab - column % tab };
            visit(piece, spaces);
            column = column.saturating_add(spaces);
        } else {
            visit(rest.get(..=at).unwrap_or(rest), 0);
            column = 0;
        }
        rest = tail.get(1..).unwrap_or_default();
    }
    visit(rest, 0);
}

/// `bytes.translate(table, delete)`.
pub fn translate(body: &[u8], table: Option<&[u8; 256]>, delete: &[u8]) -> Vec<u8> {
    let mut deleted = [false; 256];
    for &byte in delete {
        deleted[usize::from(byte)] = true;
    }
    let kept = body.iter().filter(|&&byte| !deleted[usize::from(byte)]);
    match table {
        Some(table) => kept.map(|&byte| table[usize::from(byte)]).collect(),
        None => kept.copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CodePoints, Octets};
    use super::*;

    #[test]
    fn widths() {
        let centred = |body: &str, width| match padding(Align::Center, body.chars().count(), width)
        {
            Some((before, after)) => pad(body.as_bytes(), before, after, "·".as_bytes()),
            None => body.as_bytes().to_vec(),
        };
        assert_eq!(centred("ab", 5), "··ab·".as_bytes());
        assert_eq!(centred("a", 4), "·a··".as_bytes());
        assert_eq!(centred("abc", 3), b"abc");
        assert_eq!(padding(Align::Right, 1, -5), None);
        assert_eq!(zero_fill(b"-1", 3), b"-0001");
        assert_eq!(zero_fill(b"", 3), b"000");
    }

    #[test]
    fn tabs() {
        for (body, tab, expected) in [
            ("a\tbé\tc", 4, "a   bé  c"),
            ("\t\n\ta\r\tb", 3, "   \n   a\r   b"),
            ("a\tb", 0, "ab"),
            ("abcd\te", 4, "abcd    e"),
        ] {
            assert_eq!(
                expand_tabs::<CodePoints>(body.as_bytes(), tab),
                expected.as_bytes()
            );
            assert_eq!(
                expanded_size::<CodePoints>(body.as_bytes(), tab),
                Some(expected.len())
            );
        }
        assert_eq!(
            expand_tabs::<Octets>("é\tc".as_bytes(), 4),
            "é  c".as_bytes()
        );
    }

    #[test]
    fn translating() {
        let table = std::array::from_fn(|byte| (byte as u8).to_ascii_uppercase());
        assert_eq!(translate(b"abc", Some(&table), b"b"), b"AC");
        assert_eq!(translate(b"abc", None, b"a"), b"bc");
    }
}
