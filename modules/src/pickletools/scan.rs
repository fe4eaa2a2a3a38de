//! One opcode after the other out of a pickle in memory, arguments and all: `pickletools.genops`.

use capers_runtime::numbers::Limits;
use capers_runtime::text::quote;

use super::argument::{Argument, Fault, missing};
use crate::pickle::codec::{Op, Short, decode};
use crate::pickle::opcodes::{self, Opcode};

/// An opcode found.
#[derive(Debug)]
pub struct Scanned<'a> {
    /// Its row in the table.
    pub opcode: &'static Opcode,
    /// The opcode, its argument as it is encoded.
    pub op: Op<'a>,
    /// The argument's value; None where there is no argument.
    pub argument: Option<Argument<'a>>,
    /// Where the next opcode begins.
    pub end: usize,
}

/// The opcode at `position`.
pub fn scan<'a>(input: &'a [u8], position: usize, limits: &Limits) -> Result<Scanned<'a>, Fault> {
    let rest = input.get(position..).unwrap_or_default();
    let (op, length) = decode(rest)
        .map_err(|short| fault(rest, rest.len() as u64, short, Some(position as u64)))?;
    let Some(opcode) = op.opcode() else {
        return Err(exhausted());
    };
    Ok(Scanned {
        opcode,
        op,
        argument: Argument::of(op, limits)?,
        end: position + length,
    })
}

/// Why no opcode could be decoded. `rest` is the beginning of the `there` bytes that there are where it should be.
pub fn fault(rest: &[u8], there: u64, short: Short, position: Option<u64>) -> Fault {
    let Some(&code) = rest.first() else {
        return exhausted();
    };
    match opcodes::by_code(code).and_then(|opcode| opcode.argument) {
        Some(kind) => missing(kind, rest, there, short),
        None => unknown(code, position),
    }
}

fn exhausted() -> Fault {
    Fault::Value("pickle exhausted before seeing STOP".to_owned())
}

fn unknown(code: u8, position: Option<u64>) -> Fault {
    let position = position.map_or("<unknown>".to_owned(), |position| position.to_string());
    let mut shown = Vec::new();
    quote::bytes(&[code], &mut shown);
    let shown = String::from_utf8_lossy(&shown);
    Fault::Value(format!("at position {position}, opcode {shown} unknown"))
}
