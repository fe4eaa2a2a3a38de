//! The memo of a deep copy: which objects have been copied to what. Owns the
//! table that is used for as long as no Python code asks to see the memo, and the
//! rules for when a real dict, or the mapping that the caller passed in, takes
//! its place.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::object::{Object, Payload};
use capers_runtime::protocol::hash::identity;
use capers_runtime::raised::Raised;
use capers_runtime::table::Table as DictTable;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::list::List;
use capers_runtime::value::Value;
use gc_arena::barrier::unlock;
use gc_arena::lock::RefLock;
use gc_arena::{Collect, Gc, GcWeak};

/// Up to this many entries are searched one after the other.
const LINEAR_SEARCH: usize = 8;

/// Originals and copies, found by the original's address.
#[derive(Collect, Default)]
#[collect(no_drop)]
pub struct Table<'gc> {
    /// In order of insertion. Holds the originals, so that no address is used twice.
    entries: Vec<(Value<'gc>, Value<'gc>)>,
    /// Open addressing: a place in `entries`, plus one. As long as a power of two.
    #[collect(require_static)]
    index: Vec<u32>,
    /// What `_keep_alive` would have kept, in its order.
    kept: Vec<Value<'gc>>,
}

impl<'gc> Table<'gc> {
    #[inline]
    fn first_place(&self, address: usize) -> usize {
        let spread = (address as u64 >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> 32) as usize & (self.index.len() - 1)
    }

    /// Where the entry of an address is.
    #[inline]
    fn find(&self, address: usize) -> Option<usize> {
        if self.entries.len() <= LINEAR_SEARCH {
            let same = |(original, _): &(Value<'gc>, _)| original.address() == Some(address);
            return self.entries.iter().position(same);
        }
        let mut place = self.first_place(address);
        loop {
            let found = self.index[place].checked_sub(1)? as usize;
            if self.entries[found].0.address() == Some(address) {
                return Some(found);
            }
            place = (place + 1) & (self.index.len() - 1);
        }
    }

    #[inline]
    fn get(&self, address: usize) -> Option<Value<'gc>> {
        self.find(address).map(|at| self.entries[at].1)
    }

    fn set(&mut self, address: usize, original: Value<'gc>, copy: Value<'gc>) {
        match self.find(address) {
            Some(at) => self.entries[at].1 = copy,
            None => self.add(address, original, copy),
        }
    }

    /// Adds an address that is not there.
    #[inline]
    fn add(&mut self, address: usize, original: Value<'gc>, copy: Value<'gc>) {
        self.entries.push((original, copy));
        let count = self.entries.len();
        if count > LINEAR_SEARCH {
            if count * 2 > self.index.len() {
                self.grow();
            } else {
                self.note(address, count as u32);
            }
        }
    }

    #[inline]
    fn note(&mut self, address: usize, mark: u32) {
        let mut place = self.first_place(address);
        while self.index[place] != 0 {
            place = (place + 1) & (self.index.len() - 1);
        }
        self.index[place] = mark;
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.entries.len() * 4).next_power_of_two();
        self.index.clear();
        self.index.resize(size, 0);
        for at in 0..self.entries.len() {
            if let Some(address) = self.entries[at].0.address() {
                self.note(address, at as u32 + 1);
            }
        }
    }

    /// The dict that `copy.deepcopy` would have made by now.
    fn to_dict(&self, ctx: Context<'gc>) -> Result<Dict<'gc>, Raised<'gc>> {
        let dict = Dict::from_table(ctx, DictTable::with_capacity(self.entries.len() + 1));
        for (original, copy) in &self.entries {
            dict.set(ctx, identity(ctx, *original), *copy)?;
        }
        if !self.kept.is_empty() {
            let kept = Value::List(List::new(ctx, self.kept.clone()));
            dict.set(ctx, identity(ctx, Value::Dict(dict)), kept)?;
        }
        Ok(dict)
    }
}

