//! `binascii`: between bytes and their spellings in ASCII. `base64` above it is
//! frozen Python.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;

use crate::exception_class::ExceptionDef;

mod base64;
mod hex;
mod quoted;
mod uu;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `binascii.Error`
static ERROR: ExceptionDef = ExceptionDef {
    module: "binascii",
    name: "Error",
    base: Exc::ValueError,
};

static INCOMPLETE: ExceptionDef = ExceptionDef {
    module: "binascii",
    name: "Incomplete",
    base: Exc::Exception,
};

/// The module.
pub static BINASCII: ModuleDef = ModuleDef {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: &[
        function(
            "a2b_uu(data, /)",
            "Decode a line of uuencoded data.",
            Plain(uu::decode),
        ),
        function(
            "b2a_uu(data, /, *, backtick=False)",
            "Uuencode line of data.",
            Plain(uu::encode),
        ),
        function(
            "a2b_base64(data, /, *, strict_mode=False)",
            "Decode a line of base64 data.\n\n  strict_mode\n    When set to True, bytes that are not in the base64 standard are not allowed.\n    The same applies to excess data after padding (= / ==).",
            Plain(base64::decode),
        ),
        function(
            "b2a_base64(data, /, *, newline=True)",
            "Base64-code line of data.",
            Plain(base64::encode),
        ),
        function(
            "a2b_hex(hexstr, /)",
            "Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case).\nThis function is also available as \"unhexlify()\".",
            Plain(hex::decode),
        ),
        function(
            "b2a_hex(data, sep=<unrepresentable>, bytes_per_sep=1)",
            "Hexadecimal representation of binary data.",
            Plain(hex::encode),
        ),
        function(
            "hexlify(data, sep=<unrepresentable>, bytes_per_sep=1)",
            "Hexadecimal representation of binary data.",
            Plain(hex::encode),
        ),
        function(
            "unhexlify(hexstr, /)",
            "Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case).",
            Plain(hex::decode),
        ),
        function(
            "crc_hqx(data, crc, /)",
            "Compute CRC-CCITT incrementally.",
            Plain(crc_hqx),
        ),
        function(
            "crc32(data, crc=0, /)",
            "Compute CRC-32 incrementally.",
            Plain(crc32),
        ),
        function(
            "a2b_qp(data, header=False)",
            "Decode a string of qp-encoded data.",
            Plain(quoted::decode),
        ),
        function(
            "b2a_qp(data, quotetabs=False, istext=True, header=False)",
            "Encode a string using quoted-printable encoding.\n\nOn encoding, when istext is set, newlines are not encoded, and white\nspace at end of lines is.  When istext is not set, \\r and \\n (CR/LF)\nare both encoded.  When quotetabs is set, space and tabs are encoded.",
            Plain(quoted::encode),
        ),
    ],
    types: &[],
    finish: Some(|ctx, module| {
        let dict = module.dict();
        dict.set_text(ctx, "Error", ERROR.class(ctx)?);
        dict.set_text(ctx, "Incomplete", INCOMPLETE.class(ctx)?);
        Ok(())
    }),
};

/// The bytes of a spelling: a bytes-like object or ASCII text.
fn spelled<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Vec<u8>, Raised<'gc>> {
    if let Some(text) = value.as_str() {
        if !text.is_ascii() {
            let message = "string argument should contain only ASCII characters";
            return Err(ctx.value_error(message));
        }
        return Ok(text.bytes().to_vec());
    }
    match buffer::contents(ctx, value)? {
        Some(bytes) => Ok(bytes.to_vec()),
        None => Err(ctx.type_error(format!(
            "argument should be bytes, buffer or ASCII string, not '{}'",
            ctx.type_name(value)
        ))),
    }
}

/// Whether an optional argument is true.
fn flag<'gc>(ctx: Context<'gc>, value: Value<'gc>, default: bool) -> Result<bool, Raised<'gc>> {
    match value {
        Value::Absent => Ok(default),
        value => ctx.truth(value),
    }
}

fn bytes_of<'gc>(ctx: Context<'gc>, bytes: Vec<u8>) -> Answer<'gc> {
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

/// An int cut to 32 bits.
pub fn low_bits<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    default: u32,
) -> Result<u32, Raised<'gc>> {
    match value {
        Value::Absent => Ok(default),
        Value::Int(n) => Ok(n as u32),
        value => {
            let number = ctx.index(value)?.as_bigint().unwrap_or_default();
            let low = number & num_bigint::BigInt::from(u32::MAX);
            Ok(u32::try_from(low).unwrap_or(0))
        }
    }
}

fn crc32<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let start = low_bits(ctx, args[1], 0)?;
    let mut hasher = crc32fast::Hasher::new_with_initial(start);
    hasher.update(&buffer::required(ctx, args[0])?);
    Ok(Value::Int(hasher.finalize().into()))
}

fn crc_hqx<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let mut crc = low_bits(ctx, args[1], 0)? as u16;
    for byte in buffer::required(ctx, args[0])?.iter() {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            let carry = crc & 0x8000 != 0;
            crc <<= 1;
            if carry {
                crc ^= 0x1021;
            }
        }
    }
    Ok(Value::Int(crc.into()))
}
