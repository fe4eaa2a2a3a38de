//! What is said of a mistake, and where.

use ruff_python_ast::{CmpOp, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lexer::{Kind, Token};
use super::matcher::{Matched, Matcher, Places, Span, Stop};
use crate::compiler::SyntaxErrorKind;
use crate::compiler::literal_errors::string_escape_error;
use crate::compiler::validate::expression_name;

/// Where a mistake is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Between two offsets.
    Range(usize, usize),
    /// From an offset to where the tokenizer stands.
    ToCursor(usize),
    /// The last character before an offset, and no end.
    Before(usize),
    /// A token.
    Token(usize),
    /// A token, and where it has no place where the tokenizer stands.
    Found(usize),
    /// The same for the last token asked for.
    Last,
}

/// A mistake.
#[derive(Debug)]
pub(super) struct Report {
    pub kind: SyntaxErrorKind,
    pub message: String,
    pub place: Place,
}

impl Report {
    pub fn new(message: impl Into<String>, place: Place) -> Self {
        Report {
            kind: SyntaxErrorKind::Syntax,
            message: message.into(),
            place,
        }
    }

    pub fn token(message: impl Into<String>, index: usize) -> Self {
        Report::new(message, Place::Token(index))
    }
}

/// Which targets are possible.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Targets {
    Star,
    For,
    Del,
}

