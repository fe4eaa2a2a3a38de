//! From objects to bytes. Two walks, each with a stack of its own: the first counts how
//! often each object is met and puts the elements of sets in order, the second writes.
//!
//! CPython gives a number to each object that something else refers to at that moment too.
//! Here an object gets one when it is met twice in what is written (as `is` tells), when it
//! is one that CPython keeps for ever, and when it is an element of a set.

use std::collections::HashMap;

use gc_arena::Collect;
use num_traits::ToPrimitive;

use capers_runtime::context::Context;
use capers_runtime::numbers::format::format_float;
use capers_runtime::numbers::nan;
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::types::code_parts::CodeParts;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::numbers::convert;
use capers_runtime::types::str::Str;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;

use super::format::*;

/// Ints that CPython keeps for ever.
const SMALL_INTS: std::ops::RangeInclusive<i64> = -5..=256;
/// The greatest size that a length field can hold.
const MOST: usize = i32::MAX as usize;

/// Why objects cannot be written.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Refusal {
    Unmarshallable,
    TooDeep,
    Code,
}

/// What makes an object the same as another.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Collect)]
#[collect(require_static)]
enum Identity {
    Address(usize),
    Int(i64),
    Float(u64),
    ReadFloat(u64),
}

impl Identity {
    /// The identity of an object that may get a number.
    fn of(object: Value<'_>) -> Option<Self> {
        match object {
            Value::Int(number) => Some(Identity::Int(number)),
            Value::Float(number) => Some(Identity::Float(number.get().to_bits())),
            Value::ReadFloat(number) => Some(Identity::ReadFloat(number.get().to_bits())),
            object => object.address().map(Identity::Address),
        }
    }
}

/// What is known of an object.
#[derive(Collect)]
#[collect(no_drop)]
struct Known<'gc> {
    /// Keeps it alive, so that its address stays its own.
    object: Value<'gc>,
    is_shared: bool,
    number: Option<u32>,
    /// Whether it is being written, and is nothing that a reader has before its parts.
    is_open: bool,
}

/// A container's items, and which comes next.
#[derive(Collect)]
#[collect(no_drop)]
struct Level<'gc> {
    object: Value<'gc>,
    items: Items<'gc>,
    next: usize,
    #[collect(require_static)]
    end: End,
}

#[derive(Collect)]
#[collect(no_drop)]
enum Items<'gc> {
    Tuple(Tuple<'gc>),
    Copied(Vec<Value<'gc>>),
}

impl<'gc> Items<'gc> {
    fn get(&self, index: usize) -> Option<Value<'gc>> {
        let items = match self {
            Items::Tuple(tuple) => tuple.items(),
            Items::Copied(items) => items,
        };
        items.get(index).copied()
    }
}

/// What comes after the items, or in between.
#[derive(Copy, Clone, PartialEq, Eq)]
enum End {
    Nothing,
    /// The NULL of a dict.
    Null,
    /// The first line of a code object stands before its last items.
    Line(u32),
    /// The items are the elements of the set at this address.
    Set(usize),
}

/// The parts of code objects and the order of sets, by address.
#[derive(Collect, Default)]
#[collect(no_drop)]
struct Made<'gc> {
    codes: HashMap<usize, CodeParts<'gc>>,
    orders: HashMap<usize, Vec<Value<'gc>>>,
}

/// What is fixed for all of a dump.
#[derive(Copy, Clone)]
pub struct Options {
    /// The version of the format.
    pub version: i32,
    /// Whether code objects may be written.
    pub allow_code: bool,
}

/// One dump.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Writer<'gc> {
    #[collect(require_static)]
    options: Options,
    root: Value<'gc>,
    known: HashMap<Identity, Known<'gc>>,
    stack: Vec<Level<'gc>>,
    made: Made<'gc>,
    out: Vec<u8>,
    /// How many objects have numbers.
    numbers: u32,
    /// Whether it is the second walk, and whether the walk has begun.
    is_writing: bool,
    has_begun: bool,
    #[collect(require_static)]
    refusal: Option<Refusal>,
}

impl<'gc> Writer<'gc> {
    /// A dump of this object.
    pub fn new(root: Value<'gc>, options: Options) -> Self {
        Writer {
            options,
            root,
            known: HashMap::new(),
            stack: Vec::new(),
            made: Made::default(),
            out: Vec::new(),
            numbers: 0,
            is_writing: false,
            has_begun: false,
            refusal: None,
        }
    }

