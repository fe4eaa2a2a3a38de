//! `container[key]`, its assignment and deletion, and `in`.

use crate::context::Context;
use crate::immediate::Truth;
use crate::protocol::call::call_method;
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// `container[key]`.
pub fn get<'gc>(
    ctx: Context<'gc>,
    container: Value<'gc>,
    key: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(flow) = call_method(ctx, container, ctx.names().__getitem__, &[key])? {
        return Ok(flow);
    }
    if let Value::Type(class) = container {
        // `type[...]` itself and classes with `__class_getitem__`.
        // `type[int]` is an alias though `type` says nothing of it, so that no
        // other metaclass's instance inherits a `__class_getitem__`.
        if class == ctx.types().type_ {
            let alias = crate::types::generic_alias::generic_alias(ctx, container, key);
            return Ok(Flow::Return(alias));
        }
        if let Some(flow) = crate::types::type_methods::subscript_class(ctx, class, key)? {
            return Ok(flow);
        }
        return Err(ctx.type_error(format!("type '{}' is not subscriptable", class.name_text())));
    }
    Err(not(ctx, container, "is not subscriptable"))
}

fn not<'gc>(ctx: Context<'gc>, container: Value<'gc>, what: &str) -> Raised<'gc> {
    ctx.type_error(format!("'{}' object {what}", ctx.type_name(container)))
}

/// `container[key] = value`. The flow's result means nothing.
pub fn set<'gc>(
    ctx: Context<'gc>,
    container: Value<'gc>,
    key: Value<'gc>,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match call_method(ctx, container, ctx.names().__setitem__, &[key, value])? {
        Some(flow) => Ok(flow),
        None => Err(not(ctx, container, "does not support item assignment")),
    }
}

/// `del container[key]`. The flow's result means nothing.
pub fn delete<'gc>(
    ctx: Context<'gc>,
    container: Value<'gc>,
    key: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match call_method(ctx, container, ctx.names().__delitem__, &[key])? {
        Some(flow) => Ok(flow),
        // CPython words it in two ways: as a sequence's, and as anybody's.
        None => {
            let class = container.class(ctx);
            let is_sequence = class.flags().heap
                || class.lookup(ctx, ctx.names().__len__).is_some()
                || class.lookup(ctx, ctx.names().__contains__).is_some();
            Err(if is_sequence && key.is_int() {
                not(ctx, container, "doesn't support item deletion")
            } else {
                not(ctx, container, "does not support item deletion")
            })
        }
    }
}

/// `item in container`, or `not in`. The flow's result is a bool.
pub fn contains<'gc>(
    ctx: Context<'gc>,
    container: Value<'gc>,
    item: Value<'gc>,
    negate: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let (Value::Dict(dict), Value::Str(_) | Value::Int(_)) = (container, item) {
        let found = dict.get(ctx, item)?.is_some();
        return Ok(Flow::Return(Value::bool(found != negate)));
    }
    let class = container.class(ctx);
    let flow = match class.lookup(ctx, ctx.names().__contains__) {
        Some(Value::None) => {
            return Err(not(ctx, container, "is not a container"));
        }
        Some(method) => crate::protocol::call::call_special(ctx, method, container, &[item])?,
        None => {
            let iterator = match crate::protocol::iterate::iter(ctx, container) {
                Err(raised) if exceptions::matches(ctx, raised, Exc::TypeError) => {
                    return Err(ctx.type_error(format!(
                        "argument of type '{}' is not a container or iterable",
                        class.name_text()
                    )));
                }
                result => result?,
            };
            crate::vm::drive::contains(ctx, iterator, item)?
        }
    };
    if let Flow::Return(answer) = flow {
        return Ok(Flow::Return(Value::bool(ctx.truth(answer)? != negate)));
    }
    and_then(
        ctx,
        flow,
        vec![Value::bool(negate)],
        |ctx, state, result| {
            let negate = matches!(state[0], Value::Bool(Truth::True));
            Ok(Flow::Return(Value::bool(ctx.truth(result?)? != negate)))
        },
    )
}

impl<'gc> Context<'gc> {
    /// `container[key]`, run to its end.
    pub fn get_item(
        self,
        container: Value<'gc>,
        key: Value<'gc>,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        self.complete(get(self, container, key)?)
    }

    /// `container[key] = value`, run to its end.
    pub fn set_item(
        self,
        container: Value<'gc>,
        key: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        self.complete(set(self, container, key, value)?).map(|_| ())
    }
}
