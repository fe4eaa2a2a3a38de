//! `datetime.time`

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{class_method, comparison, method, new, slot};
use capers_runtime::protocol::compare;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getter};
use capers_runtime::value::Value;

use super::Answer;
use super::arguments::{Parameters, int, state};
use super::date_type::{iso_text, not_iso};
use super::delta::Delta;
use super::formatting::{self, Format};
use super::iso;
use super::stamp::{Fields, Kind, build, check_time, check_zone, make, stamp, this};
use super::zone;

macro_rules! ordering {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            Plain(|ctx, args| compare_times(ctx, Comparison::$op, args)),
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

/// The parts of a time of day, which datetimes share.
pub const PARTS: [capers_runtime::types::def::GetSetDef; 6] = [
    part!(hour),
    part!(minute),
    part!(second),
    part!(microsecond),
    getter("tzinfo", "", |ctx, value| Ok(this(ctx, value)?.zone)),
    part!(fold),
];

/// The type.
pub static TIME: TypeDef = TypeDef {
    name: "time",
    module: "datetime",
    interned_module: true,
    doc: "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.",
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(time_new)),
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
        class_method(
            "strptime($type, string, format, /)",
            "Parse string according to the given date and time format (like time.strptime()).",
            FlowCall(|ctx, args| formatting::strptime(ctx, "time", args)),
        ),
        method(
            "isoformat($self, /, timespec='auto')",
            "Return the time formatted according to ISO.\n\nThe full format is 'HH:MM:SS.mmmmmm+zz:zz'. By default, the fractional\npart is omitted if self.microsecond == 0.",
            Plain(|ctx, args| {
                let value = args[0];
                let time = show_time(ctx, value, args[1], 1)?;
                let offset = show_offset(ctx, this(ctx, value)?.zone, Value::None)?;
                Ok(ctx.str_value(&format!("{time}{offset}")))
            }),
        ),
        method(
            "strftime($self, /, format)",
            "Format using strftime().\n\nThe date part of the timestamp passed to underlying strftime should not be used.",
            Plain(|ctx, args| formatting::strftime(ctx, Format::Time, args[0], args[1])),
        ),
        method(
            "__format__($self, format, /)",
            "Formats self with strftime.",
            Plain(formatting::format),
        ),
        method(
            "utcoffset($self, /)",
            "Return self.tzinfo.utcoffset(self).",
            Plain(|ctx, args| {
                zone::offset_value(ctx, this(ctx, args[0])?.zone, Value::None, "utcoffset")
            }),
        ),
        method(
            "tzname($self, /)",
            "Return self.tzinfo.tzname(self).",
            Plain(|ctx, args| zone::name_of(ctx, this(ctx, args[0])?.zone, Value::None)),
        ),
        method(
            "dst($self, /)",
            "Return self.tzinfo.dst(self).",
            Plain(|ctx, args| {
                zone::offset_value(ctx, this(ctx, args[0])?.zone, Value::None, "dst")
            }),
        ),
        method(
            "replace($self, /, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
            "Return time with new specified fields.",
            Plain(replace),
        ),
        method(
            "__replace__($self, /, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
            "The same as replace().",
            Plain(replace),
        ),
        class_method(
            "fromisoformat($type, string, /)",
            "Construct a time from a string in ISO 8601 format.",
            Plain(from_iso_format),
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
        let last = Fields {
            hour: 23,
            minute: 59,
            second: 59,
            microsecond: 999_999,
            ..Fields::START
        };
        for (name, fields) in [("min", Fields::START), ("max", last)] {
            let class = Value::Type(class);
            dict.set_text(ctx, name, make(ctx, class, Kind::Time, fields, Value::None));
        }
        if let Ok(step) = Delta::value(ctx, Some(1)) {
            dict.set_text(ctx, "resolution", step);
        }
    }),
    ..TypeDef::DEFAULT
};

