//! `datetime.date`

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, comparison, method, new, slot};
use capers_runtime::protocol::compare;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::value::Value;

use super::Answer;
use super::arguments::{Parameters, int, state};
use super::calendar::{self, NotIso};
use super::clock::{floor_seconds, now};
use super::delta::{DAY, Delta, delta};
use super::formatting::{self, Format};
use super::iso::{self, ReadDate};
use super::records;
use super::stamp::{Fields, Kind, build, check_date, make, moved, plain, stamp, this};

/// The struct behind a date that is no datetime.
fn date(value: Value<'_>) -> Option<Fields> {
    let found = stamp(value).filter(|s| s.kind == Kind::Date)?;
    Some(found.fields())
}

macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            Plain(|_, args| {
                Ok(match (date(args[0]), date(args[1])) {
                    (Some(a), Some(b)) => Value::bool(compare::apply(Comparison::$op, a, b)),
                    _ => Value::NotImplemented,
                })
            }),
        )
    };
}

macro_rules! part {
    ($field:ident) => {
        getter(stringify!($field), "", |ctx, value| {
            Ok(Value::Int(this(ctx, value)?.fields().$field))
        })
    };
}

/// The type.
pub static DATE: TypeDef = TypeDef {
    name: "date",
    module: "datetime",
    interned_module: true,
    doc: "date(year, month, day) --> date object",
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(date_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot(
            "__str__($self, /)",
            "Return str(self).",
            Plain(|ctx, args| ctx.call_method(args[0], ctx.intern("isoformat"), &[])),
        ),
        ordering!(Less),
        ordering!(LessEqual),
        ordering!(Equal),
        ordering!(NotEqual),
        ordering!(Greater),
        ordering!(GreaterEqual),
        slot("__add__($self, value, /)", "Return self+value.", Plain(add)),
        slot(
            "__radd__($self, value, /)",
            "Return value+self.",
            Plain(add),
        ),
        slot(
            "__sub__($self, value, /)",
            "Return self-value.",
            Plain(|ctx, args| subtract(ctx, args[0], args[1])),
        ),
        slot(
            "__rsub__($self, value, /)",
            "Return value-self.",
            Plain(|ctx, args| subtract(ctx, args[1], args[0])),
        ),
        class_method(
            "fromtimestamp($type, timestamp, /)",
            "Create a date from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is interpreted\nas local time.",
            Plain(from_timestamp),
        ),
        class_method(
            "fromordinal($type, ordinal, /)",
            "int -> date corresponding to a proleptic Gregorian ordinal.",
            Plain(from_ordinal),
        ),
        class_method(
            "fromisoformat($type, string, /)",
            "str -> Construct a date from a string in ISO 8601 format.",
            Plain(from_iso_format),
        ),
        class_method(
            "fromisocalendar($type, /, year, week, day)",
            "int, int, int -> Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the function date.isocalendar()",
            Plain(from_iso_calendar),
        ),
        class_method(
            "strptime($type, date_string, format, /)",
            "Parse string according to the given date and time format (like time.strptime()).",
            FlowCall(|ctx, args| formatting::strptime(ctx, "date", args)),
        ),
        class_method(
            "today($type, /)",
            "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).",
            Plain(|ctx, args| {
                let name = ctx.intern("fromtimestamp");
                ctx.call_method(args[0], name, &[Value::float(now() as f64 / 1e6)])
            }),
        ),
        method(
            "ctime($self, /)",
            "Return ctime() style string.",
            Plain(|ctx, args| Ok(ctx.str_value(&iso::ctime(&this(ctx, args[0])?.fields())))),
        ),
        method(
            "strftime($self, /, format)",
            "Format using strftime().\n\nExample: \"%d/%m/%Y, %H:%M:%S\".",
            Plain(|ctx, args| formatting::strftime(ctx, Format::Date, args[0], args[1])),
        ),
        method(
            "__format__($self, format, /)",
            "Formats self with strftime.",
            Plain(formatting::format),
        ),
        method(
            "timetuple($self, /)",
            "Return time tuple, compatible with time.localtime().",
            Plain(|ctx, args| {
                let fields = this(ctx, args[0])?.fields();
                Ok(records::struct_time(ctx, &fields, -1))
            }),
        ),
        method(
            "isocalendar($self, /)",
            "Return a named tuple containing ISO year, week number, and weekday.",
            Plain(|ctx, args| {
                let f = this(ctx, args[0])?.fields();
                let (year, week, day) = calendar::iso_calendar(f.year, f.month, f.day);
                Ok(records::iso_calendar_date(ctx, [year, week, day]))
            }),
        ),
        method(
            "isoformat($self, /)",
            "Return string in ISO 8601 format, YYYY-MM-DD.",
            Plain(|ctx, args| {
                let f = this(ctx, args[0])?.fields();
                let text = format!("{:04}-{:02}-{:02}", f.year, f.month, f.day);
                Ok(ctx.str_value(&text))
            }),
        ),
        method(
            "isoweekday($self, /)",
            "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7",
            Plain(|ctx, args| Ok(Value::Int(weekday(ctx, args[0])? + 1))),
        ),
        method(
            "toordinal($self, /)",
            "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.",
            Plain(|ctx, args| Ok(Value::Int(this(ctx, args[0])?.fields().ordinal()))),
        ),
        method(
            "weekday($self, /)",
            "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6",
            Plain(|ctx, args| Ok(Value::Int(weekday(ctx, args[0])?))),
        ),
        method(
            "replace($self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)",
            "Return date with new specified fields.",
            Plain(replace),
        ),
        method(
            "__replace__($self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)",
            "The same as replace().",
            Plain(replace),
        ),
        method(
            "__reduce__($self, /)",
            "__reduce__() -> (cls, state)",
            Plain(reduce),
        ),
    ],
    getsets: &[part!(year), part!(month), part!(day)],
    finish: Some(|ctx, class| {
        let dict = class.dict();
        for (name, date) in [("min", (1, 1, 1)), ("max", (9999, 12, 31))] {
            let fields = Fields::date(date);
            let class = Value::Type(class);
            dict.set_text(ctx, name, make(ctx, class, Kind::Date, fields, Value::None));
        }
        if let Ok(day) = Delta::value(ctx, Some(DAY)) {
            dict.set_text(ctx, "resolution", day);
        }
    }),
    ..TypeDef::DEFAULT
};

