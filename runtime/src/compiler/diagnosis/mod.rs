//! What CPython says of a text that does not parse, and where.
//!
//! ruff's parser says that a text is wrong; what CPython says of it follows from the order in
//! which its own parser tries things. So a text with an error is read once more: `lexer` gives
//! CPython's tokens, `matcher` follows the `grammar`, first without the known mistakes and then
//! with them, and `reports` words what was found.

mod grammar;
mod lexer;
mod matcher;
mod notation;
mod reports;
mod words;

use std::borrow::Cow;

use ruff_text_size::TextSize;

use super::source::Source;
use super::{Mode, SyntaxError, SyntaxErrorKind};
use lexer::{Bracket, Cursor, Failure, Kind, Tokens, Untold};
use matcher::{Matcher, Stop};
use notation::Grammar;
use reports::{Place, Report};

/// The error that CPython reports; None if its parser finds none, or not soon enough.
pub(super) fn diagnose(source: &Source<'_>, mode: Mode) -> Option<SyntaxError> {
    let text = match mode {
        Mode::Eval => source.text.trim_start_matches([' ', '\t']),
        _ => source.text,
    };
    let text = match text.ends_with('\n') {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("{text}\n")),
    };
    let source = Source::new(&text, source.filename);
    let read = lexer::read(&source);
    let diagnosis = Diagnosis {
        source: &source,
        read: &read,
    };
    diagnosis.find(mode)
}

struct Diagnosis<'a> {
    source: &'a Source<'a>,
    read: &'a Tokens,
}

