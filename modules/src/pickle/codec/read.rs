//! Decoding: one opcode and its argument off the front of a byte slice.
//!
//! Nothing is allocated and nothing is copied: what an argument holds is borrowed from the input. What needs
//! objects (the value of a decimal, the escapes of a string, whether text is UTF-8) is left to the caller.
//! A reader that has not all of the input yet asks again with more; [`Short`] tells it what is missing.

use memchr::memchr;

use crate::pickle::opcodes::{self as op, Opcode};

/// What keeps [`decode`] from giving an opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Short {
    /// The input ends before the opcode and its argument do: they take so many bytes together, or more when
    /// the length in front of the argument has not arrived yet. With no input at all it is 1.
    Bytes(usize),
    /// The input ends within a line of text.
    Line,
    /// No opcode has this code.
    Unknown(u8),
    /// The signed length of a LONG4 is below zero.
    Negative(i32),
    /// The length in front of the argument is more than any memory can hold.
    TooLong(u64),
}

macro_rules! ops {
    ($(
        $variant:ident $(($type:ty))? $({ $($field:ident),* })? = $code:ident $(by $read:ident)?;
    )*) => {
        /// An opcode with its argument, one variant for each row of the opcode table. Text arguments are the
        /// line without its newline, counted ones what follows the length.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Op<'a> {
            $(
                #[doc = concat!("[`", stringify!($code), "`](crate::pickle::opcodes::", stringify!($code), ")")]
                $variant $(($type))? $({ $(
                    #[doc = concat!("The line with the ", stringify!($field), "'s name.")]
                    $field: &'a [u8]
                ),* })?,
            )*
        }

        impl Op<'_> {
            /// The opcode's byte.
            pub fn code(&self) -> u8 {
                match self {
                    $(Op::$variant { .. } => op::$code,)*
                }
            }
        }

        /// The argument of an opcode by its name, off the front of what follows the code; with the length of
        /// both together. For a reader that knows the code already; opcodes without an argument, and those
        /// with two, are not here.
        #[allow(non_snake_case, clippy::needless_lifetimes)]
        pub mod argument {
            use super::*;

            $(ops!(@argument $code $(($type))? $($read)?);)*
        }

        /// Decodes the opcode at the front of the input; gives it and how many bytes it takes, code included.
        #[inline]
        pub fn decode(input: &[u8]) -> Result<(Op<'_>, usize), Short> {
            let Some((&code, rest)) = input.split_first() else {
                return Err(Short::Bytes(1));
            };
            match code {
                $(op::$code => ops!(@read $variant rest $({ $($field),* })? $($read)?),)*
                _ => Err(Short::Unknown(code)),
            }
        }
    };
    (@argument $code:ident ($type:ty) $read:ident) => {
        #[doc = concat!("[`", stringify!($code), "`](crate::pickle::opcodes::", stringify!($code), ")")]
        #[inline(always)]
        pub fn $code<'a>(rest: &'a [u8]) -> Result<($type, usize), Short> {
            super::$read(rest)
        }
    };
    (@argument $code:ident $($read:ident)?) => {};
    (@read $variant:ident $rest:ident) => { Ok((Op::$variant, 1)) };
    (@read $variant:ident $rest:ident { $first:ident, $second:ident } $read:ident) => {{
        let (($first, $second), length) = $read($rest)?;
        Ok((Op::$variant { $first, $second }, length))
    }};
    (@read $variant:ident $rest:ident $read:ident) => {{
        let (argument, length) = $read($rest)?;
        Ok((Op::$variant(argument), length))
    }};
}

