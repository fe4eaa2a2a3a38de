//! The end of a program: flushing the streams, printing what was not caught,
//! the exit status.

use crate::context::Context;
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::value::Value;

/// Flushes `sys.stdout` and `sys.stderr`; the exit status of a program that ended well.
pub fn finish<'gc>(ctx: Context<'gc>) -> u8 {
    let names = ctx.names();
    let mut status = 0;
    if let Some(sys) = ctx.modules().get_str(ctx, names.sys) {
        for name in [names.stdout, names.stderr] {
            if let Ok(Some(stream)) = ctx.try_attr(sys, name)
                && !stream.is_none()
                && ctx.call_method(stream, names.flush, &[]).is_err()
            {
                status = 120;
            }
        }
    }
    status
}

/// Ends a program with an exception: SystemExit's own status, or the exception
/// printed and status 1.
pub fn exit_status<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> u8 {
    let flushed = finish(ctx);
    if exceptions::matches(ctx, raised, Exc::SystemExit) {
        let code = exceptions::field(ctx, raised.value(), "code");
        return match code.builtin() {
            Value::Absent | Value::None => flushed,
            Value::Int(n) => n as u8,
            Value::Bool(b) => u8::from(b),
            _ => {
                if let Ok(text) = ctx.to_str(code) {
                    eprintln!("{}", text.to_string_lossy());
                }
                1
            }
        };
    }
    eprint!("{}", describe(ctx, raised));
    if exceptions::matches(ctx, raised, Exc::KeyboardInterrupt) {
        130
    } else {
        1
    }
}

/// The text that is printed for an exception that nobody caught.
pub fn describe<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> String {
    let message = ctx.to_str(raised.value());
    let message = message.map_or_else(|_| String::new(), |m| m.to_string_lossy().into_owned());
    let class = raised.0.class();
    let name = class.name_text();
    if message.is_empty() {
        format!("{name}\n")
    } else {
        format!("{name}: {message}\n")
    }
}
