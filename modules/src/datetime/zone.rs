//! `datetime.tzinfo` and `datetime.timezone`, and how datetimes ask them.

use capers_runtime::bytecode::Comparison;
use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{comparison, method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::Answer;
use super::delta::{DAY, Delta, SECOND, delta};
use super::stamp::{self, moved};

/// The struct behind a timezone.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Zone<'gc> {
    /// A timedelta.
    offset: Value<'gc>,
    /// None where it has none of its own.
    name: Value<'gc>,
}

impl NativeData for Zone<'static> {
    type Data<'gc> = Zone<'gc>;
}

/// `datetime.tzinfo`
pub static TZINFO: TypeDef = TypeDef {
    name: "tzinfo",
    module: "datetime",
    interned_module: true,
    doc: "Abstract base class for time zone info objects.",
    methods: &[
        new(
            "__new__($type, *args, **kwargs)",
            Plain(|ctx, args| {
                let class = args[0]
                    .as_type()
                    .unwrap_or_else(|| ctx.type_of_def(&TZINFO));
                Ok(Value::Object(Object::new(ctx, class, Payload::NONE)))
            }),
        ),
        method(
            "tzname($self, dt, /)",
            "datetime -> string name of time zone.",
            Plain(|ctx, _| Err(not_implemented(ctx, "tzname"))),
        ),
        method(
            "utcoffset($self, dt, /)",
            "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC",
            Plain(|ctx, _| Err(not_implemented(ctx, "utcoffset"))),
        ),
        method(
            "dst($self, dt, /)",
            "datetime -> DST offset as timedelta positive east of UTC.",
            Plain(|ctx, _| Err(not_implemented(ctx, "dst"))),
        ),
        method(
            "fromutc($self, dt, /)",
            "datetime in UTC -> datetime in local time.",
            Plain(from_utc),
        ),
        method("__reduce__($self, /)", "-> (cls, state)", Plain(reduce)),
    ],
    ..TypeDef::DEFAULT
};

macro_rules! equality {
    ($op:ident) => {
        comparison(
            Comparison::$op,
            Plain(|ctx, args| match (zone(args[0]), zone(args[1])) {
                (Some(a), Some(b)) => {
                    let equal = ctx.eq(a.offset, b.offset)?;
                    Ok(Value::bool(equal == (Comparison::$op == Comparison::Equal)))
                }
                _ => Ok(Value::NotImplemented),
            }),
        )
    };
}

/// `datetime.timezone`
pub static TIMEZONE: TypeDef = TypeDef {
    name: "timezone",
    module: "datetime",
    interned_module: true,
    base: Some(&TZINFO),
    subclassable: false,
    doc: "Fixed offset from UTC implementation of tzinfo.",
    methods: &[
        new(
            "__new__($type, /, offset, name=<unrepresentable>)",
            Plain(zone_new),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot(
            "__hash__($self, /)",
            "Return hash(self).",
            Plain(|ctx, args| ctx.hash(this(ctx, args[0])?.offset).map(Value::Int)),
        ),
        slot(
            "__str__($self, /)",
            "Return str(self).",
            Plain(|ctx, args| own_name(ctx, args[0])),
        ),
        equality!(Equal),
        equality!(NotEqual),
        method(
            "tzname($self, dt, /)",
            "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.",
            Plain(|ctx, args| {
                check_argument(ctx, "tzname", args[1])?;
                own_name(ctx, args[0])
            }),
        ),
        method(
            "utcoffset($self, dt, /)",
            "Return fixed offset.",
            Plain(|ctx, args| {
                check_argument(ctx, "utcoffset", args[1])?;
                Ok(this(ctx, args[0])?.offset)
            }),
        ),
        method(
            "dst($self, dt, /)",
            "Return None.",
            Plain(|ctx, args| {
                check_argument(ctx, "dst", args[1])?;
                Ok(Value::None)
            }),
        ),
        method(
            "fromutc($self, dt, /)",
            "datetime in UTC -> datetime in local time.",
            Plain(|ctx, args| {
                check_from_utc(ctx, args[0], args[1])?;
                let offset = delta(this(ctx, args[0])?.offset).unwrap_or(Delta(0));
                moved(ctx, args[1], offset, 1)
            }),
        ),
        method(
            "__getinitargs__($self, /)",
            "pickle support",
            Plain(|ctx, args| {
                let zone = this(ctx, args[0])?;
                Ok(Value::Tuple(match zone.name {
                    Value::None => ctx.tuple([zone.offset]),
                    name => ctx.tuple([zone.offset, name]),
                }))
            }),
        ),
    ],
    finish: Some(|ctx, class| {
        let limit = DAY - 60 * SECOND;
        let dict = class.dict();
        dict.set_text(ctx, "utc", utc(ctx));
        for (name, offset) in [("min", -limit), ("max", limit)] {
            if let Ok(offset) = Delta::value(ctx, Some(offset)) {
                dict.set_text(ctx, name, make(ctx, offset, Value::None));
            }
        }
    }),
    ..TypeDef::DEFAULT
};

fn not_implemented<'gc>(ctx: Context<'gc>, name: &str) -> Raised<'gc> {
    let message = format!("a tzinfo subclass must implement {name}()");
    ctx.error(Exc::NotImplementedError, message)
}

