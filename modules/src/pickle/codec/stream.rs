//! Decoding from a reader: one opcode after the other, as the bytes arrive, in bounded memory.
//!
//! An argument longer than [`LONGEST`] is not kept whole: its head is, the rest is read and dropped. So a
//! pickle of any size can be looked at. Who needs the whole arguments decodes from memory.

use std::io::{self, Read};

use capers_runtime::text::wtf8;

use super::read::{Op, Short, decode};
use crate::pickle::kinds::{ArgumentKind, Size};
use crate::pickle::opcodes;

/// The longest argument that is kept whole.
pub const LONGEST: usize = 64 * 1024;
/// How much is asked of the reader at once.
const CHUNK: usize = 64 * 1024;

/// Opcodes out of a reader.
#[derive(Debug)]
pub struct Source<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where in the buffer the next opcode begins.
    start: usize,
    /// Where in the input that is.
    position: u64,
    /// Whether the reader has no more.
    ended: bool,
}

/// An opcode from a reader.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Where it begins in the input.
    pub position: u64,
    /// How many bytes it takes there.
    pub length: u64,
    /// The opcode; its argument is cut where it is longer than [`LONGEST`].
    pub op: Op<'a>,
    /// How many bytes of the argument were cut off.
    pub cut: u64,
}

/// Why there is no further opcode.
#[derive(Debug)]
pub enum Stop {
    /// The input ends here, between two opcodes.
    End,
    /// What follows is no whole opcode.
    Short {
        /// What is missing.
        short: Short,
        /// The beginning of what there is.
        head: Vec<u8>,
        /// How many bytes there are.
        there: u64,
    },
    /// A long text is not UTF-8, at this place in it.
    NotText(u64),
    /// The reader failed.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

fn cut_off(short: Short, head: &[u8]) -> Stop {
    Stop::Short {
        short,
        head: head.to_vec(),
        there: head.len() as u64,
    }
}

impl<R: Read> Source<R> {
    /// Opcodes from where the reader stands.
    pub fn new(reader: R) -> Source<R> {
        Source {
            reader,
            buffer: Vec::new(),
            start: 0,
            position: 0,
            ended: false,
        }
    }

