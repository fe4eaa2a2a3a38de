//! Binary and unary operators with reflection and in-place forms. Follows
//! CPython's `binary_op1`, `binary_iop` and `slot_nb_*`.

use crate::bytecode::BinaryOperator;
use crate::context::Context;
use crate::immediate::Truth;
use crate::protocol::call::call_special;
use crate::raised::Raised;
use crate::types::function::Function;
use crate::types::numbers::int::int_operation;
use crate::types::numbers::past_word;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// The names of an operator's method, its reflected and its in-place form.
pub fn method_names<'gc>(ctx: Context<'gc>, op: BinaryOperator) -> (Str<'gc>, Str<'gc>, Str<'gc>) {
    let n = ctx.names();
    match op {
        BinaryOperator::Add => (n.__add__, n.__radd__, n.__iadd__),
        BinaryOperator::And => (n.__and__, n.__rand__, n.__iand__),
        BinaryOperator::FloorDivide => (n.__floordiv__, n.__rfloordiv__, n.__ifloordiv__),
        BinaryOperator::LeftShift => (n.__lshift__, n.__rlshift__, n.__ilshift__),
        BinaryOperator::MatrixMultiply => (n.__matmul__, n.__rmatmul__, n.__imatmul__),
        BinaryOperator::Multiply => (n.__mul__, n.__rmul__, n.__imul__),
        BinaryOperator::Remainder => (n.__mod__, n.__rmod__, n.__imod__),
        BinaryOperator::Or => (n.__or__, n.__ror__, n.__ior__),
        BinaryOperator::Power => (n.__pow__, n.__rpow__, n.__ipow__),
        BinaryOperator::RightShift => (n.__rshift__, n.__rrshift__, n.__irshift__),
        BinaryOperator::Subtract => (n.__sub__, n.__rsub__, n.__isub__),
        BinaryOperator::TrueDivide => (n.__truediv__, n.__rtruediv__, n.__itruediv__),
        BinaryOperator::Xor => (n.__xor__, n.__rxor__, n.__ixor__),
    }
}

/// The operator on exact machine integers and floats, where the result is one.
#[inline]
pub fn fast<'gc>(op: BinaryOperator, a: Value<'gc>, b: Value<'gc>) -> Option<Value<'gc>> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => Some(Value::Int(match op {
            BinaryOperator::Add => x.checked_add(y)?,
            BinaryOperator::Subtract => x.checked_sub(y)?,
            BinaryOperator::Multiply => x.checked_mul(y)?,
            BinaryOperator::And => x & y,
            BinaryOperator::Or => x | y,
            BinaryOperator::Xor => x ^ y,
            BinaryOperator::Remainder if y > 0 => x.rem_euclid(y),
            BinaryOperator::FloorDivide if y > 0 => x.div_euclid(y),
            BinaryOperator::RightShift if (0..64).contains(&y) => x >> y,
            BinaryOperator::LeftShift
                if (0..62).contains(&y) && x.unsigned_abs() < (1 << (62 - y)) =>
            {
                x << y
            }
            _ => return None,
        })),
        (Value::Float(x) | Value::ReadFloat(x), Value::Float(y) | Value::ReadFloat(y)) => {
            fast_float(op, x.get(), y.get())
        }
        (Value::Float(x) | Value::ReadFloat(x), Value::Int(y)) => {
            fast_float(op, x.get(), exact_float(y)?)
        }
        (Value::Int(x), Value::Float(y) | Value::ReadFloat(y)) => {
            fast_float(op, exact_float(x)?, y.get())
        }
        _ => None,
    }
}

fn exact_float(n: i64) -> Option<f64> {
    (n.unsigned_abs() <= 1 << 53).then_some(n as f64)
}

#[inline]
fn fast_float<'gc>(op: BinaryOperator, x: f64, y: f64) -> Option<Value<'gc>> {
    let result = match op {
        BinaryOperator::Add => x + y,
        BinaryOperator::Subtract => x - y,
        BinaryOperator::Multiply => x * y,
        BinaryOperator::TrueDivide if y != 0.0 => x / y,
        _ => return None,
    };
    // A NaN is a new object, which takes the context to make.
    (!result.is_nan()).then_some(Value::float(result))
}

