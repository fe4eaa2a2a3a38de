//! `set` and `frozenset`: own the struct. The methods are in `set_methods`, the
//! algebra in `set_operations`.

use std::cell::{Ref, RefMut};

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::raised::Raised;
use crate::table::{Entry, Table};
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
        self.contains_hashed(ctx, hash, key)
    }

    /// As `contains`, with the hash known.
    pub fn contains_hashed(
        self,
        ctx: Context<'gc>,
        hash: i64,
        key: Value<'gc>,
    ) -> Result<bool, Raised<'gc>> {
        Ok(find_in(ctx, self.0, hash, key)?.is_some())
    }

    /// Adds `key`; whether it is new. Raises what hashing and comparing raise.
    pub fn add(self, ctx: Context<'gc>, key: Value<'gc>) -> Result<bool, Raised<'gc>> {
        let hash = ctx.hash_element(key)?;
        self.add_hashed(ctx, hash, key)
    }

    /// As `add`, with the hash known.
    pub fn add_hashed(
        self,
        ctx: Context<'gc>,
        hash: i64,
        key: Value<'gc>,
    ) -> Result<bool, Raised<'gc>> {
        let is_new = find_in(ctx, self.0, hash, key)?.is_none();
        if is_new {
            let mut table = self.borrow_mut(ctx);
            table.push(hash, key, ());
            ctx.charge_growth(table.positions(), size_of::<Entry<'_, ()>>());
        }
        Ok(is_new)
    }

    /// Removes `key`; whether it was there. Raises what hashing and comparing raise.
    pub fn remove(self, ctx: Context<'gc>, key: Value<'gc>) -> Result<bool, Raised<'gc>> {
        let hash = ctx.hash_element(key)?;
        self.remove_hashed(ctx, hash, key)
    }

    /// As `remove`, with the hash known.
    pub fn remove_hashed(
        self,
        ctx: Context<'gc>,
        hash: i64,
        key: Value<'gc>,
    ) -> Result<bool, Raised<'gc>> {
        let position = find_in(ctx, self.0, hash, key)?;
        Ok(position.is_some_and(|p| self.borrow_mut(ctx).remove(p).is_some()))
    }

    /// A copy of the set.
    pub fn copy(self, ctx: Context<'gc>) -> Self {
        let copy = self.0.borrow().compacted();
        Set::from_table(ctx, copy)
    }

    /// Takes the elements of `other`, which is left empty, in place of its own.
    pub fn take_over(self, ctx: Context<'gc>, other: Self) {
        let table = std::mem::take(&mut *other.borrow_mut(ctx));
        self.borrow_mut(ctx).replace(table);
    }

    /// CPython's hash of a frozenset: the order of the elements does not count.
    pub fn frozen_hash(self) -> i64 {
        let mut hash = 0u64;
        for entry in self.0.borrow().iter() {
            let bits = entry.hash as u64;
            let shuffled = (bits ^ 89_869_747) ^ (bits << 16);
            hash ^= shuffled.wrapping_mul(3_644_798_167);
        }
        hash ^= (self.len() as u64 + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
        if hash == u64::MAX {
            590_923_713
        } else {
            hash as i64
        }
    }

    /// A copy of the elements, for walks during which Python code may run.
    pub fn items(self) -> Vec<Value<'gc>> {
        self.0.borrow().iter().map(|e| e.key).collect()
    }
}
