//! The last pass: from items to a `CodeUnit`. Finds stack heights, drops what is never reached,
//! resolves labels, lays out slots, fuses pairs, writes the exception table.

use std::sync::Arc;

use ruff_text_size::TextRange;

use super::scopes::Scopes;
use super::source::Source;
use super::unit::{DEREF_BASE, HandlerId, Item, Label, Unit, nowhere};
use crate::bytecode::{
    CodeFlags, CodeUnit, Constant, ExceptionEntry, Flow, Instr, NO_CACHE, Op, Operand, Position,
    Slot,
};

/// A bug of the compiler: heights that disagree. Never the fault of the source.
#[derive(Debug)]
pub(super) struct Inconsistent(pub String);

/// Makes the code unit.
pub(super) fn assemble(
    unit: Unit<'_>,
    scopes: &Scopes,
    source: &Source<'_>,
    filename: &Arc<str>,
) -> Result<CodeUnit, Inconsistent> {
    let heights = Heights::find(&unit)?;
    let slots = Slots::lay_out(&unit, scopes);
    let constants = used_constants(&unit, &heights);
    let mut code = CodeUnit {
        name: unit.name.as_str().into(),
        qualname: unit.qualname.as_str().into(),
        filename: filename.clone(),
        first_line: unit.first_line,
        flags: CodeFlags(unit.flags),
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        slots: slots.slots,
        free_count: slots.free_count,
        names: unit
            .names
            .names()
            .iter()
            .map(|name| name.as_str().into())
            .collect(),
        constants: constants.kept,
        instrs: Vec::new(),
        positions: Vec::new(),
        exception_table: Vec::new(),
        stack_size: heights.max,
        cache_count: 0,
    };
    let numbers = Renumbering {
        deref_slots: slots.deref_slots,
        constants: constants.numbers,
    };
    Emission::new(&unit, &heights, &numbers).run(&mut code, source);
    Ok(code)
}

fn jump_target(op: Op, arg: u32) -> Option<Label> {
    (op.row().operand == Operand::Target).then_some(Label(arg))
}

/// The stack height before each item; None where control never comes.
struct Heights {
    before: Vec<Option<u32>>,
    labels: Vec<usize>,
    handlers: Vec<Option<u32>>,
    max: u32,
}

impl Heights {
    fn find(unit: &Unit<'_>) -> Result<Self, Inconsistent> {
        let mut labels = vec![usize::MAX; unit.labels as usize];
        for (index, item) in unit.items.iter().enumerate() {
            if let Item::Label(label) = item {
                labels[label.0 as usize] = index;
            }
        }
        let mut heights = Heights {
            before: vec![None; unit.items.len()],
            labels,
            handlers: vec![None; unit.handlers.len()],
            max: 0,
        };
        heights.follow(unit)?;
        Ok(heights)
    }

    fn follow(&mut self, unit: &Unit<'_>) -> Result<(), Inconsistent> {
        let mut pending = vec![(0usize, 0u32)];
        while let Some((mut index, mut height)) = pending.pop() {
            while let Some(item) = unit.items.get(index) {
                match self.before.get_mut(index) {
                    Some(Some(known)) if *known == height => break,
                    Some(Some(known)) => {
                        return Err(Inconsistent(format!(
                            "{}: item {index} {item:?} reached with heights {known} and {height}",
                            unit.qualname
                        )));
                    }
                    Some(known) => *known = Some(height),
                    None => break,
                }
                let mut falls_through = true;
                match *item {
                    Item::Label(_) => {}
                    Item::Setup(id) => {
                        let Some(handler) = unit.handlers.get(id.0 as usize) else {
                            break;
                        };
                        let kept = height.saturating_sub(handler.dropped);
                        self.handlers[id.0 as usize] = Some(kept);
                        let entry = kept + 1 + u32::from(handler.push_lasti);
                        self.max = self.max.max(entry);
                        pending.push((self.labels[handler.target.0 as usize], entry));
                    }
                    Item::Instr { op, arg, .. } => {
                        let row = op.row();
                        let (popped, pushed) = (row.effect)(arg);
                        let Some(rest) = height.checked_sub(popped) else {
                            return Err(Inconsistent(format!(
                                "{}: item {index} {item:?} pops below the stack",
                                unit.qualname
                            )));
                        };
                        height = rest + pushed;
                        self.max = self.max.max(height);
                        if let Some(label) = jump_target(op, arg) {
                            let at_target = height.saturating_add_signed(row.jump_extra);
                            pending.push((self.labels[label.0 as usize], at_target));
                        }
                        falls_through = matches!(row.flow, Flow::Next | Flow::Branch);
                    }
                }
                if !falls_through {
                    break;
                }
                index += 1;
            }
        }
        Ok(())
    }
}

