//! The verifier: what the VM may rely on in every code unit.

use std::fmt;

use super::{BinaryOperator, Comparison, SpecialMethod};
use super::{CodeUnit, Constant, Conversion, Flow, Op, Operand};

/// Why a code unit is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// `co_qualname` of the unit.
    pub unit: String,
    /// The instruction.
    pub index: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, instruction {}: {}",
            self.unit, self.index, self.reason
        )
    }
}

impl std::error::Error for VerifyError {}

/// Checks a code unit and all units in its constants: operands in range, one stack height at
/// each instruction whatever the path, handlers that keep no more than is there, backward jumps
/// only by JumpBackward, an end that is never run over.
pub fn verify(code: &CodeUnit) -> Result<(), VerifyError> {
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        Verifier { code }.run()?;
        for constant in &code.constants {
            if let Constant::Code(inner) = constant {
                pending.push(inner);
            }
        }
    }
    Ok(())
}

struct Verifier<'a> {
    code: &'a CodeUnit,
}

impl Verifier<'_> {
    fn fail<T>(&self, index: usize, reason: impl Into<String>) -> Result<T, VerifyError> {
        Err(VerifyError {
            unit: self.code.qualname.to_string(),
            index,
            reason: reason.into(),
        })
    }

    fn run(&self) -> Result<(), VerifyError> {
        if self.code.positions.len() != self.code.instrs.len() {
            return self.fail(0, "not one position for each instruction");
        }
        let mut caches = 0;
        for (index, instr) in self.code.instrs.iter().enumerate() {
            self.operand(index)?;
            if instr.op.row().cached && instr.cache != super::NO_CACHE {
                if u32::from(instr.cache) != caches {
                    return self.fail(index, "caches are not consecutive");
                }
                caches += 1;
            }
        }
        if caches != self.code.cache_count {
            return self.fail(0, "wrong number of caches");
        }
        let mut before = 0;
        for entry in &self.code.exception_table {
            if entry.start < before || entry.end <= entry.start {
                return self.fail(entry.start as usize, "exception entries overlap");
            }
            before = entry.end;
        }
        self.heights()
    }

    fn operand(&self, index: usize) -> Result<(), VerifyError> {
        let instr = self.code.instrs[index];
        let arg = instr.arg as usize;
        let slots = self.code.slots.len();
        let valid = match instr.op.row().operand {
            Operand::None => arg == 0,
            Operand::Slot => arg < slots,
            Operand::SlotPair => {
                let (first, second) = instr.slot_pair();
                (first as usize) < slots && (second as usize) < slots
            }
            Operand::Constant => arg < self.code.constants.len(),
            Operand::Name => arg < self.code.names.len(),
            Operand::Target => {
                let backward = arg <= index;
                backward == (instr.op == Op::JumpBackward) && arg < self.code.instrs.len()
            }
            Operand::Count | Operand::Flags => true,
            Operand::Depth => {
                arg >= usize::from(instr.op != Op::Reraise) && (instr.op != Op::Swap || arg > 1)
            }
            Operand::Binary => BinaryOperator::from_arg(instr.arg).is_some(),
            Operand::BinaryConstant => {
                let (op, constant) = instr.binary_constant();
                op.is_some() && (constant as usize) < self.code.constants.len()
            }
            Operand::Comparison => Comparison::from_arg(instr.arg).is_some(),
            Operand::ComparisonTarget => {
                let (op, target) = instr.comparison_target();
                op.is_some()
                    && (target as usize) > index
                    && (target as usize) < self.code.instrs.len()
            }
            Operand::Special => SpecialMethod::from_arg(instr.arg).is_some(),
            Operand::Conversion => Conversion::from_arg(instr.arg).is_some(),
        };
        if valid {
            Ok(())
        } else {
            self.fail(index, format!("bad operand of {:?}: {arg}", instr.op))
        }
    }

    fn heights(&self) -> Result<(), VerifyError> {
        let instrs = &self.code.instrs;
        let mut known: Vec<Option<u32>> = vec![None; instrs.len()];
        let mut pending = vec![(0usize, 0u32)];
        while let Some((index, height)) = pending.pop() {
            let Some(instr) = instrs.get(index) else {
                return self.fail(index, "control runs over the end");
            };
            match known[index] {
                Some(before) if before == height => continue,
                Some(before) => {
                    return self.fail(index, format!("stack heights {before} and {height} meet"));
                }
                None => known[index] = Some(height),
            }
            if let Some(entry) = u32::try_from(index)
                .ok()
                .and_then(|index| self.code.handler(index))
            {
                if entry.depth > height {
                    return self.fail(index, "the handler keeps more than the stack holds");
                }
                let above = 1 + u32::from(entry.push_lasti);
                let entry_height = entry.depth.saturating_add(above);
                if entry_height > self.code.stack_size {
                    return self.fail(index, "the handler needs a higher stack");
                }
                pending.push((entry.target as usize, entry_height));
            }
            let row = instr.op.row();
            let (popped, pushed) = (row.effect)(instr.arg);
            let Some(rest) = height.checked_sub(popped) else {
                return self.fail(index, format!("{:?} pops below the stack", instr.op));
            };
            if row.operand == Operand::Depth && instr.arg > rest {
                let reaches = if matches!(instr.op, Op::Copy | Op::Swap) {
                    height
                } else {
                    rest
                };
                if instr.arg > reaches {
                    return self.fail(index, format!("{:?} reaches below the stack", instr.op));
                }
            }
            let after = rest.saturating_add(pushed);
            if after > self.code.stack_size {
                return self.fail(index, "higher than stack_size");
            }
            if let Some(target) = instr.target() {
                pending.push((target as usize, after.saturating_add_signed(row.jump_extra)));
            }
            if matches!(row.flow, Flow::Next | Flow::Branch) {
                pending.push((index + 1, after));
            }
        }
        Ok(())
    }
}
