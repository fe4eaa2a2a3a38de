//! Templates of replacements: `\1`, `\g<name>` and the escapes between.

use super::escape::{Number, number};
use super::group::{MOST_GROUPS, check_name};
use super::source::{Source, Token, quoted, show};
use super::tree::Problem;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text, as code points.
    Literal(Vec<u32>),
    /// What a group matched.
    Group(usize),
}

/// Parses a template for a pattern with `groups` groups of these names.
pub fn parse(
    points: &[u32],
    is_text: bool,
    groups: usize,
    names: &[(String, usize)],
) -> Result<Vec<Part>, Problem> {
    let mut source = Source::new(points, is_text);
    let mut parts = Vec::new();
    let mut literal = Vec::new();
    while let Some(token) = source.token()? {
        let escaped = match token {
            Token::Character(point) => {
                literal.push(point);
                continue;
            }
            Token::Escape(point) => char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER),
        };
        let (group, back) = match escaped {
            'g' => named(&mut source, names)?,
            '0' => {
                let digits = source.take_while(2, |c| matches!(c, '0'..='7'));
                literal.push(u32::from_str_radix(&digits, 8).unwrap_or(0) & 0xFF);
                continue;
            }
            '1'..='9' => match number(&mut source, escaped)? {
                Number::Group(group, digits) => (group, digits),
                Number::Character(point) => {
                    literal.push(point);
                    continue;
                }
            },
            _ => {
                character(&source, escaped, &mut literal)?;
                continue;
            }
        };
        if group > groups {
            return Err(source.error(format!("invalid group reference {group}"), back));
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        parts.push(Part::Group(group));
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

/// Reads `<name>` after `\g`: the group, and how far before the source its name begins.
fn named(source: &mut Source<'_>, names: &[(String, usize)]) -> Result<(usize, usize), Problem> {
    if !source.accept('<') {
        return Err(source.error("missing <", 0));
    }
    let name = source.until('>', "group name")?;
    let text = show(&name);
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let group = text.parse().unwrap_or(usize::MAX);
        if group >= MOST_GROUPS {
            let message = format!("invalid group reference {text}");
            return Err(source.error(message, name.len() + 1));
        }
        return Ok((group, name.len() + 1));
    }
    check_name(source, &name, 1)?;
    match names.iter().find(|(known, _)| *known == text) {
        Some((_, group)) => Ok((*group, name.len() + 1)),
        None => Err(Problem::Index(format!(
            "unknown group name {}",
            quoted(&name)
        ))),
    }
}

/// An escape for one character; a backslash before anything but a letter stands for itself.
fn character(source: &Source<'_>, escaped: char, literal: &mut Vec<u32>) -> Result<(), Problem> {
    let point = match escaped {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        '\\' => u32::from('\\'),
        _ if escaped.is_ascii_alphabetic() => {
            return Err(source.error(format!("bad escape \\{escaped}"), 2));
        }
        _ => {
            literal.push('\\'.into());
            escaped.into()
        }
    };
    literal.push(point);
    Ok(())
}
