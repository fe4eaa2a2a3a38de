//! `code.replace` and the comparison of code objects.
//!
//! DIFFERENCE: what the instructions depend on (parameters, variables, the
//! instructions themselves) can be given, but not as something else.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use gc_arena::Gc;

use crate::bytecode::CodeFlags;
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, method};
use crate::raised::Raised;
use crate::types::code::{Code, CodeData};
use crate::types::numbers::convert::argument_type;
use crate::types::str::Str;
use crate::value::Value;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `code.replace`
pub const REPLACE: NativeDef = method(
    "replace($self, /, *, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1, co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, co_linetable=None, co_exceptiontable=None)",
    "Return a copy of the code object with new values for the specified fields.",
    Plain(replace),
);

/// `copy.replace` asks for it.
pub const DUNDER_REPLACE: NativeDef = method(
    "__replace__($self, /, *, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1, co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, co_linetable=None, co_exceptiontable=None)",
    "The same as replace().",
    Plain(replace),
);

/// Flags that say how a frame is laid out and run.
const STRUCTURE: u32 = CodeFlags::OPTIMIZED
    | CodeFlags::NEWLOCALS
    | CodeFlags::VARARGS
    | CodeFlags::VARKEYWORDS
    | CodeFlags::GENERATOR
    | CodeFlags::COROUTINE;

/// The attributes in the order of `replace`'s parameters, and the type of each.
const FIELDS: [(&str, Kind); 18] = [
    ("co_argcount", Kind::Count),
    ("co_posonlyargcount", Kind::Count),
    ("co_kwonlyargcount", Kind::Count),
    ("co_nlocals", Kind::Count),
    ("co_stacksize", Kind::Count),
    ("co_flags", Kind::Count),
    ("co_firstlineno", Kind::Count),
    ("co_code", Kind::Bytes),
    ("co_consts", Kind::Tuple),
    ("co_names", Kind::Tuple),
    ("co_varnames", Kind::Tuple),
    ("co_freevars", Kind::Tuple),
    ("co_cellvars", Kind::Tuple),
    ("co_filename", Kind::Str),
    ("co_name", Kind::Str),
    ("co_qualname", Kind::Str),
    ("co_linetable", Kind::Bytes),
    ("co_exceptiontable", Kind::Bytes),
];

#[derive(Copy, Clone, PartialEq)]
enum Kind {
    Count,
    Bytes,
    Tuple,
    Str,
}

