//! Arguments of opcodes as values, and what is wrong with those that have none: CPython's `pickletools` defines
//! both. Knows the codec, no object.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use capers_runtime::numbers::int_text::{self, IntParseError};
use capers_runtime::numbers::{IntValue, Limits, NumberError, float, float_text};
use capers_runtime::text::codecs::{Codec, DecodeError, Errors, decode, decode_byte_escapes};
use capers_runtime::text::{Text, quote, wtf8};
use num_bigint::BigInt;

use crate::pickle::codec::{Op, Short};
use crate::pickle::kinds::{ArgumentKind, Count, Size};
use crate::pickle::opcodes::OPCODES;

/// An opcode's argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument<'a> {
    /// An int.
    Int(IntValue),
    /// A bool: the decimals `00` and `01`.
    Bool(bool),
    /// A float.
    Float(f64),
    /// The str, in WTF-8, that these bytes of an old string are in Latin-1.
    Latin1(Cow<'a, [u8]>),
    /// A str, in WTF-8.
    Text(Cow<'a, [u8]>),
    /// A bytes object.
    Bytes(&'a [u8]),
    /// A bytearray.
    ByteArray(&'a [u8]),
}

/// Why an argument has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A ValueError with this message.
    Value(String),
    /// What a number's text has wrong.
    Number(NumberError),
    /// A UnicodeDecodeError, and the bytes it is about.
    Unicode(DecodeError, Vec<u8>),
}

impl Fault {
    fn value(message: impl Into<String>) -> Fault {
        Fault::Value(message.into())
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Value(message) => f.write_str(message),
            Fault::Number(error) => f.write_str(&error.message),
            Fault::Unicode(error, input) => {
                write!(f, "'{}' codec can't decode ", error.encoding)?;
                match input.get(error.start) {
                    Some(byte) if error.end == error.start + 1 => {
                        write!(f, "byte 0x{byte:02x} in position {}", error.start)?
                    }
                    _ => write!(
                        f,
                        "bytes in position {}-{}",
                        error.start,
                        error.end.saturating_sub(1)
                    )?,
                }
                write!(f, ": {}", error.reason)
            }
        }
    }
}

impl<'a> Argument<'a> {
    /// The argument of a decoded opcode; None where the opcode has none.
    pub fn of(op: Op<'a>, limits: &Limits) -> Result<Option<Argument<'a>>, Fault> {
        let argument = match op {
            Op::Int(line) | Op::Get(line) | Op::Put(line) => match line {
                b"00" => Argument::Bool(false),
                b"01" => Argument::Bool(true),
                _ => Argument::Int(integer(line, limits)?),
            },
            Op::Long(line) => {
                Argument::Int(integer(line.strip_suffix(b"L").unwrap_or(line), limits)?)
            }
            Op::BinInt(n) | Op::Ext4(n) => Argument::Int(n.into()),
            Op::BinInt1(n) | Op::BinGet(n) | Op::BinPut(n) | Op::Ext1(n) | Op::Proto(n) => {
                Argument::Int(i64::from(n).into())
            }
            Op::BinInt2(n) | Op::Ext2(n) => Argument::Int(i64::from(n).into()),
            Op::LongBinGet(n) | Op::LongBinPut(n) => Argument::Int(i64::from(n).into()),
            Op::Frame(n) => Argument::Int(n.into()),
            Op::Long1(bytes) | Op::Long4(bytes) => {
                Argument::Int(BigInt::from_signed_bytes_le(bytes).into())
            }
            Op::Float(line) => Argument::Float(float::parse(line).ok_or_else(|| {
                Fault::value(format!(
                    "could not convert string to float: {}",
                    shown(line)
                ))
            })?),
            Op::BinFloat(x) => Argument::Float(x),
            Op::String(line) => Argument::Latin1(unescaped(unquoted(line)?)?),
            Op::BinString(bytes) | Op::ShortBinString(bytes) => Argument::Latin1(bytes.into()),
            Op::BinBytes(bytes) | Op::ShortBinBytes(bytes) | Op::BinBytes8(bytes) => {
                Argument::Bytes(bytes)
            }
            Op::ByteArray8(bytes) => Argument::ByteArray(bytes),
            Op::Unicode(line) => Argument::Text(decoded(
                Codec::RawUnicodeEscape,
                line.into(),
                Errors::Strict,
            )?),
            Op::ShortBinUnicode(text) | Op::BinUnicode(text) | Op::BinUnicode8(text) => {
                Argument::Text(decoded(Codec::Utf8, text.into(), Errors::Surrogatepass)?)
            }
            Op::PersId(line) => Argument::Text(name(line)?),
            Op::Global {
                module,
                name: attribute,
            }
            | Op::Inst {
                module,
                name: attribute,
            } => Argument::Text([name(module)?, name(attribute)?].join(&b' ').into()),
            _ => return Ok(None),
        };
        Ok(Some(argument))
    }

    /// At most about `limit` bytes of the argument, for showing, and how many bytes were left out.
    pub fn head(self, limit: usize) -> (Argument<'a>, usize) {
        fn cut(bytes: Cow<'_, [u8]>, limit: usize) -> Cow<'_, [u8]> {
            match bytes {
                Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(..limit).unwrap_or(bytes)),
                Cow::Owned(mut bytes) => {
                    bytes.truncate(limit);
                    Cow::Owned(bytes)
                }
            }
        }
        let length = match &self {
            Argument::Latin1(bytes) | Argument::Text(bytes) => bytes.len(),
            Argument::Bytes(bytes) | Argument::ByteArray(bytes) => bytes.len(),
            _ => return (self, 0),
        };
        let mut keep = limit;
        if let Argument::Text(text) = &self {
            while keep > 0
                && text
                    .get(keep)
                    .is_some_and(|&byte| wtf8::is_continuation(byte))
            {
                keep -= 1;
            }
        }
        let left_out = length.saturating_sub(keep);
        let argument = match self {
            Argument::Latin1(bytes) => Argument::Latin1(cut(bytes, keep)),
            Argument::Text(text) => Argument::Text(cut(text, keep)),
            Argument::Bytes(bytes) => Argument::Bytes(bytes.get(..keep).unwrap_or(bytes)),
            Argument::ByteArray(bytes) => Argument::ByteArray(bytes.get(..keep).unwrap_or(bytes)),
            other => other,
        };
        (argument, left_out)
    }

    /// Appends the argument as `pickletools.dis` shows it, in WTF-8: the repr of the value.
    pub fn show(&self, out: &mut Vec<u8>) {
        match self {
            Argument::Int(n) => {
                match int_text::decimal(n.as_ref(), &Limits::default().unlimited_digits()) {
                    Ok(text) => out.extend_from_slice(text.as_bytes()),
                    Err(error) => out.extend_from_slice(error.message.as_bytes()),
                }
            }
            Argument::Bool(true) => out.extend_from_slice(b"True"),
            Argument::Bool(false) => out.extend_from_slice(b"False"),
            Argument::Float(x) => out.extend_from_slice(float_text::repr(*x).as_bytes()),
            Argument::Latin1(bytes) => quote::ascii(Text::new(&latin1(bytes)), out),
            Argument::Text(text) => quote::repr(Text::new(text), out),
            Argument::Bytes(bytes) => quote::bytes(bytes, out),
            Argument::ByteArray(bytes) => {
                out.extend_from_slice(b"bytearray(");
                quote::bytes(bytes, out);
                out.push(b')');
            }
        }
    }
}

/// What is wrong with an argument that the input does not hold whole. `input` begins with what there is of the
/// opcode and its argument, `there` is how much that is, and `short` what the codec says of it.
pub fn missing(kind: ArgumentKind, input: &[u8], there: u64, short: Short) -> Fault {
    let rest = input.get(1..).unwrap_or_default();
    let name = kind.name();
    match (kind.size(), short) {
        (_, Short::Negative(count)) => Fault::value(format!("{name} byte count < 0: {count}")),
        (_, Short::TooLong(count)) => {
            Fault::value(format!("{name} byte count > sys.maxsize: {count}"))
        }
        (Size::Counted(count), Short::Bytes(total)) if rest.len() >= count.width() => {
            let wanted = total.saturating_sub(1 + count.width());
            let there = there.saturating_sub(1 + count.width() as u64);
            match kind {
                ArgumentKind::Long1 | ArgumentKind::Long4 => not_enough(name),
                ArgumentKind::String4 if let Some(negative) = negative_count(wanted) => {
                    Fault::value(format!("{name} byte count < 0: {negative}"))
                }
                _ => Fault::value(format!(
                    "expected {wanted} bytes in a {name}, but only {there} remain"
                )),
            }
        }
        (Size::Counted(count), _) => not_enough(match count {
            Count::One => ArgumentKind::Uint1.name(),
            Count::Signed4 => ArgumentKind::Int4.name(),
            Count::Four => ArgumentKind::Uint4.name(),
            Count::Eight => ArgumentKind::Uint8.name(),
        }),
        (Size::Fixed(_), _) => not_enough(name),
        (Size::Lines(_), _) => {
            // The first of two lines is read, and may be wrong, before the second one is missed.
            if let Some(end) = memchr::memchr(b'\n', rest)
                && let Err(fault) = self::name(rest.get(..end).unwrap_or_default())
            {
                return fault;
            }
            let kind = match kind {
                ArgumentKind::Unicodestringnl => kind,
                _ => ArgumentKind::Stringnl,
            };
            Fault::value(format!(
                "no newline found when trying to read {}",
                kind.name()
            ))
        }
    }
}

/// What a count of four bytes is as a signed number, where that is below zero: the codec takes BINSTRING's
/// for unsigned, as load does, and pickletools takes it for signed.
pub fn negative_count(count: usize) -> Option<i32> {
    u32::try_from(count)
        .ok()
        .map(|count| count as i32)
        .filter(|&count| count < 0)
}

/// An opcode that carries arguments of this kind.
pub fn code_with(kind: ArgumentKind) -> Option<u8> {
    OPCODES
        .iter()
        .find(|opcode| opcode.argument == Some(kind))
        .map(|opcode| opcode.code)
}

fn not_enough(name: &str) -> Fault {
    Fault::value(format!("not enough data in stream to read {name}"))
}

/// `int(line)`.
fn integer(line: &[u8], limits: &Limits) -> Result<IntValue, Fault> {
    int_text::parse(line, 10, limits).map_err(|error| match error {
        IntParseError::Literal => {
            // CPython cuts the repr in this message, and in no other here, after 200 characters.
            let mut text = shown(line);
            text.truncate(200);
            Fault::value(format!("invalid literal for int() with base 10: {text}"))
        }
        IntParseError::Other(error) => Fault::Number(error),
    })
}

/// What stands between the quotes of a string's repr.
pub fn unquoted(line: &[u8]) -> Result<&[u8], Fault> {
    match line {
        [quote @ (b'"' | b'\''), ..] if line.last() != Some(quote) => Err(Fault::value(format!(
            "string quote {} not found at both ends of {}",
            shown(&[*quote]),
            shown(line)
        ))),
        [b'"' | b'\'', inner @ ..] => Ok(inner.split_last().map_or(&[], |(_, inner)| inner)),
        _ => Err(Fault::value(format!(
            "no string quotes around {}",
            shown(line)
        ))),
    }
}

/// The bytes with their backslash escapes resolved.
pub fn unescaped(line: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
    if !line.contains(&b'\\') {
        return Ok(line.into());
    }
    decode_byte_escapes(line, "strict")
        .map(Cow::Owned)
        .map_err(Fault::Value)
}

/// A line of UTF-8 with backslash escapes: a persistent id, a module's or an attribute's name.
fn name(line: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
    decoded(Codec::Utf8, unescaped(line)?, Errors::Strict)
}

/// The str that the bytes encode.
fn decoded<'a>(codec: Codec, bytes: Cow<'a, [u8]>, errors: Errors) -> Result<Cow<'a, [u8]>, Fault> {
    if codec == Codec::Utf8 && std::str::from_utf8(&bytes).is_ok() {
        return Ok(bytes);
    }
    match decode(codec, &bytes, errors) {
        Ok((text, _)) => Ok(text.into()),
        Err(error) => Err(Fault::Unicode(error, bytes.into_owned())),
    }
}

