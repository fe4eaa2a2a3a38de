//! Filling a dict from another dict, a mapping or pairs: what `dict()`,
//! `update`, `|=` and `fromkeys` share. Follows CPython's `dict_merge` and
//! `PyDict_MergeFromSeq2`.

use gc_arena::Collect;

use crate::context::Context;
use crate::protocol::{iterate, subscript};
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::list::List;
use crate::types::set_operations::Keys;
use crate::value::Value;
use crate::vm::drive::{More, Sink, drive_iterable, sequence_then};
use crate::vm::flow::{Flow, Input, NativeFrame, Step, and_then, begin};

/// How many entries are copied between two safe points.
const BATCH: usize = 4096;

/// `dict.update(source)`. The flow's result is None.
pub fn update<'gc>(
    ctx: Context<'gc>,
    dict: Dict<'gc>,
    source: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(other) = plain_dict(ctx, source) {
        return merge(ctx, dict, other);
    }
    if let Some(keys) = ctx.try_attr(source, ctx.names().keys)? {
        let keys = crate::protocol::call::call_flow(ctx, keys, &[])?;
        let state = vec![Value::Dict(dict), source];
        return and_then(ctx, keys, state, |ctx, state, keys| {
            update_from_keys(ctx, state, keys?)
        });
    }
    drive_iterable(ctx, source, Pairs { dict, index: 0 })
}

/// The dict behind a value whose entries are what its class says they are: an
/// exact one, or one of a subclass that does not override `__iter__`.
pub fn plain_dict<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Dict<'gc>> {
    if let Value::Dict(dict) = value {
        return Some(dict);
    }
    let dict = value.as_dict()?;
    match value.class(ctx).lookup(ctx, ctx.names().__iter__) {
        Some(Value::Native(iter)) if iter.owner() == Some(ctx.types().dict) => Some(dict),
        _ => None,
    }
}

/// Copies the entries of `other` into `dict`, over those that are there.
pub fn merge<'gc>(
    ctx: Context<'gc>,
    dict: Dict<'gc>,
    other: Dict<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if gc_arena::Gc::ptr_eq(dict.0, other.0) || other.is_empty() {
        return Ok(Flow::Return(Value::None));
    }
    if dict.is_empty() {
        let copy = other.borrow().compacted();
        dict.borrow_mut(ctx).replace(copy);
        return Ok(Flow::Return(Value::None));
    }
    let size = other.len();
    begin(
        ctx,
        Merge {
            dict,
            other,
            position: 0,
            size,
        },
    )
}

#[derive(Collect)]
#[collect(no_drop)]
struct Merge<'gc> {
    dict: Dict<'gc>,
    other: Dict<'gc>,
    position: usize,
    /// The size that `other` has to keep.
    size: usize,
}

impl<'gc> NativeFrame<'gc> for Merge<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        for _ in 0..BATCH {
            let table = self.other.borrow();
            let next = table.next_from(self.position).map(|(at, e)| (at, *e));
            drop(table);
            let Some((at, entry)) = next else {
                return Ok(Step::Return(Value::None));
            };
            self.position = at + 1;
            let (key, value) = (entry.key, entry.value);
            self.dict.set_hashed(ctx, entry.hash, key, value)?;
            if self.other.len() != self.size {
                return Err(ctx.runtime_error("dict mutated during update"));
            }
        }
        Ok(Step::Yield)
    }
}

/// Goes on with `state`, a dict and a mapping, once the mapping's keys are there.
fn update_from_keys<'gc>(
    ctx: Context<'gc>,
    state: Vec<Value<'gc>>,
    keys: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let message = format!(
        "{}.keys() returned a non-iterable (type {})",
        ctx.type_name(state[1]),
        ctx.type_name(keys)
    );
    sequence_then(ctx, keys, &message, state, |ctx, state, keys| {
        let Some(dict) = state[0].as_dict() else {
            return Ok(Flow::Return(Value::None));
        };
        let mapping = state[1];
        begin(
            ctx,
            FromMapping {
                dict,
                mapping,
                keys,
                position: 0,
            },
        )
    })
}

/// Takes the values of a mapping's keys, one after the other.
#[derive(Collect)]
#[collect(no_drop)]
struct FromMapping<'gc> {
    dict: Dict<'gc>,
    mapping: Value<'gc>,
    keys: Vec<Value<'gc>>,
    position: usize,
}

