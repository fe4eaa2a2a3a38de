//! A memo that knows kinds of objects: keys as opcodes name them, and what is stored under each.

use std::collections::HashMap;

use capers_runtime::numbers::IntValue;
use num_bigint::BigInt;

use super::argument::Argument;
use crate::pickle::codec::Op;
use crate::pickle::kinds::StackKind;

/// A memo key: text opcodes can name any int.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// One that fits a word.
    Small(i64),
    /// One that does not.
    Big(BigInt),
}

impl Key {
    /// The key that an argument is.
    pub fn of(argument: Option<&Argument<'_>>) -> Key {
        match argument {
            Some(Argument::Int(IntValue::Big(n))) => Key::Big(n.clone()),
            Some(Argument::Int(IntValue::Small(n))) => Key::Small(*n),
            Some(Argument::Bool(flag)) => Key::Small((*flag).into()),
            _ => Key::Small(0),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Small(n) => n.fmt(f),
            Key::Big(n) => n.fmt(f),
        }
    }
}

/// What an opcode does to the memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    No,
    /// Stores under the key that is its argument.
    Put,
    /// Stores under the number of entries there are.
    Memoize,
    /// Reads what is under the key that is its argument.
    Get,
}

impl Access {
    /// What this opcode does.
    pub fn of(op: &Op<'_>) -> Access {
        match op {
            Op::Put(_) | Op::BinPut(_) | Op::LongBinPut(_) => Access::Put,
            Op::Memoize => Access::Memoize,
            Op::Get(_) | Op::BinGet(_) | Op::LongBinGet(_) => Access::Get,
            _ => Access::No,
        }
    }
}

/// The memo: a byte an entry for keys that come in order, as picklers make them.
#[derive(Debug, Default)]
pub struct Memo {
    dense: Vec<Option<StackKind>>,
    sparse: HashMap<Key, StackKind>,
    stored: usize,
}

impl Memo {
    /// How many entries there are: the key of the next MEMOIZE.
    pub fn len(&self) -> usize {
        self.stored
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.stored == 0
    }

    /// What is stored under the key.
    pub fn get(&self, key: &Key) -> Option<StackKind> {
        let dense = match key {
            Key::Small(key) => usize::try_from(*key)
                .ok()
                .and_then(|key| *self.dense.get(key)?),
            Key::Big(_) => None,
        };
        dense.or_else(|| self.sparse.get(key).copied())
    }

    /// Stores under the key.
    pub fn set(&mut self, key: Key, kind: StackKind) {
        if self.get(&key).is_none() {
            self.stored += 1;
        }
        // A key far past the others reserves nothing.
        let index = match key {
            Key::Small(index) => usize::try_from(index).ok(),
            Key::Big(_) => None,
        };
        match index.filter(|&index| index <= self.dense.len()) {
            Some(index) if index == self.dense.len() => self.dense.push(Some(kind)),
            Some(index) => self.dense[index] = Some(kind),
            None => {
                self.sparse.insert(key, kind);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_any_order_are_found_and_counted_once() {
        let mut memo = Memo::default();
        for key in [0, 1, 7, -1, i64::MAX, 1, 2, 7] {
            memo.set(Key::Small(key), StackKind::List);
        }
        memo.set(Key::Big(BigInt::from(u64::MAX)), StackKind::Str);
        assert_eq!(memo.len(), 7);
        assert_eq!(memo.get(&Key::Small(7)), Some(StackKind::List));
        assert_eq!(memo.get(&Key::Small(3)), None);
        assert_eq!(
            memo.get(&Key::Big(BigInt::from(u64::MAX))),
            Some(StackKind::Str)
        );
    }
}
