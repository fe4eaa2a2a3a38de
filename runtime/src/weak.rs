//! Ends of objects: weak references, their callbacks, `__del__`, and generators that
//! are dropped while they wait inside a `try`.
//!
//! DIFFERENCE: CPython ends an object with its last reference. Here a collection
//! finds out. So that programs see no difference where they look for one, the VM
//! asks for a collection as soon as it lets go of an object that somebody watches
//! (see [`Context::let_go`]); what is dropped in any other way ends with the next
//! collection, `gc.collect()` at the latest.
//!
//! Between marking and sweeping, [`revive`] saves what still has to be told of its
//! end, [`forget`] drops the references to what is gone, and both queue what is to
//! be called; the VM makes these calls at the safe point.

use std::collections::{HashMap, HashSet};

use gc_arena::lock::RefLock;
use gc_arena::{Collect, Finalization, Gc, GcWeak, Mutation};

use crate::context::Context;
use crate::erased::NativeData;
use crate::object::{Object, ObjectData, Payload};
use crate::table::Table;
use crate::types::code::{Code, CodeData};
use crate::types::exceptions;
use crate::types::function::{BoundMethod, BoundMethodData, Function, FunctionData};
use crate::types::generator::{Generator, GeneratorData, GeneratorState};
use crate::types::module::{Module, ModuleData};
use crate::types::native_function::{
    NativeFunction, NativeFunctionData, NativeMethod, NativeMethodData,
};
use crate::types::set::Set;
use crate::types::type_::{Type, TypeData};
use crate::value::Value;
use crate::vm::generators::delegate_of;

macro_rules! weak_values {
    ($($variant:ident $data:ty, $wrap:path;)*) => {
        /// A value that is not kept alive.
        #[derive(Copy, Clone, Collect)]
        #[collect(no_drop)]
        pub enum WeakValue<'gc> {
            $(
                /// One of this kind.
                $variant(GcWeak<'gc, $data>),
            )*
        }

        impl<'gc> WeakValue<'gc> {
            /// The weak form of a value; none for kinds that can't be held weakly.
            pub fn of(value: Value<'gc>) -> Option<Self> {
                match value {
                    $(Value::$variant(it) => Some(WeakValue::$variant(Gc::downgrade(it.0))),)*
                    _ => None,
                }
            }

            /// The value, if it is still there.
            pub fn get(self, mc: &Mutation<'gc>) -> Option<Value<'gc>> {
                match self {
                    $(WeakValue::$variant(weak) => {
                        weak.upgrade(mc).map(|data| Value::$variant($wrap(data)))
                    })*
                }
            }

            /// Whether marking has not reached it.
            fn is_dead(self, fc: &Finalization<'gc>) -> bool {
                match self {
                    $(WeakValue::$variant(weak) => weak.is_dropped() || weak.is_dead(fc),)*
                }
            }

            /// The value, kept for this collection.
            fn revive(self, fc: &Finalization<'gc>) -> Option<Value<'gc>> {
                match self {
                    $(WeakValue::$variant(weak) => {
                        weak.resurrect(fc).map(|data| Value::$variant($wrap(data)))
                    })*
                }
            }
        }
    };
}

weak_values! {
    Object ObjectData<'gc>, Object;
    Function FunctionData<'gc>, Function;
    BoundMethod BoundMethodData<'gc>, BoundMethod;
    Native NativeFunctionData<'gc>, NativeFunction;
    NativeMethod NativeMethodData<'gc>, NativeMethod;
    Type TypeData<'gc>, Type;
    Module ModuleData<'gc>, Module;
    Code CodeData<'gc>, Code;
    Generator RefLock<GeneratorData<'gc>>, Generator;
    Set RefLock<Table<'gc, ()>>, Set;
    FrozenSet RefLock<Table<'gc, ()>>, Set;
}

/// The payload of a weak reference or proxy.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Reference<'gc> {
    /// What it refers to.
    pub referent: WeakValue<'gc>,
    /// What is called at the referent's end, or None.
    pub callback: Value<'gc>,
    /// The referent's hash, once asked for.
    pub hash: std::cell::Cell<Option<i64>>,
}

impl NativeData for Reference<'static> {
    type Data<'gc> = Reference<'gc>;
}

