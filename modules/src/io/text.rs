//! `TextIOWrapper`: text over a stream of bytes. Over a buffered file and with a codec of
//! the text kernel it works natively, otherwise a machine does (see `layers`).

use std::cell::{Cell, RefCell};
use std::io::SeekFrom;

use capers_runtime::context::Context;
use capers_runtime::erased::{Erased, NativeData};
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::text::codecs::{self, Codec, Decoder, Errors};
use capers_runtime::text::{Text, wtf8};
use capers_runtime::types::def::{TypeDef, getset, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Next, and_then};
use gc_arena::Collect;

use super::base::TEXT_IO_BASE;
use super::binary::Binary;
use super::buffered::{BUFFERED_RANDOM, BUFFERED_READER, BUFFERED_WRITER};
use super::newline::Newline;
use super::{layers, newline_argument, os_error, size_argument, unsupported};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The struct behind a `TextIOWrapper` that works natively.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Wrapper<'gc> {
    buffer: Value<'gc>,
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
    write_through: Cell<bool>,
    /// Whether `tell` may be asked: not while lines are being iterated over.
    #[collect(require_static)]
    telling: Cell<bool>,
    /// How many bytes are read at a time.
    #[collect(require_static)]
    chunk: Cell<usize>,
    #[collect(require_static)]
    ahead: RefCell<Ahead>,
}

impl NativeData for Wrapper<'static> {
    type Data<'gc> = Wrapper<'gc>;
}

/// The attribute `_CHUNK_SIZE` of a new wrapper.
const CHUNK: usize = 8192;

/// Text that was decoded and not yet read.
#[derive(Default)]
struct Ahead {
    text: Vec<u8>,
    at: usize,
    /// The byte position of the beginning of `text` in the stream.
    start: u64,
    /// The bytes of a sequence that the last piece cut off.
    pending: Vec<u8>,
    /// Whether something was read since the last write or seek.
    begun: bool,
    /// Which line ends were met: `\r`, `\n`, `\r\n`.
    seen: [bool; 3],
    /// Whether the last character seen was a `\r`.
    after_return: bool,
}

macro_rules! either {
    ($name:literal, $native:expr) => {
        FlowCall(|ctx, args| layers::either(ctx, args, $name, $native))
    };
}

