//! Restoring an object's state: `__setstate__`, or attributes and slots.
//! Follows CPython's `load_build` and `copy._reconstruct`.

use gc_arena::Collect;

use crate::context::Context;
use crate::object::Object;
use crate::protocol::attribute::{self, Attr};
use crate::protocol::call::{call_flow, call_special};
use crate::protocol::subscript;
use crate::raised::Raised;
use crate::reduce::is_objects_own;
use crate::shape::Shape;
use crate::types::descriptors::{GetSetDescriptor, SlotMember};
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::object_type::attribute_name_error;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::drive::collect_then;
use crate::vm::flow::{Flow, Input, NativeFrame, Step};

/// How many attributes are set between two safe points.
const BATCH: usize = 1024;

/// Where pickle and copy differ.
#[derive(Copy, Clone)]
pub enum StateRules {
    /// The parts of the state must be dicts: the function makes the error of one
    /// that is not. Names of attributes are interned. A pair's second part must
    /// not be None.
    Pickle(for<'gc> fn(Context<'gc>, &'static str) -> Raised<'gc>),
    /// `__dict__.update()` takes the first part, the second has `items()`; either
    /// may be None.
    Copy,
}

/// How many classes a cache knows about.
const CLASSES: usize = 16;

/// What is known about restoring instances of the classes met last. One for each
/// walk: it keeps classes alive.
#[derive(Collect, Default)]
#[collect(no_drop)]
pub struct StateCache<'gc> {
    known: Vec<Option<Known<'gc>>>,
}

/// How a class restores its instances.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
enum Hook<'gc> {
    /// With this `__setstate__`, which binds the instance.
    Call(Value<'gc>),
    /// By setting attributes, and nothing of the class interferes.
    Default,
    /// It has to be looked up each time.
    Ask,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Known<'gc> {
    class: Type<'gc>,
    /// The class's version that all this holds for.
    version: u64,
    hook: Hook<'gc>,
    /// The keys of the last state, and the shape that they lead to.
    keys: Vec<Str<'gc>>,
    shape: Option<Shape<'gc>>,
    /// The keys of the last slot state, and where instances keep these slots.
    slots: Vec<(Str<'gc>, usize)>,
}

impl<'gc> StateCache<'gc> {
    /// Forgets everything: no class is kept alive any more.
    pub fn clear(&mut self) {
        self.known.fill_with(|| None);
    }

    /// What is known about `class`.
    #[inline]
    fn about(&mut self, ctx: Context<'gc>, class: Type<'gc>) -> &mut Known<'gc> {
        if self.known.is_empty() {
            self.known.resize_with(CLASSES, || None);
        }
        let address = gc_arena::Gc::as_ptr(class.0) as usize;
        let place = &mut self.known[(address >> 4 ^ address >> 9) % CLASSES];
        let valid = matches!(place, Some(k) if k.class == class && k.version == class.version());
        if !valid {
            *place = None;
        }
        place.get_or_insert_with(|| Known {
            class,
            version: class.version(),
            hook: hook_of(ctx, class),
            keys: Vec::new(),
            shape: None,
            slots: Vec::new(),
        })
    }
}

fn hook_of<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Hook<'gc> {
    let names = ctx.names();
    if !is_objects_own(ctx, class.lookup(ctx, names.__getattribute__)) {
        return Hook::Ask;
    }
    match class.lookup(ctx, names.__setstate__) {
        Some(found @ Value::Function(_)) => return Hook::Call(found),
        Some(found @ Value::Native(native)) if native.binds() => return Hook::Call(found),
        Some(_) => return Hook::Ask,
        None => {}
    }
    let standard_dict = !class.flags().has_dict
        || class
            .lookup(ctx, names.__dict__)
            .is_some_and(|d| d.native::<GetSetDescriptor<'_>>().is_some());
    if class.lookup(ctx, names.__getattr__).is_none()
        && standard_dict
        && is_objects_own(ctx, class.lookup(ctx, names.__setattr__))
    {
        Hook::Default
    } else {
        Hook::Ask
    }
}

