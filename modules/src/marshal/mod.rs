//! `marshal`: plain values and code objects as bytes, in CPython's format.
//!
//! DIFFERENCE: the instructions within a code object are Capers's own; code that another
//! Python has written is refused, and so is what the verifier does not pass.

use gc_arena::Collect;

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::function;
use capers_runtime::protocol::buffer::{self, Buffer, Layout, Memory};
use capers_runtime::protocol::call::call_flow;
use capers_runtime::raised::Raised;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::bytes::Bytes;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::memoryview::View;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, begin};

mod format;
mod read;
mod write;

use read::Reader;
use write::{Options, Writer};

/// How many steps are taken before a safe point.
const STEPS: usize = 4096;
/// The most that a file is asked for at a time.
const AHEAD: usize = 1 << 20;

/// The module.
pub static MARSHAL: ModuleDef = ModuleDef {
    name: "marshal",
    doc: "Python values as bytes and back, in a format that no machine's architecture shows in.\n\nIt is there for compiled code; which values it can hold, and how they are written,\nmay change from version to version. pickle and shelve are for everything else.\n\nWhat cannot be written raises ValueError: the containers, numbers, strings, slices and\ncode objects of the language itself can, and nothing else.\n",
    functions: &[
        function(
            "dump(value, file, version=version, /, *, allow_code=True)",
            "Write the value on the open file.\n\n  value\n    Must be a supported type.\n  file\n    Must be a writeable binary file.\n  version\n    Indicates the data format that dump should use.\n  allow_code\n    Allow to write code objects.",
            FlowCall(dump),
        ),
        function(
            "load(file, /, *, allow_code=True)",
            "Read one value from the open file and return it.\n\n  file\n    Must be readable binary file.\n  allow_code\n    Allow to load code objects.",
            FlowCall(load),
        ),
        function(
            "dumps(value, version=version, /, *, allow_code=True)",
            "Return the bytes object that would be written to a file by dump(value, file).\n\n  value\n    Must be a supported type.\n  version\n    Indicates the data format that dumps should use.\n  allow_code\n    Allow to write code objects.",
            FlowCall(dumps),
        ),
        function(
            "loads(bytes, /, *, allow_code=True)",
            "Convert the bytes-like object to a value.\n\n  allow_code\n    Allow to load code objects.",
            FlowCall(loads),
        ),
    ],
    types: &[],
    finish: Some(|ctx, module| {
        let version = Value::Int(format::VERSION.into());
        module.dict().set_text(ctx, "version", version);
        Ok(())
    }),
};

fn options<'gc>(
    ctx: Context<'gc>,
    version: Value<'gc>,
    allow_code: Value<'gc>,
) -> Result<Options, Raised<'gc>> {
    let version = match version {
        Value::Absent => format::VERSION,
        version => {
            let number = ctx.index(version)?.as_small_int();
            let number = number.and_then(|n| i32::try_from(n).ok());
            number.ok_or_else(|| {
                let message = "Python int too large to convert to C int";
                ctx.error(Exc::OverflowError, message)
            })?
        }
    };
    let allow_code = is_allowed(ctx, allow_code)?;
    Ok(Options {
        version,
        allow_code,
    })
}

fn is_allowed<'gc>(ctx: Context<'gc>, allow_code: Value<'gc>) -> Result<bool, Raised<'gc>> {
    match allow_code {
        Value::Absent => Ok(true),
        given => ctx.truth(given),
    }
}

fn dumps<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let writer = Writer::new(args[0], options(ctx, args[1], args[2])?);
    let file = Value::Absent;
    begin(ctx, Dump { writer, file })
}

fn dump<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let writer = Writer::new(args[0], options(ctx, args[2], args[3])?);
    let file = args[1];
    begin(ctx, Dump { writer, file })
}

/// A dump that goes on.
#[derive(Collect)]
#[collect(no_drop)]
struct Dump<'gc> {
    writer: Writer<'gc>,
    /// What the bytes are written to; absent where they are returned.
    file: Value<'gc>,
}

impl<'gc> NativeFrame<'gc> for Dump<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if !self.writer.run(ctx, STEPS) {
            return Ok(Step::Yield);
        }
        let bytes = self.writer.finish(ctx)?;
        if self.file.is_absent() {
            return Ok(Step::Return(bytes));
        }
        let write = ctx.get_attr(self.file, ctx.intern("write"))?;
        call_flow(ctx, write, &[bytes]).map(Step::Finish)
    }
}

fn loads<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let reader = Reader::new(is_allowed(ctx, args[1])?);
    let bytes = match args[0] {
        Value::Bytes(bytes) => bytes,
        other => ctx.bytes(&buffer::required(ctx, other)?),
    };
    let at = 0;
    begin(ctx, LoadBytes { reader, bytes, at })
}