/// The type.
pub static TEXT_IO_WRAPPER: TypeDef = TypeDef {
    name: "TextIOWrapper",
    module: "_io",
    base: Some(&TEXT_IO_BASE),
    doc: "Character and line based layer over a BufferedIOBase object, buffer.",
    has_dict: true,
    methods: &[
        super::GETSTATE,
        new(
            "__new__($type, *args, **kwargs)",
            Plain(|ctx, args| Ok(layers::allocate(ctx, &TEXT_IO_WRAPPER, args[0]))),
        ),
        slot(
            "__init__($self, /, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(init),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__next__($self, /)",
            "Implement next(self).",
            FlowCall(next_slot),
        ),
        method("detach($self, /)", "", either!("detach", detach)),
        method(
            "reconfigure($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
            "Reconfigure the text stream with new parameters.\n\nThis also does an implicit stream flush.",
            FlowCall(reconfigure),
        ),
        method("read($self, size=-1, /)", "", either!("read", read)),
        method(
            "readline($self, size=-1, /)",
            "",
            either!("readline", readline),
        ),
        method("write($self, text, /)", "", either!("write", write)),
        method(
            "seek($self, cookie, whence=0, /)",
            "Set the stream position, and return the new stream position.",
            either!("seek", seek),
        ),
        method(
            "tell($self, /)",
            "Return the stream position as an opaque number.",
            either!("tell", tell),
        ),
        method(
            "truncate($self, pos=None, /)",
            "",
            either!("truncate", truncate),
        ),
        method(
            "close($self, /)",
            "",
            either!("close", |ctx, args| {
                layers::close_after_flush(ctx, args[0], |ctx, stream| forward(ctx, stream, "close"))
            }),
        ),
        method(
            "flush($self, /)",
            "",
            either!("flush", |ctx, args| {
                let (wrapper, _) = open(ctx, args[0])?;
                wrapper.telling.set(true);
                forward(ctx, args[0], "flush")
            }),
        ),
        method(
            "fileno($self, /)",
            "",
            either!("fileno", |ctx, args| forward(ctx, args[0], "fileno")),
        ),
        method(
            "isatty($self, /)",
            "",
            either!("isatty", |ctx, args| forward(ctx, args[0], "isatty")),
        ),
        method(
            "readable($self, /)",
            "",
            either!("readable", |ctx, args| forward(ctx, args[0], "readable")),
        ),
        method(
            "writable($self, /)",
            "",
            either!("writable", |ctx, args| forward(ctx, args[0], "writable")),
        ),
        method(
            "seekable($self, /)",
            "",
            either!("seekable", |ctx, args| forward(ctx, args[0], "seekable")),
        ),
    ],
    getsets: &[
        getter("buffer", "", |ctx, v| {
            layers::attribute(ctx, v, "buffer", |ctx, v| Ok(this(ctx, v)?.buffer))
        }),
        getter("encoding", "", |ctx, v| {
            layers::attribute(ctx, v, "encoding", |ctx, v| {
                Ok(ctx.str_value(&this(ctx, v)?.encoding.borrow()))
            })
        }),
        getter("errors", "", |ctx, v| {
            layers::attribute(ctx, v, "errors", |ctx, v| {
                Ok(ctx.str_value(this(ctx, v)?.errors.get().name()))
            })
        }),
        getter("line_buffering", "", |ctx, v| {
            layers::attribute(ctx, v, "line_buffering", |ctx, v| {
                Ok(Value::bool(this(ctx, v)?.line_buffering.get()))
            })
        }),
        getter("write_through", "", |ctx, v| {
            layers::attribute(ctx, v, "write_through", |ctx, v| {
                Ok(Value::bool(this(ctx, v)?.write_through.get()))
            })
        }),
        getter("newlines", "", |ctx, v| {
            layers::attribute(ctx, v, "newlines", |ctx, v| {
                Ok(super::string::newlines(
                    ctx,
                    this(ctx, v)?.ahead.borrow().seen,
                ))
            })
        }),
        getter("name", "", |ctx, v| of_buffer(ctx, v, "name")),
        getter("closed", "", |ctx, v| of_buffer(ctx, v, "closed")),
        getter("_finalizing", "", |_, _| Ok(Value::bool(false))),
        getset("_CHUNK_SIZE", "", chunk_size, set_chunk_size),
    ],
    next: Some(next),
    inherits_new: true,
    ..TypeDef::DEFAULT
};

/// What a wrapper is made with besides its buffer.
pub struct Options<'gc> {
    /// The parameter `encoding`, perhaps absent.
    pub encoding: Value<'gc>,
    /// The parameter `errors`, perhaps absent.
    pub errors: Value<'gc>,
    /// The parameter `newline`, perhaps absent.
    pub newline: Value<'gc>,
    /// The parameter `line_buffering`.
    pub line_buffering: bool,
    /// The parameter `write_through`.
    pub write_through: bool,
}

impl<'gc> Options<'gc> {
    /// The arguments of a machine after the stream.
    fn arguments(&self, buffer: Value<'gc>) -> [Value<'gc>; 6] {
        [
            buffer,
            self.encoding.or(Value::None),
            self.errors.or(Value::None),
            self.newline.or(Value::None),
            Value::bool(self.line_buffering),
            Value::bool(self.write_through),
        ]
    }
}

/// The codec and the error handler of the parameters, where native code has them; also
/// how the encoding is spelt. None for others, also for wrong ones.
fn codec_of(options: &Options<'_>) -> Option<(Codec, String, Errors)> {
    let text = |value: Value<'_>| match value {
        Value::Absent | Value::None => Some(None),
        value => value
            .as_str()
            .map(|text| Some(text.to_string_lossy().into_owned())),
    };
    let encoding = match text(options.encoding)? {
        None => "UTF-8".to_owned(),
        Some(name) if name == "locale" => "UTF-8".to_owned(),
        Some(name) => name,
    };
    let codec = codecs::lookup(&encoding)?;
    let errors = match text(options.errors)? {
        None => Errors::Strict,
        Some(name) => Errors::from_name(&name)?,
    };
    // Those whose text tells how many bytes it was.
    let plain = matches!(
        codec,
        Codec::Utf8 | Codec::Ascii | Codec::Latin1 | Codec::Charmap(_)
    );
    let faithful = matches!(errors, Errors::Strict | Errors::Surrogateescape);
    (plain && faithful).then_some((codec, encoding, errors))
}

