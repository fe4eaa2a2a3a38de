//! The method resolution order: the C3 merge, and the check of what a
//! metaclass's own `mro()` answers.

use crate::context::Context;
use crate::raised::Raised;
use crate::types::class_layout::solid_base;
use crate::types::list::List;
use crate::types::type_::Type;
use crate::value::Value;

/// The metaclass's `mro`, where it is not that of `type`.
pub fn custom<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Option<Value<'gc>> {
    let metaclass = class.metaclass(ctx);
    if metaclass == ctx.types().type_ {
        return None;
    }
    match metaclass.lookup(ctx, ctx.intern("mro")) {
        Some(Value::Native(native)) if native.owner() == Some(ctx.types().type_) => None,
        found => found,
    }
}

/// The class followed by its bases' orders, merged. Raises TypeError where the
/// bases contradict one another.
pub fn linearize<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Result<Vec<Type<'gc>>, Raised<'gc>> {
    linearize_with(ctx, class, &class.bases())
}

/// As `linearize`, for the bases that the class is to get.
pub fn linearize_with<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    bases: &[Type<'gc>],
) -> Result<Vec<Type<'gc>>, Raised<'gc>> {
    if let [base] = bases {
        let mut order = vec![class];
        order.extend(base.mro());
        return Ok(order);
    }
    for (i, base) in bases.iter().enumerate() {
        if bases[i + 1..].contains(base) {
            return Err(ctx.type_error(format!("duplicate base class {}", base.name_text())));
        }
    }
    let mut lists: Vec<Vec<Type<'gc>>> = bases.iter().map(|b| b.mro()).collect();
    lists.push(bases.to_vec());
    let mut heads = vec![0; lists.len()];
    let mut order = vec![class];
    loop {
        let mut left = false;
        let mut next = None;
        for (list, &head) in lists.iter().zip(&heads) {
            let Some(&candidate) = list.get(head) else {
                continue;
            };
            left = true;
            let in_a_tail = lists
                .iter()
                .zip(&heads)
                .any(|(other, &at)| other.iter().skip(at + 1).any(|c| *c == candidate));
            if !in_a_tail {
                next = Some(candidate);
                break;
            }
        }
        if !left {
            return Ok(order);
        }
        let Some(next) = next else {
            return Err(conflict(ctx, &lists, &heads));
        };
        order.push(next);
        for (list, head) in lists.iter().zip(&mut heads) {
            if list.get(*head) == Some(&next) {
                *head += 1;
            }
        }
    }
}

/// The TypeError of bases without a common order: names the classes that are left.
fn conflict<'gc>(ctx: Context<'gc>, lists: &[Vec<Type<'gc>>], heads: &[usize]) -> Raised<'gc> {
    let mut left: Vec<Type<'gc>> = Vec::new();
    for (list, &head) in lists.iter().zip(heads) {
        if let Some(&class) = list.get(head)
            && !left.contains(&class)
        {
            left.push(class);
        }
    }
    let left: Vec<_> = left.iter().map(|c| c.name_text()).collect();
    ctx.type_error(format!(
        "Cannot create a consistent method resolution order (MRO) for bases {}",
        left.join(", ")
    ))
}

/// The order that a custom `mro()` answered. Raises TypeError where it is none.
pub fn check_custom<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    answer: Value<'gc>,
) -> Result<Vec<Type<'gc>>, Raised<'gc>> {
    let items = match answer {
        Value::Tuple(tuple) => tuple.items().to_vec(),
        Value::List(list) => list.to_vec(),
        other => {
            let iterator = crate::protocol::iterate::iter(ctx, other)?;
            let mut items = Vec::new();
            while let Some(item) = ctx.next(iterator)? {
                items.push(item);
            }
            items
        }
    };
    if items.is_empty() {
        return Err(ctx.type_error("type MRO must not be empty"));
    }
    let solid = solid_base(ctx, class);
    let mut order = Vec::with_capacity(items.len());
    for item in items {
        let Value::Type(base) = item else {
            return Err(ctx.type_error(format!(
                "mro() returned a non-class ('{}')",
                ctx.type_name(item)
            )));
        };
        if !solid.is_subclass_of(solid_base(ctx, base)) {
            return Err(ctx.type_error(format!(
                "mro() returned base with unsuitable layout ('{}')",
                base.name_text()
            )));
        }
        order.push(base);
    }
    Ok(order)
}

/// `type.mro()`
pub fn type_mro<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Type(class) = args[0] else {
        return Ok(Value::None);
    };
    let order = linearize(ctx, class)?;
    Ok(Value::List(List::new(
        ctx,
        order.into_iter().map(Value::Type).collect::<Vec<_>>(),
    )))
}
