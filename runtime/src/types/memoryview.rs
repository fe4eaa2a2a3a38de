//! `memoryview`: a window on another object's memory. Owns the struct, the type
//! and what concerns the view as a whole; its items are in `memoryview_items`.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gc_arena::Collect;

use super::memoryview_items as items;
use crate::bytecode::Comparison;
use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{class_method, comparison, method, new, slot};
use crate::object::Object;
use crate::protocol::buffer::{self, Buffer, Export};
use crate::protocol::buffer_format::Format;
use crate::raised::Raised;
use crate::types::bytes_methods;
use crate::types::def::{TypeDef, getter};
use crate::types::exceptions::Exc;
use crate::types::generic_alias;
use crate::types::str::check_size;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The struct behind a memoryview.
#[derive(Collect)]
#[collect(no_drop)]
pub struct View<'gc> {
    buffer: Buffer<'gc>,
    /// Keeps the memory from changing its size.
    #[collect(require_static)]
    export: RefCell<Option<Export>>,
    #[collect(require_static)]
    released: Cell<bool>,
    #[collect(require_static)]
    hash: Cell<Option<i64>>,
    /// How many consumers forbid releasing the view itself.
    #[collect(require_static)]
    exports: Rc<Cell<usize>>,
    /// An exporter written in Python, and the view that its `__buffer__` gave;
    /// absent for any other.
    exporter: Value<'gc>,
    inner: Value<'gc>,
}

impl NativeData for View<'static> {
    type Data<'gc> = View<'gc>;
}

