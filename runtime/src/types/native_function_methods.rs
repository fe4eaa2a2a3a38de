//! The types of native functions: `builtin_function_or_method`,
//! `method_descriptor`, `wrapper_descriptor`, `classmethod_descriptor` and
//! `method-wrapper`: attributes and methods.

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, NativeKind, method, slot};
use crate::protocol::attribute;
use crate::raised::Raised;
use crate::types::def::{GetSetDef, TypeDef, getter, member};
use crate::types::exceptions::Exc;
use crate::types::native_function::NativeFunction;
use crate::value::Value;
use crate::vm::flow::Flow;

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

const CALLABLE: TypeDef = TypeDef {
    subclassable: false,
    methods: METHODS,
    ..TypeDef::DEFAULT
};

/// `builtin_function_or_method`
pub static BUILTIN_FUNCTION: TypeDef = TypeDef {
    name: "builtin_function_or_method",
    weakrefable: true,
    methods: BOUND_METHODS,
    getsets: FUNCTION_GETSETS,
    ..CALLABLE
};
/// `method_descriptor`
pub static METHOD_DESCRIPTOR: TypeDef = TypeDef {
    name: "method_descriptor",
    getsets: DESCRIPTOR_GETSETS,
    ..CALLABLE
};
/// `wrapper_descriptor`
pub static WRAPPER_DESCRIPTOR: TypeDef = TypeDef {
    name: "wrapper_descriptor",
    getsets: DESCRIPTOR_GETSETS,
    ..CALLABLE
};
/// `classmethod_descriptor`
pub static CLASSMETHOD_DESCRIPTOR: TypeDef = TypeDef {
    name: "classmethod_descriptor",
    methods: &[REPR, CALL, GET],
    getsets: DESCRIPTOR_GETSETS,
    ..CALLABLE
};
/// `method-wrapper`
pub static METHOD_WRAPPER: TypeDef = TypeDef {
    name: "method-wrapper",
    methods: BOUND_METHODS,
    getsets: WRAPPER_GETSETS,
    ..CALLABLE
};

/// Descriptors bind what they are asked for.
const METHODS: &[NativeDef] = &[REPR, CALL, GET, REDUCE];

const GET: NativeDef = slot(
    "__get__($self, instance, owner=None, /)",
    "Return an attribute of instance, which is of type owner.",
    Plain(get),
);

/// Functions and bound methods bind nothing.
const BOUND_METHODS: &[NativeDef] = &[REPR, CALL, EQ, HASH, REDUCE];

const REPR: NativeDef = slot("__repr__($self, /)", "Return repr(self).", Plain(repr));
const CALL: NativeDef = slot(
    "__call__($self, /, *args, **kwargs)",
    "Call self as a function.",
    FlowCall(call),
);
const EQ: NativeDef = slot("__eq__($self, value, /)", "Return self==value.", Plain(eq));
const HASH: NativeDef = slot("__hash__($self, /)", "Return hash(self).", Plain(hash));
const REDUCE: NativeDef = method("__reduce__($self, /)", "", Plain(reduce));

const FUNCTION_GETSETS: &[GetSetDef] = &[
    getter("__name__", "", name),
    getter("__qualname__", "", qualname),
    getter("__doc__", "", doc),
    getter("__text_signature__", "", text_signature),
    getter("__self__", "", receiver),
    member("__module__", "", module),
];

const DESCRIPTOR_GETSETS: &[GetSetDef] = &[
    member("__name__", "", name),
    getter("__qualname__", "", qualname),
    getter("__doc__", "", doc),
    getter("__text_signature__", "", text_signature),
    member("__objclass__", "", objclass),
];

const WRAPPER_GETSETS: &[GetSetDef] = &[
    getter("__name__", "", name),
    getter("__qualname__", "", qualname),
    getter("__doc__", "", doc),
    getter("__text_signature__", "", text_signature),
    member("__self__", "", receiver),
    getter("__objclass__", "", objclass),
];

/// The function, and what it is bound to or absent.
fn parts<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<(NativeFunction<'gc>, Value<'gc>), Raised<'gc>> {
    match value {
        Value::Native(native) => Ok((native, Value::Absent)),
        Value::NativeMethod(method) => Ok((method.function(), method.receiver())),
        _ => Err(ctx.type_error("expected a native function")),
    }
}

fn name<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result1<'gc> {
    Ok(Value::Str(ctx.intern(parts(ctx, value)?.0.def().name())))
}

fn qualname<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result1<'gc> {
    let (native, receiver) = parts(ctx, value)?;
    let name = native.def().name();
    let owner = match (native.def().kind, receiver) {
        (NativeKind::Class, Value::Type(class)) => Some(class),
        (NativeKind::Method, receiver) if !receiver.is_absent() => Some(receiver.class(ctx)),
        _ => native.owner(),
    };
    Ok(match owner {
        Some(owner) => ctx.str_value(&format!("{}.{name}", owner.qualname().to_string_lossy())),
        None => ctx.str_value(name),
    })
}

fn doc<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result1<'gc> {
    Ok(match parts(ctx, value)?.0.def().doc {
        "" => Value::None,
        doc => ctx.str_value(doc),
    })
}

