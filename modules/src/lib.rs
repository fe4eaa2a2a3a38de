//! What `import` finds: native modules in Rust and frozen modules in Python.

pub mod frozen;
