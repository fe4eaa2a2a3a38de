//! `str`: its constructor and special methods.

use super::str::{Str, check_size};
use crate::bytecode::Comparison;
use crate::context::Context;
use crate::object::{Object, Payload};
use crate::protocol::call::call_flow;
use crate::protocol::slicing::{self, Subscript};
use crate::protocol::{buffer, compare as comparing, text as texts};
use crate::raised::Raised;
use crate::text::{quote, search};
use crate::types::codecs as codec;
use crate::types::exceptions::Exc;
use crate::types::iterator::{Iter, IterKind};
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The receiver of a str method.
#[inline]
pub(super) fn this<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Str<'gc>, Raised<'gc>> {
    args[0]
        .as_str()
        .ok_or_else(|| ctx.type_error("a str is required"))
}

/// `str(...)` with positional arguments.
pub(super) fn construct<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    match *args {
        [] => Ok(Flow::Return(ctx.str_value(""))),
        [object] => texts::str(ctx, object),
        _ => {
            let class = Value::Type(ctx.types().str);
            let all: Vec<Value<'gc>> = [class].iter().chain(args).copied().collect();
            let new = ctx.get_attr(class, ctx.names().__new__)?;
            call_flow(ctx, new, &all)
        }
    }
}

/// `str.__new__`
pub(super) fn str_new<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let [class, object, encoding, errors] = *args else {
        return Ok(Flow::Return(Value::Str(ctx.str(""))));
    };
    if encoding.is_absent() && errors.is_absent() {
        let flow = match object {
            Value::Absent => Flow::Return(ctx.str_value("")),
            object => texts::str(ctx, object)?,
        };
        if is_str(ctx, class) {
            return Ok(flow);
        }
        return and_then(ctx, flow, vec![class], |ctx, state, result| {
            Ok(Flow::Return(of_class(ctx, state[0], result?)))
        });
    }
    let encoding = text_argument(ctx, "str", "encoding", encoding)?;
    let errors = text_argument(ctx, "str", "errors", errors)?;
    if object.is_absent() {
        return Ok(Flow::Return(of_class(ctx, class, ctx.str_value(""))));
    }
    if object.as_str().is_some() {
        return Err(ctx.type_error("decoding str is not supported"));
    }
    let Some(bytes) = buffer::contents_if_any(ctx, object)? else {
        return Err(ctx.type_error(format!(
            "decoding to str: need a bytes-like object, {} found",
            ctx.type_name(object)
        )));
    };
    let flow = codec::decode(ctx, object, &bytes, encoding, errors)?;
    if is_str(ctx, class) {
        return Ok(flow);
    }
    and_then(ctx, flow, vec![class], |ctx, state, result| {
        Ok(Flow::Return(of_class(ctx, state[0], result?)))
    })
}

fn is_str<'gc>(ctx: Context<'gc>, class: Value<'gc>) -> bool {
    matches!(class, Value::Type(class) if class == ctx.types().str)
}

/// The text of `value` as an instance of `class`.
fn of_class<'gc>(ctx: Context<'gc>, class: Value<'gc>, value: Value<'gc>) -> Value<'gc> {
    match class {
        Value::Type(class) if class != ctx.types().str => {
            let text = Value::Str(value.as_str().unwrap_or_else(|| ctx.str("")));
            Value::Object(Object::new(ctx, class, Payload::Builtin(text)))
        }
        _ => value,
    }
}

/// The argument `name`, a str if it is given: an encoding or an error handler's name.
pub(super) fn text_argument<'gc>(
    ctx: Context<'gc>,
    function: &str,
    name: &str,
    value: Value<'gc>,
) -> Result<Option<Str<'gc>>, Raised<'gc>> {
    match (value, value.as_str()) {
        (Value::Absent, _) => Ok(None),
        (_, Some(text)) if text.bytes().contains(&0) => {
            Err(ctx.value_error("embedded null character"))
        }
        (_, Some(text)) => Ok(Some(text)),
        _ => Err(ctx.type_error(format!(
            "{function}() argument '{name}' must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, value)
        ))),
    }
}

/// `str.__repr__`
pub(super) fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut out = Vec::new();
    quote::repr(this(ctx, args)?.text(), &mut out);
    Ok(Value::Str(ctx.str_from_vec(out)))
}

/// `str.__str__`: the string itself where it is exact, else a copy.
pub(super) fn str_of<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    this(ctx, args)?;
    Ok(unchanged(ctx, args[0]))
}

