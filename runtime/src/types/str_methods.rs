//! `str`: its ordinary methods. The work is the text kernel's; here are the
//! rules for arguments, results as objects and CPython's messages.

use std::ops::Range;

use super::str::{Str, check_size};
use super::str_slots::this;
use crate::context::Context;
use crate::protocol::slicing;
use crate::raised::Raised;
use crate::text::layout::{self, Align};
use crate::text::strip::{self, Ends};
use crate::text::{CodePoints, Text, case, predicates, search, split as splitting};
use crate::types::list::List;
use crate::value::Value;
use crate::vm::drive::sequence_then;
use crate::vm::flow::Flow;

use super::str_slots::unchanged;
pub(super) use super::str_translate::{maketrans, translate};

type Result<'gc, T = Value<'gc>> = std::result::Result<T, Raised<'gc>>;

/// `piece` of the receiver as a str: the same object if it is all of it.
fn part<'gc>(ctx: Context<'gc>, receiver: Value<'gc>, piece: &[u8]) -> Value<'gc> {
    match receiver.as_str() {
        Some(text) if piece.len() == text.byte_count() => unchanged(ctx, receiver),
        _ => Value::Str(ctx.str_from_bytes(piece)),
    }
}

/// A result that was put together.
fn string<'gc>(ctx: Context<'gc>, bytes: Vec<u8>) -> Result<'gc> {
    Ok(Value::Str(ctx.new_str(bytes)))
}

/// A str argument of a method that takes several.
fn str_argument<'gc>(
    ctx: Context<'gc>,
    function: &str,
    number: usize,
    value: Value<'gc>,
) -> Result<'gc, Str<'gc>> {
    value.as_str().ok_or_else(|| {
        ctx.type_error(format!(
            "{function}() argument {number} must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, value)
        ))
    })
}

/// The part of the text that the arguments `start` and `end` select.
fn selected<'gc>(
    ctx: Context<'gc>,
    text: Str<'gc>,
    start: Value<'gc>,
    end: Value<'gc>,
) -> Result<'gc, Option<Range<usize>>> {
    let start = slicing::text_bound(ctx, start, 0)?;
    let end = slicing::text_bound(ctx, end, i64::MAX)?;
    Ok(search::range(start, end, text.char_count()))
}

fn search_for<'gc>(
    ctx: Context<'gc>,
    function: &str,
    args: &[Value<'gc>],
    look: impl FnOnce(Text<'gc>, &[u8], Range<usize>) -> Option<usize>,
) -> Result<'gc, Option<usize>> {
    let text = this(ctx, args)?;
    let part = str_argument(ctx, function, 1, args[1])?;
    let range = selected(ctx, text, args[2], args[3])?;
    Ok(range.and_then(|range| look(text.text(), part.bytes(), range)))
}

fn position<'gc>(ctx: Context<'gc>, found: Option<usize>) -> Result<'gc> {
    Ok(found.map_or(Value::Int(-1), |at| Value::from_usize(ctx.mc, at)))
}

fn known_position<'gc>(ctx: Context<'gc>, found: Option<usize>) -> Result<'gc> {
    match found {
        Some(at) => Ok(Value::from_usize(ctx.mc, at)),
        None => Err(ctx.value_error("substring not found")),
    }
}

pub(super) fn find<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    position(ctx, search_for(ctx, "find", args, Text::find)?)
}

pub(super) fn rfind<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    position(ctx, search_for(ctx, "rfind", args, Text::rfind)?)
}

pub(super) fn index<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    known_position(ctx, search_for(ctx, "index", args, Text::find)?)
}

pub(super) fn rindex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    known_position(ctx, search_for(ctx, "rindex", args, Text::rfind)?)
}

pub(super) fn count<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let part = str_argument(ctx, "count", 1, args[1])?;
    let range = selected(ctx, text, args[2], args[3])?;
    let count = range.map_or(0, |range| {
        search::count::<CodePoints>(text.text().slice(range), part.bytes())
    });
    Ok(Value::from_usize(ctx.mc, count))
}

pub(super) fn startswith<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    at_end(ctx, "startswith", args, |text, part| text.starts_with(part))
}

