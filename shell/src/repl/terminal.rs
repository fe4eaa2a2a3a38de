//! The terminal: rustyline with Python's colours, completion and keys, and a history that outlives the session.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use rustyline::completion::{Completer, Pair};
use rustyline::config::CompletionType;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::{FileHistory, History};
use rustyline::line_buffer::LineBuffer;
use rustyline::validate::Validator;
use rustyline::{Changeset, Config, Context, Editor, Helper};

use super::buffer::{buffer_of, source_of};
use super::commands::COMMANDS;
use super::console::Console;
use super::keys::{self, Edit, Pending};
use super::{Line, Lines, complete, highlight};
use crate::paint::{Painter, Style};

/// The most statements the history file keeps.
const HISTORY_LENGTH: usize = 2000;

/// The terminal as a source of lines.
pub struct TerminalLines {
    editor: Editor<Python, FileHistory>,
    /// None where no folder for it is known or can be made: the session then has a history of its own.
    history: Option<PathBuf>,
    painter: Painter,
}

impl TerminalLines {
    /// Opens the terminal; completion asks the console.
    ///
    /// # Errors
    /// Where there is no terminal to edit lines on.
    pub fn open(
        console: Rc<RefCell<dyn Console>>,
        painter: Painter,
    ) -> rustyline::Result<TerminalLines> {
        let config = Config::builder()
            .max_history_size(HISTORY_LENGTH)?
            .history_ignore_dups(true)?
            .completion_type(CompletionType::List)
            .completion_prompt_limit(200)
            .bracketed_paste(true)
            .tab_stop(4)
            .indent_size(4)
            .build();
        let mut editor = Editor::with_config(config)?;
        let pending = Pending::default();
        editor.set_helper(Some(Python {
            console,
            painter,
            history: HistoryHinter::new(),
            pending: pending.clone(),
        }));
        keys::bind(&mut editor, &pending);
        let history = data_folder().and_then(|folder| {
            std::fs::create_dir_all(&folder).ok()?;
            Some(folder.join("history"))
        });
        if let Some(path) = &history {
            // The first session has no history to load.
            let _ = editor.load_history(path);
        }
        Ok(TerminalLines {
            editor,
            history,
            painter,
        })
    }
}

impl Lines for TerminalLines {
    fn read(&mut self, prompt: &str) -> Line {
        let styled = self.painter.paint(Style::Prompt, prompt);
        match self.editor.readline(&(prompt, styled)) {
            Ok(line) => Line::Text(source_of(&line)),
            Err(ReadlineError::Interrupted) => Line::Interrupted,
            Err(_) => Line::End,
        }
    }

    fn remember(&mut self, statement: &str) {
        let statement = buffer_of(statement);
        let added = self.editor.history_mut().add(&statement).unwrap_or(false);
        if let (true, Some(path)) = (added, &self.history) {
            // A history that cannot be written is no reason to disturb the session.
            let _ = self.editor.append_history(path);
        }
    }
}

/// What rustyline asks while a line is edited.
struct Python {
    console: Rc<RefCell<dyn Console>>,
    painter: Painter,
    history: HistoryHinter,
    pending: Pending,
}

impl Helper for Python {}
impl Validator for Python {}

impl Completer for Python {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        if self.pending.peek().is_some() {
            // A single answer is carried out at once.
            let answer = Pair {
                display: String::new(),
                replacement: String::new(),
            };
            return Ok((pos, vec![answer]));
        }
        let before = line.get(..pos).unwrap_or(line);
        let Some((question, replaced)) = complete::question(before) else {
            return Ok((pos, Vec::new()));
        };
        let answers = match self.console.try_borrow_mut() {
            Ok(mut console) => complete::answers(&question, &mut *console),
            Err(_) => Vec::new(),
        };
        let pairs = answers.into_iter().map(|name| Pair {
            display: name.clone(),
            replacement: name,
        });
        Ok((pos - replaced, pairs.collect()))
    }

    fn update(&self, line: &mut LineBuffer, start: usize, elected: &str, changes: &mut Changeset) {
        match self.pending.take() {
            Some(Edit::Delete(range)) => line.replace(range, "", changes),
            Some(Edit::MoveTo(position)) => line.set_pos(position),
            None => line.replace(start..line.pos(), elected, changes),
        }
    }
}

impl Hinter for Python {
    type Hint = String;

    /// What a command takes; otherwise the rest of the last statement that began like this one.
    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<String> {
        if pos < line.len() {
            return None;
        }
        if let Some(typed) = line.strip_prefix(':') {
            let command = COMMANDS
                .iter()
                .find(|command| command.name == typed.trim_end())?;
            let space = if line.ends_with(' ') { "" } else { " " };
            return (!command.arguments.is_empty())
                .then(|| format!("{space}{}", command.arguments));
        }
        let rest = self.history.hint(line, pos, context)?;
        // A hint of several lines would move what is below.
        (!rest.contains('\n') && !line.contains('\n')).then_some(rest)
    }
}

impl Highlighter for Python {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        match self.painter.color {
            true => Cow::Owned(highlight::editor_text(line, pos)),
            false => Cow::Borrowed(line),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.painter.paint(Style::Faint, hint))
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.painter.color
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
