//! What the number types share: values to the kernel's integers and floats and
//! back, and the kernel's errors as exceptions.

use std::borrow::Cow;

use gc_arena::Gc;

use crate::context::Context;
use crate::numbers::{self, Complex, ErrorKind, IntRef, IntValue, Limits, NumberError};
use crate::object::{Object, Payload};
use crate::protocol::buffer;
use crate::raised::Raised;
use crate::text::{unicode, wtf8};
use crate::types::exceptions::Exc;
use crate::types::numbers::past_word::PastWord;
use crate::types::type_::Type;
use crate::value::Value;

/// The exception of a failed computation.
#[cold]
pub fn raise<'gc>(ctx: Context<'gc>, error: NumberError) -> Raised<'gc> {
    let kind = match error.kind {
        ErrorKind::Value => Exc::ValueError,
        ErrorKind::Type => Exc::TypeError,
        ErrorKind::Overflow => Exc::OverflowError,
        ErrorKind::Range => {
            let arguments = [Value::Int(34), ctx.str_value(&error.message)];
            return ctx.error_with(Exc::OverflowError, &arguments);
        }
        ErrorKind::ZeroDivision => Exc::ZeroDivisionError,
        ErrorKind::Memory => return ctx.error_with(Exc::MemoryError, &[]),
        ErrorKind::Index => Exc::IndexError,
    };
    ctx.error(kind, &*error.message)
}

/// The limits of this runtime.
pub fn limits(ctx: Context<'_>) -> Limits {
    Limits {
        max_str_digits: ctx.int_digits_limit(),
        ..Limits::default()
    }
}

/// The integer that a value is or carries, booleans counted.
#[inline]
pub fn int_ref<'gc>(value: Value<'gc>) -> Option<IntRef<'gc>> {
    match value.builtin() {
        Value::Int(n) => Some(IntRef::Small(n)),
        Value::Bool(b) => Some(IntRef::Small(b.get().into())),
        Value::BigInt(n) => {
            let n: &'gc PastWord = Gc::as_ref(n);
            Some(IntRef::Big(n))
        }
        _ => None,
    }
}

/// The receiver of an int's method.
pub fn this_int<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<IntRef<'gc>, Raised<'gc>> {
    int_ref(value).ok_or_else(|| wrong_receiver(ctx, "int", value))
}

/// The receiver of a float's method.
pub fn this_float<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<f64, Raised<'gc>> {
    value
        .as_float()
        .ok_or_else(|| wrong_receiver(ctx, "float", value))
}

/// The complex number that a value is or carries.
pub fn complex_of(value: Value<'_>) -> Option<Complex> {
    match value.builtin() {
        Value::Complex(z) => Some(numbers::complex::new(z.re, z.im)),
        _ => None,
    }
}

/// The receiver of a complex number's method.
pub fn this_complex<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Complex, Raised<'gc>> {
    complex_of(value).ok_or_else(|| wrong_receiver(ctx, "complex", value))
}

#[cold]
fn wrong_receiver<'gc>(ctx: Context<'gc>, wanted: &str, value: Value<'gc>) -> Raised<'gc> {
    let given = ctx.type_name(value);
    ctx.type_error(format!("expected {wanted}, got {given}"))
}

/// What the kernel computes, as a Python value.
pub trait IntoValue<'gc> {
    /// The Python value.
    fn into_value(self, ctx: Context<'gc>) -> Value<'gc>;
}

