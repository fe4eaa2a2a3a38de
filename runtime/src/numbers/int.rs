//! Integers of any size: the two representations, ring arithmetic, floor division, comparison, hash.

use std::borrow::Cow;
use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use super::{NumberError, Result};

/// An integer in its smallest form: `Big` never holds what fits an i64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntValue {
    /// Fits 64 bits.
    Small(i64),
    /// Does not.
    Big(BigInt),
}

/// A borrowed integer, the argument of every operation.
#[derive(Clone, Copy, Debug)]
pub enum IntRef<'a> {
    /// Fits 64 bits.
    Small(i64),
    /// Usually does not; correct even if it does.
    Big(&'a BigInt),
}

use IntRef::{Big, Small};

impl IntValue {
    /// The borrowed form.
    pub fn as_ref(&self) -> IntRef<'_> {
        match self {
            IntValue::Small(n) => Small(*n),
            IntValue::Big(n) => Big(n),
        }
    }
}

impl From<i64> for IntValue {
    fn from(n: i64) -> Self {
        IntValue::Small(n)
    }
}

impl From<i32> for IntValue {
    fn from(n: i32) -> Self {
        IntValue::Small(n.into())
    }
}

impl From<u64> for IntValue {
    fn from(n: u64) -> Self {
        i64::try_from(n).map_or_else(|_| IntValue::Big(n.into()), IntValue::Small)
    }
}

impl From<i128> for IntValue {
    fn from(n: i128) -> Self {
        i64::try_from(n).map_or_else(|_| IntValue::Big(n.into()), IntValue::Small)
    }
}

impl From<BigInt> for IntValue {
    fn from(n: BigInt) -> Self {
        n.to_i64().map_or(IntValue::Big(n), IntValue::Small)
    }
}

impl From<num_bigint::BigUint> for IntValue {
    fn from(n: num_bigint::BigUint) -> Self {
        BigInt::from(n).into()
    }
}

impl From<i64> for IntRef<'_> {
    fn from(n: i64) -> Self {
        Small(n)
    }
}

impl<'a> From<&'a BigInt> for IntRef<'a> {
    fn from(n: &'a BigInt) -> Self {
        Big(n)
    }
}

impl<'a> From<&'a IntValue> for IntRef<'a> {
    fn from(n: &'a IntValue) -> Self {
        n.as_ref()
    }
}

impl<'a> IntRef<'a> {
    /// The value as a big integer, copied only when it is small.
    pub fn to_big(self) -> Cow<'a, BigInt> {
        match self {
            Small(n) => Cow::Owned(n.into()),
            Big(n) => Cow::Borrowed(n),
        }
    }

    /// An owned copy.
    pub fn to_value(self) -> IntValue {
        match self {
            Small(n) => IntValue::Small(n),
            Big(n) => n.clone().into(),
        }
    }

    /// The value, if it fits.
    pub fn to_i64(self) -> Option<i64> {
        match self {
            Small(n) => Some(n),
            Big(n) => n.to_i64(),
        }
    }

    /// Whether the value is 0.
    pub fn is_zero(self) -> bool {
        match self {
            Small(n) => n == 0,
            Big(n) => n.is_zero(),
        }
    }

    /// Whether the value is below 0.
    pub fn is_negative(self) -> bool {
        match self {
            Small(n) => n < 0,
            Big(n) => n.sign() == Sign::Minus,
        }
    }

    /// Whether the value is odd.
    pub fn is_odd(self) -> bool {
        match self {
            Small(n) => n & 1 == 1,
            Big(n) => n.bit(0),
        }
    }

    /// The number of bits of the magnitude: `int.bit_length`.
    pub fn bit_length(self) -> u64 {
        match self {
            Small(n) => u64::from(64 - n.unsigned_abs().leading_zeros()),
            Big(n) => n.bits(),
        }
    }

    /// The number of ones in the magnitude: `int.bit_count`.
    pub fn bit_count(self) -> u64 {
        match self {
            Small(n) => u64::from(n.unsigned_abs().count_ones()),
            Big(n) => n.magnitude().count_ones(),
        }
    }
}

/// `a + b`.
#[inline]
pub fn add(a: IntRef<'_>, b: IntRef<'_>) -> IntValue {
    match (a, b) {
        (Small(x), Small(y)) => match x.checked_add(y) {
            Some(sum) => IntValue::Small(sum),
            None => (i128::from(x) + i128::from(y)).into(),
        },
        (Small(x), Big(y)) | (Big(y), Small(x)) => (y + x).into(),
        (Big(x), Big(y)) => (x + y).into(),
    }
}