/// Gives `object` its state. What is None for the whole state is the caller's
/// business. The flow's result means nothing.
#[inline]
pub fn apply_state<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    state: Value<'gc>,
    rules: StateRules,
    cache: &mut StateCache<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let mut restore = Restore::new(object, state, rules);
    if let Value::Object(instance) = object {
        let known = cache.about(ctx, instance.class());
        let name = ctx.names().__setstate__;
        match known.hook {
            Hook::Call(method) if instance.attribute(ctx, name).is_none() => {
                return call_special(ctx, method, object, &[state]);
            }
            Hook::Default if instance.attribute(ctx, name).is_none() => {
                let (attributes, slots) = split(state);
                if restore_directly(ctx, known, instance, attributes, slots, rules) {
                    return Ok(Flow::Return(Value::None));
                }
                restore.stage = Stage::Attributes;
            }
            _ => {}
        }
    }
    crate::vm::flow::begin(ctx, restore)
}

/// The attributes, and the slots if the state is a pair.
fn split(state: Value<'_>) -> (Value<'_>, Option<Value<'_>>) {
    match state {
        Value::Dict(_) | Value::None => return (state, None),
        _ => {}
    }
    match state.as_tuple().map(|t| t.items()) {
        Some(&[attributes, slots]) => (attributes, Some(slots)),
        _ => (state, None),
    }
}

/// Restores an instance whose class does not interfere; false, with nothing
/// done, where the state is not made of exact dicts with plain names.
fn restore_directly<'gc>(
    ctx: Context<'gc>,
    known: &mut Known<'gc>,
    instance: Object<'gc>,
    attributes: Value<'gc>,
    slots: Option<Value<'gc>>,
    rules: StateRules,
) -> bool {
    let slots = match slots {
        None => None,
        Some(Value::Dict(slots)) => {
            if !find_slots(ctx, known, slots) {
                return false;
            }
            Some(slots)
        }
        Some(_) => return false,
    };
    match attributes {
        Value::None => {}
        Value::Dict(dict) => {
            if !known.class.flags().has_dict || !set_attributes(ctx, known, instance, dict, rules) {
                return false;
            }
        }
        _ => return false,
    }
    if let Some(slots) = slots {
        let table = slots.borrow();
        let values = table.iter().zip(&known.slots);
        instance.set_values_at(ctx, values.map(|(entry, (_, index))| (*index, entry.value)));
    }
    true
}

/// Sets attributes by stepping from shape to shape, in one step where the names
/// are those of the instance before.
fn set_attributes<'gc>(
    ctx: Context<'gc>,
    known: &mut Known<'gc>,
    instance: Object<'gc>,
    dict: Dict<'gc>,
    rules: StateRules,
) -> bool {
    let Some(shape) = instance.shape() else {
        return false;
    };
    let table = dict.borrow();
    let is_new = shape.len() == shape.first_index();
    if is_new
        && let Some(last) = known.shape
        && table.len() == known.keys.len()
        && table
            .iter()
            .zip(&known.keys)
            .all(|(entry, key)| matches!(entry.key, Value::Str(name) if name.same(*key)))
    {
        instance.push_attributes(ctx, last, table.iter().map(|entry| entry.value));
        return true;
    }
    let interning = matches!(rules, StateRules::Pickle(_));
    let plain = |key| match key {
        Value::Str(name) => interning || name.is_interned(),
        _ => false,
    };
    if !table.iter().all(|entry| plain(entry.key)) {
        return false;
    }
    let mut keys = Vec::with_capacity(table.len());
    for entry in table.iter() {
        if let Value::Str(name) = entry.key {
            instance.set_attribute(ctx, ctx.intern_str(name), entry.value);
            keys.push(name);
        }
    }
    if is_new {
        known.shape = instance.shape();
        known.keys = keys;
        known.class.expect_values(instance.value_count());
    }
    true
}

