//! The parser: ruff's, behind a look at the nesting, with CPython's errors.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Mod, Stmt};
use ruff_python_parser::{Mode as ParseMode, ParseOptions};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::source::Source;
use super::{Mode, SyntaxError, SyntaxErrorKind, parse_errors};

/// CPython's limit of open brackets.
const MAX_BRACKETS: usize = 200;
/// CPython's limit of indentation.
const MAX_INDENT: usize = 100;
/// Operators, keywords and so on that can nest one in another: beyond this the parser gives up,
/// as CPython's does when its stack is full.
const MAX_DEPTH: usize = 12_000;

/// A syntax tree, and how deep it may be.
pub(super) struct Tree {
    pub tree: Mod,
    depth: usize,
}

impl Tree {
    /// Frees the tree on a stack that is large enough for its depth.
    pub fn discard(self) {
        let Tree { tree, depth } = self;
        with_room(depth, move || drop(tree));
    }
}

/// Runs `f` with stack for a recursion over a tree of this depth.
fn with_room<T>(depth: usize, f: impl FnOnce() -> T) -> T {
    if depth < 100 {
        return f();
    }
    stacker::grow(1024 * 1024 + depth * 1024, f)
}

/// Parses the text.
pub(super) fn parse(source: &Source<'_>, mode: Mode) -> Result<Tree, SyntaxError> {
    let depth = check_nesting(source)?;
    if mode != Mode::Exec && is_empty(source.text) {
        return Err(nothing(source));
    }
    let parse_mode = match mode {
        Mode::Eval => ParseMode::Expression,
        Mode::Exec | Mode::Single => ParseMode::Module,
    };
    let text = match mode {
        Mode::Eval => source.text.trim_start_matches([' ', '\t']),
        _ => source.text,
    };
    let skipped = source.text.len() - text.len();
    with_room(depth, || {
        // The tree keeps offsets into the whole text.
        let parsed = if skipped > 0 {
            let start = TextSize::try_from(skipped).unwrap_or_default();
            let end = TextSize::try_from(source.text.len()).unwrap_or_default();
            match ruff_python_parser::parse_expression_range(
                source.text,
                TextRange::new(start, end),
            ) {
                Ok(parsed) => {
                    return Ok(Tree {
                        tree: Mod::Expression(parsed.into_syntax()),
                        depth,
                    });
                }
                Err(error) => return Err(parse_errors::convert(source, mode, &[error], &[])),
            }
        } else {
            ruff_python_parser::parse_unchecked(source.text, ParseOptions::from(parse_mode))
        };
        if !parsed.errors().is_empty() {
            return Err(parse_errors::convert(
                source,
                mode,
                parsed.errors(),
                parsed.tokens(),
            ));
        }
        if let Some(error) = parse_errors::check_tabs(source, parsed.tokens()) {
            return Err(error);
        }
        let tree = Tree {
            tree: parsed.into_syntax(),
            depth,
        };
        if mode == Mode::Single {
            check_single(source, &tree.tree)?;
        }
        Ok(tree)
    })
}

/// The tokens of a text that need not be right; None where it nests too deep.
pub(super) fn tokens(source: &Source<'_>) -> Option<Vec<(TokenKind, TextRange)>> {
    let depth = check_nesting(source).ok()?;
    Some(with_room(depth, || {
        let parsed =
            ruff_python_parser::parse_unchecked(source.text, ParseOptions::from(ParseMode::Module));
        let tokens = parsed.tokens().iter();
        tokens.map(|token| (token.kind(), token.range())).collect()
    }))
}

