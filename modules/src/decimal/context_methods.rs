//! The methods of `decimal.Context` that are operations on numbers.

use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, method};
use capers_runtime::value::Value;

use super::context::this;
use super::convert::{argument, decimal, exact, finish, number_of, of_float, of_int};
use super::operations::{ask_context, both, of_context, two_of_context};
use super::{arithmetic, comparing, transcendental};

macro_rules! one {
    ($name:literal $op:expr) => {
        method(
            concat!($name, "($self, x, /)"),
            "",
            Plain(|ctx, args| of_context(ctx, $op, args)),
        )
    };
}
macro_rules! two {
    ($name:literal $op:expr) => {
        method(
            concat!($name, "($self, x, y, /)"),
            "",
            Plain(|ctx, args| two_of_context(ctx, $op, args)),
        )
    };
}
macro_rules! ask {
    ($name:literal $op:expr) => {
        method(
            concat!($name, "($self, x, /)"),
            "",
            Plain(|ctx, args| ask_context(ctx, $op, args)),
        )
    };
}

/// The methods.
pub static METHODS: &[NativeDef] = &[
    one!("abs" arithmetic::abs),
    one!("exp" transcendental::exp),
    one!("ln" transcendental::ln),
    one!("log10" transcendental::log10),
    one!("minus" arithmetic::minus),
    one!("next_minus" comparing::next_minus),
    one!("next_plus" comparing::next_plus),
    one!("normalize" arithmetic::normalize),
    one!("plus" arithmetic::plus),
    one!("to_integral" | s, x | arithmetic::to_integral(s, x, false)),
    one!(
        "to_integral_exact" | s,
        x | arithmetic::to_integral(s, x, true)
    ),
    one!(
        "to_integral_value" | s,
        x | arithmetic::to_integral(s, x, false)
    ),
    one!("sqrt" transcendental::sqrt),
    one!("copy_abs" | _, x | x.with_sign(false)),
    one!("copy_decimal" | _, x | x.clone()),
    one!("copy_negate" | _, x | x.negated()),
    one!("logb" comparing::logb),
    one!("logical_invert" comparing::logical_invert),
    one!("_apply" | s, x | s.fix(x.clone())),
    two!("add" arithmetic::add),
    two!("compare" comparing::compare),
    two!("compare_signal" comparing::compare_signal),
    two!("divide" arithmetic::divide),
    two!("divide_int" arithmetic::divide_int),
    two!("max" comparing::max),
    two!("max_mag" comparing::max_mag),
    two!("min" comparing::min),
    two!("min_mag" comparing::min_mag),
    two!("multiply" arithmetic::multiply),
    two!("next_toward" comparing::next_toward),
    two!("quantize" arithmetic::quantize),
    two!("remainder" arithmetic::remainder),
    two!("remainder_near" arithmetic::remainder_near),
    two!("subtract" arithmetic::subtract),
    two!("compare_total" comparing::compare_total),
    two!("compare_total_mag" comparing::compare_total_mag),
    two!("copy_sign" | _, x, y | x.with_sign(y.negative)),
    two!("logical_and" comparing::logical_and),
    two!("logical_or" comparing::logical_or),
    two!("logical_xor" comparing::logical_xor),
    two!("rotate" comparing::rotate),
    two!("scaleb" comparing::scaleb),
    two!("shift" comparing::shift),
    ask!("is_canonical" | _, _ | true),
    ask!("is_finite" | _, x | x.is_finite()),
    ask!("is_infinite" | _, x | x.is_infinite()),
    ask!("is_nan" | _, x | x.is_nan()),
    ask!("is_normal" comparing::is_normal),
    ask!("is_qnan" | _, x | x.kind == super::number::Kind::Quiet),
    ask!("is_signed" | _, x | x.negative),
    ask!("is_snan" | _, x | x.kind == super::number::Kind::Signaling),
    ask!("is_subnormal" comparing::is_subnormal),
    ask!("is_zero" | _, x | x.is_zero()),
    method(
        "same_quantum($self, x, y, /)",
        "",
        Plain(|ctx, args| {
            let (x, y) = (argument(ctx, args[1])?, argument(ctx, args[2])?);
            Ok(Value::bool(comparing::same_quantum(&x, &y)))
        }),
    ),
    method(
        "divmod($self, x, y, /)",
        "",
        Plain(|ctx, args| {
            let (x, y) = (argument(ctx, args[1])?, argument(ctx, args[2])?);
            both(ctx, this(ctx, args[0])?, &x, &y)
        }),
    ),
    method(
        "power($self, /, a, b, modulo=None)",
        "",
        Plain(|ctx, args| {
            let context = this(ctx, args[0])?;
            let (a, b) = (argument(ctx, args[1])?, argument(ctx, args[2])?);
            let mut settings = context.settings();
            let result = match args[3] {
                Value::Absent | Value::None => transcendental::power(&mut settings, &a, &b),
                modulo => {
                    let c = argument(ctx, modulo)?;
                    transcendental::power_modulo(&mut settings, &a, &b, &c)
                }
            };
            finish(ctx, context, &settings, result)
        }),
    ),
    method(
        "fma($self, x, y, z, /)",
        "",
        Plain(|ctx, args| {
            let context = this(ctx, args[0])?;
            let (x, y) = (argument(ctx, args[1])?, argument(ctx, args[2])?);
            let z = argument(ctx, args[3])?;
            let mut settings = context.settings();
            let result = arithmetic::fma(&mut settings, &x, &y, &z);
            finish(ctx, context, &settings, result)
        }),
    ),
    method(
        "radix($self, /)",
        "",
        Plain(|ctx, _| Ok(decimal(ctx, super::number::Number::small(10)))),
    ),
    method(
        "canonical($self, x, /)",
        "",
        Plain(|ctx, args| match number_of(args[1]) {
            Some(_) => Ok(args[1]),
            None => Err(ctx.type_error("argument must be a Decimal")),
        }),
    ),
    method(
        "number_class($self, x, /)",
        "",
        Plain(|ctx, args| {
            let settings = this(ctx, args[0])?.settings();
            let name = comparing::class_of(&settings, &argument(ctx, args[1])?);
            Ok(ctx.str_value(name))
        }),
    ),
    method(
        "to_sci_string($self, x, /)",
        "",
        Plain(|ctx, args| {
            let capitals = this(ctx, args[0])?.fields().capitals;
            Ok(ctx.str_value(&argument(ctx, args[1])?.show(capitals, false)))
        }),
    ),
    method(
        "to_eng_string($self, x, /)",
        "",
        Plain(|ctx, args| {
            let capitals = this(ctx, args[0])?.fields().capitals;
            Ok(ctx.str_value(&argument(ctx, args[1])?.show(capitals, true)))
        }),
    ),
    method(
        "create_decimal($self, num=\"0\", /)",
        "",
        Plain(|ctx, args| {
            let context = this(ctx, args[0])?;
            let number = match args[1] {
                Value::Absent => super::number::Number::small(0),
                value => exact(ctx, value, context)?,
            };
            let mut settings = context.settings();
            let result = settings.fix(number);
            finish(ctx, context, &settings, result)
        }),
    ),
    method(
        "create_decimal_from_float($self, f, /)",
        "",
        Plain(|ctx, args| {
            let context = this(ctx, args[0])?;
            let number = match (args[1].as_float(), args[1].as_bigint()) {
                (Some(x), _) => of_float(x),
                (_, Some(n)) => of_int(n),
                _ => return Err(ctx.type_error("argument must be int or float")),
            };
            let mut settings = context.settings();
            let result = settings.fix(number);
            finish(ctx, context, &settings, result)
        }),
    ),
];
