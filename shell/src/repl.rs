//! The interactive prompt: lines come from a [`Lines`], statements go to a [`Console`].
//!
//! Knows neither the terminal (that is rustyline's, behind [`Lines`]) nor Python (the runtime's parser, behind
//! [`Console`], says when a statement is complete).

use std::path::PathBuf;
use std::process::ExitCode;

use rustyline::error::ReadlineError;
use rustyline::history::{FileHistory, History};
use rustyline::{Cmd, Config, Editor, KeyCode, KeyEvent, Modifiers};

/// The most statements the history file keeps.
const HISTORY_LENGTH: usize = 2000;

/// Runs statements in one lasting `__main__`.
pub trait Console {
    /// Takes the lines typed so far, each ended by a newline, and runs them when they are a whole statement by
    /// the rules of CPython's `codeop`: a compound statement is whole after an empty line. Shows the value of
    /// an expression (and keeps it as `_`), a traceback or a SyntaxError itself.
    fn push(&mut self, source: &str) -> Pushed;
}

/// What became of the lines given to [`Console::push`].
#[derive(Debug)]
pub enum Pushed {
    /// They were run, or refused with a SyntaxError: a new statement begins.
    Done,
    /// They begin a statement that needs more lines; nothing was run.
    Incomplete,
    /// They ended the session (SystemExit).
    Exit(ExitCode),
}

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
pub fn run_on_terminal(console: &mut dyn Console) -> ExitCode {
    let mut lines = match TerminalLines::open() {
        Ok(lines) => lines,
        Err(error) => {
            eprintln!("capers: no line editing on this terminal: {error}");
            return ExitCode::from(2);
        }
    };
    println!(
        "Capers {} (Python 3.14). Ctrl-D or exit() leaves.",
        env!("CARGO_PKG_VERSION")
    );
    run(console, &mut lines)
}

/// Reads and runs statements until the lines or the console end the session.
pub fn run(console: &mut dyn Console, lines: &mut dyn Lines) -> ExitCode {
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
        match console.push(&source) {
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

/// The terminal, with line editing and a history that outlives the session.
struct TerminalLines {
    editor: Editor<(), FileHistory>,
    /// None where no folder for it is known or can be made: the session then has a history of its own.
    history: Option<PathBuf>,
}

impl TerminalLines {
    fn open() -> rustyline::Result<TerminalLines> {
        let config = Config::builder()
            .max_history_size(HISTORY_LENGTH)?
            .history_ignore_dups(true)?
            .build();
        let mut editor = Editor::with_config(config)?;
        // Nothing is completed here, and Python needs its indentation.
        editor.bind_sequence(
            KeyEvent(KeyCode::Tab, Modifiers::NONE),
            Cmd::Insert(1, "    ".to_owned()),
        );
        let history = data_folder().and_then(|folder| {
            std::fs::create_dir_all(&folder).ok()?;
            Some(folder.join("history"))
        });
        if let Some(path) = &history {
            // The first session has no history to load.
            let _ = editor.load_history(path);
        }
        Ok(TerminalLines { editor, history })
    }
}

impl Lines for TerminalLines {
    fn read(&mut self, prompt: &str) -> Line {
        match self.editor.readline(prompt) {
            Ok(line) => Line::Text(line),
            Err(ReadlineError::Interrupted) => Line::Interrupted,
            Err(_) => Line::End,
        }
    }

    fn remember(&mut self, statement: &str) {
        let added = self.editor.history_mut().add(statement).unwrap_or(false);
        if let (true, Some(path)) = (added, &self.history) {
            // A history that cannot be written is no reason to disturb the session.
            let _ = self.editor.append_history(path);
        }
    }
}

/// The folder for Capers's own files in the user's data folder.
fn data_folder() -> Option<PathBuf> {
    let data = if cfg!(windows) {
        PathBuf::from(std::env::var_os("APPDATA")?)
    } else if let Some(folder) = std::env::var_os("XDG_DATA_HOME").filter(|path| !path.is_empty()) {
        PathBuf::from(folder)
    } else if cfg!(target_os = "macos") {
        std::env::home_dir()?.join("Library/Application Support")
    } else {
        std::env::home_dir()?.join(".local/share")
    };
    Some(data.join("capers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A console for which a statement is whole when it does not end in an open block.
    #[derive(Default)]
    struct Recorder {
        run: Vec<String>,
    }

    impl Console for Recorder {
        fn push(&mut self, source: &str) -> Pushed {
            if source == "exit()\n" {
                return Pushed::Exit(ExitCode::from(3));
            }
            if source.contains(":\n") && !source.ends_with("\n\n") {
                return Pushed::Incomplete;
            }
            self.run.push(source.to_owned());
            Pushed::Done
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

    fn session(lines: Vec<Line>) -> (ExitCode, Recorder, Script) {
        let mut console = Recorder::default();
        let mut script = Script {
            lines: lines.into(),
            ..Script::default()
        };
        let status = run(&mut console, &mut script);
        (status, console, script)
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
        assert_eq!(console.run, ["if x:\n    y\n\n", "z\n"]);
        assert_eq!(script.kept, ["if x:\n    y", "z"]);
        assert_eq!(script.prompts, ">>> ... ... >>> >>> >>> ");
    }

    #[test]
    fn an_interrupt_drops_the_statement() {
        let (_, console, _) = session(vec![text("if x:"), Line::Interrupted, text("z"), Line::End]);
        assert_eq!(console.run, ["z\n"]);
    }

    #[test]
    fn the_end_of_input_closes_a_block() {
        let (_, console, _) = session(vec![text("if x:"), text("    y"), Line::End, Line::End]);
        assert_eq!(console.run, ["if x:\n    y\n\n"]);
    }

    #[test]
    fn exit_gives_its_status() {
        let (status, _, script) = session(vec![text("exit()"), text("never")]);
        assert_eq!(status, ExitCode::from(3));
        assert_eq!(script.kept, ["exit()"]);
    }
}
