//! Index and slice arithmetic, for every sequence: what a subscript means, how
//! a slice falls on a length. Follows CPython's `PySlice_Unpack` and
//! `PySlice_AdjustIndices`: `__index__` runs first, the length is read after.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::context::Context;
use crate::raised::Raised;
use crate::types::exceptions::Exc;
use crate::types::slice::Slice;
use crate::value::Value;

/// What stands between a sequence's brackets.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Subscript {
    /// One index, negative from the end.
    At(i64),
    /// A slice.
    Slice(Bounds),
}

/// A slice's three numbers before they meet a length.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Where it starts; negative from the end.
    pub start: i64,
    /// Where it stops; negative from the end.
    pub stop: i64,
    /// The step: neither 0 nor `i64::MIN`.
    pub step: i64,
}

/// A slice that has met a length: all positions in it are valid.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first position; where the slice is empty, still the place at which
    /// an assignment inserts.
    pub start: usize,
    /// From position to position.
    pub step: i64,
    /// How many positions.
    pub len: usize,
}

impl Bounds {
    /// Clips the slice to a sequence of `length` items.
    pub fn over(self, length: usize) -> Span {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let (low, high) = if self.step < 0 {
            (-1, length - 1)
        } else {
            (0, length)
        };
        let clip = |n: i64| {
            let n = if n < 0 { n.saturating_add(length) } else { n };
            n.clamp(low, high)
        };
        let (start, stop) = (clip(self.start), clip(self.stop));
        let len = if self.step < 0 && stop < start {
            (start - stop - 1) / -self.step + 1
        } else if self.step > 0 && start < stop {
            (stop - start - 1) / self.step + 1
        } else {
            0
        };
        Span {
            start: start.max(0) as usize,
            step: self.step,
            len: len as usize,
        }
    }
}

impl Span {
    /// The positions, in the slice's order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.len).map(move |i| (self.start as i64 + i as i64 * self.step) as usize)
    }

    /// The same positions in ascending order, with a positive step.
    pub fn ascending(self) -> Span {
        if self.step > 0 || self.len == 0 {
            return self;
        }
        let last = self.start as i64 + (self.len as i64 - 1) * self.step;
        Span {
            start: last as usize,
            step: -self.step,
            len: self.len,
        }
    }

    /// The items of `source` that the slice takes.
    pub fn pick<T: Copy>(self, source: &[T]) -> Vec<T> {
        if self.step == 1 {
            let end = self.start.saturating_add(self.len);
            return source.get(self.start..end).unwrap_or(&[]).to_vec();
        }
        self.positions()
            .filter_map(|i| source.get(i).copied())
            .collect()
    }
}

/// Whether `operator.index` would take the value.
pub fn is_index<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    value.is_int()
        || value
            .class(ctx)
            .lookup(ctx, ctx.names().__index__)
            .is_some()
}

/// What `key` means between the brackets of a sequence; none for a key that is
/// neither an index nor a slice. Raises IndexError for an index past 64 bits.
#[inline]
pub fn subscript<'gc>(
    ctx: Context<'gc>,
    key: Value<'gc>,
) -> Result<Option<Subscript>, Raised<'gc>> {
    match key {
        Value::Int(index) => Ok(Some(Subscript::At(index))),
        Value::Slice(slice) => Ok(Some(Subscript::Slice(bounds(ctx, slice)?))),
        key if is_index(ctx, key) => {
            let index = ctx.index_i64(key, Exc::IndexError)?;
            Ok(Some(Subscript::At(index)))
        }
        _ => Ok(None),
    }
}

/// As `subscript`, with the TypeError that most sequences share: "list indices
/// must be integers or slices, not str".
#[inline]
pub fn subscript_of<'gc>(
    ctx: Context<'gc>,
    key: Value<'gc>,
    sequence: &str,
) -> Result<Subscript, Raised<'gc>> {
    if let Value::Int(index) = key {
        return Ok(Subscript::At(index));
    }
    subscript(ctx, key)?.ok_or_else(|| {
        ctx.type_error(format!(
            "{sequence} indices must be integers or slices, not {}",
            ctx.type_name(key)
        ))
    })
}

