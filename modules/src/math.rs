//! `math`: functions of real numbers and of integers. The gamma functions are
//! in `math_gamma`, exact sums in `math_sums`, functions of iterables in
//! `math_iterables`.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::function;
use capers_runtime::numbers::{self, IntRef, combinatorics, float_text, int, int_float};
use capers_runtime::protocol::call::call_method;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::module::Module;
use capers_runtime::types::numbers::convert::{IntoValue, answer, int_ref, limits};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

use crate::math_gamma::{self, GammaError};
use crate::math_iterables;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

#[cold]
fn domain_error<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.value_error("math domain error")
}

#[cold]
fn range_error<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.error(Exc::OverflowError, "math range error")
}

/// ValueError: "expected ..., got x".
#[cold]
fn expected<'gc>(ctx: Context<'gc>, what: &str, x: f64) -> Raised<'gc> {
    ctx.value_error(format!("expected {what}, got {}", float_text::repr(x)))
}

/// The result of a function of one argument: a NaN that was not given is a
/// domain error, an infinity from a finite argument an overflow or a pole.
fn checked<'gc>(
    ctx: Context<'gc>,
    x: f64,
    result: f64,
    can_overflow: bool,
    what: &str,
) -> Answer<'gc> {
    if result.is_nan() && !x.is_nan() {
        return Err(if what.is_empty() {
            domain_error(ctx)
        } else {
            expected(ctx, what, x)
        });
    }
    if result.is_infinite() && x.is_finite() {
        return Err(match (can_overflow, what) {
            (true, _) => range_error(ctx),
            (false, "") => domain_error(ctx),
            (false, what) => expected(ctx, what, x),
        });
    }
    Ok(ctx.new_float(result))
}

/// Functions of one float: the function, whether it overflows, what it expects.
macro_rules! functions_of_one {
    ($($name:ident = $compute:expr, $can_overflow:expr, $what:expr;)*) => {$(
        fn $name<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            let x = ctx.float(args[0])?;
            let compute: fn(f64) -> f64 = $compute;
            checked(ctx, x, compute(x), $can_overflow, $what)
        }
    )*};
}

functions_of_one! {
    acos = f64::acos, false, "a number in range from -1 up to 1";
    acosh = libm::acosh, false, "argument value not less than 1";
    asin = f64::asin, false, "a number in range from -1 up to 1";
    asinh = libm::asinh, false, "";
    atan = f64::atan, false, "";
    atanh = libm::atanh, false, "a number between -1 and 1";
    cbrt = f64::cbrt, false, "";
    cos = f64::cos, false, "a finite input";
    cosh = f64::cosh, true, "";
    erf = libm::erf, false, "";
    erfc = libm::erfc, false, "";
    exp = f64::exp, true, "";
    exp2 = f64::exp2, true, "";
    expm1 = f64::exp_m1, true, "";
    fabs = f64::abs, false, "";
    sin = f64::sin, false, "a finite input";
    sinh = f64::sinh, true, "";
    sqrt = f64::sqrt, false, "a nonnegative input";
    tan = f64::tan, false, "a finite input";
    tanh = f64::tanh, false, "";
    degrees = |x| x * (180.0 / std::f64::consts::PI), true, "";
    radians = |x| x * (std::f64::consts::PI / 180.0), false, "";
}

fn log1p<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = ctx.float(args[0])?;
    if x <= -1.0 {
        let x = float_text::repr(x);
        return Err(ctx.value_error(format!("expected argument value > -1, got {x}")));
    }
    // Rounding to zero would lose the sign.
    Ok(Value::float(if x == 0.0 { x } else { x.ln_1p() }))
}

fn gamma_answer<'gc>(ctx: Context<'gc>, x: f64, result: Result<f64, GammaError>) -> Answer<'gc> {
    match result {
        Ok(result) => Ok(Value::float(result)),
        Err(GammaError::Overflow) => Err(range_error(ctx)),
        Err(GammaError::Domain) => Err(expected(ctx, "a noninteger or positive integer", x)),
    }
}

fn gamma<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = ctx.float(args[0])?;
    gamma_answer(ctx, x, math_gamma::gamma(x))
}

