//! Resuming and suspending generators: their frames move between the
//! generator object and the frame stack.

use gc_arena::Collect;

use crate::bytecode::Op;
use crate::context::Context;
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::types::generator::{Generator, GeneratorState};
use crate::types::generator_methods;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::call::Called;
use crate::vm::flow::{Flow, Input, NativeFrame, Resume, Step};
use crate::vm::frame::{After, Frame, PyFrame};

impl<'gc> Vm<'gc> {
    /// Puts a generator's frame on the frame stack. Raises ValueError if it is
    /// there already, StopIteration (or what is thrown) if it has ended.
    pub(super) fn resume_generator(
        &mut self,
        ctx: Context<'gc>,
        generator: Generator<'gc>,
        resume: Resume<'gc>,
        after: After,
    ) -> Result<Called, Raised<'gc>> {
        let state = generator.state();
        match (state, resume) {
            (GeneratorState::Running, _) => {
                return Err(ctx.value_error("generator already executing"));
            }
            (GeneratorState::Finished, Resume::Send(_)) => {
                return Err(ctx.error_with(Exc::StopIteration, &[]));
            }
            (GeneratorState::Finished, Resume::Throw(raised) | Resume::ThrowHere(raised)) => {
                return Err(raised);
            }
            (GeneratorState::Created, Resume::Send(value)) if !value.is_none() => {
                return Err(ctx.type_error("can't send non-None value to a just-started generator"));
            }
            (GeneratorState::Suspended, Resume::Throw(raised)) => {
                if let Some(inner) = delegate_of(generator) {
                    let frame = Delegate {
                        generator,
                        inner,
                        raised: Some(raised),
                        arguments: Vec::new(),
                        asked: false,
                    };
                    return self.start(ctx, Flow::frame(frame));
                }
            }
            _ => {}
        }
        ctx.enter_frame()?;
        let mut data = generator.0.borrow_mut(ctx.mc);
        let Some(mut frame) = data.frame.take() else {
            return Err(ctx.value_error("generator already executing"));
        };
        data.state = GeneratorState::Running;
        frame.base = self.stack.len();
        frame.start = frame.base;
        frame.after = after;
        frame.generator = Some(generator);
        frame.outer_handled = ctx.handled();
        self.stack.extend_from_slice(&data.stack);
        data.stack.clear();
        if !data.handled.is_none() {
            ctx.set_handled(data.handled);
            data.handled = Value::None;
        }
        match resume {
            Resume::Send(value) => self.stack.push(value),
            Resume::Throw(raised) | Resume::ThrowHere(raised) => {
                // A generator that has not started raises at its first line.
                self.stack.push(Value::None);
                exceptions::chain_context(ctx, raised);
                self.thrown = Some(raised);
            }
        }
        self.frames.push(Frame::Python(frame));
        Ok(Called::Frame)
    }

    /// Makes a generator of a frame that has just been entered.
    pub(super) fn make_generator(&mut self, ctx: Context<'gc>, frame: PyFrame<'gc>) -> Value<'gc> {
        let stack = self.stack.split_off(frame.base);
        let (name, qualname) = match frame.function {
            Value::Function(function) => {
                let fields = function.fields();
                (fields.name, fields.qualname)
            }
            _ => (frame.code.name(), frame.code.qualname()),
        };
        Value::Generator(Generator::new(ctx, frame, stack, name, qualname))
    }

    /// Takes the frame of a generator off the stacks, to be resumed later.
    pub(super) fn suspend(
        &mut self,
        ctx: Context<'gc>,
        generator: Generator<'gc>,
        mut frame: PyFrame<'gc>,
    ) {
        let handled = ctx.handled();
        let mut data = generator.0.borrow_mut(ctx.mc);
        data.stack.extend_from_slice(&self.stack[frame.base..]);
        data.handled = if handled.is(frame.outer_handled) {
            Value::None
        } else {
            handled
        };
        data.state = GeneratorState::Suspended;
        self.stack.truncate(frame.start);
        ctx.set_handled(frame.outer_handled);
        frame.outer_handled = Value::None;
        data.frame = Some(frame);
        ctx.leave_frame();
    }
}

