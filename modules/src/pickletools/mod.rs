//! `_pickletools`: what the frozen module `pickletools` is made of. The opcode table as tuples, readers of
//! arguments, the disassembler, the optimizer: all of it over the codec, and usable from Rust without a runtime.

use std::cell::RefCell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{function, method, new};
use capers_runtime::object::Object;
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::text::quote;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::types::native_function::NativeFunction;
use capers_runtime::types::numbers::convert::{self, IntoValue, limits};
use capers_runtime::value::Value;
use gc_arena::Collect;

use crate::pickle::kinds::{ArgumentKind, Count, Size, StackKind};
use crate::pickle::opcodes::{self, OPCODES};
use argument::{Argument, Fault};
use listing::{Item, Listing, MemoUse};
use optimize::Failure;

pub mod argument;
pub mod listing;
pub mod memo;
pub mod optimize;
pub mod readers;
pub mod scan;
pub mod trace;
pub mod walk;

#[cfg(test)]
mod tests;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The module.
pub static PICKLETOOLS: ModuleDef = ModuleDef {
    name: "_pickletools",
    doc: "What pickletools shows, out of pickle's one opcode table.",
    functions: &[
        function(
            "opcode_table()",
            "Every opcode: (name, code, argument's name or None, names of what it takes off the stack, of what it \
             leaves there, protocol, doc).",
            Plain(|ctx, _| Ok(opcode_table(ctx))),
        ),
        function(
            "argument_table()",
            "Every kind of argument: (name, size, doc).",
            Plain(|ctx, _| Ok(argument_table(ctx))),
        ),
        function(
            "stack_table()",
            "Every kind of item on the stack: (name, doc).",
            Plain(|ctx, _| Ok(stack_table(ctx))),
        ),
        function(
            "scan(data, position, /)",
            "The opcode at this position: (code, argument, position of the next one).",
            Plain(scan_one),
        ),
        function(
            "optimize(data, /)",
            "The pickle without the memo entries that nothing reads.",
            Plain(optimize_bytes),
        ),
    ],
    types: &[&LISTING],
    finish: Some(|ctx, module| {
        for def in readers::READERS {
            let reader = NativeFunction::new(ctx, def, None, ctx.str_value("pickletools"));
            module
                .dict()
                .set_text(ctx, def.name(), Value::Native(reader));
        }
        Ok(())
    }),
};

fn text<'gc>(ctx: Context<'gc>, name: &str) -> Value<'gc> {
    Value::Str(ctx.intern(name))
}

fn list<'gc>(ctx: Context<'gc>, items: impl Iterator<Item = Value<'gc>>) -> Value<'gc> {
    Value::List(List::new(ctx, items.collect()))
}

/// The str of one character that an opcode's code is in Python.
fn code_value(ctx: Context<'_>, code: u8) -> Value<'_> {
    ctx.str_value(char::from(code).encode_utf8(&mut [0; 2]))
}

fn opcode_table(ctx: Context<'_>) -> Value<'_> {
    let names = |kinds: &[StackKind]| {
        let names: Vec<_> = kinds.iter().map(|kind| text(ctx, kind.name())).collect();
        Value::Tuple(ctx.tuple(names))
    };
    let rows = OPCODES.iter().map(|opcode| {
        Value::Tuple(
            ctx.tuple([
                text(ctx, opcode.name),
                code_value(ctx, opcode.code),
                opcode
                    .argument
                    .map_or(Value::None, |kind| text(ctx, kind.name())),
                names(opcode.before),
                names(opcode.after),
                Value::Int(opcode.protocol.into()),
                ctx.str_value(opcode.doc),
            ]),
        )
    });
    list(ctx, rows)
}

/// The sizes as `pickletools` has them: its constants stand for what has no fixed size.
fn argument_table(ctx: Context<'_>) -> Value<'_> {
    let rows = ArgumentKind::ALL.iter().map(|kind| {
        let size = match kind.size() {
            Size::Fixed(width) => width.into(),
            Size::Lines(_) => -1,
            Size::Counted(Count::One) => -2,
            Size::Counted(Count::Signed4) => -3,
            Size::Counted(Count::Four) => -4,
            Size::Counted(Count::Eight) => -5,
        };
        Value::Tuple(ctx.tuple([
            text(ctx, kind.name()),
            Value::Int(size),
            ctx.str_value(kind.doc()),
        ]))
    });
    list(ctx, rows)
}

fn stack_table(ctx: Context<'_>) -> Value<'_> {
    let rows = StackKind::ALL
        .iter()
        .map(|kind| Value::Tuple(ctx.tuple([text(ctx, kind.name()), ctx.str_value(kind.doc())])));
    list(ctx, rows)
}

/// The exception of a fault.
pub fn raise<'gc>(ctx: Context<'gc>, fault: Fault) -> Raised<'gc> {
    match fault {
        Fault::Value(message) => ctx.value_error(message),
        Fault::Number(error) => convert::raise(ctx, error),
        Fault::Unicode(error, input) => {
            let arguments = [
                ctx.str_value(error.encoding),
                Value::Bytes(ctx.bytes_from_vec(input)),
                Value::Int(error.start as i64),
                Value::Int(error.end as i64),
                ctx.str_value(error.reason),
            ];
            ctx.error_with(Exc::UnicodeDecodeError, &arguments)
        }
    }
}

/// The object that an argument is in Python.
pub fn value_of<'gc>(ctx: Context<'gc>, argument: Option<Argument<'_>>) -> Value<'gc> {
    match argument {
        None => Value::None,
        Some(Argument::Int(n)) => n.into_value(ctx),
        Some(Argument::Bool(flag)) => Value::bool(flag),
        Some(Argument::Float(x)) => Value::float(x),
        Some(Argument::Latin1(bytes)) => Value::Str(ctx.str_from_bytes(&argument::latin1(&bytes))),
        Some(Argument::Text(text)) => Value::Str(ctx.str_from_vec(text.into_owned())),
        Some(Argument::Bytes(bytes)) => Value::Bytes(ctx.bytes(bytes)),
        Some(Argument::ByteArray(bytes)) => Value::ByteArray(ByteArray::new(ctx, bytes.to_vec())),
    }
}

fn scan_one<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let data = buffer::required(ctx, args[0])?;
    let position = ctx.index_i64(args[1], Exc::OverflowError)?;
    let position = usize::try_from(position).unwrap_or(usize::MAX);
    let found = scan::scan(&data, position, &limits(ctx)).map_err(|fault| raise(ctx, fault))?;
    let row = [
        code_value(ctx, found.opcode.code),
        value_of(ctx, found.argument),
        Value::Int(found.end as i64),
    ];
    Ok(Value::Tuple(ctx.tuple(row)))
}

fn optimize_bytes<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let optimized = {
        let data = buffer::required(ctx, args[0])?;
        optimize::optimize(&data, &limits(ctx))
    };
    match optimized {
        Ok((optimized, _)) => Ok(Value::Bytes(ctx.bytes_from_vec(optimized))),
        Err(Failure::Fault(fault)) => Err(raise(ctx, fault)),
        Err(failure @ Failure::NeverStored) => Err(ctx.type_error(failure.message())),
        Err(failure @ Failure::Protocol) => Err(ctx.value_error(failure.message())),
    }
}

