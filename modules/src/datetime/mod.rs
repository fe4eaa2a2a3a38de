//! `datetime`: dates, times of day, both together, their differences, and fixed
//! offsets from UTC. `strptime` is frozen Python.

use capers_runtime::import::ModuleDef;
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;

mod arguments;
mod calendar;
pub mod clock;
mod date_type;
mod datetime_type;
mod delta;
mod delta_arithmetic;
mod formatting;
mod iso;
pub mod records;
pub mod stamp;
pub mod strftime;
mod time_type;
mod zone;

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The module.
pub static DATETIME: ModuleDef = ModuleDef {
    name: "_datetime",
    doc: "Fast implementation of the datetime module.",
    functions: &[],
    types: &[
        &date_type::DATE,
        &datetime_type::DATETIME,
        &time_type::TIME,
        &delta::TIMEDELTA,
        &zone::TZINFO,
        &zone::TIMEZONE,
    ],
    finish: Some(|ctx, module| {
        let dict = module.dict();
        dict.set_text(ctx, "MINYEAR", Value::Int(1));
        dict.set_text(ctx, "MAXYEAR", Value::Int(calendar::MAX_YEAR));
        dict.set_text(ctx, "UTC", zone::utc(ctx));
        Ok(())
    }),
};
