//! Binding the arguments of a call to parameters: of Python functions and of
//! natives, with CPython's TypeErrors.

use smallvec::SmallVec;

use crate::bytecode::CodeFlags;
use crate::context::Context;
use crate::native::{NativeKind, ParamKind, Signature};
use crate::raised::Raised;
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::native_function::NativeFunction;
use crate::types::str::Str;
use crate::value::Value;

/// Arguments of a native, one for each parameter.
pub type Bound<'gc> = SmallVec<[Value<'gc>; 8]>;

/// Binds the arguments of a Python function and pushes one value for each
/// parameter (starred ones included) onto `stack`. Follows CPython's
/// `initialize_locals`.
pub fn bind_python<'gc>(
    ctx: Context<'gc>,
    function: Function<'gc>,
    positional: &[Value<'gc>],
    keywords: &[(Str<'gc>, Value<'gc>)],
    stack: &mut Vec<Value<'gc>>,
) -> Result<(), Raised<'gc>> {
    let fields = function.fields();
    let code = function.code();
    let unit = code.unit();
    let names = &code.0.slot_names;
    let argcount = unit.argcount as usize;
    let total = argcount + unit.kwonlyargcount as usize;
    let has_rest = unit.flags.has(CodeFlags::VARARGS);
    let has_keywords = unit.flags.has(CodeFlags::VARKEYWORDS);

    let mut slots: SmallVec<[Value<'gc>; 16]> = SmallVec::from_elem(Value::Absent, total);
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
        return Err(too_many_positional(ctx, function, positional.len(), &slots));
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
    stack.extend_from_slice(&slots);
    if has_rest {
        let rest = positional.get(argcount..).unwrap_or(&[]);
        stack.push(Value::Tuple(ctx.tuple(rest)));
    }
    if let Some(extra) = extra {
        stack.push(Value::Dict(extra));
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

/// Binds the arguments of a native; `args` counts the receiver.
pub fn bind_native<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    args: &[Value<'gc>],
    keywords: &[(Str<'gc>, Value<'gc>)],
) -> Result<Bound<'gc>, Raised<'gc>> {
    let signature = native.signature();
    let params = &signature.params;
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
        return Err(wrong_count(
            ctx,
            native,
            signature,
            args.len(),
            keywords.len(),
        ));
    }
    for &(name, value) in keywords {
        let by_name = |p: &crate::native::Param| {
            matches!(p.kind, ParamKind::Either | ParamKind::Keyword)
                && p.name.as_bytes() == name.bytes()
        };
        match (params.iter().position(by_name), extra) {
            (Some(place), _) if bound[place].is_absent() => bound[place] = value,
            (Some(place), _) => {
                return Err(ctx.type_error(format!(
                    "argument for {}() given by name ('{}') and position ({})",
                    native.def().name(),
                    name.to_string_lossy(),
                    place + 1 - usize::from(signature.has_receiver)
                )));
            }
            (None, Some(extra)) => extra.set_str(ctx, name, value),
            (None, None) => return Err(unknown_keyword(ctx, native, signature, name)),
        }
    }
    for (place, param) in params.iter().enumerate() {
        if param.required && bound[place].is_absent() {
            return Err(missing_native(
                ctx,
                native,
                signature,
                args.len(),
                place,
                keywords.len(),
            ));
        }
    }
    Ok(bound)
}

/// The name that CPython puts into messages about a native's arguments:
/// qualified by the type for methods that take keywords or one argument, and by
/// the module for functions outside `builtins`.
fn qualified<'gc>(native: NativeFunction<'gc>) -> String {
    let name = native.def().name();
    match native.owner() {
        Some(owner) if native.def().kind != NativeKind::New => {
            format!("{}.{name}", owner.name().to_string_lossy())
        }
        Some(owner) => owner.name().to_string_lossy().into_owned(),
        None => match native.0.module.as_str() {
            Some(module) if module.bytes() != b"builtins" => {
                format!("{}.{name}", module.to_string_lossy())
            }
            _ => name.to_owned(),
        },
    }
}

fn takes_keywords(signature: &Signature) -> bool {
    signature
        .params
        .iter()
        .any(|p| matches!(p.kind, ParamKind::Either | ParamKind::Keyword))
}

