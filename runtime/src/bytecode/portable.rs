//! The parts of a code unit that are Capers's own, as bytes: instructions, positions and
//! handlers, between processes of one build. Knows no object; `marshal` puts the rest around it.
//!
//! Numbers are written seven bits a byte, the low ones first.

use super::{CodeFlags, CodeUnit, ExceptionEntry, Instr, NO_CACHE, Op, Position};

/// Why bytes are no code.
pub type Reason = &'static str;

/// What instruction bytes begin with: a mark, then the number of the instruction table.
const MARK: &[u8] = b"capers";
/// How high a stack may be for each instruction: none pushes more than two items that
/// other instructions need not take one by one.
const STACK_PER_INSTRUCTION: usize = 4;
/// The greatest number of slots that parameters and variables may have.
const MOST_SLOTS: usize = 1 << 16;

/// A number that changes with the names and the order of the instructions.
fn table_number() -> u32 {
    let bytes = Op::ALL.iter().flat_map(|op| op.row().name.bytes());
    bytes.fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A number that may be negative.
fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, (number << 1 ^ number >> 63) as u64);
}

struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn number(&mut self) -> Result<u64, Reason> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or("code ends too early")?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("number out of range in code")
    }

    fn small(&mut self) -> Result<u32, Reason> {
        u32::try_from(self.number()?).map_err(|_| "number out of range in code")
    }

    fn from(&mut self, base: u32) -> Result<u32, Reason> {
        let number = self.number()?;
        let change = (number >> 1) as i64 ^ -((number & 1) as i64);
        u32::try_from(i64::from(base).saturating_add(change))
            .map_err(|_| "number out of range in code")
    }
}

/// The instructions.
pub fn write_instructions(unit: &CodeUnit) -> Vec<u8> {
    let mut out = MARK.to_vec();
    out.extend_from_slice(&table_number().to_le_bytes());
    for instr in &unit.instrs {
        out.push(instr.op as u8);
        let cached = u64::from(instr.cache != NO_CACHE);
        match instr.op.row().cached {
            true => put(&mut out, u64::from(instr.arg) << 1 | cached),
            false => put(&mut out, instr.arg.into()),
        }
    }
    out
}

/// The instructions again, with their caches numbered, and how many caches there are.
pub fn read_instructions(bytes: &[u8]) -> Result<(Vec<Instr>, u32), Reason> {
    let rest = bytes
        .strip_prefix(MARK)
        .and_then(|rest| rest.strip_prefix(&table_number().to_le_bytes()));
    let mut rest = Numbers(rest.ok_or("code of another implementation")?);
    let (mut instrs, mut caches) = (Vec::new(), 0u32);
    while let Some((&code, after)) = rest.0.split_first() {
        rest = Numbers(after);
        let op = *Op::ALL.get(code as usize).ok_or("unknown instruction")?;
        let (arg, is_cached) = match op.row().cached {
            true => {
                let number = rest.number()?;
                (number >> 1, number & 1 != 0)
            }
            false => (rest.number()?, false),
        };
        let cache = match is_cached {
            true => u16::try_from(caches).map_err(|_| "too many caches")?,
            false => NO_CACHE,
        };
        if is_cached && cache == NO_CACHE {
            return Err("too many caches");
        }
        caches += u32::from(is_cached);
        let arg = u32::try_from(arg).map_err(|_| "number out of range in code")?;
        instrs.push(Instr { op, cache, arg });
    }
    Ok((instrs, caches))
}

/// Where the instructions come from.
pub fn write_positions(unit: &CodeUnit) -> Vec<u8> {
    let (mut out, mut line) = (Vec::new(), unit.first_line);
    for position in &unit.positions {
        put_signed(&mut out, i64::from(position.line) - i64::from(line));
        let lines = i64::from(position.end_line) - i64::from(position.line);
        put_signed(&mut out, lines);
        put(&mut out, position.col.into());
        put_signed(
            &mut out,
            i64::from(position.end_col) - i64::from(position.col),
        );
        line = position.line;
    }
    out
}

/// The same again.
pub fn read_positions(bytes: &[u8], first_line: u32) -> Result<Vec<Position>, Reason> {
    let (mut rest, mut line, mut positions) = (Numbers(bytes), first_line, Vec::new());
    while !rest.0.is_empty() {
        line = rest.from(line)?;
        let end_line = rest.from(line)?;
        let col = rest.small()?;
        let end_col = rest.from(col)?;
        positions.push(Position {
            line,
            end_line,
            col,
            end_col,
        });
    }
    Ok(positions)
}

/// The handlers.
pub fn write_handlers(unit: &CodeUnit) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in &unit.exception_table {
        for number in [entry.start, entry.end, entry.target] {
            put(&mut out, number.into());
        }
        put(
            &mut out,
            u64::from(entry.depth) << 1 | u64::from(entry.push_lasti),
        );
    }
    out
}

/// The same again.
pub fn read_handlers(bytes: &[u8]) -> Result<Vec<ExceptionEntry>, Reason> {
    let (mut rest, mut entries) = (Numbers(bytes), Vec::new());
    while !rest.0.is_empty() {
        let (start, end, target) = (rest.small()?, rest.small()?, rest.small()?);
        let depth = rest.small()?;
        entries.push(ExceptionEntry {
            start,
            end,
            target,
            depth: depth >> 1,
            push_lasti: depth & 1 != 0,
        });
    }
    Ok(entries)
}

/// What the compiler's own units always keep to, and [`verify`](super::verify) does not ask:
/// parameters that have slots, a stack in proportion to the instructions.
pub fn check_frame(unit: &CodeUnit) -> Result<(), Reason> {
    let slots = unit.slots.len();
    let stars = [CodeFlags::VARARGS, CodeFlags::VARKEYWORDS];
    let stars = stars.iter().filter(|flag| unit.flags.has(**flag)).count();
    let parameters = (unit.argcount as usize)
        .saturating_add(unit.kwonlyargcount as usize)
        .saturating_add(stars);
    if slots > MOST_SLOTS || parameters > slots {
        return Err("more parameters than variables");
    }
    if !unit.slots[..parameters].iter().all(|slot| slot.local) {
        return Err("a parameter that is no local variable");
    }
    if unit.posonlyargcount > unit.argcount {
        return Err("more positional-only than positional parameters");
    }
    let free = unit.slots.iter().filter(|slot| slot.free).count();
    let last = unit.slots.iter().rev().take_while(|slot| slot.free).count();
    if free != last || free != unit.free_count as usize || free + parameters > slots {
        return Err("free variables are not the last ones");
    }
    let highest = unit.instrs.len().saturating_mul(STACK_PER_INSTRUCTION);
    if unit.stack_size as usize > highest.saturating_add(16) {
        return Err("stack size out of range");
    }
    if unit.instrs.is_empty() {
        return Err("no instructions");
    }
    Ok(())
}
