//! What exception classes do: `__init__` of the kinds that take arguments
//! apart, `__str__`, `__reduce__`, the members, exception groups.

use crate::context::Context;
use crate::object::Object;
use crate::types::exceptions::ExceptionTypes;
use crate::value::Value;

/// Adds methods and members to the classes.
pub(super) fn populate<'gc>(_ctx: Context<'gc>, _types: &ExceptionTypes<'gc>) {}

/// What `__init__` of a built-in class does with `args`.
pub(super) fn initialize<'gc>(_ctx: Context<'gc>, _exception: Object<'gc>, _args: &[Value<'gc>]) {}
