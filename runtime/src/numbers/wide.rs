//! Integers of up to 256 bits in two's complement. Most ints past a machine
//! word are only a little past it (products that a mask or a modulus brings
//! back, hashes, addresses): here they take no vector of digits.

use num_bigint::{BigInt, BigUint, Sign};

/// Four digits, the lowest first.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Wide([u64; 4]);

/// Results of as many bits have room beside the sign.
const BITS: u64 = 255;

impl Wide {
    /// 0.
    pub const ZERO: Wide = Wide([0; 4]);

    /// A big integer, if it fits.
    pub fn from_big(n: &BigInt) -> Option<Wide> {
        if n.bits() > BITS {
            return None;
        }
        let mut digits = [0; 4];
        for (place, digit) in digits.iter_mut().zip(n.iter_u64_digits()) {
            *place = digit;
        }
        Some(Wide(digits).with_sign(n.sign() == Sign::Minus))
    }

    /// The same as a big integer.
    pub fn to_big(self) -> BigInt {
        let halves = |digit: u64| [digit as u32, (digit >> 32) as u32];
        let digits: Vec<u32> = self.magnitude().into_iter().flat_map(halves).collect();
        let sign = if self.is_negative() {
            Sign::Minus
        } else {
            Sign::Plus
        };
        BigInt::from_biguint(sign, BigUint::new(digits))
    }

    /// The value, if it fits 64 bits.
    #[inline]
    pub fn to_i64(self) -> Option<i64> {
        let low = self.0[0] as i64;
        (Wide::from(low) == self).then_some(low)
    }

    fn to_i128(self) -> Option<i128> {
        let low = (u128::from(self.0[1]) << 64 | u128::from(self.0[0])) as i128;
        let fill = (low >> 127) as u64;
        (self.0[2] == fill && self.0[3] == fill).then_some(low)
    }

    fn from_i128(n: i128) -> Wide {
        let fill = (n >> 127) as u64;
        Wide([n as u64, (n >> 64) as u64, fill, fill])
    }

    #[inline]
    fn is_negative(self) -> bool {
        (self.0[3] as i64) < 0
    }

    /// The digits of the absolute value.
    #[inline]
    fn magnitude(self) -> [u64; 4] {
        self.with_sign(self.is_negative()).0
    }

    /// The value, or its opposite where `negative`.
    #[inline]
    fn with_sign(self, negative: bool) -> Wide {
        if !negative {
            return self;
        }
        Wide::sum(self.0.map(|digit| !digit), [0; 4], true)
    }

    #[inline]
    fn sum(a: [u64; 4], b: [u64; 4], carry: bool) -> Wide {
        let mut digits = [0; 4];
        let mut carry = u128::from(carry);
        for (digit, (x, y)) in digits.iter_mut().zip(a.into_iter().zip(b)) {
            let sum = u128::from(x) + u128::from(y) + carry;
            *digit = sum as u64;
            carry = sum >> 64;
        }
        Wide(digits)
    }

    fn bit_length(digits: [u64; 4]) -> u64 {
        let top = digits.iter().rposition(|&digit| digit != 0);
        top.map_or(0, |top| {
            64 * (top as u64 + 1) - u64::from(digits[top].leading_zeros())
        })
    }

    /// `self + other`, if it fits.
    #[inline]
    pub fn plus(self, other: Wide) -> Option<Wide> {
        let sum = Wide::sum(self.0, other.0, false);
        let overflow =
            self.is_negative() == other.is_negative() && sum.is_negative() != self.is_negative();
        (!overflow).then_some(sum)
    }

    /// `self - other`, if it fits.
    #[inline]
    pub fn minus(self, other: Wide) -> Option<Wide> {
        let difference = Wide::sum(self.0, other.0.map(|digit| !digit), true);
        let overflow = self.is_negative() != other.is_negative()
            && difference.is_negative() != self.is_negative();
        (!overflow).then_some(difference)
    }

    /// `self * other`, if it surely fits.
    pub fn times(self, other: Wide) -> Option<Wide> {
        let (a, b) = (self.magnitude(), other.magnitude());
        if Wide::bit_length(a) + Wide::bit_length(b) > BITS {
            return None;
        }
        let mut product = [0u64; 4];
        for (i, &x) in a.iter().enumerate() {
            if x == 0 {
                continue;
            }
            let mut carry = 0;
            for (place, &y) in product[i..].iter_mut().zip(&b) {
                let sum = u128::from(x) * u128::from(y) + u128::from(*place) + carry;
                *place = sum as u64;
                carry = sum >> 64;
            }
        }
        Some(Wide(product).with_sign(self.is_negative() != other.is_negative()))
    }

