//! A code unit's instructions, positions and handlers as bytes in the formats that CPython
//! shows them in: `co_code`, `co_linetable`, `co_exceptiontable`, `co_lnotab`. Every
//! instruction is one code unit of two bytes, with more before it where the operand is wide.

use super::portable::Reason;
use super::{CodeUnit, ExceptionEntry, Instr, NO_CACHE, Op, Operand, Position};

/// The first byte of a code unit that holds a higher byte of the operand of what comes next.
const EXTENDED: u8 = u8::MAX;

/// The most code units that one entry of a location table speaks of.
const LONGEST_RUN: usize = 8;

/// The operand with its small parts in the low bytes, so that few code units hold it.
fn packed(instr: Instr) -> u32 {
    let [a, b, c, d] = instr.arg.to_le_bytes();
    match instr.op.row().operand {
        Operand::SlotPair => u32::from_le_bytes([a, c, b, d]),
        Operand::BinaryConstant => u32::from_le_bytes([d, a, b, c]),
        Operand::ComparisonTarget => instr.arg.rotate_left(4),
        _ => instr.arg,
    }
}

/// The operand of `op` that [`packed`] made this of.
fn unpacked(op: Op, arg: u32) -> u32 {
    let [a, b, c, d] = arg.to_le_bytes();
    match op.row().operand {
        Operand::SlotPair => u32::from_le_bytes([a, c, b, d]),
        Operand::BinaryConstant => u32::from_le_bytes([b, c, d, a]),
        Operand::ComparisonTarget => arg.rotate_right(4),
        _ => arg,
    }
}

/// How many code units an instruction is shown as.
pub fn width(instr: Instr) -> usize {
    match packed(instr) {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => 4,
    }
}

/// The byte offset at which `co_code` shows the instruction at `index`: its own code unit,
/// after those that widen its operand.
pub fn offset_of(unit: &CodeUnit, index: usize) -> usize {
    let before = unit.instrs.iter().take(index).map(|i| width(*i));
    let own = unit.instrs.get(index).map_or(1, |i| width(*i));
    2 * (before.sum::<usize>() + own - 1)
}

/// The instruction that `co_code` shows at a byte offset.
pub fn index_at(unit: &CodeUnit, offset: usize) -> Option<usize> {
    let mut rest = offset / 2;
    for (index, instr) in unit.instrs.iter().enumerate() {
        match rest.checked_sub(width(*instr)) {
            Some(left) => rest = left,
            None => return Some(index),
        }
    }
    None
}

/// `co_code`
pub fn code_bytes(unit: &CodeUnit) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.instrs.len() * 2);
    for instr in &unit.instrs {
        let arg = packed(*instr).to_le_bytes();
        for at in (1..width(*instr)).rev() {
            out.extend([EXTENDED, arg[at]]);
        }
        out.extend([instr.op as u8, arg[0]]);
    }
    out
}

/// The instructions that [`code_bytes`] wrote, and how many caches they have.
pub fn read_code(bytes: &[u8]) -> Result<(Vec<Instr>, u32), Reason> {
    let (mut instrs, mut caches, mut high) = (Vec::new(), 0, 0u32);
    for pair in bytes.chunks(2) {
        let &[code, low] = pair else {
            return Err("co_code is malformed");
        };
        if code == EXTENDED {
            if high > 0xffff {
                return Err("co_code is malformed");
            }
            high = (high | u32::from(low)) << 8;
            continue;
        }
        let op = *Op::ALL.get(code as usize).ok_or("co_code is malformed")?;
        let arg = unpacked(op, std::mem::take(&mut high) | u32::from(low));
        let cache = match op.row().cached {
            true => u16::try_from(caches).unwrap_or(NO_CACHE),
            false => NO_CACHE,
        };
        caches += u32::from(cache != NO_CACHE);
        instrs.push(Instr { op, cache, arg });
    }
    if high != 0 || instrs.is_empty() {
        return Err("co_code is malformed");
    }
    Ok((instrs, caches))
}

/// A number six bits a byte, the low ones first.
fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x40 {
        out.push(number as u8 & 0x3f | 0x40);
        number >>= 6;
    }
    out.push(number as u8);
}

