//! The machine that writes the JSON of an object, with a stack of its own.

use capers_runtime::context::Context;
use capers_runtime::numbers::{float_text, int_text};
use capers_runtime::protocol::call::call_flow;
use capers_runtime::protocol::hash;
use capers_runtime::protocol::text::decimal;
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::types::numbers::convert;
use capers_runtime::types::type_attributes::module_of;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::sequence_then;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step};
use gc_arena::Collect;

use super::options::{Options, Strings};
use super::{BATCH, MOST_LEVELS, strings};

/// What a level's items come from.
#[derive(Clone, Collect)]
#[collect(no_drop)]
enum Source<'gc> {
    /// A list or tuple, as long as it is when the walk gets there.
    Items(Value<'gc>),
    /// A dict as it is when the walk gets there.
    Dict(Dict<'gc>),
    /// The items of a dict, taken before.
    Pairs(Vec<Value<'gc>>),
    /// What `default` made of the owner, until it is written.
    Replaced(Option<Value<'gc>>),
}

/// An object that is being written.
#[derive(Clone, Collect)]
#[collect(no_drop)]
struct Level<'gc> {
    owner: Value<'gc>,
    source: Source<'gc>,
    /// How far its items are indented.
    depth: usize,
    /// Where the next item is.
    place: usize,
    /// Whether an item has been written.
    is_open: bool,
    /// The key whose value comes next or is being written.
    key: Value<'gc>,
    /// The value that comes next, once its key has been written.
    value: Option<Value<'gc>>,
}

/// What the answer of a call is for.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
enum Pending<'gc> {
    /// The object itself, when all begins.
    Begin(Value<'gc>),
    /// Nothing.
    Nothing,
    /// The text of a string.
    Encoded,
    /// What `default` makes of this.
    Replaced(Value<'gc>),
    /// The items of this list or tuple, as a list.
    Items(Value<'gc>),
    /// The items of this dict, as a list, to be sorted if that is asked for.
    Pairs(Value<'gc>),
    /// The list of this dict's items, which is being sorted.
    Sorted(Value<'gc>, List<'gc>),
}

/// Whether the machine can go on.
enum Turn<'gc> {
    Go,
    Wait(Flow<'gc>, Pending<'gc>),
}

/// A document being written.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Writing<'gc> {
    options: Options<'gc>,
    out: Vec<u8>,
    /// How much of the output the collector has been told of.
    told: usize,
    levels: Vec<Level<'gc>>,
    /// The level that the object itself is at, for indentation.
    outer: usize,
    pending: Pending<'gc>,
}

impl<'gc> NativeFrame<'gc> for Writing<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        self.go_on(ctx, input).inspect_err(|raised| {
            self.note(ctx, *raised);
        })
    }
}

impl<'gc> Writing<'gc> {
    /// Begins to write `object`, which is at a level of indentation.
    pub fn new(options: Options<'gc>, object: Value<'gc>, outer: usize) -> Self {
        Writing {
            options,
            out: Vec::new(),
            told: 0,
            levels: Vec::new(),
            outer,
            pending: Pending::Begin(object),
        }
    }

    fn go_on(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let pending = std::mem::replace(&mut self.pending, Pending::Nothing);
        let answer = input.value()?;
        let mut turn = match pending {
            Pending::Nothing => Turn::Go,
            Pending::Begin(object) => self.value(ctx, object)?,
            pending => self.answered(ctx, pending, answer)?,
        };
        for _ in 0..BATCH {
            turn = match turn {
                Turn::Wait(Flow::Return(answer), pending) => self.answered(ctx, pending, answer)?,
                Turn::Wait(flow, pending) => {
                    self.pending = pending;
                    return Ok(Step::Await(flow));
                }
                Turn::Go if self.levels.is_empty() => {
                    let text = ctx.str_from_vec(std::mem::take(&mut self.out));
                    return Ok(Step::Return(Value::Tuple(ctx.tuple([Value::Str(text)]))));
                }
                Turn::Go => self.next(ctx)?,
            };
        }
        ctx.charge(self.out.len().saturating_sub(self.told));
        self.told = self.out.len();
        match turn {
            Turn::Go => Ok(Step::Yield),
            Turn::Wait(flow, pending) => {
                self.pending = pending;
                Ok(Step::Await(flow))
            }
        }
    }

    /// Uses the answer that was waited for.
    fn answered(
        &mut self,
        ctx: Context<'gc>,
        pending: Pending<'gc>,
        answer: Value<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        match pending {
            Pending::Nothing | Pending::Begin(_) => Ok(Turn::Go),
            Pending::Encoded => match answer.as_str() {
                Some(text) => {
                    self.out.extend_from_slice(text.bytes());
                    Ok(Turn::Go)
                }
                None => Err(ctx.type_error(format!(
                    "encoder() must return a string, not {}",
                    ctx.type_name(answer)
                ))),
            },
            Pending::Replaced(owner) => {
                self.check_depth(ctx)?;
                self.push(owner, Source::Replaced(Some(answer)));
                Ok(Turn::Go)
            }
            Pending::Items(owner) => self.begin_items(ctx, owner, answer),
            Pending::Pairs(owner) => {
                let pairs = answer
                    .as_list()
                    .unwrap_or_else(|| List::new(ctx, Vec::new()));
                if !self.options.sort_keys {
                    self.push(owner, Source::Pairs(pairs.to_vec()));
                    return Ok(Turn::Go);
                }
                let sort = ctx.get_attr(Value::List(pairs), ctx.intern("sort"))?;
                let flow = call_flow(ctx, sort, &[])?;
                Ok(Turn::Wait(flow, Pending::Sorted(owner, pairs)))
            }
            Pending::Sorted(owner, pairs) => {
                self.push(owner, Source::Pairs(pairs.to_vec()));
                Ok(Turn::Go)
            }
        }
    }

    fn push(&mut self, owner: Value<'gc>, source: Source<'gc>) {
        let is_container = !matches!(source, Source::Replaced(_));
        let depth = self.depth() + usize::from(is_container);
        self.levels.push(Level {
            owner,
            source,
            depth,
            place: 0,
            is_open: false,
            key: Value::None,
            value: None,
        });
    }

    fn check_depth(&self, ctx: Context<'gc>) -> Result<(), Raised<'gc>> {
        if self.levels.len() < MOST_LEVELS {
            return Ok(());
        }
        let message = "maximum recursion depth exceeded while encoding a JSON object";
        Err(ctx.error(Exc::RecursionError, message))
    }

    /// Writes an object, or begins to.
    fn value(&mut self, ctx: Context<'gc>, object: Value<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        match object.builtin() {
            Value::None => self.out.extend_from_slice(b"null"),
            Value::Bool(truth) => {
                let name: &[u8] = if truth.get() { b"true" } else { b"false" };
                self.out.extend_from_slice(name);
            }
            Value::Str(_) => return self.string(ctx, object),
            Value::Int(_) | Value::BigInt(_) => self.integer(ctx, object)?,
            Value::Float(number) => self.float(ctx, object, number.get())?,
            Value::List(_) | Value::Tuple(_) => {
                self.check_depth(ctx)?;
                if matches!(object, Value::List(_) | Value::Tuple(_)) {
                    return self.begin_items(ctx, object, object);
                }
                let message = "_iterencode_list needs a sequence";
                let flow = sequence_then(ctx, object, message, Vec::new(), |ctx, _, items| {
                    Ok(Flow::Return(Value::List(List::new(ctx, items))))
                })?;
                return Ok(Turn::Wait(flow, Pending::Items(object)));
            }
            Value::Dict(dict) => {
                self.check_depth(ctx)?;
                return self.begin_entries(ctx, object, dict);
            }
            _ => {
                self.mark(ctx, object)?;
                let flow = call_flow(ctx, self.options.default, &[object])?;
                return Ok(Turn::Wait(flow, Pending::Replaced(object)));
            }
        }
        Ok(Turn::Go)
    }

    fn string(&mut self, ctx: Context<'gc>, text: Value<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        match self.options.strings {
            Strings::Native { ascii } => {
                let text = strings::text_of(ctx, text)?;
                strings::write(&mut self.out, text.bytes(), ascii);
                Ok(Turn::Go)
            }
            Strings::Called => {
                let flow = call_flow(ctx, self.options.encoder, &[text])?;
                Ok(Turn::Wait(flow, Pending::Encoded))
            }
        }
    }

    fn integer(&mut self, ctx: Context<'gc>, number: Value<'gc>) -> Result<(), Raised<'gc>> {
        if let Value::Int(number) = number.builtin() {
            self.out.extend_from_slice(decimal(ctx, number).bytes());
        } else if let Some(number) = convert::int_ref(number) {
            let text = int_text::decimal(number, &convert::limits(ctx));
            let text = text.map_err(|error| convert::raise(ctx, error))?;
            self.out.extend_from_slice(text.as_bytes());
        }
        Ok(())
    }

    fn float(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        number: f64,
    ) -> Result<(), Raised<'gc>> {
        if number.is_finite() {
            let text = float_text::repr(number);
            self.out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        if !self.options.allow_nan {
            let shown = ctx.repr(object)?;
            let shown = shown.to_string_lossy();
            return Err(ctx.value_error(format!(
                "Out of range float values are not JSON compliant: {shown}"
            )));
        }
        let name = match number {
            number if number.is_nan() => "NaN",
            number if number > 0.0 => "Infinity",
            _ => "-Infinity",
        };
        self.out.extend_from_slice(name.as_bytes());
        Ok(())
    }

    /// Notes that an object is being written. A ValueError if it is already.
    fn mark(&self, ctx: Context<'gc>, object: Value<'gc>) -> Result<(), Raised<'gc>> {
        let Some(markers) = self.options.markers else {
            return Ok(());
        };
        let id = hash::identity(ctx, object);
        if markers.get(ctx, id)?.is_some() {
            return Err(ctx.value_error("Circular reference detected"));
        }
        markers.set(ctx, id, object)
    }

    /// Begins a list or tuple whose items are these.
    fn begin_items(
        &mut self,
        ctx: Context<'gc>,
        owner: Value<'gc>,
        items: Value<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        if ctx.length(items)? == 0 {
            self.out.extend_from_slice(b"[]");
            return Ok(Turn::Go);
        }
        self.mark(ctx, owner)?;
        self.out.push(b'[');
        self.push(owner, Source::Items(items));
        Ok(Turn::Go)
    }

    fn begin_entries(
        &mut self,
        ctx: Context<'gc>,
        owner: Value<'gc>,
        dict: Dict<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        if dict.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(Turn::Go);
        }
        self.mark(ctx, owner)?;
        self.out.push(b'{');
        if matches!(owner, Value::Dict(_)) {
            if !self.options.sort_keys {
                self.push(owner, Source::Dict(dict));
                return Ok(Turn::Go);
            }
            let mut entries = dict.entries();
            let is_sorted = sort_by_text(&mut entries);
            let pair = |(key, value)| Value::Tuple(ctx.tuple([key, value]));
            let pairs: Vec<Value<'gc>> = entries.into_iter().map(pair).collect();
            if is_sorted {
                self.push(owner, Source::Pairs(pairs));
                return Ok(Turn::Go);
            }
            let pairs = Value::List(List::new(ctx, pairs));
            return Ok(Turn::Wait(Flow::Return(pairs), Pending::Pairs(owner)));
        }
        let items = ctx.call_method(owner, ctx.intern("items"), &[])?;
        let message = format!(
            "{}.items() returned a non-iterable (type {})",
            ctx.type_name(owner),
            ctx.type_name(items)
        );
        let flow = sequence_then(ctx, items, &message, Vec::new(), |ctx, _, items| {
            Ok(Flow::Return(Value::List(List::new(ctx, items))))
        })?;
        Ok(Turn::Wait(flow, Pending::Pairs(owner)))
    }

    /// Goes on with the innermost level: writes its next item or its end.
    fn next(&mut self, ctx: Context<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(level) = self.levels.last_mut() else {
            return Ok(Turn::Go);
        };
        if let Some(value) = level.value.take() {
            let separator = self.options.key_separator;
            self.out.extend_from_slice(separator.bytes());
            return self.value(ctx, value);
        }
        level.key = Value::Absent;
        let entry = match &mut level.source {
            Source::Replaced(replaced) => match replaced.take() {
                Some(replaced) => return self.value(ctx, replaced),
                None => return self.end(ctx, None),
            },
            Source::Items(items) => {
                let item = match *items {
                    Value::List(list) => list.get(level.place),
                    Value::Tuple(tuple) => tuple.items().get(level.place).copied(),
                    _ => None,
                };
                let Some(item) = item else {
                    return self.end(ctx, Some(b']'));
                };
                level.place += 1;
                self.separate();
                return self.value(ctx, item);
            }
            Source::Dict(dict) => {
                let table = dict.borrow();
                table.next_from(level.place).map(|(position, entry)| {
                    level.place = position + 1;
                    (entry.key, entry.value)
                })
            }
            Source::Pairs(pairs) => match pairs.get(level.place) {
                Some(pair) => {
                    level.place += 1;
                    let pair = pair.as_tuple();
                    let Some(&[key, value]) = pair.map(|pair| pair.items()) else {
                        return Err(ctx.value_error("items must return 2-tuples"));
                    };
                    Some((key, value))
                }
                None => None,
            },
        };
        match entry {
            Some((key, value)) => self.key(ctx, key, value),
            None => self.end(ctx, Some(b'}')),
        }
    }

    /// Writes what is before an item: a separator, a new line.
    fn separate(&mut self) {
        let depth = self.depth();
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        if std::mem::replace(&mut level.is_open, true) {
            let separator = self.options.item_separator;
            self.out.extend_from_slice(separator.bytes());
        }
        self.break_line(depth);
    }

    /// How far the innermost level's items are indented.
    fn depth(&self) -> usize {
        self.levels.last().map_or(self.outer, |level| level.depth)
    }

    fn break_line(&mut self, depth: usize) {
        if let Some(indent) = self.options.indent {
            self.out.push(b'\n');
            for _ in 0..depth {
                self.out.extend_from_slice(indent.bytes());
            }
        }
    }

    /// Writes a key; its value is next.
    fn key(
        &mut self,
        ctx: Context<'gc>,
        key: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<Turn<'gc>, Raised<'gc>> {
        let begun = self.out.len();
        let text = match key.builtin() {
            Value::Str(_) => key,
            Value::Float(_) | Value::Int(_) | Value::BigInt(_) | Value::Bool(_) | Value::None => {
                // Written as a value, to be taken back: keys are strings.
                self.value(ctx, key)?;
                let text = ctx.str_from_bytes(self.out.get(begun..).unwrap_or_default());
                self.out.truncate(begun);
                Value::Str(text)
            }
            _ if self.options.skipkeys => return Ok(Turn::Go),
            _ => {
                return Err(ctx.type_error(format!(
                    "keys must be str, int, float, bool or None, not {}",
                    ctx.type_name(key)
                )));
            }
        };
        self.separate();
        let turn = self.string(ctx, text)?;
        if let Some(level) = self.levels.last_mut() {
            level.key = key;
            level.value = Some(value);
        }
        Ok(turn)
    }

    /// Ends the innermost level.
    fn end(&mut self, ctx: Context<'gc>, bracket: Option<u8>) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some(level) = self.levels.pop() else {
            return Ok(Turn::Go);
        };
        if let Some(bracket) = bracket {
            if level.is_open {
                self.break_line(self.depth());
            }
            self.out.push(bracket);
        }
        if let Some(markers) = self.options.markers {
            let id = hash::identity(ctx, level.owner);
            if markers.remove(ctx, id)?.is_none() {
                return Err(ctx.error_with(Exc::KeyError, &[id]));
            }
        }
        Ok(Turn::Go)
    }

    /// Tells an error what was being written.
    fn note(&mut self, ctx: Context<'gc>, raised: Raised<'gc>) {
        let add_note = ctx.intern("add_note");
        for level in std::mem::take(&mut self.levels).into_iter().rev() {
            let class = shown_class(ctx, level.owner);
            let note = match level.source {
                Source::Items(_) => {
                    format!(
                        "when serializing {class} item {}",
                        level.place.saturating_sub(1)
                    )
                }
                Source::Replaced(_) => format!("when serializing {class} object"),
                // An error about the key itself.
                _ if level.key.is_absent() || level.value.is_some() => continue,
                _ => match ctx.repr(level.key) {
                    Ok(key) => {
                        format!("when serializing {class} item {}", key.to_string_lossy())
                    }
                    Err(_) => continue,
                },
            };
            let note = ctx.str_value(&note);
            if ctx.call_method(raised.value(), add_note, &[note]).is_err() {
                return;
            }
        }
    }
}

/// The class of an object with its module, as notes show it.
fn shown_class<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> String {
    let class = object.class(ctx);
    let name = class.qualname().to_string_lossy();
    match module_of(ctx, class).and_then(|module| module.as_str()) {
        Some(module) if !matches!(module.bytes(), b"builtins" | b"__main__") => {
            format!("{}.{name}", module.to_string_lossy())
        }
        _ => name.into_owned(),
    }
}

/// Sorts the items of a dict, if all keys are strs; whether they are.
fn sort_by_text<'gc>(entries: &mut [(Value<'gc>, Value<'gc>)]) -> bool {
    let is_str = |(key, _): &(Value<'gc>, Value<'gc>)| matches!(key, Value::Str(_));
    if !entries.iter().all(is_str) {
        return false;
    }
    // The keys of a dict differ, and the order of the bytes is that of the code points.
    let bytes = |value: Value<'gc>| value.as_str().map_or(&[][..], |text| text.bytes());
    entries.sort_unstable_by(|(a, _), (b, _)| bytes(*a).cmp(bytes(*b)));
    true
}
