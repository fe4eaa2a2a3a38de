//! `_operator`: the operators of the language as functions, and callables that
//! fetch items, attributes or the results of methods.

use capers_runtime::import::ModuleDef;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

mod attrgetter;
mod digest;
mod functions;
mod getters;
mod itemgetter;
mod methodcaller;
mod sequences;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;
type FlowAnswer<'gc> = Result<Flow<'gc>, Raised<'gc>>;

/// The module.
pub static OPERATOR: ModuleDef = ModuleDef {
    name: "_operator",
    doc: "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\nto the intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
    functions: functions::FUNCTIONS,
    types: &[
        &itemgetter::ITEMGETTER,
        &attrgetter::ATTRGETTER,
        &methodcaller::METHODCALLER,
    ],
    finish: None,
};
