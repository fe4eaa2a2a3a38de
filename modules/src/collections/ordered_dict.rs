//! `OrderedDict`: a dict whose order can be changed and is compared. All dicts
//! here keep their order; what this type adds is in its methods.

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, comparison, method, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::protocol::{iterate, subscript};
use capers_runtime::raised::Raised;
use capers_runtime::types::class_layout::get_dict;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::dict_methods::{self, DICT};
use capers_runtime::types::dict_update::fill_from_keys;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};

use super::ordered_update::{copy_entries, key_error, update};
use super::ordered_views::{Kind, ODICT_ITEMS, ODICT_KEYS, ODICT_VALUES, make_iterator};
use super::{Answer, FlowAnswer, show_around};

/// `collections.OrderedDict`
pub static ORDERED_DICT: TypeDef = TypeDef {
    name: "OrderedDict",
    module: "collections",
    interned_module: true,
    base: Some(&DICT),
    doc: "Dictionary that remembers insertion order",
    has_dict: true,
    weakrefable: true,
    methods: &[
        slot("__repr__($self, /)", "Return repr(self).", FlowCall(repr)),
        comparison(Comparison::Less, Plain(|_, _| Ok(Value::NotImplemented))),
        comparison(
            Comparison::LessEqual,
            Plain(|_, _| Ok(Value::NotImplemented)),
        ),
        comparison(
            Comparison::Equal,
            Plain(|ctx, args| equality(ctx, args, false)),
        ),
        comparison(
            Comparison::NotEqual,
            Plain(|ctx, args| equality(ctx, args, true)),
        ),
        comparison(Comparison::Greater, Plain(|_, _| Ok(Value::NotImplemented))),
        comparison(
            Comparison::GreaterEqual,
            Plain(|_, _| Ok(Value::NotImplemented)),
        ),
        slot(
            "__iter__($self, /)",
            "Implement iter(self).",
            Plain(|ctx, args| make_iterator(ctx, args[0], Kind::Keys, false)),
        ),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(|ctx, args| update_with(ctx, args, "expected at most 1 argument, got ", "")),
        ),
        slot(
            "__or__($self, value, /)",
            "Return self|value.",
            FlowCall(|ctx, args| union(ctx, args[0], args[1])),
        ),
        slot(
            "__ror__($self, value, /)",
            "Return value|self.",
            FlowCall(|ctx, args| union(ctx, args[1], args[0])),
        ),
        slot(
            "__ior__($self, value, /)",
            "Return self|=value.",
            FlowCall(|ctx, args| update(ctx, args[0], args[1], Vec::new(), args[0])),
        ),
        slot(
            "__setitem__($self, key, value, /)",
            "Set self[key] to value.",
            Plain(|ctx, args| {
                let hash = ctx.hash(args[1])?;
                this(ctx, args[0])?.set_hashed(ctx, hash, args[1], args[2])?;
                Ok(Value::None)
            }),
        ),
        slot(
            "__delitem__($self, key, /)",
            "Delete self[key].",
            Plain(|ctx, args| match remove(ctx, args)? {
                Some(_) => Ok(Value::None),
                None => Err(key_error(ctx, args[1])),
            }),
        ),
        class_method(
            "fromkeys($type, /, iterable, value=None)",
            "Create a new ordered dictionary with keys from iterable and values set to value.",
            FlowCall(from_keys),
        ),
        method(
            "__sizeof__($self, /)",
            "",
            Plain(|ctx, args| {
                let positions = this(ctx, args[0])?.borrow().positions();
                Ok(Value::from_usize(ctx.mc, 96 + positions * 36))
            }),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling",
            FlowCall(reduce),
        ),
        method(
            "setdefault($self, /, key, default=None)",
            "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
            FlowCall(set_default),
        ),
        method(
            "pop($self, /, key, default=<unrepresentable>)",
            "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
            Plain(pop),
        ),
        method(
            "popitem($self, /, last=True)",
            "Remove and return a (key, value) pair from the dictionary.\n\nPairs are returned in LIFO order if last is true or FIFO order if false.",
            Plain(pop_item),
        ),
        method(
            "keys($self, /)",
            "",
            Plain(|ctx, args| Ok(dict_view(ctx, &ODICT_KEYS, args[0]))),
        ),
        method(
            "values($self, /)",
            "",
            Plain(|ctx, args| Ok(dict_view(ctx, &ODICT_VALUES, args[0]))),
        ),
        method(
            "items($self, /)",
            "",
            Plain(|ctx, args| Ok(dict_view(ctx, &ODICT_ITEMS, args[0]))),
        ),
        method(
            "update($self, /, *args, **kwargs)",
            "",
            FlowCall(|ctx, args| {
                update_with(
                    ctx,
                    args,
                    "update() takes at most 1 positional argument (",
                    " given)",
                )
            }),
        ),
        method(
            "clear($self, /)",
            "Remove all items from ordered dict.",
            Plain(|ctx, args| {
                this(ctx, args[0])?.borrow_mut(ctx).clear();
                Ok(Value::None)
            }),
        ),
        method(
            "copy($self, /)",
            "A shallow copy of ordered dict.",
            FlowCall(copy),
        ),
        method(
            "__reversed__($self, /)",
            "od.__reversed__() <==> reversed(od)",
            Plain(|ctx, args| make_iterator(ctx, args[0], Kind::Keys, true)),
        ),
        method(
            "move_to_end($self, /, key, last=True)",
            "Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not exist.",
            Plain(move_to_end),
        ),
    ],
    getsets: &[getter("__dict__", "", get_dict)],
    ..TypeDef::DEFAULT
};

