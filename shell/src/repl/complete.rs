//! Completion: what is being typed, and what it could become.

use std::path::{Path, PathBuf};

use super::buffer::{mark_length, source_of};
use super::commands::COMMANDS;
use super::console::{Argument, Console};

/// What is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A command of the prompt.
    Command(String),
    /// A name.
    Name(String),
    /// An attribute of what the first text means.
    Attribute(String, String),
    /// A module, after `import` or `from`.
    Module(String),
    /// What to import from a module.
    Member(String, String),
    /// A file's name, in a string.
    File(String),
}

/// What stands before the cursor, and how many bytes of it are to be replaced.
pub fn question(before: &str) -> Option<(Question, usize)> {
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(start..)?;
    let mut line = line.get(if start > 0 { mark_length(line) } else { 0 }..)?;
    if start == 0 && line.starts_with(':') {
        let Some((_, expression)) = line.split_once(' ') else {
            return Some((Question::Command(line.to_owned()), line.len()));
        };
        line = expression;
    }
    if let Some(text) = open_string(&source_of(line)) {
        let last = text.rsplit('/').next().unwrap_or_default().len();
        return Some((Question::File(text), last));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let dotted_at = line
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_word(*c))
        .last();
    let dotted = dotted_at
        .and_then(|(at, _)| line.get(at..))
        .unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().collect();
    let last = dotted.rsplit('.').next().unwrap_or_default();
    match words[..] {
        ["from", module] if dotted == module => {
            return Some((Question::Module(module.to_owned()), last.len()));
        }
        ["from"] | ["import"] if dotted.is_empty() => {
            return Some((Question::Module(String::new()), 0));
        }
        ["import", ..] if !words.contains(&"as") => {
            return Some((Question::Module(dotted.to_owned()), last.len()));
        }
        ["from", module, "import", ..]
            if words.last() != Some(&"as") && (words.len() > 3 || dotted.is_empty()) =>
        {
            return Some((
                Question::Member(module.to_owned(), dotted.to_owned()),
                dotted.len(),
            ));
        }
        _ => {}
    }
    match dotted.rsplit_once('.') {
        Some((object, attribute)) if !object.is_empty() => Some((
            Question::Attribute(object.to_owned(), attribute.to_owned()),
            attribute.len(),
        )),
        Some(_) => None,
        None if dotted.is_empty() || dotted.starts_with(|c: char| c.is_ascii_digit()) => None,
        None => Some((Question::Name(dotted.to_owned()), dotted.len())),
    }
}

/// What has been typed of a string that is still open in this line.
fn open_string(line: &str) -> Option<String> {
    let mut open: Option<(char, usize)> = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match open {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some((quote, _)) if c == quote => open = None,
            Some(_) => {}
            None if c == '#' => return None,
            None if c == '\'' || c == '"' => open = Some((c, at + 1)),
            None => {}
        }
    }
    open.and_then(|(_, at)| line.get(at..)).map(str::to_owned)
}

/// What it could become; each of these replaces what was typed.
pub fn answers(question: &Question, console: &mut dyn Console) -> Vec<String> {
    let mut ask = |function: &str, texts: &[&str]| {
        let arguments: Vec<Argument<'_>> = texts.iter().map(|text| Argument::Text(text)).collect();
        console
            .ask(function, &arguments)
            .map(|answer| answer.texts())
            .unwrap_or_default()
    };
    match question {
        Question::Command(typed) => {
            let names = COMMANDS.iter().map(|command| format!(":{}", command.name));
            names.filter(|name| name.starts_with(typed)).collect()
        }
        Question::Name(prefix) => ask("names", &[prefix]),
        Question::Attribute(object, prefix) => ask("attributes", &[object, prefix]),
        Question::Module(prefix) => ask("modules", &[prefix]),
        Question::Member(module, prefix) => ask("members", &[module, prefix]),
        Question::File(path) => files(path),
    }
}

/// The files whose paths begin with this; a folder's name ends in a slash.
fn files(typed: &str) -> Vec<String> {
    let (folder, prefix) = typed
        .rsplit_once('/')
        .map_or(("", typed), |(folder, prefix)| (folder, prefix));
    let folder = match (folder, typed.starts_with('/')) {
        ("", true) => PathBuf::from("/"),
        ("", false) => PathBuf::from("."),
        (folder, _) => match (folder.strip_prefix('~'), std::env::home_dir()) {
            (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
            _ => PathBuf::from(folder),
        },
    };
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            name.starts_with(prefix) && (prefix.starts_with('.') || !name.starts_with('.'))
        })
        .map(|name| {
            if is_folder(&folder, &name) {
                name + "/"
            } else {
                name
            }
        })
        .collect();
    names.sort();
    names
}

fn is_folder(folder: &Path, name: &str) -> bool {
    folder.join(name).is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn asks(before: &str, expected: Question, replaced: usize) {
        assert_eq!(question(before), Some((expected, replaced)));
    }

    #[test]
    fn what_is_typed_is_understood() {
        asks("pri", Question::Name("pri".into()), 3);
        asks("f(pick", Question::Name("pick".into()), 4);
        asks("x.y.z", Question::Attribute("x.y".into(), "z".into()), 1);
        asks("x.", Question::Attribute("x".into(), "".into()), 0);
        asks("import o", Question::Module("o".into()), 1);
        asks("import os.pa", Question::Module("os.pa".into()), 2);
        asks("import os, re", Question::Module("re".into()), 2);
        asks("from coll", Question::Module("coll".into()), 4);
        asks(
            "from os import pa",
            Question::Member("os".into(), "pa".into()),
            2,
        );
        asks(
            "from os import path, na",
            Question::Member("os".into(), "na".into()),
            2,
        );
        asks(
            "from os import ",
            Question::Member("os".into(), "".into()),
            0,
        );
        asks("open('src/li", Question::File("src/li".into()), 2);
        asks(":di", Question::Command(":di".into()), 3);
        asks(":dis x.", Question::Attribute("x".into(), "".into()), 0);
        asks("if x:\n...     pri", Question::Name("pri".into()), 3);
    }

    #[test]
    fn nothing_is_asked_where_nothing_can_be_answered() {
        for before in ["", "x = ", "12", "f().", "'closed' ", "# it's"] {
            assert!(
                !matches!(
                    question(before),
                    Some((Question::Attribute(..) | Question::File(_), _))
                ),
                "{before}"
            );
        }
        assert_eq!(question("x = "), None);
    }
}
