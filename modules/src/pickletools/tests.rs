//! Whatever the bytes are, nothing here panics, loops or takes more than it is given.

use capers_runtime::numbers::Limits;

use super::optimize::optimize;
use super::scan::scan;
use super::trace::Tracer;
use super::walk::{Options, Walk};
use crate::pickle::codec::{Source, decode};
use crate::pickle::opcodes::OPCODES;

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Bytes that are opcodes more often than chance has it, with small counts and lines.
fn garbage(numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..numbers.below(40) {
        match numbers.below(8) {
            0 => bytes.push(numbers.next() as u8),
            1 => bytes.extend_from_slice(b"12\n"),
            2 => bytes.extend_from_slice(b"'a\\x'\n"),
            3 => bytes.extend_from_slice(&[numbers.below(4) as u8, 0, 0, 0]),
            4 => bytes.extend_from_slice(&numbers.next().to_le_bytes()),
            _ => bytes.extend(
                OPCODES
                    .get(numbers.below(OPCODES.len()))
                    .map(|opcode| opcode.code),
            ),
        }
    }
    bytes
}

fn options() -> Options {
    Options {
        indent: 1,
        annotate: Some(10),
        keep_memo: true,
        longest: 10,
    }
}

#[test]
fn garbage_is_refused_or_understood() {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    let limits = Limits::default();
    for _ in 0..3_000 {
        let bytes = garbage(&mut numbers);
        if let Ok((_, length)) = decode(&bytes) {
            assert!(0 < length && length <= bytes.len());
        }
        let mut position = 0;
        while let Ok(found) = scan(&bytes, position, &limits) {
            assert!(found.end > position);
            position = found.end;
        }
        if let Ok((smaller, length)) = optimize(&bytes, &limits) {
            assert!(length <= bytes.len());
            // What is optimized stays so.
            assert_eq!(
                optimize(&smaller, &limits).map(|(again, _)| again).ok(),
                Some(smaller)
            );
        }
        let mut walk = Walk::new(&bytes[..], options());
        let mut tracer = Tracer::default();
        while let Ok(step) = walk.step() {
            if step.line.complaint.is_some() {
                break;
            }
            tracer.step(&step);
            tracer.top(5);
        }
    }
}

#[test]
fn a_reader_gives_what_memory_gives() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..1_000 {
        let bytes = garbage(&mut numbers);
        let mut source = Source::new(&bytes[..]);
        let mut position = 0;
        loop {
            let here = decode(bytes.get(position..).unwrap_or_default());
            match (source.next_op(), here) {
                (Ok(found), Ok((op, length))) => {
                    // NaNs differ from themselves.
                    assert_eq!(format!("{:?}", found.op), format!("{op:?}"));
                    position += length;
                }
                (Err(_), Err(_)) => break,
                (found, here) => panic!("{found:?} is not {here:?}"),
            }
        }
    }
}

#[test]
fn a_mark_that_was_duplicated_is_lost() {
    let mut walk = Walk::new(&b"(21."[..], options());
    for complains in [false, false, true] {
        let step = walk.step().expect("an opcode");
        assert_eq!(step.line.complaint.is_some(), complains);
        assert_eq!(step.line.lost_mark, complains);
    }
}
