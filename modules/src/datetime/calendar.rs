//! The proleptic Gregorian calendar: dates, their ordinals, ISO weeks. Pure
//! arithmetic.

/// The greatest year of a date.
pub const MAX_YEAR: i64 = 9999;
/// The ordinal of the last date.
pub const MAX_ORDINAL: i64 = 3_652_059;
/// The ordinal of 1970-01-01.
pub const EPOCH_ORDINAL: i64 = 719_163;

const BEFORE_MONTH: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Whether the year has a 29th of February.
pub fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days the month has.
pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_before_year(year: i64) -> i64 {
    let year = year - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)
}

/// How many days of the year lie before the month.
pub fn days_before_month(year: i64, month: i64) -> i64 {
    let before = BEFORE_MONTH.get(month as usize).copied().unwrap_or(0);
    before + i64::from(month > 2 && is_leap(year))
}

/// The ordinal of a date: 1 for 0001-01-01.
pub fn to_ordinal(year: i64, month: i64, day: i64) -> i64 {
    days_before_year(year) + days_before_month(year, month) + day
}

/// The date of an ordinal from 1 on.
pub fn from_ordinal(ordinal: i64) -> (i64, i64, i64) {
    let days = ordinal - 1;
    // 400 years have 146097 days, 100 have 36524, 4 have 1461, but for leap days at their ends.
    let (cycles, days) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let (centuries, days) = ((days / 36_524).min(3), days);
    let days = days - centuries * 36_524;
    let (fours, days) = (days / 1461, days % 1461);
    let (years, days) = ((days / 365).min(3), days);
    let days = days - years * 365;
    let year = cycles * 400 + centuries * 100 + fours * 4 + years + 1;
    let mut month = 12;
    while month > 1 && days_before_month(year, month) > days {
        month -= 1;
    }
    (year, month, days - days_before_month(year, month) + 1)
}

/// The weekday of a date: 0 for Monday.
pub fn weekday(year: i64, month: i64, day: i64) -> i64 {
    (to_ordinal(year, month, day) + 6).rem_euclid(7)
}

/// The ordinal of the Monday with which the ISO year begins.
fn iso_year_start(year: i64) -> i64 {
    let first = to_ordinal(year, 1, 1);
    let first_weekday = (first + 6).rem_euclid(7);
    let monday = first - first_weekday;
    if first_weekday > 3 {
        monday + 7
    } else {
        monday
    }
}

/// The ISO year, week and weekday (1 for Monday) of a date.
pub fn iso_calendar(year: i64, month: i64, day: i64) -> (i64, i64, i64) {
    let today = to_ordinal(year, month, day);
    let mut iso_year = year;
    if today < iso_year_start(year) {
        iso_year -= 1;
    } else if today >= iso_year_start(year + 1) {
        iso_year += 1;
    }
    let days = today - iso_year_start(iso_year);
    (iso_year, days / 7 + 1, days % 7 + 1)
}

/// Why an ISO week and weekday name no date.
pub enum NotIso {
    /// The week.
    Week,
    /// The weekday.
    Day,
}

/// The ordinal of an ISO year, week and weekday.
pub fn from_iso(year: i64, week: i64, day: i64) -> Result<i64, NotIso> {
    let weeks = (iso_year_start(year + 1) - iso_year_start(year)) / 7;
    if week < 1 || week > weeks {
        return Err(NotIso::Week);
    }
    if !(1..=7).contains(&day) {
        return Err(NotIso::Day);
    }
    Ok(iso_year_start(year) + (week - 1) * 7 + day - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_and_dates_agree() {
        let mut expected = (1, 1, 1);
        for ordinal in 1..=MAX_ORDINAL {
            assert_eq!(from_ordinal(ordinal), expected);
            assert_eq!(to_ordinal(expected.0, expected.1, expected.2), ordinal);
            expected.2 += 1;
            if expected.2 > days_in_month(expected.0, expected.1) {
                expected = (expected.0, expected.1 + 1, 1);
            }
            if expected.1 > 12 {
                expected = (expected.0 + 1, 1, 1);
            }
        }
    }

    #[test]
    fn iso_weeks() {
        assert_eq!(iso_calendar(2024, 2, 29), (2024, 9, 4));
        assert_eq!(iso_calendar(2021, 1, 3), (2020, 53, 7));
        assert!(matches!(from_iso(2020, 53, 7), Ok(n) if from_ordinal(n) == (2021, 1, 3)));
    }
}
