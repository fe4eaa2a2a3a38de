//! `slice`. Owns the struct and the type's methods.

use gc_arena::{Collect, Gc};

use num_traits::Signed;

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{comparison, method, new, slot};
use crate::protocol::{repr, sequence, slicing};
use crate::raised::Raised;
use crate::types::def::{TypeDef, member};
use crate::value::Value;
use crate::vm::flow::Flow;

/// The struct behind a [`Slice`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct SliceData<'gc> {
    /// Any object, None where left out.
    pub start: Value<'gc>,
    /// Any object, None where left out.
    pub stop: Value<'gc>,
    /// Any object, None where left out.
    pub step: Value<'gc>,
}

/// A Python slice.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Slice<'gc>(pub Gc<'gc, SliceData<'gc>>);

impl<'gc> Slice<'gc> {
    /// `slice(start, stop, step)`
    pub fn new(ctx: Context<'gc>, start: Value<'gc>, stop: Value<'gc>, step: Value<'gc>) -> Self {
        Slice(Gc::new(ctx.mc, SliceData { start, stop, step }))
    }
}

/// The type.
pub static SLICE: TypeDef = TypeDef {
    name: "slice",
    doc: "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. a[0:10:2]).",
    subclassable: false,
    methods: &[
        new(
            "__new__($type, start, stop=(), step=(), /)",
            Plain(slice_new),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            FlowCall(slice_repr),
        ),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        comparison(
            Comparison::Less,
            FlowCall(|ctx, args| compare(ctx, Comparison::Less, args)),
        ),
        comparison(
            Comparison::LessEqual,
            FlowCall(|ctx, args| compare(ctx, Comparison::LessEqual, args)),
        ),
        comparison(
            Comparison::Equal,
            FlowCall(|ctx, args| compare(ctx, Comparison::Equal, args)),
        ),
        comparison(
            Comparison::NotEqual,
            FlowCall(|ctx, args| compare(ctx, Comparison::NotEqual, args)),
        ),
        comparison(
            Comparison::Greater,
            FlowCall(|ctx, args| compare(ctx, Comparison::Greater, args)),
        ),
        comparison(
            Comparison::GreaterEqual,
            FlowCall(|ctx, args| compare(ctx, Comparison::GreaterEqual, args)),
        ),
        method(
            "indices($self, object, /)",
            "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\nindices, and the stride length of the extended slice described by\nS. Out of bounds indices are clipped in a manner consistent with the\nhandling of normal slices.",
            Plain(indices),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling.",
            Plain(reduce),
        ),
    ],
    getsets: &[
        member("start", "", |ctx, slice| Ok(this(ctx, slice)?.0.start)),
        member("stop", "", |ctx, slice| Ok(this(ctx, slice)?.0.stop)),
        member("step", "", |ctx, slice| Ok(this(ctx, slice)?.0.step)),
    ],
    ..TypeDef::DEFAULT
};

/// The slice of a method's receiver. The binder has checked its class.
fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Slice<'gc>, Raised<'gc>> {
    match value {
        Value::Slice(slice) => Ok(slice),
        _ => Err(ctx.type_error("a slice is required")),
    }
}

impl<'gc> Slice<'gc> {
    /// Start, stop and step.
    fn parts(self) -> [Value<'gc>; 3] {
        [self.0.start, self.0.stop, self.0.step]
    }
}

fn slice_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (start, stop) = match args[2] {
        Value::Absent => (Value::None, args[1]),
        stop => (args[1], stop),
    };
    let slice = Slice::new(ctx, start, stop, args[3].or(Value::None));
    Ok(Value::Slice(slice))
}

fn slice_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let parts = this(ctx, args[0])?.parts().to_vec();
    repr::sequence(ctx, args[0], parts, "slice(", ")", "slice(...)")
}

/// CPython's hash of a slice: that of a tuple of its parts without the length.
fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let parts = this(ctx, args[0])?.parts();
    ctx.recurse("", || ctx.hash_parts(&parts)).map(|hash| {
        Value::Int(if hash == u64::MAX {
            1_546_275_796
        } else {
            hash as i64
        })
    })
}

fn compare<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Value::Slice(other) = args[1] else {
        return Ok(Flow::Return(Value::NotImplemented));
    };
    let parts = |slice: Slice<'gc>| Value::Tuple(ctx.tuple(slice.parts()));
    let (a, b) = (parts(this(ctx, args[0])?), parts(other));
    sequence::compare(ctx, op, a, b)
}

fn indices<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let slice = this(ctx, args[0])?;
    let length = ctx.index(args[1])?.as_bigint().unwrap_or_default();
    if length.is_negative() {
        return Err(ctx.value_error("length should not be negative"));
    }
    let numbers = slicing::long_indices(ctx, slice, &length)?;
    let numbers = numbers.map(|n| Value::from_bigint(ctx.mc, n));
    Ok(Value::Tuple(ctx.tuple(numbers)))
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let parts = Value::Tuple(ctx.tuple(this(ctx, args[0])?.parts()));
    let class = Value::Type(ctx.types().slice);
    Ok(Value::Tuple(ctx.tuple([class, parts])))
}
