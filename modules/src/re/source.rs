//! The characters of a pattern or template, read one token at a time: a character, or a
//! backslash with what follows it. Places are counted in characters, as CPython reports them.

use std::fmt::Write;

use capers_runtime::text::quote;
use capers_runtime::text::wtf8::{self, Text};

use super::tree::Problem;

/// A pattern's or template's text, and how far it has been read.
pub struct Source<'a> {
    points: &'a [u32],
    at: usize,
    /// Whether it is a str; otherwise bytes.
    pub is_text: bool,
}

/// One token: the character, and the one after it where the first is a backslash.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A character.
    Character(u32),
    /// A backslash and a character.
    Escape(u32),
}

impl<'a> Source<'a> {
    /// At the start of `points`.
    pub fn new(points: &'a [u32], is_text: bool) -> Self {
        Source {
            points,
            at: 0,
            is_text,
        }
    }

    /// The place of the next token.
    pub fn place(&self) -> usize {
        self.at
    }

    /// Goes back to a place.
    pub fn seek(&mut self, place: usize) {
        self.at = place;
    }

    /// The next character, without reading it; a backslash too.
    pub fn peek(&self) -> Option<u32> {
        self.points.get(self.at).copied()
    }

    /// Whether the next token is this very character.
    pub fn is_next(&self, wanted: char) -> bool {
        self.peek() == Some(wanted.into())
    }

    /// Reads the next character if it is this one.
    pub fn accept(&mut self, wanted: char) -> bool {
        let is_next = self.is_next(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    /// Reads the next character, whatever it is.
    pub fn character(&mut self) -> Option<u32> {
        let point = self.peek()?;
        self.at += 1;
        Some(point)
    }

    /// Reads the next token.
    pub fn token(&mut self) -> Result<Option<Token>, Problem> {
        let Some(point) = self.character() else {
            return Ok(None);
        };
        if point != u32::from('\\') {
            return Ok(Some(Token::Character(point)));
        }
        match self.character() {
            Some(escaped) => Ok(Some(Token::Escape(escaped))),
            None => Err(self.error("bad escape (end of pattern)", 1)),
        }
    }

    /// Reads at most `most` characters that `accepts` takes.
    pub fn take_while(&mut self, most: usize, accepts: fn(char) -> bool) -> String {
        let mut text = String::new();
        while text.len() < most
            && let Some(character) = self.peek().and_then(char::from_u32)
            && accepts(character)
        {
            text.push(character);
            self.at += 1;
        }
        text
    }

    /// Reads up to `terminator`, which is read too. `what` names the text wanted.
    pub fn until(&mut self, terminator: char, what: &str) -> Result<Vec<u32>, Problem> {
        let start = self.at;
        loop {
            let length = self.at - start;
            match self.character() {
                None if length == 0 => return Err(self.error(format!("missing {what}"), 0)),
                None => {
                    let message = format!("missing {terminator}, unterminated name");
                    return Err(self.error(message, length));
                }
                Some(point) if point == u32::from(terminator) => {
                    if length == 0 {
                        return Err(self.error(format!("missing {what}"), 1));
                    }
                    return Ok(self.points[start..self.at - 1].to_vec());
                }
                Some(_) => {}
            }
        }
    }

    /// The text between two places.
    pub fn between(&self, start: usize, end: usize) -> String {
        show(self.points.get(start..end).unwrap_or_default())
    }

    /// An error `back` characters before the next token. Bytes are shown as ASCII.
    pub fn error(&self, message: impl Into<String>, back: usize) -> Problem {
        let mut message = message.into();
        if !self.is_text && !message.is_ascii() {
            let mut escaped = String::new();
            for character in message.chars() {
                if character.is_ascii() {
                    escaped.push(character);
                } else {
                    _ = write!(escaped, "\\x{:02x}", u32::from(character));
                }
            }
            message = escaped;
        }
        Problem::Pattern(message, Some(self.at.saturating_sub(back)))
    }
}

/// The points as text; a lone surrogate is shown as a question mark.
pub fn show(points: &[u32]) -> String {
    points
        .iter()
        .map(|point| char::from_u32(*point).unwrap_or('?'))
        .collect()
}

/// A name as `repr` shows a str.
pub fn quoted(points: &[u32]) -> String {
    let mut bytes = Vec::new();
    for point in points {
        wtf8::push(&mut bytes, *point);
    }
    let mut shown = Vec::new();
    quote::repr(Text::new(&bytes), &mut shown);
    String::from_utf8_lossy(&shown).into_owned()
}
