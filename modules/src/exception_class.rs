//! Exceptions that belong to a native module: classes of the heap, one of each
//! for each runtime.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::value::Value;

/// The declaration of such an exception.
pub struct ExceptionDef {
    /// `__module__`
    pub module: &'static str,
    /// `__name__`
    pub name: &'static str,
    /// The base.
    pub base: Exc,
}

impl ExceptionDef {
    /// The class, made when first asked for.
    pub fn class<'gc>(&self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        let key = format!("{}.{}", self.module, self.name);
        if let Some(class) = ctx.registry().get_text(ctx, &key) {
            return Ok(class);
        }
        let namespace = Dict::new(ctx);
        namespace.set_text(ctx, "__module__", ctx.str_value(self.module));
        let base = Value::Type(ctx.exceptions().get(self.base));
        let arguments = [
            Value::Str(ctx.intern(self.name)),
            Value::Tuple(ctx.tuple([base])),
            Value::Dict(namespace),
        ];
        let class = ctx.call(Value::Type(ctx.types().type_), &arguments)?;
        ctx.registry().set_text(ctx, &key, class);
        Ok(class)
    }

    /// An exception of this class with `message` as its one argument.
    #[cold]
    pub fn error<'gc>(&self, ctx: Context<'gc>, message: impl AsRef<str>) -> Raised<'gc> {
        let arguments = [ctx.str_value(message.as_ref())];
        match self.class(ctx) {
            Ok(Value::Type(class)) => exceptions::make(ctx, class, &arguments),
            Ok(_) => ctx.error_with(self.base, &arguments),
            Err(raised) => raised,
        }
    }
}
