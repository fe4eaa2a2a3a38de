//! The methods that `bytes` and `bytearray` share. Each gives back the type it
//! was called on.

use std::borrow::Cow;

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, class_method, method, slot, static_method};
use crate::protocol::slicing::{self, Subscript};
use crate::raised::Raised;
use crate::text::codecs::{self, Errors};
use crate::text::layout::Align;
use crate::text::strip::Ends;
use crate::text::{Octets, case, hex, layout, predicates, quote, search, split, strip};
use crate::types::bytearray::ByteArray;
use crate::types::exceptions::Exc;
use crate::types::list::List;
use crate::value::Value;
use crate::vm::drive::collect_then;
use crate::vm::flow::Flow;

/// The methods.
pub const SHARED: &[NativeDef] = &[
    slot("__len__($self, /)", "Return len(self).", Plain(len)),
    slot(
        "__getitem__($self, key, /)",
        "Return self[key].",
        Plain(getitem),
    ),
    slot(
        "__contains__($self, key, /)",
        "Return bool(key in self).",
        Plain(contains),
    ),
    slot("__add__($self, value, /)", "Return self+value.", Plain(add)),
    slot("__mul__($self, value, /)", "Return self*value.", Plain(mul)),
    slot(
        "__rmul__($self, value, /)",
        "Return value*self.",
        Plain(mul),
    ),
    slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
    slot("__str__($self, /)", "Return str(self).", Plain(str)),
    slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
    slot("__ne__($self, value, /)", "Return self!=value.", Plain(ne)),
    slot("__lt__($self, value, /)", "Return self<value.", Plain(lt)),
    slot("__le__($self, value, /)", "Return self<=value.", Plain(le)),
    slot("__gt__($self, value, /)", "Return self>value.", Plain(gt)),
    slot("__ge__($self, value, /)", "Return self>=value.", Plain(ge)),
    method(
        "count($self, sub, start=None, end=None, /)",
        "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].",
        Plain(count),
    ),
    method(
        "find($self, sub, start=None, end=None, /)",
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
        Plain(find),
    ),
    method(
        "rfind($self, sub, start=None, end=None, /)",
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
        Plain(rfind),
    ),
    method(
        "index($self, sub, start=None, end=None, /)",
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
        Plain(index),
    ),
    method(
        "rindex($self, sub, start=None, end=None, /)",
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
        Plain(rindex),
    ),
    method(
        "startswith($self, prefix, start=None, end=None, /)",
        "Return True if the bytes starts with the specified prefix, False otherwise.",
        Plain(startswith),
    ),
    method(
        "endswith($self, suffix, start=None, end=None, /)",
        "Return True if the bytes ends with the specified suffix, False otherwise.",
        Plain(endswith),
    ),
    method(
        "replace($self, old, new, count=-1, /)",
        "Return a copy with all occurrences of substring old replaced by new.",
        Plain(replace),
    ),
    method(
        "split($self, /, sep=None, maxsplit=-1)",
        "Return a list of the sections in the bytes, using sep as the delimiter.",
        Plain(split_),
    ),
    method(
        "rsplit($self, /, sep=None, maxsplit=-1)",
        "Return a list of the sections in the bytes, using sep as the delimiter.",
        Plain(rsplit),
    ),
    method(
        "splitlines($self, /, keepends=False)",
        "Return a list of the lines in the bytes, breaking at line boundaries.",
        Plain(splitlines),
    ),
    method(
        "partition($self, sep, /)",
        "Partition the bytes into three parts using the given separator.",
        Plain(partition),
    ),
    method(
        "rpartition($self, sep, /)",
        "Partition the bytes into three parts using the given separator.",
        Plain(rpartition),
    ),
    method(
        "strip($self, bytes=None, /)",
        "Strip leading and trailing bytes contained in the argument.",
        Plain(strip_both),
    ),
    method(
        "lstrip($self, bytes=None, /)",
        "Strip leading bytes contained in the argument.",
        Plain(lstrip),
    ),
    method(
        "rstrip($self, bytes=None, /)",
        "Strip trailing bytes contained in the argument.",
        Plain(rstrip),
    ),
    method(
        "removeprefix($self, prefix, /)",
        "Return a bytes object with the given prefix string removed if present.",
        Plain(removeprefix),
    ),
    method(
        "removesuffix($self, suffix, /)",
        "Return a bytes object with the given suffix string removed if present.",
        Plain(removesuffix),
    ),
    method(
        "join($self, iterable_of_bytes, /)",
        "Concatenate any number of bytes objects.",
        FlowCall(join),
    ),
    method(
        "lower($self, /)",
        "Return a copy with all ASCII characters converted to lowercase.",
        Plain(lower),
    ),
    method(
        "upper($self, /)",
        "Return a copy with all ASCII characters converted to uppercase.",
        Plain(upper),
    ),
    method(
        "title($self, /)",
        "Return a titlecased version of B.",
        Plain(title),
    ),
    method(
        "capitalize($self, /)",
        "Return a copy of B with only its first character capitalized (ASCII) and the rest lower-cased.",
        Plain(capitalize),
    ),
    method(
        "swapcase($self, /)",
        "Return a copy of B with uppercase ASCII characters converted to lowercase ASCII and vice versa.",
        Plain(swapcase),
    ),
    method(
        "isalpha($self, /)",
        "Return True if all characters in B are alphabetic and there is at least one character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_alpha)),
    ),
    method(
        "isalnum($self, /)",
        "Return True if all characters in B are alphanumeric and there is at least one character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_alnum)),
    ),
    method(
        "isdigit($self, /)",
        "Return True if all characters in B are digits and there is at least one character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_digit)),
    ),
    method(
        "isspace($self, /)",
        "Return True if all characters in B are whitespace and there is at least one character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_space)),
    ),
    method(
        "islower($self, /)",
        "Return True if all cased characters in B are lowercase and there is at least one cased character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_lower)),
    ),
    method(
        "isupper($self, /)",
        "Return True if all cased characters in B are uppercase and there is at least one cased character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_upper)),
    ),
    method(
        "istitle($self, /)",
        "Return True if B is a titlecased string and there is at least one character in B.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_title)),
    ),
    method(
        "isascii($self, /)",
        "Return True if B is empty or all characters in B are ASCII, False otherwise.",
        Plain(|ctx, args| test(ctx, args, <[u8]>::is_ascii)),
    ),
    method(
        "center($self, width, fillchar=b' ', /)",
        "Return a centered string of length width.",
        Plain(|ctx, args| pad(ctx, args, Align::Center, "center")),
    ),
    method(
        "ljust($self, width, fillchar=b' ', /)",
        "Return a left-justified string of length width.",
        Plain(|ctx, args| pad(ctx, args, Align::Left, "ljust")),
    ),
    method(
        "rjust($self, width, fillchar=b' ', /)",
        "Return a right-justified string of length width.",
        Plain(|ctx, args| pad(ctx, args, Align::Right, "rjust")),
    ),
    method(
        "zfill($self, width, /)",
        "Pad a numeric string with zeros on the left, to fill a field of the given width.",
        Plain(zfill),
    ),
    method(
        "expandtabs($self, /, tabsize=8)",
        "Return a copy where all tab characters are expanded using spaces.",
        Plain(expandtabs),
    ),
    method(
        "translate($self, table, /, delete=b'')",
        "Return a copy with each character mapped by the given translation table.",
        Plain(translate),
    ),
    method(
        "hex($self, sep=None, bytes_per_sep=1)",
        "Create a string of hexadecimal numbers from a bytes object.",
        Plain(to_hex),
    ),
    method(
        "decode($self, /, encoding='utf-8', errors='strict')",
        "Decode the bytes using the codec registered for encoding.",
        Plain(decode),
    ),
    class_method(
        "fromhex($type, string, /)",
        "Create a bytes object from a string of hexadecimal numbers.",
        FlowCall(fromhex),
    ),
    static_method(
        "maketrans(frm, to, /)",
        "Return a translation table usable for the bytes or bytearray translate method.",
        Plain(maketrans),
    ),
];

