//! `object.__reduce__`, `__reduce_ex__` and `__getstate__`. Follows CPython's
//! `reduce_newobj` and `object_getstate_default`.

use gc_arena::Collect;

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, method};
use crate::object::Payload;
use crate::protocol::attribute;
use crate::protocol::call::{call_method, call_special};
use crate::raised::Raised;
use crate::reduce::{copyreg, is_objects_own, slots};
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Step, and_then};

/// `object.__reduce_ex__`
pub const REDUCE_EX: NativeDef = method(
    "__reduce_ex__($self, protocol, /)",
    "Helper for pickle.",
    FlowCall(reduce_ex),
);
/// `object.__reduce__`
pub const REDUCE: NativeDef = method(
    "__reduce__($self, /)",
    "Helper for pickle.",
    FlowCall(|ctx, args| copyreg::reduce_ex(ctx, args[0], 0)),
);
/// `object.__getstate__`
pub const GETSTATE: NativeDef = method(
    "__getstate__($self, /)",
    "Helper for pickle.",
    Plain(|ctx, args| default_state(ctx, args[0], false)),
);

fn reduce_ex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let object = args[0];
    let protocol = ctx.index_i64(args[1], Exc::OverflowError)?;
    let names = ctx.names();
    let class = object.class(ctx);
    if !is_objects_own(ctx, class.lookup(ctx, names.__getattribute__)) {
        // The object itself is asked for `__reduce__`, even where its class's is
        // not overridden.
        let state = vec![object, Value::Int(protocol)];
        let found = crate::protocol::attribute::get(ctx, object, names.__reduce__);
        let flow = match found {
            Err(raised) if !exceptions::matches(ctx, raised, Exc::AttributeError) => {
                return Err(raised);
            }
            Err(_) => Flow::Return(Value::Absent),
            Ok(flow) => flow,
        };
        return and_then(ctx, flow, state, |ctx, state, result| {
            let method = match result {
                Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => None,
                result => result?.present(),
            };
            let protocol = state[1].as_small_int().unwrap_or(0);
            reduce_with(ctx, state[0], method, protocol)
        });
    }
    let method = match class.lookup(ctx, names.__reduce__) {
        found if is_objects_own(ctx, found) => None,
        _ => Some(ctx.get_attr(object, names.__reduce__)?),
    };
    reduce_with(ctx, object, method, protocol)
}

/// Calls `__reduce__`, where the object's class has one of its own, or takes the
/// object apart.
fn reduce_with<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    method: Option<Value<'gc>>,
    protocol: i64,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let on_class = object.class(ctx).lookup(ctx, ctx.names().__reduce__);
    if let Some(method) = method
        && !is_objects_own(ctx, on_class)
    {
        return Ok(Flow::call(method, &[]));
    }
    if protocol >= 2 {
        take_apart(ctx, object)
    } else {
        copyreg::reduce_ex(ctx, object, protocol)
    }
}

/// Protocol 2 and above: the flow's result is the tuple of five that
/// `__reduce_ex__` returns.
pub fn take_apart<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    let class = object.class(ctx);
    if class.def().is_some_and(|def| VARYING.contains(&def.name)) {
        return Err(ctx.type_error(format!("cannot pickle {} objects", class.name_text())));
    }
    if !is_creatable(ctx, class) {
        return Err(cannot_pickle(ctx, object));
    }
    Ok(Flow::frame(TakeApart {
        stage: Stage::Arguments,
        object,
        arguments: None,
        keywords: None,
        state: Value::None,
    }))
}

/// Whether instances can be made by calling `__new__`.
pub(super) fn is_creatable<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> bool {
    match class.lookup(ctx, ctx.names().__new__) {
        Some(new) if is_objects_own(ctx, Some(new)) => class
            .mro()
            .into_iter()
            .find(|c| !c.flags().heap)
            .is_some_and(|c| {
                c == ctx.types().object || c.def().is_some_and(|def| def.subclassable)
            }),
        found => found.is_some(),
    }
}

fn cannot_pickle<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Raised<'gc> {
    ctx.type_error(format!(
        "cannot pickle '{}' object",
        object.class(ctx).name_text()
    ))
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Stage {
    /// Asks for the arguments of `__new__`.
    Arguments,
    /// Waits for `__getnewargs_ex__`.
    ArgumentsEx,
    /// Waits for `__getnewargs__`.
    PlainArguments,
    /// Waits for `__getstate__`.
    State,
    /// Waits for the iterator over `items()`.
    Items,
}

