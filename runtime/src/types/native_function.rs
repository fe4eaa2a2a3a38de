//! Native functions as Python objects: `builtin_function_or_method`,
//! `method_descriptor`, `wrapper_descriptor`, `classmethod_descriptor`,
//! `method-wrapper`. Owns the structs and the types' methods.

use std::cell::OnceCell;

use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::native::{NativeDef, NativeKind, Signature};
use crate::types::type_::Type;
use crate::value::Value;

/// The struct behind a [`NativeFunction`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct NativeFunctionData<'gc> {
    /// The declaration.
    #[collect(require_static)]
    pub def: &'static NativeDef,
    #[collect(require_static)]
    signature: OnceCell<Signature>,
    /// The type whose dict holds it.
    pub owner: Option<Type<'gc>>,
    /// The name of the module it belongs to (a str), or absent.
    pub module: Value<'gc>,
}

/// A native function, or a native method that is not bound.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct NativeFunction<'gc>(pub Gc<'gc, NativeFunctionData<'gc>>);

impl<'gc> NativeFunction<'gc> {
    /// Shows `def` to Python, as an attribute of `owner` or of the module named `module`.
    pub fn new(
        ctx: Context<'gc>,
        def: &'static NativeDef,
        owner: Option<Type<'gc>>,
        module: Value<'gc>,
    ) -> Self {
        NativeFunction(Gc::new(
            ctx.mc,
            NativeFunctionData {
                def,
                signature: OnceCell::new(),
                owner,
                module,
            },
        ))
    }

    /// The declaration.
    #[inline]
    pub fn def(self) -> &'static NativeDef {
        self.0.def
    }

    /// The parsed signature.
    #[inline]
    pub fn signature(self) -> &'gc Signature {
        let data = Gc::as_ref(self.0);
        data.signature
            .get_or_init(|| Signature::parse(data.def.signature))
    }

    /// The type whose dict holds it.
    pub fn owner(self) -> Option<Type<'gc>> {
        self.0.owner
    }

    /// Whether it is a method of `object`, perhaps repeated in another type's dict.
    #[inline]
    pub fn is_of_object(self) -> bool {
        let rows = crate::types::object_type::OBJECT.methods.as_ptr_range();
        rows.contains(&std::ptr::from_ref(self.0.def))
    }

    /// Its class.
    pub fn class(self, ctx: Context<'gc>) -> Type<'gc> {
        let types = ctx.types();
        match self.0.def.kind {
            NativeKind::Function | NativeKind::Static | NativeKind::New => types.builtin_function,
            NativeKind::Method => types.method_descriptor,
            NativeKind::Slot => types.wrapper_descriptor,
            NativeKind::Class => types.classmethod_descriptor,
        }
    }

    /// Whether an attribute found on a class binds the instance as first argument.
    #[inline]
    pub fn binds(self) -> bool {
        matches!(self.0.def.kind, NativeKind::Method | NativeKind::Slot)
    }
}

/// The struct behind a [`NativeMethod`].
#[derive(Collect)]
#[collect(no_drop)]
pub struct NativeMethodData<'gc> {
    /// The method.
    pub function: NativeFunction<'gc>,
    /// What it is bound to.
    pub receiver: Value<'gc>,
}

/// A native method bound to its receiver.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct NativeMethod<'gc>(pub Gc<'gc, NativeMethodData<'gc>>);

impl<'gc> NativeMethod<'gc> {
    /// Binds `function` to `receiver`.
    pub fn new(ctx: Context<'gc>, function: NativeFunction<'gc>, receiver: Value<'gc>) -> Self {
        NativeMethod(Gc::new(ctx.mc, NativeMethodData { function, receiver }))
    }

    /// The method.
    pub fn function(self) -> NativeFunction<'gc> {
        self.0.function
    }

    /// What it is bound to.
    pub fn receiver(self) -> Value<'gc> {
        self.0.receiver
    }

    /// Its class.
    pub fn class(self, ctx: Context<'gc>) -> Type<'gc> {
        match self.0.function.0.def.kind {
            NativeKind::Slot => ctx.types().method_wrapper,
            _ => ctx.types().builtin_function,
        }
    }
}
