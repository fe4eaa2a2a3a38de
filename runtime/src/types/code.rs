//! Code objects: a compiled unit with its constants and names made into
//! objects once. Owns the struct, the inline caches and the type's methods.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::bytecode::{CodeFlags, CodeUnit, Constant, Slot, tables};
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{method, slot};
use crate::protocol::iterate;
use crate::raised::Raised;
use crate::table::Table;
use crate::types::code_compare;
use crate::types::code_replace;
use crate::types::def::{TypeDef, getter, member};
use crate::types::exceptions::Exc;
use crate::types::set::Set;
use crate::types::slice::Slice;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// What an instruction remembers of the last object it saw. Holds no pointer
/// that keeps anything alive: addresses and versions are only compared.
#[derive(Copy, Clone, Default)]
pub struct InlineCache {
    /// The version of the class (or of the dict's owner) that was seen; 0 for none.
    pub version: u64,
    /// The address of the shape that was seen.
    pub shape: usize,
    /// Where the value lies.
    pub index: u32,
    /// What was found there; the instruction's own coding.
    pub kind: u32,
}

/// The struct behind a [`Code`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct CodeData<'gc> {
    /// The compiled unit.
    #[collect(require_static)]
    pub unit: Arc<CodeUnit>,
    /// One object for each constant.
    pub constants: Box<[Value<'gc>]>,
    /// The names that instructions refer to, interned.
    pub names: Box<[Str<'gc>]>,
    /// The names of the frame's slots, interned.
    pub slot_names: Box<[Str<'gc>]>,
    /// `co_filename`
    pub filename: Str<'gc>,
    /// `co_name`
    pub name: Str<'gc>,
    /// `co_qualname`
    pub qualname: Str<'gc>,
    /// One for each instruction that has a cache.
    #[collect(require_static)]
    pub caches: Box<[Cell<InlineCache>]>,
    /// Parameters by position or keyword, counting neither star.
    pub argcount: usize,
    /// Whether a call with exactly `argcount` positional arguments needs no binding.
    pub simple: bool,
    /// Slots of a frame.
    pub slot_count: usize,
    /// Slots and the greatest height of the operand stack above them.
    pub frame_size: usize,
    /// Slots at the end that hold the closure's cells.
    pub free_count: usize,
    /// The same code for frames that are looked at, once there is one: see `vm::observe`.
    pub twin: Lock<Option<Code<'gc>>>,
    /// In such code: what it was made of.
    pub origin: Option<Box<Origin<'gc>>>,
}

/// What the code of a frame that is looked at was made of.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Origin<'gc> {
    /// The code that programs see.
    pub code: Code<'gc>,
    /// For each instruction the one in that code that it stands for.
    #[collect(require_static)]
    pub origins: Box<[u32]>,
    /// For each instruction of that code its place here.
    #[collect(require_static)]
    pub places: Box<[u32]>,
}

/// A Python code object.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Code<'gc>(pub Gc<'gc, CodeData<'gc>>);

impl<'gc> Code<'gc> {
    /// Makes the objects of a compiled unit and of the units within it.
    pub fn new(ctx: Context<'gc>, unit: &Arc<CodeUnit>) -> Self {
        let filename = ctx.intern(&unit.filename);
        Maker {
            ctx,
            filename,
            known: HashMap::new(),
        }
        .code(unit)
    }

    /// The compiled unit.
    #[inline]
    pub fn unit(self) -> &'gc CodeUnit {
        &Gc::as_ref(self.0).unit
    }

    /// The code object that programs see.
    pub fn shown(self) -> Self {
        self.0.origin.as_ref().map_or(self, |origin| origin.code)
    }

    /// The instruction of the code that programs see for one of this code.
    pub fn shown_index(self, index: usize) -> usize {
        match &self.0.origin {
            Some(origin) => origin.origins.get(index).map_or(0, |at| *at as usize),
            None => index,
        }
    }

    /// `co_name`
    pub fn name(self) -> Str<'gc> {
        self.0.name
    }

    /// `co_qualname`
    pub fn qualname(self) -> Str<'gc> {
        self.0.qualname
    }

    /// The docstring, or None.
    pub fn doc(self) -> Value<'gc> {
        match self.0.constants.first() {
            Some(&doc) if self.unit().flags.has(CodeFlags::HAS_DOCSTRING) => doc,
            _ => Value::None,
        }
    }
}

