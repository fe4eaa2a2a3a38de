//! `Type`: the struct behind every class, attribute lookup along the MRO with a
//! cache, and the making of built-in types from their declarations. What
//! `type(name, bases, namespace)` does is in `class_creation`; the methods and
//! attributes of the type `type` are in `type_methods`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use gc_arena::barrier::unlock;
use gc_arena::lock::{Lock, RefLock};
use gc_arena::{Collect, Gc, GcWeak};

use crate::context::Context;
use crate::native::NativeKind;
use crate::reduce::plan::Plan;
use crate::shape::Shape;
use crate::types::def::{NextFn, TypeDef};
use crate::types::dict::Dict;
use crate::types::native_function::NativeFunction;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// Hashes an address, whose low bits are always 0.
#[derive(Default)]
pub struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3);
        }
    }
    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(26);
    }
}

/// The attributes that were looked up on a class since it last changed, absent
/// ones for names that it does not have.
#[derive(Default, Collect)]
#[collect(no_drop)]
struct LookupCache<'gc> {
    /// From a name's address to its place in `found`.
    #[collect(require_static)]
    places: HashMap<usize, u32, BuildHasherDefault<AddressHasher>>,
    /// The names are kept, so that no other gets such an address.
    found: Vec<(Str<'gc>, Value<'gc>)>,
}

/// A class that has been asked for more names than this forgets them: a loop
/// that makes up attribute names must not fill the memory.
const MOST_LOOKUPS: usize = 2000;

/// Facts about a class that do not change once it is made, and those that its
/// namespace decides.
#[derive(Copy, Clone, Default)]
pub struct TypeFlags {
    /// Made by a `class` statement or `type()`, not by a declaration.
    pub heap: bool,
    /// Classes can derive from it.
    pub subclassable: bool,
    /// Its own attributes can be set.
    pub mutable: bool,
    /// Instances have a `__dict__`.
    pub has_dict: bool,
    /// Instances can be weakly referenced.
    pub weakrefable: bool,
    /// `match` takes instances for sequences.
    pub sequence: bool,
    /// `match` takes instances for mappings.
    pub mapping: bool,
    /// A class pattern with one positional part matches the subject itself.
    pub match_self: bool,
    /// `__abstractmethods__` is not empty.
    pub is_abstract: bool,
    /// Has a `__del__`.
    pub ends: bool,
}

/// What class creation or assignment may replace.
#[derive(Collect)]
#[collect(no_drop)]
pub struct TypeLinks<'gc> {
    /// `__name__`
    pub name: Str<'gc>,
    /// `__qualname__`
    pub qualname: Str<'gc>,
    /// The class of the class.
    pub metaclass: Option<Type<'gc>>,
    /// `__bases__`
    pub bases: Vec<Type<'gc>>,
    /// `__base__`: the base that decides the layout of instances.
    pub base: Option<Type<'gc>>,
    /// `__mro__`, the class itself first.
    pub mro: Vec<Type<'gc>>,
    /// `__bases__` and `__mro__` as tuples, once somebody has asked for them.
    shown: [Option<Tuple<'gc>>; 2],
    /// Classes that name it as a base.
    pub subclasses: Vec<GcWeak<'gc, TypeData<'gc>>>,
}

/// The struct behind a [`Type`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct TypeData<'gc> {
    links: RefLock<TypeLinks<'gc>>,
    dict: Dict<'gc>,
    #[collect(require_static)]
    flags: Cell<TypeFlags>,
    /// The declaration, for a built-in type.
    #[collect(require_static)]
    def: Option<&'static TypeDef>,
    /// The declaration of the nearest built-in type along `__base__`: it decides
    /// what payload instances carry.
    #[collect(require_static)]
    layout: Cell<&'static TypeDef>,
    #[collect(require_static)]
    next: Cell<Option<NextFn>>,
    slot_names: RefLock<Vec<Str<'gc>>>,
    slot_count: Cell<usize>,
    root_shape: Lock<Option<Shape<'gc>>>,
    expected_values: Cell<usize>,
    version: Cell<u64>,
    cache: RefLock<LookupCache<'gc>>,
    #[collect(require_static)]
    plan: RefCell<Option<Rc<Plan>>>,
}

