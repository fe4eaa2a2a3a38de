//! The Unpickler's memo: from indexes to objects.

use std::collections::HashMap;

use gc_arena::Collect;

use capers_runtime::value::Value;

/// An empty memo with room for more than this is not kept for another use.
const MOST_KEPT: usize = 1 << 16;

/// Objects by index. Indexes are counted up by every Pickler, so nearly all lie
/// in a row; those beyond the end of the row, which only a stream made by hand
/// has, are kept apart, so that no index costs more than one entry.
#[derive(Collect, Default)]
#[collect(no_drop)]
pub struct Memo<'gc> {
    /// Indexes from 0 on without a gap.
    row: Vec<Value<'gc>>,
    far: HashMap<usize, Value<'gc>>,
}

impl<'gc> Memo<'gc> {
    /// The object at `index`.
    #[inline]
    pub fn get(&self, index: usize) -> Option<Value<'gc>> {
        match self.row.get(index) {
            Some(value) => Some(*value),
            None => self.far.get(&index).copied(),
        }
    }

    /// Puts an object at `index`.
    #[inline]
    pub fn put(&mut self, index: usize, value: Value<'gc>) {
        if index == self.row.len() {
            self.row.push(value);
            if !self.far.is_empty() {
                self.join(index);
            }
        } else if let Some(place) = self.row.get_mut(index) {
            *place = value;
        } else {
            self.far.insert(index, value);
        }
    }

    /// Puts an object at the index that is the number of objects: MEMOIZE.
    #[inline]
    pub fn add(&mut self, value: Value<'gc>) {
        self.put(self.row.len() + self.far.len(), value);
    }

    /// The row has just reached `index`: takes over what follows it.
    #[cold]
    fn join(&mut self, index: usize) {
        self.far.remove(&index);
        while let Some(next) = self.far.remove(&self.row.len()) {
            self.row.push(next);
        }
    }

    /// Removes everything; whether what room is kept is of moderate size.
    pub fn clear(&mut self) -> bool {
        self.row.clear();
        if !self.far.is_empty() {
            self.far = HashMap::new();
        }
        self.row.capacity() <= MOST_KEPT
    }

    /// Indexes and objects, by index.
    pub fn entries(&self) -> Vec<(usize, Value<'gc>)> {
        let mut all: Vec<_> = self.row.iter().copied().enumerate().collect();
        all.extend(self.far.iter().map(|(index, value)| (*index, *value)));
        all.sort_by_key(|(index, _)| *index);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexes(memo: &Memo<'_>) -> Vec<usize> {
        memo.entries().into_iter().map(|(index, _)| index).collect()
    }

    #[test]
    fn far_indexes_cost_one_entry_each() {
        let mut memo = Memo::default();
        memo.put(usize::MAX, Value::None);
        memo.put(3, Value::None);
        memo.put(0, Value::None);
        assert_eq!(memo.row.len(), 1);
        assert_eq!(indexes(&memo), [0, 3, usize::MAX]);
        // Three are there, so the next is the fourth: it replaces index 3.
        memo.add(Value::bool(true));
        assert!(matches!(memo.get(3), Some(Value::Bool(_))));
        memo.put(2, Value::None);
        memo.put(1, Value::None);
        // Index 1 closes the gap: the row takes over 2 and 3.
        assert_eq!((memo.row.len(), memo.far.len()), (4, 1));
    }

    #[test]
    fn the_row_takes_over_what_it_reaches() {
        let mut memo = Memo::default();
        for index in [4, 2, 1, 0, 3] {
            memo.put(index, Value::None);
        }
        assert_eq!(indexes(&memo), [0, 1, 2, 3, 4]);
        memo.add(Value::None);
        assert!(memo.get(5).is_some() && memo.get(6).is_none());
    }
}