impl<'gc> IntoValue<'gc> for IntValue {
    fn into_value(self, ctx: Context<'gc>) -> Value<'gc> {
        match self {
            IntValue::Small(n) => Value::Int(n),
            IntValue::Big(n) => Value::from_bigint(ctx.mc, n),
        }
    }
}

impl<'gc> IntoValue<'gc> for f64 {
    fn into_value(self, ctx: Context<'gc>) -> Value<'gc> {
        ctx.new_float(self)
    }
}

impl<'gc> IntoValue<'gc> for bool {
    fn into_value(self, _: Context<'gc>) -> Value<'gc> {
        Value::bool(self)
    }
}

impl<'gc> IntoValue<'gc> for Complex {
    fn into_value(self, ctx: Context<'gc>) -> Value<'gc> {
        Value::complex(ctx.mc, self.real, self.imag)
    }
}

impl<'gc> IntoValue<'gc> for String {
    fn into_value(self, ctx: Context<'gc>) -> Value<'gc> {
        Value::Str(ctx.str_from_vec(self.into_bytes()))
    }
}

impl<'gc, A: IntoValue<'gc>, B: IntoValue<'gc>> IntoValue<'gc> for (A, B) {
    fn into_value(self, ctx: Context<'gc>) -> Value<'gc> {
        let items = [self.0.into_value(ctx), self.1.into_value(ctx)];
        Value::Tuple(ctx.tuple(items))
    }
}

impl<'gc> IntoValue<'gc> for numbers::power::IntPower {
    fn into_value(self, ctx: Context<'gc>) -> Value<'gc> {
        match self {
            numbers::power::IntPower::Int(n) => n.into_value(ctx),
            numbers::power::IntPower::Float(x) => Value::float(x),
        }
    }
}

impl<'gc> IntoValue<'gc> for numbers::float::FloatPower {
    fn into_value(self, ctx: Context<'gc>) -> Value<'gc> {
        match self {
            numbers::float::FloatPower::Real(x) => ctx.new_float(x),
            numbers::float::FloatPower::Complex(z) => z.into_value(ctx),
        }
    }
}

/// A computation's result or exception.
pub fn answer<'gc, T: IntoValue<'gc>>(
    ctx: Context<'gc>,
    result: numbers::Result<T>,
) -> Result<Value<'gc>, Raised<'gc>> {
    match result {
        Ok(value) => Ok(value.into_value(ctx)),
        Err(error) => Err(raise(ctx, error)),
    }
}

/// The formatted text or the exception.
pub fn answer_text<'gc>(
    ctx: Context<'gc>,
    result: numbers::Result<Vec<u8>>,
) -> Result<Value<'gc>, Raised<'gc>> {
    match result {
        Ok(text) => Ok(Value::Str(ctx.str_from_vec(text))),
        Err(error) => Err(raise(ctx, error)),
    }
}

/// The specifier that `__format__` was given.
pub fn format_spec<'gc>(ctx: Context<'gc>, spec: Value<'gc>) -> Result<&'gc [u8], Raised<'gc>> {
    match spec.as_str() {
        Some(spec) => Ok(spec.bytes()),
        None => Err(ctx.type_error(format!(
            "__format__() argument must be str, not {}",
            argument_type(ctx, spec)
        ))),
    }
}

/// The type of a wrong argument, as messages of argument parsing name it.
pub fn argument_type<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> String {
    if value.is_none() {
        "None".to_owned()
    } else {
        ctx.type_name(value)
    }
}

/// An instance of `class`, a subtype of the built-in type `exact`, for `value`.
pub fn instance<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    exact: Type<'gc>,
    value: Value<'gc>,
) -> Value<'gc> {
    match class.as_type() {
        Some(class) if class != exact => {
            Value::Object(Object::new(ctx, class, Payload::Builtin(value)))
        }
        _ => value,
    }
}

/// What a class method returns for `value`: `class(value)`, called only for a subclass.
pub fn made_by<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    exact: Type<'gc>,
    value: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    match class.as_type() {
        Some(class) if class == exact => Ok(value),
        _ => ctx.call(class, &[value]),
    }
}

/// The text with decimal digits and white space of all scripts as ASCII has them;
/// what is neither stays as it is.
pub fn ascii_digits(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    for point in wtf8::code_points(text) {
        match unicode::decimal_value(point) {
            // What is ASCII already stays: not all of its white space is skipped.
            _ if point < 0x80 => wtf8::push(&mut out, point),
            Some(digit) => wtf8::push(&mut out, u32::from(b'0') + digit),
            None if unicode::is_space(point) => out.push(b' '),
            None => wtf8::push(&mut out, point),
        }
    }
    Cow::Owned(out)
}

/// The bytes of a bytes-like object that numbers are read from.
pub fn bytes_like<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Cow<'gc, [u8]>> {
    match value {
        Value::Bytes(bytes) => Some(Cow::Borrowed(bytes.bytes())),
        value => buffer::contents_if_any(ctx, value)
            .ok()?
            .map(|bytes| Cow::Owned(bytes.to_vec())),
    }
}
