//! Coroutines: what an `async def` function returns. One is a generator that only
//! `await` and its own methods drive.
//!
//! DIFFERENCE: there are no asynchronous generators, comprehensions, `for` and `with`,
//! and nobody warns of a coroutine that was never awaited.

use gc_arena::Collect;

use crate::bytecode::CodeFlags;
use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{class_method, method, slot};
use crate::object::Object;
use crate::protocol::{call, iterate};
use crate::raised::Raised;
use crate::types::def::{GetSetDef, TypeDef, getter, member};
use crate::types::generator::{Generator, GeneratorState};
use crate::types::generator_methods as generators;
use crate::types::generic_alias;
use crate::types::iterator_methods::ITER;
use crate::value::Value;
use crate::vm::flow::{Flow, Resume, and_then};
use crate::vm::generators::delegate_of;

/// The type.
pub static COROUTINE: TypeDef = TypeDef {
    name: "coroutine",
    subclassable: false,
    weakrefable: true,
    methods: &[
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(generators::repr),
        ),
        slot(
            "__await__($self, /)",
            "Return an iterator to be used in await expression.",
            Plain(wrapper),
        ),
        method(
            "send($self, object, /)",
            "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.",
            FlowCall(generators::send),
        ),
        method(
            "throw($self, typ, val=None, tb=None, /)",
            "throw(value)\nthrow(type[,value[,traceback]])\n\n\
             Raise exception in coroutine, return next iterated value or raise\nStopIteration.\n\
             the (type, val, tb) signature is deprecated, \n\
             and may be removed in a future version of Python.",
            FlowCall(generators::throw),
        ),
        method(
            "close($self, /)",
            "close() -> raise GeneratorExit inside coroutine.",
            FlowCall(generators::close),
        ),
        slot(
            "__del__($self, /)",
            "Called when the instance is about to be destroyed.",
            FlowCall(generators::close),
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            generic_alias::CLASS_GETITEM_DOC,
            Plain(generic_alias::class_getitem),
        ),
    ],
    getsets: &[
        generators::name_attribute("name of the coroutine"),
        generators::qualname_attribute("qualified name of the coroutine"),
        getter(
            "cr_await",
            "object being awaited on, or None",
            |ctx, this| Ok(delegate_of(generators::generator(ctx, this)?).unwrap_or(Value::None)),
        ),
        getter("cr_running", "", |ctx, this| {
            let state = generators::generator(ctx, this)?.state();
            Ok(Value::bool(state == GeneratorState::Running))
        }),
        getter("cr_suspended", "", |ctx, this| {
            let state = generators::generator(ctx, this)?.state();
            Ok(Value::bool(state == GeneratorState::Suspended))
        }),
        GetSetDef {
            live: generators::FRAME_LIVE,
            ..getter("cr_frame", "", generators::frame)
        },
        getter("cr_code", "", |ctx, this| {
            Ok(Value::Code(
                generators::generator(ctx, this)?.0.borrow().code,
            ))
        }),
        member("cr_origin", "", |ctx, this| {
            Ok(generators::generator(ctx, this)?.0.borrow().origin)
        }),
    ],
    ..TypeDef::DEFAULT
};

/// The payload of the iterator that `__await__` answers with.
#[derive(Collect)]
#[collect(no_drop)]
struct Wrapped<'gc>(Generator<'gc>);

impl NativeData for Wrapped<'static> {
    type Data<'gc> = Wrapped<'gc>;
}

/// The iterator that drives a coroutine.
static WRAPPER: TypeDef = TypeDef {
    name: "coroutine_wrapper",
    doc: "A wrapper object implementing __await__ for coroutines.",
    subclassable: false,
    methods: &[
        ITER,
        slot(
            "__next__($self, /)",
            "Implement next(self).",
            FlowCall(|ctx, args| {
                let resume = Resume::Send(Value::None);
                Ok(Flow::Resume(wrapped(ctx, args[0])?, resume))
            }),
        ),
        method(
            "send($self, value, /)",
            "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.",
            FlowCall(|ctx, args| Ok(Flow::Resume(wrapped(ctx, args[0])?, Resume::Send(args[1])))),
        ),
        method(
            "throw($self, typ, val=None, tb=None, /)",
            "throw(value)\nthrow(type[,value[,traceback]])\n\n\
             Raise exception in coroutine, return next iterated value or raise\nStopIteration.\n\
             the (type, val, tb) signature is deprecated, \n\
             and may be removed in a future version of Python.",
            FlowCall(|ctx, args| {
                let mut all = args.to_vec();
                all[0] = Value::Generator(wrapped(ctx, args[0])?);
                generators::throw(ctx, &all)
            }),
        ),
        method(
            "close($self, /)",
            "close() -> raise GeneratorExit inside coroutine.",
            FlowCall(|ctx, args| {
                generators::close(ctx, &[Value::Generator(wrapped(ctx, args[0])?)])
            }),
        ),
    ],
    ..TypeDef::DEFAULT
};

fn wrapped<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Generator<'gc>, Raised<'gc>> {
    match value.native::<Wrapped<'static>>() {
        Some(wrapped) => Ok(wrapped.0),
        None => Err(ctx.type_error("a coroutine is required")),
    }
}

fn wrapper<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let coroutine = generators::generator(ctx, args[0])?;
    let class = ctx.type_of_def(&WRAPPER);
    let made = Object::with_native::<Wrapped<'static>>(ctx, class, Wrapped(coroutine));
    Ok(Value::Object(made))
}

/// The iterator that an `await` of a value drives: a coroutine itself, or what
/// `__await__` answers.
pub fn awaitable<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Value::Generator(coroutine) = value
        && coroutine.is_coroutine()
    {
        if delegate_of(coroutine).is_some() {
            return Err(ctx.runtime_error("coroutine is being awaited already"));
        }
        return Ok(Flow::Return(value));
    }
    if let Value::Generator(generator) = value {
        let flags = generator.0.borrow().code.unit().flags;
        if flags.has(CodeFlags::ITERABLE_COROUTINE) {
            return Ok(Flow::Return(value));
        }
    }
    let Some(flow) = call::call_method(ctx, value, ctx.intern("__await__"), &[])? else {
        return Err(ctx.type_error(format!(
            "'{}' object can't be awaited",
            ctx.type_name(value)
        )));
    };
    and_then(ctx, flow, vec![], |ctx, _, result| {
        let iterator = result?;
        if matches!(iterator, Value::Generator(generator) if generator.is_coroutine()) {
            return Err(ctx.type_error("__await__() returned a coroutine"));
        }
        if iterate::is_iterator(ctx, iterator) {
            return Ok(Flow::Return(iterator));
        }
        Err(ctx.type_error(format!(
            "__await__() returned non-iterator of type '{}'",
            ctx.type_name(iterator)
        )))
    })
}
