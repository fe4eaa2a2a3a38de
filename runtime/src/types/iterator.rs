//! `Iter`: one struct for all iterators over built-in containers. Owns their
//! state and how they advance; their Python types and methods are in
//! `iterator_methods`.

use std::cell::Cell;

use gc_arena::barrier::unlock;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::Next;

/// What an iterator walks over and how.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum IterKind {
    /// `list_iterator`
    List,
    /// `list_reverseiterator`
    ListReverse,
    /// `tuple_iterator`
    Tuple,
    /// `str_ascii_iterator`: the position counts bytes.
    StrAscii,
    /// `str_iterator`: the position counts bytes.
    Str,
    /// `bytes_iterator`
    Bytes,
    /// `bytearray_iterator`
    ByteArray,
    /// `range_iterator`: `position` is the next number, `limit` how many are left.
    Range,
    /// `longrange_iterator`: `position` counts, `source` is the range.
    BigRange,
    /// `dict_keyiterator`: `limit` is the size that the dict must keep.
    DictKeys,
    /// `dict_valueiterator`
    DictValues,
    /// `dict_itemiterator`
    DictItems,
    /// `dict_reversekeyiterator`: `position` is where the walk stands, from the end.
    DictKeysReverse,
    /// `dict_reversevalueiterator`
    DictValuesReverse,
    /// `dict_reverseitemiterator`
    DictItemsReverse,
    /// `set_iterator`
    Set,
    /// `iterator`: `source[position]` until IndexError.
    Sequence,
    /// `callable_iterator`: `source()` until it equals `extra`.
    Callable,
}

/// The struct behind an [`Iter`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct IterData<'gc> {
    /// What is walked over and how.
    #[collect(require_static)]
    pub kind: IterKind,
    /// The container; absent once exhausted.
    source: Lock<Value<'gc>>,
    /// The sentinel of a callable iterator.
    pub extra: Value<'gc>,
    /// Where the walk stands; the kind says in what.
    pub position: Cell<i64>,
    /// The size or rest; the kind says of what.
    pub limit: Cell<i64>,
    /// The step of a range.
    pub step: i64,
    /// How many entries of a dict are still to come, unless its keys change.
    left: Cell<i64>,
}

/// An iterator over a built-in container.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Iter<'gc>(pub Gc<'gc, IterData<'gc>>);

impl<'gc> Iter<'gc> {
    /// An iterator at `position`; `limit` as the kind explains it.
    pub fn new(
        ctx: Context<'gc>,
        kind: IterKind,
        source: Value<'gc>,
        position: i64,
        limit: i64,
    ) -> Self {
        Iter::with(ctx, kind, source, position, limit, 1, Value::Absent)
    }

    /// An iterator over a range of machine integers.
    pub fn range(ctx: Context<'gc>, start: i64, step: i64, len: i64) -> Self {
        Iter::with(
            ctx,
            IterKind::Range,
            Value::None,
            start,
            len,
            step,
            Value::Absent,
        )
    }

    /// An iterator with every field given.
    #[allow(clippy::too_many_arguments)]
    pub fn with(
        ctx: Context<'gc>,
        kind: IterKind,
        source: Value<'gc>,
        position: i64,
        limit: i64,
        step: i64,
        extra: Value<'gc>,
    ) -> Self {
        let data = IterData {
            kind,
            source: Lock::new(source),
            extra,
            position: Cell::new(position),
            limit: Cell::new(limit),
            step,
            left: Cell::new(limit),
        };
        Iter(Gc::new(ctx.mc, data))
    }

