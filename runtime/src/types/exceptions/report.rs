//! From exception objects to `report::Report`: walks causes, contexts, groups and
//! tracebacks, asks `str` of everything, and finds source lines.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::hints;
use super::{Exc, as_exception, field_at, fields, groups, matches};
use crate::context::Context;
use crate::raised::Raised;
use crate::report::{Entry, Exception, Notes, Report, Style, SyntaxDetails, render};
use crate::text::Text;
use crate::types::str::Str;
use crate::types::traceback::Traceback;
use crate::types::type_::Type;
use crate::value::Value;

/// The text that the default `sys.excepthook` writes for an exception. What goes
/// wrong on the way is part of the text.
pub fn describe<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, style: Style) -> String {
    let traceback = fields(raised.value()).map_or(Value::None, |f| f.traceback);
    describe_with(ctx, raised, traceback, style)
}

/// As `describe`, with a traceback that need not be the exception's own.
pub fn describe_with<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    traceback: Value<'gc>,
    style: Style,
) -> String {
    let report = build(ctx, raised, traceback);
    let lines = Lines::new(ctx);
    render(&report, &|filename, line| lines.get(filename, line), style)
}

/// The text for an exception that nobody gets to handle.
pub fn describe_ignored<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    traceback: Value<'gc>,
) -> String {
    let report = build(ctx, raised, traceback).bare();
    let lines = Lines::new(ctx);
    render(
        &report,
        &|filename, line| lines.get(filename, line),
        Style::default(),
    )
}

/// Collects everything that can be reached from an exception.
pub fn build<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, traceback: Value<'gc>) -> Report {
    let limit = traceback_limit(ctx);
    let mut walk = Walk {
        places: HashMap::new(),
        pending: Vec::new(),
    };
    let shown = walk.place(raised.value()).unwrap_or(0);
    let mut exceptions = Vec::new();
    // `pending` grows while it is walked; each exception is put there once.
    while let Some(exception) = walk.pending.get(exceptions.len()).copied() {
        let traceback = match exceptions.is_empty() {
            true => traceback,
            false => fields(exception).map_or(Value::None, |f| f.traceback),
        };
        exceptions.push(one(ctx, exception, traceback, limit, &mut walk));
    }
    Report { exceptions, shown }
}

/// The exceptions met so far.
struct Walk<'gc> {
    places: HashMap<usize, usize>,
    pending: Vec<Value<'gc>>,
}

impl<'gc> Walk<'gc> {
    fn place(&mut self, exception: Value<'gc>) -> Option<usize> {
        let address = exception.address()?;
        Some(*self.places.entry(address).or_insert_with(|| {
            self.pending.push(exception);
            self.pending.len() - 1
        }))
    }
}

fn one<'gc>(
    ctx: Context<'gc>,
    exception: Value<'gc>,
    traceback: Value<'gc>,
    limit: usize,
    walk: &mut Walk<'gc>,
) -> Exception {
    let mut result = Exception {
        type_name: type_name(ctx, exception.class(ctx)),
        notes: notes(ctx, exception),
        stack: entries(traceback, limit),
        ..Exception::default()
    };
    let (Some(raised), Some(fields)) = (as_exception(ctx, exception), fields(exception)) else {
        return result;
    };
    result.message = match ctx.to_str(exception) {
        Ok(text) => readable(text),
        Err(_) => "<exception str() failed>".to_owned(),
    };
    result.message += &hints::hint(ctx, raised, traceback);
    if matches(ctx, raised, Exc::SyntaxError) {
        result.syntax = Some(syntax_details(ctx, exception));
    }
    result.cause = walk.place(fields.cause);
    result.context = walk.place(fields.context);
    result.suppress_context = fields.suppress_context;
    if groups::is_group(ctx, exception) {
        let members = groups::members(exception);
        result.members = Some(members.iter().filter_map(|m| walk.place(*m)).collect());
    }
    result
}

/// `sys.tracebacklimit`
fn traceback_limit(ctx: Context<'_>) -> usize {
    let names = ctx.names();
    let limit = ctx
        .modules()
        .get_str(ctx, names.sys)
        .and_then(|sys| ctx.try_attr(sys, ctx.intern("tracebacklimit")).ok()?)
        .and_then(Value::as_small_int);
    limit.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(0))
}

