//! Colours for a terminal, and none for anything else.

use std::io::IsTerminal;

/// Whether what is written to this stream may have colours: it is a terminal that knows them, and the user has
/// not said no (<https://no-color.org>).
pub fn wanted(stream: &impl IsTerminal) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stream.is_terminal() && !no_color && !is_dumb()
}

/// Whether the terminal knows no escape sequences.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty())
}

/// How a text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// Positions, annotations: what is there to be overlooked.
    Faint,
    /// An opcode's name, a keyword.
    Name,
    /// An argument, a literal.
    Literal,
    /// The state of the machine.
    State,
    /// What is wrong.
    Wrong,
    /// A heading.
    Heading,
    /// The prompt.
    Prompt,
}

impl Style {
    fn sequence(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Faint => "\x1b[2m",
            Style::Name => "\x1b[1;34m",
            Style::Literal => "\x1b[32m",
            Style::State => "\x1b[36m",
            Style::Wrong => "\x1b[1;31m",
            Style::Heading => "\x1b[1m",
            Style::Prompt => "\x1b[1;35m",
        }
    }
}

/// Puts texts into styles, or leaves them as they are.
#[derive(Clone, Copy, Debug)]
pub struct Painter {
    /// Whether there are colours.
    pub color: bool,
}

impl Painter {
    /// The text in this style.
    pub fn paint(self, style: Style, text: &str) -> String {
        if !self.color || style == Style::Plain || text.is_empty() {
            return text.to_owned();
        }
        format!("{}{text}\x1b[0m", style.sequence())
    }
}

/// How many columns the terminal has; None where the output is no terminal.
pub fn columns() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| width.0.into())
}
