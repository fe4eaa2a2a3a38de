//! The buffered streams of bytes. Over a `FileIO` they work natively; over any other raw
//! stream a machine does (see `layers`).

use capers_runtime::context::Context;
use capers_runtime::erased::Erased;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, method, new, slot};
use capers_runtime::object::Payload;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{GetSetDef, TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

use super::base::BUFFERED_IO_BASE;
use super::binary::{self, Binary};
use super::{DEFAULT_BUFFER_SIZE, file_io, layers, unsupported};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

const REPR: NativeDef = slot("__repr__($self, /)", "Return repr(self).", Plain(repr));
const NEXT: NativeDef = slot(
    "__next__($self, /)",
    "Implement next(self).",
    FlowCall(super::base::next_slot),
);

macro_rules! methods {
    ($($constant:ident = $signature:literal, $name:literal, $native:expr, $doc:literal;)*) => {
        $(const $constant: NativeDef = method(
            $signature,
            $doc,
            FlowCall(|ctx, args| layers::either(ctx, args, $name, $native)),
        );)*
    };
}

methods! {
    READ = "read($self, size=-1, /)", "read", binary::read, "Read and return up to n bytes.";
    READ1 = "read1($self, size=-1, /)", "read1", binary::read1, "Read and return up to size bytes, with at most one read() call to the underlying raw stream.";
    PEEK = "peek($self, size=0, /)", "peek", binary::peek, "";
    READLINE = "readline($self, size=-1, /)", "readline", binary::readline, "";
    READINTO = "readinto($self, buffer, /)", "readinto", binary::readinto, "";
    READINTO1 = "readinto1($self, buffer, /)", "readinto1", binary::readinto, "";
    WRITE = "write($self, buffer, /)", "write", binary::write, "Write buffer b to the IO stream.";
    SEEK = "seek($self, target, whence=0, /)", "seek", binary::seek, "";
    TELL = "tell($self, /)", "tell", binary::tell, "";
    TRUNCATE = "truncate($self, pos=None, /)", "truncate", truncate, "";
    CLOSE = "close($self, /)", "close", close, "";
    DETACH = "detach($self, /)", "detach", detach, "Disconnect this buffer from its underlying raw stream and return it.";
    FLUSH = "flush($self, /)", "flush", binary::flush, "";
    FILENO = "fileno($self, /)", "fileno", binary::fileno, "";
    ISATTY = "isatty($self, /)", "isatty", binary::isatty, "";
    READABLE = "readable($self, /)", "readable", binary::readable, "";
    WRITABLE = "writable($self, /)", "writable", binary::writable, "";
    SEEKABLE = "seekable($self, /)", "seekable", binary::seekable, "";
    DEALLOC_WARN = "_dealloc_warn($self, source, /)", "_dealloc_warn", |_, _| Ok(Value::None), "";
}

const ATTRIBUTES: &[GetSetDef] = &[
    getter("closed", "", |ctx, v| {
        layers::attribute(ctx, v, "closed", |ctx, v| {
            Ok(Value::bool(binary::this(ctx, v)?.closed()))
        })
    }),
    getter("name", "", |ctx, v| of_raw(ctx, v, "name")),
    getter("mode", "", |ctx, v| of_raw(ctx, v, "mode")),
    getter("raw", "", |ctx, v| {
        layers::attribute(ctx, v, "raw", |ctx, v| Ok(binary::this(ctx, v)?.raw))
    }),
    getter("_finalizing", "", |_, _| Ok(Value::bool(false))),
];

/// The type.
pub static BUFFERED_READER: TypeDef = TypeDef {
    name: "BufferedReader",
    module: "_io",
    base: Some(&BUFFERED_IO_BASE),
    doc: "Create a new buffered reader using the given readable raw IO object.",
    has_dict: true,
    shared_methods: &[
        REPR,
        NEXT,
        super::GETSTATE,
        READ,
        READ1,
        PEEK,
        READLINE,
        READINTO,
        READINTO1,
        SEEK,
        TELL,
        TRUNCATE,
        CLOSE,
        DETACH,
        FLUSH,
        FILENO,
        ISATTY,
        READABLE,
        SEEKABLE,
        DEALLOC_WARN,
    ],
    methods: &[
        new(
            "__new__($type, *args, **kwargs)",
            Plain(|ctx, args| Ok(layers::allocate(ctx, &BUFFERED_READER, args[0]))),
        ),
        slot(
            "__init__($self, /, raw, buffer_size=(131072))",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(|ctx, args| init(ctx, args, &BUFFERED_READER, "rb")),
        ),
    ],
    getsets: ATTRIBUTES,
    next: Some(super::base::next),
    inherits_new: true,
    ..TypeDef::DEFAULT
};

/// The type.
pub static BUFFERED_WRITER: TypeDef = TypeDef {
    name: "BufferedWriter",
    module: "_io",
    base: Some(&BUFFERED_IO_BASE),
    doc: "A buffer for a writeable sequential RawIO object.\n\nThe constructor creates a BufferedWriter for the given writeable raw\nstream. If the buffer_size is not given, it defaults to\nDEFAULT_BUFFER_SIZE.",
    has_dict: true,
    shared_methods: &[
        REPR,
        super::GETSTATE,
        WRITE,
        SEEK,
        TELL,
        TRUNCATE,
        CLOSE,
        DETACH,
        FLUSH,
        FILENO,
        ISATTY,
        WRITABLE,
        SEEKABLE,
        DEALLOC_WARN,
    ],
    methods: &[
        new(
            "__new__($type, *args, **kwargs)",
            Plain(|ctx, args| Ok(layers::allocate(ctx, &BUFFERED_WRITER, args[0]))),
        ),
        slot(
            "__init__($self, /, raw, buffer_size=(131072))",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(|ctx, args| init(ctx, args, &BUFFERED_WRITER, "wb")),
        ),
    ],
    getsets: ATTRIBUTES,
    inherits_new: true,
    ..TypeDef::DEFAULT
};

/// The type.
pub static BUFFERED_RANDOM: TypeDef = TypeDef {
    name: "BufferedRandom",
    module: "_io",
    base: Some(&BUFFERED_IO_BASE),
    doc: "A buffered interface to random access streams.\n\nThe constructor creates a reader and writer for a seekable stream,\nraw, given in the first argument. If the buffer_size is omitted it\ndefaults to DEFAULT_BUFFER_SIZE.",
    has_dict: true,
    shared_methods: &[
        REPR,
        NEXT,
        super::GETSTATE,
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
        DETACH,
        FLUSH,
        FILENO,
        ISATTY,
        READABLE,
        WRITABLE,
        SEEKABLE,
        DEALLOC_WARN,
    ],
    methods: &[
        new(
            "__new__($type, *args, **kwargs)",
            Plain(|ctx, args| Ok(layers::allocate(ctx, &BUFFERED_RANDOM, args[0]))),
        ),
        slot(
            "__init__($self, /, raw, buffer_size=(131072))",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(|ctx, args| init(ctx, args, &BUFFERED_RANDOM, "rb+")),
        ),
    ],
    getsets: ATTRIBUTES,
    next: Some(super::base::next),
    inherits_new: true,
    ..TypeDef::DEFAULT
};

macro_rules! pair_methods {
    ($($signature:literal, $name:literal;)*) => {
        &[
            new(
                "__new__($type, *args, **kwargs)",
                Plain(|ctx, args| Ok(layers::allocate(ctx, &BUFFERED_RW_PAIR, args[0]))),
            ),
            slot(
                "__init__($self, reader, writer, buffer_size=(131072), /)",
                "Initialize self.  See help(type(self)) for accurate signature.",
                FlowCall(|ctx, args| {
                    let size = args[3].or(Value::Int(DEFAULT_BUFFER_SIZE as i64));
                    layers::set_up(ctx, args[0], "_Pair", &[args[1], args[2], size])
                }),
            ),
            $(method($signature, "", FlowCall(|ctx, args| layers::only(ctx, args, $name))),)*
        ]
    };
}

/// The type.
pub static BUFFERED_RW_PAIR: TypeDef = TypeDef {
    name: "BufferedRWPair",
    module: "_io",
    base: Some(&BUFFERED_IO_BASE),
    doc: "A buffered reader and writer object together.\n\nA buffered reader object and buffered writer object put together to\nform a sequential IO object that can read and write. This is typically\nused with a socket or two-way pipe.",
    has_dict: true,
    methods: pair_methods! {
        "read($self, size=-1, /)", "read";
        "read1($self, size=-1, /)", "read1";
        "peek($self, size=0, /)", "peek";
        "readinto($self, buffer, /)", "readinto";
        "readinto1($self, buffer, /)", "readinto1";
        "write($self, b, /)", "write";
        "flush($self, /)", "flush";
        "readable($self, /)", "readable";
        "writable($self, /)", "writable";
        "close($self, /)", "close";
        "isatty($self, /)", "isatty";
    },
    getsets: &[getter("closed", "", |ctx, v| {
        layers::attribute(ctx, v, "closed", |_, _| Ok(Value::bool(true)))
    })],
    inherits_new: true,
    ..TypeDef::DEFAULT
};

/// `__init__` of the three: native over a `FileIO`, a machine over anything else.
fn init<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    def: &'static TypeDef,
    mode: &'static str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (stream, raw) = (args[0], args[1]);
    let size = match args[2].present() {
        None => DEFAULT_BUFFER_SIZE as i64,
        Some(size) => ctx.index_i64(size, Exc::OverflowError)?,
    };
    let native = layers::is_native_file(ctx, raw)
        && stream.class(ctx) == ctx.type_of_def(def)
        && size >= MANY;
    if !native {
        let name = match mode {
            "rb" => "_Reader",
            "wb" => "_Writer",
            _ => "_Random",
        };
        return layers::set_up(ctx, stream, name, &[raw, Value::Int(size)]);
    }
    let file = binary::this(ctx, raw)?;
    if file.closed() {
        return Err(ctx.value_error("I/O operation on closed file"));
    }
    if mode != "wb" && !file.readable() {
        return Err(unsupported(ctx, "File or stream is not readable."));
    }
    if mode != "rb" && !file.writable() {
        return Err(unsupported(ctx, "File or stream is not writable."));
    }
    let data = file_io::buffer_data(ctx, raw, mode)?;
    if let Value::Object(object) = stream {
        let data = Erased::new::<Binary<'static>>(ctx.mc, data);
        object.set_payload(ctx, Payload::Native(data));
    }
    Ok(Flow::Return(Value::None))
}

