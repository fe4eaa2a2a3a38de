//! `re.Pattern`: what `re.compile` returns.

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::import_module;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, comparison, method, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::call::is_callable;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter, member};
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::iterator::{Iter, IterKind};
use capers_runtime::types::{generic_alias, mappingproxy};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then, call_then};
use gc_arena::Collect;

use super::program::{Failure, Mode, Program};
use super::scan::{Listing, Making, Replacement, Scan, Substitution};
use super::target::Target;
use super::tree::flags;
use super::{matched, scanner};

/// The struct behind a Pattern.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Pattern<'gc> {
    /// The str or bytes that was compiled.
    pub pattern: Value<'gc>,
    /// Whether it is for text.
    pub is_text: bool,
    /// The flags, those met in the pattern included.
    pub flags: u32,
    /// The groups' names.
    #[collect(require_static)]
    pub names: Vec<(String, usize)>,
    /// The same as a dict.
    pub group_index: Dict<'gc>,
    /// The program.
    #[collect(require_static)]
    pub program: Program,
}

impl NativeData for Pattern<'static> {
    type Data<'gc> = Pattern<'gc>;
}

impl<'gc> Pattern<'gc> {
    /// The struct of a Pattern object.
    pub fn of(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Pattern<'gc>, Raised<'gc>> {
        value
            .native::<Pattern<'static>>()
            .ok_or_else(|| ctx.type_error("descriptor requires a 're.Pattern' object"))
    }

    /// A Pattern object with this data.
    pub fn into_value(self, ctx: Context<'gc>) -> Value<'gc> {
        let class = ctx.type_of_def(&PATTERN);
        Value::Object(Object::with_native::<Pattern<'static>>(ctx, class, self))
    }

    /// The name of a group.
    pub fn name_of(&self, group: usize) -> Option<&str> {
        let found = self.names.iter().find(|(_, number)| *number == group);
        found.map(|(name, _)| name.as_str())
    }
}

/// The error of a search that the engine gave up.
pub fn too_much<'gc>(ctx: Context<'gc>, failure: Failure) -> Raised<'gc> {
    match failure {
        Failure::TooLarge => ctx.error(
            Exc::OverflowError,
            "regular expression code size limit exceeded",
        ),
        Failure::TooManySteps => ctx.runtime_error("regular expression search took too many steps"),
    }
}

const SEARCH_DOC: &str = "Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no position in the string matches.";

/// The type.
pub static PATTERN: TypeDef = TypeDef {
    name: "Pattern",
    module: "re",
    doc: "Compiled regular expression object.",
    subclassable: false,
    weakrefable: true,
    methods: &[
        method(
            "match($self, /, string, pos=0, endpos=sys.maxsize)",
            "Matches zero or more characters at the beginning of the string.",
            Plain(|ctx, args| once(ctx, args, Mode::Match)),
        ),
        method(
            "fullmatch($self, /, string, pos=0, endpos=sys.maxsize)",
            "Matches against all of the string.",
            Plain(|ctx, args| once(ctx, args, Mode::FullMatch)),
        ),
        method(
            "search($self, /, string, pos=0, endpos=sys.maxsize)",
            SEARCH_DOC,
            Plain(|ctx, args| once(ctx, args, Mode::Search)),
        ),
        method(
            "sub($self, /, repl, string, count=0)",
            "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.",
            FlowCall(|ctx, args| substitute(ctx, args, false)),
        ),
        method(
            "subn($self, /, repl, string, count=0)",
            "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.",
            FlowCall(|ctx, args| substitute(ctx, args, true)),
        ),
        method(
            "findall($self, /, string, pos=0, endpos=sys.maxsize)",
            "Return a list of all non-overlapping matches of pattern in string.",
            FlowCall(find_all),
        ),
        method(
            "split($self, /, string, maxsplit=0)",
            "Split string by the occurrences of pattern.",
            FlowCall(split),
        ),
        method(
            "finditer($self, /, string, pos=0, endpos=sys.maxsize)",
            "Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator returns a match object.",
            Plain(find_iter),
        ),
        method(
            "scanner($self, /, string, pos=0, endpos=sys.maxsize)",
            "",
            Plain(scanner::make),
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
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        comparison(Comparison::Equal, Plain(equal)),
        comparison(
            Comparison::NotEqual,
            Plain(|ctx, args| {
                Ok(match equal(ctx, args)? {
                    Value::Bool(is_equal) => Value::bool(!is_equal.get()),
                    other => other,
                })
            }),
        ),
    ],
    getsets: &[
        member(
            "pattern",
            "The pattern string from which the RE object was compiled.",
            |ctx, v| Ok(Pattern::of(ctx, v)?.pattern),
        ),
        member("flags", "The regex matching flags.", |ctx, v| {
            Ok(Value::Int(Pattern::of(ctx, v)?.flags.into()))
        }),
        member(
            "groups",
            "The number of capturing groups in the pattern.",
            |ctx, v| {
                let groups = Pattern::of(ctx, v)?.program.groups();
                Ok(Value::from_usize(ctx.mc, groups))
            },
        ),
        getter(
            "groupindex",
            "A dictionary mapping group names to group numbers.",
            |ctx, v| {
                let index = Pattern::of(ctx, v)?.group_index;
                Ok(mappingproxy::make(ctx, Value::Dict(index)))
            },
        ),
    ],
    ..TypeDef::DEFAULT
};

/// `match`, `fullmatch` and `search`.
fn once<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    mode: Mode,
) -> Result<Value<'gc>, Raised<'gc>> {
    let pattern = Pattern::of(ctx, args[0])?;
    let target = Target::new(ctx, pattern.is_text, args[1], [args[2], args[3]])?;
    if target.start > target.end {
        return Ok(Value::None);
    }
    let range = (target.start, target.end);
    let found = pattern.program.run(&target.subject(), range, mode, false);
    match found.map_err(|failure| too_much(ctx, failure))? {
        Some(spans) => matched::make(ctx, args[0], target, spans),
        None => Ok(Value::None),
    }
}

/// A count of at most so many; 0 and less for no limit.
fn limit<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Option<usize>, Raised<'gc>> {
    match value {
        Value::Absent => Ok(Some(0)),
        value => {
            let count = ctx.index_i64(value, Exc::OverflowError)?;
            Ok(usize::try_from(count).ok())
        }
    }
}

