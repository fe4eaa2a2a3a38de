//! Streams of bytes: `BytesIO`, `FileIO` and the buffered readers and writers.

use std::cell::RefCell;
use std::io::SeekFrom;
use std::rc::Rc;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, method};
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::backing::Backing;
use super::{DEFAULT_BUFFER_SIZE, bytes_io, os_error, size_argument, unsupported};

/// The struct behind a stream of bytes.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Binary<'gc> {
    /// The bytes.
    #[collect(require_static)]
    pub backing: Rc<RefCell<Backing>>,
    /// For `BytesIO`: the array that its memory is in while a view sees it.
    pub lent: Option<Gc<'gc, Lock<Option<ByteArray<'gc>>>>>,
    /// Of a buffer, the `FileIO` under it; absent otherwise.
    pub raw: Value<'gc>,
    /// The attribute `mode` of a `FileIO`, and what can be done with the others.
    #[collect(require_static)]
    pub mode: &'static str,
    /// The file's descriptor.
    #[collect(require_static)]
    pub descriptor: i64,
    /// Whether closing it closes the descriptor.
    #[collect(require_static)]
    pub closes: bool,
}

impl NativeData for Binary<'static> {
    type Data<'gc> = Binary<'gc>;
}

impl Binary<'_> {
    /// Whether it can be read.
    pub fn readable(&self) -> bool {
        self.mode.contains(['r', '+'])
    }
    /// Whether it can be written.
    pub fn writable(&self) -> bool {
        self.mode.contains(['w', 'a', 'x', '+'])
    }
    /// Whether it was closed.
    pub fn closed(&self) -> bool {
        self.backing.borrow().is_closed()
    }
    /// Whether it is a `BytesIO`.
    pub fn is_memory(&self) -> bool {
        self.lent.is_some()
    }
}

/// A method of all streams of bytes.
pub const READ: NativeDef = method("read($self, size=-1, /)", "", Plain(read));
/// A method of all streams of bytes.
pub const READ1: NativeDef = method("read1($self, size=-1, /)", "", Plain(read1));
/// A method of all streams of bytes.
pub const READLINE: NativeDef = method("readline($self, size=-1, /)", "", Plain(readline));
/// A method of all streams of bytes.
pub const READINTO: NativeDef = method("readinto($self, buffer, /)", "", Plain(readinto));
/// A method of all streams of bytes.
pub const READINTO1: NativeDef = method("readinto1($self, buffer, /)", "", Plain(readinto));
/// A method of all streams of bytes.
pub const SEEK: NativeDef = method("seek($self, target, whence=0, /)", "", Plain(seek));
/// A method of all streams of bytes.
pub const TELL: NativeDef = method("tell($self, /)", "", Plain(tell));
/// A method of all streams of bytes.
pub const FLUSH: NativeDef = method("flush($self, /)", "", Plain(flush));
/// A method of all streams of bytes.
pub const READABLE: NativeDef = method("readable($self, /)", "", Plain(readable));
/// A method of all streams of bytes.
pub const WRITABLE: NativeDef = method("writable($self, /)", "", Plain(writable));
/// A method of all streams of bytes.
pub const SEEKABLE: NativeDef = method("seekable($self, /)", "", Plain(seekable));

/// The stream behind an object.
pub fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Binary<'gc>, Raised<'gc>> {
    let Some(stream) = value.native::<Binary<'static>>() else {
        return Err(ctx.value_error("I/O operation on uninitialized object"));
    };
    if stream.lent.is_some() {
        bytes_io::settle(ctx, stream);
    }
    Ok(stream)
}

/// The stream, if it is open; `closed` is what its buffered classes say otherwise.
pub fn open_stream<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    closed: &str,
) -> Result<&'gc Binary<'gc>, Raised<'gc>> {
    let stream = this(ctx, value)?;
    if !stream.closed() {
        return Ok(stream);
    }
    Err(ctx.value_error(if stream.is_memory() {
        "I/O operation on closed file."
    } else if stream.raw.is_absent() {
        "I/O operation on closed file"
    } else {
        closed
    }))
}

/// A copy of the bytes of a bytes-like object.
pub fn bytes_like<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Vec<u8>, Raised<'gc>> {
    Ok(buffer::required(ctx, value)?.to_vec())
}

/// The stream, if it is open and can be read.
pub fn reading<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Binary<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, value, "read of closed file")?;
    if !stream.readable() {
        return Err(unsupported(ctx, "File not open for reading"));
    }
    Ok(stream)
}

/// `read` of a stream of bytes.
pub fn read<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let size = size_argument(ctx, args[1])?;
    let read = stream.backing.borrow_mut().read(size);
    let bytes = read.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

