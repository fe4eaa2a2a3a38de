//! The tokens of a text that does not parse, as CPython's tokenizer gives them: where each
//! begins, how deep in brackets it is, how far the tokenizer had read, and what stopped it.

use std::ops::Range;

use crate::compiler::SyntaxErrorKind;
use crate::compiler::source::Source;

/// CPython's limit of open brackets.
const MAX_BRACKETS: usize = 200;
/// CPython's limit of indentation.
const MAX_INDENT: usize = 100;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Name,
    Number,
    String,
    /// `f'` and what begins with it.
    FieldsStart,
    /// Text between the fields of an f-string.
    FieldsMiddle,
    FieldsEnd,
    /// The same of a t-string.
    TemplateStart,
    TemplateMiddle,
    TemplateEnd,
    Operator,
    Newline,
    Indent,
    Dedent,
    End,
}

/// A token. Places are offsets in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// Brackets open behind the token.
    pub level: usize,
    /// How far the tokenizer has read when it gives the token.
    pub cursor: Cursor,
}

impl Token {
    /// Indentation and the end have no place of their own.
    pub fn is_placed(&self) -> bool {
        !matches!(self.kind, Kind::Indent | Kind::Dedent | Kind::End)
    }
}

/// Where the tokenizer stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    pub at: usize,
    /// The line that was read last, from 1.
    pub line: u32,
    pub line_start: usize,
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket {
    pub open: u8,
    pub line: u32,
    pub at: usize,
}

/// What stopped the tokenizer.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// An error that the tokenizer words itself, and which therefore counts wherever it is:
    /// the line, and the characters from the first to the last, both from 1.
    Told {
        message: String,
        line: u32,
        columns: Range<usize>,
    },
    /// An error that counts only where the parser gets to.
    Untold {
        kind: SyntaxErrorKind,
        message: &'static str,
        place: Untold,
    },
    /// The text ends within a bracket.
    Unclosed,
    /// The text ends behind a backslash.
    Unexpected,
}

/// The place of an error that the tokenizer does not word.
#[derive(Clone, Copy, Debug)]
pub(super) enum Untold {
    /// The start of the line.
    Line,
    /// Where the tokenizer stands.
    Cursor,
    /// One before where it stands.
    Before,
}

/// All tokens of a text, up to what stopped the tokenizer.
pub(super) struct Tokens {
    pub tokens: Vec<Token>,
    pub failure: Option<Failure>,
    /// Where the tokenizer stopped, and what was open there.
    pub cursor: Cursor,
    pub open: Vec<Bracket>,
    /// Whether it stopped within a string with fields.
    pub within_string: bool,
}

/// Reads the tokens. The text ends in a newline.
pub(super) fn read(source: &Source<'_>) -> Tokens {
    let mut lexer = Lexer {
        text: source.text,
        cursor: Cursor {
            at: 0,
            line: 0,
            line_start: 0,
        },
        next_line: 0,
        line_begins: true,
        indents: vec![(0, 0)],
        pending: 0,
        open: Vec::new(),
        strings: Vec::new(),
        start: 0,
    };
    let mut tokens = Vec::new();
    let failure = loop {
        match lexer.token() {
            Ok((kind, start, end)) => {
                tokens.push(Token {
                    kind,
                    start,
                    end,
                    level: lexer.open.len(),
                    cursor: lexer.cursor,
                });
                if kind == Kind::End {
                    break None;
                }
            }
            Err(failure) => break Some(failure),
        }
    };
    Tokens {
        tokens,
        failure,
        cursor: lexer.cursor,
        open: lexer.open,
        within_string: !lexer.strings.is_empty(),
    }
}

/// An f-string or t-string that is being read.
pub(super) struct Fields {
    quote: u8,
    quotes: usize,
    start: Cursor,
    raw: bool,
    letter: char,
    /// Brackets open in fields.
    depth: i32,
    /// The depth at which the innermost field began; -1 outside of fields.
    field: i32,
    in_format: bool,
    /// Whether what follows is text, not an expression.
    literal: bool,
}

type Read<T = (Kind, usize, usize)> = Result<T, Failure>;

