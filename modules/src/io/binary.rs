//! Streams of bytes: `BytesIO`, `FileIO` and the buffered readers and writers.

use std::cell::RefCell;
use std::io::SeekFrom;
use std::rc::Rc;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::def::{GetSetDef, TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::backing::Backing;
use super::base::{BUFFERED_IO_BASE, RAW_IO_BASE};
use super::{bytes_io, os_error, python_streams, size_argument, unsupported};

/// The struct behind a stream of bytes.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Binary<'gc> {
    /// The bytes.
    #[collect(require_static)]
    pub backing: Rc<RefCell<Backing>>,
    /// For `BytesIO`: the array that its memory is in while a view sees it.
    pub lent: Option<Gc<'gc, Lock<Option<ByteArray<'gc>>>>>,
    /// What `open` was given; absent for `BytesIO`.
    pub name: Value<'gc>,
    /// The attribute `mode`.
    #[collect(require_static)]
    pub mode: &'static str,
    /// The file's descriptor.
    #[collect(require_static)]
    pub descriptor: i64,
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
        matches!(*self.backing.borrow(), Backing::Closed)
    }
}

const COMMON: &[GetSetDef] = &[
    getter("closed", "", |ctx, v| {
        Ok(Value::bool(this(ctx, v)?.closed()))
    }),
    getter("name", "", |ctx, v| Ok(this(ctx, v)?.name)),
    getter("mode", "", |ctx, v| Ok(ctx.str_value(this(ctx, v)?.mode))),
    getter("raw", "", |_, v| Ok(v)),
];
const REPR: NativeDef = slot("__repr__($self, /)", "Return repr(self).", Plain(repr));
/// A method of all streams of bytes.
pub const READ: NativeDef = method("read($self, size=-1, /)", "", Plain(read));
/// A method of all streams of bytes.
pub const READ1: NativeDef = method("read1($self, size=-1, /)", "", Plain(read));
const READALL: NativeDef = method(
    "readall($self, /)",
    "",
    Plain(|ctx, args| read(ctx, &[args[0], Value::Absent])),
);
const PEEK: NativeDef = method("peek($self, size=0, /)", "", Plain(peek));
/// A method of all streams of bytes.
pub const READLINE: NativeDef = method("readline($self, size=-1, /)", "", Plain(readline));
/// A method of all streams of bytes.
pub const READINTO: NativeDef = method("readinto($self, buffer, /)", "", Plain(readinto));
/// A method of all streams of bytes.
pub const READINTO1: NativeDef = method("readinto1($self, buffer, /)", "", Plain(readinto));
const WRITE: NativeDef = method("write($self, b, /)", "", Plain(write));
/// A method of all streams of bytes.
pub const SEEK: NativeDef = method("seek($self, target, whence=0, /)", "", Plain(seek));
/// A method of all streams of bytes.
pub const TELL: NativeDef = method("tell($self, /)", "", Plain(tell));
const TRUNCATE: NativeDef = method("truncate($self, size=None, /)", "", Plain(truncate));
const CLOSE: NativeDef = method("close($self, /)", "", Plain(close));
/// A method of all streams of bytes.
pub const FLUSH: NativeDef = method("flush($self, /)", "", Plain(flush));
const FILENO: NativeDef = method("fileno($self, /)", "", Plain(fileno));
/// A method of all streams of bytes.
pub const READABLE: NativeDef = method(
    "readable($self, /)",
    "",
    Plain(|ctx, args| {
        Ok(Value::bool(
            open_stream(ctx, args[0], "I/O operation on closed file")?.readable(),
        ))
    }),
);
/// A method of all streams of bytes.
pub const WRITABLE: NativeDef = method(
    "writable($self, /)",
    "",
    Plain(|ctx, args| {
        Ok(Value::bool(
            open_stream(ctx, args[0], "I/O operation on closed file")?.writable(),
        ))
    }),
);
/// A method of all streams of bytes.
pub const SEEKABLE: NativeDef = method(
    "seekable($self, /)",
    "",
    Plain(|ctx, args| {
        let stream = open_stream(ctx, args[0], "I/O operation on closed file")?;
        let told = stream.backing.borrow_mut().tell();
        Ok(Value::bool(told.is_ok()))
    }),
);

