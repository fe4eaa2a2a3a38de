//! `int`: the type's special methods. Its named methods are in `int_methods`,
//! the reading of other objects in `int_new`.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

use super::convert::{
    IntoValue, answer, answer_text, format_spec, int_ref, limits, raise, this_int,
};
use super::{int_methods, int_new};
use crate::bytecode::BinaryOperator;
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{PlainFn, method, slot};
use crate::numbers::{IntRef, bits, format, int, int_float, int_text, power};
use crate::protocol::text;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getter};
use crate::value::Value;

/// Python's hash of a big integer: modulo 2**61 - 1, with the sign.
pub fn hash_bigint(n: &BigInt) -> i64 {
    const MODULUS: u64 = (1 << 61) - 1;
    let rest = n.magnitude() % MODULUS;
    let hash = rest.iter_u64_digits().next().unwrap_or(0) as i64;
    match if n.sign() == Sign::Minus { -hash } else { hash } {
        -1 => -2,
        hash => hash,
    }
}

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// A binary operator and its reflected form: NotImplemented unless both are ints.
macro_rules! operators {
    ($($forward:ident $reflected:ident = |$ctx:ident, $a:ident, $b:ident| $result:expr;)*) => {$(
        fn $forward<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            let (Some(a), Some(b)) = (int_ref(args[0]), int_ref(args[1])) else {
                return Ok(Value::NotImplemented);
            };
            let operate = |$ctx: Context<'gc>, $a: IntRef<'gc>, $b: IntRef<'gc>| $result;
            answer(ctx, operate(ctx, a, b))
        }
        fn $reflected<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            $forward(ctx, &[args[1], args[0]])
        }
    )*};
}

operators! {
    add radd = |_ctx, a, b| Ok(int::add(a, b));
    sub rsub = |_ctx, a, b| Ok(int::sub(a, b));
    mul rmul = |_ctx, a, b| Ok(int::mul(a, b));
    floordiv rfloordiv = |_ctx, a, b| int::floor_div(a, b);
    modulo rmodulo = |_ctx, a, b| int::modulo(a, b);
    divmod rdivmod = |_ctx, a, b| int::div_mod(a, b);
    truediv rtruediv = |_ctx, a, b| int_float::true_div(a, b);
    lshift rlshift = |ctx, a, b| bits::shift_left(a, b, &limits(ctx));
    rshift rrshift = |_ctx, a, b| bits::shift_right(a, b);
    and rand = |_ctx, a, b| Ok(bits::and(a, b));
    or ror = |_ctx, a, b| Ok(bits::or(a, b));
    xor rxor = |_ctx, a, b| Ok(bits::xor(a, b));
}

/// The function behind an operator on two exact ints; none for those that make
/// other numbers or whose other rules `pow` has.
pub fn int_operation(op: BinaryOperator) -> Option<PlainFn> {
    Some(match op {
        BinaryOperator::Add => add,
        BinaryOperator::Subtract => sub,
        BinaryOperator::Multiply => mul,
        BinaryOperator::FloorDivide => floordiv,
        BinaryOperator::Remainder => modulo,
        BinaryOperator::LeftShift => lshift,
        BinaryOperator::RightShift => rshift,
        BinaryOperator::And => and,
        BinaryOperator::Or => or,
        BinaryOperator::Xor => xor,
        _ => return None,
    })
}

fn power_of<'gc>(
    ctx: Context<'gc>,
    base: Value<'gc>,
    exponent: Value<'gc>,
    modulus: Value<'gc>,
) -> Answer<'gc> {
    let (Some(base), Some(exponent)) = (int_ref(base), int_ref(exponent)) else {
        return Ok(Value::NotImplemented);
    };
    if modulus.or(Value::None).is_none() {
        return answer(ctx, power::pow(base, exponent, &limits(ctx)));
    }
    match int_ref(modulus) {
        Some(modulus) => answer(ctx, power::pow_mod(base, exponent, modulus)),
        None => Ok(Value::NotImplemented),
    }
}

fn pow<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    power_of(ctx, args[0], args[1], args[2])
}

fn rpow<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    power_of(ctx, args[1], args[0], args[2])
}