fn dict_view<'gc>(ctx: Context<'gc>, def: &'static TypeDef, dict: Value<'gc>) -> Value<'gc> {
    capers_runtime::types::dict_views::view(ctx, def, dict)
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Dict<'gc>, Raised<'gc>> {
    value
        .as_dict()
        .ok_or_else(|| ctx.type_error("an OrderedDict is required"))
}

/// Whether the value's class is OrderedDict itself.
pub fn is_exact<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    value.class(ctx) == ctx.type_of_def(&ORDERED_DICT)
}

/// Whether the value is an OrderedDict.
fn is_ordered<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    matches!(value, Value::Object(o) if o.class().is_subclass_of(ctx.type_of_def(&ORDERED_DICT)))
}

/// `__init__` and `update`: one source at most, then keywords. A TypeError says
/// how many there are between `before` and `after`.
fn update_with<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    before: &str,
    after: &str,
) -> FlowAnswer<'gc> {
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let source = match given {
        [] => Value::Absent,
        [source] => *source,
        _ => return Err(ctx.type_error(format!("{before}{}{after}", given.len()))),
    };
    let keywords = args[2].as_dict().map_or_else(Vec::new, |d| d.entries());
    update(ctx, args[0], source, keywords, Value::None)
}

fn equality<'gc>(ctx: Context<'gc>, args: &[Value<'gc>], negate: bool) -> Answer<'gc> {
    let Some(other) = args[1].as_dict() else {
        return Ok(Value::NotImplemented);
    };
    let dict = this(ctx, args[0])?;
    let mut equal = dict_methods::equal(ctx, dict, other)?;
    if equal && is_ordered(ctx, args[1]) {
        let (ours, theirs) = (dict.entries(), other.entries());
        for ((a, _), (b, _)) in ours.into_iter().zip(theirs) {
            if !ctx.same_or_equal(a, b)? {
                equal = false;
                break;
            }
        }
    }
    Ok(Value::bool(equal != negate))
}

/// `left | right`, of the class of the one that is an OrderedDict.
fn union<'gc>(ctx: Context<'gc>, left: Value<'gc>, right: Value<'gc>) -> FlowAnswer<'gc> {
    if left.as_dict().is_none() || right.as_dict().is_none() {
        return Ok(Flow::Return(Value::NotImplemented));
    }
    let owner = if is_ordered(ctx, left) { left } else { right };
    let made = Flow::call(Value::Type(owner.class(ctx)), &[left]);
    and_then(ctx, made, vec![right], |ctx, state, made| {
        let made = made?;
        update(ctx, made, state[0], Vec::new(), made)
    })
}

fn from_keys<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let made = Flow::call(args[0], &[]);
    let state = vec![args[1], args[2].or(Value::None)];
    and_then(ctx, made, state, |ctx, state, target| {
        fill_from_keys(ctx, target?, state[0], state[1])
    })
}

