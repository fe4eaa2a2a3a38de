//! `TypeDef`: how a built-in type is declared, in one place, beside its struct.

use crate::context::Context;
use crate::native::{FlowFn, NativeDef};
use crate::protocol::buffer::Buffer;
use crate::raised::Raised;
use crate::value::Value;
use crate::vm::flow::{LookFn, Next};

/// Reads an attribute: `(ctx, object)`.
pub type Getter = for<'gc> fn(Context<'gc>, Value<'gc>) -> Result<Value<'gc>, Raised<'gc>>;
/// Sets an attribute, or deletes it where the value is absent: `(ctx, object, value)`.
pub type Setter = for<'gc> fn(Context<'gc>, Value<'gc>, Value<'gc>) -> Result<(), Raised<'gc>>;
/// Advances an iterator of the type: `(ctx, iterator)`.
pub type NextFn = for<'gc> fn(Context<'gc>, Value<'gc>) -> Result<Next<'gc>, Raised<'gc>>;

/// Shows the memory of an instance of the type: `(ctx, object)`.
pub type BufferFn = for<'gc> fn(Context<'gc>, Value<'gc>) -> Result<Buffer<'gc>, Raised<'gc>>;

/// A computed attribute: `getset_descriptor`, or `member_descriptor` where
/// `member` says so.
pub struct GetSetDef {
    /// The attribute's name.
    pub name: &'static str,
    /// Its `__doc__`; empty for None.
    pub doc: &'static str,
    /// Reads it.
    pub get: Getter,
    /// Sets or deletes it; none for a read-only attribute.
    pub set: Option<Setter>,
    /// Whether it shows as a `member_descriptor`.
    pub member: bool,
    /// Where reading or setting it takes a look at the running frames: what is done then.
    pub live: Live,
}

/// Work with the running frames for an attribute: with the object, and the value when it is set.
#[derive(Copy, Clone)]
pub struct Live {
    /// Reads it.
    pub get: Option<LookFn>,
    /// Sets or deletes it.
    pub set: Option<LookFn>,
}

impl Live {
    /// No look at frames.
    pub const NO: Live = Live {
        get: None,
        set: None,
    };
}

/// A read-only computed attribute.
pub const fn getter(name: &'static str, doc: &'static str, get: Getter) -> GetSetDef {
    GetSetDef {
        name,
        doc,
        get,
        set: None,
        member: false,
        live: Live::NO,
    }
}

/// A computed attribute that can be set.
pub const fn getset(name: &'static str, doc: &'static str, get: Getter, set: Setter) -> GetSetDef {
    GetSetDef {
        name,
        doc,
        get,
        set: Some(set),
        member: false,
        live: Live::NO,
    }
}

/// A read-only `member_descriptor`.
pub const fn member(name: &'static str, doc: &'static str, get: Getter) -> GetSetDef {
    GetSetDef {
        name,
        doc,
        get,
        set: None,
        member: true,
        live: Live::NO,
    }
}

/// A built-in type's declaration.
pub struct TypeDef {
    /// `__name__`
    pub name: &'static str,
    /// `__module__`
    pub module: &'static str,
    /// Whether `__module__` is the interned string, though it is not `builtins`: so it is
    /// for CPython's static types, and pickles show it.
    pub interned_module: bool,
    /// The base class; none for `object` itself, and `object` where left out.
    pub base: Option<&'static TypeDef>,
    /// `__doc__`; empty for None.
    pub doc: &'static str,
    /// `__text_signature__`; empty for None.
    pub signature: &'static str,
    /// Whether Python classes can derive from it.
    pub subclassable: bool,
    /// Whether instances have a `__dict__` of their own.
    pub has_dict: bool,
    /// Whether instances can be weakly referenced.
    pub weakrefable: bool,
    /// Whether `match` takes instances for sequences.
    pub sequence: bool,
    /// Whether `match` takes instances for mappings.
    pub mapping: bool,
    /// Whether a class pattern with one positional part matches the subject itself.
    pub match_self: bool,
    /// Whether Python code may set the type's attributes (a heap type in CPython).
    pub mutable: bool,
    /// Methods, slot wrappers, class and static methods, `__new__`.
    pub methods: &'static [NativeDef],
    /// Methods that the type shares with others, from one table.
    pub shared_methods: &'static [NativeDef],
    /// Special methods that the type has in its own dict though they are the base's.
    pub repeats: &'static [&'static str],
    /// Its `__new__` only gives instances their payload: CPython's type has none, and
    /// `copyreg` takes it for one that inherits `object`'s.
    pub inherits_new: bool,
    /// Computed attributes.
    pub getsets: &'static [GetSetDef],
    /// Advances an iterator without a Python-level call.
    pub next: Option<NextFn>,
    /// Shows the memory of an instance: the buffer protocol.
    pub buffer: Option<BufferFn>,
    /// Makes an instance of exactly this type from positional arguments alone: the
    /// same as `__new__` and `__init__`, without what calling those two costs.
    pub construct: Option<FlowFn>,
    /// Fills the type's dict with what the tables can't say (constants).
    pub finish: Option<for<'gc> fn(Context<'gc>, crate::types::type_::Type<'gc>)>,
}

impl TypeDef {
    /// Whether it is one of CPython's heap types: those of modules whose names are not
    /// interned. They have their `__module__` in their dicts.
    pub fn is_heap(&self) -> bool {
        !self.interned_module && self.module != "builtins"
    }

    /// What a declaration leaves out.
    pub const DEFAULT: TypeDef = TypeDef {
        name: "",
        module: "builtins",
        interned_module: false,
        base: None,
        doc: "",
        signature: "",
        subclassable: true,
        has_dict: false,
        weakrefable: false,
        sequence: false,
        mapping: false,
        match_self: false,
        mutable: false,
        methods: &[],
        shared_methods: &[],
        repeats: &[],
        inherits_new: false,
        getsets: &[],
        next: None,
        buffer: None,
        construct: None,
        finish: None,
    };
}
