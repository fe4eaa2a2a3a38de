//! The text of the line editor and the source that it stands for.
//!
//! The editor knows one prompt, that of the first line. So the three points before each further line is part of its
//! text: it is put there with each new line, moved and deleted as one thing, and taken off before Python sees
//! it. Texts that were pasted have no such marks, which is as good.

use std::ops::Range;

use capers_runtime::compiler::{TokenClass, compile_interactive, statements, tokens};

/// What stands before a line that continues a statement.
pub const CONTINUATION: &str = "... ";

/// What a block is indented by.
pub const INDENT: usize = 4;

/// The source in the editor's text.
pub fn source_of(buffer: &str) -> String {
    let mut source = String::with_capacity(buffer.len());
    for (number, line) in buffer.split('\n').enumerate() {
        if number > 0 {
            source.push('\n');
        }
        source.push_str(if number > 0 { unmarked(line) } else { line });
    }
    source
}

/// The editor's text for a source.
pub fn buffer_of(source: &str) -> String {
    source.replace('\n', &format!("\n{CONTINUATION}"))
}

/// The line without the mark.
pub fn unmarked(line: &str) -> &str {
    line.strip_prefix(CONTINUATION)
        .unwrap_or(if line == "..." { "" } else { line })
}

/// How many bytes of the line are the mark.
pub fn mark_length(line: &str) -> usize {
    line.len() - unmarked(line).len()
}

/// Whether a source is ready to be run: a statement, or several, with no more lines to come.
pub fn is_whole(source: &str) -> bool {
    let last = statements(source).pop().unwrap_or(source);
    !matches!(compile_interactive(last, "<stdin>"), Ok(None))
}

/// What Enter does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enter {
    /// Runs what is there.
    Run,
    /// Inserts this: a new line and its indentation.
    Insert(String),
}

/// What Enter does to the text, with the cursor at this byte.
pub fn enter(buffer: &str, cursor: usize) -> Enter {
    let source = source_of(buffer);
    let (before, after) = buffer.split_at_checked(cursor).unwrap_or((buffer, ""));
    if source.trim_start().starts_with(':') && !source.contains('\n') {
        return Enter::Run;
    }
    // In the middle of several lines, Enter divides the line.
    if !after.contains('\n') {
        let lines = source.contains('\n');
        let last_is_blank = source
            .rsplit('\n')
            .next()
            .is_some_and(|line| line.trim().is_empty());
        let text = match lines && last_is_blank {
            true => format!("{}\n\n", source.trim_end()),
            false => format!("{source}\n"),
        };
        if source.trim().is_empty() || is_whole(&text) {
            return Enter::Run;
        }
    }
    let indent = indentation(&source_of(before));
    Enter::Insert(format!("\n{CONTINUATION}{}", " ".repeat(indent)))
}

/// How far the line after this text is indented.
pub fn indentation(before: &str) -> usize {
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(line_start..).unwrap_or_default();
    let own = line.len() - line.trim_start_matches(' ').len();
    let all = tokens(before);
    let mut open: Vec<usize> = Vec::new();
    for token in &all {
        match token.class {
            TokenClass::Open => open.push(token.range.start),
            TokenClass::Close => {
                open.pop();
            }
            _ => {}
        }
    }
    if let Some(&bracket) = open.last() {
        // Inside brackets: past the line in which the innermost one opens.
        let start = before
            .get(..bracket)
            .and_then(|text| text.rfind('\n'))
            .map_or(0, |at| at + 1);
        let opener = before.get(start..).unwrap_or_default();
        return opener.len() - opener.trim_start_matches(' ').len() + INDENT;
    }
    let last = all
        .iter()
        .rev()
        .find(|token| token.class != TokenClass::Comment);
    let last = last.and_then(|token| before.get(token.range.clone()));
    if last == Some(":") {
        return own + INDENT;
    }
    let first = line
        .trim_start()
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next();
    match first {
        // Nothing can follow these in their block.
        Some("return" | "pass" | "break" | "continue" | "raise") => own.saturating_sub(INDENT),
        _ => own,
    }
}

