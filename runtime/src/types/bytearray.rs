//! `bytearray`: owns the struct and the type's methods.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{PlainFn, method, new, sequence_slot, slot};
use crate::object::{Object, Payload};
use crate::protocol::buffer;
use crate::protocol::slicing::{self, Subscript};
use crate::raised::Raised;
use crate::types::bytes_methods;
use crate::types::bytes_table::SHARED;
use crate::types::def::TypeDef;
use crate::types::exceptions::Exc;
use crate::types::memoryview;
use crate::types::str::check_size;
use crate::value::Value;
use crate::vm::flow::{Flow, after_collection, and_then};

/// The struct behind a [`ByteArray`].
#[derive(Collect)]
#[collect(require_static)]
pub struct ByteArrayData {
    /// The bytes.
    pub bytes: RefCell<Vec<u8>>,
    /// How many consumers of the memory forbid resizing.
    pub exports: Rc<Cell<usize>>,
}

/// A Python bytearray.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct ByteArray<'gc>(pub Gc<'gc, ByteArrayData>);

impl<'gc> ByteArray<'gc> {
    /// A new bytearray that takes over `bytes`.
    pub fn new(ctx: Context<'gc>, bytes: Vec<u8>) -> Self {
        ctx.charge(bytes.capacity());
        ByteArray(Gc::new(
            ctx.mc,
            ByteArrayData {
                bytes: RefCell::new(bytes),
                exports: Rc::default(),
            },
        ))
    }

    /// A copy of the bytes.
    pub fn to_vec(self) -> Vec<u8> {
        self.0.bytes.borrow().clone()
    }
}

/// The type.
pub static BYTEARRAY: TypeDef = TypeDef {
    name: "bytearray",
    doc: "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer",
    match_self: true,
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(bytearray_new)),
        slot(
            "__init__($self, /, source=b'', encoding='utf-8', errors='strict')",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(init),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__setitem__($self, key, value, /)",
            "Set self[key] to value.",
            FlowCall(setitem),
        ),
        slot(
            "__delitem__($self, key, /)",
            "Delete self[key].",
            FlowCall(|ctx, args| resizing(ctx, args, delitem)),
        ),
        sequence_slot(
            "__iadd__($self, value, /)",
            "Implement self+=value.",
            FlowCall(|ctx, args| resizing(ctx, args, iadd)),
        ),
        sequence_slot(
            "__imul__($self, value, /)",
            "Implement self*=value.",
            FlowCall(|ctx, args| resizing(ctx, args, imul)),
        ),
        method(
            "append($self, item, /)",
            "Append a single item to the end of the bytearray.",
            FlowCall(|ctx, args| resizing(ctx, args, append)),
        ),
        method(
            "extend($self, iterable_of_ints, /)",
            "Append all the items from the iterator or sequence to the end of the bytearray.",
            FlowCall(extend),
        ),
        method(
            "insert($self, index, item, /)",
            "Insert a single item into the bytearray before the given index.",
            FlowCall(|ctx, args| resizing(ctx, args, insert)),
        ),
        method(
            "pop($self, index=-1, /)",
            "Remove and return a single item from B.",
            FlowCall(|ctx, args| resizing(ctx, args, pop)),
        ),
        method(
            "remove($self, value, /)",
            "Remove the first occurrence of a value in the bytearray.",
            FlowCall(|ctx, args| resizing(ctx, args, remove)),
        ),
        method(
            "reverse($self, /)",
            "Reverse the order of the values in B in place.",
            Plain(reverse),
        ),
        method(
            "clear($self, /)",
            "Remove all items from the bytearray.",
            FlowCall(|ctx, args| resizing(ctx, args, clear)),
        ),
        method("copy($self, /)", "Return a copy of B.", Plain(copy)),
        method(
            "resize($self, size, /)",
            "Resize the internal buffer of bytearray to len.",
            FlowCall(|ctx, args| resizing(ctx, args, resize)),
        ),
        slot(
            "__release_buffer__($self, buffer, /)",
            "Release the buffer object that exposes the underlying memory of the object.",
            FlowCall(memoryview::release_buffer),
        ),
        method("__alloc__($self, /)", "B.__alloc__() -> int", Plain(alloc)),
        method(
            "__sizeof__($self, /)",
            "Returns the size of the bytearray object in memory, in bytes.",
            Plain(sizeof),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling.",
            FlowCall(reduce),
        ),
        method(
            "__reduce_ex__($self, proto=0, /)",
            "Return state information for pickling.",
            FlowCall(reduce),
        ),
    ],
    shared_methods: SHARED,
    ..TypeDef::DEFAULT
};

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<ByteArray<'gc>, Raised<'gc>> {
    value
        .as_bytearray()
        .ok_or_else(|| ctx.type_error("expected a bytearray"))
}

