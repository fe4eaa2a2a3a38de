//! The inline caches of attribute and global access: where an instruction found
//! what it looked for, under which version of the class and which shape. A cache
//! holds no pointer that keeps anything alive; a class's attribute is found
//! again by its place among those that were looked up on the class.

use gc_arena::Gc;

use crate::bytecode::Instr;
use crate::context::Context;
use crate::native::NativeKind;
use crate::object::{Object, Payload};
use crate::protocol::attribute;
use crate::raised::Raised;
use crate::table::Found;
use crate::types::code::{CodeData, InlineCache};
use crate::types::descriptors::SlotMember;
use crate::types::method_wrappers::StaticMethod;
use crate::types::property::Property;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::frame::PyFrame;

/// `index` is that of a value of the instance.
const FIELD: u32 = 0;
/// `index` is the place of a function on the class, to be bound to the object.
const METHOD: u32 = 1;
/// `index` is the place of a value on the class.
const CLASS_VALUE: u32 = 2;
/// `index` is the place of a property on the class.
const PROPERTY: u32 = 3;
/// `index` is the place of a static method on the class.
const STATIC: u32 = 4;
/// As `CLASS_VALUE`, where the object is the class itself.
const OF_TYPE: u32 = 5;
/// As `STATIC`, where the object is the class itself.
const STATIC_OF_TYPE: u32 = 6;
/// `index` is a position in the dict of a module; the version is the dict's
/// generation and the shape its address.
const MODULE_ITEM: u32 = 7;
/// A store that adds an attribute: `index` is the number of the next shape among
/// the children of the present one.
const APPEND: u32 = 8;

/// What a cache gave.
pub(super) enum Loaded<'gc> {
    /// The attribute.
    Value(Value<'gc>),
    /// A function, to be bound to the object or called with it.
    Method(Value<'gc>),
    /// The attribute is what this function returns for the object.
    Getter(Value<'gc>),
    /// The cache knows nothing about this object.
    Miss,
}

/// The attribute that the instruction's cache knows.
#[inline]
pub(super) fn load<'gc>(
    ctx: Context<'gc>,
    code: &CodeData<'gc>,
    instr: Instr,
    object: Value<'gc>,
) -> Loaded<'gc> {
    let Some(cache) = code.caches.get(instr.cache as usize) else {
        return Loaded::Miss;
    };
    let cache = cache.get();
    let class = match object {
        Value::Object(instance) => {
            let class = instance.class();
            let same_shape = instance
                .shape()
                .is_some_and(|shape| shape.address() == cache.shape);
            if cache.version != class.version() || !same_shape {
                return Loaded::Miss;
            }
            if cache.kind == FIELD {
                return match instance.value_at(cache.index as usize) {
                    // An empty slot: the slow path raises.
                    Value::Absent => Loaded::Miss,
                    value => Loaded::Value(value),
                };
            }
            class
        }
        Value::Type(class) => {
            if cache.version != class.version() {
                return Loaded::Miss;
            }
            return match cache.kind {
                OF_TYPE => Loaded::Value(class.found_at(cache.index)),
                STATIC_OF_TYPE => static_function(class, cache.index),
                _ => Loaded::Miss,
            };
        }
        Value::Module(module) => {
            let dict = module.dict();
            let table = dict.borrow();
            if cache.kind == MODULE_ITEM
                && cache.version == table.generation() + 1
                && cache.shape == Gc::as_ptr(dict.0) as usize
                && let Some(entry) = table.at(cache.index as usize)
            {
                return Loaded::Value(entry.value);
            }
            return Loaded::Miss;
        }
        // These have attributes of their own.
        Value::Function(_) | Value::BoundMethod(_) => return Loaded::Miss,
        _ => {
            let class = object.class(ctx);
            if cache.version != class.version() || cache.shape != 0 {
                return Loaded::Miss;
            }
            class
        }
    };
    match cache.kind {
        METHOD => Loaded::Method(class.found_at(cache.index)),
        CLASS_VALUE => Loaded::Value(class.found_at(cache.index)),
        PROPERTY => match class.found_at(cache.index).native::<Property<'_>>() {
            Some(property) => Loaded::Getter(property.fields.get().get),
            None => Loaded::Miss,
        },
        STATIC => static_function(class, cache.index),
        _ => Loaded::Miss,
    }
}

fn static_function<'gc>(class: Type<'gc>, place: u32) -> Loaded<'gc> {
    match class.found_at(place).native::<StaticMethod<'_>>() {
        Some(method) => Loaded::Value(method.function()),
        None => Loaded::Miss,
    }
}

