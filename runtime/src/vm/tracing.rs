//! `sys.settrace` and `sys.setprofile`: what their functions are told, and when. They are
//! called at once, within the instruction that they are told of.

use crate::context::Context;
use crate::object::Object;
use crate::raised::Raised;
use crate::types::exceptions;
use crate::types::frame::{self, FrameState};
use crate::types::native_function::NativeMethod;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::frame::{Caller, Frame};
use crate::vm::observe::observe;

/// Calls a tracing function, which is not traced itself.
fn tell<'gc>(
    ctx: Context<'gc>,
    function: Value<'gc>,
    frame: Object<'gc>,
    event: &str,
    argument: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.set_in_tracer(true);
    let event = Value::Str(ctx.intern(event));
    let result = ctx.call(function, &[Value::Object(frame), event, argument]);
    ctx.set_in_tracer(false);
    result
}

impl<'gc> Context<'gc> {
    /// Calls a function from a tracing function so that it is traced all the same.
    pub fn call_traced(
        self,
        function: Value<'gc>,
        arguments: &[Value<'gc>],
    ) -> Result<Value<'gc>, Raised<'gc>> {
        let was = self.is_in_tracer();
        self.set_in_tracer(false);
        let result = self.call(function, arguments);
        self.set_in_tracer(was);
        result
    }
}

/// Tells the frame's own trace function, or at a call the one that was set for all.
fn tell_tracer<'gc>(
    ctx: Context<'gc>,
    frame: Object<'gc>,
    event: &str,
    argument: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let tracer = ctx.tracer();
    if tracer.is_none() || ctx.is_in_tracer() {
        return Ok(());
    }
    let function = match event {
        "call" => tracer,
        _ => frame::state_of(frame).map_or(Value::None, |state| state.trace),
    };
    if function.is_none() {
        return Ok(());
    }
    match tell(ctx, function, frame, event, argument) {
        Ok(Value::None) => Ok(()),
        Ok(next) => {
            frame::update(ctx, frame, |state| state.trace = next);
            Ok(())
        }
        Err(raised) => {
            ctx.set_tracer(Value::None);
            frame::update(ctx, frame, |state| state.trace = Value::None);
            Err(raised)
        }
    }
}

fn tell_profiler<'gc>(
    ctx: Context<'gc>,
    frame: Object<'gc>,
    event: &str,
    argument: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let profiler = ctx.profiler();
    if profiler.is_none() || ctx.is_in_tracer() {
        return Ok(());
    }
    match tell(ctx, profiler, frame, event, argument) {
        Ok(_) => Ok(()),
        Err(raised) => {
            ctx.set_profiler(Value::None);
            Err(raised)
        }
    }
}

impl<'gc> Vm<'gc> {
    /// The frame object of the frame on top, which notes where that stands.
    fn traced_frame(&mut self, ctx: Context<'gc>) -> Option<(Object<'gc>, FrameState<'gc>)> {
        let Some(Frame::Python(running)) = self.frames.last_mut() else {
            return None;
        };
        let object = frame::object_of(ctx, running);
        let instruction = running.instruction();
        frame::update(ctx, object, |state| state.instruction = instruction);
        Some((object, frame::state_of(object)?))
    }

    /// The frame on top has just been entered or resumed, while somebody traces.
    #[cold]
    pub(super) fn trace_entry(&mut self, ctx: Context<'gc>) {
        let mut caller = Some(Caller {
            frames: &mut self.frames,
            stack: &mut self.stack,
        });
        let Some(object) = frame::chain(ctx, &mut caller).first().copied() else {
            return;
        };
        if let Some(Frame::Python(running)) = self.frames.last_mut() {
            let end = running.base + running.code.0.slot_count;
            let slots = self.stack.get(running.base..end).unwrap_or(&[]);
            observe(ctx, running, slots);
        }
        let told = tell_tracer(ctx, object, "call", Value::None)
            .and_then(|()| tell_profiler(ctx, object, "call", Value::None));
        if let Err(raised) = told {
            self.thrown = Some(raised);
        }
    }

