//! The exceptions with a few attributes of their own: StopIteration, SystemExit,
//! ImportError, NameError, AttributeError, and KeyError's `str`.

use super::base::{
    self, arguments, dict_copy, init, initialize, member, no_keywords, reduction, this,
};
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, method, slot};
use crate::protocol::text;
use crate::raised::Raised;
use crate::report::suggest;
use crate::types::def::GetSetDef;
use crate::types::dict::Dict;
use crate::types::exceptions::{Exc, field_at, set_field_at};
use crate::value::Value;
use crate::vm::flow::Flow;

/// StopIteration's methods.
pub const STOP_ITERATION_METHODS: &[NativeDef] = &[init(stop_iteration_init)];
/// StopIteration's attributes.
pub const STOP_ITERATION_MEMBERS: &[GetSetDef] = &[member::<0>("value", "generator return value")];

fn stop_iteration_init<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (given, keywords) = arguments(args);
    no_keywords(ctx, args[0].class(ctx), keywords)?;
    let raised = initialize(ctx, args)?;
    set_stop_iteration(ctx, raised, given)?;
    Ok(Value::None)
}

/// Sets `value` from the arguments.
pub(super) fn set_stop_iteration<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let value = args.first().copied().unwrap_or(Value::None);
    set_field_at(ctx, raised.value(), 0, value);
    Ok(())
}

/// SystemExit's methods.
pub const SYSTEM_EXIT_METHODS: &[NativeDef] = &[init(system_exit_init)];
/// SystemExit's attributes.
pub const SYSTEM_EXIT_MEMBERS: &[GetSetDef] = &[member::<0>("code", "exception code")];

fn system_exit_init<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (given, keywords) = arguments(args);
    no_keywords(ctx, args[0].class(ctx), keywords)?;
    let raised = initialize(ctx, args)?;
    set_system_exit(ctx, raised, given)?;
    Ok(Value::None)
}

/// Sets `code` from the arguments.
pub(super) fn set_system_exit<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let code = match args {
        [] => return Ok(()),
        [one] => *one,
        several => Value::Tuple(ctx.tuple(several)),
    };
    set_field_at(ctx, raised.value(), 0, code);
    Ok(())
}

/// ImportError's methods.
pub const IMPORT_ERROR_METHODS: &[NativeDef] = &[
    slot(
        "__str__($self, /)",
        "Return str(self).",
        FlowCall(import_error_str),
    ),
    init(import_error_init),
    method("__reduce__($self, /)", "", Plain(import_error_reduce)),
];
/// ImportError's attributes.
pub const IMPORT_ERROR_MEMBERS: &[GetSetDef] = &[
    member::<0>("msg", "exception message"),
    member::<1>("name", "module name"),
    member::<2>("path", "module path"),
    member::<3>("name_from", "name imported from module"),
];

/// Sets the fields from `first` on that are named in `known` from keyword
/// arguments, and unsets those not given.
fn set_keywords<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    keywords: Option<Dict<'gc>>,
    (kind, known, first): (&str, &[&str], usize),
) -> Result<(), Raised<'gc>> {
    let entries = keywords.map_or_else(Vec::new, Dict::entries);
    if entries.len() > known.len() {
        return Err(ctx.type_error(format!(
            "{kind}() takes at most {} keyword argument{} ({} given)",
            known.len(),
            if known.len() == 1 { "" } else { "s" },
            entries.len()
        )));
    }
    for index in 0..known.len() {
        set_field_at(ctx, raised.value(), first + index, Value::Absent);
    }
    for (name, value) in entries {
        let name = name
            .as_str()
            .map_or_else(String::new, |n| n.to_string_lossy().into());
        let Some(index) = known.iter().position(|k| *k == name) else {
            let hint = suggest::closest(&name, known)
                .map_or_else(String::new, |close| format!(". Did you mean '{close}'?"));
            return Err(ctx.type_error(format!(
                "{kind}() got an unexpected keyword argument '{name}'{hint}"
            )));
        };
        set_field_at(ctx, raised.value(), first + index, value);
    }
    Ok(())
}

