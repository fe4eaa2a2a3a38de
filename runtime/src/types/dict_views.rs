//! `dict_keys`, `dict_values`, `dict_items`. Own the struct and the types' methods.

use gc_arena::Collect;

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, comparison, method, slot};
use crate::object::Object;
use crate::protocol::repr;
use crate::raised::Raised;
use crate::types::def::{GetSetDef, TypeDef, getter};
use crate::types::dict::Dict;
use crate::types::iterator::{Iter, IterKind};
use crate::types::mappingproxy;
use crate::types::set::Set;
use crate::types::set_operations::{Algebra, in_place, with_all};
use crate::value::Value;
use crate::vm::drive::{More, Sink, drive_iterable};
use crate::vm::flow::{Flow, Input, NativeFrame, Next, Step, and_then, begin};

/// The struct behind a view.
#[derive(Collect)]
#[collect(no_drop)]
pub struct DictView<'gc> {
    /// The dict, or the instance of a subclass, that is viewed.
    pub dict: Value<'gc>,
}

impl NativeData for DictView<'static> {
    type Data<'gc> = DictView<'gc>;
}

/// A view of `dict`, of the type `def`.
pub fn view<'gc>(ctx: Context<'gc>, def: &'static TypeDef, dict: Value<'gc>) -> Value<'gc> {
    let class = ctx.type_of_def(def);
    Value::Object(Object::with_native::<DictView<'_>>(
        ctx,
        class,
        DictView { dict },
    ))
}

const MAPPING: GetSetDef = getter("mapping", "dictionary that this view refers to", mapping);

/// What the views that are like sets share.
const SET_LIKE: &[NativeDef] = &[
    comparison(
        Comparison::Less,
        FlowCall(|ctx, args| compare(ctx, Comparison::Less, args)),
    ),
    comparison(
        Comparison::LessEqual,
        FlowCall(|ctx, args| compare(ctx, Comparison::LessEqual, args)),
    ),
    comparison(
        Comparison::Equal,
        FlowCall(|ctx, args| compare(ctx, Comparison::Equal, args)),
    ),
    comparison(
        Comparison::NotEqual,
        FlowCall(|ctx, args| compare(ctx, Comparison::NotEqual, args)),
    ),
    comparison(
        Comparison::Greater,
        FlowCall(|ctx, args| compare(ctx, Comparison::Greater, args)),
    ),
    comparison(
        Comparison::GreaterEqual,
        FlowCall(|ctx, args| compare(ctx, Comparison::GreaterEqual, args)),
    ),
    slot(
        "__sub__($self, value, /)",
        "Return self-value.",
        FlowCall(|ctx, args| operate(ctx, Algebra::Difference, args[0], args[1])),
    ),
    slot(
        "__rsub__($self, value, /)",
        "Return value-self.",
        FlowCall(|ctx, args| operate(ctx, Algebra::Difference, args[1], args[0])),
    ),
    slot(
        "__and__($self, value, /)",
        "Return self&value.",
        FlowCall(|ctx, args| intersect(ctx, args[0], args[1])),
    ),
    slot(
        "__rand__($self, value, /)",
        "Return value&self.",
        FlowCall(|ctx, args| intersect(ctx, args[0], args[1])),
    ),
    slot(
        "__xor__($self, value, /)",
        "Return self^value.",
        FlowCall(|ctx, args| operate(ctx, Algebra::Symmetric, args[0], args[1])),
    ),
    slot(
        "__rxor__($self, value, /)",
        "Return value^self.",
        FlowCall(|ctx, args| operate(ctx, Algebra::Symmetric, args[1], args[0])),
    ),
    slot(
        "__or__($self, value, /)",
        "Return self|value.",
        FlowCall(|ctx, args| operate(ctx, Algebra::Union, args[0], args[1])),
    ),
    slot(
        "__ror__($self, value, /)",
        "Return value|self.",
        FlowCall(|ctx, args| operate(ctx, Algebra::Union, args[1], args[0])),
    ),
    slot(
        "__contains__($self, key, /)",
        "Return bool(key in self).",
        Plain(contains),
    ),
    method(
        "isdisjoint($self, object, /)",
        "Return True if the view and the given iterable have a null intersection.",
        FlowCall(is_disjoint),
    ),
];