/// The bytes of a bytes-like object; none for anything else.
pub fn bytes_like<'gc>(value: Value<'gc>) -> Option<Cow<'gc, [u8]>> {
    match value.builtin() {
        Value::Bytes(bytes) => Some(Cow::Borrowed(bytes.bytes())),
        Value::ByteArray(bytes) => Some(Cow::Owned(bytes.to_vec())),
        _ => None,
    }
}

/// The bytes of a bytes-like argument. Raises TypeError.
pub fn buffer<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Cow<'gc, [u8]>, Raised<'gc>> {
    bytes_like(value).ok_or_else(|| {
        ctx.type_error(format!(
            "a bytes-like object is required, not '{}'",
            ctx.type_name(value)
        ))
    })
}

/// A result of the type that the method was called on.
fn same_kind<'gc>(ctx: Context<'gc>, receiver: Value<'gc>, bytes: Vec<u8>) -> Value<'gc> {
    match receiver.builtin() {
        Value::ByteArray(_) => Value::ByteArray(ByteArray::new(ctx.mc, bytes)),
        _ => Value::Bytes(ctx.bytes_from_vec(bytes)),
    }
}

/// A part of the receiver: itself, if it is exact bytes and the part is all of it.
fn part<'gc>(ctx: Context<'gc>, receiver: Value<'gc>, whole: usize, bytes: &[u8]) -> Value<'gc> {
    match receiver {
        Value::Bytes(_) if bytes.len() == whole => receiver,
        _ => same_kind(ctx, receiver, bytes.to_vec()),
    }
}

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(Value::from_usize(ctx.mc, buffer(ctx, args[0])?.len()))
}

