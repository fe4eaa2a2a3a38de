//! `object`: the type's methods and attributes. The reduce protocol's methods
//! are declared here and work in `crate::reduce`.

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{class_method, method, new, slot};
use crate::numbers::float::NAN_HASH;
use crate::object::{Object, Payload};
use crate::protocol::attribute;
use crate::raised::Raised;
use crate::types::class_layout;
use crate::types::def::{TypeDef, getset};
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The type.
pub static OBJECT: TypeDef = TypeDef {
    name: "object",
    signature: "()",
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(object_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot("__str__($self, /)", "Return str(self).", FlowCall(str)),
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
            "__lt__($self, value, /)",
            "Return self<value.",
            Plain(unordered),
        ),
        slot(
            "__le__($self, value, /)",
            "Return self<=value.",
            Plain(unordered),
        ),
        slot(
            "__eq__($self, value, /)",
            "Return self==value.",
            Plain(equal),
        ),
        slot(
            "__ne__($self, value, /)",
            "Return self!=value.",
            FlowCall(not_equal),
        ),
        slot(
            "__gt__($self, value, /)",
            "Return self>value.",
            Plain(unordered),
        ),
        slot(
            "__ge__($self, value, /)",
            "Return self>=value.",
            Plain(unordered),
        ),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(object_init),
        ),
        class_method(
            "__subclasshook__($type, object, /)",
            "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome is cached).",
            Plain(|_, _| Ok(Value::NotImplemented)),
        ),
        class_method(
            "__init_subclass__($type, /, *args, **kwargs)",
            "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses.",
            Plain(init_subclass),
        ),
        method(
            "__format__($self, format_spec, /)",
            "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise.",
            FlowCall(format),
        ),
        method(
            "__sizeof__($self, /)",
            "Size of object in memory, in bytes.",
            Plain(size_of),
        ),
        method(
            "__dir__($self, /)",
            "Default dir() implementation.",
            Plain(dir),
        ),
        crate::reduce::object::REDUCE,
        crate::reduce::object::REDUCE_EX,
        crate::reduce::object::GETSTATE,
    ],
    getsets: &[getset(
        "__class__",
        "the object's class",
        |ctx, object| Ok(Value::Type(object.class(ctx))),
        set_class,
    )],
    ..TypeDef::DEFAULT
};

/// Whether the class has `object`'s own method of this name, of `__new__` and `__init__`.
fn has_default<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    name: crate::types::str::Str<'gc>,
) -> bool {
    matches!(class.lookup(ctx, name), Some(Value::Native(n)) if n.owner() == Some(ctx.types().object))
}

fn has_excess<'gc>(positional: Value<'gc>, keywords: Value<'gc>) -> bool {
    positional.as_tuple().is_some_and(|t| !t.is_empty())
        || keywords.as_dict().is_some_and(|d| !d.is_empty())
}

/// `object.__new__`. Arguments beyond the class are an error unless a class of
/// the program overrides `__init__` and leaves `__new__` alone.
fn object_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Type(class) = args[0] else {
        return Err(ctx.type_error("object.__new__(X): X is not a type object"));
    };
    let names = ctx.names();
    if has_excess(args[1], args[2]) {
        if !has_default(ctx, class, names.__new__) {
            return Err(ctx.type_error(
                "object.__new__() takes exactly one argument (the type to instantiate)",
            ));
        }
        if has_default(ctx, class, names.__init__) {
            return Err(ctx.type_error(format!("{}() takes no arguments", class.name_text())));
        }
    }
    if class.flags().is_abstract {
        return Err(abstract_error(ctx, class)?);
    }
    Ok(Value::Object(Object::new(ctx, class, Payload::NONE)))
}

