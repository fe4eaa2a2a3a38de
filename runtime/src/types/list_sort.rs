//! `list.sort` and `sorted`: a stable merge sort as a frame. Keys are computed
//! by calls that the VM makes; comparisons of user classes are short callbacks,
//! a bounded number between two safe points. Runs are found, filled up and merged
//! (see `list_merge`) so that the same items are compared in the same order as in
//! CPython.

use crate::immediate::Truth;
use gc_arena::Collect;

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::protocol::call::call_flow;
use crate::protocol::{compare, sequence};
use crate::raised::Raised;
use crate::types::list::List;
use crate::types::list_merge::{Merge, Runs};
use crate::value::Value;
use crate::vm::drive::collect_then;
use crate::vm::flow::{Flow, Input, NativeFrame, Step, and_then, begin};

/// How far an ascending run is followed between two safe points.
const LONG_RUN: usize = 4096;
/// How many keys that need no callback are sorted between two safe points.
const NATIVE_RUN: usize = 1 << 15;
/// How many items are merged between two safe points.
const MERGE_BATCH: usize = 1024;
/// How many native keys are computed between two safe points.
const KEY_BATCH: usize = 1024;

/// An item and what it is sorted by.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub(super) struct Pair<'gc> {
    pub(super) key: Value<'gc>,
    item: Value<'gc>,
}

/// Keys that are all of one exact type and can be compared without a callback.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Uniform {
    Int,
    /// No NaN among them: the order is total.
    Float,
    Str,
}

impl Uniform {
    fn of_key(key: Value<'_>) -> Option<Uniform> {
        match key {
            Value::Int(_) => Some(Uniform::Int),
            Value::Float(x) | Value::ReadFloat(x) if !x.get().is_nan() => Some(Uniform::Float),
            Value::Str(_) => Some(Uniform::Str),
            _ => None,
        }
    }

    fn of(pairs: &[Pair<'_>]) -> Option<Uniform> {
        let kind = Uniform::of_key(pairs.first()?.key)?;
        let same = |pair: &Pair<'_>| Uniform::of_key(pair.key) == Some(kind);
        pairs.iter().all(same).then_some(kind)
    }

    /// Sorts keys of this kind.
    fn sort(self, pairs: &mut [Pair<'_>]) {
        pairs.sort_by(|a, b| match (a.key, b.key) {
            (Value::Int(x), Value::Int(y)) => x.cmp(&y),
            (Value::Str(x), Value::Str(y)) => x.bytes().cmp(y.bytes()),
            (Value::Float(x) | Value::ReadFloat(x), Value::Float(y) | Value::ReadFloat(y)) => x
                .get()
                .partial_cmp(&y.get())
                .unwrap_or(std::cmp::Ordering::Equal),
            _ => std::cmp::Ordering::Equal,
        });
    }
}

/// What the sort is about.
#[derive(Copy, Clone)]
enum Stage {
    /// Computing keys: this many are there.
    Keys(usize),
    /// Finding runs: up to here they are found.
    Runs(usize, Option<Uniform>),
    /// Following an ascending run: where it starts, and how far it is known to go.
    Ascending(usize, usize),
    /// Merging what has to be merged before the next run, which starts here.
    Merging(usize, Option<Uniform>),
}

/// A sort on its way. The list is empty meanwhile, as in CPython; `pairs` always
/// holds all of its items.
#[derive(Collect)]
#[collect(no_drop)]
struct Sort<'gc> {
    list: List<'gc>,
    key: Value<'gc>,
    pairs: Vec<Pair<'gc>>,
    /// The merge that is under way.
    merge: Option<Merge<'gc>>,
    #[collect(require_static)]
    reverse: bool,
    /// Whether `pairs` stands reversed at the moment.
    #[collect(require_static)]
    reversed: bool,
    #[collect(require_static)]
    stage: Stage,
    #[collect(require_static)]
    runs: Runs,
    /// Whether a key is being waited for.
    #[collect(require_static)]
    waiting: bool,
}

impl<'gc> NativeFrame<'gc> for Sort<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let step = self.step(ctx, input);
        match &step {
            Err(_) => {
                self.give_back(ctx);
            }
            Ok(Step::Return(_)) => {
                let untouched = self.list.borrow().capacity() == 0;
                self.give_back(ctx);
                if !untouched {
                    return Err(ctx.value_error("list modified during sort"));
                }
            }
            _ => {}
        }
        step
    }
}