fn set_default<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let (owner, key, default) = (args[0], args[1], args[2].or(Value::None));
    let dict = this(ctx, owner)?;
    if is_exact(ctx, owner) {
        let hash = ctx.hash(key)?;
        if let Some(at) = dict.find(ctx, hash, key)? {
            let found = dict.borrow().at(at).map_or(default, |e| e.value);
            return Ok(Flow::Return(found));
        }
        dict.set_hashed(ctx, hash, key, default)?;
        return Ok(Flow::Return(default));
    }
    let there = subscript::contains(ctx, owner, key, false)?;
    and_then(
        ctx,
        there,
        vec![owner, key, default],
        |ctx, state, there| {
            if ctx.truth(there?)? {
                return subscript::get(ctx, state[0], state[1]);
            }
            let flow = subscript::set(ctx, state[0], state[1], state[2])?;
            and_then(ctx, flow, vec![state[2]], |_, state, done| {
                done.map(|_| Flow::Return(state[0]))
            })
        },
    )
}

/// Removes the key that is the second argument and gives its value.
fn remove<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    let dict = this(ctx, args[0])?;
    let hash = ctx.hash(args[1])?;
    let found = dict.find(ctx, hash, args[1])?;
    Ok(found.and_then(|at| dict.borrow_mut(ctx).remove(at).map(|e| e.value)))
}

fn pop<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match remove(ctx, args)?.or(args[2].present()) {
        Some(value) => Ok(value),
        None => Err(key_error(ctx, args[1])),
    }
}

fn pop_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let dict = this(ctx, args[0])?;
    let last = args[1].is_absent() || ctx.truth(args[1])?;
    let mut table = dict.borrow_mut(ctx);
    let entry = match last {
        true => table.pop_last(),
        false => {
            let first = table.next_from(0).map(|(at, _)| at);
            first.and_then(|at| table.remove(at))
        }
    };
    match entry {
        Some(entry) => Ok(Value::Tuple(ctx.tuple([entry.key, entry.value]))),
        None => {
            drop(table);
            Err(ctx.error(Exc::KeyError, "dictionary is empty"))
        }
    }
}

fn move_to_end<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let dict = this(ctx, args[0])?;
    let last = args[2].is_absent() || ctx.truth(args[2])?;
    let hash = ctx.hash(args[1])?;
    let Some(at) = dict.find(ctx, hash, args[1])? else {
        return Err(key_error(ctx, args[1]));
    };
    let mut table = dict.borrow_mut(ctx);
    let end = match last {
        true => table.previous_from(usize::MAX),
        false => table.next_from(0),
    };
    if end.is_some_and(|(end, _)| end == at) {
        return Ok(Value::None);
    }
    if let Some(entry) = table.remove(at) {
        match last {
            true => table.push(entry.hash, entry.key, entry.value),
            false => table.push_front(entry.hash, entry.key, entry.value),
        }
    }
    Ok(Value::None)
}

fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let class = args[0].class(ctx);
    if is_exact(ctx, args[0]) {
        let copy = Payload::Builtin(Value::Dict(this(ctx, args[0])?.copy(ctx)));
        return Ok(Flow::Return(Value::Object(Object::new(ctx, class, copy))));
    }
    let made = Flow::call(Value::Type(class), &[]);
    and_then(ctx, made, vec![args[0]], |ctx, state, made| {
        copy_entries(ctx, state[0], made?)
    })
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let dict = this(ctx, args[0])?;
    let name = args[0].class(ctx).name().to_string_lossy();
    if dict.is_empty() {
        return Ok(Flow::Return(ctx.str_value(&format!("{name}()"))));
    }
    let shown = match is_exact(ctx, args[0]) {
        true => Flow::Return(Value::Dict(dict.copy(ctx))),
        false => {
            // A subclass shows what its own items() gives.
            let items = ctx.get_attr(args[0], ctx.names().items)?;
            let items = ctx.call(items, &[])?;
            Flow::call(Value::Type(ctx.types().dict), &[items])
        }
    };
    and_then(ctx, shown, vec![args[0]], |ctx, state, shown| {
        let before = format!("{}(", state[0].class(ctx).name().to_string_lossy());
        show_around(ctx, state[0], shown?, before, ")".to_owned(), "...")
    })
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let state = ctx.call_method(args[0], ctx.names().__getstate__, &[])?;
    let items = ctx.call_method(args[0], ctx.names().items, &[])?;
    let iterator = iterate::iter_flow(ctx, items)?;
    let class = Value::Type(args[0].class(ctx));
    let empty = Value::Tuple(ctx.empty_tuple());
    let parts = vec![class, empty, state, Value::None];
    and_then(ctx, iterator, parts, |ctx, mut parts, iterator| {
        parts.push(iterator?);
        Ok(Flow::Return(Value::Tuple(ctx.tuple(parts))))
    })
}
