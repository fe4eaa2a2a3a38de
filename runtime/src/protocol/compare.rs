//! Comparison: `is`-or-`==` of keys, rich comparison with its fallbacks.
//! Follows CPython's `do_richcompare`.

use num_traits::ToPrimitive;

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::raised::Raised;
use crate::types::function::Function;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::{Flow, and_then};

/// Whether two keys are equal, where that can be told without Python code:
/// identity, and exact built-in values.
#[inline]
pub fn simple_eq<'gc>(a: Value<'gc>, b: Value<'gc>) -> Option<bool> {
    match (a, b) {
        (Value::Str(x), Value::Str(y)) => Some(x.has_text_of(y)),
        (Value::Int(x), Value::Int(y)) => Some(x == y),
        _ => simple_eq_slow(a, b),
    }
}

fn simple_eq_slow<'gc>(a: Value<'gc>, b: Value<'gc>) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    match (a, b) {
        (Value::Bytes(x), Value::Bytes(y)) => Some(x.bytes() == y.bytes()),
        (Value::Tuple(x), Value::Tuple(y)) => {
            if x.len() != y.len() {
                return Some(false);
            }
            let mut answer = Some(true);
            for (p, q) in x.items().iter().zip(y.items()) {
                // Nested tuples are left to the full comparison, which guards its depth.
                if matches!((p, q), (Value::Tuple(_), Value::Tuple(_))) && !p.is(*q) {
                    return None;
                }
                match simple_eq(*p, *q) {
                    Some(true) => {}
                    Some(false) => {
                        answer = Some(false);
                        break;
                    }
                    None => return None,
                }
            }
            answer
        }
        (Value::Object(_) | Value::FrozenSet(_), _)
        | (_, Value::Object(_) | Value::FrozenSet(_)) => None,
        _ if is_number(a) && is_number(b) => Some(numbers_equal(a, b)),
        // Values of two different exact built-in types, or two of a kind
        // compared by identity.
        (
            Value::None
            | Value::Ellipsis
            | Value::NotImplemented
            | Value::Type(_)
            | Value::Function(_)
            | Value::Module(_),
            _,
        ) => match b {
            Value::Type(_) | Value::Object(_) => None,
            _ if matches!(a, Value::Type(_)) => None,
            _ => Some(false),
        },
        (Value::Str(_), b) | (b, Value::Str(_)) if is_plain(b) => Some(false),
        _ => None,
    }
}

fn is_plain(value: Value<'_>) -> bool {
    is_number(value)
        || matches!(
            value,
            Value::None | Value::Str(_) | Value::Tuple(_) | Value::Bytes(_) | Value::Function(_)
        )
}

fn is_number(value: Value<'_>) -> bool {
    matches!(
        value,
        Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::ReadFloat(_)
            | Value::BigInt(_)
            | Value::Complex(_)
    )
}

/// `==` of exact numbers.
pub fn numbers_equal<'gc>(a: Value<'gc>, b: Value<'gc>) -> bool {
    match (a, b) {
        (Value::Bool(x), _) => numbers_equal(Value::Int(x.get() as i64), b),
        (_, Value::Bool(y)) => numbers_equal(a, Value::Int(y.get() as i64)),
        (Value::Int(x), Value::Int(y)) => x == y,
        (Value::BigInt(x), Value::BigInt(y)) => *x == *y,
        (Value::ReadFloat(x), _) => numbers_equal(Value::Float(x), b),
        (_, Value::ReadFloat(y)) => numbers_equal(a, Value::Float(y)),
        (Value::Float(x), Value::Float(y)) => x.get() == y.get(),
        (Value::Int(x), Value::Float(y)) | (Value::Float(y), Value::Int(x)) => {
            int_equals_float(x, y.get())
        }
        (Value::BigInt(x), Value::Float(y)) | (Value::Float(y), Value::BigInt(x)) => {
            let y = y.get();
            y.is_finite()
                && x.to_f64() == Some(y)
                && num_traits::FromPrimitive::from_f64(y) == Some((**x).clone())
        }
        (Value::Complex(x), Value::Complex(y)) => x.re == y.re && x.im == y.im,
        (Value::Complex(x), other) | (other, Value::Complex(x)) => {
            x.im == 0.0 && numbers_equal(Value::float(x.re), other)
        }
        _ => false,
    }
}

fn int_equals_float(n: i64, x: f64) -> bool {
    // 2^63 is the first float past i64; below it the conversion back is exact.
    x.trunc() == x && (-(2f64.powi(63))..2f64.powi(63)).contains(&x) && x as i64 == n
}

/// The special method of a comparison, and that of its mirror image.
fn method_names<'gc>(ctx: Context<'gc>, op: Comparison) -> (Str<'gc>, Str<'gc>) {
    let n = ctx.names();
    match op {
        Comparison::Less => (n.__lt__, n.__gt__),
        Comparison::LessEqual => (n.__le__, n.__ge__),
        Comparison::Equal => (n.__eq__, n.__eq__),
        Comparison::NotEqual => (n.__ne__, n.__ne__),
        Comparison::Greater => (n.__gt__, n.__lt__),
        Comparison::GreaterEqual => (n.__ge__, n.__le__),
    }
}

/// The comparison of two ordered Rust values.
pub fn apply<T: PartialOrd>(op: Comparison, a: T, b: T) -> bool {
    match op {
        Comparison::Less => a < b,
        Comparison::LessEqual => a <= b,
        Comparison::Equal => a == b,
        Comparison::NotEqual => a != b,
        Comparison::Greater => a > b,
        Comparison::GreaterEqual => a >= b,
    }
}

