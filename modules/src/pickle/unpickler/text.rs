//! The values of arguments that are text: numbers of protocol 0, strings of
//! Python 2, text in UTF-8. Each takes the line without its newline.

use capers_runtime::context::Context;
use capers_runtime::numbers::int::IntValue;
use capers_runtime::numbers::{NumberError, bits, int_text};
use capers_runtime::raised::Raised;
use capers_runtime::text::codecs::{Codec, Decoder, decode_byte_escapes};
use capers_runtime::types::codecs;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::numbers::convert;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

use crate::pickle::errors::PickleExc::UnpicklingError;

use super::source::truncated;

/// The line as C reads it: it ends at a NUL, and the newline belongs to it.
fn c_string(line: &[u8]) -> (&[u8], &'static str) {
    match memchr::memchr(0, line) {
        Some(end) => (line.get(..end).unwrap_or_default(), ""),
        None => (line, "\n"),
    }
}

/// The line, which must not be empty.
pub fn some_line<'gc, 'a>(ctx: Context<'gc>, line: &'a [u8]) -> Result<&'a [u8], Raised<'gc>> {
    if line.is_empty() {
        return Err(truncated(ctx));
    }
    Ok(line)
}

fn int_value<'gc>(ctx: Context<'gc>, value: IntValue) -> Value<'gc> {
    match value {
        IntValue::Small(n) => Value::Int(n),
        IntValue::Big(n) => Value::from_bigint(ctx.mc, n),
    }
}

/// INT: two characters that mean 0 or 1 are a bool, unless the second is a blank.
pub fn int<'gc>(ctx: Context<'gc>, line: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
    let (text, _) = c_string(some_line(ctx, line)?);
    let value = match text {
        // C's `strtol` finds nothing before a NUL, and no fault with that.
        [] => IntValue::Small(0),
        _ => int_text::parse(text, 10, &convert::limits(ctx))
            .map_err(|_| ctx.value_error("could not convert string to int"))?,
    };
    Ok(match (value, line) {
        (IntValue::Small(n @ (0 | 1)), [_, b'0'..=b'9'] | [0, _] | [_, 0]) => Value::bool(n == 1),
        (value, _) => int_value(ctx, value),
    })
}

/// LONG, with or without the `L` at the end.
pub fn long<'gc>(ctx: Context<'gc>, line: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
    let line = some_line(ctx, line)?;
    let (text, end) = match line.strip_suffix(b"L") {
        Some(digits) => (c_string(digits).0, ""),
        None => c_string(line),
    };
    decimal(ctx, text, end)
}

/// The number in a line; `end` is what follows the text in the error.
fn decimal<'gc>(ctx: Context<'gc>, text: &[u8], end: &str) -> Result<Value<'gc>, Raised<'gc>> {
    match int_text::parse(text, 10, &convert::limits(ctx)) {
        Ok(value) => Ok(int_value(ctx, value)),
        Err(int_text::IntParseError::Other(error)) => Err(convert::raise(ctx, error)),
        Err(_) => {
            let mut whole = text.to_vec();
            whole.extend_from_slice(end.as_bytes());
            whole.truncate(200);
            let shown = ctx.repr(name(ctx, &whole, false)?)?;
            let shown = shown.to_string_lossy();
            let message = format!("invalid literal for int() with base 10: {shown}");
            Err(convert::raise(ctx, NumberError::value(message)))
        }
    }
}

/// The index in the line of GET and PUT.
pub fn index<'gc>(ctx: Context<'gc>, line: &[u8]) -> Result<i64, Raised<'gc>> {
    let (text, end) = c_string(some_line(ctx, line)?);
    match decimal(ctx, text, end)? {
        Value::Int(n) => Ok(n),
        _ => {
            let message = "Python int too large to convert to C ssize_t";
            Err(ctx.error(Exc::OverflowError, message))
        }
    }
}

/// LONG1 and LONG4: two's complement, the lowest byte first.
#[inline]
pub fn binary_long<'gc>(ctx: Context<'gc>, bytes: &[u8]) -> Value<'gc> {
    if bytes.len() > 8 {
        return int_value(ctx, bits::from_bytes(bytes, bits::ByteOrder::Little, true));
    }
    let negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
    let mut all = [if negative { 0xff } else { 0 }; 8];
    for (place, byte) in all.iter_mut().zip(bytes) {
        *place = *byte;
    }
    Value::Int(i64::from_le_bytes(all))
}

/// FLOAT: as much of the line as is a number has to be all of it.
pub fn float<'gc>(ctx: Context<'gc>, line: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
    let (text, end) = c_string(some_line(ctx, line)?);
    let quoted = |what: &str| {
        let shown = String::from_utf8_lossy(text);
        let shown: String = shown.chars().chain(end.chars()).take(200).collect();
        format!("{what}: '{shown}'")
    };
    let length = float_length(text);
    let number = text.get(..length).and_then(|t| std::str::from_utf8(t).ok());
    let Some(Ok(number)) = number.filter(|t| !t.is_empty()).map(str::parse::<f64>) else {
        return Err(ctx.value_error(quoted("could not convert string to float")));
    };
    let is_word = matches!(text, [b'+' | b'-', b'i' | b'I', ..] | [b'i' | b'I', ..]);
    if number.is_infinite() && !is_word {
        let message = quoted("value too large to convert to float");
        return Err(ctx.error(Exc::OverflowError, message));
    }
    if length < text.len() {
        return Err(ctx.value_error("could not convert string to float"));
    }
    Ok(ctx.read_float(number))
}

