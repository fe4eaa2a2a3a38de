//! `capers dis`: the disassembly of `pickletools.dis`, for every pickle in a file.

use std::io::Read;

use capers_modules::pickletools::listing::code_text;
use capers_modules::pickletools::walk::{Options, Outcome, Step, Walk};

use super::{DisOptions, Failure, Output, Verdict, complain, open};
use crate::json::Object;
use crate::paint::{Painter, Style};

/// The column of annotations, as CPython's command line has it.
const ANNOTATIONS: usize = 30;

/// Runs the tool.
pub fn run(options: &DisOptions) -> Result<Verdict, Failure> {
    let input = &options.input;
    let walk = Walk::new(
        open(&input.file)?,
        Options {
            indent: options.indentlevel,
            annotate: options.annotate.then_some(ANNOTATIONS),
            keep_memo: input.memo,
            longest: input.longest,
        },
    );
    let mut output = Output::new();
    let verdict = show(
        walk,
        &mut output,
        input.json,
        &input.file.display().to_string(),
    );
    output.end()?;
    let (verdict, complaints) = verdict?;
    complaints.iter().for_each(|complaint| complain(complaint));
    Ok(verdict)
}

/// Shows all that is sound; then, what is wrong.
fn show(
    mut walk: Walk<impl Read>,
    output: &mut Output,
    json: bool,
    file: &str,
) -> Result<(Verdict, Vec<String>), Failure> {
    let mut complaints = Vec::new();
    let mut wrong = |output: &mut Output, position: u64, why: &str| {
        complaints.push(format!("{file}: at byte {position}: {why}"));
        match json {
            true => output.line(
                &Object::new()
                    .plain("position", position)
                    .text("error", why)
                    .end(),
            ),
            false => Ok(()),
        }
    };
    loop {
        let step = match walk.step() {
            Ok(step) => step,
            Err(Outcome::End) => break,
            Err(Outcome::Broken(position, why)) => {
                wrong(output, position, &why)?;
                break;
            }
        };
        let (pickle, position, end) = (step.pickle, step.position, step.position + step.length);
        let stops = step.opcode.code == capers_modules::pickle::opcodes::STOP;
        if json {
            output.line(&step_object(&step).end())?;
        } else {
            output.line(&line(output.painter, &step))?;
        }
        if let Some(why) = &step.line.complaint {
            wrong(output, position, why)?;
            break;
        }
        if stops {
            let (summary, leftover) = walk.end_of_pickle();
            if json {
                let protocol = summary.rsplit(' ').next().unwrap_or("-1");
                let object = Object::new().plain("pickle", pickle).plain("end", end);
                output.line(&object.plain("highest_protocol", protocol).end())?;
            } else {
                output.line(&output.painter.paint(Style::Faint, &summary))?;
            }
            if let Some(why) = leftover {
                wrong(output, position, &why)?;
            }
        }
    }
    let verdict = if complaints.is_empty() {
        Verdict::Sound
    } else {
        Verdict::Broken
    };
    Ok((verdict, complaints))
}

/// A line of the listing, with its position.
pub fn line(painter: Painter, step: &Step<'_>) -> String {
    let position = painter.paint(Style::Faint, &format!("{:5}:", step.position));
    let text = String::from_utf8_lossy(&step.line.text);
    if !painter.color {
        return format!("{position} {text}");
    }
    let (text, annotation) = match step.line.annotation {
        Some(at) => text.split_at_checked(at).unwrap_or((&text, "")),
        None => (&*text, ""),
    };
    // The name stands after the code and the indentation; after it, the argument.
    let name_at = text.find(step.opcode.name).unwrap_or(0);
    let (before, rest) = text.split_at_checked(name_at).unwrap_or(("", text));
    let (name, rest) = rest
        .split_at_checked(step.opcode.name.len())
        .unwrap_or((rest, ""));
    let (argument, note) = match (
        &step.argument,
        rest.rfind("(MARK at ").or(rest.rfind("(as ")),
    ) {
        (None, Some(at)) => rest.split_at_checked(at).unwrap_or((rest, "")),
        _ => (rest, ""),
    };
    let style = if step.line.complaint.is_some() {
        Style::Wrong
    } else {
        Style::Name
    };
    [
        position,
        " ".to_owned(),
        painter.paint(Style::Faint, before),
        painter.paint(style, name),
        painter.paint(Style::Literal, argument),
        painter.paint(Style::State, note),
        painter.paint(Style::Faint, annotation),
    ]
    .concat()
}

/// What JSON says of an opcode.
pub fn step_object(step: &Step<'_>) -> Object {
    let mut object = Object::new()
        .plain("pickle", step.pickle)
        .plain("position", step.position)
        .plain("length", step.length)
        .text("code", &code_text(step.opcode.code))
        .text("opcode", step.opcode.name)
        .plain("protocol", step.opcode.protocol);
    if let Some(argument) = &step.argument {
        object = object.argument("argument", argument);
    }
    if step.left_out > 0 {
        object = object.plain("left_out", step.left_out);
    }
    if let Some(key) = &step.key {
        object = object.plain("memo", key);
    }
    object
}
