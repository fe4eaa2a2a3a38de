//! `property`. Owns the struct and the type's methods. Follows CPython's
//! `property_init_impl`, `property_descr_get` and `property_copy`.

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{method, new, slot};
use crate::object::Object;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getset, getter, member};
use crate::types::exceptions::{self, Exc};
use crate::value::Value;
use crate::vm::flow::Flow;

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
    pub fields: Gc<'gc, Lock<PropertyFields<'gc>>>,
}

impl NativeData for Property<'static> {
    type Data<'gc> = Property<'gc>;
}

impl<'gc> Property<'gc> {
    /// The getter to call. Raises AttributeError where there is none.
    pub fn getter(
        &self,
        ctx: Context<'gc>,
        own: Value<'gc>,
        object: Value<'gc>,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        match self.fields.get().get {
            Value::None => Err(self.lacks(ctx, own, object, "getter")),
            getter => Ok(getter),
        }
    }

    /// The call of the setter or deleter.
    pub fn set_flow(
        &self,
        ctx: Context<'gc>,
        own: Value<'gc>,
        object: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<Flow<'gc>, Raised<'gc>> {
        let fields = self.fields.get();
        match (value, fields.set, fields.delete) {
            (Value::Absent, _, Value::None) => Err(self.lacks(ctx, own, object, "deleter")),
            (Value::Absent, _, deleter) => Ok(Flow::call(deleter, &[object])),
            (_, Value::None, _) => Err(self.lacks(ctx, own, object, "setter")),
            (value, setter, _) => Ok(Flow::call(setter, &[object, value])),
        }
    }

    fn lacks(
        &self,
        ctx: Context<'gc>,
        own: Value<'gc>,
        object: Value<'gc>,
        what: &str,
    ) -> Raised<'gc> {
        let class = object.class(ctx).qualname();
        let class = class.to_string_lossy();
        let message = match name(ctx, own).ok().and_then(|n| n.as_str()) {
            Some(name) => format!(
                "property '{}' of '{class}' object has no {what}",
                name.to_string_lossy()
            ),
            None => format!("property of '{class}' object has no {what}"),
        };
        ctx.error(Exc::AttributeError, message)
    }
}

/// The type.
pub static PROPERTY: TypeDef = TypeDef {
    name: "property",
    signature: "(fget=None, fset=None, fdel=None, doc=None)",
    doc: "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(property_new)),
        slot(
            "__init__($self, /, fget=None, fset=None, fdel=None, doc=None)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            FlowCall(get),
        ),
        slot(
            "__set__($self, instance, value, /)",
            "Set an attribute of instance to value.",
            FlowCall(set),
        ),
        slot(
            "__delete__($self, instance, /)",
            "Delete an attribute of instance.",
            FlowCall(set),
        ),
        method(
            "getter($self, object, /)",
            "Descriptor to obtain a copy of the property with a different getter.",
            FlowCall(with_getter),
        ),
        method(
            "setter($self, object, /)",
            "Descriptor to obtain a copy of the property with a different setter.",
            FlowCall(with_setter),
        ),
        method(
            "deleter($self, object, /)",
            "Descriptor to obtain a copy of the property with a different deleter.",
            FlowCall(with_deleter),
        ),
        method(
            "__set_name__($self, owner, name, /)",
            "Method to set name of a property.",
            Plain(set_name),
        ),
    ],
    getsets: &[
        member("fget", "", |ctx, p| Ok(this(ctx, p)?.fields.get().get)),
        member("fset", "", |ctx, p| Ok(this(ctx, p)?.fields.get().set)),
        member("fdel", "", |ctx, p| Ok(this(ctx, p)?.fields.get().delete)),
        getset(
            "__doc__",
            "",
            |ctx, p| Ok(this(ctx, p)?.fields.get().doc),
            |ctx, p, v| update(ctx, p, |fields| fields.doc = v.or(Value::None)),
        ),
        getset("__name__", "", name, |ctx, p, v| {
            update(ctx, p, |fields| fields.name = v)
        }),
        getter("__isabstractmethod__", "", is_abstract),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Property<'gc>, Raised<'gc>> {
    value
        .native::<Property<'_>>()
        .ok_or_else(|| ctx.type_error("expected a property"))
}

fn update<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    change: impl FnOnce(&mut PropertyFields<'gc>),
) -> Result<(), Raised<'gc>> {
    let property = this(ctx, value)?;
    let mut fields = property.fields.get();
    change(&mut fields);
    property.fields.set(ctx.mc, fields);
    Ok(())
}

