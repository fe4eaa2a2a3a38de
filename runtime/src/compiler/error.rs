//! The error of compilation, in the terms of Python's SyntaxError.

/// Which exception a [`SyntaxError`] becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// SyntaxError
    Syntax,
    /// IndentationError
    Indentation,
    /// TabError
    Tab,
    /// MemoryError: the source is nested too deeply for the parser.
    Memory,
    /// RecursionError: the tree is nested too deeply for the compiler.
    Recursion,
}

/// Why a source text does not compile. Lines and columns count from 1, columns in characters,
/// as the attributes of Python's SyntaxError.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The exception's type.
    pub kind: SyntaxErrorKind,
    /// `msg`
    pub message: String,
    /// `filename`
    pub filename: String,
    /// `lineno`
    pub line: u32,
    /// `offset`
    pub col: i32,
    /// `end_lineno`
    pub end_line: u32,
    /// `end_offset`, which is 0 or -1 where CPython knows no end.
    pub end_col: i32,
    /// `text`: the line of the error, with its newline if it has one.
    pub text: Option<String>,
    /// The source is a beginning of valid source: a REPL reads on.
    pub incomplete: bool,
    /// The source could be parsed, and is wrong all the same.
    pub parsed: bool,
}

impl SyntaxError {
    /// An error without a place yet.
    pub fn new(kind: SyntaxErrorKind, message: impl Into<String>) -> Self {
        SyntaxError {
            kind,
            message: message.into(),
            filename: String::new(),
            line: 0,
            col: 0,
            end_line: 0,
            end_col: 0,
            text: None,
            incomplete: false,
            parsed: false,
        }
    }
}

/// What a SyntaxWarning says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The warning's text.
    pub message: String,
    /// The error that it becomes where warnings are errors.
    pub error: SyntaxError,
}

impl From<SyntaxError> for Doubt {
    fn from(error: SyntaxError) -> Self {
        Doubt {
            message: error.message.clone(),
            error,
        }
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} ({}, line {})",
            self.message, self.filename, self.line
        )
    }
}

impl std::error::Error for SyntaxError {}
