//! Functions over iterables: `iter`, `next`, `sum`, `min`, `max`, `any`, `all`,
//! `sorted`.

use gc_arena::Collect;

use crate::bytecode::{BinaryOperator, Comparison};
use crate::context::Context;
use crate::native::NativeCall::Flow as FlowCall;
use crate::native::{NativeDef, function};
use crate::protocol::{call, iterate, operator};
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::types::iterator::{Iter, IterKind};
use crate::value::Value;
use crate::vm::drive::{More, Sink, drive_iterable};
use crate::vm::flow::{Flow, Input, NativeFrame, Next, Step, and_then};

/// The functions of this file.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "iter(object, sentinel=(), /)",
        "Get an iterator from an object.\n\nIn the first form, the argument must supply its own iterator, or be a sequence.\nIn the second form, the callable is called until it returns the sentinel.",
        FlowCall(iter),
    ),
    function(
        "next(iterator, default=(), /)",
        "Return the next item from the iterator.\n\nIf default is given and the iterator is exhausted,\nit is returned instead of raising StopIteration.",
        FlowCall(next),
    ),
    function(
        "sum(iterable, /, start=0)",
        "Return the sum of a 'start' value (default: 0) plus an iterable of numbers\n\nWhen the iterable is empty, return the start value.\nThis function is intended specifically for use with numeric values and may\nreject non-numeric types.",
        FlowCall(sum),
    ),
    function(
        "any(iterable, /)",
        "Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False.",
        FlowCall(any),
    ),
    function(
        "all(iterable, /)",
        "Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True.",
        FlowCall(all),
    ),
    function(
        "min(*args, key=None, default=None)",
        "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its smallest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the smallest argument.",
        FlowCall(min),
    ),
    function(
        "max(*args, key=None, default=None)",
        "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its biggest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the largest argument.",
        FlowCall(max),
    ),
    function(
        "sorted(iterable, /, *, key=None, reverse=False)",
        "Return a new list containing all items from the iterable in ascending order.\n\nA custom key function can be supplied to customize the sort order, and the\nreverse flag can be set to request the result in descending order.",
        FlowCall(sorted),
    ),
];

fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(sentinel) = args[1].present() else {
        return iterate::iter_flow(ctx, args[0]);
    };
    if !call::is_callable(ctx, args[0]) {
        return Err(ctx.type_error("iter(v, w): v must be callable"));
    }
    let iter = Iter::with(ctx, IterKind::Callable, args[0], 0, 0, 1, sentinel);
    Ok(Flow::Return(Value::Iter(iter)))
}

fn next<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (iterator, default) = (args[0], args[1]);
    if !iterate::is_iterator(ctx, iterator) {
        return Err(ctx.type_error(format!(
            "'{}' object is not an iterator",
            ctx.type_name(iterator)
        )));
    }
    match iterate::next(ctx, iterator)? {
        Next::Item(item) => Ok(Flow::Return(item)),
        Next::Exhausted => match default.present() {
            Some(default) => Ok(Flow::Return(default)),
            None => Err(ctx.error_with(Exc::StopIteration, &[])),
        },
        Next::Flow(flow) if default.is_absent() => Ok(flow),
        Next::Flow(flow) => and_then(ctx, flow, vec![default], next_or_default),
    }
}

fn next_or_default<'gc>(
    ctx: Context<'gc>,
    state: Vec<Value<'gc>>,
    result: Result<Value<'gc>, Raised<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match result {
        Err(raised) if exceptions::matches(ctx, raised, Exc::StopIteration) => {
            Ok(Flow::Return(state[0]))
        }
        result => result.map(Flow::Return),
    }
}

/// Adds items up: exactly for ints, with compensated rounding for floats and
/// complex numbers as CPython 3.14 does, through `+` for anything else.
#[derive(Collect)]
#[collect(no_drop)]
struct Sum<'gc> {
    iterator: Value<'gc>,
    total: Value<'gc>,
    /// What rounding has lost of a float total (Neumaier).
    #[collect(require_static)]
    lost: f64,
    /// The same of the imaginary part of a complex total.
    #[collect(require_static)]
    lost_imag: f64,
}