/// A Python class.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Type<'gc>(pub Gc<'gc, TypeData<'gc>>);

impl PartialEq for Type<'_> {
    fn eq(&self, other: &Self) -> bool {
        Gc::ptr_eq(self.0, other.0)
    }
}

impl<'gc> Type<'gc> {
    /// A class with everything but its place in the hierarchy: the caller calls
    /// `set_hierarchy` next.
    pub fn allocate(
        ctx: Context<'gc>,
        name: Str<'gc>,
        dict: Dict<'gc>,
        flags: TypeFlags,
        def: Option<&'static TypeDef>,
    ) -> Self {
        let links = TypeLinks {
            name,
            qualname: name,
            metaclass: None,
            bases: Vec::new(),
            base: None,
            mro: Vec::new(),
            shown: [None; 2],
            subclasses: Vec::new(),
        };
        Type(Gc::new(
            ctx.mc,
            TypeData {
                links: RefLock::new(links),
                dict,
                flags: Cell::new(flags),
                def,
                layout: Cell::new(def.unwrap_or(&crate::types::object_type::OBJECT)),
                next: Cell::new(def.and_then(|d| d.next)),
                slot_names: RefLock::default(),
                slot_count: Cell::new(0),
                root_shape: Lock::new(None),
                expected_values: Cell::new(0),
                version: Cell::new(ctx.new_version()),
                cache: RefLock::default(),
                plan: RefCell::default(),
            },
        ))
    }

    /// Makes the built-in type of a declaration, its base already made.
    pub fn from_def(ctx: Context<'gc>, def: &'static TypeDef, base: Option<Type<'gc>>) -> Self {
        let flags = TypeFlags {
            heap: false,
            subclassable: def.subclassable,
            mutable: def.mutable,
            has_dict: def.has_dict || base.is_some_and(|b| b.flags().has_dict),
            weakrefable: def.weakrefable || base.is_some_and(|b| b.flags().weakrefable),
            sequence: def.sequence || base.is_some_and(|b| b.flags().sequence),
            mapping: def.mapping || base.is_some_and(|b| b.flags().mapping),
            match_self: def.match_self || base.is_some_and(|b| b.flags().match_self),
            is_abstract: false,
            ends: false,
        };
        let class = Type::allocate(ctx, ctx.intern(def.name), Dict::new(ctx), flags, Some(def));
        let mut mro = vec![class];
        if let Some(base) = base {
            mro.extend(base.mro());
            if def.next.is_none() {
                class.0.next.set(base.native_next());
            }
        }
        class.set_hierarchy(ctx, base.into_iter().collect(), base, mro);
        class
    }

    /// Fills the dict of a built-in type from its declaration. Done after all
    /// types are made, since the natives are objects of such types.
    pub fn populate(self, ctx: Context<'gc>) {
        let Some(def) = self.0.def else { return };
        let dict = self.0.dict;
        for native in def.methods.iter().chain(def.shared_methods) {
            let function = NativeFunction::new(ctx, native, Some(self), Value::Absent);
            let mut value = Value::Native(function);
            if native.kind == NativeKind::Static {
                value = crate::types::method_wrappers::static_method(ctx, value);
            }
            dict.set_text(ctx, native.name(), value);
        }
        for getset in def.getsets {
            let value = crate::types::descriptors::getset_descriptor(ctx, self, getset);
            dict.set_text(ctx, getset.name, value);
        }
        crate::types::slots::complete(ctx, self, def);
        if let Some(finish) = def.finish {
            finish(ctx, self);
        }
        let doc = match def.doc {
            "" => Value::None,
            doc => Value::Str(ctx.str(doc)),
        };
        if dict.get_str(ctx, ctx.names().__doc__).is_none() {
            dict.set_str(ctx, ctx.names().__doc__, doc);
        }
        self.modified(ctx);
    }

