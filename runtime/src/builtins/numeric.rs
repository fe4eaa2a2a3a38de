//! Functions on numbers and characters: `abs`, `bin`, `chr`, `divmod`, `hex`,
//! `oct`, `ord`, `pow`, `round`.

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, function};
use crate::protocol::call::{call_method, call_special};
use crate::protocol::operator;
use crate::raised::Raised;
use crate::text::{Text, wtf8};
use crate::types::exceptions::Exc;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The functions of this file.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "abs(number, /)",
        "Return the absolute value of the argument.",
        FlowCall(abs),
    ),
    function(
        "bin(integer, /)",
        "Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'",
        Plain(bin),
    ),
    function(
        "oct(integer, /)",
        "Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'",
        Plain(oct),
    ),
    function(
        "hex(integer, /)",
        "Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'",
        Plain(hex),
    ),
    function(
        "chr(i, /)",
        "Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.",
        Plain(chr),
    ),
    function(
        "ord(character, /)",
        "Return the ordinal value of a character.\n\nIf the argument is a one-character string, return the Unicode code\npoint of that character.\n\nIf the argument is a bytes or bytearray object of length 1, return its\nsingle byte value.",
        Plain(ord),
    ),
    function(
        "divmod(x, y, /)",
        "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.",
        FlowCall(divmod),
    ),
    function(
        "pow(base, exp, mod=None)",
        "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.\n\nSome types, such as ints, are able to use a more efficient algorithm when\ninvoked using the three argument form.",
        FlowCall(pow),
    ),
    function(
        "round(number, ndigits=None)",
        "Round a number to a given precision in decimal digits.\n\nThe return value is an integer if ndigits is omitted or None.  Otherwise\nthe return value has the same type as the number.  ndigits may be negative.",
        FlowCall(round),
    ),
];

fn abs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match call_method(ctx, args[0], ctx.names().__abs__, &[])? {
        Some(flow) => Ok(flow),
        None => Err(ctx.type_error(format!(
            "bad operand type for abs(): '{}'",
            ctx.type_name(args[0])
        ))),
    }
}

/// The digits of an int in a base of 2, 8 or 16, with its prefix.
fn in_base<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    base: u32,
    prefix: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    let number = ctx.index(value)?.as_bigint().unwrap_or_default();
    let sign = if number.sign() == num_bigint::Sign::Minus {
        "-"
    } else {
        ""
    };
    let digits = number.magnitude().to_str_radix(base);
    Ok(ctx.str_value(&format!("{sign}{prefix}{digits}")))
}

fn bin<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    in_base(ctx, args[0], 2, "0b")
}

fn oct<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    in_base(ctx, args[0], 8, "0o")
}

fn hex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    in_base(ctx, args[0], 16, "0x")
}

fn chr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let code = ctx.index_clamped(args[0])?;
    match u32::try_from(code) {
        Ok(code) if code < 0x11_0000 => {
            Ok(Value::Str(ctx.str_from_vec(wtf8::from_code_point(code))))
        }
        _ => Err(ctx.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let length = match args[0].builtin() {
        Value::Str(s) => match s.char_count() {
            1 => {
                let point = Text::new(s.bytes()).code_points().next();
                return Ok(Value::Int(point.unwrap_or(0).into()));
            }
            n => n,
        },
        Value::Bytes(b) => match b.bytes() {
            [byte] => return Ok(Value::Int((*byte).into())),
            bytes => bytes.len(),
        },
        Value::ByteArray(b) => match b.to_vec().as_slice() {
            [byte] => return Ok(Value::Int((*byte).into())),
            bytes => bytes.len(),
        },
        _ => {
            return Err(ctx.type_error(format!(
                "ord() expected string of length 1, but {} found",
                ctx.type_name(args[0])
            )));
        }
    };
    Err(ctx.type_error(format!(
        "ord() expected a character, but string of length {length} found"
    )))
}

/// `divmod()`
pub fn divmod<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = ctx.names();
    operator::binary_named(
        ctx,
        names.__divmod__,
        names.__rdivmod__,
        "divmod()",
        args[0],
        args[1],
    )
}

fn pow<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (base, exponent, modulus) = (args[0], args[1], args[2].or(Value::None));
    if modulus.is_none() {
        return operator::binary(ctx, crate::bytecode::BinaryOperator::Power, base, exponent);
    }
    let state = vec![base, exponent, modulus];
    // As for other operators, a subclass's own reflected method comes first.
    let (class, base_class) = (exponent.class(ctx), base.class(ctx));
    let reflected = ctx.names().__rpow__;
    let own = class.lookup(ctx, reflected).filter(|method| {
        class != base_class
            && class.is_subclass_of(base_class)
            && !base_class
                .lookup(ctx, reflected)
                .is_some_and(|m| m.is(*method))
    });
    let Some(method) = own else {
        return pow_by_base(ctx, state);
    };
    let flow = call_special(ctx, method, exponent, &[base, modulus])?;
    and_then(ctx, flow, state, |ctx, state, result| match result? {
        Value::NotImplemented => pow_by_base(ctx, state),
        value => Ok(Flow::Return(value)),
    })
}

/// `pow` of three: the base's method, then the exponent's.
fn pow_by_base<'gc>(ctx: Context<'gc>, state: Vec<Value<'gc>>) -> Result<Flow<'gc>, Raised<'gc>> {
    let (base, exponent, modulus) = (state[0], state[1], state[2]);
    let flow = match base.class(ctx).lookup(ctx, ctx.names().__pow__) {
        Some(method) => call_special(ctx, method, base, &[exponent, modulus])?,
        None => Flow::Return(Value::NotImplemented),
    };
    and_then(ctx, flow, state, |ctx, state, result| {
        match result? {
            Value::NotImplemented => {}
            value => return Ok(Flow::Return(value)),
        }
        let (base, exponent) = (state[0], state[1]);
        let class = exponent.class(ctx);
        let flow = match class.lookup(ctx, ctx.names().__rpow__) {
            Some(method) if class != base.class(ctx) => {
                call_special(ctx, method, exponent, &[base, state[2]])?
            }
            _ => Flow::Return(Value::NotImplemented),
        };
        and_then(ctx, flow, state, |ctx, state, result| match result? {
            Value::NotImplemented => Err(unsupported_power(ctx, &state)),
            value => Ok(Flow::Return(value)),
        })
    })
}

fn unsupported_power<'gc>(ctx: Context<'gc>, operands: &[Value<'gc>]) -> Raised<'gc> {
    // The modulus has its say last, and a float's is always the same.
    if operands[2].as_float().is_some() {
        return ctx.type_error("pow() 3rd argument not allowed unless all arguments are integers");
    }
    ctx.type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        ctx.type_name(operands[0]),
        ctx.type_name(operands[1]),
        ctx.type_name(operands[2])
    ))
}

fn round<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let digits: &[Value<'gc>] = match args[1] {
        Value::Absent | Value::None => &[],
        _ => &args[1..2],
    };
    match call_method(ctx, args[0], ctx.names().__round__, digits)? {
        Some(flow) => Ok(flow),
        None => Err(ctx.error(
            Exc::TypeError,
            format!(
                "type {} doesn't define __round__ method",
                ctx.type_name(args[0])
            ),
        )),
    }
}
