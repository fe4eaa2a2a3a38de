//! The views and the iterator of `OrderedDict`.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, method, slot};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::dict_views::{DICT_ITEMS, DICT_KEYS, DICT_VALUES, DictView};
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Next;
use gc_arena::Collect;

use super::Answer;

/// What an iterator or view shows of each entry.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The keys.
    Keys,
    /// The values.
    Values,
    /// Pairs.
    Items,
}

macro_rules! view {
    ($def:ident $name:literal $base:ident $kind:ident) => {
        #[doc = concat!("`", $name, "`")]
        pub static $def: TypeDef = TypeDef {
            name: $name,
            base: Some(&$base),
            subclassable: false,
            methods: &[
                slot(
                    "__iter__($self, /)",
                    "Implement iter(self).",
                    Plain(|ctx, args| viewed(ctx, args[0], Kind::$kind, false)),
                ),
                method(
                    "__reversed__($self, /)",
                    "",
                    Plain(|ctx, args| viewed(ctx, args[0], Kind::$kind, true)),
                ),
            ],
            ..TypeDef::DEFAULT
        };
    };
}

view!(ODICT_KEYS "odict_keys" DICT_KEYS Keys);
view!(ODICT_VALUES "odict_values" DICT_VALUES Values);
view!(ODICT_ITEMS "odict_items" DICT_ITEMS Items);

fn viewed<'gc>(ctx: Context<'gc>, view: Value<'gc>, kind: Kind, reverse: bool) -> Answer<'gc> {
    match view.native::<DictView<'static>>() {
        Some(view) => make_iterator(ctx, view.dict, kind, reverse),
        None => Err(ctx.type_error("a view of an OrderedDict is required")),
    }
}

/// The struct behind the iterator.
#[derive(Collect)]
#[collect(no_drop)]
pub struct OrderedIterator<'gc> {
    dict: Dict<'gc>,
    /// The position of the next entry; none once exhausted.
    position: Cell<Option<usize>>,
    /// The dict's generation, which changes with its keys and their order.
    generation: Cell<u64>,
    reverse: bool,
    #[collect(require_static)]
    kind: Kind,
}

impl NativeData for OrderedIterator<'static> {
    type Data<'gc> = OrderedIterator<'gc>;
}

const REDUCE: NativeDef = method(
    "__reduce__($self, /)",
    "Return state information for pickling",
    Plain(reduce),
);

/// `odict_iterator`
pub static ODICT_ITERATOR: TypeDef = TypeDef {
    name: "odict_iterator",
    subclassable: false,
    methods: &[ITER, NEXT, REDUCE],
    next: Some(advance),
    ..TypeDef::DEFAULT
};

/// An iterator over an OrderedDict.
pub fn make_iterator<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    kind: Kind,
    reverse: bool,
) -> Answer<'gc> {
    let Some(dict) = owner.as_dict() else {
        return Err(ctx.type_error("an OrderedDict is required"));
    };
    let table = dict.borrow();
    let first = match reverse {
        true => table.previous_from(usize::MAX),
        false => table.next_from(0),
    };
    let data = OrderedIterator {
        dict,
        position: Cell::new(first.map(|(at, _)| at)),
        generation: Cell::new(table.generation()),
        reverse,
        kind,
    };
    let class = ctx.type_of_def(&ODICT_ITERATOR);
    Ok(Value::Object(
        Object::with_native::<OrderedIterator<'static>>(ctx, class, data),
    ))
}

fn this<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<&'gc OrderedIterator<'gc>, Raised<'gc>> {
    value
        .native::<OrderedIterator<'static>>()
        .ok_or_else(|| ctx.type_error("an odict_iterator is required"))
}

impl<'gc> OrderedIterator<'gc> {
    /// What the entry at `position` shows, and where the next one is.
    fn at(&self, ctx: Context<'gc>, position: usize) -> Option<(Value<'gc>, Option<usize>)> {
        let table = self.dict.borrow();
        let entry = table.at(position)?;
        let next = match self.reverse {
            true => table.previous_from(position),
            false => table.next_from(position + 1),
        };
        let shown = match self.kind {
            Kind::Keys => entry.key,
            Kind::Values => entry.value,
            Kind::Items => Value::Tuple(ctx.tuple([entry.key, entry.value])),
        };
        Some((shown, next.map(|(at, _)| at)))
    }
}

fn advance<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let walk = this(ctx, value)?;
    let Some(position) = walk.position.get() else {
        return Ok(Next::Exhausted);
    };
    if walk.dict.borrow().generation() != walk.generation.get() {
        walk.position.set(None);
        return Err(ctx.runtime_error("OrderedDict mutated during iteration"));
    }
    match walk.at(ctx, position) {
        Some((shown, next)) => {
            walk.position.set(next);
            Ok(Next::Item(shown))
        }
        None => {
            walk.position.set(None);
            Ok(Next::Exhausted)
        }
    }
}

/// `iter` and a list of what is still to come.
fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let walk = this(ctx, args[0])?;
    let mut rest = Vec::new();
    let mut position = walk.position.get();
    if position.is_some() && walk.dict.borrow().generation() != walk.generation.get() {
        return Err(ctx.runtime_error("OrderedDict mutated during iteration"));
    }
    while let Some((shown, next)) = position.and_then(|at| walk.at(ctx, at)) {
        rest.push(shown);
        position = next;
    }
    let iter = ctx.builtins().get_text(ctx, "iter").unwrap_or(Value::None);
    let list = Value::List(List::new(ctx, rest));
    Ok(Value::Tuple(
        ctx.tuple([iter, Value::Tuple(ctx.tuple([list]))]),
    ))
}
