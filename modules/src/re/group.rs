//! What an opening parenthesis begins: groups, look-around, conditions, comments and flags.

use capers_runtime::text::predicates;
use capers_runtime::text::wtf8::{self, Text};

use super::parse::{State, Stop, alternatives, sequence};
use super::source::{Source, quoted, show};
use super::tree::{Node, Problem, flags};

/// What a parenthesis turned out to be.
pub enum Opened {
    /// A piece of the expression.
    Node(Node),
    /// A comment.
    Nothing,
    /// `(?flags)` for the whole pattern.
    Flags,
}

/// Reads what follows an opening parenthesis. `may_set_flags` says that it is the first thing
/// in the pattern.
pub fn open(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    verbose: bool,
    may_set_flags: bool,
) -> Result<Opened, Stop> {
    let start = source.place() - 1;
    if !source.accept('?') {
        return capture(source, state, verbose, start, None).map(Opened::Node);
    }
    let kind = next_character(source)?;
    let node = match char::from_u32(kind).unwrap_or('?') {
        'P' if source.accept('<') => {
            let name = source.until('>', "group name")?;
            check_name(source, &name, 1)?;
            capture(source, state, verbose, start, Some(name))?
        }
        'P' if source.accept('=') => named_backreference(source, state)?,
        'P' => {
            let other = next_character(source)?;
            let message = format!("unknown extension ?P{}", show(&[other]));
            return Err(source.error(message, 3).into());
        }
        ':' => group(source, state, verbose, start, (0, 0))?,
        '>' => {
            let node = inner(source, state, verbose, start)?;
            Node::Atomic(Box::new(node))
        }
        '#' => return comment(source, start).map(|()| Opened::Nothing),
        '=' => look(source, state, verbose, start, (false, false))?,
        '!' => look(source, state, verbose, start, (false, true))?,
        '<' => match char::from_u32(next_character(source)?) {
            Some('=') => look(source, state, verbose, start, (true, false))?,
            Some('!') => look(source, state, verbose, start, (true, true))?,
            other => {
                let message = format!("unknown extension ?<{}", other.unwrap_or('?'));
                return Err(source.error(message, 3).into());
            }
        },
        '(' => conditional(source, state, verbose, start)?,
        letter if letter == '-' || flag(letter).is_some() => {
            match inline_flags(source, state, letter)? {
                Some(changes) => group(source, state, verbose, start, changes)?,
                None if !may_set_flags => {
                    let message = "global flags not at the start of the expression";
                    return Err(source.error(message, source.place() - start).into());
                }
                None if state.flags & flags::VERBOSE != 0 && !verbose => {
                    return Err(Stop::Verbose);
                }
                None => return Ok(Opened::Flags),
            }
        }
        _ => {
            let message = format!("unknown extension ?{}", show(&[kind]));
            return Err(source.error(message, 2).into());
        }
    };
    Ok(Opened::Node(node))
}

fn next_character(source: &mut Source<'_>) -> Result<u32, Problem> {
    match source.character() {
        Some(point) => Ok(point),
        None => Err(source.error("unexpected end of pattern", 0)),
    }
}

/// Reads what is inside a group, and the parenthesis that closes it.
fn inner(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    verbose: bool,
    start: usize,
) -> Result<Node, Stop> {
    let node = alternatives(source, state, verbose, false)?;
    close(source, start)?;
    Ok(node)
}

fn close(source: &mut Source<'_>, start: usize) -> Result<(), Problem> {
    if source.accept(')') {
        return Ok(());
    }
    let message = "missing ), unterminated subpattern";
    Err(source.error(message, source.place() - start))
}

fn capture(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    verbose: bool,
    start: usize,
    name: Option<Vec<u32>>,
) -> Result<Node, Stop> {
    let group = state.widths.len();
    state.widths.push(None);
    if let Some(name) = name {
        if let Some(before) = state.group_named(&name) {
            let message = format!(
                "redefinition of group name {} as group {group}; was group {before}",
                quoted(&name)
            );
            return Err(source.error(message, name.len() + 1).into());
        }
        state.names.push((name, group));
    }
    let node = inner(source, state, verbose, start)?;
    state.widths[group] = Some(node.width(&state.widths));
    Ok(Node::Capture(group, Box::new(node)))
}

fn group(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    verbose: bool,
    start: usize,
    (add, remove): (u32, u32),
) -> Result<Node, Stop> {
    let verbose = (verbose || add & flags::VERBOSE != 0) && remove & flags::VERBOSE == 0;
    let node = Box::new(inner(source, state, verbose, start)?);
    Ok(Node::Group { add, remove, node })
}

fn comment(source: &mut Source<'_>, start: usize) -> Result<(), Stop> {
    loop {
        match source.character() {
            Some(point) if point == u32::from(')') => return Ok(()),
            Some(_) => {}
            None => {
                let message = "missing ), unterminated comment";
                return Err(source.error(message, source.place() - start).into());
            }
        }
    }
}

fn look(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    verbose: bool,
    start: usize,
    (behind, negated): (bool, bool),
) -> Result<Node, Stop> {
    let outermost = behind && state.behind_from.is_none();
    if outermost {
        state.behind_from = Some(state.widths.len());
    }
    let node = alternatives(source, state, verbose, false)?;
    if outermost {
        state.behind_from = None;
    }
    close(source, start)?;
    if behind {
        let (least, most) = node.width(&state.widths);
        if least != most {
            let message = "look-behind requires fixed-width pattern".to_owned();
            return Err(Problem::Pattern(message, None).into());
        }
    }
    Ok(Node::Look {
        behind,
        negated,
        node: Box::new(node),
    })
}