fn property_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let fields = PropertyFields {
        get: Value::None,
        set: Value::None,
        delete: Value::None,
        doc: Value::None,
        name: Value::Absent,
        getter_doc: false,
    };
    let data = Property {
        fields: Gc::new(ctx.mc, Lock::new(fields)),
    };
    let class = args[0].as_type().unwrap_or(ctx.types().property);
    Ok(Value::Object(Object::with_native::<Property<'_>>(
        ctx, class, data,
    )))
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (get, set, delete) = (
        args[1].or(Value::None),
        args[2].or(Value::None),
        args[3].or(Value::None),
    );
    let mut doc = args[4].or(Value::None);
    let mut getter_doc = false;
    if doc.is_none()
        && !get.is_none()
        && let Some(of_getter) = ctx.try_attr(get, ctx.names().__doc__)?
        && !of_getter.is_none()
    {
        doc = of_getter;
        getter_doc = true;
    }
    update(ctx, args[0], |fields| {
        *fields = PropertyFields {
            get,
            set,
            delete,
            doc,
            name: fields.name,
            getter_doc,
        };
    })?;
    // A subclass's own docstring would hide the property's: that goes into the instance.
    if args[0].class(ctx) == ctx.types().property {
        return Ok(Value::None);
    }
    match ctx.set_attr(args[0], ctx.names().__doc__, doc) {
        // Where there is no room for it, only a getter's docstring is missed.
        Err(raised) if getter_doc || !exceptions::matches(ctx, raised, Exc::AttributeError) => {
            Err(raised)
        }
        _ => Ok(Value::None),
    }
}

fn name<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let fields = this(ctx, value)?.fields.get();
    if let Some(name) = fields.name.present() {
        return Ok(name);
    }
    if !fields.get.is_none()
        && let Some(name) = ctx.try_attr(fields.get, ctx.names().__name__)?
    {
        return Ok(name);
    }
    Err(crate::protocol::attribute::missing(
        ctx,
        value,
        ctx.names().__name__,
    ))
}

fn is_abstract<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let fields = this(ctx, value)?.fields.get();
    for function in [fields.get, fields.set, fields.delete] {
        if !function.is_none()
            && let Some(answer) = ctx.try_attr(function, ctx.names().__isabstractmethod__)?
            && ctx.truth(answer)?
        {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}

fn get<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    if args[1].is_none() && args[2].or(Value::None).is_none() {
        return Err(ctx.type_error("__get__(None, None) is invalid"));
    }
    if args[1].is_none() {
        return Ok(Flow::Return(args[0]));
    }
    let getter = this(ctx, args[0])?.getter(ctx, args[0], args[1])?;
    Ok(Flow::call(getter, &[args[1]]))
}

fn set<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let value = args.get(2).copied().unwrap_or(Value::Absent);
    this(ctx, args[0])?.set_flow(ctx, args[0], args[1], value)
}

/// A copy of the property, of its own class, with one part replaced.
fn copy_with<'gc>(
    ctx: Context<'gc>,
    property: Value<'gc>,
    change: impl FnOnce(&mut PropertyFields<'gc>),
) -> Result<Flow<'gc>, Raised<'gc>> {
    let mut fields = this(ctx, property)?.fields.get();
    change(&mut fields);
    let doc = if fields.getter_doc {
        Value::None
    } else {
        fields.doc
    };
    let class = Value::Type(property.class(ctx));
    let arguments = [fields.get, fields.set, fields.delete, doc];
    let state = vec![fields.name];
    Ok(crate::vm::flow::call_then(
        class,
        &arguments,
        state,
        |ctx, state, result| {
            let made = result?;
            if made.native::<Property<'_>>().is_some() {
                update(ctx, made, |fields| fields.name = state[0])?;
            }
            Ok(Flow::Return(made))
        },
    ))
}

fn with_getter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    copy_with(ctx, args[0], |fields| fields.get = args[1])
}

fn with_setter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    copy_with(ctx, args[0], |fields| fields.set = args[1])
}

fn with_deleter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    copy_with(ctx, args[0], |fields| fields.delete = args[1])
}

fn set_name<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    update(ctx, args[0], |fields| fields.name = args[2])?;
    Ok(Value::None)
}
