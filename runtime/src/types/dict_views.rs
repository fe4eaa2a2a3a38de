//! `dict_keys`, `dict_values`, `dict_items`. Own the struct and the types' methods.

use gc_arena::Collect;

use crate::erased::NativeData;
use crate::types::def::TypeDef;
use crate::value::Value;

/// The struct behind a view.
#[derive(Collect)]
#[collect(no_drop)]
pub struct DictView<'gc> {
    /// The dict, or the instance of a subclass, that is viewed.
    pub dict: Value<'gc>,
}

impl NativeData for DictView<'static> {
    type Data<'gc> = DictView<'gc>;
}

/// `dict_keys`
pub static DICT_KEYS: TypeDef = TypeDef {
    name: "dict_keys",
    subclassable: false,
    ..TypeDef::DEFAULT
};
/// `dict_values`
pub static DICT_VALUES: TypeDef = TypeDef {
    name: "dict_values",
    subclassable: false,
    ..TypeDef::DEFAULT
};
/// `dict_items`
pub static DICT_ITEMS: TypeDef = TypeDef {
    name: "dict_items",
    subclassable: false,
    ..TypeDef::DEFAULT
};
