//! `operator.itemgetter`

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::subscript;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, begin};
use gc_arena::Collect;

use super::getters::{operand, positional, show};
use super::{Answer, FlowAnswer};

/// The struct behind it: the keys.
#[derive(Collect)]
#[collect(no_drop)]
pub struct ItemGetter<'gc>(Tuple<'gc>);

impl NativeData for ItemGetter<'static> {
    type Data<'gc> = ItemGetter<'gc>;
}

/// The type.
pub static ITEMGETTER: TypeDef = TypeDef {
    name: "itemgetter",
    repeats: &["__getattribute__"],
    signature: "(item, /, *items)",
    module: "operator",
    doc: "Return a callable object that fetches the given item(s) from its operand.\n\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    subclassable: false,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(getter_new)),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(|ctx, args| show(ctx, args[0], keys(ctx, args[0])?.items(), &[])),
        ),
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            FlowCall(call),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling",
            Plain(|ctx, args| {
                let class = Value::Type(args[0].class(ctx));
                let keys = Value::Tuple(keys(ctx, args[0])?);
                Ok(Value::Tuple(ctx.tuple([class, keys])))
            }),
        ),
    ],
    ..TypeDef::DEFAULT
};

fn keys<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Tuple<'gc>, Raised<'gc>> {
    match value.native::<ItemGetter<'static>>() {
        Some(getter) => Ok(getter.0),
        None => Err(ctx.type_error("an itemgetter is required")),
    }
}

fn getter_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let keys = positional(ctx, "itemgetter", args)?;
    if keys.is_empty() {
        return Err(ctx.type_error("itemgetter expected 1 argument, got 0"));
    }
    let class = ctx.type_of_def(&ITEMGETTER);
    let data = ItemGetter(ctx.tuple(keys));
    Ok(Value::Object(Object::with_native::<ItemGetter<'static>>(
        ctx, class, data,
    )))
}

/// Fetches one item after the other.
#[derive(Collect)]
#[collect(no_drop)]
struct Fetch<'gc> {
    operand: Value<'gc>,
    keys: Tuple<'gc>,
    items: Vec<Value<'gc>>,
}

impl<'gc> NativeFrame<'gc> for Fetch<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Start => {}
            input => self.items.push(input.value()?),
        }
        while let Some(key) = self.keys.items().get(self.items.len()) {
            match subscript::get(ctx, self.operand, *key)? {
                Flow::Return(item) => self.items.push(item),
                flow => return Ok(Step::Await(flow)),
            }
        }
        let items = std::mem::take(&mut self.items);
        Ok(Step::Return(Value::Tuple(ctx.tuple(items))))
    }
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let operand = operand(ctx, "itemgetter", args)?;
    let keys = keys(ctx, args[0])?;
    match keys.items() {
        [key] => subscript::get(ctx, operand, *key),
        several => {
            let items = Vec::with_capacity(several.len());
            begin(
                ctx,
                Fetch {
                    operand,
                    keys,
                    items,
                },
            )
        }
    }
}