fn zone(value: Value<'_>) -> Option<&Zone<'_>> {
    value.native::<Zone<'static>>()
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Zone<'gc>, Raised<'gc>> {
    value
        .native::<Zone<'static>>()
        .ok_or_else(|| ctx.type_error("a timezone is required"))
}

/// Whether the value is a tzinfo.
pub fn is_zone<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    matches!(value, Value::Object(o) if o.class().is_subclass_of(ctx.type_of_def(&TZINFO)))
}

fn make<'gc>(ctx: Context<'gc>, offset: Value<'gc>, name: Value<'gc>) -> Value<'gc> {
    let data = Zone { offset, name };
    let class = ctx.type_of_def(&TIMEZONE);
    Value::Object(Object::with_native::<Zone<'static>>(ctx, class, data))
}

/// `timezone.utc`
pub fn utc<'gc>(ctx: Context<'gc>) -> Value<'gc> {
    const KEY: &str = "datetime.utc";
    let registry = ctx.registry();
    if let Some(known) = registry.get_text(ctx, KEY) {
        return known;
    }
    let offset = Delta::value(ctx, Some(0)).unwrap_or(Value::None);
    let made = make(ctx, offset, Value::None);
    registry.set_text(ctx, KEY, made);
    made
}

/// The timezone of an offset, under a name.
pub fn named<'gc>(ctx: Context<'gc>, offset: Delta, name: &str) -> Answer<'gc> {
    let offset = Delta::value(ctx, Some(offset.0))?;
    Ok(make(ctx, offset, ctx.str_value(name)))
}

/// The timezone of an offset.
pub fn of_offset<'gc>(ctx: Context<'gc>, offset: Delta) -> Answer<'gc> {
    if offset.0 == 0 {
        return Ok(utc(ctx));
    }
    let value = Delta::value(ctx, Some(offset.0))?;
    check_offset(ctx, value, offset)?;
    Ok(make(ctx, value, Value::None))
}

fn check_offset<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    offset: Delta,
) -> Result<(), Raised<'gc>> {
    if offset.0.abs() < DAY {
        return Ok(());
    }
    let shown = ctx.repr(value)?;
    Err(ctx.value_error(format!(
        "offset must be a timedelta strictly between -timedelta(hours=24) and \
         timedelta(hours=24), not {}",
        shown.to_string_lossy()
    )))
}

fn zone_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Some(offset) = delta(args[1]) else {
        return Err(ctx.type_error(format!(
            "timezone() argument 1 must be datetime.timedelta, not {}",
            match args[1] {
                Value::None => "None".to_owned(),
                other => ctx.type_name(other),
            }
        )));
    };
    let name = args[2];
    if name.is_absent() && offset.0 == 0 {
        return Ok(utc(ctx));
    }
    if !name.is_absent() && name.as_str().is_none() {
        return Err(ctx.type_error(format!(
            "timezone() argument 2 must be str, not {}",
            match name {
                Value::None => "None".to_owned(),
                other => ctx.type_name(other),
            }
        )));
    }
    check_offset(ctx, args[1], offset)?;
    Ok(make(ctx, args[1], name.or(Value::None)))
}

/// `+HH:MM`, with seconds and microseconds where there are some.
pub fn show_offset(offset: Delta, separator: &str) -> String {
    let sign = if offset.0 < 0 { '-' } else { '+' };
    let size = offset.0.abs();
    let (seconds, microseconds) = (size / SECOND, size % SECOND);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let mut text = format!("{sign}{hours:02}{separator}{minutes:02}");
    if seconds % 60 != 0 || microseconds != 0 {
        text.push_str(&format!("{separator}{:02}", seconds % 60));
    }
    if microseconds != 0 {
        text.push_str(&format!(".{microseconds:06}"));
    }
    text
}

