//! `str`: formatting by `%`, `format`, `format_map` and `__format__`.

use super::percent;
use super::str::{Str, check_size};
use super::str_slots::this;
use crate::context::Context;
use crate::numbers::percent::Flavour;
use crate::numbers::str_format::{
    Convert, Field, FieldName, Key, Markup, Numbering, Step, index_out_of_range, positional_in_map,
    recursion_exceeded,
};
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::exceptions::Exc;
use crate::types::numbers::convert::{limits, raise};
use crate::value::Value;
use crate::vm::flow::Flow;

/// `str.__mod__`
pub(crate) fn modulo<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let template = this(ctx, args)?;
    let asks = template.bytes().contains(&b'%');
    percent::apply(ctx, Flavour::Str, template.bytes(), args[1]).map(|formatted| {
        Flow::Return(match formatted {
            percent::Formatted::One(text) => text,
            // A template that asks for nothing is the result itself.
            percent::Formatted::New(bytes) if !bytes.is_empty() && !asks => args[0],
            percent::Formatted::New(bytes) => Value::Str(ctx.str_from_vec(bytes)),
        })
    })
}

/// `str.__rmod__`
pub(super) fn reflected_modulo<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    match args[1].as_str() {
        Some(_) => modulo(ctx, &[args[1], args[0]]),
        None => Ok(Flow::Return(Value::NotImplemented)),
    }
}

/// `str.__format__`
pub(super) fn format_with_spec<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let text = this(ctx, args)?;
    let Some(spec) = args[1].as_str() else {
        return Err(ctx.type_error(format!(
            "__format__() argument must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, args[1])
        )));
    };
    if spec.is_empty() {
        return crate::protocol::text::str(ctx, args[0]);
    }
    let class = ctx.type_name(args[0]);
    let formatted =
        crate::numbers::format::format_str(text.bytes(), spec.bytes(), &class, &limits(ctx))
            .map_err(|error| raise(ctx, error))?;
    // What needs no change stays the object that it is.
    Ok(Flow::Return(if formatted == text.bytes() {
        args[0]
    } else {
        Value::Str(ctx.str_from_vec(formatted))
    }))
}

/// `str.format`
pub(super) fn format<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let template = this(ctx, args)?;
    if !template.bytes().iter().any(|b| matches!(b, b'{' | b'}')) {
        // Nothing is replaced: it stays the object that it is.
        return Ok(Flow::Return(args[0]));
    }
    let source = Source::Arguments {
        positional: args[1].as_tuple().map_or(&[][..], |tuple| tuple.items()),
        keywords: args[2].as_dict(),
    };
    Formatter::new(ctx, source)
        .format(template.bytes())
        .map(Flow::Return)
}

/// `str.format_map`
pub(super) fn format_map<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let template = this(ctx, args)?;
    Formatter::new(ctx, Source::Mapping(args[1]))
        .format(template.bytes())
        .map(Flow::Return)
}

/// Where fields come from.
#[derive(Copy, Clone)]
enum Source<'a, 'gc> {
    Arguments {
        positional: &'a [Value<'gc>],
        keywords: Option<Dict<'gc>>,
    },
    Mapping(Value<'gc>),
}

struct Formatter<'a, 'gc> {
    ctx: Context<'gc>,
    source: Source<'a, 'gc>,
    numbering: Numbering,
}

/// How deep fields may stand in specifiers of fields.
const DEPTH: usize = 2;

impl<'a, 'gc> Formatter<'a, 'gc> {
    fn new(ctx: Context<'gc>, source: Source<'a, 'gc>) -> Self {
        Formatter {
            ctx,
            source,
            numbering: Numbering::default(),
        }
    }

    /// The template with its fields filled in. A template that is one field and
    /// nothing else gives the field's text as the object that it is, but for a
    /// single character, which is a shared one.
    fn format(&mut self, template: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
        let mut out = Vec::new();
        if let Some(only) = self.expand(template, &mut out, DEPTH)? {
            return Ok(only);
        }
        Ok(Value::Str(self.ctx.str_from_vec(out)))
    }

