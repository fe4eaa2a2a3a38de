//! `memoryview`: its items: indexing, slicing, assignment, iteration, search,
//! comparison.

use std::cell::Cell;

use gc_arena::Collect;

use super::memoryview::{View, derived, this, view_of};
use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::Plain;
use crate::native::slot;
use crate::object::Object;
use crate::protocol::buffer::{self, Buffer, Layout};
use crate::protocol::buffer_format::Format;
use crate::protocol::compare as comparing;
use crate::protocol::slicing::{self, Subscript};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::exceptions::Exc;
use crate::types::list::List;
use crate::value::Value;
use crate::vm::flow::Next;

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

fn not_implemented<'gc>(ctx: Context<'gc>, message: impl AsRef<str>) -> Raised<'gc> {
    ctx.error(Exc::NotImplementedError, message)
}

/// The format of the items, if they can be read.
fn format_of<'gc>(ctx: Context<'gc>, layout: &Layout) -> Result<Format, Raised<'gc>> {
    Format::parse(&layout.format).ok_or_else(|| {
        let format = &layout.format;
        not_implemented(ctx, format!("memoryview: format {format} not supported"))
    })
}

/// The item at byte `at`.
fn read<'gc>(ctx: Context<'gc>, buffer: &Buffer<'gc>, format: Format, at: usize) -> Value<'gc> {
    let item: smallvec::SmallVec<[u8; 8]> = buffer.memory.read(at..at + format.size())[..].into();
    format.unpack(ctx, &item)
}

/// What stands between the brackets.
enum Key {
    /// No dimension is left over: the item at this byte.
    Item(usize),
    /// The whole of a view without dimensions.
    Whole,
    /// A slice of the first dimension.
    Slice(slicing::Bounds),
}

/// `sub_views` is what CPython says where an index leaves dimensions over.
fn key_of<'gc>(
    ctx: Context<'gc>,
    layout: &Layout,
    key: Value<'gc>,
    sub_views: &str,
) -> Result<Key, Raised<'gc>> {
    let dimensions = layout.shape.len();
    if dimensions == 0 {
        return match key.as_tuple() {
            Some(tuple) if tuple.is_empty() => Ok(Key::Item(layout.offset)),
            _ if matches!(key, Value::Ellipsis) => Ok(Key::Whole),
            _ => Err(ctx.type_error("invalid indexing of 0-dim memory")),
        };
    }
    if let Some(tuple) = key.as_tuple() {
        return multiple(ctx, layout, tuple.items());
    }
    match slicing::subscript(ctx, key)? {
        Some(Subscript::At(index)) => {
            if dimensions > 1 {
                return Err(not_implemented(ctx, sub_views));
            }
            place(ctx, layout, &[index]).map(Key::Item)
        }
        Some(Subscript::Slice(bounds)) => Ok(Key::Slice(bounds)),
        None => Err(ctx.type_error("memoryview: invalid slice key")),
    }
}

/// Several indices.
fn multiple<'gc>(
    ctx: Context<'gc>,
    layout: &Layout,
    keys: &[Value<'gc>],
) -> Result<Key, Raised<'gc>> {
    let dimensions = layout.shape.len();
    if !keys.is_empty() && keys.iter().all(|key| matches!(key, Value::Slice(_))) {
        return Err(not_implemented(
            ctx,
            "multi-dimensional slicing is not implemented",
        ));
    }
    if !keys.iter().all(|key| slicing::is_index(ctx, *key)) {
        return Err(ctx.type_error("memoryview: invalid slice key"));
    }
    if keys.len() < dimensions {
        return Err(not_implemented(ctx, "sub-views are not implemented"));
    }
    if keys.len() > dimensions {
        return Err(ctx.type_error(format!(
            "cannot index {dimensions}-dimension view with {}-element tuple",
            keys.len()
        )));
    }
    let mut indices = Vec::with_capacity(keys.len());
    for key in keys {
        indices.push(ctx.index_i64(*key, Exc::IndexError)?);
    }
    place(ctx, layout, &indices).map(Key::Item)
}

