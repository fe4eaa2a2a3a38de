//! Runs one script that measures itself under Capers and under a CPython, in turn, and compares what it prints:
//! a line for each measurement, `workload operation seconds result`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::{process, release};

/// No script takes this long, even in a slow interpreter.
const LIMIT: Duration = Duration::from_secs(600);

/// What the commands that compare in this way can be told.
#[derive(Args)]
pub struct Options {
    /// The Python to compare with
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The binary to measure instead of the release build
    #[arg(long)]
    capers: Option<PathBuf>,
    /// How often the script is run by each of the two; the best times count
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Fail when a ratio (CPython's time to Capers's) is below this
    #[arg(long, default_value_t = 0.0)]
    floor: f64,
    /// Fail when the geometric mean of an operation's ratios is below this
    #[arg(long, default_value_t = 0.0)]
    mean: f64,
}

/// A measurement of one interpreter.
struct Measured {
    workload: String,
    operation: String,
    seconds: f64,
    result: String,
}

/// Prints the table of `script`, a path below `tests/benchmarks`; true when every ratio and every mean is what was
/// asked for and both interpreters found the same.
///
/// # Errors
/// A message, when one of them cannot run the script.
pub fn compare(script: &str, options: &Options) -> Result<bool, String> {
    let capers = release::binary(options.capers.clone())?;
    let script = crate::folder("benchmarks").join(script);
    let mut pythons = measure(&options.python, &script)?;
    let mut ours = measure(&capers, &script)?;
    for _ in 1..options.rounds {
        keep_best(&mut pythons, measure(&options.python, &script)?);
        keep_best(&mut ours, measure(&capers, &script)?);
    }
    println!(
        "{:<12} {:<9} {:>10} {:>10} {:>7}   milliseconds, best of {}; ratio above 1: Capers is faster",
        "workload", "operation", "CPython", "Capers", "ratio", options.rounds
    );
    let mut good = pythons.len() == ours.len();
    let mut operations: Vec<(String, Vec<f64>)> = Vec::new();
    for (python, capers) in pythons.iter().zip(&ours) {
        let ratio = python.seconds / capers.seconds;
        let same = python.workload == capers.workload && python.result == capers.result;
        let note = match (same, ratio < options.floor) {
            (false, _) => format!("  gives {} instead of {}", capers.result, python.result),
            (true, true) => "  below the floor".to_owned(),
            (true, false) => String::new(),
        };
        good &= note.is_empty();
        println!(
            "{:<12} {:<9} {:>10.3} {:>10.3} {ratio:>7.2}{note}",
            python.workload,
            python.operation,
            python.seconds * 1e3,
            capers.seconds * 1e3
        );
        match operations
            .iter_mut()
            .find(|(name, _)| *name == python.operation)
        {
            Some((_, ratios)) => ratios.push(ratio),
            None => operations.push((python.operation.clone(), vec![ratio])),
        }
    }
    for (operation, ratios) in operations {
        let logarithms: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
        let mean = (logarithms / ratios.len() as f64).exp();
        let below = mean < options.mean;
        let note = if below {
            "  below what was asked for"
        } else {
            ""
        };
        println!("{:<12} {operation:<9} {mean:>29.2}{note}", "mean");
        good &= !below;
    }
    Ok(good)
}

fn keep_best(best: &mut [Measured], again: Vec<Measured>) {
    for (best, again) in best.iter_mut().zip(again) {
        best.seconds = best.seconds.min(again.seconds);
    }
}

fn measure(interpreter: &Path, script: &Path) -> Result<Vec<Measured>, String> {
    let mut command = Command::new(interpreter);
    command.arg(script).env("PYTHONDONTWRITEBYTECODE", "1");
    let outcome = process::run(&mut command, LIMIT)
        .map_err(|error| format!("cannot run {}: {error}", interpreter.display()))?;
    if !outcome.status.is_some_and(|status| status.success()) {
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        let last = stderr.trim().lines().last().unwrap_or("no message");
        return Err(format!("fails under {}: {last}", interpreter.display()));
    }
    String::from_utf8_lossy(&outcome.stdout)
        .lines()
        .map(|line| {
            let mut words = line.split(' ').map(str::to_owned);
            let mut next = || words.next().ok_or_else(|| format!("unreadable: {line}"));
            Ok(Measured {
                workload: next()?,
                operation: next()?,
                seconds: next()?.parse().map_err(|_| format!("unreadable: {line}"))?,
                result: next()?,
            })
        })
        .collect()
}