const PARAMETERS: Parameters = Parameters {
    name: "",
    names: &["year", "month", "day"],
    positional: 3,
    required: 3,
};

fn date_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let sane = |state: &[u8]| (1..=12).contains(&state[2]);
    if let Some((state, Value::Absent)) = state(args[1], args[2], 4, sane) {
        let year = i64::from(state[0]) << 8 | i64::from(state[1]);
        let fields = Fields::date((year, state[2].into(), state[3].into()));
        return Ok(make(ctx, args[0], Kind::Date, fields, Value::None));
    }
    let given = PARAMETERS.bind(ctx, args[1], args[2])?;
    let [year, month, day] = [
        PARAMETERS.int(ctx, &given, 0)?,
        PARAMETERS.int(ctx, &given, 1)?,
        PARAMETERS.int(ctx, &given, 2)?,
    ];
    check_date(ctx, year, month, day)?;
    let fields = Fields::date((year, month, day));
    Ok(make(ctx, args[0], Kind::Date, fields, Value::None))
}

fn weekday<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    let f = this(ctx, value)?.fields();
    Ok(calendar::weekday(f.year, f.month, f.day))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let f = this(ctx, args[0])?.fields();
    let name = args[0].class(ctx).name_text();
    let text = format!("{name}({}, {}, {})", f.year, f.month, f.day);
    Ok(ctx.str_value(&text))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let state = state_of(&this(ctx, args[0])?.fields());
    ctx.hash(Value::Bytes(ctx.bytes(&state))).map(Value::Int)
}

/// The bytes that stand for a date in a pickle.
pub fn state_of(fields: &Fields) -> [u8; 4] {
    let year = (fields.year as u16).to_be_bytes();
    [year[0], year[1], fields.month as u8, fields.day as u8]
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let state = Value::Bytes(ctx.bytes(&state_of(&this(ctx, args[0])?.fields())));
    let class = Value::Type(args[0].class(ctx));
    Ok(Value::Tuple(
        ctx.tuple([class, Value::Tuple(ctx.tuple([state]))]),
    ))
}

fn add<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match delta(args[1]) {
        Some(by) => moved(ctx, args[0], by, 1),
        None => Ok(Value::NotImplemented),
    }
}

fn subtract<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    match (date(a), date(b), delta(b)) {
        (Some(_), _, Some(by)) => moved(ctx, a, by, -1),
        (Some(a), Some(b), _) => {
            let days = i128::from(a.ordinal() - b.ordinal());
            Delta::value(ctx, Some(days * DAY))
        }
        _ => Ok(Value::NotImplemented),
    }
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let f = this(ctx, args[0])?.fields();
    let year = int(ctx, args[1], f.year)?;
    let month = int(ctx, args[2], f.month)?;
    let day = int(ctx, args[3], f.day)?;
    check_date(ctx, year, month, day)?;
    let class = Value::Type(args[0].class(ctx));
    let fields = Fields::date((year, month, day));
    build(ctx, class, Kind::Date, fields, Value::None)
}

