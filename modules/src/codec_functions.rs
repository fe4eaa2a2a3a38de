//! The functions of single codecs in `_codecs`: `utf_8_encode` and its kin, the
//! escapes of bytes, encodings by a mapping.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::text::codecs::{ByteOrder, Codec, Decoder};
use capers_runtime::text::quote;
use capers_runtime::types::bytes::Bytes;
use capers_runtime::types::codecs;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::module::Module;
use capers_runtime::types::native_function::NativeFunction;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};

use crate::codec_charmap;
use crate::codecs::bytes_of;

type Answer<'gc> = Result<Flow<'gc>, Raised<'gc>>;

/// The name that begins the names of a codec's functions.
pub fn error_name(codec: Codec) -> &'static str {
    match codec {
        Codec::Charmap(_) => "charmap",
        codec => Codec::all()
            .find(|(known, _)| *known == codec)
            .map_or("", |(_, module)| module),
    }
}

macro_rules! codec_functions {
    ($($codec:expr, $encode:literal, $decode:literal;)*) => {
        const PAIRS: &[NativeDef] = &[$(
            function($encode, "", FlowCall(|ctx, args| encode(ctx, $codec, args))),
            function($decode, "", FlowCall(|ctx, args| decode(ctx, $codec, args))),
        )*];
    };
}

codec_functions! {
    Codec::Utf8, "utf_8_encode(str, errors=None, /)", "utf_8_decode(data, errors=None, final=False, /)";
    Codec::Utf7, "utf_7_encode(str, errors=None, /)", "utf_7_decode(data, errors=None, final=False, /)";
    Codec::Utf16(ByteOrder::Little), "utf_16_le_encode(str, errors=None, /)", "utf_16_le_decode(data, errors=None, final=False, /)";
    Codec::Utf16(ByteOrder::Big), "utf_16_be_encode(str, errors=None, /)", "utf_16_be_decode(data, errors=None, final=False, /)";
    Codec::Utf32(ByteOrder::Little), "utf_32_le_encode(str, errors=None, /)", "utf_32_le_decode(data, errors=None, final=False, /)";
    Codec::Utf32(ByteOrder::Big), "utf_32_be_encode(str, errors=None, /)", "utf_32_be_decode(data, errors=None, final=False, /)";
    Codec::UnicodeEscape, "unicode_escape_encode(str, errors=None, /)", "unicode_escape_decode(data, errors=None, final=True, /)";
    Codec::RawUnicodeEscape, "raw_unicode_escape_encode(str, errors=None, /)", "raw_unicode_escape_decode(data, errors=None, final=True, /)";
    Codec::Latin1, "latin_1_encode(str, errors=None, /)", "latin_1_decode(data, errors=None, /)";
    Codec::Ascii, "ascii_encode(str, errors=None, /)", "ascii_decode(data, errors=None, /)";
}

const OTHERS: &[NativeDef] = &[
    function(
        "utf_16_encode(str, errors=None, byteorder=0, /)",
        "",
        FlowCall(|ctx, args| encode(ctx, Codec::Utf16(order_of(ctx, args[2])?), args)),
    ),
    function(
        "utf_16_decode(data, errors=None, final=False, /)",
        "",
        FlowCall(|ctx, args| decode(ctx, Codec::Utf16(ByteOrder::Marked), args)),
    ),
    function(
        "utf_16_ex_decode(data, errors=None, byteorder=0, final=False, /)",
        "",
        FlowCall(|ctx, args| decode_telling_order(ctx, args, Codec::Utf16)),
    ),
    function(
        "utf_32_encode(str, errors=None, byteorder=0, /)",
        "",
        FlowCall(|ctx, args| encode(ctx, Codec::Utf32(order_of(ctx, args[2])?), args)),
    ),
    function(
        "utf_32_decode(data, errors=None, final=False, /)",
        "",
        FlowCall(|ctx, args| decode(ctx, Codec::Utf32(ByteOrder::Marked), args)),
    ),
    function(
        "utf_32_ex_decode(data, errors=None, byteorder=0, final=False, /)",
        "",
        FlowCall(|ctx, args| decode_telling_order(ctx, args, Codec::Utf32)),
    ),
    function(
        "escape_encode(data, errors=None, /)",
        "",
        Plain(escape_encode),
    ),
    function(
        "escape_decode(data, errors=None, /)",
        "",
        Plain(escape_decode),
    ),
    function(
        "readbuffer_encode(data, errors=None, /)",
        "",
        Plain(readbuffer_encode),
    ),
];

/// Adds the functions to the module.
pub fn add_to<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let name = ctx.str_value("_codecs");
    let tables = [PAIRS, OTHERS, codec_charmap::FUNCTIONS];
    for def in tables.into_iter().flatten() {
        let native = NativeFunction::new(ctx, def, None, name);
        module
            .dict()
            .set_text(ctx, def.name(), Value::Native(native));
    }
    Ok(())
}

/// The argument `errors`: None for strict.
pub(crate) fn errors_argument<'gc>(
    ctx: Context<'gc>,
    function: &str,
    value: Value<'gc>,
) -> Result<Option<Str<'gc>>, Raised<'gc>> {
    match (value, value.as_str()) {
        (Value::Absent | Value::None, _) => Ok(None),
        (_, Some(name)) => Ok(Some(name)),
        _ => Err(ctx.type_error(format!(
            "{function}() argument 2 must be str or None, not {}",
            ctx.type_name(value)
        ))),
    }
}

