//! The types `set` and `frozenset` and their methods.

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, class_method, comparison, method, new, slot};
use crate::object::{Object, Payload};
use crate::protocol::repr;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::exceptions::{self, Exc};
use crate::types::generic_alias;
use crate::types::iterator::{Iter, IterKind};
use crate::types::list::{List, one_iterable, too_many};
use crate::types::set::Set;
use crate::types::set_operations::{
    Algebra, Keys, Question, ask, in_place, in_place_all, intersect_at_once, is_subset, with_all,
};
use crate::types::tuple::check_no_keywords;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// What set and frozenset share.
const SHARED: &[NativeDef] = &[
    slot(
        "__repr__($self, /)",
        "Return repr(self).",
        FlowCall(set_repr),
    ),
    comparison(
        Comparison::Less,
        Plain(|ctx, args| compare(ctx, Comparison::Less, args)),
    ),
    comparison(
        Comparison::LessEqual,
        Plain(|ctx, args| compare(ctx, Comparison::LessEqual, args)),
    ),
    comparison(
        Comparison::Equal,
        Plain(|ctx, args| compare(ctx, Comparison::Equal, args)),
    ),
    comparison(
        Comparison::NotEqual,
        Plain(|ctx, args| compare(ctx, Comparison::NotEqual, args)),
    ),
    comparison(
        Comparison::Greater,
        Plain(|ctx, args| compare(ctx, Comparison::Greater, args)),
    ),
    comparison(
        Comparison::GreaterEqual,
        Plain(|ctx, args| compare(ctx, Comparison::GreaterEqual, args)),
    ),
    slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
    slot("__len__($self, /)", "Return len(self).", Plain(len)),
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
        FlowCall(|ctx, args| operate(ctx, Algebra::Intersection, args[0], args[1])),
    ),
    slot(
        "__rand__($self, value, /)",
        "Return value&self.",
        FlowCall(|ctx, args| operate(ctx, Algebra::Intersection, args[1], args[0])),
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
    method(
        "__contains__($self, object, /)",
        "x.__contains__(y) <==> y in x.",
        Plain(contains),
    ),
    method(
        "copy($self, /)",
        "Return a shallow copy of a set.",
        Plain(copy),
    ),
    method(
        "difference($self, /, *others)",
        "Return a new set with elements in the set that are not in the others.",
        FlowCall(|ctx, args| combine(ctx, Algebra::Difference, args)),
    ),
    method(
        "intersection($self, /, *others)",
        "Return a new set with elements common to the set and all others.",
        FlowCall(|ctx, args| combine(ctx, Algebra::Intersection, args)),
    ),
    method(
        "isdisjoint($self, other, /)",
        "Return True if two sets have a null intersection.",
        FlowCall(|ctx, args| ask(ctx, Question::Disjoint, this(ctx, args)?, args[1])),
    ),
    method(
        "issubset($self, other, /)",
        "Report whether another set contains this set.",
        FlowCall(is_subset_of),
    ),
    method(
        "issuperset($self, other, /)",
        "Report whether this set contains another set.",
        FlowCall(|ctx, args| ask(ctx, Question::Superset, this(ctx, args)?, args[1])),
    ),
    method(
        "__reduce__($self, /)",
        "Return state information for pickling.",
        FlowCall(reduce),
    ),
    method(
        "__sizeof__($self, /)",
        "S.__sizeof__() -> size of S in memory, in bytes.",
        Plain(memory_size),
    ),
    method(
        "symmetric_difference($self, other, /)",
        "Return a new set with elements in either the set or other but not both.",
        FlowCall(symmetric_difference),
    ),
    method(
        "union($self, /, *others)",
        "Return a new set with elements from the set and all others.",
        FlowCall(|ctx, args| combine(ctx, Algebra::Union, args)),
    ),
    class_method(
        "__class_getitem__($type, object, /)",
        generic_alias::CLASS_GETITEM_DOC,
        Plain(generic_alias::class_getitem),
    ),
];

