//! The interned strings: found by their text, kept by whoever uses them. A
//! program that makes attribute names or keys without end does not fill the
//! table: each collection takes out those that nobody holds.

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Finalization, Gc, GcWeak, Mutation};
use hashbrown::HashTable;

use crate::protocol::hash::hash_bytes;
use crate::types::str::{Str, StrData};

/// As many strings as the runtime's own types and names are, so that the table
/// does not grow through all sizes at each start.
const AT_START: usize = 1700;

/// The table of interned strings.
#[derive(Collect)]
#[collect(no_drop)]
struct Table<'gc> {
    /// Each with its hash, the one that dicts use.
    strings: HashTable<(i64, GcWeak<'gc, StrData>)>,
}

impl<'gc> Table<'gc> {
    fn find(&self, mc: &Mutation<'gc>, hash: i64, bytes: &[u8]) -> Option<Str<'gc>> {
        let mut found = None;
        self.strings.find(hash as u64, |(known, weak)| {
            if *known != hash {
                return false;
            }
            // A string whose end is near is not given out any more.
            let text = weak.upgrade(mc).map(Str);
            found = text.filter(|text| text.bytes() == bytes);
            found.is_some()
        });
        found
    }
}

/// The interned strings of a runtime.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Interned<'gc>(Gc<'gc, RefLock<Table<'gc>>>);

impl<'gc> Interned<'gc> {
    /// An empty table.
    pub fn new(mc: &Mutation<'gc>) -> Self {
        let strings = HashTable::with_capacity(AT_START);
        Interned(Gc::new(mc, RefLock::new(Table { strings })))
    }

    /// The interned string of this WTF-8 text.
    pub fn of_bytes(self, mc: &Mutation<'gc>, bytes: &[u8]) -> Str<'gc> {
        let hash = hash_bytes(bytes);
        let found = self.0.borrow().find(mc, hash, bytes);
        found.unwrap_or_else(|| self.adopt(mc, hash, Str::new(mc, bytes)))
    }

    /// The interned string equal to `text`: `text` itself if it is the first.
    #[inline]
    pub fn of_str(self, mc: &Mutation<'gc>, text: Str<'gc>) -> Str<'gc> {
        if text.is_interned() {
            return text;
        }
        let hash = text.hash();
        let found = self.0.borrow().find(mc, hash, text.bytes());
        found.unwrap_or_else(|| self.adopt(mc, hash, text))
    }

    fn adopt(self, mc: &Mutation<'gc>, hash: i64, text: Str<'gc>) -> Str<'gc> {
        text.set_interned(hash);
        let entry = (hash, Gc::downgrade(text.0));
        let rehash = |entry: &(i64, _)| entry.0 as u64;
        let strings = &mut self.0.borrow_mut(mc).strings;
        strings.insert_unique(hash as u64, entry, rehash);
        text
    }

    /// Takes out the strings that the marking did not reach.
    pub fn forget_dead(self, fc: &Finalization<'gc>) {
        // Most collections find none, and to change the table is to mark it again.
        let has_dead = self
            .0
            .borrow()
            .strings
            .iter()
            .any(|(_, weak)| weak.is_dead(fc));
        if has_dead {
            let strings = &mut self.0.borrow_mut(fc).strings;
            strings.retain(|(_, weak)| !weak.is_dead(fc));
        }
    }
}
