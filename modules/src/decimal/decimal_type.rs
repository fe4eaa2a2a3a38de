//! `decimal.Decimal`: construction, operators and conversions. Its other
//! methods are in `decimal_methods`.

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context as Ctx;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{comparison, method, new, slot};
use capers_runtime::numbers::float::NAN_HASH;
use capers_runtime::protocol::compare;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use num_bigint::{BigInt, BigUint, Sign};

use super::context::{self, current};
use super::convert::{DecimalData, decimal, exact, of_class, of_float, operand, this};
use super::number::{Kind, MOST_WORK, Number};
use super::operations::{both, operands, operator};
use super::rounding::Settings;
use super::rounding::condition::*;
use super::{Answer, arithmetic, comparing, decimal_methods, transcendental};

macro_rules! binary {
    ($name:literal $doc:literal $op:expr) => {
        slot(
            concat!($name, "($self, value, /)"),
            $doc,
            Plain(|ctx, args| operator(ctx, $op, args[0], args[1])),
        )
    };
    ($name:literal reflected $doc:literal $op:expr) => {
        slot(
            concat!($name, "($self, value, /)"),
            $doc,
            Plain(|ctx, args| operator(ctx, $op, args[1], args[0])),
        )
    };
}
macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            Plain(|ctx, args| compare_with(ctx, Comparison::$op, args[0], args[1])),
        )
    };
}

