//! The TypeErrors of natives called with the wrong arguments, in the words and in
//! the order of CPython's calling conventions. A native whose parameters have
//! names is checked as by Argument Clinic's `_PyArg_UnpackKeywords`; one without
//! as by the convention of its number of arguments.

use crate::context::Context;
use crate::native::{NativeKind, Param, ParamKind, Signature, Wording};
use crate::raised::Raised;
use crate::types::native_function::NativeFunction;
use crate::types::str::Str;
use crate::value::Value;

/// A call that can't be bound.
struct Refused<'a, 'gc> {
    native: NativeFunction<'gc>,
    signature: &'a Signature,
    /// The object or class the native is a method of, if it is one.
    receiver: Option<Value<'gc>>,
    /// How many positional arguments are given, without the receiver.
    given: usize,
    keywords: &'a [(Str<'gc>, Value<'gc>)],
    /// Whether the method was taken from its object before.
    is_bound: bool,
}

/// The TypeError of a call that `bind_native` could not bind; `args` counts the
/// receiver.
#[cold]
pub fn wrong_arguments<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    args: &[Value<'gc>],
    keywords: &[(Str<'gc>, Value<'gc>)],
    is_bound: bool,
) -> Raised<'gc> {
    let signature = native.signature();
    let receiver = signature
        .has_receiver
        .then(|| args.first().copied())
        .flatten();
    let refused = Refused {
        native,
        signature,
        receiver,
        given: args.len() - usize::from(receiver.is_some()),
        keywords,
        is_bound,
    };
    let wording = native.def().wording;
    let message = match refused.by_hand() {
        _ if wording == Wording::Python => refused.as_python(args),
        _ if wording == Wording::DefiningClass && refused.bounds() == (0, 0) => {
            format!("{}() takes no arguments", native.def().name())
        }
        _ if wording == Wording::DefiningClass => refused.by_name(),
        Some(message) => message,
        None if refused.takes_keywords() => refused.by_name(),
        None if !keywords.is_empty() => refused.no_keywords(ctx),
        None => refused.by_count(ctx),
    };
    ctx.type_error(message)
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// "expected 2 arguments", "f expected at most 1 argument".
fn expected(name: &str, min: usize, max: usize, given: usize) -> String {
    let space = if name.is_empty() { "" } else { " " };
    let (bound, count) = if min == max {
        ("", min)
    } else if given < min {
        ("at least ", min)
    } else {
        ("at most ", max)
    };
    let s = plural(count);
    format!("{name}{space}expected {bound}{count} argument{s}, got {given}")
}