fn check_single(source: &Source<'_>, tree: &Mod) -> Result<(), SyntaxError> {
    let Mod::Module(module) = tree else {
        return Ok(());
    };
    // Several simple statements on one line are one interactive statement.
    let ends_line = |pair: &&[Stmt]| source.line(pair[0].end()) != source.line(pair[1].start());
    let Some([last, next]) = module.body.windows(2).find(ends_line) else {
        return Ok(());
    };
    let after = |at: TextSize| TextRange::at(at, TextSize::from(1));
    Err(if is_compound(last) {
        source.error("invalid syntax", after(next.start()))
    } else {
        let message = "multiple statements found while compiling a single statement";
        let mut error = source.error(message, TextRange::empty(last.end()));
        error.end_col += 1;
        error
    })
}

/// Whether a statement has a block.
fn is_compound(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::With(_)
            | Stmt::Match(_)
            | Stmt::Try(_)
    )
}

/// Whether there is nothing but empty lines and comments.
fn is_empty(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    !text.ends_with([' ', '\t']) && lines.all(|line| line.is_empty() || line.starts_with('#'))
}

/// The error of a text that should hold something: at the start of its last line, which is
/// line 0 where there is none.
fn nothing(source: &Source<'_>) -> SyntaxError {
    let mut error = source.error("invalid syntax", TextRange::default());
    let mut lines = source.text.split_inclusive('\n');
    error.line = u32::try_from(lines.clone().count()).unwrap_or(u32::MAX);
    error.end_line = error.line;
    (error.col, error.end_col) = (0, 0);
    error.text = Some(lines.next_back().unwrap_or("").to_owned());
    error
}

/// Refuses text that nests too deeply, and returns a bound of the depth of the tree.
fn check_nesting(source: &Source<'_>) -> Result<usize, SyntaxError> {
    if source.text.len() > u32::MAX as usize / 2 {
        return Err(source.error_kind(
            SyntaxErrorKind::Memory,
            "source is too large",
            TextRange::default(),
        ));
    }
    let mut lexer = ruff_python_parser::lexer::lex(source.text, ParseMode::Module);
    // For each open bracket, how many tokens since the last comma may nest.
    let mut levels: Vec<usize> = vec![0];
    let mut outer = 0usize;
    let mut indent = 0usize;
    let mut deepest = 0usize;
    let mut line = 1u32;
    loop {
        let kind = lexer.next_token();
        if matches!(kind, TokenKind::Newline | TokenKind::NonLogicalNewline) {
            line = line.saturating_add(1);
        }
        match kind {
            TokenKind::EndOfFile => return Ok(deepest),
            TokenKind::Indent => {
                indent += 1;
                if indent >= MAX_INDENT {
                    let range = source.line_range(line);
                    let kind = SyntaxErrorKind::Indentation;
                    return Err(source.error_kind(kind, "too many levels of indentation", range));
                }
            }
            TokenKind::Dedent => indent = indent.saturating_sub(1),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                if levels.len() > MAX_BRACKETS {
                    return Err(
                        source.error("too many nested parentheses", source.line_range(line))
                    );
                }
                outer += levels.last().copied().unwrap_or(0) + 1;
                levels.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if levels.len() > 1 => {
                levels.pop();
                let level = levels.last().copied().unwrap_or(0);
                outer = outer.saturating_sub(level + 1);
                // A call or subscript can be part of a chain; a field of an f-string cannot.
                if kind != TokenKind::Rbrace
                    && let Some(level) = levels.last_mut()
                {
                    *level += 1;
                }
            }
            TokenKind::Newline => {
                levels.truncate(1);
                levels[0] = 0;
                outer = 0;
            }
            TokenKind::Comma | TokenKind::Semi => {
                if let Some(level) = levels.last_mut() {
                    *level = 0;
                }
            }
            TokenKind::String
            | TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle => {}
            _ => {
                if let Some(level) = levels.last_mut() {
                    *level += 1;
                }
            }
        }
        let depth = outer + levels.last().copied().unwrap_or(0) + indent;
        deepest = deepest.max(depth);
        if depth > MAX_DEPTH {
            return Err(source.error_kind(
                SyntaxErrorKind::Memory,
                "Parser stack overflowed - Python source too complex to parse",
                source.line_range(line),
            ));
        }
    }
}
