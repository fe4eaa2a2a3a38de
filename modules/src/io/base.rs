//! The abstract classes at the root of all streams: what a stream can do with
//! the methods that a derived class gives it.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, slot};
use capers_runtime::protocol::call::call_flow;
use capers_runtime::raised::Raised;
use capers_runtime::report_error::unraisable;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::collect_then;
use capers_runtime::vm::flow::{Flow, Next, and_then};

use super::{binary, unsupported};

/// `io.IOBase`
pub static IO_BASE: TypeDef = TypeDef {
    name: "_IOBase",
    module: "_io",
    doc: "The abstract base class for all I/O classes.",
    has_dict: true,
    weakrefable: true,
    methods: &[
        method(
            "close($self, /)",
            "Flush and close the IO object.",
            Plain(close),
        ),
        method("flush($self, /)", "Flush write buffers.", Plain(flush)),
        method("readable($self, /)", "", Plain(no)),
        method("writable($self, /)", "", Plain(no)),
        method("seekable($self, /)", "", Plain(no)),
        method("isatty($self, /)", "", Plain(no)),
        method(
            "fileno($self, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "fileno"))),
        ),
        method(
            "seek($self, offset, whence=0, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "seek"))),
        ),
        method(
            "tell($self, /)",
            "",
            Plain(|ctx, args| {
                ctx.call_method(args[0], ctx.intern("seek"), &[Value::Int(0), Value::Int(1)])
            }),
        ),
        method(
            "truncate($self, size=None, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "truncate"))),
        ),
        method("readline($self, size=-1, /)", "", Plain(readline)),
        method(
            "readlines($self, hint=-1, /)",
            "Return a list of lines from the stream.",
            FlowCall(readlines),
        ),
        method("writelines($self, lines, /)", "", FlowCall(writelines)),
        method("__enter__($self, /)", "", Plain(enter)),
        method("__exit__($self, /, *args)", "", Plain(exit)),
        slot("__iter__($self, /)", "Implement iter(self).", Plain(enter)),
        slot(
            "__next__($self, /)",
            "Implement next(self).",
            FlowCall(next_slot),
        ),
        slot(
            "__del__($self, /)",
            "Called when the instance is about to be destroyed.",
            Plain(end),
        ),
        method(
            "_checkClosed($self, /)",
            "",
            Plain(|ctx, args| check_open(ctx, args[0]).map(|()| Value::None)),
        ),
        method(
            "_checkSeekable($self, /)",
            "",
            Plain(|ctx, args| check(ctx, args[0], "seekable", "File or stream is not seekable.")),
        ),
        method(
            "_checkReadable($self, /)",
            "",
            Plain(|ctx, args| check(ctx, args[0], "readable", "File or stream is not readable.")),
        ),
        method(
            "_checkWritable($self, /)",
            "",
            Plain(|ctx, args| check(ctx, args[0], "writable", "File or stream is not writable.")),
        ),
    ],
    getsets: &[
        getter("__dict__", "", |ctx, this| {
            Ok(match this {
                Value::Object(object) => object.dict_value(ctx),
                _ => Value::None,
            })
        }),
        getter("closed", "", |ctx, this| {
            Ok(Value::bool(match this {
                Value::Object(object) => object
                    .attribute(ctx, ctx.intern("__IOBase_closed"))
                    .is_some(),
                _ => false,
            }))
        }),
    ],
    next: Some(next),
    ..TypeDef::DEFAULT
};

/// `io.RawIOBase`
pub static RAW_IO_BASE: TypeDef = TypeDef {
    name: "_RawIOBase",
    module: "_io",
    base: Some(&IO_BASE),
    doc: "Base class for raw binary I/O.",
    has_dict: true,
    methods: &[
        method("read($self, size=-1, /)", "", Plain(raw_read)),
        method(
            "readall($self, /)",
            "Read until EOF, using multiple read() call.",
            Plain(raw_readall),
        ),
        method(
            "readinto($self, buffer, /)",
            "",
            Plain(|ctx, _| Err(ctx.error_with(Exc::NotImplementedError, &[]))),
        ),
        method(
            "write($self, b, /)",
            "",
            Plain(|ctx, _| Err(ctx.error_with(Exc::NotImplementedError, &[]))),
        ),
    ],
    ..TypeDef::DEFAULT
};

/// `io.BufferedIOBase`
pub static BUFFERED_IO_BASE: TypeDef = TypeDef {
    name: "_BufferedIOBase",
    module: "_io",
    base: Some(&IO_BASE),
    doc: "Base class for buffered IO objects.",
    has_dict: true,
    methods: &[
        method(
            "read($self, size=-1, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "read"))),
        ),
        method(
            "read1($self, size=-1, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "read1"))),
        ),
        method(
            "readinto($self, buffer, /)",
            "",
            Plain(|ctx, args| read_into(ctx, args, "read")),
        ),
        method(
            "readinto1($self, buffer, /)",
            "",
            Plain(|ctx, args| read_into(ctx, args, "read1")),
        ),
        method(
            "write($self, b, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "write"))),
        ),
        method(
            "detach($self, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "detach"))),
        ),
    ],
    ..TypeDef::DEFAULT
};