impl Matcher<'_> {
    /// What the end of an alternative with a report means: the report, that the alternative
    /// matches all the same, or that it does not.
    pub fn report(
        &mut self,
        how: &str,
        message: &str,
        places: &Places,
        start: usize,
        end: usize,
    ) -> Matched {
        let place = |name| {
            let found = places.iter().find(|place| place.0 == name);
            found.map_or((start, end), |place| place.1)
        };
        let (a, b) = (self.bare(place('a')), self.bare(place('b')));
        let (a_start, a_end) = self.offsets(a);
        let (_, b_end) = self.offsets(b);
        let message = || {
            let mut message = message.to_owned();
            if message.contains("{}") {
                message = message.replace("{}", self.name_of(a));
            }
            if message.contains("{line}") {
                let line = self.line_of(a_start);
                message = message.replace("{line}", &line.to_string());
            }
            message
        };
        let found = |message: String, place| Err(Stop::Report(Report::new(message, place)));
        match how {
            "at" => found(message(), Place::Range(a_start, a_end)),
            "range" => found(message(), Place::Range(a_start, b_end)),
            "from" => found(message(), Place::ToCursor(a_start)),
            "last" => found(message(), Place::Last),
            "next" => {
                let message = message();
                self.token(end)?;
                found(message, Place::Found(end))
            }
            "unindented" => Err(Stop::Report(Report {
                kind: SyntaxErrorKind::Indentation,
                message: message(),
                place: Place::Last,
            })),
            "key" => found(
                "':' expected after dictionary key".to_owned(),
                Place::Before(a_end),
            ),
            "items" => {
                let mut last = b.1;
                if last > b.0 + 1 && self.is_text(last - 1, ",") {
                    last -= 1;
                }
                found(
                    message(),
                    Place::Range(a_start, self.offsets((b.0, last)).1),
                )
            }
            "clauses" => found(message(), Place::Range(a_start, b_end)),
            "star_target" => self.target(a, Targets::Star),
            "for_target" => self.target(a, Targets::For),
            "del_target" => self.target(a, Targets::Del),
            "legacy" => {
                let word = self.slice(a).to_owned();
                if !is_legacy(&word) {
                    return Ok(None);
                }
                let message =
                    format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
                found(message, Place::Range(a_start, b_end))
            }
            "comma" => {
                let inside = end
                    .checked_sub(1)
                    .and_then(|last| self.read.tokens.get(last))
                    .is_some_and(|token| token.level > 0);
                if !inside || is_legacy(self.slice(a)) {
                    return Ok(None);
                }
                let message = "invalid syntax. Perhaps you forgot a comma?".to_owned();
                found(message, Place::Range(a_start, b_end))
            }
            "bound" => {
                let what = match self.expression(b) {
                    Some((Expr::Tuple(_), _)) => "constraints",
                    _ => "bound",
                };
                let message = format!("cannot use {what} with {}", message());
                found(message, Place::ToCursor(a_start))
            }
            "last_argument" => match self.arguments(a) {
                Some((starts, _)) if starts.len() > 1 => {
                    let start = starts.last().copied().unwrap_or(a_start);
                    let message = "Generator expression must be parenthesized".to_owned();
                    found(message, Place::Range(start, b_end))
                }
                _ => Ok(None),
            },
            "argument_order" => {
                let unpacking = self.arguments(a).is_some_and(|(_, unpacking)| unpacking);
                let tail = if unpacking { " unpacking" } else { "" };
                let message = format!("positional argument follows keyword argument{tail}");
                found(message, Place::Last)
            }
            _ => self.check(how, (a, b), end),
        }
    }

    /// Reports that depend on what literals say.
    fn check(&mut self, how: &str, (a, b): (Span, Span), end: usize) -> Matched {
        let text = self.slice(a);
        let (a_start, a_end) = self.offsets(a);
        let imaginary = text.ends_with(['j', 'J']);
        let report = match how {
            "real" if imaginary => Some("real number required in complex literal".to_owned()),
            "imaginary" if !imaginary => {
                Some("imaginary number required in complex literal".to_owned())
            }
            "string" => {
                let quote = text.find(['\'', '"']).unwrap_or(0);
                let prefix = text[..quote].to_ascii_lowercase();
                if prefix.contains('b') && !text.is_ascii() {
                    Some("bytes can only contain ASCII literal characters".to_owned())
                } else if prefix.contains('r') {
                    None
                } else {
                    string_escape_error(text)
                }
            }
            "middle" => match self.is_raw(a.0) {
                true => None,
                false => string_escape_error(&format!("'''{text}'''")),
            },
            "mixture" => {
                let strings = self.read.tokens.get(a.0..a.1).unwrap_or(&[]);
                let mut depth = 0;
                let (mut bytes, mut others) = (false, false);
                for token in strings {
                    match token.kind {
                        Kind::FieldsStart => {
                            others |= depth == 0;
                            depth += 1;
                        }
                        Kind::FieldsEnd => depth -= 1,
                        Kind::String if depth == 0 => {
                            let text = self.text(token);
                            let quote = text.find(['\'', '"']).unwrap_or(0);
                            let is_bytes = text[..quote].contains(['b', 'B']);
                            bytes |= is_bytes;
                            others |= !is_bytes;
                        }
                        _ => {}
                    }
                }
                if bytes && others {
                    let message = "cannot mix bytes and nonbytes literals";
                    return Err(Stop::Report(Report::new(message, Place::Last)));
                }
                None
            }
            "conversion" => {
                let (b_start, b_end) = self.offsets(b);
                if a_end != b_start {
                    let message =
                        "f-string: conversion type must come right after the exclamation mark";
                    let place = Place::Range(a_start, b_end);
                    return Err(Stop::Report(Report::new(message, place)));
                }
                let flag = self.slice(b);
                if !matches!(flag, "s" | "r" | "a") {
                    let message = format!(
                        "f-string: invalid conversion character '{flag}': expected 's', 'r', or 'a'"
                    );
                    let place = Place::Range(b_start, b_end);
                    return Err(Stop::Report(Report::new(message, place)));
                }
                None
            }
            _ => None,
        };
        match report {
            Some(message) => {
                let place = Place::Range(a_start, a_end);
                Err(Stop::Report(Report::new(message, place)))
            }
            None => Ok(Some(end)),
        }
    }

    /// Whether the text of the string with fields that a token is in keeps its backslashes.
    fn is_raw(&self, index: usize) -> bool {
        let mut inner = 0;
        for token in self.read.tokens[..index].iter().rev() {
            match token.kind {
                Kind::FieldsEnd | Kind::TemplateEnd => inner += 1,
                Kind::FieldsStart | Kind::TemplateStart if inner > 0 => inner -= 1,
                Kind::FieldsStart | Kind::TemplateStart => {
                    return self.text(token).contains(['r', 'R']);
                }
                _ => {}
            }
        }
        false
    }

    /// A span without the parentheses around all of it, which belong to no expression but a
    /// tuple or a generator.
    fn bare(&self, span: Span) -> Span {
        let mut span = span;
        while span.1 > span.0 + 2 && self.is_text(span.0, "(") && self.is_text(span.1 - 1, ")") {
            let tokens = &self.read.tokens;
            let level = tokens.get(span.0).map_or(0, |token| token.level);
            let inner = tokens.get(span.0..span.1 - 1).unwrap_or(&[]);
            let whole = inner.iter().all(|token| token.level >= level);
            let group = whole
                && self.expression(span).is_some_and(|(expr, _)| match expr {
                    Expr::Tuple(tuple) => !tuple.parenthesized,
                    Expr::Generator(_) => false,
                    _ => true,
                });
            if !group {
                break;
            }
            span = (span.0 + 1, span.1 - 1);
        }
        span
    }

    /// From the first token of a span to the last.
    pub fn offsets(&self, (start, end): Span) -> (usize, usize) {
        let tokens = &self.read.tokens;
        let first = tokens.get(start).map_or(0, |token: &Token| token.start);
        let last = end.checked_sub(1).and_then(|last| tokens.get(last));
        (first, last.map_or(first, |token| token.end).max(first))
    }

    fn slice(&self, span: Span) -> &str {
        let (start, end) = self.offsets(span);
        self.source.text.get(start..end).unwrap_or("")
    }

    fn is_text(&self, index: usize, text: &str) -> bool {
        let token = self.read.tokens.get(index);
        token.is_some_and(|token| self.text(token) == text)
    }

    fn line_of(&self, offset: usize) -> u32 {
        let offset = TextSize::try_from(offset).unwrap_or_default();
        self.source.line(offset)
    }

    /// The expression of a span, and what to add to its offsets.
    fn expression(&self, span: Span) -> Option<(Expr, usize)> {
        let (start, _) = self.offsets(span);
        let text = self.slice(span);
        // In parentheses lines may end, and walruses, stars and yields stand.
        let source = format!("({text}\n)");
        let parsed = ruff_python_parser::parse_expression(&source).ok();
        let parsed = parsed.or_else(|| {
            let source = format!("({text},)");
            ruff_python_parser::parse_expression(&source).ok()
        })?;
        let mut expr = parsed.into_expr();
        // `(*a,)` stands for `*a`.
        if text.starts_with('*')
            && let Expr::Tuple(tuple) = &mut expr
            && tuple.elts.len() == 1
            && !text.trim_end().ends_with(',')
        {
            expr = tuple.elts.pop()?;
        }
        Some((expr, start.wrapping_sub(1)))
    }

    fn name_of(&self, span: Span) -> &'static str {
        match self.expression(span) {
            Some((expr, _)) => expression_name(&expr),
            None => "expression",
        }
    }

    /// Reports the part of an expression that is no target; no match where there is none.
    fn target(&self, span: Span, targets: Targets) -> Matched {
        let Some((expr, shift)) = self.expression(span) else {
            return Ok(None);
        };
        let Some(bad) = no_target(&expr, targets) else {
            return Ok(None);
        };
        let verb = match targets {
            Targets::Del => "delete",
            _ => "assign to",
        };
        let message = format!("cannot {verb} {}", expression_name(bad));
        let range: TextRange = bad.range();
        let place = Place::Range(
            range.start().to_usize().wrapping_add(shift),
            range.end().to_usize().wrapping_add(shift),
        );
        Err(Stop::Report(Report::new(message, place)))
    }

    /// Where the positional arguments of a span begin, and whether it has a `**`.
    fn arguments(&self, span: Span) -> Option<(Vec<usize>, bool)> {
        let (start, _) = self.offsets(span);
        let source = format!("f({}\n)", self.slice(span));
        let parsed = ruff_python_parser::parse_expression(&source).ok()?;
        let Expr::Call(call) = parsed.into_expr() else {
            return None;
        };
        let starts = call.arguments.args.iter();
        let starts = starts.map(|arg| start + arg.range().start().to_usize().saturating_sub(2));
        let unpacking = call.arguments.keywords.iter().any(|kw| kw.arg.is_none());
        Some((starts.collect(), unpacking))
    }
}

fn is_legacy(word: &str) -> bool {
    matches!(word, "print" | "exec")
}

/// The first part of an expression that cannot be a target.
fn no_target(expr: &Expr, targets: Targets) -> Option<&Expr> {
    match expr {
        Expr::List(list) => list.elts.iter().find_map(|part| no_target(part, targets)),
        Expr::Tuple(tuple) => tuple.elts.iter().find_map(|part| no_target(part, targets)),
        Expr::Starred(_) if targets == Targets::Del => Some(expr),
        Expr::Starred(starred) => no_target(&starred.value, targets),
        // `a in b` of a `for` reads as a comparison.
        Expr::Compare(compare) if targets == Targets::For => match compare.ops.first() {
            Some(CmpOp::In) => no_target(&compare.left, targets),
            _ => None,
        },
        Expr::Name(_) | Expr::Subscript(_) | Expr::Attribute(_) => None,
        _ => Some(expr),
    }
}
