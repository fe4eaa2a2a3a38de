//! `StringIO`: text in memory.

use std::cell::RefCell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::text::wtf8;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::base::TEXT_IO_BASE;
use super::newline::Newline;
use super::{newline_argument, size_argument};

/// The struct behind a `StringIO`.
#[derive(Collect)]
#[collect(require_static)]
pub struct StringIo(RefCell<State>);

impl NativeData for StringIo {
    type Data<'gc> = StringIo;
}

struct State {
    text: Vec<u8>,
    /// The position in bytes, and in characters beyond the end.
    at: usize,
    beyond: usize,
    newline: Newline,
    closed: bool,
    /// Which line ends were written: `\r`, `\n`, `\r\n`.
    seen: [bool; 3],
}

/// The attribute `newlines`: what line ends were met while any was accepted.
pub fn newlines<'gc>(ctx: Context<'gc>, seen: [bool; 3]) -> Value<'gc> {
    let ends = ["\r", "\n", "\r\n"];
    let met = ends.iter().zip(seen).filter(|(_, seen)| *seen);
    let met: Vec<Value<'gc>> = met.map(|(end, _)| ctx.str_value(end)).collect();
    match met[..] {
        [] => Value::None,
        [one] => one,
        _ => Value::Tuple(ctx.tuple(met)),
    }
}

impl State {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn position(&self) -> usize {
        wtf8::count(&self.text[..self.at]) + self.beyond
    }

    fn seek(&mut self, position: usize) {
        self.at = wtf8::offset(&self.text, position);
        self.beyond = if self.at == self.text.len() {
            position - wtf8::count(&self.text)
        } else {
            0
        };
    }

    fn write<'gc>(&mut self, ctx: Context<'gc>, text: &[u8]) -> Result<(), Raised<'gc>> {
        if matches!(self.newline, Newline::Universal | Newline::Any) {
            for (at, byte) in text.iter().enumerate() {
                let after = text.get(at + 1) == Some(&b'\n');
                match byte {
                    b'\r' if after => self.seen[2] = true,
                    b'\r' => self.seen[0] = true,
                    b'\n' if at == 0 || text[at - 1] != b'\r' => self.seen[1] = true,
                    _ => {}
                }
            }
        }
        let text = match self.newline {
            Newline::Universal => self.newline.reading(text),
            newline => newline.writing(text),
        };
        if text.is_empty() {
            return Ok(());
        }
        slicing::reserve(ctx, &mut self.text, self.beyond)?;
        let gap = std::mem::take(&mut self.beyond);
        self.text.resize(self.text.len() + gap, 0);
        self.at += gap;
        if self.at == self.text.len() {
            self.text.extend_from_slice(&text);
        } else {
            let over = wtf8::offset(self.rest(), wtf8::count(&text));
            self.text
                .splice(self.at..self.at + over, text.iter().copied());
        }
        self.at += text.len();
        Ok(())
    }
}

/// The type.
pub static STRING_IO: TypeDef = TypeDef {
    name: "StringIO",
    module: "_io",
    base: Some(&TEXT_IO_BASE),
    doc: "Text I/O implementation using an in-memory buffer.",
    has_dict: true,
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(string_new)),
        slot(
            "__init__($self, /, initial_value='', newline='\\n')",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        method(
            "getvalue($self, /)",
            "Retrieve the entire contents of the object.",
            Plain(getvalue),
        ),
        method("read($self, size=-1, /)", "", Plain(read)),
        method("readline($self, size=-1, /)", "", Plain(readline)),
        method("write($self, s, /)", "Write string to file.", Plain(write)),
        method("seek($self, pos, whence=0, /)", "", Plain(seek)),
        method("tell($self, /)", "", Plain(tell)),
        method("truncate($self, pos=None, /)", "", Plain(truncate)),
        method(
            "close($self, /)",
            "Close the IO object.",
            Plain(|ctx, args| {
                this(ctx, args[0])?.0.borrow_mut().closed = true;
                Ok(Value::None)
            }),
        ),
        method("__getstate__($self, /)", "", Plain(getstate)),
        method("__setstate__($self, state, /)", "", Plain(setstate)),
        method("readable($self, /)", "", Plain(yes)),
        method("writable($self, /)", "", Plain(yes)),
        method("seekable($self, /)", "", Plain(yes)),
    ],
    getsets: &[
        getter("closed", "", |ctx, v| {
            Ok(Value::bool(this(ctx, v)?.0.borrow().closed))
        }),
        getter("newlines", "", |ctx, v| {
            Ok(newlines(ctx, open(ctx, v)?.seen))
        }),
        getter("line_buffering", "", |_, _| Ok(Value::bool(false))),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc StringIo, Raised<'gc>> {
    value
        .native::<StringIo>()
        .ok_or_else(|| ctx.value_error("I/O operation on uninitialized object"))
}

fn open<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<std::cell::RefMut<'gc, State>, Raised<'gc>> {
    let state = this(ctx, value)?.0.borrow_mut();
    if state.closed {
        return Err(ctx.value_error("I/O operation on closed file"));
    }
    Ok(state)
}

fn yes<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    open(ctx, args[0])?;
    Ok(Value::bool(true))
}

