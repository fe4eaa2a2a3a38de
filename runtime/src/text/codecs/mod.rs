//! Codecs between str and bytes, as steps that stop at an error and can go on after it.
//!
//! A [`Decoder`] or [`Encoder`] holds a position and the output so far, not the input:
//! `run` goes on until the end or the first error, which it returns as data. The caller
//! finds a replacement (with [`handlers`], or by running a Python error handler, for
//! as long as that takes), gives it to `resume`, and runs again. [`decode`] and [`encode`]
//! do all of it for the built-in error handlers.

mod byte_escape;
mod charmap;
mod escape;
pub mod handlers;
mod names;
mod single;
mod utf7;
mod utf8;
mod wide;

pub use byte_escape::decode_byte_escapes;
pub use charmap::Charmap;
pub use escape::{hex_escape, named_character, raw_escape};
pub use handlers::{Errors, Replacement};
pub use names::{lookup, normalize};

use super::wtf8::{self, Text};

/// The order of the bytes of a 16- or 32-bit unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Told by a mark at the start; without one, little.
    Marked,
    /// The low byte first.
    Little,
    /// The high byte first.
    Big,
}

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// `ascii`
    Ascii,
    /// `latin-1`
    Latin1,
    /// `utf-8`
    Utf8,
    /// `utf-8-sig`: UTF-8 after a byte order mark, which is optional when decoding.
    Utf8Sig,
    /// `utf-7`
    Utf7,
    /// `utf-16`, `utf-16-le`, `utf-16-be`
    Utf16(ByteOrder),
    /// `utf-32`, `utf-32-le`, `utf-32-be`
    Utf32(ByteOrder),
    /// `unicode_escape`
    UnicodeEscape,
    /// `raw_unicode_escape`
    RawUnicodeEscape,
    /// One byte a character, by a table: `cp1252`...
    Charmap(&'static Charmap),
}

impl Codec {
    /// The name that UnicodeError shows: not always the codec's own name.
    pub fn error_name(self) -> &'static str {
        use ByteOrder::*;
        match self {
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
            Codec::Utf8 | Codec::Utf8Sig => "utf-8",
            Codec::Utf7 => "utf7",
            Codec::Utf16(Marked) => "utf-16",
            Codec::Utf16(Little) => "utf-16-le",
            Codec::Utf16(Big) => "utf-16-be",
            Codec::Utf32(Marked) => "utf-32",
            Codec::Utf32(Little) => "utf-32-le",
            Codec::Utf32(Big) => "utf-32-be",
            Codec::UnicodeEscape => "unicodeescape",
            Codec::RawUnicodeEscape => "rawunicodeescape",
            Codec::Charmap(_) => "charmap",
        }
    }
}

/// What a UnicodeDecodeError says; `object` is the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The attribute `encoding`.
    pub encoding: &'static str,
    /// The first byte that cannot be decoded.
    pub start: usize,
    /// The byte after the last such.
    pub end: usize,
    /// The attribute `reason`.
    pub reason: &'static str,
}

/// What a UnicodeEncodeError says; `object` is the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// The attribute `encoding`.
    pub encoding: &'static str,
    /// The index of the first code point that cannot be encoded.
    pub start: usize,
    /// The index after the last such.
    pub end: usize,
    /// The attribute `reason`.
    pub reason: &'static str,
}

