//! The algebra of sets: each operation once, in place, over any iterable. What
//! other sets and dicts hold comes with its hashes and is not hashed again.

use crate::immediate::Truth;
use gc_arena::Collect;

use crate::context::Context;
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::set::Set;
use crate::value::Value;
use crate::vm::drive::{More, Sink, drive_iterable};
use crate::vm::flow::{Flow, Input, NativeFrame, Step, and_then, begin};

/// How many elements are looked at between two safe points.
const BATCH: usize = 4096;

/// An operation on a set and an iterable.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Algebra {
    /// Adds the other's elements.
    Union,
    /// Removes them.
    Difference,
    /// Keeps only those that are in the other too.
    Intersection,
    /// Adds those that are not there and removes those that are.
    Symmetric,
}

/// Something whose elements are known with their hashes.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Keys<'gc> {
    /// A set or frozenset, or an instance of a subclass.
    Set(Set<'gc>),
    /// An exact dict.
    Dict(Dict<'gc>),
}

/// An element and its hash.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
struct Element<'gc> {
    hash: i64,
    key: Value<'gc>,
}

impl<'gc> Keys<'gc> {
    /// What `value` is, if it is of that kind.
    pub fn of(value: Value<'gc>) -> Option<Self> {
        if let Value::Dict(dict) = value {
            return Some(Keys::Dict(dict));
        }
        value.as_any_set().map(Keys::Set)
    }

    /// How many elements.
    pub fn len(self) -> usize {
        match self {
            Keys::Set(set) => set.len(),
            Keys::Dict(dict) => dict.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The elements with their hashes.
    pub fn hashed(self) -> Vec<(i64, Value<'gc>)> {
        let elements = self.elements().into_iter();
        elements.map(|e| (e.hash, e.key)).collect()
    }

    fn elements(self) -> Vec<Element<'gc>> {
        let element = |hash, key| Element { hash, key };
        match self {
            Keys::Set(set) => set
                .borrow()
                .iter()
                .map(|e| element(e.hash, e.key))
                .collect(),
            Keys::Dict(dict) => dict
                .borrow()
                .iter()
                .map(|e| element(e.hash, e.key))
                .collect(),
        }
    }

    fn contains(self, ctx: Context<'gc>, hash: i64, key: Value<'gc>) -> Result<bool, Raised<'gc>> {
        match self {
            Keys::Set(set) => set.contains_hashed(ctx, hash, key),
            Keys::Dict(dict) => Ok(dict.find(ctx, hash, key)?.is_some()),
        }
    }
}

/// Applies an element of the other side. `kept` gets what an intersection keeps.
fn apply<'gc>(
    ctx: Context<'gc>,
    operation: Algebra,
    target: Set<'gc>,
    kept: Set<'gc>,
    Element { hash, key }: Element<'gc>,
) -> Result<(), Raised<'gc>> {
    match operation {
        Algebra::Union => {
            target.add_hashed(ctx, hash, key)?;
        }
        Algebra::Difference => {
            target.remove_hashed(ctx, hash, key)?;
        }
        Algebra::Intersection => {
            if target.contains_hashed(ctx, hash, key)? {
                kept.add_hashed(ctx, hash, key)?;
            }
        }
        Algebra::Symmetric => {
            if !target.remove_hashed(ctx, hash, key)? {
                target.add_hashed(ctx, hash, key)?;
            }
        }
    }
    Ok(())
}

/// Applies elements that are known with their hashes.
#[derive(Collect)]
#[collect(no_drop)]
struct Walk<'gc> {
    #[collect(require_static)]
    operation: Algebra,
    target: Set<'gc>,
    kept: Set<'gc>,
    elements: Vec<Element<'gc>>,
    position: usize,
}

impl<'gc> NativeFrame<'gc> for Walk<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        for _ in 0..BATCH {
            let Some(&element) = self.elements.get(self.position) else {
                if self.operation == Algebra::Intersection {
                    self.target.take_over(ctx, self.kept);
                }
                return Ok(Step::Return(Value::None));
            };
            self.position += 1;
            apply(ctx, self.operation, self.target, self.kept, element)?;
        }
        Ok(Step::Yield)
    }
}