impl<'gc> Sum<'gc> {
    /// Adds an item. None where `+` has to run Python code.
    fn add(
        &mut self,
        ctx: Context<'gc>,
        item: Value<'gc>,
    ) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
        match (self.total, item) {
            (
                Value::Float(total) | Value::ReadFloat(total),
                Value::Float(x) | Value::ReadFloat(x),
            ) => {
                self.total = Value::float(add_compensated(total.get(), x.get(), &mut self.lost));
            }
            (Value::Float(total) | Value::ReadFloat(total), Value::Int(n)) => {
                self.total = Value::float(add_compensated(total.get(), n as f64, &mut self.lost));
            }
            (Value::Float(total) | Value::ReadFloat(total), Value::Bool(b)) => {
                let x = f64::from(u8::from(b.get()));
                self.total = Value::float(add_compensated(total.get(), x, &mut self.lost));
            }
            (Value::Complex(total), Value::Complex(x)) => {
                let re = add_compensated(total.re, x.re, &mut self.lost);
                let im = add_compensated(total.im, x.im, &mut self.lost_imag);
                self.total = Value::complex(ctx.mc, re, im);
            }
            (Value::Complex(total), Value::Float(x) | Value::ReadFloat(x)) => {
                let re = add_compensated(total.re, x.get(), &mut self.lost);
                self.total = Value::complex(ctx.mc, re, total.im);
            }
            (Value::Complex(total), Value::Int(n)) => {
                let re = add_compensated(total.re, n as f64, &mut self.lost);
                self.total = Value::complex(ctx.mc, re, total.im);
            }
            (total, item) => {
                let total = self.settle(ctx, total);
                match operator::binary(ctx, BinaryOperator::Add, total, item)? {
                    Flow::Return(total) => self.total = total,
                    flow => return Ok(Some(flow)),
                }
            }
        }
        Ok(None)
    }

    /// The total with what rounding has lost.
    fn settle(&mut self, ctx: Context<'gc>, total: Value<'gc>) -> Value<'gc> {
        let regained = |x: f64, lost: f64| {
            if lost != 0.0 && lost.is_finite() {
                x + lost
            } else {
                x
            }
        };
        let lost = std::mem::take(&mut self.lost);
        let lost_imag = std::mem::take(&mut self.lost_imag);
        match total {
            Value::Float(x) | Value::ReadFloat(x) if lost != 0.0 => {
                Value::float(regained(x.get(), lost))
            }
            Value::Complex(z) => {
                Value::complex(ctx.mc, regained(z.re, lost), regained(z.im, lost_imag))
            }
            total => total,
        }
    }
}

/// `total + x`; what rounding loses is added to `lost`.
fn add_compensated(total: f64, x: f64, lost: &mut f64) -> f64 {
    let sum = total + x;
    *lost += if total.abs() >= x.abs() {
        (total - sum) + x
    } else {
        (x - sum) + total
    };
    sum
}

impl<'gc> NativeFrame<'gc> for Sum<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let mut next = match input {
            Input::Start => None,
            Input::Item(item) => Some(item),
            Input::Exhausted => return Ok(Step::Return(self.settle(ctx, self.total))),
            input => {
                self.total = input.value()?;
                None
            }
        };
        for _ in 0..1024 {
            if let Some(item) = next.take()
                && let Some(flow) = self.add(ctx, item)?
            {
                return Ok(Step::Await(flow));
            }
            let Value::Iter(iter) = self.iterator else {
                return Ok(Step::Next(self.iterator));
            };
            if matches!(iter.0.kind, IterKind::Sequence | IterKind::Callable) {
                return Ok(Step::Next(self.iterator));
            }
            match iter.next(ctx)? {
                Next::Item(item) => next = Some(item),
                Next::Exhausted => return Ok(Step::Return(self.settle(ctx, self.total))),
                Next::Flow(_) => return Ok(Step::Next(self.iterator)),
            }
        }
        if let Some(item) = next
            && let Some(flow) = self.add(ctx, item)?
        {
            return Ok(Step::Await(flow));
        }
        Ok(Step::Yield)
    }
}

