//! `copy`: `copy`, `deepcopy` and `replace`, a client of the runtime's reduce
//! protocol. The walk is in `walk`, what an object has a say in is in `object`,
//! the memo in `memo`, what is its own copy in `atoms`.
//!
//! DIFFERENCE: the functions are Python functions in CPython, and print as such.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::python_function;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::reduce;
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::list::List;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Arguments, Call, Flow, begin};

mod atoms;
mod containers;
mod instances;
mod leaves;
mod memo;
mod object;
mod walk;

use atoms::{Tables, is_deep_atom, is_shallow_atom};
use memo::Memo;
use object::Rebuild;
use walk::Walk;

/// The module.
pub static COPY: ModuleDef = ModuleDef {
    name: "copy",
    doc: "Shallow and deep copies of any object: copy(x), deepcopy(x[, memo]) and\nreplace(x, **changes). What can't be copied raises copy.Error or TypeError.",
    functions: &[
        python_function(
            "copy(x)",
            "Shallow copy operation on arbitrary Python objects.\n\nSee the module's __doc__ string for more info.\n",
            FlowCall(copy),
        ),
        python_function(
            "deepcopy(x, memo=None, _nil=[])",
            "Deep copy operation on arbitrary Python objects.\n\nSee the module's __doc__ string for more info.\n",
            FlowCall(deepcopy),
        ),
        python_function(
            "replace(obj, /, **changes)",
            "Return a new object replacing specified fields with new values.\n\nThis is especially useful for immutable objects, like named tuples or\nfrozen dataclasses.\n",
            FlowCall(replace),
        ),
        python_function(
            "_deepcopy_list(x, memo, deepcopy=None)",
            "",
            FlowCall(deepcopy_container),
        ),
        python_function(
            "_deepcopy_tuple(x, memo, deepcopy=None)",
            "",
            FlowCall(deepcopy_container),
        ),
        python_function(
            "_deepcopy_dict(x, memo, deepcopy=None)",
            "",
            FlowCall(deepcopy_container),
        ),
        python_function(
            "_deepcopy_method(x, memo)",
            "",
            FlowCall(deepcopy_container),
        ),
        python_function("_keep_alive(x, memo)", "", Plain(keep_alive)),
        python_function(
            "_reconstruct(x, memo, func, args, state=None, listiter=None, dictiter=None, *, deepcopy=None)",
            "",
            FlowCall(reconstruct),
        ),
    ],
    types: &[],
    finish: Some(finish),
};

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    let error = error_class(ctx)?;
    dict.set_text(ctx, "Error", error);
    dict.set_text(ctx, "error", error);
    let public = ["Error", "copy", "deepcopy", "replace"];
    let public = public.iter().map(|n| Value::Str(ctx.intern(n))).collect();
    dict.set_text(ctx, "__all__", Value::List(List::new(ctx, public)));
    Tables::install(ctx, module)
}

/// `copy.Error`, made when first asked for.
fn error_class<'gc>(ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    const NAME: &str = "copy.Error";
    if let Some(known) = ctx.registry().get_text(ctx, NAME) {
        return Ok(known);
    }
    let namespace = Dict::new(ctx);
    namespace.set_text(ctx, "__module__", Value::Str(ctx.intern("copy")));
    let base = Value::Type(ctx.exceptions().get(Exc::Exception));
    let arguments = [
        Value::Str(ctx.intern("Error")),
        Value::Tuple(ctx.tuple(vec![base])),
        Value::Dict(namespace),
    ];
    let class = ctx.call(Value::Type(ctx.types().type_), &arguments)?;
    ctx.registry().set_text(ctx, NAME, class);
    Ok(class)
}

/// A `copy.Error`.
fn error<'gc>(ctx: Context<'gc>, message: &str) -> Raised<'gc> {
    match error_class(ctx) {
        Ok(Value::Type(class)) => exceptions::make(ctx, class, &[ctx.str_value(message)]),
        Ok(_) => ctx.runtime_error(message),
        Err(raised) => raised,
    }
}

