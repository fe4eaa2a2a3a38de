//! The items of buffers: the native single-character formats of `struct`, read
//! from bytes and written to them.

use crate::context::Context;
use crate::numbers::nan;
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::types::numbers::convert::int_ref;
use crate::value::Value;

/// A native format of one character.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Format(u8);

impl Format {
    /// The format that `text` is, perhaps after an `@`.
    pub fn parse(text: &str) -> Option<Format> {
        let text = text.strip_prefix('@').unwrap_or(text);
        match *text.as_bytes() {
            [letter] if size(letter) > 0 => Some(Format(letter)),
            _ => None,
        }
    }

    /// The size of an item.
    pub fn size(self) -> usize {
        size(self.0)
    }

    /// The character.
    pub fn letter(self) -> char {
        self.0.into()
    }

    /// Whether an item is one byte of no more meaning: `B`, `b`, `c`.
    pub fn is_byte(self) -> bool {
        matches!(self.0, b'B' | b'b' | b'c')
    }

    /// Whether items are equal exactly when their bytes are.
    pub fn compares_as_bytes(self) -> bool {
        !matches!(self.0, b'e' | b'f' | b'd' | b'?')
    }

    /// The item in `bytes`, which has the format's size.
    pub fn unpack<'gc>(self, ctx: Context<'gc>, bytes: &[u8]) -> Value<'gc> {
        let mut wide = [0; 8];
        for (place, byte) in wide.iter_mut().zip(bytes) {
            *place = *byte;
        }
        let bits = u64::from_le_bytes(if cfg!(target_endian = "little") {
            wide
        } else {
            let mut turned = wide;
            turned[..self.size()].reverse();
            turned
        });
        match self.0 {
            b'c' => Value::Bytes(ctx.bytes(bytes)),
            b'?' => Value::bool(bits != 0),
            b'b' => Value::Int((bits as i8).into()),
            b'h' => Value::Int((bits as i16).into()),
            b'i' => Value::Int((bits as i32).into()),
            b'q' | b'l' | b'n' => Value::Int(bits as i64),
            b'e' => ctx.new_float(half_to_float(bits as u16)),
            b'f' => ctx.new_float(f32::from_bits(bits as u32).into()),
            b'd' => ctx.new_float(f64::from_bits(bits)),
            _ => match i64::try_from(bits) {
                Ok(small) => Value::Int(small),
                Err(_) => Value::from_bigint(ctx.mc, bits.into()),
            },
        }
    }

    /// The bytes of `value` as an item. Raises TypeError and ValueError.
    pub fn pack<'gc>(self, ctx: Context<'gc>, value: Value<'gc>) -> Result<Vec<u8>, Raised<'gc>> {
        match self.0 {
            b'c' => match value.as_bytes().map(|bytes| bytes.bytes()) {
                Some([byte]) => Ok(vec![*byte]),
                Some(_) => Err(self.invalid_value(ctx)),
                None => Err(self.invalid_type(ctx)),
            },
            b'?' => Ok(vec![u8::from(ctx.truth(value)?)]),
            b'e' | b'f' | b'd' => {
                let x = nan::outgoing(self.float(ctx, value)?);
                match self.0 {
                    b'd' => Ok(x.to_ne_bytes().to_vec()),
                    b'f' => Ok((x as f32).to_ne_bytes().to_vec()),
                    _ => match float_to_half(x) {
                        Some(half) => Ok(half.to_ne_bytes().to_vec()),
                        None => Err(self.invalid_value(ctx)),
                    },
                }
            }
            _ => {
                let number = self.integer(ctx, value)?;
                let bytes = number.to_le_bytes();
                let mut bytes = bytes[..self.size()].to_vec();
                if cfg!(target_endian = "big") {
                    bytes.reverse();
                }
                Ok(bytes)
            }
        }
    }

    fn float<'gc>(self, ctx: Context<'gc>, value: Value<'gc>) -> Result<f64, Raised<'gc>> {
        if let Some(x) = value.as_float() {
            return Ok(x);
        }
        let names = ctx.names();
        let class = value.class(ctx);
        let numeric = class.lookup(ctx, names.__float__).is_some()
            || class.lookup(ctx, names.__index__).is_some();
        if !numeric {
            return Err(self.invalid_type(ctx));
        }
        let number = ctx.call(Value::Type(ctx.types().float), &[value])?;
        Ok(number.as_float().unwrap_or(0.0))
    }

    fn integer<'gc>(self, ctx: Context<'gc>, value: Value<'gc>) -> Result<i128, Raised<'gc>> {
        let number = ctx.index(value).map_err(|raised| {
            if exceptions::matches(ctx, raised, Exc::TypeError) {
                self.invalid_type(ctx)
            } else {
                raised
            }
        })?;
        let bits = 8 * self.size() as u32;
        let signed = self.0.is_ascii_lowercase();
        let (low, high) = if signed {
            (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
        } else {
            (0, (1i128 << bits) - 1)
        };
        int_ref(number)
            .and_then(|int| i128::try_from(int.to_big().as_ref()).ok())
            .filter(|n| (low..=high).contains(n))
            .ok_or_else(|| self.invalid_value(ctx))
    }

    fn invalid_type<'gc>(self, ctx: Context<'gc>) -> Raised<'gc> {
        let letter = self.letter();
        ctx.type_error(format!("memoryview: invalid type for format '{letter}'"))
    }

    fn invalid_value<'gc>(self, ctx: Context<'gc>) -> Raised<'gc> {
        let letter = self.letter();
        ctx.value_error(format!("memoryview: invalid value for format '{letter}'"))
    }
}

