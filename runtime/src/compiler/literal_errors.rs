//! What is wrong with a string literal, in CPython's words.

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
