//! Named tuples that dates answer with: `time.struct_time` and
//! `IsoCalendarDate`.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::protocol::iterate;
use capers_runtime::types::def::{GetSetDef, TypeDef, member};
use capers_runtime::types::tuple::TUPLE;
use capers_runtime::value::Value;

use super::Answer;
use super::calendar;
use super::stamp::Fields;

const STRUCT_TIME_NAMES: [&str; 9] = [
    "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
];
const ISO_NAMES: [&str; 3] = ["year", "week", "weekday"];

/// A member that is the item at a fixed place.
macro_rules! item {
    ($name:literal $place:literal $doc:literal) => {
        member($name, $doc, |_, value| Ok(item_at(value, $place)))
    };
}

fn item_at(value: Value<'_>, place: usize) -> Value<'_> {
    let items = value.as_tuple().map_or(&[][..], |t| t.items());
    items.get(place).copied().unwrap_or(Value::None)
}

const STRUCT_TIME_MEMBERS: &[GetSetDef] = &[
    item!("tm_year" 0 "year, for example, 1993"),
    item!("tm_mon" 1 "month of year, range [1, 12]"),
    item!("tm_mday" 2 "day of month, range [1, 31]"),
    item!("tm_hour" 3 "hours, range [0, 23]"),
    item!("tm_min" 4 "minutes, range [0, 59]"),
    item!("tm_sec" 5 "seconds, range [0, 61])"),
    item!("tm_wday" 6 "day of week, range [0, 6], Monday is 0"),
    item!("tm_yday" 7 "day of year, range [1, 366]"),
    item!("tm_isdst" 8 "1 if summer time is in effect, 0 if not, and -1 if unknown"),
    member("tm_zone", "abbreviation of timezone name", |ctx, value| {
        Ok(hidden(ctx, value, "tm_zone"))
    }),
    member("tm_gmtoff", "offset from UTC in seconds", |ctx, value| {
        Ok(hidden(ctx, value, "tm_gmtoff"))
    }),
];

/// `time.struct_time`
pub static STRUCT_TIME: TypeDef = TypeDef {
    name: "struct_time",
    module: "time",
    base: Some(&TUPLE),
    subclassable: false,
    doc: "The time value as returned by gmtime(), localtime(), and strptime(), and\naccepted by asctime(), mktime() and strftime().  May be considered as a\nsequence of 9 integers.\n\nNote that several fields' values are not the same as those defined by\nthe C language standard for struct tm.  For example, the value of the\nfield tm_year is the actual year, not year - 1900.  See individual\nfields' descriptions for details.",
    methods: &[
        new(
            "__new__($type, iterable, dict=(), /)",
            Plain(struct_time_new),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(|ctx, args| repr(ctx, args[0], &STRUCT_TIME_NAMES)),
        ),
        method(
            "__reduce__($self, /)",
            "",
            Plain(|ctx, args| {
                let class = Value::Type(args[0].class(ctx));
                let items = args[0].as_tuple().map_or(&[][..], |t| t.items());
                let dict = capers_runtime::types::dict::Dict::new(ctx);
                for name in ["tm_zone", "tm_gmtoff"] {
                    dict.set_text(ctx, name, hidden(ctx, args[0], name));
                }
                let items = Value::Tuple(ctx.tuple(items));
                let arguments = Value::Tuple(ctx.tuple([items, Value::Dict(dict)]));
                Ok(Value::Tuple(ctx.tuple([class, arguments])))
            }),
        ),
    ],
    getsets: STRUCT_TIME_MEMBERS,
    finish: Some(|ctx, class| {
        for (name, count) in [
            ("n_sequence_fields", 9),
            ("n_fields", 11),
            ("n_unnamed_fields", 0),
        ] {
            class.dict().set_text(ctx, name, Value::Int(count));
        }
        let names = STRUCT_TIME_NAMES.map(|n| Value::Str(ctx.intern(n)));
        let names = Value::Tuple(ctx.tuple(names));
        class.dict().set_text(ctx, "__match_args__", names);
        class.set_slots(ctx, vec![ctx.intern("tm_zone"), ctx.intern("tm_gmtoff")]);
    }),
    ..TypeDef::DEFAULT
};

/// `datetime.IsoCalendarDate`
pub static ISO_CALENDAR_DATE: TypeDef = TypeDef {
    name: "IsoCalendarDate",
    module: "datetime",
    interned_module: true,
    base: Some(&TUPLE),
    subclassable: false,
    doc: "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple.",
    methods: &[
        new(
            "__new__($type, /, year, week, weekday)",
            Plain(|ctx, args| Ok(record(ctx, &ISO_CALENDAR_DATE, args[1..4].to_vec()))),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(|ctx, args| repr(ctx, args[0], &ISO_NAMES)),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling.",
            Plain(|ctx, args| {
                let items = args[0].as_tuple().map_or(&[][..], |t| t.items());
                let items = Value::Tuple(ctx.tuple(items));
                let class = Value::Type(ctx.types().tuple);
                let arguments = Value::Tuple(ctx.tuple([items]));
                Ok(Value::Tuple(ctx.tuple([class, arguments])))
            }),
        ),
    ],
    getsets: &[
        item!("year" 0 ""),
        item!("week" 1 ""),
        item!("weekday" 2 ""),
    ],
    ..TypeDef::DEFAULT
};

fn record<'gc>(ctx: Context<'gc>, def: &'static TypeDef, items: Vec<Value<'gc>>) -> Value<'gc> {
    let payload = Payload::Builtin(Value::Tuple(ctx.tuple(items)));
    Value::Object(Object::new(ctx, ctx.type_of_def(def), payload))
}