/// The struct behind `_pickletools.Listing`.
#[derive(Collect)]
#[collect(require_static)]
struct ListingData(RefCell<Listing>);

impl NativeData for ListingData {
    type Data<'gc> = ListingData;
}

static LISTING: TypeDef = TypeDef {
    name: "Listing",
    module: "_pickletools",
    doc: "A disassembly under way.",
    methods: &[
        new("__new__($type, indent, annotate, /)", Plain(new_listing)),
        method(
            "line($self, code, argument, position, memo, /)",
            "The next line: (text, index of the kind to be stored in the memo or None, what is wrong or None).\n\n\
             For an opcode that reads the memo, memo is the index of the kind read or None; for one that stores \
             there, the key.",
            Plain(line),
        ),
        method(
            "end($self, /)",
            "What follows the last line, and what is wrong with the stack then or None.",
            Plain(|ctx, args| {
                let listing = this(ctx, args[0])?.0.borrow();
                let wrong = listing.leftover();
                let wrong = wrong.map_or(Value::None, |text| ctx.str_value(&text));
                Ok(Value::Tuple(
                    ctx.tuple([ctx.str_value(&listing.summary()), wrong]),
                ))
            }),
        ),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc ListingData, Raised<'gc>> {
    value
        .native::<ListingData>()
        .ok_or_else(|| ctx.type_error("a Listing is required"))
}

fn new_listing<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&LISTING));
    let indent = ctx.to_str(args[1])?.to_string_lossy().into_owned();
    let annotate = match ctx.truth(args[2])? {
        true => Some(usize::try_from(ctx.index_i64(args[2], Exc::OverflowError)?).unwrap_or(0)),
        false => None,
    };
    let data = ListingData(RefCell::new(Listing::new(indent, annotate)));
    Ok(Value::Object(Object::with_native::<ListingData>(
        ctx, class, data,
    )))
}

fn line<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let [receiver, code, argument, position, memo] = args else {
        return Err(ctx.type_error("line() takes 5 arguments"));
    };
    let code = code
        .as_str()
        .and_then(|code| code.to_str())
        .and_then(|code| code.chars().next());
    let opcode = code
        .and_then(|code| u8::try_from(code).ok())
        .and_then(opcodes::by_code);
    let Some(opcode) = opcode else {
        return Err(ctx.value_error("not an opcode"));
    };
    let mut shown = Vec::new();
    match (opcode.code, argument) {
        (opcodes::STRING | opcodes::BINSTRING | opcodes::SHORT_BINSTRING, Value::Str(old)) => {
            quote::ascii(old.text(), &mut shown);
        }
        _ => shown.extend_from_slice(ctx.repr(*argument)?.bytes()),
    }
    let position = position
        .as_small_int()
        .and_then(|position| u64::try_from(position).ok());
    let memo = match opcode.code {
        opcodes::MEMOIZE => MemoUse::Memoize(
            memo.as_small_int()
                .and_then(|key| usize::try_from(key).ok())
                .unwrap_or(0),
        ),
        opcodes::PUT | opcodes::BINPUT | opcodes::LONG_BINPUT => MemoUse::Put,
        opcodes::GET | opcodes::BINGET | opcodes::LONG_BINGET => {
            let index = memo
                .as_small_int()
                .and_then(|index| usize::try_from(index).ok());
            MemoUse::Get(
                index.map(|index| StackKind::ALL.get(index).copied().unwrap_or(StackKind::Any)),
            )
        }
        _ => MemoUse::No,
    };
    let line = this(ctx, *receiver)?.0.borrow_mut().line(Item {
        opcode,
        argument: (!argument.is_none()).then_some(&shown[..]),
        position,
        memo,
    });
    if line.lost_mark {
        return Err(ctx.error(Exc::IndexError, "list index out of range"));
    }
    let stored = line
        .stored
        .and_then(|kind| StackKind::ALL.iter().position(|&other| other == kind));
    Ok(Value::Tuple(
        ctx.tuple([
            Value::Str(ctx.str_from_vec(line.text)),
            stored.map_or(Value::None, |index| Value::Int(index as i64)),
            line.complaint
                .map_or(Value::None, |text| ctx.str_value(&text)),
        ]),
    ))
}
