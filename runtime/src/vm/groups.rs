//! `except*`: what its two instructions do.

use std::collections::HashSet;

use crate::context::Context;
use crate::raised::Raised;
use crate::types::exceptions::groups::{self, Matcher, collect_leaves, is_group, split_by};
use crate::types::exceptions::{self, Exc};
use crate::types::list::List;
use crate::types::{frame, traceback};
use crate::value::Value;
use crate::vm::frame::PyFrame;
use crate::vm::rare::exception_matches;

/// Splits an exception for `except* kind`: the rest and the match, each None
/// when empty. Follows CPython's `_PyEval_ExceptionGroupMatch`.
pub fn split_group<'gc>(
    ctx: Context<'gc>,
    exception: Value<'gc>,
    kind: Value<'gc>,
    python_frame: &mut PyFrame<'gc>,
) -> Result<(Value<'gc>, Value<'gc>), Raised<'gc>> {
    let is_match = exception_matches(ctx, exception, kind)?;
    let kinds = kind.as_tuple().map(|t| t.items());
    let group = ctx.exceptions().get(Exc::BaseExceptionGroup);
    for kind in kinds.unwrap_or(&[kind]) {
        if kind
            .as_type()
            .is_some_and(|kind| kind.is_subclass_of(group))
        {
            return Err(ctx.type_error(
                "catching ExceptionGroup with except* is not allowed. Use except instead.",
            ));
        }
    }
    if exception.is_none() {
        return Ok((Value::None, Value::None));
    }
    if is_match {
        if is_group(ctx, exception) {
            return Ok((Value::None, exception));
        }
        // A naked exception is given to the handler within a group.
        let nested = Value::Tuple(ctx.tuple([exception]));
        let wrapped = groups::make(ctx, ctx.str_value(""), nested)?;
        if let Some(raised) = exceptions::as_exception(ctx, wrapped) {
            let frame_object = frame::object_of(ctx, python_frame);
            let entry = traceback::entry(ctx, python_frame, frame_object, raised);
            exceptions::update(ctx, wrapped, |f| f.traceback = entry);
        }
        return Ok((Value::None, wrapped));
    }
    if !is_group(ctx, exception) {
        return Ok((exception, Value::None));
    }
    let pair = ctx.call_method(exception, ctx.intern("split"), &[kind])?;
    let class = ctx.type_name(exception);
    let Some(items) = pair.as_tuple() else {
        return Err(ctx.type_error(format!(
            "{class}.split must return a tuple, not {}",
            ctx.type_name(pair)
        )));
    };
    match items.items() {
        [matched, rest, ..] => Ok((*rest, *matched)),
        items => Err(ctx.type_error(format!(
            "{class}.split must return a 2-tuple, got tuple of size {}",
            items.len()
        ))),
    }
}

/// What is raised at the end of `except*`, or None: what the handlers raised,
/// and of the original what was not handled or raised again, in its nesting.
/// Follows CPython's `_PyExc_PrepReraiseStar`.
pub fn prepare_reraise<'gc>(
    ctx: Context<'gc>,
    original: Value<'gc>,
    raised: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let items = raised.as_list().map_or_else(Vec::new, List::to_vec);
    if !is_group(ctx, original) {
        // A naked exception is caught by one clause at most.
        return Ok(items.first().copied().unwrap_or(Value::None));
    }
    let (mut new, mut leaves) = (Vec::new(), HashSet::new());
    for exception in items.into_iter().filter(|e| !e.is_none()) {
        if is_part(ctx, exception, original) {
            collect_leaves(ctx, exception, &mut leaves);
        } else {
            new.push(exception);
        }
    }
    if !leaves.is_empty() {
        let parts = split_by(ctx, original, &Matcher::Leaves(&leaves), false)?;
        if new.is_empty() {
            return Ok(parts.matched.unwrap_or(Value::None));
        }
        new.extend(parts.matched);
    }
    match new.as_slice() {
        [] => Ok(Value::None),
        [one] => Ok(*one),
        _ => groups::make(ctx, ctx.str_value(""), Value::List(List::new(ctx, new))),
    }
}

/// Whether a group is the original or was split off it.
fn is_part<'gc>(ctx: Context<'gc>, exception: Value<'gc>, original: Value<'gc>) -> bool {
    if !is_group(ctx, exception) {
        return false;
    }
    match (exceptions::fields(exception), exceptions::fields(original)) {
        (Some(a), Some(b)) => {
            a.traceback.is(b.traceback) && a.cause.is(b.cause) && a.context.is(b.context)
        }
        _ => false,
    }
}
