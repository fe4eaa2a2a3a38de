//! The buffer protocol: how an object shows its memory to others. Bytes-like
//! objects of every type answer here; `memoryview` is its Python face.
//!
//! All memory that Python code can look at is one of two structs: the fixed
//! bytes of a `bytes` object, or the growable array behind a `bytearray`. A
//! native type with a buffer of its own (`array`, `BytesIO`) keeps its contents
//! in such an array and says so in its `TypeDef::buffer`.

use std::borrow::Cow;
use std::cell::{Cell, Ref};
use std::ops::{Deref, Range};
use std::rc::Rc;

use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::protocol::call::call_method;
use crate::raised::Raised;
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;
use crate::types::exceptions::{self, Exc};
use crate::types::memoryview::MEMORYVIEW;
use crate::value::Value;
use crate::vm::flow::Flow;

/// The memory behind a buffer.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Memory<'gc> {
    /// Never changes.
    Fixed(Bytes<'gc>),
    /// May change, and while nothing is exported also its size.
    Array(ByteArray<'gc>),
}

impl<'gc> Memory<'gc> {
    /// The bytes of `range`, less where there are not as many.
    pub fn read(self, range: Range<usize>) -> Contents<'gc> {
        let clip = |bytes: &[u8]| {
            let end = range.end.min(bytes.len());
            range.start.min(end)..end
        };
        match self {
            Memory::Fixed(bytes) => {
                let bytes = bytes.bytes();
                Contents::Fixed(bytes.get(clip(bytes)).unwrap_or_default())
            }
            Memory::Array(array) => {
                Contents::Array(Ref::map(Gc::as_ref(array.0).bytes.borrow(), |bytes| {
                    bytes.get(clip(bytes)).unwrap_or_default()
                }))
            }
        }
    }

    /// Forbids changes of the memory's size; nothing to forbid where it is fixed.
    pub fn export(self) -> Option<Export> {
        match self {
            Memory::Fixed(_) => None,
            Memory::Array(array) => Some(Export::new(&array.0.exports)),
        }
    }

    /// Writes `new` at `at`; false where the memory is fixed or too short.
    pub fn write(self, at: usize, new: &[u8]) -> bool {
        let Memory::Array(array) = self else {
            return false;
        };
        let Ok(mut bytes) = array.0.bytes.try_borrow_mut() else {
            return false;
        };
        match bytes.get_mut(at..at.saturating_add(new.len())) {
            Some(place) => {
                place.copy_from_slice(new);
                true
            }
            None => false,
        }
    }
}

/// What keeps an array from changing its size, for as long as it lives.
#[derive(Debug)]
pub struct Export(Rc<Cell<usize>>);

impl Export {
    /// One export more of what `count` counts.
    pub fn new(count: &Rc<Cell<usize>>) -> Self {
        count.set(count.get() + 1);
        Export(Rc::clone(count))
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// Borrowed bytes. Don't call into Python while they are held.
pub enum Contents<'gc> {
    /// Of something that never changes.
    Fixed(&'gc [u8]),
    /// Of an array.
    Array(Ref<'gc, [u8]>),
    /// A byte that was given as an int.
    Byte([u8; 1]),
}

impl Deref for Contents<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Contents::Fixed(bytes) => bytes,
            Contents::Array(bytes) => bytes,
            Contents::Byte(byte) => byte,
        }
    }
}

/// Where a buffer's items lie in its memory. Follows the fields of `Py_buffer`.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Whether the memory must not be written.
    pub readonly: bool,
    /// Where the first item begins.
    pub offset: usize,
    /// The items' format, in the notation of `struct`.
    pub format: Cow<'static, str>,
    /// The size of an item.
    pub itemsize: usize,
    /// How many items there are in each dimension.
    pub shape: Vec<usize>,
    /// The distance in bytes between items, for each dimension.
    pub strides: Vec<isize>,
}

impl Layout {
    /// `length` bytes.
    pub fn bytes(length: usize, readonly: bool) -> Self {
        Layout::items(length, 1, Cow::Borrowed("B"), readonly)
    }

    /// `count` items in a row.
    pub fn items(count: usize, itemsize: usize, format: Cow<'static, str>, readonly: bool) -> Self {
        Layout {
            readonly,
            offset: 0,
            format,
            itemsize,
            shape: vec![count],
            strides: vec![itemsize as isize],
        }
    }

    /// The number of items.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// The number of bytes of all items.
    pub fn size(&self) -> usize {
        self.count() * self.itemsize
    }

    /// Whether the items lie one after the other, the last index running fastest.
    pub fn is_c_contiguous(&self) -> bool {
        self.runs(self.shape.iter().zip(&self.strides).rev())
    }

    /// Whether the items lie one after the other, the first index running fastest.
    pub fn is_f_contiguous(&self) -> bool {
        self.runs(self.shape.iter().zip(&self.strides))
    }

