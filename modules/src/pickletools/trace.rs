//! The pickle machine without objects: what is on the stack and in the memo after each opcode, in words.
//!
//! Follows a [`Walk`](super::walk::Walk), which checks the stack; here are only the words. They are kept for
//! the upper part of the stack and for the first entries of the memo, so that a trace of a pickle of any size
//! needs little memory; what lies deeper is named by its kind when it comes up again.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::rc::Rc;

use super::argument::Argument;
use super::memo::{Access, Key};
use super::walk::Step;
use crate::pickle::codec::Op;

/// How many items of the stack are in words.
const STACK_WORDS: usize = 2048;
/// How many memo entries are in words.
const MEMO_WORDS: usize = 50_000;
/// How long the words of one item get, roughly.
const WORDS: usize = 72;

/// The machine.
#[derive(Debug, Default)]
pub struct Tracer {
    /// The upper part of the stack, the top last.
    stack: VecDeque<Thing>,
    /// How many items lie below that.
    deeper: usize,
    /// How high the stack was where each mark lies.
    marks: Vec<usize>,
    memo: HashMap<Key, Thing>,
    buffers: u64,
}

/// Something on the stack.
#[derive(Clone, Debug)]
enum Thing {
    Mark,
    /// What never changes.
    Words(Rc<str>),
    /// What later opcodes may change: the same thing wherever it is, as the object would be.
    Node(Rc<Node>),
}

/// A container or an instance, as far as it is known.
#[derive(Debug, Default)]
struct Node {
    open: String,
    close: &'static str,
    /// The first items.
    body: RefCell<String>,
    items: Cell<u64>,
    /// How many of the items are in the body.
    shown: Cell<u64>,
    state: RefCell<String>,
}

impl Node {
    fn new(open: impl Into<String>, close: &'static str) -> Node {
        Node {
            open: open.into(),
            close,
            ..Node::default()
        }
    }

    fn add(&self, words: &str) {
        let mut body = self.body.borrow_mut();
        if self.shown.get() == self.items.get() && body.len() < WORDS {
            if self.items.get() > 0 {
                body.push_str(", ");
            }
            body.push_str(words);
            self.shown.set(self.shown.get() + 1);
        }
        self.items.set(self.items.get() + 1);
    }
}

impl Thing {
    fn words(&self) -> String {
        match self {
            Thing::Mark => "MARK".to_owned(),
            Thing::Words(words) => words.to_string(),
            Thing::Node(node) => {
                let called = node.close.is_empty() && node.items.get() > 0;
                let link = if called { " with items " } else { "" };
                let mut words = format!("{}{link}{}", node.open, node.body.borrow());
                let more = node.items.get() - node.shown.get();
                if more > 0 {
                    let _ = write!(words, ", ... {more} more");
                }
                words.push_str(node.close);
                words.push_str(&node.state.borrow());
                shortened(words)
            }
        }
    }

    fn of(words: impl Into<String>) -> Thing {
        Thing::Words(shortened(words.into()).into())
    }

    fn container(open: &str, close: &'static str) -> Thing {
        Thing::Node(Rc::new(Node::new(open, close)))
    }

    /// A sequence of these items.
    fn holding(open: &str, close: &'static str, items: &[Thing]) -> Thing {
        let thing = Thing::container(open, close);
        thing.extend(items);
        thing
    }

    fn extend(&self, items: &[Thing]) {
        if let Thing::Node(node) = self {
            items.iter().for_each(|item| node.add(&item.words()));
        }
    }

    fn extend_pairs(&self, items: &[Thing]) {
        if let Thing::Node(node) = self {
            for pair in items.chunks(2) {
                let words: Vec<String> = pair.iter().map(Thing::words).collect();
                node.add(&words.join(": "));
            }
        }
    }

    /// What calling something with arguments gives.
    fn called(callee: &Thing, arguments: &Thing, keywords: Option<&Thing>) -> Thing {
        let arguments = arguments.words();
        let inner = arguments
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'));
        let mut inner = inner.map_or(format!("*{arguments}"), |inner| {
            inner.trim_end_matches(',').to_owned()
        });
        if let Some(keywords) = keywords
            .map(Thing::words)
            .filter(|keywords| keywords != "{}")
        {
            let comma = if inner.is_empty() { "" } else { ", " };
            let _ = write!(inner, "{comma}**{keywords}");
        }
        let open = shortened(format!("{}({inner})", callee.words()));
        Thing::Node(Rc::new(Node::new(open, "")))
    }

    /// The text of a str without its quotes: a part of a global's name.
    fn unquoted(&self) -> String {
        let words = self.words();
        let inner = words
            .strip_prefix(['\'', '"'])
            .and_then(|inner| inner.strip_suffix(['\'', '"']));
        inner.map(str::to_owned).unwrap_or(words)
    }
}

/// Cuts words that have become too many.
fn shortened(mut words: String) -> String {
    let limit = WORDS * 2;
    if words.len() > limit {
        let end = (0..=limit)
            .rev()
            .find(|&at| words.is_char_boundary(at))
            .unwrap_or(0);
        words.truncate(end);
        words.push_str("...");
    }
    words
}

