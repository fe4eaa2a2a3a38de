//! Buffers and text over streams that are written in Python, or that native code can't
//! work on directly: the object is of the type that the program asked for, and a machine
//! of the frozen module `_io_layers` does its work.

use capers_runtime::context::Context;
use capers_runtime::erased::{Erased, NativeData};
use capers_runtime::import::import_module;
use capers_runtime::native::PlainFn;
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{Getter, TypeDef};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};
use gc_arena::Collect;

use super::binary::Binary;
use super::file_io::FILE_IO;

/// The struct behind such a stream.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Layer<'gc> {
    /// The machine; absent before `__init__`, and where that failed.
    machine: Value<'gc>,
    /// What is said of a stream without a machine.
    #[collect(require_static)]
    missing: &'static str,
}

impl NativeData for Layer<'static> {
    type Data<'gc> = Layer<'gc>;
}

const UNINITIALIZED: &str = "I/O operation on uninitialized object";

/// A new stream of `class`, or of `def` where that is none, for `__init__` to fill.
pub fn allocate<'gc>(ctx: Context<'gc>, def: &'static TypeDef, class: Value<'gc>) -> Value<'gc> {
    let class = class.as_type().unwrap_or_else(|| ctx.type_of_def(def));
    let data = Layer {
        machine: Value::Absent,
        missing: UNINITIALIZED,
    };
    Value::Object(Object::with_native::<Layer<'static>>(ctx, class, data))
}

/// Takes a stream's machine or native data away; `missing` is said of it from then on.
pub fn clear<'gc>(ctx: Context<'gc>, stream: Value<'gc>, missing: &'static str) {
    put(ctx, stream, Value::Absent, missing);
}

fn put<'gc>(ctx: Context<'gc>, stream: Value<'gc>, machine: Value<'gc>, missing: &'static str) {
    if let Value::Object(object) = stream {
        let data = Erased::new::<Layer<'static>>(ctx.mc, Layer { machine, missing });
        object.set_payload(ctx, Payload::Native(data));
    }
}

/// Whether a stream of bytes is a file that native code can work on directly: no class
/// derived from its type can have changed what its methods do.
pub fn is_native_file<'gc>(ctx: Context<'gc>, stream: Value<'gc>) -> bool {
    stream.class(ctx) == ctx.type_of_def(&FILE_IO) && stream.native::<Binary<'static>>().is_some()
}

/// Gives a stream the machine `name`, made with the stream and what it is given.
pub fn set_up<'gc>(
    ctx: Context<'gc>,
    stream: Value<'gc>,
    name: &str,
    given: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    clear(ctx, stream, UNINITIALIZED);
    let module = ctx.complete(import_module(ctx, "_io_layers")?)?;
    let class = ctx.get_attr(module, ctx.intern(name))?;
    let mut all = vec![stream];
    all.extend_from_slice(given);
    let flow = Flow::call(class, &all);
    and_then(ctx, flow, vec![stream], |ctx, state, machine| {
        put(ctx, state[0], machine?, UNINITIALIZED);
        // Instances of the program's classes are watched from their beginning.
        let class = state[0].class(ctx);
        if !class.flags().heap {
            class.update_flags(|flags| flags.ends = true);
            ctx.watch_end_first(state[0]);
        }
        Ok(Flow::Return(Value::None))
    })
}

/// The machine of a stream that has one. Raises ValueError if it lost it.
pub fn machine<'gc>(
    ctx: Context<'gc>,
    stream: Value<'gc>,
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    match stream.native::<Layer<'static>>() {
        None => Ok(None),
        Some(layer) => match layer.machine.present() {
            None => Err(ctx.value_error(layer.missing)),
            machine => Ok(machine),
        },
    }
}

/// A method: by the machine's of that name where the stream has one, else by `native`.
pub fn either<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    name: &str,
    native: PlainFn,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(machine) = machine(ctx, args[0])? else {
        return native(ctx, args).map(Flow::Return);
    };
    let method = ctx.get_attr(machine, ctx.intern(name))?;
    let given = args[1..].iter().take_while(|value| !value.is_absent());
    let given: Vec<Value<'gc>> = given.copied().collect();
    Ok(Flow::call(method, &given))
}

/// A method that only machines have.
pub fn only<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    name: &str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    either(
        ctx,
        args,
        name,
        |ctx, _| Err(ctx.value_error(UNINITIALIZED)),
    )
}

/// An attribute: the machine's of that name, or by `native`.
pub fn attribute<'gc>(
    ctx: Context<'gc>,
    stream: Value<'gc>,
    name: &str,
    native: Getter,
) -> Result<Value<'gc>, Raised<'gc>> {
    match machine(ctx, stream)? {
        Some(machine) => ctx.get_attr(machine, ctx.intern(name)),
        None => native(ctx, stream),
    }
}

/// `close` of a native stream: it is flushed first, by its own `flush`, and closed
/// whatever came of that.
pub fn close_after_flush<'gc>(
    ctx: Context<'gc>,
    stream: Value<'gc>,
    close: Getter,
) -> Result<Value<'gc>, Raised<'gc>> {
    let closed = ctx.get_attr(stream, ctx.intern("closed"))?;
    if ctx.truth(closed)? {
        return Ok(Value::None);
    }
    let flushed = ctx.call_method(stream, ctx.names().flush, &[]);
    match (flushed, close(ctx, stream)) {
        (Err(first), Err(second)) => {
            ctx.set_attr(second.value(), ctx.intern("__context__"), first.value())?;
            Err(second)
        }
        (flushed, closed) => flushed.and(closed),
    }
}

/// `<kind name=...>`, with what of `names` the stream has, and `rest`.
pub fn repr<'gc>(
    ctx: Context<'gc>,
    stream: Value<'gc>,
    kind: &str,
    names: &[&str],
    rest: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    let value_error = ctx.exceptions().get(Exc::ValueError);
    let mut text = format!("<{kind}");
    for name in names {
        let value = match ctx.try_attr(stream, ctx.intern(name)) {
            Ok(None) => continue,
            // A stream that was detached has no name either.
            Err(raised) if raised.value().class(ctx).is_subclass_of(value_error) => continue,
            found => found?.unwrap_or(Value::None),
        };
        let shown = ctx.repr(value)?;
        text.push_str(&format!(" {name}={}", shown.to_string_lossy()));
    }
    text.push_str(rest);
    text.push('>');
    Ok(ctx.str_value(&text))
}
