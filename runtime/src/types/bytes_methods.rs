//! The methods that `bytes` and `bytearray` share: what they do. Each gives back
//! the type it was called on. The work is the text kernel's.

use crate::context::Context;
use crate::numbers::percent::Flavour;
use crate::protocol::buffer::{self, Contents};
use crate::protocol::slicing::{self, Subscript};
use crate::raised::Raised;
use crate::text::layout::Align;
use crate::text::strip::Ends;
use crate::text::{Octets, case, hex, layout, quote, search, split, strip};
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;
use crate::types::exceptions::Exc;
use crate::types::list::List;
use crate::types::str::check_size;
use crate::types::{codecs, percent, str_methods, str_slots};
use crate::value::Value;
use crate::vm::drive::sequence_then;
use crate::vm::flow::Flow;

/// The bytes of the receiver.
fn this<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Contents<'gc>, Raised<'gc>> {
    buffer::required(ctx, args[0])
}

/// A result that was put together, of the type that the method was called on.
fn same_kind<'gc>(ctx: Context<'gc>, receiver: Value<'gc>, bytes: Vec<u8>) -> Value<'gc> {
    match receiver.builtin() {
        Value::ByteArray(_) => Value::ByteArray(ByteArray::new(ctx, bytes)),
        _ => Value::Bytes(ctx.new_bytes(bytes)),
    }
}

/// A part of the receiver: itself, if it is exact bytes and the part is all of it.
fn part<'gc>(ctx: Context<'gc>, receiver: Value<'gc>, whole: usize, bytes: &[u8]) -> Value<'gc> {
    match receiver {
        Value::Bytes(_) if bytes.len() == whole => receiver,
        _ if receiver.as_bytes().is_some() => Value::Bytes(ctx.bytes(bytes)),
        _ => same_kind(ctx, receiver, bytes.to_vec()),
    }
}

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

pub(super) fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(Value::from_usize(ctx.mc, this(ctx, args)?.len()))
}

pub(super) fn getitem<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
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
    let bytes = this(ctx, args)?;
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
            let span = bounds.over(bytes.len());
            if span.step == 1 {
                let piece = bytes.get(span.start..span.start + span.len);
                return Ok(part(ctx, args[0], bytes.len(), piece.unwrap_or_default()));
            }
            Ok(same_kind(ctx, args[0], span.pick(&bytes)))
        }
    }
}

/// A byte given as an int. Raises ValueError past 255.
pub fn byte_of<'gc>(ctx: Context<'gc>, value: Value<'gc>, what: &str) -> Result<u8, Raised<'gc>> {
    let number = ctx.index_clamped(value)?;
    u8::try_from(number).map_err(|_| ctx.value_error(format!("{what} must be in range(0, 256)")))
}

/// What to look for: a byte, or a bytes-like object.
fn needle<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Contents<'gc>, Raised<'gc>> {
    if let Some(bytes) = buffer::contents(ctx, value)? {
        return Ok(bytes);
    }
    if slicing::is_index(ctx, value) {
        return Ok(Contents::Byte([byte_of(ctx, value, "byte")?]));
    }
    Err(ctx.type_error(format!(
        "argument should be integer or bytes-like object, not '{}'",
        ctx.type_name(value)
    )))
}

pub(super) fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let wanted = match buffer::contents(ctx, args[1])? {
        Some(bytes) => bytes,
        None if slicing::is_index(ctx, args[1]) => Contents::Byte([byte_of(ctx, args[1], "byte")?]),
        None => {
            return Err(ctx.type_error(format!(
                "a bytes-like object is required, not '{}'",
                ctx.type_name(args[1])
            )));
        }
    };
    Ok(Value::bool(search::contains(&this(ctx, args)?, &wanted)))
}

pub(super) fn add<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let Some(right) = buffer::contents(ctx, args[1])? else {
        let kind = match args[0].builtin() {
            Value::ByteArray(_) => "bytearray",
            _ => "bytes",
        };
        return Err(ctx.type_error(format!("can't concat {} to {kind}", ctx.type_name(args[1]))));
    };
    let left = this(ctx, args)?;
    // Exact bytes stay the object that they are where nothing is added.
    if let (Value::Bytes(_), Value::Bytes(_), true) = (args[0], args[1], left.is_empty()) {
        return Ok(args[1]);
    }
    if let (Value::Bytes(_), true) = (args[0], right.is_empty()) {
        return Ok(args[0]);
    }
    check_size(ctx, left.len().checked_add(right.len()))?;
    Ok(same_kind(ctx, args[0], [&*left, &*right].concat()))
}

