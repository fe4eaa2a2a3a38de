//! `BaseException`: construction, `str`, `repr`, the attributes that every
//! exception has, and the helpers that the other kinds' files share.

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, method, new, slot};
use crate::protocol::{iterate, text};
use crate::raised::Raised;
use crate::types::def::{GetSetDef, Live, getset};
use crate::types::dict::Dict;
use crate::types::exceptions::{self, ExceptionFields, field_at, set_field_at};
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The methods.
pub const METHODS: &[NativeDef] = &[
    // The first row: see `ExceptionTypes::is_plain_new`.
    NEW,
    slot("__repr__($self, /)", "Return repr(self).", FlowCall(repr)),
    slot("__str__($self, /)", "Return str(self).", FlowCall(str)),
    INIT,
    method("__reduce__($self, /)", "", Plain(reduce)),
    method("__setstate__($self, state, /)", "", Plain(set_state)),
    method(
        "with_traceback($self, tb, /)",
        "Set self.__traceback__ to tb and return self.",
        Plain(with_traceback),
    ),
    method(
        "add_note($self, note, /)",
        "Add a note to the exception",
        Plain(add_note),
    ),
];

pub(super) const NEW: NativeDef = new("__new__($type, *args, **kwargs)", Plain(base_new));

const INIT: NativeDef = init(base_init);

/// The declaration of a kind's `__init__`.
pub(super) const fn init(function: crate::native::PlainFn) -> NativeDef {
    slot(
        "__init__($self, /, *args, **kwargs)",
        "Initialize self.  See help(type(self)) for accurate signature.",
        Plain(function),
    )
}

/// The attributes.
pub const MEMBERS: &[GetSetDef] = &[
    GetSetDef {
        name: "__suppress_context__",
        doc: "",
        get: get_suppress_context,
        set: Some(set_suppress_context),
        member: true,
        live: Live::NO,
    },
    getset("__dict__", "", get_dict, set_dict),
    getset("args", "", get_args, set_args),
    getset("__traceback__", "", get_traceback, set_traceback),
    getset("__context__", "", get_context, set_context),
    getset("__cause__", "", get_cause, set_cause),
];

/// A member that holds any object: None while it is not set. `INDEX` is its
/// place in the row.
pub(super) const fn member<const INDEX: usize>(name: &'static str, doc: &'static str) -> GetSetDef {
    GetSetDef {
        name,
        doc,
        get: get_member::<INDEX>,
        set: Some(set_member::<INDEX>),
        member: true,
        live: Live::NO,
    }
}

fn get_member<'gc, const INDEX: usize>(
    _ctx: Context<'gc>,
    object: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(field_at(object, INDEX).or(Value::None))
}

fn set_member<'gc, const INDEX: usize>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    set_field_at(ctx, object, INDEX, value);
    Ok(())
}

/// The receiver of a method as an exception.
pub(super) fn this<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<(Raised<'gc>, ExceptionFields<'gc>), Raised<'gc>> {
    match (
        exceptions::as_exception(ctx, value),
        exceptions::fields(value),
    ) {
        (Some(raised), Some(fields)) => Ok((raised, fields)),
        _ => Err(ctx.type_error("exceptions must derive from BaseException")),
    }
}

/// The arguments of a `(*args, **kwargs)` signature, after the receiver.
pub(super) fn arguments<'gc>(args: &[Value<'gc>]) -> (&'gc [Value<'gc>], Option<Dict<'gc>>) {
    let positional = args.get(1).and_then(|v| v.as_tuple());
    let keywords = args
        .get(2)
        .and_then(|v| v.as_dict())
        .filter(|dict| !dict.is_empty());
    (positional.map_or(&[], Tuple::items), keywords)
}

/// Raises TypeError where there are keyword arguments.
pub(super) fn no_keywords<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    keywords: Option<Dict<'gc>>,
) -> Result<(), Raised<'gc>> {
    match keywords {
        None => Ok(()),
        Some(_) => Err(ctx.type_error(format!(
            "{}() takes no keyword arguments",
            class.name_text()
        ))),
    }
}

