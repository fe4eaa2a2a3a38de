//! The `repr` of built-in containers: one frame that walks nested containers on
//! a stack of its own, so that depth costs no native stack, and the guard that
//! makes a container inside itself show as "[...]".

use crate::immediate::Truth;
use std::cell::RefCell;
use std::rc::Rc;

use gc_arena::Collect;

use crate::context::Context;
use crate::protocol::text;
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::exceptions::Exc;
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Step, begin};

/// Containers deeper than this raise RecursionError, as CPython's native stack
/// makes them do at about this depth.
const DEEPEST: usize = 30_000;

/// How many items are shown between two safe points.
const BATCH: usize = 1024;

/// The addresses of the objects whose `repr` is being made.
#[derive(Default)]
pub struct Showing(Rc<RefCell<Vec<usize>>>);

/// Says that an object's `repr` is being made, for as long as it lives.
pub struct ReprGuard {
    showing: Rc<RefCell<Vec<usize>>>,
    address: usize,
}

impl Drop for ReprGuard {
    fn drop(&mut self) {
        let mut showing = self.showing.borrow_mut();
        if let Some(at) = showing.iter().rposition(|a| *a == self.address) {
            showing.remove(at);
        }
    }
}

impl<'gc> Context<'gc> {
    /// Enters an object's `repr`: CPython's `Py_ReprEnter`. None where it is
    /// being made already: the caller shows "..." in place of the contents.
    pub fn enter_repr(self, value: Value<'gc>) -> Option<ReprGuard> {
        let address = value.address().unwrap_or(0);
        let showing = &self.state().showing.0;
        if showing.borrow().contains(&address) {
            return None;
        }
        showing.borrow_mut().push(address);
        Some(ReprGuard {
            showing: showing.clone(),
            address,
        })
    }
}

/// What a level of a `repr` walks over.
#[derive(Clone, Collect)]
#[collect(no_drop)]
enum Contents<'gc> {
    /// A list, which may change meanwhile.
    List(List<'gc>),
    /// A tuple.
    Tuple(Tuple<'gc>),
    /// A dict, which may change meanwhile.
    Dict(Dict<'gc>),
    /// Anything else: a copy of the items.
    Items(Vec<Value<'gc>>),
}

/// A container that is being shown.
#[derive(Collect)]
#[collect(no_drop)]
struct Level<'gc> {
    contents: Contents<'gc>,
    /// Index into the contents; of a dict, the position in its table.
    position: usize,
    /// The value of the dict's key that has just been shown.
    value: Option<Value<'gc>>,
    first: bool,
    #[collect(require_static)]
    close: &'static str,
    #[collect(require_static)]
    _guard: ReprGuard,
}

impl<'gc> Level<'gc> {
    fn new(contents: Contents<'gc>, close: &'static str, guard: ReprGuard) -> Self {
        Level {
            contents,
            position: 0,
            value: None,
            first: true,
            close,
            _guard: guard,
        }
    }

    /// The next object to be shown, after what separates it from the last one.
    fn next(&mut self, out: &mut Vec<u8>) -> Option<Value<'gc>> {
        if let Some(value) = self.value.take() {
            out.extend_from_slice(b": ");
            return Some(value);
        }
        let item = match &self.contents {
            Contents::List(list) => list.get(self.position),
            Contents::Tuple(tuple) => tuple.items().get(self.position).copied(),
            Contents::Items(items) => items.get(self.position).copied(),
            Contents::Dict(dict) => dict.borrow().next_from(self.position).map(|(at, entry)| {
                self.position = at;
                self.value = Some(entry.value);
                entry.key
            }),
        }?;
        self.position += 1;
        if !self.first {
            out.extend_from_slice(b", ");
        }
        self.first = false;
        Some(item)
    }
}

/// A `repr` on its way.
#[derive(Collect)]
#[collect(no_drop)]
struct Showed<'gc> {
    levels: Vec<Level<'gc>>,
    #[collect(require_static)]
    out: Vec<u8>,
    /// Whether an awaited `repr` is to be appended.
    waiting: bool,
}

enum Progress<'gc> {
    Done,
    Batch,
    Wait(Flow<'gc>),
}

impl<'gc> Showed<'gc> {
    fn go_on(&mut self, ctx: Context<'gc>) -> Result<Progress<'gc>, Raised<'gc>> {
        for _ in 0..BATCH {
            let Some(level) = self.levels.last_mut() else {
                return Ok(Progress::Done);
            };
            let Some(item) = level.next(&mut self.out) else {
                if let (Contents::Tuple(_), 1) = (&level.contents, level.position) {
                    self.out.push(b',');
                }
                self.out.extend_from_slice(level.close.as_bytes());
                self.levels.pop();
                continue;
            };
            if self.show(ctx, item)? {
                continue;
            }
            match text::repr(ctx, item)? {
                Flow::Return(shown) => self.append(shown),
                flow => return Ok(Progress::Wait(flow)),
            }
        }
        Ok(Progress::Batch)
    }

    fn append(&mut self, shown: Value<'gc>) {
        if let Some(shown) = shown.as_str() {
            self.out.extend_from_slice(shown.bytes());
        }
    }

