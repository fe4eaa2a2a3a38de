//! `capers optimize`: every pickle of a file, without the memo entries that nothing reads.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use capers_modules::pickletools::optimize::optimize;
use capers_runtime::numbers::Limits;

use super::{Failure, OptimizeOptions, Output, Verdict, complain, open};
use crate::json::Object;

/// Runs the tool. Where a pickle is broken nothing is written.
pub fn run(options: &OptimizeOptions) -> Result<Verdict, Failure> {
    let mut input = Vec::new();
    let read = open(&options.input)?.read_to_end(&mut input);
    read.map_err(|error| Failure::File(options.input.clone(), error))?;

    let limits = Limits::default().unlimited_digits();
    let (mut optimized, mut position, mut pickles) = (Vec::new(), 0, 0u64);
    while position < input.len() {
        match optimize(input.get(position..).unwrap_or_default(), &limits) {
            Ok((pickle, length)) => {
                optimized.extend_from_slice(&pickle);
                position += length;
                pickles += 1;
            }
            Err(failure) => {
                let why = format!("the pickle at byte {position}: {}", failure.message());
                if options.json {
                    report(
                        &Object::new()
                            .plain("position", position)
                            .text("error", &failure.message())
                            .end(),
                    )?;
                }
                complain(&format!("{}: {why}", options.input.display()));
                return Ok(Verdict::Broken);
            }
        }
    }

    let to_stdout = options.output == Path::new("-");
    let written = match to_stdout {
        true => io::stdout().lock().write_all(&optimized),
        false => fs::write(&options.output, &optimized),
    };
    written.map_err(|error| Failure::File(options.output.clone(), error))?;
    let line = match options.json {
        true => Object::new()
            .plain("pickles", pickles)
            .plain("before", input.len())
            .plain("after", optimized.len())
            .end(),
        false => {
            let plural = if pickles == 1 { "" } else { "s" };
            format!(
                "{pickles} pickle{plural}: {} bytes, were {}",
                optimized.len(),
                input.len()
            )
        }
    };
    if to_stdout {
        eprintln!("{line}");
    } else {
        report(&line)?;
    }
    Ok(Verdict::Sound)
}

fn report(line: &str) -> Result<(), Failure> {
    let mut output = Output::new();
    output.line(line)?;
    output.end()
}
