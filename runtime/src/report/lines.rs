//! Python's notions of lines, whitespace, indentation and display width, as far as tracebacks need them.

use unicode_width::UnicodeWidthChar;

/// `str.isspace()` of one character.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

/// Whether `text` is not empty and all whitespace.
pub(super) fn is_blank(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_space)
}

fn ends_line(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// `str.splitlines()`, or with `keep_ends` `str.splitlines(True)`.
pub(super) fn split_lines(text: &str, keep_ends: bool) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some((at, end)) = rest.char_indices().find(|&(_, c)| ends_line(c)) {
        let length = if rest[at..].starts_with("\r\n") {
            2
        } else {
            end.len_utf8()
        };
        lines.push(&rest[..if keep_ends { at + length } else { at }]);
        rest = &rest[at + length..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// `textwrap.indent` of every line, blank ones too.
pub(super) fn indent(text: &str, prefix: &str) -> String {
    let mut out = String::with_capacity(text.len() + prefix.len());
    for line in split_lines(text, true) {
        out.push_str(prefix);
        out.push_str(line);
    }
    out
}

/// `textwrap.dedent`: the leading spaces and tabs common to all lines are removed, blank lines emptied.
pub(super) fn dedent(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let filled = || {
        lines
            .iter()
            .copied()
            .filter(|line| !line.is_empty() && !is_blank(line))
    };
    let margin = match (filled().min(), filled().max()) {
        (Some(first), Some(last)) => first
            .bytes()
            .zip(last.bytes())
            .take_while(|&(a, b)| a == b && matches!(a, b' ' | b'\t'))
            .count(),
        _ => 0,
    };
    let mut out = String::with_capacity(text.len());
    for (position, line) in lines.iter().enumerate() {
        if position > 0 {
            out.push('\n');
        }
        if !is_blank(line) {
            out.push_str(line.get(margin..).unwrap_or_default());
        }
    }
    out
}

/// The number of characters that begin in the first `bytes` bytes of `line`.
pub(super) fn characters_before(line: &str, bytes: usize) -> usize {
    line.char_indices()
        .take_while(|&(at, _)| at < bytes)
        .count()
}

/// The columns taken by the first `count` characters of `line` on a terminal. For an ASCII line that is
/// `count` itself, even past the end.
pub(super) fn display_width(line: &[char], count: usize) -> usize {
    if line.iter().all(char::is_ascii) {
        return count;
    }
    line.iter()
        .take(count)
        .map(|&c| if is_wide(c) { 2 } else { 1 })
        .sum()
}

/// Whether the Unicode property East_Asian_Width is Wide or Fullwidth.
fn is_wide(c: char) -> bool {
    match c {
        // Wide by the property, yet without a column of their own for a terminal: marks and fillers.
        '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}' | '\u{3164}' => true,
        '\u{16fe4}' | '\u{16ff0}' | '\u{16ff1}' => true,
        // Broad on a terminal, yet neutral by the property: long dashes, two Khmer signs.
        '\u{2e3a}' | '\u{2e3b}' | '\u{17a4}' | '\u{17d8}' => false,
        _ => c.width().is_some_and(|columns| columns >= 2),
    }
}
