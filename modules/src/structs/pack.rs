//! Values into bytes.

use capers_runtime::context::Context;
use capers_runtime::numbers::nan;
use capers_runtime::protocol::buffer_format::float_to_half;
use capers_runtime::protocol::slicing::is_index;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;

use super::ERROR;
use super::format::{Field, Layout, Order};

/// The bytes of `values`, of which there are as many as the layout takes.
pub fn pack<'gc>(
    ctx: Context<'gc>,
    layout: &Layout,
    values: &[Value<'gc>],
) -> Result<Vec<u8>, Raised<'gc>> {
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(layout.size)
        .map_err(|_| ctx.error_with(Exc::MemoryError, &[]))?;
    bytes.resize(layout.size, 0);
    let mut values = values.iter();
    for field in &layout.fields {
        for at in 0..field.count {
            let Some(value) = values.next() else {
                return Ok(bytes);
            };
            let start = field.offset + at * field.size;
            if let Some(place) = bytes.get_mut(start..start + field.size) {
                pack_one(ctx, layout.order, field, *value, place)?;
            }
        }
    }
    Ok(bytes)
}

fn pack_one<'gc>(
    ctx: Context<'gc>,
    order: Order,
    field: &Field,
    value: Value<'gc>,
    place: &mut [u8],
) -> Result<(), Raised<'gc>> {
    match field.letter {
        b'c' => match value.as_bytes().map(|b| b.bytes()) {
            Some([byte]) => place.copy_from_slice(&[*byte]),
            _ => {
                return Err(ERROR.error(ctx, "char format requires a bytes object of length 1"));
            }
        },
        b's' | b'p' => return pack_text(ctx, field.letter, value, place),
        b'?' => place.copy_from_slice(&[u8::from(ctx.truth(value)?)]),
        b'e' | b'f' | b'd' => {
            let not_a_float = |_| ERROR.error(ctx, "required argument is not a float");
            let number = ctx.float(value).map_err(not_a_float)?;
            put_float(ctx, order, field.letter, number, place)?;
        }
        b'F' | b'D' => {
            let (re, im) = complex_parts(ctx, value)?;
            let part = if field.letter == b'F' { b'f' } else { b'd' };
            let (first, second) = place.split_at_mut(field.size / 2);
            put_float(ctx, order, part, re, first)?;
            put_float(ctx, order, part, im, second)?;
        }
        _ => {
            let number = integer(ctx, field, value)?;
            put(order, &number.to_le_bytes()[..field.size], place);
        }
    }
    Ok(())
}

/// Little-endian bytes, in the order wanted.
fn put(order: Order, bytes: &[u8], place: &mut [u8]) {
    place.copy_from_slice(bytes);
    if order == Order::Big {
        place.reverse();
    }
}

fn put_float<'gc>(
    ctx: Context<'gc>,
    order: Order,
    letter: u8,
    number: f64,
    place: &mut [u8],
) -> Result<(), Raised<'gc>> {
    let too_large = || {
        let message = format!("float too large to pack with {} format", letter as char);
        ctx.error(Exc::OverflowError, message)
    };
    let number = nan::outgoing(number);
    match letter {
        b'd' => put(order, &number.to_le_bytes(), place),
        b'f' => {
            let narrow = number as f32;
            if narrow.is_infinite() && !number.is_infinite() {
                return Err(too_large());
            }
            put(order, &narrow.to_le_bytes(), place);
        }
        _ => {
            let half = float_to_half(number).ok_or_else(too_large)?;
            put(order, &half.to_le_bytes(), place);
        }
    }
    Ok(())
}

fn complex_parts<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<(f64, f64), Raised<'gc>> {
    let not_complex = |_| ERROR.error(ctx, "required argument is not a complex");
    if let Value::Complex(parts) = value.builtin() {
        return Ok((parts.re, parts.im));
    }
    if value.as_str().is_some() {
        return Err(ERROR.error(ctx, "required argument is not a complex"));
    }
    let class = Value::Type(ctx.types().complex);
    match ctx.call(class, &[value]).map_err(not_complex)?.builtin() {
        Value::Complex(parts) => Ok((parts.re, parts.im)),
        _ => Ok((0.0, 0.0)),
    }
}

/// A string that fills its place; `p` has its length in the first byte.
fn pack_text<'gc>(
    ctx: Context<'gc>,
    letter: u8,
    value: Value<'gc>,
    place: &mut [u8],
) -> Result<(), Raised<'gc>> {
    let mut copy = |text: &[u8]| {
        if letter == b's' {
            let count = text.len().min(place.len());
            place[..count].copy_from_slice(&text[..count]);
        } else if let Some((length, rest)) = place.split_first_mut() {
            let count = text.len().min(rest.len());
            rest[..count].copy_from_slice(&text[..count]);
            *length = count.min(255) as u8;
        }
    };
    match (value.as_bytes(), value.as_bytearray()) {
        (Some(bytes), _) => copy(bytes.bytes()),
        (None, Some(array)) => copy(&array.0.bytes.borrow()),
        (None, None) => {
            let letter = letter as char;
            let message = format!("argument for '{letter}' must be a bytes object");
            return Err(ERROR.error(ctx, message));
        }
    }
    Ok(())
}

fn integer<'gc>(ctx: Context<'gc>, field: &Field, value: Value<'gc>) -> Result<i128, Raised<'gc>> {
    if !is_index(ctx, value) {
        return Err(ERROR.error(ctx, "required argument is not an integer"));
    }
    let number = ctx.index(value)?;
    let number = number.as_bigint().and_then(|n| i128::try_from(n).ok());
    let bits = 8 * field.size as u32;
    let pointer = field.letter == b'P';
    let (low, high) = match (field.letter.is_ascii_lowercase(), pointer) {
        (true, _) => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        // A pointer is packed as its bits, signed or not.
        (_, true) => (-(1i128 << (bits - 1)), (1i128 << bits) - 1),
        _ => (0, (1i128 << bits) - 1),
    };
    match number.filter(|n| (low..=high).contains(n)) {
        Some(number) => Ok(number),
        None if pointer => Err(ERROR.error(ctx, "int too large to convert")),
        None => Err(ERROR.error(
            ctx,
            format!(
                "'{}' format requires {low} <= number <= {high}",
                field.letter as char
            ),
        )),
    }
}