/// An object with weak references, and these, in the order in which their callbacks
/// are called.
#[derive(Collect)]
#[collect(no_drop)]
struct Referred<'gc> {
    referent: WeakValue<'gc>,
    references: Vec<GcWeak<'gc, ObjectData<'gc>>>,
}

/// A call to be made because something ended.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub(crate) enum Ending<'gc> {
    /// `__del__` of an instance.
    Instance(Value<'gc>),
    /// Closing a generator.
    Generator(Generator<'gc>),
    /// A weak reference's callback, with the reference.
    Callback(Value<'gc>, Value<'gc>),
}

/// Who watches for ends in a runtime.
#[derive(Default, Collect)]
#[collect(no_drop)]
pub(crate) struct Watch<'gc> {
    /// By the referent's address.
    referred: HashMap<usize, Referred<'gc>>,
    /// Instances with a `__del__`, and generators with handlers.
    ending: Vec<WeakValue<'gc>>,
    /// What is to be called.
    pub(crate) due: Vec<Ending<'gc>>,
    /// Whether the collection to come is an early one, and whether a list is what was
    /// let go of: its items end from the last to the first.
    #[collect(require_static)]
    early: Option<bool>,
    /// Whether the calls are being made.
    #[collect(require_static)]
    pub(crate) calling: bool,
    /// How often a watched object was let go of and lived on, and how often it may
    /// now be let go of before that is looked into again.
    #[collect(require_static)]
    survivors: HashMap<usize, (u32, u32)>,
}

impl Watch<'_> {
    /// Whether what has this address is to be looked into now: the first times, then
    /// ever more rarely.
    fn is_due(&mut self, at: usize) -> bool {
        let (survived, spared) = self.survivors.entry(at).or_insert((0, 0));
        if *spared > 0 {
            *spared -= 1;
            return false;
        }
        *survived = (*survived + 1).min(28);
        if *survived > 8 {
            *spared = 1 << (*survived - 8);
        }
        true
    }
}

/// The share of a runtime's work that may go into collections for early ends.
pub(crate) struct Credit;

impl Credit {
    /// What a runtime begins with.
    pub(crate) const START: i64 = 1000;
    /// What an early collection costs.
    pub(crate) const COLLECTION: i64 = 2;
}