/// Where a step of decoding failed: what the functions for single codecs return.
type Stop = (usize, usize, &'static str);

/// A decoding under way.
#[derive(Clone, Debug)]
pub struct Decoder {
    codec: Codec,
    position: usize,
    signature: usize,
    output: Vec<u8>,
    dubious: Option<usize>,
}

impl Decoder {
    /// A decoder at the start of its input.
    pub fn new(codec: Codec) -> Self {
        Decoder {
            codec,
            position: 0,
            signature: 0,
            output: Vec::new(),
            dubious: None,
        }
    }

    /// Decodes on from the current position to the end of `input` or to an error.
    ///
    /// When `last` is false more input may follow: a sequence cut off by the end is left
    /// alone, and [`Decoder::position`] says how much was used.
    pub fn run(&mut self, input: &[u8], last: bool) -> Result<(), DecodeError> {
        if self.position == 0 && !self.read_mark(input, last) {
            return Ok(());
        }
        let (at, out) = (&mut self.position, &mut self.output);
        let stopped = match self.codec {
            Codec::Ascii => single::decode_ascii(input, at, out),
            Codec::Latin1 => single::decode_latin1(input, at, out),
            Codec::Charmap(map) => map.decode(input, at, out),
            Codec::Utf8 | Codec::Utf8Sig => utf8::decode(input, at, out, last),
            Codec::Utf7 => utf7::decode(input, at, out, last),
            Codec::Utf16(order) => wide::decode16(input, at, out, order == ByteOrder::Big, last),
            Codec::Utf32(order) => wide::decode32(input, at, out, order == ByteOrder::Big, last),
            Codec::UnicodeEscape => escape::decode(input, at, out, last, &mut self.dubious),
            Codec::RawUnicodeEscape => escape::decode_raw(input, at, out, last),
        };
        stopped.map_err(|(start, end, reason)| DecodeError {
            encoding: self.codec.error_name(),
            start,
            end,
            reason,
        })
    }

    /// Takes the mark at the start, and with it the byte order; false when the start is too short to tell.
    fn read_mark(&mut self, input: &[u8], last: bool) -> bool {
        const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
        match self.codec {
            Codec::Utf8Sig => {
                if !last && input.len() < UTF8_MARK.len() && UTF8_MARK.starts_with(input) {
                    return false;
                }
                self.codec = Codec::Utf8;
                self.signature = if input.starts_with(UTF8_MARK) {
                    UTF8_MARK.len()
                } else {
                    0
                };
                self.position = self.signature;
            }
            Codec::Utf16(ByteOrder::Marked) => {
                if !last && input.len() < 2 {
                    return false;
                }
                let (order, length) = match input {
                    [0xFF, 0xFE, ..] => (ByteOrder::Little, 2),
                    [0xFE, 0xFF, ..] => (ByteOrder::Big, 2),
                    _ => (ByteOrder::Little, 0),
                };
                (self.codec, self.position) = (Codec::Utf16(order), length);
            }
            Codec::Utf32(ByteOrder::Marked) => {
                if !last && input.len() < 4 {
                    return false;
                }
                let (order, length) = match input {
                    [0xFF, 0xFE, 0, 0, ..] => (ByteOrder::Little, 4),
                    [0, 0, 0xFE, 0xFF, ..] => (ByteOrder::Big, 4),
                    _ => (ByteOrder::Little, 0),
                };
                (self.codec, self.position) = (Codec::Utf32(order), length);
            }
            _ => {}
        }
        true
    }

    /// Puts `replacement`, a str, where the error was, and goes on at byte `position` of the input.
    pub fn resume(&mut self, replacement: &[u8], position: usize) {
        self.output.extend_from_slice(replacement);
        self.position = position;
    }

    /// How many bytes of the input are used.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The codec, which the mark at the start has made definite.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// The length of the mark that `utf-8-sig` has skipped: CPython's errors do not count it,
    /// and their `object` is the input after it.
    pub fn signature(&self) -> usize {
        self.signature
    }

    /// Where `unicode_escape` first met a backslash that begins no escape, or an octal number
    /// past 0o377: the reason for a DeprecationWarning.
    pub fn dubious_escape(&self) -> Option<usize> {
        self.dubious
    }

    /// Takes the str decoded so far and makes ready for the next piece of input, to begin with
    /// what [`Decoder::position`] said was not used.
    pub fn take(&mut self) -> Vec<u8> {
        self.position = 0;
        self.signature = 0;
        std::mem::take(&mut self.output)
    }
}

/// An encoding under way.
#[derive(Clone, Debug)]
pub struct Encoder {
    codec: Codec,
    begun: bool,
    index: usize,
    offset: usize,
    output: Vec<u8>,
}

impl Encoder {
    /// An encoder at the start of its text.
    pub fn new(codec: Codec) -> Self {
        Encoder {
            codec,
            begun: false,
            index: 0,
            offset: 0,
            output: Vec::new(),
        }
    }

    /// Encodes on from the current position to the end of `text` or to an error.
    pub fn run(&mut self, text: Text<'_>) -> Result<(), EncodeError> {
        if !self.begun {
            self.begun = true;
            self.write_mark();
        }
        let rest = text.bytes.get(self.offset..).unwrap_or_default();
        let out = &mut self.output;
        // Each gives the number of bytes encoded, and how many code points at that place cannot be.
        let (used, stopped) = match self.codec {
            Codec::Utf8 | Codec::Utf8Sig => utf8::encode(rest, out),
            Codec::Ascii | Codec::Latin1 | Codec::Charmap(_) if text.ascii => {
                out.extend_from_slice(rest);
                (rest.len(), None)
            }
            Codec::Ascii => single::encode(rest, out, "ordinal not in range(128)", |point| {
                u8::try_from(point).ok().filter(u8::is_ascii)
            }),
            Codec::Latin1 => single::encode(rest, out, "ordinal not in range(256)", |point| {
                u8::try_from(point).ok()
            }),
            Codec::Charmap(map) => {
                single::encode(rest, out, charmap::UNDEFINED, |point| map.encode(point))
            }
            Codec::Utf16(order) => wide::encode16(rest, out, order == ByteOrder::Big),
            Codec::Utf32(order) => wide::encode32(rest, out, order == ByteOrder::Big),
            Codec::Utf7 => utf7::encode(rest, out),
            Codec::UnicodeEscape => escape::encode(rest, out),
            Codec::RawUnicodeEscape => {
                raw_escape(rest, b"", out);
                (rest.len(), None)
            }
        };
        let Some((bad, reason)) = stopped else {
            self.offset = text.bytes.len();
            return Ok(());
        };
        self.index += wtf8::count(rest.get(..used).unwrap_or_default());
        self.offset += used;
        Err(EncodeError {
            encoding: self.codec.error_name(),
            start: self.index,
            end: self.index + bad,
            reason,
        })
    }

    /// The code points that the error just returned by [`Encoder::run`] is about, found without
    /// counting from the start of the text: what [`handlers::encoding`] takes.
    pub fn unencodable<'a>(&self, text: Text<'a>, error: &EncodeError) -> &'a [u8] {
        let rest = text.bytes.get(self.offset..).unwrap_or_default();
        rest.get(..wtf8::offset(rest, error.end.saturating_sub(error.start)))
            .unwrap_or_default()
    }

    fn write_mark(&mut self) {
        match self.codec {
            Codec::Utf8Sig => self.output.extend_from_slice("\u{FEFF}".as_bytes()),
            Codec::Utf16(ByteOrder::Marked) => self.output.extend_from_slice(&[0xFF, 0xFE]),
            Codec::Utf32(ByteOrder::Marked) => self.output.extend_from_slice(&[0xFF, 0xFE, 0, 0]),
            _ => {}
        }
    }

    /// Puts `replacement` where the error was, and goes on at the code point numbered `index`.
    ///
    /// False, with nothing done, when the replacement cannot be encoded itself: the caller raises
    /// the error it had.
    pub fn resume(&mut self, text: Text<'_>, replacement: &Replacement, index: usize) -> bool {
        let unit = match self.codec {
            Codec::Utf16(_) => 2,
            Codec::Utf32(_) => 4,
            _ => 1,
        };
        match replacement {
            Replacement::Bytes(bytes) if bytes.len() % unit == 0 => {
                self.output.extend_from_slice(bytes)
            }
            Replacement::Bytes(_) => return false,
            Replacement::Text(bytes) => {
                // The Unicode encodings take no more than ASCII here.
                if !bytes.is_ascii()
                    && matches!(
                        self.codec,
                        Codec::Utf8 | Codec::Utf8Sig | Codec::Utf16(_) | Codec::Utf32(_)
                    )
                {
                    return false;
                }
                let mut inner = Encoder {
                    begun: true,
                    ..Encoder::new(self.codec)
                };
                if inner.run(Text::new(bytes)).is_err() {
                    return false;
                }
                self.output.append(&mut inner.output);
            }
        }
        self.offset = if index < self.index || text.ascii {
            text.offset(index)
        } else {
            let rest = text.bytes.get(self.offset..).unwrap_or_default();
            self.offset + wtf8::offset(rest, index - self.index)
        };
        self.index = index;
        true
    }

    /// Takes the bytes made so far and makes ready for the next piece of text: no second mark.
    pub fn take(&mut self) -> Vec<u8> {
        if self.begun {
            self.codec = match self.codec {
                Codec::Utf8Sig => Codec::Utf8,
                Codec::Utf16(ByteOrder::Marked) => Codec::Utf16(ByteOrder::Little),
                Codec::Utf32(ByteOrder::Marked) => Codec::Utf32(ByteOrder::Little),
                same => same,
            };
        }
        (self.index, self.offset) = (0, 0);
        std::mem::take(&mut self.output)
    }
}