/// `(str, errors)` to bytes and the number of characters.
pub fn encode<'gc>(ctx: Context<'gc>, codec: Codec, args: &[Value<'gc>]) -> Answer<'gc> {
    let name = format!("{}_encode", error_name(codec));
    let Some(text) = args[0].as_str() else {
        return Err(ctx.type_error(format!(
            "{name}() argument 1 must be str, not {}",
            ctx.type_name(args[0])
        )));
    };
    let errors = errors_argument(ctx, &name, args[1])?;
    codecs::encode_with(ctx, codec, args[0], text, errors, true)
}

/// What a decoder takes: bytes, and for the escapes also a str.
pub fn input<'gc>(
    ctx: Context<'gc>,
    codec: Codec,
    value: Value<'gc>,
) -> Result<Bytes<'gc>, Raised<'gc>> {
    match (codec, value.as_str()) {
        (Codec::UnicodeEscape | Codec::RawUnicodeEscape, Some(text)) => Ok(ctx.bytes(text.bytes())),
        _ => bytes_of(ctx, value),
    }
}

/// `(data, errors, final)` to a str and the number of bytes used.
pub fn decode<'gc>(ctx: Context<'gc>, codec: Codec, args: &[Value<'gc>]) -> Answer<'gc> {
    let name = format!("{}_decode", error_name(codec));
    let data = input(ctx, codec, args[0])?;
    let errors = errors_argument(ctx, &name, args[1])?;
    let last = match args.get(2) {
        None => true,
        Some(Value::Absent) => {
            matches!(codec, Codec::UnicodeEscape | Codec::RawUnicodeEscape)
        }
        Some(value) => ctx.truth(*value)?,
    };
    codecs::decode_with(ctx, Decoder::new(codec), data, errors, last, true)
}

fn order_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<ByteOrder, Raised<'gc>> {
    let number = match value {
        Value::Absent => 0,
        value => ctx.index_i64(value, Exc::OverflowError)?,
    };
    Ok(match number {
        0 => ByteOrder::Marked,
        1.. => ByteOrder::Big,
        _ => ByteOrder::Little,
    })
}

/// As `decode`, with the byte order found as a third item: -1 for little, 1 for
/// big, 0 for not known yet.
fn decode_telling_order<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    codec: fn(ByteOrder) -> Codec,
) -> Answer<'gc> {
    let data = bytes_of(ctx, args[0])?;
    let given = order_of(ctx, args[2])?;
    let errors = errors_argument(ctx, error_name(codec(given)), args[1])?;
    let last = match args[3] {
        Value::Absent => false,
        value => ctx.truth(value)?,
    };
    let wide = matches!(codec(given), Codec::Utf32(_));
    let order = match (given, data.bytes()) {
        (ByteOrder::Little, _) => -1,
        (ByteOrder::Big, _) => 1,
        (_, [0xFF, 0xFE, 0, 0, ..]) if wide => -1,
        (_, [0, 0, 0xFE, 0xFF, ..]) if wide => 1,
        (_, [0xFF, 0xFE, ..]) if !wide => -1,
        (_, [0xFE, 0xFF, ..]) if !wide => 1,
        _ => 0,
    };
    let flow = codecs::decode_with(ctx, Decoder::new(codec(given)), data, errors, last, true)?;
    and_then(ctx, flow, vec![Value::Int(order)], |ctx, state, result| {
        let pair = result?;
        let mut items = pair
            .as_tuple()
            .map_or_else(Vec::new, |t| t.items().to_vec());
        items.push(state[0]);
        Ok(Flow::Return(Value::Tuple(ctx.tuple(items))))
    })
}

fn pair<'gc>(ctx: Context<'gc>, made: Vec<u8>, used: usize) -> Value<'gc> {
    let used = Value::from_usize(ctx.mc, used);
    Value::Tuple(ctx.tuple([Value::Bytes(ctx.bytes_from_vec(made)), used]))
}

fn escape_encode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(bytes) = args[0].as_bytes() else {
        return Err(ctx.type_error(format!(
            "escape_encode() argument 1 must be bytes, not {}",
            ctx.type_name(args[0])
        )));
    };
    let mut out = Vec::new();
    for &byte in bytes.bytes() {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b' '..=b'~' => out.push(byte),
            _ => quote::escape(byte.into(), &mut out),
        }
    }
    Ok(pair(ctx, out, bytes.bytes().len()))
}

fn escape_decode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let data = match args[0].as_str() {
        Some(text) => ctx.bytes(text.bytes()),
        None => bytes_of(ctx, args[0])?,
    };
    let errors = errors_argument(ctx, "escape_decode", args[1])?;
    let out = capers_runtime::text::codecs::decode_byte_escapes(
        data.bytes(),
        errors.and_then(Str::to_str).unwrap_or("strict"),
    )
    .map_err(|message| ctx.value_error(message))?;
    Ok(pair(ctx, out, data.bytes().len()))
}

fn readbuffer_encode<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let bytes = match args[0].as_str() {
        Some(text) => text.bytes().to_vec(),
        None => bytes_of(ctx, args[0])?.bytes().to_vec(),
    };
    let length = bytes.len();
    Ok(pair(ctx, bytes, length))
}