fn string_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&STRING_IO));
    let state = State {
        text: Vec::new(),
        at: 0,
        beyond: 0,
        newline: Newline::Lf,
        closed: false,
        seen: [false; 3],
    };
    let data = StringIo(RefCell::new(state));
    let object = Object::with_native::<StringIo>(ctx, class, data);
    Ok(Value::Object(object))
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let newline = match args[2] {
        Value::Absent => Newline::Lf,
        newline => newline_argument(ctx, newline, true)?,
    };
    let text = match args[1] {
        Value::Absent | Value::None => &b""[..],
        value => match value.as_str() {
            Some(text) => text.bytes(),
            None => {
                return Err(ctx.type_error(format!(
                    "initial_value must be str or None, not {}",
                    ctx.type_name(value)
                )));
            }
        },
    };
    let mut state = this(ctx, args[0])?.0.borrow_mut();
    *state = State {
        text: Vec::new(),
        at: 0,
        beyond: 0,
        newline,
        closed: false,
        seen: [false; 3],
    };
    state.write(ctx, text)?;
    state.at = 0;
    Ok(Value::None)
}

fn getvalue<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let state = open(ctx, args[0])?;
    Ok(Value::Str(ctx.str_from_bytes(&state.text)))
}

fn read<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let size = size_argument(ctx, args[1])?;
    let mut state = open(ctx, args[0])?;
    let rest = state.rest();
    let end = size.map_or(rest.len(), |size| wtf8::offset(rest, size));
    let text = ctx.str_from_bytes(&rest[..end]);
    state.at += end;
    Ok(Value::Str(text))
}

fn readline<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let size = size_argument(ctx, args[1])?;
    let mut state = open(ctx, args[0])?;
    let end = state.newline.line(state.rest(), size);
    let text = ctx.str_from_bytes(&state.rest()[..end]);
    state.at += end;
    Ok(Value::Str(text))
}

fn write<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(text) = args[1].as_str() else {
        return Err(ctx.type_error(format!(
            "string argument expected, got '{}'",
            ctx.type_name(args[1])
        )));
    };
    open(ctx, args[0])?.write(ctx, text.bytes())?;
    Ok(Value::from_usize(ctx.mc, text.char_count()))
}

fn seek<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let position = ctx.index_i64(args[1], Exc::OverflowError)?;
    let whence = match args[2].present() {
        Some(whence) => ctx.index_i64(whence, Exc::OverflowError)?,
        None => 0,
    };
    let mut state = open(ctx, args[0])?;
    match whence {
        0 if position < 0 => {
            return Err(ctx.value_error(format!("Negative seek position {position}")));
        }
        0 => state.seek(position as usize),
        1 | 2 if position != 0 => {
            return Err(ctx.error(Exc::OSError, "Can't do nonzero cur-relative seeks"));
        }
        1 => {}
        2 => {
            state.at = state.text.len();
            state.beyond = 0;
        }
        _ => {
            return Err(ctx.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
        }
    }
    Ok(Value::from_usize(ctx.mc, state.position()))
}

fn tell<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let position = open(ctx, args[0])?.position();
    Ok(Value::from_usize(ctx.mc, position))
}

fn truncate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let size = match args[1] {
        Value::Absent | Value::None => open(ctx, args[0])?.position() as i64,
        size => ctx.index_i64(size, Exc::OverflowError)?,
    };
    if size < 0 {
        return Err(ctx.value_error(format!("Negative size value {size}")));
    }
    let mut state = open(ctx, args[0])?;
    let position = state.position();
    let end = wtf8::offset(&state.text, size as usize);
    state.text.truncate(end);
    state.seek(position);
    Ok(Value::Int(size))
}

/// What `__setstate__` takes: the text, the parameter `newline`, the position, the attributes.
fn getstate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let attributes = match args[0] {
        Value::Object(object) if !object.attributes().is_empty() => Value::Dict(object.dict(ctx)),
        _ => Value::None,
    };
    let state = open(ctx, args[0])?;
    let newline = match state.newline {
        Newline::Universal => Value::None,
        Newline::Any => ctx.str_value(""),
        Newline::Lf => ctx.str_value("\n"),
        Newline::Cr => ctx.str_value("\r"),
        Newline::CrLf => ctx.str_value("\r\n"),
    };
    let text = Value::Str(ctx.str_from_bytes(&state.text));
    let position = Value::from_usize(ctx.mc, state.position());
    let items = [text, newline, position, attributes];
    Ok(Value::Tuple(ctx.tuple(items)))
}

fn setstate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let items = args[1].as_tuple().map_or(&[][..], |tuple| tuple.items());
    let &[text, newline, position, attributes] = items else {
        return Err(ctx.type_error(format!(
            "{}.__setstate__ argument should be 4-tuple, got {}",
            ctx.type_name(args[0]),
            ctx.type_name(args[1])
        )));
    };
    init(ctx, &[args[0], text, newline])?;
    let Ok(position) = usize::try_from(ctx.index_i64(position, Exc::OverflowError)?) else {
        return Err(ctx.value_error("position value cannot be negative"));
    };
    {
        // The text is as it was stored: its line ends were translated before.
        let mut state = open(ctx, args[0])?;
        if let Some(text) = text.as_str() {
            state.text = text.bytes().to_vec();
        }
        state.seek(position);
    }
    if !attributes.is_none() && attributes.as_dict().is_none() {
        return Err(ctx.type_error(format!(
            "fourth item of state should be a dict, got a {}",
            ctx.type_name(attributes)
        )));
    }
    if let (Value::Object(object), Some(attributes)) = (args[0], attributes.as_dict()) {
        for (name, value) in attributes.entries() {
            if let Some(name) = name.as_str() {
                object.set_attribute(ctx, ctx.intern_str(name), value);
            }
        }
    }
    Ok(Value::None)
}
