//! `_tuplegetter`: the descriptor of a named tuple's field.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{GetSetDef, Live, TypeDef};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use super::Answer;

/// The struct behind the descriptor.
#[derive(Collect)]
#[collect(no_drop)]
pub struct TupleGetter<'gc> {
    index: i64,
    doc: Gc<'gc, Lock<Value<'gc>>>,
}

impl NativeData for TupleGetter<'static> {
    type Data<'gc> = TupleGetter<'gc>;
}

/// `collections._tuplegetter`
pub static TUPLE_GETTER: TypeDef = TypeDef {
    name: "_tuplegetter",
    module: "collections",
    doc: "",
    methods: &[
        new("__new__($type, index, doc, /)", Plain(getter_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            Plain(get),
        ),
        slot(
            "__set__($self, instance, value, /)",
            "Set an attribute of instance to value.",
            Plain(|ctx, _| Err(ctx.error(Exc::AttributeError, "can't set attribute"))),
        ),
        slot(
            "__delete__($self, instance, /)",
            "Delete an attribute of instance.",
            Plain(|ctx, _| Err(ctx.error(Exc::AttributeError, "can't delete attribute"))),
        ),
        method("__reduce__($self, /)", "", Plain(reduce)),
    ],
    getsets: &[GetSetDef {
        name: "__doc__",
        doc: "",
        get: |ctx, value| Ok(this(ctx, value)?.doc.get()),
        set: Some(|ctx, value, doc| {
            this(ctx, value)?.doc.set(ctx.mc, doc.or(Value::None));
            Ok(())
        }),
        member: true,
        live: Live::NO,
    }],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc TupleGetter<'gc>, Raised<'gc>> {
    value
        .native::<TupleGetter<'static>>()
        .ok_or_else(|| ctx.type_error("a _tuplegetter is required"))
}

fn getter_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&TUPLE_GETTER));
    let data = TupleGetter {
        index: slicing::size_argument(ctx, args[1])?,
        doc: Gc::new(ctx.mc, Lock::new(args[2])),
    };
    Ok(Value::Object(Object::with_native::<TupleGetter<'static>>(
        ctx, class, data,
    )))
}

fn get<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let getter = this(ctx, args[0])?;
    let Some(tuple) = args[1].as_tuple() else {
        if args[1].is_none() {
            if args[2].or(Value::None).is_none() {
                return Err(ctx.type_error("__get__(None, None) is invalid"));
            }
            return Ok(args[0]);
        }
        return Err(ctx.type_error(format!(
            "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
            getter.index,
            ctx.type_name(args[1])
        )));
    };
    let item = usize::try_from(getter.index)
        .ok()
        .and_then(|at| tuple.items().get(at));
    match item {
        Some(item) => Ok(*item),
        None => Err(ctx.error(Exc::IndexError, "tuple index out of range")),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let getter = this(ctx, args[0])?;
    let doc = ctx.repr(getter.doc.get())?;
    let name = args[0].class(ctx).name().to_string_lossy();
    let mut text = format!("{name}({}, ", getter.index).into_bytes();
    text.extend_from_slice(doc.bytes());
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let getter = this(ctx, args[0])?;
    let parts = [Value::Int(getter.index), getter.doc.get()];
    let class = Value::Type(args[0].class(ctx));
    Ok(Value::Tuple(
        ctx.tuple([class, Value::Tuple(ctx.tuple(parts))]),
    ))
}
