//! The errors of literals, of f-string fields and of impossible targets, in CPython's words.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::{Expr, UnaryOp};
use ruff_python_parser::{InterpolatedStringErrorType as Field, LexicalErrorType};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::SyntaxErrorKind;
use super::literal_errors::{number_error, string_escape_error};
use super::parse_errors::{Converter, Report};
use super::validate::expression_name;

impl Converter<'_> {
    pub(super) fn field(&self, error: &Field, kind: &str, range: TextRange) -> Option<Report> {
        let text = self.source.slice(range);
        let message = match error {
            Field::UnclosedLbrace => {
                let next = self.tokens.get(self.index_at(range.start()));
                let colon = self.tokens[..self.index_at(range.start())]
                    .iter()
                    .rev()
                    .take_while(|token| token.kind() != TokenKind::FStringStart)
                    .any(|token| token.kind() == TokenKind::Colon);
                let after_equal =
                    self.index_at(range.start())
                        .checked_sub(1)
                        .is_some_and(|before| {
                            self.tokens
                                .get(before)
                                .is_some_and(|token| token.kind() == TokenKind::Equal)
                        });
                match next.map(Token::kind) {
                    _ if after_equal => "expecting '!', or ':', or '}'",
                    Some(TokenKind::Equal) => "expecting '!', or ':', or '}'",
                    Some(TokenKind::Name | TokenKind::Int | TokenKind::String) if !colon => {
                        let message = "invalid syntax. Perhaps you forgot a comma?".to_owned();
                        return Some((SyntaxErrorKind::Syntax, message, range));
                    }
                    _ if colon => "expecting '}', or format specs",
                    _ => "expecting '}'",
                }
                .to_owned()
            }
            Field::InvalidConversionFlag => match text.trim() {
                "" | "}" | "!" => "missing conversion character".to_owned(),
                flag => format!("invalid conversion character '{flag}': expected 's', 'r', or 'a'"),
            },
            Field::SingleRbrace => "single '}' is not allowed".to_owned(),
            Field::UnterminatedString => {
                let line = self.source.line(range.start());
                let message = format!("unterminated {kind} literal (detected at line {line})");
                return Some((SyntaxErrorKind::Syntax, message, range));
            }
            Field::UnterminatedTripleQuotedString => {
                let line = self
                    .source
                    .text
                    .trim_end_matches('\n')
                    .matches('\n')
                    .count()
                    + 1;
                let message =
                    format!("unterminated triple-quoted {kind} literal (detected at line {line})");
                return Some((SyntaxErrorKind::Syntax, message, range));
            }
            Field::LambdaWithoutParentheses => {
                "lambda expressions are not allowed without parentheses".to_owned()
            }
            Field::ConversionFlagNotImmediatelyAfterExclamation => {
                "conversion type must come right after the exclamation mark".to_owned()
            }
            Field::NewlineInFormatSpec => {
                "newlines are not allowed in format specifiers for single quoted f-strings"
                    .to_owned()
            }
        };
        Some((SyntaxErrorKind::Syntax, format!("{kind}: {message}"), range))
    }

    pub(super) fn lexical(&self, error: &LexicalErrorType, range: TextRange) -> Option<Report> {
        let syntax = |message: String| Some((SyntaxErrorKind::Syntax, message, range));
        match error {
            LexicalErrorType::IndentationError => {
                let message = "unindent does not match any outer indentation level".to_owned();
                Some((SyntaxErrorKind::Indentation, message, range))
            }
            LexicalErrorType::UnclosedStringError => {
                let text = self
                    .source
                    .slice(range)
                    .trim_start_matches(|c: char| c.is_ascii_alphabetic());
                let triple = text.starts_with("'''") || text.starts_with("\"\"\"");
                let kind = if triple {
                    "triple-quoted string"
                } else {
                    "string"
                };
                let line = match triple {
                    true => self.source.line(
                        TextSize::try_from(self.source.text.trim_end_matches('\n').len())
                            .unwrap_or_default(),
                    ),
                    false => self.source.line(range.start()),
                };
                syntax(format!(
                    "unterminated {kind} literal (detected at line {line})"
                ))
            }
            LexicalErrorType::LineContinuationError => {
                syntax("unexpected character after line continuation character".to_owned())
            }
            LexicalErrorType::InvalidByteLiteral => {
                syntax("bytes can only contain ASCII literal characters".to_owned())
            }
            LexicalErrorType::UnicodeError
            | LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace
            | LexicalErrorType::StringError => {
                let token = self
                    .tokens
                    .iter()
                    .find(|token| token.range().end() >= range.start());
                let place = token.map_or(range, Ranged::range);
                let message = string_escape_error(self.source.slice(place))?;
                Some((SyntaxErrorKind::Syntax, message, place))
            }
            LexicalErrorType::Eof => syntax("unexpected EOF while parsing".to_owned()),
            LexicalErrorType::FStringError(error) => self.field(error, "f-string", range),
            LexicalErrorType::TStringError(error) => self.field(error, "t-string", range),
            LexicalErrorType::UnrecognizedToken { tok } => {
                let inside = self.in_field(range.start());
                if inside {
                    return syntax("f-string: expecting '=', or '!', or ':', or '}'".to_owned());
                }
                match tok {
                    '$' | '?' | '!' | '`' => None,
                    c if c.is_control() => syntax(format!(
                        "invalid non-printable character U+{:04X}",
                        u32::from(*c)
                    )),
                    c => syntax(format!("invalid character '{c}' (U+{:04X})", u32::from(*c))),
                }
            }
            LexicalErrorType::OtherError(text) => {
                let digits = self
                    .source
                    .text
                    .get(range.start().to_usize()..)
                    .unwrap_or("");
                match number_error(digits) {
                    Some(message) => syntax(message),
                    None if text.starts_with("Invalid decimal") => {
                        syntax("invalid decimal literal".to_owned())
                    }
                    None => None,
                }
            }
        }
    }

    /// What CPython calls the expression at a range.
    pub(super) fn name_of(&self, range: TextRange) -> &'static str {
        let text = self.source.slice(range).trim();
        match ruff_python_parser::parse_expression(text) {
            Ok(parsed) => expression_name(parsed.expr()),
            Err(_) if text.starts_with('*') => "starred",
            Err(_) if text.contains(":=") => "named expression",
            Err(_) if text.starts_with("yield") => "yield expression",
            Err(_) => "expression",
        }
    }

    pub(super) fn target(&self, range: TextRange, verb: &str) -> Option<Report> {
        let name = self.name_of(range);
        let plain = Some((SyntaxErrorKind::Syntax, format!("{verb} {name}"), range));
        if verb != "cannot assign to" {
            return plain;
        }
        let index = self.index_at(range.start());
        if name == "yield expression" && self.kind_before(index) != Some(TokenKind::Lpar) {
            let message = "assignment to yield expression not possible".to_owned();
            return Some((SyntaxErrorKind::Syntax, message, range));
        }
        let ends = |token: &&Token| matches!(token.kind(), TokenKind::Newline | TokenKind::Semi);
        let start = self.tokens[..index]
            .iter()
            .rposition(|token| ends(&token))
            .map_or(0, |at| at + 1);
        let statement: Vec<&Token> = self.tokens[start..]
            .iter()
            .take_while(|token| !ends(token))
            .collect();
        let compound = statement.first().is_some_and(|token| {
            matches!(
                token.kind(),
                TokenKind::If
                    | TokenKind::For
                    | TokenKind::While
                    | TokenKind::With
                    | TokenKind::Def
                    | TokenKind::Class
                    | TokenKind::Else
                    | TokenKind::Elif
                    | TokenKind::Try
                    | TokenKind::Except
                    | TokenKind::Finally
                    | TokenKind::Lambda
            )
        });
        if compound {
            return plain;
        }
        let equals: Vec<&&Token> = statement
            .iter()
            .filter(|token| token.kind() == TokenKind::Equal)
            .collect();
        let [equal] = equals[..] else { return plain };
        let before: Vec<&&Token> = statement
            .iter()
            .take_while(|token| token.range().start() < equal.range().start())
            .collect();
        let opens = |kind| matches!(kind, TokenKind::Lpar | TokenKind::Lsqb);
        let bare_tuple = before.first().is_some_and(|token| !opens(token.kind()))
            && before.iter().any(|token| token.kind() == TokenKind::Comma);
        let last_is_name = before
            .last()
            .is_some_and(|token| token.kind() == TokenKind::Name);
        if bare_tuple && last_is_name {
            let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?".to_owned();
            return Some((SyntaxErrorKind::Syntax, message, range));
        }
        // `(x) = 1`: the parentheses are not part of the expression.
        let parentheses = before
            .iter()
            .take_while(|token| token.kind() == TokenKind::Lpar)
            .count();
        let inner = before
            .get(parentheses..before.len().saturating_sub(parentheses))
            .unwrap_or(&[]);
        let spans = |tokens: &[&&Token]| {
            tokens
                .first()
                .is_some_and(|token| token.range().start() == range.start())
                && tokens
                    .last()
                    .is_some_and(|token| token.range().end() == range.end())
        };
        let enclosed = parentheses > 0 && spans(inner);
        let whole = spans(&before) || enclosed;
        let low = match name {
            "tuple" | "list" | "generator expression" | "starred" => true,
            "True"
            | "False"
            | "None"
            | "comparison"
            | "conditional expression"
            | "lambda"
            | "yield expression"
            | "named expression" => !enclosed,
            _ => !enclosed && self.is_logical(range),
        };
        if !whole || low {
            return plain;
        }
        let message = format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?");
        Some((SyntaxErrorKind::Syntax, message, range))
    }

    /// Whether the expression at a range is `not`, `and` or `or`.
    pub(super) fn is_logical(&self, range: TextRange) -> bool {
        let parsed = ruff_python_parser::parse_expression(self.source.slice(range).trim());
        parsed.is_ok_and(|parsed| match parsed.expr() {
            Expr::BoolOp(_) => true,
            Expr::UnaryOp(unary) => unary.op == UnaryOp::Not,
            _ => false,
        })
    }
}
