//! The errors of names without a value.

use crate::context::Context;
use crate::raised::Raised;
use crate::types::code::CodeData;
use crate::types::exceptions::{self, Exc};
use crate::types::str::Str;
use crate::value::Value;

/// The UnboundLocalError of the variable in `slot`.
#[cold]
pub(super) fn unbound<'gc>(ctx: Context<'gc>, code: &CodeData<'gc>, slot: usize) -> Raised<'gc> {
    let name = code.slot_names[slot];
    let message = format!(
        "cannot access local variable '{}' where it is not associated with a value",
        name.to_string_lossy()
    );
    // Its `name` stays None, as in CPython: only a plain NameError gets one.
    ctx.error(Exc::UnboundLocalError, message)
}

/// The error of an empty cell in `slot`: NameError for a free variable.
#[cold]
pub(super) fn empty_cell<'gc>(ctx: Context<'gc>, code: &CodeData<'gc>, slot: usize) -> Raised<'gc> {
    if !code.unit.slots[slot].free {
        return unbound(ctx, code, slot);
    }
    let name = code.slot_names[slot];
    let message = format!(
        "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
        name.to_string_lossy()
    );
    let raised = ctx.error(Exc::NameError, message);
    exceptions::set_field(ctx, raised, "name", Value::Str(name));
    raised
}

/// The NameError of a global.
#[cold]
pub(super) fn not_defined<'gc>(ctx: Context<'gc>, name: Str<'gc>) -> Raised<'gc> {
    let message = format!("name '{}' is not defined", name.to_string_lossy());
    let raised = ctx.error(Exc::NameError, message);
    exceptions::set_field(ctx, raised, "name", Value::Str(name));
    raised
}
