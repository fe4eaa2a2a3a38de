//! `int`: the methods that are no operators.

use super::convert::{IntoValue, argument_type, bytes_like, limits, made_by, raise, this_int};
use super::int::{exact, exact_int};
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, class_method, method};
use crate::numbers::bits::{self, ByteOrder};
use crate::raised::Raised;
use crate::types::exceptions::Exc;
use crate::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `int.conjugate`
pub const CONJUGATE: NativeDef = method(
    "conjugate($self, /)",
    "Returns self, the complex conjugate of any int.",
    Plain(exact),
);

/// `int.bit_length`
pub const BIT_LENGTH: NativeDef = method(
    "bit_length($self, /)",
    "Number of bits necessary to represent self in binary.\n\n>>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6",
    Plain(bit_length),
);

fn bit_length<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::Int(this_int(ctx, args[0])?.bit_length() as i64))
}

/// `int.bit_count`
pub const BIT_COUNT: NativeDef = method(
    "bit_count($self, /)",
    "Number of ones in the binary representation of the absolute value of self.\n\nAlso known as the population count.\n\n>>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3",
    Plain(bit_count),
);

fn bit_count<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::Int(this_int(ctx, args[0])?.bit_count() as i64))
}

/// `int.__sizeof__`: 30 bits take 4 bytes, as in CPython.
pub const SIZEOF: NativeDef = method(
    "__sizeof__($self, /)",
    "Returns size in memory, in bytes.",
    Plain(sizeof),
);

fn sizeof<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let digits = this_int(ctx, args[0])?.bit_length().div_ceil(30).max(1);
    Ok(Value::Int(24 + 4 * digits as i64))
}

/// `int.as_integer_ratio`
pub const AS_INTEGER_RATIO: NativeDef = method(
    "as_integer_ratio($self, /)",
    "Return a pair of integers, whose ratio is equal to the original int.\n\nThe ratio is in lowest terms and has a positive denominator.\n\n>>> (10).as_integer_ratio()\n(10, 1)\n>>> (-10).as_integer_ratio()\n(-10, 1)\n>>> (0).as_integer_ratio()\n(0, 1)",
    Plain(as_integer_ratio),
);

fn as_integer_ratio<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let pair = [exact_int(ctx, args[0])?, Value::Int(1)];
    Ok(Value::Tuple(ctx.tuple(pair)))
}

/// `int.is_integer`
pub const IS_INTEGER: NativeDef = method(
    "is_integer($self, /)",
    "Returns True. Exists for duck type compatibility with float.is_integer.",
    Plain(is_integer),
);

fn is_integer<'gc>(_: Context<'gc>, _: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::bool(true))
}

/// The argument `byteorder` of the method `name`; absent for big.
fn byte_order<'gc>(
    ctx: Context<'gc>,
    name: &str,
    order: Value<'gc>,
) -> Result<ByteOrder, Raised<'gc>> {
    if order.is_absent() {
        return Ok(ByteOrder::Big);
    }
    let Some(text) = order.as_str() else {
        return Err(ctx.type_error(format!(
            "{name}() argument 'byteorder' must be str, not {}",
            argument_type(ctx, order)
        )));
    };
    ByteOrder::from_name(text.bytes()).map_err(|error| raise(ctx, error))
}

fn flag<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<bool, Raised<'gc>> {
    match value {
        Value::Absent => Ok(false),
        value => ctx.truth(value),
    }
}

/// `int.to_bytes`
pub const TO_BYTES: NativeDef = method(
    "to_bytes($self, /, length=1, byteorder='big', *, signed=False)",
    "Return an array of bytes representing an integer.\n\n  length\n    Length of bytes object to use.  An OverflowError is raised if the\n    integer is not representable with the given number of bytes.  Default\n    is length 1.\n  byteorder\n    The byte order used to represent the integer.  If byteorder is 'big',\n    the most significant byte is at the beginning of the byte array.  If\n    byteorder is 'little', the most significant byte is at the end of the\n    byte array.  To request the native byte order of the host system, use\n    sys.byteorder as the byte order value.  Default is to use 'big'.\n  signed\n    Determines whether two's complement is used to represent the integer.\n    If signed is False and a negative integer is given, an OverflowError\n    is raised.",
    Plain(to_bytes),
);

fn to_bytes<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let length = match args[1] {
        Value::Absent => 1,
        length => ctx.index_i64(length, Exc::OverflowError)?,
    };
    let order = byte_order(ctx, "to_bytes", args[2])?;
    let signed = flag(ctx, args[3])?;
    let number = this_int(ctx, args[0])?;
    match bits::to_bytes(number, length, order, signed, &limits(ctx)) {
        Ok(bytes) => Ok(Value::Bytes(ctx.new_bytes(bytes))),
        Err(error) => Err(raise(ctx, error)),
    }
}

/// `int.from_bytes`
pub const FROM_BYTES: NativeDef = class_method(
    "from_bytes($type, /, bytes, byteorder='big', *, signed=False)",
    "Return the integer represented by the given array of bytes.\n\n  bytes\n    Holds the array of bytes to convert.  The argument must either\n    support the buffer protocol or be an iterable object producing bytes.\n    Bytes and bytearray are examples of built-in objects that support the\n    buffer protocol.\n  byteorder\n    The byte order used to represent the integer.  If byteorder is 'big',\n    the most significant byte is at the beginning of the byte array.  If\n    byteorder is 'little', the most significant byte is at the end of the\n    byte array.  To request the native byte order of the host system, use\n    sys.byteorder as the byte order value.  Default is to use 'big'.\n  signed\n    Indicates whether two's complement is used to represent the integer.",
    Plain(from_bytes),
);

fn from_bytes<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let order = byte_order(ctx, "from_bytes", args[2])?;
    let source = match args[1].builtin() {
        Value::Bytes(_) | Value::ByteArray(_) => args[1],
        Value::Str(_) | Value::Int(_) | Value::Bool(_) | Value::BigInt(_) => {
            return Err(ctx.type_error(format!(
                "cannot convert '{}' object to bytes",
                ctx.type_name(args[1])
            )));
        }
        _ => ctx.call(Value::Type(ctx.types().bytes), &[args[1]])?,
    };
    let signed = flag(ctx, args[3])?;
    let bytes = bytes_like(ctx, source).unwrap_or_default();
    let number = bits::from_bytes(&bytes, order, signed).into_value(ctx);
    made_by(ctx, args[0], ctx.types().int, number)
}
