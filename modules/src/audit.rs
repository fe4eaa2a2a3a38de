//! Auditing events: `sys.audit` and `sys.addaudithook`. A module that does what
//! CPython audits raises the event here; without hooks that costs one look-up.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::list::List;
use capers_runtime::value::Value;

/// Where the registry keeps this runtime's hooks.
const HOOKS: &str = "sys.audit hooks";

/// Calls every hook with the event and the tuple of its arguments. The first one that
/// raises ends what is being audited.
pub fn event<'gc>(
    ctx: Context<'gc>,
    event: &str,
    arguments: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let Some(hooks) = ctx.registry().get_text(ctx, HOOKS) else {
        return Ok(());
    };
    let name = ctx.str_value(event);
    let arguments = Value::Tuple(ctx.tuple(arguments));
    let hooks = hooks.as_list().map(|hooks| hooks.borrow().to_vec());
    for hook in hooks.unwrap_or_default() {
        ctx.call(hook, &[name, arguments])?;
    }
    Ok(())
}

/// `sys.audit(event, *args)`
pub fn audit<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(name) = args[0].as_str() else {
        let given = if args[0].is_none() {
            "None"
        } else {
            &ctx.type_name(args[0])
        };
        return Err(ctx.type_error(format!("audit() argument 1 must be str, not {given}")));
    };
    let arguments = args[1].as_tuple().map_or(&[][..], |tuple| tuple.items());
    event(ctx, &name.to_string_lossy(), arguments)?;
    Ok(Value::None)
}

/// `sys.addaudithook(hook)`: the hooks there are may refuse by raising a RuntimeError,
/// silently, or anything else.
pub fn addaudithook<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    if let Err(raised) = event(ctx, "sys.addaudithook", &[]) {
        return if exceptions::matches(ctx, raised, Exc::RuntimeError) {
            Ok(Value::None)
        } else {
            Err(raised)
        };
    }
    match ctx.registry().get_text(ctx, HOOKS) {
        Some(Value::List(hooks)) => hooks.borrow_mut(ctx).push(args[0]),
        _ => {
            let hooks = Value::List(List::new(ctx, vec![args[0]]));
            ctx.registry().set_text(ctx, HOOKS, hooks);
        }
    }
    Ok(Value::None)
}
