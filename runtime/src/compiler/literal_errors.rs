//! What is wrong with a number or string literal, in CPython's words.

/// The error of the malformed number literal that `text` begins with.
pub(super) fn number_error(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let lower = |index: usize| bytes.get(index).map(u8::to_ascii_lowercase);
    if lower(0) == Some(b'0') {
        let (name, radix) = match lower(1) {
            Some(b'x') => ("hexadecimal", 16),
            Some(b'o') => ("octal", 8),
            Some(b'b') => ("binary", 2),
            _ => return decimal_error(text),
        };
        return radix_error(&text[2..], name, radix);
    }
    decimal_error(text)
}

fn radix_error(digits: &str, name: &str, radix: u32) -> Option<String> {
    let invalid = || Some(format!("invalid {name} literal"));
    let mut after_digit = false;
    let mut any = false;
    for c in digits.chars() {
        if c == '_' {
            // One underscore may come after the prefix or between digits.
            if !after_digit && any {
                return invalid();
            }
            after_digit = false;
            any = true;
        } else if c.is_digit(radix) {
            after_digit = true;
            any = true;
        } else if c.is_ascii_digit() {
            return Some(format!("invalid digit '{c}' in {name} literal"));
        } else if after_digit {
            return is_name(c).then(invalid).flatten();
        } else {
            return invalid();
        }
    }
    if after_digit { None } else { invalid() }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn decimal_error(text: &str) -> Option<String> {
    let invalid = || Some("invalid decimal literal".to_owned());
    let run = |text: &str| -> Result<usize, ()> {
        let mut len = 0;
        let mut underscore = false;
        for c in text.chars() {
            match c {
                '_' if underscore || len == 0 => return Err(()),
                '_' => underscore = true,
                c if c.is_ascii_digit() => underscore = false,
                _ => break,
            }
            len += 1;
        }
        if underscore { Err(()) } else { Ok(len) }
    };
    let Ok(whole) = run(text) else {
        return invalid();
    };
    let mut rest = &text[whole..];
    let mut integral = true;
    if let Some(fraction) = rest.strip_prefix('.') {
        integral = false;
        if fraction.starts_with('_') {
            return invalid();
        }
        let Ok(len) = run(fraction) else {
            return invalid();
        };
        rest = &fraction[len..];
    }
    if rest.starts_with(['e', 'E']) {
        let exponent = rest[1..].strip_prefix(['+', '-']).unwrap_or(&rest[1..]);
        match run(exponent) {
            Ok(len) if len > 0 => {
                integral = false;
                rest = &exponent[len..];
            }
            // `1else` is a number and a keyword.
            _ if rest.starts_with("else") => return None,
            _ => return invalid(),
        }
    }
    let imaginary = rest.starts_with(['j', 'J']);
    if imaginary {
        rest = &rest[1..];
    }
    let digits = &text[..whole];
    if integral
        && !imaginary
        && digits.starts_with('0')
        && digits.bytes().any(|b| b != b'0' && b != b'_')
    {
        return Some(
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"
                .to_owned(),
        );
    }
    let word: String = rest.chars().take_while(|c| is_name(*c)).collect();
    let keyword = matches!(
        &*word,
        "and" | "else" | "for" | "if" | "in" | "is" | "not" | "or"
    );
    if word.is_empty() || keyword {
        return None;
    }
    if imaginary {
        Some("invalid imaginary literal".to_owned())
    } else {
        invalid()
    }
}

/// The error of the malformed escape in a string or bytes literal.
pub(super) fn string_escape_error(literal: &str) -> Option<String> {
    let quote = literal.find(['\'', '"'])?;
    let bytes = literal[..quote].to_ascii_lowercase().contains('b');
    let opener = if literal[quote..].starts_with("'''") || literal[quote..].starts_with("\"\"\"") {
        3
    } else {
        1
    };
    let content = literal
        .get(quote + opener..literal.len().saturating_sub(opener))
        .unwrap_or("");
    let content: Vec<char> = content.chars().collect();
    let mut index = 0;
    // Positions count what CPython's decoder sees: non-ASCII characters as \UXXXXXXXX.
    let mut position = 0;
    while index < content.len() {
        if content[index] != '\\' {
            position += if content[index].is_ascii() { 1 } else { 10 };
            index += 1;
            continue;
        }
        let wanted = match content.get(index + 1) {
            Some('x') => 2,
            Some('u') if !bytes => 4,
            Some('U') if !bytes => 8,
            Some('N') if !bytes => {
                let named = content.get(index + 2) == Some(&'{');
                let close = content[index..].iter().position(|c| *c == '}');
                let Some(close) = close.filter(|_| named) else {
                    let end = position + if named { content.len() - index - 1 } else { 1 };
                    return Some(unicode_error(
                        position,
                        end,
                        "malformed \\N character escape",
                    ));
                };
                let name: String = content[index..=index + close].iter().collect();
                if ruff_python_parser::parse_expression(&format!("'{name}'")).is_err() {
                    return Some(unicode_error(
                        position,
                        position + close,
                        "unknown Unicode character name",
                    ));
                }
                position += close + 1;
                index += close + 1;
                continue;
            }
            _ => {
                position += 2;
                index += 2;
                continue;
            }
        };
        let digits = content[index + 2..]
            .iter()
            .take(wanted)
            .take_while(|c| c.is_ascii_hexdigit())
            .count();
        if digits < wanted {
            if bytes {
                return Some(format!(
                    "(value error) invalid \\x escape at position {position}"
                ));
            }
            let shape = match wanted {
                2 => "\\xXX",
                4 => "\\uXXXX",
                _ => "\\UXXXXXXXX",
            };
            return Some(unicode_error(
                position,
                position + 1 + digits,
                &format!("truncated {shape} escape"),
            ));
        }
        if wanted == 8 {
            let text: String = content[index + 2..index + 10].iter().collect();
            if u32::from_str_radix(&text, 16).is_ok_and(|code| code > 0x10_ffff) {
                return Some(unicode_error(
                    position,
                    position + 9,
                    "illegal Unicode character",
                ));
            }
        }
        position += 2 + wanted;
        index += 2 + wanted;
    }
    None
}

fn unicode_error(start: usize, end: usize, reason: &str) -> String {
    let place = if start == end {
        format!("byte in position {start}")
    } else {
        format!("bytes in position {start}-{end}")
    };
    format!("(unicode error) 'unicodeescape' codec can't decode {place}: {reason}")
}
