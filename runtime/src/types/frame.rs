//! Frame objects: what Python sees of a frame, made when somebody asks. The variables of a
//! frame that is looked at live in its frame object: see `vm::observe`.

use gc_arena::lock::{Lock, RefLock};
use gc_arena::{Collect, Gc};

use crate::bytecode::tables;
use crate::context::Context;
use crate::erased::NativeData;
use crate::immediate::Truth;
use crate::native::NativeCall::Caller as CallerCall;
use crate::native::{method, slot};
use crate::object::Object;
use crate::raised::Raised;
use crate::types::code::Code;
use crate::types::def::{GetSetDef, Live, TypeDef, getset, getter};
use crate::types::dict::Dict;
use crate::types::exceptions::Exc;
use crate::types::frame_locals;
use crate::types::generator::GeneratorState;
use crate::value::Value;
use crate::vm::flow::{Flow, LookFn};
use crate::vm::frame::{Caller, Frame, NOT_STARTED, PyFrame, line_at, slots_by_name};
use crate::vm::observe::observe;

/// What changes while the frame lives.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct FrameState<'gc> {
    /// The mapping of names of a module, class body or `exec`; absent in a function.
    pub locals: Value<'gc>,
    /// `f_back`: a frame or None.
    pub back: Value<'gc>,
    /// The last instruction, when this was last looked at.
    pub instruction: usize,
    /// Whether the frame has ended.
    ended: bool,
    /// `f_generator`: a generator or None.
    pub generator: Value<'gc>,
    /// `f_trace`, or None.
    pub trace: Value<'gc>,
    /// `f_trace_lines`
    pub trace_lines: bool,
    /// `f_trace_opcodes`
    pub trace_opcodes: bool,
    /// The line that the trace function was last told of, and its instruction.
    #[collect(require_static)]
    pub last_line: (u32, usize),
    /// The native under way that the profile function was told of, or None.
    pub called: Value<'gc>,
    /// What `f_locals` holds beyond the variables.
    pub extra: Option<Dict<'gc>>,
}

/// The variables of a frame, as its slots hold them.
pub type Slots<'gc> = Gc<'gc, RefLock<Vec<Value<'gc>>>>;

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
    /// The slots of a frame that has ended or is looked at; else empty.
    pub slots: Slots<'gc>,
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
        back: Value::None,
        instruction: frame.instruction(),
        ended: false,
        generator: frame.generator.map_or(Value::None, Value::Generator),
        trace: Value::None,
        trace_lines: true,
        trace_opcodes: false,
        last_line: (0, 0),
        called: Value::None,
        extra: None,
    };
    let data = FrameData {
        code: frame.code.shown(),
        globals: frame.globals,
        builtins: frame.builtins,
        slots: Gc::new(ctx.mc, RefLock::default()),
        state: Gc::new(ctx.mc, Lock::new(state)),
    };
    let object = Object::with_native::<FrameData<'_>>(ctx, ctx.type_of_def(&FRAME), data);
    frame.object = Some(object);
    object
}

fn data_of<'gc>(object: Object<'gc>) -> Option<&'gc FrameData<'gc>> {
    Value::Object(object).native::<FrameData<'_>>()
}

/// What changes of a frame object.
pub fn state_of(object: Object<'_>) -> Option<FrameState<'_>> {
    data_of(object).map(|data| data.state.get())
}

/// Changes it.
pub fn update<'gc>(
    ctx: Context<'gc>,
    object: Object<'gc>,
    change: impl FnOnce(&mut FrameState<'gc>),
) {
    if let Some(data) = data_of(object) {
        let mut state = data.state.get();
        change(&mut state);
        data.state.set(ctx.mc, state);
    }
}

/// Links a frame to the one that called it.
pub fn set_back<'gc>(ctx: Context<'gc>, inner: Object<'gc>, outer: Object<'gc>) {
    update(ctx, inner, |state| state.back = Value::Object(outer));
}

/// Says whose frame it is.
pub fn set_generator<'gc>(ctx: Context<'gc>, object: Object<'gc>, generator: Value<'gc>) {
    update(ctx, object, |state| state.generator = generator);
}

/// Puts a frame's variables where its frame object's are.
pub fn share_slots<'gc>(ctx: Context<'gc>, object: Object<'gc>, slots: &[Value<'gc>]) {
    if let Some(data) = data_of(object) {
        *data.slots.borrow_mut(ctx.mc) = slots.to_vec();
    }
}

/// The variables of a frame that is looked at.
pub fn shared_slots<'gc>(object: Object<'gc>) -> Option<Vec<Value<'gc>>> {
    let slots = data_of(object)?.slots.borrow();
    (!slots.is_empty()).then(|| slots.clone())
}