    /// Takes so many steps; whether that was all.
    pub fn run(&mut self, ctx: Context<'gc>, steps: usize) -> bool {
        let room = self.out.capacity();
        let is_done = (0..steps).any(|_| !self.step(ctx));
        ctx.charge(self.out.capacity() - room);
        is_done
    }

    /// The bytes, once all steps are taken. Raises ValueError for what cannot be written.
    pub fn finish(&mut self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        match self.refusal {
            None => Ok(Value::Bytes(
                ctx.bytes_from_vec(std::mem::take(&mut self.out)),
            )),
            Some(refusal) => Err(ctx.value_error(match refusal {
                Refusal::Unmarshallable => "unmarshallable object",
                Refusal::TooDeep => "object too deeply nested to marshal",
                Refusal::Code => "marshalling code objects is disallowed",
            })),
        }
    }

    /// Whether there was something left to do.
    fn step(&mut self, ctx: Context<'gc>) -> bool {
        if !self.has_begun {
            self.has_begun = true;
            self.visit(ctx, self.root, false);
            return true;
        }
        let Some(level) = self.stack.last_mut() else {
            let goes_on = !self.is_writing;
            (self.is_writing, self.has_begun) = (true, false);
            return goes_on;
        };
        let (next, end) = (level.next, level.end);
        level.next += 1;
        let item = level.items.get(next);
        if let (End::Line(line), CodeParts::BEFORE_LINE, true) = (end, next, self.is_writing) {
            self.put_u32(line);
        }
        match item {
            Some(item) => self.visit(ctx, item, matches!(end, End::Set(_))),
            None => self.leave(ctx),
        }
        // What is too deep may go on for ever.
        self.refusal != Some(Refusal::TooDeep)
    }

    fn visit(&mut self, ctx: Context<'gc>, object: Value<'gc>, is_element: bool) {
        if self.is_writing {
            return self.write(ctx, object);
        }
        let Some(identity) = Identity::of(object) else {
            return;
        };
        if let Some(known) = self.known.get_mut(&identity) {
            known.is_shared = true;
            return;
        }
        let known = Known {
            object,
            is_shared: is_element || is_kept(object),
            number: None,
            is_open: false,
        };
        self.known.insert(identity, known);
        self.enter(ctx, object);
    }

    /// Goes down into a container.
    fn enter(&mut self, ctx: Context<'gc>, object: Value<'gc>) {
        let address = object.address().unwrap_or(0);
        let mut end = End::Nothing;
        let items = match object {
            Value::Tuple(tuple) => Items::Tuple(tuple),
            Value::List(list) => Items::Copied(list.to_vec()),
            Value::Dict(dict) => {
                end = End::Null;
                let pairs = dict.entries();
                Items::Copied(pairs.into_iter().flat_map(|(k, v)| [k, v]).collect())
            }
            Value::Set(set) | Value::FrozenSet(set) => {
                end = End::Set(address);
                Items::Copied(match self.made.orders.get(&address) {
                    Some(order) => order.clone(),
                    None => set.items(),
                })
            }
            Value::Slice(slice) => Items::Copied(vec![slice.0.start, slice.0.stop, slice.0.step]),
            Value::Code(code) if self.options.allow_code => {
                let parts = self.made.codes.entry(address);
                let parts = parts.or_insert_with(|| code.parts(ctx));
                end = End::Line(parts.first_line);
                Items::Copied(parts.objects.to_vec())
            }
            _ => return,
        };
        self.set_open(object, self.is_writing);
        self.stack.push(Level {
            object,
            items,
            next: 0,
            end,
        });
    }

    /// Notes that an object is being written which can't refer to itself.
    fn set_open(&mut self, object: Value<'gc>, is_open: bool) {
        if let Value::Slice(_) | Value::Code(_) = object
            && let Some(identity) = Identity::of(object)
            && let Some(known) = self.known.get_mut(&identity)
        {
            known.is_open = is_open;
        }
    }

    /// Goes up again.
    fn leave(&mut self, ctx: Context<'gc>) {
        let depth = self.stack.len();
        let Some(level) = self.stack.pop() else {
            return;
        };
        self.set_open(level.object, false);
        match (level.end, level.items) {
            (End::Null, _) if self.is_writing => match depth {
                // The NULL counts as an object.
                MAX_DEPTH.. => self.refusal = Some(Refusal::TooDeep),
                _ => self.out.push(NULL),
            },
            (End::Set(address), Items::Copied(elements))
                if !self.is_writing && !self.made.orders.contains_key(&address) =>
            {
                let order = self.in_order(ctx, elements);
                self.made.orders.insert(address, order);
            }
            _ => {}
        }
    }

