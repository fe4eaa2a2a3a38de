//! Objects taken apart by a reducer: the checks of its answer, and the order in which the parts are written.

use capers_runtime::context::Context;
use capers_runtime::protocol::call::is_callable;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::{Reduced, Reduction, shown_class};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::dump::{Dump, Go};
use super::iterating::Iterating;
use super::work::Work;
use crate::pickle::errors::PickleExc::PicklingError;
use crate::pickle::opcodes as op;

/// A path of more reductions than this can only be one that makes new objects for ever.
const DEEPEST: usize = 300_000;
/// From this depth on it is watched whether an object is reached within its own arguments.
const WATCHED: usize = 24;
/// An object may be reached so many times within its own arguments, each time with more in the memo.
const MOST_TIMES: usize = 10_000;

/// What is known of an object that was reached while its own arguments are being written.
#[derive(Default)]
pub(super) struct Reached {
    /// How many reductions of it are open.
    open: usize,
    /// How often it was reached since there was none.
    times: usize,
    /// How many objects the memo had the last time.
    memo: usize,
}

/// How the object is made.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Making {
    /// By a call: REDUCE.
    Call,
    /// NEWOBJ
    New,
    /// NEWOBJ_EX
    NewEx,
}

/// What was written last.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Stage {
    Nothing,
    Callable,
    Arguments,
    Keywords,
    Made,
    ListItems,
    DictItems,
    State,
    Setter,
    SetterObject,
    SetterState,
}

/// A reduction being written.
#[derive(Collect)]
#[collect(no_drop)]
pub(super) struct Reducing<'gc> {
    /// The object, to be put into the memo.
    object: Value<'gc>,
    /// Whether an error gets a note about the object as a whole.
    #[collect(require_static)]
    noted: bool,
    #[collect(require_static)]
    watched: bool,
    #[collect(require_static)]
    making: Making,
    #[collect(require_static)]
    stage: Stage,
    callable: Value<'gc>,
    arguments: Value<'gc>,
    keywords: Value<'gc>,
    state: Value<'gc>,
    list_items: Value<'gc>,
    dict_items: Value<'gc>,
    state_setter: Value<'gc>,
}

impl<'gc> Reducing<'gc> {
    /// The notes that CPython adds to an error that came while this was written.
    pub fn notes(&self, ctx: Context<'gc>) -> Vec<String> {
        let class = shown_class(ctx, self.object);
        let new = self.making != Making::Call;
        let part = match self.stage {
            Stage::Callable if new => Some("class"),
            Stage::Callable => Some("reconstructor"),
            Stage::Arguments | Stage::Keywords if new => Some("__new__ arguments"),
            Stage::Arguments => Some("reconstructor arguments"),
            Stage::State | Stage::SetterState => Some("state"),
            Stage::Setter => Some("state setter"),
            _ => None,
        };
        let mut notes: Vec<String> = part
            .map(|part| format!("when serializing {class} {part}"))
            .into_iter()
            .collect();
        if self.noted {
            notes.push(object_note(&class));
        }
        notes
    }
}

/// The note about the object as a whole.
pub(super) fn object_note(class: &str) -> String {
    format!("when serializing {class} object")
}

