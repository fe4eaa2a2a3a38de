//! Filling an `OrderedDict`: from a mapping or pairs, then from keywords,
//! through the item assignment that its class has.

use capers_runtime::context::Context;
use capers_runtime::protocol::{iterate, subscript};
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, begin};
use gc_arena::Collect;

use super::FlowAnswer;
use super::ordered_dict::is_exact;

/// How many entries are stored between two safe points.
const BATCH: usize = 1024;

/// Where the entries come from.
#[derive(Collect)]
#[collect(no_drop)]
enum Source<'gc> {
    /// The keys that an iterator gives, of a mapping.
    Keys {
        mapping: Value<'gc>,
        iterator: Value<'gc>,
    },
    /// The pairs that an iterator gives.
    Pairs(Value<'gc>),
    /// Entries that are there already, last first.
    Entries(Vec<(Value<'gc>, Value<'gc>)>),
}

#[derive(Collect)]
#[collect(no_drop)]
struct Update<'gc> {
    target: Value<'gc>,
    /// The target's own dict where its class is OrderedDict itself.
    direct: Option<Dict<'gc>>,
    source: Source<'gc>,
    keywords: Vec<(Value<'gc>, Value<'gc>)>,
    /// The key whose value was asked for.
    key: Value<'gc>,
    result: Value<'gc>,
}

impl<'gc> Update<'gc> {
    fn store(
        &self,
        ctx: Context<'gc>,
        key: Value<'gc>,
        value: Value<'gc>,
    ) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
        match self.direct {
            Some(dict) => {
                let hash = ctx.hash(key)?;
                dict.set_hashed(ctx, hash, key, value).map(|()| None)
            }
            None => match subscript::set(ctx, self.target, key, value)? {
                Flow::Return(_) => Ok(None),
                flow => Ok(Some(flow)),
            },
        }
    }

    /// Goes on after an entry has been stored.
    fn go_on(&mut self, ctx: Context<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        for _ in 0..BATCH {
            let next = match &mut self.source {
                Source::Keys { iterator, .. } | Source::Pairs(iterator) => {
                    return Ok(Step::Next(*iterator));
                }
                Source::Entries(entries) => entries.pop(),
            };
            match next {
                Some((key, value)) => {
                    if let Some(flow) = self.store(ctx, key, value)? {
                        return Ok(Step::Await(flow));
                    }
                }
                None if self.keywords.is_empty() => return Ok(Step::Return(self.result)),
                None => self.source = Source::Entries(std::mem::take(&mut self.keywords)),
            }
        }
        Ok(Step::Yield)
    }

    fn take(&mut self, ctx: Context<'gc>, item: Value<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let (key, value) = match self.source {
            Source::Keys { mapping, .. } => match subscript::get(ctx, mapping, item)? {
                Flow::Return(value) => (item, value),
                flow => {
                    self.key = item;
                    return Ok(Step::Await(flow));
                }
            },
            _ => pair(ctx, item)?,
        };
        match self.store(ctx, key, value)? {
            Some(flow) => Ok(Step::Await(flow)),
            None => self.go_on(ctx),
        }
    }
}

impl<'gc> NativeFrame<'gc> for Update<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Raised(raised) => Err(raised),
            Input::Item(item) => self.take(ctx, item),
            Input::Exhausted => {
                self.source = Source::Entries(std::mem::take(&mut self.keywords));
                self.go_on(ctx)
            }
            Input::Value(value) if !self.key.is_absent() => {
                let key = std::mem::replace(&mut self.key, Value::Absent);
                match self.store(ctx, key, value)? {
                    Some(flow) => Ok(Step::Await(flow)),
                    None => self.go_on(ctx),
                }
            }
            Input::Start | Input::Value(_) => self.go_on(ctx),
        }
    }
}

/// The two items of an element that stands for an entry.
fn pair<'gc>(
    ctx: Context<'gc>,
    element: Value<'gc>,
) -> Result<(Value<'gc>, Value<'gc>), Raised<'gc>> {
    if let Value::Tuple(tuple) = element
        && let [key, value] = tuple.items()
    {
        return Ok((*key, *value));
    }
    let iterator = iterate::iter(ctx, element)?;
    let mut items = Vec::with_capacity(3);
    while items.len() < 3
        && let Some(item) = ctx.next(iterator)?
    {
        items.push(item);
    }
    match items[..] {
        [key, value] => Ok((key, value)),
        [] => Err(ctx.value_error("need more than 0 values to unpack")),
        [_] => Err(ctx.value_error("need more than 1 value to unpack")),
        _ => Err(ctx.value_error("too many values to unpack (expected 2)")),
    }
}

/// Stores in `target` what `source` has, where it is present, then `keywords`.
/// The flow's result is `result`. CPython's `mutablemapping_update`.
pub fn update<'gc>(
    ctx: Context<'gc>,
    target: Value<'gc>,
    source: Value<'gc>,
    keywords: Vec<(Value<'gc>, Value<'gc>)>,
    result: Value<'gc>,
) -> FlowAnswer<'gc> {
    let mut keywords = keywords;
    keywords.reverse();
    let names = ctx.names();
    let source = if source.is_absent() {
        Source::Entries(Vec::new())
    } else if let Value::Dict(dict) = source {
        let mut entries = dict.entries();
        entries.reverse();
        Source::Entries(entries)
    } else if let Some(keys) = ctx.try_attr(source, names.keys)? {
        let keys = ctx.call(keys, &[])?;
        Source::Keys {
            mapping: source,
            iterator: iterate::iter(ctx, keys)?,
        }
    } else if let Some(items) = ctx.try_attr(source, names.items)? {
        let items = ctx.call(items, &[])?;
        Source::Pairs(iterate::iter(ctx, items)?)
    } else {
        Source::Pairs(iterate::iter(ctx, source)?)
    };
    let direct = is_exact(ctx, target).then(|| target.as_dict()).flatten();
    begin(
        ctx,
        Update {
            target,
            direct,
            source,
            keywords,
            key: Value::Absent,
            result,
        },
    )
}

/// Stores in `copy` what `original` answers for each of its own keys.
pub fn copy_entries<'gc>(
    ctx: Context<'gc>,
    original: Value<'gc>,
    copy: Value<'gc>,
) -> FlowAnswer<'gc> {
    let keys = original
        .as_dict()
        .map_or_else(Vec::new, |d| d.entries().into_iter().map(|e| e.0).collect());
    let keys = Value::List(List::new(ctx, keys));
    let source = Source::Keys {
        mapping: original,
        iterator: iterate::iter(ctx, keys)?,
    };
    begin(
        ctx,
        Update {
            target: copy,
            direct: None,
            source,
            keywords: Vec::new(),
            key: Value::Absent,
            result: copy,
        },
    )
}

/// A KeyError that says only which key.
pub fn key_error<'gc>(ctx: Context<'gc>, key: Value<'gc>) -> Raised<'gc> {
    let class = ctx.exceptions().get(Exc::KeyError);
    exceptions::make(ctx, class, &[key])
}
