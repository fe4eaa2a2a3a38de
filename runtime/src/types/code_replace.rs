//! Code objects made of what programs say: `code(...)` and `code.replace`. What comes of it
//! has been verified, so that no such code can lead the VM astray.
//!
//! DIFFERENCE: CPython runs whatever it is given; here instructions that do not go with the
//! constants, names, variables and the stack are a ValueError.

use std::sync::Arc;

use gc_arena::Gc;
use gc_arena::lock::Lock;

use crate::bytecode::{CodeFlags, CodeUnit, Constant, Slot, portable, tables, verify};
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, method, new};
use crate::raised::Raised;
use crate::types::code::{Code, CodeData, InlineCache};
use crate::types::exceptions::Exc;
use crate::types::numbers::convert::argument_type;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `code.replace`
pub const REPLACE: NativeDef = method(
    "replace($self, /, **changes)",
    "Return a copy of the code object with new values for the specified fields.",
    Plain(replace),
);

/// `copy.replace` asks for it.
pub const DUNDER_REPLACE: NativeDef = method(
    "__replace__($self, /, **changes)",
    "The same as replace().",
    Plain(replace),
);

/// `code(...)`
pub const NEW: NativeDef = new("__new__($type, /, *args, **kwargs)", Plain(code_new));

#[derive(Copy, Clone, PartialEq)]
enum Kind {
    Count,
    Bytes,
    Tuple,
    Str,
}

/// The attributes in the order of the constructor's parameters, and the type of each.
const FIELDS: [(&str, Kind); 18] = [
    ("co_argcount", Kind::Count),
    ("co_posonlyargcount", Kind::Count),
    ("co_kwonlyargcount", Kind::Count),
    ("co_nlocals", Kind::Count),
    ("co_stacksize", Kind::Count),
    ("co_flags", Kind::Count),
    ("co_code", Kind::Bytes),
    ("co_consts", Kind::Tuple),
    ("co_names", Kind::Tuple),
    ("co_varnames", Kind::Tuple),
    ("co_filename", Kind::Str),
    ("co_name", Kind::Str),
    ("co_qualname", Kind::Str),
    ("co_firstlineno", Kind::Count),
    ("co_linetable", Kind::Bytes),
    ("co_exceptiontable", Kind::Bytes),
    ("co_freevars", Kind::Tuple),
    ("co_cellvars", Kind::Tuple),
];

/// How many of the constructor's arguments are required.
const REQUIRED: usize = 16;
/// The counts that the constructor wants not to be negative.
const CHECKED_COUNTS: usize = 4;

/// A value that has a field's type: counts as ints.
fn checked<'gc>(
    ctx: Context<'gc>,
    kind: Kind,
    given: Value<'gc>,
    what: impl Fn() -> String,
) -> Answer<'gc> {
    let (fits, wanted) = match kind {
        Kind::Count => {
            let number = ctx.index_clamped(given)?;
            return match i32::try_from(number) {
                Ok(number) => Ok(Value::Int(number.into())),
                Err(_) => Err(ctx.error(
                    Exc::OverflowError,
                    "Python int too large to convert to C int",
                )),
            };
        }
        Kind::Bytes => (given.as_bytes().is_some(), "bytes"),
        Kind::Tuple => (given.as_tuple().is_some(), "tuple"),
        Kind::Str => (given.as_str().is_some(), "str"),
    };
    if fits {
        return Ok(given);
    }
    let given = argument_type(ctx, given);
    Err(ctx.type_error(format!("{} must be {wanted}, not {given}", what())))
}