/// The error of a path without end.
#[cold]
pub(super) fn too_deep(ctx: Context<'_>) -> Raised<'_> {
    let message = "maximum recursion depth exceeded while pickling an object";
    ctx.error(Exc::RecursionError, message)
}

impl<'gc> Dump<'gc> {
    /// Goes on with what a reducer answered about an object.
    pub(super) fn save_reduced(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        answer: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if answer.as_str().is_some() {
            return self.save_global(ctx, object, Some(answer));
        }
        let begun = match Reduced::from_value(ctx, answer) {
            Ok(Reduced::Parts(parts)) => self.reduce(ctx, object, parts, true),
            Ok(Reduced::Global(_)) => return self.save_global(ctx, object, Some(answer)),
            Err(message) => Err(PicklingError.error(ctx, message)),
        };
        if let Err(raised) = begun {
            let note = object_note(&shown_class(ctx, object));
            super::notes::add_texts(ctx, raised, &[note]);
        }
        begun
    }

    /// Writes an object as this call and nothing more, without a note of its own.
    pub(super) fn save_call(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        callable: Value<'gc>,
        arguments: Tuple<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let parts = Reduction {
            callable,
            arguments,
            state: Value::None,
            list_items: Value::None,
            dict_items: Value::None,
            state_setter: Value::None,
        };
        self.reduce(ctx, object, parts, false)
    }

    fn reduce(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        parts: Reduction<'gc>,
        noted: bool,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let mut reducing = Reducing {
            object,
            noted,
            watched: false,
            making: Making::Call,
            stage: Stage::Nothing,
            callable: parts.callable,
            arguments: Value::Tuple(parts.arguments),
            keywords: Value::None,
            state: parts.state,
            list_items: parts.list_items,
            dict_items: parts.dict_items,
            state_setter: parts.state_setter,
        };
        if self.coder.protocol >= 2 {
            match making(ctx, parts.callable)? {
                Making::Call => {}
                Making::New => use_new(ctx, &mut reducing, parts.arguments)?,
                Making::NewEx => {
                    use_new_ex(ctx, &mut reducing, parts.arguments)?;
                    if self.coder.protocol < 4 {
                        use_partial(ctx, &mut reducing)?;
                    }
                }
            }
        }
        self.begin_reduction(ctx, reducing)
    }

    fn begin_reduction(
        &mut self,
        ctx: Context<'gc>,
        mut reducing: Reducing<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if self.write_flat(ctx, &reducing) {
            return Ok(Go::On);
        }
        let depth = self.reductions.len();
        if depth >= DEEPEST {
            return Err(too_deep(ctx));
        }
        if depth >= WATCHED
            && let Some(address) = reducing.object.address()
        {
            let memo = self.coder.memo.len();
            let reached = self.rare().reached.entry(address).or_default();
            if reached.open > 0 && (reached.memo == memo || reached.times > MOST_TIMES) {
                return Err(too_deep(ctx));
            }
            reached.open += 1;
            reached.times += 1;
            reached.memo = memo;
            reducing.watched = true;
        }
        self.reductions.push(reducing);
        self.work.push(Work::Reduction);
        Ok(Go::On)
    }

    /// Writes a reduction here and now, if its callable or class is in the memo and the rest is plain.
    fn write_flat(&mut self, ctx: Context<'gc>, reducing: &Reducing<'gc>) -> bool {
        let coder = &mut self.coder;
        let flat = reducing.stage == Stage::Nothing
            && reducing.making != Making::NewEx
            && reducing.list_items.is_none()
            && reducing.dict_items.is_none()
            && reducing.state_setter.is_none()
            && !coder.fast
            && matches!(reducing.arguments, Value::Tuple(_))
            && coder.is_flat_value(reducing.arguments)
            && coder.is_flat_value(reducing.state)
            && matches!(reducing.callable, Value::Type(_) | Value::Function(_))
            && coder.memo.find(reducing.callable).is_some();
        if !flat {
            return false;
        }
        coder.save_flat(ctx, reducing.callable);
        coder.save_flat(ctx, reducing.arguments);
        coder.out.op(match reducing.making {
            Making::Call => op::REDUCE,
            _ => op::NEWOBJ,
        });
        let Some(number) = coder.meet_made(reducing.object) else {
            return true;
        };
        coder.out.put(number);
        if !reducing.state.is_none() {
            coder.save_flat(ctx, reducing.state);
            coder.out.op(op::BUILD);
        }
        true
    }

    /// Writes a plain instance in single steps: its class is written, or comes first.
    pub(super) fn save_new(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        state: Value<'gc>,
        class_is_written: bool,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let stage = match class_is_written {
            true => Stage::Callable,
            false => Stage::Nothing,
        };
        let reducing = Reducing {
            object,
            noted: true,
            watched: false,
            making: Making::New,
            stage,
            callable: Value::Type(object.class(ctx)),
            arguments: Value::Tuple(ctx.empty_tuple()),
            keywords: Value::None,
            state,
            list_items: Value::None,
            dict_items: Value::None,
            state_setter: Value::None,
        };
        self.begin_reduction(ctx, reducing)
    }

    /// Goes on with the reduction on top.
    pub(super) fn reduction_step(&mut self, ctx: Context<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        let Some(top) = self.reductions.last_mut() else {
            self.work.pop();
            return Ok(Go::On);
        };
        let out = &mut self.coder.out;
        match (top.stage, top.making) {
            (Stage::Nothing, _) => {
                top.stage = Stage::Callable;
                return Ok(Go::Save(top.callable));
            }
            (Stage::Callable, _) => {
                top.stage = Stage::Arguments;
                return Ok(Go::Save(top.arguments));
            }
            (Stage::Arguments, Making::NewEx) => {
                top.stage = Stage::Keywords;
                return Ok(Go::Save(top.keywords));
            }
            (Stage::Arguments | Stage::Keywords, making) => {
                out.op(match making {
                    Making::Call => op::REDUCE,
                    Making::New => op::NEWOBJ,
                    Making::NewEx => op::NEWOBJ_EX,
                });
                top.stage = Stage::Made;
                return Ok(self.object_made());
            }
            _ => {}
        }
        if top.stage == Stage::Made {
            top.stage = Stage::ListItems;
            if !top.list_items.is_none() {
                return Ok(self.iterate(|top| top.list_items, false));
            }
        }
        let Some(top) = self.reductions.last_mut() else {
            return Ok(Go::On);
        };
        if top.stage == Stage::ListItems {
            top.stage = Stage::DictItems;
            if !top.dict_items.is_none() {
                return Ok(self.iterate(|top| top.dict_items, true));
            }
        }
        let Some(top) = self.reductions.last_mut() else {
            return Ok(Go::On);
        };
        let _ = ctx;
        match top.stage {
            Stage::DictItems if top.state.is_none() => {}
            Stage::DictItems if top.state_setter.is_none() => {
                top.stage = Stage::State;
                return Ok(Go::Save(top.state));
            }
            Stage::DictItems => {
                top.stage = Stage::Setter;
                return Ok(Go::Save(top.state_setter));
            }
            Stage::Setter => {
                top.stage = Stage::SetterObject;
                return Ok(Go::Save(top.object));
            }
            Stage::SetterObject => {
                top.stage = Stage::SetterState;
                return Ok(Go::Save(top.state));
            }
            Stage::SetterState => self.coder.out.ops([op::TUPLE2, op::REDUCE, op::POP]),
            _ => self.coder.out.op(op::BUILD),
        }
        self.reductions.pop();
        self.work.pop();
        Ok(Go::On)
    }

    /// Puts the object that has just been made into the memo. One that is there already, since it contains
    /// itself, takes the place of the one made, and is complete.
    fn object_made(&mut self) -> Go<'gc> {
        let Some(top) = self.reductions.last_mut() else {
            return Go::On;
        };
        let object = top.object;
        if std::mem::take(&mut top.watched)
            && let Some(address) = object.address()
        {
            let all = &mut self.rare().reached;
            if let Some(reached) = all.get_mut(&address) {
                reached.open = reached.open.saturating_sub(1);
                if reached.open == 0 {
                    all.remove(&address);
                }
            }
        }
        let known = self.coder.memo.find(object);
        match known {
            Some(number) => {
                self.coder.out.op(op::POP);
                self.coder.out.get(number);
                self.reductions.pop();
                self.work.pop();
            }
            None => self.coder.memoize(object),
        }
        Go::On
    }

    fn iterate(&mut self, iterator: fn(&Reducing<'gc>) -> Value<'gc>, pairs: bool) -> Go<'gc> {
        if let Some(top) = self.reductions.last() {
            let iterating = Iterating::new(iterator(top), top.object, pairs);
            self.iterators.push(iterating);
            self.work.push(Work::Iterator);
        }
        Go::On
    }
}

