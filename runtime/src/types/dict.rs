//! `dict`: owns the struct. Its methods are in `dict_methods`, its views in
//! `dict_views`.

use std::cell::{Ref, RefMut};

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::raised::Raised;
use crate::table::{Entry, Found, Table};
use crate::types::str::Str;
use crate::value::Value;

/// A Python dict.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Dict<'gc>(pub Gc<'gc, RefLock<Table<'gc, Value<'gc>>>>);

impl<'gc> Dict<'gc> {
    /// A new, empty dict.
    pub fn new(ctx: Context<'gc>) -> Self {
        Dict::from_table(ctx, Table::default())
    }

    /// A new dict that takes over `table`.
    pub fn from_table(ctx: Context<'gc>, table: Table<'gc, Value<'gc>>) -> Self {
        Dict(Gc::new(ctx.mc, RefLock::new(table)))
    }

    /// The table. Don't call into Python while the borrow is held.
    #[inline]
    pub fn borrow(self) -> Ref<'gc, Table<'gc, Value<'gc>>> {
        self.0.borrow()
    }

    /// The table, to change. Don't call into Python while the borrow is held.
    #[inline]
    pub fn borrow_mut(self, ctx: Context<'gc>) -> RefMut<'gc, Table<'gc, Value<'gc>>> {
        self.0.borrow_mut(ctx.mc)
    }

    /// The number of keys.
    #[inline]
    pub fn len(self) -> usize {
        self.0.borrow().len()
    }

    /// Whether there are no keys.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Where `key` is. Runs Python's `==` where the keys need it; raises what
    /// that raises.
    pub fn find(
        self,
        ctx: Context<'gc>,
        hash: i64,
        key: Value<'gc>,
    ) -> Result<Option<usize>, Raised<'gc>> {
        find_in(ctx, self.0, hash, key)
    }

    /// `dict.get(key)`. Raises what hashing and comparing raise.
    pub fn get(
        self,
        ctx: Context<'gc>,
        key: Value<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        let hash = ctx.hash_key(key)?;
        let position = self.find(ctx, hash, key)?;
        Ok(position.and_then(|p| self.0.borrow().at(p).map(|e| e.value)))
    }

    /// `dict[key] = value`. Raises what hashing and comparing raise.
    pub fn set(
        self,
        ctx: Context<'gc>,
        key: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let hash = ctx.hash_key(key)?;
        self.set_hashed(ctx, hash, key, value)
    }

    /// `dict[key] = value` where the hash is known. Raises what comparing raises.
    pub fn set_hashed(
        self,
        ctx: Context<'gc>,
        hash: i64,
        key: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        match self.find(ctx, hash, key)? {
            Some(position) => self.borrow_mut(ctx).set_value(position, value),
            None => push(ctx, &mut self.borrow_mut(ctx), hash, key, value),
        }
        Ok(())
    }

    /// A copy of the dict.
    pub fn copy(self, ctx: Context<'gc>) -> Self {
        let copy = self.0.borrow().compacted();
        Dict::from_table(ctx, copy)
    }

    /// Removes `key` and gives its value. Raises what hashing and comparing raise.
    pub fn remove(
        self,
        ctx: Context<'gc>,
        key: Value<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        let hash = ctx.hash_key(key)?;
        let position = self.find(ctx, hash, key)?;
        Ok(position.and_then(|p| self.borrow_mut(ctx).remove(p).map(|e| e.value)))
    }

    /// The value of a string key. Keys that only Python code could compare are
    /// taken as different: no code runs.
    #[inline]
    pub fn get_str(self, _ctx: Context<'gc>, key: Str<'gc>) -> Option<Value<'gc>> {
        let table = self.0.borrow();
        match table.find(key.hash(), Value::Str(key)) {
            Found::At(position) => table.at(position).map(|e| e.value),
            Found::Missing => None,
            // Instances of classes derived from str that compare as strings do.
            Found::Ask(candidates) => candidates.into_iter().find_map(|position| {
                let entry = table.at(position)?;
                let same = entry.key.as_str().is_some_and(|text| text.has_text_of(key));
                same.then_some(entry.value)
            }),
        }
    }

    /// Sets the value of a string key.
    pub fn set_str(self, ctx: Context<'gc>, key: Str<'gc>, value: Value<'gc>) {
        let mut table = self.borrow_mut(ctx);
        match table.find(key.hash(), Value::Str(key)) {
            Found::At(position) => table.set_value(position, value),
            _ => push(ctx, &mut table, key.hash(), Value::Str(key), value),
        }
    }

    /// As `set`, for a string key: compares with Python's `==` where the keys need it.
    #[inline]
    pub fn set_str_checked(
        self,
        ctx: Context<'gc>,
        key: Str<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let mut table = self.borrow_mut(ctx);
        match table.find(key.hash(), Value::Str(key)) {
            Found::At(position) => table.set_value(position, value),
            Found::Missing => push(ctx, &mut table, key.hash(), Value::Str(key), value),
            Found::Ask(_) => {
                drop(table);
                return self.set(ctx, Value::Str(key), value);
            }
        }
        Ok(())
    }

    /// Removes a string key; whether it was there.
    pub fn remove_str(self, ctx: Context<'gc>, key: Str<'gc>) -> bool {
        let mut table = self.borrow_mut(ctx);
        match table.find(key.hash(), Value::Str(key)) {
            Found::At(position) => table.remove(position).is_some(),
            _ => false,
        }
    }

    /// The value of the key with this text.
    pub fn get_text(self, ctx: Context<'gc>, key: &str) -> Option<Value<'gc>> {
        self.get_str(ctx, ctx.intern(key))
    }

    /// Sets the value of the key with this text.
    pub fn set_text(self, ctx: Context<'gc>, key: &str, value: Value<'gc>) {
        self.set_str(ctx, ctx.intern(key), value);
    }

    /// A copy of the keys and values, for walks during which Python code may run.
    pub fn entries(self) -> Vec<(Value<'gc>, Value<'gc>)> {
        self.0.borrow().iter().map(|e| (e.key, e.value)).collect()
    }
}

/// Adds a key that is not there.
fn push<'gc>(
    ctx: Context<'gc>,
    table: &mut Table<'gc, Value<'gc>>,
    hash: i64,
    key: Value<'gc>,
    value: Value<'gc>,
) {
    table.push(hash, key, value);
    ctx.charge_growth(table.positions(), size_of::<Entry<'_, Value<'_>>>());
}

/// Where `key` is in the table behind `table`, asking Python's `==` with the
/// table released, and from the start again if the table changed meanwhile.
pub(crate) fn find_in<'gc, V: Copy + Default>(
    ctx: Context<'gc>,
    table: Gc<'gc, RefLock<Table<'gc, V>>>,
    hash: i64,
    key: Value<'gc>,
) -> Result<Option<usize>, Raised<'gc>> {
    'again: loop {
        let candidates = match table.borrow().find(hash, key) {
            Found::At(position) => return Ok(Some(position)),
            Found::Missing => return Ok(None),
            Found::Ask(candidates) => candidates,
        };
        for position in candidates {
            let Some(entry_key) = table.borrow().at(position).map(|e| e.key) else {
                continue 'again;
            };
            let equal = entry_key.is(key) || ctx.eq(entry_key, key)?;
            let unchanged = table
                .borrow()
                .at(position)
                .is_some_and(|e| e.key.is(entry_key));
            if !unchanged {
                continue 'again;
            }
            if equal {
                return Ok(Some(position));
            }
        }
        return Ok(None);
    }
}
