//! `types.GenericAlias`: `list[int]` and its kin.

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{method, new, slot};
use crate::object::Object;
use crate::protocol::attribute;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getter, member};
use crate::types::iterator_methods::{ITER, NEXT};
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::types::union;
use crate::value::Value;
use crate::vm::flow::{Flow, Next};

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
    /// `__unpacked__`: whether it is `*origin[arguments]`.
    pub unpacked: bool,
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
    let data = GenericAlias {
        origin,
        arguments,
        unpacked: false,
    };
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
    signature: "(origin, args, /)",
    module: "types",
    interned_module: true,
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    weakrefable: true,
    methods: &[
        new("__new__($type, origin, args, /)", Plain(alias_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
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
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(get_item),
        ),
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
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
        method("__mro_entries__($self, object, /)", "", Plain(mro_entries)),
        method(
            "__instancecheck__($self, object, /)",
            "",
            Plain(no_instance),
        ),
        method(
            "__subclasscheck__($self, object, /)",
            "",
            Plain(no_subclass),
        ),
        method("__reduce__($self, /)", "", Plain(reduce)),
        method("__dir__($self, /)", "", Plain(dir)),
    ],
    getsets: &[
        member("__origin__", "", |ctx, value| Ok(this(ctx, value)?.origin)),
        member("__args__", "", |ctx, value| {
            Ok(Value::Tuple(this(ctx, value)?.arguments))
        }),
        getter(
            "__parameters__",
            "Type variables in the GenericAlias.",
            |ctx, value| {
                let found = parameters(ctx, this(ctx, value)?.arguments.items())?;
                Ok(Value::Tuple(ctx.tuple(found)))
            },
        ),
        getter("__typing_unpacked_tuple_args__", "", |ctx, value| {
            let alias = this(ctx, value)?;
            let unpacks = alias.unpacked && alias.origin.is(Value::Type(ctx.types().tuple));
            Ok(match unpacks {
                true => Value::Tuple(alias.arguments),
                false => Value::None,
            })
        }),
        member("__unpacked__", "", |ctx, value| {
            Ok(Value::bool(this(ctx, value)?.unpacked))
        }),
        getter("__typing_unpacked_tuple_args__", "", |ctx, value| {
            let alias = this(ctx, value)?;
            let is_tuple = alias.origin.is(Value::Type(ctx.types().tuple));
            Ok(if alias.unpacked && is_tuple {
                Value::Tuple(alias.arguments)
            } else {
                Value::None
            })
        }),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc GenericAlias<'gc>, Raised<'gc>> {
    value
        .native::<GenericAlias<'_>>()
        .ok_or_else(|| ctx.type_error("a GenericAlias is required"))
}

fn alias_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let made = generic_alias(ctx, args[1], args[2]);
    match (args[0].as_type(), made) {
        // The same alias, of the class that was asked for.
        (Some(class), Value::Object(object)) if class != object.class() => {
            Ok(Value::Object(Object::new(ctx, class, object.payload())))
        }
        (_, made) => Ok(made),
    }
}

/// A part as it shows in the alias's repr: classes by their qualified name.
pub(super) fn part_text<'gc>(ctx: Context<'gc>, part: Value<'gc>) -> Result<String, Raised<'gc>> {
    match part {
        Value::Ellipsis => return Ok("...".to_owned()),
        Value::Type(class) if class == ctx.types().none_type => return Ok("None".to_owned()),
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
        // The parameters of a callable.
        parts.push(match part {
            Value::List(list) => {
                let mut inner = Vec::new();
                for part in list.to_vec() {
                    inner.push(part_text(ctx, part)?);
                }
                format!("[{}]", inner.join(", "))
            }
            part => part_text(ctx, *part)?,
        });
    }
    let inner = if parts.is_empty() {
        "()".to_owned()
    } else {
        parts.join(", ")
    };
    let origin = part_text(ctx, alias.origin)?;
    let star = if alias.unpacked { "*" } else { "" };
    Ok(ctx.str_value(&format!("{star}{origin}[{inner}]")))
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
    let equal = a.unpacked == b.unpacked
        && ctx.same_or_equal(a.origin, b.origin)?
        && ctx.same_or_equal(Value::Tuple(a.arguments), Value::Tuple(b.arguments))?;
    Ok(Value::bool(equal))
}

/// The type variables among `arguments`, and in them, each once.
pub fn parameters<'gc>(
    ctx: Context<'gc>,
    arguments: &[Value<'gc>],
) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
    let names = ctx.names();
    let mut found: Vec<Value<'gc>> = Vec::new();
    for argument in arguments {
        if matches!(argument, Value::Type(_)) {
            continue;
        }
        let own = match ctx.try_attr(*argument, names.__typing_subst__)? {
            Some(_) => vec![*argument],
            None => inner_parameters(ctx, *argument)?,
        };
        for parameter in own {
            if !found.iter().any(|known| known.is(parameter)) {
                found.push(parameter);
            }
        }
    }
    Ok(found)
}