/// The byte at which the item of these indices begins.
fn place<'gc>(ctx: Context<'gc>, layout: &Layout, indices: &[i64]) -> Result<usize, Raised<'gc>> {
    let mut at = layout.offset as isize;
    for (dimension, (index, (length, stride))) in indices
        .iter()
        .zip(layout.shape.iter().zip(&layout.strides))
        .enumerate()
    {
        let Some(index) = slicing::position(*index, *length) else {
            let number = dimension + 1;
            return Err(ctx.error(
                Exc::IndexError,
                format!("index out of bounds on dimension {number}"),
            ));
        };
        at += index as isize * stride;
    }
    Ok(at as usize)
}

/// The layout of a slice of the first dimension.
fn sliced(layout: &mut Layout, bounds: slicing::Bounds) {
    if let (Some(length), Some(stride)) = (layout.shape.first_mut(), layout.strides.first_mut()) {
        let span = bounds.over(*length);
        let start = layout.offset as isize + span.start as isize * *stride;
        layout.offset = start as usize;
        *length = span.len;
        *stride = stride.saturating_mul(span.step as isize);
    }
}

/// `memoryview.__len__`
pub(super) fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    match this(ctx, args[0])?.layout.shape.first() {
        Some(length) => Ok(Value::from_usize(ctx.mc, *length)),
        None => Err(ctx.type_error("0-dim memory has no length")),
    }
}

/// `memoryview.__getitem__`
pub(super) fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let buffer = this(ctx, args[0])?;
    let sub_views = "multi-dimensional sub-views are not implemented";
    match key_of(ctx, &buffer.layout, args[1], sub_views)? {
        Key::Item(at) => {
            // An index may have run Python code.
            this(ctx, args[0])?;
            Ok(read(ctx, buffer, format_of(ctx, &buffer.layout)?, at))
        }
        Key::Whole => Ok(args[0]),
        Key::Slice(bounds) => {
            this(ctx, args[0])?;
            Ok(derived(ctx, buffer, |layout| sliced(layout, bounds)))
        }
    }
}

fn writable<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<(&'gc Buffer<'gc>, Format), Raised<'gc>> {
    let buffer = this(ctx, value)?;
    let format = format_of(ctx, &buffer.layout)?;
    if buffer.layout.readonly {
        return Err(ctx.type_error("cannot modify read-only memory"));
    }
    Ok((buffer, format))
}

/// `memoryview.__delitem__`
pub(super) fn delete_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    writable(ctx, args[0])?;
    Err(ctx.type_error("cannot delete memory"))
}

/// `memoryview.__setitem__`
pub(super) fn set_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (buffer, format) = writable(ctx, args[0])?;
    let sub_views = "sub-views are not implemented";
    match key_of(ctx, &buffer.layout, args[1], sub_views)? {
        Key::Item(at) => store(ctx, args[0], format, at, args[2]),
        Key::Whole => store(ctx, args[0], format, buffer.layout.offset, args[2]),
        Key::Slice(_) if buffer.layout.shape.len() > 1 => Err(not_implemented(
            ctx,
            "memoryview slice assignments are currently restricted to ndim = 1",
        )),
        Key::Slice(bounds) => {
            let source = match buffer::acquire(ctx, args[2])? {
                Some(source) => source,
                None => {
                    return Err(ctx.type_error(format!(
                        "a bytes-like object is required, not '{}'",
                        ctx.type_name(args[2])
                    )));
                }
            };
            let mut target = this(ctx, args[0])?.clone();
            sliced(&mut target.layout, bounds);
            assign(ctx, &target, &source)
        }
    }
}

