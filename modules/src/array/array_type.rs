//! `array.array`: the struct, the type, construction and the special methods. The
//! items lie in a growable array of bytes, which the buffer protocol shows; the methods
//! that programs call by name are in `methods`.

use std::borrow::Cow;
use std::cell::{Ref, RefMut};

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{PlainFn, class_method, comparison, new, sequence_slot, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::buffer::{self, Buffer, Layout, Memory};
use capers_runtime::protocol::compare;
use capers_runtime::protocol::slicing::{self, Subscript};
use capers_runtime::raised::Raised;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::types::str::Str;
use capers_runtime::types::type_::Type;
use capers_runtime::types::{generic_alias, memoryview};
use capers_runtime::value::Value;
use capers_runtime::vm::drive::{More, Sink, drive_iterable};
use capers_runtime::vm::flow::{Flow, after_collection, and_then};
use gc_arena::{Collect, Gc};

use super::typecode::{self, Kind, TypeCode};
use super::{iterator, methods};

/// What a native answers.
pub type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The struct behind an array.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Array<'gc> {
    /// What its items are.
    #[collect(require_static)]
    pub code: &'static TypeCode,
    /// The items, in the machine's order of bytes.
    pub store: ByteArray<'gc>,
}

impl NativeData for Array<'static> {
    type Data<'gc> = Array<'gc>;
}

impl<'gc> Array<'gc> {
    /// The bytes of all items. Don't call into Python while the borrow is held.
    pub fn bytes(self) -> Ref<'gc, Vec<u8>> {
        Gc::as_ref(self.store.0).bytes.borrow()
    }

    /// The bytes, to change without changing their number.
    pub fn bytes_mut(self, ctx: Context<'gc>) -> Result<RefMut<'gc, Vec<u8>>, Raised<'gc>> {
        // Borrowed means that an argument of the same call shows them.
        let bytes = Gc::as_ref(self.store.0).bytes.try_borrow_mut();
        bytes.map_err(|_| exported(ctx))
    }

    /// The bytes, allowed to change their number.
    pub fn resizable(self, ctx: Context<'gc>) -> Result<RefMut<'gc, Vec<u8>>, Raised<'gc>> {
        if self.store.0.exports.get() > 0 {
            return Err(exported(ctx));
        }
        self.bytes_mut(ctx)
    }

    /// The number of items.
    pub fn len(self) -> usize {
        self.bytes().len() / self.code.size
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.bytes().is_empty()
    }

    /// The item at `index`, which is in the array.
    pub fn item(self, ctx: Context<'gc>, index: usize) -> Answer<'gc> {
        let start = index.saturating_mul(self.code.size);
        let bytes = self.bytes();
        match bytes.get(start..start.saturating_add(self.code.size)) {
            Some(item) => self.code.unpack(ctx, item),
            None => Err(ctx.error(Exc::IndexError, "array index out of range")),
        }
    }

    /// All items.
    pub fn items(self, ctx: Context<'gc>) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
        self.code.unpack_all(ctx, &self.bytes())
    }

    /// Appends an item.
    pub fn push(self, ctx: Context<'gc>, value: Value<'gc>) -> Result<(), Raised<'gc>> {
        let packed = self.code.pack(ctx, value)?;
        self.resizable(ctx)?
            .extend_from_slice(&packed[..self.code.size]);
        Ok(())
    }

    /// Appends the characters of a text.
    pub fn push_text(self, ctx: Context<'gc>, text: Str<'gc>) -> Result<(), Raised<'gc>> {
        let mut bytes = self.resizable(ctx)?;
        for point in text.text().code_points() {
            bytes.extend_from_slice(&point.to_le_bytes());
        }
        Ok(())
    }

    /// A new exact array of the same type code.
    pub fn with_bytes(self, ctx: Context<'gc>, bytes: Vec<u8>) -> Value<'gc> {
        make(ctx, ctx.type_of_def(&ARRAY), self.code, bytes)
    }
}

#[cold]
fn exported<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    let message = "cannot resize an array that is exporting buffers";
    ctx.error(Exc::BufferError, message)
}

/// The array that a value is, a subclass's instance too.
pub fn array_of<'gc>(value: Value<'gc>) -> Option<Array<'gc>> {
    value.native::<Array<'static>>().copied()
}

/// The receiver of a method.
pub fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Array<'gc>, Raised<'gc>> {
    array_of(value).ok_or_else(|| ctx.type_error("an array is required"))
}

