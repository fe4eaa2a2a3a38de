//! A dump: the walk over the objects as a frame of the VM. Owns the path, what is being waited for, and the order
//! in which pickle asks about an object. A resume does a bounded number of steps.

use std::collections::{HashMap, HashSet};

use capers_runtime::context::Context;
use capers_runtime::object::Object;
use capers_runtime::protocol::buffer::Buffer;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::endless;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step};
use gc_arena::Collect;
use smallvec::SmallVec;

use super::coder::{Coder, Saved};
use super::containers::{self, Outcome};
use super::iterating::Iterating;
use super::reducing::Reducing;
use super::work::Work;
use super::{instance, object as pickler_object};
use crate::pickle::errors::PickleExc::PicklingError;
use crate::pickle::opcodes as op;

/// How many steps a resume takes before a safe point.
pub(super) const STEPS: usize = 4096;
/// Pickles shorter than this are copied out of the buffer.
const SMALL: usize = 1024;
/// How many persistent ids may be nested in one another.
const NESTED_IDS: usize = 100_000;

/// What may be asked of Python code; absent where nothing is.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Hooks<'gc> {
    /// The file's `write`; absent for `dumps`.
    pub write: Value<'gc>,
    /// `persistent_id`
    pub persistent_id: Value<'gc>,
    /// `reducer_override`
    pub reducer_override: Value<'gc>,
    /// The private dispatch table.
    pub dispatch_table: Value<'gc>,
    /// `buffer_callback`
    pub buffer_callback: Value<'gc>,
}

impl Hooks<'_> {
    /// None at all.
    pub const NONE: Self = Hooks {
        write: Value::Absent,
        persistent_id: Value::Absent,
        reducer_override: Value::Absent,
        dispatch_table: Value::Absent,
        buffer_callback: Value::Absent,
    };
}

