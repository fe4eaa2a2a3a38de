//! `types.GenericAlias`: `list[int]` and its kin.

use crate::context::Context;
use crate::raised::Raised;
use crate::value::Value;

/// `__doc__` of every built-in `__class_getitem__`.
pub const CLASS_GETITEM_DOC: &str = "See PEP 585";

/// `__class_getitem__` of built-in types: `class[arguments]`.
pub fn class_getitem<'gc>(
    _ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(args[0])
}
