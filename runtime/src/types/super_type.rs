//! `super`: attributes of the classes after a given one in an object's MRO.

use gc_arena::Collect;
use gc_arena::lock::Lock;

use crate::bytecode::Op;
use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Caller as CallerCall, Flow as FlowCall, Plain};
use crate::native::slot;
use crate::object::Object;
use crate::protocol::attribute::{self, Attr, get_descriptor};
use crate::raised::Raised;
use crate::types::def::{TypeDef, member};
use crate::types::exceptions::Exc;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::Flow;
use crate::vm::frame::Caller;

/// What a `super` looks at.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct SuperFields<'gc> {
    /// `__thisclass__`: none until `__init__` has run.
    pub class: Option<Type<'gc>>,
    /// `__self__`, absent where the super is not bound.
    pub object: Value<'gc>,
    /// `__self_class__`: the class whose MRO is walked.
    pub object_class: Option<Type<'gc>>,
}

/// The struct behind a `super`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Super<'gc> {
    fields: gc_arena::Gc<'gc, Lock<SuperFields<'gc>>>,
}

impl NativeData for Super<'static> {
    type Data<'gc> = Super<'gc>;
}

/// The type.
pub static SUPER: TypeDef = TypeDef {
    name: "super",
    doc: "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    methods: &[
        crate::native::new("__new__($type, /, *args, **kwargs)", Plain(super_new)),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            CallerCall(super_init),
        ),
        slot(
            "__getattribute__($self, name, /)",
            "Return getattr(self, name).",
            FlowCall(get_attribute),
        ),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            Plain(get),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
    ],
    getsets: &[
        member(
            "__thisclass__",
            "the class invoking super()",
            |ctx, value| Ok(fields(ctx, value)?.class.map_or(Value::None, Value::Type)),
        ),
        member(
            "__self__",
            "the instance invoking super(); may be None",
            |ctx, value| Ok(fields(ctx, value)?.object.or(Value::None)),
        ),
        member(
            "__self_class__",
            "the type of the instance invoking super(); may be None",
            |ctx, value| {
                Ok(fields(ctx, value)?
                    .object_class
                    .map_or(Value::None, Value::Type))
            },
        ),
    ],
    ..TypeDef::DEFAULT
};

fn data<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Super<'gc>, Raised<'gc>> {
    value
        .native::<Super<'_>>()
        .ok_or_else(|| ctx.type_error("super.__init__() was not called on a super object"))
}

fn fields<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<SuperFields<'gc>, Raised<'gc>> {
    data(ctx, value).map(|data| data.fields.get())
}

fn make<'gc>(ctx: Context<'gc>, class: Type<'gc>, fields: SuperFields<'gc>) -> Value<'gc> {
    let data = Super {
        fields: gc_arena::Gc::new(ctx.mc, Lock::new(fields)),
    };
    Value::Object(Object::with_native::<Super<'_>>(ctx, class, data))
}

fn super_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Type(class) = args[0] else {
        return Err(ctx.type_error("super.__new__(X): X is not a type object"));
    };
    let empty = SuperFields {
        class: None,
        object: Value::Absent,
        object_class: None,
    };
    Ok(make(ctx, class, empty))
}

fn super_init<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let data = data(ctx, args[0])?;
    if args[2].as_dict().is_some_and(|d| !d.is_empty()) {
        return Err(ctx.type_error("super() takes no keyword arguments"));
    }
    let positional = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let (class, object) = match *positional {
        [] => from_caller(ctx, caller)?,
        [Value::Type(class)] => (class, Value::Absent),
        [Value::Type(class), object] => (class, object),
        [other, ..] if positional.len() <= 2 => {
            return Err(ctx.type_error(format!(
                "super() argument 1 must be a type, not {}",
                ctx.type_name(other)
            )));
        }
        _ => {
            return Err(ctx.type_error(format!(
                "super() expected at most 2 arguments, got {}",
                positional.len()
            )));
        }
    };
    let object = if object.is_none() {
        Value::Absent
    } else {
        object
    };
    let object_class = match object {
        Value::Absent => None,
        object => Some(check(ctx, class, object)?),
    };
    let fields = SuperFields {
        class: Some(class),
        object,
        object_class,
    };
    data.fields.set(ctx.mc, fields);
    Ok(Flow::Return(Value::None))
}

/// `super()`, called in the frame of `caller`.
pub fn of_caller<'gc>(
    ctx: Context<'gc>,
    caller: Caller<'_, 'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let (class, object) = from_caller(ctx, Some(caller))?;
    let (object, object_class) = match object {
        Value::None => (Value::Absent, None),
        object => (object, Some(check(ctx, class, object)?)),
    };
    let fields = SuperFields {
        class: Some(class),
        object,
        object_class,
    };
    Ok(make(ctx, ctx.types().super_, fields))
}

/// A function that an exact `super` finds for `name`, and what it is to be called
/// with: so that the call needs no bound method. None where it finds anything else.
pub fn method<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
) -> Option<(Value<'gc>, Value<'gc>)> {
    let Value::Object(instance) = object else {
        return None;
    };
    if instance.class() != ctx.types().super_ {
        return None;
    }
    let fields = object.native::<Super<'_>>()?.fields.get();
    let (class, object_class) = (fields.class?, fields.object_class?);
    if fields.object.is_absent() || matches!(fields.object, Value::Type(_)) {
        return None;
    }
    match object_class.lookup_after(ctx, class, name)? {
        function @ Value::Function(_) => Some((function, fields.object)),
        Value::Native(native) if native.binds() => Some((Value::Native(native), fields.object)),
        _ => None,
    }
}

