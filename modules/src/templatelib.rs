//! `_templatelib`: the types of template strings, for `string.templatelib`.

use capers_runtime::import::ModuleDef;
use capers_runtime::types::template::{INTERPOLATION, TEMPLATE};

/// The module.
pub static TEMPLATELIB: ModuleDef = ModuleDef {
    name: "_templatelib",
    doc: "Types of template strings.",
    functions: &[],
    types: &[&TEMPLATE, &INTERPOLATION],
    finish: None,
};