fn text_signature<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result1<'gc> {
    let (native, _) = parts(ctx, value)?;
    // CPython wraps all `__new__` alike, and `__init__` and `__call__`, whatever the
    // types say of their arguments.
    match (native.def().kind, native.def().name()) {
        (NativeKind::New, _) => return Ok(ctx.str_value("($type, *args, **kwargs)")),
        (NativeKind::Slot, "__init__" | "__call__") => {
            return Ok(ctx.str_value("($self, /, *args, **kwargs)"));
        }
        _ => {}
    }
    let signature = native.def().signature;
    let parameters = signature.find('(').map_or("", |at| &signature[at..]);
    if native.owner().is_none() {
        // Optional parameters in brackets are what CPython has no signature for.
        if signature.contains('[') {
            return Ok(Value::None);
        }
        let inner = parameters.trim_start_matches('(');
        let text = if inner == ")" {
            "($module, /)".to_owned()
        } else if inner.contains('/') {
            format!("($module, {inner}")
        } else {
            format!("($module, /, {inner}")
        };
        return Ok(ctx.str_value(&text));
    }
    Ok(ctx.str_value(parameters))
}

fn receiver<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result1<'gc> {
    let (native, receiver) = parts(ctx, value)?;
    if let Some(receiver) = receiver.present() {
        return Ok(receiver);
    }
    if let Some(owner) = native.owner()
        && native.def().kind == NativeKind::New
    {
        return Ok(Value::Type(owner));
    }
    let module = native
        .0
        .module
        .as_str()
        .and_then(|m| ctx.modules().get_str(ctx, m));
    Ok(module.unwrap_or(Value::None))
}

fn module<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result1<'gc> {
    Ok(parts(ctx, value)?.0.0.module.or(Value::None))
}

fn objclass<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result1<'gc> {
    match parts(ctx, value)?.0.owner() {
        Some(owner) => Ok(Value::Type(owner)),
        None => Err(attribute::missing(ctx, value, ctx.names().__objclass__)),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (native, receiver) = parts(ctx, args[0])?;
    let name = native.def().name();
    let kind = native.def().kind;
    let text = match (receiver.present(), native.owner()) {
        (Some(receiver), _) => {
            let address = receiver.address().unwrap_or(0);
            let class = match receiver {
                Value::Type(_) => "type".into(),
                _ => receiver.class(ctx).name_text(),
            };
            if kind == NativeKind::Slot {
                format!("<method-wrapper '{name}' of {class} object at {address:#x}>")
            } else {
                format!("<built-in method {name} of {class} object at {address:#x}>")
            }
        }
        (None, Some(owner)) => match kind {
            NativeKind::Method => format!("<method '{name}' of '{}' objects>", owner.name_text()),
            NativeKind::Slot => {
                format!("<slot wrapper '{name}' of '{}' objects>", owner.name_text())
            }
            NativeKind::Class => format!("<method '{name}' of '{}' objects>", owner.name_text()),
            NativeKind::New => {
                let address = Value::Type(owner).address().unwrap_or(0);
                format!("<built-in method {name} of type object at {address:#x}>")
            }
            _ => format!("<built-in function {name}>"),
        },
        (None, None) => format!("<built-in function {name}>"),
    };
    Ok(ctx.str_value(&text))
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    crate::vm::rare::call_with_stars(ctx, args[0], args[1], args[2])
}

fn get<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (native, bound) = parts(ctx, args[0])?;
    if !bound.is_absent() {
        return Ok(args[0]);
    }
    if native.def().kind == NativeKind::Class {
        let class = match args[2] {
            Value::Absent | Value::None => Value::Type(args[1].class(ctx)),
            class => class,
        };
        return Ok(Value::NativeMethod(
            crate::types::native_function::NativeMethod::new(ctx, native, class),
        ));
    }
    if !native.binds() || args[1].is_none() {
        return Ok(args[0]);
    }
    if let Some(owner) = native.owner()
        && !args[1].class(ctx).is_subclass_of(owner)
    {
        return Err(ctx.type_error(format!(
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            native.def().name(),
            owner.name_text(),
            ctx.type_name(args[1])
        )));
    }
    Ok(attribute::bind(ctx, args[0], args[1]))
}

fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (Value::Native(_) | Value::NativeMethod(_)) = args[1] else {
        return Ok(Value::NotImplemented);
    };
    let (a, b) = (parts(ctx, args[0])?, parts(ctx, args[1])?);
    let same_function = std::ptr::eq(a.0.def(), b.0.def()) && a.0.owner() == b.0.owner();
    Ok(Value::bool(same_function && a.1.is(b.1)))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (native, receiver) = parts(ctx, args[0])?;
    let function = std::ptr::from_ref(native.def()) as usize;
    let receiver = receiver.address().unwrap_or(0);
    Ok(Value::Int(crate::protocol::hash::hash_address(
        function ^ receiver,
    )))
}

/// A function goes by its name, a method by its receiver and name.
fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (native, bound) = parts(ctx, args[0])?;
    let name = ctx.str_value(native.def().name());
    let object = match (bound.present(), native.owner(), native.def().kind) {
        (Some(receiver), _, _) => receiver,
        (None, Some(owner), _) => Value::Type(owner),
        (None, None, _) => return Ok(name),
    };
    let Some(getattr) = ctx.builtins().get_text(ctx, "getattr") else {
        return Err(ctx.error(Exc::AttributeError, "getattr"));
    };
    let arguments = ctx.tuple([object, name]);
    Ok(Value::Tuple(ctx.tuple([getattr, Value::Tuple(arguments)])))
}
