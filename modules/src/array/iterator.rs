//! The iterator over an array.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::method;
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT, REDUCE_DOC};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Next;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::array_type::this as this_array;

/// The struct behind an iterator.
#[derive(Collect)]
#[collect(no_drop)]
pub struct ArrayIterator<'gc> {
    /// None from the end on: an iterator that has come there stays there, though
    /// the array grows, and lets go of it.
    array: Gc<'gc, Lock<Value<'gc>>>,
    index: Cell<usize>,
}

impl NativeData for ArrayIterator<'static> {
    type Data<'gc> = ArrayIterator<'gc>;
}

/// `array.arrayiterator`
pub static ARRAY_ITERATOR: TypeDef = TypeDef {
    name: "arrayiterator",
    module: "array",
    subclassable: false,
    methods: &[
        ITER,
        NEXT,
        method("__reduce__($self, /)", REDUCE_DOC, Plain(reduce)),
        method(
            "__setstate__($self, state, /)",
            "Set state information for unpickling.",
            Plain(set_state),
        ),
    ],
    next: Some(advance),
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc ArrayIterator<'gc>, Raised<'gc>> {
    value
        .native::<ArrayIterator<'static>>()
        .ok_or_else(|| ctx.type_error("an array iterator is required"))
}

/// An iterator from the first item on.
pub fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    this_array(ctx, args[0])?;
    let data = ArrayIterator {
        array: Gc::new(ctx.mc, Lock::new(args[0])),
        index: Cell::new(0),
    };
    let class = ctx.type_of_def(&ARRAY_ITERATOR);
    let made = Object::with_native::<ArrayIterator<'static>>(ctx, class, data);
    Ok(Value::Object(made))
}

fn advance<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let walk = this(ctx, value)?;
    if walk.array.get().is_none() {
        return Ok(Next::Exhausted);
    }
    let array = this_array(ctx, walk.array.get())?;
    let index = walk.index.get();
    if index >= array.len() {
        walk.array.set(ctx.mc, Value::None);
        return Ok(Next::Exhausted);
    }
    walk.index.set(index + 1);
    array.item(ctx, index).map(Next::Item)
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, args[0])?;
    let iter = ctx.builtins().get_text(ctx, "iter").unwrap_or(Value::None);
    let tuple = |items: &[Value<'gc>]| Value::Tuple(ctx.tuple(items));
    if walk.array.get().is_none() {
        return Ok(tuple(&[iter, tuple(&[tuple(&[])])]));
    }
    let index = Value::from_usize(ctx.mc, walk.index.get());
    Ok(tuple(&[iter, tuple(&[walk.array.get()]), index]))
}

fn set_state<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, args[0])?;
    if !args[1].is_int() {
        return Err(ctx.type_error("an integer is required"));
    }
    let index = slicing::size_argument(ctx, args[1])?;
    if !walk.array.get().is_none() {
        let length = this_array(ctx, walk.array.get())?.len();
        walk.index
            .set(usize::try_from(index).unwrap_or(0).min(length));
    }
    Ok(Value::None)
}
