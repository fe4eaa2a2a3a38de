//! Calls of classes: `type.__call__`, and the constructions that need none of
//! its generality.

use smallvec::SmallVec;

use crate::context::Context;
use crate::object::{Object, Payload};
use crate::protocol::attribute::{Attr, get_descriptor};
use crate::raised::Raised;
use crate::types::exceptions::{self, Exc};
use crate::types::super_type;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::call::{Called, call_native_with, call_object};
use crate::vm::flow::{Arguments, Call, Flow, and_then};
use crate::vm::frame::{After, Caller};

impl<'gc> Vm<'gc> {
    /// Calls `class`, which lies at `at` of the stack, with the arguments above it:
    /// what became of it, or the flow that is to be begun next.
    pub(super) fn call_type(
        &mut self,
        ctx: Context<'gc>,
        class: Type<'gc>,
        at: usize,
        names: Option<Tuple<'gc>>,
    ) -> Result<Result<Called, Flow<'gc>>, Raised<'gc>> {
        if self.stack[at + 1].is_absent()
            && let Some(called) = self.construct_plain(ctx, class, at, names)?
        {
            return Ok(Ok(called));
        }
        let arguments = self.take_arguments(at, names);
        let caller = Caller {
            frames: &mut self.frames[..],
            stack: &mut self.stack[..at],
        };
        call_class(ctx, Some(caller), class, arguments).map(Err)
    }

    /// The commonest constructions, without collecting the arguments: instances
    /// of plain Python classes, exceptions, `super()`. None where the class is of
    /// no such kind.
    fn construct_plain(
        &mut self,
        ctx: Context<'gc>,
        class: Type<'gc>,
        at: usize,
        keywords: Option<Tuple<'gc>>,
    ) -> Result<Option<Called>, Raised<'gc>> {
        let (types, flags) = (ctx.types(), class.flags());
        if class == types.super_ && self.top == at + 2 {
            let caller = Caller {
                frames: &mut self.frames[..],
                stack: &mut self.stack[..at],
            };
            let made = super_type::of_caller(ctx, caller)?;
            self.top = at;
            self.push(made);
            return Ok(Some(Called::Done));
        }
        if flags.is_abstract || class.metaclass(ctx) != types.type_ {
            return Ok(None);
        }
        let names = ctx.names();
        let (Some(Value::Native(new)), Some(init)) = (
            class.lookup(ctx, names.__new__),
            class.lookup(ctx, names.__init__),
        ) else {
            return Ok(None);
        };
        let owner = new.owner();
        let base_exception = ctx.exceptions().get(Exc::BaseException);
        let instance = if owner == Some(types.object) && flags.heap {
            match init {
                Value::Function(_) => {}
                Value::Native(init) if init.owner() == Some(types.object) && self.top == at + 2 => {
                }
                _ => return Ok(None),
            }
            Object::new(ctx, class, Payload::NONE)
        } else if ctx.exceptions().is_plain_new(new) {
            match init {
                Value::Function(_) => {}
                Value::Native(init)
                    if init.owner() == Some(base_exception) && keywords.is_none() => {}
                _ => return Ok(None),
            }
            let end = self.top - keywords.map_or(0, |names| names.len());
            let given = ctx.tuple(&self.stack[at + 2..end]);
            exceptions::allocate(ctx, class, given)
        } else {
            return Ok(None);
        };
        let instance = Value::Object(instance);
        // It stays below the frame, as the value of the call.
        self.stack[at] = instance;
        let Value::Function(init) = init else {
            self.top = at + 1;
            return Ok(Some(Called::Done));
        };
        self.stack[at + 1] = instance;
        self.call_function(ctx, init, at + 1, at + 1, keywords, After::Init)
            .map(Some)
    }
}

/// Calls a class: through its metaclass's `__call__`, if that is not `type`'s.
pub fn call_class<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    class: Type<'gc>,
    arguments: Arguments<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let metaclass = class.metaclass(ctx);
    if metaclass != ctx.types().type_ {
        match metaclass.lookup(ctx, ctx.names().__call__) {
            Some(Value::Native(native)) if native.owner() == Some(ctx.types().type_) => {}
            _ => return call_object(ctx, Value::Type(class), arguments),
        }
    }
    construct(ctx, caller, class, arguments)
}

