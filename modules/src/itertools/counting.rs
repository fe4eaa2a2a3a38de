//! `count`, `cycle` and `repeat`.

use std::cell::Cell;

use capers_runtime::bytecode::BinaryOperator;
use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::{operator, slicing};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, LENGTH_HINT_DOC, NEXT};
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Next};
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::machine::{Ask, Turn, advance, pull};
use super::{Answer, FlowAnswer, class_of, with_iterator};

/// The struct behind `count`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Count<'gc> {
    next: Gc<'gc, Lock<Value<'gc>>>,
    step: Value<'gc>,
}

impl NativeData for Count<'static> {
    type Data<'gc> = Count<'gc>;
}

/// `itertools.count`
pub static COUNT: TypeDef = TypeDef {
    name: "count",
    repeats: &["__getattribute__"],
    signature: "(start=0, step=1)",
    module: "itertools",
    doc: "Return a count object whose .__next__() method returns consecutive values.\n\nEquivalent to:\n    def count(firstval=0, step=1):\n        x = firstval\n        while 1:\n            yield x\n            x += step",
    methods: &[
        new("__new__($type, /, start=0, step=1)", Plain(count_new)),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(count_repr),
        ),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, count_turn)),
    ..TypeDef::DEFAULT
};

fn this_count<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Count<'gc>, Raised<'gc>> {
    value
        .native::<Count<'static>>()
        .ok_or_else(|| ctx.type_error("a count object is required"))
}

/// Whether CPython's `PyNumber_Check` takes it for a number.
fn is_number<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let names = ctx.names();
    let class = value.class(ctx);
    matches!(value.builtin(), Value::Complex(_))
        || [
            names.__index__,
            names.__int__,
            names.__float__,
            names.__complex__,
        ]
        .into_iter()
        .any(|name| class.lookup(ctx, name).is_some())
}

fn count_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (start, step) = (args[1].or(Value::Int(0)), args[2].or(Value::Int(1)));
    if !is_number(ctx, start) || !is_number(ctx, step) {
        return Err(ctx.type_error("a number is required"));
    }
    // Counting by one is done with plain ints, whatever subclass the start is of.
    let start = match (start.is_int(), step.as_small_int()) {
        (true, Some(1)) => ctx.index(start)?,
        _ => start,
    };
    let data = Count {
        next: Gc::new(ctx.mc, Lock::new(start)),
        step,
    };
    Ok(Value::Object(Object::with_native::<Count<'static>>(
        ctx,
        class_of(ctx, args[0]),
        data,
    )))
}

fn count_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let count = this_count(ctx, value)?;
    if let Some(next) = turn.got {
        count.next.set(ctx.mc, next);
        return Ok(Ask::Give(turn.kept));
    }
    let present = count.next.get();
    Ok(Ask::Run {
        flow: operator::binary(ctx, BinaryOperator::Add, present, count.step)?,
        tag: 1,
        kept: present,
    })
}

fn count_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let count = this_count(ctx, args[0])?;
    let name = args[0].class(ctx).name();
    let mut text = [name.bytes(), b"("].concat();
    text.extend_from_slice(ctx.repr(count.next.get())?.bytes());
    if !matches!(count.step, Value::Int(1)) {
        text.extend_from_slice(b", ");
        text.extend_from_slice(ctx.repr(count.step)?.bytes());
    }
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}

/// The struct behind `cycle`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Cycle<'gc> {
    /// Absent once exhausted.
    source: Gc<'gc, Lock<Value<'gc>>>,
    saved: List<'gc>,
    position: Cell<usize>,
}

impl NativeData for Cycle<'static> {
    type Data<'gc> = Cycle<'gc>;
}

/// `itertools.cycle`
pub static CYCLE: TypeDef = TypeDef {
    name: "cycle",
    repeats: &["__getattribute__"],
    signature: "(iterable, /)",
    module: "itertools",
    doc: "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.",
    methods: &[
        new("__new__($type, iterable, /)", FlowCall(cycle_new)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, cycle_turn)),
    ..TypeDef::DEFAULT
};

fn cycle_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    with_iterator(ctx, args[1], vec![args[0]], |ctx, state, iterator| {
        let data = Cycle {
            source: Gc::new(ctx.mc, Lock::new(iterator?)),
            saved: List::new(ctx, Vec::new()),
            position: Cell::new(0),
        };
        let class = class_of(ctx, state[0]);
        let made = Object::with_native::<Cycle<'static>>(ctx, class, data);
        Ok(Flow::Return(Value::Object(made)))
    })
}

fn cycle_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(cycle) = value.native::<Cycle<'static>>() else {
        return Ok(Ask::Stop);
    };
    if let Some(item) = turn.got {
        cycle.saved.borrow_mut(ctx).push(item);
        return Ok(Ask::Give(item));
    }
    match cycle.source.get() {
        Value::Absent => {}
        source if turn.tag == 0 => return pull(source, 1),
        _ => cycle.source.set(ctx.mc, Value::Absent),
    }
    let position = cycle.position.get();
    let Some(item) = cycle.saved.get(position) else {
        return Ok(Ask::Stop);
    };
    cycle
        .position
        .set((position + 1) % cycle.saved.len().max(1));
    Ok(Ask::Give(item))
}

/// The struct behind `repeat`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Repeat<'gc> {
    object: Value<'gc>,
    /// How often it is still to be given; none for endlessly.
    times: Cell<Option<i64>>,
}

impl NativeData for Repeat<'static> {
    type Data<'gc> = Repeat<'gc>;
}

/// `itertools.repeat`
pub static REPEAT: TypeDef = TypeDef {
    name: "repeat",
    module: "itertools",
    doc: "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly.",
    methods: &[
        new(
            "__new__($type, /, object, times=<unrepresentable>)",
            Plain(repeat_new),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(repeat_repr),
        ),
        ITER,
        NEXT,
        method(
            "__length_hint__($self, /)",
            LENGTH_HINT_DOC,
            Plain(|ctx, args| match this_repeat(ctx, args[0])?.times.get() {
                Some(times) => Ok(Value::Int(times)),
                None => Err(ctx.type_error("len() of unsized object")),
            }),
        ),
    ],
    next: Some(repeat_next),
    ..TypeDef::DEFAULT
};

fn this_repeat<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Repeat<'gc>, Raised<'gc>> {
    value
        .native::<Repeat<'static>>()
        .ok_or_else(|| ctx.type_error("a repeat object is required"))
}

fn repeat_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let times = match args[2] {
        Value::Absent => None,
        times => Some(slicing::size_argument(ctx, times)?.max(0)),
    };
    let data = Repeat {
        object: args[1],
        times: Cell::new(times),
    };
    Ok(Value::Object(Object::with_native::<Repeat<'static>>(
        ctx,
        class_of(ctx, args[0]),
        data,
    )))
}

fn repeat_next<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let repeat = this_repeat(ctx, value)?;
    match repeat.times.get() {
        Some(0) => return Ok(Next::Exhausted),
        Some(times) => repeat.times.set(Some(times - 1)),
        None => {}
    }
    Ok(Next::Item(repeat.object))
}

fn repeat_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let repeat = this_repeat(ctx, args[0])?;
    let name = args[0].class(ctx).name();
    let mut text = [name.bytes(), b"("].concat();
    text.extend_from_slice(ctx.repr(repeat.object)?.bytes());
    if let Some(times) = repeat.times.get() {
        text.extend_from_slice(format!(", {times}").as_bytes());
    }
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}
