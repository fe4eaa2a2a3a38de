//! The struct behind `date`, `time` and `datetime`, its checks, and how
//! instances of subclasses are made.

use std::cell::Cell;

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::Answer;
use super::calendar::{self, MAX_ORDINAL, MAX_YEAR};
use super::date_type::DATE;
use super::datetime_type::DATETIME;
use super::delta::{DAY, Delta, SECOND};
use super::time_type::TIME;
use super::zone;

/// Which of the three it is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `date`
    Date,
    /// `time`
    Time,
    /// `datetime`
    DateTime,
}

/// A date and a time of day; a kind that has only one has the other's start.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub struct Fields {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub microsecond: i64,
    pub fold: i64,
}

/// The struct.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Stamp<'gc> {
    #[collect(require_static)]
    fields: Cell<Fields>,
    /// The tzinfo or None.
    pub zone: Value<'gc>,
    /// Which of the three it is.
    #[collect(require_static)]
    pub kind: Kind,
}

impl NativeData for Stamp<'static> {
    type Data<'gc> = Stamp<'gc>;
}

impl Stamp<'_> {
    /// Date and time of day.
    pub fn fields(&self) -> Fields {
        self.fields.get()
    }
}

impl Fields {
    /// The start of 1900-01-01, where a time has no date.
    pub const START: Fields = Fields {
        year: 1900,
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
        microsecond: 0,
        fold: 0,
    };

    /// A date at midnight.
    pub fn date((year, month, day): (i64, i64, i64)) -> Fields {
        Fields {
            year,
            month,
            day,
            ..Fields::START
        }
    }

    /// The ordinal of the date.
    pub fn ordinal(self) -> i64 {
        calendar::to_ordinal(self.year, self.month, self.day)
    }

    /// The microseconds since midnight.
    pub fn time_of_day(self) -> i128 {
        let seconds = (self.hour * 60 + self.minute) * 60 + self.second;
        i128::from(seconds) * SECOND + i128::from(self.microsecond)
    }

    /// The microseconds since the midnight before 0001-01-01, less a day.
    pub fn total(self) -> i128 {
        i128::from(self.ordinal()) * DAY + self.time_of_day()
    }

    /// What `total` gave; none outside the years that dates have.
    pub fn from_total(total: i128) -> Option<Fields> {
        let ordinal = i64::try_from(total.div_euclid(DAY)).ok()?;
        if !(1..=MAX_ORDINAL).contains(&ordinal) {
            return None;
        }
        let rest = total.rem_euclid(DAY);
        let seconds = (rest / SECOND) as i64;
        Some(Fields {
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            microsecond: (rest % SECOND) as i64,
            ..Fields::date(calendar::from_ordinal(ordinal))
        })
    }
}

/// The struct behind a value.
pub fn stamp(value: Value<'_>) -> Option<&Stamp<'_>> {
    value.native::<Stamp<'static>>()
}

/// The struct behind a value, if it is a datetime.
pub fn datetime(value: Value<'_>) -> Option<&Stamp<'_>> {
    stamp(value).filter(|s| s.kind == Kind::DateTime)
}

/// The struct behind a method's receiver.
pub fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Stamp<'gc>, Raised<'gc>> {
    value
        .native::<Stamp<'static>>()
        .ok_or_else(|| ctx.type_error("a date or time is required"))
}

/// Raises ValueError unless there is such a date.
pub fn check_date<'gc>(
    ctx: Context<'gc>,
    year: i64,
    month: i64,
    day: i64,
) -> Result<(), Raised<'gc>> {
    if !(1..=MAX_YEAR).contains(&year) {
        return Err(ctx.value_error(format!("year must be in 1..{MAX_YEAR}, not {year}")));
    }
    if !(1..=12).contains(&month) {
        return Err(ctx.value_error(format!("month must be in 1..12, not {month}")));
    }
    let days = calendar::days_in_month(year, month);
    if !(1..=days).contains(&day) {
        return Err(ctx.value_error(format!(
            "day {day} must be in range 1..{days} for month {month} in year {year}"
        )));
    }
    Ok(())
}