struct Slots {
    slots: Vec<Slot>,
    deref_slots: Vec<u32>,
    free_count: u32,
}

impl Slots {
    fn lay_out(unit: &Unit<'_>, scopes: &Scopes) -> Slots {
        let function = scopes.get(unit.scope).is_function_like();
        let mut slots: Vec<Slot> = Vec::new();
        for name in unit.locals.names() {
            slots.push(Slot {
                name: if name == ".format" {
                    "format"
                } else {
                    name.as_str()
                }
                .into(),
                local: true,
                cell: false,
                free: false,
                hidden: !function && unit.all_hidden.contains(name),
            });
        }
        let mut deref_slots = Vec::new();
        let mut free_count = 0;
        for (index, name) in unit.derefs.names().iter().enumerate() {
            let is_free = index >= unit.cell_count as usize;
            if !is_free && let Some(local) = unit.locals.find(name) {
                slots[local as usize].cell = true;
                deref_slots.push(local);
                continue;
            }
            free_count += u32::from(is_free);
            deref_slots.push(u32::try_from(slots.len()).unwrap_or(u32::MAX));
            slots.push(Slot {
                name: name.as_str().into(),
                local: false,
                cell: !is_free,
                free: is_free,
                hidden: false,
            });
        }
        Slots {
            slots,
            deref_slots,
            free_count,
        }
    }
}

struct Constants {
    kept: Vec<Constant>,
    numbers: Vec<u32>,
}

/// Keeps the first constant (a docstring's place) and those that are loaded, as CPython does.
fn used_constants(unit: &Unit<'_>, heights: &Heights) -> Constants {
    let mut used = vec![false; unit.constants.len()];
    if let Some(first) = used.first_mut() {
        *first = true;
    }
    for (item, height) in unit.items.iter().zip(&heights.before) {
        if let (
            Item::Instr {
                op: Op::LoadConst,
                arg,
                ..
            },
            Some(_),
        ) = (item, height)
        {
            used[*arg as usize] = true;
        }
    }
    let mut kept = Vec::new();
    let mut numbers = vec![0; used.len()];
    for (index, constant) in unit.constants.iter().enumerate() {
        if used[index] {
            numbers[index] = u32::try_from(kept.len()).unwrap_or(u32::MAX);
            kept.push(constant.clone());
        }
    }
    Constants { kept, numbers }
}

struct Renumbering {
    deref_slots: Vec<u32>,
    constants: Vec<u32>,
}

impl Renumbering {
    fn arg(&self, op: Op, arg: u32) -> u32 {
        match op.row().operand {
            Operand::Slot if arg >= DEREF_BASE => self
                .deref_slots
                .get((arg - DEREF_BASE) as usize)
                .copied()
                .unwrap_or(0),
            Operand::Constant => self.constants.get(arg as usize).copied().unwrap_or(0),
            _ => arg,
        }
    }
}

/// An instruction whose jump target, if any, is still a label.
#[derive(Clone, Copy)]
struct Draft {
    op: Op,
    arg: u32,
    range: TextRange,
    handler: Option<HandlerId>,
    /// Something jumps here: it must not be merged into the one before.
    is_target: bool,
}

struct Emission<'a> {
    unit: &'a Unit<'a>,
    heights: &'a Heights,
    numbers: &'a Renumbering,
}

impl<'a> Emission<'a> {
    fn new(unit: &'a Unit<'a>, heights: &'a Heights, numbers: &'a Renumbering) -> Self {
        Emission {
            unit,
            heights,
            numbers,
        }
    }

