//! Random object graphs, pickled and copied by Capers and by a CPython: the bytes, what each side loads from the
//! other's, and what a deep copy is made of must be the same.
//!
//! `cargo run -p capers-tests --bin differential -- [--python python3] [--seed 1] [--graphs 20000]` needs a CPython
//! 3.13 or later. Sets of more than one element have an order of their own in CPython: graphs with one are loaded
//! crosswise, and their bytes not compared.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use capers_modules::pickle::codec::{Op, decode};
use capers_tests::{difference, process, release};
use clap::Parser;

/// No batch takes this long.
const LIMIT: Duration = Duration::from_secs(900);
/// Graphs that one run of the script makes.
const BATCH: u64 = 1000;

/// Compare pickles and deep copies of random object graphs with a CPython's.
#[derive(Parser)]
struct Options {
    /// The Python to compare with, 3.13 or later
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The binary to test instead of the release build
    #[arg(long)]
    capers: Option<PathBuf>,
    /// What the graphs are made from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many graphs
    #[arg(long, default_value_t = 20_000)]
    graphs: u64,
    /// The most parts of a graph
    #[arg(long, default_value_t = 30)]
    budget: u64,
    /// Test only the graph of this number
    #[arg(long)]
    only: Option<u64>,
}

fn main() -> ExitCode {
    match compare(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("differential: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The two interpreters, and a folder for what they give each other.
struct Sides {
    python: PathBuf,
    capers: PathBuf,
    folder: PathBuf,
}

/// What one side says of a graph.
struct Record {
    index: u64,
    protocol: String,
    unordered: bool,
    pickle: String,
    graph: String,
    copy: String,
}

/// A graph that the two sides do not agree on.
struct Failure {
    index: u64,
    protocol: String,
    what: &'static str,
    expected: String,
    got: String,
    graph: String,
}

fn compare(options: &Options) -> Result<bool, String> {
    require_version(&options.python)?;
    let folder = std::env::temp_dir().join(format!("capers-differential-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let sides = Sides {
        python: options.python.clone(),
        capers: release::binary(options.capers.clone())?,
        folder,
    };
    let result = sides.search(options);
    // What is left behind is a temporary folder of the system's.
    let _ = std::fs::remove_dir_all(&sides.folder);
    result
}

/// Refuses what is no CPython of 3.13 or later.
fn require_version(python: &Path) -> Result<(), String> {
    let question = "import sys; print(sys.implementation.name, *sys.version_info[:2])";
    let mut command = Command::new(python);
    command.args(["-c", question]);
    let needed = "the differential test needs a CPython 3.13 or later (--python PATH)";
    let outcome = process::run(&mut command, LIMIT)
        .map_err(|error| format!("cannot run {}: {error}; {needed}", python.display()))?;
    let answer = String::from_utf8_lossy(&outcome.stdout).trim().to_owned();
    let words: Vec<&str> = answer.split(' ').collect();
    let new_enough = match words[..] {
        ["cpython", major, minor] => {
            let number = |text: &str| text.parse().unwrap_or(0);
            (number(major), number(minor)) >= (3, 13)
        }
        _ => false,
    };
    match new_enough {
        true => Ok(()),
        false => Err(format!("{} is {answer}; {needed}", python.display())),
    }
}

impl Sides {
    /// Compares batch after batch; true when all agree.
    fn search(&self, options: &Options) -> Result<bool, String> {
        let seed = options.seed;
        let (mut first, end) = match options.only {
            Some(index) => (index, index + 1),
            None => (0, options.graphs),
        };
        let mut by_bytes = 0;
        while first < end {
            let count = BATCH.min(end - first);
            let (failures, compared) = self.batch("dump", &[seed, first, count, options.budget])?;
            if let Some(failure) = failures.into_iter().next() {
                self.report(failure, options)?;
                return Ok(false);
            }
            by_bytes += compared;
            first += count;
            println!("seed {seed}: {first} of {end} graphs agree, {by_bytes} byte for byte");
        }
        Ok(true)
    }

    /// Has both sides make the same graphs and load each other's pickles: what they do not agree on, and how many
    /// pickles were compared byte for byte.
    fn batch(&self, command: &str, numbers: &[u64]) -> Result<(Vec<Failure>, usize), String> {
        let expected = self.dump(&self.python, command, numbers, "python.txt")?;
        let got = self.dump(&self.capers, command, numbers, "capers.txt")?;
        let of_capers = self.load(&self.python, "capers.txt")?;
        let of_python = self.load(&self.capers, "python.txt")?;
        if expected.len() != got.len() {
            return Err(format!(
                "{} graphs there, {} here",
                expected.len(),
                got.len()
            ));
        }
        let mut compared = 0;
        let mut failures = Vec::new();
        let loads = of_capers.iter().zip(&of_python);
        for ((expected, got), (of_capers, of_python)) in expected.iter().zip(&got).zip(loads) {
            let ordered = !expected.unordered;
            compared += usize::from(ordered);
            // Both sides load what they load as the same, which need not be the graph itself.
            let differing = [
                ("the graph", &expected.graph, &got.graph, true),
                ("the pickle", &expected.pickle, &got.pickle, ordered),
                ("the copy", &expected.copy, &got.copy, true),
                ("what is loaded", of_capers, of_python, true),
            ];
            let differing = differing
                .into_iter()
                .find(|(_, one, other, counts)| *counts && one != other);
            if let Some((what, one, other, _)) = differing {
                failures.push(Failure {
                    index: got.index,
                    protocol: got.protocol.clone(),
                    what,
                    expected: one.clone(),
                    got: other.clone(),
                    graph: expected.graph.clone(),
                });
            }
        }
        Ok((failures, compared))
    }

    fn run(&self, interpreter: &Path, arguments: &[String]) -> Result<String, String> {
        let mut command = Command::new(interpreter);
        command
            .arg(capers_tests::folder("differential").join("exchange.py"))
            .args(arguments)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONIOENCODING", "utf-8");
        let outcome = process::run(&mut command, LIMIT)
            .map_err(|error| format!("cannot run {}: {error}", interpreter.display()))?;
        if outcome.status.is_some_and(|status| status.success()) {
            return Ok(String::from_utf8_lossy(&outcome.stdout).into_owned());
        }
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        let arguments = arguments.join(" ");
        Err(format!(
            "{} fails with {arguments}:\n{stderr}",
            interpreter.display()
        ))
    }

    fn dump(
        &self,
        interpreter: &Path,
        command: &str,
        numbers: &[u64],
        file: &str,
    ) -> Result<Vec<Record>, String> {
        let mut arguments = vec![command.to_owned()];
        arguments.extend(numbers.iter().map(u64::to_string));
        let text = self.run(interpreter, &arguments)?;
        std::fs::write(self.folder.join(file), &text).map_err(|error| error.to_string())?;
        text.lines().map(record).collect()
    }

    /// What the pickles in a file load as, line by line.
    fn load(&self, interpreter: &Path, file: &str) -> Result<Vec<String>, String> {
        let path = self.folder.join(file).to_string_lossy().into_owned();
        let text = self.run(interpreter, &["load".to_owned(), path])?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Prints a failure in as small a graph as shows it: first the least budget, then one part by itself.
    fn report(&self, failure: Failure, options: &Options) -> Result<(), String> {
        let (seed, index) = (options.seed, failure.index);
        let mut smallest = failure;
        let mut budget = options.budget;
        for fewer in 1..options.budget {
            let (failures, _) = self.batch("dump", &[seed, index, 1, fewer])?;
            if let Some(failure) = failures.into_iter().next() {
                (smallest, budget) = (failure, fewer);
                break;
            }
        }
        let (parts, _) = self.batch("parts", &[seed, index, budget])?;
        let part = parts.into_iter().min_by_key(|part| part.graph.len());
        if let Some(part) = part.filter(|part| part.graph.len() < smallest.graph.len()) {
            smallest = part;
        }
        println!("seed {seed}, graph {index}: {} differs", smallest.what);
        println!("  again: --seed {seed} --only {index} --budget {budget}");
        println!(
            "  least graph that shows it, at protocol {}:",
            smallest.protocol
        );
        println!("    {}", shortened(&smallest.graph));
        let split = |text: &str| text.replace(", ", ",\n") + "\n";
        let (expected, got) = match smallest.what {
            "the pickle" => (opcodes(&smallest.expected), opcodes(&smallest.got)),
            _ => (split(&smallest.expected), split(&smallest.got)),
        };
        println!("{}", difference::describe(&expected, &got));
        Ok(())
    }
}

/// The middle of a long text says little.
fn shortened(text: &str) -> String {
    const ENDS: usize = 300;
    let length = text.chars().count();
    if length <= 2 * ENDS {
        return text.to_owned();
    }
    let head: String = text.chars().take(ENDS).collect();
    let tail: String = text.chars().skip(length - ENDS).collect();
    format!("{head} ... {tail}")
}

fn record(line: &str) -> Result<Record, String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [index, protocol, unordered, pickle, graph, copy] = fields[..] else {
        return Err(format!("unreadable: {line}"));
    };
    Ok(Record {
        index: index.parse().map_err(|_| format!("unreadable: {line}"))?,
        protocol: protocol.to_owned(),
        unordered: unordered == "1",
        pickle: pickle.to_owned(),
        graph: graph.to_owned(),
        copy: copy.to_owned(),
    })
}

/// A pickle in hex as a line for each of its opcodes; the text as it is where it is none.
fn opcodes(hex: &str) -> String {
    let bytes: Option<Vec<u8>> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok())
        .collect();
    let Some(bytes) = bytes else {
        return format!("{hex}\n");
    };
    let (mut at, mut text) = (0, String::new());
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let Ok((op, length)) = decode(rest) else {
            break;
        };
        // A frame's length follows from what is in it.
        if !matches!(op, Op::Frame(_)) {
            text.push_str(&shortened(&format!("{op:?}")));
            text.push('\n');
        }
        at += length;
    }
    text
}
