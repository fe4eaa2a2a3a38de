//! `islice`

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::new;
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing::is_index;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::machine::{Ask, Turn, advance, pull};
use super::{FlowAnswer, class_of, with_iterator};

/// The struct behind it.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Islice<'gc> {
    /// Absent once exhausted.
    source: Gc<'gc, Lock<Value<'gc>>>,
    /// The position of the next item wanted.
    next: Cell<i64>,
    /// None for no bound.
    stop: Option<i64>,
    step: i64,
    /// How many items the source has given.
    count: Cell<i64>,
}

impl NativeData for Islice<'static> {
    type Data<'gc> = Islice<'gc>;
}

/// `itertools.islice`
pub static ISLICE: TypeDef = TypeDef {
    name: "islice",
    repeats: &["__getattribute__"],
    module: "itertools",
    doc: "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as another value, step determines how many values are\nskipped between successive calls.  Works like a slice() on a list\nbut returns an iterator.",
    methods: &[
        new("__new__($type, *args, **kwargs)", FlowCall(islice_new)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, islice_turn)),
    ..TypeDef::DEFAULT
};

/// A bound as a number: -1 where it is no index or too large, none for None.
fn bound<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Option<i64>, Raised<'gc>> {
    if value.is_none() {
        return Ok(None);
    }
    let number = match is_index(ctx, value) {
        true => ctx.index(value)?.as_small_int(),
        false => None,
    };
    Ok(Some(number.unwrap_or(-1)))
}

fn islice_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    const INDICES: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    const STOP: &str =
        "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    const STEP: &str = "Step for islice() must be a positive integer or None.";
    let class = class_of(ctx, args[0]);
    if class == ctx.type_of_def(&ISLICE) && args[2].as_dict().is_some_and(|d| !d.is_empty()) {
        return Err(ctx.type_error("islice() takes no keyword arguments"));
    }
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let none = Value::None;
    let (iterable, start, stop, step) = match *given {
        [iterable, stop] => (iterable, none, stop, none),
        [iterable, start, stop] => (iterable, start, stop, none),
        [iterable, start, stop, step] => (iterable, start, stop, step),
        _ => {
            let few = given.len() < 2;
            return Err(ctx.type_error(format!(
                "islice expected at {} arguments, got {}",
                if few { "least 2" } else { "most 4" },
                given.len()
            )));
        }
    };
    let (start, stop) = (bound(ctx, start)?, bound(ctx, stop)?);
    if stop == Some(-1) {
        return Err(ctx.value_error(STOP));
    }
    if start.is_some_and(|n| n < 0) || stop.is_some_and(|n| n < 0) {
        return Err(ctx.value_error(INDICES));
    }
    let step = bound(ctx, step)?;
    if step.is_some_and(|n| n < 1) {
        return Err(ctx.value_error(STEP));
    }
    let state = vec![
        Value::Type(class),
        Value::Int(start.unwrap_or(0)),
        stop.map_or(Value::None, Value::Int),
        Value::Int(step.unwrap_or(1)),
    ];
    with_iterator(ctx, iterable, state, |ctx, state, iterator| {
        let number = |at: usize| state.get(at).and_then(|v| v.as_small_int());
        let data = Islice {
            source: Gc::new(ctx.mc, Lock::new(iterator?)),
            next: Cell::new(number(1).unwrap_or(0)),
            stop: number(2),
            step: number(3).unwrap_or(1),
            count: Cell::new(0),
        };
        let class = class_of(ctx, state[0]);
        let made = Object::with_native::<Islice<'static>>(ctx, class, data);
        Ok(Flow::Return(Value::Object(made)))
    })
}

const SKIPPED: u8 = 1;
const WANTED: u8 = 2;

fn islice_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(walk) = value.native::<Islice<'static>>() else {
        return Ok(Ask::Stop);
    };
    let source = walk.source.get();
    if source.is_absent() {
        return Ok(Ask::Stop);
    }
    let count = walk.count.get();
    match (turn.tag, turn.got) {
        (SKIPPED, Some(_)) => walk.count.set(count + 1),
        (WANTED, Some(item)) => {
            walk.count.set(count + 1);
            let next = walk.next.get().checked_add(walk.step);
            let beyond = next.is_none_or(|next| walk.stop.is_some_and(|stop| next > stop));
            walk.next.set(match (next, beyond) {
                (Some(next), false) => next,
                _ => walk.stop.unwrap_or(i64::MAX),
            });
            return Ok(Ask::Give(item));
        }
        (SKIPPED | WANTED, None) => {
            walk.source.set(ctx.mc, Value::Absent);
            return Ok(Ask::Stop);
        }
        _ => {}
    }
    let count = walk.count.get();
    if count < walk.next.get() {
        return pull(source, SKIPPED);
    }
    if walk.stop.is_some_and(|stop| count >= stop) {
        walk.source.set(ctx.mc, Value::Absent);
        return Ok(Ask::Stop);
    }
    pull(source, WANTED)
}
