//! `%` formatting, for str, bytes and bytearray: fetching and converting the
//! arguments in CPython's order. What is written for each is the number kernel's.

use crate::context::Context;
use crate::numbers::int_float;
use crate::numbers::percent::{
    self, Conversion, Field, Flavour, Piece, Size, Spec, Template, errors,
};
use crate::numbers::{IntRef, NumberError};
use crate::protocol::buffer;
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::types::numbers::convert::{int_ref, limits, raise};
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::Flow;

/// What formatting makes.
pub(super) enum Formatted<'gc> {
    /// A str that was there already: the text of the one argument.
    One(Value<'gc>),
    /// Something new.
    New(Vec<u8>),
}

/// `template % arguments`.
pub(super) fn apply<'gc>(
    ctx: Context<'gc>,
    flavour: Flavour,
    template: &[u8],
    arguments: Value<'gc>,
) -> Result<Formatted<'gc>, Raised<'gc>> {
    let mut formatter = Formatter {
        ctx,
        flavour,
        arguments: Arguments::new(arguments),
        mapping: mapping(ctx, flavour, arguments),
        out: Vec::new(),
        only: None,
    };
    for piece in Template::new(template, flavour) {
        match piece {
            Piece::Literal(text) => {
                formatter.flush();
                formatter.out.extend_from_slice(text);
            }
            Piece::Spec(spec) => formatter.spec(&spec)?,
        }
    }
    if formatter.arguments.is_left_over() && formatter.mapping.is_none() {
        return Err(raise(ctx, errors::not_all_converted(flavour)));
    }
    Ok(match formatter.only {
        Some(text) => Formatted::One(Value::Str(text)),
        None => Formatted::New(formatter.out),
    })
}

/// `ascii(value)`.
pub(super) fn ascii<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
    let text = match crate::vm::rare::ascii(ctx, value)? {
        Flow::Return(text) => text,
        flow => ctx.complete(flow)?,
    };
    Ok(text.as_str().unwrap_or_else(|| ctx.str("")))
}

/// The arguments, if keys can be looked up in them.
fn mapping<'gc>(ctx: Context<'gc>, flavour: Flavour, arguments: Value<'gc>) -> Option<Value<'gc>> {
    let is_text = matches!(
        (flavour, arguments.builtin()),
        (_, Value::Tuple(_) | Value::Str(_))
            | (Flavour::Bytes, Value::Bytes(_) | Value::ByteArray(_))
    );
    let get_item = ctx.names().__getitem__;
    (!is_text && arguments.class(ctx).lookup(ctx, get_item).is_some()).then_some(arguments)
}

/// The arguments still to come.
enum Arguments<'gc> {
    /// The items of a tuple from an index on.
    Items(&'gc [Value<'gc>]),
    /// One object that is no tuple, and whether it is still to come.
    Single(Value<'gc>, bool),
}

impl<'gc> Arguments<'gc> {
    fn new(arguments: Value<'gc>) -> Self {
        match arguments.as_tuple() {
            Some(tuple) => Arguments::Items(tuple.items()),
            None => Arguments::Single(arguments, true),
        }
    }

    fn next(&mut self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        let next = match self {
            Arguments::Items(items) => items.split_first().map(|(first, rest)| {
                *items = rest;
                *first
            }),
            Arguments::Single(value, left) => std::mem::take(left).then_some(*value),
        };
        next.ok_or_else(|| raise(ctx, errors::not_enough_arguments()))
    }

    fn is_left_over(&self) -> bool {
        match self {
            Arguments::Items(items) => !items.is_empty(),
            Arguments::Single(_, left) => *left,
        }
    }
}

struct Formatter<'gc> {
    ctx: Context<'gc>,
    flavour: Flavour,
    arguments: Arguments<'gc>,
    mapping: Option<Value<'gc>>,
    out: Vec<u8>,
    /// What stands for `out` while it is the text of one argument alone.
    only: Option<Str<'gc>>,
}

impl<'gc> Formatter<'gc> {
    fn flush(&mut self) {
        if let Some(text) = self.only.take() {
            self.out.extend_from_slice(text.bytes());
        }
    }

