//! `_json.Scanner`: one JSON value out of a text, by a machine with a stack of its own.

use std::collections::HashMap;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{new, slot};
use capers_runtime::numbers::int_text::{self, IntParseError};
use capers_runtime::object::Object;
use capers_runtime::protocol::call::call_flow;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{GetSetDef, TypeDef, member};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::types::numbers::convert;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, begin};
use gc_arena::Collect;

use super::strings::{self, Wrong};
use super::{BATCH, MOST_LEVELS};

/// The struct behind a scanner: what its context asked for.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Scanner<'gc> {
    strict: bool,
    object_hook: Value<'gc>,
    object_pairs_hook: Value<'gc>,
    parse_float: Value<'gc>,
    parse_int: Value<'gc>,
    parse_constant: Value<'gc>,
}

impl NativeData for Scanner<'static> {
    type Data<'gc> = Scanner<'gc>;
}

/// The type.
pub static SCANNER: TypeDef = TypeDef {
    name: "Scanner",
    module: "_json",
    doc: "JSON scanner object",
    subclassable: false,
    mutable: true,
    methods: &[
        new("__new__($type, /, context)", Plain(scanner_new)),
        slot(
            "__call__($self, /, string, idx)",
            "Call self as a function.",
            FlowCall(scan),
        ),
    ],
    getsets: &[
        STRICT,
        member("object_hook", "object_hook", |ctx, value| {
            Ok(this(ctx, value)?.object_hook)
        }),
        member("object_pairs_hook", "", |ctx, value| {
            Ok(this(ctx, value)?.object_pairs_hook)
        }),
        member("parse_float", "parse_float", |ctx, value| {
            Ok(this(ctx, value)?.parse_float)
        }),
        member("parse_int", "parse_int", |ctx, value| {
            Ok(this(ctx, value)?.parse_int)
        }),
        member("parse_constant", "parse_constant", |ctx, value| {
            Ok(this(ctx, value)?.parse_constant)
        }),
    ],
    ..TypeDef::DEFAULT
};

const STRICT: GetSetDef = member("strict", "strict", |ctx, value| {
    Ok(Value::bool(this(ctx, value)?.strict))
});

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Scanner<'gc>, Raised<'gc>> {
    match value.native::<Scanner<'static>>() {
        Some(scanner) => Ok(*scanner),
        None => Err(ctx.type_error("a Scanner is required")),
    }
}

fn scanner_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&SCANNER));
    let of_context = |name| ctx.get_attr(args[1], ctx.intern(name));
    let scanner = Scanner {
        strict: ctx.truth(of_context("strict")?)?,
        object_hook: of_context("object_hook")?,
        object_pairs_hook: of_context("object_pairs_hook")?,
        parse_float: of_context("parse_float")?,
        parse_int: of_context("parse_int")?,
        parse_constant: of_context("parse_constant")?,
    };
    Ok(Value::Object(Object::with_native::<Scanner<'static>>(
        ctx, class, scanner,
    )))
}

fn scan<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let scanner = this(ctx, args[0])?;
    let index = slicing::size_argument(ctx, args[2])?;
    let text = strings::text_of(ctx, args[1])?;
    let Ok(index) = usize::try_from(index) else {
        return Err(ctx.value_error("idx cannot be negative"));
    };
    if index >= text.char_count() {
        let index = Value::from_usize(ctx.mc, index);
        return Err(ctx.error_with(Exc::StopIteration, &[index]));
    }
    let reading = Reading {
        scanner,
        document: args[1],
        text,
        at: text.text().offset(index),
        open: Vec::new(),
        names: HashMap::default(),
    };
    begin(ctx, reading)
}

/// A value that has begun and not ended.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
enum Open<'gc> {
    Array(List<'gc>),
    Object {
        made: Dict<'gc>,
        name: Str<'gc>,
    },
    /// An object whose items a hook gets as pairs.
    Pairs {
        made: List<'gc>,
        name: Str<'gc>,
    },
}

