//! `io` (and `_io`): streams, and `open`.

pub mod backing;
pub mod base;
pub mod binary;
pub mod bytes_io;
pub mod newline;
pub mod python_streams;
pub mod string;
pub mod text;
pub mod writers;

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::{Seek, SeekFrom};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::rc::Rc;

use capers_runtime::context::Context;
use capers_runtime::import::{ModuleDef, import_module};
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function, method};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::text::Text;
use capers_runtime::text::codecs::{self, Errors};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, after_collection};

use backing::Backing;
use binary::Binary;
use newline::Newline;

/// The module.
pub static IO: ModuleDef = ModuleDef {
    name: "io",
    doc: "The io module provides the Python interfaces to stream handling.",
    functions: &[
        function(
            "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
            "Open file and return a stream.  Raise OSError upon failure.",
            FlowCall(open_when_written),
        ),
        function(
            "text_encoding(encoding, stacklevel=2, /)",
            "A helper function to choose the text encoding.",
            Plain(|ctx, args| match args[0] {
                Value::None => Ok(ctx.str_value("utf-8")),
                encoding => Ok(encoding),
            }),
        ),
    ],
    types: &[
        &base::IO_BASE,
        &base::RAW_IO_BASE,
        &base::BUFFERED_IO_BASE,
        &base::TEXT_IO_BASE,
        &bytes_io::BYTES_IO,
        &binary::FILE_IO,
        &binary::BUFFERED_READER,
        &binary::BUFFERED_WRITER,
        &binary::BUFFERED_RANDOM,
        &string::STRING_IO,
        &text::TEXT_IO_WRAPPER,
    ],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    for name in ["IOBase", "RawIOBase", "BufferedIOBase", "TextIOBase"] {
        if let Some(class) = dict.get_text(ctx, &format!("_{name}")) {
            dict.set_text(ctx, name, class);
        }
    }
    dict.set_text(ctx, "UnsupportedOperation", unsupported_class(ctx)?);
    // What is made when it is asked for first.
    let lazy = Value::Native(capers_runtime::types::native_function::NativeFunction::new(
        ctx,
        &LAZY,
        None,
        ctx.str_value("_io"),
    ));
    dict.set_text(ctx, "__getattr__", lazy);
    dict.set_text(ctx, "DEFAULT_BUFFER_SIZE", Value::Int(131_072));
    for (name, value) in [("SEEK_SET", 0), ("SEEK_CUR", 1), ("SEEK_END", 2)] {
        dict.set_text(ctx, name, Value::Int(value));
    }
    let blocking = Value::Type(ctx.exceptions().get(Exc::BlockingIOError));
    dict.set_text(ctx, "BlockingIOError", blocking);
    install(ctx);
    // The module and `builtins` have one `open`.
    if let Some(open) = ctx.builtins().get_text(ctx, "open") {
        dict.set_text(ctx, "open", open);
        dict.set_text(ctx, "open_code", open);
    }
    ctx.modules().set_text(ctx, "_io", Value::Module(module));
    Ok(())
}

/// `io.__getattr__`: classes that are written in Python.
static LAZY: NativeDef = function(
    "__getattr__(name, /)",
    "",
    Plain(|ctx, args| {
        let name = args[0]
            .as_str()
            .map(|name| name.to_string_lossy().into_owned());
        match name.as_deref() {
            Some(name @ ("BufferedRWPair" | "IncrementalNewlineDecoder" | "Reader" | "Writer")) => {
                let module = import_module(ctx, "_io_python")?;
                let module = ctx.complete(module)?;
                ctx.get_attr(module, ctx.intern(name))
            }
            name => {
                let name = name.unwrap_or_default();
                let message = format!("module 'io' has no attribute '{name}'");
                Err(ctx.error(Exc::AttributeError, message))
            }
        }
    }),
);

/// Puts `open` into `builtins`.
pub fn install<'gc>(ctx: Context<'gc>) {
    let def = &IO.functions[0];
    let module = ctx.str_value("_io");
    let native =
        capers_runtime::types::native_function::NativeFunction::new(ctx, def, None, module);
    if ctx.builtins().get_text(ctx, "open").is_none() {
        ctx.builtins().set_text(ctx, "open", Value::Native(native));
    }
}

/// `io.UnsupportedOperation`
fn unsupported_class<'gc>(ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    const KEY: &str = "io.UnsupportedOperation";
    if let Some(class) = ctx.registry().get_text(ctx, KEY) {
        return Ok(class);
    }
    let bases = [Exc::OSError, Exc::ValueError].map(|e| Value::Type(ctx.exceptions().get(e)));
    let namespace = Dict::new(ctx);
    namespace.set_text(ctx, "__module__", ctx.str_value("io"));
    let arguments = [
        ctx.str_value("UnsupportedOperation"),
        Value::Tuple(ctx.tuple(bases)),
        Value::Dict(namespace),
    ];
    let class = ctx.call(Value::Type(ctx.types().type_), &arguments)?;
    ctx.registry().set_text(ctx, KEY, class);
    Ok(class)
}