/// The method of `a`, an instance of a Python class, that is a Python function
/// and to be called first for `a op b`.
#[inline]
pub fn own_method<'gc>(
    ctx: Context<'gc>,
    op: BinaryOperator,
    a: Value<'gc>,
    b: Value<'gc>,
    in_place: bool,
) -> Option<Function<'gc>> {
    let Value::Object(instance) = a else {
        return None;
    };
    let (class_a, class_b) = (instance.class(), b.class(ctx));
    let (name, _, in_place_name) = method_names(ctx, op);
    if class_a != class_b && class_b.is_subclass_of(class_a)
        || in_place && class_a.lookup(ctx, in_place_name).is_some()
    {
        return None;
    }
    match class_a.lookup(ctx, name) {
        Some(Value::Function(function)) => Some(function),
        _ => None,
    }
}

/// Goes on with `a op b` after the method of `own_method` has declined.
pub fn after_first<'gc>(
    ctx: Context<'gc>,
    op: BinaryOperator,
    a: Value<'gc>,
    b: Value<'gc>,
    in_place: bool,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let declined = Some(Flow::Return(Value::NotImplemented));
    binary_from(ctx, op, a, b, in_place, None, declined)
}

/// `a op b`.
pub fn binary<'gc>(
    ctx: Context<'gc>,
    op: BinaryOperator,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(value) = fast(op, a, b) {
        return Ok(Flow::Return(value));
    }
    if let (Value::Int(_) | Value::BigInt(_), Value::Int(_) | Value::BigInt(_)) = (a, b) {
        if let Some(value) = past_word::operate(ctx.mc, op, a, b) {
            return Ok(Flow::Return(value));
        }
        if let Some(operate) = int_operation(op) {
            return operate(ctx, &[a, b]).map(Flow::Return);
        }
    }
    match (op, a, b) {
        (BinaryOperator::Add, Value::Str(x), Value::Str(y)) => {
            Ok(Flow::Return(Value::Str(x.concat(ctx, y))))
        }
        // An object might have a reflected method of its own.
        (BinaryOperator::Remainder, Value::Str(_), b) if !matches!(b, Value::Object(_)) => {
            crate::types::str_format::modulo(ctx, &[a, b])
        }
        _ => binary_as(ctx, op, a, b, false, None),
    }
}

/// `a op= b`: the in-place method, else `a op b`.
pub fn in_place<'gc>(
    ctx: Context<'gc>,
    op: BinaryOperator,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(value) = fast(op, a, b) {
        return Ok(Flow::Return(value));
    }
    if let (Value::Int(_) | Value::BigInt(_), Value::Int(_) | Value::BigInt(_)) = (a, b) {
        if let Some(value) = past_word::operate(ctx.mc, op, a, b) {
            return Ok(Flow::Return(value));
        }
        if let Some(operate) = int_operation(op) {
            return operate(ctx, &[a, b]).map(Flow::Return);
        }
    }
    if let (BinaryOperator::Add, Value::Str(x), Value::Str(y)) = (op, a, b) {
        return Ok(Flow::Return(Value::Str(x.concat(ctx, y))));
    }
    let (_, _, name) = method_names(ctx, op);
    let Some(method) = a.class(ctx).lookup(ctx, name) else {
        return binary_as(ctx, op, a, b, true, None);
    };
    if after_numbers(method) {
        return binary_as(ctx, op, a, b, true, Some(method));
    }
    let flow = call_special(ctx, method, a, &[b])?;
    let state = vec![Value::Int(op as i64), a, b];
    and_then(ctx, flow, state, |ctx, state, result| {
        match (result?, operator_of(state[0])) {
            (Value::NotImplemented, Some(op)) => binary_as(ctx, op, state[1], state[2], true, None),
            (answer, _) => Ok(Flow::Return(answer)),
        }
    })
}

