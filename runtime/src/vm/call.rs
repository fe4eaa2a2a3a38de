//! Calls: what the VM does with a callable and arguments on its stack, and how
//! natives are called.

use smallvec::SmallVec;

use crate::bytecode::CodeFlags;
use crate::context::Context;
use crate::native::{NativeCall, NativeKind};
use crate::protocol::attribute::{Attr, get_descriptor};
use crate::raised::Raised;
use crate::types::exceptions::Exc;
use crate::types::function::Function;
use crate::types::native_function::{NativeFunction, NativeMethod};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::bind::{bind_native, bind_python};
use crate::vm::flow::{Arguments, Call, Flow};
use crate::vm::frame::{After, Caller, Frame, PyFrame};
use crate::vm::{Signal, Vm, chained};

/// What became of a call.
pub enum Called {
    /// The result is on the stack.
    Done,
    /// A frame was pushed; its result will come.
    Frame,
}

/// Checks that an unbound method is called on an instance of its type.
fn check_receiver<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let def = native.def();
    let Some(owner) = native.owner() else {
        return Ok(());
    };
    match def.kind {
        NativeKind::Method | NativeKind::Slot => {
            if let Some(receiver) = args.first() {
                let class = receiver.class(ctx);
                if class == owner || class.is_subclass_of(owner) {
                    return Ok(());
                }
            }
            let name = def.name();
            let Some(receiver) = args.first() else {
                return Err(ctx.type_error(if def.kind == NativeKind::Slot {
                    format!(
                        "descriptor '{name}' of '{}' object needs an argument",
                        owner.name_text()
                    )
                } else {
                    format!(
                        "unbound method {}.{name}() needs an argument",
                        owner.qualname().to_string_lossy()
                    )
                }));
            };
            let class = receiver.class(ctx);
            Err(ctx.type_error(if def.kind == NativeKind::Slot {
                format!(
                    "descriptor '{name}' requires a '{}' object but received a '{}'",
                    owner.name_text(),
                    class.name_text()
                )
            } else {
                format!(
                    "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
                    owner.name_text(),
                    class.name_text()
                )
            }))
        }
        NativeKind::New => check_new(ctx, native, owner, args.first().copied()),
        _ => Ok(()),
    }
}

/// `X.__new__(class, ...)`: the class must be X or derive from it, and have X's layout.
fn check_new<'gc>(
    ctx: Context<'gc>,
    new: NativeFunction<'gc>,
    owner: Type<'gc>,
    first: Option<Value<'gc>>,
) -> Result<(), Raised<'gc>> {
    let name = owner.name_text();
    let Some(first) = first else {
        return Err(ctx.type_error(format!("{name}.__new__(): not enough arguments")));
    };
    let Value::Type(class) = first else {
        return Err(ctx.type_error(format!(
            "{name}.__new__(X): X is not a type object ({})",
            ctx.type_name(first)
        )));
    };
    if class == owner {
        return Ok(());
    }
    if !class.is_subclass_of(owner) {
        let class = class.name_text();
        return Err(ctx.type_error(format!(
            "{name}.__new__({class}): {class} is not a subtype of {name}"
        )));
    }
    // Along the bases, the first class without a Python `__new__` has to be
    // made by the one that is asked.
    let name_new = ctx.names().__new__;
    let mut nearest = Some(class);
    while let Some(base) = nearest {
        if let Some(Value::Native(native)) = base.lookup(ctx, name_new) {
            // The same function may be repeated in the class.
            if native.owner() == Some(owner) || std::ptr::eq(native.def(), new.def()) {
                return Ok(());
            }
            return Err(ctx.type_error(format!(
                "{name}.__new__({}) is not safe, use {}.__new__()",
                class.name_text(),
                base.name_text()
            )));
        }
        nearest = base.base();
    }
    Ok(())
}

/// Calls a native from a native: `args` counts the receiver.
pub fn call_native<'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    args: &[Value<'gc>],
    keywords: &[(Str<'gc>, Value<'gc>)],
) -> Result<Flow<'gc>, Raised<'gc>> {
    call_native_with(ctx, native, args, keywords, None, false)
}

