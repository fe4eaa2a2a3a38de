//! The parser of Python's regular expressions. Makes a [`Tree`]; reports what CPython's
//! `re._parser` reports, in its words and at its places.

use super::escape::{self, Escaped};
use super::group;
use super::source::{Source, Token, show};
use super::tree::{Anchor, Greed, MAX_REPEAT, Member, Node, Problem, Tree, Width, flags};

/// How deep groups may be nested: what the matching engine takes.
const DEEPEST: usize = 60;

/// What is known of the pattern while it is read.
pub struct State<'a> {
    /// The flags given and those met at the start.
    pub flags: u32,
    /// The widths of the groups; None for one that is still open. The first stands for the match.
    pub widths: Vec<Option<Width>>,
    /// The groups' names.
    pub names: Vec<(Vec<u32>, usize)>,
    /// The groups that conditions name by number, with the places.
    pub conditions: Vec<(usize, usize)>,
    /// The number of groups where the outermost look-behind began.
    pub behind_from: Option<usize>,
    /// What to warn of.
    pub warnings: &'a mut Vec<String>,
    /// How many groups are open.
    pub depth: usize,
}

impl State<'_> {
    /// Whether the group exists and is closed.
    pub fn is_closed(&self, group: usize) -> bool {
        self.widths.get(group).is_some_and(Option::is_some)
    }

    /// The group of a name.
    pub fn group_named(&self, name: &[u32]) -> Option<usize> {
        let found = self.names.iter().find(|(known, _)| known == name);
        found.map(|(_, group)| *group)
    }

    /// Refuses, inside a look-behind, groups that it has not seen closed.
    pub fn check_behind(&self, group: usize, source: &Source<'_>) -> Result<(), Problem> {
        let Some(from) = self.behind_from else {
            return Ok(());
        };
        if !self.is_closed(group) {
            return Err(source.error("cannot refer to an open group", 0));
        }
        if group >= from {
            let message = "cannot refer to group defined in the same lookbehind subpattern";
            return Err(source.error(message, 0));
        }
        Ok(())
    }
}

/// Why reading stopped: an error, or `(?x)` at the start, which asks for a second reading.
pub enum Stop {
    /// The pattern is wrong.
    Problem(Problem),
    /// It is to be read as VERBOSE from the start.
    Verbose,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Problem(problem)
    }
}

/// Parses a pattern: its code points (or bytes), and the flags it was compiled with. What
/// CPython warns of (as a FutureWarning) is added to `warnings`, for a wrong pattern too.
pub fn parse(
    points: &[u32],
    is_text: bool,
    given: u32,
    warnings: &mut Vec<String>,
) -> Result<Tree, Problem> {
    let mut given = given;
    loop {
        match read(points, is_text, given, warnings) {
            Ok(tree) => return Ok(tree),
            Err(Stop::Problem(problem)) => return Err(problem),
            Err(Stop::Verbose) => given |= flags::VERBOSE,
        }
    }
}

fn read(
    points: &[u32],
    is_text: bool,
    given: u32,
    warnings: &mut Vec<String>,
) -> Result<Tree, Stop> {
    let mut source = Source::new(points, is_text);
    let mut state = State {
        flags: given,
        widths: vec![None],
        names: Vec::new(),
        conditions: Vec::new(),
        behind_from: None,
        warnings,
        depth: 0,
    };
    let verbose = given & flags::VERBOSE != 0;
    let root = alternatives(&mut source, &mut state, verbose, true)?;
    let flags = settle_flags(state.flags, is_text).map_err(Problem::Value)?;
    if source.peek().is_some() {
        return Err(source.error("unbalanced parenthesis", 0).into());
    }
    for &(group, place) in &state.conditions {
        if group >= state.widths.len() {
            let message = format!("invalid group reference {group}");
            return Err(Problem::Pattern(message, Some(place)).into());
        }
    }
    let names = state.names.iter().map(|(name, group)| (show(name), *group));
    Ok(Tree {
        root,
        flags,
        groups: state.widths.len() - 1,
        names: names.collect(),
    })
}