/// `__reduce__` of a stream over something outside the runtime.
pub const REDUCE: NativeDef = method("__reduce__($self, /)", "", Plain(refuse_pickling));
/// `__reduce_ex__` of such a stream.
pub const REDUCE_EX: NativeDef = method(
    "__reduce_ex__($self, protocol, /)",
    "",
    Plain(refuse_pickling),
);

/// `__getstate__` of such a stream.
pub const GETSTATE: NativeDef = method("__getstate__($self, /)", "", Plain(refuse_pickling));

fn refuse_pickling<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0].class(ctx).name();
    let class = class.to_string_lossy();
    Err(ctx.type_error(format!("cannot pickle '{class}' instances")))
}

/// The exception of an operation that a stream does not have.
pub fn unsupported<'gc>(ctx: Context<'gc>, message: &str) -> Raised<'gc> {
    let made = unsupported_class(ctx).and_then(|class| ctx.call(class, &[ctx.str_value(message)]));
    match made {
        Ok(value) => {
            exceptions::as_exception(ctx, value).unwrap_or_else(|| ctx.error(Exc::OSError, message))
        }
        Err(raised) => raised,
    }
}

/// The OSError of a system call that failed, with the file's name unless it is absent.
pub fn os_error<'gc>(
    ctx: Context<'gc>,
    error: &std::io::Error,
    filename: Value<'gc>,
) -> Raised<'gc> {
    let Some(number) = error.raw_os_error() else {
        return match error.kind() {
            std::io::ErrorKind::OutOfMemory => ctx.error_with(Exc::MemoryError, &[]),
            std::io::ErrorKind::InvalidInput => ctx.value_error("embedded null byte"),
            _ => ctx.error(Exc::OSError, error.to_string()),
        };
    };
    let number = i64::from(number);
    let mut arguments = vec![
        Value::Int(number),
        ctx.str_value(&crate::errno::strerror(number)),
    ];
    arguments.extend(filename.present());
    ctx.error_with(Exc::OSError, &arguments)
}

/// The parameter `size` of reading: none for all.
fn size_argument<'gc>(ctx: Context<'gc>, size: Value<'gc>) -> Result<Option<usize>, Raised<'gc>> {
    match size {
        Value::Absent | Value::None => Ok(None),
        Value::Float(_) | Value::ReadFloat(_) | Value::Str(_) | Value::Bytes(_) => Err(ctx
            .type_error(format!(
                "argument should be integer or None, not '{}'",
                ctx.type_name(size)
            ))),
        size => Ok(usize::try_from(ctx.index_i64(size, Exc::OverflowError)?).ok()),
    }
}

/// The parameter `newline`; `quoted` says how the error shows it.
fn newline_argument<'gc>(
    ctx: Context<'gc>,
    newline: Value<'gc>,
    quoted: bool,
) -> Result<Newline, Raised<'gc>> {
    let text = match newline {
        Value::Absent | Value::None => return Ok(Newline::Universal),
        value => value.as_str().ok_or_else(|| {
            ctx.type_error(format!(
                "newline must be str or None, not {}",
                ctx.type_name(value)
            ))
        })?,
    };
    match Newline::from_text(text.bytes()) {
        Some(newline) => Ok(newline),
        None if quoted => {
            let shown = ctx.repr(newline)?;
            let message = format!("illegal newline value: {}", shown.to_string_lossy());
            Err(ctx.value_error(message))
        }
        None => {
            let message = format!("illegal newline value: {}", text.to_string_lossy());
            Err(ctx.value_error(message))
        }
    }
}

/// `os.fspath`
pub fn fspath<'gc>(ctx: Context<'gc>, path: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    if path.as_str().is_some() || path.as_bytes().is_some() {
        return Ok(path);
    }
    let class = path.class(ctx);
    let Some(found) = ctx.call_special(path, ctx.intern("__fspath__"), &[])? else {
        return Err(ctx.type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            class.name_text()
        )));
    };
    if found.as_str().is_some() || found.as_bytes().is_some() {
        return Ok(found);
    }
    Err(ctx.type_error(format!(
        "expected {}.__fspath__() to return str or bytes, not {}",
        class.name_text(),
        ctx.type_name(found)
    )))
}

