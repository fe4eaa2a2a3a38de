//! `classmethod` and `staticmethod`. Own the structs and the types' methods.

use gc_arena::lock::Lock;
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::erased::NativeData;
use crate::object::Object;
use crate::types::def::TypeDef;
use crate::value::Value;

/// The struct behind a `classmethod`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct ClassMethod<'gc>(pub Gc<'gc, Lock<Value<'gc>>>);

impl NativeData for ClassMethod<'static> {
    type Data<'gc> = ClassMethod<'gc>;
}

impl<'gc> ClassMethod<'gc> {
    /// `__func__`
    pub fn function(&self) -> Value<'gc> {
        self.0.get()
    }
}

/// The struct behind a `staticmethod`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct StaticMethod<'gc>(pub Gc<'gc, Lock<Value<'gc>>>);

impl NativeData for StaticMethod<'static> {
    type Data<'gc> = StaticMethod<'gc>;
}

impl<'gc> StaticMethod<'gc> {
    /// `__func__`
    pub fn function(&self) -> Value<'gc> {
        self.0.get()
    }
}

/// `classmethod(function)`
pub fn class_method<'gc>(ctx: Context<'gc>, function: Value<'gc>) -> Value<'gc> {
    let data = ClassMethod(Gc::new(ctx.mc, Lock::new(function)));
    Value::Object(Object::with_native::<ClassMethod<'_>>(
        ctx,
        ctx.types().classmethod,
        data,
    ))
}

/// `staticmethod(function)`
pub fn static_method<'gc>(ctx: Context<'gc>, function: Value<'gc>) -> Value<'gc> {
    let data = StaticMethod(Gc::new(ctx.mc, Lock::new(function)));
    Value::Object(Object::with_native::<StaticMethod<'_>>(
        ctx,
        ctx.types().staticmethod,
        data,
    ))
}

/// `classmethod`
pub static CLASSMETHOD: TypeDef = TypeDef {
    name: "classmethod",
    has_dict: true,
    ..TypeDef::DEFAULT
};
/// `staticmethod`
pub static STATICMETHOD: TypeDef = TypeDef {
    name: "staticmethod",
    has_dict: true,
    ..TypeDef::DEFAULT
};
