//! `_weakref`: references that do not keep their object alive. Proxies are in
//! `weakref_proxy`, the containers of `weakref` are frozen Python. When and how an
//! object's end is noticed: see `capers_runtime::weak`.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, function, new, slot};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, member};
use capers_runtime::types::generic_alias;
use capers_runtime::types::list::List;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, after_collection};
use capers_runtime::weak::{Reference, WeakValue};

use crate::weakref_proxy::{CALLABLE_PROXY, PROXY, make_proxy};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// `weakref.ref`
pub static REFERENCE: TypeDef = TypeDef {
    name: "ReferenceType",
    module: "weakref",
    interned_module: true,
    methods: &[
        new("__new__($type, /, *args, **kwargs)", Plain(make)),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            FlowCall(init),
        ),
        slot(
            "__call__($self, /)",
            "Call self as a function.",
            Plain(|ctx, args| {
                Ok(this(ctx, args[0])?
                    .referent
                    .get(ctx.mc)
                    .unwrap_or(Value::None))
            }),
        ),
        slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
        slot("__ne__($self, value, /)", "Return self!=value.", Plain(ne)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[member("__callback__", "", |ctx, v| {
        let reference = this(ctx, v)?;
        let alive = reference.referent.get(ctx.mc).is_some();
        Ok(if alive {
            reference.callback
        } else {
            Value::None
        })
    })],
    ..TypeDef::DEFAULT
};

/// The module.
pub static WEAKREF: ModuleDef = ModuleDef {
    name: "_weakref",
    doc: "Weak-reference support module.",
    functions: &[
        function(
            "getweakrefcount(object, /)",
            "Return the number of weak references to 'object'.",
            FlowCall(|_, args| {
                Ok(after_collection(args, |ctx, args| {
                    Ok(Value::from_usize(
                        ctx.mc,
                        ctx.weak_references(args[0]).len(),
                    ))
                }))
            }),
        ),
        function(
            "getweakrefs(object, /)",
            "Return a list of all weak reference objects pointing to 'object'.",
            FlowCall(|_, args| {
                Ok(after_collection(args, |ctx, args| {
                    Ok(Value::List(List::new(ctx, ctx.weak_references(args[0]))))
                }))
            }),
        ),
        function(
            "proxy(object, callback=None, /)",
            "Create a proxy object that weakly references 'object'.\n\n'callback', if given, is called with a reference to the\nproxy when 'object' is about to be finalized.",
            FlowCall(|ctx, args| make_proxy(ctx, args).map(Flow::Return)),
        ),
    ],
    types: &[&REFERENCE, &PROXY, &CALLABLE_PROXY],
    finish: Some(|ctx, module: Module<'_>| {
        let class = Value::Type(ctx.type_of_def(&REFERENCE));
        module.dict().set_text(ctx, "ref", class);
        Ok(())
    }),
};

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Reference<'gc>, Raised<'gc>> {
    value
        .native::<Reference<'static>>()
        .ok_or_else(|| ctx.type_error("a weak reference is required"))
}

/// The weak form of what a reference is to be made to.
pub fn referent<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<WeakValue<'gc>, Raised<'gc>> {
    let class = value.class(ctx);
    match WeakValue::of(value) {
        Some(weak) if class.flags().weakrefable => Ok(weak),
        _ => Err(ctx.type_error(format!(
            "cannot create weak reference to '{}' object",
            ctx.type_name(value)
        ))),
    }
}

/// Whether a reference or proxy is one that is shared: of exactly this kind, and
/// without a callback.
fn is_shared<'gc>(ctx: Context<'gc>, value: Value<'gc>, kind: &'static TypeDef) -> bool {
    let data = value.native::<Reference<'static>>();
    value.class(ctx) == ctx.type_of_def(kind) && data.is_some_and(|d| d.callback.is_none())
}

