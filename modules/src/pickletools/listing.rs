//! The disassembler: a line of text for each opcode, and the checks that `pickletools.dis` makes of the stack
//! and the memo. Knows kinds of objects, no object; reads no input and writes no output.
//!
//! The memo is the caller's: Python's `dis` takes a dict and fills it, the shell keeps one of its own.

use crate::pickle::kinds::StackKind;
use crate::pickle::opcodes::{self, Opcode};

/// A disassembly under way.
#[derive(Debug)]
pub struct Listing {
    indent: String,
    /// Where annotations begin as the caller wishes; None for no annotations.
    annotate: Option<usize>,
    /// Where the last line's annotation began.
    column: usize,
    stack: Vec<StackKind>,
    /// Where the marks on the stack were pushed.
    marks: Vec<Option<u64>>,
    highest_protocol: Option<u8>,
}

/// An opcode as the listing needs it.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The opcode.
    pub opcode: &'static Opcode,
    /// Its argument as it is shown, in WTF-8.
    pub argument: Option<&'a [u8]>,
    /// Where it is in its file, if that is known.
    pub position: Option<u64>,
    /// What it has to do with the memo.
    pub memo: MemoUse,
}

/// What an opcode does to the memo.
#[derive(Clone, Copy, Debug)]
pub enum MemoUse {
    /// Nothing.
    No,
    /// Stores under a key.
    Put,
    /// Stores under the next free key, this one.
    Memoize(usize),
    /// Reads what was stored under the key that is its argument; None when nothing was.
    Get(Option<StackKind>),
}

/// A line of the listing.
#[derive(Debug, Default)]
pub struct Line {
    /// The text without the position and without a newline, in WTF-8.
    pub text: Vec<u8>,
    /// How much of the text comes before the annotation.
    pub annotation: Option<usize>,
    /// What is to be stored in the memo.
    pub stored: Option<StackKind>,
    /// What is wrong; the listing ends after this line.
    pub complaint: Option<String>,
    /// Whether what is wrong is that an opcode had taken the mark for an item: CPython's `dis`
    /// looks for it in vain, and ends with an IndexError before it writes the line.
    pub lost_mark: bool,
}

impl Listing {
    /// A listing that indents by `indent` for each mark, and explains each opcode from column `annotate` on.
    pub fn new(indent: String, annotate: Option<usize>) -> Listing {
        Listing {
            indent,
            annotate,
            column: annotate.unwrap_or(0),
            stack: Vec::new(),
            marks: Vec::new(),
            highest_protocol: None,
        }
    }

    /// Lists an opcode and follows what it does.
    pub fn line(&mut self, item: Item<'_>) -> Line {
        let opcode = item.opcode;
        let mut line = Line::default();
        let mut text = code_text(opcode.code).into_bytes();
        text.resize(text.len().max(4) + 1, b' ');
        self.marks
            .iter()
            .for_each(|_| text.extend_from_slice(self.indent.as_bytes()));
        text.extend_from_slice(opcode.name.as_bytes());
        self.highest_protocol = self.highest_protocol.max(Some(opcode.protocol));

        let mut popped = opcode.before.len();
        let mut note = None;
        let pops_mark = opcode.code == opcodes::POP && self.stack.last() == Some(&StackKind::Mark);
        if opcode.takes_mark() || pops_mark {
            match self.marks.pop() {
                Some(position) => {
                    note = Some(match position {
                        Some(position) => format!("(MARK at {position})"),
                        None => "(MARK at unknown opcode offset)".to_owned(),
                    });
                    let mark = self.stack.iter().rposition(|kind| *kind == StackKind::Mark);
                    if mark.is_none() {
                        line.lost_mark = true;
                        line.complaint = Some("the mark was taken as an item before".to_owned());
                    }
                    self.stack.truncate(mark.unwrap_or(0));
                    let below = opcode
                        .before
                        .iter()
                        .position(|kind| *kind == StackKind::Mark);
                    popped = below.unwrap_or(0);
                }
                None => line.complaint = Some("no MARK exists on stack".to_owned()),
            }
        }

        let mut pushed = None;
        match item.memo {
            MemoUse::No => {}
            MemoUse::Put | MemoUse::Memoize(_) => {
                if let MemoUse::Memoize(key) = item.memo {
                    note = Some(format!("(as {key})"));
                }
                match self.stack.last() {
                    None => {
                        line.complaint = Some("stack is empty -- can't store into memo".to_owned())
                    }
                    Some(StackKind::Mark) => {
                        line.complaint = Some("can't store markobject in the memo".to_owned());
                    }
                    Some(&kind) => line.stored = Some(kind),
                }
            }
            MemoUse::Get(Some(kind)) => pushed = Some(kind),
            MemoUse::Get(None) => {
                let key = String::from_utf8_lossy(item.argument.unwrap_or_default());
                line.complaint = Some(format!("memo key {key} has never been stored into"));
            }
        }

        if item.argument.is_some() || note.is_some() {
            let width = 10usize.saturating_sub(opcode.name.len());
            text.resize(text.len() + width, b' ');
            for part in [item.argument, note.as_deref().map(str::as_bytes)]
                .into_iter()
                .flatten()
            {
                text.push(b' ');
                text.extend_from_slice(part);
            }
        }
        if let Some(annotate) = self.annotate {
            let length = capers_runtime::text::wtf8::count(&text);
            text.resize(text.len() + self.column.saturating_sub(length), b' ');
            line.annotation = Some(text.len());
            // The next annotation begins where this one does, unless a long argument has pushed it too far.
            self.column = match length.max(self.column) {
                column @ 0..=50 => column,
                _ => annotate,
            };
            text.push(b' ');
            text.extend_from_slice(opcode.summary.as_bytes());
        }
        line.text = text;

        if line.complaint.is_none() {
            line.complaint = self.follow(item, popped, pushed);
        }
        line
    }

    /// Does to the stack what the opcode does, once its line is written.
    fn follow(
        &mut self,
        item: Item<'_>,
        popped: usize,
        pushed: Option<StackKind>,
    ) -> Option<String> {
        let there = self.stack.len();
        let Some(left) = there.checked_sub(popped) else {
            return Some(format!(
                "tries to pop {popped} items from stack with only {there} items"
            ));
        };
        self.stack.truncate(left);
        if item.opcode.code == opcodes::MARK {
            self.marks.push(item.position);
        }
        match pushed {
            Some(kind) => self.stack.push(kind),
            None => self.stack.extend_from_slice(item.opcode.after),
        }
        None
    }

    /// The line that ends a listing.
    pub fn summary(&self) -> String {
        match self.highest_protocol {
            Some(protocol) => format!("highest protocol among opcodes = {protocol}"),
            None => "highest protocol among opcodes = -1".to_owned(),
        }
    }

    /// What is wrong after the last opcode: things left on the stack.
    pub fn leftover(&self) -> Option<String> {
        if self.stack.is_empty() {
            return None;
        }
        let names: Vec<&str> = self.stack.iter().map(|kind| kind.name()).collect();
        Some(format!(
            "stack not empty after STOP: [{}]",
            names.join(", ")
        ))
    }
}

/// The opcode's byte as a repr without its quotes: `]`, `\x80`.
pub fn code_text(code: u8) -> String {
    if (0x20..0x7f).contains(&code) {
        char::from(code).to_string()
    } else {
        format!("\\x{code:02x}")
    }
}
