//! `repr`, `str`, `ascii` and `format`.

use crate::context::Context;
use crate::protocol::call::call_method;
use crate::raised::Raised;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// `repr(value)` as a flow.
pub fn repr<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    match call_method(ctx, value, ctx.names().__repr__, &[])? {
        Some(flow) => expect_str(ctx, flow, "__repr__"),
        None => Ok(Flow::Return(ctx.str_value("<object>"))),
    }
}

/// `str(value)` as a flow.
pub fn str<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Value::Str(_) = value {
        return Ok(Flow::Return(value));
    }
    match call_method(ctx, value, ctx.names().__str__, &[])? {
        Some(flow) => expect_str(ctx, flow, "__str__"),
        None => repr(ctx, value),
    }
}

fn expect_str<'gc>(
    ctx: Context<'gc>,
    flow: Flow<'gc>,
    method: &'static str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let state = vec![Value::Str(ctx.intern(method))];
    and_then(ctx, flow, state, |ctx, state, result| {
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
    let Some(flow) = call_method(ctx, value, ctx.names().__format__, &[spec])? else {
        return str(ctx, value);
    };
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