pub(super) fn endswith<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    at_end(ctx, "endswith", args, |text, part| text.ends_with(part))
}

fn at_end<'gc>(
    ctx: Context<'gc>,
    function: &str,
    args: &[Value<'gc>],
    holds: fn(&[u8], &[u8]) -> bool,
) -> Result<'gc> {
    let text = this(ctx, args)?;
    let range = selected(ctx, text, args[2], args[3])?;
    let piece = range.map(|range| text.text().slice(range));
    let matches = |part: Str<'gc>| piece.is_some_and(|piece| holds(piece, part.bytes()));
    if let Some(part) = args[1].as_str() {
        return Ok(Value::bool(matches(part)));
    }
    let Some(parts) = args[1].as_tuple() else {
        return Err(ctx.type_error(format!(
            "{function} first arg must be str or a tuple of str, not {}",
            ctx.type_name(args[1])
        )));
    };
    for part in parts.items() {
        let Some(part) = part.as_str() else {
            return Err(ctx.type_error(format!(
                "tuple for {function} must only contain str, not {}",
                ctx.type_name(*part)
            )));
        };
        if matches(part) {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}

pub(super) fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let old = str_argument(ctx, "replace", 1, args[1])?;
    let new = str_argument(ctx, "replace", 2, args[2])?;
    let limit = limit(ctx, args[3])?;
    let replaced =
        search::replace::<CodePoints>(text.bytes(), old.bytes(), new.bytes(), limit, |size| {
            check_size(ctx, Some(size)).is_ok()
        });
    match replaced {
        None => Ok(unchanged(ctx, args[0])),
        Some(Ok(bytes)) => string(ctx, bytes),
        Some(Err(_)) => Err(slicing::memory_error(ctx)),
    }
}

/// A number of splits or replacements: negative for all.
pub(super) fn limit<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<'gc, usize> {
    let limit = match value {
        Value::Absent => -1,
        value => slicing::size_argument(ctx, value)?,
    };
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}

/// The separator of a split: none for white space.
fn separator<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<'gc, Option<Str<'gc>>> {
    match (value, value.as_str()) {
        (Value::Absent | Value::None, _) => Ok(None),
        (_, Some(text)) if text.is_empty() => Err(ctx.value_error("empty separator")),
        (_, Some(text)) => Ok(Some(text)),
        _ => Err(ctx.type_error(format!("must be str or None, not {}", ctx.type_name(value)))),
    }
}

fn list_of<'gc, 'a>(
    ctx: Context<'gc>,
    receiver: Value<'gc>,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<'gc> {
    let pieces = pieces.into_iter().map(|piece| match receiver {
        Value::Str(text) if text.byte_count() == piece.len() => receiver,
        _ => Value::Str(ctx.str_from_bytes(piece)),
    });
    Ok(Value::List(List::new(ctx, pieces.collect())))
}

pub(super) fn split<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let limit = limit(ctx, args[2])?;
    match separator(ctx, args[1])? {
        None => list_of(
            ctx,
            args[0],
            splitting::split_space::<CodePoints>(text.bytes(), limit),
        ),
        Some(separator) => list_of(
            ctx,
            args[0],
            splitting::split(text.bytes(), separator.bytes(), limit),
        ),
    }
}

pub(super) fn rsplit<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let limit = limit(ctx, args[2])?;
    let pieces = match separator(ctx, args[1])? {
        None => splitting::rsplit_space::<CodePoints>(text.bytes(), limit),
        Some(separator) => splitting::rsplit(text.bytes(), separator.bytes(), limit),
    };
    list_of(ctx, args[0], pieces)
}

pub(super) fn splitlines<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let keep_ends = ctx.truth(args[1])?;
    list_of(
        ctx,
        args[0],
        splitting::lines::<CodePoints>(text.bytes(), keep_ends),
    )
}

/// The separator of a partition.
fn divider<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<'gc, Str<'gc>> {
    match value.as_str() {
        Some(text) if text.is_empty() => Err(ctx.value_error("empty separator")),
        Some(text) => Ok(text),
        None => Err(ctx.type_error(format!("must be str, not {}", ctx.type_name(value)))),
    }
}