    fn run(&self, code: &mut CodeUnit, source: &Source<'_>) {
        let (drafts, targets) = self.drafts();
        let mut drafts = drafts;
        self.thread_jumps(&mut drafts, &targets);
        let (drafts, moved) = fuse(drafts, &self.always_bound());
        let place = |label: u32| -> u32 {
            let old = targets.get(label as usize).copied().unwrap_or(0);
            moved.get(old).copied().unwrap_or(0)
        };
        let mut positions = PositionCache { source, last: None };
        for (index, draft) in drafts.iter().enumerate() {
            let mut arg = draft.arg;
            let mut op = draft.op;
            match op.row().operand {
                Operand::Target => {
                    arg = place(arg);
                    if op == Op::Jump && (arg as usize) <= index {
                        op = Op::JumpBackward;
                    } else if op == Op::JumpBackward && (arg as usize) > index {
                        op = Op::Jump;
                    }
                }
                Operand::ComparisonTarget => {
                    arg = (arg & 0xf000_0000) | (place(arg & 0x0fff_ffff) & 0x0fff_ffff);
                }
                _ => {}
            }
            let mut cache = NO_CACHE;
            if op.row().cached && code.cache_count < u32::from(NO_CACHE) {
                cache = u16::try_from(code.cache_count).unwrap_or(NO_CACHE);
                code.cache_count += 1;
            }
            code.instrs.push(Instr { op, cache, arg });
            code.positions.push(positions.get(draft.range));
        }
        self.exception_table(&drafts, &place, code);
    }

    /// Reached instructions, and the number of the instruction that each label stands before.
    fn drafts(&self) -> (Vec<Draft>, Vec<usize>) {
        let mut drafts: Vec<Draft> = Vec::with_capacity(self.unit.items.len());
        let mut targets = vec![0; self.unit.labels as usize];
        let mut is_target = false;
        for (item, height) in self.unit.items.iter().zip(&self.heights.before) {
            match *item {
                Item::Label(label) => {
                    targets[label.0 as usize] = drafts.len();
                    is_target |= height.is_some();
                }
                Item::Setup(_) => {}
                Item::Instr {
                    op,
                    arg,
                    range,
                    handler,
                } => {
                    if height.is_none() || op == Op::Nop {
                        continue;
                    }
                    let arg = self.numbers.arg(op, arg);
                    drafts.push(Draft {
                        op,
                        arg,
                        range,
                        handler,
                        is_target,
                    });
                    is_target = false;
                }
            }
        }
        (drafts, targets)
    }

    /// Parameters that are never deleted: loading them cannot fail.
    fn always_bound(&self) -> Vec<bool> {
        let unit = self.unit;
        let parameters = unit.argcount
            + unit.kwonlyargcount
            + u32::from(unit.flags & CodeFlags::VARARGS != 0)
            + u32::from(unit.flags & CodeFlags::VARKEYWORDS != 0);
        let mut bound = vec![true; parameters as usize];
        for item in &unit.items {
            if let Item::Instr {
                op: Op::DeleteFast | Op::LoadFastAndClear,
                arg,
                ..
            } = item
                && let Some(bound) = bound.get_mut(*arg as usize)
            {
                *bound = false;
            }
        }
        bound
    }

    /// A jump to a jump goes to where that goes.
    fn thread_jumps(&self, drafts: &mut [Draft], targets: &[usize]) {
        for index in 0..drafts.len() {
            let draft = drafts[index];
            let forwards = matches!(
                draft.op,
                Op::Jump
                    | Op::PopJumpIfTrue
                    | Op::PopJumpIfFalse
                    | Op::PopJumpIfNone
                    | Op::PopJumpIfNotNone
            );
            if !forwards {
                continue;
            }
            let mut label = draft.arg;
            for _ in 0..8 {
                let at = targets.get(label as usize).copied().unwrap_or(usize::MAX);
                let Some(next) = drafts.get(at) else { break };
                // Conditional jumps stay forward: backward edges are safe points of their own.
                let ahead = targets.get(next.arg as usize).is_some_and(|to| *to > index);
                if next.op != Op::Jump || !ahead {
                    break;
                }
                label = next.arg;
            }
            drafts[index].arg = label;
        }
    }