/// The native data of a wrapper with these options; none where a machine has to do it.
fn native<'gc>(
    ctx: Context<'gc>,
    buffer: Value<'gc>,
    options: &Options<'gc>,
) -> Result<Option<Wrapper<'gc>>, Raised<'gc>> {
    let class = buffer.class(ctx);
    let known = [&BUFFERED_READER, &BUFFERED_WRITER, &BUFFERED_RANDOM];
    let Some(stream) = buffer.native::<Binary<'static>>() else {
        return Ok(None);
    };
    if stream.closed() || !known.iter().any(|def| ctx.type_of_def(def) == class) {
        return Ok(None);
    }
    let Some((codec, encoding, errors)) = codec_of(options) else {
        return Ok(None);
    };
    Ok(Some(Wrapper {
        buffer,
        encoding: RefCell::new(encoding),
        codec: Cell::new(codec),
        errors: Cell::new(errors),
        newline: Cell::new(newline_argument(ctx, options.newline, false)?),
        line_buffering: Cell::new(options.line_buffering),
        write_through: Cell::new(options.write_through),
        telling: Cell::new(true),
        chunk: Cell::new(CHUNK),
        ahead: RefCell::default(),
    }))
}

/// A new wrapper.
pub fn wrap<'gc>(
    ctx: Context<'gc>,
    buffer: Value<'gc>,
    options: &Options<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let class = ctx.type_of_def(&TEXT_IO_WRAPPER);
    if let Some(data) = native(ctx, buffer, options)? {
        let object = Object::with_native::<Wrapper<'static>>(ctx, class, data);
        return Ok(Flow::Return(Value::Object(object)));
    }
    let stream = layers::allocate(ctx, &TEXT_IO_WRAPPER, Value::Absent);
    let flow = layers::set_up(ctx, stream, "_Text", &options.arguments(buffer))?;
    and_then(ctx, flow, vec![stream], |_, state, made| {
        made.map(|_| Flow::Return(state[0]))
    })
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let flag = |value: Value<'gc>| value.present().map_or(Ok(false), |value| ctx.truth(value));
    let options = Options {
        encoding: args[2],
        errors: args[3],
        newline: args[4],
        line_buffering: flag(args[5])?,
        write_through: flag(args[6])?,
    };
    let Value::Object(object) = args[0] else {
        return Err(ctx.value_error("I/O operation on uninitialized object"));
    };
    if object.class() == ctx.type_of_def(&TEXT_IO_WRAPPER)
        && let Some(data) = native(ctx, args[1], &options)?
    {
        let data = Erased::new::<Wrapper<'static>>(ctx.mc, data);
        object.set_payload(ctx, Payload::Native(data));
        return Ok(Flow::Return(Value::None));
    }
    layers::set_up(ctx, args[0], "_Text", &options.arguments(args[1]))
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Wrapper<'gc>, Raised<'gc>> {
    value
        .native::<Wrapper<'static>>()
        .ok_or_else(|| ctx.value_error("I/O operation on uninitialized object"))
}

/// The same of the stream of bytes.
fn of_buffer<'gc>(ctx: Context<'gc>, stream: Value<'gc>, name: &str) -> Answer<'gc> {
    let buffer = match layers::machine(ctx, stream)? {
        Some(machine) => ctx.get_attr(machine, ctx.intern("buffer"))?,
        None => this(ctx, stream)?.buffer,
    };
    ctx.get_attr(buffer, ctx.intern(name))
}

