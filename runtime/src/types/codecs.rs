//! Encoding and decoding, for str, bytes and bytearray: which codec and error
//! handler a name means, UnicodeError objects, and error handlers written in
//! Python, which the VM runs between two steps of a codec.

use gc_arena::Collect;

use super::str::Str;
use crate::context::Context;
use crate::protocol::call;
use crate::raised::Raised;
use crate::text::codecs::{
    self, Codec, DecodeError, Decoder, EncodeError, Encoder, Errors, Replacement, handlers,
};
use crate::types::bytes::Bytes;
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Step, and_then, begin};

/// Where `codecs.register_error` keeps its handlers, by name.
pub const ERROR_HANDLERS: &str = "codecs.error_handlers";
/// Where `codecs.register` keeps its search functions: a list.
pub const SEARCH_FUNCTIONS: &str = "codecs.search_functions";
/// Where the answers of search functions are kept, by encoding.
pub const FOUND_CODECS: &str = "codecs.found";

/// The dict that the registry keeps under `name`.
pub fn registered<'gc>(ctx: Context<'gc>, name: &str) -> Dict<'gc> {
    if let Some(dict) = ctx.registry().get_text(ctx, name).and_then(Value::as_dict) {
        return dict;
    }
    let dict = Dict::new(ctx);
    ctx.registry().set_text(ctx, name, Value::Dict(dict));
    dict
}

/// An error handler.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Handler<'gc> {
    /// A built-in one.
    Builtin(#[collect(require_static)] Errors),
    /// One that was registered.
    Python(Value<'gc>),
    /// None of this name is known: an error once there is something to handle.
    Unknown(Str<'gc>),
}

/// The handler that `name` means.
pub fn handler<'gc>(ctx: Context<'gc>, name: Option<Str<'gc>>) -> Handler<'gc> {
    let Some(name) = name else {
        return Handler::Builtin(Errors::Strict);
    };
    if let Some(registry) = ctx.registry().get_text(ctx, ERROR_HANDLERS)
        && let Some(known) = registry.as_dict().and_then(|dict| dict.get_str(ctx, name))
    {
        return Handler::Python(known);
    }
    match name.to_str().and_then(Errors::from_name) {
        Some(errors) => Handler::Builtin(errors),
        None => Handler::Unknown(name),
    }
}

/// The LookupError of an error handler that is not known.
pub fn unknown_handler<'gc>(ctx: Context<'gc>, name: Str<'gc>) -> Raised<'gc> {
    let name = name.to_string_lossy();
    ctx.error(
        Exc::LookupError,
        format!("unknown error handler name '{name}'"),
    )
}

/// The built-in codec of that name.
fn builtin_codec(name: Option<Str<'_>>) -> Option<Codec> {
    match name.map(Str::bytes) {
        None | Some(b"utf-8" | b"utf8" | b"UTF-8") => Some(Codec::Utf8),
        Some(b"ascii") => Some(Codec::Ascii),
        Some(b"latin-1" | b"latin1") => Some(Codec::Latin1),
        Some(_) => name.and_then(Str::to_str).and_then(codecs::lookup),
    }
}

/// `text.encode(encoding, errors)`; `object` is the str that errors show.
pub fn encode<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    text: Str<'gc>,
    encoding: Option<Str<'gc>>,
    errors: Option<Str<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match (builtin_codec(encoding), encoding) {
        (Some(codec), _) => {
            let flow = encode_with(ctx, codec, object, text, errors, false);
            with_note(ctx, flow, encoding, "encoding")
        }
        (None, Some(encoding)) => {
            let found = text_codec(ctx, encoding, "encode")?;
            let flow = call_codec(ctx, found, 0, object, errors, encoding);
            with_note(ctx, flow, Some(encoding), "encoding")
        }
        (None, None) => Ok(Flow::Return(Value::Bytes(ctx.bytes(text.bytes())))),
    }
}

/// The bytes of a bytes-like `object` decoded to a str; `contents` are its bytes.
pub fn decode<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    contents: &[u8],
    encoding: Option<Str<'gc>>,
    errors: Option<Str<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match (builtin_codec(encoding), encoding) {
        (Some(codec), _) => {
            if codec == Codec::Utf8 && std::str::from_utf8(contents).is_ok() {
                return Ok(Flow::Return(Value::Str(ctx.str_from_bytes(contents))));
            }
            let bytes = exact_bytes(ctx, object, contents);
            let flow = decode_with(ctx, Decoder::new(codec), bytes, errors, true, false);
            with_note(ctx, flow, encoding, "decoding")
        }
        (None, Some(encoding)) => {
            let found = text_codec(ctx, encoding, "decode")?;
            let flow = call_codec(ctx, found, 1, object, errors, encoding);
            with_note(ctx, flow, Some(encoding), "decoding")
        }
        (None, None) => Ok(Flow::Return(Value::Str(ctx.str_from_bytes(contents)))),
    }
}

