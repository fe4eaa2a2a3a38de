//! Instructions that are too rare to live in the interpreter loop: pattern
//! matching, unpacking, type parameters, templates.

use crate::context::Context;
use crate::raised::Raised;
use crate::text::Text;
use crate::types::dict::Dict;
use crate::types::dict_update;
use crate::types::exceptions::{self, Exc};
use crate::types::list::List;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::drive::{collect_some_then, collect_then};
use crate::vm::flow::{Arguments, Call, Flow, and_then};

/// Unpacks an iterable into a list of exactly `before` items and, with a
/// starred target, `after` more around the rest.
pub fn unpack<'gc>(
    ctx: Context<'gc>,
    iterable: Value<'gc>,
    before: usize,
    after: Option<usize>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let state = vec![
        Value::Int(before as i64),
        after.map_or(Value::None, |n| Value::Int(n as i64)),
        iterable,
    ];
    let then: crate::vm::drive::WithItems = |ctx, state, items| {
        let before = state[0].as_small_int().unwrap_or(0) as usize;
        let Some(after) = state[1].as_small_int().map(|n| n as usize) else {
            if items.len() == before {
                return Ok(Flow::Return(Value::List(List::new(ctx, items))));
            }
            let got = if items.len() < before {
                items.len()
            } else {
                before
            };
            return Err(ctx.value_error(if items.len() < before {
                format!("not enough values to unpack (expected {before}, got {got})")
            } else {
                let got = match state[2] {
                    Value::List(_) | Value::Tuple(_) => items.len(),
                    Value::Dict(dict) => dict.len(),
                    _ => 0,
                };
                if got > before {
                    format!("too many values to unpack (expected {before}, got {got})")
                } else {
                    format!("too many values to unpack (expected {before})")
                }
            }));
        };
        if items.len() < before + after {
            return Err(ctx.value_error(format!(
                "not enough values to unpack (expected at least {}, got {})",
                before + after,
                items.len()
            )));
        }
        let split = items.len() - after;
        let mut parts = items[..before].to_vec();
        parts.push(Value::List(List::new(ctx, items[before..split].to_vec())));
        parts.extend_from_slice(&items[split..]);
        Ok(Flow::Return(Value::List(List::new(ctx, parts))))
    };
    let result = match (after, iterable) {
        // One item too many is enough to know.
        (None, iterable) if !matches!(iterable, Value::List(_) | Value::Tuple(_)) => {
            collect_some_then(ctx, iterable, before.saturating_add(1), state, then)
        }
        _ => collect_then(ctx, iterable, state, then),
    };
    result.map_err(|raised| unpack_error(ctx, iterable, raised))
}

fn unpack_error<'gc>(ctx: Context<'gc>, iterable: Value<'gc>, raised: Raised<'gc>) -> Raised<'gc> {
    let no_iter = iterable
        .class(ctx)
        .lookup(ctx, ctx.names().__iter__)
        .is_none();
    if no_iter && crate::types::exceptions::matches(ctx, raised, Exc::TypeError) {
        return ctx.type_error(format!(
            "cannot unpack non-iterable {} object",
            ctx.type_name(iterable)
        ));
    }
    raised
}

/// `locals()[name]`-style look-up in a namespace that need not be a dict.
pub fn name_in<'gc>(
    ctx: Context<'gc>,
    namespace: Value<'gc>,
    name: Value<'gc>,
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    if let (Value::Dict(dict), Value::Str(name)) = (namespace, name) {
        return Ok(dict.get_str(ctx, name));
    }
    match ctx.get_item(namespace, name) {
        Ok(value) => Ok(Some(value)),
        Err(raised) if crate::types::exceptions::matches(ctx, raised, Exc::KeyError) => Ok(None),
        Err(raised) => Err(raised),
    }
}

/// Merges keyword arguments given with `**` into `dict`; `callable` is for the message.
pub fn merge_keywords<'gc>(
    ctx: Context<'gc>,
    dict: Dict<'gc>,
    mapping: Value<'gc>,
    callable: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let shown = || callable_text(ctx, callable);
    let entries = mapping_entries(ctx, mapping)?.ok_or_else(|| {
        ctx.type_error(format!(
            "{} argument after ** must be a mapping, not {}",
            shown(),
            ctx.type_name(mapping)
        ))
    })?;
    for (key, value) in entries {
        let Some(name) = key.as_str() else {
            return Err(ctx.type_error("keywords must be strings"));
        };
        if dict.get_str(ctx, name).is_some() {
            return Err(ctx.type_error(format!(
                "{} got multiple values for keyword argument '{}'",
                shown(),
                name.to_string_lossy()
            )));
        }
        dict.set_str(ctx, name, value);
    }
    Ok(())
}

