//! Conformance cases: where they are, how one is run, and when it passes.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::{difference, process};

/// A script and the output CPython gives for it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The folder's name.
    pub folder: String,
    /// The script's name without `.py`.
    pub name: String,
    /// The script.
    pub script: PathBuf,
}

/// How the cases of a pass are run.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The binary.
    pub capers: PathBuf,
    /// Where each case gets a folder of its own; kept for a case that fails.
    pub scratch: PathBuf,
    /// Whether garbage is collected at every safe point.
    pub gc_stress: bool,
    /// The time a case may take.
    pub limit: Duration,
}

/// How a case fails; each holds a report.
#[derive(Debug)]
pub enum Failure {
    /// The output is not CPython's: what a mark may forgive.
    Differs(String),
    /// It panicked, aborted, ran out of time or could not be run: what nothing forgives.
    Broken(String),
}

/// The cases of a folder of this package; their own folder's name is the last part of it.
///
/// # Errors
/// A message, when the folder cannot be read or has none.
pub fn find(folder: &str) -> Result<Vec<Case>, String> {
    let name_of = |path: &Path| path.file_stem()?.to_str().map(str::to_owned);
    let cases = crate::scripts(folder)?.into_iter().filter_map(|script| {
        Some(Case {
            folder: name_of(Path::new(folder))?,
            name: name_of(&script)?,
            script,
        })
    });
    Ok(cases.collect())
}

impl Case {
    /// `folder::name`.
    pub fn full_name(&self) -> String {
        format!("{}::{}", self.folder, self.name)
    }

    /// Runs the script as `main.py` in a folder of its own, beside the modules of `NAME.d`, and compares its
    /// standard output with `NAME.out`. A script that ends in an uncaught exception has the last line of its
    /// traceback compared too.
    ///
    /// # Errors
    /// How it fails.
    pub fn run(&self, pass: &Pass) -> Result<(), Failure> {
        let expected = self.script.with_extension("out");
        let expected = std::fs::read(&expected).map_err(|error| {
            Failure::Broken(format!(
                "no expected output {}: {error}",
                expected.display()
            ))
        })?;
        let place = pass.scratch.join(&self.folder).join(&self.name);
        self.lay_out(&place).map_err(|error| {
            Failure::Broken(format!("cannot prepare {}: {error}", place.display()))
        })?;

        let mut command = Command::new(&pass.capers);
        command.arg("main.py").current_dir(&place);
        command.env_remove("CAPERS_GC_STRESS");
        if pass.gc_stress {
            command.env("CAPERS_GC_STRESS", "1");
        }
        let outcome = process::run(&mut command, pass.limit).map_err(|error| {
            Failure::Broken(format!("cannot run {}: {error}", pass.capers.display()))
        })?;
        judge(&expected, &outcome, pass.limit)?;
        // What is left behind by a case that passed is only clutter.
        let _ = std::fs::remove_dir_all(&place);
        Ok(())
    }

    fn lay_out(&self, place: &Path) -> io::Result<()> {
        if place.exists() {
            std::fs::remove_dir_all(place)?;
        }
        std::fs::create_dir_all(place)?;
        let modules = self.script.with_extension("d");
        if modules.is_dir() {
            copy_tree(&modules, place)?;
        }
        std::fs::copy(&self.script, place.join("main.py"))?;
        Ok(())
    }
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn judge(expected: &[u8], outcome: &process::Outcome, limit: Duration) -> Result<(), Failure> {
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    let stderr = stderr.trim();
    let mut actual = outcome.stdout.clone();
    let (failure, how): (fn(String) -> Failure, String) = match &outcome.status {
        None => {
            let how = format!("killed after {} seconds", limit.as_secs());
            (Failure::Broken, how)
        }
        Some(status) if status.code().is_none() => (Failure::Broken, format!("aborted: {status}")),
        Some(_) if stderr.contains("panicked at") => (Failure::Broken, "panicked".to_owned()),
        Some(status) => {
            if status.code() == Some(1) && ends_uncaught(expected) {
                let last = stderr.lines().last().unwrap_or_default();
                actual.extend_from_slice(format!("UNCAUGHT {last}\n").as_bytes());
            }
            if actual == expected {
                return Ok(());
            }
            (Failure::Differs, format!("output differs ({status})"))
        }
    };
    let mut report = format!("{how}\n");
    if actual != expected {
        report.push_str(&difference::describe(
            &String::from_utf8_lossy(expected),
            &String::from_utf8_lossy(&actual),
        ));
    }
    if !stderr.is_empty() {
        report.push_str("standard error ends:\n");
        let lines: Vec<&str> = stderr.lines().collect();
        for line in &lines[lines.len().saturating_sub(20)..] {
            report.push_str(&format!("  {line}\n"));
        }
    }
    Err(failure(report))
}

fn ends_uncaught(expected: &[u8]) -> bool {
    let last = expected
        .trim_ascii_end()
        .rsplit(|byte| *byte == b'\n')
        .next();
    last.is_some_and(|line| line.starts_with(b"UNCAUGHT "))
}
