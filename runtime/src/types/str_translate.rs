//! `str.translate` and `str.maketrans`.

use gc_arena::Collect;

use super::str::Str;
use super::str_slots::this;
use crate::context::Context;
use crate::protocol::subscript;
use crate::raised::Raised;
use crate::text::wtf8;
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Step, begin};

/// How many characters are translated between two safe points.
const BATCH: usize = 4096;

/// `str.translate`
pub(super) fn translate<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let translation = Translation {
        text: this(ctx, args)?,
        table: args[1],
        offset: 0,
        out: Vec::new(),
        ascii: [None; 128],
    };
    begin(ctx, translation)
}

/// What an ASCII character becomes, once the table has been asked.
#[derive(Copy, Clone)]
enum Known {
    Same,
    Deleted,
    Other(u8),
}

#[derive(Collect)]
#[collect(no_drop)]
struct Translation<'gc> {
    text: Str<'gc>,
    table: Value<'gc>,
    offset: usize,
    out: Vec<u8>,
    #[collect(require_static)]
    ascii: [Option<Known>; 128],
}

impl<'gc> NativeFrame<'gc> for Translation<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Raised(raised) => self.take(ctx, Err(raised))?,
            Input::Value(value) => self.take(ctx, Ok(value))?,
            _ => {}
        }
        let bytes = self.text.bytes();
        for _ in 0..BATCH {
            let Some((point, length)) = wtf8::decode(bytes, self.offset) else {
                let out = std::mem::take(&mut self.out);
                return Ok(Step::Return(Value::Str(ctx.str_from_vec(out))));
            };
            if let Some(Some(known)) = self.ascii.get(point as usize) {
                match *known {
                    Known::Same => wtf8::push(&mut self.out, point),
                    Known::Deleted => {}
                    Known::Other(byte) => self.out.push(byte),
                }
                self.offset += length;
                continue;
            }
            match subscript::get(ctx, self.table, Value::Int(point.into())) {
                Ok(Flow::Return(value)) => self.take(ctx, Ok(value))?,
                Ok(flow) => return Ok(Step::Await(flow)),
                Err(raised) => self.take(ctx, Err(raised))?,
            }
        }
        Ok(Step::Yield)
    }
}

impl<'gc> Translation<'gc> {
    /// Takes the table's answer for the character at the present offset.
    fn take(
        &mut self,
        ctx: Context<'gc>,
        answer: Result<Value<'gc>, Raised<'gc>>,
    ) -> Result<(), Raised<'gc>> {
        let Some((point, length)) = wtf8::decode(self.text.bytes(), self.offset) else {
            return Ok(());
        };
        let start = self.out.len();
        let known = match answer {
            Err(raised) if exceptions::matches(ctx, raised, Exc::LookupError) => {
                wtf8::push(&mut self.out, point);
                Some(Known::Same)
            }
            Err(raised) => return Err(raised),
            Ok(Value::None) => Some(Known::Deleted),
            Ok(value) if value.is_int() => {
                let mapped = value
                    .as_small_int()
                    .and_then(|n| u32::try_from(n).ok())
                    .filter(|&n| n < 0x11_0000);
                let Some(mapped) = mapped else {
                    return Err(ctx.value_error("character mapping must be in range(0x110000)"));
                };
                wtf8::push(&mut self.out, mapped);
                None
            }
            Ok(value) => match value.as_str() {
                Some(text) => {
                    self.out.extend_from_slice(text.bytes());
                    None
                }
                None => {
                    return Err(
                        ctx.type_error("character mapping must return integer, None or str")
                    );
                }
            },
        };
        let known = match (known, self.out.get(start..)) {
            (None, Some(&[byte])) => Some(Known::Other(byte)),
            (known, _) => known,
        };
        if let Some(place) = self.ascii.get_mut(point as usize) {
            *place = known;
        }
        self.offset += length;
        Ok(())
    }
}

/// `str.maketrans`
pub(super) fn maketrans<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let table = Dict::new(ctx);
    let optional = |value: Value<'gc>, number| match value {
        Value::Absent => Ok(None),
        value => str_at(ctx, value, number).map(Some),
    };
    let (to, deleted) = (optional(args[1], 2)?, optional(args[2], 3)?);
    let Some(to) = to else {
        let Some(source) = args[0].as_dict() else {
            return Err(
                ctx.type_error("if you give only one argument to maketrans it must be a dict")
            );
        };
        for (key, value) in source.entries() {
            let key = match key.as_str() {
                Some(text) if text.char_count() == 1 => first_point(text),
                Some(_) => {
                    return Err(
                        ctx.value_error("string keys in translate table must be of length 1")
                    );
                }
                None if key.is_int() => key,
                None => {
                    return Err(
                        ctx.type_error("keys in translate table must be strings or integers")
                    );
                }
            };
            table.set(ctx, key, value)?;
        }
        return Ok(Value::Dict(table));
    };
    let Some(from) = args[0].as_str() else {
        return Err(ctx.type_error(
            "first maketrans argument must be a string if there is a second argument",
        ));
    };
    if from.char_count() != to.char_count() {
        return Err(ctx.value_error("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in from.text().code_points().zip(to.text().code_points()) {
        table.set(ctx, Value::Int(a.into()), Value::Int(b.into()))?;
    }
    for point in deleted.iter().flat_map(|text| text.text().code_points()) {
        table.set(ctx, Value::Int(point.into()), Value::None)?;
    }
    Ok(Value::Dict(table))
}

fn first_point(text: Str<'_>) -> Value<'_> {
    let point = text.text().code_points().next();
    Value::Int(point.unwrap_or(0).into())
}

fn str_at<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    number: usize,
) -> Result<Str<'gc>, Raised<'gc>> {
    value.as_str().ok_or_else(|| {
        ctx.type_error(format!(
            "maketrans() argument {number} must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, value)
        ))
    })
}
