//! Binding the arguments of a call to parameters: of Python functions and of
//! natives, with CPython's TypeErrors.

use smallvec::SmallVec;

use crate::bytecode::CodeFlags;
use crate::context::Context;
use crate::native::{NativeKind, Param, ParamKind, Signature};
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::native_function::NativeFunction;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::bind_errors::wrong_arguments;

/// Arguments of a native, one for each parameter.
pub type Bound<'gc> = SmallVec<[Value<'gc>; 8]>;

impl<'gc> Vm<'gc> {
    /// Binds the arguments from `first` on to the parameters of a Python function
    /// where they lie: defaults and keywords that name parameters, `*args`. False,
    /// with nothing changed, where they don't fit.
    pub(super) fn bind_in_place(
        &mut self,
        ctx: Context<'gc>,
        function: Function<'gc>,
        first: usize,
        names: Option<Tuple<'gc>>,
    ) -> bool {
        let code = gc_arena::Gc::as_ref(function.code().0);
        let unit = &code.unit;
        let names = names.map_or(&[][..], |t| t.items());
        let argcount = code.argcount;
        let total = argcount + unit.kwonlyargcount as usize;
        let has_rest = unit.flags.has(CodeFlags::VARARGS);
        let given = self.top - first - names.len();
        if given > argcount && !has_rest {
            return false;
        }
        let direct = given.min(argcount);
        let mut missing: SmallVec<[Value<'gc>; 8]> =
            SmallVec::from_elem(Value::Absent, total - direct);
        for (name, value) in names.iter().zip(&self.stack[first + given..self.top]) {
            let Value::Str(name) = name else { return false };
            let start = direct.max(unit.posonlyargcount as usize);
            let parameters = code.slot_names.get(start..total).unwrap_or(&[]);
            match parameters.iter().position(|p| p.same(*name)) {
                Some(place) => missing[start + place - direct] = *value,
                None => return false,
            }
        }
        if missing.iter().any(|v| v.is_absent()) {
            let fields = function.fields();
            let defaults = fields.defaults.as_tuple().map_or(&[][..], Tuple::items);
            let first_default = argcount.saturating_sub(defaults.len());
            for (place, value) in (direct..).zip(missing.iter_mut()) {
                if !value.is_absent() {
                    continue;
                }
                let default = if place >= argcount {
                    let by_name = fields.kwdefaults.as_dict();
                    by_name.and_then(|d| d.get_str(ctx, code.slot_names[place]))
                } else {
                    place
                        .checked_sub(first_default)
                        .and_then(|n| defaults.get(n).copied())
                };
                match default {
                    Some(default) => *value = default,
                    None => return false,
                }
            }
        }
        let rest = has_rest.then(|| ctx.tuple(&self.stack[first + direct..first + given]));
        self.top = first + direct;
        self.push_all(&missing);
        if let Some(rest) = rest {
            self.push(Value::Tuple(rest));
        }
        if unit.flags.has(CodeFlags::VARKEYWORDS) {
            self.push(Value::Dict(Dict::new(ctx)));
        }
        true
    }
}

/// Binds the arguments of a Python function and pushes one value for each
/// parameter (starred ones included) onto `slots`, which is empty. Follows CPython's
/// `initialize_locals`.
pub fn bind_python<'gc>(
    ctx: Context<'gc>,
    function: Function<'gc>,
    positional: &[Value<'gc>],
    keywords: &[(Str<'gc>, Value<'gc>)],
    slots: &mut SmallVec<[Value<'gc>; 16]>,
) -> Result<(), Raised<'gc>> {
    let fields = function.fields();
    let code = function.code();
    let unit = code.unit();
    let names = &code.0.slot_names;
    let argcount = unit.argcount as usize;
    let total = argcount + unit.kwonlyargcount as usize;
    let has_rest = unit.flags.has(CodeFlags::VARARGS);
    let has_keywords = unit.flags.has(CodeFlags::VARKEYWORDS);

    slots.resize(total, Value::Absent);
    let direct = positional.len().min(argcount);
    slots[..direct].copy_from_slice(&positional[..direct]);
    let extra = has_keywords.then(|| Dict::new(ctx));

    for (index, &(name, value)) in keywords.iter().enumerate() {
        let first = unit.posonlyargcount as usize;
        let place = (first..total).find(|&i| names[i].has_text_of(name));
        match (place, extra) {
            (Some(place), _) => {
                if !slots[place].is_absent() {
                    return Err(ctx.type_error(format!(
                        "{}() got multiple values for argument '{}'",
                        fields.qualname.to_string_lossy(),
                        name.to_string_lossy()
                    )));
                }
                slots[place] = value;
            }
            (None, Some(extra)) => extra.set_str(ctx, name, value),
            (None, None) => {
                return Err(unexpected_keyword(
                    ctx,
                    function,
                    &keywords[index..],
                    name,
                    keywords,
                ));
            }
        }
    }

    if positional.len() > argcount && !has_rest {
        return Err(too_many_positional(ctx, function, positional.len(), slots));
    }

    if positional.len() < argcount {
        let defaults = fields.defaults.as_tuple();
        let defaults = defaults.map_or(&[][..], |t| t.items());
        let first_default = argcount.saturating_sub(defaults.len());
        let missing: Vec<Str<'gc>> = (positional.len()..first_default.max(positional.len()))
            .filter(|&i| slots[i].is_absent())
            .map(|i| names[i])
            .collect();
        if !missing.is_empty() {
            return Err(missing_arguments(ctx, function, &missing, "positional"));
        }
        for i in first_default.max(positional.len())..argcount {
            if slots[i].is_absent() {
                slots[i] = defaults[i - first_default];
            }
        }
    }
    if total > argcount {
        let defaults = fields.kwdefaults.as_dict();
        let mut missing = Vec::new();
        for i in argcount..total {
            if slots[i].is_absent() {
                match defaults.and_then(|d| d.get_str(ctx, names[i])) {
                    Some(default) => slots[i] = default,
                    None => missing.push(names[i]),
                }
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(ctx, function, &missing, "keyword-only"));
        }
    }
    if has_rest {
        let rest = positional.get(argcount..).unwrap_or(&[]);
        slots.push(Value::Tuple(ctx.tuple(rest)));
    }
    if let Some(extra) = extra {
        slots.push(Value::Dict(extra));
    }
    Ok(())
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn too_many_positional<'gc>(
    ctx: Context<'gc>,
    function: Function<'gc>,
    given: usize,
    slots: &[Value<'gc>],
) -> Raised<'gc> {
    let fields = function.fields();
    let unit = function.code().unit();
    let argcount = unit.argcount as usize;
    let defaults = fields.defaults.as_tuple().map_or(0, |t| t.len());
    let keyword_only = slots[argcount..].iter().filter(|v| !v.is_absent()).count();
    let takes = if defaults > 0 {
        format!("from {} to {argcount}", argcount.saturating_sub(defaults))
    } else {
        argcount.to_string()
    };
    let takes_plural = if defaults > 0 { "s" } else { plural(argcount) };
    let kwonly = match keyword_only {
        0 => String::new(),
        n => format!(
            " positional argument{} (and {n} keyword-only argument{})",
            plural(given),
            plural(n)
        ),
    };
    let was = if given == 1 && keyword_only == 0 {
        "was"
    } else {
        "were"
    };
    ctx.type_error(format!(
        "{}() takes {takes} positional argument{takes_plural} but {given}{kwonly} {was} given",
        fields.qualname.to_string_lossy(),
    ))
}

fn missing_arguments<'gc>(
    ctx: Context<'gc>,
    function: Function<'gc>,
    missing: &[Str<'gc>],
    kind: &str,
) -> Raised<'gc> {
    let quoted: Vec<String> = missing
        .iter()
        .map(|n| format!("'{}'", n.to_string_lossy()))
        .collect();
    let list = match quoted.as_slice() {
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
        [] => String::new(),
    };
    ctx.type_error(format!(
        "{}() missing {} required {kind} argument{}: {list}",
        function.fields().qualname.to_string_lossy(),
        missing.len(),
        plural(missing.len()),
    ))
}

