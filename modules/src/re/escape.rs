//! What a backslash means in a pattern, outside and inside a `[set]`.

use capers_runtime::text::codecs::named_character;

use super::parse::State;
use super::source::{Source, quoted, show};
use super::tree::{Anchor, Category, Member, Problem};

/// What an escape outside a set stands for.
pub enum Escaped {
    /// A character.
    Literal(u32),
    /// A category, or its complement where the flag is set.
    Category(Category, bool),
    /// A place.
    Anchor(Anchor),
    /// A group matched before.
    Backreference(usize),
}

/// Reads the rest of an escape outside a set; `point` is the character after the backslash.
pub fn outside(source: &mut Source<'_>, point: u32, state: &State<'_>) -> Result<Escaped, Problem> {
    let start = source.place() - 2;
    let Some(letter) = char::from_u32(point) else {
        return Ok(Escaped::Literal(point));
    };
    let anchor = match letter {
        'A' => Some(Anchor::TextStart),
        'Z' | 'z' => Some(Anchor::TextEnd),
        'b' => Some(Anchor::WordBoundary),
        'B' => Some(Anchor::NoWordBoundary),
        _ => None,
    };
    if let Some(anchor) = anchor {
        return Ok(Escaped::Anchor(anchor));
    }
    if let Some((category, negated)) = category(letter) {
        return Ok(Escaped::Category(category, negated));
    }
    match letter {
        '0' => {
            let digits = source.take_while(2, is_octal);
            let point = u32::from_str_radix(&digits, 8).unwrap_or(0);
            Ok(Escaped::Literal(point))
        }
        '1'..='9' => backreference(source, letter, state),
        _ => character(source, letter, start).map(Escaped::Literal),
    }
}

/// Reads the rest of an escape inside a set.
pub fn inside(source: &mut Source<'_>, point: u32) -> Result<Member, Problem> {
    let start = source.place() - 2;
    let Some(letter) = char::from_u32(point) else {
        return Ok(Member::Range(point, point));
    };
    if let Some((category, negated)) = category(letter) {
        return Ok(Member::Category(category, negated));
    }
    let point = match letter {
        'b' => 8,
        '0'..='7' => {
            let mut digits = letter.to_string();
            digits.push_str(&source.take_while(2, is_octal));
            octal(source, &digits, start)?
        }
        _ => character(source, letter, start)?,
    };
    Ok(Member::Range(point, point))
}

fn category(letter: char) -> Option<(Category, bool)> {
    let category = match letter.to_ascii_lowercase() {
        'd' => Category::Digit,
        's' => Category::Space,
        'w' => Category::Word,
        _ => return None,
    };
    Some((category, letter.is_ascii_uppercase()))
}

/// What a backslash and digits stand for, in a pattern or a template.
pub enum Number {
    /// A group, and how many digits its number has.
    Group(usize, usize),
    /// The character of an octal number of three digits.
    Character(u32),
}

/// Reads the digits after a backslash and the first one.
pub fn number(source: &mut Source<'_>, first: char) -> Result<Number, Problem> {
    let start = source.place() - 2;
    let mut digits = first.to_string();
    digits.push_str(&source.take_while(1, |c| c.is_ascii_digit()));
    if digits.len() == 2 && digits.chars().all(is_octal) {
        digits.push_str(&source.take_while(1, is_octal));
        if digits.len() == 3 {
            return octal(source, &digits, start).map(Number::Character);
        }
    }
    let group = digits.parse().unwrap_or(usize::MAX);
    Ok(Number::Group(group, digits.len()))
}

/// A backreference, or an octal number of three digits.
fn backreference(
    source: &mut Source<'_>,
    first: char,
    state: &State<'_>,
) -> Result<Escaped, Problem> {
    let (group, digits) = match number(source, first)? {
        Number::Character(point) => return Ok(Escaped::Literal(point)),
        Number::Group(group, digits) => (group, digits),
    };
    if group >= state.widths.len() {
        let message = format!("invalid group reference {group}");
        return Err(source.error(message, digits));
    }
    if !state.is_closed(group) {
        return Err(source.error("cannot refer to an open group", digits + 1));
    }
    state.check_behind(group, source)?;
    Ok(Escaped::Backreference(group))
}

fn octal(source: &Source<'_>, digits: &str, start: usize) -> Result<u32, Problem> {
    match u32::from_str_radix(digits, 8) {
        Ok(point) if point <= 0o377 => Ok(point),
        _ => {
            let message = format!("octal escape value \\{digits} outside of range 0-0o377");
            Err(source.error(message, source.place() - start))
        }
    }
}

/// A character by its number or name, or one that stands for itself.
fn character(source: &mut Source<'_>, letter: char, start: usize) -> Result<u32, Problem> {
    let text = source.is_text;
    match letter {
        'a' => Ok(7),
        'f' => Ok(12),
        'n' => Ok(10),
        'r' => Ok(13),
        't' => Ok(9),
        'v' => Ok(11),
        'x' => hexadecimal(source, 2, start),
        'u' if text => hexadecimal(source, 4, start),
        'U' if text => hexadecimal(source, 8, start),
        'N' if text => named(source),
        '8' | '9' => Err(bad(source, start)),
        _ if letter.is_ascii_alphabetic() => Err(bad(source, start)),
        _ => Ok(letter.into()),
    }
}

fn hexadecimal(source: &mut Source<'_>, count: usize, start: usize) -> Result<u32, Problem> {
    let digits = source.take_while(count, |c| c.is_ascii_hexdigit());
    if digits.len() != count {
        let shown = source.between(start, source.place());
        let message = format!("incomplete escape {shown}");
        return Err(source.error(message, source.place() - start));
    }
    match u32::from_str_radix(&digits, 16) {
        Ok(point) if point <= 0x10_FFFF => Ok(point),
        _ => Err(bad(source, start)),
    }
}

/// Reads the name of `\N{name}`.
fn named(source: &mut Source<'_>) -> Result<u32, Problem> {
    if !source.accept('{') {
        return Err(source.error("missing {", 0));
    }
    let name = source.until('}', "character name")?;
    match named_character(&show(&name)) {
        Some(character) => Ok(character.into()),
        None => {
            let message = format!("undefined character name {}", quoted(&name));
            Err(source.error(message, name.len() + r"\N{}".len()))
        }
    }
}

fn bad(source: &Source<'_>, start: usize) -> Problem {
    let message = format!("bad escape {}", source.between(start, source.place()));
    source.error(message, source.place() - start)
}

fn is_octal(character: char) -> bool {
    matches!(character, '0'..='7')
}
