//! `_weakref`: references that do not keep their object alive. The rest of
//! `weakref` is frozen Python.
//!
//! DIFFERENCE: objects end when a collection finds them unreachable, no callback
//! hears of it, and only instances of classes are held weakly.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{function, method, new, slot};
use capers_runtime::object::{Object, ObjectData};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::list::List;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::{Collect, Gc, GcWeak};

/// The struct behind a reference.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Reference<'gc> {
    referent: Referent<'gc>,
    callback: Value<'gc>,
    /// The referent's hash, once asked for.
    hash: Cell<Option<i64>>,
}

#[derive(Collect)]
#[collect(no_drop)]
enum Referent<'gc> {
    Instance(GcWeak<'gc, ObjectData<'gc>>),
    Other(Value<'gc>),
}

impl NativeData for Reference<'static> {
    type Data<'gc> = Reference<'gc>;
}

impl<'gc> Reference<'gc> {
    fn get(&self, ctx: Context<'gc>) -> Option<Value<'gc>> {
        match self.referent {
            Referent::Instance(weak) => {
                weak.upgrade(ctx.mc).map(|data| Value::Object(Object(data)))
            }
            Referent::Other(value) => Some(value),
        }
    }
}

/// `weakref.ref`
pub static REFERENCE: TypeDef = TypeDef {
    name: "ReferenceType",
    module: "weakref",
    methods: &[
        new("__new__($type, object, callback=None, /)", Plain(make)),
        method(
            "__init__($self, object, callback=None, /)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(|_, _| Ok(Value::None)),
        ),
        slot(
            "__call__($self, /)",
            "Call self as a function.",
            Plain(|ctx, args| Ok(this(ctx, args[0])?.get(ctx).unwrap_or(Value::None))),
        ),
        slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
    ],
    getsets: &[getter("__callback__", "", |ctx, v| {
        Ok(this(ctx, v)?.callback)
    })],
    ..TypeDef::DEFAULT
};

static PROXY: TypeDef = TypeDef {
    name: "ProxyType",
    module: "weakref",
    ..TypeDef::DEFAULT
};

static CALLABLE_PROXY: TypeDef = TypeDef {
    name: "CallableProxyType",
    module: "weakref",
    ..TypeDef::DEFAULT
};

/// The module.
pub static WEAKREF: ModuleDef = ModuleDef {
    name: "_weakref",
    doc: "Weak-reference support module.",
    functions: &[
        function(
            "getweakrefcount(object, /)",
            "Return the number of weak references to 'object'.",
            Plain(|_, _| Ok(Value::Int(0))),
        ),
        function(
            "getweakrefs(object, /)",
            "Return a list of all weak reference objects pointing to 'object'.",
            Plain(|ctx, _| Ok(Value::List(List::new(ctx, Vec::new())))),
        ),
        // DIFFERENCE: the object itself stands for its proxy.
        function(
            "proxy(object, callback=None, /)",
            "Create a proxy object that weakly references 'object'.",
            FlowCall(|_, args| Ok(Flow::Return(args[0]))),
        ),
    ],
    types: &[&REFERENCE, &PROXY, &CALLABLE_PROXY],
    finish: Some(|ctx, module: Module<'_>| {
        let class = Value::Type(ctx.type_of_def(&REFERENCE));
        module.dict().set_text(ctx, "ref", class);
        Ok(())
    }),
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Reference<'gc>, Raised<'gc>> {
    value
        .native::<Reference<'static>>()
        .ok_or_else(|| ctx.type_error("a weak reference is required"))
}

fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&REFERENCE));
    let referent = match args[1] {
        // `__slots__` may leave no place for references.
        Value::Object(object)
            if object.class().flags().weakrefable || !object.class().flags().heap =>
        {
            Referent::Instance(Gc::downgrade(object.0))
        }
        other
            if other.class(ctx).flags().weakrefable
                || matches!(
                    other,
                    Value::Type(_) | Value::Function(_) | Value::Module(_)
                ) =>
        {
            Referent::Other(other)
        }
        other => {
            return Err(ctx.type_error(format!(
                "cannot create weak reference to '{}' object",
                ctx.type_name(other)
            )));
        }
    };
    let data = Reference {
        referent,
        callback: args[2].or(Value::None),
        hash: Cell::new(None),
    };
    let object = Object::with_native::<Reference<'static>>(ctx, class, data);
    Ok(Value::Object(object))
}

fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(other) = args[1].native::<Reference<'static>>() else {
        return Ok(Value::NotImplemented);
    };
    Ok(Value::bool(
        match (this(ctx, args[0])?.get(ctx), other.get(ctx)) {
            (Some(a), Some(b)) => ctx.same_or_equal(a, b)?,
            _ => args[0].is(args[1]),
        },
    ))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let reference = this(ctx, args[0])?;
    if let Some(hash) = reference.hash.get() {
        return Ok(Value::Int(hash));
    }
    let Some(referent) = reference.get(ctx) else {
        return Err(ctx.type_error("weak object has gone away"));
    };
    let hash = ctx.hash(referent)?;
    reference.hash.set(Some(hash));
    Ok(Value::Int(hash))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let at = args[0].address().unwrap_or(0);
    let text = match this(ctx, args[0])?.get(ctx) {
        Some(referent) => format!(
            "<weakref at {at:#x}; to '{}' at {:#x}>",
            ctx.type_name(referent),
            referent.address().unwrap_or(0)
        ),
        None => format!("<weakref at {at:#x}; dead>"),
    };
    Ok(ctx.str_value(&text))
}
