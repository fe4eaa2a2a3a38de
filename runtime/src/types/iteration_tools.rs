//! `enumerate`, `zip`, `map`, `filter` and `reversed`: iterators over iterators.
//! Each keeps its parts as native data, advances natively while it can, and
//! leaves the rest to a frame.

use std::cell::Cell;

use gc_arena::Collect;
use gc_arena::Gc;
use gc_arena::lock::Lock;
use smallvec::SmallVec;

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{class_method, method, new};
use crate::object::Object;
use crate::protocol::call::call_special;
use crate::protocol::iterate;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::exceptions::{self, Exc};
use crate::types::iterator_methods::{
    ITER, LENGTH_HINT_DOC, NEXT, REDUCE_DOC, SETSTATE_DOC, next_of_flow, stop,
};
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Next, Step, and_then, begin};

/// The parts of any of the five.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Walk<'gc> {
    /// The iterators; for `reversed` the sequence, absent once exhausted.
    sources: Gc<'gc, Lock<Value<'gc>>>,
    /// `map`'s and `filter`'s function; the count of `enumerate`.
    function: Gc<'gc, Lock<Value<'gc>>>,
    /// Where `reversed` stands.
    #[collect(require_static)]
    position: Cell<i64>,
    /// Whether `zip` or `map` was made with `strict=True`.
    #[collect(require_static)]
    strict: Cell<bool>,
}

impl NativeData for Walk<'static> {
    type Data<'gc> = Walk<'gc>;
}

impl<'gc> Walk<'gc> {
    fn object(
        ctx: Context<'gc>,
        class: Value<'gc>,
        sources: Value<'gc>,
        function: Value<'gc>,
        position: i64,
        strict: bool,
    ) -> Value<'gc> {
        let Value::Type(class) = class else {
            return Value::None;
        };
        let data = Walk {
            sources: Gc::new(ctx.mc, Lock::new(sources)),
            function: Gc::new(ctx.mc, Lock::new(function)),
            position: Cell::new(position),
            strict: Cell::new(strict),
        };
        Value::Object(Object::with_native::<Walk<'_>>(ctx, class, data))
    }

    /// The iterators of `zip` and `map`.
    fn iterators(&self) -> &'gc [Value<'gc>] {
        match self.sources.get() {
            Value::Tuple(tuple) => tuple.items(),
            _ => &[],
        }
    }
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Walk<'gc>, Raised<'gc>> {
    match value.native::<Walk<'_>>() {
        Some(walk) => Ok(walk),
        None => Err(ctx.type_error(format!(
            "'{}' object is not initialized",
            ctx.type_name(value)
        ))),
    }
}

/// Waits for the iterators of several iterables, then makes the object.
#[derive(Collect)]
#[collect(no_drop)]
struct Start<'gc> {
    class: Value<'gc>,
    function: Value<'gc>,
    iterables: Vec<Value<'gc>>,
    iterators: Vec<Value<'gc>>,
    #[collect(require_static)]
    strict: bool,
}

impl<'gc> NativeFrame<'gc> for Start<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Start => {}
            input => self.iterators.push(input.value()?),
        }
        while let Some(&iterable) = self.iterables.get(self.iterators.len()) {
            match iterate::iter_flow(ctx, iterable)? {
                Flow::Return(iterator) => self.iterators.push(iterator),
                flow => return Ok(Step::Await(flow)),
            }
        }
        let sources = Value::Tuple(ctx.tuple(std::mem::take(&mut self.iterators)));
        Ok(Step::Return(Walk::object(
            ctx,
            self.class,
            sources,
            self.function,
            0,
            self.strict,
        )))
    }
}

/// The keyword arguments of `zip` and `map`: `strict` alone. Subclasses may take
/// others for their own `__init__`.
fn strict_of<'gc>(
    ctx: Context<'gc>,
    name: &str,
    keywords: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    let Value::Dict(dict) = keywords else {
        return Ok(false);
    };
    let mut strict = false;
    for (key, value) in dict.entries() {
        match key.as_str() {
            Some(key) if key.bytes() == b"strict" => strict = ctx.truth(value)?,
            Some(key) => {
                return Err(ctx.type_error(format!(
                    "{name}() got an unexpected keyword argument '{}'",
                    key.to_string_lossy()
                )));
            }
            None => {}
        }
    }
    Ok(strict)
}