fn import_error_init<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (given, keywords) = arguments(args);
    let raised = initialize(ctx, args)?;
    let known = ["name", "path", "name_from"];
    set_keywords(ctx, raised, keywords, ("ImportError", &known, 1))?;
    set_import_message(ctx, raised, given)?;
    Ok(Value::None)
}

/// Sets `msg` from the arguments.
pub(super) fn set_import_message<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let message = match args {
        [one] => *one,
        _ => Value::Absent,
    };
    set_field_at(ctx, raised.value(), 0, message);
    Ok(())
}

fn import_error_str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match field_at(args[0], 0) {
        message @ Value::Str(_) => Ok(Flow::Return(message)),
        _ => base::str(ctx, args),
    }
}

fn import_error_reduce<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (raised, fields) = this(ctx, args[0])?;
    let mut state = dict_copy(ctx, raised);
    for (name, index) in [("name", 1), ("path", 2), ("name_from", 3)] {
        if let Some(value) = field_at(args[0], index).present() {
            state
                .get_or_insert_with(|| Dict::new(ctx))
                .set_text(ctx, name, value);
        }
    }
    Ok(reduction(ctx, raised, fields.args, state.map(Value::Dict)))
}

/// NameError's methods.
pub const NAME_ERROR_METHODS: &[NativeDef] = &[init(name_error_init)];
/// NameError's attributes.
pub const NAME_ERROR_MEMBERS: &[GetSetDef] = &[member::<0>("name", "name")];

fn name_error_init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (_, keywords) = arguments(args);
    let raised = initialize(ctx, args)?;
    set_keywords(ctx, raised, keywords, ("NameError", &["name"], 0))?;
    Ok(Value::None)
}

/// AttributeError's methods.
pub const ATTRIBUTE_ERROR_METHODS: &[NativeDef] = &[
    init(attribute_error_init),
    method("__getstate__($self, /)", "", Plain(attribute_error_state)),
    method("__reduce__($self, /)", "", Plain(attribute_error_reduce)),
];
/// AttributeError's attributes.
pub const ATTRIBUTE_ERROR_MEMBERS: &[GetSetDef] = &[
    member::<0>("name", "attribute name"),
    member::<1>("obj", "object"),
];

fn attribute_error_init<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (_, keywords) = arguments(args);
    let raised = initialize(ctx, args)?;
    set_keywords(
        ctx,
        raised,
        keywords,
        ("AttributeError", &["name", "obj"], 0),
    )?;
    Ok(Value::None)
}

/// `__dict__` with `name` and `args`; `obj` is left out, as it often can't be pickled.
fn attribute_error_state<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (raised, fields) = this(ctx, args[0])?;
    let state = dict_copy(ctx, raised).unwrap_or_else(|| Dict::new(ctx));
    if let Some(name) = field_at(args[0], 0).present() {
        state.set_text(ctx, "name", name);
    }
    state.set_text(ctx, "args", Value::Tuple(fields.args));
    Ok(Value::Dict(state))
}

fn attribute_error_reduce<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let (raised, fields) = this(ctx, args[0])?;
    let state = attribute_error_state(ctx, args)?;
    Ok(reduction(ctx, raised, fields.args, Some(state)))
}

/// KeyError's methods.
pub const KEY_ERROR_METHODS: &[NativeDef] = &[slot(
    "__str__($self, /)",
    "Return str(self).",
    FlowCall(key_error_str),
)];
/// KeyError's attributes: none.
pub const KEY_ERROR_MEMBERS: &[GetSetDef] = &[];

/// A key alone says nothing when it is empty text, so it is shown by its repr.
fn key_error_str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    match this(ctx, args[0])?.1.args.items() {
        [key] => text::repr(ctx, *key),
        _ => base::str(ctx, args),
    }
}

/// The ImportError, or ModuleNotFoundError, of a module.
pub fn import_error<'gc>(
    ctx: Context<'gc>,
    kind: Exc,
    message: &str,
    name: Value<'gc>,
    path: Value<'gc>,
) -> Raised<'gc> {
    let raised = ctx.error(kind, message);
    set_field_at(ctx, raised.value(), 1, name);
    set_field_at(ctx, raised.value(), 2, path);
    raised
}
