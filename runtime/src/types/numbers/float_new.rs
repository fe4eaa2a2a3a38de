//! `float()` and the float's other constructors: numbers of other types and
//! texts as floats.

use super::convert::{ascii_digits, bytes_like, instance, int_ref, made_by, raise};
use super::int::to_float;
use super::int_new::quoted;
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, class_method, new};
use crate::numbers::{float, float_hex};
use crate::raised::Raised;
use crate::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `float.__new__`
pub const NEW: NativeDef = new("__new__($type, x=0, /)", Plain(float_new));

fn float_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = match args[1] {
        Value::Absent => Value::float(0.0),
        // The same object where it can be.
        same @ (Value::Float(_) | Value::ReadFloat(_)) => same,
        value => ctx.new_float(from_object(ctx, value)?),
    };
    Ok(instance(ctx, args[0], ctx.types().float, x))
}

/// `float(value)`: a number or a text.
fn from_object<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<f64, Raised<'gc>> {
    if let Some(x) = number(ctx, value)? {
        return Ok(x);
    }
    let parsed = if let Some(text) = value.as_str() {
        float::parse(&ascii_digits(text.bytes()))
    } else if let Some(bytes) = bytes_like(ctx, value) {
        float::parse(&bytes)
    } else {
        return Err(ctx.type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            ctx.type_name(value)
        )));
    };
    parsed.ok_or_else(|| {
        let quoted = quoted(ctx, value, usize::MAX);
        ctx.value_error(format!("could not convert string to float: {quoted}"))
    })
}

/// What `__float__`, or else `__index__`, makes of a value; none where it has neither.
pub fn number<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Option<f64>, Raised<'gc>> {
    match value {
        Value::Float(x) | Value::ReadFloat(x) => return Ok(Some(x.get())),
        Value::Int(_) | Value::Bool(_) | Value::BigInt(_) => {
            return int_ref(value).map(|n| to_float(ctx, n)).transpose();
        }
        Value::Str(_) | Value::Bytes(_) => return Ok(None),
        _ => {}
    }
    let names = ctx.names();
    if let Some(answer) = ctx.call_special(value, names.__float__, &[])? {
        return match answer.as_float() {
            Some(x) => {
                if answer.exact_float().is_none() {
                    let what = format!("{}.__float__", ctx.type_name(value));
                    ctx.warn_subclass(&what, "float", answer)?;
                }
                Ok(Some(x))
            }
            None => Err(ctx.type_error(format!(
                "{}.__float__ returned non-float (type {})",
                ctx.type_name(value),
                ctx.type_name(answer)
            ))),
        };
    }
    if value.class(ctx).lookup(ctx, names.__index__).is_none() {
        return Ok(None);
    }
    let index = ctx.index(value)?;
    int_ref(index).map(|n| to_float(ctx, n)).transpose()
}

impl<'gc> Context<'gc> {
    /// A real number as a float, as native functions take it (`PyFloat_AsDouble`).
    /// Raises TypeError for what is none.
    pub fn float(self, value: Value<'gc>) -> Result<f64, Raised<'gc>> {
        match number(self, value)? {
            Some(x) => Ok(x),
            None => Err(self.type_error(format!(
                "must be real number, not {}",
                self.type_name(value)
            ))),
        }
    }
}

/// `float.fromhex`
pub const FROMHEX: NativeDef = class_method(
    "fromhex($type, string, /)",
    "Create a floating-point number from a hexadecimal string.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> float.fromhex('-0x1p-1074')\n-5e-324",
    Plain(fromhex),
);

fn fromhex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Some(text) = args[1].as_str() else {
        return Err(ctx.type_error("bad argument type for built-in operation"));
    };
    let x = float_hex::from_hex(text.bytes()).map_err(|error| raise(ctx, error))?;
    made_by(ctx, args[0], ctx.types().float, ctx.new_float(x))
}

/// `float.from_number`
pub const FROM_NUMBER: NativeDef = class_method(
    "from_number($type, number, /)",
    "Convert real number to a floating-point number.",
    Plain(from_number),
);

fn from_number<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = ctx.float(args[1])?;
    made_by(ctx, args[0], ctx.types().float, Value::float(x))
}
