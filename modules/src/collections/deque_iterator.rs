//! The iterators of `deque`: from the left and from the right.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, method, new};
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, LENGTH_HINT_DOC, NEXT, REDUCE_DOC};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Next;
use gc_arena::Collect;

use super::Answer;
use super::deque::{Deque, this as this_deque};

/// The struct behind an iterator.
#[derive(Collect)]
#[collect(no_drop)]
pub struct DequeIterator<'gc> {
    owner: Value<'gc>,
    deque: Deque<'gc>,
    changes: u64,
    /// How many items are still to come.
    left: Cell<usize>,
    reverse: bool,
}

impl NativeData for DequeIterator<'static> {
    type Data<'gc> = DequeIterator<'gc>;
}

const LENGTH_HINT: NativeDef = method(
    "__length_hint__($self, /)",
    LENGTH_HINT_DOC,
    Plain(|ctx, args| Ok(Value::from_usize(ctx.mc, this(ctx, args[0])?.left.get()))),
);
const REDUCE: NativeDef = method("__reduce__($self, /)", REDUCE_DOC, Plain(reduce));

/// `collections._deque_iterator`
pub static DEQUE_ITERATOR: TypeDef = TypeDef {
    name: "_deque_iterator",
    repeats: &["__getattribute__"],
    module: "collections",
    subclassable: false,
    methods: &[
        new(
            "__new__($type, *args, **kwargs)",
            Plain(|ctx, args| from_arguments(ctx, &DEQUE_ITERATOR, args)),
        ),
        ITER,
        NEXT,
        LENGTH_HINT,
        REDUCE,
    ],
    next: Some(advance),
    ..TypeDef::DEFAULT
};

/// `collections._deque_reverse_iterator`
pub static DEQUE_REVERSE_ITERATOR: TypeDef = TypeDef {
    name: "_deque_reverse_iterator",
    repeats: &["__getattribute__"],
    module: "collections",
    subclassable: false,
    methods: &[
        new(
            "__new__($type, *args, **kwargs)",
            Plain(|ctx, args| from_arguments(ctx, &DEQUE_REVERSE_ITERATOR, args)),
        ),
        ITER,
        NEXT,
        LENGTH_HINT,
        REDUCE,
    ],
    next: Some(advance),
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc DequeIterator<'gc>, Raised<'gc>> {
    value
        .native::<DequeIterator<'static>>()
        .ok_or_else(|| ctx.type_error("a deque iterator is required"))
}

/// An iterator of the type `def` that has given `skipped` items already.
pub fn make_iterator<'gc>(
    ctx: Context<'gc>,
    def: &'static TypeDef,
    owner: Value<'gc>,
    skipped: usize,
) -> Answer<'gc> {
    let deque = this_deque(ctx, owner)?;
    let data = DequeIterator {
        owner,
        deque,
        changes: deque.changes(),
        left: Cell::new(deque.len().saturating_sub(skipped)),
        reverse: std::ptr::eq(def, &DEQUE_REVERSE_ITERATOR),
    };
    let class = ctx.type_of_def(def);
    Ok(Value::Object(
        Object::with_native::<DequeIterator<'static>>(ctx, class, data),
    ))
}

fn from_arguments<'gc>(
    ctx: Context<'gc>,
    def: &'static TypeDef,
    args: &[Value<'gc>],
) -> Answer<'gc> {
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let (deque, skipped) = match *given {
        [deque] => (deque, 0),
        [deque, skipped] => {
            this_deque(ctx, deque)?;
            let skipped = slicing::size_argument(ctx, skipped)?;
            (deque, usize::try_from(skipped).unwrap_or(0))
        }
        _ => {
            return Err(ctx.type_error(format!(
                "function takes at {} {} arguments ({} given)",
                if given.is_empty() { "least" } else { "most" },
                if given.is_empty() { 1 } else { 2 },
                given.len()
            )));
        }
    };
    make_iterator(ctx, def, deque, skipped)
}

fn advance<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let walk = this(ctx, value)?;
    if walk.deque.changes() != walk.changes {
        walk.left.set(0);
        return Err(ctx.runtime_error("deque mutated during iteration"));
    }
    let left = walk.left.get();
    let Some(rest) = left.checked_sub(1) else {
        return Ok(Next::Exhausted);
    };
    let at = match walk.reverse {
        true => rest,
        false => walk.deque.len().saturating_sub(left),
    };
    walk.left.set(rest);
    Ok(match walk.deque.get(at) {
        Some(item) => Next::Item(item),
        None => Next::Exhausted,
    })
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let walk = this(ctx, args[0])?;
    let given = walk.deque.len().saturating_sub(walk.left.get());
    let parts = [walk.owner, Value::from_usize(ctx.mc, given)];
    let class = Value::Type(args[0].class(ctx));
    Ok(Value::Tuple(
        ctx.tuple([class, Value::Tuple(ctx.tuple(parts))]),
    ))
}
