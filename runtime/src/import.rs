//! `import`: the registry of native and frozen modules, the search of
//! `sys.path`, and what the import instructions do.

use crate::context::Context;
use crate::native::NativeDef;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::module::Module;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::Flow;
use crate::vm::frame::PyFrame;

/// A native module's declaration.
pub struct ModuleDef {
    /// Its full name.
    pub name: &'static str,
    /// `__doc__`; empty for None.
    pub doc: &'static str,
    /// Its functions.
    pub functions: &'static [NativeDef],
    /// Its types, each an attribute under its name.
    pub types: &'static [&'static TypeDef],
    /// Sets constants and whatever else the tables can't say.
    pub finish: Option<for<'gc> fn(Context<'gc>, Module<'gc>) -> Result<(), Raised<'gc>>>,
}

/// A module whose Python source is part of the program.
#[derive(Copy, Clone)]
pub struct FrozenModule {
    /// Its full name.
    pub name: &'static str,
    /// Its source.
    pub source: &'static str,
    /// Whether it is a package.
    pub is_package: bool,
}

/// The modules that `import` finds without looking at files.
#[derive(Clone, Default)]
pub struct Registered {
    /// Native modules.
    pub native: Vec<&'static ModuleDef>,
    /// Frozen modules.
    pub frozen: Vec<FrozenModule>,
}

/// What the instruction ImportName does: calls `__import__`.
pub fn import_statement<'gc>(
    ctx: Context<'gc>,
    frame: &PyFrame<'gc>,
    name: Str<'gc>,
    from_names: Value<'gc>,
    level: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(import) = frame.builtins.get_str(ctx, ctx.names().__import__) else {
        return Err(ctx.error(
            crate::types::exceptions::Exc::ImportError,
            "__import__ not found",
        ));
    };
    let locals = frame.locals.or(Value::None);
    let globals = Value::Dict(frame.globals);
    Ok(Flow::call(
        import,
        &[Value::Str(name), globals, locals, from_names, level],
    ))
}

/// What the instruction ImportFrom does.
pub fn import_from<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    name: Str<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    crate::protocol::attribute::get(ctx, module, name)
}

/// What the instruction ImportStar does: copies the public names.
pub fn import_star<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    locals: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let _ = (module, locals);
    Err(ctx.runtime_error("import * is not there yet"))
}

/// The registered native module of this name, made now.
pub fn make_native<'gc>(
    ctx: Context<'gc>,
    def: &'static ModuleDef,
) -> Result<Module<'gc>, Raised<'gc>> {
    let name = ctx.intern(def.name);
    let module = Module::new(ctx, name);
    let dict = module.dict();
    if !def.doc.is_empty() {
        dict.set_str(ctx, ctx.names().__doc__, ctx.str_value(def.doc));
    }
    for function in def.functions {
        let native = crate::types::native_function::NativeFunction::new(
            ctx,
            function,
            None,
            Value::Str(name),
        );
        dict.set_text(ctx, function.name(), Value::Native(native));
    }
    for def in def.types {
        let class = ctx.type_of_def(def);
        dict.set_str(ctx, class.name(), Value::Type(class));
    }
    if let Some(finish) = def.finish {
        finish(ctx, module)?;
    }
    Ok(module)
}
