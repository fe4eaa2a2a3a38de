//! `strftime`, `__format__` and `strptime` of the three types.

use capers_runtime::context::Context;
use capers_runtime::import::import_module;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

use super::Answer;
use super::stamp::this;
use super::strftime::{Zones, strftime as format_fields};
use super::zone;

/// What the tzinfo is asked about.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Format {
    /// A date has no tzinfo.
    Date,
    /// A time asks about None.
    Time,
    /// A datetime asks about itself.
    DateTime,
}

struct OfValue<'gc> {
    ctx: Context<'gc>,
    zone: Value<'gc>,
    about: Value<'gc>,
}

impl<'gc> Zones for OfValue<'gc> {
    type Error = Raised<'gc>;

    fn offset(&mut self, separator: &str) -> Result<String, Raised<'gc>> {
        let offset = zone::offset_of(self.ctx, self.zone, self.about, "utcoffset")?;
        Ok(offset.map_or_else(String::new, |o| zone::show_offset(o, separator)))
    }

    fn name(&mut self) -> Result<String, Raised<'gc>> {
        let name = zone::name_of(self.ctx, self.zone, self.about)?;
        let text = name.as_str();
        Ok(text.map_or_else(String::new, |t| t.to_string_lossy().into_owned()))
    }
}

fn text_argument<'gc>(
    ctx: Context<'gc>,
    name: &str,
    place: usize,
    value: Value<'gc>,
) -> Result<String, Raised<'gc>> {
    match value.as_str() {
        Some(text) => Ok(text.to_string_lossy().into_owned()),
        None => Err(ctx.type_error(format!(
            "{name}() argument {place} must be str, not {}",
            match value {
                Value::None => "None".to_owned(),
                other => ctx.type_name(other),
            }
        ))),
    }
}

/// `strftime`
pub fn strftime<'gc>(
    ctx: Context<'gc>,
    kind: Format,
    value: Value<'gc>,
    format: Value<'gc>,
) -> Answer<'gc> {
    let format = text_argument(ctx, "strftime", 1, format)?;
    let stamp = this(ctx, value)?;
    let mut zones = OfValue {
        ctx,
        zone: match kind {
            Format::Date => Value::None,
            _ => stamp.zone,
        },
        about: match kind {
            Format::DateTime => value,
            _ => Value::None,
        },
    };
    let text = format_fields(&format, &stamp.fields(), &mut zones)?;
    Ok(ctx.str_value(&text))
}

/// `__format__`: `str` where there is no format, else what the class's own
/// `strftime` gives.
pub fn format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if text_argument(ctx, "__format__", 1, args[1])?.is_empty() {
        return ctx.to_str(args[0]).map(Value::Str);
    }
    ctx.call_method(args[0], ctx.intern("strftime"), &[args[1]])
}

/// `strptime`: the module `_strptime` reads the text.
pub fn strptime<'gc>(
    ctx: Context<'gc>,
    kind: &str,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    text_argument(ctx, "strptime", 1, args[1])?;
    text_argument(ctx, "strptime", 2, args[2])?;
    let module = ctx.complete(import_module(ctx, "_strptime")?)?;
    let name = ctx.intern(&format!("_strptime_datetime_{kind}"));
    let reader = ctx.get_attr(module, name)?;
    Ok(Flow::call(reader, &args[..3]))
}
