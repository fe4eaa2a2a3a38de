//! The syntax tree of a regular expression, as the parser makes it and the translation reads it.

/// Flags of a pattern, with CPython's values.
pub mod flags {
    /// `re.IGNORECASE`
    pub const IGNORECASE: u32 = 2;
    /// `re.LOCALE`
    pub const LOCALE: u32 = 4;
    /// `re.MULTILINE`
    pub const MULTILINE: u32 = 8;
    /// `re.DOTALL`
    pub const DOTALL: u32 = 16;
    /// `re.UNICODE`
    pub const UNICODE: u32 = 32;
    /// `re.VERBOSE`
    pub const VERBOSE: u32 = 64;
    /// `re.DEBUG`
    pub const DEBUG: u32 = 128;
    /// `re.ASCII`
    pub const ASCII: u32 = 256;
    /// The three that exclude one another.
    pub const TYPES: u32 = ASCII | LOCALE | UNICODE;
}

/// The largest count of a repetition, which stands for "no limit".
pub const MAX_REPEAT: u32 = u32::MAX;

/// `\d`, `\s` or `\w`, or the complement of one.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Category {
    /// `\d`
    Digit,
    /// `\s`
    Space,
    /// `\w`
    Word,
}

/// A member of a `[set]`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// The code points from the first to the last.
    Range(u32, u32),
    /// A category, or what is not in it where the flag is set.
    Category(Category, bool),
}

/// A place that matches without taking anything.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// `^`
    LineStart,
    /// `$`
    LineEnd,
    /// `\A`
    TextStart,
    /// `\Z` and `\z`
    TextEnd,
    /// `\b`
    WordBoundary,
    /// `\B`
    NoWordBoundary,
}

/// How eagerly a repetition takes.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Greed {
    /// As much as it can.
    Greedy,
    /// As little as it can.
    Lazy,
    /// As much as it can, and gives nothing back.
    Possessive,
}

/// A piece of the expression.
#[derive(Clone, Debug)]
pub enum Node {
    /// One character.
    Literal(u32),
    /// `.`
    Any,
    /// A set, or what is not in it where the flag is set.
    Set(Vec<Member>, bool),
    /// A place.
    Anchor(Anchor),
    /// What matched a group before.
    Backreference(usize),
    /// The pieces after one another.
    Sequence(Vec<Node>),
    /// One of these, the first that leads to a match.
    Alternatives(Vec<Node>),
    /// A capturing group.
    Capture(usize, Box<Node>),
    /// `(?flags:...)`; without flags it only groups.
    Group {
        /// Flags turned on.
        add: u32,
        /// Flags turned off.
        remove: u32,
        /// What is inside.
        node: Box<Node>,
    },
    /// `(?>...)`
    Atomic(Box<Node>),
    /// A repetition.
    Repeat {
        /// At least so often.
        least: u32,
        /// At most so often; [`MAX_REPEAT`] for no limit.
        most: u32,
        /// How eagerly.
        greed: Greed,
        /// What is repeated.
        node: Box<Node>,
    },
    /// Look-around.
    Look {
        /// Whether it looks back.
        behind: bool,
        /// Whether it must not match.
        negated: bool,
        /// What is looked for.
        node: Box<Node>,
    },
    /// `(?(group)yes|no)`
    Conditional {
        /// The group that must have matched.
        group: usize,
        /// What comes then.
        yes: Box<Node>,
        /// What comes otherwise.
        no: Box<Node>,
    },
}

/// The least and the greatest number of characters that something matches.
pub type Width = (u64, u64);

/// A greatest width without limit.
const UNLIMITED: u64 = u32::MAX as u64;

impl Node {
    /// An expression that matches nothing at all, everywhere.
    pub fn empty() -> Node {
        Node::Sequence(Vec::new())
    }

    /// How many characters it matches, with the widths of the groups closed so far.
    pub fn width(&self, groups: &[Option<Width>]) -> Width {
        match self {
            Node::Literal(_) | Node::Any | Node::Set(..) => (1, 1),
            Node::Anchor(_) | Node::Look { .. } => (0, 0),
            Node::Backreference(group) => groups
                .get(*group)
                .copied()
                .flatten()
                .unwrap_or((0, UNLIMITED)),
            Node::Sequence(nodes) => nodes.iter().fold((0, 0), |(least, most), node| {
                let width = node.width(groups);
                (capped(least + width.0), capped(most + width.1))
            }),
            Node::Alternatives(nodes) => {
                let widths = nodes.iter().map(|node| node.width(groups));
                widths
                    .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
                    .unwrap_or((0, 0))
            }
            Node::Capture(_, node) | Node::Group { node, .. } | Node::Atomic(node) => {
                node.width(groups)
            }
            Node::Repeat {
                least, most, node, ..
            } => {
                let width = node.width(groups);
                let times = |width: u64, count: u32| capped(width.saturating_mul(count.into()));
                (times(width.0, *least), times(width.1, *most))
            }
            Node::Conditional { yes, no, .. } => {
                let (yes, no) = (yes.width(groups), no.width(groups));
                (yes.0.min(no.0), yes.1.max(no.1))
            }
        }
    }
}

fn capped(width: u64) -> u64 {
    width.min(UNLIMITED)
}

/// A parsed pattern.
#[derive(Debug)]
pub struct Tree {
    /// The expression.
    pub root: Node,
    /// The flags given and those found inside.
    pub flags: u32,
    /// The number of groups, without the whole match.
    pub groups: usize,
    /// The groups' names, in the order in which they were met.
    pub names: Vec<(String, usize)>,
}

/// What is wrong with a pattern or a template.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// A `re.PatternError`: the message, and the place in characters, if it has one.
    Pattern(String, Option<usize>),
    /// A ValueError.
    Value(String),
    /// An IndexError.
    Index(String),
    /// An OverflowError.
    Overflow(String),
    /// A RecursionError: nested too deep.
    TooDeep,
}