impl<'gc> Generator<'gc> {
    /// Marks the generator as ended.
    pub(crate) fn end(self, ctx: Context<'gc>) {
        let mut data = self.0.borrow_mut(ctx.mc);
        data.state = GeneratorState::Finished;
        data.frame = None;
        data.stack = Vec::new();
        data.handled = Value::None;
    }
}

/// The sub-iterator of a generator that is suspended in a `yield from`.
pub fn delegate_of<'gc>(generator: Generator<'gc>) -> Option<Value<'gc>> {
    let data = generator.0.borrow();
    if data.state != GeneratorState::Suspended {
        return None;
    }
    let frame = data.frame.as_ref()?;
    let instr = frame.code.unit().instrs.get(frame.pc.checked_sub(1)?)?;
    (instr.op == Op::YieldValue && instr.arg & 1 == 1).then(|| data.stack.last().copied())?
}

/// `generator.throw(*arguments)` on a generator that waits for `inner`: the
/// sub-iterator gets the arguments as they are.
pub fn throw_into_delegate<'gc>(
    generator: Generator<'gc>,
    inner: Value<'gc>,
    arguments: &[Value<'gc>],
) -> Flow<'gc> {
    Flow::frame(Delegate {
        generator,
        inner,
        raised: None,
        arguments: arguments.to_vec(),
        asked: false,
    })
}

/// Throws into the sub-iterator of a suspended generator: `throw`, or `close`
/// for GeneratorExit. Follows CPython's `_gen_throw`.
#[derive(Collect)]
#[collect(no_drop)]
struct Delegate<'gc> {
    generator: Generator<'gc>,
    inner: Value<'gc>,
    /// What is thrown; none while `arguments` say it.
    raised: Option<Raised<'gc>>,
    /// The arguments of `throw`, not yet looked at.
    arguments: Vec<Value<'gc>>,
    #[collect(require_static)]
    asked: bool,
}

impl<'gc> NativeFrame<'gc> for Delegate<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let closing = self.is_closing(ctx);
        let names = ctx.names();
        if !self.asked {
            self.asked = true;
            if self.generator.state() == GeneratorState::Running {
                return Err(ctx.value_error("generator already executing"));
            }
            let flow = match (self.inner, self.raised) {
                (Value::Generator(inner), None) if !closing => {
                    generator_methods::throw_flow(ctx, inner, &self.arguments)?
                }
                (inner, raised) => {
                    let name = if closing { names.close } else { names.throw };
                    let Some(method) = ctx.try_attr(inner, name)? else {
                        return self.throw_here(ctx);
                    };
                    match raised {
                        _ if closing => Flow::call(method, &[]),
                        Some(raised) => Flow::call(method, &[raised.value()]),
                        None => Flow::call(method, &self.arguments),
                    }
                }
            };
            self.set_state(ctx, GeneratorState::Running);
            return Ok(Step::Await(flow));
        }
        self.set_state(ctx, GeneratorState::Suspended);
        match input {
            Input::Raised(raised) => {
                self.raised = Some(raised);
                self.throw_here(ctx)
            }
            _ if closing => self.throw_here(ctx),
            input => input.value().map(Step::Return),
        }
    }
}

impl<'gc> Delegate<'gc> {
    /// Whether a GeneratorExit is thrown.
    fn is_closing(&self, ctx: Context<'gc>) -> bool {
        let class = match (self.raised, self.arguments.first()) {
            (Some(raised), _) => raised.0.class(),
            (None, Some(Value::Type(class))) => *class,
            (None, Some(value)) => value.class(ctx),
            (None, None) => return false,
        };
        class.is_subclass_of(ctx.exceptions().get(Exc::GeneratorExit))
    }

    fn set_state(&self, ctx: Context<'gc>, state: GeneratorState) {
        self.generator.0.borrow_mut(ctx.mc).state = state;
    }

    /// Raises in the generator itself, at its `yield from`.
    fn throw_here(&self, ctx: Context<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let raised = match self.raised {
            Some(raised) => raised,
            None => generator_methods::thrown(ctx, &self.arguments)?,
        };
        let resume = Resume::ThrowHere(raised);
        Ok(Step::Finish(Flow::Resume(self.generator, resume)))
    }
}