/// The class and the object of `super()`: the free variable `__class__` and the
/// first argument of the calling function.
fn from_caller<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
) -> Result<(Type<'gc>, Value<'gc>), Raised<'gc>> {
    let Some(caller) = caller else {
        return Err(ctx.runtime_error("super(): no current frame"));
    };
    let Some(frame) = caller.frame() else {
        return Err(ctx.runtime_error("super(): no current frame"));
    };
    let code = frame.code;
    if code.0.argcount == 0 {
        return Err(ctx.runtime_error("super(): no arguments"));
    }
    let slots = caller.slots(frame);
    let object = match slots.first() {
        Some(Value::Cell(cell)) if code.unit().slots.first().is_some_and(|s| s.cell) => cell.get(),
        Some(value) => *value,
        None => Value::Absent,
    };
    if object.is_absent() {
        // CPython fuses `super().name` into one instruction, which loads the
        // first argument as any variable is loaded.
        if code
            .unit()
            .instrs
            .get(frame.pc)
            .is_some_and(|next| matches!(next.op, Op::LoadAttr | Op::LoadMethod))
        {
            let name = code.unit().slots.first().map_or("", |slot| &slot.name);
            let message = format!(
                "cannot access local variable '{name}' where it is not associated with a value"
            );
            return Err(ctx.error(Exc::UnboundLocalError, message));
        }
        return Err(ctx.runtime_error("super(): arg[0] deleted"));
    }
    let place = code
        .unit()
        .slots
        .iter()
        .position(|slot| slot.free && &*slot.name == "__class__");
    let Some(place) = place else {
        return Err(ctx.runtime_error("super(): __class__ cell not found"));
    };
    let Some(Value::Cell(cell)) = slots.get(place) else {
        return Err(ctx.runtime_error("super(): bad __class__ cell"));
    };
    match cell.get() {
        Value::Type(class) => Ok((class, object)),
        Value::Absent => Err(ctx.runtime_error("super(): empty __class__ cell")),
        other => Err(ctx.runtime_error(format!(
            "super(): __class__ is not a type ({})",
            ctx.type_name(other)
        ))),
    }
}

/// The class whose MRO `super(class, object)` walks. Follows CPython's `supercheck`.
fn check<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    object: Value<'gc>,
) -> Result<Type<'gc>, Raised<'gc>> {
    if let Value::Type(object_class) = object
        && object_class.is_subclass_of(class)
    {
        return Ok(object_class);
    }
    let object_class = object.class(ctx);
    if object_class.is_subclass_of(class) {
        return Ok(object_class);
    }
    if let Some(Value::Type(claimed)) = ctx.try_attr(object, ctx.names().__class__)?
        && claimed != object_class
        && claimed.is_subclass_of(class)
    {
        return Ok(claimed);
    }
    let (kind, shown) = match object {
        Value::Type(object_class) => ("type", object_class),
        _ => ("instance of", object_class),
    };
    Err(ctx.type_error(format!(
        "super(type, obj): obj ({kind} {}) is not an instance or subtype of type ({}).",
        shown.name_text(),
        class.name_text()
    )))
}

/// The attribute `name` of the classes after `class` in the MRO of
/// `object_class`, bound to `object`; none where no class has it.
pub fn attribute_after<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    object_class: Type<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
    let Some(found) = object_class.lookup_after(ctx, class, name) else {
        return Ok(None);
    };
    let on_class = matches!(object, Value::Type(class) if class == object_class);
    let attr = if on_class {
        attribute::get_from_class(ctx, found, object_class)?
    } else {
        get_descriptor(ctx, found, object, object_class)?
    };
    Ok(match attr {
        Attr::Method(function) => Some(Flow::Return(attribute::bind(ctx, function, object))),
        Attr::Value(value) => Some(Flow::Return(value)),
        Attr::Flow(flow) => Some(flow),
        Attr::Missing => None,
    })
}

fn get_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(name) = args[1].as_str() else {
        return Err(crate::types::object_type::attribute_name_error(
            ctx, args[1],
        ));
    };
    let fields = fields(ctx, args[0])?;
    // `super().__class__` is the class of the super object itself.
    if let (Some(class), Some(object_class)) = (fields.class, fields.object_class)
        && !name.has_text_of(ctx.names().__class__)
        && let Some(flow) = attribute_after(ctx, class, object_class, fields.object, name)?
    {
        return Ok(flow);
    }
    let own_class = args[0].class(ctx);
    match attribute::lookup_without_getattr(ctx, args[0], own_class, name)? {
        Attr::Method(function) => Ok(Flow::Return(attribute::bind(ctx, function, args[0]))),
        Attr::Value(value) => Ok(Flow::Return(value)),
        Attr::Flow(flow) => Ok(flow),
        Attr::Missing => Err(attribute::missing(ctx, args[0], name)),
    }
}

fn get<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let fields = fields(ctx, args[0])?;
    let object = args[1];
    let Some(class) = fields.class else {
        return Ok(args[0]);
    };
    if object.is_none() || !fields.object.is_absent() {
        return Ok(args[0]);
    }
    let own_class = args[0].class(ctx);
    if own_class != ctx.types().super_ {
        return ctx.call(Value::Type(own_class), &[Value::Type(class), object]);
    }
    let object_class = check(ctx, class, object)?;
    let bound = SuperFields {
        class: Some(class),
        object,
        object_class: Some(object_class),
    };
    Ok(make(ctx, own_class, bound))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let fields = fields(ctx, args[0])?;
    let class = fields
        .class
        .map_or_else(|| "NULL".to_owned(), |c| c.name_text().into_owned());
    Ok(ctx.str_value(&match fields.object_class {
        Some(object_class) => format!(
            "<super: <class '{class}'>, <{} object>>",
            object_class.name_text()
        ),
        None => format!("<super: <class '{class}'>, NULL>"),
    }))
}