/// The type.
pub static DECIMAL: TypeDef = TypeDef {
    name: "Decimal",
    module: "decimal",
    doc: "Construct a new Decimal object. 'value' can be an integer, string, tuple,\nor another Decimal object. If no value is given, return Decimal('0').\nThe context does not affect the conversion and is only passed to determine\nif the InvalidOperation trap is active.",
    methods: &[
        new(
            "__new__($type, /, value='0', context=None)",
            Plain(decimal_new),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(|ctx, args| Ok(ctx.str_value(&format!("Decimal('{}')", shown(ctx, args[0])?)))),
        ),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot(
            "__str__($self, /)",
            "Return str(self).",
            Plain(|ctx, args| Ok(ctx.str_value(&shown(ctx, args[0])?))),
        ),
        ordering!(Less),
        ordering!(LessEqual),
        ordering!(Equal),
        ordering!(NotEqual),
        ordering!(Greater),
        ordering!(GreaterEqual),
        binary!("__add__" "Return self+value." arithmetic::add),
        binary!("__radd__" reflected "Return value+self." arithmetic::add),
        binary!("__sub__" "Return self-value." arithmetic::subtract),
        binary!("__rsub__" reflected "Return value-self." arithmetic::subtract),
        binary!("__mul__" "Return self*value." arithmetic::multiply),
        binary!("__rmul__" reflected "Return value*self." arithmetic::multiply),
        binary!("__mod__" "Return self%value." arithmetic::remainder),
        binary!("__rmod__" reflected "Return value%self." arithmetic::remainder),
        binary!("__floordiv__" "Return self//value." arithmetic::divide_int),
        binary!("__rfloordiv__" reflected "Return value//self." arithmetic::divide_int),
        binary!("__truediv__" "Return self/value." arithmetic::divide),
        binary!("__rtruediv__" reflected "Return value/self." arithmetic::divide),
        slot(
            "__divmod__($self, value, /)",
            "Return divmod(self, value).",
            Plain(|ctx, args| divide_both(ctx, args[0], args[1])),
        ),
        slot(
            "__rdivmod__($self, value, /)",
            "Return divmod(value, self).",
            Plain(|ctx, args| divide_both(ctx, args[1], args[0])),
        ),
        slot(
            "__pow__($self, value, mod=None, /)",
            "Return pow(self, value, mod).",
            Plain(|ctx, args| power(ctx, args[0], args[1], args[2])),
        ),
        slot(
            "__rpow__($self, value, mod=None, /)",
            "Return pow(value, self, mod).",
            Plain(|ctx, args| power(ctx, args[1], args[0], args[2])),
        ),
        slot(
            "__neg__($self, /)",
            "-self",
            Plain(|ctx, args| unary(ctx, arithmetic::minus, args[0])),
        ),
        slot(
            "__pos__($self, /)",
            "+self",
            Plain(|ctx, args| unary(ctx, arithmetic::plus, args[0])),
        ),
        slot(
            "__abs__($self, /)",
            "abs(self)",
            Plain(|ctx, args| unary(ctx, arithmetic::abs, args[0])),
        ),
        slot(
            "__bool__($self, /)",
            "True if self else False",
            Plain(|ctx, args| Ok(Value::bool(!this(ctx, args[0])?.is_zero()))),
        ),
        slot(
            "__int__($self, /)",
            "int(self)",
            Plain(|ctx, args| whole(ctx, args[0], None)),
        ),
        slot("__float__($self, /)", "float(self)", Plain(float)),
        method(
            "__trunc__($self, /)",
            "",
            Plain(|ctx, args| whole(ctx, args[0], None)),
        ),
        method(
            "__floor__($self, /)",
            "",
            Plain(|ctx, args| whole(ctx, args[0], Some(super::rounding::Rounding::Floor))),
        ),
        method(
            "__ceil__($self, /)",
            "",
            Plain(|ctx, args| whole(ctx, args[0], Some(super::rounding::Rounding::Ceiling))),
        ),
        method("__round__($self, ndigits=None, /)", "", Plain(round)),
        method(
            "__complex__($self, /)",
            "",
            Plain(|ctx, args| {
                let real = float(ctx, args)?.as_float().unwrap_or(0.0);
                Ok(Value::complex(ctx.mc, real, 0.0))
            }),
        ),
        method(
            "__format__($self, format_spec, override=None, /)",
            "",
            Plain(format),
        ),
        method(
            "__reduce__($self, /)",
            "",
            Plain(|ctx, args| {
                let text = ctx.str_value(&this(ctx, args[0])?.show(true, false));
                let class = Value::Type(args[0].class(ctx));
                let arguments = Value::Tuple(ctx.tuple([text]));
                Ok(Value::Tuple(ctx.tuple([class, arguments])))
            }),
        ),
        method("__copy__($self, /)", "", Plain(|_, args| Ok(args[0]))),
        method(
            "__deepcopy__($self, memo, /)",
            "",
            Plain(|_, args| Ok(args[0])),
        ),
        method(
            "__sizeof__($self, /)",
            "",
            Plain(|ctx, args| {
                let words = this(ctx, args[0])?.digits.bits().div_ceil(64);
                Ok(Value::from_usize(ctx.mc, 72 + 8 * words as usize))
            }),
        ),
    ],
    shared_methods: decimal_methods::METHODS,
    getsets: &[
        getter("real", "", |_, value| Ok(value)),
        getter("imag", "", |ctx, _| Ok(decimal(ctx, Number::small(0)))),
    ],
    ..TypeDef::DEFAULT
};

fn decimal_new<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let context = context::given(ctx, args[2])?;
    let class = args[0];
    let exact_class = class.as_type() == Some(ctx.type_of_def(&DECIMAL));
    if let Value::Object(object) = args[1]
        && exact_class
        && object.class() == ctx.type_of_def(&DECIMAL)
    {
        return Ok(args[1]);
    }
    let number = match args[1] {
        Value::Absent => Number::small(0),
        value => exact(ctx, value, context)?,
    };
    Ok(of_class(ctx, class, number))
}

/// The text of a Decimal in the current context.
fn shown<'gc>(ctx: Ctx<'gc>, value: Value<'gc>) -> Result<String, Raised<'gc>> {
    let capitals = context::this(ctx, current(ctx)?)?.fields().capitals;
    Ok(this(ctx, value)?.show(capitals, false))
}

