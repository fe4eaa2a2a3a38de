//! `bytes.hex` and `bytes.fromhex`.

/// Why a text is not hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// At this index stands something that is no digit.
    NotADigit(usize),
    /// The last digit has no partner.
    OddLength,
}

/// `bytes.hex(separator, group)`: a separator between groups of bytes, counted from the right, or
/// from the left when `group` is negative; none when it is 0.
pub fn encode(bytes: &[u8], separator: Option<u8>, group: i64) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    let separator = separator.filter(|_| size > 0 && size < bytes.len());
    let mut out = Vec::with_capacity(bytes.len().saturating_mul(3));
    for (index, byte) in bytes.iter().enumerate() {
        if let Some(separator) = separator {
            let counted = if group < 0 {
                index
            } else {
                bytes.len() - index
            };
            if index > 0 && counted % size == 0 {
                out.push(separator);
            }
        }
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 0xF)]);
    }
    out
}

/// `bytes.fromhex(text)`: pairs of digits, with ASCII white space between them.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, HexError> {
    let digit = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if matches!(byte, b'\t'..=b'\r' | b' ') {
            at += 1;
            continue;
        }
        let high = digit(at).ok_or(HexError::NotADigit(at))?;
        if at + 1 == text.len() {
            return Err(HexError::OddLength);
        }
        let low = digit(at + 1).ok_or(HexError::NotADigit(at + 1))?;
        out.push((high << 4 | low) as u8);
        at += 2;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (group, expected) in [
            (1, "00-01-02-03-04"),
            (2, "00-0102-0304"),
            (-2, "0001-0203-04"),
            (0, "0001020304"),
            (5, "0001020304"),
        ] {
            assert_eq!(
                encode(&[0, 1, 2, 3, 4], Some(b'-'), group),
                expected.as_bytes()
            );
        }
        for (text, expected) in [
            ("ab\n CD\u{b}ef ", Ok(vec![0xAB, 0xCD, 0xEF])),
            ("ab c", Err(HexError::OddLength)),
            ("a b", Err(HexError::NotADigit(1))),
            ("ab é", Err(HexError::NotADigit(3))),
        ] {
            assert_eq!(decode(text.as_bytes()), expected);
        }
    }
}