fn find_all<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let pattern = Pattern::of(ctx, args[0])?;
    let target = Target::new(ctx, pattern.is_text, args[1], [args[2], args[3]])?;
    Ok(Flow::frame(Listing {
        scan: Scan::new(args[0], target),
        making: Making::Groups,
        items: Vec::new(),
        most: 0,
        count: 0,
        last: 0,
    }))
}

fn split<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let pattern = Pattern::of(ctx, args[0])?;
    let target = Target::new(ctx, pattern.is_text, args[1], [Value::Absent; 2])?;
    // A negative limit means no split at all.
    let Some(most) = limit(ctx, args[2])? else {
        let whole = target.slice(ctx, (0, target.end));
        let list = capers_runtime::types::list::List::new(ctx, vec![whole]);
        return Ok(Flow::Return(Value::List(list)));
    };
    Ok(Flow::frame(Listing {
        scan: Scan::new(args[0], target),
        making: Making::Between,
        items: Vec::new(),
        most,
        count: 0,
        last: 0,
    }))
}

fn find_iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let scanner = scanner::make(ctx, args)?;
    let search = ctx.get_attr(scanner, ctx.intern("search"))?;
    let iterator = Iter::with(ctx, IterKind::Callable, search, 0, 0, 1, Value::None);
    Ok(Value::Iter(iterator))
}

