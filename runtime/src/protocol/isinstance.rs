//! `isinstance` and `issubclass`: tuples, unions, the metaclass's hooks, and
//! objects that are no classes but have `__bases__`.

use crate::context::Context;
use crate::immediate::Truth;
use crate::protocol::call::call_special;
use crate::raised::Raised;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// Which of the two questions is asked.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Question {
    Instance,
    Subclass,
}

/// `isinstance(object, classes)` as a flow; the result is a bool.
pub fn is_instance<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    classes: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    ask(ctx, Question::Instance, object, classes)
}

/// `issubclass(class, classes)` as a flow; the result is a bool.
pub fn is_subclass<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    classes: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    ask(ctx, Question::Subclass, class, classes)
}

fn ask<'gc>(
    ctx: Context<'gc>,
    question: Question,
    object: Value<'gc>,
    classes: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Value::Type(class) = classes {
        if question == Question::Instance && object.class(ctx) == class {
            return Ok(Flow::Return(Value::bool(true)));
        }
        if class.metaclass(ctx) == ctx.types().type_ {
            return default_answer(ctx, question, object, classes)
                .map(|answer| Flow::Return(Value::bool(answer)));
        }
    }
    let alternatives = match classes.as_tuple() {
        Some(tuple) => Some(tuple),
        None => crate::types::union::members(classes),
    };
    if let Some(tuple) = alternatives {
        return ctx.recurse(" in __instancecheck__", || {
            ask_any(ctx, question, object, tuple.items())
        });
    }
    let names = ctx.names();
    let name = match question {
        Question::Instance => names.__instancecheck__,
        Question::Subclass => names.__subclasscheck__,
    };
    let metaclass = classes.class(ctx);
    match metaclass.lookup(ctx, name) {
        // `type`'s own hooks are the default, and need no call.
        Some(Value::Native(native)) if native.owner() == Some(ctx.types().type_) => {
            default_answer(ctx, question, object, classes)
                .map(|answer| Flow::Return(Value::bool(answer)))
        }
        Some(hook) => {
            let flow = call_special(ctx, hook, classes, &[object])?;
            and_then(ctx, flow, vec![], |ctx, _, result| {
                let answer = ctx.truth(result?)?;
                Ok(Flow::Return(Value::bool(answer)))
            })
        }
        None => default_answer(ctx, question, object, classes)
            .map(|answer| Flow::Return(Value::bool(answer))),
    }
}

/// Asks for each of `classes` until one says yes.
fn ask_any<'gc>(
    ctx: Context<'gc>,
    question: Question,
    object: Value<'gc>,
    classes: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    for (at, class) in classes.iter().enumerate() {
        match ask(ctx, question, object, *class)? {
            Flow::Return(Value::Bool(Truth::True)) => return Ok(Flow::Return(Value::bool(true))),
            Flow::Return(_) => {}
            flow => {
                let rest = Value::Tuple(ctx.tuple(&classes[at + 1..]));
                let instance = Value::bool(question == Question::Instance);
                return and_then(
                    ctx,
                    flow,
                    vec![instance, object, rest],
                    |ctx, state, result| match result? {
                        Value::Bool(Truth::True) => Ok(Flow::Return(Value::bool(true))),
                        _ => {
                            let question = match state[0] {
                                Value::Bool(Truth::True) => Question::Instance,
                                _ => Question::Subclass,
                            };
                            ask(ctx, question, state[1], state[2])
                        }
                    },
                );
            }
        }
    }
    Ok(Flow::Return(Value::bool(false)))
}

fn default_answer<'gc>(
    ctx: Context<'gc>,
    question: Question,
    object: Value<'gc>,
    classes: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    match question {
        Question::Instance => default_is_instance(ctx, object, classes),
        Question::Subclass => default_is_subclass(ctx, object, classes),
    }
}

/// `type.__instancecheck__`, and what stands for it where `class` is no class.
pub fn default_is_instance<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    class: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    if let Value::Type(class) = class {
        let own = object.class(ctx);
        if own.is_subclass_of(class) {
            return Ok(true);
        }
        return Ok(match claimed_class(ctx, object, own)? {
            Some(Value::Type(claimed)) => claimed != own && claimed.is_subclass_of(class),
            _ => false,
        });
    }
    const MESSAGE: &str = "isinstance() arg 2 must be a type, a tuple of types, or a union";
    check_class(ctx, class, MESSAGE)?;
    match ctx.try_attr(object, ctx.names().__class__)? {
        Some(claimed) => abstract_is_subclass(ctx, claimed, class),
        None => Ok(false),
    }
}

/// `object.__class__`, where it may differ from the object's class.
fn claimed_class<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    own: Type<'gc>,
) -> Result<Option<Value<'gc>>, Raised<'gc>> {
    // Only a Python class can say that it is another one.
    if !own.flags().heap && !matches!(object, Value::Object(_)) {
        return Ok(None);
    }
    ctx.try_attr(object, ctx.names().__class__)
}

/// `type.__subclasscheck__`, and what stands for it where one of the two is no class.
pub fn default_is_subclass<'gc>(
    ctx: Context<'gc>,
    derived: Value<'gc>,
    class: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    if let (Value::Type(derived), Value::Type(class)) = (derived, class) {
        return Ok(derived.is_subclass_of(class));
    }
    check_class(ctx, derived, "issubclass() arg 1 must be a class")?;
    const MESSAGE: &str = "issubclass() arg 2 must be a class, a tuple of classes, or a union";
    check_class(ctx, class, MESSAGE)?;
    abstract_is_subclass(ctx, derived, class)
}

/// `__bases__`, where it is a tuple.
fn bases_of<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
) -> Result<Option<&'gc [Value<'gc>]>, Raised<'gc>> {
    let bases = ctx.try_attr(class, ctx.names().__bases__)?;
    Ok(bases.and_then(|b| b.as_tuple()).map(|t| t.items()))
}

fn check_class<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    message: &str,
) -> Result<(), Raised<'gc>> {
    if matches!(class, Value::Type(_)) {
        return Ok(());
    }
    match bases_of(ctx, class)? {
        Some(_) => Ok(()),
        None => Err(ctx.type_error(message)),
    }
}

/// Whether `class` is found by following `__bases__` from `derived`.
fn abstract_is_subclass<'gc>(
    ctx: Context<'gc>,
    derived: Value<'gc>,
    class: Value<'gc>,
) -> Result<bool, Raised<'gc>> {
    let mut derived = derived;
    loop {
        if derived.is(class) {
            return Ok(true);
        }
        match bases_of(ctx, derived)? {
            None | Some([]) => return Ok(false),
            Some([base]) => derived = *base,
            Some(bases) => {
                return ctx.recurse(" in __subclasscheck__", || {
                    for base in bases {
                        if abstract_is_subclass(ctx, *base, class)? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                });
            }
        }
    }
}

impl<'gc> Context<'gc> {
    /// `isinstance(object, classes)`, run to its end.
    pub fn is_instance(self, object: Value<'gc>, classes: Value<'gc>) -> Result<bool, Raised<'gc>> {
        let answer = self.complete(is_instance(self, object, classes)?)?;
        Ok(matches!(answer, Value::Bool(Truth::True)))
    }

    /// `issubclass(class, classes)`, run to its end.
    pub fn is_subclass(self, class: Value<'gc>, classes: Value<'gc>) -> Result<bool, Raised<'gc>> {
        let answer = self.complete(is_subclass(self, class, classes)?)?;
        Ok(matches!(answer, Value::Bool(Truth::True)))
    }
}
