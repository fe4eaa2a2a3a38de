//! Modules. Owns the struct and the type's methods.

use crate::immediate::Truth;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{method, new, slot};
use crate::raised::Raised;
use crate::types::class_layout::get_dict;
use crate::types::def::{TypeDef, getset, member};
use crate::types::dict::Dict;
use crate::types::exceptions::Exc;
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
    repeats: &["__getattribute__"],
    signature: "(name, doc=None)",
    has_dict: true,
    weakrefable: true,
    doc: "Create a module object.\n\nThe name must be a string; the optional docstring can have any type.",
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(module_new)),
        slot(
            "__init__($self, name, doc=None)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        method(
            "__dir__($self, /)",
            "__dir__() -> list\nspecialized dir() implementation",
            Plain(dir),
        ),
    ],
    getsets: &[
        member("__dict__", "", get_dict),
        getset("__annotations__", "", annotations, set_annotations),
        getset("__annotate__", "", annotate, set_annotate),
    ],
    ..TypeDef::DEFAULT
};

fn module_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0].as_type().unwrap_or(ctx.types().module);
    Ok(Value::Module(Module::with_dict(ctx, class, Dict::new(ctx))))
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Module(module) = args[0] else {
        return Ok(Value::None);
    };
    if args[1].as_str().is_none() {
        return Err(ctx.type_error(format!(
            "module() argument 'name' must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, args[1])
        )));
    }
    let (dict, names) = (module.dict(), ctx.names());
    dict.set_str(ctx, names.__name__, args[1]);
    dict.set_str(ctx, names.__doc__, args[2].or(Value::None));
    for attribute in [names.__package__, names.__loader__, names.__spec__] {
        dict.set_str(ctx, attribute, Value::None);
    }
    Ok(Value::None)
}

/// Follows CPython's `_module_repr_from_spec` and `_module_repr`.
fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Module(module) = args[0] else {
        return Ok(ctx.str_value("<module>"));
    };
    let (dict, names) = (module.dict(), ctx.names());
    let shown = |value: Option<Value<'gc>>| match value {
        Some(value) => Ok(ctx.repr(value)?.to_string_lossy().into_owned()),
        None => Ok("'?'".to_owned()),
    };
    let spec = dict.get_str(ctx, names.__spec__).filter(|s| !s.is_none());
    let Some(spec) = spec else {
        let name = shown(dict.get_str(ctx, names.__name__))?;
        return Ok(match dict.get_str(ctx, names.__file__) {
            Some(file) => {
                let file = shown(Some(file))?;
                ctx.str_value(&format!("<module {name} from {file}>"))
            }
            None => ctx.str_value(&format!("<module {name}>")),
        });
    };
    let attribute = |name: &str| ctx.try_attr(spec, ctx.intern(name));
    let name = shown(attribute("name")?)?;
    let origin = attribute("origin")?.filter(|o| !o.is_none());
    let Some(origin) = origin else {
        let kind = if dict.get_str(ctx, names.__path__).is_some() {
            " (namespace)"
        } else {
            ""
        };
        return Ok(ctx.str_value(&format!("<module {name}{kind}>")));
    };
    let has_location = attribute("has_location")?;
    if has_location.is_some_and(|h| matches!(h, Value::Bool(Truth::True))) {
        let origin = shown(Some(origin))?;
        return Ok(ctx.str_value(&format!("<module {name} from {origin}>")));
    }
    let origin = ctx.to_str(origin)?;
    let origin = origin.to_string_lossy();
    let origin = if origin.starts_with("<frozen") {
        "frozen".into()
    } else {
        origin
    };
    Ok(ctx.str_value(&format!("<module {name} ({origin})>")))
}

fn dir<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Module(module) = args[0] else {
        return Ok(Value::None);
    };
    let dict = module.dict();
    if let Some(hook) = dict.get_str(ctx, ctx.names().__dir__) {
        return ctx.call(hook, &[]);
    }
    let names = dict.entries().into_iter().map(|(name, _)| name).collect();
    Ok(Value::List(crate::types::list::List::new(ctx, names)))
}

fn namespace<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Dict<'gc>, Raised<'gc>> {
    match value {
        Value::Module(module) => Ok(module.dict()),
        _ => Err(ctx.type_error("module object expected")),
    }
}

/// `__annotate__`: the function that the compiler made, or None.
fn annotate<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let (dict, name) = (namespace(ctx, value)?, ctx.names().__annotate__);
    if let Some(known) = dict.get_str(ctx, name) {
        return Ok(known);
    }
    dict.set_str(ctx, name, Value::None);
    Ok(Value::None)
}

fn set_annotate<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    new: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let (dict, names) = (namespace(ctx, value)?, ctx.names());
    if new.is_absent() {
        return Err(ctx.type_error("cannot delete __annotate__ attribute"));
    }
    if !new.is_none() && !crate::protocol::call::is_callable(ctx, new) {
        return Err(ctx.type_error("__annotate__ must be callable or None"));
    }
    dict.set_str(ctx, names.__annotate__, new);
    if !new.is_none() {
        dict.remove_str(ctx, names.__annotations__);
    }
    Ok(())
}

/// `__annotations__`: computed by `__annotate__` when first asked for (PEP 649). What a module
/// that is still being run answers is not kept: more may come.
fn annotations<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let (dict, names) = (namespace(ctx, value)?, ctx.names());
    if let Some(known) = dict.get_str(ctx, names.__annotations__) {
        return Ok(known);
    }
    let made = match annotate(ctx, value)? {
        annotate if crate::protocol::call::is_callable(ctx, annotate) => {
            let made = ctx.call(annotate, &[Value::Int(1)])?;
            if made.as_dict().is_none() {
                return Err(ctx.type_error(format!(
                    "__annotate__ returned non-dict of type '{}'",
                    ctx.type_name(made)
                )));
            }
            made
        }
        _ => Value::Dict(Dict::new(ctx)),
    };
    let initializing = match dict.get_str(ctx, names.__spec__) {
        Some(spec) => match ctx.try_attr(spec, ctx.intern("_initializing"))? {
            Some(flag) => ctx.truth(flag)?,
            None => false,
        },
        None => false,
    };
    if !initializing {
        dict.set_str(ctx, names.__annotations__, made);
    }
    Ok(made)
}

fn set_annotations<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    new: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let (dict, names) = (namespace(ctx, value)?, ctx.names());
    if !new.is_absent() {
        dict.set_str(ctx, names.__annotations__, new);
    } else if !dict.remove_str(ctx, names.__annotations__) {
        return Err(ctx.error(Exc::AttributeError, "__annotations__"));
    }
    dict.remove_str(ctx, names.__annotate__);
    Ok(())
}
