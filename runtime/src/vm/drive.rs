//! One frame that drives any iterator into a sink: `list`, `tuple`, `sum`,
//! `any`, `join`, unpacking and the rest are sinks, not loops of their own.

use gc_arena::Collect;
use gc_arena::collect::{DynCollect, dyn_collect};

use crate::context::Context;
use crate::protocol::iterate;
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Next, Step};

/// How many items are taken from a built-in iterator between two safe points.
const BATCH: usize = 1024;

/// Whether a sink wants more.
pub enum More {
    /// It does.
    Yes,
    /// It is done: `finish` comes next.
    No,
}

/// What the items of an iterator go into.
pub trait Sink<'gc>: DynCollect<'gc> {
    /// Takes an item.
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>>;
    /// Gives the result, after the last item or `More::No`.
    fn finish(&mut self, ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>>;
}

dyn_collect!(dyn Sink<'gc> + 'gc);

#[derive(Collect)]
#[collect(no_drop)]
struct Drive<'gc> {
    iterator: Value<'gc>,
    sink: Box<dyn Sink<'gc> + 'gc>,
}

impl<'gc> NativeFrame<'gc> for Drive<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Start => {}
            Input::Exhausted => return self.sink.finish(ctx).map(Step::Finish),
            Input::Raised(raised) => return Err(raised),
            Input::Item(item) | Input::Value(item) => {
                if let More::No = self.sink.item(ctx, item)? {
                    return self.sink.finish(ctx).map(Step::Finish);
                }
            }
        }
        match pour(ctx, self.iterator, &mut *self.sink)? {
            Poured::All => self.sink.finish(ctx).map(Step::Finish),
            Poured::Some => Ok(Step::Yield),
            Poured::Wait => Ok(Step::Next(self.iterator)),
        }
    }
}

enum Poured {
    /// The iterator is exhausted or the sink has enough.
    All,
    /// A batch; there may be more.
    Some,
    /// Python code has to run for the next item.
    Wait,
}

/// Takes items for as long as no Python code has to run for them.
fn pour<'gc>(
    ctx: Context<'gc>,
    iterator: Value<'gc>,
    sink: &mut (dyn Sink<'gc> + 'gc),
) -> Result<Poured, Raised<'gc>> {
    let Value::Iter(iter) = iterator else {
        return Ok(Poured::Wait);
    };
    if matches!(
        iter.0.kind,
        crate::types::iterator::IterKind::Sequence | crate::types::iterator::IterKind::Callable
    ) {
        return Ok(Poured::Wait);
    }
    for _ in 0..BATCH {
        match iter.next(ctx)? {
            Next::Item(item) => {
                if let More::No = sink.item(ctx, item)? {
                    return Ok(Poured::All);
                }
            }
            Next::Exhausted => return Ok(Poured::All),
            Next::Flow(_) => return Ok(Poured::Wait),
        }
    }
    Ok(Poured::Some)
}

/// Drives `iterator` into `sink`. A short built-in iterator is done at once,
/// without a frame.
pub fn drive<'gc>(
    ctx: Context<'gc>,
    iterator: Value<'gc>,
    mut sink: impl Sink<'gc> + 'gc,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match pour(ctx, iterator, &mut sink)? {
        Poured::All => sink.finish(ctx),
        _ => Ok(Flow::frame(Drive {
            iterator,
            sink: Box::new(sink),
        })),
    }
}

/// As `drive`, for an iterable: asks for its iterator first.
pub fn drive_iterable<'gc>(
    ctx: Context<'gc>,
    iterable: Value<'gc>,
    sink: impl Sink<'gc> + 'gc,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match iterate::iter_flow(ctx, iterable)? {
        Flow::Return(iterator) => drive(ctx, iterator, sink),
        flow => Ok(Flow::frame(Start {
            flow: Some(flow),
            sink: Some(Box::new(sink)),
            message: None,
        })),
    }
}

/// Waits for an iterator, then drives it.
#[derive(Collect)]
#[collect(no_drop)]
struct Start<'gc> {
    flow: Option<Flow<'gc>>,
    sink: Option<Box<dyn Sink<'gc> + 'gc>>,
    /// What a TypeError says instead, if anything.
    #[collect(require_static)]
    message: Option<String>,
}