pub(super) fn partition<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let divider = divider(ctx, args[1])?;
    let empty = ctx.str_value("");
    let parts = match splitting::partition(text.bytes(), divider.bytes()) {
        Some((before, after)) => [
            part(ctx, args[0], before),
            args[1],
            part(ctx, args[0], after),
        ],
        None => [unchanged(ctx, args[0]), empty, empty],
    };
    Ok(Value::Tuple(ctx.tuple(parts)))
}

pub(super) fn rpartition<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let divider = divider(ctx, args[1])?;
    let empty = ctx.str_value("");
    let parts = match splitting::rpartition(text.bytes(), divider.bytes()) {
        Some((before, after)) => [
            part(ctx, args[0], before),
            args[1],
            part(ctx, args[0], after),
        ],
        None => [empty, empty, unchanged(ctx, args[0])],
    };
    Ok(Value::Tuple(ctx.tuple(parts)))
}

pub(super) fn join<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> std::result::Result<Flow<'gc>, Raised<'gc>> {
    let separator = this(ctx, args)?;
    let state = vec![Value::Str(separator)];
    sequence_then(
        ctx,
        args[1],
        "can only join an iterable",
        state,
        |ctx, state, items| {
            let separator = state[0].as_str().unwrap_or_else(|| ctx.str(""));
            join_items(ctx, separator, &items).map(Flow::Return)
        },
    )
}

fn join_items<'gc>(ctx: Context<'gc>, separator: Str<'gc>, items: &[Value<'gc>]) -> Result<'gc> {
    // The one item is the result, if it is exact.
    if let [only @ Value::Str(_)] = items {
        return Ok(*only);
    }
    let mut size = separator.byte_count().checked_mul(items.len());
    for (place, item) in items.iter().enumerate() {
        let Some(text) = item.as_str() else {
            return Err(ctx.type_error(format!(
                "sequence item {place}: expected str instance, {} found",
                ctx.type_name(*item)
            )));
        };
        size = size.and_then(|size| size.checked_add(text.byte_count()));
    }
    check_size(ctx, size)?;
    let parts = items.iter().filter_map(|item| item.as_str());
    string(
        ctx,
        splitting::join(separator.bytes(), parts.map(Str::bytes)),
    )
}

fn strip_ends<'gc>(
    ctx: Context<'gc>,
    function: &str,
    args: &[Value<'gc>],
    ends: Ends,
) -> Result<'gc> {
    let text = this(ctx, args)?;
    let piece = match (args[1], args[1].as_str()) {
        (Value::Absent | Value::None, _) => strip::space::<CodePoints>(text.bytes(), ends),
        (_, Some(set)) => strip::set::<CodePoints>(text.bytes(), set.bytes(), ends),
        _ => {
            return Err(ctx.type_error(format!("{function} arg must be None or str")));
        }
    };
    Ok(part(ctx, args[0], piece))
}

pub(super) fn strip<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    strip_ends(ctx, "strip", args, Ends::Both)
}

pub(super) fn lstrip<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    strip_ends(ctx, "lstrip", args, Ends::Left)
}

pub(super) fn rstrip<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    strip_ends(ctx, "rstrip", args, Ends::Right)
}

fn affix<'gc>(ctx: Context<'gc>, function: &str, value: Value<'gc>) -> Result<'gc, Str<'gc>> {
    value.as_str().ok_or_else(|| {
        ctx.type_error(format!(
            "{function}() argument must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, value)
        ))
    })
}

pub(super) fn removeprefix<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let prefix = affix(ctx, "removeprefix", args[1])?;
    let rest = text.bytes().strip_prefix(prefix.bytes());
    Ok(part(ctx, args[0], rest.unwrap_or(text.bytes())))
}

pub(super) fn removesuffix<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let suffix = affix(ctx, "removesuffix", args[1])?;
    let rest = text.bytes().strip_suffix(suffix.bytes());
    Ok(part(ctx, args[0], rest.unwrap_or(text.bytes())))
}

