//! The type `Pickler`: what a program sees of it, and the state that outlives a dump.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{defining_method, method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::protocol::attribute::{self, Attr};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{GetSetDef, Getter, Live, Setter, TypeDef, getset};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::Collect;
use gc_arena::barrier::field;
use gc_arena::lock::RefLock;

use super::coder::Coder;
use super::dump::{Dump, Hooks};
use super::memo::Memo;
use super::{Options, memo_proxy};
use crate::pickle::errors::PickleExc::PicklingError;

/// What a Pickler keeps.
#[derive(Default, Collect)]
#[collect(no_drop)]
pub(super) struct State<'gc> {
    /// What `__init__` made of its arguments; none before.
    options: Option<Options<'gc>>,
    #[collect(require_static)]
    binary: i32,
    #[collect(require_static)]
    fast: i32,
    /// `persistent_id` and `dispatch_table`, as set on the instance.
    persistent_id: Option<Value<'gc>>,
    dispatch_table: Option<Value<'gc>>,
    pub(super) memo: Memo<'gc>,
    #[collect(require_static)]
    running: bool,
}

/// The struct behind a Pickler.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Pickler<'gc> {
    state: RefLock<State<'gc>>,
}

impl NativeData for Pickler<'static> {
    type Data<'gc> = Pickler<'gc>;
}

/// The type.
pub static PICKLER: TypeDef = TypeDef {
    name: "Pickler",
    module: "_pickle",
    doc: "This takes a binary file for writing a pickle data stream.",
    methods: &[
        new(
            "__new__($type, /, *args, **kwargs)",
            Plain(|ctx, args| {
                let class = args[0].as_type().unwrap_or(ctx.types().object);
                let data = Pickler {
                    state: RefLock::default(),
                };
                Ok(Value::Object(Object::with_native::<Pickler<'static>>(
                    ctx, class, data,
                )))
            }),
        ),
        slot(
            "__init__($self, /, file, protocol=None, fix_imports=True, buffer_callback=None)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        slot(
            "__getattribute__($self, name, /)",
            "Return getattr(self, name).",
            FlowCall(get_attribute),
        ),
        slot(
            "__setattr__($self, name, value, /)",
            "Implement setattr(self, name, value).",
            FlowCall(|ctx, args| set_attribute(ctx, args[0], args[1], args[2])),
        ),
        slot(
            "__delattr__($self, name, /)",
            "Implement delattr(self, name).",
            FlowCall(|ctx, args| set_attribute(ctx, args[0], args[1], Value::Absent)),
        ),
        method(
            "persistent_id($self, obj, /)",
            "",
            Plain(|_, _| Ok(Value::None)),
        ),
        defining_method(
            "dump($self, obj, /)",
            "Write a pickled representation of the given object to the open file.",
            FlowCall(dump),
        ),
        method(
            "clear_memo($self, /)",
            "Clears the pickler's \"memo\".\n\nThe memo is the data structure that remembers which objects the\npickler has already seen, so that shared or recursive objects are\npickled by reference and not by value.  This method is useful when\nre-using picklers.",
            Plain(|ctx, args| {
                change(ctx, args[0], |state| state.memo.clear())?;
                Ok(Value::None)
            }),
        ),
        method(
            "__sizeof__($self, /)",
            "Returns size in memory, in bytes.",
            Plain(|ctx, args| {
                let count = read(ctx, args[0], |state| state.memo.len())?;
                Ok(Value::from_usize(ctx.mc, 160 + 32 * count))
            }),
        ),
    ],
    getsets: &[
        int_member(
            "bin",
            |ctx, pickler| Ok(Value::Int(read(ctx, pickler, |s| s.binary)?.into())),
            |ctx, pickler, value| {
                let value = int_of(ctx, value)?;
                change(ctx, pickler, |state| state.binary = value)
            },
        ),
        int_member(
            "fast",
            |ctx, pickler| Ok(Value::Int(read(ctx, pickler, |s| s.fast)?.into())),
            |ctx, pickler, value| {
                let value = int_of(ctx, value)?;
                change(ctx, pickler, |state| state.fast = value)
            },
        ),
        GetSetDef {
            name: "dispatch_table",
            doc: "",
            get: |ctx, pickler| {
                let table = read(ctx, pickler, |state| state.dispatch_table)?;
                table.ok_or_else(|| {
                    let name = ctx.intern("dispatch_table");
                    attribute::missing(ctx, pickler, name)
                })
            },
            set: Some(|ctx, pickler, value| {
                let old = change(ctx, pickler, |state| {
                    std::mem::replace(&mut state.dispatch_table, value.present())
                })?;
                match (old, value) {
                    (None, Value::Absent) => {
                        let name = ctx.intern("dispatch_table");
                        Err(attribute::missing(ctx, pickler, name))
                    }
                    _ => Ok(()),
                }
            }),
            member: true,
            live: Live::NO,
        },
        getset(
            "memo",
            "",
            |ctx, pickler| Ok(memo_proxy::make(ctx, pickler)),
            |ctx, pickler, value| {
                let memo = memo_proxy::memo_from(ctx, value)?;
                change(ctx, pickler, |state| state.memo = memo)
            },
        ),
    ],
    ..TypeDef::DEFAULT
};

