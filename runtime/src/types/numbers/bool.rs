//! `bool`: the type's methods.

use crate::types::def::TypeDef;

/// The type.
pub static BOOL: TypeDef = TypeDef {
    name: "bool",
    base: Some(&super::int::INT),
    subclassable: false,
    ..TypeDef::DEFAULT
};
