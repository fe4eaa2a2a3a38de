//! From ruff's parse errors to CPython's wording.
//!
//! ruff goes on after an error and reports several; CPython stops at the first. Brackets and
//! number literals are looked at first, because CPython's tokenizer reports those.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::literal_errors::number_error;
use super::source::Source;
use super::{SyntaxError, SyntaxErrorKind};

/// The error CPython would report.
pub(super) fn convert(source: &Source<'_>, errors: &[ParseError], tokens: &[Token]) -> SyntaxError {
    // An impossible target is noticed after it; everything else where it begins.
    let noticed = |error: &&ParseError| match error.error {
        ParseErrorType::InvalidAssignmentTarget
        | ParseErrorType::InvalidAnnotatedAssignmentTarget
        | ParseErrorType::InvalidAugmentedAssignmentTarget => error.range().end(),
        _ => error.range().start(),
    };
    let Some(first) = errors.iter().min_by_key(noticed) else {
        return source.error("invalid syntax", TextRange::default());
    };
    let converter = Converter { source, tokens };
    if let Some(error) = check_tabs(source, tokens) {
        return error;
    }
    let mut error = converter.convert(first);
    error.incomplete = converter.is_incomplete(first, &error);
    error
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

/// Kind, message and place of an error.
pub(super) type Report = (SyntaxErrorKind, String, TextRange);

/// What is wrong with the brackets of a text.
enum Brackets {
    Fine,
    NeverClosed(char, TextRange),
    Mismatch(String, TextRange),
}

pub(super) struct Converter<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) tokens: &'a [Token],
}

