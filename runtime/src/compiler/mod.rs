//! From source text to [`CodeUnit`](crate::bytecode::CodeUnit). Knows no `Value`.

mod error;

use std::sync::Arc;

pub use error::{SyntaxError, SyntaxErrorKind};

use crate::bytecode::CodeUnit;

/// What the source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A module: `exec`, a file.
    Exec,
    /// One expression: `eval`.
    Eval,
    /// One interactive statement; expression statements print.
    Single,
}

/// What the caller chooses beside the mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `CO_FUTURE_*` flags in force from the surrounding code.
    pub future_flags: u32,
    /// 0 keeps asserts and docstrings, 1 drops asserts (and `__debug__` is False), 2 both.
    pub optimize: u8,
}

/// Compiles source text.
pub fn compile(
    _source: &str,
    _filename: &str,
    _mode: Mode,
    _options: Options,
) -> Result<Arc<CodeUnit>, SyntaxError> {
    Err(SyntaxError::new(SyntaxErrorKind::Syntax, "invalid syntax"))
}