fn operator_of(number: Value<'_>) -> Option<BinaryOperator> {
    BinaryOperator::from_arg(number.as_small_int()? as u32)
}

/// Whether the method is a sequence's, which numeric ones go before.
fn after_numbers(method: Value<'_>) -> bool {
    matches!(method, Value::Native(native) if native.def().after_numbers)
}

/// Concatenates or repeats. Only an index can repeat a sequence.
fn on_sequence<'gc>(
    ctx: Context<'gc>,
    op: BinaryOperator,
    method: Value<'gc>,
    sequence: Value<'gc>,
    other: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if op == BinaryOperator::Multiply && !crate::protocol::slicing::is_index(ctx, other) {
        return Err(ctx.type_error(format!(
            "can't multiply sequence by non-int of type '{}'",
            ctx.type_name(other)
        )));
    }
    call_special(ctx, method, sequence, &[other])
}

/// Tries the two methods of a binary operation in their order, then those of
/// sequences; `in_place_sequence` is the left side's in-place one.
fn binary_as<'gc>(
    ctx: Context<'gc>,
    op: BinaryOperator,
    a: Value<'gc>,
    b: Value<'gc>,
    in_place: bool,
    in_place_sequence: Option<Value<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    binary_from(ctx, op, a, b, in_place, in_place_sequence, None)
}

/// As `binary_as`, where the first method has given `answer` already.
fn binary_from<'gc>(
    ctx: Context<'gc>,
    op: BinaryOperator,
    a: Value<'gc>,
    b: Value<'gc>,
    in_place: bool,
    in_place_sequence: Option<Value<'gc>>,
    answer: Option<Flow<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (name, reflected, _) = method_names(ctx, op);
    let (class_a, class_b) = (a.class(ctx), b.class(ctx));
    let of_a = class_a.lookup(ctx, name);
    // Objects of one class do not get to answer twice.
    let of_b = if class_a == class_b {
        None
    } else {
        class_b.lookup(ctx, reflected)
    };
    let sequence = match (in_place_sequence, of_a, of_b) {
        (Some(method), _, _) => Some((method, a, b)),
        (_, Some(method), _) if after_numbers(method) => Some((method, a, b)),
        (_, _, Some(method)) if after_numbers(method) => Some((method, b, a)),
        _ => None,
    };
    let of_a = of_a.filter(|method| !after_numbers(*method));
    let of_b = of_b.filter(|method| !after_numbers(*method));
    if let (Some((method, receiver, other)), None, None) = (sequence, of_a, of_b) {
        return on_sequence(ctx, op, method, receiver, other);
    }
    // A subclass that overrides the reflected method goes first.
    let swap = of_b.is_some_and(|method| {
        class_b.is_subclass_of(class_a)
            && !class_a
                .lookup(ctx, reflected)
                .is_some_and(|inherited| inherited.is(method))
    });
    let tries = if swap {
        [(of_b, b, a), (of_a, a, b)]
    } else {
        [(of_a, a, b), (of_b, b, a)]
    };
    let first = match (answer, tries[0]) {
        (Some(answer), _) => answer,
        (None, (Some(method), receiver, other)) => call_special(ctx, method, receiver, &[other])?,
        _ => Flow::Return(Value::NotImplemented),
    };
    if let Flow::Return(value) = first
        && !matches!(value, Value::NotImplemented)
    {
        return Ok(Flow::Return(value));
    }
    let (method, receiver, other) = tries[1];
    let absent = (Value::Absent, Value::Absent, Value::Absent);
    let sequence = sequence.unwrap_or(absent);
    let state = vec![
        a,
        b,
        Value::Int(op as i64),
        Value::bool(in_place),
        method.unwrap_or(Value::Absent),
        receiver,
        other,
        sequence.0,
        sequence.1,
        sequence.2,
    ];
    and_then(ctx, first, state, |ctx, state, result| {
        match result? {
            Value::NotImplemented => {}
            answer => return Ok(Flow::Return(answer)),
        }
        let second = match state[4] {
            Value::Absent => Flow::Return(Value::NotImplemented),
            method => call_special(ctx, method, state[5], &[state[6]])?,
        };
        and_then(ctx, second, state, |ctx, state, result| match result? {
            Value::NotImplemented => match (operator_of(state[2]), state[7]) {
                (op, Value::Absent) => Err(unsupported(ctx, op, state[0], state[1], state[3])),
                (None, _) => Err(unsupported(ctx, None, state[0], state[1], state[3])),
                (Some(op), method) => on_sequence(ctx, op, method, state[8], state[9]),
            },
            answer => Ok(Flow::Return(answer)),
        })
    })
}