fn copy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let value = args[0];
    if is_shallow_atom(ctx, value) {
        return Ok(Flow::Return(value));
    }
    let copy = match value {
        Value::List(list) => Value::List(List::new(ctx, list.to_vec())),
        Value::Dict(dict) => Value::Dict(dict.copy(ctx)),
        Value::Set(set) => Value::Set(set.copy(ctx)),
        Value::ByteArray(bytes) => Value::ByteArray(ByteArray::new(ctx, bytes.to_vec())),
        Value::Type(_) => value,
        _ => return copy_object(ctx, value),
    };
    Ok(Flow::Return(copy))
}

fn copy_object<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(tables) = Tables::of(ctx) else {
        return Ok(Flow::Return(value));
    };
    let class = value.class(ctx);
    if !tables.are_untouched() && (tables.shallow_atoms).contains(ctx, Value::Type(class))? {
        return Ok(Flow::Return(value));
    }
    if let Some((object, plan)) = reduce::slotted_instance(ctx, value)
        && let Some(shape) = object.shape()
        && plan.no_copy
        && plan.default_new
        && plan.default_setstate
        && !class.flags().is_abstract
        && (tables.reducers).get(ctx, Value::Type(class))?.is_none()
    {
        let values = object.values().clone();
        let copy = Object::with_values(ctx, class, shape, values);
        return Ok(Flow::Return(Value::Object(copy)));
    }
    begin(ctx, Walk::shallow(ctx, Rebuild::ask(value)))
}

fn deepcopy<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let (value, memo) = (args[0], args[1]);
    if is_deep_atom(ctx, value) {
        return Ok(Flow::Return(value));
    }
    if let (Value::List(_) | Value::Dict(_) | Value::Tuple(_), Value::Absent | Value::None) =
        (value, memo)
        && Tables::of(ctx).is_some_and(Tables::are_untouched)
        && let Some(copy) = leaves::copy_of_few(ctx, value)
    {
        return Ok(Flow::Return(copy));
    }
    begin(ctx, Walk::deep(ctx, value, Memo::new(ctx, memo)))
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let object = args[0];
    let names = ctx.names();
    let class = ctx.get_attr(object, names.__class__)?;
    match ctx.try_attr(class, names.__replace__)? {
        None | Some(Value::None) => {
            let name = ctx.get_attr(class, names.__name__)?;
            let name = ctx.to_str(name)?;
            Err(ctx.type_error(format!(
                "replace() does not support {} objects",
                name.to_string_lossy()
            )))
        }
        Some(callee) => {
            let mut arguments = Arguments::positional(&[object]);
            for (key, value) in args[1].as_dict().map(Dict::entries).unwrap_or_default() {
                if let Some(name) = key.as_str() {
                    arguments.keywords.push((name, value));
                }
            }
            Ok(Flow::Call(Box::new(Call { callee, arguments })))
        }
    }
}

/// `_deepcopy_list` and its kin: copies past the look-up in the memo.
fn deepcopy_container<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    match Walk::container(ctx, args[0], Memo::new(ctx, args[1])) {
        Some(walk) => begin(ctx, walk),
        None => Err(ctx.type_error(format!(
            "'{}' object is not iterable",
            ctx.type_name(args[0])
        ))),
    }
}

fn keep_alive<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Memo::new(ctx, args[1]).keep_alive(ctx, args[0])?;
    Ok(Value::None)
}

fn reconstruct<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let &[
        source,
        memo,
        callable,
        arguments,
        state,
        list_items,
        dict_items,
        ..,
    ] = args
    else {
        return Ok(Flow::Return(Value::None));
    };
    let parts = [
        callable,
        arguments,
        state.or(Value::None),
        list_items.or(Value::None),
        dict_items.or(Value::None),
    ];
    let task = Rebuild::from_parts(source, parts);
    if memo.is_none() {
        return begin(ctx, Walk::shallow(ctx, task));
    }
    begin(ctx, Walk::deep_task(ctx, task, Memo::new(ctx, memo)))
}
