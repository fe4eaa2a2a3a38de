//! `PickleBuffer`: a wrapper around an object with a buffer, by which it says
//! that the buffer may travel outside the pickle (PEP 574).

use std::cell::RefCell;

use gc_arena::Collect;
use gc_arena::barrier::unlock;
use gc_arena::lock::RefLock;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::protocol::buffer::{self, Buffer, Export, Layout};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::memoryview::{self, View};
use capers_runtime::value::Value;

/// What a PickleBuffer carries.
#[derive(Collect)]
#[collect(no_drop)]
pub struct PickleBuffer<'gc> {
    /// The wrapped object's buffer; none once it is released.
    buffer: RefLock<Option<Buffer<'gc>>>,
    /// Keep the memory from changing its size, and a wrapped view from release.
    #[collect(require_static)]
    exports: RefCell<[Option<Export>; 2]>,
}

impl NativeData for PickleBuffer<'static> {
    type Data<'gc> = PickleBuffer<'gc>;
}

/// The type.
pub static PICKLE_BUFFER: TypeDef = TypeDef {
    name: "PickleBuffer",
    module: "pickle",
    interned_module: true,
    doc: "Wrapper for potentially out-of-band buffers",
    subclassable: false,
    weakrefable: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(pickle_buffer_new)),
        method(
            "raw($self, /)",
            "Return a memoryview of the raw memory underlying this buffer.\nWill raise BufferError is the buffer isn't contiguous.",
            Plain(raw),
        ),
        method(
            "release($self, /)",
            "Release the underlying buffer exposed by the PickleBuffer object.",
            Plain(release),
        ),
        slot(
            "__buffer__($self, flags, /)",
            "Return a buffer object that exposes the underlying memory of the object.",
            Plain(memoryview::buffer_of),
        ),
        slot(
            "__release_buffer__($self, buffer, /)",
            "Release the buffer object that exposes the underlying memory of the object.",
            FlowCall(memoryview::release_buffer),
        ),
    ],
    buffer: Some(wrapped),
    ..TypeDef::DEFAULT
};

fn pickle_buffer_new<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    // CPython gives the parameter an empty name, so that no keyword can be it.
    let positional = args[1].as_tuple().map_or(&[][..], |tuple| tuple.items());
    let given = positional.len() + args[2].as_dict().map_or(0, |dict| dict.len());
    let (&[object], 1) = (positional, given) else {
        return Err(ctx.type_error(if given > 1 {
            format!("PickleBuffer() takes at most 1 argument ({given} given)")
        } else {
            "PickleBuffer() takes exactly 1 positional argument (0 given)".to_owned()
        }));
    };
    let Some(buffer) = buffer::acquire(ctx, object)? else {
        return Err(ctx.type_error(format!(
            "a bytes-like object is required, not '{}'",
            ctx.type_name(object)
        )));
    };
    let view = object.native::<View<'static>>().map(View::export);
    let data = PickleBuffer {
        exports: RefCell::new([buffer.memory.export(), view]),
        buffer: RefLock::new(Some(buffer)),
    };
    let class = ctx.type_of_def(&PICKLE_BUFFER);
    let made = Object::with_native::<PickleBuffer<'static>>(ctx, class, data);
    Ok(Value::Object(made))
}

/// The wrapped object's buffer. Raises ValueError once it is released, and
/// TypeError for what is no PickleBuffer.
pub fn wrapped<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Buffer<'gc>, Raised<'gc>> {
    let Some(data) = value.native::<PickleBuffer<'static>>() else {
        return Err(ctx.type_error(format!(
            "expected PickleBuffer, {} found",
            ctx.type_name(value)
        )));
    };
    data.buffer
        .borrow()
        .clone()
        .ok_or_else(|| ctx.value_error("operation forbidden on released PickleBuffer object"))
}

/// Whether the value is a PickleBuffer.
pub fn is_buffer(value: Value<'_>) -> bool {
    value.native::<PickleBuffer<'static>>().is_some()
}

/// The items of a contiguous buffer as plain bytes; none where they do not lie
/// one after the other.
pub fn as_bytes<'gc>(buffer: &Buffer<'gc>) -> Option<Buffer<'gc>> {
    let layout = &buffer.layout;
    if !layout.is_c_contiguous() && !layout.is_f_contiguous() {
        return None;
    }
    let plain = Layout {
        offset: layout.offset,
        ..Layout::bytes(layout.size(), layout.readonly)
    };
    Some(Buffer {
        layout: plain,
        ..buffer.clone()
    })
}

fn raw<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    match as_bytes(&wrapped(ctx, args[0])?) {
        Some(plain) => Ok(View::make(ctx, plain)),
        None => Err(ctx.error(
            Exc::BufferError,
            "cannot extract raw buffer from non-contiguous buffer",
        )),
    }
}

fn release<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if let Value::Object(object) = args[0]
        && let Payload::Native(data) = object.payload()
        && let Some(data) = data.downcast_write::<PickleBuffer<'static>>(ctx.mc)
    {
        data.exports.take();
        unlock!(data, PickleBuffer, buffer).borrow_mut().take();
    }
    Ok(Value::None)
}
