//! The way to the streams of the frozen module `_io_python`: constructors of buffered
//! streams and of `TextIOWrapper` make instances of its classes where the stream below
//! is not one of this module's.

use capers_runtime::context::Context;
use capers_runtime::import::import_module;
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;

use super::binary::Binary;

/// Whether a stream of bytes is one that native code can work on directly: no class
/// derived from its type can have changed what its methods do.
pub fn is_native<'gc>(ctx: Context<'gc>, stream: Value<'gc>) -> bool {
    stream.native::<Binary<'static>>().is_some() && !stream.class(ctx).flags().heap
}

/// A new instance, for `__init__` to fill, of the class `name` of `_io_python` in the
/// place of `class`, which is the native type `def` or derives from it.
pub fn allocate<'gc>(
    ctx: Context<'gc>,
    def: &'static TypeDef,
    name: &str,
    class: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let native = ctx.type_of_def(def);
    let class = class.as_type().unwrap_or(native);
    let made = |class: Type<'gc>| Value::Object(Object::new(ctx, class, Payload::NONE));
    let in_python = ctx.intern("_in_python");
    if class.lookup(ctx, in_python).is_some() {
        return Ok(made(class));
    }
    let module = ctx.complete(import_module(ctx, "_io_python")?)?;
    let ours = ctx.get_attr(module, ctx.intern(name))?;
    if class == native {
        return Ok(ours.as_type().map_or(Value::None, made));
    }
    // A class of the program: it comes first, what it does not define is ours.
    let bases = ctx.tuple([Value::Type(class), ours]);
    let namespace = Dict::new(ctx);
    if let Some(module) = ctx.try_attr(Value::Type(class), ctx.names().__module__)? {
        namespace.set_str(ctx, ctx.names().__module__, module);
    }
    let arguments = [
        Value::Str(class.name()),
        Value::Tuple(bases),
        Value::Dict(namespace),
    ];
    let both = ctx.call(Value::Type(ctx.types().type_), &arguments)?;
    Ok(both.as_type().map_or(Value::None, made))
}
