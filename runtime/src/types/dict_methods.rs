//! The methods of `dict`.

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{class_method, comparison, method, new, slot};
use crate::object::{Object, Payload};
use crate::protocol::call::{call_flow, call_special};
use crate::protocol::repr;
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::dict::Dict;
use crate::types::dict_update::{fill_from_keys, merge, update};
use crate::types::dict_views::{DICT_ITEMS, DICT_KEYS, DICT_VALUES, view};
use crate::types::exceptions::Exc;
use crate::types::generic_alias;
use crate::types::iterator::{Iter, IterKind};
use crate::types::list::too_many;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The type.
pub static DICT: TypeDef = TypeDef {
    name: "dict",
    doc: "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)",
    mapping: true,
    match_self: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(dict_new)),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            FlowCall(dict_repr),
        ),
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
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(|ctx, args| update_with_arguments(ctx, "dict", args)),
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
            FlowCall(update_in_place),
        ),
        slot("__len__($self, /)", "Return len(self).", Plain(len)),
        method(
            "__getitem__($self, key, /)",
            "Return self[key].",
            FlowCall(get_item),
        ),
        slot(
            "__setitem__($self, key, value, /)",
            "Set self[key] to value.",
            Plain(set_item),
        ),
        slot(
            "__delitem__($self, key, /)",
            "Delete self[key].",
            Plain(delete_item),
        ),
        method(
            "__contains__($self, key, /)",
            "True if the dictionary has the specified key, else False.",
            Plain(contains),
        ),
        method(
            "__sizeof__($self, /)",
            "Return the size of the dict in memory, in bytes.",
            Plain(memory_size),
        ),
        method(
            "get($self, key, default=None, /)",
            "Return the value for key if key is in the dictionary, else default.",
            Plain(get),
        ),
        method(
            "setdefault($self, key, default=None, /)",
            "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
            Plain(set_default),
        ),
        method(
            "pop($self, key, default=<unrepresentable>, /)",
            "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
            Plain(pop),
        ),
        method(
            "popitem($self, /)",
            "Remove and return a (key, value) pair as a 2-tuple.\n\nPairs are returned in LIFO (last-in, first-out) order.\nRaises KeyError if the dict is empty.",
            Plain(pop_item),
        ),
        method(
            "keys($self, /)",
            "Return a set-like object providing a view on the dict's keys.",
            Plain(|ctx, args| Ok(view(ctx, &DICT_KEYS, args[0]))),
        ),
        method(
            "items($self, /)",
            "Return a set-like object providing a view on the dict's items.",
            Plain(|ctx, args| Ok(view(ctx, &DICT_ITEMS, args[0]))),
        ),
        method(
            "values($self, /)",
            "Return an object providing a view on the dict's values.",
            Plain(|ctx, args| Ok(view(ctx, &DICT_VALUES, args[0]))),
        ),
        method(
            "update($self, /, *args, **kwargs)",
            "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]",
            FlowCall(|ctx, args| update_with_arguments(ctx, "update", args)),
        ),
        class_method(
            "fromkeys($type, iterable, value=None, /)",
            "Create a new dictionary with keys from iterable and values set to value.",
            FlowCall(from_keys),
        ),
        method(
            "clear($self, /)",
            "Remove all items from the dict.",
            Plain(clear),
        ),
        method(
            "copy($self, /)",
            "Return a shallow copy of the dict.",
            Plain(copy),
        ),
        method(
            "__reversed__($self, /)",
            "Return a reverse iterator over the dict keys.",
            Plain(reversed),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    construct: Some(construct),
    ..TypeDef::DEFAULT
};

/// The dict of a method's receiver. The binder has checked its class.
fn this<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Dict<'gc>, Raised<'gc>> {
    args[0]
        .as_dict()
        .ok_or_else(|| ctx.type_error("a dict is required"))
}

fn key_error<'gc>(ctx: Context<'gc>, key: Value<'gc>) -> Raised<'gc> {
    ctx.error_with(Exc::KeyError, &[key])
}

fn dict_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let dict = Value::Dict(Dict::new(ctx));
    Ok(match args[0] {
        Value::Type(class) if class != ctx.types().dict => {
            Value::Object(Object::new(ctx, class, Payload::Builtin(dict)))
        }
        _ => dict,
    })
}

fn construct<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let dict = Dict::new(ctx);
    let flow = match args {
        [] => Flow::Return(Value::None),
        [source] => update(ctx, dict, *source)?,
        _ => return Err(too_many(ctx, "dict", args.len())),
    };
    and_then(ctx, flow, vec![Value::Dict(dict)], |_, state, done| {
        done.map(|_| Flow::Return(state[0]))
    })
}

fn dict_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    repr::dict(ctx, args[0], this(ctx, args)?)
}

fn equality<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    negate: bool,
) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(other) = args[1].as_dict() else {
        return Ok(Value::NotImplemented);
    };
    let equal = equal(ctx, this(ctx, args)?, other)?;
    Ok(Value::bool(equal != negate))
}

/// Whether two dicts have equal values under the same keys. They may change
/// while their values are compared.
pub fn equal<'gc>(ctx: Context<'gc>, a: Dict<'gc>, b: Dict<'gc>) -> Result<bool, Raised<'gc>> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut position = 0;
    loop {
        let next = a.borrow().next_from(position).map(|(at, e)| (at, *e));
        let Some((at, entry)) = next else {
            return Ok(true);
        };
        position = at + 1;
        let found = b.find(ctx, entry.hash, entry.key)?;
        let found = found.and_then(|at| b.borrow().at(at).map(|e| e.value));
        match found {
            Some(value) if ctx.same_or_equal(value, entry.value)? => {}
            _ => return Ok(false),
        }
    }
}

