//! Matches tokens with the grammar, as CPython's parser does: the same order, the same looks
//! ahead, so that the last token it asked for is the one CPython complains of.

use std::collections::HashMap;

use super::lexer::{Kind, Token, Tokens};
use super::notation::{Alternative, Grammar, Item};
use super::reports::Report;
use crate::compiler::source::Source;

/// How deep rules may be in one another.
const MAX_DEPTH: usize = 4000;
/// How many items may be tried before the search is given up.
const MAX_STEPS: usize = 20_000_000;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];
const SOFT_KEYWORDS: [&str; 4] = ["_", "case", "match", "type"];

/// Why a match ends early.
pub(super) enum Stop {
    /// A mistake was found.
    Report(Report),
    /// The tokenizer failed where a token was asked for.
    Tokens,
    /// The text is too deep or too intricate.
    Exhausted,
}

/// From a token to behind the last one.
pub(super) type Span = (usize, usize);
pub(super) type Matched = Result<Option<usize>, Stop>;
pub(super) type Places = Vec<(char, Span)>;

pub(super) struct Matcher<'a> {
    pub source: &'a Source<'a>,
    pub read: &'a Tokens,
    grammar: &'static Grammar,
    /// Whether mistakes are looked for.
    mistakes: bool,
    /// How many tokens were asked for.
    pub fetched: usize,
    remembered: HashMap<(usize, usize), Option<usize>>,
    depth: usize,
    steps: usize,
}

impl<'a> Matcher<'a> {
    pub fn new(
        source: &'a Source<'a>,
        read: &'a Tokens,
        grammar: &'static Grammar,
        mistakes: bool,
    ) -> Self {
        Matcher {
            source,
            read,
            grammar,
            mistakes,
            fetched: 0,
            remembered: HashMap::new(),
            depth: 0,
            steps: 0,
        }
    }

    /// The token at an index, which the tokenizer may have failed before.
    pub fn token(&mut self, index: usize) -> Result<&'a Token, Stop> {
        let token = self.read.tokens.get(index);
        self.fetched = self.fetched.max(index + 1);
        token.ok_or(Stop::Tokens)
    }

    pub fn text(&self, token: &Token) -> &'a str {
        self.source.text.get(token.start..token.end).unwrap_or("")
    }

    /// Where the match of a rule ends.
    pub fn rule(&mut self, index: usize, at: usize) -> Matched {
        let grammar = self.grammar;
        let Some(rule) = grammar.rules.get(index) else {
            return Ok(None);
        };
        if rule.is_mistake() && !self.mistakes {
            return Ok(None);
        }
        if rule.remembered
            && let Some(found) = self.remembered.get(&(index, at))
        {
            return Ok(*found);
        }
        if self.depth >= MAX_DEPTH {
            return Err(Stop::Exhausted);
        }
        self.depth += 1;
        let mistakes = self.mistakes;
        if rule.name == "plain_expression" {
            self.mistakes = false;
        }
        let found = stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            self.alternatives(&rule.alternatives, at)
        });
        self.mistakes = mistakes;
        self.depth -= 1;
        if rule.remembered
            && let Ok(found) = found
        {
            self.remembered.insert((index, at), found);
        }
        found
    }

    fn alternatives(&mut self, alternatives: &'static [Alternative], at: usize) -> Matched {
        for alternative in alternatives {
            let mut places = Places::new();
            let mut end = at;
            let mut committed = false;
            let mut whole = true;
            for (name, item) in &alternative.items {
                if matches!(item, Item::Cut) {
                    committed = true;
                    continue;
                }
                match self.item(item, end)? {
                    Some(next) => {
                        if let Some(name) = name {
                            places.push((*name, (end, next)));
                        }
                        end = next;
                    }
                    None => {
                        whole = false;
                        break;
                    }
                }
            }
            if whole {
                let found = match alternative.report {
                    Some((how, message)) => self.report(how, message, &places, at, end)?,
                    None => Some(end),
                };
                if found.is_some() {
                    return Ok(found);
                }
            }
            if committed {
                return Ok(None);
            }
        }
        Ok(None)
    }

    fn item(&mut self, item: &'static Item, at: usize) -> Matched {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Stop::Exhausted);
        }
        match item {
            Item::Kind(kind) => {
                let token = self.token(at)?;
                let fits = token.kind == *kind
                    && (*kind != Kind::Name || !KEYWORDS.contains(&self.text(token)));
                Ok(fits.then_some(at + 1))
            }
            Item::Text(text) => {
                let token = self.token(at)?;
                let fits =
                    matches!(token.kind, Kind::Operator | Kind::Name) && self.text(token) == *text;
                Ok(fits.then_some(at + 1))
            }
            Item::Soft(text) => {
                let token = self.token(at)?;
                let fits = token.kind == Kind::Name && self.text(token) == *text;
                Ok(fits.then_some(at + 1))
            }
            Item::AnySoft => {
                let token = self.token(at)?;
                let fits = token.kind == Kind::Name && SOFT_KEYWORDS.contains(&self.text(token));
                Ok(fits.then_some(at + 1))
            }
            Item::Rule(rule) => self.rule(*rule, at),
            Item::Group(alternatives) => self.alternatives(alternatives, at),
            Item::Optional(item) => Ok(Some(self.item(item, at)?.unwrap_or(at))),
            Item::Repeat(item, least) => {
                let mut end = at;
                let mut count = 0;
                while let Some(next) = self.item(item, end)? {
                    // What matches nothing would match for ever.
                    if next == end {
                        break;
                    }
                    end = next;
                    count += 1;
                }
                Ok((count >= *least).then_some(end))
            }
            Item::Separated(item, separator) => {
                let Some(mut end) = self.item(item, at)? else {
                    return Ok(None);
                };
                while let Some(next) = self.item(separator, end)? {
                    match self.item(item, next)? {
                        Some(next) => end = next,
                        None => break,
                    }
                }
                Ok(Some(end))
            }
            Item::Ahead(item) => Ok(self.item(item, at)?.map(|_| at)),
            Item::NotAhead(item) => Ok(match self.item(item, at)? {
                Some(_) => None,
                None => Some(at),
            }),
            Item::Cut => Ok(Some(at)),
            Item::Forced(text) => {
                let token = self.token(at)?;
                if self.text(token) == *text && token.kind == Kind::Operator {
                    return Ok(Some(at + 1));
                }
                Err(Stop::Report(Report::token(
                    format!("expected '{text}'"),
                    at,
                )))
            }
        }
    }
}