fn store<'gc>(
    ctx: Context<'gc>,
    view: Value<'gc>,
    format: Format,
    at: usize,
    value: Value<'gc>,
) -> Result1<'gc> {
    let bytes = format.pack(ctx, value)?;
    // Packing may have run Python code.
    this(ctx, view)?.memory.write(at, &bytes);
    Ok(Value::None)
}

/// Copies the items of `source` into those of `target`.
fn assign<'gc>(ctx: Context<'gc>, target: &Buffer<'gc>, source: &Buffer<'gc>) -> Result1<'gc> {
    let plain = |format: &str| format.strip_prefix('@').unwrap_or(format).to_owned();
    let same = target.layout.shape == source.layout.shape
        && target.layout.itemsize == source.layout.itemsize
        && plain(&target.layout.format) == plain(&source.layout.format);
    if !same {
        return Err(
            ctx.value_error("memoryview assignment: lvalue and rvalue have different structures")
        );
    }
    // Taken as a whole first: the two may overlap.
    let bytes = source.to_vec();
    let size = target.layout.itemsize;
    if target.layout.is_c_contiguous() {
        target.memory.write(target.layout.offset, &bytes);
        return Ok(Value::None);
    }
    let mut items = bytes.chunks_exact(size);
    target.layout.each(|at| {
        if let Some(item) = items.next() {
            target.memory.write(at, item);
        }
    });
    Ok(Value::None)
}

/// `memoryview.tolist`
pub(super) fn tolist<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let buffer = this(ctx, args[0])?;
    let format = format_of(ctx, &buffer.layout)?;
    Ok(nested(
        ctx,
        buffer,
        format,
        0,
        buffer.layout.offset as isize,
    ))
}

fn nested<'gc>(
    ctx: Context<'gc>,
    buffer: &Buffer<'gc>,
    format: Format,
    dimension: usize,
    at: isize,
) -> Value<'gc> {
    let layout = &buffer.layout;
    let (Some(length), Some(stride)) = (layout.shape.get(dimension), layout.strides.get(dimension))
    else {
        return read(ctx, buffer, format, at as usize);
    };
    let items = (0..*length)
        .map(|index| {
            nested(
                ctx,
                buffer,
                format,
                dimension + 1,
                at + index as isize * stride,
            )
        })
        .collect();
    Value::List(List::new(ctx, items))
}

/// The item numbered `index` of the first and only dimension; none past the end.
fn item<'gc>(
    ctx: Context<'gc>,
    view: Value<'gc>,
    index: usize,
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    let buffer = this(ctx, view)?;
    let layout = &buffer.layout;
    match (layout.shape.as_slice(), layout.strides.as_slice()) {
        (&[length], &[stride]) if index < length => {
            let at = layout.offset as isize + index as isize * stride;
            let format = format_of(ctx, layout)?;
            Ok(Some(read(ctx, buffer, format, at as usize)))
        }
        (&[length, _, ..], _) if index < length => Err(not_implemented(
            ctx,
            "multi-dimensional sub-views are not implemented",
        )),
        _ => Ok(None),
    }
}

/// `memoryview.count`
pub(super) fn count<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    if this(ctx, args[0])?.layout.shape.is_empty() {
        return Err(ctx.type_error("invalid indexing of 0-dim memory"));
    }
    let mut count = 0;
    let mut index = 0;
    while let Some(item) = item(ctx, args[0], index)? {
        count += i64::from(ctx.same_or_equal(item, args[1])?);
        index += 1;
    }
    Ok(Value::Int(count))
}

