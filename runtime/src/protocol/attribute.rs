//! Attribute access: `getattr`, `setattr`, `delattr`, descriptors. Follows
//! CPython's `_PyObject_GenericGetAttrWithDict`, `_Py_type_getattro` and their
//! setting counterparts.

use crate::context::Context;
use crate::native::NativeKind;
use crate::object::{Object, Payload};
use crate::raised::Raised;
use crate::types::descriptors::{GetSetDescriptor, SlotMember};
use crate::types::exceptions::{self, Exc};
use crate::types::function::BoundMethod;
use crate::types::method_wrappers::{ClassMethod, StaticMethod};
use crate::types::native_function::NativeMethod;
use crate::types::property::Property;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// What a look-up found.
pub enum Attr<'gc> {
    /// A function of the class, to be bound to the object that was asked.
    Method(Value<'gc>),
    /// The value.
    Value(Value<'gc>),
    /// Python code computes it.
    Flow(Flow<'gc>),
    /// Nothing.
    Missing,
}

/// `getattr(object, name)` without making the AttributeError of a missing one,
/// and without binding a method.
pub fn lookup<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    match object {
        Value::Type(class) => lookup_on_type(ctx, class, name),
        Value::Object(_) | Value::Module(_) => {
            let class = object.class(ctx);
            let names = ctx.names();
            match class.lookup(ctx, names.__getattribute__) {
                Some(Value::Native(native)) if native.is_of_object() => {
                    lookup_generic(ctx, object, class, name)
                }
                Some(hook) => {
                    let flow = call_hook(ctx, hook, object, Value::Str(name))?;
                    Ok(Attr::Flow(with_getattr_fallback(ctx, flow, object, name)?))
                }
                None => lookup_generic(ctx, object, class, name),
            }
        }
        Value::BoundMethod(_) => crate::types::function_methods::method_lookup(ctx, object, name),
        _ => lookup_generic(ctx, object, object.class(ctx), name),
    }
}

/// Calls a special method found on a class, given its first argument.
fn call_hook<'gc>(
    ctx: Context<'gc>,
    hook: Value<'gc>,
    object: Value<'gc>,
    argument: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    crate::protocol::call::call_special(ctx, hook, object, &[argument])
}

/// Lets `__getattr__` answer where `flow` ends in an AttributeError.
fn with_getattr_fallback<'gc>(
    ctx: Context<'gc>,
    flow: Flow<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(fallback) = object.class(ctx).lookup(ctx, ctx.names().__getattr__) else {
        return Ok(flow);
    };
    let state = vec![fallback, object, Value::Str(name)];
    and_then(ctx, flow, state, |ctx, state, result| match result {
        Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => {
            call_hook(ctx, state[0], state[1], state[2])
        }
        result => result.map(Flow::Return),
    })
}

/// `object.__getattribute__` and then `__getattr__`.
pub fn lookup_generic<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    class: Type<'gc>,
    name: Str<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    let found = match lookup_without_getattr(ctx, object, class, name) {
        // An empty slot: as good as missing, if there is a `__getattr__`.
        Err(raised)
            if exceptions::matches(ctx, raised, Exc::AttributeError)
                && class.lookup(ctx, ctx.names().__getattr__).is_some() =>
        {
            Attr::Missing
        }
        found => found?,
    };
    match found {
        Attr::Missing => match class.lookup(ctx, ctx.names().__getattr__) {
            Some(hook) => Ok(Attr::Flow(call_hook(ctx, hook, object, Value::Str(name))?)),
            None => Ok(match module_hook(ctx, object) {
                Some(hook) => Attr::Flow(Flow::call(hook, &[Value::Str(name)])),
                None => Attr::Missing,
            }),
        },
        // A property's getter or another descriptor may raise AttributeError.
        Attr::Flow(flow) => Ok(Attr::Flow(with_getattr_fallback(ctx, flow, object, name)?)),
        found => Ok(found),
    }
}

/// The function `__getattr__` that a module defines for itself.
fn module_hook<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Option<Value<'gc>> {
    match object {
        Value::Module(module) => module.dict().get_str(ctx, ctx.names().__getattr__),
        _ => None,
    }
}

