//! The strings of JSON, read and written.

use capers_runtime::context::Context;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::text::wtf8;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;

/// The str that an argument is.
pub fn text_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
    value.as_str().ok_or_else(|| {
        ctx.type_error(format!(
            "first argument must be a string, not {}",
            ctx.type_name(value)
        ))
    })
}

/// `encode_basestring(string, /)`, and that in ASCII.
pub fn encode<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    ascii: bool,
) -> Result<Value<'gc>, Raised<'gc>> {
    let text = text_of(ctx, value)?;
    let mut out = Vec::with_capacity(text.byte_count() + 2);
    write(&mut out, text.bytes(), ascii);
    Ok(Value::Str(ctx.str_from_vec(out)))
}

/// Writes the JSON of a text.
pub fn write(out: &mut Vec<u8>, text: &[u8], ascii: bool) {
    let is_plain = |byte: u8| match byte {
        b'"' | b'\\' | 0..0x20 => false,
        0x7F.. => !ascii,
        _ => true,
    };
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| !is_plain(*byte)) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let (point, width) = wtf8::decode(special, 0).unwrap_or((0xFFFD, 1));
        escape(out, point);
        rest = special.get(width..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Writes the escape of a code point.
fn escape(out: &mut Vec<u8>, point: u32) {
    let letter = match point {
        0x22 => b'"',
        0x5C => b'\\',
        0x0A => b'n',
        0x0D => b'r',
        0x09 => b't',
        0x0C => b'f',
        0x08 => b'b',
        0x10000.. => {
            let rest = point - 0x10000;
            push_unit(out, 0xD800 + (rest >> 10));
            return push_unit(out, 0xDC00 + (rest & 0x3FF));
        }
        _ => return push_unit(out, point),
    };
    out.extend_from_slice(&[b'\\', letter]);
}

/// `\uXXXX`
fn push_unit(out: &mut Vec<u8>, unit: u32) {
    out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
}

/// What is wrong with a string: the message and the byte that it is about.
pub type Wrong = (&'static str, usize);

/// `scanstring(string, end, strict=True, /)`
pub fn scanstring<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let end = slicing::size_argument(ctx, args[1])?;
    let text = text_of(ctx, args[0])?;
    let strict = match args[2] {
        Value::Absent => true,
        strict => ctx.truth(strict)?,
    };
    let count = text.char_count();
    let Some(begin) = usize::try_from(end).ok().filter(|begin| *begin <= count) else {
        return Err(ctx.value_error("end is out of bounds"));
    };
    let start = text.text().offset(begin);
    match scan(text.bytes(), start, strict) {
        Ok((found, after)) => {
            let after = Value::from_usize(ctx.mc, text.text().index(after));
            let found = Value::Str(ctx.str_from_vec(found));
            Ok(Value::Tuple(ctx.tuple([found, after])))
        }
        Err((message, at)) => {
            let message = ctx.str_value(message);
            let at = Value::from_usize(ctx.mc, text.text().index(at));
            Err(decode_error(ctx, &[message, args[0], at])?)
        }
    }
}

/// A `json.JSONDecodeError` with these arguments.
pub fn decode_error<'gc>(
    ctx: Context<'gc>,
    arguments: &[Value<'gc>],
) -> Result<Raised<'gc>, Raised<'gc>> {
    let module = ctx.modules().get_text(ctx, "json.decoder");
    let class = match module {
        Some(module) => ctx.get_attr(module, ctx.intern("JSONDecodeError"))?,
        None => Value::Type(ctx.exceptions().get(Exc::ValueError)),
    };
    match ctx.call(class, arguments)? {
        Value::Object(error) => Ok(Raised(error)),
        _ => Ok(ctx.value_error("JSONDecodeError is no exception")),
    }
}

/// The string whose quote is before the byte `start`, and the byte after its end.
pub fn scan(bytes: &[u8], start: usize, strict: bool) -> Result<(Vec<u8>, usize), Wrong> {
    let unterminated = ("Unterminated string starting at", start.saturating_sub(1));
    let (mut out, mut at) = (Vec::new(), start);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\') || strict && *byte < 0x20)
            .ok_or(unterminated)?;
        out.extend_from_slice(&rest[..plain]);
        at += plain;
        match bytes.get(at) {
            Some(b'"') => return Ok((out, at + 1)),
            Some(b'\\') => {}
            _ => return Err(("Invalid control character at", at)),
        }
        let simple = match *bytes.get(at + 1).ok_or(unterminated)? {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                at = unicode(bytes, at, &mut out)?;
                continue;
            }
            _ => return Err(("Invalid \\escape", at)),
        };
        out.push(simple);
        at += 2;
    }
}

/// Takes the escape `\uXXXX` at `at`, and the second half of a pair; the byte after it.
fn unicode(bytes: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Wrong> {
    let first = unit(bytes, at)?;
    if (0xD800..0xDC00).contains(&first) && bytes.get(at + 6..at + 8) == Some(b"\\u") {
        let second = unit(bytes, at + 6)?;
        if (0xDC00..0xE000).contains(&second) {
            let point = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            wtf8::push(out, point);
            return Ok(at + 12);
        }
    }
    wtf8::push(out, first);
    Ok(at + 6)
}

fn unit(bytes: &[u8], at: usize) -> Result<u32, Wrong> {
    let wrong = ("Invalid \\uXXXX escape", at + 1);
    let digits = bytes.get(at + 2..at + 6).ok_or(wrong)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(wrong);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| wrong)?;
    u32::from_str_radix(digits, 16).map_err(|_| wrong)
}