/// The position of `index` in a sequence of `length` items, if it is in there.
#[inline]
pub fn position(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 {
        index.checked_add(i64::try_from(length).ok()?)?
    } else {
        index
    };
    usize::try_from(index).ok().filter(|i| *i < length)
}

/// A slice's numbers. Calls `__index__`; raises TypeError for other objects and
/// ValueError for a step of 0.
pub fn bounds<'gc>(ctx: Context<'gc>, slice: Slice<'gc>) -> Result<Bounds, Raised<'gc>> {
    let data = slice.0;
    let step = match data.step {
        Value::None => 1,
        step => part(ctx, step)?.max(-i64::MAX),
    };
    if step == 0 {
        return Err(ctx.value_error("slice step cannot be zero"));
    }
    let (first, last) = if step < 0 {
        (i64::MAX, i64::MIN)
    } else {
        (0, i64::MAX)
    };
    let start = match data.start {
        Value::None => first,
        start => part(ctx, start)?,
    };
    let stop = match data.stop {
        Value::None => last,
        stop => part(ctx, stop)?,
    };
    Ok(Bounds { start, stop, step })
}

fn part<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    if let Value::Int(n) = value {
        return Ok(n);
    }
    if !is_index(ctx, value) {
        return Err(not_a_slice_index(ctx));
    }
    ctx.index_clamped(value)
}

/// The TypeError of a slice whose parts are no indices.
pub fn not_a_slice_index<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.type_error("slice indices must be integers or None or have an __index__ method")
}

/// `slice.indices(length)` for a length of any size: start, stop and step.
pub fn long_indices<'gc>(
    ctx: Context<'gc>,
    slice: Slice<'gc>,
    length: &BigInt,
) -> Result<[BigInt; 3], Raised<'gc>> {
    let part = |value: Value<'gc>| -> Result<Option<BigInt>, Raised<'gc>> {
        if value.is_none() {
            return Ok(None);
        }
        if !is_index(ctx, value) {
            return Err(not_a_slice_index(ctx));
        }
        Ok(ctx.index(value)?.as_bigint())
    };
    let data = slice.0;
    let step = part(data.step)?.unwrap_or_else(|| 1.into());
    if step.is_zero() {
        return Err(ctx.value_error("slice step cannot be zero"));
    }
    let (low, high) = if step.is_negative() {
        (BigInt::from(-1), length - 1)
    } else {
        (BigInt::ZERO, length.clone())
    };
    let clip = |n: BigInt| {
        let n = if n.is_negative() { n + length } else { n };
        n.clamp(low.clone(), high.clone())
    };
    let (first, last) = if step.is_negative() {
        (&high, &low)
    } else {
        (&low, &high)
    };
    let start = part(data.start)?.map_or_else(|| first.clone(), clip);
    let stop = part(data.stop)?.map_or_else(|| last.clone(), clip);
    Ok([start, stop, step])
}

/// An argument that is an index by itself, as of `insert` and `pop`: through
/// `__index__`. Raises TypeError, and OverflowError past 64 bits.
pub fn size_argument<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    match ctx.index(value)? {
        Value::Int(n) => Ok(n),
        _ => Err(ctx.error(
            Exc::OverflowError,
            "Python int too large to convert to C ssize_t",
        )),
    }
}

/// The `start` or `stop` argument of `index`, `find` and their like, clipped to
/// 64 bits; `default` where it is absent. None is not allowed.
pub fn search_bound<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    default: i64,
) -> Result<i64, Raised<'gc>> {
    match value {
        Value::Absent => Ok(default),
        Value::Int(n) => Ok(n),
        value if is_index(ctx, value) => ctx.index_clamped(value),
        _ => Err(ctx.type_error("slice indices must be integers or have an __index__ method")),
    }
}

/// The same for the methods of str and bytes, which take None for the default.
pub fn text_bound<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    default: i64,
) -> Result<i64, Raised<'gc>> {
    match value {
        Value::Absent | Value::None => Ok(default),
        value => part(ctx, value),
    }
}

