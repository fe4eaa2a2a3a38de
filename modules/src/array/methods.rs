//! The methods of arrays.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, method};
use capers_runtime::protocol::{buffer, slicing};
use capers_runtime::raised::Raised;
use capers_runtime::text::wtf8;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::list::List;
use capers_runtime::types::native_function::NativeFunction;
use capers_runtime::value::Value;
use capers_runtime::vm::drive::drive_iterable;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, call_then};
use gc_arena::{Collect, Gc};

use super::RECONSTRUCTOR;
use super::array_type::{Answer, Append, Array, array_of, resizing, this};
use super::typecode::{Kind, code_point};

/// The methods, in CPython's order.
pub const METHODS: &[NativeDef] = &[
    method(
        "append($self, v, /)",
        "Append new value v to the end of the array.",
        FlowCall(|ctx, args| {
            resizing(ctx, args, |ctx, args| {
                this(ctx, args[0])?.push(ctx, args[1])?;
                Ok(Value::None)
            })
        }),
    ),
    method(
        "buffer_info($self, /)",
        "Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.\n\nThe length should be multiplied by the itemsize attribute to calculate\nthe buffer length in bytes.",
        Plain(buffer_info),
    ),
    method(
        "byteswap($self, /)",
        "Byteswap all items of the array.\n\nIf the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is\nraised.",
        Plain(byteswap),
    ),
    method(
        "clear($self, /)",
        "Remove all items from the array.",
        FlowCall(|ctx, args| {
            resizing(ctx, args, |ctx, args| {
                this(ctx, args[0])?.resizable(ctx)?.clear();
                Ok(Value::None)
            })
        }),
    ),
    method(
        "__copy__($self, /)",
        "Return a copy of the array.",
        Plain(copy),
    ),
    method(
        "count($self, v, /)",
        "Return number of occurrences of v in the array.",
        Plain(count),
    ),
    method(
        "__deepcopy__($self, unused, /)",
        "Return a copy of the array.",
        Plain(copy),
    ),
    method(
        "extend($self, bb, /)",
        "Append items to the end of the array.",
        FlowCall(extend),
    ),
    method(
        "fromfile($self, f, n, /)",
        "Read n objects from the file object f and append them to the end of the array.",
        FlowCall(fromfile),
    ),
    method(
        "fromlist($self, list, /)",
        "Append items to array from list.",
        FlowCall(|ctx, args| resizing(ctx, args, fromlist)),
    ),
    method(
        "frombytes($self, buffer, /)",
        "Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.",
        FlowCall(|ctx, args| {
            resizing(ctx, args, |ctx, args| {
                let array = this(ctx, args[0])?;
                let bytes = buffer::required(ctx, args[1])?.to_vec();
                append_bytes(ctx, array, &bytes)?;
                Ok(Value::None)
            })
        }),
    ),
    method(
        "fromunicode($self, ustr, /)",
        "Extends this array with data from the unicode string ustr.\n\nThe array must be a unicode type array; otherwise a ValueError is raised.\nUse array.frombytes(ustr.encode(...)) to append Unicode data to an array of\nsome other type.",
        FlowCall(|ctx, args| resizing(ctx, args, fromunicode)),
    ),
    method(
        "index($self, v, start=0, stop=sys.maxsize, /)",
        "Return index of first occurrence of v in the array.\n\nRaise ValueError if the value is not present.",
        Plain(index),
    ),
    method(
        "insert($self, i, v, /)",
        "Insert a new item v into the array before position i.",
        FlowCall(|ctx, args| resizing(ctx, args, insert)),
    ),
    method(
        "pop($self, i=-1, /)",
        "Return the i-th element and delete it from the array.\n\ni defaults to -1.",
        FlowCall(|ctx, args| resizing(ctx, args, pop)),
    ),
    method(
        "__reduce_ex__($self, value, /)",
        "Return state information for pickling.",
        Plain(reduce_ex),
    ),
    method(
        "remove($self, v, /)",
        "Remove the first occurrence of v in the array.",
        FlowCall(|ctx, args| resizing(ctx, args, remove)),
    ),
    method(
        "reverse($self, /)",
        "Reverse the order of the items in the array.",
        Plain(reverse),
    ),
    method(
        "tofile($self, f, /)",
        "Write all items (as machine values) to the file object f.",
        FlowCall(tofile),
    ),
    method(
        "tolist($self, /)",
        "Convert array to an ordinary list with the same items.",
        Plain(|ctx, args| {
            let items = this(ctx, args[0])?.items(ctx)?;
            Ok(Value::List(List::new(ctx, items)))
        }),
    ),
    method(
        "tobytes($self, /)",
        "Convert the array to an array of machine values and return the bytes representation.",
        Plain(|ctx, args| {
            let bytes = this(ctx, args[0])?.bytes();
            Ok(Value::Bytes(ctx.bytes(&bytes)))
        }),
    ),
    method(
        "tounicode($self, /)",
        "Extends this array with data from the unicode string ustr.\n\nConvert the array to a unicode string.  The array must be a unicode type array;\notherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a\nunicode string from an array of some other type.",
        Plain(tounicode),
    ),
    method(
        "__sizeof__($self, /)",
        "Size of the array in memory, in bytes.",
        Plain(|ctx, args| {
            let capacity = this(ctx, args[0])?.bytes().capacity();
            Ok(Value::from_usize(ctx.mc, 80 + capacity))
        }),
    ),
];

