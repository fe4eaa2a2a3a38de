//! `_thread`: locks and what `threading` asks of the one thread that there is.
//!
//! DIFFERENCE: a runtime has one thread. Starting another is refused, and so is waiting
//! forever for a lock that nobody else can release.

use std::cell::Cell;
use std::time::Duration;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{function, method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::Collect;

use crate::time::Sleep;

/// The identity of the one thread.
pub(crate) const MAIN_THREAD: i64 = 1;
/// `TIMEOUT_MAX`, in seconds: 2**63 nanoseconds.
const LONGEST_WAIT: f64 = 9_223_372_036.0;

/// The struct behind a lock: how often it is held.
#[derive(Collect)]
#[collect(require_static)]
pub struct Held(Cell<usize>);

impl NativeData for Held {
    type Data<'gc> = Held;
}

/// The struct behind a `_local`: it tells that the object is more than its attributes, and so
/// can't be pickled.
#[derive(Collect)]
#[collect(require_static)]
struct Local;

impl NativeData for Local {
    type Data<'gc> = Local;
}

const ACQUIRE_DOC: &str = "Lock the lock.";

/// `_thread.lock`
pub static LOCK: TypeDef = TypeDef {
    name: "lock",
    module: "_thread",
    doc: "A lock object is a synchronization primitive.",
    subclassable: false,
    weakrefable: true,
    methods: &[
        new("__new__($type, /)", Plain(make)),
        method(
            "acquire($self, /, blocking=True, timeout=-1)",
            ACQUIRE_DOC,
            FlowCall(acquire),
        ),
        method("release($self, /)", "Release the lock.", Plain(release)),
        method(
            "locked($self, /)",
            "Return whether the lock is in the locked state.",
            Plain(|ctx, args| Ok(Value::bool(held(ctx, args[0])?.get() > 0))),
        ),
        method("_at_fork_reinit($self, /)", "", Plain(reset)),
        method("__enter__($self, /)", ACQUIRE_DOC, FlowCall(enter)),
        method(
            "__exit__($self, /, *exc_info)",
            "Release the lock.",
            Plain(release),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
    ],
    ..TypeDef::DEFAULT
};

/// `_thread.RLock`
pub static RLOCK: TypeDef = TypeDef {
    name: "RLock",
    module: "_thread",
    weakrefable: true,
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(make)),
        method(
            "acquire($self, /, blocking=True, timeout=-1)",
            ACQUIRE_DOC,
            FlowCall(acquire),
        ),
        method("release($self, /)", "Release the lock.", Plain(release)),
        method(
            "locked($self, /)",
            "Return a boolean indicating whether this object is locked right now.",
            Plain(|ctx, args| Ok(Value::bool(held(ctx, args[0])?.get() > 0))),
        ),
        method(
            "_is_owned($self, /)",
            "For internal use by `threading.Condition`.",
            Plain(|ctx, args| Ok(Value::bool(held(ctx, args[0])?.get() > 0))),
        ),
        method(
            "_recursion_count($self, /)",
            "For internal use by reentrancy checks.",
            Plain(|ctx, args| Ok(Value::from_usize(ctx.mc, held(ctx, args[0])?.get()))),
        ),
        method(
            "_release_save($self, /)",
            "For internal use by `threading.Condition`.",
            Plain(|ctx, args| {
                let count = held(ctx, args[0])?.replace(0);
                if count == 0 {
                    return Err(ctx.runtime_error("cannot release un-acquired lock"));
                }
                let count = Value::from_usize(ctx.mc, count);
                Ok(Value::Tuple(ctx.tuple([count, Value::Int(MAIN_THREAD)])))
            }),
        ),
        method(
            "_acquire_restore($self, state, /)",
            "For internal use by `threading.Condition`.",
            Plain(|ctx, args| {
                let state = args[1].as_tuple();
                let count = state.and_then(|state| state.items().first().copied());
                let count = ctx.index_i64(count.unwrap_or(Value::None), Exc::OverflowError)?;
                held(ctx, args[0])?.set(usize::try_from(count).unwrap_or(0));
                Ok(Value::None)
            }),
        ),
        method("_at_fork_reinit($self, /)", "", Plain(reset)),
        method("__enter__($self, /)", ACQUIRE_DOC, FlowCall(enter)),
        method(
            "__exit__($self, /, *exc_info)",
            "Release the lock.",
            Plain(release),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
    ],
    ..TypeDef::DEFAULT
};

/// `_thread._local`
pub static LOCAL: TypeDef = TypeDef {
    name: "_local",
    module: "_thread",
    doc: "Thread-local data",
    has_dict: true,
    weakrefable: true,
    methods: &[new("__new__($type, /, *args, **kwargs)", Plain(make_local))],
    getsets: &[getter("__dict__", "", |ctx, value| match value {
        Value::Object(object) => Ok(object.dict_value(ctx)),
        _ => Ok(Value::None),
    })],
    ..TypeDef::DEFAULT
};

/// The module.
pub static THREAD: ModuleDef = ModuleDef {
    name: "_thread",
    doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    functions: &[
        function(
            "allocate_lock()",
            "Create a new lock object.",
            Plain(|ctx, _| make(ctx, &[Value::Type(ctx.type_of_def(&LOCK))])),
        ),
        function(
            "start_new_thread(function, args, kwargs={}, /)",
            "Start a new thread: refused, a runtime has one.",
            Plain(refuse),
        ),
        function(
            "start_joinable_thread(function, handle=None, daemon=True)",
            "Start a new thread: refused, a runtime has one.",
            Plain(refuse),
        ),
        function(
            "get_ident()",
            "Return a non-zero integer that uniquely identifies the current thread.",
            Plain(|_, _| Ok(Value::Int(MAIN_THREAD))),
        ),
        function(
            "get_native_id()",
            "Return a non-negative integer identifying the thread as reported by the OS.",
            Plain(|_, _| Ok(Value::Int(std::process::id().into()))),
        ),
        function(
            "_count()",
            "Return the number of currently running Python threads, excluding the main thread.",
            Plain(|_, _| Ok(Value::Int(0))),
        ),
        function(
            "stack_size(size=0, /)",
            "Return the thread stack size used when creating new threads.",
            Plain(|_, _| Ok(Value::Int(0))),
        ),
    ],
    types: &[&LOCK, &RLOCK, &LOCAL],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    dict.set_text(ctx, "LockType", Value::Type(ctx.type_of_def(&LOCK)));
    dict.set_text(ctx, "TIMEOUT_MAX", Value::float(LONGEST_WAIT));
    let error = ctx.exceptions().get(Exc::RuntimeError);
    dict.set_text(ctx, "error", Value::Type(error));
    Ok(())
}

fn refuse<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Err(ctx.runtime_error("can't start new thread"))
}

fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0].as_type().unwrap_or_else(|| ctx.type_of_def(&LOCK));
    let data = Held(Cell::new(0));
    Ok(Value::Object(Object::with_native::<Held>(ctx, class, data)))
}

fn make_local<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0].as_type().unwrap_or_else(|| ctx.type_of_def(&LOCAL));
    let is_given = args[1].as_tuple().is_some_and(|args| !args.is_empty())
        || args[2].as_dict().is_some_and(|kwargs| !kwargs.is_empty());
    let init = class.lookup(ctx, ctx.names().__init__);
    let inherits = init.is_some_and(
        |init| matches!(init, Value::Native(native) if native.owner() == Some(ctx.types().object)),
    );
    if is_given && inherits {
        return Err(ctx.type_error("Initialization arguments are not supported"));
    }
    Ok(Value::Object(Object::with_native::<Local>(
        ctx, class, Local,
    )))
}

fn held<'gc>(ctx: Context<'gc>, lock: Value<'gc>) -> Result<&'gc Cell<usize>, Raised<'gc>> {
    match lock.native::<Held>() {
        Some(held) => Ok(&held.0),
        None => Err(ctx.type_error("descriptor requires a '_thread.lock' object")),
    }
}

/// Whether it is a lock that the thread that holds it can take again.
fn is_reentrant<'gc>(ctx: Context<'gc>, lock: Value<'gc>) -> bool {
    lock.class(ctx) != ctx.type_of_def(&LOCK)
}

fn acquire<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let blocks = match args[1] {
        Value::Absent => true,
        value => ctx.truth(value)?,
    };
    let wait = match args[2] {
        Value::Absent => None,
        value => {
            let seconds = match value.as_float() {
                Some(seconds) => seconds,
                None => ctx.index_i64(value, Exc::OverflowError)? as f64,
            };
            (seconds != -1.0).then_some(seconds)
        }
    };
    let wait = match wait {
        Some(_) if !blocks => {
            return Err(ctx.value_error("can't specify a timeout for a non-blocking call"));
        }
        Some(wait) if wait < 0.0 => {
            return Err(ctx.value_error("timeout value must be a non-negative number"));
        }
        Some(wait) if wait > LONGEST_WAIT => {
            return Err(ctx.error(Exc::OverflowError, "timeout value is too large"));
        }
        wait => wait,
    };
    let count = held(ctx, args[0])?;
    if count.get() == 0 || is_reentrant(ctx, args[0]) {
        count.set(count.get() + 1);
        return Ok(Flow::Return(Value::bool(true)));
    }
    match wait {
        None if blocks => Err(ctx.runtime_error(
            "this lock would never be released: it is held by the only thread there is",
        )),
        None => Ok(Flow::Return(Value::bool(false))),
        Some(wait) => {
            let wait = Duration::try_from_secs_f64(wait).unwrap_or_default();
            Ok(Flow::frame(Sleep::new(wait, Value::bool(false))))
        }
    }
}

fn enter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    acquire(ctx, &[args[0], Value::Absent, Value::Absent])
}

fn release<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let count = held(ctx, args[0])?;
    let Some(less) = count.get().checked_sub(1) else {
        return Err(ctx.runtime_error(if is_reentrant(ctx, args[0]) {
            "cannot release un-acquired lock"
        } else {
            "release unlocked lock"
        }));
    };
    count.set(less);
    Ok(Value::None)
}

fn reset<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    held(ctx, args[0])?.set(0);
    Ok(Value::None)
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let count = held(ctx, args[0])?.get();
    let state = if count > 0 { "locked" } else { "unlocked" };
    let address = args[0].address().unwrap_or(0);
    let text = if is_reentrant(ctx, args[0]) {
        let owner = if count > 0 { MAIN_THREAD } else { 0 };
        let class = args[0].class(ctx);
        let module = capers_runtime::types::type_methods::module_of(ctx, class);
        let module = module.and_then(|module| module.as_str());
        let module = module.map_or("_thread".into(), |module| module.to_string_lossy());
        let name = class.qualname();
        let name = name.to_string_lossy();
        format!("<{state} {module}.{name} object owner={owner} count={count} at {address:#x}>")
    } else {
        format!("<{state} _thread.lock object at {address:#x}>")
    };
    Ok(ctx.str_value(&text))
}
