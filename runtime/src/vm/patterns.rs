//! `match`: what mapping and class patterns take out of their subject.

use crate::context::Context;
use crate::object::{Object, Payload};
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;

/// The values of `keys` in a mapping pattern's subject as a tuple, or None where
/// one is missing. Follows CPython's `_PyEval_MatchKeys`.
pub fn match_keys<'gc>(
    ctx: Context<'gc>,
    subject: Value<'gc>,
    keys: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let keys = keys.as_tuple().map_or(&[][..], |t| t.items());
    let seen = Dict::new(ctx);
    // `get` of a subclass may be overridden; of an exact dict it is known.
    let get = match subject {
        Value::Dict(_) => Value::Absent,
        _ => ctx.get_attr(subject, ctx.intern("get"))?,
    };
    let missing = Value::Object(Object::new(ctx, ctx.types().object, Payload::NONE));
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        if seen.get(ctx, *key)?.is_some() {
            return Err(ctx.value_error(format!(
                "mapping pattern checks duplicate key ({})",
                ctx.repr(*key)?.to_string_lossy()
            )));
        }
        seen.set(ctx, *key, Value::None)?;
        let value = match subject {
            Value::Dict(dict) => dict.get(ctx, *key)?.unwrap_or(missing),
            _ => ctx.call(get, &[*key, missing])?,
        };
        if value.is(missing) {
            return Ok(Value::None);
        }
        values.push(value);
    }
    Ok(Value::Tuple(ctx.tuple(values)))
}

/// The attributes that a class pattern binds as a tuple, or None where the
/// subject does not match. Follows CPython's `_PyEval_MatchClass`.
pub fn match_class<'gc>(
    ctx: Context<'gc>,
    subject: Value<'gc>,
    class: Value<'gc>,
    positional: usize,
    names: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Type(class) = class else {
        return Err(ctx.type_error("called match pattern must be a class"));
    };
    if !ctx.is_instance(subject, Value::Type(class))? {
        return Ok(Value::None);
    }
    let names = names.as_tuple().map_or(&[][..], |t| t.items());
    let mut attributes = Attributes {
        class,
        subject,
        seen: Vec::new(),
        values: Vec::with_capacity(positional + names.len()),
    };
    if positional > 0 && !match_positional(ctx, &mut attributes, positional)? {
        return Ok(Value::None);
    }
    for name in names {
        let Some(name) = name.as_str() else { continue };
        if !attributes.add(ctx, name)? {
            return Ok(Value::None);
        }
    }
    Ok(Value::Tuple(ctx.tuple(attributes.values)))
}

/// What a class pattern has taken from its subject so far.
struct Attributes<'gc> {
    class: Type<'gc>,
    subject: Value<'gc>,
    seen: Vec<Str<'gc>>,
    values: Vec<Value<'gc>>,
}

impl<'gc> Attributes<'gc> {
    /// Takes an attribute; false if the subject does not have it.
    fn add(&mut self, ctx: Context<'gc>, name: Str<'gc>) -> Result<bool, Raised<'gc>> {
        if self.seen.iter().any(|seen| seen.has_text_of(name)) {
            return Err(ctx.type_error(format!(
                "{}() got multiple sub-patterns for attribute {}",
                self.class.name_text(),
                ctx.repr(Value::Str(name))?.to_string_lossy()
            )));
        }
        self.seen.push(name);
        let found = ctx.try_attr(self.subject, ctx.intern_str(name))?;
        self.values.extend(found);
        Ok(found.is_some())
    }
}

fn match_positional<'gc>(
    ctx: Context<'gc>,
    attributes: &mut Attributes<'gc>,
    count: usize,
) -> Result<bool, Raised<'gc>> {
    let class = attributes.class;
    let (names, match_self) = match ctx.try_attr(Value::Type(class), ctx.names().__match_args__)? {
        Some(Value::Tuple(names)) => (names.items(), false),
        Some(other) => {
            return Err(ctx.type_error(format!(
                "{}.__match_args__ must be a tuple (got {})",
                class.name_text(),
                ctx.type_name(other)
            )));
        }
        None => (&[][..], class.flags().match_self),
    };
    let allowed = if match_self { 1 } else { names.len() };
    if allowed < count {
        return Err(ctx.type_error(format!(
            "{}() accepts {allowed} positional sub-pattern{} ({count} given)",
            class.name_text(),
            if allowed == 1 { "" } else { "s" }
        )));
    }
    if match_self {
        attributes.values.push(attributes.subject);
        return Ok(true);
    }
    for name in &names[..count] {
        let Value::Str(name) = *name else {
            return Err(ctx.type_error(format!(
                "__match_args__ elements must be strings (got {})",
                ctx.type_name(*name)
            )));
        };
        if !attributes.add(ctx, name)? {
            return Ok(false);
        }
    }
    Ok(true)
}
