//! What instances of a class consist of: the base that decides the layout,
//! `__slots__`, `__dict__` and `__weakref__`, and which classes have layouts so
//! alike that an instance may change from one to the other.

use crate::context::Context;
use crate::raised::Raised;
use crate::types::def::{GetSetDef, getset, getter};
use crate::types::descriptors::SlotMember;
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;

/// The nearest class along `__base__`, itself included, that adds something to
/// the layout besides `__dict__` and `__weakref__`. CPython's `solid_base`.
pub fn solid_base<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Type<'gc> {
    let mut class = class;
    while let Some(base) = class.base() {
        if adds_fields(ctx, class, base) {
            break;
        }
        class = base;
    }
    class
}

fn adds_fields<'gc>(ctx: Context<'gc>, class: Type<'gc>, base: Type<'gc>) -> bool {
    if class.flags().heap {
        return class.slot_count() != base.slot_count();
    }
    if class == ctx.types().bool {
        return false;
    }
    if exceptions::is_exception_class(ctx, class) {
        let root = ctx.exceptions().get(Exc::BaseException);
        return class == root
            || exceptions::field_names(ctx, class).len()
                != exceptions::field_names(ctx, base).len();
    }
    true
}

/// Checks the bases of a new class, and chooses the one whose layout the
/// instances get.
pub fn best_base<'gc>(
    ctx: Context<'gc>,
    bases: &[Value<'gc>],
) -> Result<(Vec<Type<'gc>>, Type<'gc>), Raised<'gc>> {
    let mut classes = Vec::with_capacity(bases.len());
    let mut best: Option<(Type<'gc>, Type<'gc>)> = None;
    for base in bases {
        let Value::Type(base) = *base else {
            return Err(ctx.type_error("bases must be types"));
        };
        if !base.flags().subclassable {
            return Err(ctx.type_error(format!(
                "type '{}' is not an acceptable base type",
                base.name_text()
            )));
        }
        classes.push(base);
        let candidate = solid_base(ctx, base);
        best = match best {
            Some((winner, chosen)) if winner.is_subclass_of(candidate) => Some((winner, chosen)),
            Some((winner, _)) if !candidate.is_subclass_of(winner) => {
                return Err(ctx.type_error("multiple bases have instance lay-out conflict"));
            }
            _ => Some((candidate, base)),
        };
    }
    match best {
        Some((_, base)) => Ok((classes, base)),
        None => Ok((vec![ctx.types().object], ctx.types().object)),
    }
}

/// What a namespace says about the layout.
pub struct Slots<'gc> {
    /// The class adds a `__dict__`.
    pub add_dict: bool,
    /// The class adds a `__weakref__`.
    pub add_weakref: bool,
    /// The names of the values that it adds, mangled, sorted.
    names: Vec<Str<'gc>>,
}

/// Whether instances vary in size in CPython, which leaves no place for slots.
fn has_items<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> bool {
    let types = ctx.types();
    [types.int, types.tuple, types.bytes, types.type_]
        .iter()
        .any(|t| class.is_subclass_of(*t))
}

/// Reads `__slots__` of a namespace.
pub fn read_slots<'gc>(
    ctx: Context<'gc>,
    namespace: &Dict<'gc>,
    class_name: Str<'gc>,
    bases: &[Type<'gc>],
    base: Type<'gc>,
) -> Result<Slots<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let may_add_dict = !base.flags().has_dict;
    let may_add_weakref = !base.flags().weakrefable && !has_items(ctx, base);
    let Some(slots) = namespace.get_str(ctx, names.__slots__) else {
        return Ok(Slots {
            add_dict: may_add_dict,
            add_weakref: may_add_weakref,
            names: Vec::new(),
        });
    };
    let items = slot_items(ctx, slots)?;
    if !items.is_empty() && has_items(ctx, base) {
        return Err(ctx.type_error(format!(
            "nonempty __slots__ not supported for subtype of '{}'",
            base.name_text()
        )));
    }
    let mut result = Slots {
        add_dict: false,
        add_weakref: false,
        names: Vec::new(),
    };
    let mut plain = Vec::new();
    for item in items {
        let name = check_slot_name(ctx, item)?;
        if name.has_text_of(names.__dict__) {
            if !may_add_dict || result.add_dict {
                return Err(ctx.type_error("__dict__ slot disallowed: we already got one"));
            }
            result.add_dict = true;
        } else if name.has_text_of(names.__weakref__) {
            if !may_add_weakref || result.add_weakref {
                return Err(ctx.type_error("__weakref__ slot disallowed: we already got one"));
            }
            result.add_weakref = true;
        } else {
            plain.push(name);
        }
    }
    for name in plain {
        let mangled = mangle(ctx, class_name, name);
        let allowed = [
            names.__qualname__,
            names.__classcell__,
            names.__classdictcell__,
        ];
        if namespace.get_str(ctx, mangled).is_some()
            && !allowed.iter().any(|a| a.has_text_of(mangled))
        {
            let shown = ctx.repr(Value::Str(name))?;
            return Err(ctx.value_error(format!(
                "{} in __slots__ conflicts with class variable",
                shown.to_string_lossy()
            )));
        }
        result.names.push(mangled);
    }
    result.names.sort_by(|a, b| a.bytes().cmp(b.bytes()));
    // A secondary base may bring what the layout base lacks.
    for other in bases.iter().filter(|b| **b != base) {
        result.add_dict |= may_add_dict && other.flags().has_dict;
        result.add_weakref |= may_add_weakref && other.flags().weakrefable;
    }
    Ok(result)
}

