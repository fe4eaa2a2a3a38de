//! `sys`: what a program asks of the runtime itself.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Caller as CallerCall, Flow as FlowCall, Plain};
use capers_runtime::native::function;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::list::List;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use capers_runtime::vm::frame::{Caller, Frame};

use crate::audit;
use crate::stdio::{Which, stream};
use crate::sys_tracing;

/// The module.
pub static SYS: ModuleDef = ModuleDef {
    name: "sys",
    doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
    functions: &[
        function(
            "exit(status=None, /)",
            "Exit the interpreter by raising SystemExit(status).",
            Plain(exit),
        ),
        function(
            "getrecursionlimit()",
            "Return the current value of the recursion limit.",
            Plain(getrecursionlimit),
        ),
        function(
            "setrecursionlimit(limit, /)",
            "Set the maximum depth of the Python interpreter stack to n.",
            Plain(setrecursionlimit),
        ),
        function(
            "exc_info()",
            "Return current exception information: (type, value, traceback).",
            Plain(exc_info),
        ),
        function(
            "exception()",
            "Return the current exception.",
            Plain(exception),
        ),
        function(
            "intern(string, /)",
            "``Intern'' the given string.",
            Plain(intern),
        ),
        function(
            "getsizeof(object, default=None)",
            "Return the size of object in bytes.",
            Plain(getsizeof),
        ),
        function(
            "displayhook(object, /)",
            "Print an object to sys.stdout and also save it in builtins._",
            Plain(displayhook),
        ),
        function(
            "getdefaultencoding()",
            "Return the current default encoding used by the Unicode implementation.",
            Plain(getdefaultencoding),
        ),
        function(
            "getfilesystemencoding()",
            "Return the encoding used to convert Unicode filenames to OS filenames.",
            Plain(getdefaultencoding),
        ),
        function(
            "getfilesystemencodeerrors()",
            "Return the error mode used Unicode to OS filename conversion.",
            Plain(|ctx, _| Ok(Value::Str(ctx.intern("surrogateescape")))),
        ),
        function(
            "audit(event, /, *args)",
            "Passes the event to any hooks that are attached.",
            Plain(audit::audit),
        ),
        function(
            "addaudithook(hook)",
            "Adds a new audit hook callback.",
            Plain(audit::addaudithook),
        ),
        function(
            "is_finalizing()",
            "Return True if Python is exiting.",
            Plain(is_finalizing),
        ),
        function(
            "_getframe(depth=0, /)",
            "Return a frame object from the call stack.",
            CallerCall(getframe),
        ),
        function(
            "_getframemodulename(depth=0)",
            "Return the name of the module for a calling frame.",
            CallerCall(getframemodulename),
        ),
        function(
            "_current_frames()",
            "Return a dict mapping each thread's thread id to its current stack frame.",
            CallerCall(sys_tracing::current_frames),
        ),
        function(
            "settrace(*args)",
            "Set the global debug tracing function.",
            FlowCall(sys_tracing::settrace),
        ),
        function(
            "gettrace()",
            "Return the global debug tracing function set with sys.settrace.",
            Plain(|ctx, _| Ok(ctx.tracer())),
        ),
        function(
            "setprofile(*args)",
            "Set the profiling function.",
            FlowCall(sys_tracing::setprofile),
        ),
        function(
            "getprofile()",
            "Return the profiling function set with sys.setprofile.",
            Plain(|ctx, _| Ok(ctx.profiler())),
        ),
        function(
            "set_coroutine_origin_tracking_depth(depth)",
            "Enable or disable origin tracking for coroutine objects in this thread.",
            Plain(sys_tracing::set_origin_depth),
        ),
        function(
            "get_coroutine_origin_tracking_depth()",
            "Check status of origin tracking for coroutine objects in this thread.",
            Plain(|ctx, _| Ok(Value::from_usize(ctx.mc, ctx.origin_depth()))),
        ),
        function(
            "call_tracing(func, args, /)",
            "Call func(*args), while tracing is enabled.",
            FlowCall(sys_tracing::call_tracing),
        ),
        function(
            "unraisablehook(unraisable, /)",
            "Handle an unraisable exception.",
            Plain(unraisablehook),
        ),
        function(
            "excepthook(exctype, value, traceback, /)",
            "Handle an exception by displaying it with a traceback on sys.stderr.",
            FlowCall(excepthook),
        ),
        function(
            "get_int_max_str_digits()",
            "Return the maximum string digits limit for non-binary int<->str conversions.",
            Plain(get_int_max_str_digits),
        ),
        function(
            "set_int_max_str_digits(maxdigits)",
            "Set the maximum string digits limit for non-binary int<->str conversions.",
            Plain(set_int_max_str_digits),
        ),
    ],
    types: &[],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    let list = |items: Vec<Value<'gc>>| Value::List(List::new(ctx, items));
    let texts = |items: &[String]| list(items.iter().map(|t| ctx.str_value(t)).collect());
    let settings = ctx.settings();
    let set = |name: &str, value| dict.set_text(ctx, name, value);
    set("argv", texts(&settings.argv));
    set("orig_argv", texts(&settings.argv));
    set("path", texts(&settings.path));
    set("modules", Value::Dict(ctx.modules()));
    set("meta_path", list(vec![]));
    set("path_hooks", list(vec![]));
    set("warnoptions", list(vec![]));
    set("maxsize", Value::Int(i64::MAX));
    set("maxunicode", Value::Int(0x10_ffff));
    set(
        "byteorder",
        ctx.str_value(if cfg!(target_endian = "big") {
            "big"
        } else {
            "little"
        }),
    );
    set(
        "platform",
        ctx.str_value(if cfg!(target_os = "macos") {
            "darwin"
        } else {
            "linux"
        }),
    );
    set("version", ctx.str_value("3.14.2 (Capers)"));
    set("hexversion", Value::Int(0x030e_02f0));
    set("api_version", Value::Int(1013));
    set(
        "copyright",
        ctx.str_value("Copyright (c) the Capers developers."),
    );
    set("executable", ctx.str_value(""));
    set("prefix", ctx.str_value(""));
    set("exec_prefix", ctx.str_value(""));
    set("base_prefix", ctx.str_value(""));
    set("dont_write_bytecode", Value::bool(true));
    set("tracebacklimit", Value::None);
    dict.remove_str(ctx, ctx.intern("tracebacklimit"));
    let names: Vec<Value<'gc>> = {
        let registered = ctx.registered_names();
        registered
            .iter()
            .filter(|n| n.1)
            .map(|n| ctx.str_value(n.0))
            .collect()
    };
    crate::site::install(ctx);
    set("builtin_module_names", Value::Tuple(ctx.tuple(names)));
    let all: Vec<Value<'gc>> = {
        let registered = ctx.registered_names();
        registered.iter().map(|n| ctx.str_value(n.0)).collect()
    };
    let all = Value::Tuple(ctx.tuple(all));
    set(
        "stdlib_module_names",
        ctx.call(Value::Type(ctx.types().frozenset), &[all])?,
    );
    for (name, which) in [
        ("stdin", Which::In),
        ("stdout", Which::Out),
        ("stderr", Which::Err),
    ] {
        let stream = stream(ctx, which);
        set(name, stream);
        set(&format!("__{name}__"), stream);
    }
    for name in ["displayhook", "excepthook", "unraisablehook"] {
        if let Some(hook) = dict.get_text(ctx, name) {
            set(&format!("__{name}__"), hook);
        }
    }
    crate::io::install(ctx);
    crate::sys_info::add(ctx, dict)
}