/// Comparisons, with ints only: a float compares itself with an int.
macro_rules! comparisons {
    ($($name:ident = $test:expr;)*) => {$(
        fn $name<'gc>(_: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            let (Some(a), Some(b)) = (int_ref(args[0]), int_ref(args[1])) else {
                return Ok(Value::NotImplemented);
            };
            let test: fn(Ordering) -> bool = $test;
            Ok(Value::bool(test(int::compare(a, b))))
        }
    )*};
}

comparisons! {
    lt = Ordering::is_lt;
    le = Ordering::is_le;
    eq = Ordering::is_eq;
    ne = Ordering::is_ne;
    gt = Ordering::is_gt;
    ge = Ordering::is_ge;
}

fn neg<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(int::neg(this_int(ctx, args[0])?).into_value(ctx))
}

fn abs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(int::abs(this_int(ctx, args[0])?).into_value(ctx))
}

fn invert<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(bits::invert(this_int(ctx, args[0])?).into_value(ctx))
}

/// The receiver as an exact int.
pub(super) fn exact<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    exact_int(ctx, args[0])
}

/// The exact int that `value` is or carries.
pub(super) fn exact_int<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Answer<'gc> {
    match value.builtin() {
        Value::Bool(b) => Ok(Value::Int(b.get().into())),
        int @ (Value::Int(_) | Value::BigInt(_)) => Ok(int),
        _ => this_int(ctx, value).map(|n| n.to_value().into_value(ctx)),
    }
}

fn truth<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::bool(!this_int(ctx, args[0])?.is_zero()))
}

fn float<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    answer(ctx, int_float::to_float(this_int(ctx, args[0])?))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::Int(int::hash(this_int(ctx, args[0])?)))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if let Some(small) = args[0].as_small_int() {
        return Ok(Value::Str(text::decimal(ctx, small)));
    }
    answer(
        ctx,
        int_text::decimal(this_int(ctx, args[0])?, &limits(ctx)),
    )
}

/// `format(number, spec)`.
pub(crate) fn format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let number = this_int(ctx, args[0])?;
    let spec = format_spec(ctx, args[1])?;
    if spec.is_empty() {
        // A subclass's own `__str__` counts here.
        return ctx.to_str(args[0]).map(Value::Str);
    }
    let type_name = ctx.type_name(args[0]);
    answer_text(
        ctx,
        format::format_int(number, spec, &type_name, &limits(ctx)),
    )
}

fn round<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if args[1].or(Value::None).is_none() {
        return exact(ctx, args);
    }
    let digits = ctx.index_clamped(args[1])?;
    Ok(int::round(this_int(ctx, args[0])?, digits).into_value(ctx))
}

fn getnewargs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::Tuple(ctx.tuple([exact(ctx, args)?])))
}

/// `float(value)` of an int, for the other number types.
pub(super) fn to_float<'gc>(ctx: Context<'gc>, n: IntRef<'gc>) -> Result<f64, Raised<'gc>> {
    int_float::to_float(n).map_err(|error| raise(ctx, error))
}

