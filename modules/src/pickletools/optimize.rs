//! `pickletools.optimize`: the same pickle without the memo entries that nothing reads.
//!
//! Two walks over the input: the first learns which keys are read, the second writes. Nothing is kept of the
//! pickle in between, so a big one costs its own size and that of the result.

use std::collections::{HashMap, HashSet};

use capers_runtime::numbers::Limits;

use super::argument::Fault;
use super::memo::{Access, Key};
use super::scan::{Scanned, scan};
use crate::pickle::HIGHEST_PROTOCOL;
use crate::pickle::codec::Op;
use crate::pickle::opcodes as op;

/// Frames are closed once they hold this much; what is longer goes between frames.
const FRAME_TARGET: usize = 64 * 1024;
/// A frame with less in it is not worth its header.
const FRAME_MINIMUM: usize = 4;

/// Why a pickle can't be optimized.
#[derive(Debug)]
pub enum Failure {
    /// It is no pickle.
    Fault(Fault),
    /// It reads a memo entry that it never stores: a TypeError in CPython.
    NeverStored,
    /// Its protocol is past the highest.
    Protocol,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Fault(fault)
    }
}

impl Failure {
    /// The exception's message.
    pub fn message(&self) -> String {
        match self {
            Failure::Fault(fault) => fault.to_string(),
            Failure::NeverStored => {
                "'<' not supported between instances of 'NoneType' and 'int'".to_owned()
            }
            Failure::Protocol => format!("pickle protocol must be <= {HIGHEST_PROTOCOL}"),
        }
    }
}

/// The keys that PUTs and MEMOIZEs have stored under so far.
#[derive(Default)]
struct Stored(HashSet<Key>);

impl Stored {
    /// Notes a store and gives its key.
    fn note(&mut self, key: Option<Key>) -> Key {
        let key = key.unwrap_or(Key::Small(self.0.len() as i64));
        self.0.insert(key.clone());
        key
    }
}

/// The optimized form of the pickle at the front of `input`, and how long that pickle is.
pub fn optimize(input: &[u8], limits: &Limits) -> Result<(Vec<u8>, usize), Failure> {
    // The new index of each key that is read, None until its entry is stored.
    let mut read: HashMap<Key, Option<u64>> = HashMap::new();
    let (mut protocol, mut header, mut length) = (0, &input[..0], 0);
    loop {
        let found = scan(input, length, limits)?;
        match (found.op, Access::of(&found.op)) {
            (_, Access::Get) => {
                protocol = protocol.max(found.opcode.protocol);
                read.insert(Key::of(found.argument.as_ref()), None);
            }
            (Op::Proto(version), _) => {
                protocol = protocol.max(version);
                if length == 0 {
                    header = input.get(..found.end).unwrap_or_default();
                }
            }
            _ => {}
        }
        length = found.end;
        if found.op == Op::Stop {
            break;
        }
    }
    if protocol > HIGHEST_PROTOCOL {
        return Err(Failure::Protocol);
    }

    let mut writer = Writer {
        out: header.to_vec(),
        frame: (protocol >= 4).then(Vec::new),
        protocol,
    };
    let (mut stored, mut next) = (Stored::default(), 0);
    let mut position = header.len();
    while position < length {
        let Scanned {
            op, argument, end, ..
        } = scan(input, position, limits)?;
        let from = std::mem::replace(&mut position, end);
        match Access::of(&op) {
            Access::Put | Access::Memoize => {
                let key = stored.note(match op {
                    Op::Memoize => None,
                    _ => Some(Key::of(argument.as_ref())),
                });
                if let Some(index) = read.get_mut(&key) {
                    *index = Some(next);
                    writer.put(next);
                    next += 1;
                }
            }
            Access::Get => match read.get(&Key::of(argument.as_ref())).copied().flatten() {
                Some(index) => writer.get(index),
                None if protocol == 0 => writer.write(b"gNone\n"),
                None => return Err(Failure::NeverStored),
            },
            Access::No if matches!(op, Op::Frame(_)) => {}
            Access::No => writer.write(input.get(from..end).unwrap_or_default()),
        }
    }
    writer.commit();
    Ok((writer.out, length))
}

/// Writes opcodes, in frames from protocol 4 on, as `pickle._Pickler` does.
struct Writer {
    out: Vec<u8>,
    frame: Option<Vec<u8>>,
    protocol: u8,
}

impl Writer {
    fn put(&mut self, index: u64) {
        if self.protocol >= 4 {
            self.write(&[op::MEMOIZE]);
        } else {
            self.memo(op::PUT, op::BINPUT, op::LONG_BINPUT, index);
        }
    }

    fn get(&mut self, index: u64) {
        self.memo(op::GET, op::BINGET, op::LONG_BINGET, index);
    }

    /// An opcode with a memo index: as text, in one byte or in four.
    fn memo(&mut self, text: u8, short: u8, long: u8, index: u64) {
        if self.protocol == 0 {
            self.write(format!("{}{index}\n", char::from(text)).as_bytes());
        } else if let Ok(index) = u8::try_from(index) {
            self.write(&[short, index]);
        } else {
            // The memo of a pickle with more entries than four bytes count would not fit in memory.
            let [a, b, c, d] = (index as u32).to_le_bytes();
            self.write(&[long, a, b, c, d]);
        }
    }

    /// Writes the bytes of one opcode; those of a very long one follow the frame.
    fn write(&mut self, opcode: &[u8]) {
        let alone = opcode.len() > FRAME_TARGET;
        if alone
            || self
                .frame
                .as_ref()
                .is_some_and(|frame| frame.len() >= FRAME_TARGET)
        {
            self.commit();
        }
        match &mut self.frame {
            Some(frame) if !alone => frame.extend_from_slice(opcode),
            _ => self.out.extend_from_slice(opcode),
        }
    }

    /// Ends the current frame.
    fn commit(&mut self) {
        let Some(frame) = &mut self.frame else { return };
        if frame.len() >= FRAME_MINIMUM {
            self.out.push(op::FRAME);
            self.out
                .extend_from_slice(&(frame.len() as u64).to_le_bytes());
        }
        self.out.append(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn optimized(input: &[u8]) -> Vec<u8> {
        optimize(input, &Limits::default())
            .expect("the input is a pickle")
            .0
    }

    #[test]
    fn entries_that_nothing_reads_go() {
        assert_eq!(optimized(b"Nq\x00."), b"N.");
        assert_eq!(
            optimized(b"(K\x01q\x00K\x02q\x01h\x01t."),
            b"(K\x01K\x02q\x00h\x00t."
        );
        assert_eq!(optimized(b"]p999\ng999\na."), b"]p0\ng0\na.");
        assert_eq!(optimized(b"Nq\x00.rest"), b"N.");
    }

    #[test]
    fn what_is_never_stored_is_told() {
        assert!(matches!(
            optimize(b"\x80\x02h\x00.", &Limits::default()),
            Err(Failure::NeverStored)
        ));
        assert!(matches!(
            optimize(b"\x80\x09N.", &Limits::default()),
            Err(Failure::Protocol)
        ));
        assert!(matches!(
            optimize(b"N", &Limits::default()),
            Err(Failure::Fault(_))
        ));
    }
}
