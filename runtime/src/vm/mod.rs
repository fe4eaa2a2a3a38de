//! The virtual machine: a stack of frames and a stack of values. Python calls
//! push frames and never recurse in Rust; natives that wait are frames too. The
//! outermost `run` works in slices, so that the collector can run in between.

use gc_arena::Collect;

use crate::context::Context;
use crate::protocol::iterate;
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::value::Value;
use call::Called;
use flow::{Flow, Input, Next, Step};
use frame::{After, Frame};

pub mod bind;
mod bind_errors;
pub mod call;
pub mod construct;
pub mod drive;
mod endings;
pub mod flow;
pub mod frame;
pub mod generators;
pub mod groups;
mod inline_cache;
mod instructions;
pub mod interpret;
mod name_errors;
pub mod observe;
pub mod patterns;
pub mod rare;
pub mod stack;
pub mod tracing;
pub mod type_params;
pub mod unwind;

/// How many safe points a slice passes before the collector gets its turn.
pub const SLICE: usize = 2048;

/// How many safe points a native's pause counts for: it stands for hundreds of
/// steps, each of which may have allocated.
const PAUSE: usize = 128;

/// What the frame on top is to go on with.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Signal<'gc> {
    /// Nothing: it starts, or goes on where it was paused.
    Continue,
    /// The result of what it asked for.
    Value(Value<'gc>),
    /// The item of the iterator that it advanced.
    Item(Value<'gc>),
    /// That iterator's end.
    Exhausted,
    /// The end of the iterator that it sent to, with its value.
    Sent(Value<'gc>),
    /// What that raised.
    Raise(Raised<'gc>),
}

/// Why `run` came back.
pub enum Exit<'gc> {
    /// The work is done.
    Done(Result<Value<'gc>, Raised<'gc>>),
    /// The slice is used up.
    Paused,
}

/// A frame stack and the values of its frames.
#[derive(Default, Collect)]
#[collect(no_drop)]
pub struct Vm<'gc> {
    pub(crate) frames: Vec<Frame<'gc>>,
    stack: Vec<Value<'gc>>,
    /// Where the part of the stack that is in use ends.
    top: usize,
    signal: Option<Signal<'gc>>,
    /// An exception thrown into the generator whose frame is on top.
    thrown: Option<Raised<'gc>>,
    /// The error on its way is raised again: no traceback entry, no new context.
    #[collect(require_static)]
    reraised: bool,
    /// The error on its way is Ctrl-C's, and the native frame on top is to end by it.
    #[collect(require_static)]
    interrupting: bool,
    #[collect(require_static)]
    budget: usize,
}

impl<'gc> Vm<'gc> {
    /// Sets `flow` to be run.
    pub fn begin(&mut self, ctx: Context<'gc>, flow: Flow<'gc>) {
        self.signal = Some(match self.start(ctx, flow) {
            Ok(Called::Frame) => Signal::Continue,
            Ok(Called::Done) => Signal::Value(self.pop()),
            Err(raised) => chained(ctx, raised),
        });
    }

    /// Sets the work to have failed already.
    pub fn fail(&mut self, raised: Raised<'gc>) {
        self.signal = Some(Signal::Raise(raised));
    }

    /// Runs until the work is done or `budget` safe points have passed.
    pub fn run(&mut self, ctx: Context<'gc>, budget: usize) -> Exit<'gc> {
        self.budget = budget;
        let mut signal = self.signal.take().unwrap_or(Signal::Continue);
        loop {
            let result = match self.frames.last() {
                None => return Exit::Done(self.finish(signal)),
                Some(Frame::Python(_)) => self.run_python(ctx, signal),
                Some(Frame::Native(_)) => self.run_native(ctx, signal),
                Some(Frame::Next) => {
                    self.frames.pop();
                    match signal {
                        // A native that computes items, called in an endless loop of
                        // natives, passes no other safe point: `max(iter(int, 1))`.
                        Signal::Value(item) => {
                            let signal = Signal::Item(item);
                            self.safe_point(ctx, signal).then_some(signal)
                        }
                        Signal::Raise(e) if exceptions::matches(ctx, e, Exc::StopIteration) => {
                            Some(Signal::Exhausted)
                        }
                        other => Some(other),
                    }
                }
                Some(&Frame::Aside(kept)) => {
                    self.frames.pop();
                    Some(kept)
                }
                Some(Frame::Send) => {
                    self.frames.pop();
                    Some(match signal {
                        Signal::Item(item) => Signal::Value(item),
                        Signal::Raise(e) if exceptions::matches(ctx, e, Exc::StopIteration) => {
                            let value = exceptions::field(ctx, e.value(), "value");
                            Signal::Sent(value.or(Value::None))
                        }
                        other => other,
                    })
                }
            };
            match result {
                Some(next) => signal = next,
                None => {
                    self.give_up_room();
                    return Exit::Paused;
                }
            }
        }
    }

    /// How much of `budget` the last run has spent.
    pub(crate) fn spent(&self, budget: usize) -> usize {
        // A paused run has left one safe point: that at which it stopped.
        budget
            .saturating_sub(self.budget.saturating_sub(1))
            .min(budget)
    }

    fn finish(&mut self, signal: Signal<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        match signal {
            Signal::Value(value) | Signal::Item(value) | Signal::Sent(value) => Ok(value),
            Signal::Raise(raised) => Err(raised),
            Signal::Continue | Signal::Exhausted => Ok(Value::None),
        }
    }

    /// Passes a safe point. False when the slice is used up: the caller returns
    /// `None` up to `run`, with `signal` kept for the next slice.
    #[inline]
    fn safe_point(&mut self, ctx: Context<'gc>, signal: Signal<'gc>) -> bool {
        if self.budget > 1 && !ctx.is_pressed() {
            self.budget -= 1;
            return true;
        }
        self.signal = Some(signal);
        self.give_up_room();
        false
    }

    fn run_native(&mut self, ctx: Context<'gc>, signal: Signal<'gc>) -> Option<Signal<'gc>> {
        let mut input = match signal {
            Signal::Continue => Input::Start,
            Signal::Value(value) | Signal::Sent(value) => Input::Value(value),
            Signal::Item(item) => Input::Item(item),
            Signal::Exhausted => Input::Exhausted,
            Signal::Raise(raised) => Input::Raised(raised),
        };
        loop {
            let Some(Frame::Native(frame)) = self.frames.last_mut() else {
                return Some(Signal::Continue);
            };
            let step = frame.resume(ctx, input);
            let interrupting = std::mem::take(&mut self.interrupting);
            let goes_on = matches!(step, Ok(Step::Await(_) | Step::Next(_) | Step::Yield));
            if !goes_on || interrupting {
                self.frames.pop();
                ctx.leave_frame();
            }
            // A frame that waits for nothing looks at no error, and may only have tidied up.
            if let (true, Ok(_), Input::Raised(raised)) = (interrupting, &step, input) {
                return Some(Signal::Raise(raised));
            }
            // What was pushed for a call that could not even begin goes again.
            let top = self.top;
            input = match step {
                Err(raised) => {
                    let passed_on =
                        matches!(input, Input::Raised(e) if e.value().is(raised.value()));
                    if passed_on {
                        return Some(Signal::Raise(raised));
                    }
                    return Some(chained(ctx, raised));
                }
                Ok(Step::Return(value)) => return Some(Signal::Value(value)),
                Ok(Step::Finish(flow)) => {
                    return Some(match self.start(ctx, flow) {
                        Ok(Called::Done) => Signal::Value(self.pop()),
                        Ok(Called::Frame) => Signal::Continue,
                        Err(raised) => {
                            self.top = top;
                            chained(ctx, raised)
                        }
                    });
                }
                Ok(Step::Await(flow)) => match self.start(ctx, flow) {
                    Ok(Called::Done) => Input::Value(self.pop()),
                    Ok(Called::Frame) => return Some(Signal::Continue),
                    Err(raised) => {
                        self.top = top;
                        exceptions::chain_unless_in_flight(ctx, raised);
                        Input::Raised(raised)
                    }
                },
                Ok(Step::Next(iterator)) => match self.advance(ctx, iterator) {
                    Ok(Advanced::Item(item)) => Input::Item(item),
                    Ok(Advanced::Exhausted) => Input::Exhausted,
                    Ok(Advanced::Frame) => return Some(Signal::Continue),
                    Err(raised) => {
                        exceptions::chain_unless_in_flight(ctx, raised);
                        Input::Raised(raised)
                    }
                },
                Ok(Step::Yield) => {
                    // Ctrl-C is heard at once: natives pause where they wait.
                    let ends = ctx.is_collection_requested() || ctx.is_interrupted();
                    self.budget = match ends {
                        true => 0,
                        false => self.budget.saturating_sub(PAUSE),
                    };
                    Input::Start
                }
            };
            // A frame that goes on without an end must pass here: at a pause it asked for, at an item.
            let signal = match input {
                Input::Start => Signal::Continue,
                Input::Item(item) => Signal::Item(item),
                _ => continue,
            };
            if !self.safe_point(ctx, signal) {
                return None;
            }
        }
    }

    /// Advances an iterator for a frame that waits for the item.
    pub(super) fn advance(
        &mut self,
        ctx: Context<'gc>,
        iterator: Value<'gc>,
    ) -> Result<Advanced<'gc>, Raised<'gc>> {
        match iterate::next(ctx, iterator)? {
            Next::Item(item) => Ok(Advanced::Item(item)),
            Next::Exhausted => Ok(Advanced::Exhausted),
            Next::Flow(Flow::Resume(generator, resume)) => {
                if generator.is_finished() {
                    return Ok(Advanced::Exhausted);
                }
                self.resume_generator(ctx, generator, resume, After::Item)?;
                Ok(Advanced::Frame)
            }
            Next::Flow(flow) => {
                self.frames.push(Frame::Next);
                let top = self.top;
                match self.start(ctx, flow) {
                    Ok(Called::Frame) => Ok(Advanced::Frame),
                    Ok(Called::Done) => {
                        self.frames.pop();
                        Ok(Advanced::Item(self.pop()))
                    }
                    Err(raised) => {
                        self.frames.pop();
                        self.top = top;
                        if exceptions::matches(ctx, raised, Exc::StopIteration) {
                            return Ok(Advanced::Exhausted);
                        }
                        Err(raised)
                    }
                }
            }
        }
    }
}

/// The signal of an exception that a native has just raised.
pub(super) fn chained<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> Signal<'gc> {
    exceptions::chain_unless_in_flight(ctx, raised);
    Signal::Raise(raised)
}

