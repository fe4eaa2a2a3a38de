//! The methods of `generator`. How a generator is resumed is in `vm::generators`.

use gc_arena::Gc;

use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeCall, class_method, method, slot};
use crate::raised::Raised;
use crate::types::def::{GetSetDef, Live, TypeDef, getset, getter};
use crate::types::exceptions::{self, Exc};
use crate::types::generator::{Generator, GeneratorState};
use crate::types::generic_alias;
use crate::types::iterator_methods::ITER;
use crate::types::traceback::Traceback;
use crate::value::Value;
use crate::vm::flow::{Flow, Resume, and_then};
use crate::vm::frame::Frame;
use crate::vm::generators::{delegate_of, throw_into_delegate};

/// The type.
pub static GENERATOR: TypeDef = TypeDef {
    name: "generator",
    subclassable: false,
    weakrefable: true,
    methods: &[
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        ITER,
        slot(
            "__next__($self, /)",
            "Implement next(self).",
            FlowCall(next),
        ),
        method(
            "send($self, object, /)",
            "send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration.",
            FlowCall(send),
        ),
        method(
            "throw($self, typ, val=None, tb=None, /)",
            "throw(value)\nthrow(type[,value[,tb]])\n\n\
             Raise exception in generator, return next yielded value or raise\nStopIteration.\n\
             the (type, val, tb) signature is deprecated, \n\
             and may be removed in a future version of Python.",
            FlowCall(throw),
        ),
        method(
            "close($self, /)",
            "close() -> raise GeneratorExit inside generator.",
            NativeCall::Flow(close),
        ),
        slot(
            "__del__($self, /)",
            "Called when the instance is about to be destroyed.",
            FlowCall(close),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[
        NAME,
        QUALNAME,
        getter(
            "gi_yieldfrom",
            "object being iterated by yield from, or None",
            |ctx, this| Ok(delegate_of(generator(ctx, this)?).unwrap_or(Value::None)),
        ),
        getter("gi_running", "", |ctx, this| {
            let state = generator(ctx, this)?.state();
            Ok(Value::bool(state == GeneratorState::Running))
        }),
        GetSetDef {
            live: FRAME_LIVE,
            ..getter("gi_frame", "", frame)
        },
        getter("gi_suspended", "", |ctx, this| {
            let state = generator(ctx, this)?.state();
            Ok(Value::bool(state == GeneratorState::Suspended))
        }),
        getter("gi_code", "", |ctx, this| {
            Ok(Value::Code(generator(ctx, this)?.0.borrow().code))
        }),
    ],
    ..TypeDef::DEFAULT
};

/// `__name__`
pub const NAME: GetSetDef = name_attribute("name of the generator");
/// `__qualname__`
pub const QUALNAME: GetSetDef = qualname_attribute("qualified name of the generator");

/// `__name__` of a generator or coroutine.
pub const fn name_attribute(doc: &'static str) -> GetSetDef {
    getset(
        "__name__",
        doc,
        |ctx, this| Ok(Value::Str(generator(ctx, this)?.0.borrow().name)),
        |ctx, this, value| {
            let name = name_value(ctx, "__name__", value)?;
            generator(ctx, this)?.0.borrow_mut(ctx.mc).name = name;
            Ok(())
        },
    )
}

/// `__qualname__` of a generator or coroutine.
pub const fn qualname_attribute(doc: &'static str) -> GetSetDef {
    getset(
        "__qualname__",
        doc,
        |ctx, this| Ok(Value::Str(generator(ctx, this)?.0.borrow().qualname)),
        |ctx, this, value| {
            let name = name_value(ctx, "__qualname__", value)?;
            generator(ctx, this)?.0.borrow_mut(ctx.mc).qualname = name;
            Ok(())
        },
    )
}

/// The generator or coroutine that a value is.
pub fn generator<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Generator<'gc>, Raised<'gc>> {
    match value {
        Value::Generator(generator) => Ok(generator),
        _ => Err(ctx.type_error("a generator is required")),
    }
}

fn name_value<'gc>(
    ctx: Context<'gc>,
    attribute: &str,
    value: Value<'gc>,
) -> Result<crate::types::str::Str<'gc>, Raised<'gc>> {
    value
        .as_str()
        .ok_or_else(|| ctx.type_error(format!("{attribute} must be set to a string object")))
}

/// `repr` of a generator or coroutine
pub fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let generator = generator(ctx, args[0])?;
    let (kind, name) = (generator.kind(), generator.0.borrow().qualname);
    let address = args[0].address().unwrap_or(0);
    Ok(ctx.str_value(&format!(
        "<{kind} object {} at {address:#x}>",
        name.to_string_lossy()
    )))
}

fn next<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let generator = generator(ctx, args[0])?;
    Ok(Flow::Resume(generator, Resume::Send(Value::None)))
}