/// `object.__getattribute__` alone.
pub fn lookup_without_getattr<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    class: Type<'gc>,
    name: Str<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    let on_class = class.lookup(ctx, name);
    if let Some(descriptor) = on_class
        && overrides_instance(ctx, descriptor)
    {
        return get_descriptor(ctx, descriptor, object, class);
    }
    if let Some(value) = instance_attribute(ctx, object, name) {
        return Ok(Attr::Value(value));
    }
    match on_class {
        Some(descriptor) => get_descriptor(ctx, descriptor, object, class),
        None => Ok(Attr::Missing),
    }
}

/// What the object's own `__dict__` has.
pub fn instance_attribute<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
) -> Option<Value<'gc>> {
    match object {
        Value::Object(instance) => instance.attribute(ctx, name),
        Value::Module(module) => module.dict().get_str(ctx, name),
        Value::Function(function) => function.fields().dict?.get_str(ctx, name),
        Value::Type(class) => class.dict().get_str(ctx, name),
        _ => None,
    }
}

/// `type.__getattribute__`.
pub fn lookup_on_type<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    name: Str<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    let metaclass = class.metaclass(ctx);
    if metaclass != ctx.types().type_
        && let Some(hook) = metaclass.lookup(ctx, ctx.names().__getattribute__)
        && !matches!(hook, Value::Native(_))
    {
        let object = Value::Type(class);
        let flow = call_hook(ctx, hook, object, Value::Str(name))?;
        return Ok(Attr::Flow(with_getattr_fallback(ctx, flow, object, name)?));
    }
    lookup_on_type_generic(ctx, class, name)
}

/// `type.__getattribute__` itself and then the metaclass's `__getattr__`.
pub fn lookup_on_type_generic<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    name: Str<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    match lookup_on_type_without_getattr(ctx, class, name)? {
        Attr::Missing => match class.metaclass(ctx).lookup(ctx, ctx.names().__getattr__) {
            Some(hook) => {
                let object = Value::Type(class);
                Ok(Attr::Flow(call_hook(ctx, hook, object, Value::Str(name))?))
            }
            None => Ok(Attr::Missing),
        },
        Attr::Flow(flow) => {
            let object = Value::Type(class);
            Ok(Attr::Flow(with_getattr_fallback(ctx, flow, object, name)?))
        }
        found => Ok(found),
    }
}

/// `type.__getattribute__` alone.
pub fn lookup_on_type_without_getattr<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    name: Str<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    let metaclass = class.metaclass(ctx);
    let on_metaclass = metaclass.lookup(ctx, name);
    if let Some(descriptor) = on_metaclass
        && overrides_instance(ctx, descriptor)
    {
        return get_descriptor(ctx, descriptor, Value::Type(class), metaclass);
    }
    if let Some(value) = class.lookup(ctx, name) {
        return get_from_class(ctx, value, class);
    }
    match on_metaclass {
        Some(descriptor) => get_descriptor(ctx, descriptor, Value::Type(class), metaclass),
        None => Ok(Attr::Missing),
    }
}

/// Whether the value, found on a class, comes before what the instance has:
/// a data descriptor that can be read.
fn overrides_instance<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let Value::Object(object) = value else {
        return false;
    };
    is_data_descriptor(ctx, value)
        && (matches!(object.payload(), Payload::Native(_))
            || object.class().lookup(ctx, ctx.names().__get__).is_some())
}

/// Whether the value, found on a class, has `__set__` or `__delete__`.
pub fn is_data_descriptor<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let Value::Object(object) = value else {
        return false;
    };
    let class = object.class();
    if !class.flags().heap
        && let Payload::Native(data) = object.payload()
        && (data.downcast::<GetSetDescriptor<'_>>().is_some()
            || data.downcast::<SlotMember<'_>>().is_some()
            || data.downcast::<Property<'_>>().is_some())
    {
        return true;
    }
    let names = ctx.names();
    class.lookup(ctx, names.__set__).is_some() || class.lookup(ctx, names.__delete__).is_some()
}

/// `descriptor.__get__(object, class)`; a value that is no descriptor is itself.
pub fn get_descriptor<'gc>(
    ctx: Context<'gc>,
    descriptor: Value<'gc>,
    object: Value<'gc>,
    class: Type<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    match descriptor {
        Value::Function(_) => Ok(Attr::Method(descriptor)),
        Value::Native(native) => match native.def().kind {
            NativeKind::Method | NativeKind::Slot => Ok(Attr::Method(descriptor)),
            NativeKind::Class => Ok(Attr::Value(Value::NativeMethod(NativeMethod::new(
                ctx,
                native,
                Value::Type(class),
            )))),
            _ => Ok(Attr::Value(descriptor)),
        },
        Value::Object(instance) => get_object_descriptor(ctx, instance, object, class),
        _ => Ok(Attr::Value(descriptor)),
    }
}

