//! Struct sequences, as C's structures come to Python: tuples whose items have names, and
//! which have further fields that are not items. `sys.version_info` and `os.stat_result`
//! are such types.
//!
//! A type is declared by `sequence_type!`: what its instances do is here.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::protocol::iterate;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{GetSetDef, TypeDef};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::list::List;
use capers_runtime::types::tuple::TUPLE;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// A declaration to be completed by `sequence_type!`.
pub const STRUCT: TypeDef = TypeDef {
    base: Some(&TUPLE),
    subclassable: false,
    interned_module: true,
    methods: &[
        new(
            "__new__($type, /, sequence, dict=<unrepresentable>)",
            Plain(create),
        ),
        REPR,
        REDUCE,
        REPLACE,
    ],
    ..TypeDef::DEFAULT
};

/// The same for a type whose instances programs can't make.
pub const FIXED: TypeDef = TypeDef {
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(refuse)),
        REPR,
        REDUCE,
        REPLACE,
    ],
    ..STRUCT
};

/// `os.stat_result`: its times are the whole seconds where they are not told apart.
pub const STAT: TypeDef = TypeDef {
    methods: &[
        new(
            "__new__($type, /, sequence, dict=<unrepresentable>)",
            Plain(create_stat),
        ),
        REPR,
        REDUCE,
        REPLACE,
    ],
    ..STRUCT
};

const REPR: NativeDef = slot("__repr__($self, /)", "Return repr(self).", Plain(repr));
const REDUCE: NativeDef = method("__reduce__($self, /)", "", Plain(reduce));
const REPLACE: NativeDef = method(
    "__replace__($self, /, **changes)",
    "Return a copy of the structure with new values for the specified fields.",
    Plain(replace),
);

/// Declares a struct sequence of `items` items: `sequence_type!(NAME: STRUCT, "module" "name" "doc", items 3,
/// ["a" 0, "b" 1], ["c" 0])`. The names of items come first, with their places, then those of the further fields.
#[macro_export]
macro_rules! sequence_type {
    ($def:ident: $kind:ident, $module:literal $name:literal $doc:literal, items $count:literal,
     [$($item:literal $place:literal),* $(,)?], [$($more:literal $slot:literal),* $(,)?]) => {
        /// A struct sequence.
        pub static $def: capers_runtime::types::def::TypeDef = capers_runtime::types::def::TypeDef {
            name: $name,
            module: $module,
            doc: $doc,
            getsets: &[
                $(capers_runtime::types::def::member($item, "", |_, value| {
                    Ok($crate::struct_sequence::item_at(value, $place))
                }),)*
                $(capers_runtime::types::def::member($more, "", |_, value| {
                    Ok($crate::struct_sequence::hidden_at(value, $slot))
                }),)*
            ],
            finish: Some(|ctx, class| {
                let named: &[&str] = &[$($item),*];
                let hidden: &[&str] = &[$($more),*];
                $crate::struct_sequence::complete(ctx, class, $count, named, hidden);
            }),
            ..$crate::struct_sequence::$kind
        };
    };
}

/// The item at a place.
pub fn item_at(value: Value<'_>, place: usize) -> Value<'_> {
    let items = value.as_tuple().map_or(&[][..], |t| t.items());
    items.get(place).copied().unwrap_or(Value::None)
}

/// The further field at a place.
pub fn hidden_at(value: Value<'_>, place: usize) -> Value<'_> {
    match value {
        Value::Object(object) => object.value_at(place).or(Value::None),
        _ => Value::None,
    }
}

/// Completes a type: its counts, and room for the further fields.
pub fn complete<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    items: usize,
    named: &[&str],
    hidden: &[&str],
) {
    for (name, count) in [
        ("n_sequence_fields", items),
        ("n_fields", items + hidden.len()),
        ("n_unnamed_fields", items - named.len()),
    ] {
        let count = Value::from_usize(ctx.mc, count);
        class.dict().set_text(ctx, name, count);
    }
    let named: Vec<_> = named.iter().map(|n| Value::Str(ctx.intern(n))).collect();
    let named = Value::Tuple(ctx.tuple(named));
    class.dict().set_text(ctx, "__match_args__", named);
    class.set_slots(ctx, hidden.iter().map(|name| ctx.intern(name)).collect());
}

/// An instance with these items and further fields.
pub fn make<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    items: &[Value<'gc>],
    hidden: &[Value<'gc>],
) -> Value<'gc> {
    let payload = Payload::Builtin(Value::Tuple(ctx.tuple(items)));
    let object = Object::new(ctx, class, payload);
    for (place, value) in hidden.iter().enumerate() {
        object.set_value_at(ctx, place, *value);
    }
    Value::Object(object)
}

fn count<'gc>(ctx: Context<'gc>, class: Type<'gc>, name: &str) -> usize {
    let found = class
        .dict()
        .get_text(ctx, name)
        .and_then(|n| n.as_small_int());
    found.map_or(0, |count| usize::try_from(count).unwrap_or(0))
}

