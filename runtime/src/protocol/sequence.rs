//! What list and tuple share: comparison item by item, and the search for an
//! item that `in`, `index`, `count` and `remove` do.

use gc_arena::Collect;

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::protocol::compare;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Step, begin};

/// How many items are compared between two safe points.
const BATCH: usize = 1024;

/// The item at `index` of a list or tuple (or an instance of a subclass).
#[inline]
fn item_at<'gc>(sequence: Value<'gc>, index: usize) -> Option<Value<'gc>> {
    match sequence.builtin() {
        Value::List(list) => list.get(index),
        Value::Tuple(tuple) => tuple.items().get(index).copied(),
        _ => None,
    }
}

fn length<'gc>(sequence: Value<'gc>) -> usize {
    match sequence.builtin() {
        Value::List(list) => list.len(),
        Value::Tuple(tuple) => tuple.len(),
        _ => 0,
    }
}

/// `a op b` of two lists or two tuples. Lists may change while their items are
/// compared.
pub fn compare<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
    if equality && length(a) != length(b) {
        return Ok(Flow::Return(Value::bool(op == Comparison::NotEqual)));
    }
    let mut index = 0;
    while let (Some(x), Some(y)) = (item_at(a, index), item_at(b, index)) {
        if !ctx.same_or_equal(x, y)? {
            // The comparison may have taken the items away: then the lengths decide.
            let (Some(x), Some(y)) = (item_at(a, index), item_at(b, index)) else {
                break;
            };
            return match op {
                Comparison::Equal => Ok(Flow::Return(Value::bool(false))),
                Comparison::NotEqual => Ok(Flow::Return(Value::bool(true))),
                op => compare::compare(ctx, op, x, y),
            };
        }
        index += 1;
    }
    let (a, b) = (length(a) as i64, length(b) as i64);
    let answer = compare::fast(op, Value::Int(a), Value::Int(b));
    Ok(Flow::Return(Value::bool(answer.unwrap_or(false))))
}

/// What a search is for.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Goal {
    /// Whether the item is there.
    Contains,
    /// How often it is there.
    Count,
    /// Where it is first; a ValueError where it is not there.
    Index,
    /// Its removal from a list; a ValueError where it is not there.
    Remove,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Search<'gc> {
    sequence: Value<'gc>,
    wanted: Value<'gc>,
    position: usize,
    stop: usize,
    count: i64,
    #[collect(require_static)]
    goal: Goal,
    #[collect(require_static)]
    owner: &'static TypeDef,
}

impl<'gc> Search<'gc> {
    /// Goes through a batch of items; the result if that settles it.
    fn go_on(&mut self, ctx: Context<'gc>) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        for _ in 0..BATCH {
            let item = match item_at(self.sequence, self.position) {
                Some(item) if self.position < self.stop => item,
                _ => return self.finish(ctx).map(Some),
            };
            if ctx.same_or_equal(item, self.wanted)? {
                match self.goal {
                    Goal::Contains => return Ok(Some(Value::bool(true))),
                    Goal::Index => return Ok(Some(Value::from_usize(ctx.mc, self.position))),
                    Goal::Count => self.count += 1,
                    Goal::Remove => {
                        if let Some(list) = self.sequence.as_list()
                            && self.position < list.len()
                        {
                            list.borrow_mut(ctx).remove(self.position);
                        }
                        return Ok(Some(Value::None));
                    }
                }
            }
            self.position += 1;
        }
        Ok(None)
    }

    fn finish(&self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        let name = self.owner.name;
        match self.goal {
            Goal::Contains => Ok(Value::bool(false)),
            Goal::Count => Ok(Value::Int(self.count)),
            Goal::Index => Err(ctx.value_error(format!("{name}.index(x): x not in {name}"))),
            Goal::Remove => Err(ctx.value_error(format!("{name}.remove(x): x not in {name}"))),
        }
    }
}

impl<'gc> NativeFrame<'gc> for Search<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        Ok(match self.go_on(ctx)? {
            Some(result) => Step::Return(result),
            None => Step::Yield,
        })
    }
}

/// Searches `sequence`, a list or tuple as `owner` says, from `start` up to `stop`.
pub fn search<'gc>(
    ctx: Context<'gc>,
    owner: &'static TypeDef,
    goal: Goal,
    sequence: Value<'gc>,
    wanted: Value<'gc>,
    (start, stop): (usize, usize),
) -> Result<Flow<'gc>, Raised<'gc>> {
    let search = Search {
        sequence,
        wanted,
        position: start,
        stop,
        count: 0,
        goal,
        owner,
    };
    begin(ctx, search)
}
