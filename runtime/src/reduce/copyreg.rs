//! copyreg's functions and tables, as far as the reduce protocol needs them: the
//! module `copyreg` shows what is here. Each runtime has one of each.

use smallvec::SmallVec;

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, function as native_function};
use crate::protocol::attribute;
use crate::raised::Raised;
use crate::reduce::object::getstate;
use crate::reduce::{is_objects_own, slots};
use crate::types::dict::Dict;
use crate::types::exceptions::Exc;
use crate::types::native_function::NativeFunction;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Arguments, Call, Flow, and_then, call_then};

// DIFFERENCE: these are Python functions in CPython, and print as such. Their
// missing arguments are reported in other words than those of natives: the
// parameters are optional to the binder, and `require` reports them.

/// The functions.
pub const FUNCTIONS: &[NativeDef] = &[
    native_function("pickle_complex(c=())", "", Plain(pickle_complex)),
    native_function("pickle_union(obj=())", "", Plain(pickle_union)),
    native_function("pickle_super(obj=())", "", Plain(pickle_super)),
    native_function(
        "_reconstructor(cls=(), base=(), state=())",
        "",
        FlowCall(reconstructor),
    ),
    native_function(
        "_reduce_ex(self=(), proto=())",
        "",
        FlowCall(reduce_ex_native),
    ),
    native_function("__newobj__(cls=(), *args)", "", FlowCall(newobj)),
    native_function(
        "__newobj_ex__(cls=(), args=(), kwargs=())",
        "Used by pickle protocol 4, instead of __newobj__ to allow classes with\nkeyword-only arguments to be pickled correctly.\n",
        FlowCall(newobj_ex),
    ),
    native_function(
        "_slotnames(cls=())",
        "Return a list of slot names for a given class.\n\nThis needs to find slots defined by the class and its bases, so we\ncan't simply return the __slots__ attribute.  We must walk down\nthe Method Resolution Order and concatenate the __slots__ of each\nclass found there.  (This assumes classes don't modify their\n__slots__ attribute to misrepresent their slots after the class is\ndefined.)\n",
        Plain(|ctx, args| {
            require(ctx, "_slotnames", &[("cls", args[0])])?;
            slots::slotnames(ctx, args[0])
        }),
    ),
];

/// Raises the TypeError that a Python function of these parameters raises when
/// some are not given.
pub fn require<'gc>(
    ctx: Context<'gc>,
    function: &str,
    parameters: &[(&str, Value<'gc>)],
) -> Result<(), Raised<'gc>> {
    let missing: Vec<String> = parameters
        .iter()
        .filter(|(_, value)| value.is_absent())
        .map(|(name, _)| format!("'{name}'"))
        .collect();
    let listed = match &missing[..] {
        [] => return Ok(()),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    };
    Err(ctx.type_error(format!(
        "{function}() missing {} required positional argument{}: {listed}",
        missing.len(),
        if missing.len() == 1 { "" } else { "s" }
    )))
}

/// The one dict of this runtime under a name of the registry.
fn table<'gc>(ctx: Context<'gc>, name: &str, fill: fn(Context<'gc>, Dict<'gc>)) -> Dict<'gc> {
    if let Some(Value::Dict(known)) = ctx.registry().get_text(ctx, name) {
        return known;
    }
    let made = Dict::new(ctx);
    ctx.registry().set_text(ctx, name, Value::Dict(made));
    fill(ctx, made);
    made
}

fn functions<'gc>(ctx: Context<'gc>) -> Dict<'gc> {
    table(ctx, "copyreg functions", |ctx, table| {
        let module = Value::Str(ctx.intern("copyreg"));
        for def in FUNCTIONS {
            let native = NativeFunction::new(ctx, def, None, module);
            table.set_text(ctx, def.name(), Value::Native(native));
        }
    })
}

/// The function `copyreg.NAME` of this runtime.
pub fn function<'gc>(ctx: Context<'gc>, name: &str) -> Value<'gc> {
    functions(ctx).get_text(ctx, name).unwrap_or(Value::None)
}

/// How many entries the dispatch table begins with.
pub const INITIAL_REDUCERS: usize = 3;

