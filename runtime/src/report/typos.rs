//! "invalid syntax. Did you mean 'for'?": misspelt keywords, found by putting a keyword in the place of each
//! name near the error and parsing again, as CPython 3.14's `traceback` module does.

use ruff_python_ast::helpers::is_compound_statement;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::ParseErrorType;
use ruff_text_size::Ranged;

use super::SyntaxDetails;
use super::lines::{dedent, split_lines};
use super::parsing::with_module;
use super::suggest::closest;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Longer code around an error is not looked into.
const LONGEST_CODE: usize = 1024;
/// How many names are tried, and how many keywords for each.
const MOST_NAMES: usize = 10;
const MOST_MATCHES: usize = 3;
/// The least similarity of a keyword.
const LEAST_RATIO: f64 = 0.5;

/// Rewrites the text, offsets and message of a SyntaxError that the compiler raised for `source`, if a
/// misspelt keyword explains it. `from_file` tells that the source is the script's file, where only names on
/// the error's own line are tried.
pub fn suggest_keyword(details: &mut SyntaxDetails, source: &str, from_file: bool) {
    let message = details.message.as_deref().unwrap_or_default();
    if message != "invalid syntax" && !message.contains("Perhaps you forgot a comma") {
        return;
    }
    let Some(error_line) = details.line.and_then(|line| usize::try_from(line).ok()) else {
        return;
    };
    let lines = split_lines(source, false);
    let error_line = error_line.min(lines.len());
    let first = last_statement_line(source, error_line).saturating_sub(1);
    let Some(code) = lines.get(first..error_line) else {
        return;
    };
    let code = dedent(&code.join("\n"));
    if code.chars().count() > LONGEST_CODE {
        return;
    }
    let names = names_in(&code, |start| {
        !from_file || first + 1 + code[..start].matches('\n').count() == error_line
    });
    for (start, end) in names {
        for keyword in similar_keywords(&code[start..end]) {
            if could_be_code(&format!("{}{keyword}{}", &code[..start], &code[end..])) {
                let line_start = code[..start].rfind('\n').map_or(0, |newline| newline + 1);
                let line_end = code[end..]
                    .find('\n')
                    .map_or(code.len(), |newline| end + newline + 1);
                let column = |at: usize| code[line_start..at].chars().count() as i64 + 1;
                details.text = Some(code[line_start..line_end].to_owned());
                details.offset = Some(column(start));
                details.end_offset = Some(column(end));
                details.end_line = details.line;
                details.message = Some(format!("invalid syntax. Did you mean '{keyword}'?"));
                return;
            }
        }
    }
}

/// The byte ranges of the first names in `code`, keywords not counted, whose start is `wanted`.
fn names_in(code: &str, wanted: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    with_module(code, |parsed| {
        let names = parsed
            .tokens()
            .iter()
            .filter(|token| token.kind() == TokenKind::Name || token.kind().is_soft_keyword());
        let ranges = names.map(|token| (token.start().to_usize(), token.end().to_usize()));
        Some(
            ranges
                .filter(|&(start, _)| wanted(start))
                .take(MOST_NAMES)
                .collect(),
        )
    })
    .unwrap_or_default()
}

/// The line, from 1, of the last compound statement that is complete before line `error_line`; 0 when there is
/// none. Function definitions do not count: CPython does not record them.
fn last_statement_line(source: &str, error_line: usize) -> usize {
    struct Last<'a> {
        source: &'a str,
        /// The error's indentation: blocks further to the left are still open.
        indentation: usize,
        line: usize,
    }
    impl<'a> Visitor<'a> for Last<'_> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            let before = self
                .source
                .get(..statement.start().to_usize())
                .unwrap_or_default();
            let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
            let done = column >= self.indentation || can_end_early(statement, self.source);
            if done && is_compound_statement(statement) && !statement.is_function_def_stmt() {
                self.line = self.line.max(before.matches('\n').count() + 1);
            }
            walk_stmt(self, statement);
        }
    }
    let mut lines = source.split_inclusive('\n');
    let start = lines
        .by_ref()
        .take(error_line.saturating_sub(1))
        .map(str::len)
        .sum();
    let error = lines.next().unwrap_or_default();
    let indentation = error.len() - error.trim_start_matches([' ', '\t']).len();
    let before = source.get(..start).unwrap_or_default();
    with_module(before, |parsed| {
        let mut last = Last {
            source: before,
            indentation,
            line: 0,
        };
        for statement in &parsed.syntax().body {
            last.visit_stmt(statement);
        }
        Some(last.line)
    })
    .unwrap_or(0)
}