fn unexpected_keyword<'gc>(
    ctx: Context<'gc>,
    function: Function<'gc>,
    _rest: &[(Str<'gc>, Value<'gc>)],
    name: Str<'gc>,
    keywords: &[(Str<'gc>, Value<'gc>)],
) -> Raised<'gc> {
    let fields = function.fields();
    let unit = function.code().unit();
    let names = &function.code().0.slot_names;
    let positional_only: Vec<String> = names[..unit.posonlyargcount as usize]
        .iter()
        .filter(|n| keywords.iter().any(|(k, _)| k.has_text_of(**n)))
        .map(|n| n.to_string_lossy().into_owned())
        .collect();
    let qualname = fields.qualname.to_string_lossy();
    if !positional_only.is_empty() {
        return ctx.type_error(format!(
            "{qualname}() got some positional-only arguments passed as keyword arguments: '{}'",
            positional_only.join(", ")
        ));
    }
    let total = (unit.argcount + unit.kwonlyargcount) as usize;
    let candidates: Vec<&str> = names[unit.posonlyargcount as usize..total]
        .iter()
        .filter_map(|n| n.to_str())
        .collect();
    let text = name.to_string_lossy();
    let hint = match crate::report::suggest::closest(&text, &candidates) {
        Some(close) => format!(". Did you mean '{close}'?"),
        None => String::new(),
    };
    ctx.type_error(format!(
        "{qualname}() got an unexpected keyword argument '{text}'{hint}"
    ))
}