/// The names for which CPython has a way of its own, past the registry, and so
/// adds no note to errors.
const SHORT_CUTS: &[&str] = &[
    "utf_8",
    "utf8",
    "utf_16",
    "utf16",
    "utf_32",
    "utf32",
    "ascii",
    "us_ascii",
    "latin_1",
    "latin1",
    "iso_8859_1",
    "iso8859_1",
];

/// Adds CPython's note to an error on the way: which codec failed.
fn with_note<'gc>(
    ctx: Context<'gc>,
    flow: Result<Flow<'gc>, Raised<'gc>>,
    encoding: Option<Str<'gc>>,
    doing: &str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(encoding) = encoding else {
        return flow;
    };
    if let Ok(Flow::Return(_)) = flow {
        return flow;
    }
    let name = encoding.to_string_lossy();
    let normal = name.to_ascii_lowercase().replace(['-', ' '], "_");
    if SHORT_CUTS.contains(&normal.as_str()) {
        return flow;
    }
    let note = ctx.str_value(&format!("{doing} with '{name}' codec failed"));
    let flow = flow.map_err(|raised| noted(ctx, raised, note))?;
    and_then(ctx, flow, vec![note], |ctx, state, result| {
        let made = result.map_err(|raised| noted(ctx, raised, state[0]))?;
        Ok(Flow::Return(made))
    })
}

/// The exception with a note added; what adding it raises, if that fails.
pub fn noted<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, note: Value<'gc>) -> Raised<'gc> {
    let add = ctx.get_attr(raised.value(), ctx.intern("add_note"));
    match add.and_then(|add| ctx.call(add, &[note])) {
        Ok(_) => raised,
        Err(other) => other,
    }
}

/// The contents of `object` as an exact bytes object: itself, if it is one.
pub fn exact_bytes<'gc>(ctx: Context<'gc>, object: Value<'gc>, contents: &[u8]) -> Bytes<'gc> {
    match object {
        Value::Bytes(bytes) => bytes,
        _ => ctx.bytes(contents),
    }
}

/// The LookupError of an encoding that is not known; a ValueError where it can be no name.
pub fn unknown_encoding<'gc>(ctx: Context<'gc>, encoding: Str<'gc>) -> Raised<'gc> {
    if encoding.bytes().contains(&0) {
        return ctx.value_error("embedded null character");
    }
    let name = encoding.to_string_lossy();
    ctx.error(Exc::LookupError, format!("unknown encoding: {name}"))
}

/// What the search functions answer for an encoding: a tuple of functions.
/// Raises LookupError where no function knows it.
pub fn find_codec<'gc>(ctx: Context<'gc>, encoding: Str<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let normal = codecs::normalize(&encoding.to_string_lossy()).to_ascii_lowercase();
    let key = ctx.str(&normal);
    let found = registered(ctx, FOUND_CODECS);
    if let Some(codec) = found.get_str(ctx, key) {
        return Ok(codec);
    }
    if ctx.registry().get_text(ctx, SEARCH_FUNCTIONS).is_none() {
        // The module registers a search function for what comes with the runtime;
        // a host may have left it out.
        let import = crate::import::import_module(ctx, "codecs");
        match import.and_then(|flow| ctx.complete(flow)) {
            Err(raised) if !exceptions::matches(ctx, raised, Exc::ImportError) => {
                return Err(raised);
            }
            _ => {}
        }
    }
    let searches = ctx.registry().get_text(ctx, SEARCH_FUNCTIONS);
    for search in searches
        .and_then(Value::as_list)
        .map_or_else(Vec::new, |l| l.to_vec())
    {
        let answer = ctx.call(search, &[Value::Str(key)])?;
        if answer.is_none() {
            continue;
        }
        if answer.as_tuple().is_none_or(|tuple| tuple.len() != 4) {
            return Err(ctx.type_error("codec search functions must return 4-tuples"));
        }
        found.set_str(ctx, key, answer);
        return Ok(answer);
    }
    Err(unknown_encoding(ctx, encoding))
}