/// Latin-1 as UTF-8.
pub fn latin1(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.is_ascii() {
        return bytes.into();
    }
    let text: String = bytes.iter().copied().map(char::from).collect();
    text.into_bytes().into()
}

/// The repr of bytes.
fn shown(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    quote::bytes(bytes, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::codec::decode as decode_op;

    fn text_of(input: &[u8]) -> String {
        let (op, _) = decode_op(input).expect("the input holds an opcode");
        match Argument::of(op, &Limits::default()) {
            Ok(Some(argument)) => {
                let mut out = Vec::new();
                argument.show(&mut out);
                String::from_utf8_lossy(&out).into_owned()
            }
            Ok(None) => String::new(),
            Err(fault) => format!("! {fault}"),
        }
    }

    #[test]
    fn arguments_show_as_in_pickletools() {
        for (input, shown) in [
            (&b"I01\n"[..], "True"),
            (b"I-7\n", "-7"),
            (b"L12L\n", "12"),
            (b"\x8a\x02\xff\x00", "255"),
            (b"\x8a\x00", "0"),
            (b"S'a\\n\\xe9'\n", r"'a\n\xe9'"),
            (b"T\x01\0\0\0\xe9", r"'\xe9'"),
            (b"V\\u20ac\xe9\n", "'\u{20ac}\u{e9}'"),
            (b"cmod\nname\n", "'mod name'"),
            (b"C\x02a\0", r"b'a\x00'"),
            (b"F1e3\n", "1000.0"),
            (b"N", ""),
            (b"Ix\n", "! invalid literal for int() with base 10: b'x'"),
            (
                b"\x8c\x01\xff",
                "! 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
            ),
            (
                b"S\"a'\n",
                "! string quote b'\"' not found at both ends of b'\"a\\''",
            ),
        ] {
            assert_eq!(text_of(input), shown);
        }
    }

    #[test]
    fn every_kind_is_carried_by_an_opcode() {
        assert!(
            ArgumentKind::ALL
                .iter()
                .all(|&kind| code_with(kind).is_some())
        );
    }
}
