//! Tracebacks: a chain of entries, the outermost frame first.

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::erased::NativeData;
use crate::object::Object;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::exceptions;
use crate::value::Value;
use crate::vm::frame::PyFrame;

/// The struct behind a traceback entry.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Traceback<'gc> {
    /// `tb_frame`
    pub frame: Object<'gc>,
    /// The instruction that raised.
    pub instruction: usize,
    /// `tb_lineno`
    pub line: u32,
    /// `tb_next`: a traceback or None.
    pub next: Gc<'gc, Lock<Value<'gc>>>,
}

impl NativeData for Traceback<'static> {
    type Data<'gc> = Traceback<'gc>;
}

/// The exception's traceback with an entry for `frame` put before it.
pub fn entry<'gc>(
    ctx: Context<'gc>,
    frame: &PyFrame<'gc>,
    frame_object: Object<'gc>,
    raised: Raised<'gc>,
) -> Value<'gc> {
    let instruction = frame.pc.saturating_sub(1);
    let position = frame.code.unit().positions.get(instruction);
    let next = exceptions::fields(raised.value()).map_or(Value::None, |f| f.traceback);
    let data = Traceback {
        frame: frame_object,
        instruction,
        line: position.map_or(0, |p| p.line),
        next: Gc::new(ctx.mc, Lock::new(next)),
    };
    let class = ctx.type_of_def(&TRACEBACK);
    Value::Object(Object::with_native::<Traceback<'_>>(ctx, class, data))
}

/// The type.
pub static TRACEBACK: TypeDef = TypeDef {
    name: "traceback",
    subclassable: false,
    ..TypeDef::DEFAULT
};