/// The type of sets.
pub static SET: TypeDef = TypeDef {
    name: "set",
    signature: "(iterable=(), /)",
    doc: "Build an unordered collection of unique elements.",
    match_self: true,
    weakrefable: true,
    shared_methods: SHARED,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(set_new)),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(set_init),
        ),
        slot(
            "__isub__($self, value, /)",
            "Return self-=value.",
            FlowCall(|ctx, args| assign(ctx, Algebra::Difference, args)),
        ),
        slot(
            "__iand__($self, value, /)",
            "Return self&=value.",
            FlowCall(|ctx, args| assign(ctx, Algebra::Intersection, args)),
        ),
        slot(
            "__ixor__($self, value, /)",
            "Return self^=value.",
            FlowCall(|ctx, args| assign(ctx, Algebra::Symmetric, args)),
        ),
        slot(
            "__ior__($self, value, /)",
            "Return self|=value.",
            FlowCall(|ctx, args| assign(ctx, Algebra::Union, args)),
        ),
        method(
            "add($self, object, /)",
            "Add an element to a set.\n\nThis has no effect if the element is already present.",
            Plain(add),
        ),
        method(
            "clear($self, /)",
            "Remove all elements from this set.",
            Plain(clear),
        ),
        method(
            "discard($self, object, /)",
            "Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\nan exception when an element is missing from the set.",
            Plain(discard),
        ),
        method(
            "difference_update($self, /, *others)",
            "Update the set, removing elements found in others.",
            FlowCall(|ctx, args| {
                in_place_all(ctx, Algebra::Difference, this(ctx, args)?, others(args))
            }),
        ),
        method(
            "intersection_update($self, /, *others)",
            "Update the set, keeping only elements found in it and all others.",
            FlowCall(|ctx, args| intersect_at_once(ctx, this(ctx, args)?, others(args))),
        ),
        method(
            "pop($self, /)",
            "Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty.",
            Plain(pop),
        ),
        method(
            "remove($self, object, /)",
            "Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError.",
            Plain(remove),
        ),
        method(
            "symmetric_difference_update($self, other, /)",
            "Update the set, keeping only elements found in either set, but not in both.",
            FlowCall(|ctx, args| in_place(ctx, Algebra::Symmetric, this(ctx, args)?, args[1])),
        ),
        method(
            "update($self, /, *others)",
            "Update the set, adding elements from all others.",
            FlowCall(|ctx, args| in_place_all(ctx, Algebra::Union, this(ctx, args)?, others(args))),
        ),
    ],
    construct: Some(construct_set),
    ..TypeDef::DEFAULT
};

/// The type of frozensets.
pub static FROZENSET: TypeDef = TypeDef {
    name: "frozenset",
    signature: "(iterable=(), /)",
    doc: "Build an immutable unordered collection of unique elements.",
    match_self: true,
    weakrefable: true,
    shared_methods: SHARED,
    methods: &[
        new("__new__($type, *args, **kwargs)", FlowCall(frozenset_new)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
    ],
    construct: Some(|ctx, args| make_frozenset(ctx, Value::Type(ctx.types().frozenset), args)),
    ..TypeDef::DEFAULT
};

/// The set of a method's receiver. The binder has checked its class.
fn this<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Set<'gc>, Raised<'gc>> {
    args[0]
        .as_any_set()
        .ok_or_else(|| ctx.type_error("a set is required"))
}

/// The iterables of a method that takes any number.
fn others<'a, 'gc>(args: &'a [Value<'gc>]) -> &'a [Value<'gc>] {
    args[1].as_tuple().map_or(&[], |t| t.items())
}

fn is_frozen(value: Value<'_>) -> bool {
    matches!(value.builtin(), Value::FrozenSet(_))
}

fn set_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let set = Value::Set(Set::new(ctx));
    Ok(match args[0] {
        Value::Type(class) if class != ctx.types().set => {
            Value::Object(Object::new(ctx, class, Payload::Builtin(set)))
        }
        _ => set,
    })
}

fn set_init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let set = this(ctx, args)?;
    let iterable = one_iterable(ctx, "set", args)?;
    set.borrow_mut(ctx).clear();
    match iterable {
        Value::Absent => Ok(Flow::Return(Value::None)),
        iterable => in_place(ctx, Algebra::Union, set, iterable),
    }
}

