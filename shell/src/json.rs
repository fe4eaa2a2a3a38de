//! JSON for tools: one object a line, written as it comes.

use std::fmt::Write;

use capers_modules::pickletools::argument::{Argument, latin1};
use capers_runtime::text::wtf8;

/// An object under way.
#[derive(Debug)]
pub struct Object {
    text: String,
}

impl Default for Object {
    fn default() -> Self {
        Object::new()
    }
}

impl Object {
    /// An object with nothing in it.
    pub fn new() -> Object {
        Object {
            text: "{".to_owned(),
        }
    }

    fn key(&mut self, key: &str) {
        if self.text.len() > 1 {
            self.text.push_str(", ");
        }
        string(key.as_bytes(), &mut self.text);
        self.text.push_str(": ");
    }

    /// Adds a number or a truth value.
    pub fn plain(mut self, key: &str, value: impl std::fmt::Display) -> Object {
        self.key(key);
        let _ = write!(self.text, "{value}");
        self
    }

    /// Adds a text.
    pub fn text(mut self, key: &str, value: &str) -> Object {
        self.key(key);
        string(value.as_bytes(), &mut self.text);
        self
    }

    /// Adds an array of texts.
    pub fn texts(mut self, key: &str, values: &[String]) -> Object {
        self.key(key);
        self.text.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.text.push_str(", ");
            }
            string(value.as_bytes(), &mut self.text);
        }
        self.text.push(']');
        self
    }

    /// Adds an opcode's argument. Bytes are in hexadecimal, in an object of their own, as are floats that JSON
    /// does not have.
    pub fn argument(mut self, key: &str, argument: &Argument<'_>) -> Object {
        self.key(key);
        let out = &mut self.text;
        match argument {
            Argument::Int(_) => {
                let mut digits = Vec::new();
                argument.show(&mut digits);
                out.push_str(&String::from_utf8_lossy(&digits));
            }
            Argument::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Argument::Float(x) if x.is_finite() => {
                let mut digits = Vec::new();
                argument.show(&mut digits);
                out.push_str(&String::from_utf8_lossy(&digits));
            }
            Argument::Float(x) => {
                let _ = write!(out, "{{\"float\": \"{x}\"}}");
            }
            Argument::Latin1(bytes) => string(&latin1(bytes), out),
            Argument::Text(text) => string(text, out),
            Argument::Bytes(bytes) | Argument::ByteArray(bytes) => {
                out.push_str("{\"hex\": \"");
                bytes.iter().for_each(|byte| {
                    let _ = write!(out, "{byte:02x}");
                });
                out.push_str("\"}");
            }
        }
        self
    }

    /// The line.
    pub fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// Appends a string; a lone surrogate becomes the escape that it is in JSON.
fn string(text: &[u8], out: &mut String) {
    out.push('"');
    for point in wtf8::code_points(text) {
        match char::from_u32(point) {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some(c) if (c as u32) >= 0x20 => out.push(c),
            _ => {
                let _ = write!(out, "\\u{point:04x}");
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_escaped() {
        let line = Object::new()
            .plain("n", 3)
            .text("te\"xt", "a\n\u{1}\u{20ac}")
            .texts("all", &["x".to_owned(), "y".to_owned()])
            .argument("bytes", &Argument::Bytes(b"\x00\xff"))
            .argument("lone", &Argument::Text(b"\xed\xa0\x80"[..].into()))
            .argument("inf", &Argument::Float(f64::INFINITY))
            .end();
        assert_eq!(
            line,
            "{\"n\": 3, \"te\\\"xt\": \"a\\n\\u0001\u{20ac}\", \"all\": [\"x\", \"y\"], \"bytes\": {\"hex\": \"00ff\"}, \
             \"lone\": \"\\ud800\", \"inf\": {\"float\": \"inf\"}}"
        );
    }
}
