//! `float`: the type's methods.

use crate::types::def::TypeDef;

/// The type.
pub static FLOAT: TypeDef = TypeDef {
    name: "float",
    match_self: true,
    ..TypeDef::DEFAULT
};
