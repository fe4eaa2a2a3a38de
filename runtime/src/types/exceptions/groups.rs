//! `BaseExceptionGroup` and `ExceptionGroup`: construction, and the splitting of
//! a group by type, predicate or identity, which `except*` uses too.

use std::collections::HashSet;

use super::base::{self, arguments, initialize, no_keywords, this, to_tuple};
use super::{Exc, as_exception, field_at, set_field_at};
use crate::context::Context;
use crate::native::NativeCall::Plain;
use crate::native::{NativeDef, class_method, method, new, slot};
use crate::raised::Raised;
use crate::types::def::{GetSetDef, member};
use crate::types::exceptions;
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::value::Value;

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;

/// The methods.
pub const METHODS: &[NativeDef] = &[
    new("__new__($type, *args, **kwargs)", Plain(group_new)),
    slot("__str__($self, /)", "Return str(self).", Plain(str)),
    base::init(group_init),
    class_method(
        "__class_getitem__($type, object, /)",
        "See PEP 585",
        Plain(crate::types::generic_alias::class_getitem),
    ),
    method("derive($self, excs, /)", "", Plain(derive)),
    method("split($self, matcher_value, /)", "", Plain(split)),
    method("subgroup($self, matcher_value, /)", "", Plain(subgroup)),
];

/// The attributes.
pub const MEMBERS: &[GetSetDef] = &[
    member("message", "exception message", get_message),
    member("exceptions", "nested exceptions", get_exceptions),
];

fn get_message<'gc>(_ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(field_at(object, MESSAGE).or(Value::None))
}

fn get_exceptions<'gc>(_ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(field_at(object, EXCEPTIONS).or(Value::None))
}

/// Whether the exception is a group.
pub fn is_group<'gc>(ctx: Context<'gc>, exception: Value<'gc>) -> bool {
    let base = ctx.exceptions().get(Exc::BaseExceptionGroup);
    exception.class(ctx).is_subclass_of(base)
}

/// The exceptions of a group.
pub fn members<'gc>(group: Value<'gc>) -> &'gc [Value<'gc>] {
    field_at(group, EXCEPTIONS)
        .as_tuple()
        .map_or(&[], Tuple::items)
}

fn group_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Type(class) = args[0] else {
        return Err(ctx.type_error("BaseExceptionGroup.__new__(X): X is not a type object"));
    };
    let (given, _) = arguments(args);
    let (class, nested) = check(ctx, class, given)?;
    let made = Raised(exceptions::allocate(ctx, class, ctx.tuple(given)));
    set_field_at(ctx, made.value(), MESSAGE, given[0]);
    set_field_at(ctx, made.value(), EXCEPTIONS, Value::Tuple(nested));
    Ok(made.value())
}

/// Checks the arguments; gives the class to make and the nested exceptions.
fn check<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    given: &[Value<'gc>],
) -> Result<(Type<'gc>, Tuple<'gc>), Raised<'gc>> {
    let [message, nested] = *given else {
        return Err(ctx.type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            given.len()
        )));
    };
    if message.as_str().is_none() {
        return Err(ctx.type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            crate::types::numbers::convert::argument_type(ctx, message)
        )));
    }
    let is_sequence = nested.as_dict().is_none()
        && nested
            .class(ctx)
            .lookup(ctx, ctx.names().__getitem__)
            .is_some();
    if !is_sequence {
        return Err(ctx.type_error("second argument (exceptions) must be a sequence"));
    }
    let nested = to_tuple(ctx, nested)?;
    if nested.is_empty() {
        return Err(ctx.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let types = ctx.exceptions();
    let exception = types.get(Exc::Exception);
    let mut plain = true;
    for (place, item) in nested.items().iter().enumerate() {
        if as_exception(ctx, *item).is_none() {
            return Err(ctx.value_error(format!(
                "Item {place} of second argument (exceptions) is not an exception"
            )));
        }
        plain &= item.class(ctx).is_subclass_of(exception);
    }
    if class == types.get(Exc::BaseExceptionGroup) {
        let class = if plain { types.exception_group } else { class };
        return Ok((class, nested));
    }
    if !plain && class == types.exception_group {
        return Err(ctx.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    }
    if !plain && class.is_subclass_of(exception) {
        return Err(ctx.type_error(format!(
            "Cannot nest BaseExceptions in '{}'",
            class.name_text()
        )));
    }
    Ok((class, nested))
}

fn group_init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (_, keywords) = arguments(args);
    no_keywords(ctx, args[0].class(ctx), keywords)?;
    initialize(ctx, args)?;
    Ok(Value::None)
}

/// Sets the fields of a group that the runtime makes itself.
pub(super) fn fill<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let (_, nested) = check(ctx, raised.0.class(), args)?;
    set_field_at(ctx, raised.value(), MESSAGE, args[0]);
    set_field_at(ctx, raised.value(), EXCEPTIONS, Value::Tuple(nested));
    Ok(())
}

fn str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let message = ctx.to_str(field_at(args[0], MESSAGE).or(Value::None))?;
    let count = members(args[0]).len();
    let mut out = message.bytes().to_vec();
    let plural = if count == 1 { "" } else { "s" };
    out.extend_from_slice(format!(" ({count} sub-exception{plural})").as_bytes());
    Ok(Value::Str(ctx.str_from_vec(out)))
}

fn derive<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    make(ctx, field_at(args[0], MESSAGE), args[1])
}

