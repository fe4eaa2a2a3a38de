//! The methods and attributes of the type `type`.

use crate::context::Context;
use crate::native::NativeDef;
use crate::raised::Raised;
use crate::types::def::GetSetDef;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::Flow;

/// The methods of `type`.
pub const METHODS: &[NativeDef] = &[];
/// The computed attributes of `type`.
pub const GETSETS: &[GetSetDef] = &[];

/// `class[key]` where the metaclass has no `__getitem__`: `__class_getitem__`.
pub fn subscript_class<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    key: Value<'gc>,
) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
    let name = ctx.names().__class_getitem__;
    match ctx.try_attr(Value::Type(class), name)? {
        Some(method) => Ok(Some(Flow::call(method, &[key]))),
        None => Ok(None),
    }
}