/// An attribute that is an int of C.
const fn int_member(name: &'static str, get: Getter, set: Setter) -> GetSetDef {
    GetSetDef {
        name,
        doc: "",
        get,
        set: Some(set),
        member: true,
        live: Live::NO,
    }
}

fn int_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i32, Raised<'gc>> {
    if value.is_absent() {
        return Err(ctx.type_error("can't delete numeric/char attribute"));
    }
    // What does not fit loses its upper half, as in C.
    Ok(ctx.index_of_c(value, "long")? as i32)
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Pickler<'gc>, Raised<'gc>> {
    value
        .native::<Pickler<'static>>()
        .ok_or_else(|| ctx.type_error("descriptor requires a '_pickle.Pickler' object"))
}

/// Looks at a Pickler's state.
pub(super) fn read<'gc, T>(
    ctx: Context<'gc>,
    pickler: Value<'gc>,
    look: impl FnOnce(&State<'gc>) -> T,
) -> Result<T, Raised<'gc>> {
    Ok(look(&this(ctx, pickler)?.state.borrow()))
}

/// Changes a Pickler's state.
pub(super) fn change<'gc, T>(
    ctx: Context<'gc>,
    pickler: Value<'gc>,
    change: impl FnOnce(&mut State<'gc>) -> T,
) -> Result<T, Raised<'gc>> {
    if let Value::Object(object) = pickler
        && let Payload::Native(erased) = object.payload()
        && let Some(data) = erased.downcast_write::<Pickler<'static>>(ctx.mc)
    {
        let state = field!(data, Pickler, state).unlock();
        return Ok(change(&mut state.borrow_mut()));
    }
    this(ctx, pickler)?;
    Err(ctx.type_error("descriptor requires a '_pickle.Pickler' object"))
}

/// Takes the memo out of a Pickler whose dump goes on.
pub(super) fn take_memo<'gc>(ctx: Context<'gc>, pickler: Object<'gc>) -> Memo<'gc> {
    let taken = change(ctx, Value::Object(pickler), |state| {
        std::mem::take(&mut state.memo)
    });
    taken.unwrap_or_default()
}

/// Gives the memo back, and tells whether the dump is over.
pub(super) fn give_memo<'gc>(ctx: Context<'gc>, pickler: Object<'gc>, memo: Memo<'gc>, done: bool) {
    // The object is a Pickler: a dump has made sure of it.
    let _ = change(ctx, Value::Object(pickler), |state| {
        state.memo = memo;
        state.running = !done;
    });
}

fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let pickler = args[0];
    if read(ctx, pickler, |state| state.running)? {
        return Err(in_use(ctx));
    }
    let options = Options::new(ctx, args[2], args[3], args[4], Some(args[1]))?;
    change(ctx, pickler, |state| {
        *state = State {
            options: Some(options),
            binary: i32::from(options.protocol > 0),
            persistent_id: state.persistent_id,
            dispatch_table: state.dispatch_table,
            ..State::default()
        };
    })?;
    // A class may have a table of its own.
    let table = ctx.try_attr(pickler, ctx.intern("dispatch_table"))?;
    change(ctx, pickler, |state| state.dispatch_table = table)?;
    Ok(Value::None)
}

fn in_use<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.runtime_error("Pickler object is already used")
}

/// `persistent_id` as set on the instance comes before that of the class.
fn get_attribute<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(name) = args[1].as_str() else {
        return Err(capers_runtime::types::object_type::attribute_name_error(
            ctx, args[1],
        ));
    };
    if name.bytes() == b"persistent_id"
        && let Some(set) = read(ctx, args[0], |state| state.persistent_id)?
    {
        return Ok(Flow::Return(set));
    }
    let class = args[0].class(ctx);
    match attribute::lookup_without_getattr(ctx, args[0], class, name)? {
        Attr::Method(function) => Ok(Flow::Return(attribute::bind(ctx, function, args[0]))),
        Attr::Value(value) => Ok(Flow::Return(value)),
        Attr::Flow(flow) => Ok(flow),
        Attr::Missing => Err(attribute::missing(ctx, args[0], name)),
    }
}

fn set_attribute<'gc>(
    ctx: Context<'gc>,
    pickler: Value<'gc>,
    name: Value<'gc>,
    value: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(text) = name.as_str() else {
        return Err(capers_runtime::types::object_type::attribute_name_error(
            ctx, name,
        ));
    };
    if text.bytes() == b"persistent_id" {
        change(ctx, pickler, |state| state.persistent_id = value.present())?;
        return Ok(Flow::Return(Value::None));
    }
    attribute::set_generic(ctx, pickler, text, value)
}

fn dump<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (pickler, root) = (args[0], args[1]);
    let (options, running) = read(ctx, pickler, |state| (state.options, state.running))?;
    let Some(options) = options else {
        let class = pickler.class(ctx).name_text();
        let message = format!("Pickler.__init__() was not called by {class}.__init__()");
        return Err(PicklingError.error(ctx, message));
    };
    if running {
        return Err(in_use(ctx));
    }
    let reducer_override = ctx.try_attr(pickler, ctx.intern("reducer_override"))?;
    let persistent_id = ctx.try_attr(pickler, ctx.intern("persistent_id"))?;
    // That of the base class is not worth asking.
    let persistent_id = persistent_id.filter(|hook| {
        !matches!(hook, Value::NativeMethod(method)
            if method.function().owner().is_some_and(|o| o == ctx.type_of_def(&PICKLER))
                && method.receiver().is(pickler))
    });
    let state = change(ctx, pickler, |state| {
        state.running = true;
        (state.binary != 0, state.fast != 0, state.dispatch_table)
    })?;
    let (binary, fast, dispatch_table) = state;
    let hooks = Hooks {
        persistent_id: persistent_id.unwrap_or(Value::Absent),
        reducer_override: reducer_override.unwrap_or(Value::Absent),
        dispatch_table: dispatch_table.unwrap_or(Value::Absent),
        ..options.hooks
    };
    let mut coder = Coder::new(options.protocol, &hooks);
    coder.set_binary(binary);
    coder.fast = fast;
    let Value::Object(object) = pickler else {
        return Ok(Flow::Return(Value::None));
    };
    Ok(Flow::frame(Dump::new(
        coder,
        hooks,
        options.fix_imports,
        root,
        Some(object),
    )))
}
