//! `datetime.datetime`

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, comparison, method, new, slot};
use capers_runtime::protocol::compare;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::value::Value;

use super::Answer;
use super::arguments::{Parameters, int, state};
use super::calendar::EPOCH_ORDINAL;
use super::clock::{fields_now, fields_of, local_offset, to_local};
use super::date_type::{DATE, iso_text, not_iso, read, state_of};
use super::delta::{DAY, Delta, SECOND, delta, seconds};
use super::formatting::{self, Format};
use super::iso;
use super::records;
use super::stamp::{
    Fields, Kind, build, check_date, check_time, check_zone, datetime, make, moved, out_of_range,
    plain, stamp, this,
};
use super::time_type::{
    PARTS, clock_of, clock_state, read_time, reduced, show_offset, show_time, shown_parts,
    state_zone, unlike,
};
use super::zone;
use crate::time_zone;

macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            Plain(|ctx, args| compare_datetimes(ctx, Comparison::$op, args)),
        )
    };
}

/// The type.
pub static DATETIME: TypeDef = TypeDef {
    name: "datetime",
    module: "datetime",
    interned_module: true,
    base: Some(&DATE),
    doc: "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.",
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(datetime_new)),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot(
            "__str__($self, /)",
            "Return str(self).",
            Plain(|ctx, args| {
                ctx.call_method(args[0], ctx.intern("isoformat"), &[ctx.str_value(" ")])
            }),
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
            "now($type, /, tz=None)",
            "Returns new datetime object representing current time local to tz.\n\n  tz\n    Timezone object.\n\nIf no tz is specified, uses local timezone.",
            Plain(|ctx, args| {
                let zone = check_zone(ctx, args[1])?;
                in_zone(ctx, args[0], fields_now(), zone)
            }),
        ),
        class_method(
            "utcnow($type, /)",
            "Return a new datetime representing UTC day and time.",
            Plain(|ctx, args| {
                deprecated(ctx, "utcnow", "now")?;
                build(ctx, args[0], Kind::DateTime, fields_now(), Value::None)
            }),
        ),
        class_method(
            "fromtimestamp($type, /, timestamp, tz=None)",
            "Create a datetime from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is interpreted\nas local time.",
            Plain(|ctx, args| {
                let zone = check_zone(ctx, args[2])?;
                in_zone(ctx, args[0], fields_of(ctx, args[1])?, zone)
            }),
        ),
        class_method(
            "utcfromtimestamp($type, timestamp, /)",
            "Create a naive UTC datetime from a POSIX timestamp.",
            Plain(|ctx, args| {
                deprecated(ctx, "utcfromtimestamp", "fromtimestamp")?;
                let fields = fields_of(ctx, args[1])?;
                build(ctx, args[0], Kind::DateTime, fields, Value::None)
            }),
        ),
        class_method(
            "strptime($type, date_string, format, /)",
            "Parse string according to the given date and time format (like time.strptime()).",
            FlowCall(|ctx, args| formatting::strptime(ctx, "datetime", args)),
        ),
        class_method(
            "combine($type, /, date, time, tzinfo=<unrepresentable>)",
            "Construct a datetime from a given date and a given time.",
            Plain(combine),
        ),
        class_method(
            "fromisoformat($type, string, /)",
            "Construct a date from a string in ISO 8601 format.",
            Plain(from_iso_format),
        ),
        method(
            "date($self, /)",
            "Return date object with same year, month and day.",
            Plain(|ctx, args| {
                let f = this(ctx, args[0])?.fields();
                let date = Fields::date((f.year, f.month, f.day));
                Ok(plain(ctx, Kind::Date, date, Value::None))
            }),
        ),
        method(
            "time($self, /)",
            "Return time object with same time but with tzinfo=None.",
            Plain(|ctx, args| time_part(ctx, args[0], Value::None)),
        ),
        method(
            "timetz($self, /)",
            "Return time object with same time and tzinfo.",
            Plain(|ctx, args| time_part(ctx, args[0], this(ctx, args[0])?.zone)),
        ),
        method(
            "strftime($self, /, format)",
            "Format using strftime().\n\nExample: \"%d/%m/%Y, %H:%M:%S\".",
            Plain(|ctx, args| formatting::strftime(ctx, Format::DateTime, args[0], args[1])),
        ),
        method(
            "timetuple($self, /)",
            "Return time tuple, compatible with time.localtime().",
            Plain(|ctx, args| {
                let stamp = this(ctx, args[0])?;
                let dst = zone::offset_of(ctx, stamp.zone, args[0], "dst")?;
                let dst = dst.map_or(-1, |d| i64::from(d.0 != 0));
                Ok(records::struct_time(ctx, &stamp.fields(), dst))
            }),
        ),
        method(
            "timestamp($self, /)",
            "Return POSIX timestamp as float.",
            Plain(timestamp),
        ),
        method(
            "utctimetuple($self, /)",
            "Return UTC time tuple, compatible with time.localtime().",
            Plain(|ctx, args| {
                let (fields, offset) = with_offset(ctx, args[0])?;
                let utc = fields.total() - offset.map_or(0, |o| o.0);
                let fields = Fields::from_total(utc).ok_or_else(|| out_of_range(ctx))?;
                Ok(records::struct_time(ctx, &fields, 0))
            }),
        ),
        method(
            "isoformat($self, /, sep='T', timespec='auto')",
            "Return the time formatted according to ISO.\n\nThe full format looks like 'YYYY-MM-DD HH:MM:SS.mmmmmm'.\nBy default, the fractional part is omitted if self.microsecond == 0.",
            Plain(iso_format),
        ),
        method(
            "utcoffset($self, /)",
            "Return self.tzinfo.utcoffset(self).",
            Plain(|ctx, args| {
                zone::offset_value(ctx, this(ctx, args[0])?.zone, args[0], "utcoffset")
            }),
        ),
        method(
            "tzname($self, /)",
            "Return self.tzinfo.tzname(self).",
            Plain(|ctx, args| zone::name_of(ctx, this(ctx, args[0])?.zone, args[0])),
        ),
        method(
            "dst($self, /)",
            "Return self.tzinfo.dst(self).",
            Plain(|ctx, args| zone::offset_value(ctx, this(ctx, args[0])?.zone, args[0], "dst")),
        ),
        method(
            "replace($self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
            "Return datetime with new specified fields.",
            Plain(replace),
        ),
        method(
            "__replace__($self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
            "The same as replace().",
            Plain(replace),
        ),
        method(
            "astimezone($self, /, tz=None)",
            "Convert to local time in new timezone tz.",
            Plain(as_time_zone),
        ),
        method(
            "__reduce_ex__($self, proto, /)",
            "__reduce_ex__(proto) -> (cls, state)",
            Plain(|ctx, args| reduce(ctx, args[0], ctx.index(args[1])?.as_small_int())),
        ),
        method(
            "__reduce__($self, /)",
            "__reduce__() -> (cls, state)",
            Plain(|ctx, args| reduce(ctx, args[0], Some(2))),
        ),
    ],
    getsets: &PARTS,
    finish: Some(|ctx, class| {
        let dict = class.dict();
        let first = Fields::date((1, 1, 1));
        let last = Fields {
            hour: 23,
            minute: 59,
            second: 59,
            microsecond: 999_999,
            ..Fields::date((9999, 12, 31))
        };
        for (name, fields) in [("min", first), ("max", last)] {
            let class = Value::Type(class);
            let made = make(ctx, class, Kind::DateTime, fields, Value::None);
            dict.set_text(ctx, name, made);
        }
        if let Ok(step) = Delta::value(ctx, Some(1)) {
            dict.set_text(ctx, "resolution", step);
        }
    }),
    ..TypeDef::DEFAULT
};

