//! `mappingproxy`: a read-only view of a mapping, such as a class's `__dict__`.

use gc_arena::Collect;

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{class_method, method, new, slot};
use crate::object::Object;
use crate::protocol::{attribute, compare, iterate, subscript, text};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::generic_alias;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then, call_then};

/// The struct behind a `mappingproxy`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct MappingProxy<'gc> {
    /// What it shows.
    pub mapping: Value<'gc>,
}

impl NativeData for MappingProxy<'static> {
    type Data<'gc> = MappingProxy<'gc>;
}

/// The type.
pub static MAPPINGPROXY: TypeDef = TypeDef {
    name: "mappingproxy",
    signature: "(mapping)",
    doc: "Read-only proxy of a mapping.",
    subclassable: false,
    mapping: true,
    methods: &[
        new("__new__($type, /, mapping)", Plain(proxy_new)),
        slot("__repr__($self, /)", "Return repr(self).", FlowCall(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot(
            "__str__($self, /)",
            "Return str(self).",
            FlowCall(|ctx, args| text::str(ctx, mapping(ctx, args[0])?)),
        ),
        slot(
            "__lt__($self, value, /)",
            "Return self<value.",
            FlowCall(|ctx, args| compare_with(ctx, Comparison::Less, args)),
        ),
        slot(
            "__le__($self, value, /)",
            "Return self<=value.",
            FlowCall(|ctx, args| compare_with(ctx, Comparison::LessEqual, args)),
        ),
        slot(
            "__eq__($self, value, /)",
            "Return self==value.",
            FlowCall(|ctx, args| compare_with(ctx, Comparison::Equal, args)),
        ),
        slot(
            "__ne__($self, value, /)",
            "Return self!=value.",
            FlowCall(|ctx, args| compare_with(ctx, Comparison::NotEqual, args)),
        ),
        slot(
            "__gt__($self, value, /)",
            "Return self>value.",
            FlowCall(|ctx, args| compare_with(ctx, Comparison::Greater, args)),
        ),
        slot(
            "__ge__($self, value, /)",
            "Return self>=value.",
            FlowCall(|ctx, args| compare_with(ctx, Comparison::GreaterEqual, args)),
        ),
        slot(
            "__iter__($self, /)",
            "Implement iter(self).",
            FlowCall(|ctx, args| iterate::iter_flow(ctx, mapping(ctx, args[0])?)),
        ),
        slot(
            "__len__($self, /)",
            "Return len(self).",
            FlowCall(|ctx, args| delegate(ctx, args[0], "__len__", &[])),
        ),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            FlowCall(|ctx, args| subscript::get(ctx, mapping(ctx, args[0])?, args[1])),
        ),
        slot(
            "__contains__($self, key, /)",
            "Return bool(key in self).",
            FlowCall(|ctx, args| subscript::contains(ctx, mapping(ctx, args[0])?, args[1], false)),
        ),
        slot(
            "__or__($self, value, /)",
            "Return self|value.",
            FlowCall(or),
        ),
        slot(
            "__ror__($self, value, /)",
            "Return value|self.",
            FlowCall(reflected_or),
        ),
        slot(
            "__ior__($self, value, /)",
            "Return self|=value.",
            FlowCall(update),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
        method(
            "get($self, key, default=None, /)",
            "Return the value for key if key is in the mapping, else default.",
            FlowCall(|ctx, args| {
                delegate(ctx, args[0], "get", &[args[1], args[2].or(Value::None)])
            }),
        ),
        method(
            "keys($self, /)",
            "D.keys() -> a set-like object providing a view on D's keys",
            FlowCall(|ctx, args| delegate(ctx, args[0], "keys", &[])),
        ),
        method(
            "values($self, /)",
            "D.values() -> an object providing a view on D's values",
            FlowCall(|ctx, args| delegate(ctx, args[0], "values", &[])),
        ),
        method(
            "items($self, /)",
            "D.items() -> a set-like object providing a view on D's items",
            FlowCall(|ctx, args| delegate(ctx, args[0], "items", &[])),
        ),
        method(
            "copy($self, /)",
            "D.copy() -> a shallow copy of D",
            FlowCall(|ctx, args| delegate(ctx, args[0], "copy", &[])),
        ),
        method(
            "__reversed__($self, /)",
            "D.__reversed__() -> reverse iterator",
            FlowCall(|ctx, args| delegate(ctx, args[0], "__reversed__", &[])),
        ),
    ],
    ..TypeDef::DEFAULT
};

/// A proxy of `mapping`.
pub fn make<'gc>(ctx: Context<'gc>, mapping: Value<'gc>) -> Value<'gc> {
    let class = ctx.types().mappingproxy;
    Value::Object(Object::with_native::<MappingProxy<'_>>(
        ctx,
        class,
        MappingProxy { mapping },
    ))
}

/// What the proxy shows.
fn mapping<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    match value.native::<MappingProxy<'_>>() {
        Some(proxy) => Ok(proxy.mapping),
        None => Err(ctx.type_error("descriptor requires a 'mappingproxy' object")),
    }
}

