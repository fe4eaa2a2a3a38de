//! The compiled unit: what a module, class body, function or annotation scope becomes.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use num_bigint::BigInt;

use super::{BinaryOperator, Comparison, Op};

/// The `cache` of an instruction that has none.
pub const NO_CACHE: u16 = u16::MAX;

/// One instruction, fixed width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instr {
    /// What to do.
    pub op: Op,
    /// The number of the inline cache, or [`NO_CACHE`]. Consecutive in a code unit.
    pub cache: u16,
    /// The operand, as the row of `op` explains it.
    pub arg: u32,
}

impl Instr {
    /// The two slots of a `SlotPair` operand, in the order of the instructions they stand for.
    #[inline]
    pub fn slot_pair(self) -> (u32, u32) {
        (self.arg & 0xffff, self.arg >> 16)
    }

    /// The operator and the constant of a `BinaryConstant` operand.
    #[inline]
    pub fn binary_constant(self) -> (Option<BinaryOperator>, u32) {
        (
            BinaryOperator::from_arg(self.arg >> 24),
            self.arg & 0x00ff_ffff,
        )
    }

    /// The comparison and the jump target of a `ComparisonTarget` operand.
    #[inline]
    pub fn comparison_target(self) -> (Option<Comparison>, u32) {
        (Comparison::from_arg(self.arg >> 28), self.arg & 0x0fff_ffff)
    }

    /// Where the instruction may jump to, if it is a jump.
    pub fn target(self) -> Option<u32> {
        match self.op.row().operand {
            super::Operand::Target => Some(self.arg),
            super::Operand::ComparisonTarget => Some(self.comparison_target().1),
            _ => None,
        }
    }
}

/// Where in the source an instruction comes from, as CPython's `co_positions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// First line, from 1; 0 when the instruction has no place in the source.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// First column, from 0, in UTF-8 bytes of its line.
    pub col: u32,
    /// Column after the last.
    pub end_col: u32,
}

/// A range of instructions whose exceptions go to a handler.
///
/// When an instruction in `start..end` raises, the stack is cut to `depth`, then, if
/// `push_lasti`, the index of the raising instruction is pushed as an int, then the exception,
/// and control goes to `target`. Entries do not overlap and are sorted by `start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    /// First instruction covered.
    pub start: u32,
    /// The instruction after the last one covered.
    pub end: u32,
    /// The handler.
    pub target: u32,
    /// The stack height that the handler keeps.
    pub depth: u32,
    /// Whether the raising instruction's index is pushed under the exception.
    pub push_lasti: bool,
}

/// One slot of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The variable's name, mangled.
    pub name: Box<str>,
    /// A parameter or local: listed in `co_varnames`.
    pub local: bool,
    /// Captured by an inner function: holds a cell once MakeCell has run. In `co_cellvars`.
    pub cell: bool,
    /// A free variable: holds a cell of the closure. In `co_freevars`.
    pub free: bool,
    /// Belongs to an inlined comprehension of a module or class body: not part of `locals()`.
    pub hidden: bool,
}

/// Flags of `co_flags`, with CPython's values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeFlags(pub u32);

impl CodeFlags {
    /// Locals live in slots, not in a mapping.
    pub const OPTIMIZED: u32 = 0x1;
    /// The frame makes its own locals mapping.
    pub const NEWLOCALS: u32 = 0x2;
    /// Has `*args`.
    pub const VARARGS: u32 = 0x4;
    /// Has `**kwargs`.
    pub const VARKEYWORDS: u32 = 0x8;
    /// Defined within a function.
    pub const NESTED: u32 = 0x10;
    /// Is a generator function.
    pub const GENERATOR: u32 = 0x20;
    /// Is a coroutine function; in a unit also `GENERATOR` is set.
    pub const COROUTINE: u32 = 0x80;
    /// Is a generator function whose generators can be awaited: `types.coroutine`.
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// The first constant is the docstring.
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
    /// Defined in a class body.
    pub const METHOD: u32 = 0x800_0000;
    /// Under `from __future__ import annotations`.
    pub const FUTURE_ANNOTATIONS: u32 = 0x100_0000;

    /// Whether all bits of `flag` are set.
    #[inline]
    pub fn has(self, flag: u32) -> bool {
        self.0 & flag == flag
    }
}

/// What MakeFunction finds on the stack, in the order in which it was pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FunctionFlags(pub u32);

impl FunctionFlags {
    /// A tuple of defaults of positional parameters.
    pub const DEFAULTS: u32 = 1;
    /// A dict of defaults of keyword-only parameters.
    pub const KEYWORD_DEFAULTS: u32 = 2;
    /// The `__annotate__` function; under `from __future__ import annotations` a tuple of names
    /// and texts in alternation instead.
    pub const ANNOTATE: u32 = 4;
    /// A tuple of cells, one for each free variable.
    pub const CLOSURE: u32 = 8;

    /// Whether `flag` is set.
    #[inline]
    pub fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }
}

