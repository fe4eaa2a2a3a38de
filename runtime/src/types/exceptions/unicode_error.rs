//! `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`: their
//! arguments, attributes and `str`.

use super::base::{NEW, arguments, init, initialize, member, no_keywords};
use super::{Exc, field_at, set_field_at};
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, slot};
use crate::raised::Raised;
use crate::text::Text;
use crate::types::def::{GetSetDef, Live};
use crate::value::Value;

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

/// UnicodeEncodeError's methods.
pub const ENCODE_METHODS: &[NativeDef] = &[
    slot("__str__($self, /)", "Return str(self).", Plain(encode_str)),
    NEW,
    init(unicode_init),
];
/// UnicodeDecodeError's methods.
pub const DECODE_METHODS: &[NativeDef] = &[
    slot("__str__($self, /)", "Return str(self).", Plain(decode_str)),
    NEW,
    init(unicode_init),
];
/// UnicodeTranslateError's methods.
pub const TRANSLATE_METHODS: &[NativeDef] = &[
    slot(
        "__str__($self, /)",
        "Return str(self).",
        Plain(translate_str),
    ),
    NEW,
    init(unicode_init),
];

/// UnicodeEncodeError's attributes.
pub const ENCODE_MEMBERS: &[GetSetDef] = UNICODE_MEMBERS;
/// UnicodeDecodeError's attributes.
pub const DECODE_MEMBERS: &[GetSetDef] = UNICODE_MEMBERS;
/// UnicodeTranslateError's attributes.
pub const TRANSLATE_MEMBERS: &[GetSetDef] = UNICODE_MEMBERS;

const UNICODE_MEMBERS: &[GetSetDef] = &[
    member::<ENCODING>("encoding", "exception encoding"),
    member::<OBJECT>("object", "exception object"),
    number::<START>("start", "exception start"),
    number::<END>("end", "exception end"),
    member::<REASON>("reason", "exception reason"),
];

/// A member that holds a machine integer.
const fn number<const INDEX: usize>(name: &'static str, doc: &'static str) -> GetSetDef {
    GetSetDef {
        name,
        doc,
        get: get_number::<INDEX>,
        set: Some(set_number::<INDEX>),
        member: true,
        live: Live::NO,
    }
}

fn get_number<'gc, const INDEX: usize>(
    _ctx: Context<'gc>,
    object: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(field_at(object, INDEX).or(Value::Int(0)))
}

fn set_number<'gc, const INDEX: usize>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    match value.as_small_int() {
        Some(number) => {
            set_field_at(ctx, object, INDEX, Value::Int(number));
            Ok(())
        }
        None if value.is_absent() => Err(ctx.type_error("can't delete numeric/char attribute")),
        None if value.is_int() => Err(ctx.error(
            Exc::OverflowError,
            "Python int too large to convert to C ssize_t",
        )),
        None => Err(ctx.type_error("an integer is required")),
    }
}

fn unicode_init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (given, keywords) = arguments(args);
    no_keywords(ctx, args[0].class(ctx), keywords)?;
    let raised = initialize(ctx, args)?;
    fill(ctx, raised, given)?;
    Ok(Value::None)
}

/// Sets the fields from `(encoding, object, start, end, reason)`, without the
/// encoding for a translation.
pub(super) fn fill<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let error = raised.value();
    let translate = super::matches(ctx, raised, Exc::UnicodeTranslateError);
    let decode = super::matches(ctx, raised, Exc::UnicodeDecodeError);
    let first = if translate { OBJECT } else { ENCODING };
    let wanted = REASON + 1 - first;
    if args.len() != wanted {
        return Err(ctx.type_error(format!(
            "function takes exactly {wanted} arguments ({} given)",
            args.len()
        )));
    }
    let mut checked = Vec::with_capacity(wanted);
    for (place, value) in args.iter().enumerate() {
        checked.push(match first + place {
            START | END => Value::Int(ctx.index_i64(*value, Exc::OverflowError)?),
            OBJECT if decode => bytes_of(ctx, *value)?,
            _ if value.as_str().is_some() => *value,
            _ => {
                return Err(ctx.type_error(format!(
                    "argument {} must be str, not {}",
                    place + 1,
                    crate::types::numbers::convert::argument_type(ctx, *value)
                )));
            }
        });
    }
    for (place, value) in checked.into_iter().enumerate() {
        set_field_at(ctx, error, first + place, value);
    }
    Ok(())
}

