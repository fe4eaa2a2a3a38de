//! The end of a program: what `threading` and `atexit` were told to call, then the streams' flush.
//!
//! DIFFERENCE: the objects that are left are not ended. The language does not promise that
//! `__del__` is called for them; CPython mostly does it.

use crate::context::Context;
use crate::raised::Raised;
use crate::report_error;
use crate::runtime::Runtime;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The functions that are called in turn.
const HOOKS: [(&str, &str); 2] = [("threading", "_shutdown"), ("atexit", "_run_exitfuncs")];

impl Runtime {
    /// Ends the program that has run: calls what it registered for its end and flushes its
    /// streams. The answer is the status of a program that ended well.
    pub fn shut_down(&mut self) -> u8 {
        self.run(|ctx| call_hooks(ctx, 0), report);
        self.enter(report_error::finish)
    }
}

fn report<'gc>(ctx: Context<'gc>, result: Result<Value<'gc>, Raised<'gc>>) {
    if let Err(raised) = result {
        report_error::unraisable(ctx, raised, "Exception ignored in", Value::None);
    }
}

fn call_hooks<'gc>(ctx: Context<'gc>, number: usize) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some((module, function)) = HOOKS.get(number) else {
        return Ok(Flow::Return(Value::None));
    };
    let hook = match ctx.modules().get_text(ctx, module) {
        Some(module) => ctx.try_attr(module, ctx.intern(function)).unwrap_or(None),
        None => None,
    };
    let Some(hook) = hook else {
        return call_hooks(ctx, number + 1);
    };
    let state = vec![hook, Value::from_usize(ctx.mc, number + 1)];
    and_then(ctx, Flow::call(hook, &[]), state, |ctx, state, result| {
        if let Err(raised) = result {
            report_error::unraisable(ctx, raised, "Exception ignored on", state[0]);
        }
        let next = state[1].as_small_int().unwrap_or(0);
        call_hooks(ctx, usize::try_from(next).unwrap_or(HOOKS.len()))
    })
}
