//! Programs that make garbage without end must stay small; programs that nest without end must not abort.
//!
//! `cargo run -p capers-tests --bin bench-memory -- [--limit 60] [NAMES]` builds the release binary first and
//! runs the scripts of `tests/memory` (with the limit on resident memory) and `tests/depth` (without).

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use capers_tests::{process, release};
use clap::Parser;

/// Run the memory and depth programs under Capers.
#[derive(Parser)]
struct Options {
    /// The binary to run instead of the release build
    #[arg(long)]
    capers: Option<PathBuf>,
    /// The resident memory that a program of tests/memory may reach, in MB
    #[arg(long, default_value_t = 60)]
    limit: u64,
    /// The seconds that a program may take
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// Run only the programs whose folder/name contains one of these
    names: Vec<String>,
}

fn main() -> ExitCode {
    match check(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench-memory: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line for each program; true when all pass.
fn check(options: &Options) -> Result<bool, String> {
    let capers = release::binary(options.capers.clone())?;
    let mut good = true;
    let mut ran = 0;
    for (folder, limit) in [("memory", Some(options.limit)), ("depth", None)] {
        for script in capers_tests::scripts(folder)? {
            let stem = script.file_stem().unwrap_or_default().to_string_lossy();
            let name = format!("{folder}/{stem}");
            if !options.names.is_empty() && !options.names.iter().any(|part| name.contains(part)) {
                continue;
            }
            ran += 1;
            let start = Instant::now();
            let (verdict, figures) = judge(options, &capers, &script, limit)?;
            let seconds = start.elapsed().as_secs_f64();
            match verdict {
                Ok(()) => println!("PASS {name:<36} {seconds:>7.2} s {figures}"),
                Err(reason) => {
                    println!("FAIL {name:<36} {seconds:>7.2} s {figures}  {reason}");
                    good = false;
                }
            }
        }
    }
    if ran == 0 {
        return Err("no program has such a name".to_owned());
    }
    Ok(good)
}

/// Whether one program passes, and its peak memory as text.
fn judge(
    options: &Options,
    capers: &Path,
    script: &Path,
    limit: Option<u64>,
) -> Result<(Result<(), String>, String), String> {
    let mut command = Command::new(capers);
    command.arg(script);
    let outcome = process::run(&mut command, Duration::from_secs(options.seconds))
        .map_err(|error| format!("cannot run {}: {error}", capers.display()))?;
    let megabytes = outcome.peak_memory.map(|bytes| bytes / 1_000_000);
    let figures = match megabytes {
        Some(megabytes) => format!("{megabytes:>5} MB"),
        None => "not measured".to_owned(),
    };
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    let last = stderr.trim().lines().last().unwrap_or("");
    let verdict = match outcome.status {
        None => Err(format!("killed after {} seconds", options.seconds)),
        Some(status) if !status.success() => Err(format!("{status} {last}")),
        Some(_) if stderr.contains("panicked at") => Err("panicked".to_owned()),
        Some(_) if !outcome.stdout.ends_with(b"done\n") => Err("did not reach its end".to_owned()),
        Some(_) => match (limit, megabytes) {
            (Some(limit), Some(megabytes)) if megabytes > limit => Err(format!("above {limit} MB")),
            _ => Ok(()),
        },
    };
    Ok((verdict, figures))
}
