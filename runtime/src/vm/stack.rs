//! The value stack: slots and operands of all frames in one vector. The vector
//! is longer than what is in use: a Python frame gets room for the greatest
//! height of its code when it is entered, so that the loop pushes by storing at
//! an index that it keeps in a register. `top` is where the part in use ends.

use super::Vm;
use crate::value::Value;

/// How much room is made beyond what is asked for.
const SPARE: usize = 64;

impl<'gc> Vm<'gc> {
    /// Makes room up to `end`.
    #[inline]
    pub(super) fn reserve(&mut self, end: usize) {
        if end > self.stack.len() {
            self.grow(end);
        }
    }

    #[cold]
    fn grow(&mut self, end: usize) {
        self.stack.resize(end + SPARE, Value::Absent);
    }

    /// Gives up the room above the part in use: nothing up there may keep an
    /// object alive when the collector comes.
    pub(super) fn give_up_room(&mut self) {
        self.stack.truncate(self.top);
    }

    #[inline]
    pub(super) fn push(&mut self, value: Value<'gc>) {
        self.reserve(self.top + 1);
        self.stack[self.top] = value;
        self.top += 1;
    }

    /// Pushes all of `values`, the last on top.
    #[inline]
    pub(super) fn push_all(&mut self, values: &[Value<'gc>]) {
        let end = self.top + values.len();
        self.reserve(end);
        self.stack[self.top..end].copy_from_slice(values);
        self.top = end;
    }

    /// Pushes absent values until the stack ends at `end`.
    #[inline]
    pub(super) fn fill_to(&mut self, end: usize) {
        self.reserve(end);
        if end > self.top {
            self.stack[self.top..end].fill(Value::Absent);
            self.top = end;
        }
    }

    /// Removes and gives the top. The verifier has checked that no instruction
    /// pops an empty stack.
    #[inline]
    pub(crate) fn pop(&mut self) -> Value<'gc> {
        match self.top.checked_sub(1) {
            Some(top) => {
                self.top = top;
                self.stack[top]
            }
            None => Value::Absent,
        }
    }

    /// The item at `depth`, 1 being the top.
    #[inline]
    pub(super) fn peek(&self, depth: usize) -> Value<'gc> {
        self.top
            .checked_sub(depth)
            .map_or(Value::Absent, |at| self.stack[at])
    }

    /// Removes the top `count` items: what they were, until something is pushed.
    #[inline]
    pub(super) fn pop_many(&mut self, count: usize) -> &[Value<'gc>] {
        let end = self.top;
        self.top = end.saturating_sub(count);
        &self.stack[self.top..end]
    }
}