impl<'gc> Context<'gc> {
    /// The weak references to a value that are still there, first those whose
    /// callbacks are called first.
    pub fn weak_references(self, value: Value<'gc>) -> Vec<Value<'gc>> {
        let watch = self.state().watch.borrow();
        let Some(referred) = value.address().and_then(|at| watch.referred.get(&at)) else {
            return Vec::new();
        };
        let there = referred.references.iter();
        there
            .filter_map(|r| r.upgrade(self.mc).map(|data| Value::Object(Object(data))))
            .collect()
    }

    /// Notes a weak reference to `referent`: at `place` among its references.
    pub fn add_weak_reference(self, referent: Value<'gc>, reference: Object<'gc>, place: usize) {
        let (Some(at), Some(weak)) = (referent.address(), WeakValue::of(referent)) else {
            return;
        };
        let mut watch = self.state().watch.borrow_mut(self.mc);
        let referred = watch.referred.entry(at).or_insert_with(|| Referred {
            referent: weak,
            references: Vec::new(),
        });
        referred.references.retain(|r| !r.is_dropped());
        let place = place.min(referred.references.len());
        referred
            .references
            .insert(place, Gc::downgrade(reference.0));
        self.state().watching.set(true);
    }

    /// Notes that something has to be done when `value` ends, before what has to be done
    /// for those noted so far: it holds one of them where nobody sees that.
    pub fn watch_end_first(self, value: Value<'gc>) {
        if let Some(weak) = WeakValue::of(value) {
            self.state()
                .watch
                .borrow_mut(self.mc)
                .ending
                .insert(0, weak);
            self.state().watching.set(true);
        }
    }

    /// Notes that something has to be done when `value` ends.
    #[cold]
    pub(crate) fn watch_end(self, value: Value<'gc>) {
        if let Some(weak) = WeakValue::of(value) {
            self.state().watch.borrow_mut(self.mc).ending.push(weak);
            self.state().watching.set(true);
        }
    }

    /// Whether anything is watched.
    #[inline]
    pub(crate) fn is_watching(self) -> bool {
        self.state().watching.get()
    }

    /// Whether the VM, which lets go of `value`, should have it looked into at once
    /// whether this was the last reference. If so, a collection is asked for.
    #[inline]
    pub(crate) fn let_go(self, value: Value<'gc>) -> bool {
        let may_matter = matches!(
            value,
            Value::Object(_)
                | Value::Generator(_)
                | Value::List(_)
                | Value::Dict(_)
                | Value::Tuple(_)
                | Value::Set(_)
        );
        may_matter && self.is_watching() && self.look_into(value)
    }

    #[cold]
    fn look_into(self, value: Value<'gc>) -> bool {
        let found = self.is_watched(value)
            || match value {
                Value::List(list) => list.borrow().iter().take(16).any(|v| self.is_watched(*v)),
                Value::Tuple(tuple) => tuple.items().iter().take(16).any(|v| self.is_watched(*v)),
                Value::Set(set) => {
                    let entries = set.0.borrow();
                    entries.iter().take(16).any(|e| self.is_watched(e.key))
                }
                Value::Dict(dict) => {
                    dict.len() <= 16
                        && dict
                            .entries()
                            .iter()
                            .map(|(_, v)| v)
                            .any(|v| self.is_watched(*v))
                }
                Value::Object(object) => {
                    let arguments = exceptions::fields(value).map(|fields| fields.args);
                    let arguments = arguments.map_or(&[][..], |args| args.items());
                    object
                        .values()
                        .iter()
                        .chain(arguments)
                        .any(|v| self.is_watched(*v))
                }
                _ => false,
            };
        let credit = &self.state().credit;
        if !found || credit.get() < Credit::COLLECTION {
            return false;
        }
        let mut watch = self.state().watch.borrow_mut(self.mc);
        if value.address().is_some_and(|at| !watch.is_due(at)) {
            return false;
        }
        drop(watch);
        self.spend(matches!(value, Value::List(_)));
        true
    }

    /// Earns a collection's share with every slice of work.
    pub(crate) fn earn(self) {
        let credit = &self.state().credit;
        credit.set((credit.get() + 1).min(Credit::START));
    }

    /// Asks for a collection that a program does not need, but may notice.
    fn spend(self, reversed: bool) {
        let credit = &self.state().credit;
        credit.set(credit.get() - Credit::COLLECTION);
        self.request_early_collection(reversed);
    }

    /// Asks for a collection that leaves cycles alone; `reversed` says that a list was
    /// let go of.
    pub(crate) fn request_early_collection(self, reversed: bool) {
        self.request_collection();
        self.state().watch.borrow_mut(self.mc).early = Some(reversed);
    }

    /// Notes that a collection that was asked for is done.
    pub(crate) fn collection_done(self) {
        let watch = self.state().watch;
        if watch.borrow().early.is_some() {
            watch.borrow_mut(self.mc).early = None;
        }
    }

    /// Whether a reference has just been made to an object that nobody else may hold
    /// any more, which is to be looked into. If so, a collection is asked for.
    pub fn look_into_referent(self, referent: Value<'gc>) -> bool {
        let Some(class) = Value::Type(referent.class(self)).address() else {
            return false;
        };
        let affordable = self.state().credit.get() >= Credit::COLLECTION;
        let mut watch = self.state().watch.borrow_mut(self.mc);
        if !affordable || !watch.is_due(class) {
            return false;
        }
        drop(watch);
        self.spend(false);
        true
    }

    fn is_watched(self, value: Value<'gc>) -> bool {
        match value {
            Value::Object(object) => object.class().flags().ends || self.has_weak_references(value),
            Value::Generator(generator) => {
                waits_for_handler(generator) || self.has_weak_references(value)
            }
            Value::Function(_) => self.has_weak_references(value),
            _ => false,
        }
    }

    fn has_weak_references(self, value: Value<'gc>) -> bool {
        let watch = self.state().watch.borrow();
        value
            .address()
            .is_some_and(|at| watch.referred.contains_key(&at))
    }

    /// Takes the next call that is due.
    pub(crate) fn take_ending(self) -> Option<Ending<'gc>> {
        let mut watch = self.state().watch.borrow_mut(self.mc);
        (!watch.due.is_empty()).then(|| watch.due.remove(0))
    }