impl<'gc> Sort<'gc> {
    fn step(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let answer = input.value()?;
        if std::mem::take(&mut self.waiting)
            && let Stage::Keys(done) = self.stage
        {
            self.pairs[done].key = answer;
            self.stage = Stage::Keys(done + 1);
        }
        loop {
            match self.stage {
                Stage::Keys(done) => {
                    if let Some(flow) = self.compute_keys(ctx, done)? {
                        self.waiting = true;
                        return Ok(Step::Await(flow));
                    }
                    if matches!(self.stage, Stage::Keys(_)) {
                        return Ok(Step::Yield);
                    }
                }
                Stage::Runs(from, Some(uniform)) => {
                    let end = self.pairs.len().min(from + NATIVE_RUN);
                    uniform.sort(&mut self.pairs[from..end]);
                    self.found(from, end, Some(uniform));
                    if end < self.pairs.len() {
                        return Ok(Step::Yield);
                    }
                }
                Stage::Runs(from, None) => {
                    let limit = self.pairs.len().min(from + LONG_RUN);
                    let end = self.ascend(ctx, from + 1, limit)?;
                    if end == limit && end < self.pairs.len() {
                        self.stage = Stage::Ascending(from, end);
                    } else {
                        self.end_run(ctx, from, end)?;
                    }
                }
                Stage::Ascending(from, known) => {
                    let limit = self.pairs.len().min(known + LONG_RUN);
                    let end = self.ascend(ctx, known, limit)?;
                    if end == limit && end < self.pairs.len() {
                        self.stage = Stage::Ascending(from, end);
                    } else {
                        self.end_run(ctx, from, end)?;
                    }
                    return Ok(Step::Yield);
                }
                Stage::Merging(next, uniform) => {
                    let Some(merge) = &mut self.merge else {
                        let all = next == self.pairs.len();
                        match self.runs.due(all) {
                            Some(plan) => self.merge = Some(Merge::begun(plan)),
                            None if all => return Ok(Step::Return(Value::None)),
                            None => self.stage = Stage::Runs(next, uniform),
                        }
                        continue;
                    };
                    let done = merge.step(ctx, &self.pairs, &mut self.runs, MERGE_BATCH)?;
                    if !done {
                        return Ok(Step::Yield);
                    }
                    merge.settle(&mut self.pairs, true);
                    self.merge = None;
                }
            }
        }
    }

    /// Notes the run from `from` to `end`.
    fn found(&mut self, from: usize, end: usize, uniform: Option<Uniform>) {
        self.runs.found(from, end - from);
        self.stage = Stage::Merging(end, uniform);
    }

    /// Puts the items back into the list.
    fn give_back(&mut self, ctx: Context<'gc>) {
        if let Some(mut merge) = self.merge.take() {
            merge.settle(&mut self.pairs, false);
        }
        if std::mem::take(&mut self.reversed) {
            self.pairs.reverse();
        }
        let items = self.pairs.iter().map(|pair| pair.item).collect();
        *self.list.borrow_mut(ctx) = items;
    }

    /// Computes keys until one needs the VM: that one's call.
    fn compute_keys(
        &mut self,
        ctx: Context<'gc>,
        done: usize,
    ) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
        let end = if self.key.is_none() {
            done
        } else {
            self.pairs.len().min(done + KEY_BATCH)
        };
        for at in done..end {
            self.stage = Stage::Keys(at);
            match call_flow(ctx, self.key, &[self.pairs[at].item])? {
                Flow::Return(key) => self.pairs[at].key = key,
                flow => return Ok(Some(flow)),
            }
        }
        self.stage = Stage::Keys(end);
        if self.key.is_none() || end == self.pairs.len() {
            if self.reverse {
                // Reversed before and after, the order of equal items stays.
                self.pairs.reverse();
                self.reversed = true;
            }
            self.stage = if self.pairs.is_empty() {
                Stage::Merging(0, None)
            } else {
                Stage::Runs(0, Uniform::of(&self.pairs))
            };
        }
        Ok(None)
    }

    fn less(&self, ctx: Context<'gc>, a: usize, b: usize) -> Result<bool, Raised<'gc>> {
        less(ctx, self.pairs[a].key, self.pairs[b].key)
    }

    /// Makes the run that starts at `from` and ascends up to `end` the next one,
    /// filled up by insertion where it is short.
    fn end_run(&mut self, ctx: Context<'gc>, from: usize, end: usize) -> Result<(), Raised<'gc>> {
        let sorted = self.count_run(ctx, from, end)?;
        let end = self.pairs.len().min(from + self.runs.least());
        for next in sorted..end {
            let pivot = self.pairs[next];
            let (mut low, mut high) = (from, next);
            while low < high {
                let middle = low + (high - low) / 2;
                if less(ctx, pivot.key, self.pairs[middle].key)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.pairs[low..=next].rotate_right(1);
        }
        self.found(from, end.max(sorted), None);
        Ok(())
    }

    /// The end of the run at `from`, which ascends up to `end`. A descending run
    /// (equal neighbours allowed) is turned round, equal items keeping their order.
    fn count_run(
        &mut self,
        ctx: Context<'gc>,
        from: usize,
        mut end: usize,
    ) -> Result<usize, Raised<'gc>> {
        let limit = self.pairs.len();
        if end == limit {
            return Ok(end);
        }
        if end > from + 1 {
            if self.less(ctx, from, end - 1)? {
                return Ok(end);
            }
            // All equal so far, and the next one is smaller.
            self.pairs[from..end].reverse();
        }
        end += 1;
        let mut equal = 0;
        while end < limit {
            if self.less(ctx, end, end - 1)? {
                self.turn_equals(end, &mut equal);
            } else if self.less(ctx, end - 1, end)? {
                break;
            } else {
                equal += 1;
            }
            end += 1;
        }
        self.turn_equals(end, &mut equal);
        self.pairs[from..end].reverse();
        self.ascend(ctx, end, limit)
    }

    /// Turns round the stretch of equal items that ends a descending run.
    fn turn_equals(&mut self, end: usize, equal: &mut usize) {
        if *equal > 0 {
            self.pairs[end - *equal - 1..end].reverse();
            *equal = 0;
        }
    }

    /// How far items go on not smaller than the one before.
    fn ascend(
        &mut self,
        ctx: Context<'gc>,
        mut end: usize,
        limit: usize,
    ) -> Result<usize, Raised<'gc>> {
        while end < limit && !self.less(ctx, end, end - 1)? {
            end += 1;
        }
        Ok(end)
    }
}

