//! Truth values and floats as 64-bit integers: the payloads of the immediate
//! variants of [`Value`](crate::value::Value). The compiler passes an enum whose
//! variants all carry one integer or pointer of the same size in two registers
//! and copies it as two words; with a `bool` or an `f64` among them it goes
//! through memory byte by byte, which halves the speed of the interpreter loop.

use gc_arena::Collect;

/// A `bool` that is one word wide.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Collect)]
#[collect(require_static)]
#[repr(u64)]
pub enum Truth {
    /// `False`
    False = 0,
    /// `True`
    True = 1,
}

impl Truth {
    /// The word for `truth`.
    #[inline]
    pub const fn new(truth: bool) -> Self {
        if truth { Truth::True } else { Truth::False }
    }

    /// The truth value.
    #[inline]
    pub const fn get(self) -> bool {
        matches!(self, Truth::True)
    }
}

/// A float, kept as its bits.
#[derive(Copy, Clone, Debug, Collect)]
#[collect(require_static)]
pub struct Real(u64);

impl Real {
    /// The word for `number`.
    #[inline]
    pub const fn new(number: f64) -> Self {
        Real(number.to_bits())
    }

    /// The number.
    #[inline]
    pub const fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}
