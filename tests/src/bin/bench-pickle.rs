//! `dumps` and `loads` under Capers and under a CPython, in one run.
//!
//! `cargo run -p capers-tests --bin bench-pickle -- [--python python3] [--rounds 3] [--floor 0.8] [--mean 1.5]`
//! builds the release binary first. A ratio above 1 means that Capers is faster.

use std::process::ExitCode;

use capers_tests::side_by_side::{Options, compare};
use clap::Parser;

/// Compare Capers with a CPython on `dumps` and `loads`.
#[derive(Parser)]
struct Command {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    match compare("objects/pickling.py", &Command::parse().options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench-pickle: {message}");
            ExitCode::FAILURE
        }
    }
}