fn get_object_descriptor<'gc>(
    ctx: Context<'gc>,
    descriptor: Object<'gc>,
    object: Value<'gc>,
    class: Type<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    let value = Value::Object(descriptor);
    let own_class = descriptor.class();
    // The natively defined descriptors, unless a subclass may override `__get__`.
    if !own_class.flags().heap
        && let Payload::Native(data) = descriptor.payload()
    {
        if let Some(getset) = data.downcast::<GetSetDescriptor<'_>>() {
            getset.check_receiver(ctx, object)?;
            if let Some(look) = getset.def.live.get {
                return Ok(Attr::Flow(Flow::look(look, &[object])));
            }
            return (getset.def.get)(ctx, object).map(Attr::Value);
        }
        if let Some(slot) = data.downcast::<SlotMember<'_>>() {
            return slot.get(ctx, object).map(Attr::Value);
        }
        if let Some(property) = data.downcast::<Property<'_>>() {
            let getter = property.getter(ctx, value, object)?;
            return Ok(Attr::Flow(Flow::call(getter, &[object])));
        }
        if let Some(method) = data.downcast::<ClassMethod<'_>>() {
            return Ok(Attr::Value(bind(
                ctx,
                method.function(),
                Value::Type(class),
            )));
        }
        if let Some(method) = data.downcast::<StaticMethod<'_>>() {
            return Ok(Attr::Value(method.function()));
        }
    }
    match own_class.lookup(ctx, ctx.names().__get__) {
        Some(get) => {
            let arguments = [object, Value::Type(class)];
            crate::protocol::call::call_special(ctx, get, value, &arguments).map(Attr::Flow)
        }
        None => Ok(Attr::Value(value)),
    }
}

/// `value.__get__(None, class)` for a value found on `class` itself.
pub fn get_from_class<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    class: Type<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    match value {
        Value::Native(native) if native.def().kind == NativeKind::Class => Ok(Attr::Value(
            Value::NativeMethod(NativeMethod::new(ctx, native, Value::Type(class))),
        )),
        Value::Object(descriptor) => {
            if !descriptor.class().flags().heap
                && let Payload::Native(data) = descriptor.payload()
            {
                if data.downcast::<GetSetDescriptor<'_>>().is_some()
                    || data.downcast::<SlotMember<'_>>().is_some()
                    || data.downcast::<Property<'_>>().is_some()
                {
                    return Ok(Attr::Value(value));
                }
                if let Some(method) = data.downcast::<ClassMethod<'_>>() {
                    return Ok(Attr::Value(bind(
                        ctx,
                        method.function(),
                        Value::Type(class),
                    )));
                }
                if let Some(method) = data.downcast::<StaticMethod<'_>>() {
                    return Ok(Attr::Value(method.function()));
                }
            }
            match descriptor.class().lookup(ctx, ctx.names().__get__) {
                Some(get) => {
                    let arguments = [Value::None, Value::Type(class)];
                    crate::protocol::call::call_special(ctx, get, value, &arguments).map(Attr::Flow)
                }
                None => Ok(Attr::Value(value)),
            }
        }
        _ => Ok(Attr::Value(value)),
    }
}

/// The bound method of a function found on a class.
pub fn bind<'gc>(ctx: Context<'gc>, function: Value<'gc>, receiver: Value<'gc>) -> Value<'gc> {
    match function {
        Value::Native(native) if native.binds() => {
            Value::NativeMethod(NativeMethod::new(ctx, native, receiver))
        }
        _ => Value::BoundMethod(BoundMethod::new(ctx, function, receiver)),
    }
}

/// `getattr(object, name)`. Raises AttributeError.
pub fn get<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match lookup(ctx, object, name)? {
        Attr::Method(function) => Ok(Flow::Return(bind(ctx, function, object))),
        Attr::Value(value) => Ok(Flow::Return(value)),
        Attr::Flow(flow) => Ok(flow),
        Attr::Missing => Err(missing(ctx, object, name)),
    }
}

