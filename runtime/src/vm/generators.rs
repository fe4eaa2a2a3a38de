//! Resuming and suspending generators: their frames move between the
//! generator object and the frame stack.

use gc_arena::Collect;

use crate::bytecode::{CodeFlags, Op};
use crate::context::Context;
use crate::protocol::iterate;
use crate::raised::Raised;
use crate::report_error;
use crate::types::exceptions::{self, Exc};
use crate::types::generator::{Generator, GeneratorState};
use crate::types::generator_methods;
use crate::value::Value;
use crate::vm::call::Called;
use crate::vm::flow::{Flow, Input, NativeFrame, Next, Resume, Step};
use crate::vm::frame::{After, Frame, PyFrame};
use crate::vm::interpret::Leave;
use crate::vm::{Signal, Vm, chained};

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
                let kind = generator.kind();
                return Err(ctx.value_error(format!("{kind} already executing")));
            }
            (GeneratorState::Finished, _) if generator.is_coroutine() => {
                return Err(ctx.runtime_error("cannot reuse already awaited coroutine"));
            }
            (GeneratorState::Finished, Resume::Send(_)) => {
                return Err(ctx.error_with(Exc::StopIteration, &[]));
            }
            (GeneratorState::Finished, Resume::Throw(raised) | Resume::ThrowHere(raised)) => {
                return Err(raised);
            }
            (GeneratorState::Created, Resume::Send(value)) if !value.is_none() => {
                let kind = generator.kind();
                return Err(ctx.type_error(format!(
                    "can't send non-None value to a just-started {kind}"
                )));
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
        let traced = ctx.enter_frame()?;
        let mut data = generator.0.borrow_mut(ctx.mc);
        let Some(frame) = &data.frame else {
            return Err(ctx.value_error("generator already executing"));
        };
        // Made where it goes: a frame is large, and generators are resumed often.
        self.frames.push(Frame::Python(PyFrame {
            base: self.top,
            start: self.top,
            after,
            generator: Some(generator),
            outer_handled: ctx.handled(),
            ..*frame
        }));
        data.frame = None;
        data.state = GeneratorState::Running;
        self.push_all(&data.stack);
        data.stack.clear();
        let handles = !data.handled.is_none();
        if handles {
            ctx.set_handled(data.handled);
            data.handled = Value::None;
        }
        match resume {
            Resume::Send(value) => self.push(value),
            Resume::Throw(raised) | Resume::ThrowHere(raised) => {
                // A generator that has not started raises at its first line.
                self.push(Value::None);
                // What the caller handles is no context of it, as in CPython.
                if handles {
                    exceptions::chain_context(ctx, raised);
                }
                self.thrown = Some(raised);
            }
        }
        drop(data);
        if traced {
            self.trace_entry(ctx);
        }
        Ok(Called::Frame)
    }

    /// What the end of a generator, with `value`, is to whoever resumed it.
    pub(super) fn generator_ended(
        &mut self,
        ctx: Context<'gc>,
        after: After,
        value: Value<'gc>,
    ) -> Signal<'gc> {
        match (after, self.frames.last()) {
            (After::Item, _) => Signal::Exhausted,
            (_, Some(Frame::Next)) => {
                self.frames.pop();
                Signal::Exhausted
            }
            (_, Some(Frame::Send)) => {
                self.frames.pop();
                Signal::Sent(value)
            }
            // CPython sets no context where the exception carries a value.
            _ if value.is_none() => chained(ctx, ctx.error_with(Exc::StopIteration, &[])),
            _ => Signal::Raise(ctx.error_with(Exc::StopIteration, &[value])),
        }
    }

    /// Suspends the generator whose frame is on top, with `value` for whoever
    /// resumed it. None when that is the frame below, which has got it.
    pub(super) fn yield_value(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
    ) -> Option<Leave<'gc>> {
        let Some(Frame::Python(frame)) = self.frames.last() else {
            return Some(Leave::Signal(Signal::Value(value)));
        };
        let (after, start) = (frame.after, frame.start);
        if let Some(generator) = frame.generator {
            let (handled, outer) = (ctx.handled(), frame.outer_handled);
            let mut data = generator.0.borrow_mut(ctx.mc);
            data.stack.clear();
            data.stack
                .extend_from_slice(&self.stack[frame.base..self.top]);
            data.handled = if handled.is(outer) {
                Value::None
            } else {
                handled
            };
            data.state = GeneratorState::Suspended;
            data.frame = Some(PyFrame {
                outer_handled: Value::None,
                ..*frame
            });
            ctx.set_handled(outer);
            ctx.leave_frame();
        }
        self.top = start;
        self.frames.pop();
        if let Some(Frame::Send) = self.frames.last() {
            self.frames.pop();
        }
        match self.frames.last() {
            // Only ForIter, Send and Call resume a generator: all push the value.
            Some(Frame::Python(_)) => {
                self.push(value);
                None
            }
            _ => Some(Leave::Signal(match after {
                After::Item => Signal::Item(value),
                _ => Signal::Value(value),
            })),
        }
    }

    /// Makes a generator of the frame on top and gives it to the one below. None
    /// when that is Python's.
    pub(super) fn return_generator(
        &mut self,
        ctx: Context<'gc>,
    ) -> Result<Option<Leave<'gc>>, Raised<'gc>> {
        let Some(Frame::Python(frame)) = self.frames.pop() else {
            return Ok(None);
        };
        let generator = self.make_generator(ctx, frame);
        ctx.leave_frame();
        self.top = frame.start;
        match self.frames.last() {
            Some(Frame::Python(_)) => {
                self.deliver_value(ctx, generator)?;
                Ok(None)
            }
            _ => Ok(Some(Leave::Signal(Signal::Value(generator)))),
        }
    }

    /// Sends the value on top to the iterator below it. None when the frame on
    /// top, perhaps another one, goes on; `target` is where this one goes on at
    /// the end of the iterator.
    pub(super) fn send(
        &mut self,
        ctx: Context<'gc>,
        target: usize,
    ) -> Result<Option<Leave<'gc>>, Raised<'gc>> {
        let value = self.pop();
        let iterator = self.peek(1);
        let flow = match (iterator, value) {
            (Value::Generator(generator), value) => Flow::Resume(generator, Resume::Send(value)),
            (iterator, Value::None) => match iterate::next(ctx, iterator)? {
                Next::Item(item) => Flow::Return(item),
                Next::Exhausted => {
                    self.push(Value::None);
                    if let Some(Frame::Python(frame)) = self.frames.last_mut() {
                        frame.pc = target;
                    }
                    return Ok(None);
                }
                Next::Flow(flow) => flow,
            },
            (iterator, value) => {
                let send = ctx.get_attr(iterator, ctx.names().send)?;
                Flow::call(send, &[value])
            }
        };
        self.frames.push(Frame::Send);
        match self.start(ctx, flow) {
            Ok(Called::Frame) => Ok(None),
            Ok(Called::Done) => {
                self.frames.pop();
                Ok(None)
            }
            Err(raised) => Ok(Some(Leave::Signal(chained(ctx, raised)))),
        }
    }

    /// The innermost calls under way: file, line and function of each.
    fn calls(&self, ctx: Context<'gc>, depth: usize) -> Value<'gc> {
        let frames = self.frames.iter().rev().filter_map(|frame| match frame {
            Frame::Python(frame) => Some(frame),
            _ => None,
        });
        let rows = frames.take(depth).map(|frame| {
            let code = frame.code.shown();
            let line = crate::vm::frame::line_at(code, frame.instruction());
            let (file, name) = (Value::Str(code.0.filename), Value::Str(code.name()));
            Value::Tuple(ctx.tuple([file, Value::Int(line.into()), name]))
        });
        Value::Tuple(ctx.tuple(rows.collect::<Vec<_>>()))
    }

    /// Makes a generator of a frame that has just been entered.
    pub(super) fn make_generator(&mut self, ctx: Context<'gc>, frame: PyFrame<'gc>) -> Value<'gc> {
        let stack = self.stack[frame.base..self.top].to_vec();
        let (name, qualname) = match frame.function {
            Value::Function(function) => {
                let fields = function.fields();
                (fields.name, fields.qualname)
            }
            _ => (frame.code.name(), frame.code.qualname()),
        };
        let unit = frame.code.unit();
        let handles = unit.exception_table.iter().any(|e| unit.is_written(e));
        let object = frame.object;
        let tracks_origin = ctx.origin_depth() > 0 && unit.flags.has(CodeFlags::COROUTINE);
        let generator = Value::Generator(Generator::new(ctx, frame, stack, name, qualname));
        if let (true, Value::Generator(coroutine)) = (tracks_origin, generator) {
            coroutine.0.borrow_mut(ctx.mc).origin = self.calls(ctx, ctx.origin_depth());
        }
        if let Some(object) = object {
            crate::types::frame::set_generator(ctx, object, generator);
        }
        if handles {
            ctx.watch_end(generator);
        }
        generator
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
                    let found = match ctx.try_attr(inner, name) {
                        // A sub-iterator that can't be asked does not keep it open.
                        Err(raised) if closing => {
                            let what = "Exception ignored while closing generator";
                            report_error::unraisable(ctx, raised, what, inner);
                            None
                        }
                        found => found?,
                    };
                    let Some(method) = found else {
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