/// The memo.
#[derive(Collect)]
#[collect(no_drop)]
pub enum Memo<'gc> {
    /// Nobody has seen it.
    Own(Table<'gc>),
    /// A dict, made from the table when a hook was to see it.
    Shown(Dict<'gc>),
    /// A dict that the caller made: it gets whatever CPython's would hold, even
    /// of temporary objects.
    Given(Dict<'gc>),
    /// Whatever else the caller passed in.
    Mapping(Value<'gc>),
}

impl<'gc> Memo<'gc> {
    /// The memo for what the caller passed in.
    pub fn new(ctx: Context<'gc>, given: Value<'gc>) -> Self {
        match given {
            Value::Absent | Value::None => Memo::Own(Table::default()),
            Value::Dict(dict) if Shown::of(ctx).holds(ctx, dict) => Memo::Shown(dict),
            Value::Dict(dict) => Memo::Given(dict),
            other => Memo::Mapping(other),
        }
    }

    /// Whether the caller can count what is in it: temporaries are remembered too.
    #[inline]
    pub fn is_exact(&self) -> bool {
        matches!(self, Memo::Given(_) | Memo::Mapping(_))
    }

    /// The copy of `original`, if there is one: `memo.get(id(original))`.
    #[inline]
    pub fn get(
        &self,
        ctx: Context<'gc>,
        original: Value<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        match self {
            Memo::Own(table) => Ok(original.address().and_then(|at| table.get(at))),
            Memo::Shown(dict) | Memo::Given(dict) => dict.get(ctx, identity(ctx, original)),
            Memo::Mapping(mapping) => {
                let missing = Value::List(List::new(ctx, Vec::new()));
                let arguments = [identity(ctx, original), missing];
                let found = ctx.call_method(*mapping, ctx.intern("get"), &arguments)?;
                Ok((!found.is(missing)).then_some(found))
            }
        }
    }

    /// `memo[id(original)]`, none where that is a KeyError.
    pub fn item(
        &self,
        ctx: Context<'gc>,
        original: Value<'gc>,
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        match self {
            Memo::Mapping(mapping) => known_item(ctx, *mapping, identity(ctx, original)),
            _ => self.get(ctx, original),
        }
    }

    /// `memo[id(original)] = copy`
    pub fn set(
        &mut self,
        ctx: Context<'gc>,
        original: Value<'gc>,
        copy: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        match self {
            Memo::Own(table) => {
                if let Some(address) = original.address() {
                    table.set(address, original, copy);
                }
                Ok(())
            }
            Memo::Shown(dict) | Memo::Given(dict) => dict.set(ctx, identity(ctx, original), copy),
            Memo::Mapping(mapping) => ctx.set_item(*mapping, identity(ctx, original), copy),
        }
    }

    /// As `set`, for an original that is known not to be there.
    #[inline]
    pub fn add(
        &mut self,
        ctx: Context<'gc>,
        original: Value<'gc>,
        copy: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        if let Memo::Own(table) = self
            && let Some(address) = original.address()
        {
            table.add(address, original, copy);
            return Ok(());
        }
        self.set(ctx, original, copy)
    }

    /// What `deepcopy` does once a copy is complete: remembers it, and keeps the
    /// original alive for as long as its `id` stands in the memo.
    /// `is_known`: it was remembered when it was begun.
    #[inline]
    pub fn complete(
        &mut self,
        ctx: Context<'gc>,
        original: Value<'gc>,
        copy: Value<'gc>,
        is_known: bool,
    ) -> Result<(), Raised<'gc>> {
        if let Memo::Own(table) = self {
            if !is_known && let Some(address) = original.address() {
                table.set(address, original, copy);
            }
            table.kept.push(original);
            return Ok(());
        }
        self.set(ctx, original, copy)?;
        self.keep_alive(ctx, original)
    }

    /// `_keep_alive(original, memo)`
    pub fn keep_alive(
        &mut self,
        ctx: Context<'gc>,
        original: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let memo = match self {
            Memo::Own(table) => {
                table.kept.push(original);
                return Ok(());
            }
            Memo::Shown(dict) | Memo::Given(dict) => Value::Dict(*dict),
            Memo::Mapping(mapping) => *mapping,
        };
        let key = identity(ctx, memo);
        let kept = match memo {
            Value::Dict(dict) => dict.get(ctx, key)?,
            mapping => known_item(ctx, mapping, key)?,
        };
        match kept {
            Some(Value::List(kept)) => {
                kept.borrow_mut(ctx).push(original);
                Ok(())
            }
            Some(kept) => ctx
                .call_method(kept, ctx.names().append, &[original])
                .map(|_| ()),
            None => {
                let kept = Value::List(List::new(ctx, vec![original]));
                ctx.set_item(memo, key, kept)
            }
        }
    }

    /// The memo as an object, for a hook.
    pub fn show(&mut self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        if let Memo::Own(table) = self {
            let dict = table.to_dict(ctx)?;
            Shown::of(ctx).add(ctx, dict);
            *self = Memo::Shown(dict);
        }
        Ok(match self {
            Memo::Shown(dict) | Memo::Given(dict) => Value::Dict(*dict),
            Memo::Mapping(mapping) => *mapping,
            Memo::Own(_) => Value::None,
        })
    }
}

/// `mapping[key]`, none where that is a KeyError.
fn known_item<'gc>(
    ctx: Context<'gc>,
    mapping: Value<'gc>,
    key: Value<'gc>,
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    match ctx.get_item(mapping, key) {
        Ok(value) => Ok(Some(value)),
        Err(raised) if exceptions::matches(ctx, raised, Exc::KeyError) => Ok(None),
        Err(raised) => Err(raised),
    }
}

type WeakDict<'gc> = GcWeak<'gc, RefLock<DictTable<'gc, Value<'gc>>>>;

/// The dicts that hooks were shown and that are still alive: a hook that passes
/// its memo on to `deepcopy` goes on with the same copy, and the caller who might
/// count the entries is this module.
#[derive(Collect, Default)]
#[collect(no_drop)]
struct ShownDicts<'gc> {
    dicts: RefLock<Vec<WeakDict<'gc>>>,
}

