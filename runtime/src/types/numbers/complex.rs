//! `complex`: the type's methods.

use super::convert::{
    IntoValue, answer, answer_text, ascii_digits, complex_of, format_spec, instance, int_ref,
    limits, made_by, raise, this_complex,
};
use super::float::{int_equals, real_operand};
use super::float_new::number;
use super::int_new::quoted;
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{class_method, method, new, slot};
use crate::numbers::complex::{self, ComplexParseError};
use crate::numbers::{Complex, Result as Computed, float, format as layout};
use crate::raised::Raised;
use crate::types::def::{TypeDef, member};
use crate::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// An operand of complex arithmetic. A real one stays real: it has no imaginary zero.
#[derive(Clone, Copy)]
enum Operand {
    Complex(Complex),
    Real(f64),
}

impl Operand {
    fn to_complex(self) -> Complex {
        match self {
            Operand::Complex(z) => z,
            Operand::Real(x) => x.into(),
        }
    }
}

fn operand<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Option<Operand>, Raised<'gc>> {
    match complex_of(value) {
        Some(z) => Ok(Some(Operand::Complex(z))),
        None => Ok(real_operand(ctx, value)?.map(Operand::Real)),
    }
}

/// A binary operator and its reflected form: NotImplemented for what is no number.
macro_rules! operators {
    ($($forward:ident $reflected:ident = $compute:expr;)*) => {$(
        fn $forward<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            let compute: fn(Operand, Operand) -> Computed<Complex> = $compute;
            match (operand(ctx, args[0])?, operand(ctx, args[1])?) {
                (Some(a), Some(b)) => answer(ctx, compute(a, b)),
                _ => Ok(Value::NotImplemented),
            }
        }
        fn $reflected<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
            $forward(ctx, &[args[1], args[0]])
        }
    )*};
}

operators! {
    add radd = |a, b| Ok(match (a, b) {
        (Operand::Complex(z), Operand::Real(x)) | (Operand::Real(x), Operand::Complex(z)) => {
            complex::add_real(z, x)
        }
        (a, b) => complex::add(a.to_complex(), b.to_complex()),
    });
    sub rsub = |a, b| Ok(match (a, b) {
        (Operand::Complex(z), Operand::Real(x)) => complex::sub_real(z, x),
        (Operand::Real(x), Operand::Complex(z)) => complex::real_sub(x, z),
        (a, b) => complex::sub(a.to_complex(), b.to_complex()),
    });
    mul rmul = |a, b| Ok(match (a, b) {
        (Operand::Complex(z), Operand::Real(x)) | (Operand::Real(x), Operand::Complex(z)) => {
            complex::mul_real(z, x)
        }
        (a, b) => complex::mul(a.to_complex(), b.to_complex()),
    });
    truediv rtruediv = |a, b| match (a, b) {
        (Operand::Complex(z), Operand::Real(x)) => complex::div_real(z, x),
        (Operand::Real(x), Operand::Complex(z)) => complex::real_div(x, z),
        (a, b) => complex::div(a.to_complex(), b.to_complex()),
    };
    power rpower = |a, b| complex::pow(a.to_complex(), b.to_complex());
}

fn check_modulus<'gc>(ctx: Context<'gc>, modulus: Value<'gc>) -> Result<(), Raised<'gc>> {
    if modulus.or(Value::None).is_none() {
        return Ok(());
    }
    Err(ctx.value_error("complex modulo"))
}

fn pow<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    check_modulus(ctx, args[2])?;
    power(ctx, args)
}

fn rpow<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    check_modulus(ctx, args[2])?;
    rpower(ctx, args)
}

/// Whether a complex number equals another number; none for other values.
fn equals(a: Value<'_>, b: Value<'_>) -> Option<bool> {
    let a = complex_of(a)?;
    if let Some(b) = complex_of(b) {
        return Some(a.real == b.real && a.imag == b.imag);
    }
    if let Some(x) = b.as_float() {
        return Some(a.imag == 0.0 && a.real == x);
    }
    int_ref(b).map(|n| a.imag == 0.0 && int_equals(n, a.real))
}

