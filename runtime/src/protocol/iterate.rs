//! Iteration: `iter()` and `next()`.

use crate::context::Context;
use crate::protocol::call::{call_method, call_special};
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::types::iterator::{Iter, IterKind};
use crate::types::range::RangeData;
use crate::value::Value;
use crate::vm::flow::{Flow, Next, and_then};

/// The iterator of an exact built-in container, made without a call.
#[inline]
pub fn iter_builtin<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Value<'gc>> {
    let iter = match value {
        Value::List(_) => Iter::new(ctx, IterKind::List, value, 0, 0),
        Value::Tuple(_) => Iter::new(ctx, IterKind::Tuple, value, 0, 0),
        Value::Dict(d) => Iter::new(ctx, IterKind::DictKeys, value, 0, d.len() as i64),
        Value::Set(s) | Value::FrozenSet(s) => {
            Iter::new(ctx, IterKind::Set, value, 0, s.len() as i64)
        }
        Value::Str(s) if s.is_ascii() => Iter::new(ctx, IterKind::StrAscii, value, 0, 0),
        Value::Str(_) => Iter::new(ctx, IterKind::Str, value, 0, 0),
        Value::Bytes(_) => Iter::new(ctx, IterKind::Bytes, value, 0, 0),
        Value::ByteArray(_) => Iter::new(ctx, IterKind::ByteArray, value, 0, 0),
        Value::Range(range) => match *range.0 {
            RangeData::Small {
                start, step, len, ..
            } if step
                .checked_mul(len)
                .and_then(|way| start.checked_add(way))
                .is_some() =>
            {
                Iter::range(ctx, start, step, len)
            }
            // Also where one past the last number does not fit.
            _ => Iter::new(ctx, IterKind::BigRange, value, 0, 0),
        },
        Value::Iter(_) => return Some(value),
        Value::Generator(generator) if !generator.is_coroutine() => return Some(value),
        _ => return None,
    };
    Some(Value::Iter(iter))
}

/// `iter(value)` as a flow.
pub fn iter_flow<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(iterator) = iter_builtin(ctx, value) {
        return Ok(Flow::Return(iterator));
    }
    let class = value.class(ctx);
    let names = ctx.names();
    match class.lookup(ctx, names.__iter__) {
        Some(Value::None) => Err(not_iterable(ctx, value)),
        Some(method) => {
            let flow = call_special(ctx, method, value, &[])?;
            and_then(ctx, flow, vec![], |ctx, _, result| {
                let iterator = result?;
                if is_iterator(ctx, iterator) {
                    return Ok(Flow::Return(iterator));
                }
                Err(ctx.type_error(format!(
                    "iter() returned non-iterator of type '{}'",
                    ctx.type_name(iterator)
                )))
            })
        }
        None if class.lookup(ctx, names.__getitem__).is_some() && value.as_dict().is_none() => Ok(
            Flow::Return(Value::Iter(Iter::new(ctx, IterKind::Sequence, value, 0, 0))),
        ),
        None => Err(not_iterable(ctx, value)),
    }
}

fn not_iterable<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Raised<'gc> {
    ctx.type_error(format!("'{}' object is not iterable", ctx.type_name(value)))
}

/// Whether the value has `__next__`.
pub fn is_iterator<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    matches!(value, Value::Iter(_))
        || matches!(value, Value::Generator(generator) if !generator.is_coroutine())
        || value.class(ctx).native_next().is_some()
        || value.class(ctx).lookup(ctx, ctx.names().__next__).is_some()
}

/// `iter(value)`, run to its end.
pub fn iter<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.complete(iter_flow(ctx, value)?)
}

/// Advances an iterator. Where Python code does it, the flow's result is the
/// item, and a StopIteration the end.
#[inline]
pub fn next<'gc>(ctx: Context<'gc>, iterator: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    if let Value::Iter(iter) = iterator {
        return iter.next(ctx);
    }
    if let Value::Generator(generator) = iterator {
        let resume = crate::vm::flow::Resume::Send(Value::None);
        return Ok(Next::Flow(Flow::Resume(generator, resume)));
    }
    let class = iterator.class(ctx);
    if let Some(advance) = class.native_next() {
        // An iterator may take its items from another, and so on without end.
        return ctx.recurse("", || advance(ctx, iterator));
    }
    match call_method(ctx, iterator, ctx.names().__next__, &[]) {
        Ok(Some(Flow::Return(item))) => Ok(Next::Item(item)),
        Ok(Some(flow)) => Ok(Next::Flow(flow)),
        Ok(None) => {
            Err(ctx.type_error(format!("'{}' object is not an iterator", class.name_text())))
        }
        Err(raised) if exceptions::matches(ctx, raised, Exc::StopIteration) => Ok(Next::Exhausted),
        Err(raised) => Err(raised),
    }
}

impl<'gc> Context<'gc> {
    /// `next(iterator)`, run to its end; none at the iterator's end. For short
    /// walks only: a walk over a user's iterable belongs in a frame (`vm::drive`).
    pub fn next(self, iterator: Value<'gc>) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        match next(self, iterator)? {
            Next::Item(item) => Ok(Some(item)),
            Next::Exhausted => Ok(None),
            Next::Flow(flow) => match self.complete(flow) {
                Ok(item) => Ok(Some(item)),
                Err(raised) if exceptions::matches(self, raised, Exc::StopIteration) => Ok(None),
                Err(raised) => Err(raised),
            },
        }
    }
}
