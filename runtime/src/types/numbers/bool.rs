//! `bool`: the type's methods; the others are int's.

use crate::context::Context;
use crate::immediate::Truth;
use crate::native::NativeCall::Plain;
use crate::native::{new, slot};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::value::Value;

use super::convert::{IntoValue, int_ref};
use crate::numbers::{IntRef, IntValue, bits};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

fn bool_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match args[1] {
        Value::Absent => Ok(Value::bool(false)),
        value => Ok(Value::bool(ctx.truth(value)?)),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let truth = matches!(args[0], Value::Bool(Truth::True));
    Ok(Value::Str(ctx.intern(if truth { "True" } else { "False" })))
}

/// A bitwise operation: of two booleans one, of a boolean and an int an int.
fn bitwise<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    on_bools: fn(bool, bool) -> bool,
    on_ints: fn(IntRef<'_>, IntRef<'_>) -> IntValue,
) -> Answer<'gc> {
    if let (Value::Bool(a), Value::Bool(b)) = (args[0], args[1]) {
        return Ok(Value::bool(on_bools(a.get(), b.get())));
    }
    match (int_ref(args[0]), int_ref(args[1])) {
        (Some(a), Some(b)) => Ok(on_ints(a, b).into_value(ctx)),
        _ => Ok(Value::NotImplemented),
    }
}

fn and<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    bitwise(ctx, args, |a, b| a & b, bits::and)
}

fn or<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    bitwise(ctx, args, |a, b| a | b, bits::or)
}

fn xor<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    bitwise(ctx, args, |a, b| a ^ b, bits::xor)
}

/// `~` of a boolean is that of the int.
fn invert<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    ctx.warn_deprecated(
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. \
         This returns the bitwise inversion of the underlying int object and is usually not \
         what you expect from negating a bool. Use the 'not' operator for boolean negation or \
         ~int(x) if you really want the bitwise inversion of the underlying int.",
    )?;
    let truth = matches!(args[0], Value::Bool(Truth::True));
    Ok(Value::Int(!i64::from(truth)))
}

/// The type.
pub static BOOL: TypeDef = TypeDef {
    name: "bool",
    signature: "(object=False, /)",
    base: Some(&super::int::INT),
    doc: "Returns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.",
    subclassable: false,
    match_self: true,
    methods: &[
        new("__new__($type, object=False, /)", Plain(bool_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__invert__($self, /)", "~self", Plain(invert)),
        slot("__and__($self, value, /)", "Return self&value.", Plain(and)),
        slot(
            "__rand__($self, value, /)",
            "Return value&self.",
            Plain(and),
        ),
        slot("__xor__($self, value, /)", "Return self^value.", Plain(xor)),
        slot(
            "__rxor__($self, value, /)",
            "Return value^self.",
            Plain(xor),
        ),
        slot("__or__($self, value, /)", "Return self|value.", Plain(or)),
        slot("__ror__($self, value, /)", "Return value|self.", Plain(or)),
    ],
    ..TypeDef::DEFAULT
};