/// A new array of this class.
pub fn make<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    code: &'static TypeCode,
    bytes: Vec<u8>,
) -> Value<'gc> {
    let store = ByteArray::new(ctx, bytes);
    let data = Array { code, store };
    Value::Object(Object::with_native::<Array<'static>>(ctx, class, data))
}

/// Does `work`, which may change the size. Where a view forbids that, the collector
/// has its turn first: the view may be one that nobody uses any more.
pub fn resizing<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    work: PlainFn,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if this(ctx, args[0])?.store.0.exports.get() > 0 {
        return Ok(after_collection(args, work));
    }
    work(ctx, args).map(Flow::Return)
}

macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            Plain(|ctx, args| compare_arrays(ctx, Comparison::$op, args)),
        )
    };
}

/// `array.array`
pub static ARRAY: TypeDef = TypeDef {
    name: "array",
    module: "array",
    doc: "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\ninitialized from the optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate type.\n",
    sequence: true,
    weakrefable: true,
    mutable: false,
    methods: &[
        new("__new__($type, *args, **kwargs)", FlowCall(array_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        ordering!(Less),
        ordering!(LessEqual),
        ordering!(Equal),
        ordering!(NotEqual),
        ordering!(Greater),
        ordering!(GreaterEqual),
        slot(
            "__iter__($self, /)",
            "Implement iter(self).",
            Plain(iterator::make),
        ),
        slot(
            "__len__($self, /)",
            "Return len(self).",
            Plain(|ctx, args| Ok(Value::from_usize(ctx.mc, this(ctx, args[0])?.len()))),
        ),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(get_item),
        ),
        slot(
            "__setitem__($self, key, value, /)",
            "Set self[key] to value.",
            FlowCall(|ctx, args| match args[1] {
                Value::Slice(_) => resizing(ctx, args, set_item),
                _ => set_item(ctx, args).map(Flow::Return),
            }),
        ),
        slot(
            "__delitem__($self, key, /)",
            "Delete self[key].",
            FlowCall(|ctx, args| resizing(ctx, args, delete_item)),
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
            Plain(methods::contains),
        ),
        sequence_slot(
            "__iadd__($self, value, /)",
            "Implement self+=value.",
            FlowCall(|ctx, args| resizing(ctx, args, add_in_place)),
        ),
        sequence_slot(
            "__imul__($self, value, /)",
            "Implement self*=value.",
            FlowCall(|ctx, args| resizing(ctx, args, repeat_in_place)),
        ),
        slot(
            "__buffer__($self, flags, /)",
            "Return a buffer object that exposes the underlying memory of the object.",
            Plain(memoryview::buffer_of),
        ),
        slot(
            "__release_buffer__($self, buffer, /)",
            "Release the buffer object that exposes the underlying memory of the object.",
            FlowCall(memoryview::release_buffer),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    shared_methods: methods::METHODS,
    getsets: &[
        getter(
            "typecode",
            "the typecode character used to create the array",
            |ctx, v| Ok(Value::Str(ctx.intern(this(ctx, v)?.code.letter))),
        ),
        getter(
            "itemsize",
            "the size, in bytes, of one array item",
            |ctx, v| Ok(Value::from_usize(ctx.mc, this(ctx, v)?.code.size)),
        ),
    ],
    buffer: Some(|ctx, value| {
        let array = this(ctx, value)?;
        let format = Cow::Borrowed(array.code.format);
        Ok(Buffer {
            owner: value,
            memory: Memory::Array(array.store),
            layout: Layout::items(array.len(), array.code.size, format, false),
        })
    }),
    ..TypeDef::DEFAULT
};

const BAD_TYPE_CODE: &str = "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)";

fn array_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let class = args[0].as_type().unwrap_or_else(|| ctx.type_of_def(&ARRAY));
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let keywords = args[2].as_dict().map_or(0, |d| d.entries().len());
    // A subclass with a constructor of its own may have arguments of its own.
    let init = class.lookup(ctx, ctx.names().__init__);
    let inherited = matches!(init, Some(Value::Native(n)) if n.owner() == Some(ctx.types().object));
    if keywords > 0 && inherited {
        return Err(ctx.type_error("array.array() takes no keyword arguments"));
    }
    let (code, initial) = match *given {
        [code] => (code, Value::Absent),
        [code, initial] => (code, initial),
        [] => return Err(ctx.type_error("array() takes at least 1 argument (0 given)")),
        _ => {
            let count = given.len();
            let message = format!("array() takes at most 2 arguments ({count} given)");
            return Err(ctx.type_error(message));
        }
    };
    let code = typecode::argument(ctx, code, ["array() argument 1"; 2], BAD_TYPE_CODE)?;
    if code.letter == "u" {
        ctx.warn_deprecated("The 'u' type code is deprecated and will be removed in Python 3.16")?;
    }
    fill(ctx, class, code, initial)
}

/// A new array with the items that the second argument of the constructor gives.
pub fn fill<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    code: &'static TypeCode,
    initial: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let refused = |what: &str| {
        ctx.type_error(format!(
            "cannot use a {what} to initialize an array with typecode '{}'",
            code.letter
        ))
    };
    let made = make(ctx, class, code, Vec::new());
    let array = this(ctx, made)?;
    if let Some(text) = initial.as_str() {
        if code.kind != Kind::Character {
            return Err(refused("str"));
        }
        array.push_text(ctx, text)?;
        return Ok(Flow::Return(made));
    }
    if let Some(other) = array_of(initial) {
        if other.code.kind == Kind::Character && code.kind != Kind::Character {
            return Err(refused("unicode array"));
        }
        if other.code.letter == code.letter || other.code.kind == Kind::Character {
            array.bytes_mut(ctx)?.extend_from_slice(&other.bytes());
            return Ok(Flow::Return(made));
        }
    }
    if initial.is_absent() {
        return Ok(Flow::Return(made));
    }
    if initial.as_bytes().is_some() || initial.as_bytearray().is_some() {
        methods::append_bytes(ctx, array, &buffer::required(ctx, initial)?)?;
        return Ok(Flow::Return(made));
    }
    let flow = drive_iterable(ctx, initial, Append { array })?;
    and_then(ctx, flow, vec![made], |_, state, done| {
        done.map(|_| Flow::Return(state[0]))
    })
}

/// Appends what an iterator gives.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Append<'gc> {
    /// To this array.
    pub array: Array<'gc>,
}

