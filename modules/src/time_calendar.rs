//! The part of `time` that knows the calendar: seconds since the Epoch as a
//! `struct_time` and back, and as text.

use std::convert::Infallible;

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, call_then};

use crate::datetime::clock;
use crate::datetime::records::{STRUCT_TIME, struct_time};
use crate::datetime::stamp::Fields;
use crate::datetime::strftime::{Zones, strftime as format_fields};
use crate::time_zone;

/// The functions.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "gmtime(seconds=None, /)",
        "Convert seconds since the Epoch to a time tuple expressing UTC.",
        Plain(gmtime),
    ),
    function(
        "localtime(seconds=None, /)",
        "Convert seconds since the Epoch to a time tuple expressing local time.",
        Plain(localtime),
    ),
    function(
        "mktime(tuple, /)",
        "Convert a time tuple in local time to seconds since the Epoch.",
        Plain(mktime),
    ),
    function(
        "asctime(tuple=None, /)",
        "Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.",
        Plain(|ctx, args| match args[0] {
            Value::Absent => Ok(ctx.str_value(&ascii(&local_fields(ctx, Value::None)?.0))),
            given => Ok(ctx.str_value(&ascii(&checked(ctx, given, "asctime")?))),
        }),
    ),
    function(
        "ctime(seconds=None, /)",
        "Convert a time in seconds since the Epoch to a string in local time.",
        Plain(|ctx, args| Ok(ctx.str_value(&ascii(&local_fields(ctx, args[0])?.0)))),
    ),
    function(
        "strftime(format, tuple=None, /)",
        "Convert a time tuple to a string according to a format specification.",
        Plain(strftime),
    ),
    function(
        "strptime(string, format='%a %b %d %H:%M:%S %Y', /)",
        "Parse a string to a time tuple according to a format specification.",
        FlowCall(strptime),
    ),
    function(
        "tzset()",
        "Initialize, or reinitialize, the local timezone to the value stored in\nos.environ['TZ']. The TZ environment variable should be specified in\nstandard Unix timezone format as documented in the tzset man page\n(eg. 'US/Eastern', 'Europe/Amsterdam'). Unknown timezones will silently\nfall back to UTC. If the TZ environment variable is not set, the local\ntimezone is set to the systems best guess of wallclock time.",
        Plain(tzset),
    ),
];

/// Shows the functions, and what is the same for all times, in the module.
pub fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    dict.set_text(
        ctx,
        "struct_time",
        Value::Type(ctx.type_of_def(&STRUCT_TIME)),
    );
    show_zone(ctx, dict);
    Ok(())
}

/// What the module shows of the local zone.
fn show_zone<'gc>(ctx: Context<'gc>, dict: Dict<'gc>) {
    let shown = time_zone::shown(ctx, clock::now().div_euclid(1_000_000));
    dict.set_text(ctx, "timezone", Value::Int(shown.timezone));
    dict.set_text(ctx, "altzone", Value::Int(shown.altzone));
    dict.set_text(ctx, "daylight", Value::Int(shown.daylight.into()));
    let names = shown.names.map(|name| ctx.str_value(&name));
    dict.set_text(ctx, "tzname", Value::Tuple(ctx.tuple(names)));
}

/// Programs change the environment in `os.environ`.
fn tzset<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let text = match ctx.modules().get_text(ctx, "os") {
        Some(os) => {
            let environ = ctx.get_attr(os, ctx.intern("environ"))?;
            let found = ctx.call_method(environ, ctx.intern("get"), &[ctx.str_value("TZ")])?;
            let text = found.as_str();
            text.map(|text| text.to_string_lossy().into_owned())
        }
        None => std::env::var("TZ").ok(),
    };
    time_zone::set(ctx, text.as_deref());
    if let Some(Value::Module(module)) = ctx.modules().get_text(ctx, "time") {
        show_zone(ctx, module.dict());
    }
    Ok(Value::None)
}

fn fields_at<'gc>(ctx: Context<'gc>, seconds: Value<'gc>) -> Result<Fields, Raised<'gc>> {
    match seconds {
        Value::Absent | Value::None => Ok(clock::fields_now()),
        seconds => {
            let whole = clock::floor_seconds(ctx, seconds)?;
            clock::fields_of(ctx, Value::Int(whole))
        }
    }
}

