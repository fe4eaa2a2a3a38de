//! Objects written by name: the search for the module, the proof that the name leads to the object, and the forms
//! that the protocols have.

use capers_runtime::context::Context;
use capers_runtime::import::import_module;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::copyreg;
use capers_runtime::types::codecs;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::str::Str;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, Step};

use super::dump::{Dump, Go, Looking, Waiting};
use super::work::Work;
use crate::pickle::compat;
use crate::pickle::errors::PickleExc::PicklingError;
use crate::pickle::opcodes as op;

impl<'gc> Dump<'gc> {
    /// Writes an object as the global of this name, or of the name that it says it has.
    pub(super) fn save_global(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        name: Option<Value<'gc>>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let names = ctx.names();
        let name = match name {
            Some(name) => name,
            None => match ctx.try_attr(object, names.__qualname__)? {
                Some(name) => name,
                None => ctx.get_attr(object, names.__name__)?,
            },
        };
        let path = path_of(ctx, name)?;
        let module = ctx.try_attr(object, names.__module__)?;
        if path.contains(&&b"<locals>"[..]) {
            let shown = ctx.repr(object)?;
            let message = format!("Can't pickle local object {}", shown.to_string_lossy());
            return Err(PicklingError.error(ctx, message));
        }
        let module = match module {
            Some(module) if !module.is_none() => module,
            _ => match module_with(ctx, object, &path)? {
                Some(module) => return self.write_found(ctx, object, name, module),
                None => Value::Str(names.__main__),
            },
        };
        let Some(module_name) = module.as_str() else {
            return Err(ctx.type_error("module name must be a string"));
        };
        self.rare().looking = Some(Looking {
            object,
            name,
            module,
        });
        let imported = match ctx.modules().get_str(ctx, module_name) {
            Some(found) if !found.is_none() => Ok(Flow::Return(found)),
            _ if module_name.is_empty() => Err(ctx.value_error("Empty module name")),
            _ => import_module(ctx, &module_name.to_string_lossy()),
        };
        match imported {
            Ok(Flow::Return(found)) => self.module_found(ctx, Input::Value(found)),
            Ok(flow) => {
                self.waiting = Waiting::Module;
                Ok(Go::Wait(Step::Await(flow)))
            }
            Err(raised) => self.module_found(ctx, Input::Raised(raised)),
        }
    }

    /// Goes on with the module that was imported.
    pub(super) fn module_found(
        &mut self,
        ctx: Context<'gc>,
        input: Input<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let Some(looking) = self.rare().looking.take() else {
            return Ok(Go::On);
        };
        let Looking {
            object,
            name,
            module,
        } = looking;
        let found = match input.value() {
            Ok(found) => found,
            Err(raised) => {
                let kinds = [Exc::ImportError, Exc::ValueError, Exc::KeyError];
                if !kinds.iter().any(|k| exceptions::matches(ctx, raised, *k)) {
                    return Err(raised);
                }
                let why = ctx.to_str(raised.value())?;
                return cannot_pickle(ctx, object, &why.to_string_lossy(), Some(raised));
            }
        };
        // The import statement's answer is what is in `sys.modules`.
        let found = module
            .as_str()
            .and_then(|name| ctx.modules().get_str(ctx, name))
            .unwrap_or(found);
        let where_ = || -> Result<String, Raised<'gc>> {
            let module = ctx.to_str(module)?;
            let name = ctx.to_str(name)?;
            Ok(format!(
                "{}.{}",
                module.to_string_lossy(),
                name.to_string_lossy()
            ))
        };
        let path = path_of(ctx, name)?;
        match follow(ctx, found, &path) {
            Ok(reached) if reached.is(object) => self.write_found(ctx, object, name, module),
            Ok(_) => {
                let why = format!("it's not the same object as {}", where_()?);
                cannot_pickle(ctx, object, &why, None)
            }
            Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => {
                let why = format!("it's not found as {}", where_()?);
                cannot_pickle(ctx, object, &why, Some(raised))
            }
            Err(raised) => Err(raised),
        }
    }

    /// Writes a global that module and name lead to.
    fn write_found(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        name: Value<'gc>,
        module: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if self.coder.protocol >= 2
            && let Some(code) = extension_code(ctx, module, name)?
        {
            self.coder.out.extension(code);
            return Ok(Go::On);
        }
        if self.coder.protocol >= 4 {
            self.work.push(Work::Global(object, true));
            self.work.push(Work::Value(name));
            return Ok(Go::Save(module));
        }
        let path = path_of(ctx, name)?;
        let &[top, ref inner @ ..] = &path[..] else {
            return Ok(Go::On);
        };
        if inner.is_empty() {
            self.write_global(ctx, module, name)?;
            self.coder.memoize(object);
            return Ok(Go::On);
        }
        // getattr(getattr(top, a), b): the innermost call comes last.
        self.work.push(Work::Global(object, false));
        let old = self.coder.protocol < 2;
        for part in inner.iter().rev() {
            let tuple = if old { op::TUPLE } else { op::TUPLE2 };
            self.work.push(Work::codes(&[tuple, op::REDUCE]));
            let part = ctx.str_from_bytes(part);
            self.work.push(Work::Value(Value::Str(part)));
        }
        let top = Value::Str(ctx.str_from_bytes(top));
        self.rare().names.push((module, top));
        self.work.push(Work::Name);
        let getattr = ctx.builtins().get_text(ctx, "getattr");
        for _ in inner {
            if old {
                self.work.push(Work::codes(&[op::MARK]));
            }
            self.work.push(Work::Value(getattr.unwrap_or(Value::None)));
        }
        Ok(Go::On)
    }

    /// GLOBAL, with the names that Python 2 had where they are asked for.
    pub(super) fn write_global(
        &mut self,
        ctx: Context<'gc>,
        module: Value<'gc>,
        name: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let (mut module, mut name) = (module, name);
        if self.fix_imports {
            (module, name) = name_in_python2(ctx, module, name);
        }
        let protocol = self.coder.protocol;
        let fits = |text: Str<'gc>| match protocol {
            3 => text.to_str().is_some(),
            _ => text.is_ascii(),
        };
        let mut lines = Vec::new();
        for (what, value) in [("module", module), ("global", name)] {
            let Some(text) = value.as_str() else {
                continue;
            };
            if !fits(text) {
                let shown = ctx.repr(value)?;
                let message = format!(
                    "can't pickle {what} identifier {} using pickle protocol {protocol}",
                    shown.to_string_lossy()
                );
                let encoding = ctx.str(if protocol == 3 { "utf-8" } else { "ascii" });
                let encoded = codecs::encode(ctx, value, text, Some(encoding), None);
                let error = PicklingError.error(ctx, message);
                if let Err(reason) = encoded.and_then(|flow| ctx.complete(flow)) {
                    let context = ctx.intern("__context__");
                    ctx.set_attr(error.value(), context, reason.value())?;
                }
                return Err(error);
            }
            lines.extend_from_slice(text.bytes());
            lines.push(b'\n');
        }
        self.coder.out.op(op::GLOBAL);
        self.coder.out.raw(&lines);
        Ok(())
    }
}