impl<'gc> NativeFrame<'gc> for Start<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(flow) = self.flow.take() {
            return Ok(Step::Await(flow));
        }
        let iterator = match (input, &self.message) {
            (Input::Raised(raised), Some(message))
                if exceptions::matches(ctx, raised, Exc::TypeError) =>
            {
                return Err(ctx.type_error(message));
            }
            (input, _) => input.value()?,
        };
        match self.sink.take() {
            Some(sink) => Ok(Step::Finish(Flow::frame(Drive { iterator, sink }))),
            None => Ok(Step::Return(Value::None)),
        }
    }
}

/// What goes on once all items are collected: gets the state that was put aside
/// and the items.
pub type WithItems =
    for<'gc> fn(Context<'gc>, Vec<Value<'gc>>, Vec<Value<'gc>>) -> Result<Flow<'gc>, Raised<'gc>>;

#[derive(Collect)]
#[collect(no_drop)]
struct Collecting<'gc> {
    items: Vec<Value<'gc>>,
    /// No more than so many are taken.
    #[collect(require_static)]
    limit: usize,
    state: Vec<Value<'gc>>,
    #[collect(require_static)]
    then: WithItems,
}

impl<'gc> Sink<'gc> for Collecting<'gc> {
    fn item(&mut self, _ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.items.push(item);
        Ok(if self.items.len() < self.limit {
            More::Yes
        } else {
            More::No
        })
    }
    fn finish(&mut self, ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        let items = std::mem::take(&mut self.items);
        (self.then)(ctx, std::mem::take(&mut self.state), items)
    }
}

/// Collects all items of `iterable`, then goes on with `then`.
pub fn collect_then<'gc>(
    ctx: Context<'gc>,
    iterable: Value<'gc>,
    state: Vec<Value<'gc>>,
    then: WithItems,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match iterable {
        // Exact lists and tuples need no iterator.
        Value::List(list) => return then(ctx, state, list.to_vec()),
        Value::Tuple(tuple) => return then(ctx, state, tuple.items().to_vec()),
        _ => {}
    }
    collect_some_then(ctx, iterable, usize::MAX, state, then)
}

/// As `collect_then`, but takes no more than `limit` items, which is above 0: the iterable
/// may be without end.
pub fn collect_some_then<'gc>(
    ctx: Context<'gc>,
    iterable: Value<'gc>,
    limit: usize,
    state: Vec<Value<'gc>>,
    then: WithItems,
) -> Result<Flow<'gc>, Raised<'gc>> {
    drive_iterable(
        ctx,
        iterable,
        Collecting {
            items: Vec::new(),
            limit,
            state,
            then,
        },
    )
}

/// As `collect_then`, with `message` for the TypeError of an object that can't
/// be iterated over: CPython's `PySequence_Fast`.
pub fn sequence_then<'gc>(
    ctx: Context<'gc>,
    iterable: Value<'gc>,
    message: &str,
    state: Vec<Value<'gc>>,
    then: WithItems,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if matches!(iterable, Value::List(_) | Value::Tuple(_)) {
        return collect_then(ctx, iterable, state, then);
    }
    let flow = iterate::iter_flow(ctx, iterable).map_err(|raised| {
        if exceptions::matches(ctx, raised, Exc::TypeError) {
            ctx.type_error(message)
        } else {
            raised
        }
    })?;
    let sink = Collecting {
        items: Vec::new(),
        limit: usize::MAX,
        state,
        then,
    };
    match flow {
        Flow::Return(iterator) => drive(ctx, iterator, sink),
        flow => Ok(Flow::frame(Start {
            flow: Some(flow),
            sink: Some(Box::new(sink)),
            message: Some(message.to_owned()),
        })),
    }
}

#[derive(Collect)]
#[collect(no_drop)]
struct Contains<'gc> {
    wanted: Value<'gc>,
    #[collect(require_static)]
    found: bool,
}

impl<'gc> Sink<'gc> for Contains<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.found = ctx.same_or_equal(item, self.wanted)?;
        Ok(if self.found { More::No } else { More::Yes })
    }
    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::bool(self.found)))
    }
}

/// Whether an iterator gives `wanted`.
pub fn contains<'gc>(
    ctx: Context<'gc>,
    iterator: Value<'gc>,
    wanted: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    drive(
        ctx,
        iterator,
        Contains {
            wanted,
            found: false,
        },
    )
}