fn lgamma<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = ctx.float(args[0])?;
    gamma_answer(ctx, x, math_gamma::lgamma(x))
}

/// The logarithm of an int of any size or of a float.
fn logarithm<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    compute: fn(f64) -> f64,
) -> Result<f64, Raised<'gc>> {
    if let Some(n) = int_ref(value) {
        if n.is_negative() || n.is_zero() {
            return Err(ctx.value_error("expected a positive input"));
        }
        return Ok(match int_float::to_float(n) {
            Ok(x) => compute(x),
            Err(_) => {
                let (mantissa, exponent) = int_float::frexp(n);
                compute(mantissa) + compute(2.0) * exponent as f64
            }
        });
    }
    let x = ctx.float(value)?;
    if x <= 0.0 {
        return Err(expected(ctx, "a positive input", x));
    }
    Ok(compute(x))
}

fn log<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let numerator = logarithm(ctx, args[0], f64::ln)?;
    if args[1].is_absent() {
        return Ok(Value::float(numerator));
    }
    let denominator = logarithm(ctx, args[1], f64::ln)?;
    answer(ctx, numbers::float::true_div(numerator, denominator))
}

fn log2<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    logarithm(ctx, args[0], f64::log2).map(Value::float)
}

fn log10<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    logarithm(ctx, args[0], f64::log10).map(Value::float)
}

fn floats_of_two<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<(f64, f64), Raised<'gc>> {
    Ok((ctx.float(args[0])?, ctx.float(args[1])?))
}

fn atan2<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (y, x) = floats_of_two(ctx, args)?;
    Ok(Value::float(y.atan2(x)))
}

fn copysign<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (x, y) = floats_of_two(ctx, args)?;
    Ok(ctx.new_float(x.copysign(y)))
}

fn fmod<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (x, y) = floats_of_two(ctx, args)?;
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error(ctx));
    }
    Ok(ctx.new_float(result))
}

fn remainder<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (x, y) = floats_of_two(ctx, args)?;
    if x.is_nan() || y.is_nan() {
        return Ok(ctx.new_float(x + y));
    }
    if x.is_infinite() || y == 0.0 {
        return Err(domain_error(ctx));
    }
    Ok(Value::float(if y.is_infinite() {
        x
    } else {
        libm::remainder(x, y)
    }))
}

fn pow<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (x, y) = floats_of_two(ctx, args)?;
    let result = x.powf(y);
    if x.is_finite() && y.is_finite() && !result.is_finite() {
        return Err(if result.is_nan() || x == 0.0 {
            domain_error(ctx)
        } else {
            range_error(ctx)
        });
    }
    Ok(ctx.new_float(result))
}

fn fma<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (x, y) = floats_of_two(ctx, args)?;
    let z = ctx.float(args[2])?;
    let result = x.mul_add(y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(ctx.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(ctx.error(Exc::OverflowError, "overflow in fma"));
    }
    Ok(ctx.new_float(result))
}

fn frexp<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = ctx.float(args[0])?;
    let (mantissa, exponent) = if x.is_finite() && x != 0.0 {
        libm::frexp(x)
    } else {
        (x, 0)
    };
    let pair = [Value::float(mantissa), Value::Int(exponent.into())];
    Ok(Value::Tuple(ctx.tuple(pair)))
}

fn ldexp<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = ctx.float(args[0])?;
    if !args[1].is_int() {
        return Err(ctx.type_error("Expected an int as second argument to ldexp."));
    }
    let exponent = ctx.index_clamped(args[1])?;
    if x == 0.0 || !x.is_finite() {
        return Ok(Value::float(x));
    }
    // Past this every float is an infinity or a zero.
    let result = libm::ldexp(x, exponent.clamp(-10_000, 10_000) as i32);
    if result.is_infinite() {
        return Err(range_error(ctx));
    }
    Ok(ctx.new_float(result))
}

fn modf<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = ctx.float(args[0])?;
    let fraction = if x.is_infinite() { 0.0 } else { x.fract() };
    let fraction = if x.is_nan() { x } else { fraction.copysign(x) };
    Ok((fraction, x.trunc()).into_value(ctx))
}