/// Keeps the target's own elements that are in `other` (or are not).
#[derive(Collect)]
#[collect(no_drop)]
struct Filter<'gc> {
    target: Set<'gc>,
    kept: Set<'gc>,
    other: Keys<'gc>,
    elements: Vec<Element<'gc>>,
    position: usize,
    keep_if_there: bool,
}

impl<'gc> NativeFrame<'gc> for Filter<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        for _ in 0..BATCH {
            let Some(&Element { hash, key }) = self.elements.get(self.position) else {
                self.target.take_over(ctx, self.kept);
                return Ok(Step::Return(Value::None));
            };
            self.position += 1;
            if self.other.contains(ctx, hash, key)? == self.keep_if_there {
                self.kept.add_hashed(ctx, hash, key)?;
            }
        }
        Ok(Step::Yield)
    }
}

/// Applies what an iterator gives.
#[derive(Collect)]
#[collect(no_drop)]
struct Pour<'gc> {
    #[collect(require_static)]
    operation: Algebra,
    target: Set<'gc>,
    kept: Set<'gc>,
}

impl<'gc> Sink<'gc> for Pour<'gc> {
    fn item(&mut self, ctx: Context<'gc>, key: Value<'gc>) -> Result<More, Raised<'gc>> {
        let hash = if self.operation == Algebra::Intersection {
            ctx.hash(key)?
        } else {
            ctx.hash_element(key)?
        };
        let element = Element { hash, key };
        apply(ctx, self.operation, self.target, self.kept, element)?;
        Ok(More::Yes)
    }

    fn finish(&mut self, ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        if self.operation == Algebra::Intersection {
            self.target.take_over(ctx, self.kept);
        }
        Ok(Flow::Return(Value::None))
    }
}

/// `target operation= other`, for any iterable. The flow's result is None.
pub fn in_place<'gc>(
    ctx: Context<'gc>,
    operation: Algebra,
    target: Set<'gc>,
    other: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let kept = Set::new(ctx);
    let Some(keys) = Keys::of(other) else {
        if operation == Algebra::Symmetric {
            // What comes twice counts once.
            let state = vec![Value::Set(target), Value::Set(kept)];
            let flow = in_place(ctx, Algebra::Union, kept, other)?;
            return and_then(ctx, flow, state, |ctx, state, done| {
                done?;
                match state[0] {
                    Value::Set(target) => in_place(ctx, Algebra::Symmetric, target, state[1]),
                    _ => Ok(Flow::Return(Value::None)),
                }
            });
        }
        let pour = Pour {
            operation,
            target,
            kept,
        };
        return drive_iterable(ctx, other, pour);
    };
    if operation == Algebra::Union && target.is_empty() && matches!(keys, Keys::Set(_)) {
        if let Keys::Set(set) = keys {
            target.take_over(ctx, set.copy(ctx));
        }
        return Ok(Flow::Return(Value::None));
    }
    let filters = match operation {
        Algebra::Difference => keys.len() > target.len(),
        Algebra::Intersection => keys.len() > target.len() && matches!(keys, Keys::Set(_)),
        _ => false,
    };
    if filters {
        let filter = Filter {
            target,
            kept,
            other: keys,
            elements: Keys::Set(target).elements(),
            position: 0,
            keep_if_there: operation == Algebra::Intersection,
        };
        return begin(ctx, filter);
    }
    begin(
        ctx,
        Walk {
            operation,
            target,
            kept,
            elements: keys.elements(),
            position: 0,
        },
    )
}

/// One operation with several iterables, one after the other.
#[derive(Collect)]
#[collect(no_drop)]
struct Chain<'gc> {
    #[collect(require_static)]
    operation: Algebra,
    target: Set<'gc>,
    others: Vec<Value<'gc>>,
    position: usize,
}

impl<'gc> NativeFrame<'gc> for Chain<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        input.value()?;
        while let Some(&other) = self.others.get(self.position) {
            self.position += 1;
            match in_place(ctx, self.operation, self.target, other)? {
                Flow::Return(_) => {}
                flow => return Ok(Step::Await(flow)),
            }
        }
        Ok(Step::Return(Value::None))
    }
}

/// `target operation= other` for each of `others`. The flow's result is None.
pub fn in_place_all<'gc>(
    ctx: Context<'gc>,
    operation: Algebra,
    target: Set<'gc>,
    others: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let [other] = others {
        return in_place(ctx, operation, target, *other);
    }
    let others = others.to_vec();
    begin(
        ctx,
        Chain {
            operation,
            target,
            others,
            position: 0,
        },
    )
}