pub(super) fn mul<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let count = ctx.index(args[1])?;
    let bytes = this(ctx, args)?;
    let count = slicing::repetitions(ctx, count, 0, 1)?;
    if count == 1 {
        return Ok(match args[0] {
            Value::Bytes(_) => args[0],
            receiver => same_kind(ctx, receiver, bytes.to_vec()),
        });
    }
    if matches!(args[0].builtin(), Value::Bytes(_)) {
        slicing::repeated_size(ctx, bytes.len(), count, "bytes are")?;
    }
    check_size(ctx, bytes.len().checked_mul(count))?;
    let repeated = slicing::repeat(ctx, &bytes, count)?;
    if repeated.is_empty() && !bytes.is_empty() && args[0].as_bytes().is_some() {
        // Not the empty bytes that all else shares, which pickles show.
        return Ok(Value::Bytes(Bytes::new(ctx.mc, &[])));
    }
    Ok(same_kind(ctx, args[0], repeated))
}

pub(super) fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
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
            let mut shown = Vec::new();
            quote::bytes(&bytes.0.bytes.borrow(), &mut shown);
            // Unlike bytes, a single quote is escaped within double ones too.
            if shown.starts_with(b"b\"") {
                for byte in shown {
                    if byte == b'\'' {
                        out.push(b'\\');
                    }
                    out.push(byte);
                }
            } else {
                out.append(&mut shown);
            }
            out.push(b')');
        }
        _ => quote::bytes(&buffer::required(ctx, value)?, &mut out),
    }
    Ok(out)
}

pub(super) fn str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(Value::Str(ctx.str_from_vec(repr_text(ctx, args[0])?)))
}

fn compare<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    test: fn(std::cmp::Ordering) -> bool,
) -> Result1<'gc> {
    // bytes are compared with bytes alone; a bytearray with anything bytes-like.
    let takes = args[0].as_bytes().is_none() || args[1].as_bytes().is_some();
    let Some(right) = (if takes {
        buffer::contents(ctx, args[1])?
    } else {
        None
    }) else {
        return Ok(Value::NotImplemented);
    };
    let left = this(ctx, args)?;
    Ok(Value::bool(test(left.cmp(&right))))
}

pub(super) fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_eq)
}
pub(super) fn ne<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_ne)
}
pub(super) fn lt<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_lt)
}
pub(super) fn le<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_le)
}
pub(super) fn gt<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_gt)
}
pub(super) fn ge<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    compare(ctx, args, std::cmp::Ordering::is_ge)
}

/// The arguments `start` and `end`. They may run Python code, so they are read
/// before any bytes are borrowed.
fn bounds<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<(i64, i64), Raised<'gc>> {
    let start = slicing::text_bound(ctx, args[2], 0)?;
    let end = slicing::text_bound(ctx, args[3], i64::MAX)?;
    Ok((start, end))
}

fn locate<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    find: fn(&[u8], &[u8]) -> Option<usize>,
) -> Result<Option<usize>, Raised<'gc>> {
    let (start, end) = bounds(ctx, args)?;
    let wanted = needle(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    let Some(range) = search::range(start, end, bytes.len()) else {
        return Ok(None);
    };
    let start = range.start;
    let piece = bytes.get(range).unwrap_or_default();
    Ok(find(piece, &wanted).map(|at| at + start))
}

fn found<'gc>(ctx: Context<'gc>, at: Option<usize>) -> Value<'gc> {
    at.map_or(Value::Int(-1), |at| Value::from_usize(ctx.mc, at))
}

pub(super) fn find<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(found(ctx, locate(ctx, args, search::find)?))
}

pub(super) fn rfind<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    Ok(found(ctx, locate(ctx, args, search::rfind)?))
}

pub(super) fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    match locate(ctx, args, search::find)? {
        None => Err(ctx.value_error("subsection not found")),
        at => Ok(found(ctx, at)),
    }
}

pub(super) fn rindex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    match locate(ctx, args, search::rfind)? {
        None => Err(ctx.value_error("subsection not found")),
        at => Ok(found(ctx, at)),
    }
}

pub(super) fn count<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (start, end) = bounds(ctx, args)?;
    let wanted = needle(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    let range = search::range(start, end, bytes.len());
    let piece = range.and_then(|range| bytes.get(range));
    let count = piece.map_or(0, |piece| search::count::<Octets>(piece, &wanted));
    Ok(Value::from_usize(ctx.mc, count))
}