/// Completes the flags, or says why they don't go together.
fn settle_flags(found: u32, is_text: bool) -> Result<u32, String> {
    let wrong = |message: &str| Err(message.to_owned());
    let has = |flag: u32| found & flag != 0;
    if is_text {
        if has(flags::LOCALE) {
            return wrong("cannot use LOCALE flag with a str pattern");
        }
        if has(flags::ASCII) && has(flags::UNICODE) {
            return wrong("ASCII and UNICODE flags are incompatible");
        }
        let unicode = if has(flags::ASCII) { 0 } else { flags::UNICODE };
        return Ok(found | unicode);
    }
    if has(flags::UNICODE) {
        return wrong("cannot use UNICODE flag with a bytes pattern");
    }
    if has(flags::LOCALE) && has(flags::ASCII) {
        return wrong("ASCII and LOCALE flags are incompatible");
    }
    Ok(found)
}

/// Reads alternatives up to a `)` or the end. `first` says that nothing of the pattern has
/// been read yet.
pub fn alternatives(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    verbose: bool,
    first: bool,
) -> Result<Node, Stop> {
    if state.depth > DEEPEST {
        return Err(Problem::TooDeep.into());
    }
    state.depth += 1;
    let mut branches = Vec::new();
    loop {
        let is_first = first && branches.is_empty();
        branches.push(sequence(source, state, verbose, is_first)?);
        if !source.accept('|') {
            break;
        }
    }
    state.depth -= 1;
    match branches.len() {
        1 => Ok(branches.remove(0)),
        _ => Ok(Node::Alternatives(branches)),
    }
}

/// Reads pieces up to a `|`, a `)` or the end.
pub fn sequence(
    source: &mut Source<'_>,
    state: &mut State<'_>,
    verbose: bool,
    first: bool,
) -> Result<Node, Stop> {
    let mut verbose = verbose;
    let mut nodes: Vec<Node> = Vec::new();
    while let Some(next) = source.peek() {
        if next == u32::from('|') || next == u32::from(')') {
            break;
        }
        let point = match source.token()? {
            Some(Token::Escape(point)) => {
                nodes.push(match escape::outside(source, point, state)? {
                    Escaped::Literal(point) => Node::Literal(point),
                    Escaped::Category(category, negated) => {
                        Node::Set(vec![Member::Category(category, negated)], false)
                    }
                    Escaped::Anchor(anchor) => Node::Anchor(anchor),
                    Escaped::Backreference(group) => Node::Backreference(group),
                });
                continue;
            }
            Some(Token::Character(point)) => point,
            None => break,
        };
        if verbose && skips(source, point) {
            continue;
        }
        match char::from_u32(point) {
            Some('[') => nodes.push(set(source, state)?),
            Some('.') => nodes.push(Node::Any),
            Some('^') => nodes.push(Node::Anchor(Anchor::LineStart)),
            Some('$') => nodes.push(Node::Anchor(Anchor::LineEnd)),
            Some(sign @ ('*' | '+' | '?' | '{')) => repeat(source, sign, &mut nodes)?,
            Some('(') => {
                let may_set_flags = first && nodes.is_empty();
                match group::open(source, state, verbose, may_set_flags)? {
                    group::Opened::Node(node) => nodes.push(node),
                    group::Opened::Nothing => {}
                    group::Opened::Flags => verbose = state.flags & flags::VERBOSE != 0,
                }
            }
            _ => nodes.push(Node::Literal(point)),
        }
    }
    match nodes.len() {
        1 => Ok(nodes.remove(0)),
        _ => Ok(Node::Sequence(nodes)),
    }
}

/// Skips white space and comments of a VERBOSE pattern: whether `point` was one or began one.
fn skips(source: &mut Source<'_>, point: u32) -> bool {
    match char::from_u32(point) {
        Some(' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}') => true,
        Some('#') => {
            while source.character().is_some_and(|c| c != u32::from('\n')) {}
            true
        }
        _ => false,
    }
}

