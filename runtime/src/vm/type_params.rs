//! Type parameters and type aliases (PEP 695, PEP 696). Their classes are those
//! of the module `_typing`; the instructions call its makers.

use crate::bytecode::Op;
use crate::context::Context;
use crate::raised::Raised;
use crate::types::type_alias;
use crate::value::Value;
use crate::vm::flow::{Arguments, Call, Flow, and_then};

/// The instructions of type parameters and type aliases, given their operands and
/// the name of the module they stand in.
pub fn type_parameter<'gc>(
    ctx: Context<'gc>,
    op: Op,
    operands: &[Value<'gc>],
    module: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (maker, keyword) = match op {
        Op::SetTypeParamDefault => {
            let [parameter, function] = *operands else {
                return Err(ctx.runtime_error("a type parameter and its default are expected"));
            };
            ctx.set_attr(parameter, ctx.intern("_evaluate_default"), function)?;
            return Ok(Flow::Return(parameter));
        }
        Op::SetFunctionTypeParams => {
            let [function, parameters] = *operands else {
                return Err(ctx.runtime_error("a function and its type parameters are expected"));
            };
            ctx.set_attr(function, ctx.names().__type_params__, parameters)?;
            return Ok(Flow::Return(function));
        }
        Op::SubscriptGeneric => ("_subscript_generic", None),
        Op::MakeTypeVar => ("_make_typevar", None),
        Op::MakeTypeVarWithBound => ("_make_typevar", Some("evaluate_bound")),
        Op::MakeTypeVarWithConstraints => ("_make_typevar", Some("evaluate_constraints")),
        Op::MakeParamSpec => ("_make_paramspec", None),
        Op::MakeTypeVarTuple => ("_make_typevartuple", None),
        _ => ("", None),
    };
    if let [name, params, evaluate] = *operands
        && op == Op::MakeTypeAlias
    {
        let alias = type_alias::lazy(ctx, name, params, evaluate, module);
        return Ok(Flow::Return(alias));
    }
    let mut arguments = Arguments::positional(operands);
    if let Some(keyword) = keyword
        && let Some(function) = arguments.positional.pop()
    {
        arguments.keywords.push((ctx.intern(keyword), function));
    }
    if op != Op::SubscriptGeneric {
        arguments.keywords.push((ctx.intern("module"), module));
    }
    let mut state = vec![Value::Str(ctx.intern(maker))];
    state.push(Value::Int(arguments.positional.len() as i64));
    state.extend_from_slice(&arguments.positional);
    for (name, value) in arguments.keywords {
        state.extend([Value::Str(name), value]);
    }
    let flow = crate::import::import_module(ctx, "_typing")?;
    and_then(ctx, flow, state, |ctx, state, result| {
        let module = result?;
        let (Some(maker), Some(count)) = (state[0].as_str(), state[1].as_small_int()) else {
            return Ok(Flow::Return(Value::None));
        };
        let callee = ctx.get_attr(module, maker)?;
        let (positional, keywords) = state[2..].split_at(count as usize);
        let mut arguments = Arguments::positional(positional);
        for pair in keywords.chunks_exact(2) {
            arguments
                .keywords
                .extend(pair[0].as_str().map(|name| (name, pair[1])));
        }
        Ok(Flow::Call(Box::new(Call { callee, arguments })))
    })
}
