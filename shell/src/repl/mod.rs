//! The interactive prompt: lines come from a [`Lines`], statements and questions go to a [`Console`].
//!
//! Knows neither the terminal (that is rustyline's, behind [`Lines`]) nor Python (the runtime's parser, behind
//! [`Console`], says when a statement is complete).

use std::cell::RefCell;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;

use crate::paint::{self, Painter};
use commands::Page;
use console::{Console, Pushed};
use terminal::TerminalLines;

pub mod buffer;
pub mod commands;
pub mod complete;
pub mod console;
pub mod highlight;
mod keys;
mod show;
mod terminal;

/// Where lines come from.
pub trait Lines {
    /// Shows the prompt and waits for a line, given without its newline.
    fn read(&mut self, prompt: &str) -> Line;
    /// Keeps a whole statement, perhaps of several lines, for later recall.
    fn remember(&mut self, statement: &str);
}

/// An answer to a prompt.
#[derive(Debug)]
pub enum Line {
    /// A line without its newline.
    Text(String),
    /// Ctrl-C: what was typed of the statement is dropped.
    Interrupted,
    /// Ctrl-D on an empty line, or the terminal has gone.
    End,
}

/// Greets, then reads and runs statements from the terminal until the session ends.
pub fn run_on_terminal(console: impl Console + 'static) -> ExitCode {
    let console: Rc<RefCell<dyn Console>> = Rc::new(RefCell::new(console));
    let painter = Painter {
        color: paint::wanted(&io::stdout()),
    };
    let mut lines = match TerminalLines::open(Rc::clone(&console), painter) {
        Ok(lines) => lines,
        Err(error) => {
            eprintln!("capers: no line editing on this terminal: {error}");
            return ExitCode::from(2);
        }
    };
    println!(
        "Capers {} (Python 3.14). Tab completes, Ctrl-R searches, :help lists commands, Ctrl-D leaves.",
        env!("CARGO_PKG_VERSION")
    );
    run(&console, &mut lines, painter)
}

/// Reads and runs statements and commands until the lines or the console end the session.
pub fn run(console: &RefCell<dyn Console>, lines: &mut dyn Lines, painter: Painter) -> ExitCode {
    let mut source = String::new();
    loop {
        let prompt = if source.is_empty() { ">>> " } else { "... " };
        let ended = match lines.read(prompt) {
            Line::Text(line) => {
                source.push_str(&line);
                source.push('\n');
                false
            }
            Line::Interrupted => {
                eprintln!("KeyboardInterrupt");
                source.clear();
                continue;
            }
            Line::End if source.is_empty() => {
                println!();
                return ExitCode::SUCCESS;
            }
            // The end of input closes an open block, as an empty line does.
            Line::End => {
                println!();
                source.push('\n');
                true
            }
        };
        if source.trim().is_empty() {
            source.clear();
            continue;
        }
        if source.starts_with(':') {
            let page = Page {
                painter,
                width: paint::columns().unwrap_or(80),
            };
            let mut out = io::stdout();
            // Whoever read the output may have gone; the next prompt finds that out.
            let _ = commands::run(&mut *console.borrow_mut(), source.trim(), page, &mut out);
            let _ = out.flush();
            lines.remember(source.trim_end());
            source.clear();
            continue;
        }
        let pushed = console.borrow_mut().push(&whole(&source));
        match pushed {
            Pushed::Incomplete if !ended => continue,
            Pushed::Done | Pushed::Incomplete => {}
            Pushed::Exit(status) => {
                lines.remember(source.trim_end());
                return status;
            }
        }
        lines.remember(source.trim_end());
        source.clear();
    }
}

/// The source with a last line of nothing but blanks made empty, as that ends a block.
fn whole(source: &str) -> String {
    let text = source.strip_suffix('\n').unwrap_or(source);
    match text.rsplit_once('\n') {
        Some((lines, last)) if last.trim().is_empty() => format!("{lines}\n\n"),
        _ => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::console::{Answer, Argument};
    use super::*;

    /// A console for which a statement is whole when it does not end in an open block.
    #[derive(Default)]
    struct Recorder {
        run: Rc<RefCell<Vec<String>>>,
    }

    impl Console for Recorder {
        fn push(&mut self, source: &str) -> Pushed {
            if source == "exit()\n" {
                return Pushed::Exit(ExitCode::from(3));
            }
            if source.contains(":\n") && !source.ends_with("\n\n") {
                return Pushed::Incomplete;
            }
            self.run.borrow_mut().push(source.to_owned());
            Pushed::Done
        }

        fn evaluate(&mut self, _: &str) -> bool {
            false
        }

        fn ask(&mut self, _: &str, _: &[Argument<'_>]) -> Result<Answer, String> {
            Ok(Answer::Nothing)
        }
    }

    /// Lines from a script; remembers the prompts shown and the statements kept.
    #[derive(Default)]
    struct Script {
        lines: std::collections::VecDeque<Line>,
        prompts: String,
        kept: Vec<String>,
    }

    impl Lines for Script {
        fn read(&mut self, prompt: &str) -> Line {
            self.prompts.push_str(prompt);
            self.lines.pop_front().unwrap_or(Line::End)
        }

        fn remember(&mut self, statement: &str) {
            self.kept.push(statement.to_owned());
        }
    }

    fn session(lines: Vec<Line>) -> (ExitCode, Vec<String>, Script) {
        let console = RefCell::new(Recorder::default());
        let statements = Rc::clone(&console.borrow().run);
        let mut script = Script {
            lines: lines.into(),
            ..Script::default()
        };
        let status = run(&console, &mut script, Painter { color: false });
        let statements = statements.borrow().clone();
        (status, statements, script)
    }

    fn text(line: &str) -> Line {
        Line::Text(line.to_owned())
    }

    #[test]
    fn a_block_is_run_and_kept_as_one_statement() {
        let lines = vec![
            text("if x:"),
            text("    y"),
            text(""),
            text(""),
            text("z"),
            Line::End,
        ];
        let (status, console, script) = session(lines);
        assert_eq!(status, ExitCode::SUCCESS);
        assert_eq!(console, ["if x:\n    y\n\n", "z\n"]);
        assert_eq!(script.kept, ["if x:\n    y", "z"]);
        assert_eq!(script.prompts, ">>> ... ... >>> >>> >>> ");
    }

    #[test]
    fn an_interrupt_drops_the_statement() {
        let (_, console, _) = session(vec![text("if x:"), Line::Interrupted, text("z"), Line::End]);
        assert_eq!(console, ["z\n"]);
    }

    #[test]
    fn the_end_of_input_closes_a_block() {
        let (_, console, _) = session(vec![text("if x:"), text("    y"), Line::End, Line::End]);
        assert_eq!(console, ["if x:\n    y\n\n"]);
    }

    #[test]
    fn exit_gives_its_status() {
        let (status, _, script) = session(vec![text("exit()"), text("never")]);
        assert_eq!(status, ExitCode::from(3));
        assert_eq!(script.kept, ["exit()"]);
    }
}
