//! Integers as bits in two's complement: shifts, logic, conversion to and from bytes.

use num_bigint::{BigInt, Sign};
use num_traits::{One, Zero};

use super::int::{IntRef, IntValue};
use super::{Limits, NumberError, Result};
use IntRef::{Big, Small};

/// `a << count`.
///
/// # Errors
/// ValueError for a negative count; OverflowError or MemoryError for a result past all bounds.
pub fn shift_left(a: IntRef<'_>, count: IntRef<'_>, limits: &Limits) -> Result<IntValue> {
    if count.is_negative() {
        return Err(NumberError::value("negative shift count"));
    }
    if a.is_zero() {
        return Ok(IntValue::Small(0));
    }
    let count = count
        .to_i64()
        .ok_or_else(|| NumberError::overflow("too many digits in integer"))?;
    if let Small(n) = a
        && count < 63
        && (n << count) >> count == n
    {
        return Ok(IntValue::Small(n << count));
    }
    limits.check_bits(a.bit_length().saturating_add(count as u64))?;
    Ok((a.to_big().into_owned() << count).into())
}

/// `a >> count`: rounds down.
///
/// # Errors
/// ValueError for a negative count.
pub fn shift_right(a: IntRef<'_>, count: IntRef<'_>) -> Result<IntValue> {
    if count.is_negative() {
        return Err(NumberError::value("negative shift count"));
    }
    let all_gone = IntValue::Small(-i64::from(a.is_negative()));
    let Some(count) = count.to_i64() else {
        return Ok(all_gone);
    };
    Ok(match a {
        Small(n) => IntValue::Small(n >> count.min(63)),
        Big(n) if (count as u64) < n.bits() => (n >> count).into(),
        Big(_) => all_gone,
    })
}

/// `a & b`.
pub fn and(a: IntRef<'_>, b: IntRef<'_>) -> IntValue {
    match (a, b) {
        (Small(x), Small(y)) => IntValue::Small(x & y),
        _ => (a.to_big().as_ref() & b.to_big().as_ref()).into(),
    }
}

/// `a | b`.
pub fn or(a: IntRef<'_>, b: IntRef<'_>) -> IntValue {
    match (a, b) {
        (Small(x), Small(y)) => IntValue::Small(x | y),
        _ => (a.to_big().as_ref() | b.to_big().as_ref()).into(),
    }
}

/// `a ^ b`.
pub fn xor(a: IntRef<'_>, b: IntRef<'_>) -> IntValue {
    match (a, b) {
        (Small(x), Small(y)) => IntValue::Small(x ^ y),
        _ => (a.to_big().as_ref() ^ b.to_big().as_ref()).into(),
    }
}

/// `~a`.
pub fn invert(a: IntRef<'_>) -> IntValue {
    match a {
        Small(n) => IntValue::Small(!n),
        Big(n) => (!n).into(),
    }
}

/// Which end of a byte string holds the low digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// The last byte is the lowest.
    Big,
    /// The first byte is the lowest.
    Little,
}

impl ByteOrder {
    /// The order that `int.to_bytes` and `from_bytes` know by this name.
    pub fn from_name(name: &[u8]) -> Result<Self> {
        match name {
            b"big" => Ok(ByteOrder::Big),
            b"little" => Ok(ByteOrder::Little),
            _ => Err(NumberError::value(
                "byteorder must be either 'little' or 'big'",
            )),
        }
    }
}

/// `int.to_bytes`: exactly `length` bytes.
///
/// # Errors
/// OverflowError when the value does not fit, or is negative and `signed` is not set.
pub fn to_bytes(
    a: IntRef<'_>,
    length: i64,
    order: ByteOrder,
    signed: bool,
    limits: &Limits,
) -> Result<Vec<u8>> {
    let length = usize::try_from(length)
        .map_err(|_| NumberError::value("length argument must be non-negative"))?;
    let negative = a.is_negative();
    if negative && !signed {
        return Err(NumberError::overflow(
            "can't convert negative int to unsigned",
        ));
    }
    // -128 needs as many bits as 127 does: what counts is the complement's magnitude, and a sign bit.
    let bits = if negative {
        invert(a).as_ref().bit_length()
    } else {
        a.bit_length()
    };
    let needed = bits + u64::from(signed && !a.is_zero());
    if needed.div_ceil(8) > length as u64 {
        return Err(NumberError::overflow("int too big to convert"));
    }
    limits.check_bytes(length)?;
    let mut bytes = match a {
        Small(n) => n.to_le_bytes().to_vec(),
        Big(n) => n.to_signed_bytes_le(),
    };
    bytes.resize(length, if negative { 0xFF } else { 0 });
    if order == ByteOrder::Big {
        bytes.reverse();
    }
    Ok(bytes)
}

