//! The arithmetic of timedeltas. All of it gives plain timedeltas, whatever
//! subclass the operands are of.

use capers_runtime::bytecode::BinaryOperator;
use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use num_bigint::BigInt;
use num_integer::Integer;

use super::Answer;
use super::delta::{Delta, delta};

fn division_by_zero<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.error(Exc::ZeroDivisionError, "division by zero")
}

/// `a + b`
pub fn add<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    match (delta(a), delta(b)) {
        (Some(a), Some(b)) => Delta::value(ctx, Some(a.0 + b.0)),
        _ => Ok(Value::NotImplemented),
    }
}

/// `a - b`
pub fn subtract<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    match (delta(a), delta(b)) {
        (Some(a), Some(b)) => Delta::value(ctx, Some(a.0 - b.0)),
        _ => Ok(Value::NotImplemented),
    }
}

/// A timedelta of this many microseconds.
fn of_big<'gc>(ctx: Context<'gc>, number: BigInt) -> Answer<'gc> {
    Delta::value(ctx, i128::try_from(number).ok())
}

/// `a / b` rounded to the nearest, ties to even.
fn round_divide(a: &BigInt, b: &BigInt) -> BigInt {
    let (quotient, rest) = a.div_mod_floor(b);
    let twice: BigInt = &rest * 2;
    let up = match twice.magnitude().cmp(b.magnitude()) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient.is_odd(),
        std::cmp::Ordering::Less => false,
    };
    if up { quotient + 1 } else { quotient }
}

/// A float as a fraction, from `as_integer_ratio`.
fn ratio<'gc>(ctx: Context<'gc>, number: Value<'gc>) -> Result<(BigInt, BigInt), Raised<'gc>> {
    let name = ctx.intern("as_integer_ratio");
    let pair = ctx.call_method(number, name, &[])?;
    match pair.as_tuple().map(|t| t.items()) {
        Some([a, b]) => Ok((
            a.as_bigint().unwrap_or_default(),
            b.as_bigint().unwrap_or_default(),
        )),
        Some(_) => Err(ctx.value_error("as_integer_ratio() must return a 2-tuple")),
        None => Err(ctx.type_error(format!(
            "unexpected return type from as_integer_ratio(): expected tuple, not '{}'",
            ctx.type_name(pair)
        ))),
    }
}

/// A timedelta times a number.
pub fn multiply<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    let Some(delta) = delta(a) else {
        return Ok(Value::NotImplemented);
    };
    let total = BigInt::from(delta.0);
    if let Some(factor) = b.as_bigint() {
        return of_big(ctx, total * factor);
    }
    if b.as_float().is_some() {
        let (top, bottom) = ratio(ctx, b)?;
        return of_big(ctx, round_divide(&(total * top), &bottom));
    }
    Ok(Value::NotImplemented)
}

/// `a // b`
pub fn floor_divide<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    let Some(dividend) = delta(a) else {
        return Ok(Value::NotImplemented);
    };
    if let Some(divisor) = delta(b) {
        if divisor.0 == 0 {
            return Err(division_by_zero(ctx));
        }
        let quotient = Integer::div_floor(&dividend.0, &divisor.0);
        return Ok(Value::from_bigint(ctx.mc, quotient.into()));
    }
    match b.as_bigint() {
        None => Ok(Value::NotImplemented),
        Some(divisor) if divisor == BigInt::ZERO => Err(division_by_zero(ctx)),
        Some(divisor) => of_big(ctx, BigInt::from(dividend.0).div_floor(&divisor)),
    }
}

/// `a / b`
pub fn true_divide<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    let Some(dividend) = delta(a) else {
        return Ok(Value::NotImplemented);
    };
    if let Some(divisor) = delta(b) {
        let (a, b) = (dividend.0.into(), divisor.0.into());
        let (a, b) = (Value::from_bigint(ctx.mc, a), Value::from_bigint(ctx.mc, b));
        return ctx.binary(BinaryOperator::TrueDivide, a, b);
    }
    let total = BigInt::from(dividend.0);
    let (top, bottom) = if let Some(divisor) = b.as_bigint() {
        (total, divisor)
    } else if b.as_float().is_some() {
        let (top, bottom) = ratio(ctx, b)?;
        (total * bottom, top)
    } else {
        return Ok(Value::NotImplemented);
    };
    if bottom == BigInt::ZERO {
        return Err(division_by_zero(ctx));
    }
    of_big(ctx, round_divide(&top, &bottom))
}

/// `a % b`
pub fn modulo<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    match (delta(a), delta(b)) {
        (Some(_), Some(b)) if b.0 == 0 => Err(division_by_zero(ctx)),
        (Some(a), Some(b)) => Delta::value(ctx, Some(Integer::mod_floor(&a.0, &b.0))),
        _ => Ok(Value::NotImplemented),
    }
}

/// `divmod(a, b)`
pub fn divide_both<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    if delta(a).is_none() || delta(b).is_none() {
        return Ok(Value::NotImplemented);
    }
    let pair = [floor_divide(ctx, a, b)?, modulo(ctx, a, b)?];
    Ok(Value::Tuple(ctx.tuple(pair)))
}