/// The line of a frame's last instruction.
pub fn line_of(object: Object<'_>) -> Option<u32> {
    let data = data_of(object)?;
    let position = data
        .code
        .unit()
        .positions
        .get(data.state.get().instruction)?;
    (position.line != 0).then_some(position.line)
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
        let instruction = frame.instruction();
        update(ctx, object, |state| state.instruction = instruction);
        if let Some(inner) = objects.last() {
            set_back(ctx, *inner, object);
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
    let instruction = frame.instruction();
    update(ctx, object, |state| {
        state.ended = true;
        state.instruction = instruction;
    });
    let end = frame.base + frame.code.0.slot_count;
    if frame.locals.is_absent()
        && frame.code.0.origin.is_none()
        && let Some(slots) = stack.get(frame.base..end)
    {
        share_slots(ctx, object, slots);
    }
}

/// What is wanted of a frame that runs or waits.
#[derive(Copy, Clone, PartialEq)]
enum Want {
    /// Where it stands.
    Place,
    /// Its variables too.
    Variables,
    /// That it tells of lines.
    Lines,
}

/// Notes where a frame that runs or waits stands, and sees to what is wanted of it.
fn refresh<'gc>(
    ctx: Context<'gc>,
    caller: Caller<'_, 'gc>,
    value: Value<'gc>,
    want: Want,
) -> Result<(), Raised<'gc>> {
    let data = this(ctx, value)?;
    let is_function = data.state.get().locals.is_absent();
    let observes = want == Want::Lines || want == Want::Variables && is_function;
    let is_it = |frame: &PyFrame<'gc>| frame.object.is_some_and(|o| Value::Object(o).is(value));
    if let Value::Generator(generator) = data.state.get().generator {
        let mut suspended = generator.0.borrow_mut(ctx.mc);
        let suspended = &mut *suspended;
        if let Some(frame) = &mut suspended.frame
            && is_it(frame)
        {
            let instruction = frame.instruction();
            if observes {
                let slots = suspended.stack.get(..frame.code.0.slot_count);
                observe(ctx, frame, slots.unwrap_or(&[]));
            }
            let mut state = data.state.get();
            (state.instruction, state.back) = (instruction, Value::None);
            data.state.set(ctx.mc, state);
            return Ok(());
        }
    }
    let found = caller.frames.iter().rposition(|frame| match frame {
        Frame::Python(frame) => is_it(frame),
        _ => false,
    });
    let Some(at) = found else {
        return Ok(());
    };
    let (below, from) = caller.frames.split_at_mut(at);
    let mut state = data.state.get();
    if let Some(Frame::Python(frame)) = from.first_mut() {
        state.instruction = frame.instruction();
        if observes {
            let end = frame.base + frame.code.0.slot_count;
            let slots = caller.stack.get(frame.base..end).unwrap_or(&[]);
            observe(ctx, frame, slots);
        }
    }
    let outer = below.iter_mut().rev().find_map(|frame| match frame {
        Frame::Python(frame) => Some(object_of(ctx, frame)),
        _ => None,
    });
    state.back = outer.map_or(state.back, Value::Object);
    data.state.set(ctx.mc, state);
    Ok(())
}

/// The locals by name: for a function's frame a dict made for the purpose.
pub fn locals_by_name<'gc>(ctx: Context<'gc>, data: &FrameData<'gc>) -> Value<'gc> {
    match data.state.get().locals {
        Value::Absent => slots_by_name(ctx, data.code, &data.slots.borrow()),
        mapping => mapping,
    }
}

/// The frame that a value is.
pub fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc FrameData<'gc>, Raised<'gc>> {
    value
        .native::<FrameData<'_>>()
        .ok_or_else(|| ctx.type_error("a frame is required"))
}

/// `f_locals`
fn locals<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let data = this(ctx, value)?;
    Ok(match (data.state.get().locals, value) {
        (Value::Absent, Value::Object(object)) => frame_locals::proxy(ctx, object),
        (mapping, _) => mapping,
    })
}

/// `f_lineno`
fn line<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let data = this(ctx, value)?;
    Ok(match line_at(data.code, data.state.get().instruction) {
        0 => Value::None,
        line => Value::Int(line.into()),
    })
}

/// DIFFERENCE: no trace function can have the program go on elsewhere.
fn set_line<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    line: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    if line.is_absent() {
        return Err(ctx.error(Exc::AttributeError, "cannot delete attribute"));
    }
    if !matches!(line, Value::Int(_) | Value::BigInt(_)) {
        return Err(ctx.value_error("lineno must be an integer"));
    }
    let traced = !this(ctx, value)?.state.get().trace.is_none();
    Err(ctx.value_error(match traced {
        false => "f_lineno can only be set in a trace function",
        true => "f_lineno can't be set",
    }))
}

fn last_instruction<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let data = this(ctx, value)?;
    let at = match data.state.get().instruction {
        NOT_STARTED => 0,
        at => at,
    };
    let offset = tables::offset_of(data.code.unit(), at);
    Ok(Value::Int(offset as i64))
}

fn set_trace<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    function: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    if let Value::Object(object) = value {
        update(ctx, object, |state| state.trace = function.or(Value::None));
    }
    Ok(())
}