fn construct_set<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let set = Set::new(ctx);
    let flow = match args {
        [] => Flow::Return(Value::None),
        [iterable] => in_place(ctx, Algebra::Union, set, *iterable)?,
        _ => return Err(too_many(ctx, "set", args.len())),
    };
    and_then(ctx, flow, vec![Value::Set(set)], |_, state, done| {
        done.map(|_| Flow::Return(state[0]))
    })
}

fn frozenset_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    check_no_keywords(ctx, "frozenset", args, ctx.types().frozenset)?;
    make_frozenset(ctx, args[0], others(args))
}

/// A frozenset of `class` of what at most one iterable gives.
fn make_frozenset<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let exact = matches!(class, Value::Type(class) if class == ctx.types().frozenset);
    let set = Set::new(ctx);
    let flow = match args {
        [] => Flow::Return(Value::None),
        // An exact frozenset stays the object that it is.
        [same @ Value::FrozenSet(_)] if exact => return Ok(Flow::Return(*same)),
        [iterable] => in_place(ctx, Algebra::Union, set, *iterable)?,
        given => {
            let name = class
                .as_type()
                .map_or("frozenset".into(), |c| c.name_text());
            return Err(too_many(ctx, &name, given.len()));
        }
    };
    let state = vec![class, Value::FrozenSet(set)];
    and_then(ctx, flow, state, |ctx, state, done| {
        done?;
        Ok(Flow::Return(match state[0] {
            Value::Type(class) if class != ctx.types().frozenset => {
                Value::Object(Object::new(ctx, class, Payload::Builtin(state[1])))
            }
            _ => state[1],
        }))
    })
}

fn set_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let set = this(ctx, args)?;
    let name = ctx.type_name(args[0]);
    if set.is_empty() {
        return Ok(Flow::Return(ctx.str_value(&format!("{name}()"))));
    }
    let recursive = format!("{name}(...)");
    let (open, close) = match args[0] {
        Value::Set(_) => ("{".to_owned(), "}"),
        _ => (format!("{name}({{"), "})"),
    };
    repr::sequence(ctx, args[0], set.items(), open, close, &recursive)
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Int(this(ctx, args)?.frozen_hash()))
}

fn compare<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let set = this(ctx, args)?;
    let Some(other) = args[1].as_any_set() else {
        return Ok(Value::NotImplemented);
    };
    let (a, b) = (Keys::Set(set), Keys::Set(other));
    Ok(Value::bool(match op {
        Comparison::Equal => a.len() == b.len() && is_subset(ctx, a, b)?,
        Comparison::NotEqual => a.len() != b.len() || !is_subset(ctx, a, b)?,
        Comparison::Less => a.len() < b.len() && is_subset(ctx, a, b)?,
        Comparison::LessEqual => is_subset(ctx, a, b)?,
        Comparison::Greater => a.len() > b.len() && is_subset(ctx, b, a)?,
        Comparison::GreaterEqual => is_subset(ctx, b, a)?,
    }))
}

fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let size = this(ctx, args)?.len() as i64;
    Ok(Value::Iter(Iter::new(ctx, IterKind::Set, args[0], 0, size)))
}

fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, this(ctx, args)?.len()))
}

fn memory_size<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let positions = this(ctx, args)?.borrow().positions();
    Ok(Value::from_usize(ctx.mc, 200 + positions * 16))
}

/// An operator: both sides have to be sets; the result is of the left one's kind.
fn operate<'gc>(
    ctx: Context<'gc>,
    operation: Algebra,
    left: Value<'gc>,
    right: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match (left.as_any_set(), right.as_any_set()) {
        (Some(set), Some(_)) => with_all(ctx, operation, set, &[right], is_frozen(left)),
        _ => Ok(Flow::Return(Value::NotImplemented)),
    }
}

/// An in-place operator.
fn assign<'gc>(
    ctx: Context<'gc>,
    operation: Algebra,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let set = this(ctx, args)?;
    if args[1].as_any_set().is_none() {
        return Ok(Flow::Return(Value::NotImplemented));
    }
    let flow = match operation {
        Algebra::Intersection => intersect_at_once(ctx, set, &[args[1]])?,
        operation => in_place(ctx, operation, set, args[1])?,
    };
    and_then(ctx, flow, vec![args[0]], |_, state, done| {
        done.map(|_| Flow::Return(state[0]))
    })
}