/// What advancing an iterator came to.
pub(super) enum Advanced<'gc> {
    /// The item is there.
    Item(Value<'gc>),
    /// There is none.
    Exhausted,
    /// A frame was pushed; the answer will come as a signal.
    Frame,
}

impl<'gc> Context<'gc> {
    /// Runs a flow to its end by re-entering the VM. For short callbacks of
    /// natives: nothing is collected meanwhile.
    pub fn complete(self, flow: Flow<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        if let Flow::Return(value) = flow {
            return Ok(value);
        }
        self.recurse("", move || {
            let depth = self.depth();
            let mut vm = Vm::default();
            vm.begin(self, flow);
            loop {
                let exit = vm.run(self, SLICE);
                if !self.burn(vm.spent(SLICE)) && matches!(exit, Exit::Paused) {
                    // The host stops the program: no handler of it is to run in here.
                    self.set_depth(depth);
                    return Err(self.runtime_error(crate::runtime::Stopped::Fuel.to_string()));
                }
                match exit {
                    Exit::Done(Err(raised)) => {
                        exceptions::update(self, raised.value(), |f| f.in_flight = true);
                        return Err(raised);
                    }
                    Exit::Done(result) => return result,
                    Exit::Paused => {
                        if self.take_interrupt() {
                            vm.interrupt(self);
                        }
                    }
                }
            }
        })
    }
}