ops! {
    Int(&'a [u8]) = INT by line;
    BinInt(i32) = BININT by int4;
    BinInt1(u8) = BININT1 by uint1;
    BinInt2(u16) = BININT2 by uint2;
    Long(&'a [u8]) = LONG by line;
    Long1(&'a [u8]) = LONG1 by counted1;
    Long4(&'a [u8]) = LONG4 by counted4_signed;
    String(&'a [u8]) = STRING by line;
    BinString(&'a [u8]) = BINSTRING by counted4_signed;
    ShortBinString(&'a [u8]) = SHORT_BINSTRING by counted1;
    BinBytes(&'a [u8]) = BINBYTES by counted4;
    ShortBinBytes(&'a [u8]) = SHORT_BINBYTES by counted1;
    BinBytes8(&'a [u8]) = BINBYTES8 by counted8;
    ByteArray8(&'a [u8]) = BYTEARRAY8 by counted8;
    NextBuffer = NEXT_BUFFER;
    ReadonlyBuffer = READONLY_BUFFER;
    None = NONE;
    NewTrue = NEWTRUE;
    NewFalse = NEWFALSE;
    Unicode(&'a [u8]) = UNICODE by line;
    ShortBinUnicode(&'a [u8]) = SHORT_BINUNICODE by counted1;
    BinUnicode(&'a [u8]) = BINUNICODE by counted4;
    BinUnicode8(&'a [u8]) = BINUNICODE8 by counted8;
    Float(&'a [u8]) = FLOAT by line;
    BinFloat(f64) = BINFLOAT by float8;
    EmptyList = EMPTY_LIST;
    Append = APPEND;
    Appends = APPENDS;
    List = LIST;
    EmptyTuple = EMPTY_TUPLE;
    Tuple = TUPLE;
    Tuple1 = TUPLE1;
    Tuple2 = TUPLE2;
    Tuple3 = TUPLE3;
    EmptyDict = EMPTY_DICT;
    Dict = DICT;
    SetItem = SETITEM;
    SetItems = SETITEMS;
    EmptySet = EMPTY_SET;
    AddItems = ADDITEMS;
    FrozenSet = FROZENSET;
    Pop = POP;
    Dup = DUP;
    Mark = MARK;
    PopMark = POP_MARK;
    Get(&'a [u8]) = GET by line;
    BinGet(u8) = BINGET by uint1;
    LongBinGet(u32) = LONG_BINGET by uint4;
    Put(&'a [u8]) = PUT by line;
    BinPut(u8) = BINPUT by uint1;
    LongBinPut(u32) = LONG_BINPUT by uint4;
    Memoize = MEMOIZE;
    Ext1(u8) = EXT1 by uint1;
    Ext2(u16) = EXT2 by uint2;
    Ext4(i32) = EXT4 by int4;
    Global { module, name } = GLOBAL by pair;
    StackGlobal = STACK_GLOBAL;
    Reduce = REDUCE;
    Build = BUILD;
    Inst { module, name } = INST by pair;
    Obj = OBJ;
    NewObj = NEWOBJ;
    NewObjEx = NEWOBJ_EX;
    Proto(u8) = PROTO by uint1;
    Stop = STOP;
    Frame(u64) = FRAME by uint8;
    PersId(&'a [u8]) = PERSID by line;
    BinPersId = BINPERSID;
}

// The readers below get what follows the opcode and give the argument with the length of both together.

/// The first `N` bytes.
#[inline]
fn fixed<const N: usize>(rest: &[u8]) -> Result<[u8; N], Short> {
    rest.first_chunk().copied().ok_or(Short::Bytes(1 + N))
}

#[inline]
fn uint1(rest: &[u8]) -> Result<(u8, usize), Short> {
    rest.first()
        .map_or(Err(Short::Bytes(2)), |&byte| Ok((byte, 2)))
}

#[inline]
fn uint2(rest: &[u8]) -> Result<(u16, usize), Short> {
    Ok((u16::from_le_bytes(fixed(rest)?), 3))
}

#[inline]
fn int4(rest: &[u8]) -> Result<(i32, usize), Short> {
    Ok((i32::from_le_bytes(fixed(rest)?), 5))
}

#[inline]
fn uint4(rest: &[u8]) -> Result<(u32, usize), Short> {
    Ok((u32::from_le_bytes(fixed(rest)?), 5))
}

#[inline]
fn uint8(rest: &[u8]) -> Result<(u64, usize), Short> {
    Ok((u64::from_le_bytes(fixed(rest)?), 9))
}

#[inline]
fn float8(rest: &[u8]) -> Result<(f64, usize), Short> {
    Ok((f64::from_be_bytes(fixed(rest)?), 9))
}

/// The `count` bytes behind an opcode and a length of `width` bytes.
#[inline]
fn counted(rest: &[u8], width: usize, count: u64) -> Result<(&[u8], usize), Short> {
    let end = usize::try_from(count)
        .ok()
        .and_then(|count| count.checked_add(width + 1));
    match end.filter(|&end| isize::try_from(end).is_ok()) {
        Some(end) => match rest.get(width..end - 1) {
            Some(body) => Ok((body, end)),
            None => Err(Short::Bytes(end)),
        },
        None => Err(Short::TooLong(count)),
    }
}

#[inline]
fn counted1(rest: &[u8]) -> Result<(&[u8], usize), Short> {
    let (count, _) = uint1(rest)?;
    counted(rest, 1, count.into())
}

#[inline]
fn counted4(rest: &[u8]) -> Result<(&[u8], usize), Short> {
    let (count, _) = uint4(rest)?;
    counted(rest, 4, count.into())
}

#[inline]
fn counted4_signed(rest: &[u8]) -> Result<(&[u8], usize), Short> {
    let (count, _) = int4(rest)?;
    counted(
        rest,
        4,
        u64::try_from(count).map_err(|_| Short::Negative(count))?,
    )
}

#[inline]
fn counted8(rest: &[u8]) -> Result<(&[u8], usize), Short> {
    let (count, _) = uint8(rest)?;
    counted(rest, 8, count)
}

/// Up to the newline, which the length includes and the argument does not.
#[inline]
fn line(rest: &[u8]) -> Result<(&[u8], usize), Short> {
    let end = memchr(b'\n', rest).ok_or(Short::Line)?;
    rest.get(..end)
        .map(|line| (line, end + 2))
        .ok_or(Short::Line)
}

type TwoLines<'a> = (&'a [u8], &'a [u8]);

/// Two lines.
#[inline]
fn pair(rest: &[u8]) -> Result<(TwoLines<'_>, usize), Short> {
    let (first, first_end) = line(rest)?;
    let (second, second_end) = line(rest.get(first_end - 1..).unwrap_or_default())?;
    Ok(((first, second), first_end + second_end - 1))
}

impl Op<'_> {
    /// The opcode's row in the table.
    pub fn opcode(&self) -> Option<&'static Opcode> {
        op::by_code(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::kinds::Size;

    /// A valid encoding of the opcode, as its row describes it.
    fn sample(opcode: &Opcode) -> Vec<u8> {
        let mut bytes = vec![opcode.code];
        match opcode.argument.map(|argument| argument.size()) {
            None => {}
            Some(Size::Fixed(width)) => bytes.extend(vec![1; width.into()]),
            Some(Size::Lines(lines)) => (0..lines).for_each(|_| bytes.extend(b"12\n")),
            Some(Size::Counted(count)) => {
                bytes.push(3);
                bytes.resize(1 + count.width(), 0);
                bytes.extend(b"abc");
            }
        }
        bytes
    }

    #[test]
    fn each_opcode_is_decoded_as_long_as_its_row_says() {
        for opcode in op::OPCODES {
            let mut bytes = sample(opcode);
            let length = bytes.len();
            bytes.extend(b"....\n\n");
            let (decoded, taken) = decode(&bytes).expect(opcode.name);
            assert_eq!(
                (decoded.code(), taken),
                (opcode.code, length),
                "{}",
                opcode.name
            );
        }
    }

    #[test]
    fn what_is_cut_off_tells_what_is_missing() {
        for opcode in op::OPCODES {
            let bytes = sample(opcode);
            for end in 0..bytes.len() {
                match decode(&bytes[..end]) {
                    Err(Short::Bytes(needed)) => assert!(end < needed && needed <= bytes.len()),
                    Err(Short::Line) => assert!(matches!(
                        opcode.argument.map(|a| a.size()),
                        Some(Size::Lines(_))
                    )),
                    other => panic!("{} cut at {end}: {other:?}", opcode.name),
                }
            }
        }
    }

    #[test]
    fn arguments_are_borrowed_from_the_input() {
        assert_eq!(
            decode(b"cmod\nname\n."),
            Ok((
                Op::Global {
                    module: b"mod",
                    name: b"name"
                },
                10
            ))
        );
        assert_eq!(decode(b"X\x02\0\0\0hi."), Ok((Op::BinUnicode(b"hi"), 7)));
        assert_eq!(decode(b"J\xff\xff\xff\xff"), Ok((Op::BinInt(-1), 5)));
        assert_eq!(
            decode(b"\x95\x01\0\0\0\0\0\0\x01"),
            Ok((Op::Frame(1 << 56 | 1), 9))
        );
        assert_eq!(decode(b"I\n"), Ok((Op::Int(b""), 2)));
        assert_eq!(decode(b"G?\xf8\0\0\0\0\0\0"), Ok((Op::BinFloat(1.5), 9)));
    }

    #[test]
    fn wrong_lengths_and_codes_are_told_apart() {
        assert_eq!(decode(b""), Err(Short::Bytes(1)));
        assert_eq!(decode(b"\xff"), Err(Short::Unknown(0xff)));
        assert_eq!(decode(b"\x8b\xff\xff\xff\xff"), Err(Short::Negative(-1)));
        assert_eq!(
            decode(&[op::BINBYTES8, 255, 255, 255, 255, 255, 255, 255, 255]),
            Err(Short::TooLong(u64::MAX))
        );
        assert_eq!(
            decode(b"B\xff\xff\xff\xff"),
            Err(Short::Bytes(5 + 0xffff_ffff))
        );
    }
}
