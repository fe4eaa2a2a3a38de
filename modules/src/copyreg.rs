//! `copyreg`: registration of functions that take objects apart for pickle and
//! copy, and of extension codes. The tables, and the functions that the reduce
//! protocol itself calls, are the runtime's (`reduce::copyreg`).

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::protocol::call::is_callable;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::copyreg::{self, require};
use capers_runtime::types::list::List;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;

/// The module.
pub static COPYREG: ModuleDef = ModuleDef {
    name: "copyreg",
    doc: "Helper to provide extensibility for pickle.\n\nThis is only useful to add pickle support for extension types defined in\nC, not for instances of user-defined classes.\n",
    functions: &[
        function(
            "pickle(ob_type=(), pickle_function=(), constructor_ob=None)",
            "",
            Plain(pickle),
        ),
        function("constructor(object=())", "", Plain(constructor)),
        function(
            "add_extension(module=(), name=(), code=())",
            "Register an extension code.",
            Plain(add_extension),
        ),
        function(
            "remove_extension(module=(), name=(), code=())",
            "Unregister an extension code.  For testing only.",
            Plain(remove_extension),
        ),
        function("clear_extension_cache()", "", Plain(clear_extension_cache)),
    ],
    types: &[],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    for def in copyreg::FUNCTIONS {
        dict.set_text(ctx, def.name(), copyreg::function(ctx, def.name()));
    }
    let tables = [
        ("dispatch_table", copyreg::dispatch_table(ctx)),
        ("_extension_registry", copyreg::extension_registry(ctx)),
        ("_inverted_registry", copyreg::inverted_registry(ctx)),
        ("_extension_cache", copyreg::extension_cache(ctx)),
    ];
    for (name, table) in tables {
        dict.set_text(ctx, name, Value::Dict(table));
    }
    dict.set_text(ctx, "_HEAPTYPE", Value::Int(1 << 9));
    let public = [
        "pickle",
        "constructor",
        "add_extension",
        "remove_extension",
        "clear_extension_cache",
    ];
    let public = public.iter().map(|n| Value::Str(ctx.intern(n))).collect();
    dict.set_text(ctx, "__all__", Value::List(List::new(ctx, public)));
    Ok(())
}

fn pickle<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    require(
        ctx,
        "pickle",
        &[("ob_type", args[0]), ("pickle_function", args[1])],
    )?;
    if !is_callable(ctx, args[1]) {
        return Err(ctx.type_error("reduction functions must be callable"));
    }
    copyreg::dispatch_table(ctx).set(ctx, args[0], args[1])?;
    match args[2] {
        Value::Absent | Value::None => Ok(Value::None),
        _ => constructor(ctx, &args[2..]),
    }
}

fn constructor<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    require(ctx, "constructor", &[("object", args[0])])?;
    if !is_callable(ctx, args[0]) {
        return Err(ctx.type_error("constructors must be callable"));
    }
    Ok(Value::None)
}

fn key<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Value<'gc> {
    Value::Tuple(ctx.tuple(&args[..2]))
}

fn add_extension<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let parameters = [("module", args[0]), ("name", args[1]), ("code", args[2])];
    require(ctx, "add_extension", &parameters)?;
    let code = ctx.call(Value::Type(ctx.types().int), &args[2..])?;
    if !code
        .as_small_int()
        .is_some_and(|n| (1..=0x7fff_ffff).contains(&n))
    {
        return Err(ctx.value_error("code out of range"));
    }
    let key = key(ctx, args);
    let (registry, inverted) = (
        copyreg::extension_registry(ctx),
        copyreg::inverted_registry(ctx),
    );
    let known_code = registry.get(ctx, key)?;
    let known_key = inverted.get(ctx, code)?;
    if let (Some(known_code), Some(known_key)) = (known_code, known_key)
        && ctx.same_or_equal(known_code, code)?
        && ctx.same_or_equal(known_key, key)?
    {
        return Ok(Value::None);
    }
    if let Some(known) = known_code {
        return Err(ctx.value_error(format!(
            "key {} is already registered with code {}",
            ctx.to_str(key)?.to_string_lossy(),
            ctx.to_str(known)?.to_string_lossy()
        )));
    }
    if let Some(known) = known_key {
        return Err(ctx.value_error(format!(
            "code {} is already in use for key {}",
            ctx.to_str(code)?.to_string_lossy(),
            ctx.to_str(known)?.to_string_lossy()
        )));
    }
    registry.set(ctx, key, code)?;
    inverted.set(ctx, code, key)?;
    Ok(Value::None)
}

fn remove_extension<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let parameters = [("module", args[0]), ("name", args[1]), ("code", args[2])];
    require(ctx, "remove_extension", &parameters)?;
    let (key, code) = (key(ctx, args), args[2]);
    let (registry, inverted) = (
        copyreg::extension_registry(ctx),
        copyreg::inverted_registry(ctx),
    );
    let known_code = registry.get(ctx, key)?;
    let known_key = inverted.get(ctx, code)?;
    let registered = match (known_code, known_key) {
        (Some(known_code), Some(known_key)) => {
            ctx.same_or_equal(known_code, code)? && ctx.same_or_equal(known_key, key)?
        }
        _ => false,
    };
    if !registered {
        return Err(ctx.value_error(format!(
            "key {} is not registered with code {}",
            ctx.to_str(key)?.to_string_lossy(),
            ctx.to_str(code)?.to_string_lossy()
        )));
    }
    registry.remove(ctx, key)?;
    inverted.remove(ctx, code)?;
    copyreg::extension_cache(ctx).remove(ctx, code)?;
    Ok(Value::None)
}

fn clear_extension_cache<'gc>(
    ctx: Context<'gc>,
    _args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    copyreg::extension_cache(ctx).borrow_mut(ctx).clear();
    Ok(Value::None)
}