/// The type.
pub static FILE_IO: TypeDef = TypeDef {
    name: "FileIO",
    module: "_io",
    base: Some(&RAW_IO_BASE),
    doc: "Open a file.",
    has_dict: true,
    methods: &[
        REPR,
        super::REDUCE,
        super::REDUCE_EX,
        super::GETSTATE,
        new(
            "__new__($type, /, file, mode='r', closefd=True, opener=None)",
            Plain(super::file_io_new),
        ),
        READ,
        READALL,
        READLINE,
        READINTO,
        WRITE,
        SEEK,
        TELL,
        TRUNCATE,
        CLOSE,
        FLUSH,
        FILENO,
        READABLE,
        WRITABLE,
        SEEKABLE,
    ],
    getsets: COMMON,
    ..TypeDef::DEFAULT
};

/// The type.
pub static BUFFERED_READER: TypeDef = TypeDef {
    name: "BufferedReader",
    module: "_io",
    base: Some(&BUFFERED_IO_BASE),
    doc: "Create a new buffered reader using the given readable raw IO object.",
    has_dict: true,
    methods: &[
        REPR,
        super::REDUCE,
        super::REDUCE_EX,
        super::GETSTATE,
        new("__new__($type, /, *args, **kwargs)", Plain(reader_new)),
        READ,
        READ1,
        PEEK,
        READLINE,
        READINTO,
        READINTO1,
        SEEK,
        TELL,
        CLOSE,
        FLUSH,
        FILENO,
        READABLE,
        WRITABLE,
        SEEKABLE,
    ],
    getsets: COMMON,
    ..TypeDef::DEFAULT
};

/// The type.
pub static BUFFERED_WRITER: TypeDef = TypeDef {
    name: "BufferedWriter",
    module: "_io",
    base: Some(&BUFFERED_IO_BASE),
    doc: "A buffer for a writeable sequential RawIO object.",
    has_dict: true,
    methods: &[
        REPR,
        super::REDUCE,
        super::REDUCE_EX,
        super::GETSTATE,
        new(
            "__new__($type, /, *args, **kwargs)",
            Plain(|ctx, args| {
                python_streams::allocate(ctx, &BUFFERED_WRITER, "BufferedWriter", args[0])
            }),
        ),
        WRITE,
        SEEK,
        TELL,
        TRUNCATE,
        CLOSE,
        FLUSH,
        FILENO,
        READABLE,
        WRITABLE,
        SEEKABLE,
    ],
    getsets: COMMON,
    ..TypeDef::DEFAULT
};

/// The type.
pub static BUFFERED_RANDOM: TypeDef = TypeDef {
    name: "BufferedRandom",
    module: "_io",
    base: Some(&BUFFERED_IO_BASE),
    doc: "A buffered interface to random access streams.",
    has_dict: true,
    methods: &[
        REPR,
        super::REDUCE,
        super::REDUCE_EX,
        super::GETSTATE,
        new(
            "__new__($type, /, *args, **kwargs)",
            Plain(|ctx, args| {
                python_streams::allocate(ctx, &BUFFERED_RANDOM, "BufferedRandom", args[0])
            }),
        ),
        READ,
        READ1,
        PEEK,
        READLINE,
        READINTO,
        READINTO1,
        WRITE,
        SEEK,
        TELL,
        TRUNCATE,
        CLOSE,
        FLUSH,
        FILENO,
        READABLE,
        WRITABLE,
        SEEKABLE,
    ],
    getsets: COMMON,
    ..TypeDef::DEFAULT
};

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
    Err(ctx.value_error(if stream.name.is_absent() {
        "I/O operation on closed file."
    } else {
        closed
    }))
}

