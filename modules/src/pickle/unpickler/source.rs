//! Where the Unpickler's bytes come from: an object in memory, or a file, which
//! is asked for exactly what CPython asks for. Knows no opcode.
//!
//! The bytes at hand are a *window*: all of a bytes object, a piece of another
//! buffer, or what the file gave last.
//!
//! ```text
//!     window  | already read | ... |
//!             peeked         at
//! ```
//!
//! What was only peeked at, the file still has: before it is asked for more, and
//! at the end of a pickle, the part used of it is read once more and dropped.

use gc_arena::Collect;

use capers_runtime::context::Context;
use capers_runtime::protocol::buffer::{self, Buffer, Export, Memory};
use capers_runtime::protocol::call::call_flow;
use capers_runtime::raised::Raised;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::bytes::Bytes;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::memoryview::View;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

use crate::pickle::errors::PickleExc::UnpicklingError;

/// How much is peeked at.
const PREFETCH: usize = 128 * 1024;
/// How much of a buffer that can change is copied at a time.
const PIECE: usize = 64 * 1024;
/// The most memory that is set aside before any of the bytes for it have come.
const AHEAD: usize = 1 << 20;

/// A file's methods; absent where it has none.
#[derive(Collect)]
#[collect(no_drop)]
struct File<'gc> {
    read: Value<'gc>,
    readline: Value<'gc>,
    readinto: Value<'gc>,
    peek: Value<'gc>,
    /// Where the part of the window begins that was only peeked at.
    #[collect(require_static)]
    peeked: Option<usize>,
}

/// A buffer in memory that is no bytes object.
#[derive(Collect)]
#[collect(no_drop)]
struct Array<'gc> {
    buffer: Buffer<'gc>,
    /// What is behind the window.
    next: usize,
    /// Keeps the memory from changing its size.
    #[collect(require_static)]
    _export: Option<Export>,
}

#[derive(Collect)]
#[collect(no_drop)]
enum Origin<'gc> {
    /// The window is all.
    Memory,
    Array(Box<Array<'gc>>),
    File(Box<File<'gc>>),
}

/// The Unpickler's input.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Source<'gc> {
    window: Bytes<'gc>,
    /// How much of the window is used.
    at: usize,
    origin: Origin<'gc>,
}

/// What is wanted of a file.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Want {
    /// So many bytes, in the window.
    Bytes(usize),
    /// A line, in the window.
    Line,
    /// Bytes for a payload of its own.
    Payload,
    /// Nothing more: the file is to be left behind what was used.
    Nothing,
}

/// A call of one of the file's methods.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Call {
    /// `read()` of what was peeked at and used.
    Skip,
    Peek,
    Read,
    ReadLine,
    ReadInto,
    /// `read()` where there is no `readinto()`.
    ReadPayload,
}

/// A wish that is being fulfilled.
#[derive(Copy, Clone)]
pub struct Request {
    want: Want,
    call: Call,
}

/// What became of a wish.
pub enum Asked<'gc> {
    /// So many bytes of the window are what was wanted.
    Ready(usize),
    /// The file has to be waited for.
    Wait(Request, Flow<'gc>),
}

/// A payload that is put together outside the window.
#[derive(Collect, Default)]
#[collect(no_drop)]
pub struct Payload<'gc> {
    /// What there is of it.
    pub bytes: Vec<u8>,
    /// How many bytes are still missing.
    missing: usize,
    /// What `readinto()` is filling.
    target: Option<ByteArray<'gc>>,
}

/// The UnpicklingError of input that ends too early.
#[cold]
pub fn truncated<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    UnpicklingError.error(ctx, "pickle data was truncated")
}

impl<'gc> Source<'gc> {
    /// No input.
    pub fn empty(ctx: Context<'gc>) -> Self {
        Source::of_bytes(ctx.bytes(b""))
    }

    fn of_bytes(window: Bytes<'gc>) -> Self {
        Source {
            window,
            at: 0,
            origin: Origin::Memory,
        }
    }