/// The system's form of a path argument, and what an error shows of it.
pub fn path_argument<'gc>(
    ctx: Context<'gc>,
    path: Value<'gc>,
) -> Result<(PathBuf, Value<'gc>), Raised<'gc>> {
    let path = fspath(ctx, path)?;
    let bytes = match (path.as_str(), path.as_bytes()) {
        (Some(text), _) => {
            let text = Text::new(text.bytes());
            codecs::encode(codecs::Codec::Utf8, text, Errors::Surrogateescape)
                .unwrap_or_else(|_| text.to_string_lossy().into_owned().into_bytes())
        }
        (_, Some(bytes)) => bytes.bytes().to_vec(),
        _ => Vec::new(),
    };
    if bytes.contains(&0) {
        return Err(ctx.value_error("embedded null byte"));
    }
    Ok((PathBuf::from(OsStr::from_bytes(&bytes)), path))
}

/// What the parameter `mode` of `open` asks for.
#[derive(Default)]
struct Mode {
    create: bool,
    read: bool,
    write: bool,
    append: bool,
    plus: bool,
    text: bool,
    binary: bool,
}

fn parse_mode<'gc>(ctx: Context<'gc>, text: &str) -> Result<Mode, Raised<'gc>> {
    let mut mode = Mode::default();
    for letter in text.chars() {
        let flag = match letter {
            'x' => &mut mode.create,
            'r' => &mut mode.read,
            'w' => &mut mode.write,
            'a' => &mut mode.append,
            '+' => &mut mode.plus,
            't' => &mut mode.text,
            'b' => &mut mode.binary,
            _ => return Err(ctx.value_error(format!("invalid mode: '{text}'"))),
        };
        if std::mem::replace(flag, true) {
            return Err(ctx.value_error(format!("invalid mode: '{text}'")));
        }
    }
    if mode.text && mode.binary {
        return Err(ctx.value_error("can't have text and binary mode at once"));
    }
    let kinds = [mode.create, mode.read, mode.write, mode.append];
    if kinds.iter().filter(|&&kind| kind).count() > 1 {
        return Err(ctx.value_error("must have exactly one of create/read/write/append mode"));
    }
    Ok(mode)
}

impl Mode {
    /// The attribute `mode` of the stream of bytes.
    fn name(&self) -> &'static str {
        match (self.create, self.append, self.plus, self.write) {
            (true, _, false, _) => "xb",
            (true, _, true, _) => "xb+",
            (_, true, false, _) => "ab",
            (_, true, true, _) => "ab+",
            (_, _, true, _) => "rb+",
            (_, _, false, true) => "wb",
            (_, _, false, false) => "rb",
        }
    }
}

/// `FileIO(file, mode, closefd, opener)`
fn file_io_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mode = match args[2].present() {
        None => "rb".to_owned(),
        Some(mode) => match mode.as_str() {
            Some(mode) => format!("{}b", mode.to_string_lossy().replace('b', "")),
            None => {
                return Err(ctx.type_error(format!(
                    "FileIO() argument 'mode' must be str, not {}",
                    ctx.type_name(mode)
                )));
            }
        },
    };
    if args[1]
        .as_small_int()
        .is_some_and(|descriptor| descriptor < 0)
    {
        return Err(ctx.value_error("negative file descriptor"));
    }
    let stream = open(
        ctx,
        &[
            args[1],
            ctx.str_value(&mode),
            Value::Int(0),
            Value::Absent,
            Value::Absent,
            Value::Absent,
            args[3],
            args[4],
        ],
    )?;
    let class = ctx.type_of_def(&binary::FILE_IO);
    match (args[0].as_type(), stream) {
        // The same stream, of the class that was asked for.
        (Some(derived), Value::Object(object)) if derived != class => {
            Ok(Value::Object(Object::new(ctx, derived, object.payload())))
        }
        (_, stream) => Ok(stream),
    }
}

/// `open` through the program's `opener`, which gives a descriptor.
fn open_with<'gc>(
    ctx: Context<'gc>,
    opener: Value<'gc>,
    mode: &Mode,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    /// Of C's `fcntl.h` on Linux; files are not inherited.
    const CREATE: i64 = 0o100;
    const EXCLUSIVE: i64 = 0o200;
    const TRUNCATE: i64 = 0o1000;
    const APPEND: i64 = 0o2000;
    const CLOSE_ON_EXEC: i64 = 0o2_000_000;
    let access = match (mode.plus, mode.read) {
        (true, _) => 2,
        (false, true) => 0,
        (false, false) => 1,
    };
    let how = if mode.create {
        EXCLUSIVE | CREATE
    } else if mode.append {
        APPEND | CREATE
    } else if mode.write {
        CREATE | TRUNCATE
    } else {
        0
    };
    let flags = Value::Int(access | how | CLOSE_ON_EXEC);
    let descriptor = ctx.call(opener, &[args[0], flags])?;
    if !descriptor.is_int() {
        return Err(ctx.type_error("expected integer from opener"));
    }
    if descriptor.as_small_int().is_some_and(|given| given < 0) {
        return Err(ctx.value_error(format!(
            "opener returned {}",
            descriptor.as_small_int().unwrap_or(-1)
        )));
    }
    let mut again = args.to_vec();
    again[0] = descriptor;
    again[7] = Value::Absent;
    open(ctx, &again)
}