/// A date of the class that a class method was called on.
fn of_class<'gc>(ctx: Context<'gc>, class: Value<'gc>, date: (i64, i64, i64)) -> Answer<'gc> {
    check_date(ctx, date.0, date.1, date.2)?;
    build_date(ctx, class, Fields::date(date))
}

/// `cls(year, month, day)`, which for a datetime's class is a datetime.
fn build_date<'gc>(ctx: Context<'gc>, class: Value<'gc>, fields: Fields) -> Answer<'gc> {
    if class.as_type() == Some(ctx.type_of_def(&DATE)) {
        return Ok(plain(ctx, Kind::Date, fields, Value::None));
    }
    let parts = [fields.year, fields.month, fields.day].map(Value::Int);
    ctx.call(class, &parts)
}

fn from_timestamp<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let seconds = floor_seconds(ctx, args[1])?;
    let ordinal = seconds
        .saturating_add(crate::time_zone::at(ctx, seconds).offset)
        .div_euclid(86_400)
        .saturating_add(calendar::EPOCH_ORDINAL);
    if !(1..=calendar::MAX_ORDINAL).contains(&ordinal) {
        return Err(super::clock::year_out_of_range(ctx, ordinal));
    }
    build_date(ctx, args[0], Fields::date(calendar::from_ordinal(ordinal)))
}

fn from_ordinal<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let ordinal = int(ctx, args[1], 0)?;
    if ordinal < 1 {
        return Err(ctx.value_error("ordinal must be >= 1"));
    }
    of_class(ctx, args[0], calendar::from_ordinal(ordinal))
}

fn from_iso_calendar<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let part = |value| {
        int(ctx, value, 0).map_err(|raised| {
            if exceptions::matches(ctx, raised, Exc::OverflowError) {
                return ctx.value_error("ISO calendar component out of range");
            }
            raised
        })
    };
    let year = part(args[1])?;
    let (week, day) = (part(args[2])?, part(args[3])?);
    let date = of_iso_week(ctx, year, week, day)?;
    of_class(ctx, args[0], date)
}

/// The date of an ISO year, week and weekday.
pub fn of_iso_week<'gc>(
    ctx: Context<'gc>,
    year: i64,
    week: i64,
    day: i64,
) -> Result<(i64, i64, i64), Raised<'gc>> {
    if !(1..=calendar::MAX_YEAR).contains(&year) {
        return Err(ctx.value_error(format!("year must be in 1..9999, not {year}")));
    }
    match calendar::from_iso(year, week, day) {
        Ok(ordinal) => Ok(calendar::from_ordinal(ordinal)),
        Err(NotIso::Week) => Err(ctx.value_error(format!("Invalid week: {week}"))),
        Err(NotIso::Day) => {
            let message = format!("Invalid weekday: {day} (range is [1, 7])");
            Err(ctx.value_error(message))
        }
    }
}

/// The characters of an ISO text.
pub fn iso_text<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Vec<char>, Raised<'gc>> {
    match value.as_str() {
        Some(text) => Ok(text.to_string_lossy().chars().collect()),
        None => Err(ctx.type_error("fromisoformat: argument must be str")),
    }
}

/// The ValueError of a text that is not in ISO format.
pub fn not_iso<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Raised<'gc> {
    match ctx.repr(value) {
        Ok(shown) => {
            let shown = shown.to_string_lossy();
            ctx.value_error(format!("Invalid isoformat string: {shown}"))
        }
        Err(raised) => raised,
    }
}

/// The date that was read.
pub fn read<'gc>(ctx: Context<'gc>, date: ReadDate) -> Result<(i64, i64, i64), Raised<'gc>> {
    match date {
        ReadDate::Day(year, month, day) => {
            check_date(ctx, year, month, day)?;
            Ok((year, month, day))
        }
        ReadDate::Week(year, week, day) => of_iso_week(ctx, year, week, day),
    }
}

fn from_iso_format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let text = iso_text(ctx, args[1])?;
    let date = iso::read_date(&text).ok_or_else(|| not_iso(ctx, args[1]))?;
    of_class(ctx, args[0], read(ctx, date)?)
}
