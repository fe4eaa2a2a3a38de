//! The disassembler: code units as text, in the manner of Python's `dis`.

use std::fmt::Write;

use super::{
    BinaryOperator, CodeUnit, Comparison, Constant, Conversion, Instr, Operand, SpecialMethod,
};

/// The text of a code unit and of all units in its constants.
pub fn disassemble(code: &CodeUnit) -> String {
    let mut out = String::new();
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        one(code, &mut out);
        for constant in code.constants.iter().rev() {
            if let Constant::Code(inner) = constant {
                pending.push(inner);
            }
        }
    }
    out
}

fn one(code: &CodeUnit, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{} (line {}):", code.qualname, code.first_line);
    let mut line = 0;
    for (index, instr) in code.instrs.iter().enumerate() {
        let position = code.positions.get(index).copied().unwrap_or_default();
        let shown = match position.line {
            0 => "--".to_owned(),
            same if same == line => String::new(),
            new => new.to_string(),
        };
        line = position.line;
        let name = instr.op.row().name;
        let operand = operand(code, *instr);
        let text = format!("{shown:>5} {index:>5}  {name:<26} {operand}");
        let _ = writeln!(out, "{}", text.trim_end());
    }
    if !code.exception_table.is_empty() {
        out.push_str("  handlers:\n");
    }
    for entry in &code.exception_table {
        let lasti = if entry.push_lasti { " lasti" } else { "" };
        let _ = writeln!(
            out,
            "    {} to {} -> {} [{}]{lasti}",
            entry.start, entry.end, entry.target, entry.depth
        );
    }
    out.push('\n');
}

fn operand(code: &CodeUnit, instr: Instr) -> String {
    let slot = |slot: u32| {
        code.slots
            .get(slot as usize)
            .map_or("?", |slot| &*slot.name)
    };
    let constant = |index: u32| {
        code.constants
            .get(index as usize)
            .map_or("?".to_owned(), show)
    };
    let arg = instr.arg;
    match instr.op.row().operand {
        Operand::None => String::new(),
        Operand::Slot => slot(arg).to_owned(),
        Operand::SlotPair => {
            let (first, second) = instr.slot_pair();
            format!("{}, {}", slot(first), slot(second))
        }
        Operand::Constant => constant(arg),
        Operand::Name => code
            .names
            .get(arg as usize)
            .map_or("?", |name| name)
            .to_owned(),
        Operand::Target => format!("to {arg}"),
        Operand::Count | Operand::Depth | Operand::Flags => arg.to_string(),
        Operand::Binary => BinaryOperator::from_arg(arg)
            .map_or("?", BinaryOperator::text)
            .to_owned(),
        Operand::BinaryConstant => {
            let (op, index) = instr.binary_constant();
            format!(
                "{} {}",
                op.map_or("?", BinaryOperator::text),
                constant(index)
            )
        }
        Operand::Comparison => Comparison::from_arg(arg)
            .map_or("?", Comparison::text)
            .to_owned(),
        Operand::ComparisonTarget => {
            let (op, target) = instr.comparison_target();
            format!("{}, to {target}", op.map_or("?", Comparison::text))
        }
        Operand::Special => SpecialMethod::from_arg(arg)
            .map_or("?", SpecialMethod::text)
            .to_owned(),
        Operand::Conversion => Conversion::from_arg(arg)
            .map_or("?", Conversion::text)
            .to_owned(),
    }
}

fn show(constant: &Constant) -> String {
    let list = |items: &[Constant]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match constant {
        Constant::None => "None".to_owned(),
        Constant::Bool(true) => "True".to_owned(),
        Constant::Bool(false) => "False".to_owned(),
        Constant::Int(value) => value.to_string(),
        Constant::BigInt(value) => value.to_string(),
        Constant::Float(value) => format!("{value:?}"),
        Constant::Complex(re, im) => format!("({re:?}, {im:?}j)"),
        Constant::Str(bytes) => format!("{:?}", String::from_utf8_lossy(bytes)),
        Constant::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Constant::Ellipsis => "...".to_owned(),
        Constant::Tuple(items) => format!("({})", list(items)),
        Constant::FrozenSet(items) => format!("frozenset({})", list(items)),
        Constant::Slice(parts) => format!("slice({})", list(&parts[..])),
        Constant::Code(code) => format!("<code {}>", code.qualname),
    }
}