const PARAMETERS: Parameters = Parameters {
    name: "",
    names: &[
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "microsecond",
        "tzinfo",
        "fold",
    ],
    positional: 8,
    required: 3,
};

/// A DeprecationWarning of a function that gives naive times in UTC.
fn deprecated<'gc>(ctx: Context<'gc>, name: &str, instead: &str) -> Result<(), Raised<'gc>> {
    let arguments = if instead == "now" {
        "datetime.UTC"
    } else {
        "timestamp, datetime.UTC"
    };
    ctx.warn_deprecated(&format!(
        "datetime.datetime.{name}() is deprecated and scheduled for removal in a future \
         version. Use timezone-aware objects to represent datetimes in UTC: \
         datetime.datetime.{instead}({arguments})."
    ))
}

fn datetime_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let sane = |state: &[u8]| (1..=12).contains(&(state[2] & 0x7F));
    if let Some((state, zone)) = state(args[1], args[2], 10, sane) {
        let zone = state_zone(ctx, zone)?;
        let fields = Fields {
            year: i64::from(state[0]) << 8 | i64::from(state[1]),
            month: (state[2] & 0x7F).into(),
            day: state[3].into(),
            fold: (state[2] >> 7).into(),
            ..clock_of(&state[4..])
        };
        return Ok(make(ctx, args[0], Kind::DateTime, fields, zone));
    }
    let given = PARAMETERS.bind(ctx, args[1], args[2])?;
    let fields = Fields {
        year: PARAMETERS.int(ctx, &given, 0)?,
        month: PARAMETERS.int(ctx, &given, 1)?,
        day: PARAMETERS.int(ctx, &given, 2)?,
        hour: PARAMETERS.int(ctx, &given, 3)?,
        minute: PARAMETERS.int(ctx, &given, 4)?,
        second: PARAMETERS.int(ctx, &given, 5)?,
        microsecond: PARAMETERS.int(ctx, &given, 6)?,
        fold: PARAMETERS.int(ctx, &given, 8)?,
    };
    check_date(ctx, fields.year, fields.month, fields.day)?;
    check_time(ctx, &fields)?;
    let zone = check_zone(ctx, given[7])?;
    Ok(make(ctx, args[0], Kind::DateTime, fields, zone))
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let stamp = this(ctx, args[0])?;
    let f = stamp.fields();
    let name = args[0].class(ctx).name_text();
    let (year, month, day) = (f.year, f.month, f.day);
    let mut text = format!("{name}({year}, {month}, {day}, {}", shown_parts(&f));
    if f.fold != 0 {
        text.push_str(", fold=1");
    }
    if !stamp.zone.is_none() {
        let zone = ctx.repr(stamp.zone)?;
        text.push_str(&format!(", tzinfo={}", zone.to_string_lossy()));
    }
    text.push(')');
    Ok(ctx.str_value(&text))
}

