//! `decimal`: the General Decimal Arithmetic specification. Numbers, arithmetic
//! and the types are here; exceptions and the views of flags are frozen Python.

use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;

mod arithmetic;
mod comparing;
mod context;
mod context_methods;
mod convert;
mod decimal_methods;
mod decimal_type;
mod format;
mod number;
mod operations;
mod rounding;
mod transcendental;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The module.
pub static DECIMAL: ModuleDef = ModuleDef {
    name: "_decimal",
    doc: "C decimal arithmetic module",
    functions: &[
        function(
            "getcontext()",
            "Get the current default context.",
            Plain(|ctx, _| context::current(ctx)),
        ),
        function(
            "_set_context(context, /)",
            "Make a context the current one.",
            Plain(context::set_current),
        ),
    ],
    types: &[&decimal_type::DECIMAL, &context::CONTEXT],
    finish: None,
};