/// The AttributeError of an attribute that is not there.
#[cold]
pub fn missing<'gc>(ctx: Context<'gc>, object: Value<'gc>, name: Str<'gc>) -> Raised<'gc> {
    let text = name.to_string_lossy();
    let message = match object {
        Value::Type(class) => {
            format!(
                "type object '{}' has no attribute '{text}'",
                class.name_text()
            )
        }
        Value::Module(module) => {
            return crate::types::exceptions::missing_module_attribute(ctx, module, name);
        }
        _ => format!(
            "'{}' object has no attribute '{text}'",
            ctx.type_name(object)
        ),
    };
    attribute_error(ctx, message, object, name)
}

/// An AttributeError that knows what was asked of whom, for suggestions.
pub fn attribute_error<'gc>(
    ctx: Context<'gc>,
    message: String,
    object: Value<'gc>,
    name: Str<'gc>,
) -> Raised<'gc> {
    let raised = ctx.error(Exc::AttributeError, message);
    exceptions::set_field(ctx, raised, "name", Value::Str(name));
    exceptions::set_field(ctx, raised, "obj", object);
    raised
}

/// `setattr(object, name, value)`, or `delattr(object, name)` where the value
/// is absent. The flow's result means nothing.
pub fn set<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let hook_name = if value.is_absent() {
        names.__delattr__
    } else {
        names.__setattr__
    };
    let class = object.class(ctx);
    match class.lookup(ctx, hook_name) {
        Some(Value::Native(native)) if native.is_of_object() => {
            set_generic(ctx, object, name, value)
        }
        Some(Value::Native(native)) if native.owner() == Some(ctx.types().type_) => {
            set_on_type(ctx, object, name, value)
        }
        Some(hook) if value.is_absent() => call_hook(ctx, hook, object, Value::Str(name)),
        Some(hook) => {
            let arguments = [Value::Str(name), value];
            crate::protocol::call::call_special(ctx, hook, object, &arguments)
        }
        None => set_generic(ctx, object, name, value),
    }
}

/// `object.__setattr__` or `object.__delattr__`.
pub fn set_generic<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let name = ctx.intern_str(name);
    let class = object.class(ctx);
    let on_class = class.lookup(ctx, name);
    if let Some(Value::Object(descriptor)) = on_class
        && let Some(flow) = set_descriptor(ctx, descriptor, object, value)?
    {
        return Ok(flow);
    }
    let deleting = value.is_absent();
    let stored = match object {
        Value::Object(instance) if class.flags().has_dict => {
            if deleting {
                instance.delete_attribute(ctx, name)
            } else {
                instance.set_attribute(ctx, name, value);
                true
            }
        }
        Value::Module(module) => set_in_dict(ctx, module.dict(), name, value),
        Value::Function(function) => set_in_dict(ctx, function.dict(ctx), name, value),
        _ => {
            return Err(not_settable(
                ctx,
                object,
                class,
                name,
                on_class.is_some(),
                deleting,
            ));
        }
    };
    if !stored {
        return Err(missing(ctx, object, name));
    }
    Ok(Flow::Return(Value::None))
}

fn set_in_dict<'gc>(
    ctx: Context<'gc>,
    dict: crate::types::dict::Dict<'gc>,
    name: Str<'gc>,
    value: Value<'gc>,
) -> bool {
    if value.is_absent() {
        return dict.remove_str(ctx, name);
    }
    dict.set_str(ctx, name, value);
    true
}

/// The error of an object without a `__dict__`.
fn not_settable<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    class: Type<'gc>,
    name: Str<'gc>,
    on_class: bool,
    _deleting: bool,
) -> Raised<'gc> {
    let text = name.to_string_lossy();
    let class_name = class.name_text();
    let message = if on_class {
        format!("'{class_name}' object attribute '{text}' is read-only")
    } else {
        // The hint is for classes that leave setting to `object`.
        let hook = class.lookup(ctx, ctx.names().__setattr__);
        let hint = match hook {
            Some(Value::Native(n)) if n.is_of_object() => {
                " and no __dict__ for setting new attributes"
            }
            _ => "",
        };
        format!("'{class_name}' object has no attribute '{text}'{hint}")
    };
    attribute_error(ctx, message, object, name)
}