/// `io.TextIOBase`
pub static TEXT_IO_BASE: TypeDef = TypeDef {
    name: "_TextIOBase",
    module: "_io",
    base: Some(&IO_BASE),
    doc: "Base class for text I/O.",
    has_dict: true,
    methods: &[
        method(
            "read($self, size=-1, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "read"))),
        ),
        method(
            "readline($self, size=-1, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "readline"))),
        ),
        method(
            "write($self, s, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "write"))),
        ),
        method(
            "detach($self, /)",
            "",
            Plain(|ctx, _| Err(unsupported(ctx, "detach"))),
        ),
    ],
    getsets: &[
        getter("encoding", "", |_, _| Ok(Value::None)),
        getter("errors", "", |_, _| Ok(Value::None)),
        getter("newlines", "", |_, _| Ok(Value::None)),
    ],
    ..TypeDef::DEFAULT
};

/// Raises if the stream says that it is closed.
fn check_open<'gc>(ctx: Context<'gc>, this: Value<'gc>) -> Result<(), Raised<'gc>> {
    let closed = ctx.get_attr(this, ctx.intern("closed"))?;
    if ctx.truth(closed)? {
        return Err(ctx.value_error("I/O operation on closed file."));
    }
    Ok(())
}

/// Asks the stream whether it can do something. Raises UnsupportedOperation.
fn check<'gc>(
    ctx: Context<'gc>,
    this: Value<'gc>,
    what: &str,
    message: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    match ctx.call_method(this, ctx.intern(what), &[])? {
        answer @ Value::Bool(_) if ctx.truth(answer)? => Ok(answer),
        _ => Err(unsupported(ctx, message)),
    }
}

/// `__del__`: closes the stream.
fn end<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let closed = ctx.get_attr(args[0], ctx.intern("closed"));
    if let Ok(closed) = closed
        && ctx.truth(closed).is_ok_and(|closed| !closed)
        && let Err(raised) = ctx.call_method(args[0], ctx.intern("close"), &[])
    {
        unraisable(
            ctx,
            raised,
            "Exception ignored while finalizing file",
            args[0],
        );
    }
    Ok(Value::None)
}

/// `readinto` and `readinto1` by the stream's `read` and `read1`.
fn read_into<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    by: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    let target = binary::writable_target(ctx, &format!("{by}into"), args[1])?;
    let wanted = target.layout.size();
    let size = Value::from_usize(ctx.mc, wanted);
    let read = ctx.call_method(args[0], ctx.intern(by), &[size])?;
    let Some(bytes) = read.as_bytes() else {
        return Err(ctx.type_error("read() should return bytes"));
    };
    let bytes = bytes.bytes();
    if bytes.len() > wanted {
        return Err(ctx.value_error(format!(
            "read() returned too much data: {wanted} bytes requested, {} returned",
            bytes.len()
        )));
    }
    target.memory.write(target.layout.offset, bytes);
    Ok(Value::from_usize(ctx.mc, bytes.len()))
}

/// `IOBase.close`
pub fn close<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let closed = ctx.get_attr(args[0], ctx.intern("closed"))?;
    if !ctx.truth(closed)? {
        let flushed = ctx.call_method(args[0], ctx.names().flush, &[]);
        if let Value::Object(object) = args[0] {
            object.set_attribute(ctx, ctx.intern("__IOBase_closed"), Value::bool(true));
        }
        flushed?;
    }
    Ok(Value::None)
}

fn flush<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    check_open(ctx, args[0])?;
    Ok(Value::None)
}

fn no<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    check_open(ctx, args[0])?;
    Ok(Value::bool(false))
}

fn enter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    check_open(ctx, args[0])?;
    Ok(args[0])
}

fn exit<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.call_method(args[0], ctx.intern("close"), &[])?;
    Ok(Value::None)
}

/// The next line by the stream's own `readline`; none at the end.
fn next_line<'gc>(ctx: Context<'gc>, this: Value<'gc>) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    let line = ctx.call_method(this, ctx.names().readline, &[])?;
    let empty = match (line.as_str(), line.as_bytes()) {
        (Some(text), _) => text.is_empty(),
        (_, Some(bytes)) => bytes.bytes().is_empty(),
        _ => ctx.length(line)? == 0,
    };
    Ok((!empty).then_some(line))
}

/// Advances a stream: the next line by its own `readline`.
pub fn next<'gc>(ctx: Context<'gc>, this: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let readline = ctx.get_attr(this, ctx.names().readline)?;
    match call_flow(ctx, readline, &[])? {
        Flow::Return(line) if ctx.length(line)? > 0 => Ok(Next::Item(line)),
        Flow::Return(_) => Ok(Next::Exhausted),
        flow => {
            let flow = and_then(ctx, flow, vec![], |ctx, _, line| {
                let line = line?;
                match ctx.length(line)? {
                    1.. => Ok(Flow::Return(line)),
                    _ => Err(ctx.error_with(Exc::StopIteration, &[])),
                }
            });
            flow.map(Next::Flow)
        }
    }
}

