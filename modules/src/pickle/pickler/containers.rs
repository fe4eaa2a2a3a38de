//! The items of containers, and the attributes of plain instances: written in a loop for as long as the coder can.

use capers_runtime::context::Context;
use capers_runtime::numbers::float_text;
use capers_runtime::object::Object;
use capers_runtime::table::{Entry, Table};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::list::List;
use capers_runtime::types::set::Set;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;

use super::coder::{Coder, Hook, Saved};
use super::instance;
use super::work::{BATCH, Items, Work};
use crate::pickle::opcodes as op;

/// How the work on top stands.
pub(super) enum Outcome<'gc> {
    /// It is done.
    Pop,
    /// This comes first.
    Push(Work<'gc>),
    /// This comes first, and then this value.
    PushAbove(Value<'gc>, Work<'gc>),
    /// This object comes first, which is not for the coder.
    Slow(Value<'gc>),
    /// This instance comes first, whose hook has to be asked.
    Ask(Value<'gc>, Hook),
    /// The second object comes first, which is not for the coder, then the first one.
    SlowBefore(Value<'gc>, Value<'gc>),
    /// This object comes first, then this work.
    Then(Work<'gc>, Value<'gc>),
    /// The second object comes first, then this work, then the first object.
    ThenAbove(Value<'gc>, Work<'gc>, Value<'gc>),
    /// It goes on after a safe point.
    Pause,
    /// A container is not as large as it was.
    Changed(&'static str),
    /// It is no container.
    Other,
}

/// Goes on with `work`.
pub(super) fn go_on<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    work: &mut Work<'gc>,
    steps: &mut usize,
) -> Outcome<'gc> {
    match work {
        Work::List {
            list,
            next,
            count,
            items,
        } => go_on_list(coder, ctx, *list, next, count, *items, steps),
        Work::Tuple { tuple, next } => go_on_tuple(coder, ctx, *tuple, next),
        Work::Dict {
            dict,
            next,
            size,
            count,
            items,
        } => match items {
            Items::Batches => dict_batches(
                coder,
                ctx,
                *dict,
                Batches {
                    next,
                    size: *size,
                    count,
                    steps,
                },
            ),
            _ => dict_singly(coder, ctx, *dict, next, *size, *items),
        },
        Work::Set {
            set,
            next,
            size,
            count,
        } => go_on_set(
            coder,
            ctx,
            *set,
            Batches {
                next,
                size: *size,
                count,
                steps,
            },
        ),
        Work::FrozenSet { set, next } => go_on_frozenset(coder, ctx, *set, next),
        Work::Attributes { object, next, size } => attributes(coder, ctx, *object, next, *size),
        Work::Slots { object, next, size } => slots(coder, ctx, *object, next, *size),
        _ => Outcome::Other,
    }
}

/// Begins another batch; whether it is time for a safe point.
fn end_batch(count: &mut u16, steps: &mut usize) -> bool {
    *steps = steps.saturating_sub(*count as usize);
    *count = 0;
    *steps == 0
}

/// Whether a long walk without batches is due for a safe point.
fn is_due(next: u32) -> bool {
    next.is_multiple_of(super::dump::STEPS as u32)
}

fn entered<'gc>(saved: Saved<'gc>, value: Value<'gc>) -> Option<Outcome<'gc>> {
    match saved {
        Saved::Done => None,
        Saved::Enter(work) => Some(Outcome::Push(work)),
        Saved::Then(work, first) => Some(Outcome::Then(work, first)),
        Saved::Slow => Some(Outcome::Slow(value)),
        Saved::Ask(hook) => Some(Outcome::Ask(value, hook)),
    }
}

/// Writes a key and its value.
#[inline]
fn entry<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    key: Value<'gc>,
    value: Value<'gc>,
) -> Option<Outcome<'gc>> {
    match coder.save(ctx, key) {
        Saved::Done => {}
        Saved::Enter(work) => return Some(Outcome::PushAbove(value, work)),
        Saved::Then(work, first) => return Some(Outcome::ThenAbove(value, work, first)),
        Saved::Slow | Saved::Ask(_) => return Some(Outcome::SlowBefore(value, key)),
    }
    entered(coder.save(ctx, value), value)
}

