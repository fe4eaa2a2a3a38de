//! Local time: the zone that the variable TZ names, or else that of /etc/localtime.
//!
//! The zone belongs to the runtime: it is found when local time is first asked for, and again by `time.tzset()`,
//! which reads TZ from `os.environ`.

use std::cell::RefCell;

use capers_runtime::context::Context;
use capers_runtime::value::Value;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::datetime::stamp::Fields;

/// What holds at a moment in a zone.
pub struct Local {
    /// Seconds east of UTC.
    pub offset: i64,
    /// Whether it is summer time.
    pub dst: bool,
    /// The abbreviation.
    pub name: String,
}

/// What holds at a local time.
pub struct Civil {
    /// Seconds east of UTC.
    pub offset: i64,
    /// The offset before a change of clocks that makes the time be twice or not at all, and after it.
    pub change: Option<(i64, i64)>,
}

/// Where the runtime keeps the value of TZ; None where there is none.
const KEY: &str = "time.TZ";

thread_local! {
    /// The zone asked for last. Only a cache: a zone follows from its name.
    static LAST: RefCell<Option<(Option<String>, TimeZone)>> = const { RefCell::new(None) };
}

/// Sets the zone from a value of TZ.
pub fn set<'gc>(ctx: Context<'gc>, text: Option<&str>) {
    let text = text.map_or(Value::None, |text| ctx.str_value(text));
    ctx.registry().set_text(ctx, KEY, text);
    // /etc/localtime may have changed, too.
    LAST.with(|last| last.borrow_mut().take());
}

fn zone(ctx: Context<'_>) -> TimeZone {
    let text = match ctx.registry().get_text(ctx, KEY) {
        Some(known) => known
            .as_str()
            .map(|text| text.to_string_lossy().into_owned()),
        None => {
            let text = std::env::var("TZ").ok();
            set(ctx, text.as_deref());
            text
        }
    };
    LAST.with(|last| {
        let mut last = last.borrow_mut();
        if let Some((known, zone)) = &*last
            && *known == text
        {
            return zone.clone();
        }
        let found = find(text.as_deref()).unwrap_or(TimeZone::UTC);
        *last = Some((text, found.clone()));
        found
    })
}

/// The zone of a value of TZ: the name of a file of the zone database, or a rule.
fn find(text: Option<&str>) -> Option<TimeZone> {
    let Some(text) = text else {
        return TimeZone::tzif("Local", &std::fs::read("/etc/localtime").ok()?).ok();
    };
    let name = text.strip_prefix(':').unwrap_or(text);
    let inside = !name.is_empty()
        && !name.starts_with('/')
        && name
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..");
    if inside && let Ok(data) = std::fs::read(format!("/usr/share/zoneinfo/{name}")) {
        return TimeZone::tzif(name, &data).ok();
    }
    // A rule that does not say when summer is has that of the United States.
    TimeZone::posix(name)
        .or_else(|_| TimeZone::posix(&format!("{name},M3.2.0,M11.1.0")))
        .ok()
}

/// What holds so many seconds after the Epoch.
pub fn at(ctx: Context<'_>, seconds: i64) -> Local {
    let low = Timestamp::MIN.as_second();
    let high = Timestamp::MAX.as_second();
    let moment = Timestamp::from_second(seconds.clamp(low, high)).unwrap_or(Timestamp::UNIX_EPOCH);
    let zone = zone(ctx);
    let info = zone.to_offset_info(moment);
    Local {
        offset: info.offset().seconds().into(),
        dst: info.dst().is_dst(),
        name: info.abbreviation().to_owned(),
    }
}

/// What holds at a local time; `fold` says which of two.
pub fn at_local(ctx: Context<'_>, fields: &Fields) -> Civil {
    let small = |number: i64| i8::try_from(number).unwrap_or(0);
    let time = DateTime::new(
        i16::try_from(fields.year).unwrap_or(1970),
        small(fields.month),
        small(fields.day),
        small(fields.hour),
        small(fields.minute),
        small(fields.second),
        0,
    );
    let Ok(time) = time else {
        return Civil {
            offset: 0,
            change: None,
        };
    };
    let seconds = |offset: jiff::tz::Offset| i64::from(offset.seconds());
    match zone(ctx).to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => Civil {
            offset: seconds(offset),
            change: None,
        },
        AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
            let (before, after) = (seconds(before), seconds(after));
            Civil {
                offset: if fields.fold == 0 { before } else { after },
                change: Some((before, after)),
            }
        }
    }
}

/// What `time` shows of a zone.
pub struct Shown {
    /// Seconds west of UTC without summer time.
    pub timezone: i64,
    /// Seconds west of UTC with summer time.
    pub altzone: i64,
    /// Whether there is summer time.
    pub daylight: bool,
    /// The names without and with summer time.
    pub names: [String; 2],
}

/// The zone as C's library shows it: by what holds in January and in July of this year.
pub fn shown(ctx: Context<'_>, now: i64) -> Shown {
    const YEAR: i64 = 31_556_952;
    let start = now.div_euclid(YEAR) * YEAR;
    let (winter, summer) = (at(ctx, start), at(ctx, start + YEAR / 2));
    // In the south the year begins in summer.
    let (standard, other) = match winter.offset <= summer.offset {
        true => (winter, summer),
        false => (summer, winter),
    };
    Shown {
        timezone: -standard.offset,
        altzone: -other.offset,
        daylight: standard.offset != other.offset,
        names: [standard.name, other.name],
    }
}
