//! The one table of pickle's opcodes: name, code, argument, protocol, what each takes off the stack and pushes.
//!
//! The Pickler writes these codes, the codec reads them, the Unpickler obeys them, and the disassembler, the
//! tracer and `pickletools` show them; none of those states an opcode's facts again. The order, the names and
//! each row's first sentence are those of CPython's `pickletools`, which prints them.

use super::kinds::{ArgumentKind, StackKind};

/// What is known of one opcode.
#[derive(Debug)]
pub struct Opcode {
    /// The byte that is it.
    pub code: u8,
    /// Its name, in capitals.
    pub name: &'static str,
    /// How the argument is encoded that follows the byte in the pickle; None where none follows.
    pub argument: Option<ArgumentKind>,
    /// The first protocol that has it.
    pub protocol: u8,
    /// What it takes off the stack, the top one last. A [`StackKind::StackSlice`] is what lies above the mark.
    pub before: &'static [StackKind],
    /// What it leaves in the place of that, the top one last.
    pub after: &'static [StackKind],
    /// Its meaning in a sentence, as `pickletools.dis` shows it when annotating.
    pub summary: &'static str,
    /// Its meaning, beginning with the summary on a line of its own.
    pub doc: &'static str,
}

impl Opcode {
    /// Whether it takes what lies above the topmost mark, and the mark.
    pub fn takes_mark(&self) -> bool {
        self.before.contains(&StackKind::Mark)
    }
}