fn getitem<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let kind = match args[0].builtin() {
        Value::ByteArray(_) => "bytearray",
        _ => "byte",
    };
    let key = slicing::subscript(ctx, args[1])?.ok_or_else(|| {
        ctx.type_error(format!(
            "{kind} indices must be integers or slices, not {}",
            ctx.type_name(args[1])
        ))
    })?;
    let bytes = buffer(ctx, args[0])?;
    match key {
        Subscript::At(index) => match slicing::position(index, bytes.len()) {
            Some(at) => Ok(Value::Int(bytes[at].into())),
            None => {
                let kind = if kind == "byte" {
                    "index"
                } else {
                    "bytearray index"
                };
                Err(ctx.error(Exc::IndexError, format!("{kind} out of range")))
            }
        },
        Subscript::Slice(bounds) => {
            let picked = bounds.over(bytes.len()).pick(&bytes);
            Ok(same_kind(ctx, args[0], picked))
        }
    }
}

/// A byte given as an int. Raises ValueError past 255.
pub fn byte_of<'gc>(ctx: Context<'gc>, value: Value<'gc>, what: &str) -> Result<u8, Raised<'gc>> {
    let number = ctx.index_clamped(value)?;
    u8::try_from(number).map_err(|_| ctx.value_error(format!("{what} must be in range(0, 256)")))
}

/// What to look for: a byte, or a bytes-like object.
fn needle<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Cow<'gc, [u8]>, Raised<'gc>> {
    if let Some(bytes) = bytes_like(value) {
        return Ok(bytes);
    }
    if slicing::is_index(ctx, value) {
        return Ok(Cow::Owned(vec![byte_of(ctx, value, "byte")?]));
    }
    Err(ctx.type_error(format!(
        "argument should be integer or bytes-like object, not '{}'",
        ctx.type_name(value)
    )))
}

fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let wanted = match bytes_like(args[1]) {
        Some(bytes) => bytes,
        None if slicing::is_index(ctx, args[1]) => Cow::Owned(vec![byte_of(ctx, args[1], "byte")?]),
        None => {
            return Err(ctx.type_error(format!(
                "a bytes-like object is required, not '{}'",
                ctx.type_name(args[1])
            )));
        }
    };
    Ok(Value::Bool(search::contains(
        &buffer(ctx, args[0])?,
        &wanted,
    )))
}

fn add<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let Some(right) = bytes_like(args[1]) else {
        let kind = match args[0].builtin() {
            Value::ByteArray(_) => "bytearray",
            _ => "bytes",
        };
        return Err(ctx.type_error(format!("can't concat {} to {kind}", ctx.type_name(args[1]))));
    };
    let mut bytes = buffer(ctx, args[0])?.into_owned();
    bytes.extend_from_slice(&right);
    Ok(same_kind(ctx, args[0], bytes))
}

fn mul<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    if !slicing::is_index(ctx, args[1]) {
        return Ok(Value::NotImplemented);
    }
    let bytes = buffer(ctx, args[0])?;
    let count = slicing::repetitions(ctx, args[1], bytes.len(), 1)?;
    if count == 1 {
        return Ok(part(ctx, args[0], bytes.len(), &bytes));
    }
    let repeated = slicing::repeat(ctx, &bytes, count)?;
    Ok(same_kind(ctx, args[0], repeated))
}

fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    use crate::types::iterator::{Iter, IterKind};
    let kind = match args[0].builtin() {
        Value::ByteArray(_) => IterKind::ByteArray,
        _ => IterKind::Bytes,
    };
    Ok(Value::Iter(Iter::new(ctx, kind, args[0], 0, 0)))
}

/// The text that `repr` gives.
pub fn repr_text<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Vec<u8>, Raised<'gc>> {
    let mut out = Vec::new();
    match value.builtin() {
        Value::ByteArray(bytes) => {
            let class = value.class(ctx).name();
            out.extend_from_slice(class.bytes());
            out.push(b'(');
            quote::bytes(&bytes.to_vec(), &mut out);
            out.push(b')');
        }
        _ => quote::bytes(&buffer(ctx, value)?, &mut out),
    }
    Ok(out)
}

fn str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(Value::Str(ctx.str_from_vec(repr_text(ctx, args[0])?)))
}

fn compare<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    test: fn(std::cmp::Ordering) -> bool,
) -> Result1<'gc> {
    let Some(right) = bytes_like(args[1]) else {
        return Ok(Value::NotImplemented);
    };
    let left = buffer(ctx, args[0])?;
    Ok(Value::Bool(test(left.as_ref().cmp(right.as_ref()))))
}

fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_eq)
}
fn ne<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_ne)
}
fn lt<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_lt)
}
fn le<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_le)
}
fn gt<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_gt)
}
fn ge<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_ge)
}

/// The range that `start` and `end` cut out; none where the start is past the end.
fn bounds<'gc>(
    ctx: Context<'gc>,
    start: Value<'gc>,
    end: Value<'gc>,
    length: usize,
) -> Result<Option<std::ops::Range<usize>>, Raised<'gc>> {
    let bound = |value: Value<'gc>, default| match value {
        Value::None => Ok(default),
        value => slicing::search_bound(ctx, value, default),
    };
    let (start, end) = (bound(start, 0)?, bound(end, i64::MAX)?);
    Ok(search::range(start, end, length))
}

fn locate<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    find: fn(&[u8], &[u8]) -> Option<usize>,
) -> Result<Option<usize>, Raised<'gc>> {
    let wanted = needle(ctx, args[1])?;
    let bytes = buffer(ctx, args[0])?;
    let Some(range) = bounds(ctx, args[2], args[3], bytes.len())? else {
        return Ok(None);
    };
    let start = range.start;
    Ok(find(&bytes[range], &wanted).map(|at| at + start))
}

fn found<'gc>(ctx: Context<'gc>, at: Option<usize>) -> Value<'gc> {
    at.map_or(Value::Int(-1), |at| Value::from_usize(ctx.mc, at))
}

