//! `itertools`: iterators over iterators. Each advances natively; what has to
//! wait for Python code waits in a frame (`machine`). None can be pickled or
//! copied, as in CPython 3.14.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::protocol::iterate;
use capers_runtime::raised::Raised;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Then, and_then};

mod batches;
mod chaining;
mod combinatorics;
mod counting;
mod folding;
mod grouping;
mod machine;
mod predicates;
mod product;
mod slicing;
mod tee;
mod zip_longest;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;
type FlowAnswer<'gc> = Result<Flow<'gc>, Raised<'gc>>;

/// The module.
pub static ITERTOOLS: ModuleDef = ModuleDef {
    name: "itertools",
    doc: "Functional tools for creating and using iterators.",
    functions: &[tee::TEE],
    types: &[
        &folding::ACCUMULATE,
        &batches::BATCHED,
        &chaining::CHAIN,
        &combinatorics::COMBINATIONS,
        &chaining::COMPRESS,
        &counting::COUNT,
        &combinatorics::COMBINATIONS_WITH_REPLACEMENT,
        &counting::CYCLE,
        &predicates::DROPWHILE,
        &predicates::FILTERFALSE,
        &grouping::GROUPBY,
        &grouping::GROUPER,
        &slicing::ISLICE,
        &folding::PAIRWISE,
        &combinatorics::PERMUTATIONS,
        &product::PRODUCT,
        &counting::REPEAT,
        &chaining::STARMAP,
        &predicates::TAKEWHILE,
        &tee::TEE_ITERATOR,
        &tee::TEE_DATAOBJECT,
        &zip_longest::ZIP_LONGEST,
    ],
    finish: None,
};

/// The class that `__new__` was given.
fn class_of<'gc>(ctx: Context<'gc>, class: Value<'gc>) -> Type<'gc> {
    class.as_type().unwrap_or(ctx.types().object)
}

/// Goes on with `then` once `iterable`'s iterator is there.
fn with_iterator<'gc>(
    ctx: Context<'gc>,
    iterable: Value<'gc>,
    state: Vec<Value<'gc>>,
    then: Then,
) -> FlowAnswer<'gc> {
    let flow = iterate::iter_flow(ctx, iterable)?;
    and_then(ctx, flow, state, then)
}