fn bytes_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    if value.as_bytes().is_some() {
        return Ok(value);
    }
    if let Some(array) = value.as_bytearray() {
        return Ok(Value::Bytes(ctx.bytes_from_vec(array.to_vec())));
    }
    if value
        .class(ctx)
        .lookup(ctx, ctx.names().__buffer__)
        .is_some()
    {
        return ctx.call(Value::Type(ctx.types().bytes), &[value]);
    }
    Err(ctx.type_error(format!(
        "a bytes-like object is required, not '{}'",
        ctx.type_name(value)
    )))
}

/// The parts of a message: encoding, start, end, reason. None while the
/// exception has not been filled in.
struct Parts {
    encoding: String,
    start: i64,
    end: i64,
    reason: String,
}

fn parts<'gc>(ctx: Context<'gc>, error: Value<'gc>) -> Result<Option<Parts>, Raised<'gc>> {
    if field_at(error, OBJECT).is_absent() {
        return Ok(None);
    }
    let text = |index| -> Result<String, Raised<'gc>> {
        let text = ctx.to_str(field_at(error, index).or(Value::None))?;
        Ok(text.to_string_lossy().into_owned())
    };
    let number = |index| field_at(error, index).as_small_int().unwrap_or(0);
    Ok(Some(Parts {
        encoding: text(ENCODING)?,
        start: number(START),
        end: number(END),
        reason: text(REASON)?,
    }))
}

/// The one character that is at fault, as an escape.
fn bad_character<'gc>(error: Value<'gc>, parts: &Parts) -> Option<String> {
    let text = field_at(error, OBJECT).as_str()?;
    if parts.end != parts.start.checked_add(1)? {
        return None;
    }
    let start = usize::try_from(parts.start).ok()?;
    let point = Text::new(text.bytes()).code_points().nth(start)?;
    Some(match point {
        0..=0xff => format!("\\x{point:02x}"),
        0x100..=0xffff => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    })
}

fn encode_str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(parts) = parts(ctx, args[0])? else {
        return Ok(ctx.str_value(""));
    };
    let Parts {
        encoding,
        start,
        end,
        reason,
    } = &parts;
    Ok(ctx.str_value(&match bad_character(args[0], &parts) {
        Some(shown) => format!(
            "'{encoding}' codec can't encode character '{shown}' in position {start}: {reason}"
        ),
        None => format!(
            "'{encoding}' codec can't encode characters in position {start}-{}: {reason}",
            end.wrapping_sub(1)
        ),
    }))
}

fn decode_str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(parts) = parts(ctx, args[0])? else {
        return Ok(ctx.str_value(""));
    };
    let Parts {
        encoding,
        start,
        end,
        reason,
    } = &parts;
    let byte = field_at(args[0], OBJECT)
        .as_bytes()
        .filter(|_| start.checked_add(1) == Some(*end))
        .and_then(|bytes| bytes.bytes().get(usize::try_from(*start).ok()?).copied());
    Ok(ctx.str_value(&match byte {
        Some(byte) => format!(
            "'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}"
        ),
        None => format!(
            "'{encoding}' codec can't decode bytes in position {start}-{}: {reason}",
            end.wrapping_sub(1)
        ),
    }))
}

fn translate_str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(parts) = parts(ctx, args[0])? else {
        return Ok(ctx.str_value(""));
    };
    let Parts {
        start, end, reason, ..
    } = &parts;
    Ok(ctx.str_value(&match bad_character(args[0], &parts) {
        Some(shown) => {
            format!("can't translate character '{shown}' in position {start}: {reason}")
        }
        None => format!(
            "can't translate characters in position {start}-{}: {reason}",
            end.wrapping_sub(1)
        ),
    }))
}
