//! The Python types of the built-in iterators, their methods, and how the
//! rarer kinds advance.

use gc_arena::Gc;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, method, slot};
use crate::protocol::{iterate, subscript};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::exceptions::{self, Exc};
use crate::types::iterator::{Iter, IterData, IterKind};
use crate::types::list::List;
use crate::types::range::{Range, RangeData};
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Flow, Next, and_then};

/// `__doc__` of every `__length_hint__`.
pub const LENGTH_HINT_DOC: &str = "Private method returning an estimate of len(list(it)).";
/// `__doc__` of every iterator's `__reduce__`.
pub const REDUCE_DOC: &str = "Return state information for pickling.";
/// `__doc__` of every iterator's `__setstate__`.
pub const SETSTATE_DOC: &str = "Set state information for unpickling.";

/// `__iter__` of an iterator: itself.
pub const ITER: NativeDef = slot("__iter__($self, /)", "Implement iter(self).", Plain(itself));
/// `__next__` of an iterator that advances natively.
pub const NEXT: NativeDef = slot(
    "__next__($self, /)",
    "Implement next(self).",
    FlowCall(next_method),
);
const LENGTH_HINT: NativeDef = method(
    "__length_hint__($self, /)",
    LENGTH_HINT_DOC,
    Plain(length_hint),
);
const REDUCE: NativeDef = method("__reduce__($self, /)", REDUCE_DOC, Plain(reduce));
const SETSTATE: NativeDef = method(
    "__setstate__($self, object, /)",
    SETSTATE_DOC,
    Plain(set_state),
);

fn itself<'gc>(_ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(args[0])
}

fn next_method<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let next = match args[0] {
        // The receiver's class may be a Python one, whose `__next__` led here:
        // the declared way to advance is asked, not the class's.
        Value::Object(object) => match object.class().layout().next {
            Some(advance) => advance(ctx, args[0])?,
            None => Next::Exhausted,
        },
        iterator => iterate::next(ctx, iterator)?,
    };
    match next {
        Next::Item(item) => Ok(Flow::Return(item)),
        Next::Flow(flow) => Ok(flow),
        Next::Exhausted => Err(ctx.error_with(Exc::StopIteration, &[])),
    }
}

/// Turns a flow whose result is an item, or whose StopIteration is the end, and
/// which may be done already, into what `next` answers.
pub fn next_of_flow<'gc>(
    ctx: Context<'gc>,
    flow: Result<Flow<'gc>, Raised<'gc>>,
) -> Result<Next<'gc>, Raised<'gc>> {
    match flow {
        Ok(Flow::Return(item)) => Ok(Next::Item(item)),
        Ok(flow) => Ok(Next::Flow(flow)),
        Err(raised) if exceptions::matches(ctx, raised, Exc::StopIteration) => Ok(Next::Exhausted),
        Err(raised) => Err(raised),
    }
}

/// The StopIteration that ends an iterator.
pub fn stop<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.error_with(Exc::StopIteration, &[])
}

macro_rules! iterators {
    ($($def:ident $kind:ident $name:literal [$($method:expr),*];)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub static $def: TypeDef = TypeDef {
                name: $name,
                subclassable: false,
                methods: &[ITER, NEXT, REDUCE, $($method),*],
                ..TypeDef::DEFAULT
            };
        )*

        /// The class of an iterator of this kind.
        pub fn class_of<'gc>(ctx: Context<'gc>, kind: IterKind) -> Type<'gc> {
            ctx.type_of_def(match kind { $(IterKind::$kind => &$def,)* })
        }
    };
}