/// The TypeError of an abstract class, naming the methods that are missing.
fn abstract_error<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Result<Raised<'gc>, Raised<'gc>> {
    let methods = ctx.get_attr(Value::Type(class), ctx.names().__abstractmethods__)?;
    let iterator = crate::protocol::iterate::iter(ctx, methods)?;
    let mut missing = Vec::new();
    while let Some(name) = ctx.next(iterator)? {
        missing.push(ctx.to_str(name)?);
    }
    missing.sort_by(|a, b| a.bytes().cmp(b.bytes()));
    let missing: Vec<_> = missing
        .iter()
        .map(|name| format!("'{}'", name.to_string_lossy()))
        .collect();
    Ok(ctx.type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{} {}",
        class.name_text(),
        if missing.len() == 1 { "" } else { "s" },
        missing.join(", ")
    )))
}

fn object_init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if has_excess(args[1], args[2]) {
        let class = args[0].class(ctx);
        let names = ctx.names();
        if !has_default(ctx, class, names.__init__) {
            return Err(ctx.type_error(
                "object.__init__() takes exactly one argument (the instance to initialize)",
            ));
        }
        if has_default(ctx, class, names.__new__) {
            return Err(ctx.type_error(format!(
                "{}.__init__() takes exactly one argument (the instance to initialize)",
                class.name_text()
            )));
        }
    }
    Ok(Value::None)
}

fn init_subclass<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = match args[0] {
        Value::Type(class) => class.qualname().to_string_lossy().into_owned(),
        _ => String::new(),
    };
    if args[2].as_dict().is_some_and(|d| !d.is_empty()) {
        return Err(ctx.type_error(format!(
            "{class}.__init_subclass__() takes no keyword arguments"
        )));
    }
    match args[1].as_tuple().map_or(0, |t| t.len()) {
        0 => Ok(Value::None),
        given => Err(ctx.type_error(format!(
            "{class}.__init_subclass__() takes no arguments ({given} given)"
        ))),
    }
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
    set_or_delete(ctx, args[0], args[1], args[2], "__setattr__")
}

fn delete_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    set_or_delete(ctx, args[0], args[1], Value::Absent, "__delattr__")
}

/// `object.__setattr__` is refused on classes: it would get around `type`'s checks.
fn set_or_delete<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Value<'gc>,
    value: Value<'gc>,
    method: &str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Value::Type(_) = object {
        return Err(ctx.type_error(format!(
            "can't apply this {method} to {} object",
            ctx.type_name(object)
        )));
    }
    match name.as_str() {
        Some(name) => attribute::set_generic(ctx, object, name, value),
        None => Err(attribute_name_error(ctx, name)),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let address = args[0].address().unwrap_or(0);
    let class = args[0].class(ctx);
    let name = class.qualname();
    let name = name.to_string_lossy();
    let module = crate::types::type_methods::module_of(ctx, class).and_then(|m| m.as_str());
    Ok(ctx.str_value(&match module {
        Some(module) if module.bytes() != b"builtins" => format!(
            "<{}.{name} object at {address:#x}>",
            module.to_string_lossy()
        ),
        _ => format!("<{} object at {address:#x}>", class.name_text()),
    }))
}

fn str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    // Not through `repr()`: what is wrong with the result is `str()`'s to report.
    let name = ctx.names().__repr__;
    match crate::protocol::call::call_method(ctx, args[0], name, &[])? {
        Some(flow) => Ok(flow),
        None => crate::protocol::text::repr(ctx, args[0]),
    }
}

/// The hash by identity. What has no address is identical to its equals of the
/// same kind, so that any number will do that depends on the value alone.
fn hash<'gc>(_ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let identity = match args[0] {
        Value::Int(n) => n as usize,
        Value::Float(x) | Value::ReadFloat(x) if x.get().is_nan() => {
            return Ok(Value::Int(NAN_HASH));
        }
        Value::Float(x) | Value::ReadFloat(x) => x.get().to_bits() as usize,
        Value::Bool(b) => b.get() as usize,
        Value::Ellipsis => 0x0e11,
        Value::NotImplemented => 0x0707,
        other => other.address().unwrap_or(0),
    };
    Ok(Value::Int(crate::protocol::hash::hash_address(identity)))
}

