//! The end of a program: flushing the streams, printing what was not caught,
//! the exit status.

use crate::context::Context;
use crate::raised::Raised;
use crate::report::Style;
use crate::types::exceptions::{self, Exc, report};
use crate::value::Value;

/// The status of a program that Ctrl-C ended, as a shell sees it.
const INTERRUPTED: u8 = 130;
/// The status of a program whose output could not be written.
const NOT_FLUSHED: u8 = 120;

/// An attribute of `sys`.
fn sys_attribute<'gc>(ctx: Context<'gc>, name: &str) -> Option<Value<'gc>> {
    let sys = ctx.modules().get_str(ctx, ctx.names().sys)?;
    ctx.try_attr(sys, ctx.intern(name)).ok()?
}

/// Flushes `sys.stdout` and `sys.stderr`; the exit status of a program that ended well.
pub fn finish(ctx: Context<'_>) -> u8 {
    let mut status = 0;
    for name in ["stdout", "stderr"] {
        if let Some(stream) = sys_attribute(ctx, name)
            && !stream.is_none()
            && let Err(raised) = ctx.call_method(stream, ctx.names().flush, &[])
        {
            status = NOT_FLUSHED;
            if name == "stdout" {
                let shown = ctx.repr(stream);
                let shown = shown.map_or_else(|_| String::new(), report::readable);
                write_error(
                    ctx,
                    &format!(
                        "Exception ignored while flushing {name} {shown}:\n{}",
                        describe(ctx, raised)
                    ),
                );
            }
        }
    }
    status
}

/// Ends a program with an exception: SystemExit's own status, or the exception
/// shown by `sys.excepthook` and status 1.
pub fn exit_status<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> u8 {
    let status = uncaught_status(ctx, raised);
    match finish(ctx) {
        0 => status,
        flushed if status == 0 => flushed,
        _ => status,
    }
}

/// As `exit_status`, for a program that has still to be ended: nothing is flushed.
pub fn uncaught_status<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> u8 {
    if exceptions::matches(ctx, raised, Exc::SystemExit) {
        system_exit_status(ctx, raised)
    } else {
        match show(ctx, raised) {
            Some(status) => status,
            None if exceptions::matches(ctx, raised, Exc::KeyboardInterrupt) => INTERRUPTED,
            None => 1,
        }
    }
}

/// What `SystemExit.code` says: nothing, a number, or a message to print.
fn system_exit_status<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> u8 {
    let code = match ctx.try_attr(raised.value(), ctx.intern("code")) {
        Ok(Some(code)) => code,
        _ => exceptions::field(ctx, raised.value(), "code"),
    };
    match code.builtin() {
        Value::Absent | Value::None => 0,
        // As `exit` of C: the low byte.
        Value::Int(number) => number as u8,
        Value::Bool(flag) => u8::from(flag.get()),
        Value::BigInt(_) => 255,
        _ => {
            if let Ok(text) = ctx.to_str(code) {
                write_error(ctx, &format!("{}\n", report::readable(text)));
            }
            1
        }
    }
}

/// Shows an exception that nobody caught, through `sys.excepthook` if the program
/// set one. The answer is the status of a SystemExit that the hook raised.
pub fn show<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> Option<u8> {
    let exception = raised.value();
    let class = Value::Type(raised.0.class());
    let traceback = exceptions::fields(exception).map_or(Value::None, |f| f.traceback);
    if let Some(Value::Module(sys)) = ctx.modules().get_str(ctx, ctx.names().sys) {
        let dict = sys.dict();
        dict.set_text(ctx, "last_exc", exception);
        dict.set_text(ctx, "last_type", class);
        dict.set_text(ctx, "last_value", exception);
        dict.set_text(ctx, "last_traceback", traceback);
    }
    let hook = sys_attribute(ctx, "excepthook");
    match hook {
        None if sys_attribute(ctx, "stderr").is_some() => {
            write_error(ctx, "sys.excepthook is missing\n");
            write_error(ctx, &describe(ctx, raised));
        }
        Some(hook) if !matches!(hook, Value::Native(_)) => {
            ctx.set_handled(Value::None);
            if let Err(other) = ctx.call(hook, &[class, exception, traceback]) {
                if exceptions::matches(ctx, other, Exc::SystemExit) {
                    return Some(system_exit_status(ctx, other));
                }
                write_error(ctx, "Error in sys.excepthook:\n");
                write_error(ctx, &describe(ctx, other));
                write_error(ctx, "\nOriginal exception was:\n");
                write_error(ctx, &describe(ctx, raised));
            }
        }
        _ => write_error(ctx, &describe(ctx, raised)),
    }
    None
}

