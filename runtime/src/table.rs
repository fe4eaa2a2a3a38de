//! The insertion-ordered hash table under dict and set. Owns storage, order and
//! deletion; knows no Python equality beyond that of exact built-in keys, and
//! hands the keys that it can't judge to the caller, so that Python code never
//! runs while the table is borrowed.

use gc_arena::Collect;
use hashbrown::HashTable;
use smallvec::SmallVec;

use crate::protocol::compare::simple_eq;
use crate::value::Value;

/// Up to this many entries are searched in order, without an index.
const LINEAR_SEARCH: usize = 8;

/// Below this many entries gaps are not worth closing: an iterator over a small
/// dict should not lose its place.
const FEW_GAPS: usize = 32;

/// One key, its hash and what belongs to it.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Entry<'gc, V> {
    /// Python's hash of the key.
    pub hash: i64,
    /// The key; absent where the entry was deleted.
    pub key: Value<'gc>,
    /// The value.
    pub value: V,
}

/// The table: entries in order of insertion, deleted ones left as gaps until
/// the next growth, and an index from hash to position.
#[derive(Clone, Collect)]
#[collect(no_drop)]
pub struct Table<'gc, V> {
    entries: Vec<Entry<'gc, V>>,
    #[collect(require_static)]
    index: HashTable<u32>,
    live: usize,
    /// There are only gaps before this position, so that taking entries from the
    /// front stays cheap.
    first: usize,
    /// Changes whenever a key comes or goes: for inline caches.
    generation: u64,
}

impl<V> Default for Table<'_, V> {
    fn default() -> Self {
        Table {
            entries: Vec::new(),
            index: HashTable::new(),
            live: 0,
            first: 0,
            generation: 0,
        }
    }
}

/// Positions whose keys only Python code can compare.
pub type Candidates = SmallVec<[usize; 4]>;

/// What a search found.
pub enum Found {
    /// The key is at this position.
    At(usize),
    /// The key is not there.
    Missing,
    /// Only Python's `==` can tell: the positions whose hashes agree, in the
    /// order in which they are to be asked.
    Ask(Candidates),
}

/// Spreads Python's hashes (small ints are their own) over all bits.
fn spread(hash: i64) -> u64 {
    (hash as u64 ^ 0x9e37_79b9_7f4a_7c15)
        .wrapping_mul(0xff51_afd7_ed55_8ccd)
        .rotate_left(29)
}

impl<'gc, V: Copy + Default> Table<'gc, V> {
    /// A table with room for `capacity` entries.
    pub fn with_capacity(capacity: usize) -> Self {
        let mut table = Table {
            entries: Vec::with_capacity(capacity),
            index: HashTable::new(),
            live: 0,
            first: 0,
            generation: 0,
        };
        if capacity > LINEAR_SEARCH {
            table.index.reserve(capacity, |_| 0);
        }
        table
    }

    /// The number of keys.
    #[inline]
    pub fn len(&self) -> usize {
        self.live
    }

    /// A number that changes whenever a key comes or goes.
    #[inline]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// The number of positions, gaps included: what an iterator walks over.
    #[inline]
    pub fn positions(&self) -> usize {
        self.entries.len()
    }

