//! The block of a SyntaxError: file and line, the text, carets under the offending part, the message.

use std::fmt::Write;

use super::lines::is_space;
use super::theme::{Theme, theme};
use super::{Style, SyntaxDetails};

/// The widest run of carets: a SyntaxError made by hand may claim any range.
const MOST_CARETS: i64 = 1 << 16;

/// The lines that stand for a SyntaxError of class `type_name`.
pub(super) fn render_syntax_error(
    type_name: &str,
    details: &SyntaxDetails,
    style: Style,
) -> String {
    let Theme {
        kind,
        message,
        place,
        reset,
        ..
    } = theme(style.color);
    let mut out = String::new();
    let mut suffix = String::new();
    if let Some(line) = details.line {
        let filename = details
            .filename
            .as_deref()
            .filter(|name| !name.is_empty())
            .unwrap_or("<string>");
        let _ = writeln!(
            out,
            "  File {place}\"{filename}\"{reset}, line {place}{line}{reset}"
        );
    } else if let Some(filename) = &details.filename {
        suffix = format!(" ({filename})");
    }
    if let Some(text) = &details.text {
        push_text(&mut out, text, details, theme(style.color));
    }
    let what = details
        .message
        .as_deref()
        .filter(|what| !what.is_empty())
        .unwrap_or("<no detail available>");
    let _ = writeln!(
        out,
        "{kind}{type_name}{reset}: {message}{what}{reset}{suffix}"
    );
    out
}

/// The source text without its indentation, and the carets under it when the offset lies in what remains.
fn push_text(out: &mut String, text: &str, details: &SyntaxDetails, theme: &Theme) {
    let whole = text.trim_end_matches('\n');
    let shown: Vec<char> = whole
        .trim_start_matches([' ', '\n', '\x0c'])
        .chars()
        .collect();
    let characters = |text: &str| text.chars().count() as i64;
    let past_end = characters(whole) + 1;
    let margin = characters(whole) - shown.len() as i64;
    let (start, end) = match details.offset {
        None => (-1, 0),
        Some(offset) => {
            let end = if details.line == details.end_line {
                details.end_offset.filter(|&end| end != 0).unwrap_or(offset)
            } else {
                past_end
            };
            let clamp = |at: i64| {
                if !text.is_empty() && at > characters(text) {
                    past_end
                } else {
                    at
                }
            };
            let (offset, end) = (clamp(offset), clamp(end));
            let end = if offset >= end || end < 0 {
                offset.saturating_add(1)
            } else {
                end
            };
            (
                offset.saturating_sub(1 + margin),
                end.saturating_sub(1 + margin),
            )
        }
    };
    out.push_str("    ");
    if start < 0 {
        out.extend(shown);
        out.push('\n');
        return;
    }
    let carets = (end - start).clamp(0, MOST_CARETS) as usize;
    let start = usize::try_from(start)
        .unwrap_or(usize::MAX)
        .min(shown.len());
    let end = usize::try_from(end)
        .unwrap_or(usize::MAX)
        .min(shown.len())
        .max(start);
    let Theme {
        highlight, reset, ..
    } = theme;
    out.extend(&shown[..start]);
    out.push_str(highlight);
    out.extend(&shown[start..end]);
    out.push_str(reset);
    out.extend(&shown[end..]);
    out.push_str("\n    ");
    // Tabs and their like are kept, so that the carets stay aligned.
    out.extend(
        shown[..start]
            .iter()
            .map(|&c| if is_space(c) { c } else { ' ' }),
    );
    out.push_str(highlight);
    out.extend(std::iter::repeat_n('^', carets));
    out.push_str(reset);
    out.push('\n');
}
