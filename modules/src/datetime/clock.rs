//! Timestamps: the clock, and numbers of seconds as whole microseconds; local time.

use std::time::{SystemTime, UNIX_EPOCH};

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;

use super::calendar::{self, EPOCH_ORDINAL};
use super::delta::{DAY, SECOND};
use super::stamp::Fields;
use crate::time_zone;

/// Microseconds since 1970.
pub fn now() -> i64 {
    // A clock set before 1970 shows as 1970.
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.map_or(0, |time| time.as_micros().min(1 << 60) as i64)
}

fn out_of_range<'gc>(ctx: Context<'gc>) -> Raised<'gc> {
    let message = "timestamp out of range for platform time_t";
    ctx.error(Exc::OverflowError, message)
}

/// The ValueError of a time outside the years that dates have.
pub fn year_out_of_range<'gc>(ctx: Context<'gc>, ordinal: i64) -> Raised<'gc> {
    let (year, _, _) = calendar::from_ordinal(ordinal);
    ctx.value_error(format!("year {year} is out of range"))
}

/// A timestamp, rounded down to seconds.
pub fn floor_seconds<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    match value.as_float() {
        Some(number) => checked(ctx, number.floor()),
        None => whole(ctx, value),
    }
}

fn whole<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    let number = ctx.index(value)?;
    number.as_small_int().ok_or_else(|| out_of_range(ctx))
}

fn checked<'gc>(ctx: Context<'gc>, number: f64) -> Result<i64, Raised<'gc>> {
    if number.is_nan() {
        return Err(ctx.value_error("Invalid value NaN (not a number)"));
    }
    match number.abs() < 9.2e18 {
        true => Ok(number as i64),
        false => Err(out_of_range(ctx)),
    }
}

/// The time of a timestamp in UTC, rounded to the nearest microsecond, ties to even.
pub fn fields_of<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<Fields, Raised<'gc>> {
    let total = match value.as_float() {
        Some(number) => {
            let seconds = checked(ctx, number.trunc())?;
            let rest = (number - number.trunc()) * 1e6;
            i128::from(seconds) * SECOND + rest.round_ties_even() as i128
        }
        None => i128::from(whole(ctx, value)?) * SECOND,
    };
    let total = total + i128::from(EPOCH_ORDINAL) * DAY;
    Fields::from_total(total).ok_or_else(|| {
        let ordinal = i64::try_from(total.div_euclid(DAY)).unwrap_or(i64::MAX >> 8);
        year_out_of_range(ctx, ordinal)
    })
}

/// The time now in UTC.
pub fn fields_now() -> Fields {
    let total = i128::from(now()) + i128::from(EPOCH_ORDINAL) * DAY;
    Fields::from_total(total).unwrap_or(Fields::START)
}

/// A time in UTC as local time; `fold` tells the second of two equal ones.
pub fn to_local(ctx: Context<'_>, utc: Fields) -> Option<Fields> {
    let seconds = (utc.total() - i128::from(EPOCH_ORDINAL) * DAY).div_euclid(SECOND);
    let offset = time_zone::at(ctx, i64::try_from(seconds).ok()?).offset;
    let mut local = Fields::from_total(utc.total() + i128::from(offset) * SECOND)?;
    let change = time_zone::at_local(ctx, &local).change;
    local.fold = change.map_or(0, |(before, after)| {
        i64::from(before > after && offset == after)
    });
    Some(local)
}

/// How far local time is ahead of UTC at a local time, in microseconds.
pub fn local_offset(ctx: Context<'_>, local: &Fields) -> i128 {
    i128::from(time_zone::at_local(ctx, local).offset) * SECOND
}
