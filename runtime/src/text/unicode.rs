//! What Unicode says about one code point, in the version CPython 3.14 has: 16.0.
//!
//! General categories come from `unicode-general-category` (16.0). Derived properties
//! and simple mappings come from Rust's `char`, which follows later versions of Unicode:
//! so every answer of its is asked only for what 16.0 assigns, and the few code points
//! whose answer has changed since are corrected here. Surrogates have no property at all.

use unicode_general_category::{GeneralCategory, get_general_category};

/// The general category of `point`.
pub fn category(point: u32) -> GeneralCategory {
    char::from_u32(point).map_or(GeneralCategory::Surrogate, get_general_category)
}

/// The `char` of an assigned code point.
fn assigned(point: u32) -> Option<char> {
    char::from_u32(point).filter(|&c| get_general_category(c) != GeneralCategory::Unassigned)
}

/// `str.isalpha` of one code point.
pub fn is_alpha(point: u32) -> bool {
    use GeneralCategory::*;
    if point < 0x80 {
        return (point as u8).is_ascii_alphabetic();
    }
    matches!(
        category(point),
        UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter
    )
}

/// `str.isalnum` of one code point.
pub fn is_alnum(point: u32) -> bool {
    is_alpha(point) || is_numeric(point)
}

/// `str.isdecimal` of one code point.
pub fn is_decimal(point: u32) -> bool {
    if point < 0x80 {
        return (point as u8).is_ascii_digit();
    }
    category(point) == GeneralCategory::DecimalNumber
}

/// `str.isdigit` of one code point.
pub fn is_digit(point: u32) -> bool {
    digit_value(point).is_some()
}

/// `str.isnumeric` of one code point.
pub fn is_numeric(point: u32) -> bool {
    use GeneralCategory::*;
    if point < 0x80 {
        return (point as u8).is_ascii_digit();
    }
    match category(point) {
        DecimalNumber | LetterNumber | OtherNumber => true,
        OtherLetter => NUMERIC_IDEOGRAPHS.binary_search(&point).is_ok(),
        _ => false,
    }
}

/// `str.isspace` of one code point.
#[inline]
pub fn is_space(point: u32) -> bool {
    matches!(
        point,
        0x09..=0x0D
            | 0x1C..=0x20
            | 0x85
            | 0xA0
            | 0x1680
            | 0x2000..=0x200A
            | 0x2028
            | 0x2029
            | 0x202F
            | 0x205F
            | 0x3000
    )
}

/// `str.islower` of one code point.
pub fn is_lower(point: u32) -> bool {
    if point < 0x80 {
        return (point as u8).is_ascii_lowercase();
    }
    // U+0295 has become a letter without case in Unicode 17.
    point == 0x295 || assigned(point).is_some_and(char::is_lowercase)
}

/// `str.isupper` of one code point.
pub fn is_upper(point: u32) -> bool {
    if point < 0x80 {
        return (point as u8).is_ascii_uppercase();
    }
    assigned(point).is_some_and(char::is_uppercase)
}

/// `str.istitle` of one code point, apart from upper case: a titlecase digraph.
pub fn is_title(point: u32) -> bool {
    point >= 0x80 && category(point) == GeneralCategory::TitlecaseLetter
}

/// The property Cased: what a word's case is made of.
pub fn is_cased(point: u32) -> bool {
    is_lower(point) || is_upper(point) || is_title(point)
}

/// The property Case_Ignorable: what may stand between a word's cased letters.
pub fn is_case_ignorable(point: u32) -> bool {
    use GeneralCategory::*;
    match point {
        0x27 | 0x2E | 0x3A | 0xB7 | 0x387 | 0x55F | 0x5F4 | 0x2018 | 0x2019 | 0x2024 | 0x2027
        | 0xFE13 | 0xFE52 | 0xFE55 | 0xFF07 | 0xFF0E | 0xFF1A => true,
        _ => matches!(
            category(point),
            NonspacingMark | EnclosingMark | Format | ModifierLetter | ModifierSymbol
        ),
    }
}

/// Whether an identifier may begin with `point` (XID_Start, or the underscore).
pub fn is_identifier_start(point: u32) -> bool {
    point == u32::from('_') || assigned(point).is_some_and(unicode_ident::is_xid_start)
}

/// Whether an identifier may go on with `point` (XID_Continue).
pub fn is_identifier_part(point: u32) -> bool {
    assigned(point).is_some_and(unicode_ident::is_xid_continue)
}

/// `str.isprintable` of one code point: what `repr` shows as it is.
pub fn is_printable(point: u32) -> bool {
    use GeneralCategory::*;
    if point < 0x80 {
        return (0x20..0x7F).contains(&point);
    }
    !matches!(
        category(point),
        Control
            | Format
            | Surrogate
            | PrivateUse
            | Unassigned
            | LineSeparator
            | ParagraphSeparator
            | SpaceSeparator
    )
}

