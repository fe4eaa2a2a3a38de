//! `int()`: numbers of other types and texts as ints.

use super::convert::{
    IntoValue, answer, ascii_digits, bytes_like, instance, int_ref, limits, raise,
};
use super::int::exact_int;
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, new};
use crate::numbers::int_text::{self, IntParseError};
use crate::numbers::{NumberError, int_float};
use crate::raised::Raised;
use crate::text::{Text, quote};
use crate::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `int.__new__`
pub const NEW: NativeDef = new("__new__($type, x=0, /, base=10)", Plain(int_new));

fn int_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (class, x, base) = (args[0], args[1], args[2]);
    let value = match (x, base) {
        (Value::Absent, Value::Absent) => Value::Int(0),
        (Value::Absent, _) => return Err(ctx.type_error("int() missing string argument")),
        (x, Value::Absent) => to_int(ctx, x)?,
        (x, base) => in_base(ctx, x, ctx.index_clamped(base)?)?,
    };
    Ok(instance(ctx, class, ctx.types().int, value))
}

/// `int(value)`. Follows CPython's `PyNumber_Long`.
pub fn to_int<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Answer<'gc> {
    match value {
        Value::Int(_) | Value::BigInt(_) => return Ok(value),
        Value::Bool(b) => return Ok(Value::Int(b.get().into())),
        Value::Float(x) | Value::ReadFloat(x) => {
            return answer(ctx, int_float::from_float(x.get()));
        }
        _ => {}
    }
    let names = ctx.names();
    if let Some(answer) = ctx.call_special(value, names.__int__, &[])? {
        if int_ref(answer).is_some() {
            if !matches!(answer, Value::Int(_) | Value::BigInt(_)) {
                ctx.warn_subclass("__int__", "int", answer)?;
            }
            return exact_int(ctx, answer);
        }
        return Err(ctx.type_error(format!(
            "__int__ returned non-int (type {})",
            ctx.type_name(answer)
        )));
    }
    if value.class(ctx).lookup(ctx, names.__index__).is_some() {
        return ctx.index(value);
    }
    if value.as_str().is_some() || bytes_like(ctx, value).is_some() {
        return in_base(ctx, value, 10);
    }
    Err(ctx.type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        ctx.type_name(value)
    )))
}

/// `int(text, base)`.
fn in_base<'gc>(ctx: Context<'gc>, text: Value<'gc>, base: i64) -> Answer<'gc> {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(raise(
            ctx,
            NumberError::value("int() base must be >= 2 and <= 36, or 0"),
        ));
    }
    let parsed = if let Some(text) = text.as_str() {
        int_text::parse(&ascii_digits(text.bytes()), base, &limits(ctx))
    } else if let Some(bytes) = bytes_like(ctx, text) {
        int_text::parse(&bytes, base, &limits(ctx))
    } else {
        return Err(ctx.type_error("int() can't convert non-string with explicit base"));
    };
    match parsed {
        Ok(number) => Ok(number.into_value(ctx)),
        Err(IntParseError::Other(error)) => Err(raise(ctx, error)),
        Err(IntParseError::Literal) => Err(ctx.value_error(format!(
            "invalid literal for int() with base {base}: {}",
            quoted(ctx, text, 200)
        ))),
    }
}

/// The repr of the text that is no number, cut to `most` code points.
pub(super) fn quoted<'gc>(ctx: Context<'gc>, text: Value<'gc>, most: usize) -> String {
    let mut out = Vec::new();
    if let Some(text) = text.as_str() {
        quote::repr(Text::new(text.bytes()), &mut out);
    } else if let Some(bytes) = bytes_like(ctx, text) {
        quote::bytes(&bytes, &mut out);
    }
    String::from_utf8_lossy(&out).chars().take(most).collect()
}
