//! `Decimal.__format__`

use super::number::{Kind, MOST_WORK, Number, ten_to};
use super::rounding::Settings;

/// A parsed format.
struct Spec {
    fill: char,
    align: char,
    sign: char,
    no_negative_zero: bool,
    width: usize,
    separator: Option<char>,
    precision: Option<u64>,
    letter: Option<char>,
}

fn number(chars: &mut &[char]) -> Option<usize> {
    let count = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    let text: String = chars[..count].iter().collect();
    *chars = &chars[count..];
    text.parse().ok()
}

fn take(chars: &mut &[char], wanted: &[char]) -> Option<char> {
    let first = chars.first().copied().filter(|c| wanted.contains(c))?;
    *chars = &chars[1..];
    Some(first)
}

fn parse(text: &str) -> Option<Spec> {
    const ALIGN: [char; 4] = ['<', '>', '=', '^'];
    let all: Vec<char> = text.chars().collect();
    let mut rest = &all[..];
    let mut fill = None;
    let mut align = None;
    if rest.get(1).is_some_and(|c| ALIGN.contains(c)) {
        (fill, align) = (rest.first().copied(), rest.get(1).copied());
        rest = &rest[2..];
    } else if let Some(found) = take(&mut rest, &ALIGN) {
        align = Some(found);
    }
    let sign = take(&mut rest, &['+', '-', ' ']).unwrap_or('-');
    let no_negative_zero = take(&mut rest, &['z']).is_some();
    if take(&mut rest, &['0']).is_some() && align.is_none() {
        fill = Some('0');
        align = Some('=');
    }
    let width = match rest.first().is_some_and(char::is_ascii_digit) {
        true => number(&mut rest)?,
        false => 0,
    };
    let separator = take(&mut rest, &[',', '_']);
    let precision = match take(&mut rest, &['.']) {
        Some(_) => Some(number(&mut rest)? as u64),
        None => None,
    };
    let letter = take(&mut rest, &['e', 'E', 'f', 'F', 'g', 'G', 'n', '%']);
    if !rest.is_empty() || width > 1 << 40 || precision.is_some_and(|p| p > 1 << 40) {
        return None;
    }
    Some(Spec {
        fill: fill.unwrap_or(' '),
        align: align.unwrap_or('>'),
        sign,
        no_negative_zero,
        width,
        separator,
        precision,
        letter,
    })
}

/// The number in a format; none for one that is no format.
pub fn format(number: &Number, text: &str, settings: &Settings, capitals: bool) -> Option<String> {
    let spec = parse(text)?;
    if number.kind != Kind::Finite {
        let shown = number.with_sign(false).show(true, false);
        let mut plain = spec;
        if plain.fill == '0' && plain.align == '=' {
            (plain.fill, plain.align) = (' ', '>');
        }
        let tail = if plain.letter == Some('%') { "%" } else { "" };
        let sign = sign_of(&plain, number.negative);
        return Some(pad(&plain, sign, shown, tail, ""));
    }
    let letter = spec.letter.map(|c| if c == 'n' { 'g' } else { c });
    let upper = matches!(letter, Some('E' | 'F' | 'G')) || (letter.is_none() && capitals);
    let lower = letter.map(|c| c.to_ascii_lowercase());
    let mut value = number.clone();
    if lower == Some('%') {
        value.exponent += 2;
    }
    value = rounded(&value, lower, spec.precision, settings);
    if spec.no_negative_zero && value.is_zero() {
        value.negative = false;
    }
    let digits = value.digits.to_string();
    let left = value.exponent + digits.len() as i64;
    let dot = match (lower, spec.precision) {
        (Some('e'), Some(precision)) if value.is_zero() => 1 - precision as i64,
        (Some('e'), _) => 1,
        (Some('f' | '%'), _) => left,
        _ if value.exponent <= 0 && left > -6 => left,
        _ => 1,
    };
    let (whole, fraction) = if dot <= 0 {
        let zeros = "0".repeat(dot.unsigned_abs() as usize);
        ("0".to_owned(), format!("{zeros}{digits}"))
    } else if dot as usize >= digits.len() {
        let zeros = "0".repeat(dot as usize - digits.len());
        (format!("{digits}{zeros}"), String::new())
    } else {
        let (whole, fraction) = digits.split_at(dot as usize);
        (whole.to_owned(), fraction.to_owned())
    };
    let exponent = left - dot;
    let mut tail = match fraction.is_empty() {
        true => String::new(),
        false => format!(".{fraction}"),
    };
    if lower == Some('e') || exponent != 0 {
        let letter = if upper { 'E' } else { 'e' };
        tail.push_str(&format!("{letter}{exponent:+}"));
    }
    if lower == Some('%') {
        tail.push('%');
    }
    let sign = sign_of(&spec, value.negative);
    let separator = spec.separator.map_or(String::new(), String::from);
    Some(pad(&spec, sign, whole, &tail, &separator))
}