impl Converter<'_> {
    fn convert(&self, first: &ParseError) -> SyntaxError {
        let range = first.range();
        if let Some((message, place)) = self.number()
            && place.start() <= range.start()
        {
            return self.source.error(message, place);
        }
        let brackets = self.brackets();
        match &brackets {
            Brackets::Mismatch(message, place)
                if place.start() <= range.start() + TextSize::from(1) =>
            {
                let in_field = matches!(
                    first.error,
                    ParseErrorType::FStringError(_)
                        | ParseErrorType::Lexical(LexicalErrorType::FStringError(_))
                );
                let prefix = if in_field && message.starts_with("unmatched") {
                    "f-string: "
                } else {
                    ""
                };
                return self.source.error(format!("{prefix}{message}"), *place);
            }
            Brackets::NeverClosed(open, place) => {
                let at_end = self.source.text
                    [range.start().to_usize().min(self.source.text.len())..]
                    .trim()
                    .is_empty();
                let below = self.source.line(range.start()) > self.source.line(place.start());
                let custom = self.message(first);
                let generic =
                    custom.is_none_or(|(_, message, _)| message.starts_with("invalid syntax"));
                let end = matches!(first.error, ParseErrorType::Lexical(LexicalErrorType::Eof));
                if end || generic && (at_end || below) {
                    let end = place.start() + TextSize::from(1);
                    let place = TextRange::new(place.start(), end);
                    let message = format!("'{open}' was never closed");
                    let mut error = self.source.error(message, place);
                    error.end_col = 0;
                    return error;
                }
            }
            _ => {}
        }
        match self.message(first) {
            Some((kind, message, place)) => self.source.error_kind(kind, message, place),
            None => self.source.error(
                "invalid syntax",
                self.token_at(range.start()).unwrap_or(range),
            ),
        }
    }

    /// Whether the text could go on and become valid.
    fn is_incomplete(&self, first: &ParseError, error: &SyntaxError) -> bool {
        let rest = self
            .source
            .text
            .get(first.range().start().to_usize()..)
            .unwrap_or("");
        let open_string = error.message.starts_with("unterminated triple-quoted");
        error.message.ends_with("was never closed")
            || open_string
            || (rest.trim().is_empty() && error.kind != SyntaxErrorKind::Tab && {
                error.message.starts_with("expected an indented block")
                    || error.message == "expected 'except' or 'finally' block"
                    || error.message.starts_with("unexpected EOF")
            })
    }

    fn brackets(&self) -> Brackets {
        let mut open: Vec<(char, TextRange)> = Vec::new();
        for token in self.tokens {
            let c = match token.kind() {
                TokenKind::Lpar => '(',
                TokenKind::Lsqb => '[',
                TokenKind::Lbrace => '{',
                TokenKind::Rpar => ')',
                TokenKind::Rsqb => ']',
                TokenKind::Rbrace => '}',
                _ => continue,
            };
            if "([{".contains(c) {
                open.push((c, token.range()));
                continue;
            }
            let Some((before, place)) = open.pop() else {
                return Brackets::Mismatch(format!("unmatched '{c}'"), token.range());
            };
            if !matches!((before, c), ('(', ')') | ('[', ']') | ('{', '}')) {
                let in_field = before == '{' && c != '}' && self.is_field(place);
                let message = match in_field {
                    true => format!("unmatched '{c}'"),
                    false => self.mismatch(c, before, place, token.range()),
                };
                return Brackets::Mismatch(message, token.range());
            }
        }
        match open.last() {
            Some((c, place)) if !self.is_field(*place) => Brackets::NeverClosed(*c, *place),
            _ => Brackets::Fine,
        }
    }

    fn mismatch(&self, close: char, open: char, place: TextRange, at: TextRange) -> String {
        let line = self.source.line(place.start());
        let there = match line == self.source.line(at.start()) {
            true => String::new(),
            false => format!(" on line {line}"),
        };
        format!("closing parenthesis '{close}' does not match opening parenthesis '{open}'{there}")
    }

    /// The first malformed number literal.
    fn number(&self) -> Option<(String, TextRange)> {
        for (index, token) in self.tokens.iter().enumerate() {
            let numeric = matches!(
                token.kind(),
                TokenKind::Int | TokenKind::Float | TokenKind::Complex | TokenKind::Unknown
            );
            if !numeric
                || !self
                    .source
                    .slice(token.range())
                    .starts_with(|c: char| c.is_ascii_digit() || c == '.')
            {
                continue;
            }
            let next = self.tokens.get(index + 1)?;
            let adjacent = next.range().start() == token.range().end();
            let rest = self.source.text.get(token.range().start().to_usize()..)?;
            if (adjacent || token.kind() == TokenKind::Unknown)
                && let Some(message) = number_error(rest)
            {
                return Some((message, token.range()));
            }
        }
        None
    }

    /// Kind, message and place; None for plain "invalid syntax".
    pub(super) fn message(&self, error: &ParseError) -> Option<Report> {
        use ParseErrorType as P;
        let range = error.range();
        let syntax = |message: &str| Some((SyntaxErrorKind::Syntax, message.to_owned(), range));
        match &error.error {
            P::UnexpectedIndentation => {
                let kind = SyntaxErrorKind::Indentation;
                Some((kind, "unexpected indent".to_owned(), range))
            }
            P::Lexical(error) => self.lexical(error, range),
            P::FStringError(error) => self.field(error, "f-string", range),
            P::TStringError(error) => self.field(error, "t-string", range),
            P::InvalidAssignmentTarget => self.target(range, "cannot assign to"),
            P::InvalidAnnotatedAssignmentTarget => syntax("illegal target for annotation"),
            P::InvalidDeleteTarget => self.target(range, "cannot delete"),
            P::InvalidAugmentedAssignmentTarget => {
                let name = self.name_of(range);
                syntax(&format!(
                    "'{name}' is an illegal expression for augmented assignment"
                ))
            }
            P::InvalidNamedAssignmentTarget => {
                let name = self.name_of(range);
                syntax(&format!("cannot use assignment expressions with {name}"))
            }
            P::InvalidStarredExpressionUsage => syntax("cannot use starred expression here"),
            P::IterableUnpackingInComprehension => {
                syntax("iterable unpacking cannot be used in comprehension")
            }
            P::UnparenthesizedGeneratorExpression => {
                syntax("Generator expression must be parenthesized")
            }
            P::PositionalAfterKeywordArgument => {
                syntax("positional argument follows keyword argument")
            }
            P::PositionalAfterKeywordUnpacking => {
                syntax("positional argument follows keyword argument unpacking")
            }
            P::InvalidArgumentUnpackingOrder => {
                syntax("iterable argument unpacking follows keyword argument unpacking")
            }
            P::NonDefaultParamAfterDefaultParam => {
                syntax("parameter without a default follows parameter with a default")
            }
            P::ExpectedKeywordParam => syntax("named arguments must follow bare *"),
            P::ParamAfterVarKeywordParam => syntax("arguments cannot follow var-keyword argument"),
            P::VarParameterWithDefault => {
                let before = self
                    .source
                    .text
                    .get(..range.start().to_usize())
                    .unwrap_or("");
                let keyword = before.trim_end().trim_end_matches('=').trim_end();
                let name_start = keyword.rfind('*').unwrap_or(0);
                let which = if keyword[..name_start].ends_with('*') {
                    "keyword"
                } else {
                    "positional"
                };
                syntax(&format!("var-{which} argument cannot have default value"))
            }
            P::SimpleStatementsOnSameLine => self.two_statements(range),
            P::ExpectedToken { expected, found } => self.expected(*expected, *found, range),
            P::OtherError(text) => self.other(text, range),
            P::EmptyTypeParams => syntax("Type parameter list cannot be empty"),
            P::EmptyImportNames => {
                let token = self.tokens.get(self.index_at(range.start()))?;
                let ended = matches!(token.kind(), TokenKind::Newline | TokenKind::EndOfFile);
                ended.then(|| syntax("Expected one or more names after 'import'"))?
            }
            P::UnexpectedExpressionToken => None,
            P::ExpectedExpression => self.expression(range),
            _ => None,
        }
    }

    fn two_statements(&self, range: TextRange) -> Option<Report> {
        let index = self.index_at(range.start());
        let before = self.tokens.get(index.checked_sub(1)?)?;
        let word = self.source.slice(before.range());
        if matches!(word, "print" | "exec") && before.kind() == TokenKind::Name {
            let message =
                format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
            return Some((SyntaxErrorKind::Syntax, message, before.range()));
        }
        None
    }

    fn expected(&self, expected: TokenKind, found: TokenKind, range: TextRange) -> Option<Report> {
        let syntax = |message: &str| Some((SyntaxErrorKind::Syntax, message.to_owned(), range));
        let index = self.index_at(range.start());
        match (expected, found) {
            (TokenKind::Comma, TokenKind::Equal) if self.in_keyword_value(index) => None,
            (TokenKind::Colon, TokenKind::Equal)
            | (TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Comma, TokenKind::Equal) => {
                syntax("invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
            }
            (TokenKind::Colon, TokenKind::Newline) => syntax("expected ':'"),
            (TokenKind::Colon, TokenKind::Rbrace | TokenKind::Comma) => {
                syntax("':' expected after dictionary key")
            }
            (TokenKind::In, _) if self.enclosing(index).is_some() => {
                syntax("'in' expected after for-loop variables")
            }
            (TokenKind::Colon, TokenKind::Lpar)
                if self.kind_before(index) == Some(TokenKind::Lambda) =>
            {
                syntax("Lambda expression parameters cannot be parenthesized")
            }
            (TokenKind::Comma, found) if is_augmented(found) => {
                let start = self.statement_start(index);
                let place = TextRange::new(start.min(range.start()), range.start());
                let message =
                    "'tuple' is an illegal expression for augmented assignment".to_owned();
                Some((SyntaxErrorKind::Syntax, message, place))
            }
            (TokenKind::Lpar, _) => syntax("expected '('"),
            (TokenKind::Else, _) => {
                let start = self.tokens[..index]
                    .iter()
                    .rposition(|token| token.kind() == TokenKind::If)
                    .and_then(|at| self.tokens.get(at.checked_sub(1)?))
                    .map_or(range.start(), |token| token.range().start());
                let message = "expected 'else' after 'if' expression".to_owned();
                Some((
                    SyntaxErrorKind::Syntax,
                    message,
                    TextRange::new(start, range.start().max(start)),
                ))
            }
            (TokenKind::Rsqb | TokenKind::Rbrace, TokenKind::For) => {
                syntax("did you forget parentheses around the comprehension target?")
            }
            (TokenKind::Rpar, TokenKind::Lpar) => {
                syntax("Function parameters cannot be parenthesized")
            }
            (TokenKind::Comma, TokenKind::Dot) if self.in_import(index) => {
                syntax("cannot use attribute as import target")
            }
            (
                TokenKind::Comma | TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace,
                TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::String
                | TokenKind::FStringStart,
            ) if self
                .enclosing(index)
                .is_some_and(|open| !self.opens_parameters(open)) =>
            {
                let before = self.tokens.get(index.checked_sub(1)?)?;
                let operand = matches!(
                    before.kind(),
                    TokenKind::Name
                        | TokenKind::Int
                        | TokenKind::Float
                        | TokenKind::String
                        | TokenKind::Rpar
                        | TokenKind::Rsqb
                        | TokenKind::Rbrace
                        | TokenKind::FStringEnd
                );
                let place = TextRange::new(
                    before.range().start(),
                    range.end().max(before.range().start()),
                );
                let message = "invalid syntax. Perhaps you forgot a comma?".to_owned();
                operand.then_some((SyntaxErrorKind::Syntax, message, place))
            }
            _ => None,
        }
    }

    fn expression(&self, range: TextRange) -> Option<Report> {
        let index = self.index_at(range.start());
        let token = self.tokens.get(index)?;
        let before = index
            .checked_sub(1)
            .and_then(|index| self.tokens.get(index));
        let text = self.source.slice(token.range());
        if before
            .is_some_and(|token| token.kind() == TokenKind::Lbrace && self.is_field(token.range()))
        {
            if text == "lambda" || text == "*" {
                return None;
            }
            let message = format!("f-string: valid expression required before '{text}'");
            return Some((SyntaxErrorKind::Syntax, message, range));
        }
        if self.in_field(range.start())
            && self.tokens[..index]
                .iter()
                .rev()
                .take(8)
                .any(|token| token.kind() == TokenKind::Lambda)
        {
            let message =
                "f-string: lambda expressions are not allowed without parentheses".to_owned();
            return Some((SyntaxErrorKind::Syntax, message, range));
        }
        let before_kind = before.map(Token::kind);
        let ends = matches!(token.kind(), TokenKind::Rpar | TokenKind::Comma);
        if before_kind == Some(TokenKind::Equal)
            && ends
            && let Some(open) = self.enclosing(index)
        {
            let what = if self.opens_parameters(open) {
                "default"
            } else {
                "argument"
            };
            let message = format!("expected {what} value expression");
            return Some((SyntaxErrorKind::Syntax, message, range));
        }
        if before_kind == Some(TokenKind::Else) {
            let message = "expected expression after 'else', but statement is given".to_owned();
            return Some((SyntaxErrorKind::Syntax, message, range));
        }
        let star = before.is_some_and(|token| token.kind() == TokenKind::Star);
        if star && matches!(token.kind(), TokenKind::Comma | TokenKind::Rpar) {
            return Some((
                SyntaxErrorKind::Syntax,
                "Invalid star expression".to_owned(),
                range,
            ));
        }
        None
    }

    fn other(&self, text: &str, range: TextRange) -> Option<Report> {
        let syntax = |message: &str| Some((SyntaxErrorKind::Syntax, message.to_owned(), range));
        if let Some(what) = text.strip_prefix("Expected an indented block after ") {
            let (what, line) = self.block_opener(what, range);
            let message = format!("expected an indented block after {what} on line {line}");
            return Some((SyntaxErrorKind::Indentation, message, range));
        }
        match text {
            "Expected `except` or `finally` after `try` block" => {
                syntax("expected 'except' or 'finally' block")
            }
            "Cannot have both 'except' and 'except*' on the same 'try'" => {
                syntax("cannot have both 'except' and 'except*' on the same 'try'")
            }
            "Multiple exception types must be parenthesized when using `as`" => {
                syntax("multiple exception types must be parenthesized when using 'as'")
            }
            "Cannot mix t-string literals with string or bytes literals" => {
                syntax("cannot mix t-string literals with string or bytes literals")
            }
            "Trailing comma not allowed" => {
                syntax("trailing comma not allowed without surrounding parentheses")
            }
            "Positional patterns cannot follow keyword patterns" => {
                syntax("positional patterns follow keyword patterns")
            }
            "Expected one or more exception types" => {
                syntax("expected one or more exception types")
            }
            "Bytes literal cannot be mixed with non-bytes literals" => {
                syntax("cannot mix bytes and nonbytes literals")
            }
            "Only one '/' separator allowed" => syntax("/ may appear only once"),
            "Only one '*' parameter allowed" | "Only one '*' separator allowed" => {
                syntax("* argument may appear only once")
            }
            "'/' parameter must appear before '*' parameter" => syntax("/ must be ahead of *"),
            "Only single target (not tuple) can be annotated" => {
                syntax("only single target (not tuple) can be annotated")
            }
            "Only single target (not list) can be annotated" => {
                syntax("only single target (not list) can be annotated")
            }
            "Expected an expression or a ']'" | "Expected an expression or a '}'"
                if self.source.slice(range) == "=" =>
            {
                syntax("invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
            }
            "Expected a parameter name" => {
                let name = match self.source.slice(range).trim() {
                    constant @ ("True" | "False" | "None") => {
                        return syntax(&format!("cannot assign to {constant}"));
                    }
                    _ => "expression cannot contain assignment, perhaps you meant \"==\"?",
                };
                syntax(name)
            }
            _ => None,
        }
    }

    /// How CPython names the statement whose block is missing, and its line.
    fn block_opener(&self, what: &str, range: TextRange) -> (String, u32) {
        let index = self.index_at(range.start());
        // The header ends in the last colon before.
        let colon = self.tokens[..index]
            .iter()
            .rposition(|token| token.kind() == TokenKind::Colon);
        let before = colon.unwrap_or(index);
        let start = self.tokens[..before]
            .iter()
            .rposition(|token| token.kind() == TokenKind::Newline)
            .map_or(0, |at| at + 1);
        let opener = self.tokens[start..before].iter().find(|token| {
            !matches!(
                token.kind(),
                TokenKind::Indent
                    | TokenKind::Dedent
                    | TokenKind::NonLogicalNewline
                    | TokenKind::Comment
            )
        });
        let line = opener.map_or(1, |token| self.source.line(token.range().start()));
        let what = what
            .replace('`', "'")
            .replace("'class' definition", "class definition")
            .replace(" clause", " statement")
            .replace(" block", " statement");
        (what, line)
    }
}

/// Whether a token is `+=` or one like it.
fn is_augmented(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::PlusEqual
            | TokenKind::MinusEqual
            | TokenKind::StarEqual
            | TokenKind::SlashEqual
            | TokenKind::PercentEqual
            | TokenKind::AmperEqual
            | TokenKind::VbarEqual
            | TokenKind::CircumflexEqual
            | TokenKind::LeftShiftEqual
            | TokenKind::RightShiftEqual
            | TokenKind::DoubleStarEqual
            | TokenKind::DoubleSlashEqual
            | TokenKind::AtEqual
    )
}