/// `a - b`.
#[inline]
pub fn sub(a: IntRef<'_>, b: IntRef<'_>) -> IntValue {
    match (a, b) {
        (Small(x), Small(y)) => match x.checked_sub(y) {
            Some(difference) => IntValue::Small(difference),
            None => (i128::from(x) - i128::from(y)).into(),
        },
        (Small(x), Big(y)) => (x - y).into(),
        (Big(x), Small(y)) => (x - y).into(),
        (Big(x), Big(y)) => (x - y).into(),
    }
}

/// `a * b`.
#[inline]
pub fn mul(a: IntRef<'_>, b: IntRef<'_>) -> IntValue {
    match (a, b) {
        (Small(x), Small(y)) => match x.checked_mul(y) {
            Some(product) => IntValue::Small(product),
            None => (i128::from(x) * i128::from(y)).into(),
        },
        (Small(x), Big(y)) | (Big(y), Small(x)) => (y * x).into(),
        (Big(x), Big(y)) => (x * y).into(),
    }
}

/// `-a`.
pub fn neg(a: IntRef<'_>) -> IntValue {
    match a {
        Small(n) => (-i128::from(n)).into(),
        Big(n) => (-n).into(),
    }
}

/// `abs(a)`.
pub fn abs(a: IntRef<'_>) -> IntValue {
    match a {
        Small(n) => n.unsigned_abs().into(),
        Big(n) => n.abs().into(),
    }
}

/// `a // b` and `a % b`: the quotient rounds down, the remainder has the divisor's sign.
pub fn div_mod(a: IntRef<'_>, b: IntRef<'_>) -> Result<(IntValue, IntValue)> {
    if b.is_zero() {
        return Err(NumberError::division_by_zero());
    }
    if let (Small(x), Small(y)) = (a, b) {
        // Only i64::MIN // -1 leaves 64 bits, and 128 have room for it.
        let (quotient, remainder) = i128::from(x).div_mod_floor(&i128::from(y));
        return Ok((quotient.into(), remainder.into()));
    }
    let (quotient, remainder) = a.to_big().div_mod_floor(&b.to_big());
    Ok((quotient.into(), remainder.into()))
}

/// `a // b`.
#[inline]
pub fn floor_div(a: IntRef<'_>, b: IntRef<'_>) -> Result<IntValue> {
    if let (Small(x), Small(y)) = (a, b)
        && let Some(quotient) = x.checked_div(y)
    {
        let inexact = quotient * y != x;
        return Ok(IntValue::Small(
            quotient - i64::from(inexact && (x < 0) != (y < 0)),
        ));
    }
    Ok(div_mod(a, b)?.0)
}

/// `a % b`.
#[inline]
pub fn modulo(a: IntRef<'_>, b: IntRef<'_>) -> Result<IntValue> {
    if let (Small(x), Small(y)) = (a, b)
        && let Some(remainder) = x.checked_rem(y)
    {
        let other_side = remainder != 0 && (remainder < 0) != (y < 0);
        return Ok(IntValue::Small(if other_side {
            remainder + y
        } else {
            remainder
        }));
    }
    Ok(div_mod(a, b)?.1)
}

/// The greatest common divisor, never negative.
pub fn gcd(a: IntRef<'_>, b: IntRef<'_>) -> IntValue {
    match (a, b) {
        (Small(x), Small(y)) => x.unsigned_abs().gcd(&y.unsigned_abs()).into(),
        // One division brings the big one down to the small one's size.
        (Small(0), Big(n)) | (Big(n), Small(0)) => n.abs().into(),
        (Small(x), Big(n)) | (Big(n), Small(x)) => {
            let rest = (n.magnitude() % x.unsigned_abs()).to_u64().unwrap_or(0);
            x.unsigned_abs().gcd(&rest).into()
        }
        (Big(x), Big(y)) => x.gcd(y).into(),
    }
}

/// The least common multiple, never negative; 0 when either is 0.
pub fn lcm(a: IntRef<'_>, b: IntRef<'_>) -> IntValue {
    if a.is_zero() || b.is_zero() {
        return IntValue::Small(0);
    }
    let divisor = gcd(a, b);
    let reduced = floor_div(a, divisor.as_ref()).unwrap_or(IntValue::Small(0));
    abs(mul(reduced.as_ref(), b).as_ref())
}

