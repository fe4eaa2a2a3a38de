//! The iterator of `iter_unpack`.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::method;
use capers_runtime::object::Object;
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Next;
use gc_arena::Collect;

use super::format::Layout;
use super::{Answer, ERROR, unpack};

/// The struct behind it.
#[derive(Collect)]
#[collect(no_drop)]
pub struct UnpackIterator<'gc> {
    source: Value<'gc>,
    #[collect(require_static)]
    layout: Layout,
    position: Cell<usize>,
}

impl NativeData for UnpackIterator<'static> {
    type Data<'gc> = UnpackIterator<'gc>;
}

/// `_struct.unpack_iterator`
pub static UNPACK_ITERATOR: TypeDef = TypeDef {
    name: "unpack_iterator",
    module: "_struct",
    subclassable: false,
    methods: &[
        ITER,
        NEXT,
        method("__length_hint__($self, /)", "", Plain(length_hint)),
    ],
    next: Some(advance),
    ..TypeDef::DEFAULT
};

/// An iterator over the structs in `source`.
pub fn iter_unpack<'gc>(ctx: Context<'gc>, layout: &Layout, source: Value<'gc>) -> Answer<'gc> {
    if layout.size == 0 {
        return Err(ERROR.error(ctx, "cannot iteratively unpack with a struct of length 0"));
    }
    let length = buffer::required(ctx, source)?.len();
    if !length.is_multiple_of(layout.size) {
        return Err(ERROR.error(
            ctx,
            format!(
                "iterative unpacking requires a buffer of a multiple of {} bytes",
                layout.size
            ),
        ));
    }
    let data = UnpackIterator {
        source,
        layout: layout.clone(),
        position: Cell::new(0),
    };
    let class = ctx.type_of_def(&UNPACK_ITERATOR);
    Ok(Value::Object(
        Object::with_native::<UnpackIterator<'static>>(ctx, class, data),
    ))
}

fn length_hint<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Some(walk) = args[0].native::<UnpackIterator<'static>>() else {
        return Ok(Value::Int(0));
    };
    let length = buffer::required(ctx, walk.source)?.len();
    let rest = length.saturating_sub(walk.position.get()) / walk.layout.size;
    Ok(Value::from_usize(ctx.mc, rest))
}

fn advance<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let Some(walk) = value.native::<UnpackIterator<'static>>() else {
        return Ok(Next::Exhausted);
    };
    let contents = buffer::required(ctx, walk.source)?;
    let start = walk.position.get();
    match contents.get(start..start + walk.layout.size) {
        Some(bytes) => {
            walk.position.set(start + walk.layout.size);
            Ok(Next::Item(unpack::unpack(ctx, &walk.layout, bytes)))
        }
        None => Ok(Next::Exhausted),
    }
}
