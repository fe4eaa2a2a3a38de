//! The standard streams as `sys` has them at the start: text over the process's
//! own streams, with a write buffer.

use std::cell::RefCell;
use std::io::{BufRead, Read, Write};

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::method;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::Collect;

/// Which of the three streams.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Which {
    /// Standard input.
    In,
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// The struct behind a standard stream.
#[derive(Collect)]
#[collect(require_static)]
pub struct StandardStream {
    which: Which,
    buffer: RefCell<Vec<u8>>,
}

impl NativeData for StandardStream {
    type Data<'gc> = StandardStream;
}

impl Drop for StandardStream {
    fn drop(&mut self) {
        // Nobody is left to hear of an error.
        let _ = self.flush();
    }
}

/// Text is written to the process once the buffer holds this many bytes.
const BUFFER: usize = 1 << 16;

impl StandardStream {
    fn flush(&self) -> std::io::Result<()> {
        let bytes = std::mem::take(&mut *self.buffer.borrow_mut());
        if bytes.is_empty() {
            return Ok(());
        }
        match self.which {
            Which::Err => std::io::stderr().write_all(&bytes),
            _ => {
                let mut out = std::io::stdout();
                out.write_all(&bytes)?;
                out.flush()
            }
        }
    }
}

/// A new stream object.
pub fn stream<'gc>(ctx: Context<'gc>, which: Which) -> Value<'gc> {
    let class = ctx.type_of_def(&STANDARD_STREAM);
    let data = StandardStream {
        which,
        buffer: RefCell::default(),
    };
    Value::Object(Object::with_native::<StandardStream>(ctx, class, data))
}

/// The type of the standard streams.
pub static STANDARD_STREAM: TypeDef = TypeDef {
    name: "TextIOWrapper",
    module: "_io",
    base: Some(&crate::io::base::TEXT_IO_BASE),
    has_dict: true,
    methods: &[
        method(
            "readable($self, /)",
            "",
            Plain(|ctx, args| Ok(Value::bool(this(ctx, args[0])?.which == Which::In))),
        ),
        method(
            "writable($self, /)",
            "",
            Plain(|ctx, args| Ok(Value::bool(this(ctx, args[0])?.which != Which::In))),
        ),
        method(
            "write($self, text, /)",
            "Write string s to stream.",
            Plain(write),
        ),
        method("flush($self, /)", "", Plain(flush)),
        method("readline($self, size=-1, /)", "", Plain(readline)),
        method("read($self, size=-1, /)", "", Plain(read)),
        method("isatty($self, /)", "", Plain(isatty)),
        method("fileno($self, /)", "", Plain(fileno)),
    ],
    getsets: &[
        getter("encoding", "", |ctx, _| Ok(ctx.str_value("utf-8"))),
        getter("errors", "", |ctx, _| Ok(ctx.str_value("strict"))),
        getter("closed", "", |_, _| Ok(Value::bool(false))),
        getter("mode", "", |ctx, v| {
            let which = this(ctx, v)?.which;
            Ok(ctx.str_value(if which == Which::In { "r" } else { "w" }))
        }),
        getter("name", "", |ctx, v| {
            Ok(ctx.str_value(match this(ctx, v)?.which {
                Which::In => "<stdin>",
                Which::Out => "<stdout>",
                Which::Err => "<stderr>",
            }))
        }),
        getter("buffer", "", |ctx, v| {
            this(ctx, v)?;
            let class = ctx.type_of_def(&STANDARD_BUFFER);
            let data = StandardBuffer { stream: v };
            let object = Object::with_native::<StandardBuffer<'static>>(ctx, class, data);
            Ok(Value::Object(object))
        }),
    ],
    ..TypeDef::DEFAULT
};

/// The struct behind a standard stream's `buffer`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct StandardBuffer<'gc> {
    stream: Value<'gc>,
}

impl NativeData for StandardBuffer<'static> {
    type Data<'gc> = StandardBuffer<'gc>;
}

/// The bytes under a standard stream, which share its write buffer.
static STANDARD_BUFFER: TypeDef = TypeDef {
    name: "BufferedWriter",
    module: "_io",
    base: Some(&crate::io::base::BUFFERED_IO_BASE),
    methods: &[
        method("write($self, b, /)", "", Plain(write_bytes)),
        method("read($self, size=-1, /)", "", Plain(read_bytes)),
        method("readline($self, size=-1, /)", "", Plain(readline_bytes)),
        method(
            "flush($self, /)",
            "",
            Plain(|ctx, args| flush(ctx, &[under(ctx, args[0])?])),
        ),
        method(
            "fileno($self, /)",
            "",
            Plain(|ctx, args| fileno(ctx, &[under(ctx, args[0])?])),
        ),
    ],
    ..TypeDef::DEFAULT
};

