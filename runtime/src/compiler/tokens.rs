//! The parser's tokens, for who shows source text: an editor, a REPL. The text need not be complete or right.

use std::ops::Range;

use ruff_python_ast::token::TokenKind;

use super::parse;
use super::source::Source;

/// What a token is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenClass {
    /// A keyword.
    Keyword,
    /// `None`, `True`, `False`, `...`.
    Constant,
    /// Any other name.
    Name,
    /// The name that `def` or `class` gives.
    Definition,
    /// A number.
    Number,
    /// A string, or a part of an f-string.
    String,
    /// A comment.
    Comment,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// An operator or other punctuation.
    Operator,
}

/// A token and where it is, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub class: TokenClass,
    /// Where it is.
    pub range: Range<usize>,
}

/// The tokens of the text in their order; blanks and line ends are none.
pub fn tokens(source: &str) -> Vec<Token> {
    let found = parse::tokens(&Source::new(source, "<tokens>")).unwrap_or_default();
    let mut tokens = Vec::with_capacity(found.len());
    let mut before = None;
    for (kind, range) in found {
        if let Some(class) = class_of(kind, before) {
            tokens.push(Token {
                class,
                range: range.start().to_usize()..range.end().to_usize(),
            });
        }
        before = Some(kind);
    }
    tokens
}

fn class_of(kind: TokenKind, before: Option<TokenKind>) -> Option<TokenClass> {
    use TokenKind::{Class, Def};
    Some(match kind {
        TokenKind::Name if matches!(before, Some(Def | Class)) => TokenClass::Definition,
        TokenKind::Name => TokenClass::Name,
        TokenKind::None | TokenKind::True | TokenKind::False | TokenKind::Ellipsis => {
            TokenClass::Constant
        }
        TokenKind::Int | TokenKind::Float | TokenKind::Complex => TokenClass::Number,
        TokenKind::String
        | TokenKind::FStringStart
        | TokenKind::FStringMiddle
        | TokenKind::FStringEnd
        | TokenKind::TStringStart
        | TokenKind::TStringMiddle
        | TokenKind::TStringEnd => TokenClass::String,
        TokenKind::Comment => TokenClass::Comment,
        TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => TokenClass::Open,
        TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => TokenClass::Close,
        kind if kind.is_keyword() => TokenClass::Keyword,
        kind if kind.is_operator() => TokenClass::Operator,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(source: &str) -> Vec<(&str, TokenClass)> {
        tokens(source)
            .into_iter()
            .map(|token| (&source[token.range], token.class))
            .collect()
    }

    #[test]
    fn tokens_are_classed() {
        use TokenClass::*;
        assert_eq!(
            classes("def f(x): return None  # c"),
            [
                ("def", Keyword),
                ("f", Definition),
                ("(", Open),
                ("x", Name),
                (")", Close),
                (":", Operator),
                ("return", Keyword),
                ("None", Constant),
                ("# c", Comment),
            ]
        );
        assert_eq!(classes("match = 1")[0], ("match", Name));
        assert_eq!(classes("match x:\n")[0], ("match", Keyword));
        assert_eq!(classes("type(x)")[0], ("type", Name));
    }

    #[test]
    fn what_is_not_complete_has_tokens_too() {
        assert_eq!(classes("x = (1,")[2], ("(", TokenClass::Open));
        for source in [
            "'abc",
            "f'{x",
            "\"\"\"a\nb",
            "\\",
            "\u{20ac}",
            "0x",
            "f'{a!r:",
        ] {
            tokens(source);
        }
    }
}
