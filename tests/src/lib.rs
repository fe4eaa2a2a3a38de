//! What the tests and the benchmark commands of Capers share: running a program, judging a case, finding the
//! release binary.

pub mod cases;
pub mod difference;
pub mod marks;
pub mod process;
pub mod release;
pub mod side_by_side;

use std::path::{Path, PathBuf};

/// A folder of this package, by its name.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The Python scripts of a folder of this package, in the order of their names.
///
/// # Errors
/// A message, when the folder cannot be read or has none.
pub fn scripts(name: &str) -> Result<Vec<PathBuf>, String> {
    let folder = folder(name);
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut scripts: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    scripts.sort();
    if scripts.is_empty() {
        return Err(format!("{} has no script", folder.display()));
    }
    Ok(scripts)
}
