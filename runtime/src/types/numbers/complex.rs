//! `complex`: the type's methods.

use crate::types::def::TypeDef;

/// The type.
pub static COMPLEX: TypeDef = TypeDef {
    name: "complex",
    ..TypeDef::DEFAULT
};