/// The next items of several iterators, for `zip` and `map`.
#[derive(Collect)]
#[collect(no_drop)]
struct Row<'gc> {
    walk: Value<'gc>,
    items: SmallVec<[Value<'gc>; 4]>,
    /// With `strict`, once the first iterator has come to its end: how many
    /// have been found to end with it.
    #[collect(require_static)]
    ended: Option<usize>,
    #[collect(require_static)]
    is_map: bool,
}

enum Turn<'gc> {
    Full,
    End,
    Wait(Next<'gc>),
}

impl<'gc> Row<'gc> {
    /// Goes on with what the iterator in turn gave, until Python code has to run.
    fn go_on(
        &mut self,
        ctx: Context<'gc>,
        mut given: Option<Option<Value<'gc>>>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let walk = this(ctx, self.walk)?;
        let iterators = walk.iterators();
        loop {
            match (given.take(), self.ended) {
                (None, _) => {}
                (Some(Some(item)), None) => self.items.push(item),
                (Some(Some(_)), Some(count)) => {
                    return Err(self.uneven(ctx, count, "longer"));
                }
                (Some(None), _) if !walk.strict.get() => return Ok(Turn::End),
                (Some(None), None) if self.items.is_empty() => self.ended = Some(1),
                (Some(None), None) => return Err(self.uneven(ctx, self.items.len(), "shorter")),
                (Some(None), Some(count)) => self.ended = Some(count + 1),
            }
            let turn = self.ended.unwrap_or(self.items.len());
            let Some(&iterator) = iterators.get(turn) else {
                return Ok(match self.ended {
                    None => Turn::Full,
                    Some(_) => Turn::End,
                });
            };
            match iterate::next(ctx, iterator)? {
                Next::Item(item) => given = Some(Some(item)),
                Next::Exhausted => given = Some(None),
                flow => return Ok(Turn::Wait(flow)),
            }
        }
    }

    /// The ValueError of the iterator after the first `before` ones.
    fn uneven(&self, ctx: Context<'gc>, before: usize, what: &str) -> Raised<'gc> {
        let name = if self.is_map { "map" } else { "zip" };
        let others = match before {
            1 => " 1".to_owned(),
            _ => format!("s 1-{before}"),
        };
        let number = before + 1;
        ctx.value_error(format!(
            "{name}() argument {number} is {what} than argument{others}"
        ))
    }

    /// What the full row comes to.
    fn result(&self, ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        if self.is_map {
            return Ok(Flow::call(
                this(ctx, self.walk)?.function.get(),
                &self.items,
            ));
        }
        Ok(Flow::Return(Value::Tuple(ctx.tuple(&self.items[..]))))
    }
}

/// A row for whose next item Python code runs.
#[derive(Collect)]
#[collect(no_drop)]
struct RowFrame<'gc> {
    row: Row<'gc>,
    waiting: Option<Flow<'gc>>,
}

impl<'gc> NativeFrame<'gc> for RowFrame<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(flow) = self.waiting.take() {
            return Ok(Step::Await(flow));
        }
        let given = match input {
            Input::Raised(raised) if exceptions::matches(ctx, raised, Exc::StopIteration) => None,
            Input::Exhausted => None,
            input => Some(input.value()?),
        };
        match self.row.go_on(ctx, Some(given))? {
            Turn::Full => self.row.result(ctx).map(Step::Finish),
            Turn::End => Err(stop(ctx)),
            Turn::Wait(Next::Flow(flow)) => Ok(Step::Await(flow)),
            Turn::Wait(_) => Err(stop(ctx)),
        }
    }
}

fn next_row<'gc>(
    ctx: Context<'gc>,
    walk: Value<'gc>,
    is_map: bool,
) -> Result<Next<'gc>, Raised<'gc>> {
    if this(ctx, walk)?.iterators().is_empty() {
        return Ok(Next::Exhausted);
    }
    let mut row = Row {
        walk,
        items: SmallVec::new(),
        ended: None,
        is_map,
    };
    match row.go_on(ctx, None)? {
        Turn::Full => next_of_flow(ctx, row.result(ctx)),
        Turn::Wait(Next::Flow(flow)) => Ok(Next::Flow(Flow::frame(RowFrame {
            row,
            waiting: Some(flow),
        }))),
        Turn::End | Turn::Wait(_) => Ok(Next::Exhausted),
    }
}

fn reduce_row<'gc>(
    ctx: Context<'gc>,
    walk: Value<'gc>,
    arguments: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let mut items = vec![Value::Type(walk.class(ctx)), arguments];
    if this(ctx, walk)?.strict.get() {
        items.push(Value::bool(true));
    }
    Ok(Value::Tuple(ctx.tuple(items)))
}

