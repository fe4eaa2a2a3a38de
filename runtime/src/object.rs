//! `Object`: the general instance. Owns its class, its attributes (a shape and
//! slots, or a dict once somebody has asked for `__dict__`) and its payload.

use gc_arena::barrier::unlock;
use gc_arena::lock::{Lock, RefLock};
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::erased::{Erased, NativeData};
use crate::shape::Shape;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;

/// What an instance carries besides its attributes.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Payload<'gc> {
    /// The built-in value of an instance of a subclass of a built-in;
    /// `Value::Absent` for a plain instance.
    Builtin(Value<'gc>),
    /// The struct of a natively defined type.
    Native(Erased<'gc>),
}

impl<'gc> Payload<'gc> {
    /// A plain instance's.
    pub const NONE: Payload<'gc> = Payload::Builtin(Value::Absent);
}

/// How the attributes are kept.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
enum Layout<'gc> {
    /// `values` holds the class's `__slots__`, then the attributes of the shape.
    Shaped(Shape<'gc>),
    /// `values` holds the class's `__slots__` only. Where the program assigned an
    /// instance of a subclass of dict, the second is that instance and the first
    /// the dict that it carries.
    Dict(Dict<'gc>, Option<Object<'gc>>),
}

/// The struct behind an [`Object`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct ObjectData<'gc> {
    class: Lock<Type<'gc>>,
    layout: Lock<Layout<'gc>>,
    values: RefLock<Vec<Value<'gc>>>,
    payload: Lock<Payload<'gc>>,
}

/// An instance of a user class or of a natively defined type.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Object<'gc>(pub Gc<'gc, ObjectData<'gc>>);

impl<'gc> Object<'gc> {
    /// A new instance of `class` without attributes.
    pub fn new(ctx: Context<'gc>, class: Type<'gc>, payload: Payload<'gc>) -> Self {
        let shape = class.root_shape(ctx);
        let mut values = Vec::with_capacity(class.expected_values());
        values.resize(class.slot_count(), Value::Absent);
        let object = Object(Gc::new(
            ctx.mc,
            ObjectData {
                class: Lock::new(class),
                layout: Lock::new(Layout::Shaped(shape)),
                values: RefLock::new(values),
                payload: Lock::new(payload),
            },
        ));
        if class.flags().ends {
            ctx.watch_end(Value::Object(object));
        }
        object
    }

    /// A new plain instance of `class` whose slots and attributes are `values`,
    /// laid out as `shape`: another instance's of the same class.
    pub fn with_values(
        ctx: Context<'gc>,
        class: Type<'gc>,
        shape: Shape<'gc>,
        values: Vec<Value<'gc>>,
    ) -> Self {
        let object = Object(Gc::new(
            ctx.mc,
            ObjectData {
                class: Lock::new(class),
                layout: Lock::new(Layout::Shaped(shape)),
                values: RefLock::new(values),
                payload: Lock::new(Payload::NONE),
            },
        ));
        if class.flags().ends {
            ctx.watch_end(Value::Object(object));
        }
        object
    }

    /// Replaces slots and attributes, as `with_values` sets them.
    pub fn set_values(self, ctx: Context<'gc>, shape: Shape<'gc>, values: Vec<Value<'gc>>) {
        let write = Gc::write(ctx.mc, self.0);
        *unlock!(write, ObjectData, values).borrow_mut() = values;
        unlock!(write, ObjectData, layout).set(Layout::Shaped(shape));
    }

    /// Slots and attributes; the shape tells which is which. Don't call into
    /// Python while the borrow is held.
    #[inline]
    pub fn values(self) -> std::cell::Ref<'gc, Vec<Value<'gc>>> {
        Gc::as_ref(self.0).values.borrow()
    }

    /// Whether there may be attributes of its own that hide methods of the
    /// protocol: false means there are none.
    #[inline]
    pub fn has_special_attributes(self) -> bool {
        match Gc::as_ref(self.0).layout.get() {
            Layout::Shaped(shape) => shape.has_special(),
            Layout::Dict(dict, _) => !dict.is_empty(),
        }
    }

