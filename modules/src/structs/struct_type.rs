//! `struct.Struct`: a format that is parsed once.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::value::Value;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::format::{Layout, Order};
use super::iterator::iter_unpack;
use super::{Answer, format_text, transfer};

/// The struct behind it: the format as text, and parsed.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Struct<'gc> {
    format: Gc<'gc, Lock<Value<'gc>>>,
    layout: Gc<'gc, Lock<Gc<'gc, Parsed>>>,
}

#[derive(Collect)]
#[collect(require_static)]
struct Parsed(Layout);

impl NativeData for Struct<'static> {
    type Data<'gc> = Struct<'gc>;
}

/// The type.
pub static STRUCT: TypeDef = TypeDef {
    name: "Struct",
    module: "_struct",
    doc: "Struct(fmt) --> compiled struct object\n\n",
    weakrefable: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(struct_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__init__($self, /, format)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        method(
            "iter_unpack($self, buffer, /)",
            "Return an iterator yielding tuples.\n\nTuples are unpacked from the given bytes source, like a repeated\ninvocation of unpack_from().\n\nRequires that the bytes length be a multiple of the struct size.",
            Plain(|ctx, args| iter_unpack(ctx, layout(ctx, args[0])?, args[1])),
        ),
        method(
            "pack($self, *values)",
            "S.pack(v1, v2, ...) -> bytes\n\nReturn a bytes object containing values v1, v2, ... packed according\nto the format string S.format.  See help(struct) for more on format\nstrings.",
            Plain(|ctx, args| transfer::pack_values(ctx, layout(ctx, args[0])?, rest(args[1]))),
        ),
        method(
            "pack_into($self, *values)",
            "S.pack_into(buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format string S.format\nand write the packed bytes into the writable buffer buf starting at\noffset.  Note that the offset is a required argument.  See\nhelp(struct) for more on format strings.",
            Plain(|ctx, args| transfer::pack_into(ctx, layout(ctx, args[0])?, rest(args[1]))),
        ),
        method(
            "unpack($self, buffer, /)",
            "Return a tuple containing unpacked values.\n\nUnpack according to the format string Struct.format. The buffer's size\nin bytes must be Struct.size.\n\nSee help(struct) for more on format strings.",
            Plain(|ctx, args| transfer::unpack_exactly(ctx, layout(ctx, args[0])?, args[1])),
        ),
        method(
            "unpack_from($self, /, buffer, offset=0)",
            "Return a tuple containing unpacked values.\n\nValues are unpacked according to the format string Struct.format.\n\nThe buffer's size in bytes, starting at position offset, must be\nat least Struct.size.\n\nSee help(struct) for more on format strings.",
            Plain(|ctx, args| transfer::unpack_from(ctx, layout(ctx, args[0])?, args[1], args[2])),
        ),
        method(
            "__sizeof__($self, /)",
            "S.__sizeof__() -> size of S in memory, in bytes",
            Plain(|ctx, args| {
                let fields = layout(ctx, args[0])?.fields.len();
                Ok(Value::from_usize(ctx.mc, 72 + 32 * (fields + 1)))
            }),
        ),
    ],
    getsets: &[
        getter("format", "struct format string", |ctx, value| {
            Ok(this(ctx, value)?.format.get())
        }),
        getter("size", "struct size in bytes", |ctx, value| {
            Ok(Value::from_usize(ctx.mc, layout(ctx, value)?.size))
        }),
    ],
    ..TypeDef::DEFAULT
};

/// The values that the binder gathered.
fn rest<'gc>(values: Value<'gc>) -> &'gc [Value<'gc>] {
    values.as_tuple().map_or(&[][..], |t| t.items())
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Struct<'gc>, Raised<'gc>> {
    value
        .native::<Struct<'static>>()
        .ok_or_else(|| ctx.type_error("a Struct is required"))
}

fn layout<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Layout, Raised<'gc>> {
    Ok(&Gc::as_ref(this(ctx, value)?.layout.get()).0)
}

fn struct_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&STRUCT));
    let empty = Layout {
        order: Order::Native,
        fields: Vec::new(),
        size: 0,
        values: 0,
    };
    let parsed = Gc::new(ctx.mc, Parsed(empty));
    let data = Struct {
        format: Gc::new(ctx.mc, Lock::new(ctx.str_value(""))),
        layout: Gc::new(ctx.mc, Lock::new(parsed)),
    };
    Ok(Value::Object(Object::with_native::<Struct<'static>>(
        ctx, class, data,
    )))
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let own = this(ctx, args[0])?;
    let text = format_text(ctx, args[1])?;
    let parsed = Layout::parse(ctx, text.bytes())?;
    own.format.set(ctx.mc, Value::Str(text));
    own.layout.set(ctx.mc, Gc::new(ctx.mc, Parsed(parsed)));
    Ok(Value::None)
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let format = ctx.repr(this(ctx, args[0])?.format.get())?;
    let name = args[0].class(ctx).name();
    let text = [name.bytes(), b"(", format.bytes(), b")"].concat();
    Ok(Value::Str(ctx.str_from_vec(text)))
}
