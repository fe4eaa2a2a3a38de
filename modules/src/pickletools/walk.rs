//! Walking through a file of pickles as its bytes arrive: each opcode with its argument and its line of the
//! listing, up to where the file ends or goes wrong. What the command line's tools and the REPL's show.

use std::io::Read;

use capers_runtime::numbers::Limits;

use super::argument::Argument;
use super::listing::{Item, Line, Listing, MemoUse};
use super::memo::{Access, Key, Memo};
use super::scan;
use crate::pickle::codec::{Found, Op, Source, Stop};
use crate::pickle::opcodes::Opcode;

/// How a walk shows what it meets.
#[derive(Clone, Debug)]
pub struct Options {
    /// What a mark indents by.
    pub indent: usize,
    /// Where annotations begin; None for none.
    pub annotate: Option<usize>,
    /// Whether the pickles were written by one pickler with one memo.
    pub keep_memo: bool,
    /// How many bytes of an argument are shown.
    pub longest: usize,
}

/// A walk under way.
pub struct Walk<R> {
    source: Source<R>,
    options: Options,
    listing: Listing,
    memo: Memo,
    /// How many pickles have begun.
    pickles: u64,
    inside: bool,
}

/// An opcode met.
#[derive(Debug)]
pub struct Step<'a> {
    /// The number of its pickle, from 1.
    pub pickle: u64,
    /// Where it begins.
    pub position: u64,
    /// How many bytes it takes.
    pub length: u64,
    /// Its row in the table.
    pub opcode: &'static Opcode,
    /// The opcode itself; a very long argument is cut.
    pub op: Op<'a>,
    /// Its argument's value, cut as the options say.
    pub argument: Option<Argument<'a>>,
    /// How many bytes of the argument are left out.
    pub left_out: u64,
    /// The memo key that it stores under or reads.
    pub key: Option<Key>,
    /// Its line.
    pub line: Line,
}

/// What ends a walk or a pickle.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The file ends between two pickles.
    End,
    /// Here, at this position, it goes wrong.
    Broken(u64, String),
}

impl<R: Read> Walk<R> {
    /// A walk from where the reader stands.
    pub fn new(reader: R, options: Options) -> Walk<R> {
        Walk {
            source: Source::new(reader),
            listing: fresh(&options),
            options,
            memo: Memo::default(),
            pickles: 0,
            inside: false,
        }
    }

    /// The next opcode.
    ///
    /// # Errors
    /// The [`Outcome`]: the end, or what is wrong. What is wrong with the stack or the memo is the line's own
    /// `complaint`, after which a walk should not go on.
    pub fn step(&mut self) -> Result<Step<'_>, Outcome> {
        let position = self.source.position();
        let found = match self.source.next_op() {
            Ok(found) => found,
            Err(stop) => return Err(ended(stop, position, self.inside)),
        };
        if !self.inside {
            self.inside = true;
            self.pickles += 1;
            self.listing = fresh(&self.options);
            if !self.options.keep_memo {
                self.memo = Memo::default();
            }
        }
        let Found {
            op, length, cut, ..
        } = found;
        let Some(opcode) = op.opcode() else {
            return Err(Outcome::Broken(position, "unknown opcode".to_owned()));
        };
        let argument = match Argument::of(op, &Limits::default().unlimited_digits()) {
            Ok(argument) => argument,
            // The cut may have gone through an escape or a number: the line is shown as it is.
            Err(_) if cut > 0 => line_of(op).map(Argument::Bytes),
            Err(fault) => return Err(Outcome::Broken(position, fault.to_string())),
        };
        let access = Access::of(&op);
        let key = match access {
            Access::No => None,
            Access::Memoize => Some(Key::Small(self.memo.len() as i64)),
            Access::Put | Access::Get => Some(Key::of(argument.as_ref())),
        };
        let (argument, mut left_out) = match argument {
            Some(argument) => {
                let (argument, left_out) = argument.head(self.options.longest);
                (Some(argument), left_out as u64)
            }
            None => (None, 0),
        };
        left_out += cut;
        let mut shown = Vec::new();
        if let Some(argument) = &argument {
            argument.show(&mut shown);
            cut_digits(&mut shown, argument, self.options.longest);
            if left_out > 0 {
                shown.extend_from_slice(format!("... ({left_out} bytes more)").as_bytes());
            }
        }
        let line = self.listing.line(Item {
            opcode,
            argument: argument.is_some().then_some(&shown[..]),
            position: Some(position),
            memo: match access {
                Access::No => MemoUse::No,
                Access::Put => MemoUse::Put,
                Access::Memoize => MemoUse::Memoize(self.memo.len()),
                Access::Get => MemoUse::Get(key.as_ref().and_then(|key| self.memo.get(key))),
            },
        });
        if let (Some(kind), Some(key)) = (line.stored, &key) {
            self.memo.set(key.clone(), kind);
        }
        self.inside = op != Op::Stop;
        Ok(Step {
            pickle: self.pickles,
            position,
            length,
            opcode,
            op,
            argument,
            left_out,
            key,
            line,
        })
    }

    /// What follows the last line of the pickle whose STOP was just met, and what is wrong with its stack.
    pub fn end_of_pickle(&self) -> (String, Option<String>) {
        (self.listing.summary(), self.listing.leftover())
    }
}

