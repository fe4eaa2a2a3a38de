//! The `capers` binary.
fn main() {}
