//! `cmath`: the module's functions and constants. What they compute is in
//! `cmath_functions`, which knows no Python value.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::numbers::complex::{self, Complex};
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::module::Module;
use capers_runtime::types::numbers::complex::to_complex;
use capers_runtime::types::numbers::convert::IntoValue;
use capers_runtime::value::Value;

use crate::cmath_functions::{self as functions, Fault};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

fn fault<'gc>(ctx: Context<'gc>, fault: Fault) -> Raised<'gc> {
    match fault {
        Fault::Domain => ctx.value_error("math domain error"),
        Fault::Range => ctx.error(Exc::OverflowError, "math range error"),
    }
}

macro_rules! of_one {
    ($($name:ident),*) => {
        $(fn $name<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            let z = to_complex(ctx, args[0])?;
            let result = functions::$name(z).map_err(|f| fault(ctx, f))?;
            Ok(result.into_value(ctx))
        })*
    };
}

of_one!(
    acos, acosh, asin, asinh, atan, atanh, cos, cosh, exp, log10, sin, sinh, sqrt, tan, tanh
);

fn log<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = to_complex(ctx, args[0])?;
    let base = match args[1].present() {
        Some(base) => Some(to_complex(ctx, base)?),
        None => None,
    };
    let domain = |_| fault(ctx, Fault::Domain);
    let result = functions::log(z).map_err(domain)?;
    let Some(base) = base else {
        return Ok(result.into_value(ctx));
    };
    let base = functions::log(base).map_err(domain)?;
    let quotient = complex::div(result, base).map_err(|_| fault(ctx, Fault::Domain))?;
    Ok(quotient.into_value(ctx))
}

fn phase<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = to_complex(ctx, args[0])?;
    Ok(z.imag.atan2(z.real).into_value(ctx))
}

fn polar<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = to_complex(ctx, args[0])?;
    let size = functions::modulus(z).map_err(|f| fault(ctx, f))?;
    let angle = z.imag.atan2(z.real);
    let pair = [size.into_value(ctx), angle.into_value(ctx)];
    Ok(Value::Tuple(ctx.tuple(pair)))
}

fn rect<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (size, angle) = (ctx.float(args[0])?, ctx.float(args[1])?);
    let result = functions::rect(size, angle).map_err(|f| fault(ctx, f))?;
    Ok(result.into_value(ctx))
}

fn isfinite<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = to_complex(ctx, args[0])?;
    Ok(Value::bool(z.real.is_finite() && z.imag.is_finite()))
}

fn isnan<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = to_complex(ctx, args[0])?;
    Ok(Value::bool(z.real.is_nan() || z.imag.is_nan()))
}

fn isinf<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = to_complex(ctx, args[0])?;
    Ok(Value::bool(z.real.is_infinite() || z.imag.is_infinite()))
}

fn isclose<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (a, b) = (to_complex(ctx, args[0])?, to_complex(ctx, args[1])?);
    let relative = ctx.float(args[2].or(Value::float(1e-9)))?;
    let absolute = ctx.float(args[3].or(Value::float(0.0)))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(ctx.value_error("tolerances must be non-negative"));
    }
    if a.real == b.real && a.imag == b.imag {
        return Ok(Value::bool(true));
    }
    let infinite = |z: Complex| z.real.is_infinite() || z.imag.is_infinite();
    if infinite(a) || infinite(b) {
        return Ok(Value::bool(false));
    }
    let size = |z: Complex| z.real.hypot(z.imag);
    let apart = size(complex::sub(a, b));
    let close = apart <= relative * size(b) || apart <= relative * size(a) || apart <= absolute;
    Ok(Value::bool(close))
}

fn constants<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    use std::f64::consts;
    let dict = module.dict();
    for (name, value) in [
        ("pi", consts::PI),
        ("e", consts::E),
        ("tau", consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        dict.set_text(ctx, name, value.into_value(ctx));
    }
    for (name, imag) in [("infj", f64::INFINITY), ("nanj", f64::NAN)] {
        dict.set_text(ctx, name, complex::new(0.0, imag).into_value(ctx));
    }
    Ok(())
}

/// The module.
pub static CMATH: ModuleDef = ModuleDef {
    name: "cmath",
    doc: "This module provides access to mathematical functions for complex\nnumbers.",
    functions: &[
        function("acos(z, /)", "Return the arc cosine of z.", Plain(acos)),
        function(
            "acosh(z, /)",
            "Return the inverse hyperbolic cosine of z.",
            Plain(acosh),
        ),
        function("asin(z, /)", "Return the arc sine of z.", Plain(asin)),
        function(
            "asinh(z, /)",
            "Return the inverse hyperbolic sine of z.",
            Plain(asinh),
        ),
        function("atan(z, /)", "Return the arc tangent of z.", Plain(atan)),
        function(
            "atanh(z, /)",
            "Return the inverse hyperbolic tangent of z.",
            Plain(atanh),
        ),
        function("cos(z, /)", "Return the cosine of z.", Plain(cos)),
        function(
            "cosh(z, /)",
            "Return the hyperbolic cosine of z.",
            Plain(cosh),
        ),
        function(
            "exp(z, /)",
            "Return the exponential value e**z.",
            Plain(exp),
        ),
        function(
            "isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)",
            "Determine whether two complex numbers are close in value.",
            Plain(isclose),
        ),
        function(
            "isfinite(z, /)",
            "Return True if both the real and imaginary parts of z are finite, else False.",
            Plain(isfinite),
        ),
        function(
            "isinf(z, /)",
            "Checks if the real or imaginary part of z is infinite.",
            Plain(isinf),
        ),
        function(
            "isnan(z, /)",
            "Checks if the real or imaginary part of z not a number (NaN).",
            Plain(isnan),
        ),
        function(
            "log(z, base=(e), /)",
            "log(z[, base]) -> the logarithm of z to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e) of z.",
            Plain(log),
        ),
        function(
            "log10(z, /)",
            "Return the base-10 logarithm of z.",
            Plain(log10),
        ),
        function(
            "phase(z, /)",
            "Return argument, also known as the phase angle, of a complex.",
            Plain(phase),
        ),
        function(
            "polar(z, /)",
            "Convert a complex from rectangular coordinates to polar coordinates.\n\nr is the distance from 0 and phi the phase angle.",
            Plain(polar),
        ),
        function(
            "rect(r, phi, /)",
            "Convert from polar coordinates to rectangular coordinates.",
            Plain(rect),
        ),
        function("sin(z, /)", "Return the sine of z.", Plain(sin)),
        function(
            "sinh(z, /)",
            "Return the hyperbolic sine of z.",
            Plain(sinh),
        ),
        function("sqrt(z, /)", "Return the square root of z.", Plain(sqrt)),
        function("tan(z, /)", "Return the tangent of z.", Plain(tan)),
        function(
            "tanh(z, /)",
            "Return the hyperbolic tangent of z.",
            Plain(tanh),
        ),
    ],
    types: &[],
    finish: Some(constants),
};