    /// `self // other` and `self % other`, for two of at most 128 bits.
    pub fn div_mod(self, other: Wide) -> Option<(Wide, Wide)> {
        let (a, b) = (self.to_i128()?, other.to_i128()?);
        let (quotient, rest) = (a.checked_div(b)?, a.checked_rem(b)?);
        let other_side = rest != 0 && (rest < 0) != (b < 0);
        Some(if other_side {
            (Wide::from_i128(quotient - 1), Wide::from_i128(rest + b))
        } else {
            (Wide::from_i128(quotient), Wide::from_i128(rest))
        })
    }

    /// Both, digit by digit: two's complement makes `&`, `|` and `^` so simple.
    #[inline]
    pub fn bitwise(self, other: Wide, operate: impl Fn(u64, u64) -> u64) -> Wide {
        Wide(std::array::from_fn(|i| operate(self.0[i], other.0[i])))
    }

    /// `self << count`, if it surely fits.
    pub fn shifted_left(self, count: u64) -> Option<Wide> {
        let magnitude = self.magnitude();
        if Wide::bit_length(magnitude).checked_add(count)? > BITS {
            return None;
        }
        let (digits, bits) = ((count / 64) as usize, count % 64);
        let shifted = std::array::from_fn(|i| {
            let low = i.checked_sub(digits).map_or(0, |at| magnitude[at]);
            let before = i.checked_sub(digits + 1).map_or(0, |at| magnitude[at]);
            low << bits | before.checked_shr(64 - bits as u32).unwrap_or(0)
        });
        Some(Wide(shifted).with_sign(self.is_negative()))
    }

    /// `self >> count`: rounds down.
    pub fn shifted_right(self, count: u64) -> Wide {
        let fill = (self.0[3] as i64 >> 63) as u64;
        let (digits, bits) = ((count / 64).min(4) as usize, count % 64);
        let digit = |at: usize| self.0.get(at).copied().unwrap_or(fill);
        Wide(std::array::from_fn(|i| {
            let next = digit(i + digits + 1);
            digit(i + digits) >> bits | next.checked_shl(64 - bits as u32).unwrap_or(0)
        }))
    }
}

impl From<i64> for Wide {
    #[inline]
    fn from(n: i64) -> Wide {
        let fill = (n >> 63) as u64;
        Wide([n as u64, fill, fill, fill])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_integer::Integer;

    /// Every operation on numbers around the edges of the digits gives what `num-bigint` gives.
    #[test]
    fn agrees_with_big_integers() {
        let mut numbers = Vec::new();
        for bits in [
            0, 1, 31, 62, 63, 64, 65, 96, 127, 128, 159, 191, 192, 253, 254,
        ] {
            for near in -2..=2 {
                let n = (BigInt::from(1) << bits) + near;
                numbers.push(-&n);
                numbers.push(n);
            }
        }
        for a in &numbers {
            let x = Wide::from_big(a).unwrap();
            assert_eq!(&x.to_big(), a);
            assert_eq!(x.to_i64(), i64::try_from(a).ok());
            for count in [0, 1, 17, 63, 64, 65, 128, 200, 255, 256, 300] {
                assert_eq!(
                    x.shifted_right(count).to_big(),
                    a >> count,
                    "{a} >> {count}"
                );
                if let Some(shifted) = x.shifted_left(count) {
                    assert_eq!(shifted.to_big(), a << count, "{a} << {count}");
                }
            }
            for b in &numbers {
                let y = Wide::from_big(b).unwrap();
                if let Some(sum) = x.plus(y) {
                    assert_eq!(sum.to_big(), a + b);
                }
                if let Some(difference) = x.minus(y) {
                    assert_eq!(difference.to_big(), a - b);
                }
                if let Some(product) = x.times(y) {
                    assert_eq!(product.to_big(), a * b);
                }
                if let Some((quotient, rest)) = x.div_mod(y) {
                    assert_eq!((quotient.to_big(), rest.to_big()), a.div_mod_floor(b));
                }
                assert_eq!(x.bitwise(y, |p, q| p & q).to_big(), a & b);
                assert_eq!(x.bitwise(y, |p, q| p | q).to_big(), a | b);
                assert_eq!(x.bitwise(y, |p, q| p ^ q).to_big(), a ^ b);
            }
        }
        let most = Wide::from_big(&((BigInt::from(1) << 255) - 1)).unwrap();
        assert_eq!(most.plus(Wide::from(1)), None);
        assert_eq!(most.times(Wide::from(2)), None);
        assert_eq!(most.shifted_left(1), None);
    }
}