impl Diagnosis<'_> {
    fn find(&self, mode: Mode) -> Option<SyntaxError> {
        let grammar = Grammar::get()?;
        let start = grammar.rule(match mode {
            Mode::Exec => "file",
            Mode::Eval => "expression_input",
            Mode::Single => "interactive",
        })?;
        let mut matcher = Matcher::new(self.source, self.read, grammar, false);
        match matcher.rule(start, 0) {
            Ok(Some(_)) | Err(Stop::Exhausted) => return None,
            Err(stop) => return self.stopped(stop, matcher.fetched),
            Ok(None) => {}
        }
        // The last token without looking for mistakes is where the text is wrong.
        let last = matcher.fetched.saturating_sub(1);
        let mut matcher = Matcher::new(self.source, self.read, grammar, true);
        matcher.fetched = last + 1;
        match matcher.rule(start, 0) {
            Err(Stop::Exhausted) => None,
            Err(stop) => self.stopped(stop, matcher.fetched),
            Ok(_) => {
                let unexpected = match self.read.tokens.get(last)?.kind {
                    Kind::Indent => Some("unexpected indent"),
                    Kind::Dedent => Some("unexpected unindent"),
                    _ => None,
                };
                if let Some(message) = unexpected {
                    let report = Report {
                        kind: SyntaxErrorKind::Indentation,
                        message: message.to_owned(),
                        place: Place::Last,
                    };
                    return self.error(&report, matcher.fetched);
                }
                let error = self.error(&Report::token("invalid syntax", last), matcher.fetched);
                self.or_of_tokens(error, matcher.fetched)
            }
        }
    }

    fn stopped(&self, stop: Stop, fetched: usize) -> Option<SyntaxError> {
        match stop {
            Stop::Report(report) => self.or_of_tokens(self.error(&report, fetched), fetched),
            Stop::Tokens => self.failure(),
            Stop::Exhausted => None,
        }
    }

    /// The parser's error, unless the tokenizer finds one further on that counts more.
    fn or_of_tokens(&self, error: Option<SyntaxError>, fetched: usize) -> Option<SyntaxError> {
        match &self.read.failure {
            Some(Failure::Told { .. }) if self.read.within_string => error,
            Some(Failure::Told { .. }) => self.failure(),
            Some(_) => {
                let bracket = self.read.open.last();
                let reached = self.read.tokens.get(fetched.saturating_sub(1));
                match (bracket, reached) {
                    (Some(bracket), Some(token)) if self.token_line(token) > bracket.line => {
                        Some(self.unclosed(bracket))
                    }
                    _ => error,
                }
            }
            None => error,
        }
    }

    fn token_line(&self, token: &lexer::Token) -> u32 {
        match token.is_placed() && token.kind == Kind::String {
            true => self.source.line(size(token.start)),
            false => token.cursor.line,
        }
    }

    /// The error of the tokenizer.
    fn failure(&self) -> Option<SyntaxError> {
        let cursor = self.read.cursor;
        match self.read.failure.as_ref()? {
            Failure::Told {
                message,
                line,
                columns,
            } => {
                let mut error = self.at(SyntaxErrorKind::Syntax, message, *line, cursor);
                (error.col, error.end_col) = (signed(columns.start), signed(columns.end));
                error.text = error.text.map(without_newline);
                Some(error)
            }
            Failure::Untold {
                kind,
                message,
                place,
            } => {
                let mut error = self.at(*kind, message, cursor.line, cursor);
                let column = self.column(cursor.at.min(self.source.text.len()));
                (error.col, error.end_col) = match place {
                    Untold::Line => (1, 0),
                    Untold::Cursor => (column, -1),
                    Untold::Before => (column, 0),
                };
                if matches!(place, Untold::Cursor) {
                    error.col = self.to_cursor(cursor);
                }
                Some(error)
            }
            Failure::Unclosed => self.read.open.last().map(|bracket| self.unclosed(bracket)),
            Failure::Unexpected => {
                if let Some(bracket) = self.read.open.last() {
                    return Some(self.unclosed(bracket));
                }
                let message = "unexpected EOF while parsing";
                let mut error = self.at(SyntaxErrorKind::Syntax, message, cursor.line, cursor);
                (error.col, error.end_col) = (self.to_cursor(cursor), -1);
                Some(error)
            }
        }
    }

    fn unclosed(&self, bracket: &Bracket) -> SyntaxError {
        let message = format!("'{}' was never closed", char::from(bracket.open));
        let kind = SyntaxErrorKind::Syntax;
        let mut error = self.at(kind, &message, bracket.line, self.read.cursor);
        (error.col, error.end_col) = (self.column(bracket.at) + 1, 0);
        error
    }

    /// The error of a report, when so many tokens were asked for.
    fn error(&self, report: &Report, fetched: usize) -> Option<SyntaxError> {
        let last = fetched.saturating_sub(1);
        let cursor = self
            .read
            .tokens
            .get(last)
            .map_or(self.read.cursor, |token| token.cursor);
        let line_of = |offset: usize| self.source.line(size(offset));
        let make = |line| self.at(report.kind, &report.message, line, cursor);
        let mut error = match report.place {
            Place::Range(start, end) => {
                let mut error = make(line_of(start));
                error.end_line = line_of(end);
                (error.col, error.end_col) = (self.column(start) + 1, self.column(end) + 1);
                error
            }
            Place::ToCursor(start) => {
                let mut error = make(line_of(start));
                error.end_line = cursor.line;
                (error.col, error.end_col) = (self.column(start) + 1, self.to_cursor(cursor));
                error
            }
            Place::Before(end) => {
                let mut error = make(line_of(end));
                (error.col, error.end_col) = (self.column(end), 0);
                error
            }
            Place::Token(index) | Place::Found(index) => self.at_token(
                report,
                index,
                matches!(report.place, Place::Found(_)),
                cursor,
            )?,
            Place::Last => self.at_token(report, last, true, cursor)?,
        };
        if error.end_line != error.line {
            // CPython looks for the end in the first line.
            let length = error.text.as_ref().map_or(0, |text| text.chars().count());
            error.end_col = error.end_col.min(signed(length + 1));
        }
        Some(error)
    }

    fn at_token(
        &self,
        report: &Report,
        index: usize,
        found: bool,
        cursor: Cursor,
    ) -> Option<SyntaxError> {
        let token = self.read.tokens.get(index)?;
        if token.is_placed() {
            let mut error = self.at(
                report.kind,
                &report.message,
                self.source.line(size(token.start)),
                cursor,
            );
            error.end_line = token.cursor.line;
            error.col = self.column(token.start) + 1;
            error.end_col = match token.kind {
                // A newline is one wide, whatever comes behind it.
                Kind::Newline => error.col + 1,
                _ => self.column(token.end) + 1,
            };
            return Some(error);
        }
        let mut error = self.at(report.kind, &report.message, token.cursor.line, cursor);
        (error.col, error.end_col) = match found {
            true => (self.to_cursor(cursor), -1),
            false => (0, 0),
        };
        Some(error)
    }

    /// An error on a line, with its text as CPython has it when the tokenizer is at `cursor`:
    /// without the newline if the line is behind it.
    fn at(&self, kind: SyntaxErrorKind, message: &str, line: u32, cursor: Cursor) -> SyntaxError {
        let mut error = SyntaxError::new(kind, message);
        error.filename = self.source.filename.to_owned();
        (error.line, error.end_line) = (line, line);
        let text = self.source.line_text(line).to_owned();
        error.text = Some(match cursor.line <= line {
            true => text,
            false => without_newline(text),
        });
        error
    }

    /// The characters of a line before an offset.
    fn column(&self, offset: usize) -> i32 {
        let (line, col) = self.source.line_col(size(offset));
        let text = self.source.line_text(line);
        let before = text.get(..col as usize).unwrap_or(text);
        signed(before.chars().count())
    }

    /// The characters of the tokenizer's line up to where it stands.
    fn to_cursor(&self, cursor: Cursor) -> i32 {
        let end = cursor.at.min(self.source.text.len());
        let text = self.source.text.get(cursor.line_start..end);
        signed(text.map_or(0, |text| text.chars().count()))
    }
}

fn without_newline(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

fn size(offset: usize) -> TextSize {
    TextSize::try_from(offset).unwrap_or_default()
}

fn signed(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
