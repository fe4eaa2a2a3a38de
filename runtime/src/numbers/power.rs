//! Powers of integers, plain and modular.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};

use super::int::{IntRef, IntValue};
use super::{Limits, NumberError, Result, float, int_float};
use IntRef::{Big, Small};

/// `int ** int`: a negative exponent gives a float.
#[derive(Clone, Debug, PartialEq)]
pub enum IntPower {
    /// The exact power.
    Int(IntValue),
    /// The power with a negative exponent.
    Float(f64),
}

/// `base ** exponent`.
///
/// # Errors
/// MemoryError past the limit; ZeroDivisionError for a negative power of 0.
pub fn pow(base: IntRef<'_>, exponent: IntRef<'_>, limits: &Limits) -> Result<IntPower> {
    if exponent.is_negative() {
        let (base, exponent) = (int_float::to_float(base)?, int_float::to_float(exponent)?);
        // A whole exponent never leads to a complex result.
        return Ok(IntPower::Float(match float::pow(base, exponent)? {
            float::FloatPower::Real(x) => x,
            float::FloatPower::Complex(z) => z.real,
        }));
    }
    pow_unsigned(base, exponent, limits).map(IntPower::Int)
}

/// The power for an exponent that is not negative.
fn pow_unsigned(base: IntRef<'_>, exponent: IntRef<'_>, limits: &Limits) -> Result<IntValue> {
    match base {
        _ if exponent.is_zero() => return Ok(1.into()),
        Small(n @ (0 | 1)) => return Ok(n.into()),
        Small(-1) => return Ok(if exponent.is_odd() { -1 } else { 1 }.into()),
        _ => {}
    }
    let exponent = exponent.to_i64().ok_or_else(NumberError::memory)?;
    if let (Small(n), Ok(small)) = (base, u32::try_from(exponent))
        && let Some(power) = n.checked_pow(small)
    {
        return Ok(power.into());
    }
    // The result has at least this many bits, and at most `exponent` more.
    limits.check_bits(power_bits(base, Small(exponent)))?;
    let exponent = u32::try_from(exponent).map_err(|_| NumberError::memory())?;
    let base = base.to_big();
    // Powers of two are taken out: they cost a shift.
    let zeros = base.trailing_zeros().unwrap_or(0);
    let odd = base.as_ref() >> zeros;
    let power = if odd.is_one() {
        BigInt::one()
    } else {
        odd.pow(exponent)
    };
    Ok((power << (zeros * u64::from(exponent))).into())
}

/// `pow(base, exponent, modulus)`: the result has the modulus's sign.
///
/// # Errors
/// ValueError for a modulus of 0, and where a negative exponent meets a base without an inverse.
pub fn pow_mod(base: IntRef<'_>, exponent: IntRef<'_>, modulus: IntRef<'_>) -> Result<IntValue> {
    if modulus.is_zero() {
        return Err(NumberError::value("pow() 3rd argument cannot be 0"));
    }
    if let (Small(b), Small(e), Small(m)) = (base, exponent, modulus)
        && e >= 0
    {
        return Ok(finish(
            pow_mod_small(b, e as u64, m.unsigned_abs()).into(),
            modulus,
        ));
    }
    let modulus_magnitude = modulus.to_big().magnitude().clone();
    let signed = BigInt::from(modulus_magnitude.clone());
    let mut base = base.to_big().mod_floor(&signed).magnitude().clone();
    if exponent.is_negative() {
        base = inverse(&base, &signed)?;
    }
    let exponent = exponent.to_big().magnitude().clone();
    let power = if modulus_magnitude.is_one() {
        BigUint::zero()
    } else {
        base.modpow(&exponent, &modulus_magnitude)
    };
    Ok(finish(power.into(), modulus))
}

/// Square and multiply within 128 bits.
fn pow_mod_small(base: i64, mut exponent: u64, modulus: u64) -> u64 {
    let wide = u128::from(modulus);
    let mut square = i128::from(base).rem_euclid(i128::from(modulus)) as u128;
    let mut power = 1 % wide;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power * square % wide;
        }
        square = square * square % wide;
        exponent >>= 1;
    }
    power as u64
}

/// The inverse of `base` modulo a positive `modulus`; that of anything modulo 1 is 0.
fn inverse(base: &BigUint, modulus: &BigInt) -> Result<BigUint> {
    if modulus.is_one() {
        return Ok(BigUint::zero());
    }
    let extended = BigInt::from(base.clone()).extended_gcd(modulus);
    if !extended.gcd.is_one() {
        return Err(NumberError::value(
            "base is not invertible for the given modulus",
        ));
    }
    Ok(extended.x.mod_floor(modulus).magnitude().clone())
}

/// Moves a residue to the side of zero that the modulus is on.
fn finish(residue: BigInt, modulus: IntRef<'_>) -> IntValue {
    if modulus.is_negative() && !residue.is_zero() {
        return (residue + modulus.to_big().as_ref()).into();
    }
    residue.into()
}

/// A lower bound of the bits of `base ** exponent`, for callers with limits of their own.
pub fn power_bits(base: IntRef<'_>, exponent: IntRef<'_>) -> u64 {
    let exponent = match exponent {
        Small(n) => n.max(0) as u64,
        Big(n) => n.to_u64().unwrap_or(u64::MAX),
    };
    base.bit_length().saturating_sub(1).saturating_mul(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raises_to_powers() {
        let limits = Limits::default();
        let int = |a: i64, b: i64| pow(Small(a), Small(b), &limits);
        assert_eq!(int(0, 0), Ok(IntPower::Int(1.into())));
        assert_eq!(int(-2, 63), Ok(IntPower::Int(i64::MIN.into())));
        assert_eq!(
            int(-6, 30),
            Ok(IntPower::Int(BigInt::from(-6).pow(30).into()))
        );
        assert_eq!(int(2, -2), Ok(IntPower::Float(0.25)));
        assert_eq!(int(-2, -3), Ok(IntPower::Float(-0.125)));
        assert_eq!(int(0, -1).unwrap_err().message, "zero to a negative power");
        assert_eq!(
            int(2, i64::MAX).unwrap_err().kind,
            super::super::ErrorKind::Memory
        );
        assert_eq!(int(-1, i64::MAX), Ok(IntPower::Int((-1).into())));
    }

    #[test]
    fn raises_modulo() {
        for (base, exponent, modulus, want) in [
            (2, 10, 1000, 24),
            (2, 10, -7, -5),
            (-3, 5, 7, 2),
            (3, 0, 1, 0),
            (3, 0, -1, 0),
            (0, 0, 5, 1),
            (3, -1, 7, 5),
            (3, -2, 7, 4),
            (-3, -1, 7, 2),
            (3, -1, -7, -2),
            (1, -1, 1, 0),
            (0, -1, 1, 0),
            (38, -1, 97, 23),
            (123456789, 987654321, 1000000007, 652541198),
            (2, 3, i64::MIN, -9223372036854775800i64),
        ] {
            let got = pow_mod(Small(base), Small(exponent), Small(modulus));
            assert_eq!(got, Ok(want.into()), "{base} {exponent} {modulus}");
        }
        let exponent = BigInt::from(10).pow(50);
        assert_eq!(pow_mod(Small(2), Big(&exponent), Small(97)), Ok(61.into()));
        assert_eq!(
            pow_mod(Small(2), Small(-1), Small(4)).unwrap_err().message,
            "base is not invertible for the given modulus"
        );
        assert_eq!(
            pow_mod(Small(2), Small(-1), Small(0)).unwrap_err().message,
            "pow() 3rd argument cannot be 0"
        );
    }
}