/// How much of the text is a float literal, as C's `strtod` sees it.
fn float_length(text: &[u8]) -> usize {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let rest = text.get(sign..).unwrap_or_default();
    for word in [&b"infinity"[..], b"inf", b"nan"] {
        if rest
            .get(..word.len())
            .is_some_and(|w| w.eq_ignore_ascii_case(word))
        {
            return sign + word.len();
        }
    }
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut count = whole;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        count += fraction;
        end += 1 + fraction;
    }
    if count == 0 {
        return 0;
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + signed);
        if exponent > 0 {
            end += 1 + signed + exponent;
        }
    }
    end
}

/// Text in UTF-8, in which surrogates may stand.
#[inline]
pub fn utf8<'gc>(ctx: Context<'gc>, bytes: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
    match ctx.str_from_utf8(bytes) {
        Some(text) => Ok(Value::Str(text)),
        None => loose_utf8(ctx, bytes),
    }
}

#[cold]
fn loose_utf8<'gc>(ctx: Context<'gc>, bytes: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
    if capers_runtime::text::wtf8::is_valid(bytes) {
        return Ok(Value::Str(ctx.str_from_bytes(bytes)));
    }
    strict(ctx, Codec::Utf8, bytes, Some("surrogatepass"))
}

/// Text that must be UTF-8 or even ASCII: names of modules and what is in them.
pub fn name<'gc>(ctx: Context<'gc>, line: &[u8], ascii: bool) -> Result<Value<'gc>, Raised<'gc>> {
    match std::str::from_utf8(line) {
        Ok(text) if text.is_ascii() || !ascii => Ok(Value::Str(ctx.str(text))),
        _ if ascii => strict(ctx, Codec::Ascii, line, None),
        _ => strict(ctx, Codec::Utf8, line, None),
    }
}

/// The id in the line of PERSID.
pub fn persistent_id<'gc>(ctx: Context<'gc>, line: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
    if line.is_ascii() {
        return Ok(Value::Str(ctx.str_from_bytes(line)));
    }
    let message = "persistent IDs in protocol 0 must be ASCII strings";
    Err(UnpicklingError.error(ctx, message))
}

/// UNICODE: raw-unicode-escape.
pub fn unicode<'gc>(ctx: Context<'gc>, line: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
    if line.is_ascii() && memchr::memchr(b'\\', line).is_none() {
        return Ok(Value::Str(ctx.str_from_bytes(line)));
    }
    strict(ctx, Codec::RawUnicodeEscape, line, None)
}

fn strict<'gc>(
    ctx: Context<'gc>,
    codec: Codec,
    bytes: &[u8],
    errors: Option<&str>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let errors = errors.map(|name| ctx.intern(name));
    let bytes = ctx.bytes(bytes);
    ctx.complete(codecs::decode_with(
        ctx,
        Decoder::new(codec),
        bytes,
        errors,
        true,
        false,
    )?)
}

/// How strings of Python 2 become objects.
#[derive(Copy, Clone, gc_arena::Collect)]
#[collect(no_drop)]
pub struct Encoding<'gc> {
    /// The codec's name; none for ASCII. `bytes` leaves them as they are.
    pub encoding: Option<Str<'gc>>,
    /// The error handler's name; none for `strict`.
    pub errors: Option<Str<'gc>>,
}

impl<'gc> Encoding<'gc> {
    /// What is used unless another is asked for.
    pub const ASCII: Self = Encoding {
        encoding: None,
        errors: None,
    };

    /// BINSTRING and SHORT_BINSTRING.
    pub fn decode(self, ctx: Context<'gc>, bytes: &[u8]) -> Result<Flow<'gc>, Raised<'gc>> {
        match self.encoding {
            Some(name) if name.bytes() == b"bytes" => {
                Ok(Flow::Return(Value::Bytes(ctx.bytes(bytes))))
            }
            None if bytes.is_ascii() => Ok(Flow::Return(Value::Str(ctx.str_from_bytes(bytes)))),
            encoding => {
                let encoding = encoding.unwrap_or_else(|| ctx.intern("ascii"));
                let object = Value::Bytes(ctx.bytes(bytes));
                codecs::decode(ctx, object, bytes, Some(encoding), self.errors)
            }
        }
    }

    /// STRING: the repr of a string.
    pub fn decode_quoted(self, ctx: Context<'gc>, line: &[u8]) -> Result<Flow<'gc>, Raised<'gc>> {
        let inner = match line {
            [open @ (b'\'' | b'"'), inner @ .., close] if open == close => inner,
            _ => {
                let message = "the STRING opcode argument must be quoted";
                return Err(UnpicklingError.error(ctx, message));
            }
        };
        match decode_byte_escapes(inner, "strict") {
            Ok(bytes) => self.decode(ctx, &bytes),
            Err(message) => Err(ctx.value_error(message)),
        }
    }
}