/// A str as it is shown on standard error: lone surrogates escaped.
pub fn readable(text: Str<'_>) -> String {
    if let Some(text) = text.to_str() {
        return text.to_owned();
    }
    let mut out = Vec::new();
    for point in Text::new(text.bytes()).code_points() {
        match char::from_u32(point) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => crate::text::quote::escape(point, &mut out),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The class as tracebacks name it.
pub fn type_name<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> String {
    let qualname = readable(class.qualname());
    let module = match class.def() {
        Some(def) => Some(def.module.to_owned()),
        None => ctx
            .try_attr(Value::Type(class), ctx.names().__module__)
            .ok()
            .flatten()
            .and_then(|module| module.as_str())
            .map(readable),
    };
    match module.as_deref() {
        Some("builtins" | "__main__") => qualname,
        Some(module) => format!("{module}.{qualname}"),
        None => format!("<unknown>.{qualname}"),
    }
}

fn notes<'gc>(ctx: Context<'gc>, exception: Value<'gc>) -> Notes {
    let notes = match ctx.try_attr(exception, ctx.names().__notes__) {
        Ok(None | Some(Value::None)) => return Notes::Absent,
        Ok(Some(notes)) => notes,
        Err(raised) => {
            let what = describe_error(ctx, raised);
            return Notes::Each(vec![format!("Ignored error getting __notes__: {what}")]);
        }
    };
    let items = match (notes.as_list(), notes.as_tuple()) {
        (Some(list), _) => Some(list.to_vec()),
        (_, Some(tuple)) => Some(tuple.items().to_vec()),
        _ if notes.class(ctx).flags().sequence => super::base::to_tuple(ctx, notes)
            .ok()
            .map(|tuple| tuple.items().to_vec()),
        _ => None,
    };
    match items {
        Some(items) => Notes::Each(
            items
                .into_iter()
                .map(|item| match ctx.to_str(item) {
                    Ok(text) => readable(text),
                    Err(_) => "<note str() failed>".to_owned(),
                })
                .collect(),
        ),
        None => Notes::Whole(match ctx.repr(notes) {
            Ok(text) => readable(text),
            Err(_) => "<__notes__ repr() failed>".to_owned(),
        }),
    }
}

fn describe_error<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> String {
    match ctx.repr(raised.value()) {
        Ok(text) => readable(text),
        Err(_) => "<exception repr() failed>".to_owned(),
    }
}

fn syntax_details<'gc>(ctx: Context<'gc>, error: Value<'gc>) -> SyntaxDetails {
    let text = |index| {
        let value = field_at(error, index);
        value.as_str().map(readable)
    };
    let number = |index| field_at(error, index).as_small_int();
    // In the order of the row.
    SyntaxDetails {
        message: match field_at(error, 0) {
            Value::Absent => None,
            message => ctx.to_str(message).ok().map(readable),
        },
        filename: text(1),
        line: number(2),
        offset: number(3),
        text: text(4),
        end_line: number(5),
        end_offset: number(6),
    }
}

/// The entries of a traceback, the outermost first.
pub fn entries(traceback: Value<'_>, limit: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut next = traceback;
    while let Some(traceback) = next.native::<Traceback<'_>>() {
        if entries.len() >= limit {
            break;
        }
        entries.extend(entry(traceback));
        next = traceback.next.get();
    }
    entries
}

fn entry(traceback: &Traceback<'_>) -> Option<Entry> {
    let unit = traceback.unit()?;
    let line = u32::try_from(traceback.line).unwrap_or(0);
    let position = traceback.position().filter(|p| p.line == line);
    Some(Entry {
        filename: unit.filename.to_string(),
        name: unit.name.to_string(),
        line: (line != 0).then_some(line),
        end_line: position.map(|p| p.end_line),
        column: position.map(|p| p.col),
        end_column: position.map(|p| p.end_col),
    })
}

/// Source lines: what the runtime compiled from memory, else files.
struct Lines<'gc> {
    ctx: Context<'gc>,
    texts: RefCell<HashMap<String, Option<Arc<str>>>>,
}

impl<'gc> Lines<'gc> {
    fn new(ctx: Context<'gc>) -> Self {
        Lines {
            ctx,
            texts: RefCell::default(),
        }
    }

    fn get(&self, filename: &str, line: u32) -> Option<String> {
        let mut texts = self.texts.borrow_mut();
        let text = match texts.get(filename) {
            Some(text) => text,
            None => {
                let text = source_text(self.ctx, filename);
                texts.entry(filename.to_owned()).or_insert(text)
            }
        };
        source_line(text.as_deref()?, line).map(str::to_owned)
    }
}

/// The whole source of a `co_filename`.
pub fn source_text(ctx: Context<'_>, filename: &str) -> Option<Arc<str>> {
    if let Some(text) = ctx.source(filename) {
        return Some(text);
    }
    if filename.starts_with('<') && filename.ends_with('>') {
        return None;
    }
    let bytes = std::fs::read(filename).ok()?;
    let text = crate::import::decode_source(ctx, &bytes, filename).ok()?;
    Some(text.into())
}

/// Line `line`, from 1, with its end.
pub fn source_line(text: &str, line: u32) -> Option<&str> {
    let index = usize::try_from(line.checked_sub(1)?).ok()?;
    text.split_inclusive('\n').nth(index)
}