/// `copyreg.dispatch_table`
pub fn dispatch_table<'gc>(ctx: Context<'gc>) -> Dict<'gc> {
    table(ctx, "copyreg.dispatch_table", |ctx, table| {
        let types = ctx.types();
        let entries: [_; INITIAL_REDUCERS] = [
            (types.complex, "pickle_complex"),
            (ctx.type_of_def(&crate::types::union::UNION), "pickle_union"),
            (types.super_, "pickle_super"),
        ];
        for (class, name) in entries {
            // A class hashes by its address, and no code runs.
            let _ = table.set(ctx, Value::Type(class), function(ctx, name));
        }
    })
}

/// `copyreg._extension_registry`: from (module, name) to code.
pub fn extension_registry<'gc>(ctx: Context<'gc>) -> Dict<'gc> {
    table(ctx, "copyreg._extension_registry", |_, _| ())
}

/// `copyreg._inverted_registry`: from code to (module, name).
pub fn inverted_registry<'gc>(ctx: Context<'gc>) -> Dict<'gc> {
    table(ctx, "copyreg._inverted_registry", |_, _| ())
}

/// `copyreg._extension_cache`: from code to the object.
pub fn extension_cache<'gc>(ctx: Context<'gc>) -> Dict<'gc> {
    table(ctx, "copyreg._extension_cache", |_, _| ())
}

fn pair<'gc>(ctx: Context<'gc>, first: Value<'gc>, second: Value<'gc>) -> Value<'gc> {
    Value::Tuple(ctx.tuple(vec![first, second]))
}

fn pickle_complex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    require(ctx, "pickle_complex", &[("c", args[0])])?;
    let real = ctx.get_attr(args[0], ctx.intern("real"))?;
    let imag = ctx.get_attr(args[0], ctx.intern("imag"))?;
    let class = Value::Type(ctx.types().complex);
    Ok(pair(ctx, class, pair(ctx, real, imag)))
}

/// A union is its class indexed by its members.
fn pickle_union<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    require(ctx, "pickle_union", &[("obj", args[0])])?;
    let members = ctx.get_attr(args[0], ctx.names().__args__)?;
    let class = Value::Type(args[0].class(ctx));
    let operator = ctx
        .modules()
        .get_text(ctx, "operator")
        .or(ctx.modules().get_text(ctx, "_operator"));
    let operator = match operator {
        Some(module) => module,
        None => {
            let name = Value::Str(ctx.intern("operator"));
            let import = ctx.builtins().get_str(ctx, ctx.names().__import__);
            let import =
                import.ok_or_else(|| ctx.error(Exc::ImportError, "__import__ not found"))?;
            ctx.call(import, &[name])?
        }
    };
    let getitem = ctx.get_attr(operator, ctx.intern("getitem"))?;
    Ok(pair(ctx, getitem, pair(ctx, class, members)))
}

fn pickle_super<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    require(ctx, "pickle_super", &[("obj", args[0])])?;
    let class = ctx.get_attr(args[0], ctx.intern("__thisclass__"))?;
    let object = ctx.get_attr(args[0], ctx.names().__self__)?;
    let super_ = Value::Type(ctx.types().super_);
    Ok(pair(ctx, super_, pair(ctx, class, object)))
}

/// `_reconstructor(cls, base, state)`: makes the object with `base.__new__`, and
/// lets `base.__init__` fill it.
fn reconstructor<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let [class, base, state] = *args else {
        return Ok(Flow::Return(Value::None));
    };
    let parameters = [("cls", class), ("base", base), ("state", state)];
    require(ctx, "_reconstructor", &parameters)?;
    let object = Value::Type(ctx.types().object);
    let new = ctx.get_attr(base, ctx.names().__new__)?;
    if base.is(object) {
        return Ok(Flow::call(new, &[class]));
    }
    Ok(call_then(
        new,
        &[class, state],
        vec![base, state],
        |ctx, saved, result| {
            let made = result?;
            let init = ctx.get_attr(saved[0], ctx.names().__init__)?;
            if is_objects_own(ctx, Some(init)) {
                return Ok(Flow::Return(made));
            }
            Ok(call_then(
                init,
                &[made, saved[1]],
                vec![made],
                |_, saved, result| result.map(|_| Flow::Return(saved[0])),
            ))
        },
    ))
}

fn newobj<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    require(ctx, "__newobj__", &[("cls", args[0])])?;
    let new = ctx.get_attr(args[0], ctx.names().__new__)?;
    let mut positional = SmallVec::from_slice(&args[..1]);
    positional.extend_from_slice(args[1].as_tuple().map_or(&[][..], |t| t.items()));
    Ok(Flow::Call(Box::new(Call {
        callee: new,
        arguments: Arguments {
            positional,
            keywords: Vec::new(),
        },
    })))
}

