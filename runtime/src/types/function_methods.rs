//! The types of Python functions and bound methods: attributes and methods.

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{method, new, slot};
use crate::protocol::attribute::{self, Attr};
use crate::raised::Raised;
use crate::types::cell::Cell;
use crate::types::def::{GetSetDef, Live, TypeDef, getset, getter, member};
use crate::types::dict::Dict;
use crate::types::exceptions::Exc;
use crate::types::function::{BoundMethod, Function};
use crate::types::numbers::convert::argument_type;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::Flow;

type Result1<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The type of functions.
pub static FUNCTION: TypeDef = TypeDef {
    name: "function",
    signature: "(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)",
    doc: "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies the default keyword argument values",
    subclassable: false,
    has_dict: true,
    weakrefable: true,
    methods: &[
        new(
            "__new__($type, code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
            Plain(function_new),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(function_repr),
        ),
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            FlowCall(call),
        ),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            Plain(function_get),
        ),
    ],
    getsets: FUNCTION_GETSETS,
    ..TypeDef::DEFAULT
};

const FUNCTION_GETSETS: &[GetSetDef] = &[
    getset(
        "__code__",
        "",
        |ctx, f| Ok(Value::Code(this(ctx, f)?.code())),
        set_code,
    ),
    getset(
        "__defaults__",
        "",
        |ctx, f| Ok(this(ctx, f)?.fields().defaults),
        set_defaults,
    ),
    getset(
        "__kwdefaults__",
        "",
        |ctx, f| Ok(this(ctx, f)?.fields().kwdefaults),
        set_kwdefaults,
    ),
    getset(
        "__annotations__",
        "Dict of annotations in a function object.",
        annotations,
        set_annotations,
    ),
    getset(
        "__annotate__",
        "Get the code object for a function.",
        |ctx, f| Ok(this(ctx, f)?.fields().annotate),
        set_annotate,
    ),
    getset(
        "__dict__",
        "",
        |ctx, f| Ok(Value::Dict(this(ctx, f)?.dict(ctx))),
        set_dict,
    ),
    getset(
        "__name__",
        "",
        |ctx, f| Ok(Value::Str(this(ctx, f)?.fields().name)),
        |ctx, f, v| {
            let name = expect_str(ctx, v, "__name__")?;
            this(ctx, f)?.update(ctx, |fields| fields.name = name);
            Ok(())
        },
    ),
    getset(
        "__qualname__",
        "",
        |ctx, f| Ok(Value::Str(this(ctx, f)?.fields().qualname)),
        |ctx, f, v| {
            let name = expect_str(ctx, v, "__qualname__")?;
            this(ctx, f)?.update(ctx, |fields| fields.qualname = name);
            Ok(())
        },
    ),
    getset(
        "__type_params__",
        "",
        |ctx, f| Ok(this(ctx, f)?.fields().type_params),
        |ctx, f, v| {
            if v.as_tuple().is_none() {
                return Err(ctx.type_error("__type_params__ must be set to a tuple"));
            }
            this(ctx, f)?.update(ctx, |fields| fields.type_params = v);
            Ok(())
        },
    ),
    GetSetDef {
        name: "__doc__",
        doc: "",
        get: |ctx, f| Ok(this(ctx, f)?.fields().doc),
        set: Some(|ctx, f, v| {
            this(ctx, f)?.update(ctx, |fields| fields.doc = v.or(Value::None));
            Ok(())
        }),
        member: true,
        live: Live::NO,
    },
    GetSetDef {
        name: "__module__",
        doc: "",
        get: |ctx, f| Ok(this(ctx, f)?.fields().module),
        set: Some(|ctx, f, v| {
            this(ctx, f)?.update(ctx, |fields| fields.module = v.or(Value::None));
            Ok(())
        }),
        member: true,
        live: Live::NO,
    },
    member("__globals__", "", |ctx, f| {
        Ok(Value::Dict(this(ctx, f)?.0.globals))
    }),
    member("__builtins__", "", |ctx, f| {
        Ok(Value::Dict(this(ctx, f)?.0.builtins))
    }),
    member("__closure__", "", |ctx, f| {
        let cells: Vec<Value<'_>> = this(ctx, f)?
            .0
            .closure
            .iter()
            .map(|cell| Value::Cell(*cell))
            .collect();
        Ok(if cells.is_empty() {
            Value::None
        } else {
            Value::Tuple(ctx.tuple(cells))
        })
    }),
];

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Function<'gc>, Raised<'gc>> {
    match value {
        Value::Function(function) => Ok(function),
        _ => Err(ctx.type_error("expected a function")),
    }
}

