//! `io` (and `_io`): streams, and `open`.

pub mod backing;
pub mod base;
pub mod binary;
pub mod buffered;
pub mod bytes_io;
pub mod file_io;
pub mod files;
pub mod layers;
pub mod newline;
pub mod newline_decoder;
pub mod string;
pub mod text;
pub mod writers;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function, method};
use capers_runtime::raised::Raised;
use capers_runtime::text::Text;
use capers_runtime::text::codecs::{self, Errors};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, after_collection, and_then};

use file_io::Mode;
use newline::Newline;

/// The module.
pub static IO: ModuleDef = ModuleDef {
    name: "_io",
    doc: "The io module provides the Python interfaces to stream handling.",
    functions: &[
        function(
            "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
            "Open file and return a stream.  Raise OSError upon failure.",
            FlowCall(open_when_written),
        ),
        function(
            "open_code(path)",
            "Opens the provided file with the intent to import the contents.",
            FlowCall(|ctx, args| {
                if args[0].as_str().is_none() {
                    return Err(ctx.type_error(format!(
                        "open_code() argument 'path' must be str, not {}",
                        ctx.type_name(args[0])
                    )));
                }
                let mut all = [Value::Absent; 8];
                (all[0], all[1]) = (args[0], ctx.str_value("rb"));
                open_when_written(ctx, &all)
            }),
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
        &file_io::FILE_IO,
        &buffered::BUFFERED_READER,
        &buffered::BUFFERED_WRITER,
        &buffered::BUFFERED_RANDOM,
        &buffered::BUFFERED_RW_PAIR,
        &newline_decoder::NEWLINE_DECODER,
        &string::STRING_IO,
        &text::TEXT_IO_WRAPPER,
    ],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    dict.set_text(ctx, "UnsupportedOperation", unsupported_class(ctx)?);
    dict.set_text(
        ctx,
        "DEFAULT_BUFFER_SIZE",
        Value::from_usize(ctx.mc, DEFAULT_BUFFER_SIZE),
    );
    let blocking = Value::Type(ctx.exceptions().get(Exc::BlockingIOError));
    dict.set_text(ctx, "BlockingIOError", blocking);
    install(ctx);
    // The module and `builtins` have one `open`.
    if let Some(open) = ctx.builtins().get_text(ctx, "open") {
        dict.set_text(ctx, "open", open);
    }
    Ok(())
}

/// `io.DEFAULT_BUFFER_SIZE`
pub const DEFAULT_BUFFER_SIZE: usize = 131_072;

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

/// `__getstate__` of a stream over something outside the runtime.
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

/// What the parameter `mode` of `open` asks for; also whether it asks for bytes.
fn parse_mode<'gc>(ctx: Context<'gc>, text: &str) -> Result<(Mode, bool), Raised<'gc>> {
    let mut mode = Mode::default();
    let (mut in_text, mut in_bytes) = (false, false);
    for letter in text.chars() {
        let flag = match letter {
            'x' => &mut mode.create,
            'r' => &mut mode.read,
            'w' => &mut mode.write,
            'a' => &mut mode.append,
            '+' => &mut mode.plus,
            't' => &mut in_text,
            'b' => &mut in_bytes,
            _ => return Err(ctx.value_error(format!("invalid mode: '{text}'"))),
        };
        if std::mem::replace(flag, true) {
            return Err(ctx.value_error(format!("invalid mode: '{text}'")));
        }
    }
    if in_text && in_bytes {
        return Err(ctx.value_error("can't have text and binary mode at once"));
    }
    if mode.kinds() > 1 {
        return Err(ctx.value_error("must have exactly one of create/read/write/append mode"));
    }
    Ok((mode, in_bytes))
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
        return Ok(after_collection(args, |ctx, args| {
            ctx.complete(open(ctx, args)?)
        }));
    }
    open(ctx, args)
}

fn open<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
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
    if !args[0].is_int() {
        path_argument(ctx, args[0])?;
    }
    let (mode, in_bytes) = parse_mode(ctx, &mode_text)?;
    let given = |value: Value<'gc>| !matches!(value, Value::Absent | Value::None);
    if in_bytes {
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
    if mode.kinds() == 0 {
        return Err(ctx.value_error(file_io::ONE_KIND));
    }
    let buffering = match args[2].present() {
        Some(buffering) => ctx.index_i64(buffering, Exc::OverflowError)?,
        None => -1,
    };
    if buffering < -1 {
        return Err(ctx.value_error("invalid buffering size"));
    }
    if !in_bytes {
        newline_argument(ctx, args[5], false)?;
    }
    let closes = args[6]
        .present()
        .map_or(Ok(true), |close| ctx.truth(close))?;
    let raw = file_io::open(ctx, args[0], mode, closes, args[7].or(Value::None))?;
    if buffering == 0 && !in_bytes {
        return Err(ctx.value_error("can't have unbuffered text I/O"));
    }
    if buffering == 0 {
        return Ok(Flow::Return(raw));
    }
    let kind = match (mode.plus, mode.read) {
        (true, _) => "rb+",
        (_, true) => "rb",
        _ => "wb",
    };
    let buffer = file_io::buffer_over(ctx, raw, kind)?;
    if in_bytes {
        return Ok(Flow::Return(buffer));
    }
    let is_terminal = binary::isatty(ctx, &[raw]).is_ok_and(|value| value.is(Value::bool(true)));
    let options = text::Options {
        encoding: args[3],
        errors: args[4],
        newline: args[5],
        line_buffering: buffering == 1 || (buffering < 0 && is_terminal),
        write_through: false,
    };
    let flow = text::wrap(ctx, buffer, &options)?;
    let state = vec![ctx.str_value(&mode_text)];
    and_then(ctx, flow, state, |ctx, state, stream| {
        let stream = stream?;
        ctx.set_attr(stream, ctx.intern("mode"), state[0])?;
        Ok(Flow::Return(stream))
    })
}
