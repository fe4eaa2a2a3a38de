//! `_functools`: the natives under `functools`: what carries calls. The rest of
//! that module is frozen Python.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::raised::Raised;
use capers_runtime::types::function::BoundMethod;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

mod key_wrapper;
mod lru_cache;
mod partial;
mod partial_arguments;
mod placeholder;
mod reduce;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;
type FlowAnswer<'gc> = Result<Flow<'gc>, Raised<'gc>>;

/// The module.
pub static FUNCTOOLS: ModuleDef = ModuleDef {
    name: "_functools",
    doc: "Tools that operate on functions.",
    functions: &[reduce::REDUCE, key_wrapper::CMP_TO_KEY],
    types: &[
        &partial::PARTIAL,
        &lru_cache::LRU_CACHE_WRAPPER,
        &key_wrapper::KEY_WRAPPER,
        &placeholder::PLACEHOLDER_TYPE,
    ],
    finish: Some(|ctx, module| {
        let dict = module.dict();
        dict.remove_str(ctx, ctx.intern("KeyWrapper"));
        dict.set_text(ctx, "Placeholder", placeholder::placeholder(ctx));
        Ok(())
    }),
};

/// `__get__` of a callable that becomes a method of the instances it is read from.
fn bind<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(match args[1] {
        Value::None | Value::Absent => args[0],
        instance => Value::BoundMethod(BoundMethod::new(ctx, args[0], instance)),
    })
}
