//! The parts of `sys` that watch a program run: trace and profile functions, all frames.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::frame;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use capers_runtime::vm::frame::Caller;
use capers_runtime::vm::observe;

use crate::thread::MAIN_THREAD;

type Answer<'gc> = Result<Flow<'gc>, Raised<'gc>>;

/// The only argument of a function that says no more than how many it was given.
fn only<'gc>(
    ctx: Context<'gc>,
    name: &str,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    match args[0].as_tuple().map_or(&[][..], |t| t.items()) {
        &[value] => Ok(value),
        given => Err(ctx.type_error(format!(
            "sys.{name}() takes exactly one argument ({} given)",
            given.len()
        ))),
    }
}

/// `sys.settrace(function)`
pub fn settrace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    ctx.set_tracer(only(ctx, "settrace", args)?);
    Ok(Flow::Return(Value::None))
}

/// `sys.setprofile(function)`: the frames that run already are watched from now on.
pub fn setprofile<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let profiler = only(ctx, "setprofile", args)?;
    if profiler.is_none() {
        ctx.set_profiler(profiler);
        return Ok(Flow::Return(profiler));
    }
    Ok(Flow::look(
        |ctx, mut caller, args| {
            observe::observe_all(ctx, &mut caller);
            ctx.set_profiler(args[0]);
            Ok(Value::None)
        },
        &[profiler],
    ))
}

/// `sys.call_tracing(function, arguments)`
pub fn call_tracing<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Some(arguments) = args[1].as_tuple() else {
        let given = ctx.type_name(args[1]);
        return Err(ctx.type_error(format!(
            "call_tracing() argument 2 must be tuple, not {given}"
        )));
    };
    ctx.call_traced(args[0], arguments.items())
        .map(Flow::Return)
}

/// `sys._current_frames()`
pub fn current_frames<'gc>(
    ctx: Context<'gc>,
    mut caller: Option<Caller<'_, 'gc>>,
    _: &[Value<'gc>],
) -> Answer<'gc> {
    let frames = Dict::new(ctx);
    if let Some(innermost) = frame::chain(ctx, &mut caller).first() {
        frames.set(ctx, Value::Int(MAIN_THREAD), Value::Object(*innermost))?;
    }
    Ok(Flow::Return(Value::Dict(frames)))
}

/// `sys.set_coroutine_origin_tracking_depth(depth)`
pub fn set_origin_depth<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let depth = ctx.index_i64(args[0], Exc::OverflowError)?;
    match usize::try_from(depth) {
        Ok(depth) => ctx.set_origin_depth(depth),
        Err(_) => return Err(ctx.value_error("depth must be >= 0")),
    }
    Ok(Value::None)
}