iterators! {
    LIST_ITERATOR List "list_iterator" [LENGTH_HINT, SETSTATE];
    LIST_REVERSEITERATOR ListReverse "list_reverseiterator" [LENGTH_HINT, SETSTATE];
    TUPLE_ITERATOR Tuple "tuple_iterator" [LENGTH_HINT, SETSTATE];
    STR_ASCII_ITERATOR StrAscii "str_ascii_iterator" [LENGTH_HINT, SETSTATE];
    STR_ITERATOR Str "str_iterator" [LENGTH_HINT, SETSTATE];
    BYTES_ITERATOR Bytes "bytes_iterator" [LENGTH_HINT, SETSTATE];
    BYTEARRAY_ITERATOR ByteArray "bytearray_iterator" [LENGTH_HINT, SETSTATE];
    RANGE_ITERATOR Range "range_iterator" [LENGTH_HINT, SETSTATE];
    LONGRANGE_ITERATOR BigRange "longrange_iterator" [LENGTH_HINT, SETSTATE];
    DICT_KEYITERATOR DictKeys "dict_keyiterator" [LENGTH_HINT];
    DICT_VALUEITERATOR DictValues "dict_valueiterator" [LENGTH_HINT];
    DICT_ITEMITERATOR DictItems "dict_itemiterator" [LENGTH_HINT];
    DICT_REVERSEKEYITERATOR DictKeysReverse "dict_reversekeyiterator" [LENGTH_HINT];
    DICT_REVERSEVALUEITERATOR DictValuesReverse "dict_reversevalueiterator" [LENGTH_HINT];
    DICT_REVERSEITEMITERATOR DictItemsReverse "dict_reverseitemiterator" [LENGTH_HINT];
    SET_ITERATOR Set "set_iterator" [LENGTH_HINT];
    SEQUENCE_ITERATOR Sequence "iterator" [LENGTH_HINT, SETSTATE];
    CALLABLE_ITERATOR Callable "callable_iterator" [];
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Iter<'gc>, Raised<'gc>> {
    match value {
        Value::Iter(iter) => Ok(iter),
        _ => Err(ctx.type_error("an iterator is required")),
    }
}

/// Advances an iterator of a kind that `Iter::next` leaves to this function.
///
/// `ListReverse` counts down from the last index to -1; the reversed dict kinds
/// hold the position after the next entry, at first `Table::positions`.
pub fn next_of_rare_kind<'gc>(
    ctx: Context<'gc>,
    iter: Iter<'gc>,
) -> Result<Next<'gc>, Raised<'gc>> {
    let data = Gc::as_ref(iter.0);
    let source = iter.source();
    if source.is_absent() {
        return Ok(Next::Exhausted);
    }
    let item = match data.kind {
        IterKind::Sequence => return next_of_sequence(ctx, iter),
        IterKind::Callable => return next_of_callable(ctx, iter),
        IterKind::Set => {
            let Some(set) = source.as_any_set() else {
                return Ok(Next::Exhausted);
            };
            if set.len() as i64 != data.limit.get() {
                data.limit.set(-1);
                return Err(ctx.runtime_error("Set changed size during iteration"));
            }
            let found = set
                .borrow()
                .next_from(data.position.get() as usize)
                .map(|(at, entry)| (at, entry.key));
            found.map(|(at, key)| {
                data.position.set(at as i64 + 1);
                key
            })
        }
        IterKind::DictKeysReverse | IterKind::DictValuesReverse | IterKind::DictItemsReverse => {
            let Some(dict) = source.as_dict() else {
                return Ok(Next::Exhausted);
            };
            iter.check_size(ctx, dict)?;
            let found = dict
                .borrow()
                .previous_from(data.position.get() as usize)
                .map(|(at, entry)| (at, entry.key, entry.value));
            found.map(|(at, key, value)| {
                data.position.set(at as i64);
                match data.kind {
                    IterKind::DictKeysReverse => key,
                    IterKind::DictValuesReverse => value,
                    _ => Value::Tuple(ctx.tuple([key, value])),
                }
            })
        }
        _ => item_at(ctx, data, source),
    };
    match item {
        Some(item) => Ok(Next::Item(item)),
        None => {
            iter.exhaust(ctx);
            Ok(Next::Exhausted)
        }
    }
}

/// The next item of an iterator that counts through its source.
fn item_at<'gc>(ctx: Context<'gc>, data: &IterData<'gc>, source: Value<'gc>) -> Option<Value<'gc>> {
    let position = data.position.get();
    let index = usize::try_from(position).ok()?;
    let step = |item: Value<'gc>, by: i64| {
        data.position.set(position + by);
        Some(item)
    };
    match data.kind {
        IterKind::ListReverse => step(source.as_list()?.get(index)?, -1),
        IterKind::StrAscii | IterKind::Str => {
            let bytes = source.as_str()?.bytes();
            let rest = bytes.get(index..)?;
            let length = 1 + rest
                .get(1..)?
                .iter()
                .take_while(|&&b| b & 0xC0 == 0x80)
                .count();
            let item = Value::Str(ctx.str_from_bytes(rest.get(..length)?));
            step(item, length as i64)
        }
        IterKind::Bytes => {
            let byte = *source.as_bytes()?.bytes().get(index)?;
            step(Value::Int(byte.into()), 1)
        }
        IterKind::ByteArray => {
            let byte = source
                .as_bytearray()?
                .0
                .bytes
                .borrow()
                .get(index)
                .copied()?;
            step(Value::Int(byte.into()), 1)
        }
        IterKind::BigRange => {
            let Value::Range(range) = source else {
                return None;
            };
            let (start, _, range_step, len) = range_parts(range);
            if BigInt::from(position) >= len {
                return None;
            }
            let number = start + range_step * position;
            step(Value::from_bigint(ctx.mc, number), 1)
        }
        _ => None,
    }
}