    /// The bytes of a bytes-like object. Raises TypeError for another object, and
    /// BufferError where the bytes do not lie one after the other.
    pub fn memory(ctx: Context<'gc>, data: Value<'gc>) -> Result<Self, Raised<'gc>> {
        if let Value::Bytes(bytes) = data.builtin() {
            return Ok(Source::of_bytes(bytes));
        }
        let Some(buffer) = buffer::acquire(ctx, data)? else {
            return Err(ctx.type_error(format!(
                "a bytes-like object is required, not '{}'",
                ctx.type_name(data)
            )));
        };
        if !buffer.layout.is_c_contiguous() {
            return Err(ctx.error(
                Exc::BufferError,
                "memoryview: underlying buffer is not C-contiguous",
            ));
        }
        let mut source = Source::empty(ctx);
        source.origin = Origin::Array(Box::new(Array {
            _export: buffer.memory.export(),
            buffer,
            next: 0,
        }));
        source.next_piece(ctx, PIECE);
        Ok(source)
    }

    /// A file with these methods; the last two may be absent.
    pub fn file(
        ctx: Context<'gc>,
        read: Value<'gc>,
        readline: Value<'gc>,
        readinto: Value<'gc>,
        peek: Value<'gc>,
    ) -> Self {
        let mut source = Source::empty(ctx);
        source.origin = Origin::File(Box::new(File {
            read,
            readline,
            readinto,
            peek,
            peeked: None,
        }));
        source
    }

    /// Whether more can come from a file.
    #[inline]
    pub fn is_file(&self) -> bool {
        matches!(self.origin, Origin::File(_))
    }

    /// The window and how much of it is used.
    #[inline]
    pub fn window(&self) -> (&'gc [u8], usize) {
        (self.window.bytes(), self.at)
    }

    /// The bytes at hand that are not used yet.
    #[inline]
    pub fn rest(&self) -> &'gc [u8] {
        self.window.bytes().get(self.at..).unwrap_or_default()
    }

    /// Moves to a place in the window.
    #[inline]
    pub fn set_position(&mut self, at: usize) {
        self.at = at;
    }

    /// Uses `count` bytes.
    pub fn take(&mut self, count: usize) -> &'gc [u8] {
        let bytes = self.rest().get(..count).unwrap_or_default();
        self.at += bytes.len();
        bytes
    }

    /// Tries to have `needed` bytes at hand, or a line more, without asking a
    /// file: whether there is more now than there was.
    pub fn extend(&mut self, ctx: Context<'gc>, needed: Option<usize>) -> bool {
        let had = self.rest().len();
        match self.origin {
            Origin::Array(_) => {
                let wanted = needed.unwrap_or(had.saturating_mul(2)).max(PIECE);
                self.next_piece(ctx, wanted);
                self.rest().len() > had
            }
            _ => false,
        }
    }

    /// Makes the window begin at the first byte that is not used, `wanted` long
    /// if there is as much.
    fn next_piece(&mut self, ctx: Context<'gc>, wanted: usize) {
        let unused = self.rest().len();
        let Origin::Array(array) = &mut self.origin else {
            return;
        };
        let layout = &array.buffer.layout;
        let size = layout.size();
        let begin = array.next.saturating_sub(unused);
        let end = begin.saturating_add(wanted).min(size);
        let range = layout.offset + begin..layout.offset + end;
        self.window = ctx.bytes(&array.buffer.memory.read(range));
        self.at = 0;
        array.next = end;
    }

    /// How much was peeked at and used.
    fn consumed(&self) -> usize {
        match &self.origin {
            Origin::File(file) => file.peeked.map_or(0, |from| self.at.saturating_sub(from)),
            _ => 0,
        }
    }

    /// Asks for bytes or a line: what is at hand, or what the file gives.
    pub fn ask(&mut self, ctx: Context<'gc>, want: Want) -> Result<Asked<'gc>, Raised<'gc>> {
        let at_hand = match want {
            Want::Bytes(count) => (count <= self.rest().len()).then_some(count),
            Want::Line => memchr::memchr(b'\n', self.rest()).map(|end| end + 1),
            Want::Nothing => (self.consumed() == 0).then_some(0),
            Want::Payload => None,
        };
        match at_hand {
            Some(count) => Ok(Asked::Ready(count)),
            None => self.ask_file(ctx, want, &mut Payload::default()),
        }
    }

    /// Asks for a payload of `size` bytes: first come those at hand.
    pub fn ask_payload(
        &mut self,
        ctx: Context<'gc>,
        size: usize,
        payload: &mut Payload<'gc>,
    ) -> Result<Asked<'gc>, Raised<'gc>> {
        let had = !self.rest().is_empty();
        payload.bytes = self.take(size).to_vec();
        payload.missing = size - payload.bytes.len();
        if payload.missing == 0 && had {
            return Ok(Asked::Ready(0));
        }
        self.ask_file(ctx, Want::Payload, payload)
    }

    fn ask_file(
        &mut self,
        ctx: Context<'gc>,
        want: Want,
        payload: &mut Payload<'gc>,
    ) -> Result<Asked<'gc>, Raised<'gc>> {
        if !self.is_file() {
            return Err(truncated(ctx));
        }
        let call = match self.consumed() {
            0 => self.next_call(want),
            _ => Some(Call::Skip),
        };
        match call {
            Some(call) => self.go_on(ctx, Request { want, call }, payload),
            None => Ok(Asked::Ready(0)),
        }
    }

    /// The call that a wish begins with once nothing is left to skip.
    fn next_call(&self, want: Want) -> Option<Call> {
        let Origin::File(file) = &self.origin else {
            return None;
        };
        match want {
            Want::Bytes(count) if !file.peek.is_absent() && count < PREFETCH => Some(Call::Peek),
            Want::Bytes(_) => Some(Call::Read),
            Want::Line => Some(Call::ReadLine),
            Want::Payload if file.readinto.is_absent() => Some(Call::ReadPayload),
            Want::Payload => Some(Call::ReadInto),
            Want::Nothing => None,
        }
    }

    /// Makes calls for as long as they answer at once.
    fn go_on(
        &mut self,
        ctx: Context<'gc>,
        mut request: Request,
        payload: &mut Payload<'gc>,
    ) -> Result<Asked<'gc>, Raised<'gc>> {
        loop {
            let answer = match self.begin(ctx, request, payload) {
                Ok(Flow::Return(value)) => Ok(value),
                Ok(flow) => return Ok(Asked::Wait(request, flow)),
                Err(raised) => Err(raised),
            };
            match self.take_answer(ctx, request, answer, payload)? {
                Next::Ready(count) => return Ok(Asked::Ready(count)),
                Next::Call(call) => request.call = call,
            }
        }
    }

    /// Goes on with what a call has answered.
    pub fn answered(
        &mut self,
        ctx: Context<'gc>,
        request: Request,
        answer: Result<Value<'gc>, Raised<'gc>>,
        payload: &mut Payload<'gc>,
    ) -> Result<Asked<'gc>, Raised<'gc>> {
        match self.take_answer(ctx, request, answer, payload)? {
            Next::Ready(count) => Ok(Asked::Ready(count)),
            Next::Call(call) => self.go_on(ctx, Request { call, ..request }, payload),
        }
    }

    fn begin(
        &mut self,
        ctx: Context<'gc>,
        request: Request,
        payload: &mut Payload<'gc>,
    ) -> Result<Flow<'gc>, Raised<'gc>> {
        let consumed = self.consumed();
        let Origin::File(file) = &self.origin else {
            return Err(truncated(ctx));
        };
        let size = |size| Value::from_usize(ctx.mc, size);
        match (request.call, request.want) {
            (Call::Skip, _) => call_flow(ctx, file.read, &[size(consumed)]),
            (Call::Peek, _) => call_flow(ctx, file.peek, &[size(PREFETCH)]),
            (Call::Read, Want::Bytes(count)) => call_flow(ctx, file.read, &[size(count)]),
            (Call::ReadLine | Call::Read, _) => call_flow(ctx, file.readline, &[]),
            (Call::ReadPayload, _) => call_flow(ctx, file.read, &[size(payload.missing)]),
            (Call::ReadInto, _) => {
                let room = payload.missing.min(payload.bytes.len().max(AHEAD));
                let target = ByteArray::new(ctx, vec![0; room]);
                payload.target = Some(target);
                let buffer = Buffer {
                    owner: Value::ByteArray(target),
                    memory: Memory::Array(target),
                    layout: buffer::Layout::bytes(room, false),
                };
                call_flow(ctx, file.readinto, &[View::make(ctx, buffer)])
            }
        }
    }

    /// Makes `data` the window.
    fn set_window(&mut self, ctx: Context<'gc>, data: Value<'gc>) -> Result<usize, Raised<'gc>> {
        self.window = match data.builtin() {
            Value::Bytes(bytes) => bytes,
            _ => ctx.bytes(&buffer::required(ctx, data)?),
        };
        self.at = 0;
        self.set_peeked(None);
        Ok(self.window.bytes().len())
    }

    fn set_peeked(&mut self, from: Option<usize>) {
        if let Origin::File(file) = &mut self.origin {
            file.peeked = from;
        }
    }

    fn take_answer(
        &mut self,
        ctx: Context<'gc>,
        request: Request,
        answer: Result<Value<'gc>, Raised<'gc>>,
        payload: &mut Payload<'gc>,
    ) -> Result<Next, Raised<'gc>> {
        match request.call {
            Call::Skip => {
                answer?;
                self.set_peeked(Some(self.at));
                Ok(self
                    .next_call(request.want)
                    .map_or(Next::Ready(0), Next::Call))
            }
            Call::Peek => {
                let data = match answer {
                    Err(raised) if exceptions::matches(ctx, raised, Exc::NotImplementedError) => {
                        if let Origin::File(file) = &mut self.origin {
                            file.peek = Value::Absent;
                        }
                        return Ok(Next::Call(Call::Read));
                    }
                    answer => answer?,
                };
                let size = self.set_window(ctx, data)?;
                self.set_peeked(Some(0));
                match request.want {
                    Want::Bytes(count) if count <= size => Ok(Next::Ready(count)),
                    _ => Ok(Next::Call(Call::Read)),
                }
            }
            Call::Read => {
                let size = self.set_window(ctx, answer?)?;
                match request.want {
                    Want::Bytes(count) if count <= size => Ok(Next::Ready(count)),
                    _ => Err(truncated(ctx)),
                }
            }
            Call::ReadLine => {
                let size = self.set_window(ctx, answer?)?;
                match self.window.bytes().last() {
                    Some(b'\n') => Ok(Next::Ready(size)),
                    _ => Err(truncated(ctx)),
                }
            }
            Call::ReadPayload => {
                let data = answer?;
                let Some(bytes) = data.as_bytes() else {
                    let class = ctx.repr(Value::Type(data.class(ctx)))?;
                    let class = class.to_string_lossy();
                    let message = format!("read() returned non-bytes object ({class})");
                    return Err(ctx.value_error(message));
                };
                match bytes.bytes().get(..payload.missing) {
                    Some(bytes) => payload.bytes.extend_from_slice(bytes),
                    None => return Err(truncated(ctx)),
                }
                payload.missing = 0;
                Ok(Next::Ready(0))
            }
            Call::ReadInto => take_filled(ctx, answer?, payload),
        }
    }
}

