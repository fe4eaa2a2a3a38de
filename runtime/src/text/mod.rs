//! The text kernel: everything `str`, `bytes` and `bytearray` do to their contents.
//!
//! Pure functions on byte slices; no Python object is known here, and no function
//! calls back into Python. A str is *generalised UTF-8*: one sequence of one to four
//! bytes for each code point, where surrogates are code points like any other, so
//! that a high and a low one may stand side by side and remain two.
//!
//! What str and bytes share is written once, over slices, and generic over
//! [`units::Units`] where the two count or recognise white space differently.

pub mod case;
pub mod codecs;
pub mod hex;
pub mod layout;
pub mod predicates;
pub mod quote;
pub mod search;
pub mod split;
pub mod strip;
pub mod unicode;
pub mod units;
pub mod wtf8;

pub use units::{CodePoints, Octets, Units};
pub use wtf8::Text;
