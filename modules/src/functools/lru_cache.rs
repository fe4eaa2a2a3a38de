//! `functools._lru_cache_wrapper`: a function that remembers its results.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::protocol::call::is_callable;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::class_layout::{get_dict, set_dict};
use capers_runtime::types::def::{TypeDef, getset};
use capers_runtime::types::dict::Dict;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Arguments, Call, Flow, and_then};
use gc_arena::Collect;
use smallvec::SmallVec;

use super::{Answer, FlowAnswer, bind};

/// The struct behind the wrapper.
#[derive(Collect)]
#[collect(no_drop)]
pub struct LruCache<'gc> {
    function: Value<'gc>,
    /// None for no bound.
    maxsize: Option<usize>,
    typed: bool,
    /// The results in the order of their last use.
    results: Dict<'gc>,
    hits: Cell<i64>,
    misses: Cell<i64>,
    cache_info_type: Value<'gc>,
}

impl NativeData for LruCache<'static> {
    type Data<'gc> = LruCache<'gc>;
}

/// The type.
pub static LRU_CACHE_WRAPPER: TypeDef = TypeDef {
    name: "_lru_cache_wrapper",
    module: "functools",
    doc: "Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize",
    has_dict: true,
    weakrefable: true,
    mutable: true,
    methods: &[
        new(
            "__new__($type, user_function, maxsize, typed, cache_info_type)",
            Plain(wrapper_new),
        ),
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            FlowCall(call),
        ),
        slot(
            "__get__($self, instance, owner=None, /)",
            "Return an attribute of instance, which is of type owner.",
            Plain(bind),
        ),
        method(
            "cache_info($self, /)",
            "Report cache statistics",
            FlowCall(cache_info),
        ),
        method(
            "cache_clear($self, /)",
            "Clear the cache and cache statistics",
            Plain(cache_clear),
        ),
        method(
            "__reduce__($self, /)",
            "",
            Plain(|ctx, args| ctx.get_attr(args[0], ctx.names().__qualname__)),
        ),
        method("__copy__($self, /)", "", Plain(|_, args| Ok(args[0]))),
        method(
            "__deepcopy__($self, memo, /)",
            "",
            Plain(|_, args| Ok(args[0])),
        ),
    ],
    getsets: &[getset("__dict__", "", get_dict, set_dict)],
    ..TypeDef::DEFAULT
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc LruCache<'gc>, Raised<'gc>> {
    value
        .native::<LruCache<'static>>()
        .ok_or_else(|| ctx.type_error("an lru_cache wrapper is required"))
}

fn wrapper_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&LRU_CACHE_WRAPPER));
    if !is_callable(ctx, args[1]) {
        return Err(ctx.type_error("the first argument must be callable"));
    }
    let maxsize = match args[2] {
        Value::None => None,
        size if slicing::is_index(ctx, size) => {
            Some(usize::try_from(slicing::size_argument(ctx, size)?).unwrap_or(0))
        }
        _ => return Err(ctx.type_error("maxsize should be integer or None")),
    };
    let data = LruCache {
        function: args[1],
        maxsize,
        typed: ctx.truth(args[3])?,
        results: Dict::new(ctx),
        hits: Cell::new(0),
        misses: Cell::new(0),
        cache_info_type: args[4],
    };
    Ok(Value::Object(Object::with_native::<LruCache<'static>>(
        ctx, class, data,
    )))
}

/// What stands between positional and keyword arguments in a key: an object
/// that equals no argument.
fn keyword_mark<'gc>(ctx: Context<'gc>) -> Value<'gc> {
    const KEY: &str = "functools.keyword_mark";
    let registry = ctx.registry();
    match registry.get_text(ctx, KEY) {
        Some(known) => known,
        None => {
            let object = ctx.types().object;
            let mark = Value::Object(Object::new(ctx, object, Payload::NONE));
            registry.set_text(ctx, KEY, mark);
            mark
        }
    }
}