    /// Sets bases, layout base and MRO, and registers with the bases.
    pub fn set_hierarchy(
        self,
        ctx: Context<'gc>,
        bases: Vec<Type<'gc>>,
        base: Option<Type<'gc>>,
        mro: Vec<Type<'gc>>,
    ) {
        for old in self.bases() {
            let mut links = old.links_mut(ctx);
            links
                .subclasses
                .retain(|s| s.upgrade(ctx.mc).is_some_and(|t| Type(t) != self));
        }
        for &new in &bases {
            new.links_mut(ctx).subclasses.push(Gc::downgrade(self.0));
        }
        if let Some(base) = base
            && self.0.def.is_none()
        {
            self.0.layout.set(base.layout());
        }
        let mut links = self.links_mut(ctx);
        links.bases = bases;
        links.base = base;
        links.mro = mro;
        links.shown = [None; 2];
        drop(links);
        self.modified(ctx);
        self.refresh_native_next(ctx);
    }

    /// The links, to change.
    pub fn links_mut(self, ctx: Context<'gc>) -> std::cell::RefMut<'gc, TypeLinks<'gc>> {
        unlock!(Gc::write(ctx.mc, self.0), TypeData, links).borrow_mut()
    }

    fn links(self) -> std::cell::Ref<'gc, TypeLinks<'gc>> {
        Gc::as_ref(self.0).links.borrow()
    }