/// Start, stop, step and length.
fn range_parts(range: Range<'_>) -> (BigInt, BigInt, BigInt, BigInt) {
    match &*range.0 {
        RangeData::Small {
            start,
            stop,
            step,
            len,
        } => (
            (*start).into(),
            (*stop).into(),
            (*step).into(),
            (*len).into(),
        ),
        RangeData::Big {
            start,
            stop,
            step,
            len,
        } => (start.clone(), stop.clone(), step.clone(), len.clone()),
    }
}

fn next_of_sequence<'gc>(ctx: Context<'gc>, iter: Iter<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let data = Gc::as_ref(iter.0);
    let position = data.position.get();
    if position == i64::MAX {
        return Err(ctx.error(Exc::OverflowError, "iter index too large"));
    }
    let flow = subscript::get(ctx, iter.source(), Value::Int(position));
    let state = vec![Value::Iter(iter)];
    let flow = match flow {
        Ok(flow) => and_then(ctx, flow, state, |ctx, state, result| {
            let iter = this(ctx, state[0])?;
            sequence_item(ctx, iter, result).map(Flow::Return)
        }),
        Err(raised) => sequence_item(ctx, iter, Err(raised)).map(Flow::Return),
    };
    next_of_flow(ctx, flow)
}

/// What `__getitem__` gave: an item, or the end on IndexError and StopIteration.
fn sequence_item<'gc>(
    ctx: Context<'gc>,
    iter: Iter<'gc>,
    result: Result<Value<'gc>, Raised<'gc>>,
) -> Result<Value<'gc>, Raised<'gc>> {
    match result {
        Ok(item) => {
            let position = &iter.0.position;
            position.set(position.get().saturating_add(1));
            Ok(item)
        }
        Err(raised)
            if exceptions::matches(ctx, raised, Exc::IndexError)
                || exceptions::matches(ctx, raised, Exc::StopIteration) =>
        {
            iter.exhaust(ctx);
            Err(stop(ctx))
        }
        Err(raised) => Err(raised),
    }
}

fn next_of_callable<'gc>(ctx: Context<'gc>, iter: Iter<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let call = Flow::call(iter.source(), &[]);
    let flow = and_then(ctx, call, vec![Value::Iter(iter)], |ctx, state, result| {
        let iter = this(ctx, state[0])?;
        match result {
            // The call has exhausted the iterator itself.
            Ok(_) if iter.source().is_absent() => Err(stop(ctx)),
            Ok(item) if ctx.same_or_equal(iter.0.extra, item)? => {
                iter.exhaust(ctx);
                Err(stop(ctx))
            }
            Ok(item) => Ok(Flow::Return(item)),
            Err(raised) => {
                if exceptions::matches(ctx, raised, Exc::StopIteration) {
                    iter.exhaust(ctx);
                }
                Err(raised)
            }
        }
    });
    next_of_flow(ctx, flow)
}

