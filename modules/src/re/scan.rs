//! One match after the other: the walk that `findall`, `finditer`, `split`, `sub` and the
//! scanner share, and the frames of those that make their result at once.

use std::time::{Duration, Instant};

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step};
use gc_arena::Collect;

use super::matched;
use super::pattern::{Pattern, too_much};
use super::program::{Mode, Spans};
use super::subject::Subject;
use super::target::Target;

/// So many matches are made between two safe points.
const BATCH: usize = 1000;
/// Or fewer where that has taken so long.
const SLICE: Duration = Duration::from_millis(20);

/// A walk over matches that do not overlap.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Scan<'gc> {
    /// The Pattern object.
    pub pattern: Value<'gc>,
    /// What is searched.
    pub target: Target<'gc>,
    at: usize,
    advances: bool,
    done: bool,
}

impl<'gc> Scan<'gc> {
    /// At the start of the target's range.
    pub fn new(pattern: Value<'gc>, target: Target<'gc>) -> Self {
        Scan {
            pattern,
            target,
            at: target.start,
            advances: false,
            done: target.start > target.end,
        }
    }

    /// Ends the walk: there are no more matches.
    pub fn stop(&mut self) {
        self.done = true;
    }

    /// The next match.
    pub fn next(
        &mut self,
        ctx: Context<'gc>,
        subject: &Subject<'_>,
        mode: Mode,
    ) -> Result<Option<Spans>, Raised<'gc>> {
        if self.done {
            return Ok(None);
        }
        let pattern = Pattern::of(ctx, self.pattern)?;
        let range = (self.at, self.target.end);
        let mut found = pattern.program.run(subject, range, mode, self.advances);
        if let Ok(Some(spans)) = &mut found
            && let Some(&Some((start, end))) = spans.first()
        {
            self.at = end;
            self.advances = start == end;
        } else {
            self.done = true;
        }
        found.map_err(|failure| too_much(ctx, failure))
    }
}

/// What is made of the matches.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Making {
    /// `findall`: the groups of each.
    Groups,
    /// `split`: what lies between, and the groups of each.
    Between,
}

/// `findall` and `split`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Listing<'gc> {
    /// The walk.
    pub scan: Scan<'gc>,
    /// What is made.
    #[collect(require_static)]
    pub making: Making,
    /// The items so far.
    pub items: Vec<Value<'gc>>,
    /// After so many matches the rest is left; 0 for no limit.
    pub most: usize,
    /// How many matches there were.
    pub count: usize,
    /// Where the last one ended.
    pub last: usize,
}

impl<'gc> Listing<'gc> {
    fn take(&mut self, ctx: Context<'gc>, spans: &Spans) {
        let target = self.scan.target;
        let Some(&Some(whole)) = spans.first() else {
            return;
        };
        if self.making == Making::Between {
            self.items.push(target.slice(ctx, (self.last, whole.0)));
            self.last = whole.1;
            let groups = spans.iter().skip(1);
            let groups = groups.map(|span| span.map_or(Value::None, |s| target.slice(ctx, s)));
            self.items.extend(groups);
            return;
        }
        let empty = || target.value(ctx, b"");
        let group =
            |span: &Option<(usize, usize)>| span.map_or_else(empty, |s| target.slice(ctx, s));
        self.items.push(match &spans[1..] {
            [] => target.slice(ctx, whole),
            [one] => group(one),
            groups => {
                let groups: Vec<Value<'gc>> = groups.iter().map(group).collect();
                Value::Tuple(ctx.tuple(groups))
            }
        });
    }
}

impl<'gc> NativeFrame<'gc> for Listing<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, _: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let subject = self.scan.target.subject();
        let begun = Instant::now();
        for count in 0..BATCH {
            // A match may have taken long.
            if count % 8 == 7 && begun.elapsed() > SLICE {
                break;
            }
            let is_full = self.most != 0 && self.count >= self.most;
            let found = if is_full {
                None
            } else {
                self.scan.next(ctx, &subject, Mode::Search)?
            };
            let Some(spans) = found else {
                if self.making == Making::Between {
                    let rest = (self.last, self.scan.target.end);
                    self.items.push(self.scan.target.slice(ctx, rest));
                }
                let items = std::mem::take(&mut self.items);
                return Ok(Step::Return(Value::List(List::new(ctx, items))));
            };
            self.count += 1;
            self.take(ctx, &spans);
        }
        Ok(Step::Yield)
    }
}

