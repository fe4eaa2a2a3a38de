//! The templates of `%` formatting: literal text and specifiers, read one piece at a time.

use super::{NumberError, Result};
use crate::text::wtf8;

/// Which of the two templates it is; they differ in some messages and in what a character is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// `str % args`
    Str,
    /// `bytes % args`
    Bytes,
}

/// The flags of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A space.
    pub space: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
}

/// A width or a precision in the template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// None given.
    #[default]
    None,
    /// `*`: the next argument.
    Star,
    /// A number.
    Fixed(usize),
}

/// What a specifier does with its argument. The letter is kept for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `s`, `r`, `a`, and for bytes `b`.
    Text(u8),
    /// `c`
    Char,
    /// `d`, `i`, `u`
    Decimal(u8),
    /// `o`, `x`, `X`
    Radix(u8),
    /// `e`, `E`, `f`, `F`, `g`, `G`
    Float(u8),
    /// Another character: the error, raised once the argument has been fetched.
    Unsupported(NumberError),
}

/// One `%...` of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec<'a> {
    /// Whether a key is begun, even if never ended: refused without a mapping before any other error.
    pub needs_mapping: bool,
    /// The key in parentheses.
    pub key: Option<&'a [u8]>,
    /// The flags.
    pub flags: Flags,
    /// The least width.
    pub width: Size,
    /// The precision.
    pub precision: Size,
    /// The conversion; an error is raised after the key and the `*`s, before the argument is fetched.
    pub conversion: Result<Conversion>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that stands for itself; `%%` gives a piece of its own.
    Literal(&'a [u8]),
    /// A specifier.
    Spec(Spec<'a>),
}

/// A template being read; after an error that is not in a [`Spec`] there is nothing more to read.
#[derive(Clone, Debug)]
pub struct Template<'a> {
    text: &'a [u8],
    at: usize,
    flavour: Flavour,
}

impl<'a> Template<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a [u8], flavour: Flavour) -> Self {
        Template {
            text,
            at: 0,
            flavour,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// Reads the specifier after its `%`.
    fn spec(&mut self) -> Spec<'a> {
        let mut spec = Spec {
            needs_mapping: false,
            key: None,
            flags: Flags::default(),
            width: Size::None,
            precision: Size::None,
            conversion: Err(NumberError::value("incomplete format")),
        };
        spec.conversion = self.read_into(&mut spec);
        if spec.conversion.is_err() {
            self.at = self.text.len();
        }
        spec
    }

    fn read_into(&mut self, spec: &mut Spec<'a>) -> Result<Conversion> {
        if self.take(b'(') {
            spec.needs_mapping = true;
            spec.key = Some(self.key()?);
        }
        loop {
            let flag = match self.peek() {
                Some(b'-') => &mut spec.flags.left,
                Some(b'+') => &mut spec.flags.plus,
                Some(b' ') => &mut spec.flags.space,
                Some(b'#') => &mut spec.flags.alternate,
                Some(b'0') => &mut spec.flags.zero,
                _ => break,
            };
            *flag = true;
            self.at += 1;
        }
        spec.width = self.size(isize::MAX as usize, || "width too big")?;
        if self.take(b'.') {
            let flavour = self.flavour;
            spec.precision = self.size(i32::MAX as usize, || match flavour {
                Flavour::Str => "precision too big",
                Flavour::Bytes => "prec too big",
            })?;
            if spec.precision == Size::None {
                spec.precision = Size::Fixed(0);
            }
        }
        // C's length modifiers mean nothing here.
        if matches!(self.peek(), Some(b'h' | b'l' | b'L')) {
            self.at += 1;
        }
        self.conversion()
    }

    /// The key up to its closing parenthesis; parentheses within it are balanced.
    fn key(&mut self) -> Result<&'a [u8]> {
        let start = self.at;
        let mut depth = 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(self.text.get(start..self.at - 1).unwrap_or(&[]));
            }
        }
        Err(NumberError::value("incomplete format key"))
    }

    fn size(&mut self, max: usize, too_big: impl Fn() -> &'static str) -> Result<Size> {
        if self.take(b'*') {
            return Ok(Size::Star);
        }
        let mut size = Size::None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let so_far = if let Size::Fixed(n) = size { n } else { 0 };
            let value = so_far
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(usize::from(digit - b'0')))
                .filter(|&value| value <= max)
                .ok_or_else(|| NumberError::value(too_big()))?;
            size = Size::Fixed(value);
            self.at += 1;
        }
        Ok(size)
    }

    fn conversion(&mut self) -> Result<Conversion> {
        let index = self.at;
        let (point, width) = match self.flavour {
            Flavour::Str => wtf8::decode(self.text, index),
            Flavour::Bytes => self.peek().map(|byte| (u32::from(byte), 1)),
        }
        .ok_or_else(|| NumberError::value("incomplete format"))?;
        self.at += width;
        let letter = u8::try_from(point).unwrap_or(0);
        Ok(match letter {
            b's' | b'r' | b'a' => Conversion::Text(letter),
            b'b' if self.flavour == Flavour::Bytes => Conversion::Text(letter),
            b'c' => Conversion::Char,
            b'd' | b'i' | b'u' => Conversion::Decimal(letter),
            b'o' | b'x' | b'X' => Conversion::Radix(letter),
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => Conversion::Float(letter),
            _ => Conversion::Unsupported(self.unsupported(point, index)),
        })
    }

    fn unsupported(&self, point: u32, offset: usize) -> NumberError {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let (shown, index) = match self.flavour {
            Flavour::Str => {
                let shown = char::from_u32(point).filter(|_| (32..127).contains(&point));
                (shown.unwrap_or('?'), wtf8::count(before))
            }
            // CPython hands the byte on as a signed char, and so fails to word the error.
            Flavour::Bytes if point >= 0x80 => {
                return NumberError::overflow("character argument not in range(0x110000)");
            }
            Flavour::Bytes => (char::from_u32(point).unwrap_or('?'), offset),
        };
        NumberError::value(format!(
            "unsupported format character '{shown}' (0x{point:x}) at index {index}"
        ))
    }
}

impl<'a> Iterator for Template<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.text.get(self.at..)?;
        let [first, ..] = rest else {
            return None;
        };
        if *first != b'%' {
            let length = memchr::memchr(b'%', rest).unwrap_or(rest.len());
            self.at += length;
            return rest.get(..length).map(Piece::Literal);
        }
        self.at += 1;
        if self.take(b'%') {
            return Some(Piece::Literal(b"%"));
        }
        Some(Piece::Spec(self.spec()))
    }
}