    /// Shows an exact built-in value or enters an exact built-in container;
    /// whether it did.
    fn show(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<bool, Raised<'gc>> {
        use std::io::Write;
        match item {
            Value::None => self.out.extend_from_slice(b"None"),
            Value::Bool(Truth::True) => self.out.extend_from_slice(b"True"),
            Value::Bool(Truth::False) => self.out.extend_from_slice(b"False"),
            // Writing to a Vec never fails.
            Value::Int(n) => drop(write!(self.out, "{n}")),
            Value::Str(s) => {
                let text = crate::text::Text::new(s.bytes());
                crate::text::quote::repr(text, &mut self.out);
            }
            Value::List(list) if list.is_empty() => self.out.extend_from_slice(b"[]"),
            Value::Tuple(tuple) if tuple.is_empty() => self.out.extend_from_slice(b"()"),
            Value::Dict(dict) if dict.is_empty() => self.out.extend_from_slice(b"{}"),
            Value::List(list) => self.enter(ctx, item, Contents::List(list), "[", "]")?,
            Value::Tuple(tuple) => self.enter(ctx, item, Contents::Tuple(tuple), "(", ")")?,
            Value::Dict(dict) => self.enter(ctx, item, Contents::Dict(dict), "{", "}")?,
            Value::Set(set) if !set.is_empty() => {
                let guard = ctx.enter_repr(item);
                let contents = Contents::Items(set.items());
                self.enter_guarded(ctx, guard, contents, ("{", "}"), "set(...)")?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn enter(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
        contents: Contents<'gc>,
        open: &'static str,
        close: &'static str,
    ) -> Result<(), Raised<'gc>> {
        let recursive = match contents {
            Contents::Dict(_) => "{...}",
            Contents::Tuple(_) => "(...)",
            _ => "[...]",
        };
        let guard = ctx.enter_repr(value);
        self.enter_guarded(ctx, guard, contents, (open, close), recursive)
    }

    fn enter_guarded(
        &mut self,
        ctx: Context<'gc>,
        guard: Option<ReprGuard>,
        contents: Contents<'gc>,
        (open, close): (&str, &'static str),
        recursive: &str,
    ) -> Result<(), Raised<'gc>> {
        let Some(guard) = guard else {
            self.out.extend_from_slice(recursive.as_bytes());
            return Ok(());
        };
        if self.levels.len() >= DEEPEST {
            return Err(ctx.error(
                Exc::RecursionError,
                "maximum recursion depth exceeded while getting the repr of an object",
            ));
        }
        self.out.extend_from_slice(open.as_bytes());
        self.levels.push(Level::new(contents, close, guard));
        Ok(())
    }

    fn finish(&mut self, ctx: Context<'gc>) -> Value<'gc> {
        Value::Str(ctx.str_from_vec(std::mem::take(&mut self.out)))
    }
}

impl<'gc> NativeFrame<'gc> for Showed<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if self.waiting {
            let shown = input.value()?;
            self.waiting = false;
            self.append(shown);
        }
        match self.go_on(ctx)? {
            Progress::Done => Ok(Step::Return(self.finish(ctx))),
            Progress::Batch => Ok(Step::Yield),
            Progress::Wait(flow) => {
                self.waiting = true;
                Ok(Step::Await(flow))
            }
        }
    }
}

/// Starts with a level and goes on until Python code has to run.
fn run<'gc>(ctx: Context<'gc>, open: String, level: Level<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    let showed = Showed {
        levels: vec![level],
        out: open.into_bytes(),
        waiting: false,
    };
    begin(ctx, showed)
}

/// The `repr` of `items`, shown between `open` and `close`; `recursive` is what
/// shows in place of all that while `owner` is being shown already.
pub fn sequence<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    items: Vec<Value<'gc>>,
    open: impl Into<String>,
    close: &'static str,
    recursive: &str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match ctx.enter_repr(owner) {
        Some(guard) => run(
            ctx,
            open.into(),
            Level::new(Contents::Items(items), close, guard),
        ),
        None => Ok(Flow::Return(ctx.str_value(recursive))),
    }
}

/// `list.__repr__`
pub fn list<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    list: List<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if list.is_empty() {
        return Ok(Flow::Return(ctx.str_value("[]")));
    }
    guarded(ctx, owner, Contents::List(list), ["[", "]", "[...]"])
}

/// `tuple.__repr__`
pub fn tuple<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    tuple: Tuple<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if tuple.is_empty() {
        return Ok(Flow::Return(ctx.str_value("()")));
    }
    guarded(ctx, owner, Contents::Tuple(tuple), ["(", ")", "(...)"])
}

/// `dict.__repr__`
pub fn dict<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    dict: Dict<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if dict.is_empty() {
        return Ok(Flow::Return(ctx.str_value("{}")));
    }
    guarded(ctx, owner, Contents::Dict(dict), ["{", "}", "{...}"])
}

fn guarded<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    contents: Contents<'gc>,
    [open, close, recursive]: [&'static str; 3],
) -> Result<Flow<'gc>, Raised<'gc>> {
    match ctx.enter_repr(owner) {
        Some(guard) => run(ctx, open.to_owned(), Level::new(contents, close, guard)),
        None => Ok(Flow::Return(ctx.str_value(recursive))),
    }
}
