//! The computed attributes of the type `type`: `__name__`, `__bases__`,
//! `__annotations__` and the rest, with the rules for setting them.

use crate::context::Context;
use crate::raised::Raised;
use crate::types::class_layout::{self, best_base};
use crate::types::def::{GetSetDef, TypeDef, getset, getter, member};
use crate::types::exceptions::Exc;
use crate::types::mro;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;

/// The computed attributes.
pub const GETSETS: &[GetSetDef] = &[
    member("__basicsize__", "", |ctx, value| {
        Ok(Value::Int(16 + 8 * this(ctx, value)?.slot_count() as i64))
    }),
    member("__itemsize__", "", |_, _| Ok(Value::Int(0))),
    member("__flags__", "", flags),
    member("__weakrefoffset__", "", |ctx, value| {
        Ok(Value::Int(match this(ctx, value)?.flags().weakrefable {
            true => -1,
            false => 0,
        }))
    }),
    member("__base__", "", |ctx, value| {
        Ok(this(ctx, value)?.base().map_or(Value::None, Value::Type))
    }),
    member("__dictoffset__", "", |ctx, value| {
        Ok(Value::Int(match this(ctx, value)?.flags().has_dict {
            true => -1,
            false => 0,
        }))
    }),
    getter("__mro__", "", |ctx, value| {
        Ok(Value::Tuple(this(ctx, value)?.mro_tuple(ctx)))
    }),
    getset(
        "__name__",
        "",
        |ctx, value| Ok(shown_name(ctx, this(ctx, value)?, Type::name)),
        set_name,
    ),
    getset(
        "__qualname__",
        "",
        |ctx, value| Ok(shown_name(ctx, this(ctx, value)?, Type::qualname)),
        set_qualname,
    ),
    getset(
        "__bases__",
        "",
        |ctx, value| Ok(Value::Tuple(this(ctx, value)?.bases_tuple(ctx))),
        set_bases,
    ),
    getset("__module__", "", get_module, set_module),
    getset(
        "__abstractmethods__",
        "",
        get_abstract_methods,
        set_abstract_methods,
    ),
    getter("__dict__", "", |ctx, value| {
        let dict = Value::Dict(this(ctx, value)?.dict());
        Ok(crate::types::mappingproxy::make(ctx, dict))
    }),
    getset("__doc__", "", get_doc, set_doc),
    getter("__text_signature__", "", |ctx, value| {
        Ok(
            match this(ctx, value)?.def().map_or("", |def| def.signature) {
                "" => Value::None,
                text => ctx.str_value(text),
            },
        )
    }),
    getset("__annotations__", "", get_annotations, set_annotations),
    getset("__annotate__", "", get_annotate, set_annotate),
    getset(
        "__type_params__",
        "",
        |ctx, value| {
            let class = this(ctx, value)?;
            let found = match class == ctx.types().type_ {
                true => None,
                false => class.dict().get_str(ctx, ctx.names().__type_params__),
            };
            Ok(found.unwrap_or(Value::Tuple(ctx.empty_tuple())))
        },
        |ctx, value, params| {
            let class = settable(ctx, value, "__type_params__", Some(params))?;
            store(ctx, class, ctx.names().__type_params__, params);
            Ok(())
        },
    ),
];

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Type<'gc>, Raised<'gc>> {
    value
        .as_type()
        .ok_or_else(|| ctx.type_error("descriptor requires a 'type' object"))
}

fn store<'gc>(ctx: Context<'gc>, class: Type<'gc>, name: Str<'gc>, value: Value<'gc>) {
    class.dict().set_str(ctx, name, value);
    class.modified(ctx);
}

/// The class, if its special attributes can be set; `value` too must be there
/// for those that can't be deleted. CPython's `check_set_special_type_attr`.
fn settable<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    attribute: &str,
    value: Option<Value<'gc>>,
) -> Result<Type<'gc>, Raised<'gc>> {
    let class = this(ctx, class)?;
    let what = match value {
        _ if !class.flags().mutable => "set",
        Some(Value::Absent) => "delete",
        _ => return Ok(class),
    };
    Err(ctx.type_error(format!(
        "cannot {what} '{attribute}' attribute of immutable type '{}'",
        class.name_text()
    )))
}