fn has_affix<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    name: &str,
    test: fn(&[u8], &[u8]) -> bool,
) -> Result1<'gc> {
    let (start, end) = bounds(ctx, args)?;
    let affixes: &[Value<'gc>] = match args[1].as_tuple() {
        Some(tuple) => tuple.items(),
        None => &args[1..2],
    };
    for affix in affixes {
        let affix = match buffer::contents(ctx, *affix)? {
            Some(affix) => affix,
            None if args[1].as_tuple().is_some() => buffer::required(ctx, *affix)?,
            None => {
                return Err(ctx.type_error(format!(
                    "{name} first arg must be bytes or a tuple of bytes, not {}",
                    ctx.type_name(args[1])
                )));
            }
        };
        let bytes = this(ctx, args)?;
        let range = search::range(start, end, bytes.len());
        let piece = range.and_then(|range| bytes.get(range));
        if piece.is_some_and(|piece| test(piece, &affix)) {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}

pub(super) fn startswith<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    has_affix(ctx, args, "startswith", |bytes, affix| {
        bytes.starts_with(affix)
    })
}

pub(super) fn endswith<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    has_affix(ctx, args, "endswith", |bytes, affix| bytes.ends_with(affix))
}

pub(super) fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let limit = str_methods::limit(ctx, args[3])?;
    let old = buffer::required(ctx, args[1])?;
    let new = buffer::required(ctx, args[2])?;
    let bytes = this(ctx, args)?;
    let allowed = |size: usize| check_size(ctx, Some(size)).is_ok();
    match search::replace::<Octets>(&bytes, &old, &new, limit, allowed) {
        None => Ok(part(ctx, args[0], bytes.len(), &bytes)),
        Some(Ok(replaced)) => Ok(same_kind(ctx, args[0], replaced)),
        Some(Err(_)) => Err(slicing::memory_error(ctx)),
    }
}

fn list_of<'gc, 'a>(
    ctx: Context<'gc>,
    receiver: Value<'gc>,
    whole: usize,
    parts: impl Iterator<Item = &'a [u8]>,
) -> Value<'gc> {
    let items = parts.map(|p| part(ctx, receiver, whole, p)).collect();
    Value::List(List::new(ctx, items))
}

/// The separator of a split; none for white space.
fn separator<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Option<Contents<'gc>>, Raised<'gc>> {
    match value {
        Value::Absent | Value::None => Ok(None),
        value => {
            let bytes = buffer::required(ctx, value)?;
            if bytes.is_empty() {
                return Err(ctx.value_error("empty separator"));
            }
            Ok(Some(bytes))
        }
    }
}

pub(super) fn split_<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let limit = str_methods::limit(ctx, args[2])?;
    let separator = separator(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    let whole = bytes.len();
    Ok(match separator {
        Some(sep) => list_of(ctx, args[0], whole, split::split(&bytes, &sep, limit)),
        None => {
            let pieces = split::split_space::<Octets>(&bytes, limit);
            list_of(ctx, args[0], whole, pieces)
        }
    })
}

pub(super) fn rsplit<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let limit = str_methods::limit(ctx, args[2])?;
    let separator = separator(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    let parts = match separator {
        Some(sep) => split::rsplit(&bytes, &sep, limit),
        None => split::rsplit_space::<Octets>(&bytes, limit),
    };
    Ok(list_of(ctx, args[0], bytes.len(), parts.into_iter()))
}

pub(super) fn splitlines<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let keep = match args[1].present() {
        Some(keep) => ctx.truth(keep)?,
        None => false,
    };
    let bytes = this(ctx, args)?;
    let lines = split::lines::<Octets>(&bytes, keep);
    Ok(list_of(ctx, args[0], bytes.len(), lines))
}

pub(super) fn partition<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let sep = buffer::required(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    if sep.is_empty() {
        return Err(ctx.value_error("empty separator"));
    }
    let (before, middle, after) = match split::partition(&bytes, &sep) {
        Some((before, after)) => (before, &*sep, after),
        None => (&*bytes, &b""[..], &b""[..]),
    };
    let mut parts = [before, middle, after].map(|p| part(ctx, args[0], bytes.len(), p));
    if let (Value::Bytes(_), false, Value::Bytes(_)) = (args[1], middle.is_empty(), args[0]) {
        parts[1] = args[1];
    }
    Ok(Value::Tuple(ctx.tuple(parts)))
}

