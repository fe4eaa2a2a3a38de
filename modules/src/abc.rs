//! `_abc`: what abstract base classes need beyond Python. The rest of `abc` is
//! frozen Python.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;

/// CPython's `Py_TPFLAGS_SEQUENCE`.
const SEQUENCE: i64 = 1 << 5;
/// CPython's `Py_TPFLAGS_MAPPING`.
const MAPPING: i64 = 1 << 6;

/// Makes a class, and the classes derived from it, match sequence or mapping
/// patterns. Built-in types are left as they are.
fn set_collection_flags<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (Some(class), Some(flags)) = (args[0].as_type(), args[1].as_small_int()) else {
        return Err(ctx.type_error("_set_collection_flags() expects a class and an int"));
    };
    let mut pending = vec![class];
    while let Some(class) = pending.pop() {
        if !class.flags().heap {
            continue;
        }
        class.update_flags(|f| {
            f.sequence = flags & SEQUENCE != 0;
            f.mapping = flags & MAPPING != 0;
        });
        pending.extend(class.subclasses(ctx));
    }
    Ok(Value::None)
}

/// The module.
pub static ABC: ModuleDef = ModuleDef {
    name: "_abc",
    doc: "Support of the module abc.",
    functions: &[function(
        "_set_collection_flags(cls, flags, /)",
        "",
        Plain(set_collection_flags),
    )],
    types: &[],
    finish: None,
};
