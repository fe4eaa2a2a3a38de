//! `deque`: the struct, the type and the methods that change it. Searches are
//! in `deque_search`, iterators in `deque_iterator`.

use std::cell::{Cell, Ref, RefMut};
use std::collections::VecDeque;

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, comparison, method, new, sequence_slot, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::{sequence, slicing};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::generic_alias;
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::{More, Sink, drive_iterable};
use capers_runtime::vm::flow::{Flow, and_then};
use gc_arena::barrier::unlock;
use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc};

use super::deque_iterator::{DEQUE_ITERATOR, DEQUE_REVERSE_ITERATOR, make_iterator};
use super::deque_search::{Goal, search};
use super::{Answer, FlowAnswer, show_around};

/// What deques share with their iterators and with what fills them.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Core<'gc> {
    items: RefLock<VecDeque<Value<'gc>>>,
    maxlen: Cell<Option<usize>>,
    /// Counts the changes of length or order, so that walks notice them.
    changes: Cell<u64>,
}

/// The struct behind a deque.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Deque<'gc>(pub Gc<'gc, Core<'gc>>);

impl NativeData for Deque<'static> {
    type Data<'gc> = Deque<'gc>;
}

impl<'gc> Deque<'gc> {
    fn new(ctx: Context<'gc>, items: VecDeque<Value<'gc>>, maxlen: Option<usize>) -> Self {
        let core = Core {
            items: RefLock::new(items),
            maxlen: Cell::new(maxlen),
            changes: Cell::new(0),
        };
        Deque(Gc::new(ctx.mc, core))
    }

    /// The items. Don't call into Python while the borrow is held.
    pub fn borrow(self) -> Ref<'gc, VecDeque<Value<'gc>>> {
        Gc::as_ref(self.0).items.borrow()
    }

    /// The items, to change; counted as a change.
    pub fn borrow_mut(self, ctx: Context<'gc>) -> RefMut<'gc, VecDeque<Value<'gc>>> {
        self.0.changes.set(self.0.changes.get().wrapping_add(1));
        unlock!(Gc::write(ctx.mc, self.0), Core, items).borrow_mut()
    }

    /// The number of items.
    pub fn len(self) -> usize {
        self.borrow().len()
    }

    /// How often length or order have changed.
    pub fn changes(self) -> u64 {
        self.0.changes.get()
    }

    /// The item at `index`.
    pub fn get(self, index: usize) -> Option<Value<'gc>> {
        self.borrow().get(index).copied()
    }

    fn push(self, ctx: Context<'gc>, item: Value<'gc>, left: bool) {
        let mut items = self.borrow_mut(ctx);
        match left {
            true => items.push_front(item),
            false => items.push_back(item),
        }
        if self.0.maxlen.get().is_some_and(|most| items.len() > most) {
            match left {
                true => items.pop_back(),
                false => items.pop_front(),
            };
        }
    }

    /// A list of the items.
    pub fn to_list(self, ctx: Context<'gc>) -> Value<'gc> {
        let items = self.borrow().iter().copied().collect();
        Value::List(List::new(ctx, items))
    }
}

/// The deque that a value is.
pub fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Deque<'gc>, Raised<'gc>> {
    match value.native::<Deque<'static>>() {
        Some(deque) => Ok(*deque),
        None => Err(ctx.type_error(format!(
            "argument 1 must be collections.deque, not {}",
            ctx.type_name(value)
        ))),
    }
}

fn make<'gc>(ctx: Context<'gc>, items: VecDeque<Value<'gc>>, maxlen: Option<usize>) -> Value<'gc> {
    let data = Deque::new(ctx, items, maxlen);
    let class = ctx.type_of_def(&DEQUE);
    Value::Object(Object::with_native::<Deque<'static>>(ctx, class, data))
}

macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            FlowCall(|ctx, args| compare(ctx, Comparison::$op, args)),
        )
    };
}