fn broken_down<'gc>(
    ctx: Context<'gc>,
    fields: &Fields,
    dst: bool,
    zone: &str,
    offset: i64,
) -> Value<'gc> {
    let made = struct_time(ctx, fields, dst.into());
    if let Value::Object(object) = made {
        object.set_value_at(ctx, 0, ctx.str_value(zone));
        object.set_value_at(ctx, 1, Value::Int(offset));
    }
    made
}

fn gmtime<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    Ok(broken_down(ctx, &fields_at(ctx, args[0])?, false, "GMT", 0))
}

/// A moment in local time, and what holds then.
fn local_fields<'gc>(
    ctx: Context<'gc>,
    seconds: Value<'gc>,
) -> Result<(Fields, time_zone::Local), Raised<'gc>> {
    let utc = fields_at(ctx, seconds)?;
    let epoch = i128::from(Fields::date((1970, 1, 1)).ordinal()) * 86_400;
    let seconds = utc.total().div_euclid(1_000_000) - epoch;
    let zone = time_zone::at(ctx, i64::try_from(seconds).unwrap_or(0));
    let local = Fields::from_total(utc.total() + i128::from(zone.offset) * 1_000_000);
    let local = local.ok_or_else(|| {
        ctx.error(
            Exc::OverflowError,
            "timestamp out of range for platform time_t",
        )
    })?;
    Ok((local, zone))
}

fn localtime<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (fields, zone) = local_fields(ctx, args[0])?;
    Ok(broken_down(ctx, &fields, zone.dst, &zone.name, zone.offset))
}

/// The nine numbers of a time tuple.
fn numbers<'gc>(ctx: Context<'gc>, tuple: Value<'gc>, name: &str) -> Result<[i64; 9], Raised<'gc>> {
    let Some(items) = tuple.as_tuple() else {
        return Err(ctx.type_error("Tuple or struct_time argument required"));
    };
    let mut found = [0; 9];
    if items.len() != found.len() {
        return Err(ctx.type_error(format!("{name}(): illegal time tuple argument")));
    }
    for (number, item) in found.iter_mut().zip(items.items()) {
        *number = ctx.index_i64(*item, Exc::OverflowError)?;
    }
    Ok(found)
}

/// A time tuple whose parts are checked as C's formatting needs it; 0 stands for 1
/// where counting begins with 1.
fn checked<'gc>(ctx: Context<'gc>, tuple: Value<'gc>, name: &str) -> Result<Fields, Raised<'gc>> {
    let [
        year,
        month,
        day,
        hour,
        minute,
        second,
        weekday,
        day_of_year,
        _,
    ] = numbers(ctx, tuple, name)?;
    let (month, day, day_of_year) = (month.max(i64::from(month == 0)), day, day_of_year);
    let day = if day == 0 { 1 } else { day };
    let day_of_year = if day_of_year == 0 { 1 } else { day_of_year };
    for (what, number, low, high) in [
        ("month", month, 1, 12),
        ("day of month", day, 1, 31),
        ("hour", hour, 0, 23),
        ("minute", minute, 0, 59),
        ("seconds", second, 0, 61),
        ("day of week", weekday, -1, i64::MAX),
        ("day of year", day_of_year, 1, 366),
    ] {
        if !(low..=high).contains(&number) {
            return Err(ctx.value_error(format!("{what} out of range")));
        }
    }
    Ok(Fields {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..Fields::START
    })
}

fn ascii(fields: &Fields) -> String {
    text(
        "%a %b %e %H:%M:%S %Y",
        fields,
        Zone {
            offset: None,
            name: String::new(),
        },
    )
}

/// A zone as `%z` and `%Z` show it.
struct Zone {
    /// Unknown where the tuple does not say whether it is summer time.
    offset: Option<i64>,
    name: String,
}

impl Zones for Zone {
    type Error = Infallible;
    fn offset(&mut self, separator: &str) -> Result<String, Infallible> {
        let Some(offset) = self.offset else {
            return Ok(String::new());
        };
        let (sign, distance) = (if offset < 0 { '-' } else { '+' }, offset.abs());
        let (hours, minutes) = (distance / 3600, distance / 60 % 60);
        Ok(format!("{sign}{hours:02}{separator}{minutes:02}"))
    }
    fn name(&mut self) -> Result<String, Infallible> {
        Ok(self.name.clone())
    }
}

fn text(format: &str, fields: &Fields, mut zone: Zone) -> String {
    match format_fields(format, fields, &mut zone) {
        Ok(text) => text,
    }
}