impl Tracer {
    /// A machine with an empty stack; `memo` is that of the pickle before, where that goes on.
    pub fn begin(&mut self, keep_memo: bool) {
        let memo = std::mem::take(&mut self.memo);
        *self = Tracer::default();
        if keep_memo {
            self.memo = memo;
        }
    }

    /// How many items are on the stack, marks counted.
    pub fn height(&self) -> usize {
        self.deeper + self.stack.len()
    }

    /// The words of the topmost items, the top last; at most `most` of them.
    pub fn top(&self, most: usize) -> Vec<String> {
        let skip = self.stack.len().saturating_sub(most);
        self.stack.iter().skip(skip).map(Thing::words).collect()
    }

    /// What a memo entry was, in words.
    pub fn entry(&self, key: &Key) -> Option<String> {
        self.memo.get(key).map(Thing::words)
    }

    fn push(&mut self, thing: Thing) {
        self.stack.push_back(thing);
        if self.stack.len() > STACK_WORDS {
            self.stack.pop_front();
            self.deeper += 1;
        }
    }

    fn pop(&mut self) -> Thing {
        match self.stack.pop_back() {
            Some(thing) => thing,
            None => {
                self.deeper = self.deeper.saturating_sub(1);
                Thing::of("...")
            }
        }
    }

    /// What lies above the topmost mark, which goes too: the uppermost of it, the lowest first, and how much
    /// there is below that.
    fn above_mark(&mut self) -> (Vec<Thing>, usize) {
        let mark = self.marks.pop().unwrap_or(0);
        let count = self.height().saturating_sub(mark + 1);
        let words = count.min(self.stack.len());
        let items: Vec<Thing> = self.stack.split_off(self.stack.len() - words).into();
        let deeper = count - words;
        self.deeper -= deeper.min(self.deeper);
        self.pop();
        (items, deeper)
    }

    /// The items above the mark as a new container.
    fn gathered(&mut self, open: &str, close: &'static str) -> Thing {
        let (items, deeper) = self.above_mark();
        let thing = Thing::container(open, close);
        if let Thing::Node(node) = &thing
            && deeper > 0
        {
            *node.body.borrow_mut() = format!("... {deeper} items");
            node.items.set(deeper as u64);
            node.shown.set(deeper as u64);
        }
        thing.extend(&items);
        thing
    }

    fn tuple(&mut self, count: usize) -> Thing {
        let mut items: Vec<Thing> = (0..count).map(|_| self.pop()).collect();
        items.reverse();
        Thing::holding("(", if count == 1 { ",)" } else { ")" }, &items)
    }

    /// Does what the opcode of this step does. Its walk must have found nothing wrong with it.
    pub fn step(&mut self, step: &Step<'_>) {
        match Access::of(&step.op) {
            Access::Put | Access::Memoize => {
                if let (Some(key), Some(top)) = (&step.key, self.stack.back())
                    && (self.memo.len() < MEMO_WORDS || self.memo.contains_key(key))
                {
                    self.memo.insert(key.clone(), top.clone());
                }
                return;
            }
            Access::Get => {
                let found = step
                    .key
                    .as_ref()
                    .and_then(|key| self.memo.get(key))
                    .cloned();
                let key = step.key.as_ref().map_or(String::new(), Key::to_string);
                self.push(found.unwrap_or_else(|| Thing::of(format!("memo[{key}]"))));
                return;
            }
            Access::No => {}
        }
        let pushed = match step.op {
            Op::Proto(_) | Op::Frame(_) => return,
            Op::None => Thing::of("None"),
            Op::NewTrue => Thing::of("True"),
            Op::NewFalse => Thing::of("False"),
            Op::EmptyList => Thing::container("[", "]"),
            Op::EmptyDict => Thing::container("{", "}"),
            Op::EmptySet => Thing::container("set(", ")"),
            Op::EmptyTuple => Thing::of("()"),
            Op::Mark => {
                self.marks.push(self.height());
                Thing::Mark
            }
            Op::Pop if matches!(self.stack.back(), Some(Thing::Mark)) => {
                self.above_mark();
                return;
            }
            Op::Pop | Op::Stop => {
                self.pop();
                return;
            }
            Op::PopMark => {
                self.above_mark();
                return;
            }
            Op::Dup => match self.stack.back() {
                Some(top) => top.clone(),
                None => Thing::of("..."),
            },
            Op::Append => {
                let item = self.pop();
                return self.change(|list| list.extend(&[item]));
            }
            Op::SetItem => {
                let value = self.pop();
                let key = self.pop();
                return self.change(|dict| dict.extend_pairs(&[key, value]));
            }
            Op::Appends | Op::AddItems => {
                let (items, _) = self.above_mark();
                return self.change(|list| list.extend(&items));
            }
            Op::SetItems => {
                let (items, _) = self.above_mark();
                return self.change(|dict| dict.extend_pairs(&items));
            }
            Op::List => self.gathered("[", "]"),
            Op::Tuple => self.gathered("(", ")"),
            Op::FrozenSet => self.gathered("frozenset(", ")"),
            Op::Dict => {
                let (items, _) = self.above_mark();
                let dict = Thing::container("{", "}");
                dict.extend_pairs(&items);
                dict
            }
            Op::Tuple1 => self.tuple(1),
            Op::Tuple2 => self.tuple(2),
            Op::Tuple3 => self.tuple(3),
            Op::Global { .. } => Thing::of(class_name(step)),
            Op::StackGlobal => {
                let name = self.pop().unquoted();
                let module = self.pop().unquoted();
                Thing::of(format!("{module}.{name}"))
            }
            Op::Inst { .. } => {
                let arguments = self.gathered("(", ")");
                Thing::called(&Thing::of(class_name(step)), &arguments, None)
            }
            Op::Obj => {
                let (mut items, _) = self.above_mark();
                let class = if items.is_empty() {
                    Thing::of("...")
                } else {
                    items.remove(0)
                };
                Thing::called(&class, &Thing::holding("(", ")", &items), None)
            }
            Op::Reduce | Op::NewObj => {
                let arguments = self.pop();
                let callee = self.pop();
                Thing::called(&callee, &arguments, None)
            }
            Op::NewObjEx => {
                let keywords = self.pop();
                let arguments = self.pop();
                let class = self.pop();
                Thing::called(&class, &arguments, Some(&keywords))
            }
            Op::Build => {
                let state = self.pop().words();
                return self.change(|object| {
                    if let Thing::Node(node) = object {
                        *node.state.borrow_mut() = format!(" with state {state}");
                    }
                });
            }
            Op::PersId(_) => Thing::of(format!("persistent object {}", argument_words(step))),
            Op::BinPersId => {
                let id = self.pop().words();
                Thing::of(format!("persistent object {id}"))
            }
            Op::Ext1(code) => Thing::of(format!("extension {code}")),
            Op::Ext2(code) => Thing::of(format!("extension {code}")),
            Op::Ext4(code) => Thing::of(format!("extension {code}")),
            Op::NextBuffer => {
                self.buffers += 1;
                Thing::of(format!("buffer {}", self.buffers))
            }
            Op::ReadonlyBuffer => {
                let buffer = self.pop().words();
                Thing::of(format!("read-only {buffer}"))
            }
            _ => Thing::of(argument_words(step)),
        };
        self.push(pushed);
    }