fn put_signed(out: &mut Vec<u8>, number: i64) {
    let sign = u32::from(number < 0);
    let size = u32::try_from(number.unsigned_abs()).unwrap_or(u32::MAX >> 1);
    put(out, size << 1 | sign);
}

/// `co_linetable`: one entry for each run of code units from the same place.
pub fn line_table(unit: &CodeUnit) -> Vec<u8> {
    let (mut out, mut line) = (Vec::new(), unit.first_line);
    let places: Vec<_> = unit.positions.iter().zip(&unit.instrs).collect();
    for run in places.chunk_by(|left, right| left.0 == right.0) {
        let Some(place) = run.first().map(|(place, _)| **place) else {
            continue;
        };
        let mut units: usize = run.iter().map(|(_, instr)| width(**instr)).sum();
        while units > 0 {
            let length = units.min(LONGEST_RUN);
            units -= length;
            put_location(&mut out, place, line, length);
            if place.line != 0 {
                line = place.line;
            }
        }
    }
    out
}

fn put_location(out: &mut Vec<u8>, place: Position, line: u32, length: usize) {
    let head = |out: &mut Vec<u8>, kind: u32| {
        out.push(0x80 | (kind as u8) << 3 | (length as u8).wrapping_sub(1));
    };
    if place.line == 0 {
        return head(out, 15);
    }
    let change = i64::from(place.line) - i64::from(line);
    let (col, end) = (place.col, place.end_col);
    if place.end_line == place.line && (0..3).contains(&change) {
        if change == 0 && col < 80 && end >= col && end - col < 16 {
            head(out, col >> 3);
            return out.push(((col & 7) << 4 | (end - col)) as u8);
        }
        if col < 128 && end < 128 {
            head(out, 10 + change as u32);
            return out.extend([col as u8, end as u8]);
        }
    }
    head(out, 14);
    put_signed(out, change);
    put(out, place.end_line.saturating_sub(place.line));
    put(out, col.saturating_add(1));
    put(out, end.saturating_add(1));
}

/// A table's bytes, taken one by one. What is missing counts as zeros.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        byte
    }

    fn number(&mut self) -> u32 {
        let (mut number, mut shift) = (0u32, 0);
        loop {
            let byte = self.byte();
            number |= u32::from(byte & 0x3f).checked_shl(shift).unwrap_or(0);
            shift += 6;
            if byte & 0x40 == 0 {
                return number;
            }
        }
    }

    fn signed(&mut self) -> i64 {
        let number = self.number();
        let size = i64::from(number >> 1);
        if number & 1 == 1 { -size } else { size }
    }

    /// A number of an exception table: the high bits first.
    fn high_first(&mut self) -> u32 {
        let mut number = 0u32;
        loop {
            let byte = self.byte();
            number = number << 6 | u32::from(byte & 0x3f);
            if byte & 0x40 == 0 {
                return number;
            }
        }
    }
}

/// The positions of instructions that a location table tells of. Those that it does not
/// reach have none.
pub fn read_line_table(bytes: &[u8], first_line: u32, instrs: &[Instr]) -> Vec<Position> {
    let (mut rest, mut line) = (Bytes(bytes), i64::from(first_line));
    let mut positions = Vec::with_capacity(instrs.len());
    // How many code units the entry at hand still speaks of.
    let (mut left, mut place) = (0, Position::default());
    for instr in instrs {
        for _ in 0..width(*instr) {
            while left == 0 && !rest.0.is_empty() {
                let head = rest.byte();
                left = usize::from(head & 7) + 1;
                place = read_location(&mut rest, head >> 3 & 15, &mut line);
            }
            if left == 0 {
                place = Position::default();
            }
            left = left.saturating_sub(1);
        }
        positions.push(place);
    }
    positions
}