fn eq<'gc>(_: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(equals(args[0], args[1]).map_or(Value::NotImplemented, Value::bool))
}

fn ne<'gc>(_: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let equal = equals(args[0], args[1]);
    Ok(equal.map_or(Value::NotImplemented, |equal| Value::bool(!equal)))
}

/// Complex numbers have no order.
fn unordered<'gc>(_: Context<'gc>, _: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::NotImplemented)
}

fn neg<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(complex::neg(this_complex(ctx, args[0])?).into_value(ctx))
}

/// The receiver as an exact complex number.
fn exact<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match args[0] {
        Value::Complex(_) => Ok(args[0]),
        value => Ok(this_complex(ctx, value)?.into_value(ctx)),
    }
}

fn abs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    answer(ctx, complex::abs(this_complex(ctx, args[0])?))
}

fn truth<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = this_complex(ctx, args[0])?;
    Ok(Value::bool(z.real != 0.0 || z.imag != 0.0))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = this_complex(ctx, args[0])?;
    let hash = complex::hash(float::hash(z.real), float::hash(z.imag));
    Ok(Value::Int(hash))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(complex::repr(this_complex(ctx, args[0])?).into_value(ctx))
}

fn format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = this_complex(ctx, args[0])?;
    let spec = format_spec(ctx, args[1])?;
    if spec.is_empty() {
        // A subclass's own `__str__` counts here.
        return ctx.to_str(args[0]).map(Value::Str);
    }
    let type_name = ctx.type_name(args[0]);
    answer_text(
        ctx,
        layout::format_complex(z, spec, &type_name, &limits(ctx)),
    )
}

fn conjugate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = this_complex(ctx, args[0])?;
    Ok(complex::new(z.real, -z.imag).into_value(ctx))
}

fn getnewargs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = this_complex(ctx, args[0])?;
    Ok((z.real, z.imag).into_value(ctx))
}

fn real<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Answer<'gc> {
    Ok(Value::float(this_complex(ctx, value)?.real))
}

fn imag<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Answer<'gc> {
    Ok(Value::float(this_complex(ctx, value)?.imag))
}

/// What a value's `__complex__` answers; none where it has none.
fn by_method<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Option<Complex>, Raised<'gc>> {
    let Some(answer) = ctx.call_special(value, ctx.names().__complex__, &[])? else {
        return Ok(None);
    };
    match complex_of(answer) {
        Some(z) => {
            if !matches!(answer, Value::Complex(_)) {
                ctx.warn_subclass("__complex__", "complex", answer)?;
            }
            Ok(Some(z))
        }
        None => Err(ctx.type_error(format!(
            "__complex__ returned non-complex (type {})",
            ctx.type_name(answer)
        ))),
    }
}

/// The complex number that a function of one takes (`PyComplex_AsCComplex`).
///
/// # Errors
/// TypeError: "must be real number, not ...", and what the value's methods raise.
pub fn to_complex<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Complex, Raised<'gc>> {
    if let Some(z) = complex_of(value) {
        return Ok(z);
    }
    match by_method(ctx, value)? {
        Some(z) => Ok(z),
        None => ctx.float(value).map(Complex::from),
    }
}

/// The one argument of `complex()`: a text or a number.
fn from_object<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Complex, Raised<'gc>> {
    if let Some(text) = value.as_str() {
        return complex::parse(&ascii_digits(text.bytes())).map_err(|error| match error {
            ComplexParseError::Malformed(error) => raise(ctx, error),
            ComplexParseError::Underscores => ctx.value_error(format!(
                "could not convert string to complex: {}",
                quoted(ctx, value, usize::MAX)
            )),
        });
    }
    if let Some(z) = by_method(ctx, value)? {
        return Ok(z);
    }
    match number(ctx, value)? {
        Some(x) => Ok(x.into()),
        None => Err(ctx.type_error(format!(
            "complex() argument must be a string or a number, not {}",
            ctx.type_name(value)
        ))),
    }
}