    fn exception_table(&self, drafts: &[Draft], place: &dyn Fn(u32) -> u32, code: &mut CodeUnit) {
        let mut open: Option<(HandlerId, u32)> = None;
        let mut close = |open: Option<(HandlerId, u32)>, end: u32| {
            let Some((id, start)) = open else { return };
            let Some(handler) = self.unit.handlers.get(id.0 as usize) else {
                return;
            };
            let Some(depth) = self.heights.handlers.get(id.0 as usize).copied().flatten() else {
                return;
            };
            code.exception_table.push(ExceptionEntry {
                start,
                end,
                target: place(handler.target.0),
                depth,
                push_lasti: handler.push_lasti,
            });
        };
        for (index, draft) in drafts.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let current = open.map(|(id, _)| id);
            if draft.handler != current {
                close(open, index);
                open = draft.handler.map(|id| (id, index));
            }
        }
        close(open, u32::try_from(drafts.len()).unwrap_or(u32::MAX));
    }
}

/// Merges pairs of instructions into one; returns also the new number of each old instruction.
fn fuse(drafts: Vec<Draft>, always_bound: &[bool]) -> (Vec<Draft>, Vec<u32>) {
    let mut fused: Vec<Draft> = Vec::with_capacity(drafts.len());
    let mut moved = Vec::with_capacity(drafts.len() + 1);
    let mut mergeable = false;
    for draft in drafts {
        if mergeable
            && !draft.is_target
            && let Some(last) = fused.last_mut()
        {
            let same_line = last.handler == draft.handler;
            if same_line && let Some(merged) = merge(last, &draft, always_bound) {
                moved.push(u32::try_from(fused.len() - 1).unwrap_or(u32::MAX));
                if let Some(last) = fused.last_mut() {
                    *last = merged;
                }
                mergeable = false;
                continue;
            }
        }
        moved.push(u32::try_from(fused.len()).unwrap_or(u32::MAX));
        fused.push(draft);
        mergeable = true;
    }
    moved.push(u32::try_from(fused.len()).unwrap_or(u32::MAX));
    (fused, moved)
}

fn merge(first: &Draft, second: &Draft, always_bound: &[bool]) -> Option<Draft> {
    let bound = |slot: u32| always_bound.get(slot as usize).copied().unwrap_or(false);
    let pair = |op| {
        let fits = first.arg <= 0xffff && second.arg <= 0xffff;
        fits.then_some((op, first.arg | (second.arg << 16), first.range))
    };
    let (op, arg, range) = match (first.op, second.op) {
        (Op::LoadFast, Op::LoadFast) if bound(first.arg) => {
            // The first cannot fail, so the position is the second's.
            let (op, arg, _) = pair(Op::LoadFastLoadFast)?;
            (op, arg, second.range)
        }
        (Op::StoreFast, Op::LoadFast) => {
            let (op, arg, _) = pair(Op::StoreFastLoadFast)?;
            // Only the load can fail.
            (op, arg, second.range)
        }
        (Op::StoreFast, Op::StoreFast) => pair(Op::StoreFastStoreFast)?,
        (Op::LoadConst, Op::BinaryOp) if first.arg <= 0x00ff_ffff => (
            Op::BinaryOpConst,
            (second.arg << 24) | first.arg,
            second.range,
        ),
        (Op::CompareOp, Op::PopJumpIfFalse) if second.arg <= 0x0fff_ffff => (
            Op::CompareOpPopJumpIfFalse,
            (first.arg << 28) | second.arg,
            first.range,
        ),
        _ => return None,
    };
    Some(Draft {
        op,
        arg,
        range,
        ..*first
    })
}

struct PositionCache<'a> {
    source: &'a Source<'a>,
    last: Option<(TextRange, Position)>,
}

impl PositionCache<'_> {
    fn get(&mut self, range: TextRange) -> Position {
        if range == nowhere() {
            return Position::default();
        }
        if let Some((known, position)) = self.last
            && known == range
        {
            return position;
        }
        let position = self.source.position(range);
        self.last = Some((range, position));
        position
    }
}