pub(super) struct Lexer<'a> {
    text: &'a str,
    pub(super) cursor: Cursor,
    next_line: usize,
    line_begins: bool,
    /// Columns with tabs to multiples of 8, and with tabs of width 1.
    indents: Vec<(usize, usize)>,
    pending: i32,
    open: Vec<Bracket>,
    strings: Vec<Fields>,
    pub(super) start: usize,
}

impl Lexer<'_> {
    /// The next character.
    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.text.get(self.cursor.at..)?.chars().next()?;
        if self.cursor.at >= self.next_line {
            self.cursor.line = self.cursor.line.saturating_add(1);
            self.cursor.line_start = self.cursor.at;
            self.next_line = self.text[self.cursor.at..]
                .find('\n')
                .map_or(self.text.len(), |end| self.cursor.at + end + 1);
        }
        self.cursor.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn back(&mut self, c: Option<char>) {
        self.cursor.at -= c.map_or(0, char::len_utf8);
    }

    /// The text between two offsets; to its end if the second is past that.
    pub(super) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end.min(self.text.len())).unwrap_or("")
    }

    fn take(&mut self, wanted: char) -> bool {
        let c = self.next();
        if c == Some(wanted) {
            return true;
        }
        self.back(c);
        false
    }

    /// The characters of the line up to an offset.
    fn column(&self, at: usize) -> usize {
        self.text
            .get(self.cursor.line_start..at)
            .map_or(0, |text| text.chars().count())
    }

    /// An error whose last character is the one read last.
    pub(super) fn fail<T>(&self, message: impl Into<String>) -> Read<T> {
        let column = self.column(self.cursor.at);
        self.fail_in(column..column, message)
    }

    pub(super) fn fail_in<T>(&self, columns: Range<usize>, message: impl Into<String>) -> Read<T> {
        Err(Failure::Told {
            message: message.into(),
            line: self.cursor.line,
            columns,
        })
    }

    fn untold<T>(&self, kind: SyntaxErrorKind, message: &'static str, place: Untold) -> Read<T> {
        Err(Failure::Untold {
            kind,
            message,
            place,
        })
    }

    fn token(&mut self) -> Read {
        match self.strings.last() {
            Some(string) if string.literal => self.text_of_string(),
            _ => self.plain_token(),
        }
    }

    fn plain_token(&mut self) -> Read {
        loop {
            let mut blank = false;
            if self.line_begins {
                self.line_begins = false;
                blank = self.indentation()?;
            }
            self.start = self.cursor.at;
            if self.pending < 0 {
                self.pending += 1;
                return Ok((Kind::Dedent, self.start, self.start));
            }
            if self.pending > 0 {
                self.pending -= 1;
                return Ok((Kind::Indent, self.start, self.start));
            }
            loop {
                let mut c = self.next();
                while matches!(c, Some(' ' | '\t' | '\x0c')) {
                    c = self.next();
                }
                self.start = self.cursor.at - c.map_or(0, char::len_utf8);
                if c == Some('#') {
                    while !matches!(c, None | Some('\n')) {
                        c = self.next();
                    }
                    self.start = self.cursor.at - c.map_or(0, char::len_utf8);
                }
                let Some(c) = c else {
                    return match self.open.is_empty() {
                        true => Ok((Kind::End, self.start, self.start)),
                        false => Err(Failure::Unclosed),
                    };
                };
                match c {
                    'a'..='z' | 'A'..='Z' | '_' | '\u{80}'.. => return self.name(c),
                    '\n' => {
                        self.line_begins = true;
                        if blank || !self.open.is_empty() {
                            break;
                        }
                        return Ok((Kind::Newline, self.start, self.start + 1));
                    }
                    '0'..='9' => return self.number(c),
                    '\'' | '"' => return self.string(c, ""),
                    '\\' => self.continuation()?,
                    _ => return self.operator(c),
                }
            }
        }
    }

    /// Reads what a line begins with; whether the line is empty.
    fn indentation(&mut self) -> Read<bool> {
        let (mut wide, mut narrow, mut continued) = (0usize, 0usize, None);
        let next = loop {
            let c = self.next();
            match c {
                Some(' ') => (wide, narrow) = (wide + 1, narrow + 1),
                Some('\t') => (wide, narrow) = ((wide / 8 + 1) * 8, narrow + 1),
                Some('\x0c') => (wide, narrow) = (0, 0),
                Some('\\') => {
                    continued = continued.or(Some(wide));
                    self.continuation()?;
                }
                _ => break c,
            }
        };
        self.back(next);
        if matches!(next, Some('#' | '\n')) {
            return Ok(true);
        }
        if !self.open.is_empty() {
            return Ok(false);
        }
        let wide = continued.filter(|wide| *wide > 0).unwrap_or(wide);
        let narrow = if continued.is_some_and(|wide| wide > 0) {
            continued.unwrap_or(narrow)
        } else {
            narrow
        };
        let inconsistent = |lexer: &mut Self| {
            lexer.skip_line();
            let message = "inconsistent use of tabs and spaces in indentation";
            lexer.untold(SyntaxErrorKind::Tab, message, Untold::Line)
        };
        let (top, narrow_top) = self.indents.last().copied().unwrap_or_default();
        if wide == top {
            if narrow != narrow_top {
                return inconsistent(self);
            }
        } else if wide > top {
            if self.indents.len() >= MAX_INDENT {
                self.skip_line();
                let message = "too many levels of indentation";
                return self.untold(SyntaxErrorKind::Indentation, message, Untold::Line);
            }
            if narrow <= narrow_top {
                return inconsistent(self);
            }
            self.pending += 1;
            self.indents.push((wide, narrow));
        } else {
            while self.indents.len() > 1 && self.indents.last().is_some_and(|(top, _)| wide < *top)
            {
                self.pending -= 1;
                self.indents.pop();
            }
            let (top, narrow_top) = self.indents.last().copied().unwrap_or_default();
            if wide != top {
                self.skip_line();
                let message = "unindent does not match any outer indentation level";
                return self.untold(SyntaxErrorKind::Indentation, message, Untold::Cursor);
            }
            if narrow != narrow_top {
                return inconsistent(self);
            }
        }
        Ok(false)
    }

    fn skip_line(&mut self) {
        self.cursor.at = self.next_line;
    }

    /// Reads the newline behind a backslash.
    fn continuation(&mut self) -> Read<()> {
        if self.next() != Some('\n') {
            let message = "unexpected character after line continuation character";
            return self.untold(SyntaxErrorKind::Syntax, message, Untold::Before);
        }
        let c = self.next();
        self.back(c);
        match c {
            Some(_) => Ok(()),
            None => Err(Failure::Unexpected),
        }
    }

    fn operator(&mut self, c: char) -> Read {
        if c == '.' {
            let next = self.next();
            if next.is_some_and(|c| c.is_ascii_digit()) {
                return self.fraction(next);
            }
            if next == Some('.') {
                if self.take('.') {
                    return Ok((Kind::Operator, self.start, self.cursor.at));
                }
                self.back(next);
            } else {
                self.back(next);
            }
            return Ok((Kind::Operator, self.start, self.cursor.at));
        }
        if c == ':'
            && let Some(string) = self.strings.last_mut()
            && string.field >= 0
            && string.depth - 1 == string.field
        {
            string.literal = true;
            string.in_format = true;
            return Ok((Kind::Operator, self.start, self.cursor.at));
        }
        let rest = &self.text[self.start..];
        const LONG: [&str; 24] = [
            "**=", "//=", "<<=", ">>=", "!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=",
            ":=", "<<", "<=", "<>", "==", ">=", ">>", "@=", "^=", "|=",
        ];
        if let Some(long) = LONG.iter().find(|long| rest.starts_with(**long)) {
            self.cursor.at = self.start + long.len();
            return Ok((Kind::Operator, self.start, self.cursor.at));
        }
        match c {
            '(' | '[' | '{' => self.opening(c)?,
            ')' | ']' | '}' => self.closing(c)?,
            c if c.is_control() => {
                let code = u32::from(c);
                return self.fail(format!("invalid non-printable character U+{code:04X}"));
            }
            _ => {}
        }
        Ok((Kind::Operator, self.start, self.cursor.at))
    }

    fn opening(&mut self, c: char) -> Read<()> {
        if self.open.len() >= MAX_BRACKETS {
            return self.fail("too many nested parentheses");
        }
        self.open.push(Bracket {
            open: c as u8,
            line: self.cursor.line,
            at: self.start,
        });
        if let Some(string) = self.strings.last_mut() {
            string.depth += 1;
        }
        Ok(())
    }

    fn closing(&mut self, c: char) -> Read<()> {
        let letter = self.strings.last().map(|string| string.letter);
        if let Some(string) = self.strings.last()
            && string.depth == 0
            && c == '}'
        {
            let letter = string.letter;
            return self.fail(format!("{letter}-string: single '}}' is not allowed"));
        }
        let Some(bracket) = self.open.pop() else {
            return self.fail(format!("unmatched '{c}'"));
        };
        if !matches!((bracket.open, c), (b'(', ')') | (b'[', ']') | (b'{', '}')) {
            if let Some(string) = self.strings.last()
                && bracket.open == b'{'
                && string.depth - 1 == string.field
            {
                let letter = string.letter;
                return self.fail(format!("{letter}-string: unmatched '{c}'"));
            }
            let open = char::from(bracket.open);
            let there = match bracket.line == self.cursor.line {
                true => String::new(),
                false => format!(" on line {}", bracket.line),
            };
            return self.fail(format!(
                "closing parenthesis '{c}' does not match opening parenthesis '{open}'{there}"
            ));
        }
        if let Some(string) = self.strings.last_mut() {
            string.depth -= 1;
            if string.depth < 0 {
                let letter = letter.unwrap_or('f');
                return self.fail(format!("{letter}-string: unmatched '{c}'"));
            }
            if c == '}' && string.depth == string.field {
                string.field -= 1;
                string.literal = true;
                string.in_format = false;
            }
        }
        Ok(())
    }

    /// A string after its prefix, from its first quote.
    pub(super) fn string(&mut self, quote: char, prefix: &str) -> Read {
        let first = self.cursor;
        let mut quotes = 1;
        if self.take(quote) {
            if !self.take(quote) {
                // An empty string.
                if let Some(letter) = fields_letter(prefix) {
                    self.cursor = first;
                    return self.begin_fields(quote, 1, prefix, letter, first);
                }
                return Ok((Kind::String, self.start, self.cursor.at));
            }
            quotes = 3;
        }
        if let Some(letter) = fields_letter(prefix) {
            return self.begin_fields(quote, quotes, prefix, letter, first);
        }
        let mut escaped = false;
        let mut seen = 0;
        while seen < quotes {
            let c = self.next();
            if c.is_none() || quotes == 1 && c == Some('\n') {
                return self.unterminated(quote, quotes, escaped, first);
            }
            if c == Some(quote) {
                seen += 1;
                continue;
            }
            seen = 0;
            if c == Some('\\') && self.next() == Some(quote) {
                escaped = true;
            }
        }
        Ok((Kind::String, self.start, self.cursor.at))
    }

    fn unterminated(&mut self, quote: char, quotes: usize, escaped: bool, first: Cursor) -> Read {
        let detected = self.cursor.line;
        // The error is at the start of the literal.
        self.cursor = first;
        self.cursor.at = self.start + 1;
        if let Some(string) = self.strings.last()
            && string.quote == quote as u8
            && string.quotes == quotes
        {
            let letter = string.letter;
            return self.fail(format!("{letter}-string: expecting '}}'"));
        }
        let triple = if quotes == 3 { "triple-quoted " } else { "" };
        let escaped = match escaped && quotes == 1 {
            true => "; perhaps you escaped the end quote?",
            false => "",
        };
        self.fail(format!(
            "unterminated {triple}string literal (detected at line {detected}){escaped}"
        ))
    }

    fn begin_fields(
        &mut self,
        quote: char,
        quotes: usize,
        prefix: &str,
        letter: char,
        first: Cursor,
    ) -> Read {
        if self.strings.len() >= 149 {
            return self.fail("too many nested f-strings or t-strings");
        }
        self.strings.push(Fields {
            quote: quote as u8,
            quotes,
            start: Cursor {
                at: self.start,
                ..first
            },
            raw: prefix.contains(['r', 'R']),
            letter,
            depth: 0,
            field: -1,
            in_format: false,
            literal: true,
        });
        let kind = match letter {
            'f' => Kind::FieldsStart,
            _ => Kind::TemplateStart,
        };
        Ok((kind, self.start, self.cursor.at))
    }

    /// The text of an f-string up to a field, or its end.
    fn text_of_string(&mut self) -> Read {
        self.start = self.cursor.at;
        let Some(string) = self.strings.last_mut() else {
            return self.plain_token();
        };
        let rest = &self.text[self.start..];
        if rest.starts_with('{') && !rest.starts_with("{{") {
            string.field += 1;
            let letter = string.letter;
            if string.field >= 3 {
                self.next();
                return self.fail(format!("{letter}-string: expressions nested too deeply"));
            }
            string.literal = false;
            return self.plain_token();
        }
        let (quote, quotes, raw, letter) = (
            char::from(string.quote),
            string.quotes,
            string.raw,
            string.letter,
        );
        let (in_format, depth) = (string.in_format && string.field >= 0, string.depth);
        let start = string.start;
        let ends = rest.chars().take(quotes).filter(|c| *c == quote).count() == quotes;
        if ends {
            self.cursor.at += quotes;
            self.strings.pop();
            let kind = if letter == 'f' {
                Kind::FieldsEnd
            } else {
                Kind::TemplateEnd
            };
            return Ok((kind, self.start, self.cursor.at));
        }
        let middle = if letter == 'f' {
            Kind::FieldsMiddle
        } else {
            Kind::TemplateMiddle
        };
        let mut seen = 0;
        let mut named = false;
        while seen < quotes {
            let c = self.next();
            if c.is_none() || quotes == 1 && c == Some('\n') {
                if in_format && c == Some('\n') {
                    return self.fail(format!(
                        "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
                    ));
                }
                let detected = self.cursor.line;
                self.cursor = start;
                self.cursor.at += 1;
                let triple = if quotes == 3 { "triple-quoted " } else { "" };
                return self.fail(format!(
                    "unterminated {triple}{letter}-string literal (detected at line {detected})"
                ));
            }
            if c == Some(quote) {
                seen += 1;
                continue;
            }
            seen = 0;
            match c {
                Some('{') if named => {}
                Some('{') => {
                    let peek = self.next();
                    if peek == Some('{') && !in_format {
                        return Ok((middle, self.start, self.cursor.at - 1));
                    }
                    self.back(peek);
                    self.back(c);
                    if let Some(string) = self.strings.last_mut() {
                        string.field += 1;
                        if string.field >= 3 {
                            self.next();
                            return self
                                .fail(format!("{letter}-string: expressions nested too deeply"));
                        }
                        string.literal = false;
                    }
                    return Ok((middle, self.start, self.cursor.at));
                }
                Some('}') if named => named = false,
                Some('}') => {
                    let peek = self.next();
                    if peek == Some('}') && !in_format && depth == 0 {
                        return Ok((middle, self.start, self.cursor.at - 1));
                    }
                    self.back(peek);
                    self.back(c);
                    if let Some(string) = self.strings.last_mut() {
                        string.literal = false;
                    }
                    return Ok((middle, self.start, self.cursor.at));
                }
                Some('\\') => {
                    let peek = self.next();
                    match peek {
                        Some('{' | '}') | None => self.back(peek),
                        Some('N') if !raw => named = self.text[self.cursor.at..].starts_with('{'),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        self.cursor.at -= quotes;
        Ok((middle, self.start, self.cursor.at))
    }
}

/// The letter of a prefix that makes a string one with fields.
fn fields_letter(prefix: &str) -> Option<char> {
    prefix
        .chars()
        .map(|c| c.to_ascii_lowercase())
        .find(|c| matches!(c, 'f' | 't'))
}
