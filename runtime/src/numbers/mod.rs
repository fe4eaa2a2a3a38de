//! The number kernel: what int, float and complex compute, and how numbers become text and back.
//!
//! Pure functions on Rust data: no Python object is known here and nothing calls back into Python.
//! The types `int`, `float`, `complex` and `str`, and modules such as `math` and `struct`, are thin
//! layers over it. Results and messages are those of CPython 3.14 on a 64-bit machine.
//!
//! Integers arrive as [`IntRef`] (borrowed) and leave as [`IntValue`] (owned, always in its smallest
//! form). Whatever may grow without bound takes a [`Limits`].

pub mod bits;
pub mod combinatorics;
pub mod complex;
pub mod error;
pub mod float;
pub mod float_hex;
pub mod float_text;
pub mod format;
pub mod format_spec;
pub mod int;
pub mod int_float;
pub mod int_text;
pub mod nan;
pub mod percent;
pub mod percent_template;
pub mod power;
pub mod str_format;
pub mod wide;

pub use complex::Complex;
pub use error::{ErrorKind, Limits, NumberError};
pub use int::{IntRef, IntValue};

/// The result of a computation that can fail the way Python reports it.
pub type Result<T, E = NumberError> = std::result::Result<T, E>;