/// A string that a method leaves as it is: itself where it is exact, else a copy.
pub(super) fn unchanged<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Value<'gc> {
    match (value, value.as_str()) {
        (Value::Object(_), Some(text)) => Value::Str(ctx.new_str(text.bytes().to_vec())),
        _ => value,
    }
}

/// `str.__hash__`
pub(super) fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Int(this(ctx, args)?.hash()))
}

/// The six comparisons.
pub(super) fn compare<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    Ok(match args[1].as_str() {
        Some(other) => comparing::fast(op, Value::Str(text), Value::Str(other))
            .map_or(Value::NotImplemented, Value::bool),
        None => Value::NotImplemented,
    })
}

/// `str.__iter__`
pub(super) fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    let kind = if text.is_ascii() {
        IterKind::StrAscii
    } else {
        IterKind::Str
    };
    Ok(Value::Iter(Iter::new(ctx, kind, Value::Str(text), 0, 0)))
}

/// `str.__len__`
pub(super) fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, this(ctx, args)?.char_count()))
}

/// `str.__getitem__`
pub(super) fn get_item<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    match slicing::subscript(ctx, args[1])? {
        Some(Subscript::At(index)) => match text.item(ctx, index) {
            Some(item) => Ok(Value::Str(item)),
            None => Err(ctx.error(Exc::IndexError, "string index out of range")),
        },
        Some(Subscript::Slice(bounds)) => {
            let span = bounds.over(text.char_count());
            Ok(Value::Str(if span.step != 1 {
                ctx.new_str(
                    text.text()
                        .slice_step(span.start, span.step as isize, span.len),
                )
            } else if span.len == text.char_count() {
                return Ok(unchanged(ctx, args[0]));
            } else {
                ctx.str_from_bytes(text.text().slice(span.start..span.start + span.len))
            }))
        }
        None => Err(ctx.type_error(format!(
            "string indices must be integers, not '{}'",
            ctx.type_name(args[1])
        ))),
    }
}

/// `str.__add__`
pub(super) fn concatenate<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    match args[1].as_str() {
        Some(other) if other.is_empty() => Ok(unchanged(ctx, args[0])),
        Some(_) if text.is_empty() => Ok(unchanged(ctx, args[1])),
        Some(other) => Ok(Value::Str(text.concat(ctx, other))),
        None => Err(ctx.type_error(format!(
            "can only concatenate str (not \"{}\") to str",
            ctx.type_name(args[1])
        ))),
    }
}

/// `str.__mul__`, `str.__rmul__`
pub(super) fn repeat<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    let count = slicing::repetitions(ctx, args[1], 0, 1)?;
    if count == 1 {
        return Ok(unchanged(ctx, args[0]));
    }
    let size = slicing::repeated_size(ctx, text.byte_count(), count, "string is")?;
    check_size(ctx, Some(size))?;
    let repeated = slicing::repeat(ctx, text.bytes(), count)?;
    Ok(Value::Str(ctx.str_from_vec(repeated)))
}

/// `str.__contains__`
pub(super) fn contains<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    match args[1].as_str() {
        Some(part) => Ok(Value::bool(search::contains(text.bytes(), part.bytes()))),
        None => Err(ctx.type_error(format!(
            "'in <string>' requires string as left operand, not {}",
            ctx.type_name(args[1])
        ))),
    }
}

/// `str.__getnewargs__`: a copy, so that the pickle of a subclass's instance
/// does not share its text with others.
pub(super) fn get_new_args<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let copy = Value::Str(Str::new(ctx.mc, this(ctx, args)?.bytes()));
    Ok(Value::Tuple(ctx.tuple([copy])))
}

/// `str.__sizeof__`: what CPython's compact layout takes.
pub(super) fn sizeof<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    let widest = text.text().code_points().max().unwrap_or(0);
    let (header, unit) = match widest {
        0..0x80 => (40, 1),
        0x80..0x100 => (56, 1),
        0x100..0x1_0000 => (56, 2),
        _ => (56, 4),
    };
    Ok(Value::from_usize(
        ctx.mc,
        header + unit * (text.char_count() + 1),
    ))
}

/// `str.encode`
pub(super) fn encode<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    let encoding = text_argument(ctx, "encode", "encoding", args[1])?;
    let errors = text_argument(ctx, "encode", "errors", args[2])?;
    if encoding.is_none() && errors.is_none() && text.is_ascii() {
        return Ok(Flow::Return(Value::Bytes(ctx.bytes(text.bytes()))));
    }
    codec::encode(ctx, args[0], text, encoding, errors)
}
