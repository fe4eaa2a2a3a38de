//! `_collections`: the natives under `collections`. The rest of that package is
//! frozen Python.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::protocol::repr::ReprGuard;
use capers_runtime::protocol::text;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step};
use gc_arena::Collect;

mod counting;
mod default_dict;
mod deque;
mod deque_iterator;
mod deque_search;
mod ordered_dict;
mod ordered_update;
mod ordered_views;
mod tuple_getter;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;
type FlowAnswer<'gc> = Result<Flow<'gc>, Raised<'gc>>;

/// The module.
pub static COLLECTIONS: ModuleDef = ModuleDef {
    name: "_collections",
    doc: "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  dict subclass with a default value factory\n",
    functions: &[counting::COUNT_ELEMENTS],
    types: &[
        &deque::DEQUE,
        &default_dict::DEFAULT_DICT,
        &ordered_dict::ORDERED_DICT,
        &tuple_getter::TUPLE_GETTER,
        &deque_iterator::DEQUE_ITERATOR,
        &deque_iterator::DEQUE_REVERSE_ITERATOR,
    ],
    finish: None,
};

/// The `repr` of one part of an object, with text around it, made while the
/// object counts as being shown.
#[derive(Collect)]
#[collect(no_drop)]
struct Wrapped<'gc> {
    inner: Value<'gc>,
    #[collect(require_static)]
    before: String,
    #[collect(require_static)]
    after: String,
    #[collect(require_static)]
    _guard: ReprGuard,
}

impl<'gc> NativeFrame<'gc> for Wrapped<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Input::Start = input {
            return text::repr(ctx, self.inner).map(Step::Await);
        }
        let shown = input.value()?;
        let mut text = std::mem::take(&mut self.before).into_bytes();
        text.extend_from_slice(shown.as_str().map_or(&[][..], |s| s.bytes()));
        text.extend_from_slice(self.after.as_bytes());
        Ok(Step::Return(Value::Str(ctx.str_from_vec(text))))
    }
}

/// Shows `owner` as the `repr` of `inner` between `before` and `after`, and as
/// `recursive` where it is being shown already.
fn show_around<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    inner: Value<'gc>,
    before: String,
    after: String,
    recursive: &str,
) -> FlowAnswer<'gc> {
    match ctx.enter_repr(owner) {
        None => Ok(Flow::Return(ctx.str_value(recursive))),
        Some(guard) => Ok(Flow::frame(Wrapped {
            inner,
            before,
            after,
            _guard: guard,
        })),
    }
}
