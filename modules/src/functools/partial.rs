//! `functools.partial`

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::call::is_callable;
use capers_runtime::raised::Raised;
use capers_runtime::types::class_layout::{get_dict, set_dict};
use capers_runtime::types::def::{TypeDef, getset, member};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::generic_alias;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Arguments, Call, Flow};
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};
use smallvec::SmallVec;

use super::partial_arguments::{count_gaps, fill, merge};
use super::placeholder::placeholder;
use super::{Answer, FlowAnswer, bind};

/// What is called and with what.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
struct Parts<'gc> {
    function: Value<'gc>,
    arguments: Tuple<'gc>,
    keywords: Dict<'gc>,
    /// How many of the arguments are placeholders.
    gaps: usize,
}

/// The struct behind a partial.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Partial<'gc>(Gc<'gc, Lock<Parts<'gc>>>);

impl NativeData for Partial<'static> {
    type Data<'gc> = Partial<'gc>;
}

/// The type.
pub static PARTIAL: TypeDef = TypeDef {
    name: "partial",
    repeats: &["__getattribute__", "__setattr__", "__delattr__"],
    signature: "(func, /, *args, **keywords)",
    module: "functools",
    doc: "Create a new function with partial application of the given arguments\nand keywords.",
    has_dict: true,
    weakrefable: true,
    mutable: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(partial_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            FlowCall(call),
        ),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            Plain(bind),
        ),
        method("__reduce__($self, /)", "", Plain(reduce)),
        method("__setstate__($self, object, /)", "", Plain(set_state)),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[
        member(
            "func",
            "function object to use in future partial calls",
            |ctx, value| Ok(this(ctx, value)?.function),
        ),
        member(
            "args",
            "tuple of arguments to future partial calls",
            |ctx, value| Ok(Value::Tuple(this(ctx, value)?.arguments)),
        ),
        member(
            "keywords",
            "dictionary of keyword arguments to future partial calls",
            |ctx, value| Ok(Value::Dict(this(ctx, value)?.keywords)),
        ),
        getset("__dict__", "", get_dict, |ctx, partial, value| {
            if value.is_absent() {
                return Err(ctx.type_error("cannot delete __dict__"));
            }
            set_dict(ctx, partial, value)
        }),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Parts<'gc>, Raised<'gc>> {
    match value.native::<Partial<'static>>() {
        Some(partial) => Ok(partial.0.get()),
        None => Err(ctx.type_error("a partial object is required")),
    }
}

/// The parts of a partial that has no attributes, so that another may take its place.
fn plain_parts<'gc>(value: Value<'gc>) -> Option<Parts<'gc>> {
    let Value::Object(object) = value else {
        return None;
    };
    let partial = value.native::<Partial<'static>>()?;
    (object.existing_dict().is_none() && object.attributes().is_empty()).then(|| partial.0.get())
}

fn partial_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&PARTIAL));
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let Some((&function, arguments)) = given.split_first() else {
        return Err(ctx.type_error("type 'partial' takes at least one argument"));
    };
    if !is_callable(ctx, function) {
        return Err(ctx.type_error("the first argument must be callable"));
    }
    let gap = placeholder(ctx);
    check_trailing(ctx, arguments)?;
    let keywords = args[2].as_dict().unwrap_or_else(|| Dict::new(ctx));
    if keywords.entries().iter().any(|(_, value)| value.is(gap)) {
        return Err(ctx.type_error("Placeholder cannot be passed as a keyword argument"));
    }
    let parts = match plain_parts(function) {
        Some(inner) => {
            let arguments = fill(ctx, inner.arguments.items(), inner.gaps, arguments);
            Parts {
                function: inner.function,
                gaps: count_gaps(ctx, &arguments),
                arguments: ctx.tuple(arguments),
                keywords: merge(ctx, inner.keywords, keywords),
            }
        }
        None => Parts {
            function,
            arguments: ctx.tuple(arguments),
            keywords,
            gaps: count_gaps(ctx, arguments),
        },
    };
    let data = Partial(Gc::new(ctx.mc, Lock::new(parts)));
    Ok(Value::Object(Object::with_native::<Partial<'static>>(
        ctx, class, data,
    )))
}

