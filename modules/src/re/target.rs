//! What a pattern is applied to: a str or a bytes-like object, the part of it that counts,
//! and pieces of it as Python values.

use capers_runtime::context::Context;
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::types::bytes::Bytes;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::subject::Subject;

/// The memory that is searched.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
enum Memory<'gc> {
    Text(Str<'gc>),
    Bytes(Bytes<'gc>),
}

/// The string given, and the range of it that counts.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Target<'gc> {
    /// What was given: a str, bytes or another bytes-like object.
    pub string: Value<'gc>,
    memory: Memory<'gc>,
    /// Where the range starts, in bytes.
    pub start: usize,
    /// Where the range ends, in bytes.
    pub end: usize,
}

impl<'gc> Target<'gc> {
    /// The string for a pattern of text or of bytes, and the range given in characters.
    pub fn new(
        ctx: Context<'gc>,
        is_text: bool,
        string: Value<'gc>,
        range: [Value<'gc>; 2],
    ) -> Result<Self, Raised<'gc>> {
        let place = |value: Value<'gc>| -> Result<Option<usize>, Raised<'gc>> {
            match value {
                Value::Absent => Ok(None),
                value => {
                    let index = ctx.index_i64(value, Exc::OverflowError)?;
                    Ok(Some(usize::try_from(index).unwrap_or(0)))
                }
            }
        };
        let [start, end] = range;
        let (start, end) = (place(start)?, place(end)?);
        let memory = if let Some(text) = string.as_str() {
            Memory::Text(text)
        } else if let Some(bytes) = string.as_bytes() {
            Memory::Bytes(bytes)
        } else if let Some(contents) = buffer::contents(ctx, string)? {
            Memory::Bytes(ctx.bytes_from_vec(contents.to_vec()))
        } else {
            return Err(ctx.type_error(format!(
                "expected string or bytes-like object, got '{}'",
                ctx.type_name(string)
            )));
        };
        match memory {
            Memory::Text(_) if !is_text => {
                return Err(ctx.type_error("cannot use a bytes pattern on a string-like object"));
            }
            Memory::Bytes(_) if is_text => {
                return Err(ctx.type_error("cannot use a string pattern on a bytes-like object"));
            }
            _ => {}
        }
        let mut target = Target {
            string,
            memory,
            start: 0,
            end: 0,
        };
        target.end = target.bytes().len();
        target.end = end.map_or(target.end, |end| target.offset(end));
        target.start = start.map_or(0, |start| target.offset(start));
        Ok(target)
    }

    /// The bytes of memory.
    pub fn bytes(&self) -> &'gc [u8] {
        match self.memory {
            Memory::Text(text) => text.bytes(),
            Memory::Bytes(bytes) => bytes.bytes(),
        }
    }

    /// The text as the engine takes it.
    pub fn subject(&self) -> Subject<'gc> {
        match self.memory {
            Memory::Text(text) if text.is_ascii() => Subject::Ascii(text.bytes()),
            Memory::Text(text) => Subject::text(text.bytes()),
            Memory::Bytes(bytes) => Subject::Bytes(bytes.bytes()),
        }
    }

    fn offset(&self, index: usize) -> usize {
        match self.memory {
            Memory::Text(text) => text.text().offset(index),
            Memory::Bytes(bytes) => index.min(bytes.bytes().len()),
        }
    }

    /// The place in characters of a place in bytes.
    pub fn index(&self, offset: usize) -> usize {
        match self.memory {
            Memory::Text(text) => text.text().index(offset),
            Memory::Bytes(_) => offset,
        }
    }

    /// A piece of the string: all of an exact str or bytes object is that object.
    pub fn slice(&self, ctx: Context<'gc>, (start, end): (usize, usize)) -> Value<'gc> {
        let bytes = self.bytes();
        let is_whole = start == 0 && end == bytes.len();
        match self.string {
            Value::Str(_) | Value::Bytes(_) if is_whole => return self.string,
            _ => {}
        }
        self.value(ctx, bytes.get(start..end).unwrap_or_default())
    }

    /// A value of the kind of the string.
    pub fn value(&self, ctx: Context<'gc>, bytes: &[u8]) -> Value<'gc> {
        match self.memory {
            Memory::Text(_) => Value::Str(ctx.str_from_bytes(bytes)),
            Memory::Bytes(_) => Value::Bytes(ctx.bytes(bytes)),
        }
    }

    /// The same, from a vector.
    pub fn value_from_vec(&self, ctx: Context<'gc>, bytes: Vec<u8>) -> Value<'gc> {
        match self.memory {
            Memory::Text(_) => Value::Str(ctx.str_from_vec(bytes)),
            Memory::Bytes(_) => Value::Bytes(ctx.bytes_from_vec(bytes)),
        }
    }
}
