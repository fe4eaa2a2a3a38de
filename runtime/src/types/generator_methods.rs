//! The methods of `generator`.

use crate::types::def::TypeDef;

/// The type.
pub static GENERATOR: TypeDef = TypeDef {
    name: "generator",
    subclassable: false,
    weakrefable: true,
    ..TypeDef::DEFAULT
};
