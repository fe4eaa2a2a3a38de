//! The methods of `decimal.Decimal` that are no special methods.

use capers_runtime::context::Context as Ctx;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, class_method, method};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use num_bigint::{BigInt, Sign};

use super::context::{self, helper};
use super::convert::{argument, decimal, finish, of_float, of_int, operand, this};
use super::decimal_type::DECIMAL;
use super::number::{Kind, MOST_WORK, Number};
use super::operations::{ask_decimal, of_decimal, two_of_decimal};
use super::{Answer, arithmetic, comparing, transcendental};

macro_rules! one {
    ($name:literal $op:expr) => {
        method(
            concat!($name, "($self, /, context=None)"),
            "",
            Plain(|ctx, args| of_decimal(ctx, $op, args)),
        )
    };
}
macro_rules! two {
    ($name:literal $op:expr) => {
        method(
            concat!($name, "($self, /, other, context=None)"),
            "",
            Plain(|ctx, args| two_of_decimal(ctx, $op, args)),
        )
    };
}
macro_rules! ask {
    ($name:literal $op:expr) => {
        method(
            concat!($name, "($self, /)"),
            "",
            Plain(|ctx, args| ask_decimal(ctx, $op, args)),
        )
    };
}
macro_rules! to_integral {
    ($name:literal $exactly:literal) => {
        method(
            concat!($name, "($self, /, rounding=None, context=None)"),
            "",
            Plain(|ctx, args| to_integral(ctx, args, $exactly)),
        )
    };
}

/// The methods.
pub static METHODS: &[NativeDef] = &[
    one!("exp" transcendental::exp),
    one!("ln" transcendental::ln),
    one!("log10" transcendental::log10),
    one!("next_minus" comparing::next_minus),
    one!("next_plus" comparing::next_plus),
    one!("normalize" arithmetic::normalize),
    to_integral!("to_integral" false),
    to_integral!("to_integral_exact" true),
    to_integral!("to_integral_value" false),
    one!("sqrt" transcendental::sqrt),
    two!("compare" comparing::compare),
    two!("compare_signal" comparing::compare_signal),
    two!("max" comparing::max),
    two!("max_mag" comparing::max_mag),
    two!("min" comparing::min),
    two!("min_mag" comparing::min_mag),
    two!("next_toward" comparing::next_toward),
    method(
        "quantize($self, /, exp, rounding=None, context=None)",
        "",
        Plain(quantize),
    ),
    two!("remainder_near" arithmetic::remainder_near),
    method(
        "fma($self, /, other, third, context=None)",
        "",
        Plain(|ctx, args| {
            let context = context::given(ctx, args[3])?;
            let (y, z) = (argument(ctx, args[1])?, argument(ctx, args[2])?);
            let mut settings = context.settings();
            let result = arithmetic::fma(&mut settings, this(ctx, args[0])?, &y, &z);
            finish(ctx, context, &settings, result)
        }),
    ),
    ask!("is_canonical" | _, _ | true),
    ask!("is_finite" | _, x | x.is_finite()),
    ask!("is_infinite" | _, x | x.is_infinite()),
    ask!("is_nan" | _, x | x.is_nan()),
    ask!("is_qnan" | _, x | x.kind == Kind::Quiet),
    ask!("is_snan" | _, x | x.kind == Kind::Signaling),
    ask!("is_signed" | _, x | x.negative),
    ask!("is_zero" | _, x | x.is_zero()),
    method(
        "is_normal($self, /, context=None)",
        "",
        Plain(|ctx, args| ask_decimal(ctx, comparing::is_normal, args)),
    ),
    method(
        "is_subnormal($self, /, context=None)",
        "",
        Plain(|ctx, args| ask_decimal(ctx, comparing::is_subnormal, args)),
    ),
    method(
        "adjusted($self, /)",
        "",
        Plain(|ctx, args| {
            let number = this(ctx, args[0])?;
            Ok(Value::Int(match number.is_finite() {
                true => number.adjusted(),
                false => 0,
            }))
        }),
    ),
    method("canonical($self, /)", "", Plain(|_, args| Ok(args[0]))),
    method("conjugate($self, /)", "", Plain(|_, args| Ok(args[0]))),
    method(
        "radix($self, /)",
        "",
        Plain(|ctx, _| Ok(decimal(ctx, Number::small(10)))),
    ),
    method(
        "copy_abs($self, /)",
        "",
        Plain(|ctx, args| Ok(decimal(ctx, this(ctx, args[0])?.with_sign(false)))),
    ),
    method(
        "copy_negate($self, /)",
        "",
        Plain(|ctx, args| Ok(decimal(ctx, this(ctx, args[0])?.negated()))),
    ),
    one!("logb" comparing::logb),
    one!("logical_invert" comparing::logical_invert),
    method(
        "number_class($self, /, context=None)",
        "",
        Plain(|ctx, args| {
            let settings = context::given(ctx, args[1])?.settings();
            Ok(ctx.str_value(comparing::class_of(&settings, this(ctx, args[0])?)))
        }),
    ),
    method(
        "to_eng_string($self, /, context=None)",
        "",
        Plain(|ctx, args| {
            let capitals = context::given(ctx, args[1])?.fields().capitals;
            Ok(ctx.str_value(&this(ctx, args[0])?.show(capitals, true)))
        }),
    ),
    two!("compare_total" comparing::compare_total),
    two!("compare_total_mag" comparing::compare_total_mag),
    two!("copy_sign" | _, x, y | x.with_sign(y.negative)),
    method(
        "same_quantum($self, /, other, context=None)",
        "",
        Plain(|ctx, args| {
            let other = argument(ctx, args[1])?;
            let same = comparing::same_quantum(this(ctx, args[0])?, &other);
            Ok(Value::bool(same))
        }),
    ),
    two!("logical_and" comparing::logical_and),
    two!("logical_or" comparing::logical_or),
    two!("logical_xor" comparing::logical_xor),
    two!("rotate" comparing::rotate),
    two!("scaleb" comparing::scaleb),
    two!("shift" comparing::shift),
    class_method("from_float($type, f, /)", "", Plain(from_float)),
    class_method("from_number($type, number, /)", "", Plain(from_number)),
    method("as_tuple($self, /)", "", Plain(as_tuple)),
    method("as_integer_ratio($self, /)", "", Plain(as_integer_ratio)),
];