impl<'gc> Sink<'gc> for Append<'gc> {
    fn item(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<More, Raised<'gc>> {
        self.array.push(ctx, item)?;
        Ok(More::Yes)
    }
    fn finish(&mut self, _ctx: Context<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
        Ok(Flow::Return(Value::None))
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let (name, letter) = (
        args[0].class(ctx).name().to_string_lossy(),
        array.code.letter,
    );
    if array.is_empty() {
        return Ok(ctx.str_value(&format!("{name}('{letter}')")));
    }
    let shown = if array.code.kind == Kind::Character {
        methods::tounicode(ctx, args)?
    } else {
        Value::List(List::new(ctx, array.items(ctx)?))
    };
    let mut text = format!("{name}('{letter}', ").into_bytes();
    text.extend_from_slice(ctx.repr(shown)?.bytes());
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn compare_arrays<'gc>(ctx: Context<'gc>, op: Comparison, args: &[Value<'gc>]) -> Answer<'gc> {
    let (Some(left), Some(right)) = (array_of(args[0]), array_of(args[1])) else {
        return Ok(Value::NotImplemented);
    };
    let (left, right) = (left.items(ctx)?, right.items(ctx)?);
    let only_equal = matches!(op, Comparison::Equal | Comparison::NotEqual);
    if only_equal && left.len() != right.len() {
        return Ok(Value::bool(op == Comparison::NotEqual));
    }
    for (&a, &b) in left.iter().zip(&right) {
        if !ctx.eq(a, b)? {
            return match only_equal {
                true => Ok(Value::bool(op == Comparison::NotEqual)),
                false => ctx.compare(op, a, b).map(Value::bool),
            };
        }
    }
    Ok(Value::bool(compare::apply(op, left.len(), right.len())))
}

fn key_of<'gc>(ctx: Context<'gc>, key: Value<'gc>) -> Result<Subscript, Raised<'gc>> {
    slicing::subscript(ctx, key)?.ok_or_else(|| ctx.type_error("array indices must be integers"))
}

/// The bytes of the items that a slice takes.
fn slice_bytes(bytes: &[u8], size: usize, positions: impl Iterator<Item = usize>) -> Vec<u8> {
    positions
        .flat_map(|at| bytes.get(at * size..(at + 1) * size).unwrap_or_default())
        .copied()
        .collect()
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    match key_of(ctx, args[1])? {
        Subscript::At(index) => match slicing::position(index, array.len()) {
            Some(at) => array.item(ctx, at),
            None => Err(ctx.error(Exc::IndexError, "array index out of range")),
        },
        Subscript::Slice(bounds) => {
            let positions = bounds.over(array.len()).positions();
            let taken = slice_bytes(&array.bytes(), array.code.size, positions);
            Ok(array.with_bytes(ctx, taken))
        }
    }
}

fn set_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let size = array.code.size;
    let bounds = match key_of(ctx, args[1])? {
        Subscript::At(index) => {
            let Some(at) = slicing::position(index, array.len()) else {
                return Err(ctx.error(Exc::IndexError, "array assignment index out of range"));
            };
            let packed = array.code.pack(ctx, args[2])?;
            // Packing may have run code that made the array shorter.
            if let Some(place) = array.bytes_mut(ctx)?.get_mut(at * size..(at + 1) * size) {
                place.copy_from_slice(&packed[..size]);
            }
            return Ok(Value::None);
        }
        Subscript::Slice(bounds) => bounds,
    };
    let Some(other) = array_of(args[2]) else {
        return Err(ctx.type_error(format!(
            "can only assign array (not \"{}\") to array slice",
            ctx.type_name(args[2])
        )));
    };
    if other.code.letter != array.code.letter {
        return Err(ctx.type_error("bad argument type for built-in operation"));
    }
    let new = other.bytes().clone();
    let span = bounds.over(array.len());
    if span.step == 1 {
        let (start, end) = (span.start * size, (span.start + span.len) * size);
        let mut bytes = if new.len() == end - start {
            array.bytes_mut(ctx)?
        } else {
            array.resizable(ctx)?
        };
        bytes.splice(start..end, new);
        return Ok(Value::None);
    }
    if span.len != other.len() {
        return Err(ctx.value_error(format!(
            "attempt to assign array of size {} to extended slice of size {}",
            other.len(),
            span.len
        )));
    }
    let mut bytes = array.bytes_mut(ctx)?;
    for (at, item) in span.positions().zip(new.chunks_exact(size)) {
        if let Some(place) = bytes.get_mut(at * size..(at + 1) * size) {
            place.copy_from_slice(item);
        }
    }
    Ok(Value::None)
}

fn delete_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let size = array.code.size;
    let gone: Vec<usize> = match key_of(ctx, args[1])? {
        Subscript::At(index) => match slicing::position(index, array.len()) {
            Some(at) => vec![at],
            None => {
                return Err(ctx.error(Exc::IndexError, "array assignment index out of range"));
            }
        },
        Subscript::Slice(bounds) => bounds.over(array.len()).ascending().positions().collect(),
    };
    if gone.is_empty() {
        return Ok(Value::None);
    }
    let kept = {
        let bytes = array.bytes();
        let mut gone = gone.into_iter().peekable();
        let positions = (0..array.len()).filter(|at| gone.next_if_eq(at).is_none());
        slice_bytes(&bytes, size, positions)
    };
    *array.resizable(ctx)? = kept;
    Ok(Value::None)
}