/// The codecs from bytes to bytes or str to str, by all their names.
const NOT_TEXT: &[&str] = &[
    "base64",
    "base64_codec",
    "base_64",
    "bz2",
    "bz2_codec",
    "hex",
    "hex_codec",
    "quopri",
    "quopri_codec",
    "quoted_printable",
    "rot13",
    "rot_13",
    "uu",
    "uu_codec",
    "zip",
    "zlib",
    "zlib_codec",
];

/// As `find_codec`, for str and bytes methods: refuses codecs that are not
/// between text and bytes.
fn text_codec<'gc>(
    ctx: Context<'gc>,
    encoding: Str<'gc>,
    function: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    let not_text = || {
        let name = encoding.to_string_lossy();
        let message = format!(
            "'{name}' is not a text encoding; use codecs.{function}() to handle arbitrary codecs"
        );
        ctx.error(Exc::LookupError, message)
    };
    let name = encoding.to_string_lossy().to_ascii_lowercase();
    if NOT_TEXT.contains(&name.replace(['-', ' '], "_").as_str()) {
        return Err(not_text());
    }
    let codec = find_codec(ctx, encoding)?;
    if !matches!(codec, Value::Tuple(_)) {
        let marker = ctx.intern("_is_text_encoding");
        if let Some(marker) = ctx.try_attr(codec, marker)?
            && !ctx.truth(marker)?
        {
            return Err(not_text());
        }
    }
    Ok(codec)
}

/// Calls a registered codec's encoder (0) or decoder (1), and checks its answer.
fn call_codec<'gc>(
    ctx: Context<'gc>,
    codec: Value<'gc>,
    which: usize,
    object: Value<'gc>,
    errors: Option<Str<'gc>>,
    encoding: Str<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let functions = codec.as_tuple().map_or(&[][..], |tuple| tuple.items());
    let function = functions.get(which).copied().unwrap_or(Value::None);
    let mut arguments = vec![object];
    arguments.extend(errors.map(Value::Str));
    let flow = call::call_flow(ctx, function, &arguments)?;
    let state = vec![Value::Int(which as i64), Value::Str(encoding)];
    and_then(ctx, flow, state, |ctx, state, result| {
        let answer = result?;
        let decoding = matches!(state[0], Value::Int(1));
        let made = match answer.as_tuple().map(|tuple| tuple.items()) {
            Some([made, _]) => *made,
            _ if decoding => {
                return Err(ctx.type_error("decoder must return a tuple (object,integer)"));
            }
            _ => return Err(ctx.type_error("encoder must return a tuple (object, integer)")),
        };
        let name = || {
            state[1]
                .as_str()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        };
        match (decoding, made.builtin()) {
            (true, Value::Str(_)) | (false, Value::Bytes(_)) => Ok(Flow::Return(made)),
            (false, Value::ByteArray(array)) => Ok(Flow::Return(Value::Bytes(
                ctx.bytes_from_vec(array.to_vec()),
            ))),
            (true, _) => Err(ctx.type_error(format!(
                "'{}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                name(),
                ctx.type_name(made)
            ))),
            (false, _) => Err(ctx.type_error(format!(
                "'{}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
                name(),
                ctx.type_name(made)
            ))),
        }
    })
}