fn set_strict<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let strict = ctx.truth(args[1])?;
    this(ctx, args[0])?.strict.set(strict);
    Ok(Value::None)
}

fn tuple_items<'gc>(value: Value<'gc>) -> &'gc [Value<'gc>] {
    value.as_tuple().map_or(&[], |t| t.items())
}

fn zip_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    begin(
        ctx,
        Start {
            class: args[0],
            function: Value::None,
            iterables: tuple_items(args[1]).to_vec(),
            iterators: Vec::new(),
            strict: strict_of(ctx, "zip", args[2])?,
        },
    )
}

fn zip_next<'gc>(ctx: Context<'gc>, walk: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    next_row(ctx, walk, false)
}

fn zip_reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    // The same tuple each time, by which pickle knows it again.
    reduce_row(ctx, args[0], this(ctx, args[0])?.sources.get())
}

/// `zip`
pub static ZIP: TypeDef = TypeDef {
    name: "zip",
    signature: "(*iterables, strict=False)",
    doc: "Yield tuples with one item of each iterable, until the shortest is exhausted.\n\nWith strict=True, raise ValueError unless all end together.",
    methods: &[
        new("__new__($type, /, *iterables, **kwargs)", FlowCall(zip_new)),
        ITER,
        NEXT,
        method("__reduce__($self, /)", REDUCE_DOC, Plain(zip_reduce)),
        method(
            "__setstate__($self, object, /)",
            SETSTATE_DOC,
            Plain(set_strict),
        ),
    ],
    next: Some(zip_next),
    ..TypeDef::DEFAULT
};

fn map_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let strict = strict_of(ctx, "map", args[2])?;
    let [function, iterables @ ..] = tuple_items(args[1]) else {
        return Err(ctx.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(ctx.type_error("map() must have at least two arguments."));
    }
    begin(
        ctx,
        Start {
            class: args[0],
            function: *function,
            iterables: iterables.to_vec(),
            iterators: Vec::new(),
            strict,
        },
    )
}

fn map_next<'gc>(ctx: Context<'gc>, walk: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    next_row(ctx, walk, true)
}

fn map_reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, args[0])?;
    let mut parts = vec![walk.function.get()];
    parts.extend_from_slice(walk.iterators());
    reduce_row(ctx, args[0], Value::Tuple(ctx.tuple(parts)))
}

/// `map`
pub static MAP: TypeDef = TypeDef {
    name: "map",
    signature: "(function, iterable, /, *iterables, strict=False)",
    doc: "Yield function(a, b, ...) for the next item of each iterable, until the shortest is exhausted.\n\nWith strict=True, raise ValueError unless all end together.",
    methods: &[
        new("__new__($type, /, *arguments, **kwargs)", FlowCall(map_new)),
        ITER,
        NEXT,
        method("__reduce__($self, /)", REDUCE_DOC, Plain(map_reduce)),
        method(
            "__setstate__($self, object, /)",
            SETSTATE_DOC,
            Plain(set_strict),
        ),
    ],
    next: Some(map_next),
    ..TypeDef::DEFAULT
};

/// Makes a walk over the iterator of one iterable.
fn over_one<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    function: Value<'gc>,
    iterable: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let flow = iterate::iter_flow(ctx, iterable)?;
    and_then(ctx, flow, vec![class, function], |ctx, state, result| {
        let made = Walk::object(ctx, state[0], result?, state[1], 0, false);
        Ok(Flow::Return(made))
    })
}

fn filter_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    over_one(ctx, args[0], args[1], args[2])
}

/// Looks for the next item that passes a `filter` where Python code has to run.
#[derive(Collect)]
#[collect(no_drop)]
struct FilterFrame<'gc> {
    /// How the first item comes, if it was asked for already.
    waiting: Option<Flow<'gc>>,
    source: Value<'gc>,
    function: Value<'gc>,
    /// The item whose verdict is awaited; absent while an item is.
    item: Value<'gc>,
}

impl<'gc> NativeFrame<'gc> for FilterFrame<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(flow) = self.waiting.take() {
            return Ok(Step::Await(flow));
        }
        let waited_for = std::mem::replace(&mut self.item, Value::Absent);
        match input {
            Input::Start => Ok(Step::Next(self.source)),
            Input::Exhausted => Err(stop(ctx)),
            Input::Raised(raised) => Err(raised),
            Input::Value(verdict) if !waited_for.is_absent() => {
                if ctx.truth(verdict)? {
                    return Ok(Step::Return(waited_for));
                }
                Ok(Step::Yield)
            }
            Input::Item(item) | Input::Value(item) => {
                if passes_without_call(ctx, self.function) {
                    if ctx.truth(item)? {
                        return Ok(Step::Return(item));
                    }
                    return Ok(Step::Yield);
                }
                self.item = item;
                Ok(Step::Await(Flow::call(self.function, &[item])))
            }
        }
    }
}