fn code_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let keywords = args[2].as_dict().map_or(0, |d| d.len());
    if keywords != 0 {
        return Err(ctx.type_error("code() takes no keyword arguments"));
    }
    let bound = match given.len() {
        count if count < REQUIRED => Some(("least", REQUIRED)),
        count if count > FIELDS.len() => Some(("most", FIELDS.len())),
        _ => None,
    };
    if let Some((side, bound)) = bound {
        let count = given.len();
        return Err(ctx.type_error(format!(
            "code expected at {side} {bound} arguments, got {count}"
        )));
    }
    let mut fields = [Value::Tuple(ctx.tuple(vec![])); FIELDS.len()];
    for (at, ((field, (_, kind)), value)) in fields.iter_mut().zip(&FIELDS).zip(given).enumerate() {
        *field = checked(ctx, *kind, *value, || format!("code() argument {}", at + 1))?;
    }
    for (field, (name, _)) in fields.iter().zip(&FIELDS).take(CHECKED_COUNTS) {
        if matches!(field, Value::Int(..0)) {
            let name = name.trim_start_matches("co_");
            return Err(ctx.value_error(format!("code: {name} must not be negative")));
        }
    }
    for (field, (name, _)) in fields.iter().zip(&FIELDS) {
        let names = match *name {
            "co_consts" => None,
            _ => field.as_tuple(),
        };
        for name in names.map_or(&[][..], |names| names.items()) {
            if name.as_str().is_none() {
                let given = ctx.type_name(*name);
                return Err(ctx.type_error(format!(
                    "name tuples must contain only strings, not '{given}'"
                )));
            }
        }
    }
    make(ctx, &fields, None)
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Value::Code(code) = args[0] else {
        return Err(ctx.type_error("expected a code object"));
    };
    let mut fields = [Value::None; FIELDS.len()];
    for (field, (name, _)) in fields.iter_mut().zip(&FIELDS) {
        *field = ctx.get_attr(args[0], ctx.intern(name))?;
    }
    if let Some(changes) = args[1].as_dict() {
        for (key, value) in changes.entries() {
            let key = key
                .as_str()
                .map_or_else(String::new, |key| key.to_string_lossy().into());
            let Some(at) = FIELDS.iter().position(|(name, _)| *name == key) else {
                return Err(ctx.type_error(format!(
                    "replace() got an unexpected keyword argument '{key}'"
                )));
            };
            let (name, kind) = FIELDS[at];
            fields[at] = checked(ctx, kind, value, || format!("replace() argument '{name}'"))?;
            if matches!(fields[at], Value::Int(..0)) {
                return Err(ctx.value_error(format!("{name} must be a positive integer")));
            }
        }
    }
    make(ctx, &fields, Some(code))
}

/// The texts of a tuple of names, interned.
fn names<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Vec<Str<'gc>>, Raised<'gc>> {
    let names = value.as_tuple().map_or(&[][..], |t| t.items()).iter();
    names
        .map(|name| match name.as_str() {
            Some(name) => Ok(ctx.intern_str(name)),
            None => Err(ctx.error(Exc::SystemError, "non-string found in code slot")),
        })
        .collect()
}