/// `descriptor.__set__` or `__delete__`, if the descriptor has it.
fn set_descriptor<'gc>(
    ctx: Context<'gc>,
    descriptor: Object<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
    let own_class = descriptor.class();
    if !own_class.flags().heap
        && let Payload::Native(data) = descriptor.payload()
    {
        if let Some(getset) = data.downcast::<GetSetDescriptor<'_>>() {
            getset.check_receiver(ctx, object)?;
            if let Some(look) = getset.def.live.set {
                return Ok(Some(Flow::look(look, &[object, value])));
            }
            getset.set(ctx, object, value)?;
            return Ok(Some(Flow::Return(Value::None)));
        }
        if let Some(slot) = data.downcast::<SlotMember<'_>>() {
            slot.set(ctx, object, value)?;
            return Ok(Some(Flow::Return(Value::None)));
        }
        if let Some(property) = data.downcast::<Property<'_>>() {
            let own = Value::Object(descriptor);
            return property.set_flow(ctx, own, object, value).map(Some);
        }
    }
    let names = ctx.names();
    let own = Value::Object(descriptor);
    let (hook, arguments): (_, &[Value<'gc>]) = if value.is_absent() {
        (own_class.lookup(ctx, names.__delete__), &[object])
    } else {
        (own_class.lookup(ctx, names.__set__), &[object, value])
    };
    match hook {
        Some(hook) => crate::protocol::call::call_special(ctx, hook, own, arguments).map(Some),
        None if is_data_descriptor(ctx, own) => {
            let name = if value.is_absent() {
                "__delete__"
            } else {
                "__set__"
            };
            Err(ctx.error(Exc::AttributeError, name))
        }
        None => Ok(None),
    }
}

/// `type.__setattr__` or `type.__delattr__`.
pub fn set_on_type<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Value::Type(class) = object else {
        return set_generic(ctx, object, name, value);
    };
    let name = ctx.intern_str(name);
    let flags = class.flags();
    if !flags.heap && !flags.mutable {
        return Err(ctx.type_error(format!(
            "cannot set '{}' attribute of immutable type '{}'",
            name.to_string_lossy(),
            class.name_text()
        )));
    }
    if let Some(Value::Object(descriptor)) = class.metaclass(ctx).lookup(ctx, name)
        && let Some(flow) = set_descriptor(ctx, descriptor, object, value)?
    {
        return Ok(flow);
    }
    let stored = set_in_dict(ctx, class.dict(), name, value);
    if !stored {
        return Err(missing(ctx, object, name));
    }
    class.modified(ctx);
    if name.same(ctx.names().__next__) {
        class.refresh_native_next(ctx);
    }
    Ok(Flow::Return(Value::None))
}

impl<'gc> Context<'gc> {
    /// `getattr(object, name)`, run to its end. Raises AttributeError.
    pub fn get_attr(self, object: Value<'gc>, name: Str<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        self.complete(get(self, object, name)?)
    }

    /// `getattr(object, name, None)` with None for a missing one.
    pub fn try_attr(
        self,
        object: Value<'gc>,
        name: Str<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        let result = match lookup(self, object, name) {
            Ok(Attr::Missing) => return Ok(None),
            Ok(Attr::Method(function)) => return Ok(Some(bind(self, function, object))),
            Ok(Attr::Value(value)) => return Ok(Some(value)),
            Ok(Attr::Flow(flow)) => self.complete(flow),
            Err(raised) => Err(raised),
        };
        match result {
            Ok(value) => Ok(Some(value)),
            Err(raised) if exceptions::matches(self, raised, Exc::AttributeError) => Ok(None),
            Err(raised) => Err(raised),
        }
    }

    /// `setattr(object, name, value)`, run to its end.
    pub fn set_attr(
        self,
        object: Value<'gc>,
        name: Str<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        self.complete(set(self, object, name, value)?).map(|_| ())
    }

    /// The special method `name` of the value's class, with what it has to be
    /// called on: `(callable, receiver)`, the receiver absent where the callable
    /// is bound already.
    pub fn special(
        self,
        object: Value<'gc>,
        name: Str<'gc>,
    ) -> Result<Option<(Value<'gc>, Value<'gc>)>, Raised<'gc>> {
        let class = object.class(self);
        let Some(found) = class.lookup(self, name) else {
            return Ok(None);
        };
        match get_descriptor(self, found, object, class)? {
            Attr::Method(function) => Ok(Some((function, object))),
            Attr::Value(value) => Ok(Some((value, Value::Absent))),
            Attr::Flow(flow) => Ok(Some((self.complete(flow)?, Value::Absent))),
            Attr::Missing => Ok(None),
        }
    }
}