/// Whether the function is None or `bool`: the item's own truth decides.
fn passes_without_call<'gc>(ctx: Context<'gc>, function: Value<'gc>) -> bool {
    match function {
        Value::None => true,
        Value::Type(class) => class == ctx.types().bool,
        _ => false,
    }
}

fn filter_next<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let walk = this(ctx, value)?;
    if passes_without_call(ctx, walk.function.get()) {
        // A short stretch without a frame; what is left goes through safe points.
        for _ in 0..64 {
            match iterate::next(ctx, walk.sources.get())? {
                Next::Item(item) if ctx.truth(item)? => return Ok(Next::Item(item)),
                Next::Item(_) => {}
                Next::Exhausted => return Ok(Next::Exhausted),
                Next::Flow(flow) => {
                    return Ok(Next::Flow(Flow::frame(FilterFrame {
                        waiting: Some(flow),
                        source: walk.sources.get(),
                        function: walk.function.get(),
                        item: Value::Absent,
                    })));
                }
            }
        }
    }
    Ok(Next::Flow(Flow::frame(FilterFrame {
        waiting: None,
        source: walk.sources.get(),
        function: walk.function.get(),
        item: Value::Absent,
    })))
}

fn filter_reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, args[0])?;
    let parts = [walk.function.get(), walk.sources.get()];
    let class = Value::Type(args[0].class(ctx));
    Ok(Value::Tuple(
        ctx.tuple([class, Value::Tuple(ctx.tuple(parts))]),
    ))
}

/// `filter`
pub static FILTER: TypeDef = TypeDef {
    name: "filter",
    signature: "(function, iterable, /)",
    doc: "Yield the items of iterable for which function(item) is true, or which are true if function is None.",
    methods: &[
        new(
            "__new__($type, function, iterable, /)",
            FlowCall(filter_new),
        ),
        ITER,
        NEXT,
        method("__reduce__($self, /)", REDUCE_DOC, Plain(filter_reduce)),
    ],
    next: Some(filter_next),
    ..TypeDef::DEFAULT
};

fn enumerate_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let start = match args[2] {
        Value::Absent => Value::Int(0),
        start => ctx.index(start)?,
    };
    over_one(ctx, args[0], start, args[1])
}

fn counted<'gc>(
    ctx: Context<'gc>,
    walk: &Walk<'gc>,
    item: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let count = walk.function.get();
    let next = match count {
        Value::Int(n) if n < i64::MAX => Value::Int(n + 1),
        other => {
            let number = other.as_bigint().unwrap_or_default();
            Value::from_bigint(ctx.mc, number + 1)
        }
    };
    walk.function.set(ctx.mc, next);
    Ok(Value::Tuple(ctx.tuple([count, item])))
}

fn enumerate_next<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let walk = this(ctx, value)?;
    Ok(match iterate::next(ctx, walk.sources.get())? {
        Next::Item(item) => Next::Item(counted(ctx, walk, item)?),
        Next::Exhausted => Next::Exhausted,
        Next::Flow(flow) => {
            let flow = and_then(ctx, flow, vec![value], |ctx, state, result| {
                counted(ctx, this(ctx, state[0])?, result?).map(Flow::Return)
            });
            return next_of_flow(ctx, flow);
        }
    })
}

fn enumerate_reduce<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, args[0])?;
    let parts = [walk.sources.get(), walk.function.get()];
    let class = Value::Type(args[0].class(ctx));
    Ok(Value::Tuple(
        ctx.tuple([class, Value::Tuple(ctx.tuple(parts))]),
    ))
}

/// `enumerate`
pub static ENUMERATE: TypeDef = TypeDef {
    name: "enumerate",
    signature: "(iterable, start=0)",
    doc: "Yield pairs of a count, which begins at start, and an item of iterable.",
    methods: &[
        new(
            "__new__($type, /, iterable, start=0)",
            FlowCall(enumerate_new),
        ),
        ITER,
        NEXT,
        method("__reduce__($self, /)", REDUCE_DOC, Plain(enumerate_reduce)),
        class_method(
            "__class_getitem__($type, object, /)",
            crate::types::generic_alias::CLASS_GETITEM_DOC,
            Plain(crate::types::generic_alias::class_getitem),
        ),
    ],
    next: Some(enumerate_next),
    ..TypeDef::DEFAULT
};

