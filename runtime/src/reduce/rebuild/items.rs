//! Filling an object with the items that it was taken apart into.

use gc_arena::Collect;

use crate::context::Context;
use crate::protocol::attribute::{self, Attr};
use crate::protocol::call::call_flow;
use crate::protocol::hash::hash_int;
use crate::protocol::subscript;
use crate::raised::Raised;
use crate::table::Found;
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::list::List;
use crate::types::set::Set;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Flow, Input, NativeFrame, Step};

/// How many items are put in between two safe points.
const BATCH: usize = 1024;

/// Whether the class takes the method `name` from the built-in `owner`, and
/// instances have no say in it.
fn inherits<'gc>(ctx: Context<'gc>, object: Value<'gc>, owner: Type<'gc>, name: Str<'gc>) -> bool {
    let class = object.class(ctx);
    let own = |name| match class.lookup(ctx, name) {
        Some(Value::Native(native)) => native.owner(),
        _ => None,
    };
    own(name) == Some(owner)
        && own(ctx.names().__getattribute__) == Some(ctx.types().object)
        && attribute::instance_attribute(ctx, object, name).is_none()
}

/// Puts `items` at the end of a list-like object: with `extend`, and where it
/// has none with `append` for each. The flow's result means nothing.
pub fn extend<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    items: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let name = ctx.names().extend;
    let filled_directly = match object {
        Value::List(list) => Some(list),
        Value::Object(_) => object
            .as_list()
            .filter(|_| inherits(ctx, object, ctx.types().list, name)),
        _ => None,
    };
    if let Some(list) = filled_directly {
        extend_list(ctx, list, items);
        return Ok(Flow::Return(Value::None));
    }
    Ok(Flow::frame(CallEach {
        object,
        items: items.to_vec(),
        position: 0,
        method: Value::Absent,
        goal: Goal::Extend,
        found: false,
    }))
}

/// Puts `items` at the end of a list.
#[inline]
pub fn extend_list<'gc>(ctx: Context<'gc>, list: List<'gc>, items: &[Value<'gc>]) {
    let mut all = list.borrow_mut(ctx);
    let room = all.capacity();
    if room == 0 {
        // Most lists come in one piece.
        all.reserve_exact(items.len());
    }
    all.extend_from_slice(items);
    if all.capacity() > room {
        ctx.charge((all.capacity() - room) * size_of::<Value<'_>>());
    }
}

/// `object.append(item)`. The flow's result means nothing.
pub fn append<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    item: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let name = ctx.names().append;
    if let Some(list) = object.as_list()
        && (matches!(object, Value::List(_)) || inherits(ctx, object, ctx.types().list, name))
    {
        list.borrow_mut(ctx).push(item);
        return Ok(Flow::Return(Value::None));
    }
    Ok(Flow::frame(CallEach {
        object,
        items: vec![item],
        position: 0,
        method: Value::Absent,
        goal: Goal::Append,
        found: false,
    }))
}

/// Adds `items` to a set-like object: sets and instances of subclasses are
/// filled directly, anything else with `add` for each. The flow's result means
/// nothing.
pub fn add_items<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    items: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Value::Set(set) = object.builtin() {
        add_to_set(ctx, set, items)?;
        return Ok(Flow::Return(Value::None));
    }
    Ok(Flow::frame(CallEach {
        object,
        items: items.to_vec(),
        position: 0,
        method: Value::Absent,
        goal: Goal::Add,
        found: false,
    }))
}

/// Adds elements in order. Raises what hashing and comparing raise.
pub(crate) fn add_to_set<'gc>(
    ctx: Context<'gc>,
    set: Set<'gc>,
    items: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    set.borrow_mut(ctx).reserve(items.len());
    for item in items {
        set.add(ctx, *item)?;
    }
    Ok(())
}

/// What is done with the items.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Goal {
    /// `extend(list)`, or `append(item)` for each.
    Extend,
    /// `append(item)` for each.
    Append,
    /// `add(item)` for each.
    Add,
}

/// Looks a method up and calls it, with all items or with each.
#[derive(Collect)]
#[collect(no_drop)]
struct CallEach<'gc> {
    object: Value<'gc>,
    items: Vec<Value<'gc>>,
    position: usize,
    /// The method, once it is found.
    method: Value<'gc>,
    #[collect(require_static)]
    goal: Goal,
    /// The look-up of the method is under way or done.
    found: bool,
}

