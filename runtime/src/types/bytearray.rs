//! `bytearray`: owns the struct and the type's methods.

use std::cell::{Cell, RefCell};

use gc_arena::{Collect, Gc, Mutation};

use crate::types::def::TypeDef;

/// The struct behind a [`ByteArray`].
#[derive(Collect)]
#[collect(require_static)]
pub struct ByteArrayData {
    /// The bytes.
    pub bytes: RefCell<Vec<u8>>,
    /// How many memoryviews forbid resizing.
    pub exports: Cell<usize>,
}

/// A Python bytearray.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct ByteArray<'gc>(pub Gc<'gc, ByteArrayData>);

impl<'gc> ByteArray<'gc> {
    /// A new bytearray that takes over `bytes`.
    pub fn new(mc: &Mutation<'gc>, bytes: Vec<u8>) -> Self {
        ByteArray(Gc::new(
            mc,
            ByteArrayData {
                bytes: RefCell::new(bytes),
                exports: Cell::new(0),
            },
        ))
    }

    /// A copy of the bytes.
    pub fn to_vec(self) -> Vec<u8> {
        self.0.bytes.borrow().clone()
    }
}

/// The type.
pub static BYTEARRAY: TypeDef = TypeDef {
    name: "bytearray",
    ..TypeDef::DEFAULT
};
