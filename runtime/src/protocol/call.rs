//! Calls from natives: as a flow that the VM goes on with, or run to the end.

use crate::context::Context;
use crate::native::NativeCall;
use crate::protocol::attribute::{Attr, get_descriptor};
use crate::raised::Raised;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::call::call_native;
use crate::vm::flow::{Arguments, Call, Flow};

/// Calls a special method that was found on the class of `object`. A native
/// that answers at once is called at once.
pub fn call_special<'gc>(
    ctx: Context<'gc>,
    method: Value<'gc>,
    object: Value<'gc>,
    arguments: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let mut all: smallvec::SmallVec<[Value<'gc>; 4]> = smallvec::SmallVec::new();
    match method {
        Value::Function(_) => {
            all.push(object);
            all.extend_from_slice(arguments);
            Ok(Flow::call(method, &all))
        }
        Value::Native(native) if native.binds() => {
            all.push(object);
            all.extend_from_slice(arguments);
            // A method that goes on with another special method of the same object may
            // come to itself again.
            match native.def().call {
                NativeCall::Flow(_) => ctx.recurse("", || call_native(ctx, native, &all, &[])),
                _ => call_native(ctx, native, &all, &[]),
            }
        }
        _ => match get_descriptor(ctx, method, object, object.class(ctx))? {
            Attr::Method(function) => {
                all.push(object);
                all.extend_from_slice(arguments);
                Ok(Flow::call(function, &all))
            }
            Attr::Value(callee) => Ok(Flow::call(callee, arguments)),
            Attr::Flow(flow) => {
                let callee = ctx.complete(flow)?;
                Ok(Flow::call(callee, arguments))
            }
            Attr::Missing => Ok(Flow::Return(Value::None)),
        },
    }
}

/// Calls `callee`: a native function or method at once.
pub fn call_flow<'gc>(
    ctx: Context<'gc>,
    callee: Value<'gc>,
    arguments: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    match callee {
        Value::Native(native) => call_native(ctx, native, arguments, &[]),
        Value::NativeMethod(method) => {
            let mut all: smallvec::SmallVec<[Value<'gc>; 4]> = smallvec::SmallVec::new();
            all.push(method.receiver());
            all.extend_from_slice(arguments);
            crate::vm::call::call_native_method(ctx, method, &all, &[])
        }
        _ => Ok(Flow::call(callee, arguments)),
    }
}

/// Calls the special method `name` of the object's class; none if it has none.
pub fn call_method<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
    arguments: &[Value<'gc>],
) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
    match object.class(ctx).lookup(ctx, name) {
        Some(method) => call_special(ctx, method, object, arguments).map(Some),
        None => Ok(None),
    }
}

/// Whether `callable(value)`.
pub fn is_callable<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    matches!(
        value,
        Value::Function(_)
            | Value::BoundMethod(_)
            | Value::Native(_)
            | Value::NativeMethod(_)
            | Value::Type(_)
    ) || value.class(ctx).lookup(ctx, ctx.names().__call__).is_some()
}

impl<'gc> Context<'gc> {
    /// Calls `callee`, run to its end.
    pub fn call(
        self,
        callee: Value<'gc>,
        arguments: &[Value<'gc>],
    ) -> Result<Value<'gc>, Raised<'gc>> {
        self.complete(Flow::call(callee, arguments))
    }

    /// Calls `callee` with keyword arguments too, run to its end.
    pub fn call_with(
        self,
        callee: Value<'gc>,
        arguments: Arguments<'gc>,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        self.complete(Flow::Call(Box::new(Call { callee, arguments })))
    }

    /// Calls `getattr(object, name)(*arguments)`, run to its end.
    pub fn call_method(
        self,
        object: Value<'gc>,
        name: Str<'gc>,
        arguments: &[Value<'gc>],
    ) -> Result<Value<'gc>, Raised<'gc>> {
        let method = self.get_attr(object, name)?;
        self.call(method, arguments)
    }

    /// Calls the special method `name` of the object's class, run to its end;
    /// none if the class has none.
    pub fn call_special(
        self,
        object: Value<'gc>,
        name: Str<'gc>,
        arguments: &[Value<'gc>],
    ) -> Result<Option<Value<'gc>>, Raised<'gc>> {
        match call_method(self, object, name, arguments)? {
            Some(flow) => self.complete(flow).map(Some),
            None => Ok(None),
        }
    }
}