/// The BufferError of a change that somebody's view of the memory forbids.
#[cold]
fn exported<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    let message = "Existing exports of data: object cannot be re-sized";
    ctx.error(Exc::BufferError, message)
}

/// The bytes, to be changed in place.
fn changeable<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<RefMut<'gc, Vec<u8>>, Raised<'gc>> {
    let array = this(ctx, value)?;
    // Borrowed means that a bytes-like argument of the same call shows them.
    let bytes = Gc::as_ref(array.0).bytes.try_borrow_mut();
    bytes.map_err(|_| exported(ctx))
}

/// The bytes, allowed to change their number.
fn resizable<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<RefMut<'gc, Vec<u8>>, Raised<'gc>> {
    if this(ctx, value)?.0.exports.get() > 0 {
        return Err(exported(ctx));
    }
    changeable(ctx, value)
}

/// Does `work`, which may change the size. Where a view forbids that, the
/// collector has its turn first: the view may be one that nobody uses any more.
fn resizing<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    work: PlainFn,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if this(ctx, args[0])?.0.exports.get() > 0 {
        return Ok(after_collection(args, work));
    }
    work(ctx, args).map(Flow::Return)
}

fn bytearray_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let made = Value::ByteArray(ByteArray::new(ctx, Vec::new()));
    Ok(match args[0] {
        Value::Type(class) if class != ctx.types().bytearray => {
            Value::Object(Object::new(ctx, class, Payload::Builtin(made)))
        }
        _ => made,
    })
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let flow = crate::types::bytes::contents(ctx, &args[1..4], "bytearray")?;
    and_then(ctx, flow, vec![args[0]], |ctx, state, result| {
        resizing(ctx, &[state[0], result?], |ctx, args| {
            let bytes = buffer::required(ctx, args[1])?.to_vec();
            *resizable(ctx, args[0])? = bytes;
            Ok(Value::None)
        })
    })
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(Value::Str(
        ctx.str_from_vec(bytes_methods::repr_text(ctx, args[0])?),
    ))
}

fn key_of<'gc>(ctx: Context<'gc>, key: Value<'gc>) -> Result<Subscript, Raised<'gc>> {
    slicing::subscript(ctx, key)?.ok_or_else(|| {
        ctx.type_error(format!(
            "bytearray indices must be integers or slices, not {}",
            ctx.type_name(key)
        ))
    })
}

fn setitem<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match key_of(ctx, args[1])? {
        Subscript::At(index) => {
            let byte = bytes_methods::byte_of(ctx, args[2], "byte")?;
            let mut bytes = changeable(ctx, args[0])?;
            match slicing::position(index, bytes.len()) {
                Some(at) => bytes[at] = byte,
                None => return Err(ctx.error(Exc::IndexError, "bytearray index out of range")),
            }
            Ok(Flow::Return(Value::None))
        }
        Subscript::Slice(_) if args[2].as_bytes().is_some() => resizing(ctx, args, set_slice),
        Subscript::Slice(_) => {
            if args[2].is_int() || args[2].as_str().is_some() {
                return Err(ctx.type_error(
                    "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
                ));
            }
            let flow = crate::types::bytes::contents(
                ctx,
                &[args[2], Value::Absent, Value::Absent],
                "bytearray",
            )?;
            and_then(ctx, flow, vec![args[0], args[1]], |ctx, state, result| {
                resizing(ctx, &[state[0], state[1], result?], set_slice)
            })
        }
    }
}

