//! `float`: the type's methods. The reading of other objects is in `float_new`.

use std::cmp::Ordering;

use super::convert::{
    IntoValue, answer, answer_text, argument_type, format_spec, int_ref, limits, raise, this_float,
};
use super::float_new;
use super::int::to_float;
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{class_method, method, slot};
use crate::numbers::{IntRef, NumberError, float, float_hex, float_text, format, int_float};
use crate::protocol::hash::hash_address;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getter};
use crate::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// A float operand: ints are converted, other values are none.
fn operand<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Option<f64>, Raised<'gc>> {
    match value.as_float() {
        Some(x) => Ok(Some(x)),
        None => int_ref(value).map(|n| to_float(ctx, n)).transpose(),
    }
}

/// A binary operator and its reflected form: NotImplemented for what is neither float nor int.
macro_rules! operators {
    ($($forward:ident $reflected:ident = |$a:ident, $b:ident| $result:expr;)*) => {$(
        fn $forward<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            match (operand(ctx, args[0])?, operand(ctx, args[1])?) {
                (Some($a), Some($b)) => answer(ctx, $result),
                _ => Ok(Value::NotImplemented),
            }
        }
        fn $reflected<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            $forward(ctx, &[args[1], args[0]])
        }
    )*};
}

operators! {
    add radd = |a, b| Ok(a + b);
    sub rsub = |a, b| Ok(a - b);
    mul rmul = |a, b| Ok(a * b);
    truediv rtruediv = |a, b| float::true_div(a, b);
    floordiv rfloordiv = |a, b| float::floor_div(a, b);
    modulo rmodulo = |a, b| float::modulo(a, b);
    divmod rdivmod = |a, b| float::div_mod(a, b);
    power rpower = |a, b| float::pow(a, b);
}

fn check_modulus<'gc>(ctx: Context<'gc>, modulus: Value<'gc>) -> Result<(), Raised<'gc>> {
    if modulus.or(Value::None).is_none() {
        return Ok(());
    }
    Err(ctx.type_error("pow() 3rd argument not allowed unless all arguments are integers"))
}

fn pow<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    check_modulus(ctx, args[2])?;
    power(ctx, args)
}

fn rpow<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    check_modulus(ctx, args[2])?;
    rpower(ctx, args)
}

/// How a float orders against a float or, by its exact value, an int. The outer
/// none is for other values, the inner one for a NaN.
fn order<'gc>(a: Value<'gc>, b: Value<'gc>) -> Option<Option<Ordering>> {
    let a = a.as_float()?;
    if let Some(b) = b.as_float() {
        return Some(a.partial_cmp(&b));
    }
    int_ref(b).map(|b| int_float::compare(b, a).map(Ordering::reverse))
}

macro_rules! comparisons {
    ($($name:ident = $test:expr;)*) => {$(
        fn $name<'gc>(_: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            let test: fn(Option<Ordering>) -> bool = $test;
            Ok(order(args[0], args[1]).map_or(Value::NotImplemented, |order| Value::bool(test(order))))
        }
    )*};
}

comparisons! {
    lt = |order| order.is_some_and(Ordering::is_lt);
    le = |order| order.is_some_and(Ordering::is_le);
    eq = |order| order.is_some_and(Ordering::is_eq);
    ne = |order| !order.is_some_and(Ordering::is_eq);
    gt = |order| order.is_some_and(Ordering::is_gt);
    ge = |order| order.is_some_and(Ordering::is_ge);
}

fn neg<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(ctx.new_float(-this_float(ctx, args[0])?))
}

fn abs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(ctx.new_float(this_float(ctx, args[0])?.abs()))
}

/// The receiver as an exact float: itself where it is one.
fn exact<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    this_float(ctx, args[0])?;
    Ok(args[0].builtin())
}

fn truth<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::bool(this_float(ctx, args[0])? != 0.0))
}

fn int<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    answer(ctx, int_float::from_float(this_float(ctx, args[0])?))
}

fn floor<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    answer(
        ctx,
        int_float::from_float(this_float(ctx, args[0])?.floor()),
    )
}

fn ceil<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    answer(ctx, int_float::from_float(this_float(ctx, args[0])?.ceil()))
}

fn round<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = this_float(ctx, args[0])?;
    if args[1].or(Value::None).is_none() {
        return answer(ctx, float::round(x));
    }
    let digits = ctx.index_clamped(args[1])?;
    answer(ctx, float::round_digits(x, digits))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = this_float(ctx, args[0])?;
    Ok(Value::Int(match args[0].address() {
        Some(address) if x.is_nan() => hash_address(address),
        _ => float::hash(x),
    }))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(float_text::repr(this_float(ctx, args[0])?).into_value(ctx))
}

