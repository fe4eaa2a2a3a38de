//! `capers trace`: what load would do, opcode by opcode: what is on the stack then, what goes into the memo.

use std::io::Read;

use capers_modules::pickle::opcodes::STOP;
use capers_modules::pickletools::memo::Access;
use capers_modules::pickletools::trace::Tracer;
use capers_modules::pickletools::walk::{Options, Outcome, Step, Walk};

use super::dis::step_object;
use super::{Failure, Output, TraceOptions, Verdict, complain, open};
use crate::json::Object;
use crate::paint::{self, Painter, Style};

/// How many items of the stack are shown.
const ITEMS: usize = 8;
/// How wide a line may get where the output is no terminal.
const WIDE: usize = 140;
/// Where the stack begins.
const STACK_COLUMN: usize = 38;

/// Runs the tool.
pub fn run(options: &TraceOptions) -> Result<Verdict, Failure> {
    let input = &options.input;
    let walk = Walk::new(
        open(&input.file)?,
        Options {
            indent: 0,
            annotate: None,
            keep_memo: input.memo,
            longest: input.longest,
        },
    );
    let mut output = Output::new();
    let width = paint::columns().unwrap_or(WIDE);
    let painter = output.painter;
    let file = input.file.display();
    let complaint = {
        let mut line = |text: &str| output.line(text);
        match input.json {
            true => show_json(walk, &mut line, input.memo),
            false => show(walk, &mut line, painter, width, input.memo),
        }
    };
    output.end()?;
    match complaint? {
        Some((position, why)) => {
            complain(&format!("{file}: at byte {position}: {why}"));
            Ok(Verdict::Broken)
        }
        None => Ok(Verdict::Sound),
    }
}

/// Where and why a trace ended before the end of its file.
pub type Complaint = Option<(u64, String)>;

/// Follows the pickles, and hands each line to `line`.
///
/// # Errors
/// What `line` raises.
pub fn show<E>(
    mut walk: Walk<impl Read>,
    line: &mut dyn FnMut(&str) -> Result<(), E>,
    painter: Painter,
    width: usize,
    keep_memo: bool,
) -> Result<Complaint, E> {
    let mut tracer = Tracer::default();
    let mut pickle = 0;
    loop {
        let step = match walk.step() {
            Ok(step) => step,
            Err(Outcome::End) => return Ok(None),
            Err(Outcome::Broken(position, why)) => return Ok(Some((position, why))),
        };
        if step.pickle != pickle {
            if pickle > 0 {
                line("")?;
            }
            pickle = step.pickle;
            tracer.begin(keep_memo);
        }
        if let Some(why) = &step.line.complaint {
            line(&row(painter, &step, &tracer, width))?;
            return Ok(Some((step.position, why.clone())));
        }
        let result = (step.opcode.code == STOP)
            .then(|| tracer.top(1).pop())
            .flatten();
        tracer.step(&step);
        line(&row(painter, &step, &tracer, width))?;
        if let Some(result) = result {
            line(&format!(
                "{} {}",
                painter.paint(Style::Heading, "result:"),
                painter.paint(Style::State, &result)
            ))?;
            let position = step.position;
            if let (_, Some(leftover)) = walk.end_of_pickle() {
                return Ok(Some((position, leftover)));
            }
        }
    }
}

