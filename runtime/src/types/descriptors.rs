//! Descriptors: `getset_descriptor` and `member_descriptor` (both those of
//! built-in types and those of `__slots__`). Own the structs and the types'
//! methods.

use gc_arena::Collect;

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, method, slot};
use crate::object::Object;
use crate::raised::Raised;
use crate::types::def::{GetSetDef, TypeDef, getter, member};
use crate::types::exceptions::Exc;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;

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
            let message = self.name.to_string_lossy().into_owned();
            return Err(crate::protocol::attribute::attribute_error(
                ctx, message, object, self.name,
            ));
        }
        instance.set_value_at(ctx, self.index, value);
        Ok(())
    }
}

/// `getset_descriptor`
pub static GETSET_DESCRIPTOR: TypeDef = TypeDef {
    name: "getset_descriptor",
    subclassable: false,
    methods: DESCRIPTOR_METHODS,
    getsets: DESCRIPTOR_GETSETS,
    ..TypeDef::DEFAULT
};
/// `member_descriptor`
pub static MEMBER_DESCRIPTOR: TypeDef = TypeDef {
    name: "member_descriptor",
    subclassable: false,
    methods: DESCRIPTOR_METHODS,
    shared_methods: &[method("__reduce__($self, /)", "", Plain(descriptor_reduce))],
    getsets: DESCRIPTOR_GETSETS,
    ..TypeDef::DEFAULT
};

const DESCRIPTOR_METHODS: &[NativeDef] = &[
    slot(
        "__get__($self, instance, owner=None, /)",
        "Return an attribute of instance, which is of type owner.",
        Plain(descriptor_get),
    ),
    slot(
        "__set__($self, instance, value, /)",
        "Set an attribute of instance to value.",
        Plain(descriptor_set),
    ),
    slot(
        "__delete__($self, instance, /)",
        "Delete an attribute of instance.",
        Plain(descriptor_set),
    ),
    slot(
        "__repr__($self, /)",
        "Return repr(self).",
        Plain(descriptor_repr),
    ),
];

const DESCRIPTOR_GETSETS: &[GetSetDef] = &[
    member("__objclass__", "", |ctx, d| {
        Ok(Value::Type(parts(ctx, d)?.1))
    }),
    member("__name__", "", |ctx, d| Ok(Value::Str(parts(ctx, d)?.0))),
    getter("__qualname__", "", |ctx, d| {
        let (name, owner) = parts(ctx, d)?;
        let owner = owner.qualname();
        let text = format!("{}.{}", owner.to_string_lossy(), name.to_string_lossy());
        Ok(ctx.str_value(&text))
    }),
    getter("__doc__", "", |ctx, d| {
        Ok(match d.native::<GetSetDescriptor<'_>>() {
            Some(getset) if !getset.def.doc.is_empty() => ctx.str_value(getset.def.doc),
            _ => Value::None,
        })
    }),
];

/// The name and the owner of either kind of descriptor.
fn parts<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<(Str<'gc>, Type<'gc>), Raised<'gc>> {
    match (
        value.native::<GetSetDescriptor<'_>>(),
        value.native::<SlotMember<'_>>(),
    ) {
        (Some(getset), _) => Ok((ctx.intern(getset.def.name), getset.owner)),
        (_, Some(slot)) => Ok((slot.name, slot.owner)),
        _ => Err(ctx.type_error("expected a descriptor")),
    }
}

fn descriptor_get<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if args[1].is_none() {
        if args[2].or(Value::None).is_none() {
            return Err(ctx.type_error("__get__(None, None) is invalid"));
        }
        return Ok(args[0]);
    }
    match (
        args[0].native::<GetSetDescriptor<'_>>(),
        args[0].native::<SlotMember<'_>>(),
    ) {
        (Some(getset), _) => {
            getset.check_receiver(ctx, args[1])?;
            (getset.def.get)(ctx, args[1])
        }
        (_, Some(slot)) => slot.get(ctx, args[1]),
        _ => Ok(args[0]),
    }
}

fn descriptor_set<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let value = args.get(2).copied().unwrap_or(Value::Absent);
    match (
        args[0].native::<GetSetDescriptor<'_>>(),
        args[0].native::<SlotMember<'_>>(),
    ) {
        (Some(getset), _) => {
            getset.check_receiver(ctx, args[1])?;
            getset.set(ctx, args[1], value)?;
        }
        (_, Some(slot)) => slot.set(ctx, args[1], value)?,
        _ => {}
    }
    Ok(Value::None)
}

fn descriptor_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (name, owner) = parts(ctx, args[0])?;
    let kind = if args[0].class(ctx) == ctx.types().member_descriptor {
        "member"
    } else {
        "attribute"
    };
    Ok(ctx.str_value(&format!(
        "<{kind} '{}' of '{}' objects>",
        name.to_string_lossy(),
        owner.name_text()
    )))
}

fn descriptor_reduce<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (name, owner) = parts(ctx, args[0])?;
    let Some(getattr) = ctx.builtins().get_text(ctx, "getattr") else {
        return Err(ctx.error(Exc::AttributeError, "getattr"));
    };
    let arguments = ctx.tuple([Value::Type(owner), Value::Str(name)]);
    Ok(Value::Tuple(ctx.tuple([getattr, Value::Tuple(arguments)])))
}
