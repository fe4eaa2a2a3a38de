//! `__context__`: what was being handled when an exception was raised.

use super::{fields, update};
use crate::context::Context;
use crate::raised::Raised;
use crate::value::Value;

/// Sets `__context__` of a new exception to the one being handled, cutting a
/// cycle that this would close. Follows CPython's `_PyErr_SetObject`.
pub fn chain_context<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) {
    let handled = ctx.handled();
    let exception = raised.value();
    if handled.is_none() || handled.is(exception) {
        return;
    }
    let mut walked = handled;
    // A second walker at half the speed finds a cycle that is there already.
    let (mut slow, mut step) = (handled, false);
    while let Some(fields) = fields(walked) {
        if fields.context.is_none() {
            break;
        }
        if fields.context.is(exception) {
            update(ctx, walked, |f| f.context = Value::None);
            break;
        }
        walked = fields.context;
        if walked.is(slow) {
            break;
        }
        if step && let Some(fields) = self::fields(slow) {
            slow = fields.context;
        }
        step = !step;
    }
    update(ctx, exception, |f| f.context = handled);
}

/// As `chain_context`, for an exception that a native answered with: it may come
/// out of a run of the VM that the native had started, which has set its context.
pub fn chain_unless_in_flight<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) {
    match fields(raised.value()) {
        Some(fields) if fields.in_flight => {
            update(ctx, raised.value(), |f| f.in_flight = false);
        }
        _ => chain_context(ctx, raised),
    }
}
