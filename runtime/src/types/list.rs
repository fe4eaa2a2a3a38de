//! `list`: owns the struct and the type's methods.

use std::cell::{Ref, RefMut};

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc};

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{class_method, comparison, method, new, sequence_slot, slot};
use crate::object::{Object, Payload};
use crate::protocol::sequence::{self, Goal};
use crate::protocol::slicing::{self, Bounds, Subscript};
use crate::protocol::{iterate, repr};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::exceptions::Exc;
use crate::types::generic_alias;
use crate::types::iterator::{Iter, IterKind};
use crate::types::list_sort;
use crate::value::Value;
use crate::vm::drive::{More, Sink, drive, drive_iterable, sequence_then};
use crate::vm::flow::{Flow, and_then};

/// A Python list.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct List<'gc>(pub Gc<'gc, RefLock<Vec<Value<'gc>>>>);

impl<'gc> List<'gc> {
    /// A new list of `items`.
    pub fn new(ctx: Context<'gc>, items: Vec<Value<'gc>>) -> Self {
        ctx.charge(items.capacity() * size_of::<Value<'_>>());
        List(Gc::new(ctx.mc, RefLock::new(items)))
    }

    /// `list.append(item)`
    #[inline]
    pub fn push(self, ctx: Context<'gc>, item: Value<'gc>) {
        let mut items = self.0.borrow_mut(ctx.mc);
        if items.len() == items.capacity() {
            ctx.charge(items.capacity() * size_of::<Value<'_>>());
        }
        items.push(item);
    }

    /// The items. Don't call into Python while the borrow is held.
    #[inline]
    pub fn borrow(self) -> Ref<'gc, Vec<Value<'gc>>> {
        self.0.borrow()
    }

    /// The items, to change. Don't call into Python while the borrow is held.
    #[inline]
    pub fn borrow_mut(self, ctx: Context<'gc>) -> RefMut<'gc, Vec<Value<'gc>>> {
        self.0.borrow_mut(ctx.mc)
    }

    /// The number of items.
    #[inline]
    pub fn len(self) -> usize {
        self.0.borrow().len()
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The item at `index`.
    #[inline]
    pub fn get(self, index: usize) -> Option<Value<'gc>> {
        self.0.borrow().get(index).copied()
    }

    /// A copy of the items, for walks during which Python code may run.
    pub fn to_vec(self) -> Vec<Value<'gc>> {
        self.0.borrow().clone()
    }
}

/// The type.
pub static LIST: TypeDef = TypeDef {
    name: "list",
    signature: "(iterable=(), /)",
    doc: "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    sequence: true,
    match_self: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(list_new)),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            FlowCall(list_repr),
        ),
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
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(init),
        ),
        slot("__len__($self, /)", "Return len(self).", Plain(len)),
        method(
            "__getitem__($self, index, /)",
            "Return self[index].",
            Plain(get_item),
        ),
        slot(
            "__setitem__($self, key, value, /)",
            "Set self[key] to value.",
            FlowCall(set_item),
        ),
        slot(
            "__delitem__($self, key, /)",
            "Delete self[key].",
            Plain(delete_item),
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
        sequence_slot(
            "__iadd__($self, value, /)",
            "Implement self+=value.",
            FlowCall(extend_in_place),
        ),
        sequence_slot(
            "__imul__($self, value, /)",
            "Implement self*=value.",
            Plain(repeat_in_place),
        ),
        method(
            "__reversed__($self, /)",
            "Return a reverse iterator over the list.",
            Plain(reversed),
        ),
        method(
            "__sizeof__($self, /)",
            "Return the size of the list in memory, in bytes.",
            Plain(memory_size),
        ),
        method(
            "clear($self, /)",
            "Remove all items from list.",
            Plain(clear),
        ),
        method(
            "copy($self, /)",
            "Return a shallow copy of the list.",
            Plain(copy),
        ),
        method(
            "append($self, object, /)",
            "Append object to the end of the list.",
            Plain(append),
        ),
        method(
            "insert($self, index, object, /)",
            "Insert object before index.",
            Plain(insert),
        ),
        method(
            "extend($self, iterable, /)",
            "Extend list by appending elements from the iterable.",
            FlowCall(|ctx, args| extend(ctx, this(ctx, args)?, args[1])),
        ),
        method(
            "pop($self, index=-1, /)",
            "Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range.",
            Plain(pop),
        ),
        method(
            "remove($self, value, /)",
            "Remove first occurrence of value.\n\nRaises ValueError if the value is not present.",
            FlowCall(|ctx, args| search(ctx, Goal::Remove, args)),
        ),
        method(
            "index($self, value, start=0, stop=sys.maxsize, /)",
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
            FlowCall(index),
        ),
        method(
            "count($self, value, /)",
            "Return number of occurrences of value.",
            FlowCall(|ctx, args| search(ctx, Goal::Count, args)),
        ),
        method("reverse($self, /)", "Reverse *IN PLACE*.", Plain(reverse)),
        method(
            "sort($self, /, *, key=None, reverse=False)",
            "Sort the list in ascending order and return None.\n\nThe sort is in-place (i.e. the list itself is modified) and stable (i.e. the\norder of two equal elements is maintained).\n\nIf a key function is given, apply it once to each list item and sort them,\nascending or descending, according to their function values.\n\nThe reverse flag can be set to sort in descending order.",
            FlowCall(sort),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    construct: Some(construct),
    ..TypeDef::DEFAULT
};

/// The list of a method's receiver. The binder has checked its class.
fn this<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<List<'gc>, Raised<'gc>> {
    args[0]
        .as_list()
        .ok_or_else(|| ctx.type_error("a list is required"))
}

fn list_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let list = Value::List(List::new(ctx, Vec::new()));
    Ok(match args[0] {
        Value::Type(class) if class != ctx.types().list => {
            Value::Object(Object::new(ctx, class, Payload::Builtin(list)))
        }
        _ => list,
    })
}

