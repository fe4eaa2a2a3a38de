//! `BytesIO`: what it has beyond other streams of bytes. Its memory can be lent as a
//! memoryview: it then lies in an array that the view sees too, and comes back when
//! the last view is gone.

use std::cell::RefCell;
use std::rc::Rc;

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, PlainFn, method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::memoryview::MEMORYVIEW;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, after_collection};
use gc_arena::Gc;
use gc_arena::lock::Lock;

use super::backing::Backing;
use super::base::BUFFERED_IO_BASE;
use super::binary::{self, Binary};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The type.
pub static BYTES_IO: TypeDef = TypeDef {
    name: "BytesIO",
    module: "_io",
    base: Some(&BUFFERED_IO_BASE),
    doc: "Buffered I/O implementation using an in-memory bytes buffer.",
    has_dict: true,
    shared_methods: &[
        binary::READ,
        binary::READ1,
        binary::READLINE,
        binary::READINTO,
        binary::READINTO1,
        binary::SEEK,
        binary::TELL,
        binary::FLUSH,
        binary::READABLE,
        binary::WRITABLE,
        binary::SEEKABLE,
    ],
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(bytes_new)),
        slot(
            "__init__($self, /, initial_bytes=b'')",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(|ctx, args| resizing(ctx, args, init)),
        ),
        method(
            "getvalue($self, /)",
            "Retrieve the entire contents of the BytesIO object.",
            Plain(getvalue),
        ),
        method(
            "getbuffer($self, /)",
            "Get a read-write view over the contents of the BytesIO object.",
            Plain(getbuffer),
        ),
        WRITE,
        TRUNCATE,
        CLOSE,
        method("__getstate__($self, /)", "", Plain(getstate)),
        method(
            "__setstate__($self, state, /)",
            "",
            FlowCall(|ctx, args| resizing(ctx, args, setstate)),
        ),
    ],
    getsets: &[getter("closed", "True if the file is closed.", |ctx, v| {
        Ok(Value::bool(binary::this(ctx, v)?.closed()))
    })],
    ..TypeDef::DEFAULT
};

const WRITE: NativeDef = method(
    "write($self, b, /)",
    "Write bytes to file.\n\nReturn the number of bytes written.",
    FlowCall(|ctx, args| resizing(ctx, args, binary::write)),
);
const TRUNCATE: NativeDef = method(
    "truncate($self, size=None, /)",
    "Truncate the file to at most size bytes.",
    FlowCall(|ctx, args| resizing(ctx, args, binary::truncate)),
);
const CLOSE: NativeDef = method(
    "close($self, /)",
    "Disable all I/O operations.",
    FlowCall(|ctx, args| resizing(ctx, args, binary::close)),
);

fn bytes_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&BYTES_IO));
    let data = Binary {
        backing: Rc::new(RefCell::new(Backing::Memory {
            bytes: Vec::new(),
            at: 0,
        })),
        lent: Some(Gc::new(ctx.mc, Lock::new(None))),
        raw: Value::Absent,
        mode: "rb+",
        descriptor: -1,
        closes: true,
    };
    let object = Object::with_native::<Binary<'static>>(ctx, class, data);
    Ok(Value::Object(object))
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let bytes = match args[1] {
        Value::Absent | Value::None => Vec::new(),
        value => binary::bytes_like(ctx, value)?,
    };
    *binary::this(ctx, args[0])?.backing.borrow_mut() = Backing::Memory { bytes, at: 0 };
    Ok(Value::None)
}

/// The array that views of the stream's memory see, while there are any.
fn lent_array<'gc>(stream: &Binary<'gc>) -> Option<ByteArray<'gc>> {
    let array = stream.lent?.get()?;
    (array.0.exports.get() > 0).then_some(array)
}

/// Takes over what views have written, and the memory itself once there are none.
pub fn settle<'gc>(ctx: Context<'gc>, stream: &Binary<'gc>) {
    let Some(lent) = stream.lent else {
        return;
    };
    let Some(array) = lent.get() else {
        return;
    };
    if let Backing::Memory { bytes, .. } = &mut *stream.backing.borrow_mut() {
        if array.0.exports.get() > 0 {
            bytes.clone_from(&array.0.bytes.borrow());
            return;
        }
        *bytes = std::mem::take(&mut *array.0.bytes.borrow_mut());
    }
    Gc::write(ctx.mc, lent).unlock().set(None);
}

