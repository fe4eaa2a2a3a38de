//! The same pure-Python workloads under Capers and under a CPython, in turn, in one run.
//!
//! `cargo run -p capers-tests --bin bench-python -- [--python python3] [--rounds 5] [--floor 0.5] [NAMES]`
//! builds the release binary first. A ratio above 1 means that Capers is faster.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use capers_tests::{process, release};
use clap::Parser;

/// No workload takes this long, even in a slow interpreter.
const LIMIT: Duration = Duration::from_secs(300);

/// Compare Capers with a CPython on pure-Python workloads.
#[derive(Parser)]
struct Options {
    /// The Python to compare with
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The binary to measure instead of the release build
    #[arg(long)]
    capers: Option<PathBuf>,
    /// How often each workload is run by each of the two; the best time counts
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Fail when a workload's ratio (CPython's time to Capers's) is below this
    #[arg(long, default_value_t = 0.0)]
    floor: f64,
    /// Run only the workloads whose name contains one of these
    names: Vec<String>,
}

fn main() -> ExitCode {
    match compare(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench-python: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table; true when every workload ran and reached the floor.
fn compare(options: &Options) -> Result<bool, String> {
    let capers = release::binary(options.capers.clone())?;
    let workloads = workloads(&options.names)?;
    println!(
        "{:<16} {:>10} {:>10} {:>8}   seconds, best of {}; ratio above 1: Capers is faster",
        "workload", "CPython", "Capers", "ratio", options.rounds
    );
    let mut logarithms = Vec::new();
    let mut good = true;
    for script in workloads {
        let name = script.file_stem().unwrap_or_default().to_string_lossy();
        match best_times(options, &capers, &script) {
            Ok((python, capers)) => {
                let ratio = python / capers;
                let below = ratio < options.floor;
                let note = if below { "  below the floor" } else { "" };
                println!("{name:<16} {python:>10.4} {capers:>10.4} {ratio:>8.2}{note}");
                logarithms.push(ratio.ln());
                good &= !below;
            }
            Err(message) => {
                println!("{name:<16} {message}");
                good = false;
            }
        }
    }
    if !logarithms.is_empty() {
        let mean = logarithms.iter().sum::<f64>() / logarithms.len() as f64;
        println!("{:<16} {:>30.2}", "geometric mean", mean.exp());
    }
    Ok(good)
}

fn workloads(names: &[String]) -> Result<Vec<PathBuf>, String> {
    let mut scripts = capers_tests::scripts("benchmarks")?;
    scripts.retain(|script| {
        let name = script.file_stem().unwrap_or_default().to_string_lossy();
        name != "timing" && (names.is_empty() || names.iter().any(|part| name.contains(part)))
    });
    if scripts.is_empty() {
        return Err("no workload has such a name".to_owned());
    }
    Ok(scripts)
}

fn best_times(options: &Options, capers: &Path, script: &Path) -> Result<(f64, f64), String> {
    let (mut best_python, mut best_capers) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..options.rounds.max(1) {
        let (python_seconds, expected) = timed(&options.python, script)?;
        let (capers_seconds, result) = timed(capers, script)?;
        if result != expected {
            return Err(format!("gives {result} instead of {expected}"));
        }
        best_python = best_python.min(python_seconds);
        best_capers = best_capers.min(capers_seconds);
    }
    Ok((best_python, best_capers))
}

/// Runs the workload once: the seconds it measured itself, and its result.
fn timed(interpreter: &Path, script: &Path) -> Result<(f64, String), String> {
    let mut command = Command::new(interpreter);
    command.arg(script).env("PYTHONDONTWRITEBYTECODE", "1");
    let outcome = process::run(&mut command, LIMIT)
        .map_err(|error| format!("cannot run {}: {error}", interpreter.display()))?;
    let stdout = String::from_utf8_lossy(&outcome.stdout);
    let answer = stdout.trim().split_once(' ');
    let timed = answer.and_then(|(seconds, result)| Some((seconds.parse().ok()?, result)));
    timed
        .map(|(seconds, result)| (seconds, result.to_owned()))
        .ok_or_else(|| {
            let stderr = String::from_utf8_lossy(&outcome.stderr);
            let last = stderr.trim().lines().last().unwrap_or("no output");
            format!("fails under {}: {last}", interpreter.display())
        })
}