fn buffer_info<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let address = Gc::as_ptr(array.store.0).addr();
    let parts = [address, array.len()].map(|n| Value::from_usize(ctx.mc, n));
    Ok(Value::Tuple(ctx.tuple(parts)))
}

fn byteswap<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let mut bytes = array.bytes_mut(ctx)?;
    for item in bytes.chunks_exact_mut(array.code.size) {
        item.reverse();
    }
    Ok(Value::None)
}

fn reverse<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let mut bytes = array.bytes_mut(ctx)?;
    bytes.reverse();
    for item in bytes.chunks_exact_mut(array.code.size) {
        item.reverse();
    }
    Ok(Value::None)
}

fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let bytes = array.bytes().clone();
    Ok(array.with_bytes(ctx, bytes))
}

/// The position of the first item that equals `wanted`, from `start` to `stop`.
fn find<'gc>(
    ctx: Context<'gc>,
    array: Array<'gc>,
    wanted: Value<'gc>,
    [start, stop]: [usize; 2],
) -> Result<Option<usize>, Raised<'gc>> {
    let mut at = start;
    // The comparison may run code that changes the array.
    while at < stop.min(array.len()) {
        if ctx.eq(array.item(ctx, at)?, wanted)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

/// `__contains__`
pub fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let found = find(ctx, this(ctx, args[0])?, args[1], [0, usize::MAX])?;
    Ok(Value::bool(found.is_some()))
}

fn count<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let (mut count, mut at) = (0, 0);
    while let Some(found) = find(ctx, array, args[1], [at, usize::MAX])? {
        count += 1;
        at = found + 1;
    }
    Ok(Value::Int(count))
}

fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let start = slicing::search_bound(ctx, args[2], 0)?;
    let stop = slicing::search_bound(ctx, args[3], i64::MAX)?;
    let range = [start, stop].map(|n| slicing::from_end(n, array.len()));
    match find(ctx, array, args[1], range)? {
        Some(at) => Ok(Value::from_usize(ctx.mc, at)),
        None => Err(ctx.value_error("array.index(x): x not in array")),
    }
}

fn delete<'gc>(ctx: Context<'gc>, array: Array<'gc>, at: usize) -> Result<(), Raised<'gc>> {
    let size = array.code.size;
    let mut bytes = array.resizable(ctx)?;
    let end = ((at + 1) * size).min(bytes.len());
    bytes.drain((at * size).min(end)..end);
    Ok(())
}

