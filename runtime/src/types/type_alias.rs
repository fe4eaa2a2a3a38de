//! `typing.TypeAliasType`: what a `type` statement makes (PEP 695). Its value is
//! evaluated when it is first asked for. What has to do with other type forms is
//! asked of the module `typing`.

use gc_arena::Collect;
use gc_arena::Gc;
use gc_arena::lock::Lock;

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Caller as CallerCall, Plain};
use crate::native::{method, new, slot};
use crate::object::Object;
use crate::protocol::iterate;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getter, member};
use crate::types::generic_alias::generic_alias;
use crate::types::numbers::convert::argument_type;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::union;
use crate::value::Value;
use crate::vm::flow::Flow;
use crate::vm::frame::Caller;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The struct behind a `typing.TypeAliasType`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct TypeAlias<'gc> {
    /// `__name__`
    name: Str<'gc>,
    /// `__type_params__`
    params: Tuple<'gc>,
    /// `__module__`
    module: Value<'gc>,
    /// What evaluates the value, given a format; absent where the value was given.
    evaluate: Value<'gc>,
    /// `__value__`, absent until it has been evaluated.
    value: Gc<'gc, Lock<Value<'gc>>>,
}

impl NativeData for TypeAlias<'static> {
    type Data<'gc> = TypeAlias<'gc>;
}

/// The type.
pub static TYPE_ALIAS: TypeDef = TypeDef {
    name: "TypeAliasType",
    module: "typing",
    interned_module: true,
    doc: "What a type statement makes: a name for a type, perhaps with type parameters.",
    signature: "(name, value, *, type_params=())",
    subclassable: false,
    repeats: &["__getattribute__"],
    methods: &[
        new("__new__($type, /, *args, **kwargs)", CallerCall(make_alias)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__or__($self, value, /)",
            "Return self|value.",
            Plain(union::either),
        ),
        slot(
            "__ror__($self, value, /)",
            "Return value|self.",
            Plain(union::reflected_either),
        ),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(get_item),
        ),
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
        method("__reduce__($self, /)", "", Plain(repr)),
    ],
    getsets: &[
        member("__name__", "", |ctx, alias| {
            Ok(Value::Str(this(ctx, alias)?.name))
        }),
        getter("__type_params__", "", |ctx, alias| {
            Ok(Value::Tuple(this(ctx, alias)?.params))
        }),
        getter("__parameters__", "", |ctx, alias| {
            let params = Value::Tuple(this(ctx, alias)?.params);
            typing(ctx, "_unpack_typevartuples").and_then(|unpack| ctx.call(unpack, &[params]))
        }),
        getter("__value__", "", value),
        getter("evaluate_value", "", |ctx, alias| {
            let alias = this(ctx, alias)?;
            match alias.evaluate.present() {
                Some(evaluate) => Ok(evaluate),
                None => ctx.call(typing(ctx, "_evaluator")?, &[alias.value.get()]),
            }
        }),
        getter("__module__", "", |ctx, alias| Ok(this(ctx, alias)?.module)),
    ],
    ..TypeDef::DEFAULT
};

/// Whether it is a type alias.
pub fn is_alias(value: Value<'_>) -> bool {
    value.native::<TypeAlias<'_>>().is_some()
}

/// The alias that a `type` statement makes.
pub fn lazy<'gc>(
    ctx: Context<'gc>,
    name: Value<'gc>,
    params: Value<'gc>,
    evaluate: Value<'gc>,
    module: Value<'gc>,
) -> Value<'gc> {
    let name = name.as_str().unwrap_or_else(|| ctx.str(""));
    let params = params.as_tuple().unwrap_or_else(|| ctx.empty_tuple());
    allocate(ctx, name, params, module, evaluate, Value::Absent)
}

fn allocate<'gc>(
    ctx: Context<'gc>,
    name: Str<'gc>,
    params: Tuple<'gc>,
    module: Value<'gc>,
    evaluate: Value<'gc>,
    value: Value<'gc>,
) -> Value<'gc> {
    let data = TypeAlias {
        name,
        params,
        module,
        evaluate,
        value: Gc::new(ctx.mc, Lock::new(value)),
    };
    let class = ctx.type_of_def(&TYPE_ALIAS);
    Value::Object(Object::with_native::<TypeAlias<'_>>(ctx, class, data))
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc TypeAlias<'gc>, Raised<'gc>> {
    value
        .native::<TypeAlias<'_>>()
        .ok_or_else(|| ctx.type_error("a TypeAliasType is required"))
}

/// What the module `typing` has under this name.
fn typing<'gc>(ctx: Context<'gc>, name: &str) -> Answer<'gc> {
    let module = ctx.complete(crate::import::import_module(ctx, "typing")?)?;
    ctx.get_attr(module, ctx.intern(name))
}