/// The value of a decimal digit of any script, 0 to 9: what `int()` and `float()` read.
pub fn decimal_value(point: u32) -> Option<u32> {
    if point < 0x80 {
        return char::from_u32(point).and_then(|c| c.to_digit(10));
    }
    if category(point) != GeneralCategory::DecimalNumber {
        return None;
    }
    let run = DECIMAL_ZEROS
        .partition_point(|&zero| zero <= point)
        .checked_sub(1)?;
    Some((point - DECIMAL_ZEROS.get(run)?) % 10)
}

/// The value of a digit as `unicodedata.digit` has it: decimal digits, superscripts, circled ones...
pub fn digit_value(point: u32) -> Option<u32> {
    if point < 0x80 {
        return char::from_u32(point).and_then(|c| c.to_digit(10));
    }
    decimal_value(point).or_else(|| {
        let row = DIGITS.partition_point(|&(_, last, _)| last < point);
        let &(first, _, value) = DIGITS.get(row)?;
        (first <= point).then(|| value + (point - first))
    })
}

/// Calls `emit` with the code points of the full lowercase mapping, but for the final sigma.
pub fn lower(point: u32, mut emit: impl FnMut(u32)) {
    if point < 0x80 {
        return emit((point as u8).to_ascii_lowercase().into());
    }
    match assigned(point) {
        Some(c) => c.to_lowercase().for_each(|c| emit(c.into())),
        None => emit(point),
    }
}

/// Calls `emit` with the code points of the full uppercase mapping.
pub fn upper(point: u32, mut emit: impl FnMut(u32)) {
    if point < 0x80 {
        return emit((point as u8).to_ascii_uppercase().into());
    }
    match assigned(point) {
        // These have got their capital letters in Unicode 17.
        Some('\u{A7D3}' | '\u{A7D5}') | None => emit(point),
        Some(c) => c.to_uppercase().for_each(|c| emit(c.into())),
    }
}

/// Calls `emit` with the code points of the full titlecase mapping.
pub fn title(point: u32, mut emit: impl FnMut(u32)) {
    match point {
        // Digraphs have a form for titles; in threes: upper, title, lower.
        0x1C4..=0x1CC => emit((point - 0x1C4) / 3 * 3 + 0x1C5),
        0x1F1..=0x1F3 => emit(0x1F2),
        // Georgian does not begin a word with a capital.
        0x10D0..=0x10FA | 0x10FD..=0x10FF => emit(point),
        // Greek letters with an iota below keep it there.
        0x1F80..=0x1FAF => emit(point | 8),
        0x1FB3 | 0x1FC3 | 0x1FF3 => emit(point + 9),
        0x1FBC | 0x1FCC | 0x1FFC => emit(point),
        0x1FB2 | 0x1FB4 | 0x1FB7 | 0x1FC2 | 0x1FC4 | 0x1FC7 | 0x1FF2 | 0x1FF4 | 0x1FF7 => {
            upper(point, |mapped| {
                emit(if mapped == 0x399 { 0x345 } else { mapped })
            })
        }
        // Ligatures and the sharp s come apart; only their first letter is capital.
        0xDF | 0x587 | 0xFB00..=0xFB17 => {
            let mut first = true;
            upper(point, |mapped| {
                if first {
                    emit(mapped)
                } else {
                    lower(mapped, &mut emit)
                }
                first = false;
            });
        }
        _ => upper(point, emit),
    }
}

/// Calls `emit` with the code points of the full case folding.
pub fn fold(point: u32, mut emit: impl FnMut(u32)) {
    match point {
        // The dotless i is no i.
        0x131 => emit(point),
        0x1E9E => "ss".bytes().for_each(|byte| emit(byte.into())),
        // Cherokee had capitals first: it folds to them.
        0x13A0..=0x13F5 => emit(point),
        0x13F8..=0x13FD => emit(point - 8),
        0xAB70..=0xABBF => emit(point - 0xAB70 + 0x13A0),
        _ => upper(point, |mapped| lower(mapped, &mut emit)),
    }
}

/// The zeros that begin the runs of decimal digits; a run is a multiple of ten long.
#[rustfmt::skip]
const DECIMAL_ZEROS: &[u32] = &[
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
    0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0,
    0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
    0x116C0, 0x116D0, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50,
    0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1E140, 0x1E2F0, 0x1E4F0,
    0x1E5F1, 0x1E950, 0x1FBF0,
];

