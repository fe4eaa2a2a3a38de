//! The types of `None`, `...` and `NotImplemented`.

use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, method, new, slot};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::value::Value;

const NEW: &str = "__new__($type, *args, **kwargs)";

const REPR: NativeDef = slot("__repr__($self, /)", "Return repr(self).", Plain(shown));

/// `NoneType`
pub static NONE_TYPE: TypeDef = TypeDef {
    name: "NoneType",
    repeats: &["__eq__"],
    signature: "()",
    doc: "The type of the None singleton.",
    subclassable: false,
    methods: &[
        new(NEW, Plain(new_none)),
        REPR,
        slot(
            "__bool__($self, /)",
            "True if self else False",
            Plain(truth),
        ),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hashed)),
    ],
    ..TypeDef::DEFAULT
};
/// `ellipsis`
pub static ELLIPSIS: TypeDef = TypeDef {
    name: "ellipsis",
    signature: "()",
    doc: "The type of the Ellipsis singleton.",
    subclassable: false,
    methods: &[
        new(NEW, Plain(new_ellipsis)),
        REPR,
        method("__reduce__($self, /)", "", Plain(reduced)),
    ],
    ..TypeDef::DEFAULT
};
/// `NotImplementedType`
pub static NOT_IMPLEMENTED_TYPE: TypeDef = TypeDef {
    name: "NotImplementedType",
    signature: "()",
    doc: "The type of the NotImplemented singleton.",
    subclassable: false,
    methods: &[
        new(NEW, Plain(new_not_implemented)),
        REPR,
        slot(
            "__bool__($self, /)",
            "True if self else False",
            Plain(truth),
        ),
        method("__reduce__($self, /)", "", Plain(reduced)),
    ],
    ..TypeDef::DEFAULT
};

/// The name under which programs know a singleton.
fn name_of(value: Value<'_>) -> &'static str {
    match value {
        Value::Ellipsis => "Ellipsis",
        Value::NotImplemented => "NotImplemented",
        _ => "None",
    }
}

fn shown<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Str(ctx.intern(name_of(args[0]))))
}

/// `__reduce__`: pickled by its name.
fn reduced<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    shown(ctx, args)
}

fn truth<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.truth(args[0]).map(Value::bool)
}

fn hashed<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.hash(args[0]).map(Value::Int)
}

/// Answers a call of a singleton's type, which takes no arguments.
fn only<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    value: Value<'gc>,
    shown: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    let positional = args[1].as_tuple().is_none_or(|t| t.is_empty());
    let named = args[2].as_dict().is_none_or(|d| d.is_empty());
    if positional && named {
        Ok(value)
    } else {
        Err(ctx.type_error(format!("{shown} takes no arguments")))
    }
}

fn new_none<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    only(ctx, args, Value::None, "NoneType")
}

fn new_ellipsis<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    only(ctx, args, Value::Ellipsis, "EllipsisType")
}

fn new_not_implemented<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    only(ctx, args, Value::NotImplemented, "NotImplementedType")
}
