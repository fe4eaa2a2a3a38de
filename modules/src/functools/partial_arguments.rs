//! How the arguments of a `partial` and those of a call come together.

use capers_runtime::context::Context;
use capers_runtime::types::dict::Dict;
use capers_runtime::value::Value;

use super::placeholder::placeholder;

/// How many places `arguments` keep for later.
pub fn count_gaps<'gc>(ctx: Context<'gc>, arguments: &[Value<'gc>]) -> usize {
    let gap = placeholder(ctx);
    arguments.iter().filter(|a| a.is(gap)).count()
}

/// `arguments` with the first of `more` in the places that are kept, and the
/// others behind.
pub fn fill<'gc>(
    ctx: Context<'gc>,
    arguments: &[Value<'gc>],
    gaps: usize,
    more: &[Value<'gc>],
) -> Vec<Value<'gc>> {
    if gaps == 0 {
        return [arguments, more].concat();
    }
    let gap = placeholder(ctx);
    let mut more = more.iter().copied();
    let mut filled = Vec::with_capacity(arguments.len() + more.len());
    for argument in arguments {
        filled.push(match argument.is(gap) {
            true => more.next().unwrap_or(*argument),
            false => *argument,
        });
    }
    filled.extend(more);
    filled
}

/// `{**first, **second}`
pub fn merge<'gc>(ctx: Context<'gc>, first: Dict<'gc>, second: Dict<'gc>) -> Dict<'gc> {
    let merged = first.copy(ctx);
    for (key, value) in second.entries() {
        if let Some(key) = key.as_str() {
            merged.set_str(ctx, key, value);
        }
    }
    merged
}