fn chunk_size<'gc>(ctx: Context<'gc>, stream: Value<'gc>) -> Answer<'gc> {
    layers::attribute(ctx, stream, "_CHUNK_SIZE", |ctx, v| {
        Ok(Value::from_usize(ctx.mc, this(ctx, v)?.chunk.get()))
    })
}

fn set_chunk_size<'gc>(
    ctx: Context<'gc>,
    stream: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    if value.is_absent() {
        return Err(ctx.error(Exc::AttributeError, "cannot delete attribute"));
    }
    let size = ctx.index_i64(value, Exc::ValueError)?;
    if size <= 0 {
        return Err(ctx.value_error("a strictly positive integer is required"));
    }
    match layers::machine(ctx, stream)? {
        Some(machine) => ctx.set_attr(machine, ctx.intern("_CHUNK_SIZE"), value),
        None => {
            this(ctx, stream)?.chunk.set(size as usize);
            Ok(())
        }
    }
}

/// Gives up the stream of bytes.
fn detach<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (wrapper, _) = open(ctx, args[0])?;
    forward(ctx, args[0], "flush")?;
    layers::clear(ctx, args[0], "underlying buffer has been detached");
    Ok(wrapper.buffer)
}

/// Changes how the rest is read or written.
fn reconfigure<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let [
        stream,
        encoding,
        errors,
        newline,
        line_buffering,
        write_through,
    ] = *args
    else {
        return Ok(Flow::Return(Value::None));
    };
    if let Some(machine) = layers::machine(ctx, stream)? {
        let method = ctx.get_attr(machine, ctx.intern("reconfigure"))?;
        let mut given: Vec<Value<'gc>> = args[1..].iter().map(|v| v.or(Value::None)).collect();
        given[2] = newline.or(Value::Ellipsis);
        return Ok(Flow::call(method, &given));
    }
    let (wrapper, _) = open(ctx, stream)?;
    let given = |value: Value<'gc>| !value.or(Value::None).is_none();
    let flag = |value: Value<'gc>, before: bool| match given(value) {
        true => ctx.truth(value),
        false => Ok(before),
    };
    let changes = given(encoding) || given(errors) || !newline.is_absent();
    if changes && wrapper.ahead.borrow().begun {
        let message =
            "It is not possible to set the encoding or newline of stream after the first read";
        return Err(unsupported(ctx, message));
    }
    if !newline.is_absent() {
        newline_argument(ctx, newline, false)?;
    }
    let kept_errors = match given(encoding) {
        true => Value::Absent,
        false => ctx.str_value(wrapper.errors.get().name()),
    };
    let options = Options {
        encoding: match given(encoding) {
            true => encoding,
            false => ctx.str_value(&wrapper.encoding.borrow()),
        },
        errors: if given(errors) { errors } else { kept_errors },
        newline: newline.or(wrapper.newline.get().text(ctx)),
        line_buffering: flag(line_buffering, wrapper.line_buffering.get())?,
        write_through: flag(write_through, wrapper.write_through.get())?,
    };
    forward(ctx, stream, "flush")?;
    if !changes {
        wrapper.line_buffering.set(options.line_buffering);
        wrapper.write_through.set(options.write_through);
        return Ok(Flow::Return(Value::None));
    }
    let Value::Object(object) = stream else {
        return Ok(Flow::Return(Value::None));
    };
    match native(ctx, wrapper.buffer, &options)? {
        Some(data) => {
            let data = Erased::new::<Wrapper<'static>>(ctx.mc, data);
            object.set_payload(ctx, Payload::Native(data));
            Ok(Flow::Return(Value::None))
        }
        None => layers::set_up(ctx, stream, "_Text", &options.arguments(wrapper.buffer)),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let encoding = ctx.get_attr(args[0], ctx.intern("encoding"))?;
    let shown = ctx.repr(encoding)?;
    let rest = format!(" encoding={}", shown.to_string_lossy());
    layers::repr(
        ctx,
        args[0],
        &ctx.type_name(args[0]),
        &["name", "mode"],
        &rest,
    )
}

