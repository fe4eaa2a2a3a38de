//! `math`: the functions that walk iterables: `dist`, `fsum`, `hypot`, `prod`, `sumprod`.

use capers_runtime::bytecode::BinaryOperator;
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::{More, Sink, drive_iterable};
use capers_runtime::vm::flow::Flow;
use gc_arena::Collect;

use crate::math_sums::{ExactSum, norm};

/// `math.hypot`
pub const HYPOT: NativeDef = function(
    "hypot(*coordinates)",
    "Multidimensional Euclidean distance from the origin to a point.\n\nRoughly equivalent to:\n    sqrt(sum(x**2 for x in coordinates))",
    Plain(hypot),
);

fn hypot<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let items = args[0].as_tuple().map_or(&[][..], |tuple| tuple.items());
    let parts: Result<Vec<f64>, _> = items.iter().map(|item| ctx.float(*item)).collect();
    Ok(Value::float(norm(&parts?)))
}

/// `math.dist`
pub const DIST: NativeDef = function(
    "dist(p, q, /)",
    "Return the Euclidean distance between two points p and q.\n\nThe points should be specified as sequences (or iterables) of\ncoordinates.  Both inputs must have the same dimension.",
    FlowCall(dist),
);

fn dist<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    collect_both(ctx, args, |ctx, p, q| {
        if p.len() != q.len() {
            return Err(ctx.value_error("both points must have the same number of dimensions"));
        }
        let mut parts = Vec::with_capacity(p.len());
        for (p, q) in p.iter().zip(q) {
            parts.push((ctx.float(*p)? - ctx.float(*q)?).abs());
        }
        Ok(Value::float(norm(&parts)))
    })
}

type OfBoth =
    for<'gc> fn(Context<'gc>, &[Value<'gc>], &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>>;

#[derive(Collect)]
#[collect(no_drop)]
struct Second<'gc> {
    first: Vec<Value<'gc>>,
    second: Vec<Value<'gc>>,
    #[collect(require_static)]
    then: OfBoth,
}

impl<'gc> Sink<'gc> for Second<'gc> {
    fn item(&mut self, _: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.second.push(item);
        Ok(More::Yes)
    }
    fn finish(&mut self, ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        (self.then)(ctx, &self.first, &self.second).map(Flow::Return)
    }
}

#[derive(Collect)]
#[collect(no_drop)]
struct First<'gc> {
    first: Vec<Value<'gc>>,
    second: Value<'gc>,
    #[collect(require_static)]
    then: OfBoth,
}

impl<'gc> Sink<'gc> for First<'gc> {
    fn item(&mut self, _: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.first.push(item);
        Ok(More::Yes)
    }
    fn finish(&mut self, ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        let sink = Second {
            first: std::mem::take(&mut self.first),
            second: Vec::new(),
            then: self.then,
        };
        drive_iterable(ctx, self.second, sink)
    }
}

/// Takes all items of two iterables, then goes on with `then`.
fn collect_both<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    then: OfBoth,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let sink = First {
        first: Vec::new(),
        second: args[1],
        then,
    };
    drive_iterable(ctx, args[0], sink)
}

/// `math.sumprod`
pub const SUMPROD: NativeDef = function(
    "sumprod(p, q, /)",
    "Return the sum of products of values from two iterables p and q.\n\nRoughly equivalent to:\n\n    sum(map(operator.mul, p, q, strict=True))\n\nFor float and mixed int/float inputs, the intermediate products\nand sums are computed with extended precision.",
    FlowCall(sumprod),
);

fn sumprod<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    collect_both(ctx, args, |ctx, p, q| {
        if p.len() != q.len() {
            return Err(ctx.value_error("Inputs are not the same length"));
        }
        let mut total = Value::Int(0);
        let mut floats = ExactSum::default();
        let mut pending = false;
        for (p, q) in p.iter().zip(q) {
            if let Some((x, y)) = float_pair(ctx, *p, *q) {
                let before = floats.clone();
                if floats.add_product(x, y) {
                    pending = true;
                    continue;
                }
                floats = before;
            }
            if pending {
                let sum = Value::float(floats.value());
                total = ctx.binary(BinaryOperator::Add, total, sum)?;
                floats.clear();
                pending = false;
            }
            let product = ctx.binary(BinaryOperator::Multiply, *p, *q)?;
            total = ctx.binary(BinaryOperator::Add, total, product)?;
        }
        if pending {
            let sum = Value::float(floats.value());
            total = ctx.binary(BinaryOperator::Add, total, sum)?;
        }
        Ok(total)
    })
}

/// Two finite floats, or a float and an int: what is summed without rounding.
fn float_pair<'gc>(ctx: Context<'gc>, p: Value<'gc>, q: Value<'gc>) -> Option<(f64, f64)> {
    let real = |value| match value {
        Value::Float(_) | Value::ReadFloat(_) | Value::Int(_) | Value::Bool(_) => {
            ctx.float(value).ok()
        }
        _ => None,
    };
    if p.exact_float().is_none() && q.exact_float().is_none() {
        return None;
    }
    Some((real(p)?, real(q)?))
}

/// `math.prod`
pub const PROD: NativeDef = function(
    "prod(iterable, /, *, start=1)",
    "Calculate the product of all the elements in the input iterable.\n\nThe default start value for the product is 1.\n\nWhen the iterable is empty, return the start value.  This function is\nintended specifically for use with numeric values and may reject\nnon-numeric types.",
    FlowCall(prod),
);

#[derive(Collect)]
#[collect(no_drop)]
struct Product<'gc> {
    product: Value<'gc>,
}

impl<'gc> Sink<'gc> for Product<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.product = ctx.binary(BinaryOperator::Multiply, self.product, item)?;
        Ok(More::Yes)
    }
    fn finish(&mut self, _: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(self.product))
    }
}

fn prod<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let product = args[1].or(Value::Int(1));
    drive_iterable(ctx, args[0], Product { product })
}

/// `math.fsum`
pub const FSUM: NativeDef = function(
    "fsum(seq, /)",
    "Return an accurate floating-point sum of values in the iterable seq.\n\nAssumes IEEE-754 floating-point arithmetic.",
    FlowCall(fsum),
);

#[derive(Collect, Default)]
#[collect(require_static)]
struct ExactTotal {
    finite: ExactSum,
    /// The sum of the infinities and NaNs, if there were any.
    special: Option<f64>,
    infinities: f64,
}

impl<'gc> Sink<'gc> for ExactTotal {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        let x = ctx.float(item)?;
        if x.is_finite() {
            if !self.finite.add(x) {
                return Err(ctx.error(Exc::OverflowError, "intermediate overflow in fsum"));
            }
            return Ok(More::Yes);
        }
        if x.is_infinite() {
            self.infinities += x;
        }
        self.special = Some(self.special.unwrap_or(0.0) + x);
        self.finite.clear();
        Ok(More::Yes)
    }
    fn finish(&mut self, ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        if self.infinities.is_nan() {
            return Err(ctx.value_error("-inf + inf in fsum"));
        }
        let sum = self.special.unwrap_or_else(|| self.finite.value());
        Ok(Flow::Return(Value::float(sum)))
    }
}

fn fsum<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    drive_iterable(ctx, args[0], ExactTotal::default())
}