    /// Whether calls are due that nobody makes yet.
    pub(crate) fn has_endings(self) -> bool {
        let watch = self.state().watch.borrow();
        !watch.calling && !watch.due.is_empty()
    }

    /// Notes whether the calls are being made.
    pub(crate) fn set_calling(self, calling: bool) {
        self.state().watch.borrow_mut(self.mc).calling = calling;
    }
}

/// Whether a generator, or one that it waits for, waits in a handler.
fn waits_for_handler(mut generator: Generator<'_>) -> bool {
    for _ in 0..100 {
        if is_waiting_in_handler(generator) {
            return true;
        }
        match delegate_of(generator) {
            Some(Value::Generator(inner)) => generator = inner,
            _ => return false,
        }
    }
    false
}

/// Whether a generator waits where a handler or `finally` would see its end.
fn is_waiting_in_handler(generator: Generator<'_>) -> bool {
    let data = generator.0.borrow();
    let Some(frame) = &data.frame else {
        return false;
    };
    let at = frame.pc.saturating_sub(1);
    let unit = frame.code.unit();
    data.state == GeneratorState::Suspended
        && unit.exception_table.iter().any(|entry| {
            (entry.start as usize..entry.end as usize).contains(&at) && unit.is_written(entry)
        })
}

/// In an early collection, saves what only a cycle keeps: CPython ends such objects
/// when its collector runs, and not with the last reference from outside.
pub(crate) fn keep_cycles<'gc>(fc: &Finalization<'gc>, ctx: Context<'gc>) {
    let watch = ctx.state().watch.borrow();
    if watch.early.is_none() {
        return;
    }
    let referents = watch.referred.values().map(|referred| referred.referent);
    for weak in watch.ending.iter().copied().chain(referents) {
        let dead = weak.is_dead(fc);
        // Nothing runs before the sweep, so that a look at it is all that is taken.
        if dead
            && let Some(value) = weak.get(fc)
            && is_on_cycle(value)
        {
            weak.revive(fc);
        }
    }
}

/// How many objects are looked at in search of a cycle.
const LOOKED_AT: usize = 1000;

/// Whether a value leads back to itself.
fn is_on_cycle(value: Value<'_>) -> bool {
    let Some(start) = value.address() else {
        return false;
    };
    let mut seen = HashSet::new();
    let mut pending = Vec::new();
    each_held(value, &mut |held| pending.push(held));
    while let Some(next) = pending.pop() {
        match next.address() {
            Some(at) if at == start => return true,
            Some(at) if seen.len() < LOOKED_AT && seen.insert(at) => {
                each_held(next, &mut |held| pending.push(held));
            }
            _ => {}
        }
    }
    false
}

/// Visits what a value holds, as far as programs make cycles of it.
fn each_held<'gc>(value: Value<'gc>, visit: &mut dyn FnMut(Value<'gc>)) {
    match value {
        Value::Object(object) => {
            for (_, held) in object.attributes() {
                visit(held);
            }
            object.values().iter().for_each(|held| visit(*held));
            if let Payload::Builtin(inner) = object.payload() {
                each_held(inner, visit);
            }
        }
        Value::List(list) => list.borrow().iter().for_each(|held| visit(*held)),
        Value::Tuple(tuple) => tuple.items().iter().for_each(|held| visit(*held)),
        Value::Dict(dict) => dict.entries().into_iter().for_each(|(key, held)| {
            visit(key);
            visit(held);
        }),
        Value::Set(set) | Value::FrozenSet(set) => {
            set.0.borrow().iter().for_each(|entry| visit(entry.key));
        }
        Value::BoundMethod(method) => visit(method.0.receiver),
        Value::NativeMethod(method) => visit(method.receiver()),
        Value::Cell(cell) => visit(cell.get()),
        Value::Function(function) => {
            for cell in Gc::as_ref(function.0).closure.iter() {
                visit(Value::Cell(*cell));
            }
            visit(function.fields().defaults);
        }
        Value::Generator(generator) => {
            generator
                .0
                .borrow()
                .stack
                .iter()
                .for_each(|held| visit(*held));
        }
        _ => {}
    }
}

