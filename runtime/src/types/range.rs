//! `range`. Owns the struct and the type's methods.

use gc_arena::{Collect, Gc};
use num_bigint::BigInt;

use crate::context::Context;
use crate::types::def::TypeDef;

/// The struct behind a [`Range`].
#[derive(Collect)]
#[collect(require_static)]
pub enum RangeData {
    /// All three numbers, and the length, fit 64 bits.
    Small {
        /// First number.
        start: i64,
        /// The number never reached.
        stop: i64,
        /// The step, not 0.
        step: i64,
        /// How many numbers.
        len: i64,
    },
    /// Some number does not.
    Big {
        /// First number.
        start: BigInt,
        /// The number never reached.
        stop: BigInt,
        /// The step, not 0.
        step: BigInt,
        /// How many numbers.
        len: BigInt,
    },
}

/// A Python range.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Range<'gc>(pub Gc<'gc, RangeData>);

impl<'gc> Range<'gc> {
    /// `range(start, stop, step)`; `step` is not 0.
    pub fn new(ctx: Context<'gc>, start: i64, stop: i64, step: i64) -> Self {
        let (s, e, d) = (start as i128, stop as i128, step as i128);
        let len = if d > 0 && s < e {
            (e - s - 1) / d + 1
        } else if d < 0 && s > e {
            (s - e - 1) / -d + 1
        } else {
            0
        };
        let data = match i64::try_from(len) {
            Ok(len) => RangeData::Small {
                start,
                stop,
                step,
                len,
            },
            Err(_) => RangeData::Big {
                start: start.into(),
                stop: stop.into(),
                step: step.into(),
                len: len.into(),
            },
        };
        Range(Gc::new(ctx.mc, data))
    }
}

/// The type.
pub static RANGE: TypeDef = TypeDef {
    name: "range",
    subclassable: false,
    sequence: true,
    ..TypeDef::DEFAULT
};