/// The wrapper and the stream under it, if that is open.
fn open<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<(&'gc Wrapper<'gc>, &'gc Binary<'gc>), Raised<'gc>> {
    let wrapper = this(ctx, value)?;
    let Some(stream) = wrapper.buffer.native::<Binary<'static>>() else {
        return Err(ctx.value_error("raw stream has been detached"));
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

/// Decodes one more piece; false at the end of the stream.
fn load<'gc>(
    ctx: Context<'gc>,
    wrapper: &Wrapper<'gc>,
    stream: &Binary<'gc>,
    ahead: &mut Ahead,
    all: bool,
) -> Result<bool, Raised<'gc>> {
    let mut backing = stream.backing.borrow_mut();
    let failed = |error: std::io::Error| os_error(ctx, &error, Value::Absent);
    if !ahead.begun || ahead.at == ahead.text.len() {
        let waiting = ahead.pending.len() as u64;
        ahead.start = backing.tell().unwrap_or(0).saturating_sub(waiting);
        (ahead.at, ahead.begun) = (0, true);
        ahead.text.clear();
    } else if ahead.at > CHUNK {
        // What was read of a long text is let go of.
        ahead.start += encoded_length(wrapper, &ahead.text[..ahead.at]) as u64;
        ahead.text.drain(..ahead.at);
        ahead.at = 0;
    }
    let bytes = if all {
        backing.read(None).map_err(failed)?
    } else {
        backing.read_some(wrapper.chunk.get()).map_err(failed)?
    };
    let last = all || bytes.is_empty();
    let mut input = std::mem::take(&mut ahead.pending);
    input.extend_from_slice(&bytes);
    let mut decoder = Decoder::new(wrapper.codec.get());
    while let Err(error) = decoder.run(&input, last) {
        let bad = input.get(error.start..error.end).unwrap_or_default();
        if wrapper.errors.get() == Errors::Strict || bad.iter().any(u8::is_ascii) {
            let arguments = [
                ctx.str_value(error.encoding),
                Value::Bytes(ctx.bytes(&input)),
                Value::from_usize(ctx.mc, error.start),
                Value::from_usize(ctx.mc, error.end),
                ctx.str_value(error.reason),
            ];
            return Err(ctx.error_with(Exc::UnicodeDecodeError, &arguments));
        }
        let mut escaped = Vec::new();
        for &byte in bad {
            wtf8::push(&mut escaped, 0xDC00 + u32::from(byte));
        }
        decoder.resume(&escaped, error.end);
    }
    ahead.pending = input.split_off(decoder.position().min(input.len()));
    let text = decoder.take();
    if matches!(wrapper.newline.get(), Newline::Universal | Newline::Any) {
        for &byte in &text {
            match (byte, ahead.after_return) {
                (b'\n', true) => ahead.seen[2] = true,
                (b'\n', false) => ahead.seen[1] = true,
                (_, true) => ahead.seen[0] = true,
                _ => {}
            }
            ahead.after_return = byte == b'\r';
        }
        if last && std::mem::take(&mut ahead.after_return) {
            ahead.seen[0] = true;
        }
    }
    ahead.text.extend_from_slice(&text);
    Ok(!last)
}

/// Takes text off what is decoded, after as many pieces as `enough` wants: it is asked
/// for the length of what is to be taken, and answers none while more could change that.
/// `whole` says whether no size asks for all of the stream at once.
fn take<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    whole: bool,
    enough: impl Fn(Newline, &[u8], Option<usize>, bool) -> Option<usize>,
) -> Answer<'gc> {
    let size = size_argument(ctx, args[1])?;
    let (wrapper, stream) = open(ctx, args[0])?;
    if !stream.readable() {
        return Err(unsupported(ctx, "not readable"));
    }
    let mut ahead = wrapper.ahead.borrow_mut();
    let newline = wrapper.newline.get();
    let mut more = true;
    let end = loop {
        let rest = &ahead.text[ahead.at..];
        if let Some(end) = enough(newline, rest, size, more) {
            break end;
        }
        if !more {
            break rest.len();
        }
        more = load(ctx, wrapper, stream, &mut ahead, whole && size.is_none())?;
    };
    let rest = &ahead.text[ahead.at..];
    let text = ctx.str_from_vec(newline.reading(&rest[..end]));
    ahead.at += end;
    Ok(Value::Str(text))
}

