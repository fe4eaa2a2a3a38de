//! The object model, the compiler, the VM, the reduce protocol and the host API of Capers.

pub mod builtins;
pub mod bytecode;
pub mod compiler;
pub mod context;
pub mod erased;
pub mod immediate;
pub mod import;
pub(crate) mod interned;
pub mod names;
pub mod native;
pub mod numbers;
pub mod object;
pub mod protocol;
pub mod raised;
pub mod reduce;
pub mod report;
pub mod report_error;
pub mod runtime;
pub mod shape;
pub mod shutdown;
pub mod table;
pub mod text;
pub mod types;
pub mod value;
pub mod vm;
pub mod weak;
