//! The format strings of `struct`, parsed: which fields lie where.

use capers_runtime::context::Context;
use capers_runtime::raised::Raised;

use super::ERROR;

/// How fields are laid out and their bytes ordered.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Order {
    /// `@`: the machine's sizes, alignment and order.
    Native,
    /// `=` and, on this kind of machine, `<`.
    Little,
    /// `>` and `!`.
    Big,
}

/// One field, or a run of equal ones.
#[derive(Copy, Clone, Debug)]
pub struct Field {
    /// The format's letter.
    pub letter: u8,
    /// Where the first one begins.
    pub offset: usize,
    /// The size of each.
    pub size: usize,
    /// How many there are: each takes a value. Strings are one field of the
    /// size that their count says.
    pub count: usize,
}

/// A parsed format.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The order of bytes.
    pub order: Order,
    /// The fields that take values.
    pub fields: Vec<Field>,
    /// The size of it all.
    pub size: usize,
    /// How many values it takes.
    pub values: usize,
}

/// The size and the alignment of a letter's field; none for an unknown letter.
fn measure(letter: u8, order: Order) -> Option<(usize, usize)> {
    let size = match letter {
        b'x' | b'b' | b'B' | b'c' | b's' | b'p' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'q' | b'Q' | b'd' => 8,
        b'F' => 8,
        b'D' => 16,
        b'l' | b'L' if order == Order::Native => 8,
        b'l' | b'L' => 4,
        b'n' | b'N' | b'P' if order == Order::Native => 8,
        _ => return None,
    };
    let align = match (order, letter) {
        (Order::Native, b'F') => 4,
        (Order::Native, b'D') => 8,
        (Order::Native, _) => size,
        _ => 1,
    };
    Some((size, align))
}

impl Layout {
    /// Parses a format. Raises `struct.error`.
    pub fn parse<'gc>(ctx: Context<'gc>, format: &[u8]) -> Result<Layout, Raised<'gc>> {
        let too_long = || ERROR.error(ctx, "total struct size too long");
        let (order, rest) = match format.split_first() {
            Some((b'@', rest)) => (Order::Native, rest),
            Some((b'<' | b'=', rest)) => (Order::Little, rest),
            Some((b'>' | b'!', rest)) => (Order::Big, rest),
            _ => (Order::Native, format),
        };
        let mut layout = Layout {
            order,
            fields: Vec::new(),
            size: 0,
            values: 0,
        };
        let mut letters = rest.iter().copied().peekable();
        while let Some(letter) = letters.next() {
            if letter.is_ascii_whitespace() || letter == 0x0B {
                continue;
            }
            let mut letter = letter;
            let mut count = 1usize;
            if letter.is_ascii_digit() {
                count = usize::from(letter - b'0');
                loop {
                    letter = match letters.next() {
                        Some(next) => next,
                        None => {
                            return Err(
                                ERROR.error(ctx, "repeat count given without format specifier")
                            );
                        }
                    };
                    if !letter.is_ascii_digit() {
                        break;
                    }
                    count = count
                        .checked_mul(10)
                        .and_then(|n| n.checked_add(usize::from(letter - b'0')))
                        .filter(|n| *n <= i64::MAX as usize)
                        .ok_or_else(too_long)?;
                }
            }
            if letter == 0 {
                return Err(ERROR.error(ctx, "embedded null character"));
            }
            let Some((size, align)) = measure(letter, order) else {
                return Err(ERROR.error(ctx, "bad char in struct format"));
            };
            layout
                .add(letter, count, size, align)
                .ok_or_else(too_long)?;
        }
        Ok(layout)
    }

    /// Adds a run of fields; none where the size grows past what an index holds.
    fn add(&mut self, letter: u8, count: usize, size: usize, align: usize) -> Option<()> {
        let fits = |n: &usize| *n <= i64::MAX as usize;
        let offset = self.size.checked_next_multiple_of(align).filter(fits)?;
        let total = count.checked_mul(size)?;
        self.size = offset.checked_add(total).filter(fits)?;
        let (size, count) = match letter {
            b'x' => return Some(()),
            b's' | b'p' => (count, 1),
            _ => (size, count),
        };
        if count > 0 {
            self.values += count;
            self.fields.push(Field {
                letter,
                offset,
                size,
                count,
            });
        }
        Some(())
    }
}
