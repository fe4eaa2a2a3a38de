//! `functools.Placeholder`: the one object that keeps a place among the
//! arguments of a `partial`.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::types::def::TypeDef;
use capers_runtime::value::Value;

use super::Answer;

/// Its type.
pub static PLACEHOLDER_TYPE: TypeDef = TypeDef {
    name: "_PlaceholderType",
    module: "functools",
    doc: "The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.",
    subclassable: false,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(placeholder_new)),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(|ctx, _| Ok(ctx.str_value("Placeholder"))),
        ),
        method(
            "__reduce__($self, /)",
            "",
            Plain(|ctx, _| Ok(ctx.str_value("Placeholder"))),
        ),
    ],
    ..TypeDef::DEFAULT
};

/// The object.
pub fn placeholder<'gc>(ctx: Context<'gc>) -> Value<'gc> {
    const KEY: &str = "functools.Placeholder";
    let registry = ctx.registry();
    if let Some(known) = registry.get_text(ctx, KEY) {
        return known;
    }
    let class = ctx.type_of_def(&PLACEHOLDER_TYPE);
    let made = Value::Object(Object::new(ctx, class, Payload::NONE));
    registry.set_text(ctx, KEY, made);
    made
}

fn placeholder_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let given = args[1].as_tuple().is_some_and(|t| !t.is_empty());
    if given || args[2].as_dict().is_some_and(|d| !d.is_empty()) {
        return Err(ctx.type_error("PlaceholderType takes no arguments"));
    }
    Ok(placeholder(ctx))
}
