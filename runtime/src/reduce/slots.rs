//! The names of a class's `__slots__` along its MRO: `copyreg._slotnames`, kept
//! in the class as `__slotnames__`.

use crate::context::Context;
use crate::raised::Raised;
use crate::types::class_layout::mangle;
use crate::types::list::List;
use crate::types::type_::Type;
use crate::value::Value;

/// The names, mangled, without `__dict__` and `__weakref__`; none where
/// `__slotnames__` is None. CPython's `_PyType_GetSlotNames`.
pub fn of_class<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
) -> Result<Option<Vec<Value<'gc>>>, Raised<'gc>> {
    match class.dict().get_str(ctx, ctx.names().__slotnames__) {
        Some(Value::None) => Ok(None),
        Some(found) => match found.as_list() {
            Some(list) => Ok(Some(list.to_vec())),
            None => Err(ctx.type_error(format!(
                "{}.__slotnames__ should be a list or None, not {}",
                class.name_text(),
                ctx.type_name(found)
            ))),
        },
        None => {
            let names = find(ctx, class)?;
            keep(ctx, class, &names);
            Ok(Some(names))
        }
    }
}

/// `copyreg._slotnames(class)`
pub fn slotnames<'gc>(ctx: Context<'gc>, class: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let Value::Type(class) = class else {
        // What is no class has no namespace to look into.
        let own = ctx.get_attr(class, names.__dict__)?;
        let found = ctx.call_method(own, ctx.intern("get"), &[Value::Str(names.__slotnames__)])?;
        return Ok(found);
    };
    if let Some(found) = class.dict().get_str(ctx, names.__slotnames__)
        && !found.is_none()
    {
        return Ok(found);
    }
    let found = find(ctx, class)?;
    Ok(keep(ctx, class, &found))
}

fn keep<'gc>(ctx: Context<'gc>, class: Type<'gc>, names: &[Value<'gc>]) -> Value<'gc> {
    let list = Value::List(List::new(ctx, names.to_vec()));
    if class.flags().mutable {
        class.dict().set_str(ctx, ctx.names().__slotnames__, list);
        class.modified(ctx);
    }
    list
}

fn find<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Result<Vec<Value<'gc>>, Raised<'gc>> {
    let names = ctx.names();
    let mut found = Vec::new();
    for base in class.mro() {
        let Some(slots) = base.dict().get_str(ctx, names.__slots__) else {
            continue;
        };
        let items = match slots.as_str() {
            Some(_) => vec![slots],
            None => {
                let iterator = crate::protocol::iterate::iter(ctx, slots)?;
                let mut items = Vec::new();
                while let Some(item) = ctx.next(iterator)? {
                    items.push(item);
                }
                items
            }
        };
        for item in items {
            let Some(name) = item.as_str() else {
                found.push(item);
                continue;
            };
            if name.has_text_of(names.__dict__) || name.has_text_of(names.__weakref__) {
                continue;
            }
            let mangled = mangle(ctx, base.name(), name);
            // A mangled name is made anew for each class, and pickles show that.
            found.push(if mangled.same(name) {
                item
            } else {
                Value::Str(ctx.str_from_bytes(mangled.bytes()))
            });
        }
    }
    Ok(found)
}
