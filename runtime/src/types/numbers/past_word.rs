//! The struct behind an int past 64 bits, and the operators on two ints of
//! which none is past 256: they take no `num-bigint`.

use std::cell::OnceCell;
use std::ops::Deref;

use gc_arena::{Collect, Gc, Mutation};
use num_bigint::BigInt;

use crate::bytecode::BinaryOperator;
use crate::numbers::wide::Wide;
use crate::value::Value;

/// An int past 64 bits.
#[derive(Collect)]
#[collect(require_static)]
pub struct PastWord {
    /// The value; zero when it is in `big` alone.
    wide: Wide,
    /// The value as the number kernel takes it: for a wide one made when asked for.
    big: OnceCell<BigInt>,
}

impl Deref for PastWord {
    type Target = BigInt;

    fn deref(&self) -> &BigInt {
        self.big.get_or_init(|| self.wide.to_big())
    }
}

impl PartialEq for PastWord {
    fn eq(&self, other: &Self) -> bool {
        match (self.wide, other.wide) {
            (Wide::ZERO, _) | (_, Wide::ZERO) => **self == **other,
            (a, b) => a == b,
        }
    }
}

/// Digits of this size count with the collector, which otherwise counts objects.
const LARGE: u64 = 512;

/// The int `n`, immediate where it fits.
pub fn from_big<'gc>(mc: &Mutation<'gc>, n: BigInt) -> Value<'gc> {
    let Some(wide) = Wide::from_big(&n) else {
        let size = n.bits() / 8;
        if size >= LARGE {
            mc.metrics().adjust_debt((size / LARGE) as f64);
        }
        let (wide, big) = (Wide::ZERO, OnceCell::from(n));
        return Value::BigInt(Gc::new_static(mc, PastWord { wide, big }));
    };
    from_wide(mc, wide)
}

#[inline]
fn from_wide<'gc>(mc: &Mutation<'gc>, wide: Wide) -> Value<'gc> {
    match wide.to_i64() {
        Some(small) => Value::Int(small),
        None => {
            let big = OnceCell::new();
            Value::BigInt(Gc::new_static(mc, PastWord { wide, big }))
        }
    }
}

#[inline]
fn wide_of(value: Value<'_>) -> Option<Wide> {
    match value {
        Value::Int(n) => Some(Wide::from(n)),
        Value::BigInt(n) if n.wide != Wide::ZERO => Some(n.wide),
        _ => None,
    }
}

/// `a op b`; none for what is not two such ints, has such a result or is an error.
pub fn operate<'gc>(
    mc: &Mutation<'gc>,
    op: BinaryOperator,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Option<Value<'gc>> {
    let (x, y) = (wide_of(a)?, wide_of(b)?);
    let count = || u64::try_from(y.to_i64()?).ok();
    let result = match op {
        BinaryOperator::Add => x.plus(y)?,
        BinaryOperator::Subtract => x.minus(y)?,
        BinaryOperator::Multiply => x.times(y)?,
        BinaryOperator::FloorDivide => x.div_mod(y)?.0,
        BinaryOperator::Remainder => x.div_mod(y)?.1,
        BinaryOperator::LeftShift => x.shifted_left(count()?)?,
        BinaryOperator::RightShift => x.shifted_right(count()?),
        BinaryOperator::And => x.bitwise(y, |p, q| p & q),
        BinaryOperator::Or => x.bitwise(y, |p, q| p | q),
        BinaryOperator::Xor => x.bitwise(y, |p, q| p ^ q),
        _ => return None,
    };
    Some(from_wide(mc, result))
}