    fn runs<'a>(&self, dimensions: impl Iterator<Item = (&'a usize, &'a isize)>) -> bool {
        if self.count() == 0 {
            return true;
        }
        let mut expected = self.itemsize as isize;
        for (&length, &stride) in dimensions {
            if length > 1 && stride != expected {
                return false;
            }
            expected *= length as isize;
        }
        true
    }

    /// Calls `visit` with the place of each item, the last index running fastest.
    pub fn each(&self, mut visit: impl FnMut(usize)) {
        self.walk(0, self.offset as isize, &mut visit);
    }

    fn walk(&self, dimension: usize, at: isize, visit: &mut impl FnMut(usize)) {
        let (Some(&length), Some(&stride)) =
            (self.shape.get(dimension), self.strides.get(dimension))
        else {
            return visit(at as usize);
        };
        for index in 0..length {
            self.walk(dimension + 1, at + index as isize * stride, visit);
        }
    }
}

/// A view of an object's memory.
#[derive(Clone, Collect)]
#[collect(no_drop)]
pub struct Buffer<'gc> {
    /// The object that was asked.
    pub owner: Value<'gc>,
    /// Its memory.
    pub memory: Memory<'gc>,
    /// Where the items are.
    #[collect(require_static)]
    pub layout: Layout,
}

impl<'gc> Buffer<'gc> {
    /// A copy of the items' bytes, in the order of the indices.
    pub fn to_vec(&self) -> Vec<u8> {
        if self.layout.is_c_contiguous() {
            return self.contents().to_vec();
        }
        let all = self.memory.read(0..usize::MAX);
        let mut out = Vec::with_capacity(self.layout.size());
        self.layout.each(|at| {
            let item = all.get(at..at + self.layout.itemsize);
            out.extend_from_slice(item.unwrap_or_default());
        });
        out
    }

    /// The bytes of a contiguous buffer.
    pub fn contents(&self) -> Contents<'gc> {
        let start = self.layout.offset;
        self.memory.read(start..start + self.layout.size())
    }
}

/// The buffer of a bytes-like object; none for another object.
pub fn acquire<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Option<Buffer<'gc>>, Raised<'gc>> {
    let (memory, layout) = match value.builtin() {
        Value::Bytes(bytes) => (
            Memory::Fixed(bytes),
            Layout::bytes(bytes.bytes().len(), true),
        ),
        Value::ByteArray(array) => {
            let length = array.0.bytes.borrow().len();
            (Memory::Array(array), Layout::bytes(length, false))
        }
        Value::Object(object) => {
            if let Some(buffer) = object.class().layout().buffer {
                return buffer(ctx, value).map(Some);
            }
            return acquire_by_method(ctx, value);
        }
        _ => return Ok(None),
    };
    Ok(Some(Buffer {
        owner: value,
        memory,
        layout,
    }))
}

/// `PyBUF_FULL_RO`: what `__buffer__` is asked for.
const FULL_READ_ONLY: i64 = 0x11c;

fn acquire_by_method<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Option<Buffer<'gc>>, Raised<'gc>> {
    match ask_python(ctx, value)? {
        Some(flow) => answered(ctx, ctx.complete(flow)?).map(Some),
        None => Ok(None),
    }
}

/// Asks an exporter written in Python for its view; none for any other object.
pub fn ask_python<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
    match value {
        Value::Object(object)
            if object.class().layout().buffer.is_none()
                && !matches!(value.builtin(), Value::Bytes(_) | Value::ByteArray(_)) =>
        {
            let flags = Value::Int(FULL_READ_ONLY);
            call_method(ctx, value, ctx.names().__buffer__, &[flags])
        }
        _ => Ok(None),
    }
}

/// The buffer behind what `__buffer__` returned: it has to be a memoryview.
pub fn answered<'gc>(ctx: Context<'gc>, view: Value<'gc>) -> Result<Buffer<'gc>, Raised<'gc>> {
    match view {
        Value::Object(object) if object.class() == ctx.type_of_def(&MEMORYVIEW) => {
            acquire(ctx, view)?.ok_or_else(|| ctx.type_error("a bytes-like object is required"))
        }
        _ => Err(ctx.type_error("__buffer__ returned non-memoryview object")),
    }
}

/// The bytes of a bytes-like object; none for another object. Raises
/// BufferError where they do not lie one after the other.
pub fn contents<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Option<Contents<'gc>>, Raised<'gc>> {
    match value {
        Value::Bytes(bytes) => return Ok(Some(Contents::Fixed(bytes.bytes()))),
        Value::Str(_) => return Ok(None),
        _ => {}
    }
    let Some(buffer) = acquire(ctx, value)? else {
        return Ok(None);
    };
    if !buffer.layout.is_c_contiguous() {
        return Err(ctx.error(
            Exc::BufferError,
            "memoryview: underlying buffer is not C-contiguous",
        ));
    }
    Ok(Some(buffer.contents()))
}

/// As `contents`, with nothing also for items that do not lie one after the other.
pub fn contents_if_any<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Option<Contents<'gc>>, Raised<'gc>> {
    match contents(ctx, value) {
        Err(raised) if exceptions::matches(ctx, raised, Exc::BufferError) => Ok(None),
        result => result,
    }
}

/// As `contents`, with the TypeError of an object that is not bytes-like.
pub fn required<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Contents<'gc>, Raised<'gc>> {
    contents(ctx, value)?.ok_or_else(|| {
        ctx.type_error(format!(
            "a bytes-like object is required, not '{}'",
            ctx.type_name(value)
        ))
    })
}
