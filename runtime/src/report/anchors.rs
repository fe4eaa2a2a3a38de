//! Which part of an expression to point at with `^` when the rest is marked with `~`: the operator of a
//! binary operation, the brackets of a subscript or a call. Follows the `traceback` module of CPython 3.14,
//! which parses the failing text on its own.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lines::{characters_before, is_space, split_lines};
use super::parsing::with_module;

/// The place of a character: line from 0, character from 0.
pub(super) type Place = (usize, usize);

/// The part to point at, from `start` up to but not including `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Anchors {
    pub start: Place,
    pub end: Place,
}

/// The anchors in `segment`, the text of the expression that failed; `None` when it is of another kind or
/// does not parse by itself.
pub(super) fn find_anchors(segment: &str) -> Option<Anchors> {
    // In brackets, lines of an expression may end anywhere.
    let bracketed = format!("(\n{segment}\n)");
    with_module(&bracketed, |parsed| {
        if parsed.has_invalid_syntax() {
            return None;
        }
        let [Stmt::Expr(statement)] = &*parsed.syntax().body else {
            return None;
        };
        let segment = Segment {
            source: &bracketed,
            lines: split_lines(segment, false),
        };
        match &*statement.value {
            Expr::BinOp(operation) => {
                let start =
                    segment.find(segment.end(&operation.left)?, |c| !is_space(c) && c != ')')?;
                let second = (start.0, start.1 + 1);
                let right = segment.place(operation.right.range().start())?;
                let long = second < right
                    && segment
                        .character(second)
                        .is_some_and(|c| !is_space(c) && !matches!(c, '\\' | '#'));
                Some(Anchors {
                    start,
                    end: (start.0, start.1 + if long { 2 } else { 1 }),
                })
            }
            Expr::Subscript(subscript) => {
                segment.brackets(&subscript.value, '[', subscript.range())
            }
            Expr::Call(call) => segment.brackets(&call.func, '(', call.range()),
            _ => None,
        }
    })
}

/// The text of an expression, inside the brackets it was parsed in.
struct Segment<'a> {
    source: &'a str,
    lines: Vec<&'a str>,
}

impl Segment<'_> {
    /// The place in `lines` of a position in `source`.
    fn place(&self, at: TextSize) -> Option<Place> {
        let before = self.source.get(..at.to_usize())?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count().checked_sub(1)?;
        Some((
            line,
            characters_before(self.lines.get(line)?, before.len() - line_start),
        ))
    }

    /// The place after `expression`, moved on to the next line that has characters if its line ends there.
    fn end(&self, expression: &Expr) -> Option<Place> {
        self.settle(self.place(expression.range().end())?)
    }

    fn character(&self, (line, column): Place) -> Option<char> {
        self.lines.get(line)?.chars().nth(column)
    }

    fn settle(&self, (mut line, mut column): Place) -> Option<Place> {
        while column >= self.lines.get(line)?.chars().count() {
            line += 1;
            column = 0;
        }
        Some((line, column))
    }

    /// The first character from `start` on that satisfies `wanted`, outside comments and line continuations.
    fn find(&self, start: Place, wanted: impl Fn(char) -> bool) -> Option<Place> {
        let mut line = start.0;
        let mut skip = start.1;
        loop {
            for (column, c) in self.lines.get(line)?.chars().enumerate().skip(skip) {
                if matches!(c, '\\' | '#') {
                    break;
                }
                if wanted(c) {
                    return Some((line, column));
                }
            }
            line += 1;
            skip = 0;
        }
    }

    /// From the first `open` after `value` to the end of `whole`.
    fn brackets(&self, value: &Expr, open: char, whole: TextRange) -> Option<Anchors> {
        let start = self.find(self.end(value)?, |c| c == open)?;
        Some(Anchors {
            start,
            end: self.place(whole.end())?,
        })
    }
}

/// Whether the lines are a statement for which carets say nothing: `return name(...)` or `name = ...(...)`
/// whose call is the whole of `start` (a character of the first line) to `end` (of the last), or no statement
/// at all. Lines that do not parse on their own are `false`.
pub(super) fn carets_say_nothing(lines: &[&str], start: usize, end: usize) -> bool {
    let source = lines.join("\n");
    with_module(&source, |parsed| {
        if parsed.has_invalid_syntax() {
            return Some(false);
        }
        let Some(statement) = parsed.syntax().body.first() else {
            return Some(true);
        };
        let call = match statement {
            Stmt::Return(statement) => match statement.value.as_deref() {
                Some(Expr::Call(call)) if call.func.is_name_expr() => call,
                _ => return Some(false),
            },
            Stmt::Assign(statement) => match (&*statement.targets, &*statement.value) {
                ([Expr::Name(_)], Expr::Call(call)) => call,
                _ => return Some(false),
            },
            _ => return Some(false),
        };
        let last_line_start = source.rfind('\n').map_or(0, |newline| newline + 1);
        let range = call.range();
        // Bytes are compared with characters, as CPython does.
        Some(range.start().to_usize() == start && range.end().to_usize() == last_line_start + end)
    })
    .unwrap_or(false)
}
