//! Literals that are valid and will not be for ever: unknown escapes, numbers that run into a
//! keyword.

use ruff_text_size::{TextRange, TextSize};

use super::Doubt;
use super::source::Source;

/// The warning about a number that a keyword follows at once.
pub(super) fn number(source: &Source<'_>, range: TextRange) -> Option<Doubt> {
    let rest = source.text.get(range.end().to_usize()..)?;
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let text = source.slice(range);
    let kind = match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => "hexadecimal",
        Some("0o") => "octal",
        Some("0b") => "binary",
        _ if text.ends_with(['j', 'J']) => "imaginary",
        _ => "decimal",
    };
    let mut error = source.error(
        format!("invalid {kind} literal"),
        TextRange::empty(range.end()),
    );
    error.col -= 1;
    error.end_col = error.col;
    if let Some(text) = &mut error.text {
        text.truncate(text.trim_end_matches('\n').len());
    }
    Some(error.into())
}

/// The warning about the first unknown escape of a string literal.
pub(super) fn escapes(source: &Source<'_>, range: TextRange, bytes: bool) -> Option<Doubt> {
    let text = source.slice(range);
    if !text.contains('\\') {
        return None;
    }
    let quote = text.find(['\'', '"'])?;
    if text[..quote].contains(['r', 'R']) {
        return None;
    }
    let mut doubt = find(source, range, quote + 1, bytes)?;
    if bytes {
        // CPython counts the columns of bytes from the prefix.
        let shift = i32::try_from(quote + 1).unwrap_or(0);
        doubt.error.col -= shift;
        doubt.error.end_col -= shift;
    }
    Some(doubt)
}

/// The same for text between the fields of an f-string.
pub(super) fn escapes_of_text(source: &Source<'_>, range: TextRange) -> Option<Doubt> {
    find(source, range, 0, false)
}

fn find(source: &Source<'_>, range: TextRange, skip: usize, bytes: bool) -> Option<Doubt> {
    let text = source.slice(range);
    let mut at = skip + text.get(skip..)?.find('\\')?;
    loop {
        let escaped = text.get(at + 1..)?.chars().next()?;
        let octal: String = text[at + 1..]
            .chars()
            .take(3)
            .take_while(|c| matches!(c, '0'..='7'))
            .collect();
        let known = match escaped {
            '\n' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' => true,
            'N' | 'u' | 'U' => !bytes,
            '0'..='7' => octal.len() < 3 || octal.starts_with(['0', '1', '2', '3']),
            _ => false,
        };
        if !known {
            let (sequence, kind) = match octal.is_empty() {
                true => (escaped.to_string(), "escape sequence"),
                false => (octal, "octal escape sequence"),
            };
            let is_invalid = format!("\"\\{sequence}\" is an invalid {kind}.");
            let advice =
                format!("Did you mean \"\\\\{sequence}\"? A raw string is also an option.");
            let start = range.start() + TextSize::try_from(at).ok()?;
            let place = TextRange::at(start, TextSize::from(2));
            let mut error = source.error(format!("{is_invalid} {advice}"), place);
            if !source.text.ends_with('\n')
                && let Some(text) = &mut error.text
                && error.line
                    == source.line(TextSize::try_from(source.text.len()).unwrap_or_default())
            {
                text.push('\n');
            }
            return Some(Doubt {
                message: format!(
                    "{is_invalid} Such sequences will not work in the future. {advice}"
                ),
                error,
            });
        }
        let next = at + 1 + escaped.len_utf8();
        at = next + text.get(next..)?.find('\\')?;
    }
}
