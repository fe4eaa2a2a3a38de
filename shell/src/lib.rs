//! The shell: what happens between the command line and the runtime.
//!
//! Owns the command line, the tools for files of pickles, the REPL, the terminal and the process (signals, exit status). Knows nothing of
//! values, bytecode or modules: every program goes through [`host`].

pub mod command_line;
pub mod host;
pub mod json;
pub mod paint;
pub mod repl;
pub mod tools;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use command_line::{CommandLine, Program};
use host::{Host, Settings};

/// Runs the process as `capers` with the arguments and the environment it was given.
pub fn main() -> ExitCode {
    let CommandLine { program, argv } = match CommandLine::of_process() {
        Ok(command_line) => command_line,
        Err(message) => {
            eprintln!("capers: {message}");
            return ExitCode::from(2);
        }
    };
    let host = |prompt: bool| {
        Host::new(Settings {
            argv,
            gc_stress: std::env::var_os("CAPERS_GC_STRESS").is_some_and(|value| value == "1"),
            display: (prompt && paint::wanted(&io::stdout()))
                .then_some(repl::highlight::value as fn(&str) -> String),
            interrupt: interrupt_flag(),
        })
    };
    match program {
        Program::File(path) => host(false).run_file(&path),
        Program::Code(code) => host(false).run_source(code.as_bytes(), "<string>"),
        Program::Module(name) => host(false).run_module(&name),
        Program::Terminal if io::stdin().is_terminal() => repl::run_on_terminal(host(true)),
        Program::Terminal | Program::StandardInput => run_standard_input(&mut host(false)),
        Program::Tool(tool) => tools::run(&tool),
    }
}

/// The whole of standard input as one program, as CPython treats what is piped into it.
fn run_standard_input(host: &mut Host) -> ExitCode {
    let mut source = Vec::new();
    match io::Read::read_to_end(&mut io::stdin().lock(), &mut source) {
        Ok(_) => host.run_source(&source, "<stdin>"),
        Err(error) => {
            eprintln!("capers: cannot read standard input: {error}");
            ExitCode::from(2)
        }
    }
}

/// A flag that Ctrl-C raises; the runtime lowers it when it raises KeyboardInterrupt. Where the process may
/// not have a handler (a parent installed one that stays), Ctrl-C ends the process as the system decides.
fn interrupt_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    // An error leaves the default action in place, which is what a program without a handler has.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&flag));
    flag
}
