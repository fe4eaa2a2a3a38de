//! `re.Match`: what a search found.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, method, slot};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter, member};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::generic_alias;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;
use gc_arena::Collect;

use super::pattern::{Pattern, template};
use super::program::Spans;
use super::scan::expand;
use super::target::Target;

/// The struct behind a Match.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Match<'gc> {
    /// The Pattern object.
    pattern: Value<'gc>,
    target: Target<'gc>,
    /// Where the groups matched, in bytes.
    #[collect(require_static)]
    spans: Spans,
}

impl NativeData for Match<'static> {
    type Data<'gc> = Match<'gc>;
}

/// A Match object.
pub fn make<'gc>(
    ctx: Context<'gc>,
    pattern: Value<'gc>,
    target: Target<'gc>,
    spans: Spans,
) -> Result<Value<'gc>, Raised<'gc>> {
    let data = Match {
        pattern,
        target,
        spans,
    };
    let class = ctx.type_of_def(&MATCH);
    Ok(Value::Object(Object::with_native::<Match<'static>>(
        ctx, class, data,
    )))
}

impl<'gc> Match<'gc> {
    fn of(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Match<'gc>, Raised<'gc>> {
        value
            .native::<Match<'static>>()
            .ok_or_else(|| ctx.type_error("descriptor requires a 're.Match' object"))
    }

    /// The number of the group that an argument names.
    fn group(&self, ctx: Context<'gc>, name: Value<'gc>) -> Result<usize, Raised<'gc>> {
        let number = if name.is_int() {
            let index = ctx.index_i64(name, Exc::IndexError)?;
            usize::try_from(index).ok()
        } else if let Some(text) = name.as_str() {
            let text = text.to_string_lossy();
            let names = &Pattern::of(ctx, self.pattern)?.names;
            let found = names.iter().find(|(known, _)| *known == text);
            found.map(|(_, number)| *number)
        } else if matches!(name, Value::Object(_)) {
            let index = ctx.index_i64(name, Exc::IndexError).ok();
            index.and_then(|index| usize::try_from(index).ok())
        } else {
            None
        };
        number
            .filter(|number| *number < self.spans.len())
            .ok_or_else(|| ctx.error(Exc::IndexError, "no such group"))
    }

    /// What a group matched, or `default`.
    fn text(&self, ctx: Context<'gc>, group: usize, default: Value<'gc>) -> Value<'gc> {
        let span = self.spans.get(group).copied().flatten();
        span.map_or(default, |span| self.target.slice(ctx, span))
    }

    /// Where a group matched, in characters; -1 twice where it didn't.
    fn span(&self, group: usize) -> (i64, i64) {
        let index = |offset| i64::try_from(self.target.index(offset)).unwrap_or(i64::MAX);
        let span = self.spans.get(group).copied().flatten();
        span.map_or((-1, -1), |(start, end)| (index(start), index(end)))
    }
}

fn pair<'gc>(ctx: Context<'gc>, (start, end): (i64, i64)) -> Value<'gc> {
    Value::Tuple(ctx.tuple(vec![Value::Int(start), Value::Int(end)]))
}