/// `int.from_bytes`.
pub fn from_bytes(bytes: &[u8], order: ByteOrder, signed: bool) -> IntValue {
    if bytes.len() <= 8 {
        let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        let raw = match order {
            ByteOrder::Big => bytes.iter().fold(0, fold),
            ByteOrder::Little => bytes.iter().rev().fold(0, fold),
        };
        if !signed {
            return raw.into();
        }
        let unused = 64 - 8 * bytes.len() as u32;
        return IntValue::Small(
            (raw as i64)
                .checked_shl(unused)
                .map_or(0, |top| top >> unused),
        );
    }
    match (order, signed) {
        (ByteOrder::Big, true) => BigInt::from_signed_bytes_be(bytes),
        (ByteOrder::Little, true) => BigInt::from_signed_bytes_le(bytes),
        (ByteOrder::Big, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
        (ByteOrder::Little, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
    }
    .into()
}

/// The shortest little-endian two's complement form: pickle's LONG1, and empty for 0.
pub fn to_minimal_bytes(a: IntRef<'_>) -> Vec<u8> {
    match a {
        Small(0) => Vec::new(),
        Small(n) => {
            let magnitude = if n < 0 { !n } else { n };
            let used = (64 - magnitude.leading_zeros()) as usize / 8 + 1;
            n.to_le_bytes().into_iter().take(used).collect()
        }
        Big(n) if n.is_zero() => Vec::new(),
        Big(n) => n.to_signed_bytes_le(),
    }
}

/// `2 ** exponent`, for callers that scale by powers of two.
pub(super) fn power_of_two(exponent: u64) -> BigInt {
    BigInt::one() << exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_at_the_edges() {
        let limits = Limits::default();
        let huge = IntValue::from(BigInt::from(10).pow(30));
        let big = power_of_two(64);
        assert_eq!(shift_left(Small(0), huge.as_ref(), &limits), Ok(0.into()));
        assert_eq!(
            shift_left(Small(1), huge.as_ref(), &limits)
                .unwrap_err()
                .message,
            "too many digits in integer"
        );
        assert_eq!(
            shift_left(Small(1), Small(1 << 62), &limits)
                .unwrap_err()
                .kind,
            super::super::ErrorKind::Memory
        );
        assert_eq!(
            shift_left(Small(1), Small(64), &limits),
            Ok(big.clone().into())
        );
        assert_eq!(
            shift_left(Small(-1), Small(63), &limits),
            Ok(i64::MIN.into())
        );
        assert_eq!(shift_right(Small(-1), huge.as_ref()), Ok((-1).into()));
        assert_eq!(shift_right(Big(&-big), Small(70)), Ok((-1).into()));
        assert_eq!(shift_right(Small(-5), Small(1)), Ok((-3).into()));
    }

    #[test]
    fn converts_to_bytes() {
        let limits = Limits::default();
        let plain = |n, length, signed| {
            to_bytes(Small(n), length, ByteOrder::Big, signed, &limits).map_err(|e| e.message)
        };
        assert_eq!(plain(1024, 4, false), Ok(vec![0, 0, 4, 0]));
        assert_eq!(plain(0, 0, true), Ok(vec![]));
        assert_eq!(plain(-128, 1, true), Ok(vec![0x80]));
        assert_eq!(plain(-129, 1, true), Err("int too big to convert".into()));
        assert_eq!(plain(128, 1, true), Err("int too big to convert".into()));
        assert_eq!(plain(-1, 0, true), Err("int too big to convert".into()));
        assert_eq!(plain(5, 0, false), Err("int too big to convert".into()));
        assert_eq!(
            plain(-1, 1, false),
            Err("can't convert negative int to unsigned".into())
        );
        for n in [0, 1, -1, 127, 128, -128, -129, 1 << 40, i64::MIN, i64::MAX] {
            for order in [ByteOrder::Big, ByteOrder::Little] {
                let bytes = to_bytes(Small(n), 9, order, true, &limits).unwrap();
                assert_eq!(from_bytes(&bytes, order, true), n.into());
                let short = to_minimal_bytes(Small(n));
                assert_eq!(short, to_minimal_bytes(Big(&n.into())), "{n}");
                assert_eq!(from_bytes(&short, ByteOrder::Little, true), n.into());
            }
        }
        assert_eq!(
            from_bytes(&[0xFF; 9], ByteOrder::Big, false),
            4722366482869645213695i128.into()
        );
    }
}