/// Takes what `readinto()` has filled; `count` is what it answered.
fn take_filled<'gc>(
    ctx: Context<'gc>,
    count: Value<'gc>,
    payload: &mut Payload<'gc>,
) -> Result<Next, Raised<'gc>> {
    if !count.is_int() {
        return Err(ctx.type_error("an integer is required"));
    }
    let count = ctx.index_of_c(count, "ssize_t")?;
    let Ok(count) = usize::try_from(count) else {
        return Err(ctx.value_error("readinto() returned negative size"));
    };
    let filled = match payload.target.take() {
        Some(target) => match target.0.bytes.try_borrow_mut() {
            Ok(mut bytes) => std::mem::take(&mut *bytes),
            Err(_) => Vec::new(),
        },
        None => Vec::new(),
    };
    if count < filled.len() {
        return Err(truncated(ctx));
    }
    payload.missing = payload.missing.saturating_sub(filled.len());
    if payload.bytes.is_empty() {
        payload.bytes = filled;
    } else {
        payload.bytes.extend_from_slice(&filled);
    }
    Ok(match payload.missing {
        0 => Next::Ready(0),
        _ => Next::Call(Call::ReadInto),
    })
}

/// What follows an answer.
enum Next {
    Ready(usize),
    Call(Call),
}