/// The type.
pub static INT: TypeDef = TypeDef {
    name: "int",
    doc: "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer literal.\n>>> int('0b100', base=0)\n4",
    match_self: true,
    methods: &[
        int_new::NEW,
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot("__lt__($self, value, /)", "Return self<value.", Plain(lt)),
        slot("__le__($self, value, /)", "Return self<=value.", Plain(le)),
        slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
        slot("__ne__($self, value, /)", "Return self!=value.", Plain(ne)),
        slot("__gt__($self, value, /)", "Return self>value.", Plain(gt)),
        slot("__ge__($self, value, /)", "Return self>=value.", Plain(ge)),
        slot("__add__($self, value, /)", "Return self+value.", Plain(add)),
        slot(
            "__radd__($self, value, /)",
            "Return value+self.",
            Plain(radd),
        ),
        slot("__sub__($self, value, /)", "Return self-value.", Plain(sub)),
        slot(
            "__rsub__($self, value, /)",
            "Return value-self.",
            Plain(rsub),
        ),
        slot("__mul__($self, value, /)", "Return self*value.", Plain(mul)),
        slot(
            "__rmul__($self, value, /)",
            "Return value*self.",
            Plain(rmul),
        ),
        slot(
            "__mod__($self, value, /)",
            "Return self%value.",
            Plain(modulo),
        ),
        slot(
            "__rmod__($self, value, /)",
            "Return value%self.",
            Plain(rmodulo),
        ),
        slot(
            "__divmod__($self, value, /)",
            "Return divmod(self, value).",
            Plain(divmod),
        ),
        slot(
            "__rdivmod__($self, value, /)",
            "Return divmod(value, self).",
            Plain(rdivmod),
        ),
        slot(
            "__pow__($self, value, mod=None, /)",
            "Return pow(self, value, mod).",
            Plain(pow),
        ),
        slot(
            "__rpow__($self, value, mod=None, /)",
            "Return pow(value, self, mod).",
            Plain(rpow),
        ),
        slot("__neg__($self, /)", "-self", Plain(neg)),
        slot("__pos__($self, /)", "+self", Plain(exact)),
        slot("__abs__($self, /)", "abs(self)", Plain(abs)),
        slot(
            "__bool__($self, /)",
            "True if self else False",
            Plain(truth),
        ),
        slot("__invert__($self, /)", "~self", Plain(invert)),
        slot(
            "__lshift__($self, value, /)",
            "Return self<<value.",
            Plain(lshift),
        ),
        slot(
            "__rlshift__($self, value, /)",
            "Return value<<self.",
            Plain(rlshift),
        ),
        slot(
            "__rshift__($self, value, /)",
            "Return self>>value.",
            Plain(rshift),
        ),
        slot(
            "__rrshift__($self, value, /)",
            "Return value>>self.",
            Plain(rrshift),
        ),
        slot("__and__($self, value, /)", "Return self&value.", Plain(and)),
        slot(
            "__rand__($self, value, /)",
            "Return value&self.",
            Plain(rand),
        ),
        slot("__xor__($self, value, /)", "Return self^value.", Plain(xor)),
        slot(
            "__rxor__($self, value, /)",
            "Return value^self.",
            Plain(rxor),
        ),
        slot("__or__($self, value, /)", "Return self|value.", Plain(or)),
        slot("__ror__($self, value, /)", "Return value|self.", Plain(ror)),
        slot("__int__($self, /)", "int(self)", Plain(exact)),
        slot("__float__($self, /)", "float(self)", Plain(float)),
        slot(
            "__floordiv__($self, value, /)",
            "Return self//value.",
            Plain(floordiv),
        ),
        slot(
            "__rfloordiv__($self, value, /)",
            "Return value//self.",
            Plain(rfloordiv),
        ),
        slot(
            "__truediv__($self, value, /)",
            "Return self/value.",
            Plain(truediv),
        ),
        slot(
            "__rtruediv__($self, value, /)",
            "Return value/self.",
            Plain(rtruediv),
        ),
        slot(
            "__index__($self, /)",
            "Return self converted to an integer, if self is suitable for use as an index into a list.",
            Plain(exact),
        ),
        method(
            "__trunc__($self, /)",
            "Truncating an Integral returns itself.",
            Plain(exact),
        ),
        method(
            "__floor__($self, /)",
            "Flooring an Integral returns itself.",
            Plain(exact),
        ),
        method(
            "__ceil__($self, /)",
            "Ceiling of an Integral returns itself.",
            Plain(exact),
        ),
        method(
            "__round__($self, ndigits=None, /)",
            "Rounding an Integral returns itself.\n\nRounding with an ndigits argument also returns an integer.",
            Plain(round),
        ),
        method("__getnewargs__($self, /)", "", Plain(getnewargs)),
        method(
            "__format__($self, format_spec, /)",
            "Convert to a string according to format_spec.",
            Plain(format),
        ),
        int_methods::SIZEOF,
        int_methods::CONJUGATE,
        int_methods::BIT_LENGTH,
        int_methods::BIT_COUNT,
        int_methods::TO_BYTES,
        int_methods::FROM_BYTES,
        int_methods::AS_INTEGER_RATIO,
        int_methods::IS_INTEGER,
    ],
    getsets: &[
        getter("real", "the real part of a complex number", exact_int),
        getter("imag", "the imaginary part of a complex number", zero),
        getter(
            "numerator",
            "the numerator of a rational number in lowest terms",
            exact_int,
        ),
        getter(
            "denominator",
            "the denominator of a rational number in lowest terms",
            one,
        ),
    ],
    ..TypeDef::DEFAULT
};

fn zero<'gc>(_: Context<'gc>, _: Value<'gc>) -> Answer<'gc> {
    Ok(Value::Int(0))
}

fn one<'gc>(_: Context<'gc>, _: Value<'gc>) -> Answer<'gc> {
    Ok(Value::Int(1))
}
