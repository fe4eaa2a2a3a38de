//! What every object can be asked: attributes, calls, operators, comparison,
//! hash, iteration, truth, text. Each question is answered here once; the VM
//! and the natives are the callers.
//!
//! Two forms: functions that answer with a `Flow` never run Python code
//! themselves, and are what the VM uses; the methods of `Context` run the flow
//! to its end by re-entering the VM, for the short callbacks of natives.

pub mod attribute;
pub mod buffer;
pub mod buffer_format;
pub mod call;
pub mod compare;
pub mod hash;
pub mod isinstance;
pub mod iterate;
pub mod operator;
pub mod repr;
pub mod sequence;
pub mod slicing;
pub mod subscript;
pub mod text;
pub mod truth;
pub mod warn;
