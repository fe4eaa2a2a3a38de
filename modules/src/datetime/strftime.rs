//! `strftime` in the C locale, in glibc's reading of the directives.

use super::calendar;
use super::stamp::Fields;

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What the directives of the time zone stand for: each is asked for at most
/// when it is met, and answers text.
pub trait Zones {
    /// Why one could not be told.
    type Error;
    /// `%z`, with `separator` between its parts.
    fn offset(&mut self, separator: &str) -> Result<String, Self::Error>;
    /// `%Z`
    fn name(&mut self) -> Result<String, Self::Error>;
}

/// Formats `fields` as `format` says. Weekdays and days of the year are those of
/// the date.
pub fn strftime<Z: Zones>(
    format: &str,
    fields: &Fields,
    zones: &mut Z,
) -> Result<String, Z::Error> {
    let mut out = String::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('z') => out.push_str(&zones.offset("")?),
            Some('Z') => out.push_str(&zones.name()?),
            Some('f') => out.push_str(&format!("{:06}", fields.microsecond)),
            Some(':') if rest.clone().next() == Some('z') => {
                rest.next();
                out.push_str(&zones.offset(":")?);
            }
            Some(letter) => match directive(letter, fields) {
                Some(text) => out.push_str(&text),
                None => out.extend(['%', letter]),
            },
            None => out.push('%'),
        }
    }
    Ok(out)
}

/// What a directive stands for; none for an unknown one.
fn directive(letter: char, fields: &Fields) -> Option<String> {
    let Fields {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..
    } = *fields;
    // 0 for Sunday, as C counts.
    let weekday = (calendar::weekday(year, month, day) + 1) % 7;
    let day_of_year = calendar::days_before_month(year, month) + day;
    let name = |names: &[&'static str], at: i64| names.get(at as usize).copied().unwrap_or("?");
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let iso = || calendar::iso_calendar(year, month, day);
    let parts = |letters: &str| -> String {
        let parts = letters.chars().map(|c| match c {
            'A'..='Z' | 'a'..='z' => directive(c, fields).unwrap_or_default(),
            other => other.to_string(),
        });
        parts.collect()
    };
    Some(match letter {
        'a' => name(&DAYS, weekday).chars().take(3).collect(),
        'A' => name(&DAYS, weekday).to_owned(),
        'b' | 'h' => name(&MONTHS, month - 1).chars().take(3).collect(),
        'B' => name(&MONTHS, month - 1).to_owned(),
        'c' => parts("a b e H:M:S Y"),
        'C' => format!("{:02}", year / 100),
        'd' => format!("{day:02}"),
        'D' | 'x' => parts("m/d/y"),
        'e' => format!("{day:2}"),
        'F' => parts("Y-m-d"),
        'g' => format!("{:02}", iso().0 % 100),
        'G' => format!("{:04}", iso().0),
        'H' => format!("{hour:02}"),
        'I' => format!("{twelve:02}"),
        'j' => format!("{day_of_year:03}"),
        'k' => format!("{hour:2}"),
        'l' => format!("{twelve:2}"),
        'm' => format!("{month:02}"),
        'M' => format!("{minute:02}"),
        'n' => "\n".to_owned(),
        'p' => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        'P' => if hour < 12 { "am" } else { "pm" }.to_owned(),
        'r' => parts("I:M:S p"),
        'R' => parts("H:M"),
        's' => {
            let days = fields.ordinal() - calendar::EPOCH_ORDINAL;
            (days * 86_400 + hour * 3600 + minute * 60 + second).to_string()
        }
        'S' => format!("{second:02}"),
        't' => "\t".to_owned(),
        'T' | 'X' => parts("H:M:S"),
        'u' => if weekday == 0 { 7 } else { weekday }.to_string(),
        'U' => format!("{:02}", (day_of_year - 1 + 7 - weekday) / 7),
        'V' => format!("{:02}", iso().1),
        'w' => weekday.to_string(),
        'W' => format!("{:02}", (day_of_year - 1 + 7 - (weekday + 6) % 7) / 7),
        'y' => format!("{:02}", year % 100),
        'Y' => format!("{year:04}"),
        '%' => "%".to_owned(),
        _ => return None,
    })
}
