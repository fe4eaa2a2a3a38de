//! `strip`, `lstrip` and `rstrip`: of white space, or of a set of units.

use super::Units;
use super::split::{skip_space, trailing_space};

/// Which ends are stripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// `strip`
    Both,
    /// `lstrip`
    Left,
    /// `rstrip`
    Right,
}

impl Ends {
    fn left(self) -> bool {
        self != Ends::Right
    }

    fn right(self) -> bool {
        self != Ends::Left
    }
}

/// Strips white space.
pub fn space<U: Units>(hay: &[u8], ends: Ends) -> &[u8] {
    let end = if ends.right() {
        trailing_space::<U>(hay)
    } else {
        hay.len()
    };
    let rest = hay.get(..end).unwrap_or_default();
    let start = if ends.left() {
        skip_space::<U>(rest, 0)
    } else {
        0
    };
    rest.get(start..).unwrap_or_default()
}

/// Strips the units that occur in `set`.
pub fn set<'a, U: Units>(hay: &'a [u8], set: &[u8], ends: Ends) -> &'a [u8] {
    let mut rest = hay;
    while ends.left() && !rest.is_empty() {
        let (unit, tail) = rest.split_at(U::next(rest, 0));
        if !has_unit(set, unit) {
            break;
        }
        rest = tail;
    }
    while ends.right() && !rest.is_empty() {
        let (head, unit) = rest.split_at(U::previous(rest, rest.len()));
        if !has_unit(set, unit) {
            break;
        }
        rest = head;
    }
    rest
}

fn has_unit(set: &[u8], unit: &[u8]) -> bool {
    match unit {
        // A lone byte is a whole unit in both readings: no sequence has it inside.
        &[byte] => memchr::memchr(byte, set).is_some(),
        _ => memchr::memmem::find(set, unit).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CodePoints, Octets};
    use super::*;

    #[test]
    fn stripping() {
        assert_eq!(
            space::<CodePoints>("\u{a0} x \u{2003}".as_bytes(), Ends::Both),
            b"x"
        );
        assert_eq!(space::<CodePoints>(b" x ", Ends::Left), b"x ");
        assert_eq!(space::<Octets>(b"\x1c x ", Ends::Both), b"\x1c x");
        assert_eq!(space::<Octets>(b"  ", Ends::Both), b"");
        assert_eq!(
            set::<CodePoints>("éàxéy".as_bytes(), "yàé".as_bytes(), Ends::Both),
            b"x"
        );
        assert_eq!(
            set::<Octets>(b"\xff\xfex\xff", b"\xff", Ends::Both),
            b"\xfex"
        );
        assert_eq!(set::<CodePoints>(b"aaa", b"a", Ends::Right), b"");
        assert_eq!(set::<CodePoints>(b"aba", b"", Ends::Both), b"aba");
    }
}