fn sum<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let start = args[1].or(Value::Int(0));
    let refused = match start.builtin() {
        Value::Str(_) => Some("sum() can't sum strings [use ''.join(seq) instead]"),
        Value::Bytes(_) => Some("sum() can't sum bytes [use b''.join(seq) instead]"),
        Value::ByteArray(_) => Some("sum() can't sum bytearray [use b''.join(seq) instead]"),
        _ => None,
    };
    let flow = iterate::iter_flow(ctx, args[0])?;
    if let Some(message) = refused {
        return Err(ctx.type_error(message));
    }
    and_then(ctx, flow, vec![start], |_, state, result| {
        Ok(Flow::frame(Sum {
            iterator: result?,
            total: state[0],
            lost: 0.0,
            lost_imag: 0.0,
        }))
    })
}

/// Whether some item has the wanted truth.
#[derive(Collect)]
#[collect(require_static)]
struct Truth {
    wanted: bool,
    found: bool,
}

impl<'gc> Sink<'gc> for Truth {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.found = ctx.truth(item)? == self.wanted;
        Ok(if self.found { More::No } else { More::Yes })
    }
    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::bool(self.found == self.wanted)))
    }
}

fn any<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    drive_iterable(
        ctx,
        args[0],
        Truth {
            wanted: true,
            found: false,
        },
    )
}

fn all<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    drive_iterable(
        ctx,
        args[0],
        Truth {
            wanted: false,
            found: false,
        },
    )
}

/// Finds the least or greatest item, calling the key function in the VM.
#[derive(Collect)]
#[collect(no_drop)]
struct Extreme<'gc> {
    iterator: Value<'gc>,
    key: Value<'gc>,
    /// Absent where an empty iterable is an error.
    default: Value<'gc>,
    best: Value<'gc>,
    best_key: Value<'gc>,
    /// The item whose key is being computed.
    pending: Value<'gc>,
    #[collect(require_static)]
    greatest: bool,
}

impl<'gc> Extreme<'gc> {
    fn consider(
        &mut self,
        ctx: Context<'gc>,
        item: Value<'gc>,
        key: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let op = if self.greatest {
            Comparison::Greater
        } else {
            Comparison::Less
        };
        if self.best.is_absent() || ctx.compare(op, key, self.best_key)? {
            (self.best, self.best_key) = (item, key);
        }
        Ok(())
    }
}

impl<'gc> NativeFrame<'gc> for Extreme<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Start => {}
            Input::Item(item) if self.key.is_none() => self.consider(ctx, item, item)?,
            Input::Item(item) => {
                self.pending = item;
                return Ok(Step::Await(Flow::call(self.key, &[item])));
            }
            Input::Exhausted => {
                let name = if self.greatest { "max" } else { "min" };
                return match self.best.or(self.default).present() {
                    Some(best) => Ok(Step::Return(best)),
                    None => Err(ctx.value_error(format!("{name}() iterable argument is empty"))),
                };
            }
            input => {
                let key = input.value()?;
                self.consider(ctx, self.pending, key)?;
            }
        }
        Ok(Step::Next(self.iterator))
    }
}

fn extreme<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    greatest: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let name = if greatest { "max" } else { "min" };
    let items = args[0].as_tuple().map_or(&[][..], |t| t.items());
    let (key, default) = (args[1].or(Value::None), args[2]);
    let source = match items {
        [] => {
            return Err(ctx.type_error(format!("{name} expected at least 1 argument, got 0")));
        }
        [iterable] => *iterable,
        _ if !default.is_absent() => {
            return Err(ctx.type_error(format!(
                "Cannot specify a default for {name}() with multiple positional arguments"
            )));
        }
        _ => args[0],
    };
    let flow = iterate::iter_flow(ctx, source)?;
    let state = vec![key, default, Value::bool(greatest)];
    and_then(ctx, flow, state, |_, state, result| {
        Ok(Flow::frame(Extreme {
            iterator: result?,
            key: state[0],
            default: state[1],
            best: Value::Absent,
            best_key: Value::Absent,
            pending: Value::Absent,
            greatest: matches!(state[2], Value::Bool(crate::immediate::Truth::True)),
        }))
    })
}

fn min<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    extreme(ctx, args, false)
}

fn max<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    extreme(ctx, args, true)
}

fn sorted<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let reverse = match args[2].present() {
        Some(reverse) => ctx.truth(reverse)?,
        None => false,
    };
    crate::types::list_sort::sorted_flow(ctx, args[0], args[1].or(Value::None), reverse)
}