const PARAMETERS: Parameters = Parameters {
    name: "",
    names: &["hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    positional: 5,
    required: 0,
};

/// The time of day in the six bytes of a pickled state.
pub fn clock_of(state: &[u8]) -> Fields {
    let part = |at: usize| state.get(at).copied().map_or(0, i64::from);
    Fields {
        hour: part(0),
        minute: part(1),
        second: part(2),
        microsecond: part(3) << 16 | part(4) << 8 | part(5),
        ..Fields::START
    }
}

/// A pickled state's tzinfo.
pub fn state_zone<'gc>(ctx: Context<'gc>, zone: Value<'gc>) -> Answer<'gc> {
    match zone {
        Value::Absent => Ok(Value::None),
        zone if zone.is_none() || zone::is_zone(ctx, zone) => Ok(zone),
        _ => Err(ctx.type_error("bad tzinfo state arg")),
    }
}

fn time_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    if let Some((mut state, zone)) = state(args[1], args[2], 6, |s| s[0] & 0x7F < 24) {
        let fold = i64::from(state[0] >> 7);
        state[0] &= 0x7F;
        let fields = Fields {
            fold,
            ..clock_of(&state)
        };
        let zone = state_zone(ctx, zone)?;
        return Ok(make(ctx, args[0], Kind::Time, fields, zone));
    }
    let given = PARAMETERS.bind(ctx, args[1], args[2])?;
    let fields = Fields {
        hour: PARAMETERS.int(ctx, &given, 0)?,
        minute: PARAMETERS.int(ctx, &given, 1)?,
        second: PARAMETERS.int(ctx, &given, 2)?,
        microsecond: PARAMETERS.int(ctx, &given, 3)?,
        fold: PARAMETERS.int(ctx, &given, 5)?,
        ..Fields::START
    };
    check_time(ctx, &fields)?;
    let zone = check_zone(ctx, given[4])?;
    Ok(make(ctx, args[0], Kind::Time, fields, zone))
}

/// Hour, minute and what else is not zero, for a `repr`.
pub fn shown_parts(f: &Fields) -> String {
    match (f.second, f.microsecond) {
        (0, 0) => format!("{}, {}", f.hour, f.minute),
        (second, 0) => format!("{}, {}, {second}", f.hour, f.minute),
        (second, micro) => format!("{}, {}, {second}, {micro}", f.hour, f.minute),
    }
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let stamp = this(ctx, args[0])?;
    let fields = stamp.fields();
    let name = args[0].class(ctx).name_text();
    let mut text = format!("{name}({}", shown_parts(&fields));
    if !stamp.zone.is_none() {
        let zone = ctx.repr(stamp.zone)?;
        text.push_str(&format!(", tzinfo={}", zone.to_string_lossy()));
    }
    if fields.fold != 0 {
        text.push_str(", fold=1");
    }
    text.push(')');
    Ok(ctx.str_value(&text))
}

/// The time of day as `timespec` says; the argument's place is for messages.
pub fn show_time<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    timespec: Value<'gc>,
    place: usize,
) -> Result<String, Raised<'gc>> {
    let timespec = match (timespec, timespec.as_str()) {
        (Value::Absent, _) => "auto".into(),
        (_, Some(text)) => text.to_string_lossy(),
        _ => {
            return Err(ctx.type_error(format!(
                "isoformat() argument {place} must be str, not {}",
                match timespec {
                    Value::None => "None".to_owned(),
                    other => ctx.type_name(other),
                }
            )));
        }
    };
    iso::show_time(&this(ctx, value)?.fields(), &timespec)
        .ok_or_else(|| ctx.value_error("Unknown timespec value"))
}

/// The offset from UTC, shown; empty where there is none.
pub fn show_offset<'gc>(
    ctx: Context<'gc>,
    zone: Value<'gc>,
    about: Value<'gc>,
) -> Result<String, Raised<'gc>> {
    let offset = zone::offset_of(ctx, zone, about, "utcoffset")?;
    Ok(offset.map_or_else(String::new, |o| zone::show_offset(o, ":")))
}

fn offset<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Option<Delta>, Raised<'gc>> {
    zone::offset_of(ctx, this(ctx, value)?.zone, Value::None, "utcoffset")
}

fn hash<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let time = this(ctx, args[0])?.fields().time_of_day();
    let offset = offset(ctx, args[0])?.map_or(0, |o| o.0);
    let utc = Value::from_bigint(ctx.mc, (time - offset).into());
    ctx.hash(utc).map(Value::Int)
}

