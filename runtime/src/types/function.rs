//! Python functions and bound methods. Owns the structs and the types' methods.

use gc_arena::barrier::unlock;
use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::types::cell::Cell;
use crate::types::code::Code;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::value::Value;

/// What a program may change about a function.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct FunctionFields<'gc> {
    /// `__name__`
    pub name: Str<'gc>,
    /// `__qualname__`
    pub qualname: Str<'gc>,
    /// `__module__`
    pub module: Value<'gc>,
    /// `__doc__`
    pub doc: Value<'gc>,
    /// `__defaults__`: a tuple or None.
    pub defaults: Value<'gc>,
    /// `__kwdefaults__`: a dict or None.
    pub kwdefaults: Value<'gc>,
    /// `__annotate__`: a function or None.
    pub annotate: Value<'gc>,
    /// `__annotations__`: a dict; absent until somebody asks or sets it.
    pub annotations: Value<'gc>,
    /// `__type_params__`: a tuple.
    pub type_params: Value<'gc>,
    /// `__dict__`; absent until somebody asks.
    pub dict: Option<Dict<'gc>>,
}

/// The struct behind a [`Function`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct FunctionData<'gc> {
    code: Lock<Code<'gc>>,
    fields: Lock<FunctionFields<'gc>>,
    /// `__globals__`
    pub globals: Dict<'gc>,
    /// `__builtins__`
    pub builtins: Dict<'gc>,
    /// The cells of the free variables.
    pub closure: Box<[Cell<'gc>]>,
}

/// A function made by `def` or `lambda`.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Function<'gc>(pub Gc<'gc, FunctionData<'gc>>);

impl<'gc> Function<'gc> {
    /// A new function of `code` without defaults.
    pub fn new(
        ctx: Context<'gc>,
        code: Code<'gc>,
        globals: Dict<'gc>,
        builtins: Dict<'gc>,
        closure: Box<[Cell<'gc>]>,
    ) -> Self {
        let module = globals
            .get_str(ctx, ctx.names().__name__)
            .unwrap_or(Value::None);
        let fields = FunctionFields {
            name: code.name(),
            qualname: code.qualname(),
            module,
            doc: code.doc(),
            defaults: Value::None,
            kwdefaults: Value::None,
            annotate: Value::None,
            annotations: Value::Absent,
            type_params: Value::Tuple(ctx.empty_tuple()),
            dict: None,
        };
        let (code, fields) = (Lock::new(code), Lock::new(fields));
        Function(Gc::new(
            ctx.mc,
            FunctionData {
                code,
                fields,
                globals,
                builtins,
                closure,
            },
        ))
    }

    /// What a program may change about the function.
    #[inline]
    pub fn fields(self) -> FunctionFields<'gc> {
        Gc::as_ref(self.0).fields.get()
    }

    /// Changes the fields.
    pub fn update(self, ctx: Context<'gc>, change: impl FnOnce(&mut FunctionFields<'gc>)) {
        let mut fields = self.fields();
        change(&mut fields);
        unlock!(Gc::write(ctx.mc, self.0), FunctionData, fields).set(fields);
    }

    /// `__code__`
    #[inline]
    pub fn code(self) -> Code<'gc> {
        Gc::as_ref(self.0).code.get()
    }

    /// Assigns `__code__`.
    pub fn set_code(self, ctx: Context<'gc>, code: Code<'gc>) {
        unlock!(Gc::write(ctx.mc, self.0), FunctionData, code).set(code);
    }

    /// The `__dict__`, made now if it was not there.
    pub fn dict(self, ctx: Context<'gc>) -> Dict<'gc> {
        self.fields().dict.unwrap_or_else(|| {
            let dict = Dict::new(ctx);
            self.update(ctx, |fields| fields.dict = Some(dict));
            dict
        })
    }
}

/// The struct behind a [`BoundMethod`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct BoundMethodData<'gc> {
    /// `__func__`: any callable.
    pub function: Value<'gc>,
    /// `__self__`
    pub receiver: Value<'gc>,
}

/// A callable bound to its first argument: `types.MethodType`.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct BoundMethod<'gc>(pub Gc<'gc, BoundMethodData<'gc>>);

impl<'gc> BoundMethod<'gc> {
    /// Binds `function` to `receiver`.
    pub fn new(ctx: Context<'gc>, function: Value<'gc>, receiver: Value<'gc>) -> Self {
        BoundMethod(Gc::new(ctx.mc, BoundMethodData { function, receiver }))
    }
}
