//! ISO 8601: how times are shown, and how dates and times are read.

use super::calendar;
use super::delta::{Delta, SECOND};
use super::stamp::Fields;

/// Shows a time of day; none for an unknown `timespec`.
pub fn show_time(fields: &Fields, timespec: &str) -> Option<String> {
    let Fields {
        hour,
        minute,
        second,
        microsecond,
        ..
    } = fields;
    let timespec = match timespec {
        "auto" if *microsecond == 0 => "seconds",
        "auto" => "microseconds",
        other => other,
    };
    Some(match timespec {
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "milliseconds" => {
            let thousandths = microsecond / 1000;
            format!("{hour:02}:{minute:02}:{second:02}.{thousandths:03}")
        }
        "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{microsecond:06}"),
        _ => return None,
    })
}

/// What was read of a date.
pub enum ReadDate {
    /// Year, month and day, which may not exist.
    Day(i64, i64, i64),
    /// Year, ISO week and weekday.
    Week(i64, i64, i64),
}

/// Takes `count` digits off the front.
fn digits(text: &mut &[char], count: usize) -> Option<i64> {
    let (taken, rest) = text.split_at_checked(count)?;
    let number = taken.iter().try_fold(0, |n, c| {
        let digit = c.is_ascii().then(|| c.to_digit(10)).flatten()?;
        Some(n * 10 + i64::from(digit))
    })?;
    *text = rest;
    Some(number)
}

fn skip(text: &mut &[char], c: char) -> bool {
    match text.split_first() {
        Some((first, rest)) if *first == c => {
            *text = rest;
            true
        }
        _ => false,
    }
}

/// Reads a date and nothing else.
pub fn read_date(text: &[char]) -> Option<ReadDate> {
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    let dashes = skip(&mut rest, '-');
    if skip(&mut rest, 'W') {
        let week = digits(&mut rest, 2)?;
        if rest.is_empty() {
            return Some(ReadDate::Week(year, week, 1));
        }
        if skip(&mut rest, '-') != dashes {
            return None;
        }
        let day = digits(&mut rest, 1)?;
        return rest.is_empty().then_some(ReadDate::Week(year, week, day));
    }
    let month = digits(&mut rest, 2)?;
    if skip(&mut rest, '-') != dashes {
        return None;
    }
    let day = digits(&mut rest, 2)?;
    rest.is_empty().then_some(ReadDate::Day(year, month, day))
}

/// Reads `HH[:MM[:SS[.ffffff]]]`, with or without colons, and nothing else.
fn read_clock(text: &[char]) -> Option<[i64; 4]> {
    let mut rest = text;
    let mut parts = [digits(&mut rest, 2)?, 0, 0, 0];
    let colons = rest.first() == Some(&':');
    for part in parts.iter_mut().take(3).skip(1) {
        if rest.is_empty() {
            return Some(parts);
        }
        if skip(&mut rest, ':') != colons {
            return None;
        }
        *part = digits(&mut rest, 2)?;
    }
    if rest.is_empty() {
        return Some(parts);
    }
    if !skip(&mut rest, '.') && !skip(&mut rest, ',') {
        return None;
    }
    let count = rest.len().min(6);
    let fraction = digits(&mut rest, count).filter(|_| count > 0)?;
    parts[3] = fraction * 10i64.pow(6 - count as u32);
    rest.iter().all(char::is_ascii_digit).then_some(parts)
}

/// What was read of a time: its parts, which may not exist, and the offset.
pub struct ReadTime {
    /// Hour, minute, second and microsecond.
    pub parts: [i64; 4],
    /// The offset from UTC, if there was one.
    pub offset: Option<Delta>,
}

/// Reads a time, with an offset or not, and nothing else.
pub fn read_time(text: &[char]) -> Option<ReadTime> {
    let zone = text.iter().position(|c| matches!(c, '+' | '-' | 'Z'));
    let (clock, zone) = match zone {
        Some(at) => (&text[..at], text.get(at..)),
        None => (text, None),
    };
    let parts = read_clock(clock)?;
    let offset = match zone {
        None => None,
        Some(['Z']) => Some(Delta(0)),
        Some([sign @ ('+' | '-'), rest @ ..]) => {
            let [hours, minutes, seconds, microseconds] = read_clock(rest)?;
            let seconds = i128::from((hours * 60 + minutes) * 60 + seconds);
            let size = seconds * SECOND + i128::from(microseconds);
            Some(Delta(if *sign == '-' { -size } else { size }))
        }
        Some(_) => return None,
    };
    Some(ReadTime { parts, offset })
}

/// Where the date ends in the text of a datetime. A text that could be read in
/// two ways is read as CPython does.
pub fn date_length(text: &[char]) -> Option<usize> {
    let digit = |at: usize| text.get(at).is_some_and(char::is_ascii_digit);
    let is = |at: usize, c: char| text.get(at) == Some(&c);
    if text.len() < 7 {
        return None;
    }
    if text.len() == 7 {
        return Some(7);
    }
    if is(4, '-') {
        if !is(5, 'W') {
            return Some(10);
        }
        if !is(8, '-') {
            return Some(8);
        }
        return match text.len() {
            9 => None,
            _ if digit(10) => Some(8),
            _ => Some(10),
        };
    }
    if !is(4, 'W') {
        return Some(8);
    }
    let end = (7..text.len()).find(|at| !digit(*at)).unwrap_or(text.len());
    Some(match end {
        end if end < 9 => end,
        end if end % 2 == 0 => 7,
        _ => 8,
    })
}

/// `Thu Feb 29 01:02:03 2024`
pub fn ctime(fields: &Fields) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let weekday = calendar::weekday(fields.year, fields.month, fields.day);
    let day = DAYS.get(weekday as usize).unwrap_or(&"");
    let month = MONTHS.get(fields.month as usize - 1).unwrap_or(&"");
    format!(
        "{day} {month} {:2} {:02}:{:02}:{:02} {:04}",
        fields.day, fields.hour, fields.minute, fields.second, fields.year
    )
}
