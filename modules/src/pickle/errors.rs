//! pickle's own exceptions. They are classes of the heap, as in CPython, so that
//! programs may set their attributes; each runtime has one of each.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::value::Value;

/// pickle's exceptions.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum PickleExc {
    /// The base of the others.
    PickleError,
    /// An object can't be pickled.
    PicklingError,
    /// A pickle can't be read.
    UnpicklingError,
}

use PickleExc::{PickleError, PicklingError, UnpicklingError};

/// All of them, the base first.
pub const ALL: [PickleExc; 3] = [PickleError, PicklingError, UnpicklingError];

impl PickleExc {
    /// The class's name.
    pub fn name(self) -> &'static str {
        match self {
            PickleError => "PickleError",
            PicklingError => "PicklingError",
            UnpicklingError => "UnpicklingError",
        }
    }

    /// The class, made when first asked for.
    pub fn class<'gc>(self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        let key = format!("_pickle.{}", self.name());
        if let Some(class) = ctx.registry().get_text(ctx, &key) {
            return Ok(class);
        }
        let base = match self {
            PickleError => Value::Type(ctx.exceptions().get(Exc::Exception)),
            _ => PickleError.class(ctx)?,
        };
        let namespace = Dict::new(ctx);
        namespace.set_text(ctx, "__module__", Value::Str(ctx.intern("_pickle")));
        let arguments = [
            Value::Str(ctx.intern(self.name())),
            Value::Tuple(ctx.tuple([base])),
            Value::Dict(namespace),
        ];
        let class = ctx.call(Value::Type(ctx.types().type_), &arguments)?;
        ctx.registry().set_text(ctx, &key, class);
        Ok(class)
    }

    /// An exception of this class with `message` as its one argument.
    #[cold]
    pub fn error<'gc>(self, ctx: Context<'gc>, message: impl AsRef<str>) -> Raised<'gc> {
        self.error_with(ctx, &[ctx.str_value(message.as_ref())])
    }

    /// An exception of this class with these arguments.
    #[cold]
    pub fn error_with<'gc>(self, ctx: Context<'gc>, arguments: &[Value<'gc>]) -> Raised<'gc> {
        match self.class(ctx) {
            Ok(Value::Type(class)) => exceptions::make(ctx, class, arguments),
            Ok(_) => ctx.error_with(Exc::Exception, arguments),
            Err(raised) => raised,
        }
    }
}
