//! The command line, in the shape of Python's: everything after the program belongs to the program.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

use crate::tools::{self, Tool, Tools};

/// What the process was asked to run, and what that program sees as `sys.argv`.
#[derive(Debug, PartialEq)]
pub struct CommandLine {
    /// Where the program comes from.
    pub program: Program,
    /// `sys.argv`: the program's own name as CPython gives it, then its arguments.
    pub argv: Vec<OsString>,
}

/// Where a program comes from.
#[derive(Debug, PartialEq)]
pub enum Program {
    /// `capers FILE`
    File(PathBuf),
    /// `capers -c CODE`
    Code(String),
    /// `capers -m MODULE`
    Module(String),
    /// `capers -`
    StandardInput,
    /// `capers dis`, `capers trace`, `capers optimize`
    Tool(Tool),
    /// `capers` alone: the REPL, or standard input when that is not a terminal.
    Terminal,
}

/// Capers, a Python object runtime whose heart is pickle.
#[derive(Parser)]
#[command(
    name = "capers",
    version = concat!(env!("CARGO_PKG_VERSION"), " (Python 3.14)"),
    override_usage = "capers [FILE | -c CODE | -m MODULE | -] [ARGS]...\n       capers dis|trace|optimize [OPTIONS] FILES",
    after_help = "Tools: `capers dis FILE` shows what pickles say, `capers trace FILE` what load does with them, \
                  `capers optimize IN OUT` makes them smaller. A script of such a name runs as ./dis."
)]
struct Options {
    /// Run CODE; what follows is its arguments
    #[arg(short = 'c', value_name = "CODE", num_args = 1.., allow_hyphen_values = true)]
    code: Vec<OsString>,
    /// Run a module as __main__; what follows is its arguments
    #[arg(short = 'm', value_name = "MODULE", num_args = 1.., allow_hyphen_values = true)]
    module: Vec<OsString>,
    /// The program to run, and its arguments; `-` reads it from standard input, nothing starts the REPL
    #[arg(value_name = "FILE", trailing_var_arg = true)]
    file: Vec<OsString>,
}

impl CommandLine {
    /// The command line of this process. `--help`, `--version` and mistakes end the process here, with
    /// status 0 or, for a mistake, 2.
    ///
    /// # Errors
    /// A message, when the code or the module's name is not UTF-8.
    pub fn of_process() -> Result<CommandLine, String> {
        let first = std::env::args_os().nth(1);
        if first.is_some_and(|first| tools::NAMES.iter().any(|name| first == *name)) {
            let program = Program::Tool(Tools::parse().tool);
            return Ok(CommandLine::new(program, "", &[]));
        }
        CommandLine::from_options(Options::parse())
    }

    fn from_options(options: Options) -> Result<CommandLine, String> {
        // `-cCODE ARGS` leaves the arguments among the positional ones, `-c CODE ARGS` takes them along.
        let Options {
            mut code,
            mut module,
            mut file,
        } = options;
        if !code.is_empty() {
            code.append(&mut file);
            let source = utf8(&code[0], "the code of -c")?;
            Ok(CommandLine::new(Program::Code(source), "-c", &code[1..]))
        } else if !module.is_empty() {
            module.append(&mut file);
            let name = utf8(&module[0], "the name of -m")?;
            Ok(CommandLine::new(Program::Module(name), "-m", &module[1..]))
        } else if let Some((name, arguments)) = file.split_first() {
            let program = if name == "-" {
                Program::StandardInput
            } else {
                Program::File(PathBuf::from(name))
            };
            Ok(CommandLine::new(program, name, arguments))
        } else {
            Ok(CommandLine::new(Program::Terminal, "", &[]))
        }
    }

    fn new(program: Program, name: impl Into<OsString>, arguments: &[OsString]) -> CommandLine {
        let argv = std::iter::once(name.into()).chain(arguments.iter().cloned());
        CommandLine {
            program,
            argv: argv.collect(),
        }
    }
}

fn utf8(text: &OsString, what: &str) -> Result<String, String> {
    text.clone()
        .into_string()
        .map_err(|_| format!("{what} is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> CommandLine {
        let arguments = std::iter::once("capers").chain(arguments.iter().copied());
        let options = Options::try_parse_from(arguments).expect("the arguments are valid");
        CommandLine::from_options(options).expect("the arguments are UTF-8")
    }

    fn line(program: Program, argv: &[&str]) -> CommandLine {
        CommandLine {
            program,
            argv: argv.iter().map(OsString::from).collect(),
        }
    }

    #[test]
    fn everything_after_the_file_is_the_programs() {
        assert_eq!(
            parsed(&["a.py", "--help", "-c", "x", "--", "-V"]),
            line(
                Program::File(PathBuf::from("a.py")),
                &["a.py", "--help", "-c", "x", "--", "-V"]
            )
        );
    }

    #[test]
    fn everything_after_the_code_is_the_programs() {
        assert_eq!(
            parsed(&["-c", "pass", "--help", "-c", "x", "--", "-V"]),
            line(
                Program::Code("pass".into()),
                &["-c", "--help", "-c", "x", "--", "-V"]
            )
        );
        assert_eq!(
            parsed(&["-c", "-1"]),
            line(Program::Code("-1".into()), &["-c"])
        );
        assert_eq!(
            parsed(&["-cpass", "a"]),
            line(Program::Code("pass".into()), &["-c", "a"])
        );
    }

    #[test]
    fn everything_after_the_module_is_the_programs() {
        assert_eq!(
            parsed(&["-m", "tool", "-x", "--version"]),
            line(Program::Module("tool".into()), &["-m", "-x", "--version"])
        );
    }

    #[test]
    fn standard_input_and_the_terminal() {
        assert_eq!(
            parsed(&["-", "-x"]),
            line(Program::StandardInput, &["-", "-x"])
        );
        assert_eq!(parsed(&[]), line(Program::Terminal, &[""]));
    }

    #[test]
    fn an_unknown_option_is_a_mistake() {
        assert!(Options::try_parse_from(["capers", "--unknown", "a.py"]).is_err());
    }
}
