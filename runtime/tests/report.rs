//! One trial for each file in `report/`: an exception as data, and the text CPython 3.14 shows for it.
//!
//! A file has sections: `[source NAME]`, a file that entries refer to; `[report]`, the exceptions, the first
//! one shown; `[expected]`, the text; and sometimes `[colored]`, the same with colours, where `␛` stands for
//! the escape character. Lines of texts begin with `|`. In the report each line is a word and a value, with
//! `\n` and `\\` in values; entries read `at LINE:COLUMN END_LINE:END_COLUMN FILE NAME`, with `-` for what is
//! missing; `cause`, `context` and `members` give positions in the report; `compiled NAME` marks a SyntaxError
//! that the compiler raised for that source.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

use capers_runtime::report::{
    Entry, Exception, Notes, Report, Style, SyntaxDetails, render, suggest_keyword,
};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report");
    let mut trials: Vec<Trial> = std::fs::read_dir(folder)
        .expect("the folder of cases is part of the project")
        .map(|entry| entry.expect("a folder's entries can be read").path())
        .map(|path| {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            Trial::test(name, move || check(&path))
        })
        .collect();
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&arguments, trials).exit_code()
}

#[derive(Default)]
struct Case {
    sources: HashMap<String, String>,
    report: Report,
    expected: String,
    colored: Option<String>,
}

fn check(path: &Path) -> Result<(), Failed> {
    let case = read(&std::fs::read_to_string(path)?)?;
    let source = |name: &str, line: u32| {
        let line = (line as usize).checked_sub(1)?;
        case.sources
            .get(name)?
            .split('\n')
            .nth(line)
            .map(str::to_owned)
    };
    compare(
        &case.expected,
        &render(&case.report, &source, Style::default()),
    )?;
    if let Some(colored) = &case.colored {
        compare(
            colored,
            &render(
                &case.report,
                &source,
                Style {
                    color: true,
                    ..Style::default()
                },
            ),
        )?;
    }
    Ok(())
}

fn compare(expected: &str, actual: &str) -> Result<(), Failed> {
    if expected == actual {
        return Ok(());
    }
    Err(format!("expected\n{expected}\ngot\n{actual}")
        .replace('\x1b', "␛")
        .into())
}

fn read(text: &str) -> Result<Case, Failed> {
    let mut case = Case::default();
    let mut section = String::new();
    let mut compiled = Vec::new();
    for line in text
        .split('\n')
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']').to_owned();
            continue;
        }
        let content = line
            .strip_prefix('|')
            .map(|line| line.replace('␛', "\x1b") + "\n");
        match (section.as_str(), content) {
            ("report", None) => read_fact(line, &mut case.report.exceptions, &mut compiled)?,
            ("expected", Some(content)) => case.expected += &content,
            ("colored", Some(content)) => *case.colored.get_or_insert_default() += &content,
            (section, Some(content)) => {
                let name = section
                    .strip_prefix("source ")
                    .ok_or("an unknown section")?;
                *case.sources.entry(name.to_owned()).or_default() += &content;
            }
            _ => return Err(format!("a line out of place: {line}").into()),
        }
    }
    for (position, name) in compiled {
        let exception: &mut Exception = &mut case.report.exceptions[position];
        let details = exception
            .syntax
            .as_mut()
            .ok_or("no details of the syntax error")?;
        suggest_keyword(
            details,
            case.sources.get(&name).ok_or("no such source")?,
            false,
        );
    }
    Ok(case)
}

/// Reads one line of the report into the exception it belongs to, the last one.
fn read_fact(
    line: &str,
    exceptions: &mut Vec<Exception>,
    compiled: &mut Vec<(usize, String)>,
) -> Result<(), Failed> {
    let (word, value) = line.split_once(' ').unwrap_or((line, ""));
    if word == "exception" {
        exceptions.push(Exception {
            type_name: value.to_owned(),
            ..Exception::default()
        });
        return Ok(());
    }
    let position = exceptions.len().checked_sub(1).ok_or("no exception yet")?;
    let exception = &mut exceptions[position];
    match word {
        "message" => exception.message = unescape(value),
        "at" => exception.stack.push(read_entry(value)?),
        "note" => match &mut exception.notes {
            Notes::Each(notes) => notes.push(unescape(value)),
            notes => *notes = Notes::Each(vec![unescape(value)]),
        },
        "notes" => exception.notes = Notes::Whole(unescape(value)),
        "cause" => exception.cause = Some(value.parse()?),
        "context" => exception.context = Some(value.parse()?),
        "suppress" => exception.suppress_context = true,
        "members" => {
            exception.members = Some(value.split(' ').map(str::parse).collect::<Result<_, _>>()?)
        }
        "compiled" => compiled.push((position, value.to_owned())),
        _ => {
            let details = exception.syntax.get_or_insert_default();
            read_syntax_fact(word, value, details)?;
        }
    }
    Ok(())
}

fn read_syntax_fact(word: &str, value: &str, details: &mut SyntaxDetails) -> Result<(), Failed> {
    match word {
        "syntax" => {}
        "syntax.filename" => details.filename = Some(unescape(value)),
        "syntax.lineno" => details.line = Some(value.parse()?),
        "syntax.offset" => details.offset = Some(value.parse()?),
        "syntax.end_lineno" => details.end_line = Some(value.parse()?),
        "syntax.end_offset" => details.end_offset = Some(value.parse()?),
        "syntax.text" => details.text = Some(unescape(value)),
        "syntax.msg" => details.message = Some(unescape(value)),
        _ => return Err(format!("an unknown fact: {word}").into()),
    }
    Ok(())
}

fn read_entry(value: &str) -> Result<Entry, Failed> {
    let parts: Vec<&str> = value.splitn(4, ' ').collect();
    let [start, end, filename, name] = parts[..] else {
        return Err("an entry has four parts".into());
    };
    let number = |text: &str| {
        if text == "-" {
            Ok(None)
        } else {
            text.parse().map(Some)
        }
    };
    let (line, column) = start.split_once(':').ok_or("a place is LINE:COLUMN")?;
    let (end_line, end_column) = end.split_once(':').ok_or("a place is LINE:COLUMN")?;
    Ok(Entry {
        filename: filename.to_owned(),
        name: name.to_owned(),
        line: number(line)?,
        end_line: number(end_line)?,
        column: number(column)?,
        end_column: number(end_column)?,
    })
}

fn unescape(value: &str) -> String {
    let mut out = String::new();
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        out.push(match c {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            c => c,
        });
    }
    out
}