    fn fail<T>(&self, error: NumberError) -> Result<T, Raised<'gc>> {
        Err(raise(self.ctx, error))
    }

    fn spec(&mut self, spec: &Spec<'_>) -> Result<(), Raised<'gc>> {
        let ctx = self.ctx;
        if spec.needs_mapping {
            let Some(mapping) = self.mapping else {
                return self.fail(errors::requires_mapping());
            };
            if let Some(key) = spec.key {
                let key = match self.flavour {
                    Flavour::Str => Value::Str(ctx.str_from_bytes(key)),
                    Flavour::Bytes => Value::Bytes(ctx.bytes(key)),
                };
                let value = ctx.get_item(mapping, key)?;
                self.arguments = Arguments::Single(value, true);
            }
        }
        let width = self.star(spec.width, percent::star_width)?;
        let precision = self.star(spec.precision, percent::star_precision)?;
        let conversion = match &spec.conversion {
            Ok(conversion) => conversion,
            Err(error) => return self.fail(error.clone()),
        };
        let value = self.arguments.next(ctx)?;
        self.convert(conversion, spec.field(width, precision), value)
    }

    fn star(
        &mut self,
        size: Size,
        read: fn(IntRef<'_>) -> crate::numbers::Result<i64>,
    ) -> Result<i64, Raised<'gc>> {
        if size != Size::Star {
            return Ok(0);
        }
        let value = self.arguments.next(self.ctx)?;
        match int_ref(value) {
            Some(int) => read(int).map_err(|error| raise(self.ctx, error)),
            None => self.fail(errors::star_wants_int()),
        }
    }

    fn convert(
        &mut self,
        conversion: &Conversion,
        field: Field,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let (ctx, limits) = (self.ctx, limits(self.ctx));
        if let Conversion::Text(letter) = conversion {
            return self.text(*letter, field, value);
        }
        self.flush();
        let out = &mut self.out;
        let written = match conversion {
            Conversion::Text(_) => Ok(()),
            Conversion::Char => {
                let character = self.character(value)?;
                percent::write_char(&mut self.out, field, &character, self.flavour, &limits)
            }
            Conversion::Decimal(letter) => {
                let number = whole(ctx, value, *letter, Whole::Truncated)?;
                let int = int_ref(number).unwrap_or(IntRef::Small(0));
                percent::write_decimal(out, field, int, &limits)
            }
            Conversion::Radix(letter) => {
                let number = whole(ctx, value, *letter, Whole::Exact)?;
                let int = int_ref(number).unwrap_or(IntRef::Small(0));
                percent::write_radix(out, field, *letter, int, &limits)
            }
            Conversion::Float(letter) => {
                let number = real(ctx, value, self.flavour)?;
                percent::write_float(out, field, *letter, number, &limits)
            }
            Conversion::Unsupported(error) => Err(error.clone()),
        };
        written.map_err(|error| raise(ctx, error))
    }

    fn text(&mut self, letter: u8, field: Field, value: Value<'gc>) -> Result<(), Raised<'gc>> {
        let (ctx, flavour) = (self.ctx, self.flavour);
        let text = match (flavour, letter) {
            (Flavour::Str, b's') => ctx.to_str(value)?,
            (Flavour::Str, b'r') => ctx.repr(value)?,
            (_, b'a' | b'r') => ascii(ctx, value)?,
            _ => {
                let bytes = bytes_of(ctx, value)?;
                return percent::write_text(&mut self.out, field, &bytes, flavour, &limits(ctx))
                    .map_err(|error| raise(ctx, error));
            }
        };
        self.flush();
        let plain = field.width == 0 && field.precision.is_none();
        // An int's digits are written into the result.
        let whole = matches!(value, Value::Int(_) | Value::BigInt(_));
        if plain && !whole && self.out.is_empty() && flavour == Flavour::Str {
            self.only = Some(text);
            return Ok(());
        }
        let first = self.out.is_empty() && flavour == Flavour::Str;
        percent::write_text(&mut self.out, field, text.bytes(), flavour, &limits(ctx))
            .map_err(|error| raise(ctx, error))?;
        // A width or precision that changes nothing leaves the text what it is.
        if first && !whole && self.out == text.bytes() {
            self.out.clear();
            self.only = Some(text);
        }
        Ok(())
    }

    /// The character for `%c`.
    fn character(&self, value: Value<'gc>) -> Result<Vec<u8>, Raised<'gc>> {
        let (ctx, flavour) = (self.ctx, self.flavour);
        let length = match (flavour, value.builtin()) {
            (Flavour::Str, Value::Str(text)) => {
                if text.char_count() == 1 {
                    return Ok(text.bytes().to_vec());
                }
                Some(text.char_count())
            }
            (Flavour::Bytes, Value::Bytes(_) | Value::ByteArray(_)) => {
                let bytes = buffer::required(ctx, value)?;
                if bytes.len() == 1 {
                    return Ok(bytes.to_vec());
                }
                Some(bytes.len())
            }
            _ => None,
        };
        let class = ctx.type_name(value);
        if let Some(length) = length {
            return self.fail(errors::char_length(flavour, &class, length));
        }
        if !crate::protocol::slicing::is_index(ctx, value) {
            return self.fail(errors::char_required(flavour, &class));
        }
        let number = ctx.index(value)?;
        percent::char_from_int(int_ref(number).unwrap_or(IntRef::Small(-1)), flavour)
            .map_err(|error| raise(ctx, error))
    }
}

/// How `%d` and `%x` differ.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Whole {
    /// Floats lose their fractions.
    Truncated,
    /// Integers only.
    Exact,
}

/// The int of a number, for `%d` and `%x`.
fn whole<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    letter: u8,
    kind: Whole,
) -> Result<Value<'gc>, Raised<'gc>> {
    if value.is_int() {
        return Ok(value);
    }
    let result = match kind {
        Whole::Exact if has_any(ctx, value, Numeric::Any) => ctx.index(value),
        Whole::Truncated if has_any(ctx, value, Numeric::Any) => {
            ctx.call(Value::Type(ctx.types().int), &[value])
        }
        _ => Err(ctx.type_error("")),
    };
    result.map_err(|raised| {
        if !exceptions::matches(ctx, raised, Exc::TypeError) {
            return raised;
        }
        let class = ctx.type_name(value);
        raise(
            ctx,
            match kind {
                Whole::Exact => errors::integer_required(letter, &class),
                Whole::Truncated => errors::real_number_required(letter, &class),
            },
        )
    })
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Numeric {
    /// `__int__`, `__index__` or `__float__`
    Any,
    /// `__index__` or `__float__`
    Real,
}

fn has_any<'gc>(ctx: Context<'gc>, value: Value<'gc>, kind: Numeric) -> bool {
    let (class, names) = (value.class(ctx), ctx.names());
    let has = |name| class.lookup(ctx, name).is_some();
    has(names.__float__) || has(names.__index__) || kind == Numeric::Any && has(names.__int__)
}