/// `from_end(n)`: a search bound as a position, 0 where it lies before the start.
pub fn from_end(n: i64, length: usize) -> usize {
    let n = if n < 0 {
        n.saturating_add(i64::try_from(length).unwrap_or(i64::MAX))
            .max(0)
    } else {
        n
    };
    n.to_usize().unwrap_or(usize::MAX)
}

/// How often a sequence of `length` items of `item_size` bytes is to be
/// repeated: the count of `sequence * count`, 0 for a negative one. Raises
/// TypeError, OverflowError for a count past 64 bits, MemoryError for a result
/// that no machine holds.
pub fn repetitions<'gc>(
    ctx: Context<'gc>,
    count: Value<'gc>,
    length: usize,
    item_size: usize,
) -> Result<usize, Raised<'gc>> {
    let count = ctx.index_i64(count, Exc::OverflowError)?;
    let count = usize::try_from(count).unwrap_or(0);
    let bytes = length
        .checked_mul(count)
        .and_then(|n| n.checked_mul(item_size));
    match bytes {
        Some(bytes) if bytes <= MOST_BYTES => Ok(count),
        _ => Err(memory_error(ctx)),
    }
}

/// No object gets larger than this, whatever the machine.
const MOST_BYTES: usize = 1 << 46;

/// The MemoryError of an object that does not fit.
pub fn memory_error<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.error_with(Exc::MemoryError, &[])
}

/// Room for so many more bytes, or MemoryError.
pub fn reserve<'gc>(
    ctx: Context<'gc>,
    bytes: &mut Vec<u8>,
    more: usize,
) -> Result<(), Raised<'gc>> {
    if more > MOST_BYTES {
        return Err(memory_error(ctx));
    }
    bytes.try_reserve(more).map_err(|_| memory_error(ctx))
}

/// The length of `count` repetitions. Raises OverflowError where it is none.
pub fn repeated_size<'gc>(
    ctx: Context<'gc>,
    length: usize,
    count: usize,
    what: &str,
) -> Result<usize, Raised<'gc>> {
    match length.checked_mul(count) {
        Some(size) if size <= isize::MAX as usize => Ok(size),
        _ => Err(ctx.error(Exc::OverflowError, format!("repeated {what} too long"))),
    }
}

/// `items` repeated `count` times, `count` as `repetitions` gave it.
pub fn repeat<'gc, T: Copy>(
    ctx: Context<'gc>,
    items: &[T],
    count: usize,
) -> Result<Vec<T>, Raised<'gc>> {
    let mut repeated = Vec::new();
    if items.is_empty() {
        return Ok(repeated);
    }
    repeated
        .try_reserve_exact(items.len().saturating_mul(count))
        .map_err(|_| memory_error(ctx))?;
    if let [single] = items {
        repeated.resize(count, *single);
        return Ok(repeated);
    }
    for _ in 0..count {
        repeated.extend_from_slice(items);
    }
    Ok(repeated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, stop: i64, step: i64, length: usize) -> Vec<usize> {
        let bounds = Bounds { start, stop, step };
        bounds.over(length).positions().collect()
    }

    #[test]
    fn clips_to_the_length() {
        assert_eq!(span(1, 3, 1, 5), [1, 2]);
        assert_eq!(span(-3, i64::MAX, 1, 5), [2, 3, 4]);
        assert_eq!(span(i64::MAX, i64::MIN, -1, 3), [2, 1, 0]);
        assert_eq!(span(-1, -5, -2, 5), [4, 2]);
        assert_eq!(span(0, i64::MAX, i64::MAX, 5), [0]);
        assert_eq!(span(i64::MIN, i64::MAX, 2, 5), [0, 2, 4]);
        assert_eq!(span(4, 4, 1, 2), [0; 0]);
    }

    #[test]
    fn ascends_over_the_same_positions() {
        let descending = Bounds {
            start: 6,
            stop: 1,
            step: -2,
        };
        let up = descending.over(8).ascending();
        assert_eq!(up.positions().collect::<Vec<_>>(), [2, 4, 6]);
    }
}
