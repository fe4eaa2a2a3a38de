//! Encodings by a mapping that the caller gives: `charmap_encode`,
//! `charmap_decode`, `charmap_build`.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::text::codecs::{Errors, Replacement, handlers};
use capers_runtime::text::wtf8;
use capers_runtime::types::codecs::{Handler, handler, unknown_handler};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;

use crate::codec_functions::errors_argument;
use crate::codecs::{bytes_of, text};

type Answer<'gc, T = Value<'gc>> = Result<T, Raised<'gc>>;

/// The functions.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "charmap_encode(str, errors=None, mapping=None, /)",
        "",
        Plain(charmap_encode),
    ),
    function(
        "charmap_decode(data, errors=None, mapping=None, /)",
        "",
        Plain(charmap_decode),
    ),
    function("charmap_build(map, /)", "", Plain(charmap_build)),
];

const UNDEFINED: &str = "character maps to <undefined>";

/// Looks `key` up; a LookupError, None and `undefined` mean that there is nothing.
fn look_up<'gc>(
    ctx: Context<'gc>,
    mapping: Value<'gc>,
    key: u32,
) -> Answer<'gc, Option<Value<'gc>>> {
    match ctx.get_item(mapping, Value::Int(key.into())) {
        Ok(Value::None) => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(raised) if exceptions::matches(ctx, raised, Exc::LookupError) => Ok(None),
        Err(raised) => Err(raised),
    }
}

/// What a handler puts in the place of an error, and where to go on.
enum Handled<'gc> {
    Text(Vec<u8>, usize),
    Bytes(Vec<u8>, usize),
    Raise(Raised<'gc>),
}

/// Asks a handler written in Python.
fn ask<'gc>(
    ctx: Context<'gc>,
    function: Value<'gc>,
    error: Raised<'gc>,
    length: usize,
) -> Answer<'gc, Handled<'gc>> {
    let wrong = || ctx.type_error("error handler must return (str, int) tuple");
    let answer = ctx.call(function, &[error.value()])?;
    let Some([made, position]) = answer.as_tuple().map(|tuple| tuple.items()) else {
        return Err(wrong());
    };
    let position = ctx.index_i64(*position, Exc::OverflowError)?;
    let size = i64::try_from(length).unwrap_or(i64::MAX);
    let absolute = if position < 0 {
        position + size
    } else {
        position
    };
    let Some(next) = usize::try_from(absolute).ok().filter(|n| *n <= length) else {
        let message = format!("position {position} from error handler out of bounds");
        return Err(ctx.error(Exc::IndexError, message));
    };
    match made.builtin() {
        Value::Str(text) => Ok(Handled::Text(text.bytes().to_vec(), next)),
        Value::Bytes(bytes) => Ok(Handled::Bytes(bytes.bytes().to_vec(), next)),
        _ => Err(wrong()),
    }
}

fn error<'gc>(
    ctx: Context<'gc>,
    kind: Exc,
    object: Value<'gc>,
    start: usize,
    end: usize,
) -> Raised<'gc> {
    let arguments = [
        ctx.str_value("charmap"),
        object,
        Value::from_usize(ctx.mc, start),
        Value::from_usize(ctx.mc, end),
        ctx.str_value(UNDEFINED),
    ];
    ctx.error_with(kind, &arguments)
}

fn charmap_decode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let data = bytes_of(ctx, args[0])?;
    let handler = handler(ctx, errors_argument(ctx, "charmap_decode", args[1])?);
    let bytes = data.bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if decode_byte(ctx, args[2], byte.into(), &mut out)? {
            at += 1;
            continue;
        }
        let raised = || error(ctx, Exc::UnicodeDecodeError, Value::Bytes(data), at, at + 1);
        let handled = match handler {
            Handler::Builtin(errors) => {
                match handlers::decoding(errors, "charmap", bytes, at, at + 1) {
                    Some((text, next)) => Handled::Text(text, next),
                    None => Handled::Raise(raised()),
                }
            }
            Handler::Python(function) => ask(ctx, function, raised(), bytes.len())?,
            Handler::Unknown(name) => Handled::Raise(unknown_handler(ctx, name)),
        };
        match handled {
            Handled::Text(text, next) => {
                out.extend_from_slice(&text);
                at = next;
            }
            Handled::Bytes(..) => {
                return Err(ctx.type_error("decoding error handler must return (str, int) tuple"));
            }
            Handled::Raise(raised) => return Err(raised),
        }
    }
    let used = Value::from_usize(ctx.mc, bytes.len());
    let made = Value::Str(ctx.str_from_vec(out));
    Ok(Value::Tuple(ctx.tuple([made, used])))
}

