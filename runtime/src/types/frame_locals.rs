//! `FrameLocalsProxy`: a function frame's variables as a mapping that writes through (PEP
//! 667). Other keys live in a dict beside them. Follows CPython's `framelocalsproxy`.

use gc_arena::Collect;

use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::Plain;
use crate::native::{method, new, slot};
use crate::object::Object;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::dict::Dict;
use crate::types::exceptions::Exc;
use crate::types::frame::{self, FrameData};
use crate::types::list::List;
use crate::value::Value;
use crate::vm::frame::content;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The struct behind a proxy.
#[derive(Collect)]
#[collect(no_drop)]
struct Proxy<'gc> {
    frame: Object<'gc>,
}

impl NativeData for Proxy<'static> {
    type Data<'gc> = Proxy<'gc>;
}

/// The variables of a frame as a mapping.
pub fn proxy<'gc>(ctx: Context<'gc>, frame: Object<'gc>) -> Value<'gc> {
    let class = ctx.type_of_def(&FRAME_LOCALS_PROXY);
    Value::Object(Object::with_native::<Proxy<'_>>(
        ctx,
        class,
        Proxy { frame },
    ))
}

/// The type.
pub static FRAME_LOCALS_PROXY: TypeDef = TypeDef {
    name: "FrameLocalsProxy",
    subclassable: false,
    mapping: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(proxy_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__eq__($self, value, /)",
            "Return self==value.",
            Plain(|ctx, args| equal(ctx, args, true)),
        ),
        slot(
            "__ne__($self, value, /)",
            "Return self!=value.",
            Plain(|ctx, args| equal(ctx, args, false)),
        ),
        slot(
            "__iter__($self, /)",
            "Implement iter(self).",
            Plain(|ctx, args| {
                let keys = keys(ctx, args)?;
                crate::protocol::iterate::iter(ctx, keys)
            }),
        ),
        slot("__or__($self, value, /)", "Return self|value.", Plain(or)),
        slot(
            "__ror__($self, value, /)",
            "Return value|self.",
            Plain(|ctx, args| or(ctx, &[args[1], args[0]])),
        ),
        slot(
            "__ior__($self, value, /)",
            "Return self|=value.",
            Plain(|ctx, args| match merge(ctx, args)? {
                true => Ok(args[0]),
                false => Ok(Value::NotImplemented),
            }),
        ),
        slot(
            "__len__($self, /)",
            "Return len(self).",
            Plain(|ctx, args| {
                let count = entries(ctx, data(ctx, args[0])?).len();
                Ok(Value::Int(count as i64))
            }),
        ),
        method("__getitem__($self, object, /)", "", Plain(get_item)),
        slot(
            "__setitem__($self, key, value, /)",
            "Set self[key] to value.",
            Plain(|ctx, args| {
                set(ctx, data(ctx, args[0])?, args[1], args[2])?;
                Ok(Value::None)
            }),
        ),
        slot(
            "__delitem__($self, key, /)",
            "Delete self[key].",
            Plain(|ctx, args| match take(ctx, args)? {
                Some(_) => Ok(Value::None),
                None => Err(ctx.error_with(Exc::KeyError, &[args[1]])),
            }),
        ),
        method(
            "__contains__($self, object, /)",
            "",
            Plain(|ctx, args| {
                let found = find(ctx, data(ctx, args[0])?, args[1])?;
                Ok(Value::bool(found.is_some()))
            }),
        ),
        method("update($self, object, /)", "", Plain(update)),
        method("__reversed__($self, /)", "", Plain(reversed)),
        method(
            "copy($self, /)",
            "",
            Plain(|ctx, args| Ok(Value::Dict(copy(ctx, data(ctx, args[0])?)?))),
        ),
        method("keys($self, /)", "", Plain(keys)),
        method(
            "values($self, /)",
            "",
            Plain(|ctx, args| {
                let entries = entries(ctx, data(ctx, args[0])?).into_iter();
                let values = entries.map(|(_, value)| value).collect();
                Ok(Value::List(List::new(ctx, values)))
            }),
        ),
        method(
            "items($self, /)",
            "",
            Plain(|ctx, args| {
                let entries = entries(ctx, data(ctx, args[0])?).into_iter();
                let pairs = entries.map(|(key, value)| Value::Tuple(ctx.tuple([key, value])));
                Ok(Value::List(List::new(ctx, pairs.collect())))
            }),
        ),
        method("get($self, /, *args)", "", Plain(get)),
        method("pop($self, /, *args)", "", Plain(pop)),
        method("setdefault($self, /, *args)", "", Plain(set_default)),
    ],
    ..TypeDef::DEFAULT
};