/// Module and name as Python 2 had them.
fn name_in_python2<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    name: Value<'gc>,
) -> (Value<'gc>, Value<'gc>) {
    let text = |value: Value<'gc>| value.as_str().and_then(|t| t.to_str());
    let (Some(old_module), Some(old_name)) = (text(module), text(name)) else {
        return (module, name);
    };
    if let Some((old_module, old_name)) = compat::name_of_python2(old_module, old_name) {
        return (ctx.str_value(old_module), ctx.str_value(old_name));
    }
    match compat::module_of_python2(old_module) {
        Some(old_module) => (ctx.str_value(old_module), name),
        None => (module, name),
    }
}

/// The parts of a dotted name.
fn path_of<'gc>(ctx: Context<'gc>, name: Value<'gc>) -> Result<Vec<&'gc [u8]>, Raised<'gc>> {
    match name.as_str() {
        Some(text) => Ok(text.bytes().split(|b| *b == b'.').collect()),
        None => {
            let found = ctx.type_name(name);
            Err(ctx.type_error(format!("must be str, not {found}")))
        }
    }
}

/// What attribute after attribute leads to.
fn follow<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    path: &[&[u8]],
) -> Result<Value<'gc>, Raised<'gc>> {
    path.iter().try_fold(module, |object, part| {
        ctx.get_attr(object, ctx.intern_bytes(part))
    })
}

/// The first module of `sys.modules` in which the path leads to the object.
fn module_with<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    path: &[&[u8]],
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    // A copy: looking into a module may import another one.
    for (name, module) in ctx.modules().entries() {
        let skipped = name
            .as_str()
            .is_some_and(|n| matches!(n.bytes(), b"__main__" | b"__mp_main__"));
        if skipped || module.is_none() {
            continue;
        }
        match follow(ctx, module, path) {
            Ok(found) if found.is(object) => return Ok(Some(name)),
            Ok(_) => {}
            Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => {}
            Err(raised) => return Err(raised),
        }
    }
    Ok(None)
}

/// The code that `copyreg.add_extension` gave to the global.
fn extension_code<'gc>(
    ctx: Context<'gc>,
    module: Value<'gc>,
    name: Value<'gc>,
) -> Result<Option<u32>, Raised<'gc>> {
    let registry = copyreg::extension_registry(ctx);
    if registry.is_empty() {
        return Ok(None);
    }
    let key = Value::Tuple(ctx.tuple([module, name]));
    let Some(code) = registry.get(ctx, key)? else {
        return Ok(None);
    };
    let code = ctx.index(code)?;
    let Some(number) = code.as_small_int() else {
        let message = "Python int too large to convert to C long";
        return Err(ctx.error(Exc::OverflowError, message));
    };
    match u32::try_from(number) {
        Ok(code @ 1..=0x7fff_ffff) => Ok(Some(code)),
        _ => Err(ctx.runtime_error(format!("extension code {number} is out of range"))),
    }
}

/// PicklingError "Can't pickle ...", raised while `context` was dealt with.
fn cannot_pickle<'gc, T>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    why: &str,
    context: Option<Raised<'gc>>,
) -> Result<T, Raised<'gc>> {
    let shown = ctx.repr(object)?;
    let message = format!("Can't pickle {}: {why}", shown.to_string_lossy());
    let error = PicklingError.error(ctx, message);
    if let Some(inner) = context {
        exceptions::chain_unless_in_flight(ctx, inner);
        exceptions::update(ctx, error.value(), |fields| {
            fields.context = inner.value();
            // What is being handled comes after that: it is the inner one's context.
            fields.in_flight = true;
        });
    }
    Err(error)
}