fn find<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(found(ctx, locate(ctx, args, search::find)?))
}

fn rfind<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(found(ctx, locate(ctx, args, search::rfind)?))
}

fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    match locate(ctx, args, search::find)? {
        None => Err(ctx.value_error("subsection not found")),
        at => Ok(found(ctx, at)),
    }
}

fn rindex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    match locate(ctx, args, search::rfind)? {
        None => Err(ctx.value_error("subsection not found")),
        at => Ok(found(ctx, at)),
    }
}

fn count<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let wanted = needle(ctx, args[1])?;
    let bytes = buffer(ctx, args[0])?;
    let count = match bounds(ctx, args[2], args[3], bytes.len())? {
        Some(range) => search::count::<Octets>(&bytes[range], &wanted),
        None => 0,
    };
    Ok(Value::from_usize(ctx.mc, count))
}

fn has_affix<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    name: &str,
    test: fn(&[u8], &[u8]) -> bool,
) -> Result1<'gc> {
    let bytes = buffer(ctx, args[0])?;
    let range = bounds(ctx, args[2], args[3], bytes.len())?;
    let affixes: &[Value<'gc>] = match args[1].as_tuple() {
        Some(tuple) => tuple.items(),
        None => &args[1..2],
    };
    for affix in affixes {
        let Some(affix) = bytes_like(*affix) else {
            if args[1].as_tuple().is_some() {
                buffer(ctx, *affix)?;
            }
            return Err(ctx.type_error(format!(
                "{name} first arg must be bytes or a tuple of bytes, not {}",
                ctx.type_name(args[1])
            )));
        };
        if range.clone().is_some_and(|r| test(&bytes[r], &affix)) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn startswith<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    has_affix(ctx, args, "startswith", |bytes, affix| {
        bytes.starts_with(affix)
    })
}

fn endswith<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    has_affix(ctx, args, "endswith", |bytes, affix| bytes.ends_with(affix))
}

/// A count argument: absent and negative mean no limit.
fn limit<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<usize, Raised<'gc>> {
    match value.present() {
        Some(value) => {
            let count = slicing::size_argument(ctx, value)?;
            Ok(usize::try_from(count).unwrap_or(usize::MAX))
        }
        None => Ok(usize::MAX),
    }
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (old, new) = (buffer(ctx, args[1])?, buffer(ctx, args[2])?);
    let bytes = buffer(ctx, args[0])?;
    let allowed = |size: usize| size <= isize::MAX as usize / 4;
    match search::replace::<Octets>(&bytes, &old, &new, limit(ctx, args[3])?, allowed) {
        None => Ok(part(ctx, args[0], bytes.len(), &bytes)),
        Some(Ok(replaced)) => Ok(same_kind(ctx, args[0], replaced)),
        Some(Err(_)) => Err(ctx.error(Exc::OverflowError, "replace bytes is too long")),
    }
}

fn list_of<'gc, 'a>(
    ctx: Context<'gc>,
    receiver: Value<'gc>,
    parts: impl Iterator<Item = &'a [u8]>,
) -> Value<'gc> {
    let items = parts
        .map(|p| same_kind(ctx, receiver, p.to_vec()))
        .collect();
    Value::List(List::new(ctx, items))
}

/// The separator of a split; none for white space.
fn separator<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Option<Cow<'gc, [u8]>>, Raised<'gc>> {
    match value {
        Value::Absent | Value::None => Ok(None),
        value => {
            let bytes = buffer(ctx, value)?;
            if bytes.is_empty() {
                return Err(ctx.value_error("empty separator"));
            }
            Ok(Some(bytes))
        }
    }
}

fn split_<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (bytes, limit) = (buffer(ctx, args[0])?, limit(ctx, args[2])?);
    Ok(match separator(ctx, args[1])? {
        Some(sep) => list_of(ctx, args[0], split::split(&bytes, &sep, limit)),
        None => list_of(ctx, args[0], split::split_space::<Octets>(&bytes, limit)),
    })
}

