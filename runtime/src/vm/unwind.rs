//! Exceptions in Python frames: finding the handler, ending frames, tracebacks.

use crate::context::Context;
use crate::object::Object;
use crate::raised::Raised;
use crate::types::exceptions;
use crate::value::Value;
use crate::vm::frame::{After, Frame, PyFrame};
use crate::vm::{Signal, Vm};

impl<'gc> Vm<'gc> {
    /// Takes an exception to the nearest handler of the Python frames on top.
    /// None when one of them goes on; else the signal for the frame below.
    /// `new_entry` says whether the first frame gets a traceback entry.
    pub(super) fn unwind(
        &mut self,
        ctx: Context<'gc>,
        mut raised: Raised<'gc>,
        mut new_entry: bool,
    ) -> Option<Signal<'gc>> {
        let mut inner: Option<Object<'gc>> = None;
        loop {
            let Some(Frame::Python(frame)) = self.frames.last_mut() else {
                return Some(Signal::Raise(raised));
            };
            let at = frame.pc.saturating_sub(1);
            if new_entry {
                let frame_object = crate::types::frame::object_of(ctx, frame);
                let traceback = crate::types::traceback::entry(ctx, frame, frame_object, raised);
                exceptions::update(ctx, raised.value(), |f| f.traceback = traceback);
                if let Some(inner) = inner.replace(frame_object) {
                    crate::types::frame::set_back(ctx, inner, frame_object);
                }
            }
            if frame.code.0.origin.is_some() {
                raised = self.trace_exception(ctx, raised, new_entry);
            }
            new_entry = true;
            let Some(Frame::Python(frame)) = self.frames.last_mut() else {
                return Some(Signal::Raise(raised));
            };
            let code = frame.code;
            if let Some(handler) = code.unit().handler(at as u32) {
                frame.pc = handler.target as usize;
                let height = frame.base + code.0.slot_count + handler.depth as usize;
                self.top = height;
                if handler.push_lasti {
                    self.push(Value::Int(at as i64));
                }
                self.push(raised.value());
                return None;
            }
            if code.0.origin.is_some() {
                raised = self.trace_unwinding(ctx, raised);
            }
            let Some(Frame::Python(frame)) = self.frames.pop() else {
                return Some(Signal::Raise(raised));
            };
            self.leave(ctx, &frame);
            if frame.after == After::Init {
                // The instance that would have been the value of the call.
                self.pop();
            }
        }
    }

    /// Ends a frame that was popped: cuts the stack and lets go of its generator.
    pub(super) fn leave(&mut self, ctx: Context<'gc>, frame: &PyFrame<'gc>) {
        if let Some(object) = frame.object {
            crate::types::frame::keep_locals(ctx, object, frame, &self.stack);
        }
        self.top = frame.start;
        if let Some(generator) = frame.generator {
            generator.end(ctx);
            ctx.set_handled(frame.outer_handled);
        }
        ctx.leave_frame();
    }
}