fn read_location(rest: &mut Bytes<'_>, kind: u8, line: &mut i64) -> Position {
    let at = |line: i64| u32::try_from(line).unwrap_or(0);
    let (lines, col, end_col) = match kind {
        15 => return Position::default(),
        14 => {
            *line += rest.signed();
            let lines = rest.number();
            let (col, end) = (rest.number(), rest.number());
            (lines, col.saturating_sub(1), end.saturating_sub(1))
        }
        13 => {
            *line += rest.signed();
            (0, 0, 0)
        }
        10..=12 => {
            *line += i64::from(kind) - 10;
            (0, rest.byte().into(), rest.byte().into())
        }
        _ => {
            let byte = u32::from(rest.byte());
            let col = u32::from(kind) << 3 | byte >> 4;
            (0, col, col + (byte & 15))
        }
    };
    Position {
        line: at(*line),
        end_line: at(*line).saturating_add(lines),
        col,
        end_col,
    }
}

/// `co_lnotab`: pairs of steps in bytes and in lines.
pub fn lnotab(unit: &CodeUnit) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut start, mut offset, mut line) = (0i64, 0i64, i64::from(unit.first_line));
    for (instr, place) in unit.instrs.iter().zip(&unit.positions) {
        let here = i64::from(place.line);
        if here != 0 && here != line {
            let (mut bytes, mut lines) = (start - offset, here - line);
            while bytes > 255 {
                out.extend([255, 0]);
                bytes -= 255;
            }
            while !(-128..=127).contains(&lines) {
                let step = lines.clamp(-128, 127);
                out.extend([bytes as u8, step as u8]);
                lines -= step;
                bytes = 0;
            }
            out.extend([bytes as u8, lines as u8]);
            (offset, line) = (start, here);
        }
        start += 2 * width(*instr) as i64;
    }
    out
}

/// How many code units there are before each instruction, and in all.
fn unit_starts(instrs: &[Instr]) -> Vec<u32> {
    let mut starts = vec![0];
    let mut at = 0u32;
    for instr in instrs {
        at = at.saturating_add(width(*instr) as u32);
        starts.push(at);
    }
    starts
}

/// `co_exceptiontable`
pub fn exception_table(unit: &CodeUnit) -> Vec<u8> {
    let starts = unit_starts(&unit.instrs);
    let at = |index: u32| starts.get(index as usize).copied().unwrap_or(0);
    let mut out = Vec::new();
    for entry in &unit.exception_table {
        let (start, end) = (at(entry.start), at(entry.end));
        let depth = entry.depth << 1 | u32::from(entry.push_lasti);
        let mut mark = 0x80;
        for number in [start, end.saturating_sub(start), at(entry.target), depth] {
            for shift in [24, 18, 12, 6] {
                if number >> shift != 0 {
                    out.push((number >> shift) as u8 & 0x3f | 0x40 | mark);
                    mark = 0;
                }
            }
            out.push(number as u8 & 0x3f | mark);
            mark = 0;
        }
    }
    out
}

/// The handlers that an exception table tells of.
pub fn read_exception_table(bytes: &[u8], instrs: &[Instr]) -> Result<Vec<ExceptionEntry>, Reason> {
    let starts = unit_starts(instrs);
    let index = |at: u32| match starts.binary_search(&at) {
        Ok(index) => u32::try_from(index).map_err(|_| "co_exceptiontable is malformed"),
        Err(_) => Err("co_exceptiontable is malformed"),
    };
    let (mut rest, mut entries) = (Bytes(bytes), Vec::new());
    while !rest.0.is_empty() {
        let (start, length) = (rest.high_first(), rest.high_first());
        let (target, depth) = (rest.high_first(), rest.high_first());
        entries.push(ExceptionEntry {
            start: index(start)?,
            end: index(start.saturating_add(length))?,
            target: index(target)?,
            depth: depth >> 1,
            push_lasti: depth & 1 == 1,
        });
    }
    Ok(entries)
}

/// `co_branches()`: the byte offset of each conditional jump, of what comes next, and of its
/// target.
pub fn branches(unit: &CodeUnit) -> Vec<[usize; 3]> {
    let starts = unit_starts(&unit.instrs);
    let at = |index: usize| 2 * starts.get(index).copied().unwrap_or(0) as usize;
    let branch = |(index, instr): (usize, &Instr)| match (instr.op.row().flow, instr.target()) {
        (super::Flow::Branch, Some(target)) => Some([
            at(index + 1).saturating_sub(2),
            at(index + 1),
            at(target as usize),
        ]),
        _ => None,
    };
    unit.instrs.iter().enumerate().filter_map(branch).collect()
}