/// The names of the further fields, in their order.
fn hidden_names<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> impl Iterator<Item = &'static str> {
    let hidden = count(ctx, class, "n_fields") - count(ctx, class, "n_sequence_fields");
    let members = class.def().map_or(&[][..], |def| def.getsets);
    let first = members.len().saturating_sub(hidden);
    members[first..].iter().map(|member| member.name)
}

fn refuse<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let name = args[0]
        .as_type()
        .map_or_else(String::new, |c| c.name_text().into());
    Err(ctx.type_error(format!("cannot create '{name}' instances")))
}

fn create<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Some(class) = args[0].as_type() else {
        return Err(ctx.type_error("__new__(X): X is not a type object"));
    };
    let (low, high) = (
        count(ctx, class, "n_sequence_fields"),
        count(ctx, class, "n_fields"),
    );
    let iterator = iterate::iter(ctx, args[1])
        .map_err(|_| ctx.type_error("constructor requires a sequence"))?;
    let mut items = Vec::new();
    // One more than fits tells that there are too many.
    while items.len() <= high
        && let Some(item) = ctx.next(iterator)?
    {
        items.push(item);
    }
    let name = class.name_text();
    let dict = match args[2] {
        Value::Absent => None,
        given => Some(given.as_dict().ok_or_else(|| {
            ctx.type_error(format!("{name}() takes a dict as second arg, if any"))
        })?),
    };
    if items.len() < low || items.len() > high {
        let (bound, limit) = match (low == high, items.len() < low) {
            (true, _) => ("a ", low),
            (_, true) => ("an at least ", low),
            (_, false) => ("an at most ", high),
        };
        return Err(ctx.type_error(format!(
            "{name}() takes {bound}{limit}-sequence ({}-sequence given)",
            items.len()
        )));
    }
    let mut hidden = items.split_off(low);
    let given = hidden.len();
    let mut used = 0;
    for field in hidden_names(ctx, class).skip(given) {
        let value = dict.and_then(|dict| dict.get_text(ctx, field));
        used += usize::from(value.is_some());
        hidden.push(value.unwrap_or(Value::None));
    }
    if dict.is_some_and(|dict| dict.len() > used) {
        return Err(ctx.type_error(format!(
            "{name}() got duplicate or unexpected field name(s)"
        )));
    }
    Ok(make(ctx, class, &items, &hidden))
}

fn create_stat<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let made = create(ctx, args)?;
    if let Value::Object(object) = made {
        for place in 0..3 {
            if hidden_at(made, place).is_none() {
                object.set_value_at(ctx, place, item_at(made, 7 + place));
            }
        }
    }
    Ok(made)
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0].class(ctx);
    let items = args[0].as_tuple().map_or(&[][..], |t| t.items());
    let dict = Dict::new(ctx);
    for (place, name) in hidden_names(ctx, class).enumerate() {
        dict.set_text(ctx, name, hidden_at(args[0], place));
    }
    let arguments = [Value::Tuple(ctx.tuple(items)), Value::Dict(dict)];
    let arguments = Value::Tuple(ctx.tuple(arguments));
    Ok(Value::Tuple(ctx.tuple([Value::Type(class), arguments])))
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0].class(ctx);
    if count(ctx, class, "n_unnamed_fields") > 0 {
        return Err(ctx.type_error(format!(
            "__replace__() is not supported for {} because it has unnamed field(s)",
            class.name_text()
        )));
    }
    let mut items = args[0]
        .as_tuple()
        .map_or(Vec::new(), |t| t.items().to_vec());
    let first_hidden = items.len();
    let members = class.def().map_or(&[][..], |def| def.getsets);
    items.extend((0..members.len().saturating_sub(first_hidden)).map(|at| hidden_at(args[0], at)));
    let mut unknown = Vec::new();
    for (name, value) in args[1].as_dict().map_or_else(Vec::new, |d| d.entries()) {
        let text = name.as_str();
        let known = |def: &GetSetDef| text.is_some_and(|t| t.bytes() == def.name.as_bytes());
        match members
            .iter()
            .position(known)
            .and_then(|at| items.get_mut(at))
        {
            Some(item) => *item = value,
            None => unknown.push(name),
        }
    }
    if !unknown.is_empty() {
        let names = ctx.repr(Value::List(List::new(ctx, unknown)))?;
        let names = names.to_string_lossy();
        return Err(ctx.type_error(format!("Got unexpected field name(s): {names}")));
    }
    let (shown, hidden) = items.split_at(first_hidden);
    Ok(make(ctx, class, shown, hidden))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0].class(ctx);
    let members = class.def().map_or(&[][..], |def| def.getsets);
    let items = args[0].as_tuple().map_or(&[][..], |t| t.items());
    let mut text = format!("{}(", class.name_text()).into_bytes();
    // An item without a name of its own shows the name of the field at that place, as C's does.
    for (place, (member, item)) in members.iter().zip(items).enumerate() {
        if place > 0 {
            text.extend_from_slice(b", ");
        }
        text.extend_from_slice(member.name.as_bytes());
        text.push(b'=');
        text.extend_from_slice(ctx.repr(*item)?.bytes());
    }
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}
