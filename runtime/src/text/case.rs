//! Case of whole strings: `lower`, `upper`, `title`, `capitalize`, `swapcase`, `casefold`.
//!
//! Each takes a [`Text`] and makes a new str. For bytes, which have ASCII's case only,
//! `ascii_title` and its neighbours work on octets.

use super::unicode;
use super::wtf8::{self, Text};

const CAPITAL_SIGMA: u32 = 0x3A3;
const SMALL_SIGMA: u32 = 0x3C3;
const FINAL_SIGMA: u32 = 0x3C2;

/// `str.lower`.
pub fn lower(text: Text<'_>) -> Vec<u8> {
    if text.ascii {
        return text.bytes.to_ascii_lowercase();
    }
    let mut out = Vec::with_capacity(text.bytes.len());
    each(text.bytes, |at, point| {
        push_lower(&mut out, text.bytes, at, point)
    });
    out
}

/// `str.upper`.
pub fn upper(text: Text<'_>) -> Vec<u8> {
    if text.ascii {
        return text.bytes.to_ascii_uppercase();
    }
    let mut out = Vec::with_capacity(text.bytes.len());
    each(text.bytes, |_, point| {
        unicode::upper(point, |mapped| wtf8::push(&mut out, mapped))
    });
    out
}

/// `str.casefold`.
pub fn fold(text: Text<'_>) -> Vec<u8> {
    if text.ascii {
        return text.bytes.to_ascii_lowercase();
    }
    let mut out = Vec::with_capacity(text.bytes.len());
    each(text.bytes, |_, point| {
        unicode::fold(point, |mapped| wtf8::push(&mut out, mapped))
    });
    out
}

/// `str.title`: the first cased letter of each run of them in title case, the others in lower case.
pub fn title(text: Text<'_>) -> Vec<u8> {
    if text.ascii {
        return ascii_title(text.bytes);
    }
    let mut out = Vec::with_capacity(text.bytes.len());
    let mut inside = false;
    each(text.bytes, |at, point| {
        if inside {
            push_lower(&mut out, text.bytes, at, point);
        } else {
            unicode::title(point, |mapped| wtf8::push(&mut out, mapped));
        }
        inside = unicode::is_cased(point);
    });
    out
}

/// `str.capitalize`: the first code point in title case, the others in lower case.
pub fn capitalize(text: Text<'_>) -> Vec<u8> {
    if text.ascii {
        return ascii_capitalize(text.bytes);
    }
    let mut out = Vec::with_capacity(text.bytes.len());
    each(text.bytes, |at, point| {
        if at == 0 {
            unicode::title(point, |mapped| wtf8::push(&mut out, mapped));
        } else {
            push_lower(&mut out, text.bytes, at, point);
        }
    });
    out
}

/// `str.swapcase`.
pub fn swap(text: Text<'_>) -> Vec<u8> {
    if text.ascii {
        return ascii_swap(text.bytes);
    }
    let mut out = Vec::with_capacity(text.bytes.len());
    each(text.bytes, |at, point| {
        if unicode::is_upper(point) {
            push_lower(&mut out, text.bytes, at, point);
        } else if unicode::is_lower(point) {
            unicode::upper(point, |mapped| wtf8::push(&mut out, mapped));
        } else {
            wtf8::push(&mut out, point);
        }
    });
    out
}

/// `bytes.title`.
pub fn ascii_title(bytes: &[u8]) -> Vec<u8> {
    let mut inside = false;
    let mut one = |byte: &u8| {
        let mapped = if inside {
            byte.to_ascii_lowercase()
        } else {
            byte.to_ascii_uppercase()
        };
        inside = byte.is_ascii_alphabetic();
        mapped
    };
    bytes.iter().map(&mut one).collect()
}

/// `bytes.capitalize`.
pub fn ascii_capitalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `bytes.swapcase`.
pub fn ascii_swap(bytes: &[u8]) -> Vec<u8> {
    let swap = |byte: &u8| {
        if byte.is_ascii_alphabetic() {
            byte ^ 0x20
        } else {
            *byte
        }
    };
    bytes.iter().map(swap).collect()
}

/// Calls `visit` with each code point and its offset.
fn each(bytes: &[u8], mut visit: impl FnMut(usize, u32)) {
    let mut at = 0;
    while let Some((point, length)) = wtf8::decode(bytes, at) {
        visit(at, point);
        at += length;
    }
}

fn push_lower(out: &mut Vec<u8>, bytes: &[u8], at: usize, point: u32) {
    if point == CAPITAL_SIGMA {
        wtf8::push(
            out,
            if ends_word(bytes, at) {
                FINAL_SIGMA
            } else {
                SMALL_SIGMA
            },
        );
    } else {
        unicode::lower(point, |mapped| wtf8::push(out, mapped));
    }
}

/// Whether the sigma at `at` is the last letter of a word of several: Unicode's Final_Sigma.
fn ends_word(bytes: &[u8], at: usize) -> bool {
    let (head, tail) = bytes.split_at(at);
    let cased = |found: Option<u32>| found.is_some_and(unicode::is_cased);
    cased(
        wtf8::code_points(head)
            .rev()
            .find(|&point| !unicode::is_case_ignorable(point)),
    ) && !cased(
        wtf8::code_points(tail)
            .skip(1)
            .find(|&point| !unicode::is_case_ignorable(point)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_strings() {
        for (map, input, expected) in [
            (
                lower as fn(Text<'_>) -> Vec<u8>,
                "ΑΣ Σ ΑΣ'Α ΣΑ ΑΣ.",
                "ας σ ασ'α σα ας.",
            ),
            (upper, "straße ﬁ", "STRASSE FI"),
            (fold, "Straße ΑΣ", "strasse ασ"),
            (title, "they're ǆabc ßa éa", "They'Re ǅabc Ssa Éa"),
            (title, "they're 3rd", "They'Re 3Rd"),
            (capitalize, "ǆABC Σ", "ǅabc σ"),
            (capitalize, "hELLO", "Hello"),
            (swap, "aBÉß ǅ", "AbéSS ǅ"),
            (swap, "aB1", "Ab1"),
        ] {
            assert_eq!(String::from_utf8_lossy(&map(Text::from(input))), expected);
        }
    }
}