/// `self[slice] = bytes`.
fn set_slice<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let Subscript::Slice(bounds) = key_of(ctx, args[1])? else {
        return Ok(Value::None);
    };
    let new = buffer::required(ctx, args[2])?;
    let length = this(ctx, args[0])?.0.bytes.borrow().len();
    let span = bounds.over(length);
    if new.len() == span.len {
        let mut bytes = changeable(ctx, args[0])?;
        for (at, byte) in span.positions().zip(new.iter()) {
            bytes[at] = *byte;
        }
        return Ok(Value::None);
    }
    if span.step != 1 {
        if new.is_empty() {
            return delitem(ctx, args);
        }
        return Err(ctx.value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {}",
            new.len(),
            span.len
        )));
    }
    let mut bytes = resizable(ctx, args[0])?;
    let start = span.start.min(length);
    bytes.splice(start..start + span.len, new.iter().copied());
    Ok(Value::None)
}

fn delitem<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let key = key_of(ctx, args[1])?;
    let mut bytes = resizable(ctx, args[0])?;
    match key {
        Subscript::At(index) => match slicing::position(index, bytes.len()) {
            Some(at) => {
                bytes.remove(at);
            }
            None => return Err(ctx.error(Exc::IndexError, "bytearray index out of range")),
        },
        Subscript::Slice(bounds) => {
            let span = bounds.over(bytes.len()).ascending();
            let mut gone = span.positions().peekable();
            let mut at = 0;
            bytes.retain(|_| {
                let remove = gone.next_if_eq(&at).is_some();
                at += 1;
                !remove
            });
        }
    }
    Ok(Value::None)
}

fn iadd<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let Some(more) = buffer::contents(ctx, args[1])? else {
        return Err(ctx.type_error(format!(
            "can't concat {} to bytearray",
            ctx.type_name(args[1])
        )));
    };
    if !more.is_empty() {
        resizable(ctx, args[0])?.extend_from_slice(&more);
    }
    Ok(args[0])
}

fn imul<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let count = ctx.index(args[1])?;
    let length = this(ctx, args[0])?.0.bytes.borrow().len();
    let count = slicing::repetitions(ctx, count, length, 1)?;
    if length * count.min(2) == length {
        return Ok(args[0]);
    }
    let mut bytes = resizable(ctx, args[0])?;
    check_size(ctx, bytes.len().checked_mul(count))?;
    *bytes = slicing::repeat(ctx, &bytes, count)?;
    Ok(args[0])
}

fn append<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let byte = bytes_methods::byte_of(ctx, args[1], "byte")?;
    resizable(ctx, args[0])?.push(byte);
    Ok(Value::None)
}

fn extend<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    if args[1].as_str().is_some() {
        return Err(ctx.type_error("expected iterable of integers; got: 'str'"));
    }
    if slicing::is_index(ctx, args[1]) {
        return Err(ctx.type_error(format!(
            "can't extend bytearray with {}",
            ctx.type_name(args[1])
        )));
    }
    let class = args[1].class(ctx);
    let iterable = class.lookup(ctx, ctx.names().__iter__).is_some()
        || class.lookup(ctx, ctx.names().__getitem__).is_some();
    if !iterable && buffer::acquire(ctx, args[1])?.is_none() {
        return Err(ctx.type_error(format!(
            "can't extend bytearray with {}",
            ctx.type_name(args[1])
        )));
    }
    let source = [args[1], Value::Absent, Value::Absent];
    let flow = crate::types::bytes::contents(ctx, &source, "bytearray")?;
    and_then(ctx, flow, vec![args[0]], |ctx, state, result| {
        resizing(ctx, &[state[0], result?], |ctx, args| {
            let more = buffer::required(ctx, args[1])?;
            if !more.is_empty() {
                resizable(ctx, args[0])?.extend_from_slice(&more);
            }
            Ok(Value::None)
        })
    })
}

