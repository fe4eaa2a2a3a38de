//! `datetime.timedelta`: the struct, construction, the type. Its arithmetic is
//! in `delta_arithmetic`.

use capers_runtime::bytecode::{BinaryOperator, Comparison};
use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{comparison, method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::compare;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, member};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::Answer;
use super::arguments::Parameters;
use super::delta_arithmetic as arithmetic;

/// Microseconds of a day.
pub const DAY: i128 = 86_400_000_000;
/// Microseconds of a second.
pub const SECOND: i128 = 1_000_000;
const MOST_DAYS: i128 = 999_999_999;

/// The struct behind a timedelta: microseconds.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Collect)]
#[collect(require_static)]
pub struct Delta(pub i128);

impl NativeData for Delta {
    type Data<'gc> = Delta;
}

impl Delta {
    /// Whole days.
    pub fn days(self) -> i64 {
        self.0.div_euclid(DAY) as i64
    }
    /// The seconds past whole days.
    pub fn seconds(self) -> i64 {
        (self.0.rem_euclid(DAY) / SECOND) as i64
    }
    /// The microseconds past whole seconds.
    pub fn microseconds(self) -> i64 {
        self.0.rem_euclid(SECOND) as i64
    }

    /// A timedelta of so many microseconds. Raises OverflowError.
    pub fn value<'gc>(ctx: Context<'gc>, microseconds: Option<i128>) -> Answer<'gc> {
        Delta::of_class(ctx, Value::Type(ctx.type_of_def(&TIMEDELTA)), microseconds)
    }

    fn of_class<'gc>(
        ctx: Context<'gc>,
        class: Value<'gc>,
        microseconds: Option<i128>,
    ) -> Answer<'gc> {
        let days = microseconds.map(|n| n.div_euclid(DAY));
        let Some(days) = days.filter(|d| i32::try_from(*d).is_ok()) else {
            return Err(ctx.error(
                Exc::OverflowError,
                "Python int too large to convert to C int",
            ));
        };
        if days.abs() > MOST_DAYS {
            let message = format!("days={days}; must have magnitude <= {MOST_DAYS}");
            return Err(ctx.error(Exc::OverflowError, message));
        }
        let data = Delta(microseconds.unwrap_or(0));
        let class = class
            .as_type()
            .unwrap_or_else(|| ctx.type_of_def(&TIMEDELTA));
        Ok(Value::Object(Object::with_native::<Delta>(
            ctx, class, data,
        )))
    }
}

/// The timedelta that a value is.
pub fn delta(value: Value<'_>) -> Option<Delta> {
    value.native::<Delta>().copied()
}

/// The timedelta that a method's receiver is.
pub fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Delta, Raised<'gc>> {
    delta(value).ok_or_else(|| ctx.type_error("a timedelta is required"))
}

macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            Plain(|_, args| {
                Ok(match (delta(args[0]), delta(args[1])) {
                    (Some(a), Some(b)) => Value::bool(compare::apply(Comparison::$op, a, b)),
                    _ => Value::NotImplemented,
                })
            }),
        )
    };
}

macro_rules! operator {
    ($name:literal $doc:literal $work:expr) => {
        slot(concat!($name, "($self, value, /)"), $doc, Plain($work))
    };
}