fn exit<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    match args[0] {
        Value::Absent | Value::None => Err(ctx.error_with(Exc::SystemExit, &[])),
        status => match status.as_tuple() {
            Some(tuple) => Err(ctx.error_with(Exc::SystemExit, tuple.items())),
            None => Err(ctx.error_with(Exc::SystemExit, &[status])),
        },
    }
}

fn getrecursionlimit<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, ctx.recursion_limit()))
}

fn setrecursionlimit<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let limit = ctx.index_i64(args[0], Exc::OverflowError)?;
    if limit < 1 {
        return Err(ctx.value_error("recursion limit must be greater or equal than 1"));
    }
    if ctx.depth() >= limit as usize {
        return Err(ctx.error(
            Exc::RecursionError,
            format!(
                "cannot set the recursion limit to {limit} at the recursion depth {}: the limit is too low",
                ctx.depth()
            ),
        ));
    }
    ctx.set_recursion_limit(limit as usize);
    Ok(Value::None)
}

fn exc_info<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let handled = ctx.handled();
    let parts = match exceptions::fields(handled) {
        Some(fields) => [Value::Type(handled.class(ctx)), handled, fields.traceback],
        None => [Value::None; 3],
    };
    Ok(Value::Tuple(ctx.tuple(parts)))
}

fn exception<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(ctx.handled())
}

fn intern<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    match args[0] {
        Value::Str(text) => Ok(Value::Str(ctx.intern_str(text))),
        other if other.as_str().is_some() => {
            Err(ctx.type_error(format!("can't intern {}", ctx.type_name(other))))
        }
        other => Err(ctx.type_error(format!(
            "intern() argument must be str, not {}",
            ctx.type_name(other)
        ))),
    }
}