    /// The container; absent once exhausted.
    #[inline]
    pub fn source(self) -> Value<'gc> {
        Gc::as_ref(self.0).source.get()
    }

    /// Goes on over another container.
    pub fn set_source(self, ctx: Context<'gc>, source: Value<'gc>) {
        unlock!(Gc::write(ctx.mc, self.0), IterData, source).set(source);
    }

    /// Lets go of the container: the iterator is exhausted for good.
    pub fn exhaust(self, ctx: Context<'gc>) {
        self.set_source(ctx, Value::Absent);
    }

    /// The iterator's class.
    pub fn class(self, ctx: Context<'gc>) -> Type<'gc> {
        crate::types::iterator_methods::class_of(ctx, self.0.kind)
    }

    /// The next item of a range, list or tuple that has one: what most loops ask for.
    #[inline]
    pub fn next_simple(self) -> Option<Value<'gc>> {
        let data = Gc::as_ref(self.0);
        let position = data.position.get();
        let item = match (data.kind, data.source.get()) {
            (IterKind::Range, _) => {
                let left = data.limit.get();
                if left <= 0 {
                    return None;
                }
                data.limit.set(left - 1);
                // One past the last number may not fit; it is never given out.
                data.position.set(position.wrapping_add(data.step));
                return Some(Value::Int(position));
            }
            (IterKind::List, Value::List(list)) => list.get(position as usize)?,
            (IterKind::Tuple, Value::Tuple(tuple)) => *tuple.items().get(position as usize)?,
            _ => return None,
        };
        data.position.set(position + 1);
        Some(item)
    }

    /// The next item. Raises RuntimeError where a dict or set changed its size.
    #[inline]
    pub fn next(self, ctx: Context<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
        let data = Gc::as_ref(self.0);
        match data.kind {
            IterKind::Range => {
                let left = data.limit.get();
                if left <= 0 {
                    return Ok(Next::Exhausted);
                }
                let number = data.position.get();
                data.limit.set(left - 1);
                // One past the last number may not fit; it is never given out.
                data.position.set(number.wrapping_add(data.step));
                Ok(Next::Item(Value::Int(number)))
            }
            IterKind::List => {
                let position = data.position.get();
                if let Some(list) = data.source.get().as_list()
                    && let Some(item) = list.get(position as usize)
                {
                    data.position.set(position + 1);
                    return Ok(Next::Item(item));
                }
                self.exhaust(ctx);
                Ok(Next::Exhausted)
            }
            IterKind::Tuple => {
                let position = data.position.get();
                if let Some(tuple) = data.source.get().as_tuple()
                    && let Some(&item) = tuple.items().get(position as usize)
                {
                    data.position.set(position + 1);
                    return Ok(Next::Item(item));
                }
                self.exhaust(ctx);
                Ok(Next::Exhausted)
            }
            IterKind::DictKeys | IterKind::DictValues | IterKind::DictItems => {
                self.next_of_dict(ctx, data)
            }
            _ => crate::types::iterator_methods::next_of_rare_kind(ctx, self),
        }
    }

    fn next_of_dict(
        self,
        ctx: Context<'gc>,
        data: &IterData<'gc>,
    ) -> Result<Next<'gc>, Raised<'gc>> {
        let Some(dict) = data.source.get().as_dict() else {
            return Ok(Next::Exhausted);
        };
        self.check_size(ctx, dict)?;
        let table = dict.borrow();
        let Some((position, entry)) = table.next_from(data.position.get() as usize) else {
            drop(table);
            self.exhaust(ctx);
            return Ok(Next::Exhausted);
        };
        if data.left.get() == 0 {
            drop(table);
            self.exhaust(ctx);
            return Err(ctx.runtime_error("dictionary keys changed during iteration"));
        }
        data.left.set(data.left.get() - 1);
        data.position.set(position as i64 + 1);
        Ok(Next::Item(match data.kind {
            IterKind::DictKeys => entry.key,
            IterKind::DictValues => entry.value,
            _ => Value::Tuple(ctx.tuple([entry.key, entry.value])),
        }))
    }

    /// Raises RuntimeError if the dict's size is not what it was at the start.
    pub fn check_size(self, ctx: Context<'gc>, dict: Dict<'gc>) -> Result<(), Raised<'gc>> {
        let data = Gc::as_ref(self.0);
        if dict.len() as i64 == data.limit.get() {
            return Ok(());
        }
        // The iterator stays broken, as CPython's does.
        data.limit.set(-1);
        Err(ctx.runtime_error("dictionary changed size during iteration"))
    }
}