impl<'gc> View<'gc> {
    /// A new memoryview of `buffer`.
    pub fn make(ctx: Context<'gc>, buffer: Buffer<'gc>) -> Value<'gc> {
        View::with_exporter(ctx, buffer, Value::Absent, Value::Absent)
    }

    fn with_exporter(
        ctx: Context<'gc>,
        buffer: Buffer<'gc>,
        exporter: Value<'gc>,
        inner: Value<'gc>,
    ) -> Value<'gc> {
        let view = View {
            export: RefCell::new(buffer.memory.export()),
            buffer,
            released: Cell::new(false),
            hash: Cell::new(None),
            exports: Rc::default(),
            exporter,
            inner,
        };
        let class = ctx.type_of_def(&MEMORYVIEW);
        Value::Object(Object::with_native::<View<'static>>(ctx, class, view))
    }

    /// Forbids releasing the view.
    pub fn export(&self) -> Export {
        Export::new(&self.exports)
    }

    /// Whether the view has let go of the memory.
    pub fn is_released(&self) -> bool {
        self.released.get()
    }
}

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The type.
pub static MEMORYVIEW: TypeDef = TypeDef {
    name: "memoryview",
    signature: "(object)",
    doc: "Create a new memoryview object which references the given object.",
    subclassable: false,
    weakrefable: true,
    sequence: true,
    methods: &[
        new("__new__($type, /, object)", FlowCall(view_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        comparison(
            Comparison::Equal,
            Plain(|ctx, args| items::compare(ctx, args, true)),
        ),
        comparison(
            Comparison::NotEqual,
            Plain(|ctx, args| items::compare(ctx, args, false)),
        ),
        slot(
            "__iter__($self, /)",
            "Implement iter(self).",
            Plain(items::iter),
        ),
        slot(
            "__buffer__($self, flags, /)",
            "Return a buffer object that exposes the underlying memory of the object.",
            Plain(buffer_of),
        ),
        slot(
            "__release_buffer__($self, buffer, /)",
            "Release the buffer object that exposes the underlying memory of the object.",
            FlowCall(release_buffer),
        ),
        slot("__len__($self, /)", "Return len(self).", Plain(items::len)),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(items::get_item),
        ),
        slot(
            "__setitem__($self, key, value, /)",
            "Set self[key] to value.",
            Plain(items::set_item),
        ),
        slot(
            "__delitem__($self, key, /)",
            "Delete self[key].",
            Plain(items::delete_item),
        ),
        method(
            "release($self, /)",
            "Release the underlying buffer exposed by the memoryview object.",
            FlowCall(release),
        ),
        method(
            "tobytes($self, /, order='C')",
            "Return the data in the buffer as a byte string.",
            Plain(tobytes),
        ),
        method(
            "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
            "Return the data in the buffer as a str of hexadecimal numbers.",
            Plain(hex),
        ),
        method(
            "tolist($self, /)",
            "Return the data in the buffer as a list of elements.",
            Plain(items::tolist),
        ),
        method(
            "cast($self, /, format, shape=<unrepresentable>)",
            "Cast a memoryview to a new format or shape.",
            Plain(cast),
        ),
        method(
            "toreadonly($self, /)",
            "Return a readonly version of the memoryview.",
            Plain(toreadonly),
        ),
        class_method(
            "_from_flags($type, /, object, flags)",
            "Create a new memoryview object which references the given object.",
            FlowCall(|ctx, args| view_new(ctx, &args[..2])),
        ),
        method(
            "count($self, value, /)",
            "Count the number of occurrences of a value.",
            Plain(items::count),
        ),
        method(
            "index($self, value, start=0, stop=sys.maxsize, /)",
            "Return the index of the first occurrence of a value.",
            Plain(items::index),
        ),
        method("__enter__($self, /)", "", Plain(enter)),
        method(
            "__exit__($self, /, *exc_info)",
            "Release the underlying buffer exposed by the memoryview object.",
            FlowCall(release),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            "See PEP 585",
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[
        getter(
            "obj",
            "The underlying object of the memoryview.",
            |ctx, view| Ok(this(ctx, view)?.owner),
        ),
        getter(
            "nbytes",
            "The amount of space in bytes that the array would use in\n a contiguous representation.",
            |ctx, view| Ok(Value::from_usize(ctx.mc, this(ctx, view)?.layout.size())),
        ),
        getter(
            "readonly",
            "A bool indicating whether the memory is read only.",
            |ctx, view| Ok(Value::bool(this(ctx, view)?.layout.readonly)),
        ),
        getter(
            "itemsize",
            "The size in bytes of each element of the memoryview.",
            |ctx, view| Ok(Value::from_usize(ctx.mc, this(ctx, view)?.layout.itemsize)),
        ),
        getter(
            "format",
            "A string containing the format (in struct module style)\n for each element in the view.",
            |ctx, view| Ok(ctx.str_value(&this(ctx, view)?.layout.format)),
        ),
        getter(
            "ndim",
            "An integer indicating how many dimensions of a multi-dimensional\n array the memory represents.",
            |ctx, view| {
                Ok(Value::from_usize(
                    ctx.mc,
                    this(ctx, view)?.layout.shape.len(),
                ))
            },
        ),
        getter(
            "shape",
            "A tuple of ndim integers giving the shape of the memory\n as an N-dimensional array.",
            |ctx, view| {
                let shape = this(ctx, view)?.layout.shape.iter();
                let items: Vec<_> = shape.map(|n| Value::from_usize(ctx.mc, *n)).collect();
                Ok(Value::Tuple(ctx.tuple(items)))
            },
        ),
        getter(
            "strides",
            "A tuple of ndim integers giving the size in bytes to access\n each element for each dimension of the array.",
            |ctx, view| {
                let strides = this(ctx, view)?.layout.strides.iter();
                let items: Vec<_> = strides.map(|n| Value::Int(*n as i64)).collect();
                Ok(Value::Tuple(ctx.tuple(items)))
            },
        ),
        getter(
            "suboffsets",
            "A tuple of integers used internally for PIL-style arrays.",
            |ctx, view| {
                this(ctx, view)?;
                Ok(Value::Tuple(ctx.empty_tuple()))
            },
        ),
        getter(
            "c_contiguous",
            "A bool indicating whether the memory is C contiguous.",
            |ctx, view| Ok(Value::bool(this(ctx, view)?.layout.is_c_contiguous())),
        ),
        getter(
            "f_contiguous",
            "A bool indicating whether the memory is Fortran contiguous.",
            |ctx, view| Ok(Value::bool(this(ctx, view)?.layout.is_f_contiguous())),
        ),
        getter(
            "contiguous",
            "A bool indicating whether the memory is contiguous.",
            |ctx, view| {
                let layout = &this(ctx, view)?.layout;
                Ok(Value::bool(
                    layout.is_c_contiguous() || layout.is_f_contiguous(),
                ))
            },
        ),
    ],
    buffer: Some(shared),
    ..TypeDef::DEFAULT
};

/// The view, released or not.
pub(super) fn view_of<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<&'gc View<'gc>, Raised<'gc>> {
    value
        .native::<View<'static>>()
        .ok_or_else(|| ctx.type_error("expected a memoryview"))
}

/// The buffer of a view. Raises ValueError once it is released.
pub(super) fn this<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<&'gc Buffer<'gc>, Raised<'gc>> {
    let view = view_of(ctx, value)?;
    if view.released.get() {
        return Err(ctx.value_error("operation forbidden on released memoryview object"));
    }
    Ok(&view.buffer)
}

/// A view's memory for another consumer: the view is what was asked.
fn shared<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Buffer<'gc>, Raised<'gc>> {
    let mut buffer = this(ctx, value)?.clone();
    buffer.owner = value;
    Ok(buffer)
}

/// A view of the same object with another layout.
pub(super) fn derived<'gc>(
    ctx: Context<'gc>,
    of: &Buffer<'gc>,
    change: impl FnOnce(&mut buffer::Layout),
) -> Value<'gc> {
    let mut buffer = of.clone();
    change(&mut buffer.layout);
    View::make(ctx, buffer)
}

