//! A whole report: chains of causes and contexts, exception groups, the final lines and the notes.

use std::fmt::Write;

use super::frame::render_stack;
use super::lines::indent;
use super::syntax::render_syntax_error;
use super::theme::{Theme, theme};
use super::{Exception, Notes, Report, SourceLines, Style};

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// How many members of a group are shown, and how deep groups are shown in groups.
const MOST_MEMBERS: usize = 15;
const MOST_LEVELS: usize = 10;

/// DIFFERENCE: a report shows at most this many exceptions; CPython goes on for groups that share members over
/// and over until memory is full.
const MOST_SHOWN: usize = 100_000;

/// The text of `report` as CPython 3.14's default `sys.excepthook` writes it, ending in a newline.
pub fn render(report: &Report, source: SourceLines, style: Style) -> String {
    let nodes = resolve(report, style);
    let mut writer = Writer {
        nodes: &nodes,
        source,
        style,
        depth: 0,
        needs_close: false,
        out: String::new(),
    };
    if !nodes.is_empty() {
        writer.write_chain(0);
    }
    writer.out
}

/// An exception in its place in the output. One that several groups share has several.
struct Node<'a> {
    exception: &'a Exception,
    /// The node shown before this one, and the sentence between the two.
    previous: Option<(usize, &'static str)>,
    members: Option<Members>,
}

/// A group's members: consecutive nodes, and how many there would be.
struct Members {
    first: usize,
    made: usize,
    total: usize,
}

/// Lays out the exceptions to show, the outermost first. A cause or context that has been met already is left
/// out; the order in which that is decided is CPython's: the last one found is looked into first.
fn resolve<'a>(report: &'a Report, style: Style) -> Vec<Node<'a>> {
    let mut nodes = Vec::new();
    let mut seen = vec![false; report.exceptions.len()];
    let add = |nodes: &mut Vec<Node<'a>>, seen: &mut [bool], position: usize| {
        let exception = report.exceptions.get(position)?;
        seen[position] = true;
        nodes.push(Node {
            exception,
            previous: None,
            members: None,
        });
        Some(nodes.len() - 1)
    };
    let mut queue: Vec<usize> = add(&mut nodes, &mut seen, report.shown)
        .into_iter()
        .collect();
    while let Some(current) = queue.pop() {
        let exception = nodes[current].exception;
        let link = |position: &Option<usize>, seen: &[bool]| {
            position.filter(|&position| seen.get(position) == Some(&false))
        };
        let mut previous = None;
        if let Some(cause) = link(&exception.cause, &seen) {
            previous = add(&mut nodes, &mut seen, cause).map(|node| (node, CAUSE));
        } else if !exception.suppress_context
            && let Some(context) = link(&exception.context, &seen)
        {
            previous = add(&mut nodes, &mut seen, context).map(|node| (node, CONTEXT));
        }
        if !style.unchained {
            nodes[current].previous = previous;
        }
        let found = exception.members.as_ref().map(|members| {
            let first = nodes.len();
            for &member in members.iter().take(MOST_SHOWN.saturating_sub(first)) {
                add(&mut nodes, &mut seen, member);
            }
            Members {
                first,
                made: nodes.len() - first,
                total: members.len(),
            }
        });
        queue.extend(previous.map(|(node, _)| node));
        if let Some(Members { first, made, .. }) = found {
            queue.extend(first..first + made);
        }
        nodes[current].members = found;
    }
    nodes
}

struct Writer<'a> {
    nodes: &'a [Node<'a>],
    source: SourceLines<'a>,
    style: Style,
    /// How many margins there are to the left.
    depth: usize,
    /// Whether the last member's frame is still to be closed; an inner group may do it for the outer ones.
    needs_close: bool,
    out: String,
}

impl Writer<'_> {
    /// Writes the exception of `node` after those it follows from.
    fn write_chain(&mut self, node: usize) {
        let mut chain = vec![(node, None)];
        let mut current = node;
        while let Some((previous, sentence)) = self.nodes[current].previous {
            if let Some(entry) = chain.last_mut() {
                entry.1 = Some(sentence);
            }
            chain.push((previous, None));
            current = previous;
        }
        for (node, sentence) in chain.into_iter().rev() {
            if let Some(sentence) = sentence {
                self.emit(sentence, '|');
            }
            let nodes = self.nodes;
            let Node {
                exception, members, ..
            } = &nodes[node];
            match members {
                None => {
                    if !exception.stack.is_empty() {
                        self.emit("Traceback (most recent call last):\n", '|');
                    }
                    self.write_exception(exception);
                }
                Some(_) if self.depth > MOST_LEVELS => {
                    self.emit(&format!("... (max_group_depth is {MOST_LEVELS})\n"), '|');
                }
                Some(members) => self.write_group(exception, members),
            }
        }
    }

    fn write_group(&mut self, exception: &Exception, members: &Members) {
        let is_outermost = self.depth == 0;
        if is_outermost {
            self.depth = 1;
        }
        if !exception.stack.is_empty() {
            self.emit(
                "Exception Group Traceback (most recent call last):\n",
                if is_outermost { '+' } else { '|' },
            );
        }
        self.write_exception(exception);
        let shown = members.made.min(MOST_MEMBERS);
        let omitted = members.total - shown;
        let boxes = shown + usize::from(omitted > 0);
        self.needs_close = false;
        for number in 0..boxes {
            let is_last = number + 1 == boxes;
            // A group inside the last member closes the frame itself.
            self.needs_close |= is_last;
            self.push_margin();
            self.out.push_str(if number == 0 { "+-" } else { "  " });
            let title = if number < shown {
                (number + 1).to_string()
            } else {
                "...".to_owned()
            };
            let _ = writeln!(self.out, "+---------------- {title} ----------------");
            self.depth += 1;
            if number < shown {
                self.write_chain(members.first + number);
            } else {
                let plural = if omitted > 1 { "s" } else { "" };
                self.emit(&format!("and {omitted} more exception{plural}\n"), '|');
            }
            if is_last && self.needs_close {
                self.push_margin();
                self.out.push_str("+------------------------------------\n");
                self.needs_close = false;
            }
            self.depth -= 1;
        }
        if is_outermost {
            self.depth = 0;
        }
    }

    /// Writes the entries of the traceback, the type and message, and the notes.
    fn write_exception(&mut self, exception: &Exception) {
        self.emit(
            &render_stack(&exception.stack, self.source, self.style),
            '|',
        );
        self.emit(&render_final(exception, self.style), '|');
    }

    fn push_margin(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    /// Writes `text` with the margin before each of its lines.
    fn emit(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            self.out.push_str(text);
            return;
        }
        let prefix = format!("{}{margin} ", "  ".repeat(self.depth));
        self.out.push_str(&indent(text, &prefix));
    }
}