/// `a < b`
#[inline]
pub(super) fn less<'gc>(
    ctx: Context<'gc>,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    if let Some(answer) = compare::fast(Comparison::Less, a, b) {
        return Ok(answer);
    }
    match (a, b) {
        // No subclass, no look-up.
        (Value::Tuple(_), Value::Tuple(_)) | (Value::List(_), Value::List(_)) => {
            let answer = ctx.recurse(" in comparison", || {
                ctx.complete(sequence::compare(ctx, Comparison::Less, a, b)?)
            })?;
            ctx.truth(answer)
        }
        _ => ctx.compare(Comparison::Less, a, b),
    }
}

/// `list.sort(key=key, reverse=reverse)`; the key is None where there is none.
pub fn sort<'gc>(
    ctx: Context<'gc>,
    list: List<'gc>,
    key: Value<'gc>,
    reverse: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if key.is_none() && sort_ints(ctx, list, reverse) {
        return Ok(Flow::Return(Value::None));
    }
    let items = std::mem::take(&mut *list.borrow_mut(ctx));
    let pairs = items.iter().map(|&item| Pair { key: item, item });
    let runs = Runs::new(items.len());
    begin(
        ctx,
        Sort {
            list,
            key,
            pairs: pairs.collect(),
            merge: None,
            reverse,
            reversed: false,
            stage: Stage::Keys(0),
            runs,
            waiting: false,
        },
    )
}

/// Sorts a list of nothing but machine integers in place, unless it is long;
/// whether it did. Equal ints can't be told apart, so stability is no concern.
fn sort_ints<'gc>(ctx: Context<'gc>, list: List<'gc>, reverse: bool) -> bool {
    let mut items = list.borrow_mut(ctx);
    if items.len() > NATIVE_RUN * 4 {
        return false;
    }
    let numbers: Option<Vec<i64>> = items
        .iter()
        .map(|item| match item {
            Value::Int(n) => Some(*n),
            _ => None,
        })
        .collect();
    let Some(mut numbers) = numbers else {
        return false;
    };
    numbers.sort_unstable();
    if reverse {
        numbers.reverse();
    }
    for (place, number) in items.iter_mut().zip(numbers) {
        *place = Value::Int(number);
    }
    true
}

/// `sorted(iterable, key=key, reverse=reverse)`: a new list.
pub fn sorted_flow<'gc>(
    ctx: Context<'gc>,
    iterable: Value<'gc>,
    key: Value<'gc>,
    reverse: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let state = vec![key, Value::bool(reverse)];
    collect_then(ctx, iterable, state, |ctx, state, items| {
        let reverse = matches!(state[1], Value::Bool(Truth::True));
        sorted_list(ctx, items, state[0], reverse)
    })
}

/// A new list of `items`, sorted.
pub fn sorted_list<'gc>(
    ctx: Context<'gc>,
    items: Vec<Value<'gc>>,
    key: Value<'gc>,
    reverse: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let list = List::new(ctx, items);
    let flow = sort(ctx, list, key, reverse)?;
    and_then(ctx, flow, vec![Value::List(list)], |_, state, result| {
        result.map(|_| Flow::Return(state[0]))
    })
}
