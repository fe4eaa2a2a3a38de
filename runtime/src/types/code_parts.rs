//! Code objects taken apart into plain objects and put together again: what `marshal`
//! writes and reads. What is put together has been verified, whoever made the parts.

use std::sync::Arc;

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::bytecode::portable::{self, Reason};
use crate::bytecode::{CodeFlags, CodeUnit, Constant, Slot, verify};
use crate::context::Context;
use crate::types::code::{Code, CodeData, InlineCache};
use crate::types::str::Str;
use crate::value::Value;

/// The bits that say what a variable is, as CPython has them in `co_localspluskinds`.
const HIDDEN: u8 = 0x10;
const LOCAL: u8 = 0x20;
const CELL: u8 = 0x40;
const FREE: u8 = 0x80;

/// A code object's parts.
#[derive(Collect)]
#[collect(no_drop)]
pub struct CodeParts<'gc> {
    /// The counts of parameters (by position or keyword, positional-only, keyword-only),
    /// the size of the stack, the flags.
    pub counts: [u32; 5],
    /// The instructions, constants, names, variables' names and kinds, `co_filename`,
    /// `co_name`, `co_qualname`, the positions, the handlers.
    pub objects: [Value<'gc>; 10],
    /// `co_firstlineno`
    pub first_line: u32,
}

impl<'gc> CodeParts<'gc> {
    /// How many of the objects stand before the first line.
    pub const BEFORE_LINE: usize = 8;
}

impl<'gc> Code<'gc> {
    /// The code's parts, some of them made for the purpose.
    pub fn parts(self, ctx: Context<'gc>) -> CodeParts<'gc> {
        let (unit, data) = (self.unit(), Gc::as_ref(self.0));
        let tuple = |names: &[Str<'gc>]| {
            let names: Vec<_> = names.iter().map(|name| Value::Str(*name)).collect();
            Value::Tuple(ctx.tuple(names))
        };
        let bytes = |bytes| Value::Bytes(ctx.bytes_from_vec(bytes));
        let kind = |slot: &Slot| {
            let bits = [
                (slot.hidden, HIDDEN),
                (slot.local, LOCAL),
                (slot.cell, CELL),
                (slot.free, FREE),
            ];
            bits.iter().map(|(is, bit)| u8::from(*is) * bit).sum()
        };
        CodeParts {
            counts: [
                unit.argcount,
                unit.posonlyargcount,
                unit.kwonlyargcount,
                unit.stack_size,
                unit.flags.0,
            ],
            objects: [
                bytes(portable::write_instructions(unit)),
                Value::Tuple(ctx.tuple(data.constants.clone())),
                tuple(&data.names),
                tuple(&data.slot_names),
                bytes(unit.slots.iter().map(kind).collect()),
                Value::Str(data.filename),
                Value::Str(data.name),
                Value::Str(data.qualname),
                bytes(portable::write_positions(unit)),
                bytes(portable::write_handlers(unit)),
            ],
            first_line: unit.first_line,
        }
    }

    /// The code object of these parts, or why they are none.
    pub fn from_parts(ctx: Context<'gc>, parts: &CodeParts<'gc>) -> Result<Self, String> {
        let [code, constants, names, slot_names, kinds, ..] = parts.objects;
        let [.., filename, name, qualname, positions, handlers] = parts.objects;
        let [argcount, posonlyargcount, kwonlyargcount, stack_size, flags] = parts.counts;
        let bytes = |value: Value<'gc>| match value {
            Value::Bytes(bytes) => Ok(bytes.bytes()),
            _ => Err("bytes expected in code"),
        };
        let text = |value: Value<'gc>| match value {
            Value::Str(text) => Ok(text),
            _ => Err("str expected in code"),
        };
        let Value::Tuple(constants) = constants else {
            return Err("tuple expected in code".to_owned());
        };
        let (names, slot_names) = (texts(ctx, names)?, texts(ctx, slot_names)?);
        let kinds = bytes(kinds)?;
        if kinds.len() != slot_names.len() {
            return Err("not one kind for each variable".to_owned());
        }
        let slot = |(name, kind): (&Str<'gc>, &u8)| Slot {
            name: name.to_string_lossy().into(),
            local: kind & LOCAL != 0,
            cell: kind & CELL != 0,
            free: kind & FREE != 0,
            hidden: kind & HIDDEN != 0,
        };
        let slots: Vec<_> = slot_names.iter().zip(kinds).map(slot).collect();
        let free_count = slots.iter().filter(|slot| slot.free).count();
        let (instrs, cache_count) = portable::read_instructions(bytes(code)?)?;
        let (filename, name, qualname) = (text(filename)?, text(name)?, text(qualname)?);
        let unit = CodeUnit {
            name: name.to_string_lossy().into(),
            qualname: qualname.to_string_lossy().into(),
            filename: Arc::from(&*filename.to_string_lossy()),
            first_line: parts.first_line,
            flags: CodeFlags(flags),
            argcount,
            posonlyargcount,
            kwonlyargcount,
            free_count: u32::try_from(free_count).map_err(|_| "too many variables")?,
            names: names.iter().map(|n| n.to_string_lossy().into()).collect(),
            // The objects themselves are what runs; here only their number counts.
            constants: vec![Constant::None; constants.len()],
            positions: portable::read_positions(bytes(positions)?, parts.first_line)?,
            exception_table: portable::read_handlers(bytes(handlers)?)?,
            slots,
            instrs,
            stack_size,
            cache_count,
        };
        portable::check_frame(&unit)?;
        verify(&unit).map_err(|error| error.to_string())?;
        let starred = unit.flags.has(CodeFlags::VARARGS) || unit.flags.has(CodeFlags::VARKEYWORDS);
        let data = CodeData {
            constants: constants.items().into(),
            names,
            slot_names,
            filename,
            name: ctx.intern_str(name),
            qualname: ctx.intern_str(qualname),
            caches: vec![InlineCache::default().into(); unit.cache_count as usize].into(),
            argcount: unit.argcount as usize,
            simple: !starred && unit.kwonlyargcount == 0,
            slot_count: unit.slots.len(),
            frame_size: unit.slots.len() + unit.stack_size as usize,
            free_count,
            twin: Lock::new(None),
            origin: None,
            unit: Arc::new(unit),
        };
        Ok(Code(Gc::new(ctx.mc, data)))
    }
}

/// A tuple of names, interned.
fn texts<'gc>(ctx: Context<'gc>, names: Value<'gc>) -> Result<Box<[Str<'gc>]>, Reason> {
    let Value::Tuple(names) = names else {
        return Err("tuple expected in code");
    };
    let name = |name: &Value<'gc>| match name {
        Value::Str(name) => Ok(ctx.intern_str(*name)),
        _ => Err("name tuples must contain only strings"),
    };
    names.items().iter().map(name).collect()
}