impl<'gc> CallEach<'gc> {
    /// Asks for the method; its value, if no Python code has to run for it.
    fn find(&mut self, ctx: Context<'gc>) -> Result<Option<Step<'gc>>, Raised<'gc>> {
        let names = ctx.names();
        let name = match self.goal {
            Goal::Extend => names.extend,
            Goal::Append => names.append,
            Goal::Add => ctx.intern("add"),
        };
        self.found = true;
        match attribute::lookup(ctx, self.object, name) {
            Ok(Attr::Method(function)) => {
                self.method = attribute::bind(ctx, function, self.object);
            }
            Ok(Attr::Value(value)) => self.method = value,
            Ok(Attr::Flow(flow)) => return Ok(Some(Step::Await(flow))),
            Ok(Attr::Missing) => self.missing(ctx, attribute::missing(ctx, self.object, name))?,
            Err(raised) => self.missing(ctx, raised)?,
        }
        Ok(None)
    }

    /// There is no `extend`: `append` is asked for. Nothing stands in for the others.
    fn missing(&mut self, ctx: Context<'gc>, raised: Raised<'gc>) -> Result<(), Raised<'gc>> {
        if self.goal != Goal::Extend || !exceptions::matches(ctx, raised, Exc::AttributeError) {
            return Err(raised);
        }
        self.goal = Goal::Append;
        self.found = false;
        Ok(())
    }
}

impl<'gc> NativeFrame<'gc> for CallEach<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Raised(raised) if self.method.is_absent() => self.missing(ctx, raised)?,
            Input::Value(method) if self.method.is_absent() => self.method = method,
            input => {
                input.value()?;
            }
        }
        while self.method.is_absent() && !self.found {
            if let Some(step) = self.find(ctx)? {
                return Ok(step);
            }
        }
        if self.goal == Goal::Extend {
            let items = Value::List(List::new(ctx, std::mem::take(&mut self.items)));
            return call_flow(ctx, self.method, &[items]).map(Step::Finish);
        }
        for _ in 0..BATCH {
            let Some(item) = self.items.get(self.position).copied() else {
                return Ok(Step::Return(Value::None));
            };
            self.position += 1;
            match call_flow(ctx, self.method, &[item])? {
                Flow::Return(_) => {}
                flow => return Ok(Step::Await(flow)),
            }
        }
        Ok(Step::Yield)
    }
}

/// `object[key] = value` for keys and values in turn. Exact dicts, and instances
/// of subclasses that leave `__setitem__` alone, are filled directly. The flow's
/// result means nothing.
pub fn set_items<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    pairs: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let filled_directly = match object {
        Value::Dict(dict) => Some(dict),
        Value::Object(instance) => object.as_dict().filter(|_| {
            let set = instance.class().lookup(ctx, ctx.names().__setitem__);
            matches!(set, Some(Value::Native(n)) if n.owner() == Some(ctx.types().dict))
        }),
        _ => None,
    };
    if let Some(dict) = filled_directly {
        set_in_dict(ctx, dict, pairs)?;
        return Ok(Flow::Return(Value::None));
    }
    Ok(Flow::frame(SetItems {
        object,
        pairs: pairs.to_vec(),
        position: 0,
    }))
}

/// Sets keys and values in turn. Raises what hashing and comparing raise.
pub(crate) fn set_in_dict<'gc>(
    ctx: Context<'gc>,
    dict: Dict<'gc>,
    pairs: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let mut rest = pairs;
    dict.borrow_mut(ctx).reserve(pairs.len() / 2);
    ctx.charge(size_of_val(pairs));
    loop {
        let mut table = dict.borrow_mut(ctx);
        // Strings and ints are their own judges: the table stays borrowed.
        while let [key, value, others @ ..] = rest {
            let hash = match key {
                Value::Str(text) => text.hash(),
                Value::Int(n) => hash_int(*n),
                _ => break,
            };
            match table.find(hash, *key) {
                Found::At(position) => table.set_value(position, *value),
                Found::Missing => table.push(hash, *key, *value),
                Found::Ask(_) => break,
            }
            rest = others;
        }
        drop(table);
        let [key, value, others @ ..] = rest else {
            return Ok(());
        };
        dict.set(ctx, *key, *value)?;
        rest = others;
    }
}

/// Sets items of an object that decides itself what that means.
#[derive(Collect)]
#[collect(no_drop)]
struct SetItems<'gc> {
    object: Value<'gc>,
    pairs: Vec<Value<'gc>>,
    position: usize,
}

impl<'gc> NativeFrame<'gc> for SetItems<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        input.value()?;
        for _ in 0..BATCH {
            let Some([key, value, ..]) = self.pairs.get(self.position..) else {
                return Ok(Step::Return(Value::None));
            };
            let (key, value) = (*key, *value);
            self.position += 2;
            match subscript::set(ctx, self.object, key, value)? {
                Flow::Return(_) => {}
                flow => return Ok(Step::Await(flow)),
            }
        }
        Ok(Step::Yield)
    }
}