fn construct<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let list = List::new(ctx, Vec::new());
    let flow = match args {
        [] => Flow::Return(Value::None),
        [iterable] => extend(ctx, list, *iterable)?,
        _ => return Err(too_many(ctx, "list", args.len())),
    };
    and_then(ctx, flow, vec![Value::List(list)], |_, state, done| {
        done.map(|_| Flow::Return(state[0]))
    })
}

/// The TypeError of a constructor that takes one argument at most.
pub(crate) fn too_many<'gc>(ctx: Context<'gc>, name: &str, given: usize) -> Raised<'gc> {
    ctx.type_error(format!("{name} expected at most 1 argument, got {given}"))
}

/// Checks `__init__`'s arguments of a built-in that takes one iterable at most.
/// Gives the iterable, absent where there is none. A subclass with a `__new__`
/// of its own may be given keywords.
pub(crate) fn one_iterable<'gc>(
    ctx: Context<'gc>,
    name: &str,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    if args[2].as_dict().is_some_and(|d| !d.is_empty()) {
        let new = ctx.names().__new__;
        let own_new = args[0].class(ctx).lookup(ctx, new);
        // Those that set gets may be nobody's.
        if name == "set" || matches!(own_new, Some(Value::Native(_))) {
            return Err(ctx.type_error(format!("{name}() takes no keyword arguments")));
        }
    }
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    match given {
        [] => Ok(Value::Absent),
        [iterable] => Ok(*iterable),
        _ => Err(too_many(ctx, name, given.len())),
    }
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    let iterable = one_iterable(ctx, "list", args)?;
    // The old items go only now: they may be what the iterable walks over.
    let old = std::mem::take(&mut *list.borrow_mut(ctx));
    drop(old);
    match iterable {
        Value::Absent => Ok(Flow::Return(Value::None)),
        iterable => extend(ctx, list, iterable),
    }
}

fn list_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    repr::list(ctx, args[0], this(ctx, args)?)
}

fn compare<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    match args[1].as_list() {
        Some(_) => sequence::compare(ctx, op, args[0], args[1]),
        None => Ok(Flow::Return(Value::NotImplemented)),
    }
}

fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let iter = Iter::new(ctx, IterKind::List, args[0], 0, 0);
    Ok(iterate::iter_builtin(ctx, args[0]).unwrap_or(Value::Iter(iter)))
}

fn reversed<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let last = this(ctx, args)?.len() as i64 - 1;
    let iter = Iter::new(ctx, IterKind::ListReverse, args[0], last, 0);
    Ok(Value::Iter(iter))
}

fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, this(ctx, args)?.len()))
}

fn memory_size<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    Ok(Value::from_usize(ctx.mc, 40 + 8 * list.len()))
}