/// A reference of a type of this file or of `weakref_proxy`: the one that is there,
/// if it can be shared.
pub fn reference<'gc>(
    ctx: Context<'gc>,
    kind: &'static TypeDef,
    class: capers_runtime::types::type_::Type<'gc>,
    object: Value<'gc>,
    callback: Value<'gc>,
) -> Answer<'gc> {
    let weak = referent(ctx, object)?;
    let known = ctx.weak_references(object);
    let shared = |kind| known.iter().find(|r| is_shared(ctx, **r, kind)).copied();
    let sharable = callback.is_none() && class == ctx.type_of_def(kind);
    if sharable && let Some(shared) = shared(kind) {
        return Ok(shared);
    }
    let data = Reference {
        referent: weak,
        callback,
        hash: Cell::new(None),
    };
    let made = Object::with_native::<Reference<'static>>(ctx, class, data);
    // The shared reference comes first, then the shared proxy, then the newest.
    let references = usize::from(shared(&REFERENCE).is_some());
    let is_reference = std::ptr::eq(kind, &REFERENCE);
    let place = match (sharable, is_reference) {
        (true, true) => 0,
        (true, false) => references,
        (false, _) => {
            let proxies = shared(&PROXY).or_else(|| shared(&CALLABLE_PROXY));
            references + usize::from(proxies.is_some())
        }
    };
    ctx.add_weak_reference(object, made, place);
    Ok(Value::Object(made))
}

fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&REFERENCE));
    let given = args[1].as_tuple().unwrap_or_else(|| ctx.empty_tuple());
    let (object, callback) = match *given.items() {
        [object] => (object, Value::None),
        [object, callback] => (object, callback),
        ref other => return Err(wrong_count(ctx, "__new__", other.len())),
    };
    reference(ctx, &REFERENCE, class, object, callback)
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    if args[2]
        .as_dict()
        .is_some_and(|keywords| !keywords.is_empty())
    {
        return Err(ctx.type_error("ref() takes no keyword arguments"));
    }
    match args[1].as_tuple().map_or(&[][..], |given| given.items()) {
        // The argument may have been the last reference to the object.
        [object] | [object, _] if ctx.look_into_referent(*object) => {
            Ok(after_collection(&[], |_, _| Ok(Value::None)))
        }
        [_] | [_, _] => Ok(Flow::Return(Value::None)),
        given => Err(wrong_count(ctx, "__init__", given.len())),
    }
}

fn wrong_count<'gc>(ctx: Context<'gc>, name: &str, given: usize) -> Raised<'gc> {
    let wanted = if given == 0 {
        "least 1 argument"
    } else {
        "most 2 arguments"
    };
    ctx.type_error(format!("{name} expected at {wanted}, got {given}"))
}

fn equal<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Option<bool>, Raised<'gc>> {
    let Some(other) = args[1].native::<Reference<'static>>() else {
        return Ok(None);
    };
    if !args[1]
        .class(ctx)
        .is_subclass_of(ctx.type_of_def(&REFERENCE))
    {
        return Ok(None);
    }
    let pair = (
        this(ctx, args[0])?.referent.get(ctx.mc),
        other.referent.get(ctx.mc),
    );
    Ok(Some(match pair {
        (Some(a), Some(b)) => ctx.same_or_equal(a, b)?,
        _ => args[0].is(args[1]),
    }))
}

fn eq<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(equal(ctx, args)?.map_or(Value::NotImplemented, Value::bool))
}

fn ne<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    Ok(equal(ctx, args)?.map_or(Value::NotImplemented, |same| Value::bool(!same)))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let reference = this(ctx, args[0])?;
    if let Some(hash) = reference.hash.get() {
        return Ok(Value::Int(hash));
    }
    let Some(referent) = reference.referent.get(ctx.mc) else {
        return Err(ctx.type_error("weak object has gone away"));
    };
    let hash = ctx.hash(referent)?;
    reference.hash.set(Some(hash));
    Ok(Value::Int(hash))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let at = args[0].address().unwrap_or(0);
    let Some(referent) = this(ctx, args[0])?.referent.get(ctx.mc) else {
        return Ok(ctx.str_value(&format!("<weakref at {at:#x}; dead>")));
    };
    let name = ctx.try_attr(referent, ctx.names().__name__)?;
    let name = name.and_then(|name| name.as_str());
    let name = name.map_or_else(String::new, |n| format!(" ({})", n.to_string_lossy()));
    Ok(ctx.str_value(&format!(
        "<weakref at {at:#x}; to '{}' at {:#x}{name}>",
        ctx.type_name(referent),
        referent.address().unwrap_or(0)
    )))
}
