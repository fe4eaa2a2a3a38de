//! Modules. Owns the struct and the type's methods.

use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::types::class_layout::get_dict;
use crate::types::def::{TypeDef, getter};
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::type_::Type;
use crate::value::Value;

/// The struct behind a [`Module`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct ModuleData<'gc> {
    class: gc_arena::lock::Lock<Type<'gc>>,
    /// `__dict__`
    pub dict: Dict<'gc>,
}

/// A Python module.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Module<'gc>(pub Gc<'gc, ModuleData<'gc>>);

impl<'gc> Module<'gc> {
    /// A new module with the attributes that every module has.
    pub fn new(ctx: Context<'gc>, name: Str<'gc>) -> Self {
        let dict = Dict::new(ctx);
        let names = ctx.names();
        dict.set_str(ctx, names.__name__, Value::Str(name));
        for attribute in [
            names.__doc__,
            names.__package__,
            names.__loader__,
            names.__spec__,
        ] {
            dict.set_str(ctx, attribute, Value::None);
        }
        Module::with_dict(ctx, ctx.types().module, dict)
    }

    /// A module of a class of its own, over a dict.
    pub fn with_dict(ctx: Context<'gc>, class: Type<'gc>, dict: Dict<'gc>) -> Self {
        let class = gc_arena::lock::Lock::new(class);
        Module(Gc::new(ctx.mc, ModuleData { class, dict }))
    }

    /// Its class: `types.ModuleType` or a subclass.
    pub fn class(self, _ctx: Context<'gc>) -> Type<'gc> {
        Gc::as_ref(self.0).class.get()
    }

    /// Assigns `__class__`.
    pub fn set_class(self, ctx: Context<'gc>, class: Type<'gc>) {
        gc_arena::barrier::unlock!(Gc::write(ctx.mc, self.0), ModuleData, class).set(class);
    }

    /// `__dict__`
    pub fn dict(self) -> Dict<'gc> {
        self.0.dict
    }
}

/// The type.
pub static MODULE: TypeDef = TypeDef {
    name: "module",
    has_dict: true,
    weakrefable: true,
    getsets: &[getter("__dict__", "", get_dict)],
    ..TypeDef::DEFAULT
};