/// What reading a token came to.
enum Turn<'gc> {
    /// A whole value.
    Value(Value<'gc>),
    /// A container has begun, and the next value of it is to be read.
    Opened,
    /// A hook decides about the value.
    Wait(Flow<'gc>),
}

impl<'gc> Turn<'gc> {
    fn of_flow(flow: Flow<'gc>) -> Self {
        match flow {
            Flow::Return(value) => Turn::Value(value),
            flow => Turn::Wait(flow),
        }
    }
}

/// A document being read.
#[derive(Collect)]
#[collect(no_drop)]
struct Reading<'gc> {
    scanner: Scanner<'gc>,
    /// The str as it was given, for errors.
    document: Value<'gc>,
    text: Str<'gc>,
    /// The next byte.
    at: usize,
    open: Vec<Open<'gc>>,
    /// The names of objects: equal ones of a document are one str.
    names: HashMap<Box<[u8]>, Str<'gc>>,
}

impl<'gc> NativeFrame<'gc> for Reading<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let mut turn = match input {
            Input::Start => self.value(ctx)?,
            input => Turn::Value(input.value()?),
        };
        let mut left = BATCH;
        loop {
            turn = match turn {
                Turn::Wait(flow) => return Ok(Step::Await(flow)),
                Turn::Value(value) => {
                    let Some(top) = self.open.last().copied() else {
                        let end = Value::from_usize(ctx.mc, self.text.text().index(self.at));
                        return Ok(Step::Return(Value::Tuple(ctx.tuple([value, end]))));
                    };
                    if self.add(ctx, top, value)? {
                        self.close(ctx)?
                    } else {
                        Turn::Opened
                    }
                }
                Turn::Opened if left == 0 => return Ok(Step::Yield),
                Turn::Opened => {
                    left -= 1;
                    self.value(ctx)?
                }
            };
        }
    }
}