/// The fields and the offset from UTC.
fn with_offset<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<(Fields, Option<Delta>), Raised<'gc>> {
    let stamp = this(ctx, value)?;
    let offset = zone::offset_of(ctx, stamp.zone, value, "utcoffset")?;
    Ok((stamp.fields(), offset))
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    // The two halves of a fold that are equal hash alike: by the first one's offset.
    let (fields, offset) = with_offset(ctx, unfolded(ctx, args[0]))?;
    let utc = fields.total() - offset.map_or(0, |o| o.0);
    let utc = Value::from_bigint(ctx.mc, utc.into());
    ctx.hash(utc).map(Value::Int)
}

fn compare_datetimes<'gc>(ctx: Context<'gc>, op: Comparison, args: &[Value<'gc>]) -> Answer<'gc> {
    let (Some(a), Some(b)) = (datetime(args[0]), datetime(args[1])) else {
        return Ok(Value::NotImplemented);
    };
    let (mut x, mut y) = (a.fields().total(), b.fields().total());
    if !a.zone.is(b.zone) {
        let offsets = (with_offset(ctx, args[0])?.1, with_offset(ctx, args[1])?.1);
        match offsets {
            (None, None) => {}
            (Some(p), Some(q)) => {
                x -= p.0;
                y -= q.0;
            }
            _ => return unlike(ctx, op, "datetimes"),
        }
        let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
        if equality && x == y && depends_on_fold(ctx, args, offsets)? {
            return Ok(Value::bool(op == Comparison::NotEqual));
        }
    }
    Ok(Value::bool(compare::apply(op, x, y)))
}

/// The same with a fold of 0.
fn unfolded<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Value<'gc> {
    match datetime(value) {
        Some(stamp) if stamp.fields().fold != 0 => {
            let fields = Fields {
                fold: 0,
                ..stamp.fields()
            };
            plain(ctx, Kind::DateTime, fields, stamp.zone)
        }
        _ => value,
    }
}