/// The comparison of exact built-in values that needs no look-up.
#[inline]
pub fn fast<'gc>(op: Comparison, a: Value<'gc>, b: Value<'gc>) -> Option<bool> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => Some(apply(op, x, y)),
        (Value::Float(x) | Value::ReadFloat(x), Value::Float(y) | Value::ReadFloat(y)) => {
            Some(apply(op, x.get(), y.get()))
        }
        (Value::Str(x), Value::Str(y)) => Some(match op {
            Comparison::Equal => x.has_text_of(y),
            Comparison::NotEqual => !x.has_text_of(y),
            // WTF-8 sorts as its code points do.
            _ => apply(op, x.bytes(), y.bytes()),
        }),
        _ => None,
    }
}

/// The method of `a`, an instance of a Python class, that is a Python function
/// and to be called first for `a op b`.
#[inline]
pub fn own_method<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Option<Function<'gc>> {
    let Value::Object(instance) = a else {
        return None;
    };
    let (class_a, class_b) = (instance.class(), b.class(ctx));
    if class_a != class_b && class_b.is_subclass_of(class_a) {
        return None;
    }
    match class_a.lookup(ctx, method_names(ctx, op).0) {
        Some(Value::Function(function)) => Some(function),
        _ => None,
    }
}

/// Goes on with `a op b` after the method of `own_method` has declined.
pub fn after_first<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    compare_from(ctx, op, a, b, Some(Flow::Return(Value::NotImplemented)))
}

/// `a op b`. The flow's result is whatever the method returned.
pub fn compare<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    if let Some(answer) = fast(op, a, b) {
        return Ok(Flow::Return(Value::bool(answer)));
    }
    compare_from(ctx, op, a, b, None)
}

/// As `compare`, where the first method may have given `answer` already.
fn compare_from<'gc>(
    ctx: Context<'gc>,
    op: Comparison,
    a: Value<'gc>,
    b: Value<'gc>,
    answer: Option<Flow<'gc>>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let (name, mirrored) = method_names(ctx, op);
    let (class_a, class_b) = (a.class(ctx), b.class(ctx));
    let of_a = class_a.lookup(ctx, name);
    let of_b = class_b.lookup(ctx, mirrored);
    let swap = class_a != class_b && class_b.is_subclass_of(class_a) && of_b.is_some();
    let tries = if swap {
        [(of_b, b, a), (of_a, a, b)]
    } else {
        [(of_a, a, b), (of_b, b, a)]
    };
    let first = match (answer, tries[0]) {
        (Some(answer), _) => answer,
        (None, (Some(method), receiver, other)) => {
            crate::protocol::call::call_special(ctx, method, receiver, &[other])?
        }
        _ => Flow::Return(Value::NotImplemented),
    };
    if let Flow::Return(value) = first
        && !matches!(value, Value::NotImplemented)
    {
        return Ok(Flow::Return(value));
    }
    let (method, receiver, other) = tries[1];
    let op_number = Value::Int(op as i64);
    let state = vec![
        a,
        b,
        op_number,
        method.unwrap_or(Value::Absent),
        receiver,
        other,
    ];
    and_then(ctx, first, state, |ctx, state, result| {
        match result? {
            Value::NotImplemented => {}
            answer => return Ok(Flow::Return(answer)),
        }
        let second = match state[3] {
            Value::Absent => Flow::Return(Value::NotImplemented),
            method => crate::protocol::call::call_special(ctx, method, state[4], &[state[5]])?,
        };
        and_then(ctx, second, state, |ctx, state, result| match result? {
            Value::NotImplemented => {
                let op = state[2].as_small_int().unwrap_or(0) as u32;
                default(ctx, Comparison::from_arg(op), state[0], state[1]).map(Flow::Return)
            }
            answer => Ok(Flow::Return(answer)),
        })
    })
}

/// What a comparison means when neither side implements it.
fn default<'gc>(
    ctx: Context<'gc>,
    op: Option<Comparison>,
    a: Value<'gc>,
    b: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    match op {
        Some(Comparison::Equal) => Ok(Value::bool(a.is(b))),
        Some(Comparison::NotEqual) => Ok(Value::bool(!a.is(b))),
        op => Err(ctx.type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.map_or("", Comparison::text),
            ctx.type_name(a),
            ctx.type_name(b)
        ))),
    }
}

impl<'gc> Context<'gc> {
    /// `a == b` as a truth value, run to its end; identical objects are not
    /// taken as equal (that is the containers' rule: see `same_or_equal`).
    pub fn eq(self, a: Value<'gc>, b: Value<'gc>) -> Result<bool, Raised<'gc>> {
        self.compare(Comparison::Equal, a, b)
    }

    /// `a is b or a == b`: how containers compare their items.
    #[inline]
    pub fn same_or_equal(self, a: Value<'gc>, b: Value<'gc>) -> Result<bool, Raised<'gc>> {
        match simple_eq(a, b) {
            Some(true) => Ok(true),
            // NaN is the one simple value that differs from itself.
            Some(false) => Ok(false),
            None => Ok(a.is(b) || self.eq(a, b)?),
        }
    }

    /// `a op b` as a truth value, run to its end.
    pub fn compare(
        self,
        op: Comparison,
        a: Value<'gc>,
        b: Value<'gc>,
    ) -> Result<bool, Raised<'gc>> {
        if let Some(answer) = fast(op, a, b) {
            return Ok(answer);
        }
        let answer = self.recurse(" in comparison", || self.complete(compare(self, op, a, b)?))?;
        self.truth(answer)
    }
}