impl<'gc> Reading<'gc> {
    fn byte(&self) -> Option<u8> {
        self.text.bytes().get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn skip(&mut self) -> Option<u8> {
        let rest = self.text.bytes().get(self.at..).unwrap_or_default();
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let spaces = rest.iter().position(|byte| !is_space(byte));
        self.at += spaces.unwrap_or(rest.len());
        self.byte()
    }

    /// The JSONDecodeError about the byte at `at`.
    fn wrong(&self, ctx: Context<'gc>, (message, at): Wrong) -> Raised<'gc> {
        let at = Value::from_usize(ctx.mc, self.text.text().index(at));
        let arguments = [ctx.str_value(message), self.document, at];
        strings::decode_error(ctx, &arguments).unwrap_or_else(|raised| raised)
    }

    /// That no value begins at `at`.
    fn no_value(&self, ctx: Context<'gc>) -> Raised<'gc> {
        let at = Value::from_usize(ctx.mc, self.text.text().index(self.at));
        ctx.error_with(Exc::StopIteration, &[at])
    }

    /// Reads a value, or the beginning of one that has items.
    fn value(&mut self, ctx: Context<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        let rest = self.text.bytes().get(self.at..).unwrap_or_default();
        let (length, value) = match rest {
            [b'"', ..] => {
                let text = self.string(ctx)?;
                return Ok(Turn::Value(Value::Str(text)));
            }
            [b'{', ..] => return self.object(ctx),
            [b'[', ..] => return self.array(ctx),
            [b'n', b'u', b'l', b'l', ..] => (4, Value::None),
            [b't', b'r', b'u', b'e', ..] => (4, Value::bool(true)),
            [b'f', b'a', b'l', b's', b'e', ..] => (5, Value::bool(false)),
            [b'N', b'a', b'N', ..] => return self.constant(ctx, "NaN"),
            rest if rest.starts_with(b"Infinity") => return self.constant(ctx, "Infinity"),
            rest if rest.starts_with(b"-Infinity") => return self.constant(ctx, "-Infinity"),
            rest => return self.number(ctx, rest),
        };
        self.at += length;
        Ok(Turn::Value(value))
    }

    fn constant(&mut self, ctx: Context<'gc>, name: &str) -> Result<Turn<'gc>, Raised<'gc>> {
        self.at += name.len();
        let name = Value::Str(ctx.intern(name));
        call_flow(ctx, self.scanner.parse_constant, &[name]).map(Turn::of_flow)
    }

    fn number(&mut self, ctx: Context<'gc>, rest: &'gc [u8]) -> Result<Turn<'gc>, Raised<'gc>> {
        let Some((length, is_float)) = number_length(rest) else {
            return Err(self.no_value(ctx));
        };
        let digits = rest.get(..length).unwrap_or_default();
        self.at += length;
        let (hook, exact) = if is_float {
            (self.scanner.parse_float, ctx.types().float)
        } else {
            (self.scanner.parse_int, ctx.types().int)
        };
        if !hook.is(Value::Type(exact)) {
            let digits = Value::Str(ctx.str_from_bytes(digits));
            return call_flow(ctx, hook, &[digits]).map(Turn::of_flow);
        }
        let text = std::str::from_utf8(digits).unwrap_or_default();
        if is_float {
            let number: f64 = text.parse().unwrap_or(f64::NAN);
            return Ok(Turn::Value(ctx.new_float(number)));
        }
        if let Ok(number) = text.parse() {
            return Ok(Turn::Value(Value::Int(number)));
        }
        let number = int_text::parse(digits, 10, &convert::limits(ctx));
        let number = number.map_err(|error| match error {
            IntParseError::Other(error) => convert::raise(ctx, error),
            IntParseError::Literal => self.no_value(ctx),
        })?;
        convert::answer(ctx, Ok(number)).map(Turn::Value)
    }

    /// Reads the string whose quote is at `at`.
    fn string(&mut self, ctx: Context<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
        if let Some(plain) = self.plain_string() {
            return Ok(ctx.str_from_bytes(plain));
        }
        let scanned = strings::scan(self.text.bytes(), self.at + 1, self.scanner.strict);
        let (found, after) = scanned.map_err(|wrong| self.wrong(ctx, wrong))?;
        self.at = after;
        Ok(ctx.str_from_vec(found))
    }

    /// The contents of the string whose quote is at `at`, if they stand for themselves.
    fn plain_string(&mut self) -> Option<&'gc [u8]> {
        let rest = self.text.bytes().get(self.at + 1..)?;
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        let (plain, after) = rest.split_at(rest.iter().position(is_special)?);
        if after.first() != Some(&b'"') {
            return None;
        }
        self.at += plain.len() + 2;
        Some(plain)
    }

    fn enter(&mut self, ctx: Context<'gc>, open: Open<'gc>) -> Result<(), Raised<'gc>> {
        if self.open.len() >= MOST_LEVELS {
            let kind = match open {
                Open::Array(_) => "array",
                _ => "object",
            };
            let message = format!(
                "maximum recursion depth exceeded while decoding a JSON {kind} from a unicode string"
            );
            return Err(ctx.error(Exc::RecursionError, message));
        }
        self.open.push(open);
        Ok(())
    }

    fn array(&mut self, ctx: Context<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        self.at += 1;
        let made = List::new(ctx, Vec::new());
        self.enter(ctx, Open::Array(made))?;
        if self.skip() == Some(b']') {
            return self.close(ctx);
        }
        Ok(Turn::Opened)
    }

    fn object(&mut self, ctx: Context<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        self.at += 1;
        let name = ctx.str("");
        self.enter(
            ctx,
            if self.scanner.object_pairs_hook.is_none() {
                let made = Dict::new(ctx);
                Open::Object { made, name }
            } else {
                let made = List::new(ctx, Vec::new());
                Open::Pairs { made, name }
            },
        )?;
        if self.skip() == Some(b'}') {
            return self.close(ctx);
        }
        self.name(ctx)?;
        Ok(Turn::Opened)
    }

    /// Reads the name of an object's item and what is before its value.
    fn name(&mut self, ctx: Context<'gc>) -> Result<(), Raised<'gc>> {
        if self.byte() != Some(b'"') {
            let message = "Expecting property name enclosed in double quotes";
            return Err(self.wrong(ctx, (message, self.at)));
        }
        let text = match self.plain_string() {
            Some(plain) => match self.names.get(plain) {
                Some(known) => *known,
                None => self.remember(ctx.str_from_bytes(plain)),
            },
            None => {
                let text = self.string(ctx)?;
                match self.names.get(text.bytes()) {
                    Some(known) => *known,
                    None => self.remember(text),
                }
            }
        };
        if let Some(Open::Object { name, .. } | Open::Pairs { name, .. }) = self.open.last_mut() {
            *name = text;
        }
        if self.skip() != Some(b':') {
            return Err(self.wrong(ctx, ("Expecting ':' delimiter", self.at)));
        }
        self.at += 1;
        self.skip();
        Ok(())
    }

    fn remember(&mut self, name: Str<'gc>) -> Str<'gc> {
        self.names.insert(name.bytes().into(), name);
        name
    }

    /// Adds a value to the innermost container; whether that ends there.
    fn add(
        &mut self,
        ctx: Context<'gc>,
        top: Open<'gc>,
        value: Value<'gc>,
    ) -> Result<bool, Raised<'gc>> {
        let (end, trailing) = match top {
            Open::Array(made) => {
                made.push(ctx, value);
                (b']', "Illegal trailing comma before end of array")
            }
            Open::Object { made, name } => {
                made.set_str(ctx, name, value);
                (b'}', "Illegal trailing comma before end of object")
            }
            Open::Pairs { made, name } => {
                let pair = ctx.tuple([Value::Str(name), value]);
                made.push(ctx, Value::Tuple(pair));
                (b'}', "Illegal trailing comma before end of object")
            }
        };
        let next = self.skip();
        if next == Some(end) {
            return Ok(true);
        }
        if next != Some(b',') {
            return Err(self.wrong(ctx, ("Expecting ',' delimiter", self.at)));
        }
        let comma = self.at;
        self.at += 1;
        if self.skip() == Some(end) {
            return Err(self.wrong(ctx, (trailing, comma)));
        }
        if end == b'}' {
            self.name(ctx)?;
        }
        Ok(false)
    }

    /// Ends the innermost container, whose closing bracket is at `at`.
    fn close(&mut self, ctx: Context<'gc>) -> Result<Turn<'gc>, Raised<'gc>> {
        self.at += 1;
        let (hook, made) = match self.open.pop() {
            Some(Open::Array(made)) => return Ok(Turn::Value(Value::List(made))),
            Some(Open::Object { made, .. }) => (self.scanner.object_hook, Value::Dict(made)),
            Some(Open::Pairs { made, .. }) => (self.scanner.object_pairs_hook, Value::List(made)),
            None => return Err(self.no_value(ctx)),
        };
        if hook.is_none() {
            return Ok(Turn::Value(made));
        }
        call_flow(ctx, hook, &[made]).map(Turn::of_flow)
    }
}

/// The length of the number that a text begins with, and whether it is no integer.
fn number_length(text: &[u8]) -> Option<(usize, bool)> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        let end = rest.iter().position(|byte| !byte.is_ascii_digit());
        end.unwrap_or(rest.len())
    };
    let mut at = usize::from(text.first() == Some(&b'-'));
    at += match text.get(at)? {
        b'0' => 1,
        b'1'..=b'9' => digits(at),
        _ => return None,
    };
    let mut is_float = false;
    if text.get(at) == Some(&b'.') && digits(at + 1) > 0 {
        at += 1 + digits(at + 1);
        is_float = true;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let count = digits(at + 1 + signed);
        if count > 0 {
            at += 1 + signed + count;
            is_float = true;
        }
    }
    Some((at, is_float))
}
