//! A machine that is kept from one `loads` to the next: loading something small
//! then makes no stack and no memo of its own.

use gc_arena::Collect;
use gc_arena::barrier::unlock;
use gc_arena::lock::RefLock;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::object::{Object, Payload};
use capers_runtime::value::Value;

use super::machine::Machine;

#[derive(Collect)]
#[collect(no_drop)]
struct Spare<'gc> {
    machine: RefLock<Option<Box<Machine<'gc>>>>,
}

impl NativeData for Spare<'static> {
    type Data<'gc> = Spare<'gc>;
}

/// The runtime's one place for it, under this name of the registry.
const PLACE: &str = "_pickle.loads";

fn machine_of<'gc>(
    ctx: Context<'gc>,
    place: Object<'gc>,
) -> Option<std::cell::RefMut<'gc, Option<Box<Machine<'gc>>>>> {
    match place.payload() {
        Payload::Native(data) => {
            let data = data.downcast_write::<Spare<'static>>(ctx.mc)?;
            Some(unlock!(data, Spare, machine).borrow_mut())
        }
        Payload::Builtin(_) => None,
    }
}

/// The machine that is kept, or a new one.
pub fn take<'gc>(ctx: Context<'gc>) -> Box<Machine<'gc>> {
    let place = match ctx.registry().get_text(ctx, PLACE) {
        Some(Value::Object(place)) => place,
        _ => {
            let spare = Spare {
                machine: RefLock::new(None),
            };
            let place = Object::with_native::<Spare<'static>>(ctx, ctx.types().object, spare);
            ctx.registry().set_text(ctx, PLACE, Value::Object(place));
            place
        }
    };
    let kept = machine_of(ctx, place).and_then(|mut kept| kept.take());
    kept.unwrap_or_else(|| Box::new(Machine::new(ctx, Some(place))))
}

/// Keeps a machine that is no longer needed.
pub fn keep<'gc>(ctx: Context<'gc>, mut machine: Box<Machine<'gc>>) {
    if machine.clear(ctx)
        && let Some(place) = machine.place
        && let Some(mut kept) = machine_of(ctx, place)
    {
        *kept = Some(machine);
    }
}
