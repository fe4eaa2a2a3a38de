//! `_compare_digest`: a comparison whose time does not depend on where two
//! texts differ.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::protocol::buffer;
use capers_runtime::value::Value;

use super::Answer;

/// `_operator._compare_digest`
pub const COMPARE_DIGEST: NativeDef = function(
    "_compare_digest(a, b, /)",
    "Return 'a == b'.\n\nThis function uses an approach designed to prevent\ntiming analysis, making it appropriate for cryptography.",
    Plain(compare_digest),
);

fn compare_digest<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if let (Some(a), Some(b)) = (args[0].as_str(), args[1].as_str()) {
        if !a.is_ascii() || !b.is_ascii() {
            return Err(
                ctx.type_error("comparing strings with non-ASCII characters is not supported")
            );
        }
        return Ok(Value::bool(same(a.bytes(), b.bytes())));
    }
    let a = buffer::contents_if_any(ctx, args[0])?;
    let b = buffer::contents_if_any(ctx, args[1])?;
    match (a, b) {
        (Some(a), Some(b)) => Ok(Value::bool(same(&a, &b))),
        (None, None) => Err(ctx.type_error(format!(
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            ctx.type_name(args[0]),
            ctx.type_name(args[1])
        ))),
        (a, _) => {
            let culprit = if a.is_none() { args[0] } else { args[1] };
            Err(ctx.type_error(format!(
                "a bytes-like object is required, not '{}'",
                ctx.type_name(culprit)
            )))
        }
    }
}

fn same(a: &[u8], b: &[u8]) -> bool {
    let differences = a.iter().zip(b).fold(0, |all, (x, y)| all | (x ^ y));
    a.len() == b.len() && std::hint::black_box(differences) == 0
}