fn expect_str<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    name: &str,
) -> Result<Str<'gc>, Raised<'gc>> {
    value
        .as_str()
        .ok_or_else(|| ctx.type_error(format!("{name} must be set to a string object")))
}

fn set_code<'gc>(ctx: Context<'gc>, f: Value<'gc>, value: Value<'gc>) -> Result<(), Raised<'gc>> {
    let function = this(ctx, f)?;
    let Value::Code(code) = value else {
        return Err(ctx.type_error("__code__ must be set to a code object"));
    };
    let cells = function.0.closure.len();
    if code.0.free_count != cells {
        return Err(ctx.value_error(format!(
            "{}() requires a code object with {cells} free vars, not {}",
            function.fields().name.to_string_lossy(),
            code.0.free_count
        )));
    }
    function.set_code(ctx, code);
    Ok(())
}

fn set_defaults<'gc>(ctx: Context<'gc>, f: Value<'gc>, v: Value<'gc>) -> Result<(), Raised<'gc>> {
    let value = v.or(Value::None);
    if !value.is_none() && value.as_tuple().is_none() {
        return Err(ctx.type_error("__defaults__ must be set to a tuple object"));
    }
    this(ctx, f)?.update(ctx, |fields| fields.defaults = value);
    Ok(())
}

fn set_kwdefaults<'gc>(ctx: Context<'gc>, f: Value<'gc>, v: Value<'gc>) -> Result<(), Raised<'gc>> {
    let value = v.or(Value::None);
    if !value.is_none() && value.as_dict().is_none() {
        return Err(ctx.type_error("__kwdefaults__ must be set to a dict object"));
    }
    this(ctx, f)?.update(ctx, |fields| fields.kwdefaults = value);
    Ok(())
}

/// `__annotations__`: computed by `__annotate__` when first asked for (PEP 649).
fn annotations<'gc>(ctx: Context<'gc>, f: Value<'gc>) -> Result1<'gc> {
    let function = this(ctx, f)?;
    let fields = function.fields();
    if let Some(known) = fields.annotations.present() {
        return Ok(known);
    }
    let made = match fields.annotate {
        Value::None => Value::Dict(Dict::new(ctx)),
        annotate => {
            let made = ctx.call(annotate, &[Value::Int(1)])?;
            if made.as_dict().is_none() {
                return Err(ctx.type_error(format!(
                    "__annotate__ returned non-dict of type '{}'",
                    ctx.type_name(made)
                )));
            }
            made
        }
    };
    function.update(ctx, |fields| fields.annotations = made);
    Ok(made)
}

fn set_annotations<'gc>(
    ctx: Context<'gc>,
    f: Value<'gc>,
    v: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let value = match v.or(Value::None) {
        Value::None => Value::Absent,
        value if value.as_dict().is_some() => value,
        _ => return Err(ctx.type_error("__annotations__ must be set to a dict object")),
    };
    this(ctx, f)?.update(ctx, |fields| {
        fields.annotations = value;
        fields.annotate = Value::None;
    });
    Ok(())
}

fn set_annotate<'gc>(ctx: Context<'gc>, f: Value<'gc>, v: Value<'gc>) -> Result<(), Raised<'gc>> {
    if v.is_absent() {
        return Err(ctx.type_error("__annotate__ cannot be deleted"));
    }
    if !v.is_none() && !crate::protocol::call::is_callable(ctx, v) {
        return Err(ctx.type_error("__annotate__ must be callable or None"));
    }
    this(ctx, f)?.update(ctx, |fields| {
        fields.annotate = v;
        if !v.is_none() {
            fields.annotations = Value::Absent;
        }
    });
    Ok(())
}