fn rsplit<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (bytes, limit) = (buffer(ctx, args[0])?, limit(ctx, args[2])?);
    let parts = match separator(ctx, args[1])? {
        Some(sep) => split::rsplit(&bytes, &sep, limit),
        None => split::rsplit_space::<Octets>(&bytes, limit),
    };
    Ok(list_of(ctx, args[0], parts.into_iter()))
}

fn splitlines<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let keep = match args[1].present() {
        Some(keep) => ctx.truth(keep)?,
        None => false,
    };
    let bytes = buffer(ctx, args[0])?;
    Ok(list_of(ctx, args[0], split::lines::<Octets>(&bytes, keep)))
}

fn partition<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (bytes, sep) = (buffer(ctx, args[0])?, buffer(ctx, args[1])?);
    if sep.is_empty() {
        return Err(ctx.value_error("empty separator"));
    }
    let (before, middle, after) = match split::partition(&bytes, &sep) {
        Some((before, after)) => (before, &*sep, after),
        None => (&*bytes, &b""[..], &b""[..]),
    };
    let parts = [before, middle, after].map(|p| part(ctx, args[0], bytes.len(), p));
    Ok(Value::Tuple(ctx.tuple(parts)))
}

fn rpartition<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (bytes, sep) = (buffer(ctx, args[0])?, buffer(ctx, args[1])?);
    if sep.is_empty() {
        return Err(ctx.value_error("empty separator"));
    }
    let (before, middle, after) = match split::rpartition(&bytes, &sep) {
        Some((before, after)) => (before, &*sep, after),
        None => (&b""[..], &b""[..], &*bytes),
    };
    let parts = [before, middle, after].map(|p| part(ctx, args[0], bytes.len(), p));
    Ok(Value::Tuple(ctx.tuple(parts)))
}

fn strip_ends<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], ends: Ends) -> Result1<'gc> {
    let bytes = buffer(ctx, args[0])?;
    let rest = match args[1] {
        Value::Absent | Value::None => strip::space::<Octets>(&bytes, ends),
        set => strip::set::<Octets>(&bytes, &buffer(ctx, set)?, ends),
    };
    Ok(part(ctx, args[0], bytes.len(), rest))
}

fn strip_both<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    strip_ends(ctx, args, Ends::Both)
}
fn lstrip<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    strip_ends(ctx, args, Ends::Left)
}
fn rstrip<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    strip_ends(ctx, args, Ends::Right)
}

fn removeprefix<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (bytes, prefix) = (buffer(ctx, args[0])?, buffer(ctx, args[1])?);
    let rest = bytes.strip_prefix(&*prefix).unwrap_or(&bytes);
    Ok(part(ctx, args[0], bytes.len(), rest))
}

fn removesuffix<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (bytes, suffix) = (buffer(ctx, args[0])?, buffer(ctx, args[1])?);
    let rest = bytes.strip_suffix(&*suffix).unwrap_or(&bytes);
    Ok(part(ctx, args[0], bytes.len(), rest))
}

fn join<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    collect_then(ctx, args[1], vec![args[0]], |ctx, state, items| {
        let separator = buffer(ctx, state[0])?;
        let mut joined = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(bytes) = bytes_like(*item) else {
                return Err(ctx.type_error(format!(
                    "sequence item {index}: expected a bytes-like object, {} found",
                    ctx.type_name(*item)
                )));
            };
            if index > 0 {
                joined.extend_from_slice(&separator);
            }
            joined.extend_from_slice(&bytes);
        }
        if let [one @ Value::Bytes(_)] = items.as_slice()
            && let Value::Bytes(_) = state[0].builtin()
        {
            return Ok(Flow::Return(*one));
        }
        Ok(Flow::Return(same_kind(ctx, state[0], joined)))
    })
}

fn map_case<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    convert: impl Fn(&[u8]) -> Vec<u8>,
) -> Result1<'gc> {
    Ok(same_kind(ctx, args[0], convert(&buffer(ctx, args[0])?)))
}

