//! A traceback's entries: the place, the source lines and the carets under them.

use std::fmt::Write;

use super::anchors::{Anchors, carets_say_nothing, find_anchors};
use super::lines::{characters_before, dedent, display_width, indent, is_space, split_lines};
use super::theme::{Theme, theme};
use super::{Entry, SourceLines, Style};

/// How often the same line is shown in a row before the rest is counted.
const REPEATS_SHOWN: usize = 3;

/// The most lines that are read for one entry: positions may be made up by `code.replace`.
const TALLEST: u32 = 1 << 16;

/// The entries of a traceback, each followed by its source, with long runs of one line folded.
pub(super) fn render_stack(stack: &[Entry], source: SourceLines, style: Style) -> String {
    let mut out = String::new();
    let mut last: Option<&Entry> = None;
    let mut count = 0;
    for entry in stack {
        let repeats = last.is_some_and(|last| {
            entry.line.is_some()
                && (entry.line, &entry.filename, &entry.name)
                    == (last.line, &last.filename, &last.name)
        });
        if !repeats {
            push_fold(&mut out, count);
            last = Some(entry);
            count = 0;
        }
        count += 1;
        if count <= REPEATS_SHOWN {
            push_entry(&mut out, entry, source, style);
        }
    }
    push_fold(&mut out, count);
    out
}

fn push_fold(out: &mut String, count: usize) {
    if let Some(more @ 1..) = count.checked_sub(REPEATS_SHOWN) {
        let plural = if more > 1 { "s" } else { "" };
        let _ = writeln!(out, "  [Previous line repeated {more} more time{plural}]");
    }
}

fn push_entry(out: &mut String, entry: &Entry, source: SourceLines, style: Style) {
    let Theme { place, reset, .. } = theme(style.color);
    let filename = &entry.filename;
    let filename = if filename.starts_with("<stdin-") && filename.ends_with('>') {
        "<stdin>"
    } else {
        filename
    };
    let line = entry
        .line
        .map_or_else(|| "None".to_owned(), |line| line.to_string());
    let name = &entry.name;
    let _ = writeln!(
        out,
        "  File {place}\"{filename}\"{reset}, line {place}{line}{reset}, in {place}{name}{reset}"
    );
    let Some(first) = entry.line else { return };
    let last = entry.end_line.unwrap_or(first);
    let mut text = String::new();
    for number in first..=last.min(first.saturating_add(TALLEST)) {
        // Line 0 is where a module's code begins, and has no text.
        let line = if number == 0 {
            None
        } else {
            source(&entry.filename, number)
        };
        text.push_str(line.unwrap_or_default().trim_end_matches(is_space));
        text.push('\n');
    }
    if text.chars().all(is_space) {
        return;
    }
    let carets = match (entry.column, entry.end_column) {
        (Some(start), Some(end)) => render_range(
            &text,
            last.saturating_sub(first) as usize,
            start as usize,
            end as usize,
            style,
        ),
        _ => None,
    };
    match carets {
        Some(rendered) => out.push_str(&indent(&dedent(&rendered), "    ")),
        None => {
            let line = text
                .split('\n')
                .next()
                .unwrap_or_default()
                .trim_matches(is_space);
            out.push_str(&indent(line, "    "));
            out.push('\n');
        }
    }
}

