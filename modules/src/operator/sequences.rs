//! The functions of `_operator` that walk iterables or are about sequences.

use capers_runtime::bytecode::BinaryOperator;
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function};
use capers_runtime::protocol::call::call_special;
use capers_runtime::protocol::{iterate, operator, slicing};
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::{More, Sink, drive};
use capers_runtime::vm::flow::{Flow, and_then};
use gc_arena::Collect;

use super::{Answer, FlowAnswer};

/// `concat`
pub const CONCAT: NativeDef = function(
    "concat(a, b, /)",
    "Same as a + b, for a and b sequences.",
    FlowCall(|ctx, args| concatenate(ctx, args, false)),
);

/// `iconcat`
pub const INPLACE_CONCAT: NativeDef = function(
    "iconcat(a, b, /)",
    "Same as a += b, for a and b sequences.",
    FlowCall(|ctx, args| concatenate(ctx, args, true)),
);

/// `countOf`
pub const COUNT_OF: NativeDef = function(
    "countOf(a, b, /)",
    "Return the number of items in a which are, or which equal, b.",
    FlowCall(|ctx, args| search(ctx, args, false)),
);

/// `indexOf`
pub const INDEX_OF: NativeDef = function(
    "indexOf(a, b, /)",
    "Return the first index of b in a.",
    FlowCall(|ctx, args| search(ctx, args, true)),
);

/// `length_hint`
pub const LENGTH_HINT: NativeDef = function(
    "length_hint(obj, default=0, /)",
    "Return an estimate of the number of items in obj.\n\nThis is useful for presizing containers when building from an iterable.\n\nIf the object supports len(), the result will be exact.\nOtherwise, it may over- or under-estimate by an arbitrary amount.",
    Plain(length_hint),
);

/// Whether CPython's `PySequence_Check` takes it for a sequence.
fn is_sequence<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let class = value.class(ctx);
    value.as_dict().is_none() && class.lookup(ctx, ctx.names().__getitem__).is_some()
}

fn concatenate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], in_place: bool) -> FlowAnswer<'gc> {
    let (a, b) = (args[0], args[1]);
    let names = ctx.names();
    let has = |value: Value<'gc>, name: Str<'gc>| value.class(ctx).lookup(ctx, name);
    let of_sequence = |method: Option<Value<'gc>>| match method {
        Some(Value::Native(native)) if native.def().after_numbers => method,
        _ => None,
    };
    let own = in_place
        .then(|| of_sequence(has(a, names.__iadd__)))
        .flatten();
    if let Some(method) = own.or_else(|| of_sequence(has(a, names.__add__))) {
        return call_special(ctx, method, a, &[b]);
    }
    let adds = has(a, names.__add__).is_some()
        || has(b, names.__radd__).is_some()
        || (in_place && has(a, names.__iadd__).is_some());
    if !adds || !is_sequence(ctx, a) || !is_sequence(ctx, b) {
        return Err(ctx.type_error(format!(
            "'{}' object can't be concatenated",
            ctx.type_name(a)
        )));
    }
    match in_place {
        true => operator::in_place(ctx, BinaryOperator::Add, a, b),
        false => operator::binary(ctx, BinaryOperator::Add, a, b),
    }
}

/// Counts an item, or finds its first position.
#[derive(Collect)]
#[collect(no_drop)]
struct Search<'gc> {
    wanted: Value<'gc>,
    position: i64,
    count: i64,
    first_only: bool,
}

impl<'gc> Sink<'gc> for Search<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        if ctx.same_or_equal(item, self.wanted)? {
            self.count += 1;
            if self.first_only {
                return Ok(More::No);
            }
        }
        self.position += 1;
        Ok(More::Yes)
    }
    fn finish(&mut self, ctx: Context<'gc>) -> FlowAnswer<'gc> {
        match (self.first_only, self.count) {
            (false, count) => Ok(Flow::Return(Value::Int(count))),
            (true, 0) => Err(ctx.value_error("sequence.index(x): x not in sequence")),
            (true, _) => Ok(Flow::Return(Value::Int(self.position))),
        }
    }
}

fn search<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], first_only: bool) -> FlowAnswer<'gc> {
    let not_iterable = |raised| match exceptions::matches(ctx, raised, Exc::TypeError) {
        true => ctx.type_error(format!(
            "argument of type '{}' is not iterable",
            ctx.type_name(args[0])
        )),
        false => raised,
    };
    let flow = iterate::iter_flow(ctx, args[0]).map_err(not_iterable)?;
    let state = vec![args[1], Value::bool(first_only)];
    and_then(ctx, flow, state, |ctx, state, iterator| {
        let search = Search {
            wanted: state[0],
            position: 0,
            count: 0,
            first_only: ctx.truth(state[1])?,
        };
        drive(ctx, iterator?, search)
    })
}

fn length_hint<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let default = match args[1] {
        Value::Absent => Value::Int(0),
        given => Value::Int(slicing::size_argument(ctx, given)?),
    };
    let unless_type_error = |raised| match exceptions::matches(ctx, raised, Exc::TypeError) {
        true => Ok(None),
        false => Err(raised),
    };
    let length = ctx.length_if_any(args[0]).or_else(unless_type_error)?;
    if let Some(length) = length {
        return Ok(Value::from_usize(ctx.mc, length));
    }
    let unless_type_error = |raised| match exceptions::matches(ctx, raised, Exc::TypeError) {
        true => Ok(None),
        false => Err(raised),
    };
    let name = ctx.names().__length_hint__;
    let hint = ctx
        .call_special(args[0], name, &[])
        .or_else(unless_type_error)?;
    match hint {
        None | Some(Value::NotImplemented) => Ok(default),
        Some(hint) if !hint.is_int() => Err(ctx.type_error(format!(
            "__length_hint__ must be an integer, not {}",
            ctx.type_name(hint)
        ))),
        Some(hint) => match slicing::size_argument(ctx, hint)? {
            n if n < 0 => Err(ctx.value_error("__length_hint__() should return >= 0")),
            n => Ok(Value::Int(n)),
        },
    }
}