/// A buffer smaller than this is asked for by a program that looks at what goes to the
/// file and when: a machine keeps to its size.
const MANY: i64 = 4096;

/// The same of the raw stream.
fn of_raw<'gc>(ctx: Context<'gc>, stream: Value<'gc>, name: &str) -> Answer<'gc> {
    let raw = match layers::machine(ctx, stream)? {
        Some(machine) => ctx.get_attr(machine, ctx.intern("raw"))?,
        None => binary::this(ctx, stream)?.raw,
    };
    ctx.get_attr(raw, ctx.intern(name))
}

fn truncate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let stream = binary::open_stream(ctx, args[0], "truncate of closed file")?;
    if !stream.writable() {
        return Err(unsupported(ctx, "truncate"));
    }
    binary::truncate(ctx, args)
}

fn close<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    layers::close_after_flush(ctx, args[0], |ctx, stream| {
        let raw = binary::this(ctx, stream)?.raw;
        binary::close(ctx, &[stream])?;
        ctx.call_method(raw, ctx.intern("close"), &[])
    })
}

fn detach<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let raw = binary::this(ctx, args[0])?.raw;
    binary::flush(ctx, args)?;
    layers::clear(ctx, args[0], "raw stream has been detached");
    Ok(raw)
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let kind = ctx.type_name(args[0]);
    layers::repr(ctx, args[0], &kind, &["name"], "")
}