/// The lines of `text` that matter for the range from byte `start` of the first line to byte `end` of the line
/// `height` further down, with carets where those say something.
fn render_range(
    text: &str,
    height: usize,
    start: usize,
    end: usize,
    style: Style,
) -> Option<String> {
    let original = split_lines(text, false);
    let first_line = *original.first()?;
    let start = characters_before(first_line, start);
    let end = characters_before(original.get(height)?, end);
    let dedented = dedent(text);
    let mut shown = split_lines(&dedented, false);
    shown.truncate(height + 1);
    let margin = first_line
        .chars()
        .count()
        .saturating_sub(shown.first()?.chars().count());
    let (start, end) = (start.saturating_sub(margin), end.saturating_sub(margin));

    let anchors = find_anchors(&segment(&shown, start, end));
    let lines: Vec<Vec<char>> = shown.iter().map(|line| line.chars().collect()).collect();
    let (first, last) = (lines.first()?, lines.last()?);
    let around = first
        .iter()
        .take(start)
        .chain(last.iter().skip(end))
        .any(|&c| !is_space(c));
    let carets = !carets_say_nothing(&shown, start, end) && (anchors.is_some() || around);
    let anchors = anchors.map(|anchors| {
        let column = |(line, column): (usize, usize)| {
            let column = column + if line == 0 { start } else { 0 };
            (
                line,
                lines
                    .get(line)
                    .map_or(column, |text| display_width(text, column)),
            )
        };
        Anchors {
            start: column(anchors.start),
            end: column(anchors.end),
        }
    });
    let marks = Marks {
        start: display_width(first, start),
        end: display_width(last, end),
        anchors,
    };

    let mut wanted = vec![0, lines.len() - 1];
    for (line, _) in anchors
        .iter()
        .flat_map(|anchors| [anchors.start, anchors.end])
    {
        wanted.extend(line.saturating_sub(1)..=line + 1);
    }
    wanted.retain(|&line| line < lines.len());
    wanted.sort_unstable();
    wanted.dedup();

    let mut out = String::new();
    let mut previous = 0;
    let push_line = |out: &mut String, number: usize| {
        if let Some(line) = lines.get(number) {
            let carets = carets.then(|| marks.carets(line, number, number + 1 == lines.len()));
            push_marked(
                out,
                line,
                carets.as_deref(),
                theme(style.color),
                style.color,
            );
        }
    };
    for number in wanted {
        match number - previous {
            2 => push_line(&mut out, number - 1),
            skipped @ 3.. => {
                let _ = writeln!(out, "...<{} lines>...", skipped - 1);
            }
            _ => {}
        }
        push_line(&mut out, number);
        previous = number;
    }
    Some(out)
}

/// The text of the range.
fn segment(lines: &[&str], start: usize, end: usize) -> String {
    let text: Vec<char> = lines.join("\n").chars().collect();
    let last = lines.last().map_or(0, |line| line.chars().count());
    let stop = (text.len() - last + end).min(text.len());
    text.get(start..stop).unwrap_or_default().iter().collect()
}

/// What to mark, in display columns.
struct Marks {
    start: usize,
    end: usize,
    anchors: Option<Anchors>,
}

impl Marks {
    /// The characters under line `number`: `~` or `^` below the range, spaces before it.
    fn carets(&self, line: &[char], number: usize, is_last: bool) -> Vec<char> {
        let indentation = line.iter().take_while(|&&c| is_space(c)).count();
        let width = if is_last {
            self.end
        } else {
            display_width(line, line.len())
        };
        (0..width)
            .map(|column| {
                if column < indentation || (number == 0 && column < self.start) {
                    return ' ';
                }
                match self.anchors {
                    Some(anchors)
                        if (number, column) < anchors.start || (number, column) >= anchors.end =>
                    {
                        '~'
                    }
                    _ => '^',
                }
            })
            .collect()
    }
}

/// Writes a line and the carets under it, both coloured in the stretches that the carets mark.
fn push_marked(
    out: &mut String,
    line: &[char],
    carets: Option<&[char]>,
    theme: &Theme,
    color: bool,
) {
    let Some(carets) = carets else {
        out.extend(line);
        out.push('\n');
        return;
    };
    if !color {
        out.extend(line);
        out.push('\n');
        out.extend(carets);
        out.push('\n');
        return;
    }
    // The line's newline takes part: with wide characters the carets reach past the line.
    let line: Vec<char> = line.iter().copied().chain(['\n']).collect();
    let mut below = String::new();
    let mut at = 0;
    while at < line.len().max(carets.len()) {
        let mark = carets.get(at).copied();
        let length = match mark {
            Some(mark) => carets[at..]
                .iter()
                .take_while(|&&caret| caret == mark)
                .count(),
            None => line.len() - at,
        };
        let (before, after) = match mark {
            Some('^') => (theme.highlight, theme.reset),
            Some('~') => (theme.range, theme.reset),
            _ => ("", ""),
        };
        out.push_str(before);
        out.extend(line.iter().skip(at).take(length));
        out.push_str(after);
        below.push_str(before);
        below.extend(carets.iter().skip(at).take(length));
        below.push_str(after);
        at += length;
    }
    out.push_str(&below);
    out.push('\n');
}