/// What matches are replaced by.
#[derive(Clone, Collect)]
#[collect(no_drop)]
pub enum Replacement<'gc> {
    /// Always this text.
    Text(Value<'gc>),
    /// What this function makes of the Match object.
    Function(Value<'gc>),
    /// A template: texts (str or bytes) and numbers of groups.
    Template(Vec<Value<'gc>>),
}

/// `sub` and `subn`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Substitution<'gc> {
    /// The walk.
    pub scan: Scan<'gc>,
    /// By what.
    pub replacement: Replacement<'gc>,
    /// At most so many; 0 for no limit.
    pub most: usize,
    /// Whether the number of replacements is part of the result.
    pub counts: bool,
    /// The result so far.
    #[collect(require_static)]
    pub out: Vec<u8>,
    /// How many replacements there were.
    pub count: usize,
    /// How many pieces the result is made of.
    pub pieces: usize,
    /// Where the last match ended.
    pub last: usize,
}

impl<'gc> Substitution<'gc> {
    fn finish(&mut self, ctx: Context<'gc>) -> Value<'gc> {
        let target = self.scan.target;
        let value = if self.count == 0 {
            target.slice(ctx, (0, target.bytes().len()))
        } else {
            let rest = target.bytes().get(self.last..).unwrap_or_default();
            self.out.extend_from_slice(rest);
            target.value_from_vec(ctx, std::mem::take(&mut self.out))
        };
        if !self.counts {
            return value;
        }
        let count = Value::from_usize(ctx.mc, self.count);
        Value::Tuple(ctx.tuple(vec![value, count]))
    }

    /// Appends what a function returned.
    fn append(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Result<(), Raised<'gc>> {
        if value.is_none() {
            return Ok(());
        }
        let is_text = self.scan.target.string.as_str().is_some();
        match (is_text, value.as_str()) {
            (true, Some(text)) => self.out.extend_from_slice(text.bytes()),
            (false, None) => {
                let contents = capers_runtime::protocol::buffer::contents(ctx, value)?;
                let Some(contents) = contents else {
                    return Err(wrong_item(ctx, self.pieces, "a bytes-like object", value));
                };
                self.out.extend_from_slice(&contents);
            }
            (true, None) => return Err(wrong_item(ctx, self.pieces, "str instance", value)),
            (false, Some(_)) => {
                return Err(wrong_item(ctx, self.pieces, "a bytes-like object", value));
            }
        }
        self.pieces += 1;
        Ok(())
    }
}

/// The error of joining pieces, one of which is of the wrong type.
fn wrong_item<'gc>(
    ctx: Context<'gc>,
    index: usize,
    wanted: &str,
    value: Value<'gc>,
) -> Raised<'gc> {
    ctx.type_error(format!(
        "sequence item {index}: expected {wanted}, {} found",
        ctx.type_name(value)
    ))
}

impl<'gc> NativeFrame<'gc> for Substitution<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if !matches!(input, Input::Start) {
            let value = input.value()?;
            self.append(ctx, value)?;
        }
        let target = self.scan.target;
        let subject = target.subject();
        let begun = Instant::now();
        for count in 0..BATCH {
            if count % 8 == 7 && begun.elapsed() > SLICE {
                break;
            }
            let is_full = self.most != 0 && self.count >= self.most;
            let found = if is_full {
                None
            } else {
                self.scan.next(ctx, &subject, Mode::Search)?
            };
            let Some(spans) = found else {
                return Ok(Step::Return(self.finish(ctx)));
            };
            let Some(&Some((start, end))) = spans.first() else {
                continue;
            };
            let between = target.bytes().get(self.last..start).unwrap_or_default();
            self.out.extend_from_slice(between);
            self.pieces += usize::from(!between.is_empty());
            self.last = end;
            self.count += 1;
            match &self.replacement {
                Replacement::Text(text) => {
                    let text = *text;
                    self.append(ctx, text)?;
                }
                Replacement::Template(parts) => expand(parts, &target, &spans, &mut self.out),
                Replacement::Function(function) => {
                    let found = matched::make(ctx, self.scan.pattern, target, spans)?;
                    return Ok(Step::Await(Flow::call(*function, &[found])));
                }
            }
        }
        Ok(Step::Yield)
    }
}

/// Appends a template's texts, and for each number of a group what that matched.
pub fn expand<'gc>(parts: &[Value<'gc>], target: &Target<'gc>, spans: &Spans, out: &mut Vec<u8>) {
    for part in parts {
        match *part {
            Value::Str(text) => out.extend_from_slice(text.bytes()),
            Value::Bytes(bytes) => out.extend_from_slice(bytes.bytes()),
            Value::Int(group) => {
                let span = usize::try_from(group)
                    .ok()
                    .and_then(|group| spans.get(group));
                if let Some(Some((start, end))) = span {
                    out.extend_from_slice(target.bytes().get(*start..*end).unwrap_or_default());
                }
            }
            _ => {}
        }
    }
}
