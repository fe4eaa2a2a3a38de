//! The module `builtins`: the functions that are there without an import, one
//! file for each kind, and the namespace that holds them beside the types.

use crate::context::Context;
use crate::import::{ModuleDef, fill_native};
use crate::types::module::Module;
use crate::value::Value;

pub mod attributes;
pub mod code;
pub mod iteration;
pub mod numeric;
pub mod output;

static FUNCTIONS: &[&[crate::native::NativeDef]] = &[
    attributes::FUNCTIONS,
    code::FUNCTIONS,
    iteration::FUNCTIONS,
    numeric::FUNCTIONS,
    output::FUNCTIONS,
    crate::types::class_statement::FUNCTIONS,
];

static MODULE: ModuleDef = ModuleDef {
    name: "builtins",
    doc: "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len is\nthe full name for the built-in function len().\n\nThis module is not normally accessed explicitly by most\napplications, but can be useful in modules that provide\nobjects with the same name as a builtin and need to use\nthe builtin with that name, but don't want it to be hidden.",
    functions: &[],
    types: &[],
    finish: None,
};

/// Fills the namespace and puts the module into `sys.modules`.
pub fn install<'gc>(ctx: Context<'gc>) {
    let dict = ctx.builtins();
    let names = ctx.names();
    // The name is a string of its own: pickles tell it from that of the built-in types.
    let module_name = ctx.str_value(MODULE.name);
    dict.set_str(ctx, names.__name__, module_name);
    for attribute in [
        names.__doc__,
        names.__package__,
        names.__loader__,
        names.__spec__,
    ] {
        dict.set_str(ctx, attribute, Value::None);
    }
    dict.set_str(ctx, names.__package__, ctx.str_value(""));
    fill_native(ctx, &MODULE, dict);
    for def in FUNCTIONS.iter().copied().flatten() {
        let native =
            crate::types::native_function::NativeFunction::new(ctx, def, None, module_name);
        dict.set_text(ctx, def.name(), Value::Native(native));
    }
    for class in ctx.types().named() {
        dict.set_str(ctx, class.name(), Value::Type(class));
    }
    for class in ctx.exceptions().all() {
        dict.set_str(ctx, class.name(), Value::Type(class));
    }
    let os_error = Value::Type(ctx.exceptions().get(crate::types::exceptions::Exc::OSError));
    dict.set_text(ctx, "EnvironmentError", os_error);
    dict.set_text(ctx, "IOError", os_error);
    dict.set_text(ctx, "None", Value::None);
    dict.set_text(ctx, "True", Value::bool(true));
    dict.set_text(ctx, "False", Value::bool(false));
    dict.set_text(ctx, "Ellipsis", Value::Ellipsis);
    dict.set_text(ctx, "NotImplemented", Value::NotImplemented);
    dict.set_text(ctx, "__debug__", Value::bool(true));
    let module = Module::with_dict(ctx, ctx.types().module, dict);
    ctx.modules()
        .set_str(ctx, names.builtins, Value::Module(module));
}
