//! The frame that makes the calls for objects that have ended: `__del__`, closing
//! generators, callbacks of weak references. What these raise is reported and goes
//! no further.

use gc_arena::Collect;

use crate::context::Context;
use crate::protocol::call::call_special;
use crate::raised::Raised;
use crate::report_error;
use crate::types::generator_methods;
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Step};
use crate::weak::Ending;

/// Makes the calls that are due until there are no more. After a round it has a
/// collection look for what these calls let go of.
#[derive(Default, Collect)]
#[collect(no_drop)]
pub(super) struct Endings<'gc> {
    /// What is being called.
    current: Option<Ending<'gc>>,
    /// Whether anything was called since the last collection.
    #[collect(require_static)]
    called: bool,
    /// How many collections were asked for.
    #[collect(require_static)]
    rounds: usize,
}

/// After so many rounds the program goes on: a `__del__` that makes an object of its own kind
/// would never let it.
const MOST_ROUNDS: usize = 50;

impl<'gc> NativeFrame<'gc> for Endings<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let current = self.current.take();
        if let (Input::Raised(raised), Some(ending)) = (input, current) {
            report(ctx, raised, ending);
        }
        while let Some(ending) = ctx.take_ending() {
            self.called = true;
            match begin(ctx, ending) {
                Ok(Some(flow)) => {
                    self.current = Some(ending);
                    return Ok(Step::Await(flow));
                }
                Ok(None) => {}
                Err(raised) => report(ctx, raised, ending),
            }
        }
        if std::mem::take(&mut self.called) && self.rounds < MOST_ROUNDS {
            self.rounds += 1;
            ctx.request_early_collection(false);
            return Ok(Step::Yield);
        }
        ctx.set_calling(false);
        Ok(Step::Return(Value::None))
    }
}

fn begin<'gc>(ctx: Context<'gc>, ending: Ending<'gc>) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
    match ending {
        Ending::Instance(value) => match value.class(ctx).lookup(ctx, ctx.names().__del__) {
            Some(method) => call_special(ctx, method, value, &[]).map(Some),
            None => Ok(None),
        },
        Ending::Generator(generator) => {
            generator_methods::close(ctx, &[Value::Generator(generator)]).map(Some)
        }
        Ending::Callback(reference, callback) => Ok(Some(Flow::call(callback, &[reference]))),
    }
}

fn report<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, ending: Ending<'gc>) {
    let (what, object) = match ending {
        Ending::Instance(value) => (
            "Exception ignored while calling deallocator",
            value.class(ctx).lookup(ctx, ctx.names().__del__),
        ),
        Ending::Generator(generator) => (
            "Exception ignored while closing generator",
            Some(Value::Generator(generator)),
        ),
        Ending::Callback(_, callback) => (
            "Exception ignored while calling weakref callback",
            Some(callback),
        ),
    };
    report_error::unraisable(ctx, raised, what, object.unwrap_or(Value::None));
}