/// `BaseExceptionGroup(message, exceptions)`.
pub fn make<'gc>(
    ctx: Context<'gc>,
    message: Value<'gc>,
    nested: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let class = ctx.exceptions().get(Exc::BaseExceptionGroup);
    let given = Value::Tuple(ctx.tuple([message, nested]));
    group_new(ctx, &[Value::Type(class), given, Value::Absent])
}

fn split<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let matcher = matcher(ctx, args[1])?;
    let parts = split_by(ctx, args[0], &matcher, true)?;
    let pair = [parts.matched, parts.rest].map(|part| part.unwrap_or(Value::None));
    Ok(Value::Tuple(ctx.tuple(pair)))
}

fn subgroup<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let matcher = matcher(ctx, args[1])?;
    let parts = split_by(ctx, args[0], &matcher, false)?;
    Ok(parts.matched.unwrap_or(Value::None))
}

/// Which exceptions go to the matching half of a split.
pub enum Matcher<'a, 'gc> {
    /// Instances of one of these classes.
    Types(&'gc [Value<'gc>]),
    /// Instances of this class.
    Type(Type<'gc>),
    /// Those for which this callable answers true.
    Predicate(Value<'gc>),
    /// The objects at these addresses.
    Leaves(&'a HashSet<usize>),
}

/// The two halves of a split; none for an empty one.
#[derive(Default)]
pub struct Parts<'gc> {
    /// What matched.
    pub matched: Option<Value<'gc>>,
    /// What did not, if it was asked for.
    pub rest: Option<Value<'gc>>,
}

fn matcher<'a, 'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Matcher<'a, 'gc>, Raised<'gc>> {
    let is_class = |v: &Value<'gc>| {
        v.as_type()
            .is_some_and(|class| exceptions::is_exception_class(ctx, class))
    };
    match value {
        Value::Type(class) if is_class(&value) => return Ok(Matcher::Type(class)),
        Value::Type(_) => {}
        _ => {
            if let Some(classes) = value.as_tuple() {
                if classes.items().iter().all(is_class) {
                    return Ok(Matcher::Types(classes.items()));
                }
            } else if crate::protocol::call::is_callable(ctx, value) {
                return Ok(Matcher::Predicate(value));
            }
        }
    }
    Err(ctx.type_error(
        "expected an exception type, a tuple of exception types, or a callable (other than a class)",
    ))
}

impl<'gc> Matcher<'_, 'gc> {
    fn accepts(&self, ctx: Context<'gc>, exception: Value<'gc>) -> Result<bool, Raised<'gc>> {
        let class = exception.class(ctx);
        Ok(match self {
            Matcher::Type(kind) => class.is_subclass_of(*kind),
            Matcher::Types(kinds) => kinds.iter().any(|kind| {
                kind.as_type()
                    .is_some_and(|kind| class.is_subclass_of(kind))
            }),
            Matcher::Predicate(callable) => {
                let answer = ctx.call(*callable, &[exception])?;
                ctx.truth(answer)?
            }
            Matcher::Leaves(leaves) => exception.address().is_some_and(|at| leaves.contains(&at)),
        })
    }
}

/// Splits an exception, keeping the nesting of groups.
pub fn split_by<'gc>(
    ctx: Context<'gc>,
    exception: Value<'gc>,
    matcher: &Matcher<'_, 'gc>,
    with_rest: bool,
) -> Result<Parts<'gc>, Raised<'gc>> {
    let mut parts = Parts::default();
    if matcher.accepts(ctx, exception)? {
        parts.matched = Some(exception);
        return Ok(parts);
    }
    if !is_group(ctx, exception) {
        parts.rest = with_rest.then_some(exception);
        return Ok(parts);
    }
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for item in members(exception) {
        let halves = ctx.recurse(" in exceptiongroup_split_recursive", || {
            split_by(ctx, *item, matcher, with_rest)
        })?;
        matched.extend(halves.matched);
        rest.extend(halves.rest);
    }
    parts.matched = subset(ctx, exception, matched)?;
    parts.rest = subset(ctx, exception, rest)?;
    Ok(parts)
}

/// A group like `original` with only these exceptions; none if there are none.
fn subset<'gc>(
    ctx: Context<'gc>,
    original: Value<'gc>,
    items: Vec<Value<'gc>>,
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    if items.is_empty() {
        return Ok(None);
    }
    let list = Value::List(List::new(ctx, items));
    let made = ctx.call_method(original, ctx.intern("derive"), &[list])?;
    if !is_group(ctx, made) {
        return Err(ctx.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (_, fields) = this(ctx, original)?;
    exceptions::update(ctx, made, |f| {
        f.traceback = fields.traceback;
        f.context = fields.context;
        f.cause = fields.cause;
        f.suppress_context = true;
    });
    let name = ctx.names().__notes__;
    if let Some(notes) = ctx.try_attr(original, name)? {
        let is_sequence = notes
            .class(ctx)
            .lookup(ctx, ctx.names().__getitem__)
            .is_some();
        if is_sequence && notes.as_dict().is_none() {
            let copy = to_tuple(ctx, notes)?.items().to_vec();
            ctx.set_attr(made, name, Value::List(List::new(ctx, copy)))?;
        }
    }
    Ok(Some(made))
}

/// The addresses of the exceptions of a group that are no groups, however deep,
/// added to `leaves`.
pub fn collect_leaves<'gc>(ctx: Context<'gc>, exception: Value<'gc>, leaves: &mut HashSet<usize>) {
    // The stack of what is still to be looked at stands in for recursion.
    let mut pending = vec![exception];
    while let Some(exception) = pending.pop() {
        if is_group(ctx, exception) {
            pending.extend_from_slice(members(exception));
        } else {
            leaves.extend(exception.address());
        }
    }
}