fn check_trailing<'gc>(ctx: Context<'gc>, arguments: &[Value<'gc>]) -> Result<(), Raised<'gc>> {
    match arguments.last() {
        Some(last) if last.is(placeholder(ctx)) => {
            Err(ctx.type_error("trailing Placeholders are not allowed"))
        }
        _ => Ok(()),
    }
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let parts = this(ctx, args[0])?;
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    if given.len() < parts.gaps {
        return Err(ctx.type_error(format!(
            "missing positional arguments in 'partial' call; expected at least {}, got {}",
            parts.gaps,
            given.len()
        )));
    }
    let positional = fill(ctx, parts.arguments.items(), parts.gaps, given);
    let keywords = match args[2].as_dict() {
        Some(more) if more.is_empty() => parts.keywords,
        Some(more) => merge(ctx, parts.keywords, more),
        None => parts.keywords,
    };
    let mut named = Vec::with_capacity(keywords.len());
    for (key, value) in keywords.entries() {
        match key.as_str() {
            Some(key) => named.push((ctx.intern_str(key), value)),
            None => return Err(ctx.type_error("keywords must be strings")),
        }
    }
    Ok(Flow::Call(Box::new(Call {
        callee: parts.function,
        arguments: Arguments {
            positional: SmallVec::from_vec(positional),
            keywords: named,
        },
    })))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let parts = this(ctx, args[0])?;
    let Some(_guard) = ctx.enter_repr(args[0]) else {
        return Ok(ctx.str_value("..."));
    };
    let class = args[0].class(ctx);
    let names = ctx.names();
    let module = ctx.get_attr(Value::Type(class), names.__module__)?;
    let mut text = match module.as_str() {
        Some(module) if module.bytes() != b"builtins" => {
            format!("{}.", module.to_string_lossy()).into_bytes()
        }
        _ => Vec::new(),
    };
    text.extend_from_slice(class.qualname().bytes());
    text.push(b'(');
    text.extend_from_slice(ctx.repr(parts.function)?.bytes());
    for argument in parts.arguments.items() {
        text.extend_from_slice(b", ");
        text.extend_from_slice(ctx.repr(*argument)?.bytes());
    }
    for (key, value) in parts.keywords.entries() {
        text.extend_from_slice(b", ");
        text.extend_from_slice(ctx.to_str(key)?.bytes());
        text.push(b'=');
        text.extend_from_slice(ctx.repr(value)?.bytes());
    }
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let parts = this(ctx, args[0])?;
    let namespace = match args[0] {
        Value::Object(object)
            if object.existing_dict().is_some() || !object.attributes().is_empty() =>
        {
            object.dict_value(ctx)
        }
        _ => Value::None,
    };
    let tuple = |items: &[Value<'gc>]| Value::Tuple(ctx.tuple(items));
    let state = tuple(&[
        parts.function,
        Value::Tuple(parts.arguments),
        Value::Dict(parts.keywords),
        namespace,
    ]);
    let class = Value::Type(args[0].class(ctx));
    Ok(tuple(&[class, tuple(&[parts.function]), state]))
}

fn set_state<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let invalid = || ctx.type_error("invalid partial state");
    let state = args[1].as_tuple().ok_or_else(invalid)?;
    let &[function, arguments, keywords, namespace] = state.items() else {
        return Err(invalid());
    };
    let optional_dict = |value: Value<'gc>| value.is_none() || value.as_dict().is_some();
    if !is_callable(ctx, function) || !optional_dict(keywords) || !optional_dict(namespace) {
        return Err(invalid());
    }
    let arguments = arguments.as_tuple().ok_or_else(invalid)?;
    check_trailing(ctx, arguments.items())?;
    let keywords = match keywords {
        Value::Dict(exact) => exact,
        other => match other.as_dict() {
            Some(of_subclass) => of_subclass.copy(ctx),
            None => Dict::new(ctx),
        },
    };
    let parts = Parts {
        function,
        arguments,
        keywords,
        gaps: count_gaps(ctx, arguments.items()),
    };
    let (Value::Object(object), Some(partial)) = (args[0], args[0].native::<Partial<'static>>())
    else {
        return Err(ctx.error(Exc::TypeError, "a partial object is required"));
    };
    partial.0.set(ctx.mc, parts);
    match namespace {
        Value::None if object.existing_dict().is_none() && object.attributes().is_empty() => {}
        Value::None => {
            object.set_dict(ctx, Value::Dict(Dict::new(ctx)));
        }
        namespace => {
            object.set_dict(ctx, namespace);
        }
    }
    Ok(Value::None)
}