/// An optional argument that is not given.
fn is_missing(value: Value<'_>) -> bool {
    matches!(value, Value::Absent | Value::None)
}

fn to_integral<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>], exactly: bool) -> Answer<'gc> {
    let context = context::given(ctx, args[2])?;
    let mut settings = context.settings();
    if !is_missing(args[1]) {
        settings.rounding = context::rounding(ctx, args[1])?;
    }
    let result = arithmetic::to_integral(&mut settings, this(ctx, args[0])?, exactly);
    finish(ctx, context, &settings, result)
}

fn quantize<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let context = context::given(ctx, args[3])?;
    let mut settings = context.settings();
    if !is_missing(args[2]) {
        settings.rounding = context::rounding(ctx, args[2])?;
    }
    let exponent = argument(ctx, args[1])?;
    let result = arithmetic::quantize(&mut settings, this(ctx, args[0])?, &exponent);
    finish(ctx, context, &settings, result)
}

/// An exact number as an instance of the class that was asked.
fn as_class<'gc>(ctx: Ctx<'gc>, class: Value<'gc>, number: Number) -> Answer<'gc> {
    let made = decimal(ctx, number);
    match class.as_type() == Some(ctx.type_of_def(&DECIMAL)) {
        true => Ok(made),
        false => ctx.call(class, &[made]),
    }
}

fn from_float<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let number = match (args[1].as_float(), args[1].as_bigint()) {
        (Some(x), _) => of_float(x),
        (_, Some(n)) => of_int(n),
        _ => return Err(ctx.type_error("argument must be int or float")),
    };
    as_class(ctx, args[0], number)
}

fn from_number<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let number = match (operand(args[1]), args[1].as_float()) {
        (Some(number), _) => number,
        (_, Some(x)) => of_float(x),
        _ => return Err(super::convert::not_supported(ctx, args[1])),
    };
    as_class(ctx, args[0], number)
}

fn as_tuple<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let number = this(ctx, args[0])?;
    let digits = match number.kind {
        Kind::Infinity => vec![Value::Int(0)],
        Kind::Quiet | Kind::Signaling if number.digits == 0u32.into() => Vec::new(),
        _ => {
            let text = number.digits.to_string();
            text.bytes()
                .map(|b| Value::Int((b - b'0').into()))
                .collect()
        }
    };
    let exponent = match number.kind {
        Kind::Finite => Value::Int(number.exponent),
        Kind::Infinity => ctx.str_value("F"),
        Kind::Quiet => ctx.str_value("n"),
        Kind::Signaling => ctx.str_value("N"),
    };
    let sign = Value::Int(number.negative.into());
    let digits = Value::Tuple(ctx.tuple(digits));
    helper(ctx, "DecimalTuple", &[sign, digits, exponent])
}

fn as_integer_ratio<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let number = this(ctx, args[0])?;
    if number.is_nan() {
        return Err(ctx.value_error("cannot convert NaN to integer ratio"));
    }
    if number.is_infinite() {
        let message = "cannot convert Infinity to integer ratio";
        return Err(ctx.error(Exc::OverflowError, message));
    }
    if number.exponent.unsigned_abs() > MOST_WORK && !number.is_zero() {
        return Err(ctx.error_with(Exc::MemoryError, &[]));
    }
    let (top, bottom) = number.ratio();
    let sign = if number.negative {
        Sign::Minus
    } else {
        Sign::Plus
    };
    let top = Value::from_bigint(ctx.mc, BigInt::from_biguint(sign, top));
    let bottom = Value::from_bigint(ctx.mc, bottom.into());
    Ok(Value::Tuple(ctx.tuple([top, bottom])))
}