/// Raises ValueError unless there is such a time of day.
pub fn check_time<'gc>(ctx: Context<'gc>, fields: &Fields) -> Result<(), Raised<'gc>> {
    let parts = [
        ("hour", fields.hour, 23),
        ("minute", fields.minute, 59),
        ("second", fields.second, 59),
        ("microsecond", fields.microsecond, 999_999),
    ];
    for (name, value, most) in parts {
        if !(0..=most).contains(&value) {
            let message = format!("{name} must be in 0..{most}, not {value}");
            return Err(ctx.value_error(message));
        }
    }
    if !(0..=1).contains(&fields.fold) {
        let message = format!("fold must be either 0 or 1, not {}", fields.fold);
        return Err(ctx.value_error(message));
    }
    Ok(())
}

/// A tzinfo argument, None where absent.
pub fn check_zone<'gc>(ctx: Context<'gc>, zone: Value<'gc>) -> Answer<'gc> {
    let zone = zone.or(Value::None);
    if zone.is_none() || zone::is_zone(ctx, zone) {
        return Ok(zone);
    }
    Err(ctx.type_error(format!(
        "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
        ctx.type_name(zone)
    )))
}

fn def_of(kind: Kind) -> &'static TypeDef {
    match kind {
        Kind::Date => &DATE,
        Kind::Time => &TIME,
        Kind::DateTime => &DATETIME,
    }
}

/// An instance of `class` itself, made without calling it.
pub fn make<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    kind: Kind,
    fields: Fields,
    zone: Value<'gc>,
) -> Value<'gc> {
    let class = class
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(def_of(kind)));
    let data = Stamp {
        fields: Cell::new(fields),
        zone,
        kind,
    };
    Value::Object(Object::with_native::<Stamp<'static>>(ctx, class, data))
}

/// A plain instance.
pub fn plain<'gc>(ctx: Context<'gc>, kind: Kind, fields: Fields, zone: Value<'gc>) -> Value<'gc> {
    make(ctx, Value::Absent, kind, fields, zone)
}

/// An instance of `class`: a subclass is called with the parts.
pub fn build<'gc>(
    ctx: Context<'gc>,
    class: Value<'gc>,
    kind: Kind,
    fields: Fields,
    zone: Value<'gc>,
) -> Answer<'gc> {
    if class.as_type() == Some(ctx.type_of_def(def_of(kind))) {
        return Ok(make(ctx, class, kind, fields, zone));
    }
    let date = [fields.year, fields.month, fields.day].map(Value::Int);
    let time = [
        fields.hour,
        fields.minute,
        fields.second,
        fields.microsecond,
    ]
    .map(Value::Int);
    let arguments = match kind {
        Kind::Date => date.to_vec(),
        Kind::Time => [&time[..], &[zone]].concat(),
        Kind::DateTime => [&date[..], &time[..], &[zone]].concat(),
    };
    let made = ctx.call(class, &arguments)?;
    if let Some(stamp) = stamp(made)
        && fields.fold != 0
    {
        let fold = fields.fold;
        stamp.fields.set(Fields {
            fold,
            ..stamp.fields()
        });
    }
    Ok(made)
}

/// The OverflowError of dates beyond the first or last.
pub fn out_of_range<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    ctx.error(Exc::OverflowError, "date value out of range")
}

/// The stamp moved by a timedelta, of the same class.
pub fn moved<'gc>(ctx: Context<'gc>, value: Value<'gc>, by: Delta, sign: i128) -> Answer<'gc> {
    let stamp = this(ctx, value)?;
    let step = match stamp.kind {
        Kind::Date => i128::from(by.days()) * DAY,
        _ => by.0,
    };
    let moved = Fields::from_total(stamp.fields().total() + sign * step);
    let fields = moved.ok_or_else(|| out_of_range(ctx))?;
    let class = Value::Type(value.class(ctx));
    build(ctx, class, stamp.kind, fields, stamp.zone)
}