/// The type.
pub static TIMEDELTA: TypeDef = TypeDef {
    name: "timedelta",
    module: "datetime",
    interned_module: true,
    doc: "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or negative.",
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(delta_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__hash__($self, /)",
            "Return hash(self).",
            Plain(|ctx, args| {
                let n = Value::from_bigint(ctx.mc, this(ctx, args[0])?.0.into());
                ctx.hash(n).map(Value::Int)
            }),
        ),
        slot("__str__($self, /)", "Return str(self).", Plain(str)),
        ordering!(Less),
        ordering!(LessEqual),
        ordering!(Equal),
        ordering!(NotEqual),
        ordering!(Greater),
        ordering!(GreaterEqual),
        operator!("__add__" "Return self+value." |ctx, a| arithmetic::add(ctx, a[0], a[1])),
        operator!("__radd__" "Return value+self." |ctx, a| arithmetic::add(ctx, a[1], a[0])),
        operator!("__sub__" "Return self-value." |ctx, a| arithmetic::subtract(ctx, a[0], a[1])),
        operator!("__rsub__" "Return value-self." |ctx, a| arithmetic::subtract(ctx, a[1], a[0])),
        operator!("__mul__" "Return self*value." |ctx, a| arithmetic::multiply(ctx, a[0], a[1])),
        operator!("__rmul__" "Return value*self." |ctx, a| arithmetic::multiply(ctx, a[0], a[1])),
        operator!("__mod__" "Return self%value." |ctx, a| arithmetic::modulo(ctx, a[0], a[1])),
        operator!("__rmod__" "Return value%self." |ctx, a| arithmetic::modulo(ctx, a[1], a[0])),
        operator!("__divmod__" "Return divmod(self, value)." |ctx, a| {
            arithmetic::divide_both(ctx, a[0], a[1])
        }),
        operator!("__rdivmod__" "Return divmod(value, self)." |ctx, a| {
            arithmetic::divide_both(ctx, a[1], a[0])
        }),
        slot(
            "__neg__($self, /)",
            "-self",
            Plain(|ctx, args| Delta::value(ctx, Some(-this(ctx, args[0])?.0))),
        ),
        slot(
            "__pos__($self, /)",
            "+self",
            Plain(|ctx, args| Delta::value(ctx, Some(this(ctx, args[0])?.0))),
        ),
        slot(
            "__abs__($self, /)",
            "abs(self)",
            Plain(|ctx, args| Delta::value(ctx, Some(this(ctx, args[0])?.0.abs()))),
        ),
        slot(
            "__bool__($self, /)",
            "True if self else False",
            Plain(|ctx, args| Ok(Value::bool(this(ctx, args[0])?.0 != 0))),
        ),
        operator!("__floordiv__" "Return self//value." |ctx, a| {
            arithmetic::floor_divide(ctx, a[0], a[1])
        }),
        operator!("__rfloordiv__" "Return value//self." |ctx, a| {
            arithmetic::floor_divide(ctx, a[1], a[0])
        }),
        operator!("__truediv__" "Return self/value." |ctx, a| {
            arithmetic::true_divide(ctx, a[0], a[1])
        }),
        operator!("__rtruediv__" "Return value/self." |ctx, a| {
            arithmetic::true_divide(ctx, a[1], a[0])
        }),
        method(
            "total_seconds($self, /)",
            "Total seconds in the duration.",
            Plain(|ctx, args| seconds(ctx, this(ctx, args[0])?)),
        ),
        method(
            "__reduce__($self, /)",
            "__reduce__() -> (cls, state)",
            Plain(|ctx, args| {
                let delta = this(ctx, args[0])?;
                let parts = [delta.days(), delta.seconds(), delta.microseconds()];
                let state = Value::Tuple(ctx.tuple(parts.map(Value::Int)));
                let class = Value::Type(args[0].class(ctx));
                Ok(Value::Tuple(ctx.tuple([class, state])))
            }),
        ),
    ],
    getsets: &[
        member("days", "Number of days.", |ctx, v| {
            Ok(Value::Int(this(ctx, v)?.days()))
        }),
        member(
            "seconds",
            "Number of seconds (>= 0 and less than 1 day).",
            |ctx, v| Ok(Value::Int(this(ctx, v)?.seconds())),
        ),
        member(
            "microseconds",
            "Number of microseconds (>= 0 and less than 1 second).",
            |ctx, v| Ok(Value::Int(this(ctx, v)?.microseconds())),
        ),
    ],
    finish: Some(|ctx, class| {
        let most = (MOST_DAYS + 1) * DAY - 1;
        for (name, size) in [("resolution", 1), ("min", -MOST_DAYS * DAY), ("max", most)] {
            if let Ok(value) = Delta::of_class(ctx, Value::Type(class), Some(size)) {
                class.dict().set_text(ctx, name, value);
            }
        }
    }),
    ..TypeDef::DEFAULT
};