/// Appends what a byte maps to; false where that is nothing.
fn decode_byte<'gc>(
    ctx: Context<'gc>,
    mapping: Value<'gc>,
    byte: u32,
    out: &mut Vec<u8>,
) -> Answer<'gc, bool> {
    /// What stands in a decoding table for no character.
    const NOTHING: u32 = 0xFFFE;
    let found = match (mapping, mapping.as_str()) {
        (Value::Absent | Value::None, _) => {
            wtf8::push(out, byte);
            return Ok(true);
        }
        (_, Some(table)) => match table.text().get(byte as usize) {
            Some(point) if point != NOTHING => {
                wtf8::push(out, point);
                return Ok(true);
            }
            _ => return Ok(false),
        },
        _ => look_up(ctx, mapping, byte)?,
    };
    let Some(value) = found else {
        return Ok(false);
    };
    if let Some(text) = value.as_str() {
        if text.bytes() == "\u{FFFE}".as_bytes() {
            return Ok(false);
        }
        out.extend_from_slice(text.bytes());
        return Ok(true);
    }
    if !value.is_int() {
        return Err(ctx.type_error("character mapping must return integer, None or str"));
    }
    let point = value
        .as_small_int()
        .and_then(|n| u32::try_from(n).ok())
        .filter(|n| *n < 0x11_0000);
    match point {
        Some(NOTHING) => Ok(false),
        Some(point) => {
            wtf8::push(out, point);
            Ok(true)
        }
        None => Err(ctx.type_error("character mapping must be in range(0x110000)")),
    }
}

fn charmap_encode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let source = text(ctx, "charmap_encode", " 1", args[0])?;
    let handler = handler(ctx, errors_argument(ctx, "charmap_encode", args[1])?);
    let points: Vec<u32> = source.text().code_points().collect();
    let mut out = Vec::with_capacity(points.len());
    let mut at = 0;
    while let Some(&point) = points.get(at) {
        if encode_point(ctx, args[2], point, &mut out)? {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while let Some(&next) = points.get(end)
            && !encode_point(ctx, args[2], next, &mut Vec::new())?
        {
            end += 1;
        }
        let raised = || error(ctx, Exc::UnicodeEncodeError, args[0], at, end);
        let handled = match handler {
            Handler::Builtin(errors) => {
                replaced(errors, source, at, end).unwrap_or_else(|| Handled::Raise(raised()))
            }
            Handler::Python(function) => ask(ctx, function, raised(), points.len())?,
            Handler::Unknown(name) => Handled::Raise(unknown_handler(ctx, name)),
        };
        match handled {
            Handled::Text(text, next) => {
                for point in wtf8::code_points(&text) {
                    if !encode_point(ctx, args[2], point, &mut out)? {
                        return Err(raised());
                    }
                }
                at = next;
            }
            Handled::Bytes(bytes, next) => {
                out.extend_from_slice(&bytes);
                at = next;
            }
            Handled::Raise(raised) => return Err(raised),
        }
    }
    let used = Value::from_usize(ctx.mc, points.len());
    let made = Value::Bytes(ctx.bytes_from_vec(out));
    Ok(Value::Tuple(ctx.tuple([made, used])))
}

fn replaced<'gc>(
    errors: Errors,
    source: Str<'gc>,
    start: usize,
    end: usize,
) -> Option<Handled<'gc>> {
    match handlers::encoding(errors, "charmap", source.text().slice(start..end))? {
        Replacement::Text(text) => Some(Handled::Text(text, end)),
        Replacement::Bytes(bytes) => Some(Handled::Bytes(bytes, end)),
    }
}

/// Appends what a character maps to; false where that is nothing.
fn encode_point<'gc>(
    ctx: Context<'gc>,
    mapping: Value<'gc>,
    point: u32,
    out: &mut Vec<u8>,
) -> Answer<'gc, bool> {
    let value = match mapping {
        Value::Absent | Value::None => match u8::try_from(point) {
            Ok(byte) => {
                out.push(byte);
                return Ok(true);
            }
            Err(_) => return Ok(false),
        },
        mapping => match look_up(ctx, mapping, point)? {
            Some(value) => value,
            None => return Ok(false),
        },
    };
    if let Some(bytes) = value.as_bytes() {
        out.extend_from_slice(bytes.bytes());
        return Ok(true);
    }
    if !value.is_int() {
        return Err(ctx.type_error(format!(
            "character mapping must return integer, bytes or None, not {}",
            ctx.type_name(value)
        )));
    }
    match value.as_small_int().and_then(|n| u8::try_from(n).ok()) {
        Some(byte) => {
            out.push(byte);
            Ok(true)
        }
        None => Err(ctx.type_error("character mapping must be in range(256)")),
    }
}

/// DIFFERENCE: a dict, where CPython makes an `EncodingMap`.
fn charmap_build<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let source = text(ctx, "charmap_build", "", args[0])?;
    let table = Dict::new(ctx);
    for (byte, point) in source.text().code_points().enumerate() {
        table.set(
            ctx,
            Value::Int(point.into()),
            Value::from_usize(ctx.mc, byte),
        )?;
    }
    Ok(Value::Dict(table))
}
