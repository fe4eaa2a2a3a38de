//! What the reduce protocol has to know of a class, found out once for each
//! version of it: which hooks are `object`'s own, where the slots lie, whether
//! instances are made and filled without a call. An instance then costs no
//! look-up. The dispatch table is no part of it.

use std::rc::Rc;

use crate::context::Context;
use crate::reduce::{is_objects_own, slots};
use crate::types::descriptors::{GetSetDescriptor, SlotMember};
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;

/// The facts about one class.
#[derive(Debug, Default)]
pub struct Plan {
    /// The class's version when this was found out, and its metaclass's.
    versions: (u64, u64),
    /// `__reduce_ex__`, `__reduce__` and attribute access are `object`'s, and
    /// nothing asks for arguments of `__new__`: protocol 2 and above would take
    /// an instance apart into its class and its state.
    pub default_reduce: bool,
    /// `__reduce__` is a Python function, and `object`'s `__reduce_ex__` would call it.
    pub own_reduce: bool,
    /// `__getstate__` is `object`'s, and the state is no more than the
    /// attributes and [`Plan::slots`].
    pub default_state: bool,
    /// Where the slots lie among an instance's values, in the order of
    /// `__slotnames__`. Told only with `default_state`.
    pub slots: Box<[usize]>,
    /// `object.__class__` is `type(object)`.
    pub own_class: bool,
    /// `class.__new__(class)` is `object.__new__`, and makes an instance.
    pub default_new: bool,
    /// No `__setstate__`; attributes are set by `object.__setattr__`: state goes
    /// straight into an instance.
    pub default_setstate: bool,
    /// The class has no `__copy__`, and asking it runs no code.
    pub no_copy: bool,
    /// Instances have no `__deepcopy__` from their class.
    pub no_deepcopy: bool,
}

/// The facts about `class`.
pub fn of_class<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Rc<Plan> {
    let metaclass = class.metaclass(ctx);
    let versions = (class.version(), metaclass.version());
    if let Some(known) = class.known_plan()
        && known.versions == versions
    {
        return known;
    }
    let made = Rc::new(find(ctx, class, metaclass));
    class.set_plan(made.clone());
    made
}

fn find<'gc>(ctx: Context<'gc>, class: Type<'gc>, metaclass: Type<'gc>) -> Plan {
    // First, since it may keep `__slotnames__` in the class.
    let slots = slot_places(ctx, class);
    let names = ctx.names();
    let default = |name: Str<'gc>| is_objects_own(ctx, class.lookup(ctx, name));
    let missing = |name: Str<'gc>| class.lookup(ctx, name).is_none();
    let plain_lookup = default(names.__getattribute__) && missing(names.__getattr__);
    let plain_class_lookup = metaclass.lookup(ctx, names.__getattr__).is_none()
        && matches!(
            metaclass.lookup(ctx, names.__getattribute__),
            Some(Value::Native(_))
        );
    let dict_is_own = match class.lookup(ctx, names.__dict__) {
        None => true,
        Some(found) => found.native::<GetSetDescriptor<'_>>().is_some(),
    };
    Plan {
        versions: (class.version(), metaclass.version()),
        default_reduce: class.flags().heap
            && plain_lookup
            && default(names.__reduce_ex__)
            && default(names.__reduce__)
            && missing(names.__getnewargs_ex__)
            && missing(names.__getnewargs__),
        own_reduce: plain_lookup
            && default(names.__reduce_ex__)
            && matches!(
                class.lookup(ctx, names.__reduce__),
                Some(Value::Function(_))
            ),
        default_state: default(names.__getstate__) && dict_is_own && slots.is_some(),
        slots: slots.unwrap_or_default(),
        own_class: class.lookup(ctx, names.__class__).is_some_and(|found| {
            ctx.types()
                .object
                .dict()
                .get_str(ctx, names.__class__)
                .is_some_and(|own| own.is(found))
        }),
        default_new: plain_class_lookup && default(names.__new__),
        default_setstate: plain_lookup
            && dict_is_own
            && missing(names.__setstate__)
            && default(names.__setattr__),
        no_copy: plain_class_lookup
            && missing(names.__copy__)
            && metaclass.lookup(ctx, names.__copy__).is_none(),
        no_deepcopy: plain_lookup && missing(names.__deepcopy__),
    }
}

/// Where the slots lie that `__slotnames__` names; none unless those are all
/// slots of the class, each read and written by its own descriptor.
fn slot_places<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Option<Box<[usize]>> {
    let names = slots::of_class(ctx, class).ok()??;
    if names.len() != class.slot_count() {
        return None;
    }
    let mut places = Vec::with_capacity(names.len());
    for name in names {
        let Value::Str(name) = name else { return None };
        let found = class.lookup(ctx, ctx.intern_str(name))?;
        let place = found.native::<SlotMember<'_>>()?.index;
        if places.contains(&place) {
            return None;
        }
        places.push(place);
    }
    Some(places.into())
}
