//! Names and numbers of a text that does not parse.

use super::lexer::{Failure, Kind, Lexer};
use crate::text::unicode;

type Read<T = (Kind, usize, usize)> = Result<T, Failure>;

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

impl Lexer<'_> {
    /// A name, or a string with a prefix.
    pub(super) fn name(&mut self, first: char) -> Read {
        let mut prefix = String::new();
        let mut c = Some(first);
        while let Some(letter) = c.filter(|c| "bBuUrRfFtT".contains(*c)) {
            let lower = letter.to_ascii_lowercase();
            if prefix.to_ascii_lowercase().contains(lower) {
                break;
            }
            prefix.push(letter);
            c = self.next();
            if let Some(quote @ ('\'' | '"')) = c {
                if let Some((one, other)) = clash(&prefix) {
                    self.back(c);
                    let start = self.column_of(self.start) + 1;
                    let message = format!("'{one}' and '{other}' prefixes are incompatible");
                    return self.fail_in(start..self.column_of(self.cursor.at) + 1, message);
                }
                return self.string(quote, &prefix);
            }
        }
        while c.is_some_and(is_part) {
            c = self.next();
        }
        self.back(c);
        self.check_name()?;
        Ok((Kind::Name, self.start, self.cursor.at))
    }

    fn column_of(&self, at: usize) -> usize {
        self.slice(self.cursor.line_start, at).chars().count()
    }

    /// Refuses characters that are in no name, where the first of them is.
    fn check_name(&mut self) -> Read<()> {
        let name = self.slice(self.start, self.cursor.at);
        if name.is_ascii() {
            return Ok(());
        }
        let bad = name.char_indices().find(|(at, c)| match at {
            0 => !unicode::is_identifier_start(u32::from(*c)),
            _ => !unicode::is_identifier_part(u32::from(*c)),
        });
        let Some((at, c)) = bad else { return Ok(()) };
        let code = u32::from(c);
        let message = match unicode::is_printable(code) {
            true => format!("invalid character '{c}' (U+{code:04X})"),
            false => format!("invalid non-printable character U+{code:04X}"),
        };
        self.cursor.at = self.start + at + c.len_utf8();
        self.fail(message)
    }

    pub(super) fn number(&mut self, first: char) -> Read {
        if first != '0' {
            let next = self.digits()?;
            return self.after_whole(next);
        }
        let next = self.next();
        match next {
            Some('x' | 'X') => return self.radix("hexadecimal", 16),
            Some('o' | 'O') => return self.radix("octal", 8),
            Some('b' | 'B') => return self.radix("binary", 2),
            _ => {}
        }
        let mut next = next;
        loop {
            if next == Some('_') {
                next = self.next();
                if !is_digit(next) {
                    self.back(next);
                    return self.fail("invalid decimal literal");
                }
            }
            if next != Some('0') {
                break;
            }
            next = self.next();
        }
        let zeros = self.cursor.at - next.map_or(0, char::len_utf8);
        let nonzero = is_digit(next);
        if nonzero {
            next = self.digits()?;
        }
        if nonzero && !matches!(next, Some('.' | 'e' | 'E' | 'j' | 'J')) {
            self.back(next);
            let columns = self.column_of(self.start) + 1..self.column_of(zeros) + 1;
            return self.fail_in(
                columns,
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
            );
        }
        self.after_whole(next)
    }

    /// The rest of a run of digits with single underscores; what comes after it.
    fn digits(&mut self) -> Read<Option<char>> {
        loop {
            let mut next = self.next();
            while is_digit(next) {
                next = self.next();
            }
            if next != Some('_') {
                return Ok(next);
            }
            let digit = self.next();
            if !is_digit(digit) {
                self.back(digit);
                return self.fail("invalid decimal literal");
            }
        }
    }

    fn after_whole(&mut self, next: Option<char>) -> Read {
        match next {
            Some('.') => {
                let next = self.next();
                self.fraction(next)
            }
            next => self.exponent(next),
        }
    }

    /// What follows the point of a number.
    pub(super) fn fraction(&mut self, next: Option<char>) -> Read {
        let next = match is_digit(next) {
            true => self.digits()?,
            false => next,
        };
        self.exponent(next)
    }

    fn exponent(&mut self, next: Option<char>) -> Read {
        let mut next = next;
        if matches!(next, Some('e' | 'E')) {
            let e = next;
            let mut digit = self.next();
            if matches!(digit, Some('+' | '-')) {
                digit = self.next();
                if !is_digit(digit) {
                    self.back(digit);
                    return self.fail("invalid decimal literal");
                }
            } else if !is_digit(digit) {
                self.back(digit);
                self.end_of_number(e, "decimal")?;
                self.back(e);
                return Ok((Kind::Number, self.start, self.cursor.at));
            }
            next = self.digits()?;
        }
        let mut kind = "decimal";
        if matches!(next, Some('j' | 'J')) {
            next = self.next();
            kind = "imaginary";
        }
        self.end_of_number(next, kind)?;
        self.back(next);
        Ok((Kind::Number, self.start, self.cursor.at))
    }

    fn radix(&mut self, name: &str, radix: u32) -> Read {
        let mut next = self.next();
        loop {
            if next == Some('_') {
                next = self.next();
            }
            if !next.is_some_and(|c| c.is_digit(radix)) {
                if let Some(digit) = next.filter(char::is_ascii_digit) {
                    return self.fail(format!("invalid digit '{digit}' in {name} literal"));
                }
                self.back(next);
                return self.fail(format!("invalid {name} literal"));
            }
            while next.is_some_and(|c| c.is_digit(radix)) {
                next = self.next();
            }
            if next != Some('_') {
                break;
            }
        }
        if let Some(digit) = next.filter(char::is_ascii_digit) {
            return self.fail(format!("invalid digit '{digit}' in {name} literal"));
        }
        self.end_of_number(next, name)?;
        self.back(next);
        Ok((Kind::Number, self.start, self.cursor.at))
    }

    /// Refuses a name that follows a number at once, unless it is one of the keywords that may.
    fn end_of_number(&mut self, next: Option<char>, kind: &str) -> Read<()> {
        let Some(c) = next.filter(|c| c.is_ascii() && is_part(*c)) else {
            return Ok(());
        };
        self.back(next);
        let rest = self.slice(self.cursor.at, usize::MAX);
        let keywords = ["and", "else", "for", "if", "in", "is", "not", "or"];
        if keywords.iter().any(|word| rest.starts_with(word)) {
            self.cursor.at += c.len_utf8();
            return Ok(());
        }
        self.fail(format!("invalid {kind} literal"))
    }
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

/// The first two letters of a prefix that cannot be together.
fn clash(prefix: &str) -> Option<(char, char)> {
    let prefix = prefix.to_ascii_lowercase();
    let has = |c| prefix.contains(c);
    [
        ('u', 'b'),
        ('u', 'r'),
        ('u', 'f'),
        ('u', 't'),
        ('b', 'f'),
        ('b', 't'),
        ('f', 't'),
    ]
    .into_iter()
    .find(|(one, other)| has(*one) && has(*other))
}
