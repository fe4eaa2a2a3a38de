//! The prompt's commands, `:dis` and its kin: each row of the table below, what it says under `:help`, and how it
//! asks and shows. What needs objects is asked of the console.

use std::io::{self, Write};

use capers_modules::pickletools::walk::{Options, Walk};
use capers_runtime::compiler::{Mode, Options as CompilerOptions, compile};

use super::console::{Answer, Argument, Console};
use super::show;
use crate::paint::{Painter, Style};
use crate::tools;

/// Where commands write.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Colours or none.
    pub painter: Painter,
    /// How many columns there are.
    pub width: usize,
}

/// A command.
pub struct Command {
    /// Its name, without the colon.
    pub name: &'static str,
    /// What follows the name.
    pub arguments: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What `:help NAME` adds to that.
    pub help: &'static str,
    run: fn(&mut Call<'_>) -> io::Result<()>,
}

/// Every command.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "reduce",
        arguments: "EXPR",
        summary: "what __reduce_ex__ answers at each protocol",
        help: "Pickle and copy take an object apart by this answer: a callable and its arguments, then the state, \
               list items, dict items and a state setter, where there are any. Protocols with the same answer share \
               a row.",
        run: reduce,
    },
    Command {
        name: "dis",
        arguments: "EXPR [PROTOCOL]",
        summary: "the pickle of a value, opcode by opcode, each explained",
        help: "The value of EXPR is pickled, at the default protocol unless one is given, and its opcodes are listed \
               as pickletools.dis does: position, byte, name, argument.",
        run: dis,
    },
    Command {
        name: "trace",
        arguments: "EXPR [PROTOCOL]",
        summary: "what load does with the pickle of a value: stack and memo after each opcode",
        help: "The stack's top is at the right end. MARK is where a group of items begins; memo[N] is an entry that \
               a later opcode reads again.",
        run: trace,
    },
    Command {
        name: "bytes",
        arguments: "EXPR",
        summary: "size and bytes of the pickle at each protocol, side by side",
        help: "As many protocols stand side by side as the window has room for; long pickles are cut.",
        run: bytes,
    },
    Command {
        name: "copy",
        arguments: "EXPR",
        summary: "what copy.deepcopy copies and what it shares, as a tree",
        help: "Objects that can't change are shared, and so are those whose class says so; an object that is met a \
               second time is copied once.",
        run: copy,
    },
    Command {
        name: "why",
        arguments: "EXPR",
        summary: "why a value does not pickle, and what would help",
        help: "Follows the objects that pickle would go through, from the value to the first one it can't take.",
        run: why,
    },
    Command {
        name: "time",
        arguments: "EXPR",
        summary: "how long an expression takes, and pickling, unpickling and copying its value",
        help: "The best of three rounds, each of about a tenth of a second.",
        run: time,
    },
    Command {
        name: "help",
        arguments: "[COMMAND]",
        summary: "this list, or more about one command",
        help: "Python's own help(object) shows what an object's documentation says.",
        run: help,
    },
];

/// A command about to be run.
struct Call<'a> {
    console: &'a mut dyn Console,
    page: Page,
    out: &'a mut dyn Write,
    /// What follows the name.
    rest: &'a str,
    name: &'static str,
}

/// Runs a line that begins with a colon.
///
/// # Errors
/// What writing to `out` raises.
pub fn run(
    console: &mut dyn Console,
    line: &str,
    page: Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let line = line.trim_start_matches(':').trim();
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let wanted = if name.is_empty() || name == "?" {
        "help"
    } else {
        name
    };
    // A name may be cut short where that is clear.
    let mut fitting = COMMANDS
        .iter()
        .filter(|command| command.name.starts_with(wanted));
    let (Some(command), None) = (fitting.next(), fitting.next()) else {
        let text = format!("no command :{name}; :help lists them");
        return writeln!(out, "{}", page.painter.paint(Style::Wrong, &text));
    };
    let mut call = Call {
        console,
        page,
        out,
        rest,
        name: command.name,
    };
    if rest == ":help" || rest == "--help" {
        call.rest = command.name;
        return help(&mut call);
    }
    if rest.is_empty() && command.arguments.starts_with("EXPR") {
        return call.wrong(&format!("usage: :{} {}", command.name, command.arguments));
    }
    (command.run)(&mut call)
}