fn go_on_list<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    list: List<'gc>,
    next: &mut u32,
    count: &mut u16,
    items: Items,
    steps: &mut usize,
) -> Outcome<'gc> {
    let list = list.borrow();
    loop {
        if items == Items::Batches {
            let ended = *next as usize >= list.len();
            if ended || *count == BATCH {
                coder.out.op(op::APPENDS);
                if ended {
                    return Outcome::Pop;
                }
                coder.out.op(op::MARK);
                if end_batch(count, steps) {
                    return Outcome::Pause;
                }
            }
        } else if *next > 0 {
            coder.out.op(op::APPEND);
            if items == Items::Single {
                return Outcome::Pop;
            }
        }
        if items == Items::Batches {
            let end = list.len().min(*next as usize + (BATCH - *count) as usize);
            let written = numbers(coder, list.get(*next as usize..end).unwrap_or_default());
            *next += written as u32;
            *count += written as u16;
            if *next as usize == end {
                continue;
            }
        }
        let Some(&item) = list.get(*next as usize) else {
            return Outcome::Pop;
        };
        *next += 1;
        *count = count.saturating_add(1);
        if let Some(outcome) = entered(coder.save(ctx, item), item) {
            return outcome;
        }
        if items == Items::Each {
            *count = 0;
            if is_due(*next) {
                return Outcome::Pause;
            }
        }
    }
}

/// Writes the ints and floats that these begin with, as far as the frame lasts; gives how many.
#[inline]
fn numbers(coder: &mut Coder<'_>, values: &[Value<'_>]) -> usize {
    let mut written = 0;
    for value in values {
        if coder.out.is_full_or_watched() {
            break;
        }
        match *value {
            Value::Int(n) => coder.out.int(n),
            Value::Float(x) | Value::ReadFloat(x) => coder.out.float(x.get(), float_text::repr),
            _ => break,
        }
        written += 1;
    }
    written
}

fn go_on_tuple<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    tuple: Tuple<'gc>,
    next: &mut u32,
) -> Outcome<'gc> {
    let items = tuple.items();
    while let Some(&item) = items.get(*next as usize) {
        *next += 1;
        if let Some(outcome) = entered(coder.save(ctx, item), item) {
            return outcome;
        }
        if is_due(*next) {
            return Outcome::Pause;
        }
    }
    end_tuple(coder, tuple);
    Outcome::Pop
}

/// Makes the tuple of what was pushed; a tuple that its own items have made already replaces them.
pub(super) fn end_tuple<'gc>(coder: &mut Coder<'gc>, tuple: Tuple<'gc>) {
    let value = Value::Tuple(tuple);
    let count = tuple.len();
    let short = coder.protocol >= 2 && count <= 3;
    let known = match coder.fast {
        true => coder.memo.find(value).ok_or(None),
        false => coder.memo.find_or_put(value).map_err(Some),
    };
    match known {
        Ok(number) => {
            match (short, coder.binary) {
                (true, _) => (0..count).for_each(|_| coder.out.op(op::POP)),
                (false, true) => coder.out.op(op::POP_MARK),
                (false, false) => (0..=count).for_each(|_| coder.out.op(op::POP)),
            }
            coder.out.get(number);
        }
        Err(number) => {
            coder.out.op(match (short, count) {
                (true, 1) => op::TUPLE1,
                (true, 2) => op::TUPLE2,
                (true, _) => op::TUPLE3,
                (false, _) => op::TUPLE,
            });
            if let Some(number) = number {
                coder.out.put(number);
            }
        }
    }
}

/// How far the batches of a dict or set have come.
struct Batches<'a> {
    /// Where in the table the next entry is looked for.
    next: &'a mut u32,
    /// The size that the table must keep.
    size: u32,
    /// How many entries the batch has.
    count: &'a mut u16,
    steps: &'a mut usize,
}

/// Writes the entries of a dict or set in batches, each entry by `save`. Follows CPython in that
/// a table whose size is a multiple of the batch's ends in an empty batch.
fn table_batches<'gc, V: Copy + Default>(
    coder: &mut Coder<'gc>,
    table: &Table<'gc, V>,
    (end, kind): (u8, &'static str),
    at: Batches<'_>,
    save: impl Fn(&mut Coder<'gc>, &Entry<'gc, V>) -> Option<Outcome<'gc>>,
) -> Outcome<'gc> {
    loop {
        let found = match *at.count {
            BATCH => None,
            _ => table.next_from(*at.next as usize),
        };
        let Some((position, found)) = found else {
            coder.out.op(end);
            if table.len() != at.size as usize {
                return Outcome::Changed(kind);
            }
            if *at.count != BATCH {
                return Outcome::Pop;
            }
            coder.out.op(op::MARK);
            if end_batch(at.count, at.steps) {
                return Outcome::Pause;
            }
            continue;
        };
        *at.next = position as u32 + 1;
        *at.count += 1;
        if let Some(outcome) = save(coder, found) {
            return outcome;
        }
    }
}

