//! Frame objects: what Python sees of a frame, made when somebody asks.

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Caller as CallerCall, Plain};
use crate::native::{method, slot};
use crate::object::Object;
use crate::raised::Raised;
use crate::types::code::Code;
use crate::types::def::{TypeDef, getter};
use crate::types::dict::Dict;
use crate::types::tuple::Tuple;
use crate::value::Value;
use crate::vm::flow::Flow;
use crate::vm::frame::{Caller, Frame, PyFrame};

/// What changes while the frame lives.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct FrameState<'gc> {
    /// The mapping of names, once somebody has asked: see [`locals`].
    locals: Value<'gc>,
    /// The slots, as they were when this was last looked at; absent ones among them.
    slots: Option<Tuple<'gc>>,
    /// `f_back`: a frame or None.
    pub back: Value<'gc>,
    /// The last instruction, when this was last looked at.
    pub instruction: usize,
    /// Whether the frame has ended.
    ended: bool,
}

/// The struct behind a frame object.
#[derive(Collect)]
#[collect(no_drop)]
pub struct FrameData<'gc> {
    /// `f_code`
    pub code: Code<'gc>,
    /// `f_globals`
    pub globals: Dict<'gc>,
    /// `f_builtins`
    pub builtins: Dict<'gc>,
    /// What changes.
    pub state: Gc<'gc, Lock<FrameState<'gc>>>,
}

impl NativeData for FrameData<'static> {
    type Data<'gc> = FrameData<'gc>;
}

/// The frame object of a frame, made now if it was not there.
pub fn object_of<'gc>(ctx: Context<'gc>, frame: &mut PyFrame<'gc>) -> Object<'gc> {
    if let Some(object) = frame.object {
        return object;
    }
    let state = FrameState {
        locals: frame.locals,
        slots: None,
        back: Value::None,
        instruction: frame.pc.saturating_sub(1),
        ended: false,
    };
    let data = FrameData {
        code: frame.code,
        globals: frame.globals,
        builtins: frame.builtins,
        state: Gc::new(ctx.mc, Lock::new(state)),
    };
    let object = Object::with_native::<FrameData<'_>>(ctx, ctx.type_of_def(&FRAME), data);
    frame.object = Some(object);
    object
}

/// The frame objects of a caller's frames, innermost first, each linked to the
/// one that called it.
pub fn chain<'gc>(ctx: Context<'gc>, caller: &mut Option<Caller<'_, 'gc>>) -> Vec<Object<'gc>> {
    let Some(caller) = caller else {
        return Vec::new();
    };
    let mut objects: Vec<Object<'gc>> = Vec::new();
    for frame in caller.frames.iter_mut().rev() {
        let Frame::Python(frame) = frame else {
            continue;
        };
        let object = object_of(ctx, frame);
        if let Some(data) = Value::Object(object).native::<FrameData<'_>>() {
            let mut state = data.state.get();
            state.instruction = frame.pc.saturating_sub(1);
            let end = frame.base + frame.code.0.slot_count;
            if frame.locals.is_absent() {
                state.locals = Value::Absent;
                state.slots = keep_slots(ctx, caller.stack.get(frame.base..end));
            }
            data.state.set(ctx.mc, state);
        }
        if let Some(inner) = objects.last()
            && let Some(data) = Value::Object(*inner).native::<FrameData<'_>>()
        {
            let state = FrameState {
                back: Value::Object(object),
                ..data.state.get()
            };
            data.state.set(ctx.mc, state);
        }
        objects.push(object);
    }
    objects
}

/// Keeps the locals of a frame that ends for its frame object.
pub fn keep_locals<'gc>(
    ctx: Context<'gc>,
    object: Object<'gc>,
    frame: &PyFrame<'gc>,
    stack: &[Value<'gc>],
) {
    let Some(data) = Value::Object(object).native::<FrameData<'_>>() else {
        return;
    };
    let mut state = data.state.get();
    state.ended = true;
    state.instruction = frame.pc.saturating_sub(1);
    let end = frame.base + frame.code.0.slot_count;
    if frame.locals.is_absent() {
        state.locals = Value::Absent;
        state.slots = keep_slots(ctx, stack.get(frame.base..end));
    }
    data.state.set(ctx.mc, state);
}