/// CPython's flag bits, as far as this runtime has the facts.
fn flags<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let class = this(ctx, value)?;
    let (flags, types) = (class.flags(), ctx.types());
    let kinds = [
        (types.int, 24),
        (types.list, 25),
        (types.tuple, 26),
        (types.bytes, 27),
        (types.str, 28),
        (types.dict, 29),
        (ctx.exceptions().get(Exc::BaseException), 30),
        (types.type_, 31),
    ];
    // A type of CPython's without a `__new__`, that no other one is the base of.
    let no_instances = class.def().is_some()
        && class.base() == Some(types.object)
        && class.dict().get_str(ctx, ctx.names().__new__).is_none();
    let is_heap = flags.heap || class.def().is_some_and(TypeDef::is_heap);
    // Ready, and with the garbage collector in heap types.
    let mut bits: i64 = 1 << 12;
    let mut set = |condition: bool, bit: u32| {
        if condition {
            bits |= 1 << bit;
        }
    };
    set(flags.sequence, 5);
    set(flags.mapping, 6);
    set(no_instances, 7);
    set(!flags.mutable, 8);
    set(is_heap, 9);
    set(flags.subclassable, 10);
    set(is_heap, 14);
    set(flags.is_abstract, 20);
    set(flags.match_self, 22);
    for (kind, bit) in kinds {
        set(class.is_subclass_of(kind), bit);
    }
    Ok(Value::Int(bits))
}

fn text_argument<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    attribute: &str,
    value: Value<'gc>,
) -> Result<Str<'gc>, Raised<'gc>> {
    value.as_str().ok_or_else(|| {
        ctx.type_error(format!(
            "can only assign string to {}.{attribute}, not '{}'",
            class.name_text(),
            ctx.type_name(value)
        ))
    })
}

fn set_name<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let class = settable(ctx, class, "__name__", Some(value))?;
    let name = text_argument(ctx, class, "__name__", value)?;
    crate::types::class_creation::check_name(ctx, name)?;
    class.links_mut(ctx).name = name;
    Ok(())
}

fn set_qualname<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let class = settable(ctx, class, "__qualname__", Some(value))?;
    let name = text_argument(ctx, class, "__qualname__", value)?;
    class.links_mut(ctx).qualname = name;
    Ok(())
}

/// A class's name as programs get it: that of a built-in type is a new string each time,
/// as in CPython, so that a pickle never shares it with a constant of the program.
fn shown_name<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    name: fn(Type<'gc>) -> Str<'gc>,
) -> Value<'gc> {
    let name = name(class);
    match class.flags().heap {
        true => Value::Str(name),
        false => ctx.str_value(&name.to_string_lossy()),
    }
}

/// `__module__` of a class, whatever it is; none where a class lacks it. Of the built-in
/// types those that are static in CPython share the interned string.
pub fn module_of<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Option<Value<'gc>> {
    match class.def() {
        Some(def) if !class.flags().heap && !def.is_heap() => {
            Some(Value::Str(ctx.intern(def.module)))
        }
        _ => class.dict().get_str(ctx, ctx.names().__module__),
    }
}

fn get_module<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    module_of(ctx, this(ctx, value)?).ok_or_else(|| ctx.error(Exc::AttributeError, "__module__"))
}

fn set_module<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let class = settable(ctx, class, "__module__", Some(value))?;
    class.dict().remove_str(ctx, ctx.names().__firstlineno__);
    store(ctx, class, ctx.names().__module__, value);
    Ok(())
}