fn strftime<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Some(format) = args[0].as_str() else {
        return Err(ctx.type_error(format!(
            "strftime() argument 1 must be str, not {}",
            ctx.type_name(args[0])
        )));
    };
    let (fields, zone) = match args[1] {
        Value::Absent => {
            let (fields, zone) = local_fields(ctx, Value::None)?;
            let (offset, name) = (Some(zone.offset), zone.name);
            (fields, Zone { offset, name })
        }
        tuple => {
            let fields = checked(ctx, tuple, "strftime")?;
            (fields, zone_of(ctx, tuple)?)
        }
    };
    Ok(ctx.str_value(&text(&format.to_string_lossy(), &fields, zone)))
}

/// The zone that a time tuple tells, or else what the local one is in winter or summer.
fn zone_of<'gc>(ctx: Context<'gc>, tuple: Value<'gc>) -> Result<Zone, Raised<'gc>> {
    let told = |name: &str| match tuple {
        Value::Object(_) => ctx.try_attr(tuple, ctx.intern(name)),
        _ => Ok(None),
    };
    let (name, offset) = (told("tm_zone")?, told("tm_gmtoff")?);
    let name = name.and_then(|name| name.as_str());
    if let (Some(name), Some(offset)) = (name, offset.and_then(|o| o.as_small_int())) {
        let name = name.to_string_lossy().into_owned();
        let offset = Some(offset);
        return Ok(Zone { offset, name });
    }
    let dst = numbers(ctx, tuple, "strftime")?[8];
    let shown = time_zone::shown(ctx, clock::now().div_euclid(1_000_000));
    if dst < 0 {
        return Ok(Zone {
            offset: None,
            name: String::new(),
        });
    }
    let summer = dst > 0 && shown.daylight;
    let [standard, other] = shown.names;
    Ok(match summer {
        true => Zone {
            offset: Some(-shown.altzone),
            name: other,
        },
        false => Zone {
            offset: Some(-shown.timezone),
            name: standard,
        },
    })
}

fn mktime<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let [year, month, day, hour, minute, second, _, _, dst] = numbers(ctx, args[0], "mktime")?;
    let out_of_range = || ctx.error(Exc::OverflowError, "mktime argument out of range");
    // Months past the year, days past the month and so on count on.
    let months = i128::from(month) - 1;
    let year = i128::from(year) + months.div_euclid(12);
    let year = i64::try_from(year).map_err(|_| out_of_range())?;
    if !(1..=9999).contains(&year) {
        return Err(out_of_range());
    }
    let start = Fields::date((year, months.rem_euclid(12) as i64 + 1, 1));
    let epoch = Fields::date((1970, 1, 1));
    let days = i128::from(start.ordinal() - epoch.ordinal()) + i128::from(day) - 1;
    let seconds = ((days * 24 + i128::from(hour)) * 60 + i128::from(minute)) * 60;
    let seconds = seconds + i128::from(second);
    let local = seconds + i128::from(epoch.ordinal()) * 86_400;
    let local = local
        .checked_mul(1_000_000)
        .and_then(Fields::from_total)
        .ok_or_else(out_of_range)?;
    let civil = time_zone::at_local(ctx, &local);
    // Of two equal times, summer time is the first.
    let offset = match civil.change {
        Some((_, after)) if dst == 0 => after,
        _ => civil.offset,
    };
    // A time told as summer time in winter, or the other way round, is an hour off.
    let moment = i64::try_from(seconds - i128::from(offset)).map_err(|_| out_of_range())?;
    let shown = time_zone::shown(ctx, clock::now().div_euclid(1_000_000));
    let saved = if shown.daylight {
        shown.timezone - shown.altzone
    } else {
        3600
    };
    let holds = time_zone::at(ctx, moment).dst;
    let moment = match dst {
        1.. if !holds => moment - saved,
        0 if holds => moment + saved,
        _ => moment,
    };
    Ok(Value::float(moment as f64))
}

/// The work is `_strptime`'s, which is frozen Python.
fn strptime<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let import = ctx.builtins().get_str(ctx, ctx.names().__import__);
    let import = import.ok_or_else(|| ctx.error(Exc::ImportError, "__import__ not found"))?;
    let name = ctx.str_value("_strptime");
    Ok(call_then(
        import,
        &[name],
        args.to_vec(),
        |ctx, state, module| {
            let function = ctx.get_attr(module?, ctx.intern("_strptime_time"))?;
            let given = state.iter().take_while(|value| !value.is_absent());
            let given: Vec<Value<'_>> = given.copied().collect();
            Ok(Flow::call(function, &given))
        },
    ))
}