impl<'gc> Vm<'gc> {
    /// Sets a paused VM to make the calls that ends of objects ask for, before it
    /// goes on.
    pub(crate) fn call_endings(&mut self, ctx: Context<'gc>) {
        if !ctx.has_endings() {
            return;
        }
        ctx.set_calling(true);
        let kept = self.signal.take().unwrap_or(Signal::Continue);
        self.frames.push(Frame::Aside(kept));
        let flow = Flow::frame(endings::Endings::default());
        self.signal = Some(match self.start(ctx, flow) {
            Ok(_) => Signal::Continue,
            // The stack of frames is full: later.
            Err(_) => {
                ctx.set_calling(false);
                Signal::Value(Value::None)
            }
        });
    }

    /// Makes the frame on top go on with KeyboardInterrupt.
    pub fn interrupt(&mut self, ctx: Context<'gc>) {
        // What raises is the instruction that would have been next.
        if let (Some(Frame::Python(frame)), Some(Signal::Continue)) =
            (self.frames.last_mut(), self.signal)
        {
            frame.pc += 1;
        }
        let raised = ctx.error_with(Exc::KeyboardInterrupt, &[]);
        exceptions::chain_context(ctx, raised);
        self.interrupting = matches!(self.frames.last(), Some(Frame::Native(_)));
        self.signal = Some(Signal::Raise(raised));
    }
}
