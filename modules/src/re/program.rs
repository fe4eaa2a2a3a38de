//! A compiled pattern: the engine's programs, made when first needed, and one match with them.

use std::cell::OnceCell;

use fancy_regex::{BytesMode, Error, Input, Regex, RegexBuilder, RegexInput, RuntimeError};

use super::subject::Subject;
use super::translate::translate;
use super::tree::{Node, Tree};

/// After so many steps back a search is given up: it would go on for hours.
const BACKTRACK_LIMIT: usize = 50_000_000;
/// The memory that a compiled pattern may take, in bytes.
const SIZE_LIMIT: usize = 256 << 20;

/// How a match is looked for.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Anywhere from the place on.
    Search,
    /// At the place.
    Match,
    /// At the place, and up to the end.
    FullMatch,
}

/// Where the groups matched, in bytes; the first is the whole match.
pub type Spans = Vec<Option<(usize, usize)>>;

/// Why a search failed to give an answer.
#[derive(Debug)]
pub enum Failure {
    /// The pattern is too large for the engine.
    TooLarge,
    /// Too many steps.
    TooManySteps,
}

/// The engine's programs for one kind of text, made when first needed; None where the
/// pattern is too large.
#[derive(Default)]
struct Variants {
    plain: OnceCell<Option<Regex>>,
    full: OnceCell<Option<Regex>>,
    advancing: OnceCell<Option<Regex>>,
}

/// A compiled pattern.
pub struct Program {
    body: String,
    groups: usize,
    /// For each group, when it closes among all: an outer one after those in it.
    closing: Vec<usize>,
    /// For text that is not ASCII.
    text: Variants,
    /// For ASCII text, or for bytes.
    bytes: Variants,
}

impl Program {
    /// Prepares a parsed pattern.
    pub fn new(tree: &Tree, is_text: bool) -> Self {
        let mut closing = vec![0; tree.groups + 1];
        number_closings(&tree.root, &mut closing, &mut 0);
        Program {
            body: translate(&tree.root, tree.flags, is_text),
            groups: tree.groups,
            closing,
            text: Variants::default(),
            bytes: Variants::default(),
        }
    }

    /// The number of groups, without the whole match.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Looks for a match in `subject[..end]` from `start` on, places being Python's. `advances`
    /// refuses one that ends where it started: the next after an empty match.
    pub fn run(
        &self,
        subject: &Subject<'_>,
        (start, end): (usize, usize),
        mode: Mode,
        advances: bool,
    ) -> Result<Option<Spans>, Failure> {
        let (start, end) = (subject.inward(start), subject.inward(end));
        let spans = match subject {
            Subject::Text(text, _) => {
                let regex = self.regex(&self.text, BytesMode::Unicode, mode, advances)?;
                let text = text.get(..end).unwrap_or(text);
                self.spans(regex, RegexInput::new(text).from_pos(start), mode)
            }
            Subject::Ascii(bytes) => {
                let regex = self.regex(&self.bytes, BytesMode::UnicodeBytes, mode, advances)?;
                let bytes = bytes.get(..end).unwrap_or(bytes);
                self.spans(regex, RegexInput::new(bytes).from_pos(start), mode)
            }
            Subject::Bytes(bytes) => {
                let regex = self.regex(&self.bytes, BytesMode::Ascii, mode, advances)?;
                let bytes = bytes.get(..end).unwrap_or(bytes);
                self.spans(regex, RegexInput::new(bytes).from_pos(start), mode)
            }
        }?;
        let outward = |(start, end)| (subject.outward(start), subject.outward(end));
        Ok(spans.map(|spans| spans.into_iter().map(|span| span.map(outward)).collect()))
    }

    /// The engine's program for this way of searching, made when first needed.
    fn regex<'a>(
        &self,
        variants: &'a Variants,
        bytes: BytesMode,
        mode: Mode,
        advances: bool,
    ) -> Result<&'a Regex, Failure> {
        let body = &self.body;
        let made = match mode {
            Mode::FullMatch => variants
                .full
                .get_or_init(|| compile(format!("(?:{body})\\z"), bytes)),
            _ if advances => variants
                .advancing
                .get_or_init(|| compile(format!("(?:{body})(?!\\G)"), bytes)),
            Mode::Search | Mode::Match => {
                variants.plain.get_or_init(|| compile(body.clone(), bytes))
            }
        };
        made.as_ref().ok_or(Failure::TooLarge)
    }

    fn spans<'t, S: Searched + ?Sized>(
        &self,
        regex: &Regex,
        input: RegexInput<'t, S>,
        mode: Mode,
    ) -> Result<Option<Spans>, Failure> {
        let found = regex.captures_input(input.anchored(mode != Mode::Search));
        Ok(found.map_err(failure)?.map(|captures| {
            let span = |group| captures.get(group).map(|found| S::span(&found));
            (0..=self.groups).map(span).collect()
        }))
    }

    /// Whether the engine takes the pattern.
    pub fn check(&self, is_text: bool) -> Result<(), Failure> {
        let bytes = if is_text {
            BytesMode::UnicodeBytes
        } else {
            BytesMode::Ascii
        };
        self.regex(&self.bytes, bytes, Mode::Search, false)
            .map(|_| ())
    }

    /// The group that closed last: the one that ends last, and of those the outermost.
    pub fn last_group(&self, spans: &Spans) -> Option<usize> {
        let matched = spans.iter().enumerate().skip(1);
        let matched = matched.filter_map(|(group, span)| Some((group, (*span)?)));
        let last = matched.max_by_key(|&(group, (_, end))| (end, self.closing.get(group)));
        last.map(|(group, _)| group)
    }
}

/// What the engine searches: its two kinds of input name their matches apart.
trait Searched: Input {
    fn span(found: &Self::Match<'_>) -> (usize, usize);
}

impl Searched for str {
    fn span(found: &Self::Match<'_>) -> (usize, usize) {
        (found.start(), found.end())
    }
}

impl Searched for [u8] {
    fn span(found: &Self::Match<'_>) -> (usize, usize) {
        (found.start(), found.end())
    }
}

fn compile(text: String, mode: BytesMode) -> Option<Regex> {
    RegexBuilder::new(&text)
        .bytes_mode(mode)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .build()
        .ok()
}

fn failure(error: Error) -> Failure {
    match error {
        Error::RuntimeError(RuntimeError::BacktrackLimitExceeded) => Failure::TooManySteps,
        _ => Failure::TooLarge,
    }
}

fn number_closings(node: &Node, closing: &mut [usize], count: &mut usize) {
    match node {
        Node::Sequence(nodes) | Node::Alternatives(nodes) => {
            for node in nodes {
                number_closings(node, closing, count);
            }
        }
        Node::Capture(group, node) => {
            number_closings(node, closing, count);
            *count += 1;
            if let Some(place) = closing.get_mut(*group) {
                *place = *count;
            }
        }
        Node::Atomic(node)
        | Node::Group { node, .. }
        | Node::Repeat { node, .. }
        | Node::Look { node, .. } => number_closings(node, closing, count),
        Node::Conditional { yes, no, .. } => {
            number_closings(yes, closing, count);
            number_closings(no, closing, count);
        }
        Node::Literal(_) | Node::Any | Node::Set(..) | Node::Anchor(_) | Node::Backreference(_) => {
        }
    }
}