/// Orders two integers.
#[inline]
pub fn compare(a: IntRef<'_>, b: IntRef<'_>) -> Ordering {
    match (a, b) {
        (Small(x), Small(y)) => x.cmp(&y),
        _ => a.to_big().as_ref().cmp(b.to_big().as_ref()),
    }
}

/// The modulus of the hash of every number: 2**61 - 1, a Mersenne prime.
pub(super) const HASH_MODULUS: u64 = (1 << 61) - 1;

/// `hash(a)`: the value modulo 2**61 - 1 with its sign kept, and -2 for -1.
#[inline]
pub fn hash(a: IntRef<'_>) -> i64 {
    let magnitude = match a {
        Small(n) => n.unsigned_abs() % HASH_MODULUS,
        // 2**64 is 8 modulo 2**61 - 1.
        Big(n) => n.iter_u64_digits().rev().fold(0, |hash, digit| {
            ((u128::from(hash) * 8 + u128::from(digit)) % u128::from(HASH_MODULUS)) as u64
        }),
    };
    finish_hash(magnitude, a.is_negative())
}

/// Puts the sign on a reduced magnitude and keeps clear of -1, which CPython reserves for errors.
pub(super) fn finish_hash(magnitude: u64, negative: bool) -> i64 {
    let hash = magnitude as i64;
    match if negative { -hash } else { hash } {
        -1 => -2,
        hash => hash,
    }
}

/// `round(a, digits)`: for negative `digits`, to a multiple of a power of ten, halves to even.
pub fn round(a: IntRef<'_>, digits: i64) -> IntValue {
    if digits >= 0 || a.is_zero() {
        return a.to_value();
    }
    // Past this many digits the unit is more than twice the value; 3 bits are less than a digit.
    let places = digits.unsigned_abs();
    if places > a.bit_length() / 3 + 2 {
        return IntValue::Small(0);
    }
    let unit = num_traits::pow(BigInt::from(10), places as usize);
    let (quotient, remainder) = a.to_big().div_mod_floor(&unit);
    let up = match (&remainder + &remainder).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Equal => quotient.is_odd(),
        Ordering::Greater => true,
    };
    ((quotient + i32::from(up)) * unit).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_like_python() {
        for (a, b, quotient, remainder) in [
            (7, 2, 3, 1),
            (-7, 2, -4, 1),
            (7, -2, -4, -1),
            (-7, -2, 3, -1),
            (0, -5, 0, 0),
            (-6, 3, -2, 0),
        ] {
            let got = div_mod(Small(a), Small(b)).unwrap();
            assert_eq!(got, (quotient.into(), remainder.into()), "{a} {b}");
            assert_eq!(floor_div(Small(a), Small(b)).unwrap(), got.0);
            assert_eq!(modulo(Small(a), Small(b)).unwrap(), got.1);
        }
        let two_to_63 = IntValue::from(1u64 << 63);
        assert_eq!(floor_div(Small(i64::MIN), Small(-1)).unwrap(), two_to_63);
        assert_eq!(modulo(Small(i64::MIN), Small(-1)).unwrap(), 0.into());
        assert_eq!(neg(Small(i64::MIN)), two_to_63);
        assert_eq!(neg(two_to_63.as_ref()), i64::MIN.into());
    }

    #[test]
    fn hashes_like_python() {
        let power = |n: u32| IntValue::from(BigInt::from(10).pow(n));
        assert_eq!(hash(power(50).as_ref()), 619332571178673746);
        assert_eq!(hash(neg(power(50).as_ref()).as_ref()), -619332571178673746);
        assert_eq!(hash(Small((1 << 61) - 1)), 0);
        assert_eq!(hash(Small(-1)), -2);
        assert_eq!(hash(Small(-2)), -2);
    }

    #[test]
    fn rounds_half_to_even() {
        for (n, digits, want) in [
            (1250, -2, 1200),
            (1350, -2, 1400),
            (-1250, -2, -1200),
            (15, -1, 20),
            (25, -1, 20),
            (-15, -1, -20),
            (8, -30, 0),
            (7, -1, 10),
            (15, 5, 15),
            (123, i64::MIN, 0),
        ] {
            assert_eq!(round(Small(n), digits), want.into(), "{n} {digits}");
        }
    }
}