/// A step: position, opcode and argument, then the stack, then what goes into the memo.
fn row(painter: Painter, step: &Step<'_>, tracer: &Tracer, width: usize) -> String {
    let mut argument = Vec::new();
    if let Some(value) = &step.argument {
        value.clone().head(60).0.show(&mut argument);
        if step.left_out > 0 {
            argument.extend_from_slice(b"...");
        }
    }
    let argument = clip(
        &String::from_utf8_lossy(&argument),
        width.saturating_sub(30).max(12),
    );
    let position = format!("{:5}:", step.position);
    let used = position.len() + 1 + step.opcode.name.len() + 1 + argument.chars().count();
    // The stack goes beside the opcode where the window is wide enough for both, and otherwise below it.
    let column = if width > STACK_COLUMN * 2 {
        STACK_COLUMN
    } else {
        8
    };
    let gap = match column.checked_sub(used) {
        Some(blanks) if column == STACK_COLUMN => " ".repeat(blanks),
        _ if column == STACK_COLUMN => " ".to_owned(),
        _ => format!("\n{}", " ".repeat(column)),
    };
    let room = width.saturating_sub(if column == STACK_COLUMN {
        used.max(column)
    } else {
        column
    });
    let style = if step.line.complaint.is_some() {
        Style::Wrong
    } else {
        Style::Name
    };
    let state = stack_text(tracer, room.max(16));
    let mut row = format!(
        "{} {} {}{gap}{}",
        painter.paint(Style::Faint, &position),
        painter.paint(style, step.opcode.name),
        painter.paint(Style::Literal, &argument),
        painter.paint(Style::State, &state),
    );
    if let (Access::Put | Access::Memoize, Some(key)) = (Access::of(&step.op), &step.key)
        && step.line.complaint.is_none()
    {
        let note = format!("memo[{key}] = {}", tracer.top(1).pop().unwrap_or_default());
        let note = clip(&note, width.saturating_sub(STACK_COLUMN).max(20));
        row = format!(
            "{} {} {}{gap}{}",
            painter.paint(Style::Faint, &position),
            painter.paint(style, step.opcode.name),
            painter.paint(Style::Literal, &argument),
            painter.paint(Style::Plain, &note),
        );
    }
    row.trim_end().to_owned()
}

/// The stack, its top at the right end; what does not fit is counted.
fn stack_text(tracer: &Tracer, room: usize) -> String {
    let height = tracer.height();
    if height == 0 {
        return "(empty)".to_owned();
    }
    let mut shown: Vec<String> = Vec::new();
    let mut length = 0;
    for item in tracer.top(ITEMS).into_iter().rev() {
        let item = clip(&item, room.saturating_sub(8).max(8));
        length += item.chars().count() + 3;
        if length + 6 > room && !shown.is_empty() {
            break;
        }
        shown.push(item);
    }
    let hidden = height - shown.len();
    if hidden > 0 {
        shown.push(format!("...{hidden}"));
    }
    shown.reverse();
    shown.join(" | ")
}

/// The text, cut to so many characters.
fn clip(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(3)).collect();
    format!("{head}...")
}

fn show_json<E>(
    mut walk: Walk<impl Read>,
    line: &mut dyn FnMut(&str) -> Result<(), E>,
    keep_memo: bool,
) -> Result<Complaint, E> {
    let mut tracer = Tracer::default();
    let mut pickle = 0;
    let complaint = loop {
        let step = match walk.step() {
            Ok(step) => step,
            Err(Outcome::End) => return Ok(None),
            Err(Outcome::Broken(position, why)) => break (position, why),
        };
        if step.pickle != pickle {
            pickle = step.pickle;
            tracer.begin(keep_memo);
        }
        if let Some(why) = &step.line.complaint {
            line(&step_object(&step).end())?;
            break (step.position, why.clone());
        }
        let result = (step.opcode.code == STOP)
            .then(|| tracer.top(1).pop())
            .flatten();
        tracer.step(&step);
        let mut object = step_object(&step)
            .plain("stack_height", tracer.height())
            .texts("stack", &tracer.top(ITEMS));
        if let (Access::Put | Access::Memoize, Some(words)) =
            (Access::of(&step.op), tracer.top(1).pop())
        {
            object = object.text("stored", &words);
        }
        if let Some(result) = result {
            object = object.text("result", &result);
            line(&object.end())?;
            let position = step.position;
            if let (_, Some(leftover)) = walk.end_of_pickle() {
                break (position, leftover);
            }
        } else {
            line(&object.end())?;
        }
    };
    line(
        &Object::new()
            .plain("position", complaint.0)
            .text("error", &complaint.1)
            .end(),
    )?;
    Ok(Some(complaint))
}