fn data<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc FrameData<'gc>, Raised<'gc>> {
    match value.native::<Proxy<'_>>() {
        Some(proxy) => frame::this(ctx, Value::Object(proxy.frame)),
        None => Err(ctx.type_error("a FrameLocalsProxy is required")),
    }
}

fn proxy_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let &[value] = given else {
        let count = given.len();
        return Err(ctx.type_error(format!("FrameLocalsProxy expected 1 argument, got {count}")));
    };
    match value {
        Value::Object(object) if value.native::<FrameData<'_>>().is_some() => {
            Ok(proxy(ctx, object))
        }
        _ => Err(ctx.type_error(format!("expect frame, not {}", ctx.type_name(value)))),
    }
}

/// The slot of a variable whose name equals the key. Raises what hashing and comparing raise.
fn slot_of<'gc>(
    ctx: Context<'gc>,
    data: &FrameData<'gc>,
    key: Value<'gc>,
) -> Result<Option<usize>, Raised<'gc>> {
    let hash = ctx.hash(key)?;
    let slots = data.code.unit().slots.iter().zip(&data.code.0.slot_names);
    for (at, (slot, name)) in slots.enumerate() {
        let same = match key {
            _ if slot.hidden => false,
            Value::Str(key) => name.has_text_of(key),
            key => ctx.hash(Value::Str(*name))? == hash && ctx.eq(Value::Str(*name), key)?,
        };
        if same {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// What a slot's variable is bound to; absent for nothing.
fn variable<'gc>(data: &FrameData<'gc>, at: usize) -> Value<'gc> {
    let value = data.slots.borrow().get(at).copied();
    match (data.code.unit().slots.get(at), value) {
        (Some(slot), Some(value)) => content(slot, value),
        _ => Value::Absent,
    }
}

/// The bound variables and the other keys, with their values.
fn entries<'gc>(ctx: Context<'gc>, data: &FrameData<'gc>) -> Vec<(Value<'gc>, Value<'gc>)> {
    let locals = frame::locals_by_name(ctx, data).as_dict();
    let mut entries = locals.map_or_else(Vec::new, Dict::entries);
    if let Some(extra) = data.state.get().extra {
        entries.extend(extra.entries());
    }
    entries
}

fn copy<'gc>(ctx: Context<'gc>, data: &FrameData<'gc>) -> Result<Dict<'gc>, Raised<'gc>> {
    let dict = Dict::new(ctx);
    for (key, value) in entries(ctx, data) {
        dict.set(ctx, key, value)?;
    }
    Ok(dict)
}

fn find<'gc>(
    ctx: Context<'gc>,
    data: &FrameData<'gc>,
    key: Value<'gc>,
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    if let Some(at) = slot_of(ctx, data, key)? {
        return Ok(variable(data, at).present());
    }
    match data.state.get().extra {
        Some(extra) => extra.get(ctx, key),
        None => Ok(None),
    }
}

fn set<'gc>(
    ctx: Context<'gc>,
    data: &FrameData<'gc>,
    key: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    if let Some(at) = slot_of(ctx, data, key)? {
        let slots = &data.code.unit().slots;
        let mut values = data.slots.borrow_mut(ctx.mc);
        if values.len() < slots.len() {
            values.resize(slots.len(), Value::Absent);
        }
        match (slots.get(at), values.get_mut(at)) {
            (Some(slot), Some(Value::Cell(cell))) if slot.cell || slot.free => cell.set(ctx, value),
            (_, Some(variable)) => *variable = value,
            _ => {}
        }
        return Ok(());
    }
    let mut state = data.state.get();
    let extra = state.extra.unwrap_or_else(|| Dict::new(ctx));
    state.extra = Some(extra);
    data.state.set(ctx.mc, state);
    extra.set(ctx, key, value)
}

