//! `takewhile`, `dropwhile` and `filterfalse`.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::new;
use capers_runtime::object::Object;
use capers_runtime::protocol::call::call_flow;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::Collect;

use super::machine::{Ask, Turn, advance, pull};
use super::{FlowAnswer, class_of, with_iterator};

/// The struct behind any of the three.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Filtered<'gc> {
    predicate: Value<'gc>,
    source: Value<'gc>,
    /// Whether `takewhile` has stopped, or `dropwhile` begun.
    turned: Cell<bool>,
}

impl NativeData for Filtered<'static> {
    type Data<'gc> = Filtered<'gc>;
}

/// `itertools.takewhile`
pub static TAKEWHILE: TypeDef = TypeDef {
    name: "takewhile",
    module: "itertools",
    doc: "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.",
    methods: &[
        new("__new__($type, predicate, iterable, /)", FlowCall(make)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, take_turn)),
    ..TypeDef::DEFAULT
};

/// `itertools.dropwhile`
pub static DROPWHILE: TypeDef = TypeDef {
    name: "dropwhile",
    module: "itertools",
    doc: "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted.",
    methods: &[
        new("__new__($type, predicate, iterable, /)", FlowCall(make)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, drop_turn)),
    ..TypeDef::DEFAULT
};

/// `itertools.filterfalse`
pub static FILTERFALSE: TypeDef = TypeDef {
    name: "filterfalse",
    module: "itertools",
    doc: "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false.",
    methods: &[
        new("__new__($type, function, iterable, /)", FlowCall(make)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, filter_turn)),
    ..TypeDef::DEFAULT
};

fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let state = vec![args[0], args[1]];
    with_iterator(ctx, args[2], state, |ctx, state, iterator| {
        let data = Filtered {
            predicate: state[1],
            source: iterator?,
            turned: Cell::new(false),
        };
        let class = class_of(ctx, state[0]);
        let made = Object::with_native::<Filtered<'static>>(ctx, class, data);
        Ok(Flow::Return(Value::Object(made)))
    })
}

const ITEM: u8 = 1;
const VERDICT: u8 = 2;

/// Asks the predicate about an item.
fn ask<'gc>(
    ctx: Context<'gc>,
    filtered: &Filtered<'gc>,
    item: Value<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    Ok(Ask::Run {
        flow: call_flow(ctx, filtered.predicate, &[item])?,
        tag: VERDICT,
        kept: item,
    })
}

fn take_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(filtered) = value.native::<Filtered<'static>>() else {
        return Ok(Ask::Stop);
    };
    match (turn.tag, turn.got) {
        (0, _) if filtered.turned.get() => Ok(Ask::Stop),
        (0, _) => pull(filtered.source, ITEM),
        (ITEM, Some(item)) => ask(ctx, filtered, item),
        (VERDICT, Some(verdict)) if ctx.truth(verdict)? => Ok(Ask::Give(turn.kept)),
        (VERDICT, _) => {
            filtered.turned.set(true);
            Ok(Ask::Stop)
        }
        _ => Ok(Ask::Stop),
    }
}

fn drop_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(filtered) = value.native::<Filtered<'static>>() else {
        return Ok(Ask::Stop);
    };
    match (turn.tag, turn.got) {
        (0, _) => pull(filtered.source, ITEM),
        (ITEM, Some(item)) if filtered.turned.get() => Ok(Ask::Give(item)),
        (ITEM, Some(item)) => ask(ctx, filtered, item),
        (VERDICT, Some(verdict)) if ctx.truth(verdict)? => pull(filtered.source, ITEM),
        (VERDICT, _) => {
            filtered.turned.set(true);
            Ok(Ask::Give(turn.kept))
        }
        _ => Ok(Ask::Stop),
    }
}

fn filter_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(filtered) = value.native::<Filtered<'static>>() else {
        return Ok(Ask::Stop);
    };
    let by_itself = match filtered.predicate {
        Value::None => true,
        Value::Type(class) => class == ctx.types().bool,
        _ => false,
    };
    match (turn.tag, turn.got) {
        (0, _) => pull(filtered.source, ITEM),
        (ITEM, Some(item)) if by_itself => match ctx.truth(item)? {
            true => pull(filtered.source, ITEM),
            false => Ok(Ask::Give(item)),
        },
        (ITEM, Some(item)) => ask(ctx, filtered, item),
        (VERDICT, Some(verdict)) if ctx.truth(verdict)? => pull(filtered.source, ITEM),
        (VERDICT, _) => Ok(Ask::Give(turn.kept)),
        _ => Ok(Ask::Stop),
    }
}
