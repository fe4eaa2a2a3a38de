//! Exception groups.
use super::base::member;
use crate::context::Context;
use crate::native::NativeDef;
use crate::raised::Raised;
use crate::types::def::GetSetDef;
use crate::types::exceptions::set_field_at;
use crate::value::Value;

/// The methods.
pub const METHODS: &[NativeDef] = &[];
/// The attributes.
pub const MEMBERS: &[GetSetDef] = &[
    member::<0>("message", "exception message"),
    member::<1>("exceptions", "nested exceptions"),
];

/// Sets the fields from `(message, exceptions)`.
pub(super) fn fill<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    for (index, value) in args.iter().take(2).enumerate() {
        set_field_at(ctx, raised.value(), index, *value);
    }
    Ok(())
}
