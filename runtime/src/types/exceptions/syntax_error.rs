//! `SyntaxError`: the place of the error, and its `str`.

use super::base::{self, arguments, initialize, member, no_keywords, to_tuple};
use super::{field_at, set_field_at};
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, slot};
use crate::raised::Raised;
use crate::types::def::GetSetDef;
use crate::value::Value;

const MSG: usize = 0;
const FILENAME: usize = 1;
const LINENO: usize = 2;
const END_LINENO: usize = 5;
const END_OFFSET: usize = 6;
const METADATA: usize = 8;

/// The methods.
pub const METHODS: &[NativeDef] = &[
    slot("__str__($self, /)", "Return str(self).", Plain(str)),
    base::init(syntax_error_init),
];

/// The attributes.
pub const MEMBERS: &[GetSetDef] = &[
    member::<MSG>("msg", "exception msg"),
    member::<FILENAME>("filename", "exception filename"),
    member::<LINENO>("lineno", "exception lineno"),
    member::<3>("offset", "exception offset"),
    member::<4>("text", "exception text"),
    member::<END_LINENO>("end_lineno", "exception end lineno"),
    member::<END_OFFSET>("end_offset", "exception end offset"),
    member::<7>("print_file_and_line", "exception print_file_and_line"),
    member::<METADATA>("_metadata", "exception private metadata"),
];

fn syntax_error_init<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (given, keywords) = arguments(args);
    no_keywords(ctx, args[0].class(ctx), keywords)?;
    let raised = initialize(ctx, args)?;
    fill(ctx, raised, given)?;
    Ok(Value::None)
}

/// Sets the fields from `(message, (filename, lineno, offset, text[, end_lineno,
/// end_offset[, metadata]]))`.
pub(super) fn fill<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let error = raised.value();
    if let Some(message) = args.first() {
        set_field_at(ctx, error, MSG, *message);
    }
    let [_, details] = args else {
        return Ok(());
    };
    let details = to_tuple(ctx, *details)?;
    let given = details.len();
    if !(4..=7).contains(&given) {
        let bound = if given < 4 { "at least 4" } else { "at most 7" };
        return Err(ctx.type_error(format!("function takes {bound} arguments ({given} given)")));
    }
    for (place, value) in details.items().iter().enumerate() {
        let index = if place == 6 {
            METADATA
        } else {
            FILENAME + place
        };
        set_field_at(ctx, error, index, *value);
    }
    if given == 5 {
        return Err(ctx.type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}

fn str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let message = ctx.to_str(field_at(args[0], MSG).or(Value::None))?;
    let filename = field_at(args[0], FILENAME).as_str().map(|name| {
        let name = name.bytes();
        let start = name.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
        &name[start..]
    });
    let line = match field_at(args[0], LINENO) {
        Value::Int(line) => Some(line),
        _ => None,
    };
    if filename.is_none() && line.is_none() {
        return Ok(Value::Str(message));
    }
    let mut out = message.bytes().to_vec();
    out.extend_from_slice(b" (");
    if let Some(filename) = filename {
        out.extend_from_slice(filename);
    }
    if let Some(line) = line {
        if filename.is_some() {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(format!("line {line}").as_bytes());
    }
    out.push(b')');
    Ok(Value::Str(ctx.str_from_vec(out)))
}
