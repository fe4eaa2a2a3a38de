//! The type codes of arrays: one table, and how an item of each is written and read.

use capers_runtime::context::Context;
use capers_runtime::protocol::buffer_format::Format;
use capers_runtime::raised::Raised;
use capers_runtime::text::wtf8;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use num_bigint::Sign;

/// What the items of a type code are.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Integers with a sign.
    Signed,
    /// Integers without one.
    Unsigned,
    /// Floating-point numbers.
    Float,
    /// Single characters, as UTF-32.
    Character,
}

/// A type code.
#[derive(Debug)]
pub struct TypeCode {
    /// The character that names it.
    pub letter: &'static str,
    /// The size of an item in bytes.
    pub size: usize,
    /// What the items are.
    pub kind: Kind,
    /// How the buffer protocol calls them.
    pub format: &'static str,
    /// The number of this layout on a little-endian machine in pickles; one more is the
    /// same in big-endian. (Bytes have no order: 0 and 1 are unsigned and signed.)
    pub machine: i64,
    /// In messages about numbers out of range.
    name: &'static str,
}

macro_rules! row {
    ($letter:literal, $size:literal, $kind:ident, $format:literal, $machine:literal, $name:literal) => {
        TypeCode {
            letter: $letter,
            size: $size,
            kind: Kind::$kind,
            format: $format,
            machine: $machine,
            name: $name,
        }
    };
}

/// Every type code, in the order of `array.typecodes`.
pub static TYPE_CODES: &[TypeCode] = &[
    row!("b", 1, Signed, "b", 1, "signed char"),
    row!("B", 1, Unsigned, "B", 0, "unsigned byte integer"),
    row!("u", 4, Character, "w", 20, ""),
    row!("w", 4, Character, "w", 20, ""),
    row!("h", 2, Signed, "h", 4, "signed short integer"),
    row!("H", 2, Unsigned, "H", 2, "unsigned short"),
    row!("i", 4, Signed, "i", 8, "signed integer"),
    row!("I", 4, Unsigned, "I", 6, "unsigned int"),
    row!("l", 8, Signed, "l", 12, ""),
    row!("L", 8, Unsigned, "L", 10, ""),
    row!("q", 8, Signed, "q", 12, ""),
    row!("Q", 8, Unsigned, "Q", 10, ""),
    row!("f", 4, Float, "f", 14, ""),
    row!("d", 8, Float, "d", 16, ""),
];

/// The type code of this name.
pub fn find(letter: &[u8]) -> Option<&'static TypeCode> {
    TYPE_CODES
        .iter()
        .find(|code| code.letter.as_bytes() == letter)
}

/// What an item is written as: the first `size` of these bytes.
pub type Packed = [u8; 8];

impl TypeCode {
    /// The bytes of `value` as an item. Raises TypeError and OverflowError.
    pub fn pack<'gc>(&self, ctx: Context<'gc>, value: Value<'gc>) -> Result<Packed, Raised<'gc>> {
        Ok(match self.kind {
            Kind::Signed | Kind::Unsigned => self.integer(ctx, value)?,
            Kind::Float => {
                let number = capers_runtime::numbers::nan::outgoing(number(ctx, value)?);
                if self.size == 4 {
                    widened(&(number as f32).to_le_bytes())
                } else {
                    number.to_le_bytes()
                }
            }
            Kind::Character => widened(&character(ctx, value)?.to_le_bytes()),
        })
    }

    fn integer<'gc>(&self, ctx: Context<'gc>, value: Value<'gc>) -> Result<Packed, Raised<'gc>> {
        let big = ctx.index(value)?.as_bigint().unwrap_or_default();
        // What does not fit is out of every range.
        let far = match big.sign() {
            Sign::Minus => i128::MIN,
            _ => i128::MAX,
        };
        let number = i128::try_from(big).unwrap_or(far);
        let bits = 8 * self.size as u32;
        let range = if self.kind == Kind::Signed {
            -(1i128 << (bits - 1))..=(1i128 << (bits - 1)) - 1
        } else {
            0..=(1i128 << bits) - 1
        };
        if range.contains(&number) {
            return Ok((number as i64).to_le_bytes());
        }
        Err(ctx.error(Exc::OverflowError, self.out_of_range(number)))
    }

