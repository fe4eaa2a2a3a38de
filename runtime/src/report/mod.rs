//! Tracebacks as text: what CPython 3.14 writes for an exception that nobody caught.
//!
//! The input is plain data, a [`Report`], which the owner of the Python objects fills in. Nothing here knows
//! a `Value`, calls Python code or reads a file: source lines come from a callback, so that files, `-c`
//! strings, REPL inputs and frozen modules can each supply theirs.
//!
//! Texts are Rust strings: a caller with a lone surrogate in a message gives it escaped (`\udc80`), as
//! CPython's standard error shows it.

mod anchors;
mod frame;
mod lines;
mod parsing;
mod render;
pub mod suggest;
mod syntax;
mod theme;
mod typos;

pub use render::render;
pub use typos::suggest_keyword;

/// A set of exceptions, tied together by position, and the one to show.
///
/// Each Python exception appears once, however many others refer to it: that is how loops between causes and
/// contexts are seen and cut. A position past the end is treated as absent.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Every exception that can be reached from the one to show.
    pub exceptions: Vec<Exception>,
    /// The position in `exceptions` of the one to show.
    pub shown: usize,
}

impl Report {
    /// What is left of it in the report of an exception that nobody gets to handle: the one exception with
    /// its entries, without carets, notes or members.
    pub fn bare(mut self) -> Report {
        let mut exception = match self.exceptions.get_mut(self.shown) {
            Some(exception) => std::mem::take(exception),
            None => return Report::default(),
        };
        (exception.cause, exception.context, exception.members) = (None, None, None);
        exception.notes = Notes::Absent;
        for entry in &mut exception.stack {
            (entry.end_line, entry.column, entry.end_column) = (None, None, None);
        }
        Report {
            exceptions: vec![exception],
            shown: 0,
        }
    }
}

/// One exception.
#[derive(Clone, Debug, Default)]
pub struct Exception {
    /// The class: `module.qualname`, without the module when that is `builtins` or `__main__`, and with
    /// `<unknown>` as the module when `__module__` is not a str.
    pub type_name: String,
    /// `str(exception)` with the suggestion (see [`suggest`]) appended, or `<exception str() failed>`.
    pub message: String,
    /// `__notes__`.
    pub notes: Notes,
    /// Set for instances of SyntaxError.
    pub syntax: Option<SyntaxDetails>,
    /// The traceback's entries, outermost first.
    pub stack: Vec<Entry>,
    /// `__cause__`, a position in [`Report::exceptions`].
    pub cause: Option<usize>,
    /// `__context__`, a position in [`Report::exceptions`].
    pub context: Option<usize>,
    /// `__suppress_context__`.
    pub suppress_context: bool,
    /// The members of a BaseExceptionGroup; `None` for any other exception.
    pub members: Option<Vec<usize>>,
}

/// The `__notes__` of an exception.
#[derive(Clone, Debug, Default)]
pub enum Notes {
    /// There is no such attribute, or it is `None`.
    #[default]
    Absent,
    /// A sequence other than str or bytes: `str()` of each item, or `<note str() failed>`.
    Each(Vec<String>),
    /// Anything else: its `repr()`, or `<__notes__ repr() failed>`.
    Whole(String),
}

/// The attributes of a SyntaxError, as the exception object has them.
#[derive(Clone, Debug, Default)]
pub struct SyntaxDetails {
    /// `filename`.
    pub filename: Option<String>,
    /// `lineno`, from 1.
    pub line: Option<i64>,
    /// `offset`, in characters from 1.
    pub offset: Option<i64>,
    /// `end_lineno`.
    pub end_line: Option<i64>,
    /// `end_offset`, in characters from 1.
    pub end_offset: Option<i64>,
    /// `text`, usually the line and its newline.
    pub text: Option<String>,
    /// `msg`.
    pub message: Option<String>,
}

/// One entry of a traceback. Columns are UTF-8 bytes from 0 in the source line, as `co_positions()` has them.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// `co_filename`.
    pub filename: String,
    /// `co_name`.
    pub name: String,
    /// The line, from 1; `None` where the code has no position.
    pub line: Option<u32>,
    /// The last line of the range; `None` means the same as `line`.
    pub end_line: Option<u32>,
    /// The first byte of the range in `line`.
    pub column: Option<u32>,
    /// The byte after the range in `end_line`.
    pub end_column: Option<u32>,
}

/// How to write a report.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Mark types, messages, places and carets with ANSI colours.
    pub color: bool,
    /// Write the exception alone, without its causes and contexts.
    pub unchained: bool,
}

/// Where source lines come from: a `co_filename` and a line number from 1 give the line, with or without its
/// newline, or `None` when there is none.
pub type SourceLines<'a> = &'a dyn Fn(&str, u32) -> Option<String>;
