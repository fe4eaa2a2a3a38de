//! From bytes to objects: a machine that says how many bytes it wants next, and is fed
//! with them. Knows nothing of where they come from. Containers that are not complete lie
//! on a stack of its own; nothing is set aside for what has not arrived.

use gc_arena::Collect;
use num_bigint::{BigInt, Sign};

use capers_runtime::context::Context;
use capers_runtime::numbers::float;
use capers_runtime::raised::Raised;
use capers_runtime::text::codecs::{Codec, Decoder};
use capers_runtime::text::wtf8;
use capers_runtime::types::code::Code;
use capers_runtime::types::code_parts::CodeParts;
use capers_runtime::types::codecs;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::types::set::Set;
use capers_runtime::types::slice::Slice;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;

use super::format::*;

/// The bits of an int's digits in the format.
const DIGIT_BITS: u32 = 15;

/// What the next bytes are.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Part {
    /// The code of an object.
    Code,
    /// The value of an INT or INT64.
    Number,
    /// How many digits a LONG has, and one of them.
    Digits,
    Digit,
    /// How long the text of a float is, and the text.
    FloatSize,
    FloatText,
    /// The eight bytes of a float.
    Double,
    /// How long bytes or text are, and they themselves.
    Size,
    Contents,
    /// How many items a container has.
    Count,
    /// The number of an object that was read before.
    Reference,
    /// One of the numbers of a code object.
    CodeNumber,
}

/// A container that is not complete.
#[derive(Collect)]
#[collect(no_drop)]
enum Building<'gc> {
    Tuple {
        tuple: Tuple<'gc>,
        items: Vec<Value<'gc>>,
        missing: usize,
    },
    List {
        list: List<'gc>,
        missing: usize,
    },
    Dict {
        dict: Dict<'gc>,
        key: Option<Value<'gc>>,
    },
    Set {
        set: Set<'gc>,
        missing: usize,
        is_frozen: bool,
        /// Its number, if it gets one when it is complete.
        reserved: Option<usize>,
    },
    Slice {
        parts: Vec<Value<'gc>>,
        reserved: Option<usize>,
    },
    Code {
        parts: Box<CodeParts<'gc>>,
        /// How many of the numbers and objects there are.
        numbers: usize,
        objects: usize,
        reserved: Option<usize>,
    },
}

/// The machine.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Reader<'gc> {
    stack: Vec<Building<'gc>>,
    /// The objects that have numbers; absent while one is not complete.
    refs: Vec<Value<'gc>>,
    #[collect(require_static)]
    part: Part,
    /// How many bytes the part has.
    wanted: usize,
    /// The code of the object that is being read, without the flag.
    code: u8,
    is_flagged: bool,
    /// The digits of a LONG, how many are missing, and its sign.
    digits: Vec<u16>,
    missing_digits: u32,
    is_negative: bool,
    /// The real part of a complex number.
    real: Option<f64>,
    allow_code: bool,
}

/// An object, or the NULL that stands for none.
type Read<'gc> = Option<Value<'gc>>;

fn bad<'gc>(ctx: Context<'gc>, what: &str) -> Raised<'gc> {
    ctx.value_error(format!("bad marshal data ({what})"))
}

fn null_in<'gc>(ctx: Context<'gc>, what: &str) -> Raised<'gc> {
    ctx.type_error(format!("NULL object in marshal data for {what}"))
}

fn little(bytes: &[u8]) -> i64 {
    let unsigned = bytes.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
    let unused = 64u32.saturating_sub(8 * bytes.len() as u32);
    // The sign is in the last byte.
    ((unsigned << (unused % 64)) as i64) >> (unused % 64)
}

impl<'gc> Reader<'gc> {
    /// A reader of one object.
    pub fn new(allow_code: bool) -> Self {
        Reader {
            stack: Vec::new(),
            refs: Vec::new(),
            part: Part::Code,
            wanted: 1,
            code: NULL,
            is_flagged: false,
            digits: Vec::new(),
            missing_digits: 0,
            is_negative: false,
            real: None,
            allow_code,
        }
    }

