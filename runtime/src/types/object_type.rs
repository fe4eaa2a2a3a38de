//! `object`: the type's methods.

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{new, slot};
use crate::object::{Object, Payload};
use crate::protocol::attribute;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::value::Value;
use crate::vm::flow::Flow;

/// The type.
pub static OBJECT: TypeDef = TypeDef {
    name: "object",
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(object_new)),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(object_init),
        ),
        slot(
            "__getattribute__($self, name, /)",
            "Return getattr(self, name).",
            FlowCall(get_attribute),
        ),
        slot(
            "__setattr__($self, name, value, /)",
            "Implement setattr(self, name, value).",
            FlowCall(set_attribute),
        ),
        slot(
            "__delattr__($self, name, /)",
            "Implement delattr(self, name).",
            FlowCall(delete_attribute),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
    ],
    ..TypeDef::DEFAULT
};

fn object_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Type(class) = args[0] else {
        return Err(ctx.type_error("object.__new__(X): X is not a type object"));
    };
    Ok(Value::Object(Object::new(ctx, class, Payload::NONE)))
}

fn object_init<'gc>(_ctx: Context<'gc>, _args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::None)
}

fn get_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(name) = args[1].as_str() else {
        return Err(attribute_name_error(ctx, args[1]));
    };
    let class = args[0].class(ctx);
    match attribute::lookup_without_getattr(ctx, args[0], class, name)? {
        attribute::Attr::Method(f) => Ok(Flow::Return(attribute::bind(ctx, f, args[0]))),
        attribute::Attr::Value(value) => Ok(Flow::Return(value)),
        attribute::Attr::Flow(flow) => Ok(flow),
        attribute::Attr::Missing => Err(attribute::missing(ctx, args[0], name)),
    }
}

/// The TypeError of an attribute name that is no string.
pub fn attribute_name_error<'gc>(ctx: Context<'gc>, name: Value<'gc>) -> Raised<'gc> {
    ctx.type_error(format!(
        "attribute name must be string, not '{}'",
        ctx.type_name(name)
    ))
}

fn set_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match args[1].as_str() {
        Some(name) => attribute::set_generic(ctx, args[0], name, args[2]),
        None => Err(attribute_name_error(ctx, args[1])),
    }
}

fn delete_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match args[1].as_str() {
        Some(name) => attribute::set_generic(ctx, args[0], name, Value::Absent),
        None => Err(attribute_name_error(ctx, args[1])),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let address = args[0].address().unwrap_or(0);
    Ok(ctx.str_value(&format!(
        "<{} object at {address:#x}>",
        ctx.type_name(args[0])
    )))
}

fn hash<'gc>(_ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let address = args[0].address().unwrap_or(0);
    Ok(Value::Int(crate::protocol::hash::hash_address(address)))
}