fn unsupported<'gc>(
    ctx: Context<'gc>,
    op: Option<BinaryOperator>,
    a: Value<'gc>,
    b: Value<'gc>,
    in_place: Value<'gc>,
) -> Raised<'gc> {
    let in_place = matches!(in_place, Value::Bool(Truth::True));
    let text = match op {
        Some(BinaryOperator::Power) if in_place => "**=".to_owned(),
        Some(BinaryOperator::Power) => "** or pow()".to_owned(),
        Some(op) => format!("{}{}", op.text(), if in_place { "=" } else { "" }),
        None => String::new(),
    };
    let (left, right) = (ctx.type_name(a), ctx.type_name(b));
    let mut message = format!("unsupported operand type(s) for {text}: '{left}' and '{right}'");
    if let (Some(BinaryOperator::RightShift), Value::Native(native)) = (op, a)
        && native.def().name() == "print"
        && !in_place
    {
        message.push_str(". Did you mean \"print(<message>, file=<output_stream>)\"?");
    }
    ctx.type_error(message)
}

/// Calls the unary method `name`; `symbol` is for the TypeError.
pub fn unary<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    name: Str<'gc>,
    symbol: &str,
) -> Result<Flow<'gc>, Raised<'gc>> {
    match crate::protocol::call::call_method(ctx, value, name, &[])? {
        Some(flow) => Ok(flow),
        None => Err(ctx.type_error(format!(
            "bad operand type for unary {symbol}: '{}'",
            ctx.type_name(value)
        ))),
    }
}

/// A binary operation that is no operator: `divmod`.
pub fn binary_named<'gc>(
    ctx: Context<'gc>,
    name: Str<'gc>,
    reflected: Str<'gc>,
    symbol: &'static str,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (class_a, class_b) = (a.class(ctx), b.class(ctx));
    let of_a = class_a.lookup(ctx, name);
    let of_b = if class_a == class_b {
        None
    } else {
        class_b.lookup(ctx, reflected)
    };
    let first = match of_a {
        Some(method) => call_special(ctx, method, a, &[b])?,
        None => Flow::Return(Value::NotImplemented),
    };
    let state = vec![
        a,
        b,
        of_b.unwrap_or(Value::Absent),
        Value::Str(ctx.intern(symbol)),
    ];
    and_then(ctx, first, state, |ctx, state, result| {
        match result? {
            Value::NotImplemented => {}
            answer => return Ok(Flow::Return(answer)),
        }
        let second = match state[2] {
            Value::Absent => Flow::Return(Value::NotImplemented),
            method => call_special(ctx, method, state[1], &[state[0]])?,
        };
        and_then(ctx, second, state, |ctx, state, result| match result? {
            Value::NotImplemented => Err(ctx.type_error(format!(
                "unsupported operand type(s) for {}: '{}' and '{}'",
                state[3]
                    .as_str()
                    .map_or_else(Default::default, |s| s.to_string_lossy()),
                ctx.type_name(state[0]),
                ctx.type_name(state[1])
            ))),
            answer => Ok(Flow::Return(answer)),
        })
    })
}

impl<'gc> Context<'gc> {
    /// `a op b`, run to its end.
    pub fn binary(
        self,
        op: BinaryOperator,
        a: Value<'gc>,
        b: Value<'gc>,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        self.complete(binary(self, op, a, b)?)
    }
}
