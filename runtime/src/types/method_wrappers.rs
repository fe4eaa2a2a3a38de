//! `classmethod` and `staticmethod`. Own the structs and the types' methods.

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{self, new, slot};
use crate::object::Object;
use crate::raised::Raised;
use crate::types::def::{GetSetDef, TypeDef, getset, getter, member};
use crate::types::generic_alias;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::Flow;

/// The struct behind a `classmethod`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct ClassMethod<'gc>(pub Gc<'gc, Lock<Value<'gc>>>);

impl NativeData for ClassMethod<'static> {
    type Data<'gc> = ClassMethod<'gc>;
}

impl<'gc> ClassMethod<'gc> {
    /// `__func__`
    pub fn function(&self) -> Value<'gc> {
        self.0.get()
    }
}

/// The struct behind a `staticmethod`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct StaticMethod<'gc>(pub Gc<'gc, Lock<Value<'gc>>>);

impl NativeData for StaticMethod<'static> {
    type Data<'gc> = StaticMethod<'gc>;
}

impl<'gc> StaticMethod<'gc> {
    /// `__func__`
    pub fn function(&self) -> Value<'gc> {
        self.0.get()
    }
}

/// `classmethod(function)`
pub fn class_method<'gc>(ctx: Context<'gc>, function: Value<'gc>) -> Value<'gc> {
    let data = ClassMethod(Gc::new(ctx.mc, Lock::new(function)));
    Value::Object(Object::with_native::<ClassMethod<'_>>(
        ctx,
        ctx.types().classmethod,
        data,
    ))
}

/// `staticmethod(function)`
pub fn static_method<'gc>(ctx: Context<'gc>, function: Value<'gc>) -> Value<'gc> {
    let data = StaticMethod(Gc::new(ctx.mc, Lock::new(function)));
    Value::Object(Object::with_native::<StaticMethod<'_>>(
        ctx,
        ctx.types().staticmethod,
        data,
    ))
}

/// `classmethod`
pub static CLASSMETHOD: TypeDef = TypeDef {
    name: "classmethod",
    signature: "(function, /)",
    doc: "classmethod(function) -> method\n\nConvert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin.",
    has_dict: true,
    methods: &[
        new(
            "__new__($type, /, *args, **kwargs)",
            Plain(class_method_new),
        ),
        slot(
            "__init__($self, function, /)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            Plain(class_method_get),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        native::class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[
        member("__func__", "", function_of),
        member("__wrapped__", "", function_of),
        getter("__isabstractmethod__", "", is_abstract),
        getter("__dict__", "", dict_of),
        ANNOTATIONS,
        ANNOTATE,
    ],
    ..TypeDef::DEFAULT
};
/// `staticmethod`
pub static STATICMETHOD: TypeDef = TypeDef {
    name: "staticmethod",
    signature: "(function, /)",
    doc: "staticmethod(function) -> method\n\nConvert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.",
    has_dict: true,
    methods: &[
        new(
            "__new__($type, /, *args, **kwargs)",
            Plain(static_method_new),
        ),
        slot(
            "__init__($self, function, /)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            Plain(static_method_get),
        ),
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            FlowCall(call),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        native::class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[
        member("__func__", "", function_of),
        member("__wrapped__", "", function_of),
        getter("__isabstractmethod__", "", is_abstract),
        getter("__dict__", "", dict_of),
        ANNOTATIONS,
        ANNOTATE,
    ],
    ..TypeDef::DEFAULT
};

fn class_method_new<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let data = ClassMethod(Gc::new(ctx.mc, Lock::new(Value::None)));
    let class = args[0].as_type().unwrap_or(ctx.types().classmethod);
    Ok(Value::Object(Object::with_native::<ClassMethod<'_>>(
        ctx, class, data,
    )))
}

fn static_method_new<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let data = StaticMethod(Gc::new(ctx.mc, Lock::new(Value::None)));
    let class = args[0].as_type().unwrap_or(ctx.types().staticmethod);
    Ok(Value::Object(Object::with_native::<StaticMethod<'_>>(
        ctx, class, data,
    )))
}

/// The cell of the function behind either kind.
fn cell<'gc>(value: Value<'gc>) -> Option<Gc<'gc, Lock<Value<'gc>>>> {
    match (
        value.native::<ClassMethod<'_>>(),
        value.native::<StaticMethod<'_>>(),
    ) {
        (Some(method), _) => Some(method.0),
        (_, Some(method)) => Some(method.0),
        _ => None,
    }
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if let Some(cell) = cell(args[0]) {
        cell.set(ctx.mc, args[1]);
    }
    // What describes the function describes the wrapper: CPython's functools_wraps.
    let names = ctx.names();
    let Value::Object(wrapper) = args[0] else {
        return Ok(Value::None);
    };
    for name in [
        names.__module__,
        names.__name__,
        names.__qualname__,
        names.__doc__,
    ] {
        if let Some(value) = ctx.try_attr(args[1], name)? {
            wrapper.set_attribute(ctx, name, value);
        }
    }
    Ok(Value::None)
}

fn function_of<'gc>(_ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(cell(value).map_or(Value::None, |cell| cell.get()))
}

fn dict_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(match value {
        Value::Object(object) => Value::Dict(object.dict(ctx)),
        _ => Value::None,
    })
}

/// `__annotations__`: the function's, until the wrapper is given its own.
const ANNOTATIONS: GetSetDef = getset(
    "__annotations__",
    "",
    |ctx, value| of_function(ctx, value, ctx.names().__annotations__),
    |ctx, value, new| set_own(ctx, value, ctx.names().__annotations__, new),
);
/// `__annotate__`, in the same way.
const ANNOTATE: GetSetDef = getset(
    "__annotate__",
    "",
    |ctx, value| of_function(ctx, value, ctx.names().__annotate__),
    |ctx, value, new| set_own(ctx, value, ctx.names().__annotate__, new),
);

/// An attribute of the wrapper, taken from the function when first asked for.
fn of_function<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    name: Str<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Object(wrapper) = value else {
        return Ok(Value::None);
    };
    if let Some(own) = wrapper.attribute(ctx, name) {
        return Ok(own);
    }
    let found = ctx.get_attr(function_of(ctx, value)?, name)?;
    wrapper.set_attribute(ctx, name, found);
    Ok(found)
}

fn set_own<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    name: Str<'gc>,
    new: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    if let Value::Object(wrapper) = value {
        match new {
            Value::Absent => _ = wrapper.delete_attribute(ctx, name),
            new => wrapper.set_attribute(ctx, name, new),
        }
    }
    Ok(())
}

fn is_abstract<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let function = function_of(ctx, value)?;
    match ctx.recurse("", || {
        ctx.try_attr(function, ctx.names().__isabstractmethod__)
    })? {
        Some(answer) => Ok(Value::bool(ctx.truth(answer)?)),
        None => Ok(Value::bool(false)),
    }
}

fn class_method_get<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let owner = match args[2] {
        Value::Absent | Value::None => Value::Type(args[1].class(ctx)),
        owner => owner,
    };
    let function = function_of(ctx, args[0])?;
    Ok(crate::protocol::attribute::bind(ctx, function, owner))
}

fn static_method_get<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    function_of(ctx, args[0])
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let callee = function_of(ctx, args[0])?;
    crate::vm::rare::call_with_stars(ctx, callee, args[1], args[2])
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let function = ctx.repr(function_of(ctx, args[0])?)?;
    let class = args[0].class(ctx);
    Ok(ctx.str_value(&format!(
        "<{}({})>",
        class.name_text(),
        function.to_string_lossy()
    )))
}