    /// Changes what is on top.
    fn change(&mut self, change: impl FnOnce(&Thing)) {
        if let Some(top) = self.stack.back() {
            change(top);
        }
    }
}

/// The argument as it is shown, shortened.
fn argument_words(step: &Step<'_>) -> String {
    let Some(argument) = step.argument.clone() else {
        return step.opcode.name.to_owned();
    };
    let (head, cut) = argument.head(WORDS / 2);
    let mut shown = Vec::new();
    head.show(&mut shown);
    let mut words = String::from_utf8_lossy(&shown).into_owned();
    if cut > 0 || step.left_out > 0 {
        words.push_str("...");
    }
    shortened(words)
}

/// `module.name` of an opcode that names a global.
fn class_name(step: &Step<'_>) -> String {
    match &step.argument {
        Some(Argument::Text(text)) => String::from_utf8_lossy(text).replacen(' ', ".", 1),
        _ => "...".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::walk::{Options, Walk};
    use super::*;

    /// The stack after each opcode.
    fn stacks(input: &[u8]) -> Vec<String> {
        let options = Options {
            indent: 0,
            annotate: None,
            keep_memo: false,
            longest: 100,
        };
        let mut walk = Walk::new(input, options);
        let mut tracer = Tracer::default();
        let mut stacks = Vec::new();
        while let Ok(step) = walk.step() {
            assert_eq!(step.line.complaint, None);
            tracer.step(&step);
            stacks.push(tracer.top(9).join(" | "));
        }
        stacks
    }

    #[test]
    fn the_stack_is_told_in_words() {
        assert_eq!(
            stacks(b"(K\x01(U\x01al\x85ce\nm.\n)Rt.")[..8],
            [
                "MARK",
                "MARK | 1",
                "MARK | 1 | MARK",
                "MARK | 1 | MARK | 'a'",
                "MARK | 1 | ['a']",
                "MARK | 1 | (['a'],)",
                "MARK | 1 | (['a'],) | e.m.",
                "MARK | 1 | (['a'],) | e.m. | ()"
            ]
        );
        let instance = stacks(b"cm\nC\n)\x81}U\x01xK\x01sb.");
        assert_eq!(instance[2], "m.C()");
        assert_eq!(instance[7], "m.C() with state {'x': 1}");
    }

    #[test]
    fn what_the_memo_holds_changes_with_the_object() {
        let found = stacks(b"]q\x00K\x01ah\x00\x86.");
        assert_eq!(found[4], "[1] | [1]");
        assert_eq!(found[5], "([1], [1])");
    }

    #[test]
    fn a_deep_stack_is_bounded() {
        let mut input = b"(".to_vec();
        input.extend(std::iter::repeat_n(b'N', 10_000));
        input.extend(b"t.");
        let found = stacks(&input);
        assert!(
            found[10_001].starts_with("(... 7952 items, None, "),
            "{}",
            found[10_001]
        );
    }
}