fn newobj_ex<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let parameters = [("cls", args[0]), ("args", args[1]), ("kwargs", args[2])];
    require(ctx, "__newobj_ex__", &parameters)?;
    let new = ctx.get_attr(args[0], ctx.names().__new__)?;
    // `cls.__new__(cls, *args, **kwargs)`, with the errors of the stars.
    let state = vec![new, args[0], args[2]];
    let prepend: crate::vm::drive::WithItems = |ctx, state, items| {
        let mut all = vec![state[1]];
        all.extend(items);
        let all = Value::Tuple(ctx.tuple(all));
        crate::vm::rare::call_with_stars(ctx, state[0], all, state[2])
    };
    match args[1].as_tuple() {
        Some(tuple) => prepend(ctx, state, tuple.items().to_vec()),
        None => {
            let iterable = crate::protocol::iterate::iter(ctx, args[1]).is_ok();
            if !iterable {
                return Err(ctx.type_error(format!(
                    "Value after * must be an iterable, not {}",
                    ctx.type_name(args[1])
                )));
            }
            crate::vm::drive::collect_then(ctx, args[1], state, prepend)
        }
    }
}

fn reduce_ex_native<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    require(ctx, "_reduce_ex", &[("self", args[0]), ("proto", args[1])])?;
    let protocol = ctx.index_i64(args[1], Exc::OverflowError)?;
    if protocol >= 2 {
        return Err(ctx.error_with(Exc::AssertionError, &[]));
    }
    reduce_ex(ctx, args[0], protocol)
}

/// `copyreg._reduce_ex(object, protocol)`, for protocols 0 and 1: the nearest
/// built-in base carries the value, and the rest is state.
pub fn reduce_ex<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    protocol: i64,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let _ = protocol;
    let class = match ctx.get_attr(object, ctx.names().__class__)? {
        Value::Type(class) => class,
        _ => object.class(ctx),
    };
    let base = carrier(ctx, class);
    if base == ctx.types().object {
        return with_value(ctx, object, class, base, Value::None);
    }
    if base == class {
        return Err(ctx.type_error(format!(
            "cannot pickle '{}' object",
            class.name().to_string_lossy()
        )));
    }
    let state = vec![object, Value::Type(class), Value::Type(base)];
    Ok(call_then(
        Value::Type(base),
        &[object],
        state,
        |ctx, state, result| match (state[1], state[2]) {
            (Value::Type(class), Value::Type(base)) => {
                with_value(ctx, state[0], class, base, result?)
            }
            _ => Ok(Flow::Return(Value::None)),
        },
    ))
}

/// The nearest class of the MRO that is static in CPython, neither made by a program nor by
/// a module that makes its types when it is imported, or that has a native `__new__`.
fn carrier<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Type<'gc> {
    let is_static = |base: &Type<'gc>| {
        let def = base.def();
        !base.flags().heap
            && (def.is_none_or(|def| def.module == "builtins" || def.interned_module)
                || !def.is_some_and(|def| def.inherits_new)
                    && base.dict().get_str(ctx, ctx.names().__new__).is_some())
    };
    let found = class.mro().into_iter().find(is_static);
    found.unwrap_or(ctx.types().object)
}

fn with_value<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    class: Type<'gc>,
    base: Type<'gc>,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let default = is_objects_own(ctx, object.class(ctx).lookup(ctx, names.__getstate__));
    if default
        && let Some(slots) = ctx.try_attr(object, names.__slots__)?
        && ctx.truth(slots)?
    {
        return Err(ctx.type_error(
            "a class that defines __slots__ without defining __getstate__ cannot be pickled",
        ));
    }
    let arguments = vec![Value::Type(class), Value::Type(base), value];
    let arguments = Value::Tuple(ctx.tuple(arguments));
    let flow = match attribute::lookup(ctx, object, names.__getstate__) {
        Ok(_) => getstate(ctx, object)?,
        Err(raised) => return Err(raised),
    };
    and_then(ctx, flow, vec![arguments], |ctx, state, result| {
        let saved = result?;
        let mut parts = vec![function(ctx, "_reconstructor"), state[0]];
        if ctx.truth(saved)? {
            parts.push(saved);
        }
        Ok(Flow::Return(Value::Tuple(ctx.tuple(parts))))
    })
}