fn get_abstract_methods<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let class = this(ctx, value)?;
    let name = ctx.names().__abstractmethods__;
    // `type` has the descriptor itself under this name.
    let found = match class == ctx.types().type_ {
        true => None,
        false => class.dict().get_str(ctx, name),
    };
    found.ok_or_else(|| {
        crate::protocol::attribute::attribute_error(
            ctx,
            "__abstractmethods__".to_owned(),
            value,
            name,
        )
    })
}

fn set_abstract_methods<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let class = this(ctx, class)?;
    let name = ctx.names().__abstractmethods__;
    let is_abstract = match value {
        Value::Absent => {
            if !class.dict().remove_str(ctx, name) {
                return Err(crate::protocol::attribute::attribute_error(
                    ctx,
                    "__abstractmethods__".to_owned(),
                    Value::Type(class),
                    name,
                ));
            }
            class.modified(ctx);
            false
        }
        value => {
            let is_abstract = ctx.truth(value)?;
            store(ctx, class, name, value);
            is_abstract
        }
    };
    class.update_flags(|flags| flags.is_abstract = is_abstract);
    Ok(())
}

fn get_doc<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let class = this(ctx, value)?;
    if let Some(def) = class.def() {
        return Ok(match def.doc {
            "" => Value::None,
            doc => ctx.str_value(doc),
        });
    }
    match class.dict().get_str(ctx, ctx.names().__doc__) {
        None => Ok(Value::None),
        Some(found) => bound(ctx, found, class),
    }
}

/// A value of the class's namespace, through its `__get__` where it has one.
fn bound<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    class: Type<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    use crate::protocol::attribute::{Attr, get_from_class};
    match get_from_class(ctx, value, class)? {
        Attr::Value(value) | Attr::Method(value) => Ok(value),
        Attr::Flow(flow) => ctx.complete(flow),
        Attr::Missing => Ok(Value::None),
    }
}

fn set_doc<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let class = settable(ctx, class, "__doc__", Some(value))?;
    store(ctx, class, ctx.names().__doc__, value);
    Ok(())
}

fn lacks<'gc>(ctx: Context<'gc>, class: Type<'gc>, name: Str<'gc>) -> Raised<'gc> {
    crate::protocol::attribute::missing(ctx, Value::Type(class), name)
}

fn get_annotations<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let class = this(ctx, value)?;
    let names = ctx.names();
    if !class.flags().heap {
        return Err(lacks(ctx, class, names.__annotations__));
    }
    let dict = class.dict();
    for name in [names.__annotations__, names.__annotations_cache__] {
        if let Some(found) = dict.get_str(ctx, name) {
            return bound(ctx, found, class);
        }
    }
    let annotate = get_annotate(ctx, value)?;
    let annotations = if crate::protocol::call::is_callable(ctx, annotate) {
        let made = ctx.call(annotate, &[Value::Int(1)])?;
        if made.as_dict().is_none() {
            return Err(ctx.type_error(format!(
                "__annotate__ returned non-dict of type '{}'",
                ctx.type_name(made)
            )));
        }
        made
    } else {
        Value::Dict(crate::types::dict::Dict::new(ctx))
    };
    store(ctx, class, names.__annotations_cache__, annotations);
    Ok(annotations)
}

fn set_annotations<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let class = settable(ctx, class, "__annotations__", None)?;
    let names = ctx.names();
    let dict = class.dict();
    if value.is_absent() {
        let removed = dict.remove_str(ctx, names.__annotations__)
            || dict.remove_str(ctx, names.__annotations_cache__);
        if !removed {
            return Err(ctx.error(Exc::AttributeError, "__annotations__"));
        }
    } else {
        let name = match dict.get_str(ctx, names.__annotations__) {
            Some(_) => names.__annotations__,
            None => names.__annotations_cache__,
        };
        dict.set_str(ctx, name, value);
    }
    dict.remove_str(ctx, names.__annotate_func__);
    dict.remove_str(ctx, names.__annotate__);
    class.modified(ctx);
    Ok(())
}

