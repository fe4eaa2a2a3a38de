//! `TextIOWrapper`: text over a stream of bytes.

use std::cell::{Cell, RefCell};
use std::io::SeekFrom;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::text::Text;
use capers_runtime::text::codecs::{self, Codec, Errors};
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::base::TEXT_IO_BASE;
use super::binary::Binary;
use super::newline::Newline;
use super::{newline_argument, os_error, python_streams, size_argument, unsupported};

/// The struct behind a `TextIOWrapper`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Wrapper<'gc> {
    buffer: Value<'gc>,
    /// The attribute `mode`; absent where nobody set it.
    mode: Value<'gc>,
    #[collect(require_static)]
    encoding: RefCell<String>,
    #[collect(require_static)]
    codec: Cell<Codec>,
    #[collect(require_static)]
    errors: Cell<Errors>,
    #[collect(require_static)]
    newline: Cell<Newline>,
    #[collect(require_static)]
    line_buffering: Cell<bool>,
    #[collect(require_static)]
    detached: Cell<bool>,
    #[collect(require_static)]
    ahead: RefCell<Ahead>,
}

impl NativeData for Wrapper<'static> {
    type Data<'gc> = Wrapper<'gc>;
}

/// Text that was decoded and not yet read.
#[derive(Default)]
struct Ahead {
    text: Vec<u8>,
    at: usize,
    /// The byte position of the beginning of `text` in the stream.
    start: u64,
}

/// The type.
pub static TEXT_IO_WRAPPER: TypeDef = TypeDef {
    name: "TextIOWrapper",
    module: "_io",
    base: Some(&TEXT_IO_BASE),
    doc: "Character and line based layer over a BufferedIOBase object, buffer.",
    has_dict: true,
    methods: &[
        super::REDUCE,
        super::REDUCE_EX,
        super::GETSTATE,
        new("__new__($type, /, *args, **kwargs)", Plain(text_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        method("detach($self, /)", "", Plain(detach)),
        method(
            "reconfigure($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
            "Reconfigure the text stream with new parameters.\n\nThis also does an implicit stream flush.",
            Plain(reconfigure),
        ),
        method("read($self, size=-1, /)", "", Plain(read)),
        method("readline($self, size=-1, /)", "", Plain(readline)),
        method("write($self, text, /)", "", Plain(write)),
        method("seek($self, cookie, whence=0, /)", "", Plain(seek)),
        method("tell($self, /)", "", Plain(tell)),
        method("truncate($self, pos=None, /)", "", Plain(truncate)),
        method(
            "close($self, /)",
            "",
            Plain(|ctx, args| forward(ctx, args[0], "close")),
        ),
        method(
            "flush($self, /)",
            "",
            Plain(|ctx, args| {
                open(ctx, args[0])?;
                forward(ctx, args[0], "flush")
            }),
        ),
        method(
            "fileno($self, /)",
            "",
            Plain(|ctx, args| forward(ctx, args[0], "fileno")),
        ),
        method(
            "readable($self, /)",
            "",
            Plain(|ctx, args| forward(ctx, args[0], "readable")),
        ),
        method(
            "writable($self, /)",
            "",
            Plain(|ctx, args| forward(ctx, args[0], "writable")),
        ),
        method(
            "seekable($self, /)",
            "",
            Plain(|ctx, args| forward(ctx, args[0], "seekable")),
        ),
    ],
    getsets: &[
        getter("buffer", "", |ctx, v| Ok(this(ctx, v)?.buffer)),
        getter("encoding", "", |ctx, v| {
            Ok(ctx.str_value(&this(ctx, v)?.encoding.borrow()))
        }),
        getter("errors", "", |ctx, v| {
            Ok(ctx.str_value(this(ctx, v)?.errors.get().name()))
        }),
        getter("line_buffering", "", |ctx, v| {
            Ok(Value::bool(this(ctx, v)?.line_buffering.get()))
        }),
        getter("write_through", "", |_, _| Ok(Value::bool(false))),
        getter("mode", "", |ctx, v| {
            let wrapper = this(ctx, v)?;
            match wrapper.mode.present() {
                Some(mode) => Ok(mode),
                None => ctx.get_attr(wrapper.buffer, ctx.intern("mode")),
            }
        }),
        getter("name", "", |ctx, v| {
            ctx.get_attr(this(ctx, v)?.buffer, ctx.intern("name"))
        }),
        getter("closed", "", |ctx, v| {
            ctx.get_attr(this(ctx, v)?.buffer, ctx.intern("closed"))
        }),
    ],
    ..TypeDef::DEFAULT
};

/// What a wrapper is made with besides its buffer.
pub struct Options<'gc> {
    /// The attribute `mode`, perhaps absent.
    pub mode: Value<'gc>,
    /// The parameter `encoding`, perhaps absent.
    pub encoding: Value<'gc>,
    /// The parameter `errors`, perhaps absent.
    pub errors: Value<'gc>,
    /// The parameter `newline`, perhaps absent.
    pub newline: Value<'gc>,
}

/// The codec and the error handler of the parameters; also how the encoding is spelt.
pub fn codec_of<'gc>(
    ctx: Context<'gc>,
    options: &Options<'gc>,
) -> Result<(Codec, String, Errors), Raised<'gc>> {
    let encoding = match options.encoding.as_str().map(|e| e.to_string_lossy()) {
        None => "UTF-8".into(),
        Some(name) if name == "locale" => "UTF-8".into(),
        Some(name) => name,
    };
    let Some(codec) = codecs::lookup(&encoding) else {
        let message = format!("unknown encoding: {encoding}");
        return Err(ctx.error(Exc::LookupError, message));
    };
    let errors = match options.errors.as_str().map(|e| e.to_string_lossy()) {
        None => Errors::Strict,
        Some(name) => Errors::from_name(&name).ok_or_else(|| {
            let message = format!("unknown error handler name '{name}'");
            ctx.error(Exc::LookupError, message)
        })?,
    };
    Ok((codec, encoding.into_owned(), errors))
}

