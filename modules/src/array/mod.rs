//! `array`: compact arrays of numbers and characters. Owns the module's table and the
//! function that pickles call; the type is in `array_type`.

use capers_runtime::context::Context;
use capers_runtime::import::{ModuleDef, import_module};
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::list::List;
use capers_runtime::types::module::Module;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

pub mod array_type;
pub mod iterator;
pub mod methods;
pub mod typecode;

use array_type::ARRAY;
use typecode::{Kind, TYPE_CODES, TypeCode};

/// The module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "array",
    doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the type of objects stored in them is constrained.\n",
    functions: &[RECONSTRUCTOR],
    types: &[&ARRAY],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    let class = Value::Type(ctx.type_of_def(&ARRAY));
    dict.set_text(ctx, "ArrayType", class);
    let letters: String = TYPE_CODES.iter().map(|code| code.letter).collect();
    dict.set_text(ctx, "typecodes", ctx.str_value(&letters));
    let abc = ctx.complete(import_module(ctx, "collections.abc")?)?;
    let sequence = ctx.get_attr(abc, ctx.intern("MutableSequence"))?;
    let register = ctx.get_attr(sequence, ctx.intern("register"))?;
    ctx.call(register, &[class])?;
    Ok(())
}

/// `_array_reconstructor(arraytype, typecode, mformat_code, items)`
pub const RECONSTRUCTOR: NativeDef = function(
    "_array_reconstructor(arraytype, typecode, mformat_code, items, /)",
    "Internal. Used for pickling support.",
    FlowCall(reconstruct),
);

/// How the items lie in the bytes of a pickle.
struct MachineFormat {
    size: usize,
    kind: Kind,
    big_endian: bool,
}

impl MachineFormat {
    /// The format of this number in pickles.
    fn of(number: i64) -> Option<MachineFormat> {
        let (size, kind) = match number {
            0 => (1, Kind::Unsigned),
            1 => (1, Kind::Signed),
            2 | 3 => (2, Kind::Unsigned),
            4 | 5 => (2, Kind::Signed),
            6 | 7 => (4, Kind::Unsigned),
            8 | 9 => (4, Kind::Signed),
            10 | 11 => (8, Kind::Unsigned),
            12 | 13 => (8, Kind::Signed),
            14 | 15 => (4, Kind::Float),
            16 | 17 => (8, Kind::Float),
            // CPython measures characters by twice their size.
            18 | 19 => (4, Kind::Character),
            20 | 21 => (8, Kind::Character),
            _ => return None,
        };
        Some(MachineFormat {
            size,
            kind,
            big_endian: number > 1 && number % 2 == 1,
        })
    }
}

fn reconstruct<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(class) = args[0].as_type() else {
        let name = ctx.type_name(args[0]);
        let message = format!("first argument must be a type object, not {name}");
        return Err(ctx.type_error(message));
    };
    let places = [
        "_array_reconstructor() argument 2",
        "_array_reconstructor(): argument 2",
    ];
    let unknown = "second argument must be a valid type code";
    // Which message comes first: the type of the second argument is checked on entry.
    let code = match typecode::argument(ctx, args[1], places, unknown) {
        Err(raised) if args[1].as_str().is_none_or(|text| text.char_count() != 1) => {
            return Err(raised);
        }
        code => code,
    };
    let machine = slicing::size_argument(ctx, args[2])?;
    if !class.mro().contains(&ctx.type_of_def(&ARRAY)) {
        let name = class.name().to_string_lossy();
        let message = format!("{name} is not a subtype of array.array");
        return Err(ctx.type_error(message));
    }
    let code = code?;
    let Some(format) = MachineFormat::of(machine) else {
        let message = "third argument must be a valid machine format code.";
        return Err(ctx.value_error(message));
    };
    let Some(items) = args[3].as_bytes() else {
        let name = ctx.type_name(args[3]);
        let message = format!("fourth argument should be bytes, not {name}");
        return Err(ctx.type_error(message));
    };
    if machine == code.machine {
        return array_type::fill(ctx, class, code, args[3]);
    }
    converted(ctx, class, code, &format, items.bytes())
}

/// An array of items that another machine has written.
fn converted<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    code: &'static TypeCode,
    format: &MachineFormat,
    bytes: &[u8],
) -> Result<Flow<'gc>, Raised<'gc>> {
    if !bytes.len().is_multiple_of(format.size) {
        return Err(ctx.value_error("string length not a multiple of item size"));
    }
    if format.kind == Kind::Character {
        let width = format.size / 2;
        let text = decoded(ctx, &ordered(bytes, width, format.big_endian), width)?;
        return array_type::fill(ctx, class, code, text);
    }
    let turned = ordered(bytes, format.size, format.big_endian);
    let same = |known: &&TypeCode| known.kind == format.kind && known.size == format.size;
    let Some(source) = TYPE_CODES.iter().rfind(same) else {
        return Ok(Flow::Return(Value::None));
    };
    let items = source.unpack_all(ctx, &turned)?;
    let items = Value::List(List::new(ctx, items));
    // Floats go into what was asked for, integers into their own size.
    let target = match format.kind {
        Kind::Float => code,
        _ if same(&code) => code,
        _ => source,
    };
    array_type::fill(ctx, class, target, items)
}

/// The bytes with each item in little-endian order.
fn ordered(bytes: &[u8], size: usize, big_endian: bool) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if big_endian {
        for item in bytes.chunks_exact_mut(size) {
            item.reverse();
        }
    }
    bytes
}

/// The text that UTF-16 or UTF-32 in little-endian order is.
fn decoded<'gc>(ctx: Context<'gc>, bytes: &[u8], width: usize) -> Result<Value<'gc>, Raised<'gc>> {
    let codec = if width == 2 { "utf-16-le" } else { "utf-32-le" };
    let bytes = Value::Bytes(ctx.bytes(bytes));
    ctx.call_method(bytes, ctx.intern("decode"), &[ctx.str_value(codec)])
}