pub(super) fn rpartition<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let sep = buffer::required(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    if sep.is_empty() {
        return Err(ctx.value_error("empty separator"));
    }
    let (before, middle, after) = match split::rpartition(&bytes, &sep) {
        Some((before, after)) => (before, &*sep, after),
        None => (&b""[..], &b""[..], &*bytes),
    };
    let mut parts = [before, middle, after].map(|p| part(ctx, args[0], bytes.len(), p));
    if let (Value::Bytes(_), false, Value::Bytes(_)) = (args[1], middle.is_empty(), args[0]) {
        parts[1] = args[1];
    }
    Ok(Value::Tuple(ctx.tuple(parts)))
}

fn strip_ends<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], ends: Ends) -> Result1<'gc> {
    let set = match args[1] {
        Value::Absent | Value::None => None,
        set => Some(buffer::required(ctx, set)?),
    };
    let bytes = this(ctx, args)?;
    let rest = match set {
        None => strip::space::<Octets>(&bytes, ends),
        Some(set) => strip::set::<Octets>(&bytes, &set, ends),
    };
    Ok(part(ctx, args[0], bytes.len(), rest))
}

pub(super) fn strip_both<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    strip_ends(ctx, args, Ends::Both)
}
pub(super) fn lstrip<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    strip_ends(ctx, args, Ends::Left)
}
pub(super) fn rstrip<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    strip_ends(ctx, args, Ends::Right)
}

pub(super) fn removeprefix<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let prefix = buffer::required(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    let rest = bytes.strip_prefix(&*prefix).unwrap_or(&bytes);
    Ok(part(ctx, args[0], bytes.len(), rest))
}

pub(super) fn removesuffix<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let suffix = buffer::required(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    let rest = bytes.strip_suffix(&*suffix).unwrap_or(&bytes);
    Ok(part(ctx, args[0], bytes.len(), rest))
}

pub(super) fn join<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let state = vec![args[0]];
    let message = "can only join an iterable";
    sequence_then(ctx, args[1], message, state, |ctx, state, items| {
        join_items(ctx, state[0], &items).map(Flow::Return)
    })
}

fn join_items<'gc>(ctx: Context<'gc>, receiver: Value<'gc>, items: &[Value<'gc>]) -> Result1<'gc> {
    if let ([one @ Value::Bytes(_)], Some(_)) = (items, receiver.as_bytes()) {
        return Ok(*one);
    }
    let separator = buffer::required(ctx, receiver)?;
    let mut joined = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(bytes) = buffer::contents_if_any(ctx, *item)? else {
            return Err(ctx.type_error(format!(
                "sequence item {index}: expected a bytes-like object, {} found",
                ctx.type_name(*item)
            )));
        };
        if index > 0 {
            joined.extend_from_slice(&separator);
        }
        joined.extend_from_slice(&bytes);
        check_size(ctx, Some(joined.len()))?;
    }
    Ok(same_kind(ctx, receiver, joined))
}

fn map_case<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    convert: impl Fn(&[u8]) -> Vec<u8>,
) -> Result1<'gc> {
    Ok(same_kind(ctx, args[0], convert(&this(ctx, args)?)))
}

pub(super) fn lower<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, <[u8]>::to_ascii_lowercase)
}
pub(super) fn upper<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, <[u8]>::to_ascii_uppercase)
}
pub(super) fn title<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, case::ascii_title)
}
pub(super) fn capitalize<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, case::ascii_capitalize)
}
pub(super) fn swapcase<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    map_case(ctx, args, case::ascii_swap)
}

pub(super) fn test<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    is: fn(&[u8]) -> bool,
) -> Result1<'gc> {
    Ok(Value::bool(is(&this(ctx, args)?)))
}

