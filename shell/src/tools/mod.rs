//! The tools of the command line that need no runtime: `capers dis`, `capers trace`, `capers optimize`.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::paint::{self, Painter, Style};

pub mod dis;
pub mod optimize;
pub mod trace;

/// The first words on the command line that mean a tool and no file.
pub const NAMES: &[&str] = &["dis", "trace", "optimize"];

/// Tools that look into pickles without loading them.
#[derive(Parser, Debug, PartialEq)]
#[command(name = "capers")]
pub struct Tools {
    /// Which one.
    #[command(subcommand)]
    pub tool: Tool,
}

/// A tool and what it is to work on.
#[derive(Subcommand, Debug, PartialEq)]
pub enum Tool {
    /// Show what a file of pickles says, opcode by opcode
    Dis(DisOptions),
    /// Follow what load would do: the stack and the memo after each opcode
    Trace(TraceOptions),
    /// Write the same pickles without the memo entries that nothing reads
    Optimize(OptimizeOptions),
}

/// Where pickles come from and how they are shown.
#[derive(Args, Debug, PartialEq)]
pub struct Input {
    /// The file; `-` is standard input
    pub file: PathBuf,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// The pickles share one memo: one pickler wrote them
    #[arg(short, long)]
    pub memo: bool,
    /// Show arguments up to this many bytes
    #[arg(long, value_name = "BYTES", default_value_t = 200)]
    pub longest: usize,
}

/// `capers dis`
#[derive(Args, Debug, PartialEq)]
pub struct DisOptions {
    /// What and how
    #[command(flatten)]
    pub input: Input,
    /// Explain each opcode
    #[arg(short, long)]
    pub annotate: bool,
    /// What each mark indents by
    #[arg(short = 'l', long, value_name = "BLANKS", default_value_t = 4)]
    pub indentlevel: usize,
}

/// `capers trace`
#[derive(Args, Debug, PartialEq)]
pub struct TraceOptions {
    /// What and how
    #[command(flatten)]
    pub input: Input,
}

/// `capers optimize`
#[derive(Args, Debug, PartialEq)]
pub struct OptimizeOptions {
    /// The file to read; `-` is standard input
    pub input: PathBuf,
    /// The file to write; `-` is standard output
    pub output: PathBuf,
    /// Tell of the result in one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs a tool. What is wrong goes to standard error; the status is then not 0: 1 for a pickle that is broken,
/// 2 for a file that can't be read or written.
pub fn run(tool: &Tool) -> ExitCode {
    let result = match tool {
        Tool::Dis(options) => dis::run(options),
        Tool::Trace(options) => trace::run(options),
        Tool::Optimize(options) => optimize::run(options),
    };
    match result {
        Ok(Verdict::Sound) => ExitCode::SUCCESS,
        Ok(Verdict::Broken) => ExitCode::FAILURE,
        Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::File(path, error)) => {
            complain(&format!("{}: {}", path.display(), plain_error(&error)));
            ExitCode::from(2)
        }
    }
}

/// What a tool found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Sound pickles, or no pickle at all.
    Sound,
    /// Something is wrong, and has been told.
    Broken,
}

/// Why a tool gave up.
#[derive(Debug)]
pub enum Failure {
    /// A file can't be read or written.
    File(PathBuf, io::Error),
    /// Whoever reads the output has gone.
    Closed,
}

/// Says on standard error what is wrong.
pub fn complain(message: &str) {
    let painter = Painter {
        color: paint::wanted(&io::stderr()),
    };
    eprintln!("{} {message}", painter.paint(Style::Wrong, "capers:"));
}

/// The system's words for an error, without the number.
fn plain_error(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// A file open for reading.
fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    match File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(Failure::File(path.to_owned(), error)),
    }
}

/// Standard output: by the line for a person, in big pieces otherwise.
struct Output {
    out: Box<dyn Write>,
    painter: Painter,
}

impl Output {
    fn new() -> Output {
        let stdout = io::stdout();
        let color = paint::wanted(&stdout);
        let out: Box<dyn Write> = if stdout.is_terminal() {
            Box::new(io::LineWriter::new(stdout))
        } else {
            Box::new(io::BufWriter::with_capacity(1 << 16, stdout))
        };
        Output {
            out,
            painter: Painter { color },
        }
    }

    fn line(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.out, "{line}").map_err(output_failure)
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(output_failure)
    }
}

fn output_failure(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::File(PathBuf::from("standard output"), error),
    }
}
