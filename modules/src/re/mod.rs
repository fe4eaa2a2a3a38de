//! `_sre`: regular expressions. Python's syntax is parsed here, with CPython's errors, and
//! translated for the engine of the `fancy-regex` crate, which does the matching; the Pattern
//! and Match objects are here too. The module `re` itself is frozen Python.
//!
//! DIFFERENCE: groups nested more than some twenty deep are refused with a RecursionError, and
//! a search that backtracks for minutes with a RuntimeError.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::text::wtf8;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::value::Value;

use pattern::Pattern;
use program::Program;
use tree::Problem;

mod escape;
mod group;
mod matched;
mod parse;
mod pattern;
mod program;
mod scan;
mod scanner;
mod source;
mod subject;
mod target;
mod template;
#[cfg(test)]
mod tests;
mod translate;
mod tree;

/// The module.
pub static SRE: ModuleDef = ModuleDef {
    name: "_sre",
    doc: "",
    functions: &[
        function(
            "compile(pattern, flags, /)",
            "Compile a pattern: (Pattern, None, None, warnings), or where it is wrong (None, message, place, warnings).",
            Plain(compile),
        ),
        function(
            "template(pattern, template, /)",
            "Parse the template of a replacement: (parts, None, None), or where it is wrong (None, message, place).",
            Plain(parse_template),
        ),
    ],
    types: &[&pattern::PATTERN, &matched::MATCH, &scanner::SCANNER],
    finish: None,
};

/// The code points of a str, or the bytes of something bytes-like; and whether it was a str.
fn points<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<(Vec<u32>, bool), Raised<'gc>> {
    if let Some(text) = value.as_str() {
        return Ok((wtf8::code_points(text.bytes()).collect(), true));
    }
    match buffer::contents(ctx, value)? {
        Some(bytes) => Ok((bytes.iter().map(|byte| (*byte).into()).collect(), false)),
        None => Err(ctx.type_error(format!(
            "decoding to str: need a bytes-like object, {} found",
            ctx.type_name(value)
        ))),
    }
}

fn compile<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (points, is_text) = points(ctx, args[0])?;
    let given = ctx.index_i64(args[1], Exc::OverflowError)?;
    let given = u32::try_from(given).unwrap_or(0);
    let answer = |items: [Value<'gc>; 4]| Ok(Value::Tuple(ctx.tuple(items)));
    let mut warnings = Vec::new();
    let parsed = parse::parse(&points, is_text, given, &mut warnings);
    let warnings = warnings.iter().map(|text| ctx.str_value(text)).collect();
    let warnings = Value::List(List::new(ctx, warnings));
    let tree = match parsed {
        Ok(tree) => tree,
        Err(problem) => {
            let (message, place) = told(ctx, problem)?;
            return answer([Value::None, message, place, warnings]);
        }
    };
    let program = Program::new(&tree, is_text);
    program
        .check(is_text)
        .map_err(|failure| pattern::too_much(ctx, failure))?;
    let group_index = Dict::new(ctx);
    for (name, group) in &tree.names {
        group_index.set_text(ctx, name, Value::from_usize(ctx.mc, *group));
    }
    let pattern = Pattern {
        pattern: args[0],
        is_text,
        flags: tree.flags,
        names: tree.names,
        group_index,
        program,
    };
    answer([pattern.into_value(ctx), Value::None, Value::None, warnings])
}

/// The message and the place of a PatternError; any other problem is raised.
fn told<'gc>(ctx: Context<'gc>, problem: Problem) -> Result<(Value<'gc>, Value<'gc>), Raised<'gc>> {
    let (kind, message) = match problem {
        Problem::Pattern(message, place) => {
            let place = place.map_or(Value::None, |place| Value::from_usize(ctx.mc, place));
            return Ok((ctx.str_value(&message), place));
        }
        Problem::Value(message) => (Exc::ValueError, message),
        Problem::Index(message) => (Exc::IndexError, message),
        Problem::Overflow(message) => (Exc::OverflowError, message),
        Problem::TooDeep => (
            Exc::RecursionError,
            "maximum recursion depth exceeded".to_owned(),
        ),
    };
    Err(ctx.error(kind, message))
}

fn parse_template<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let pattern = Pattern::of(ctx, args[0])?;
    let (points, is_text) = points(ctx, args[1])?;
    let groups = pattern.program.groups();
    let answer = |items: [Value<'gc>; 3]| Ok(Value::Tuple(ctx.tuple(items)));
    let parts = match template::parse(&points, is_text, groups, &pattern.names) {
        Ok(parts) => parts,
        Err(problem) => {
            let (message, place) = told(ctx, problem)?;
            return answer([Value::None, message, place]);
        }
    };
    let parts = parts.into_iter().map(|part| match part {
        template::Part::Group(group) => Value::from_usize(ctx.mc, group),
        template::Part::Literal(points) if is_text => {
            let mut text = Vec::new();
            points
                .iter()
                .for_each(|point| wtf8::push(&mut text, *point));
            Value::Str(ctx.str_from_vec(text))
        }
        template::Part::Literal(points) => {
            let bytes = points.iter().filter_map(|point| u8::try_from(*point).ok());
            Value::Bytes(ctx.bytes_from_vec(bytes.collect()))
        }
    });
    let parts = Value::List(List::new(ctx, parts.collect()));
    answer([parts, Value::None, Value::None])
}