/// Reads a `[set]` after its bracket.
fn set(source: &mut Source<'_>, state: &mut State<'_>) -> Result<Node, Problem> {
    let here = source.place() - 1;
    let unterminated =
        |source: &Source<'_>| source.error("unterminated character set", source.place() - here);
    if source.is_next('[') {
        let warning = format!("Possible nested set at position {}", source.place());
        state.warnings.push(warning);
    }
    let negated = source.accept('^');
    let mut members = Vec::new();
    loop {
        let start = source.place();
        let first = match source.token()?.ok_or_else(|| unterminated(source))? {
            Token::Character(point) if point == u32::from(']') && !members.is_empty() => break,
            Token::Escape(point) => escape::inside(source, point)?,
            Token::Character(point) => {
                warn_of_operator(source, state, &members, point);
                Member::Range(point, point)
            }
        };
        let middle = source.place();
        if !source.accept('-') {
            members.push(first);
            continue;
        }
        let after = source.place();
        let second = match source.token()?.ok_or_else(|| unterminated(source))? {
            Token::Character(point) if point == u32::from(']') => {
                members.push(first);
                members.push(Member::Range('-'.into(), '-'.into()));
                break;
            }
            Token::Escape(point) => escape::inside(source, point)?,
            Token::Character(point) => {
                if point == u32::from('-') {
                    let place = source.place() - 2;
                    let warning = format!("Possible set difference at position {place}");
                    state.warnings.push(warning);
                }
                Member::Range(point, point)
            }
        };
        match (first, second) {
            (Member::Range(low, _), Member::Range(high, _)) if low <= high => {
                members.push(Member::Range(low, high));
            }
            _ => {
                let (from, to) = (
                    source.between(start, middle),
                    source.between(after, source.place()),
                );
                let message = format!("bad character range {from}-{to}");
                return Err(source.error(message, source.place() - start));
            }
        }
    }
    Ok(Node::Set(members, negated))
}

/// Warns of what may become an operator on sets.
fn warn_of_operator(source: &Source<'_>, state: &mut State<'_>, members: &[Member], point: u32) {
    let what = match char::from_u32(point) {
        Some('-') => "difference",
        Some('&') => "intersection",
        Some('~') => "symmetric difference",
        Some('|') => "union",
        _ => return,
    };
    if !members.is_empty() && source.peek() == Some(point) {
        let place = source.place() - 1;
        let warning = format!("Possible set {what} at position {place}");
        state.warnings.push(warning);
    }
}

/// Reads the rest of a repetition, and puts the last node into it.
fn repeat(source: &mut Source<'_>, sign: char, nodes: &mut Vec<Node>) -> Result<(), Problem> {
    let here = source.place();
    let (least, most) = match sign {
        '?' => (0, 1),
        '*' => (0, MAX_REPEAT),
        '+' => (1, MAX_REPEAT),
        _ => match counts(source, here)? {
            Some(counts) => counts,
            None => {
                nodes.push(Node::Literal('{'.into()));
                return Ok(());
            }
        },
    };
    let back = source.place() - here + 1;
    match nodes.last() {
        None | Some(Node::Anchor(_)) => return Err(source.error("nothing to repeat", back)),
        Some(Node::Repeat { .. }) => return Err(source.error("multiple repeat", back)),
        Some(_) => {}
    }
    let greed = if source.accept('?') {
        Greed::Lazy
    } else if source.accept('+') {
        Greed::Possessive
    } else {
        Greed::Greedy
    };
    if let Some(node) = nodes.pop() {
        nodes.push(Node::Repeat {
            least,
            most,
            greed,
            node: Box::new(node),
        });
    }
    Ok(())
}

/// Reads `m,n}`; None where the brace stands for itself.
fn counts(source: &mut Source<'_>, here: usize) -> Result<Option<(u32, u32)>, Problem> {
    if source.is_next('}') {
        return Ok(None);
    }
    let digits = |c: char| c.is_ascii_digit();
    let low = source.take_while(usize::MAX, digits);
    let high = if source.accept(',') {
        source.take_while(usize::MAX, digits)
    } else {
        low.clone()
    };
    if !source.accept('}') {
        source.seek(here);
        return Ok(None);
    }
    let number = |text: &str, default: u32| match text.parse::<u32>() {
        _ if text.is_empty() => Ok(default),
        Ok(count) if count < MAX_REPEAT => Ok(count),
        _ => Err(Problem::Overflow(
            "the repetition number is too large".to_owned(),
        )),
    };
    let (least, most) = (number(&low, 0)?, number(&high, MAX_REPEAT)?);
    if most < least {
        let message = "min repeat greater than max repeat";
        return Err(source.error(message, source.place() - here));
    }
    Ok(Some((least, most)))
}