fn dict_batches<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    dict: Dict<'gc>,
    at: Batches<'_>,
) -> Outcome<'gc> {
    let kind = (op::SETITEMS, "dictionary");
    table_batches(coder, &dict.borrow(), kind, at, |coder, found| {
        entry(coder, ctx, found.key, found.value)
    })
}

/// A dict of one entry, or one at protocol 0.
fn dict_singly<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    dict: Dict<'gc>,
    next: &mut u32,
    size: u32,
    items: Items,
) -> Outcome<'gc> {
    let table = dict.borrow();
    loop {
        if *next > 0 {
            coder.out.op(op::SETITEM);
            if items == Items::Single {
                return Outcome::Pop;
            }
        }
        if table.len() != size as usize {
            return Outcome::Changed("dictionary");
        }
        let Some((position, found)) = table.next_from(*next as usize) else {
            return Outcome::Pop;
        };
        *next = position as u32 + 1;
        if let Some(outcome) = entry(coder, ctx, found.key, found.value) {
            return outcome;
        }
        if is_due(*next) {
            return Outcome::Pause;
        }
    }
}

fn go_on_set<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    set: Set<'gc>,
    at: Batches<'_>,
) -> Outcome<'gc> {
    let kind = (op::ADDITEMS, "set");
    table_batches(coder, &set.borrow(), kind, at, |coder, found| {
        entered(coder.save(ctx, found.key), found.key)
    })
}

fn go_on_frozenset<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    set: Set<'gc>,
    next: &mut u32,
) -> Outcome<'gc> {
    let table = set.borrow();
    while let Some((position, found)) = table.next_from(*next as usize) {
        *next = position as u32 + 1;
        if let Some(outcome) = entered(coder.save(ctx, found.key), found.key) {
            return outcome;
        }
        if is_due(*next) {
            return Outcome::Pause;
        }
    }
    let value = Value::FrozenSet(set);
    match coder.memo.find(value) {
        Some(number) => {
            coder.out.op(op::POP_MARK);
            coder.out.get(number);
        }
        None => {
            coder.out.op(op::FROZENSET);
            coder.memoize(value);
        }
    }
    Outcome::Pop
}

fn attributes<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    object: Object<'gc>,
    next: &mut u32,
    size: u32,
) -> Outcome<'gc> {
    loop {
        if size == 1 && *next > 0 {
            break coder.out.ops([op::SETITEM, op::BUILD]);
        }
        let found = match (object.shape(), object.existing_dict()) {
            (Some(shape), _) => shape.name_at(*next as usize).map(|name| {
                let place = shape.first_index() + *next as usize;
                (*next, Value::Str(name), object.value_at(place))
            }),
            (None, Some(dict)) => {
                let table = dict.borrow();
                let found = table.next_from(*next as usize);
                found.map(|(position, e)| (position as u32, e.key, e.value))
            }
            (None, None) => None,
        };
        let Some((position, name, value)) = found else {
            coder.out.op(op::SETITEMS);
            if instance::attribute_count(object) != Some(size as usize) {
                return Outcome::Changed("dictionary");
            }
            break coder.out.op(op::BUILD);
        };
        *next = position + 1;
        if let Some(outcome) = entry(coder, ctx, name, value) {
            return outcome;
        }
    }
    Outcome::Pop
}

fn slots<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    object: Object<'gc>,
    next: &mut u32,
    size: u32,
) -> Outcome<'gc> {
    let plan = object.class().known_plan();
    let names = instance::slot_name_list(ctx, object);
    while let (Some(plan), Some(names)) = (&plan, names) {
        let place = plan.slots.get(*next as usize);
        let (Some(&place), Some(name)) = (place, names.get(*next as usize)) else {
            break;
        };
        *next += 1;
        let value = object.value_at(place);
        if !value.is_absent()
            && let Some(outcome) = entry(coder, ctx, name, value)
        {
            return outcome;
        }
    }
    let set = if size > 1 { op::SETITEMS } else { op::SETITEM };
    coder.out.ops([set, op::TUPLE2]);
    let number = coder.memo.put_nothing();
    coder.out.put(number);
    coder.out.op(op::BUILD);
    Outcome::Pop
}
