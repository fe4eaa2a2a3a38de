//! Between Python's values and numbers.

use std::cell::Cell;

use capers_runtime::context::Context as Ctx;
use capers_runtime::erased::NativeData;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::Collect;
use num_bigint::{BigInt, BigUint, Sign};

use super::Answer;
use super::context::ContextData;
use super::decimal_type::DECIMAL;
use super::number::{Kind, Number};
use super::rounding::Settings;
use super::rounding::condition::*;

/// The struct behind a Decimal.
#[derive(Collect)]
#[collect(require_static)]
pub struct DecimalData {
    /// The number.
    pub number: Number,
    /// Its hash, once asked for.
    pub hash: Cell<Option<i64>>,
}

impl NativeData for DecimalData {
    type Data<'gc> = DecimalData;
}

/// The number of a Decimal.
pub fn number_of(value: Value<'_>) -> Option<&Number> {
    value.native::<DecimalData>().map(|d| &d.number)
}

/// The number of a method's receiver.
pub fn this<'gc>(ctx: Ctx<'gc>, value: Value<'gc>) -> Result<&'gc Number, Raised<'gc>> {
    match value.native::<DecimalData>() {
        Some(data) => Ok(&data.number),
        None => Err(ctx.type_error("argument must be a Decimal")),
    }
}

/// A Decimal of `class`; of the plain class where that is absent.
pub fn of_class<'gc>(ctx: Ctx<'gc>, class: Value<'gc>, number: Number) -> Value<'gc> {
    let class = class.as_type().unwrap_or_else(|| ctx.type_of_def(&DECIMAL));
    let data = DecimalData {
        number,
        hash: Cell::new(None),
    };
    Value::Object(Object::with_native::<DecimalData>(ctx, class, data))
}

/// A Decimal.
pub fn decimal<'gc>(ctx: Ctx<'gc>, number: Number) -> Value<'gc> {
    of_class(ctx, Value::Absent, number)
}

/// An int, exactly.
pub fn of_int(n: BigInt) -> Number {
    let (sign, digits) = n.into_parts();
    Number::finite(sign == Sign::Minus, digits, 0)
}

/// A float, exactly.
pub fn of_float(x: f64) -> Number {
    if x.is_nan() {
        return Number::nan().with_sign(x.is_sign_negative());
    }
    if x.is_infinite() {
        return Number::infinity(x < 0.0);
    }
    let bits = x.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7FF) as i64, bits & ((1 << 52) - 1));
    let (mantissa, power) = match exponent {
        0 => (fraction, -1074),
        e => (fraction | 1 << 52, e - 1075),
    };
    let digits = BigUint::from(mantissa);
    if mantissa == 0 || power >= 0 {
        return Number::finite(x.is_sign_negative(), digits << power.max(0) as u64, 0);
    }
    // m / 2**n is m * 5**n / 10**n, in lowest terms.
    let twos = (mantissa.trailing_zeros() as i64).min(-power);
    let places = (-power - twos) as u64;
    let digits = (digits >> twos as u64) * BigUint::from(5u32).pow(places as u32);
    Number::finite(x.is_sign_negative(), digits, -(places as i64))
}

/// The other operand of an operator: a Decimal or an int.
pub fn operand(value: Value<'_>) -> Option<Number> {
    match number_of(value) {
        Some(number) => Some(number.clone()),
        None => value.as_bigint().map(of_int),
    }
}

/// An argument that has to be a Decimal or an int.
pub fn argument<'gc>(ctx: Ctx<'gc>, value: Value<'gc>) -> Result<Number, Raised<'gc>> {
    operand(value).ok_or_else(|| not_supported(ctx, value))
}

/// The TypeError of a value that no Decimal is made from.
pub fn not_supported<'gc>(ctx: Ctx<'gc>, value: Value<'gc>) -> Raised<'gc> {
    ctx.type_error(format!(
        "conversion from {} to Decimal is not supported",
        ctx.type_name(value)
    ))
}

