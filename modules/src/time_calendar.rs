//! The part of `time` that knows the calendar: seconds since the Epoch as a
//! `struct_time` and back, and as text.
//!
//! DIFFERENCE: local time is UTC.

use std::convert::Infallible;

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, call_then};

use crate::datetime::clock;
use crate::datetime::records::{STRUCT_TIME, struct_time};
use crate::datetime::stamp::Fields;
use crate::datetime::strftime::{Zones, strftime as format_fields};

/// The functions.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "gmtime(seconds=None, /)",
        "Convert seconds since the Epoch to a time tuple expressing UTC.",
        Plain(|ctx, args| broken_down(ctx, args[0], "GMT")),
    ),
    function(
        "localtime(seconds=None, /)",
        "Convert seconds since the Epoch to a time tuple expressing local time.",
        Plain(|ctx, args| broken_down(ctx, args[0], "UTC")),
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
            Value::Absent => Ok(ctx.str_value(&ascii(&clock::fields_now()))),
            given => Ok(ctx.str_value(&ascii(&checked(ctx, given, "asctime")?))),
        }),
    ),
    function(
        "ctime(seconds=None, /)",
        "Convert a time in seconds since the Epoch to a string in local time.",
        Plain(|ctx, args| Ok(ctx.str_value(&ascii(&fields_at(ctx, args[0])?)))),
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
];

/// Shows the functions, and what is the same for all times, in the module.
pub fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let dict = module.dict();
    dict.set_text(
        ctx,
        "struct_time",
        Value::Type(ctx.type_of_def(&STRUCT_TIME)),
    );
    for name in ["timezone", "altzone", "daylight"] {
        dict.set_text(ctx, name, Value::Int(0));
    }
    let name = ctx.str_value("UTC");
    dict.set_text(ctx, "tzname", Value::Tuple(ctx.tuple(vec![name, name])));
    Ok(())
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
    seconds: Value<'gc>,
    zone: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    let made = struct_time(ctx, &fields_at(ctx, seconds)?, 0);
    if let Value::Object(object) = made {
        object.set_value_at(ctx, 0, ctx.str_value(zone));
        object.set_value_at(ctx, 1, Value::Int(0));
    }
    Ok(made)
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
    text("%a %b %e %H:%M:%S %Y", fields, "")
}

/// UTC under one of its names, for `%z` and `%Z`.
struct Utc(String);

impl Zones for Utc {
    type Error = Infallible;
    fn offset(&mut self, separator: &str) -> Result<String, Infallible> {
        Ok(format!("+00{separator}00"))
    }
    fn name(&mut self) -> Result<String, Infallible> {
        Ok(self.0.clone())
    }
}

fn text(format: &str, fields: &Fields, zone: &str) -> String {
    match format_fields(format, fields, &mut Utc(zone.to_owned())) {
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
    let fields = match args[1] {
        Value::Absent => clock::fields_now(),
        tuple => checked(ctx, tuple, "strftime")?,
    };
    let zone = match args[1] {
        Value::Object(_) => ctx.try_attr(args[1], ctx.intern("tm_zone"))?,
        _ => None,
    };
    let zone = zone.and_then(|zone| zone.as_str());
    let zone = zone.map_or("UTC".to_owned(), |zone| zone.to_string_lossy().into_owned());
    Ok(ctx.str_value(&text(&format.to_string_lossy(), &fields, &zone)))
}

fn mktime<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let [year, month, day, hour, minute, second, ..] = numbers(ctx, args[0], "mktime")?;
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
    Ok(Value::float((seconds + i128::from(second)) as f64))
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