/// `memoryview.index`
pub(super) fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let start = slicing::search_bound(ctx, args[2], 0)?;
    let stop = slicing::search_bound(ctx, args[3], i64::MAX)?;
    let buffer = this(ctx, args[0])?;
    let length = match buffer.layout.shape.as_slice() {
        [] => return Err(ctx.type_error("invalid lookup on 0-dim memory")),
        &[length] => length,
        _ => {
            return Err(not_implemented(
                ctx,
                "multi-dimensional lookup is not implemented",
            ));
        }
    };
    let (first, last) = (
        slicing::from_end(start, length),
        slicing::from_end(stop, length).min(length),
    );
    for index in first..last {
        match item(ctx, args[0], index)? {
            Some(item) if ctx.same_or_equal(item, args[1])? => {
                return Ok(Value::from_usize(ctx.mc, index));
            }
            Some(_) => {}
            None => break,
        }
    }
    Err(ctx.value_error("memoryview.index(x): x not found"))
}

/// `memoryview.__eq__` and `__ne__`.
pub(super) fn compare<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], equality: bool) -> Result1<'gc> {
    let released = |value: Value<'gc>| {
        value
            .native::<View<'static>>()
            .is_some_and(View::is_released)
    };
    view_of(ctx, args[0])?;
    if released(args[0]) || released(args[1]) {
        return Ok(Value::bool(args[0].is(args[1]) == equality));
    }
    let Ok(Some(other)) = buffer::acquire(ctx, args[1]) else {
        return Ok(Value::NotImplemented);
    };
    let equal = same_items(ctx, this(ctx, args[0])?, &other);
    Ok(Value::bool(equal == equality))
}

fn same_items<'gc>(ctx: Context<'gc>, a: &Buffer<'gc>, b: &Buffer<'gc>) -> bool {
    if a.layout.shape != b.layout.shape {
        return false;
    }
    let formats = (
        Format::parse(&a.layout.format),
        Format::parse(&b.layout.format),
    );
    let (Some(of_a), Some(of_b)) = formats else {
        return false;
    };
    let (bytes_a, bytes_b) = (a.to_vec(), b.to_vec());
    if of_a == of_b && of_a.compares_as_bytes() {
        return bytes_a == bytes_b;
    }
    let items_a = bytes_a.chunks_exact(of_a.size());
    let items_b = bytes_b.chunks_exact(of_b.size());
    items_a.zip(items_b).all(|(x, y)| {
        let (x, y) = (of_a.unpack(ctx, x), of_b.unpack(ctx, y));
        match (x, y) {
            (Value::Bytes(x), Value::Bytes(y)) => x.bytes() == y.bytes(),
            _ => comparing::numbers_equal(x, y),
        }
    })
}

/// The struct behind a `memory_iterator`.
#[derive(Collect)]
#[collect(no_drop)]
struct Walk<'gc> {
    view: Value<'gc>,
    #[collect(require_static)]
    index: Cell<usize>,
}

impl NativeData for Walk<'static> {
    type Data<'gc> = Walk<'gc>;
}

/// The type of iterators over memoryviews.
static MEMORY_ITERATOR: TypeDef = TypeDef {
    name: "memory_iterator",
    subclassable: false,
    methods: &[
        slot("__iter__($self, /)", "Implement iter(self).", Plain(itself)),
        crate::types::iterator_methods::NEXT,
    ],
    next: Some(advance),
    ..TypeDef::DEFAULT
};

/// `memoryview.__iter__`
pub(super) fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let layout = &this(ctx, args[0])?.layout;
    if layout.shape.is_empty() {
        return Err(ctx.type_error("invalid indexing of 0-dim memory"));
    }
    format_of(ctx, layout)?;
    let walk = Walk {
        view: args[0],
        index: Cell::new(0),
    };
    let class = ctx.type_of_def(&MEMORY_ITERATOR);
    Ok(Value::Object(Object::with_native::<Walk<'static>>(
        ctx, class, walk,
    )))
}

fn itself<'gc>(_ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(args[0])
}

fn advance<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let Some(walk) = value.native::<Walk<'static>>() else {
        return Ok(Next::Exhausted);
    };
    let index = walk.index.get();
    Ok(match item(ctx, walk.view, index)? {
        Some(item) => {
            walk.index.set(index + 1);
            Next::Item(item)
        }
        None => Next::Exhausted,
    })
}