fn unordered<'gc>(_ctx: Context<'gc>, _args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::NotImplemented)
}

fn equal<'gc>(_ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(match args[0].is(args[1]) {
        true => Value::bool(true),
        false => Value::NotImplemented,
    })
}

/// The opposite of what the object's own `__eq__` says.
fn not_equal<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let eq = ctx.names().__eq__;
    let Some(flow) = crate::protocol::call::call_method(ctx, args[0], eq, &[args[1]])? else {
        return Ok(Flow::Return(Value::NotImplemented));
    };
    and_then(ctx, flow, vec![], |ctx, _, result| match result? {
        Value::NotImplemented => Ok(Flow::Return(Value::NotImplemented)),
        answer => Ok(Flow::Return(Value::bool(!ctx.truth(answer)?))),
    })
}

fn format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match args[1].as_str() {
        Some(spec) if spec.is_empty() => crate::protocol::text::str(ctx, args[0]),
        Some(_) => Err(ctx.type_error(format!(
            "unsupported format string passed to {}.__format__",
            ctx.type_name(args[0])
        ))),
        None => Err(ctx.type_error(format!(
            "__format__() argument must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, args[1])
        ))),
    }
}

/// DIFFERENCE: the size in this runtime, which is not CPython's.
fn size_of<'gc>(_ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let values = match args[0] {
        Value::Object(object) => object.value_count(),
        _ => 0,
    };
    Ok(Value::Int(16 + 16 * values as i64))
}

/// The names in the object's `__dict__`, its class and the bases; not sorted.
fn dir<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let found = Dict::new(ctx);
    if let Some(own) = ctx.try_attr(args[0], names.__dict__)?
        && let Some(own) = own.as_dict()
    {
        for (name, value) in own.entries() {
            found.set(ctx, name, value)?;
        }
    }
    if let Some(class) = ctx.try_attr(args[0], names.__class__)? {
        merge_class_names(ctx, found, class)?;
    }
    let all = found.entries().into_iter().map(|(name, _)| name).collect();
    Ok(Value::List(List::new(ctx, all)))
}

/// Adds the names of a class and its bases. Follows `__bases__`, so that what
/// only looks like a class works too.
pub fn merge_class_names<'gc>(
    ctx: Context<'gc>,
    found: Dict<'gc>,
    class: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let names = ctx.names();
    if let Value::Type(class) = class {
        for base in class.mro() {
            for (name, value) in base.dict().entries() {
                found.set(ctx, name, value)?;
            }
        }
        return Ok(());
    }
    if let Some(own) = ctx.try_attr(class, names.__dict__)?
        && let Some(own) = own.as_dict()
    {
        for (name, value) in own.entries() {
            found.set(ctx, name, value)?;
        }
    }
    let bases = ctx.try_attr(class, names.__bases__)?;
    if let Some(bases) = bases.and_then(|b| b.as_tuple()) {
        for base in bases.items() {
            ctx.recurse(" in __dir__", || merge_class_names(ctx, found, *base))?;
        }
    }
    Ok(())
}

fn set_class<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let new = match value {
        Value::Absent => return Err(ctx.type_error("can't delete __class__ attribute")),
        Value::Type(class) => class,
        other => {
            return Err(ctx.type_error(format!(
                "__class__ must be set to a class, not '{}' object",
                ctx.type_name(other)
            )));
        }
    };
    let old = object.class(ctx);
    let module = ctx.types().module;
    let modules = old.is_subclass_of(module) && new.is_subclass_of(module);
    if !(modules || old.flags().mutable && new.flags().mutable) {
        return Err(ctx.type_error(
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    if !modules {
        class_layout::check_assignable(ctx, old, new, "__class__")?;
    }
    match object {
        Value::Object(instance) => instance.set_class(ctx, new),
        Value::Module(module) => module.set_class(ctx, new),
        Value::Type(class) => {
            class.links_mut(ctx).metaclass = Some(new);
            class.modified(ctx);
        }
        _ => {}
    }
    Ok(())
}