fn isfinite<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::bool(ctx.float(args[0])?.is_finite()))
}

fn isinf<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::bool(ctx.float(args[0])?.is_infinite()))
}

fn isnan<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::bool(ctx.float(args[0])?.is_nan()))
}

fn isclose<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (a, b) = floats_of_two(ctx, args)?;
    let relative = ctx.float(args[2].or(Value::float(1e-9)))?;
    let absolute = ctx.float(args[3].or(Value::float(0.0)))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(ctx.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::bool(true));
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::bool(false));
    }
    let apart = (b - a).abs();
    let close = apart <= (relative * b).abs() || apart <= (relative * a).abs() || apart <= absolute;
    Ok(Value::bool(close))
}

/// The number of floats from 0 to `x`, negative below.
fn position(x: f64) -> i64 {
    let size = (x.to_bits() & (u64::MAX >> 1)) as i64;
    if x.is_sign_negative() { -size } else { size }
}

/// The float `steps` floats away from `x`, at most `y`.
fn step_towards(x: f64, y: f64, steps: u64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    let (from, to) = (position(x), position(y));
    // Both are within 63 bits, so that their distance fits 64.
    if steps >= from.abs_diff(to) {
        return if x == y && steps == 0 { x } else { y };
    }
    let steps = steps as i64;
    let at = if to > from {
        from + steps
    } else {
        from - steps
    };
    match at {
        0 => 0.0f64.copysign(x),
        at => f64::from_bits(at.unsigned_abs()).copysign(at as f64),
    }
}

fn nextafter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (x, y) = floats_of_two(ctx, args)?;
    let steps = match args[2].or(Value::None) {
        Value::None => {
            // As C's: a step to zero keeps the sign of where it began.
            let next = step_towards(x, y, 1);
            let to_zero = next == 0.0 && x != 0.0;
            return Ok(Value::float(if to_zero { next.copysign(x) } else { next }));
        }
        steps => match ctx.index_clamped(steps)? {
            steps if steps < 0 => {
                return Err(ctx.value_error("steps must be a non-negative integer"));
            }
            i64::MAX => u64::MAX,
            steps => steps.unsigned_abs(),
        },
    };
    Ok(Value::float(step_towards(x, y, steps)))
}

fn ulp<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = ctx.float(args[0])?.abs();
    if !x.is_finite() {
        return Ok(Value::float(x));
    }
    let above = step_towards(x, f64::INFINITY, 1);
    Ok(Value::float(if above.is_infinite() {
        x - step_towards(x, 0.0, 1)
    } else {
        above - x
    }))
}

/// `floor` and `ceil`: the method of the type, else the float's.
fn rounded<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    method: capers_runtime::types::str::Str<'gc>,
    round: fn(f64) -> f64,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if value.exact_float().is_none()
        && let Some(flow) = call_method(ctx, value, method, &[])?
    {
        return Ok(flow);
    }
    let x = ctx.float(value)?;
    answer(ctx, int_float::from_float(round(x))).map(Flow::Return)
}

fn floor<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    rounded(ctx, args[0], ctx.names().__floor__, f64::floor)
}

fn ceil<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    rounded(ctx, args[0], ctx.names().__ceil__, f64::ceil)
}

fn trunc<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match call_method(ctx, args[0], ctx.names().__trunc__, &[])? {
        Some(flow) => Ok(flow),
        None => Err(ctx.type_error(format!(
            "type {} doesn't define __trunc__ method",
            ctx.type_name(args[0])
        ))),
    }
}

/// Calls a function of the kernel with the int that an argument stands for.
fn with_int<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    compute: impl FnOnce(IntRef<'gc>) -> Answer<'gc>,
) -> Answer<'gc> {
    let index = ctx.index(value)?;
    compute(int_ref(index).unwrap_or(IntRef::Small(0)))
}

fn factorial<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    with_int(ctx, args[0], |n| {
        answer(ctx, combinatorics::factorial(n, &limits(ctx)))
    })
}

fn isqrt<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    with_int(ctx, args[0], |n| answer(ctx, combinatorics::isqrt(n)))
}