fn concatenate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let Some(other) = array_of(args[1]) else {
        return Err(ctx.type_error(format!(
            "can only append array (not \"{}\") to array",
            ctx.type_name(args[1])
        )));
    };
    if other.code.letter != array.code.letter {
        return Err(ctx.type_error("bad argument type for built-in operation"));
    }
    let mut bytes = array.bytes().clone();
    bytes.extend_from_slice(&other.bytes());
    Ok(array.with_bytes(ctx, bytes))
}

fn add_in_place<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let Some(other) = array_of(args[1]) else {
        return Err(ctx.type_error(format!(
            "can only extend with array (not \"{}\")",
            ctx.type_name(args[1])
        )));
    };
    methods::extend_with(ctx, array, other)?;
    Ok(args[0])
}

fn repeated<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Vec<u8>, Raised<'gc>> {
    let bytes = this(ctx, args[0])?.bytes().clone();
    let count = if slicing::is_index(ctx, args[1]) {
        slicing::repetitions(ctx, args[1], bytes.len(), 1)?
    } else {
        return Err(ctx.type_error(format!(
            "can't multiply sequence by non-int of type '{}'",
            ctx.type_name(args[1])
        )));
    };
    slicing::repeat(ctx, &bytes, count)
}

fn repeat<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let bytes = repeated(ctx, args)?;
    Ok(this(ctx, args[0])?.with_bytes(ctx, bytes))
}

fn repeat_in_place<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let bytes = repeated(ctx, args)?;
    let array = this(ctx, args[0])?;
    if bytes.len() != array.bytes().len() {
        *array.resizable(ctx)? = bytes;
    }
    Ok(args[0])
}