/// `__next__` of all streams.
pub fn next_slot<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match next(ctx, args[0])? {
        Next::Item(line) => Ok(Flow::Return(line)),
        Next::Flow(flow) => Ok(flow),
        Next::Exhausted => Err(ctx.error_with(Exc::StopIteration, &[])),
    }
}

/// A line byte for byte, by the stream's own `read`; what `peek` shows is read at once.
fn readline<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let limit = match args[1].or(Value::None) {
        Value::None => usize::MAX,
        size => usize::try_from(ctx.index_i64(size, Exc::OverflowError)?).unwrap_or(usize::MAX),
    };
    let peek = ctx.try_attr(args[0], ctx.intern("peek"))?;
    let mut line: Vec<u8> = Vec::new();
    while line.len() < limit {
        let mut wanted = 1;
        if let Some(peek) = peek {
            let ahead = ctx.call(peek, &[Value::Int(1)])?;
            let Some(ahead) = ahead.as_bytes() else {
                return Err(ctx.error(
                    Exc::OSError,
                    format!(
                        "peek() should have returned a bytes object, not '{}'",
                        ctx.type_name(ahead)
                    ),
                ));
            };
            let ahead = ahead.bytes();
            let end = ahead
                .iter()
                .position(|b| *b == b'\n')
                .map_or(ahead.len(), |at| at + 1);
            wanted = end.clamp(1, limit - line.len());
        }
        let wanted = Value::from_usize(ctx.mc, wanted);
        let read = ctx.call_method(args[0], ctx.names().read, &[wanted])?;
        let Some(bytes) = read.as_bytes() else {
            return Err(ctx.error(
                Exc::OSError,
                format!(
                    "read() should have returned a bytes object, not '{}'",
                    ctx.type_name(read)
                ),
            ));
        };
        line.extend_from_slice(bytes.bytes());
        if bytes.bytes().is_empty() || line.last() == Some(&b'\n') {
            break;
        }
    }
    Ok(Value::Bytes(ctx.bytes_from_vec(line)))
}

/// `RawIOBase.read`, by the stream's own `readinto`.
fn raw_read<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let size = match args[1].or(Value::Int(-1)) {
        Value::None => -1,
        size => ctx.index_i64(size, Exc::OverflowError)?,
    };
    let Ok(size) = usize::try_from(size) else {
        return ctx.call_method(args[0], ctx.intern("readall"), &[]);
    };
    let array = ByteArray::new(ctx, vec![0; size.min(LARGEST_READ)]);
    let target = Value::ByteArray(array);
    let count = ctx.call_method(args[0], ctx.intern("readinto"), &[target])?;
    if count.is_none() {
        return Ok(Value::None);
    }
    let count = ctx.index_i64(count, Exc::ValueError)?;
    match usize::try_from(count) {
        Ok(count) if count <= array.0.bytes.borrow().len() => {
            let bytes = array.0.bytes.borrow();
            Ok(Value::Bytes(ctx.bytes(&bytes[..count])))
        }
        _ => Err(ctx.value_error(format!(
            "readinto returned {count} outside buffer size {size}"
        ))),
    }
}

/// No read of a stream asks for more at a time.
const LARGEST_READ: usize = 1 << 30;

/// `RawIOBase.readall`, by the stream's own `read`.
fn raw_readall<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut all: Vec<u8> = Vec::new();
    loop {
        let size = Value::Int(131_072);
        let read = ctx.call_method(args[0], ctx.names().read, &[size])?;
        match read.as_bytes() {
            Some(bytes) if bytes.bytes().is_empty() => break,
            Some(bytes) => all.extend_from_slice(bytes.bytes()),
            None if read.is_none() && all.is_empty() => return Ok(Value::None),
            None if read.is_none() => break,
            None => return Err(ctx.type_error("read() should return bytes")),
        }
    }
    Ok(Value::Bytes(ctx.bytes_from_vec(all)))
}

fn readlines<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    check_open(ctx, args[0])?;
    let hint = match args[1] {
        Value::Absent | Value::None => 0,
        hint => ctx.index_i64(hint, Exc::OverflowError)?,
    };
    if hint <= 0 {
        return collect_then(ctx, args[0], vec![], |ctx, _, lines| {
            Ok(Flow::Return(Value::List(List::new(ctx, lines.to_vec()))))
        });
    }
    let mut lines = Vec::new();
    let mut length = 0;
    while let Some(line) = next_line(ctx, args[0])? {
        length += ctx.length(line)?;
        lines.push(line);
        if length >= hint as usize {
            break;
        }
    }
    Ok(Flow::Return(Value::List(List::new(ctx, lines))))
}

fn writelines<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    check_open(ctx, args[0])?;
    collect_then(ctx, args[1], vec![args[0]], |ctx, state, lines| {
        for line in lines {
            ctx.call_method(state[0], ctx.names().write, &[line])?;
        }
        Ok(Flow::Return(Value::None))
    })
}