/// An object being taken apart.
#[derive(Collect)]
#[collect(no_drop)]
struct TakeApart<'gc> {
    #[collect(require_static)]
    stage: Stage,
    object: Value<'gc>,
    arguments: Option<Tuple<'gc>>,
    keywords: Option<Dict<'gc>>,
    state: Value<'gc>,
}

impl<'gc> NativeFrame<'gc> for TakeApart<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match self.stage {
            Stage::Arguments => self.ask_arguments(ctx),
            Stage::ArgumentsEx => {
                let (arguments, keywords) = check_arguments_ex(ctx, input.value()?)?;
                self.arguments = Some(arguments);
                self.keywords = Some(keywords);
                self.ask_state(ctx)
            }
            Stage::PlainArguments => {
                let answer = input.value()?;
                let Some(arguments) = answer.as_tuple() else {
                    return Err(ctx.type_error(format!(
                        "__getnewargs__ should return a tuple, not '{}'",
                        ctx.type_name(answer)
                    )));
                };
                self.arguments = Some(arguments);
                self.ask_state(ctx)
            }
            Stage::State => {
                self.state = input.value()?;
                self.ask_items(ctx)
            }
            Stage::Items => {
                let items = crate::protocol::iterate::iter(ctx, input.value()?)?;
                Ok(Step::Return(self.result(ctx, items)?))
            }
        }
    }
}

impl<'gc> TakeApart<'gc> {
    fn ask_arguments(&mut self, ctx: Context<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let names = ctx.names();
        if let Some(flow) = call_method(ctx, self.object, names.__getnewargs_ex__, &[])? {
            self.stage = Stage::ArgumentsEx;
            return Ok(Step::Await(flow));
        }
        if let Some(flow) = call_method(ctx, self.object, names.__getnewargs__, &[])? {
            self.stage = Stage::PlainArguments;
            return Ok(Step::Await(flow));
        }
        self.ask_state(ctx)
    }

    fn ask_state(&mut self, ctx: Context<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        self.stage = Stage::State;
        // What no argument of `__new__` brings back must be in the state.
        let required = self.arguments.is_none()
            && self.object.as_list().is_none()
            && self.object.as_dict().is_none();
        let name = ctx.names().__getstate__;
        let class = self.object.class(ctx);
        let is_default = !matches!(self.object, Value::Type(_))
            && is_objects_own(ctx, class.lookup(ctx, name))
            && is_objects_own(ctx, class.lookup(ctx, ctx.names().__getattribute__))
            && attribute::instance_attribute(ctx, self.object, name).is_none();
        if is_default {
            self.state = default_state(ctx, self.object, required)?;
            return self.ask_items(ctx);
        }
        let method = ctx.get_attr(self.object, name)?;
        if let Value::NativeMethod(method) = method
            && is_objects_own(ctx, Some(Value::Native(method.function())))
            && method.receiver().is(self.object)
        {
            self.state = default_state(ctx, self.object, required)?;
            return self.ask_items(ctx);
        }
        Ok(Step::Await(Flow::call(method, &[])))
    }

    fn ask_items(&mut self, ctx: Context<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        self.stage = Stage::Items;
        if self.object.as_dict().is_none() {
            return Ok(Step::Return(self.result(ctx, Value::None)?));
        }
        let method = ctx.get_attr(self.object, ctx.names().items)?;
        Ok(Step::Await(Flow::call(method, &[])))
    }

    fn result(&self, ctx: Context<'gc>, dict_items: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        let class = Value::Type(self.object.class(ctx));
        let arguments = self.arguments.unwrap_or(ctx.empty_tuple());
        let (callable, arguments) = match self.keywords {
            Some(keywords) if !keywords.is_empty() => (
                copyreg::function(ctx, "__newobj_ex__"),
                vec![class, Value::Tuple(arguments), Value::Dict(keywords)],
            ),
            _ => {
                let mut all = vec![class];
                all.extend_from_slice(arguments.items());
                (copyreg::function(ctx, "__newobj__"), all)
            }
        };
        let list_items = match self.object.as_list() {
            Some(_) => crate::protocol::iterate::iter(ctx, self.object)?,
            None => Value::None,
        };
        let arguments = Value::Tuple(ctx.tuple(arguments));
        Ok(Value::Tuple(ctx.tuple(vec![
            callable, arguments, self.state, list_items, dict_items,
        ])))
    }
}