/// The mapping behind a proxy; anything else as it is.
fn unwrap<'gc>(value: Value<'gc>) -> Value<'gc> {
    value
        .native::<MappingProxy<'_>>()
        .map_or(value, |proxy| proxy.mapping)
}

fn proxy_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let value = args[1];
    let has_items = value
        .class(ctx)
        .lookup(ctx, ctx.names().__getitem__)
        .is_some();
    if !has_items || value.as_list().is_some() || value.as_tuple().is_some() {
        return Err(ctx.type_error(format!(
            "mappingproxy() argument must be a mapping, not {}",
            ctx.type_name(value)
        )));
    }
    Ok(make(ctx, value))
}

fn delegate<'gc>(
    ctx: Context<'gc>,
    proxy: Value<'gc>,
    name: &str,
    arguments: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let mapping = mapping(ctx, proxy)?;
    let method = ctx.complete(attribute::get(ctx, mapping, ctx.intern(name))?)?;
    Ok(Flow::call(method, arguments))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let inner = mapping(ctx, args[0])?;
    let shown = ctx.repr(inner)?;
    Ok(Flow::Return(ctx.str_value(&format!(
        "mappingproxy({})",
        shown.to_string_lossy()
    ))))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    ctx.hash(mapping(ctx, args[0])?).map(Value::Int)
}

fn compare_with<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let mapping = mapping(ctx, args[0])?;
    ctx.recurse(" in comparison", || {
        compare::compare(ctx, op, mapping, args[1])
    })
}

fn or<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    union(ctx, unwrap(args[0]), unwrap(args[1]))
}

fn reflected_or<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    union(ctx, unwrap(args[1]), unwrap(args[0]))
}

/// `left | right` of two mappings: left's own `__or__`, then right's `__ror__`.
fn union<'gc>(
    ctx: Context<'gc>,
    left: Value<'gc>,
    right: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let Some(method) = ctx.special(left, names.__or__)? else {
        return Ok(Flow::Return(Value::NotImplemented));
    };
    let first = match method {
        (callee, Value::Absent) => call_then(callee, &[right], vec![left, right], reflect),
        (callee, receiver) => call_then(callee, &[receiver, right], vec![left, right], reflect),
    };
    Ok(first)
}

fn reflect<'gc>(
    ctx: Context<'gc>,
    state: Vec<Value<'gc>>,
    result: Result<Value<'gc>, Raised<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match result? {
        Value::NotImplemented => {
            let name = ctx.names().__ror__;
            let flow = crate::protocol::call::call_method(ctx, state[1], name, &[state[0]])?;
            match flow {
                Some(flow) => and_then(ctx, flow, vec![], |_, _, result| result.map(Flow::Return)),
                None => Ok(Flow::Return(Value::NotImplemented)),
            }
        }
        answer => Ok(Flow::Return(answer)),
    }
}

fn update<'gc>(ctx: Context<'gc>, _args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    Err(ctx.type_error("'|=' is not supported by mappingproxy; use '|' instead"))
}