/// `__parameters__` of an argument that is generic itself.
fn inner_parameters<'gc>(
    ctx: Context<'gc>,
    argument: Value<'gc>,
) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
    let inner = ctx.recurse("", || ctx.try_attr(argument, ctx.names().__parameters__))?;
    Ok(inner
        .and_then(|p| p.as_tuple())
        .map_or_else(Vec::new, |p| p.items().to_vec()))
}

/// Arguments with those of `*tuple[int, str]` in its place; `*tuple[int, ...]` stays.
fn unpacked<'gc>(
    ctx: Context<'gc>,
    given: Vec<Value<'gc>>,
) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
    let name = ctx.intern("__typing_unpacked_tuple_args__");
    let mut result = Vec::with_capacity(given.len());
    for argument in given {
        let inner = match argument {
            Value::Type(_) => None,
            _ => ctx
                .try_attr(argument, name)?
                .and_then(|inner| inner.as_tuple()),
        };
        match inner.map(|inner| inner.items()) {
            Some([.., Value::Ellipsis]) | None => result.push(argument),
            Some(items) => result.extend_from_slice(items),
        }
    }
    Ok(result)
}

/// The arguments of `generic[key]`: each type variable gives way to its part of `key`.
pub fn substitute<'gc>(
    ctx: Context<'gc>,
    generic: Value<'gc>,
    arguments: &[Value<'gc>],
    key: Value<'gc>,
) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
    let names = ctx.names();
    let parameters = parameters(ctx, arguments)?;
    if parameters.is_empty() {
        let text = ctx.repr(generic)?.to_string_lossy().into_owned();
        return Err(ctx.type_error(format!("{text} is not a generic class")));
    }
    let mut given = match key {
        Value::Tuple(tuple) => tuple.items().to_vec(),
        one => vec![one],
    };
    given = unpacked(ctx, given)?;
    for parameter in &parameters {
        // A TypeVarTuple takes several, a parameter with a default none.
        let hook = ctx.try_attr(*parameter, ctx.intern("__typing_prepare_subst__"))?;
        if let Some(hook) = hook.filter(|hook| !hook.is_none()) {
            let prepared = ctx.call(hook, &[generic, Value::Tuple(ctx.tuple(given))])?;
            given = match prepared.as_tuple() {
                Some(tuple) => tuple.items().to_vec(),
                None => vec![prepared],
            };
        }
    }
    if given.len() != parameters.len() {
        let (amount, least) = if given.len() > parameters.len() {
            ("many", "")
        } else {
            ("few", "at least ")
        };
        let text = ctx.repr(generic)?.to_string_lossy().into_owned();
        return Err(ctx.type_error(format!(
            "Too {amount} arguments for {text}; actual {}, expected {least}{}",
            given.len(),
            parameters.len()
        )));
    }
    let replacement = |wanted: Value<'gc>| {
        let mut pairs = parameters.iter().zip(&given);
        pairs.find(|(p, _)| p.is(wanted)).map(|(_, g)| *g)
    };
    let mut replaced = Vec::with_capacity(arguments.len());
    for argument in arguments {
        if let Some(given) = replacement(*argument) {
            let hook = ctx.get_attr(*argument, names.__typing_subst__)?;
            replaced.push(ctx.call(hook, &[given])?);
            continue;
        }
        let starred = ctx.intern("__typing_is_unpacked_typevartuple__");
        let starred = match argument {
            Value::Type(_) => None,
            _ => ctx.try_attr(*argument, starred)?,
        };
        if starred.is_some_and(|starred| ctx.truth(starred).unwrap_or(false)) {
            let inner = inner_parameters(ctx, *argument)?;
            for given in inner.into_iter().filter_map(replacement) {
                match given {
                    Value::Tuple(several) => replaced.extend_from_slice(several.items()),
                    one => replaced.push(one),
                }
            }
            continue;
        }
        let inner = match argument {
            Value::Type(_) => Vec::new(),
            _ => inner_parameters(ctx, *argument)?,
        };
        replaced.push(if inner.is_empty() {
            *argument
        } else {
            let mut parts = Vec::new();
            for parameter in inner {
                match replacement(parameter) {
                    Some(Value::Tuple(several)) if is_several(ctx, parameter)? => {
                        parts.extend_from_slice(several.items());
                    }
                    given => parts.extend(given),
                }
            }
            let inner = parts;
            ctx.get_item(*argument, Value::Tuple(ctx.tuple(inner)))?
        });
    }
    Ok(replaced)
}