/// The entries of a dict or of an object with `keys()`; none for anything else.
pub fn mapping_entries<'gc>(
    ctx: Context<'gc>,
    mapping: Value<'gc>,
) -> Result<Option<Vec<(Value<'gc>, Value<'gc>)>>, Raised<'gc>> {
    if let Some(dict) = dict_update::plain_dict(ctx, mapping) {
        return Ok(Some(dict.entries()));
    }
    let Some(keys) = ctx.try_attr(mapping, ctx.names().keys)? else {
        return Ok(None);
    };
    let keys = ctx.call(keys, &[])?;
    let iterator = crate::protocol::iterate::iter(ctx, keys).map_err(|raised| {
        if is_iterable(ctx, keys) {
            return raised;
        }
        ctx.type_error(format!(
            "{}.keys() returned a non-iterable (type {})",
            ctx.type_name(mapping),
            ctx.type_name(keys)
        ))
    })?;
    let mut entries = Vec::new();
    while let Some(key) = ctx.next(iterator)? {
        entries.push((key, ctx.get_item(mapping, key)?));
    }
    Ok(Some(entries))
}

/// A callable as CPython shows it in messages about its arguments: `module.name()`.
pub fn callable_text<'gc>(ctx: Context<'gc>, callable: Value<'gc>) -> String {
    let names = ctx.names();
    let text = |name| {
        ctx.try_attr(callable, name)
            .ok()
            .flatten()
            .and_then(|v| v.as_str())
            .map(|s| s.to_string_lossy().into_owned())
    };
    match (text(names.__module__), text(names.__qualname__)) {
        (Some(module), Some(name)) if module != "builtins" => format!("{module}.{name}()"),
        (_, Some(name)) => format!("{name}()"),
        _ => ctx
            .repr(callable)
            .map_or_else(|_| String::new(), |s| s.to_string_lossy().into_owned()),
    }
}

/// Extends the list that a starred display or call is building.
pub fn extend_list<'gc>(
    ctx: Context<'gc>,
    target: Value<'gc>,
    iterable: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let flow = collect_then(ctx, iterable, vec![target], |ctx, state, items| {
        if let Value::List(list) = state[0] {
            list.borrow_mut(ctx).extend(items);
        }
        Ok(Flow::Return(Value::None))
    });
    flow.map_err(|raised| star_error(ctx, "Value", iterable, raised))
}

/// Whether the value's class lets it be iterated over.
fn is_iterable<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let class = value.class(ctx);
    let names = ctx.names();
    class.lookup(ctx, names.__iter__).is_some() || class.lookup(ctx, names.__getitem__).is_some()
}

/// The TypeError of a value after `*` that can't be iterated over.
fn star_error<'gc>(
    ctx: Context<'gc>,
    subject: &str,
    iterable: Value<'gc>,
    raised: Raised<'gc>,
) -> Raised<'gc> {
    if is_iterable(ctx, iterable) || !exceptions::matches(ctx, raised, Exc::TypeError) {
        return raised;
    }
    ctx.type_error(format!(
        "{subject} after * must be an iterable, not {}",
        ctx.type_name(iterable)
    ))
}

/// Updates the set that a starred display is building.
pub fn update_set<'gc>(
    ctx: Context<'gc>,
    target: Value<'gc>,
    iterable: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    collect_then(ctx, iterable, vec![target], |ctx, state, items| {
        if let Value::Set(set) = state[0] {
            for item in items {
                set.add(ctx, item)?;
            }
        }
        Ok(Flow::Return(Value::None))
    })
}

/// Updates the dict that a `{**mapping}` display is building.
pub fn update_dict<'gc>(
    ctx: Context<'gc>,
    dict: Dict<'gc>,
    mapping: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if dict_update::plain_dict(ctx, mapping).is_none()
        && ctx.try_attr(mapping, ctx.names().keys)?.is_none()
    {
        return Err(ctx.type_error(format!(
            "'{}' object is not a mapping",
            ctx.type_name(mapping)
        )));
    }
    dict_update::update(ctx, dict, mapping)
}

/// `callable(*arguments, **keywords)`; keywords absent where there are none.
pub fn call_with_stars<'gc>(
    ctx: Context<'gc>,
    callable: Value<'gc>,
    arguments: Value<'gc>,
    keywords: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let keywords = match keywords {
        Value::Absent => None,
        Value::Dict(dict) => Some(dict),
        mapping => {
            let dict = Dict::new(ctx);
            merge_keywords(ctx, dict, mapping, callable)?;
            Some(dict)
        }
    };
    let keywords = keywords.map_or(Value::Absent, Value::Dict);
    let flow = collect_then(
        ctx,
        arguments,
        vec![callable, keywords],
        |_ctx, state, items| {
            let mut arguments = Arguments::positional(&items);
            if let Value::Dict(dict) = state[1] {
                for (key, value) in dict.entries() {
                    let Some(name) = key.as_str() else {
                        return Err(_ctx.type_error("keywords must be strings"));
                    };
                    arguments.keywords.push((name, value));
                }
            }
            Ok(Flow::Call(Box::new(Call {
                callee: state[0],
                arguments,
            })))
        },
    );
    flow.map_err(|raised| {
        let subject = format!("{} argument", callable_text(ctx, callable));
        star_error(ctx, &subject, arguments, raised)
    })
}

