//! Colours for source text, from the parser's own tokens, and for the values that are shown.

use std::ops::Range;

use capers_runtime::compiler::{Token, TokenClass, tokens};

use super::buffer::{mark_length, source_of};

const RESET: &str = "\x1b[0m";
/// Longer texts are shown as they are.
const LONGEST: usize = 200_000;

fn sequence(class: TokenClass) -> &'static str {
    match class {
        TokenClass::Keyword => "\x1b[1;34m",
        TokenClass::Constant => "\x1b[36m",
        TokenClass::Definition => "\x1b[1m",
        TokenClass::Number => "\x1b[33m",
        TokenClass::String => "\x1b[32m",
        TokenClass::Comment => "\x1b[31m",
        TokenClass::Name | TokenClass::Open | TokenClass::Close | TokenClass::Operator => "",
    }
}

/// The mark of a continued line, as the prompt is coloured.
const MARK: &str = "\x1b[1;35m";
/// A bracket beside the cursor and the one that it belongs to.
const PAIR: &str = "\x1b[1;4;36m";

/// The editor's text in colours; the brackets that belong together are marked where the cursor, at this byte,
/// is beside one.
pub fn editor_text(buffer: &str, cursor: usize) -> String {
    if buffer.len() > LONGEST || buffer.starts_with(':') {
        return buffer.to_owned();
    }
    let source = source_of(buffer);
    let found = tokens(&source);
    let paired = pair_at(&found, source_offset(buffer, cursor));
    let mut painted = String::with_capacity(buffer.len() * 2);
    let (mut rest, mut source_at) = (buffer, 0);
    let mut next = 0;
    for (number, line) in buffer.split('\n').enumerate() {
        if number > 0 {
            painted.push('\n');
            source_at += 1;
            rest = rest.get(1..).unwrap_or_default();
            let mark = mark_length(line);
            if mark > 0 {
                painted.push_str(MARK);
                painted.push_str(line.get(..mark).unwrap_or_default());
                painted.push_str(RESET);
                rest = rest.get(mark..).unwrap_or_default();
            }
        }
        let length = line.len() - if number > 0 { mark_length(line) } else { 0 };
        let text = rest.get(..length).unwrap_or_default();
        next = paint_line(&mut painted, text, source_at, &found, next, &paired);
        rest = rest.get(length..).unwrap_or_default();
        source_at += length;
    }
    painted
}

/// Appends a line whose text begins at `offset` in the source; gives the first token that reaches past it.
fn paint_line(
    out: &mut String,
    text: &str,
    offset: usize,
    tokens: &[Token],
    mut next: usize,
    paired: &[usize],
) -> usize {
    let end = offset + text.len();
    let mut at = offset;
    let piece = |range: Range<usize>| {
        text.get(range.start - offset..range.end - offset)
            .unwrap_or_default()
    };
    while let Some(token) = tokens.get(next).filter(|token| token.range.start < end) {
        let (start, stop) = (token.range.start.max(at), token.range.end.min(end));
        if start < stop {
            out.push_str(piece(at..start));
            let style = if paired.contains(&token.range.start) {
                PAIR
            } else {
                sequence(token.class)
            };
            out.push_str(style);
            out.push_str(piece(start..stop));
            if !style.is_empty() {
                out.push_str(RESET);
            }
            at = stop;
        }
        if token.range.end > end {
            break;
        }
        next += 1;
    }
    out.push_str(piece(at..end));
    next
}

/// Where in the source a place in the editor's text is.
fn source_offset(buffer: &str, cursor: usize) -> usize {
    source_of(buffer.get(..cursor).unwrap_or(buffer)).len()
}

/// The starts of the bracket beside this place and of its counterpart.
fn pair_at(tokens: &[Token], cursor: usize) -> Vec<usize> {
    let mut open: Vec<usize> = Vec::new();
    for token in tokens {
        let start = token.range.start;
        match token.class {
            TokenClass::Open => open.push(start),
            TokenClass::Close => {
                if let Some(opener) = open.pop()
                    && [opener, start, start + 1].contains(&cursor)
                {
                    return vec![opener, start];
                }
            }
            _ => {}
        }
    }
    Vec::new()
}

/// A value's repr in colours, as far as it reads as source text.
pub fn value(repr: &str) -> String {
    if repr.len() > LONGEST || repr.contains('\x1b') || repr.starts_with('<') {
        return repr.to_owned();
    }
    let found = tokens(repr);
    let mut painted = String::with_capacity(repr.len() * 2);
    paint_line(&mut painted, repr, 0, &found, 0, &[]);
    painted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without its colours.
    fn plain(painted: &str) -> String {
        let mut text = String::new();
        let mut rest = painted;
        while let Some((before, after)) = rest.split_once('\x1b') {
            text.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        text + rest
    }

    #[test]
    fn colours_change_no_text() {
        for text in [
            "",
            "if x:\n...     return 'a'  # c",
            "x = '''a\n... b'''\n... ",
            "f(a, [1, 2], {3: 'x'})",
            "pasted = [\n1,\n2]",
            "'unfinished",
            "\u{e9} = '\u{20ac}'",
        ] {
            for cursor in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
                assert_eq!(plain(&editor_text(text, cursor)), text);
            }
            assert_eq!(plain(&value(text)), text);
        }
    }

    #[test]
    fn keywords_and_brackets_stand_out() {
        assert!(editor_text("if x: pass", 10).starts_with("\x1b[1;34mif\x1b[0m x"));
        assert!(editor_text("f(x)", 4).contains("\x1b[1;4;36m(\x1b[0mx\x1b[1;4;36m)"));
        assert!(!editor_text("f(x)", 0).contains("\x1b[1;4;36m"));
    }
}
