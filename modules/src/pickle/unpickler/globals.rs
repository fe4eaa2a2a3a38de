//! Finding globals by name: what `Unpickler.find_class` does.

use gc_arena::Collect;

use capers_runtime::context::Context;
use capers_runtime::import::import_module;
use capers_runtime::protocol::attribute::{self, Attr};
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::object_type::attribute_name_error;
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, and_then};

/// The object that `name` names in `module`, which is imported. Up to protocol
/// 2, with `fix_imports`, names of Python 2 are replaced by today's; from
/// protocol 4 on a name may be a dotted path. The flow's result is the object.
pub fn find_class<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    name: Value<'gc>,
    protocol: u8,
    fix_imports: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (module, name) = if protocol < 3 && fix_imports {
        renamed(ctx, module, name)?
    } else {
        (module, name)
    };
    let Some(module_name) = module.as_str() else {
        return Err(ctx.type_error("module name must be a string"));
    };
    let dotted = protocol >= 4;
    match import(ctx, module_name)? {
        Flow::Return(found) => resolve(ctx, found, module, name, dotted),
        flow => {
            let state = vec![module, name, Value::bool(dotted)];
            and_then(ctx, flow, state, |ctx, state, result| {
                let dotted = ctx.truth(state[2])?;
                resolve(ctx, result?, state[0], state[1], dotted)
            })
        }
    }
}

/// Imports as CPython's `PyImport_Import` does: through `builtins.__import__`,
/// if a program has replaced that.
fn import<'gc>(ctx: Context<'gc>, name: Str<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = ctx.names();
    match ctx.builtins().get_str(ctx, names.__import__) {
        Some(Value::Native(native)) if native.def().name() == "__import__" => {
            if name.is_empty() {
                return Err(ctx.value_error("Empty module name"));
            }
            import_module(ctx, &name.to_string_lossy())
        }
        Some(hook) => {
            let globals = Value::Dict(Dict::new(ctx));
            let wanted = ctx.tuple([Value::Str(names.__doc__)]);
            let arguments = [
                Value::Str(name),
                globals,
                globals,
                Value::Tuple(wanted),
                Value::Int(0),
            ];
            let call = Flow::call(hook, &arguments);
            and_then(ctx, call, vec![Value::Str(name)], |ctx, state, result| {
                let answer = result?;
                let found = ctx.modules().get(ctx, state[0])?;
                Ok(Flow::Return(found.unwrap_or(answer)))
            })
        }
        None => Err(ctx.error(Exc::ImportError, "__import__ not found")),
    }
}

/// What a module and a name of Python 2 are called today.
fn renamed<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    name: Value<'gc>,
) -> Result<(Value<'gc>, Value<'gc>), Raised<'gc>> {
    let mappings = ctx.complete(import_module(ctx, "_compat_pickle")?)?;
    let mapping = |which: &str| -> Result<Dict<'gc>, Raised<'gc>> {
        let found = ctx.get_attr(mappings, ctx.intern(which))?;
        found.as_dict().ok_or_else(|| {
            let class = ctx.type_name(found);
            let message = format!("_compat_pickle.{which} should be a dict, not {class}");
            ctx.runtime_error(message)
        })
    };
    let pair = Value::Tuple(ctx.tuple([module, name]));
    if let Some(new) = mapping("NAME_MAPPING")?.get(ctx, pair)? {
        let Some(&[module, name]) = new.as_tuple().map(|t| t.items()) else {
            return Err(ctx.runtime_error(format!(
                "_compat_pickle.NAME_MAPPING values should be 2-tuples, not {}",
                ctx.type_name(new)
            )));
        };
        if module.as_str().is_none() || name.as_str().is_none() {
            return Err(ctx.runtime_error(format!(
                "_compat_pickle.NAME_MAPPING values should be pairs of str, not ({}, {})",
                ctx.type_name(module),
                ctx.type_name(name)
            )));
        }
        return Ok((module, name));
    }
    match mapping("IMPORT_MAPPING")?.get(ctx, module)? {
        Some(new) if new.as_str().is_some() => Ok((new, name)),
        Some(new) => Err(ctx.runtime_error(format!(
            "_compat_pickle.IMPORT_MAPPING values should be strings, not {}",
            ctx.type_name(new)
        ))),
        None => Ok((module, name)),
    }
}

/// The attribute of an imported module, or what a path leads to from it.
fn resolve<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    module_name: Value<'gc>,
    name: Value<'gc>,
    dotted: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let Some(text) = name.as_str() else {
        return Err(match dotted {
            true => ctx.type_error(format!("must be str, not {}", ctx.type_name(name))),
            false => attribute_name_error(ctx, name),
        });
    };
    if !dotted || memchr::memchr(b'.', text.bytes()).is_none() {
        return attribute::get(ctx, module, ctx.intern_str(text));
    }
    let path = text.bytes().split(|byte| *byte == b'.');
    Ok(Flow::frame(Path {
        object: module,
        path: path.map(|part| ctx.intern_bytes(part)).collect(),
        done: 0,
        module_name,
        name,
    }))
}

/// Walks along a dotted path.
#[derive(Collect)]
#[collect(no_drop)]
struct Path<'gc> {
    object: Value<'gc>,
    path: Vec<Str<'gc>>,
    done: usize,
    module_name: Value<'gc>,
    name: Value<'gc>,
}

impl<'gc> Path<'gc> {
    /// An AttributeError on the way says which path it was.
    fn failed(&self, ctx: Context<'gc>, raised: Raised<'gc>) -> Result<Raised<'gc>, Raised<'gc>> {
        if !exceptions::matches(ctx, raised, Exc::AttributeError) {
            return Ok(raised);
        }
        let (name, module) = (ctx.repr(self.name)?, ctx.repr(self.module_name)?);
        let message = format!(
            "Can't resolve path {} on module {}",
            name.to_string_lossy(),
            module.to_string_lossy()
        );
        let error = ctx.error(Exc::AttributeError, message);
        exceptions::update(ctx, error.value(), |fields| fields.context = raised.value());
        Ok(error)
    }
}

impl<'gc> NativeFrame<'gc> for Path<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Start => {}
            input => match input.value() {
                Ok(value) => self.object = value,
                Err(raised) => return Err(self.failed(ctx, raised)?),
            },
        }
        while let Some(name) = self.path.get(self.done).copied() {
            self.done += 1;
            self.object = match attribute::lookup(ctx, self.object, name) {
                Ok(Attr::Method(function)) => attribute::bind(ctx, function, self.object),
                Ok(Attr::Value(value)) => value,
                Ok(Attr::Flow(flow)) => return Ok(Step::Await(flow)),
                Ok(Attr::Missing) => {
                    let raised = attribute::missing(ctx, self.object, name);
                    return Err(self.failed(ctx, raised)?);
                }
                Err(raised) => return Err(self.failed(ctx, raised)?),
            };
        }
        Ok(Step::Return(self.object))
    }
}