fn fresh(options: &Options) -> Listing {
    Listing::new(" ".repeat(options.indent), options.annotate)
}

/// The line that a text opcode carries.
fn line_of(op: Op<'_>) -> Option<&[u8]> {
    match op {
        Op::Int(line) | Op::Long(line) | Op::Float(line) | Op::String(line) | Op::Unicode(line) => {
            Some(line)
        }
        Op::Get(line) | Op::Put(line) | Op::PersId(line) => Some(line),
        Op::Global { module, .. } | Op::Inst { module, .. } => Some(module),
        _ => None,
    }
}

/// Shortens the text of an int with very many digits.
fn cut_digits(shown: &mut Vec<u8>, argument: &Argument<'_>, longest: usize) {
    if matches!(argument, Argument::Int(_)) && shown.len() > longest {
        let digits = shown.len() - longest;
        shown.truncate(longest);
        shown.extend_from_slice(format!("... ({digits} digits more)").as_bytes());
    }
}

fn ended(stop: Stop, position: u64, inside: bool) -> Outcome {
    match stop {
        Stop::End if !inside => Outcome::End,
        Stop::End => Outcome::Broken(position, "pickle exhausted before seeing STOP".to_owned()),
        Stop::Short { short, head, there } => {
            let fault = scan::fault(&head, there, short, Some(position));
            Outcome::Broken(position, fault.to_string())
        }
        Stop::NotText(offset) => Outcome::Broken(
            position,
            format!("'utf-8' codec can't decode the text from its byte {offset} on"),
        ),
        Stop::Io(error) => Outcome::Broken(position, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> (Vec<String>, Outcome) {
        let options = Options {
            indent: 4,
            annotate: None,
            keep_memo: false,
            longest: 20,
        };
        let mut walk = Walk::new(input, options);
        let mut lines = Vec::new();
        loop {
            match walk.step() {
                Ok(step) => {
                    let text = String::from_utf8_lossy(&step.line.text).into_owned();
                    let complaint = step.line.complaint.clone();
                    lines.push(format!("{}.{}: {text}", step.pickle, step.position));
                    if let Some(complaint) = complaint {
                        return (lines, Outcome::Broken(0, complaint));
                    }
                }
                Err(outcome) => return (lines, outcome),
            }
        }
    }

    #[test]
    fn several_pickles_are_walked_through() {
        let (lines, outcome) = lines(b"K\x01.(K\x02t.");
        assert_eq!(outcome, Outcome::End);
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[3], "2.4: K        BININT1    2");
    }

    #[test]
    fn what_is_sound_comes_before_what_is_not() {
        let (found, outcome) = lines(b"K\x01.NX\x05\0\0\0ab");
        assert_eq!(found.len(), 3);
        let why = "expected 5 bytes in a unicodestring4, but only 2 remain";
        assert_eq!(outcome, Outcome::Broken(4, why.to_owned()));
        assert_eq!(
            lines(b"N").1,
            Outcome::Broken(1, "pickle exhausted before seeing STOP".to_owned())
        );
        assert!(matches!(lines(b"N\xff").1, Outcome::Broken(1, why) if why.contains("unknown")));
    }

    #[test]
    fn long_arguments_are_cut() {
        let (lines, _) = lines(b"C\x28aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.");
        assert_eq!(
            lines[0],
            "1.0: C    SHORT_BINBYTES b'aaaaaaaaaaaaaaaaaaaa'... (20 bytes more)"
        );
    }
}