fn iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let size = this(ctx, args)?.len() as i64;
    let iter = Iter::new(ctx, IterKind::DictKeys, args[0], 0, size);
    Ok(Value::Iter(iter))
}

fn reversed<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let dict = this(ctx, args)?;
    let (end, size) = (dict.borrow().positions() as i64, dict.len() as i64);
    let iter = Iter::new(ctx, IterKind::DictKeysReverse, args[0], end, size);
    Ok(Value::Iter(iter))
}

/// `dict(...)` and `dict.update(...)`: one mapping or iterable, then keywords.
pub fn update_with_arguments<'gc>(
    ctx: Context<'gc>,
    name: &str,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let dict = this(ctx, args)?;
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let flow = match given {
        [] => Flow::Return(Value::None),
        [source] => update(ctx, dict, *source)?,
        _ => return Err(too_many(ctx, name, given.len())),
    };
    match args[2].as_dict() {
        Some(keywords) if !keywords.is_empty() => {
            let state = vec![Value::Dict(dict), Value::Dict(keywords)];
            and_then(ctx, flow, state, |ctx, state, result| {
                result?;
                match (state[0], state[1]) {
                    (Value::Dict(dict), Value::Dict(keywords)) => merge(ctx, dict, keywords),
                    _ => Ok(Flow::Return(Value::None)),
                }
            })
        }
        _ => Ok(flow),
    }
}

/// `left | right`: a plain dict, whatever the classes of the two.
fn union<'gc>(
    ctx: Context<'gc>,
    left: Value<'gc>,
    right: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (Some(first), Some(_)) = (left.as_dict(), right.as_dict()) else {
        return Ok(Flow::Return(Value::NotImplemented));
    };
    let result = first.copy(ctx);
    let flow = update(ctx, result, right)?;
    and_then(ctx, flow, vec![Value::Dict(result)], |_, state, done| {
        done.map(|_| Flow::Return(state[0]))
    })
}

fn update_in_place<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let flow = update(ctx, this(ctx, args)?, args[1])?;
    and_then(ctx, flow, vec![args[0]], |_, state, done| {
        done.map(|_| Flow::Return(state[0]))
    })
}

fn len<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::from_usize(ctx.mc, this(ctx, args)?.len()))
}

fn get_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(value) = this(ctx, args)?.get(ctx, args[1])? {
        return Ok(Flow::Return(value));
    }
    if let Value::Object(object) = args[0]
        && let Some(missing) = object.class().lookup(ctx, ctx.names().__missing__)
    {
        return call_special(ctx, missing, args[0], &[args[1]]);
    }
    Err(key_error(ctx, args[1]))
}

fn set_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    this(ctx, args)?.set(ctx, args[1], args[2])?;
    Ok(Value::None)
}

fn delete_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    match this(ctx, args)?.remove(ctx, args[1])? {
        Some(_) => Ok(Value::None),
        None => Err(key_error(ctx, args[1])),
    }
}

fn contains<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let found = this(ctx, args)?.get(ctx, args[1])?;
    Ok(Value::bool(found.is_some()))
}

fn memory_size<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let positions = this(ctx, args)?.borrow().positions();
    Ok(Value::from_usize(ctx.mc, 48 + positions * 28))
}

fn get<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let found = this(ctx, args)?.get(ctx, args[1])?;
    Ok(found.unwrap_or(args[2].or(Value::None)))
}

fn set_default<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let dict = this(ctx, args)?;
    let default = args[2].or(Value::None);
    let hash = ctx.hash_key(args[1])?;
    if let Some(at) = dict.find(ctx, hash, args[1])?
        && let Some(entry) = dict.borrow().at(at)
    {
        return Ok(entry.value);
    }
    dict.borrow_mut(ctx).push(hash, args[1], default);
    Ok(default)
}

fn pop<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let dict = this(ctx, args)?;
    let found = if dict.is_empty() {
        // Nothing is hashed then.
        None
    } else {
        dict.remove(ctx, args[1])?
    };
    match found.or(args[2].present()) {
        Some(value) => Ok(value),
        None => Err(key_error(ctx, args[1])),
    }
}

fn pop_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let mut table = this(ctx, args)?.borrow_mut(ctx);
    match table.pop_last() {
        Some(entry) => Ok(Value::Tuple(ctx.tuple([entry.key, entry.value]))),
        None => {
            drop(table);
            Err(ctx.error(Exc::KeyError, "popitem(): dictionary is empty"))
        }
    }
}

fn from_keys<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let made = match args[0] {
        Value::Type(class) if class == ctx.types().dict => {
            Flow::Return(Value::Dict(Dict::new(ctx)))
        }
        class => call_flow(ctx, class, &[])?,
    };
    let state = vec![args[1], args[2].or(Value::None)];
    and_then(ctx, made, state, |ctx, state, target| {
        fill_from_keys(ctx, target?, state[0], state[1])
    })
}

fn clear<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    this(ctx, args)?.borrow_mut(ctx).clear();
    Ok(Value::None)
}

fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Dict(this(ctx, args)?.copy(ctx)))
}