fn length_hint<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let iter = this(ctx, args[0])?;
    let data = Gc::as_ref(iter.0);
    let position = data.position.get();
    let source = iter.source();
    if data.kind == IterKind::Range {
        return Ok(Value::Int(data.limit.get().max(0)));
    }
    if source.is_absent() {
        return Ok(Value::Int(0));
    }
    let rest = |length: usize| Value::Int((length as i64 - position).max(0));
    Ok(match data.kind {
        IterKind::ListReverse => match source.as_list() {
            Some(list) if list.len() as i64 > position => Value::Int(position + 1),
            _ => Value::Int(0),
        },
        IterKind::StrAscii | IterKind::Str => {
            let bytes = source.as_str().map_or(&[][..], |s| s.bytes());
            let rest = bytes.get(position.max(0) as usize..).unwrap_or(&[]);
            Value::Int(crate::text::wtf8::count(rest) as i64)
        }
        IterKind::Bytes => rest(source.as_bytes().map_or(0, |b| b.bytes().len())),
        IterKind::ByteArray => rest(
            source
                .as_bytearray()
                .map_or(0, |b| b.0.bytes.borrow().len()),
        ),
        IterKind::BigRange => match source {
            Value::Range(range) => {
                Value::from_bigint(ctx.mc, range_parts(range).3 - BigInt::from(position))
            }
            _ => Value::Int(0),
        },
        IterKind::Sequence => match source.class(ctx).lookup(ctx, ctx.names().__len__) {
            Some(_) => rest(ctx.length(source)?),
            None => Value::NotImplemented,
        },
        IterKind::DictKeys
        | IterKind::DictValues
        | IterKind::DictItems
        | IterKind::DictKeysReverse
        | IterKind::DictValuesReverse
        | IterKind::DictItemsReverse
        | IterKind::Set => {
            let size = match source.as_dict() {
                Some(dict) => dict.len(),
                None => source.as_any_set().map_or(0, |s| s.len()),
            };
            if size as i64 == data.limit.get() {
                Value::Int(remaining(ctx, data, source).len() as i64)
            } else {
                Value::Int(0)
            }
        }
        _ => rest(ctx.length(source)?),
    })
}

/// The items that a dict's or set's iterator has still to give.
fn remaining<'gc>(ctx: Context<'gc>, data: &IterData<'gc>, source: Value<'gc>) -> Vec<Value<'gc>> {
    let position = data.position.get().max(0) as usize;
    if let Some(set) = source.as_any_set() {
        let table = set.borrow();
        return (position..table.positions())
            .filter_map(|at| table.at(at).map(|e| e.key))
            .collect();
    }
    let Some(dict) = source.as_dict() else {
        return Vec::new();
    };
    let table = dict.borrow();
    let item = |at: usize| {
        let entry = table.at(at)?;
        Some(match data.kind {
            IterKind::DictKeys | IterKind::DictKeysReverse => entry.key,
            IterKind::DictValues | IterKind::DictValuesReverse => entry.value,
            _ => Value::Tuple(ctx.tuple([entry.key, entry.value])),
        })
    };
    match data.kind {
        IterKind::DictKeys | IterKind::DictValues | IterKind::DictItems => {
            (position..table.positions()).filter_map(item).collect()
        }
        _ => (0..position).rev().filter_map(item).collect(),
    }
}

/// The built-in function `iter`, as `__reduce__` names it.
pub fn builtin_iter<'gc>(ctx: Context<'gc>) -> Value<'gc> {
    let builtins = ctx.builtins();
    builtins.get_text(ctx, "iter").unwrap_or(Value::None)
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let iter = this(ctx, args[0])?;
    let data = Gc::as_ref(iter.0);
    let source = iter.source();
    let tuple = |items: &[Value<'gc>]| Value::Tuple(ctx.tuple(items));
    let function = match data.kind {
        IterKind::ListReverse if !source.is_absent() => {
            Value::Type(ctx.type_of_def(&crate::types::iteration_tools::REVERSED))
        }
        _ => builtin_iter(ctx),
    };
    let position = Value::Int(data.position.get());
    let empty = Value::Tuple(ctx.empty_tuple());
    Ok(match (data.kind, source) {
        (IterKind::Range, _) => {
            let (start, step) = (BigInt::from(data.position.get()), BigInt::from(data.step));
            let len = BigInt::from(data.limit.get().max(0));
            let range = range_of(ctx, start, step, len);
            tuple(&[function, tuple(&[range]), Value::None])
        }
        (IterKind::List, Value::Absent) => {
            let list = Value::List(List::new(ctx, Vec::new()));
            tuple(&[function, tuple(&[list])])
        }
        // Also one that is about to find that it has ended.
        (IterKind::ListReverse, source) if source.is_absent() || data.position.get() < 0 => {
            let reversed = ctx.type_of_def(&crate::types::iteration_tools::REVERSED);
            let list = Value::List(List::new(ctx, Vec::new()));
            tuple(&[Value::Type(reversed), tuple(&[list])])
        }
        (IterKind::Str | IterKind::StrAscii, Value::Absent) => {
            tuple(&[function, tuple(&[ctx.str_value("")])])
        }
        (IterKind::BigRange, source) => {
            let (start, _, step, len) = match source {
                Value::Range(range) => range_parts(range),
                _ => Default::default(),
            };
            let done = BigInt::from(data.position.get());
            let range = range_of(ctx, start + &step * &done, step, len - done);
            tuple(&[function, tuple(&[range]), Value::None])
        }
        (
            IterKind::DictKeys
            | IterKind::DictValues
            | IterKind::DictItems
            | IterKind::DictKeysReverse
            | IterKind::DictValuesReverse
            | IterKind::DictItemsReverse
            | IterKind::Set,
            source,
        ) => {
            if let Some(dict) = source.as_dict() {
                iter.check_size(ctx, dict)?;
            }
            let list = List::new(ctx, remaining(ctx, data, source));
            tuple(&[function, tuple(&[Value::List(list)])])
        }
        (_, Value::Absent) => tuple(&[function, tuple(&[empty])]),
        (IterKind::Callable, source) => tuple(&[function, tuple(&[source, data.extra])]),
        (IterKind::Str, source) => {
            let bytes = source.as_str().map_or(&[][..], |s| s.bytes());
            let done = bytes.get(..data.position.get() as usize).unwrap_or(bytes);
            let count = crate::text::wtf8::count(done) as i64;
            tuple(&[function, tuple(&[source]), Value::Int(count)])
        }
        (_, source) => tuple(&[function, tuple(&[source]), position]),
    })
}