fn remove<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    match find(ctx, array, args[1], [0, usize::MAX])? {
        Some(at) => delete(ctx, array, at).map(|()| Value::None),
        None => Err(ctx.value_error("array.remove(x): x not in array")),
    }
}

fn pop<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let index = match args[1] {
        Value::Absent => -1,
        index => slicing::size_argument(ctx, index)?,
    };
    if array.is_empty() {
        return Err(ctx.error(Exc::IndexError, "pop from empty array"));
    }
    let Some(at) = slicing::position(index, array.len()) else {
        return Err(ctx.error(Exc::IndexError, "pop index out of range"));
    };
    let item = array.item(ctx, at)?;
    delete(ctx, array, at)?;
    Ok(item)
}

fn insert<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let index = slicing::size_argument(ctx, args[1])?;
    let packed = array.code.pack(ctx, args[2])?;
    let (size, length) = (array.code.size, array.len());
    let at = slicing::from_end(index, length).min(length) * size;
    let item = packed[..size].iter().copied();
    array.resizable(ctx)?.splice(at..at, item);
    Ok(Value::None)
}

/// Appends the items of another array of the same type code.
pub fn extend_with<'gc>(
    ctx: Context<'gc>,
    array: Array<'gc>,
    other: Array<'gc>,
) -> Result<(), Raised<'gc>> {
    if array.code.letter != other.code.letter {
        return Err(ctx.type_error("can only extend with array of same kind"));
    }
    let new = other.bytes().clone();
    array.resizable(ctx)?.extend_from_slice(&new);
    Ok(())
}

fn extend<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    if array_of(args[1]).is_none() {
        let array = this(ctx, args[0])?;
        return drive_iterable(ctx, args[1], Append { array });
    }
    resizing(ctx, args, |ctx, args| {
        extend_with(ctx, this(ctx, args[0])?, this(ctx, args[1])?)?;
        Ok(Value::None)
    })
}

fn fromlist<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let Some(list) = args[1].as_list() else {
        return Err(ctx.type_error("arg must be list"));
    };
    let items = list.to_vec();
    if items.is_empty() {
        return Ok(Value::None);
    }
    // All or nothing.
    let mut bytes = Vec::with_capacity(items.len() * array.code.size);
    for item in items {
        let packed = array.code.pack(ctx, item)?;
        bytes.extend_from_slice(&packed[..array.code.size]);
    }
    array.resizable(ctx)?.extend_from_slice(&bytes);
    Ok(Value::None)
}

/// `frombytes`
pub fn append_bytes<'gc>(
    ctx: Context<'gc>,
    array: Array<'gc>,
    bytes: &[u8],
) -> Result<(), Raised<'gc>> {
    if !bytes.len().is_multiple_of(array.code.size) {
        return Err(ctx.value_error("bytes length not a multiple of item size"));
    }
    array.resizable(ctx)?.extend_from_slice(bytes);
    Ok(())
}

fn only_unicode<'gc>(
    ctx: Context<'gc>,
    array: Array<'gc>,
    method: &str,
) -> Result<(), Raised<'gc>> {
    match array.code.kind {
        Kind::Character => Ok(()),
        _ => Err(ctx.value_error(format!(
            "{method}() may only be called on unicode type arrays ('u' or 'w')"
        ))),
    }
}

fn fromunicode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    let Some(text) = args[1].as_str() else {
        let name = match args[1] {
            Value::None => "None".to_owned(),
            other => ctx.type_name(other),
        };
        let message = format!("fromunicode() argument must be str, not {name}");
        return Err(ctx.type_error(message));
    };
    only_unicode(ctx, array, "fromunicode")?;
    array.push_text(ctx, text)?;
    Ok(Value::None)
}