/// The whole of `input` as a str, errors handled by a built-in handler; also the offset of the first
/// dubious escape ([`Decoder::dubious_escape`]).
pub fn decode(
    codec: Codec,
    input: &[u8],
    errors: Errors,
) -> Result<(Vec<u8>, Option<usize>), DecodeError> {
    let mut decoder = Decoder::new(codec);
    while let Err(error) = decoder.run(input, true) {
        let (replacement, position) =
            handlers::decoding(errors, error.encoding, input, error.start, error.end)
                .ok_or(error)?;
        decoder.resume(&replacement, position);
    }
    Ok((decoder.output, decoder.dubious))
}

/// The whole of `text` as bytes, errors handled by a built-in handler.
pub fn encode(codec: Codec, text: Text<'_>, errors: Errors) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = Encoder::new(codec);
    while let Err(error) = encoder.run(text) {
        let bad = escaped(codec, encoder.unencodable(text, &error), errors);
        let replacement = handlers::encoding(errors, error.encoding, bad).ok_or(error)?;
        if !encoder.resume(text, &replacement, error.start + wtf8::count(bad)) {
            return Err(error);
        }
    }
    Ok(encoder.output)
}

/// What of an error is handled at once: all of it, except that in these codecs CPython lets
/// `surrogateescape` begin with the code points it can do.
fn escaped(codec: Codec, bad: &[u8], errors: Errors) -> &[u8] {
    if errors != Errors::Surrogateescape
        || !matches!(
            codec,
            Codec::Ascii | Codec::Latin1 | Codec::Utf8 | Codec::Utf8Sig
        )
    {
        return bad;
    }
    let good = wtf8::code_points(bad)
        .take_while(|point| (0xDC80..=0xDCFF).contains(point))
        .count();
    match bad.get(..wtf8::offset(bad, good)) {
        None | Some([]) => bad,
        Some(some) => some,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding() {
        for (name, errors, input, expected) in [
            (
                "utf-8",
                Errors::Strict,
                &b"a\xed\xa0\x80"[..],
                Err((1, 2, "invalid continuation byte")),
            ),
            (
                "utf-8",
                Errors::Strict,
                b"a\xff",
                Err((1, 2, "invalid start byte")),
            ),
            (
                "utf-8",
                Errors::Strict,
                b"a\xf0\x9f\x98",
                Err((1, 4, "unexpected end of data")),
            ),
            (
                "utf-8",
                Errors::Replace,
                b"\xf0\x9fA\xe2\x82",
                Ok("\u{FFFD}A\u{FFFD}"),
            ),
            ("utf-8-sig", Errors::Strict, b"\xef\xbb\xbfa", Ok("a")),
            ("utf-16", Errors::Strict, b"\xfe\xff\0A", Ok("A")),
            (
                "utf-16-le",
                Errors::Strict,
                b"\x3d\xd8A\0",
                Err((0, 2, "illegal UTF-16 surrogate")),
            ),
            (
                "utf-16-le",
                Errors::Strict,
                b"A\0B",
                Err((2, 3, "truncated data")),
            ),
            (
                "utf-32-be",
                Errors::Strict,
                b"\0\x11\0\0",
                Err((0, 4, "code point not in range(0x110000)")),
            ),
            ("utf-7", Errors::Strict, b"+AOk-+-", Ok("\u{E9}+")),
            ("ascii", Errors::Backslashreplace, b"a\xe9", Ok("a\\xe9")),
            (
                "cp1252",
                Errors::Strict,
                b"\x80\x81",
                Err((1, 2, "character maps to <undefined>")),
            ),
            (
                "unicode_escape",
                Errors::Strict,
                b"\\x41\\101\\N{digit one}\\q\xe9",
                Ok("AA1\\q\u{E9}"),
            ),
            (
                "unicode_escape",
                Errors::Strict,
                b"\\u12",
                Err((0, 4, "truncated \\uXXXX escape")),
            ),
            (
                "raw_unicode_escape",
                Errors::Strict,
                b"\\n\\\\u0041\\u0041",
                Ok("\\n\\\\u0041A"),
            ),
        ] {
            let got = decode(lookup(name).unwrap_or(Codec::Ascii), input, errors);
            let got = got
                .map(|(text, _)| text)
                .map_err(|error| (error.start, error.end, error.reason));
            assert_eq!(
                got,
                expected.map(|text: &str| text.as_bytes().to_vec()),
                "{name} {input:?}"
            );
        }
    }

    #[test]
    fn encoding() {
        let text = b"a\xed\xb2\x80\xe2\x82\xac";
        for (name, errors, expected) in [
            (
                "utf-8",
                Errors::Strict,
                Err((1, 2, "surrogates not allowed")),
            ),
            (
                "utf-8",
                Errors::Surrogateescape,
                Ok(&b"a\x80\xe2\x82\xac"[..]),
            ),
            ("utf-8", Errors::Surrogatepass, Ok(text)),
            (
                "ascii",
                Errors::Strict,
                Err((1, 3, "ordinal not in range(128)")),
            ),
            ("ascii", Errors::Namereplace, Ok(b"a\\udc80\\N{EURO SIGN}")),
            (
                "latin-1",
                Errors::Surrogateescape,
                Err((2, 3, "ordinal not in range(256)")),
            ),
            ("cp1252", Errors::Surrogateescape, Ok(b"a\x80\x80")),
            ("ascii", Errors::Xmlcharrefreplace, Ok(b"a&#56448;&#8364;")),
            ("unicode_escape", Errors::Strict, Ok(b"a\\udc80\\u20ac")),
            ("utf-16", Errors::Replace, Ok(b"\xff\xfea\0?\0\xac\x20")),
        ] {
            let got = encode(lookup(name).unwrap_or(Codec::Utf7), Text::new(text), errors);
            let got = got.map_err(|error| (error.start, error.end, error.reason));
            assert_eq!(got, expected.map(<[u8]>::to_vec), "{name} {errors:?}");
        }
    }

    #[test]
    fn pieces() {
        let mut decoder = Decoder::new(Codec::Utf16(ByteOrder::Marked));
        for (piece, used, text) in [
            (&b"\xff"[..], 0, ""),
            (b"\xff\xfeA", 2, ""),
            (b"A\0\x3d\xd8", 2, "A"),
            (b"\x3d\xd8\0\xde", 4, "\u{1F600}"),
        ] {
            assert_eq!(decoder.run(piece, false), Ok(()));
            assert_eq!(
                (decoder.position(), decoder.take().as_slice()),
                (used, text.as_bytes())
            );
        }
        let mut encoder = Encoder::new(Codec::Utf16(ByteOrder::Marked));
        assert!(encoder.run(Text::from("a")).is_ok());
        assert_eq!(encoder.take(), b"\xff\xfea\0");
        assert!(encoder.run(Text::from("b")).is_ok());
        assert_eq!(encoder.take(), b"b\0");
    }

    #[test]
    fn names() {
        for (spelling, name) in [
            ("UTF 8", Some("utf-8")),
            ("Latin-1", Some("iso8859-1")),
            ("iso8859.1", Some("iso8859-1")),
            ("_utf8", Some("utf-8")),
            ("windows-1252", Some("cp1252")),
            ("utf.8", None),
            ("cp-1252", None),
        ] {
            assert_eq!(lookup(spelling).map(Codec::name), name, "{spelling}");
        }
    }
}