impl Call<'_> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn wrong(&mut self, text: &str) -> io::Result<()> {
        let painted = self.page.painter.paint(Style::Wrong, text);
        self.line(&painted)
    }

    fn faint(&self, text: &str) -> String {
        self.page.painter.paint(Style::Faint, text)
    }

    /// The answer to a question about the value of the expression. None where there is none, which was shown.
    fn answer(
        &mut self,
        expression: &str,
        function: &str,
        arguments: &[Argument<'_>],
    ) -> io::Result<Option<Answer>> {
        if !self.console.evaluate(expression) {
            return Ok(None);
        }
        match self.console.ask(function, arguments) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => {
                self.wrong(&error)?;
                if self.name != "why" && error != "KeyboardInterrupt" {
                    let hint = self.faint(&format!(":why {expression} tells more"));
                    self.line(&hint)?;
                }
                Ok(None)
            }
        }
    }

    /// The pickle of what follows the name: an expression, and perhaps a protocol.
    fn pickle(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (expression, protocol) = split_protocol(self.rest);
        let answer = self.answer(
            expression,
            "dumps",
            &[Argument::Value, Argument::Int(protocol)],
        )?;
        Ok(match answer {
            Some(Answer::Bytes(bytes)) => Some(bytes),
            _ => None,
        })
    }
}

/// Takes a protocol off the end of an expression that is none with it; -1 for no protocol.
fn split_protocol(text: &str) -> (&str, i64) {
    let is_expression =
        |text: &str| compile(text, "<stdin>", Mode::Eval, CompilerOptions::default()).is_ok();
    if !is_expression(text)
        && let Some((expression, last)) = text.rsplit_once(char::is_whitespace)
        && let Ok(protocol @ 0..=99) = last.parse::<i64>()
        && is_expression(expression)
    {
        return (expression.trim_end(), protocol);
    }
    (text, -1)
}

fn reduce(call: &mut Call<'_>) -> io::Result<()> {
    let expression = call.rest;
    let Some(answer) = call.answer(expression, "reduce", &[Argument::Value])? else {
        return Ok(());
    };
    for line in show::reductions(&answer, call.page) {
        call.line(&line)?;
    }
    let remark = answer.at(1).text();
    if !remark.is_empty() {
        for line in show::wrapped(&remark, call.page.width) {
            let line = call.faint(&line);
            call.line(&line)?;
        }
    }
    Ok(())
}

fn dis(call: &mut Call<'_>) -> io::Result<()> {
    let Some(pickle) = call.pickle()? else {
        return Ok(());
    };
    // A narrow window has no room for explanations.
    let annotate = (call.page.width >= 80).then_some(30);
    let options = Options {
        indent: 2,
        annotate,
        keep_memo: false,
        longest: 60,
    };
    let mut walk = Walk::new(&pickle[..], options);
    while let Ok(step) = walk.step() {
        let line = tools::dis::line(call.page.painter, &step);
        writeln!(call.out, "{line}")?;
    }
    let (summary, _) = walk.end_of_pickle();
    let size = call.faint(&format!("{summary}; {} bytes", pickle.len()));
    call.line(&size)
}

fn trace(call: &mut Call<'_>) -> io::Result<()> {
    let Some(pickle) = call.pickle()? else {
        return Ok(());
    };
    let options = Options {
        indent: 0,
        annotate: None,
        keep_memo: false,
        longest: 200,
    };
    let Page { painter, width } = call.page;
    let out = &mut *call.out;
    let walk = Walk::new(&pickle[..], options);
    tools::trace::show(
        walk,
        &mut |line: &str| writeln!(out, "{line}"),
        painter,
        width,
        false,
    )?;
    Ok(())
}

fn bytes(call: &mut Call<'_>) -> io::Result<()> {
    let expression = call.rest;
    let Some(answer) = call.answer(expression, "dumps_each", &[Argument::Value])? else {
        return Ok(());
    };
    for line in show::hex_columns(&answer, call.page) {
        call.line(&line)?;
    }
    Ok(())
}

fn copy(call: &mut Call<'_>) -> io::Result<()> {
    let expression = call.rest;
    let Some(answer) = call.answer(expression, "copied", &[Argument::Value])? else {
        return Ok(());
    };
    for line in show::tree(&answer, call.page) {
        call.line(&line)?;
    }
    Ok(())
}

fn why(call: &mut Call<'_>) -> io::Result<()> {
    let expression = call.rest;
    // Paths begin with the name of the value, where it has one.
    let named = expression
        .chars()
        .all(|c| c.is_alphanumeric() || "._".contains(c));
    let root = if named { expression } else { "it" };
    let Some(answer) = call.answer(expression, "why", &[Argument::Value, Argument::Text(root)])?
    else {
        return Ok(());
    };
    if let Answer::Int(size) = answer.at(0) {
        return call.line(&format!("it does pickle, into {size} bytes"));
    }
    for (depth, entry) in answer.at(0).items().iter().enumerate() {
        let path = call.page.painter.paint(Style::Name, &entry.at(0).text());
        call.line(&format!(
            "{}{path}  {}",
            "  ".repeat(depth),
            entry.at(1).text()
        ))?;
    }
    call.wrong(&answer.at(1).text())?;
    let advice = call.page.painter.paint(Style::Heading, "what would help:");
    call.line(&format!("{advice} {}", answer.at(2).text()))
}