fn reversed_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let sequence = args[1];
    let class: Type<'gc> = sequence.class(ctx);
    let names = ctx.names();
    let not_reversible = || {
        ctx.type_error(format!(
            "'{}' object is not reversible",
            ctx.type_name(sequence)
        ))
    };
    match class.lookup(ctx, names.__reversed__) {
        Some(Value::None) => return Err(not_reversible()),
        Some(hook) => return call_special(ctx, hook, sequence, &[]),
        None => {}
    }
    let is_sequence = class.lookup(ctx, names.__getitem__).is_some()
        && sequence.as_dict().is_none()
        && sequence
            .native::<crate::types::mappingproxy::MappingProxy<'_>>()
            .is_none();
    if !is_sequence {
        return Err(not_reversible());
    }
    let length = ctx.length(sequence)? as i64;
    let made = Walk::object(ctx, args[0], sequence, Value::None, length - 1, false);
    Ok(Flow::Return(made))
}

fn reversed_next<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let walk = this(ctx, value)?;
    let (sequence, position) = (walk.sources.get(), walk.position.get());
    if sequence.is_absent() {
        return Ok(Next::Exhausted);
    }
    if position < 0 {
        walk.sources.set(ctx.mc, Value::Absent);
        return Ok(Next::Exhausted);
    }
    let flow = match crate::protocol::subscript::get(ctx, sequence, Value::Int(position)) {
        Ok(flow) => and_then(ctx, flow, vec![value], |ctx, state, result| {
            reversed_item(ctx, state[0], result).map(Flow::Return)
        }),
        Err(raised) => reversed_item(ctx, value, Err(raised)).map(Flow::Return),
    };
    next_of_flow(ctx, flow)
}

fn reversed_item<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    result: Result<Value<'gc>, Raised<'gc>>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, value)?;
    match result {
        Ok(item) => {
            walk.position.set(walk.position.get() - 1);
            Ok(item)
        }
        Err(raised)
            if exceptions::matches(ctx, raised, Exc::IndexError)
                || exceptions::matches(ctx, raised, Exc::StopIteration) =>
        {
            walk.sources.set(ctx.mc, Value::Absent);
            Err(stop(ctx))
        }
        Err(raised) => Err(raised),
    }
}

fn reversed_hint<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, args[0])?;
    let rest = walk.position.get() + 1;
    Ok(Value::Int(match walk.sources.get() {
        Value::Absent => 0,
        sequence if (ctx.length(sequence)? as i64) < rest => 0,
        _ => rest,
    }))
}

fn reversed_reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, args[0])?;
    let class = Value::Type(args[0].class(ctx));
    let tuple = |items: &[Value<'gc>]| Value::Tuple(ctx.tuple(items));
    Ok(match walk.sources.get() {
        sequence if sequence.is_absent() || walk.position.get() < 0 => {
            tuple(&[class, tuple(&[Value::Tuple(ctx.empty_tuple())])])
        }
        sequence => tuple(&[class, tuple(&[sequence]), Value::Int(walk.position.get())]),
    })
}

fn reversed_set_state<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let walk = this(ctx, args[0])?;
    if !args[1].is_int() {
        return Err(ctx.type_error("an integer is required"));
    }
    let state = ctx.index_i64(args[1], Exc::OverflowError)?;
    let sequence = walk.sources.get();
    if !sequence.is_absent() {
        let length = ctx.length(sequence)? as i64;
        walk.position.set(state.clamp(-1, length - 1));
    }
    Ok(Value::None)
}

/// `reversed`
pub static REVERSED: TypeDef = TypeDef {
    name: "reversed",
    signature: "(sequence, /)",
    doc: "Return a reverse iterator over the values of the given sequence.",
    methods: &[
        new("__new__($type, object, /)", FlowCall(reversed_new)),
        ITER,
        NEXT,
        method(
            "__length_hint__($self, /)",
            LENGTH_HINT_DOC,
            Plain(reversed_hint),
        ),
        method("__reduce__($self, /)", REDUCE_DOC, Plain(reversed_reduce)),
        method(
            "__setstate__($self, object, /)",
            SETSTATE_DOC,
            Plain(reversed_set_state),
        ),
    ],
    next: Some(reversed_next),
    ..TypeDef::DEFAULT
};
