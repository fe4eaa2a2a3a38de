//! The pickler's memo: which objects are written already, and under which index. An open-addressing table keyed
//! by address over the list of the objects, which it keeps alive.

use capers_runtime::value::Value;
use gc_arena::Collect;

/// Up to this many objects are searched in order, without the table.
const LINEAR_SEARCH: usize = 8;
/// The table grows four times up to this size, and twice beyond.
const FAST_GROWTH: usize = 1 << 16;
/// How many objects found lately are kept at hand (a power of two).
const RECENT: usize = 32;
/// Objects that lie in one block of this many bytes (a power of two) get neighbouring places in the table.
const BLOCK_BITS: u32 = 8;
/// Objects are at least this far apart (a power of two).
const ALIGN_BITS: u32 = 4;

/// What an index belongs to.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Held<'gc> {
    /// This object.
    Object(Value<'gc>),
    /// The `__dict__` of this instance, which has none yet.
    DictOf(Value<'gc>),
    /// A container that exists in the pickle only.
    Nothing,
}

/// The memo.
#[derive(Clone, Collect)]
#[collect(no_drop)]
pub struct Memo<'gc> {
    /// The first objects, as long as there are no more.
    few: [Value<'gc>; LINEAR_SEARCH],
    few_count: usize,
    /// All objects, once there are more. By index. An instance that stands here for the second time stands for its `__dict__`.
    objects: Vec<Value<'gc>>,
    /// A program's own numbers for the objects, if it set any.
    numbers: Vec<i64>,
    /// Some objects that were found lately, each at the place that its address gives, with its number. There are
    /// places once there is a table.
    recent: Vec<(usize, i64)>,
    /// Each taken place has the low bits of the address, then the index counted from 1.
    table: Vec<u64>,
}

impl Default for Memo<'_> {
    fn default() -> Self {
        Memo {
            few: [Value::None; LINEAR_SEARCH],
            few_count: 0,
            objects: Vec::new(),
            recent: Vec::new(),
            numbers: Vec::new(),
            table: Vec::new(),
        }
    }
}

