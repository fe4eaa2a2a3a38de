//! `tuple`: owns the struct and the type's methods.

use gc_arena::lock::OnceLock;
use gc_arena::{Collect, Gc};

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{class_method, comparison, method, new, sequence_slot, slot};
use crate::object::{Object, Payload};
use crate::protocol::repr;
use crate::protocol::sequence::{self, Goal};
use crate::protocol::slicing::{self, Subscript};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::exceptions::Exc;
use crate::types::generic_alias;
use crate::types::iterator::{Iter, IterKind};
use crate::types::list::{expect_room, too_many};
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::drive::collect_then;
use crate::vm::flow::Flow;

/// A Python tuple. Its items are given once; only a tuple that may hold itself is
/// there before them, and is empty until then.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Tuple<'gc>(pub Gc<'gc, OnceLock<Box<[Value<'gc>]>>>);

impl<'gc> Tuple<'gc> {
    /// A new tuple. Most callers want `Context::tuple`, which shares the empty one.
    pub fn new(ctx: Context<'gc>, items: impl Into<Box<[Value<'gc>]>>) -> Self {
        let tuple = Tuple::unfinished(ctx);
        tuple.finish(ctx, items.into());
        tuple
    }

    /// A new tuple whose items come later, as it may be one of them.
    pub fn unfinished(ctx: Context<'gc>) -> Self {
        Tuple(Gc::new(ctx.mc, OnceLock::new()))
    }

    /// Gives an unfinished tuple its items; any other keeps those that it has.
    pub fn finish(self, ctx: Context<'gc>, items: Box<[Value<'gc>]>) {
        ctx.charge(size_of_val(&*items));
        let _ = self.0.set(ctx.mc, items);
    }

    /// The items.
    #[inline]
    pub fn items(self) -> &'gc [Value<'gc>] {
        self.0.get().map_or(&[], |items| items)
    }

    /// The number of items.
    #[inline]
    pub fn len(self) -> usize {
        self.items().len()
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.items().is_empty()
    }
}

/// The type.
pub static TUPLE: TypeDef = TypeDef {
    name: "tuple",
    signature: "(iterable=(), /)",
    doc: "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.",
    sequence: true,
    match_self: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", FlowCall(tuple_new)),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            FlowCall(tuple_repr),
        ),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
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
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
        slot("__len__($self, /)", "Return len(self).", Plain(len)),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(get_item),
        ),
        sequence_slot(
            "__add__($self, value, /)",
            "Return self+value.",
            Plain(concatenate),
        ),
        sequence_slot(
            "__mul__($self, value, /)",
            "Return self*value.",
            Plain(repeat),
        ),
        sequence_slot(
            "__rmul__($self, value, /)",
            "Return value*self.",
            Plain(repeat),
        ),
        slot(
            "__contains__($self, key, /)",
            "Return bool(key in self).",
            FlowCall(contains),
        ),
        method("__getnewargs__($self, /)", "", Plain(get_new_args)),
        method(
            "index($self, value, start=0, stop=sys.maxsize, /)",
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
            FlowCall(index),
        ),
        method(
            "count($self, value, /)",
            "Return number of occurrences of value.",
            FlowCall(count),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    construct: Some(|ctx, args| make(ctx, Value::Type(ctx.types().tuple), args)),
    ..TypeDef::DEFAULT
};

/// The tuple of a method's receiver. The binder has checked its class.
fn this<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Tuple<'gc>, Raised<'gc>> {
    args[0]
        .as_tuple()
        .ok_or_else(|| ctx.type_error("a tuple is required"))
}

fn tuple_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    check_no_keywords(ctx, "tuple", args, ctx.types().tuple)?;
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    make(ctx, args[0], given)
}

/// A tuple of `class` of what at most one iterable gives.
fn make<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let exact = matches!(class, Value::Type(class) if class == ctx.types().tuple);
    match args {
        [] => Ok(Flow::Return(of_class(ctx, class, Vec::new()))),
        // An exact tuple stays the object that it is.
        [tuple @ Value::Tuple(_)] if exact => Ok(Flow::Return(*tuple)),
        [iterable @ Value::Range(_)] => {
            expect_room(ctx, *iterable)?;
            collect(ctx, class, *iterable)
        }
        [iterable] => collect(ctx, class, *iterable),
        _ => Err(too_many(ctx, "tuple", args.len())),
    }
}

fn collect<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    iterable: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    collect_then(ctx, iterable, vec![class], |ctx, state, items| {
        Ok(Flow::Return(of_class(ctx, state[0], items)))
    })
}

