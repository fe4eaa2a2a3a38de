//! `tee`: several iterators over one source, which share what it has given as a
//! chain of links.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function, method, new};
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::machine::{Ask, Turn, advance, pull};
use super::{Answer, FlowAnswer, with_iterator};

/// An item that the source has given and the link after it; empty at the end
/// of what it has given.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
enum Link<'gc> {
    Open,
    Item(Value<'gc>, Gc<'gc, Lock<Link<'gc>>>),
}

/// The struct behind one of the iterators.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Tee<'gc> {
    source: Value<'gc>,
    /// The link whose item comes next.
    next: Gc<'gc, Lock<Gc<'gc, Lock<Link<'gc>>>>>,
}

impl NativeData for Tee<'static> {
    type Data<'gc> = Tee<'gc>;
}

/// `itertools.tee`
pub const TEE: NativeDef = function(
    "tee(iterable, n=2, /)",
    "Returns a tuple of n independent iterators.",
    FlowCall(tee),
);

/// `itertools._tee`
pub static TEE_ITERATOR: TypeDef = TypeDef {
    name: "_tee",
    signature: "(iterable, /)",
    module: "itertools",
    doc: "Iterator wrapped to make it copyable.",
    subclassable: false,
    weakrefable: true,
    methods: &[
        new(
            "__new__($type, iterable, /)",
            FlowCall(|ctx, args| of_iterable(ctx, args[1])),
        ),
        ITER,
        NEXT,
        method(
            "__copy__($self, /)",
            "Returns an independent iterator.",
            Plain(|ctx, args| copy(ctx, args[0])),
        ),
    ],
    next: Some(|ctx, value| advance(ctx, value, tee_turn)),
    ..TypeDef::DEFAULT
};

/// `itertools._tee_dataobject`: in CPython what tee iterators share; here a name.
pub static TEE_DATAOBJECT: TypeDef = TypeDef {
    name: "_tee_dataobject",
    module: "itertools",
    doc: "teedataobject(iterable, values, next, /)\n--\n\nData container common to multiple tee objects.",
    subclassable: false,
    ..TypeDef::DEFAULT
};

fn make<'gc>(ctx: Context<'gc>, source: Value<'gc>, next: Gc<'gc, Lock<Link<'gc>>>) -> Value<'gc> {
    let data = Tee {
        source,
        next: Gc::new(ctx.mc, Lock::new(next)),
    };
    let class = ctx.type_of_def(&TEE_ITERATOR);
    Value::Object(Object::with_native::<Tee<'static>>(ctx, class, data))
}

fn copy<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Answer<'gc> {
    match value.native::<Tee<'static>>() {
        Some(tee) => Ok(make(ctx, tee.source, tee.next.get())),
        None => Err(ctx.type_error("a tee iterator is required")),
    }
}

/// A tee iterator: of the same source, where the iterable is one already.
fn of_iterable<'gc>(ctx: Context<'gc>, iterable: Value<'gc>) -> FlowAnswer<'gc> {
    with_iterator(ctx, iterable, vec![], |ctx, _, iterator| {
        let iterator = iterator?;
        if iterator.native::<Tee<'static>>().is_some() {
            return copy(ctx, iterator).map(Flow::Return);
        }
        let open = Gc::new(ctx.mc, Lock::new(Link::Open));
        Ok(Flow::Return(make(ctx, iterator, open)))
    })
}

fn tee<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let count = match args[1] {
        Value::Absent => 2,
        count => slicing::size_argument(ctx, count)?,
    };
    if count < 0 {
        return Err(ctx.value_error("n must be >= 0"));
    }
    if count == 0 {
        return Ok(Flow::Return(Value::Tuple(ctx.empty_tuple())));
    }
    let first = of_iterable(ctx, args[0])?;
    and_then(ctx, first, vec![Value::Int(count)], |ctx, state, first| {
        let first = first?;
        let count = state[0].as_small_int().unwrap_or(0);
        let mut all = vec![first];
        for _ in 1..count {
            all.push(copy(ctx, first)?);
        }
        Ok(Flow::Return(Value::Tuple(ctx.tuple(all))))
    })
}

fn tee_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(tee) = value.native::<Tee<'static>>() else {
        return Ok(Ask::Stop);
    };
    let link = tee.next.get();
    if let Link::Item(item, next) = link.get() {
        tee.next.set(ctx.mc, next);
        return Ok(Ask::Give(item));
    }
    match (turn.tag, turn.got) {
        (0, _) => pull(tee.source, 1),
        (_, None) => Ok(Ask::Stop),
        (_, Some(item)) => {
            let next = Gc::new(ctx.mc, Lock::new(Link::Open));
            link.set(ctx.mc, Link::Item(item, next));
            tee.next.set(ctx.mc, next);
            Ok(Ask::Give(item))
        }
    }
}