fn unary<'gc>(ctx: Ctx<'gc>, op: super::operations::One, value: Value<'gc>) -> Answer<'gc> {
    let context = context::this(ctx, current(ctx)?)?;
    super::operations::run_one(ctx, context, op, this(ctx, value)?)
}

fn divide_both<'gc>(ctx: Ctx<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    match operands(a, b) {
        Some((x, y)) => both(ctx, context::this(ctx, current(ctx)?)?, &x, &y),
        None => Ok(Value::NotImplemented),
    }
}

fn power<'gc>(ctx: Ctx<'gc>, a: Value<'gc>, b: Value<'gc>, modulo: Value<'gc>) -> Answer<'gc> {
    if modulo.or(Value::None).is_none() {
        return operator(ctx, transcendental::power, a, b);
    }
    let (Some((x, y)), Some(z)) = (operands(a, b), operand(modulo)) else {
        return Ok(Value::NotImplemented);
    };
    let context = context::this(ctx, current(ctx)?)?;
    let mut settings = context.settings();
    let result = transcendental::power_modulo(&mut settings, &x, &y, &z);
    super::convert::finish(ctx, context, &settings, result)
}

/// The integer part as an int; rounded where a mode is given.
fn whole<'gc>(
    ctx: Ctx<'gc>,
    value: Value<'gc>,
    mode: Option<super::rounding::Rounding>,
) -> Answer<'gc> {
    let number = this(ctx, value)?;
    if number.is_nan() {
        return Err(ctx.value_error("cannot convert NaN to integer"));
    }
    if number.is_infinite() {
        let message = "cannot convert Infinity to integer";
        return Err(ctx.error(Exc::OverflowError, message));
    }
    let mut wide = Settings::wide();
    wide.rounding = mode.unwrap_or(super::rounding::Rounding::Down);
    let integer = arithmetic::to_integral(&mut wide, number, false);
    let Some(digits) = integer.truncated(MOST_WORK) else {
        return Err(ctx.error_with(Exc::MemoryError, &[]));
    };
    let sign = if integer.negative {
        Sign::Minus
    } else {
        Sign::Plus
    };
    Ok(Value::from_bigint(
        ctx.mc,
        BigInt::from_biguint(sign, digits),
    ))
}

fn round<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let places = match args[1] {
        Value::Absent => return whole(ctx, args[0], Some(super::rounding::Rounding::HalfEven)),
        places if places.is_int() => ctx.index_i64(places, Exc::OverflowError)?,
        _ => return Err(ctx.type_error("optional arg must be an integer")),
    };
    let unit = Number::finite(false, 1u32.into(), places.saturating_neg());
    operator_with(ctx, arithmetic::quantize, args[0], &unit)
}

fn operator_with<'gc>(
    ctx: Ctx<'gc>,
    op: super::operations::Two,
    value: Value<'gc>,
    other: &Number,
) -> Answer<'gc> {
    let context = context::this(ctx, current(ctx)?)?;
    super::operations::run_two(ctx, context, op, this(ctx, value)?, other)
}

fn float<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let number = this(ctx, args[0])?;
    if number.kind == Kind::Signaling {
        return Err(ctx.value_error("cannot convert signaling NaN to float"));
    }
    let text = match number.kind {
        Kind::Quiet if number.negative => "-nan".to_owned(),
        Kind::Quiet => "nan".to_owned(),
        _ => number.show(true, false),
    };
    ctx.call(Value::Type(ctx.types().float), &[ctx.str_value(&text)])
}

fn format<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Some(spec) = args[1].as_str() else {
        return Err(ctx.type_error("format argument must be str"));
    };
    let context = context::this(ctx, current(ctx)?)?;
    let capitals = context.fields().capitals;
    let number = this(ctx, args[0])?;
    if spec.is_empty() {
        return Ok(ctx.str_value(&number.show(capitals, false)));
    }
    let spec = spec.to_string_lossy();
    if super::format::is_too_long(number, &spec) {
        return Err(ctx.error_with(Exc::MemoryError, &[]));
    }
    match super::format::format(number, &spec, &context.settings(), capitals) {
        Some(text) => Ok(ctx.str_value(&text)),
        None => Err(ctx.value_error("invalid format string")),
    }
}

