//! `bytes`: owns the struct and the type's methods.

use std::cell::Cell;

use gc_arena::{Collect, Gc, Mutation};
use smallvec::SmallVec;

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{method, new, slot};
use crate::object::{Object, Payload};
use crate::protocol::buffer;
use crate::raised::Raised;
use crate::types::bytes_methods;
use crate::types::bytes_table::SHARED;
use crate::types::def::TypeDef;
use crate::types::exceptions::{self, Exc};
use crate::types::str::check_size;
use crate::types::{codecs, str_slots};
use crate::value::Value;
use crate::vm::drive::collect_then;
use crate::vm::flow::{Flow, and_then, call_then};

/// The struct behind a [`Bytes`].
#[derive(Collect)]
#[collect(require_static)]
pub struct BytesData {
    bytes: SmallVec<[u8; 16]>,
    hash: Cell<i64>,
}

/// A Python bytes object.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Bytes<'gc>(pub Gc<'gc, BytesData>);

impl<'gc> Bytes<'gc> {
    /// A new bytes object. Most callers want `Context::bytes`, which shares the
    /// empty and the one-byte ones.
    pub fn new(mc: &Mutation<'gc>, bytes: &[u8]) -> Self {
        Bytes::from_small(mc, SmallVec::from_slice(bytes))
    }

    /// A new bytes object that takes over `bytes`.
    pub fn from_vec(mc: &Mutation<'gc>, bytes: Vec<u8>) -> Self {
        Bytes::from_small(mc, SmallVec::from_vec(bytes))
    }

    fn from_small(mc: &Mutation<'gc>, bytes: SmallVec<[u8; 16]>) -> Self {
        let hash = Cell::new(0);
        Bytes(Gc::new(mc, BytesData { bytes, hash }))
    }

    /// The bytes.
    #[inline]
    pub fn bytes(self) -> &'gc [u8] {
        &Gc::as_ref(self.0).bytes
    }

    /// Python's hash: kept once computed.
    pub fn hash(self) -> i64 {
        match self.0.hash.get() {
            0 => {
                let hash = crate::protocol::hash::hash_bytes(self.bytes());
                self.0.hash.set(hash);
                hash
            }
            hash => hash,
        }
    }
}

/// The type.
pub static BYTES: TypeDef = TypeDef {
    name: "bytes",
    doc: "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer",
    match_self: true,
    methods: &[
        new(
            "__new__($type, /, source=b'', encoding='utf-8', errors='strict')",
            FlowCall(bytes_new),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        method(
            "__bytes__($self, /)",
            "Convert this value to exact type bytes.",
            Plain(to_bytes),
        ),
        method("__getnewargs__($self, /)", "", Plain(getnewargs)),
    ],
    shared_methods: SHARED,
    ..TypeDef::DEFAULT
};

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Str(
        ctx.str_from_vec(bytes_methods::repr_text(ctx, args[0])?),
    ))
}

fn hash<'gc>(_ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Int(args[0].as_bytes().map_or(0, Bytes::hash)))
}

/// `bytes.__bytes__`: the object itself where it is exact, else a copy, so that the
/// pickle of a subclass's instance does not share it with others.
fn to_bytes<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    match args[0] {
        Value::Bytes(_) => Ok(args[0]),
        _ => Ok(copy(ctx, args[0])),
    }
}

/// `bytes.__getnewargs__`: always a copy.
fn getnewargs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Tuple(ctx.tuple([copy(ctx, args[0])])))
}

fn copy<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Value<'gc> {
    Value::Bytes(ctx.bytes(value.as_bytes().map_or(&[], |bytes| bytes.bytes())))
}

/// A value of `class`, which is bytes or derives from it.
fn instance<'gc>(ctx: Context<'gc>, class: Value<'gc>, bytes: Value<'gc>) -> Value<'gc> {
    match class {
        Value::Type(class) if class != ctx.types().bytes => {
            Value::Object(Object::new(ctx, class, Payload::Builtin(bytes)))
        }
        _ => bytes,
    }
}

