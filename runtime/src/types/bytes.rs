//! `bytes`: owns the struct and the type's methods.

use std::cell::Cell;

use gc_arena::{Collect, Gc, Mutation};
use smallvec::SmallVec;

use crate::types::def::TypeDef;

/// The struct behind a [`Bytes`].
#[derive(Collect)]
#[collect(require_static)]
pub struct BytesData {
    bytes: SmallVec<[u8; 16]>,
    hash: Cell<i64>,
}

/// A Python bytes object.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Bytes<'gc>(pub Gc<'gc, BytesData>);

impl<'gc> Bytes<'gc> {
    /// A new bytes object. Most callers want `Context::bytes`, which shares the
    /// empty and the one-byte ones.
    pub fn new(mc: &Mutation<'gc>, bytes: &[u8]) -> Self {
        Bytes::from_small(mc, SmallVec::from_slice(bytes))
    }

    /// A new bytes object that takes over `bytes`.
    pub fn from_vec(mc: &Mutation<'gc>, bytes: Vec<u8>) -> Self {
        Bytes::from_small(mc, SmallVec::from_vec(bytes))
    }

    fn from_small(mc: &Mutation<'gc>, bytes: SmallVec<[u8; 16]>) -> Self {
        let hash = Cell::new(0);
        Bytes(Gc::new(mc, BytesData { bytes, hash }))
    }

    /// The bytes.
    #[inline]
    pub fn bytes(self) -> &'gc [u8] {
        &Gc::as_ref(self.0).bytes
    }

    /// Python's hash: kept once computed.
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
}

/// The type.
pub static BYTES: TypeDef = TypeDef {
    name: "bytes",
    ..TypeDef::DEFAULT
};