fn set_dict<'gc>(ctx: Context<'gc>, f: Value<'gc>, v: Value<'gc>) -> Result<(), Raised<'gc>> {
    let Some(dict) = v.present().and_then(|v| v.as_dict()) else {
        return Err(ctx.type_error(if v.is_absent() {
            "cannot delete __dict__".to_owned()
        } else {
            format!(
                "__dict__ must be set to a dictionary, not a '{}'",
                ctx.type_name(v)
            )
        }));
    };
    this(ctx, f)?.update(ctx, |fields| fields.dict = Some(dict));
    Ok(())
}

fn function_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let wrong = |name: &str, wanted: &str, value: Value<'gc>| {
        ctx.type_error(format!(
            "function() argument '{name}' must be {wanted}, not {}",
            argument_type(ctx, value)
        ))
    };
    let Value::Code(code) = args[1] else {
        return Err(wrong("code", "code", args[1]));
    };
    let Some(globals) = args[2].as_dict() else {
        return Err(wrong("globals", "dict", args[2]));
    };
    let cells: Vec<Value<'gc>> = match args[5] {
        Value::Absent | Value::None if code.0.free_count > 0 => {
            return Err(ctx.type_error("arg 5 (closure) must be tuple"));
        }
        Value::Absent | Value::None => Vec::new(),
        closure => match closure.as_tuple() {
            Some(tuple) => tuple.items().to_vec(),
            None => return Err(ctx.type_error("arg 5 (closure) must be None or tuple")),
        },
    };
    if cells.len() != code.0.free_count {
        return Err(ctx.value_error(format!(
            "{} requires closure of length {}, not {}",
            code.name().to_string_lossy(),
            code.0.free_count,
            cells.len()
        )));
    }
    let mut closure: Vec<Cell<'gc>> = Vec::new();
    for cell in cells {
        match cell {
            Value::Cell(cell) => closure.push(cell),
            other => {
                return Err(ctx.type_error(format!(
                    "arg 5 (closure) expected cell, found {}",
                    ctx.type_name(other)
                )));
            }
        }
    }
    let builtins = crate::builtins::code::builtins_of(ctx, globals);
    let function = Function::new(ctx, code, globals, builtins, closure.into());
    match args[3] {
        Value::Absent | Value::None => {}
        name => match name.as_str() {
            Some(name) => function.update(ctx, |fields| fields.name = name),
            None => return Err(ctx.type_error("arg 3 (name) must be None or string")),
        },
    }
    match args[4] {
        Value::Absent | Value::None => {}
        defaults if defaults.as_tuple().is_some() => {
            function.update(ctx, |fields| fields.defaults = defaults);
        }
        _ => return Err(ctx.type_error("arg 4 (defaults) must be None or tuple")),
    }
    match args[6] {
        Value::Absent | Value::None => {}
        defaults if defaults.as_dict().is_some() => {
            function.update(ctx, |fields| fields.kwdefaults = defaults);
        }
        _ => return Err(ctx.type_error("arg 6 (kwdefaults) must be None or dict")),
    }
    Ok(Value::Function(function))
}

fn function_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let qualname = this(ctx, args[0])?.fields().qualname;
    let address = args[0].address().unwrap_or(0);
    Ok(ctx.str_value(&format!(
        "<function {} at {address:#x}>",
        qualname.to_string_lossy()
    )))
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    crate::vm::rare::call_with_stars(ctx, args[0], args[1], args[2])
}

fn function_get<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    match args[1] {
        Value::None if args[2].or(Value::None).is_none() => {
            Err(ctx.type_error("__get__(None, None) is invalid"))
        }
        Value::None => Ok(args[0]),
        instance => Ok(attribute::bind(ctx, args[0], instance)),
    }
}

/// The type of bound methods.
pub static METHOD: TypeDef = TypeDef {
    name: "method",
    signature: "(function, instance, /)",
    doc: "Create a bound instance method object.",
    subclassable: false,
    weakrefable: true,
    methods: &[
        new("__new__($type, function, instance, /)", Plain(method_new)),
        slot(
            "__getattribute__($self, name, /)",
            "Return getattr(self, name).",
            FlowCall(method_getattribute),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(method_repr),
        ),
        slot(
            "__eq__($self, value, /)",
            "Return self==value.",
            Plain(method_eq),
        ),
        slot(
            "__hash__($self, /)",
            "Return hash(self).",
            Plain(method_hash),
        ),
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            FlowCall(call),
        ),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            Plain(|_, args| Ok(args[0])),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling.",
            Plain(method_reduce),
        ),
    ],
    getsets: &[
        member(
            "__func__",
            "the function (or other callable) implementing a method",
            |ctx, m| Ok(bound(ctx, m)?.0.function),
        ),
        member(
            "__self__",
            "the instance to which a method is bound",
            |ctx, m| Ok(bound(ctx, m)?.0.receiver),
        ),
        getter("__doc__", "", |ctx, m| {
            let function = bound(ctx, m)?.0.function;
            ctx.get_attr(function, ctx.names().__doc__)
        }),
    ],
    ..TypeDef::DEFAULT
};

