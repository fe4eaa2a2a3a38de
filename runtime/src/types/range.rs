//! `range`. Owns the struct and the type's methods.

use gc_arena::{Collect, Gc};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{comparison, method, new, slot};
use crate::protocol::{iterate, slicing};
use crate::raised::Raised;
use crate::types::def::{TypeDef, member};
use crate::types::exceptions::Exc;
use crate::types::iterator::{Iter, IterKind};
use crate::value::Value;
use crate::vm::drive::{self, More, Sink};
use crate::vm::flow::Flow;

/// The struct behind a [`Range`].
#[derive(Collect)]
#[collect(require_static)]
pub enum RangeData {
    /// All three numbers, and the length, fit 64 bits.
    Small {
        /// First number.
        start: i64,
        /// The number never reached.
        stop: i64,
        /// The step, not 0.
        step: i64,
        /// How many numbers.
        len: i64,
    },
    /// Some number does not.
    Big {
        /// First number.
        start: BigInt,
        /// The number never reached.
        stop: BigInt,
        /// The step, not 0.
        step: BigInt,
        /// How many numbers.
        len: BigInt,
    },
}

/// A Python range.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Range<'gc>(pub Gc<'gc, RangeData>);

impl<'gc> Range<'gc> {
    /// `range(start, stop, step)`; `step` is not 0.
    pub fn new(ctx: Context<'gc>, start: i64, stop: i64, step: i64) -> Self {
        let (s, e, d) = (start as i128, stop as i128, step as i128);
        let len = if d > 0 && s < e {
            (e - s - 1) / d + 1
        } else if d < 0 && s > e {
            (s - e - 1) / -d + 1
        } else {
            0
        };
        let data = match i64::try_from(len) {
            Ok(len) => RangeData::Small {
                start,
                stop,
                step,
                len,
            },
            Err(_) => RangeData::Big {
                start: start.into(),
                stop: stop.into(),
                step: step.into(),
                len: len.into(),
            },
        };
        Range(Gc::new(ctx.mc, data))
    }

    /// `range(start, stop, step)` of numbers of any size; `step` is not 0.
    pub fn of_bigints(ctx: Context<'gc>, start: BigInt, stop: BigInt, step: BigInt) -> Self {
        if let (Ok(start), Ok(stop), Ok(step)) = (
            i64::try_from(&start),
            i64::try_from(&stop),
            i64::try_from(&step),
        ) {
            return Range::new(ctx, start, stop, step);
        }
        let (low, high) = if step.is_negative() {
            (&stop, &start)
        } else {
            (&start, &stop)
        };
        let len = if low < high {
            (high - low - 1u8) / step.abs() + 1u8
        } else {
            BigInt::ZERO
        };
        Range(Gc::new(
            ctx.mc,
            RangeData::Big {
                start,
                stop,
                step,
                len,
            },
        ))
    }

    /// Start, stop and step as ints.
    pub fn numbers(self, ctx: Context<'gc>) -> [Value<'gc>; 3] {
        match &*self.0 {
            RangeData::Small {
                start, stop, step, ..
            } => [Value::Int(*start), Value::Int(*stop), Value::Int(*step)],
            RangeData::Big {
                start, stop, step, ..
            } => [start, stop, step].map(|n| Value::from_bigint(ctx.mc, n.clone())),
        }
    }