/// Digits that are not decimal ones: first, last, value of the first.
#[rustfmt::skip]
const DIGITS: &[(u32, u32, u32)] = &[
    (0xB2, 0xB3, 2), (0xB9, 0xB9, 1), (0x1369, 0x1371, 1), (0x19DA, 0x19DA, 1), (0x2070, 0x2070, 0),
    (0x2074, 0x2079, 4), (0x2080, 0x2089, 0), (0x2460, 0x2468, 1), (0x2474, 0x247C, 1),
    (0x2488, 0x2490, 1), (0x24EA, 0x24EA, 0), (0x24F5, 0x24FD, 1), (0x24FF, 0x24FF, 0),
    (0x2776, 0x277E, 1), (0x2780, 0x2788, 1), (0x278A, 0x2792, 1), (0x10A40, 0x10A43, 1),
    (0x10E60, 0x10E68, 1), (0x11052, 0x1105A, 1), (0x1F100, 0x1F100, 0), (0x1F101, 0x1F10A, 0),
];

/// Ideographs that are numbers, though their category is that of letters.
#[rustfmt::skip]
const NUMERIC_IDEOGRAPHS: &[u32] = &[
    0x3405, 0x3483, 0x382A, 0x3B4D, 0x4E00, 0x4E03, 0x4E07, 0x4E09, 0x4E24, 0x4E5D, 0x4E8C, 0x4E94,
    0x4E96, 0x4EAC, 0x4EBF, 0x4EC0, 0x4EDF, 0x4EE8, 0x4F0D, 0x4F70, 0x4FE9, 0x5006, 0x5104, 0x5146,
    0x5169, 0x516B, 0x516D, 0x5341, 0x5343, 0x5344, 0x5345, 0x534C, 0x53C1, 0x53C2, 0x53C3, 0x53C4,
    0x56DB, 0x58F1, 0x58F9, 0x5E7A, 0x5EFE, 0x5EFF, 0x5F0C, 0x5F0D, 0x5F0E, 0x5F10, 0x62D0, 0x62FE,
    0x634C, 0x67D2, 0x6D1E, 0x6F06, 0x7396, 0x767E, 0x7695, 0x79ED, 0x8086, 0x842C, 0x8CAE, 0x8CB3,
    0x8D30, 0x920E, 0x94A9, 0x9621, 0x9646, 0x964C, 0x9678, 0x96F6, 0xF96B, 0xF973, 0xF978, 0xF9B2,
    0xF9D1, 0xF9D3, 0xF9FD, 0x20001, 0x20064, 0x200E2, 0x20121, 0x2092A, 0x20983, 0x2098C, 0x2099C,
    0x20AEA, 0x20AFD, 0x20B19, 0x22390, 0x22998, 0x23B1B, 0x2626D, 0x2F890,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings() {
        let text = |map: fn(u32, &mut dyn FnMut(u32)), c: char| {
            let mut out = String::new();
            map(c.into(), &mut |point| out.extend(char::from_u32(point)));
            out
        };
        for (c, low, up, titled, folded) in [
            ('ß', "ß", "SS", "Ss", "ss"),
            ('ẞ', "ß", "ẞ", "ẞ", "ss"),
            ('ﬃ', "ﬃ", "FFI", "Ffi", "ffi"),
            ('Ǆ', "ǆ", "Ǆ", "ǅ", "ǆ"),
            ('ᾳ', "ᾳ", "ΑΙ", "ᾼ", "αι"),
            ('ᾷ', "ᾷ", "Α\u{342}Ι", "Α\u{342}\u{345}", "α\u{342}ι"),
            ('ა', "ა", "Ა", "ა", "ა"),
            ('ꭰ', "ꭰ", "Ꭰ", "Ꭰ", "Ꭰ"),
            ('İ', "i̇", "İ", "İ", "i̇"),
            ('ı', "ı", "I", "I", "ı"),
            ('ŉ', "ŉ", "ʼN", "ʼN", "ʼn"),
            ('ς', "ς", "Σ", "Σ", "σ"),
        ] {
            assert_eq!(text(|p, f| lower(p, f), c), low);
            assert_eq!(text(|p, f| upper(p, f), c), up);
            assert_eq!(text(|p, f| title(p, f), c), titled);
            assert_eq!(text(|p, f| fold(p, f), c), folded);
        }
    }

    #[test]
    fn values() {
        for (c, decimal, digit, numeric) in [
            ('7', Some(7), Some(7), true),
            ('٣', Some(3), Some(3), true),
            ('𝟙', Some(1), Some(1), true),
            ('²', None, Some(2), true),
            ('½', None, None, true),
            ('五', None, None, true),
            ('x', None, None, false),
        ] {
            let point = u32::from(c);
            assert_eq!(
                (decimal_value(point), digit_value(point), is_numeric(point)),
                (decimal, digit, numeric)
            );
        }
        assert!(
            !is_printable(0xD800) && !is_alpha(0xD800) && !is_printable(0xA0) && is_printable(0xE9)
        );
    }
}