fn lower<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, <[u8]>::to_ascii_lowercase)
}
fn upper<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, <[u8]>::to_ascii_uppercase)
}
fn title<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, case::ascii_title)
}
fn capitalize<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, case::ascii_capitalize)
}
fn swapcase<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, case::ascii_swap)
}

fn test<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], is: fn(&[u8]) -> bool) -> Result1<'gc> {
    Ok(Value::Bool(is(&buffer(ctx, args[0])?)))
}

fn pad<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], align: Align, name: &str) -> Result1<'gc> {
    let width = ctx.index_i64(args[1], Exc::OverflowError)?;
    let fill = match args[2].present() {
        None => b' ',
        Some(value) => match bytes_like(value).as_deref() {
            Some([byte]) => *byte,
            Some(bytes) => {
                return Err(ctx.type_error(format!(
                    "{name}(): argument 2 must be a byte string of length 1, not a {} object of length {}",
                    ctx.type_name(value),
                    bytes.len()
                )));
            }
            None => {
                return Err(ctx.type_error(format!(
                    "{name}() argument 2 must be a byte string of length 1, not {}",
                    ctx.type_name(value)
                )));
            }
        },
    };
    let bytes = buffer(ctx, args[0])?;
    let Some((before, after)) = layout::padding(align, bytes.len(), width) else {
        return Ok(part(ctx, args[0], bytes.len(), &bytes));
    };
    check_size(ctx, layout::padded_size(&bytes, before, after, &[fill]))?;
    Ok(same_kind(
        ctx,
        args[0],
        layout::pad(&bytes, before, after, &[fill]),
    ))
}

/// Refuses results that no machine has room for.
fn check_size<'gc>(ctx: Context<'gc>, size: Option<usize>) -> Result<(), Raised<'gc>> {
    const MOST: usize = 1 << 40;
    match size {
        Some(size) if size < MOST => Ok(()),
        _ => Err(ctx.error_with(Exc::MemoryError, &[])),
    }
}

fn zfill<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let width = ctx.index_i64(args[1], Exc::OverflowError)?;
    let bytes = buffer(ctx, args[0])?;
    let Some((zeros, _)) = layout::padding(Align::Right, bytes.len(), width) else {
        return Ok(part(ctx, args[0], bytes.len(), &bytes));
    };
    check_size(ctx, layout::padded_size(&bytes, zeros, 0, b"0"))?;
    Ok(same_kind(ctx, args[0], layout::zero_fill(&bytes, zeros)))
}

fn expandtabs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let tab = match args[1].present() {
        Some(tab) => ctx.index_i64(tab, Exc::OverflowError)?,
        None => 8,
    };
    let bytes = buffer(ctx, args[0])?;
    let tab = usize::try_from(tab).unwrap_or(0);
    if layout::expanded_size::<Octets>(&bytes, tab).is_none() {
        return Err(ctx.error(Exc::OverflowError, "result too long"));
    }
    check_size(ctx, layout::expanded_size::<Octets>(&bytes, tab))?;
    Ok(same_kind(
        ctx,
        args[0],
        layout::expand_tabs::<Octets>(&bytes, tab),
    ))
}

fn translate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let delete = match args[2].present() {
        Some(delete) => buffer(ctx, delete)?,
        None => Cow::Borrowed(&[][..]),
    };
    let table = match args[1] {
        Value::None => None,
        table => {
            let table: Result<[u8; 256], _> = buffer(ctx, table)?.as_ref().try_into();
            let wrong = |_| ctx.value_error("translation table must be 256 characters long");
            Some(table.map_err(wrong)?)
        }
    };
    let bytes = buffer(ctx, args[0])?;
    let translated = layout::translate(&bytes, table.as_ref(), &delete);
    if translated == *bytes {
        return Ok(part(ctx, args[0], bytes.len(), &bytes));
    }
    Ok(same_kind(ctx, args[0], translated))
}

