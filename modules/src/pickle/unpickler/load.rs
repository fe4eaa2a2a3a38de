//! Loading one pickle: the frame that runs the machine, waits for what Python
//! code has to answer, and puts opcodes together that are not at hand in whole.

use gc_arena::Collect;

use capers_runtime::context::Context;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Input, NativeFrame, Step};

use crate::pickle::codec::{Short, decode};
use crate::pickle::errors::PickleExc::UnpicklingError;
use crate::pickle::kinds::{Count, Size};
use crate::pickle::opcodes;

use super::machine::{After, Machine, Pause, Turn};
use super::source::{Asked, Payload, Request, Want, truncated};
use super::{put_machine, spare, take_machine, text};

/// What of an opcode the file is asked for.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Part {
    /// The code.
    Code,
    /// An argument of so many bytes.
    Argument(usize),
    /// The length in front of an argument.
    Count(Count),
    /// The bytes behind the length.
    Counted(usize),
    /// The same, of an argument that becomes an object without being looked at.
    Payload(usize),
    /// So many lines.
    Lines(u8),
    /// A frame, which stays in the window.
    Frame(usize),
    /// The pickle is at its end.
    Stop,
}

/// An opcode that is being put together.
#[derive(Collect)]
#[collect(no_drop)]
struct Partial<'gc> {
    /// What there is of it.
    bytes: Vec<u8>,
    #[collect(require_static)]
    part: Part,
    payload: Payload<'gc>,
}

impl<'gc> Partial<'gc> {
    fn new(part: Part) -> Box<Self> {
        Box::new(Partial {
            bytes: Vec::new(),
            part,
            payload: Payload::default(),
        })
    }
}

/// What the frame waits for.
#[derive(Copy, Clone)]
enum Waiting {
    /// For nothing: it is to begin, or to go on.
    Nothing,
    /// For the machine's sake.
    Machine(After),
    /// For the file.
    File(Request),
}

/// A pickle that is being loaded.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Load<'gc> {
    /// The Unpickler whose machine it is, between two resumptions; none where
    /// the frame has the machine to itself.
    object: Option<Object<'gc>>,
    machine: Option<Box<Machine<'gc>>>,
    #[collect(require_static)]
    waiting: Waiting,
    partial: Option<Box<Partial<'gc>>>,
}

impl<'gc> Load<'gc> {
    /// Loads with a machine of its own.
    pub fn with(mut machine: Box<Machine<'gc>>) -> Self {
        machine.begin();
        Load {
            object: None,
            machine: Some(machine),
            waiting: Waiting::Nothing,
            partial: None,
        }
    }

    /// Loads with the machine of an Unpickler, which has begun.
    pub fn of(object: Object<'gc>) -> Self {
        Load {
            object: Some(object),
            machine: None,
            waiting: Waiting::Nothing,
            partial: None,
        }
    }
}

impl<'gc> NativeFrame<'gc> for Load<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let Some(mut machine) = (match self.object {
            Some(object) => take_machine(ctx, object),
            None => self.machine.take(),
        }) else {
            // Python code that runs in the middle of an opcode has the machine
            // for an empty one.
            return Err(UnpicklingError.error(ctx, "unpickling stack underflow"));
        };
        let step = self.go_on(ctx, &mut machine, input);
        match self.object {
            Some(object) => put_machine(ctx, object, machine),
            None if matches!(step, Ok(Step::Await(_) | Step::Next(_) | Step::Yield)) => {
                self.machine = Some(machine);
            }
            None => spare::keep(ctx, machine),
        }
        step
    }
}