fn bytes_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let class = args[0];
    let plain = args[2].is_absent() && args[3].is_absent();
    // An object says itself what its bytes are.
    if plain
        && let Some(source) = args[1].present()
        && !matches!(source, Value::Bytes(_))
        && let Some((method, receiver)) = ctx.special(source, ctx.names().__bytes__)?
    {
        let arguments: &[Value<'gc>] = if receiver.is_absent() {
            &[]
        } else {
            &[receiver]
        };
        return Ok(call_then(
            method,
            arguments,
            vec![class],
            |ctx, state, result| {
                let made = result?;
                if made.as_bytes().is_none() {
                    return Err(ctx.type_error(format!(
                        "__bytes__ returned non-bytes (type {})",
                        ctx.type_name(made)
                    )));
                }
                Ok(Flow::Return(match state[0] {
                    Value::Type(class) if class == ctx.types().bytes => made,
                    class => instance(ctx, class, made.builtin()),
                }))
            },
        ));
    }
    if let (Value::Bytes(_), true) = (args[1], plain) {
        return Ok(Flow::Return(instance(ctx, class, args[1])));
    }
    let flow = contents(ctx, &args[1..4], "bytes")?;
    and_then(ctx, flow, vec![class], |ctx, state, result| {
        Ok(Flow::Return(instance(ctx, state[0], result?)))
    })
}

/// What the constructors of bytes and bytearray make of `source, encoding,
/// errors`: the flow's result is a bytes object.
pub fn contents<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    kind: &str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let made = |bytes: Vec<u8>| Ok(Flow::Return(Value::Bytes(ctx.new_bytes(bytes))));
    let encoding = str_slots::text_argument(ctx, kind, "encoding", args[1])?;
    let errors = str_slots::text_argument(ctx, kind, "errors", args[2])?;
    let Some(source) = args[0].present() else {
        if !args[1].is_absent() || !args[2].is_absent() {
            let which = if args[1].is_absent() {
                "errors"
            } else {
                "encoding"
            };
            return Err(ctx.type_error(format!("{which} without a string argument")));
        }
        return made(Vec::new());
    };
    if let Some(text) = source.as_str() {
        if args[1].is_absent() {
            return Err(ctx.type_error("string argument without an encoding"));
        }
        return codecs::encode(ctx, source, text, encoding, errors);
    }
    if !args[1].is_absent() || !args[2].is_absent() {
        str_slots::text_argument(ctx, kind, "encoding", args[1])?;
        str_slots::text_argument(ctx, kind, "errors", args[2])?;
        let which = if args[1].is_absent() {
            "errors"
        } else {
            "encoding"
        };
        return Err(ctx.type_error(format!("{which} without a string argument")));
    }
    if let Some(bytes) = buffer::acquire(ctx, source)? {
        return made(bytes.to_vec());
    }
    if crate::protocol::slicing::is_index(ctx, source) {
        match ctx.index_i64(source, Exc::OverflowError) {
            Ok(size) => {
                let Ok(size) = usize::try_from(size) else {
                    return Err(ctx.value_error("negative count"));
                };
                check_size(ctx, Some(size))?;
                return made(vec![0; size]);
            }
            // Then it may be an iterable after all.
            Err(raised) if exceptions::matches(ctx, raised, Exc::TypeError) => {}
            Err(raised) => return Err(raised),
        }
    }
    let class = source.class(ctx);
    let names = ctx.names();
    let iterable = class.lookup(ctx, names.__iter__).is_some()
        || class.lookup(ctx, names.__getitem__).is_some();
    if !iterable {
        return Err(ctx.type_error(format!(
            "cannot convert '{}' object to {kind}",
            class.name_text()
        )));
    }
    if let Value::Object(_) = source {
        // Where the hint is wrong, CPython raises before it takes an item.
        ctx.length_hint(source)?;
    }
    let what = ctx.str_value(if kind == "bytes" { "bytes" } else { "byte" });
    // CPython fills a new object with a tuple's items, and asks for the bytes of others.
    let fills = Value::bool(matches!(source, Value::Tuple(_)));
    collect_then(ctx, source, vec![what, fills], |ctx, state, items| {
        let what = state[0]
            .as_str()
            .map_or("byte".into(), |s| s.to_string_lossy());
        let mut bytes = Vec::with_capacity(items.len());
        for item in items {
            bytes.push(bytes_methods::byte_of(ctx, item, &what)?);
        }
        let fills = matches!(state[1], Value::Bool(fills) if fills.get());
        let made = match fills {
            true => ctx.new_bytes(bytes),
            false => ctx.bytes_from_vec(bytes),
        };
        Ok(Flow::Return(Value::Bytes(made)))
    })
}