/// Raises TypeError for keyword arguments of a `__new__($type, *args, **kwargs)`.
/// A subclass with an `__init__` of its own may be given them.
pub(crate) fn check_no_keywords<'gc>(
    ctx: Context<'gc>,
    name: &str,
    args: &[Value<'gc>],
    base: Type<'gc>,
) -> Result<(), Raised<'gc>> {
    let init = ctx.names().__init__;
    let own_init = args[0].as_type().is_some_and(|class| {
        class != base
            && matches!(class.lookup(ctx, init), Some(found) if !matches!(found, Value::Native(_)))
    });
    if !own_init && args[2].as_dict().is_some_and(|d| !d.is_empty()) {
        return Err(ctx.type_error(format!("{name}() takes no keyword arguments")));
    }
    Ok(())
}

/// A tuple of `class`, which is `tuple` or derives from it.
fn of_class<'gc>(ctx: Context<'gc>, class: Value<'gc>, items: Vec<Value<'gc>>) -> Value<'gc> {
    let tuple = Value::Tuple(ctx.tuple(items));
    match class {
        Value::Type(class) if class != ctx.types().tuple => {
            Value::Object(Object::new(ctx, class, Payload::Builtin(tuple)))
        }
        _ => tuple,
    }
}

fn tuple_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    repr::tuple(ctx, args[0], this(ctx, args)?)
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let tuple = this(ctx, args)?;
    ctx.hash(Value::Tuple(tuple)).map(Value::Int)
}

fn compare<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    match args[1].as_tuple() {
        Some(_) => sequence::compare(ctx, op, args[0], args[1]),
        None => Ok(Flow::Return(Value::NotImplemented)),
    }
}

fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Iter(Iter::new(ctx, IterKind::Tuple, args[0], 0, 0)))
}

fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, this(ctx, args)?.len()))
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let tuple = this(ctx, args)?;
    match slicing::subscript_of(ctx, args[1], "tuple")? {
        Subscript::At(index) => match slicing::position(index, tuple.len()) {
            Some(index) => Ok(tuple.items()[index]),
            None => Err(ctx.error(Exc::IndexError, "tuple index out of range")),
        },
        Subscript::Slice(bounds) => {
            let span = bounds.over(tuple.len());
            if span.step == 1 && span.len == tuple.len() {
                return Ok(Value::Tuple(tuple));
            }
            Ok(Value::Tuple(ctx.tuple(span.pick(tuple.items()))))
        }
    }
}

fn concatenate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let tuple = this(ctx, args)?;
    let Some(other) = args[1].as_tuple() else {
        return Err(ctx.type_error(format!(
            "can only concatenate tuple (not \"{}\") to tuple",
            ctx.type_name(args[1])
        )));
    };
    if tuple.is_empty() && matches!(args[1], Value::Tuple(_)) {
        return Ok(args[1]);
    }
    if other.is_empty() && matches!(args[0], Value::Tuple(_)) {
        return Ok(args[0]);
    }
    let joined = [tuple.items(), other.items()].concat();
    Ok(Value::Tuple(ctx.tuple(joined)))
}

fn repeat<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let tuple = this(ctx, args)?;
    let item_size = size_of::<Value<'_>>();
    let count = slicing::repetitions(ctx, args[1], tuple.len(), item_size)?;
    if count == 1 && matches!(args[0], Value::Tuple(_)) {
        return Ok(args[0]);
    }
    let items = slicing::repeat(ctx, tuple.items(), count)?;
    Ok(Value::Tuple(ctx.tuple(items)))
}

fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let everywhere = (0, usize::MAX);
    sequence::search(ctx, &TUPLE, Goal::Contains, args[0], args[1], everywhere)
}

fn get_new_args<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let copy = Value::Tuple(ctx.tuple(this(ctx, args)?.items().to_vec()));
    Ok(Value::Tuple(ctx.tuple([copy])))
}

fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let len = this(ctx, args)?.len();
    let start = slicing::search_bound(ctx, args[2], 0)?;
    let stop = slicing::search_bound(ctx, args[3], i64::MAX)?;
    let range = (slicing::from_end(start, len), slicing::from_end(stop, len));
    sequence::search(ctx, &TUPLE, Goal::Index, args[0], args[1], range)
}

fn count<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let everywhere = (0, usize::MAX);
    sequence::search(ctx, &TUPLE, Goal::Count, args[0], args[1], everywhere)
}