impl<'gc> Load<'gc> {
    fn go_on(
        &mut self,
        ctx: Context<'gc>,
        machine: &mut Machine<'gc>,
        input: Input<'gc>,
    ) -> Result<Step<'gc>, Raised<'gc>> {
        let mut turn = match std::mem::replace(&mut self.waiting, Waiting::Nothing) {
            Waiting::Nothing => {
                input.value()?;
                Turn::Next
            }
            Waiting::Machine(after) => answered(ctx, machine, after, input)?,
            Waiting::File(request) => {
                let Some(mut partial) = self.partial.take() else {
                    return Err(truncated(ctx));
                };
                let asked =
                    machine
                        .source
                        .answered(ctx, request, input.value(), &mut partial.payload);
                match self.gather(ctx, machine, partial, Some(asked))? {
                    Gathered::Turn(turn) => turn,
                    Gathered::Step(step) => return Ok(step),
                }
            }
        };
        loop {
            let partial = match turn {
                Turn::Next => match machine.run(ctx, self.object)? {
                    Pause::Yield => return Ok(Step::Yield),
                    Pause::Turn(next) => {
                        turn = next;
                        continue;
                    }
                    Pause::Short(short) => match short_of_input(ctx, machine, short)? {
                        Some(partial) => partial,
                        None => continue,
                    },
                },
                Turn::Stop if machine.source.is_file() => Partial::new(Part::Stop),
                Turn::Stop => return machine.pop(ctx).map(Step::Return),
                Turn::Wait(flow, after) => {
                    self.waiting = Waiting::Machine(after);
                    return Ok(Step::Await(flow));
                }
                Turn::NextBuffer(buffers) => {
                    self.waiting = Waiting::Machine(After::Buffer);
                    return Ok(Step::Next(buffers));
                }
                Turn::Frame(size) if size <= machine.source.rest().len() => {
                    turn = Turn::Next;
                    continue;
                }
                Turn::Frame(size) if machine.source.is_file() => Partial::new(Part::Frame(size)),
                Turn::Frame(size) => {
                    machine.source.extend(ctx, Some(size));
                    if machine.source.rest().len() < size {
                        return Err(truncated(ctx));
                    }
                    turn = Turn::Next;
                    continue;
                }
            };
            turn = match self.gather(ctx, machine, partial, None)? {
                Gathered::Turn(turn) => turn,
                Gathered::Step(step) => return Ok(step),
            };
        }
    }

    /// Asks the file for what an opcode still lacks, part by part, and obeys it.
    fn gather(
        &mut self,
        ctx: Context<'gc>,
        machine: &mut Machine<'gc>,
        mut partial: Box<Partial<'gc>>,
        mut asked: Option<Result<Asked<'gc>, Raised<'gc>>>,
    ) -> Result<Gathered<'gc>, Raised<'gc>> {
        loop {
            let source = &mut machine.source;
            let asked = asked.take().unwrap_or_else(|| match partial.part {
                Part::Code => source.ask(ctx, Want::Bytes(1)),
                Part::Argument(size) | Part::Counted(size) | Part::Frame(size) => {
                    source.ask(ctx, Want::Bytes(size))
                }
                Part::Count(count) => source.ask(ctx, Want::Bytes(count.width())),
                Part::Payload(size) => source.ask_payload(ctx, size, &mut partial.payload),
                Part::Lines(_) => source.ask(ctx, Want::Line),
                Part::Stop => source.ask(ctx, Want::Nothing),
            });
            let asked = match asked {
                Err(raised) if partial.part == Part::Code => return Err(at_the_end(ctx, raised)),
                asked => asked?,
            };
            let count = match asked {
                Asked::Ready(count) => count,
                Asked::Wait(request, flow) => {
                    self.waiting = Waiting::File(request);
                    self.partial = Some(partial);
                    return Ok(Gathered::Step(Step::Await(flow)));
                }
            };
            match take_part(ctx, machine, &mut partial, count)? {
                Taken::More => {}
                Taken::Pushed => return Ok(Gathered::Turn(Turn::Next)),
                Taken::Value(value) => return Ok(Gathered::Step(Step::Return(value))),
                Taken::Opcode => {
                    return match machine.obey_one(ctx, &partial.bytes, self.object)? {
                        Pause::Yield => Ok(Gathered::Turn(Turn::Next)),
                        Pause::Turn(turn) => Ok(Gathered::Turn(turn)),
                        Pause::Short(short) => Err(wrong_input(ctx, &partial.bytes, short)),
                    };
                }
            }
        }
    }
}