fn insert<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let index = slicing::size_argument(ctx, args[1])?;
    let byte = bytes_methods::byte_of(ctx, args[2], "byte")?;
    let mut bytes = resizable(ctx, args[0])?;
    let length = bytes.len() as i64;
    let at = if index < 0 {
        (index + length).max(0)
    } else {
        index.min(length)
    };
    bytes.insert(at as usize, byte);
    Ok(Value::None)
}

fn pop<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let index = match args[1].present() {
        Some(index) => slicing::size_argument(ctx, index)?,
        None => -1,
    };
    let mut bytes = resizable(ctx, args[0])?;
    if bytes.is_empty() {
        return Err(ctx.error(Exc::IndexError, "pop from empty bytearray"));
    }
    match slicing::position(index, bytes.len()) {
        Some(at) => Ok(Value::Int(bytes.remove(at).into())),
        None => Err(ctx.error(Exc::IndexError, "pop index out of range")),
    }
}

fn remove<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let byte = bytes_methods::byte_of(ctx, args[1], "byte")?;
    let mut bytes = resizable(ctx, args[0])?;
    match bytes.iter().position(|b| *b == byte) {
        Some(at) => {
            bytes.remove(at);
            Ok(Value::None)
        }
        None => Err(ctx.value_error("value not found in bytearray")),
    }
}

fn reverse<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    changeable(ctx, args[0])?.reverse();
    Ok(Value::None)
}

fn clear<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    resizable(ctx, args[0])?.clear();
    Ok(Value::None)
}

fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(Value::ByteArray(ByteArray::new(
        ctx,
        this(ctx, args[0])?.to_vec(),
    )))
}

fn resize<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let size = slicing::size_argument(ctx, args[1])?;
    let Ok(size) = usize::try_from(size) else {
        return Err(ctx.value_error(format!("Can only resize to positive sizes, got {size}")));
    };
    if size == this(ctx, args[0])?.0.bytes.borrow().len() {
        return Ok(Value::None);
    }
    let mut bytes = resizable(ctx, args[0])?;
    check_size(ctx, Some(size))?;
    bytes.resize(size, 0);
    Ok(Value::None)
}

/// How much memory CPython would have set aside: the bytes and a zero.
fn alloc<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let length = this(ctx, args[0])?.0.bytes.borrow().len();
    let taken = if length == 0 { 0 } else { length + 1 };
    Ok(Value::from_usize(ctx.mc, taken))
}

fn sizeof<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    const HEADER: i64 = 56;
    let taken = alloc(ctx, args)?.as_small_int().unwrap_or(0);
    Ok(Value::Int(HEADER + taken))
}

/// As CPython's: text and a codec before protocol 3, bytes from there on.
fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let protocol = match args.get(1).and_then(|p| p.present()) {
        Some(protocol) => ctx.index_i64(protocol, Exc::OverflowError)?,
        None => 0,
    };
    let bytes = this(ctx, args[0])?.to_vec();
    let arguments = match (bytes.is_empty(), protocol < 3) {
        (true, _) => ctx.empty_tuple(),
        (false, true) => {
            let mut text = Vec::new();
            for byte in &bytes {
                crate::text::wtf8::push(&mut text, u32::from(*byte));
            }
            ctx.tuple([Value::Str(ctx.str_from_vec(text)), ctx.str_value("latin-1")])
        }
        (false, false) => ctx.tuple([Value::Bytes(ctx.bytes_from_vec(bytes))]),
    };
    // The state of a subclass's instance is its dict and its slots.
    let state = crate::reduce::object::getstate(ctx, args[0])?;
    let class = Value::Type(args[0].class(ctx));
    let parts = vec![class, Value::Tuple(arguments)];
    and_then(ctx, state, parts, |ctx, mut parts, state| {
        parts.push(state?);
        Ok(Flow::Return(Value::Tuple(ctx.tuple(parts))))
    })
}