/// Decodes `input` with a built-in codec. `last` as for [`Decoder::run`];
/// `pair` asks for a tuple with the number of bytes used.
pub fn decode_with<'gc>(
    ctx: Context<'gc>,
    decoder: Decoder,
    input: Bytes<'gc>,
    errors: Option<Str<'gc>>,
    last: bool,
    pair: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let decoding = Decoding {
        input,
        handler: handler(ctx, errors),
        decoder,
        pending: None,
        last,
        pair,
    };
    begin(ctx, decoding)
}

#[derive(Collect)]
#[collect(no_drop)]
struct Decoding<'gc> {
    input: Bytes<'gc>,
    handler: Handler<'gc>,
    #[collect(require_static)]
    decoder: Decoder,
    #[collect(require_static)]
    pending: Option<DecodeError>,
    last: bool,
    pair: bool,
}

impl<'gc> Decoding<'gc> {
    fn exception(&self, ctx: Context<'gc>, error: DecodeError) -> Raised<'gc> {
        decode_error(ctx, self.input, error, self.decoder.signature())
    }

    /// Takes what a handler answered.
    fn answered(&mut self, ctx: Context<'gc>, answer: Value<'gc>) -> Result<(), Raised<'gc>> {
        let wrong = || ctx.type_error("decoding error handler must return (str, int) tuple");
        let skipped = self.decoder.signature();
        let length = self.input.bytes().len().saturating_sub(skipped);
        let (text, position) = match answer.as_tuple().map(|tuple| tuple.items()) {
            Some([text, position]) => (text.as_str().ok_or_else(wrong)?, *position),
            _ => return Err(wrong()),
        };
        let position = next_position(ctx, position, length, wrong)?;
        self.decoder.resume(text.bytes(), skipped + position);
        Ok(())
    }
}

impl<'gc> NativeFrame<'gc> for Decoding<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if self.pending.take().is_some() {
            self.answered(ctx, input.value()?)?;
        }
        while let Err(error) = self.decoder.run(self.input.bytes(), self.last) {
            match self.handler {
                Handler::Builtin(errors) if !errors.decodes() => {
                    return Err(ctx.type_error(
                        "don't know how to handle UnicodeDecodeError in error callback",
                    ));
                }
                Handler::Builtin(errors) => {
                    let (encoding, start, end) = (error.encoding, error.start, error.end);
                    match handlers::decoding(errors, encoding, self.input.bytes(), start, end) {
                        Some((text, position)) => self.decoder.resume(&text, position),
                        None => return Err(self.exception(ctx, error)),
                    }
                }
                Handler::Unknown(name) => return Err(unknown_handler(ctx, name)),
                Handler::Python(function) => {
                    self.pending = Some(error);
                    let exception = self.exception(ctx, error).value();
                    return Ok(Step::Await(Flow::call(function, &[exception])));
                }
            }
        }
        let used = self.decoder.position();
        let text = Value::Str(ctx.str_from_vec(self.decoder.take()));
        Ok(Step::Return(paired(ctx, text, used, self.pair)))
    }
}

fn paired<'gc>(ctx: Context<'gc>, made: Value<'gc>, used: usize, pair: bool) -> Value<'gc> {
    if pair {
        let used = Value::from_usize(ctx.mc, used);
        Value::Tuple(ctx.tuple([made, used]))
    } else {
        made
    }
}

/// The place at which a handler wants to go on; negative from the end.
fn next_position<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    length: usize,
    wrong: impl Fn() -> Raised<'gc>,
) -> Result<usize, Raised<'gc>> {
    if !value.is_int() {
        return Err(wrong());
    }
    let position = ctx.index_i64(value, Exc::OverflowError)?;
    let size = i64::try_from(length).unwrap_or(i64::MAX);
    let absolute = if position < 0 {
        position.saturating_add(size)
    } else {
        position
    };
    usize::try_from(absolute)
        .ok()
        .filter(|&absolute| absolute <= length)
        .ok_or_else(|| {
            ctx.error(
                Exc::IndexError,
                format!("position {position} from error handler out of bounds"),
            )
        })
}

