//! From ruff's parse errors to CPython's wording.

use ruff_python_ast::Mod;
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType};
use ruff_text_size::Ranged;

use super::source::Source;
use super::{SyntaxError, SyntaxErrorKind};

/// The error CPython would report.
pub(super) fn convert(
    source: &Source<'_>,
    errors: &[ParseError],
    _tree: Option<&Mod>,
) -> SyntaxError {
    let Some(first) = errors.first() else {
        return source.error("invalid syntax", ruff_text_size::TextRange::default());
    };
    let kind = match first.error {
        ParseErrorType::UnexpectedIndentation
        | ParseErrorType::Lexical(LexicalErrorType::IndentationError) => {
            SyntaxErrorKind::Indentation
        }
        _ => SyntaxErrorKind::Syntax,
    };
    source.error_kind(kind, first.error.to_string(), first.range())
}
