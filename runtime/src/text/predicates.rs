//! The `is...` methods: of str over a [`Text`], of bytes over octets (named `ascii_*`).
//!
//! All but `is_printable` are false for the empty sequence.

use super::unicode;
use super::wtf8::Text;

/// Whether there are code points and `holds` is true of each.
fn all(text: Text<'_>, holds: fn(u32) -> bool) -> bool {
    !text.is_empty() && text.code_points().all(holds)
}

/// `str.isalpha`.
pub fn is_alpha(text: Text<'_>) -> bool {
    all(text, unicode::is_alpha)
}

/// `str.isalnum`.
pub fn is_alnum(text: Text<'_>) -> bool {
    all(text, unicode::is_alnum)
}

/// `str.isdecimal`.
pub fn is_decimal(text: Text<'_>) -> bool {
    all(text, unicode::is_decimal)
}

/// `str.isdigit`.
pub fn is_digit(text: Text<'_>) -> bool {
    all(text, unicode::is_digit)
}

/// `str.isnumeric`.
pub fn is_numeric(text: Text<'_>) -> bool {
    all(text, unicode::is_numeric)
}

/// `str.isspace`.
pub fn is_space(text: Text<'_>) -> bool {
    all(text, unicode::is_space)
}

/// `str.isprintable`.
pub fn is_printable(text: Text<'_>) -> bool {
    text.code_points().all(unicode::is_printable)
}

/// `str.isidentifier`.
pub fn is_identifier(text: Text<'_>) -> bool {
    let mut points = text.code_points();
    points.next().is_some_and(unicode::is_identifier_start)
        && points.all(unicode::is_identifier_part)
}

/// `str.islower`: some cased code point, and none of upper or title case.
pub fn is_lower(text: Text<'_>) -> bool {
    if text.ascii {
        return ascii_is_lower(text.bytes);
    }
    let mut cased = false;
    for point in text.code_points() {
        if unicode::is_upper(point) || unicode::is_title(point) {
            return false;
        }
        cased = cased || unicode::is_lower(point);
    }
    cased
}

/// `str.isupper`: some cased code point, and none of lower or title case.
pub fn is_upper(text: Text<'_>) -> bool {
    if text.ascii {
        return ascii_is_upper(text.bytes);
    }
    let mut cased = false;
    for point in text.code_points() {
        if unicode::is_lower(point) || unicode::is_title(point) {
            return false;
        }
        cased = cased || unicode::is_upper(point);
    }
    cased
}

/// `str.istitle`: capitals begin the runs of cased code points, small letters go on with them.
pub fn is_title(text: Text<'_>) -> bool {
    titled(text.code_points().map(|point| {
        if unicode::is_upper(point) || unicode::is_title(point) {
            Case::Capital
        } else if unicode::is_lower(point) {
            Case::Small
        } else {
            Case::None
        }
    }))
}

/// `bytes.isalpha`.
pub fn ascii_is_alpha(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphabetic)
}

/// `bytes.isalnum`.
pub fn ascii_is_alnum(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// `bytes.isdigit`.
pub fn ascii_is_digit(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

/// `bytes.isspace`.
pub fn ascii_is_space(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes
            .iter()
            .all(|byte| matches!(byte, b'\t'..=b'\r' | b' '))
}

/// `bytes.islower`.
pub fn ascii_is_lower(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
}

/// `bytes.isupper`.
pub fn ascii_is_upper(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
}

/// `bytes.istitle`.
pub fn ascii_is_title(bytes: &[u8]) -> bool {
    titled(bytes.iter().map(|byte| match byte {
        b'A'..=b'Z' => Case::Capital,
        b'a'..=b'z' => Case::Small,
        _ => Case::None,
    }))
}

#[derive(PartialEq)]
enum Case {
    Capital,
    Small,
    None,
}

fn titled(cases: impl Iterator<Item = Case>) -> bool {
    let mut some = false;
    let mut inside = false;
    for case in cases {
        if case == Case::Capital && inside || case == Case::Small && !inside {
            return false;
        }
        inside = case != Case::None;
        some |= inside;
    }
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        for (text, lower, upper, title, identifier) in [
            ("", false, false, false, false),
            ("abc1", true, false, false, true),
            ("ABC é", false, false, false, false),
            ("ÀB1", false, true, false, true),
            ("Àb Cd", false, false, true, false),
            ("ǅabc", false, false, true, true),
            ("A B", false, true, true, false),
            ("1", false, false, false, false),
            ("_é٣", true, false, false, true),
        ] {
            let text = Text::from(text);
            let got = (
                is_lower(text),
                is_upper(text),
                is_title(text),
                is_identifier(text),
            );
            assert_eq!(got, (lower, upper, title, identifier), "{text:?}");
        }
        assert!(is_printable(Text::from("")) && !is_printable(Text::from("a\n")));
        assert!(
            is_digit(Text::from("1²"))
                && !is_decimal(Text::from("1²"))
                && is_numeric(Text::from("½五"))
        );
        assert!(ascii_is_title(b"Ab Cd") && !ascii_is_title(b"AB") && !ascii_is_space(b"\x1c"));
    }
}
