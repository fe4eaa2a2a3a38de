//! `groupby` and the iterators over its groups.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::new;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::iterator_methods::{ITER, NEXT};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::machine::{Ask, Turn, advance};
use super::{Answer, FlowAnswer, class_of, with_iterator};

/// Where a walk over groups stands. Absent values are not there yet.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
struct Place<'gc> {
    /// The key of the group that was given last.
    target: Value<'gc>,
    /// The key of the last item taken from the source.
    key: Value<'gc>,
    /// That item, until its group gives it.
    item: Value<'gc>,
    /// The group that may take items.
    group: Value<'gc>,
}

/// The struct behind `groupby`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct GroupBy<'gc> {
    source: Value<'gc>,
    function: Value<'gc>,
    place: Gc<'gc, Lock<Place<'gc>>>,
}

impl NativeData for GroupBy<'static> {
    type Data<'gc> = GroupBy<'gc>;
}

/// The struct behind a group.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Grouper<'gc> {
    parent: Value<'gc>,
    key: Value<'gc>,
}

impl NativeData for Grouper<'static> {
    type Data<'gc> = Grouper<'gc>;
}

/// `itertools.groupby`
pub static GROUPBY: TypeDef = TypeDef {
    name: "groupby",
    repeats: &["__getattribute__"],
    signature: "(iterable, key=None)",
    module: "itertools",
    doc: "make an iterator that returns consecutive keys and groups from the iterable\n\n  iterable\n    Elements to divide into groups according to the key function.\n  key\n    A function for computing the group category for each element.\n    If the key function is not specified or is None, the element itself\n    is used for grouping.",
    methods: &[
        new(
            "__new__($type, /, iterable, key=None)",
            FlowCall(groupby_new),
        ),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, groupby_turn)),
    ..TypeDef::DEFAULT
};

/// `itertools._grouper`
pub static GROUPER: TypeDef = TypeDef {
    name: "_grouper",
    module: "itertools",
    subclassable: false,
    methods: &[
        new("__new__($type, parent, tgtkey, /)", Plain(grouper_new)),
        ITER,
        NEXT,
    ],
    next: Some(|ctx, value| advance(ctx, value, grouper_turn)),
    ..TypeDef::DEFAULT
};

fn groupby_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let state = vec![args[0], args[2].or(Value::None)];
    with_iterator(ctx, args[1], state, |ctx, state, iterator| {
        let place = Place {
            target: Value::Absent,
            key: Value::Absent,
            item: Value::Absent,
            group: Value::Absent,
        };
        let data = GroupBy {
            source: iterator?,
            function: state[1],
            place: Gc::new(ctx.mc, Lock::new(place)),
        };
        let class = class_of(ctx, state[0]);
        let made = Object::with_native::<GroupBy<'static>>(ctx, class, data);
        Ok(Flow::Return(Value::Object(made)))
    })
}

fn make_grouper<'gc>(ctx: Context<'gc>, parent: Value<'gc>, key: Value<'gc>) -> Value<'gc> {
    let data = Grouper { parent, key };
    let class = ctx.type_of_def(&GROUPER);
    Value::Object(Object::with_native::<Grouper<'static>>(ctx, class, data))
}

fn grouper_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Some(groups) = args[1].native::<GroupBy<'static>>() else {
        return Err(ctx.type_error(format!(
            "_grouper() argument 1 must be itertools.groupby, not {}",
            ctx.type_name(args[1])
        )));
    };
    let made = make_grouper(ctx, args[1], args[2]);
    let place = groups.place.get();
    groups.place.set(
        ctx.mc,
        Place {
            group: made,
            ..place
        },
    );
    Ok(made)
}

const ITEM: u8 = 1;
const KEY: u8 = 2;

/// Takes in what a request for the next item or its key came to. Gives the next
/// request, or none where item and key are there.
fn take_in<'gc>(
    ctx: Context<'gc>,
    groups: &GroupBy<'gc>,
    turn: Turn<'gc>,
) -> Result<Option<Ask<'gc>>, Raised<'gc>> {
    let (item, key) = match (turn.tag, turn.got, groups.function) {
        (ITEM, Some(item), Value::None) => (item, item),
        (ITEM, Some(item), function) => {
            return Ok(Some(Ask::Run {
                flow: Flow::call(function, &[item]),
                tag: KEY,
                kept: item,
            }));
        }
        (KEY, Some(key), _) => (turn.kept, key),
        _ => return Ok(Some(Ask::Stop)),
    };
    let place = groups.place.get();
    groups.place.set(ctx.mc, Place { item, key, ..place });
    Ok(None)
}

fn next_item<'gc>(groups: &GroupBy<'gc>) -> Ask<'gc> {
    Ask::Pull {
        source: groups.source,
        tag: ITEM,
        kept: Value::Absent,
    }
}

fn groupby_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(groups) = value.native::<GroupBy<'static>>() else {
        return Ok(Ask::Stop);
    };
    let place = groups.place.get();
    if turn.tag == 0 {
        let group = Value::Absent;
        groups.place.set(ctx.mc, Place { group, ..place });
    } else if let Some(ask) = take_in(ctx, groups, turn)? {
        return Ok(ask);
    }
    // What is left of the group given last is skipped.
    let place = groups.place.get();
    let skip = place.key.is_absent()
        || (!place.target.is_absent() && ctx.same_or_equal(place.target, place.key)?);
    if skip {
        return Ok(next_item(groups));
    }
    let place = groups.place.get();
    let group = make_grouper(ctx, value, place.key);
    let target = place.key;
    groups.place.set(
        ctx.mc,
        Place {
            group,
            target,
            ..place
        },
    );
    Ok(Ask::Give(Value::Tuple(ctx.tuple([target, group]))))
}

fn grouper_turn<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    turn: Turn<'gc>,
) -> Result<Ask<'gc>, Raised<'gc>> {
    let Some(group) = value.native::<Grouper<'static>>() else {
        return Ok(Ask::Stop);
    };
    let Some(groups) = group.parent.native::<GroupBy<'static>>() else {
        return Ok(Ask::Stop);
    };
    let place = groups.place.get();
    if turn.tag != 0 {
        if let Some(ask) = take_in(ctx, groups, turn)? {
            return Ok(ask);
        }
    } else if !place.group.is(value) {
        return Ok(Ask::Stop);
    } else if place.item.is_absent() {
        return Ok(next_item(groups));
    }
    if !ctx.same_or_equal(group.key, groups.place.get().key)? {
        return Ok(Ask::Stop);
    }
    let place = groups.place.get();
    let item = Value::Absent;
    groups.place.set(ctx.mc, Place { item, ..place });
    Ok(match place.item {
        Value::Absent => Ask::Stop,
        item => Ask::Give(item),
    })
}
