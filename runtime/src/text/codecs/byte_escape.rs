//! Backslash escapes in bytes: `codecs.escape_decode`, and the strings of
//! pickle's oldest protocol.

use super::hex_escape;

/// The bytes that the escapes in `input` stand for. `errors` says what to do
/// with a broken `\x`: `strict`, `replace` or `ignore`; the error is a
/// ValueError's text.
pub fn decode_byte_escapes(input: &[u8], errors: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(input.len());
    let mut rest = input;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        let escape = rest.get(at + 1..).unwrap_or_default();
        let Some((&letter, after)) = escape.split_first() else {
            return Err("Trailing \\ in string".to_owned());
        };
        rest = after;
        match letter {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(letter),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'v' => out.push(11),
            b'f' => out.push(12),
            b'r' => out.push(b'\r'),
            b'0'..=b'7' => {
                let octal = |byte: &&u8| (b'0'..=b'7').contains(*byte);
                let more = after.iter().take(2).take_while(octal).count();
                let digits = escape.get(..=more).unwrap_or_default();
                let number = digits
                    .iter()
                    .fold(0u32, |number, digit| number * 8 + u32::from(digit - b'0'));
                out.push(number as u8);
                rest = after.get(more..).unwrap_or_default();
            }
            b'x' => {
                let mut used = 0;
                match hex_escape(after, &mut used, 2) {
                    Some(byte) => {
                        out.push(byte as u8);
                        rest = after.get(2..).unwrap_or_default();
                    }
                    None => {
                        match errors {
                            "replace" => out.push(b'?'),
                            "ignore" => {}
                            "strict" => {
                                let position = input.len() - escape.len() - 1;
                                return Err(format!("invalid \\x escape at position {position}"));
                            }
                            other => {
                                return Err(format!(
                                    "decoding error; unknown error handling code: {other}"
                                ));
                            }
                        }
                        // One digit of the two goes with the escape.
                        let digits = after.iter().take(1).filter(|b| b.is_ascii_hexdigit());
                        rest = after.get(digits.count()..).unwrap_or_default();
                    }
                }
            }
            _ => out.extend_from_slice(&[b'\\', letter]),
        }
    }
    out.extend_from_slice(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::decode_byte_escapes;

    #[test]
    fn escapes() {
        for (input, expected) in [
            (&b"a\\n\\x41\\101\\q"[..], &b"a\nAA\\q"[..]),
            (b"\\\\\\'\\\"\\\n\\08\\400", b"\\'\"\x008\0"),
            (b"", b""),
        ] {
            assert_eq!(
                decode_byte_escapes(input, "strict").as_deref(),
                Ok(expected)
            );
        }
        assert_eq!(
            decode_byte_escapes(b"a\\x4", "strict"),
            Err("invalid \\x escape at position 1".to_owned())
        );
        assert_eq!(
            decode_byte_escapes(b"a\\x4z", "replace").as_deref(),
            Ok(&b"a?z"[..])
        );
        assert!(decode_byte_escapes(b"\\", "ignore").is_err());
    }
}