/// Removes the key of `args` and gives its value: none of a variable can be.
fn take<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    let data = data(ctx, args[0])?;
    if slot_of(ctx, data, args[1])?.is_some() {
        return Err(ctx.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    match data.state.get().extra {
        Some(extra) => extra.remove(ctx, args[1]),
        None => Ok(None),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let data = data(ctx, args[0])?;
    // By the frame: each look at `f_locals` makes another proxy.
    let frame = args[0].native::<Proxy<'_>>().map(|proxy| proxy.frame);
    let Some(_guard) = ctx.enter_repr(frame.map_or(args[0], Value::Object)) else {
        return Ok(ctx.str_value("{...}"));
    };
    let dict = copy(ctx, data)?;
    Ok(Value::Str(ctx.repr(Value::Dict(dict))?))
}

fn equal<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], answer: bool) -> Answer<'gc> {
    let own = args[0].native::<Proxy<'_>>();
    let same = match (own, args[1].native::<Proxy<'_>>()) {
        (Some(a), Some(b)) => Value::Object(a.frame).is(Value::Object(b.frame)),
        _ if args[1].as_dict().is_some() => {
            let dict = copy(ctx, data(ctx, args[0])?)?;
            ctx.eq(Value::Dict(dict), args[1])?
        }
        _ => return Ok(Value::NotImplemented),
    };
    Ok(Value::bool(same == answer))
}

fn keys<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let entries = entries(ctx, data(ctx, args[0])?).into_iter();
    let keys = entries.map(|(key, _)| key).collect();
    Ok(Value::List(List::new(ctx, keys)))
}

fn reversed<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let entries = entries(ctx, data(ctx, args[0])?).into_iter().rev();
    let keys = entries.map(|(key, _)| key).collect();
    crate::protocol::iterate::iter(ctx, Value::List(List::new(ctx, keys)))
}

/// The entries of a dict or of a proxy; none of anything else.
fn entries_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Vec<(Value<'gc>, Value<'gc>)>> {
    match value.as_dict() {
        Some(dict) => Some(dict.entries()),
        None => data(ctx, value).ok().map(|data| entries(ctx, data)),
    }
}

fn or<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (Some(left), Some(right)) = (entries_of(ctx, args[0]), entries_of(ctx, args[1])) else {
        return Ok(Value::NotImplemented);
    };
    let dict = Dict::new(ctx);
    for (key, value) in left.into_iter().chain(right) {
        dict.set(ctx, key, value)?;
    }
    Ok(Value::Dict(dict))
}

/// Takes over the entries of a dict or of another proxy; false where it is neither.
fn merge<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<bool, Raised<'gc>> {
    let Some(entries) = entries_of(ctx, args[1]) else {
        return Ok(false);
    };
    let data = data(ctx, args[0])?;
    for (key, value) in entries {
        set(ctx, data, key, value)?;
    }
    Ok(true)
}

fn update<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match merge(ctx, args)? {
        true => Ok(Value::None),
        false => Err(ctx.type_error("update() argument must be dict or another FrameLocalsProxy")),
    }
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if let Some(value) = find(ctx, data(ctx, args[0])?, args[1])? {
        return Ok(value);
    }
    let key = ctx.repr(args[1])?;
    let text = format!("local variable '{}' is not defined", key.to_string_lossy());
    Err(ctx.error_with(Exc::KeyError, &[ctx.str_value(&text)]))
}

/// A key and a default, None where it is not given.
fn key_and_default<'gc>(
    ctx: Context<'gc>,
    name: &str,
    args: &[Value<'gc>],
) -> Result<[Value<'gc>; 2], Raised<'gc>> {
    match *args[1].as_tuple().map_or(&[][..], |t| t.items()) {
        [key] => Ok([key, Value::None]),
        [key, default] => Ok([key, default]),
        _ => Err(ctx.type_error(format!("{name} expected 1 or 2 arguments"))),
    }
}

fn get<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let [key, default] = key_and_default(ctx, "get", args)?;
    Ok(find(ctx, data(ctx, args[0])?, key)?.unwrap_or(default))
}

fn set_default<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let [key, default] = key_and_default(ctx, "setdefault", args)?;
    let data = data(ctx, args[0])?;
    if let Some(value) = find(ctx, data, key)? {
        return Ok(value);
    }
    set(ctx, data, key, default)?;
    Ok(default)
}

fn pop<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let (key, default) = match *given {
        [key] => (key, None),
        [key, default] => (key, Some(default)),
        _ => {
            let (side, bound) = match given.len() {
                0 => ("least", "1 argument"),
                _ => ("most", "2 arguments"),
            };
            return Err(ctx.type_error(format!(
                "pop expected at {side} {bound}, got {}",
                given.len()
            )));
        }
    };
    match (take(ctx, &[args[0], key])?, default) {
        (Some(value), _) | (None, Some(value)) => Ok(value),
        (None, None) => Err(ctx.error_with(Exc::KeyError, &[key])),
    }
}