/// `TypeAliasType(name, value, *, type_params=())`
fn make_alias<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let positional = args[1].as_tuple().map_or(&[][..], |t| t.items());
    if positional.len() > 2 {
        return Err(ctx.type_error(format!(
            "typealias() takes exactly 2 positional arguments ({} given)",
            positional.len()
        )));
    }
    let keywords = args[2].as_dict();
    let named = |name: &str| keywords.and_then(|keywords| keywords.get_text(ctx, name));
    let mut given = [Value::Absent; 2];
    for (place, name) in ["name", "value"].into_iter().enumerate() {
        let value = positional.get(place).copied().or_else(|| named(name));
        given[place] = value.ok_or_else(|| {
            ctx.type_error(format!(
                "typealias() missing required argument '{name}' (pos {})",
                place + 1
            ))
        })?;
    }
    let [name, value] = given;
    for (key, _) in keywords.map_or_else(Vec::new, |keywords| keywords.entries()) {
        let key = key.as_str().map_or("".into(), |key| key.to_string_lossy());
        if !matches!(&*key, "name" | "value" | "type_params") {
            return Err(ctx.type_error(format!(
                "typealias() got an unexpected keyword argument '{key}'"
            )));
        }
    }
    let Some(name) = name.as_str() else {
        let got = argument_type(ctx, name);
        let message = format!("typealias() argument 'name' must be str, not {got}");
        return Err(ctx.type_error(message));
    };
    let params = match named("type_params") {
        None => ctx.empty_tuple(),
        Some(params) => params
            .as_tuple()
            .ok_or_else(|| ctx.type_error("type_params must be a tuple"))?,
    };
    check_params(ctx, params)?;
    let frame = caller.as_ref().and_then(|caller| caller.frame());
    let module = frame.and_then(|frame| frame.globals.get_str(ctx, ctx.names().__name__));
    let module = module.unwrap_or(Value::None);
    let made = allocate(ctx, name, params, module, Value::Absent, value);
    Ok(Flow::Return(made))
}

/// Type parameters with defaults come last.
fn check_params<'gc>(ctx: Context<'gc>, params: Tuple<'gc>) -> Result<(), Raised<'gc>> {
    let mut defaults = false;
    for param in params.items() {
        let Some(has_default) = ctx.try_attr(*param, ctx.intern("has_default"))? else {
            let shown = ctx.repr(*param)?.to_string_lossy().into_owned();
            return Err(ctx.type_error(format!("Expected a type param, got {shown}")));
        };
        let has_default = ctx.call(has_default, &[])?;
        if ctx.truth(has_default)? {
            defaults = true;
        } else if defaults {
            let name = ctx.get_attr(*param, ctx.names().__name__)?;
            let name = ctx.to_str(name)?.to_string_lossy().into_owned();
            return Err(ctx.type_error(format!(
                "non-default type parameter '{name}' follows default type parameter"
            )));
        }
    }
    Ok(())
}

/// `__value__`
fn value<'gc>(ctx: Context<'gc>, alias: Value<'gc>) -> Answer<'gc> {
    let alias = this(ctx, alias)?;
    if let Some(value) = alias.value.get().present() {
        return Ok(value);
    }
    let value = ctx.call(alias.evaluate, &[Value::Int(1)])?;
    alias.value.set(ctx.mc, value);
    Ok(value)
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(Value::Str(this(ctx, args[0])?.name))
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if this(ctx, args[0])?.params.is_empty() {
        return Err(ctx.type_error("Only generic type aliases are subscriptable"));
    }
    Ok(generic_alias(ctx, args[0], args[1]))
}

/// `*alias` is the one `Unpack[alias]`.
fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let unpacked = ctx.get_item(typing(ctx, "Unpack")?, args[0])?;
    iterate::iter(ctx, Value::Tuple(ctx.tuple([unpacked])))
}
