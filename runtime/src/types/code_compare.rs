//! Comparison of code objects.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::context::Context;
use crate::raised::Raised;
use crate::types::str::Str;
use crate::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `code == code`: the same source in the same place makes equal objects, whatever
/// the file is called.
pub fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (Value::Code(a), Value::Code(b)) = (args[0], args[1]) else {
        return Ok(Value::NotImplemented);
    };
    let (left, right) = (a.unit(), b.unit());
    let same = a.name().has_text_of(b.name())
        && left.argcount == right.argcount
        && left.posonlyargcount == right.posonlyargcount
        && left.kwonlyargcount == right.kwonlyargcount
        && left.flags == right.flags
        && left.first_line == right.first_line
        && left.instrs == right.instrs
        && left.slots == right.slots
        && a.0.names.iter().eq_by_text(&b.0.names)
        && left.positions == right.positions
        && left.exception_table == right.exception_table;
    if !same || a.0.constants.len() != b.0.constants.len() {
        return Ok(Value::bool(
            same && a.0.constants.len() == b.0.constants.len(),
        ));
    }
    for (x, y) in a.0.constants.iter().zip(&b.0.constants) {
        if x.class(ctx) != y.class(ctx) || !ctx.same_or_equal(*x, *y)? {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}

/// Comparison of names by their text.
trait EqualTexts<'gc> {
    fn eq_by_text(self, other: &[Str<'gc>]) -> bool;
}

impl<'a, 'gc: 'a, I: ExactSizeIterator<Item = &'a Str<'gc>>> EqualTexts<'gc> for I {
    fn eq_by_text(self, other: &[Str<'gc>]) -> bool {
        self.len() == other.len() && self.zip(other).all(|(a, b)| a.has_text_of(*b))
    }
}

/// `hash(code)`
pub fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Value::Code(code) = args[0] else {
        return Err(ctx.type_error("expected a code object"));
    };
    let unit = code.unit();
    let mut hasher = DefaultHasher::new();
    code.name().bytes().hash(&mut hasher);
    (unit.argcount, unit.posonlyargcount, unit.kwonlyargcount).hash(&mut hasher);
    (unit.flags.0, unit.first_line, unit.instrs.len()).hash(&mut hasher);
    Ok(Value::Int((hasher.finish() >> 1) as i64))
}
