//! What the tests and the benchmark commands of Capers share: running a program, judging a case, finding the
//! release binary.

pub mod cases;
pub mod difference;
pub mod marks;
pub mod process;
pub mod release;

use std::path::{Path, PathBuf};

/// A folder of this package, by its name.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
