//! What the three callables share: how arguments are checked and shown.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;

use super::Answer;

/// The positional arguments that the binder gathered; keywords are refused.
pub fn positional<'gc>(
    ctx: Context<'gc>,
    name: &str,
    args: &[Value<'gc>],
) -> Result<&'gc [Value<'gc>], Raised<'gc>> {
    if args[2].as_dict().is_some_and(|d| !d.is_empty()) {
        return Err(ctx.type_error(format!("{name}() takes no keyword arguments")));
    }
    Ok(args[1].as_tuple().map_or(&[][..], |t| t.items()))
}

/// The one argument of a call.
pub fn operand<'gc>(
    ctx: Context<'gc>,
    name: &str,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    match positional(ctx, name, args)? {
        [operand] => Ok(*operand),
        given => Err(ctx.type_error(format!("{name} expected 1 argument, got {}", given.len()))),
    }
}

/// `operator.name(items, key=value)`
pub fn show<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    items: &[Value<'gc>],
    named: &[(Value<'gc>, Value<'gc>)],
) -> Answer<'gc> {
    let name = owner.class(ctx).name_text();
    let Some(_guard) = ctx.enter_repr(owner) else {
        return Ok(ctx.str_value(&format!("{name}(...)")));
    };
    let mut text = format!("{name}(").into_bytes();
    let mut separator: &[u8] = b"";
    for item in items {
        text.extend_from_slice(separator);
        text.extend_from_slice(ctx.repr(*item)?.bytes());
        separator = b", ";
    }
    for (key, value) in named {
        text.extend_from_slice(separator);
        text.extend_from_slice(ctx.to_str(*key)?.bytes());
        text.push(b'=');
        text.extend_from_slice(ctx.repr(*value)?.bytes());
        separator = b", ";
    }
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}
