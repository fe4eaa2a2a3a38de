//! `tuple`: owns the struct and the type's methods.

use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::types::def::TypeDef;
use crate::value::Value;

/// A Python tuple.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Tuple<'gc>(pub Gc<'gc, Box<[Value<'gc>]>>);

impl<'gc> Tuple<'gc> {
    /// A new tuple. Most callers want `Context::tuple`, which shares the empty one.
    pub fn new(ctx: Context<'gc>, items: impl Into<Box<[Value<'gc>]>>) -> Self {
        Tuple(Gc::new(ctx.mc, items.into()))
    }

    /// The items.
    #[inline]
    pub fn items(self) -> &'gc [Value<'gc>] {
        &Gc::as_ref(self.0)[..]
    }

    /// The number of items.
    #[inline]
    pub fn len(self) -> usize {
        self.items().len()
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.items().is_empty()
    }
}

/// The type.
pub static TUPLE: TypeDef = TypeDef {
    name: "tuple",
    ..TypeDef::DEFAULT
};
