//! Items and pairs that come out of an iterator, in batches: what `__reduce__` gives as its fourth and fifth part.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::shown_class;
use capers_runtime::types::iterator::IterKind;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Next, Step};
use gc_arena::Collect;

use super::dump::{Dump, Go, Waiting};
use super::work::{BATCH, Work};
use crate::pickle::opcodes as op;

/// What is to be done next.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Stage {
    /// Ask for the first item of a batch.
    AskFirst,
    /// Ask for the second one.
    AskSecond,
    /// Write the only item of a batch.
    Only,
    /// Write the first item.
    First,
    /// Write the item held.
    Held,
    /// Ask for another item.
    Ask,
    /// End a batch of one item.
    EndOne,
    /// An item has been written that ends with an opcode of its own: protocol 0.
    EndEach,
    /// End a batch.
    EndBatch,
}

/// An iterator being written.
#[derive(Collect)]
#[collect(no_drop)]
pub(super) struct Iterating<'gc> {
    iterator: Value<'gc>,
    /// What the items go into, for notes.
    object: Value<'gc>,
    /// The first item of a batch, until the second is there.
    first: Value<'gc>,
    held: Value<'gc>,
    /// The key being written.
    key: Value<'gc>,
    #[collect(require_static)]
    pairs: bool,
    #[collect(require_static)]
    stage: Stage,
    #[collect(require_static)]
    count: u16,
    /// How many items were begun.
    #[collect(require_static)]
    total: usize,
    /// Whether one of them is being written.
    #[collect(require_static)]
    saving: bool,
}

impl<'gc> Iterating<'gc> {
    /// The items of `iterator`, which go into `object`.
    pub fn new(iterator: Value<'gc>, object: Value<'gc>, pairs: bool) -> Self {
        Iterating {
            iterator,
            object,
            first: Value::Absent,
            held: Value::Absent,
            key: Value::Absent,
            pairs,
            stage: Stage::AskFirst,
            count: 0,
            total: 0,
            saving: false,
        }
    }

    /// The note that CPython adds to an error that came while an item was written.
    pub fn note(&self, ctx: Context<'gc>) -> Option<String> {
        if !self.saving {
            return None;
        }
        let class = shown_class(ctx, self.object);
        if !self.pairs {
            let index = self.total.saturating_sub(1);
            return Some(format!("when serializing {class} item {index}"));
        }
        let key = ctx.repr(self.key.present()?).ok()?;
        let key = key.to_string_lossy();
        Some(format!("when serializing {class} item {key}"))
    }
}

impl<'gc> Dump<'gc> {
    /// Goes on with the iterator on top.
    pub(super) fn iterator_step(&mut self, ctx: Context<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        let singly = self.coder.protocol == 0;
        loop {
            let Some(top) = self.iterators.last_mut() else {
                self.work.pop();
                return Ok(Go::On);
            };
            top.saving = false;
            match top.stage {
                Stage::AskFirst | Stage::AskSecond | Stage::Ask => {
                    let Some(item) = next_here(ctx, top.iterator)? else {
                        self.waiting = Waiting::Item;
                        return Ok(Go::Wait(Step::Next(top.iterator)));
                    };
                    self.take_item(ctx, item)?;
                    if self.iterators.is_empty()
                        || !matches!(self.work.last(), Some(Work::Iterator))
                    {
                        return Ok(Go::On);
                    }
                }
                Stage::Only => {
                    top.stage = if singly {
                        Stage::EndEach
                    } else {
                        Stage::EndOne
                    };
                    let item = std::mem::replace(&mut top.first, Value::Absent);
                    return self.save_item(ctx, item);
                }
                Stage::First => {
                    self.coder.out.op(op::MARK);
                    top.stage = Stage::Held;
                    top.count = 1;
                    let item = std::mem::replace(&mut top.first, Value::Absent);
                    return self.save_item(ctx, item);
                }
                Stage::Held => {
                    top.count += 1;
                    top.stage = match top.count {
                        BATCH => Stage::EndBatch,
                        _ => Stage::Ask,
                    };
                    let item = std::mem::replace(&mut top.held, Value::Absent);
                    return self.save_item(ctx, item);
                }
                Stage::EndOne => {
                    let code = if top.pairs { op::SETITEM } else { op::APPEND };
                    self.coder.out.op(code);
                    return Ok(self.end_iterator());
                }
                Stage::EndEach => {
                    let code = if top.pairs { op::SETITEM } else { op::APPEND };
                    self.coder.out.op(code);
                    top.stage = Stage::AskFirst;
                    return Ok(Go::On);
                }
                Stage::EndBatch => {
                    let code = if top.pairs { op::SETITEMS } else { op::APPENDS };
                    self.coder.out.op(code);
                    top.stage = Stage::AskFirst;
                    return Ok(Go::On);
                }
            }
        }
    }

