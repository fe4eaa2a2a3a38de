//! From Python's syntax tree to the syntax of the matching engine (`fancy-regex`).
//!
//! Everything that the two understand differently is spelt out: categories as CPython defines
//! them, `$`, word boundaries, flags. The engine's own flags are never turned on, but for the
//! case-insensitive ones around literals.

use std::fmt::Write;

use super::tree::{Anchor, Category, Greed, MAX_REPEAT, Member, Node, flags};

/// Lone surrogates, which the engine's text can't have, are matched as the last code points
/// of a private-use plane: this far away.
pub const SURROGATE_SHIFT: u32 = 0x10_F800 - 0xD800;

/// Turkish letters that CPython takes for an `i` where case is ignored; the engine doesn't.
const DOTLESS: char = '\u{131}';
const DOTTED: char = '\u{130}';
const ALL_OF_I: &str = "iI\u{131}\u{130}";

/// What decides how a node is written.
#[derive(Copy, Clone)]
struct Mode {
    is_text: bool,
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    /// Whether categories and case are those of ASCII.
    ascii: bool,
}

/// Writes the tree in the engine's syntax.
pub fn translate(root: &Node, found: u32, is_text: bool) -> String {
    let mode = Mode {
        is_text,
        ignore_case: found & flags::IGNORECASE != 0,
        multi_line: found & flags::MULTILINE != 0,
        dot_all: found & flags::DOTALL != 0,
        ascii: !is_text || found & flags::ASCII != 0,
    };
    let mut out = String::new();
    write(root, mode, &mut out);
    out
}

fn write(node: &Node, mode: Mode, out: &mut String) {
    match node {
        Node::Literal(point) => literal(*point, mode, out),
        Node::Any if mode.dot_all => out.push_str(r"[\s\S]"),
        Node::Any => out.push_str(r"[^\n]"),
        Node::Set(members, negated) => set(members, *negated, mode, out),
        Node::Anchor(place) => anchor(*place, mode, out),
        Node::Backreference(group) if mode.ignore_case => _ = write!(out, "(?i:\\{group})"),
        Node::Backreference(group) => _ = write!(out, "(?:\\{group})"),
        Node::Sequence(nodes) => nodes.iter().for_each(|node| part(node, mode, out)),
        Node::Alternatives(nodes) => {
            for (index, node) in nodes.iter().enumerate() {
                if index > 0 {
                    out.push('|');
                }
                write(node, mode, out);
            }
        }
        Node::Capture(_, node) => wrapped("(", node, mode, out),
        Node::Atomic(node) => wrapped("(?>", node, mode, out),
        Node::Group { add, remove, node } => {
            wrapped("(?:", node, changed(mode, *add, *remove), out);
        }
        Node::Repeat {
            least,
            most,
            greed,
            node,
        } => repeat((*least, *most), *greed, node, mode, out),
        Node::Look {
            behind,
            negated,
            node,
        } => {
            let opening = match (behind, negated) {
                (false, false) => "(?=",
                (false, true) => "(?!",
                (true, false) => "(?<=",
                (true, true) => "(?<!",
            };
            wrapped(opening, node, mode, out);
        }
        Node::Conditional { group, yes, no } => {
            _ = write!(out, "(?({group})");
            part(yes, mode, out);
            out.push('|');
            part(no, mode, out);
            out.push(')');
        }
    }
}

fn changed(mode: Mode, add: u32, remove: u32) -> Mode {
    let now = |flag: u32, before: bool| (before || add & flag != 0) && remove & flag == 0;
    Mode {
        ignore_case: now(flags::IGNORECASE, mode.ignore_case),
        multi_line: now(flags::MULTILINE, mode.multi_line),
        dot_all: now(flags::DOTALL, mode.dot_all),
        ascii: match add & flags::TYPES {
            flags::ASCII => true,
            flags::UNICODE => false,
            _ => mode.ascii,
        },
        ..mode
    }
}

fn wrapped(opening: &str, node: &Node, mode: Mode, out: &mut String) {
    out.push_str(opening);
    write(node, mode, out);
    out.push(')');
}

/// Writes a piece of a sequence: alternatives get a group of their own.
fn part(node: &Node, mode: Mode, out: &mut String) {
    match node {
        Node::Alternatives(_) => wrapped("(?:", node, mode, out),
        _ => write(node, mode, out),
    }
}

fn repeat((least, most): (u32, u32), greed: Greed, node: &Node, mode: Mode, out: &mut String) {
    if greed == Greed::Possessive {
        out.push_str("(?>");
    }
    let is_single = matches!(
        node,
        Node::Any | Node::Set(..) | Node::Capture(..) | Node::Group { .. } | Node::Atomic(_)
    );
    if is_single {
        write(node, mode, out);
    } else {
        wrapped("(?:", node, mode, out);
    }
    match (least, most) {
        (0, 1) => out.push('?'),
        (0, MAX_REPEAT) => out.push('*'),
        (1, MAX_REPEAT) => out.push('+'),
        (_, MAX_REPEAT) => _ = write!(out, "{{{least},}}"),
        _ if least == most => _ = write!(out, "{{{least}}}"),
        _ => _ = write!(out, "{{{least},{most}}}"),
    }
    match greed {
        Greed::Greedy => {}
        Greed::Lazy => out.push('?'),
        Greed::Possessive => out.push(')'),
    }
}