/// Saves the watched objects that are about to end, and queues what they are told.
pub(crate) fn revive<'gc>(fc: &Finalization<'gc>, ctx: Context<'gc>) {
    let mut watch = ctx.state().watch.borrow_mut(ctx.mc);
    let (dead, alive) = std::mem::take(&mut watch.ending)
        .into_iter()
        .partition(|weak| weak.is_dead(fc));
    watch.ending = alive;
    let dead: Vec<WeakValue<'gc>> = dead;
    let mut saved = Vec::new();
    for weak in dead {
        let value = weak.revive(fc);
        if let Some(at) = value.and_then(Value::address) {
            watch.survivors.remove(&at);
        }
        match value {
            Some(Value::Generator(generator)) if is_waiting_in_handler(generator) => {
                saved.push(Ending::Generator(generator));
            }
            Some(value @ Value::Object(_)) => saved.push(Ending::Instance(value)),
            _ => {}
        }
    }
    if watch.early == Some(true) {
        saved.reverse();
    }
    holders_first(&mut saved);
    watch.due.extend(saved);
}

/// How long a chain of holders may be and still be put in order.
const ROUNDS: usize = 8;

/// Orders instances so that one that another of them holds comes after it, as where
/// the last reference decides.
fn holders_first(endings: &mut Vec<Ending<'_>>) {
    let address = |ending: &Ending<'_>| match ending {
        Ending::Instance(value) => value.address(),
        _ => None,
    };
    let mut depth: HashMap<usize, usize> =
        endings.iter().filter_map(address).map(|a| (a, 0)).collect();
    for _ in 0..ROUNDS {
        for ending in endings.iter() {
            let Ending::Instance(Value::Object(object)) = ending else {
                continue;
            };
            let own = address(ending)
                .and_then(|at| depth.get(&at).copied())
                .unwrap_or(0);
            let mut below = |value: Value<'_>| {
                if let Some(held) = value.address().and_then(|at| depth.get_mut(&at)) {
                    *held = (*held).max(own + 1).min(64);
                }
            };
            for (_, value) in object.attributes() {
                match value {
                    Value::List(list) => list.borrow().iter().for_each(|v| below(*v)),
                    Value::Tuple(tuple) => tuple.items().iter().for_each(|v| below(*v)),
                    Value::Dict(dict) => dict
                        .entries()
                        .iter()
                        .map(|(_, v)| v)
                        .for_each(|v| below(*v)),
                    value => below(value),
                }
            }
        }
    }
    endings.sort_by_key(|e| {
        address(e)
            .and_then(|at| depth.get(&at).copied())
            // Deeper than a chain can be: a cycle, which has no first.
            .filter(|depth| *depth <= ROUNDS)
            .unwrap_or(0)
    });
}

/// Drops the references to what is gone, and queues their callbacks.
pub(crate) fn forget<'gc>(fc: &Finalization<'gc>, ctx: Context<'gc>) {
    let mut watch = ctx.state().watch.borrow_mut(ctx.mc);
    let mut called = Vec::new();
    let Watch {
        survivors,
        referred,
        ending,
        ..
    } = &mut *watch;
    referred.retain(|at, referred| {
        referred
            .references
            .retain(|r| !r.is_dropped() && !r.is_dead(fc));
        if !referred.referent.is_dead(fc) {
            return !referred.references.is_empty();
        }
        for reference in &referred.references {
            let Some(data) = reference.upgrade(fc) else {
                continue;
            };
            let reference = Value::Object(Object(data));
            if let Some(data) = reference.native::<Reference<'static>>()
                && !data.callback.is_none()
            {
                called.push(Ending::Callback(reference, data.callback));
            }
        }
        survivors.remove(at);
        false
    });
    if survivors.len() > 10_000 {
        survivors.clear();
    }
    ctx.state()
        .watching
        .set(!referred.is_empty() || !ending.is_empty());
    // Callbacks come before the `__del__` of what else ends.
    called.append(&mut watch.due);
    watch.due = called;
}