/// `open`, once a file that nobody holds any more has given what was written to it.
fn open_when_written<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let held_back = args[0].as_str().is_some_and(|path| {
        std::fs::metadata(&*path.to_string_lossy())
            .is_ok_and(|metadata| writers::is_held_back(ctx, &metadata))
    });
    if held_back {
        return Ok(after_collection(args, open));
    }
    open(ctx, args).map(Flow::Return)
}

fn open<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mode_text = match args[1].present() {
        None => "r".into(),
        Some(mode) => match mode.as_str() {
            Some(mode) => mode.to_string_lossy(),
            None => {
                return Err(ctx.type_error(format!(
                    "open() argument 'mode' must be str, not {}",
                    ctx.type_name(mode)
                )));
            }
        },
    };
    let path = match args[0].is_int() {
        true => None,
        false => Some(path_argument(ctx, args[0])?.0),
    };
    let mode = parse_mode(ctx, &mode_text)?;
    let opener = args[7].or(Value::None);
    if let (false, Some(_)) = (opener.is_none(), &path) {
        return open_with(ctx, opener, &mode, args);
    }
    let keeps_file = args[6]
        .present()
        .map_or(Ok(false), |close| ctx.truth(close).map(|c| !c))?;
    if keeps_file && path.is_some() {
        return Err(ctx.value_error("Cannot use closefd=False with file name"));
    }
    let given = |value: Value<'gc>| !matches!(value, Value::Absent | Value::None);
    if mode.binary {
        for (value, name) in [
            (args[3], "an encoding"),
            (args[4], "an errors"),
            (args[5], "a newline"),
        ] {
            if given(value) {
                let message = format!("binary mode doesn't take {name} argument");
                return Err(ctx.value_error(message));
            }
        }
    }
    if !(mode.create || mode.read || mode.write || mode.append) {
        return Err(ctx.value_error(
            "Must have exactly one of create/read/write/append mode and at most one plus",
        ));
    }
    let buffering = match args[2].present() {
        Some(buffering) => ctx.index_i64(buffering, Exc::OverflowError)?,
        None => -1,
    };
    let options = text::Options {
        mode: ctx.str_value(&mode_text),
        encoding: args[3],
        errors: args[4],
        newline: args[5],
    };
    if !mode.binary {
        newline_argument(ctx, args[5], false)?;
    }
    let mut how = std::fs::OpenOptions::new();
    how.read(mode.read || mode.plus)
        .write(mode.write || mode.create || (mode.read && mode.plus))
        .append(mode.append)
        .truncate(mode.write)
        .create(mode.write || mode.append)
        .create_new(mode.create);
    let failed = |error: &std::io::Error| os_error(ctx, error, args[0]);
    let mut file = match path {
        Some(path) => how.open(&path).map_err(|error| failed(&error))?,
        None => {
            let descriptor = ctx.index_i64(args[0], Exc::OverflowError)?;
            let keep = args[6]
                .present()
                .map_or(Ok(false), |close| ctx.truth(close).map(|c| !c))?;
            let file = if keep {
                crate::posix::share_file(descriptor)
            } else {
                crate::posix::take_file(descriptor)
            };
            file.ok_or_else(|| failed(&std::io::Error::from_raw_os_error(9)))?
        }
    };
    let metadata = file.metadata();
    if metadata.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
        return Err(failed(&std::io::Error::from_raw_os_error(21)));
    }
    if mode.append {
        // A pipe has no end to go to.
        let _ = file.seek(SeekFrom::End(0));
    }
    if buffering == 0 && !mode.binary {
        return Err(ctx.value_error("can't have unbuffered text I/O"));
    }
    let class = match (buffering, mode.plus, mode.read) {
        (0, ..) => &binary::FILE_IO,
        (_, true, _) => &binary::BUFFERED_RANDOM,
        (_, _, true) => &binary::BUFFERED_READER,
        _ => &binary::BUFFERED_WRITER,
    };
    let data = Binary {
        lent: None,
        descriptor: file.as_raw_fd().into(),
        backing: Rc::new(RefCell::new(Backing::file(file, buffering == 0))),
        name: args[0],
        mode: mode.name(),
    };
    if let Ok(metadata) = metadata
        && (mode.write || mode.append || mode.create || mode.plus)
    {
        writers::note(ctx, &metadata, &data.backing);
    }
    let class = ctx.type_of_def(class);
    let stream = Value::Object(Object::with_native::<Binary<'static>>(ctx, class, data));
    if mode.binary {
        return Ok(stream);
    }
    text::wrap(ctx, Value::Absent, stream, &options)
}