/// One of the two fields that are no items.
fn hidden<'gc>(_: Context<'gc>, value: Value<'gc>, name: &str) -> Value<'gc> {
    match value {
        Value::Object(object) => object
            .value_at(usize::from(name == "tm_gmtoff"))
            .or(Value::None),
        _ => Value::None,
    }
}

fn struct_time_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let message = "constructor requires a sequence";
    let iterator = iterate::iter(ctx, args[1]).map_err(|_| ctx.type_error(message))?;
    let mut items = Vec::new();
    while items.len() < 12
        && let Some(item) = ctx.next(iterator)?
    {
        items.push(item);
    }
    if !(9..=11).contains(&items.len()) {
        let (bound, limit) = if items.len() < 9 {
            ("least", 9)
        } else {
            ("most", 11)
        };
        return Err(ctx.type_error(format!(
            "time.struct_time() takes an at {bound} {limit}-sequence ({}-sequence given)",
            items.len()
        )));
    }
    let more = items.split_off(9);
    let made = record(ctx, &STRUCT_TIME, items);
    if let Value::Object(object) = made {
        for (place, name) in ["tm_zone", "tm_gmtoff"].into_iter().enumerate() {
            let named = args[2].as_dict().and_then(|d| d.get_text(ctx, name));
            if let Some(value) = more.get(place).copied().or(named) {
                object.set_value_at(ctx, place, value);
            }
        }
    }
    Ok(made)
}

fn repr<'gc>(ctx: Context<'gc>, value: Value<'gc>, names: &[&str]) -> Answer<'gc> {
    let mut text = format!("{}(", value.class(ctx).name_text()).into_bytes();
    let items = value.as_tuple().map_or(&[][..], |t| t.items());
    for (place, (name, item)) in names.iter().zip(items).enumerate() {
        if place > 0 {
            text.extend_from_slice(b", ");
        }
        text.extend_from_slice(name.as_bytes());
        text.push(b'=');
        text.extend_from_slice(ctx.repr(*item)?.bytes());
    }
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}

/// The `struct_time` of a time.
pub fn struct_time<'gc>(ctx: Context<'gc>, f: &Fields, dst: i64) -> Value<'gc> {
    let weekday = calendar::weekday(f.year, f.month, f.day);
    let day = calendar::days_before_month(f.year, f.month) + f.day;
    let items = [
        f.year, f.month, f.day, f.hour, f.minute, f.second, weekday, day, dst,
    ];
    record(ctx, &STRUCT_TIME, items.map(Value::Int).to_vec())
}

/// The answer of `isocalendar`.
pub fn iso_calendar_date<'gc>(ctx: Context<'gc>, parts: [i64; 3]) -> Value<'gc> {
    record(ctx, &ISO_CALENDAR_DATE, parts.map(Value::Int).to_vec())
}