fn base_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Type(class) = args[0] else {
        return Err(ctx.type_error("BaseException.__new__(X): X is not a type object"));
    };
    let given = args[1].as_tuple().unwrap_or_else(|| ctx.empty_tuple());
    Ok(Value::Object(exceptions::allocate(ctx, class, given)))
}

fn base_init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (_, keywords) = arguments(args);
    no_keywords(ctx, args[0].class(ctx), keywords)?;
    initialize(ctx, args)?;
    Ok(Value::None)
}

/// What `BaseException.__init__` does but for the check of keywords: sets `args`.
pub(super) fn initialize<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Raised<'gc>, Raised<'gc>> {
    let (raised, _) = this(ctx, args[0])?;
    if let Some(given) = args.get(1).and_then(|v| v.as_tuple()) {
        exceptions::update(ctx, raised.value(), |f| f.args = given);
    }
    Ok(raised)
}

/// `str(exception)` by its `args`.
pub(super) fn str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (_, fields) = this(ctx, args[0])?;
    match fields.args.items() {
        [] => Ok(Flow::Return(ctx.str_value(""))),
        [one] => text::str(ctx, *one),
        _ => text::str(ctx, Value::Tuple(fields.args)),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (_, fields) = this(ctx, args[0])?;
    let shown = match fields.args.items() {
        [one] => *one,
        _ => Value::Tuple(fields.args),
    };
    let flow = text::repr(ctx, shown)?;
    and_then(ctx, flow, args.to_vec(), |ctx, state, result| {
        let shown = result?;
        let (raised, fields) = this(ctx, state[0])?;
        let mut out = raised.0.class().name().bytes().to_vec();
        let one = fields.args.len() == 1;
        if one {
            out.push(b'(');
        }
        out.extend_from_slice(shown.as_str().map_or(&b""[..], |s| s.bytes()));
        if one {
            out.push(b')');
        }
        Ok(Flow::Return(Value::Str(ctx.str_from_vec(out))))
    })
}

/// The instance's `__dict__`, copied; none where nothing has been set.
pub(super) fn dict_copy<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> Option<Dict<'gc>> {
    let attributes = raised.0.attributes();
    if attributes.is_empty() && raised.0.existing_dict().is_none() {
        return None;
    }
    let dict = Dict::new(ctx);
    for (name, value) in attributes {
        if let Some(name) = name.as_str() {
            dict.set_str(ctx, name, value);
        }
    }
    Some(dict)
}

/// `(class, args)` or `(class, args, state)`.
pub(super) fn reduction<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: Tuple<'gc>,
    state: Option<Value<'gc>>,
) -> Value<'gc> {
    let mut parts = vec![Value::Type(raised.0.class()), Value::Tuple(args)];
    parts.extend(state);
    Value::Tuple(ctx.tuple(parts))
}

/// The instance's `__dict__` as the state of a reduction.
pub(super) fn dict_state<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) -> Option<Value<'gc>> {
    let used = raised.0.existing_dict().is_some() || !raised.0.attributes().is_empty();
    used.then(|| Value::Dict(raised.0.dict(ctx)))
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (raised, fields) = this(ctx, args[0])?;
    let state = dict_state(ctx, raised);
    Ok(reduction(ctx, raised, fields.args, state))
}

fn set_state<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if args[1].is_none() {
        return Ok(Value::None);
    }
    let Some(state) = args[1].as_dict() else {
        return Err(ctx.type_error("state is not a dictionary"));
    };
    for (name, value) in state.entries() {
        let Some(name) = name.as_str() else {
            return Err(crate::types::object_type::attribute_name_error(ctx, name));
        };
        ctx.set_attr(args[0], name, value)?;
    }
    Ok(Value::None)
}

fn with_traceback<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    set_traceback(ctx, args[0], args[1])?;
    Ok(args[0])
}