/// `type.__call__`: `__new__`, then `__init__` if that gave an instance. Both
/// see `caller` when they are natives that look at it.
pub fn construct<'gc>(
    ctx: Context<'gc>,
    mut caller: Option<Caller<'_, 'gc>>,
    class: Type<'gc>,
    mut arguments: Arguments<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let names = ctx.names();
    if class == ctx.types().type_ {
        match (&arguments.positional[..], arguments.keywords.is_empty()) {
            ([object], true) => return Ok(Flow::Return(Value::Type(object.class(ctx)))),
            ([_, _, _], _) => {}
            _ => return Err(ctx.type_error("type() takes 1 or 3 arguments")),
        }
    }
    if arguments.keywords.is_empty()
        && let Some(make) = class.def().and_then(|def| def.construct)
    {
        return make(ctx, &arguments.positional);
    }
    let new = match class.lookup(ctx, names.__new__) {
        Some(new @ Value::Native(_)) => new,
        Some(found) => match crate::protocol::attribute::get_from_class(ctx, found, class)? {
            Attr::Value(value) | Attr::Method(value) => value,
            Attr::Flow(flow) => ctx.complete(flow)?,
            Attr::Missing => found,
        },
        None => {
            return Err(ctx.type_error(format!("cannot create '{}' instances", class.name_text())));
        }
    };
    arguments.positional.insert(0, Value::Type(class));
    let made = match new {
        Value::Native(native) => {
            if let Some(owner) = native.owner()
                && owner == ctx.types().object
                && let Some(def) = not_creatable(ctx, class)
            {
                return Err(ctx.type_error(format!("cannot create '{def}' instances")));
            }
            let (positional, keywords) = (&arguments.positional, &arguments.keywords);
            let caller = caller.as_mut().map(Caller::reborrow);
            call_native_with(ctx, native, positional, keywords, caller, false)?
        }
        new => Flow::Call(Box::new(Call {
            callee: new,
            arguments: arguments.clone(),
        })),
    };
    // `type(name, bases, namespace)` has no `__init__` worth a call.
    if let Flow::Return(instance) = made {
        return initialize(ctx, caller, class, instance, arguments);
    }
    let mut state = vec![Value::Type(class)];
    let keywords: Vec<Value<'gc>> = arguments
        .keywords
        .iter()
        .flat_map(|(n, v)| [Value::Str(*n), *v])
        .collect();
    state.push(Value::Int(keywords.len() as i64));
    state.extend(keywords);
    state.extend_from_slice(&arguments.positional);
    and_then(ctx, made, state, |ctx, state, result| {
        let (Value::Type(class), Value::Int(count)) = (state[0], state[1]) else {
            return Ok(Flow::Return(Value::None));
        };
        let split = 2 + count as usize;
        let keywords = state[2..split]
            .chunks_exact(2)
            .filter_map(|pair| Some((pair[0].as_str()?, pair[1])))
            .collect();
        let positional = SmallVec::from_slice(&state[split..]);
        initialize(
            ctx,
            None,
            class,
            result?,
            Arguments {
                positional,
                keywords,
            },
        )
    })
}

/// A built-in type without a `__new__` of its own that derives from `object`
/// can't be called: CPython's tp_new is null.
fn not_creatable<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Option<String> {
    let layout = class.mro().into_iter().find(|c| !c.flags().heap)?;
    (layout != ctx.types().object && layout.def().is_some_and(|d| !d.subclassable))
        .then(|| class.name_text().into_owned())
}

/// The second half of `type.__call__`. `arguments` begin with the class.
fn initialize<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    class: Type<'gc>,
    instance: Value<'gc>,
    mut arguments: Arguments<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let made = instance.class(ctx);
    if !made.is_subclass_of(class) {
        return Ok(Flow::Return(instance));
    }
    let Some(init) = made.lookup(ctx, ctx.names().__init__) else {
        return Ok(Flow::Return(instance));
    };
    arguments.positional[0] = instance;
    let flow = match init {
        Value::Native(native)
            if native.owner() == Some(ctx.types().object) && !made.flags().heap =>
        {
            return Ok(Flow::Return(instance));
        }
        Value::Native(native) if native.binds() => {
            let (positional, keywords) = (&arguments.positional, &arguments.keywords);
            call_native_with(ctx, native, positional, keywords, caller, false)?
        }
        Value::Function(_) => Flow::Call(Box::new(Call {
            callee: init,
            arguments,
        })),
        _ => match get_descriptor(ctx, init, instance, made)? {
            Attr::Method(callee) => Flow::Call(Box::new(Call { callee, arguments })),
            Attr::Value(callee) => {
                arguments.positional.remove(0);
                Flow::Call(Box::new(Call { callee, arguments }))
            }
            Attr::Flow(flow) => {
                let callee = ctx.complete(flow)?;
                arguments.positional.remove(0);
                Flow::Call(Box::new(Call { callee, arguments }))
            }
            Attr::Missing => return Ok(Flow::Return(instance)),
        },
    };
    and_then(
        ctx,
        flow,
        vec![instance],
        |ctx, state, result| match result? {
            Value::None => Ok(Flow::Return(state[0])),
            other => Err(init_result_error(ctx, other)),
        },
    )
}

/// The TypeError of an `__init__` that returned something.
pub fn init_result_error<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Raised<'gc> {
    ctx.type_error(format!(
        "__init__() should return None, not '{}'",
        ctx.type_name(value)
    ))
}