impl NativeData for ShownDicts<'static> {
    type Data<'gc> = ShownDicts<'gc>;
}

/// The one [`ShownDicts`] of a runtime.
struct Shown<'gc>(Value<'gc>);

impl<'gc> Shown<'gc> {
    fn of(ctx: Context<'gc>) -> Self {
        const NAME: &str = "copy: memos shown";
        if let Some(known) = ctx.registry().get_text(ctx, NAME) {
            return Shown(known);
        }
        let class = ctx.types().object;
        let object = Object::with_native::<ShownDicts<'static>>(ctx, class, ShownDicts::default());
        ctx.registry().set_text(ctx, NAME, Value::Object(object));
        Shown(Value::Object(object))
    }

    fn holds(&self, ctx: Context<'gc>, dict: Dict<'gc>) -> bool {
        self.0.native::<ShownDicts<'static>>().is_some_and(|shown| {
            let dicts = shown.dicts.borrow();
            let same = |weak: &WeakDict<'gc>| {
                weak.upgrade(ctx.mc)
                    .is_some_and(|alive| Gc::ptr_eq(alive, dict.0))
            };
            dicts.iter().rev().any(same)
        })
    }

    fn add(&self, ctx: Context<'gc>, dict: Dict<'gc>) {
        let Value::Object(object) = self.0 else {
            return;
        };
        if let Payload::Native(data) = object.payload()
            && let Some(shown) = data.downcast_write::<ShownDicts<'static>>(ctx.mc)
        {
            let mut dicts = unlock!(shown, ShownDicts, dicts).borrow_mut();
            dicts.retain(|weak| weak.upgrade(ctx.mc).is_some());
            dicts.push(Gc::downgrade(dict.0));
        }
    }
}
