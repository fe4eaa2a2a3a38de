//! `accumulate` and `pairwise`.

use capers_runtime::bytecode::BinaryOperator;
use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::new;
use capers_runtime::object::Object;
use capers_runtime::protocol::operator;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::machine::{Ask, Turn, advance, pull};
use super::{FlowAnswer, class_of, with_iterator};

/// The struct behind `accumulate`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Accumulate<'gc> {
    source: Value<'gc>,
    function: Value<'gc>,
    /// The initial value, None once it has been given.
    initial: Gc<'gc, Lock<Value<'gc>>>,
    /// Absent before the first item.
    total: Gc<'gc, Lock<Value<'gc>>>,
}

impl NativeData for Accumulate<'static> {
    type Data<'gc> = Accumulate<'gc>;
}

/// `itertools.accumulate`
pub static ACCUMULATE: TypeDef = TypeDef {
    name: "accumulate",
    module: "itertools",
    doc: "Return series of accumulated sums (or other binary function results).",
    methods: &[
        new(
            "__new__($type, /, iterable, func=None, *, initial=None)",
            FlowCall(accumulate_new),
        ),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, accumulate_turn)),
    ..TypeDef::DEFAULT
};

fn accumulate_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let state = vec![args[0], args[2].or(Value::None), args[3].or(Value::None)];
    with_iterator(ctx, args[1], state, |ctx, state, iterator| {
        let data = Accumulate {
            source: iterator?,
            function: state[1],
            initial: Gc::new(ctx.mc, Lock::new(state[2])),
            total: Gc::new(ctx.mc, Lock::new(Value::Absent)),
        };
        let class = class_of(ctx, state[0]);
        let made = Object::with_native::<Accumulate<'static>>(ctx, class, data);
        Ok(Flow::Return(Value::Object(made)))
    })
}

fn accumulate_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(walk) = value.native::<Accumulate<'static>>() else {
        return Ok(Ask::Stop);
    };
    let total = match (turn.tag, turn.got) {
        (0, _) => match walk.initial.get() {
            Value::None => return pull(walk.source, 1),
            initial => {
                walk.initial.set(ctx.mc, Value::None);
                initial
            }
        },
        (1, Some(item)) => match walk.total.get() {
            Value::Absent => item,
            total => {
                let flow = match walk.function {
                    Value::None => operator::binary(ctx, BinaryOperator::Add, total, item)?,
                    function => Flow::call(function, &[total, item]),
                };
                return Ok(Ask::Run {
                    flow,
                    tag: 2,
                    kept: Value::Absent,
                });
            }
        },
        (2, Some(total)) => total,
        _ => return Ok(Ask::Stop),
    };
    walk.total.set(ctx.mc, total);
    Ok(Ask::Give(total))
}

/// The struct behind `pairwise`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Pairwise<'gc> {
    /// Absent once exhausted.
    source: Gc<'gc, Lock<Value<'gc>>>,
    /// The item before; absent at the start.
    old: Gc<'gc, Lock<Value<'gc>>>,
}

impl NativeData for Pairwise<'static> {
    type Data<'gc> = Pairwise<'gc>;
}

/// `itertools.pairwise`
pub static PAIRWISE: TypeDef = TypeDef {
    name: "pairwise",
    module: "itertools",
    doc: "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...",
    methods: &[
        new("__new__($type, iterable, /)", FlowCall(pairwise_new)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, pairwise_turn)),
    ..TypeDef::DEFAULT
};

fn pairwise_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    with_iterator(ctx, args[1], vec![args[0]], |ctx, state, iterator| {
        let data = Pairwise {
            source: Gc::new(ctx.mc, Lock::new(iterator?)),
            old: Gc::new(ctx.mc, Lock::new(Value::Absent)),
        };
        let class = class_of(ctx, state[0]);
        let made = Object::with_native::<Pairwise<'static>>(ctx, class, data);
        Ok(Flow::Return(Value::Object(made)))
    })
}

fn pairwise_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(walk) = value.native::<Pairwise<'static>>() else {
        return Ok(Ask::Stop);
    };
    let source = walk.source.get();
    if source.is_absent() {
        return Ok(Ask::Stop);
    }
    match (turn.tag, turn.got) {
        (0, _) => match walk.old.get() {
            Value::Absent => pull(source, 1),
            old => Ok(Ask::Pull {
                source,
                tag: 2,
                kept: old,
            }),
        },
        (1, Some(old)) => {
            // Set before the source is asked again: it may come here itself.
            walk.old.set(ctx.mc, old);
            Ok(Ask::Pull {
                source,
                tag: 2,
                kept: old,
            })
        }
        (_, Some(item)) => {
            walk.old.set(ctx.mc, item);
            Ok(Ask::Give(Value::Tuple(ctx.tuple([turn.kept, item]))))
        }
        (_, None) => {
            walk.source.set(ctx.mc, Value::Absent);
            walk.old.set(ctx.mc, Value::Absent);
            Ok(Ask::Stop)
        }
    }
}
