//! Closure cells. Owns the struct and the type's methods.

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::types::def::TypeDef;
use crate::value::Value;

/// A variable that inner functions share.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Cell<'gc>(pub Gc<'gc, Lock<Value<'gc>>>);

impl<'gc> Cell<'gc> {
    /// A new cell; absent contents mean that the variable is not bound.
    pub fn new(ctx: Context<'gc>, contents: Value<'gc>) -> Self {
        Cell(Gc::new(ctx.mc, Lock::new(contents)))
    }

    /// The contents, perhaps absent.
    #[inline]
    pub fn get(self) -> Value<'gc> {
        self.0.get()
    }

    /// Replaces the contents.
    #[inline]
    pub fn set(self, ctx: Context<'gc>, contents: Value<'gc>) {
        self.0.set(ctx.mc, contents);
    }
}

/// The type.
pub static CELL: TypeDef = TypeDef {
    name: "cell",
    subclassable: false,
    ..TypeDef::DEFAULT
};