fn literal(point: u32, mode: Mode, out: &mut String) {
    match char::from_u32(point) {
        Some(letter) if mode.ignore_case && mode.ascii => {
            let other = match letter {
                'a'..='z' => letter.to_ascii_uppercase(),
                'A'..='Z' => letter.to_ascii_lowercase(),
                _ => return escape(point, mode, out),
            };
            _ = write!(out, "[{letter}{other}]");
        }
        Some('i' | 'I' | DOTLESS | DOTTED) if mode.ignore_case => _ = write!(out, "[{ALL_OF_I}]"),
        Some(letter) if mode.ignore_case && letter.is_alphabetic() => {
            out.push_str("(?i:");
            escape(point, mode, out);
            out.push(')');
        }
        _ => escape(point, mode, out),
    }
}

/// Writes a code point so that it stands for itself, in a set too.
fn escape(point: u32, mode: Mode, out: &mut String) {
    match char::from_u32(point) {
        Some(letter) if letter.is_ascii_alphanumeric() || letter == '_' => out.push(letter),
        Some(_) if mode.is_text => _ = write!(out, "\\x{{{point:x}}}"),
        Some(_) => _ = write!(out, "\\x{point:02x}"),
        None => _ = write!(out, "\\x{{{:x}}}", point + SURROGATE_SHIFT),
    }
}

fn set(members: &[Member], negated: bool, mode: Mode, out: &mut String) {
    // The engine folds case before it negates, as CPython does.
    let folds = mode.ignore_case && !mode.ascii;
    if folds {
        out.push_str("(?i:");
    }
    out.push_str(if negated { "[^" } else { "[" });
    for member in members {
        match *member {
            Member::Range(low, high) => {
                range(low, high, mode, out);
                let has = |letter| (low..=high).contains(&u32::from(letter));
                if folds && ALL_OF_I.chars().any(has) {
                    out.push_str(ALL_OF_I);
                }
                if mode.ignore_case && mode.ascii {
                    swapped(low, high, ('a', 'z'), 'A', mode, out);
                    swapped(low, high, ('A', 'Z'), 'a', mode, out);
                }
            }
            Member::Category(category, complement) => {
                out.push_str(category_text(category, complement, mode));
            }
        }
    }
    out.push(']');
    if folds {
        out.push(')');
    }
}

/// Writes a range of a set. What lies across the surrogates is written in three parts.
fn range(low: u32, high: u32, mode: Mode, out: &mut String) {
    let surrogates = (0xD800, 0xDFFF);
    let parts = [
        (low, high.min(surrogates.0 - 1)),
        (low.max(surrogates.0), high.min(surrogates.1)),
        (low.max(surrogates.1 + 1), high),
    ];
    for (low, high) in parts {
        if low > high {
            continue;
        }
        escape(low, mode, out);
        if low < high {
            out.push('-');
            escape(high, mode, out);
        }
    }
}

/// Writes the letters of `alphabet` in the range in their other case, which begins at `other`.
fn swapped(low: u32, high: u32, alphabet: (char, char), other: char, mode: Mode, out: &mut String) {
    let (first, last) = (u32::from(alphabet.0), u32::from(alphabet.1));
    let (low, high) = (low.max(first), high.min(last));
    if low <= high {
        let other = u32::from(other);
        range(low - first + other, high - first + other, mode, out);
    }
}

fn category_text(category: Category, complement: bool, mode: Mode) -> &'static str {
    match (category, complement, mode.ascii) {
        (Category::Digit, false, true) => "0-9",
        (Category::Digit, true, true) => "[^0-9]",
        (Category::Digit, false, false) => r"\p{Nd}",
        (Category::Digit, true, false) => r"\P{Nd}",
        (Category::Space, false, true) => r"\x09-\x0d\x20",
        (Category::Space, true, true) => r"[^\x09-\x0d\x20]",
        (Category::Space, false, false) => r"\s\x1c-\x1f",
        (Category::Space, true, false) => r"[^\s\x1c-\x1f]",
        (Category::Word, false, true) => "0-9A-Za-z_",
        (Category::Word, true, true) => "[^0-9A-Za-z_]",
        (Category::Word, false, false) => r"\p{L}\p{N}_",
        (Category::Word, true, false) => r"[^\p{L}\p{N}_]",
    }
}

fn anchor(place: Anchor, mode: Mode, out: &mut String) {
    let word = category_text(Category::Word, false, mode);
    match place {
        Anchor::LineStart if mode.multi_line => out.push_str("(?m:^)"),
        Anchor::LineEnd if mode.multi_line => out.push_str("(?m:$)"),
        Anchor::LineStart | Anchor::TextStart => out.push_str(r"\A"),
        Anchor::LineEnd => out.push_str(r"(?=\n?\z)"),
        Anchor::TextEnd => out.push_str(r"\z"),
        Anchor::WordBoundary => {
            _ = write!(
                out,
                "(?:(?<=[{word}])(?![{word}])|(?<![{word}])(?=[{word}]))"
            );
        }
        Anchor::NoWordBoundary => {
            _ = write!(
                out,
                "(?:(?<=[{word}])(?=[{word}])|(?<![{word}])(?![{word}]))"
            );
        }
    }
}
