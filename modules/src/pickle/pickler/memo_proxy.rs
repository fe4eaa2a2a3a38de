//! `PicklerMemoProxy`: how a program sees a Pickler's memo.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::dict::Dict;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::memo::{Held, Memo};
use super::object::{change, read};

/// The struct behind a proxy.
#[derive(Collect)]
#[collect(no_drop)]
pub struct MemoProxy<'gc> {
    /// None for a proxy that a program made itself.
    pickler: Value<'gc>,
}

impl NativeData for MemoProxy<'static> {
    type Data<'gc> = MemoProxy<'gc>;
}

/// The type.
pub static MEMO_PROXY: TypeDef = TypeDef {
    name: "PicklerMemoProxy",
    module: "_pickle",
    methods: &[
        new(
            "__new__($type, /, *args, **kwargs)",
            Plain(|ctx, args| {
                let class = args[0].as_type().unwrap_or(ctx.types().object);
                let data = MemoProxy {
                    pickler: Value::None,
                };
                Ok(Value::Object(Object::with_native::<MemoProxy<'static>>(
                    ctx, class, data,
                )))
            }),
        ),
        method(
            "clear($self, /)",
            "Remove all items from memo.",
            Plain(|ctx, args| {
                if let Some(pickler) = pickler_of(args[0]) {
                    change(ctx, pickler, |state| state.memo.clear())?;
                }
                Ok(Value::None)
            }),
        ),
        method(
            "copy($self, /)",
            "Copy the memo to a new object.",
            Plain(|ctx, args| Ok(Value::Dict(contents(ctx, args[0])?))),
        ),
        method(
            "__reduce__($self, /)",
            "Implement pickle support.",
            Plain(|ctx, args| {
                let contents = Value::Dict(contents(ctx, args[0])?);
                let arguments = Value::Tuple(ctx.tuple([contents]));
                let dict = Value::Type(ctx.types().dict);
                Ok(Value::Tuple(ctx.tuple([dict, arguments])))
            }),
        ),
    ],
    finish: Some(|ctx, class| {
        class.dict().set_str(ctx, ctx.names().__hash__, Value::None);
    }),
    ..TypeDef::DEFAULT
};

/// The proxy of a Pickler's memo.
pub(super) fn make<'gc>(ctx: Context<'gc>, pickler: Value<'gc>) -> Value<'gc> {
    let class = ctx.type_of_def(&MEMO_PROXY);
    let data = MemoProxy { pickler };
    Value::Object(Object::with_native::<MemoProxy<'static>>(ctx, class, data))
}

fn pickler_of(proxy: Value<'_>) -> Option<Value<'_>> {
    let pickler = proxy.native::<MemoProxy<'static>>()?.pickler;
    (!pickler.is_none()).then_some(pickler)
}

/// From an object's `id` to the number it has and the object.
fn contents<'gc>(ctx: Context<'gc>, proxy: Value<'gc>) -> Result<Dict<'gc>, Raised<'gc>> {
    let contents = Dict::new(ctx);
    let Some(pickler) = pickler_of(proxy) else {
        return Ok(contents);
    };
    let id = ctx.builtins().get_text(ctx, "id").unwrap_or(Value::None);
    for (number, held) in read(ctx, pickler, |state| state.memo.entries())? {
        let object = match held {
            Held::Object(object) => object,
            Held::DictOf(instance) => ctx.get_attr(instance, ctx.names().__dict__)?,
            // The pickle has an object that the program does not: this one takes its number.
            Held::Nothing => Value::Tuple(ctx.tuple([Value::None])),
        };
        let key = ctx.call(id, &[object])?;
        let pair = Value::Tuple(ctx.tuple([Value::Int(number), object]));
        contents.set(ctx, key, pair)?;
    }
    Ok(contents)
}

/// The memo that a value assigned to `Pickler.memo` stands for.
pub(super) fn memo_from<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Memo<'gc>, Raised<'gc>> {
    if value.is_absent() {
        return Err(ctx.type_error("attribute deletion is not supported"));
    }
    if value.class(ctx) == ctx.type_of_def(&MEMO_PROXY) {
        return match pickler_of(value) {
            Some(pickler) => read(ctx, pickler, |state| state.memo.clone()),
            None => Ok(Memo::default()),
        };
    }
    let Some(dict) = value.as_dict() else {
        return Err(ctx.type_error(format!(
            "'memo' attribute must be a PicklerMemoProxy object or dict, not {}",
            ctx.type_name(value)
        )));
    };
    let mut memo = Memo::default();
    for (_, pair) in dict.entries() {
        let Some(&[number, object]) = pair.as_tuple().map(|t| t.items()) else {
            return Err(ctx.type_error("'memo' values must be 2-item tuples"));
        };
        if !number.is_int() {
            return Err(ctx.type_error("an integer is required"));
        }
        let number = ctx.index_of_c(number, "ssize_t")?;
        memo.set(object, number);
    }
    Ok(memo)
}