fn comb<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    with_int(ctx, args[0], |n| {
        with_int(ctx, args[1], |k| {
            answer(ctx, combinatorics::comb(n, k, &limits(ctx)))
        })
    })
}

fn perm<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if args[1].or(Value::None).is_none() {
        return factorial(ctx, args);
    }
    with_int(ctx, args[0], |n| {
        with_int(ctx, args[1], |k| {
            answer(ctx, combinatorics::perm(n, k, &limits(ctx)))
        })
    })
}

/// Folds the ints of `*integers`.
fn folded<'gc>(
    ctx: Context<'gc>,
    integers: Value<'gc>,
    start: i64,
    combine: fn(IntRef<'_>, IntRef<'_>) -> numbers::IntValue,
) -> Answer<'gc> {
    let mut result = numbers::IntValue::Small(start);
    let items = integers.as_tuple().map_or(&[][..], |tuple| tuple.items());
    for item in items {
        let index = ctx.index(*item)?;
        if let Some(n) = int_ref(index) {
            result = combine(result.as_ref(), n);
        }
    }
    Ok(result.into_value(ctx))
}

fn gcd<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    folded(ctx, args[0], 0, int::gcd)
}

fn lcm<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    folded(ctx, args[0], 1, int::lcm)
}

fn constants<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    for (name, value) in [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        dict.set_text(ctx, name, ctx.new_float(value));
    }
    Ok(())
}