/// A method that makes a new set from any number of iterables.
fn combine<'gc>(
    ctx: Context<'gc>,
    operation: Algebra,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let set = this(ctx, args)?;
    with_all(ctx, operation, set, others(args), is_frozen(args[0]))
}

fn symmetric_difference<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (set, frozen) = (this(ctx, args)?, is_frozen(args[0]));
    with_all(ctx, Algebra::Symmetric, set, &[args[1]], frozen)
}

fn is_subset_of<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let set = this(ctx, args)?;
    if let Some(other) = args[1].as_any_set() {
        let answer = is_subset(ctx, Keys::Set(set), Keys::Set(other))?;
        return Ok(Flow::Return(Value::bool(answer)));
    }
    let common = with_all(ctx, Algebra::Intersection, set, &[args[1]], false)?;
    and_then(ctx, common, vec![Value::Set(set)], |_, state, common| {
        let common = common?.as_any_set().map(Set::len);
        let all = common == state[0].as_any_set().map(Set::len);
        Ok(Flow::Return(Value::bool(all)))
    })
}

/// What to look for, and its hash: a set, which can't be hashed, stands for the
/// frozenset of its elements.
fn look_for<'gc>(ctx: Context<'gc>, key: Value<'gc>) -> Result<(i64, Value<'gc>), Raised<'gc>> {
    match (ctx.hash_element(key), key.builtin()) {
        (Ok(hash), _) => Ok((hash, key)),
        (Err(raised), Value::Set(set)) if exceptions::matches(ctx, raised, Exc::TypeError) => {
            Ok((set.frozen_hash(), Value::FrozenSet(set.copy(ctx))))
        }
        (Err(raised), _) => Err(raised),
    }
}

fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (hash, key) = look_for(ctx, args[1])?;
    let there = this(ctx, args)?.contains_hashed(ctx, hash, key)?;
    Ok(Value::bool(there))
}

fn add<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    this(ctx, args)?.add(ctx, args[1])?;
    Ok(Value::None)
}

fn discard<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (hash, key) = look_for(ctx, args[1])?;
    this(ctx, args)?.remove_hashed(ctx, hash, key)?;
    Ok(Value::None)
}

fn remove<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (hash, key) = look_for(ctx, args[1])?;
    if this(ctx, args)?.remove_hashed(ctx, hash, key)? {
        return Ok(Value::None);
    }
    Err(ctx.error_with(Exc::KeyError, &[args[1]]))
}

fn pop<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut table = this(ctx, args)?.borrow_mut(ctx);
    let first = table.next_from(0).map(|(at, _)| at);
    match first.and_then(|at| table.remove(at)) {
        Some(entry) => Ok(entry.key),
        None => {
            drop(table);
            Err(ctx.error(Exc::KeyError, "pop from an empty set"))
        }
    }
}

fn clear<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    this(ctx, args)?.borrow_mut(ctx).clear();
    Ok(Value::None)
}

fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(match args[0] {
        same @ Value::FrozenSet(_) => same,
        other if is_frozen(other) => Value::FrozenSet(this(ctx, args)?.copy(ctx)),
        _ => Value::Set(this(ctx, args)?.copy(ctx)),
    })
}

/// `(class, ([element, ...],), state)`
fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let elements = Value::List(List::new(ctx, this(ctx, args)?.items()));
    let class = Value::Type(args[0].class(ctx));
    let arguments = Value::Tuple(ctx.tuple([elements]));
    let state = match args[0] {
        Value::Object(_) => {
            let name = ctx.names().__getstate__;
            let state = crate::protocol::call::call_method(ctx, args[0], name, &[])?;
            state.unwrap_or(Flow::Return(Value::None))
        }
        _ => Flow::Return(Value::None),
    };
    and_then(ctx, state, vec![class, arguments], |ctx, parts, state| {
        let reduced = [parts[0], parts[1], state?];
        Ok(Flow::Return(Value::Tuple(ctx.tuple(reduced))))
    })
}
