//! Frames that somebody looks at: through `f_locals`, which reads and writes their variables,
//! or by tracing. Such a frame runs a twin of its code, in which instructions that exchange
//! slots with the frame object and that tell of lines, calls and returns stand between the
//! others. Frames that nobody looks at pay nothing.

use std::sync::Arc;

use gc_arena::Gc;
use gc_arena::barrier::unlock;
use gc_arena::lock::Lock;

use crate::bytecode::{CodeUnit, ExceptionEntry, Instr, NO_CACHE, Op, Operand};
use crate::context::Context;
use crate::types::code::{Code, CodeData, Origin};
use crate::types::frame;
use crate::value::Value;
use crate::vm::frame::{Caller, Frame, PyFrame};

/// Has a frame run the twin of its code from where it stands, and puts its variables, which
/// are `slots`, where the frame object's are.
pub fn observe<'gc>(ctx: Context<'gc>, running: &mut PyFrame<'gc>, slots: &[Value<'gc>]) {
    let object = frame::object_of(ctx, running);
    if running.code.0.origin.is_some() {
        return;
    }
    let twin = twin_of(ctx, running.code);
    if let (Some(last), Some(origin)) = (running.pc.checked_sub(1), &twin.0.origin) {
        // What comes next is the instruction after the one that waits.
        running.pc = origin.places.get(last).map_or(0, |at| *at as usize + 1);
    }
    running.code = twin;
    frame::share_slots(ctx, object, slots);
}

/// The same for all of a caller's frames.
pub fn observe_all<'gc>(ctx: Context<'gc>, caller: &mut Caller<'_, 'gc>) {
    for running in caller.frames.iter_mut() {
        if let Frame::Python(running) = running {
            let end = running.base + running.code.0.slot_count;
            let slots = caller.stack.get(running.base..end).unwrap_or(&[]);
            observe(ctx, running, slots);
        }
    }
}

fn twin_of<'gc>(ctx: Context<'gc>, code: Code<'gc>) -> Code<'gc> {
    if let Some(twin) = code.0.twin.get() {
        return twin;
    }
    let old = Gc::as_ref(code.0);
    let mut draft = Draft::default();
    let mut starts = Vec::with_capacity(old.unit.instrs.len() + 1);
    let mut places = Vec::with_capacity(old.unit.instrs.len());
    let targets = targets(&old.unit);
    let mut line = 0;
    for (index, instr) in old.unit.instrs.iter().enumerate() {
        draft.origin = index as u32;
        starts.push(draft.instrs.len() as u32);
        let here = old.unit.positions.get(index).map_or(0, |p| p.line);
        let begins = here != line || targets.contains(&(index as u32));
        if here != 0 && begins {
            draft.push(Op::TraceLine, 0);
        }
        line = here;
        let slots = slots_of(*instr);
        for slot in &slots {
            draft.push(Op::SyncIn, *slot);
        }
        let called = match instr.op {
            Op::Call => Some(instr.arg + 2),
            Op::CallKw => Some(instr.arg + 3),
            Op::CallFunctionEx => Some(4),
            _ => None,
        };
        if let Some(depth) = called {
            draft.push(Op::TraceCall, depth);
        }
        if matches!(instr.op, Op::ReturnValue | Op::YieldValue) {
            draft.push(Op::TraceReturn, 0);
        }
        places.push(draft.instrs.len() as u32);
        draft.instrs.push(*instr);
        draft.origins.push(index as u32);
        if called.is_some() {
            draft.push(Op::TraceCallEnd, 0);
        }
        if writes(instr.op) {
            for slot in &slots {
                draft.push(Op::SyncOut, *slot);
            }
        }
    }
    starts.push(draft.instrs.len() as u32);
    let place = |index: u32| starts.get(index as usize).copied().unwrap_or(0);
    for instr in &mut draft.instrs {
        match instr.op.row().operand {
            Operand::Target => instr.arg = place(instr.arg),
            Operand::ComparisonTarget => {
                let target = place(instr.arg & 0x0fff_ffff);
                instr.arg = instr.arg & 0xf000_0000 | target & 0x0fff_ffff;
            }
            _ => {}
        }
    }
    let positions = draft.origins.iter();
    let positions = positions.map(|at| old.unit.positions.get(*at as usize));
    let handler = |entry: &ExceptionEntry| ExceptionEntry {
        start: place(entry.start),
        end: place(entry.end),
        target: place(entry.target),
        ..*entry
    };
    let unit = CodeUnit {
        positions: positions.map(|p| p.copied().unwrap_or_default()).collect(),
        exception_table: old.unit.exception_table.iter().map(handler).collect(),
        instrs: draft.instrs,
        ..old.unit.as_ref().clone()
    };
    let data = CodeData {
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
        twin: Lock::new(None),
        origin: Some(Box::new(Origin {
            code,
            origins: draft.origins.into(),
            places: places.into(),
        })),
        unit: Arc::new(unit),
    };
    let twin = Code(Gc::new(ctx.mc, data));
    unlock!(Gc::write(ctx.mc, code.0), CodeData, twin).set(Some(twin));
    twin
}

/// The instructions of a twin, and what each stands for.
#[derive(Default)]
struct Draft {
    instrs: Vec<Instr>,
    origins: Vec<u32>,
    origin: u32,
}

impl Draft {
    fn push(&mut self, op: Op, arg: u32) {
        self.instrs.push(Instr {
            op,
            cache: NO_CACHE,
            arg,
        });
        self.origins.push(self.origin);
    }
}

/// The instructions that something jumps to.
fn targets(unit: &CodeUnit) -> std::collections::HashSet<u32> {
    unit.instrs.iter().filter_map(|i| i.target()).collect()
}

fn slots_of(instr: Instr) -> Vec<u32> {
    match instr.op.row().operand {
        Operand::Slot => vec![instr.arg],
        Operand::SlotPair => {
            let (first, second) = instr.slot_pair();
            vec![first, second]
        }
        _ => Vec::new(),
    }
}

/// Whether an instruction changes the content of a slot.
fn writes(op: Op) -> bool {
    matches!(
        op,
        Op::StoreFast
            | Op::DeleteFast
            | Op::LoadFastAndClear
            | Op::StoreFastLoadFast
            | Op::StoreFastStoreFast
            | Op::MakeCell
    )
}