/// Makes the objects of one compilation. Equal constants are one object, in
/// whichever of its functions they stand: pickle's memo sees the identity.
struct Maker<'gc, 'unit> {
    ctx: Context<'gc>,
    filename: Str<'gc>,
    known: HashMap<&'unit Constant, Value<'gc>>,
}

impl<'gc, 'unit> Maker<'gc, 'unit> {
    fn code(&mut self, unit: &'unit Arc<CodeUnit>) -> Code<'gc> {
        let ctx = self.ctx;
        let flags = unit.flags;
        let starred = flags.has(CodeFlags::VARARGS) || flags.has(CodeFlags::VARKEYWORDS);
        Code(Gc::new(
            ctx.mc,
            CodeData {
                constants: unit.constants.iter().map(|c| self.constant(c)).collect(),
                names: unit.names.iter().map(|n| ctx.intern(n)).collect(),
                slot_names: unit.slots.iter().map(|s| ctx.intern(&s.name)).collect(),
                filename: self.filename,
                name: ctx.intern(&unit.name),
                qualname: ctx.intern(&unit.qualname),
                caches: vec![Cell::default(); unit.cache_count as usize].into(),
                argcount: unit.argcount as usize,
                simple: !starred && unit.kwonlyargcount == 0,
                slot_count: unit.slots.len(),
                frame_size: unit.slots.len() + unit.stack_size as usize,
                free_count: unit.free_count as usize,
                twin: Lock::new(None),
                origin: None,
                unit: unit.clone(),
            },
        ))
    }

    fn constant(&mut self, constant: &'unit Constant) -> Value<'gc> {
        if let Constant::Code(unit) = constant {
            return Value::Code(self.code(unit));
        }
        if let Some(&known) = self.known.get(constant) {
            return known;
        }
        let made = self.make(constant);
        self.known.insert(constant, made);
        made
    }

    /// A new object. Strings that look like identifiers are interned, as CPython
    /// interns them.
    fn make(&mut self, constant: &'unit Constant) -> Value<'gc> {
        let ctx = self.ctx;
        match constant {
            Constant::None => Value::None,
            Constant::Bool(b) => Value::bool(*b),
            Constant::Int(n) => Value::Int(*n),
            Constant::BigInt(n) => Value::from_bigint(ctx.mc, n.clone()),
            Constant::Float(x) => Value::float(*x),
            Constant::Complex(re, im) => Value::complex(ctx.mc, *re, *im),
            Constant::Str(bytes) => {
                let is_name = bytes
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || *b == b'_');
                match std::str::from_utf8(bytes) {
                    Ok(text) if is_name => Value::Str(ctx.intern(text)),
                    _ => Value::Str(ctx.str_from_bytes(bytes)),
                }
            }
            Constant::Bytes(bytes) => Value::Bytes(ctx.bytes(bytes)),
            Constant::Ellipsis => Value::Ellipsis,
            Constant::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|c| self.constant(c)).collect();
                Value::Tuple(ctx.tuple(items))
            }
            Constant::FrozenSet(items) => {
                let mut table = Table::with_capacity(items.len());
                for item in items {
                    let item = self.constant(item);
                    // Constants hash without Python code, and the compiler made them distinct.
                    if let Ok(hash) = ctx.hash(item) {
                        table.push(hash, item, ());
                    }
                }
                Value::FrozenSet(Set::from_table(ctx, table))
            }
            Constant::Slice(parts) => {
                let [start, stop, step] = &**parts;
                let (start, stop) = (self.constant(start), self.constant(stop));
                Value::Slice(Slice::new(ctx, start, stop, self.constant(step)))
            }
            Constant::Code(unit) => Value::Code(self.code(unit)),
        }
    }
}