/// `collections.deque`
pub static DEQUE: TypeDef = TypeDef {
    name: "deque",
    repeats: &["__getattribute__"],
    signature: "([iterable[, maxlen]])",
    module: "collections",
    doc: "A list-like sequence optimized for data accesses near its endpoints.",
    sequence: true,
    weakrefable: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(deque_new)),
        slot("__repr__($self, /)", "Return repr(self).", FlowCall(repr)),
        ordering!(Less),
        ordering!(LessEqual),
        ordering!(Equal),
        ordering!(NotEqual),
        ordering!(Greater),
        ordering!(GreaterEqual),
        slot(
            "__iter__($self, /)",
            "Implement iter(self).",
            Plain(|ctx, args| make_iterator(ctx, &DEQUE_ITERATOR, args[0], 0)),
        ),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(init),
        ),
        slot(
            "__len__($self, /)",
            "Return len(self).",
            Plain(|ctx, args| Ok(Value::from_usize(ctx.mc, this(ctx, args[0])?.len()))),
        ),
        sequence_slot(
            "__add__($self, value, /)",
            "Return self+value.",
            FlowCall(concatenate),
        ),
        sequence_slot(
            "__mul__($self, value, /)",
            "Return self*value.",
            FlowCall(repeated),
        ),
        sequence_slot(
            "__rmul__($self, value, /)",
            "Return value*self.",
            FlowCall(repeated),
        ),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(get_item),
        ),
        slot(
            "__setitem__($self, key, value, /)",
            "Set self[key] to value.",
            Plain(set_item),
        ),
        slot(
            "__delitem__($self, key, /)",
            "Delete self[key].",
            Plain(delete_item),
        ),
        slot(
            "__contains__($self, key, /)",
            "Return bool(key in self).",
            FlowCall(|ctx, args| {
                search(ctx, this(ctx, args[0])?, args[1], Goal::Contains, 0, None)
            }),
        ),
        sequence_slot(
            "__iadd__($self, value, /)",
            "Implement self+=value.",
            FlowCall(|ctx, args| {
                let flow = extend(ctx, args[0], args[1], false)?;
                and_then(ctx, flow, vec![args[0]], |_, state, done| {
                    done.map(|_| Flow::Return(state[0]))
                })
            }),
        ),
        sequence_slot(
            "__imul__($self, value, /)",
            "Implement self*=value.",
            Plain(|ctx, args| {
                repeat_in_place(ctx, this(ctx, args[0])?, args[1])?;
                Ok(args[0])
            }),
        ),
        method(
            "append($self, item, /)",
            "Add an element to the right side of the deque.",
            Plain(|ctx, args| {
                this(ctx, args[0])?.push(ctx, args[1], false);
                Ok(Value::None)
            }),
        ),
        method(
            "appendleft($self, item, /)",
            "Add an element to the left side of the deque.",
            Plain(|ctx, args| {
                this(ctx, args[0])?.push(ctx, args[1], true);
                Ok(Value::None)
            }),
        ),
        method(
            "clear($self, /)",
            "Remove all elements from the deque.",
            Plain(|ctx, args| {
                let old = std::mem::take(&mut *this(ctx, args[0])?.borrow_mut(ctx));
                drop(old);
                Ok(Value::None)
            }),
        ),
        method(
            "__copy__($self, /)",
            "Return a shallow copy of a deque.",
            FlowCall(copy),
        ),
        method(
            "copy($self, /)",
            "Return a shallow copy of a deque.",
            FlowCall(copy),
        ),
        method(
            "count($self, value, /)",
            "Return number of occurrences of value.",
            FlowCall(|ctx, args| search(ctx, this(ctx, args[0])?, args[1], Goal::Count, 0, None)),
        ),
        method(
            "extend($self, iterable, /)",
            "Extend the right side of the deque with elements from the iterable.",
            FlowCall(|ctx, args| extend(ctx, args[0], args[1], false)),
        ),
        method(
            "extendleft($self, iterable, /)",
            "Extend the left side of the deque with elements from the iterable.",
            FlowCall(|ctx, args| extend(ctx, args[0], args[1], true)),
        ),
        method(
            "index($self, value[, start[, stop]], /)",
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
            FlowCall(index),
        ),
        method(
            "insert($self, index, value, /)",
            "Insert value before index.",
            Plain(insert),
        ),
        method(
            "pop($self, /)",
            "Remove and return the rightmost element.",
            Plain(|ctx, args| pop(ctx, args[0], false)),
        ),
        method(
            "popleft($self, /)",
            "Remove and return the leftmost element.",
            Plain(|ctx, args| pop(ctx, args[0], true)),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling.",
            FlowCall(reduce),
        ),
        method(
            "remove($self, value, /)",
            "Remove first occurrence of value.",
            FlowCall(|ctx, args| search(ctx, this(ctx, args[0])?, args[1], Goal::Remove, 0, None)),
        ),
        method(
            "__reversed__($self, /)",
            "Return a reverse iterator over the deque.",
            Plain(|ctx, args| make_iterator(ctx, &DEQUE_REVERSE_ITERATOR, args[0], 0)),
        ),
        method(
            "reverse($self, /)",
            "Reverse *IN PLACE*.",
            Plain(|ctx, args| {
                // CPython does not count this as a change either.
                let deque = this(ctx, args[0])?;
                let changes = deque.changes();
                deque.borrow_mut(ctx).make_contiguous().reverse();
                deque.0.changes.set(changes);
                Ok(Value::None)
            }),
        ),
        method(
            "rotate($self, n=1, /)",
            "Rotate the deque n steps to the right.  If n is negative, rotates left.",
            Plain(rotate),
        ),
        method(
            "__sizeof__($self, /)",
            "Return the size of the deque in memory, in bytes.",
            Plain(|ctx, args| {
                let capacity = this(ctx, args[0])?.borrow().capacity();
                Ok(Value::from_usize(ctx.mc, 96 + 16 * capacity))
            }),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[getter(
        "maxlen",
        "maximum size of a deque or None if unbounded",
        |ctx, value| {
            Ok(match this(ctx, value)?.0.maxlen.get() {
                Some(most) => Value::from_usize(ctx.mc, most),
                None => Value::None,
            })
        },
    )],
    ..TypeDef::DEFAULT
};