/// `dict_keys`
pub static DICT_KEYS: TypeDef = TypeDef {
    name: "dict_keys",
    subclassable: false,
    shared_methods: SET_LIKE,
    methods: &[
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            FlowCall(view_repr),
        ),
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
        slot("__len__($self, /)", "Return len(self).", Plain(len)),
        method(
            "__reversed__($self, /)",
            "Return a reverse iterator over the dict keys.",
            Plain(reversed),
        ),
    ],
    getsets: &[MAPPING],
    ..TypeDef::DEFAULT
};
/// `dict_values`
pub static DICT_VALUES: TypeDef = TypeDef {
    name: "dict_values",
    subclassable: false,
    methods: &[
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            FlowCall(view_repr),
        ),
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
        slot("__len__($self, /)", "Return len(self).", Plain(len)),
        method(
            "__reversed__($self, /)",
            "Return a reverse iterator over the dict values.",
            Plain(reversed),
        ),
    ],
    getsets: &[MAPPING],
    ..TypeDef::DEFAULT
};
/// `dict_items`
pub static DICT_ITEMS: TypeDef = TypeDef {
    name: "dict_items",
    subclassable: false,
    shared_methods: SET_LIKE,
    methods: &[
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            FlowCall(view_repr),
        ),
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
        slot("__len__($self, /)", "Return len(self).", Plain(len)),
        method(
            "__reversed__($self, /)",
            "Return a reverse iterator over the dict items.",
            Plain(reversed),
        ),
    ],
    getsets: &[MAPPING],
    ..TypeDef::DEFAULT
};

/// What a view shows of each entry.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Keys,
    Values,
    Items,
}

/// The dict that `value` is a view of, as an object and as its struct, and what
/// the view shows.
fn viewed<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<(Value<'gc>, Dict<'gc>, Kind)> {
    let object = value.native::<DictView<'_>>()?.dict;
    let (types, class) = (ctx.types(), value.class(ctx));
    let kind = if class.is_subclass_of(types.dict_keys) {
        Kind::Keys
    } else if class.is_subclass_of(types.dict_items) {
        Kind::Items
    } else {
        Kind::Values
    };
    Some((object, object.as_dict()?, kind))
}

/// The view of a method's receiver. The binder has checked its class.
fn this<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<(Value<'gc>, Dict<'gc>, Kind), Raised<'gc>> {
    viewed(ctx, value).ok_or_else(|| ctx.type_error("a dict view is required"))
}

fn mapping<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(mappingproxy::make(ctx, this(ctx, value)?.0))
}

/// What the view shows, all at once.
fn contents<'gc>(ctx: Context<'gc>, dict: Dict<'gc>, kind: Kind) -> Vec<Value<'gc>> {
    let entries = dict.entries().into_iter();
    entries
        .map(|(key, value)| match kind {
            Kind::Keys => key,
            Kind::Values => value,
            Kind::Items => Value::Tuple(ctx.tuple([key, value])),
        })
        .collect()
}

fn view_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (_, dict, kind) = this(ctx, args[0])?;
    let open = format!("{}([", ctx.type_name(args[0]));
    let items = contents(ctx, dict, kind);
    repr::sequence(ctx, args[0], items, open, "])", "...")
}

fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (object, dict, kind) = this(ctx, args[0])?;
    let kind = match kind {
        Kind::Keys => IterKind::DictKeys,
        Kind::Values => IterKind::DictValues,
        Kind::Items => IterKind::DictItems,
    };
    let iter = Iter::new(ctx, kind, object, 0, dict.len() as i64);
    Ok(Value::Iter(iter))
}

fn reversed<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (object, dict, kind) = this(ctx, args[0])?;
    let kind = match kind {
        Kind::Keys => IterKind::DictKeysReverse,
        Kind::Values => IterKind::DictValuesReverse,
        Kind::Items => IterKind::DictItemsReverse,
    };
    let (end, size) = (dict.borrow().positions() as i64, dict.len() as i64);
    Ok(Value::Iter(Iter::new(ctx, kind, object, end, size)))
}

fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, this(ctx, args[0])?.1.len()))
}

/// Whether a view of keys or items shows `item`.
fn shows<'gc>(
    ctx: Context<'gc>,
    dict: Dict<'gc>,
    kind: Kind,
    item: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    if kind == Kind::Keys {
        return Ok(dict.get(ctx, item)?.is_some());
    }
    let Some([key, value]) = item.as_tuple().map(|t| t.items()) else {
        return Ok(false);
    };
    match dict.get(ctx, *key)? {
        Some(found) => ctx.same_or_equal(found, *value),
        None => Ok(false),
    }
}

fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (_, dict, kind) = this(ctx, args[0])?;
    shows(ctx, dict, kind, args[1]).map(Value::bool)
}

/// `left operation right` as a set; one of the two is a view, the other any iterable.
fn operate<'gc>(
    ctx: Context<'gc>,
    operation: Algebra,
    left: Value<'gc>,
    right: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let result = Set::new(ctx);
    let flow = in_place(ctx, Algebra::Union, result, left)?;
    let state = vec![Value::Set(result), Value::Int(operation as i64), right];
    and_then(ctx, flow, state, |ctx, state, done| {
        done?;
        let Value::Set(result) = state[0] else {
            return Ok(Flow::Return(Value::None));
        };
        let operation = [Algebra::Difference, Algebra::Symmetric]
            .into_iter()
            .find(|o| state[1].as_small_int() == Some(*o as i64))
            .unwrap_or(Algebra::Union);
        let flow = in_place(ctx, operation, result, state[2])?;
        and_then(ctx, flow, vec![state[0]], |_, state, done| {
            done.map(|_| Flow::Return(state[0]))
        })
    })
}

