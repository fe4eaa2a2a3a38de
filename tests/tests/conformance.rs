//! Every conformance case and every example through the binary: one trial a script, named `folder::name`, and
//! again with a collection at every safe point, named `stress::folder::name`.
//!
//! `cargo test -p capers-tests --test conformance -- NAME` runs those whose name contains NAME. Cases of work
//! not begun are shown as ignored and run with `--ignored` or `--include-ignored`. `CAPERS_BINARY=PATH` judges
//! another build.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use capers_tests::cases::{self, Case, Failure, Pass};
use capers_tests::marks::{self, Mark, Marks, State};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => {
            eprintln!("conformance: {message}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>, String> {
    let conformance = capers_tests::folder("conformance");
    let marks = marks::read(&conformance.join("marks.txt"))?;
    let mut cases = Vec::new();
    for folder in folders(&conformance)? {
        cases.extend(cases::find(&format!("conformance/{folder}"))?);
    }
    cases.extend(cases::find("examples")?);
    every_mark_is_used(&marks, &cases)?;

    let capers = match std::env::var_os("CAPERS_BINARY") {
        Some(path) => std::path::absolute(path).map_err(|error| error.to_string())?,
        None => PathBuf::from(env!("CARGO_BIN_EXE_capers-under-test")),
    };
    if !capers.is_file() {
        return Err(format!("there is no binary {}", capers.display()));
    }
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance");
    let plain = Pass {
        capers: capers.clone(),
        scratch: scratch.join("plain"),
        gc_stress: false,
        limit: Duration::from_secs(60),
    };
    let stress = Pass {
        capers,
        scratch: scratch.join("stress"),
        gc_stress: true,
        limit: Duration::from_secs(400),
    };
    let mut trials = Vec::new();
    for (pass, prefix) in [(plain, ""), (stress, "stress::")] {
        for case in &cases {
            trials.push(trial(prefix, case.clone(), pass.clone(), &marks));
        }
    }
    Ok(trials)
}

fn folders(conformance: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(conformance)
        .map_err(|error| format!("cannot read {}: {error}", conformance.display()))?;
    let mut folders: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    folders.sort();
    Ok(folders)
}

/// A mark that names nothing would hide a renamed case.
fn every_mark_is_used(marks: &Marks, cases: &[Case]) -> Result<(), String> {
    let cases_by_name: BTreeSet<String> = cases.iter().map(Case::full_name).collect();
    let folders: BTreeSet<&str> = cases.iter().map(|case| case.folder.as_str()).collect();
    for (name, mark) in marks {
        let known = match mark.state {
            State::Later => folders.contains(name.as_str()),
            State::Different | State::Waiting | State::Slow => {
                let case = name.strip_prefix("stress::").unwrap_or(name);
                cases_by_name.contains(case)
            }
        };
        if !known {
            return Err(format!("marks.txt names {name}, which does not exist"));
        }
    }
    Ok(())
}

/// The trial of one case. A mark with the trial's own name goes before the case's, so that a case may wait
/// under stress alone.
fn trial(prefix: &str, case: Case, pass: Pass, marks: &Marks) -> Trial {
    let name = format!("{prefix}{}", case.full_name());
    let later = marks.get(&case.folder).is_some();
    let mark = marks
        .get(&name)
        .or_else(|| marks.get(&case.full_name()))
        .cloned();
    let slow = mark.as_ref().is_some_and(|mark| mark.state == State::Slow);
    let mark = mark.filter(|_| !slow);
    let kind = match &mark {
        _ if later => "later",
        _ if slow => "slow",
        Some(mark) if mark.state == State::Different => "different",
        Some(_) => "waiting",
        None => "",
    };
    Trial::test(name, move || judged(case.run(&pass), mark.as_ref()))
        .with_kind(kind)
        .with_ignored_flag(later || slow)
}

fn judged(result: Result<(), Failure>, mark: Option<&Mark>) -> Result<(), Failed> {
    match (result, mark) {
        (Ok(()), None) | (Err(Failure::Differs(_)), Some(_)) => Ok(()),
        (Err(Failure::Differs(report)), None) | (Err(Failure::Broken(report)), _) => {
            Err(report.into())
        }
        (Ok(()), Some(mark)) => Err(format!(
            "passes: remove its mark from marks.txt ({:?}: {})",
            mark.state, mark.reason
        )
        .into()),
    }
}
