//! The source text with its lines: from byte offsets to lines, columns and errors.

use ruff_text_size::{TextRange, TextSize};

use super::{SyntaxError, SyntaxErrorKind};
use crate::bytecode::Position;

/// A source text.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// The text.
    pub text: &'a str,
    /// The name of the file, for errors.
    pub filename: &'a str,
    starts: Vec<u32>,
}

impl<'a> Source<'a> {
    /// Finds the lines of the text. The text is shorter than 4 GB.
    pub fn new(text: &'a str, filename: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (index, &byte) in bytes.iter().enumerate() {
            let ends = byte == b'\n' || (byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
            if ends {
                starts.push(u32::try_from(index + 1).unwrap_or(u32::MAX));
            }
        }
        Source {
            text,
            filename,
            starts,
        }
    }

    /// The text of a range, empty if the range is outside.
    pub fn slice(&self, range: TextRange) -> &'a str {
        self.text
            .get(range.start().to_usize()..range.end().to_usize())
            .unwrap_or("")
    }

    /// The line, from 1, and the column in bytes, from 0.
    pub fn line_col(&self, offset: TextSize) -> (u32, u32) {
        let offset = offset.to_u32();
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line
            .checked_sub(1)
            .and_then(|index| self.starts.get(index))
            .copied();
        (
            u32::try_from(line).unwrap_or(u32::MAX),
            offset - start.unwrap_or(0),
        )
    }

    /// The line of an offset, from 1.
    pub fn line(&self, offset: TextSize) -> u32 {
        self.line_col(offset).0
    }

    /// The place of a range, as instructions keep it.
    pub fn position(&self, range: TextRange) -> Position {
        let (line, col) = self.line_col(range.start());
        let (end_line, end_col) = self.line_col(range.end());
        Position {
            line,
            end_line,
            col,
            end_col,
        }
    }

    /// The text of a line (from 1) with its newline.
    pub fn line_text(&self, line: u32) -> &'a str {
        let index = line.saturating_sub(1) as usize;
        let start = self.starts.get(index).copied().unwrap_or(0) as usize;
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |end| *end as usize);
        self.text.get(start..end).unwrap_or("")
    }

    /// The first place of a line.
    pub fn line_range(&self, line: u32) -> TextRange {
        let start = self
            .starts
            .get(line.saturating_sub(1) as usize)
            .copied()
            .unwrap_or(0);
        TextRange::empty(TextSize::new(start))
    }

    /// A SyntaxError at a range.
    pub fn error(&self, message: impl Into<String>, range: TextRange) -> SyntaxError {
        self.error_kind(SyntaxErrorKind::Syntax, message, range)
    }

    /// A SyntaxError of what could be parsed.
    pub fn compile_error(&self, message: impl Into<String>, range: TextRange) -> SyntaxError {
        let mut error = self.error(message, range);
        error.parsed = true;
        error
    }

    /// An error at a range, of any kind.
    pub fn error_kind(
        &self,
        kind: SyntaxErrorKind,
        message: impl Into<String>,
        range: TextRange,
    ) -> SyntaxError {
        let mut error = SyntaxError::new(kind, message);
        error.filename = self.filename.to_owned();
        (error.line, error.col) = self.line_character(range.start());
        (error.end_line, error.end_col) = self.line_character(range.end());
        error.text = Some(self.line_text(error.line).to_owned());
        error
    }

    /// The line and the column in characters, both from 1.
    fn line_character(&self, offset: TextSize) -> (u32, i32) {
        let (line, col) = self.line_col(offset);
        let before = self
            .line_text(line)
            .get(..col as usize)
            .map_or(col as usize, |text| text.chars().count());
        (line, i32::try_from(before + 1).unwrap_or(i32::MAX))
    }
}
