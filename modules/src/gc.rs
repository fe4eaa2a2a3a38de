//! `gc`: the collector as a program sees it. The arena collects between slices
//! of the VM, so `collect` asks for a collection and waits for the next slice.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::function;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step};
use gc_arena::Collect;

/// The module.
pub static GC: ModuleDef = ModuleDef {
    name: "gc",
    doc: "This module provides access to the garbage collector for reference cycles.",
    functions: &[
        function(
            "collect(generation=2)",
            "Run the garbage collector.",
            FlowCall(collect),
        ),
        function(
            "enable()",
            "Enable automatic garbage collection.",
            Plain(enable),
        ),
        function(
            "disable()",
            "Disable automatic garbage collection.",
            Plain(disable),
        ),
        function(
            "isenabled()",
            "Returns true if automatic garbage collection is enabled.",
            Plain(isenabled),
        ),
        function(
            "set_threshold(threshold0, threshold1=(), threshold2=(), /)",
            "Set the collection thresholds (the collection frequency).\n\nSetting 'threshold0' to zero disables collection.",
            Plain(set_threshold),
        ),
        function(
            "get_threshold()",
            "Return the current collection thresholds.",
            Plain(get_threshold),
        ),
        function(
            "get_count()",
            "Return a three-tuple of the current collection counts.",
            Plain(get_count),
        ),
        function(
            "freeze()",
            "Freeze all current tracked objects and ignore them for future collections.",
            Plain(nothing),
        ),
        function(
            "unfreeze()",
            "Unfreeze all objects in the permanent generation.",
            Plain(nothing),
        ),
        function(
            "get_freeze_count()",
            "Return the number of objects in the permanent generation.",
            Plain(|_, _| Ok(Value::Int(0))),
        ),
        function(
            "get_debug()",
            "Get the garbage collection debugging flags.",
            Plain(|_, _| Ok(Value::Int(0))),
        ),
    ],
    types: &[],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    for name in ["garbage", "callbacks"] {
        dict.set_text(ctx, name, Value::List(List::new(ctx, Vec::new())));
    }
    ctx.registry()
        .set_text(ctx, "gc.enabled", Value::bool(true));
    Ok(())
}

/// Asks for a collection, then answers once it is done.
#[derive(Collect)]
#[collect(require_static)]
struct Collection {
    asked: Cell<bool>,
}

impl<'gc> NativeFrame<'gc> for Collection {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if self.asked.replace(true) {
            return Ok(Step::Return(Value::Int(0)));
        }
        ctx.request_collection();
        Ok(Step::Yield)
    }
}

fn collect<'gc>(_ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    Ok(Flow::frame(Collection {
        asked: Cell::new(false),
    }))
}

fn enable<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.registry()
        .set_text(ctx, "gc.enabled", Value::bool(true));
    Ok(Value::None)
}

/// The collector is incremental and goes on; only what `isenabled` says changes.
fn disable<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.registry()
        .set_text(ctx, "gc.enabled", Value::bool(false));
    Ok(Value::None)
}

/// The collector paces itself: the thresholds are kept for who asks for them.
fn set_threshold<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Tuple(old) = get_threshold(ctx, &[])? else {
        return Ok(Value::None);
    };
    let mut thresholds = old.items().to_vec();
    for (place, given) in thresholds.iter_mut().zip(args) {
        if !given.is_absent() {
            *place = Value::Int(ctx.index_i64(*given, Exc::OverflowError)?);
        }
    }
    let thresholds = Value::Tuple(ctx.tuple(thresholds));
    ctx.registry().set_text(ctx, "gc.thresholds", thresholds);
    Ok(Value::None)
}

fn get_threshold<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let kept = ctx.registry().get_text(ctx, "gc.thresholds");
    let usual = [2000, 10, 0].map(Value::Int);
    Ok(kept.unwrap_or_else(|| Value::Tuple(ctx.tuple(usual))))
}

/// Nothing is counted.
fn get_count<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Tuple(ctx.tuple([0, 0, 0].map(Value::Int))))
}

/// There is no generation that is never looked at.
fn nothing<'gc>(_: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::None)
}

fn isenabled<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(ctx
        .registry()
        .get_text(ctx, "gc.enabled")
        .unwrap_or(Value::bool(true)))
}
