//! `types.SimpleNamespace`: an object that is its attributes.

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{comparison, method, new, slot};
use crate::object::{Object, Payload};
use crate::protocol::compare;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getter};
use crate::value::Value;
use crate::vm::flow::Flow;

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            FlowCall(|ctx, args| compare_with(ctx, Comparison::$op, args)),
        )
    };
}

/// The type.
pub static SIMPLE_NAMESPACE: TypeDef = TypeDef {
    name: "SimpleNamespace",
    signature: "(mapping_or_iterable=(), /, **kwargs)",
    module: "types",
    interned_module: true,
    doc: "A simple attribute-based namespace.",
    has_dict: true,
    mutable: true,
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(namespace_new)),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        ordering!(Less),
        ordering!(LessEqual),
        ordering!(Equal),
        ordering!(NotEqual),
        ordering!(Greater),
        ordering!(GreaterEqual),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling",
            Plain(reduce),
        ),
        method(
            "__replace__($self, /, **changes)",
            "Return a copy of the namespace object with new values for the specified attributes.",
            Plain(replace),
        ),
    ],
    getsets: &[getter("__dict__", "", |ctx, value| {
        Ok(match value {
            Value::Object(object) => Value::Dict(object.dict(ctx)),
            _ => Value::None,
        })
    })],
    ..TypeDef::DEFAULT
};

fn namespace_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&SIMPLE_NAMESPACE));
    Ok(Value::Object(Object::new(ctx, class, Payload::NONE)))
}

/// Sets the attributes that a mapping names.
fn fill<'gc>(
    ctx: Context<'gc>,
    target: Value<'gc>,
    mapping: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let Value::Object(object) = target else {
        return Ok(());
    };
    let entries = match crate::vm::rare::mapping_entries(ctx, mapping)? {
        Some(entries) => entries,
        None => {
            let dict = ctx.call(Value::Type(ctx.types().dict), &[mapping])?;
            dict.as_dict().map_or_else(Vec::new, |d| d.entries())
        }
    };
    for (key, value) in entries {
        let Some(name) = key.as_str() else {
            return Err(ctx.type_error("keywords must be strings"));
        };
        object.set_attribute(ctx, ctx.intern_str(name), value);
    }
    Ok(())
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let positional = args[1].as_tuple().map_or(&[][..], |t| t.items());
    match positional {
        [] => {}
        [mapping] => fill(ctx, args[0], *mapping)?,
        more => {
            return Err(ctx.type_error(format!(
                "{} expected at most 1 argument, got {}",
                args[0].class(ctx).name().to_string_lossy(),
                more.len()
            )));
        }
    }
    fill(ctx, args[0], args[2])?;
    Ok(Value::None)
}

fn attributes<'gc>(value: Value<'gc>) -> Vec<(Value<'gc>, Value<'gc>)> {
    match value {
        Value::Object(object) => object.attributes(),
        _ => Vec::new(),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let class = args[0].class(ctx);
    let name = if class == ctx.type_of_def(&SIMPLE_NAMESPACE) {
        "namespace".into()
    } else {
        class.name_text()
    };
    let Some(_guard) = ctx.enter_repr(args[0]) else {
        return Ok(ctx.str_value(&format!("{name}(...)")));
    };
    let mut text = format!("{name}(").into_bytes();
    for (index, (key, value)) in attributes(args[0]).into_iter().enumerate() {
        let Some(key) = key.as_str().filter(|k| !k.is_empty()) else {
            continue;
        };
        if index > 0 {
            text.extend_from_slice(b", ");
        }
        text.extend_from_slice(key.bytes());
        text.push(b'=');
        text.extend_from_slice(ctx.repr(value)?.bytes());
    }
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}

/// Two namespaces compare as their dicts do.
fn compare_with<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let class = ctx.type_of_def(&SIMPLE_NAMESPACE);
    match (args[0], args[1]) {
        (Value::Object(a), Value::Object(b)) if b.class().is_subclass_of(class) => {
            let (a, b) = (Value::Dict(a.dict(ctx)), Value::Dict(b.dict(ctx)));
            compare::compare(ctx, op, a, b)
        }
        _ => Ok(Flow::Return(Value::NotImplemented)),
    }
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let state = match args[0] {
        Value::Object(object) => Value::Dict(object.dict(ctx)),
        _ => Value::None,
    };
    let class = Value::Type(args[0].class(ctx));
    Ok(Value::Tuple(ctx.tuple([
        class,
        Value::Tuple(ctx.empty_tuple()),
        state,
    ])))
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let made = ctx.call(Value::Type(args[0].class(ctx)), &[])?;
    if let Value::Object(object) = args[0] {
        fill(ctx, made, Value::Dict(object.dict(ctx)))?;
    }
    fill(ctx, made, args[1])?;
    Ok(made)
}