macro_rules! opcodes {
    ($(
        $name:ident = $code:literal, $argument:expr, protocol $protocol:literal,
        [$($before:ident),*] => [$($after:ident),*], $summary:literal $(, $detail:literal)?;
    )*) => {
        $(
            #[doc = $summary]
            $(#[doc = ""] #[doc = $detail])?
            pub const $name: u8 = $code;
        )*

        /// Every opcode, in the order of `pickletools.opcodes`.
        pub static OPCODES: &[Opcode] = &[$(
            Opcode {
                code: $name,
                name: stringify!($name),
                argument: $argument,
                protocol: $protocol,
                before: &[$(StackKind::$before),*],
                after: &[$(StackKind::$after),*],
                summary: $summary,
                doc: concat!($summary, "\n" $(, "\n", $detail, "\n")?),
            },
        )*];
    };
}

// name = code, argument, protocol, [taken off the stack] => [pushed], meaning in a sentence, more of it
opcodes! {
    INT = b'I', Some(ArgumentKind::DecimalnlShort), protocol 0, [] => [IntOrBool],
        "Push an integer or bool.",
        "The decimal text `01` is True and `00` is False; any other text is an int, of any size.";
    BININT = b'J', Some(ArgumentKind::Int4), protocol 1, [] => [Int],
        "Push a four-byte signed integer.",
        "Little-endian two's complement; written for what fits neither BININT1 nor BININT2.";
    BININT1 = b'K', Some(ArgumentKind::Uint1), protocol 1, [] => [Int],
        "Push a one-byte unsigned integer.",
        "The shortest form of an int, for 0 to 255.";
    BININT2 = b'M', Some(ArgumentKind::Uint2), protocol 1, [] => [Int],
        "Push a two-byte unsigned integer.",
        "Little-endian, for 256 to 65535.";
    LONG = b'L', Some(ArgumentKind::DecimalnlLong), protocol 0, [] => [Int],
        "Push a long integer.",
        "Decimal text, commonly ended by an `L` that Python 2 wrote and readers still drop.";
    LONG1 = b'\x8a', Some(ArgumentKind::Long1), protocol 2, [] => [Int],
        "Long integer using one-byte length.",
        "Little-endian two's complement of up to 255 bytes; no bytes at all mean 0.";
    LONG4 = b'\x8b', Some(ArgumentKind::Long4), protocol 2, [] => [Int],
        "Long integer using four-byte length.",
        "As LONG1, with a signed length of four bytes, which must not be negative.";
    STRING = b'S', Some(ArgumentKind::Stringnl), protocol 0, [] => [BytesOrStr],
        "Push a Python string object.",
        "The repr of a Python 2 str, quotes and escapes included; load's `encoding` decides whether bytes or text comes of it.";
    BINSTRING = b'T', Some(ArgumentKind::String4), protocol 1, [] => [BytesOrStr],
        "Push a Python string object.",
        "The raw bytes of a Python 2 str behind a four-byte length; load's `encoding` decides what comes of it.";
    SHORT_BINSTRING = b'U', Some(ArgumentKind::String1), protocol 1, [] => [BytesOrStr],
        "Push a Python string object.",
        "As BINSTRING, with a length of one byte.";
    BINBYTES = b'B', Some(ArgumentKind::Bytes4), protocol 3, [] => [Bytes],
        "Push a Python bytes object.",
        "Raw bytes behind a four-byte length.";
    SHORT_BINBYTES = b'C', Some(ArgumentKind::Bytes1), protocol 3, [] => [Bytes],
        "Push a Python bytes object.",
        "Raw bytes behind a one-byte length.";
    BINBYTES8 = b'\x8e', Some(ArgumentKind::Bytes8), protocol 4, [] => [Bytes],
        "Push a Python bytes object.",
        "Raw bytes behind an eight-byte length.";
    BYTEARRAY8 = b'\x96', Some(ArgumentKind::Bytearray8), protocol 5, [] => [ByteArray],
        "Push a Python bytearray object.",
        "Raw bytes behind an eight-byte length.";
    NEXT_BUFFER = b'\x97', None, protocol 5, [] => [Buffer],
        "Push an out-of-band buffer object.",
        "The next one of the `buffers` given to load: its bytes are not in the pickle.";
    READONLY_BUFFER = b'\x98', None, protocol 5, [Buffer] => [Buffer],
        "Make an out-of-band buffer object read-only.",
        "The buffer on top is replaced by a view that cannot be written to.";
    NONE = b'N', None, protocol 0, [] => [None],
        "Push None on the stack.";
    NEWTRUE = b'\x88', None, protocol 2, [] => [Bool],
        "Push True onto the stack.";
    NEWFALSE = b'\x89', None, protocol 2, [] => [Bool],
        "Push False onto the stack.";
    UNICODE = b'V', Some(ArgumentKind::Unicodestringnl), protocol 0, [] => [Str],
        "Push a Python Unicode string object.",
        "A line in raw-unicode-escape; what would end the line, or be taken for an escape, is escaped.";
    SHORT_BINUNICODE = b'\x8c', Some(ArgumentKind::Unicodestring1), protocol 4, [] => [Str],
        "Push a Python Unicode string object.",
        "UTF-8 behind a one-byte length; lone surrogates are encoded as if they were characters.";
    BINUNICODE = b'X', Some(ArgumentKind::Unicodestring4), protocol 1, [] => [Str],
        "Push a Python Unicode string object.",
        "UTF-8 behind a four-byte length; lone surrogates are encoded as if they were characters.";
    BINUNICODE8 = b'\x8d', Some(ArgumentKind::Unicodestring8), protocol 4, [] => [Str],
        "Push a Python Unicode string object.",
        "UTF-8 behind an eight-byte length; lone surrogates are encoded as if they were characters.";
    FLOAT = b'F', Some(ArgumentKind::Floatnl), protocol 0, [] => [Float],
        "Newline-terminated decimal float literal.",
        "The repr of the float; `inf` and `nan` are read too.";
    BINFLOAT = b'G', Some(ArgumentKind::Float8), protocol 1, [] => [Float],
        "Float stored in binary form, with 8 bytes of data.",
        "An IEEE 754 double, big-endian, the only big-endian number of the format.";
    EMPTY_LIST = b']', None, protocol 1, [] => [List],
        "Push an empty list.";
    APPEND = b'a', None, protocol 0, [List, Any] => [List],
        "Append an object to a list.",
        "The item is popped; the list, or whatever has `append`, stays.";
    APPENDS = b'e', None, protocol 1, [List, Mark, StackSlice] => [List],
        "Extend a list by a slice of stack objects.",
        "What lies above the topmost mark is taken off and added in order, a batch at a time.";
    LIST = b'l', None, protocol 0, [Mark, StackSlice] => [List],
        "Build a list out of the topmost stack slice, after markobject.",
        "The items are in the order in which they were pushed.";
    EMPTY_TUPLE = b')', None, protocol 1, [] => [Tuple],
        "Push an empty tuple.";
    TUPLE = b't', None, protocol 0, [Mark, StackSlice] => [Tuple],
        "Build a tuple out of the topmost stack slice, after markobject.",
        "The items are in the order in which they were pushed.";
    TUPLE1 = b'\x85', None, protocol 2, [Any] => [Tuple],
        "Build a one-tuple out of the topmost item on the stack.",
        "Needs no mark.";
    TUPLE2 = b'\x86', None, protocol 2, [Any, Any] => [Tuple],
        "Build a two-tuple out of the top two items on the stack.",
        "Needs no mark; the item on top becomes the last one.";
    TUPLE3 = b'\x87', None, protocol 2, [Any, Any, Any] => [Tuple],
        "Build a three-tuple out of the top three items on the stack.",
        "Needs no mark; the item on top becomes the last one.";
    EMPTY_DICT = b'}', None, protocol 1, [] => [Dict],
        "Push an empty dict.";
    DICT = b'd', None, protocol 0, [Mark, StackSlice] => [Dict],
        "Build a dict out of the topmost stack slice, after markobject.",
        "The slice holds keys and values by turns.";
    SETITEM = b's', None, protocol 0, [Dict, Any, Any] => [Dict],
        "Add a key+value pair to an existing dict.",
        "The value is on top with the key below it; both are popped, the dict stays.";
    SETITEMS = b'u', None, protocol 1, [Dict, Mark, StackSlice] => [Dict],
        "Add an arbitrary number of key+value pairs to an existing dict.",
        "The slice above the mark holds keys and values by turns, a batch at a time.";
    EMPTY_SET = b'\x8f', None, protocol 4, [] => [Set],
        "Push an empty set.";
    ADDITEMS = b'\x90', None, protocol 4, [Set, Mark, StackSlice] => [Set],
        "Add an arbitrary number of items to an existing set.",
        "What lies above the topmost mark is taken off and added, a batch at a time.";
    FROZENSET = b'\x91', None, protocol 4, [Mark, StackSlice] => [FrozenSet],
        "Build a frozenset out of the topmost slice, after markobject.",
        "It comes into being with all its items, as it cannot change.";
    POP = b'0', None, protocol 0, [Any] => [],
        "Discard the top stack item, shrinking the stack by one item.",
        "A mark on top is discarded as an item is.";
    DUP = b'2', None, protocol 0, [Any] => [Any, Any],
        "Push the top stack item onto the stack again, duplicating it.",
        "The same object twice; Python's own picklers do not write it.";
    MARK = b'(', None, protocol 0, [] => [Mark],
        "Push markobject onto the stack.",
        "Opcodes that take any number of items take those above the topmost mark, and the mark with them.";
    POP_MARK = b'1', None, protocol 1, [Mark, StackSlice] => [],
        "Pop all the stack objects at and above the topmost markobject.",
        "Written where a tuple that contains itself turned out to be in the memo already.";
    GET = b'g', Some(ArgumentKind::DecimalnlShort), protocol 0, [] => [Any],
        "Read an object from the memo and push it on the stack.",
        "The key in decimal text.";
    BINGET = b'h', Some(ArgumentKind::Uint1), protocol 1, [] => [Any],
        "Read an object from the memo and push it on the stack.",
        "The key in one byte.";
    LONG_BINGET = b'j', Some(ArgumentKind::Uint4), protocol 1, [] => [Any],
        "Read an object from the memo and push it on the stack.",
        "The key in four bytes.";
    PUT = b'p', Some(ArgumentKind::DecimalnlShort), protocol 0, [] => [],
        "Store the stack top into the memo.  The stack is not popped.",
        "The key in decimal text.";
    BINPUT = b'q', Some(ArgumentKind::Uint1), protocol 1, [] => [],
        "Store the stack top into the memo.  The stack is not popped.",
        "The key in one byte.";
    LONG_BINPUT = b'r', Some(ArgumentKind::Uint4), protocol 1, [] => [],
        "Store the stack top into the memo.  The stack is not popped.",
        "The key in four bytes.";
    MEMOIZE = b'\x94', None, protocol 4, [Any] => [Any],
        "Store the stack top into the memo.  The stack is not popped.",
        "The key is the number of entries that the memo has so far.";
    EXT1 = b'\x82', Some(ArgumentKind::Uint1), protocol 2, [] => [Any],
        "Extension code.",
        "One byte that stands for a global which copyreg's extension registry knows.";
    EXT2 = b'\x83', Some(ArgumentKind::Uint2), protocol 2, [] => [Any],
        "Extension code.",
        "As EXT1, in two bytes.";
    EXT4 = b'\x84', Some(ArgumentKind::Int4), protocol 2, [] => [Any],
        "Extension code.",
        "As EXT1, in four bytes, signed; codes are positive.";
    GLOBAL = b'c', Some(ArgumentKind::StringnlNoescapePair), protocol 0, [] => [Any],
        "Push a global object (module.attr) on the stack.",
        "A line with the module's name and one with the attribute's, which find_class resolves.";
    STACK_GLOBAL = b'\x93', None, protocol 4, [Str, Str] => [Any],
        "Push a global object (module.attr) on the stack.",
        "The attribute's qualified name is on top, the module's name below it.";
    REDUCE = b'R', None, protocol 0, [Any, Any] => [Any],
        "Push an object built from a callable and an argument tuple.",
        "The tuple is on top, the callable below it; what the call returns takes their place.";
    BUILD = b'b', None, protocol 0, [Any, Any] => [Any],
        "Finish building an object, via __setstate__ or dict update.",
        "The state is on top and popped, the object below it stays.";
    INST = b'i', Some(ArgumentKind::StringnlNoescapePair), protocol 0, [Mark, StackSlice] => [Any],
        "Build a class instance.",
        "The class is named in two lines as in GLOBAL; the slice above the mark holds the arguments.";
    OBJ = b'o', None, protocol 1, [Mark, Any, StackSlice] => [Any],
        "Build a class instance.",
        "The lowest item of the slice above the mark is the class, the others are its arguments.";
    NEWOBJ = b'\x81', None, protocol 2, [Any, Any] => [Any],
        "Build an object instance.",
        "Calls `cls.__new__(cls, *args)` for the class and, on top of it, the tuple of arguments.";
    NEWOBJ_EX = b'\x92', None, protocol 4, [Any, Any, Any] => [Any],
        "Build an object instance.",
        "Calls `cls.__new__(cls, *args, **kwargs)`; the dict is on top, then the tuple, then the class.";
    PROTO = b'\x80', Some(ArgumentKind::Uint1), protocol 2, [] => [],
        "Protocol version indicator.",
        "The first opcode from protocol 2 on; load refuses a version it does not know.";
    STOP = b'.', None, protocol 0, [Any] => [],
        "Stop the unpickling machine.",
        "The object on top is the result; nothing should be left below it.";
    FRAME = b'\x95', Some(ArgumentKind::Uint8), protocol 4, [] => [],
        "Indicate the beginning of a new frame.",
        "So many bytes of opcodes follow, which a reader may fetch at once.";
    PERSID = b'P', Some(ArgumentKind::StringnlNoescape), protocol 0, [] => [Any],
        "Push an object identified by a persistent ID.",
        "The id is a line of text, which persistent_load turns into an object.";
    BINPERSID = b'Q', None, protocol 1, [Any] => [Any],
        "Push an object identified by a persistent ID.",
        "The id is the object on top, which persistent_load turns into the one it stands for.";
}

/// For each byte, one more than the index of its row in [`OPCODES`]; 0 where it is no opcode.
static ROW_OF: [u8; 256] = {
    let mut rows = [0; 256];
    let mut index = 0;
    while index < OPCODES.len() {
        rows[OPCODES[index].code as usize] = index as u8 + 1;
        index += 1;
    }
    rows
};

/// The opcode that this byte is, if it is one.
pub fn by_code(code: u8) -> Option<&'static Opcode> {
    OPCODES.get(usize::from(ROW_OF[usize::from(code)]).wrapping_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_unique_and_found() {
        for (index, opcode) in OPCODES.iter().enumerate() {
            assert_eq!(
                by_code(opcode.code).map(|found| found.name),
                Some(opcode.name)
            );
            assert!(
                OPCODES
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.name != opcode.name)
            );
        }
        assert_eq!(
            (0..=255).filter(|&code| by_code(code).is_some()).count(),
            OPCODES.len()
        );
    }

    #[test]
    fn a_slice_lies_on_top_of_its_mark() {
        for opcode in OPCODES {
            let slice = opcode.before.last() == Some(&StackKind::StackSlice);
            assert_eq!(slice, opcode.takes_mark(), "{}", opcode.name);
            assert!(!opcode.after.contains(&StackKind::StackSlice));
        }
    }
}
