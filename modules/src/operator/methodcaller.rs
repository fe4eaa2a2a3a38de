//! `operator.methodcaller`

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::import_module;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::attribute;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::str::Str;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};
use gc_arena::Collect;

use super::functions::gathered_call;
use super::getters::{operand, show};
use super::{Answer, FlowAnswer};

/// The struct behind it.
#[derive(Collect)]
#[collect(no_drop)]
pub struct MethodCaller<'gc> {
    name: Str<'gc>,
    arguments: Tuple<'gc>,
    keywords: Dict<'gc>,
}

impl NativeData for MethodCaller<'static> {
    type Data<'gc> = MethodCaller<'gc>;
}

/// The type.
pub static METHODCALLER: TypeDef = TypeDef {
    name: "methodcaller",
    repeats: &["__getattribute__"],
    signature: "(name, /, *args, **kwargs)",
    module: "operator",
    doc: "Return a callable object that calls the given method on its operand.\n\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
    subclassable: false,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(caller_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            FlowCall(call),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling",
            FlowCall(reduce),
        ),
    ],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc MethodCaller<'gc>, Raised<'gc>> {
    value
        .native::<MethodCaller<'static>>()
        .ok_or_else(|| ctx.type_error("a methodcaller is required"))
}

fn caller_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let Some((name, arguments)) = given.split_first() else {
        return Err(ctx.type_error("methodcaller needs at least one argument, the method name"));
    };
    let Some(name) = name.as_str() else {
        return Err(ctx.type_error("method name must be a string"));
    };
    let data = MethodCaller {
        name: ctx.intern_bytes(name.bytes()),
        arguments: ctx.tuple(arguments),
        keywords: args[2].as_dict().unwrap_or_else(|| Dict::new(ctx)),
    };
    let class = ctx.type_of_def(&METHODCALLER);
    Ok(Value::Object(Object::with_native::<MethodCaller<'static>>(
        ctx, class, data,
    )))
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let operand = operand(ctx, "methodcaller", args)?;
    let caller = this(ctx, args[0])?;
    let found = attribute::get(ctx, operand, caller.name)?;
    and_then(ctx, found, vec![args[0]], |ctx, state, found| {
        let caller = this(ctx, state[0])?;
        let keywords = Value::Dict(caller.keywords);
        Ok(gathered_call(found?, caller.arguments.items(), keywords))
    })
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let caller = this(ctx, args[0])?;
    let items = [&[Value::Str(caller.name)], caller.arguments.items()].concat();
    show(ctx, args[0], &items, &caller.keywords.entries())
}

/// With keywords, a partial of the class stands for the class.
fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let caller = this(ctx, args[0])?;
    let class = Value::Type(args[0].class(ctx));
    let name = Value::Str(caller.name);
    if caller.keywords.is_empty() {
        let items = [&[name], caller.arguments.items()].concat();
        let parts = [class, Value::Tuple(ctx.tuple(items))];
        return Ok(Flow::Return(Value::Tuple(ctx.tuple(parts))));
    }
    let state = vec![args[0], class, name];
    and_then(
        ctx,
        import_module(ctx, "functools")?,
        state,
        |ctx, state, module| {
            let partial = ctx.get_attr(module?, ctx.intern("partial"))?;
            let caller = this(ctx, state[0])?;
            let keywords = Value::Dict(caller.keywords);
            let made = gathered_call(partial, &state[1..], keywords);
            let state = vec![Value::Tuple(caller.arguments)];
            and_then(ctx, made, state, |ctx, state, made| {
                Ok(Flow::Return(Value::Tuple(ctx.tuple([made?, state[0]]))))
            })
        },
    )
}