impl<'gc> CodeData<'gc> {
    /// The tuple of some of the slots' names.
    pub fn slot_tuple(&self, ctx: Context<'gc>, which: impl Fn(usize) -> bool) -> Tuple<'gc> {
        let names = self
            .slot_names
            .iter()
            .enumerate()
            .filter(|(i, _)| which(*i));
        ctx.tuple(names.map(|(_, n)| Value::Str(*n)).collect::<Vec<_>>())
    }
}

/// The type.
pub static CODE: TypeDef = TypeDef {
    name: "code",
    signature: "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)",
    doc: "Create a code object.  Not for the faint of heart.",
    subclassable: false,
    weakrefable: true,
    methods: &[
        slot("__repr__($self, /)", "Return repr(self).", Plain(shown)),
        slot(
            "__eq__($self, value, /)",
            "Return self==value.",
            Plain(code_compare::eq),
        ),
        slot(
            "__hash__($self, /)",
            "Return hash(self).",
            Plain(code_compare::hash),
        ),
        code_replace::REPLACE,
        code_replace::DUNDER_REPLACE,
        code_replace::NEW,
        method("co_positions($self, /)", "", Plain(positions)),
        method("co_lines($self, /)", "", Plain(lines)),
        method("co_branches($self, /)", "", Plain(branches)),
        method(
            "_varname_from_oparg($self, /, oparg)",
            "(internal-only) Return the local variable name for the given oparg.\n\n\
             WARNING: this method is for internal use only and may change or go away.",
            Plain(varname_from_oparg),
        ),
    ],
    getsets: &[
        member("co_argcount", "", |ctx, code| {
            Ok(count(this(ctx, code)?.unit().argcount))
        }),
        member("co_posonlyargcount", "", |ctx, code| {
            Ok(count(this(ctx, code)?.unit().posonlyargcount))
        }),
        member("co_kwonlyargcount", "", |ctx, code| {
            Ok(count(this(ctx, code)?.unit().kwonlyargcount))
        }),
        member("co_stacksize", "", |ctx, code| {
            Ok(count(this(ctx, code)?.unit().stack_size))
        }),
        member("co_flags", "", |ctx, code| {
            let flags = this(ctx, code)?.unit().flags;
            // CPython's coroutines are no generators.
            let hidden = if flags.has(CodeFlags::COROUTINE) {
                CodeFlags::GENERATOR
            } else {
                0
            };
            Ok(count(flags.0 & !hidden))
        }),
        member("co_firstlineno", "", |ctx, code| {
            Ok(count(this(ctx, code)?.unit().first_line))
        }),
        member("co_nlocals", "", |ctx, code| {
            let count = this(ctx, code)?.unit().varnames().count();
            Ok(Value::Int(count as i64))
        }),
        member("co_consts", "", |ctx, code| {
            let code = this(ctx, code)?;
            Ok(Value::Tuple(ctx.tuple(code.0.constants.clone())))
        }),
        member("co_names", "", |ctx, code| {
            let code = this(ctx, code)?;
            let names = code.0.names.iter().map(|n| Value::Str(*n));
            let names: Vec<_> = names.collect();
            Ok(Value::Tuple(ctx.tuple(names)))
        }),
        member("co_filename", "", |ctx, code| {
            Ok(Value::Str(this(ctx, code)?.0.filename))
        }),
        member("co_name", "", |ctx, code| {
            Ok(Value::Str(this(ctx, code)?.name()))
        }),
        member("co_qualname", "", |ctx, code| {
            Ok(Value::Str(this(ctx, code)?.qualname()))
        }),
        getter("co_code", "", |ctx, code| {
            table(ctx, code, tables::code_bytes)
        }),
        getter("_co_code_adaptive", "", |ctx, code| {
            table(ctx, code, tables::code_bytes)
        }),
        member("co_linetable", "", |ctx, code| {
            table(ctx, code, tables::line_table)
        }),
        member("co_exceptiontable", "", |ctx, code| {
            table(ctx, code, tables::exception_table)
        }),
        getter("co_lnotab", "", |ctx, code| {
            ctx.warn_deprecated("co_lnotab is deprecated, use co_lines instead.")?;
            table(ctx, code, tables::lnotab)
        }),
        getter("co_varnames", "", |ctx, code| {
            slot_names(ctx, code, |slot| slot.local)
        }),
        getter("co_cellvars", "", |ctx, code| {
            slot_names(ctx, code, |slot| slot.cell)
        }),
        getter("co_freevars", "", |ctx, code| {
            slot_names(ctx, code, |slot| slot.free)
        }),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Code<'gc>, Raised<'gc>> {
    match value {
        Value::Code(code) => Ok(code),
        _ => Err(ctx.type_error("expected a code object")),
    }
}

fn count<'gc>(n: u32) -> Value<'gc> {
    Value::Int(n.into())
}

fn table<'gc>(
    ctx: Context<'gc>,
    code: Value<'gc>,
    bytes: fn(&CodeUnit) -> Vec<u8>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let bytes = bytes(this(ctx, code)?.unit());
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

fn slot_names<'gc>(
    ctx: Context<'gc>,
    code: Value<'gc>,
    which: fn(&Slot) -> bool,
) -> Result<Value<'gc>, Raised<'gc>> {
    let code = this(ctx, code)?;
    let slots = &code.unit().slots;
    let names = code.0.slot_tuple(ctx, |i| slots.get(i).is_some_and(which));
    Ok(Value::Tuple(names))
}

fn shown<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let code = this(ctx, args[0])?;
    let text = format!(
        "<code object {} at 0x{:x}, file \"{}\", line {}>",
        code.name().to_string_lossy(),
        Gc::as_ptr(code.0) as usize,
        code.0.filename.to_string_lossy(),
        code.unit().first_line
    );
    Ok(ctx.str_value(&text))
}

/// `co_positions()`: line, end line, column and end column of each code unit.
fn positions<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let unit = this(ctx, args[0])?.unit();
    let mut rows = Vec::with_capacity(unit.instrs.len());
    for (p, instr) in unit.positions.iter().zip(&unit.instrs) {
        let row = match p.line {
            0 => [Value::None; 4],
            _ => [p.line, p.end_line, p.col, p.end_col].map(count),
        };
        let row = Value::Tuple(ctx.tuple(row));
        rows.extend(std::iter::repeat_n(row, tables::width(*instr)));
    }
    iterate::iter(ctx, Value::Tuple(ctx.tuple(rows)))
}

