//! `typing.Union`: the type of `int | str`, which `types` calls `UnionType`.

use gc_arena::Collect;

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::Plain;
use crate::native::{class_method, method, slot};
use crate::object::Object;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getter, member};
use crate::types::generic_alias::{self, GenericAlias};
use crate::types::set::Set;
use crate::types::tuple::Tuple;
use crate::value::Value;

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The struct behind a `typing.Union`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Union<'gc> {
    /// `__args__`: at least two members, no two of them equal, none of them a union.
    pub members: Tuple<'gc>,
}

impl NativeData for Union<'static> {
    type Data<'gc> = Union<'gc>;
}

/// The type.
pub static UNION: TypeDef = TypeDef {
    name: "Union",
    repeats: &["__getattribute__"],
    module: "typing",
    interned_module: true,
    doc: "Represent a union type\n\nE.g. for int | str",
    subclassable: false,
    weakrefable: true,
    methods: &[
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
        slot(
            "__or__($self, value, /)",
            "Return self|value.",
            Plain(either),
        ),
        slot(
            "__ror__($self, value, /)",
            "Return value|self.",
            Plain(reflected_either),
        ),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(get_item),
        ),
        method("__mro_entries__($self, object, /)", "", Plain(mro_entries)),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(class_getitem),
        ),
    ],
    getsets: &[
        member("__args__", "", |ctx, value| {
            Ok(Value::Tuple(this(ctx, value)?.members))
        }),
        getter("__name__", "Name of the type", |ctx, _| {
            Ok(ctx.str_value("Union"))
        }),
        getter("__qualname__", "Qualified name of the type", |ctx, _| {
            Ok(ctx.str_value("Union"))
        }),
        getter("__origin__", "Always returns the type", |ctx, _| {
            Ok(Value::Type(ctx.type_of_def(&UNION)))
        }),
        getter(
            "__parameters__",
            "Type variables in the types.UnionType.",
            |ctx, value| {
                let members = this(ctx, value)?.members;
                let parameters = generic_alias::parameters(ctx, members.items())?;
                Ok(Value::Tuple(ctx.tuple(parameters)))
            },
        ),
    ],
    ..TypeDef::DEFAULT
};

/// The members of a union; nothing where `value` is none.
pub fn members<'gc>(value: Value<'gc>) -> Option<Tuple<'gc>> {
    value.native::<Union<'_>>().map(|union| union.members)
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Union<'gc>, Raised<'gc>> {
    value
        .native::<Union<'_>>()
        .ok_or_else(|| ctx.type_error("a Union is required"))
}

/// Whether `|` takes the value for a type without asking the `typing` module.
fn is_member(value: Value<'_>) -> bool {
    matches!(value, Value::None | Value::Type(_))
        || value.native::<GenericAlias<'_>>().is_some()
        || value.native::<Union<'_>>().is_some()
        || crate::types::type_alias::is_alias(value)
}

/// The union of `parts`; the part itself where only one is left.
fn make<'gc>(ctx: Context<'gc>, parts: &[Value<'gc>]) -> Result1<'gc> {
    let mut found: Vec<Value<'gc>> = Vec::new();
    for part in parts {
        let nested = members(*part);
        let flat = match &nested {
            Some(members) => members.items(),
            None => std::slice::from_ref(part),
        };
        for member in flat {
            let member = match member {
                Value::None => Value::Type(ctx.types().none_type),
                other => *other,
            };
            if !contains(ctx, &found, member)? {
                found.push(member);
            }
        }
    }
    match found.as_slice() {
        [] => Err(ctx.type_error("Cannot take a Union of no types.")),
        [only] => Ok(*only),
        _ => {
            let data = Union {
                members: ctx.tuple(found),
            };
            let class = ctx.type_of_def(&UNION);
            Ok(Value::Object(Object::with_native::<Union<'_>>(
                ctx, class, data,
            )))
        }
    }
}

fn contains<'gc>(
    ctx: Context<'gc>,
    all: &[Value<'gc>],
    wanted: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    for one in all {
        if ctx.same_or_equal(*one, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `__or__` of classes, aliases and unions.
pub fn either<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    if !is_member(args[0]) || !is_member(args[1]) {
        return Ok(Value::NotImplemented);
    }
    make(ctx, &[args[0], args[1]])
}

/// `__ror__` of classes, aliases and unions.
pub fn reflected_either<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    either(ctx, &[args[1], args[0]])
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let none = Value::Type(ctx.types().none_type);
    let mut parts = Vec::new();
    for member in this(ctx, args[0])?.members.items() {
        parts.push(if member.is(none) {
            "None".to_owned()
        } else {
            generic_alias::part_text(ctx, *member)?
        });
    }
    Ok(ctx.str_value(&parts.join(" | ")))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let set = Set::new(ctx);
    for member in this(ctx, args[0])?.members.items() {
        let hash = ctx.hash(*member)?;
        set.add_hashed(ctx, hash, *member)?;
    }
    Ok(Value::Int(set.frozen_hash()))
}

fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let own = this(ctx, args[0])?.members;
    let Some(other) = members(args[1]) else {
        return Ok(Value::NotImplemented);
    };
    if own.len() != other.len() {
        return Ok(Value::bool(false));
    }
    for member in own.items() {
        if !contains(ctx, other.items(), *member)? {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let members = this(ctx, args[0])?.members;
    let replaced = generic_alias::substitute(ctx, args[0], members.items(), args[1])?;
    let Some((first, rest)) = replaced.split_first() else {
        return make(ctx, &[]);
    };
    // A replacement may be something that only its own `|` can join.
    let class = Value::Type(ctx.type_of_def(&UNION));
    if rest.is_empty() {
        return Ok(*first);
    }
    ctx.get_item(class, Value::Tuple(ctx.tuple(replaced)))
}

fn mro_entries<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let text = ctx.repr(args[0])?.to_string_lossy().into_owned();
    Err(ctx.type_error(format!("Cannot subclass {text}")))
}

/// `Union[...]`: what is no type goes through the check of the `typing` module,
/// which makes forward references of strings.
fn class_getitem<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let parts = match args[1] {
        Value::Tuple(tuple) => tuple.items().to_vec(),
        one => vec![one],
    };
    let mut checked = Vec::with_capacity(parts.len());
    for part in parts {
        checked.push(match ctx.modules().get_text(ctx, "typing") {
            Some(typing) if !is_member(part) => {
                let check = ctx.get_attr(typing, ctx.intern("_type_check"))?;
                let message = ctx.str_value("Union[arg, ...]: each arg must be a type.");
                ctx.call(check, &[part, message])?
            }
            _ => part,
        });
    }
    make(ctx, &checked)
}