fn deque_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0].as_type().unwrap_or_else(|| ctx.type_of_def(&DEQUE));
    let data = Deque::new(ctx, VecDeque::new(), None);
    Ok(Value::Object(Object::with_native::<Deque<'static>>(
        ctx, class, data,
    )))
}

/// The two arguments of the constructor, absent where not given.
fn arguments<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<[Value<'gc>; 2], Raised<'gc>> {
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let keywords = args[2].as_dict().map_or_else(Vec::new, |d| d.entries());
    let count = given.len() + keywords.len();
    if count > 2 {
        return Err(ctx.type_error(format!("deque() takes at most 2 arguments ({count} given)")));
    }
    let mut bound = [Value::Absent; 2];
    bound[..given.len()].copy_from_slice(given);
    for (name, value) in keywords {
        let name = name.as_str().map_or("".into(), |n| n.to_string_lossy());
        let place = match &*name {
            "iterable" => 0,
            "maxlen" => 1,
            _ => {
                return Err(ctx.type_error(format!(
                    "deque() got an unexpected keyword argument '{name}'"
                )));
            }
        };
        if place < given.len() {
            return Err(ctx.type_error(format!(
                "argument for deque() given by name ('{name}') and position ({})",
                place + 1
            )));
        }
        bound[place] = value;
    }
    Ok(bound)
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let deque = this(ctx, args[0])?;
    let [iterable, maxlen] = arguments(ctx, args)?;
    let maxlen = match maxlen {
        Value::Absent | Value::None => None,
        number if !number.is_int() => return Err(ctx.type_error("an integer is required")),
        number => {
            let number = slicing::size_argument(ctx, number)?;
            let Ok(most) = usize::try_from(number) else {
                return Err(ctx.value_error("maxlen must be non-negative"));
            };
            Some(most)
        }
    };
    deque.0.maxlen.set(maxlen);
    if deque.len() > 0 {
        let old = std::mem::take(&mut *deque.borrow_mut(ctx));
        drop(old);
    }
    match iterable {
        Value::Absent => Ok(Flow::Return(Value::None)),
        iterable => extend(ctx, args[0], iterable, false),
    }
}

/// Appends what an iterator gives.
#[derive(Collect)]
#[collect(no_drop)]
struct Append<'gc> {
    deque: Deque<'gc>,
    left: bool,
}

