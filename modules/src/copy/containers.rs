//! Copying lists, tuples, dicts and sets: the turns of their tasks.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::set::Set;
use capers_runtime::value::Value;
use gc_arena::Collect;

use crate::copy::object::{Answer, Turn};
use crate::copy::walk::{Task, Walk};

#[derive(Collect)]
#[collect(no_drop)]
pub(super) struct DictTask<'gc> {
    pub source: Dict<'gc>,
    pub target: Dict<'gc>,
    /// The position of the next entry.
    pub position: usize,
    /// The size that the dict must keep.
    pub size: usize,
    pub left: usize,
    pub key: Value<'gc>,
    pub value: Value<'gc>,
    #[collect(require_static)]
    pub stage: DictStage,
}

#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum DictStage {
    /// Takes the next entry.
    Entry,
    /// Waits for the copy of its value.
    Value,
    /// Waits for the copy of its key.
    Key,
}

impl<'gc> Walk<'gc> {
    pub(super) fn list(
        &mut self,
        ctx: Context<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(&mut Task::List {
            source,
            target,
            next,
        }) = self.tasks.last_mut()
        else {
            return Ok(Turn::Done(Value::None));
        };
        if let Answer::Value(copy) = answer {
            target.borrow_mut(ctx).push(copy);
        }
        let mut at = next;
        let turn = loop {
            if self.left == 0 {
                break Turn::Pause;
            }
            // A hook may have changed the list.
            let Some(item) = source.get(at) else {
                break Turn::Done(Value::List(target));
            };
            at += 1;
            match self.quick(ctx, item)? {
                Some(copy) => target.borrow_mut(ctx).push(copy),
                None => break Turn::Child(item),
            }
        };
        if let Some(Task::List { next, .. }) = self.tasks.last_mut() {
            *next = at;
        }
        Ok(turn)
    }

    pub(super) fn tuple(
        &mut self,
        ctx: Context<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(&mut Task::Tuple { source, base }) = self.tasks.last_mut() else {
            return Ok(Turn::Done(Value::None));
        };
        if let Answer::Value(copy) = answer {
            self.values.push(copy);
        }
        while let Some(item) = source.items().get(self.values.len() - base) {
            if self.left == 0 {
                return Ok(Turn::Pause);
            }
            match self.quick(ctx, *item)? {
                Some(copy) => self.values.push(copy),
                None => return Ok(Turn::Child(*item)),
            }
        }
        // An item may have led back to the tuple itself.
        let known = self.memo.item(ctx, Value::Tuple(source))?;
        let copies = &self.values[base..];
        let changed = copies.iter().zip(source.items()).any(|(a, b)| !a.is(*b));
        let copy = match known {
            Some(known) => known,
            None if changed => Value::Tuple(ctx.tuple(copies)),
            None => Value::Tuple(source),
        };
        self.values.truncate(base);
        Ok(Turn::Done(copy))
    }

    pub(super) fn dict(
        &mut self,
        ctx: Context<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(Task::Dict(mut task)) = self.tasks.pop() else {
            return Ok(Turn::Done(Value::None));
        };
        let turn = self.dict_turn(ctx, &mut task, answer);
        self.tasks.push(Task::Dict(task));
        turn
    }

    fn dict_turn(
        &mut self,
        ctx: Context<'gc>,
        task: &mut DictTask<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let mut given = match answer {
            Answer::Value(copy) => Some(copy),
            _ => None,
        };
        loop {
            match task.stage {
                DictStage::Entry if self.left == 0 => return Ok(Turn::Pause),
                DictStage::Entry => {
                    let dict = task.source;
                    if dict.len() != task.size {
                        return Err(ctx.runtime_error("dictionary changed size during iteration"));
                    }
                    let entry = (dict.borrow().next_from(task.position))
                        .map(|(at, entry)| (at, entry.key, entry.value));
                    let Some((at, key, value)) = entry else {
                        return Ok(Turn::Done(Value::Dict(task.target)));
                    };
                    if task.left == 0 {
                        return Err(ctx.runtime_error("dictionary keys changed during iteration"));
                    }
                    task.left -= 1;
                    task.position = at + 1;
                    (task.key, task.value) = (key, value);
                    task.stage = DictStage::Value;
                    given = self.quick(ctx, value)?;
                    if given.is_none() {
                        return Ok(Turn::Child(value));
                    }
                }
                DictStage::Value => {
                    task.value = given.take().unwrap_or(Value::None);
                    task.stage = DictStage::Key;
                    given = self.quick(ctx, task.key)?;
                    if given.is_none() {
                        return Ok(Turn::Child(task.key));
                    }
                }
                DictStage::Key => {
                    let key = given.take().unwrap_or(Value::None);
                    match key {
                        Value::Str(key) => task.target.set_str_checked(ctx, key, task.value)?,
                        key => task.target.set(ctx, key, task.value)?,
                    }
                    task.stage = DictStage::Entry;
                }
            }
        }
    }

    pub(super) fn set(
        &mut self,
        ctx: Context<'gc>,
        answer: Answer<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(&mut Task::Set { source, base, next }) = self.tasks.last_mut() else {
            return Ok(Turn::Done(Value::None));
        };
        let mut at = next as usize;
        if let Some(turn) = self.replace_values(ctx, &mut at, answer)? {
            if let Some(Task::Set { next, .. }) = self.tasks.last_mut() {
                *next = at as u32;
            }
            return Ok(turn);
        }
        let copies = self.values.split_off(base as usize);
        let target = Set::new(ctx);
        for copy in copies {
            target.add(ctx, copy)?;
        }
        Ok(Turn::Done(match source {
            Value::FrozenSet(_) => Value::FrozenSet(target),
            _ => Value::Set(target),
        }))
    }

    /// Replaces values from `at` on with their copies, the first with the
    /// answer, until one needs a task or a safe point is due.
    pub(super) fn replace_values(
        &mut self,
        ctx: Context<'gc>,
        at: &mut usize,
        answer: Answer<'gc>,
    ) -> Result<Option<Turn<'gc>>, Raised<'gc>> {
        if let Answer::Value(copy) = answer
            && let Some(place) = self.values.get_mut(*at)
        {
            *place = copy;
            *at += 1;
        }
        while let Some(value) = self.values.get(*at).copied() {
            if self.left == 0 {
                return Ok(Some(Turn::Pause));
            }
            match self.quick(ctx, value)? {
                Some(copy) => self.values[*at] = copy,
                None => return Ok(Some(Turn::Child(value))),
            }
            *at += 1;
        }
        Ok(None)
    }
}
