//! The text that is searched, as the engine takes it, and the way back to places in Python's.

use std::borrow::Cow;

use capers_runtime::text::wtf8;

use super::translate::SURROGATE_SHIFT;

/// The text being searched. Places in it are in bytes of the str's or bytes' own memory.
pub enum Subject<'a> {
    /// An ASCII str: nothing of it has to be checked to be taken for bytes.
    Ascii(&'a [u8]),
    /// A str. Lone surrogates are replaced by code points that take one byte more; their
    /// places, in the text searched, are kept.
    Text(Cow<'a, str>, Vec<usize>),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> Subject<'a> {
    /// The bytes of a str.
    pub fn text(bytes: &'a [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Subject::Text(Cow::Borrowed(text), Vec::new());
        }
        let (mut text, mut longer) = (String::new(), Vec::new());
        for point in wtf8::code_points(bytes) {
            let character = char::from_u32(point).or_else(|| {
                longer.push(text.len());
                char::from_u32(point + SURROGATE_SHIFT)
            });
            text.extend(character);
        }
        Subject::Text(Cow::Owned(text), longer)
    }

    /// From a place in Python's memory to the one searched.
    pub fn inward(&self, place: usize) -> usize {
        match self {
            // The surrogate at the n-th place lies n bytes earlier in Python's memory.
            Subject::Text(_, longer) => {
                let mut moved = place;
                for &at in longer {
                    if at >= moved {
                        break;
                    }
                    moved += 1;
                }
                moved
            }
            Subject::Ascii(_) | Subject::Bytes(_) => place,
        }
    }

    /// From a place in the text searched to Python's.
    pub fn outward(&self, place: usize) -> usize {
        match self {
            Subject::Text(_, longer) => place - longer.partition_point(|at| *at < place),
            Subject::Ascii(_) | Subject::Bytes(_) => place,
        }
    }
}
