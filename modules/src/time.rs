//! `time`: the clocks and `sleep`.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use capers_runtime::context::Context;
use capers_runtime::import::{ModuleDef, import_module};
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::function;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::native_function::NativeFunction;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Arguments, Flow, Input, NativeFrame, Step};
use gc_arena::Collect;

use crate::time_calendar;

/// The module.
pub static TIME: ModuleDef = ModuleDef {
    name: "time",
    doc: "This module provides various functions to manipulate time values.",
    functions: &[
        function(
            "time()",
            "Return the current time in seconds since the Epoch.",
            Plain(|_, _| Ok(seconds(since_epoch()))),
        ),
        function(
            "time_ns()",
            "Return the current time in nanoseconds since the Epoch.",
            Plain(|_, _| Ok(nanoseconds(since_epoch()))),
        ),
        function(
            "clock_gettime(clk_id, /)",
            "Return the time of the specified clock clk_id as a float.",
            Plain(|ctx, args| Ok(seconds(clock(ctx, args[0])?))),
        ),
        function(
            "clock_gettime_ns(clk_id, /)",
            "Return the time of the specified clock clk_id as nanoseconds (int).",
            Plain(|ctx, args| Ok(nanoseconds(clock(ctx, args[0])?))),
        ),
        function(
            "clock_getres(clk_id, /)",
            "Return the resolution (precision) of the specified clock clk_id.",
            Plain(|ctx, args| clock(ctx, args[0]).map(|_| Value::float(1e-9))),
        ),
        function(
            "get_clock_info(name, /)",
            "Get information of the specified clock.",
            Plain(clock_info),
        ),
        function(
            "perf_counter()",
            "Performance counter for benchmarking.",
            Plain(|_, _| Ok(seconds(monotonic()))),
        ),
        function(
            "perf_counter_ns()",
            "Performance counter for benchmarking as nanoseconds.",
            Plain(|_, _| Ok(nanoseconds(monotonic()))),
        ),
        function(
            "monotonic()",
            "Monotonic clock, cannot go backward.",
            Plain(|_, _| Ok(seconds(monotonic()))),
        ),
        function(
            "monotonic_ns()",
            "Monotonic clock, cannot go backward, as nanoseconds.",
            Plain(|_, _| Ok(nanoseconds(monotonic()))),
        ),
        function(
            "process_time()",
            "Process time for profiling: the CPU time used.",
            Plain(|_, _| Ok(seconds(process_time()))),
        ),
        function(
            "process_time_ns()",
            "Process time for profiling as nanoseconds.",
            Plain(|_, _| Ok(nanoseconds(process_time()))),
        ),
        function(
            "thread_time()",
            "Thread time for profiling: the CPU time used.",
            Plain(|_, _| Ok(seconds(process_time()))),
        ),
        function(
            "sleep(object, /)",
            "Delay execution for a given number of seconds, which may be a fraction.",
            FlowCall(sleep),
        ),
    ],
    types: &[],
    finish: Some(|ctx, module| {
        let name = module.dict().get_str(ctx, ctx.names().__name__);
        for def in time_calendar::FUNCTIONS {
            let native = NativeFunction::new(ctx, def, None, name.unwrap_or(Value::None));
            module
                .dict()
                .set_text(ctx, def.name(), Value::Native(native));
        }
        for (name, number) in CLOCKS {
            module.dict().set_text(ctx, name, Value::Int(number));
        }
        time_calendar::finish(ctx, module)
    }),
};

/// The clocks that programs name by number: those of Linux.
const CLOCKS: [(&str, i64); 7] = [
    ("CLOCK_REALTIME", 0),
    ("CLOCK_MONOTONIC", 1),
    ("CLOCK_PROCESS_CPUTIME_ID", 2),
    ("CLOCK_THREAD_CPUTIME_ID", 3),
    ("CLOCK_MONOTONIC_RAW", 4),
    ("CLOCK_BOOTTIME", 7),
    ("CLOCK_TAI", 11),
];

