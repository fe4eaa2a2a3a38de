//! What a built-in type's dict holds besides the rows of its declaration: the
//! special methods that come in groups, because one slot of CPython's type
//! struct stands for all of them.

use crate::context::Context;
use crate::types::def::TypeDef;
use crate::types::native_function::NativeFunction;
use crate::types::type_::Type;
use crate::value::Value;

/// The methods of one slot: a type that declares one of them has them all.
const COMPARISONS: &[&str] = &["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"];

/// Puts into the dict of `class`, whose declared rows are there already, what CPython
/// derives from them.
pub(super) fn complete<'gc>(ctx: Context<'gc>, class: Type<'gc>, def: &TypeDef) {
    let names = ctx.names();
    let declares = |name: &str| {
        let mut rows = def.methods.iter().chain(def.shared_methods);
        rows.any(|row| row.name() == name)
    };
    for name in def.repeats {
        repeat(ctx, class, name);
    }
    if COMPARISONS
        .iter()
        .any(|name| declares(name) || def.repeats.contains(name))
    {
        COMPARISONS.iter().for_each(|name| repeat(ctx, class, name));
        // A type that says what equals is not hashable by identity any more.
        if !declares("__hash__") {
            class.dict().set_str(ctx, names.__hash__, Value::None);
        }
    }
    if def.is_heap() && class.dict().get_str(ctx, names.__module__).is_none() {
        let module = ctx.str_value(def.module);
        class.dict().set_str(ctx, names.__module__, module);
    }
}

/// Gives `class` a method of its own that does what the inherited one does.
pub(super) fn repeat<'gc>(ctx: Context<'gc>, class: Type<'gc>, name: &str) {
    let dict = class.dict();
    if dict.get_text(ctx, name).is_some() {
        return;
    }
    let inherited = class.lookup_after(ctx, class, ctx.intern(name));
    if let Some(Value::Native(native)) = inherited {
        let own = NativeFunction::new(ctx, native.def(), Some(class), Value::Absent);
        dict.set_text(ctx, name, Value::Native(own));
    }
}
