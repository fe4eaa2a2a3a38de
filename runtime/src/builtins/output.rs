//! `print` and `input`.

use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, function};
use crate::raised::Raised;
use crate::types::exceptions::Exc;
use crate::value::Value;

/// The functions of this file.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "print(*args, sep=' ', end='\\n', file=None, flush=False)",
        "Prints the values to a stream, or to sys.stdout by default.\n\n  sep\n    string inserted between values, default a space.\n  end\n    string appended after the last value, default a newline.\n  file\n    a file-like object (stream); defaults to the current sys.stdout.\n  flush\n    whether to forcibly flush the stream.",
        Plain(print),
    ),
    function(
        "input(prompt='', /)",
        "Read a string from standard input.  The trailing newline is stripped.\n\nThe prompt string, if given, is printed to standard output without a\ntrailing newline before reading input.\n\nIf the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.\nOn *nix systems, readline is used if available.",
        Plain(input),
    ),
];

/// `sys.<name>`, if there is a `sys`.
fn sys_stream<'gc>(
    ctx: Context<'gc>,
    name: crate::types::str::Str<'gc>,
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    match ctx.modules().get_str(ctx, ctx.names().sys) {
        Some(sys) => ctx.try_attr(sys, name),
        None => Ok(None),
    }
}

fn print<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let separator = |value: Value<'gc>, what: &str, default: &'static [u8]| match value {
        Value::Absent | Value::None => Ok(default.to_vec()),
        value => match value.as_str() {
            Some(text) => Ok(text.bytes().to_vec()),
            None => Err(ctx.type_error(format!(
                "{what} must be None or a string, not {}",
                ctx.type_name(value)
            ))),
        },
    };
    let sep = separator(args[1], "sep", b" ")?;
    let end = separator(args[2], "end", b"\n")?;
    let file = match args[3] {
        Value::Absent | Value::None => match sys_stream(ctx, names.stdout)? {
            Some(Value::None) => return Ok(Value::None),
            Some(file) => file,
            None => return Err(ctx.runtime_error("lost sys.stdout")),
        },
        file => file,
    };
    let items = args[0].as_tuple().map_or(&[][..], |t| t.items());
    let flush = match args[4].present() {
        Some(flush) => ctx.truth(flush)?,
        None => false,
    };
    let write = ctx.get_attr(file, names.write)?;
    if let Value::NativeMethod(_) = write {
        // A native stream sees no difference between one write and several.
        let mut line = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                line.extend_from_slice(&sep);
            }
            line.extend_from_slice(ctx.to_str(*item)?.bytes());
        }
        line.extend_from_slice(&end);
        ctx.call(write, &[Value::Str(ctx.str_from_vec(line))])?;
    } else {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                ctx.call(write, &[Value::Str(ctx.str_from_bytes(&sep))])?;
            }
            let text = ctx.to_str(*item)?;
            ctx.call(write, &[Value::Str(text)])?;
        }
        ctx.call(write, &[Value::Str(ctx.str_from_bytes(&end))])?;
    }
    if flush {
        ctx.call_method(file, names.flush, &[])?;
    }
    Ok(Value::None)
}

fn input<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let lost = |what: &str| ctx.runtime_error(format!("lost sys.{what}"));
    let stdout = sys_stream(ctx, names.stdout)?.ok_or_else(|| lost("stdout"))?;
    let stdin = sys_stream(ctx, names.stdin)?.ok_or_else(|| lost("stdin"))?;
    if let Some(prompt) = args[0].present() {
        let prompt = ctx.to_str(prompt)?;
        ctx.call_method(stdout, names.write, &[Value::Str(prompt)])?;
    }
    ctx.call_method(stdout, names.flush, &[])?;
    let line = ctx.call_method(stdin, names.readline, &[])?;
    let Some(line) = line.as_str() else {
        return Err(ctx.type_error("object.readline() returned non-string"));
    };
    match line.bytes() {
        b"" => Err(ctx.error(Exc::EOFError, "EOF when reading a line")),
        bytes => Ok(Value::Str(
            ctx.str_from_bytes(bytes.strip_suffix(b"\n").unwrap_or(bytes)),
        )),
    }
}
