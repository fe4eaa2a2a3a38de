//! `pickletools.read_uint1` and its kin: an argument out of a file object, asked for as the codec says what it
//! lacks, so that no more is read than belongs to the argument.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::protocol::buffer;
use capers_runtime::raised::Raised;
use capers_runtime::types::numbers::convert::limits;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, begin};
use gc_arena::Collect;

use super::argument::{Argument, Fault, code_with, missing, negative_count, unescaped, unquoted};
use super::{raise, value_of};
use crate::pickle::codec::{Op, Short, decode};
use crate::pickle::kinds::ArgumentKind;

macro_rules! readers {
    ($($kind:ident $signature:literal;)*) => {
        /// The reader of each kind of argument.
        pub const READERS: &[NativeDef] = &[$(
            function($signature, ArgumentKind::$kind.doc(), FlowCall(|ctx, args| read(ctx, ArgumentKind::$kind, args))),
        )*];
    };
}

readers! {
    Uint1 "read_uint1(f)";
    Uint2 "read_uint2(f)";
    Int4 "read_int4(f)";
    Uint4 "read_uint4(f)";
    Uint8 "read_uint8(f)";
    Stringnl "read_stringnl(f, decode=True, stripquotes=True, *, encoding='latin-1')";
    StringnlNoescape "read_stringnl_noescape(f)";
    StringnlNoescapePair "read_stringnl_noescape_pair(f)";
    String1 "read_string1(f)";
    String4 "read_string4(f)";
    Bytes1 "read_bytes1(f)";
    Bytes4 "read_bytes4(f)";
    Bytes8 "read_bytes8(f)";
    Bytearray8 "read_bytearray8(f)";
    Unicodestringnl "read_unicodestringnl(f)";
    Unicodestring1 "read_unicodestring1(f)";
    Unicodestring4 "read_unicodestring4(f)";
    Unicodestring8 "read_unicodestring8(f)";
    DecimalnlShort "read_decimalnl_short(f)";
    DecimalnlLong "read_decimalnl_long(f)";
    Floatnl "read_floatnl(f)";
    Float8 "read_float8(f)";
    Long1 "read_long1(f)";
    Long4 "read_long4(f)";
}

fn read<'gc>(
    ctx: Context<'gc>,
    kind: ArgumentKind,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (&file, options) = args.split_first().unwrap_or((&Value::None, &[]));
    let frame = Read {
        file,
        options: options.to_vec(),
        kind,
        // The codec decodes opcodes; any one with this kind of argument will do.
        input: code_with(kind).into_iter().collect(),
        asked: None,
    };
    begin(ctx, frame)
}

/// Reads one argument.
#[derive(Collect)]
#[collect(no_drop)]
struct Read<'gc> {
    file: Value<'gc>,
    /// What `read_stringnl` is given besides.
    options: Vec<Value<'gc>>,
    #[collect(require_static)]
    kind: ArgumentKind,
    /// An opcode and as much of its argument as is read.
    #[collect(require_static)]
    input: Vec<u8>,
    /// What was asked of the file: so many bytes, or a line.
    #[collect(require_static)]
    asked: Option<Short>,
}

impl<'gc> NativeFrame<'gc> for Read<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(asked) = self.asked.take() {
            let answer = input.value()?;
            let there = self.input.len();
            self.input
                .extend_from_slice(&buffer::required(ctx, answer)?);
            let enough = match asked {
                Short::Bytes(total) => self.input.len() == total,
                _ => self.input.len() > there && self.input.last() == Some(&b'\n'),
            };
            if !enough {
                return Err(raise(ctx, self.missing(asked)));
            }
        }
        match decode(&self.input) {
            Ok((op, _)) => self.argument(ctx, op).map(Step::Finish),
            Err(short) => self.ask(ctx, short),
        }
    }
}

impl<'gc> Read<'gc> {
    /// Asks the file for what is missing.
    fn ask(&mut self, ctx: Context<'gc>, short: Short) -> Result<Step<'gc>, Raised<'gc>> {
        let (method, arguments) = match short {
            Short::Bytes(total) => {
                let missing_bytes = total - self.input.len();
                // Nothing is read for a length that is negative.
                if self.kind == ArgumentKind::String4
                    && self.input.len() == 5
                    && negative_count(missing_bytes).is_some()
                {
                    return Err(raise(ctx, self.missing(short)));
                }
                ("read", vec![Value::Int(missing_bytes as i64)])
            }
            Short::Line => ("readline", Vec::new()),
            _ => return Err(raise(ctx, self.missing(short))),
        };
        self.asked = Some(short);
        let method = ctx.get_attr(self.file, ctx.intern(method))?;
        Ok(Step::Await(Flow::call(method, &arguments)))
    }

    /// What is wrong when the file has no more.
    fn missing(&self, short: Short) -> Fault {
        missing(self.kind, &self.input, self.input.len() as u64, short)
    }

    /// What the reader returns.
    fn argument(&self, ctx: Context<'gc>, op: Op<'_>) -> Result<Flow<'gc>, Raised<'gc>> {
        let (Op::String(line), [decode, strip, encoding]) = (op, &self.options[..]) else {
            let argument = Argument::of(op, &limits(ctx)).map_err(|fault| raise(ctx, fault))?;
            return Ok(Flow::Return(value_of(ctx, argument)));
        };
        let strip = strip.is_absent() || ctx.truth(*strip)?;
        let line = if strip { unquoted(line) } else { Ok(line) };
        let bytes = line
            .and_then(unescaped)
            .map_err(|fault| raise(ctx, fault))?;
        let bytes = Value::Bytes(ctx.bytes(&bytes));
        if !decode.is_absent() && !ctx.truth(*decode)? {
            return Ok(Flow::Return(bytes));
        }
        let encoding = match encoding {
            Value::Absent => ctx.str_value("latin-1"),
            encoding => *encoding,
        };
        let method = ctx.get_attr(bytes, ctx.intern("decode"))?;
        Ok(Flow::call(method, &[encoding]))
    }
}