/// A constant of a code unit. Each is to become exactly one object.
#[derive(Clone, Debug)]
pub enum Constant {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An int of 64 bits.
    Int(i64),
    /// Any other int.
    BigInt(BigInt),
    /// A float.
    Float(f64),
    /// A complex: real and imaginary part.
    Complex(f64, f64),
    /// A str as WTF-8: valid UTF-8 but for lone surrogates.
    Str(Box<[u8]>),
    /// A bytes object.
    Bytes(Box<[u8]>),
    /// `...`
    Ellipsis,
    /// A tuple of constants.
    Tuple(Box<[Constant]>),
    /// A frozenset of distinct constants, in source order.
    FrozenSet(Box<[Constant]>),
    /// A slice of constants: start, stop, step.
    Slice(Box<[Constant; 3]>),
    /// The code of an inner function or class.
    Code(Arc<CodeUnit>),
}

/// A compiled module, class body, function, lambda, generator expression or annotation scope.
#[derive(Clone, Debug)]
pub struct CodeUnit {
    /// `co_name`
    pub name: Box<str>,
    /// `co_qualname`
    pub qualname: Box<str>,
    /// `co_filename`
    pub filename: Arc<str>,
    /// `co_firstlineno`: of the first decorator, if any.
    pub first_line: u32,
    /// `co_flags`
    pub flags: CodeFlags,
    /// Parameters that can be positional, without `*args`.
    pub argcount: u32,
    /// Of these, the positional-only ones.
    pub posonlyargcount: u32,
    /// Keyword-only parameters. The slots start with the positional parameters, then these,
    /// then `*args`, then `**kwargs`.
    pub kwonlyargcount: u32,
    /// The frame's slots: parameters, other locals, cells that are no parameters, free variables.
    pub slots: Vec<Slot>,
    /// How many slots at the end are free variables: the closure's cells go there on entry.
    pub free_count: u32,
    /// Names that instructions refer to.
    pub names: Vec<Box<str>>,
    /// Constants, distinct by type and value.
    pub constants: Vec<Constant>,
    /// The instructions.
    pub instrs: Vec<Instr>,
    /// One for each instruction.
    pub positions: Vec<Position>,
    /// Handlers.
    pub exception_table: Vec<ExceptionEntry>,
    /// The greatest height of the stack.
    pub stack_size: u32,
    /// How many inline caches the instructions use.
    pub cache_count: u32,
}

impl CodeUnit {
    /// Whether an exception handler is one that the program wrote: `except`, `finally`
    /// or the end of a `with`, and not one of the compiler's own.
    pub fn is_written(&self, entry: &ExceptionEntry) -> bool {
        let first = self.instrs.get(entry.target as usize);
        !matches!(
            first.map(|instr| instr.op),
            Some(Op::StopIterationError | Op::CleanupThrow)
        )
    }

    /// `co_varnames`
    pub fn varnames(&self) -> impl Iterator<Item = &str> {
        self.slots
            .iter()
            .filter(|slot| slot.local)
            .map(|slot| &*slot.name)
    }

    /// `co_cellvars`
    pub fn cellvars(&self) -> impl Iterator<Item = &str> {
        self.slots
            .iter()
            .filter(|slot| slot.cell)
            .map(|slot| &*slot.name)
    }

    /// `co_freevars`
    pub fn freevars(&self) -> impl Iterator<Item = &str> {
        self.slots
            .iter()
            .filter(|slot| slot.free)
            .map(|slot| &*slot.name)
    }

    /// The handler for an exception raised by the instruction at `index`.
    pub fn handler(&self, index: u32) -> Option<&ExceptionEntry> {
        let after = self
            .exception_table
            .partition_point(|entry| entry.start <= index);
        let entry = self.exception_table.get(after.checked_sub(1)?)?;
        (index < entry.end).then_some(entry)
    }
}

/// Equal are constants that may be one object: same type, same value, zeros with the same sign.
impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        let bits = |left: f64, right: f64| left.to_bits() == right.to_bits();
        match (self, other) {
            (Constant::None, Constant::None) | (Constant::Ellipsis, Constant::Ellipsis) => true,
            (Constant::Bool(left), Constant::Bool(right)) => left == right,
            (Constant::Int(left), Constant::Int(right)) => left == right,
            (Constant::BigInt(left), Constant::BigInt(right)) => left == right,
            (Constant::Float(left), Constant::Float(right)) => bits(*left, *right),
            (Constant::Complex(re, im), Constant::Complex(re2, im2)) => {
                bits(*re, *re2) && bits(*im, *im2)
            }
            (Constant::Str(left), Constant::Str(right))
            | (Constant::Bytes(left), Constant::Bytes(right)) => left == right,
            (Constant::Tuple(left), Constant::Tuple(right))
            | (Constant::FrozenSet(left), Constant::FrozenSet(right)) => left == right,
            (Constant::Slice(left), Constant::Slice(right)) => left == right,
            (Constant::Code(left), Constant::Code(right)) => Arc::ptr_eq(left, right),
            _ => false,
        }
    }
}

impl Eq for Constant {}

impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Constant::None | Constant::Ellipsis => {}
            Constant::Bool(value) => value.hash(state),
            Constant::Int(value) => value.hash(state),
            Constant::BigInt(value) => value.hash(state),
            Constant::Float(value) => value.to_bits().hash(state),
            Constant::Complex(re, im) => (re.to_bits(), im.to_bits()).hash(state),
            Constant::Str(bytes) | Constant::Bytes(bytes) => bytes.hash(state),
            Constant::Tuple(items) | Constant::FrozenSet(items) => items.hash(state),
            Constant::Slice(parts) => parts.hash(state),
            Constant::Code(code) => Arc::as_ptr(code).hash(state),
        }
    }
}