/// Keeps the items of an iterable that a view shows.
#[derive(Collect)]
#[collect(no_drop)]
struct Intersect<'gc> {
    view: Value<'gc>,
    result: Set<'gc>,
}

impl<'gc> Sink<'gc> for Intersect<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        let (_, dict, kind) = this(ctx, self.view)?;
        if shows(ctx, dict, kind, item)? {
            self.result.add(ctx, item)?;
        }
        Ok(More::Yes)
    }
    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::Set(self.result)))
    }
}

fn intersect<'gc>(
    ctx: Context<'gc>,
    view: Value<'gc>,
    other: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (mut view, mut other) = (view, other);
    // The smaller of two views is walked over.
    if let (Some((_, mine, _)), Some((_, theirs, kind))) = (viewed(ctx, view), viewed(ctx, other))
        && kind != Kind::Values
        && theirs.len() > mine.len()
    {
        (view, other) = (other, view);
    }
    // A set (not a frozenset) that is no smaller does it, and hashes what the view shows.
    if let (Value::Set(set), Some((_, mine, _))) = (other, viewed(ctx, view))
        && mine.len() <= set.len()
    {
        return with_all(ctx, Algebra::Intersection, set, &[view], false);
    }
    let result = Set::new(ctx);
    drive_iterable(ctx, other, Intersect { view, result })
}

/// Whether no item of an iterable is shown by a view.
#[derive(Collect)]
#[collect(no_drop)]
struct Disjoint<'gc> {
    view: Value<'gc>,
    answer: bool,
}

impl<'gc> Sink<'gc> for Disjoint<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        let (_, dict, kind) = this(ctx, self.view)?;
        self.answer = !shows(ctx, dict, kind, item)?;
        Ok(if self.answer { More::Yes } else { More::No })
    }
    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::bool(self.answer)))
    }
}

fn is_disjoint<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (_, dict, _) = this(ctx, args[0])?;
    if args[0].is(args[1]) {
        return Ok(Flow::Return(Value::bool(dict.is_empty())));
    }
    let disjoint = Disjoint {
        view: args[0],
        answer: true,
    };
    drive_iterable(ctx, args[1], disjoint)
}

/// The size of what can be compared with a set-like view.
fn size_of_set<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<usize> {
    if let Some(set) = value.as_any_set() {
        return Some(set.len());
    }
    viewed(ctx, value)
        .filter(|(_, _, kind)| *kind != Kind::Values)
        .map(|(_, dict, _)| dict.len())
}

fn compare<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (view, other) = (args[0], args[1]);
    let mine = this(ctx, view)?.1.len();
    let Some(theirs) = size_of_set(ctx, other) else {
        return Ok(Flow::Return(Value::NotImplemented));
    };
    let (possible, inner, outer) = match op {
        Comparison::Equal | Comparison::NotEqual => (mine == theirs, view, other),
        Comparison::Less => (mine < theirs, view, other),
        Comparison::LessEqual => (mine <= theirs, view, other),
        Comparison::Greater => (mine > theirs, other, view),
        Comparison::GreaterEqual => (mine >= theirs, other, view),
    };
    let negate = op == Comparison::NotEqual;
    if !possible {
        return Ok(Flow::Return(Value::bool(negate)));
    }
    let walked = inner.as_any_set().map_or(inner, Value::Set);
    let iterator = crate::protocol::iterate::iter(ctx, walked)?;
    begin(
        ctx,
        AllIn {
            iterator,
            outer,
            negate,
        },
    )
}

/// Whether all items are in a container.
#[derive(Collect)]
#[collect(no_drop)]
struct AllIn<'gc> {
    iterator: Value<'gc>,
    outer: Value<'gc>,
    negate: bool,
}

impl<'gc> NativeFrame<'gc> for AllIn<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        for _ in 0..1024 {
            // Iterators over sets, dicts and their views run no Python code.
            let Next::Item(item) = crate::protocol::iterate::next(ctx, self.iterator)? else {
                return Ok(Step::Return(Value::bool(!self.negate)));
            };
            let there = match viewed(ctx, self.outer) {
                Some((_, dict, kind)) => shows(ctx, dict, kind, item)?,
                None => match self.outer.as_any_set() {
                    Some(set) => set.contains(ctx, item)?,
                    None => false,
                },
            };
            if !there {
                return Ok(Step::Return(Value::bool(self.negate)));
            }
        }
        Ok(Step::Yield)
    }
}
