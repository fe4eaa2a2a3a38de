//! `types.GenericAlias`: `list[int]` and its kin.

use gc_arena::Collect;

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{method, new, slot};
use crate::object::Object;
use crate::protocol::attribute;
use crate::raised::Raised;
use crate::types::def::{TypeDef, member};
use crate::types::tuple::Tuple;
use crate::value::Value;
use crate::vm::flow::Flow;

/// `__doc__` of every built-in `__class_getitem__`.
pub const CLASS_GETITEM_DOC: &str = "See PEP 585";

/// The struct behind a `types.GenericAlias`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct GenericAlias<'gc> {
    /// `__origin__`
    pub origin: Value<'gc>,
    /// `__args__`
    pub arguments: Tuple<'gc>,
}

impl NativeData for GenericAlias<'static> {
    type Data<'gc> = GenericAlias<'gc>;
}

/// `origin[arguments]`; a tuple is several arguments.
pub fn generic_alias<'gc>(
    ctx: Context<'gc>,
    origin: Value<'gc>,
    arguments: Value<'gc>,
) -> Value<'gc> {
    let arguments = match arguments {
        Value::Tuple(tuple) => tuple,
        one => ctx.tuple([one]),
    };
    let class = ctx.type_of_def(&GENERIC_ALIAS);
    let data = GenericAlias { origin, arguments };
    Value::Object(Object::with_native::<GenericAlias<'_>>(ctx, class, data))
}

/// `__class_getitem__` of built-in types: `class[arguments]`.
pub fn class_getitem<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(generic_alias(ctx, args[0], args[1]))
}

/// The type.
pub static GENERIC_ALIAS: TypeDef = TypeDef {
    name: "GenericAlias",
    module: "types",
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    weakrefable: true,
    methods: &[
        new("__new__($type, origin, args, /)", Plain(alias_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
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
        method("__mro_entries__($self, bases, /)", "", Plain(mro_entries)),
        method(
            "__instancecheck__($self, instance, /)",
            "",
            Plain(no_instance),
        ),
        method("__subclasscheck__($self, cls, /)", "", Plain(no_subclass)),
        method("__reduce__($self, /)", "", Plain(reduce)),
    ],
    getsets: &[
        member("__origin__", "", |ctx, value| Ok(this(ctx, value)?.origin)),
        member("__args__", "", |ctx, value| {
            Ok(Value::Tuple(this(ctx, value)?.arguments))
        }),
        member("__parameters__", "", |ctx, _value| {
            Ok(Value::Tuple(ctx.empty_tuple()))
        }),
        member("__unpacked__", "", |_ctx, _value| Ok(Value::Bool(false))),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc GenericAlias<'gc>, Raised<'gc>> {
    value
        .native::<GenericAlias<'_>>()
        .ok_or_else(|| ctx.type_error("a GenericAlias is required"))
}

fn alias_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(generic_alias(ctx, args[1], args[2]))
}

/// A part as it shows in the alias's repr: classes by their qualified name.
fn part_text<'gc>(ctx: Context<'gc>, part: Value<'gc>) -> Result<String, Raised<'gc>> {
    match part {
        Value::Ellipsis => return Ok("...".to_owned()),
        Value::Type(class) => {
            let qualname = class.qualname().to_string_lossy().into_owned();
            let module = ctx.try_attr(part, ctx.names().__module__)?;
            return Ok(match module.and_then(|m| m.as_str()) {
                Some(module) if module.bytes() != b"builtins" => {
                    format!("{}.{qualname}", module.to_string_lossy())
                }
                _ => qualname,
            });
        }
        _ => {}
    }
    Ok(ctx.repr(part)?.to_string_lossy().into_owned())
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let alias = this(ctx, args[0])?;
    let mut parts = Vec::new();
    for part in alias.arguments.items() {
        parts.push(part_text(ctx, *part)?);
    }
    let inner = if parts.is_empty() {
        "()".to_owned()
    } else {
        parts.join(", ")
    };
    let origin = part_text(ctx, alias.origin)?;
    Ok(ctx.str_value(&format!("{origin}[{inner}]")))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let alias = this(ctx, args[0])?;
    let origin = ctx.hash(alias.origin)?;
    let arguments = ctx.hash(Value::Tuple(alias.arguments))?;
    Ok(Value::Int(origin ^ arguments))
}

fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (a, b) = (this(ctx, args[0])?, args[1].native::<GenericAlias<'_>>());
    let Some(b) = b else {
        return Ok(Value::NotImplemented);
    };
    let equal = ctx.same_or_equal(a.origin, b.origin)?
        && ctx.same_or_equal(Value::Tuple(a.arguments), Value::Tuple(b.arguments))?;
    Ok(Value::Bool(equal))
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let origin = this(ctx, args[0])?.origin;
    crate::vm::rare::call_with_stars(ctx, origin, args[1], args[2])
}

/// Attributes that are the alias's own; all others come from the origin.
const OWN: &[&str] = &[
    "__origin__",
    "__args__",
    "__parameters__",
    "__unpacked__",
    "__mro_entries__",
    "__instancecheck__",
    "__subclasscheck__",
    "__reduce__",
    "__reduce_ex__",
    "__class__",
    "__copy__",
    "__deepcopy__",
    "__typing_unpacked_tuple_args__",
];

fn get_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(name) = args[1].as_str() else {
        return Err(crate::types::object_type::attribute_name_error(
            ctx, args[1],
        ));
    };
    let own = name.to_str().is_some_and(|text| OWN.contains(&text));
    if !own {
        return attribute::get(ctx, this(ctx, args[0])?.origin, name);
    }
    match attribute::lookup_without_getattr(ctx, args[0], args[0].class(ctx), name)? {
        attribute::Attr::Method(f) => Ok(Flow::Return(attribute::bind(ctx, f, args[0]))),
        attribute::Attr::Value(value) => Ok(Flow::Return(value)),
        attribute::Attr::Flow(flow) => Ok(flow),
        attribute::Attr::Missing => Err(attribute::missing(ctx, args[0], name)),
    }
}

fn mro_entries<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Tuple(ctx.tuple([this(ctx, args[0])?.origin])))
}

fn no_instance<'gc>(ctx: Context<'gc>, _args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Err(ctx.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn no_subclass<'gc>(ctx: Context<'gc>, _args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Err(ctx.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let alias = this(ctx, args[0])?;
    let arguments = ctx.tuple([alias.origin, Value::Tuple(alias.arguments)]);
    Ok(Value::Tuple(ctx.tuple([
        Value::Type(args[0].class(ctx)),
        Value::Tuple(arguments),
    ])))
}