/// A copy of the bytes of a bytes-like object.
pub fn bytes_like<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Vec<u8>, Raised<'gc>> {
    Ok(buffer::required(ctx, value)?.to_vec())
}

/// A reader. Over a stream of this module the two are one stream from then on.
fn reader_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&BUFFERED_READER));
    let raw = args[1].as_tuple().and_then(|given| given.items().first());
    let raw = raw.copied().unwrap_or(Value::None);
    let raw = match raw.native::<Binary<'static>>() {
        Some(native)
            if python_streams::is_native(ctx, raw)
                && class == ctx.type_of_def(&BUFFERED_READER) =>
        {
            native
        }
        _ => return python_streams::allocate(ctx, &BUFFERED_READER, "BufferedReader", args[0]),
    };
    if !raw.readable() {
        return Err(unsupported(ctx, "File or stream is not readable."));
    }
    let size = args[1].as_tuple().and_then(|given| given.items().get(1));
    if size
        .and_then(|size| size.as_small_int())
        .is_some_and(|size| size <= 0)
    {
        return Err(ctx.value_error("buffer size must be strictly positive"));
    }
    let data = Binary {
        backing: Rc::clone(&raw.backing),
        lent: None,
        name: raw.name,
        mode: "rb",
        descriptor: raw.descriptor,
    };
    let object = Object::with_native::<Binary<'static>>(ctx, class, data);
    Ok(Value::Object(object))
}

fn reading<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Binary<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, value, "read of closed file")?;
    if !stream.readable() {
        return Err(unsupported(ctx, "File not open for reading"));
    }
    Ok(stream)
}

fn read<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let size = size_argument(ctx, args[1])?;
    let read = stream.backing.borrow_mut().read(size);
    let bytes = read.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

fn peek<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let peeked = stream.backing.borrow_mut().peek();
    let bytes = peeked.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

fn readline<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let size = size_argument(ctx, args[1])?;
    let read = stream.backing.borrow_mut().read_line(size);
    let bytes = read.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

fn readinto<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = reading(ctx, args[0])?;
    let target = match buffer::acquire(ctx, args[1])? {
        Some(target) if !target.layout.readonly && target.layout.is_c_contiguous() => target,
        _ => {
            return Err(ctx.type_error(format!(
                "readinto() argument must be read-write bytes-like object, not {}",
                ctx.type_name(args[1])
            )));
        }
    };
    let wanted = target.layout.size();
    let read = stream.backing.borrow_mut().read(Some(wanted));
    let bytes = read.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    target.memory.write(target.layout.offset, &bytes);
    Ok(Value::from_usize(ctx.mc, bytes.len()))
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

fn seek<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "seek of closed file")?;
    let offset = ctx.index_i64(args[1], Exc::OverflowError)?;
    let whence = match args[2].present() {
        Some(whence) => ctx.index_i64(whence, Exc::OverflowError)?,
        None => 0,
    };
    let to = match whence {
        0 if offset < 0 && stream.name.is_absent() => {
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

fn flush<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "flush of closed file")?;
    let flushed = stream.backing.borrow_mut().flush();
    flushed.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::None)
}

fn fileno<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = open_stream(ctx, args[0], "I/O operation on closed file")?;
    Ok(Value::Int(stream.descriptor))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = this(ctx, args[0])?;
    let kind = ctx.type_name(args[0]);
    let is_raw = args[0].class(ctx).is_subclass_of(ctx.type_of_def(&FILE_IO));
    if is_raw && stream.closed() {
        return Ok(ctx.str_value(&format!("<{kind} [closed]>")));
    }
    if stream.name.is_absent() {
        return Ok(ctx.str_value(&format!("<{kind}>")));
    }
    let name = ctx.repr(stream.name)?;
    let name = name.to_string_lossy();
    Ok(ctx.str_value(&if is_raw {
        format!("<{kind} name={name} mode='{}' closefd=True>", stream.mode)
    } else {
        format!("<{kind} name={name}>")
    }))
}