impl<'gc> Memo<'gc> {
    /// How many objects there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.objects.len() + self.few_count
    }

    fn all(&self) -> &[Value<'gc>] {
        match self.few.get(..self.few_count) {
            Some(few) if self.objects.is_empty() => few,
            _ => &self.objects,
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Memo::default();
    }

    /// The number under which the object was written.
    #[inline]
    pub fn find(&self, object: Value<'gc>) -> Option<i64> {
        let position = self.position(address(object)?)?;
        Some(self.number(position))
    }

    /// The number of the object at this address, if it was found lately.
    #[inline(always)]
    pub fn find_recent(&self, address: usize) -> Option<i64> {
        match self.recent.get(recent_place(address)) {
            Some(&(known, number)) if known == address => Some(number),
            _ => None,
        }
    }

    #[inline]
    fn position(&self, address: usize) -> Option<usize> {
        if self.table.is_empty() {
            let mut few = self.few.iter().take(self.few_count);
            few.position(|o| self::address(*o) == Some(address))
        } else {
            self.find_in_table(address).ok()
        }
    }

    #[inline]
    fn number(&self, position: usize) -> i64 {
        match self.numbers.get(position) {
            Some(&number) => number,
            None => position as i64,
        }
    }

    /// The object's position, or the free place where it would be.
    #[inline]
    fn find_in_table(&self, address: usize) -> Result<usize, usize> {
        let mask = self.table.len() - 1;
        let mut place = first_place(address, mask);
        loop {
            // `mask` keeps the place within the table, which is never full.
            let entry = self.table[place & mask];
            if entry == 0 {
                return Err(place & mask);
            }
            if (entry >> 32) as u32 == tag(address) {
                let position = (entry as u32 as usize).wrapping_sub(1);
                if let Some(object) = self.objects.get(position)
                    && self::address(*object) == Some(address)
                {
                    return Ok(position);
                }
            }
            place += 1;
        }
    }

    /// Adds an object that is not there; gives its number.
    #[inline]
    pub fn put(&mut self, object: Value<'gc>) -> i64 {
        let position = self.len();
        self.push(object, position);
        self.number(position)
    }

    /// The number of an object; that which it gets now, as the error, where it is not there.
    #[inline]
    pub fn find_or_put(&mut self, object: Value<'gc>) -> Result<i64, i64> {
        match address(object) {
            Some(address) => self.find_or_put_at(address, object),
            None => Err(self.put(object)),
        }
    }

    /// As `find_or_put`, for an object whose address is known.
    #[inline]
    pub fn find_or_put_at(&mut self, address: usize, object: Value<'gc>) -> Result<i64, i64> {
        if self.table.is_empty() {
            return match self.position(address) {
                Some(position) => Ok(self.number(position)),
                None => Err(self.put(object)),
            };
        }
        match self.find_in_table(address) {
            Ok(position) => {
                let number = self.number(position);
                if let Some(recent) = self.recent.get_mut(recent_place(address)) {
                    *recent = (address, number);
                }
                Ok(number)
            }
            Err(place) => {
                let position = self.objects.len();
                if (position + 1) * 2 > self.table.len() || !self.numbers.is_empty() {
                    return Err(self.put(object));
                }
                self.objects.push(object);
                self.table[place] = entry(address, position);
                Err(position as i64)
            }
        }
    }

    /// Takes a number for the `__dict__` of an instance that is there.
    #[inline]
    pub fn put_dict_of(&mut self, instance: Value<'gc>) -> i64 {
        self.put(instance)
    }

    /// Takes a number for a container that no program can see.
    #[inline]
    pub fn put_nothing(&mut self) -> i64 {
        self.put(Value::Absent)
    }

    fn push(&mut self, object: Value<'gc>, position: usize) {
        if !self.numbers.is_empty() {
            self.numbers.push(position as i64);
        }
        if self.table.is_empty() {
            if let Some(place) = self.few.get_mut(self.few_count) {
                *place = object;
                self.few_count += 1;
                return;
            }
            self.objects.extend_from_slice(&self.few);
            self.few_count = 0;
        }
        self.objects.push(object);
        if self.objects.len() * 2 > self.table.len() {
            return self.grow();
        }
        self.enter(object, position);
    }

    #[inline]
    fn enter(&mut self, object: Value<'gc>, position: usize) {
        if let Some(address) = address(object)
            && let Err(place) = self.find_in_table(address)
        {
            self.table[place] = entry(address, position);
        }
    }

    #[cold]
    fn grow(&mut self) {
        let size = match self.table.len() {
            0 => LINEAR_SEARCH * 8,
            size if size < FAST_GROWTH => size * 4,
            size => size * 2,
        };
        self.recent.resize(RECENT, (0, 0));
        self.table.clear();
        self.table.resize(size, 0);
        for position in 0..self.objects.len() {
            self.enter(self.objects[position], position);
        }
    }

    /// Gives an object this number, whether it is there or not.
    pub fn set(&mut self, object: Value<'gc>, number: i64) {
        if self.numbers.is_empty() {
            self.numbers = (0..self.len() as i64).collect();
        }
        match address(object).and_then(|a| self.position(a)) {
            Some(position) => {
                self.numbers[position] = number;
                self.recent.fill((0, 0));
            }
            None => {
                let position = self.len();
                self.push(object, position);
                // While the vector is empty, `push` does not add to it.
                self.numbers.truncate(position);
                self.numbers.push(number);
            }
        }
    }

    /// What was written under each number.
    pub fn entries(&self) -> Vec<(i64, Held<'gc>)> {
        let held = |(position, &object): (usize, &Value<'gc>)| {
            let held = match address(object) {
                None if object.is_absent() => Held::Nothing,
                Some(address) if self.position(address) != Some(position) => Held::DictOf(object),
                _ => Held::Object(object),
            };
            (self.number(position), held)
        };
        self.all().iter().enumerate().map(held).collect()
    }
}

/// The object's identity. The two singletons that are written by name have no address; they get one that no object
/// can have.
#[inline]
fn address(object: Value<'_>) -> Option<usize> {
    match object {
        Value::Ellipsis => Some(1 << ALIGN_BITS),
        Value::NotImplemented => Some(2 << ALIGN_BITS),
        object => object.address(),
    }
}

#[inline(always)]
fn recent_place(address: usize) -> usize {
    (address >> ALIGN_BITS ^ address >> (ALIGN_BITS + 5)) % RECENT
}

#[inline]
fn entry(address: usize, position: usize) -> u64 {
    u64::from(tag(address)) << 32 | (position as u64 + 1)
}

#[inline]
fn tag(address: usize) -> u32 {
    (address >> ALIGN_BITS) as u32
}

/// Neighbours in a block stay neighbours, so that objects made one after the other share cache lines; the blocks
/// are spread over the table.
#[inline]
fn first_place(address: usize, mask: usize) -> usize {
    let within = BLOCK_BITS - ALIGN_BITS;
    let block = ((address >> BLOCK_BITS) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let start = (block >> 32) as usize;
    (start << within | (address >> ALIGN_BITS) & ((1 << within) - 1)) & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_order() {
        let mut memo = Memo::default();
        for expected in 0..100 {
            assert_eq!(memo.put_nothing(), expected);
        }
        assert_eq!(memo.entries().len(), 100);
    }
}