fn view_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let object = args[1];
    if object.native::<View<'static>>().is_some() {
        // The new view stands beside the old one, on the same object.
        let buffer = this(ctx, object)?.clone();
        return Ok(Flow::Return(View::make(ctx, buffer)));
    }
    if let Some(flow) = buffer::ask_python(ctx, object)? {
        return and_then(ctx, flow, vec![object], |ctx, state, result| {
            let inner = result?;
            let mut buffer = buffer::answered(ctx, inner)?;
            buffer.owner = state[0];
            let view = View::with_exporter(ctx, buffer, state[0], inner);
            Ok(Flow::Return(view))
        });
    }
    match buffer::acquire(ctx, object)? {
        Some(buffer) => Ok(Flow::Return(View::make(ctx, buffer))),
        None => Err(ctx.type_error(format!(
            "memoryview: a bytes-like object is required, not '{}'",
            ctx.type_name(object)
        ))),
    }
}

/// `__buffer__` of every type that shows its memory.
pub fn buffer_of<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    const WRITABLE: i64 = 1;
    let flags = ctx.index_i64(args[1], Exc::OverflowError)?;
    let Some(buffer) = buffer::acquire(ctx, args[0])? else {
        return Err(ctx.type_error("a bytes-like object is required"));
    };
    if flags & WRITABLE != 0 && buffer.layout.readonly {
        return Err(ctx.error(Exc::BufferError, "Object is not writable."));
    }
    Ok(View::make(ctx, buffer))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let address = args[0].address().unwrap_or(0);
    let what = if view_of(ctx, args[0])?.released.get() {
        "released memory"
    } else {
        "memory"
    };
    Ok(ctx.str_value(&format!("<{what} at {address:#x}>")))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let view = view_of(ctx, args[0])?;
    if let Some(hash) = view.hash.get() {
        return Ok(Value::Int(hash));
    }
    let buffer = this(ctx, args[0])?;
    if !buffer.layout.readonly {
        return Err(ctx.value_error("cannot hash writable memoryview object"));
    }
    if !Format::parse(&buffer.layout.format).is_some_and(Format::is_byte) {
        return Err(ctx.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    // A view of what can change is as unhashable as that.
    ctx.hash(buffer.owner)?;
    let hash = ctx.bytes_from_vec(buffer.to_vec()).hash();
    view.hash.set(Some(hash));
    Ok(Value::Int(hash))
}

fn enter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    this(ctx, args[0]).map(|_| args[0])
}

fn release<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let view = view_of(ctx, args[0])?;
    let exports = view.exports.get();
    if exports > 0 && !view.released.get() {
        let s = if exports == 1 { "" } else { "s" };
        let message = format!("memoryview has {exports} exported buffer{s}");
        return Err(ctx.error(Exc::BufferError, message));
    }
    if view.released.replace(true) {
        return Ok(Flow::Return(Value::None));
    }
    view.export.take();
    if view.exporter.is_absent() {
        return Ok(Flow::Return(Value::None));
    }
    let name = ctx.names().__release_buffer__;
    let flow = match crate::protocol::call::call_method(ctx, view.exporter, name, &[view.inner])? {
        Some(flow) => flow,
        None => Flow::Return(Value::None),
    };
    and_then(ctx, flow, vec![view.inner], |ctx, state, result| {
        result?;
        release(ctx, &state)
    })
}

/// `__release_buffer__`: releases the view that `__buffer__` gave.
pub fn release_buffer<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    if args[1].native::<View<'static>>().is_none() {
        return Err(ctx.type_error("expected a memoryview object"));
    }
    release(ctx, &args[1..])
}