    /// A new instance of the natively defined `class` that carries `data`.
    pub fn with_native<N: NativeData>(
        ctx: Context<'gc>,
        class: Type<'gc>,
        data: N::Data<'gc>,
    ) -> Self {
        Object::new(ctx, class, Payload::Native(Erased::new::<N>(ctx.mc, data)))
    }

    /// The instance's class.
    #[inline]
    pub fn class(self) -> Type<'gc> {
        Gc::as_ref(self.0).class.get()
    }

    /// The instance's payload.
    #[inline]
    pub fn payload(self) -> Payload<'gc> {
        Gc::as_ref(self.0).payload.get()
    }

    /// Replaces the payload: a native `__init__` filling in what `__new__` left.
    pub fn set_payload(self, ctx: Context<'gc>, payload: Payload<'gc>) {
        unlock!(Gc::write(ctx.mc, self.0), ObjectData, payload).set(payload);
    }

    /// Assigns `__class__`. The caller has checked that the layouts agree.
    pub fn set_class(self, ctx: Context<'gc>, class: Type<'gc>) {
        if let Layout::Shaped(shape) = Gc::as_ref(self.0).layout.get() {
            let mut moved = class.root_shape(ctx);
            for name in shape.names() {
                moved = moved.with(ctx, name);
            }
            unlock!(Gc::write(ctx.mc, self.0), ObjectData, layout).set(Layout::Shaped(moved));
        }
        unlock!(Gc::write(ctx.mc, self.0), ObjectData, class).set(class);
    }

    /// The shape, while no dict has been asked for.
    #[inline]
    pub fn shape(self) -> Option<Shape<'gc>> {
        match Gc::as_ref(self.0).layout.get() {
            Layout::Shaped(shape) => Some(shape),
            Layout::Dict(..) => None,
        }
    }

    /// How many values the instance has.
    pub fn value_count(self) -> usize {
        Gc::as_ref(self.0).values.borrow().len()
    }

    /// The value at a position that a shape or a slot descriptor gave.
    #[inline]
    pub fn value_at(self, index: usize) -> Value<'gc> {
        Gc::as_ref(self.0)
            .values
            .borrow()
            .get(index)
            .copied()
            .unwrap_or(Value::Absent)
    }

    /// Stores at a position that a shape or a slot descriptor gave.
    #[inline]
    pub fn set_value_at(self, ctx: Context<'gc>, index: usize, value: Value<'gc>) {
        let values = unlock!(Gc::write(ctx.mc, self.0), ObjectData, values);
        if let Some(place) = values.borrow_mut().get_mut(index) {
            *place = value;
        }
    }

    /// Stores several values at positions that slot descriptors gave.
    #[inline]
    pub fn set_values_at(
        self,
        ctx: Context<'gc>,
        values: impl Iterator<Item = (usize, Value<'gc>)>,
    ) {
        let mut places = unlock!(Gc::write(ctx.mc, self.0), ObjectData, values).borrow_mut();
        for (index, value) in values {
            if let Some(place) = places.get_mut(index) {
                *place = value;
            }
        }
    }

    /// The instance attribute `name`, as `__dict__` would have it.
    pub fn attribute(self, ctx: Context<'gc>, name: Str<'gc>) -> Option<Value<'gc>> {
        match Gc::as_ref(self.0).layout.get() {
            Layout::Shaped(shape) => {
                let index = shape.index_of(name)?;
                self.value_at(index).present()
            }
            Layout::Dict(dict, _) => dict.get_str(ctx, name),
        }
    }

    /// Sets the instance attribute `name` (interned).
    pub fn set_attribute(self, ctx: Context<'gc>, name: Str<'gc>, value: Value<'gc>) {
        match Gc::as_ref(self.0).layout.get() {
            Layout::Shaped(shape) => {
                if let Some(index) = shape.index_of(name) {
                    self.set_value_at(ctx, index, value);
                } else if shape.is_full() {
                    self.dict(ctx).set_str(ctx, name, value);
                } else {
                    self.push_attribute(ctx, shape.with(ctx, name), value);
                }
            }
            Layout::Dict(dict, _) => dict.set_str(ctx, name, value),
        }
    }

    /// Appends the attribute that `next` has beyond the present shape.
    #[inline]
    pub fn push_attribute(self, ctx: Context<'gc>, next: Shape<'gc>, value: Value<'gc>) {
        let write = Gc::write(ctx.mc, self.0);
        unlock!(write, ObjectData, values).borrow_mut().push(value);
        unlock!(write, ObjectData, layout).set(Layout::Shaped(next));
    }

    /// Appends the attributes that `next` has beyond the present shape; `values`
    /// has as many.
    #[inline]
    pub fn push_attributes(
        self,
        ctx: Context<'gc>,
        next: Shape<'gc>,
        values: impl Iterator<Item = Value<'gc>>,
    ) {
        let write = Gc::write(ctx.mc, self.0);
        unlock!(write, ObjectData, values)
            .borrow_mut()
            .extend(values);
        unlock!(write, ObjectData, layout).set(Layout::Shaped(next));
    }

    /// Removes the instance attribute `name`; whether it was there. The last
    /// attribute added goes by stepping back to the shape before it; any other
    /// turns the attributes into a dict.
    pub fn delete_attribute(self, ctx: Context<'gc>, name: Str<'gc>) -> bool {
        if let Layout::Shaped(shape) = Gc::as_ref(self.0).layout.get() {
            let Some(index) = shape.index_of(name) else {
                return false;
            };
            if let Some(parent) = shape.parent()
                && index + 1 == shape.len()
            {
                let write = Gc::write(ctx.mc, self.0);
                unlock!(write, ObjectData, values).borrow_mut().pop();
                unlock!(write, ObjectData, layout).set(Layout::Shaped(parent));
                return true;
            }
        }
        self.dict(ctx).remove_str(ctx, name)
    }

    /// The attributes in order, without making a dict.
    pub fn attributes(self) -> Vec<(Value<'gc>, Value<'gc>)> {
        match Gc::as_ref(self.0).layout.get() {
            Layout::Shaped(shape) => {
                let values = Gc::as_ref(self.0).values.borrow();
                let first = shape.first_index();
                shape
                    .names()
                    .into_iter()
                    .zip(values.iter().skip(first))
                    .map(|(name, value)| (Value::Str(name), *value))
                    .collect()
            }
            Layout::Dict(dict, _) => dict.entries(),
        }
    }

    /// The instance's `__dict__`, made now if it was not there. From here on
    /// the attributes live in it.
    pub fn dict(self, ctx: Context<'gc>) -> Dict<'gc> {
        match Gc::as_ref(self.0).layout.get() {
            Layout::Dict(dict, _) => dict,
            Layout::Shaped(shape) => {
                let dict = Dict::new(ctx);
                for (name, value) in self.attributes() {
                    if let Value::Str(name) = name {
                        dict.set_str(ctx, name, value);
                    }
                }
                let write = Gc::write(ctx.mc, self.0);
                unlock!(write, ObjectData, values)
                    .borrow_mut()
                    .truncate(shape.first_index());
                unlock!(write, ObjectData, layout).set(Layout::Dict(dict, None));
                dict
            }
        }
    }

    /// The `__dict__`, if one has been made.
    pub fn existing_dict(self) -> Option<Dict<'gc>> {
        match Gc::as_ref(self.0).layout.get() {
            Layout::Dict(dict, _) => Some(dict),
            Layout::Shaped(_) => None,
        }
    }

    /// The `__dict__` as the program sees it: the dict, or what it assigned.
    pub fn dict_value(self, ctx: Context<'gc>) -> Value<'gc> {
        match Gc::as_ref(self.0).layout.get() {
            Layout::Dict(_, Some(assigned)) => Value::Object(assigned),
            _ => Value::Dict(self.dict(ctx)),
        }
    }

    /// Assigns `__dict__`: false where `value` is neither a dict nor an instance
    /// of a subclass.
    pub fn set_dict(self, ctx: Context<'gc>, value: Value<'gc>) -> bool {
        let assigned = match value {
            Value::Object(object) => Some(object),
            _ => None,
        };
        let Some(dict) = value.as_dict() else {
            return false;
        };
        self.dict(ctx);
        unlock!(Gc::write(ctx.mc, self.0), ObjectData, layout).set(Layout::Dict(dict, assigned));
        true
    }
}