impl<'gc> Sink<'gc> for Append<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.deque.push(ctx, item, self.left);
        Ok(More::Yes)
    }
    fn finish(&mut self, _: Context<'gc>) -> FlowAnswer<'gc> {
        Ok(Flow::Return(Value::None))
    }
}

fn extend<'gc>(
    ctx: Context<'gc>,
    target: Value<'gc>,
    iterable: Value<'gc>,
    left: bool,
) -> FlowAnswer<'gc> {
    let deque = this(ctx, target)?;
    let iterable = match iterable.is(target) {
        true => deque.to_list(ctx),
        false => iterable,
    };
    drive_iterable(ctx, iterable, Append { deque, left })
}

fn pop<'gc>(ctx: Context<'gc>, deque: Value<'gc>, left: bool) -> Answer<'gc> {
    let deque = this(ctx, deque)?;
    if deque.len() == 0 {
        return Err(ctx.error(Exc::IndexError, "pop from an empty deque"));
    }
    let mut items = deque.borrow_mut(ctx);
    let item = match left {
        true => items.pop_front(),
        false => items.pop_back(),
    };
    Ok(item.unwrap_or(Value::None))
}

fn insert<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let deque = this(ctx, args[0])?;
    let index = slicing::size_argument(ctx, args[1])?;
    let length = deque.len();
    if deque.0.maxlen.get() == Some(length) {
        return Err(ctx.error(Exc::IndexError, "deque already at its maximum size"));
    }
    let place = slicing::from_end(index, length).min(length);
    deque.borrow_mut(ctx).insert(place, args[2]);
    Ok(Value::None)
}

fn rotate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let deque = this(ctx, args[0])?;
    let steps = match args[1] {
        Value::Absent => 1,
        steps => slicing::size_argument(ctx, steps)?,
    };
    let length = deque.len() as i64;
    if length > 1 {
        let steps = steps.rem_euclid(length);
        if steps != 0 {
            deque.borrow_mut(ctx).rotate_right(steps as usize);
        }
    }
    Ok(Value::None)
}

/// The position that a subscript means.
fn position<'gc>(
    ctx: Context<'gc>,
    deque: Deque<'gc>,
    key: Value<'gc>,
    what: &str,
) -> Result<usize, Raised<'gc>> {
    if !slicing::is_index(ctx, key) {
        return Err(ctx.type_error(match what {
            "" => format!(
                "sequence index must be integer, not '{}'",
                ctx.type_name(key)
            ),
            _ => format!(
                "'{}' object cannot be interpreted as an integer",
                ctx.type_name(key)
            ),
        }));
    }
    let index = ctx.index_i64(key, Exc::IndexError)?;
    slicing::position(index, deque.len())
        .ok_or_else(|| ctx.error(Exc::IndexError, "deque index out of range"))
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let deque = this(ctx, args[0])?;
    let at = position(ctx, deque, args[1], "")?;
    Ok(deque.get(at).unwrap_or(Value::None))
}

fn set_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let deque = this(ctx, args[0])?;
    let at = position(ctx, deque, args[1], "set")?;
    let changes = deque.changes();
    if let Some(place) = deque.borrow_mut(ctx).get_mut(at) {
        *place = args[2];
    }
    deque.0.changes.set(changes);
    Ok(Value::None)
}

fn delete_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let deque = this(ctx, args[0])?;
    let at = position(ctx, deque, args[1], "delete")?;
    deque.borrow_mut(ctx).remove(at);
    Ok(Value::None)
}

fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let deque = this(ctx, args[0])?;
    let start = slicing::search_bound(ctx, args[2], 0)?;
    let stop = slicing::search_bound(ctx, args[3], i64::MAX)?;
    let length = deque.len();
    let (start, stop) = (
        slicing::from_end(start, length),
        slicing::from_end(stop, length),
    );
    search(ctx, deque, args[1], Goal::Index, start, Some(stop))
}

