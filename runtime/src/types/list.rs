//! `list`: owns the struct and the type's methods.

use std::cell::{Ref, RefMut};

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::types::def::TypeDef;
use crate::value::Value;

/// A Python list.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct List<'gc>(pub Gc<'gc, RefLock<Vec<Value<'gc>>>>);

impl<'gc> List<'gc> {
    /// A new list of `items`.
    pub fn new(ctx: Context<'gc>, items: Vec<Value<'gc>>) -> Self {
        List(Gc::new(ctx.mc, RefLock::new(items)))
    }

    /// The items. Don't call into Python while the borrow is held.
    #[inline]
    pub fn borrow(self) -> Ref<'gc, Vec<Value<'gc>>> {
        self.0.borrow()
    }

    /// The items, to change. Don't call into Python while the borrow is held.
    #[inline]
    pub fn borrow_mut(self, ctx: Context<'gc>) -> RefMut<'gc, Vec<Value<'gc>>> {
        self.0.borrow_mut(ctx.mc)
    }

    /// The number of items.
    #[inline]
    pub fn len(self) -> usize {
        self.0.borrow().len()
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The item at `index`.
    #[inline]
    pub fn get(self, index: usize) -> Option<Value<'gc>> {
        self.0.borrow().get(index).copied()
    }

    /// A copy of the items, for walks during which Python code may run.
    pub fn to_vec(self) -> Vec<Value<'gc>> {
        self.0.borrow().clone()
    }
}

/// The type.
pub static LIST: TypeDef = TypeDef {
    name: "list",
    ..TypeDef::DEFAULT
};