/// The range of `len` numbers from `start`.
fn range_of<'gc>(ctx: Context<'gc>, start: BigInt, step: BigInt, len: BigInt) -> Value<'gc> {
    let stop = &start + &step * &len;
    let data = match (start.to_i64(), stop.to_i64(), step.to_i64(), len.to_i64()) {
        (Some(start), Some(stop), Some(step), Some(len)) => RangeData::Small {
            start,
            stop,
            step,
            len,
        },
        _ => RangeData::Big {
            start,
            stop,
            step,
            len,
        },
    };
    Value::Range(Range(Gc::new(ctx.mc, data)))
}

fn set_state<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let iter = this(ctx, args[0])?;
    if !args[1].is_int() {
        return Err(ctx.type_error("an integer is required"));
    }
    let data = Gc::as_ref(iter.0);
    let source = iter.source();
    if source.is_absent() {
        return Ok(Value::None);
    }
    if let (IterKind::BigRange, Value::Range(range)) = (data.kind, source) {
        // The state may be past 64 bits: the walk goes on over the rest of the range.
        let (start, _, step, length) = range_parts(range);
        let state = args[1].as_bigint().unwrap_or_default();
        let done = state.clamp(BigInt::from(0), length.clone());
        let rest = range_of(ctx, start + &step * &done, step, length - done);
        iter.set_source(ctx, rest);
        data.position.set(0);
        return Ok(Value::None);
    }
    let state = ctx.index_i64(args[1], Exc::OverflowError)?;
    match data.kind {
        IterKind::Range => {
            let state = state.clamp(0, data.limit.get().max(0));
            let moved = data.step.wrapping_mul(state);
            data.position.set(data.position.get().wrapping_add(moved));
            data.limit.set(data.limit.get() - state);
        }
        IterKind::List => {
            let length = source.as_list().map_or(0, |l| l.len()) as i64;
            data.position.set(state.clamp(-1, length));
        }
        IterKind::ListReverse => {
            let length = source.as_list().map_or(0, |l| l.len()) as i64;
            data.position.set(state.clamp(-1, length - 1));
        }
        IterKind::StrAscii | IterKind::Str => {
            let bytes = source.as_str().map_or(&[][..], |s| s.bytes());
            let offset = bytes
                .iter()
                .enumerate()
                .filter(|(_, b)| **b & 0xC0 != 0x80)
                .map(|(at, _)| at)
                .nth(state.max(0) as usize)
                .unwrap_or(bytes.len());
            data.position.set(offset as i64);
        }
        IterKind::Sequence => data.position.set(state.max(0)),
        _ => {
            let length = match source.builtin() {
                Value::Bytes(bytes) => bytes.bytes().len(),
                Value::ByteArray(bytes) => bytes.0.bytes.borrow().len(),
                other => ctx.length(other)?,
            } as i64;
            data.position.set(state.clamp(0, length));
        }
    }
    Ok(Value::None)
}
