//! `functools.reduce`

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::protocol::iterate;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, and_then};
use gc_arena::Collect;

use super::FlowAnswer;

/// The function.
pub const REDUCE: NativeDef = function(
    "reduce(function, iterable, /, initial=<unrepresentable>)",
    "Apply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is present,\nit is placed before the items of the iterable in the calculation, and serves as\na default when the iterable is empty.",
    FlowCall(reduce),
);

/// What the frame waits for.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Waiting {
    Item,
    Result,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Reduce<'gc> {
    function: Value<'gc>,
    iterator: Value<'gc>,
    /// Absent before the first item where there is no initial value.
    result: Value<'gc>,
    #[collect(require_static)]
    waiting: Waiting,
}

impl<'gc> NativeFrame<'gc> for Reduce<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Raised(raised) => return Err(raised),
            Input::Start => {}
            Input::Exhausted => {
                return match self.result {
                    Value::Absent => {
                        Err(ctx.type_error("reduce() of empty iterable with no initial value"))
                    }
                    result => Ok(Step::Return(result)),
                };
            }
            Input::Value(result) if self.waiting == Waiting::Result => self.result = result,
            Input::Item(item) | Input::Value(item) => {
                if self.result.is_absent() {
                    self.result = item;
                } else {
                    self.waiting = Waiting::Result;
                    let arguments = [self.result, item];
                    return Ok(Step::Await(Flow::call(self.function, &arguments)));
                }
            }
        }
        self.waiting = Waiting::Item;
        Ok(Step::Next(self.iterator))
    }
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let state = vec![args[0], args[2]];
    match iterate::iter_flow(ctx, args[1]) {
        Ok(flow) => and_then(ctx, flow, state, |ctx, state, iterator| {
            let iterator = iterator.map_err(|raised| not_iterable(ctx, raised))?;
            Ok(Flow::frame(Reduce {
                function: state[0],
                iterator,
                result: state[1],
                waiting: Waiting::Item,
            }))
        }),
        Err(raised) => Err(not_iterable(ctx, raised)),
    }
}

fn not_iterable<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> Raised<'gc> {
    match exceptions::matches(ctx, raised, Exc::TypeError) {
        true => ctx.type_error("reduce() arg 2 must support iteration"),
        false => raised,
    }
}