/// The module.
pub static MATH: ModuleDef = ModuleDef {
    name: "math",
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: &[
        function(
            "acos(x, /)",
            "Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi.",
            Plain(acos),
        ),
        function(
            "acosh(x, /)",
            "Return the inverse hyperbolic cosine of x.",
            Plain(acosh),
        ),
        function(
            "asin(x, /)",
            "Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.",
            Plain(asin),
        ),
        function(
            "asinh(x, /)",
            "Return the inverse hyperbolic sine of x.",
            Plain(asinh),
        ),
        function(
            "atan(x, /)",
            "Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.",
            Plain(atan),
        ),
        function(
            "atan2(y, x, /)",
            "Return the arc tangent (measured in radians) of y/x.\n\nUnlike atan(y/x), the signs of both x and y are considered.",
            Plain(atan2),
        ),
        function(
            "atanh(x, /)",
            "Return the inverse hyperbolic tangent of x.",
            Plain(atanh),
        ),
        function("cbrt(x, /)", "Return the cube root of x.", Plain(cbrt)),
        function(
            "ceil(x, /)",
            "Return the ceiling of x as an Integral.\n\nThis is the smallest integer >= x.",
            FlowCall(ceil),
        ),
        function(
            "comb(n, k, /)",
            "Number of ways to choose k items from n items without repetition and without order.",
            Plain(comb),
        ),
        function(
            "copysign(x, y, /)",
            "Return a float with the magnitude (absolute value) of x but the sign of y.",
            Plain(copysign),
        ),
        function(
            "cos(x, /)",
            "Return the cosine of x (measured in radians).",
            Plain(cos),
        ),
        function(
            "cosh(x, /)",
            "Return the hyperbolic cosine of x.",
            Plain(cosh),
        ),
        function(
            "degrees(x, /)",
            "Convert angle x from radians to degrees.",
            Plain(degrees),
        ),
        function("erf(x, /)", "Error function at x.", Plain(erf)),
        function(
            "erfc(x, /)",
            "Complementary error function at x.",
            Plain(erfc),
        ),
        function(
            "exp(x, /)",
            "Return e raised to the power of x.",
            Plain(exp),
        ),
        function(
            "exp2(x, /)",
            "Return 2 raised to the power of x.",
            Plain(exp2),
        ),
        function("expm1(x, /)", "Return exp(x)-1.", Plain(expm1)),
        function(
            "fabs(x, /)",
            "Return the absolute value of the float x.",
            Plain(fabs),
        ),
        function("factorial(n, /)", "Find n!.", Plain(factorial)),
        function(
            "floor(x, /)",
            "Return the floor of x as an Integral.\n\nThis is the largest integer <= x.",
            FlowCall(floor),
        ),
        function(
            "fma(x, y, z, /)",
            "Fused multiply-add operation.\n\nCompute (x * y) + z with a single round.",
            Plain(fma),
        ),
        function(
            "fmod(x, y, /)",
            "Return fmod(x, y), according to platform C.",
            Plain(fmod),
        ),
        function(
            "frexp(x, /)",
            "Return the mantissa and exponent of x, as pair (m, e).",
            Plain(frexp),
        ),
        function("gamma(x, /)", "Gamma function at x.", Plain(gamma)),
        function("gcd(*integers)", "Greatest Common Divisor.", Plain(gcd)),
        function(
            "isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)",
            "Determine whether two floating-point numbers are close in value.",
            Plain(isclose),
        ),
        function(
            "isfinite(x, /)",
            "Return True if x is neither an infinity nor a NaN, and False otherwise.",
            Plain(isfinite),
        ),
        function(
            "isinf(x, /)",
            "Return True if x is a positive or negative infinity, and False otherwise.",
            Plain(isinf),
        ),
        function(
            "isnan(x, /)",
            "Return True if x is a NaN (not a number), and False otherwise.",
            Plain(isnan),
        ),
        function(
            "isqrt(n, /)",
            "Return the integer part of the square root of the input.",
            Plain(isqrt),
        ),
        function("lcm(*integers)", "Least Common Multiple.", Plain(lcm)),
        function(
            "ldexp(x, i, /)",
            "Return x * (2**i).\n\nThis is essentially the inverse of frexp().",
            Plain(ldexp),
        ),
        function(
            "lgamma(x, /)",
            "Natural logarithm of absolute value of Gamma function at x.",
            Plain(lgamma),
        ),
        function(
            "log(x, base=(e), /)",
            "log(x, [base=math.e])\nReturn the logarithm of x to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e) of x.",
            Plain(log),
        ),
        function(
            "log10(x, /)",
            "Return the base 10 logarithm of x.",
            Plain(log10),
        ),
        function(
            "log1p(x, /)",
            "Return the natural logarithm of 1+x (base e).",
            Plain(log1p),
        ),
        function(
            "log2(x, /)",
            "Return the base 2 logarithm of x.",
            Plain(log2),
        ),
        function(
            "modf(x, /)",
            "Return the fractional and integer parts of x.\n\nBoth results carry the sign of x and are floats.",
            Plain(modf),
        ),
        function(
            "nextafter(x, y, /, *, steps=None)",
            "Return the floating-point value the given number of steps after x towards y.",
            Plain(nextafter),
        ),
        function(
            "perm(n, k=None, /)",
            "Number of ways to choose k items from n items without repetition and with order.",
            Plain(perm),
        ),
        function(
            "pow(x, y, /)",
            "Return x**y (x to the power of y).",
            Plain(pow),
        ),
        function(
            "radians(x, /)",
            "Convert angle x from degrees to radians.",
            Plain(radians),
        ),
        function(
            "remainder(x, y, /)",
            "Difference between x and the closest integer multiple of y.",
            Plain(remainder),
        ),
        function(
            "sin(x, /)",
            "Return the sine of x (measured in radians).",
            Plain(sin),
        ),
        function(
            "sinh(x, /)",
            "Return the hyperbolic sine of x.",
            Plain(sinh),
        ),
        function("sqrt(x, /)", "Return the square root of x.", Plain(sqrt)),
        function(
            "tan(x, /)",
            "Return the tangent of x (measured in radians).",
            Plain(tan),
        ),
        function(
            "tanh(x, /)",
            "Return the hyperbolic tangent of x.",
            Plain(tanh),
        ),
        function(
            "trunc(x, /)",
            "Truncates the Real x to the nearest Integral toward 0.\n\nUses the __trunc__ magic method.",
            FlowCall(trunc),
        ),
        function(
            "ulp(x, /)",
            "Return the value of the least significant bit of the float x.",
            Plain(ulp),
        ),
        math_iterables::DIST,
        math_iterables::FSUM,
        math_iterables::HYPOT,
        math_iterables::PROD,
        math_iterables::SUMPROD,
    ],
    types: &[],
    finish: Some(constants),
};
