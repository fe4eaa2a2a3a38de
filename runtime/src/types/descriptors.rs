//! Descriptors: `property`, `getset_descriptor`, `member_descriptor` (both those
//! of built-in types and those of `__slots__`). Own the structs and the types'
//! methods.

use gc_arena::Collect;
use gc_arena::lock::Lock;

use crate::context::Context;
use crate::erased::NativeData;
use crate::object::Object;
use crate::raised::Raised;
use crate::types::def::{GetSetDef, TypeDef};
use crate::types::exceptions::Exc;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::Flow;

/// A computed attribute of a built-in type.
#[derive(Collect)]
#[collect(no_drop)]
pub struct GetSetDescriptor<'gc> {
    /// The declaration.
    #[collect(require_static)]
    pub def: &'static GetSetDef,
    /// The type in whose dict it is.
    pub owner: Type<'gc>,
}

impl NativeData for GetSetDescriptor<'static> {
    type Data<'gc> = GetSetDescriptor<'gc>;
}

impl<'gc> GetSetDescriptor<'gc> {
    /// Raises TypeError unless `object` is an instance of the owner.
    pub fn check_receiver(&self, ctx: Context<'gc>, object: Value<'gc>) -> Result<(), Raised<'gc>> {
        if object.class(ctx).is_subclass_of(self.owner) {
            return Ok(());
        }
        Err(wrong_receiver(ctx, self.def.name, self.owner, object))
    }

    /// Sets the attribute, or deletes it where the value is absent.
    pub fn set(
        &self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        match self.def.set {
            Some(set) => set(ctx, object, value),
            None if self.def.member => Err(ctx.error(Exc::AttributeError, "readonly attribute")),
            None => Err(ctx.error(
                Exc::AttributeError,
                format!(
                    "attribute '{}' of '{}' objects is not writable",
                    self.def.name,
                    self.owner.name_text()
                ),
            )),
        }
    }
}

fn wrong_receiver<'gc>(
    ctx: Context<'gc>,
    name: &str,
    owner: Type<'gc>,
    object: Value<'gc>,
) -> Raised<'gc> {
    ctx.type_error(format!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        owner.name_text(),
        ctx.type_name(object)
    ))
}

/// The descriptor object of a declared attribute.
pub fn getset_descriptor<'gc>(
    ctx: Context<'gc>,
    owner: Type<'gc>,
    def: &'static GetSetDef,
) -> Value<'gc> {
    let types = ctx.types();
    let class = if def.member {
        types.member_descriptor
    } else {
        types.getset_descriptor
    };
    let data = GetSetDescriptor { def, owner };
    Value::Object(Object::with_native::<GetSetDescriptor<'_>>(
        ctx, class, data,
    ))
}

/// The descriptor of a name in `__slots__`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct SlotMember<'gc> {
    /// The attribute's name.
    pub name: Str<'gc>,
    /// The class whose `__slots__` names it.
    pub owner: Type<'gc>,
    /// Where instances keep it.
    pub index: usize,
}

impl NativeData for SlotMember<'static> {
    type Data<'gc> = SlotMember<'gc>;
}

impl<'gc> SlotMember<'gc> {
    /// A descriptor object.
    pub fn descriptor(
        ctx: Context<'gc>,
        name: Str<'gc>,
        owner: Type<'gc>,
        index: usize,
    ) -> Value<'gc> {
        let data = SlotMember { name, owner, index };
        let class = ctx.types().member_descriptor;
        Value::Object(Object::with_native::<SlotMember<'_>>(ctx, class, data))
    }

    fn instance(&self, ctx: Context<'gc>, object: Value<'gc>) -> Result<Object<'gc>, Raised<'gc>> {
        match object {
            Value::Object(instance) if instance.class().is_subclass_of(self.owner) => Ok(instance),
            _ => Err(wrong_receiver(
                ctx,
                &self.name.to_string_lossy(),
                self.owner,
                object,
            )),
        }
    }

    /// Reads the slot. Raises AttributeError where it is not set.
    pub fn get(&self, ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        match self.instance(ctx, object)?.value_at(self.index) {
            Value::Absent => Err(crate::protocol::attribute::missing(ctx, object, self.name)),
            value => Ok(value),
        }
    }

    /// Sets the slot, or deletes it where the value is absent.
    pub fn set(
        &self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let instance = self.instance(ctx, object)?;
        if value.is_absent() && instance.value_at(self.index).is_absent() {
            return Err(crate::protocol::attribute::missing(ctx, object, self.name));
        }
        instance.set_value_at(ctx, self.index, value);
        Ok(())
    }
}

/// A `property`'s parts.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct PropertyFields<'gc> {
    /// `fget`, None where there is none.
    pub get: Value<'gc>,
    /// `fset`, None where there is none.
    pub set: Value<'gc>,
    /// `fdel`, None where there is none.
    pub delete: Value<'gc>,
    /// `__doc__`
    pub doc: Value<'gc>,
    /// `__name__`: absent where neither set nor taken from the getter.
    pub name: Value<'gc>,
    /// Whether the doc came from the getter.
    #[collect(require_static)]
    pub getter_doc: bool,
}

/// The struct behind a `property`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Property<'gc> {
    /// The parts.
    pub fields: gc_arena::Gc<'gc, Lock<PropertyFields<'gc>>>,
}

impl NativeData for Property<'static> {
    type Data<'gc> = Property<'gc>;
}

impl<'gc> Property<'gc> {
    /// The getter to call. Raises AttributeError where there is none.
    pub fn getter(
        &self,
        ctx: Context<'gc>,
        _own: Value<'gc>,
        object: Value<'gc>,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        match self.fields.get().get {
            Value::None => Err(self.lacks(ctx, object, "getter")),
            getter => Ok(getter),
        }
    }

    /// The call of the setter or deleter.
    pub fn set_flow(
        &self,
        ctx: Context<'gc>,
        _own: Value<'gc>,
        object: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<Flow<'gc>, Raised<'gc>> {
        let fields = self.fields.get();
        match (value, fields.set, fields.delete) {
            (Value::Absent, _, Value::None) => Err(self.lacks(ctx, object, "deleter")),
            (Value::Absent, _, deleter) => Ok(Flow::call(deleter, &[object])),
            (_, Value::None, _) => Err(self.lacks(ctx, object, "setter")),
            (value, setter, _) => Ok(Flow::call(setter, &[object, value])),
        }
    }

    fn lacks(&self, ctx: Context<'gc>, object: Value<'gc>, what: &str) -> Raised<'gc> {
        let class = object.class(ctx).qualname();
        let class = class.to_string_lossy();
        let message = match self.fields.get().name.as_str() {
            Some(name) => format!(
                "property '{}' of '{class}' object has no {what}",
                name.to_string_lossy()
            ),
            None => format!("property of '{class}' object has no {what}"),
        };
        ctx.error(Exc::AttributeError, message)
    }
}

/// `getset_descriptor`
pub static GETSET_DESCRIPTOR: TypeDef = TypeDef {
    name: "getset_descriptor",
    subclassable: false,
    ..TypeDef::DEFAULT
};
/// `member_descriptor`
pub static MEMBER_DESCRIPTOR: TypeDef = TypeDef {
    name: "member_descriptor",
    subclassable: false,
    ..TypeDef::DEFAULT
};
/// `property`
pub static PROPERTY: TypeDef = TypeDef {
    name: "property",
    ..TypeDef::DEFAULT
};