/// The seconds of a timedelta as a float, rounded once.
pub fn seconds<'gc>(ctx: Context<'gc>, delta: Delta) -> Answer<'gc> {
    let total = Value::from_bigint(ctx.mc, delta.0.into());
    ctx.binary(BinaryOperator::TrueDivide, total, Value::Int(1_000_000))
}

const PARAMETERS: Parameters = Parameters {
    name: "__new__",
    names: &[
        "days",
        "seconds",
        "microseconds",
        "milliseconds",
        "minutes",
        "hours",
        "weeks",
    ],
    positional: 7,
    required: 0,
};

/// The microseconds of each argument's unit.
const UNITS: [i128; 7] = [DAY, SECOND, 1, 1000, 60 * SECOND, 3600 * SECOND, 7 * DAY];

/// The order in which the arguments are added up.
const ORDER: [usize; 7] = [2, 3, 1, 4, 5, 0, 6];

fn delta_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let given = PARAMETERS.bind(ctx, args[1], args[2])?;
    let mut total = Some(0i128);
    let mut rest = 0.0;
    for place in ORDER {
        let (value, unit) = (given[place], UNITS[place]);
        if value.is_absent() {
            continue;
        }
        let whole = if let Some(number) = value.as_bigint() {
            i128::try_from(number).ok()
        } else if let Some(number) = value.as_float() {
            let whole = whole_part(ctx, number)?;
            let fraction = (number - number.trunc()) * unit as f64;
            rest += fraction - fraction.trunc();
            total = total.and_then(|t| t.checked_add(fraction.trunc() as i128));
            whole
        } else {
            return Err(ctx.type_error(format!(
                "unsupported type for timedelta {} component: {}",
                PARAMETERS.names[place],
                ctx.type_name(value)
            )));
        };
        let part = whole.and_then(|n| n.checked_mul(unit));
        total = total.zip(part).and_then(|(t, p)| t.checked_add(p));
    }
    // What is left rounds so that the sum is even where it is in the middle.
    let total = total.and_then(|total| {
        let mut whole = rest.round();
        if (whole - rest).abs() == 0.5 {
            let odd = (total & 1) as f64;
            whole = 2.0 * ((rest + odd) * 0.5).round() - odd;
        }
        total.checked_add(whole as i128)
    });
    Delta::of_class(ctx, args[0], total)
}

/// The whole part of a float; none where it is out of any range. Raises for
/// infinities and NaN as `int` does.
pub fn whole_part<'gc>(ctx: Context<'gc>, number: f64) -> Result<Option<i128>, Raised<'gc>> {
    if number.is_nan() {
        return Err(ctx.value_error("cannot convert float NaN to integer"));
    }
    if number.is_infinite() {
        let message = "cannot convert float infinity to integer";
        return Err(ctx.error(Exc::OverflowError, message));
    }
    let whole = number.trunc();
    Ok((whole.abs() < 1e37).then_some(whole as i128))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let delta = this(ctx, args[0])?;
    let parts = [
        ("days", delta.days()),
        ("seconds", delta.seconds()),
        ("microseconds", delta.microseconds()),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(_, n)| *n != 0)
        .map(|(name, n)| format!("{name}={n}"))
        .collect();
    let shown = match shown.is_empty() {
        true => "0".to_owned(),
        false => shown.join(", "),
    };
    let name = args[0].class(ctx).name_text();
    Ok(ctx.str_value(&format!("{name}({shown})")))
}

fn str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let delta = this(ctx, args[0])?;
    let (days, seconds) = (delta.days(), delta.seconds());
    let mut text = match days {
        0 => String::new(),
        1 | -1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    text.push_str(&format!("{hours}:{minutes:02}:{:02}", seconds % 60));
    if delta.microseconds() != 0 {
        text.push_str(&format!(".{:06}", delta.microseconds()));
    }
    Ok(ctx.str_value(&text))
}