/// Whether the callable stands for one of the opcodes that make objects: its name tells.
fn making<'gc>(ctx: Context<'gc>, callable: Value<'gc>) -> Result<Making, Raised<'gc>> {
    let name = match callable {
        Value::Function(function) => function.fields().name,
        Value::Type(class) if class.metaclass(ctx) == ctx.types().type_ => class.name(),
        _ => {
            let name = ctx.try_attr(callable, ctx.names().__name__)?;
            match name.and_then(|n| n.as_str()) {
                Some(name) => name,
                None => return Ok(Making::Call),
            }
        }
    };
    Ok(match name.bytes() {
        b"__newobj__" => Making::New,
        b"__newobj_ex__" => Making::NewEx,
        _ => Making::Call,
    })
}

fn wrong<'gc, T>(ctx: Context<'gc>, message: impl AsRef<str>) -> Result<T, Raised<'gc>> {
    Err(PicklingError.error(ctx, message))
}

/// The class for NEWOBJ and NEWOBJ_EX.
fn check_is_class<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    function: &str,
) -> Result<(), Raised<'gc>> {
    if matches!(class, Value::Type(_)) {
        return Ok(());
    }
    let found = shown_class(ctx, class);
    wrong(
        ctx,
        format!("first argument to {function}() must be a class, not {found}"),
    )
}

