//! `IncrementalNewlineDecoder`, which a machine does (see `layers`).

use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::value::Value;

use super::layers;

/// The type.
pub static NEWLINE_DECODER: TypeDef = TypeDef {
    name: "IncrementalNewlineDecoder",
    module: "_io",
    doc: "Codec used when reading a file in universal newlines mode.\n\nIt wraps another incremental decoder, translating \\r\\n and \\r into \\n.\nIt also records the types of newlines encountered.  When used with\ntranslate=False, it ensures that the newline sequence is returned in\none piece. When used with decoder=None, it expects unicode strings as\ndecode input and translates newlines without first invoking an external\ndecoder.",
    methods: &[
        new(
            "__new__($type, *args, **kwargs)",
            Plain(|ctx, args| Ok(layers::allocate(ctx, &NEWLINE_DECODER, args[0]))),
        ),
        slot(
            "__init__($self, /, decoder, translate, errors='strict')",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(|ctx, args| {
                let errors = args[3].present().unwrap_or(ctx.str_value("strict"));
                layers::set_up(ctx, args[0], "_Newlines", &[args[1], args[2], errors])
            }),
        ),
        method(
            "decode($self, /, input, final=False)",
            "",
            FlowCall(|ctx, args| layers::only(ctx, args, "decode")),
        ),
        method(
            "getstate($self, /)",
            "",
            FlowCall(|ctx, args| layers::only(ctx, args, "getstate")),
        ),
        method(
            "setstate($self, state, /)",
            "",
            FlowCall(|ctx, args| layers::only(ctx, args, "setstate")),
        ),
        method(
            "reset($self, /)",
            "",
            FlowCall(|ctx, args| layers::only(ctx, args, "reset")),
        ),
    ],
    getsets: &[getter("newlines", "", |ctx, v| {
        layers::attribute(ctx, v, "newlines", |_, _| Ok(Value::None))
    })],
    inherits_new: true,
    ..TypeDef::DEFAULT
};