/// Whether a parameter stands for several arguments: a TypeVarTuple can be iterated over.
fn is_several<'gc>(ctx: Context<'gc>, parameter: Value<'gc>) -> Result<bool, Raised<'gc>> {
    let class = parameter.class(ctx);
    Ok(class.lookup(ctx, ctx.names().__iter__).is_some())
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let alias = this(ctx, args[0])?;
    let replaced = substitute(ctx, args[0], alias.arguments.items(), args[1])?;
    if alias.unpacked {
        let data = GenericAlias {
            origin: alias.origin,
            arguments: ctx.tuple(replaced),
            unpacked: true,
        };
        let class = args[0].class(ctx);
        let starred = Object::with_native::<GenericAlias<'_>>(ctx, class, data);
        return Ok(Value::Object(starred));
    }
    let replaced = Value::Tuple(ctx.tuple(replaced));
    Ok(generic_alias(ctx, alias.origin, replaced))
}

/// `*tuple[int]` iterates over the one unpacked alias.
fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let data = AliasIterator(Gc::new(ctx.mc, Lock::new(args[0])));
    let class = ctx.type_of_def(&GENERIC_ALIAS_ITERATOR);
    let made = Object::with_native::<AliasIterator<'_>>(ctx, class, data);
    Ok(Value::Object(made))
}

/// The struct behind the iterator: the alias, absent once it has been given.
#[derive(Collect)]
#[collect(no_drop)]
pub struct AliasIterator<'gc>(Gc<'gc, Lock<Value<'gc>>>);

impl NativeData for AliasIterator<'static> {
    type Data<'gc> = AliasIterator<'gc>;
}

/// `generic_alias_iterator`
pub static GENERIC_ALIAS_ITERATOR: TypeDef = TypeDef {
    name: "generic_alias_iterator",
    subclassable: false,
    methods: &[
        ITER,
        NEXT,
        method("__reduce__($self, /)", "", Plain(reduce_iterator)),
    ],
    next: Some(next),
    ..TypeDef::DEFAULT
};

fn next<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let Some(iterator) = value.native::<AliasIterator<'_>>() else {
        return Ok(Next::Exhausted);
    };
    let given = iterator.0.get();
    if given.is_absent() {
        return Ok(Next::Exhausted);
    }
    iterator.0.set(ctx.mc, Value::Absent);
    let alias = this(ctx, given)?;
    let data = GenericAlias {
        origin: alias.origin,
        arguments: alias.arguments,
        unpacked: true,
    };
    let class = given.class(ctx);
    let starred = Object::with_native::<GenericAlias<'_>>(ctx, class, data);
    Ok(Next::Item(Value::Object(starred)))
}

fn reduce_iterator<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let rest = match args[0].native::<AliasIterator<'_>>().map(|i| i.0.get()) {
        None | Some(Value::Absent) => Value::Tuple(ctx.empty_tuple()),
        Some(alias) => alias,
    };
    let iter = ctx.builtins().get_text(ctx, "iter").unwrap_or(Value::None);
    let arguments = Value::Tuple(ctx.tuple([rest]));
    Ok(Value::Tuple(ctx.tuple([iter, arguments])))
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let origin = this(ctx, args[0])?.origin;
    crate::vm::rare::call_with_stars(ctx, origin, args[1], args[2])
}

/// Attributes that are the alias's own and that `dir()` shows; all others come from the origin.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];

/// Attributes that an alias does not take from its origin.
const NOT_OF_ORIGIN: &[&str] = &["__bases__", "__copy__", "__deepcopy__"];

/// What `dir()` finds in the origin, and the alias's own attributes.
fn dir<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let origin = this(ctx, args[0])?.origin;
    let names = ctx.call_special(origin, ctx.intern("__dir__"), &[])?;
    let listed = names.and_then(|names| names.as_list());
    let mut all = listed.map_or_else(Vec::new, List::to_vec);
    for own in OWN {
        let known = |name: &Value<'gc>| name.as_str().is_some_and(|n| n.bytes() == own.as_bytes());
        if !all.iter().any(known) {
            all.push(ctx.str_value(own));
        }
    }
    Ok(Value::List(List::new(ctx, all)))
}

fn get_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(name) = args[1].as_str() else {
        return Err(crate::types::object_type::attribute_name_error(
            ctx, args[1],
        ));
    };
    let own = name
        .to_str()
        .is_some_and(|text| OWN.contains(&text) || NOT_OF_ORIGIN.contains(&text));
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
    if alias.unpacked {
        // As the one item of the plain alias.
        let data = GenericAlias {
            origin: alias.origin,
            arguments: alias.arguments,
            unpacked: false,
        };
        let class = args[0].class(ctx);
        let plain = Value::Object(Object::with_native::<GenericAlias<'_>>(ctx, class, data));
        let next = ctx.builtins().get_text(ctx, "next").unwrap_or(Value::None);
        let arguments = Value::Tuple(ctx.tuple([iter(ctx, &[plain])?]));
        return Ok(Value::Tuple(ctx.tuple([next, arguments])));
    }
    let arguments = ctx.tuple([alias.origin, Value::Tuple(alias.arguments)]);
    Ok(Value::Tuple(ctx.tuple([
        Value::Type(args[0].class(ctx)),
        Value::Tuple(arguments),
    ])))
}
