//! The searches of `deque`: membership, `count`, `index`, `remove`.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Input, NativeFrame, Step, begin};
use gc_arena::Collect;

use super::FlowAnswer;
use super::deque::Deque;

/// How many items are compared between two safe points.
const BATCH: usize = 1024;

/// What a search is for.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Goal {
    /// Whether the item is there.
    Contains,
    /// How often it is there.
    Count,
    /// Where it is first.
    Index,
    /// Its removal.
    Remove,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Search<'gc> {
    deque: Deque<'gc>,
    wanted: Value<'gc>,
    position: usize,
    stop: Option<usize>,
    changes: u64,
    count: i64,
    #[collect(require_static)]
    goal: Goal,
}

impl<'gc> Search<'gc> {
    fn mutated(&self, ctx: Context<'gc>) -> Raised<'gc> {
        match self.goal {
            Goal::Remove => ctx.error(Exc::IndexError, "deque mutated during remove()."),
            _ => ctx.runtime_error("deque mutated during iteration"),
        }
    }

    fn finish(&self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        match self.goal {
            Goal::Contains => Ok(Value::bool(false)),
            Goal::Count => Ok(Value::Int(self.count)),
            Goal::Index => Err(ctx.value_error("deque.index(x): x not in deque")),
            Goal::Remove => Err(ctx.value_error("deque.remove(x): x not in deque")),
        }
    }
}

impl<'gc> NativeFrame<'gc> for Search<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        for _ in 0..BATCH {
            let item = match self.deque.get(self.position) {
                Some(item) if self.stop.is_none_or(|stop| self.position < stop) => item,
                _ => return self.finish(ctx).map(Step::Return),
            };
            let equal = ctx.same_or_equal(item, self.wanted)?;
            if self.deque.changes() != self.changes {
                return Err(self.mutated(ctx));
            }
            if equal {
                let answer = match self.goal {
                    Goal::Contains => Value::bool(true),
                    Goal::Index => Value::from_usize(ctx.mc, self.position),
                    Goal::Remove => {
                        self.deque.borrow_mut(ctx).remove(self.position);
                        Value::None
                    }
                    Goal::Count => {
                        self.count += 1;
                        self.position += 1;
                        continue;
                    }
                };
                return Ok(Step::Return(answer));
            }
            self.position += 1;
        }
        Ok(Step::Yield)
    }
}

/// Searches `deque` from `start` up to `stop`.
pub fn search<'gc>(
    ctx: Context<'gc>,
    deque: Deque<'gc>,
    wanted: Value<'gc>,
    goal: Goal,
    start: usize,
    stop: Option<usize>,
) -> FlowAnswer<'gc> {
    let search = Search {
        deque,
        wanted,
        position: start,
        stop,
        changes: deque.changes(),
        count: 0,
        goal,
    };
    begin(ctx, search)
}
