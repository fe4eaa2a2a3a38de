//! From a parse that failed to CPython's error.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::ParseError;
use ruff_text_size::{Ranged, TextRange};

use super::source::Source;
use super::{Mode, SyntaxError, SyntaxErrorKind, diagnosis};

/// The error CPython would report.
pub(super) fn convert(
    source: &Source<'_>,
    mode: Mode,
    errors: &[ParseError],
    tokens: &[Token],
) -> SyntaxError {
    let first = errors
        .iter()
        .map(|error| error.range())
        .min_by_key(|range| range.start());
    let place = first.unwrap_or_default();
    let mut error = diagnosis::diagnose(source, mode)
        .or_else(|| check_tabs(source, tokens))
        .unwrap_or_else(|| source.error("invalid syntax", place));
    error.incomplete = is_incomplete(source, place, &error);
    error
}

/// Whether the text could go on and become valid.
fn is_incomplete(source: &Source<'_>, place: TextRange, error: &SyntaxError) -> bool {
    let rest = source.text.get(place.start().to_usize()..).unwrap_or("");
    error.message.ends_with("was never closed")
        || error.message.starts_with("unterminated triple-quoted")
        || (rest.trim().is_empty() && error.kind != SyntaxErrorKind::Tab && {
            error.message.starts_with("expected an indented block")
                || error.message == "expected 'except' or 'finally' block"
                || error.message.starts_with("unexpected EOF")
        })
}

/// The first line whose indentation depends on the width of a tab.
pub(super) fn check_tabs(source: &Source<'_>, tokens: &[Token]) -> Option<SyntaxError> {
    if !source.text.contains('\t') {
        return None;
    }
    // Columns with tabs to multiples of 8, and with tabs of width 1, as CPython's tokenizer.
    let mut levels = vec![(0usize, 0usize)];
    let mut line_start = true;
    for token in tokens {
        match token.kind() {
            TokenKind::Newline => line_start = true,
            TokenKind::Indent
            | TokenKind::Dedent
            | TokenKind::NonLogicalNewline
            | TokenKind::Comment => {}
            _ if !line_start => {}
            _ => {
                line_start = false;
                let line = source.line(token.range().start());
                let (mut wide, mut narrow) = (0, 0);
                for byte in source.line_text(line).bytes() {
                    match byte {
                        b' ' => (wide, narrow) = (wide + 1, narrow + 1),
                        b'\t' => (wide, narrow) = ((wide / 8 + 1) * 8, narrow + 1),
                        b'\x0c' => (wide, narrow) = (0, 0),
                        _ => break,
                    }
                }
                let depth = levels.len();
                while levels.len() > 1 && levels.last().is_some_and(|level| wide < level.0) {
                    levels.pop();
                }
                if levels.len() < depth && levels.last().is_some_and(|level| wide != level.0) {
                    let message = "unindent does not match any outer indentation level";
                    let kind = SyntaxErrorKind::Indentation;
                    return Some(source.error_kind(kind, message, token.range()));
                }
                let (top, narrow_top) = levels.last().copied().unwrap_or_default();
                let consistent = if wide == top {
                    narrow == narrow_top
                } else {
                    narrow > narrow_top
                };
                if wide < top {
                    return None;
                }
                if !consistent {
                    let message = "inconsistent use of tabs and spaces in indentation";
                    return Some(source.error_kind(SyntaxErrorKind::Tab, message, token.range()));
                }
                if wide > top {
                    levels.push((wide, narrow));
                }
            }
        }
    }
    None
}