impl<'gc> NativeFrame<'gc> for FromMapping<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let answer = input.value()?;
        if let Input::Value(_) = input
            && let Some(key) = self.keys.get(self.position)
        {
            self.dict.set(ctx, *key, answer)?;
            self.position += 1;
        }
        for _ in 0..BATCH {
            let Some(&key) = self.keys.get(self.position) else {
                return Ok(Step::Return(Value::None));
            };
            match subscript::get(ctx, self.mapping, key)? {
                Flow::Return(value) => {
                    self.dict.set(ctx, key, value)?;
                    self.position += 1;
                }
                flow => return Ok(Step::Await(flow)),
            }
        }
        Ok(Step::Yield)
    }
}

/// Takes pairs.
#[derive(Collect)]
#[collect(no_drop)]
struct Pairs<'gc> {
    dict: Dict<'gc>,
    index: usize,
}

impl<'gc> Sink<'gc> for Pairs<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        let (length, key, value) = match item {
            Value::Tuple(tuple) => two_of(tuple.items()),
            Value::List(list) => two_of(&list.borrow()),
            item => two_of(&self.items_of(ctx, item)?),
        };
        if length != 2 {
            return Err(ctx.value_error(format!(
                "dictionary update sequence element #{} has length {length}; 2 is required",
                self.index
            )));
        }
        self.dict.set(ctx, key, value)?;
        self.index += 1;
        Ok(More::Yes)
    }

    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::None))
    }
}

impl<'gc> Pairs<'gc> {
    /// The items of an element that is neither a list nor a tuple.
    fn items_of(
        &self,
        ctx: Context<'gc>,
        item: Value<'gc>,
    ) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
        let message = "object is not iterable";
        let flow = sequence_then(ctx, item, message, vec![], |ctx, _, items| {
            Ok(Flow::Return(Value::List(List::new(ctx, items))))
        });
        match flow.and_then(|flow| ctx.complete(flow)) {
            Ok(items) => Ok(items.as_list().map_or_else(Vec::new, |l| l.to_vec())),
            Err(raised) => {
                if exceptions::matches(ctx, raised, Exc::TypeError) {
                    let note = format!(
                        "Cannot convert dictionary update sequence element #{} to a sequence",
                        self.index
                    );
                    let notes = List::new(ctx, vec![ctx.str_value(&note)]);
                    let name = ctx.names().__notes__;
                    raised.0.set_attribute(ctx, name, Value::List(notes));
                }
                Err(raised)
            }
        }
    }
}

/// How many items there are, and the first two.
fn two_of<'gc>(items: &[Value<'gc>]) -> (usize, Value<'gc>, Value<'gc>) {
    match items {
        [key, value, ..] => (items.len(), *key, *value),
        _ => (items.len(), Value::None, Value::None),
    }
}

/// `dict.fromkeys`: sets `value` for each item of `iterable` in `target`, which
/// calling the class has made. The flow's result is `target`.
pub fn fill_from_keys<'gc>(
    ctx: Context<'gc>,
    target: Value<'gc>,
    iterable: Value<'gc>,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Value::Dict(dict) = target {
        // Exact dicts and sets know the hashes of their keys.
        if let Value::Dict(_) | Value::Set(_) | Value::FrozenSet(_) = iterable
            && let Some(keys) = Keys::of(iterable)
        {
            for (hash, key) in keys.hashed() {
                dict.set_hashed(ctx, hash, key, value)?;
            }
            return Ok(Flow::Return(target));
        }
        return drive_iterable(ctx, iterable, FromKeys { dict, value });
    }
    let iterator = iterate::iter_flow(ctx, iterable)?;
    and_then(
        ctx,
        iterator,
        vec![target, value],
        |ctx, state, iterator| {
            let (target, value, iterator) = (state[0], state[1], iterator?);
            begin(
                ctx,
                SetEach {
                    target,
                    value,
                    iterator,
                },
            )
        },
    )
}

#[derive(Collect)]
#[collect(no_drop)]
struct FromKeys<'gc> {
    dict: Dict<'gc>,
    value: Value<'gc>,
}

impl<'gc> Sink<'gc> for FromKeys<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.dict.set(ctx, item, self.value)?;
        Ok(More::Yes)
    }
    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::Dict(self.dict)))
    }
}

/// Sets `value` for each item through the target's `__setitem__`.
#[derive(Collect)]
#[collect(no_drop)]
struct SetEach<'gc> {
    target: Value<'gc>,
    value: Value<'gc>,
    iterator: Value<'gc>,
}

impl<'gc> NativeFrame<'gc> for SetEach<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Raised(raised) => Err(raised),
            Input::Exhausted => Ok(Step::Return(self.target)),
            Input::Item(key) => subscript::set(ctx, self.target, key, self.value).map(Step::Await),
            Input::Start | Input::Value(_) => Ok(Step::Next(self.iterator)),
        }
    }
}