fn padded<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], align: Align) -> Result<'gc> {
    let text = this(ctx, args)?;
    let width = slicing::size_argument(ctx, args[1])?;
    let fill = match (args[2], args[2].as_str()) {
        (Value::Absent, _) => b" ",
        (_, Some(fill)) if fill.char_count() == 1 => fill.bytes(),
        (_, Some(_)) => {
            return Err(ctx.type_error("The fill character must be exactly one character long"));
        }
        _ => {
            return Err(ctx.type_error(format!(
                "The fill character must be a unicode character, not {}",
                ctx.type_name(args[2])
            )));
        }
    };
    let Some((before, after)) = layout::padding(align, text.char_count(), width) else {
        return Ok(unchanged(ctx, args[0]));
    };
    check_size(ctx, layout::padded_size(text.bytes(), before, after, fill))?;
    string(ctx, layout::pad(text.bytes(), before, after, fill))
}

pub(super) fn center<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    padded(ctx, args, Align::Center)
}

pub(super) fn ljust<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    padded(ctx, args, Align::Left)
}

pub(super) fn rjust<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    padded(ctx, args, Align::Right)
}

pub(super) fn zfill<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let width = slicing::size_argument(ctx, args[1])?;
    let Some((zeros, _)) = layout::padding(Align::Right, text.char_count(), width) else {
        return Ok(unchanged(ctx, args[0]));
    };
    check_size(ctx, layout::padded_size(text.bytes(), zeros, 0, b"0"))?;
    string(ctx, layout::zero_fill(text.bytes(), zeros))
}

pub(super) fn expandtabs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    let text = this(ctx, args)?;
    let tab = tab_size(ctx, args[1])?;
    if !text.bytes().contains(&b'\t') {
        return Ok(unchanged(ctx, args[0]));
    }
    check_size(ctx, layout::expanded_size::<CodePoints>(text.bytes(), tab))?;
    let expanded = layout::expand_tabs::<CodePoints>(text.bytes(), tab);
    Ok(Value::Str(ctx.str_from_vec(expanded)))
}

/// The argument of `expandtabs`: a C int.
pub(super) fn tab_size<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<'gc, usize> {
    let size = match value {
        Value::Absent => 8,
        value => c_int(ctx, value)?,
    };
    Ok(usize::try_from(size).unwrap_or(0))
}

/// An argument that is a C int. Raises TypeError, and OverflowError past 32 bits.
pub(super) fn c_int<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<'gc, i32> {
    let number = ctx.index(value)?.as_small_int();
    number.and_then(|n| i32::try_from(n).ok()).ok_or_else(|| {
        let message = "Python int too large to convert to C int";
        ctx.error(crate::types::exceptions::Exc::OverflowError, message)
    })
}

fn mapped<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    map: for<'a> fn(Text<'a>) -> Vec<u8>,
) -> Result<'gc> {
    let text = this(ctx, args)?;
    string(ctx, map(text.text()))
}

pub(super) fn lower<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    mapped(ctx, args, case::lower)
}

pub(super) fn upper<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    mapped(ctx, args, case::upper)
}

pub(super) fn casefold<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    mapped(ctx, args, case::fold)
}

pub(super) fn title<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    mapped(ctx, args, case::title)
}

pub(super) fn capitalize<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    mapped(ctx, args, case::capitalize)
}

pub(super) fn swapcase<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    mapped(ctx, args, case::swap)
}

fn holds<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    predicate: for<'a> fn(Text<'a>) -> bool,
) -> Result<'gc> {
    Ok(Value::bool(predicate(this(ctx, args)?.text())))
}

pub(super) fn isascii<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
    Ok(Value::bool(this(ctx, args)?.is_ascii()))
}

macro_rules! predicates {
    ($($name:ident $kernel:ident;)*) => {$(
        pub(super) fn $name<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<'gc> {
            holds(ctx, args, predicates::$kernel)
        }
    )*};
}

predicates! {
    islower is_lower;
    isupper is_upper;
    istitle is_title;
    isspace is_space;
    isdecimal is_decimal;
    isdigit is_digit;
    isnumeric is_numeric;
    isalpha is_alpha;
    isalnum is_alnum;
    isidentifier is_identifier;
    isprintable is_printable;
}
