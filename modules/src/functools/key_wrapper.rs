//! `functools.cmp_to_key` and the objects that it makes.

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, comparison, function, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::compare;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{GetSetDef, Live, TypeDef};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::call_then;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::{Answer, FlowAnswer};

/// `cmp_to_key`
pub const CMP_TO_KEY: NativeDef = function(
    "cmp_to_key(mycmp)",
    "Convert a cmp= function into a key= function.\n\n  mycmp\n    Function that compares two objects.",
    Plain(|ctx, args| Ok(make(ctx, args[0], Value::Absent))),
);

/// The struct behind a key.
#[derive(Collect)]
#[collect(no_drop)]
pub struct KeyWrapper<'gc> {
    compare: Value<'gc>,
    object: Gc<'gc, Lock<Value<'gc>>>,
}

impl NativeData for KeyWrapper<'static> {
    type Data<'gc> = KeyWrapper<'gc>;
}

macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            FlowCall(|ctx, args| ordered(ctx, Comparison::$op, args)),
        )
    };
}

/// `functools.KeyWrapper`
pub static KEY_WRAPPER: TypeDef = TypeDef {
    name: "KeyWrapper",
    repeats: &["__getattribute__"],
    module: "functools",
    subclassable: false,
    methods: &[
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            Plain(call),
        ),
        ordering!(Less),
        ordering!(LessEqual),
        ordering!(Equal),
        ordering!(NotEqual),
        ordering!(Greater),
        ordering!(GreaterEqual),
    ],
    getsets: &[GetSetDef {
        name: "obj",
        doc: "Value wrapped by a key function.",
        get: |ctx, value| Ok(this(ctx, value)?.object.get().or(Value::None)),
        set: Some(|ctx, value, object| {
            this(ctx, value)?.object.set(ctx.mc, object);
            Ok(())
        }),
        member: true,
        live: Live::NO,
    }],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc KeyWrapper<'gc>, Raised<'gc>> {
    value
        .native::<KeyWrapper<'static>>()
        .ok_or_else(|| ctx.type_error("other argument must be K instance"))
}

fn make<'gc>(ctx: Context<'gc>, compare: Value<'gc>, object: Value<'gc>) -> Value<'gc> {
    let data = KeyWrapper {
        compare,
        object: Gc::new(ctx.mc, Lock::new(object)),
    };
    let class = ctx.type_of_def(&KEY_WRAPPER);
    Value::Object(Object::with_native::<KeyWrapper<'static>>(ctx, class, data))
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let key = this(ctx, args[0])?;
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let named = args[2].as_dict().map_or_else(Vec::new, |d| d.entries());
    match (given, &named[..]) {
        ([object], []) => Ok(make(ctx, key.compare, *object)),
        ([], [(name, object)]) if name.as_str().is_some_and(|n| n.bytes() == b"obj") => {
            Ok(make(ctx, key.compare, *object))
        }
        ([], _) => Err(ctx.type_error("K() missing required argument 'obj' (pos 1)")),
        _ => Err(ctx.type_error(format!(
            "K() takes at most 1 argument ({} given)",
            given.len() + named.len()
        ))),
    }
}

fn ordered<'gc>(ctx: Context<'gc>, op: Comparison, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let (a, b) = (this(ctx, args[0])?, this(ctx, args[1])?);
    let (x, y) = (a.object.get(), b.object.get());
    if x.is_absent() || y.is_absent() {
        return Err(ctx.error(Exc::AttributeError, "object"));
    }
    let state = vec![Value::Int(op as i64)];
    Ok(call_then(
        a.compare,
        &[x, y],
        state,
        |ctx, state, result| {
            let op = match state[0] {
                Value::Int(n) if n == Comparison::Less as i64 => Comparison::Less,
                Value::Int(n) if n == Comparison::LessEqual as i64 => Comparison::LessEqual,
                Value::Int(n) if n == Comparison::Equal as i64 => Comparison::Equal,
                Value::Int(n) if n == Comparison::NotEqual as i64 => Comparison::NotEqual,
                Value::Int(n) if n == Comparison::Greater as i64 => Comparison::Greater,
                _ => Comparison::GreaterEqual,
            };
            compare::compare(ctx, op, result?, Value::Int(0))
        },
    ))
}