/// The same on a copy, which is the flow's result: a frozenset if `frozen`.
pub fn with_all<'gc>(
    ctx: Context<'gc>,
    operation: Algebra,
    set: Set<'gc>,
    others: &[Value<'gc>],
    frozen: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if operation == Algebra::Symmetric
        && let [other] = others
    {
        // As in CPython, the other's elements come first.
        let first = Set::new(ctx);
        let state = vec![Value::Set(first), Value::Set(set), Value::bool(frozen)];
        let flow = in_place(ctx, Algebra::Union, first, *other)?;
        return and_then(ctx, flow, state, |ctx, state, done| {
            done?;
            let Value::Set(first) = state[0] else {
                return Ok(Flow::Return(Value::None));
            };
            let flow = in_place(ctx, Algebra::Symmetric, first, state[1])?;
            and_then(ctx, flow, vec![state[0], state[2]], finish)
        });
    }
    let copy = set.copy(ctx);
    let flow = in_place_all(ctx, operation, copy, others)?;
    let state = vec![Value::Set(copy), Value::bool(frozen)];
    and_then(ctx, flow, state, finish)
}

/// The set `state[0]`, frozen if `state[1]`.
fn finish<'gc>(
    _ctx: Context<'gc>,
    state: Vec<Value<'gc>>,
    done: Result<Value<'gc>, Raised<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    done?;
    Ok(Flow::Return(match (state[0], state[1]) {
        (Value::Set(set), Value::Bool(Truth::True)) => Value::FrozenSet(set),
        (set, _) => set,
    }))
}

/// `intersection_update`: the set changes only once all is done.
pub fn intersect_at_once<'gc>(
    ctx: Context<'gc>,
    set: Set<'gc>,
    others: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let flow = with_all(ctx, Algebra::Intersection, set, others, false)?;
    and_then(ctx, flow, vec![Value::Set(set)], |ctx, state, result| {
        if let (Value::Set(set), Value::Set(result)) = (state[0], result?) {
            set.take_over(ctx, result);
        }
        Ok(Flow::Return(Value::None))
    })
}

/// Whether all elements of `a` are in `b`.
pub fn is_subset<'gc>(ctx: Context<'gc>, a: Keys<'gc>, b: Keys<'gc>) -> Result<bool, Raised<'gc>> {
    if a.len() > b.len() {
        return Ok(false);
    }
    for Element { hash, key } in a.elements() {
        if !b.contains(ctx, hash, key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What is asked about the items of an iterable.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Question {
    /// Whether none is in the set.
    Disjoint,
    /// Whether all are.
    Superset,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Ask<'gc> {
    set: Set<'gc>,
    #[collect(require_static)]
    question: Question,
    answer: bool,
}

impl<'gc> Sink<'gc> for Ask<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        let hash = ctx.hash_element(item)?;
        let there = self.set.contains_hashed(ctx, hash, item)?;
        self.answer = there == (self.question == Question::Superset);
        Ok(if self.answer { More::Yes } else { More::No })
    }
    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::bool(self.answer)))
    }
}

/// Asks about the items of any iterable. The flow's result is a bool.
pub fn ask<'gc>(
    ctx: Context<'gc>,
    question: Question,
    set: Set<'gc>,
    iterable: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match (question, iterable.as_any_set()) {
        (Question::Superset, Some(other)) => {
            let answer = is_subset(ctx, Keys::Set(other), Keys::Set(set))?;
            Ok(Flow::Return(Value::bool(answer)))
        }
        (Question::Disjoint, Some(other)) => {
            let (small, large) = if other.len() > set.len() {
                (set, other)
            } else {
                (other, set)
            };
            for Element { hash, key } in Keys::Set(small).elements() {
                if large.contains_hashed(ctx, hash, key)? {
                    return Ok(Flow::Return(Value::bool(false)));
                }
            }
            Ok(Flow::Return(Value::bool(true)))
        }
        (question, None) => {
            let ask = Ask {
                set,
                question,
                answer: true,
            };
            drive_iterable(ctx, iterable, ask)
        }
    }
}