/// The frame object of a suspended generator, whose slots are put aside on `stack`.
pub fn suspended<'gc>(
    ctx: Context<'gc>,
    frame: &mut PyFrame<'gc>,
    stack: &[Value<'gc>],
) -> Object<'gc> {
    let object = object_of(ctx, frame);
    if let Some(data) = Value::Object(object).native::<FrameData<'_>>()
        && frame.locals.is_absent()
    {
        let mut state = data.state.get();
        state.locals = Value::Absent;
        state.slots = keep_slots(ctx, stack.get(..frame.code.0.slot_count));
        state.instruction = frame.pc.saturating_sub(1);
        data.state.set(ctx.mc, state);
    }
    object
}

fn keep_slots<'gc>(ctx: Context<'gc>, slots: Option<&[Value<'gc>]>) -> Option<Tuple<'gc>> {
    slots.map(|slots| ctx.tuple(slots))
}

/// `f_locals`: the locals by name, made of the slots that were kept. A frame that
/// still runs and that nobody has looked at from outside has none yet.
pub fn locals<'gc>(ctx: Context<'gc>, data: &FrameData<'gc>) -> Value<'gc> {
    let mut state = data.state.get();
    if state.locals.is_absent() {
        let slots = state.slots.map_or(&[][..], Tuple::items);
        state.locals = crate::vm::frame::slots_by_name(ctx, data.code, slots);
        data.state.set(ctx.mc, state);
    }
    state.locals
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc FrameData<'gc>, Raised<'gc>> {
    value
        .native::<FrameData<'_>>()
        .ok_or_else(|| ctx.type_error("a frame is required"))
}

/// `f_lineno`; none where the instruction has no place in the source.
fn line<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let data = this(ctx, value)?;
    let at = data.state.get().instruction;
    Ok(match data.code.unit().positions.get(at) {
        Some(position) if position.line != 0 => Value::Int(position.line.into()),
        _ => Value::None,
    })
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let data = this(ctx, args[0])?;
    let address = args[0].address().unwrap_or(0);
    let line = line(ctx, args[0])?.as_small_int().unwrap_or(0);
    let file = ctx.repr(Value::Str(data.code.0.filename))?;
    Ok(ctx.str_value(&format!(
        "<frame at {address:#x}, file {}, line {line}, code {}>",
        file.to_string_lossy(),
        data.code.name().to_string_lossy()
    )))
}

/// `frame.clear()`: a frame that has ended lets go of its locals.
fn clear<'gc>(
    ctx: Context<'gc>,
    mut caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let data = this(ctx, args[0])?;
    let running = chain(ctx, &mut caller);
    if running
        .iter()
        .any(|frame| Value::Object(*frame).is(args[0]))
    {
        return Err(ctx.runtime_error("cannot clear an executing frame"));
    }
    let mut state = data.state.get();
    if !state.ended {
        return Err(ctx.runtime_error("cannot clear a suspended frame"));
    }
    state.locals = Value::Absent;
    state.slots = None;
    data.state.set(ctx.mc, state);
    Ok(Flow::Return(Value::None))
}

/// The type.
pub static FRAME: TypeDef = TypeDef {
    name: "frame",
    subclassable: false,
    methods: &[
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        method(
            "clear($self, /)",
            "Clear all references held by the frame.",
            CallerCall(clear),
        ),
    ],
    getsets: &[
        getter("f_code", "", |ctx, value| {
            Ok(Value::Code(this(ctx, value)?.code))
        }),
        getter("f_globals", "", |ctx, value| {
            Ok(Value::Dict(this(ctx, value)?.globals))
        }),
        getter("f_builtins", "", |ctx, value| {
            Ok(Value::Dict(this(ctx, value)?.builtins))
        }),
        getter("f_locals", "", |ctx, value| {
            Ok(locals(ctx, this(ctx, value)?))
        }),
        getter("f_back", "", |ctx, value| {
            Ok(this(ctx, value)?.state.get().back)
        }),
        getter("f_lineno", "", line),
        getter("f_trace", "", |_, _| Ok(Value::None)),
        getter("f_trace_lines", "", |_, _| Ok(Value::bool(true))),
        getter("f_trace_opcodes", "", |_, _| Ok(Value::bool(false))),
        getter("f_generator", "", |_, _| Ok(Value::None)),
        getter("f_lasti", "", |ctx, value| {
            let data = this(ctx, value)?;
            let at = data.state.get().instruction;
            let offset = crate::bytecode::tables::offset_of(data.code.unit(), at);
            Ok(Value::Int(offset as i64))
        }),
    ],
    ..TypeDef::DEFAULT
};