    /// Where the next opcode begins.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Whether nothing follows.
    pub fn is_at_end(&mut self) -> io::Result<bool> {
        while self.rest().is_empty() && !self.ended {
            self.fill()?;
        }
        Ok(self.rest().is_empty())
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Reads a chunk more.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let there = self.buffer.len();
        self.buffer.resize(there + CHUNK, 0);
        let read = loop {
            match self.reader.read(&mut self.buffer[there..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.buffer
            .truncate(there + read.as_ref().copied().unwrap_or(0));
        self.ended = read? == 0;
        Ok(())
    }

    /// The next opcode.
    ///
    /// # Errors
    /// [`Stop`]: at the end of the input, at what is no opcode, when the reader fails.
    pub fn next_op(&mut self) -> Result<Found<'_>, Stop> {
        let mut cut = 0;
        let length = loop {
            let rest = self.rest();
            match decode(rest) {
                Ok((_, length)) => break length,
                Err(Short::Bytes(total)) if total > LONGEST && rest.len() > LONGEST => {
                    let (length, dropped) = self.shorten_counted(total)?;
                    cut = dropped;
                    break length;
                }
                Err(Short::Line) if rest.len() >= LONGEST => {
                    let (length, dropped) = self.shorten_line()?;
                    cut = dropped;
                    break length;
                }
                Err(Short::Bytes(_) | Short::Line) if !self.ended => self.fill()?,
                Err(_) if rest.is_empty() => return Err(Stop::End),
                Err(short) => return Err(cut_off(short, rest)),
            }
        };
        let (position, from) = (self.position, self.start);
        let whole = length as u64 + cut;
        self.position += whole;
        self.start += length;
        match decode(self.buffer.get(from..).unwrap_or_default()) {
            Ok((op, _)) => Ok(Found {
                position,
                length: whole,
                op,
                cut,
            }),
            Err(short) => Err(cut_off(short, &[])),
        }
    }

    /// Cuts a counted argument that ends `total` bytes after its opcode begins: the head stays in the buffer
    /// behind a length that is the head's own. Gives the length of what stays and how much was dropped.
    fn shorten_counted(&mut self, total: usize) -> Result<(usize, u64), Stop> {
        let rest = self.rest();
        let kind = rest
            .first()
            .and_then(|&code| opcodes::by_code(code)?.argument);
        let (Some(kind), Some(Size::Counted(count))) = (kind, kind.map(ArgumentKind::size)) else {
            return Err(cut_off(Short::Bytes(total), &[]));
        };
        let width = count.width();
        let is_text = matches!(
            kind,
            ArgumentKind::Unicodestring4 | ArgumentKind::Unicodestring8
        );
        let mut keep = LONGEST;
        if is_text {
            // The head ends where a character does.
            while keep > LONGEST - 4
                && rest
                    .get(keep)
                    .is_some_and(|&byte| wtf8::is_continuation(byte))
            {
                keep -= 1;
            }
        }
        let mut check = TextCheck::default();
        if is_text {
            check.feed(rest.get(1 + width..keep).unwrap_or_default())?;
        }
        self.drop_after(keep, total - keep, |dropped| {
            if is_text { check.feed(dropped) } else { Ok(()) }
        })?;
        if is_text {
            check.finish()?;
        }
        let head = (keep - 1 - width) as u64;
        let start = self.start;
        if let Some(length) = self.buffer.get_mut(start + 1..start + 1 + width) {
            length
                .iter_mut()
                .zip(head.to_le_bytes())
                .for_each(|(byte, new)| *byte = new);
        }
        Ok((keep, (total - keep) as u64))
    }

    /// Removes `count` bytes that follow the `keep` bytes of the next opcode, reading them as need be.
    fn drop_after(
        &mut self,
        keep: usize,
        mut count: usize,
        mut seen: impl FnMut(&[u8]) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let wanted = keep + count;
        loop {
            let from = self.start + keep;
            let end = self.buffer.len().min(from.saturating_add(count));
            seen(self.buffer.get(from..end).unwrap_or_default())?;
            self.buffer.drain(from..end);
            count -= end - from;
            if count == 0 {
                return Ok(());
            }
            if self.ended {
                return Err(Stop::Short {
                    short: Short::Bytes(wanted),
                    head: self.rest().to_vec(),
                    there: (wanted - count) as u64,
                });
            }
            self.fill()?;
        }
    }

    /// Cuts a line: a newline follows its head.
    fn shorten_line(&mut self) -> Result<(usize, u64), Stop> {
        let mut dropped = 0u64;
        loop {
            let from = self.start + LONGEST;
            let tail = self.buffer.get(from..).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\n', tail) {
                self.buffer.drain(from..from + end);
                return Ok((LONGEST + 1, dropped + end as u64));
            }
            dropped += tail.len() as u64;
            self.buffer.truncate(from);
            if self.ended {
                return Err(cut_off(Short::Line, self.rest()));
            }
            self.fill()?;
        }
    }
}

/// Whether pieces make up WTF-8 together.
#[derive(Debug, Default)]
struct TextCheck {
    /// The beginning of a character that the next piece continues.
    pending: Vec<u8>,
    checked: u64,
}

impl TextCheck {
    fn feed(&mut self, piece: &[u8]) -> Result<(), Stop> {
        let joined;
        let mut text = piece;
        if !self.pending.is_empty() {
            joined = [&self.pending[..], piece].concat();
            text = &joined;
        }
        // A character that begins within the last three bytes may go on in the next piece.
        let tail = text.len().saturating_sub(3);
        let lead = text
            .iter()
            .skip(tail)
            .position(|&byte| byte >= 0xC0)
            .map(|at| tail + at);
        let whole = match lead {
            Some(at)
                if text
                    .get(at)
                    .is_some_and(|&lead| at + wtf8::width(lead) > text.len()) =>
            {
                at
            }
            _ => text.len(),
        };
        let (text, rest) = text.split_at(whole);
        if std::str::from_utf8(text).is_err() && !wtf8::is_valid(text) {
            let valid = std::str::from_utf8(text)
                .err()
                .map_or(0, |error| error.valid_up_to());
            return Err(Stop::NotText(self.checked + valid as u64));
        }
        self.checked += whole as u64;
        self.pending = rest.to_vec();
        Ok(())
    }