/// The key of a call. A single int or str stands for itself, since nothing that
/// other calls make equals it.
fn key<'gc>(
    ctx: Context<'gc>,
    typed: bool,
    given: &[Value<'gc>],
    named: &[(Value<'gc>, Value<'gc>)],
) -> Value<'gc> {
    if let ([single @ (Value::Int(_) | Value::BigInt(_) | Value::Str(_))], [], false) =
        (given, named, typed)
    {
        return *single;
    }
    let mut parts = given.to_vec();
    if !named.is_empty() {
        parts.push(keyword_mark(ctx));
        parts.extend(named.iter().flat_map(|(name, value)| [*name, *value]));
    }
    if typed {
        let values = given.iter().chain(named.iter().map(|(_, value)| value));
        let classes: Vec<Value<'gc>> = values.map(|v| Value::Type(v.class(ctx))).collect();
        parts.extend(classes);
    }
    Value::Tuple(ctx.tuple(parts))
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let cache = this(ctx, args[0])?;
    let given = args[1].as_tuple().map_or(&[][..], |t| t.items());
    let named = args[2].as_dict().map_or_else(Vec::new, |d| d.entries());
    let keywords = named
        .iter()
        .filter_map(|(name, value)| Some((name.as_str()?, *value)))
        .collect();
    let asked = Flow::Call(Box::new(Call {
        callee: cache.function,
        arguments: Arguments {
            positional: SmallVec::from_slice(given),
            keywords,
        },
    }));
    if cache.maxsize == Some(0) {
        cache.misses.set(cache.misses.get() + 1);
        return Ok(asked);
    }
    let key = key(ctx, cache.typed, given, &named);
    let hash = ctx.hash(key)?;
    if let Some(at) = cache.results.find(ctx, hash, key)? {
        cache.hits.set(cache.hits.get() + 1);
        return Ok(Flow::Return(used(ctx, cache, at)));
    }
    cache.misses.set(cache.misses.get() + 1);
    let state = vec![args[0], key, Value::Int(hash)];
    and_then(ctx, asked, state, |ctx, state, result| {
        let (result, cache) = (result?, this(ctx, state[0])?);
        let Value::Int(hash) = state[2] else {
            return Ok(Flow::Return(result));
        };
        remember(ctx, cache, hash, state[1], result)?;
        Ok(Flow::Return(result))
    })
}

/// The result at a position, which becomes the last used.
fn used<'gc>(ctx: Context<'gc>, cache: &LruCache<'gc>, at: usize) -> Value<'gc> {
    let mut table = cache.results.borrow_mut(ctx);
    if cache.maxsize.is_none() || at + 1 == table.positions() {
        return table.at(at).map_or(Value::None, |entry| entry.value);
    }
    match table.remove(at) {
        Some(entry) => {
            table.push(entry.hash, entry.key, entry.value);
            entry.value
        }
        None => Value::None,
    }
}

fn remember<'gc>(
    ctx: Context<'gc>,
    cache: &LruCache<'gc>,
    hash: i64,
    key: Value<'gc>,
    result: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let Some(maxsize) = cache.maxsize else {
        return cache.results.set_hashed(ctx, hash, key, result);
    };
    // The call may have come here itself and left a result.
    if cache.results.find(ctx, hash, key)?.is_some() {
        return Ok(());
    }
    let mut table = cache.results.borrow_mut(ctx);
    if table.len() >= maxsize
        && let Some((oldest, _)) = table.next_from(0)
    {
        table.remove(oldest);
    }
    table.push(hash, key, result);
    Ok(())
}

fn cache_info<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let cache = this(ctx, args[0])?;
    let maxsize = match cache.maxsize {
        Some(size) => Value::from_usize(ctx.mc, size),
        None => Value::None,
    };
    let size = Value::from_usize(ctx.mc, cache.results.len());
    let (hits, misses) = (cache.hits.get(), cache.misses.get());
    Ok(Flow::call(
        cache.cache_info_type,
        &[Value::Int(hits), Value::Int(misses), maxsize, size],
    ))
}

fn cache_clear<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let cache = this(ctx, args[0])?;
    cache.hits.set(0);
    cache.misses.set(0);
    let old = std::mem::take(&mut *cache.results.borrow_mut(ctx));
    drop(old);
    Ok(Value::None)
}