/// The hash that equal ints, floats and fractions have too.
fn hash<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let number = this(ctx, args[0])?;
    match number.kind {
        Kind::Signaling => return Err(ctx.type_error("Cannot hash a signaling NaN value")),
        Kind::Quiet => return Ok(Value::Int(NAN_HASH)),
        Kind::Infinity if number.negative => return Ok(Value::Int(-314_159)),
        Kind::Infinity => return Ok(Value::Int(314_159)),
        Kind::Finite => {}
    }
    let data = args[0].native::<DecimalData>();
    if let Some(known) = data.and_then(|d| d.hash.get()) {
        return Ok(Value::Int(known));
    }
    let modulus = BigUint::from((1u64 << 61) - 1);
    let power = BigUint::from(number.exponent.unsigned_abs());
    // The inverse of ten stands for a negative exponent.
    let base = match number.exponent >= 0 {
        true => BigUint::from(10u32),
        false => BigUint::from(10u32).modpow(&(&modulus - 2u32), &modulus),
    };
    let size = &number.digits * base.modpow(&power, &modulus) % &modulus;
    let size = i64::try_from(size).unwrap_or(0);
    let hash = match if number.negative { -size } else { size } {
        -1 => -2,
        hash => hash,
    };
    if let Some(data) = data {
        data.hash.set(Some(hash));
    }
    Ok(Value::Int(hash))
}

/// The other side of a comparison: Decimals, ints, floats, for equality also
/// complex numbers without an imaginary part, and fractions.
fn comparable<'gc>(
    ctx: Ctx<'gc>,
    op: Comparison,
    value: Value<'gc>,
) -> Result<Option<(Number, Number)>, Raised<'gc>> {
    let one = || Number::small(1);
    if let Some(number) = operand(value) {
        return Ok(Some((number, one())));
    }
    let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
    let context = context::this(ctx, current(ctx)?)?;
    let real = match value.builtin() {
        Value::Complex(parts) if equality && parts.im == 0.0 => Some(parts.re),
        _ => value.as_float(),
    };
    if let Some(x) = real {
        // Equality only notes that floats were mixed in.
        match equality {
            true => context.note(FLOAT_OPERATION),
            false => context.record(ctx, FLOAT_OPERATION)?,
        }
        return Ok(Some((of_float(x), one())));
    }
    if matches!(value, Value::Object(_))
        && super::context::helper(ctx, "_is_rational", &[value])?.is(Value::bool(true))
    {
        let part = |name| ctx.get_attr(value, ctx.intern(name));
        let (top, bottom) = (operand(part("numerator")?), operand(part("denominator")?));
        return Ok(top.zip(bottom));
    }
    Ok(None)
}

fn compare_with<'gc>(ctx: Ctx<'gc>, op: Comparison, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    let number = this(ctx, a)?;
    let Some((other, bottom)) = comparable(ctx, op, b)? else {
        return Ok(Value::NotImplemented);
    };
    let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
    if number.is_nan() || other.is_nan() {
        let signaling = number.kind == Kind::Signaling || other.kind == Kind::Signaling;
        if signaling || !equality {
            context::this(ctx, current(ctx)?)?.record(ctx, INVALID_OPERATION)?;
        }
        return Ok(Value::bool(op == Comparison::NotEqual));
    }
    let number = match number.is_finite() {
        true => Number::finite(
            number.negative,
            &number.digits * &bottom.digits,
            number.exponent,
        ),
        false => number.clone(),
    };
    let order = comparing::order(&number, &other) as i8;
    Ok(Value::bool(compare::apply(op, order, 0)))
}