fn out_of_range<'gc>(ctx: Context<'gc>, what: &str) -> Raised<'gc> {
    ctx.error(Exc::IndexError, format!("{what} index out of range"))
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    match slicing::subscript_of(ctx, args[1], "list")? {
        Subscript::At(index) => slicing::position(index, list.len())
            .and_then(|i| list.get(i))
            .ok_or_else(|| out_of_range(ctx, "list")),
        Subscript::Slice(bounds) => {
            let items = {
                let items = list.borrow();
                bounds.over(items.len()).pick(&items)
            };
            Ok(Value::List(List::new(ctx, items)))
        }
    }
}

fn set_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    match slicing::subscript_of(ctx, args[1], "list")? {
        Subscript::At(index) => {
            let Some(index) = slicing::position(index, list.len()) else {
                return Err(out_of_range(ctx, "list assignment"));
            };
            list.borrow_mut(ctx)[index] = args[2];
            Ok(Flow::Return(Value::None))
        }
        Subscript::Slice(bounds) => assign_slice(ctx, list, bounds, args[2]),
    }
}

fn assign_slice<'gc>(
    ctx: Context<'gc>,
    list: List<'gc>,
    bounds: Bounds,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let span = bounds.over(list.len());
    let message = "must assign iterable to extended slice";
    let state = vec![
        Value::List(list),
        Value::Int(span.start as i64),
        Value::Int(bounds.step),
        Value::Int(span.len as i64),
    ];
    sequence_then(ctx, value, message, state, |ctx, state, items| {
        let (Value::List(list), Value::Int(start), Value::Int(step), Value::Int(len)) =
            (state[0], state[1], state[2], state[3])
        else {
            return Ok(Flow::Return(Value::None));
        };
        if step == 1 {
            // The iterable may have shortened the list.
            let mut target = list.borrow_mut(ctx);
            let start = (start as usize).min(target.len());
            let end = (start + len as usize).min(target.len());
            target.splice(start..end, items);
            return Ok(Flow::Return(Value::None));
        }
        if items.len() != len as usize {
            return Err(ctx.value_error(format!(
                "attempt to assign sequence of size {} to extended slice of size {len}",
                items.len()
            )));
        }
        let span = slicing::Span {
            start: start as usize,
            step,
            len: len as usize,
        };
        let mut target = list.borrow_mut(ctx);
        for (place, item) in span.positions().zip(items) {
            if let Some(slot) = target.get_mut(place) {
                *slot = item;
            }
        }
        Ok(Flow::Return(Value::None))
    })
}

fn delete_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    match slicing::subscript_of(ctx, args[1], "list")? {
        Subscript::At(index) => {
            let Some(index) = slicing::position(index, list.len()) else {
                return Err(out_of_range(ctx, "list assignment"));
            };
            list.borrow_mut(ctx).remove(index);
        }
        Subscript::Slice(bounds) => {
            let mut items = list.borrow_mut(ctx);
            let span = bounds.over(items.len()).ascending();
            if span.step == 1 {
                items.drain(span.start..span.start + span.len);
            } else if span.len > 0 {
                let mut doomed = span.positions().peekable();
                let mut position = 0;
                items.retain(|_| {
                    let goes = doomed.next_if_eq(&position).is_some();
                    position += 1;
                    !goes
                });
            }
        }
    }
    Ok(Value::None)
}

fn concatenate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    let Some(other) = args[1].as_list() else {
        return Err(ctx.type_error(format!(
            "can only concatenate list (not \"{}\") to list",
            ctx.type_name(args[1])
        )));
    };
    let joined = [&list.borrow()[..], &other.borrow()[..]].concat();
    Ok(Value::List(List::new(ctx, joined)))
}

/// The items repeated as `args[1]` says.
fn repeated<'gc>(
    ctx: Context<'gc>,
    list: List<'gc>,
    count: Value<'gc>,
) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
    let item_size = size_of::<Value<'_>>();
    let count = slicing::repetitions(ctx, count, list.len(), item_size)?;
    slicing::repeat(ctx, &list.borrow(), count)
}

fn repeat<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let items = repeated(ctx, this(ctx, args)?, args[1])?;
    Ok(Value::List(List::new(ctx, items)))
}

fn repeat_in_place<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    let items = repeated(ctx, list, args[1])?;
    *list.borrow_mut(ctx) = items;
    Ok(args[0])
}

fn extend_in_place<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let flow = extend(ctx, this(ctx, args)?, args[1])?;
    and_then(ctx, flow, vec![args[0]], |_, state, result| {
        result.map(|_| Flow::Return(state[0]))
    })
}

fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    search(ctx, Goal::Contains, args)
}

fn search<'gc>(
    ctx: Context<'gc>,
    goal: Goal,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    sequence::search(ctx, &LIST, goal, args[0], args[1], (0, usize::MAX))
}

fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    let start = slicing::search_bound(ctx, args[2], 0)?;
    let stop = slicing::search_bound(ctx, args[3], i64::MAX)?;
    let range = (
        slicing::from_end(start, list.len()),
        slicing::from_end(stop, list.len()),
    );
    sequence::search(ctx, &LIST, Goal::Index, args[0], args[1], range)
}

/// Appends what an iterator gives.
#[derive(gc_arena::Collect)]
#[collect(no_drop)]
struct Extend<'gc>(List<'gc>);

impl<'gc> Sink<'gc> for Extend<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.0.push(ctx, item);
        Ok(More::Yes)
    }
    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::None))
    }
}

/// Raises MemoryError for an iterable that says it has more items than there is
/// room for; otherwise what it says does not matter.
pub(crate) fn expect_room<'gc>(ctx: Context<'gc>, iterable: Value<'gc>) -> Result<(), Raised<'gc>> {
    let hint = match iterable {
        Value::Range(_) | Value::Object(_) | Value::Iter(_) => ctx.length_hint(iterable)?,
        _ => None,
    };
    match hint {
        Some(hint) if hint > MANY => {
            let mut probe: Vec<Value<'gc>> = Vec::new();
            let room = probe.try_reserve_exact(hint);
            room.map_err(|_| slicing::memory_error(ctx))
        }
        _ => Ok(()),
    }
}

/// From how many expected items on it is asked whether there is room for them.
const MANY: usize = 1 << 24;

/// `list.extend(iterable)`: the items that come before an error stay. The
/// flow's result is None.
pub fn extend<'gc>(
    ctx: Context<'gc>,
    list: List<'gc>,
    iterable: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match iterable {
        Value::List(other) => {
            let items = other.to_vec();
            list.borrow_mut(ctx).extend(items);
            Ok(Flow::Return(Value::None))
        }
        Value::Tuple(tuple) => {
            list.borrow_mut(ctx).extend_from_slice(tuple.items());
            Ok(Flow::Return(Value::None))
        }
        // Where the hint is wrong, CPython raises before it takes an item.
        Value::Object(_) => match iterate::iter_flow(ctx, iterable)? {
            Flow::Return(iterator) => {
                expect_room(ctx, iterable)?;
                drive(ctx, iterator, Extend(list))
            }
            flow => and_then(
                ctx,
                flow,
                vec![Value::List(list), iterable],
                |ctx, state, iterator| {
                    let iterator = iterator?;
                    expect_room(ctx, state[1])?;
                    match state[0] {
                        Value::List(list) => drive(ctx, iterator, Extend(list)),
                        _ => Ok(Flow::Return(Value::None)),
                    }
                },
            ),
        },
        _ => {
            expect_room(ctx, iterable)?;
            drive_iterable(ctx, iterable, Extend(list))
        }
    }
}

fn clear<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    std::mem::take(&mut *this(ctx, args)?.borrow_mut(ctx));
    Ok(Value::None)
}

fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::List(List::new(ctx, this(ctx, args)?.to_vec())))
}

fn append<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    this(ctx, args)?.push(ctx, args[1]);
    Ok(Value::None)
}

fn insert<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    let index = slicing::size_argument(ctx, args[1])?;
    let mut items = list.borrow_mut(ctx);
    let index = slicing::from_end(index, items.len()).min(items.len());
    items.insert(index, args[2]);
    Ok(Value::None)
}

fn pop<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let list = this(ctx, args)?;
    let index = match args[1] {
        Value::Absent => -1,
        index => slicing::size_argument(ctx, index)?,
    };
    let mut items = list.borrow_mut(ctx);
    if items.is_empty() {
        return Err(ctx.error(Exc::IndexError, "pop from empty list"));
    }
    match slicing::position(index, items.len()) {
        Some(index) => Ok(items.remove(index)),
        None => Err(out_of_range(ctx, "pop")),
    }
}

fn reverse<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    this(ctx, args)?.borrow_mut(ctx).reverse();
    Ok(Value::None)
}

fn sort<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let reverse = ctx.truth(args[2].or(Value::bool(false)))?;
    list_sort::sort(ctx, this(ctx, args)?, args[1].or(Value::None), reverse)
}