    /// What is wrong with a number: C's conversions have each its own words.
    fn out_of_range(&self, number: i128) -> String {
        let low = number < 0;
        match self.letter {
            "q" => "int too big to convert".to_owned(),
            "Q" if low => "can't convert negative int to unsigned".to_owned(),
            "Q" => "int too big to convert".to_owned(),
            "I" | "L" if low => "can't convert negative value to unsigned int".to_owned(),
            "I" | "L" if number > i128::from(u64::MAX) => {
                "Python int too large to convert to C unsigned long".to_owned()
            }
            "I" | "L" => format!("{} is greater than maximum", self.name),
            _ if i64::try_from(number).is_err() => {
                "Python int too large to convert to C long".to_owned()
            }
            _ => {
                // Narrow items are read as wider ones of C first.
                let name = match self.letter {
                    "H" if i32::try_from(number).is_err() => "signed integer",
                    "b" if i16::try_from(number).is_err() => "signed short integer",
                    _ => self.name,
                };
                let end = if low {
                    "less than minimum"
                } else {
                    "greater than maximum"
                };
                format!("{name} is {end}")
            }
        }
    }

    /// The item in `bytes`, which has the size of one.
    pub fn unpack<'gc>(&self, ctx: Context<'gc>, bytes: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
        if self.kind != Kind::Character {
            let format = Format::parse(self.format);
            return Ok(format.map_or(Value::None, |format| format.unpack(ctx, bytes)));
        }
        let point = code_point(bytes);
        if point > 0x10FFFF {
            return Err(ctx.value_error("chr() arg not in range(0x110000)"));
        }
        Ok(Value::Str(
            ctx.str_from_bytes(&wtf8::from_code_point(point)),
        ))
    }

    /// All items of `bytes`.
    pub fn unpack_all<'gc>(
        &self,
        ctx: Context<'gc>,
        bytes: &[u8],
    ) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
        bytes
            .chunks_exact(self.size)
            .map(|item| self.unpack(ctx, item))
            .collect()
    }
}

/// The number that four bytes are.
pub fn code_point(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |point, byte| point << 8 | u32::from(*byte))
}

fn widened(bytes: &[u8; 4]) -> Packed {
    let [a, b, c, d] = *bytes;
    [a, b, c, d, 0, 0, 0, 0]
}

fn number<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<f64, Raised<'gc>> {
    if let Some(number) = value.as_float() {
        return Ok(number);
    }
    let class = value.class(ctx);
    let names = ctx.names();
    let numeric = [names.__float__, names.__index__];
    if !numeric.iter().any(|n| class.lookup(ctx, *n).is_some()) {
        let name = ctx.type_name(value);
        return Err(ctx.type_error(format!("must be real number, not {name}")));
    }
    let number = ctx.call(Value::Type(ctx.types().float), &[value])?;
    Ok(number.as_float().unwrap_or(0.0))
}

fn character<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<u32, Raised<'gc>> {
    let wrong = |what: String| {
        ctx.type_error(format!(
            "array item must be a unicode character, not {what}"
        ))
    };
    let Some(text) = value.as_str() else {
        return Err(wrong(ctx.type_name(value)));
    };
    match (text.char_count(), text.text().get(0)) {
        (1, Some(point)) => Ok(point),
        (count, _) => Err(wrong(format!("a string of length {count}"))),
    }
}

/// The type code that an argument names: a str of one character. `place` names the
/// argument in messages, `long_place` where its length is wrong.
pub fn argument<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    [place, long_place]: [&str; 2],
    unknown: &str,
) -> Result<&'static TypeCode, Raised<'gc>> {
    let Some(text) = value.as_str() else {
        let name = match value {
            Value::None => "None".to_owned(),
            _ => ctx.type_name(value),
        };
        return Err(ctx.type_error(format!("{place} must be a unicode character, not {name}")));
    };
    let count = text.char_count();
    if count != 1 {
        return Err(ctx.type_error(format!(
            "{long_place} must be a unicode character, not a string of length {count}"
        )));
    }
    find(text.bytes()).ok_or_else(|| ctx.value_error(unknown))
}