fn check_arguments_ex<'gc>(
    ctx: Context<'gc>,
    answer: Value<'gc>,
) -> Result<(Tuple<'gc>, Dict<'gc>), Raised<'gc>> {
    let Some(tuple) = answer.as_tuple() else {
        return Err(ctx.type_error(format!(
            "__getnewargs_ex__ should return a tuple, not '{}'",
            ctx.type_name(answer)
        )));
    };
    let &[arguments, keywords] = tuple.items() else {
        return Err(ctx.value_error(format!(
            "__getnewargs_ex__ should return a tuple of length 2, not {}",
            tuple.len()
        )));
    };
    let wrong = |which: &str, wanted: &str, value: Value<'gc>| {
        ctx.type_error(format!(
            "{which} item of the tuple returned by __getnewargs_ex__ must be a {wanted}, not '{}'",
            ctx.type_name(value)
        ))
    };
    let arguments = arguments
        .as_tuple()
        .ok_or_else(|| wrong("first", "tuple", arguments))?;
    let keywords = keywords
        .as_dict()
        .ok_or_else(|| wrong("second", "dict", keywords))?;
    Ok((arguments, keywords))
}

/// The types whose instances vary in size in CPython, and that have no other
/// way to be taken apart: they are refused in words of their own.
const VARYING: &[&str] = &["code", "memoryview"];

/// What `object.__getstate__` returns: None, the `__dict__`, or a pair of that
/// and the slots' values. `required` means that the object's class has nothing
/// else to bring it back with, so that what neither shows can't be pickled.
pub fn default_state<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    required: bool,
) -> Result<Value<'gc>, Raised<'gc>> {
    let class = object.class(ctx);
    let state = if has_attributes(object) {
        ctx.get_attr(object, ctx.names().__dict__)?
    } else {
        Value::None
    };
    let slot_names = slots::of_class(ctx, class)?;
    if required && has_more(ctx, object, slot_names.as_ref().map_or(0, Vec::len)) {
        return Err(cannot_pickle(ctx, object));
    }
    let slots = Dict::new(ctx);
    for name in slot_names.unwrap_or_default() {
        let Some(text) = name.as_str() else {
            return Err(crate::types::object_type::attribute_name_error(ctx, name));
        };
        if let Some(value) = ctx.try_attr(object, text)? {
            slots.set(ctx, name, value)?;
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    Ok(Value::Tuple(ctx.tuple(vec![state, Value::Dict(slots)])))
}

/// Whether there is anything in the object's own `__dict__`.
fn has_attributes(object: Value<'_>) -> bool {
    match object {
        Value::Object(instance) => match instance.shape() {
            Some(shape) => shape.len() > shape.first_index(),
            None => instance.existing_dict().is_some_and(|d| !d.is_empty()),
        },
        Value::Module(module) => !module.dict().is_empty(),
        Value::Function(function) => function.fields().dict.is_some_and(|d| !d.is_empty()),
        _ => false,
    }
}

/// Whether the object consists of more than attributes and the slots named.
fn has_more<'gc>(ctx: Context<'gc>, object: Value<'gc>, slot_names: usize) -> bool {
    match object {
        Value::Object(instance) => {
            !matches!(instance.payload(), Payload::Builtin(Value::Absent))
                || instance.class().slot_count() > slot_names
        }
        Value::None | Value::Ellipsis | Value::NotImplemented => false,
        _ => object.class(ctx) != ctx.types().object,
    }
}

/// Calls `object.__getstate__()` as `copyreg._reduce_ex` does.
pub fn getstate<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    let name = ctx.names().__getstate__;
    match object.class(ctx).lookup(ctx, name) {
        Some(hook)
            if !matches!(object, Value::Type(_))
                && attribute::instance_attribute(ctx, object, name).is_none() =>
        {
            call_special(ctx, hook, object, &[])
        }
        _ => Ok(Flow::call(ctx.get_attr(object, name)?, &[])),
    }
}