/// Binds the arguments of a native; `args` counts the receiver. `is_bound` tells
/// that the native was called as a method that had been taken from its object.
pub fn bind_native<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    args: &[Value<'gc>],
    keywords: &[(Str<'gc>, Value<'gc>)],
    is_bound: bool,
) -> Result<Bound<'gc>, Raised<'gc>> {
    let signature = native.signature();
    let params = &signature.params;
    let refused = || wrong_arguments(ctx, native, args, keywords, is_bound);
    let mut bound: Bound<'gc> = SmallVec::with_capacity(params.len());
    let mut given = args.iter();
    let mut extra = None;
    for param in params {
        bound.push(match param.kind {
            ParamKind::Positional | ParamKind::Either => {
                given.next().copied().unwrap_or(Value::Absent)
            }
            ParamKind::Keyword => Value::Absent,
            ParamKind::Rest => {
                let rest: Vec<Value<'gc>> = given.by_ref().copied().collect();
                Value::Tuple(ctx.tuple(rest))
            }
            ParamKind::KeywordRest => {
                let dict = Dict::new(ctx);
                extra = Some(dict);
                Value::Dict(dict)
            }
        });
    }
    if given.next().is_some() {
        return Err(refused());
    }
    for &(name, value) in keywords {
        match (place_of(signature, name), extra) {
            (Some(place), _) if bound[place].is_absent() => bound[place] = value,
            (None, Some(extra)) => extra.set_str(ctx, name, value),
            _ if leaves_keywords_to_init(ctx, native, args) => {}
            _ => return Err(refused()),
        }
    }
    for (place, param) in params.iter().enumerate() {
        if param.required && bound[place].is_absent() {
            return Err(refused());
        }
    }
    Ok(bound)
}

/// Whether keyword arguments are none of this `__new__`'s business: it has no
/// named parameters, and the class that is called has an `__init__` of its own.
fn leaves_keywords_to_init<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    args: &[Value<'gc>],
) -> bool {
    let by_place = |p: &Param| p.kind == ParamKind::Positional;
    native.def().kind == NativeKind::New
        && native.signature().params.iter().all(by_place)
        && args.first().and_then(|a| a.as_type()).is_some_and(|class| {
            let init = class.lookup(ctx, ctx.names().__init__);
            Some(class) != native.owner() && !matches!(init, Some(Value::Native(_)))
        })
}

/// The place of the parameter that can be given by this name.
pub(super) fn place_of(signature: &Signature, name: Str<'_>) -> Option<usize> {
    signature.params.iter().position(|p| {
        matches!(p.kind, ParamKind::Either | ParamKind::Keyword)
            && p.name.as_bytes() == name.bytes()
    })
}