/// `read1` of a stream of bytes.
pub fn read1<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let size = size_argument(ctx, args[1])?;
    let mut backing = stream.backing.borrow_mut();
    let read = match size {
        None if !stream.is_memory() => backing.read_some(DEFAULT_BUFFER_SIZE),
        Some(size) if !stream.is_memory() => backing.read_some(size),
        size => backing.read(size),
    };
    let bytes = read.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

/// `peek` of a stream of bytes.
pub fn peek<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let peeked = stream.backing.borrow_mut().peek();
    let bytes = peeked.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

/// `readline` of a stream of bytes.
pub fn readline<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let size = size_argument(ctx, args[1])?;
    let read = stream.backing.borrow_mut().read_line(size);
    let bytes = read.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

/// `readinto` of a stream of bytes.
pub fn readinto<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let target = writable_target(ctx, "readinto", args[1])?;
    let wanted = target.layout.size();
    let read = stream.backing.borrow_mut().read(Some(wanted));
    let bytes = read.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    target.memory.write(target.layout.offset, &bytes);
    Ok(Value::from_usize(ctx.mc, bytes.len()))
}

/// The memory that `function` is to write to.
pub fn writable_target<'gc>(
    ctx: Context<'gc>,
    function: &str,
    value: Value<'gc>,
) -> Result<buffer::Buffer<'gc>, Raised<'gc>> {
    match buffer::acquire(ctx, value)? {
        Some(target) if !target.layout.readonly && target.layout.is_c_contiguous() => Ok(target),
        _ => Err(ctx.type_error(format!(
            "{function}() argument must be read-write bytes-like object, not {}",
            ctx.type_name(value)
        ))),
    }
}

/// `write` of a stream of bytes.
pub fn write<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = this(ctx, args[0])?;
    let data = bytes_like(ctx, args[1])?;
    open_stream(ctx, args[0], "write to closed file")?;
    if !stream.writable() {
        return Err(unsupported(ctx, "File not open for writing"));
    }
    let written = stream.backing.borrow_mut().write(&data);
    written.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::from_usize(ctx.mc, data.len()))
}

/// `seek` of a stream of bytes.
pub fn seek<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "seek of closed file")?;
    let offset = ctx.index_i64(args[1], Exc::OverflowError)?;
    let whence = match args[2].present() {
        Some(whence) => ctx.index_i64(whence, Exc::OverflowError)?,
        None => 0,
    };
    let to = match whence {
        0 if offset < 0 && stream.is_memory() => {
            return Err(ctx.value_error(format!("negative seek value {offset}")));
        }
        0 if offset < 0 => {
            let error = std::io::Error::from_raw_os_error(22);
            return Err(os_error(ctx, &error, Value::Absent));
        }
        0 => SeekFrom::Start(offset as u64),
        1 => SeekFrom::Current(offset),
        2 => SeekFrom::End(offset),
        _ => {
            return Err(ctx.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)")));
        }
    };
    let moved = stream.backing.borrow_mut().seek(to);
    let at = moved.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::from_usize(ctx.mc, at as usize))
}

/// `tell` of a stream of bytes.
pub fn tell<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "I/O operation on closed file")?;
    let told = stream.backing.borrow_mut().tell();
    let at = told.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::from_usize(ctx.mc, at as usize))
}

/// `truncate` of a stream of bytes.
pub fn truncate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "truncate of closed file")?;
    let size = match args[1] {
        Value::Absent | Value::None => tell(ctx, &args[..1])?,
        size => size,
    };
    let size = ctx.index_i64(size, Exc::OverflowError)?;
    if size < 0 {
        return Err(ctx.value_error(format!("negative size value {size}")));
    }
    let mut backing = stream.backing.borrow_mut();
    let cut = backing.tell().and_then(|at| {
        backing.truncate(size as u64)?;
        backing.seek(SeekFrom::Start(at))
    });
    cut.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::Int(size))
}

/// `close` of a stream of bytes.
pub fn close<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let closed = this(ctx, args[0])?.backing.borrow_mut().close();
    closed.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::None)
}

/// `flush` of a stream of bytes.
pub fn flush<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "flush of closed file")?;
    let flushed = stream.backing.borrow_mut().flush();
    flushed.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::None)
}

/// `fileno` of a stream of bytes.
pub fn fileno<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "I/O operation on closed file")?;
    Ok(Value::Int(stream.descriptor))
}

/// `readable` of a stream of bytes.
pub fn readable<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "I/O operation on closed file")?;
    Ok(Value::bool(stream.readable()))
}

/// `writable` of a stream of bytes.
pub fn writable<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "I/O operation on closed file")?;
    Ok(Value::bool(stream.writable()))
}

/// `seekable` of a stream of bytes.
pub fn seekable<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "I/O operation on closed file")?;
    let told = stream.backing.borrow_mut().tell();
    Ok(Value::bool(told.is_ok()))
}

/// `isatty` of a file or a buffer over one.
pub fn isatty<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "I/O operation on closed file")?;
    Ok(Value::bool(stream.backing.borrow().is_terminal()))
}