/// Whether either offset would be another one with the other fold: such a time equals
/// none of another zone (PEP 495).
fn depends_on_fold<'gc>(
    ctx: Context<'gc>,
    values: &[Value<'gc>],
    offsets: (Option<Delta>, Option<Delta>),
) -> Result<bool, Raised<'gc>> {
    for (value, offset) in values.iter().zip([offsets.0, offsets.1]) {
        let Some(stamp) = datetime(*value) else {
            continue;
        };
        let fields = Fields {
            fold: 1 - stamp.fields().fold,
            ..stamp.fields()
        };
        let other = plain(ctx, Kind::DateTime, fields, stamp.zone);
        if with_offset(ctx, other)?.1.map(|o| o.0) != offset.map(|o| o.0) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn add<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match delta(args[1]) {
        Some(by) => moved(ctx, args[0], by, 1),
        None => Ok(Value::NotImplemented),
    }
}

fn subtract<'gc>(ctx: Context<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc> {
    let Some(left) = datetime(a) else {
        return Ok(Value::NotImplemented);
    };
    if let Some(by) = delta(b) {
        return moved(ctx, a, by, -1);
    }
    let Some(right) = datetime(b) else {
        return Ok(Value::NotImplemented);
    };
    let mut difference = left.fields().total() - right.fields().total();
    if !left.zone.is(right.zone) {
        match (with_offset(ctx, a)?.1, with_offset(ctx, b)?.1) {
            (None, None) => {}
            (Some(p), Some(q)) => difference -= p.0 - q.0,
            _ => {
                let message = "can't subtract offset-naive and offset-aware datetimes";
                return Err(ctx.type_error(message));
            }
        }
    }
    Delta::value(ctx, Some(difference))
}

/// A time in UTC, as a datetime in `zone`; in local time where there is none.
fn in_zone<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    fields: Fields,
    zone: Value<'gc>,
) -> Answer<'gc> {
    if zone.is_none() {
        let fields = to_local(ctx, fields).ok_or_else(|| out_of_range(ctx))?;
        return build(ctx, class, Kind::DateTime, fields, zone);
    }
    let made = build(ctx, class, Kind::DateTime, fields, zone)?;
    ctx.call_method(zone, ctx.intern("fromutc"), &[made])
}

fn combine<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let wrong = |place: usize, what: &str, value: Value<'gc>| {
        let given = match value {
            Value::None => "None".to_owned(),
            other => ctx.type_name(other),
        };
        ctx.type_error(format!(
            "combine() argument {place} must be datetime.{what}, not {given}"
        ))
    };
    let date = stamp(args[1])
        .filter(|s| s.kind != Kind::Time)
        .ok_or_else(|| wrong(1, "date", args[1]))?
        .fields();
    let time = stamp(args[2])
        .filter(|s| s.kind == Kind::Time)
        .ok_or_else(|| wrong(2, "time", args[2]))?;
    let zone = match args[3] {
        Value::Absent => time.zone,
        zone => check_zone(ctx, zone)?,
    };
    let fields = Fields {
        year: date.year,
        month: date.month,
        day: date.day,
        ..time.fields()
    };
    build(ctx, args[0], Kind::DateTime, fields, zone)
}

fn time_part<'gc>(ctx: Context<'gc>, value: Value<'gc>, zone: Value<'gc>) -> Answer<'gc> {
    let fields = Fields {
        year: Fields::START.year,
        month: 1,
        day: 1,
        ..this(ctx, value)?.fields()
    };
    Ok(plain(ctx, Kind::Time, fields, zone))
}

fn timestamp<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (fields, offset) = with_offset(ctx, args[0])?;
    let utc = fields.total() - offset.map_or_else(|| local_offset(ctx, &fields), |o| o.0);
    seconds(ctx, Delta(utc - i128::from(EPOCH_ORDINAL) * DAY))
}