/// Does work that may change the size of the memory, which views forbid. A view that
/// only waits to be freed does not count.
fn resizing<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    work: PlainFn,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let stream = binary::this(ctx, args[0])?;
    if lent_array(stream).is_none() {
        return work(ctx, args).map(Flow::Return);
    }
    // The frame calls one function: which of them goes along as a number.
    let works: [PlainFn; 5] = [
        init,
        setstate,
        binary::write,
        binary::truncate,
        binary::close,
    ];
    let at = works
        .iter()
        .position(|known| std::ptr::fn_addr_eq(*known, work));
    let mut all = vec![Value::from_usize(ctx.mc, at.unwrap_or(0))];
    all.extend_from_slice(args);
    Ok(after_collection(&all, |ctx, all| {
        if lent_array(binary::this(ctx, all[1])?).is_some() {
            let message = "Existing exports of data: object cannot be re-sized";
            return Err(ctx.error(Exc::BufferError, message));
        }
        match all[0].as_small_int() {
            Some(0) => init(ctx, &all[1..]),
            Some(1) => setstate(ctx, &all[1..]),
            Some(2) => binary::write(ctx, &all[1..]),
            Some(3) => binary::truncate(ctx, &all[1..]),
            _ => binary::close(ctx, &all[1..]),
        }
    }))
}

fn getvalue<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let stream = binary::open_stream(ctx, args[0], "")?;
    let bytes = match &*stream.backing.borrow() {
        Backing::Memory { bytes, .. } => ctx.bytes(bytes),
        _ => ctx.bytes(b""),
    };
    Ok(Value::Bytes(bytes))
}

fn getbuffer<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let stream = binary::open_stream(ctx, args[0], "")?;
    let array = match (lent_array(stream), &*stream.backing.borrow()) {
        (Some(array), _) => array,
        (None, Backing::Memory { bytes, .. }) => {
            let array = ByteArray::new(ctx, bytes.clone());
            if let Some(lent) = stream.lent {
                Gc::write(ctx.mc, lent).unlock().set(Some(array));
            }
            array
        }
        _ => return Err(ctx.value_error("I/O operation on closed file.")),
    };
    let class = Value::Type(ctx.type_of_def(&MEMORYVIEW));
    ctx.call(class, &[Value::ByteArray(array)])
}

/// What `__setstate__` takes: the bytes, the position, the attributes.
fn getstate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let bytes = getvalue(ctx, args)?;
    let position = binary::tell(ctx, args)?;
    let attributes = match args[0] {
        Value::Object(object) if !object.attributes().is_empty() => Value::Dict(object.dict(ctx)),
        _ => Value::None,
    };
    Ok(Value::Tuple(ctx.tuple([bytes, position, attributes])))
}

fn setstate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    binary::open_stream(ctx, args[0], "")?;
    let items = args[1].as_tuple().map_or(&[][..], |tuple| tuple.items());
    let &[bytes, position, attributes] = items else {
        return Err(ctx.type_error(format!(
            "{}.__setstate__ argument should be 3-tuple, got {}",
            ctx.type_name(args[0]),
            ctx.type_name(args[1])
        )));
    };
    init(ctx, &[args[0], bytes])?;
    if !position.is_int() {
        return Err(ctx.type_error(format!(
            "second item of state must be an integer, not {}",
            ctx.type_name(position)
        )));
    }
    let Ok(position) = usize::try_from(ctx.index_i64(position, Exc::OverflowError)?) else {
        return Err(ctx.value_error("position value cannot be negative"));
    };
    if let Backing::Memory { at, .. } = &mut *binary::this(ctx, args[0])?.backing.borrow_mut() {
        *at = position;
    }
    if attributes.is_none() {
        return Ok(Value::None);
    }
    let (Value::Object(object), Some(attributes)) = (args[0], attributes.as_dict()) else {
        return Err(ctx.type_error(format!(
            "third item of state should be a dict, got a {}",
            ctx.type_name(attributes)
        )));
    };
    for (name, value) in attributes.entries() {
        if let Some(name) = name.as_str() {
            object.set_attribute(ctx, ctx.intern_str(name), value);
        }
    }
    Ok(Value::None)
}