fn wrong<'gc>(ctx: Context<'gc>, name: &str, wanted: &str, given: Value<'gc>) -> Raised<'gc> {
    let given = argument_type(ctx, given);
    ctx.type_error(format!(
        "replace() argument '{name}' must be {wanted}, not {given}"
    ))
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Value::Code(code) = args[0] else {
        return Err(ctx.type_error("expected a code object"));
    };
    let old = Gc::as_ref(code.0);
    let mut unit = old.unit.as_ref().clone();
    let mut made = CodeData {
        unit: old.unit.clone(),
        constants: old.constants.clone(),
        names: old.names.clone(),
        slot_names: old.slot_names.clone(),
        filename: old.filename,
        name: old.name,
        qualname: old.qualname,
        caches: vec![Default::default(); unit.cache_count as usize].into(),
        argcount: old.argcount,
        simple: old.simple,
        slot_count: old.slot_count,
        frame_size: old.frame_size,
        free_count: old.free_count,
    };
    for ((name, kind), &given) in FIELDS.iter().zip(&args[1..]) {
        if given.is_absent() {
            continue;
        }
        let text = match kind {
            Kind::Str => given
                .as_str()
                .ok_or_else(|| wrong(ctx, name, "str", given))?,
            Kind::Bytes if given.as_bytes().is_none() => {
                return Err(wrong(ctx, name, "bytes", given));
            }
            Kind::Tuple if given.as_tuple().is_none() => {
                return Err(wrong(ctx, name, "tuple", given));
            }
            _ => ctx.str(""),
        };
        let number = match kind {
            Kind::Count => match ctx.index_clamped(given)? {
                number @ 0.. => u32::try_from(number).unwrap_or(u32::MAX),
                _ => return Err(ctx.value_error(format!("{name} must be a positive integer"))),
            },
            _ => 0,
        };
        let items = given.as_tuple().map_or(&[][..], |t| t.items());
        match *name {
            "co_name" => {
                made.name = ctx.intern_str(text);
                unit.name = text.to_string_lossy().into();
            }
            "co_qualname" => {
                made.qualname = ctx.intern_str(text);
                unit.qualname = text.to_string_lossy().into();
            }
            "co_filename" => {
                made.filename = text;
                unit.filename = text.to_string_lossy().into();
            }
            "co_firstlineno" => unit.first_line = number,
            "co_flags" if (number ^ unit.flags.0) & STRUCTURE & !CodeFlags::GENERATOR == 0 => {
                let generator = unit.flags.0 & CodeFlags::GENERATOR;
                unit.flags = CodeFlags(number & !CodeFlags::GENERATOR | generator);
            }
            "co_consts" if items.len() >= made.constants.len() => made.constants = items.into(),
            "co_names" if items.len() == made.names.len() => {
                let texts: Option<Vec<Str<'gc>>> = items.iter().map(|n| n.as_str()).collect();
                match texts {
                    Some(texts) => made.names = texts.iter().map(|n| ctx.intern_str(*n)).collect(),
                    None => return Err(ctx.type_error("name tuples must contain only strings")),
                }
            }
            _ => {
                let known = ctx.try_attr(args[0], ctx.intern(name))?;
                let same = known.map_or(Ok(true), |known| ctx.same_or_equal(known, given))?;
                if !same {
                    return Err(ctx.value_error(format!("{name} can't be replaced")));
                }
            }
        }
    }
    made.unit = Arc::new(unit);
    Ok(Value::Code(Code(Gc::new(ctx.mc, made))))
}

/// `code == code`: the same source in the same place makes equal objects, whatever
/// the file is called.
pub fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (Value::Code(a), Value::Code(b)) = (args[0], args[1]) else {
        return Ok(Value::NotImplemented);
    };
    let (left, right) = (a.unit(), b.unit());
    let same = a.name().has_text_of(b.name())
        && left.argcount == right.argcount
        && left.posonlyargcount == right.posonlyargcount
        && left.kwonlyargcount == right.kwonlyargcount
        && left.flags == right.flags
        && left.first_line == right.first_line
        && left.instrs == right.instrs
        && left.slots == right.slots
        && a.0.names.iter().eq_by_text(&b.0.names)
        && left.positions == right.positions;
    if !same || a.0.constants.len() != b.0.constants.len() {
        return Ok(Value::bool(
            same && a.0.constants.len() == b.0.constants.len(),
        ));
    }
    for (x, y) in a.0.constants.iter().zip(&b.0.constants) {
        if x.class(ctx) != y.class(ctx) || !ctx.same_or_equal(*x, *y)? {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}

/// Comparison of names by their text.
trait EqualTexts<'gc> {
    fn eq_by_text(self, other: &[Str<'gc>]) -> bool;
}

impl<'a, 'gc: 'a, I: ExactSizeIterator<Item = &'a Str<'gc>>> EqualTexts<'gc> for I {
    fn eq_by_text(self, other: &[Str<'gc>]) -> bool {
        self.len() == other.len() && self.zip(other).all(|(a, b)| a.has_text_of(*b))
    }
}

/// `hash(code)`
pub fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Value::Code(code) = args[0] else {
        return Err(ctx.type_error("expected a code object"));
    };
    let unit = code.unit();
    let mut hasher = DefaultHasher::new();
    code.name().bytes().hash(&mut hasher);
    (unit.argcount, unit.posonlyargcount, unit.kwonlyargcount).hash(&mut hasher);
    (unit.flags.0, unit.first_line, unit.instrs.len()).hash(&mut hasher);
    Ok(Value::Int((hasher.finish() >> 1) as i64))
}