/// As `call_native`, of a method that was taken from its object before: its
/// argument errors name the object's class.
pub fn call_native_method<'gc>(
    ctx: Context<'gc>,
    method: NativeMethod<'gc>,
    args: &[Value<'gc>],
    keywords: &[(Str<'gc>, Value<'gc>)],
) -> Result<Flow<'gc>, Raised<'gc>> {
    call_native_with(ctx, method.function(), args, keywords, None, true)
}

pub(super) fn call_native_with<'a, 'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    args: &'a [Value<'gc>],
    keywords: &[(Str<'gc>, Value<'gc>)],
    caller: Option<Caller<'a, 'gc>>,
    is_bound: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    check_receiver(ctx, native, args)?;
    let signature = native.signature();
    if signature.direct && keywords.is_empty() && args.len() == signature.params.len() {
        return run_native(ctx, native, args, caller);
    }
    let bound = bind_native(ctx, native, args, keywords, is_bound)?;
    match (native.def().call, caller) {
        (NativeCall::Caller(function), Some(Caller { frames, stack })) => {
            function(ctx, Some(Caller { frames, stack }), &bound)
        }
        (NativeCall::Caller(function), None) => function(ctx, None, &bound),
        _ => run_native(ctx, native, &bound, None),
    }
}

#[inline]
fn run_native<'a, 'gc>(
    ctx: Context<'gc>,
    native: NativeFunction<'gc>,
    args: &'a [Value<'gc>],
    caller: Option<Caller<'a, 'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match native.def().call {
        NativeCall::Plain(function) => function(ctx, args).map(Flow::Return),
        NativeCall::Flow(function) => function(ctx, args),
        NativeCall::Caller(function) => function(ctx, caller, args),
    }
}