/// An object that is read from bytes.
#[derive(Collect)]
#[collect(no_drop)]
struct LoadBytes<'gc> {
    reader: Reader<'gc>,
    bytes: Bytes<'gc>,
    at: usize,
}

impl<'gc> NativeFrame<'gc> for LoadBytes<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        for _ in 0..STEPS {
            let size = self.reader.wanted();
            let rest = self.bytes.bytes().get(self.at..).unwrap_or_default();
            let Some(part) = rest.get(..size) else {
                return Err(self.too_short(ctx));
            };
            self.at += size;
            if let Some(object) = self.reader.feed(ctx, part)? {
                return Ok(Step::Return(object));
            }
        }
        Ok(Step::Yield)
    }
}

impl<'gc> LoadBytes<'gc> {
    fn too_short(&self, ctx: Context<'gc>) -> Raised<'gc> {
        let message = match (self.reader.is_at_object(), self.reader.is_at_byte()) {
            (true, _) => NO_OBJECT,
            (_, true) => ENDED,
            _ => "marshal data too short",
        };
        ctx.error(Exc::EOFError, message)
    }
}

const NO_OBJECT: &str = "EOF read where object expected";
const ENDED: &str = "EOF read where not expected";

fn load<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let frame = LoadFile {
        reader: Reader::new(is_allowed(ctx, args[1])?),
        file: args[0],
        arrived: Vec::new(),
        target: None,
        is_checked: false,
    };
    Ok(Flow::frame(frame))
}

/// An object that is read from a file, which is asked for exactly what CPython asks for.
#[derive(Collect)]
#[collect(no_drop)]
struct LoadFile<'gc> {
    reader: Reader<'gc>,
    file: Value<'gc>,
    /// What there is of the part that the reader wants.
    arrived: Vec<u8>,
    /// What `readinto()` is filling.
    target: Option<ByteArray<'gc>>,
    /// Whether the file has shown that it gives bytes.
    is_checked: bool,
}

impl<'gc> NativeFrame<'gc> for LoadFile<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Input::Start = input {
            let read = ctx.get_attr(self.file, ctx.intern("read"))?;
            return call_flow(ctx, read, &[Value::Int(0)]).map(Step::Await);
        }
        if !self.is_checked {
            let data = input.value()?;
            if data.as_bytes().is_none() {
                return Err(ctx.type_error(format!(
                    "file.read() returned not bytes but {}",
                    ctx.type_name(data)
                )));
            }
            self.is_checked = true;
        } else {
            let filled = input.value().and_then(|count| self.filled(ctx, count));
            filled.map_err(|raised| self.no_object(ctx, raised))?;
            if self.arrived.len() == self.reader.wanted() {
                let part = std::mem::take(&mut self.arrived);
                if let Some(object) = self.reader.feed(ctx, &part)? {
                    return Ok(Step::Return(object));
                }
            }
        }
        let asked = self.ask(ctx);
        asked.map_err(|raised| self.no_object(ctx, raised))
    }
}

impl<'gc> LoadFile<'gc> {
    /// Any EOFError in place of an object is told as one.
    fn no_object(&self, ctx: Context<'gc>, raised: Raised<'gc>) -> Raised<'gc> {
        match self.reader.is_at_object() && exceptions::matches(ctx, raised, Exc::EOFError) {
            true => ctx.error(Exc::EOFError, NO_OBJECT),
            false => raised,
        }
    }

    fn ask(&mut self, ctx: Context<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let missing = self.reader.wanted() - self.arrived.len();
        let room = missing.min(AHEAD);
        let target = ByteArray::new(ctx, vec![0; room]);
        self.target = Some(target);
        let buffer = Buffer {
            owner: Value::ByteArray(target),
            memory: Memory::Array(target),
            layout: Layout::bytes(room, false),
        };
        let read_into = ctx.get_attr(self.file, ctx.intern("readinto"))?;
        call_flow(ctx, read_into, &[View::make(ctx, buffer)]).map(Step::Await)
    }

    /// Takes what `readinto()` has filled; `count` is what it answered.
    fn filled(&mut self, ctx: Context<'gc>, count: Value<'gc>) -> Result<(), Raised<'gc>> {
        let count = ctx.index_i64(count, Exc::ValueError)?;
        let target = self.target.take().map_or_else(Vec::new, ByteArray::to_vec);
        let size = target.len() as i64;
        if count > size {
            return Err(ctx.value_error(format!(
                "read() returned too much data: {size} bytes requested, {count} returned"
            )));
        }
        if count < size {
            return Err(ctx.error(Exc::EOFError, ENDED));
        }
        self.arrived.extend_from_slice(&target);
        Ok(())
    }
}