    /// `__name__`
    pub fn name(self) -> Str<'gc> {
        self.links().name
    }

    /// `__qualname__`
    pub fn qualname(self) -> Str<'gc> {
        self.links().qualname
    }

    /// The name that messages have: CPython's `tp_name`, with the module for types
    /// that natives declare outside `builtins`.
    pub fn name_text(self) -> std::borrow::Cow<'gc, str> {
        match self.0.def {
            Some(def) if def.module != "builtins" => format!("{}.{}", def.module, def.name).into(),
            _ => self.name().to_string_lossy(),
        }
    }

    /// The class of the class.
    #[inline]
    pub fn metaclass(self, ctx: Context<'gc>) -> Type<'gc> {
        self.links().metaclass.unwrap_or(ctx.types().type_)
    }

    /// `__bases__`
    pub fn bases(self) -> Vec<Type<'gc>> {
        self.links().bases.clone()
    }

    /// `__base__`
    pub fn base(self) -> Option<Type<'gc>> {
        self.links().base
    }

    /// `__mro__`
    pub fn mro(self) -> Vec<Type<'gc>> {
        self.links().mro.clone()
    }

    /// `__bases__` as the program sees it: one tuple until the bases change.
    pub fn bases_tuple(self, ctx: Context<'gc>) -> Tuple<'gc> {
        self.shown(ctx, 0, Type::bases)
    }

    /// `__mro__` as the program sees it: one tuple until the MRO changes.
    pub fn mro_tuple(self, ctx: Context<'gc>) -> Tuple<'gc> {
        self.shown(ctx, 1, Type::mro)
    }

    fn shown(
        self,
        ctx: Context<'gc>,
        which: usize,
        classes: fn(Self) -> Vec<Type<'gc>>,
    ) -> Tuple<'gc> {
        if let Some(known) = self.links().shown[which] {
            return known;
        }
        let items: Vec<Value<'gc>> = classes(self).into_iter().map(Value::Type).collect();
        let tuple = ctx.tuple(items);
        self.links_mut(ctx).shown[which] = Some(tuple);
        tuple
    }

    /// The live classes that name this one as a base.
    pub fn subclasses(self, ctx: Context<'gc>) -> Vec<Type<'gc>> {
        self.links()
            .subclasses
            .iter()
            .filter_map(|s| s.upgrade(ctx.mc).map(Type))
            .collect()
    }

    /// The class's own namespace. Whoever changes it calls `modified`.
    #[inline]
    pub fn dict(self) -> Dict<'gc> {
        self.0.dict
    }

    /// Facts about the class.
    #[inline]
    pub fn flags(self) -> TypeFlags {
        self.0.flags.get()
    }

    /// Changes the facts.
    pub fn update_flags(self, change: impl FnOnce(&mut TypeFlags)) {
        let mut flags = self.flags();
        change(&mut flags);
        self.0.flags.set(flags);
    }

    /// The declaration, for a built-in type.
    pub fn def(self) -> Option<&'static TypeDef> {
        self.0.def
    }

    /// The declaration that decides what instances carry.
    pub fn layout(self) -> &'static TypeDef {
        self.0.layout.get()
    }

    /// Whether instances carry what `def` declares.
    pub fn has_layout(self, def: &'static TypeDef) -> bool {
        std::ptr::eq(self.layout(), def)
    }

    /// How instances are advanced natively; none where a Python `__next__` may decide.
    #[inline]
    pub fn native_next(self) -> Option<NextFn> {
        self.0.next.get()
    }

    /// Sets how instances are advanced natively.
    pub fn set_native_next(self, next: Option<NextFn>) {
        self.0.next.set(next);
    }

    /// Decides how instances of a class made by a program are advanced, and of
    /// those derived from it: natively, unless a Python `__next__` comes before
    /// the built-in base that does it. To be called after `__next__` or the MRO
    /// changed.
    pub fn refresh_native_next(self, ctx: Context<'gc>) {
        if !self.flags().heap {
            return;
        }
        let name = ctx.names().__next__;
        let decides = self.mro().into_iter().find(|class| {
            class.dict().get_str(ctx, name).is_some()
                || class.def().is_some_and(|def| def.next.is_some())
        });
        let next = decides.filter(|class| !class.flags().heap);
        self.set_native_next(next.and_then(|class| class.native_next()));
        for derived in self.subclasses(ctx) {
            derived.refresh_native_next(ctx);
        }
    }

    /// The names of the class's own `__slots__`.
    pub fn slot_names(self) -> Vec<Str<'gc>> {
        Gc::as_ref(self.0).slot_names.borrow().clone()
    }

    /// How many values of an instance are slots, the bases' included.
    #[inline]
    pub fn slot_count(self) -> usize {
        self.0.slot_count.get()
    }

    /// Sets the class's own `__slots__`, which come after its base's.
    pub fn set_slots(self, ctx: Context<'gc>, names: Vec<Str<'gc>>) {
        let inherited = self.base().map_or(0, |b| b.slot_count());
        self.0.slot_count.set(inherited + names.len());
        *unlock!(Gc::write(ctx.mc, self.0), TypeData, slot_names).borrow_mut() = names;
    }

    /// The shape of a new instance.
    #[inline]
    pub fn root_shape(self, ctx: Context<'gc>) -> Shape<'gc> {
        match Gc::as_ref(self.0).root_shape.get() {
            Some(shape) => shape,
            None => {
                let shape = Shape::root(ctx, self.slot_count());
                unlock!(Gc::write(ctx.mc, self.0), TypeData, root_shape).set(Some(shape));
                shape
            }
        }
    }

    /// How many values a new instance should have room for.
    pub fn expected_values(self) -> usize {
        self.0.expected_values.get()
    }

    /// Tells the class how many values an instance has come to.
    pub fn expect_values(self, count: usize) {
        if count > self.0.expected_values.get() {
            self.0.expected_values.set(count);
        }
    }

    /// What the reduce protocol has found out about the class, perhaps about an
    /// older version of it.
    pub fn known_plan(self) -> Option<Rc<Plan>> {
        self.0.plan.borrow().clone()
    }

    /// Keeps what the reduce protocol has found out.
    pub fn set_plan(self, plan: Rc<Plan>) {
        *self.0.plan.borrow_mut() = Some(plan);
    }

    /// Changes whenever the class or one of its bases does: for inline caches.
    #[inline]
    pub fn version(self) -> u64 {
        self.0.version.get()
    }

    /// Forgets what was cached about the class and its subclasses: to be called
    /// after any change to its namespace or hierarchy.
    pub fn modified(self, ctx: Context<'gc>) {
        let start = ctx.new_version();
        let mut pending = vec![self];
        while let Some(class) = pending.pop() {
            // By two ways, or in a cycle that a metaclass's `mro()` has made.
            if class.version() > start {
                continue;
            }
            class.0.version.set(ctx.new_version());
            let mut cache = unlock!(Gc::write(ctx.mc, class.0), TypeData, cache).borrow_mut();
            cache.places.clear();
            cache.found.clear();
            drop(cache);
            if class.flags().heap {
                let ends = class.lookup(ctx, ctx.names().__del__).is_some();
                class.update_flags(|flags| flags.ends = ends);
            }
            pending.extend(class.subclasses(ctx));
        }
    }

    /// The attribute `name` (interned) of the class or the nearest base that has
    /// it, as it stands in the namespace.
    #[inline]
    pub fn lookup(self, ctx: Context<'gc>, name: Str<'gc>) -> Option<Value<'gc>> {
        let cache = Gc::as_ref(self.0).cache.borrow();
        match cache.places.get(&name.address()) {
            Some(&place) => cache.found[place as usize].1.present(),
            None => {
                drop(cache);
                let place = self.look_up(ctx, name);
                self.found_at(place).present()
            }
        }
    }

    /// Where the answer to `lookup(name)` is kept until the class changes: for
    /// inline caches that compare versions.
    pub fn place_of(self, ctx: Context<'gc>, name: Str<'gc>) -> u32 {
        let known = Gc::as_ref(self.0)
            .cache
            .borrow()
            .places
            .get(&name.address())
            .copied();
        known.unwrap_or_else(|| self.look_up(ctx, name))
    }

    /// What was found for the name that `place_of` gave this place, under the
    /// class's present version.
    #[inline]
    pub fn found_at(self, place: u32) -> Value<'gc> {
        let cache = Gc::as_ref(self.0).cache.borrow();
        cache
            .found
            .get(place as usize)
            .map_or(Value::Absent, |(_, value)| *value)
    }

    #[cold]
    fn look_up(self, ctx: Context<'gc>, name: Str<'gc>) -> u32 {
        let name = ctx.intern_str(name);
        if let Some(&known) = Gc::as_ref(self.0)
            .cache
            .borrow()
            .places
            .get(&name.address())
        {
            return known;
        }
        let found = self.lookup_with_owner(ctx, name).map(|(_, value)| value);
        let mut cache = unlock!(Gc::write(ctx.mc, self.0), TypeData, cache).borrow_mut();
        if cache.found.len() >= MOST_LOOKUPS {
            cache.places.clear();
            cache.found.clear();
            self.0.version.set(ctx.new_version());
        }
        let place = cache.found.len() as u32;
        cache.places.insert(name.address(), place);
        cache.found.push((name, found.unwrap_or(Value::Absent)));
        place
    }

    /// As `lookup`, with the class in whose namespace it was found. Not cached.
    pub fn lookup_with_owner(
        self,
        ctx: Context<'gc>,
        name: Str<'gc>,
    ) -> Option<(Type<'gc>, Value<'gc>)> {
        let links = self.links();
        links
            .mro
            .iter()
            .find_map(|c| c.dict().get_str(ctx, name).map(|value| (*c, value)))
    }

    /// The attribute `name` of the nearest class after `other` in the MRO that has it.
    pub fn lookup_after(
        self,
        ctx: Context<'gc>,
        other: Type<'gc>,
        name: Str<'gc>,
    ) -> Option<Value<'gc>> {
        let links = self.links();
        let after = links.mro.iter().skip_while(|c| **c != other).skip(1);
        after.copied().find_map(|c| c.dict().get_str(ctx, name))
    }

    /// Whether `other` is this class or in its MRO (no Python hook is asked).
    #[inline]
    pub fn is_subclass_of(self, other: Type<'gc>) -> bool {
        self == other || self.links().mro.contains(&other)
    }
}

/// The type `type`.
pub static TYPE: TypeDef = TypeDef {
    name: "type",
    weakrefable: true,
    has_dict: true,
    match_self: false,
    methods: crate::types::type_methods::METHODS,
    getsets: crate::types::type_methods::GETSETS,
    ..TypeDef::DEFAULT
};