/// A new wrapper of `class`.
pub fn wrap<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    buffer: Value<'gc>,
    options: &Options<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let class = class
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&TEXT_IO_WRAPPER));
    let newline = newline_argument(ctx, options.newline, false)?;
    let (codec, encoding, errors) = codec_of(ctx, options)?;
    let data = Wrapper {
        buffer,
        mode: options.mode,
        encoding: RefCell::new(encoding),
        codec: Cell::new(codec),
        errors: Cell::new(errors),
        newline: Cell::new(newline),
        line_buffering: Cell::new(false),
        detached: Cell::new(false),
        ahead: RefCell::default(),
    };
    let object = Object::with_native::<Wrapper<'static>>(ctx, class, data);
    Ok(Value::Object(object))
}

fn text_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    python_streams::allocate(ctx, &TEXT_IO_WRAPPER, "TextIOWrapper", args[0])
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Wrapper<'gc>, Raised<'gc>> {
    match value.native::<Wrapper<'static>>() {
        Some(wrapper) if wrapper.detached.get() => {
            Err(ctx.value_error("underlying buffer has been detached"))
        }
        Some(wrapper) => Ok(wrapper),
        None => Err(ctx.value_error("I/O operation on uninitialized object")),
    }
}

/// Gives up the stream of bytes.
fn detach<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (wrapper, stream) = open(ctx, args[0])?;
    settle(ctx, wrapper, stream)?;
    forward(ctx, args[0], "flush")?;
    wrapper.detached.set(true);
    Ok(wrapper.buffer)
}

