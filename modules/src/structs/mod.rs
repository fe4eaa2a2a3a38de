//! `_struct`: between Python values and the bytes of C structs.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;

use crate::exception_class::ExceptionDef;
use format::Layout;

mod format;
mod iterator;
mod pack;
mod struct_type;
mod transfer;
mod unpack;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `struct.error`
pub static ERROR: ExceptionDef = ExceptionDef {
    module: "struct",
    name: "error",
    base: Exc::Exception,
};

/// The module.
pub static STRUCT: ModuleDef = ModuleDef {
    name: "_struct",
    doc: "Functions to convert between Python values and C structs.\nPython bytes objects are used to hold the data representing the C struct\nand also as format strings (explained below) to describe the layout of data\nin the C struct.",
    functions: &[
        function(
            "_clearcache()",
            "Clear the internal cache.",
            Plain(|_, _| Ok(Value::None)),
        ),
        function(
            "calcsize(format, /)",
            "Return size in bytes of the struct described by the format string.",
            Plain(|ctx, args| Ok(Value::from_usize(ctx.mc, parsed(ctx, args[0])?.size))),
        ),
        function(
            "iter_unpack(format, buffer, /)",
            "Return an iterator yielding tuples unpacked from the given bytes.\n\nThe bytes are unpacked according to the format string, like\na repeated invocation of unpack_from().\n\nRequires that the bytes length be a multiple of the struct size.",
            Plain(|ctx, args| iterator::iter_unpack(ctx, &parsed(ctx, args[0])?, args[1])),
        ),
        function(
            "pack(*values)",
            "pack(format, v1, v2, ...) -> bytes\n\nReturn a bytes object containing the values v1, v2, ... packed according\nto the format string.  See help(struct) for more on format strings.",
            Plain(|ctx, args| {
                let (layout, values) = split(ctx, args[0])?;
                transfer::pack_values(ctx, &layout, values)
            }),
        ),
        function(
            "pack_into(*values)",
            "pack_into(format, buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format string and write\nthe packed bytes into the writable buffer buf starting at offset.  Note\nthat the offset is a required argument.  See help(struct) for more\non format strings.",
            Plain(|ctx, args| {
                let (layout, values) = split(ctx, args[0])?;
                transfer::pack_into(ctx, &layout, values)
            }),
        ),
        function(
            "unpack(format, buffer, /)",
            "Return a tuple containing values unpacked according to the format string.\n\nThe buffer's size in bytes must be calcsize(format).\n\nSee help(struct) for more on format strings.",
            Plain(|ctx, args| transfer::unpack_exactly(ctx, &parsed(ctx, args[0])?, args[1])),
        ),
        function(
            "unpack_from(format, /, buffer, offset=0)",
            "Return a tuple containing values unpacked according to the format string.\n\nThe buffer's size, minus offset, must be at least calcsize(format).\n\nSee help(struct) for more on format strings.",
            Plain(|ctx, args| transfer::unpack_from(ctx, &parsed(ctx, args[0])?, args[1], args[2])),
        ),
    ],
    types: &[&struct_type::STRUCT],
    finish: Some(|ctx, module| {
        module.dict().set_text(ctx, "error", ERROR.class(ctx)?);
        Ok(())
    }),
};

/// The text of a format: ASCII, as str or bytes.
fn format_text<'gc>(ctx: Context<'gc>, format: Value<'gc>) -> Result<Str<'gc>, Raised<'gc>> {
    if let Some(text) = format.as_str() {
        if !text.is_ascii() {
            let encode = ctx.get_attr(format, ctx.names().encode)?;
            ctx.call(encode, &[ctx.str_value("ascii")])?;
        }
        return Ok(text);
    }
    match format.as_bytes() {
        Some(bytes) if bytes.bytes().is_ascii() => Ok(ctx.str_from_bytes(bytes.bytes())),
        Some(_) => Err(ERROR.error(ctx, "bad char in struct format")),
        None => Err(ctx.type_error(format!(
            "Struct() argument 1 must be a str or bytes object, not {}",
            ctx.type_name(format)
        ))),
    }
}

fn parsed<'gc>(ctx: Context<'gc>, format: Value<'gc>) -> Result<Layout, Raised<'gc>> {
    Layout::parse(ctx, format_text(ctx, format)?.bytes())
}

/// The format that comes first among the arguments, and the others.
fn split<'gc>(
    ctx: Context<'gc>,
    arguments: Value<'gc>,
) -> Result<(Layout, &'gc [Value<'gc>]), Raised<'gc>> {
    let arguments = arguments.as_tuple().map_or(&[][..], |t| t.items());
    match arguments.split_first() {
        Some((format, values)) => Ok((parsed(ctx, *format)?, values)),
        None => Err(ctx.type_error("missing format argument")),
    }
}
