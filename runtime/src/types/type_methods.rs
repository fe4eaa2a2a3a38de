//! The methods of the type `type`; its computed attributes are in `type_attributes`.

use smallvec::SmallVec;

use crate::context::Context;
use crate::native::NativeCall::{Caller as CallerCall, Flow as FlowCall, Plain};
use crate::native::{NativeDef, class_method, method, new, slot};
use crate::protocol::{attribute, isinstance};
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::type_::Type;
use crate::types::union;
use crate::value::Value;
use crate::vm::flow::{Arguments, Flow};

pub use crate::types::type_attributes::{GETSETS, module_of};

/// The methods of `type`.
pub const METHODS: &[NativeDef] = &[
    new(
        "__new__($type, /, *args, **kwargs)",
        CallerCall(crate::types::class_creation::type_new),
    ),
    slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
    slot(
        "__or__($self, value, /)",
        "Return self|value.",
        Plain(union::either),
    ),
    slot(
        "__ror__($self, value, /)",
        "Return value|self.",
        Plain(union::reflected_either),
    ),
    slot(
        "__call__($self, /, *args, **kwargs)",
        "Call self as a function.",
        FlowCall(call),
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
    slot(
        "__init__($self, /, *args, **kwargs)",
        "Initialize self.  See help(type(self)) for accurate signature.",
        Plain(init),
    ),
    method(
        "mro($self, /)",
        "Return a type's method resolution order.",
        Plain(crate::types::mro::type_mro),
    ),
    method(
        "__subclasses__($self, /)",
        "Return a list of immediate subclasses.",
        Plain(subclasses),
    ),
    class_method(
        "__prepare__($cls, /, *args, **kwargs)",
        "Create the namespace for the class statement",
        Plain(|ctx, _| Ok(Value::Dict(Dict::new(ctx)))),
    ),
    method(
        "__instancecheck__($self, instance, /)",
        "Check if an object is an instance.",
        Plain(|ctx, args| isinstance::default_is_instance(ctx, args[1], args[0]).map(Value::bool)),
    ),
    method(
        "__subclasscheck__($self, subclass, /)",
        "Check if a class is a subclass.",
        Plain(|ctx, args| isinstance::default_is_subclass(ctx, args[1], args[0]).map(Value::bool)),
    ),
    method(
        "__dir__($self, /)",
        "Specialized __dir__ implementation for types.",
        Plain(dir),
    ),
    method(
        "__sizeof__($self, /)",
        "Return memory consumption of the type object.",
        Plain(size_of),
    ),
];

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Type<'gc>, Raised<'gc>> {
    value
        .as_type()
        .ok_or_else(|| ctx.type_error("descriptor requires a 'type' object"))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = this(ctx, args[0])?;
    let module = module_of(ctx, class).and_then(|m| m.as_str());
    Ok(ctx.str_value(&match module {
        Some(module) if module.bytes() != b"builtins" => format!(
            "<class '{}.{}'>",
            module.to_string_lossy(),
            class.qualname().to_string_lossy()
        ),
        _ => format!("<class '{}'>", class.name_text()),
    }))
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let class = this(ctx, args[0])?;
    let positional = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let keywords = args[2].as_dict().map_or_else(Vec::new, Dict::entries);
    let arguments = Arguments {
        positional: SmallVec::from_slice(positional),
        keywords: keywords
            .into_iter()
            .filter_map(|(key, value)| Some((key.as_str()?, value)))
            .collect(),
    };
    crate::vm::construct::construct(ctx, None, class, arguments)
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let given = args[1].as_tuple().map_or(0, |t| t.len());
    let keywords = args[2].as_dict().is_some_and(|d| !d.is_empty());
    if given == 1 && keywords {
        return Err(ctx.type_error("type.__init__() takes no keyword arguments"));
    }
    if given != 1 && given != 3 {
        return Err(ctx.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(Value::None)
}

fn get_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let class = this(ctx, args[0])?;
    let Some(name) = args[1].as_str() else {
        return Err(crate::types::object_type::attribute_name_error(
            ctx, args[1],
        ));
    };
    match attribute::lookup_on_type_without_getattr(ctx, class, name)? {
        attribute::Attr::Method(f) => Ok(Flow::Return(attribute::bind(ctx, f, args[0]))),
        attribute::Attr::Value(value) => Ok(Flow::Return(value)),
        attribute::Attr::Flow(flow) => Ok(flow),
        attribute::Attr::Missing => Err(attribute::missing(ctx, args[0], name)),
    }
}

fn set_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match args[1].as_str() {
        Some(name) => attribute::set_on_type(ctx, args[0], name, args[2]),
        None => Err(crate::types::object_type::attribute_name_error(
            ctx, args[1],
        )),
    }
}

fn delete_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match args[1].as_str() {
        Some(name) => attribute::set_on_type(ctx, args[0], name, Value::Absent),
        None => Err(crate::types::object_type::attribute_name_error(
            ctx, args[1],
        )),
    }
}

fn subclasses<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let found = this(ctx, args[0])?.subclasses(ctx);
    let found = found.into_iter().map(Value::Type).collect();
    Ok(Value::List(List::new(ctx, found)))
}

fn dir<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let found = Dict::new(ctx);
    crate::types::object_type::merge_class_names(ctx, found, args[0])?;
    let all = found.entries().into_iter().map(|(name, _)| name).collect();
    Ok(Value::List(List::new(ctx, all)))
}

/// DIFFERENCE: the size in this runtime, which is not CPython's.
fn size_of<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let entries = this(ctx, args[0])?.dict().len();
    Ok(Value::Int(256 + 48 * entries as i64))
}

/// `class[key]` where the metaclass has no `__getitem__`: `__class_getitem__`.
pub fn subscript_class<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    key: Value<'gc>,
) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
    let name = ctx.names().__class_getitem__;
    match ctx.try_attr(Value::Type(class), name)? {
        Some(method) => Ok(Some(Flow::call(method, &[key]))),
        None => Ok(None),
    }
}
