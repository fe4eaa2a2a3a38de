//! Bytes into values.

use capers_runtime::context::Context;
use capers_runtime::protocol::buffer_format::half_to_float;
use capers_runtime::value::Value;

use super::format::{Field, Layout, Order};

/// The values in `bytes`, which are of the layout's size.
pub fn unpack<'gc>(ctx: Context<'gc>, layout: &Layout, bytes: &[u8]) -> Value<'gc> {
    let mut values = Vec::with_capacity(layout.values);
    for field in &layout.fields {
        for at in 0..field.count {
            let start = field.offset + at * field.size;
            if let Some(place) = bytes.get(start..start + field.size) {
                values.push(unpack_one(ctx, layout.order, field, place));
            }
        }
    }
    Value::Tuple(ctx.tuple(values))
}

/// Up to 8 bytes as a number.
fn bits(order: Order, bytes: &[u8]) -> u64 {
    let push = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    match order {
        Order::Big => bytes.iter().fold(0, push),
        _ => bytes.iter().rev().fold(0, push),
    }
}

fn float(order: Order, bytes: &[u8]) -> f64 {
    let bits = bits(order, bytes);
    match bytes.len() {
        2 => half_to_float(bits as u16),
        4 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}

fn unpack_one<'gc>(ctx: Context<'gc>, order: Order, field: &Field, bytes: &[u8]) -> Value<'gc> {
    match field.letter {
        b'c' | b's' => Value::Bytes(ctx.bytes(bytes)),
        b'p' => match bytes.split_first() {
            Some((length, rest)) => {
                let count = usize::from(*length).min(rest.len());
                Value::Bytes(ctx.bytes(&rest[..count]))
            }
            None => Value::Bytes(ctx.bytes(b"")),
        },
        b'?' => Value::bool(bytes.iter().any(|b| *b != 0)),
        b'e' | b'f' | b'd' => ctx.new_float(float(order, bytes)),
        b'F' | b'D' => {
            let (re, im) = bytes.split_at(bytes.len() / 2);
            Value::complex(ctx.mc, float(order, re), float(order, im))
        }
        letter => {
            let bits = bits(order, bytes);
            if !letter.is_ascii_lowercase() {
                return match i64::try_from(bits) {
                    Ok(number) => Value::Int(number),
                    Err(_) => Value::from_bigint(ctx.mc, bits.into()),
                };
            }
            // The sign is that of the field's highest bit.
            let shift = 64 - 8 * bytes.len().clamp(1, 8) as u32;
            Value::Int((bits << shift) as i64 >> shift)
        }
    }
}