/// What Backspace deletes with the cursor at this byte: an indentation, or at the start of a line its mark and
/// the line end before it. None for the character that it deletes usually.
pub fn backspace(buffer: &str, cursor: usize) -> Option<Range<usize>> {
    let start = line_start(buffer, cursor);
    if cursor == start && is_marked(buffer, start) {
        return Some(start - CONTINUATION.len() - 1..start);
    }
    let text = buffer.get(start..cursor)?;
    let blank = !text.is_empty() && text.bytes().all(|byte| byte == b' ');
    blank.then(|| cursor - ((text.len() - 1) % INDENT + 1)..cursor)
}

/// Whether a mark ends at this byte.
fn is_marked(buffer: &str, start: usize) -> bool {
    let before = buffer.get(..start).unwrap_or_default();
    before
        .strip_suffix(CONTINUATION)
        .is_some_and(|before| before.ends_with('\n'))
}

/// Where the text of the next line starts, where the cursor is at the end of a line and the next one has a mark.
pub fn next_line(buffer: &str, cursor: usize) -> Option<usize> {
    let after = buffer.get(cursor..)?.strip_prefix('\n')?;
    after
        .starts_with(CONTINUATION)
        .then_some(cursor + 1 + CONTINUATION.len())
}

/// Where the line before ends, where the cursor is right after a mark.
pub fn previous_line(buffer: &str, cursor: usize) -> Option<usize> {
    is_marked(buffer, cursor).then(|| cursor - CONTINUATION.len() - 1)
}

/// The start of the text in the line that this byte is in, past the mark.
pub fn line_start(buffer: &str, cursor: usize) -> usize {
    let start = buffer
        .get(..cursor)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1);
    if start == 0 {
        return 0;
    }
    let line = buffer.get(start..).unwrap_or_default();
    start + mark_length(line.split('\n').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_no_part_of_the_source() {
        assert_eq!(source_of("if x:\n...     y\n..."), "if x:\n    y\n");
        assert_eq!(source_of("a\nb"), "a\nb");
        assert_eq!(buffer_of("if x:\n    y"), "if x:\n...     y");
        assert_eq!(source_of(&buffer_of("a\n\nb")), "a\n\nb");
    }

    #[test]
    fn enter_runs_what_is_whole() {
        assert_eq!(enter("x = 1", 5), Enter::Run);
        assert_eq!(enter("", 0), Enter::Run);
        assert_eq!(enter("x = )", 5), Enter::Run);
        assert_eq!(enter(":dis (", 6), Enter::Run);
        assert_eq!(enter("if x:", 5), Enter::Insert("\n...     ".into()));
        let block = "if x:\n...     y";
        assert_eq!(
            enter(block, block.len()),
            Enter::Insert("\n...     ".into())
        );
        let ended = "if x:\n...     y\n...     ";
        assert_eq!(enter(ended, ended.len()), Enter::Run);
        assert_eq!(enter("a = 1\nb = 2", 11), Enter::Run);
        assert_eq!(enter(block, 3), Enter::Insert("\n... ".into()));
    }

    #[test]
    fn lines_are_indented_as_their_block() {
        assert_eq!(indentation("def f():"), 4);
        assert_eq!(indentation("def f():  # why"), 4);
        assert_eq!(indentation("def f():\n    return 1"), 0);
        assert_eq!(indentation("def f():\n    if x:\n        pass"), 4);
        assert_eq!(indentation("x = [1,"), 4);
        assert_eq!(indentation("x = [1,\n    2]"), 4);
        assert_eq!(indentation("x = {'a': 1}"), 0);
    }

    #[test]
    fn backspace_takes_an_indentation_or_a_mark() {
        let block = "if x:\n...         y";
        let end = block.len();
        assert_eq!(backspace(block, end - 1), Some(end - 5..end - 1));
        assert_eq!(backspace(block, end - 6), Some(end - 9..end - 6));
        assert_eq!(backspace(block, end - 9), Some(5..10));
        assert_eq!(backspace(block, end), None);
        assert_eq!(backspace("  ", 2), Some(0..2));
        assert_eq!(backspace("", 0), None);
    }

    #[test]
    fn a_line_starts_after_its_mark() {
        let text = "abcdef\n... xy\npasted";
        assert_eq!(line_start(text, 3), 0);
        assert_eq!(line_start(text, 12), 11);
        assert_eq!(line_start(text, text.len()), 14);
        assert_eq!(next_line(text, 6), Some(11));
        assert_eq!(next_line(text, 13), None);
        assert_eq!(previous_line(text, 11), Some(6));
        assert_eq!(previous_line(text, 14), None);
    }
}
