//! The kinds of arguments that opcodes carry and of items that they find on the stack, under the names that
//! CPython's `pickletools` gives them.

/// How long an encoded argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many bytes.
    Fixed(u8),
    /// Up to the end of the line; for a pair, of the second line.
    Lines(u8),
    /// A length comes first, in so many bytes.
    Counted(Count),
}

/// The length in front of a counted argument: little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// One byte.
    One,
    /// Four bytes, signed where the opcode goes back to a C `int`.
    Signed4,
    /// Four bytes, unsigned.
    Four,
    /// Eight bytes, unsigned.
    Eight,
}

impl Count {
    /// How many bytes the length itself takes.
    pub const fn width(self) -> usize {
        match self {
            Count::One => 1,
            Count::Signed4 | Count::Four => 4,
            Count::Eight => 8,
        }
    }
}

macro_rules! argument_kinds {
    ($($variant:ident $name:literal $size:expr, $doc:literal;)*) => {
        /// How an opcode's argument is encoded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ArgumentKind { $(#[doc = $doc] $variant,)* }

        impl ArgumentKind {
            /// Every kind, in the order in which `pickletools` defines them.
            pub const ALL: &'static [ArgumentKind] = &[$(ArgumentKind::$variant,)*];

            /// The name in `pickletools`.
            pub const fn name(self) -> &'static str {
                match self { $(ArgumentKind::$variant => $name,)* }
            }

            /// How long it is.
            pub const fn size(self) -> Size {
                match self { $(ArgumentKind::$variant => $size,)* }
            }

            /// What it is, in a sentence.
            pub const fn doc(self) -> &'static str {
                match self { $(ArgumentKind::$variant => $doc,)* }
            }
        }
    };
}

argument_kinds! {
    Uint1 "uint1" Size::Fixed(1), "An unsigned integer of one byte.";
    Uint2 "uint2" Size::Fixed(2), "An unsigned integer of two bytes, little-endian.";
    Int4 "int4" Size::Fixed(4), "A signed integer of four bytes, little-endian two's complement.";
    Uint4 "uint4" Size::Fixed(4), "An unsigned integer of four bytes, little-endian.";
    Uint8 "uint8" Size::Fixed(8), "An unsigned integer of eight bytes, little-endian.";
    Stringnl "stringnl" Size::Lines(1), "A line with the repr of a string in it, between quotes and with escapes.";
    StringnlNoescape "stringnl_noescape" Size::Lines(1), "A line taken as it is.";
    StringnlNoescapePair "stringnl_noescape_pair" Size::Lines(2), "Two lines taken as they are, shown with a blank between them.";
    String1 "string1" Size::Counted(Count::One), "The bytes of a Python 2 string behind a length of one byte.";
    String4 "string4" Size::Counted(Count::Signed4), "The bytes of a Python 2 string behind a signed length of four bytes.";
    Bytes1 "bytes1" Size::Counted(Count::One), "Bytes behind a length of one byte.";
    Bytes4 "bytes4" Size::Counted(Count::Four), "Bytes behind a length of four bytes.";
    Bytes8 "bytes8" Size::Counted(Count::Eight), "Bytes behind a length of eight bytes.";
    Bytearray8 "bytearray8" Size::Counted(Count::Eight), "The content of a bytearray behind a length of eight bytes.";
    Unicodestringnl "unicodestringnl" Size::Lines(1), "A line of text in raw-unicode-escape.";
    Unicodestring1 "unicodestring1" Size::Counted(Count::One), "Text in UTF-8 behind a length of one byte.";
    Unicodestring4 "unicodestring4" Size::Counted(Count::Four), "Text in UTF-8 behind a length of four bytes.";
    Unicodestring8 "unicodestring8" Size::Counted(Count::Eight), "Text in UTF-8 behind a length of eight bytes.";
    DecimalnlShort "decimalnl_short" Size::Lines(1), "A line with an integer in decimal, or `00` and `01` for False and True.";
    DecimalnlLong "decimalnl_long" Size::Lines(1), "A line with an integer in decimal, perhaps with an `L` after it.";
    Floatnl "floatnl" Size::Lines(1), "A line with the repr of a float.";
    Float8 "float8" Size::Fixed(8), "An IEEE 754 double, big-endian.";
    Long1 "long1" Size::Counted(Count::One), "An integer in little-endian two's complement behind a length of one byte.";
    Long4 "long4" Size::Counted(Count::Signed4), "An integer in little-endian two's complement behind a signed length of four bytes.";
}

macro_rules! stack_kinds {
    ($($variant:ident $name:literal, $doc:literal;)*) => {
        /// What an opcode finds or leaves on the stack, as far as its code tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum StackKind { $(#[doc = $doc] $variant,)* }

        impl StackKind {
            /// Every kind, in the order in which `pickletools` defines them.
            pub const ALL: &'static [StackKind] = &[$(StackKind::$variant,)*];

            /// The name that `pickletools` shows.
            pub const fn name(self) -> &'static str {
                match self { $(StackKind::$variant => $name,)* }
            }

            /// What it is, in a sentence.
            pub const fn doc(self) -> &'static str {
                match self { $(StackKind::$variant => $doc,)* }
            }
        }
    };
}

stack_kinds! {
    Int "int", "An int.";
    IntOrBool "int_or_bool", "An int or a bool.";
    Bool "bool", "A bool.";
    Float "float", "A float.";
    BytesOrStr "bytes_or_str", "What a Python 2 str becomes: bytes or text, as load is told.";
    Bytes "bytes", "Bytes.";
    ByteArray "bytearray", "A bytearray.";
    Str "str", "A str.";
    None "None", "None.";
    Tuple "tuple", "A tuple.";
    List "list", "A list.";
    Dict "dict", "A dict.";
    Set "set", "A set.";
    FrozenSet "frozenset", "A frozenset.";
    Buffer "buffer", "An object that gives a buffer.";
    Any "any", "An object of any kind.";
    Mark "mark", "The mark: no object, but where a number of objects begins that no opcode states.";
    StackSlice "stackslice", "All that lies above the topmost mark, be it nothing.";
}
