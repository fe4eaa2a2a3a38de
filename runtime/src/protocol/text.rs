//! `repr`, `str`, `ascii` and `format`.

use crate::context::Context;
use crate::numbers::float_text;
use crate::protocol::call::call_method;
use crate::raised::Raised;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The text of an exact number, which has no hook to be asked.
#[inline]
fn of_number<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Str<'gc>> {
    match value {
        Value::Int(n) => Some(decimal(ctx, n)),
        Value::Float(x) | Value::ReadFloat(x) => Some(ctx.str(&float_text::repr(x.get()))),
        _ => None,
    }
}

/// The decimal digits of an int.
pub fn decimal<'gc>(ctx: Context<'gc>, number: i64) -> Str<'gc> {
    // Twenty bytes hold every 64-bit number and its sign.
    let mut text = [0; 20];
    let mut start = text.len();
    let mut rest = number.unsigned_abs();
    loop {
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        start -= 1;
        text[start] = b'-';
    }
    // A new string even of one digit, as CPython makes it: pickles tell by the memo.
    Str::new_ascii(ctx.mc, &text[start..])
}

/// `repr(value)` as a flow. Raises RecursionError on data that is nested too deep.
pub fn repr<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(text) = of_number(ctx, value) {
        return Ok(Flow::Return(Value::Str(text)));
    }
    let name = ctx.names().__repr__;
    // Natives answer at once where they can, so what they contain is shown from within.
    ctx.recurse(
        " while getting the repr of an object",
        || match call_method(ctx, value, name, &[])? {
            Some(flow) => expect_str(ctx, flow, name),
            None => Ok(Flow::Return(ctx.str_value("<object>"))),
        },
    )
}

/// `str(value)` as a flow. Raises RecursionError on data that is nested too deep.
pub fn str<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Value::Str(_) = value {
        return Ok(Flow::Return(value));
    }
    if let Some(text) = of_number(ctx, value) {
        return Ok(Flow::Return(Value::Str(text)));
    }
    let name = ctx.names().__str__;
    ctx.recurse(
        " while getting the str of an object",
        || match call_method(ctx, value, name, &[])? {
            Some(flow) => expect_str(ctx, flow, name),
            None => repr(ctx, value),
        },
    )
}

fn expect_str<'gc>(
    ctx: Context<'gc>,
    flow: Flow<'gc>,
    method: Str<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Flow::Return(Value::Str(_)) = flow {
        return Ok(flow);
    }
    and_then(ctx, flow, vec![Value::Str(method)], |ctx, state, result| {
        let text = result?;
        if text.as_str().is_some() {
            return Ok(Flow::Return(text));
        }
        let method = state[0]
            .as_str()
            .map_or_else(String::new, |m| m.to_string_lossy().into());
        Err(ctx.type_error(format!(
            "{method} returned non-string (type {})",
            ctx.type_name(text)
        )))
    })
}

/// `format(value, spec)` as a flow; `spec` is a str.
pub fn format<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    spec: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let (Value::Str(_), Some(s)) = (value, spec.as_str())
        && s.is_empty()
    {
        return Ok(Flow::Return(value));
    }
    if spec.as_str().is_some_and(Str::is_empty)
        && let Some(text) = of_number(ctx, value)
    {
        return Ok(Flow::Return(Value::Str(text)));
    }
    match (value, spec) {
        (Value::Int(number), Value::Str(text)) if text.is_empty() => {
            return Ok(Flow::Return(Value::Str(decimal(ctx, number))));
        }
        (Value::Int(_), Value::Str(_)) => {
            let text = crate::types::numbers::int::format(ctx, &[value, spec])?;
            return Ok(Flow::Return(text));
        }
        (Value::Float(_) | Value::ReadFloat(_), Value::Str(_)) => {
            let text = crate::types::numbers::float::format(ctx, &[value, spec])?;
            return Ok(Flow::Return(text));
        }
        _ => {}
    }
    let Some(flow) = call_method(ctx, value, ctx.names().__format__, &[spec])? else {
        return str(ctx, value);
    };
    if let Flow::Return(Value::Str(_)) = flow {
        return Ok(flow);
    }
    if let Flow::Return(Value::Str(_)) = flow {
        return Ok(flow);
    }
    and_then(ctx, flow, vec![], |ctx, _, result| {
        let text = result?;
        if text.as_str().is_some() {
            return Ok(Flow::Return(text));
        }
        Err(ctx.type_error(format!(
            "__format__ must return a str, not {}",
            ctx.type_name(text)
        )))
    })
}

impl<'gc> Context<'gc> {
    /// `repr(value)`, run to its end. Raises RecursionError on data that is
    /// nested too deep.
    pub fn repr(self, value: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
        let text = self.recurse(" while getting the repr of an object", || {
            self.complete(repr(self, value)?)
        })?;
        Ok(text.as_str().unwrap_or_else(|| self.str("")))
    }

    /// `str(value)`, run to its end.
    pub fn to_str(self, value: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
        if let Value::Str(text) = value {
            return Ok(text);
        }
        let text = self.recurse(" while getting the str of an object", || {
            self.complete(str(self, value)?)
        })?;
        Ok(text.as_str().unwrap_or_else(|| self.str("")))
    }

    /// `format(value, spec)`, run to its end.
    pub fn format(self, value: Value<'gc>, spec: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
        let text = self.complete(format(self, value, spec)?)?;
        Ok(text.as_str().unwrap_or_else(|| self.str("")))
    }
}