fn slot_items<'gc>(ctx: Context<'gc>, slots: Value<'gc>) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
    if slots.as_str().is_some() {
        return Ok(vec![slots]);
    }
    let iterator = crate::protocol::iterate::iter(ctx, slots)?;
    let mut items = Vec::new();
    while let Some(item) = ctx.next(iterator)? {
        items.push(item);
    }
    Ok(items)
}

fn check_slot_name<'gc>(ctx: Context<'gc>, item: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
    let Some(name) = item.as_str() else {
        return Err(ctx.type_error(format!(
            "__slots__ items must be strings, not '{}'",
            ctx.type_name(item)
        )));
    };
    if !crate::text::predicates::is_identifier(crate::text::Text::new(name.bytes())) {
        return Err(ctx.type_error("__slots__ must be identifiers"));
    }
    Ok(ctx.intern_str(name))
}

/// A private name as the class body sees it: `__x` in class `_C` is `_C__x`.
pub fn mangle<'gc>(ctx: Context<'gc>, class_name: Str<'gc>, name: Str<'gc>) -> Str<'gc> {
    let text = name.bytes();
    let class = class_name.bytes();
    let stripped = class.iter().position(|b| *b != b'_');
    match stripped {
        Some(start) if text.starts_with(b"__") && !text.ends_with(b"__") => {
            let mut mangled = vec![b'_'];
            mangled.extend_from_slice(&class[start..]);
            mangled.extend_from_slice(text);
            ctx.intern_bytes(&mangled)
        }
        _ => name,
    }
}

/// Gives the class the descriptors of its slots, of `__dict__` and of `__weakref__`.
pub fn add_slots<'gc>(ctx: Context<'gc>, class: Type<'gc>, slots: Slots<'gc>) {
    let dict = class.dict();
    let first = class.base().map_or(0, |base| base.slot_count());
    for (place, name) in slots.names.iter().enumerate() {
        let descriptor = SlotMember::descriptor(ctx, *name, class, first + place);
        dict.set_str(ctx, *name, descriptor);
    }
    class.set_slots(ctx, slots.names);
    let own = [
        (slots.add_dict, &DICT_ATTRIBUTE),
        (slots.add_weakref, &WEAKREF_ATTRIBUTE),
    ];
    for (add, def) in own {
        if add && dict.get_text(ctx, def.name).is_none() {
            let descriptor = crate::types::descriptors::getset_descriptor(ctx, class, def);
            dict.set_text(ctx, def.name, descriptor);
        }
    }
}

/// `__dict__` of instances.
pub static DICT_ATTRIBUTE: GetSetDef = getset(
    "__dict__",
    "dictionary for instance variables",
    get_dict,
    set_dict,
);

/// `__weakref__` of instances: the first weak reference, if there is one.
pub static WEAKREF_ATTRIBUTE: GetSetDef = getter(
    "__weakref__",
    "list of weak references to the object",
    get_weakref,
);

/// Reads `__dict__` of anything that has one.
pub fn get_dict<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    match object {
        Value::Object(instance) if instance.class().flags().has_dict => {
            Ok(instance.dict_value(ctx))
        }
        Value::Module(module) => Ok(Value::Dict(module.dict())),
        Value::Function(function) => Ok(Value::Dict(function.dict(ctx))),
        _ => Err(ctx.error(Exc::AttributeError, "This object has no __dict__")),
    }
}

/// Sets `__dict__` of an instance; deleting leaves an empty one.
pub fn set_dict<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let value = value.or(Value::Dict(Dict::new(ctx)));
    match object {
        Value::Object(instance) if instance.class().flags().has_dict => {
            if instance.set_dict(ctx, value) {
                return Ok(());
            }
            Err(ctx.type_error(format!(
                "__dict__ must be set to a dictionary, not a '{}'",
                ctx.type_name(value)
            )))
        }
        _ => Err(ctx.error(Exc::AttributeError, "This object has no __dict__")),
    }
}

fn get_weakref<'gc>(_ctx: Context<'gc>, _object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::None)
}

/// Whether an instance of `old` may become one of `new`: CPython's
/// `compatible_for_assignment`. `attribute` is for the message.
pub fn check_assignable<'gc>(
    ctx: Context<'gc>,
    old: Type<'gc>,
    new: Type<'gc>,
    attribute: &str,
) -> Result<(), Raised<'gc>> {
    if same_layout(ctx, old, new) {
        return Ok(());
    }
    Err(ctx.type_error(format!(
        "{attribute} assignment: '{}' object layout differs from '{}'",
        new.name_text(),
        old.name_text()
    )))
}

fn same_layout<'gc>(ctx: Context<'gc>, a: Type<'gc>, b: Type<'gc>) -> bool {
    let (flags_a, flags_b) = (a.flags(), b.flags());
    if flags_a.has_dict != flags_b.has_dict || flags_a.weakrefable != flags_b.weakrefable {
        return false;
    }
    let (solid_a, solid_b) = (solid_base(ctx, a), solid_base(ctx, b));
    if solid_a == solid_b {
        return true;
    }
    // Two classes that add the same slots to the same base are alike.
    solid_a.flags().heap
        && solid_b.flags().heap
        && slot_texts(solid_a) == slot_texts(solid_b)
        && match (solid_a.base(), solid_b.base()) {
            (Some(base_a), Some(base_b)) => solid_base(ctx, base_a) == solid_base(ctx, base_b),
            _ => false,
        }
}

fn slot_texts<'gc>(class: Type<'gc>) -> Vec<&'gc [u8]> {
    class.slot_names().iter().map(|n| n.bytes()).collect()
}