/// A copy of the same class, made as its constructor makes it.
fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let deque = this(ctx, args[0])?;
    let class = args[0].class(ctx);
    let maxlen = deque.0.maxlen.get();
    if class == ctx.type_of_def(&DEQUE) {
        let items = deque.borrow().clone();
        return Ok(Flow::Return(make(ctx, items, maxlen)));
    }
    let class = Value::Type(class);
    Ok(match maxlen {
        None => Flow::call(class, &[args[0]]),
        Some(most) => Flow::call(class, &[args[0], Value::from_usize(ctx.mc, most)]),
    })
}

fn concatenate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    if args[1].native::<Deque<'static>>().is_none() {
        return Err(ctx.type_error(format!(
            "can only concatenate deque (not \"{}\") to deque",
            args[1].class(ctx).name_text()
        )));
    }
    let copied = copy(ctx, args)?;
    and_then(ctx, copied, vec![args[1]], |ctx, state, copied| {
        let copied = copied?;
        let flow = extend(ctx, copied, state[0], false)?;
        and_then(ctx, flow, vec![copied], |_, state, done| {
            done.map(|_| Flow::Return(state[0]))
        })
    })
}

fn repeat_in_place<'gc>(
    ctx: Context<'gc>,
    deque: Deque<'gc>,
    count: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let items: Vec<Value<'gc>> = deque.borrow().iter().copied().collect();
    let size = size_of::<Value<'_>>();
    let mut count = slicing::repetitions(ctx, count, 0, size)?;
    let most = deque.0.maxlen.get();
    if let Some(most) = most
        && !items.is_empty()
    {
        count = count.min(most.div_ceil(items.len()));
    }
    if count.checked_mul(items.len()).is_none_or(|n| n > 1 << 42) {
        return Err(slicing::memory_error(ctx));
    }
    let mut repeated = VecDeque::from(slicing::repeat(ctx, &items, count)?);
    if let Some(most) = most
        && repeated.len() > most
    {
        repeated.drain(..repeated.len() - most);
    }
    *deque.borrow_mut(ctx) = repeated;
    Ok(())
}

fn repeated<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let copied = copy(ctx, args)?;
    and_then(ctx, copied, vec![args[1]], |ctx, state, copied| {
        let copied = copied?;
        repeat_in_place(ctx, this(ctx, copied)?, state[0])?;
        Ok(Flow::Return(copied))
    })
}

fn compare<'gc>(ctx: Context<'gc>, op: Comparison, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let Some(other) = args[1].native::<Deque<'static>>() else {
        return Ok(Flow::Return(Value::NotImplemented));
    };
    let ours = this(ctx, args[0])?.to_list(ctx);
    sequence::compare(ctx, op, ours, other.to_list(ctx))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let deque = this(ctx, args[0])?;
    let before = format!("{}(", args[0].class(ctx).name().to_string_lossy());
    let after = match deque.0.maxlen.get() {
        Some(most) => format!(", maxlen={most})"),
        None => ")".to_owned(),
    };
    show_around(ctx, args[0], deque.to_list(ctx), before, after, "[...]")
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let deque = this(ctx, args[0])?;
    let state = ctx.call_method(args[0], ctx.names().__getstate__, &[])?;
    let empty = Value::Tuple(ctx.empty_tuple());
    let arguments = match deque.0.maxlen.get() {
        None => empty,
        Some(most) => Value::Tuple(ctx.tuple([empty, Value::from_usize(ctx.mc, most)])),
    };
    let iterator = capers_runtime::protocol::iterate::iter_flow(ctx, args[0])?;
    let class = Value::Type(args[0].class(ctx));
    and_then(
        ctx,
        iterator,
        vec![class, arguments, state],
        |ctx, mut parts, iterator| {
            parts.push(iterator?);
            Ok(Flow::Return(Value::Tuple(ctx.tuple(parts))))
        },
    )
}