fn named_backreference(source: &mut Source<'_>, state: &State<'_>) -> Result<Node, Problem> {
    let name = source.until(')', "group name")?;
    check_name(source, &name, 1)?;
    let group = named(source, state, &name)?;
    if !state.is_closed(group) {
        return Err(source.error("cannot refer to an open group", name.len() + 1));
    }
    state.check_behind(group, source)?;
    Ok(Node::Backreference(group))
}

fn named(source: &Source<'_>, state: &State<'_>, name: &[u32]) -> Result<usize, Problem> {
    state.group_named(name).ok_or_else(|| {
        let message = format!("unknown group name {}", quoted(name));
        source.error(message, name.len() + 1)
    })
}

fn conditional(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    verbose: bool,
    start: usize,
) -> Result<Node, Stop> {
    let name = source.until(')', "group name")?;
    let digits = show(&name);
    let group = if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let group = digits.parse().unwrap_or(usize::MAX);
        if group == 0 {
            return Err(source.error("bad group number", name.len() + 1).into());
        }
        if group >= MOST_GROUPS {
            let message = format!("invalid group reference {digits}");
            return Err(source.error(message, name.len() + 1).into());
        }
        let place = source.place() - name.len() - 1;
        state.conditions.push((group, place));
        group
    } else {
        check_name(source, &name, 1)?;
        named(source, state, &name)?
    };
    state.check_behind(group, source)?;
    let yes = sequence(source, state, verbose, false)?;
    let no = if source.accept('|') {
        let no = sequence(source, state, verbose, false)?;
        if source.is_next('|') {
            let message = "conditional backref with more than two branches";
            return Err(source.error(message, 0).into());
        }
        no
    } else {
        Node::empty()
    };
    close(source, start)?;
    Ok(Node::Conditional {
        group,
        yes: Box::new(yes),
        no: Box::new(no),
    })
}

/// No pattern can have so many groups.
pub const MOST_GROUPS: usize = (i32::MAX / 2) as usize;

/// Refuses a group's name that is no identifier; `back` is how far behind it the source is.
pub fn check_name(source: &Source<'_>, name: &[u32], back: usize) -> Result<(), Problem> {
    let back = name.len() + back;
    let mut bytes = Vec::new();
    for point in name {
        wtf8::push(&mut bytes, *point);
    }
    let shown = if !source.is_text && name.iter().any(|point| *point > 127) {
        let mut shown = Vec::new();
        capers_runtime::text::quote::ascii(Text::new(&bytes), &mut shown);
        String::from_utf8_lossy(&shown).into_owned()
    } else if !predicates::is_identifier(Text::new(&bytes)) {
        quoted(name)
    } else {
        return Ok(());
    };
    let message = format!("bad character in group name {shown}");
    Err(source.error(message, back))
}

fn flag(letter: char) -> Option<u32> {
    Some(match letter {
        'i' => flags::IGNORECASE,
        'L' => flags::LOCALE,
        'm' => flags::MULTILINE,
        's' => flags::DOTALL,
        'x' => flags::VERBOSE,
        'a' => flags::ASCII,
        'u' => flags::UNICODE,
        _ => return None,
    })
}

/// Reads the flags of `(?flags)`, which hold for the whole pattern (None), or of
/// `(?flags-flags:`, which are returned.
fn inline_flags(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    first: char,
) -> Result<Option<(u32, u32)>, Problem> {
    let (mut add, mut remove) = (0, 0);
    let mut letter = first;
    while let Some(flag) = flag(letter) {
        match letter {
            'L' if source.is_text => {
                let message = "bad inline flags: cannot use 'L' flag with a str pattern";
                return Err(source.error(message, 0));
            }
            'u' if !source.is_text => {
                let message = "bad inline flags: cannot use 'u' flag with a bytes pattern";
                return Err(source.error(message, 0));
            }
            _ => {}
        }
        add |= flag;
        if flag & flags::TYPES != 0 && add & flags::TYPES != flag {
            let message = "bad inline flags: flags 'a', 'u' and 'L' are incompatible";
            return Err(source.error(message, 0));
        }
        letter = next_flag(source, "missing -, : or )", &[')', '-', ':'])?;
    }
    if letter == ')' {
        state.flags |= add;
        return Ok(None);
    }
    if letter == '-' {
        letter = next_flag(source, "missing flag", &[])?;
        while let Some(flag) = flag(letter) {
            if flag & flags::TYPES != 0 {
                let message = "bad inline flags: cannot turn off flags 'a', 'u' and 'L'";
                return Err(source.error(message, 0));
            }
            remove |= flag;
            letter = next_flag(source, "missing :", &[':'])?;
        }
    }
    if add & remove != 0 {
        let message = "bad inline flags: flag turned on and off";
        return Err(source.error(message, 1));
    }
    Ok(Some((add, remove)))
}

/// The next letter of a flag, or one of the characters that may end the flags.
fn next_flag(source: &mut Source<'_>, missing: &str, ends: &[char]) -> Result<char, Problem> {
    let Some(point) = source.character() else {
        return Err(source.error(missing, 0));
    };
    let letter = char::from_u32(point).unwrap_or('?');
    if ends.contains(&letter) || flag(letter).is_some() {
        return Ok(letter);
    }
    let message = if letter.is_alphabetic() {
        "unknown flag"
    } else {
        missing
    };
    Err(source.error(message, 1))
}
