//! What is still to be done of a dump: the path from the root to the object being written, innermost last. Each
//! entry is small, since the path may be millions of entries long.

use capers_runtime::context::Context;
use capers_runtime::object::Object;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::list::List;
use capers_runtime::types::set::Set;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use gc_arena::Collect;

/// How many items a batch has.
pub const BATCH: u16 = 1000;

/// How the items of a list are written.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Items {
    /// One by one, to the end: protocol 0.
    Each,
    /// The only one there was.
    Single,
    /// In batches.
    Batches,
}

/// Up to three opcodes to be written when the work before them is done.
#[derive(Copy, Clone, Debug)]
pub struct Codes(pub [u8; 3], pub u8);

/// An entry of the path.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Work<'gc> {
    /// The items of a list, from `next` on; `count` of them are in the batch.
    List {
        list: List<'gc>,
        next: u32,
        count: u16,
        #[collect(require_static)]
        items: Items,
    },
    /// The items of a tuple, from `next` on.
    Tuple { tuple: Tuple<'gc>, next: u32 },
    /// The entries of a dict that had `size` of them, from position `next` on.
    Dict {
        dict: Dict<'gc>,
        next: u32,
        size: u32,
        count: u16,
        #[collect(require_static)]
        items: Items,
    },
    /// The elements of a set that had `size` of them, from position `next` on.
    Set {
        set: Set<'gc>,
        next: u32,
        size: u32,
        count: u16,
    },
    /// The elements of a frozenset, from position `next` on.
    FrozenSet { set: Set<'gc>, next: u32 },
    /// The attributes of a plain instance that had `size` of them, from `next` on.
    Attributes {
        object: Object<'gc>,
        next: u32,
        size: u32,
    },
    /// The slots of a plain instance, from the one at `next` in its class's order on; `size` of them are set.
    Slots {
        object: Object<'gc>,
        next: u32,
        size: u32,
    },
    /// A plain instance whose class has been written.
    Instance(Object<'gc>),
    /// A plain instance whose `__dict__` has been written.
    State(Object<'gc>),
    /// The value of the entry of a dict whose key is being written, or another value to write.
    Value(Value<'gc>),
    /// The reduction on top of the stack of reductions.
    Reduction,
    /// The iterator on top of the stack of iterators.
    Iterator,
    /// Opcodes to write.
    Codes(#[collect(require_static)] Codes),
    /// The name on top of the stack of names below a module, which GLOBAL finds.
    Name,
    /// An object found by name: STACK_GLOBAL is to be written where the flag says so, and the object put into
    /// the memo.
    Global(Value<'gc>, bool),
    /// The end of a container that fast mode has counted.
    Leave(Value<'gc>),
}

impl<'gc> Work<'gc> {
    /// The tuple that is being written.
    pub fn tuple(&self) -> Option<Tuple<'gc>> {
        match self {
            Work::Tuple { tuple, .. } => Some(*tuple),
            _ => None,
        }
    }

    /// These opcodes.
    pub fn codes(codes: &[u8]) -> Self {
        let mut all = [0; 3];
        let count = codes.len().min(all.len());
        all[..count].copy_from_slice(&codes[..count]);
        Work::Codes(Codes(all, count as u8))
    }

    /// What CPython notes on an error that passes by, except for reductions and iterators, which know it
    /// themselves. `in_key` says that the error came while the key of an entry was written.
    pub fn notes(&self, ctx: Context<'gc>, in_key: bool) -> Vec<String> {
        let item = |class: &str, key: Value<'gc>| {
            // A key whose repr fails goes unmentioned.
            let shown = ctx.repr(key).ok();
            shown.map(|key| format!("when serializing {class} item {}", key.to_string_lossy()))
        };
        let class_of =
            |object: Object<'gc>| capers_runtime::reduce::shown_class(ctx, Value::Object(object));
        let state_of = |object: Object<'gc>, mut notes: Vec<String>| {
            let class = class_of(object);
            notes.push(format!("when serializing {class} state"));
            notes.push(format!("when serializing {class} object"));
            notes
        };
        match *self {
            Work::List { next, .. } => {
                vec![format!(
                    "when serializing list item {}",
                    next.saturating_sub(1)
                )]
            }
            Work::Tuple { next, .. } => {
                vec![format!(
                    "when serializing tuple item {}",
                    next.saturating_sub(1)
                )]
            }
            Work::Dict { dict, next, .. } if !in_key => {
                let position = next.saturating_sub(1) as usize;
                let key = dict.borrow().at(position).map(|e| e.key);
                key.and_then(|key| item("dict", key)).into_iter().collect()
            }
            Work::Set { .. } => vec!["when serializing set element".to_owned()],
            Work::FrozenSet { .. } => vec!["when serializing frozenset element".to_owned()],
            Work::Attributes { object, next, .. } => {
                let name = attribute_name(object, next.saturating_sub(1));
                let note = name.filter(|_| !in_key).and_then(|n| item("dict", n));
                state_of(object, note.into_iter().collect())
            }
            Work::Slots { object, next, .. } => {
                let names = super::instance::slot_name_list(ctx, object);
                let name = names.and_then(|n| n.get(next.saturating_sub(1) as usize));
                let note = name.filter(|_| !in_key).and_then(|n| item("dict", n));
                let tuple = "when serializing tuple item 1".to_owned();
                state_of(object, note.into_iter().chain([tuple]).collect())
            }
            Work::Instance(object) => {
                let class = class_of(object);
                vec![
                    format!("when serializing {class} class"),
                    format!("when serializing {class} object"),
                ]
            }
            Work::State(object) => state_of(object, Vec::new()),
            _ => Vec::new(),
        }
    }
}

/// The name of the attribute at a place among an instance's.
fn attribute_name<'gc>(object: Object<'gc>, place: u32) -> Option<Value<'gc>> {
    let shape = object.shape()?;
    shape.name_at(place as usize).map(Value::Str)
}