fn own_name<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Answer<'gc> {
    let zone = this(ctx, value)?;
    if !zone.name.is_none() {
        return Ok(zone.name);
    }
    Ok(match delta(zone.offset) {
        None | Some(Delta(0)) => ctx.str_value("UTC"),
        Some(offset) => ctx.str_value(&format!("UTC{}", show_offset(offset, ":"))),
    })
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let zone = this(ctx, args[0])?;
    if args[0].is(utc(ctx)) {
        return Ok(ctx.str_value("datetime.timezone.utc"));
    }
    let offset = ctx.repr(zone.offset)?;
    let mut text = [b"datetime.timezone(", offset.bytes()].concat();
    if !zone.name.is_none() {
        text.extend_from_slice(b", ");
        text.extend_from_slice(ctx.repr(zone.name)?.bytes());
    }
    text.push(b')');
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn check_argument<'gc>(
    ctx: Context<'gc>,
    name: &str,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    if value.is_none() || stamp::datetime(value).is_some() {
        return Ok(());
    }
    Err(ctx.type_error(format!(
        "{name}(dt) argument must be a datetime instance or None, not {}",
        ctx.type_name(value)
    )))
}

fn check_from_utc<'gc>(
    ctx: Context<'gc>,
    zone: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    match stamp::datetime(value) {
        None => Err(ctx.type_error("fromutc: argument must be a datetime")),
        Some(stamp) if !stamp.zone.is(zone) => {
            Err(ctx.value_error("fromutc: dt.tzinfo is not self"))
        }
        Some(_) => Ok(()),
    }
}

/// `tzinfo.fromutc`: what the standard offset gives, then moved by the DST there.
fn from_utc<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (zone, value) = (args[0], args[1]);
    check_from_utc(ctx, zone, value)?;
    let needed =
        |found: Option<Delta>, message: &str| found.ok_or_else(|| ctx.value_error(message));
    let offset = needed(
        offset_of(ctx, zone, value, "utcoffset")?,
        "fromutc: non-None utcoffset() result required",
    )?;
    let dst = needed(
        offset_of(ctx, zone, value, "dst")?,
        "fromutc: non-None dst() result required",
    )?;
    let standard = moved(ctx, value, Delta(offset.0 - dst.0), 1)?;
    let dst = needed(
        offset_of(ctx, zone, standard, "dst")?,
        "fromutc: tz.dst() gave inconsistent results; cannot convert",
    )?;
    moved(ctx, standard, dst, 1)
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let names = ctx.names();
    let arguments = match ctx.try_attr(args[0], names.__getinitargs__)? {
        Some(hook) => ctx.call(hook, &[])?,
        None => Value::Tuple(ctx.empty_tuple()),
    };
    let state = ctx.call_method(args[0], names.__getstate__, &[])?;
    let class = Value::Type(args[0].class(ctx));
    Ok(Value::Tuple(ctx.tuple([class, arguments, state])))
}

/// What `utcoffset` or `dst` of a tzinfo answers about `value`; none for None,
/// and for no tzinfo.
pub fn offset_of<'gc>(
    ctx: Context<'gc>,
    zone: Value<'gc>,
    value: Value<'gc>,
    name: &str,
) -> Result<Option<Delta>, Raised<'gc>> {
    if zone.is_none() {
        return Ok(None);
    }
    if let (Some(fixed), "utcoffset") = (self::zone(zone), name) {
        return Ok(delta(fixed.offset));
    }
    let answer = ctx.call_method(zone, ctx.intern(name), &[value])?;
    if answer.is_none() {
        return Ok(None);
    }
    let Some(offset) = delta(answer) else {
        return Err(ctx.type_error(format!(
            "tzinfo.{name}() must return None or timedelta, not '{}'",
            ctx.type_name(answer)
        )));
    };
    check_offset(ctx, answer, offset)?;
    Ok(Some(offset))
}

/// As `offset_of`, as the method's own answer.
pub fn offset_value<'gc>(
    ctx: Context<'gc>,
    zone: Value<'gc>,
    value: Value<'gc>,
    name: &str,
) -> Answer<'gc> {
    match offset_of(ctx, zone, value, name)? {
        Some(offset) => Delta::value(ctx, Some(offset.0)),
        None => Ok(Value::None),
    }
}

/// What `tzname` of a tzinfo answers about `value`.
pub fn name_of<'gc>(ctx: Context<'gc>, zone: Value<'gc>, value: Value<'gc>) -> Answer<'gc> {
    if zone.is_none() {
        return Ok(Value::None);
    }
    let answer = ctx.call_method(zone, ctx.intern("tzname"), &[value])?;
    if answer.is_none() || answer.as_str().is_some() {
        return Ok(answer);
    }
    Err(ctx.type_error(format!(
        "tzinfo.tzname() must return None or a string, not '{}'",
        ctx.type_name(answer)
    )))
}
