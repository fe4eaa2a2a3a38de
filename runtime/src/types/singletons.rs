//! The types of `None`, `...` and `NotImplemented`.

use crate::types::def::TypeDef;

/// `NoneType`
pub static NONE_TYPE: TypeDef = TypeDef {
    name: "NoneType",
    subclassable: false,
    ..TypeDef::DEFAULT
};
/// `ellipsis`
pub static ELLIPSIS: TypeDef = TypeDef {
    name: "ellipsis",
    subclassable: false,
    ..TypeDef::DEFAULT
};
/// `NotImplementedType`
pub static NOT_IMPLEMENTED_TYPE: TypeDef = TypeDef {
    name: "NotImplementedType",
    subclassable: false,
    ..TypeDef::DEFAULT
};