fn flag<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    change: impl FnOnce(&mut FrameState<'gc>, bool),
    frame: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    match (value, frame) {
        (Value::Bool(is), Value::Object(object)) => {
            update(ctx, object, |state| change(state, is == Truth::True));
            Ok(())
        }
        _ => Err(ctx.type_error("attribute value type must be bool")),
    }
}

fn repr<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(caller) = caller {
        refresh(ctx, caller, args[0], Want::Place)?;
    }
    let data = this(ctx, args[0])?;
    let address = args[0].address().unwrap_or(0);
    let line = line(ctx, args[0])?.as_small_int().unwrap_or(0);
    let file = ctx.repr(Value::Str(data.code.0.filename))?;
    Ok(Flow::Return(ctx.str_value(&format!(
        "<frame at {address:#x}, file {}, line {line}, code {}>",
        file.to_string_lossy(),
        data.code.name().to_string_lossy()
    ))))
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
    if let Value::Generator(generator) = state.generator
        && generator.state() == GeneratorState::Created
    {
        generator.end(ctx);
        state.ended = true;
    }
    let waits = match state.generator {
        Value::Generator(generator) => !generator.is_finished(),
        _ => !state.ended,
    };
    if waits {
        return Err(ctx.runtime_error("cannot clear a suspended frame"));
    }
    state.trace = Value::None;
    state.extra = None;
    data.slots.borrow_mut(ctx.mc).clear();
    data.state.set(ctx.mc, state);
    Ok(Flow::Return(Value::None))
}

/// An attribute for which the running frames are looked at.
const fn live(mut def: GetSetDef, get: Option<LookFn>, set: Option<LookFn>) -> GetSetDef {
    def.live = Live { get, set };
    def
}

/// The type.
pub static FRAME: TypeDef = TypeDef {
    name: "frame",
    subclassable: false,
    methods: &[
        slot("__repr__($self, /)", "Return repr(self).", CallerCall(repr)),
        method(
            "clear($self, /)",
            "Clear all references held by the frame.",
            CallerCall(clear),
        ),
    ],
    getsets: &[
        GetSetDef {
            name: "f_trace_lines",
            doc: "",
            get: |ctx, value| Ok(Value::bool(this(ctx, value)?.state.get().trace_lines)),
            set: Some(|ctx, frame, value| match value {
                Value::Absent => Err(ctx.type_error("can't delete numeric/char attribute")),
                value => flag(ctx, value, |state, is| state.trace_lines = is, frame),
            }),
            member: true,
            live: Live::NO,
        },
        live(
            getter("f_back", "", |ctx, value| {
                Ok(this(ctx, value)?.state.get().back)
            }),
            Some(|ctx, caller, args| {
                refresh(ctx, caller, args[0], Want::Place)?;
                Ok(this(ctx, args[0])?.state.get().back)
            }),
            None,
        ),
        live(
            getter(
                "f_locals",
                "Return the mapping used by the frame to look up local variables.",
                locals,
            ),
            Some(|ctx, caller, args| {
                refresh(ctx, caller, args[0], Want::Variables)?;
                locals(ctx, args[0])
            }),
            None,
        ),
        live(
            getset(
                "f_lineno",
                "Return the current line number in the frame.",
                line,
                set_line,
            ),
            Some(|ctx, caller, args| {
                refresh(ctx, caller, args[0], Want::Place)?;
                line(ctx, args[0])
            }),
            None,
        ),
        live(
            getset(
                "f_trace",
                "Return the trace function for this frame, or None if no trace function is set.",
                |ctx, value| Ok(this(ctx, value)?.state.get().trace),
                set_trace,
            ),
            None,
            Some(|ctx, caller, args| {
                refresh(ctx, caller, args[0], Want::Lines)?;
                set_trace(ctx, args[0], args[1])?;
                Ok(Value::None)
            }),
        ),
        live(
            getter(
                "f_lasti",
                "Return the index of the last attempted instruction in the frame.",
                last_instruction,
            ),
            Some(|ctx, caller, args| {
                refresh(ctx, caller, args[0], Want::Place)?;
                last_instruction(ctx, args[0])
            }),
            None,
        ),
        getter(
            "f_globals",
            "Return the global variables in the frame.",
            |ctx, value| Ok(Value::Dict(this(ctx, value)?.globals)),
        ),
        getter(
            "f_builtins",
            "Return the built-in variables in the frame.",
            |ctx, value| Ok(Value::Dict(this(ctx, value)?.builtins)),
        ),
        getter(
            "f_code",
            "Return the code object being executed in this frame.",
            |ctx, value| Ok(Value::Code(this(ctx, value)?.code)),
        ),
        getset(
            "f_trace_opcodes",
            "Return True if opcode tracing is enabled, False otherwise.",
            |ctx, value| Ok(Value::bool(this(ctx, value)?.state.get().trace_opcodes)),
            |ctx, frame, value| flag(ctx, value, |state, is| state.trace_opcodes = is, frame),
        ),
        getter(
            "f_generator",
            "Return the generator or coroutine associated with this frame, or None.",
            |ctx, value| Ok(this(ctx, value)?.state.get().generator),
        ),
    ],
    ..TypeDef::DEFAULT
};