fn time(call: &mut Call<'_>) -> io::Result<()> {
    match call.console.ask("time_of", &[Argument::Text(call.rest)]) {
        Ok(answer) => {
            for line in show::times(&answer, call.page) {
                call.line(&line)?;
            }
            Ok(())
        }
        Err(error) => call.wrong(&error),
    }
}

fn help(call: &mut Call<'_>) -> io::Result<()> {
    let painter = call.page.painter;
    let wanted = call.rest.trim_start_matches(':');
    if wanted.is_empty() {
        for command in COMMANDS {
            let usage = format!(":{} {}", command.name, command.arguments);
            for line in show::entry(&usage, command.summary, call.page) {
                call.line(&line)?;
            }
        }
        let keys = [
            (
                "Tab",
                "completes names, attributes, modules and files; indents at the start of a line",
            ),
            (
                "Enter",
                "runs a statement that is whole, or begins its next line",
            ),
            (
                "Up, Down",
                "move in a statement, then through the history; Ctrl-R searches it",
            ),
            ("Right", "at the end takes over the suggestion"),
            ("Ctrl-C", "drops what is typed, or stops what runs"),
            ("Ctrl-D", "leaves, as exit() does"),
        ];
        for (key, meaning) in keys {
            for line in show::entry(key, meaning, call.page) {
                call.line(&line)?;
            }
        }
        return Ok(());
    }
    match COMMANDS.iter().find(|command| command.name == wanted) {
        Some(command) => {
            let usage = painter.paint(
                Style::Name,
                &format!(":{} {}", command.name, command.arguments),
            );
            call.line(&format!("{usage}: {}", command.summary))?;
            for line in show::wrapped(command.help, call.page.width) {
                call.line(&line)?;
            }
            Ok(())
        }
        None => call.wrong(&format!("no command :{wanted}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::console::Pushed;
    use super::*;

    #[test]
    fn a_protocol_is_told_from_an_expression() {
        assert_eq!(split_protocol("x"), ("x", -1));
        assert_eq!(split_protocol("x 2"), ("x", 2));
        assert_eq!(split_protocol("[1, 2] 0"), ("[1, 2]", 0));
        assert_eq!(split_protocol("x + 2"), ("x + 2", -1));
        assert_eq!(split_protocol("4"), ("4", -1));
        assert_eq!(split_protocol("x ("), ("x (", -1));
    }

    /// Answers with a pickle.
    struct Pickler;

    impl Console for Pickler {
        fn push(&mut self, _: &str) -> Pushed {
            Pushed::Done
        }

        fn evaluate(&mut self, expression: &str) -> bool {
            expression != "wrong"
        }

        fn ask(&mut self, function: &str, _: &[Argument<'_>]) -> Result<Answer, String> {
            match function {
                "dumps" => Ok(Answer::Bytes(b"K\x01.".to_vec())),
                _ => Err("TypeError: no".to_owned()),
            }
        }
    }

    fn output(line: &str) -> String {
        let mut out = Vec::new();
        let page = Page {
            painter: Painter { color: false },
            width: 100,
        };
        run(&mut Pickler, line, page, &mut out).expect("a vector takes everything");
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn commands_answer() {
        assert_eq!(
            output(":dis 1"),
            "    0: K    BININT1    1              Push a one-byte unsigned integer.\n    \
             2: .    STOP                      Stop the unpickling machine.\n\
             highest protocol among opcodes = 1; 3 bytes\n"
        );
        assert!(output(":tr 1").ends_with("result: 1\n"));
        assert_eq!(output(":copy 1"), "TypeError: no\n:why 1 tells more\n");
        assert_eq!(output(":dis wrong"), "");
        assert_eq!(output(":dis"), "usage: :dis EXPR [PROTOCOL]\n");
        assert_eq!(
            output(":nothing"),
            "no command :nothing; :help lists them\n"
        );
    }

    #[test]
    fn every_command_has_help() {
        for command in COMMANDS {
            assert!(output(&format!(":help {}", command.name)).contains(command.summary));
            assert!(output(&format!(":{} :help", command.name)).contains(command.summary));
            assert!(output(":help").contains(command.summary));
        }
    }
}
