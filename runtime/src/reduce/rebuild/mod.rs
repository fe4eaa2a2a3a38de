//! The reduce protocol, putting together: making the object here, restoring its
//! state in `state`, filling it with items in `items`. The Unpickler and `copy`
//! call these steps, each in an order of its own. A step that needs no Python
//! code is done when its function returns; what its flow gives then is the result.

use smallvec::SmallVec;

use crate::context::Context;
use crate::native::NativeCall;
use crate::object::{Object, Payload};
use crate::protocol::attribute::{Attr, get_from_class};
use crate::raised::Raised;
use crate::reduce::is_objects_own;
use crate::types::dict::Dict;
use crate::types::object_type::OBJECT;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::call::call_native;
use crate::vm::flow::{Arguments, Call, Flow};

mod items;
mod state;

pub use items::{add_items, append, extend, extend_list, set_items};
pub use state::{StateCache, StateRules, apply_state};

/// `callable(*arguments)`: the flow's result is the new object.
pub fn construct<'gc>(
    ctx: Context<'gc>,
    callable: Value<'gc>,
    arguments: Tuple<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let items = arguments.items();
    match callable {
        Value::Native(native) if !matches!(native.def().call, NativeCall::Caller(_)) => {
            call_native(ctx, native, items, &[])
        }
        Value::Type(class)
            if class.metaclass(ctx) == ctx.types().type_ && class != ctx.types().type_ =>
        {
            match class.def().and_then(|def| def.construct) {
                Some(make) => make(ctx, items),
                None => Ok(Flow::call(callable, items)),
            }
        }
        _ => Ok(Flow::call(callable, items)),
    }
}

/// Whether instances of the class are made by `object.__new__` and nothing else
/// happens: no arguments to refuse, no abstract methods, no native payload.
#[inline]
fn is_made_by_object<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> bool {
    let flags = class.flags();
    flags.heap
        && !flags.is_abstract
        && class.has_layout(&OBJECT)
        && is_objects_own(ctx, class.lookup(ctx, ctx.names().__new__))
}

/// Whether the class has a `__new__` that makes instances: CPython's `tp_new`.
pub fn has_new<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> bool {
    crate::reduce::object::is_creatable(ctx, class)
}

/// `class.__new__(class, *arguments)`, as CPython's `tp_new`: the flow's result
/// is the new object.
#[inline]
pub fn new_object<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    arguments: Tuple<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if arguments.is_empty() && is_made_by_object(ctx, class) {
        let made = Object::new(ctx, class, Payload::NONE);
        return Ok(Flow::Return(Value::Object(made)));
    }
    call_new(ctx, class, arguments, None)
}

/// `class.__new__(class, *arguments, **keywords)`: the flow's result is the new
/// object.
pub fn new_object_ex<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    arguments: Tuple<'gc>,
    keywords: Dict<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    call_new(ctx, class, arguments, Some(keywords))
}

fn call_new<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    arguments: Tuple<'gc>,
    keywords: Option<Dict<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let callee = match class.lookup(ctx, ctx.names().__new__) {
        Some(found) => match get_from_class(ctx, found, class)? {
            Attr::Value(value) | Attr::Method(value) => value,
            Attr::Flow(flow) => ctx.complete(flow)?,
            Attr::Missing => found,
        },
        None => {
            return Err(ctx.type_error(format!("cannot create '{}' instances", class.name_text())));
        }
    };
    let mut positional = SmallVec::with_capacity(1 + arguments.len());
    positional.push(Value::Type(class));
    positional.extend_from_slice(arguments.items());
    let mut named = Vec::new();
    for (key, value) in keywords.map(Dict::entries).unwrap_or_default() {
        match key.as_str() {
            Some(name) => named.push((name, value)),
            None => return Err(ctx.type_error("keywords must be strings")),
        }
    }
    if let Value::Native(native) = callee
        && !matches!(native.def().call, NativeCall::Caller(_))
    {
        return call_native(ctx, native, &positional, &named);
    }
    let arguments = Arguments {
        positional,
        keywords: named,
    };
    Ok(Flow::Call(Box::new(Call { callee, arguments })))
}
