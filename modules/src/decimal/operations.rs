//! The operations that Decimal and Context both have, one row each in either
//! table: Decimal's take a context at the end, Context's a number at the start.

use capers_runtime::context::Context as Ctx;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;

use super::Answer;
use super::context::{self, ContextData};
use super::convert::{argument, decimal, finish, this};
use super::number::Number;
use super::rounding::Settings;

/// An operation on one number.
pub type One = fn(&mut Settings, &Number) -> Number;
/// An operation on two numbers.
pub type Two = fn(&mut Settings, &Number, &Number) -> Number;
/// A question about a number.
pub type Question = fn(&Settings, &Number) -> bool;

/// `self.op(context=None)`
pub fn of_decimal<'gc>(ctx: Ctx<'gc>, op: One, args: &[Value<'gc>]) -> Answer<'gc> {
    run_one(ctx, context::given(ctx, args[1])?, op, this(ctx, args[0])?)
}

/// `context.op(x)`
pub fn of_context<'gc>(ctx: Ctx<'gc>, op: One, args: &[Value<'gc>]) -> Answer<'gc> {
    let x = argument(ctx, args[1])?;
    run_one(ctx, context::this(ctx, args[0])?, op, &x)
}

/// An operation in a context.
pub fn run_one<'gc>(ctx: Ctx<'gc>, context: &ContextData, op: One, x: &Number) -> Answer<'gc> {
    let mut settings = context.settings();
    let result = op(&mut settings, x);
    finish(ctx, context, &settings, result)
}

/// An operation in a context.
pub fn run_two<'gc>(
    ctx: Ctx<'gc>,
    context: &ContextData,
    op: Two,
    x: &Number,
    y: &Number,
) -> Answer<'gc> {
    let mut settings = context.settings();
    let result = op(&mut settings, x, y);
    finish(ctx, context, &settings, result)
}

/// `self.op(other, context=None)`
pub fn two_of_decimal<'gc>(ctx: Ctx<'gc>, op: Two, args: &[Value<'gc>]) -> Answer<'gc> {
    let context = context::given(ctx, args[2])?;
    let y = argument(ctx, args[1])?;
    run_two(ctx, context, op, this(ctx, args[0])?, &y)
}

/// `context.op(x, y)`
pub fn two_of_context<'gc>(ctx: Ctx<'gc>, op: Two, args: &[Value<'gc>]) -> Answer<'gc> {
    let (x, y) = (argument(ctx, args[1])?, argument(ctx, args[2])?);
    run_two(ctx, context::this(ctx, args[0])?, op, &x, &y)
}

/// `self.is_...(context=None)`
pub fn ask_decimal<'gc>(ctx: Ctx<'gc>, op: Question, args: &[Value<'gc>]) -> Answer<'gc> {
    let given = args.get(1).copied().unwrap_or(Value::Absent);
    let settings = context::given(ctx, given)?.settings();
    Ok(Value::bool(op(&settings, this(ctx, args[0])?)))
}

/// `context.is_...(x)`
pub fn ask_context<'gc>(ctx: Ctx<'gc>, op: Question, args: &[Value<'gc>]) -> Answer<'gc> {
    let settings = context::this(ctx, args[0])?.settings();
    Ok(Value::bool(op(&settings, &argument(ctx, args[1])?)))
}

/// The operands of an operator: two Decimals, or one and an int.
pub fn operands<'gc>(a: Value<'gc>, b: Value<'gc>) -> Option<(Number, Number)> {
    Some((super::convert::operand(a)?, super::convert::operand(b)?))
}

/// `a op b` in the current context.
pub fn operator<'gc>(ctx: Ctx<'gc>, op: Two, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    match operands(a, b) {
        Some((x, y)) => run_two(ctx, context::this(ctx, context::current(ctx)?)?, op, &x, &y),
        None => Ok(Value::NotImplemented),
    }
}

/// A pair of results.
pub fn both<'gc>(
    ctx: Ctx<'gc>,
    context: &ContextData,
    x: &Number,
    y: &Number,
) -> Result<Value<'gc>, Raised<'gc>> {
    let mut settings = context.settings();
    let (a, b) = super::arithmetic::divide_both(&mut settings, x, y);
    context.record(ctx, settings.status)?;
    let pair = [decimal(ctx, a), decimal(ctx, b)];
    Ok(Value::Tuple(ctx.tuple(pair)))
}
