//! Reads the notation of `grammar`.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::grammar;
use super::lexer::Kind;

/// What an alternative asks for, one after the other.
#[derive(Debug)]
pub(super) enum Item {
    /// A token of a kind; a name that is no keyword.
    Kind(Kind),
    /// A keyword or operator.
    Text(&'static str),
    /// A soft keyword: a name with this text.
    Soft(&'static str),
    /// Any soft keyword.
    AnySoft,
    Rule(usize),
    Group(Vec<Alternative>),
    Optional(Box<Item>),
    /// As many as there are, and at least this many.
    Repeat(Box<Item>, usize),
    Separated(Box<Item>, Box<Item>),
    Ahead(Box<Item>),
    NotAhead(Box<Item>),
    Cut,
    Forced(&'static str),
}

/// One way to match.
#[derive(Debug, Default)]
pub(super) struct Alternative {
    /// Items, each with the name of its place, if it has one.
    pub items: Vec<(Option<char>, Item)>,
    /// What to report, and the message.
    pub report: Option<(&'static str, &'static str)>,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub name: &'static str,
    pub alternatives: Vec<Alternative>,
    pub remembered: bool,
}

impl Rule {
    /// Whether the rule is only there for what is wrong.
    pub fn is_mistake(&self) -> bool {
        self.name.starts_with("no_")
    }
}

/// The rules.
#[derive(Debug)]
pub(super) struct Grammar {
    pub rules: Vec<Rule>,
    names: HashMap<&'static str, usize>,
}

impl Grammar {
    pub fn rule(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// The grammar, read once. None if it is not well written, which a test excludes.
    pub fn get() -> Option<&'static Grammar> {
        static GRAMMAR: OnceLock<Option<Grammar>> = OnceLock::new();
        GRAMMAR.get_or_init(read).as_ref()
    }
}

fn read() -> Option<Grammar> {
    let texts = [
        grammar::STATEMENTS,
        grammar::PATTERNS,
        grammar::EXPRESSIONS,
        grammar::PARAMETERS,
        grammar::STRINGS,
    ];
    // A line that begins with a name and a colon begins a rule.
    let mut rules: Vec<(&str, bool, Vec<&str>)> = Vec::new();
    for line in texts.iter().flat_map(|text| text.lines()) {
        if line.starts_with(' ') {
            rules.last_mut()?.2.push(line);
        } else if let Some((name, rest)) = line.split_once(':') {
            let remembered = name.ends_with('@');
            rules.push((name.trim_end_matches('@'), remembered, vec![rest]));
        }
    }
    let names: HashMap<_, _> = rules
        .iter()
        .enumerate()
        .map(|(index, rule)| (rule.0, index))
        .collect();
    let rules = rules
        .into_iter()
        .map(|(name, remembered, lines)| {
            let mut alternatives = Vec::new();
            for line in lines {
                let (items, report) = match line.split_once(" => ") {
                    Some((items, report)) => {
                        (items, Some(report.split_once(' ').unwrap_or((report, ""))))
                    }
                    None => (line, None),
                };
                let mut reader = Reader {
                    rest: items.trim_start().trim_start_matches('|'),
                    names: &names,
                };
                let mut found = reader.alternatives()?;
                if !reader.rest.trim().is_empty() {
                    return None;
                }
                found.last_mut()?.report = report;
                alternatives.append(&mut found);
            }
            Some(Rule {
                name,
                alternatives,
                remembered,
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Grammar { rules, names })
}

struct Reader<'a> {
    rest: &'static str,
    names: &'a HashMap<&'static str, usize>,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, text: &str) -> bool {
        self.peek();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn alternatives(&mut self) -> Option<Vec<Alternative>> {
        let mut found = vec![Alternative::default()];
        while let Some(c) = self.peek() {
            match c {
                ')' => break,
                '|' => {
                    self.take("|");
                    found.push(Alternative::default());
                }
                _ => {
                    let item = self.named_item()?;
                    found.last_mut()?.items.push(item);
                }
            }
        }
        Some(found)
    }

    fn named_item(&mut self) -> Option<(Option<char>, Item)> {
        let name = self.rest.chars().next()?;
        if self.rest.chars().nth(1) == Some('=') && name.is_ascii_lowercase() {
            self.rest = &self.rest[2..];
            return Some((Some(name), self.item()?));
        }
        Some((None, self.item()?))
    }

    fn item(&mut self) -> Option<Item> {
        let item = self.single()?;
        let item = match self.rest.chars().next() {
            Some('?') => Item::Optional(Box::new(item)),
            Some('*') => Item::Repeat(Box::new(item), 0),
            Some('+') => Item::Repeat(Box::new(item), 1),
            _ => {
                return match self.take("% ") {
                    true => {
                        let separator = self.single()?;
                        Some(Item::Separated(Box::new(item), Box::new(separator)))
                    }
                    false => Some(item),
                };
            }
        };
        self.rest = &self.rest[1..];
        Some(item)
    }

    fn single(&mut self) -> Option<Item> {
        match self.peek()? {
            '~' => {
                self.take("~");
                Some(Item::Cut)
            }
            '&' => {
                self.take("&");
                Some(Item::Ahead(Box::new(self.single()?)))
            }
            '!' if self.take("!!") => match self.single()? {
                Item::Text(text) => Some(Item::Forced(text)),
                _ => None,
            },
            '!' => {
                self.take("!");
                Some(Item::NotAhead(Box::new(self.single()?)))
            }
            '(' => {
                self.take("(");
                let group = self.alternatives()?;
                self.take(")").then_some(Item::Group(group))
            }
            quote @ ('\'' | '"') => {
                let end = self.rest[1..].find(quote)? + 1;
                let text = &self.rest[1..end];
                self.rest = &self.rest[end + 1..];
                Some(match quote {
                    '"' => Item::Soft(text),
                    _ => Item::Text(text),
                })
            }
            _ => {
                let end = self
                    .rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(self.rest.len());
                let word = &self.rest[..end];
                self.rest = &self.rest[end..];
                if let Some(rule) = self.names.get(word) {
                    return Some(Item::Rule(*rule));
                }
                Some(Item::Kind(match word {
                    "NAME" => Kind::Name,
                    "NUMBER" => Kind::Number,
                    "STRING" => Kind::String,
                    "FSTART" => Kind::FieldsStart,
                    "FMIDDLE" => Kind::FieldsMiddle,
                    "FEND" => Kind::FieldsEnd,
                    "TSTART" => Kind::TemplateStart,
                    "TMIDDLE" => Kind::TemplateMiddle,
                    "TEND" => Kind::TemplateEnd,
                    "NEWLINE" => Kind::Newline,
                    "INDENT" => Kind::Indent,
                    "DEDENT" => Kind::Dedent,
                    "END" => Kind::End,
                    "SOFT" => return Some(Item::AnySoft),
                    _ => return None,
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Grammar;

    #[test]
    fn the_grammar_is_well_written() {
        let grammar = Grammar::get().expect("a rule that cannot be read");
        for start in ["file", "expression_input", "interactive"] {
            assert!(grammar.rule(start).is_some());
        }
        for rule in &grammar.rules {
            for alternative in &rule.alternatives {
                assert!(!alternative.items.is_empty(), "{}", rule.name);
            }
        }
    }
}