fn get_annotate<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let class = this(ctx, value)?;
    let names = ctx.names();
    if !class.flags().heap {
        return Err(lacks(ctx, class, names.__annotate__));
    }
    for name in [names.__annotate_func__, names.__annotate__] {
        if let Some(found) = class.dict().get_str(ctx, name) {
            return bound(ctx, found, class);
        }
    }
    store(ctx, class, names.__annotate_func__, Value::None);
    Ok(Value::None)
}

fn set_annotate<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let shown = this(ctx, class)?;
    if value.is_absent() && shown.flags().mutable {
        return Err(ctx.type_error("cannot delete __annotate__ attribute"));
    }
    let class = settable(ctx, class, "__annotate__", None)?;
    if !value.is_none() && !crate::protocol::call::is_callable(ctx, value) {
        return Err(ctx.type_error("__annotate__ must be callable or None"));
    }
    let names = ctx.names();
    if !value.is_none() {
        class.dict().remove_str(ctx, names.__annotations_cache__);
    }
    store(ctx, class, names.__annotate_func__, value);
    Ok(())
}

/// Assigns `__bases__`: checks them, then finds the new MROs of the class and
/// of everything derived from it before any of them is changed.
fn set_bases<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let class = settable(ctx, class, "__bases__", Some(value))?;
    let name = class.name_text();
    let Some(tuple) = value.as_tuple() else {
        return Err(ctx.type_error(format!(
            "can only assign tuple to {name}.__bases__, not {}",
            ctx.type_name(value)
        )));
    };
    if tuple.is_empty() {
        return Err(ctx.type_error(format!(
            "can only assign non-empty tuple to {name}.__bases__, not ()"
        )));
    }
    for item in tuple.items() {
        let Value::Type(base) = *item else {
            return Err(ctx.type_error(format!(
                "{name}.__bases__ must be tuple of classes, not '{}'",
                ctx.type_name(*item)
            )));
        };
        // A metaclass's `mro()` may have left an MRO that does not show all bases yet.
        let mut chain = std::iter::successors(Some(base), |base| base.base());
        if base.is_subclass_of(class) || chain.any(|base| base == class) {
            return Err(ctx.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let (bases, base) = best_base(ctx, tuple.items())?;
    if let Some(old) = class.base() {
        class_layout::check_assignable(ctx, old, base, "__bases__")?;
    }
    let before: Vec<(Type<'gc>, Vec<Type<'gc>>)> = hierarchy(ctx, class);
    let old = (class.bases(), class.base());
    class.set_hierarchy(ctx, bases, Some(base), class.mro());
    for (derived, _) in &before {
        if let Err(raised) = refresh(ctx, *derived) {
            // Unless that has assigned other bases meanwhile.
            if class.base() == Some(base) {
                class.set_hierarchy(ctx, old.0, old.1, class.mro());
            }
            for (derived, order) in before {
                let (bases, base) = (derived.bases(), derived.base());
                derived.set_hierarchy(ctx, bases, base, order);
            }
            return Err(raised);
        }
    }
    Ok(())
}

/// The class and what derives from it, with their present MROs, each class
/// before those derived from it.
fn hierarchy<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Vec<(Type<'gc>, Vec<Type<'gc>>)> {
    let mut found = vec![(class, class.mro())];
    let mut at = 0;
    while let Some(&(next, _)) = found.get(at) {
        for derived in next.subclasses(ctx) {
            found.retain(|(known, _)| *known != derived);
            found.push((derived, derived.mro()));
        }
        at += 1;
    }
    found
}

/// Finds the MRO anew.
fn refresh<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Result<(), Raised<'gc>> {
    let order = match mro::custom(ctx, class) {
        None => mro::linearize(ctx, class)?,
        Some(custom) => {
            let flow = crate::protocol::call::call_special(ctx, custom, Value::Type(class), &[])?;
            let answer = ctx.complete(flow)?;
            mro::check_custom(ctx, class, answer)?
        }
    };
    class.set_hierarchy(ctx, class.bases(), class.base(), order);
    Ok(())
}