fn compare_times<'gc>(ctx: Context<'gc>, op: Comparison, args: &[Value<'gc>]) -> Answer<'gc> {
    let is_time = |v| stamp(v).is_some_and(|s| s.kind == Kind::Time);
    if !is_time(args[0]) || !is_time(args[1]) {
        return Ok(Value::NotImplemented);
    }
    let (a, b) = (this(ctx, args[0])?, this(ctx, args[1])?);
    let (mut x, mut y) = (a.fields().time_of_day(), b.fields().time_of_day());
    if !a.zone.is(b.zone) {
        match (offset(ctx, args[0])?, offset(ctx, args[1])?) {
            (None, None) => {}
            (Some(p), Some(q)) => {
                x -= p.0;
                y -= q.0;
            }
            _ => return unlike(ctx, op, "times"),
        }
    }
    Ok(Value::bool(compare::apply(op, x, y)))
}

/// The comparison of one with an offset and one without.
pub fn unlike<'gc>(ctx: Context<'gc>, op: Comparison, what: &str) -> Answer<'gc> {
    match op {
        Comparison::Equal => Ok(Value::bool(false)),
        Comparison::NotEqual => Ok(Value::bool(true)),
        _ => {
            let message = format!("can't compare offset-naive and offset-aware {what}");
            Err(ctx.type_error(message))
        }
    }
}

fn replace<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let stamp = this(ctx, args[0])?;
    let f = stamp.fields();
    let fields = Fields {
        hour: int(ctx, args[1], f.hour)?,
        minute: int(ctx, args[2], f.minute)?,
        second: int(ctx, args[3], f.second)?,
        microsecond: int(ctx, args[4], f.microsecond)?,
        fold: int(ctx, args[6], f.fold)?,
        ..f
    };
    let zone = match args[5] {
        Value::Absent => stamp.zone,
        zone => check_zone(ctx, zone)?,
    };
    check_time(ctx, &fields)?;
    let class = Value::Type(args[0].class(ctx));
    build(ctx, class, Kind::Time, fields, zone)
}

/// The six bytes of a time of day.
pub fn clock_state(fields: &Fields) -> [u8; 6] {
    let micro = (fields.microsecond as u32).to_be_bytes();
    [
        fields.hour as u8,
        fields.minute as u8,
        fields.second as u8,
        micro[1],
        micro[2],
        micro[3],
    ]
}

fn reduce<'gc>(ctx: Context<'gc>, value: Value<'gc>, protocol: Option<i64>) -> Answer<'gc> {
    let stamp = this(ctx, value)?;
    let fields = stamp.fields();
    let mut state = clock_state(&fields);
    if protocol.is_none_or(|p| p > 3) && fields.fold != 0 {
        state[0] |= 0x80;
    }
    reduced(ctx, value, &state)
}

/// The class, and a state with the tzinfo, if there is one.
pub fn reduced<'gc>(ctx: Context<'gc>, value: Value<'gc>, state: &[u8]) -> Answer<'gc> {
    let zone = this(ctx, value)?.zone;
    let state = Value::Bytes(ctx.bytes(state));
    let arguments = match zone {
        Value::None => ctx.tuple([state]),
        zone => ctx.tuple([state, zone]),
    };
    let class = Value::Type(value.class(ctx));
    Ok(Value::Tuple(ctx.tuple([class, Value::Tuple(arguments)])))
}

/// What a text said of a time: the fields, whether it was the midnight at the
/// day's end, and the tzinfo.
pub fn read_time<'gc>(
    ctx: Context<'gc>,
    text: &[char],
    whole: Value<'gc>,
) -> Result<(Fields, bool, Value<'gc>), Raised<'gc>> {
    let read = iso::read_time(text).ok_or_else(|| not_iso(ctx, whole))?;
    let [mut hour, minute, second, microsecond] = read.parts;
    let at_end = hour == 24;
    if at_end {
        if (minute, second, microsecond) != (0, 0, 0) {
            let message = "minute, second, and microsecond must be 0 when hour is 24";
            return Err(ctx.value_error(message));
        }
        hour = 0;
    }
    let zone = match read.offset {
        None => Value::None,
        Some(offset) => zone::of_offset(ctx, offset)?,
    };
    let fields = Fields {
        hour,
        minute,
        second,
        microsecond,
        ..Fields::START
    };
    Ok((fields, at_end, zone))
}

fn from_iso_format<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let text = iso_text(ctx, args[1])?;
    let text = text.strip_prefix(&['T'][..]).unwrap_or(&text);
    let (fields, _, zone) = read_time(ctx, text, args[1])?;
    check_time(ctx, &fields)?;
    build(ctx, args[0], Kind::Time, fields, zone)
}