    /// A line may begin.
    pub(super) fn trace_line(&mut self, ctx: Context<'gc>) -> Result<(), Raised<'gc>> {
        if ctx.tracer().is_none() || ctx.is_in_tracer() {
            return Ok(());
        }
        let Some((object, state)) = self.traced_frame(ctx) else {
            return Ok(());
        };
        let Some(line) = frame::line_of(object) else {
            return Ok(());
        };
        let (last_line, last) = state.last_line;
        let begins = line != last_line || state.instruction <= last;
        let at = (line, state.instruction);
        frame::update(ctx, object, |state| state.last_line = at);
        if !begins || !state.trace_lines {
            return Ok(());
        }
        tell_tracer(ctx, object, "line", Value::None)
    }

    /// The value on top is returned or yielded.
    pub(super) fn trace_return(&mut self, ctx: Context<'gc>) -> Result<(), Raised<'gc>> {
        let value = self.peek(1);
        let Some((object, _)) = self.traced_frame(ctx) else {
            return Ok(());
        };
        tell_tracer(ctx, object, "return", value)?;
        tell_profiler(ctx, object, "return", value)
    }

    /// What lies at a depth is called.
    pub(super) fn trace_call(
        &mut self,
        ctx: Context<'gc>,
        depth: usize,
    ) -> Result<(), Raised<'gc>> {
        if ctx.profiler().is_none() || ctx.is_in_tracer() {
            return Ok(());
        }
        let function = match (self.peek(depth), self.peek(depth.saturating_sub(1))) {
            (function @ Value::Native(_), Value::Absent) => function,
            (Value::Native(native), receiver) => {
                Value::NativeMethod(NativeMethod::new(ctx, native, receiver))
            }
            (function @ Value::NativeMethod(_), _) => function,
            (Value::BoundMethod(method), _) if matches!(method.0.function, Value::Native(_)) => {
                method.0.function
            }
            _ => return Ok(()),
        };
        let Some((object, _)) = self.traced_frame(ctx) else {
            return Ok(());
        };
        frame::update(ctx, object, |state| state.called = function);
        tell_profiler(ctx, object, "c_call", function)
    }

    /// A call has ended.
    pub(super) fn trace_call_end(&mut self, ctx: Context<'gc>) -> Result<(), Raised<'gc>> {
        if ctx.profiler().is_none() {
            return Ok(());
        }
        let Some((object, state)) = self.traced_frame(ctx) else {
            return Ok(());
        };
        if state.called.is_none() {
            return Ok(());
        }
        frame::update(ctx, object, |state| state.called = Value::None);
        tell_profiler(ctx, object, "c_return", state.called)
    }

    /// An exception comes by the frame on top. What comes by from now on is the answer.
    #[cold]
    pub(super) fn trace_exception(
        &mut self,
        ctx: Context<'gc>,
        raised: Raised<'gc>,
        is_new: bool,
    ) -> Raised<'gc> {
        let Some((object, state)) = self.traced_frame(ctx) else {
            return raised;
        };
        if !state.called.is_none() {
            frame::update(ctx, object, |state| state.called = Value::None);
            if let Err(other) = tell_profiler(ctx, object, "c_exception", state.called) {
                return other;
            }
        }
        if !is_new || state.trace.is_none() {
            return raised;
        }
        let value = raised.value();
        let traceback = exceptions::fields(value).map_or(Value::None, |f| f.traceback);
        let parts = [Value::Type(value.class(ctx)), value, traceback];
        let told = tell_tracer(ctx, object, "exception", Value::Tuple(ctx.tuple(parts)));
        told.err().unwrap_or(raised)
    }

    /// An exception ends the frame on top.
    #[cold]
    pub(super) fn trace_unwinding(
        &mut self,
        ctx: Context<'gc>,
        raised: Raised<'gc>,
    ) -> Raised<'gc> {
        let Some((object, _)) = self.traced_frame(ctx) else {
            return raised;
        };
        let told = tell_tracer(ctx, object, "return", Value::None)
            .and_then(|()| tell_profiler(ctx, object, "return", Value::None));
        told.err().unwrap_or(raised)
    }
}
