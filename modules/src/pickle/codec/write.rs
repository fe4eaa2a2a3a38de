//! Encoding: opcodes and their arguments into a buffer, in the shortest form that the protocol has, and from
//! protocol 4 on in frames.
//!
//! A frame is begun before anything is written into it: nine bytes are kept free for its header, and taken
//! out again where too little came to deserve one. The caller says where objects begin, which is where
//! [`Writer::is_full`] may end a frame, and hands large payloads over apart from their headers, so that they
//! need not pass through the buffer.

use capers_runtime::numbers::nan;
use capers_runtime::text::wtf8;

use crate::pickle::opcodes as op;

/// A frame ends at the first object that begins after so many bytes; a payload so large stays outside frames.
pub const FRAME_TARGET: usize = 64 * 1024;
/// Fewer bytes than this get no header.
const FRAME_LEAST: usize = 4;
/// The opcode FRAME and its eight-byte length.
const FRAME_HEADER: usize = 9;

/// Payloads that no opcode of the protocol can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// The first room there is.
const FIRST_ROOM: usize = 256;

/// Writes a pickle.
#[derive(Debug)]
pub struct Writer {
    /// The buffer, filled up to `at`.
    bytes: Vec<u8>,
    at: usize,
    /// With this many bytes in the buffer the frame in progress is full.
    limit: usize,
    /// Where the contents of the frame in progress begin, if one is.
    frame: Option<usize>,
    protocol: u8,
    binary: bool,
    /// The frame counts as full all the time, so that the caller sees each object.
    watched: bool,
}

impl Default for Writer {
    /// A writer of protocol 0.
    fn default() -> Self {
        Writer::new(0, false)
    }
}

impl Writer {
    /// A writer of this protocol; `binary` chooses between the text and the binary forms that protocols 0 and 1
    /// differ in.
    pub fn new(protocol: u8, binary: bool) -> Self {
        Writer {
            bytes: Vec::new(),
            at: 0,
            limit: usize::MAX,
            frame: None,
            protocol,
            binary,
            watched: false,
        }
    }

    /// Chooses between the text and the binary forms.
    pub fn set_binary(&mut self, binary: bool) {
        self.binary = binary;
    }

    /// Makes [`Writer::is_full_or_watched`] always true.
    pub fn watch(&mut self) {
        self.watched = true;
        self.limit = 0;
    }

    /// Begins a pickle: the opcode PROTO and the first frame, where the protocol has them.
    pub fn start(&mut self) {
        if self.bytes.is_empty() {
            self.bytes = vec![0; FIRST_ROOM];
        }
        if self.protocol >= 2 {
            self.ops([op::PROTO, self.protocol]);
        }
        self.begin_frame();
    }

    /// Ends a pickle: the opcode STOP and the last frame.
    pub fn stop(&mut self) {
        self.op(op::STOP);
        self.end_frame();
    }