    /// The entry at a position, unless it is a gap or past the end.
    #[inline]
    pub fn at(&self, position: usize) -> Option<&Entry<'gc, V>> {
        self.entries.get(position).filter(|e| !e.key.is_absent())
    }

    /// The first entry at or after `position`, and its position.
    #[inline]
    pub fn next_from(&self, position: usize) -> Option<(usize, &Entry<'gc, V>)> {
        let mut position = position.max(self.first);
        while let Some(entry) = self.entries.get(position) {
            if !entry.key.is_absent() {
                return Some((position, entry));
            }
            position += 1;
        }
        None
    }

    /// The last entry before `end`, and its position.
    pub fn previous_from(&self, end: usize) -> Option<(usize, &Entry<'gc, V>)> {
        let end = end.min(self.entries.len());
        (0..end).rev().find_map(|i| self.at(i).map(|e| (i, e)))
    }

    /// The entries, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry<'gc, V>> {
        self.entries.iter().filter(|e| !e.key.is_absent())
    }

    /// Looks for `key`.
    #[inline]
    pub fn find(&self, hash: i64, key: Value<'gc>) -> Found {
        if self.entries.len() <= LINEAR_SEARCH {
            self.find_linear(hash, key)
        } else {
            self.find_indexed(hash, key)
        }
    }

    fn find_linear(&self, hash: i64, key: Value<'gc>) -> Found {
        for (position, entry) in self.entries.iter().enumerate() {
            if entry.hash == hash && !entry.key.is_absent() {
                match simple_eq(entry.key, key) {
                    Some(true) => return Found::At(position),
                    Some(false) => {}
                    None => return self.candidates(hash),
                }
            }
        }
        Found::Missing
    }

    fn find_indexed(&self, hash: i64, key: Value<'gc>) -> Found {
        let mut unsure = false;
        let found = self.index.find(spread(hash), |&position| {
            let entry = &self.entries[position as usize];
            if entry.hash != hash {
                return false;
            }
            match simple_eq(entry.key, key) {
                Some(equal) => equal,
                None => {
                    unsure = true;
                    false
                }
            }
        });
        match found {
            Some(&position) => Found::At(position as usize),
            None if unsure => self.candidates(hash),
            None => Found::Missing,
        }
    }

    #[cold]
    fn candidates(&self, hash: i64) -> Found {
        let same = |position: &usize| self.at(*position).is_some_and(|e| e.hash == hash);
        if self.entries.len() <= LINEAR_SEARCH {
            return Found::Ask((0..self.entries.len()).filter(same).collect());
        }
        let near = self.index.iter_hash(spread(hash)).map(|&p| p as usize);
        let mut found: Candidates = near.filter(same).collect();
        found.sort_unstable();
        Found::Ask(found)
    }

    /// Adds a key that is not there.
    pub fn push(&mut self, hash: i64, key: Value<'gc>, value: V) {
        if self.entries.len() == self.entries.capacity() {
            self.compact();
        }
        let position = self.entries.len();
        self.entries.push(Entry { hash, key, value });
        self.live += 1;
        self.generation += 1;
        if position == LINEAR_SEARCH {
            self.rebuild_index();
        } else if position > LINEAR_SEARCH {
            let entries = &self.entries;
            self.index
                .insert_unique(spread(hash), position as u32, |&p| {
                    spread(entries[p as usize].hash)
                });
        }
    }

    /// Adds a key that is not there before all others. Room is made in front in
    /// proportion to the size, so that doing it again and again stays cheap.
    pub fn push_front(&mut self, hash: i64, key: Value<'gc>, value: V) {
        let first = self.next_from(0).map_or(self.entries.len(), |(at, _)| at);
        let place = match first.checked_sub(1) {
            Some(place) => place,
            None => {
                let room = self.live.max(FEW_GAPS);
                let gap = Entry {
                    hash: 0,
                    key: Value::Absent,
                    value,
                };
                let mut entries = Vec::with_capacity(room + self.live + 1);
                entries.resize(room, gap);
                entries.extend(self.iter().copied());
                self.entries = entries;
                self.rebuild_index();
                room - 1
            }
        };
        let indexed = self.entries.len() > LINEAR_SEARCH;
        if let Some(entry) = self.entries.get_mut(place) {
            *entry = Entry { hash, key, value };
        }
        if indexed {
            let entries = &self.entries;
            self.index.insert_unique(spread(hash), place as u32, |&p| {
                spread(entries[p as usize].hash)
            });
        }
        self.first = place;
        self.live += 1;
        self.generation += 1;
    }

    /// Replaces the value at a position that `find` gave.
    #[inline]
    pub fn set_value(&mut self, position: usize, value: V) {
        if let Some(entry) = self.entries.get_mut(position) {
            entry.value = value;
        }
    }

    /// Removes the entry at a position that `find` gave. Its place stays a gap, so
    /// that an iterator finds a key that comes in its stead.
    pub fn remove(&mut self, position: usize) -> Option<Entry<'gc, V>> {
        let entry = self.unlink(position)?;
        if let Some(gap) = self.entries.get_mut(position) {
            // Neither key nor value may be kept alive by the gap.
            gap.key = Value::Absent;
            gap.value = V::default();
        }
        while self.first <= position && self.at(self.first).is_none() {
            self.first += 1;
        }
        Some(entry)
    }

    /// Removes the last entry, its place and the gaps around it: as `popitem` does.
    pub fn pop_last(&mut self) -> Option<Entry<'gc, V>> {
        let (position, _) = self.previous_from(usize::MAX)?;
        let entry = self.unlink(position)?;
        self.entries.truncate(position);
        while self.entries.last().is_some_and(|e| e.key.is_absent()) {
            self.entries.pop();
        }
        if self.entries.len() <= LINEAR_SEARCH {
            self.index.clear();
        }
        self.first = self.first.min(self.entries.len());
        Some(entry)
    }

    /// Takes a position out of the index; gives the entry that is still there.
    fn unlink(&mut self, position: usize) -> Option<Entry<'gc, V>> {
        let entry = *self.at(position)?;
        if self.entries.len() > LINEAR_SEARCH
            && let Ok(slot) = self
                .index
                .find_entry(spread(entry.hash), |&p| p as usize == position)
        {
            slot.remove();
        }
        self.live -= 1;
        self.generation += 1;
        Some(entry)
    }

    /// Takes over the entries of another table.
    pub fn replace(&mut self, other: Self) {
        let generation = self.generation + 1;
        *self = Table {
            generation,
            ..other
        };
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        let generation = self.generation + 1;
        *self = Table {
            generation,
            ..Table::default()
        };
    }

    /// A copy without gaps.
    pub fn compacted(&self) -> Self {
        let mut copy = Table::with_capacity(self.live);
        copy.entries.extend(self.iter().copied());
        copy.live = self.live;
        if self.live == self.entries.len() {
            copy.index = self.index.clone();
        } else {
            copy.rebuild_index();
        }
        copy
    }

    /// Makes room for `additional` more entries.
    pub fn reserve(&mut self, additional: usize) {
        self.entries.reserve(additional);
        let expected = self.entries.len() + additional;
        if expected > LINEAR_SEARCH {
            let (entries, missing) = (&self.entries, expected - self.index.len());
            self.index
                .reserve(missing, |&p| spread(entries[p as usize].hash));
        }
    }

    /// Closes the gaps, when there are enough of them to be worth it.
    fn compact(&mut self) {
        if self.live * 2 <= self.entries.len() && self.entries.len() > FEW_GAPS {
            self.entries.retain(|e| !e.key.is_absent());
            self.first = 0;
            self.rebuild_index();
        }
    }

    fn rebuild_index(&mut self) {
        self.index.clear();
        if self.entries.len() <= LINEAR_SEARCH {
            return;
        }
        let entries = &self.entries;
        self.index
            .reserve(entries.len(), |&p| spread(entries[p as usize].hash));
        for (position, entry) in entries.iter().enumerate() {
            if !entry.key.is_absent() {
                self.index
                    .insert_unique(spread(entry.hash), position as u32, |&p| {
                        spread(entries[p as usize].hash)
                    });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(count: i64) -> Table<'static, i64> {
        let mut table = Table::default();
        for n in 0..count {
            table.push(n, Value::Int(n), n * 2);
        }
        table
    }

    fn keys(table: &Table<'static, i64>) -> Vec<i64> {
        table.iter().map(|e| e.hash).collect()
    }

    fn position(table: &Table<'static, i64>, n: i64) -> Option<usize> {
        match table.find(n, Value::Int(n)) {
            Found::At(position) => Some(position),
            _ => None,
        }
    }

    #[test]
    fn finds_by_search_and_by_index() {
        for count in [3, 8, 9, 1000] {
            let table = filled(count);
            assert!((0..count).all(|n| position(&table, n) == Some(n as usize)));
            assert_eq!(position(&table, count), None);
        }
    }

    #[test]
    fn takes_entries_from_the_front() {
        let mut table = filled(1000);
        for n in 0..990 {
            let (first, _) = table.next_from(0).map_or((0, 0), |(at, e)| (at, e.hash));
            assert_eq!(table.remove(first).map(|e| e.hash), Some(n));
        }
        assert_eq!(keys(&table), (990..1000).collect::<Vec<_>>());
        assert_eq!(keys(&table.compacted()), keys(&table));
        assert_eq!(position(&table.compacted(), 995), Some(5));
    }

    #[test]
    fn keeps_order_over_removals_and_growth() {
        let mut table = filled(100);
        for n in (0..100).filter(|n| n % 3 != 0) {
            position(&table, n).and_then(|at| table.remove(at));
        }
        for n in 100..400 {
            table.push(n, Value::Int(n), 0);
        }
        let expected: Vec<i64> = (0..100).step_by(3).chain(100..400).collect();
        assert_eq!(keys(&table), expected);
        assert!(expected.iter().all(|n| position(&table, *n).is_some()));
    }

    #[test]
    fn puts_keys_in_front() {
        let mut table = filled(5);
        for n in 5..300 {
            table.push_front(n, Value::Int(n), n);
        }
        let expected: Vec<i64> = (5..300).rev().chain(0..5).collect();
        assert_eq!(keys(&table), expected);
        assert!(expected.iter().all(|n| position(&table, *n).is_some()));
        table.push(300, Value::Int(300), 0);
        assert_eq!(position(&table, 300), Some(table.positions() - 1));
    }

    #[test]
    fn popping_the_end_empties_it() {
        let mut table = filled(20);
        table.remove(18);
        while table.pop_last().is_some() {}
        assert!(table.is_empty() && table.positions() == 0);
        table.push(7, Value::Int(7), 7);
        assert_eq!(position(&table, 7), Some(0));
    }
}
