//! What the prompt needs of Python, without knowing it: statements run, questions about objects answered.

use std::process::ExitCode;

/// Runs statements in one lasting `__main__`, and answers questions about what is there.
pub trait Console {
    /// Takes the lines typed so far, each ended by a newline, and runs them when they are a whole statement by
    /// the rules of CPython's `codeop`: a compound statement is whole after an empty line. Several whole
    /// statements, as a paste may bring them, run one after the other. Shows the value of an expression (and
    /// keeps it as `_`), a traceback or a SyntaxError itself.
    fn push(&mut self, source: &str) -> Pushed;

    /// Evaluates an expression and keeps its value for the next [`Console::ask`]. False where it raised, which
    /// has been shown.
    fn evaluate(&mut self, expression: &str) -> bool;

    /// Asks a function of the shell's Python helper.
    ///
    /// # Errors
    /// What it raised, in a line.
    fn ask(&mut self, function: &str, arguments: &[Argument<'_>]) -> Result<Answer, String>;
}

/// What became of the lines given to [`Console::push`].
#[derive(Debug)]
pub enum Pushed {
    /// They were run, or refused with a SyntaxError: a new statement begins.
    Done,
    /// They begin a statement that needs more lines; nothing was run.
    Incomplete,
    /// They ended the session (SystemExit).
    Exit(ExitCode),
}

/// An argument of a question.
#[derive(Clone, Copy, Debug)]
pub enum Argument<'a> {
    /// The value of the expression evaluated last.
    Value,
    /// A str.
    Text(&'a str),
    /// An int.
    Int(i64),
}

/// An answer: a Python object that is plain data.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// None, or anything that is no plain data.
    Nothing,
    /// A bool.
    Bool(bool),
    /// An int.
    Int(i64),
    /// A float.
    Float(f64),
    /// A str.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list or a tuple.
    List(Vec<Answer>),
}

impl Answer {
    /// The items of a list.
    pub fn items(&self) -> &[Answer] {
        match self {
            Answer::List(items) => items,
            _ => &[],
        }
    }

    /// An item of a list.
    pub fn at(&self, index: usize) -> &Answer {
        self.items().get(index).unwrap_or(&Answer::Nothing)
    }

    /// The text; of a number, its digits.
    pub fn text(&self) -> String {
        match self {
            Answer::Text(text) => text.clone(),
            Answer::Int(number) => number.to_string(),
            Answer::Float(number) => number.to_string(),
            _ => String::new(),
        }
    }

    /// The texts of a list.
    pub fn texts(&self) -> Vec<String> {
        self.items().iter().map(Answer::text).collect()
    }
}