    /// The elements of a set in the order of the bytes that each alone would be written as.
    fn in_order(&mut self, ctx: Context<'gc>, elements: Vec<Value<'gc>>) -> Vec<Value<'gc>> {
        if elements.len() < 2 {
            return elements;
        }
        let mut keyed: Vec<(Vec<u8>, Value<'gc>)> = Vec::with_capacity(elements.len());
        for element in elements {
            // Sets within the element are in order already, so this goes no deeper.
            let mut alone = Writer::new(element, self.options);
            std::mem::swap(&mut alone.made, &mut self.made);
            while alone.step(ctx) {}
            std::mem::swap(&mut alone.made, &mut self.made);
            self.refusal = alone.refusal.or(self.refusal);
            keyed.push((alone.out, element));
        }
        keyed.sort_by(|left, right| left.0.cmp(&right.0));
        keyed.into_iter().map(|(_, element)| element).collect()
    }

    fn put_u32(&mut self, number: u32) {
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    fn put_size(&mut self, size: usize) {
        if size > MOST {
            self.refusal = Some(Refusal::Unmarshallable);
        }
        self.put_u32(size as u32);
    }

    fn put_sized(&mut self, code: u8, bytes: &[u8]) {
        self.out.push(code);
        self.put_size(bytes.len());
        self.out.extend_from_slice(bytes);
    }

    /// The number of an object that has one already, or the flag of one that gets one.
    fn refer(&mut self, object: Value<'gc>) -> Result<u32, u8> {
        let identity = match self.options.version {
            3.. => Identity::of(object),
            _ => None,
        };
        match identity.and_then(|identity| self.known.get_mut(&identity)) {
            Some(known) if known.is_open => {
                self.refusal = Some(Refusal::Unmarshallable);
                Ok(0)
            }
            Some(known) if known.is_shared => match known.number {
                Some(number) => Ok(number),
                None => {
                    known.number = Some(self.numbers);
                    self.numbers += 1;
                    Err(FLAG_REF)
                }
            },
            _ => Err(0),
        }
    }

    fn write(&mut self, ctx: Context<'gc>, object: Value<'gc>) {
        if self.stack.len() >= MAX_DEPTH {
            self.refusal = Some(Refusal::TooDeep);
            return;
        }
        let stop_iteration = ctx.exceptions().get(Exc::StopIteration);
        match object {
            Value::None => self.out.push(NONE),
            Value::Bool(truth) if truth.get() => self.out.push(TRUE),
            Value::Bool(_) => self.out.push(FALSE),
            Value::Ellipsis => self.out.push(ELLIPSIS),
            Value::Type(class) if class == stop_iteration => self.out.push(STOP_ITERATION),
            object => match self.refer(object) {
                Ok(number) => {
                    self.out.push(REF);
                    self.put_u32(number);
                }
                Err(flag) => self.write_object(ctx, object, flag),
            },
        }
    }

    fn write_object(&mut self, ctx: Context<'gc>, object: Value<'gc>, flag: u8) {
        match object {
            Value::Int(number) => match i32::try_from(number) {
                Ok(number) => {
                    self.out.push(INT | flag);
                    self.put_u32(number as u32);
                }
                Err(_) => {
                    let words = [number.unsigned_abs()];
                    self.write_long(flag, number < 0, words.into_iter());
                }
            },
            Value::BigInt(number) => {
                let is_negative = number.to_f64().is_some_and(|n| n < 0.0);
                self.write_long(flag, is_negative, number.iter_u64_digits());
            }
            Value::Float(number) | Value::ReadFloat(number) => {
                self.write_floats(ctx, FLOAT, BINARY_FLOAT, flag, &[number.get()])
            }
            Value::Complex(_) => {
                if let Some(number) = convert::complex_of(object) {
                    let parts = [number.real, number.imag];
                    self.write_floats(ctx, COMPLEX, BINARY_COMPLEX, flag, &parts);
                }
            }
            Value::Bytes(bytes) => self.put_sized(BYTES | flag, bytes.bytes()),
            Value::Str(text) => self.write_text(text, flag),
            Value::Tuple(tuple) => match u8::try_from(tuple.len()) {
                Ok(count) if self.options.version >= 4 => {
                    self.out.extend_from_slice(&[SMALL_TUPLE | flag, count]);
                }
                _ => self.write_count(TUPLE | flag, tuple.len()),
            },
            Value::List(list) => self.write_count(LIST | flag, list.len()),
            Value::Dict(_) => self.out.push(DICT | flag),
            Value::Set(set) => self.write_count(SET | flag, set.len()),
            Value::FrozenSet(set) => self.write_count(FROZENSET | flag, set.len()),
            Value::Slice(_) if self.options.version >= 5 => self.out.push(SLICE | flag),
            Value::Slice(_) => self.refusal = Some(Refusal::Unmarshallable),
            Value::Code(_) if !self.options.allow_code => self.refusal = Some(Refusal::Code),
            Value::Code(code) => {
                let address = object.address().unwrap_or(0);
                let parts = self.made.codes.entry(address);
                let counts = parts.or_insert_with(|| code.parts(ctx)).counts;
                self.out.push(CODE | flag);
                counts.iter().for_each(|count| self.put_u32(*count));
            }
            other => match buffer::contents(ctx, other) {
                Ok(Some(contents)) => self.put_sized(BYTES | flag, &contents),
                _ => self.refusal = Some(Refusal::Unmarshallable),
            },
        }
        let is_refused_slice = matches!(object, Value::Slice(_)) && self.options.version < 5;
        if !is_refused_slice {
            self.enter(ctx, object);
        }
    }

    fn write_count(&mut self, code: u8, count: usize) {
        self.out.push(code);
        self.put_size(count);
    }

    /// An int of more than 32 bits: its digits have 15 bits each.
    fn write_long(&mut self, flag: u8, is_negative: bool, words: impl Iterator<Item = u64>) {
        let (mut digits, mut bits, mut held) = (Vec::new(), 0u128, 0);
        for word in words {
            bits |= u128::from(word) << held;
            held += u64::BITS;
            while held >= 15 {
                digits.push(bits as u16 & 0x7fff);
                bits >>= 15;
                held -= 15;
            }
        }
        digits.push(bits as u16);
        let length = digits
            .iter()
            .rposition(|d| *d != 0)
            .map_or(0, |last| last + 1);
        self.out.push(LONG | flag);
        if length > MOST {
            self.refusal = Some(Refusal::Unmarshallable);
        }
        let size = length as i32;
        self.put_u32(if is_negative { -size } else { size } as u32);
        for digit in digits.iter().take(length) {
            self.out.extend_from_slice(&digit.to_le_bytes());
        }
    }

    fn write_floats(&mut self, ctx: Context<'gc>, text: u8, binary: u8, flag: u8, parts: &[f64]) {
        if self.options.version > 1 {
            self.out.push(binary | flag);
            let bytes = parts
                .iter()
                .flat_map(|part| nan::outgoing(*part).to_le_bytes());
            return self.out.extend(bytes);
        }
        self.out.push(text | flag);
        for part in parts {
            let shown = format_float(*part, b".17g", "float", &convert::limits(ctx));
            // A format of our own cannot be wrong.
            let shown = shown.unwrap_or_default();
            self.out.push(shown.len() as u8);
            self.out.extend_from_slice(&shown);
        }
    }

    fn write_text(&mut self, text: Str<'gc>, flag: u8) {
        let (bytes, version) = (text.bytes(), self.options.version);
        let is_interned = is_kept_text(text);
        if version < 4 || !text.is_ascii() {
            let code = match version >= 3 && is_interned {
                true => INTERNED,
                false => UNICODE,
            };
            return self.put_sized(code | flag, bytes);
        }
        match u8::try_from(bytes.len()) {
            Ok(size) => {
                let code = match is_interned {
                    true => SHORT_ASCII_INTERNED,
                    false => SHORT_ASCII,
                };
                self.out.extend_from_slice(&[code | flag, size]);
                self.out.extend_from_slice(bytes);
            }
            Err(_) if is_interned => self.put_sized(ASCII_INTERNED | flag, bytes),
            Err(_) => self.put_sized(ASCII | flag, bytes),
        }
    }
}

/// Whether the string is the only one of its text: interned, or a character of Latin-1.
fn is_kept_text(text: Str<'_>) -> bool {
    text.is_interned() || matches!(text.bytes(), [] | [_] | [0xc2 | 0xc3, _])
}

/// Whether CPython has but one such object, from its start to its end.
fn is_kept(object: Value<'_>) -> bool {
    match object {
        Value::Int(number) => SMALL_INTS.contains(&number),
        Value::Str(text) => is_kept_text(text),
        Value::Bytes(bytes) => bytes.bytes().len() < 2,
        Value::Tuple(tuple) => tuple.is_empty(),
        _ => false,
    }
}
