//! The codec: pickle's opcodes out of bytes and into them. It knows no object, so another VM may use it with
//! its own.

pub mod read;
pub mod stream;
pub mod write;

pub use read::{Op, Short, argument, decode};
pub use stream::{Found, Source, Stop};
pub use write::{FRAME_TARGET, TooLong, Writer};