/// Remembers where an attribute was found, if the next look-up on such an object
/// may go straight there.
#[cold]
pub(super) fn remember_load<'gc>(
    ctx: Context<'gc>,
    code: &CodeData<'gc>,
    instr: Instr,
    object: Value<'gc>,
    name: Str<'gc>,
) {
    if let Some(cache) = code.caches.get(instr.cache as usize)
        && let Some(known) = place_of(ctx, object, name)
    {
        cache.set(known);
    }
}

/// Whether the class answers `hook` as `object` does.
fn inherits_from_object<'gc>(ctx: Context<'gc>, class: Type<'gc>, hook: Str<'gc>) -> bool {
    match class.lookup(ctx, hook) {
        Some(Value::Native(native)) => native.is_of_object(),
        found => found.is_none(),
    }
}

fn place_of<'gc>(ctx: Context<'gc>, object: Value<'gc>, name: Str<'gc>) -> Option<InlineCache> {
    let names = ctx.names();
    match object {
        Value::Object(instance) => {
            let class = instance.class();
            let shape = instance.shape()?;
            if !inherits_from_object(ctx, class, names.__getattribute__) {
                return None;
            }
            let (version, shape_address) = (class.version(), shape.address());
            let made = |kind, index| InlineCache {
                version,
                shape: shape_address,
                index,
                kind,
            };
            let own = shape.index_of(name).map(|index| made(FIELD, index as u32));
            let Some(found) = class.lookup(ctx, name) else {
                return own;
            };
            if let Value::Object(descriptor) = found
                && attribute::is_data_descriptor(ctx, found)
            {
                if descriptor.class().flags().heap {
                    return None;
                }
                if let Some(slot) = found.native::<SlotMember<'_>>()
                    && class.is_subclass_of(slot.owner)
                {
                    return Some(made(FIELD, slot.index as u32));
                }
                let plain = class.lookup(ctx, names.__getattr__).is_none();
                let property = found.native::<Property<'_>>()?;
                let has_getter = !property.fields.get().get.is_none();
                return (plain && has_getter).then(|| made(PROPERTY, class.place_of(ctx, name)));
            }
            match own {
                Some(own) => Some(own),
                None => class_kind(found).map(|kind| made(kind, class.place_of(ctx, name))),
            }
        }
        Value::Type(class) => {
            let types = ctx.types();
            let on_metaclass = types.type_.lookup(ctx, name);
            if class.metaclass(ctx) != types.type_ || on_metaclass.is_some() {
                return None;
            }
            let kind = match class.lookup(ctx, name)? {
                Value::Native(native) if native.def().kind == NativeKind::Class => return None,
                found => match class_kind(found)? {
                    METHOD | CLASS_VALUE => OF_TYPE,
                    STATIC => STATIC_OF_TYPE,
                    _ => return None,
                },
            };
            Some(InlineCache {
                version: class.version(),
                shape: 0,
                index: class.place_of(ctx, name),
                kind,
            })
        }
        Value::Module(module) => {
            if module.class(ctx) != ctx.types().module
                || ctx.types().module.lookup(ctx, name).is_some()
            {
                return None;
            }
            let dict = module.dict();
            let table = dict.borrow();
            match table.find(name.hash(), Value::Str(name)) {
                Found::At(position) => Some(InlineCache {
                    version: table.generation() + 1,
                    shape: Gc::as_ptr(dict.0) as usize,
                    index: position as u32,
                    kind: MODULE_ITEM,
                }),
                _ => None,
            }
        }
        Value::Function(_) | Value::BoundMethod(_) => None,
        _ => {
            let class = object.class(ctx);
            let kind = class_kind(class.lookup(ctx, name)?)?;
            (kind == METHOD).then(|| InlineCache {
                version: class.version(),
                shape: 0,
                index: class.place_of(ctx, name),
                kind,
            })
        }
    }
}

/// How a value found on a class, which is no data descriptor, answers for an
/// instance. None where that is not to be cached: its class may get a `__get__`.
fn class_kind(found: Value<'_>) -> Option<u32> {
    match found {
        Value::Function(_) => Some(METHOD),
        Value::Native(native) => match native.def().kind {
            NativeKind::Method | NativeKind::Slot => Some(METHOD),
            NativeKind::Class => None,
            _ => Some(CLASS_VALUE),
        },
        Value::Object(object) => {
            let exact =
                !object.class().flags().heap && matches!(object.payload(), Payload::Native(_));
            (exact && found.native::<StaticMethod<'_>>().is_some()).then_some(STATIC)
        }
        _ => Some(CLASS_VALUE),
    }
}

/// Stores where the instruction's cache says, if it knows the instance's shape.
#[inline]
pub(super) fn store<'gc>(
    ctx: Context<'gc>,
    code: &CodeData<'gc>,
    instr: Instr,
    object: Value<'gc>,
    value: Value<'gc>,
) -> bool {
    let Value::Object(instance) = object else {
        return false;
    };
    let Some(cache) = code.caches.get(instr.cache as usize) else {
        return false;
    };
    let cache = cache.get();
    let Some(shape) = instance.shape() else {
        return false;
    };
    if cache.version != instance.class().version() || cache.shape != shape.address() {
        return false;
    }
    if cache.kind == APPEND {
        let Some(next) = shape.child(cache.index as usize) else {
            return false;
        };
        instance.push_attribute(ctx, next, value);
    } else {
        instance.set_value_at(ctx, cache.index as usize, value);
    }
    true
}

