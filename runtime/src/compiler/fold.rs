//! Constant folding, with CPython's limits: what it folds is one object, which pickle can see.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::bytecode::{BinaryOperator, Constant, Op};

/// Greatest size of a folded int, in bits; of a folded str or bytes; of a folded tuple.
const MAX_INT_BITS: u64 = 128;
const MAX_STR: usize = 4096;
const MAX_TUPLE: usize = 256;
/// Greatest total number of items of a repeated nested tuple.
const MAX_ITEMS: i64 = 1024;

/// The constant that a unary instruction makes, if folding is allowed.
pub(super) fn unary(op: Op, value: &Constant) -> Option<Constant> {
    if op == Op::UnaryNot {
        return truth(value).map(|truth| Constant::Bool(!truth));
    }
    Some(match (op, number(value)?) {
        (Op::UnaryPositive, Number::Int(value)) => int(value),
        (Op::UnaryPositive, Number::Float(value)) => Constant::Float(value),
        (Op::UnaryPositive, Number::Complex(re, im)) => Constant::Complex(re, im),
        (Op::UnaryNegative, Number::Int(value)) => int(-value),
        (Op::UnaryNegative, Number::Float(value)) => Constant::Float(-value),
        (Op::UnaryNegative, Number::Complex(re, im)) => Constant::Complex(-re, -im),
        // `~True` warns when it runs.
        (Op::UnaryInvert, Number::Int(inner)) if !matches!(value, Constant::Bool(_)) => int(!inner),
        _ => return None,
    })
}

/// Whether a constant is true; None for code.
pub(super) fn truth(value: &Constant) -> Option<bool> {
    Some(match value {
        Constant::None => false,
        Constant::Bool(value) => *value,
        Constant::Int(value) => *value != 0,
        Constant::BigInt(value) => !value.is_zero(),
        Constant::Float(value) => *value != 0.0,
        Constant::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Constant::Str(bytes) | Constant::Bytes(bytes) => !bytes.is_empty(),
        Constant::Ellipsis | Constant::Slice(_) => true,
        Constant::Tuple(items) | Constant::FrozenSet(items) => !items.is_empty(),
        Constant::Code(_) => return None,
    })
}

/// The constant that a binary operator makes, if it does not fail and folding is allowed.
pub(super) fn binary(op: BinaryOperator, left: &Constant, right: &Constant) -> Option<Constant> {
    use BinaryOperator::{Add, Multiply};
    match (op, left, right) {
        (Add, Constant::Str(left), Constant::Str(right)) => {
            Some(Constant::Str(join_wtf8(left, right)))
        }
        (Add, Constant::Bytes(left), Constant::Bytes(right)) => {
            Some(Constant::Bytes([&**left, &**right].concat().into()))
        }
        (Add, Constant::Tuple(left), Constant::Tuple(right)) => Some(Constant::Tuple(
            left.iter().chain(right.iter()).cloned().collect(),
        )),
        (Multiply, sequence, count) | (Multiply, count, sequence)
            if is_sequence(sequence) && matches!(count, Constant::Int(_) | Constant::Bool(_)) =>
        {
            repeat(sequence, number(count)?)
        }
        _ => numeric(op, number(left)?, number(right)?).filter(|_| {
            // `True & True` is a bool: leave that to the VM.
            let both = matches!((left, right), (Constant::Bool(_), Constant::Bool(_)));
            !(both
                && matches!(
                    op,
                    BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Xor
                ))
        }),
    }
}

/// `left + right` of WTF-8, where two halves of a pair become one character.
pub(super) fn join_wtf8(left: &[u8], right: &[u8]) -> Box<[u8]> {
    // Python's strings keep a high and a low surrogate apart, as two characters: no joining.
    [left, right].concat().into()
}

fn is_sequence(value: &Constant) -> bool {
    matches!(
        value,
        Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_)
    )
}

fn repeat(sequence: &Constant, count: Number) -> Option<Constant> {
    let Number::Int(count) = count else {
        return None;
    };
    let count = count.to_i64()?;
    let times = usize::try_from(count.max(0)).ok()?;
    let bytes = |bytes: &[u8]| -> Option<Box<[u8]>> {
        // CPython measures characters; constants this short are ASCII but for rare cases.
        let size = bytes.len().checked_mul(times)?;
        (size <= MAX_STR).then(|| bytes.repeat(times).into())
    };
    match sequence {
        Constant::Str(text) => Some(Constant::Str(bytes(text)?)),
        Constant::Bytes(text) => Some(Constant::Bytes(bytes(text)?)),
        Constant::Tuple(items) => {
            let size = items.len().checked_mul(times)?;
            if size > MAX_TUPLE || (size > 0 && count_items(sequence, MAX_ITEMS / count) < 0) {
                return None;
            }
            Some(Constant::Tuple(
                std::iter::repeat_n(items.iter(), times)
                    .flatten()
                    .cloned()
                    .collect(),
            ))
        }
        _ => None,
    }
}

/// What remains of `limit` after all items of nested tuples.
fn count_items(value: &Constant, limit: i64) -> i64 {
    let Constant::Tuple(items) = value else {
        return limit;
    };
    let mut limit = limit - i64::try_from(items.len()).unwrap_or(i64::MAX);
    for item in items {
        if limit < 0 {
            break;
        }
        limit = count_items(item, limit);
    }
    limit
}

