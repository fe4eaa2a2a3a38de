//! `batched`

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::new;
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::machine::{Ask, Turn, advance};
use super::{FlowAnswer, class_of, with_iterator};

/// The struct behind it.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Batched<'gc> {
    /// Absent once exhausted.
    source: Gc<'gc, Lock<Value<'gc>>>,
    size: usize,
    strict: bool,
}

impl NativeData for Batched<'static> {
    type Data<'gc> = Batched<'gc>;
}

/// `itertools.batched`
pub static BATCHED: TypeDef = TypeDef {
    name: "batched",
    module: "itertools",
    doc: "Batch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The result is yielded as soon as a batch is full\nor when the input iterable is exhausted.",
    methods: &[
        new(
            "__new__($type, /, iterable, n, *, strict=False)",
            FlowCall(batched_new),
        ),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, batched_turn)),
    ..TypeDef::DEFAULT
};

fn batched_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let size = slicing::size_argument(ctx, args[2])?;
    if size < 1 {
        return Err(ctx.value_error("n must be at least one"));
    }
    let strict = !args[3].is_absent() && ctx.truth(args[3])?;
    let state = vec![args[0], Value::Int(size), Value::bool(strict)];
    with_iterator(ctx, args[1], state, |ctx, state, iterator| {
        let data = Batched {
            source: Gc::new(ctx.mc, Lock::new(iterator?)),
            size: state[1].as_small_int().map_or(1, |n| n as usize),
            strict: ctx.truth(state[2])?,
        };
        let class = class_of(ctx, state[0]);
        let made = Object::with_native::<Batched<'static>>(ctx, class, data);
        Ok(Flow::Return(Value::Object(made)))
    })
}

/// The items so far are a list that is put aside.
fn batched_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(walk) = value.native::<Batched<'static>>() else {
        return Ok(Ask::Stop);
    };
    let source = walk.source.get();
    let batch = match (turn.kept, turn.got) {
        (Value::List(batch), Some(item)) => {
            batch.borrow_mut(ctx).push(item);
            batch
        }
        (Value::List(batch), None) => {
            walk.source.set(ctx.mc, Value::Absent);
            let items = batch.to_vec();
            if items.is_empty() {
                return Ok(Ask::Stop);
            }
            if walk.strict {
                return Err(ctx.value_error("batched(): incomplete batch"));
            }
            return Ok(Ask::Give(Value::Tuple(ctx.tuple(items))));
        }
        _ if source.is_absent() => return Ok(Ask::Stop),
        _ => List::new(ctx, Vec::new()),
    };
    if batch.len() == walk.size {
        let items = std::mem::take(&mut *batch.borrow_mut(ctx));
        return Ok(Ask::Give(Value::Tuple(ctx.tuple(items))));
    }
    Ok(Ask::Pull {
        source,
        tag: 1,
        kept: Value::List(batch),
    })
}
