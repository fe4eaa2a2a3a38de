//! Finds what the benchmark commands measure: the release binary, built first so that it is never stale.

use std::path::PathBuf;
use std::process::Command;

/// The binary to measure: `given`, or else the workspace's release build, made now.
///
/// # Errors
/// A message, when the build fails.
pub fn binary(given: Option<PathBuf>) -> Result<PathBuf, String> {
    if let Some(path) = given {
        return match path.canonicalize() {
            Ok(path) => Ok(path),
            Err(error) => Err(format!("cannot find {}: {error}", path.display())),
        };
    }
    let manifest = crate::folder("../Cargo.toml");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "build",
            "--release",
            "--package",
            "capers",
            "--bin",
            "capers",
        ])
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(&manifest)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err("the release build failed".to_owned());
    }
    // Only cargo knows where its target folder is; the message about an executable ends with its path.
    let messages = String::from_utf8_lossy(&output.stdout);
    let path = messages.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once("\"executable\":\"")?;
        let (path, _) = rest.split_once('"')?;
        Some(PathBuf::from(path.replace("\\\\", "\\")))
    });
    path.ok_or_else(|| "cargo did not say where the binary is".to_owned())
}