enum Gathered<'gc> {
    Turn(Turn<'gc>),
    Step(Step<'gc>),
}

/// What a part made of an opcode.
enum Taken<'gc> {
    /// There are more parts.
    More,
    /// It can be obeyed.
    Opcode,
    /// It has been: its object is on the stack, or there was nothing to do.
    Pushed,
    /// It was the end: the pickle's object.
    Value(Value<'gc>),
}

/// Takes the part that is at hand, `count` bytes of the window or the payload.
fn take_part<'gc>(
    ctx: Context<'gc>,
    machine: &mut Machine<'gc>,
    partial: &mut Partial<'gc>,
    count: usize,
) -> Result<Taken<'gc>, Raised<'gc>> {
    match partial.part {
        Part::Frame(_) => return Ok(Taken::Pushed),
        Part::Stop => return machine.pop(ctx).map(Taken::Value),
        Part::Payload(_) => {
            let bytes = std::mem::take(&mut partial.payload.bytes);
            machine.push(match partial.bytes.first() {
                Some(&opcodes::BYTEARRAY8) => Value::ByteArray(ByteArray::new(ctx, bytes)),
                _ => Value::Bytes(ctx.bytes_from_vec(bytes)),
            });
            return Ok(Taken::Pushed);
        }
        _ => {}
    }
    let bytes = machine.source.take(count);
    partial.bytes.extend_from_slice(bytes);
    match partial.part {
        Part::Code => {
            let code = bytes.first().copied().unwrap_or_default();
            let Some(opcode) = opcodes::by_code(code) else {
                return Err(wrong_input(ctx, bytes, Short::Unknown(code)));
            };
            if code == opcodes::INST && !machine.has_mark() {
                return Err(machine.no_mark(ctx));
            }
            partial.part = match opcode.argument.map(|argument| argument.size()) {
                None => return Ok(Taken::Opcode),
                Some(Size::Fixed(size)) => Part::Argument(size.into()),
                Some(Size::Lines(lines)) => Part::Lines(lines),
                Some(Size::Counted(count)) => Part::Count(count),
            };
        }
        Part::Count(_) => match decode(&partial.bytes) {
            Err(Short::Bytes(all)) => {
                let size = all - partial.bytes.len();
                partial.part = if is_payload(partial.bytes.first()) {
                    Part::Payload(size)
                } else {
                    Part::Counted(size)
                };
            }
            _ if is_payload(partial.bytes.first()) => partial.part = Part::Payload(0),
            _ => return Ok(Taken::Opcode),
        },
        Part::Lines(lines) if lines > 1 => {
            let (code, line) = partial.bytes.split_first().unwrap_or((&0, &[]));
            module_line(ctx, *code, line.strip_suffix(b"\n").unwrap_or(line))?;
            partial.part = Part::Lines(lines - 1);
        }
        _ => return Ok(Taken::Opcode),
    }
    Ok(Taken::More)
}

/// Whether the opcode's argument becomes an object as it is.
fn is_payload(code: Option<&u8>) -> bool {
    use opcodes::{BINBYTES, BINBYTES8, BYTEARRAY8, SHORT_BINBYTES};
    matches!(
        code,
        Some(&(SHORT_BINBYTES | BINBYTES | BINBYTES8 | BYTEARRAY8))
    )
}