/// `format(number, spec)`.
pub(crate) fn format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = this_float(ctx, args[0])?;
    let spec = format_spec(ctx, args[1])?;
    if spec.is_empty() {
        // A subclass's own `__str__` counts here.
        return ctx.to_str(args[0]).map(Value::Str);
    }
    let type_name = ctx.type_name(args[0]);
    answer_text(ctx, format::format_float(x, spec, &type_name, &limits(ctx)))
}

fn as_integer_ratio<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    answer(ctx, int_float::as_integer_ratio(this_float(ctx, args[0])?))
}

fn is_integer<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::bool(float::is_integer(this_float(ctx, args[0])?)))
}

fn hex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(float_hex::hex(this_float(ctx, args[0])?).into_value(ctx))
}

fn getnewargs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::Tuple(ctx.tuple([exact(ctx, args)?])))
}

fn getformat<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Some(kind) = args.last().and_then(|kind| kind.as_str()) else {
        let given = args
            .last()
            .map_or_else(String::new, |v| argument_type(ctx, *v));
        return Err(ctx.type_error(format!("__getformat__() argument must be str, not {given}")));
    };
    match kind.bytes() {
        b"double" | b"float" => Ok(ctx.str_value("IEEE, little-endian")),
        _ => Err(raise(
            ctx,
            NumberError::value("__getformat__() argument 1 must be 'double' or 'float'"),
        )),
    }
}

fn real<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Answer<'gc> {
    exact(ctx, &[value])
}

fn imag<'gc>(_: Context<'gc>, _: Value<'gc>) -> Answer<'gc> {
    Ok(Value::float(0.0))
}

/// An int as a float operand would see it, for complex numbers.
pub(super) fn real_operand<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Option<f64>, Raised<'gc>> {
    operand(ctx, value)
}

/// Whether an int equals a float exactly.
pub(super) fn int_equals(n: IntRef<'_>, x: f64) -> bool {
    int_float::compare(n, x) == Some(Ordering::Equal)
}

/// The type.
pub static FLOAT: TypeDef = TypeDef {
    name: "float",
    signature: "(x=0, /)",
    doc: "Convert a string or number to a floating-point number, if possible.",
    match_self: true,
    methods: &[
        float_new::NEW,
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
        slot("__int__($self, /)", "int(self)", Plain(int)),
        slot("__float__($self, /)", "float(self)", Plain(exact)),
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
        method(
            "__trunc__($self, /)",
            "Return the Integral closest to x between 0 and x.",
            Plain(int),
        ),
        method(
            "__floor__($self, /)",
            "Return the floor as an Integral.",
            Plain(floor),
        ),
        method(
            "__ceil__($self, /)",
            "Return the ceiling as an Integral.",
            Plain(ceil),
        ),
        method(
            "__round__($self, ndigits=None, /)",
            "Return the Integral closest to x, rounding half toward even.\n\nWhen an argument is passed, work like built-in round(x, ndigits).",
            Plain(round),
        ),
        method("__getnewargs__($self, /)", "", Plain(getnewargs)),
        method(
            "__format__($self, format_spec, /)",
            "Formats the float according to format_spec.",
            Plain(format),
        ),
        class_method(
            "__getformat__($type, typestr, /)",
            "You probably don't want to use this function.\n\n  typestr\n    Must be 'double' or 'float'.\n\nIt exists mainly to be used in Python's test suite.\n\nThis function returns whichever of 'unknown', 'IEEE, big-endian' or 'IEEE,\nlittle-endian' best describes the format of floating-point numbers used by the\nC type named by typestr.",
            Plain(getformat),
        ),
        method(
            "conjugate($self, /)",
            "Return self, the complex conjugate of any float.",
            Plain(exact),
        ),
        method(
            "as_integer_ratio($self, /)",
            "Return a pair of integers, whose ratio is exactly equal to the original float.\n\nThe ratio is in lowest terms and has a positive denominator.  Raise\nOverflowError on infinities and a ValueError on NaNs.\n\n>>> (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n>>> (-.25).as_integer_ratio()\n(-1, 4)",
            Plain(as_integer_ratio),
        ),
        method(
            "is_integer($self, /)",
            "Return True if the float is an integer.",
            Plain(is_integer),
        ),
        method(
            "hex($self, /)",
            "Return a hexadecimal representation of a floating-point number.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'",
            Plain(hex),
        ),
        float_new::FROMHEX,
        float_new::FROM_NUMBER,
    ],
    getsets: &[
        getter("real", "the real part of a complex number", real),
        getter("imag", "the imaginary part of a complex number", imag),
    ],
    ..TypeDef::DEFAULT
};
