//! `slice`. Owns the struct and the type's methods.

use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::types::def::TypeDef;
use crate::value::Value;

/// The struct behind a [`Slice`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct SliceData<'gc> {
    /// Any object, None where left out.
    pub start: Value<'gc>,
    /// Any object, None where left out.
    pub stop: Value<'gc>,
    /// Any object, None where left out.
    pub step: Value<'gc>,
}

/// A Python slice.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Slice<'gc>(pub Gc<'gc, SliceData<'gc>>);

impl<'gc> Slice<'gc> {
    /// `slice(start, stop, step)`
    pub fn new(ctx: Context<'gc>, start: Value<'gc>, stop: Value<'gc>, step: Value<'gc>) -> Self {
        Slice(Gc::new(ctx.mc, SliceData { start, stop, step }))
    }
}

/// The type.
pub static SLICE: TypeDef = TypeDef {
    name: "slice",
    subclassable: false,
    ..TypeDef::DEFAULT
};
