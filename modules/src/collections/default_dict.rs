//! `defaultdict`: a dict whose `__missing__` makes values. The factory is the
//! first of the instance's slots.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{class_method, method, slot};
use capers_runtime::protocol::call::{call_flow, is_callable};
use capers_runtime::protocol::{iterate, repr as show, subscript};
use capers_runtime::types::def::{GetSetDef, Live, TypeDef};
use capers_runtime::types::dict_methods::{self, DICT};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::generic_alias;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};

use super::{FlowAnswer, show_around};

/// The slot of the factory.
const FACTORY: usize = 0;

const COPY_DOC: &str = "D.copy() -> a shallow copy of D.";

/// `collections.defaultdict`
pub static DEFAULT_DICT: TypeDef = TypeDef {
    name: "defaultdict",
    repeats: &["__getattribute__"],
    module: "collections",
    base: Some(&DICT),
    doc: "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the dict constructor, including keyword arguments.",
    weakrefable: false,
    methods: &[
        slot("__repr__($self, /)", "Return repr(self).", FlowCall(repr)),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(init),
        ),
        slot(
            "__or__($self, value, /)",
            "Return self|value.",
            FlowCall(|ctx, args| union(ctx, args[0], args[0], args[1])),
        ),
        slot(
            "__ror__($self, value, /)",
            "Return value|self.",
            FlowCall(|ctx, args| union(ctx, args[0], args[1], args[0])),
        ),
        method(
            "__missing__($self, object, /)",
            "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: raise KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value",
            FlowCall(missing),
        ),
        method("copy($self, /)", COPY_DOC, FlowCall(copy)),
        method("__copy__($self, /)", COPY_DOC, FlowCall(copy)),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling.",
            FlowCall(reduce),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[GetSetDef {
        name: "default_factory",
        doc: "Factory for default value called by __missing__().",
        get: |_, value| Ok(factory(value)),
        set: Some(|ctx, value, factory| {
            set_factory(ctx, value, factory.or(Value::None));
            Ok(())
        }),
        member: true,
        live: Live::NO,
    }],
    finish: Some(|ctx, class| class.set_slots(ctx, vec![ctx.intern("default_factory")])),
    ..TypeDef::DEFAULT
};

fn factory(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Object(object) => object.value_at(FACTORY).or(Value::None),
        _ => Value::None,
    }
}

fn set_factory<'gc>(ctx: Context<'gc>, value: Value<'gc>, factory: Value<'gc>) {
    if let Value::Object(object) = value {
        object.set_value_at(ctx, FACTORY, factory);
    }
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let (factory, rest) = match given.split_first() {
        Some((factory, rest)) => (*factory, rest),
        None => (Value::None, given),
    };
    if !factory.is_none() && !is_callable(ctx, factory) {
        return Err(ctx.type_error("first argument must be callable or None"));
    }
    set_factory(ctx, args[0], factory);
    let rest = Value::Tuple(ctx.tuple(rest));
    dict_methods::update_with_arguments(ctx, "dict", &[args[0], rest, args[2]])
}

fn missing<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let factory = factory(args[0]);
    if factory.is_none() {
        return Err(ctx.error_with(Exc::KeyError, &[args[1]]));
    }
    let made = call_flow(ctx, factory, &[])?;
    and_then(ctx, made, args.to_vec(), |ctx, state, value| {
        let value = value?;
        if let Some(dict) = stored_in_dict(ctx, state[0]) {
            dict.set(ctx, state[1], value)?;
            return Ok(Flow::Return(value));
        }
        let flow = subscript::set(ctx, state[0], state[1], value)?;
        and_then(ctx, flow, vec![value], |_, state, done| {
            done.map(|_| Flow::Return(state[0]))
        })
    })
}

/// The dict of an exact defaultdict.
fn stored_in_dict<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Option<capers_runtime::types::dict::Dict<'gc>> {
    (value.class(ctx) == ctx.type_of_def(&DEFAULT_DICT))
        .then(|| value.as_dict())
        .flatten()
}

fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let class = Value::Type(args[0].class(ctx));
    Ok(Flow::call(class, &[factory(args[0]), args[0]]))
}

fn union<'gc>(
    ctx: Context<'gc>,
    owner: Value<'gc>,
    left: Value<'gc>,
    right: Value<'gc>,
) -> FlowAnswer<'gc> {
    if left.as_dict().is_none() || right.as_dict().is_none() {
        return Ok(Flow::Return(Value::NotImplemented));
    }
    let class = Value::Type(owner.class(ctx));
    let made = Flow::call(class, &[factory(owner), left]);
    and_then(ctx, made, vec![right], |ctx, state, made| {
        let made = made?;
        let Some(dict) = made.as_dict() else {
            return Ok(Flow::Return(made));
        };
        let flow = capers_runtime::types::dict_update::update(ctx, dict, state[0])?;
        and_then(ctx, flow, vec![made], |_, state, done| {
            done.map(|_| Flow::Return(state[0]))
        })
    })
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let Some(dict) = args[0].as_dict() else {
        return Ok(Flow::Return(Value::NotImplemented));
    };
    let shown = show::dict(ctx, args[0], dict)?;
    and_then(ctx, shown, vec![args[0]], |ctx, state, shown| {
        let owner = state[0];
        let factory = factory(owner);
        let name = owner.class(ctx).name().to_string_lossy();
        let shown = shown?;
        let contents = shown
            .as_str()
            .map_or("{}".into(), |s| s.to_string_lossy().into_owned());
        if factory.is_none() {
            return Ok(Flow::Return(
                ctx.str_value(&format!("{name}(None, {contents})")),
            ));
        }
        let recursive = format!("{name}(..., {contents})");
        let (before, after) = (format!("{name}("), format!(", {contents})"));
        show_around(ctx, factory, factory, before, after, &recursive)
    })
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let arguments = match factory(args[0]) {
        Value::None => ctx.empty_tuple(),
        factory => ctx.tuple([factory]),
    };
    let items = ctx.call_method(args[0], ctx.names().items, &[])?;
    let iterator = iterate::iter_flow(ctx, items)?;
    let class = Value::Type(args[0].class(ctx));
    let state = vec![class, Value::Tuple(arguments), Value::None, Value::None];
    and_then(ctx, iterator, state, |ctx, mut parts, iterator| {
        parts.push(iterator?);
        Ok(Flow::Return(Value::Tuple(ctx.tuple(parts))))
    })
}