/// What the answer that comes next is to.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub(super) enum Waiting<'gc> {
    /// Nothing has been done yet.
    Start,
    /// Nothing: the walk goes on.
    Nothing,
    /// The output went to the file; this is written next, unless it is absent. The flag says that
    /// `persistent_id` has been asked about it.
    Flushed(Value<'gc>, bool),
    /// The header of a large payload went to the file.
    Header {
        payload: Value<'gc>,
        object: Value<'gc>,
    },
    /// The payload of this object went to the file.
    Payload(Value<'gc>),
    /// The last of the output went to the file.
    Finished,
    /// The object's persistent id.
    PersistentId(Value<'gc>),
    /// What `reducer_override` says of the object.
    Override(Value<'gc>),
    /// What the object reduces to.
    Reduced(Value<'gc>),
    /// What `__getstate__` of the object returns.
    State(Value<'gc>),
    /// Whether the buffer is to be written in band.
    Buffer(Value<'gc>),
    /// The next item of the iterator on top.
    Item,
    /// The module of the global that is being looked for.
    Module,
}

/// What to do next.
pub(super) enum Go<'gc> {
    /// The work on top.
    On,
    /// This object.
    Save(Value<'gc>),
    /// Nothing before the VM has done this.
    Wait(Step<'gc>),
}

/// A global whose module is being imported: object, name, module's name.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub(super) struct Looking<'gc> {
    pub object: Value<'gc>,
    pub name: Value<'gc>,
    pub module: Value<'gc>,
}

/// A dump.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Dump<'gc> {
    pub(super) coder: Coder<'gc>,
    pub(super) hooks: Hooks<'gc>,
    #[collect(require_static)]
    pub(super) fix_imports: bool,
    root: Value<'gc>,
    /// The Pickler whose memo is used.
    pickler: Option<Object<'gc>>,
    pub(super) work: SmallVec<[Work<'gc>; 4]>,
    pub(super) reductions: Vec<Reducing<'gc>>,
    pub(super) iterators: Vec<Iterating<'gc>>,
    pub(super) waiting: Waiting<'gc>,
    rare: Option<Box<Rare<'gc>>>,
}

/// What few dumps need.
#[derive(Default, Collect)]
#[collect(no_drop)]
pub(super) struct Rare<'gc> {
    /// Module and name of each [`Work::Name`].
    pub names: Vec<(Value<'gc>, Value<'gc>)>,
    pub looking: Option<Looking<'gc>>,
    /// The memory that `buffer_callback` is being asked about: it may release the buffer.
    pub buffer: Option<Buffer<'gc>>,
    /// How many containers fast mode is in, and the addresses of those past some nesting.
    pub fast_depth: usize,
    #[collect(require_static)]
    pub fast_seen: HashSet<usize>,
    /// The objects deep in the path that are being reduced and not in the memo, by address.
    #[collect(require_static)]
    pub reached: HashMap<usize, super::reducing::Reached>,
    nested_ids: usize,
}

impl<'gc> Dump<'gc> {
    /// A dump of `root`. With a `pickler`, its memo is used.
    pub fn new(
        coder: Coder<'gc>,
        hooks: Hooks<'gc>,
        fix_imports: bool,
        root: Value<'gc>,
        pickler: Option<Object<'gc>>,
    ) -> Self {
        Dump {
            coder,
            hooks,
            fix_imports,
            root,
            pickler,
            work: SmallVec::new(),
            reductions: Vec::new(),
            iterators: Vec::new(),
            waiting: Waiting::Start,
            rare: None,
        }
    }

    /// What few dumps need.
    pub(super) fn rare(&mut self) -> &mut Rare<'gc> {
        self.rare.get_or_insert_default()
    }

    fn run(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let mut steps = STEPS;
        let mut go = self.answered(ctx, input)?;
        loop {
            go = match go {
                Go::Wait(step) => return Ok(step),
                Go::Save(value) => match self.coder.save(ctx, value) {
                    Saved::Slow => self.save_slow(ctx, value)?,
                    Saved::Ask(hook) => self.ask_hook(ctx, value, hook)?,
                    saved => self.enter(saved),
                },
                Go::On => self.walk(ctx, &mut steps)?,
            };
        }
    }

    pub(super) fn enter(&mut self, saved: Saved<'gc>) -> Go<'gc> {
        match saved {
            Saved::Enter(work) => self.work.push(work),
            Saved::Then(work, value) => {
                self.work.push(work);
                return Go::Save(value);
            }
            Saved::Done | Saved::Slow | Saved::Ask(_) => {}
        }
        Go::On
    }

    /// Goes on with the answer to what was waited for.
    fn answered(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        let waiting = std::mem::replace(&mut self.waiting, Waiting::Nothing);
        if let Waiting::Module = waiting {
            return self.module_found(ctx, input);
        }
        if let (Waiting::Item, Input::Item(_) | Input::Exhausted) = (waiting, input) {
            let item = match input {
                Input::Item(item) => Some(item),
                _ => None,
            };
            return self.item_arrived(ctx, item);
        }
        let answer = input.value()?;
        match waiting {
            Waiting::Start => {
                self.coder.out.start();
                Ok(Go::Save(self.root))
            }
            Waiting::Nothing | Waiting::Item | Waiting::Module => Ok(Go::On),
            Waiting::Flushed(Value::Absent, _) => {
                self.coder.out.begin_frame();
                Ok(Go::On)
            }
            Waiting::Flushed(value, asked) => {
                self.coder.out.begin_frame();
                match asked {
                    true => self.save_asked(ctx, value),
                    false => Ok(Go::Save(value)),
                }
            }
            Waiting::Header { payload, object } => {
                self.waiting = Waiting::Payload(object);
                Ok(self.write(payload))
            }
            Waiting::Payload(object) => {
                self.coder.out.begin_frame();
                self.coder.memoize(object);
                Ok(Go::On)
            }
            Waiting::Finished => Ok(Go::Wait(Step::Return(Value::None))),
            Waiting::PersistentId(value) => match answer {
                Value::None => self.save_asked(ctx, value),
                id => self.save_persistent_id(ctx, id),
            },
            Waiting::Override(value) => match answer {
                Value::NotImplemented => self.save_by_type(ctx, value),
                answer => self.save_reduced(ctx, value, answer),
            },
            Waiting::Reduced(value) => self.save_reduced(ctx, value, answer),
            Waiting::State(value) => self.save_with_state(ctx, value, answer),
            Waiting::Buffer(value) => {
                let in_band = ctx.truth(answer)?;
                self.buffer_decided(ctx, value, in_band)
            }
        }
    }

    /// Gives bytes or a buffer to the file; `waiting` is set already.
    pub(super) fn write(&mut self, data: Value<'gc>) -> Go<'gc> {
        Go::Wait(Step::Await(Flow::call(self.hooks.write, &[data])))
    }

    /// Gives what has been written to the file.
    pub(super) fn flush(&mut self, ctx: Context<'gc>, waiting: Waiting<'gc>) -> Go<'gc> {
        self.waiting = waiting;
        let bytes = ctx.bytes_from_vec(self.coder.out.take());
        self.write(Value::Bytes(bytes))
    }

    /// Ends a full frame. True where the file has to take it first.
    fn end_full_frame(&mut self) -> bool {
        if !self.coder.out.is_full() {
            return false;
        }
        if self.coder.to_file {
            self.coder.out.end_frame();
            return true;
        }
        self.coder.out.next_frame();
        false
    }

    /// Writes an object that the coder left alone.
    fn save_slow(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        if self.end_full_frame() {
            return Ok(self.flush(ctx, Waiting::Flushed(value, false)));
        }
        if self.coder.asks {
            self.waiting = Waiting::PersistentId(value);
            let call = Flow::call(self.hooks.persistent_id, &[value]);
            return Ok(Go::Wait(Step::Await(call)));
        }
        self.save_hard(ctx, value)
    }

    /// Writes an object that has no persistent id.
    fn save_asked(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        match self.coder.write(ctx, value) {
            Saved::Slow => self.save_hard(ctx, value),
            Saved::Ask(hook) => self.ask_hook(ctx, value, hook),
            saved => Ok(self.enter(saved)),
        }
    }

    fn save_persistent_id(
        &mut self,
        ctx: Context<'gc>,
        id: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if !self.coder.binary {
            let text = ctx.to_str(id)?;
            if !text.is_ascii() {
                let message = "persistent IDs in protocol 0 must be ASCII strings";
                return Err(PicklingError.error(ctx, message));
            }
            self.coder.out.line(op::PERSID, text.bytes());
            return Ok(Go::On);
        }
        let rare = self.rare();
        rare.nested_ids += 1;
        if rare.nested_ids > NESTED_IDS {
            return Err(super::reducing::too_deep(ctx));
        }
        self.work.push(Work::codes(&[op::BINPERSID]));
        if self.end_full_frame() {
            return Ok(self.flush(ctx, Waiting::Flushed(id, true)));
        }
        self.save_asked(ctx, id)
    }

    /// Does the work on top until an object needs more than the coder, or the steps are used up.
    fn walk(&mut self, ctx: Context<'gc>, steps: &mut usize) -> Result<Go<'gc>, Raised<'gc>> {
        loop {
            *steps = steps.saturating_sub(1);
            if *steps == 0 {
                return Ok(Go::Wait(Step::Yield));
            }
            let Some(top) = self.work.last_mut() else {
                return Ok(self.finish(ctx));
            };
            match containers::go_on(&mut self.coder, ctx, top, steps) {
                Outcome::Pop => {
                    self.work.pop();
                }
                Outcome::Push(work) => {
                    self.work.push(work);
                    if endless::is_due(self.work.len())
                        && endless::holds_itself(self.work.iter().rev().map(Work::tuple))
                    {
                        return Err(super::reducing::too_deep(ctx));
                    }
                }
                Outcome::PushAbove(value, work) => {
                    self.work.push(Work::Value(value));
                    self.work.push(work);
                }
                Outcome::Slow(value) => return self.save_slow(ctx, value),
                Outcome::Ask(value, hook) => return self.ask_hook(ctx, value, hook),
                Outcome::SlowBefore(value, key) => {
                    self.work.push(Work::Value(value));
                    return self.save_slow(ctx, key);
                }
                Outcome::Then(work, value) => {
                    self.work.push(work);
                    return Ok(Go::Save(value));
                }
                Outcome::ThenAbove(value, work, first) => {
                    self.work.push(Work::Value(value));
                    self.work.push(work);
                    return Ok(Go::Save(first));
                }
                Outcome::Pause => return Ok(Go::Wait(Step::Yield)),
                Outcome::Changed(what) => {
                    // The note about an item is not for this.
                    if let Some(Work::Attributes { object, .. }) = self.work.pop() {
                        self.work.push(Work::State(object));
                    }
                    return Err(ctx.runtime_error(format!("{what} changed size during iteration")));
                }
                Outcome::Other => {
                    if let Some(go) = self.other_work(ctx)? {
                        return Ok(go);
                    }
                }
            }
        }
    }

    /// The work on top that is no container.
    fn other_work(&mut self, ctx: Context<'gc>) -> Result<Option<Go<'gc>>, Raised<'gc>> {
        let Some(&top) = self.work.last() else {
            return Ok(None);
        };
        match top {
            Work::Reduction => return self.reduction_step(ctx).map(Some),
            Work::Iterator => return self.iterator_step(ctx).map(Some),
            Work::Instance(object) => {
                if self.end_full_frame() {
                    return Ok(Some(
                        self.flush(ctx, Waiting::Flushed(Value::Absent, false)),
                    ));
                }
                self.work.pop();
                return self.instance_made(ctx, object).map(Some);
            }
            _ => {}
        }
        self.work.pop();
        match top {
            Work::Value(value) => return Ok(Some(Go::Save(value))),
            Work::Codes(codes) => {
                if codes.0[0] == op::BINPERSID {
                    let rare = self.rare();
                    rare.nested_ids = rare.nested_ids.saturating_sub(1);
                }
                let written = codes.0.get(..codes.1 as usize).unwrap_or_default();
                self.coder.out.raw(written);
            }
            Work::State(_) => self.coder.out.op(op::BUILD),
            Work::Global(object, on_stack) => {
                if on_stack {
                    self.coder.out.op(op::STACK_GLOBAL);
                }
                self.coder.memoize(object);
            }
            Work::Name => {
                if let Some((module, name)) = self.rare().names.pop() {
                    self.write_global(ctx, module, name)?;
                }
            }
            Work::Leave(container) => self.leave_fast(container),
            _ => {}
        }
        Ok(None)
    }

    fn finish(&mut self, ctx: Context<'gc>) -> Go<'gc> {
        self.coder.out.stop();
        if self.coder.to_file {
            return self.flush(ctx, Waiting::Finished);
        }
        let written = self.coder.out.written();
        let bytes = match written.len() {
            // A copy of the right size costs no more than what is left over would.
            0..SMALL => ctx.bytes(written),
            _ => ctx.bytes_from_vec(self.coder.out.take()),
        };
        Go::Wait(Step::Return(Value::Bytes(bytes)))
    }

    /// Goes on with a plain instance whose class has just been written.
    fn instance_made(
        &mut self,
        ctx: Context<'gc>,
        object: Object<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        match instance::plan_of(&mut self.coder, ctx, object) {
            Some(plan) if !self.coder.out.is_full_after(instance::HEAD) => {
                let saved = instance::begin(&mut self.coder, ctx, object, &plan);
                Ok(self.enter(saved))
            }
            _ => self.save_after_class(ctx, object),
        }
    }

    /// Adds to an error what CPython notes on its way up, and drops the path.
    fn fail(&mut self, ctx: Context<'gc>, raised: Raised<'gc>) {
        super::notes::add(ctx, raised, self);
        self.work.clear();
        self.reductions.clear();
        self.iterators.clear();
    }
}

impl<'gc> NativeFrame<'gc> for Dump<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        // Between two resumes the memo is the Pickler's, so that hooks may look at it.
        if let Some(pickler) = self.pickler {
            self.coder.memo = pickler_object::take_memo(ctx, pickler);
        }
        let mut result = self.run(ctx, input);
        if let Err(raised) = result {
            self.fail(ctx, raised);
            result = Err(raised);
        }
        if let Some(pickler) = self.pickler {
            let memo = std::mem::take(&mut self.coder.memo);
            let done = !matches!(result, Ok(Step::Await(_) | Step::Next(_) | Step::Yield));
            pickler_object::give_memo(ctx, pickler, memo, done);
        }
        result
    }
}

/// The error of a size that no opcode of the protocol can express.
pub(super) fn too_long<'gc>(ctx: Context<'gc>, what: &str) -> Raised<'gc> {
    let message =
        format!("serializing a {what} larger than 4 GiB requires pickle protocol 4 or higher");
    ctx.error(Exc::OverflowError, message)
}
