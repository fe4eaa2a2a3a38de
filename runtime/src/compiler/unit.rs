//! The code unit under construction: instructions with labels and handlers, names, constants.

use std::collections::HashMap;

use hashbrown::HashSet;
use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{TextRange, TextSize};

use super::scopes::{Place, ScopeId};
use crate::bytecode::{Constant, Op};

/// A place to jump to, not yet known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(pub u32);

/// An index into `Unit::handlers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HandlerId(pub u32);

/// Where exceptions go while it is the current handler.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handler {
    pub target: Label,
    pub push_lasti: bool,
    /// How many items of the stack at the Setup the handler does not keep.
    pub dropped: u32,
}

/// What a unit is made of until it is assembled.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    Instr {
        op: Op,
        arg: u32,
        range: TextRange,
        handler: Option<HandlerId>,
    },
    /// Jumps to the label here.
    Label(Label),
    /// Here the handler begins: it keeps the stack that is there.
    Setup(HandlerId),
}

/// The range of instructions without a place in the source.
pub(super) fn nowhere() -> TextRange {
    TextRange::empty(TextSize::new(u32::MAX))
}

/// Slots below this are locals; from here on, cells and then free variables.
pub(super) const DEREF_BASE: u32 = 1 << 30;

/// Names with numbers, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct NameTable {
    names: Vec<Name>,
    index: HashMap<Name, u32>,
}

impl NameTable {
    /// The number of a name, given if new.
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.index.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(Name::new(name));
        self.index.insert(Name::new(name), number);
        number
    }

    /// The number of a name, if it has one.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.index.get(name).copied()
    }

    /// All names.
    pub fn names(&self) -> &[Name] {
        &self.names
    }
}

/// A construct that `break`, `continue` or `return` has to leave in an orderly way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub kind: BlockKind<'a>,
    /// The handler in force outside it.
    pub outer: Option<HandlerId>,
}

/// The kinds of [`Block`], as CPython's `fblocktype`.
#[derive(Clone, Copy, Debug)]
pub(super) enum BlockKind<'a> {
    While {
        start: Label,
        end: Label,
    },
    For {
        start: Label,
        end: Label,
    },
    /// The body of a `try` with handlers.
    TryExcept,
    /// The body of a `try` with this `finally`.
    FinallyTry(&'a [ast::Stmt]),
    /// The `finally` after an exception.
    FinallyEnd,
    With(TextRange),
    /// The body of a handler, with the name to unbind.
    HandlerCleanup(Option<&'a ast::Identifier>),
    ExceptionHandler,
    /// Within `except*`.
    GroupHandler,
    /// The value of `return`, while a `finally` runs.
    PopValue,
}

/// An annotation of a variable of a class or module, evaluated later.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeferredAnnotation<'a> {
    pub name: &'a ast::ExprName,
    pub annotation: &'a Expr,
    pub range: TextRange,
    /// Its number in `__conditional_annotations__`.
    pub condition: Option<u32>,
}

/// A unit under construction.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    pub scope: ScopeId,
    pub name: Name,
    pub qualname: String,
    pub first_line: u32,
    pub flags: u32,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub items: Vec<Item>,
    pub handlers: Vec<Handler>,
    pub handler: Option<HandlerId>,
    pub labels: u32,
    pub names: NameTable,
    pub locals: NameTable,
    /// Cells, then free variables.
    pub derefs: NameTable,
    pub cell_count: u32,
    pub constants: Vec<Constant>,
    constant_index: HashMap<Constant, u32>,
    pub blocks: Vec<Block<'a>>,
    /// Where instructions of the current node come from.
    pub range: TextRange,
    /// Places of names while an inlined comprehension is compiled.
    pub overrides: HashMap<Name, Place>,
    /// Names in slots although this is no function: of an inlined comprehension.
    pub hidden: HashSet<Name>,
    pub all_hidden: HashSet<Name>,
    pub in_comprehension: bool,
    pub conditional_depth: u32,
    pub next_condition: u32,
    pub deferred: Vec<DeferredAnnotation<'a>>,
    /// Attributes that methods of this class assign on self.
    pub static_attributes: NameTable,
}

impl Unit<'_> {
    /// An empty unit.
    pub fn new(scope: ScopeId, name: Name, qualname: String, first_line: u32) -> Self {
        Unit {
            scope,
            name,
            qualname,
            first_line,
            flags: 0,
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            items: Vec::new(),
            handlers: Vec::new(),
            handler: None,
            labels: 0,
            names: NameTable::default(),
            locals: NameTable::default(),
            derefs: NameTable::default(),
            cell_count: 0,
            constants: Vec::new(),
            constant_index: HashMap::new(),
            blocks: Vec::new(),
            range: nowhere(),
            overrides: HashMap::new(),
            hidden: HashSet::new(),
            all_hidden: HashSet::new(),
            in_comprehension: false,
            conditional_depth: 0,
            next_condition: 0,
            deferred: Vec::new(),
            static_attributes: NameTable::default(),
        }
    }

    /// Appends an instruction at the current range.
    pub fn emit(&mut self, op: Op, arg: u32) {
        let (range, handler) = (self.range, self.handler);
        self.items.push(Item::Instr {
            op,
            arg,
            range,
            handler,
        });
    }

    /// A label that is nowhere() yet.
    pub fn label(&mut self) -> Label {
        let label = Label(self.labels);
        self.labels += 1;
        label
    }

    /// Puts a label here.
    pub fn place(&mut self, label: Label) {
        self.items.push(Item::Label(label));
    }

    /// Makes a new handler current from here on; the caller restores the one before.
    pub fn setup(&mut self, target: Label, push_lasti: bool) -> HandlerId {
        self.setup_dropping(target, push_lasti, 0)
    }

    /// As `setup`; the handler does not keep the top `dropped` items.
    pub fn setup_dropping(&mut self, target: Label, push_lasti: bool, dropped: u32) -> HandlerId {
        let id = HandlerId(u32::try_from(self.handlers.len()).unwrap_or(u32::MAX));
        self.handlers.push(Handler {
            target,
            push_lasti,
            dropped,
        });
        self.items.push(Item::Setup(id));
        self.handler = Some(id);
        id
    }

    /// The number of a constant, shared by constants of the same type and value.
    pub fn constant(&mut self, constant: Constant) -> u32 {
        if let Some(number) = self.constant_index.get(&constant) {
            return *number;
        }
        let number = u32::try_from(self.constants.len()).unwrap_or(u32::MAX);
        self.constants.push(constant.clone());
        self.constant_index.insert(constant, number);
        number
    }

    /// Appends a LoadConst.
    pub fn load_const(&mut self, constant: Constant) {
        let number = self.constant(constant);
        self.emit(Op::LoadConst, number);
    }

    /// The constant that the item `back` places from the end (0 is the last) loads, if it does.
    pub fn const_at(&self, back: usize) -> Option<&Constant> {
        let index = self.items.len().checked_sub(back + 1)?;
        match self.items.get(index)? {
            Item::Instr {
                op: Op::LoadConst,
                arg,
                ..
            } => self.constants.get(*arg as usize),
            _ => None,
        }
    }

    /// Removes the last items.
    pub fn drop_items(&mut self, count: usize) {
        self.items.truncate(self.items.len().saturating_sub(count));
    }
}
