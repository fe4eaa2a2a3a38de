//! What objects of every built-in type, and of every way to be taken apart, reduce to and are pickled as: one trial
//! and one snapshot each, in the top folder `snapshots/`.
//!
//! The objects are in `tests/reductions/table.py`, which Capers runs once. A change shows as a difference of texts;
//! `INSTA_UPDATE=always cargo test -p capers-tests --test snapshots` accepts it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use capers_tests::folder;
use libtest_mimic::{Arguments, Failed, Trial};

/// What begins a section of the table's output; its name follows.
const HEAD: &str = "==== ";

fn main() {
    let arguments = Arguments::from_args();
    let trials = match sections() {
        Ok(sections) => {
            let names = sections.iter().map(|(name, _)| name.clone()).collect();
            let used = Trial::test("every_snapshot_is_used", move || {
                every_snapshot_is_used(&names)
            });
            let trials = sections.into_iter().map(trial);
            std::iter::once(used).chain(trials).collect()
        }
        Err(message) => vec![Trial::test("the_table_runs", move || Err(message.into()))],
    };
    libtest_mimic::run(&arguments, trials).exit();
}

fn snapshots() -> PathBuf {
    folder("../snapshots")
}

/// Runs the table: the name and the text of each section.
fn sections() -> Result<Vec<(String, String)>, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_capers-under-test"))
        .arg(folder("reductions/table.py"))
        .output()
        .map_err(|error| format!("cannot run Capers: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix(HEAD), sections.last_mut()) {
            (Some(name), _) => sections.push((name.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => return Err(format!("before the first section: {line}")),
        }
    }
    Ok(sections)
}

fn trial((name, text): (String, String)) -> Trial {
    Trial::test(name.clone(), move || {
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(snapshots());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        // It panics where they differ, which fails the trial alone.
        settings.bind(|| insta::assert_snapshot!(name.as_str(), text));
        Ok(())
    })
}

/// A snapshot that no section has would never fail.
fn every_snapshot_is_used(names: &BTreeSet<String>) -> Result<(), Failed> {
    let entries = std::fs::read_dir(snapshots()).map_err(|error| error.to_string())?;
    for entry in entries.flatten() {
        let path = entry.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if path.extension().is_some_and(|end| end == "snap") && !names.contains(&*stem) {
            return Err(format!("{} has no object in table.py", path.display()).into());
        }
    }
    Ok(())
}
