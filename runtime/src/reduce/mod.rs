//! The reduce protocol, taking apart: from an object and a pickle protocol to
//! what it is rebuilt from. `object.__reduce_ex__` and its kin are in `object`;
//! copyreg's functions and tables, which are part of the protocol, are in
//! `copyreg`. The clients (pickle, copy) start with [`plain_instance`] and
//! [`reduce`], and read the answer as a [`Reduced`].

use std::rc::Rc;

use gc_arena::Collect;

use crate::context::Context;
use crate::object::{Object, Payload};
use crate::protocol::attribute;
use crate::raised::Raised;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;
use crate::vm::flow::{Flow, call_then};

pub mod copyreg;
pub mod endless;
pub mod object;
pub mod plan;
pub mod rebuild;
pub mod slots;

/// What `__reduce__` or a function of the dispatch table answered.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Reduced<'gc> {
    /// A string: the object is the global of this name.
    Global(Str<'gc>),
    /// A tuple.
    Parts(Reduction<'gc>),
}

/// What an object is rebuilt from. A part that is missing or None is None.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Reduction<'gc> {
    /// Makes the object.
    pub callable: Value<'gc>,
    /// With these arguments.
    pub arguments: Tuple<'gc>,
    /// What `__setstate__`, the state setter or the `__dict__` gets.
    pub state: Value<'gc>,
    /// Iterates over items to append.
    pub list_items: Value<'gc>,
    /// Iterates over pairs to set.
    pub dict_items: Value<'gc>,
    /// Sets the state in place of `__setstate__`.
    pub state_setter: Value<'gc>,
}

impl<'gc> Reduced<'gc> {
    /// Reads the answer. Where it is not one that pickle accepts, the error is
    /// the message of pickle's PicklingError.
    pub fn from_value(ctx: Context<'gc>, value: Value<'gc>) -> Result<Self, String> {
        if let Some(name) = value.as_str() {
            return Ok(Reduced::Global(name));
        }
        let Some(tuple) = value.as_tuple() else {
            return Err(format!(
                "__reduce__ must return a string or tuple, not {}",
                shown_class(ctx, value)
            ));
        };
        let items = tuple.items();
        let (&[callable, arguments, ..], 2..=6) = (items, items.len()) else {
            return Err(
                "tuple returned by __reduce__ must contain 2 through 6 elements".to_owned(),
            );
        };
        let part = |index: usize| items.get(index).copied().unwrap_or(Value::None);
        let wrong = |which: &str, wanted: &str, value: Value<'gc>| {
            Err(format!(
                "{which} item of the tuple returned by __reduce__ must be {wanted}, not {}",
                shown_class(ctx, value)
            ))
        };
        if !crate::protocol::call::is_callable(ctx, callable) {
            return wrong("first", "callable", callable);
        }
        let Some(arguments) = arguments.as_tuple() else {
            return wrong("second", "a tuple", arguments);
        };
        let reduction = Reduction {
            callable,
            arguments,
            state: part(2),
            list_items: part(3),
            dict_items: part(4),
            state_setter: part(5),
        };
        for (which, iterator) in [
            ("fourth", reduction.list_items),
            ("fifth", reduction.dict_items),
        ] {
            if !iterator.is_none() && !crate::protocol::iterate::is_iterator(ctx, iterator) {
                return wrong(which, "an iterator", iterator);
            }
        }
        let setter = reduction.state_setter;
        if !setter.is_none() && !crate::protocol::call::is_callable(ctx, setter) {
            return wrong("sixth", "callable", setter);
        }
        Ok(Reduced::Parts(reduction))
    }
}

/// The class of a value as CPython's `%T` shows it: with the module, unless
/// that is `builtins` or `__main__`.
pub fn shown_class<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> String {
    let class = value.class(ctx);
    let name = class.qualname();
    let name = name.to_string_lossy();
    let module = crate::types::type_methods::module_of(ctx, class).and_then(|m| m.as_str());
    match module {
        Some(module) if module.bytes() != b"builtins" && module.bytes() != b"__main__" => {
            format!("{}.{name}", module.to_string_lossy())
        }
        _ => name.into_owned(),
    }
}

/// The instance, if protocol 2 and above would take it apart into nothing but
/// its class and its attributes: no hook of its class or its own, no slots, no
/// payload. Its state is what `Object::attributes` gives, None where that is
/// empty. The dispatch table is not asked.
pub fn plain_instance<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Object<'gc>> {
    let (object, plan) = slotted_instance(ctx, value)?;
    plan.slots.is_empty().then_some(object)
}

/// As `plain_instance`, for an instance that may have slots too, with what is
/// known of its class.
pub fn slotted_instance<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Option<(Object<'gc>, Rc<plan::Plan>)> {
    let (object, plan) = default_instance(ctx, value)?;
    let hidden = object.has_special_attributes()
        && object.attribute(ctx, ctx.names().__getstate__).is_some();
    (plan.default_state && !hidden).then_some((object, plan))
}

/// The instance, if protocol 2 and above would take it apart into its class and
/// what its `__getstate__` returns: no payload, no other hook of its class or its
/// own. With what is known of its class. The dispatch table is not asked.
pub fn default_instance<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Option<(Object<'gc>, Rc<plan::Plan>)> {
    let Value::Object(object) = value else {
        return None;
    };
    let plan = plan::of_class(ctx, object.class());
    is_default_instance(ctx, object, &plan).then_some((object, plan))
}

/// Whether `default_instance` answers for an object of whose class this is known.
pub fn is_default_instance<'gc>(ctx: Context<'gc>, object: Object<'gc>, plan: &plan::Plan) -> bool {
    // An instance may carry hooks as attributes.
    let names = ctx.names();
    let hidden = || {
        object.has_special_attributes()
            && (object.attribute(ctx, names.__reduce_ex__).is_some()
                || object.attribute(ctx, names.__reduce__).is_some())
    };
    plan.default_reduce && matches!(object.payload(), Payload::Builtin(Value::Absent)) && !hidden()
}

/// Whether a value found on a class is `object`'s native.
pub(crate) fn is_objects_own<'gc>(ctx: Context<'gc>, found: Option<Value<'gc>>) -> bool {
    matches!(found, Some(Value::Native(n)) if n.owner() == Some(ctx.types().object))
}

/// Asks the object itself: `__reduce_ex__(protocol)`. (Every object has it; a
/// `__reduce__` without it takes a metaclass that hides `object`'s.)
pub fn reduce<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    protocol: i64,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let name = ctx.names().__reduce_ex__;
    let protocol = Value::Int(protocol);
    match attribute::get(ctx, value, name)? {
        Flow::Return(method) => Ok(Flow::call(method, &[protocol])),
        flow => crate::vm::flow::and_then(ctx, flow, vec![protocol], |_, state, result| {
            Ok(call_then(result?, &state, vec![], |_, _, result| {
                result.map(Flow::Return)
            }))
        }),
    }
}
