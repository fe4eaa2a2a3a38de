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
use crate::pickle::codec::{FRAME_TARGET, Op, Writer};

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
    let mut read: HashMap<Key, Option<i64>> = HashMap::new();
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

    let mut writer = Writer::new(protocol, protocol > 0);
    writer.raw(header);
    writer.begin_frame();
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
                    make_room(&mut writer);
                    writer.put(next);
                    next += 1;
                }
            }
            Access::Get => match read.get(&Key::of(argument.as_ref())).copied().flatten() {
                Some(index) => {
                    make_room(&mut writer);
                    writer.get(index);
                }
                None if protocol == 0 => writer.raw(b"gNone\n"),
                None => return Err(Failure::NeverStored),
            },
            Access::No if matches!(op, Op::Frame(_)) => {}
            Access::No => copy(&mut writer, input.get(from..end).unwrap_or_default()),
        }
    }
    writer.end_frame();
    Ok((writer.take(), length))
}

/// Makes sure that the next opcode does not go into a full frame.
fn make_room(writer: &mut Writer) {
    if writer.is_full() {
        writer.next_frame();
    }
}

/// Writes the bytes of one opcode; those of a very long one stand between frames.
fn copy(writer: &mut Writer, opcode: &[u8]) {
    if opcode.len() > FRAME_TARGET {
        writer.end_frame();
        writer.raw(opcode);
        return writer.begin_frame();
    }
    make_room(writer);
    writer.raw(opcode);
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
