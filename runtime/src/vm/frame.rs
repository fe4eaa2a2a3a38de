//! Frames: one activation of Python code, or of a native that waits.

use gc_arena::Collect;

use crate::bytecode::Slot;
use crate::context::Context;
use crate::object::Object;
use crate::types::code::Code;
use crate::types::dict::Dict;
use crate::types::generator::Generator;
use crate::value::Value;
use crate::vm::Signal;
use crate::vm::flow::NativeFrame;

/// What becomes of a Python frame's result.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum After {
    /// It is the value of the call.
    Value,
    /// It is `__init__`'s: it must be None, and the instance, which lies on the
    /// stack where the frame starts, is the value of the call.
    Init,
    /// It is the answer of an operator's method: NotImplemented means that the
    /// other operand is asked. The operands lie on the stack where the frame starts.
    Operator,
    /// The frame is a generator's, resumed to give the next item of an iteration.
    Item,
}

/// An activation of Python code.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct PyFrame<'gc> {
    /// The code.
    pub code: Code<'gc>,
    /// Its globals.
    pub globals: Dict<'gc>,
    /// Where names that are not in the globals come from.
    pub builtins: Dict<'gc>,
    /// The mapping of a module, class body or `exec`; absent in a function.
    pub locals: Value<'gc>,
    /// The function that was called, or absent: for `sys` and `super`.
    pub function: Value<'gc>,
    /// Where its slots begin on the stack.
    pub base: usize,
    /// What the stack is cut to when it ends.
    pub start: usize,
    /// The next instruction.
    pub pc: usize,
    /// What becomes of the result.
    #[collect(require_static)]
    pub after: After,
    /// The generator whose frame this is.
    pub generator: Option<Generator<'gc>>,
    /// The exception that was being handled when the generator was resumed.
    pub outer_handled: Value<'gc>,
    /// The frame as a Python object, once somebody has asked for it.
    pub object: Option<Object<'gc>>,
}

/// An entry of the frame stack.
#[derive(Collect)]
#[collect(no_drop)]
pub enum Frame<'gc> {
    /// Python code.
    Python(PyFrame<'gc>),
    /// A native that waits.
    Native(Box<dyn NativeFrame<'gc> + 'gc>),
    /// A mark: what comes next is the result of a `__next__`, so a value is an
    /// item and a StopIteration the end.
    Next,
    /// A mark: what comes next is nobody's; the frame below goes on with the signal
    /// kept here.
    Aside(Signal<'gc>),
    /// A mark: what comes next is the answer to a `send`, so a StopIteration is
    /// the end of the iterator, with a value.
    Send,
}

/// The frames below a native that looks at them.
pub struct Caller<'a, 'gc> {
    /// All frames; the last Python one is the caller.
    pub frames: &'a mut [Frame<'gc>],
    /// The stack that their slots lie on.
    pub stack: &'a mut [Value<'gc>],
}

impl<'gc> Caller<'_, 'gc> {
    /// The same view, lent on.
    pub fn reborrow(&mut self) -> Caller<'_, 'gc> {
        Caller {
            frames: self.frames,
            stack: self.stack,
        }
    }

    /// The Python frame that called.
    pub fn frame(&self) -> Option<&PyFrame<'gc>> {
        self.frames.iter().rev().find_map(|f| match f {
            Frame::Python(frame) => Some(frame),
            _ => None,
        })
    }

    /// The slots of a frame: locals and cells.
    pub fn slots(&self, frame: &PyFrame<'gc>) -> &[Value<'gc>] {
        let end = frame.base + frame.code.0.slot_count;
        self.stack.get(frame.base..end).unwrap_or(&[])
    }

    /// The locals of a function's frame by name, cells opened, unbound ones left
    /// out; for other frames, their mapping. As `locals()` gives them.
    pub fn locals(&self, ctx: Context<'gc>, frame: &PyFrame<'gc>) -> Value<'gc> {
        if !frame.locals.is_absent() {
            return frame.locals;
        }
        let slots = self.slots(frame);
        let shared = frame.object.and_then(crate::types::frame::shared_slots);
        let locals = slots_by_name(ctx, frame.code, shared.as_deref().unwrap_or(slots));
        let state = frame.object.and_then(crate::types::frame::state_of);
        if let (Value::Dict(locals), Some(extra)) = (locals, state.and_then(|s| s.extra)) {
            for (key, value) in extra.entries() {
                // The keys are in a dict already.
                let _ = locals.set(ctx, key, value);
            }
        }
        locals
    }
}

impl<'gc> PyFrame<'gc> {
    /// The instruction that runs or has run last, as the code that programs see counts;
    /// [`NOT_STARTED`] before the first.
    pub fn instruction(&self) -> usize {
        match self.pc.checked_sub(1) {
            Some(at) => self.code.shown_index(at),
            None => NOT_STARTED,
        }
    }
}

/// The instruction of a frame that has run none.
pub const NOT_STARTED: usize = usize::MAX;

/// The line of an instruction, or of the last one before it that has one; 0 where the
/// code has no lines.
pub fn line_at(code: Code<'_>, instruction: usize) -> u32 {
    let unit = code.unit();
    let before = match instruction {
        NOT_STARTED => &[],
        at => unit.positions.get(..=at).unwrap_or(&[]),
    };
    let known = before.iter().rev().find(|position| position.line != 0);
    match known {
        Some(position) => position.line,
        None if unit.positions.iter().all(|position| position.line == 0) => 0,
        None => unit.first_line,
    }
}

/// The variables of a function's frame by name: cells opened, unbound ones left out.
pub fn slots_by_name<'gc>(ctx: Context<'gc>, code: Code<'gc>, slots: &[Value<'gc>]) -> Value<'gc> {
    let dict = Dict::new(ctx);
    for ((slot, name), value) in code.unit().slots.iter().zip(&code.0.slot_names).zip(slots) {
        let value = content(slot, *value);
        if !value.is_absent() && !slot.hidden {
            dict.set_str(ctx, *name, value);
        }
    }
    Value::Dict(dict)
}

/// What a slot's variable is bound to.
pub fn content<'gc>(slot: &Slot, value: Value<'gc>) -> Value<'gc> {
    match value {
        Value::Cell(cell) if slot.cell || slot.free => cell.get(),
        other => other,
    }
}