/// `co_lines()`: start, end and line of each run of instructions of one line.
fn lines<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (mut rows, mut start) = (Vec::new(), 0);
    let unit = this(ctx, args[0])?.unit();
    let places: Vec<_> = unit.positions.iter().zip(&unit.instrs).collect();
    for run in places.chunk_by(|left, right| left.0.line == right.0.line) {
        // Two bytes a code unit, as in CPython.
        let units: usize = run.iter().map(|(_, instr)| tables::width(**instr)).sum();
        let end = start + 2 * units as i64;
        let line = match run.first() {
            Some((p, _)) if p.line != 0 => count(p.line),
            _ => Value::None,
        };
        let row = [Value::Int(start), Value::Int(end), line];
        rows.push(Value::Tuple(ctx.tuple(row)));
        start = end;
    }
    iterate::iter(ctx, Value::Tuple(ctx.tuple(rows)))
}

/// `co_branches()`: the offsets of each conditional jump, of what comes next, of its target.
fn branches<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let rows = tables::branches(this(ctx, args[0])?.unit()).into_iter();
    let rows: Vec<_> = rows
        .map(|row| Value::Tuple(ctx.tuple(row.map(|offset| Value::Int(offset as i64)))))
        .collect();
    iterate::iter(ctx, Value::Tuple(ctx.tuple(rows)))
}

fn varname_from_oparg<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let code = this(ctx, args[0])?;
    let index = usize::try_from(ctx.index_clamped(args[1])?).unwrap_or(usize::MAX);
    match code.0.slot_names.get(index) {
        Some(name) => Ok(Value::Str(*name)),
        None => Err(ctx.error(Exc::IndexError, "tuple index out of range")),
    }
}
