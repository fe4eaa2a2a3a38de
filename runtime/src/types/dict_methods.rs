//! The methods of `dict`.

use crate::types::def::TypeDef;

/// The type.
pub static DICT: TypeDef = TypeDef {
    name: "dict",
    mapping: true,
    match_self: true,
    ..TypeDef::DEFAULT
};
