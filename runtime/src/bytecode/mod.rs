//! What the compiler makes and the VM runs: the instruction table and the compiled unit.
//!
//! Plain Rust data. Nothing here knows a `Value`, the collector or the source tree.

mod code;
mod disassemble;
mod instructions;
pub mod portable;
pub mod tables;
mod verify;

pub use code::{
    CodeFlags, CodeUnit, Constant, ExceptionEntry, FunctionFlags, Instr, NO_CACHE, Position, Slot,
};
pub use disassemble::disassemble;
pub use instructions::{
    BinaryOperator, Comparison, Conversion, Flow, Op, Operand, Row, SpecialMethod, StackEffect,
};
pub use verify::{VerifyError, verify};
