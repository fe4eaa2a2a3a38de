//! What natives answer the VM with when they are not done: calls, frames of
//! their own, generators to resume. Also the three combinators that most
//! natives need instead of a frame of their own.

use gc_arena::Collect;
use gc_arena::collect::{DynCollect, dyn_collect};
use smallvec::SmallVec;

use crate::context::Context;
use crate::native::PlainFn;
use crate::raised::Raised;
use crate::types::cell::Cell;
use crate::types::code::Code;
use crate::types::dict::Dict;
use crate::types::generator::Generator;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::frame::Caller;

/// The arguments of a call.
#[derive(Clone, Default, Collect)]
#[collect(no_drop)]
pub struct Arguments<'gc> {
    /// By position.
    pub positional: SmallVec<[Value<'gc>; 4]>,
    /// By name.
    pub keywords: Vec<(Str<'gc>, Value<'gc>)>,
}

impl<'gc> Arguments<'gc> {
    /// Positional arguments only.
    pub fn positional(items: &[Value<'gc>]) -> Self {
        Arguments {
            positional: SmallVec::from_slice(items),
            keywords: Vec::new(),
        }
    }
}

/// A call to be made.
#[derive(Clone, Collect)]
#[collect(no_drop)]
pub struct Call<'gc> {
    /// What is called.
    pub callee: Value<'gc>,
    /// With what.
    pub arguments: Arguments<'gc>,
}

/// Code to be run in a frame of its own: a module, class body or `exec`.
#[derive(Clone, Collect)]
#[collect(no_drop)]
pub struct RunCode<'gc> {
    /// The code.
    pub code: Code<'gc>,
    /// Its globals.
    pub globals: Dict<'gc>,
    /// Where names that are not in the globals come from.
    pub builtins: Dict<'gc>,
    /// The mapping that its names live in.
    pub locals: Value<'gc>,
    /// The cells of its free variables.
    pub closure: Vec<Cell<'gc>>,
}

