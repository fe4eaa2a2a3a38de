//! The operators of the language as functions, one row each.

use capers_runtime::bytecode::{BinaryOperator, Comparison};
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function};
use capers_runtime::protocol::call::call_method;
use capers_runtime::protocol::{compare, operator, subscript};
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Arguments, Call, Flow, and_then};
use smallvec::SmallVec;

use super::sequences::{CONCAT, COUNT_OF, INDEX_OF, INPLACE_CONCAT, LENGTH_HINT};
use super::{FlowAnswer, digest::COMPARE_DIGEST};

macro_rules! binary {
    ($name:literal $op:ident $doc:literal) => {
        function(
            concat!($name, "(a, b, /)"),
            $doc,
            FlowCall(|ctx, args| operator::binary(ctx, BinaryOperator::$op, args[0], args[1])),
        )
    };
}
macro_rules! in_place {
    ($name:literal $op:ident $doc:literal) => {
        function(
            concat!($name, "(a, b, /)"),
            $doc,
            FlowCall(|ctx, args| operator::in_place(ctx, BinaryOperator::$op, args[0], args[1])),
        )
    };
}
macro_rules! ordering {
    ($name:literal $op:ident $doc:literal) => {
        function(
            concat!($name, "(a, b, /)"),
            $doc,
            FlowCall(|ctx, args| compare::compare(ctx, Comparison::$op, args[0], args[1])),
        )
    };
}
macro_rules! unary {
    ($name:literal $method:ident $symbol:literal $doc:literal) => {
        function(
            concat!($name, "(a, /)"),
            $doc,
            FlowCall(|ctx, args| operator::unary(ctx, args[0], ctx.names().$method, $symbol)),
        )
    };
}
macro_rules! plain {
    ($signature:literal $doc:literal $work:expr) => {
        function($signature, $doc, Plain($work))
    };
}

/// The functions of `_operator`.
pub static FUNCTIONS: &[NativeDef] = &[
    plain!("truth(a, /)" "Return True if a is true, False otherwise." |ctx, args| {
        ctx.truth(args[0]).map(Value::bool)
    }),
    function(
        "contains(a, b, /)",
        "Same as b in a (note reversed operands).",
        FlowCall(|ctx, args| subscript::contains(ctx, args[0], args[1], false)),
    ),
    INDEX_OF,
    COUNT_OF,
    plain!("is_(a, b, /)" "Same as a is b." |_, args| Ok(Value::bool(args[0].is(args[1])))),
    plain!("is_not(a, b, /)" "Same as a is not b." |_, args| {
        Ok(Value::bool(!args[0].is(args[1])))
    }),
    plain!("is_none(a, /)" "Same as a is None." |_, args| Ok(Value::bool(args[0].is_none()))),
    plain!("is_not_none(a, /)" "Same as a is not None." |_, args| {
        Ok(Value::bool(!args[0].is_none()))
    }),
    plain!("index(a, /)" "Same as a.__index__()" |ctx, args| ctx.index(args[0])),
    binary!("add" Add "Same as a + b."),
    binary!("sub" Subtract "Same as a - b."),
    binary!("mul" Multiply "Same as a * b."),
    binary!("matmul" MatrixMultiply "Same as a @ b."),
    binary!("floordiv" FloorDivide "Same as a // b."),
    binary!("truediv" TrueDivide "Same as a / b."),
    binary!("mod" Remainder "Same as a % b."),
    binary!("lshift" LeftShift "Same as a << b."),
    binary!("rshift" RightShift "Same as a >> b."),
    binary!("and_" And "Same as a & b."),
    binary!("xor" Xor "Same as a ^ b."),
    binary!("or_" Or "Same as a | b."),
    binary!("pow" Power "Same as a ** b."),
    ordering!("eq" Equal "Same as a == b."),
    ordering!("ne" NotEqual "Same as a != b."),
    ordering!("lt" Less "Same as a < b."),
    ordering!("le" LessEqual "Same as a <= b."),
    ordering!("gt" Greater "Same as a > b."),
    ordering!("ge" GreaterEqual "Same as a >= b."),
    unary!("neg" __neg__ "-" "Same as -a."),
    unary!("pos" __pos__ "+" "Same as +a."),
    unary!("inv" __invert__ "~" "Same as ~a."),
    unary!("invert" __invert__ "~" "Same as ~a."),
    function("abs(a, /)", "Same as abs(a).", FlowCall(abs)),
    plain!("not_(a, /)" "Same as not a." |ctx, args| {
        ctx.truth(args[0]).map(|truth| Value::bool(!truth))
    }),
    in_place!("iadd" Add "Same as a += b."),
    in_place!("isub" Subtract "Same as a -= b."),
    in_place!("imul" Multiply "Same as a *= b."),
    in_place!("imatmul" MatrixMultiply "Same as a @= b."),
    in_place!("ifloordiv" FloorDivide "Same as a //= b."),
    in_place!("itruediv" TrueDivide "Same as a /= b."),
    in_place!("imod" Remainder "Same as a %= b."),
    in_place!("ilshift" LeftShift "Same as a <<= b."),
    in_place!("irshift" RightShift "Same as a >>= b."),
    in_place!("iand" And "Same as a &= b."),
    in_place!("ixor" Xor "Same as a ^= b."),
    in_place!("ior" Or "Same as a |= b."),
    in_place!("ipow" Power "Same as a **= b."),
    CONCAT,
    INPLACE_CONCAT,
    function(
        "getitem(a, b, /)",
        "Same as a[b].",
        FlowCall(|ctx, args| subscript::get(ctx, args[0], args[1])),
    ),
    function(
        "setitem(a, b, c, /)",
        "Same as a[b] = c.",
        FlowCall(set_item),
    ),
    function(
        "delitem(a, b, /)",
        "Same as del a[b].",
        FlowCall(delete_item),
    ),
    COMPARE_DIGEST,
    LENGTH_HINT,
    function(
        "call(obj, /, *args, **kwargs)",
        "Same as obj(*args, **kwargs).",
        FlowCall(call),
    ),
];

fn abs<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    match call_method(ctx, args[0], ctx.names().__abs__, &[])? {
        Some(flow) => Ok(flow),
        None => Err(ctx.type_error(format!(
            "bad operand type for abs(): '{}'",
            ctx.type_name(args[0])
        ))),
    }
}

/// The flow with None for its result.
fn to_none<'gc>(ctx: Context<'gc>, flow: Flow<'gc>) -> FlowAnswer<'gc> {
    and_then(ctx, flow, vec![], |_, _, done| {
        done.map(|_| Flow::Return(Value::None))
    })
}

fn set_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    to_none(ctx, subscript::set(ctx, args[0], args[1], args[2])?)
}

fn delete_item<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    to_none(ctx, subscript::delete(ctx, args[0], args[1])?)
}

/// A call with the arguments that the binder gathered: a tuple and a dict.
pub fn gathered_call<'gc>(
    callee: Value<'gc>,
    positional: &[Value<'gc>],
    keywords: Value<'gc>,
) -> Flow<'gc> {
    let named = keywords.as_dict().map_or_else(Vec::new, |d| d.entries());
    Flow::Call(Box::new(Call {
        callee,
        arguments: Arguments {
            positional: SmallVec::from_slice(positional),
            keywords: named
                .into_iter()
                .filter_map(|(name, value)| Some((name.as_str()?, value)))
                .collect(),
        },
    }))
}

fn call<'gc>(_: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let positional = args[1].as_tuple().map_or(&[][..], |t| t.items());
    Ok(gathered_call(args[0], positional, args[2]))
}