/// Goes on with the answer that an opcode has waited for.
fn answered<'gc>(
    ctx: Context<'gc>,
    machine: &mut Machine<'gc>,
    after: After,
    input: Input<'gc>,
) -> Result<Turn<'gc>, Raised<'gc>> {
    if let (After::Buffer, Input::Exhausted) = (after, input) {
        return Err(UnpicklingError.error(ctx, "not enough out-of-band buffers"));
    }
    let value = input.value()?;
    match after {
        After::Push | After::Buffer => machine.push(value),
        After::Ignore => {}
        After::Extension(code) => return machine.keep_extension(ctx, code, value),
        After::Instance(mark) => return machine.instantiate(ctx, value, mark),
    }
    Ok(Turn::Next)
}

/// The next opcode is not at hand: more input is, or the file has to be asked
/// for the opcode that is given back, or it is an error.
fn short_of_input<'gc>(
    ctx: Context<'gc>,
    machine: &mut Machine<'gc>,
    short: Short,
) -> Result<Option<Box<Partial<'gc>>>, Raised<'gc>> {
    let needed = match short {
        Short::Bytes(count) => Some(count),
        Short::Line => None,
        _ => return Err(wrong_input(ctx, machine.source.rest(), short)),
    };
    if machine.source.is_file() {
        return Ok(Some(Partial::new(Part::Code)));
    }
    if machine.source.extend(ctx, needed) {
        return Ok(None);
    }
    let rest = machine.source.rest();
    Err(match rest {
        [] => at_the_end(ctx, truncated(ctx)),
        [opcodes::INST, ..] if !machine.has_mark() => machine.no_mark(ctx),
        [code @ (opcodes::GLOBAL | opcodes::INST), lines @ ..] => {
            let whole = memchr::memchr(b'\n', lines).and_then(|end| lines.get(..end));
            let wrong = whole.and_then(|line| module_line(ctx, *code, line).err());
            wrong.unwrap_or_else(|| truncated(ctx))
        }
        _ => truncated(ctx),
    })
}

/// Checks the first line of GLOBAL and INST, which comes before the second is read.
fn module_line<'gc>(ctx: Context<'gc>, code: u8, line: &[u8]) -> Result<(), Raised<'gc>> {
    text::name(ctx, text::some_line(ctx, line)?, code == opcodes::INST).map(|_| ())
}

/// Between opcodes, what is no more than truncated input is the end of the file.
fn at_the_end<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> Raised<'gc> {
    match UnpicklingError.class(ctx) {
        Ok(Value::Type(class)) if raised.0.class().is_subclass_of(class) => {
            ctx.error(Exc::EOFError, "Ran out of input")
        }
        _ => raised,
    }
}

/// The error of bytes that can be no opcode.
#[cold]
fn wrong_input<'gc>(ctx: Context<'gc>, bytes: &[u8], short: Short) -> Raised<'gc> {
    match short {
        Short::Unknown(code @ 0x20..=0x7e) if code != b'\'' && code != b'\\' => {
            let message = format!("invalid load key, '{}'.", char::from(code));
            UnpicklingError.error(ctx, message)
        }
        Short::Unknown(code) => {
            UnpicklingError.error(ctx, format!("invalid load key, '\\x{code:02x}'."))
        }
        Short::Negative(_) => {
            let what = match bytes.first() {
                Some(&opcodes::BINSTRING) => "BINSTRING",
                _ => "LONG",
            };
            UnpicklingError.error(ctx, format!("{what} pickle has negative byte count"))
        }
        Short::TooLong(size) if isize::try_from(size).is_err() => {
            let what = match bytes.first() {
                Some(&opcodes::BINUNICODE8) => "BINUNICODE exceeds system's maximum size",
                Some(&opcodes::BYTEARRAY8) => "BYTEARRAY8 exceeds system's maximum size",
                _ => "BINBYTES exceeds system's maximum size",
            };
            let message = format!("{what} of {} bytes", isize::MAX);
            ctx.error(Exc::OverflowError, message)
        }
        Short::TooLong(_) | Short::Bytes(_) | Short::Line => truncated(ctx),
    }
}