/// Finds where the slots lie that the keys name; false if one is no slot.
fn find_slots<'gc>(ctx: Context<'gc>, known: &mut Known<'gc>, slots: Dict<'gc>) -> bool {
    let table = slots.borrow();
    let same = table.len() == known.slots.len()
        && table
            .iter()
            .zip(&known.slots)
            .all(|(entry, (key, _))| matches!(entry.key, Value::Str(name) if name.same(*key)));
    if same {
        return true;
    }
    known.slots.clear();
    for entry in table.iter() {
        let Value::Str(name) = entry.key else {
            return false;
        };
        let found = known.class.lookup(ctx, ctx.intern_str(name));
        match found.and_then(|found| found.native::<SlotMember<'_>>()) {
            Some(slot) if known.class.is_subclass_of(slot.owner) => {
                known.slots.push((name, slot.index));
            }
            _ => {
                known.slots.clear();
                return false;
            }
        }
    }
    true
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Stage {
    /// Looks for `__setstate__`.
    Hook,
    /// Waits for it.
    HookFound,
    /// Begins with the attributes.
    Attributes,
    /// Waits for `__dict__`.
    Namespace,
    /// Sets items of `__dict__`.
    SetItems,
    /// Waits for `__dict__.update`.
    Update,
    /// Begins with the slots.
    Slots,
    /// Waits for the list of the slots' items.
    SlotItems,
    /// Sets slots.
    SetSlots,
}

/// An object whose state is being restored, in general.
#[derive(Collect)]
#[collect(no_drop)]
struct Restore<'gc> {
    object: Value<'gc>,
    state: Value<'gc>,
    #[collect(require_static)]
    rules: StateRules,
    #[collect(require_static)]
    stage: Stage,
    /// The object's `__dict__`.
    namespace: Value<'gc>,
    /// What is still to be set, last first.
    pending: Vec<(Value<'gc>, Value<'gc>)>,
}

impl<'gc> Restore<'gc> {
    fn new(object: Value<'gc>, state: Value<'gc>, rules: StateRules) -> Self {
        Restore {
            object,
            state,
            rules,
            stage: Stage::Hook,
            namespace: Value::None,
            pending: Vec::new(),
        }
    }

    fn find_hook(&mut self, ctx: Context<'gc>) -> Result<Option<Step<'gc>>, Raised<'gc>> {
        let name = ctx.names().__setstate__;
        match attribute::lookup(ctx, self.object, name) {
            Ok(Attr::Method(method)) => {
                return call_special(ctx, method, self.object, &[self.state])
                    .map(|flow| Some(Step::Finish(flow)));
            }
            Ok(Attr::Value(method)) => {
                return call_flow(ctx, method, &[self.state]).map(|flow| Some(Step::Finish(flow)));
            }
            Ok(Attr::Flow(flow)) => {
                self.stage = Stage::HookFound;
                return Ok(Some(Step::Await(flow)));
            }
            Ok(Attr::Missing) => {}
            Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => {}
            Err(raised) => return Err(raised),
        }
        self.stage = Stage::Attributes;
        Ok(None)
    }

    /// Asks for `__dict__`, if there are attributes.
    fn begin_attributes(&mut self, ctx: Context<'gc>) -> Result<Option<Step<'gc>>, Raised<'gc>> {
        let (attributes, _) = split(self.state);
        if attributes.is_none() {
            self.stage = Stage::Slots;
            return Ok(None);
        }
        if let StateRules::Pickle(error) = self.rules
            && attributes.as_dict().is_none()
        {
            return Err(error(ctx, "state is not a dictionary"));
        }
        self.stage = Stage::Namespace;
        attribute::get(ctx, self.object, ctx.names().__dict__).map(|flow| Some(Step::Await(flow)))
    }

    fn fill_namespace(&mut self, ctx: Context<'gc>) -> Result<Option<Step<'gc>>, Raised<'gc>> {
        let (attributes, _) = split(self.state);
        match self.rules {
            StateRules::Pickle(_) => {
                self.pending = attributes.as_dict().map(Dict::entries).unwrap_or_default();
                self.pending.reverse();
                self.stage = Stage::SetItems;
                Ok(None)
            }
            StateRules::Copy => {
                self.stage = Stage::Update;
                let update = attribute::get(ctx, self.namespace, ctx.names().update)?;
                Ok(Some(Step::Await(update)))
            }
        }
    }