fn iso_format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let separator = match (args[1], args[1].as_str()) {
        (Value::Absent, _) => &b"T"[..],
        (_, Some(text)) if text.char_count() == 1 => text.bytes(),
        (_, Some(text)) => {
            return Err(ctx.type_error(format!(
                "isoformat() argument 1 must be a unicode character, not a string of length {}",
                text.char_count()
            )));
        }
        (value, None) => {
            return Err(ctx.type_error(format!(
                "isoformat() argument 1 must be a unicode character, not {}",
                ctx.type_name(value)
            )));
        }
    };
    let stamp = this(ctx, args[0])?;
    let f = stamp.fields();
    let time = show_time(ctx, args[0], args[2], 2)?;
    let offset = show_offset(ctx, stamp.zone, args[0])?;
    let (year, month, day) = (f.year, f.month, f.day);
    let mut text = format!("{year:04}-{month:02}-{day:02}").into_bytes();
    text.extend_from_slice(separator);
    text.extend_from_slice(format!("{time}{offset}").as_bytes());
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let stamp = this(ctx, args[0])?;
    let f = stamp.fields();
    let fields = Fields {
        year: int(ctx, args[1], f.year)?,
        month: int(ctx, args[2], f.month)?,
        day: int(ctx, args[3], f.day)?,
        hour: int(ctx, args[4], f.hour)?,
        minute: int(ctx, args[5], f.minute)?,
        second: int(ctx, args[6], f.second)?,
        microsecond: int(ctx, args[7], f.microsecond)?,
        fold: int(ctx, args[9], f.fold)?,
    };
    let zone = match args[8] {
        Value::Absent => stamp.zone,
        zone => check_zone(ctx, zone)?,
    };
    check_date(ctx, fields.year, fields.month, fields.day)?;
    check_time(ctx, &fields)?;
    let class = Value::Type(args[0].class(ctx));
    build(ctx, class, Kind::DateTime, fields, zone)
}

/// A naive datetime is one in local time.
fn as_time_zone<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let target = check_zone(ctx, args[1])?;
    let stamp = this(ctx, args[0])?;
    if stamp.zone.is(target) && !target.is_none() {
        return Ok(args[0]);
    }
    let (fields, offset) = with_offset(ctx, args[0])?;
    let offset = offset.map_or_else(|| local_offset(ctx, &fields), |o| o.0);
    let utc = Fields::from_total(fields.total() - offset);
    let utc = utc.ok_or_else(|| out_of_range(ctx))?;
    let target = match target {
        Value::None => {
            let seconds = (utc.total() - i128::from(EPOCH_ORDINAL) * DAY).div_euclid(SECOND);
            let local = time_zone::at(ctx, i64::try_from(seconds).unwrap_or(0));
            let offset = Delta(i128::from(local.offset) * SECOND);
            zone::named(ctx, offset, &local.name)?
        }
        zone => zone,
    };
    let class = Value::Type(args[0].class(ctx));
    let made = build(ctx, class, Kind::DateTime, utc, target)?;
    ctx.call_method(target, ctx.intern("fromutc"), &[made])
}

fn reduce<'gc>(ctx: Context<'gc>, value: Value<'gc>, protocol: Option<i64>) -> Answer<'gc> {
    let fields = this(ctx, value)?.fields();
    let mut state = state_of(&fields).to_vec();
    state.extend_from_slice(&clock_state(&fields));
    if protocol.is_none_or(|p| p > 3) && fields.fold != 0 {
        state[2] |= 0x80;
    }
    reduced(ctx, value, &state)
}

fn from_iso_format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let text = iso_text(ctx, args[1])?;
    let invalid = || not_iso(ctx, args[1]);
    let length = iso::date_length(&text).ok_or_else(invalid)?;
    let (date, rest) = text.split_at_checked(length).ok_or_else(invalid)?;
    let (year, month, day) = read(ctx, iso::read_date(date).ok_or_else(invalid)?)?;
    let (time, at_end, zone) = match rest.split_first() {
        None => (Fields::START, false, Value::None),
        Some((_, time)) => read_time(ctx, time, args[1])?,
    };
    let mut fields = Fields {
        year,
        month,
        day,
        ..time
    };
    check_time(ctx, &fields)?;
    if at_end {
        fields = match Fields::from_total(fields.total() + DAY) {
            Some(next) => next,
            None => return Err(ctx.value_error("year must be in 1..9999, not 10000")),
        };
    }
    build(ctx, args[0], Kind::DateTime, fields, zone)
}