/// The type.
pub static MATCH: TypeDef = TypeDef {
    name: "Match",
    module: "re",
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    subclassable: false,
    methods: &[
        method(
            "group($self, /, *args)",
            "group([group1, ...]) -> str or tuple.\nReturn subgroup(s) of the match by indices or names.\nFor 0 returns the entire match.",
            Plain(group),
        ),
        method(
            "start($self, group=0, /)",
            "Return index of the start of the substring matched by group.",
            Plain(|ctx, args| Ok(Value::Int(span_of(ctx, args)?.0))),
        ),
        method(
            "end($self, group=0, /)",
            "Return index of the end of the substring matched by group.",
            Plain(|ctx, args| Ok(Value::Int(span_of(ctx, args)?.1))),
        ),
        method(
            "span($self, group=0, /)",
            "For match object m, return the 2-tuple (m.start(group), m.end(group)).",
            Plain(|ctx, args| Ok(pair(ctx, span_of(ctx, args)?))),
        ),
        method(
            "groups($self, /, default=None)",
            "Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not participate in the match.",
            Plain(groups),
        ),
        method(
            "groupdict($self, /, default=None)",
            "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match.",
            Plain(group_dict),
        ),
        method(
            "expand($self, /, template)",
            "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.",
            FlowCall(expanded),
        ),
        method("__copy__($self, /)", "", Plain(|_, args| Ok(args[0]))),
        method(
            "__deepcopy__($self, memo, /)",
            "",
            Plain(|_, args| Ok(args[0])),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(|ctx, args| {
                let found = Match::of(ctx, args[0])?;
                Ok(found.text(ctx, found.group(ctx, args[1])?, Value::None))
            }),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
    ],
    getsets: &[
        member(
            "string",
            "The string passed to match() or search().",
            |ctx, v| Ok(Match::of(ctx, v)?.target.string),
        ),
        member("re", "The regular expression object.", |ctx, v| {
            Ok(Match::of(ctx, v)?.pattern)
        }),
        member(
            "pos",
            "The index into the string at which the RE engine started looking for a match.",
            |ctx, v| {
                let target = &Match::of(ctx, v)?.target;
                Ok(Value::from_usize(ctx.mc, target.index(target.start)))
            },
        ),
        member(
            "endpos",
            "The index into the string beyond which the RE engine will not go.",
            |ctx, v| {
                let target = &Match::of(ctx, v)?.target;
                Ok(Value::from_usize(ctx.mc, target.index(target.end)))
            },
        ),
        getter(
            "lastindex",
            "The integer index of the last matched capturing group.",
            |ctx, v| {
                let found = Match::of(ctx, v)?;
                let pattern = Pattern::of(ctx, found.pattern)?;
                let last = pattern.program.last_group(&found.spans);
                Ok(last.map_or(Value::None, |last| Value::from_usize(ctx.mc, last)))
            },
        ),
        getter(
            "lastgroup",
            "The name of the last matched capturing group.",
            |ctx, v| {
                let found = Match::of(ctx, v)?;
                let pattern = Pattern::of(ctx, found.pattern)?;
                let last = pattern.program.last_group(&found.spans);
                let name = last.and_then(|last| pattern.name_of(last));
                Ok(name.map_or(Value::None, |name| ctx.str_value(name)))
            },
        ),
        getter("regs", "", |ctx, v| {
            let found = Match::of(ctx, v)?;
            let spans = 0..found.spans.len();
            let spans: Vec<Value<'_>> = spans.map(|group| pair(ctx, found.span(group))).collect();
            Ok(Value::Tuple(ctx.tuple(spans)))
        }),
    ],
    ..TypeDef::DEFAULT
};

fn span_of<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<(i64, i64), Raised<'gc>> {
    let found = Match::of(ctx, args[0])?;
    let group = match args[1] {
        Value::Absent => 0,
        name => found.group(ctx, name)?,
    };
    Ok(found.span(group))
}

fn group<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let found = Match::of(ctx, args[0])?;
    let names = args[1].as_tuple().map_or(&[][..], |names| names.items());
    match names {
        [] => Ok(found.text(ctx, 0, Value::None)),
        [name] => Ok(found.text(ctx, found.group(ctx, *name)?, Value::None)),
        names => {
            let texts = names.iter().map(|name| {
                let group = found.group(ctx, *name)?;
                Ok(found.text(ctx, group, Value::None))
            });
            let texts: Vec<Value<'gc>> = texts.collect::<Result<_, Raised<'gc>>>()?;
            Ok(Value::Tuple(ctx.tuple(texts)))
        }
    }
}

fn groups<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let found = Match::of(ctx, args[0])?;
    let default = args[1].or(Value::None);
    let groups = 1..found.spans.len();
    let texts: Vec<Value<'gc>> = groups
        .map(|group| found.text(ctx, group, default))
        .collect();
    Ok(Value::Tuple(ctx.tuple(texts)))
}

fn group_dict<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let found = Match::of(ctx, args[0])?;
    let default = args[1].or(Value::None);
    let dict = Dict::new(ctx);
    for (name, group) in &Pattern::of(ctx, found.pattern)?.names {
        dict.set_text(ctx, name, found.text(ctx, *group, default));
    }
    Ok(Value::Dict(dict))
}

fn expanded<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let found = Match::of(ctx, args[0])?;
    template(
        ctx,
        found.pattern,
        args[1],
        vec![args[0]],
        |ctx, state, parts| {
            let parts = parts?.as_list().map(|list| list.to_vec());
            let found = Match::of(ctx, state[0])?;
            let mut out = Vec::new();
            expand(
                &parts.unwrap_or_default(),
                &found.target,
                &found.spans,
                &mut out,
            );
            Ok(Flow::Return(found.target.value_from_vec(ctx, out)))
        },
    )
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let found = Match::of(ctx, args[0])?;
    let (start, end) = found.span(0);
    let shown = ctx.repr(found.text(ctx, 0, Value::None))?;
    let text = format!(
        "<re.Match object; span=({start}, {end}), match={}>",
        shown.to_string_lossy()
    );
    Ok(ctx.str_value(&text))
}
