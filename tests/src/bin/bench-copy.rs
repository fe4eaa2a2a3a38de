//! `copy.deepcopy` under Capers and under a CPython, in one run.
//!
//! `cargo run -p capers-tests --bin bench-copy -- [--python python3] [--rounds 3] [--floor 5] [--mean 15]`
//! builds the release binary first. A ratio above 1 means that Capers is faster.

use std::process::ExitCode;

use capers_tests::side_by_side::{Options, compare};
use clap::Parser;

/// Compare Capers with a CPython on `copy.deepcopy`.
#[derive(Parser)]
struct Command {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    match compare("objects/copying.py", &Command::parse().options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench-copy: {message}");
            ExitCode::FAILURE
        }
    }
}
