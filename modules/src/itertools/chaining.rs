//! `chain`, `compress` and `starmap`.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, new};
use capers_runtime::object::Object;
use capers_runtime::protocol::iterate;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::generic_alias;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::value::Value;
use capers_runtime::vm::drive::collect_then;
use capers_runtime::vm::flow::Flow;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::machine::{Ask, Turn, advance, pull};
use super::{FlowAnswer, class_of, with_iterator};

/// The struct behind `chain`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Chain<'gc> {
    /// The iterator over the iterables; absent once exhausted.
    iterables: Gc<'gc, Lock<Value<'gc>>>,
    /// The iterator of the present one; absent between two.
    active: Gc<'gc, Lock<Value<'gc>>>,
}

impl NativeData for Chain<'static> {
    type Data<'gc> = Chain<'gc>;
}

/// `itertools.chain`
pub static CHAIN: TypeDef = TypeDef {
    name: "chain",
    repeats: &["__getattribute__"],
    signature: "(*iterables)",
    module: "itertools",
    doc: "Return a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next\niterable, until all of the iterables are exhausted.",
    methods: &[
        new("__new__($type, *iterables)", FlowCall(chain_new)),
        ITER,
        NEXT,
        class_method(
            "from_iterable($type, iterable, /)",
            "Alternative chain() constructor taking a single iterable argument that evaluates lazily.",
            FlowCall(chain_new),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    next: Some(|ctx, value| advance(ctx, value, chain_turn)),
    ..TypeDef::DEFAULT
};

fn chain_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    with_iterator(ctx, args[1], vec![args[0]], |ctx, state, iterator| {
        let data = Chain {
            iterables: Gc::new(ctx.mc, Lock::new(iterator?)),
            active: Gc::new(ctx.mc, Lock::new(Value::Absent)),
        };
        let class = class_of(ctx, state[0]);
        let made = Object::with_native::<Chain<'static>>(ctx, class, data);
        Ok(Flow::Return(Value::Object(made)))
    })
}

const ITERABLE: u8 = 1;
const ITERATOR: u8 = 2;
const ITEM: u8 = 3;

fn chain_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(chain) = value.native::<Chain<'static>>() else {
        return Ok(Ask::Stop);
    };
    match (turn.tag, turn.got) {
        (ITEM, Some(item)) => return Ok(Ask::Give(item)),
        (ITEM, None) => chain.active.set(ctx.mc, Value::Absent),
        (ITERATOR, Some(iterator)) => chain.active.set(ctx.mc, iterator),
        (ITERABLE, Some(iterable)) => {
            return Ok(Ask::Run {
                flow: iterate::iter_flow(ctx, iterable)?,
                tag: ITERATOR,
                kept: Value::Absent,
            });
        }
        (ITERABLE, None) => chain.iterables.set(ctx.mc, Value::Absent),
        _ => {}
    }
    match (chain.active.get(), chain.iterables.get()) {
        (Value::Absent, Value::Absent) => Ok(Ask::Stop),
        (Value::Absent, iterables) => pull(iterables, ITERABLE),
        (active, _) => pull(active, ITEM),
    }
}

/// The struct behind `compress` and `starmap`: two objects.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Two<'gc> {
    first: Value<'gc>,
    second: Value<'gc>,
}

impl NativeData for Two<'static> {
    type Data<'gc> = Two<'gc>;
}

fn make_two<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    first: Value<'gc>,
    second: Value<'gc>,
) -> Flow<'gc> {
    let data = Two { first, second };
    let class = class_of(ctx, class);
    Flow::Return(Value::Object(Object::with_native::<Two<'static>>(
        ctx, class, data,
    )))
}

/// `itertools.compress`
pub static COMPRESS: TypeDef = TypeDef {
    name: "compress",
    module: "itertools",
    doc: "Return data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data elements using the selectors to\nchoose the data elements.",
    methods: &[
        new("__new__($type, /, data, selectors)", FlowCall(compress_new)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, compress_turn)),
    ..TypeDef::DEFAULT
};

fn compress_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let state = vec![args[0], args[2]];
    with_iterator(ctx, args[1], state, |ctx, state, data| {
        let given = vec![state[0], data?];
        with_iterator(ctx, state[1], given, |ctx, state, selectors| {
            Ok(make_two(ctx, state[0], state[1], selectors?))
        })
    })
}

fn compress_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(two) = value.native::<Two<'static>>() else {
        return Ok(Ask::Stop);
    };
    match (turn.tag, turn.got) {
        (0, _) => pull(two.first, 1),
        (1, Some(datum)) => Ok(Ask::Pull {
            source: two.second,
            tag: 2,
            kept: datum,
        }),
        (2, Some(selector)) => match ctx.truth(selector)? {
            true => Ok(Ask::Give(turn.kept)),
            false => pull(two.first, 1),
        },
        _ => Ok(Ask::Stop),
    }
}

/// `itertools.starmap`
pub static STARMAP: TypeDef = TypeDef {
    name: "starmap",
    module: "itertools",
    doc: "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.",
    methods: &[
        new(
            "__new__($type, function, iterable, /)",
            FlowCall(starmap_new),
        ),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, starmap_turn)),
    ..TypeDef::DEFAULT
};

fn starmap_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let state = vec![args[0], args[1]];
    with_iterator(ctx, args[2], state, |ctx, state, iterator| {
        Ok(make_two(ctx, state[0], state[1], iterator?))
    })
}

fn starmap_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(two) = value.native::<Two<'static>>() else {
        return Ok(Ask::Stop);
    };
    let arguments = match (turn.tag, turn.got) {
        (0, _) => return pull(two.second, 1),
        (1, Some(Value::Tuple(arguments))) => arguments,
        (1, Some(iterable)) => {
            let flow = collect_then(ctx, iterable, vec![], |ctx, _, items| {
                Ok(Flow::Return(Value::Tuple(ctx.tuple(items))))
            })?;
            return Ok(Ask::Run {
                flow,
                tag: 2,
                kept: Value::Absent,
            });
        }
        (2, Some(Value::Tuple(arguments))) => arguments,
        (3, Some(result)) => return Ok(Ask::Give(result)),
        _ => return Ok(Ask::Stop),
    };
    Ok(Ask::Run {
        flow: Flow::call(two.first, arguments.items()),
        tag: 3,
        kept: Value::Absent,
    })
}