/// Changes how the rest is read or written.
fn reconfigure<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (wrapper, stream) = open(ctx, args[0])?;
    let [_, encoding, errors, newline, line_buffering, ..] = *args else {
        return Ok(Value::None);
    };
    let given = |value: Value<'gc>| !value.or(Value::None).is_none();
    if given(encoding) || given(errors) || !newline.is_absent() {
        if !wrapper.ahead.borrow().text.is_empty() {
            let message =
                "It is not possible to set the encoding or newline of stream after the first read";
            return Err(unsupported(ctx, message));
        }
        let kept = ctx.str_value(&wrapper.encoding.borrow());
        let kept_errors = match given(encoding) {
            true => Value::Absent,
            false => ctx.str_value(wrapper.errors.get().name()),
        };
        let options = Options {
            mode: Value::Absent,
            encoding: if given(encoding) { encoding } else { kept },
            errors: if given(errors) { errors } else { kept_errors },
            newline: Value::Absent,
        };
        let (codec, encoding, errors) = codec_of(ctx, &options)?;
        if !newline.is_absent() {
            wrapper.newline.set(newline_argument(ctx, newline, false)?);
        }
        settle(ctx, wrapper, stream)?;
        wrapper.codec.set(codec);
        wrapper.errors.set(errors);
        *wrapper.encoding.borrow_mut() = encoding;
    }
    forward(ctx, args[0], "flush")?;
    if given(line_buffering) {
        wrapper.line_buffering.set(ctx.truth(line_buffering)?);
    }
    Ok(Value::None)
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let wrapper = this(ctx, args[0])?;
    let mut text = format!("<{}", ctx.type_name(args[0]));
    for name in ["name", "mode"] {
        if let Some(value) = ctx.try_attr(args[0], ctx.intern(name))? {
            let shown = ctx.repr(value)?;
            text.push_str(&format!(" {name}={}", shown.to_string_lossy()));
        }
    }
    text.push_str(&format!(" encoding='{}'>", wrapper.encoding.borrow()));
    Ok(ctx.str_value(&text))
}

/// The wrapper and the native stream under it, if that is open.
fn open<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<(&'gc Wrapper<'gc>, &'gc Binary<'gc>), Raised<'gc>> {
    let wrapper = this(ctx, value)?;
    // DIFFERENCE: only the streams of this module can be wrapped.
    let Some(stream) = wrapper.buffer.native::<Binary<'static>>() else {
        return Err(unsupported(
            ctx,
            "TextIOWrapper over a stream written in Python",
        ));
    };
    if stream.closed() {
        return Err(ctx.value_error("I/O operation on closed file."));
    }
    Ok((wrapper, stream))
}

fn forward<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    method: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.call_method(this(ctx, value)?.buffer, ctx.intern(method), &[])
}

/// Makes sure that text is decoded, unless the stream is at its end.
fn load<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<(&'gc Wrapper<'gc>, std::cell::RefMut<'gc, Ahead>), Raised<'gc>> {
    let (wrapper, stream) = open(ctx, value)?;
    if !stream.readable() {
        return Err(unsupported(ctx, "not readable"));
    }
    let mut ahead = wrapper.ahead.borrow_mut();
    if ahead.at >= ahead.text.len() {
        let mut backing = stream.backing.borrow_mut();
        let start = backing.tell().unwrap_or(0);
        let bytes = backing
            .read(None)
            .map_err(|error| os_error(ctx, &error, Value::Absent))?;
        let (text, _) =
            codecs::decode(wrapper.codec.get(), &bytes, wrapper.errors.get()).map_err(|error| {
                let arguments = [
                    ctx.str_value(error.encoding),
                    Value::Bytes(ctx.bytes(&bytes)),
                    Value::from_usize(ctx.mc, error.start),
                    Value::from_usize(ctx.mc, error.end),
                    ctx.str_value(error.reason),
                ];
                ctx.error_with(Exc::UnicodeDecodeError, &arguments)
            })?;
        *ahead = Ahead { text, at: 0, start };
    }
    Ok((wrapper, ahead))
}

fn take<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    end: impl FnOnce(Newline, &[u8], Option<usize>) -> usize,
) -> Result<Value<'gc>, Raised<'gc>> {
    let size = size_argument(ctx, args[1])?;
    let (wrapper, mut ahead) = load(ctx, args[0])?;
    let rest = &ahead.text[ahead.at..];
    let end = end(wrapper.newline.get(), rest, size);
    let text = ctx.str_from_vec(wrapper.newline.get().reading(&rest[..end]));
    ahead.at += end;
    Ok(Value::Str(text))
}

fn read<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    take(ctx, args, |newline, rest, size| match size {
        Some(size) => newline.prefix(rest, size),
        None => rest.len(),
    })
}

fn readline<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    take(ctx, args, Newline::line)
}

/// The byte position of what is read next.
fn position<'gc>(
    ctx: Context<'gc>,
    wrapper: &Wrapper<'gc>,
    stream: &Binary<'gc>,
) -> Result<u64, Raised<'gc>> {
    let ahead = wrapper.ahead.borrow();
    if ahead.text.is_empty() {
        let told = stream.backing.borrow_mut().tell();
        return told.map_err(|error| os_error(ctx, &error, Value::Absent));
    }
    let used = Text::new(&ahead.text[..ahead.at]);
    let length = codecs::encode(wrapper.codec.get(), used, wrapper.errors.get())
        .map_or(ahead.at, |b| b.len());
    Ok(ahead.start + length as u64)
}