fn under<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    value
        .native::<StandardBuffer<'static>>()
        .map(|buffer| buffer.stream)
        .ok_or_else(|| ctx.value_error("I/O operation on uninitialized object"))
}

fn write_bytes<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = this(ctx, under(ctx, args[0])?)?;
    let bytes = crate::io::binary::bytes_like(ctx, args[1])?;
    let full = {
        let mut buffer = stream.buffer.borrow_mut();
        buffer.extend_from_slice(&bytes);
        buffer.len() >= BUFFER || stream.which == Which::Err
    };
    if full {
        stream.flush().map_err(|error| os_error(ctx, &error))?;
    }
    Ok(Value::from_usize(ctx.mc, bytes.len()))
}

fn read_bytes<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let limit = match args[1].as_small_int() {
        Some(size) if size >= 0 => size as u64,
        _ => u64::MAX,
    };
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|e| os_error(ctx, &e))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

fn readline_bytes<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut line = Vec::new();
    std::io::stdin()
        .lock()
        .read_until(b'\n', &mut line)
        .map_err(|e| os_error(ctx, &e))?;
    Ok(Value::Bytes(ctx.bytes_from_vec(line)))
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc StandardStream, Raised<'gc>> {
    value
        .native::<StandardStream>()
        .ok_or_else(|| ctx.value_error("I/O operation on uninitialized object"))
}

fn os_error<'gc>(ctx: Context<'gc>, error: &std::io::Error) -> Raised<'gc> {
    crate::io::os_error(ctx, error, Value::Absent)
}

fn write<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let stream = this(ctx, args[0])?;
    let Some(text) = args[1].as_str() else {
        return Err(ctx.type_error(format!(
            "write() argument must be str, not {}",
            ctx.type_name(args[1])
        )));
    };
    if text.to_str().is_none() {
        let codec = capers_runtime::text::codecs::lookup("utf-8");
        let text = capers_runtime::text::Text::new(text.bytes());
        if let Some(Err(error)) = codec.map(|c| {
            capers_runtime::text::codecs::encode(
                c,
                text,
                capers_runtime::text::codecs::Errors::Strict,
            )
        }) {
            let arguments = [
                ctx.str_value("utf-8"),
                args[1],
                Value::Int(error.start as i64),
                Value::Int(error.end as i64),
                ctx.str_value("surrogates not allowed"),
            ];
            return Err(ctx.error_with(Exc::UnicodeEncodeError, &arguments));
        }
    }
    let full = {
        let mut buffer = stream.buffer.borrow_mut();
        buffer.extend_from_slice(text.bytes());
        buffer.len() >= BUFFER || stream.which == Which::Err
    };
    if full {
        stream.flush().map_err(|error| os_error(ctx, &error))?;
    }
    Ok(Value::from_usize(ctx.mc, text.char_count()))
}

fn flush<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    this(ctx, args[0])?
        .flush()
        .map_err(|error| os_error(ctx, &error))?;
    Ok(Value::None)
}

fn readline<'gc>(ctx: Context<'gc>, _args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut line = Vec::new();
    std::io::stdin()
        .lock()
        .read_until(b'\n', &mut line)
        .map_err(|e| os_error(ctx, &e))?;
    Ok(ctx.str_value(&String::from_utf8_lossy(&line)))
}

fn read<'gc>(ctx: Context<'gc>, _args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut text = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut text)
        .map_err(|e| os_error(ctx, &e))?;
    Ok(ctx.str_value(&String::from_utf8_lossy(&text)))
}

fn isatty<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    use std::io::IsTerminal;
    Ok(Value::bool(match this(ctx, args[0])?.which {
        Which::In => std::io::stdin().is_terminal(),
        Which::Out => std::io::stdout().is_terminal(),
        Which::Err => std::io::stderr().is_terminal(),
    }))
}

fn fileno<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Int(match this(ctx, args[0])?.which {
        Which::In => 0,
        Which::Out => 1,
        Which::Err => 2,
    }))
}