    /// Appends the expansion of `template`; answers with the text instead where
    /// it is that of one field.
    fn expand(
        &mut self,
        template: &[u8],
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        let ctx = self.ctx;
        let Some(depth) = depth.checked_sub(1) else {
            return Err(raise(ctx, recursion_exceeded()));
        };
        let mut only = None;
        for piece in Markup::new(template) {
            let piece = piece.map_err(|error| raise(ctx, error))?;
            if !piece.literal.is_empty() {
                flush(&mut only, out);
                out.extend_from_slice(piece.literal);
            }
            if let Some(field) = piece.field {
                let text = self.field(&field, depth)?;
                flush(&mut only, out);
                let bytes = text.as_str().map_or(&[][..], Str::bytes);
                check_size(ctx, out.len().checked_add(bytes.len()))?;
                if out.is_empty() && !matches!(text, Value::Str(text) if text.byte_count() < 2) {
                    only = Some(text);
                } else {
                    out.extend_from_slice(bytes);
                }
            }
        }
        Ok(only)
    }

    fn field(&mut self, field: &Field<'_>, depth: usize) -> Result<Value<'gc>, Raised<'gc>> {
        let ctx = self.ctx;
        let mut value = self.find(field.name)?;
        if let Some(point) = field.conversion {
            let convert = Convert::from_code_point(point).map_err(|error| raise(ctx, error))?;
            value = Value::Str(match convert {
                Convert::Str => ctx.to_str(value)?,
                Convert::Repr => ctx.repr(value)?,
                Convert::Ascii => percent::ascii(ctx, value)?,
            });
        }
        let spec = if field.spec_has_fields {
            let mut spec = Vec::new();
            match self.expand(field.spec, &mut spec, depth)? {
                Some(only) => only,
                None => Value::Str(ctx.str_from_vec(spec)),
            }
        } else {
            Value::Str(ctx.str_from_bytes(field.spec))
        };
        ctx.complete(crate::protocol::text::format(ctx, value, spec)?)
    }

    /// The object that a field names.
    fn find(&mut self, name: &[u8]) -> Result<Value<'gc>, Raised<'gc>> {
        let ctx = self.ctx;
        let name = FieldName::parse(name).map_err(|error| raise(ctx, error))?;
        let first = self
            .numbering
            .resolve(name.first)
            .map_err(|error| raise(ctx, error))?;
        let mut value = match (self.source, first) {
            (Source::Arguments { positional, .. }, Key::Index(index)) => positional
                .get(index)
                .copied()
                .ok_or_else(|| raise(ctx, index_out_of_range(index)))?,
            (Source::Mapping(_), Key::Index(_)) => {
                return Err(raise(ctx, positional_in_map()));
            }
            (Source::Arguments { keywords, .. }, Key::Name(name)) => {
                let name = ctx.str_from_bytes(name);
                keywords
                    .and_then(|keywords| keywords.get_str(ctx, name))
                    .ok_or_else(|| ctx.error_with(Exc::KeyError, &[Value::Str(name)]))?
            }
            (Source::Mapping(mapping), Key::Name(name)) => {
                ctx.get_item(mapping, Value::Str(ctx.str_from_bytes(name)))?
            }
        };
        for step in name.path {
            value = match step.map_err(|error| raise(ctx, error))? {
                Step::Attribute(name) => ctx.get_attr(value, ctx.intern_bytes(name))?,
                Step::Item(Key::Index(index)) => {
                    ctx.get_item(value, Value::from_usize(ctx.mc, index))?
                }
                Step::Item(Key::Name(name)) => {
                    ctx.get_item(value, Value::Str(ctx.str_from_bytes(name)))?
                }
            };
        }
        Ok(value)
    }
}

fn flush(only: &mut Option<Value<'_>>, out: &mut Vec<u8>) {
    if let Some(text) = only.take().and_then(Value::as_str) {
        out.extend_from_slice(text.bytes());
    }
}