fn tobytes<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let buffer = this(ctx, args[0])?;
    let order = match (args[1], args[1].as_str()) {
        (Value::Absent | Value::None, _) => "C",
        (_, Some(text)) => text.to_str().unwrap_or(""),
        _ => {
            return Err(ctx.type_error(format!(
                "tobytes() argument 'order' must be str or None, not {}",
                ctx.type_name(args[1])
            )));
        }
    };
    check_size(ctx, Some(buffer.layout.size()))?;
    let layout = &buffer.layout;
    let columns = match order {
        "C" => false,
        "F" => true,
        "A" => layout.is_f_contiguous() && !layout.is_c_contiguous(),
        _ => return Err(ctx.value_error("order must be 'C', 'F' or 'A'")),
    };
    let bytes = if columns {
        let mut turned = buffer.clone();
        turned.layout.shape.reverse();
        turned.layout.strides.reverse();
        turned.to_vec()
    } else {
        buffer.to_vec()
    };
    Ok(Value::Bytes(ctx.new_bytes(bytes)))
}

fn hex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    this(ctx, args[0])?;
    let (separator, group) = bytes_methods::hex_arguments(ctx, args)?;
    let bytes = this(ctx, args[0])?.to_vec();
    bytes_methods::hex_text(ctx, &bytes, separator, group)
}

fn toreadonly<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let buffer = this(ctx, args[0])?;
    Ok(derived(ctx, buffer, |layout| layout.readonly = true))
}

/// The most dimensions that a view can have.
const DIMENSIONS: usize = 64;

fn cast<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let Some(format) = args[1].as_str() else {
        return Err(ctx.type_error(format!(
            "cast() argument 'format' must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, args[1])
        )));
    };
    let buffer = this(ctx, args[0])?;
    let layout = &buffer.layout;
    if !layout.is_c_contiguous() {
        return Err(ctx.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let shaped = !args[2].is_absent();
    if (shaped || layout.shape.len() != 1) && layout.count() == 0 {
        return Err(ctx.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let shape = if shaped {
        Some(shape(ctx, args[2], layout)?)
    } else {
        None
    };
    let native = |what: &str| {
        format!(
            "memoryview: {what} format must be a native single character format prefixed with an optional '@'"
        )
    };
    let Some(source) = Format::parse(&layout.format) else {
        return Err(ctx.value_error(native("source")));
    };
    let text = format.to_string_lossy();
    let Some(wanted) = Format::parse(&text) else {
        return Err(ctx.value_error(native("destination")));
    };
    if !source.is_byte() && !wanted.is_byte() {
        return Err(ctx.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let size = layout.size();
    if size % wanted.size() != 0 {
        return Err(ctx.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = shape.unwrap_or_else(|| vec![size / wanted.size()]);
    let total = shape
        .iter()
        .try_fold(wanted.size(), |product, n| product.checked_mul(*n));
    if total != Some(size) {
        return Err(ctx.type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    Ok(derived(ctx, buffer, |layout| {
        let mut strides = vec![wanted.size() as isize; shape.len()];
        for place in (1..shape.len()).rev() {
            strides[place - 1] = strides[place] * shape[place] as isize;
        }
        layout.format = Cow::Owned(text.into_owned());
        layout.itemsize = wanted.size();
        layout.shape = shape;
        layout.strides = strides;
    }))
}

/// The shape that `cast` was given.
fn shape<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    layout: &buffer::Layout,
) -> Result<Vec<usize>, Raised<'gc>> {
    let items = match (value.as_list(), value.as_tuple()) {
        (Some(list), _) => list.to_vec(),
        (_, Some(tuple)) => tuple.items().to_vec(),
        _ => return Err(ctx.type_error("shape must be a list or a tuple")),
    };
    if items.len() > DIMENSIONS {
        return Err(ctx.value_error(format!(
            "memoryview: number of dimensions must not exceed {DIMENSIONS}"
        )));
    }
    if layout.shape.len() != 1 && items.len() != 1 {
        return Err(ctx.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    items
        .into_iter()
        .map(|item| {
            if !item.is_int() {
                return Err(ctx.type_error("memoryview.cast(): elements of shape must be integers"));
            }
            let length = ctx.index_i64(item, Exc::OverflowError)?;
            usize::try_from(length)
                .ok()
                .filter(|length| *length > 0)
                .ok_or_else(|| {
                    ctx.value_error("memoryview.cast(): elements of shape must be integers > 0")
                })
        })
        .collect()
}