/// How a generator is resumed.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Resume<'gc> {
    /// `send(value)`: None to start; the value yielded is the answer, the end is
    /// a StopIteration.
    Send(Value<'gc>),
    /// `throw(exception)`, into the innermost generator of a `yield from`.
    Throw(Raised<'gc>),
    /// As `Throw`, into this generator itself.
    ThrowHere(Raised<'gc>),
}

/// What a native answers.
#[derive(Collect)]
#[collect(no_drop)]
pub enum Flow<'gc> {
    /// The result.
    Return(Value<'gc>),
    /// The result is that of this call.
    Call(Box<Call<'gc>>),
    /// The result is that of this code.
    Run(Box<RunCode<'gc>>),
    /// The result is what the generator yields next.
    Resume(Generator<'gc>, Resume<'gc>),
    /// The result is that of this frame.
    Frame(Box<dyn NativeFrame<'gc> + 'gc>),
    /// The result is that of work that looks at the frames below.
    Look(Box<Look<'gc>>),
}

/// Work with the VM's frames, as natives called with their caller do it.
pub type LookFn =
    for<'gc> fn(Context<'gc>, Caller<'_, 'gc>, &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>>;

/// Such work and its arguments.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Look<'gc> {
    /// The work.
    #[collect(require_static)]
    pub work: LookFn,
    /// Its arguments.
    pub arguments: Vec<Value<'gc>>,
}

impl<'gc> Flow<'gc> {
    /// A tail call with positional arguments.
    pub fn call(callee: Value<'gc>, arguments: &[Value<'gc>]) -> Self {
        let arguments = Arguments::positional(arguments);
        Flow::Call(Box::new(Call { callee, arguments }))
    }

    /// Work with the frames below.
    pub fn look(work: LookFn, arguments: &[Value<'gc>]) -> Self {
        let arguments = arguments.to_vec();
        Flow::Look(Box::new(Look { work, arguments }))
    }

    /// A frame.
    pub fn frame(frame: impl NativeFrame<'gc> + 'gc) -> Self {
        Flow::Frame(Box::new(frame))
    }
}

impl<'gc> From<Value<'gc>> for Flow<'gc> {
    fn from(value: Value<'gc>) -> Self {
        Flow::Return(value)
    }
}

/// What advancing an iterator gave.
pub enum Next<'gc> {
    /// The next item.
    Item(Value<'gc>),
    /// There is none.
    Exhausted,
    /// Python code decides: its result is the item, a StopIteration the end.
    Flow(Flow<'gc>),
}

/// What a native frame is resumed with.
#[derive(Copy, Clone)]
pub enum Input<'gc> {
    /// Nothing: the first time, or after `Step::Yield`.
    Start,
    /// The result of the flow it asked for.
    Value(Value<'gc>),
    /// What that raised.
    Raised(Raised<'gc>),
    /// The item of the iterator it advanced.
    Item(Value<'gc>),
    /// That iterator's end.
    Exhausted,
}

impl<'gc> Input<'gc> {
    /// The value or item; the exception as an error. `Start` and `Exhausted` are None.
    pub fn value(self) -> Result<Value<'gc>, Raised<'gc>> {
        match self {
            Input::Value(value) | Input::Item(value) => Ok(value),
            Input::Raised(raised) => Err(raised),
            Input::Start | Input::Exhausted => Ok(Value::None),
        }
    }
}

/// What a native frame asks for.
pub enum Step<'gc> {
    /// It is done.
    Return(Value<'gc>),
    /// It is done; its result is that of this flow.
    Finish(Flow<'gc>),
    /// Resume it with the result of this.
    Await(Flow<'gc>),
    /// Resume it with the next item of this iterator.
    Next(Value<'gc>),
    /// A safe point: resume it with `Start`.
    Yield,
}

/// A native that runs in the VM as a state machine. The VM resumes it with
/// `Start` first, then with the answer to each step. What it awaits may raise:
/// the frame gets it as `Input::Raised` and raises it on, unless it handles it.
pub trait NativeFrame<'gc>: DynCollect<'gc> {
    /// Goes on until the next thing it has to wait for.
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>>;
}

dyn_collect!(dyn NativeFrame<'gc> + 'gc);

/// What goes on after a call: gets the state that was put aside and the result.
pub type Then = for<'gc> fn(
    Context<'gc>,
    Vec<Value<'gc>>,
    Result<Value<'gc>, Raised<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>>;

#[derive(Collect)]
#[collect(no_drop)]
struct ThenFrame<'gc> {
    first: Option<Flow<'gc>>,
    state: Vec<Value<'gc>>,
    #[collect(require_static)]
    then: Then,
}

impl<'gc> NativeFrame<'gc> for ThenFrame<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(first) = self.first.take() {
            return Ok(Step::Await(first));
        }
        let state = std::mem::take(&mut self.state);
        (self.then)(ctx, state, input.value()).map(Step::Finish)
    }
}

/// Goes on with `then` when `flow` has its result: at once, where it has it already.
pub fn and_then<'gc>(
    ctx: Context<'gc>,
    flow: Flow<'gc>,
    state: Vec<Value<'gc>>,
    then: Then,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match flow {
        Flow::Return(value) => then(ctx, state, Ok(value)),
        flow => Ok(Flow::frame(ThenFrame {
            first: Some(flow),
            state,
            then,
        })),
    }
}

/// Calls `callee`, then goes on with `then`.
pub fn call_then<'gc>(
    callee: Value<'gc>,
    arguments: &[Value<'gc>],
    state: Vec<Value<'gc>>,
    then: Then,
) -> Flow<'gc> {
    let first = Some(Flow::call(callee, arguments));
    Flow::frame(ThenFrame { first, state, then })
}

/// What a frame begun with `begin` waits for first.
#[derive(Collect)]
#[collect(no_drop)]
enum Pending<'gc> {
    Flow(Flow<'gc>),
    Next(Value<'gc>),
}

/// A frame whose first step has been taken.
#[derive(Collect)]
#[collect(no_drop)]
struct Begun<'gc> {
    pending: Option<Pending<'gc>>,
    frame: Box<dyn NativeFrame<'gc> + 'gc>,
}

impl<'gc> NativeFrame<'gc> for Begun<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match self.pending.take() {
            Some(Pending::Flow(flow)) => Ok(Step::Await(flow)),
            Some(Pending::Next(iterator)) => Ok(Step::Next(iterator)),
            None => self.frame.resume(ctx, input),
        }
    }
}

/// Takes a frame's first step here and now: one that is done with it never
/// becomes a frame.
pub fn begin<'gc>(
    ctx: Context<'gc>,
    mut frame: impl NativeFrame<'gc> + 'gc,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let pending = match frame.resume(ctx, Input::Start)? {
        Step::Return(value) => return Ok(Flow::Return(value)),
        Step::Finish(flow) => return Ok(flow),
        Step::Yield => return Ok(Flow::frame(frame)),
        Step::Await(flow) => Pending::Flow(flow),
        Step::Next(iterator) => Pending::Next(iterator),
    };
    Ok(Flow::frame(Begun {
        pending: Some(pending),
        frame: Box::new(frame),
    }))
}

/// A native that waits for the collector.
#[derive(Collect)]
#[collect(no_drop)]
struct AfterCollection<'gc> {
    args: Vec<Value<'gc>>,
    #[collect(require_static)]
    work: PlainFn,
    waited: bool,
}

impl<'gc> NativeFrame<'gc> for AfterCollection<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if self.waited {
            return (self.work)(ctx, &self.args).map(Step::Return);
        }
        self.waited = true;
        if !ctx.is_collection_requested() {
            ctx.request_collection();
        }
        Ok(Step::Yield)
    }
}

/// Does `work` after a full collection, so that it meets no object that only
/// waits to be freed.
pub fn after_collection<'gc>(args: &[Value<'gc>], work: PlainFn) -> Flow<'gc> {
    Flow::frame(AfterCollection {
        args: args.to_vec(),
        work,
        waited: false,
    })
}
