//! `Unpickler.memo`: the object that shows the memo, and its assignment.

use gc_arena::Collect;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::method;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::dict::Dict;
use capers_runtime::value::Value;

use super::memo::Memo;
use super::{memo_dict, put_machine, take_machine, this};

#[derive(Collect)]
#[collect(no_drop)]
struct Proxy<'gc> {
    unpickler: Value<'gc>,
}

impl NativeData for Proxy<'static> {
    type Data<'gc> = Proxy<'gc>;
}

static MEMO_PROXY: TypeDef = TypeDef {
    name: "UnpicklerMemoProxy",
    module: "_pickle",
    methods: &[
        method(
            "clear($self, /)",
            "Remove all items from memo.",
            Plain(clear),
        ),
        method(
            "copy($self, /)",
            "Copy the memo to a new object.",
            Plain(|ctx, args| contents(ctx, args[0]).map(Value::Dict)),
        ),
        method(
            "__reduce__($self, /)",
            "Implement pickling support.",
            Plain(reduce),
        ),
    ],
    finish: Some(|ctx, class| {
        class.dict().set_str(ctx, ctx.names().__hash__, Value::None);
    }),
    ..TypeDef::DEFAULT
};

/// The proxy; each time a new one.
pub fn get<'gc>(ctx: Context<'gc>, unpickler: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let class = ctx.type_of_def(&MEMO_PROXY);
    let proxy = Proxy { unpickler };
    let proxy = Object::with_native::<Proxy<'static>>(ctx, class, proxy);
    Ok(Value::Object(proxy))
}

fn contents<'gc>(ctx: Context<'gc>, proxy: Value<'gc>) -> Result<Dict<'gc>, Raised<'gc>> {
    match proxy.native::<Proxy<'static>>() {
        Some(proxy) => memo_dict(ctx, proxy.unpickler),
        None => Ok(Dict::new(ctx)),
    }
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let contents = Value::Dict(contents(ctx, args[0])?);
    let arguments = Value::Tuple(ctx.tuple([contents]));
    let dict = Value::Type(ctx.types().dict);
    Ok(Value::Tuple(ctx.tuple([dict, arguments])))
}

fn clear<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if let Some(proxy) = args[0].native::<Proxy<'static>>() {
        replace(ctx, proxy.unpickler, Memo::default());
    }
    Ok(Value::None)
}

fn replace<'gc>(ctx: Context<'gc>, unpickler: Value<'gc>, memo: Memo<'gc>) {
    if let Value::Object(object) = unpickler
        && let Some(mut machine) = take_machine(ctx, object)
    {
        machine.memo = memo;
        put_machine(ctx, object, machine);
    }
}

/// Assigns the memo: another Unpickler's, or a dict of indexes and objects.
pub fn set<'gc>(
    ctx: Context<'gc>,
    unpickler: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    if value.is_absent() {
        return Err(ctx.type_error("attribute deletion is not supported"));
    }
    this(ctx, unpickler)?;
    let is_proxy = value.class(ctx) == ctx.type_of_def(&MEMO_PROXY);
    let mut memo = Memo::default();
    let Some(entries) = value.as_dict() else {
        if !is_proxy {
            return Err(ctx.type_error(format!(
                "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
                ctx.type_name(value)
            )));
        }
        for (index, object) in contents(ctx, value)?.entries() {
            if let Some(index) = index.as_small_int().and_then(|i| usize::try_from(i).ok()) {
                memo.put(index, object);
            }
        }
        replace(ctx, unpickler, memo);
        return Ok(());
    };
    // CPython puts the entries of a dict into the memo that it then replaces by
    // an empty one. So the keys are looked at, and that is all.
    for (index, _) in entries.entries() {
        if !index.is_int() {
            return Err(ctx.type_error("memo key must be integers"));
        }
        match usize::try_from(ctx.index_of_c(index, "ssize_t")?) {
            Ok(_) => {}
            Err(_) => return Err(ctx.value_error("memo key must be positive integers.")),
        }
    }
    replace(ctx, unpickler, memo);
    Ok(())
}