    fn finish(&self) -> Result<(), Stop> {
        if self.pending.is_empty() {
            Ok(())
        } else {
            Err(Stop::NotText(self.checked))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let step = self.1.min(buffer.len());
            self.0.read(&mut buffer[..step])
        }
    }

    #[test]
    fn opcodes_arrive_in_pieces() {
        let input = b"\x80\x04cmod\nname\nX\x05\0\0\0hellot.N.";
        for step in 1..input.len() {
            let mut source = Source::new(Trickle(input, step));
            let mut codes = Vec::new();
            while let Ok(found) = source.next_op() {
                codes.push((found.position, found.op.code()));
            }
            assert_eq!(
                codes,
                [
                    (0, 0x80),
                    (2, b'c'),
                    (12, b'X'),
                    (22, b't'),
                    (23, b'.'),
                    (24, b'N'),
                    (25, b'.')
                ]
            );
            assert!(matches!(source.next_op(), Err(Stop::End)));
        }
    }

    #[test]
    fn a_long_argument_is_cut() {
        let mut input = b"B".to_vec();
        input.extend(1_000_000u32.to_le_bytes());
        input.resize(5 + 1_000_000, b'x');
        input.extend(b"N.");
        let mut source = Source::new(Trickle(&input, 5000));
        let found = source.next_op().expect("the bytes are whole");
        assert_eq!(
            (found.length, found.cut),
            (1_000_005, 1_000_005 - LONGEST as u64)
        );
        assert!(matches!(found.op, Op::BinBytes(head) if head.len() == LONGEST - 5));
        assert_eq!(source.next_op().expect("None follows").position, 1_000_005);
        assert!(source.buffer.capacity() < 4 * LONGEST);
    }

    #[test]
    fn a_long_text_is_checked_and_cut_between_characters() {
        for step in [1000, 4096, 70_000] {
            let text = "a\u{20ac}".repeat(50_000);
            let mut input = b"X".to_vec();
            input.extend((text.len() as u32).to_le_bytes());
            input.extend(text.as_bytes());
            let mut source = Source::new(Trickle(&input, step));
            let found = source.next_op().expect("the text is whole");
            assert!(matches!(found.op, Op::BinUnicode(head) if std::str::from_utf8(head).is_ok()));
            let end = input.len() - 1;
            input[end] = b'?';
            let mut source = Source::new(Trickle(&input, step));
            assert!(matches!(source.next_op(), Err(Stop::NotText(_))));
        }
    }

    #[test]
    fn what_a_long_argument_lacks_is_told() {
        let mut input = b"B".to_vec();
        input.extend(1_000_000u32.to_le_bytes());
        input.resize(5 + 100_000, b'x');
        match Source::new(&input[..]).next_op() {
            Err(Stop::Short { short, there, .. }) => {
                assert_eq!((short, there), (Short::Bytes(1_000_005), 100_005));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_long_line_is_cut() {
        let mut input = vec![b'L'];
        input.resize(300_000, b'1');
        input.extend(b"\nN.");
        let mut source = Source::new(Trickle(&input, 777));
        let found = source.next_op().expect("the line is whole");
        assert_eq!(found.length, 300_001);
        assert_eq!(source.next_op().expect("None follows").position, 300_001);
    }
}