/// `value[index]` of constants.
pub(super) fn subscript(value: &Constant, index: &Constant) -> Option<Constant> {
    let Number::Int(index) = number(index)? else {
        return None;
    };
    let index = index.to_i64()?;
    let at = |len: usize| -> Option<usize> {
        let len = i64::try_from(len).ok()?;
        let index = if index < 0 {
            index.checked_add(len)?
        } else {
            index
        };
        (0..len)
            .contains(&index)
            .then(|| usize::try_from(index).ok())?
    };
    match value {
        Constant::Tuple(items) => items.get(at(items.len())?).cloned(),
        Constant::Bytes(bytes) => bytes
            .get(at(bytes.len())?)
            .map(|byte| Constant::Int(i64::from(*byte))),
        Constant::Str(bytes) if bytes.is_ascii() => {
            let byte = *bytes.get(at(bytes.len())?)?;
            Some(Constant::Str([byte].into()))
        }
        _ => None,
    }
}

#[derive(Clone, Debug)]
enum Number {
    Int(BigInt),
    Float(f64),
    Complex(f64, f64),
}

fn number(value: &Constant) -> Option<Number> {
    Some(match value {
        Constant::Bool(value) => Number::Int(BigInt::from(u8::from(*value))),
        Constant::Int(value) => Number::Int(BigInt::from(*value)),
        Constant::BigInt(value) => Number::Int(value.clone()),
        Constant::Float(value) => Number::Float(*value),
        Constant::Complex(re, im) => Number::Complex(*re, *im),
        _ => return None,
    })
}

/// An int constant in its one form.
pub(super) fn int(value: BigInt) -> Constant {
    match value.to_i64() {
        Some(small) => Constant::Int(small),
        None => Constant::BigInt(value),
    }
}

fn numeric(op: BinaryOperator, left: Number, right: Number) -> Option<Constant> {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => ints(op, &left, &right),
        (Number::Complex(re, im), right) => complexes(op, (re, Some(im)), parts(&right)?),
        (left, Number::Complex(re, im)) => complexes(op, parts(&left)?, (re, Some(im))),
        (left, right) => floats(op, as_float(&left)?, as_float(&right)?),
    }
}

fn as_float(value: &Number) -> Option<f64> {
    match value {
        // Large ints round half to even here as in CPython only up to 2**53.
        Number::Int(value) => {
            let small = value.to_i64()?;
            (small.unsigned_abs() <= 1 << 53)
                .then(|| value.to_f64())
                .flatten()
        }
        Number::Float(value) => Some(*value),
        Number::Complex(..) => None,
    }
}

/// Real part, and imaginary part unless the number is real.
fn parts(value: &Number) -> Option<(f64, Option<f64>)> {
    match value {
        Number::Complex(re, im) => Some((*re, Some(*im))),
        other => Some((as_float(other)?, None)),
    }
}

fn ints(op: BinaryOperator, left: &BigInt, right: &BigInt) -> Option<Constant> {
    use BinaryOperator as B;
    Some(match op {
        B::Add => int(left + right),
        B::Subtract => int(left - right),
        B::Multiply => {
            if !left.is_zero() && !right.is_zero() && left.bits() + right.bits() > MAX_INT_BITS {
                return None;
            }
            int(left * right)
        }
        B::FloorDivide if !right.is_zero() => int(left.div_floor(right)),
        B::Remainder if !right.is_zero() => int(left.mod_floor(right)),
        B::TrueDivide if !right.is_zero() => {
            let exact = |value: &BigInt| as_float(&Number::Int(value.clone()));
            Constant::Float(exact(left)? / exact(right)?)
        }
        B::Power => {
            if right.is_negative() {
                return match (left.to_i32(), right.to_i32()) {
                    (Some(base), Some(power)) if base != 0 => {
                        floats(op, f64::from(base), f64::from(power))
                    }
                    _ => None,
                };
            }
            let power = right.to_u32()?;
            if left.bits().saturating_mul(u64::from(power)) > MAX_INT_BITS && left.bits() > 0 {
                return None;
            }
            int(left.pow(power))
        }
        B::LeftShift => {
            let shift = right.to_u64()?;
            if !left.is_zero() && (shift > MAX_INT_BITS || left.bits() > MAX_INT_BITS - shift) {
                return None;
            }
            if left.is_zero() {
                int(BigInt::zero())
            } else {
                int(left << shift)
            }
        }
        B::RightShift if !right.is_negative() => match right.to_u64() {
            Some(shift) => int(left >> shift),
            None => return None,
        },
        B::And => int(left & right),
        B::Or => int(left | right),
        B::Xor => int(left ^ right),
        _ => return None,
    })
}

fn floats(op: BinaryOperator, left: f64, right: f64) -> Option<Constant> {
    use BinaryOperator as B;
    Some(Constant::Float(match op {
        B::Add => left + right,
        B::Subtract => left - right,
        B::Multiply => left * right,
        B::TrueDivide if right != 0.0 => left / right,
        B::Power => {
            let result = left.powf(right);
            // Overflow, a root of a negative number and 0 ** -1 are for the VM.
            if !result.is_finite() || left <= 0.0 && right.fract() != 0.0 {
                return None;
            }
            result
        }
        B::Remainder
            if right != 0.0 && left.is_sign_positive() && right > 0.0 && left.is_finite() =>
        {
            left % right
        }
        _ => return None,
    }))
}

/// A real operand has no imaginary part that could change the sign of a zero.
fn complexes(
    op: BinaryOperator,
    (left, left_im): (f64, Option<f64>),
    (right, right_im): (f64, Option<f64>),
) -> Option<Constant> {
    let (real, imaginary) = match (op, left_im, right_im) {
        (BinaryOperator::Add, Some(a), Some(b)) => (left + right, a + b),
        (BinaryOperator::Add, a, b) => (left + right, a.or(b)?),
        (BinaryOperator::Subtract, Some(a), Some(b)) => (left - right, a - b),
        (BinaryOperator::Subtract, Some(a), None) => (left - right, a),
        (BinaryOperator::Subtract, None, Some(b)) => (left - right, -b),
        _ => return None,
    };
    Some(Constant::Complex(real, imaginary))
}
