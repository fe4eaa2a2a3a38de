//! `str`: WTF-8 text, its character count, a cached hash, and whether it is
//! interned. Owns the struct and the type's methods.

use std::cell::Cell;

use gc_arena::{Collect, Gc, Mutation};
use smallvec::SmallVec;

use crate::types::def::TypeDef;

/// The struct behind a [`Str`].
#[derive(Collect)]
#[collect(require_static)]
pub struct StrData {
    bytes: SmallVec<[u8; 16]>,
    chars: usize,
    /// Python's hash; 0 until asked for.
    hash: Cell<i64>,
    interned: Cell<bool>,
}

/// A Python string: code points from 0 to 0x10FFFF, surrogates included, kept
/// as (generalised) UTF-8.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Str<'gc>(pub Gc<'gc, StrData>);

/// The number of code points of WTF-8 text.
pub fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

impl<'gc> Str<'gc> {
    /// A new string of WTF-8 bytes. Most callers want `Context::str`, which
    /// shares the empty and the one-character strings.
    pub fn new(mc: &Mutation<'gc>, bytes: &[u8]) -> Self {
        Str::from_parts(mc, SmallVec::from_slice(bytes), count_chars(bytes))
    }

    /// A new string that takes over `bytes`.
    pub fn from_vec(mc: &Mutation<'gc>, bytes: Vec<u8>) -> Self {
        let chars = count_chars(&bytes);
        Str::from_parts(mc, SmallVec::from_vec(bytes), chars)
    }

    fn from_parts(mc: &Mutation<'gc>, bytes: SmallVec<[u8; 16]>, chars: usize) -> Self {
        Str(Gc::new(
            mc,
            StrData {
                bytes,
                chars,
                hash: Cell::new(0),
                interned: Cell::new(false),
            },
        ))
    }

    /// The WTF-8 bytes.
    #[inline]
    pub fn bytes(self) -> &'gc [u8] {
        &Gc::as_ref(self.0).bytes
    }

    /// The text with lone surrogates replaced by U+FFFD.
    pub fn to_string_lossy(self) -> std::borrow::Cow<'gc, str> {
        String::from_utf8_lossy(self.bytes())
    }

    /// The text, if it has no lone surrogates.
    pub fn to_str(self) -> Option<&'gc str> {
        std::str::from_utf8(self.bytes()).ok()
    }

    /// The number of code points.
    #[inline]
    pub fn char_count(self) -> usize {
        self.0.chars
    }

    /// Whether every code point is below 128.
    #[inline]
    pub fn is_ascii(self) -> bool {
        self.0.chars == self.0.bytes.len()
    }

    /// Whether there is no text.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0.bytes.is_empty()
    }

    /// Whether both are one object.
    #[inline]
    pub fn same(self, other: Self) -> bool {
        Gc::ptr_eq(self.0, other.0)
    }

    /// The address of the object.
    #[inline]
    pub fn address(self) -> usize {
        Gc::as_ptr(self.0) as usize
    }

    /// Whether the string is the interned one of its text.
    #[inline]
    pub fn is_interned(self) -> bool {
        self.0.interned.get()
    }

    /// Marks the string as interned: the intern table's business alone.
    pub(crate) fn set_interned(self) {
        self.0.interned.set(true);
    }

    /// Python's hash: kept once computed.
    #[inline]
    pub fn hash(self) -> i64 {
        match self.0.hash.get() {
            0 => {
                let hash = crate::protocol::hash::hash_bytes(self.bytes());
                self.0.hash.set(hash);
                hash
            }
            hash => hash,
        }
    }

    /// Equality of text.
    #[inline]
    pub fn eq(self, other: Self) -> bool {
        self.same(other) || self.bytes() == other.bytes()
    }
}

/// The type.
pub static STR: TypeDef = TypeDef {
    name: "str",
    ..TypeDef::DEFAULT
};