/// The UnicodeDecodeError for `input`, whose first `skipped` bytes do not count.
fn decode_error<'gc>(
    ctx: Context<'gc>,
    input: Bytes<'gc>,
    error: DecodeError,
    skipped: usize,
) -> Raised<'gc> {
    let object = match skipped {
        0 => input,
        _ => ctx.bytes(input.bytes().get(skipped..).unwrap_or_default()),
    };
    ctx.error_with(
        Exc::UnicodeDecodeError,
        &[
            ctx.str_value(error.encoding),
            Value::Bytes(object),
            Value::from_usize(ctx.mc, error.start.saturating_sub(skipped)),
            Value::from_usize(ctx.mc, error.end.saturating_sub(skipped)),
            ctx.str_value(error.reason),
        ],
    )
}

/// Encodes `text` with a built-in codec; `pair` asks for a tuple with the number
/// of characters used.
pub fn encode_with<'gc>(
    ctx: Context<'gc>,
    codec: Codec,
    object: Value<'gc>,
    text: Str<'gc>,
    errors: Option<Str<'gc>>,
    pair: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let handler = handler(ctx, errors);
    if let Handler::Builtin(errors) = handler {
        let bytes = codecs::encode(codec, text.text(), errors)
            .map_err(|error| encode_error(ctx, object, error))?;
        let bytes = Value::Bytes(ctx.bytes_from_vec(bytes));
        return Ok(Flow::Return(paired(ctx, bytes, text.char_count(), pair)));
    }
    let encoding = Encoding {
        object,
        text,
        handler,
        encoder: Encoder::new(codec),
        pending: None,
        pair,
    };
    begin(ctx, encoding)
}

#[derive(Collect)]
#[collect(no_drop)]
struct Encoding<'gc> {
    object: Value<'gc>,
    text: Str<'gc>,
    handler: Handler<'gc>,
    #[collect(require_static)]
    encoder: Encoder,
    #[collect(require_static)]
    pending: Option<EncodeError>,
    pair: bool,
}

impl<'gc> Encoding<'gc> {
    /// Takes what a handler answered.
    fn answered(
        &mut self,
        ctx: Context<'gc>,
        error: EncodeError,
        answer: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let wrong = || ctx.type_error("encoding error handler must return (str/bytes, int) tuple");
        let (made, position) = match answer.as_tuple().map(|tuple| tuple.items()) {
            Some([made, position]) => (*made, *position),
            _ => return Err(wrong()),
        };
        let replacement = match made.builtin() {
            Value::Str(text) => Replacement::Text(text.bytes().to_vec()),
            Value::Bytes(bytes) => Replacement::Bytes(bytes.bytes().to_vec()),
            _ => return Err(wrong()),
        };
        let position = next_position(ctx, position, self.text.char_count(), wrong)?;
        if self
            .encoder
            .resume(self.text.text(), &replacement, position)
        {
            Ok(())
        } else {
            Err(encode_error(ctx, self.object, error))
        }
    }
}

impl<'gc> NativeFrame<'gc> for Encoding<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(error) = self.pending.take() {
            self.answered(ctx, error, input.value()?)?;
        }
        if let Err(error) = self.encoder.run(self.text.text()) {
            let exception = encode_error(ctx, self.object, error);
            return match self.handler {
                Handler::Python(function) => {
                    self.pending = Some(error);
                    Ok(Step::Await(Flow::call(function, &[exception.value()])))
                }
                Handler::Unknown(name) => Err(unknown_handler(ctx, name)),
                Handler::Builtin(_) => Err(exception),
            };
        }
        let bytes = Value::Bytes(ctx.bytes_from_vec(self.encoder.take()));
        let used = self.text.char_count();
        Ok(Step::Return(paired(ctx, bytes, used, self.pair)))
    }
}

/// The UnicodeEncodeError for `text`.
fn encode_error<'gc>(ctx: Context<'gc>, text: Value<'gc>, error: EncodeError) -> Raised<'gc> {
    ctx.error_with(
        Exc::UnicodeEncodeError,
        &[
            ctx.str_value(error.encoding),
            text,
            Value::from_usize(ctx.mc, error.start),
            Value::from_usize(ctx.mc, error.end),
            ctx.str_value(error.reason),
        ],
    )
}