/// NEWOBJ's class has to be what the object says its class is.
fn check_is_own_class<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    object: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let own = match ctx.try_attr(object, ctx.names().__class__)? {
        Some(own) => own,
        None => Value::Type(object.class(ctx)),
    };
    if own.is(class) {
        return Ok(());
    }
    wrong(
        ctx,
        format!(
            "first argument to __newobj__() must be {}, not {}",
            ctx.repr(own)?.to_string_lossy(),
            ctx.repr(class)?.to_string_lossy()
        ),
    )
}

fn use_new<'gc>(
    ctx: Context<'gc>,
    reducing: &mut Reducing<'gc>,
    arguments: Tuple<'gc>,
) -> Result<(), Raised<'gc>> {
    let Some((&class, rest)) = arguments.items().split_first() else {
        return wrong(ctx, "__newobj__ expected at least 1 argument, got 0");
    };
    check_is_class(ctx, class, "__newobj__")?;
    check_is_own_class(ctx, class, reducing.object)?;
    reducing.making = Making::New;
    reducing.callable = class;
    reducing.arguments = Value::Tuple(ctx.tuple(rest));
    Ok(())
}

fn use_new_ex<'gc>(
    ctx: Context<'gc>,
    reducing: &mut Reducing<'gc>,
    arguments: Tuple<'gc>,
) -> Result<(), Raised<'gc>> {
    let &[class, positional, keywords] = arguments.items() else {
        let given = arguments.len();
        return wrong(
            ctx,
            format!("__newobj_ex__ expected 3 arguments, got {given}"),
        );
    };
    check_is_class(ctx, class, "__newobj_ex__")?;
    let expected = |which: &str, kind: &str, value| {
        let found = shown_class(ctx, value);
        wrong(
            ctx,
            format!("{which} argument to __newobj_ex__() must be a {kind}, not {found}"),
        )
    };
    if positional.as_tuple().is_none() {
        return expected("second", "tuple", positional);
    }
    if keywords.as_dict().is_none() {
        return expected("third", "dict", keywords);
    }
    reducing.making = Making::NewEx;
    reducing.callable = class;
    reducing.arguments = positional;
    reducing.keywords = keywords;
    Ok(())
}

/// Before protocol 4 a `functools.partial` of `__new__` carries the keywords.
fn use_partial<'gc>(ctx: Context<'gc>, reducing: &mut Reducing<'gc>) -> Result<(), Raised<'gc>> {
    let new = ctx.get_attr(reducing.callable, ctx.names().__new__)?;
    let mut positional = smallvec::smallvec![new, reducing.callable];
    positional.extend_from_slice(reducing.arguments.as_tuple().map_or(&[][..], |t| t.items()));
    let mut keywords = Vec::new();
    for (key, value) in reducing
        .keywords
        .as_dict()
        .map_or(Vec::new(), |d| d.entries())
    {
        let Some(key) = key.as_str() else {
            return Err(ctx.type_error("keywords must be strings"));
        };
        keywords.push((key, value));
    }
    let partial = super::import_attribute(ctx, "functools", "partial")?;
    let arguments = capers_runtime::vm::flow::Arguments {
        positional,
        keywords,
    };
    debug_assert!(is_callable(ctx, partial));
    reducing.callable = ctx.call_with(partial, arguments)?;
    reducing.making = Making::Call;
    reducing.arguments = Value::Tuple(ctx.empty_tuple());
    reducing.keywords = Value::None;
    Ok(())
}