/// `generator.send(value)`
pub fn send<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    Ok(Flow::Resume(
        generator(ctx, args[0])?,
        Resume::Send(args[1]),
    ))
}

/// `generator.throw(...)`
pub fn throw<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let generator = generator(ctx, args[0])?;
    if !args[2].is_absent() {
        ctx.warn_deprecated(
            "the (type, exc, tb) signature of throw() is deprecated, \
             use the single-arg signature instead.",
        )?;
    }
    let given = args[1..].iter().take_while(|v| !v.is_absent()).count();
    throw_flow(ctx, generator, &args[1..=given])
}

/// `generator.throw(*arguments)`: a sub-iterator that the generator waits for
/// gets it first.
pub fn throw_flow<'gc>(
    ctx: Context<'gc>,
    generator: Generator<'gc>,
    arguments: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(inner) = delegate_of(generator) {
        return Ok(throw_into_delegate(generator, inner, arguments));
    }
    let raised = thrown(ctx, arguments)?;
    Ok(Flow::Resume(generator, Resume::Throw(raised)))
}

/// The exception that the arguments of `throw` mean.
pub fn thrown<'gc>(
    ctx: Context<'gc>,
    arguments: &[Value<'gc>],
) -> Result<Raised<'gc>, Raised<'gc>> {
    let part = |at: usize| arguments.get(at).copied().unwrap_or(Value::None);
    let (kind, value, traceback) = (part(0), part(1), part(2));
    if !traceback.is_none() && traceback.native::<Traceback<'_>>().is_none() {
        return Err(ctx.type_error("throw() third argument must be a traceback object"));
    }
    let raised = match kind {
        Value::Type(class) if exceptions::is_exception_class(ctx, class) => {
            let made = match (value, exceptions::as_exception(ctx, value)) {
                (value, Some(_)) if value.class(ctx).is_subclass_of(class) => value,
                (Value::None, _) => ctx.call(kind, &[])?,
                (Value::Tuple(items), _) => ctx.call(kind, items.items())?,
                (value, _) => ctx.call(kind, &[value])?,
            };
            exceptions::as_exception(ctx, made)
        }
        _ => {
            let raised = exceptions::as_exception(ctx, kind);
            if raised.is_some() && !value.is_none() {
                return Err(ctx.type_error("instance exception may not have a separate value"));
            }
            raised
        }
    };
    let Some(raised) = raised else {
        return Err(ctx.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            ctx.type_name(kind)
        )));
    };
    if !traceback.is_none() {
        exceptions::update(ctx, raised.value(), |f| f.traceback = traceback);
    }
    Ok(raised)
}

/// `generator.close()`
pub fn close<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let generator = generator(ctx, args[0])?;
    match generator.state() {
        GeneratorState::Created => {
            generator.end(ctx);
            return Ok(Flow::Return(Value::None));
        }
        GeneratorState::Finished => return Ok(Flow::Return(Value::None)),
        GeneratorState::Running => {
            let kind = generator.kind();
            return Err(ctx.value_error(format!("{kind} already executing")));
        }
        GeneratorState::Suspended => {}
    }
    let exit = ctx.error_with(Exc::GeneratorExit, &[]);
    let flow = Flow::Resume(generator, Resume::Throw(exit));
    and_then(
        ctx,
        flow,
        vec![args[0]],
        |ctx, state, result| match result {
            Ok(_) => {
                let kind = ctx.type_name(state[0]);
                Err(ctx.runtime_error(format!("{kind} ignored GeneratorExit")))
            }
            Err(raised) if exceptions::matches(ctx, raised, Exc::StopIteration) => {
                let value = exceptions::field(ctx, raised.value(), "value");
                Ok(Flow::Return(value.or(Value::None)))
            }
            Err(raised) if exceptions::matches(ctx, raised, Exc::GeneratorExit) => {
                Ok(Flow::Return(Value::None))
            }
            Err(raised) => Err(raised),
        },
    )
}

/// A frame that runs is where the VM has it.
pub const FRAME_LIVE: Live = Live {
    get: Some(|ctx, caller, args| {
        let own = generator(ctx, args[0])?;
        let running = caller.frames.iter_mut().find_map(|frame| match frame {
            Frame::Python(running) if running.generator.is_some_and(|g| Gc::ptr_eq(g.0, own.0)) => {
                Some(running)
            }
            _ => None,
        });
        match running {
            Some(running) => Ok(Value::Object(crate::types::frame::object_of(ctx, running))),
            None => frame(ctx, args[0]),
        }
    }),
    set: None,
};

/// `gi_frame`: None once the generator has ended.
pub fn frame<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let generator = generator(ctx, value)?;
    let mut data = generator.0.borrow_mut(ctx.mc);
    Ok(match &mut data.frame {
        Some(frame) => {
            frame.generator = Some(generator);
            Value::Object(crate::types::frame::object_of(ctx, frame))
        }
        None => Value::None,
    })
}