/// The lines after the entries: the SyntaxError's block or the type and message, then the notes.
fn render_final(exception: &Exception, style: Style) -> String {
    let Theme {
        kind,
        message,
        reset,
        ..
    } = theme(style.color);
    let type_name = &exception.type_name;
    let mut out = match &exception.syntax {
        Some(details) => render_syntax_error(type_name, details, style),
        None if exception.message.is_empty() => format!("{kind}{type_name}{reset}\n"),
        None => format!(
            "{kind}{type_name}{reset}: {message}{}{reset}\n",
            exception.message
        ),
    };
    let notes = match &exception.notes {
        Notes::Absent => &[][..],
        Notes::Each(notes) => notes,
        Notes::Whole(notes) => std::slice::from_ref(notes),
    };
    for note in notes {
        out.push_str(note);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Entry, SyntaxDetails};

    fn named(type_name: &str) -> Exception {
        Exception {
            type_name: type_name.to_owned(),
            ..Exception::default()
        }
    }

    fn shown(exceptions: Vec<Exception>, line: &str) -> String {
        let report = Report {
            exceptions,
            shown: 0,
        };
        render(
            &report,
            &|_, number| (number < 1000).then(|| line.to_owned()),
            Style::default(),
        )
    }

    #[test]
    fn long_chains_need_no_stack() {
        let count = 200_000;
        let exceptions = (1..=count)
            .map(|next| Exception {
                cause: Some(next),
                ..named("E")
            })
            .collect();
        let text = shown(exceptions, "");
        assert_eq!(text.matches(CAUSE).count(), count - 1);
    }

    #[test]
    fn groups_that_share_members_end() {
        let exceptions = (1..=60)
            .map(|next| Exception {
                members: Some(vec![next; 15]),
                ..named("G")
            })
            .chain([named("E")])
            .collect();
        assert!(shown(exceptions, "").contains("... (max_group_depth is 10)"));
    }

    #[test]
    fn groups_that_contain_themselves_end() {
        let group = Exception {
            members: Some(vec![0, 7]),
            context: Some(0),
            ..named("G")
        };
        assert!(shown(vec![group], "").contains("and 1 more exception\n"));
    }

    #[test]
    fn deep_expressions_fit_the_stack() {
        for unit in ["-", "(", "not ", "lambda: ", "[", "f(", "1+", "x.", "x**"] {
            let line = format!("{}1", unit.repeat(60_000 / unit.len()));
            let end_column = Some(line.len() as u32);
            let entry = Entry {
                line: Some(1),
                column: Some(0),
                end_column,
                ..Entry::default()
            };
            shown(
                vec![Exception {
                    stack: vec![entry],
                    ..named("E")
                }],
                &line,
            );
        }
    }

    #[test]
    fn made_up_positions_are_harmless() {
        let numbers = [None, Some(0), Some(1), Some(2), Some(5), Some(u32::MAX)];
        let all = || numbers.iter().copied();
        for (line, end_line) in all().flat_map(|a| all().map(move |b| (a, b))) {
            for (column, end_column) in all().flat_map(|a| all().map(move |b| (a, b))) {
                let entry = Entry {
                    line,
                    end_line,
                    column,
                    end_column,
                    ..Entry::default()
                };
                for source in [
                    "",
                    " é = 日(1 +\t本)\r\n",
                    "\x0c",
                    "# a",
                    "x\x0cy\u{2028}(z)",
                ] {
                    // The whole range of lines is slow to go through and tried once.
                    if end_line == Some(u32::MAX) && source != "x\x0cy\u{2028}(z)" {
                        continue;
                    }
                    for color in [false, true] {
                        let stack = vec![entry.clone()];
                        let report = Report {
                            exceptions: vec![Exception {
                                stack,
                                ..named("E")
                            }],
                            shown: 0,
                        };
                        let lines = |_: &str, number| (number < 9).then(|| source.to_owned());
                        render(
                            &report,
                            &lines,
                            Style {
                                color,
                                ..Style::default()
                            },
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn made_up_offsets_are_harmless() {
        let numbers = [
            None,
            Some(i64::MIN),
            Some(-1),
            Some(0),
            Some(3),
            Some(i64::MAX),
        ];
        for (offset, end_offset) in numbers
            .iter()
            .flat_map(|&a| numbers.iter().map(move |&b| (a, b)))
        {
            for text in ["", "\n", "  é日\n"] {
                let text = Some(text.to_owned());
                let syntax = Some(SyntaxDetails {
                    offset,
                    end_offset,
                    text,
                    ..SyntaxDetails::default()
                });
                shown(
                    vec![Exception {
                        syntax,
                        ..named("SyntaxError")
                    }],
                    "",
                );
            }
        }
    }
}
