//! How long it takes to start: `capers -c pass` beside `python3 -I -S -c pass`, in turn, in one run.
//!
//! `cargo run -p capers-tests --bin bench-startup -- [--python python3] [--rounds 40] [--floor 3]` builds the
//! release binary first.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use capers_tests::release;
use clap::Parser;

/// Compare the start of Capers with that of a CPython.
#[derive(Parser)]
struct Options {
    /// The Python to compare with
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The binary to measure instead of the release build
    #[arg(long)]
    capers: Option<PathBuf>,
    /// How often each is started
    #[arg(long, default_value_t = 40)]
    rounds: u32,
    /// Fail when the ratio of the medians (CPython's time to Capers's) is below this
    #[arg(long, default_value_t = 0.0)]
    floor: f64,
}

fn main() -> ExitCode {
    match compare(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench-startup: {message}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> Result<bool, String> {
    let capers = release::binary(options.capers.clone())?;
    let python = real_python(&options.python)?;
    let (mut python_times, mut capers_times) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds.max(1) {
        python_times.push(start(&python, &["-I", "-S", "-c", "pass"])?);
        capers_times.push(start(&capers, &["-c", "pass"])?);
    }
    println!("{:<10} {:>9} {:>9}   milliseconds", "", "best", "median");
    let python_median = show("CPython", &mut python_times);
    let capers_median = show("Capers", &mut capers_times);
    let ratio = python_median / capers_median;
    let below = ratio < options.floor;
    let note = if below { "  below the floor" } else { "" };
    println!("ratio      {ratio:>19.2}{note}");
    Ok(!below)
}

/// The interpreter itself, where `python` is a script that chooses one: only the interpreter's start counts.
fn real_python(python: &Path) -> Result<PathBuf, String> {
    let output = Command::new(python)
        .args(["-I", "-S", "-c", "import sys; print(sys.executable)"])
        .output()
        .map_err(|error| format!("cannot run {}: {error}", python.display()))?;
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if path.is_empty() {
        return Err(format!("{} does not say where it is", python.display()));
    }
    Ok(PathBuf::from(path))
}

fn start(program: &Path, arguments: &[&str]) -> Result<Duration, String> {
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    let elapsed = start.elapsed();
    if !status.success() {
        return Err(format!("{} fails: {status}", program.display()));
    }
    Ok(elapsed)
}

/// Prints the row of one interpreter; gives its median in milliseconds.
fn show(name: &str, times: &mut [Duration]) -> f64 {
    times.sort();
    let milliseconds = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64) * 1000.0;
    let best = milliseconds(times.first());
    let median = milliseconds(times.get(times.len() / 2));
    println!("{name:<10} {best:>9.2} {median:>9.2}");
    median
}
