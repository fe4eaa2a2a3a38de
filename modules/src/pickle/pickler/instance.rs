//! Plain instances: no hook of the reduce protocol, no payload. They are written from their class's plan and
//! their values, without a tuple, a dict or a look-up.

use capers_runtime::context::Context;
use capers_runtime::object::{Object, Payload};
use capers_runtime::reduce::plan::{self, Plan};
use capers_runtime::reduce::{copyreg, slotted_instance};
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use std::rc::Rc;

use super::coder::{Coder, Hook, MOST_FLAT, Saved};
use super::work::Work;
use crate::pickle::opcodes as op;

/// More than what is written of an instance before its first attribute.
pub const HEAD: usize = 32;

/// Begins an instance, if it is plain, or tells which hook it has.
pub fn enter<'gc>(coder: &mut Coder<'gc>, ctx: Context<'gc>, object: Object<'gc>) -> Saved<'gc> {
    let instance = Value::Object(object);
    if coder.is_known(instance) {
        return Saved::Done;
    }
    if coder.protocol < 2 || coder.custom || coder.asks || coder.fast {
        return Saved::Slow;
    }
    let class = object.class();
    let plan = plan::of_class(ctx, class);
    if object.has_special_attributes() || is_dispatched(coder, ctx, object) {
        return Saved::Slow;
    }
    if plan.own_reduce {
        return Saved::Ask(Hook::Reduce);
    }
    if !plan.default_reduce
        || !plan.own_class
        || !matches!(object.payload(), Payload::Builtin(Value::Absent))
    {
        return Saved::Slow;
    }
    if !plan.default_state {
        return Saved::Ask(Hook::GetState);
    }
    // Objects are begun after the class and after the arguments too; none of them may end the frame.
    if !has_plain_state(object, &plan) || coder.out.is_full_after(HEAD) {
        return Saved::Slow;
    }
    let class = Value::Type(class);
    if !coder.is_known(class) {
        return Saved::Then(Work::Instance(object), class);
    }
    begin(coder, ctx, object, &plan)
}

/// Whether there are attributes or slots, not both.
fn has_plain_state(object: Object<'_>, plan: &Plan) -> bool {
    plan.slots.is_empty() || attribute_count(object) == Some(0)
}

/// The plan of a plain instance's class, if that is still plain.
pub fn plan_of<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    object: Object<'gc>,
) -> Option<Rc<Plan>> {
    let (_, plan) = slotted_instance(ctx, Value::Object(object))?;
    let plain = plan.own_class && has_plain_state(object, &plan);
    (plain && !is_dispatched(coder, ctx, object)).then_some(plan)
}

/// Whether the global dispatch table has the instance's class.
pub fn is_dispatched<'gc>(coder: &mut Coder<'gc>, ctx: Context<'gc>, object: Object<'gc>) -> bool {
    let table = *coder
        .dispatch
        .get_or_insert_with(|| copyreg::dispatch_table(ctx));
    let class = Value::Type(object.class());
    let state = (class.address().unwrap_or(0), table.borrow().generation());
    if coder.undispatched == state {
        return false;
    }
    // Classes of a metaclass that compares them itself are looked for by the dump.
    let names = ctx.names();
    let metaclass = object.class().metaclass(ctx);
    let native = |name| matches!(metaclass.lookup(ctx, name), Some(Value::Native(_)));
    if !native(names.__hash__) || !native(names.__eq__) {
        return true;
    }
    if matches!(table.get(ctx, class), Ok(None)) {
        coder.undispatched = state;
        return false;
    }
    true
}

/// How many attributes an instance has, apart from slots.
pub fn attribute_count(object: Object<'_>) -> Option<usize> {
    match object.existing_dict() {
        Some(dict) => Some(dict.len()),
        None => object.shape().map(|s| s.len() - s.first_index()),
    }
}

/// Goes on with a plain instance whose class is written.
pub fn begin<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    object: Object<'gc>,
    plan: &Plan,
) -> Saved<'gc> {
    let instance = Value::Object(object);
    coder.out.ops([op::EMPTY_TUPLE, op::NEWOBJ]);
    let Some(number) = coder.meet_made(instance) else {
        return Saved::Done;
    };
    coder.out.put(number);
    if !plan.slots.is_empty() {
        return begin_slots(coder, object, plan);
    }
    match attribute_count(object) {
        None | Some(0) => Saved::Done,
        Some(_) if object.existing_dict().is_some() => {
            Saved::Then(Work::State(object), object.dict_value(ctx))
        }
        Some(size) => {
            coder.out.op(op::EMPTY_DICT);
            let number = coder.memo.put_dict_of(instance);
            coder.out.put(number);
            if size > 1 {
                coder.out.op(op::MARK);
            }
            if flat_attributes(coder, ctx, object, size) {
                return Saved::Done;
            }
            Saved::Enter(Work::Attributes {
                object,
                next: 0,
                size: size as u32,
            })
        }
    }
}

/// Writes the attributes here and now, if they are few and plain.
fn flat_attributes<'gc>(
    coder: &mut Coder<'gc>,
    ctx: Context<'gc>,
    object: Object<'gc>,
    size: usize,
) -> bool {
    let values = object.values();
    let Some(shape) = object.shape().filter(|_| size <= MOST_FLAT) else {
        return false;
    };
    let values = values.get(shape.first_index()..).unwrap_or_default();
    if values.len() != size || !coder.is_flat(values.iter().copied()) {
        return false;
    }
    for (place, &value) in values.iter().enumerate() {
        if let Some(name) = shape.name_at(place) {
            coder.save_flat(ctx, Value::Str(name));
        }
        coder.save_flat(ctx, value);
    }
    let set = if size > 1 { op::SETITEMS } else { op::SETITEM };
    coder.out.ops([set, op::BUILD]);
    true
}

fn begin_slots<'gc>(coder: &mut Coder<'gc>, object: Object<'gc>, plan: &Plan) -> Saved<'gc> {
    let values = object.values();
    let is_set = |place: &&usize| values.get(**place).is_some_and(|v| !v.is_absent());
    let size = plan.slots.iter().filter(is_set).count();
    if size == 0 {
        return Saved::Done;
    }
    coder.out.ops([op::NONE, op::EMPTY_DICT]);
    let number = coder.memo.put_nothing();
    coder.out.put(number);
    if size > 1 {
        coder.out.op(op::MARK);
    }
    Saved::Enter(Work::Slots {
        object,
        next: 0,
        size: size as u32,
    })
}

/// The list of the class's slot names.
pub fn slot_name_list<'gc>(ctx: Context<'gc>, object: Object<'gc>) -> Option<List<'gc>> {
    let class = object.class().dict();
    class.get_str(ctx, ctx.names().__slotnames__)?.as_list()
}