/// The TypeError of a native called with the wrong number of arguments, in the
/// words of CPython's calling convention for that signature.
#[cold]
pub fn wrong_count<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    signature: &Signature,
    args: usize,
    keywords: usize,
) -> Raised<'gc> {
    let receiver = usize::from(signature.has_receiver);
    let given = args.saturating_sub(receiver);
    let min = signature.min_positional - receiver.min(signature.min_positional);
    let max = signature.max_positional.saturating_sub(receiver);
    let name = native.def().name();
    let kind = native.def().kind;
    if given < min && takes_keywords(signature) {
        return missing_native(ctx, native, signature, args, args, keywords);
    }
    let message = if takes_keywords(signature) {
        let total = given + keywords;
        let all = signature.params.len() - receiver;
        let bound = if min == all {
            "exactly"
        } else if total < min {
            "at least"
        } else {
            "at most"
        };
        let count = if total < min { min } else { max };
        let word = if max < all {
            "positional argument"
        } else {
            "argument"
        };
        if max == 0 {
            format!("{}() takes no positional arguments", display_name(native))
        } else if kind == NativeKind::New
            && keywords == 0
            && matches!(&*display_name(native), "int" | "str")
        {
            // The two count their arguments before they look at names.
            let shown = display_name(native);
            format!("{shown} expected at most {max} arguments, got {given}")
        } else if total > all {
            let keyword = if given == 0 { "keyword " } else { "" };
            let shown = display_name(native);
            let s = plural(all);
            format!("{shown}() takes at most {all} {keyword}argument{s} ({total} given)")
        } else {
            format!(
                "{}() takes {bound} {count} {word}{} ({} given)",
                display_name(native),
                plural(count),
                if max < all { given } else { total }
            )
        }
    } else if kind == NativeKind::Slot {
        if min == max {
            format!("expected {min} argument{}, got {given}", plural(min))
        } else {
            let (bound, count) = if given < min {
                ("at least", min)
            } else {
                ("at most", max)
            };
            format!(
                "{name} expected {bound} {count} argument{}, got {given}",
                plural(count)
            )
        }
    } else if max == 0 {
        format!("{}() takes no arguments ({given} given)", qualified(native))
    } else if min == 1 && max == 1 && kind != NativeKind::New {
        format!(
            "{}() takes exactly one argument ({given} given)",
            qualified(native)
        )
    } else {
        let shown = if kind == NativeKind::New {
            native
                .owner()
                .map_or_else(String::new, |o| o.name().to_string_lossy().into_owned())
        } else {
            name.to_owned()
        };
        if min == max {
            format!(
                "{shown} expected {min} argument{}, got {given}",
                plural(min)
            )
        } else {
            let (bound, count) = if given < min {
                ("at least", min)
            } else {
                ("at most", max)
            };
            format!(
                "{shown} expected {bound} {count} argument{}, got {given}",
                plural(count)
            )
        }
    };
    ctx.type_error(message)
}

/// The name in messages of natives that take keywords: unqualified.
fn display_name<'gc>(native: NativeFunction<'gc>) -> String {
    match (native.def().kind, native.owner()) {
        (NativeKind::New, Some(owner)) => owner.name().to_string_lossy().into_owned(),
        // A class's arguments are its `__init__`'s, under the class's name.
        (NativeKind::Slot, Some(owner)) if native.def().name() == "__init__" => {
            owner.name().to_string_lossy().into_owned()
        }
        _ => native.def().name().to_owned(),
    }
}

fn missing_native<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    signature: &Signature,
    args: usize,
    place: usize,
    keywords: usize,
) -> Raised<'gc> {
    if !takes_keywords(signature) {
        return wrong_count(ctx, native, signature, args, keywords);
    }
    let receiver = usize::from(signature.has_receiver);
    let param = &signature.params[place];
    ctx.type_error(match param.kind {
        ParamKind::Keyword => format!(
            "{}() missing required argument '{}' (pos {})",
            display_name(native),
            param.name,
            place + 1 - receiver
        ),
        ParamKind::Positional => {
            let min = signature.min_positional - receiver;
            let bound = if min == signature.max_positional - receiver {
                "exactly"
            } else {
                "at least"
            };
            format!(
                "{}() takes {bound} {min} positional argument{} ({} given)",
                display_name(native),
                plural(min),
                args.saturating_sub(receiver)
            )
        }
        _ => format!(
            "{}() missing required argument '{}' (pos {})",
            display_name(native),
            param.name,
            place + 1 - receiver
        ),
    })
}

fn unknown_keyword<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    signature: &Signature,
    name: Str<'gc>,
) -> Raised<'gc> {
    if !takes_keywords(signature) {
        let shown = match native.def().kind {
            NativeKind::Slot => {
                return ctx.type_error(format!(
                    "wrapper {}() takes no keyword arguments",
                    native.def().name()
                ));
            }
            _ => qualified(native),
        };
        return ctx.type_error(format!("{shown}() takes no keyword arguments"));
    }
    let candidates: Vec<&str> = signature
        .params
        .iter()
        .filter(|p| matches!(p.kind, ParamKind::Either | ParamKind::Keyword))
        .map(|p| p.name)
        .collect();
    let text = name.to_string_lossy();
    let hint = match crate::report::suggest::closest(&text, &candidates) {
        Some(close) => format!(". Did you mean '{close}'?"),
        None => String::new(),
    };
    ctx.type_error(format!(
        "{}() got an unexpected keyword argument '{text}'{hint}",
        display_name(native)
    ))
}
