//! `gc`: the collector as a program sees it. The arena collects between slices
//! of the VM, so `collect` asks for a collection and waits for the next slice.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::function;
use capers_runtime::raised::Raised;
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

fn isenabled<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(ctx
        .registry()
        .get_text(ctx, "gc.enabled")
        .unwrap_or(Value::bool(true)))
}
