//! "Did you mean": gathers the names that exist for an AttributeError, NameError
//! or ImportError. The comparing is `report::suggest`'s.

use super::{Exc, field, matches};
use crate::context::Context;
use crate::raised::Raised;
use crate::report::suggest;
use crate::types::frame::{self, FrameData};
use crate::types::str::Str;
use crate::types::traceback::Traceback;
use crate::value::Value;

/// What to append to the exception's message; empty where there is nothing to say.
pub fn hint<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, traceback: Value<'gc>) -> String {
    let (name, is_name_error) = if matches(ctx, raised, Exc::ImportError) {
        (field(ctx, raised.value(), "name_from"), false)
    } else if matches(ctx, raised, Exc::NameError) {
        (field(ctx, raised.value(), "name"), true)
    } else if matches(ctx, raised, Exc::AttributeError) {
        (field(ctx, raised.value(), "name"), false)
    } else {
        return String::new();
    };
    let Some(name) = name.as_str() else {
        return String::new();
    };
    let suggestion = suggestion(ctx, raised, traceback, name);
    let text = name.to_string_lossy();
    let module = (is_name_error && is_standard_module(ctx, name)).then_some(&*text);
    suggest::hint(suggestion.as_deref(), module)
}

/// The name that may have been meant.
pub fn suggestion<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    traceback: Value<'gc>,
    wrong: Str<'gc>,
) -> Option<String> {
    let exception = raised.value();
    let text = wrong.to_str()?;
    let frame = innermost_frame(traceback);
    let self_of_frame = frame.and_then(|frame| {
        let locals = frame::locals_by_name(ctx, frame).as_dict()?;
        locals.get_text(ctx, "self")
    });
    if matches(ctx, raised, Exc::AttributeError) {
        let object = field(ctx, exception, "obj").or(Value::None);
        let names = names_of(ctx, object)?;
        let own_method = self_of_frame.is_some_and(|receiver| receiver.is(object));
        return suggest::for_attribute(text, &as_texts(&names), own_method);
    }
    if matches(ctx, raised, Exc::ImportError) {
        let module = ctx
            .modules()
            .get(ctx, field(ctx, exception, "name").present()?)
            .ok()??;
        let names = names_of(ctx, module)?;
        return suggest::for_import(text, &as_texts(&names));
    }
    let frame = frame?;
    let mut names = Vec::new();
    let locals = frame::locals_by_name(ctx, frame).as_dict();
    for scope in locals.into_iter().chain([frame.globals, frame.builtins]) {
        names.extend(scope.entries().into_iter().map(|(name, _)| name));
    }
    let self_has_it = self_of_frame.is_some_and(|receiver| {
        matches!(ctx.try_attr(receiver, ctx.intern_str(wrong)), Ok(Some(_)))
    });
    suggest::for_name(text, &as_texts(&names), self_has_it)
}

fn innermost_frame<'gc>(traceback: Value<'gc>) -> Option<&'gc FrameData<'gc>> {
    let mut last = traceback.native::<Traceback<'_>>()?;
    while let Some(next) = last.next.get().native::<Traceback<'_>>() {
        last = next;
    }
    Value::Object(last.frame).native::<FrameData<'_>>()
}

/// `dir(object)`
fn names_of<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Option<Vec<Value<'gc>>> {
    let dir = ctx.builtins().get_text(ctx, "dir")?;
    let names = ctx.call(dir, &[object]).ok()?;
    Some(names.as_list()?.to_vec())
}

fn as_texts<'gc>(names: &[Value<'gc>]) -> Vec<&'gc str> {
    names
        .iter()
        .filter_map(|name| name.as_str()?.to_str())
        .collect()
}

fn is_standard_module<'gc>(ctx: Context<'gc>, name: Str<'gc>) -> bool {
    let names = ctx
        .modules()
        .get_str(ctx, ctx.names().sys)
        .and_then(|sys| ctx.try_attr(sys, ctx.intern("stdlib_module_names")).ok()?)
        .and_then(Value::as_any_set);
    names.is_some_and(|set| set.contains(ctx, Value::Str(name)).unwrap_or(false))
}