impl<'gc> Vm<'gc> {
    /// Calls with the stack `callable, self-or-Absent, args...`, `argc` args of
    /// which the last `names.len()` are passed by name.
    pub(super) fn call(
        &mut self,
        ctx: Context<'gc>,
        argc: usize,
        names: Option<Tuple<'gc>>,
    ) -> Result<Called, Raised<'gc>> {
        let at = self.top - argc - 2;
        let (mut names, mut is_bound) = (names, false);
        // A callable that passes the call on is gone on with here: a chain of such callables
        // needs no room on the native stack.
        for _ in 0..=ctx.recursion_limit() {
            let flow = match self.stack[at] {
                Value::Function(function) => {
                    let first = self.first_argument(at);
                    return self.call_function(ctx, function, at, first, names, After::Value);
                }
                Value::BoundMethod(method) if self.stack[at + 1].is_absent() => {
                    self.stack[at] = method.0.function;
                    self.stack[at + 1] = method.0.receiver;
                    continue;
                }
                Value::NativeMethod(method) if self.stack[at + 1].is_absent() => {
                    self.stack[at] = Value::Native(method.function());
                    self.stack[at + 1] = method.receiver();
                    is_bound = true;
                    continue;
                }
                Value::Native(native) => {
                    match self.call_native(ctx, native, at, names, is_bound)? {
                        Some(flow) => flow,
                        None => return Ok(Called::Done),
                    }
                }
                Value::Type(class) => match self.call_type(ctx, class, at, names)? {
                    Ok(called) => return Ok(called),
                    Err(flow) => flow,
                },
                callable => {
                    // Everything rarer goes through collected arguments.
                    let arguments = self.take_arguments(at, names);
                    call_object(ctx, callable, arguments)?
                }
            };
            self.top = at;
            match flow {
                Flow::Call(call) => (names, is_bound) = (self.push_call(ctx, *call).1, false),
                flow => return self.start(ctx, flow),
            }
        }
        Err(ctx.error(Exc::RecursionError, "maximum recursion depth exceeded"))
    }

    /// The arguments of a call as a struct of their own. The stack keeps them.
    pub(super) fn take_arguments(&self, at: usize, names: Option<Tuple<'gc>>) -> Arguments<'gc> {
        let first = self.first_argument(at);
        self.arguments_from(first, names)
    }

    /// Where the arguments of a call begin whose callable lies at `at`.
    #[inline]
    fn first_argument(&self, at: usize) -> usize {
        if self.stack[at + 1].is_absent() {
            at + 2
        } else {
            at + 1
        }
    }

    fn arguments_from(&self, first: usize, names: Option<Tuple<'gc>>) -> Arguments<'gc> {
        let names = names.map_or(&[][..], |t| t.items());
        let split = self.top - names.len();
        let keywords = names
            .iter()
            .zip(&self.stack[split..self.top])
            .filter_map(|(name, value)| Some((name.as_str()?, *value)))
            .collect();
        Arguments {
            positional: SmallVec::from_slice(&self.stack[first..split]),
            keywords,
        }
    }

    /// Enters a Python function whose arguments lie from `first` on, the last of
    /// them passed by `names`. The stack is cut to `start` when it ends.
    #[inline]
    pub(super) fn call_function(
        &mut self,
        ctx: Context<'gc>,
        function: Function<'gc>,
        start: usize,
        first: usize,
        names: Option<Tuple<'gc>>,
        after: After,
    ) -> Result<Called, Raised<'gc>> {
        let data = gc_arena::Gc::as_ref(function.code().0);
        let exact = names.is_none() && data.simple && self.top - first == data.argcount;
        if !exact && !self.bind_in_place(ctx, function, first, names) {
            // What is wrong is for the binder that knows all errors to say.
            let arguments = self.arguments_from(first, names);
            self.top = first;
            let (positional, keywords) = (&arguments.positional, &arguments.keywords);
            let mut slots = SmallVec::new();
            bind_python(ctx, function, positional, keywords, &mut slots)?;
            self.push_all(&slots);
        }
        self.enter(ctx, function, start, first, after)
    }

    /// Pushes the frame of a function whose parameters lie at `base`.
    #[inline]
    fn enter(
        &mut self,
        ctx: Context<'gc>,
        function: Function<'gc>,
        start: usize,
        base: usize,
        after: After,
    ) -> Result<Called, Raised<'gc>> {
        let traced = ctx.enter_frame()?;
        let code = function.code();
        let data = gc_arena::Gc::as_ref(code.0);
        let closure = &gc_arena::Gc::as_ref(function.0).closure;
        self.reserve(base + data.frame_size);
        self.fill_to(base + data.slot_count - data.free_count);
        for cell in closure {
            self.push(Value::Cell(*cell));
        }
        self.fill_to(base + data.slot_count);
        self.frames.push(Frame::Python(PyFrame {
            code,
            globals: function.0.globals,
            builtins: function.0.builtins,
            locals: Value::Absent,
            function: Value::Function(function),
            base,
            start,
            pc: 0,
            after,
            generator: None,
            outer_handled: Value::None,
            object: None,
        }));
        // Of a generator the first frame only makes it.
        if traced && !code.unit().flags.has(CodeFlags::GENERATOR) {
            self.trace_entry(ctx);
        }
        Ok(Called::Frame)
    }

    /// Calls a native whose arguments lie above `at + 1`.
    fn call_native(
        &mut self,
        ctx: Context<'gc>,
        native: NativeFunction<'gc>,
        at: usize,
        names: Option<Tuple<'gc>>,
        is_bound: bool,
    ) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
        let first = self.first_argument(at);
        let flow = if let Some(names) = names {
            let arguments = self.take_arguments(at, Some(names));
            let (stack, frames) = (&mut self.stack[..at], &mut self.frames[..]);
            let caller = Some(Caller { frames, stack });
            call_native_with(
                ctx,
                native,
                &arguments.positional,
                &arguments.keywords,
                caller,
                is_bound,
            )?
        } else {
            let def = native.def();
            let signature = native.signature();
            let given = self.top - first;
            let all = signature.params.len();
            if signature.direct && given < all && given >= signature.min_positional {
                // Optional arguments that are not given.
                self.fill_to(first + all);
            }
            let (stack, args) = self.stack[..self.top].split_at_mut(first);
            if let NativeCall::Plain(function) = def.call
                && signature.direct
                && args.len() == signature.params.len()
            {
                check_receiver(ctx, native, args)?;
                let value = function(ctx, args)?;
                self.top = at;
                self.push(value);
                return Ok(None);
            }
            let caller = Some(Caller {
                frames: &mut self.frames[..],
                stack,
            });
            call_native_with(ctx, native, args, &[], caller, is_bound)?
        };
        Ok(Some(flow))
    }

    /// Pushes a call as `call` takes it: returns the number of arguments, and the names of those
    /// passed by name.
    fn push_call(&mut self, ctx: Context<'gc>, call: Call<'gc>) -> (usize, Option<Tuple<'gc>>) {
        let Call { callee, arguments } = call;
        self.push(callee);
        self.push(Value::Absent);
        self.push_all(&arguments.positional);
        let argc = arguments.positional.len();
        if arguments.keywords.is_empty() {
            return (argc, None);
        }
        let mut names = Vec::with_capacity(arguments.keywords.len());
        for (name, value) in arguments.keywords {
            names.push(Value::Str(name));
            self.push(value);
        }
        (argc + names.len(), Some(ctx.tuple(names)))
    }

    /// Begins a flow: its result is pushed, or a frame that will give it.
    pub(super) fn start(
        &mut self,
        ctx: Context<'gc>,
        flow: Flow<'gc>,
    ) -> Result<Called, Raised<'gc>> {
        match flow {
            Flow::Return(value) => {
                self.push(value);
                Ok(Called::Done)
            }
            Flow::Call(call) => {
                let (argc, names) = self.push_call(ctx, *call);
                self.call(ctx, argc, names)
            }
            Flow::Run(run) => {
                let traced = ctx.enter_frame()?;
                let start = self.top;
                let data = gc_arena::Gc::as_ref(run.code.0);
                self.fill_to(start + data.slot_count - data.free_count);
                for cell in &run.closure {
                    self.push(Value::Cell(*cell));
                }
                self.fill_to(start + data.slot_count);
                self.frames.push(Frame::Python(PyFrame {
                    code: run.code,
                    globals: run.globals,
                    builtins: run.builtins,
                    locals: if run.code.unit().flags.has(CodeFlags::OPTIMIZED) {
                        Value::Absent
                    } else {
                        run.locals
                    },
                    function: Value::Absent,
                    base: start,
                    start,
                    pc: 0,
                    after: After::Value,
                    generator: None,
                    outer_handled: Value::None,
                    object: None,
                }));
                if traced {
                    self.trace_entry(ctx);
                }
                Ok(Called::Frame)
            }
            Flow::Resume(generator, resume) => {
                self.resume_generator(ctx, generator, resume, After::Value)
            }
            Flow::Frame(frame) => {
                ctx.enter_frame()?;
                self.frames.push(Frame::Native(frame));
                Ok(Called::Frame)
            }
            Flow::Look(look) => {
                let caller = Caller {
                    frames: &mut self.frames,
                    stack: &mut self.stack,
                };
                let signal = match (look.work)(ctx, caller, &look.arguments) {
                    Ok(value) => Signal::Value(value),
                    Err(raised) => chained(ctx, raised),
                };
                // The frame on top may run other code now: it is to be entered anew.
                self.frames.push(Frame::Aside(signal));
                Ok(Called::Frame)
            }
        }
    }
}