pub(super) fn pad<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    align: Align,
    name: &str,
) -> Result1<'gc> {
    let width = slicing::size_argument(ctx, args[1])?;
    let fill = match args[2].present() {
        None => b' ',
        Some(value) => match buffer::contents(ctx, value)?.as_deref() {
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
    let bytes = this(ctx, args)?;
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

pub(super) fn zfill<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let width = slicing::size_argument(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    let Some((zeros, _)) = layout::padding(Align::Right, bytes.len(), width) else {
        return Ok(part(ctx, args[0], bytes.len(), &bytes));
    };
    check_size(ctx, layout::padded_size(&bytes, zeros, 0, b"0"))?;
    Ok(same_kind(ctx, args[0], layout::zero_fill(&bytes, zeros)))
}

pub(super) fn expandtabs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let tab = str_methods::tab_size(ctx, args[1])?;
    let bytes = this(ctx, args)?;
    check_size(ctx, layout::expanded_size::<Octets>(&bytes, tab))?;
    Ok(same_kind(
        ctx,
        args[0],
        layout::expand_tabs::<Octets>(&bytes, tab),
    ))
}

pub(super) fn translate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let table = match args[1] {
        Value::None => None,
        table => {
            let table: Result<[u8; 256], _> = (*buffer::required(ctx, table)?).try_into();
            let wrong = |_| ctx.value_error("translation table must be 256 characters long");
            Some(table.map_err(wrong)?)
        }
    };
    let delete = match args[2].present() {
        Some(delete) => buffer::required(ctx, delete)?,
        None => Contents::Fixed(&[]),
    };
    let bytes = this(ctx, args)?;
    let translated = layout::translate(&bytes, table.as_ref(), &delete);
    if translated == *bytes {
        return Ok(part(ctx, args[0], bytes.len(), &bytes));
    }
    Ok(same_kind(ctx, args[0], translated))
}

pub(super) fn to_hex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (separator, group) = hex_arguments(ctx, args)?;
    hex_text(ctx, &this(ctx, args)?, separator, group)
}

/// The digits of `bytes` as a str.
pub(super) fn hex_text<'gc>(
    ctx: Context<'gc>,
    bytes: &[u8],
    separator: Option<u8>,
    group: i64,
) -> Result1<'gc> {
    check_size(ctx, bytes.len().checked_mul(3))?;
    Ok(Value::Str(
        ctx.str_from_vec(hex::encode(bytes, separator, group)),
    ))
}

/// The arguments `sep` and `bytes_per_sep` of `hex`.
pub(super) fn hex_arguments<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<(Option<u8>, i64), Raised<'gc>> {
    let group = match args[2] {
        Value::Absent => 1,
        group => str_methods::c_int(ctx, group)?.into(),
    };
    if args[1].is_absent() {
        return Ok((None, group));
    }
    let length = ctx.length(args[1])?;
    if length != 1 {
        return Err(ctx.value_error("sep must be length 1."));
    }
    let byte = match (args[1].as_str(), args[1].as_bytes()) {
        (Some(text), _) => text.bytes().first().copied(),
        (_, Some(bytes)) => bytes.bytes().first().copied(),
        _ => return Err(ctx.type_error("sep must be str or bytes.")),
    };
    match byte {
        Some(byte) if byte.is_ascii() => Ok((Some(byte), group)),
        _ => Err(ctx.value_error("sep must be ASCII.")),
    }
}

pub(super) fn decode<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let encoding = str_slots::text_argument(ctx, "decode", "encoding", args[1])?;
    let errors = str_slots::text_argument(ctx, "decode", "errors", args[2])?;
    codecs::decode(ctx, args[0], &this(ctx, args)?, encoding, errors)
}

pub(super) fn fromhex<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let text = match (args[1].as_str(), buffer::contents(ctx, args[1])?) {
        (Some(text), _) => Contents::Fixed(text.bytes()),
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

pub(super) fn maketrans<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (from, to) = (this(ctx, args)?, buffer::required(ctx, args[1])?);
    if from.len() != to.len() {
        return Err(ctx.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (from, to) in from.iter().zip(to.iter()) {
        table[usize::from(*from)] = *to;
    }
    Ok(Value::Bytes(ctx.bytes_from_vec(table)))
}

pub(super) fn modulo<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let template = this(ctx, args)?.to_vec();
    match percent::apply(ctx, Flavour::Bytes, &template, args[1])? {
        percent::Formatted::One(text) => Ok(text),
        percent::Formatted::New(bytes) if args[0].as_bytes().is_some() => {
            Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
        }
        percent::Formatted::New(bytes) => Ok(same_kind(ctx, args[0], bytes)),
    }
}

pub(super) fn reflected_modulo<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    match (args[0].builtin(), args[1].builtin()) {
        (Value::Bytes(_), Value::Bytes(_)) | (Value::ByteArray(_), Value::ByteArray(_)) => {
            modulo(ctx, &[args[1], args[0]])
        }
        _ => Ok(Value::NotImplemented),
    }
}