/// The float of a number, for `%f`.
fn real<'gc>(ctx: Context<'gc>, value: Value<'gc>, flavour: Flavour) -> Result<f64, Raised<'gc>> {
    if let Some(x) = value.as_float() {
        return Ok(x);
    }
    if let Some(int) = int_ref(value) {
        return int_float::to_float(int).map_err(|error| raise(ctx, error));
    }
    if value.as_str().is_some() || !has_any(ctx, value, Numeric::Real) {
        return Err(raise(
            ctx,
            errors::float_required(flavour, &ctx.type_name(value)),
        ));
    }
    let number = ctx.call(Value::Type(ctx.types().float), &[value])?;
    Ok(number.as_float().unwrap_or(0.0))
}

/// The bytes for `%b`.
fn bytes_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Vec<u8>, Raised<'gc>> {
    if let Value::Bytes(bytes) = value {
        return Ok(bytes.bytes().to_vec());
    }
    if let Some(made) = ctx.call_special(value, ctx.names().__bytes__, &[])? {
        return match made.as_bytes() {
            Some(bytes) => Ok(bytes.bytes().to_vec()),
            None => Err(ctx.type_error(format!(
                "__bytes__ returned non-bytes (type {})",
                ctx.type_name(made)
            ))),
        };
    }
    match buffer::acquire(ctx, value)? {
        Some(buffer) => Ok(buffer.to_vec()),
        None => Err(raise(ctx, errors::bytes_required(&ctx.type_name(value)))),
    }
}