/// Calls an object of any other kind through its class's `__call__`.
pub fn call_object<'gc>(
    ctx: Context<'gc>,
    callable: Value<'gc>,
    mut arguments: Arguments<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let class = callable.class(ctx);
    if let Value::BoundMethod(method) = callable {
        arguments.positional.insert(0, method.0.receiver);
        return Ok(Flow::Call(Box::new(Call {
            callee: method.0.function,
            arguments,
        })));
    }
    if let Value::NativeMethod(method) = callable {
        arguments.positional.insert(0, method.receiver());
        let callee = Value::Native(method.function());
        return Ok(Flow::Call(Box::new(Call { callee, arguments })));
    }
    let Some(method) = class.lookup(ctx, ctx.names().__call__) else {
        return Err(ctx.type_error(format!("'{}' object is not callable", class.name_text())));
    };
    let callee = match get_descriptor(ctx, method, callable, class)? {
        Attr::Method(function) => {
            arguments.positional.insert(0, callable);
            function
        }
        Attr::Value(value) => value,
        Attr::Flow(flow) => ctx.complete(flow)?,
        Attr::Missing => return Ok(Flow::Return(Value::None)),
    };
    if let Value::Native(native) = callee {
        return call_native(ctx, native, &arguments.positional, &arguments.keywords);
    }
    // An object whose `__call__` is such an object, without end, is stopped here.
    ctx.recurse(" in __call__", || Ok(()))?;
    Ok(Flow::Call(Box::new(Call { callee, arguments })))
}
