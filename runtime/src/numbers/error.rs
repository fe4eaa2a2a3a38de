//! What can go wrong in the number kernel, and the limits that keep results of a bearable size.

use std::borrow::Cow;
use std::fmt;

/// Which Python exception a [`NumberError`] becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// ValueError.
    Value,
    /// TypeError.
    Type,
    /// OverflowError.
    Overflow,
    /// OverflowError whose arguments are the errno 34 and the message.
    Range,
    /// ZeroDivisionError.
    ZeroDivision,
    /// MemoryError, which carries no message.
    Memory,
    /// IndexError.
    Index,
}

/// A failure as data: the object layer makes the exception of it.
///
/// DIFFERENCE: a lone surrogate quoted in a message is replaced by U+FFFD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberError {
    /// The exception's type.
    pub kind: ErrorKind,
    /// The exception's text, word for word CPython's.
    pub message: Cow<'static, str>,
}

impl NumberError {
    /// An error of the given kind.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        NumberError {
            kind,
            message: message.into(),
        }
    }

    /// A ValueError.
    pub fn value(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Value, message)
    }

    /// A TypeError.
    pub fn type_error(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Type, message)
    }

    /// An OverflowError.
    pub fn overflow(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Overflow, message)
    }

    /// The OverflowError of the C library's range errors.
    pub fn range() -> Self {
        Self::new(ErrorKind::Range, "Numerical result out of range")
    }

    /// The ZeroDivisionError of every division, whole, true or remainder.
    pub fn division_by_zero() -> Self {
        Self::new(ErrorKind::ZeroDivision, "division by zero")
    }

    /// A MemoryError.
    pub fn memory() -> Self {
        Self::new(ErrorKind::Memory, "")
    }
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NumberError {}

/// Bounds that the caller sets on results whose size a small program can choose freely.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `sys.get_int_max_str_digits()`; 0 means no limit.
    pub max_str_digits: usize,
    /// No integer and no text longer than this is begun: MemoryError instead.
    pub max_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_str_digits: 4300,
            max_bytes: 1 << 30,
        }
    }
}

impl Limits {
    /// No limit on digits, as for `hex()` or for text that never becomes a Python str.
    pub fn unlimited_digits(self) -> Self {
        Limits {
            max_str_digits: 0,
            ..self
        }
    }

    /// MemoryError when a result of `bytes` bytes is too long.
    pub fn check_bytes(&self, bytes: usize) -> super::Result<()> {
        if bytes > self.max_bytes {
            Err(NumberError::memory())
        } else {
            Ok(())
        }
    }

    /// MemoryError when an integer of `bits` bits is too long.
    pub fn check_bits(&self, bits: u64) -> super::Result<()> {
        if bits / 8 > self.max_bytes as u64 {
            Err(NumberError::memory())
        } else {
            Ok(())
        }
    }
}