fn getsizeof<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    match ctx.call_special(args[0], ctx.names().__sizeof__, &[])? {
        Some(size) => match ctx.index(size)? {
            Value::Int(n) if n < 0 => Err(ctx.value_error("__sizeof__() should return >= 0")),
            size => Ok(size),
        },
        None => Ok(args[1].or(Value::Int(64))),
    }
}

fn displayhook<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if args[0].is_none() {
        return Ok(Value::None);
    }
    let names = ctx.names();
    ctx.builtins().set_text(ctx, "_", Value::None);
    let text = ctx.repr(args[0])?;
    let stdout = match ctx.modules().get_str(ctx, names.sys) {
        Some(sys) => ctx.try_attr(sys, names.stdout)?,
        None => None,
    };
    let Some(stdout) = stdout else {
        return Err(ctx.runtime_error("lost sys.stdout"));
    };
    let text = match ctx.settings().display {
        Some(display) if capers_runtime::report_error::is_own(ctx, "stdout") => match text.to_str()
        {
            Some(text) => ctx.str_value(&display(text)),
            None => Value::Str(text),
        },
        _ => Value::Str(text),
    };
    ctx.call_method(stdout, names.write, &[text])?;
    ctx.call_method(stdout, names.write, &[ctx.str_value("\n")])?;
    ctx.builtins().set_text(ctx, "_", args[0]);
    Ok(Value::None)
}

fn getdefaultencoding<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(ctx.str_value("utf-8"))
}

fn is_finalizing<'gc>(_: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::bool(false))
}

/// The Python frames of a caller, innermost first.
fn python_frames<'a, 'gc>(
    caller: &'a mut Option<Caller<'_, 'gc>>,
) -> Vec<&'a mut capers_runtime::vm::frame::PyFrame<'gc>> {
    let Some(caller) = caller else {
        return Vec::new();
    };
    let python = |frame: &'a mut Frame<'gc>| match frame {
        Frame::Python(frame) => Some(frame),
        _ => None,
    };
    caller.frames.iter_mut().rev().filter_map(python).collect()
}

fn depth_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<usize, Raised<'gc>> {
    match value.present() {
        Some(depth) => Ok(ctx.index_i64(depth, Exc::OverflowError)?.max(0) as usize),
        None => Ok(0),
    }
}

fn getframe<'gc>(
    ctx: Context<'gc>,
    mut caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let depth = depth_of(ctx, args[0])?;
    match capers_runtime::types::frame::chain(ctx, &mut caller).get(depth) {
        Some(frame) => Ok(Flow::Return(Value::Object(*frame))),
        None => Err(ctx.value_error("call stack is not deep enough")),
    }
}

fn getframemodulename<'gc>(
    ctx: Context<'gc>,
    mut caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let depth = depth_of(ctx, args[0])?;
    let frames = python_frames(&mut caller);
    let name = frames.get(depth).and_then(|f| match f.function {
        Value::Function(function) => Some(function.fields().module),
        _ => f.globals.get_str(ctx, ctx.names().__name__),
    });
    Ok(Flow::Return(name.unwrap_or(Value::None)))
}

fn unraisablehook<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let part = |name: &str| ctx.get_attr(args[0], ctx.intern(name));
    let exception = (
        part("exc_type")?,
        part("exc_value")?,
        part("exc_traceback")?,
    );
    let (message, object) = (part("err_msg")?, part("object")?);
    capers_runtime::report_error::report_ignored(ctx, exception, message, object);
    Ok(Value::None)
}

fn excepthook<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(raised) = exceptions::as_exception(ctx, args[1]) else {
        return Err(ctx.type_error(format!(
            "print_exception(): Exception expected for value, {} found",
            ctx.type_name(args[1])
        )));
    };
    let style = capers_runtime::report::Style::default();
    let text = exceptions::report::describe_with(ctx, raised, args[2], style);
    capers_runtime::report_error::write_error(ctx, &text);
    Ok(Flow::Return(Value::None))
}

fn get_int_max_str_digits<'gc>(
    ctx: Context<'gc>,
    _: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, ctx.int_digits_limit()))
}

fn set_int_max_str_digits<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let limit = ctx.index_i64(args[0], Exc::OverflowError)?;
    if limit != 0 && limit < 640 {
        return Err(ctx.value_error("maxdigits must be >= 640 or 0 for unlimited"));
    }
    ctx.set_int_digits_limit(limit as usize);
    Ok(Value::None)
}