fn bound<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<BoundMethod<'gc>, Raised<'gc>> {
    match value {
        Value::BoundMethod(method) => Ok(method),
        _ => Err(ctx.type_error("expected a method")),
    }
}

fn method_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    if !crate::protocol::call::is_callable(ctx, args[1]) {
        return Err(ctx.type_error("first argument must be callable"));
    }
    if args[2].is_none() {
        return Err(ctx.type_error("instance must not be None"));
    }
    Ok(Value::BoundMethod(BoundMethod::new(ctx, args[1], args[2])))
}

/// Attributes that a method does not have itself are its function's.
pub fn method_lookup<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
) -> Result<Attr<'gc>, Raised<'gc>> {
    match attribute::lookup_without_getattr(ctx, object, ctx.types().method, name)? {
        // The function may be a method in turn, and so on.
        Attr::Missing => match ctx.recurse("", || {
            attribute::lookup(ctx, bound(ctx, object)?.0.function, name)
        })? {
            Attr::Method(f) => {
                let function = bound(ctx, object)?.0.function;
                Ok(Attr::Value(attribute::bind(ctx, f, function)))
            }
            Attr::Missing => Err(attribute::missing(
                ctx,
                bound(ctx, object)?.0.function,
                name,
            )),
            found => Ok(found),
        },
        found => Ok(found),
    }
}

fn method_getattribute<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(name) = args[1].as_str() else {
        return Err(crate::types::object_type::attribute_name_error(
            ctx, args[1],
        ));
    };
    match method_lookup(ctx, args[0], name)? {
        Attr::Method(f) => Ok(Flow::Return(attribute::bind(ctx, f, args[0]))),
        Attr::Value(value) => Ok(Flow::Return(value)),
        Attr::Flow(flow) => Ok(flow),
        Attr::Missing => Err(attribute::missing(ctx, args[0], name)),
    }
}

fn method_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let method = bound(ctx, args[0])?;
    let names = ctx.names();
    let mut name = ctx.try_attr(method.0.function, names.__qualname__)?;
    if name.is_none() {
        name = ctx.try_attr(method.0.function, names.__name__)?;
    }
    let name = name
        .and_then(|n| n.as_str())
        .map_or("?".into(), |n| n.to_string_lossy());
    let receiver = ctx.repr(method.0.receiver)?;
    Ok(ctx.str_value(&format!(
        "<bound method {name} of {}>",
        receiver.to_string_lossy()
    )))
}

fn method_eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let (Value::BoundMethod(a), Value::BoundMethod(b)) = (args[0], args[1]) else {
        return Ok(Value::NotImplemented);
    };
    let same = a.0.receiver.is(b.0.receiver);
    Ok(Value::bool(same && ctx.eq(a.0.function, b.0.function)?))
}

fn method_hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let method = bound(ctx, args[0])?;
    let receiver = method.0.receiver.address().unwrap_or(0);
    let hash = crate::protocol::hash::hash_address(receiver)
        ^ ctx.recurse("", || ctx.hash(method.0.function))?;
    Ok(Value::Int(if hash == -1 { -2 } else { hash }))
}

fn method_reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result1<'gc> {
    let method = bound(ctx, args[0])?;
    let names = ctx.names();
    let Some(getattr) = ctx.builtins().get_text(ctx, "getattr") else {
        return Err(ctx.error(Exc::AttributeError, "getattr"));
    };
    let name = ctx.get_attr(method.0.function, names.__name__)?;
    let arguments = ctx.tuple([method.0.receiver, name]);
    Ok(Value::Tuple(ctx.tuple([getattr, Value::Tuple(arguments)])))
}