/// Whether what follows could still change where this text ends.
fn is_open_end(newline: Newline, text: &[u8], end: usize, more: bool) -> bool {
    let both_ends = matches!(newline, Newline::Universal | Newline::Any);
    more && both_ends && end == text.len() && text.last() == Some(&b'\r')
}

fn read<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    take(ctx, args, true, |newline, rest, size, more| {
        let size = size?;
        let end = newline.prefix(rest, size);
        let has_all = end < rest.len() || wtf8::count(&newline.reading(rest)) >= size;
        (has_all && !is_open_end(newline, rest, end, more)).then_some(end)
    })
}

fn readline<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    take(ctx, args, false, |newline, rest, size, more| {
        let end = newline.line(rest, size);
        let ends = end < rest.len() || newline.ends_line(rest);
        let full = size.is_some_and(|size| wtf8::count(&newline.reading(&rest[..end])) >= size);
        ((ends || full) && !is_open_end(newline, rest, end, more)).then_some(end)
    })
}

fn next<'gc>(ctx: Context<'gc>, this: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    match this.native::<Wrapper<'static>>() {
        None => layers::only(ctx, &[this], "__next__").map(Next::Flow),
        Some(wrapper) => {
            wrapper.telling.set(false);
            let line = readline(ctx, &[this, Value::Absent])?;
            if line.as_str().is_some_and(|line| !line.is_empty()) {
                return Ok(Next::Item(line));
            }
            wrapper.telling.set(true);
            Ok(Next::Exhausted)
        }
    }
}

fn next_slot<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match next(ctx, args[0])? {
        Next::Item(line) => Ok(Flow::Return(line)),
        Next::Flow(flow) => Ok(flow),
        Next::Exhausted => Err(ctx.error_with(Exc::StopIteration, &[])),
    }
}

fn encoded_length(wrapper: &Wrapper<'_>, text: &[u8]) -> usize {
    codecs::encode(wrapper.codec.get(), Text::new(text), wrapper.errors.get())
        .map_or(text.len(), |bytes| bytes.len())
}

/// The byte position of what is read next.
fn position<'gc>(
    ctx: Context<'gc>,
    wrapper: &Wrapper<'gc>,
    stream: &Binary<'gc>,
) -> Result<u64, Raised<'gc>> {
    let ahead = wrapper.ahead.borrow();
    if ahead.at == ahead.text.len() && ahead.pending.is_empty() {
        let told = stream.backing.borrow_mut().tell();
        return told.map_err(|error| os_error(ctx, &error, Value::Absent));
    }
    Ok(ahead.start + encoded_length(wrapper, &ahead.text[..ahead.at]) as u64)
}

/// Forgets decoded text.
fn forget(wrapper: &Wrapper<'_>) {
    let mut ahead = wrapper.ahead.borrow_mut();
    let seen = ahead.seen;
    *ahead = Ahead {
        seen,
        ..Ahead::default()
    };
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
    let stored = wrapper.newline.get().writing(text.bytes());
    let bytes = codecs::encode(
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
    // As CPython, it is written after the piece that was read last.
    forget(wrapper);
    let written = stream.backing.borrow_mut().write(&bytes);
    written.map_err(|error| os_error(ctx, &error, Value::Absent))?;
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
    forget(wrapper);
    wrapper.telling.set(true);
    Ok(Value::from_usize(ctx.mc, at as usize))
}

fn tell<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (wrapper, stream) = open(ctx, args[0])?;
    if !wrapper.telling.get() {
        return Err(ctx.error(Exc::OSError, "telling position disabled by next() call"));
    }
    let at = position(ctx, wrapper, stream)?;
    Ok(Value::from_usize(ctx.mc, at as usize))
}

fn truncate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (wrapper, _) = open(ctx, args[0])?;
    forward(ctx, args[0], "flush")?;
    let size = args[1].or(Value::None);
    ctx.call_method(wrapper.buffer, ctx.intern("truncate"), &[size])
}
