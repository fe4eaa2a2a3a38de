//! `math`'s whole-number functions: isqrt, factorial, comb, perm.

use num_bigint::{BigInt, BigUint};
use num_traits::{One, ToPrimitive};

use super::int::{self, IntRef, IntValue};
use super::{Limits, NumberError, Result};
use IntRef::{Big, Small};

/// The largest integer whose square is not above `n`.
///
/// # Errors
/// ValueError for a negative argument.
pub fn isqrt(n: IntRef<'_>) -> Result<IntValue> {
    if n.is_negative() {
        return Err(NumberError::value("isqrt() argument must be nonnegative"));
    }
    Ok(match n {
        Small(n) => (n as u64).isqrt().into(),
        Big(n) => n.sqrt().into(),
    })
}

/// `n!`.
///
/// # Errors
/// ValueError for a negative argument; OverflowError past 64 bits; MemoryError past the limit.
pub fn factorial(n: IntRef<'_>, limits: &Limits) -> Result<IntValue> {
    if n.is_negative() {
        return Err(NumberError::value(
            "factorial() not defined for negative values",
        ));
    }
    let n = n.to_i64().ok_or_else(|| {
        NumberError::overflow(format!(
            "factorial() argument should not exceed {}",
            i64::MAX
        ))
    })? as u64;
    check_product(n, n, limits)?;
    Ok(product(1, n.max(1)).into())
}

/// `n * (n - 1) * ...`, `k` factors: the ways to arrange `k` of `n` things.
///
/// # Errors
/// ValueError for a negative argument; OverflowError for too large a `k`; MemoryError past the limit.
pub fn perm(n: IntRef<'_>, k: IntRef<'_>, limits: &Limits) -> Result<IntValue> {
    check_signs(n, k)?;
    if int::compare(n, k).is_lt() {
        return Ok(0.into());
    }
    let k = k
        .to_i64()
        .ok_or_else(|| NumberError::overflow(format!("k must not exceed {}", i64::MAX)))?
        as u64;
    falling(n, k, limits)
}

/// The ways to choose `k` of `n` things.
///
/// # Errors
/// As [`perm`].
pub fn comb(n: IntRef<'_>, k: IntRef<'_>, limits: &Limits) -> Result<IntValue> {
    check_signs(n, k)?;
    if int::compare(n, k).is_lt() {
        return Ok(0.into());
    }
    let rest = int::sub(n, k);
    let fewer = if int::compare(rest.as_ref(), k).is_lt() {
        rest.as_ref()
    } else {
        k
    };
    let k = fewer.to_i64().ok_or_else(|| {
        NumberError::overflow(format!("min(n - k, k) must not exceed {}", i64::MAX))
    })? as u64;
    if let Some(small) = n.to_i64().and_then(|n| comb_small(n as u64, k)) {
        return Ok(small.into());
    }
    let numerator = falling(n, k, limits)?;
    int::floor_div(numerator.as_ref(), IntValue::from(product(1, k)).as_ref())
}

/// `comb` while every step stays within 128 bits.
fn comb_small(n: u64, k: u64) -> Option<u64> {
    if k > 64 {
        return None;
    }
    let mut result = 1u128;
    for i in 0..k {
        // After this step the value is comb(n, i + 1): the division is exact.
        result = result.checked_mul(u128::from(n - i))? / u128::from(i + 1);
    }
    result.try_into().ok()
}

/// `n * (n - 1) * ... * (n - k + 1)`.
fn falling(n: IntRef<'_>, k: u64, limits: &Limits) -> Result<IntValue> {
    if k == 0 {
        return Ok(1.into());
    }
    if let Some(n) = n.to_i64() {
        let n = n as u64;
        check_product(n, k, limits)?;
        return Ok(product(n - k + 1, n).into());
    }
    limits.check_bits((n.bit_length() - 1).saturating_mul(k))?;
    Ok(falling_big(&n.to_big(), 0, k).into())
}

/// The product of `n - i` for `i` from `start`, `count` of them, halved so that factors stay alike in size.
fn falling_big(n: &BigInt, start: u64, count: u64) -> BigInt {
    if count <= 1 {
        return n - start;
    }
    let half = count / 2;
    falling_big(n, start, half) * falling_big(n, start + half, count - half)
}

/// The product of `low..=high`, halved so that factors stay alike in size.
fn product(low: u64, high: u64) -> BigUint {
    if high < low {
        return BigUint::one();
    }
    if high - low < 16 {
        let mut big = BigUint::one();
        let mut small = 1u64;
        for factor in low..=high {
            match small.checked_mul(factor) {
                Some(product) => small = product,
                None => {
                    big *= small;
                    small = factor;
                }
            }
        }
        return big * small;
    }
    let middle = low + (high - low) / 2;
    product(low, middle) * product(middle + 1, high)
}

/// Refuses a product of the `count` largest numbers up to `n` whose lower half alone is too long.
fn check_product(n: u64, count: u64, limits: &Limits) -> Result<()> {
    let middle = n - count / 2;
    let bits = 63 - middle.max(1).leading_zeros();
    limits.check_bits(u64::from(bits).saturating_mul(count / 2))?;
    // A count that memory cannot hold would also never end.
    count.to_u32().map(drop).ok_or_else(NumberError::memory)
}

fn check_signs(n: IntRef<'_>, k: IntRef<'_>) -> Result<()> {
    for (name, value) in [("n", n), ("k", k)] {
        if value.is_negative() {
            return Err(NumberError::value(format!(
                "{name} must be a non-negative integer"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        let limits = Limits::default();
        let comb = |n, k| comb(Small(n), Small(k), &limits).unwrap();
        assert_eq!(comb(10, 3), 120.into());
        assert_eq!(comb(10, 11), 0.into());
        assert_eq!(comb(62, 31), 465428353255261088i64.into());
        assert_eq!(comb(100, 50), 100891344545564193334812497256i128.into());
        assert_eq!(comb(1000, 3), 166167000.into());
        let perm = |n, k| perm(Small(n), Small(k), &limits).unwrap();
        assert_eq!(perm(5, 6), 0.into());
        assert_eq!(perm(10, 3), 720.into());
        let factorial = |n| factorial(Small(n), &limits).unwrap();
        assert_eq!(factorial(0), 1.into());
        assert_eq!(factorial(20), 2432902008176640000i64.into());
        assert_eq!(
            factorial(33),
            8683317618811886495518194401280000000i128.into()
        );
        let huge = BigInt::from(10).pow(30);
        let two = super::perm(Big(&huge), Small(2), &limits).unwrap();
        assert_eq!(two, IntValue::from(&huge * (&huge - BigInt::one())));
        assert_eq!(
            super::comb(Big(&huge), Small(-1), &limits)
                .unwrap_err()
                .message,
            "k must be a non-negative integer"
        );
        assert_eq!(isqrt(Small(99)), Ok(9.into()));
        assert_eq!(isqrt(Big(&huge)), Ok(1_000_000_000_000_000i64.into()));
    }

    #[test]
    fn refuses_what_would_not_fit() {
        let limits = Limits::default();
        assert_eq!(
            factorial(Small(i64::MAX), &limits).unwrap_err().kind,
            super::super::ErrorKind::Memory
        );
        assert!(comb(Small(i64::MAX), Small(1 << 40), &limits).is_err());
    }
}