    /// What has been written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        let mut taken = std::mem::take(&mut self.bytes);
        taken.truncate(std::mem::take(&mut self.at));
        taken
    }

    /// What has been written and not been taken.
    pub fn written(&self) -> &[u8] {
        self.bytes.get(..self.at).unwrap_or_default()
    }

    /// Whether the frame is to end before the next object.
    #[inline]
    pub fn is_full(&self) -> bool {
        match self.frame {
            Some(start) => self.at >= start + FRAME_TARGET,
            None => false,
        }
    }

    /// As `is_full`; always true for a writer that is watched.
    #[inline(always)]
    pub fn is_full_or_watched(&self) -> bool {
        self.at >= self.limit
    }

    /// Whether the frame would be full with so many bytes more.
    #[inline]
    pub fn is_full_after(&self, more: usize) -> bool {
        self.limit.saturating_sub(self.at) <= more
    }

    /// Opens a frame, if the protocol has frames.
    pub fn begin_frame(&mut self) {
        if self.protocol >= 4 {
            self.raw(&[0; FRAME_HEADER]);
            self.frame = Some(self.at);
            if !self.watched {
                self.limit = self.at + FRAME_TARGET;
            }
        }
    }

    /// Ends the frame in progress: its header gets the length, or goes.
    pub fn end_frame(&mut self) {
        let Some(start) = self.frame.take() else {
            return;
        };
        if !self.watched {
            self.limit = usize::MAX;
        }
        let length = self.at.saturating_sub(start);
        let header = start.saturating_sub(FRAME_HEADER);
        if length < FRAME_LEAST {
            self.bytes.copy_within(start..self.at, header);
            self.at = header + length;
        } else if let Some(place) = self.bytes.get_mut(header..start) {
            place[0] = op::FRAME;
            place[1..].copy_from_slice(&(length as u64).to_le_bytes());
        }
    }

    /// Ends the frame in progress and opens the next.
    #[cold]
    pub fn next_frame(&mut self) {
        self.end_frame();
        self.begin_frame();
    }

    /// Makes room for so many bytes more.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) {
        let needed = self.at.saturating_add(more);
        let doubled = self.bytes.len().saturating_mul(2);
        self.bytes.resize(needed.max(doubled).max(FIRST_ROOM), 0);
    }

    /// The first `used` of these bytes: written whole, for speed, and counted in part.
    #[inline(always)]
    fn some_of<const N: usize>(&mut self, bytes: [u8; N], used: usize) {
        if self.bytes.len() - self.at < N {
            self.grow(N);
        }
        let room = self.bytes.get_mut(self.at..);
        if let Some(room) = room.and_then(|r| r.first_chunk_mut::<N>()) {
            *room = bytes;
            self.at += used;
        }
    }

    /// An opcode without an argument.
    #[inline(always)]
    pub fn op(&mut self, code: u8) {
        self.some_of([code], 1);
    }

    /// Several opcodes, or one with its encoded argument: few, and known beforehand.
    #[inline(always)]
    pub fn ops<const N: usize>(&mut self, codes: [u8; N]) {
        self.some_of(codes, N);
    }

    /// Bytes as they are.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        if self.bytes.len() - self.at < bytes.len() {
            self.grow(bytes.len());
        }
        let end = self.at + bytes.len();
        if let Some(room) = self.bytes.get_mut(self.at..end) {
            room.copy_from_slice(bytes);
            self.at = end;
        }
    }

    /// A bool: before protocol 2 an int that readers know to be one.
    #[inline]
    pub fn boolean(&mut self, value: bool) {
        match (self.protocol >= 2, value) {
            (true, true) => self.op(op::NEWTRUE),
            (true, false) => self.op(op::NEWFALSE),
            (false, true) => self.raw(b"I01\n"),
            (false, false) => self.raw(b"I00\n"),
        }
    }

    /// An int of 64 bits.
    #[inline(always)]
    pub fn int(&mut self, value: i64) {
        let Ok(small) = i32::try_from(value) else {
            return self.long_int(value);
        };
        if !self.binary {
            return self.long_int(value);
        }
        let [a, b, c, d] = small.to_le_bytes();
        let (code, used) = match small as u32 {
            0..=0xff => (op::BININT1, 2),
            0x100..=0xffff => (op::BININT2, 3),
            _ => (op::BININT, 5),
        };
        self.some_of([code, a, b, c, d, 0, 0, 0], used);
    }

    #[cold]
    fn long_int(&mut self, value: i64) {
        if i32::try_from(value).is_ok() {
            self.line(op::INT, value.to_string().as_bytes());
        } else if self.protocol >= 2 {
            let bytes = value.to_le_bytes();
            let sign = if value < 0 { 0xff } else { 0 };
            // The last byte kept has to show the sign.
            let redundant = |n: usize| bytes[n] == sign && (bytes[n - 1] ^ sign) & 0x80 == 0;
            let mut length = bytes.len();
            while length > 1 && redundant(length - 1) {
                length -= 1;
            }
            // Eight bytes always have a form.
            let _ = self.long_bytes(&bytes[..length]);
        } else {
            self.long_text(&value.to_string());
        }
    }

    /// An int past 64 bits from the shortest little-endian two's complement that it has: protocol 2 and above.
    ///
    /// # Errors
    /// [`TooLong`] where a signed length of four bytes can't count them.
    pub fn long_bytes(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if let Ok(length) = u8::try_from(bytes.len()) {
            self.ops([op::LONG1, length]);
        } else if let Ok(length) = i32::try_from(bytes.len()) {
            self.op(op::LONG4);
            self.raw(&length.to_le_bytes());
        } else {
            return Err(TooLong);
        }
        self.raw(bytes);
        Ok(())
    }

    /// An int past 32 bits from its decimal text: protocols 0 and 1.
    pub fn long_text(&mut self, digits: &str) {
        self.op(op::LONG);
        self.raw(digits.as_bytes());
        self.raw(b"L\n");
    }

    /// A float.
    #[inline(always)]
    pub fn float(&mut self, value: f64, repr: fn(f64) -> String) {
        if self.binary {
            let [a, b, c, d, e, f, g, h] = nan::outgoing(value).to_be_bytes();
            self.some_of([op::BINFLOAT, a, b, c, d, e, f, g, h], 9);
        } else {
            self.line(op::FLOAT, repr(value).as_bytes());
        }
    }

    /// An opcode whose argument is a line.
    pub fn line(&mut self, code: u8, text: &[u8]) {
        self.op(code);
        self.raw(text);
        self.op(b'\n');
    }

    /// Text in WTF-8, with its payload: one that does not deserve to bypass the buffer.
    ///
    /// # Errors
    /// As [`Writer::text_header`].
    #[inline]
    pub fn text(&mut self, text: &[u8]) -> Result<(), TooLong> {
        if self.protocol >= 4
            && let Ok(length) = u8::try_from(text.len())
        {
            self.some_of([op::SHORT_BINUNICODE, length], 2);
            self.raw(text);
            return Ok(());
        }
        if !self.binary {
            self.escaped_text(text);
            return Ok(());
        }
        self.text_header(text.len())?;
        self.raw(text);
        Ok(())
    }

    /// The header of binary text.
    ///
    /// # Errors
    /// [`TooLong`] where the protocol can't count the bytes.
    pub fn text_header(&mut self, length: usize) -> Result<(), TooLong> {
        match (u8::try_from(length), u32::try_from(length)) {
            (Ok(short), _) if self.protocol >= 4 => self.ops([op::SHORT_BINUNICODE, short]),
            (_, Ok(length)) => self.counted4(op::BINUNICODE, length),
            _ if self.protocol >= 4 => self.counted8(op::BINUNICODE8, length),
            _ => return Err(TooLong),
        }
        Ok(())
    }

    /// Text as protocol 0 has it: a line in Latin-1, in which only what would not come back is escaped.
    fn escaped_text(&mut self, text: &[u8]) {
        self.op(op::UNICODE);
        for point in wtf8::code_points(text) {
            match (point, u8::try_from(point)) {
                (0 | 0x0a | 0x0d | 0x1a | 0x5c, _) => {
                    self.raw(format!("\\u{point:04x}").as_bytes());
                }
                (_, Ok(byte)) => self.op(byte),
                (0x1_0000.., _) => self.raw(format!("\\U{point:08x}").as_bytes()),
                _ => self.raw(format!("\\u{point:04x}").as_bytes()),
            }
        }
        self.op(b'\n');
    }

    /// The header of bytes, protocol 3 and above.
    ///
    /// # Errors
    /// [`TooLong`] where the protocol can't count them.
    pub fn bytes_header(&mut self, length: usize) -> Result<(), TooLong> {
        match (u8::try_from(length), u32::try_from(length)) {
            (Ok(short), _) => self.ops([op::SHORT_BINBYTES, short]),
            (_, Ok(length)) => self.counted4(op::BINBYTES, length),
            _ if self.protocol >= 4 => self.counted8(op::BINBYTES8, length),
            _ => return Err(TooLong),
        }
        Ok(())
    }

    /// The header of a bytearray, protocol 5.
    pub fn bytearray_header(&mut self, length: usize) {
        self.counted8(op::BYTEARRAY8, length);
    }

    fn counted4(&mut self, code: u8, length: u32) {
        self.op(code);
        self.raw(&length.to_le_bytes());
    }

    fn counted8(&mut self, code: u8, length: usize) {
        self.op(code);
        self.raw(&(length as u64).to_le_bytes());
    }

    /// Keeps what is on top of the reader's stack in its memo, under the next free index.
    #[inline(always)]
    pub fn put(&mut self, index: i64) {
        if self.protocol >= 4 {
            self.op(op::MEMOIZE);
        } else {
            self.put_indexed(index);
        }
    }

    fn put_indexed(&mut self, index: i64) {
        self.indexed(index, op::BINPUT, op::LONG_BINPUT, op::PUT);
    }

    /// Fetches what the reader keeps under an index.
    #[inline]
    pub fn get(&mut self, index: i64) {
        self.indexed(index, op::BINGET, op::LONG_BINGET, op::GET);
    }

    #[inline]
    fn indexed(&mut self, index: i64, short: u8, long: u8, text: u8) {
        match u32::try_from(index) {
            Ok(index) if self.binary => {
                let [a, b, c, d] = index.to_le_bytes();
                let (code, used) = if index < 256 { (short, 2) } else { (long, 5) };
                self.some_of([code, a, b, c, d], used);
            }
            _ => self.line(text, index.to_string().as_bytes()),
        }
    }

    /// A registered extension code.
    pub fn extension(&mut self, code: u32) {
        match (u8::try_from(code), u16::try_from(code)) {
            (Ok(short), _) => self.ops([op::EXT1, short]),
            (_, Ok(medium)) => {
                self.op(op::EXT2);
                self.raw(&medium.to_le_bytes());
            }
            _ => {
                self.op(op::EXT4);
                self.raw(&code.to_le_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(protocol: u8, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::new(protocol, protocol > 0);
        write(&mut writer);
        writer.take()
    }

    #[test]
    fn ints_take_the_shortest_form() {
        let int = |n: i64| written(2, |w| w.int(n));
        assert_eq!(int(255), b"K\xff");
        assert_eq!(int(256), b"M\x00\x01");
        assert_eq!(int(-1), b"J\xff\xff\xff\xff");
        assert_eq!(int(1 << 31), b"\x8a\x05\x00\x00\x00\x80\x00");
        assert_eq!(int(-(1 << 39)), b"\x8a\x05\x00\x00\x00\x00\x80");
        assert_eq!(int(i64::MIN), b"\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80");
        assert_eq!(written(0, |w| w.int(-5)), b"I-5\n");
        assert_eq!(written(1, |w| w.int(1 << 31)), b"L2147483648L\n");
    }

    #[test]
    fn frames_have_headers_from_four_bytes_on() {
        let pickle = |count: usize| {
            written(4, |w| {
                w.start();
                (1..count).for_each(|_| w.op(op::NONE));
                w.stop();
            })
        };
        assert_eq!(pickle(3), b"\x80\x04NN.");
        assert_eq!(pickle(4), b"\x80\x04\x95\x04\0\0\0\0\0\0\0NNN.");
    }

    #[test]
    fn a_full_frame_ends_before_the_next_object() {
        let mut writer = Writer::new(4, true);
        writer.start();
        while !writer.is_full() {
            writer.op(op::NONE);
        }
        writer.next_frame();
        writer.stop();
        let bytes = writer.take();
        assert_eq!(bytes[2..11], *b"\x95\x00\x00\x01\0\0\0\0\0");
        assert_eq!(bytes[11 + FRAME_TARGET..], *b".");
    }

    #[test]
    fn protocol_0_escapes_what_a_line_cannot_hold() {
        let text = "a\\\n\u{e9}\u{100}\u{1f600}".as_bytes();
        let line = written(0, |w| w.text(text).unwrap_or_default());
        assert_eq!(line, b"Va\\u005c\\u000a\xe9\\u0100\\U0001f600\n");
    }
}