/// What a clock shows.
fn clock<'gc>(ctx: Context<'gc>, number: Value<'gc>) -> Result<Duration, Raised<'gc>> {
    match ctx.index_i64(number, Exc::OverflowError)? {
        0 | 11 => Ok(since_epoch()),
        1 | 4 | 7 => Ok(monotonic()),
        2 | 3 => Ok(process_time()),
        _ => {
            let arguments = [Value::Int(22), ctx.str_value("Invalid argument")];
            Err(ctx.error_with(Exc::OSError, &arguments))
        }
    }
}

/// What `time.get_clock_info` tells of a clock.
fn clock_info<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(name) = args[0].as_str() else {
        return Err(ctx.type_error(format!(
            "get_clock_info() argument 1 must be str, not {}",
            ctx.type_name(args[0])
        )));
    };
    let (clock, adjustable) = match name.bytes() {
        b"time" => ("CLOCK_REALTIME", true),
        b"monotonic" | b"perf_counter" => ("CLOCK_MONOTONIC", false),
        b"process_time" => ("CLOCK_PROCESS_CPUTIME_ID", false),
        b"thread_time" => ("CLOCK_THREAD_CPUTIME_ID", false),
        _ => return Err(ctx.value_error("unknown clock")),
    };
    let parts = [
        (
            "implementation",
            ctx.str_value(&format!("clock_gettime({clock})")),
        ),
        ("monotonic", Value::bool(!adjustable)),
        ("adjustable", Value::bool(adjustable)),
        ("resolution", Value::float(1e-9)),
    ];
    let arguments = Arguments {
        keywords: parts
            .into_iter()
            .map(|(name, value)| (ctx.intern(name), value))
            .collect(),
        ..Arguments::default()
    };
    let types = ctx.complete(import_module(ctx, "types")?)?;
    let namespace = ctx.get_attr(types, ctx.intern("SimpleNamespace"))?;
    ctx.call_with(namespace, arguments)
}

fn since_epoch() -> Duration {
    // A clock set before 1970 shows as the Epoch.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// The time since the process first asked.
fn monotonic() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// The CPU time of the process as Linux tells it; elsewhere the time since the start.
fn process_time() -> Duration {
    std::fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .map_or_else(monotonic, Duration::from_nanos)
}

fn seconds<'gc>(time: Duration) -> Value<'gc> {
    Value::float(time.as_secs_f64())
}

fn nanoseconds<'gc>(time: Duration) -> Value<'gc> {
    Value::Int(time.as_nanos().try_into().unwrap_or(i64::MAX))
}

fn sleep<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let time = match args[0].exact_float() {
        Some(time) if time.is_nan() => {
            return Err(ctx.value_error("Invalid value NaN (not a number)"));
        }
        Some(time) => time,
        None => ctx.index_i64(args[0], Exc::OverflowError)? as f64,
    };
    if time < 0.0 {
        return Err(ctx.value_error("sleep length must be non-negative"));
    }
    let time = Duration::try_from_secs_f64(time).map_err(|_| {
        ctx.error(
            Exc::OverflowError,
            "timestamp out of range for platform time_t",
        )
    })?;
    Ok(Flow::frame(Sleep::new(time, Value::None)))
}

/// How long the machine sleeps between two looks at Ctrl-C.
const NAP: Duration = Duration::from_millis(20);

/// Waits, then returns a value. Ctrl-C ends the wait.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Sleep<'gc> {
    #[collect(require_static)]
    end: Option<Instant>,
    result: Value<'gc>,
}

impl<'gc> Sleep<'gc> {
    /// A wait of so long. One that the clock can't express never ends.
    pub fn new(time: Duration, result: Value<'gc>) -> Self {
        let end = Instant::now().checked_add(time);
        Sleep { end, result }
    }
}

impl<'gc> NativeFrame<'gc> for Sleep<'gc> {
    fn resume(&mut self, _: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let rest = self
            .end
            .map_or(NAP, |end| end.duration_since(Instant::now()));
        if rest.is_zero() {
            return Ok(Step::Return(self.result));
        }
        std::thread::sleep(rest.min(NAP));
        Ok(Step::Yield)
    }
}