/// `ascii(value)`: repr with everything past ASCII escaped.
pub fn ascii<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    let repr = crate::protocol::text::repr(ctx, value)?;
    and_then(ctx, repr, Vec::new(), |ctx, _, repr| {
        let repr = repr?;
        let text = repr.as_str().unwrap_or_else(|| ctx.str(""));
        if text.bytes().is_ascii() {
            return Ok(Flow::Return(repr));
        }
        let mut out = Vec::new();
        for point in Text::new(text.bytes()).code_points() {
            match u8::try_from(point) {
                Ok(byte) if byte < 128 => out.push(byte),
                _ => crate::text::quote::escape(point, &mut out),
            }
        }
        Ok(Flow::Return(Value::Str(ctx.str_from_vec(out))))
    })
}

/// What leaves a generator's body in place of a StopIteration.
pub fn stop_iteration_error<'gc>(ctx: Context<'gc>, exception: Value<'gc>) -> Value<'gc> {
    let Some(raised) = exceptions::as_exception(ctx, exception) else {
        return exception;
    };
    if !exceptions::matches(ctx, raised, Exc::StopIteration) {
        return exception;
    }
    let error = ctx.runtime_error("generator raised StopIteration").value();
    exceptions::update(ctx, error, |f| {
        f.cause = exception;
        f.context = exception;
        f.suppress_context = true;
    });
    error
}

/// Whether an `except kind` clause catches the exception.
pub fn exception_matches<'gc>(
    ctx: Context<'gc>,
    exception: Value<'gc>,
    kind: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    const MESSAGE: &str = "catching classes that do not inherit from BaseException is not allowed";
    let kinds: &[Value<'gc>] = match kind.as_tuple() {
        Some(tuple) => tuple.items(),
        None => &[kind],
    };
    for kind in kinds {
        match kind {
            Value::Type(class) if exceptions::is_exception_class(ctx, *class) => {}
            _ => return Err(ctx.type_error(MESSAGE)),
        }
    }
    let class = exception.class(ctx);
    Ok(kinds
        .iter()
        .any(|k| matches!(k, Value::Type(t) if class.is_subclass_of(*t))))
}

/// `raise exception from cause`: the exception to raise, or what went wrong.
pub fn raise<'gc>(
    ctx: Context<'gc>,
    exception: Value<'gc>,
    cause: Value<'gc>,
) -> Result<Raised<'gc>, Raised<'gc>> {
    let instance = |value: Value<'gc>, what: &str| match value {
        Value::Type(class) if exceptions::is_exception_class(ctx, class) => {
            let made = ctx.call(value, &[])?;
            exceptions::as_exception(ctx, made).ok_or_else(|| {
                ctx.type_error(format!(
                    "calling {} should have returned an instance of BaseException, not {}",
                    ctx.repr(value)
                        .map_or_else(|_| String::new(), |s| s.to_string_lossy().into()),
                    ctx.repr(Value::Type(made.class(ctx)))
                        .map_or_else(|_| String::new(), |s| s.to_string_lossy().into())
                ))
            })
        }
        value => exceptions::as_exception(ctx, value).ok_or_else(|| ctx.type_error(what)),
    };
    let raised = instance(exception, "exceptions must derive from BaseException")?;
    let cause = match cause {
        Value::Absent => return Ok(raised),
        Value::None => Value::None,
        cause => instance(cause, "exception causes must derive from BaseException")?.value(),
    };
    exceptions::update(ctx, raised.value(), |f| {
        f.cause = cause;
        f.suppress_context = true;
    });
    Ok(raised)
}

/// The TypeError of `with` on something that is no context manager.
pub fn not_a_context_manager<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    missing: Str<'gc>,
) -> Raised<'gc> {
    let class = object.class(ctx);
    let has = |name: &str| class.lookup(ctx, ctx.intern(name)).is_some();
    let hint = if has("__aenter__") && has("__aexit__") {
        " but it supports the asynchronous context manager protocol. \
         Did you mean to use 'async with'?"
    } else {
        ""
    };
    ctx.type_error(format!(
        "'{}' object does not support the context manager protocol (missed {} method){hint}",
        ctx.type_name(object),
        missing.to_string_lossy()
    ))
}

/// Shows the value of an interactive statement through `sys.displayhook`.
pub fn print_expression<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let sys = ctx.modules().get_str(ctx, names.sys);
    let hook = match sys {
        Some(sys) => ctx.try_attr(sys, names.displayhook)?,
        None => None,
    };
    match hook {
        Some(hook) => Ok(Flow::call(hook, &[value])),
        None => Err(ctx.runtime_error("lost sys.displayhook")),
    }
}