/// Any value that a Decimal can be made from, exactly.
pub fn exact<'gc>(
    ctx: Ctx<'gc>,
    value: Value<'gc>,
    context: &ContextData,
) -> Result<Number, Raised<'gc>> {
    if let Some(number) = operand(value) {
        return Ok(number);
    }
    if let Some(text) = value.as_str() {
        return read(ctx, &text.to_string_lossy(), context);
    }
    if let Some(x) = value.as_float() {
        context.record(ctx, FLOAT_OPERATION)?;
        return Ok(of_float(x));
    }
    if let Some(list) = value.as_list() {
        return of_parts(ctx, &list.to_vec());
    }
    match value.as_tuple() {
        Some(tuple) => of_parts(ctx, tuple.items()),
        None => Err(not_supported(ctx, value)),
    }
}

/// The number that a text says, exactly.
fn read<'gc>(ctx: Ctx<'gc>, text: &str, context: &ContextData) -> Result<Number, Raised<'gc>> {
    let Some(number) = Number::read(text) else {
        context.record(ctx, CONVERSION_SYNTAX)?;
        return Ok(Number::nan());
    };
    let wide = Settings::wide();
    let fits =
        !number.is_finite() || (number.adjusted() <= wide.emax && number.exponent >= wide.etiny());
    if !fits {
        if number.is_zero() {
            let exponent = number.exponent.clamp(wide.etiny(), wide.emax);
            return Ok(Number { exponent, ..number });
        }
        context.record(ctx, INVALID_OPERATION)?;
        return Ok(Number::nan());
    }
    Ok(number)
}

/// Sign, digits and exponent, as `as_tuple` gives them.
fn of_parts<'gc>(ctx: Ctx<'gc>, parts: &[Value<'gc>]) -> Result<Number, Raised<'gc>> {
    let &[sign, digits, exponent] = parts else {
        return Err(ctx.value_error("argument must be a sequence of length 3"));
    };
    let negative = match sign {
        Value::Int(n @ (0 | 1)) => n == 1,
        Value::Bool(b) => b.get(),
        _ => {
            let message = "sign must be an integer with the value 0 or 1";
            return Err(ctx.value_error(message));
        }
    };
    let kind = match exponent.as_str().map(|s| s.bytes()) {
        Some(b"F") => Kind::Infinity,
        Some(b"n") => Kind::Quiet,
        Some(b"N") => Kind::Signaling,
        Some(_) => {
            let message = "string argument in the third position must be 'F', 'n' or 'N'";
            return Err(ctx.value_error(message));
        }
        None => Kind::Finite,
    };
    let exponent = match kind {
        Kind::Finite if !exponent.is_int() => {
            return Err(ctx.value_error("exponent must be an integer"));
        }
        Kind::Finite => ctx.index_i64(exponent, Exc::OverflowError)?,
        _ => 0,
    };
    let not_digits = || ctx.value_error("coefficient must be a tuple of digits");
    let digits = match (digits.as_tuple(), digits.as_list()) {
        (Some(tuple), _) => tuple.items().to_vec(),
        (_, Some(list)) => list.to_vec(),
        _ => return Err(not_digits()),
    };
    let digits: Option<Vec<u8>> = digits
        .iter()
        .map(|d| u8::try_from(d.as_small_int()?).ok().filter(|d| *d < 10))
        .collect();
    let digits = digits.ok_or_else(not_digits)?;
    let digits = match kind {
        Kind::Infinity => BigUint::ZERO,
        _ => BigUint::from_radix_be(&digits, 10).unwrap_or_default(),
    };
    Ok(Number {
        negative,
        kind,
        digits,
        exponent,
    })
}

/// A result that was computed in a context: sets flags, raises what is trapped.
pub fn finish<'gc>(
    ctx: Ctx<'gc>,
    context: &ContextData,
    settings: &Settings,
    number: Number,
) -> Answer<'gc> {
    if !context.has_room(settings) {
        return Err(ctx.error_with(Exc::MemoryError, &[]));
    }
    context.record(ctx, settings.status)?;
    Ok(decimal(ctx, number))
}