/// Whether a number is too long to be shown so.
pub fn is_too_long(number: &Number, text: &str) -> bool {
    let Some(spec) = parse(text) else {
        return false;
    };
    let places = match spec.letter {
        Some('f' | 'F' | '%') => number.exponent.max(0).unsigned_abs(),
        _ => 0,
    };
    spec.precision.unwrap_or(0).max(places) > MOST_WORK
}

/// Rounds as the letter and the precision ask.
fn rounded(
    value: &Number,
    letter: Option<char>,
    precision: Option<u64>,
    settings: &Settings,
) -> Number {
    let fixed = matches!(letter, Some('f' | '%'));
    let rescaled = |exponent: i64| {
        let drop = exponent - value.exponent;
        let digits = match drop {
            n if n <= 0 => &value.digits * ten_to(n.unsigned_abs()),
            n => {
                let far = n as u64 > value.length() + 1;
                let (digits, drop) = match far && !value.is_zero() {
                    true => (1u32.into(), 2),
                    false => (value.digits.clone(), (n as u64).min(value.length() + 1)),
                };
                settings.shorten(value.negative, &digits, drop).0
            }
        };
        Number::finite(value.negative, digits, exponent)
    };
    let significant = |count: u64| {
        if value.is_zero() {
            return value.clone();
        }
        let length = value.length();
        if length <= count && letter != Some('e') {
            return value.clone();
        }
        let exponent = value.exponent + length as i64 - count as i64;
        let cut = rescaled(exponent);
        match cut.length() > count {
            true => Number::finite(cut.negative, cut.digits / 10u32, exponent + 1),
            false => cut,
        }
    };
    match (letter, precision) {
        (_, None) if fixed && value.is_zero() && value.exponent > 0 => {
            Number::finite(value.negative, 0u32.into(), 0)
        }
        (_, None) => value.clone(),
        (_, Some(precision)) if fixed => rescaled(-(precision as i64)),
        (Some('e'), Some(precision)) => significant(precision + 1),
        (_, Some(precision)) => significant(precision.max(1)),
    }
}

fn sign_of(spec: &Spec, negative: bool) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (false, '+') => "+",
        (false, ' ') => " ",
        _ => "",
    }
}

/// Groups the digits and fills up to the width.
fn pad(spec: &Spec, sign: &str, whole: String, tail: &str, separator: &str) -> String {
    let zero_fill = spec.fill == '0' && spec.align == '=';
    let room = spec.width.saturating_sub(sign.len() + tail.chars().count());
    let least = if zero_fill { room } else { 0 };
    let whole = match separator {
        "" => format!("{}{whole}", "0".repeat(least.saturating_sub(whole.len()))),
        separator => grouped(&whole, separator, least),
    };
    let count = sign.len() + whole.chars().count() + tail.chars().count();
    let missing = spec.width.saturating_sub(count);
    let fill = |n: usize| spec.fill.to_string().repeat(n);
    match spec.align {
        '<' => format!("{sign}{whole}{tail}{}", fill(missing)),
        '^' => {
            let before = missing / 2;
            format!(
                "{}{sign}{whole}{tail}{}",
                fill(before),
                fill(missing - before)
            )
        }
        '=' => format!("{sign}{}{whole}{tail}", fill(missing)),
        _ => format!("{}{sign}{whole}{tail}", fill(missing)),
    }
}

/// The digits in groups of three, with zeros in front until they are `least` wide.
fn grouped(whole: &str, separator: &str, least: usize) -> String {
    let mut digits = whole.to_owned();
    let width = |count: usize| count + count.saturating_sub(1) / 3;
    while width(digits.len()) < least {
        digits.insert(0, '0');
    }
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}