    /// How many numbers, as an int.
    pub fn length(self, ctx: Context<'gc>) -> Value<'gc> {
        match &*self.0 {
            RangeData::Small { len, .. } => Value::Int(*len),
            RangeData::Big { len, .. } => Value::from_bigint(ctx.mc, len.clone()),
        }
    }

    /// Start, step and length, of any size.
    fn big(self) -> [BigInt; 3] {
        match &*self.0 {
            RangeData::Small {
                start, step, len, ..
            } => [(*start).into(), (*step).into(), (*len).into()],
            RangeData::Big {
                start, step, len, ..
            } => [start.clone(), step.clone(), len.clone()],
        }
    }

    /// The number at `index`, which counts from the start and is not negative.
    pub fn number_at(self, ctx: Context<'gc>, index: &BigInt) -> Option<Value<'gc>> {
        let [start, step, len] = self.big();
        (!index.is_negative() && *index < len)
            .then(|| Value::from_bigint(ctx.mc, start + index * step))
    }

    /// Where the int `number` is in the range.
    fn index_of(self, number: &BigInt) -> Option<BigInt> {
        let [start, step, len] = self.big();
        let (index, rest) = (number - start).div_rem(&step);
        (rest.is_zero() && !index.is_negative() && index < len).then_some(index)
    }
}

/// The type.
pub static RANGE: TypeDef = TypeDef {
    name: "range",
    doc: "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
    subclassable: false,
    sequence: true,
    methods: &[
        new(
            "__new__($type, start, stop=(), step=(), /)",
            Plain(range_new),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        comparison(Comparison::Less, Plain(|_, _| Ok(Value::NotImplemented))),
        comparison(
            Comparison::LessEqual,
            Plain(|_, _| Ok(Value::NotImplemented)),
        ),
        comparison(
            Comparison::Equal,
            Plain(|ctx, args| equality(ctx, args, false)),
        ),
        comparison(
            Comparison::NotEqual,
            Plain(|ctx, args| equality(ctx, args, true)),
        ),
        comparison(Comparison::Greater, Plain(|_, _| Ok(Value::NotImplemented))),
        comparison(
            Comparison::GreaterEqual,
            Plain(|_, _| Ok(Value::NotImplemented)),
        ),
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
        slot(
            "__bool__($self, /)",
            "True if self else False",
            Plain(truth),
        ),
        slot("__len__($self, /)", "Return len(self).", Plain(len)),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(get_item),
        ),
        slot(
            "__contains__($self, key, /)",
            "Return bool(key in self).",
            FlowCall(contains),
        ),
        method(
            "__reversed__($self, /)",
            "Return a reverse iterator.",
            Plain(reversed),
        ),
        method("__reduce__($self, /)", "", Plain(reduce)),
        method(
            "count($self, object, /)",
            "rangeobject.count(value) -> integer -- return number of occurrences of value",
            FlowCall(count),
        ),
        method(
            "index($self, object, /)",
            "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present.",
            FlowCall(index),
        ),
    ],
    getsets: &[
        member("start", "", |ctx, range| {
            Ok(this(ctx, range)?.numbers(ctx)[0])
        }),
        member("stop", "", |ctx, range| {
            Ok(this(ctx, range)?.numbers(ctx)[1])
        }),
        member("step", "", |ctx, range| {
            Ok(this(ctx, range)?.numbers(ctx)[2])
        }),
    ],
    ..TypeDef::DEFAULT
};

/// The range of a method's receiver. The binder has checked its class.
fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Range<'gc>, Raised<'gc>> {
    match value {
        Value::Range(range) => Ok(range),
        _ => Err(ctx.type_error("a range is required")),
    }
}

fn range_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let first = ctx.index(args[1])?;
    let (start, stop) = match args[2] {
        Value::Absent => (Value::Int(0), first),
        stop => (first, ctx.index(stop)?),
    };
    let step = match args[3] {
        Value::Absent => Value::Int(1),
        step => ctx.index(step)?,
    };
    if matches!(step, Value::Int(0)) {
        return Err(ctx.value_error("range() arg 3 must not be zero"));
    }
    if let (Value::Int(start), Value::Int(stop), Value::Int(step)) = (start, stop, step) {
        return Ok(Value::Range(Range::new(ctx, start, stop, step)));
    }
    let [start, stop, step] = [start, stop, step].map(|n| n.as_bigint().unwrap_or_default());
    Ok(Value::Range(Range::of_bigints(ctx, start, stop, step)))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let [start, stop, step] = this(ctx, args[0])?
        .numbers(ctx)
        .map(|n| n.as_bigint().unwrap_or_default());
    Ok(ctx.str_value(&if step.is_one() {
        format!("range({start}, {stop})")
    } else {
        format!("range({start}, {stop}, {step})")
    }))
}

/// What two equal ranges agree in.
fn essence<'gc>(ctx: Context<'gc>, range: Range<'gc>) -> [Value<'gc>; 3] {
    let ([start, _, step], length) = (range.numbers(ctx), range.length(ctx));
    match length {
        Value::Int(0) => [length, Value::None, Value::None],
        Value::Int(1) => [length, start, Value::None],
        _ => [length, start, step],
    }
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let essence = essence(ctx, this(ctx, args[0])?);
    let hash = ctx.hash(Value::Tuple(ctx.tuple(essence)))?;
    Ok(Value::Int(hash))
}

fn equality<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    negate: bool,
) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Range(other) = args[1] else {
        return Ok(Value::NotImplemented);
    };
    let (a, b) = (essence(ctx, this(ctx, args[0])?), essence(ctx, other));
    let equal = a
        .iter()
        .zip(&b)
        .all(|(x, y)| x.is(*y) || x.as_bigint().is_some_and(|x| y.as_bigint() == Some(x)));
    Ok(Value::bool(equal != negate))
}

fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    iterate::iter(ctx, args[0])
}

fn truth<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let length = this(ctx, args[0])?.length(ctx);
    Ok(Value::bool(!matches!(length, Value::Int(0))))
}

fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let length = this(ctx, args[0])?.length(ctx);
    slicing::size_argument(ctx, length).map(Value::Int)
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let range = this(ctx, args[0])?;
    if let Value::Slice(slice) = args[1] {
        let [start, step, len] = range.big();
        let [from, to, by] = slicing::long_indices(ctx, slice, &len)?;
        let sliced = Range::of_bigints(ctx, &start + from * &step, &start + to * &step, by * &step);
        return Ok(Value::Range(sliced));
    }
    if !slicing::is_index(ctx, args[1]) {
        return Err(ctx.type_error(format!(
            "range indices must be integers or slices, not {}",
            ctx.type_name(args[1])
        )));
    }
    let index = ctx.index(args[1])?;
    let out_of_range = || ctx.error(Exc::IndexError, "range object index out of range");
    if let (
        Value::Int(index),
        RangeData::Small {
            start, step, len, ..
        },
    ) = (index, &*range.0)
    {
        let position = slicing::position(index, *len as usize).ok_or_else(out_of_range)?;
        // Within the range, so within 64 bits.
        let offset = (position as i64).wrapping_mul(*step);
        return Ok(Value::Int(start.wrapping_add(offset)));
    }
    let mut index = index.as_bigint().unwrap_or_default();
    if index.is_negative() {
        index += range.length(ctx).as_bigint().unwrap_or_default();
    }
    range.number_at(ctx, &index).ok_or_else(out_of_range)
}

/// The number that `value` is, if it is an exact int or bool: those are looked
/// for by arithmetic, all else item by item.
fn exact_int(value: Value<'_>) -> Option<BigInt> {
    match value {
        Value::Int(_) | Value::Bool(_) | Value::BigInt(_) => value.as_bigint(),
        _ => None,
    }
}

fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let range = this(ctx, args[0])?;
    if let (
        Value::Int(n),
        RangeData::Small {
            start, step, len, ..
        },
    ) = (args[1], &*range.0)
    {
        let distance = n as i128 - *start as i128;
        let step = *step as i128;
        let inside = distance % step == 0 && (0..*len as i128).contains(&(distance / step));
        return Ok(Flow::Return(Value::bool(inside)));
    }
    match exact_int(args[1]) {
        Some(n) => Ok(Flow::Return(Value::bool(range.index_of(&n).is_some()))),
        None => {
            let iterator = iterate::iter(ctx, args[0])?;
            drive::contains(ctx, iterator, args[1])
        }
    }
}

/// Looks for an item, or counts it, by comparing.
#[derive(Collect)]
#[collect(no_drop)]
struct Search<'gc> {
    wanted: Value<'gc>,
    position: usize,
    found: usize,
    /// Whether the first one's position is what counts.
    first: bool,
}

impl<'gc> Sink<'gc> for Search<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        if ctx.same_or_equal(item, self.wanted)? {
            self.found += 1;
            if self.first {
                return Ok(More::No);
            }
        }
        self.position += 1;
        Ok(More::Yes)
    }
    fn finish(&mut self, ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        if !self.first {
            return Ok(Flow::Return(Value::from_usize(ctx.mc, self.found)));
        }
        if self.found == 0 {
            return Err(ctx.value_error("sequence.index(x): x not in sequence"));
        }
        Ok(Flow::Return(Value::from_usize(ctx.mc, self.position)))
    }
}

fn search<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    first: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let search = Search {
        wanted: args[1],
        position: 0,
        found: 0,
        first,
    };
    drive::drive(ctx, iterate::iter(ctx, args[0])?, search)
}

fn count<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let range = this(ctx, args[0])?;
    match exact_int(args[1]) {
        Some(n) => {
            let found = range.index_of(&n).is_some();
            Ok(Flow::Return(Value::Int(found.into())))
        }
        None => search(ctx, args, false),
    }
}

fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let range = this(ctx, args[0])?;
    let Some(n) = exact_int(args[1]) else {
        return search(ctx, args, true);
    };
    match range.index_of(&n) {
        Some(index) => Ok(Flow::Return(Value::from_bigint(ctx.mc, index))),
        None => Err(ctx.value_error("range.index(x): x not in range")),
    }
}

fn reversed<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let range = this(ctx, args[0])?;
    if let RangeData::Small {
        start, step, len, ..
    } = &*range.0
        && let Some(back) = step.checked_neg()
        && start.checked_sub(*step).is_some()
    {
        let last = start.wrapping_add((len - 1).wrapping_mul(*step));
        return Ok(Value::Iter(Iter::range(ctx, last, back, *len)));
    }
    let [start, step, len] = range.big();
    let last = &start + (len - 1u8) * &step;
    let backwards = Range::of_bigints(ctx, last, start - &step, -step);
    let iter = Iter::new(ctx, IterKind::BigRange, Value::Range(backwards), 0, 0);
    Ok(Value::Iter(iter))
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let numbers = Value::Tuple(ctx.tuple(this(ctx, args[0])?.numbers(ctx)));
    let class = Value::Type(ctx.types().range);
    Ok(Value::Tuple(ctx.tuple([class, numbers])))
}
