//! What keys do at the prompt, where that is not what rustyline does by itself.

use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, KeyCode,
    KeyEvent, Modifiers, Movement, RepeatCount,
};

use super::buffer::{self, CONTINUATION, INDENT};

/// Binds the keys.
pub fn bind<H: Helper>(editor: &mut Editor<H, rustyline::history::FileHistory>) {
    let mut bind = |code: KeyCode, modifiers: Modifiers, action: Action| {
        let handler = EventHandler::Conditional(Box::new(Key(action)));
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
    bind(KeyCode::Up, Modifiers::NONE, up);
    bind(KeyCode::Char('P'), Modifiers::CTRL, up);
    bind(KeyCode::Down, Modifiers::NONE, down);
    bind(KeyCode::Char('N'), Modifiers::CTRL, down);
}

/// What a key does to the text with the cursor at a byte of it; None for what it does usually.
type Action = fn(&str, usize) -> Option<Cmd>;

struct Key(Action);

impl ConditionalEventHandler for Key {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        (self.0)(context.line(), context.pos())
    }
}

fn enter(text: &str, cursor: usize) -> Option<Cmd> {
    Some(match buffer::enter(text, cursor) {
        buffer::Enter::Run => Cmd::AcceptLine,
        buffer::Enter::Insert(inserted) => Cmd::Insert(1, inserted),
    })
}

/// Indents at the start of a line; completes elsewhere.
fn tab(text: &str, cursor: usize) -> Option<Cmd> {
    let start = buffer::line_start(text, cursor);
    let before = text.get(start..cursor)?;
    before
        .trim()
        .is_empty()
        .then(|| Cmd::Insert(1, " ".repeat(INDENT - before.len() % INDENT)))
}

fn backspace(text: &str, cursor: usize) -> Option<Cmd> {
    let count = buffer::backspace(text, cursor)?;
    Some(Cmd::Kill(Movement::BackwardChar(repeats(count)?)))
}

/// The next character; at the end of a line, the line end with the mark after it.
fn delete(text: &str, cursor: usize) -> Option<Cmd> {
    let after = text.get(cursor..)?;
    after
        .strip_prefix('\n')?
        .starts_with(CONTINUATION)
        .then(|| {
            Cmd::Kill(Movement::ForwardChar(
                repeats(1 + CONTINUATION.len()).unwrap_or(1),
            ))
        })
}

fn home(text: &str, cursor: usize) -> Option<Cmd> {
    let start = buffer::line_start(text, cursor);
    if start == 0 {
        return None;
    }
    Some(to(text, cursor, start))
}

fn left(text: &str, cursor: usize) -> Option<Cmd> {
    let start = buffer::line_start(text, cursor);
    (cursor == start && start > 0)
        .then(|| text.get(..start)?.rfind('\n'))
        .flatten()
        .map(|end| to(text, cursor, end))
}

fn right(text: &str, cursor: usize) -> Option<Cmd> {
    text.get(cursor..)?
        .starts_with('\n')
        .then(|| to(text, cursor, buffer::line_start(text, cursor + 1)))
}

fn up(text: &str, cursor: usize) -> Option<Cmd> {
    Some(match buffer::vertical(text, cursor, false) {
        Some(target) => to(text, cursor, target),
        None => Cmd::PreviousHistory,
    })
}

fn down(text: &str, cursor: usize) -> Option<Cmd> {
    Some(match buffer::vertical(text, cursor, true) {
        Some(target) => to(text, cursor, target),
        None => Cmd::NextHistory,
    })
}

/// Moves the cursor from one byte of the text to another.
fn to(text: &str, from: usize, target: usize) -> Cmd {
    let (low, high) = (from.min(target), from.max(target));
    let count = text
        .get(low..high)
        .map_or(0, |between| between.chars().count());
    match repeats(count) {
        None | Some(0) => Cmd::Noop,
        Some(count) if target < from => Cmd::Move(Movement::BackwardChar(count)),
        Some(count) => Cmd::Move(Movement::ForwardChar(count)),
    }
}

fn repeats(count: usize) -> Option<RepeatCount> {
    RepeatCount::try_from(count).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_are_stepped_over() {
        let text = "ab\n... cd";
        assert_eq!(left(text, 7), Some(Cmd::Move(Movement::BackwardChar(5))));
        assert_eq!(right(text, 2), Some(Cmd::Move(Movement::ForwardChar(5))));
        assert_eq!(home(text, 9), Some(Cmd::Move(Movement::BackwardChar(2))));
        assert_eq!(home(text, 1), None);
        assert_eq!(delete(text, 2), Some(Cmd::Kill(Movement::ForwardChar(5))));
        assert_eq!(delete("", 0), None);
        assert_eq!(up(text, 1), Some(Cmd::PreviousHistory));
        assert_eq!(up(text, 9), Some(Cmd::Move(Movement::BackwardChar(7))));
    }

    #[test]
    fn tab_indents_or_completes() {
        assert_eq!(tab("", 0), Some(Cmd::Insert(1, "    ".into())));
        assert_eq!(tab("if x:\n...   ", 12), Some(Cmd::Insert(1, "  ".into())));
        assert_eq!(tab("pri", 3), None);
    }
}