    fn set_items(&mut self, ctx: Context<'gc>) -> Result<Option<Step<'gc>>, Raised<'gc>> {
        for _ in 0..BATCH {
            let Some((key, value)) = self.pending.pop() else {
                self.stage = Stage::Slots;
                return Ok(None);
            };
            let key = match key {
                Value::Str(name) => Value::Str(ctx.intern_str(name)),
                other => other,
            };
            match subscript::set(ctx, self.namespace, key, value)? {
                Flow::Return(_) => {}
                flow => return Ok(Some(Step::Await(flow))),
            }
        }
        Ok(Some(Step::Yield))
    }

    fn begin_slots(&mut self, ctx: Context<'gc>) -> Result<Option<Step<'gc>>, Raised<'gc>> {
        let (_, slots) = split(self.state);
        let Some(slots) = slots else {
            return Ok(Some(Step::Return(Value::None)));
        };
        match (self.rules, slots) {
            (StateRules::Copy, Value::None) => return Ok(Some(Step::Return(Value::None))),
            (StateRules::Copy, Value::Dict(dict)) => self.pending = dict.entries(),
            (StateRules::Copy, _) => {
                self.stage = Stage::SlotItems;
                let items = ctx.get_attr(slots, ctx.names().items)?;
                let items = ctx.call(items, &[])?;
                return collect_then(ctx, items, Vec::new(), |ctx, _, items| {
                    Ok(Flow::Return(Value::Tuple(ctx.tuple(items))))
                })
                .map(|flow| Some(Step::Await(flow)));
            }
            (StateRules::Pickle(error), slots) => match slots.as_dict() {
                Some(dict) => self.pending = dict.entries(),
                None => return Err(error(ctx, "slot state is not a dictionary")),
            },
        }
        self.pending.reverse();
        self.stage = Stage::SetSlots;
        Ok(None)
    }

    /// Takes the pairs that `items()` gave.
    fn take_pairs(&mut self, ctx: Context<'gc>, items: Value<'gc>) -> Result<(), Raised<'gc>> {
        for pair in items.as_tuple().map_or(&[][..], |t| t.items()).iter().rev() {
            let parts = ctx.complete(crate::vm::rare::unpack(ctx, *pair, 2, None)?)?;
            if let Some(&[key, value]) = parts.as_list().map(|l| l.to_vec()).as_deref() {
                self.pending.push((key, value));
            }
        }
        self.stage = Stage::SetSlots;
        Ok(())
    }

    fn set_slots(&mut self, ctx: Context<'gc>) -> Result<Option<Step<'gc>>, Raised<'gc>> {
        for _ in 0..BATCH {
            let Some((key, value)) = self.pending.pop() else {
                return Ok(Some(Step::Return(Value::None)));
            };
            let Some(name) = key.as_str() else {
                return Err(attribute_name_error(ctx, key));
            };
            match attribute::set(ctx, self.object, name, value)? {
                Flow::Return(_) => {}
                flow => return Ok(Some(Step::Await(flow))),
            }
        }
        Ok(Some(Step::Yield))
    }
}

impl<'gc> NativeFrame<'gc> for Restore<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match (self.stage, input) {
            (Stage::HookFound, Input::Raised(raised)) => {
                if !exceptions::matches(ctx, raised, Exc::AttributeError) {
                    return Err(raised);
                }
                self.stage = Stage::Attributes;
            }
            (Stage::HookFound, input) => {
                return call_flow(ctx, input.value()?, &[self.state]).map(Step::Finish);
            }
            (Stage::Namespace, input) => {
                self.namespace = input.value()?;
                if let Some(step) = self.fill_namespace(ctx)? {
                    return Ok(step);
                }
            }
            (Stage::Update, input) => {
                let update = input.value()?;
                let (attributes, _) = split(self.state);
                self.stage = Stage::Slots;
                return call_flow(ctx, update, &[attributes]).map(Step::Await);
            }
            (Stage::SlotItems, input) => self.take_pairs(ctx, input.value()?)?,
            (_, input) => {
                input.value()?;
            }
        }
        loop {
            let step = match self.stage {
                Stage::Hook => self.find_hook(ctx)?,
                Stage::Attributes => self.begin_attributes(ctx)?,
                Stage::SetItems => self.set_items(ctx)?,
                Stage::Slots => self.begin_slots(ctx)?,
                Stage::SetSlots => self.set_slots(ctx)?,
                Stage::HookFound | Stage::Namespace | Stage::Update | Stage::SlotItems => None,
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }
}