fn substitute<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    counts: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (this, replacement) = (args[0], args[1]);
    let pattern = Pattern::of(ctx, this)?;
    let target = Target::new(ctx, pattern.is_text, args[2], [Value::Absent; 2])?;
    let most = limit(ctx, args[3])?;
    let frame = |replacement| {
        let mut scan = Scan::new(this, target);
        if most.is_none() {
            scan.stop();
        }
        Flow::frame(Substitution {
            scan,
            replacement,
            most: most.unwrap_or(0),
            counts,
            out: Vec::new(),
            count: 0,
            pieces: 0,
            last: 0,
        })
    };
    if is_callable(ctx, replacement) {
        return Ok(frame(Replacement::Function(replacement)));
    }
    let is_literal = match replacement {
        Value::Str(text) => !text.bytes().contains(&b'\\'),
        Value::Bytes(bytes) => !bytes.bytes().contains(&b'\\'),
        _ => false,
    };
    if is_literal {
        return Ok(frame(Replacement::Text(replacement)));
    }
    let most = args[3];
    let state = vec![this, replacement, args[2], most, Value::bool(counts)];
    template(ctx, this, replacement, state, |ctx, state, result| {
        let parts = result?.as_list().map(|list| list.to_vec());
        let (pattern, target) = (Pattern::of(ctx, state[0])?, state[2]);
        let target = Target::new(ctx, pattern.is_text, target, [Value::Absent; 2])?;
        let most = limit(ctx, state[3])?;
        let mut scan = Scan::new(state[0], target);
        if most.is_none() {
            scan.stop();
        }
        Ok(Flow::frame(Substitution {
            scan,
            replacement: Replacement::Template(parts.unwrap_or_default()),
            most: most.unwrap_or(0),
            counts: state[4].is(Value::bool(true)),
            out: Vec::new(),
            count: 0,
            pieces: 0,
            last: 0,
        }))
    })
}

/// Has `re` parse a template, which raises its errors; `then` gets the list of parts.
pub fn template<'gc>(
    ctx: Context<'gc>,
    pattern: Value<'gc>,
    template: Value<'gc>,
    state: Vec<Value<'gc>>,
    then: capers_runtime::vm::flow::Then,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let flow = import_module(ctx, "re")?;
    let flow = and_then(ctx, flow, vec![pattern, template], |ctx, state, module| {
        let function = ctx.get_attr(module?, ctx.intern("_compile_template"))?;
        Ok(call_then(function, &state, vec![], |_, _, result| {
            result.map(Flow::Return)
        }))
    })?;
    and_then(ctx, flow, state, then)
}

/// The flags as `repr` names them, in their order.
const NAMED_FLAGS: &[(u32, &str)] = &[
    (flags::IGNORECASE, "re.IGNORECASE"),
    (flags::LOCALE, "re.LOCALE"),
    (flags::MULTILINE, "re.MULTILINE"),
    (flags::DOTALL, "re.DOTALL"),
    (flags::VERBOSE, "re.VERBOSE"),
    (flags::DEBUG, "re.DEBUG"),
    (flags::ASCII, "re.ASCII"),
];

/// So many characters of the pattern are shown.
const SHOWN: usize = 200;

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let pattern = Pattern::of(ctx, args[0])?;
    let shown = ctx.repr(pattern.pattern)?;
    let shown: String = shown.to_string_lossy().chars().take(SHOWN).collect();
    let mut rest = pattern.flags;
    if pattern.is_text && rest & flags::TYPES == flags::UNICODE {
        rest &= !flags::UNICODE;
    }
    let mut names = Vec::new();
    for (flag, name) in NAMED_FLAGS {
        if rest & flag != 0 {
            names.push((*name).to_owned());
            rest &= !flag;
        }
    }
    if rest != 0 {
        names.push(format!("{rest:#x}"));
    }
    let text = if names.is_empty() {
        format!("re.compile({shown})")
    } else {
        format!("re.compile({shown}, {})", names.join("|"))
    };
    Ok(ctx.str_value(&text))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let pattern = Pattern::of(ctx, args[0])?;
    let text = ctx.hash(pattern.pattern)?;
    let hash = text ^ i64::from(pattern.flags) ^ (pattern.program.groups() as i64) << 16;
    Ok(Value::Int(hash))
}

fn equal<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (one, Some(other)) = (
        Pattern::of(ctx, args[0])?,
        args[1].native::<Pattern<'static>>(),
    ) else {
        return Ok(Value::NotImplemented);
    };
    let same = one.flags == other.flags
        && one.is_text == other.is_text
        && ctx.eq(one.pattern, other.pattern)?;
    Ok(Value::bool(same))
}
