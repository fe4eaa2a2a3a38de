//! `_string`: the markup of `str.format`, taken apart for `string.Formatter`.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::numbers::str_format::{FieldName, Key, Markup, Step};
use capers_runtime::protocol::iterate;
use capers_runtime::raised::Raised;
use capers_runtime::text::wtf8;
use capers_runtime::types::list::List;
use capers_runtime::types::numbers::convert::raise;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;

/// The module.
pub static STRING: ModuleDef = ModuleDef {
    name: "_string",
    doc: "string helper module",
    functions: &[
        function(
            "formatter_parser(object, /)",
            "parse the argument as a format string",
            Plain(parser),
        ),
        function(
            "formatter_field_name_split(object, /)",
            "split the argument as a field name",
            Plain(split_field_name),
        ),
    ],
    types: &[],
    finish: None,
};

fn text<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
    value
        .as_str()
        .ok_or_else(|| ctx.type_error(format!("expected str, got {}", ctx.type_name(value))))
}

fn string<'gc>(ctx: Context<'gc>, bytes: &[u8]) -> Value<'gc> {
    Value::Str(ctx.str_from_bytes(bytes))
}

/// An iterator over tuples: the text before a field, and the field's name, specifier and
/// conversion.
fn parser<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut pieces = Vec::new();
    for piece in Markup::new(text(ctx, args[0])?.bytes()) {
        let piece = piece.map_err(|error| raise(ctx, error))?;
        let literal = string(ctx, piece.literal);
        let field = match piece.field {
            None => [literal, Value::None, Value::None, Value::None],
            Some(field) => {
                let conversion = field.conversion.map_or(Value::None, |point| {
                    string(ctx, &wtf8::from_code_point(point))
                });
                let (name, spec) = (string(ctx, field.name), string(ctx, field.spec));
                [literal, name, spec, conversion]
            }
        };
        pieces.push(Value::Tuple(ctx.tuple(field)));
    }
    iterate::iter(ctx, Value::List(List::new(ctx, pieces)))
}

fn key<'gc>(ctx: Context<'gc>, key: Key<'_>) -> Value<'gc> {
    match key {
        Key::Index(index) => Value::from_usize(ctx.mc, index),
        Key::Name(name) => string(ctx, name),
    }
}

/// What a field's name starts with, and an iterator over the steps from there: pairs that tell
/// whether it is an attribute, and its name or key.
fn split_field_name<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let name = text(ctx, args[0])?;
    let parsed = FieldName::parse(name.bytes()).map_err(|error| raise(ctx, error))?;
    let mut steps = Vec::new();
    for step in parsed.path {
        let pair = match step.map_err(|error| raise(ctx, error))? {
            Step::Attribute(name) => [Value::bool(true), string(ctx, name)],
            Step::Item(item) => [Value::bool(false), key(ctx, item)],
        };
        steps.push(Value::Tuple(ctx.tuple(pair)));
    }
    let steps = iterate::iter(ctx, Value::List(List::new(ctx, steps)))?;
    Ok(Value::Tuple(ctx.tuple([key(ctx, parsed.first), steps])))
}
