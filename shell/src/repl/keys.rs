//! What keys do at the prompt, where that is not what rustyline does by itself. The marks of continued lines
//! are stepped over and deleted as one thing.
//!
//! A key can only be bound to a command of rustyline's, and those go by counts that it sets itself. So an edit of
//! another kind is put down as the pending one, and the key is bound to completion, which carries it out.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, KeyCode,
    KeyEvent, Modifiers, RepeatCount,
};

use super::buffer::{self, INDENT};

/// An edit that rustyline has no command for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Deletes these bytes.
    Delete(Range<usize>),
    /// Puts the cursor at this byte.
    MoveTo(usize),
}

/// The edit that the next completion is to carry out.
#[derive(Clone, Debug, Default)]
pub struct Pending(Arc<Mutex<Option<Edit>>>);

impl Pending {
    /// The pending edit, which is no longer pending then.
    pub fn take(&self) -> Option<Edit> {
        self.0.lock().ok().and_then(|mut edit| edit.take())
    }

    /// The pending edit.
    pub fn peek(&self) -> Option<Edit> {
        self.0.lock().ok().and_then(|edit| edit.clone())
    }

    fn set(&self, edit: Edit) {
        if let Ok(mut pending) = self.0.lock() {
            *pending = Some(edit);
        }
    }
}

/// Binds the keys.
pub fn bind<H: Helper>(editor: &mut Editor<H, rustyline::history::FileHistory>, pending: &Pending) {
    let mut bind = |code: KeyCode, modifiers: Modifiers, action: Action| {
        let handler = EventHandler::Conditional(Box::new(Key(action, pending.clone())));
        editor.bind_sequence(Event::from(KeyEvent(code, modifiers)), handler);
    };
    bind(KeyCode::Enter, Modifiers::NONE, enter);
    bind(KeyCode::Char('J'), Modifiers::CTRL, enter);
    bind(KeyCode::Tab, Modifiers::NONE, tab);
    bind(KeyCode::Backspace, Modifiers::NONE, backspace);
    bind(KeyCode::Char('H'), Modifiers::CTRL, backspace);
    bind(KeyCode::Delete, Modifiers::NONE, delete);
    bind(KeyCode::Char('D'), Modifiers::CTRL, delete);
    bind(KeyCode::Home, Modifiers::NONE, home);
    bind(KeyCode::Char('A'), Modifiers::CTRL, home);
    bind(KeyCode::Left, Modifiers::NONE, left);
    bind(KeyCode::Char('B'), Modifiers::CTRL, left);
    bind(KeyCode::Right, Modifiers::NONE, right);
    bind(KeyCode::Char('F'), Modifiers::CTRL, right);
}

/// What a key does.
enum Does {
    /// What rustyline binds it to.
    Usual,
    /// A command of rustyline's.
    Command(Cmd),
    /// An edit.
    Edit(Edit),
}

/// What a key does to the text with the cursor at a byte of it.
type Action = fn(&str, usize) -> Does;

struct Key(Action, Pending);

impl ConditionalEventHandler for Key {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        match (self.0)(context.line(), context.pos()) {
            Does::Usual => None,
            Does::Command(command) => Some(command),
            Does::Edit(edit) => {
                self.1.set(edit);
                Some(Cmd::Complete)
            }
        }
    }
}

fn edit_or_usual(edit: Option<Edit>) -> Does {
    edit.map_or(Does::Usual, Does::Edit)
}

fn enter(text: &str, cursor: usize) -> Does {
    Does::Command(match buffer::enter(text, cursor) {
        buffer::Enter::Run => Cmd::AcceptLine,
        buffer::Enter::Insert(inserted) => Cmd::Insert(1, inserted),
    })
}

/// Indents at the start of a line; completes elsewhere.
fn tab(text: &str, cursor: usize) -> Does {
    let start = buffer::line_start(text, cursor);
    match text.get(start..cursor) {
        Some(before) if before.trim().is_empty() => {
            Does::Command(Cmd::Insert(1, " ".repeat(INDENT - before.len() % INDENT)))
        }
        _ => Does::Usual,
    }
}

fn backspace(text: &str, cursor: usize) -> Does {
    edit_or_usual(buffer::backspace(text, cursor).map(Edit::Delete))
}

fn delete(text: &str, cursor: usize) -> Does {
    edit_or_usual(buffer::next_line(text, cursor).map(|start| Edit::Delete(cursor..start)))
}

fn home(text: &str, cursor: usize) -> Does {
    match buffer::line_start(text, cursor) {
        0 => Does::Usual,
        start => Does::Edit(Edit::MoveTo(start)),
    }
}

fn left(text: &str, cursor: usize) -> Does {
    edit_or_usual(buffer::previous_line(text, cursor).map(Edit::MoveTo))
}

fn right(text: &str, cursor: usize) -> Does {
    edit_or_usual(buffer::next_line(text, cursor).map(Edit::MoveTo))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ab\n... cd";

    #[track_caller]
    fn edits(does: Does, expected: Option<Edit>) {
        let found = match does {
            Does::Edit(edit) => Some(edit),
            _ => None,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_marks_are_stepped_over() {
        edits(left(TEXT, 7), Some(Edit::MoveTo(2)));
        edits(left(TEXT, 8), None);
        edits(right(TEXT, 2), Some(Edit::MoveTo(7)));
        edits(right(TEXT, 1), None);
        edits(home(TEXT, 9), Some(Edit::MoveTo(7)));
        edits(home(TEXT, 1), None);
        edits(backspace(TEXT, 7), Some(Edit::Delete(2..7)));
        edits(delete(TEXT, 2), Some(Edit::Delete(2..7)));
        edits(delete("", 0), None);
    }

    #[test]
    fn tab_indents_or_completes() {
        assert!(matches!(tab("", 0), Does::Command(Cmd::Insert(1, blanks)) if blanks.len() == 4));
        assert!(
            matches!(tab("if x:\n...   ", 12), Does::Command(Cmd::Insert(1, blanks)) if blanks.len() == 2)
        );
        assert!(matches!(tab("pri", 3), Does::Usual));
    }
}
