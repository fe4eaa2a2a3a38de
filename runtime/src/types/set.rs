//! `set` and `frozenset`: own the struct and the types' methods.

use std::cell::{Ref, RefMut};

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::raised::Raised;
use crate::table::Table;
use crate::types::def::TypeDef;
use crate::types::dict::find_in;
use crate::value::Value;

/// A Python set or frozenset, in order of insertion.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Set<'gc>(pub Gc<'gc, RefLock<Table<'gc, ()>>>);

impl<'gc> Set<'gc> {
    /// A new, empty set.
    pub fn new(ctx: Context<'gc>) -> Self {
        Set(Gc::new(ctx.mc, RefLock::default()))
    }

    /// A new set that takes over `table`.
    pub fn from_table(ctx: Context<'gc>, table: Table<'gc, ()>) -> Self {
        Set(Gc::new(ctx.mc, RefLock::new(table)))
    }

    /// The table. Don't call into Python while the borrow is held.
    pub fn borrow(self) -> Ref<'gc, Table<'gc, ()>> {
        self.0.borrow()
    }

    /// The table, to change. Don't call into Python while the borrow is held.
    pub fn borrow_mut(self, ctx: Context<'gc>) -> RefMut<'gc, Table<'gc, ()>> {
        self.0.borrow_mut(ctx.mc)
    }

    /// The number of elements.
    pub fn len(self) -> usize {
        self.0.borrow().len()
    }

    /// Whether there are no elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether `key` is an element. Raises what hashing and comparing raise.
    pub fn contains(self, ctx: Context<'gc>, key: Value<'gc>) -> Result<bool, Raised<'gc>> {
        let hash = ctx.hash_element(key)?;
        Ok(find_in(ctx, self.0, hash, key)?.is_some())
    }

    /// Adds `key`; whether it is new. Raises what hashing and comparing raise.
    pub fn add(self, ctx: Context<'gc>, key: Value<'gc>) -> Result<bool, Raised<'gc>> {
        let hash = ctx.hash_element(key)?;
        let is_new = find_in(ctx, self.0, hash, key)?.is_none();
        if is_new {
            self.borrow_mut(ctx).push(hash, key, ());
        }
        Ok(is_new)
    }

    /// Removes `key`; whether it was there. Raises what hashing and comparing raise.
    pub fn remove(self, ctx: Context<'gc>, key: Value<'gc>) -> Result<bool, Raised<'gc>> {
        let hash = ctx.hash_element(key)?;
        let position = find_in(ctx, self.0, hash, key)?;
        Ok(position.is_some_and(|p| self.borrow_mut(ctx).remove(p).is_some()))
    }

    /// A copy of the elements, for walks during which Python code may run.
    pub fn items(self) -> Vec<Value<'gc>> {
        self.0.borrow().iter().map(|e| e.key).collect()
    }
}

/// The type of sets.
pub static SET: TypeDef = TypeDef {
    name: "set",
    ..TypeDef::DEFAULT
};

/// The type of frozensets.
pub static FROZENSET: TypeDef = TypeDef {
    name: "frozenset",
    ..TypeDef::DEFAULT
};