/// Stores an attribute that no cache knows, and remembers how, if the next store
/// of such an instance may do the same. False where the store is not of that kind.
pub(super) fn store_and_remember<'gc>(
    ctx: Context<'gc>,
    code: &CodeData<'gc>,
    instr: Instr,
    object: Value<'gc>,
    name: Str<'gc>,
    value: Value<'gc>,
) -> bool {
    let (Value::Object(instance), Some(cache)) = (object, code.caches.get(instr.cache as usize))
    else {
        return false;
    };
    match place_for(ctx, instance, name) {
        Some(known) => {
            cache.set(known);
            store(ctx, code, instr, object, value)
        }
        None => false,
    }
}

fn place_for<'gc>(ctx: Context<'gc>, instance: Object<'gc>, name: Str<'gc>) -> Option<InlineCache> {
    let class = instance.class();
    let shape = instance.shape()?;
    if !inherits_from_object(ctx, class, ctx.names().__setattr__) {
        return None;
    }
    let (version, shape_address) = (class.version(), shape.address());
    let made = |kind, index| InlineCache {
        version,
        shape: shape_address,
        index,
        kind,
    };
    if let Some(found @ Value::Object(descriptor)) = class.lookup(ctx, name) {
        if descriptor.class().flags().heap {
            return None;
        }
        if let Some(slot) = found.native::<SlotMember<'_>>()
            && class.is_subclass_of(slot.owner)
        {
            return Some(made(FIELD, slot.index as u32));
        }
        if attribute::is_data_descriptor(ctx, found) {
            return None;
        }
    }
    if let Some(index) = shape.index_of(name) {
        return Some(made(FIELD, index as u32));
    }
    if !class.flags().has_dict || shape.is_full() || !name.is_interned() {
        return None;
    }
    let number = shape.child_number(ctx, name);
    Some(made(APPEND, number as u32))
}

/// A global or builtin, through the instruction's cache: the positions and
/// generations of the two dicts. None where neither has it.
#[inline]
pub(super) fn load_global<'gc>(
    code: &CodeData<'gc>,
    frame: &PyFrame<'gc>,
    instr: Instr,
) -> Option<Value<'gc>> {
    let globals = frame.globals.borrow();
    let known = code.caches.get(instr.cache as usize)?.get();
    // Address and generation together: a code object may run in other globals.
    let address = Gc::as_ptr(frame.globals.0) as usize;
    if known.version != globals.generation() + 1 || known.shape != address {
        return None;
    }
    if known.kind == 0 {
        return globals.at(known.index as usize).map(|e| e.value);
    }
    let builtins = frame.builtins.borrow();
    if u64::from(known.kind) != builtins.generation() + 1 {
        return None;
    }
    builtins.at(known.index as usize).map(|e| e.value)
}

/// As `load_global`, by name; remembers where it was. Raises NameError.
#[cold]
pub(super) fn find_global<'gc>(
    ctx: Context<'gc>,
    code: &CodeData<'gc>,
    frame: &PyFrame<'gc>,
    instr: Instr,
) -> Result<Value<'gc>, Raised<'gc>> {
    let name = code.names[instr.arg as usize];
    let remember = |version, index: usize, kind: u64| {
        if let (Some(cache), Ok(kind)) =
            (code.caches.get(instr.cache as usize), u32::try_from(kind))
        {
            cache.set(InlineCache {
                version,
                shape: Gc::as_ptr(frame.globals.0) as usize,
                index: index as u32,
                kind,
            });
        }
    };
    let globals = frame.globals.borrow();
    let version = globals.generation() + 1;
    if let Found::At(position) = globals.find(name.hash(), Value::Str(name))
        && let Some(entry) = globals.at(position)
    {
        remember(version, position, 0);
        return Ok(entry.value);
    }
    let builtins = frame.builtins.borrow();
    if let Found::At(position) = builtins.find(name.hash(), Value::Str(name))
        && let Some(entry) = builtins.at(position)
    {
        remember(version, position, builtins.generation() + 1);
        return Ok(entry.value);
    }
    Err(super::name_errors::not_defined(ctx, name))
}