    /// How many bytes come next.
    #[inline]
    pub fn wanted(&self) -> usize {
        self.wanted
    }

    /// Whether an object begins with the next byte.
    pub fn is_at_object(&self) -> bool {
        self.part == Part::Code
    }

    /// Whether the next byte is read for itself alone: its lack has words of its own.
    pub fn is_at_byte(&self) -> bool {
        match self.part {
            Part::Code | Part::FloatSize => true,
            Part::Size => matches!(self.code, SHORT_ASCII | SHORT_ASCII_INTERNED),
            Part::Count => self.code == SMALL_TUPLE,
            _ => false,
        }
    }

    fn want(&mut self, part: Part, size: usize) {
        self.part = part;
        self.wanted = size;
    }

    /// Takes the bytes that were wanted; the object, once it is complete.
    pub fn feed(
        &mut self,
        ctx: Context<'gc>,
        bytes: &[u8],
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        let read = match self.part {
            Part::Code => return self.begin(ctx, bytes.first().copied().unwrap_or(NULL)),
            Part::Number => Value::Int(little(bytes)),
            Part::Digits => {
                let size = little(bytes);
                let count = size.unsigned_abs() as u32;
                if size == i64::from(i32::MIN) {
                    return Err(bad(ctx, "long size out of range"));
                }
                (self.is_negative, self.missing_digits) = (size < 0, count);
                if count > 0 {
                    self.want(Part::Digit, 2);
                    return Ok(None);
                }
                Value::Int(0)
            }
            Part::Digit => {
                let digit = little(bytes);
                let Ok(digit @ 0..0x8000) = u16::try_from(digit) else {
                    return Err(bad(ctx, "digit out of range in long"));
                };
                self.missing_digits -= 1;
                if digit == 0 && self.missing_digits == 0 {
                    return Err(bad(ctx, "unnormalized long data"));
                }
                self.digits.push(digit);
                if self.missing_digits > 0 {
                    return Ok(None);
                }
                self.long(ctx)
            }
            Part::FloatSize => {
                let size = bytes.first().copied().unwrap_or(0);
                self.want(Part::FloatText, size.into());
                return Ok(None);
            }
            Part::FloatText => match self.float(float_text(ctx, bytes)?, Part::FloatSize, 1) {
                Some((real, imag)) => Value::complex(ctx.mc, real, imag),
                None if self.code == COMPLEX => return Ok(None),
                None => ctx.read_float(self.real.take().unwrap_or(0.0)),
            },
            Part::Double => {
                let number = f64::from_bits(little(bytes) as u64);
                match self.float(number, Part::Double, 8) {
                    Some((real, imag)) => Value::complex(ctx.mc, real, imag),
                    None if self.code == BINARY_COMPLEX => return Ok(None),
                    None => ctx.read_float(self.real.take().unwrap_or(0.0)),
                }
            }
            Part::Size => {
                let size = match bytes {
                    [size] => i64::from(*size),
                    _ => little(bytes),
                };
                let Ok(size) = usize::try_from(size) else {
                    return Err(bad(
                        ctx,
                        match self.code {
                            BYTES => "bytes object size out of range",
                            _ => "string size out of range",
                        },
                    ));
                };
                self.want(Part::Contents, size);
                if size > 0 || !matches!(self.code, UNICODE | INTERNED) {
                    return Ok(None);
                }
                Value::Str(ctx.str(""))
            }
            Part::Contents => self.contents(ctx, bytes)?,
            Part::Count => {
                let count = match bytes {
                    [count] => i64::from(*count),
                    _ => little(bytes),
                };
                return self.container(ctx, count);
            }
            Part::Reference => {
                let known = usize::try_from(little(bytes)).ok();
                match known.and_then(|number| self.refs.get(number)) {
                    Some(&known) if !known.is_absent() => return self.deliver(ctx, Some(known)),
                    _ => return Err(bad(ctx, "invalid reference")),
                }
            }
            Part::CodeNumber => {
                self.code_number(little(bytes) as u32);
                return Ok(None);
            }
        };
        self.number(read);
        self.deliver(ctx, Some(read))
    }