fn add_note<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if args[1].as_str().is_none() {
        return Err(ctx.type_error(format!(
            "add_note() argument must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, args[1])
        )));
    }
    let name = ctx.names().__notes__;
    match ctx.try_attr(args[0], name)? {
        None => {
            let notes = Value::List(List::new(ctx, vec![args[1]]));
            ctx.set_attr(args[0], name, notes)?;
        }
        Some(notes) => match notes.as_list() {
            Some(list) => list.borrow_mut(ctx).push(args[1]),
            None => return Err(ctx.type_error("Cannot add note: __notes__ is not a list")),
        },
    }
    Ok(Value::None)
}

fn get_dict<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let (raised, _) = this(ctx, object)?;
    Ok(raised.0.dict_value(ctx))
}

fn set_dict<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let (raised, _) = this(ctx, object)?;
    if value.is_absent() {
        return Err(ctx.type_error("cannot delete __dict__"));
    }
    if raised.0.set_dict(ctx, value) {
        return Ok(());
    }
    Err(ctx.type_error(format!(
        "__dict__ must be set to a dictionary, not a '{}'",
        ctx.type_name(value)
    )))
}

fn get_args<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::Tuple(this(ctx, object)?.1.args))
}

fn set_args<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    if value.is_absent() {
        return Err(ctx.type_error("args may not be deleted"));
    }
    let args = to_tuple(ctx, value)?;
    exceptions::update(ctx, object, |f| f.args = args);
    Ok(())
}

/// `tuple(iterable)`, for the few short ones that exceptions take.
pub(super) fn to_tuple<'gc>(
    ctx: Context<'gc>,
    iterable: Value<'gc>,
) -> Result<Tuple<'gc>, Raised<'gc>> {
    if let Value::Tuple(tuple) = iterable {
        return Ok(tuple);
    }
    let iterator = iterate::iter(ctx, iterable)?;
    let mut items = Vec::new();
    while let Some(item) = ctx.next(iterator)? {
        items.push(item);
    }
    Ok(ctx.tuple(items))
}

fn get_suppress_context<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(Value::bool(this(ctx, object)?.1.suppress_context))
}

fn set_suppress_context<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    match value {
        Value::Bool(suppress) => {
            exceptions::update(ctx, object, |f| f.suppress_context = suppress.get());
            Ok(())
        }
        Value::Absent => Err(ctx.type_error("can't delete numeric/char attribute")),
        _ => Err(ctx.type_error("attribute value type must be bool")),
    }
}

fn get_traceback<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(this(ctx, object)?.1.traceback)
}

fn set_traceback<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let is_traceback = value
        .native::<crate::types::traceback::Traceback<'_>>()
        .is_some();
    match value {
        Value::Absent => return Err(ctx.type_error("__traceback__ may not be deleted")),
        Value::None => {}
        _ if is_traceback => {}
        _ => return Err(ctx.type_error("__traceback__ must be a traceback or None")),
    }
    exceptions::update(ctx, object, |f| f.traceback = value);
    Ok(())
}

fn get_context<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(this(ctx, object)?.1.context)
}

fn set_context<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    check_link(ctx, value, "context")?;
    exceptions::update(ctx, object, |f| f.context = value);
    Ok(())
}

fn get_cause<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(this(ctx, object)?.1.cause)
}

fn set_cause<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    check_link(ctx, value, "cause")?;
    exceptions::update(ctx, object, |f| {
        f.cause = value;
        f.suppress_context = true;
    });
    Ok(())
}

fn check_link<'gc>(ctx: Context<'gc>, value: Value<'gc>, what: &str) -> Result<(), Raised<'gc>> {
    match value {
        Value::None => Ok(()),
        Value::Absent => Err(ctx.type_error(format!("__{what}__ may not be deleted"))),
        _ if exceptions::as_exception(ctx, value).is_some() => Ok(()),
        _ => Err(ctx.type_error(format!(
            "exception {what} must be None or derive from BaseException"
        ))),
    }
}