    /// Goes on with an item that the VM fetched.
    pub(super) fn item_arrived(
        &mut self,
        ctx: Context<'gc>,
        item: Option<Value<'gc>>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        self.take_item(ctx, item)?;
        Ok(Go::On)
    }

    fn take_item(
        &mut self,
        ctx: Context<'gc>,
        item: Option<Value<'gc>>,
    ) -> Result<(), Raised<'gc>> {
        let singly = self.coder.protocol == 0;
        let Some(top) = self.iterators.last_mut() else {
            return Ok(());
        };
        match (top.stage, item) {
            (Stage::AskFirst, None) => {
                self.end_iterator();
            }
            (Stage::AskFirst, Some(item)) => {
                if top.pairs {
                    check_pair(ctx, item)?;
                }
                top.first = item;
                top.stage = if singly {
                    Stage::Only
                } else {
                    Stage::AskSecond
                };
            }
            (Stage::AskSecond, None) => top.stage = Stage::Only,
            (Stage::AskSecond, Some(item)) => {
                top.held = item;
                top.stage = Stage::First;
            }
            (_, None) => {
                let code = if top.pairs { op::SETITEMS } else { op::APPENDS };
                self.coder.out.op(code);
                self.end_iterator();
            }
            (_, Some(item)) => {
                top.held = item;
                top.stage = Stage::Held;
            }
        }
        Ok(())
    }

    fn end_iterator(&mut self) -> Go<'gc> {
        self.iterators.pop();
        self.work.pop();
        Go::On
    }

    fn save_item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        let Some(top) = self.iterators.last_mut() else {
            return Ok(Go::On);
        };
        if !top.pairs {
            top.total += 1;
            top.saving = true;
            return Ok(Go::Save(item));
        }
        let (key, value) = check_pair(ctx, item)?;
        top.saving = true;
        top.key = key;
        self.work.push(Work::Value(value));
        Ok(Go::Save(key))
    }
}

fn check_pair<'gc>(
    ctx: Context<'gc>,
    item: Value<'gc>,
) -> Result<(Value<'gc>, Value<'gc>), Raised<'gc>> {
    match item.as_tuple().map(|t| t.items()) {
        Some(&[key, value]) => Ok((key, value)),
        _ => Err(ctx.type_error("dict items iterator must return 2-tuples")),
    }
}

/// The next item, or that there is none, of an iterator that runs no Python code.
fn next_here<'gc>(
    ctx: Context<'gc>,
    iterator: Value<'gc>,
) -> Result<Option<Option<Value<'gc>>>, Raised<'gc>> {
    let Value::Iter(iter) = iterator else {
        return Ok(None);
    };
    if matches!(iter.0.kind, IterKind::Sequence | IterKind::Callable) {
        return Ok(None);
    }
    Ok(match iter.next(ctx)? {
        Next::Item(item) => Some(Some(item)),
        Next::Exhausted => Some(None),
        Next::Flow(_) => None,
    })
}
