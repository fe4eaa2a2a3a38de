//! The codec: pickle's opcodes out of bytes. It knows no object, so another VM may use it with its own.

pub mod read;
pub mod stream;

pub use read::{Op, Short, decode};
pub use stream::{Found, Source, Stop};