/// Forgets decoded text, so that the stream is where the program thinks it is.
fn settle<'gc>(
    ctx: Context<'gc>,
    wrapper: &Wrapper<'gc>,
    stream: &Binary<'gc>,
) -> Result<(), Raised<'gc>> {
    if wrapper.ahead.borrow().text.is_empty() {
        return Ok(());
    }
    let at = position(ctx, wrapper, stream)?;
    let moved = stream.backing.borrow_mut().seek(SeekFrom::Start(at));
    moved.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    *wrapper.ahead.borrow_mut() = Ahead::default();
    Ok(())
}

fn write<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (wrapper, stream) = open(ctx, args[0])?;
    let Some(text) = args[1].as_str() else {
        return Err(ctx.type_error(format!(
            "write() argument must be str, not {}",
            ctx.type_name(args[1])
        )));
    };
    if !stream.writable() {
        return Err(unsupported(ctx, "not writable"));
    }
    settle(ctx, wrapper, stream)?;
    let stored = wrapper.newline.get().writing(text.bytes());
    let mut bytes = codecs::encode(
        wrapper.codec.get(),
        Text::new(&stored),
        wrapper.errors.get(),
    )
    .map_err(|error| {
        let arguments = [
            ctx.str_value(error.encoding),
            Value::Str(ctx.str_from_bytes(&stored)),
            Value::from_usize(ctx.mc, error.start),
            Value::from_usize(ctx.mc, error.end),
            ctx.str_value(error.reason),
        ];
        ctx.error_with(Exc::UnicodeEncodeError, &arguments)
    })?;
    let mut backing = stream.backing.borrow_mut();
    // Only the beginning of the stream has a byte order mark.
    let mark = codecs::encode(wrapper.codec.get(), Text::new(b""), wrapper.errors.get())
        .unwrap_or_default();
    if !mark.is_empty() && backing.tell().is_ok_and(|at| at > 0) {
        bytes.drain(..mark.len());
    }
    backing
        .write(&bytes)
        .map_err(|error| os_error(ctx, &error, Value::Absent))?;
    drop(backing);
    if wrapper.line_buffering.get() && text.bytes().iter().any(|b| matches!(b, b'\n' | b'\r')) {
        forward(ctx, args[0], "flush")?;
    }
    Ok(Value::from_usize(ctx.mc, text.char_count()))
}

fn seek<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (wrapper, stream) = open(ctx, args[0])?;
    let cookie = ctx.index_i64(args[1], Exc::OverflowError)?;
    let whence = match args[2].present() {
        Some(whence) => ctx.index_i64(whence, Exc::OverflowError)?,
        None => 0,
    };
    let to = match whence {
        0 if cookie < 0 => {
            return Err(ctx.value_error(format!("negative seek position {cookie}")));
        }
        0 => SeekFrom::Start(cookie as u64),
        1 if cookie != 0 => return Err(unsupported(ctx, "can't do nonzero cur-relative seeks")),
        2 if cookie != 0 => return Err(unsupported(ctx, "can't do nonzero end-relative seeks")),
        1 => SeekFrom::Start(position(ctx, wrapper, stream)?),
        2 => SeekFrom::End(0),
        _ => {
            return Err(ctx.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)")));
        }
    };
    let moved = stream.backing.borrow_mut().seek(to);
    let at = moved.map_err(|error| os_error(ctx, &error, Value::Absent))?;
    *wrapper.ahead.borrow_mut() = Ahead::default();
    Ok(Value::from_usize(ctx.mc, at as usize))
}

fn tell<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (wrapper, stream) = open(ctx, args[0])?;
    let at = position(ctx, wrapper, stream)?;
    Ok(Value::from_usize(ctx.mc, at as usize))
}

fn truncate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (wrapper, stream) = open(ctx, args[0])?;
    settle(ctx, wrapper, stream)?;
    let size = args[1].or(Value::None);
    ctx.call_method(wrapper.buffer, ctx.intern("truncate"), &[size])
}
