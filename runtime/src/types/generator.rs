//! Generators. Owns the struct: a frame put aside with its part of the stack.
//! How it is resumed is in `vm::generators`; the type's methods are in
//! `generator_methods`.

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc};

use crate::bytecode::CodeFlags;
use crate::context::Context;
use crate::types::code::Code;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::frame::PyFrame;

/// Where a generator stands.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum GeneratorState {
    /// Not started.
    Created,
    /// Waiting at a yield.
    Suspended,
    /// Its frame is on a frame stack.
    Running,
    /// Finished, by returning, raising or being closed.
    Finished,
}

/// The struct behind a [`Generator`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct GeneratorData<'gc> {
    /// Where it stands.
    #[collect(require_static)]
    pub state: GeneratorState,
    /// The frame, unless running or finished.
    pub frame: Option<PyFrame<'gc>>,
    /// The frame's slots and operand stack, unless running or finished.
    pub stack: Vec<Value<'gc>>,
    /// The exception that its own code is handling while suspended, or None.
    pub handled: Value<'gc>,
    /// `gi_code`
    pub code: Code<'gc>,
    /// `cr_origin`: the calls that made a coroutine, or None.
    pub origin: Value<'gc>,
    /// `__name__`
    pub name: Str<'gc>,
    /// `__qualname__`
    pub qualname: Str<'gc>,
}

/// A Python generator.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Generator<'gc>(pub Gc<'gc, RefLock<GeneratorData<'gc>>>);

impl<'gc> Generator<'gc> {
    /// A generator that has not started.
    pub fn new(
        ctx: Context<'gc>,
        frame: PyFrame<'gc>,
        stack: Vec<Value<'gc>>,
        name: Str<'gc>,
        qualname: Str<'gc>,
    ) -> Self {
        let data = GeneratorData {
            state: GeneratorState::Created,
            code: frame.code.shown(),
            frame: Some(frame),
            stack,
            handled: Value::None,
            origin: Value::None,
            name,
            qualname,
        };
        Generator(Gc::new(ctx.mc, RefLock::new(data)))
    }

    /// Whether it is a coroutine.
    #[inline]
    pub fn is_coroutine(self) -> bool {
        self.0.borrow().code.unit().flags.has(CodeFlags::COROUTINE)
    }

    /// The name of its type.
    pub fn kind(self) -> &'static str {
        if self.is_coroutine() {
            "coroutine"
        } else {
            "generator"
        }
    }

    /// Where it stands.
    #[inline]
    pub fn state(self) -> GeneratorState {
        self.0.borrow().state
    }

    /// Whether it has ended.
    #[inline]
    pub fn is_finished(self) -> bool {
        self.state() == GeneratorState::Finished
    }
}