/// One of two arguments of `complex()`.
fn part<'gc>(ctx: Context<'gc>, name: &str, value: Value<'gc>) -> Result<Operand, Raised<'gc>> {
    if let Some(z) = complex_of(value) {
        ctx.warn_deprecated(&format!(
            "complex() argument '{name}' must be a real number, not {}",
            ctx.type_name(value)
        ))?;
        return Ok(Operand::Complex(z));
    }
    // Only the first argument may be an object that makes a complex number.
    if name == "real"
        && let Some(z) = by_method(ctx, value)?
    {
        return Ok(Operand::Complex(z));
    }
    match number(ctx, value)? {
        Some(x) => Ok(Operand::Real(x)),
        None => Err(ctx.type_error(format!(
            "complex() argument '{name}' must be a real number, not {}",
            ctx.type_name(value)
        ))),
    }
}

fn complex_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let exact_type = ctx.types().complex;
    let z = match (args[1], args[2]) {
        (Value::Absent, Value::Absent) => complex::new(0.0, 0.0),
        (value, Value::Absent) => {
            let exact_class = args[0].as_type() == Some(exact_type);
            if exact_class && let Value::Complex(_) = value {
                return Ok(value);
            }
            from_object(ctx, value)?
        }
        (first, second) => {
            let first = match first {
                Value::Absent => Operand::Real(0.0),
                first => part(ctx, "real", first)?,
            };
            let second = part(ctx, "imag", second)?;
            // first + second * 1j, without touching parts that are not there.
            let (mut real, imag) = match first {
                Operand::Complex(z) => (z.real, Some(z.imag)),
                Operand::Real(x) => (x, None),
            };
            let upper = match second {
                Operand::Complex(z) => {
                    real -= z.imag;
                    z.real
                }
                Operand::Real(x) => x,
            };
            complex::new(real, imag.map_or(upper, |imag| upper + imag))
        }
    };
    Ok(instance(ctx, args[0], exact_type, z.into_value(ctx)))
}

fn from_number<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let z = match args[1] {
        Value::Complex(_) => args[1],
        value => match by_method(ctx, value)? {
            Some(z) => z.into_value(ctx),
            None => Complex::from(ctx.float(value)?).into_value(ctx),
        },
    };
    made_by(ctx, args[0], ctx.types().complex, z)
}

/// The type.
pub static COMPLEX: TypeDef = TypeDef {
    name: "complex",
    signature: "(real=0, imag=0)",
    doc: "Create a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a complex number\nwith the specified real and imaginary components.",
    methods: &[
        new("__new__($type, real=0, imag=0)", Plain(complex_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot(
            "__lt__($self, value, /)",
            "Return self<value.",
            Plain(unordered),
        ),
        slot(
            "__le__($self, value, /)",
            "Return self<=value.",
            Plain(unordered),
        ),
        slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
        slot("__ne__($self, value, /)", "Return self!=value.", Plain(ne)),
        slot(
            "__gt__($self, value, /)",
            "Return self>value.",
            Plain(unordered),
        ),
        slot(
            "__ge__($self, value, /)",
            "Return self>=value.",
            Plain(unordered),
        ),
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
        class_method(
            "from_number($type, number, /)",
            "Convert number to a complex floating-point number.",
            Plain(from_number),
        ),
        method(
            "conjugate($self, /)",
            "Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.",
            Plain(conjugate),
        ),
        method(
            "__complex__($self, /)",
            "Convert this value to exact type complex.",
            Plain(exact),
        ),
        method("__getnewargs__($self, /)", "", Plain(getnewargs)),
        method(
            "__format__($self, format_spec, /)",
            "Convert to a string according to format_spec.",
            Plain(format),
        ),
    ],
    getsets: &[
        member("real", "the real part of a complex number", real),
        member("imag", "the imaginary part of a complex number", imag),
    ],
    ..TypeDef::DEFAULT
};