    /// Gives an object its number, if it is to have one.
    fn number(&mut self, object: Value<'gc>) {
        if self.is_flagged {
            self.refs.push(object);
        }
    }

    /// The number of an object that is not there yet.
    fn reserve(&mut self) -> Option<usize> {
        self.is_flagged.then(|| {
            self.refs.push(Value::Absent);
            self.refs.len() - 1
        })
    }

    /// Begins with the object of that code.
    fn begin(&mut self, ctx: Context<'gc>, code: u8) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(ctx.value_error("recursion limit exceeded"));
        }
        self.is_flagged = code & FLAG_REF != 0;
        self.code = code & !FLAG_REF;
        let (part, size) = match self.code {
            NULL => return self.deliver(ctx, None),
            NONE => return self.deliver(ctx, Some(Value::None)),
            FALSE => return self.deliver(ctx, Some(Value::bool(false))),
            TRUE => return self.deliver(ctx, Some(Value::bool(true))),
            ELLIPSIS => return self.deliver(ctx, Some(Value::Ellipsis)),
            STOP_ITERATION => {
                let class = ctx.exceptions().get(Exc::StopIteration);
                return self.deliver(ctx, Some(Value::Type(class)));
            }
            INT => (Part::Number, 4),
            INT64 => (Part::Number, 8),
            LONG => (Part::Digits, 4),
            FLOAT | COMPLEX => (Part::FloatSize, 1),
            BINARY_FLOAT | BINARY_COMPLEX => (Part::Double, 8),
            BYTES | INTERNED | UNICODE | ASCII | ASCII_INTERNED => (Part::Size, 4),
            SHORT_ASCII | SHORT_ASCII_INTERNED => (Part::Size, 1),
            SMALL_TUPLE => (Part::Count, 1),
            TUPLE | LIST | SET | FROZENSET => (Part::Count, 4),
            REF => (Part::Reference, 4),
            DICT => {
                let dict = Dict::new(ctx);
                self.number(Value::Dict(dict));
                self.stack.push(Building::Dict { dict, key: None });
                (Part::Code, 1)
            }
            SLICE => {
                let reserved = self.reserve();
                let parts = Vec::new();
                self.stack.push(Building::Slice { parts, reserved });
                (Part::Code, 1)
            }
            CODE if !self.allow_code => {
                return Err(ctx.value_error("unmarshalling code objects is disallowed"));
            }
            CODE => {
                let parts = Box::new(CodeParts {
                    counts: [0; 5],
                    objects: [Value::None; 10],
                    first_line: 0,
                });
                let reserved = self.reserve();
                self.stack.push(Building::Code {
                    parts,
                    numbers: 0,
                    objects: 0,
                    reserved,
                });
                (Part::CodeNumber, 4)
            }
            _ => return Err(bad(ctx, "unknown type code")),
        };
        self.want(part, size);
        Ok(None)
    }

    fn long(&mut self, ctx: Context<'gc>) -> Value<'gc> {
        let digits = std::mem::take(&mut self.digits);
        let mut words = Vec::with_capacity(digits.len() / 2 + 1);
        let (mut bits, mut held) = (0u64, 0);
        for digit in digits {
            bits |= u64::from(digit) << held;
            held += DIGIT_BITS;
            if held >= 32 {
                words.push(bits as u32);
                bits >>= 32;
                held -= 32;
            }
        }
        words.push(bits as u32);
        let sign = match self.is_negative {
            true => Sign::Minus,
            false => Sign::Plus,
        };
        Value::from_bigint(ctx.mc, BigInt::from_slice(sign, &words))
    }

    /// Takes a float, which may be half of a complex number; both halves, once they are there.
    fn float(&mut self, number: f64, next: Part, size: usize) -> Option<(f64, f64)> {
        if let Some(real) = self.real.take() {
            return Some((real, number));
        }
        self.real = Some(number);
        self.want(next, size);
        None
    }

    fn contents(&self, ctx: Context<'gc>, bytes: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
        let text = match self.code {
            BYTES => return Ok(Value::Bytes(ctx.bytes(bytes))),
            INTERNED | UNICODE if wtf8::is_valid(bytes) => ctx.str_from_bytes(bytes),
            INTERNED | UNICODE => {
                let bytes = ctx.bytes(bytes);
                let handler = Some(ctx.str("surrogatepass"));
                let decoder = Decoder::new(Codec::Utf8);
                let flow = codecs::decode_with(ctx, decoder, bytes, handler, true, false)?;
                match ctx.complete(flow)? {
                    Value::Str(text) => text,
                    other => return Ok(other),
                }
            }
            // Despite their names, these are Latin-1.
            _ if bytes.is_ascii() => ctx.str_from_bytes(bytes),
            _ => {
                let mut text = Vec::with_capacity(bytes.len() * 2);
                for byte in bytes {
                    wtf8::push(&mut text, u32::from(*byte));
                }
                ctx.str_from_vec(text)
            }
        };
        Ok(Value::Str(match self.code {
            INTERNED | ASCII_INTERNED | SHORT_ASCII_INTERNED => ctx.intern_str(text),
            _ => text,
        }))
    }

    fn container(
        &mut self,
        ctx: Context<'gc>,
        count: i64,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        let Ok(missing) = usize::try_from(count) else {
            let what = match self.code {
                LIST => "list size out of range",
                TUPLE | SMALL_TUPLE => "tuple size out of range",
                _ => "set size out of range",
            };
            return Err(bad(ctx, what));
        };
        let (object, building) = match self.code {
            LIST => {
                let list = List::new(ctx, Vec::new());
                (Value::List(list), Building::List { list, missing })
            }
            SET | FROZENSET => {
                let (set, is_frozen) = (Set::new(ctx), self.code == FROZENSET);
                let reserved = match is_frozen && missing > 0 {
                    true => self.reserve(),
                    false => None,
                };
                let object = match (is_frozen, reserved) {
                    (true, Some(_)) => Value::Absent,
                    (true, None) => Value::FrozenSet(set),
                    (false, _) => Value::Set(set),
                };
                let building = Building::Set {
                    set,
                    missing,
                    is_frozen,
                    reserved,
                };
                (object, building)
            }
            _ => {
                let tuple = match missing {
                    0 => ctx.empty_tuple(),
                    _ => Tuple::unfinished(ctx),
                };
                let building = Building::Tuple {
                    tuple,
                    items: Vec::new(),
                    missing,
                };
                (Value::Tuple(tuple), building)
            }
        };
        if !object.is_absent() {
            self.number(object);
        }
        if missing == 0 {
            return self.deliver(ctx, Some(object));
        }
        self.stack.push(building);
        self.want(Part::Code, 1);
        Ok(None)
    }

    fn code_number(&mut self, number: u32) {
        self.want(Part::CodeNumber, 4);
        if let Some(Building::Code { parts, numbers, .. }) = self.stack.last_mut() {
            match parts.counts.get_mut(*numbers) {
                Some(count) => *count = number,
                None => parts.first_line = number,
            }
            *numbers += 1;
            if *numbers >= parts.counts.len() {
                self.want(Part::Code, 1);
            }
        }
    }

    /// Puts an object where it belongs, and what is complete with it; the whole, when
    /// nothing is left to wait for.
    fn deliver(
        &mut self,
        ctx: Context<'gc>,
        mut object: Read<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        loop {
            self.want(Part::Code, 1);
            let Some(top) = self.stack.last_mut() else {
                return match object {
                    Some(object) => Ok(Some(object)),
                    None => Err(null_in(ctx, "object")),
                };
            };
            let complete = match top {
                Building::Tuple {
                    tuple,
                    items,
                    missing,
                } => {
                    items.push(object.ok_or_else(|| null_in(ctx, "tuple"))?);
                    *missing -= 1;
                    if *missing > 0 {
                        return Ok(None);
                    }
                    tuple.finish(ctx, std::mem::take(items).into());
                    Some(Value::Tuple(*tuple))
                }
                Building::List { list, missing } => {
                    list.push(ctx, object.ok_or_else(|| null_in(ctx, "list"))?);
                    *missing -= 1;
                    if *missing > 0 {
                        return Ok(None);
                    }
                    Some(Value::List(*list))
                }
                Building::Dict { dict, key } => match (key.take(), object) {
                    (None, Some(object)) => {
                        *key = Some(object);
                        return Ok(None);
                    }
                    (Some(key), Some(object)) => {
                        dict.set(ctx, key, object)?;
                        return Ok(None);
                    }
                    (_, None) => Some(Value::Dict(*dict)),
                },
                Building::Set {
                    set,
                    missing,
                    is_frozen,
                    reserved,
                } => {
                    set.add(ctx, object.ok_or_else(|| null_in(ctx, "set"))?)?;
                    *missing -= 1;
                    if *missing > 0 {
                        return Ok(None);
                    }
                    let set = match is_frozen {
                        true => Value::FrozenSet(*set),
                        false => Value::Set(*set),
                    };
                    insert(&mut self.refs, *reserved, set)
                }
                Building::Slice { parts, reserved } => match (object, &parts[..]) {
                    (None, _) => None,
                    (Some(step), &[start, stop]) => {
                        let slice = Value::Slice(Slice::new(ctx, start, stop, step));
                        insert(&mut self.refs, *reserved, slice)
                    }
                    (Some(part), _) => {
                        parts.push(part);
                        return Ok(None);
                    }
                },
                Building::Code {
                    parts,
                    objects,
                    reserved,
                    ..
                } => {
                    let object = object.ok_or_else(|| null_in(ctx, "code object"))?;
                    if let Some(place) = parts.objects.get_mut(*objects) {
                        *place = object;
                    }
                    *objects += 1;
                    if *objects == CodeParts::BEFORE_LINE {
                        self.want(Part::CodeNumber, 4);
                        return Ok(None);
                    }
                    if *objects < parts.objects.len() {
                        return Ok(None);
                    }
                    let code = Code::from_parts(ctx, parts).map_err(|reason| bad(ctx, &reason))?;
                    insert(&mut self.refs, *reserved, Value::Code(code))
                }
            };
            object = complete;
            self.stack.pop();
        }
    }
}

/// Puts a complete object at its number.
fn insert<'gc>(refs: &mut [Value<'gc>], reserved: Option<usize>, object: Value<'gc>) -> Read<'gc> {
    if let Some(place) = reserved.and_then(|number| refs.get_mut(number)) {
        *place = object;
    }
    Some(object)
}

/// A float from its text, which ends at a NUL as C's strings do.
fn float_text<'gc>(ctx: Context<'gc>, text: &[u8]) -> Result<f64, Raised<'gc>> {
    let end = memchr::memchr(0, text).unwrap_or(text.len());
    let text = text.get(..end).unwrap_or_default();
    let is_plain = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b'_' | 0x0b);
    let number = match text.iter().all(is_plain) {
        true => float::parse(text),
        false => None,
    };
    number.ok_or_else(|| {
        let text = String::from_utf8_lossy(text);
        ctx.value_error(format!("could not convert string to float: '{text}'"))
    })
}