/// `tounicode`
pub fn tounicode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    only_unicode(ctx, array, "tounicode")?;
    let mut text = Vec::new();
    for item in array.bytes().chunks_exact(array.code.size) {
        let point = code_point(item);
        if point > 0x10FFFF {
            let message = format!("character U+{point:x} is not in range [U+0000; U+10ffff]");
            return Err(ctx.value_error(message));
        }
        wtf8::push(&mut text, point);
    }
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn fromfile<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let array = this(ctx, args[0])?;
    let count = slicing::size_argument(ctx, args[2])?;
    let Ok(count) = usize::try_from(count) else {
        return Err(ctx.value_error("negative count"));
    };
    let wanted = count.checked_mul(array.code.size);
    let wanted = wanted.ok_or_else(|| slicing::memory_error(ctx))?;
    let wanted = Value::from_usize(ctx.mc, wanted);
    let read = ctx.get_attr(args[1], ctx.intern("read"))?;
    let state = vec![args[0], wanted];
    Ok(call_then(read, &[wanted], state, |ctx, state, result| {
        let data = result?;
        let Some(bytes) = data.as_bytes() else {
            return Err(ctx.type_error("read() didn't return bytes"));
        };
        append_bytes(ctx, this(ctx, state[0])?, bytes.bytes())?;
        if state[1].as_small_int() != i64::try_from(bytes.bytes().len()).ok() {
            return Err(ctx.error(Exc::EOFError, "read() didn't return enough bytes"));
        }
        Ok(Flow::Return(Value::None))
    }))
}

/// Writes an array to a file, a block at a time.
#[derive(Collect)]
#[collect(no_drop)]
struct Writing<'gc> {
    array: Array<'gc>,
    file: Value<'gc>,
    written: usize,
}

/// How many bytes one call of `write` gets.
const BLOCK: usize = 64 * 1024;

impl<'gc> NativeFrame<'gc> for Writing<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        input.value()?;
        let block = {
            let bytes = self.array.bytes();
            let rest = bytes.get(self.written..).unwrap_or_default();
            ctx.bytes(rest.get(..BLOCK).unwrap_or(rest))
        };
        if block.bytes().is_empty() {
            return Ok(Step::Return(Value::None));
        }
        self.written += block.bytes().len();
        let write = ctx.get_attr(self.file, ctx.intern("write"))?;
        Ok(Step::Await(Flow::call(write, &[Value::Bytes(block)])))
    }
}

fn tofile<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    Ok(Flow::frame(Writing {
        array: this(ctx, args[0])?,
        file: args[1],
        written: 0,
    }))
}

/// The type code and the items as bytes from protocol 3 on, as a list before.
fn reduce_ex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let array = this(ctx, args[0])?;
    if !args[1].is_int() {
        return Err(ctx.type_error("__reduce_ex__ argument should be an integer"));
    }
    let protocol = slicing::size_argument(ctx, args[1])?;
    let state = match ctx.try_attr(args[0], ctx.names().__dict__) {
        Ok(state) => state.unwrap_or(Value::None),
        Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => Value::None,
        Err(raised) => return Err(raised),
    };
    let class = Value::Type(args[0].class(ctx));
    let letter = Value::Str(ctx.intern(array.code.letter));
    let tuple = |items: &[Value<'gc>]| Value::Tuple(ctx.tuple(items));
    if protocol < 3 {
        let items = Value::List(List::new(ctx, array.items(ctx)?));
        return Ok(tuple(&[class, tuple(&[letter, items]), state]));
    }
    let machine = Value::Int(array.code.machine);
    let bytes = Value::Bytes(ctx.bytes(&array.bytes()));
    let arguments = tuple(&[class, letter, machine, bytes]);
    Ok(tuple(&[reconstructor(ctx), arguments, state]))
}

/// `array._array_reconstructor`, the module's own object.
fn reconstructor<'gc>(ctx: Context<'gc>) -> Value<'gc> {
    let module = ctx.modules().get_text(ctx, "array");
    let known = module.and_then(|module| match module {
        Value::Module(module) => module.dict().get_text(ctx, RECONSTRUCTOR.name()),
        _ => None,
    });
    known.unwrap_or_else(|| {
        let module = Value::Str(ctx.intern("array"));
        Value::Native(NativeFunction::new(ctx, &RECONSTRUCTOR, None, module))
    })
}
