//! `_json.Encoder`: the type, and what its instances were asked for. The machine that writes
//! is in `encoder`.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, member};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::numbers::convert::argument_type;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, begin};
use gc_arena::Collect;

use super::encoder::Writing;

/// The signature of the function that encodes strings in ASCII.
pub const ENCODE_ASCII: &str = "encode_basestring_ascii(string, /)";
/// The signature of the function that encodes strings.
pub const ENCODE: &str = "encode_basestring(string, /)";

/// How strings are encoded.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Strings {
    /// By this module; in ASCII or not.
    Native {
        /// Whether all else than ASCII is escaped.
        ascii: bool,
    },
    /// By whatever callable was given.
    Called,
}

/// The struct behind an encoder.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Options<'gc> {
    /// The ids of what is being written, and the objects; none where nobody asks.
    pub markers: Option<Dict<'gc>>,
    /// Makes something else of what has no form in JSON.
    pub default: Value<'gc>,
    /// Encodes strings.
    pub encoder: Value<'gc>,
    /// The same, where it is known.
    pub strings: Strings,
    /// What a level is indented by; none where all is on one line.
    pub indent: Option<Str<'gc>>,
    /// Between a key and its value.
    pub key_separator: Str<'gc>,
    /// Between items.
    pub item_separator: Str<'gc>,
    /// Whether items are sorted.
    pub sort_keys: bool,
    /// Whether keys that can't be written are left out.
    pub skipkeys: bool,
    /// Whether NaN and infinities are written.
    pub allow_nan: bool,
}

impl NativeData for Options<'static> {
    type Data<'gc> = Options<'gc>;
}

/// The type.
pub static ENCODER: TypeDef = TypeDef {
    name: "Encoder",
    module: "_json",
    doc: "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    subclassable: false,
    mutable: true,
    methods: &[
        new(
            "__new__($type, /, markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
            Plain(encoder_new),
        ),
        slot(
            "__call__($self, /, obj, _current_indent_level)",
            "Call self as a function.",
            FlowCall(write),
        ),
    ],
    getsets: &[
        member("markers", "markers", |ctx, value| {
            Ok(this(ctx, value)?.markers.map_or(Value::None, Value::Dict))
        }),
        member("default", "default", |ctx, value| {
            Ok(this(ctx, value)?.default)
        }),
        member("encoder", "encoder", |ctx, value| {
            Ok(this(ctx, value)?.encoder)
        }),
        member("indent", "indent", |ctx, value| {
            Ok(this(ctx, value)?.indent.map_or(Value::None, Value::Str))
        }),
        member("key_separator", "key_separator", |ctx, value| {
            Ok(Value::Str(this(ctx, value)?.key_separator))
        }),
        member("item_separator", "item_separator", |ctx, value| {
            Ok(Value::Str(this(ctx, value)?.item_separator))
        }),
        member("sort_keys", "sort_keys", |ctx, value| {
            Ok(Value::bool(this(ctx, value)?.sort_keys))
        }),
        member("skipkeys", "skipkeys", |ctx, value| {
            Ok(Value::bool(this(ctx, value)?.skipkeys))
        }),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Options<'gc>, Raised<'gc>> {
    match value.native::<Options<'static>>() {
        Some(options) => Ok(*options),
        None => Err(ctx.type_error("an Encoder is required")),
    }
}

/// The str that an argument of `make_encoder` has to be.
fn text<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    place: usize,
) -> Result<Str<'gc>, Raised<'gc>> {
    let value = args.get(place).copied().unwrap_or(Value::None);
    value.as_str().ok_or_else(|| {
        ctx.type_error(format!(
            "make_encoder() argument {place} must be str, not {}",
            argument_type(ctx, value)
        ))
    })
}

fn encoder_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&ENCODER));
    let (key_separator, item_separator) = (text(ctx, args, 5)?, text(ctx, args, 6)?);
    let (sort_keys, skipkeys) = (ctx.truth(args[7])?, ctx.truth(args[8])?);
    let allow_nan = ctx.truth(args[9])?;
    let markers = match args[1].as_dict() {
        None if !args[1].is_none() => {
            return Err(ctx.type_error(format!(
                "make_encoder() argument 1 must be dict or None, not {}",
                ctx.type_name(args[1])
            )));
        }
        markers => markers,
    };
    let indent = match args[4].as_str() {
        None if !args[4].is_none() => {
            return Err(ctx.type_error(format!(
                "make_encoder() argument 4 must be str or None, not {}",
                ctx.type_name(args[4])
            )));
        }
        indent => indent,
    };
    let strings = match args[3] {
        Value::Native(native) if native.def().signature == ENCODE_ASCII => {
            Strings::Native { ascii: true }
        }
        Value::Native(native) if native.def().signature == ENCODE => {
            Strings::Native { ascii: false }
        }
        _ => Strings::Called,
    };
    let options = Options {
        markers,
        default: args[2],
        encoder: args[3],
        strings,
        indent,
        key_separator,
        item_separator,
        sort_keys,
        skipkeys,
        allow_nan,
    };
    Ok(Value::Object(Object::with_native::<Options<'static>>(
        ctx, class, options,
    )))
}

fn write<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let options = this(ctx, args[0])?;
    let level = slicing::size_argument(ctx, args[2])?;
    begin(
        ctx,
        Writing::new(options, args[1], usize::try_from(level).unwrap_or(0)),
    )
}