/// Reports an exception that can't be passed on, through `sys.unraisablehook` if the
/// program set one: `what` happened, in calling `object`.
pub fn unraisable<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, what: &str, object: Value<'gc>) {
    let exception = raised.value();
    let traceback = exceptions::fields(exception).map_or(Value::None, |f| f.traceback);
    let message = format!("{what} {}", shown(ctx, object));
    let hook = sys_attribute(ctx, "unraisablehook").filter(|hook| !hook.is_none());
    let failed = match hook {
        Some(hook) if !matches!(hook, Value::Native(_)) => {
            let arguments = [
                Value::Type(raised.0.class()),
                exception,
                traceback,
                ctx.str_value(&message),
                Value::None,
            ];
            let arguments = Value::Tuple(ctx.tuple(arguments));
            let called = match sys_attribute(ctx, "UnraisableHookArgs") {
                Some(kind) => ctx
                    .call(kind, &[arguments])
                    .and_then(|arguments| ctx.call(hook, &[arguments])),
                None => return,
            };
            match called {
                Ok(_) => return,
                Err(other) => Some((hook, other)),
            }
        }
        _ => None,
    };
    match failed {
        Some((hook, other)) => {
            let message = format!(
                "Exception ignored in sys.unraisablehook: {}",
                shown(ctx, hook)
            );
            let traceback = exceptions::fields(other.value()).map_or(Value::None, |f| f.traceback);
            write_ignored(ctx, other, traceback, &format!("{message}\n"));
        }
        None => write_ignored(ctx, raised, traceback, &format!("{message}:\n")),
    }
}

/// The repr of an object in a report.
fn shown<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> String {
    let text = ctx.repr(object);
    text.map_or_else(|_| "<object repr() failed>".to_owned(), report::readable)
}

/// Writes that an exception is ignored: what `sys.unraisablehook` does with the fields of its
/// argument, of which `message` and `object` may be None.
pub fn report_ignored<'gc>(
    ctx: Context<'gc>,
    exception: (Value<'gc>, Value<'gc>, Value<'gc>),
    message: Value<'gc>,
    object: Value<'gc>,
) {
    let (class, value, traceback) = exception;
    let message = message.as_str().map(|m| m.to_string_lossy().into_owned());
    let head = match (object.is_none(), message) {
        (false, message) => format!(
            "{}: {}\n",
            message.as_deref().unwrap_or("Exception ignored in"),
            shown(ctx, object)
        ),
        (true, Some(message)) => format!("{message}:\n"),
        (true, None) => String::new(),
    };
    match exceptions::as_exception(ctx, value) {
        Some(raised) => write_ignored(ctx, raised, traceback, &head),
        None => {
            let name = class
                .as_type()
                .map_or_else(String::new, |c| c.name_text().to_string());
            write_error(ctx, &format!("{head}{name}\n"));
        }
    }
}

fn write_ignored<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, traceback: Value<'gc>, head: &str) {
    let text = report::describe_ignored(ctx, raised, traceback);
    write_error(ctx, &format!("{head}{text}"));
}

/// Writes to `sys.stderr`, or to the process's standard error where a program
/// has made that impossible.
pub fn write_error(ctx: Context<'_>, text: &str) {
    let written = match sys_attribute(ctx, "stderr") {
        Some(Value::None) => true,
        Some(stream) => ctx
            .call_method(stream, ctx.names().write, &[ctx.str_value(text)])
            .is_ok(),
        None => false,
    };
    if !written {
        eprint!("{text}");
    }
}

/// The text that is printed for an exception that nobody caught.
pub fn describe<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> String {
    let color = ctx.settings().color_errors && is_own(ctx, "stderr");
    let style = Style {
        color,
        ..Style::default()
    };
    report::describe(ctx, raised, style)
}

/// Whether the stream of this name in `sys` is the process's own, which no program has replaced.
pub fn is_own(ctx: Context<'_>, name: &str) -> bool {
    let original = sys_attribute(ctx, &format!("__{name}__"));
    match (sys_attribute(ctx, name), original) {
        (Some(stream), Some(original)) => stream.is(original),
        _ => false,
    }
}
