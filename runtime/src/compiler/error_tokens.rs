//! What the tokens around an error say.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::parse_errors::Converter;

impl Converter<'_> {
    pub(super) fn token_at(&self, offset: TextSize) -> Option<TextRange> {
        self.tokens
            .iter()
            .find(|token| token.range().start() >= offset)
            .map(Ranged::range)
    }

    pub(super) fn index_at(&self, offset: TextSize) -> usize {
        self.tokens
            .partition_point(|token| token.range().start() < offset)
    }

    pub(super) fn kind_before(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index.checked_sub(1)?).map(Token::kind)
    }

    /// The index of the innermost bracket open before a token.
    pub(super) fn enclosing(&self, index: usize) -> Option<usize> {
        let mut closed = 0;
        self.tokens[..index]
            .iter()
            .rposition(|token| match token.kind() {
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    closed += 1;
                    false
                }
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace if closed > 0 => {
                    closed -= 1;
                    false
                }
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => true,
                _ => false,
            })
    }

    /// Whether the bracket at `open` begins the parameters of a function, or names to import.
    pub(super) fn opens_parameters(&self, open: usize) -> bool {
        let before: Vec<TokenKind> = self.tokens[..open]
            .iter()
            .rev()
            .take(2)
            .map(Token::kind)
            .collect();
        matches!(
            before[..],
            [TokenKind::Name, TokenKind::Def] | [TokenKind::Import, ..]
        )
    }

    pub(super) fn in_keyword_value(&self, index: usize) -> bool {
        let before: Vec<TokenKind> = self.tokens[..index]
            .iter()
            .rev()
            .take(3)
            .map(Token::kind)
            .collect();
        matches!(
            before[..],
            [TokenKind::Name, TokenKind::Equal, TokenKind::Name]
        ) && self.enclosing(index).is_some()
    }

    pub(super) fn statement_start(&self, index: usize) -> TextSize {
        let start = self.tokens[..index]
            .iter()
            .rposition(|token| matches!(token.kind(), TokenKind::Newline | TokenKind::Semi))
            .map_or(0, |at| at + 1);
        self.tokens
            .get(start)
            .map_or(TextSize::default(), |token| token.range().start())
    }

    pub(super) fn in_import(&self, index: usize) -> bool {
        self.tokens[..index]
            .iter()
            .rev()
            .take_while(|token| token.kind() != TokenKind::Newline)
            .any(|token| token.kind() == TokenKind::Import)
    }

    pub(super) fn in_field(&self, offset: TextSize) -> bool {
        let mut depth = 0i32;
        for token in self
            .tokens
            .iter()
            .take_while(|token| token.range().start() < offset)
        {
            match token.kind() {
                TokenKind::FStringStart | TokenKind::TStringStart => depth += 1,
                TokenKind::FStringEnd | TokenKind::TStringEnd => depth -= 1,
                _ => {}
            }
        }
        depth > 0
    }

    /// Whether a brace opens a field of an f-string.
    pub(super) fn is_field(&self, brace: TextRange) -> bool {
        let index = self.index_at(brace.start());
        let before = index
            .checked_sub(1)
            .and_then(|index| self.tokens.get(index));
        before.is_some_and(|token| {
            matches!(
                token.kind(),
                TokenKind::FStringStart
                    | TokenKind::FStringMiddle
                    | TokenKind::TStringStart
                    | TokenKind::TStringMiddle
                    | TokenKind::Colon
            ) && token.range().end() == brace.start()
        }) && self.source.slice(brace) == "{"
            && self.tokens.iter().take(index).any(|token| {
                matches!(
                    token.kind(),
                    TokenKind::FStringStart | TokenKind::TStringStart
                )
            })
    }
}