impl<'gc> Refused<'_, 'gc> {
    /// The parameters without the receiver.
    fn params(&self) -> &[Param] {
        let skipped = usize::from(self.signature.has_receiver);
        self.signature.params.get(skipped..).unwrap_or(&[])
    }

    /// How many positional arguments must and may be given, without the receiver.
    fn bounds(&self) -> (usize, usize) {
        let receiver = usize::from(self.signature.has_receiver);
        (
            self.signature.min_positional.saturating_sub(receiver),
            self.signature.max_positional.saturating_sub(receiver),
        )
    }

    /// The words of a Python function with these parameters.
    fn as_python(&self, args: &[Value<'gc>]) -> String {
        let name = self.native.def().name();
        let (min, max) = self.bounds();
        let place_of = |keyword| super::bind::place_of(self.signature, keyword);
        for (keyword, _) in self.keywords {
            let shown = keyword.to_string_lossy();
            match place_of(*keyword) {
                Some(place) if place < args.len() => {
                    return format!("{name}() got multiple values for argument '{shown}'");
                }
                None if !self
                    .params()
                    .iter()
                    .any(|p| p.kind == ParamKind::KeywordRest) =>
                {
                    return format!("{name}() got an unexpected keyword argument '{shown}'");
                }
                _ => {}
            }
        }
        if self.given > max {
            let takes = if min < max {
                format!("from {min} to {max}")
            } else {
                max.to_string()
            };
            let s = if min < max { "s" } else { plural(max) };
            let was = if self.given == 1 { "was" } else { "were" };
            let given = self.given;
            return format!(
                "{name}() takes {takes} positional argument{s} but {given} {was} given"
            );
        }
        let missing: Vec<String> = self
            .params()
            .iter()
            .enumerate()
            .filter(|(place, p)| {
                let by_name = |(keyword, _): &(Str<'gc>, _)| place_of(*keyword) == Some(*place);
                p.required && *place >= args.len() && !self.keywords.iter().any(by_name)
            })
            .map(|(_, p)| format!("'{}'", p.name))
            .collect();
        let listed = match &missing[..] {
            [one] => one.clone(),
            [first, second] => format!("{first} and {second}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
            [] => String::new(),
        };
        let (count, s) = (missing.len(), plural(missing.len()));
        format!("{name}() missing {count} required positional argument{s}: {listed}")
    }

    fn takes_keywords(&self) -> bool {
        self.params().iter().any(|p| {
            matches!(
                p.kind,
                ParamKind::Either | ParamKind::Keyword | ParamKind::KeywordRest
            )
        })
    }

    /// The name in messages about arguments with names: unqualified. A class's
    /// arguments are its `__new__`'s or `__init__`'s, under the class's name.
    fn plain_name(&self) -> String {
        let def = self.native.def();
        match (def.kind, self.native.owner()) {
            (NativeKind::New, Some(owner)) => owner.name().to_string_lossy().into_owned(),
            (NativeKind::Slot, Some(owner)) if def.name() == "__init__" => {
                owner.name().to_string_lossy().into_owned()
            }
            _ => def.name().to_owned(),
        }
    }

    /// The name in messages of natives without named parameters: qualified by the
    /// class, or by the module for functions outside `builtins`.
    fn qualified_name(&self, ctx: Context<'gc>) -> String {
        let def = self.native.def();
        let name = def.name();
        let Some(owner) = self.native.owner() else {
            return match self.native.0.module.as_str() {
                Some(module) if module.bytes() != b"builtins" => {
                    format!("{}.{name}", module.to_string_lossy())
                }
                _ => name.to_owned(),
            };
        };
        let class = match (def.kind, self.receiver) {
            (NativeKind::New, _) => return owner.name().to_string_lossy().into_owned(),
            (NativeKind::Slot, _) if name == "__init__" => {
                return owner.name().to_string_lossy().into_owned();
            }
            (NativeKind::Class, Some(Value::Type(class))) => class,
            (NativeKind::Method, Some(receiver)) if self.is_bound => receiver.class(ctx),
            _ => owner,
        };
        format!("{}.{name}", class.qualname().to_string_lossy())
    }

    /// The natives that CPython lets count their arguments themselves.
    fn by_hand(&self) -> Option<String> {
        let (given, name) = (self.given, self.plain_name());
        let unknown = self
            .keywords
            .iter()
            .find(|(name, _)| super::bind::place_of(self.signature, *name).is_none());
        match (self.native.def().kind, name.as_str()) {
            // Its keywords are those of `list.sort`.
            (NativeKind::Function, "sorted") if given != 1 => Some(expected(&name, 1, 1, given)),
            (NativeKind::Function, "sorted") => {
                let (unknown, _) = unknown?;
                Some(unexpected_keyword("sort", self.params(), *unknown))
            }
            (NativeKind::Function, "min" | "max") if given == 0 => {
                Some(expected(&name, 1, 2, given))
            }
            // A subclass is made through the slot, which words it as usual.
            (NativeKind::New, "enumerate") if !self.makes_subclass() => match unknown {
                Some((unknown, _)) if given + self.keywords.len() <= 2 => Some(format!(
                    "'{}' is an invalid keyword argument for enumerate()",
                    unknown.to_string_lossy()
                )),
                None if given == 0 => {
                    Some("enumerate() missing required argument 'iterable'".to_owned())
                }
                _ => None,
            },
            (NativeKind::New, "int" | "str") if self.keywords.is_empty() => {
                let (min, max) = self.bounds();
                (given > max).then(|| expected(&name, min, max, given))
            }
            _ => None,
        }
    }

    /// Whether this is the `__new__` of a class that a subclass is made with.
    fn makes_subclass(&self) -> bool {
        self.receiver.and_then(|r| r.as_type()) != self.native.owner()
    }

    /// Keywords for a native that takes none.
    fn no_keywords(&self, ctx: Context<'gc>) -> String {
        let def = self.native.def();
        if def.kind == NativeKind::Slot && def.name() != "__init__" {
            return format!("wrapper {}() takes no keyword arguments", def.name());
        }
        format!("{}() takes no keyword arguments", self.qualified_name(ctx))
    }

    /// The wrong number of arguments for a native without named parameters.
    fn by_count(&self, ctx: Context<'gc>) -> String {
        let def = self.native.def();
        let ((min, max), given) = (self.bounds(), self.given);
        match (def.kind, def.name()) {
            (NativeKind::Slot, "__init__") | (NativeKind::New, _) => {
                expected(&self.plain_name(), min, max, given)
            }
            (NativeKind::Slot, "__pow__" | "__rpow__") => {
                format!("expected 1 or 2 arguments, got {given}")
            }
            (
                NativeKind::Slot,
                name @ ("__setattr__" | "__setitem__" | "__buffer__" | "__release_buffer__"),
            ) => expected(name, min, max, given),
            (NativeKind::Slot, _) if min == max => expected("", min, max, given),
            (NativeKind::Slot, name) => expected(name, min, max, given),
            _ if max == 0 => {
                let shown = self.qualified_name(ctx);
                format!("{shown}() takes no arguments ({given} given)")
            }
            _ if min == 1 && max == 1 => {
                let shown = self.qualified_name(ctx);
                format!("{shown}() takes exactly one argument ({given} given)")
            }
            (_, name) => expected(name, min, max, given),
        }
    }

    /// The first thing wrong with arguments for a native with named parameters.
    fn by_name(&self) -> String {
        let (params, given) = (self.params(), self.given);
        let (min, max) = self.bounds();
        let (all, total) = (params.len(), given + self.keywords.len());
        let name = self.plain_name();
        let starred = |kind| params.iter().any(|p| p.kind == kind);
        let open = starred(ParamKind::Rest) || starred(ParamKind::KeywordRest);
        if starred(ParamKind::Rest) && starred(ParamKind::KeywordRest) && given < min {
            return expected(&name, min, usize::MAX, given);
        }
        if total > all && !open {
            let keyword = if given == 0 { "keyword " } else { "" };
            let s = plural(all);
            return format!("{name}() takes at most {all} {keyword}argument{s} ({total} given)");
        }
        if given > max {
            if max == 0 {
                return format!("{name}() takes no positional arguments");
            }
            let bound = if min < max { "at most" } else { "exactly" };
            let s = plural(max);
            return format!("{name}() takes {bound} {max} positional argument{s} ({given} given)");
        }
        let by_position = |p: &&Param| p.kind == ParamKind::Positional && p.required;
        let needed = params.iter().filter(by_position).count();
        if given < needed {
            let bound = if needed < max { "at least" } else { "exactly" };
            let s = plural(needed);
            return format!(
                "{name}() takes {bound} {needed} positional argument{s} ({given} given)"
            );
        }
        let named = |p: &Param| {
            let by_this = |(name, _): &(Str<'gc>, _)| name.bytes() == p.name.as_bytes();
            self.keywords.iter().any(by_this)
        };
        for (place, param) in params.iter().enumerate().skip(given) {
            if param.required && !named(param) {
                return format!(
                    "{name}() missing required argument '{}' (pos {})",
                    param.name,
                    place + 1
                );
            }
        }
        for (place, param) in params.iter().enumerate().take(given) {
            if param.kind == ParamKind::Either && named(param) {
                return format!(
                    "argument for {name}() given by name ('{}') and position ({})",
                    param.name,
                    place + 1
                );
            }
        }
        let unknown =
            |(name, _): &&(Str<'gc>, _)| super::bind::place_of(self.signature, *name).is_none();
        match self.keywords.iter().find(unknown) {
            Some((unknown, _)) => unexpected_keyword(&name, params, *unknown),
            None => format!("{name}() takes no keyword arguments"),
        }
    }
}

fn unexpected_keyword(function: &str, params: &[Param], name: Str<'_>) -> String {
    let candidates: Vec<&str> = params
        .iter()
        .filter(|p| matches!(p.kind, ParamKind::Either | ParamKind::Keyword))
        .map(|p| p.name)
        .collect();
    let text = name.to_string_lossy();
    let hint = match crate::report::suggest::closest(&text, &candidates) {
        Some(close) => format!(". Did you mean '{close}'?"),
        None => String::new(),
    };
    format!("{function}() got an unexpected keyword argument '{text}'{hint}")
}