fn to_hex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let separator = match args[1] {
        Value::Absent => None,
        value => {
            let text = match (value.as_str(), bytes_like(value)) {
                (Some(text), _) => Cow::Borrowed(text.bytes()),
                (_, Some(bytes)) => bytes,
                _ => return Err(ctx.type_error("sep must be str or bytes.")),
            };
            match *text {
                [byte] if byte < 128 => Some(byte),
                [_] => return Err(ctx.value_error("sep must be ASCII.")),
                _ => return Err(ctx.value_error("sep must be length 1.")),
            }
        }
    };
    let group = match args[2].present() {
        Some(group) => ctx.index_i64(group, Exc::OverflowError)?,
        None => 1,
    };
    let digits = hex::encode(&buffer(ctx, args[0])?, separator, group);
    Ok(Value::Str(ctx.str_from_vec(digits)))
}

/// `bytes.decode` and `str(bytes, encoding, errors)`.
pub fn decode_bytes<'gc>(
    ctx: Context<'gc>,
    bytes: &[u8],
    encoding: &str,
    errors: &str,
) -> Result1<'gc> {
    let Some(codec) = codecs::lookup(encoding) else {
        return Err(ctx.error(Exc::LookupError, format!("unknown encoding: {encoding}")));
    };
    let Some(handler) = Errors::from_name(errors) else {
        return Err(ctx.error(
            Exc::LookupError,
            format!("unknown error handler name '{errors}'"),
        ));
    };
    match codecs::decode(codec, bytes, handler) {
        Ok((text, _)) => Ok(Value::Str(ctx.str_from_vec(text))),
        Err(error) => Err(ctx.error_with(
            Exc::UnicodeDecodeError,
            &[
                ctx.str_value(error.encoding),
                Value::Bytes(ctx.bytes(bytes)),
                Value::from_usize(ctx.mc, error.start),
                Value::from_usize(ctx.mc, error.end),
                ctx.str_value(error.reason),
            ],
        )),
    }
}

fn decode<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let text = |value: Value<'gc>, name: &str, default: &str| match value.present() {
        None => Ok(default.to_owned()),
        Some(value) => match value.as_str() {
            Some(text) => Ok(text.to_string_lossy().into_owned()),
            None => Err(ctx.type_error(format!(
                "decode() argument '{name}' must be str, not {}",
                ctx.type_name(value)
            ))),
        },
    };
    let encoding = text(args[1], "encoding", "utf-8")?;
    let errors = text(args[2], "errors", "strict")?;
    decode_bytes(ctx, &buffer(ctx, args[0])?, &encoding, &errors)
}

fn fromhex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let text = match (args[1].as_str(), bytes_like(args[1])) {
        (Some(text), _) => Cow::Borrowed(text.bytes()),
        (_, Some(bytes)) => bytes,
        _ => {
            return Err(ctx.type_error(format!(
                "fromhex() argument must be str or bytes-like, not {}",
                ctx.type_name(args[1])
            )));
        }
    };
    let bytes = hex::decode(&text).map_err(|error| match error {
        hex::HexError::NotADigit(at) => ctx.value_error(format!(
            "non-hexadecimal number found in fromhex() arg at position {at}"
        )),
        hex::HexError::OddLength => {
            ctx.value_error("fromhex() arg must contain an even number of hexadecimal digits")
        }
    })?;
    let types = ctx.types();
    let made = Value::Bytes(ctx.bytes_from_vec(bytes));
    match args[0] {
        Value::Type(class) if class == types.bytes => Ok(Flow::Return(made)),
        class => Ok(Flow::call(class, &[made])),
    }
}

fn maketrans<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (from, to) = (buffer(ctx, args[0])?, buffer(ctx, args[1])?);
    if from.len() != to.len() {
        return Err(ctx.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (from, to) in from.iter().zip(to.iter()) {
        table[usize::from(*from)] = *to;
    }
    Ok(Value::Bytes(ctx.bytes_from_vec(table)))
}