/// The code object of these fields. `old` is the one that some of them were taken from.
fn make<'gc>(ctx: Context<'gc>, fields: &[Value<'gc>; 18], old: Option<Code<'gc>>) -> Answer<'gc> {
    let [argcount, posonly, kwonly, nlocals, stacksize, flags, ..] =
        fields.map(|field| field.as_small_int().unwrap_or(0));
    let first_line = u32::try_from(fields[13].as_small_int().unwrap_or(0)).unwrap_or(0);
    let bytes = |at: usize| fields[at].as_bytes().map_or(&[][..], |bytes| bytes.bytes());
    let text = |at: usize| fields[at].as_str().unwrap_or(ctx.str(""));
    let length = |at: usize| fields[at].as_tuple().map_or(0, |t| t.items().len() as i64);
    if argcount < posonly || stacksize < 0 || flags < 0 {
        return Err(ctx.error(
            Exc::SystemError,
            "Objects/codeobject.c:465: bad argument to internal function",
        ));
    }
    if bytes(6).len() % 2 != 0 {
        return Err(ctx.value_error("code: co_code is malformed"));
    }
    let unsigned = |number: i64| u32::try_from(number).unwrap_or(0);
    let flags = CodeFlags(unsigned(flags));
    let stars = [CodeFlags::VARARGS, CodeFlags::VARKEYWORDS];
    let stars = stars.iter().filter(|flag| flags.has(**flag)).count() as i64;
    if length(9) < argcount + kwonly + stars {
        return Err(ctx.value_error("code: co_varnames is too small"));
    }
    if nlocals != length(9) {
        return Err(ctx.value_error("code: co_nlocals != len(co_varnames)"));
    }
    let (used, locals) = (names(ctx, fields[8])?, names(ctx, fields[9])?);
    let (free, cells) = (names(ctx, fields[16])?, names(ctx, fields[17])?);
    let is_in = |names: &[Str<'gc>], name: Str<'gc>| names.iter().any(|n| n.has_text_of(name));
    let others = cells.iter().filter(|name| !is_in(&locals, **name));
    let slot_names: Vec<_> = locals.iter().chain(others).chain(&free).copied().collect();
    let first_free = slot_names.len() - free.len();
    let slots: Vec<_> = slot_names
        .iter()
        .enumerate()
        .map(|(at, name)| Slot {
            name: name.to_string_lossy().into(),
            local: at < locals.len(),
            cell: at < first_free && is_in(&cells, *name),
            free: at >= first_free,
            hidden: at < locals.len() && !flags.has(CodeFlags::OPTIMIZED),
        })
        .collect();
    let refused = |reason: &str| ctx.value_error(format!("code: {reason}"));
    let (instrs, cache_count) = tables::read_code(bytes(6)).map_err(refused)?;
    let handlers = tables::read_exception_table(bytes(15), &instrs).map_err(refused)?;
    // Positions that were not given stay as they were, where the table may say less.
    let kept = old
        .map(Code::unit)
        .filter(|unit| unit.instrs.len() == instrs.len() && tables::line_table(unit) == bytes(14));
    let positions = match kept {
        Some(unit) if unit.first_line == first_line => unit.positions.clone(),
        _ => tables::read_line_table(bytes(14), first_line, &instrs),
    };
    let constants = fields[7].as_tuple().map_or(&[][..], Tuple::items);
    let (filename, name, qualname) = (text(10), text(11), text(12));
    let unit = CodeUnit {
        name: name.to_string_lossy().into(),
        qualname: qualname.to_string_lossy().into(),
        filename: Arc::from(&*filename.to_string_lossy()),
        first_line,
        flags,
        argcount: unsigned(argcount),
        posonlyargcount: unsigned(posonly),
        kwonlyargcount: unsigned(kwonly),
        slots,
        free_count: free.len() as u32,
        names: used.iter().map(|n| n.to_string_lossy().into()).collect(),
        // The objects themselves are what runs; here only their number counts.
        constants: vec![Constant::None; constants.len()],
        instrs,
        positions,
        exception_table: handlers,
        stack_size: unsigned(stacksize),
        cache_count,
    };
    portable::check_frame(&unit).map_err(refused)?;
    verify(&unit).map_err(|error| refused(&error.to_string()))?;
    let data = CodeData {
        constants: constants.into(),
        names: used.into(),
        slot_names: slot_names.into(),
        filename,
        name: ctx.intern_str(name),
        qualname: ctx.intern_str(qualname),
        caches: vec![InlineCache::default().into(); unit.cache_count as usize].into(),
        argcount: unit.argcount as usize,
        simple: stars == 0 && unit.kwonlyargcount == 0,
        slot_count: unit.slots.len(),
        frame_size: unit.slots.len() + unit.stack_size as usize,
        free_count: free.len(),
        twin: Lock::new(None),
        origin: None,
        unit: Arc::new(unit),
    };
    Ok(Value::Code(Code(Gc::new(ctx.mc, data))))
}