/// Whether an open statement is complete without the clause that the source ends in.
fn can_end_early(statement: &Stmt, source: &str) -> bool {
    let required_end = match statement {
        Stmt::If(statement) => return !statement.elif_else_clauses.is_empty(),
        Stmt::For(statement) => statement.body.last().map(Ranged::end),
        Stmt::While(statement) => statement.body.last().map(Ranged::end),
        Stmt::Try(statement) => statement.handlers.first().map(Ranged::end),
        _ => None,
    };
    required_end
        .and_then(|end| source.get(end.to_usize()..statement.end().to_usize()))
        .is_some_and(|rest| !rest.trim().is_empty())
}

/// Whether `code` is valid, or ends where a block or the rest of a bracket has to follow.
fn could_be_code(code: &str) -> bool {
    with_module(code, |parsed| {
        let text = code.trim_end();
        let Some(error) = parsed.errors().first() else {
            let mut check = Misplaced::default();
            check.visit_body(&parsed.syntax().body);
            return Some(!check.found);
        };
        let at_end = error.location.start().to_usize() >= text.len();
        let open = text.ends_with(':') || matches!(error.error, ParseErrorType::Lexical(_));
        Some(at_end && open)
    })
    .unwrap_or(false)
}

/// Finds statements and expressions that parse, but belong in a function or a loop.
#[derive(Default)]
struct Misplaced {
    in_function: bool,
    in_loop: bool,
    found: bool,
}

impl Misplaced {
    fn within(&mut self, in_function: bool, in_loop: bool, look: impl FnOnce(&mut Self)) {
        let outside = (self.in_function, self.in_loop);
        (self.in_function, self.in_loop) = (in_function, in_loop);
        look(self);
        (self.in_function, self.in_loop) = outside;
    }
}

impl<'a> Visitor<'a> for Misplaced {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) => self.within(true, false, |this| walk_stmt(this, statement)),
            Stmt::ClassDef(_) => self.within(false, false, |this| walk_stmt(this, statement)),
            // The `else` of a loop is no part of it, which is not worth telling apart here.
            Stmt::For(_) | Stmt::While(_) => {
                self.within(self.in_function, true, |this| walk_stmt(this, statement));
            }
            _ => {
                self.found |= match statement {
                    Stmt::Return(_) => !self.in_function,
                    Stmt::Break(_) | Stmt::Continue(_) => !self.in_loop,
                    _ => false,
                };
                walk_stmt(self, statement);
            }
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Lambda(_) => self.within(true, false, |this| walk_expr(this, expression)),
            Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) => self.found |= !self.in_function,
            _ => walk_expr(self, expression),
        }
    }
}

/// The keywords to try for `word`, the likeliest first.
fn similar_keywords(word: &str) -> Vec<&'static str> {
    let mut similar: Vec<(f64, &str)> = KEYWORDS
        .iter()
        .map(|&keyword| (ratio(keyword, word), keyword))
        .filter(|&(ratio, _)| ratio >= LEAST_RATIO)
        .collect();
    similar.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(a.1)));
    let similar = similar
        .into_iter()
        .map(|(_, keyword)| keyword)
        .take(MOST_MATCHES);
    let mut matches: Vec<&str> = closest(word, &KEYWORDS)
        .into_iter()
        .chain(similar)
        .collect();
    matches.truncate(MOST_MATCHES);
    matches
}

/// `difflib.SequenceMatcher(None, a, b).ratio()` for short texts.
fn ratio(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let total = a.len() + b.len();
    // Too long to reach the least ratio, and slow to compare.
    if b.len() > 4 * a.len() {
        return 0.0;
    }
    2.0 * matching(&a, &b) as f64 / total as f64
}

/// The number of characters in the longest common run, plus those in the parts before it and after it.
fn matching(a: &[char], b: &[char]) -> usize {
    let (mut start_a, mut start_b, mut length) = (0, 0, 0);
    for at_a in 0..a.len() {
        for at_b in 0..b.len() {
            let common = a[at_a..]
                .iter()
                .zip(&b[at_b..])
                .take_while(|(a, b)| a == b)
                .count();
            if common > length {
                (start_a, start_b, length) = (at_a, at_b, common);
            }
        }
    }
    if length == 0 {
        return 0;
    }
    length
        + matching(&a[..start_a], &b[..start_b])
        + matching(&a[start_a + length..], &b[start_b + length..])
}