/// The size of a format's items; 0 for what is no format.
fn size(letter: u8) -> usize {
    match letter {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => 0,
    }
}

/// The number that the 16 bits of an IEEE half stand for.
pub fn half_to_float(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (bits >> 10 & 0x1F, f64::from(bits & 0x3FF));
    match exponent {
        0 => sign * fraction * 2f64.powi(-24),
        0x1F if fraction == 0.0 => sign * f64::INFINITY,
        0x1F => f64::from_bits(
            u64::from(bits & 0x8000) << 48 | 0x7FF << 52 | u64::from(bits & 0x3FF) << 42,
        ),
        _ => sign * (1.0 + fraction / 1024.0) * 2f64.powi(i32::from(exponent) - 15),
    }
}

/// The nearest IEEE half, ties to even; none where the number is too large.
pub fn float_to_half(x: f64) -> Option<u16> {
    let sign = (x.to_bits() >> 48) as u16 & 0x8000;
    if x.is_nan() {
        let fraction = (x.to_bits() >> 42) as u16 & 0x3FF;
        return Some(sign | 0x7C00 | if fraction == 0 { 0x200 } else { fraction });
    }
    if x.is_infinite() {
        return Some(sign | 0x7C00);
    }
    let magnitude = x.abs();
    // Below the smallest normal number the steps are all of one size.
    let exponent = if magnitude < 2f64.powi(-14) {
        -14
    } else {
        (magnitude.to_bits() >> 52) as i32 - 1023
    };
    let steps = (magnitude * 2f64.powi(10 - exponent)).round_ties_even();
    // `steps` has the leading one of a normal number, which carries into the exponent.
    let bits = steps as u32 + ((exponent + 14) as u32) * 1024;
    (bits < 0x7C00).then_some(sign | bits as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        for (x, bits) in [
            (0.0, 0),
            (-0.0, 0x8000),
            (1.0, 0x3C00),
            (-2.0, 0xC000),
            (65504.0, 0x7BFF),
            (2f64.powi(-24), 1),
            (2f64.powi(-14), 0x0400),
            (1.0 / 3.0, 0x3555),
        ] {
            assert_eq!(float_to_half(x), Some(bits), "{x}");
        }
        assert_eq!(float_to_half(65520.0), None);
        assert_eq!(float_to_half(f64::INFINITY), Some(0x7C00));
        for bits in (0..0x7C00).chain(0x8000..0xFC00) {
            assert_eq!(float_to_half(half_to_float(bits)), Some(bits));
        }
    }
}
